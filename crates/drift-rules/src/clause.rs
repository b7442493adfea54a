//! `ON DELETE` and `ON UPDATE`, which are compared alike.

use drift_model::{Dialect, Finding, ForeignKey, ReferentialAction, Span};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::snapshot::{NOTHING, Testimony};

/// One of the two clauses of a foreign key.
pub(crate) struct Clause {
    sql: &'static str,
    typescript: &'static str,
    action: fn(&ForeignKey) -> ReferentialAction,
    span: fn(&ForeignKey) -> Option<Span>,
}

pub(crate) const ON_DELETE: Clause = Clause {
    sql: "ON DELETE",
    typescript: "onDelete",
    action: |foreign_key| foreign_key.on_delete,
    span: |foreign_key| foreign_key.on_delete_span,
};

pub(crate) const ON_UPDATE: Clause = Clause {
    sql: "ON UPDATE",
    typescript: "onUpdate",
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
                let finding = self.finding(rule, comparison, schema, migrated);
                let is_delete = self.sql == ON_DELETE.sql;
                let finding = comparison.with_actions_mended(finding, schema, migrated, is_delete);
                let finding = comparison.with_caution(finding, migrated);
                (finding, (self.action)(schema), (self.action)(migrated))
            })
            .collect()
    }

    fn finding(
        &self,
        rule: &Rule,
        comparison: &Comparison<'_>,
        schema: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let (declared, actual) = ((self.action)(schema), (self.action)(migrated));
        let place = |foreign_key| (self.span)(foreign_key).unwrap_or(foreign_key.span);
        let message = format!(
            "{} of {schema} is {declared} in the schema, but {actual} in the migrations",
            self.sql
        );
        let finding = rule
            .finding_about(schema, message)
            .label(
                place(schema),
                match self.is_absent(schema) {
                    true => {
                        format!("the schema has no {}, which means {declared}", self.typescript)
                    }
                    false => format!("the schema says {declared}"),
                },
            )
            .label(
                place(migrated),
                match self.is_absent(migrated) {
                    true => format!("the migrations have no {}, which means {actual}", self.sql),
                    false => format!("the migrations say {actual}"),
                },
            )
            .says("schema", declared.as_str())
            .says("migrations", actual.as_str());
        let finding = comparison.with_skipped(finding, schema);
        let finding = comparison.with_known_fault(finding, schema, migrated);
        let finding = comparison.with_history(finding, migrated);
        self.with_snapshot(finding, comparison, schema, migrated)
    }

    /// Whether nobody wrote it.
    fn is_absent(&self, foreign_key: &ForeignKey) -> bool {
        (self.action)(foreign_key) == ReferentialAction::NoAction
            && (self.span)(foreign_key).is_none()
    }

    /// Says which side the snapshot agrees with, and what drizzle-kit will make of it.
    fn with_snapshot(
        &self,
        finding: Finding,
        comparison: &Comparison<'_>,
        schema: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let testimony = comparison.snapshot.about(&comparison.names, schema);
        let (declared, actual) = ((self.action)(schema), (self.action)(migrated));
        let found = match testimony {
            Testimony::None => return finding,
            Testimony::Has(found) if comparison.names.have_same_target(found, schema) => found,
            Testimony::Has(_) | Testimony::Lacks => {
                return finding.says("snapshot", NOTHING).note(
                    "drizzle-kit's snapshot does not have this foreign key: the next \
                     `drizzle-kit generate` will add it, although the migrations already do",
                );
            }
        };
        let said = (self.action)(found);
        let finding = finding.says("snapshot", said.as_str());
        if said == declared {
            finding.note(
                "drizzle-kit's snapshot agrees with the schema, so `drizzle-kit generate` takes the \
                 change for done and never writes it",
            )
        } else if said == actual {
            finding.note(
                "drizzle-kit's snapshot agrees with the migrations, so the next `drizzle-kit generate` \
                 will write what the schema says",
            )
        } else {
            finding.note(format!(
                "drizzle-kit's snapshot says {said}, so the next `drizzle-kit generate` will write what \
                 the schema says"
            ))
        }
    }
}

/// Whether the engine treats both alike.
pub(crate) fn are_equal(dialect: Dialect, a: ReferentialAction, b: ReferentialAction) -> bool {
    // InnoDB checks at once in either case.
    a == b || dialect == Dialect::MySql && is_blocking(a) && is_blocking(b)
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use crate::Sources;
    use crate::rules::RULES;
    use crate::testing::{check_sources, snapshot};

    #[test]
    fn says_which_side_the_snapshot_agrees_with() {
        let note = |line: &str| {
            let catalog = notation::parse(&SourceMap::default(), "snapshot", &[line]).unwrap();
            let rule = RULES.iter().find(|it| it.name == "on-update-mismatch").unwrap();
            let schema = ["posts(a) -> users(id) on update cascade"];
            let migrations = ["posts(a) -> users(id) on update restrict as fk"];
            let found = check_sources(rule, &schema, &migrations, |sources| Sources {
                snapshot: Some(snapshot(&catalog)),
                ..sources
            });
            let mended = found.contains("ON UPDATE CASCADE NOT VALID");
            assert_eq!(mended, !found.contains("agrees with the migrations"), "{found}");
            let line = found.lines().find(|it| it.contains("note: drizzle-kit"));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(note("posts(a) -> users(id) on update cascade"), @"note: drizzle-kit's snapshot agrees with the schema, so `drizzle-kit generate` takes the change for done and never writes it");
        assert_snapshot!(note("posts(a) -> users(id) on update restrict"), @"note: drizzle-kit's snapshot agrees with the migrations, so the next `drizzle-kit generate` will write what the schema says");
        assert_snapshot!(note("posts(a) -> users(id)"), @"note: drizzle-kit's snapshot says no action, so the next `drizzle-kit generate` will write what the schema says");
        // One with another target is another one.
        assert_snapshot!(note("posts(a) -> tags(id) on update cascade"), @"note: drizzle-kit's snapshot does not have this foreign key: the next `drizzle-kit generate` will add it, although the migrations already do");
    }
}
