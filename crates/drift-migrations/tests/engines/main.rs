//! Differential tests against real engines: sequences of statements run on PostgreSQL, MariaDB and
//! SQLite, and are replayed without a database; what both end with is compared.
//!
//! PostgreSQL and MariaDB are started for the test on a socket in a folder of their own and are sent
//! whole files by their own clients, so that splitting is compared too. SQLite comes with the test.

#![allow(clippy::disallowed_methods, reason = "tests look at the files of this repository")]

mod comparison;
mod fixtures;
mod generator;
mod mariadb;
mod postgresql;
mod reach;
mod sequences;
mod server;
mod sqlite;

use drift_model::Dialect;

use self::comparison::{Sequence, compare};
use self::generator::compare_random;
use self::mariadb::MariaDb;
use self::postgresql::PostgreSql;

/// The sequences of this folder and the migrations of the fixtures.
fn sequences(folder: &str, dialect: Dialect) -> Vec<Sequence> {
    let mut all = sequences::all(folder);
    if dialect == Dialect::MySql {
        // Without it any database that is named might be the one in which all runs.
        all.iter_mut().for_each(|it| it.text.insert_str(0, "use app; "));
    }
    all.extend(fixtures::all(dialect));
    all
}

#[test]
fn replays_as_postgresql_does() {
    let sequences = sequences("postgresql", Dialect::PostgreSql);
    let Some(server) = PostgreSql::start() else { return };
    compare(&server.engine(), &sequences, |sequence| server.run(&sequence.text));
}

#[test]
fn replays_as_mariadb_does() {
    let sequences = sequences("mariadb", Dialect::MySql);
    let Some(server) = MariaDb::start() else { return };
    compare(&server.engine(), &sequences, |sequence| server.run(&sequence.text));
}

#[test]
fn replays_as_sqlite_does() {
    let run = |sequence: &Sequence| sqlite::run(&sequence.text);
    compare(&sqlite::engine(), &sequences("sqlite", Dialect::Sqlite), run);
}

#[test]
fn replays_random_statements_as_postgresql_does() {
    let Some(server) = PostgreSql::start() else { return };
    compare_random(&server.engine(), |text| server.run(text));
}

#[test]
fn replays_random_statements_as_mariadb_does() {
    let Some(server) = MariaDb::start() else { return };
    compare_random(&server.engine(), |text| server.run(text));
}

#[test]
fn replays_random_statements_as_sqlite_does() {
    compare_random(&sqlite::engine(), sqlite::run);
}

#[test]
fn deletes_as_postgresql_does() {
    let Some(server) = PostgreSql::start() else { return };
    reach::compare(&server.engine(), |scripts| reach::ask_server(scripts, |it| server.query(it)));
}

#[test]
fn deletes_as_mariadb_does() {
    let Some(server) = MariaDb::start() else { return };
    reach::compare(&server.engine(), |scripts| reach::ask_server(scripts, |it| server.query(it)));
}

#[test]
fn deletes_as_sqlite_does() {
    reach::compare(&sqlite::engine(), reach::ask_sqlite);
}
