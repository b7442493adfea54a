//! Sequences of random statements, for the same comparison.
//!
//! A statement is made for what the replay has so far, so that most of them are valid and deep in a
//! sequence as well. Where the replay is wrong, some later statement may be refused, which the
//! comparison shows too.
//!
//! `DRIFT_SEQUENCES` says how many, `DRIFT_SEED` where to begin; each sequence has the seed that the
//! report names, so that `DRIFT_SEED=that DRIFT_SEQUENCES=1` makes it again.

mod mariadb;
mod names;
mod postgresql;
mod sqlite;

use std::env;
use std::io::{self, Write};

use drift_model::Engine;
use drift_model::{Catalog, Dialect, SourceMap};
use fastrand::Rng;

use crate::comparison::{Answer, Sequence, difference, replay_text};

/// How many sequences a run makes where nothing else is asked for.
const SEQUENCES: u64 = 100;

/// The longest sequence.
const STATEMENTS: usize = 24;

/// Compares random sequences; those that differ are made as short as they can be.
///
/// # Panics
///
/// Where some differ, with their seeds and statements.
pub(crate) fn compare_random(engine: &Engine, mut ask: impl FnMut(&str) -> Answer) {
    let number = |name, default| match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text}")),
        Err(_) => default,
    };
    let first: u64 = number("DRIFT_SEED", 0);
    let count: u64 = number("DRIFT_SEQUENCES", SEQUENCES);
    let mut report = Vec::new();
    let (mut statements, mut refused) = (0, 0);
    for seed in first..first + count {
        let all = generate(engine, seed);
        let mut differ = |statements: &[String]| {
            let text = statements.join(";\n") + ";\n";
            let answer = ask(&text);
            let name = format!("DRIFT_SEED={seed}\n{text}");
            (difference(engine, &Sequence { name, text }, &answer), answer.errors.len())
        };
        let (found, errors) = differ(&all);
        statements += all.len();
        refused += errors;
        if found.is_some() {
            // What is refused because something else was left out is another matter.
            let short = shorten(all, |it| {
                let (found, fewer) = differ(it);
                found.is_some() && fewer <= errors
            });
            report.extend(differ(&short).0);
        }
    }
    let all = format!("{count} sequences from {first}: {statements} statements, {refused} refused");
    let differing = report.len();
    let _ = writeln!(io::stderr(), "{all}");
    assert!(report.is_empty(), "{differing} of {all} differ:\n{}", report.join("\n"));
}

/// The statements of a seed.
fn generate(engine: &Engine, seed: u64) -> Vec<String> {
    let mut rng = Rng::with_seed(seed);
    let length = rng.usize(4..=STATEMENTS);
    let mut statements: Vec<String> = Vec::new();
    let mut catalog = Catalog::default();
    for _ in 0..length {
        let last_switch = statements.iter().rfind(|it| it.contains("foreign_key_checks"));
        let mut maker = Maker {
            rng: &mut rng,
            catalog: &catalog,
            dialect: engine.dialect(),
            checks_foreign_keys: last_switch.is_none_or(|it| it.ends_with('1')),
        };
        let plain = maker.statements();
        // An index on what is not there is refused by the engine, with the transaction around it;
        // the replay takes it for one on a view, which it does not know.
        let is_within = statements.iter().any(|it| {
            let it = it.to_lowercase();
            it.starts_with("begin") || it.starts_with("start")
        });
        if is_within && plain.iter().any(|it| it.contains("index")) {
            continue;
        }
        let dialect = engine.dialect();
        statements.extend(plain.iter().map(|it| dress(it, dialect, &mut rng)));
        catalog =
            replay_text(engine, &(statements.join(";\n") + ";\n"), &SourceMap::default()).catalog;
    }
    statements
}

impl Maker<'_> {
    /// A statement, or a few that belong together.
    fn statements(&mut self) -> Vec<String> {
        const ATTEMPTS: usize = 20;
        let create_table = match self.dialect {
            Dialect::PostgreSql => postgresql::create_table,
            Dialect::MySql => mariadb::create_table,
            Dialect::Sqlite => sqlite::create_table,
        };
        let attempt = match self.dialect {
            Dialect::PostgreSql => postgresql::statements,
            Dialect::MySql => mariadb::statements,
            Dialect::Sqlite => sqlite::statements,
        };
        if self.catalog.tables.len() < 2 {
            return vec![create_table(self)];
        }
        let made = (0..ATTEMPTS).find_map(|_| attempt(self));
        made.unwrap_or_else(|| vec![create_table(self)])
    }
}

/// Leaves out statements for as long as what is left still differs.
fn shorten(mut statements: Vec<String>, mut differs: impl FnMut(&[String]) -> bool) -> Vec<String> {
    let mut width = statements.len() / 2;
    while width > 0 {
        let mut at = 0;
        while at + width <= statements.len() {
            let mut fewer = statements.clone();
            fewer.drain(at..at + width);
            if differs(&fewer) {
                statements = fewer;
            } else {
                at += 1;
            }
        }
        width /= 2;
    }
    statements
}

/// Writes a statement as somebody else would: other blanks, comments, another case.
fn dress(statement: &str, dialect: Dialect, rng: &mut Rng) -> String {
    let mut text = String::new();
    let mut word = String::new();
    let mut quote = None;
    let style = rng.u8(0..4);
    for character in statement.chars() {
        let is_word = character.is_ascii_alphanumeric() || character == '_';
        if quote.is_none() && is_word {
            word.push(character);
            continue;
        }
        flush(&mut word, &mut text, dialect, style, quote.is_some());
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '[') => quote = Some(']'),
            (None, ' ') if rng.u8(0..12) == 0 => {
                text +=
                    ["  ", "\n  ", "\t", " /* on delete cascade; */ ", "\r\n  ", " -- ;' drop\n  "]
                        [rng.usize(0..6)];
                continue;
            }
            _ => {}
        }
        text.push(character);
    }
    flush(&mut word, &mut text, dialect, style, quote.is_some());
    text
}

/// Words that may be written in any case in every dialect.
const WORDS: &str = " add alter as begin by cascade check column commit constraint create default \
    delete drop exists foreign if index integer key no action not null on partition pragma primary \
    references rename restrict rollback savepoint set table to unique update values varchar ";

fn flush(word: &mut String, text: &mut String, dialect: Dialect, style: u8, is_quoted: bool) {
    let is_free = dialect == Dialect::PostgreSql || WORDS.contains(&format!(" {word} "));
    match style {
        1 if is_free && !is_quoted => *text += &word.to_uppercase(),
        2 if is_free && !is_quoted && !word.is_empty() => {
            *text += &word[..1].to_uppercase();
            *text += &word[1..];
        }
        _ => *text += word,
    }
    word.clear();
}

/// What makes a statement: chance, and the tables that are there.
struct Maker<'a> {
    rng: &'a mut Rng,
    catalog: &'a Catalog,
    dialect: Dialect,
    /// Whether MySQL checks foreign keys at the moment.
    checks_foreign_keys: bool,
}
