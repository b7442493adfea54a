//! What was seen of the disk, so that it can be told later what has changed, and what editors have in
//! place of files.

#![allow(clippy::disallowed_methods, reason = "it looks at the disk for `Disk`")]

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, SystemTime};

/// How far the clock of a file system may lag behind: a file that changed just before it was looked at
/// may change again without another time.
///
/// Source: *Racy Git* in the documentation of git; Linux ticks every 1 to 10 ms, FAT every 2 s.
const UNCERTAIN: Duration = Duration::from_millis(50);

/// What a [`Disk`](crate::Disk) has looked at.
#[derive(Debug, Default)]
pub struct Seen {
    stamps: Mutex<HashMap<PathBuf, Stamp>>,
    buffers: RwLock<HashMap<PathBuf, String>>,
    /// What was looked at since somebody asked.
    recorded: Mutex<HashSet<PathBuf>>,
}

/// What tells one state of a path from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamp {
    Missing,
    Present {
        is_dir: bool,
        length: u64,
        modified: Option<SystemTime>,
        /// The number of the file and the time of its last change of any kind, where there are such.
        identity: (u64, i64, i64),
    },
    /// It may have changed right after it was looked at.
    Uncertain,
}

impl Seen {
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

    /// Whether the path was looked at.
    pub fn has(&self, path: &Path) -> bool {
        self.stamps.lock().unwrap().contains_key(path)
    }

    /// The paths that were looked at, in no stable order.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.stamps.lock().unwrap().keys().cloned().collect()
    }

    /// What was looked at since this was last asked.
    pub fn take_recorded(&self) -> HashSet<PathBuf> {
        std::mem::take(&mut self.recorded.lock().unwrap())
    }

    /// What is not as it was when it was last looked at, in no stable order, without what has a buffer.
    /// Of a directory that is what lies directly in it.
    pub fn changed(&self) -> Vec<PathBuf> {
        let stamps = self.stamps.lock().unwrap();
        let buffers = self.buffers.read().unwrap();
        let looked_at = stamps.iter().filter(|(path, _)| !buffers.contains_key(*path));
        let is_same =
            |path: &Path, stamp: Stamp| stamp != Stamp::Uncertain && Stamp::of(path) == stamp;
        let changed = looked_at.filter(|(path, stamp)| !is_same(path, **stamp));
        changed.map(|(path, _)| path.clone()).collect()
    }

    /// Forgets that paths were looked at.
    pub fn forget<'p>(&self, paths: impl IntoIterator<Item = &'p PathBuf>) {
        let mut stamps = self.stamps.lock().unwrap();
        for path in paths {
            stamps.remove(path);
        }
    }

    /// Notes what is at a path, before it is read. What was noted first counts, since that is what was
    /// read first.
    pub(crate) fn look_at(&self, path: &Path) {
        self.recorded.lock().unwrap().insert(path.to_path_buf());
        if self.has(path) {
            return;
        }
        let stamp = Stamp::of(path);
        self.stamps.lock().unwrap().entry(path.to_path_buf()).or_insert(stamp);
    }
}

impl Stamp {
    fn of(path: &Path) -> Self {
        let Ok(metadata) = fs::metadata(path) else { return Self::Missing };
        let modified = metadata.modified().ok();
        let age = modified.and_then(|it| SystemTime::now().duration_since(it).ok());
        if age.is_some_and(|age| age < UNCERTAIN) {
            return Self::Uncertain;
        }
        // The length of a directory says nothing on some file systems.
        let length = if metadata.is_dir() { 0 } else { metadata.len() };
        Self::Present { is_dir: metadata.is_dir(), length, modified, identity: identity(&metadata) }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}
