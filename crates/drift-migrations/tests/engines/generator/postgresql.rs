//! Random statements of PostgreSQL.

use drift_model::{Column, Table};

use super::Maker;
use super::names::columns_of;

/// A statement, or a few that belong together; `None` where what came up is not to be had.
pub(super) fn statements(it: &mut Maker<'_>) -> Option<Vec<String>> {
    let one = match it.rng.u8(0..100) {
        0..16 => create_table(it),
        16..52 => alter_table(it)?,
        52..58 => drop_table(it)?,
        58..64 => rename(it)?,
        64..70 => index(it)?,
        70..75 => namespace(it)?,
        75..80 => transaction(it),
        80..87 => block(it)?,
        87..93 => partition(it)?,
        93..96 => like(it)?,
        _ => return Some(vec!["begin".to_owned(), alter_table(it)?, transaction(it)]),
    };
    Some(vec![one])
}

fn data_type(it: &mut Maker<'_>) -> &'static str {
    it.pick(&[
        "int",
        "int",
        "int",
        "bigint",
        "integer",
        "text",
        "serial",
        "varchar(20)",
        "smallint",
    ])
}

pub(super) fn create_table(it: &mut Maker<'_>) -> String {
    let name = it.new_table_name();
    let mut name = it.quote(&name);
    if it.once_in(10) {
        name = format!("{}.{name}", it.pick(&["app", "public", "other"]));
    }
    let count = it.rng.usize(1..=4);
    let names = it.column_names(count);
    let mut parts = Vec::new();
    let has_key = !it.once_in(5);
    for (at, column) in names.iter().enumerate() {
        let data_type = data_type(it);
        let mut part = format!("{} {data_type}", it.quote(column));
        if at == 0 && has_key && names.len() < 3 {
            part += " primary key";
        }
        if it.once_in(4) {
            part += " not null";
        }
        if it.once_in(6) {
            part += " unique";
        }
        if it.once_in(8) && data_type != "serial" {
            part += " default 1";
        }
        if it.once_in(3)
            && let Some((references, 1)) = it.references()
        {
            let named = it.maybe_named();
            part += &format!(" {named}{references}");
        }
        parts.push(part);
    }
    if has_key && names.len() >= 3 {
        parts.push(it.primary_key(&names));
    }
    if it.once_in(4) {
        let mut some = names.clone();
        it.rng.shuffle(&mut some);
        some.truncate(it.rng.usize(1..=2));
        parts.push(format!("{}unique ({})", it.maybe_named(), it.quote_all(&some)));
    }
    if it.once_in(3)
        && let Some(foreign_key) = it.foreign_key(&names)
    {
        parts.push(format!("{}{foreign_key}", it.maybe_named()));
    }
    if it.once_in(12) {
        parts.push(it.own_reference(&name, &names));
    }
    let guard = if it.once_in(6) { "if not exists " } else { "" };
    format!("create table {guard}{name} ({})", parts.join(", "))
}

fn alter_table(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let count = if it.once_in(3) { it.rng.usize(2..=3) } else { 1 };
    let mut actions = Vec::new();
    for _ in 0..count {
        actions.push(action(it, &table)?);
    }
    // PostgreSQL changes a type once in a statement, and before all else.
    if actions.iter().any(|it| it.contains(" type ")) {
        actions.truncate(1);
    }
    let guard = if it.once_in(8) { "if exists " } else { "" };
    let only = if it.once_in(10) { "only " } else { "" };
    Some(format!("alter table {guard}{only}{} {}", it.table_name(&table.name), actions.join(", ")))
}

fn action(it: &mut Maker<'_>, table: &Table) -> Option<String> {
    let cascade = if it.once_in(3) { " cascade" } else { "" };
    Some(match it.rng.u8(0..100) {
        0..28 => {
            let not_valid = if it.once_in(6) { " not valid" } else { "" };
            format!("add {}{}{not_valid}", it.maybe_named(), it.foreign_key(&columns_of(table))?)
        }
        28..44 if is_partition(&table.name.name) => return None,
        28..44 => {
            let name = it.new_column_name(table);
            let guard = if it.once_in(4) { "if not exists " } else { "" };
            let mut text = format!("add column {guard}{} {}", it.quote(&name), data_type(it));
            if let Some((references, 1)) = it.references() {
                text += &format!(" {}{references}", it.maybe_named());
            }
            text
        }
        44..58 => {
            let own: Vec<String> = it
                .catalog
                .foreign_keys
                .iter()
                .filter(|key| key.referencing_table == table.name)
                .filter_map(|key| key.name.clone())
                .chain(
                    table
                        .primary_key
                        .iter()
                        .chain(&table.uniques)
                        .filter_map(|key| key.name.clone()),
                )
                .collect();
            let name = match own.len() {
                0 => it.constraint_name(),
                count => own[it.rng.usize(0..count)].clone(),
            };
            let guard = if it.once_in(3) { "if exists " } else { "" };
            format!("drop constraint {guard}{}{cascade}", it.quote(&name))
        }
        58..68 => {
            let column = it.any_column(table);
            let guard = if it.once_in(4) { "if exists " } else { "" };
            format!("drop column {guard}{}{cascade}", it.quote(&column))
        }
        68..76 => {
            // What is cast to a number has to be one.
            let is_number = |column: &&Column| {
                column.data_type.as_deref().is_some_and(|it| it.contains("int") || it == "serial")
            };
            let numbers: Vec<&Column> = table.columns.iter().filter(is_number).collect();
            let column = numbers.get(it.rng.usize(0..numbers.len().max(1)))?;
            format!("alter column {} type {}", it.quote(&column.name), it.pick(&["int", "bigint"]))
        }
        76..84 => {
            let column = it.any_column(table);
            format!("alter column {} {} not null", it.quote(&column), it.pick(&["set", "drop"]))
        }
        84..94 if is_partition(&table.name.name) => return None,
        84..90 => {
            let columns = it.rng.usize(1..=2);
            let columns = it.some_of(&columns_of(table), columns)?;
            format!("add {}unique ({})", it.maybe_named(), it.quote_all(&columns))
        }
        90..94 => {
            let columns = it.rng.usize(1..=2);
            let columns = it.some_of(&columns_of(table), columns)?;
            format!("add {}primary key ({})", it.maybe_named(), it.quote_all(&columns))
        }
        94..97 => {
            let name = it.any_foreign_key()?.name?;
            format!("validate constraint {}", it.quote(&name))
        }
        _ => format!("add {}check (1 = 1)", it.maybe_named()),
    })
}

fn drop_table(it: &mut Maker<'_>) -> Option<String> {
    let count = if it.once_in(4) { 2 } else { 1 };
    let mut names = Vec::new();
    for _ in 0..count {
        let table = it.any_table()?;
        names.push(it.table_name(&table.name));
    }
    let guard = if it.once_in(3) { "if exists " } else { "" };
    let cascade = if it.once_in(2) { " cascade" } else { "" };
    Some(format!("drop table {guard}{}{cascade}", names.join(", ")))
}

fn rename(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table().filter(|table| !is_partition(&table.name.name))?;
    let name = it.table_name(&table.name);
    Some(match it.rng.u8(0..4) {
        0 => {
            let to = it.new_table_name();
            format!("alter table {name} rename to {}", it.quote(&to))
        }
        1 | 2 => {
            let (from, to) = (it.any_column(&table), it.new_column_name(&table));
            let word = it.pick(&["column ", ""]);
            format!("alter table {name} rename {word}{} to {}", it.quote(&from), it.quote(&to))
        }
        _ => {
            let key = it.any_foreign_key()?;
            let (table, from, to) =
                (it.table_name(&key.referencing_table), key.name?, it.constraint_name());
            format!(
                "alter table {table} rename constraint {} to {}",
                it.quote(&from),
                it.quote(&to)
            )
        }
    })
}

fn index(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    if it.once_in(3) {
        let all: Vec<String> = it
            .catalog
            .tables
            .iter()
            .flat_map(|table| &table.indexes)
            .filter_map(|index| index.name.clone())
            .collect();
        let name = all.get(it.rng.usize(0..all.len().max(1)))?.clone();
        let cascade = if it.once_in(2) { " cascade" } else { "" };
        let rename = it.constraint_name();
        return Some(if it.once_in(3) {
            format!("alter index {} rename to {}", it.quote(&name), it.quote(&rename))
        } else {
            format!("drop index {}{cascade}", it.quote(&name))
        });
    }
    // Partitions want more of a key, which concerns no foreign key.
    if is_partition(&table.name.name) {
        return None;
    }
    let count = it.rng.usize(1..=2);
    let columns = it.some_of(&columns_of(&table), count)?;
    let unique = if it.once_in(2) { "unique " } else { "" };
    let name = if it.once_in(2) { "users_idx" } else { "i2" };
    let filter = if it.once_in(8) { " where 1 = 0" } else { "" };
    Some(format!(
        "create {unique}index if not exists {name} on {} ({}){filter}",
        it.table_name(&table.name),
        it.quote_all(&columns)
    ))
}

fn namespace(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let name = it.pick(&["app", "other"]);
    Some(match it.rng.u8(0..10) {
        0..3 => format!("create schema {}{name}", it.pick(&["", "if not exists "])),
        3..6 => format!(
            "alter table {} set schema {}",
            it.table_name(&table.name),
            it.pick(&["app", "other", "public"])
        ),
        6 => format!("alter schema {name} rename to {}", it.pick(&["app", "other", "third"])),
        7 => format!("drop schema if exists {name}{}", it.pick(&["", " cascade"])),
        _ => format!(
            "set search_path to {}",
            it.pick(&["app, public", "public", "other, app, public", "public, app"])
        ),
    })
}

fn transaction(it: &mut Maker<'_>) -> String {
    it.pick(&[
        "begin",
        "commit",
        "commit",
        "rollback",
        "savepoint s",
        "rollback to s",
        "release s",
        "start transaction",
    ])
    .to_owned()
}

fn block(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let name = it.constraint_name();
    let (foreign_key, shown) = (it.foreign_key(&columns_of(&table))?, it.table_name(&table.name));
    let add = format!("alter table {shown} add constraint {} {foreign_key};", it.quote(&name));
    // Names are compared as the catalog has them.
    let stored: String = name.chars().take(63).collect();
    Some(match it.rng.u8(0..5) {
        0 | 1 => {
            let first =
                if it.once_in(3) { format!("{};", alter_table(it)?) } else { String::new() };
            format!("do $$ begin {first} {add} exception when duplicate_object then null; end $$")
        }
        2 => format!("do $$ begin {add} exception when others then null; end $$"),
        3 => format!(
            "do $body$ begin if not exists (select 1 from pg_constraint where conname = '{stored}') then {add} end if; end $body$"
        ),
        _ => format!(
            "do $$ begin if exists (select 1 from information_schema.columns where table_name = '{}' and column_name = '{}') then {add} end if; end $$",
            table.name.name,
            it.any_column(&table)
        ),
    })
}

fn partition(it: &mut Maker<'_>) -> Option<String> {
    let root = it.catalog.tables.iter().find(|table| table.name.name.starts_with("part"));
    let Some(root) = root.cloned() else {
        let reference = match it.references() {
            Some((references, 1)) => references,
            _ => String::new(),
        };
        return Some(format!(
            "create table part (k int not null, a int {reference}) partition by list (k)"
        ));
    };
    let number = it.rng.u8(1..5);
    let name = it.table_name(&root.name);
    Some(match it.rng.u8(0..5) {
        // No two partitions take the same rows.
        0 | 1 if it.catalog.tables.iter().any(|table| table.name.name == format!("p{number}")) => {
            return None;
        }
        0 | 1 => format!("create table p{number} partition of {name} for values in ({number})"),
        2 => {
            let columns: Vec<String> =
                root.columns.iter().map(|column| format!("\"{}\" int", column.name)).collect();
            format!("create table p{number} ({})", columns.join(", "))
        }
        3 => format!("alter table {name} attach partition p{number} for values in ({number})"),
        _ => format!("alter table {name} detach partition p{number}"),
    })
}

fn like(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let (from, to) = (it.table_name(&table.name), it.new_table_name());
    let to = it.quote(&to);
    // A default may need the sequence of the other table, which then cannot go.
    let what =
        it.pick(&["including all excluding defaults", "including indexes", "excluding all", ""]);
    Some(format!("create table {to} (like {from} {what})"))
}

/// Whether a table is partitioned, or a partition.
fn is_partition(name: &str) -> bool {
    name == "part" || name.strip_prefix('p').is_some_and(|rest| rest.parse::<u8>().is_ok())
}
