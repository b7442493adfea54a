//! The command `drizzle-drift`: from arguments to a report.
//!
//! [`run()`] is the whole of it. The module `analyze` turns a project into two catalogs,
//! `drift_rules` compares them, and `render` prints what they say.

mod accept;
mod analyze;
mod args;
mod baseline;
mod changes;
mod checking;
mod fingerprint;
mod ignore;
mod output;
mod reach;
mod render;
mod report;
mod rule_name;
mod run;
mod settings;
mod suppressions;
mod tally;

pub use crate::args::Args;
pub use crate::run::{Environment, Outcome, is_broken_pipe, run};
