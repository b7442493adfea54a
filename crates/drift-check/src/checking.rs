//! What a check needs to know besides the sources, and what follows from it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use drift_model::{Date, Finding, Level, SourceError, SourceFile, SourceMap};
use drift_rules::{RULES, RuleLevels};
use drift_schema::with_large_stack;
use rayon::prelude::*;

use crate::accept::{Acceptance, Known};
use crate::analysis::Analysis;
use crate::baseline::{self, Baseline, Entry};
use crate::fingerprint::fingerprints;
use crate::ignore::IgnoreList;
use crate::prepare::Prepared;
use crate::project_check::check_project;
use crate::report::{self, Places, ProjectReport, Reported};
use crate::suppressions::{Suppressions, marked_files};

/// How projects are checked.
pub(crate) struct Checking<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) sources: &'a SourceMap,
    pub(crate) rule_levels: RuleLevels,
    /// The least severe findings of which anybody sees the remedies.
    pub(crate) least_with_remedies: Level,
    /// Whether it is counted what the texts mention.
    pub(crate) has_stats: bool,
    /// Whether the foreign keys that were compared are named one by one.
    pub(crate) lists_foreign_keys: bool,
    /// Whether it matters what changed.
    pub(crate) knows_changes: bool,
}

impl<'a> Checking<'a> {
    pub(crate) fn places(&self) -> Places<'a> {
        let current_directory = &self.prepared.request.current_directory;
        Places { sources: self.sources, current_directory }
    }

    /// Checks all projects; nothing is accepted yet, and the comments that accept something are found.
    pub(crate) fn check(&self, analyses: &mut [Analysis]) -> (Vec<ProjectReport>, Suppressions) {
        let (projects, marked) = with_large_stack(|| {
            rayon::join(
                || analyses.par_iter_mut().map(|it| check_project(it, self)).collect(),
                || marked_files(self.sources),
            )
        });
        (projects, self.suppressions(marked, analyses))
    }

    /// The comments that accept findings, in the files that have any.
    fn suppressions(&self, marked: Vec<Arc<SourceFile>>, analyses: &[Analysis]) -> Suppressions {
        if marked.is_empty() {
            return Suppressions::default();
        }
        let engines = analyses.iter().filter_map(|it| Some((it, it.engine?)));
        let files = engines.flat_map(|(analysis, engine)| {
            analysis.migration_files.iter().map(move |file| (file.as_path(), engine))
        });
        Suppressions::read(marked, &files.collect())
    }

    /// What the settings say is accepted.
    pub(crate) fn ignore_list(&self, today: Date) -> IgnoreList<'a> {
        let settings = &self.prepared.settings;
        let folder = settings.folder.as_deref().unwrap_or(Path::new(""));
        IgnoreList::new(&settings.ignore, folder, today)
    }

    /// The baseline, if there is one. One that a flag or the settings name has to be there, unless
    /// it `may_be_new`.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn baseline(
        &self,
        flag: Option<&Path>,
        may_be_new: bool,
    ) -> anyhow::Result<Option<Baseline>> {
        let path = self.baseline_path(flag);
        let shown = self.places().display(&path);
        let baseline = Baseline::read(&self.prepared.disk, &path, &shown)?;
        let is_named = flag.is_some() || self.prepared.settings.baseline.is_some();
        if baseline.is_none() && is_named && !may_be_new {
            bail!("there is no baseline {shown}; `drizzle-drift baseline` writes it");
        }
        Ok(baseline)
    }

    /// Where the baseline is, or would be: where a flag or the settings say, else beside the settings,
    /// else in the nearest folder upwards that has one, else here.
    pub(crate) fn baseline_path(&self, flag: Option<&Path>) -> PathBuf {
        let Prepared { request, disk, settings, .. } = self.prepared;
        let here = &request.current_directory;
        let named = flag.map(|it| here.join(it)).or(settings.baseline.clone());
        named.unwrap_or_else(|| baseline::find(disk, disk.root(), here, settings.folder.as_deref()))
    }

    /// The projects of which every finding is known.
    pub(crate) fn known_projects(&self, projects: &[ProjectReport]) -> BTreeSet<String> {
        let known = projects.iter().filter(|it| it.errors.is_empty() && it.not_compared.is_none());
        known.map(|it| it.identity.clone()).collect()
    }

    /// Whether a finding of the baseline would have been found, if it were still there.
    pub(crate) fn is_known(&self, entry: &Entry, projects: &BTreeSet<String>) -> bool {
        let rule = RULES.iter().find(|it| it.name == entry.rule);
        let is_off = rule.is_some_and(|it| self.rule_levels.level_of(it).is_none());
        projects.contains(&entry.project) && !is_off
    }

    /// How many findings of the baseline are fixed.
    pub(crate) fn fixed(&self, projects: &[ProjectReport], baseline: Option<&Baseline>) -> usize {
        let Some(baseline) = baseline else { return 0 };
        let known = self.known_projects(projects);
        baseline.split(|it| self.is_known(it, &known)).0
    }

    /// Whether all projects are checked, not only those that were asked for. Flags speak of the only one
    /// there is, unless the settings know others.
    pub(crate) fn concerns_everything(&self) -> bool {
        let request = &self.prepared.request;
        let is_only_one = !request.has_flags() || request.projects.is_empty();
        request.paths.is_empty() && is_only_one
    }

    /// Adds what accepts nothing to the projects that it lies in.
    pub(crate) fn add_unused(
        &self,
        projects: &mut [ProjectReport],
        errors: &[SourceError],
        acceptance: &Acceptance<'_>,
    ) {
        let is_read = |it: &ProjectReport| it.errors.is_empty() && it.not_compared.is_none();
        let in_files = errors.is_empty() && projects.iter().all(is_read);
        let known = Known { in_files, everywhere: in_files && self.concerns_everything() };
        let mut unused: Vec<Vec<Finding>> = projects.iter().map(|_| Vec::new()).collect();
        for finding in acceptance.unused(&self.rule_levels, known) {
            let project = self.project_of(&finding, projects);
            if let Some(unused) = unused.get_mut(project) {
                unused.push(finding);
            }
        }
        for (project, findings) in projects.iter_mut().zip(unused) {
            if findings.is_empty() {
                continue;
            }
            let findings = report::sort(findings, self.places());
            let fingerprints = fingerprints(&project.identity, &findings);
            for (finding, fingerprint) in findings.into_iter().zip(fingerprints) {
                project.findings.push(Reported { finding, fingerprint, tables: Vec::new() });
            }
            let all = std::mem::take(&mut project.findings);
            project.findings = report::sort(all, self.places());
        }
    }

    /// The project whose folder is nearest above the place of a finding, else the first.
    fn project_of(&self, finding: &Finding, projects: &[ProjectReport]) -> usize {
        let Some(label) = finding.labels.first() else { return 0 };
        let path = &self.sources.file(label.span.file).path;
        let root = self.prepared.disk.root();
        let depth = |project: &ProjectReport| {
            let folder = root.join(project.identity.split('#').next().unwrap_or_default());
            path.starts_with(&folder).then(|| folder.components().count())
        };
        let depths = projects.iter().enumerate().map(|(at, it)| (depth(it), std::cmp::Reverse(at)));
        depths.max().map_or(0, |(_, at)| at.0)
    }
}
