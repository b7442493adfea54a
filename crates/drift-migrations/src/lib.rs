//! Replays SQL migrations into a catalog without a database.

use std::path::{Path, PathBuf};

use drift_model::{Catalog, Dialect, FileSystem, SourceError, SourceMap, Unresolved};

/// How a folder of migrations is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `meta/_journal.json` names the files; drizzle-kit 0.x.
    Journal,
    /// `<time>_<name>/migration.sql`; drizzle-kit 1.0.
    Folders,
    /// `.sql` files in natural order of their names.
    Plain,
}

/// A folder of migrations, as it lies on the disk.
#[derive(Debug)]
pub struct MigrationFolder {
    /// How it is laid out.
    pub layout: Layout,
    /// The files in the order in which they are applied.
    pub files: Vec<PathBuf>,
    /// `.sql` files that the journal does not list, sorted; no migrator applies them.
    pub unlisted: Vec<PathBuf>,
    /// The dialect that the journal or a snapshot names.
    pub dialect: Option<Dialect>,
    /// A journal that cannot be read, files that it lists and that are not there.
    pub errors: Vec<SourceError>,
}

/// Looks at a folder of migrations (or takes a single `.sql` file as the only one).
///
/// # Errors
/// The folder cannot be listed.
pub fn discover(
    _files: &dyn FileSystem,
    _sources: &SourceMap,
    path: &Path,
) -> Result<MigrationFolder, SourceError> {
    Err(SourceError { path: path.to_path_buf(), span: None, message: String::new() })
}

/// Everything that migrations are replayed with.
pub struct ReplayInput<'a> {
    /// Where files come from.
    pub files: &'a dyn FileSystem,
    /// Receives every file that is read.
    pub sources: &'a SourceMap,
    /// The files in the order in which they are applied.
    pub migrations: &'a [PathBuf],
    /// The language they are written in.
    pub dialect: Dialect,
}

/// What migrations yield: the database they leave behind, and the statements that were not read.
#[derive(Debug, Default)]
pub struct Replay {
    /// The database after the last migration.
    pub catalog: Catalog,
    /// Statements that could matter and were not understood, or did not fit what was there.
    pub unresolved: Vec<Unresolved>,
    /// Files that could not be read.
    pub errors: Vec<SourceError>,
    /// How many statements were replayed or passed over.
    pub statements: usize,
}

/// Replays migrations in order on an empty database.
pub fn replay(_input: &ReplayInput<'_>) -> Replay {
    Replay::default()
}
