//! The command `drizzle-drift`: from arguments to a report.
//!
//! [`run()`] is the whole of it: `drift_check` reads projects and says what is wrong with them, and
//! `render` prints it.

mod args;
mod completions;
mod help;
mod hints;
mod init;
mod output;
mod reach;
mod render;
mod report;
mod run;
mod unknown_word;
mod watch;

pub use crate::args::Args;
pub use crate::run::{Environment, Outcome, is_broken_pipe, run};
pub use crate::unknown_word::unknown_word;
