//! `ON DELETE` and `ON UPDATE`, which are compared alike.

use drift_model::{Dialect, Finding, ForeignKey, ReferentialAction, Span};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sql;

/// One of the two clauses of a foreign key.
pub(crate) struct Clause {
    sql: &'static str,
    drizzle: &'static str,
    action: fn(&ForeignKey) -> ReferentialAction,
    span: fn(&ForeignKey) -> Option<Span>,
}

pub(crate) const ON_DELETE: Clause = Clause {
    sql: "ON DELETE",
    drizzle: "onDelete",
    action: |foreign_key| foreign_key.on_delete,
    span: |foreign_key| foreign_key.on_delete_span,
};

pub(crate) const ON_UPDATE: Clause = Clause {
    sql: "ON UPDATE",
    drizzle: "onUpdate",
    action: |foreign_key| foreign_key.on_update,
    span: |foreign_key| foreign_key.on_update_span,
};

/// Whether an action keeps the referenced row from going or changing.
pub(crate) fn is_blocking(action: ReferentialAction) -> bool {
    matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict)
}

impl Clause {
    /// A finding for each foreign key of which the clause differs, with the declared and the actual
    /// action.
    pub(crate) fn mismatches(
        &self,
        rule: &Rule,
        comparison: &Comparison<'_>,
    ) -> Vec<(Finding, ReferentialAction, ReferentialAction)> {
        let dialect = comparison.sources.dialect;
        let pairs = comparison.matched.iter().filter(|(schema, migrated)| {
            !schema.is_conditional
                && !are_equal(dialect, (self.action)(schema), (self.action)(migrated))
        });
        pairs
            .map(|(schema, migrated)| {
                let finding = self.finding(rule, dialect, schema, migrated);
                let finding = comparison.with_caution(finding, migrated);
                (finding, (self.action)(schema), (self.action)(migrated))
            })
            .collect()
    }

    fn finding(
        &self,
        rule: &Rule,
        dialect: Dialect,
        schema: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let (declared, actual) = ((self.action)(schema), (self.action)(migrated));
        let place = |foreign_key| (self.span)(foreign_key).unwrap_or(foreign_key.span);
        let message = format!(
            "{} of {schema} is {declared} in the schema, but {actual} in the migrations",
            self.sql
        );
        rule.finding_about(schema, message)
            .label(place(schema), format!("the schema says {declared}"))
            .label(place(migrated), format!("the migrations say {actual}"))
            .help(self.help(dialect, schema, migrated))
    }

    /// What brings the sides into agreement, one way or the other.
    fn help(&self, dialect: Dialect, schema: &ForeignKey, migrated: &ForeignKey) -> String {
        let key = self.drizzle;
        let actual = (self.action)(migrated);
        let declaring =
            format!("say `{key}: \"{actual}\"` in the schema if the migrations are right");
        let wanted = ForeignKey {
            on_delete: schema.on_delete,
            on_update: schema.on_update,
            ..migrated.clone()
        };
        let drop = sql::drop_foreign_key(dialect, &wanted);
        match drop.zip(sql::add_foreign_key(dialect, &wanted)) {
            Some((drop, add)) => {
                format!("{declaring}; if the schema is right, add a migration:\n{drop}\n{add}")
            }
            None => format!(
                "{declaring}; if the schema is right, rebuild `{}` in a migration with {} {}",
                migrated.referencing_table,
                self.sql,
                (self.action)(schema).as_str().to_uppercase(),
            ),
        }
    }
}

/// Whether the engine treats both alike.
fn are_equal(dialect: Dialect, a: ReferentialAction, b: ReferentialAction) -> bool {
    // InnoDB checks at once in either case.
    a == b || dialect == Dialect::MySql && is_blocking(a) && is_blocking(b)
}
