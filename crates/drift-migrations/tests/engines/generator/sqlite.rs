//! Random statements of SQLite.

use drift_model::{Table, TableName};

use super::Maker;
use super::names::columns_of;

/// A statement, or a few that belong together; `None` where what came up is not to be had.
pub(super) fn statements(it: &mut Maker<'_>) -> Option<Vec<String>> {
    let one = match it.rng.u8(0..100) {
        0..22 => create_table(it),
        22..40 => add_column(it)?,
        40..46 => drop_column(it)?,
        46..56 => rename_column(it)?,
        56..66 => rename_table(it)?,
        66..72 => format!("drop table {}{}", it.pick(&["", "if exists "]), any_name(it)?),
        72..84 => return rebuild(it),
        84..90 => pragma(it),
        90..94 => index(it)?,
        94..97 => format!(
            "alter table {} drop constraint {}",
            any_name(it)?,
            it.pick(&["fk", "Fk_2", "cascade_"])
        ),
        _ => it
            .pick(&["begin", "commit", "rollback", "savepoint s", "rollback to s", "release s"])
            .to_owned(),
    };
    Some(vec![one])
}

fn any_name(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    Some(it.table_name(&table.name))
}

fn pragma(it: &mut Maker<'_>) -> String {
    let what =
        it.pick(&["foreign_keys", "foreign_keys", "legacy_alter_table", "defer_foreign_keys"]);
    let value = it.pick(&["on", "off", "0", "1", "true", "no"]);
    if it.once_in(4) {
        format!("pragma {what}({value})")
    } else {
        format!("pragma {what} = {value}")
    }
}

pub(super) fn create_table(it: &mut Maker<'_>) -> String {
    let name = it.new_table_name();
    let name = it.quote(&name);
    let count = it.rng.usize(1..=4);
    let names = it.column_names(count);
    let guard = if it.once_in(6) { "if not exists " } else { "" };
    format!("create table {guard}{name} {}", body(it, &names, &name))
}

/// Columns and constraints.
fn body(it: &mut Maker<'_>, names: &[String], own: &str) -> String {
    let mut parts = Vec::new();
    let has_key = !it.once_in(5);
    for (at, column) in names.iter().enumerate() {
        let mut part = it.quote(column);
        part += it.pick(&[
            " integer",
            " integer",
            " text",
            " INT",
            "",
            " unsigned big int",
            " numeric(10, 2)",
        ]);
        if at == 0 && has_key && names.len() < 3 {
            part += " primary key";
        }
        if it.once_in(4) {
            part += " not null";
        }
        if it.once_in(6) {
            part += " unique";
        }
        if it.once_in(2)
            && let Some(references) = references(it, 1)
        {
            let named = it.maybe_named();
            part += &format!(" {named}{references}");
        }
        parts.push(part);
    }
    if has_key && names.len() >= 3 {
        parts.push(it.primary_key(names));
    }
    if it.once_in(3) {
        let count = it.rng.usize(1..=2);
        let columns = it.some_of(names, count);
        if let (Some(columns), Some(references)) = (columns, references(it, count)) {
            let columns = it.quote_all(&columns);
            parts.push(format!("{}foreign key ({columns}) {references}", it.maybe_named()));
        }
    }
    if it.once_in(12) {
        let columns = it.quote_all(&names[names.len() - 1..]);
        parts.push(format!("foreign key ({columns}) references {own}{}", it.actions()));
    }
    let separator = if it.once_in(12) { " " } else { ", " };
    // A comma may be left out between constraints of the table alone.
    let (columns, constraints) = parts.split_at(names.len());
    let mut text = columns.join(", ");
    if !constraints.is_empty() {
        text += &format!(", {}", constraints.join(separator));
    }
    format!("({text}){}", if has_key && it.once_in(8) { " without rowid" } else { "" })
}

/// Onto a table that is there or not: SQLite looks at it when it is asked.
fn references(it: &mut Maker<'_>, count: usize) -> Option<String> {
    if it.once_in(4) {
        let name = it.new_table_name();
        let name = it.quote(&name);
        let columns = it.column_names(count);
        let list =
            if it.once_in(2) { format!(" ({})", it.quote_all(&columns)) } else { String::new() };
        return Some(format!("references {name}{list}{}", it.actions()));
    }
    let (references, columns) = it.references()?;
    (columns == count || !references.contains('(')).then_some(references)
}

fn add_column(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let (name, column) = (it.table_name(&table.name), it.new_column_name(&table));
    let column = it.quote(&column);
    let references = references(it, 1)?;
    let word = it.pick(&["column ", ""]);
    let named = it.maybe_named();
    Some(format!("alter table {name} add {word}{column} integer {named}{references}"))
}

fn drop_column(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let (name, column) = (it.table_name(&table.name), it.any_column(&table));
    Some(format!("alter table {name} drop column {}", it.quote(&column)))
}

fn rename_column(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let name = it.table_name(&table.name);
    let (from, to) = (it.any_column(&table), it.new_column_name(&table));
    Some(format!("alter table {name} rename column {} to {}", it.quote(&from), it.quote(&to)))
}

fn rename_table(it: &mut Maker<'_>) -> Option<String> {
    let (table, to) = (any_name(it)?, it.new_table_name());
    Some(format!("alter table {table} rename to {}", it.quote(&to)))
}

fn index(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let count = it.rng.usize(1..=2);
    let columns = it.some_of(&columns_of(&table), count)?;
    let (name, columns) = (it.table_name(&table.name), it.quote_all(&columns));
    let unique = it.pick(&["unique ", ""]);
    let index = it.pick(&["i1", "i2"]);
    Some(format!("create {unique}index if not exists {index} on {name} ({columns})"))
}

/// A new table takes the place of an old one: the right way, the wrong way round, and in between.
fn rebuild(it: &mut Maker<'_>) -> Option<Vec<String>> {
    let table = it.any_table()?;
    let (old, new) = (it.table_name(&table.name), it.new_name(&table));
    let names = columns_of(&table);
    if names.is_empty() {
        return None;
    }
    let own = if it.once_in(2) { old.clone() } else { new.clone() };
    let body = body(it, &names, &own);
    let create = format!("create table {new} {body}");
    let mut all = match it.rng.u8(0..4) {
        0 => vec![
            format!("alter table {old} rename to {new}"),
            format!("create table {old} {body}"),
            format!("drop table {new}"),
        ],
        _ => {
            vec![create, format!("drop table {old}"), format!("alter table {new} rename to {old}")]
        }
    };
    if it.once_in(2) {
        all.insert(0, "pragma foreign_keys = off".to_owned());
        all.push("pragma foreign_keys = on".to_owned());
    }
    Some(all)
}

impl Maker<'_> {
    /// The name of a table for a while.
    fn new_name(&mut self, table: &Table) -> String {
        let TableName { name, .. } = &table.name;
        let name = match self.rng.u8(0..3) {
            0 => format!("__new_{name}"),
            1 => format!("{name}_old"),
            _ => format!("tmp {name}"),
        };
        self.quote(&name)
    }
}
