//! What the settings say about projects, and what that means for those that were found.

use std::path::{Path, PathBuf};

use drift_model::{Dialect, FileSystem, MigrationOrder, MigrationSelection, SourceError, Span};
use drift_schema::{Casing, DrizzleLine};

use crate::disk::Disk;
use crate::glob;
use crate::project::{Discovery, Project, Request, find_version, schema_of};

/// A string of the settings and its place.
#[derive(Debug, Clone)]
pub struct Written {
    /// The string.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

/// What the settings say about one project; each key may be left out.
#[derive(Debug, Clone)]
pub struct ProjectSetting {
    /// The drizzle config that it is about; absolute.
    pub config: Option<(PathBuf, Span)>,
    /// Schema files or patterns, in place of those of the config.
    pub schema: Vec<String>,
    /// The folder of migrations, in place of that of the config; absolute.
    pub migrations: Option<PathBuf>,
    /// The dialect, in place of that of the config.
    pub dialect: Option<Dialect>,
    /// The casing, in place of that of the config.
    pub casing: Option<Casing>,
    /// The server that runs the migrations, as it is written.
    pub engine: Option<Written>,
    /// The line of drizzle, in place of what `package.json` says.
    pub line: Option<DrizzleLine>,
    /// The order of the migrations.
    pub order: OrderSetting,
    /// Files that are applied although nothing lists them: paths from the folder of migrations, or
    /// patterns.
    pub apply: Vec<Written>,
    /// Files that are not applied, as in `apply`.
    pub skip: Vec<Written>,
    /// The settings file.
    pub file: PathBuf,
    /// The entry.
    pub span: Span,
}

/// The order of migrations as it is written.
#[derive(Debug, Clone, Default)]
pub enum OrderSetting {
    /// It is left out.
    #[default]
    Found,
    /// `"journal"`
    Journal,
    /// `"name"`
    Name,
    /// A list of paths from the folder of migrations.
    Listed(Vec<Written>),
}

/// Changes the projects that were found to what the settings say, and adds those that only the
/// settings know. Flags win over settings.
pub(crate) fn apply(disk: &Disk, request: &Request, discovery: &mut Discovery) {
    for setting in &request.projects {
        if let Some((config, span)) = &setting.config
            && !disk.is_file(config)
        {
            let message = format!("there is no config `{}`", setting.shown(config));
            discovery.errors.push(setting.error(*span, message));
            continue;
        }
        let meant = meant(disk, setting, &discovery.projects);
        if meant.is_empty() {
            add(disk, request, setting, discovery);
        }
        for project in meant {
            change(disk, request, setting, &mut discovery.projects[project]);
        }
    }
}

/// The projects that a setting is about: those of the config, else those with the same migrations, else
/// the one with the same schema.
fn meant(disk: &Disk, setting: &ProjectSetting, projects: &[Project]) -> Vec<usize> {
    let all = |is_meant: &dyn Fn(&Project) -> bool| -> Vec<usize> {
        projects.iter().enumerate().filter(|(_, it)| is_meant(it)).map(|(at, _)| at).collect()
    };
    if let Some((config, _)) = &setting.config {
        return all(&|it| it.config.as_ref() == Some(config));
    }
    if setting.migrations.is_some() {
        let same = all(&|it| it.migrations == setting.migrations);
        if !same.is_empty() {
            return same;
        }
    }
    let (schema, _) = setting.schema_files(disk);
    let same = all(&|it| !schema.is_empty() && it.schema == schema);
    if same.len() == 1 { same } else { Vec::new() }
}

fn add(disk: &Disk, request: &Request, setting: &ProjectSetting, discovery: &mut Discovery) {
    let is_own = !setting.schema.is_empty() || setting.migrations.is_some();
    let (schema, errors) = setting.schema_files(disk);
    let place = setting.config.as_ref().map(|it| &it.0);
    let place = place.or(setting.migrations.as_ref()).or(schema.first());
    let place = place.unwrap_or(&setting.file).clone();
    if request.has_flags() || !is_own || !request.is_meant(&place) {
        return;
    }
    if let Some((config, _)) = &setting.config {
        // The settings stand in for a config that cannot be read.
        discovery.errors.retain(|it| it.path != *config);
    }
    let mut project = Project {
        name: request.shown(&place),
        config: setting.config.as_ref().map(|it| it.0.clone()),
        dialect: request.dialect,
        schema,
        migrations: None,
        selection: MigrationSelection::default(),
        casing: request.casing,
        engine: None,
        likely_engine: None,
        line: find_version(disk, request, &place).map(|it| it.line),
        errors,
    };
    change(disk, request, setting, &mut project);
    discovery.projects.push(project);
}

fn change(disk: &Disk, request: &Request, setting: &ProjectSetting, project: &mut Project) {
    if !request.has_flags() {
        if !setting.schema.is_empty() {
            (project.schema, project.errors) = setting.schema_files(disk);
        }
        if let Some(migrations) = &setting.migrations {
            project.migrations = Some(migrations.clone());
        }
    }
    project.dialect = request.dialect.or(setting.dialect).or(project.dialect);
    project.casing = request.casing.or(setting.casing).or(project.casing);
    project.engine = setting.engine.clone().or(project.engine.take());
    project.line = request.line.or(setting.line).or(project.line);
    let (selection, errors) = setting.selection(disk, project.migrations.as_deref());
    project.selection = selection;
    project.errors.extend(errors);
}

impl ProjectSetting {
    /// An entry that says nothing yet.
    pub(crate) fn new(file: &Path, span: Span) -> Self {
        Self {
            config: None,
            schema: Vec::new(),
            migrations: None,
            dialect: None,
            casing: None,
            engine: None,
            line: None,
            order: OrderSetting::Found,
            apply: Vec::new(),
            skip: Vec::new(),
            file: file.to_path_buf(),
            span,
        }
    }

    /// Whether it does not tell which project it is about.
    pub(crate) fn names_nothing(&self) -> bool {
        self.config.is_none() && self.migrations.is_none() && self.schema.is_empty()
    }

    /// The folder that its paths start from.
    fn base(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    fn error(&self, span: Span, message: String) -> SourceError {
        SourceError { path: self.file.clone(), span: Some(span), message }
    }

    fn no_file(&self, written: &Written, path: &Path) -> SourceError {
        self.error(written.span, format!("there is no file `{}`", self.shown(path)))
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.base()).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    fn schema_files(&self, disk: &Disk) -> (Vec<PathBuf>, Vec<SourceError>) {
        schema_of(disk, self.base(), &self.schema, (&self.file, Some(self.span)))
    }

    /// What it says about the files of a folder of migrations.
    fn selection(
        &self,
        disk: &Disk,
        migrations: Option<&Path>,
    ) -> (MigrationSelection, Vec<SourceError>) {
        let mut selection = MigrationSelection::default();
        let mut errors = Vec::new();
        let Some(migrations) = migrations else { return (selection, errors) };
        let folder = match migrations.parent() {
            Some(parent) if disk.is_file(migrations) => parent,
            _ => migrations,
        };
        let path = |it: &Written| glob::normalize(&folder.join(&it.text));
        selection.order = match &self.order {
            OrderSetting::Found => MigrationOrder::Found,
            OrderSetting::Journal => MigrationOrder::Journal,
            OrderSetting::Name => MigrationOrder::Name,
            OrderSetting::Listed(listed) => {
                let (there, missing): (Vec<&Written>, Vec<&Written>) =
                    listed.iter().partition(|it| disk.is_file(&path(it)));
                errors.extend(missing.iter().map(|it| self.no_file(it, &path(it))));
                MigrationOrder::Listed(there.into_iter().map(path).collect())
            }
        };
        let mut expand = |written: &Written, must_be_there: bool| {
            if !glob::is_pattern(&written.text) {
                let path = path(written);
                if must_be_there && !disk.is_file(&path) {
                    errors.push(self.no_file(written, &path));
                    return Vec::new();
                }
                return vec![path];
            }
            let problem = match glob::expand(disk, folder, &written.text) {
                Ok(found) if found.is_empty() && must_be_there => "no file matches it".to_owned(),
                Ok(found) => return found,
                Err(problem) => problem,
            };
            let message = format!("the pattern `{}`: {problem}", written.text);
            errors.push(self.error(written.span, message));
            Vec::new()
        };
        selection.apply = self.apply.iter().flat_map(|it| expand(it, true)).collect();
        selection.skip = self.skip.iter().flat_map(|it| expand(it, false)).collect();
        (selection, errors)
    }
}
