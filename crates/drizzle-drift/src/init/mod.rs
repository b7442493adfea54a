//! `init`: writes settings with a line about each key, and offers the hooks and tasks that there is a place
//! for.
//!
//! Files that are there stay as they are: what belongs into them is printed. Without a terminal to ask in,
//! and without flags that say it, nothing but the settings is written.

mod offers;
mod place;
mod settings;
mod templates;

use std::io::{self, BufRead, Read as _, Write};
use std::path::{Path, PathBuf};

use clap::{ValueEnum, ValueHint};
use drift_check::{Places, Prepared, ProjectOptions, Wants};
use drift_model::SourceMap;

use self::offers::{HookName, Step};
use self::place::Place;
use crate::run::{Environment, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Where the settings go [default: the root of the repository]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<PathBuf>,
    /// Write all that there is a place for, without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Write these, without asking, and no others
    ///
    /// Names between commas: pre-commit, lefthook, husky, lint-staged, github, gitlab, vscode, zed.
    #[arg(long, value_name = "NAMES", value_enum, value_delimiter = ',')]
    #[arg(hide_possible_values = true, conflicts_with = "yes")]
    pub(crate) hooks: Vec<HookName>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What may be written besides the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consent {
    /// What the user says yes to.
    Asked,
    /// Everything.
    Given,
    /// Nothing: nobody can be asked.
    None,
}

/// Writes what is not there, and prints the rest to `out`; answers are read from `input`.
///
/// # Errors
/// The directory is not there, its settings cannot be understood, or `out` cannot be written to.
pub(crate) fn run(
    args: &InitArgs,
    environment: &Environment,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let place = Place::find(&environment.current_directory, args.folder.as_deref())?;
    let current_directory = environment.current_directory.canonicalize()?;
    let consent = if args.yes || !args.hooks.is_empty() {
        Consent::Given
    } else if environment.is_interactive {
        Consent::Asked
    } else {
        Consent::None
    };
    let is_dry = args.dry_run;
    let mut session =
        Session { place, current_directory, consent, is_dry, input, out, has_failed: false };
    session.settings()?;
    session.hooks(&args.hooks)?;
    session.out.flush()?;
    Ok(if session.has_failed { Outcome::Incomplete } else { Outcome::Agreement })
}

struct Session<'a> {
    place: Place,
    current_directory: PathBuf,
    consent: Consent,
    is_dry: bool,
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
    /// Whether something that was asked for could not be done.
    has_failed: bool,
}

impl Session<'_> {
    fn settings(&mut self) -> anyhow::Result<()> {
        let sources = SourceMap::default();
        let folder = self.place.folder.clone();
        let prepared = Prepared::new(&ProjectOptions::default(), &folder, &sources)?;
        if let Some(found) = prepared.settings_folder() {
            let names = ["drizzle-drift.json", "drizzle-drift.jsonc", "package.json"];
            let path = self.place.first_file(found, &names).unwrap_or_else(|| found.to_path_buf());
            let shown = self.shown(&path);
            // Others, nearer ones, would take the place of those.
            writeln!(self.out, "already there: the settings in {shown}")?;
            return Ok(());
        }
        let analyses = prepared.read(&sources, Wants::default()).analyses;
        let text = settings::text(&self.place, &analyses);
        self.write(&folder.join("drizzle-drift.jsonc"), &text)?;
        if analyses.is_empty() {
            writeln!(self.out, "  there is no drizzle config yet that they could be about")?;
        }
        Ok(())
    }

    fn hooks(&mut self, wanted: &[HookName]) -> io::Result<()> {
        let is_wanted = |it: &HookName| wanted.contains(it);
        let names = HookName::value_variants().iter().copied();
        let names: Vec<HookName> = names.filter(|it| wanted.is_empty() || is_wanted(it)).collect();
        let mut offered = Vec::new();
        let mut next = Vec::new();
        let mut has_passed_over = false;
        for name in names {
            let Some(step) = name.step(&self.place, is_wanted(&name)) else { continue };
            if name.is_of_repository() && !self.place.is_root() && wanted.is_empty() {
                has_passed_over = true;
                continue;
            }
            match step {
                Step::There { path } => {
                    let shown = self.shown(&path);
                    writeln!(self.out, "already there: drizzle-drift in {shown}")?;
                }
                Step::Cannot { why } => {
                    writeln!(self.out, "error: {}: {why}", name.word())?;
                    self.has_failed = true;
                }
                _ if self.consent == Consent::None => offered.push((name, step)),
                Step::Write { path, text } => {
                    if self.may_write(&path)? && self.write(&path, text)? {
                        next.extend(name.next());
                    }
                }
                Step::Add { path, how, text } => self.print_addition(&path, how, &text)?,
            }
        }
        if has_passed_over {
            let root = self.shown(&self.place.root);
            let root = if root.is_empty() { "." } else { root.trim_end_matches('/') };
            let where_else =
                "hooks and workflows check the whole repository, with its own settings:";
            writeln!(self.out, "{where_else} drizzle-drift init {root}")?;
        }
        self.print_offered(&offered)?;
        if let Some(command) = self.place.installation() {
            next.insert(0, command);
        }
        for command in next {
            writeln!(self.out, "next: {command}")?;
        }
        Ok(())
    }

    /// Whether a file may be written; asks, where it has to be asked. What is no yes is a no.
    fn may_write(&mut self, path: &Path) -> io::Result<bool> {
        if self.consent != Consent::Asked || self.is_dry {
            return Ok(true);
        }
        let shown = self.shown(path);
        write!(self.out, "write {shown}? [y/N] ")?;
        self.out.flush()?;
        let mut answer = Vec::new();
        (&mut *self.input).take(MAX_ANSWER).read_until(b'\n', &mut answer)?;
        if !answer.ends_with(b"\n") {
            writeln!(self.out)?;
        }
        let answer = String::from_utf8_lossy(&answer);
        Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    }

    /// Writes a file that is not there; gives whether it did.
    fn write(&mut self, path: &Path, text: &str) -> io::Result<bool> {
        let shown = self.shown(path);
        if self.is_dry {
            writeln!(self.out, "would write {shown}")?;
            return Ok(false);
        }
        match drift_project::create_new_file(&self.place.root, path, text.as_bytes()) {
            Ok(()) => {
                writeln!(self.out, "wrote {shown}")?;
                return Ok(true);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                writeln!(self.out, "already there: {shown}")?;
            }
            Err(error) => {
                writeln!(self.out, "error: {shown}: {error}")?;
                self.has_failed = true;
            }
        }
        Ok(false)
    }

    fn print_addition(&mut self, path: &Path, how: &str, text: &str) -> io::Result<()> {
        let shown = self.shown(path);
        writeln!(self.out, "to add to {shown}, {how}:\n")?;
        for line in text.lines() {
            writeln!(self.out, "{}", format!("    {line}").trim_end())?;
        }
        writeln!(self.out)
    }

    /// Says what a user in a terminal would have been asked, and how to say yes without one.
    fn print_offered(&mut self, offered: &[(HookName, Step)]) -> io::Result<()> {
        for (_, step) in offered {
            match step {
                Step::Write { path, .. } => {
                    let shown = self.shown(path);
                    writeln!(self.out, "could write {shown}")?;
                }
                Step::Add { path, .. } => {
                    let shown = self.shown(path);
                    writeln!(self.out, "could say what to add to {shown}")?;
                }
                Step::There { .. } | Step::Cannot { .. } => {}
            }
        }
        if offered.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = offered.iter().map(|(name, _)| name.word()).collect();
        writeln!(self.out, "  by: drizzle-drift init --hooks {}", names.join(","))
    }

    fn shown(&self, path: &Path) -> String {
        let sources = SourceMap::default();
        Places { sources: &sources, current_directory: &self.current_directory }.display(path)
    }
}

/// No answer is longer.
const MAX_ANSWER: u64 = 1000;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What the command says, and which files are there then, where a user in a terminal gives these
    /// answers.
    fn answered(answers: &str) -> (String, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for name in [".vscode", ".zed", ".github/workflows"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let args = InitArgs { folder: None, yes: false, hooks: Vec::new(), dry_run: false };
        let environment =
            Environment { is_interactive: true, ..Environment::new(folder.path().to_path_buf()) };
        let mut out = Vec::new();
        let outcome = run(&args, &environment, &mut answers.as_bytes(), &mut out).unwrap();
        assert_eq!(outcome, Outcome::Agreement);
        let files =
            [".github/workflows/drizzle-drift.yml", ".vscode/tasks.json", ".zed/tasks.json"];
        let files = files.iter().filter(|it| folder.path().join(it).is_file());
        (String::from_utf8(out).unwrap(), files.map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn each_file_is_asked_for() {
        let (out, files) = answered("y\nno\nYES\n");
        assert_eq!(files, [".github/workflows/drizzle-drift.yml", ".zed/tasks.json"]);
        assert!(out.contains("write .vscode/tasks.json? [y/N] "), "{out}");
    }

    #[test]
    fn what_is_no_yes_is_a_no() {
        for answers in ["\n\n\n", "", "yep\nn\nN\n", "\u{0}\n\u{7f}y\n y es\n", &"x".repeat(5000)] {
            assert_eq!(answered(answers).1, [] as [String; 0], "{answers:?}");
        }
        assert_eq!(answered("y").1, [".github/workflows/drizzle-drift.yml"]);
    }
}
