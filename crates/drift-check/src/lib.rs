//! From a project to its findings: reads the sources, applies the rules, and takes out what a team has
//! accepted.
//!
//! [`Prepared::new`] reads the settings, [`Prepared::read`] turns each project into an [`Analysis`], and
//! [`check()`] says what is wrong with them. Whoever shows it, a terminal or an editor, is not this
//! crate's business.

mod accept;
mod analysis;
mod baseline;
mod baseline_update;
mod changes;
mod check;
mod checking;
pub mod fingerprint;
mod ignore;
pub mod markdown;
mod prepare;
mod project_check;
mod report;
mod resolve;
mod rule_name;
mod session;
mod settings;
mod side_by_side;
mod suppressing;
mod suppressions;
mod tally;

pub use crate::accept::Accepted;
pub use crate::analysis::Analysis;
pub use crate::baseline_update::{BaselineUpdate, update_baseline};
pub use crate::changes::files_of_git;
pub use crate::check::{CheckOptions, Checked, check};
pub use crate::prepare::{Prepared, ProjectOptions, Read, Wants};
pub use crate::project_check::sources;
pub use crate::report::{Place, Places, ProjectReport, Reported, SourceCounts, sort};
pub use crate::resolve::{add_missing_files, add_snapshot_errors, claim_tables, resolve_names};
pub use crate::rule_name::{RuleName, parse_rule};
pub use crate::session::{Session, State};
pub use crate::settings::{SettingsError, parse_engine};
pub use crate::suppressing::suppress;
pub use crate::tally::Tally;
