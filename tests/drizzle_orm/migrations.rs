//! Holds what the replay makes of the migration that drizzle-kit writes against what we read of the
//! schema: where nobody has touched either, there is no drift.

use std::path::PathBuf;

use drift_migrations::{Layout, ReplayInput};
use drift_model::{Catalog, Dialect, MemoryFileSystem, SourceMap};

use super::comparison::{self, only_on_one_side};
use super::schemas::{Line, Schema};

/// Everything on which they differ.
pub(super) fn compare(
    schema: &Schema,
    line: Line,
    statements: &[String],
    catalog: &Catalog,
) -> Vec<String> {
    let path = PathBuf::from("0000_init.sql");
    let mut files = MemoryFileSystem::default();
    files.insert(&path, statements.join("--> statement-breakpoint\n").as_str());
    let input = ReplayInput {
        files: &files,
        sources: &SourceMap::default(),
        migrations: &[path],
        layout: Layout::Journal,
        dialect: schema.dialect,
    };
    let replay = drift_migrations::replay(&input);
    // A schema may ask for what no engine does.
    if !replay.unresolved.is_empty() {
        return Vec::new();
    }
    let lines = |catalog| lines(schema, catalog);
    let found = only_on_one_side(lines(&replay.catalog), lines(catalog));
    match (found.is_empty(), schema.lost_by_kit == Some(line)) {
        (true, true) => {
            vec!["the migration of drizzle-kit makes all that the schema says".to_owned()]
        }
        (false, true) => Vec::new(),
        _ => found.into_iter().map(|it| format!("in the migration: {it}")).collect(),
    }
}

/// The catalog in lines, with names as the engine stores them.
fn lines(schema: &Schema, catalog: &Catalog) -> Vec<String> {
    let mut catalog = catalog.clone();
    let tables = catalog.tables.iter_mut().map(|table| &mut table.name);
    let keys = catalog.foreign_keys.iter_mut();
    let keys = keys.flat_map(|key| [&mut key.referencing_table, &mut key.referenced_table]);
    for name in tables.chain(keys) {
        *name = schema.dialect.table_key(name).into_owned();
    }
    // In migrations all names are written.
    let lines = comparison::ours(schema, Line::V0, &catalog).into_iter();
    match schema.dialect {
        // A column of a primary key may be NULL in SQLite, whatever drizzle says.
        Dialect::Sqlite => {
            lines.map(|it| it.replace(" primary key not null", " primary key")).collect()
        }
        _ => lines.collect(),
    }
}
