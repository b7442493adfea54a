//! A folder on the disk that every input finds empty.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// A folder of this process, in `TMPDIR`, which had better lie in memory.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A folder with nothing but a `.git` in it, above which nothing is looked for.
    pub fn empty() -> Self {
        let path = std::env::temp_dir().join(format!("drizzle-drift-fuzz-{}", std::process::id()));
        // It may not be there yet.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join(".git")).expect("a folder for files");
        Self(path)
    }

    /// Writes a file, unless the path leads out of the folder or is none.
    pub fn write(&self, path: &str, text: &str) -> bool {
        let relative = Path::new(path);
        let is_inside = relative.components().all(|it| matches!(it, Component::Normal(_)));
        let full = self.0.join(relative);
        is_inside
            && full.parent().is_some_and(|it| fs::create_dir_all(it).is_ok())
            && fs::write(full, text).is_ok()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The next one does it otherwise.
        let _ = fs::remove_dir_all(&self.0);
    }
}
