//! Which folders the system is asked to watch, and what it tells of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use drift_project::Dependencies;
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::args::WatchMode;

/// How many folders are watched only because a new config could come into them. All programs of a user
/// share what inotify has, which is 8192 where there is little memory.
const TREE_LIMIT: usize = 4096;

/// Whether watching a folder with all below it costs no more than watching one.
const HAS_TREES: bool = cfg!(any(target_os = "macos", target_os = "windows"));

/// What happened.
#[derive(Debug)]
pub(super) enum Message {
    /// Something happened to these files or folders.
    Changed {
        paths: Vec<PathBuf>,
        /// Whether they may have come or gone.
        is_new_or_gone: bool,
    },
    /// Something happened, and nobody knows to what.
    Lost,
    /// Nobody reads the output any more.
    End,
}

/// The folders that are watched.
pub(super) struct Folders {
    /// `None` where the system tells nothing.
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<PathBuf, RecursiveMode>,
    /// Why the system tells nothing, until that was said.
    notice: Option<String>,
    /// Keeps the other end from noticing that nobody sends anything.
    _sender: Sender<Message>,
}

/// What became of folders that should be watched.
#[derive(Default)]
pub(super) struct Followed {
    /// Whether one was not watched before.
    pub(super) has_new: bool,
    /// What people should know.
    pub(super) notice: Option<String>,
}

impl Folders {
    pub(super) fn new(mode: WatchMode, sender: Sender<Message>) -> Self {
        let mut folders =
            Self { watcher: None, watched: BTreeMap::new(), notice: None, _sender: sender.clone() };
        if mode == WatchMode::Events {
            let tell = move |event| {
                if let Some(message) = message(event) {
                    // Who does not hear it any more has ended.
                    let _ = sender.send(message);
                }
            };
            match notify::recommended_watcher(tell) {
                Ok(watcher) => folders.watcher = Some(watcher),
                Err(error) => folders.poll(&error),
            }
        }
        folders
    }

    /// Whether the system tells nothing, so that one has to look.
    pub(super) fn are_polled(&self) -> bool {
        self.watcher.is_none()
    }

    /// Watches the folders in which something may happen that makes a difference, and no others.
    pub(super) fn follow(&mut self, dependencies: &Dependencies) -> Followed {
        let mut has_new = false;
        if let Some(watcher) = &mut self.watcher {
            let wanted = wanted(dependencies);
            let mut paths = watcher.paths_mut();
            let gone = self.watched.extract_if(.., |it, mode| wanted.get(it) != Some(mode));
            // One that is not there is not watched either.
            gone.for_each(|(it, _)| drop(paths.remove(&it)));
            let mut failure = None;
            for (folder, mode) in wanted {
                if self.watched.contains_key(&folder) {
                    continue;
                }
                match paths.add(&folder, mode) {
                    Ok(()) => {
                        has_new = true;
                        self.watched.insert(folder, mode);
                    }
                    Err(error) if is_too_much(&error) => {
                        failure = Some(error);
                        break;
                    }
                    // What is gone meanwhile, or may not be looked at, changes nothing until it is
                    // there, which is seen in the folder above.
                    Err(_) => {}
                }
            }
            let committed = paths.commit();
            if let Some(error) = failure.or(committed.err().filter(is_too_much)) {
                self.poll(&error);
            }
        }
        Followed { has_new: has_new && self.watcher.is_some(), notice: self.notice.take() }
    }

    /// No longer watches a folder that came or went, and those below it: the system would go on to tell
    /// about those that were there before. Whether there were any.
    pub(super) fn forget(&mut self, path: &Path) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let gone: Vec<PathBuf> =
            self.watched.range(path.to_path_buf()..).map(|it| it.0.clone()).collect();
        let gone = gone.into_iter().take_while(|it| it.starts_with(path));
        let mut were_any = false;
        for folder in gone {
            were_any = true;
            self.watched.remove(&folder);
            // The system forgets by itself what was deleted.
            let _ = watcher.unwatch(&folder);
        }
        were_any
    }

    fn poll(&mut self, error: &notify::Error) {
        let reason = match &error.kind {
            ErrorKind::MaxFilesWatch => {
                "the system watches no more folders (see fs.inotify.max_user_watches)".to_owned()
            }
            _ => format!("the system watches nothing: {error}"),
        };
        self.notice = Some(format!("{reason}; looking for changes every second"));
        self.watcher = None;
        self.watched.clear();
    }
}

/// The folders to watch: those that matter, and others in which a new config may come, the nearest first.
fn wanted(dependencies: &Dependencies) -> BTreeMap<PathBuf, RecursiveMode> {
    let (folders, mut others) = dependencies.folders();
    if HAS_TREES {
        let roots = dependencies.searched();
        let outside =
            folders.into_iter().filter(|it| !roots.iter().any(|root| it.starts_with(root)));
        let outside = outside.map(|it| (it, RecursiveMode::NonRecursive));
        let roots = roots.iter().map(|it| (it.clone(), RecursiveMode::Recursive));
        return outside.chain(roots).collect();
    }
    others.sort_by_key(|it| it.components().count());
    others.truncate(TREE_LIMIT);
    let folders = folders.into_iter().chain(others);
    folders.map(|it| (it, RecursiveMode::NonRecursive)).collect()
}

fn is_too_much(error: &notify::Error) -> bool {
    matches!(error.kind, ErrorKind::MaxFilesWatch)
}

/// What an event of the system means, unless somebody only looked at a file.
fn message(event: notify::Result<Event>) -> Option<Message> {
    let Ok(event) = event else { return Some(Message::Lost) };
    if event.need_rescan() {
        return Some(Message::Lost);
    }
    let is_new_or_gone = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => return None,
        EventKind::Modify(ModifyKind::Name(_)) => true,
        EventKind::Modify(_) => false,
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Any | EventKind::Other => true,
    };
    Some(Message::Changed { paths: event.paths, is_new_or_gone })
}
