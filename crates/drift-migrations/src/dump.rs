//! Dumps among migrations: the database before the first of them, or what they lead to.

use std::collections::HashSet;

/// Words in the names of files that hold a whole database.
const WORDS: [&str; 4] = ["schema", "structure", "dump", "baseline"];

/// Names of files that prepare a database.
const NAMES: [&str; 5] = ["init", "initial", "base", "setup", "bootstrap"];

/// What `pg_dump`, `mysqldump`, `mariadb-dump` and `.dump` of SQLite begin with.
const HEADS: [&str; 5] = [
    "-- PostgreSQL database dump",
    "-- MySQL dump",
    "-- MariaDB dump",
    "/*M!999999",
    "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;",
];

/// Whether the name of a file, without a number in front, is one of a dump.
pub(crate) fn has_dump_name(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    let mut words = stem.split(|it: char| !it.is_ascii_alphanumeric());
    !stem.starts_with(|it: char| it.is_ascii_digit())
        && (NAMES.contains(&stem.as_str()) || words.any(|word| WORDS.contains(&word)))
}

/// Whether a program wrote the text as a dump.
pub(crate) fn has_dump_head(text: &str) -> bool {
    let mut end = text.len().min(400);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    HEADS.iter().any(|head| text[..end].contains(head))
}

/// The names behind `CREATE TABLE`, in lower case and without namespaces. A comment may add one.
pub(crate) fn created_tables(text: &str) -> HashSet<String> {
    let mut words = Words { text, at: 0 };
    let mut before = "";
    let mut tables = HashSet::new();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("table") && before.eq_ignore_ascii_case("create") {
            let mut name = words.next().unwrap_or_default();
            for skipped in ["if", "not", "exists"] {
                if name.eq_ignore_ascii_case(skipped) {
                    name = words.next().unwrap_or_default();
                }
            }
            while words.takes_dot() {
                name = words.next().unwrap_or_default();
            }
            if !name.is_empty() {
                tables.insert(name.to_lowercase());
            }
        }
        before = word;
    }
    tables
}

/// The words of a text, without quotes.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let start = self.at + self.text[self.at..].find(is_word)?;
        let length = self.text[start..].find(|it| !is_word(it));
        self.at = length.map_or(self.text.len(), |length| start + length);
        Some(&self.text[start..self.at])
    }

    /// Whether the last word was a namespace.
    fn takes_dot(&mut self) -> bool {
        self.text[self.at..].trim_start_matches(['"', '`', ']']).starts_with('.')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_dumps_by_name_and_by_head() {
        for name in ["schema.sql", "structure.sql", "db-dump.sql", "init.sql", "prod_schema.sql"] {
            assert!(has_dump_name(name), "{name}");
        }
        for name in ["0000_baseline.sql", "users.sql", "init_users.sql", "schematics.sql"] {
            assert!(!has_dump_name(name), "{name}");
        }
        assert!(has_dump_head("--\n-- PostgreSQL database dump\n--\n"));
        assert!(has_dump_head("-- MySQL dump 10.13  Distrib 8.0"));
        assert!(!has_dump_head("CREATE TABLE a (id int);"));
    }

    #[test]
    fn finds_the_tables_that_are_created() {
        let text = "create table a(x int); CREATE TABLE IF NOT EXISTS public.\"B\" (id int);\n\
            CREATE TABLE `c` (id int); create index d on table e; CREATE TABLE";
        let mut tables: Vec<String> = created_tables(text).into_iter().collect();
        tables.sort();
        assert_eq!(tables, ["a", "b", "c"]);
    }
}
