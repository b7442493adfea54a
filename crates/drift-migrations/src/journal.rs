//! Reads the journal of drizzle-kit 0.x, `meta/_journal.json`.

use std::path::{Path, PathBuf};

use drift_model::{
    Dialect, FileSystem, ListedMigration, PassedOver, SourceError, SourceFile, SourceMap, Span,
};
use serde::Deserialize;

/// The journal; whatever else it says is not needed.
///
/// Source: `journal` in drizzle-kit, `src/utils.ts`.
#[derive(Deserialize)]
struct Journal {
    dialect: Option<String>,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    tag: String,
    when: Option<f64>,
}

/// A migration that a journal lists.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// Its file without `.sql`.
    pub tag: String,
    /// When it was generated, in milliseconds since 1970. A database that has applied a later
    /// entry skips this one.
    pub when: Option<f64>,
    /// The tag in the journal.
    pub span: Span,
}

impl JournalEntry {
    /// The entry as messages name it.
    pub(crate) fn listed(&self) -> ListedMigration {
        ListedMigration { name: format!("{}.sql", self.tag), span: self.span }
    }
}

/// The entries that a database in use passes over, because it has applied one with a later time, or
/// the same.
///
/// Source: `migrate` in drizzle-orm 0.45, `src/pg-core/dialect.ts`.
pub(crate) fn out_of_order(entries: &[JournalEntry]) -> Vec<PassedOver> {
    let mut found: Vec<PassedOver> = Vec::new();
    let mut newest: Option<(f64, &JournalEntry)> = None;
    let mut is_run = false;
    for entry in entries {
        let Some(when) = entry.when else { continue };
        match newest {
            Some((time, _)) if when <= time && is_run => {
                found.last_mut().expect("a run has begun").entries.push(entry.listed());
            }
            Some((time, behind)) if when <= time => {
                found.push(PassedOver { entries: vec![entry.listed()], behind: behind.listed() });
                is_run = true;
            }
            _ => {
                newest = Some((when, entry));
                is_run = false;
            }
        }
    }
    found
}

/// What a journal says.
#[derive(Debug, Default)]
pub(crate) struct JournalRead {
    pub(crate) entries: Vec<JournalEntry>,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) errors: Vec<SourceError>,
}

/// Where the journal of a folder is.
pub(crate) fn journal_path(folder: &Path) -> PathBuf {
    folder.join("meta").join("_journal.json")
}

/// Reads a journal.
pub(crate) fn read(files: &dyn FileSystem, sources: &SourceMap, path: &Path) -> JournalRead {
    let failed = |message: String| JournalRead {
        errors: vec![SourceError { path: path.to_path_buf(), span: None, message }],
        ..JournalRead::default()
    };
    let file = match sources.load(files, path) {
        Ok(file) => file,
        Err(error) => return failed(format!("the journal cannot be read: {error}")),
    };
    match serde_json::from_str::<Journal>(&file.text) {
        Ok(journal) => JournalRead {
            dialect: journal.dialect.as_deref().and_then(dialect),
            entries: located(&file, journal.entries),
            errors: Vec::new(),
        },
        Err(error) => {
            let mut read = failed(format!("the journal is not what drizzle-kit writes: {error}"));
            read.errors[0].span = error_span(&file, error.line(), error.column());
            read
        }
    }
}

/// The dialect that drizzle-kit means by a name in its files.
pub(crate) fn dialect(name: &str) -> Option<Dialect> {
    match name {
        "pg" | "postgres" | "postgresql" | "cockroach" => Some(Dialect::PostgreSql),
        "mysql" | "singlestore" => Some(Dialect::MySql),
        "sqlite" | "turso" => Some(Dialect::Sqlite),
        _ => None,
    }
}

/// The entries with the places of their tags, which stand in the text in the same order.
fn located(file: &SourceFile, entries: Vec<Entry>) -> Vec<JournalEntry> {
    let mut at = 0;
    entries
        .into_iter()
        .map(|entry| {
            let quoted = serde_json::to_string(&entry.tag).unwrap_or_default();
            let start = tag_start(&file.text, at, &quoted).unwrap_or(at);
            let end = (start + quoted.len()).min(file.text.len());
            at = if start == at { at } else { end };
            let span = Span::new(file.id, start as u32, end as u32);
            JournalEntry { tag: entry.tag, when: entry.when, span }
        })
        .collect()
}

/// Where the value of the next `"tag"` begins, if it is the quoted one.
fn tag_start(text: &str, from: usize, quoted: &str) -> Option<usize> {
    let mut at = from;
    loop {
        let key = at + text[at..].find("\"tag\"")? + "\"tag\"".len();
        let value = key + text[key..].find('"')?;
        if text[value..].starts_with(quoted) {
            return Some(value);
        }
        at = key;
    }
}

fn error_span(file: &SourceFile, line: usize, column: usize) -> Option<Span> {
    let line_start = match line.checked_sub(1)? {
        0 => 0,
        line => file.text.match_indices('\n').nth(line - 1)?.0 + 1,
    };
    let at = (line_start + column.saturating_sub(1)).min(file.text.len());
    let at = file.text.floor_char_boundary(at) as u32;
    Some(Span::new(file.id, at, at))
}
