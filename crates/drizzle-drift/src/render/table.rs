//! `list` for people.

use std::io::{self, Write};

use drift_model::{Catalog, SourceError};

use super::count;
use crate::analyze::Analysis;
use crate::args::SourceName;
use crate::report::Places;

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
        for (name, catalog) in catalogs(analysis, source) {
            let foreign_keys = count(catalog.foreign_keys.len(), "foreign key");
            writeln!(
                out,
                "{} {name}: {}, {foreign_keys}",
                analysis.name,
                count(catalog.tables.len(), "table")
            )?;
            write_rows(&rows(catalog, places), out)?;
        }
    }
    Ok(())
}

/// The catalogs to show, with the names of their sources.
pub(super) fn catalogs(
    analysis: &Analysis,
    source: Option<SourceName>,
) -> Vec<(&'static str, &Catalog)> {
    let schema = analysis.schema.as_ref().map(|it| (SourceName::Schema, "schema", &it.catalog));
    let migrations =
        analysis.migrations.as_ref().map(|it| (SourceName::Migrations, "migrations", &it.catalog));
    let both = [schema, migrations].into_iter().flatten();
    both.filter(|(kind, ..)| source.is_none_or(|source| source == *kind))
        .map(|(_, name, catalog)| (name, catalog))
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
