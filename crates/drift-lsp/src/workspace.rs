//! One folder: its session, and what is shown of what that found.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use drift_check::{CheckOptions, Places, ProjectOptions, Session, SettingsError, State};
use drift_model::{Date, Level, SourceError, SourceMap};

use crate::documents::Document;
use crate::mark::{self, Mark};
use crate::paths::Folder;

/// The texts of an editor, by the path that the disk knows.
pub(crate) type Documents = BTreeMap<PathBuf, Document>;

/// A folder that projects are looked for in.
pub(crate) struct Workspace {
    pub(crate) folder: Folder,
    /// Whether nobody asked for it: a file was opened that lies in no folder.
    pub(crate) is_implicit: bool,
    session: Session,
    /// By the identity of the project.
    projects: BTreeMap<String, Shown>,
    /// Files that keep projects from being found, and faults of the settings.
    errors: Vec<Mark>,
    trouble: Option<String>,
}

/// What is shown of a project.
#[derive(Default)]
struct Shown {
    findings: Vec<Mark>,
    errors: Vec<Mark>,
    /// Whether everything could be read that somebody is editing.
    is_whole: bool,
}

impl Workspace {
    pub(crate) fn new(folder: Folder, is_implicit: bool, documents: &Documents) -> Self {
        Self {
            session: session(&folder.real, documents),
            folder,
            is_implicit,
            projects: BTreeMap::new(),
            errors: Vec::new(),
            trouble: None,
        }
    }

    /// Everything that is shown.
    pub(crate) fn marks(&self) -> impl Iterator<Item = &Mark> {
        let projects = self.projects.values().flat_map(|it| it.errors.iter().chain(&it.findings));
        self.errors.iter().chain(projects)
    }

    /// What the last check found and read, unless it failed.
    pub(crate) fn checked(&self) -> Option<(&State, &SourceMap, &Path)> {
        let folder = self.session.prepared()?.current_directory();
        Some((self.session.state()?, self.session.sources(), folder))
    }

    /// The least severe findings that are shown.
    pub(crate) fn least(&self) -> Level {
        let level = self.session.prepared().and_then(drift_check::Prepared::level);
        level.unwrap_or(Level::Info)
    }

    pub(crate) fn set(&mut self, document: &Document) {
        self.session.set_buffer(&document.path, document.text.to_string());
    }

    pub(crate) fn close(&mut self, path: &Path) {
        self.session.close_buffer(path);
    }

    pub(crate) fn has_looked_at(&self, path: &Path) -> bool {
        self.session.has_looked_at(path)
    }

    /// Looks what changed on the disk. Of files that came or went, `rediscover` says whether there may be
    /// other projects now. Gives whether there is anything new.
    pub(crate) fn refresh(&mut self, rediscover: bool) -> bool {
        let has_changed = self.session.refresh();
        if rediscover {
            self.session.rediscover();
        }
        has_changed || rediscover
    }

    /// Checks, and gives what the user has to be told because no place of a file shows it.
    pub(crate) fn check(&mut self, documents: &Documents) -> Option<String> {
        let session = &mut self.session;
        let trouble = match caught(|| session.check(|_| options()).map(drop)) {
            Ok(Ok(())) => {
                self.show(documents);
                self.without_place()
            }
            Ok(Err(error)) => match error.downcast_ref::<SettingsError>() {
                // What was found by the last settings that could be read is probably still so.
                Some(fault) => {
                    self.errors = vec![mark::of_error(&fault.error, self.session.sources())];
                    None
                }
                None => Some(format!("{error:#}")),
            },
            Err(panic) => {
                // Nobody knows what state it was left in.
                self.session = self::session(&self.folder.real, documents);
                Some(format!("a check failed, which is a bug: {panic}"))
            }
        };
        let is_news = trouble != self.trouble;
        self.trouble = trouble;
        self.trouble.clone().filter(|_| is_news)
    }

    /// What is to be said of projects that no file stands for, and has no place: that nothing was compared,
    /// lest it be taken for agreement, and findings.
    fn without_place(&self) -> Option<String> {
        let least = self.least();
        let projects = self.session.state()?.projects.iter().filter(|it| !it.home.is_file());
        let told = projects.flat_map(|project| {
            let silence = project.not_compared.as_deref().map(mark::not_compared);
            let findings = project.findings.iter().map(|it| &it.finding);
            let findings = findings.filter(|it| it.labels.is_empty() && it.level >= least);
            let findings = findings.map(|it| it.message.clone());
            silence.into_iter().chain(findings).map(|it| format!("{}: {it}", project.name))
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join("\n"))
    }

    /// Takes over what the session found. While somebody edits a file and it is not in its language for
    /// the moment, what was found before stays, with the error: nearly all of it is still so.
    fn show(&mut self, documents: &Documents) {
        let least = self.least();
        let Some((state, sources, current_directory)) = self.checked() else { return };
        let places = Places { sources, current_directory };
        let is_edited =
            |errors: &[SourceError]| errors.iter().any(|it| documents.contains_key(&it.path));
        let mut projects: BTreeMap<String, Shown> = BTreeMap::new();
        for project in &state.projects {
            let shown = projects.entry(project.identity.clone()).or_default();
            shown.errors.extend(project.errors.iter().map(|it| mark::of_error(it, sources)));
            shown.findings.extend(mark::of_findings(project, least, places));
            shown.is_whole = !is_edited(&project.errors);
        }
        let errors = state.errors.iter().map(|it| mark::of_error(it, sources)).collect();
        let may_lack_projects = is_edited(&state.errors);
        for (identity, before) in std::mem::take(&mut self.projects) {
            let is_whole = before.is_whole;
            match projects.get_mut(&identity) {
                Some(now) if is_whole && !now.is_whole => {
                    *now = Shown { errors: std::mem::take(&mut now.errors), ..before };
                }
                None if may_lack_projects && is_whole => {
                    projects.insert(identity, Shown { errors: Vec::new(), ..before });
                }
                _ => {}
            }
        }
        self.projects = projects;
        self.errors = errors;
    }
}

/// A session that has seen nothing but what is open.
fn session(folder: &Path, documents: &Documents) -> Session {
    let mut session = Session::new(ProjectOptions::default(), folder, &[]);
    for document in documents.values() {
        session.set_buffer(&document.path, document.text.to_string());
    }
    session
}

/// Those of a check today.
fn options() -> CheckOptions {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    CheckOptions::new(Date::from_unix_seconds(elapsed.as_secs()))
}

/// Does what may panic, and gives what the panic says.
pub(crate) fn caught<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        text.unwrap_or_else(|| "no reason is given".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_becomes_a_message() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(
            caught(|| panic!("no such {}", "table")),
            Err::<(), _>("no such table".to_owned())
        );
        assert_eq!(caught(|| panic!("plain")), Err::<(), _>("plain".to_owned()));
    }
}
