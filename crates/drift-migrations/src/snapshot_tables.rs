//! Snapshots of drizzle-kit 0.x: an object of tables, each with everything it has.

use drift_model::{
    Catalog, Column, Dialect, ForeignKey, Index, Key, Span, Table, TableName, Unresolved,
};
use foldhash::HashSet;
use jsonc_parser::ast::{Object, ObjectProp, Value};
use rayon::prelude::*;

use crate::snapshot::{ForeignKeyParts, PlacedAction, Reader, action, refuse_null_in_key};
use crate::snapshot_fragments::Member;
use crate::snapshot_json::{self as json, Read, Wrong};

/// Reads all tables, side by side, and says what could not be read of them; `None` where they are not JSON.
pub(crate) fn read(members: &[Member<'_>], dialect: Dialect) -> Option<(Catalog, Vec<Unresolved>)> {
    let members = json::one_of_each(members, |it| &it.name);
    let read = |member: &&Member<'_>| {
        let mut reader = Reader { fragment: member.value, dialect, unresolved: Vec::new() };
        let parsed = member.value.parse().ok()?;
        let table = table(&mut reader, member.name_span, &parsed)
            .map_err(|wrong| reader.report(&format!("table `{}`", member.name), &wrong, None));
        Some((table.ok(), reader.unresolved))
    };
    let tables: Option<Vec<_>> = members.par_iter().with_min_len(MIN_TABLES).map(read).collect();
    let (mut catalog, mut unread) = (Catalog::default(), Vec::new());
    for (table, unresolved) in tables? {
        unread.extend(unresolved);
        if let Some((table, foreign_keys)) = table {
            catalog.tables.push(table);
            catalog.foreign_keys.extend(foreign_keys);
        }
    }
    Some((catalog, unread))
}

/// Fewer are not worth the handing over to another thread.
const MIN_TABLES: usize = 8;

fn table(reader: &mut Reader<'_>, span: Span, value: &Value<'_>) -> Read<(Table, Vec<ForeignKey>)> {
    let object = json::as_object(value, "a table")?;
    let name = json::as_text(json::required(object, "name")?, "name")?;
    let name = reader.table_name(json::text(object, "schema")?, name);
    let mut table = Table::new(name, span);
    let before = reader.unresolved.len();
    let columns = section(reader, object, ("columns", &table.name), column);
    table.primary_key = section(reader, object, ("compositePrimaryKeys", &table.name), key)
        .into_iter()
        .next()
        .or_else(|| {
            let inline = columns.iter().filter(|(_, is_key)| *is_key).map(|(column, _)| column);
            inline_key(inline)
        });
    table.columns = columns.into_iter().map(|(column, _)| column).collect();
    table.uniques = section(reader, object, ("uniqueConstraints", &table.name), key);
    let columns: HashSet<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
    table.indexes = section(reader, object, ("indexes", &table.name), |it, entry, object| {
        index(it, entry, object, &columns)
    });
    let foreign_keys =
        section(reader, object, ("foreignKeys", &table.name), |it, entry, object| {
            foreign_key(it, entry, object, &table)
        });
    table.is_incomplete = reader.unresolved.len() > before;
    refuse_null_in_key(&mut table);
    Ok((table, foreign_keys))
}

/// Reads what a table has under a key, entry by entry.
fn section<T>(
    reader: &mut Reader<'_>,
    table: &Object<'_>,
    (key, name): (&str, &TableName),
    read: impl Fn(&Reader<'_>, &ObjectProp<'_>, &Object<'_>) -> Read<T>,
) -> Vec<T> {
    let entries = match json::entries(table, key) {
        Ok(entries) => entries,
        Err(wrong) => {
            reader.report("part of a table", &wrong, Some(name.clone()));
            return Vec::new();
        }
    };
    let mut items = Vec::with_capacity(entries.len());
    for entry in entries {
        let object = json::as_object(&entry.value, entry.name.as_str());
        match object.and_then(|object| read(reader, entry, object)) {
            Ok(item) => items.push(item),
            Err(wrong) => {
                let what = format!("entry `{}`", entry.name.as_str());
                reader.report(&what, &wrong, Some(name.clone()));
            }
        }
    }
    items
}

/// A column, and whether it is said to be the primary key.
fn column(
    reader: &Reader<'_>,
    entry: &ObjectProp<'_>,
    object: &Object<'_>,
) -> Read<(Column, bool)> {
    let name = json::as_text(json::required(object, "name")?, "name")?;
    let mut column = Column::new(name, reader.span(entry.range));
    if let Some(written) = json::text(object, "type")? {
        let (data_type, is_array) = json::data_type(written);
        (column.data_type, column.is_array) = (Some(data_type), is_array);
    }
    column.is_not_null = json::flag(object, "notNull")?;
    column.default =
        json::value(object, "default").and_then(|it| json::default(it, reader.fragment.text));
    Ok((column, json::flag(object, "primaryKey")?))
}

fn inline_key<'c>(columns: impl Iterator<Item = &'c Column>) -> Option<Key> {
    let mut columns = columns.peekable();
    let span = columns.peek()?.span;
    Some(Key { name: None, columns: columns.map(|it| it.name.clone()).collect(), span })
}

/// A primary key or a unique constraint. Old versions leave its name to the key of the entry.
fn key(reader: &Reader<'_>, entry: &ObjectProp<'_>, object: &Object<'_>) -> Read<Key> {
    let name = json::text(object, "name")?.unwrap_or(entry.name.as_str());
    Ok(Key {
        name: Some(reader.dialect.truncate(name).to_owned()),
        columns: json::as_texts(json::required(object, "columns")?, "columns")?,
        span: reader.span(entry.range),
    })
}

fn index(
    reader: &Reader<'_>,
    entry: &ObjectProp<'_>,
    object: &Object<'_>,
    columns: &HashSet<&str>,
) -> Read<Index> {
    let name = json::as_text(json::required(object, "name")?, "name")?;
    let mut index = Index {
        name: Some(reader.dialect.truncate(name).to_owned()),
        columns: Vec::new(),
        has_expressions: false,
        is_unique: json::flag(object, "isUnique")?,
        is_partial: json::text(object, "where")?.is_some_and(|it| !it.is_empty()),
        covers_not_null: false,
        span: reader.span(entry.range),
    };
    for part in json::as_list(json::required(object, "columns")?, "columns")? {
        match indexed_column(part, columns)? {
            Some(column) => index.columns.push(column.to_owned()),
            None => {
                index.has_expressions = true;
                break;
            }
        }
    }
    Ok(index)
}

/// The column that a part of an index is; `None` for an expression. All but version 7 for PostgreSQL
/// have both as mere text.
fn indexed_column<'v>(part: &'v Value<'_>, columns: &HashSet<&str>) -> Read<Option<&'v str>> {
    match part {
        Value::StringLit(text) => Ok(columns.contains(&*text.value).then_some(&*text.value)),
        Value::Object(part) if json::flag(part, "isExpression")? => Ok(None),
        Value::Object(part) => {
            json::as_text(json::required(part, "expression")?, "expression").map(Some)
        }
        part => Err(Wrong::new(part, "this is neither a column nor an expression")),
    }
}

fn foreign_key(
    reader: &Reader<'_>,
    entry: &ObjectProp<'_>,
    object: &Object<'_>,
    table: &Table,
) -> Read<ForeignKey> {
    let name = json::as_text(json::required(object, "name")?, "name")?;
    let referenced = json::as_text(json::required(object, "tableTo")?, "tableTo")?;
    let columns = |key| json::as_texts(json::required(object, key)?, key);
    let (from, to) = (columns("columnsFrom")?, columns("columnsTo")?);
    let action = |key| -> Read<PlacedAction> {
        json::value(object, key).map_or(Ok(None), |value| action(reader.fragment, value, key))
    };
    let parts = ForeignKeyParts {
        name: name.to_owned(),
        has_explicit_name: name != default_name(&table.name.name, &from, referenced, &to),
        referenced_table: reader.table_name(json::text(object, "schemaTo")?, referenced),
        referencing_table: table.name.clone(),
        referencing_columns: from,
        referenced_columns: to,
        on_delete: action("onDelete")?,
        on_update: action("onUpdate")?,
        span: reader.span(entry.range),
    };
    parts.build(reader.dialect).map_err(|reason| Wrong::new(entry, reason))
}

/// The name that 0.x gives a foreign key; the casing of a config may have changed it.
fn default_name(table: &str, columns: &[String], referenced: &str, to: &[String]) -> String {
    format!("{table}_{}_{referenced}_{}_fk", columns.join("_"), to.join("_"))
}
