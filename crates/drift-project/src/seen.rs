//! What was seen of the disk, so that it can be told later what has changed, and what editors have in
//! place of files.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use crate::stamp::Stamp;

/// What a [`Disk`](crate::Disk) has looked at.
#[derive(Debug, Default)]
pub struct Seen {
    stamps: Mutex<HashMap<PathBuf, Stamp>>,
    buffers: RwLock<HashMap<PathBuf, String>>,
    /// What was looked at since somebody asked.
    recorded: Mutex<HashSet<PathBuf>>,
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
        let changed = looked_at.filter(|(path, stamp)| stamp.has_changed(path));
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
        let stamp = Stamp::of_content(path);
        self.stamps.lock().unwrap().entry(path.to_path_buf()).or_insert(stamp);
    }
}
