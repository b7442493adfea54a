//! Statements that have nothing to do with each other, in another order.

use std::collections::BTreeSet;
use std::ops::Range;

use drift_migrations::statements;
use drift_model::{Dialect, Engine};
use fastrand::Rng;

use super::sql;

/// What a statement is about.
struct Statement {
    range: Range<usize>,
    /// The table that it makes or changes; `None` for all others.
    table: Option<String>,
    /// Every name and keyword in it, in lower case.
    words: BTreeSet<String>,
    /// The constraints and indexes that it names.
    names: BTreeSet<String>,
}

/// A migration with some neighbours in it swapped; `None` where there are none.
pub(super) fn with_swaps(text: &str, engine: &Engine, random: &mut Rng) -> Option<String> {
    let dialect = engine.dialect();
    let statements = statements(text, engine);
    let mut statements: Vec<Statement> =
        statements.into_iter().map(|range| statement(text, range, dialect)).collect();
    // The history of a table that gets another name depends on what was there before.
    let is_renaming = |it: &&Statement| it.words.contains("rename");
    let renamed: BTreeSet<String> =
        statements.iter().filter(is_renaming).flat_map(|it| it.words.clone()).collect();
    statements
        .iter_mut()
        .for_each(|it| it.table = it.table.take().filter(|it| !renamed.contains(it)));
    let places: Vec<Range<usize>> = statements.iter().map(|it| it.range.clone()).collect();
    let mut has_swaps = false;
    for position in 1..statements.len() {
        if are_independent(&statements[position - 1], &statements[position]) && random.u8(..) < 160
        {
            statements.swap(position - 1, position);
            has_swaps = true;
        }
    }
    let mut swapped = String::with_capacity(text.len());
    let mut end = 0;
    for (place, statement) in places.iter().zip(&statements) {
        swapped.push_str(&text[end..place.start]);
        swapped.push_str(&text[statement.range.clone()]);
        end = place.end;
    }
    swapped.push_str(&text[end..]);
    has_swaps.then_some(swapped)
}

fn are_independent(one: &Statement, two: &Statement) -> bool {
    let (Some(first), Some(second)) = (&one.table, &two.table) else { return false };
    !one.words.contains(second) && !two.words.contains(first) && one.names.is_disjoint(&two.names)
}

fn statement(text: &str, range: Range<usize>, dialect: Dialect) -> Statement {
    let sql = &text[range.clone()];
    let tokens = sql::tokens(sql, dialect);
    let words: Vec<String> = tokens.iter().map(|it| unquoted(&sql[it.clone()])).collect();
    let names = words.windows(2).filter(|it| matches!(&it[0][..], "constraint" | "index" | "key"));
    let names = names.map(|it| it[1].clone()).collect();
    let table = table(&words);
    // A comment with a code for one engine, or a statement that makes others, may do anything.
    let is_plain = !sql.contains("/*") && !sql.contains('$');
    Statement {
        range,
        table: table.filter(|_| is_plain),
        words: words.into_iter().collect(),
        names,
    }
}

/// The table that a statement makes or changes, if that is all it does.
fn table(words: &[String]) -> Option<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest = match words.as_slice() {
        ["create", "table", rest @ ..] => rest,
        ["alter", "table", rest @ ..] if rest.contains(&"add") && !rest.contains(&"rename") => rest,
        ["create", "index", rest @ ..] | ["create", "unique", "index", rest @ ..] => {
            let on = rest.iter().position(|it| *it == "on")?;
            &rest[on + 1..]
        }
        _ => return None,
    };
    let mut rest = rest.iter().skip_while(|it| ["if", "not", "exists", "only"].contains(it));
    let mut name = rest.next()?;
    while let (Some(&"."), Some(next)) = (rest.next(), rest.next()) {
        name = next;
    }
    let others = ["as", "like", "of", "inherits", "partition", "select", "drop"];
    (!words.iter().any(|it| others.contains(it))).then(|| (*name).to_owned())
}

fn unquoted(token: &str) -> String {
    token.trim_matches(['"', '`', '[', ']']).to_lowercase()
}

/// A schema with some neighbours among its tables swapped; `None` where there are none.
pub(super) fn tables(text: &str, random: &mut Rng) -> Option<String> {
    const START: &str = "\nexport const ";
    // A comment may be about what is behind it, and end anywhere.
    let starts: Vec<usize> = text.match_indices(START).map(|(at, _)| at).collect();
    let mut swapped = text.to_owned();
    let mut has_swaps = false;
    for bounds in starts.windows(3) {
        let (one, two) = (&text[bounds[0]..bounds[1]], &text[bounds[1]..bounds[2]]);
        let is_table = |it: &str| {
            it.trim_end().ends_with(");") && it.contains("Table(") && !it.contains("\n/")
        };
        let name =
            |it: &str| it[START.len()..].split([' ', ':', '=']).next().unwrap_or("").to_owned();
        let are_independent = is_table(one)
            && is_table(two)
            && !one.contains(&name(two))
            && !two.contains(&name(one));
        let both = format!("{one}{two}");
        if are_independent && random.bool() && swapped.contains(&both) {
            swapped = swapped.replacen(&both, &format!("{two}{one}"), 1);
            has_swaps = true;
        }
    }
    has_swaps.then_some(swapped)
}

#[test]
fn only_what_is_independent_is_swapped() {
    let engine = Engine::new(Dialect::PostgreSql);
    let check = |text: &str, expected: Option<&str>| {
        let mut found = BTreeSet::new();
        for seed in 0..20 {
            found.insert(with_swaps(text, &engine, &mut Rng::with_seed(seed)));
        }
        assert_eq!(found.iter().flatten().next().map(String::as_str), expected);
    };
    check(
        "create table a (b int); -- c\ncreate table d (e int);",
        Some("create table d (e int); -- c\ncreate table a (b int);"),
    );
    check("create table a (b int);create table d (e int references a);", None);
    check(
        "alter table a add constraint c check (true);alter table d add constraint c check (true);",
        None,
    );
    check("drop table a; create table b (c int)", None);
}
