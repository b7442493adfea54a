//! Looking for files of certain names below a folder, without what git ignores.
//!
//! What is ignored is what [`WalkBuilder`](ignore::WalkBuilder) of the library `ignore` leaves out, which a test compares;
//! patterns are read and matched by it. It has a parallel walk as well, whose threads sleep for a millisecond whenever they have
//! nothing to do, and which asks of every file whether it is ignored. Here that is asked only of folders and of files that are
//! looked for.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use drift_schema::with_large_stack;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::Scope;

/// What `.gitignore` says decides where configs are looked for.
pub(crate) const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// The folder of installed packages, which is never looked into.
pub(crate) const PACKAGES: &str = "node_modules";

/// A file, link or folder that was found.
pub(crate) struct Entry<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The folder that was walked through, and the way to it from there.
    pub(crate) path: PathBuf,
    kind: FileType,
}

impl Entry<'_> {
    /// Whether it is a plain file, and no link to one.
    pub(crate) fn is_file(&self) -> bool {
        self.kind.is_file()
    }
}

/// What `pick` makes of all below a folder whose name is `wanted`, in no order; names that are no UTF-8 are not. Folders are
/// looked into side by side.
pub(crate) fn find<T: Send>(
    folder: &Path,
    wanted: impl Fn(&str) -> bool + Sync,
    pick: impl Fn(Entry<'_>) -> Option<T> + Sync,
) -> Vec<T> {
    let walk = Walk::new(wanted, pick);
    let Some(first) = walk.first(folder) else { return Vec::new() };
    with_large_stack(|| rayon::scope(|scope| walk.enter(scope, first)));
    walk.found.into_inner().unwrap()
}

/// As [`find`], on this thread alone: for whoever keeps others waiting meanwhile. While threads of a pool wait for
/// each other, they take on whatever else there is to do, which may be just what waits for them.
pub(crate) fn find_alone<T: Send>(
    folder: &Path,
    wanted: impl Fn(&str) -> bool + Sync,
    pick: impl Fn(Entry<'_>) -> Option<T> + Sync,
) -> Vec<T> {
    let walk = Walk::new(wanted, pick);
    let mut pending = Vec::from_iter(walk.first(folder));
    while let Some(folder) = pending.pop() {
        pending.extend(walk.look_into(&folder));
    }
    walk.found.into_inner().unwrap()
}

struct Walk<W, P, T> {
    wanted: W,
    pick: P,
    /// The patterns of the user for all repositories.
    global: Gitignore,
    found: Mutex<Vec<T>>,
}

/// A folder on the way.
struct Folder {
    path: PathBuf,
    /// Its path without links, where that is another one: files above the first folder speak of this.
    real: Option<PathBuf>,
    /// Those of the folders above.
    rules: Option<Arc<Rules>>,
}

impl Folder {
    fn real(&self) -> &Path {
        self.real.as_deref().unwrap_or(&self.path)
    }

    fn child(&self, name: &OsStr, rules: Option<Arc<Rules>>) -> Self {
        let real = self.real.as_ref().map(|it| it.join(name));
        Self { path: self.path.join(name), real, rules }
    }
}

impl<W, P, T> Walk<W, P, T>
where
    W: Fn(&str) -> bool + Sync,
    P: Fn(Entry<'_>) -> Option<T> + Sync,
    T: Send,
{
    fn new(wanted: W, pick: P) -> Self {
        Self { wanted, pick, global: Gitignore::global().0, found: Mutex::new(Vec::new()) }
    }

    /// The folder to begin with; `None` where there is none.
    fn first(&self, path: &Path) -> Option<Folder> {
        let real = path.canonicalize().ok()?;
        let above: Vec<&Path> = real.ancestors().skip(1).collect();
        let rules = above.iter().rev().fold(None, |rules, it| Rules::of(it, rules, |_| true));
        let real = (real != path).then_some(real);
        Some(Folder { path: path.to_path_buf(), real, rules })
    }

    /// Looks into a folder, and has others look into the folders in it.
    fn enter<'s>(&'s self, scope: &Scope<'s>, folder: Folder) {
        for folder in self.look_into(&folder) {
            scope.spawn(move |scope| self.enter(scope, folder));
        }
    }

    /// Looks at what is in a folder; gives the folders among it. One that cannot be read is passed over.
    fn look_into(&self, folder: &Folder) -> Vec<Folder> {
        let Ok(entries) = fs::read_dir(&folder.path) else { return Vec::new() };
        let entries =
            entries.flatten().filter_map(|it| Some((it.file_name(), it.file_type().ok()?)));
        let entries: Vec<(OsString, FileType)> = entries.collect();
        let has = |name: &str| entries.iter().any(|(it, _)| it == name);
        let rules = Rules::of(folder.real(), folder.rules.clone(), has);
        let mut folders = Vec::new();
        for (name, kind) in &entries {
            let wanted = name.to_str().filter(|it| (self.wanted)(it));
            if !kind.is_dir() && wanted.is_none()
                || name == PACKAGES
                || self.is_ignored(folder, name, *kind, rules.as_deref())
            {
                continue;
            }
            if let Some(name) = wanted {
                let entry = Entry { name, path: folder.path.join(name), kind: *kind };
                if let Some(picked) = (self.pick)(entry) {
                    self.found.lock().unwrap().push(picked);
                }
            }
            if kind.is_dir() {
                folders.push(folder.child(name, rules.clone()));
            }
        }
        folders
    }

    fn is_ignored(
        &self,
        folder: &Folder,
        name: &OsStr,
        kind: FileType,
        rules: Option<&Rules>,
    ) -> bool {
        let verdict = if rules.is_none() && self.global.is_empty() {
            Match::None
        } else {
            let path = folder.real().join(name);
            let of_rules = rules.map_or(Match::None, |it| it.verdict(&path, kind.is_dir()));
            of_rules.or(self.global.matched(&path, kind.is_dir()).map(|_| ()))
        };
        verdict.is_ignore() || verdict.is_none() && is_hidden(folder, name)
    }
}

/// What the files of a folder say about what lies in and below it.
struct Rules {
    /// Those of the folders above.
    above: Option<Arc<Rules>>,
    /// `.ignore`, which is for search tools.
    ignore: Gitignore,
    gitignore: Gitignore,
    /// `.git/info/exclude`
    exclude: Gitignore,
}

impl Rules {
    /// The rules in a folder; `has` tells which names may be there.
    fn of(
        folder: &Path,
        above: Option<Arc<Self>>,
        has: impl Fn(&str) -> bool,
    ) -> Option<Arc<Self>> {
        let [gitignore, ignore] = IGNORE_FILES.map(|name| match has(name) {
            true => read_patterns(folder, &folder.join(name)),
            false => Gitignore::empty(),
        });
        let exclude = match has(".git").then(|| git_folder(folder)).flatten() {
            Some(git) => read_patterns(folder, &git.join("info/exclude")),
            None => Gitignore::empty(),
        };
        if [&ignore, &gitignore, &exclude].iter().all(|it| it.is_empty()) {
            return above;
        }
        Some(Arc::new(Self { above, ignore, gitignore, exclude }))
    }

    /// What the nearest file of each kind says that says anything.
    fn verdict(&self, path: &Path, is_folder: bool) -> Match<()> {
        let all = || std::iter::successors(Some(self), |it| it.above.as_deref());
        let nearest = |kind: fn(&Self) -> &Gitignore| {
            let mut verdicts = all().map(|it| kind(it).matched(path, is_folder).map(|_| ()));
            verdicts.find(|it| !it.is_none()).unwrap_or(Match::None)
        };
        let kinds: [fn(&Self) -> &Gitignore; 3] =
            [|it| &it.ignore, |it| &it.gitignore, |it| &it.exclude];
        kinds.into_iter().map(nearest).fold(Match::None, Match::or)
    }
}

/// Patterns about what lies in and below a folder. A file that is not there, or is none, has no patterns.
fn read_patterns(folder: &Path, file: &Path) -> Gitignore {
    // To open a pipe would mean to wait for it.
    if !file.metadata().is_ok_and(|it| it.is_file()) {
        return Gitignore::empty();
    }
    let mut builder = GitignoreBuilder::new(folder);
    // Of a pattern that cannot be read, the others remain.
    let _ = builder.add(file);
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Where git keeps what belongs to a folder, which a file tells in one that was added with `git worktree`.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if !git.metadata().ok()?.is_file() {
        return Some(git);
    }
    let own = folder.join(first_line(&git)?.strip_prefix("gitdir: ")?);
    Some(own.join(first_line(&own.join("commondir"))?))
}

/// The first line of a short file.
fn first_line(path: &Path) -> Option<String> {
    const LIMIT: u64 = 1 << 16;
    let mut text = String::new();
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    File::open(path).ok()?.take(LIMIT).read_to_string(&mut text).ok()?;
    text.lines().next().map(ToOwned::to_owned)
}

#[cfg(not(windows))]
fn is_hidden(_: &Folder, name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

#[cfg(windows)]
fn is_hidden(folder: &Folder, name: &OsStr) -> bool {
    use std::os::windows::fs::MetadataExt;
    const HIDDEN: u32 = 2;
    let has_attribute = |it: fs::Metadata| it.file_attributes() & HIDDEN != 0;
    name.as_encoded_bytes().starts_with(b".")
        || folder.path.join(name).symlink_metadata().is_ok_and(has_attribute)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use tempfile::TempDir;

    use super::*;
    use crate::configs;

    const NAMES: [&str; 12] = [
        "a",
        "b",
        "ab",
        "lib",
        "build",
        "dist",
        ".hidden",
        PACKAGES,
        "a.config.ts",
        "package.json",
        "x y",
        "é",
    ];

    const PATTERN_FILES: [&str; 3] = [".gitignore", ".ignore", ".git/info/exclude"];

    const PATTERNS: [&str; 26] = [
        "a",
        "/a",
        "a/",
        "b/*",
        "!b/a",
        "**/dist",
        "build/",
        "!build/",
        "*.ts",
        "!a.config.ts",
        "# no",
        "\\#",
        "lib/**",
        "!lib/a/",
        ".hidden",
        "!.hidden",
        "a/b",
        "/ab/lib",
        "**/a/**/b",
        "[ab]",
        "x\\ y",
        "é",
        "{",
        "*",
        "!*/",
        "",
    ];

    /// Files, folders of links to `a`, and what pattern files say.
    type Tree = (Vec<PathBuf>, Vec<PathBuf>, Vec<(PathBuf, Vec<&'static str>)>);

    fn path(depths: std::ops::Range<usize>) -> impl Strategy<Value = PathBuf> {
        prop::collection::vec(select(&NAMES[..]), depths).prop_map(|it| it.iter().collect())
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let file = (path(0..4), select(&PATTERN_FILES[..])).prop_map(|(path, it)| path.join(it));
        let patterns = prop::collection::vec(select(&PATTERNS[..]), 0..5);
        (
            prop::collection::vec(path(1..5), 1..20),
            prop::collection::vec(path(0..3), 0..2),
            prop::collection::vec((file, patterns), 0..6),
        )
    }

    /// What can be made of a tree: a file may stand in the way of a folder.
    fn plant((files, links, patterns): &Tree) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let make = |path: &Path, text: &str| {
            let path = folder.path().join(path);
            let _ = fs::create_dir_all(path.parent().unwrap());
            let _ = fs::write(path, text);
        };
        for (path, patterns) in patterns {
            make(path, &patterns.join("\n"));
        }
        files.iter().for_each(|it| make(it, ""));
        #[cfg(unix)]
        for link in links {
            let _ = std::os::unix::fs::symlink("a", folder.path().join(link).join("link"));
        }
        folder
    }

    /// Everything that is found, by its way from the folder.
    fn found(folder: &Path) -> Vec<PathBuf> {
        let found = relative(folder, find(folder, |_| true, |entry| Some(entry.path)));
        let alone = relative(folder, find_alone(folder, |_| true, |entry| Some(entry.path)));
        assert_eq!(found, alone);
        found
    }

    fn found_by_library(folder: &Path) -> Vec<PathBuf> {
        let entries = configs::walk(folder).build().flatten().map(ignore::DirEntry::into_path);
        relative(folder, entries.filter(|it| it != folder).collect())
    }

    fn relative(folder: &Path, mut all: Vec<PathBuf>) -> Vec<PathBuf> {
        all.iter_mut().for_each(|it| *it = it.strip_prefix(folder).unwrap().to_path_buf());
        all.sort();
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn finds_what_the_library_finds(tree in tree(), inner in path(0..3)) {
            let folder = plant(&tree);
            let inner = folder.path().join(inner);
            for folder in [folder.path(), &inner] {
                prop_assert_eq!(found(folder), found_by_library(folder));
            }
            #[cfg(unix)]
            {
                // By another way, the files above are those of the place where it leads.
                let elsewhere = tempfile::tempdir().unwrap();
                let link = elsewhere.path().join("link");
                std::os::unix::fs::symlink(&inner, &link).unwrap();
                prop_assert_eq!(found(&link), found_by_library(&link));
            }
        }
    }

    #[test]
    fn finds_what_another_folder_of_git_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let own = folder.path().join("main/.git/worktrees/other");
        write("main/.git/info/exclude", "b");
        write("main/.git/worktrees/other/commondir", "../..\n");
        write("other/.git", &format!("gitdir: {}\n", own.display()));
        for name in ["a", "b"] {
            write(&format!("main/{name}"), "");
            write(&format!("other/{name}"), "");
        }
        for name in ["main", "other"] {
            let folder = folder.path().join(name);
            assert_eq!(found(&folder), [Path::new("a")], "{name}");
            assert_eq!(found_by_library(&folder), [Path::new("a")], "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn waits_for_no_pipe() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".gitignore", "lib/.ignore", "lib/.git/info/exclude"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let kind = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, &path, kind, 0o600.into(), 0).unwrap();
        }
        fs::write(folder.path().join("lib/a"), "").unwrap();
        assert_eq!(found(folder.path()), ["lib", "lib/a"].map(Path::new));
    }
}
