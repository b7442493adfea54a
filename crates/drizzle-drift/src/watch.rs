//! `--watch`: checks, waits until something changes that matters, and checks again.
//!
//! The checks share a [`Session`], which takes down what they ask the disk and reads what has changed. The
//! folders of all that are watched, and of what the system tells about them, only what concerns one of
//! these paths, or a new config, leads to another check: once nothing happened for a moment, so that many
//! files saved at once make one.

mod folders;
mod lines;
mod reader;

use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::bail;
use drift_check::{Session, SettingsError};
use drift_project::Dependencies;

use self::folders::{Folders, Message};
use self::lines::Lines;
use crate::args::{CheckArgs, CheckFormat, WatchMode};
use crate::run::{self, Environment, Outcome};

/// How long nothing has to happen before a check starts.
const QUIET: Duration = Duration::from_millis(100);

/// How long a check is put off, at most, where something happens all the time.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often files are looked at where the system tells nothing about them.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Checks again and again, until nobody reads the output any more.
///
/// # Errors
/// The arguments ask for something that cannot be printed again and again, the current directory is not
/// there (any more), or `out` cannot be written to.
pub(crate) fn watch(
    args: &CheckArgs,
    mode: WatchMode,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let args = in_lines(args, environment)?;
    let folder = &environment.current_directory;
    let (sender, messages) = mpsc::channel();
    reader::tell_of_end(sender.clone());
    let own: Vec<PathBuf> = args.output_file.iter().map(|it| folder.join(&it.path)).collect();
    let mut watch = Watch {
        session: Session::new(args.project.options(), folder, &own),
        args: &args,
        environment,
        out: Lines::new(out),
        folders: Folders::new(mode, sender),
        messages,
        dependencies: Dependencies::default(),
    };
    loop {
        watch.check()?;
        if !watch.wait()? {
            return Ok(Outcome::Agreement);
        }
        if environment.width.is_some() {
            watch.out.line("")?;
        }
    }
}

/// The arguments of each check, with a format of which any number can follow one another.
fn in_lines(args: &CheckArgs, environment: &Environment) -> anyhow::Result<CheckArgs> {
    let format = match args.format {
        Some(format @ (CheckFormat::Pretty | CheckFormat::Concise)) => format,
        None if environment.width.is_some() => CheckFormat::Pretty,
        None => CheckFormat::Concise,
        Some(_) => bail!(
            "--watch prints one report after the other, as pretty or concise; --output-file FORMAT=PATH \
             writes each of them in another format, too"
        ),
    };
    Ok(CheckArgs { format: Some(format), ..args.clone() })
}

struct Watch<'a> {
    args: &'a CheckArgs,
    environment: &'a Environment,
    session: Session,
    out: Lines<'a>,
    folders: Folders,
    messages: Receiver<Message>,
    /// Those of the last check.
    dependencies: Dependencies,
}

impl Watch<'_> {
    /// Checks once. What keeps it from being done is printed, for it may be mended.
    fn check(&mut self) -> anyhow::Result<()> {
        let folder = &self.environment.current_directory;
        if !folder.is_dir() {
            bail!("{} is not there any more", folder.display());
        }
        self.out.line("[drizzle-drift] check started")?;
        if let Some(revision) = &self.args.since {
            let files = drift_check::files_of_git(revision, folder);
            files.iter().for_each(|it| self.session.depend_on(it));
        }
        let environment = Environment { today: run::today(), ..self.environment.clone() };
        let mut report = Vec::new();
        let checked = run::check_again(&mut self.session, self.args, &environment, &mut report);
        let finished = match &checked {
            Ok(checked) => match checked.unread {
                0 => format!("{} findings", checked.findings),
                unread => {
                    format!("{} findings; {unread} sources could not be read", checked.findings)
                }
            },
            Err(error) => {
                // As what could not be read is told of in a report, so that editors find the place.
                match error.downcast_ref::<SettingsError>() {
                    Some(SettingsError { place, error }) => {
                        writeln!(report, "{place}: error: {}", error.message)?;
                    }
                    None => writeln!(report, "error: {error:#}")?,
                }
                "0 findings; nothing was checked".to_owned()
            }
        };
        self.out.lines(&report)?;
        self.out.line(&format!("[drizzle-drift] check finished: {finished}"))?;
        self.dependencies = self.session.dependencies();
        Ok(())
    }

    /// Waits until something changed that makes a difference, and nothing happens any more; `false` where
    /// nobody reads the output.
    fn wait(&mut self) -> anyhow::Result<bool> {
        // What changed before it was watched is not told by anybody.
        if self.watch_all()? || self.session.refresh() {
            return self.wait_for_quiet();
        }
        loop {
            let message = if self.folders.are_polled() {
                self.messages.recv_timeout(POLL_INTERVAL)
            } else {
                self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            let matters = match message {
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return Ok(false),
                Ok(Message::Lost) | Err(RecvTimeoutError::Timeout) => self.session.refresh(),
                Ok(Message::Changed { paths, is_new_or_gone }) => {
                    let has_new = is_new_or_gone && self.follow_folders(&paths)?;
                    has_new || paths.iter().any(|it| self.dependencies.concerns(it))
                }
            };
            if matters {
                return self.wait_for_quiet();
            }
        }
    }

    /// Waits until nothing that makes a difference happens any more; `false` where nobody reads the output.
    fn wait_for_quiet(&mut self) -> anyhow::Result<bool> {
        let latest = Instant::now() + PATIENCE;
        let mut end = Instant::now() + QUIET;
        loop {
            let left = end.min(latest).saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Err(RecvTimeoutError::Timeout) => {
                    self.session.refresh();
                    return Ok(true);
                }
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return Ok(false),
                Ok(Message::Lost) => {}
                Ok(Message::Changed { paths, is_new_or_gone }) => {
                    let has_new = is_new_or_gone && self.follow_folders(&paths)?;
                    if has_new || paths.iter().any(|it| self.dependencies.concerns(it)) {
                        end = Instant::now() + QUIET;
                    }
                }
            }
        }
    }

    /// Watches folders that came, and no longer those that went; whether one brought a new config along.
    fn follow_folders(&mut self, paths: &[PathBuf]) -> anyhow::Result<bool> {
        let mut have_changed = false;
        for path in paths {
            // A folder of that name is another one now.
            have_changed |= self.folders.forget(path) || self.dependencies.changes_tree(path);
        }
        if !have_changed {
            return Ok(false);
        }
        let has_new = self.look_again();
        Ok(self.watch_all()? || has_new)
    }

    /// Looks what changed; whether anything did.
    fn look_again(&mut self) -> bool {
        let has_changed = self.session.refresh();
        self.dependencies = self.session.dependencies();
        has_changed
    }

    /// Watches every folder in which something may happen; whether something was new in one.
    fn watch_all(&mut self) -> anyhow::Result<bool> {
        let mut has_new = false;
        loop {
            let followed = self.folders.follow(&self.dependencies);
            if let Some(notice) = followed.notice {
                self.out.line(&format!("[drizzle-drift] {notice}"))?;
            }
            if !followed.has_new {
                return Ok(has_new);
            }
            // A folder may have got another one before it was watched.
            has_new |= self.look_again();
        }
    }
}
