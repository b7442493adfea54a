//! What `drift_rules` says of deletes, held against engines that delete: random foreign keys between
//! a few tables with two rows each, as the documentation of `drift_rules::ReachGraph` has it.

use std::collections::{BTreeMap, BTreeSet};

use drift_model::{Dialect, Engine, SourceMap, TableName};
use drift_rules::{Effect, Reach, ReachGraph};
use rusqlite::Connection;

use crate::comparison::replay_text;

/// How many schemas an engine is asked about.
const CASES: u64 = 200;

/// How many of them are chains of tables, of 14 tables and more: InnoDB gives up at the fifteenth foreign key.
const CHAINS: u64 = 6;

/// A database, and what became of it: table, row, column and value.
struct Case {
    /// What makes the tables and foreign keys.
    ddl: String,
    /// What fills the tables.
    rows: String,
    tables: usize,
    /// The foreign key columns by table, whether they may be NULL.
    columns: Vec<Vec<bool>>,
}

/// Compares what is said of the first table of each case with what `ask` finds.
pub(crate) fn compare(engine: &Engine, ask: impl FnOnce(&[String]) -> Vec<Vec<String>>) {
    let cases: Vec<Case> = (0..CASES).map(|seed| generate(engine, seed)).collect();
    let scripts: Vec<String> = cases.iter().map(|it| script(it, engine.dialect())).collect();
    let answers = ask(&scripts);
    assert_eq!(answers.len(), cases.len());
    let mut refused = 0;
    for (case, answer) in cases.iter().zip(answers) {
        let found = describe(&case.ddl, engine);
        let expected = read(case, &answer);
        refused += usize::from(expected == "refused");
        assert_eq!(found, expected, "{engine:?}:\n{}\n{}", case.ddl, answer.join("\n"));
    }
    let share = refused * 100 / cases.len();
    assert!((20..80).contains(&share), "{share} % are refused");
}

/// What is said of deleting a row of the first table.
fn describe(ddl: &str, engine: &Engine) -> String {
    let replay = replay_text(engine, ddl, &SourceMap::default());
    assert!(replay.unresolved.is_empty(), "{:?}\n{ddl}", replay.unresolved);
    let graph = ReachGraph::new(&replay.catalog, *engine);
    let reach = graph.reach(&TableName::new("t0")).expect("a table");
    if reach.is_refused() { "refused".to_owned() } else { effects(&reach) }
}

fn effects(reach: &Reach<'_>) -> String {
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let mut emptied: BTreeSet<String> = BTreeSet::new();
    let certain = || reach.steps.iter().filter(|it| it.is_certain);
    let deleting = certain().filter(|it| matches!(it.effect, Effect::Deletes));
    gone.extend(deleting.map(|it| it.foreign_key.referencing_table.to_string()));
    for step in certain() {
        let table = step.foreign_key.referencing_table.to_string();
        if matches!(step.effect, Effect::SetsNull | Effect::SetsDefault) && !gone.contains(&table) {
            let columns = &step.foreign_key.referencing_columns;
            emptied.extend(columns.iter().map(|column| format!("{table}.{column}")));
        }
    }
    format!("gone {gone:?} emptied {emptied:?}")
}

/// What became of the rows, of which each line is one: `t1 2 c0=1 c1=`.
fn read(case: &Case, answer: &[String]) -> String {
    let mut rows: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for line in answer {
        let mut words = line.split(' ').map(str::to_owned);
        let key = (words.next().unwrap(), words.next().unwrap());
        rows.insert(key, words.collect());
    }
    if rows.contains_key(&("t0".to_owned(), "1".to_owned())) {
        return "refused".to_owned();
    }
    let mut gone = BTreeSet::new();
    let mut emptied = BTreeSet::new();
    for number in 0..case.tables {
        let table = format!("t{number}");
        let row = |row: &str| rows.get(&(table.clone(), row.to_owned()));
        let is_first_gone = number > 0 && row("1").is_none();
        match row("2").filter(|_| !is_first_gone) {
            None => {
                gone.insert(table);
            }
            Some(columns) => {
                let empty = columns.iter().filter_map(|it| it.strip_suffix('='));
                emptied.extend(empty.map(|column| format!("{table}.{column}")));
            }
        }
    }
    format!("gone {gone:?} emptied {emptied:?}")
}

fn generate(engine: &Engine, seed: u64) -> Case {
    let mut rng = fastrand::Rng::with_seed(seed);
    let dialect = engine.dialect();
    let is_chain = seed < CHAINS;
    let tables = if is_chain { 14 + seed as usize } else { rng.usize(2..6) };
    let mut columns: Vec<Vec<bool>> = vec![Vec::new(); tables];
    let mut clauses: Vec<Vec<String>> = vec![Vec::new(); tables];
    let mut added = Vec::new();
    for number in 0..if is_chain { tables - 1 } else { rng.usize(2..10) } {
        let (from, to) = match is_chain {
            true => (number + 1, number),
            false => (rng.usize(0..tables), rng.usize(0..tables)),
        };
        let reused = (!columns[from].is_empty() && rng.u8(0..4) == 0)
            .then(|| rng.usize(0..columns[from].len()));
        let column = reused.unwrap_or_else(|| {
            columns[from].push(rng.u8(0..4) > 0);
            columns[from].len() - 1
        });
        let actions: &[&str] = match dialect {
            _ if is_chain => &["cascade"],
            // It is refused on such a column.
            Dialect::MySql if !columns[from][column] => &["cascade", "cascade", "no action"],
            Dialect::MySql => &["cascade", "cascade", "no action", "restrict", "set null"],
            _ => &[
                "cascade",
                "cascade",
                "cascade",
                "no action",
                "restrict",
                "set null",
                "set default",
            ],
        };
        let action = actions[rng.usize(0..actions.len())];
        let deferral = match rng.u8(0..4) {
            0 if dialect != Dialect::MySql => " deferrable initially deferred",
            _ => "",
        };
        // The names are in another order than the foreign keys.
        let name = format!("f{}_{number}", rng.u8(0..10));
        let clause = format!(
            "constraint {name} foreign key (c{column}) references t{to} (id) on delete {action}{deferral}"
        );
        added.push(format!("alter table t{from} add {clause};"));
        clauses[from].push(clause);
    }
    let mut ddl = String::new();
    let mut rows = String::new();
    for table in 0..tables {
        let mut parts = vec!["id int primary key".to_owned()];
        for (column, is_nullable) in columns[table].iter().enumerate() {
            parts.push(format!("c{column} int{}", if *is_nullable { "" } else { " not null" }));
        }
        if dialect == Dialect::Sqlite {
            parts.append(&mut clauses[table]);
        }
        ddl += &format!("create table t{table} ({});\n", parts.join(", "));
        for row in 1..3 {
            let values = ", 1".repeat(columns[table].len());
            rows += &format!("insert into t{table} values ({row}{values});\n");
        }
    }
    if dialect != Dialect::Sqlite {
        ddl += &added.join("\n");
    }
    Case { ddl, rows, tables, columns }
}

/// Makes the tables, fills them, deletes a row and asks what is left.
fn script(case: &Case, dialect: Dialect) -> String {
    let mut text = match dialect {
        Dialect::PostgreSql => "drop schema public cascade; create schema public;\n".to_owned(),
        Dialect::MySql => "drop database if exists app; create database app; use app;\n".to_owned(),
        Dialect::Sqlite => "pragma foreign_keys = off;\n".to_owned(),
    };
    // The rows come between the tables and the foreign keys, which may be circular.
    let keys = case.ddl.find("alter table").unwrap_or(case.ddl.len());
    text += &format!("{}\n{}\n{}\n", &case.ddl[..keys], case.rows, &case.ddl[keys..]);
    if dialect == Dialect::Sqlite {
        text += "pragma foreign_keys = on;\n";
    }
    text += "delete from t0 where id = 1;\n";
    for (table, columns) in case.columns.iter().enumerate() {
        let mut parts = vec![format!("'t{table} '"), "id".to_owned()];
        for column in 0..columns.len() {
            let value = match dialect {
                Dialect::MySql => format!("cast(c{column} as char)"),
                _ => format!("cast(c{column} as text)"),
            };
            parts.push(format!("' c{column}='"));
            parts.push(format!("coalesce({value}, '')"));
        }
        text += &match dialect {
            Dialect::MySql => format!("select concat({}) from t{table};\n", parts.join(", ")),
            _ => format!("select {} from t{table};\n", parts.join(" || ")),
        };
    }
    text
}

/// Sends all cases at once and takes the answers apart.
pub(crate) fn ask_server(
    scripts: &[String],
    send: impl FnOnce(&str) -> Vec<String>,
) -> Vec<Vec<String>> {
    let text: Vec<String> = scripts.iter().map(|it| format!("{it}select 'END';\n")).collect();
    let lines = send(&text.concat());
    let mut answers: Vec<Vec<String>> =
        lines.split(|it| it == "END").map(<[String]>::to_vec).collect();
    answers.pop();
    answers
}

pub(crate) fn ask_sqlite(scripts: &[String]) -> Vec<Vec<String>> {
    scripts.iter().map(|it| ask_sqlite_once(it)).collect()
}

fn ask_sqlite_once(script: &str) -> Vec<String> {
    let connection = Connection::open_in_memory().unwrap();
    let (changes, queries) = script.split_once("\nselect").unwrap();
    for statement in changes.split(";\n") {
        // A delete may be refused.
        let result = connection.execute_batch(statement);
        assert!(result.is_ok() || statement.trim_start().starts_with("delete"), "{result:?}");
    }
    let mut lines = Vec::new();
    for query in format!("select{queries}").lines() {
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        lines.extend(rows.map(Result::unwrap));
    }
    lines
}
