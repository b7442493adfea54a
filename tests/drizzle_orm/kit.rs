//! Holds types, keys, indexes and names against what drizzle-kit makes.

use std::collections::BTreeMap;

use drift_model::{Catalog, Dialect, Table, TableName};
use serde::Deserialize;

use super::comparison::{only_on_one_side, side};
use super::schemas::Schema;

/// A table of a snapshot.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KitTable {
    namespace: Option<String>,
    name: String,
    /// By column.
    types: BTreeMap<String, String>,
    primary_key: Option<Named>,
    uniques: Vec<Named>,
    indexes: Vec<KitIndex>,
    foreign_keys: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: Option<String>,
    columns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KitIndex {
    name: String,
    columns: Vec<String>,
    has_expressions: bool,
    is_unique: bool,
    is_partial: bool,
}

/// Everything on which the sides differ.
pub(super) fn compare(schema: &Schema, tables: &[KitTable], catalog: &Catalog) -> Vec<String> {
    let theirs = tables.iter().flat_map(|it| it.lines(schema.dialect)).collect();
    only_on_one_side(theirs, ours(schema.dialect, catalog))
}

/// The catalog in lines.
pub(super) fn ours(dialect: Dialect, catalog: &Catalog) -> Vec<String> {
    catalog.tables.iter().flat_map(|it| our_table(dialect, it, catalog)).collect()
}

/// A table of the catalog in lines.
fn our_table(dialect: Dialect, table: &Table, catalog: &Catalog) -> Vec<String> {
    let name = &table.name;
    let mut lines = Vec::new();
    for column in &table.columns {
        let array = if column.is_array { "[]" } else { "" };
        let data_type = column.data_type.as_deref().unwrap_or("?");
        lines.push(format!("type {name}.{} {data_type}{array}", column.name));
    }
    let key_line = |kind, key: &drift_model::Key| {
        named_line(kind, name, &key.columns, key.name.as_deref().unwrap_or("-"))
    };
    lines.extend(table.primary_key.iter().map(|it| {
        let given = it.name.as_deref().filter(|_| keeps_primary_key_names(dialect));
        named_line("primary key", name, &it.columns, given.unwrap_or("-"))
    }));
    lines.extend(table.uniques.iter().map(|it| key_line("unique", it)));
    for index in &table.indexes {
        let name = index.name.as_deref().unwrap_or("-");
        let is_key = index.is_unique && !index.is_partial && !index.has_expressions;
        lines.push(if is_key && dialect != Dialect::PostgreSql {
            named_line("unique", &table.name, &index.columns, name)
        } else {
            let flags = (index.is_unique, index.is_partial, index.has_expressions);
            index_line(&table.name, &index.columns, name, flags)
        });
    }
    if dialect.keeps_constraint_names() {
        let keys = catalog.foreign_keys.iter().filter(|it| it.referencing_table == *name);
        lines.extend(keys.map(|it| {
            named_line(
                "foreign key",
                name,
                &it.referencing_columns,
                it.name.as_deref().unwrap_or("-"),
            )
        }));
    }
    lines
}

/// A type in the one spelling that we have for it.
fn spelt(data_type: &str) -> String {
    let (element, is_array) = match data_type.find('[') {
        Some(bracket) => (&data_type[..bracket], true),
        None => (data_type, false),
    };
    let element = element.replacen(" (", "(", 1).replacen(", ", ",", 1);
    // Custom types are written as they like.
    let element = if element.starts_with("enum(") { element } else { element.to_lowercase() };
    if is_array { format!("{element}[]") } else { element }
}

/// MySQL calls every primary key `PRIMARY`, and SQLite calls it nothing.
fn keeps_primary_key_names(dialect: Dialect) -> bool {
    dialect == Dialect::PostgreSql
}

fn named_line(kind: &str, table: &TableName, columns: &[String], name: &str) -> String {
    format!("{kind} {table}.{} as {name}", side(columns))
}

fn index_line(
    table: &TableName,
    columns: &[String],
    name: &str,
    (is_unique, is_partial, has_expressions): (bool, bool, bool),
) -> String {
    let unique = if is_unique { "unique " } else { "" };
    let partial = if is_partial { " partial" } else { "" };
    let expressions = if has_expressions { " with expressions" } else { "" };
    format!("{unique}index {table}.{} as {name}{partial}{expressions}", side(columns))
}

impl KitTable {
    /// The table in the lines that [`our_table`] makes.
    fn lines(&self, dialect: Dialect) -> Vec<String> {
        let table = TableName { namespace: self.namespace.clone(), name: self.name.clone() };
        let mut lines = Vec::new();
        for (column, data_type) in &self.types {
            lines.push(format!("type {table}.{column} {}", spelt(data_type)));
        }
        let key_line = |kind, key: &Named| {
            let name = key.name.as_deref().map_or("-", |name| dialect.truncate(name));
            named_line(kind, &table, &key.columns, name)
        };
        lines.extend(self.primary_key.iter().map(|it| {
            let name = it.name.as_deref().filter(|_| keeps_primary_key_names(dialect));
            named_line(
                "primary key",
                &table,
                &it.columns,
                name.map_or("-", |it| dialect.truncate(it)),
            )
        }));
        lines.extend(self.uniques.iter().map(|it| key_line("unique", it)));
        for index in &self.indexes {
            let flags = (index.is_unique, index.is_partial, index.has_expressions);
            lines.push(index_line(&table, &index.columns, dialect.truncate(&index.name), flags));
        }
        if dialect.keeps_constraint_names() {
            lines.extend(self.foreign_keys.iter().map(|it| key_line("foreign key", it)));
        }
        lines
    }
}
