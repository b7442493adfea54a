//! Compares catalogs and reports where they disagree.
//!
//! A [`Comparison`] pairs the foreign keys of a schema with those of its migrations, once; every
//! rule of [`RULES`] looks at it and adds findings. A rule is one file of `rules/`: what it is
//! called, what it means, what it does, how it is tested. `RULES.md` is written from them.

pub mod reach_words;

mod advice;
mod audit_tables;
mod clause;
mod comparison;
mod docs;
mod dossier;
mod history;
mod home_database;
mod known_keys;
mod likeness;
mod names;
mod opaque_exports;
mod partial_names;
mod purpose;
mod reach;
mod reach_difference;
mod reach_play;
mod refused;
mod remedies;
mod rule;
mod rules;
mod shape;
mod sides;
mod snapshot;
mod sql;
mod table_kind;
#[cfg(test)]
mod testing;
mod together;
mod twins;
mod typescript;
mod wide_tables;

pub use crate::comparison::{
    Comparison, Ineffective, RuleOptions, SnapshotSource, Sources, Tells, Unpaired,
};
pub use crate::docs::markdown;
pub use crate::dossier::Dossier;
pub use crate::home_database::{has_home_database, leave_out_home_database};
pub use crate::opaque_exports::claim_tables;
pub use crate::partial_names::{has_partial_names, resolve_names};
pub use crate::reach::{Effect, Event, Idle, Reach, ReachGraph, Refusal, Step};
pub use crate::reach_difference::{ReachDifference, reach_differences};
pub use crate::rule::{Rule, RuleLevels};
pub use crate::rules::RULES;
pub use crate::rules::policy::{concerned_policies, policy_exceptions, unmatched_policy};
pub use crate::rules::unused_suppression::RULE as UNUSED_SUPPRESSION;
pub use crate::shape::{Evidence, Renamed, RenamedColumn};

use drift_model::Finding;
use rayon::prelude::*;

/// Runs every rule that is not switched off, side by side.
pub fn check(comparison: &Comparison<'_>, levels: &RuleLevels) -> Vec<Finding> {
    let run = |rule: &&Rule| {
        let mut findings = Vec::new();
        match levels.get(rule.name) {
            None => (rule.check)(comparison, &mut findings),
            Some(None) => {}
            Some(Some(level)) => {
                (rule.check)(comparison, &mut findings);
                findings.iter_mut().for_each(|it| it.level = level);
            }
        }
        findings
    };
    let found: Vec<_> = RULES.par_iter().map(run).collect();
    found.into_iter().flatten().collect()
}
