//! The disk: reading files, and finding what an import means.

#![allow(clippy::disallowed_methods, reason = "everything else reads through this module")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use drift_model::{DirEntry, FileSystem, SourceFile, SourceMap};
use drift_schema::{ModuleResolver, Resolution};
use oxc_resolver::{ResolveOptions, ResolverGeneric, TsconfigDiscovery};

use crate::memory::{Memory, Settles};
use crate::recorded::RecordedFiles;
use crate::stamp::Stamp;
use crate::{compiled, configs, glob, tsconfig, whole};

type Resolver = ResolverGeneric<RecordedFiles>;

/// Extensions of modules, in the order in which an import without one tries them.
const EXTENSIONS: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/// The files of this machine.
pub struct Disk {
    /// Bounds every search upwards and for workspace packages.
    root: PathBuf,
    /// For relative imports: no tsconfig has a say in them, so none is read.
    relative: Resolver,
    /// For everything else: tsconfig `paths`, `node_modules`, `imports`, `exports`.
    full: Resolver,
    /// For packages of the workspace that say no more than where their types are.
    typed: Resolver,
    /// Names of workspace packages, found when an import first needs them.
    packages: OnceLock<HashMap<String, PathBuf>>,
    /// Every `package.json` below the root, where a walk came across them.
    manifests: OnceLock<Vec<PathBuf>>,
    /// Where it is taken down what is looked at, where somebody wants to know.
    memory: Option<Arc<Memory>>,
}

impl Disk {
    /// The disk as seen from `current_directory`, which must be absolute.
    pub fn new(current_directory: &Path) -> Self {
        Self::build(current_directory, None)
    }

    /// The same, with the texts of editors in the place of files; it takes down what is looked at.
    pub fn with_memory(current_directory: &Path, memory: Arc<Memory>) -> Self {
        Self::build(current_directory, Some(memory))
    }

    fn build(current_directory: &Path, memory: Option<Arc<Memory>>) -> Self {
        let root = repository_root(current_directory).to_path_buf();
        if let Some(memory) = &memory {
            memory.note_root(&root);
        }
        let resolver =
            |options| Resolver::new_with_file_system(RecordedFiles::new(memory.clone()), options);
        let options = resolve_options(None);
        let typed = ResolveOptions {
            condition_names: [&["types".to_owned()], &options.condition_names[..]].concat(),
            main_fields: ["types", "typings"].map(str::to_owned).to_vec(),
            ..options.clone()
        };
        Self {
            root,
            relative: resolver(options),
            full: resolver(resolve_options(Some(TsconfigDiscovery::Auto))),
            typed: resolver(typed),
            packages: OnceLock::new(),
            manifests: OnceLock::new(),
            memory,
        }
    }

    /// The disk for somebody who keeps the texts that are read, and knows what follows from them.
    pub fn texts(&self) -> Texts<'_> {
        Texts { disk: self, read: Mutex::default(), asks_more: AtomicBool::new(false) }
    }

    /// The disk for somebody who asks again in every run.
    pub fn anew(&self) -> Anew<'_> {
        Anew(self)
    }

    /// Notes that a path is looked at.
    fn look_at(&self, path: &Path, settles: Settles) {
        if let Some(memory) = &self.memory {
            memory.note(path, settles);
        }
    }

    /// Notes that configs are looked for below a folder.
    pub(crate) fn search_below(&self, folder: &Path) {
        if let Some(memory) = &self.memory {
            memory.note_search(folder);
        }
    }

    /// Keeps what a walk found below a folder, in case that somebody asks for packages.
    pub(crate) fn know_manifests(&self, folder: &Path, manifests: Vec<PathBuf>) {
        if folder == self.root {
            let _ = self.manifests.set(manifests);
        }
    }

    fn read_as(&self, path: &Path, settles: Settles) -> io::Result<String> {
        self.look_at(path, settles);
        if let Some(text) = self.memory.as_ref().and_then(|it| it.buffer(path)) {
            return Ok(text);
        }
        whole::read_text(path)
    }

    fn list(&self, path: &Path, settles: Settles) -> io::Result<Vec<DirEntry>> {
        self.look_at(path, settles.min(Settles::Kind));
        let before = self.memory.as_ref().map(|memory| (memory, Stamp::of_content(path)));
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let is_link = kind.is_symlink();
            if is_link {
                self.look_at(&entry.path(), settles.min(Settles::Kind));
            }
            let is_dir = kind.is_dir() || is_link && entry.path().is_dir();
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push(DirEntry { name, is_dir, is_link });
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        if let Some((memory, stamp)) = before {
            memory.note_list(path, stamp, &entries, settles);
        }
        Ok(entries)
    }

    fn is_file_as(&self, path: &Path, settles: Settles) -> bool {
        self.look_at(path, settles);
        whole::is_there(path)
    }

    fn is_dir_as(&self, path: &Path, settles: Settles) -> bool {
        self.look_at(path, settles);
        path.is_dir()
    }

    /// The root of the repository that the current directory lies in, else that directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Resolves an import of a package of this workspace that is not linked in `node_modules`, as
    /// in a fresh clone, or whose `exports` name compiled files that are not built.
    fn resolve_in_workspace(&self, specifier: &str) -> Option<PathBuf> {
        let (name, subpath) = split_specifier(specifier);
        let packages = self.packages.get_or_init(|| {
            self.search_below(&self.root);
            let manifests = self.manifests.get_or_init(|| configs::manifests(&self.root));
            workspace_packages(self, &self.root, manifests)
        });
        let package = packages.get(name)?;
        // A package may import itself by name, which is how its `exports` are asked for.
        let inside = package.join("package.json");
        // Without `exports`, a package without a subpath is a directory with a `main`.
        let directory = subpath.is_empty().then_some("./");
        for resolver in [&self.relative, &self.typed] {
            for specifier in std::iter::once(specifier).chain(directory) {
                if let Ok(found) = resolver.resolve_file(&inside, specifier)
                    && !compiled::is_declaration(found.path())
                {
                    return Some(found.into_path_buf());
                }
            }
        }
        let subpath = if subpath.is_empty() { "index" } else { subpath };
        ["", "src/"].iter().find_map(|folder| {
            let found = self.relative.resolve_file(&inside, &format!("./{folder}{subpath}"));
            found.ok().map(oxc_resolver::Resolution::into_path_buf)
        })
    }
}

fn repository_root(folder: &Path) -> &Path {
    folder.ancestors().find(|it| it.join(".git").exists()).unwrap_or(folder)
}

fn resolve_options(tsconfig: Option<TsconfigDiscovery>) -> ResolveOptions {
    let alias = |from: &str, to: &[&str]| {
        (from.to_owned(), to.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    };
    ResolveOptions {
        tsconfig,
        extensions: EXTENSIONS.map(str::to_owned).to_vec(),
        // TypeScript lets `./users.js` mean `users.ts`.
        extension_alias: vec![
            alias(".js", &[".ts", ".tsx", ".js", ".jsx"]),
            alias(".jsx", &[".tsx", ".jsx"]),
            alias(".mjs", &[".mts", ".mjs"]),
            alias(".cjs", &[".cts", ".cjs"]),
        ],
        condition_names: ["node", "import", "require", "default"].map(str::to_owned).to_vec(),
        main_fields: ["module", "main"].map(str::to_owned).to_vec(),
        ..ResolveOptions::default()
    }
}

/// `@acme/db/schema` as `@acme/db` and `schema`.
fn split_specifier(specifier: &str) -> (&str, &str) {
    let scope =
        if specifier.starts_with('@') { specifier.find('/').map_or(0, |at| at + 1) } else { 0 };
    match specifier[scope..].find('/') {
        Some(at) => (&specifier[..scope + at], &specifier[scope + at + 1..]),
        None => (specifier, ""),
    }
}

/// The packages of `manifests` by name. Of several with one name, that of the workspace counts, else the first
/// by path.
fn workspace_packages(
    files: &dyn FileSystem,
    root: &Path,
    manifests: &[PathBuf],
) -> HashMap<String, PathBuf> {
    let mut folders: Vec<PathBuf> =
        manifests.iter().filter_map(|it| it.parent()).map(Path::to_path_buf).collect();
    folders.sort_unstable();
    let mut found: Vec<(String, PathBuf)> = Vec::with_capacity(folders.len());
    for folder in folders {
        let Ok(text) = files.read(&folder.join("package.json")) else { continue };
        found.extend(package_name(&text).map(|name| (name, folder)));
    }
    let mut packages = HashMap::with_capacity(found.len());
    let mut has_namesakes = false;
    for (name, folder) in &found {
        let first = packages.entry(name.clone()).or_insert_with(|| folder.clone());
        has_namesakes |= first != folder;
    }
    if has_namesakes {
        let members = workspace_globs(files, root);
        let is_member = |folder: &Path| members.iter().any(|it| it == folder);
        for (name, folder) in found.into_iter().rev().filter(|(_, it)| is_member(it)) {
            packages.insert(name, folder);
        }
    }
    packages
}

/// The name that a `package.json` gives.
fn package_name(manifest: &str) -> Option<String> {
    /// Everything else is passed over.
    #[derive(serde::Deserialize)]
    struct Manifest {
        #[serde(default)]
        name: serde_json::Value,
    }
    let name = match serde_json::from_str(manifest) {
        Ok(Manifest { name }) => name,
        // It may be there twice, and then the last one counts.
        Err(_) => serde_json::from_str::<serde_json::Value>(manifest).ok()?["name"].take(),
    };
    name.as_str().map(str::to_owned)
}

/// The folders that the workspace at `root` lists, in `package.json` or `pnpm-workspace.yaml`.
fn workspace_globs(files: &dyn FileSystem, root: &Path) -> Vec<PathBuf> {
    let mut globs: Vec<String> = Vec::new();
    if let Ok(text) = files.read(&root.join("package.json"))
        && let Ok(json) = serde_json::from_str::<serde_json::Value>(&text)
    {
        let lists = [&json["workspaces"], &json["workspaces"]["packages"]];
        let items = lists.into_iter().filter_map(serde_json::Value::as_array).flatten();
        globs.extend(items.filter_map(serde_json::Value::as_str).map(str::to_owned));
    }
    if let Ok(text) = files.read(&root.join("pnpm-workspace.yaml")) {
        let lines = text.lines().skip_while(|line| !line.starts_with("packages:")).skip(1);
        let items =
            lines.map(str::trim).take_while(|it| it.starts_with(['-', '#']) || it.is_empty());
        let items = items.filter_map(|it| it.strip_prefix('-'));
        globs.extend(items.map(|it| it.trim().trim_matches(['"', '\'']).to_owned()));
    }
    globs.iter().flat_map(|it| glob::expand(files, root, it).unwrap_or_default()).collect()
}

impl ModuleResolver for Disk {
    fn resolve(&self, specifier: &str, importer: &Path) -> Resolution {
        let is_relative = specifier.starts_with("./")
            || specifier.starts_with("../")
            || matches!(specifier, "." | "..");
        let found = if is_relative {
            self.relative.resolve_file(importer, specifier)
        } else {
            // A tsconfig that extends a package which is not installed fails every import, also
            // those that need no tsconfig.
            self.full
                .resolve_file(importer, specifier)
                .or_else(|_| self.relative.resolve_file(importer, specifier))
        };
        if let Ok(found) = found {
            return Resolution::File(found.into_path_buf());
        }
        if is_relative {
            return Resolution::NotFound(format!("no file `{specifier}` is there"));
        }
        let by_paths = tsconfig::candidates(
            self,
            &|package| self.resolve_in_workspace(package),
            importer,
            specifier,
        );
        let found = by_paths
            .iter()
            .find_map(|path| self.relative.resolve_file(importer, &path.to_string_lossy()).ok());
        if let Some(found) = found {
            return Resolution::File(found.into_path_buf());
        }
        match self.resolve_in_workspace(specifier) {
            Some(path) => Resolution::File(path),
            None => Resolution::NotFound(format!("the package of `{specifier}` is not installed")),
        }
    }
}

/// Whoever reads through the disk itself keeps what follows from it.
impl FileSystem for Disk {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.read_as(path, Settles::Content)
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.list(path, Settles::Content)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.is_file_as(path, Settles::Kind)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.is_dir_as(path, Settles::Kind)
    }

    fn reuse(&self, path: &Path) {
        self.look_at(path, Settles::Content);
    }
}

/// The disk for somebody who asks again in every run: see [`Disk::anew`].
pub struct Anew<'d>(&'d Disk);

impl FileSystem for Anew<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.0.read_as(path, Settles::Nothing)
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.0.list(path, Settles::Nothing)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file_as(path, Settles::Nothing)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.0.is_dir_as(path, Settles::Nothing)
    }

    fn reuse(&self, path: &Path) {
        self.0.look_at(path, Settles::Nothing);
    }
}

/// The disk for somebody who keeps texts: see [`Disk::texts`].
pub struct Texts<'d> {
    disk: &'d Disk,
    /// The files whose texts were asked for.
    read: Mutex<BTreeSet<PathBuf>>,
    asks_more: AtomicBool,
}

impl Texts<'_> {
    /// The texts that were asked for, as far as `sources` has them, and whether they are all that was asked.
    pub fn known(self, sources: &SourceMap) -> (Vec<Arc<SourceFile>>, bool) {
        let (mut texts, mut is_all) = (Vec::new(), !self.asks_more.into_inner());
        for path in self.read.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match sources.get(&path) {
                Some(text) => texts.push(text),
                None => {
                    // Whoever has read it knows what followed, and nobody knows the text.
                    self.disk.look_at(&path, Settles::Content);
                    is_all = false;
                }
            }
        }
        (texts, is_all)
    }

    fn note(&self, path: &Path) {
        if self.disk.memory.is_some() {
            self.disk.look_at(path, Settles::Nothing);
            self.read.lock().unwrap().insert(path.to_path_buf());
        }
    }

    fn more(&self) -> &Disk {
        self.asks_more.store(true, Ordering::Relaxed);
        self.disk
    }
}

impl FileSystem for Texts<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.note(path);
        self.disk.read_as(path, Settles::Nothing)
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        FileSystem::read_dir(self.more(), path)
    }

    fn is_file(&self, path: &Path) -> bool {
        FileSystem::is_file(self.more(), path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        FileSystem::is_dir(self.more(), path)
    }

    fn reuse(&self, path: &Path) {
        self.note(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_package_and_subpath() {
        assert_eq!(split_specifier("@acme/db/schema/users"), ("@acme/db", "schema/users"));
        assert_eq!(split_specifier("@acme/db"), ("@acme/db", ""));
        assert_eq!(split_specifier("db/schema"), ("db", "schema"));
        assert_eq!(split_specifier("db"), ("db", ""));
    }
}
