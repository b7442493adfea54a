//! Finds the newest snapshot of a folder of migrations.

use std::path::{Path, PathBuf};

use drift_model::FileSystem;

use crate::folder::{Layout, MigrationFolder};

/// The snapshot that drizzle-kit compares the schema with, to make the next migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestSnapshot {
    /// The file.
    pub path: PathBuf,
    /// The migrations that come after it, in their order: they have no snapshot, so it may know
    /// nothing of what they do.
    pub later_migrations: Vec<PathBuf>,
}

impl MigrationFolder {
    /// Finds the newest snapshot of the folder, which is at `path`, as drizzle-kit does: the last one
    /// by its name. Looks at names only.
    ///
    /// Source: `prepareOutFolder` in drizzle-kit, `src/utils.ts` in 0.x and `src/utils/utils-node.ts`
    /// in 1.0.
    pub fn newest_snapshot(&self, files: &dyn FileSystem, path: &Path) -> Option<NewestSnapshot> {
        match self.layout {
            Layout::Folders => self
                .newest_beside_migrations(files, path)
                .or_else(|| self.newest_in_meta(files, path)),
            Layout::Journal | Layout::Plain => self
                .newest_in_meta(files, path)
                .or_else(|| self.newest_beside_migrations(files, path)),
        }
    }

    /// `meta/0003_snapshot.json`, for `0003_name.sql`.
    fn newest_in_meta(&self, files: &dyn FileSystem, path: &Path) -> Option<NewestSnapshot> {
        let folder = path.join("meta");
        let entries = files.read_dir(&folder).ok()?;
        let prefixes = entries.iter().filter(|it| !it.is_dir).filter_map(|it| {
            let prefix = it.name.strip_suffix("_snapshot.json")?;
            (!prefix.is_empty()).then_some(prefix)
        });
        let newest = prefixes.max()?;
        let is_later = |path: &&PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            number(&name) > number(newest)
        };
        Some(NewestSnapshot {
            path: folder.join(format!("{newest}_snapshot.json")),
            later_migrations: self.files.iter().filter(is_later).cloned().collect(),
        })
    }

    /// `20260101000000_name/snapshot.json`, beside `migration.sql`.
    fn newest_beside_migrations(
        &self,
        files: &dyn FileSystem,
        path: &Path,
    ) -> Option<NewestSnapshot> {
        let entries = files.read_dir(path).ok()?;
        let folders = entries.iter().filter(|it| it.is_dir);
        let mut paths: Vec<PathBuf> =
            folders.map(|it| path.join(&it.name).join("snapshot.json")).collect();
        paths.sort_by(|one, other| other.as_os_str().cmp(one.as_os_str()));
        let path = paths.into_iter().find(|it| files.is_file(it))?;
        let newest = path.parent().and_then(Path::file_name);
        let is_later = |migration: &&PathBuf| {
            let is_folder = migration.file_name().is_some_and(|it| it == "migration.sql");
            let named = if is_folder { migration.parent() } else { Some(migration.as_path()) };
            named.and_then(Path::file_name) > newest
        };
        let later_migrations = self.files.iter().filter(is_later).cloned().collect();
        Some(NewestSnapshot { path, later_migrations })
    }
}

/// What drizzle-kit begins the names of files with: a number that counts up, or a time.
fn number(name: &str) -> &str {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    &name[..digits]
}
