//! A project: one schema and the migrations that belong to it.

use std::collections::{BTreeMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use drift_model::{Dialect, FileSystem, MigrationSelection, SourceError, SourceMap, Span};
use drift_schema::{Casing, DrizzleLine, with_large_stack};
use rayon::prelude::*;

use crate::alternatives::{self, Alternative};
use crate::disk::Disk;
use crate::project_settings::{self, ProjectSetting, Written};
use crate::version::DrizzleVersion;
use crate::{compiled, config, configs, glob, scripts, version, written};

/// What the command line asks for.
#[derive(Debug, Default)]
pub struct Request {
    /// The directory that relative paths start from; absolute and without symbolic links.
    pub current_directory: PathBuf,
    /// Directories to look through, or drizzle configs. Empty means the current directory, unless
    /// there are `schema` or `migrations`.
    pub paths: Vec<PathBuf>,
    /// Schema files or patterns, in place of a config.
    pub schema: Vec<String>,
    /// The folder of migrations, in place of a config.
    pub migrations: Option<PathBuf>,
    /// The dialect, in place of what a config says.
    pub dialect: Option<Dialect>,
    /// The casing, in place of what a config says.
    pub casing: Option<Casing>,
    /// The line of drizzle, in place of what `package.json` and lockfiles say.
    pub line: Option<DrizzleLine>,
    /// What `process.env.NAME` gives in configs and schemas.
    pub env: BTreeMap<String, String>,
    /// What the settings say about projects.
    pub projects: Vec<ProjectSetting>,
}

impl Request {
    /// Whether flags say what the one project is.
    pub fn has_flags(&self) -> bool {
        !self.schema.is_empty() || self.migrations.is_some()
    }

    /// Whether a path that only the settings name is among those that are asked for.
    pub(crate) fn is_meant(&self, path: &Path) -> bool {
        let mut asked =
            self.paths.iter().map(|it| glob::normalize(&self.current_directory.join(it)));
        self.paths.is_empty() || asked.any(|it| path.starts_with(it))
    }

    /// A path as projects are called.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.current_directory).unwrap_or(path);
        let name = relative.to_string_lossy().replace('\\', "/");
        if name.is_empty() { ".".to_owned() } else { name }
    }
}

/// What [`discover`] found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// In the order of their configs' paths.
    pub projects: Vec<Project>,
    /// Configs that could not be read, paths that are not there.
    pub errors: Vec<SourceError>,
}

/// One schema and its migrations.
#[derive(Debug)]
pub struct Project {
    /// The directory of the config relative to the current one (`packages/db`, `.`), or the path
    /// of the config where a directory has several. One that a script of `package.json` makes ends
    /// in the name of the script (`packages/db#generate`).
    pub name: String,
    /// The drizzle config, if there is one.
    pub config: Option<PathBuf>,
    /// The dialect, unless neither the config nor a flag tells.
    pub dialect: Option<Dialect>,
    /// The files that drizzle-kit loads, in its order.
    pub schema: Vec<PathBuf>,
    /// The folder of migrations, which may not be there.
    pub migrations: Option<PathBuf>,
    /// What the settings say about the files in it.
    pub selection: MigrationSelection,
    /// How columns without a name are called.
    pub casing: Option<Casing>,
    /// The server that runs the migrations, as the settings name it for this project.
    pub engine: Option<Written>,
    /// The server that the config hints at, where it is not the usual one of the dialect.
    pub likely_engine: Option<&'static str>,
    /// The line of drizzle, where the request, a `package.json` or a lockfile tells.
    pub line: Option<DrizzleLine>,
    /// Schema entries that name no file.
    pub errors: Vec<SourceError>,
}

/// Finds the projects that a request means.
pub fn discover(disk: &Disk, sources: &SourceMap, request: &Request) -> Discovery {
    let mut discovery = Discovery::default();
    if request.has_flags() {
        discovery.projects.push(from_flags(disk, request));
    } else {
        from_configs(disk, sources, request, &mut discovery);
    }
    project_settings::apply(disk, request, &mut discovery);
    discovery
}

fn from_configs(disk: &Disk, sources: &SourceMap, request: &Request, discovery: &mut Discovery) {
    let configs = find_configs(disk, sources, request, &mut discovery.errors);
    let read = |path: &PathBuf| {
        let is_module = !configs::is_manifest(path);
        is_module.then(|| config::read(disk, disk, sources, path, &request.env))
    };
    let read: Vec<_> = with_large_stack(|| configs.par_iter().map(read).collect());
    for (path, read) in configs.iter().zip(read) {
        let Some((alternatives, errors)) = read else {
            from_scripts(disk, request, path, discovery);
            continue;
        };
        discovery.errors.extend(errors);
        let projects = alternatives.into_iter().map(|config| Alternative {
            project: from_config(disk, request, &configs, path, &config),
            config,
        });
        let written = |migrations: &Path| written::dialect(disk, migrations);
        match alternatives::settle(sources, projects.collect(), request.dialect, &written) {
            Ok(projects) => discovery.projects.extend(projects),
            Err((message, span)) => {
                discovery.errors.push(SourceError { path: path.clone(), span, message });
            }
        }
    }
    // A config at the root of a workspace often repeats the one of a package.
    let mut seen = HashSet::new();
    discovery.projects.retain(|project| {
        let Project { dialect, schema, migrations, .. } = project;
        seen.insert((*dialect, schema.clone(), migrations.clone()))
    });
}

fn find_configs(
    disk: &Disk,
    sources: &SourceMap,
    request: &Request,
    errors: &mut Vec<SourceError>,
) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let here = [PathBuf::from(".")];
    let paths = if request.paths.is_empty() { &here[..] } else { &request.paths };
    for path in paths {
        let path = glob::normalize(&request.current_directory.join(path));
        if disk.is_dir(&path) {
            disk.search_below(&path);
            let below = configs::find(disk, &path);
            disk.know_manifests(&path, below.manifests);
            let configs = below.configs.into_iter();
            found.extend(configs.filter(|it| !is_of_another_tool(disk, sources, request, it)));
        } else if disk.is_file(&path) {
            found.push(path);
        } else {
            errors.push(SourceError {
                path,
                span: None,
                message: "no such file or directory".to_owned(),
            });
        }
    }
    let named: Vec<PathBuf> =
        found.iter().flat_map(|path| configs_of_scripts(disk, path)).collect();
    let of_settings = request.projects.iter().filter_map(|it| Some(&it.config.as_ref()?.0));
    let of_settings = of_settings.filter(|it| request.is_meant(it) && disk.is_file(it));
    let named: Vec<PathBuf> = named.into_iter().chain(of_settings.cloned()).collect();
    if !named.is_empty() {
        found.extend(named);
        found.sort_unstable();
    }
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    found
}

/// Whether a config that was found by its name is one of another tool: it says nothing that drizzle-kit
/// would want to know.
fn is_of_another_tool(disk: &Disk, sources: &SourceMap, request: &Request, path: &Path) -> bool {
    let Ok(text) = disk.read(path) else { return false };
    if configs::is_manifest(path) || !configs::seems_of_another_tool(path, &text) {
        return false;
    }
    // A named export is none of drizzle-kit.
    let has_default = text.contains("default") || text.contains("exports");
    !has_default || config::says_nothing(disk, disk, sources, path, &request.env)
}

/// The configs that are there among those that the scripts of a `package.json` name.
fn configs_of_scripts(disk: &Disk, path: &Path) -> Vec<PathBuf> {
    if !configs::is_manifest(path) {
        return Vec::new();
    }
    let (Ok(manifest), Some(folder)) = (disk.read(path), path.parent()) else { return Vec::new() };
    let named = scripts::configs(&manifest).into_iter();
    named.map(|it| glob::normalize(&folder.join(it))).filter(|it| disk.is_file(it)).collect()
}

fn from_flags(disk: &Disk, request: &Request) -> Project {
    let base = &request.current_directory;
    let (schema, errors) = schema_of(disk, base, &request.schema, (base, None));
    let migrations = request.migrations.as_ref().map(|it| glob::normalize(&base.join(it)));
    let version =
        find_version(disk, request, schema.first().or(migrations.as_ref()).unwrap_or(base));
    Project {
        name: ".".to_owned(),
        config: None,
        dialect: request.dialect,
        schema,
        migrations,
        selection: MigrationSelection::default(),
        casing: request.casing,
        engine: None,
        likely_engine: None,
        line: version.map(|it| it.line),
        errors,
    }
}

fn from_config(
    disk: &Disk,
    request: &Request,
    configs: &[PathBuf],
    path: &Path,
    config: &config::DrizzleConfig,
) -> Project {
    let folder = path.parent().unwrap_or(Path::new(""));
    let (base, schema) = base_directory(disk, folder, config);
    let place = config.places.get("schema").copied();
    let (schema, errors) = schema_files(disk, base, &config.schema, schema, (path, place));
    let version = find_version(disk, request, folder);
    let config_casing = config.casing.filter(|_| version.is_none_or(|it| it.has_config_casing));
    Project {
        name: project_name(request, configs, path),
        config: Some(path.to_path_buf()),
        dialect: request.dialect.or(config.dialect),
        schema,
        migrations: Some(glob::normalize(&base.join(&config.out))),
        selection: MigrationSelection::default(),
        casing: request.casing.or(config_casing),
        engine: None,
        likely_engine: config.engine,
        line: version.map(|it| it.line),
        errors,
    }
}

/// The projects that the scripts of a `package.json` make, which npm runs in its directory.
fn from_scripts(disk: &Disk, request: &Request, path: &Path, discovery: &mut Discovery) {
    let Ok(manifest) = disk.read(path) else { return };
    for scripts::Script { name, config } in scripts::find(&manifest) {
        match config {
            Ok(config) => {
                let mut project = from_config(disk, request, &[], path, &config);
                project.name = match project.name.as_str() {
                    "." => name,
                    folder => format!("{folder}#{name}"),
                };
                discovery.projects.push(project);
            }
            Err(message) => discovery.errors.push(SourceError {
                path: path.to_path_buf(),
                span: None,
                message: format!("the script `{name}`: {message}"),
            }),
        }
    }
}

/// What the request says of drizzle, else what is installed. Of one line, what is installed knows
/// more.
pub(crate) fn find_version(
    disk: &Disk,
    request: &Request,
    folder: &Path,
) -> Option<DrizzleVersion> {
    let installed = version::detect(disk, folder);
    match request.line {
        Some(line) if installed.is_none_or(|it| it.line != line) => {
            Some(DrizzleVersion::newest_of(line))
        }
        _ => installed,
    }
}

/// What each entry of `schema` means, or what is wrong with it.
type Expansion = Vec<Result<Vec<PathBuf>, String>>;

/// The directory that the paths of a config start from, and what its schema means there: drizzle-kit
/// takes the one it was started in, which the config does not tell. It is the directory of the config
/// or one above it, the first where both schema and migrations are found, else where one of them is.
fn base_directory<'a>(
    disk: &Disk,
    folder: &'a Path,
    config: &config::DrizzleConfig,
) -> (&'a Path, Expansion) {
    let is_above = |base: &&Path| *base == folder || base.starts_with(disk.root());
    let mut best: Option<(u8, &Path, Expansion)> = None;
    for base in folder.ancestors().take_while(is_above) {
        let schema = expand(disk, base, &config.schema);
        let has_schema = schema.iter().any(|it| !matches!(it, Ok(files) if files.is_empty()));
        let has_migrations = disk.is_dir(&glob::normalize(&base.join(&config.out)));
        let rank = 2 * u8::from(has_schema) + u8::from(has_migrations);
        if best.as_ref().is_none_or(|(best, ..)| rank > *best) {
            best = Some((rank, base, schema));
        }
        if rank == 3 {
            break;
        }
    }
    best.map_or((folder, Vec::new()), |(_, base, schema)| (base, schema))
}

/// The files that entries of `schema` mean from a directory, and the entries that mean none.
pub(crate) fn schema_of(
    disk: &Disk,
    base: &Path,
    entries: &[String],
    origin: (&Path, Option<Span>),
) -> (Vec<PathBuf>, Vec<SourceError>) {
    schema_files(disk, base, entries, expand(disk, base, entries), origin)
}

fn expand(disk: &Disk, base: &Path, entries: &[String]) -> Expansion {
    entries.iter().map(|entry| expand_entry(disk, base, entry)).collect()
}

/// The files that entries of `schema` mean, and the entries that mean none.
///
/// As in drizzle-kit, a pattern without a match is no fault where another entry matches.
fn schema_files(
    disk: &Disk,
    base: &Path,
    entries: &[String],
    expansion: Expansion,
    (origin, span): (&Path, Option<Span>),
) -> (Vec<PathBuf>, Vec<SourceError>) {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut errors = Vec::new();
    let error = |message| SourceError { path: origin.to_path_buf(), span, message };
    for (entry, found) in entries.iter().zip(expansion) {
        match found {
            Ok(found) if found.is_empty() && !glob::is_pattern(entry) => {
                let is_folder = disk.is_dir(&glob::normalize(&base.join(entry)));
                let why = if is_folder { "is a folder without a module" } else { "is not there" };
                errors.push(error(format!("the schema `{entry}` {why}")));
            }
            Ok(found) => files.extend(found),
            Err(reason) => errors.push(error(format!("the schema pattern `{entry}`: {reason}"))),
        }
    }
    if files.is_empty() && errors.is_empty() && !entries.is_empty() {
        errors.push(error(format!("no schema file matches `{}`", entries.join("`, `"))));
    }
    let mut seen = HashSet::new();
    files.retain(|path| seen.insert(path.clone()));
    (files, errors)
}

/// The modules that one entry of `schema` means; a directory means the modules directly in it.
fn expand_entry(disk: &Disk, base: &Path, entry: &str) -> Result<Vec<PathBuf>, String> {
    let found = if glob::is_pattern(entry) {
        // What must not even be looked at is no match to drizzle-kit.
        let found = glob::expand(disk, base, entry)?.into_iter();
        found.filter(|it| it.symlink_metadata().is_ok()).collect()
    } else {
        vec![glob::normalize(&base.join(entry))]
    };
    let (mut files, mut unlisted) = (Vec::new(), Vec::new());
    for path in found {
        if disk.is_file(&path) {
            files.push(path);
            continue;
        }
        match disk.read_dir(&path) {
            Ok(entries) => {
                files.extend(entries.iter().filter(|it| !it.is_dir).map(|it| path.join(&it.name)));
            }
            // Loading it as a module will say why there is nothing to be had.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => unlisted.push(path),
            Err(_) => files.extend(compiled::source_of(disk, base, entry)),
        }
    }
    files.retain(|path| is_module(path));
    files.append(&mut unlisted);
    Ok(files)
}

/// Whether drizzle-kit 1.0 would load the file; 0.x crashes on the others.
fn is_module(path: &Path) -> bool {
    const EXTENSIONS: [&str; 8] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx"];
    path.extension().and_then(|it| it.to_str()).is_some_and(|it| EXTENSIONS.contains(&it))
        && !compiled::is_declaration(path)
}

fn project_name(request: &Request, configs: &[PathBuf], path: &Path) -> String {
    let is_sibling = |it: &&PathBuf| it.parent() == path.parent() && !configs::is_manifest(it);
    let siblings = configs.iter().filter(is_sibling).count();
    let named = if siblings > 1 { Some(path) } else { path.parent() };
    request.shown(named.unwrap_or(path))
}
