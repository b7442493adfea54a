//! Reads all migrations at once and applies them one after the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use drift_model::{
    Catalog, Dialect, FileId, FileSystem, Rebuild, SourceError, SourceFile, SourceMap, Unresolved,
};
use rayon::prelude::*;

use crate::apply::Applier;
use crate::apply_rebuild::RebuiltTable;
use crate::cursor::Source;
use crate::folder::Layout;
use crate::generated::Generated;
use crate::outcome;
use crate::parse::read_statements;
use crate::sections::applied_parts;
use crate::split::pieces;
use crate::statement::Statement;
use drift_model::Engine;

/// Everything that migrations are replayed with.
pub struct ReplayInput<'a> {
    /// Where files come from.
    pub files: &'a dyn FileSystem,
    /// Receives every file that is read.
    pub sources: &'a SourceMap,
    /// The files in the order in which they are applied.
    pub migrations: &'a [PathBuf],
    /// How their folder is laid out, which says what applies them.
    pub layout: Layout,
    /// The language they are written in.
    pub dialect: Dialect,
}

/// How migrations are replayed.
#[derive(Debug, Clone, Copy)]
pub struct ReplaySettings {
    /// The server that runs the migrations.
    pub engine: Engine,
    /// Whether the database is known to be empty before the first migration. Otherwise a foreign
    /// key onto a table that no migration makes is taken for one onto a table made elsewhere.
    pub starts_empty: bool,
}

impl ReplaySettings {
    /// The settings where nothing but the dialect is known.
    pub fn new(dialect: Dialect) -> Self {
        Self { engine: Engine::new(dialect), starts_empty: false }
    }
}

/// What migrations yield: the database they leave behind, and the statements that were not read.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// The database after the last migration.
    pub catalog: Catalog,
    /// Statements that could matter and were not understood, or did not fit what was there.
    pub unresolved: Vec<Unresolved>,
    /// Tables that were made anew while rows of others referenced them, in SQLite.
    pub rebuilds: Vec<Rebuild>,
    /// Files that could not be read.
    pub errors: Vec<SourceError>,
    /// How many statements were replayed or passed over.
    pub statements: usize,
}

/// Replays migrations in order on an empty database.
pub fn replay(input: &ReplayInput<'_>) -> Replay {
    replay_with(input, &ReplaySettings::new(input.dialect))
}

/// As [`replay`], on a given server.
pub fn replay_with(input: &ReplayInput<'_>, settings: &ReplaySettings) -> Replay {
    let mut replay = Replay::default();
    let loaded: Vec<Result<Arc<SourceFile>, SourceError>> =
        input.migrations.par_iter().map(|path| load(input, path)).collect();
    let mut files = Vec::with_capacity(loaded.len());
    for file in loaded {
        match file {
            Ok(file) => files.push(file),
            Err(error) => replay.errors.push(error),
        }
    }
    let engine = &settings.engine;
    let generated = Generated::default();
    let mut applier = Applier::new(engine, settings.starts_empty, &generated);
    applier.watch.is_on = enforces_foreign_keys(input.layout, engine);
    let mut batches = batches(&files).into_iter();
    let mut at_hand = batches.next().map(|batch| read_all(batch, engine, input.layout));
    while let Some(read) = at_hand.take() {
        rayon::in_place_scope(|scope| {
            if let Some(batch) = batches.next() {
                scope.spawn(|_| at_hand = Some(read_all(batch, engine, input.layout)));
            }
            for file in read {
                replay.statements += file.count;
                applier.migration(file);
            }
        });
    }
    replay.catalog = outcome::catalog(&applier.state);
    replay.unresolved = applier.take_unresolved();
    let newest = files.last().map(|it| it.id);
    replay.rebuilds =
        applier.watch.rebuilds.into_iter().filter_map(|it| rebuild(input, it, newest)).collect();
    replay
}

/// Whether the migrations run inside of a transaction in which foreign keys may be enforced.
fn enforces_foreign_keys(layout: Layout, engine: &Engine) -> bool {
    engine.dialect() == Dialect::Sqlite
        && !engine.migrates_without_foreign_keys()
        // Another runner may turn them off.
        && (layout != Layout::Plain || engine.is_d1())
}

fn rebuild(
    input: &ReplayInput<'_>,
    rebuilt: RebuiltTable,
    newest: Option<FileId>,
) -> Option<Rebuild> {
    let RebuiltTable { table, span, acting, blocking } = rebuilt;
    let path = input.sources.file(span.file).path.clone();
    let name = |path: &Path| path.file_name().map(|it| it.to_string_lossy().into_owned());
    let (mut migration, folder) = (name(&path)?, path.parent()?);
    if input.layout == Layout::Folders {
        // Prisma has folders of the same names, and runs no transaction.
        if !input.files.is_file(&folder.join("snapshot.json")) {
            return None;
        }
        migration = name(folder)?;
    }
    let is_newest = newest == Some(span.file);
    Some(Rebuild { table, span, acting, blocking, migration, is_newest })
}

fn load(input: &ReplayInput<'_>, path: &Path) -> Result<Arc<SourceFile>, SourceError> {
    input.sources.load(input.files, path).map_err(|error| SourceError {
        path: path.to_path_buf(),
        span: None,
        message: format!("the migration cannot be read: {error}"),
    })
}

/// Cuts files into runs of which one is applied while the next one is read: what is read takes many
/// times the memory of its text.
fn batches(files: &[Arc<SourceFile>]) -> Vec<&[Arc<SourceFile>]> {
    const BYTES_PER_THREAD: usize = 64 << 10;
    let most = BYTES_PER_THREAD * rayon::current_num_threads();
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (position, file) in files.iter().enumerate() {
        bytes += file.text.len();
        if bytes >= most || position + 1 == files.len() {
            batches.push(&files[start..=position]);
            (start, bytes) = (position + 1, 0);
        }
    }
    batches
}

/// What is read of a migration.
pub(crate) struct ReadFile<'a> {
    pub(crate) source: Source<'a>,
    /// The statements that matter.
    pub(crate) statements: Vec<Statement<'a>>,
    /// How many there are in all.
    pub(crate) count: usize,
}

/// Reads files side by side.
fn read_all<'a>(
    files: &'a [Arc<SourceFile>],
    engine: &'a Engine,
    layout: Layout,
) -> Vec<ReadFile<'a>> {
    files.par_iter().map(|file| read(file, engine, layout)).collect()
}

/// Reads the statements of a file.
pub(crate) fn read<'a>(file: &'a SourceFile, engine: &'a Engine, layout: Layout) -> ReadFile<'a> {
    let source = Source { text: &file.text, engine, file: file.id, fixed: None };
    let mut all = Vec::new();
    let mut count = 0;
    let mut tokens = Vec::new();
    for part in applied_parts(&file.text, layout) {
        for piece in pieces(&file.text, part) {
            count += read_statements(source, piece, &mut tokens, &mut all);
        }
    }
    ReadFile { source, statements: all, count }
}
