//! Parses every `.ts` and `.sql` file below a directory once, on one thread, and nothing else:
//! `cargo run --release --example parse_once -- DIR [postgresql|mysql|sqlite]`.
//!
//! The time it takes is the floor to compare a check of the same project with.

#[path = "../benches/bare_parse/mod.rs"]
mod bare_parse;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fmt};

use anyhow::{Context as _, Result, bail};
use drift_model::FileSystem as _;
use drift_project::Disk;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};

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
    let (directory, dialect) = arguments()?;
    let disk = Disk::new(&directory);
    let mut paths = Vec::new();
    collect(&disk, &directory, &mut paths)?;
    let mut typescript = Total::default();
    let mut sql = Total::default();
    for path in paths {
        if has_extension(&path, "ts") {
            typescript.add(&disk, &path, bare_parse::typescript)?;
        } else if has_extension(&path, "sql") {
            sql.add(&disk, &path, |text| bare_parse::sql(text, dialect.as_ref()))?;
        }
    }
    if typescript.files + sql.files == 0 {
        bail!("no .ts and no .sql file below {}", directory.display());
    }
    writeln!(io::stdout(), "typescript: {typescript}\nsql: {sql}")?;
    Ok(())
}

fn arguments() -> Result<(PathBuf, Box<dyn Dialect>)> {
    let mut arguments = env::args_os().skip(1);
    let (Some(directory), dialect, None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        bail!("usage: parse_once DIR [postgresql|mysql|sqlite]");
    };
    let dialect: Box<dyn Dialect> = match dialect.as_ref().map(|it| it.to_string_lossy()).as_deref()
    {
        None | Some("postgresql") => Box::new(PostgreSqlDialect {}),
        Some("mysql") => Box::new(MySqlDialect {}),
        Some("sqlite") => Box::new(SQLiteDialect {}),
        Some(other) => bail!("no such dialect: {other} (postgresql, mysql, sqlite)"),
    };
    let directory = PathBuf::from(directory);
    let directory = directory
        .canonicalize()
        .with_context(|| format!("cannot enter {}", directory.display()))?;
    Ok((directory, dialect))
}

/// Adds the files below `directory` to `paths`, in order, but for packages and hidden directories.
fn collect(disk: &Disk, directory: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        disk.read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    for entry in entries {
        let path = directory.join(&entry.name);
        if !entry.is_dir {
            paths.push(path);
        } else if entry.name != "node_modules" && !entry.name.starts_with('.') {
            collect(disk, &path, paths)?;
        }
    }
    Ok(())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|it| it == extension)
}

/// What was parsed of one language.
#[derive(Default)]
struct Total {
    files: usize,
    bytes: usize,
    counts: bare_parse::Counts,
    parsing: Duration,
}

impl Total {
    fn add(
        &mut self,
        disk: &Disk,
        path: &Path,
        parse: impl Fn(&str) -> bare_parse::Counts,
    ) -> Result<()> {
        let text = disk.read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let start = Instant::now();
        let counts = parse(&text);
        self.parsing += start.elapsed();
        self.files += 1;
        self.bytes += text.len();
        self.counts.items += counts.items;
        self.counts.failures += counts.failures;
        Ok(())
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare_parse::Counts { items, failures } = self.counts;
        write!(f, "{} files, {} bytes, {items} statements", self.files, self.bytes)?;
        if failures > 0 {
            write!(f, ", {failures} pieces refused")?;
        }
        write!(f, ", parsed in {:.1} ms", self.parsing.as_secs_f64() * 1000.0)
    }
}
