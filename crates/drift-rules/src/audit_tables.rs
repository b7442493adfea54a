//! Foreign keys of tables that keep a record of what happened.

use drift_model::{Finding, ForeignKey, ReferentialAction, Table};

use crate::advice;
use crate::clause::is_blocking;
use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::table_kind::outlives;

/// A foreign key that a record should not have as it is.
pub(crate) struct Fault<'a> {
    /// As the database has it; as the schema does where there are no migrations.
    pub(crate) foreign_key: &'a ForeignKey,
    pub(crate) table: &'a Table,
    /// As the schema declares it.
    declared: Option<&'a ForeignKey>,
}

/// The foreign keys of audit tables with an action that `is_meant`, but for those about which the sides
/// disagree, which is a finding of its own.
pub(crate) fn faults<'a>(
    comparison: &Comparison<'a>,
    is_meant: fn(ReferentialAction) -> bool,
) -> Vec<Fault<'a>> {
    let sources = &comparison.sources;
    let Some(catalog) = sources.migrations.or(sources.schema) else { return Vec::new() };
    let mut faults = Vec::new();
    for foreign_key in catalog.foreign_keys.iter().filter(|it| is_meant(it.on_delete)) {
        let name = &foreign_key.referencing_table;
        let table = comparison.migrated_table(name).or_else(|| comparison.schema_table(name));
        let Some(table) = table.filter(|it| is_record(comparison, it, foreign_key)) else {
            continue;
        };
        let mut declared = comparison.matched.iter();
        let declared = declared.find(|it| std::ptr::eq(it.1, foreign_key)).map(|it| it.0);
        let is_disputed = declared.is_some_and(|it| it.on_delete != foreign_key.on_delete);
        if !is_disputed {
            let declared = declared.or(sources.migrations.is_none().then_some(foreign_key));
            faults.push(Fault { foreign_key, table, declared });
        }
    }
    faults
}

/// Whether a foreign key blocks deletes from a record of what happened.
pub(crate) fn blocks_deletes(comparison: &Comparison<'_>, foreign_key: &ForeignKey) -> bool {
    let name = &foreign_key.referencing_table;
    let table = comparison.migrated_table(name).or_else(|| comparison.schema_table(name));
    is_blocking(foreign_key.on_delete)
        && table.is_some_and(|it| is_record(comparison, it, foreign_key))
}

/// Whether the rows of a table are a record that should outlive what a foreign key references.
fn is_record(comparison: &Comparison<'_>, table: &Table, foreign_key: &ForeignKey) -> bool {
    outlives(table, foreign_key, comparison.sources.options.audit_tables.as_deref())
}

impl Fault<'_> {
    /// The finding, with the way to `SET NULL`.
    pub(crate) fn finding(
        &self,
        rule: &Rule,
        comparison: &Comparison<'_>,
        message: String,
    ) -> Finding {
        let foreign_key = self.foreign_key;
        let place = |it: &ForeignKey| it.on_delete_span.unwrap_or(it.span);
        let mut finding = rule
            .finding_about(foreign_key, message)
            .label(place(foreign_key), format!("on delete {}", foreign_key.on_delete));
        if let Some(declared) = self.declared.filter(|it| !std::ptr::eq(*it, foreign_key)) {
            finding = finding.label(place(declared), "the schema says the same");
        }
        let column = advice::not_null_column(comparison, self.table, foreign_key);
        let finding = finding.help(match column {
            Some(column) => format!(
                "let `{column}` be NULL and say `onDelete: \"set null\"`, so that the record stays; keep what it needs to know of the row in columns of its own"
            ),
            None => "say `onDelete: \"set null\"`, so that the record stays".to_owned(),
        });
        if column.is_some() {
            return finding;
        }
        let migrated = comparison.sources.migrations.and(Some(foreign_key));
        comparison.with_set_null(finding, self.declared, migrated)
    }
}
