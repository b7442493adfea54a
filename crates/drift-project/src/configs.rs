//! Finding drizzle configs below a directory.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use drift_model::FileSystem;
use ignore::WalkBuilder;

use crate::{scripts, walk};

const MANIFEST: &str = "package.json";

const EXTENSIONS: [&str; 7] = ["ts", "mts", "cts", "js", "mjs", "cjs", "json"];

/// What lies below a folder, sorted, without what git ignores and `node_modules`.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Drizzle configs.
    pub(crate) configs: Vec<PathBuf>,
    /// Every `package.json`.
    pub(crate) manifests: Vec<PathBuf>,
}

/// Every drizzle config below `folder`, and what else is worth knowing of the same walk.
///
/// `drizzle.config.ts` and variants of the name (`drizzle.config.pg.ts`, `drizzle-admin.config.ts`)
/// count by name; another `*.config.*` counts where it imports `drizzle-kit`, since the command line
/// of drizzle-kit takes any, and a `package.json` counts whose scripts start drizzle-kit with flags in
/// place of a config, or name a config.
pub(crate) fn find(files: &dyn FileSystem, folder: &Path) -> Found {
    let seen = walk::find(folder, may_be_config, |entry| {
        let (name, path) = (entry.name, &entry.path);
        // One that has the name but is a link, or no file at all, is not passed over: reading it says
        // what is wrong with it.
        let is_config = match entry.is_file() {
            true => is_config(files, name, path),
            false => classify(name) == Name::Drizzle && files.is_file(path),
        };
        let is_manifest = name == MANIFEST;
        (is_config || is_manifest).then_some((entry.path, is_config, is_manifest))
    });
    let mut found = Found::default();
    for (path, is_config, is_manifest) in seen {
        if is_manifest {
            found.manifests.push(path.clone());
        }
        if is_config {
            found.configs.push(path);
        }
    }
    found.configs.sort_unstable();
    drop_links_among(&mut found.configs);
    found.manifests.sort_unstable();
    found
}

/// Every `package.json` below `folder`, sorted.
pub(crate) fn manifests(folder: &Path) -> Vec<PathBuf> {
    // All that resolve an import wait for them.
    let mut found = walk::find_alone(folder, |name| name == MANIFEST, |entry| Some(entry.path));
    found.sort_unstable();
    found
}

/// A link to a config that was found by itself is no other config.
fn drop_links_among(found: &mut Vec<PathBuf>) {
    if found.iter().any(|it| it.is_symlink()) {
        let is_other = |it: &&PathBuf| !it.is_symlink();
        let others: HashSet<PathBuf> =
            found.iter().filter(is_other).filter_map(|it| it.canonicalize().ok()).collect();
        found.retain(|it| {
            let target = it.is_symlink().then(|| it.canonicalize().ok()).flatten();
            target.is_none_or(|target| !others.contains(&target))
        });
    }
}

/// What is looked at to find configs.
pub(crate) fn walk(folder: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(folder);
    walk.require_git(false).filter_entry(|entry| entry.file_name() != walk::PACKAGES);
    walk
}

/// Whether a file of that name is looked at.
pub(crate) fn may_be_config(name: &str) -> bool {
    classify(name) != Name::Unrelated
}

fn is_config(files: &dyn FileSystem, name: &str, path: &Path) -> bool {
    match classify(name) {
        Name::Drizzle => true,
        Name::OtherConfig => files.read(path).is_ok_and(|text| imports_drizzle_kit(&text)),
        Name::Manifest => files.read(path).is_ok_and(|text| {
            !scripts::find(&text).is_empty() || !scripts::configs(&text).is_empty()
        }),
        Name::Unrelated => false,
    }
}

/// Whether a path that was found is a `package.json`.
pub(crate) fn is_manifest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == MANIFEST)
}

/// Whether a config by its name seems to be one of another tool, such as drizzle-zero: it imports that, and
/// not drizzle-kit, and hands no fields of a config to anything. `drizzle.config.ts` is what drizzle-kit
/// reads if not told otherwise.
pub(crate) fn seems_of_another_tool(path: &Path, text: &str) -> bool {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let is_other = |package: &str| {
        package.starts_with("drizzle-") && !matches!(package, "drizzle-kit" | "drizzle-orm")
    };
    let is_kit = ["dialect:", "dialect =", "dbCredentials"].iter().any(|it| text.contains(it));
    !name.starts_with("drizzle.config.")
        && !is_kit
        && imported_packages(text).any(is_other)
        && !imports_drizzle_kit(text)
}

fn imports_drizzle_kit(text: &str) -> bool {
    imported_packages(text).any(|it| it == "drizzle-kit")
}

/// The packages without a scope that start with `drizzle-` and are imported by the text, rather than named in
/// a list or a comment.
fn imported_packages(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("drizzle-").filter_map(|(at, _)| {
        let before = text[..at].strip_suffix(['"', '\''])?.trim_end();
        let is_imported = before.ends_with("from") || before.ends_with("require(");
        let end = text[at..].find(['"', '\''])?;
        let specifier = &text[at..at + end];
        is_imported.then(|| specifier.split('/').next().unwrap_or(specifier))
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Name {
    Drizzle,
    OtherConfig,
    Manifest,
    Unrelated,
}

fn classify(name: &str) -> Name {
    if name == MANIFEST {
        return Name::Manifest;
    }
    // Nearly all files of a repository.
    if !name.contains("config") {
        return Name::Unrelated;
    }
    let mut words: Vec<&str> = name.split('.').collect();
    let is_module = words.pop().is_some_and(|extension| EXTENSIONS.contains(&extension));
    let is_test = words.iter().any(|word| matches!(*word, "test" | "spec" | "d"));
    if !is_module || is_test || !words.contains(&"config") {
        return Name::Unrelated;
    }
    let is_drizzle = words[0].split(['-', '_']).next() == Some("drizzle");
    match (is_drizzle, name.ends_with(".json")) {
        (true, _) => Name::Drizzle,
        (false, false) => Name::OtherConfig,
        (false, true) => Name::Unrelated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_configs_by_name() {
        for name in [
            "drizzle.config.ts",
            "drizzle.config.pg.mts",
            "drizzle-admin.config.js",
            "drizzle.config.json",
        ] {
            assert_eq!(classify(name), Name::Drizzle, "{name}");
        }
        for name in ["mysql.config.ts", "vite.config.mjs"] {
            assert_eq!(classify(name), Name::OtherConfig, "{name}");
        }
        for name in
            ["drizzle.config.test.ts", "drizzle-config.ts", "drizzle.config.md", "a.config.json"]
        {
            assert_eq!(classify(name), Name::Unrelated, "{name}");
        }
    }

    #[test]
    fn knows_an_import_from_a_mention() {
        assert!(imports_drizzle_kit("import type { Config } from 'drizzle-kit';"));
        assert!(imports_drizzle_kit("const { defineConfig } = require(\"drizzle-kit\")"));
        assert!(!imports_drizzle_kit("const external = ['drizzle-kit']; // drizzle-kit"));
        assert!(!imports_drizzle_kit("import x from 'drizzle-kit-extras'"));
    }
}
