//! Writes a PostgreSQL project of a given size, to try commands on:
//! `cargo run --release --example generate_project -- DIR TABLES`.
//!
//! The project is the same for the same size. Its migrations differ from its schema in a few foreign
//! keys, as the last line printed says.

#[path = "../benches/generator/mod.rs"]
mod generator;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<()> {
    let (directory, tables) = arguments()?;
    let project = generator::generate(tables);
    for (path, text) in &project.files {
        write(&directory.join(path), text)?;
    }
    let (keys, wrong, missing) = (project.foreign_keys, project.wrong_actions, project.missing);
    writeln!(
        io::stdout(),
        "{}: {} files, {tables} tables, {keys} foreign keys; in the migrations {wrong} have another \
         ON DELETE and {missing} are missing",
        directory.display(),
        project.files.len(),
    )?;
    Ok(())
}

fn arguments() -> Result<(PathBuf, usize)> {
    let mut arguments = env::args_os().skip(1);
    let (Some(directory), Some(tables), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        bail!("usage: generate_project DIR TABLES");
    };
    let directory = PathBuf::from(directory);
    let tables = tables.to_string_lossy();
    let tables = tables.parse().with_context(|| format!("TABLES is not a number: {tables}"))?;
    // Files of another run would stay in the schema and in the journal's folder.
    if directory.exists() {
        bail!("{} is already there", directory.display());
    }
    Ok((directory, tables))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
