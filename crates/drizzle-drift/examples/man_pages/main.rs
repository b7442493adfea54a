//! Writes the manual pages of the command and of each of its subcommands:
//! `cargo run -p drizzle-drift --example man_pages -- DIR`.
//!
//! They are made when a release is, so that the command itself need not know how. Their date is that of
//! `SOURCE_DATE_EPOCH`, where it is set, else today.

#![allow(clippy::disallowed_methods, reason = "no schema is evaluated here")]

mod pages;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use drift_model::Date;

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
    let mut arguments = env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        bail!("usage: man_pages DIR");
    };
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for page in pages::pages(date()?)? {
        let path = folder.join(&page.name);
        fs::write(&path, page.text).with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(io::stdout(), "{}", path.display())?;
    }
    Ok(())
}

fn date() -> Result<Date> {
    let seconds = match env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.parse().with_context(|| format!("SOURCE_DATE_EPOCH is {text}"))?,
        Err(_) => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs(),
    };
    Ok(Date::from_unix_seconds(seconds))
}
