//! Random statements of MariaDB.

use drift_model::Table;

use super::Maker;
use super::names::columns_of;

/// A statement, or a few that belong together; `None` where what came up is not to be had.
pub(super) fn statements(it: &mut Maker<'_>) -> Option<Vec<String>> {
    let one = match it.rng.u8(0..100) {
        0..20 => create_table(it),
        20..64 => alter_table(it)?,
        64..70 => drop_table(it)?,
        70..78 => rename_tables(it)?,
        78..84 => index(it)?,
        84..90 => format!("set foreign_key_checks = {}", it.rng.u8(0..=1)),
        90..94 => like(it)?,
        94..97 => it.pick(&["start transaction", "rollback", "commit"]).to_owned(),
        // Drop a table, and put another one in its place. One that does not fit the foreign keys that
        // wait for it is refused by one statement and taken by the next.
        _ => {
            let (table, new) = (it.any_table()?, it.new_table_name());
            let (table, new) = (it.table_name(&table.name), it.quote(&new));
            return Some(vec![
                "set foreign_key_checks = 0".to_owned(),
                format!("create table {new} like {table}"),
                format!("drop table {table}"),
                format!("rename table {new} to {table}"),
                "set foreign_key_checks = 1".to_owned(),
            ]);
        }
    };
    Some(vec![one])
}

fn data_type(it: &mut Maker<'_>) -> &'static str {
    it.pick(&["int", "int", "int", "int", "integer", "bigint", "varchar(20)", "int unsigned"])
}

pub(super) fn create_table(it: &mut Maker<'_>) -> String {
    let plain = it.new_table_name();
    let name = it.quote(&plain);
    let count = it.rng.usize(1..=4);
    let names = it.column_names(count);
    let mut parts = Vec::new();
    let has_key = !it.once_in(5);
    for (at, column) in names.iter().enumerate() {
        let mut part = format!("{} {}", it.quote(column), data_type(it));
        if at == 0 && has_key && names.len() < 3 {
            part += " primary key";
        } else if it.once_in(4) {
            part += " not null";
        }
        // Of `primary key unique`, MariaDB makes one key.
        if it.once_in(6) && !part.ends_with(" primary key") {
            part += " unique";
        }
        if it.once_in(4)
            && let Some((references, 1)) = it.references()
        {
            part += &format!(" {references}");
        }
        parts.push(part);
    }
    if has_key && names.len() >= 3 {
        parts.push(it.primary_key(&names));
    }
    if it.once_in(4) {
        let count = it.rng.usize(1..=2);
        if let Some(some) = it.some_of(&names, count) {
            parts.push(format!(
                "{} ({})",
                it.pick(&["unique", "key", "unique key", "index"]),
                it.quote_all(&some)
            ));
        }
    }
    if it.once_in(2)
        && let Some(foreign_key) = foreign_key(it, &names)
    {
        parts.push(foreign_key);
    }
    if it.once_in(12) {
        parts.push(it.own_reference(&name, &names));
    }
    // Where the foreign keys are refused, the table that was to be replaced is gone all the same.
    let has_reference = parts.iter().any(|it| it.contains("references"));
    let verb = match it.rng.u8(0..10) {
        0 if !has_reference => "create or replace table",
        1 => "create table if not exists",
        _ => "create table",
    };
    format!("{verb} {name} ({})", parts.join(", "))
}

fn foreign_key(it: &mut Maker<'_>, columns: &[String]) -> Option<String> {
    let (references, count) = it.references()?;
    let columns = it.some_of(columns, count)?;
    let named = it.maybe_named();
    // Without checks, MariaDB forgets the symbol in `ALTER TABLE` where there is a name of an index.
    let index = if named.is_empty() && it.once_in(6) { "my_idx " } else { "" };
    Some(format!("{named}foreign key {index}({}) {references}", it.quote_all(&columns)))
}

fn alter_table(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let count = if it.once_in(3) { it.rng.usize(2..=3) } else { 1 };
    let mut actions = Vec::new();
    for _ in 0..count {
        actions.push(action(it, &table)?);
    }
    // Whether something is there is asked once, before anything is dropped.
    let mut dropped: Vec<&str> = actions
        .iter()
        .filter(|it| it.starts_with("drop "))
        .filter_map(|it| it.split(' ').next_back())
        .collect();
    dropped.sort_unstable_by_key(|it| it.trim_matches('`'));
    if dropped.windows(2).any(|it| it[0].trim_matches('`') == it[1].trim_matches('`')) {
        return None;
    }
    // What else a statement that drops or renames a column may do depends on whether it copies the
    // table, and on names that MariaDB has made up for indexes.
    const ALONE: [&str; 4] = ["drop column", "rename column", "change column", "modify column"];
    let stands_alone = |it: &String| ALONE.iter().any(|word| it.starts_with(word));
    if actions.len() > 1 && actions.iter().any(stands_alone) {
        return None;
    }
    let adds = |it: &String| it.starts_with("add ") && it.contains("foreign key");
    // Without checks, MariaDB counts foreign keys on new columns from 1 again, and then refuses
    // the name.
    if actions.len() > 1 && !it.checks_foreign_keys && actions.iter().any(adds) {
        return None;
    }
    // A foreign key leaves an index of its name behind, which another of the name stumbles over.
    if actions.len() > 1 && actions.iter().any(|it| adds(it) && it.starts_with("add constraint")) {
        return None;
    }
    // It looks for the key of a foreign key onto the table itself now in the table as it was, now
    // as it will be.
    let is_own = |it: &String| {
        it.split_once(" references ").is_some_and(|(_, rest)| rest.contains(&*table.name.name))
    };
    if actions.len() > 1 && actions.iter().any(is_own) {
        return None;
    }
    // What a copy that adds foreign keys and is renamed leaves behind depends on who points where.
    if actions.len() > 1 && actions.iter().any(|it| it.starts_with("rename to")) {
        return None;
    }
    Some(format!("alter table {} {}", it.table_name(&table.name), actions.join(", ")))
}

fn action(it: &mut Maker<'_>, table: &Table) -> Option<String> {
    Some(match it.rng.u8(0..100) {
        0..34 => format!("add {}", foreign_key(it, &columns_of(table))?),
        34..46 => {
            let name = it.new_column_name(table);
            let guard = if it.once_in(4) { "if not exists " } else { "" };
            let mut text = format!("add column {guard}{} {}", it.quote(&name), data_type(it));
            // Without checks, MariaDB counts the foreign keys of new columns from 1 again, and then
            // refuses the name.
            if it.checks_foreign_keys
                && it.once_in(3)
                && let Some((references, 1)) = it.references()
            {
                text += &format!(" {references}");
            }
            text
        }
        46..64 => {
            let own: Vec<String> = it
                .catalog
                .foreign_keys
                .iter()
                .filter(|key| key.referencing_table == table.name)
                .filter_map(|key| key.name.clone())
                .collect();
            let name = match own.len() {
                0 => it.constraint_name(),
                count => own[it.rng.usize(0..count)].clone(),
            };
            let guard = if it.once_in(3) { "if exists " } else { "" };
            let what = it.pick(&["foreign key", "foreign key", "constraint"]);
            format!("drop {what} {guard}{}", it.quote(&name))
        }
        64..72 => {
            let column = it.any_column(table);
            let guard = if it.once_in(4) { "if exists " } else { "" };
            format!("drop column {guard}{}", it.quote(&column))
        }
        72..80 => {
            let (from, to) = (it.any_column(table), it.new_column_name(table));
            if it.once_in(2) {
                // What can stay `NOT NULL` stays so, or the table may lose the key that InnoDB sorts
                // it by, and is copied.
                let is_not_null = table.columns.iter().any(|it| it.name == from && it.is_not_null);
                let not_null = if is_not_null { " not null" } else { "" };
                format!("change column {} {} int{not_null}", it.quote(&from), it.quote(&to))
            } else {
                format!("rename column {} to {}", it.quote(&from), it.quote(&to))
            }
        }
        // Of a table that references itself, InnoDB looks now at the old columns, now at the new ones.
        80..88
            if it.catalog.foreign_keys.iter().any(|key| {
                key.referencing_table == table.name && key.referenced_table == table.name
            }) =>
        {
            return None;
        }
        80..88 => {
            let column = it.any_column(table);
            format!(
                "modify column {} int{}",
                it.quote(&column),
                it.pick(&["", " not null", " null"])
            )
        }
        88..94 => {
            let columns = it.rng.usize(1..=2);
            let columns = it.some_of(&columns_of(table), columns)?;
            format!(
                "add {} ({})",
                it.pick(&["unique", "index", "primary key"]),
                it.quote_all(&columns)
            )
        }
        94..97 => {
            let to = it.new_table_name();
            format!("rename to {}", it.quote(&to))
        }
        // What InnoDB thinks of a foreign key that loses its index depends on what was renamed before.
        97 if !it.catalog.foreign_keys.iter().any(|key| {
            key.referenced_table == table.name || key.referencing_table == table.name
        }) =>
        {
            "drop primary key".to_owned()
        }
        _ => it.pick(&["engine=InnoDB", "comment 'references users (id)'"]).to_owned(),
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
    Some(format!("drop table {guard}{}", names.join(", ")))
}

fn rename_tables(it: &mut Maker<'_>) -> Option<String> {
    let (one, other, new) = (it.any_table()?, it.any_table()?, it.new_table_name());
    let (one, other, new) = (it.table_name(&one.name), it.table_name(&other.name), it.quote(&new));
    Some(match it.rng.u8(0..4) {
        0 | 1 => format!("rename table {one} to {new}"),
        2 => format!("alter table {one} rename {new}"),
        // A list that fails half way is renamed back, generated names along with the rest.
        _ if one.trim_matches('`') == other.trim_matches('`') => return None,
        _ => format!("rename table {one} to {new}, {other} to {one}, {new} to {other}"),
    })
}

fn index(it: &mut Maker<'_>) -> Option<String> {
    let table = it.any_table()?;
    let name = it.table_name(&table.name);
    if it.once_in(3) {
        let mut all: Vec<&String> =
            table.indexes.iter().filter_map(|index| index.name.as_ref()).collect();
        // The number behind the name of a column depends on all indexes that there ever were.
        all.retain(|name| !table.columns.iter().any(|it| it.name.eq_ignore_ascii_case(name)));
        // An index that MariaDB made itself is gone when another one serves its foreign key.
        all.retain(|name| {
            let index = table.indexes.iter().find(|it| it.name.as_ref() == Some(*name));
            let first = index.and_then(|it| it.columns.first());
            !it.catalog.foreign_keys.iter().any(|key| {
                key.referencing_table == table.name && key.referencing_columns.first() == first
            })
        });
        let index = all.get(it.rng.usize(0..all.len().max(1)))?.to_string();
        let index = it.quote(&index);
        return Some(if it.once_in(2) {
            format!("drop index {index} on {name}")
        } else {
            format!("alter table {name} drop index {index}")
        });
    }
    let count = it.rng.usize(1..=2);
    let columns = it.some_of(&columns_of(&table), count)?;
    let unique = if it.once_in(2) { "unique " } else { "" };
    // Names that are taken are refused, and only MariaDB knows what it calls an unnamed index.
    let index = it.rng.u32(..);
    Some(format!("create {unique}index i{index} on {name} ({})", it.quote_all(&columns)))
}

fn like(it: &mut Maker<'_>) -> Option<String> {
    // Without checks, it may take a name that foreign keys wait for and not fit them.
    if !it.checks_foreign_keys {
        return None;
    }
    let (table, new) = (it.any_table()?, it.new_table_name());
    let (table, new) = (it.table_name(&table.name), it.quote(&new));
    Some(format!("create table {new} like {table}"))
}
