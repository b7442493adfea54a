//! SQLite, as it comes with the test.

use std::collections::{BTreeMap, BTreeSet};

use drift_model::Engine;
use rusqlite::Connection;

use crate::comparison::{Answer, normalized};

pub(crate) fn engine() -> Engine {
    Engine::parse(&format!("sqlite-{}", rusqlite::version())).expect("a version")
}

/// Runs a sequence on an empty database in memory.
pub(crate) fn run(text: &str) -> Answer {
    let connection = Connection::open_in_memory().unwrap();
    // The build of the test has them on, SQLite itself off.
    connection.execute_batch("pragma foreign_keys = off").unwrap();
    let mut errors = Vec::new();
    let mut is_beyond_replay = false;
    let mut refused = BTreeSet::new();
    for (line, statement) in statements(text) {
        if let Err(error) = connection.execute_batch(&statement) {
            let error = error.to_string();
            // `DROP TABLE` deletes all rows first where foreign keys are enforced, and so fails for
            // a broken foreign key of some other table, as any delete would.
            is_beyond_replay |= error.starts_with("foreign key mismatch")
                || error.starts_with("no such table: main.")
                    && statement.to_lowercase().contains("drop");
            errors.push(format!("line {line}: {error}"));
            refused.insert(line);
        }
    }
    // What a transaction leaves open is lost.
    let _ = connection.execute_batch("rollback");
    Answer { catalog: describe(&connection), errors, is_beyond_replay, refused: Some(refused) }
}

/// Cuts where a line ends in a semicolon and the next one is not indented: this knows nothing of
/// what it cuts, and so differs from how the replay does it. Each with the line in which it begins.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let mut statement = String::new();
    let mut start = 1;
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        if statement.trim().is_empty() || statement.trim_start().starts_with("-- ") {
            start = at + 1;
        }
        statement += line.trim_end_matches("--> statement-breakpoint");
        statement.push('\n');
        let is_inside = lines.peek().is_some_and(|(_, it)| it.starts_with([' ', '\t']));
        if statement.trim_end().ends_with(';') && !is_inside {
            all.push((start, std::mem::take(&mut statement)));
        }
    }
    all.push((start, statement));
    all
}

/// The lines of `describe` in comparison.rs.
fn describe(connection: &Connection) -> Vec<String> {
    let tables = rows(
        connection,
        "select name from pragma_table_list \
         where schema = 'main' and type in ('table', 'virtual') and name not like 'sqlite_%'",
        [],
    );
    let mut lines = Vec::new();
    for row in &tables {
        let table = &row[0];
        lines.extend(foreign_keys(connection, table));
        let columns = rows(
            connection,
            "select name, \"notnull\" from pragma_table_xinfo(?1) where hidden <> 1",
            [table],
        );
        let column =
            |it: &Vec<String>| format!("{}{}", it[0], if it[1] == "1" { " not null" } else { "" });
        let columns: Vec<String> = columns.iter().map(column).collect();
        lines.push(format!("{table}: {}", columns.join(", ")));
        let key = primary_key(connection, table);
        if !key.is_empty() {
            lines.push(format!("primary key {table}({})", key.join(", ")));
        }
        lines.extend(uniques(connection, table));
    }
    normalized(lines)
}

fn uniques(connection: &Connection, table: &str) -> Vec<String> {
    let indexes = rows(
        connection,
        "select name from pragma_index_list(?1) where \"unique\" and origin <> 'pk' and not partial",
        [table],
    );
    let columns = indexes.iter().map(|index| {
        let sql = "select coalesce(name, '') from pragma_index_info(?1) order by seqno";
        rows(connection, sql, [&index[0]]).into_iter().flatten().collect::<Vec<_>>()
    });
    let plain = columns.filter(|it| it.iter().all(|column| !column.is_empty()));
    plain.map(|columns| format!("unique {table}({})", columns.join(", "))).collect()
}

fn primary_key(connection: &Connection, table: &str) -> Vec<String> {
    let sql = "select name from pragma_table_info(?1) where pk > 0 order by pk";
    rows(connection, sql, [table]).into_iter().flatten().collect()
}

fn foreign_keys(connection: &Connection, table: &str) -> Vec<String> {
    let sql = "select id, \"table\", \"from\", coalesce(\"to\", ''), on_delete, on_update \
               from pragma_foreign_key_list(?1) order by id, seq";
    let mut by_id: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in rows(connection, sql, [table]) {
        by_id.entry(row[0].clone()).or_default().push(row);
    }
    let line = |parts: &Vec<Vec<String>>| {
        let first = &parts[0];
        let list = |at: usize| parts.iter().map(|it| it[at].clone()).collect::<Vec<_>>();
        let to = if first[3].is_empty() { primary_key(connection, &first[1]) } else { list(3) };
        let mut line =
            format!("{table}({}) -> {}({})", list(2).join(", "), first[1], to.join(", "));
        for (event, action) in [("delete", &first[4]), ("update", &first[5])] {
            if action != "NO ACTION" {
                line += &format!(" on {event} {}", action.to_lowercase());
            }
        }
        line
    };
    by_id.values().map(line).collect()
}

/// All rows as texts.
fn rows<P: rusqlite::Params>(connection: &Connection, sql: &str, params: P) -> Vec<Vec<String>> {
    let mut statement = connection.prepare(sql).unwrap();
    let width = statement.column_count();
    let read = |row: &rusqlite::Row<'_>| {
        (0..width)
            .map(|at| {
                Ok(match row.get_ref(at)? {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    other => other.as_str().unwrap_or_default().to_owned(),
                })
            })
            .collect()
    };
    statement.query_map(params, read).unwrap().map(Result::unwrap).collect()
}
