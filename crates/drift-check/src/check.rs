//! The whole check: what all projects have to be told, and what of it was accepted.

use std::path::PathBuf;

use drift_model::{Date, Level, SourceMap};
use drift_rules::{RuleLevels, RuleOptions};

use crate::accept::Acceptance;
use crate::changes::Changes;
use crate::checking::Checking;
use crate::fingerprint::fingerprints;
use crate::prepare::{Prepared, Read};
use crate::report::{ProjectReport, Reported};
use crate::rule_name::{RuleName, set_levels};

/// What is asked of a check.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Levels of rules in place of those of the settings; `None` for off.
    pub rules: Vec<(RuleName, Option<Level>)>,
    /// The findings that were accepted, in place of the file that the settings name.
    pub baseline: Option<PathBuf>,
    /// The revision since which something has to have changed.
    pub since: Option<String>,
    /// The least severe findings that are shown; all of them without it.
    pub least: Option<Level>,
    /// The least severe findings of which anybody sees the remedies.
    pub least_with_remedies: Level,
    /// Whether it is counted what the texts mention.
    pub has_stats: bool,
    /// Whether the foreign keys that were compared are named one by one.
    pub lists_foreign_keys: bool,
    /// What tells whether something was accepted for longer than that.
    pub today: Date,
}

/// What a check found.
pub struct Checked {
    /// One report per project.
    pub projects: Vec<ProjectReport>,
    /// How many findings of the baseline are fixed.
    pub fixed: usize,
}

impl CheckOptions {
    /// Those of a run on a day that asks for nothing.
    pub fn new(today: Date) -> Self {
        Self {
            rules: Vec::new(),
            baseline: None,
            since: None,
            least: None,
            least_with_remedies: Level::Info,
            has_stats: false,
            lists_foreign_keys: false,
            today,
        }
    }

    pub(crate) fn rule_levels(&self, prepared: &Prepared) -> RuleLevels {
        let mut levels = prepared.settings.rule_levels.clone();
        set_levels(&mut levels, &self.rules);
        levels
    }
}

/// Checks everything that was read.
///
/// # Errors
/// The baseline cannot be read, or `git` does not know what changed.
pub fn check(
    prepared: &Prepared,
    sources: &SourceMap,
    read: &mut Read,
    options: &CheckOptions,
) -> anyhow::Result<Checked> {
    let folder = prepared.current_directory();
    let changes = options.since.as_deref().map(|it| Changes::since(it, folder)).transpose()?;
    let checking = Checking {
        rule_levels: options.rule_levels(prepared),
        least_with_remedies: options.least_with_remedies,
        prepared,
        has_stats: options.has_stats,
        lists_foreign_keys: options.lists_foreign_keys,
        knows_changes: changes.is_some(),
        sources,
    };
    let baseline = checking.baseline(options.baseline.as_deref(), false)?;
    let (mut projects, suppressions) = checking.check(&mut read.analyses);
    let mut acceptance = Acceptance {
        suppressions,
        ignore: checking.ignore_list(options.today),
        baseline,
        changes,
        sources,
    };
    if read.errors.is_empty() && checking.concerns_everything() {
        let options = &prepared.settings.rule_options;
        add_unmatched_policies(&mut projects, options, &checking.rule_levels);
    }
    projects.iter_mut().for_each(|it| acceptance.apply(it));
    checking.add_unused(&mut projects, &read.errors, &acceptance);
    let fixed = checking.fixed(&projects, acceptance.baseline.as_ref());
    projects.iter_mut().for_each(|it| it.hide_below(options.least.unwrap_or(Level::Info)));
    Ok(Checked { projects, fixed })
}

/// Reports the policies that concern no table of any project, in the first of them, if all were read.
fn add_unmatched_policies(
    projects: &mut [ProjectReport],
    options: &RuleOptions,
    levels: &RuleLevels,
) {
    let is_read = |it: &ProjectReport| it.not_compared.is_none() && it.errors.is_empty();
    if !projects.iter().all(is_read) {
        return;
    }
    for (position, policy) in options.policies.iter().enumerate() {
        let is_concerned =
            projects.iter().any(|it| it.concerned_policies.get(position) == Some(&true));
        let finding =
            (!is_concerned).then(|| drift_rules::unmatched_policy(policy, levels)).flatten();
        let (Some(finding), Some(first)) = (finding, projects.first_mut()) else { continue };
        let mut fingerprints = fingerprints("", std::slice::from_ref(&finding));
        let fingerprint = fingerprints.pop().unwrap_or_default();
        first.findings.push(Reported { finding, fingerprint, tables: Vec::new() });
    }
}
