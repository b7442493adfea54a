//! The settings of a run: the settings file, with its rules looked up.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use drift_model::{Engine, Level, SourceError, SourceMap, Span};
use drift_project::{Disk, IgnoreSetting, ProjectSetting, Written};
use drift_rules::{RuleLevels, RuleOptions};

use crate::report::Places;
use crate::rule_name::{RuleName, set_levels};

/// What the settings file says.
pub(crate) struct Settings {
    /// What `process.env.NAME` gives.
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) rule_levels: RuleLevels,
    pub(crate) rule_options: RuleOptions,
    /// The server that runs the migrations of its dialect.
    pub(crate) engine: Option<Engine>,
    pub(crate) projects: Vec<ProjectSetting>,
    /// With the rules of each entry.
    pub(crate) ignore: Vec<(Vec<RuleName>, IgnoreSetting)>,
    /// The file of findings that were accepted.
    pub(crate) baseline: Option<PathBuf>,
    /// The least severe findings that are shown.
    pub(crate) level: Option<Level>,
    /// The least severe finding that makes the exit status 1; `Some(None)` for none.
    pub(crate) fail_on: Option<Option<Level>>,
    /// Where they are, if there are any.
    pub(crate) folder: Option<PathBuf>,
}

/// Reads the settings file that holds in a folder, or is named, if there is one.
///
/// # Errors
/// A [`SettingsError`]: it cannot be read, or says something that is not understood.
pub(crate) fn read(
    disk: &Disk,
    sources: &SourceMap,
    folder: &Path,
    named: Option<&Path>,
) -> anyhow::Result<Settings> {
    let places = Places { sources, current_directory: folder };
    drift_project::read_settings(disk, sources, folder, named)
        .and_then(|settings| look_up(settings, sources))
        .map_err(|error| SettingsError { place: places.place_of_error(&error), error }.into())
}

/// Settings that cannot be read, or say something that is not understood.
#[derive(Debug)]
pub struct SettingsError {
    /// What is wrong with them.
    pub error: SourceError,
    /// `file:line:column`, or `file` alone.
    pub place: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.error.message)
    }
}

impl Error for SettingsError {}

fn look_up(
    settings: drift_project::Settings,
    sources: &SourceMap,
) -> Result<Settings, SourceError> {
    let rule = |name: &str, span: Span| {
        RuleName::parse(name).map_err(|reason| SourceError {
            path: sources.file(span.file).path.clone(),
            span: Some(span),
            message: format!("`{name}`: {reason}"),
        })
    };
    let levels = settings.rules.iter().map(|it| Ok((rule(&it.name, it.span)?, it.level)));
    let levels = levels.collect::<Result<Vec<_>, _>>()?;
    let mut rule_levels = RuleLevels::default();
    set_levels(&mut rule_levels, &levels);
    let ignore = settings.ignore.into_iter().map(|it| {
        let rules = it.rules.iter().map(|it| rule(&it.text, it.span));
        Ok((rules.collect::<Result<Vec<_>, _>>()?, it))
    });
    let ignore = ignore.collect::<Result<Vec<_>, _>>()?;
    let engine = settings.engine.map(|it| engine(&it, sources)).transpose()?;
    for setting in settings.projects.iter().filter_map(|it| it.engine.as_ref()) {
        self::engine(setting, sources)?;
    }
    let drift_project::Settings { env, projects, baseline, level, fail_on, folder, .. } = settings;
    let rule_options =
        RuleOptions { audit_tables: settings.audit_tables, policies: settings.policies };
    Ok(Settings {
        env,
        rule_levels,
        rule_options,
        engine,
        projects,
        ignore,
        baseline,
        level,
        fail_on,
        folder,
    })
}

/// The server that the settings name.
fn engine(setting: &Written, sources: &SourceMap) -> Result<Engine, SourceError> {
    parse_engine(&setting.text).map_err(|reason| SourceError {
        path: sources.file(setting.span.file).path.clone(),
        span: Some(setting.span),
        message: format!("unknown engine `{}`: {reason}", setting.text),
    })
}

/// The server of that name.
///
/// # Errors
/// There is none: with those that there are.
pub fn parse_engine(name: &str) -> Result<Engine, String> {
    Engine::parse(name).ok_or_else(|| {
        "expected postgresql, cockroachdb, mysql, mariadb, sqlite, libsql or d1, with a version \
         as in mysql-8.4 where it matters"
            .to_owned()
    })
}
