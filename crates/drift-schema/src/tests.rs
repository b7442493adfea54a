//! Schemas in, foreign keys out.

mod classes;
mod collecting;
mod columns;
mod config;
mod hostile;
mod javascript;
mod language;
mod lost;
mod mentions;
mod modules;
mod names;
mod opaque_exports;
mod references;
mod relations;
mod tables;
mod unexported;
mod unresolved;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drift_model::{Dialect, FileSystem, Loss, MemoryFileSystem, SourceMap, Span, notation};

use crate::{
    Casing, DrizzleLine, Extraction, MentionFate, ModuleResolver, Resolution, SchemaInput, extract,
    extract_and_account,
};

/// A schema to be read, from a fixture of one or more files.
pub(crate) struct Case {
    files: MemoryFileSystem,
    entries: Vec<PathBuf>,
    dialect: Dialect,
    line: DrizzleLine,
    casing: Option<Casing>,
    env: BTreeMap<String, String>,
    sources: SourceMap,
    is_broken: bool,
}

/// The file that is read when a fixture names none.
const ENTRY: &str = "src/schema.ts";

impl Case {
    pub(crate) fn new(fixture: &str) -> Self {
        Self {
            files: MemoryFileSystem::parse(ENTRY, fixture),
            entries: vec![PathBuf::from(ENTRY)],
            dialect: Dialect::PostgreSql,
            line: DrizzleLine::V0,
            casing: None,
            env: BTreeMap::new(),
            sources: SourceMap::default(),
            is_broken: false,
        }
    }

    /// A PostgreSQL schema of one file, whose builders need no import of their own.
    pub(crate) fn pg(text: &str) -> Self {
        Self::new(&format!("{PG}{text}"))
    }

    /// A schema that may be nonsense, so that nobody can say what became of what it mentions.
    pub(crate) fn broken(mut self) -> Self {
        self.is_broken = true;
        self
    }

    pub(crate) fn entries(mut self, entries: &[&str]) -> Self {
        self.entries = entries.iter().map(PathBuf::from).collect();
        self
    }

    pub(crate) fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    pub(crate) fn v1(mut self) -> Self {
        self.line = DrizzleLine::V1;
        self
    }

    pub(crate) fn casing(mut self, casing: Casing) -> Self {
        self.casing = Some(casing);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// What the schema yields; everything that its text mentions must be accounted for.
    pub(crate) fn extract(&self) -> Extraction {
        if self.is_broken {
            return extract(&self.input(&self.resolver()));
        }
        let extraction = self.extract_and_account();
        for mention in &extraction.mentions {
            let place = self.place(mention.span);
            assert_ne!(mention.fate, MentionFate::Unaccounted, "{place}");
        }
        extraction
    }

    pub(crate) fn extract_and_account(&self) -> Extraction {
        extract_and_account(&self.input(&self.resolver()))
    }

    fn resolver(&self) -> RelativeResolver<'_> {
        RelativeResolver { files: &self.files }
    }

    fn input<'c>(&'c self, resolver: &'c RelativeResolver<'c>) -> SchemaInput<'c> {
        SchemaInput {
            files: &self.files,
            resolver,
            sources: &self.sources,
            entries: &self.entries,
            dialect: self.dialect,
            line: self.line,
            casing: self.casing,
            env: &self.env,
        }
    }

    /// The file and line of a span, with the text of the line.
    fn place(&self, span: Span) -> String {
        let file = self.sources.file(span.file);
        let line = file.line_column(span.start).line;
        let text = file.text.lines().nth(line as usize - 1).unwrap_or_default();
        format!("{}:{line}: {}", file.path.display(), text.trim())
    }

    /// The foreign keys in a line each, then what could not be read.
    pub(crate) fn foreign_keys(&self) -> String {
        let extraction = self.extract();
        let mut lines = Vec::new();
        for foreign_key in &extraction.catalog.foreign_keys {
            let suffix = if foreign_key.is_conditional { " (conditional)" } else { "" };
            lines.push(format!("{}{suffix}", notation::format(foreign_key)));
        }
        self.add_problems(&extraction, &mut lines);
        lines.join("\n")
    }

    /// The foreign keys that drizzle drops, and why.
    pub(crate) fn lost(&self) -> String {
        let lines = self.extract().lost.into_iter().map(|lost| {
            let what = match &lost.foreign_key {
                Some(foreign_key) => notation::format(foreign_key),
                None => format!("{}: {}", lost.table, self.snippet(lost.span)),
            };
            let why = match &lost.loss {
                Loss::Replaced(by) => format!("replaced by {}", notation::format(by)),
                Loss::OtherTable(span) => format!("other table at {}", self.place(*span)),
                loss => format!("{loss:?}"),
            };
            format!("{what}: {why}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The tables that drizzle-kit cannot see, with their foreign keys.
    pub(crate) fn unexported(&self) -> String {
        let mut lines = Vec::new();
        for table in self.extract().unexported {
            let elsewhere = if table.is_exported_elsewhere { ", exported elsewhere" } else { "" };
            lines.push(format!("{} as {}{elsewhere}", table.name, table.variable));
            let foreign_keys = table.foreign_keys.iter();
            lines.extend(foreign_keys.map(|it| format!("  {}", notation::format(it))));
        }
        lines.join("\n")
    }

    /// The foreign keys without their names.
    pub(crate) fn keys(&self) -> String {
        let text = self.foreign_keys();
        let lines = text.lines().map(|line| match line.split_once(" as ") {
            Some((key, rest)) if rest.ends_with("(conditional)") => format!("{key} (conditional)"),
            Some((key, _)) if key.contains(" -> ") => key.to_owned(),
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The tables with their columns, keys and indexes.
    pub(crate) fn tables(&self) -> String {
        let extraction = self.extract();
        let mut lines = Vec::new();
        for table in &extraction.catalog.tables {
            let suffix = if table.is_incomplete { " (incomplete)" } else { "" };
            lines.push(format!("{}{suffix}", table.name));
            for column in &table.columns {
                let data_type = column.data_type.as_deref().unwrap_or("?");
                let array = if column.is_array { "[]" } else { "" };
                let not_null = if column.is_not_null { " not null" } else { "" };
                let default = column.default.as_ref().map(|it| format!(" default {it}"));
                let default = default.unwrap_or_default();
                lines.push(format!("  {} {data_type}{array}{not_null}{default}", column.name));
            }
            if let Some(key) = &table.primary_key {
                lines.push(format!("  primary key ({})", key.columns.join(", ")));
            }
            for unique in &table.uniques {
                let name = unique.name.as_deref().unwrap_or("-");
                lines.push(format!("  unique {name} ({})", unique.columns.join(", ")));
            }
            for index in &table.indexes {
                let unique = if index.is_unique { "unique index" } else { "index" };
                let name = index.name.as_deref().unwrap_or("-");
                let partial = if index.is_partial { " where" } else { "" };
                let more = if index.has_expressions { " .." } else { "" };
                let columns = index.columns.join(", ");
                lines.push(format!("  {unique} {name} ({columns}{more}){partial}"));
            }
        }
        self.add_problems(&extraction, &mut lines);
        lines.join("\n")
    }

    /// The text that a span covers, on one line.
    pub(crate) fn snippet(&self, span: Span) -> String {
        self.sources.snippet(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn add_problems(&self, extraction: &Extraction, lines: &mut Vec<String>) {
        for unresolved in &extraction.unresolved {
            let place = self.snippet(unresolved.span);
            lines.push(format!("? {}: {place}", unresolved.reason));
        }
        for error in &extraction.errors {
            let place = error.span.map(|span| {
                let file = self.sources.file(span.file);
                let place = file.line_column(span.start);
                format!(":{}:{}", place.line, place.column)
            });
            let place = place.unwrap_or_default();
            lines.push(format!("! {}{place}: {}", error.path.display(), error.message));
        }
    }
}

/// The builders that most fixtures use, and a table to reference.
const PG: &str = r#"
import {
  pgTable, pgSchema, pgEnum, pgTableCreator, integer, text, uuid, serial, varchar, timestamp,
  boolean, jsonb, foreignKey, primaryKey, unique, uniqueIndex, index, check, customType,
} from "drizzle-orm/pg-core";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
export const users = pgTable("users", { id: integer("id").primaryKey(), other: integer("other") });
"#;

/// Resolves relative paths, and packages from `packages/NAME.ts`.
pub(crate) struct RelativeResolver<'f> {
    pub(crate) files: &'f MemoryFileSystem,
}

impl ModuleResolver for RelativeResolver<'_> {
    fn resolve(&self, specifier: &str, importer: &Path) -> Resolution {
        let base = if specifier.starts_with('.') {
            normalize(&importer.parent().unwrap_or(Path::new("")).join(specifier))
        } else {
            Path::new("packages").join(specifier)
        };
        let base = base.to_string_lossy().into_owned();
        let stem = base.strip_suffix(".js").unwrap_or(&base).to_owned();
        let candidates = [
            base.clone(),
            format!("{stem}.ts"),
            format!("{stem}.tsx"),
            format!("{stem}.cjs"),
            format!("{base}/index.ts"),
            format!("{base}/index.js"),
            format!("{base}/index.cjs"),
        ];
        match candidates.iter().find(|path| self.files.is_file(Path::new(path))) {
            Some(path) => Resolution::File(PathBuf::from(path)),
            None => Resolution::NotFound("no such file".to_owned()),
        }
    }
}

fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                normal.pop();
            }
            std::path::Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
