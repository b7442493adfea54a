//! From a project to what its sources say.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use drift_migrations::{
    Layout, LeftOut, Mention, MigrationFolder, NewestSnapshot, Replay, ReplayInput, ReplaySettings,
    Snapshot,
};
use drift_model::{
    Catalog, Dialect, Engine, FileSystem, JournalFaults, MigrationSelection, OpaqueExport,
    SourceError, SourceMap, TableName, Unresolved,
};
use drift_project::{Disk, Project};
use drift_schema::{DrizzleLine, Extraction, SchemaInput};

use crate::prepare::Wants;

/// What was read of a project.
pub struct Analysis {
    /// What the project is called, as [`Project::name`] says.
    pub name: String,
    /// The drizzle config, if there is one.
    pub config: Option<PathBuf>,
    /// `None` where nothing tells; then nothing was read.
    pub dialect: Option<Dialect>,
    /// The line of drizzle that it uses.
    pub line: DrizzleLine,
    /// The server that runs the migrations; `None` where the dialect is.
    pub engine: Option<Engine>,
    /// `None` where the project names no schema.
    pub schema: Option<Extraction>,
    /// `None` where there are no migrations.
    pub migrations: Option<Replay>,
    /// The newest snapshot and where it is; `None` where there is none, or it was not asked for.
    pub snapshot: Option<(NewestSnapshot, Snapshot)>,
    /// What the text of the migrations mentions, where that is asked for.
    pub mentions: Option<Vec<Mention>>,
    /// Where the migrations lie.
    pub folder: Option<PathBuf>,
    /// The schemas of other projects with the same migrations.
    pub other_schemas: Vec<Catalog>,
    /// The migrations in the order in which they were replayed.
    pub migration_files: Vec<PathBuf>,
    /// The other `.sql` files among them.
    pub left_out: Vec<LeftOut>,
    /// What is wrong with their journal.
    pub journal: JournalFaults,
    /// Everything that could not be read at all.
    pub errors: Vec<SourceError>,
    /// Why schema and migrations cannot be compared.
    pub not_compared: Option<String>,
}

impl Analysis {
    /// What could hold a foreign key and was not understood, in either source.
    pub fn unresolved(&self) -> Vec<Unresolved> {
        let schema = self.schema.iter().flat_map(|it| &it.unresolved);
        schema.chain(self.migrations.iter().flat_map(|it| &it.unresolved)).cloned().collect()
    }
}

/// Tells projects that have their migrations in common about each other's schemas.
pub(crate) fn share_schemas(analyses: &mut [Analysis]) {
    for position in 0..analyses.len() {
        let analysis = &analyses[position];
        let shares_migrations = |(other, it): &(usize, &Analysis)| {
            *other != position
                && it.folder.is_some()
                && (&it.folder, it.dialect) == (&analysis.folder, analysis.dialect)
        };
        let others = analyses.iter().enumerate().filter(shares_migrations);
        let schemas = others.filter_map(|(_, it)| it.schema.as_ref().map(|it| it.catalog.clone()));
        analyses[position].other_schemas = schemas.collect();
    }
    leave_out_exported_elsewhere(analyses);
}

/// What a project does not export may be meant for another one, which does.
fn leave_out_exported_elsewhere(analyses: &mut [Analysis]) {
    for position in 0..analyses.len() {
        let mut unexported = match &mut analyses[position].schema {
            Some(schema) if !schema.unexported.is_empty() => std::mem::take(&mut schema.unexported),
            _ => continue,
        };
        let others = analyses.iter().enumerate().filter(|(other, _)| *other != position);
        let others = others.filter_map(|(_, it)| it.schema.as_ref());
        let known: HashSet<&TableName> =
            others.flat_map(|it| &it.catalog.tables).map(|it| &it.name).collect();
        unexported.retain(|it| !known.contains(&it.name));
        if let Some(schema) = &mut analyses[position].schema {
            schema.unexported = unexported;
        }
    }
}

/// The servers that flag and settings name, for the projects of their dialects.
#[derive(Clone, Copy)]
pub(crate) struct Engines {
    pub(crate) flag: Option<Engine>,
    pub(crate) settings: Option<Engine>,
}

impl Engines {
    /// The server that runs the migrations of a project: the flag wins over what the settings say of the
    /// project, that over what they say of all, and that over what the drizzle config hints at.
    fn of(self, dialect: Dialect, project: &Project) -> Engine {
        let own = engine_of(project);
        let likely = project.likely_engine.and_then(Engine::parse);
        let named = [self.flag, own, self.settings, likely].into_iter().flatten();
        named.into_iter().find(|it| it.dialect() == dialect).unwrap_or(Engine::new(dialect))
    }
}

/// The server that the settings name for a project.
fn engine_of(project: &Project) -> Option<Engine> {
    Engine::parse(&project.engine.as_ref()?.text)
}

/// How projects are read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// What `process.env.NAME` gives.
    pub(crate) env: &'a BTreeMap<String, String>,
    pub(crate) engines: Engines,
    pub(crate) wants: Wants,
}

/// Reads both sources of a project, side by side.
pub(crate) fn analyze(
    disk: &Disk,
    sources: &SourceMap,
    reading: Reading<'_>,
    project: &Project,
) -> Analysis {
    let plan = Plan::new(disk, sources, reading, project);
    let parts = plan.read(Parts::default());
    plan.finish(parts)
}

/// What is to be read of a project, and as what.
pub(crate) struct Plan<'a> {
    disk: &'a Disk,
    sources: &'a SourceMap,
    reading: Reading<'a>,
    project: &'a Project,
    folder: Option<MigrationFolder>,
    newest: Option<NewestSnapshot>,
    basis: Option<Basis>,
    errors: Vec<SourceError>,
}

/// What a project is read as: what was read as something else does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Basis {
    dialect: Dialect,
    line: DrizzleLine,
    engine: Engine,
}

/// What was read of a project, before one part changes another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    /// What it was read as; `None` where nothing was.
    basis: Option<Basis>,
    schema: Option<Extraction>,
    migrations: Option<MigrationParts>,
}

/// What was read of the migrations of a project.
#[derive(Debug, Clone)]
pub(crate) struct MigrationParts {
    replay: Replay,
    faults: JournalFaults,
    mentions: Option<Vec<Mention>>,
    snapshot: Option<Snapshot>,
}

impl Parts {
    /// Forgets what was read of the schema.
    pub(crate) fn forget_schema(&mut self) {
        self.schema = None;
    }

    #[cfg(test)]
    pub(crate) fn has_schema(&self) -> bool {
        self.schema.is_some()
    }

    /// Forgets what was read of the migrations.
    pub(crate) fn forget_migrations(&mut self) {
        self.migrations = None;
    }
}

impl<'a> Plan<'a> {
    /// Looks what there is to be read.
    pub(crate) fn new(
        disk: &'a Disk,
        sources: &'a SourceMap,
        reading: Reading<'a>,
        project: &'a Project,
    ) -> Self {
        let mut errors = project.errors.clone();
        let path = project.migrations.as_deref();
        let folder = path.and_then(|it| folder(disk, sources, it, &project.selection, &mut errors));
        let line = project.line.unwrap_or(match &folder {
            Some(MigrationFolder { layout: Layout::Folders, .. }) => DrizzleLine::V1,
            _ => DrizzleLine::V0,
        });
        let dialect = project.dialect.or(engine_of(project).map(|it| it.dialect()));
        let dialect = dialect.or(folder.as_ref().and_then(|it| it.dialect));
        let dialect = dialect.or_else(|| dialect_of_imports(disk, sources, &project.schema));
        let basis = dialect.map(|dialect| {
            errors.extend(wrong_engine(sources, dialect, project));
            Basis { dialect, line, engine: reading.engines.of(dialect, project) }
        });
        let newest = folder.as_ref().filter(|_| reading.wants.snapshot).zip(path);
        let newest = newest.and_then(|(folder, path)| folder.newest_snapshot(disk, path));
        Self { disk, sources, reading, project, folder, newest, basis, errors }
    }

    /// Reads what is not known yet, all of it side by side.
    pub(crate) fn read(&self, known: Parts) -> Parts {
        let Some(basis) = self.basis else { return Parts::default() };
        let known = if known.basis == Some(basis) { known } else { Parts::default() };
        let Parts { schema, migrations, .. } = known;
        let (schema, migrations) = rayon::join(
            || schema.or_else(|| self.read_schema(basis)),
            || migrations.or_else(|| self.read_migrations(basis)),
        );
        Parts { basis: Some(basis), schema, migrations }
    }

    fn read_schema(&self, basis: Basis) -> Option<Extraction> {
        let Self { disk, sources, project, reading, .. } = *self;
        let extract = if reading.wants.accounts {
            drift_schema::extract_and_account
        } else {
            drift_schema::extract
        };
        (!project.schema.is_empty()).then(|| {
            extract(&SchemaInput {
                files: disk,
                resolver: disk,
                sources,
                entries: &project.schema,
                dialect: basis.dialect,
                line: basis.line,
                casing: project.casing,
                env: reading.env,
            })
        })
    }

    fn read_migrations(&self, basis: Basis) -> Option<MigrationParts> {
        let Self { disk, sources, .. } = *self;
        let folder = self.folder.as_ref()?;
        let MigrationFolder { files: migrations, layout, .. } = folder;
        let Basis { dialect, engine, .. } = basis;
        let read = || {
            let input = ReplayInput { files: disk, sources, migrations, layout: *layout, dialect };
            let settings = ReplaySettings { engine, ..ReplaySettings::new(dialect) };
            let replay = drift_migrations::replay_with(&input, &settings);
            let accounts = self.reading.wants.accounts;
            let mentions = accounts.then(|| drift_migrations::mentions(&input, &settings, &replay));
            let faults = drift_migrations::journal_faults(disk, sources, folder, &settings.engine);
            (replay, faults, mentions)
        };
        let newest = self.newest.as_ref();
        let read_snapshot =
            || newest.map(|it| drift_migrations::read_snapshot(disk, sources, &it.path));
        let ((replay, faults, mentions), snapshot) = rayon::join(read, read_snapshot);
        Some(MigrationParts { replay, faults, mentions, snapshot })
    }

    /// What follows from all parts.
    pub(crate) fn finish(self, parts: Parts) -> Analysis {
        let Self { disk, project, folder, newest, basis, errors, .. } = self;
        let line = basis.map_or(DrizzleLine::V0, |it| it.line);
        let mut analysis = Analysis {
            name: project.name.clone(),
            config: project.config.clone(),
            dialect: basis.map(|it| it.dialect),
            line,
            engine: basis.map(|it| it.engine),
            schema: None,
            migrations: None,
            snapshot: None,
            mentions: None,
            folder: folder.as_ref().and(project.migrations.clone()),
            other_schemas: Vec::new(),
            migration_files: folder.as_ref().map_or(Vec::new(), |it| it.files.clone()),
            left_out: folder.map_or(Vec::new(), |it| it.left_out),
            journal: JournalFaults::default(),
            errors,
            not_compared: None,
        };
        let Some(Basis { engine, .. }) = basis else {
            let reason = "its dialect is not known; give it with --dialect";
            analysis.not_compared = Some(reason.to_owned());
            return analysis;
        };
        let Parts { schema, migrations, .. } = parts;
        let mut journal = JournalFaults::default();
        let migrations = migrations.map(|it| {
            let MigrationParts { mut replay, faults, mentions, snapshot } = it;
            leave_out_harmless_rebuilds(&mut replay, disk, engine, analysis.folder.as_deref());
            journal = faults;
            analysis.mentions = mentions;
            analysis.snapshot = newest.zip(snapshot);
            replay
        });
        let read = schema.iter().flat_map(|it| &it.errors);
        let read = read.chain(migrations.iter().flat_map(|it| &it.errors));
        analysis.errors.extend(read.cloned());
        analysis.not_compared =
            why_not_compared(schema.as_ref(), &analysis, project.migrations.as_deref());
        analysis.schema = schema;
        analysis.migrations = migrations;
        analysis.journal = journal;
        analysis
    }
}

/// A rebuild harms nobody where foreign keys are off, which D1 does not allow.
fn leave_out_harmless_rebuilds(
    replay: &mut Replay,
    disk: &Disk,
    engine: Engine,
    folder: Option<&Path>,
) {
    let is_harmless = !replay.rebuilds.is_empty()
        && !engine.is_d1()
        && folder.is_some_and(|it| drift_project::turns_foreign_keys_off(disk, disk.root(), it));
    if is_harmless {
        replay.rebuilds.clear();
    }
}

/// Why the server that the settings name for a project cannot be meant.
fn wrong_engine(sources: &SourceMap, dialect: Dialect, project: &Project) -> Option<SourceError> {
    let written = project.engine.as_ref()?;
    engine_of(project).filter(|it| it.dialect() != dialect)?;
    Some(SourceError {
        path: sources.file(written.span.file).path.clone(),
        span: Some(written.span),
        message: format!("`{}` does not run {dialect}, the dialect of the project", written.text),
    })
}

/// The dialect whose core module the schema files import, where it is one and nothing else tells.
fn dialect_of_imports(disk: &Disk, sources: &SourceMap, schema: &[PathBuf]) -> Option<Dialect> {
    let modules = [
        ("drizzle-orm/pg-core", Dialect::PostgreSql),
        ("drizzle-orm/mysql-core", Dialect::MySql),
        ("drizzle-orm/sqlite-core", Dialect::Sqlite),
    ];
    let files: Vec<_> = schema.iter().filter_map(|it| sources.load(disk, it).ok()).collect();
    let is_imported = |module: &str| files.iter().any(|file| file.text.contains(module));
    let mut found = modules.iter().filter(|(module, _)| is_imported(module));
    let (_, dialect) = found.next()?;
    found.next().is_none().then_some(*dialect)
}

/// The folder of migrations, unless it is not there.
fn folder(
    disk: &Disk,
    sources: &SourceMap,
    path: &Path,
    selection: &MigrationSelection,
    errors: &mut Vec<SourceError>,
) -> Option<MigrationFolder> {
    if !disk.is_dir(path) && !disk.is_file(path) {
        return None;
    }
    match drift_migrations::discover_with(disk, sources, path, selection) {
        Ok(mut folder) => {
            errors.append(&mut folder.errors);
            Some(folder)
        }
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

fn why_not_compared(
    schema: Option<&Extraction>,
    analysis: &Analysis,
    migrations: Option<&Path>,
) -> Option<String> {
    match schema {
        None => return Some("there is no schema file".to_owned()),
        Some(schema) if schema.catalog.tables.is_empty() => {
            let nothing = "the schema exports no table of this dialect";
            return Some(match schema.opaque_exports.first() {
                Some(OpaqueExport { name, reason, .. }) => {
                    format!(
                        "{nothing}, but values that could not be evaluated: `{name}` ({reason})"
                    )
                }
                None => nothing.to_owned(),
            });
        }
        Some(_) => {}
    }
    if !analysis.migration_files.is_empty() {
        return None;
    }
    let folder = migrations.and_then(Path::file_name).map(|it| it.to_string_lossy());
    Some(match (folder, analysis.left_out.len()) {
        (Some(folder), 0) => format!("there is no migration in `{folder}`"),
        (Some(folder), count) => {
            let files = if count == 1 { "file" } else { "files" };
            format!(
                "there is no migration in `{folder}`, but {count} `.sql` {files} that nothing applies"
            )
        }
        (None, _) => "no migrations are named".to_owned(),
    })
}
