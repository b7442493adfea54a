//! The command `drizzle-drift`.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use drizzle_drift::{Args, Environment, is_broken_pipe, run, unknown_word};

/// Syntax trees are many small allocations, made on several threads and dropped at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match try_main() {
        Ok(status) => status,
        // Whoever reads our pipe may leave early; that is not a failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => report_failure(&error),
    }
}

fn try_main() -> anyhow::Result<ExitCode> {
    let current_directory = env::current_dir().context("cannot tell the current directory")?;
    let args = Args::try_parse().or_else(|error| explain(error, &current_directory))?;
    let has_colors = io::stdout().is_terminal()
        && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|value| value != "dumb");
    let environment = Environment {
        has_colors,
        is_interactive: io::stdin().is_terminal() && io::stdout().is_terminal(),
        width: terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into()),
        variables: env::vars_os().filter_map(utf8).collect(),
        ends_process: true,
        ..Environment::new(current_directory)
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let outcome = run(&args, &environment, &mut out)?;
    out.flush()?;
    Ok(outcome.into())
}

/// Ends the process as clap does, with two exceptions: what is wrong with a flag behind a command that there
/// is not is the command, and the names of all rules are too many to be read in an error.
fn explain(mut error: clap::Error, folder: &Path) -> anyhow::Result<Args> {
    let first = env::args_os().nth(1).filter(|_| error.kind() == ErrorKind::UnknownArgument);
    if let Some(message) = first.and_then(|it| unknown_word(&it, folder)) {
        return Err(anyhow!(message));
    }
    let names = error.get(ContextKind::ValidValue);
    if matches!(names, Some(ContextValue::Strings(names)) if names.len() > MAX_NAMES) {
        error.remove(ContextKind::ValidValue);
        let tip = ContextValue::StyledStrs(vec!["`drizzle-drift rules` lists them".into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    error.exit()
}

/// The most names that an error lists.
const MAX_NAMES: usize = 20;

/// A variable, where both its name and its value can be read.
fn utf8((name, value): (OsString, OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

/// Prints one line per cause.
fn report_failure(error: &anyhow::Error) -> ExitCode {
    let mut out = io::stderr().lock();
    for (depth, cause) in error.chain().enumerate() {
        let prefix = if depth == 0 { "error" } else { "caused by" };
        // With standard error gone, too, there is nobody left to tell.
        let _ = writeln!(out, "{prefix}: {cause}");
    }
    ExitCode::from(2)
}
