//! The settings of a run: the settings file, with its rules looked up.

use std::collections::BTreeMap;

use anyhow::anyhow;
use drift_model::Engine;
use drift_model::{SourceError, SourceMap};
use drift_project::{Disk, ProjectSetting, Request, Written};
use drift_rules::{RuleLevels, RuleOptions};

use crate::args::{self, ProjectArgs};
use crate::report::Places;

/// What the settings file says.
pub(crate) struct Settings {
    /// What `process.env.NAME` gives.
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) rule_levels: RuleLevels,
    pub(crate) rule_options: RuleOptions,
    /// The server that runs the migrations of its dialect.
    pub(crate) engine: Option<Engine>,
    pub(crate) projects: Vec<ProjectSetting>,
}

/// Reads the settings file that holds in the current directory, if there is one.
///
/// # Errors
/// It cannot be read, or says something that is not understood: with its place.
pub(crate) fn read(
    disk: &Disk,
    sources: &SourceMap,
    args: &ProjectArgs,
    request: &Request,
) -> anyhow::Result<Settings> {
    let folder = &request.current_directory;
    let places = Places { sources, current_directory: folder };
    drift_project::read_settings(disk, sources, folder, args.config.as_deref())
        .and_then(|settings| look_up(settings, sources))
        .map_err(|error| anyhow!("{}: {}", places.place_of_error(&error), error.message))
}

fn look_up(
    settings: drift_project::Settings,
    sources: &SourceMap,
) -> Result<Settings, SourceError> {
    let mut rule_levels = RuleLevels::default();
    for setting in settings.rules {
        let rule = args::parse_rule(&setting.name).map_err(|reason| SourceError {
            path: sources.file(setting.span.file).path.clone(),
            span: Some(setting.span),
            message: format!("`{}`: {reason}", setting.name),
        })?;
        rule_levels.set(rule, setting.level);
    }
    let engine = settings.engine.map(|it| engine(&it, sources)).transpose()?;
    for setting in settings.projects.iter().filter_map(|it| it.engine.as_ref()) {
        self::engine(setting, sources)?;
    }
    let drift_project::Settings { env, projects, policies, audit_tables, .. } = settings;
    let rule_options = RuleOptions { audit_tables, policies };
    Ok(Settings { env, rule_levels, rule_options, engine, projects })
}

/// The server that the settings name.
fn engine(setting: &Written, sources: &SourceMap) -> Result<Engine, SourceError> {
    args::parse_engine(&setting.text).map_err(|reason| SourceError {
        path: sources.file(setting.span.file).path.clone(),
        span: Some(setting.span),
        message: format!("unknown engine `{}`: {reason}", setting.text),
    })
}
