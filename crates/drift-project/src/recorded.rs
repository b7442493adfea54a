//! What resolving imports looks at, taken down.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, FileSystemOs, ResolveError};

use crate::memory::{Memory, Settles};
use crate::whole;

/// The files of this machine, as the resolver wants them.
pub(crate) struct RecordedFiles {
    files: FileSystemOs,
    memory: Option<Arc<Memory>>,
}

impl RecordedFiles {
    pub(crate) fn new(memory: Option<Arc<Memory>>) -> Self {
        Self { files: FileSystemOs, memory }
    }

    /// The files, of which one is about to be looked at.
    fn at(&self, path: &Path, settles: Settles) -> &FileSystemOs {
        if let Some(memory) = &self.memory {
            memory.note(path, settles);
        }
        &self.files
    }
}

impl FileSystem for RecordedFiles {
    fn new() -> Self {
        Self::new(None)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.at(path, Settles::Content);
        whole::read_bytes(path)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.at(path, Settles::Content);
        whole::read_text(path)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        FileSystem::metadata(self.at(path, Settles::Kind), path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        FileSystem::symlink_metadata(self.at(path, Settles::Kind), path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        FileSystem::read_link(self.at(path, Settles::Kind), path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        FileSystem::canonicalize(self.at(path, Settles::Kind), path)
    }
}
