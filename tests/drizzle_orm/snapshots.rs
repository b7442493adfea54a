//! Holds what we read of a snapshot that drizzle-kit makes against what we read of the schema.

use std::path::Path;

use drift_model::{Catalog, MemoryFileSystem, SourceMap};

use super::comparison::{self, only_on_one_side};
use super::kit;
use super::schemas::{Line, Schema};

/// Everything on which they differ.
pub(super) fn compare(
    schema: &Schema,
    line: Line,
    written: &serde_json::Value,
    catalog: &Catalog,
) -> Vec<String> {
    let path = Path::new("meta/0000_snapshot.json");
    let mut files = MemoryFileSystem::default();
    files.insert(path, &serde_json::to_string_pretty(written).unwrap());
    let snapshot = drift_migrations::read_snapshot(&files, &SourceMap::default(), path);
    let lines = |catalog| {
        [comparison::ours(schema, line, catalog), kit::ours(schema.dialect, catalog)].concat()
    };
    let unread = snapshot.unresolved.iter().map(|it| &it.reason);
    let errors = snapshot.errors.iter().map(|it| &it.message);
    let mut found = only_on_one_side(lines(&snapshot.catalog), lines(catalog));
    found.extend(unread.chain(errors).cloned());
    found.into_iter().map(|it| format!("in the snapshot: {it}")).collect()
}
