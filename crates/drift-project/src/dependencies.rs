//! Which changes of the disk concern a run, by what it asked: the [`Dependencies`] made of a
//! [`Memory`] know it of paths that somebody hears of, and the folders that have to be watched for that.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use crate::configs;
use crate::memory::{Asked, Memory, may_be_source};
use crate::stamp::Stamp;
use crate::walk::{IGNORE_FILES, PACKAGES};

/// What the outcome of a run depends on. Paths are without symbolic links.
#[derive(Debug, Default)]
pub struct Dependencies {
    paths: BTreeMap<PathBuf, Stamp>,
    listed: BTreeMap<PathBuf, BTreeSet<String>>,
    searched: BTreeSet<PathBuf>,
    root: Option<PathBuf>,
    /// The folders in which a config would be found.
    tree: BTreeMap<PathBuf, Stamp>,
    own: BTreeSet<PathBuf>,
}

impl Dependencies {
    /// Those of the last run.
    pub fn new(memory: &Memory) -> Self {
        let (asked, own) = memory.asked();
        let Asked { searched, tree, root, .. } = asked;
        let mut links = Links::default();
        let mut paths = BTreeMap::new();
        for (path, note) in asked.paths {
            let (real, stamp) = (links.parent_followed(&path), note.stamp);
            // A link may be made to point elsewhere, and what it points at may change.
            if real.is_symlink()
                && let Ok(target) = fs::canonicalize(&real)
            {
                paths.insert(target, stamp);
            }
            if real != path {
                paths.insert(path, stamp);
            }
            paths.insert(real, stamp);
        }
        let listed = asked.listed.into_iter();
        let listed = listed.map(|(folder, list)| (links.followed(&folder), list.names)).collect();
        let searched = searched.iter().map(|it| links.followed(it)).collect();
        Self { paths, listed, searched, root, tree, own }
    }

    /// Whether a path of which one hears that something happened to it makes a difference to a run.
    pub fn concerns(&self, path: &Path) -> bool {
        if self.own.contains(path) {
            return false;
        }
        let at_or_below = (Bound::Included(path), Bound::Unbounded);
        let mut asked = self.paths.range::<Path, _>(at_or_below);
        let mut asked = asked.by_ref().take_while(|(it, _)| it.starts_with(path));
        // Of a file one hears only if it was written; of a folder, whatever happens in it.
        asked.any(|(it, stamp)| it == path && !path.is_dir() || stamp.has_changed(it))
            || self.changes_a_list(path)
            || self.is_new_config(path)
    }

    /// Whether a folder came or went in which a config would be found.
    pub fn changes_tree(&self, path: &Path) -> bool {
        let parent = path.parent().unwrap_or(path);
        path.is_dir() != self.tree.contains_key(path) && self.tree.contains_key(parent)
    }

    /// The folders in which something has to happen that makes a difference, and those in which only a
    /// new config would.
    pub fn folders(&self) -> (BTreeSet<PathBuf>, Vec<PathBuf>) {
        let mut links = Links::default();
        let mut folders: BTreeSet<PathBuf> = self.searched.clone();
        let homes: Vec<&PathBuf> = self.searched.iter().chain(&self.root).collect();
        for (path, stamp) in &self.paths {
            // What could be outside of the repository, and is not, is not waited for.
            let is_inside = |home: &&PathBuf| path.starts_with(home) && path != *home;
            let is_meant = stamp.is_file() || homes.iter().any(is_inside);
            let is_ignore_file = || IGNORE_FILES.iter().any(|it| path.ends_with(it));
            if is_meant
                && !is_ignore_file()
                && let Some(folder) = links.folder_of(path)
            {
                folders.insert(outside_of_packages(folder));
            }
        }
        folders.extend(self.listed.keys().filter(|it| it.is_dir()).cloned());
        let others = self.tree.keys().filter(|it| !folders.contains(*it)).cloned().collect();
        (folders, others)
    }

    /// The folders below which configs were looked for.
    pub fn searched(&self) -> &BTreeSet<PathBuf> {
        &self.searched
    }

    /// Whether something came to or went from a folder that was looked through.
    fn changes_a_list(&self, path: &Path) -> bool {
        let Some((folder, name)) = path.parent().zip(path.file_name()) else { return false };
        let Some(names) = self.listed.get(folder) else { return false };
        let name = name.to_string_lossy();
        let is_there = fs::metadata(path).is_ok_and(|it| may_be_source(&name, it.is_dir()));
        names.contains(&*name) != is_there
    }

    /// Whether a config is there that the run did not know, and would find.
    fn is_new_config(&self, path: &Path) -> bool {
        let Some((folder, name)) = path.parent().zip(path.file_name()) else { return false };
        let is_new = self.tree.contains_key(folder) && !self.paths.contains_key(path);
        if is_new && IGNORE_FILES.iter().any(|it| name == *it) {
            return path.is_file();
        }
        configs::may_be_config(&name.to_string_lossy())
            && is_new
            && path.is_file()
            && configs::walk(folder)
                .max_depth(Some(1))
                .build()
                .flatten()
                .any(|it| it.path() == path)
    }
}

/// In place of a folder of an installed package, the `node_modules` in which the package comes and goes.
fn outside_of_packages(folder: PathBuf) -> PathBuf {
    let mut parts = folder.components();
    let end = parts.position(|it| it.as_os_str() == PACKAGES);
    match end {
        Some(_) => folder.ancestors().nth(parts.count()).unwrap_or(&folder).to_path_buf(),
        None => folder,
    }
}

/// Follows symbolic links; what was followed once is remembered.
#[derive(Default)]
struct Links {
    folders: HashMap<PathBuf, PathBuf>,
}

impl Links {
    /// A folder without symbolic links, as far as it is there.
    fn followed(&mut self, folder: &Path) -> PathBuf {
        if let Some(known) = self.folders.get(folder) {
            return known.clone();
        }
        let real = fs::canonicalize(folder).unwrap_or_else(|_| self.parent_followed(folder));
        self.folders.insert(folder.to_path_buf(), real.clone());
        real
    }

    /// A path without symbolic links before its last part.
    fn parent_followed(&mut self, path: &Path) -> PathBuf {
        match path.parent().zip(path.file_name()) {
            Some((parent, name)) => self.followed(parent).join(name),
            None => path.to_path_buf(),
        }
    }

    /// The nearest folder above that is there.
    fn folder_of(&mut self, path: &Path) -> Option<PathBuf> {
        path.ancestors().skip(1).map(|it| self.followed(it)).find(|it| it.is_dir())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drift_model::SourceMap;
    use tempfile::TempDir;

    use super::*;
    use crate::stamp::TIME_RESOLUTION;
    use crate::{Disk, Request, discover};

    /// A folder with files, all of which changed long ago.
    fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (name, text) in files {
            write(&root.join(name), text);
        }
        std::thread::sleep(2 * TIME_RESOLUTION);
        (folder, root)
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What looking for projects in a folder asks for.
    fn check(root: &Path, own: &[PathBuf]) -> Arc<Memory> {
        let memory = Arc::new(Memory::without(own));
        let disk = Disk::with_memory(root, Arc::clone(&memory));
        let request = Request { current_directory: root.to_path_buf(), ..Request::default() };
        discover(&disk, &SourceMap::default(), &request);
        memory.look_around();
        memory
    }

    const CONFIG: &str =
        "export default { schema: './src/*.ts', out: './sql', dialect: 'sqlite' };";

    #[test]
    fn what_was_asked_for_concerns_a_run_and_nothing_else() {
        let (_folder, root) = folder(&[
            ("drizzle.config.ts", CONFIG),
            ("src/a.ts", ""),
            ("README.md", ""),
            ("vendor/schema.ts", ""),
        ]);
        let memory = check(&root, &[]);
        let dependencies = Dependencies::new(&memory);
        let concerns =
            |dependencies: &Dependencies, name: &str| dependencies.concerns(&root.join(name));
        for name in ["README.md", "src", "vendor/schema.ts", "sql/0000.sql", "a/drizzle.config.ts"]
        {
            assert!(!concerns(&dependencies, name), "{name}");
        }
        assert!(concerns(&dependencies, "drizzle.config.ts"));
        assert!(!memory.changes().are_any);
        // What comes to a folder that was looked through, and is no leftover of an editor.
        for (name, is_meant) in [("src/.b.ts", false), ("src/b.ts~", false), ("src/b.ts", true)] {
            write(&root.join(name), "");
            assert_eq!(concerns(&dependencies, name), is_meant, "{name}");
            assert_eq!(memory.changes().unsettle, is_meant, "{name}");
        }
        std::thread::sleep(2 * TIME_RESOLUTION);
        let memory = check(&root, &[]);
        assert!(!memory.changes().are_any);
        // A folder that was waited for.
        write(&root.join("sql/0000.sql"), "");
        assert!(concerns(&Dependencies::new(&memory), "sql") && memory.changes().are_any);
        std::thread::sleep(2 * TIME_RESOLUTION);
        memory.changes();
        assert!(!memory.changes().are_any, "told once");
    }

    #[test]
    fn a_new_config_counts_where_git_does_not_ignore_it() {
        let (_folder, root) =
            folder(&[("drizzle.config.ts", CONFIG), (".gitignore", "dist\n*.gen.ts")]);
        let memory = check(&root, &[]);
        let dependencies = Dependencies::new(&memory);
        for name in
            ["dist/drizzle.config.ts", "node_modules/a/package.json", "drizzle.config.gen.ts"]
        {
            write(&root.join(name), CONFIG);
            assert!(!dependencies.concerns(&root.join(name)), "{name}");
        }
        assert!(!memory.changes().unsettle);
        assert!(!dependencies.changes_tree(&root.join("dist/deep")));
        write(&root.join("db/pg.config.ts"), CONFIG);
        assert!(dependencies.changes_tree(&root.join("db")));
        assert!(memory.changes().unsettle);
        let dependencies = Dependencies::new(&memory);
        assert!(dependencies.concerns(&root.join("db/pg.config.ts")));
        assert!(dependencies.concerns(&root.join(".gitignore")));
        write(&root.join("db/.gitignore"), "pg*");
        assert!(dependencies.concerns(&root.join("db/.gitignore")));
    }

    #[test]
    fn a_run_does_not_concern_itself() {
        let (_folder, root) = folder(&[("drizzle.config.ts", CONFIG), ("src/a.ts", "")]);
        let own = root.join("src/report.json");
        for _ in 0..2 {
            let memory = check(&root, std::slice::from_ref(&own));
            write(&own, "{}");
            std::thread::sleep(2 * TIME_RESOLUTION);
            assert!(!Dependencies::new(&memory).concerns(&own) && !memory.changes().are_any);
        }
    }

    /// A link that is made to point elsewhere means other files, whatever is in them.
    #[test]
    #[cfg(unix)]
    fn a_link_that_points_elsewhere_is_another_file() {
        let (_folder, root) = folder(&[("a/x.ts", "1"), ("b/x.ts", "2")]);
        let (file, link) = (root.join("x.ts"), root.join("l"));
        let point = |to: &str| {
            for (link, to) in [(&file, format!("{to}/x.ts")), (&link, to.to_owned())] {
                let _ = fs::remove_file(link);
                std::os::unix::fs::symlink(root.join(to), link).unwrap();
            }
        };
        for at in [&file, &link] {
            point("a");
            let memory = Memory::default();
            memory.note(at, crate::memory::Settles::Kind);
            assert!(!memory.changes().are_any);
            write(&root.join("a/x.ts"), "of another length");
            assert!(!memory.changes().unsettle);
            point("b");
            assert!(memory.changes().unsettle);
        }
    }

    #[test]
    fn folders_are_those_in_which_something_may_happen() {
        let (_folder, root) = folder(&[
            ("drizzle.config.ts", CONFIG),
            ("package.json", "{\"dependencies\": {\"drizzle-orm\": \"latest\"}}"),
            ("src/deep/a.ts", ""),
            ("node_modules/drizzle-orm/package.json", "{\"version\": \"0.45.4\"}"),
            ("docs/a.md", ""),
        ]);
        let (folders, others) = Dependencies::new(&check(&root, &[])).folders();
        let shown = |it: &PathBuf| it.strip_prefix(&root).unwrap().display().to_string();
        assert_eq!(folders.iter().map(shown).collect::<Vec<_>>(), ["", "node_modules", "src"]);
        assert_eq!(others.iter().map(shown).collect::<Vec<_>>(), ["docs", "src/deep"]);
    }
}
