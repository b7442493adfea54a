//! `list` for people.

use std::io::{self, Write};

use drift_model::{Catalog, SourceError, Unresolved};

use super::count;
use crate::args::SourceName;
use drift_check::Analysis;
use drift_check::Places;

/// Prints the foreign keys of each source in columns.
pub(crate) fn render(
    analyses: &[Analysis],
    errors: &[SourceError],
    source: Option<SourceName>,
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for error in errors.iter().chain(analyses.iter().flat_map(|it| &it.errors)) {
        writeln!(out, "{}: error: {}", places.place_of_error(error), error.message)?;
    }
    for analysis in analyses {
        for (name, catalog, unresolved) in sources(analysis, source) {
            let tables = count(catalog.tables.len(), "table");
            let foreign_keys = count(catalog.foreign_keys.len(), "foreign key");
            let unread = match unresolved.len() {
                0 => String::new(),
                unread => format!(", {unread} not read"),
            };
            let age = if name == SNAPSHOT { age(analysis) } else { String::new() };
            writeln!(out, "{} {name}: {tables}, {foreign_keys}{unread}{age}", analysis.name)?;
            write_rows(&rows(catalog, places), out)?;
            for unresolved in unresolved {
                let place = places.place(unresolved.span);
                let (reason, file) = (&unresolved.reason, &place.file);
                writeln!(out, "  not read: {reason}  {file}:{}:{}", place.line, place.column)?;
            }
        }
        if source == Some(SourceName::Snapshot) && analysis.snapshot.is_none() {
            writeln!(out, "{} {SNAPSHOT}: there is none", analysis.name)?;
        }
    }
    Ok(())
}

const SNAPSHOT: &str = "snapshot";

/// What comes after the snapshot, which may know nothing of it.
fn age(analysis: &Analysis) -> String {
    let later = analysis.snapshot.iter().flat_map(|(newest, _)| &newest.later_migrations);
    let mut later = later.peekable();
    let Some(first) = later.peek() else { return String::new() };
    let first = first.strip_prefix(analysis.folder.as_deref().unwrap_or(first)).unwrap_or(first);
    let first = first.display().to_string().replace('\\', "/");
    format!(", older than {}, from {first} on", count(later.count(), "migration"))
}

/// The sources to show: their names, and what they have and could not read.
fn sources(
    analysis: &Analysis,
    source: Option<SourceName>,
) -> Vec<(&'static str, &Catalog, &[Unresolved])> {
    let schema = analysis.schema.as_ref();
    let schema = schema.map(|it| (SourceName::Schema, "schema", &it.catalog, &it.unresolved[..]));
    let replay = analysis.migrations.as_ref();
    let replay =
        replay.map(|it| (SourceName::Migrations, "migrations", &it.catalog, &it.unresolved[..]));
    let snapshot = analysis.snapshot.as_ref();
    let snapshot =
        snapshot.map(|(_, it)| (SourceName::Snapshot, SNAPSHOT, &it.catalog, &it.unresolved[..]));
    let all = [schema, replay, snapshot].into_iter().flatten();
    all.filter(|(kind, ..)| source.is_none_or(|source| source == *kind))
        .map(|(_, name, catalog, unresolved)| (name, catalog, unresolved))
        .collect()
}

fn rows(catalog: &Catalog, places: Places<'_>) -> Vec<[String; 4]> {
    let row = |foreign_key: &drift_model::ForeignKey| {
        let place = places.place(foreign_key.span);
        [
            foreign_key.to_string(),
            format!("on delete {}", foreign_key.on_delete),
            foreign_key.name.clone().unwrap_or_default(),
            format!("{}:{}:{}", place.file, place.line, place.column),
        ]
    };
    catalog.foreign_keys.iter().map(row).collect()
}

fn write_rows(rows: &[[String; 4]], out: &mut dyn Write) -> io::Result<()> {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [foreign_key, action, name, place] in rows {
        let [a, b, c] = widths;
        writeln!(out, "  {foreign_key:a$}  {action:b$}  {name:c$}  {place}")?;
    }
    Ok(())
}
