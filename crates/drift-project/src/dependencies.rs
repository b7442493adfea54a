//! What a run asked the disk, so that it can be told which changes concern it.
//!
//! A [`Recorder`] takes down each path that a [`Disk`](crate::Disk) looked at, there or not, and how it
//! was. The [`Dependencies`] made of it tell whether another run would find anything else.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use drift_model::DirEntry;

use crate::configs;
use crate::stamp::Stamp;

/// Extensions of files that are found by looking through a folder.
const EXTENSIONS: [&str; 11] =
    ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx", "sql", "json", "plan"];

/// What `.gitignore` says decides where configs are looked for.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// Takes down what a run asks the disk.
#[derive(Debug, Default)]
pub struct Recorder {
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    /// How each path was when it was first asked for.
    paths: BTreeMap<PathBuf, Stamp>,
    /// What folders that were looked through had in them.
    listed: BTreeMap<PathBuf, BTreeSet<String>>,
    /// The folders below which configs were looked for.
    searched: BTreeSet<PathBuf>,
    /// The root of the repository.
    root: Option<PathBuf>,
}

impl Recorder {
    /// Takes down what bounds every search upwards.
    pub(crate) fn root(&self, root: &Path) {
        self.asked.lock().unwrap().root = Some(root.to_path_buf());
    }

    /// Takes down a file or a folder that is about to be looked at.
    pub fn path(&self, path: &Path) {
        let mut asked = self.asked.lock().unwrap();
        if !asked.paths.contains_key(path) {
            asked.paths.insert(path.to_path_buf(), Stamp::of(path));
        }
    }

    /// Takes down what is in a folder.
    pub(crate) fn listed(&self, folder: &Path, entries: &[DirEntry]) {
        let names = entries.iter().filter(|it| may_be_source(&it.name, it.is_dir));
        let names = names.map(|it| it.name.clone()).collect();
        self.asked.lock().unwrap().listed.entry(folder.to_path_buf()).or_insert(names);
    }

    /// Takes down that configs were looked for below a folder.
    pub(crate) fn searched(&self, folder: &Path) {
        self.asked.lock().unwrap().searched.insert(folder.to_path_buf());
    }

    /// What was taken down, and is no more from then on. `own` are files that the run writes, which
    /// never concern it.
    pub fn dependencies(&self, own: &[PathBuf]) -> Dependencies {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        Dependencies::new(asked, own)
    }
}

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
    fn new(asked: Asked, own: &[PathBuf]) -> Self {
        let mut links = Links::default();
        let own: BTreeSet<PathBuf> = own.iter().map(|it| links.parent_followed(it)).collect();
        let mut paths = BTreeMap::new();
        for (path, stamp) in asked.paths {
            let real = links.parent_followed(&path);
            if own.contains(&real) {
                continue;
            }
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
        let listed = asked.listed.into_iter().map(|(folder, mut names)| {
            let folder = links.followed(&folder);
            names.retain(|name| !own.contains(&folder.join(name)));
            (folder, names)
        });
        let listed = listed.collect();
        let searched = asked.searched.iter().map(|it| links.followed(it)).collect();
        let root = asked.root;
        let mut dependencies = Self { paths, listed, searched, root, tree: BTreeMap::new(), own };
        dependencies.search();
        dependencies
    }

    /// Whether a run now would be told anything else by the disk.
    pub fn have_changed(&mut self) -> bool {
        self.paths.iter().any(|(path, stamp)| stamp.has_changed(path))
            || self.listed.iter().any(|(folder, names)| *names != self.sources_in(folder))
            || self.tree.iter().any(|(folder, stamp)| stamp.has_changed(folder)) && self.search()
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

    /// Whether a folder came or went in which a config would be found; [`Self::search`] then finds it.
    pub fn changes_tree(&self, path: &Path) -> bool {
        let parent = path.parent().unwrap_or(path);
        path.is_dir() != self.tree.contains_key(path) && self.tree.contains_key(parent)
    }

    /// Looks anew through the folders in which configs are found; whether there is one that the run did
    /// not know.
    pub fn search(&mut self) -> bool {
        let mut has_new = false;
        self.tree.clear();
        let entries = self.searched.iter().flat_map(|it| configs::walk(it).build()).flatten();
        for entry in entries {
            if entry.file_type().is_some_and(|it| it.is_dir()) {
                let path = entry.into_path();
                for file in IGNORE_FILES.map(|name| path.join(name)) {
                    let stamp = Stamp::of(&file);
                    self.paths.entry(file).or_insert(stamp);
                }
                let stamp = Stamp::of_content(&path);
                self.tree.insert(path, stamp);
            } else if configs::may_be_config(&entry.file_name().to_string_lossy()) {
                has_new |= !self.paths.contains_key(entry.path());
            }
        }
        has_new
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

    /// What a run would find in a folder, but for what it wrote itself.
    fn sources_in(&self, folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_dir = fs::metadata(entry.path()).is_ok_and(|it| it.is_dir());
            let is_own = self.own.contains(&entry.path());
            (!is_own && may_be_source(&name, is_dir)).then_some(name)
        });
        names.collect()
    }

    /// Whether a config is there that the run did not know, and would find.
    fn is_new_config(&self, path: &Path) -> bool {
        let Some((folder, name)) = path.parent().zip(path.file_name()) else { return false };
        configs::may_be_config(&name.to_string_lossy())
            && self.tree.contains_key(folder)
            && !self.paths.contains_key(path)
            && path.is_file()
            && configs::walk(folder)
                .max_depth(Some(1))
                .build()
                .flatten()
                .any(|it| it.path() == path)
    }
}

/// Whether looking through a folder may be about an entry: not what editors leave beside a file.
fn may_be_source(name: &str, is_dir: bool) -> bool {
    let extension = Path::new(name).extension().unwrap_or_default();
    let is_known = || EXTENSIONS.iter().any(|it| extension.eq_ignore_ascii_case(it));
    !name.starts_with('.') && if is_dir { name != "node_modules" } else { is_known() }
}

/// In place of a folder of an installed package, the `node_modules` in which the package comes and goes.
fn outside_of_packages(folder: PathBuf) -> PathBuf {
    let mut parts = folder.components();
    let end = parts.position(|it| it.as_os_str() == "node_modules");
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

    /// What looking for projects in a folder depends on.
    fn check(root: &Path, own: &[PathBuf]) -> Dependencies {
        let recorder = Arc::new(Recorder::default());
        let disk = Disk::with_recorder(root, Arc::clone(&recorder));
        let request = Request { current_directory: root.to_path_buf(), ..Request::default() };
        discover(&disk, &SourceMap::default(), &request);
        recorder.dependencies(own)
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
        let mut dependencies = check(&root, &[]);
        let concerns =
            |dependencies: &Dependencies, name: &str| dependencies.concerns(&root.join(name));
        for name in ["README.md", "src", "vendor/schema.ts", "sql/0000.sql", "a/drizzle.config.ts"]
        {
            assert!(!concerns(&dependencies, name), "{name}");
        }
        assert!(concerns(&dependencies, "drizzle.config.ts"));
        assert!(!dependencies.have_changed());
        // What comes to a folder that was looked through, and is no leftover of an editor.
        for (name, is_meant) in [("src/.b.ts", false), ("src/b.ts~", false), ("src/b.ts", true)] {
            write(&root.join(name), "");
            assert_eq!(concerns(&dependencies, name), is_meant, "{name}");
            assert_eq!(dependencies.have_changed(), is_meant, "{name}");
        }
        std::thread::sleep(2 * TIME_RESOLUTION);
        let mut dependencies = check(&root, &[]);
        assert!(!dependencies.have_changed());
        // A folder that was waited for.
        write(&root.join("sql/0000.sql"), "");
        assert!(concerns(&dependencies, "sql") && dependencies.have_changed());
    }

    #[test]
    fn a_new_config_counts_where_git_does_not_ignore_it() {
        let (_folder, root) =
            folder(&[("drizzle.config.ts", CONFIG), (".gitignore", "dist\n*.gen.ts")]);
        let mut dependencies = check(&root, &[]);
        for name in
            ["dist/drizzle.config.ts", "node_modules/a/package.json", "drizzle.config.gen.ts"]
        {
            write(&root.join(name), CONFIG);
            assert!(!dependencies.concerns(&root.join(name)), "{name}");
        }
        assert!(!dependencies.search() && !dependencies.changes_tree(&root.join("dist/deep")));
        write(&root.join("db/pg.config.ts"), CONFIG);
        assert!(dependencies.changes_tree(&root.join("db")));
        assert!(dependencies.search());
        assert!(dependencies.concerns(&root.join("db/pg.config.ts")));
        assert!(dependencies.concerns(&root.join(".gitignore")));
    }

    #[test]
    fn a_run_does_not_concern_itself() {
        let (_folder, root) = folder(&[("drizzle.config.ts", CONFIG), ("src/a.ts", "")]);
        let own = root.join("src/report.json");
        for _ in 0..2 {
            let mut dependencies = check(&root, std::slice::from_ref(&own));
            write(&own, "{}");
            std::thread::sleep(2 * TIME_RESOLUTION);
            assert!(!dependencies.concerns(&own) && !dependencies.have_changed());
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
        let (folders, others) = check(&root, &[]).folders();
        let shown = |it: &PathBuf| it.strip_prefix(&root).unwrap().display().to_string();
        assert_eq!(folders.iter().map(shown).collect::<Vec<_>>(), ["", "node_modules", "src"]);
        assert_eq!(others.iter().map(shown).collect::<Vec<_>>(), ["docs", "src/deep"]);
    }
}
