//! Where texts come from: the disk, an editor's buffers, or a test.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// What lies directly in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirEntry {
    /// The last part of the path.
    pub name: String,
    /// Whether it is a directory; a symbolic link is what it points at.
    pub is_dir: bool,
    /// Whether it is a symbolic link.
    pub is_link: bool,
}

/// Reads files; the only way in which a reader sees the world.
pub trait FileSystem: Sync {
    /// The whole content of a file; bytes that are not UTF-8 may be replaced.
    ///
    /// # Errors
    /// As [`std::fs::read_to_string`].
    fn read(&self, path: &Path) -> io::Result<String>;

    /// The entries of a directory, sorted by name.
    ///
    /// # Errors
    /// As [`std::fs::read_dir`].
    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>>;

    /// Whether anything but a directory is at `path`. That it can be read as well is not said: only
    /// reading it tells why not.
    fn is_file(&self, path: &Path) -> bool;

    /// Whether `path` is a directory that can be looked at.
    fn is_dir(&self, path: &Path) -> bool {
        self.read_dir(path).is_ok()
    }

    /// Told in place of a [`Self::read`] that is not needed, since the content is known.
    fn reuse(&self, _path: &Path) {}
}

/// Files in memory, for tests.
#[derive(Debug, Default, Clone)]
pub struct MemoryFileSystem {
    files: BTreeMap<PathBuf, String>,
}

impl MemoryFileSystem {
    /// Reads several files from one string, each after a line `//- path`.
    ///
    /// Text without such a line is the file `default_path`.
    pub fn parse(default_path: &str, fixture: &str) -> Self {
        let mut files = Self::default();
        let mut path = default_path.to_owned();
        let mut text = String::new();
        for line in fixture.split_inclusive('\n') {
            if let Some(next) = line.trim_start().strip_prefix("//- ") {
                if !text.trim().is_empty() {
                    files.insert(&path, &text);
                }
                path = next.trim().to_owned();
                text.clear();
            } else {
                text.push_str(line);
            }
        }
        files.insert(&path, &text);
        files
    }

    /// Puts a file there.
    pub fn insert(&mut self, path: impl Into<PathBuf>, text: &str) {
        self.files.insert(path.into(), text.to_owned());
    }

    /// The paths of all files, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }
}

impl FileSystem for MemoryFileSystem {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        let mut entries: Vec<DirEntry> = Vec::new();
        for file in self.files.keys() {
            let Ok(rest) = file.strip_prefix(path) else { continue };
            let mut parts = rest.components();
            let Some(first) = parts.next() else { continue };
            let name = first.as_os_str().to_string_lossy().into_owned();
            if entries.last().is_none_or(|last| last.name != name) {
                entries.push(DirEntry { name, is_dir: parts.next().is_some(), is_link: false });
            }
        }
        if entries.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(entries) }
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_fixture_into_files_and_directories() {
        let files = MemoryFileSystem::parse("a.ts", "one\n//- sql/0.sql\ntwo\n//- sql/x/1.sql\n");
        assert_eq!(files.read(Path::new("a.ts")).unwrap(), "one\n");
        assert_eq!(files.read(Path::new("sql/0.sql")).unwrap(), "two\n");
        let names: Vec<_> = files.read_dir(Path::new("sql")).unwrap();
        assert_eq!(names.len(), 2);
        assert!(names[1].is_dir && files.is_dir(Path::new("sql/x")));
        assert!(files.read_dir(Path::new("nowhere")).is_err());
    }
}
