//! Holds an extraction against what drizzle-orm says.

use drift_model::{Catalog, ForeignKey, TableName};
use drift_schema::Extraction;
use serde::Deserialize;

use super::kit::{self, KitTable};
use super::migrations;
use super::relations::{self, Join};
use super::schemas::{Expectation, Line, Schema};
use super::snapshots;

/// What drizzle-orm says about a schema.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) name: String,
    /// The message, where it throws.
    throws: Option<String>,
    tables: Vec<Table>,
    relations: Vec<Join>,
    /// What drizzle-kit makes of it; `None` where it refuses to, or cannot be asked.
    kit: Option<Vec<KitTable>>,
    /// The snapshot that drizzle-kit would write of it.
    snapshot: Option<serde_json::Value>,
    /// The statements of the first migration that drizzle-kit would write.
    migration: Option<Vec<String>>,
    /// Why drizzle-kit refuses it.
    refusal: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Table {
    namespace: Option<String>,
    name: String,
    columns: Vec<Column>,
    foreign_keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Column {
    name: String,
    primary: bool,
    not_null: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    name: Option<String>,
    columns: Vec<String>,
    foreign_namespace: Option<String>,
    foreign_table: String,
    foreign_columns: Vec<String>,
    on_delete: String,
    on_update: String,
}

impl Answer {
    pub(super) fn throws(&self) -> bool {
        self.throws.is_some()
    }
}

/// Everything on which the sides do not stand as the schema says they do.
pub(super) fn differences(
    schema: &Schema,
    line: Line,
    answer: &Answer,
    extraction: &Extraction,
) -> Vec<String> {
    let unread = unread(extraction);
    match (schema.expectation, &answer.throws) {
        (Expectation::Throws { is_reported }, Some(_)) => {
            let is_silent = is_reported && unread.is_empty();
            is_silent
                .then(|| "drizzle throws, and we report nothing".to_owned())
                .into_iter()
                .collect()
        }
        (Expectation::Throws { .. }, None) => vec!["drizzle does not throw".to_owned()],
        (_, Some(message)) => vec![format!("drizzle throws: {message}")],
        (Expectation::Same, None) => {
            let mut found = compare(schema, line, answer, &extraction.catalog);
            found.extend(relations::compare(&answer.relations, &extraction.relations));
            let is_refused = schema.refused_by_kit == Some(line);
            found.extend(match (&answer.kit, &answer.refusal) {
                (Some(_), _) if is_refused => vec!["drizzle-kit does not refuse it".to_owned()],
                (Some(tables), _) => kit::compare(schema, tables, &extraction.catalog),
                (None, Some(refusal)) if !is_refused => {
                    vec![format!("drizzle-kit refuses it: {refusal}")]
                }
                (None, _) => Vec::new(),
            });
            found.extend(match &answer.snapshot {
                Some(written) => snapshots::compare(schema, line, written, &extraction.catalog),
                None if answer.kit.is_some() => vec!["drizzle-kit writes no snapshot".to_owned()],
                None => Vec::new(),
            });
            if let Some(statements) = &answer.migration {
                found.extend(migrations::compare(schema, line, statements, &extraction.catalog));
            }
            found.extend(unread);
            found
        }
        (Expectation::Differs, None) => {
            let found = compare(schema, line, answer, &extraction.catalog);
            let is_conditional = |it: &ForeignKey| it.is_conditional;
            if found.is_empty() {
                vec!["does not differ".to_owned()]
            } else if unread.is_empty()
                && !extraction.catalog.foreign_keys.iter().any(is_conditional)
            {
                vec![format!("differs, and we report nothing: {}", found.join("; "))]
            } else {
                Vec::new()
            }
        }
    }
}

/// Where the foreign keys differ, and we report nothing that could be the reason.
pub(super) fn foreign_keys(
    schema: &Schema,
    line: Line,
    answer: &Answer,
    extraction: &Extraction,
) -> Vec<String> {
    let is_doubtful = extraction.catalog.foreign_keys.iter().any(|it| it.is_conditional);
    if is_doubtful || !unread(extraction).is_empty() {
        return Vec::new();
    }
    let mut found = compare(schema, line, answer, &extraction.catalog);
    found.retain(|it| it.contains(" → "));
    found
}

fn unread(extraction: &Extraction) -> Vec<String> {
    let unresolved = extraction.unresolved.iter().map(|it| format!("unresolved: {}", it.reason));
    let errors = extraction.errors.iter().map(|it| format!("error: {}", it.message));
    unresolved.chain(errors).collect()
}

/// One line for each thing that only one side has.
fn compare(schema: &Schema, line: Line, answer: &Answer, catalog: &Catalog) -> Vec<String> {
    let theirs = answer.tables.iter().flat_map(|it| it.lines(schema)).collect();
    only_on_one_side(theirs, ours(schema, line, catalog))
}

/// Says of each fact that is not on both sides which side has it.
pub(super) fn only_on_one_side(mut theirs: Vec<String>, ours: Vec<String>) -> Vec<String> {
    let mut only_ours = Vec::new();
    for fact in ours {
        match theirs.iter().position(|it| *it == fact) {
            Some(position) => drop(theirs.swap_remove(position)),
            None => only_ours.push(format!("only we have {fact}")),
        }
    }
    theirs.sort();
    theirs.iter().map(|it| format!("only drizzle has {it}")).chain(only_ours).collect()
}

/// The catalog in lines.
pub(super) fn ours(schema: &Schema, line: Line, catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    for table in &catalog.tables {
        lines.push(format!("table {}", table.name));
        for column in &table.columns {
            let is_key = |key: &drift_model::Key| key.columns.contains(&column.name);
            let primary = table.primary_key.as_ref().is_some_and(is_key);
            lines.push(column_line(&table.name, &column.name, column.is_not_null, primary));
        }
    }
    for key in &catalog.foreign_keys {
        let is_named = line == Line::V0 || key.has_explicit_name;
        let name =
            key.name.as_deref().filter(|_| is_named && schema.dialect.keeps_constraint_names());
        let conditional = if key.is_conditional { " (conditional)" } else { "" };
        let actions = format!("on delete {} on update {}", key.on_delete, key.on_update);
        lines.push(format!("{key} {actions} as {}{conditional}", name.unwrap_or("-")));
    }
    lines
}

fn column_line(table: &TableName, column: &str, is_not_null: bool, is_primary: bool) -> String {
    let primary = if is_primary { " primary key" } else { "" };
    let not_null = if is_not_null { " not null" } else { "" };
    format!("column {table}.{column}{primary}{not_null}")
}

impl Table {
    /// The table in the lines that [`ours`] makes.
    fn lines(&self, schema: &Schema) -> Vec<String> {
        let name = TableName { namespace: self.namespace.clone(), name: self.name.clone() };
        let columns = self.columns.iter();
        let columns = columns.map(|it| column_line(&name, &it.name, it.not_null, it.primary));
        let keys = self.foreign_keys.iter().map(|it| it.line(schema, &name));
        std::iter::once(format!("table {name}")).chain(columns).chain(keys).collect()
    }
}

impl Key {
    fn line(&self, schema: &Schema, referencing: &TableName) -> String {
        // The namespace of a table of a MySQL schema reaches no statement.
        let namespace = self.foreign_namespace.clone();
        let namespace = namespace.filter(|_| schema.dialect == drift_model::Dialect::PostgreSql);
        let referenced = TableName { namespace, name: self.foreign_table.clone() };
        let referencing = end(referencing, &self.columns);
        let referenced = end(&referenced, &self.foreign_columns);
        let name = self.name.as_deref().filter(|_| schema.dialect.keeps_constraint_names());
        format!(
            "{referencing} → {referenced} on delete {} on update {} as {}",
            self.on_delete.to_lowercase(),
            self.on_update.to_lowercase(),
            name.map_or("-", |name| schema.dialect.truncate(name)),
        )
    }
}

/// One side of a foreign key as `Display` of [`ForeignKey`] writes it.
fn end(table: &TableName, columns: &[String]) -> String {
    match columns {
        [] => table.to_string(),
        columns => format!("{table}.{}", side(columns)),
    }
}

/// Columns as `Display` of [`ForeignKey`] writes them.
pub(super) fn side(columns: &[String]) -> String {
    match columns {
        [column] => column.clone(),
        columns => format!("({})", columns.join(", ")),
    }
}
