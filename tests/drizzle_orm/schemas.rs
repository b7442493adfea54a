//! The schemas, and what their first lines say about them.
//!
//! A schema is a file in `schemas/DIALECT/`, or a folder there with an `index.*` as entry. Comments
//! at its very top are directives:
//!
//! - `// drizzle: 0.x` or `// drizzle: 1.0`: an idea of one line only;
//! - `// casing: snake_case`: what the drizzle config says;
//! - `// env: NAME=value`: a variable of the environment;
//! - `// throws`: drizzle-orm throws, and our side merely has to come through;
//! - `// throws, reported`: drizzle-orm throws, and our side says that it could not read something;
//! - `// kit refuses: 1.0`: drizzle-orm takes it, and drizzle-kit of that line does not;
//! - `// migration differs: 1.0`: the first migration of drizzle-kit of that line does not make what
//!   the schema says;
//! - `// differs: reason`: no static reader can know it, and our side says so.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use drift_model::Dialect;
use drift_schema::{Casing, DrizzleLine};

use super::repository;

/// A line of drizzle, under the name that directives and the oracle have for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    V0,
    V1,
}

impl Line {
    pub(super) fn of_schema(self) -> DrizzleLine {
        match self {
            Line::V0 => DrizzleLine::V0,
            Line::V1 => DrizzleLine::V1,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Line::V0 => "0.x",
            Line::V1 => "1.0",
        })
    }
}

/// What is expected of a schema besides that both sides agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expectation {
    /// Both sides agree, and nothing is left unread.
    Same,
    /// drizzle-orm throws.
    Throws { is_reported: bool },
    /// The sides differ, and ours says so.
    Differs,
}

/// One idea.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    /// The path below `schemas/`: `pg/self-reference.ts`.
    pub(super) name: String,
    /// The entry file.
    pub(super) path: PathBuf,
    /// The folder below `schemas/`, as the oracle calls the dialect.
    pub(super) folder: &'static str,
    pub(super) dialect: Dialect,
    pub(super) lines: Vec<Line>,
    pub(super) casing: Option<Casing>,
    pub(super) env: BTreeMap<String, String>,
    pub(super) expectation: Expectation,
    /// The line whose drizzle-kit does not take it.
    pub(super) refused_by_kit: Option<Line>,
    /// The line whose drizzle-kit writes a migration that does not make what the schema says.
    pub(super) lost_by_kit: Option<Line>,
}

const DIALECTS: [(&str, Dialect); 4] = [
    ("pg", Dialect::PostgreSql),
    ("mysql", Dialect::MySql),
    ("sqlite", Dialect::Sqlite),
    ("cockroach", Dialect::PostgreSql),
];

/// Where this test keeps what it needs.
pub(super) fn folder() -> PathBuf {
    repository().join("tests/drizzle_orm")
}

/// Every schema, in the order of their names.
pub(super) fn all() -> Vec<Schema> {
    let mut schemas = Vec::new();
    for (folder_name, dialect) in DIALECTS {
        let entries = fs::read_dir(folder().join("schemas").join(folder_name)).unwrap();
        for path in entries.map(|entry| entry.unwrap().path()) {
            schemas.push(schema(&entry_file(path), folder_name, dialect));
        }
    }
    schemas.sort_by(|a, b| a.name.cmp(&b.name));
    schemas
}

fn entry_file(path: PathBuf) -> PathBuf {
    if !path.is_dir() {
        return path;
    }
    let files = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
    let mut entries = files.filter(|file| file.file_stem().is_some_and(|stem| stem == "index"));
    entries.next().unwrap_or_else(|| panic!("{} has no index", path.display()))
}

fn schema(path: &Path, folder_name: &'static str, dialect: Dialect) -> Schema {
    let below = path.strip_prefix(folder().join("schemas")).unwrap();
    let name = below.to_string_lossy().replace('\\', "/");
    let mut schema = Schema {
        name,
        path: path.to_path_buf(),
        folder: folder_name,
        dialect,
        lines: vec![Line::V0, Line::V1],
        casing: None,
        env: BTreeMap::new(),
        expectation: Expectation::Same,
        refused_by_kit: None,
        lost_by_kit: None,
    };
    let text = fs::read_to_string(path).unwrap();
    for line in text.lines().map_while(|line| line.strip_prefix("// ")) {
        schema.obey(line);
    }
    schema
}

impl Schema {
    fn obey(&mut self, directive: &str) {
        let (key, value) = directive.split_once(": ").unwrap_or((directive, ""));
        match (key, value) {
            ("drizzle", "0.x") => self.lines = vec![Line::V0],
            ("drizzle", "1.0") => self.lines = vec![Line::V1],
            ("casing", "snake_case") => self.casing = Some(Casing::SnakeCase),
            ("casing", "camelCase") => self.casing = Some(Casing::CamelCase),
            ("env", variable) => {
                let (name, value) = variable.split_once('=').expect("NAME=value");
                self.env.insert(name.to_owned(), value.to_owned());
            }
            ("throws", "") => self.expectation = Expectation::Throws { is_reported: false },
            ("throws, reported", "") => {
                self.expectation = Expectation::Throws { is_reported: true }
            }
            ("kit refuses", "0.x") => self.refused_by_kit = Some(Line::V0),
            ("migration differs", "0.x") => self.lost_by_kit = Some(Line::V0),
            ("kit refuses", "1.0") => self.refused_by_kit = Some(Line::V1),
            ("migration differs", "1.0") => self.lost_by_kit = Some(Line::V1),
            ("differs", reason) if !reason.is_empty() => self.expectation = Expectation::Differs,
            _ => panic!("{}: `{directive}` is no directive", self.name),
        }
    }
}
