//! The integration tests, all in one binary.

#![allow(clippy::disallowed_methods, reason = "tests look at the files of this repository")]

mod accept;
mod boundaries;
mod cli;
mod dependencies;
mod drizzle_orm;
mod fixtures;
mod formats;
mod help;
mod init;
mod json_schemas;
mod properties;
mod reach;
mod remedies;
mod rule_docs;
mod rule_examples;
mod settings_schema;
mod templates;

use std::path::{Path, PathBuf};

use clap::Parser;
use drizzle_drift::{Args, Environment, run};

/// The root of this repository.
fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("crates/drizzle-drift lies two levels deep").to_path_buf()
}

/// Runs the command in process, without colors; gives exit status and output.
///
/// The time that the last line of a report tells is left out.
fn drizzle_drift(folder: &Path, args: &[&str]) -> (u8, String) {
    let args = Args::try_parse_from(std::iter::once(&"drizzle-drift").chain(args));
    let args = args.unwrap_or_else(|error| panic!("{error}"));
    let environment = Environment::new(folder.to_path_buf());
    let mut out = Vec::new();
    let outcome = run(&args, &environment, &mut out).unwrap_or_else(|error| panic!("{error:#}"));
    (outcome.status(), without_time(&String::from_utf8(out).unwrap()))
}

fn without_time(output: &str) -> String {
    let lines = output.lines().map(|line| match line.rsplit_once(" in ") {
        Some((before, time)) if time.ends_with(" ms") => before,
        _ => line,
    });
    // Some lines of quoted text end in blanks, which editors and git dislike.
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}
