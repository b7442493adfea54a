//! From a project to what its sources say.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use drift_migrations::{
    Layout, LeftOut, Mention, MigrationFolder, NewestSnapshot, Replay, ReplayInput, ReplaySettings,
    Snapshot,
};
use drift_model::{
    Catalog, Dialect, Engine, FileSystem, JournalFaults, MigrationSelection, OpaqueExport,
    SourceError, SourceFile, SourceMap, TableName, Unresolved,
};
use drift_project::{Disk, Project, Texts};
use drift_schema::{DrizzleLine, Extraction, SchemaInput, SyntaxTrees};

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
    pub schema: Option<Arc<Extraction>>,
    /// `None` where there are no migrations.
    pub migrations: Option<Arc<Replay>>,
    /// The newest snapshot and where it is; `None` where there is none, or it was not asked for.
    pub snapshot: Option<(NewestSnapshot, Arc<Snapshot>)>,
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
        let unexported = analyses[position].schema.iter().flat_map(|it| &it.unexported);
        if unexported.clone().next().is_none() {
            continue;
        }
        let others = analyses.iter().enumerate().filter(|(other, _)| *other != position);
        let others = others.filter_map(|(_, it)| it.schema.as_ref());
        let known: HashSet<&TableName> =
            others.flat_map(|it| &it.catalog.tables).map(|it| &it.name).collect();
        let kept = unexported.clone().filter(|it| !known.contains(&it.name));
        let kept: Vec<_> = kept.cloned().collect();
        if kept.len() < unexported.count()
            && let Some(schema) = &mut analyses[position].schema
        {
            Arc::make_mut(schema).unexported = kept;
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
    /// What was parsed before, where anybody knows.
    pub(crate) trees: Option<&'a SyntaxTrees>,
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
    plan.finish(&parts)
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
#[derive(Default)]
pub(crate) struct Parts {
    /// What it was read as; `None` where nothing was.
    basis: Option<Basis>,
    schema: Option<Part<(), Extraction>>,
    migrations: Option<Part<Migrations, Replayed>>,
    snapshot: Option<Part<PathBuf, Snapshot>>,
}

/// What was read, and from what: while that is the same, it need not be read again.
struct Part<K, T> {
    key: K,
    value: Arc<T>,
    texts: Vec<Arc<SourceFile>>,
    /// Whether it follows from the key and the texts alone.
    is_of_texts: bool,
}

/// Which migrations are replayed.
#[derive(PartialEq, Eq)]
struct Migrations {
    files: Vec<PathBuf>,
    layout: Layout,
}

/// What was read of migrations.
struct Replayed {
    replay: Arc<Replay>,
    mentions: Option<Vec<Mention>>,
}

impl Parts {
    /// What is still so when other projects may be there, and imports may mean other files.
    pub(crate) fn of_texts(self) -> Self {
        let Self { basis, migrations, snapshot, .. } = self;
        Self {
            basis,
            schema: None,
            migrations: migrations.filter(|it| it.is_of_texts),
            snapshot: snapshot.filter(|it| it.is_of_texts),
        }
    }

    /// Whether both have the same schema and migrations at hand.
    #[cfg(test)]
    pub(crate) fn shared_with(&self, analysis: &Analysis) -> [bool; 2] {
        let schema = self.schema.as_ref().zip(analysis.schema.as_ref());
        let migrations = self.migrations.as_ref().zip(analysis.migrations.as_ref());
        [
            schema.is_some_and(|(a, b)| Arc::ptr_eq(&a.value, b)),
            migrations.is_some_and(|(a, b)| Arc::ptr_eq(&a.value.replay, b)),
        ]
    }
}

impl<K: PartialEq, T> Part<K, T> {
    fn read(plan: &Plan<'_>, key: K, read: impl FnOnce(&K, &Texts<'_>) -> T) -> Self {
        let files = plan.disk.texts();
        let value = Arc::new(read(&key, &files));
        let (texts, is_of_texts) = files.known(plan.sources);
        Self { key, value, texts, is_of_texts }
    }

    /// What is known, if it is of the same texts as another reading would be.
    fn if_unchanged(self, plan: &Plan<'_>, key: &K) -> Option<Self> {
        let Plan { disk, sources, .. } = plan;
        let files = disk.anew();
        let is_same =
            self.key == *key && self.texts.iter().all(|it| sources.is_unchanged(&files, it));
        if is_same {
            // They belong to this run, too.
            self.texts.iter().for_each(|it| drop(sources.load(&files, &it.path)));
        }
        is_same.then_some(self)
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
        let files = disk.anew();
        let mut errors = project.errors.clone();
        let path = project.migrations.as_deref();
        let folder =
            path.and_then(|it| folder(&files, sources, it, &project.selection, &mut errors));
        let line = project.line.unwrap_or(match &folder {
            Some(MigrationFolder { layout: Layout::Folders, .. }) => DrizzleLine::V1,
            _ => DrizzleLine::V0,
        });
        let dialect = project.dialect.or(engine_of(project).map(|it| it.dialect()));
        let dialect = dialect.or(folder.as_ref().and_then(|it| it.dialect));
        let dialect = dialect.or_else(|| dialect_of_imports(&files, sources, &project.schema));
        let basis = dialect.map(|dialect| {
            errors.extend(wrong_engine(sources, dialect, project));
            Basis { dialect, line, engine: reading.engines.of(dialect, project) }
        });
        let newest = folder.as_ref().filter(|_| reading.wants.snapshot).zip(path);
        let newest = newest.and_then(|(folder, path)| folder.newest_snapshot(&files, path));
        Self { disk, sources, reading, project, folder, newest, basis, errors }
    }

    /// Reads what is not known yet, all of it side by side.
    pub(crate) fn read(&self, known: Parts) -> Parts {
        let Some(basis) = self.basis else { return Parts::default() };
        let known = if known.basis == Some(basis) { known } else { Parts::default() };
        let Parts { schema, migrations, snapshot, .. } = known;
        let (schema, (migrations, snapshot)) = rayon::join(
            || self.read_schema(basis, schema),
            || {
                rayon::join(
                    || self.read_migrations(basis, migrations),
                    || self.read_snapshot(snapshot),
                )
            },
        );
        Parts { basis: Some(basis), schema, migrations, snapshot }
    }

    fn read_schema(
        &self,
        basis: Basis,
        known: Option<Part<(), Extraction>>,
    ) -> Option<Part<(), Extraction>> {
        let Self { disk, sources, project, reading, .. } = *self;
        if project.schema.is_empty() {
            return None;
        }
        let read = |(): &(), files: &Texts<'_>| {
            let input = SchemaInput {
                files,
                resolver: disk,
                sources,
                entries: &project.schema,
                dialect: basis.dialect,
                line: basis.line,
                casing: project.casing,
                env: reading.env,
            };
            match (reading.trees, reading.wants.accounts) {
                (Some(trees), accounts) => {
                    drift_schema::extract_with_trees(&input, trees, accounts)
                }
                (None, false) => drift_schema::extract(&input),
                (None, true) => drift_schema::extract_and_account(&input),
            }
        };
        let known = known.and_then(|it| it.if_unchanged(self, &()));
        Some(known.unwrap_or_else(|| Part::read(self, (), read)))
    }

    fn read_migrations(
        &self,
        basis: Basis,
        known: Option<Part<Migrations, Replayed>>,
    ) -> Option<Part<Migrations, Replayed>> {
        let sources = self.sources;
        let folder = self.folder.as_ref()?;
        let Basis { dialect, engine, .. } = basis;
        let read = |key: &Migrations, files: &Texts<'_>| {
            let Migrations { files: migrations, layout } = key;
            let input = ReplayInput { files, sources, migrations, layout: *layout, dialect };
            let settings = ReplaySettings { engine, ..ReplaySettings::new(dialect) };
            let replay = drift_migrations::replay_with(&input, &settings);
            let accounts = self.reading.wants.accounts;
            let mentions = accounts.then(|| drift_migrations::mentions(&input, &settings, &replay));
            Replayed { replay: Arc::new(replay), mentions }
        };
        let key = Migrations { files: folder.files.clone(), layout: folder.layout };
        let known = known.and_then(|it| it.if_unchanged(self, &key));
        Some(known.unwrap_or_else(|| Part::read(self, key, read)))
    }

    fn read_snapshot(
        &self,
        known: Option<Part<PathBuf, Snapshot>>,
    ) -> Option<Part<PathBuf, Snapshot>> {
        let path = &self.newest.as_ref()?.path;
        let read = |path: &PathBuf, files: &Texts<'_>| {
            drift_migrations::read_snapshot(files, self.sources, path)
        };
        let known = known.and_then(|it| it.if_unchanged(self, path));
        Some(known.unwrap_or_else(|| Part::read(self, path.clone(), read)))
    }

    /// What follows from all parts.
    pub(crate) fn finish(self, parts: &Parts) -> Analysis {
        let Self { disk, sources, project, folder, newest, basis, errors, .. } = self;
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
            left_out: folder.as_ref().map_or(Vec::new(), |it| it.left_out.clone()),
            journal: JournalFaults::default(),
            errors,
            not_compared: None,
        };
        let Some(Basis { engine, .. }) = basis else {
            let reason = "its dialect is not known; give it with --dialect";
            analysis.not_compared = Some(reason.to_owned());
            return analysis;
        };
        let journal = folder
            .as_ref()
            .map(|folder| drift_migrations::journal_faults(&disk.anew(), sources, folder, &engine));
        analysis.journal = journal.unwrap_or_default();
        analysis.errors.append(&mut analysis.journal.unread);
        let schema = parts.schema.as_ref().map(|it| Arc::clone(&it.value));
        let migrations = parts.migrations.as_ref().map(|it| &it.value);
        analysis.mentions = migrations.and_then(|it| it.mentions.clone());
        let mut migrations = migrations.map(|it| Arc::clone(&it.replay));
        if let Some(replay) = &mut migrations {
            leave_out_harmless_rebuilds(replay, disk, engine, analysis.folder.as_deref());
        }
        analysis.snapshot = newest.zip(parts.snapshot.as_ref().map(|it| Arc::clone(&it.value)));
        let read = schema.iter().flat_map(|it| &it.errors);
        let read = read.chain(migrations.iter().flat_map(|it| &it.errors));
        analysis.errors.extend(read.cloned());
        analysis.not_compared =
            why_not_compared(schema.as_deref(), &analysis, project.migrations.as_deref());
        analysis.schema = schema;
        analysis.migrations = migrations;
        analysis
    }
}

/// A rebuild harms nobody where foreign keys are off, which D1 does not allow. Where they are turned off
/// is looked for in every run, since any file could do it.
fn leave_out_harmless_rebuilds(
    replay: &mut Arc<Replay>,
    disk: &Disk,
    engine: Engine,
    folder: Option<&Path>,
) {
    let (files, root) = (disk.anew(), disk.root());
    let is_harmless = !replay.rebuilds.is_empty()
        && !engine.is_d1()
        && folder.is_some_and(|it| drift_project::turns_foreign_keys_off(&files, root, it));
    if is_harmless {
        Arc::make_mut(replay).rebuilds.clear();
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
fn dialect_of_imports(
    disk: &dyn FileSystem,
    sources: &SourceMap,
    schema: &[PathBuf],
) -> Option<Dialect> {
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
    disk: &dyn FileSystem,
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
