//! Writing a baseline: accepting what there is, and taking out what there is no more.

use drift_model::{Level, SourceError, SourceMap};

use crate::accept::Acceptance;
use crate::baseline::{self, Entry};
use crate::check::CheckOptions;
use crate::checking::Checking;
use crate::prepare::{Prepared, Read};

/// What became of a baseline.
pub enum BaselineUpdate {
    /// It stays as it is, since not everything could be compared.
    Refused {
        /// What could not be read.
        errors: Vec<SourceError>,
    },
    /// It is as it should be.
    Written {
        /// The file, as messages call it.
        shown: String,
        /// How many findings it accepts.
        total: usize,
        /// How many of them it did not accept before.
        added: usize,
        /// How many were taken out, since they are fixed.
        fixed: usize,
    },
}

/// Writes the findings there are into the baseline, and takes out of it those that there are no more;
/// only the latter with `prune`.
///
/// # Errors
/// The baseline cannot be read or written.
pub fn update_baseline(
    prepared: &Prepared,
    sources: &SourceMap,
    read: &mut Read,
    options: &CheckOptions,
    prune: bool,
) -> anyhow::Result<BaselineUpdate> {
    let checking = Checking {
        rule_levels: options.rule_levels(prepared),
        least_with_remedies: Level::Error,
        prepared,
        has_stats: false,
        lists_foreign_keys: false,
        knows_changes: false,
        sources,
    };
    let (mut projects, suppressions) = checking.check(&mut read.analyses);
    let mut acceptance = Acceptance {
        suppressions,
        ignore: checking.ignore_list(options.today),
        baseline: None,
        changes: None,
        sources,
    };
    let named = options.baseline.as_deref();
    let mut old = checking.baseline(named, !prune)?;
    projects.iter_mut().for_each(|it| acceptance.apply(it));
    let failed = read.errors.iter().chain(projects.iter().flat_map(|it| &it.errors));
    let errors: Vec<SourceError> = failed.cloned().collect();
    let known = checking.known_projects(&projects);
    if !errors.is_empty() || known.is_empty() {
        return Ok(BaselineUpdate::Refused { errors });
    }
    let path = checking.baseline_path(named);
    let shown = checking.places().display(&path);
    let found: Vec<Entry> = projects.iter().flat_map(Entry::all).collect();
    if let Some(old) = &mut old {
        old.keep(&found);
    }
    let (fixed, mut entries) = match &old {
        Some(old) => old.split(|it| checking.is_known(it, &known)),
        None => (0, Vec::new()),
    };
    let before = entries.len();
    if !prune {
        entries.extend(found);
        entries.sort();
        entries.dedup();
    }
    let (total, added) = (entries.len(), entries.len() - before);
    if total > 0 || old.is_some() {
        baseline::write(&prepared.disk, &path, &shown, entries)?;
    }
    Ok(BaselineUpdate::Written { shown, total, added, fixed })
}
