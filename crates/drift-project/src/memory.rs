//! What was asked of the disk, so that it can be told what has changed, and what editors have in place of
//! files.
//!
//! A [`Disk`](crate::Disk) with a [`Memory`] takes down each path that it is asked about, there or not, and
//! how that was. What was found out once and is kept, such as which projects there are and what an import
//! means, settles on some of it: of most paths on whether there is a file, of some on what is in it.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use drift_model::DirEntry;

use crate::configs;
use crate::stamp::Stamp;
use crate::walk::{IGNORE_FILES, PACKAGES};

/// Extensions of files that are found by looking through a folder.
const EXTENSIONS: [&str; 11] =
    ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx", "sql", "json", "plan"];

/// In place of a discovery, where a path is asked about anyway.
const ALWAYS: u32 = u32::MAX;

/// What was asked of the disk, run after run.
#[derive(Debug, Default)]
pub struct Memory {
    asked: Mutex<Asked>,
    buffers: RwLock<HashMap<PathBuf, String>>,
    /// The files that the runs write, which never concern them. Without symbolic links but for the last
    /// part.
    own: BTreeSet<PathBuf>,
}

/// What was asked.
#[derive(Debug, Default, Clone)]
pub(crate) struct Asked {
    pub(crate) paths: BTreeMap<PathBuf, Note>,
    /// The folders of which somebody wanted to know what is in them.
    pub(crate) listed: BTreeMap<PathBuf, Listing>,
    /// The folders below which configs were looked for.
    pub(crate) searched: BTreeSet<PathBuf>,
    /// Those of which what follows is known.
    walked: BTreeSet<PathBuf>,
    /// The folders in which a config would be found.
    pub(crate) tree: BTreeMap<PathBuf, Stamp>,
    /// The files there that were looked at, since they could be configs.
    candidates: BTreeSet<PathBuf>,
    /// The root of the repository.
    pub(crate) root: Option<PathBuf>,
    /// How often was asked for everything anew.
    discovery: u32,
}

/// How a path was when it was first asked about, or when its last change was noticed.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) stamp: Stamp,
    /// What it points at, of a symbolic link.
    link: Option<PathBuf>,
    settles: Settles,
    /// The last discovery that somebody asked in.
    discovery: u32,
}

/// What was in a folder.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    stamp: Stamp,
    pub(crate) names: BTreeSet<String>,
    settles: Settles,
    discovery: u32,
}

/// What of a path decides about something that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Settles {
    /// Nothing: whoever asked does so again, or knows the text that was read.
    Nothing,
    /// Whether it is there, and what it is.
    Kind,
    /// All of it.
    Content,
}

/// What is not as it was.
#[derive(Debug, Default)]
pub struct Changes {
    /// Files whose content may be another.
    pub texts: Vec<PathBuf>,
    /// Whether something changed that was settled: there may be other projects, and imports may mean
    /// other files.
    pub unsettle: bool,
    /// Whether anything changed at all.
    pub are_any: bool,
}

impl Memory {
    /// A memory that leaves out files which the runs write.
    pub fn without(own: &[PathBuf]) -> Self {
        Self { own: own.iter().map(|it| parent_followed(it)).collect(), ..Self::default() }
    }

    /// Puts a text in the place of a file.
    pub fn set_buffer(&self, path: &Path, text: String) {
        self.buffers.write().unwrap().insert(path.to_path_buf(), text);
    }

    /// Lets the file count again.
    pub fn close_buffer(&self, path: &Path) {
        self.buffers.write().unwrap().remove(path);
    }

    /// The text in the place of a file.
    pub(crate) fn buffer(&self, path: &Path) -> Option<String> {
        self.buffers.read().unwrap().get(path).cloned()
    }

    /// Whether the path was asked about.
    pub fn has(&self, path: &Path) -> bool {
        self.asked.lock().unwrap().paths.contains_key(path)
    }

    /// Whether what is in a file decides which projects there are, or what imports mean.
    pub fn settles(&self, path: &Path) -> bool {
        let asked = self.asked.lock().unwrap();
        asked.paths.get(path).is_some_and(|it| it.settles == Settles::Content)
    }

    /// Takes down a path that somebody else looks at in each run.
    pub fn depend_on(&self, path: &Path) {
        self.note(path, Settles::Nothing);
        if let Some(note) = self.asked.lock().unwrap().paths.get_mut(path) {
            note.discovery = ALWAYS;
        }
    }

    /// Takes down a path that is about to be looked at. What was noted first counts, since that is what was
    /// read first.
    pub(crate) fn note(&self, path: &Path, settles: Settles) {
        let asked = &mut *self.asked.lock().unwrap();
        let discovery = asked.discovery;
        if let Some(note) = asked.paths.get_mut(path) {
            note.settles = note.settles.max(settles);
            note.discovery = note.discovery.max(discovery);
        } else if !self.is_own(path) {
            let (stamp, link) = (Stamp::of(path), fs::read_link(path).ok());
            asked.paths.insert(path.to_path_buf(), Note { stamp, link, settles, discovery });
        }
    }

    /// Takes down what is in a folder; `stamp` is how it was before.
    pub(crate) fn note_list(
        &self,
        folder: &Path,
        stamp: Stamp,
        entries: &[DirEntry],
        settles: Settles,
    ) {
        let names = entries.iter().filter(|it| may_be_source(&it.name, it.is_dir));
        let names = names.filter(|it| !self.is_own(&folder.join(&it.name)));
        let names = || names.map(|it| it.name.clone()).collect();
        let asked = &mut *self.asked.lock().unwrap();
        let discovery = asked.discovery;
        let list = asked.listed.entry(folder.to_path_buf());
        let list = list.or_insert_with(|| Listing { stamp, names: names(), settles, discovery });
        list.settles = list.settles.max(settles);
        list.discovery = discovery;
    }

    /// Takes down that configs are looked for below a folder.
    pub(crate) fn note_search(&self, folder: &Path) {
        self.asked.lock().unwrap().searched.insert(folder.to_path_buf());
    }

    /// Takes down what bounds every search upwards.
    pub(crate) fn note_root(&self, root: &Path) {
        self.asked.lock().unwrap().root = Some(root.to_path_buf());
    }

    /// Begins to ask for everything anew, so that nothing is settled.
    pub fn begin(&self) {
        let asked = &mut *self.asked.lock().unwrap();
        asked.discovery += 1;
        asked.paths.values_mut().for_each(|it| it.settles = Settles::Nothing);
        asked.listed.values_mut().for_each(|it| it.settles = Settles::Nothing);
        asked.searched.clear();
        asked.walked.clear();
        asked.tree.clear();
        asked.candidates.clear();
    }

    /// Notes the folders in which other configs would be found, once somebody has looked for those that are
    /// there.
    pub fn look_around(&self) {
        let searched = {
            let asked = self.asked.lock().unwrap();
            if asked.searched == asked.walked {
                return;
            }
            asked.searched.clone()
        };
        let Around { tree, candidates } = Around::of(&searched);
        for file in ignore_files(&tree) {
            self.note(&file, Settles::Content);
        }
        let asked = &mut *self.asked.lock().unwrap();
        (asked.tree, asked.candidates, asked.walked) = (tree, candidates, searched);
    }

    /// Forgets what nobody has asked for since [`Self::begin`], and gives the paths.
    pub fn end(&self) -> Vec<PathBuf> {
        let asked = &mut *self.asked.lock().unwrap();
        let now = asked.discovery;
        asked.listed.retain(|_, it| it.discovery == now);
        let (paths, gone) = mem::take(&mut asked.paths)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(_, it)| it.discovery >= now);
        asked.paths = paths;
        gone.into_keys().collect()
    }

    /// Looks what is not as it was. What is told here once is not told again. A file counts even where there
    /// is a buffer: imports are resolved by what is on the disk.
    pub fn changes(&self) -> Changes {
        let asked = &mut *self.asked.lock().unwrap();
        let mut changes = Changes::default();
        for (path, note) in &mut asked.paths {
            let is_folder = note.stamp == Stamp::Folder;
            if !is_folder && !note.stamp.has_changed(path) {
                continue;
            }
            let (stamp, link) = (Stamp::of(path), fs::read_link(path).ok());
            let is_other_kind =
                mem::discriminant(&stamp) != mem::discriminant(&note.stamp) || link != note.link;
            (note.stamp, note.link) = (stamp, link);
            if !is_other_kind && is_folder {
                continue;
            }
            let least = if is_other_kind { Settles::Kind } else { Settles::Content };
            changes.unsettle |= note.settles >= least;
            changes.are_any = true;
            changes.texts.push(path.clone());
        }
        for (folder, list) in &mut asked.listed {
            if list.stamp.has_changed(folder) {
                list.stamp = Stamp::of_content(folder);
                let names = self.sources_in(folder);
                if names != list.names {
                    list.names = names;
                    changes.unsettle |= list.settles > Settles::Nothing;
                    changes.are_any = true;
                }
            }
        }
        if asked.tree.iter().any(|(folder, stamp)| stamp.has_changed(folder)) {
            let Around { tree, candidates } = Around::of(&asked.searched);
            if candidates != asked.candidates
                || !ignore_files(&tree).all(|it| asked.paths.contains_key(&it))
            {
                changes.unsettle = true;
                changes.are_any = true;
            }
            (asked.tree, asked.candidates) = (tree, candidates);
        }
        changes
    }

    /// What was asked, and the files that never matter.
    pub(crate) fn asked(&self) -> (Asked, BTreeSet<PathBuf>) {
        (self.asked.lock().unwrap().clone(), self.own.clone())
    }

    fn is_own(&self, path: &Path) -> bool {
        let has_name = |own: &PathBuf| own.file_name() == path.file_name();
        self.own.iter().any(has_name) && self.own.contains(&parent_followed(path))
    }

    /// What a run would find in a folder, but for what it wrote itself.
    fn sources_in(&self, folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().ok()?;
            let is_dir = kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
            (may_be_source(&name, is_dir) && !self.is_own(&entry.path())).then_some(name)
        });
        names.collect()
    }
}

/// What lies where configs are looked for.
struct Around {
    tree: BTreeMap<PathBuf, Stamp>,
    candidates: BTreeSet<PathBuf>,
}

impl Around {
    fn of(searched: &BTreeSet<PathBuf>) -> Self {
        let (mut tree, mut candidates) = (BTreeMap::new(), BTreeSet::new());
        for entry in searched.iter().flat_map(|it| configs::walk(it).build()).flatten() {
            if entry.file_type().is_some_and(|it| it.is_dir()) {
                let path = entry.into_path();
                let stamp = Stamp::of_content(&path);
                tree.insert(path, stamp);
            } else if configs::may_be_config(&entry.file_name().to_string_lossy()) {
                candidates.insert(entry.into_path());
            }
        }
        Self { tree, candidates }
    }
}

/// The files that say what is not looked at in some folders.
fn ignore_files(tree: &BTreeMap<PathBuf, Stamp>) -> impl Iterator<Item = PathBuf> {
    let files = tree.keys().flat_map(|folder| IGNORE_FILES.map(|name| folder.join(name)));
    files.filter(|it| it.is_file())
}

/// Whether looking through a folder may be about an entry: not what editors leave beside a file.
pub(crate) fn may_be_source(name: &str, is_dir: bool) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    let is_known = || EXTENSIONS.iter().any(|it| extension.eq_ignore_ascii_case(it));
    !name.starts_with('.') && if is_dir { name != PACKAGES } else { is_known() }
}

/// A path without symbolic links before its last part.
fn parent_followed(path: &Path) -> PathBuf {
    match path.parent().zip(path.file_name()) {
        Some((parent, name)) => {
            fs::canonicalize(parent).unwrap_or_else(|_| parent.to_path_buf()).join(name)
        }
        None => path.to_path_buf(),
    }
}
