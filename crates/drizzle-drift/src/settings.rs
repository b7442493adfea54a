//! The settings of a run: the settings file, with its rules looked up.

use std::collections::BTreeMap;

use anyhow::anyhow;
use drift_model::{SourceError, SourceMap};
use drift_project::{Disk, Request};
use drift_rules::RuleLevels;

use crate::args::{self, ProjectArgs};
use crate::report::Places;

/// What the settings file says.
pub(crate) struct Settings {
    /// What `process.env.NAME` gives.
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) rule_levels: RuleLevels,
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
    Ok(Settings { env: settings.env, rule_levels })
}
