//! Where settings, hooks and tasks would go, and what is there already.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use drift_model::FileSystem;
use drift_project::Disk;
use serde_json::Value;

/// The package, and the word by which files show that they know the command.
const NAME: &str = "drizzle-drift";

pub(super) struct Place {
    disk: Disk,
    /// Where the settings go, and what editors open; without symbolic links.
    pub(super) folder: PathBuf,
    /// The repository, which hooks and services work on.
    pub(super) root: PathBuf,
    /// What `package.json` of the repository says; null where there is none.
    manifest: Value,
}

impl Place {
    /// The root of the repository, or the folder that was asked for.
    ///
    /// # Errors
    /// It is not there.
    pub(super) fn find(current_directory: &Path, asked: Option<&Path>) -> anyhow::Result<Self> {
        let start =
            asked.map_or_else(|| current_directory.to_path_buf(), |it| current_directory.join(it));
        let start =
            start.canonicalize().with_context(|| format!("cannot enter {}", start.display()))?;
        let disk = Disk::new(&start);
        if !disk.is_dir(&start) {
            return Err(anyhow!("{} is no directory", start.display()));
        }
        let root = disk.root().to_path_buf();
        let folder = if asked.is_some() { start } else { root.clone() };
        let manifest = root.join("package.json");
        let manifest =
            Some(manifest).filter(|it| disk.is_file(it)).and_then(|it| disk.read(&it).ok());
        let manifest = manifest.and_then(|it| serde_json::from_str(&it).ok()).unwrap_or_default();
        Ok(Self { disk, folder, root, manifest })
    }

    /// Whether settings here hold for what hooks and services check.
    pub(super) fn is_root(&self) -> bool {
        self.folder == self.root
    }

    pub(super) fn is_file(&self, path: &Path) -> bool {
        // To a link that leads nowhere nothing can be added.
        path.is_file() && self.disk.is_file(path)
    }

    pub(super) fn is_dir(&self, path: &Path) -> bool {
        self.disk.is_dir(path)
    }

    /// The first of these names that a file in the folder has.
    pub(super) fn first_file(&self, folder: &Path, names: &[&str]) -> Option<PathBuf> {
        names.iter().map(|name| folder.join(name)).find(|path| self.is_file(path))
    }

    /// The files in a folder, none where it is not there.
    pub(super) fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let entries = self.disk.read_dir(folder).unwrap_or_default();
        let files = entries.into_iter().filter(|it| !it.is_dir);
        files.map(|it| folder.join(it.name)).filter(|it| self.is_file(it)).collect()
    }

    /// Whether a file has a word in it.
    pub(super) fn mentions(&self, path: &Path, word: &str) -> bool {
        self.is_file(path) && self.disk.read(path).is_ok_and(|text| text.contains(word))
    }

    /// Whether a file calls the command already.
    pub(super) fn knows_command(&self, path: &Path) -> bool {
        self.mentions(path, NAME)
    }

    /// A key of `package.json`.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.manifest.get(key).is_some()
    }

    /// Whether `package.json` lists a package.
    pub(super) fn depends_on(&self, package: &str) -> bool {
        let lists = ["dependencies", "devDependencies", "optionalDependencies"];
        lists.iter().any(|it| self.manifest[*it].get(package).is_some())
    }

    /// Whether the npm package is beside the settings, or is going to be.
    pub(super) fn has_package(&self) -> bool {
        let installed = self.folder.join("node_modules").join(NAME).join("schema.json");
        self.is_file(&installed) || self.is_root() && self.depends_on(NAME)
    }

    /// What adds the npm package; `None` where it is there, or there is no `package.json`.
    pub(super) fn installation(&self) -> Option<&'static str> {
        if self.manifest.is_null() || self.depends_on(NAME) {
            return None;
        }
        let has = |name: &str| self.is_file(&self.root.join(name));
        let is_workspace = self.has_key("workspaces");
        Some(if has("pnpm-lock.yaml") && has("pnpm-workspace.yaml") {
            "pnpm add --save-dev --workspace-root drizzle-drift"
        } else if has("pnpm-lock.yaml") {
            "pnpm add --save-dev drizzle-drift"
        } else if has("yarn.lock") && is_workspace && !has(".yarnrc.yml") {
            "yarn add --dev --ignore-workspace-root-check drizzle-drift"
        } else if has("yarn.lock") {
            "yarn add --dev drizzle-drift"
        } else if has("bun.lock") || has("bun.lockb") {
            "bun add --dev drizzle-drift"
        } else {
            "npm install --save-dev drizzle-drift"
        })
    }
}
