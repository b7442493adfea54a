//! What has to be known before projects are looked for, and reading them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use drift_model::{Dialect, Engine, Level, SourceError, SourceMap};
use drift_project::{Discovery, Disk, Request};
use drift_schema::{Casing, DrizzleLine, SyntaxTrees, with_large_stack};

use crate::analysis::{Analysis, Engines, Reading, analyze, share_schemas};
use crate::settings::{self, Settings};
use crate::side_by_side::side_by_side;

/// Which projects are meant, and what is said of them that their files do not say.
#[derive(Debug, Clone, Default)]
pub struct ProjectOptions {
    /// Directories to look through, or drizzle configs; none for the current directory.
    pub paths: Vec<PathBuf>,
    /// Schema files or patterns, in place of a config.
    pub schema: Vec<String>,
    /// The folder of migrations, in place of a config.
    pub migrations: Option<PathBuf>,
    /// The dialect, in place of what a config says.
    pub dialect: Option<Dialect>,
    /// The casing, in place of what a config says.
    pub casing: Option<Casing>,
    /// The server that runs the migrations, in place of what the settings say.
    pub engine: Option<Engine>,
    /// The settings, in place of the nearest.
    pub settings: Option<PathBuf>,
    /// The line of drizzle, in place of what `package.json` says.
    pub line: Option<DrizzleLine>,
}

/// Where projects are looked for, by which settings.
pub struct Prepared {
    pub(crate) request: Request,
    pub(crate) disk: Disk,
    pub(crate) settings: Settings,
    engines: Engines,
}

/// What is read besides schemas and migrations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wants {
    /// Whether it is counted what the texts mention.
    pub accounts: bool,
    /// Whether the newest snapshot is read.
    pub snapshot: bool,
}

/// What was read of all projects.
pub struct Read {
    /// One per project.
    pub analyses: Vec<Analysis>,
    /// Configs that could not be read, paths that are not there.
    pub errors: Vec<SourceError>,
    /// What was parsed, where there are few projects: giving it back takes a third of the time of parsing, which
    /// a process that is about to end can save.
    pub trees: Option<SyntaxTrees>,
}

/// The projects of large repositories are too many for all of their syntax trees to be kept at a time.
const MOST_WITH_TREES: usize = 4;

impl Prepared {
    /// Reads the settings that hold in a folder.
    ///
    /// # Errors
    /// The folder is not there, or the settings cannot be understood.
    pub fn new(
        options: &ProjectOptions,
        folder: &Path,
        sources: &SourceMap,
    ) -> anyhow::Result<Self> {
        let current_directory = entered(folder)?;
        let disk = Disk::new(&current_directory);
        Self::with_disk(options, current_directory, disk, sources)
    }

    /// As [`Prepared::new`], in a folder without symbolic links, as `disk` sees it.
    pub(crate) fn with_disk(
        options: &ProjectOptions,
        current_directory: PathBuf,
        disk: Disk,
        sources: &SourceMap,
    ) -> anyhow::Result<Self> {
        let named = options.settings.as_deref();
        let mut settings = settings::read(&disk, sources, &current_directory, named)?;
        let request = Request {
            current_directory,
            paths: options.paths.clone(),
            schema: options.schema.clone(),
            migrations: options.migrations.clone(),
            dialect: options.dialect,
            casing: options.casing,
            line: options.line,
            env: std::mem::take(&mut settings.env),
            projects: std::mem::take(&mut settings.projects),
        };
        let engines = Engines { flag: options.engine, settings: settings.engine };
        Ok(Self { request, disk, settings, engines })
    }

    /// The directory that paths start from, without symbolic links.
    pub fn current_directory(&self) -> &Path {
        &self.request.current_directory
    }

    /// The root of the repository, which services count paths from.
    pub fn root(&self) -> &Path {
        self.disk.root()
    }

    /// The least severe findings that the settings show.
    pub fn level(&self) -> Option<Level> {
        self.settings.level
    }

    /// Where the settings are that hold, if there are any.
    pub fn settings_folder(&self) -> Option<&Path> {
        self.settings.folder.as_deref()
    }

    /// The least severe finding that the settings call a failure; `Some(None)` where none is.
    pub fn fail_on(&self) -> Option<Option<Level>> {
        self.settings.fail_on
    }

    /// Finds the projects and reads them, all of them side by side.
    pub fn read(&self, sources: &SourceMap, wants: Wants) -> Read {
        let Discovery { projects, errors } =
            drift_project::discover(&self.disk, sources, &self.request);
        let trees = (projects.len() <= MOST_WITH_TREES).then(SyntaxTrees::default);
        let reading = Reading { trees: trees.as_ref(), ..self.reading(wants) };
        let mut analyses = side_by_side(projects, |it| {
            with_large_stack(|| analyze(&self.disk, sources, reading, &it))
        });
        share_schemas(&mut analyses);
        Read { analyses, errors, trees }
    }

    pub(crate) fn reading(&self, wants: Wants) -> Reading<'_> {
        let env: &BTreeMap<String, String> = &self.request.env;
        Reading { env, engines: self.engines, wants, trees: None }
    }
}

/// A folder without symbolic links.
fn entered(folder: &Path) -> anyhow::Result<PathBuf> {
    folder.canonicalize().with_context(|| format!("cannot enter {}", folder.display()))
}
