//! `paths` of a tsconfig that cannot be read as a whole.
//!
//! A tsconfig that extends a package which is not installed, or references a folder which is not
//! there, is refused by the resolver with everything it says, and fresh clones are full of those.
//! What can be read of it still says where its paths lead.

use std::path::{Path, PathBuf};

use drift_model::FileSystem;
use serde_json::Value;

use crate::glob::normalize;

/// How many configs are followed from `extends` to `extends`.
const DEPTH_LIMIT: usize = 16;

/// Finds the file of an `extends` that is no path.
pub(crate) type FindPackage<'a> = &'a dyn Fn(&str) -> Option<PathBuf>;

/// Where `paths` of the nearest tsconfig or jsconfig say that an import may lie, the first choice first;
/// then what those that it references say.
pub(crate) fn candidates(
    files: &dyn FileSystem,
    find_package: FindPackage<'_>,
    importer: &Path,
    specifier: &str,
) -> Vec<PathBuf> {
    let nearest = importer.ancestors().skip(1).flat_map(|folder| {
        ["tsconfig.json", "jsconfig.json"].into_iter().map(move |name| folder.join(name))
    });
    let Some(nearest) = nearest.into_iter().find(|it| files.is_file(it)) else {
        return Vec::new();
    };
    let referenced = references(files, &nearest);
    let found = std::iter::once(nearest).chain(referenced).find_map(|tsconfig| {
        let paths = paths_of(files, find_package, &tsconfig, DEPTH_LIMIT)?;
        Some(targets(&paths, tsconfig.parent()?, specifier)).filter(|it| !it.is_empty())
    });
    found.unwrap_or_default()
}

/// The files that `references` of a tsconfig name.
fn references(files: &dyn FileSystem, tsconfig: &Path) -> Vec<PathBuf> {
    let Some((folder, config)) = read(files, tsconfig) else { return Vec::new() };
    let paths = config["references"].as_array().into_iter().flatten();
    let paths = paths.filter_map(|it| it["path"].as_str()).map(|it| normalize(&folder.join(it)));
    paths.map(|it| if files.is_dir(&it) { it.join("tsconfig.json") } else { it }).collect()
}

fn read<'a>(files: &dyn FileSystem, tsconfig: &'a Path) -> Option<(&'a Path, Value)> {
    let text = files.read(tsconfig).ok()?;
    let config = jsonc_parser::parse_to_serde_value(&text, &Default::default()).ok()?;
    Some((tsconfig.parent()?, config))
}

/// What `specifier` means by `paths` that start from a folder, for the tsconfig in `config_dir`.
fn targets((base, paths): &(PathBuf, Paths), config_dir: &Path, specifier: &str) -> Vec<PathBuf> {
    let mut matches: Vec<(usize, &str, &Value)> = paths
        .iter()
        .filter_map(|(pattern, targets)| {
            let (prefix, wildcard) = match_pattern(pattern, specifier)?;
            Some((prefix, wildcard, targets))
        })
        .collect();
    // TypeScript takes the pattern with the longest part before its `*`.
    matches.sort_by_key(|(prefix, ..)| std::cmp::Reverse(*prefix));
    let Some((_, wildcard, targets)) = matches.first() else { return Vec::new() };
    let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
    let place = |target: &str| match target.strip_prefix("${configDir}") {
        Some(below) => config_dir.join(below.trim_start_matches('/')),
        None => base.join(target),
    };
    targets.map(|target| normalize(&place(&target.replacen('*', wildcard, 1)))).collect()
}

type Paths = serde_json::Map<String, Value>;

/// The `paths` that hold for a tsconfig, and the folder that they start from.
fn paths_of(
    files: &dyn FileSystem,
    find_package: FindPackage<'_>,
    tsconfig: &Path,
    depth: usize,
) -> Option<(PathBuf, Paths)> {
    let depth = depth.checked_sub(1)?;
    let (folder, config) = read(files, tsconfig)?;
    let options = &config["compilerOptions"];
    if let Some(paths) = options["paths"].as_object() {
        let base = options["baseUrl"].as_str().map_or(folder.to_path_buf(), |it| folder.join(it));
        return Some((base, paths.clone()));
    }
    let extended: Vec<&str> = match &config["extends"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    // A later one wins over an earlier one.
    extended.iter().rev().find_map(|extended| {
        let is_path = extended.starts_with('.') || extended.starts_with('/');
        let names = [
            (*extended).to_owned(),
            format!("{extended}.json"),
            format!("{extended}/tsconfig.json"),
        ];
        let paths = names.iter().filter_map(|name| match is_path {
            true => Some(normalize(&folder.join(name))),
            false => find_package(name),
        });
        let is_config =
            |path: &PathBuf| path.extension().is_some_and(|it| it == "json") && files.is_file(path);
        let path = paths.into_iter().find(is_config)?;
        paths_of(files, find_package, &path, depth)
    })
}

/// How long the fixed beginning of a matching pattern is, and what its `*` stands for.
fn match_pattern<'a>(pattern: &str, specifier: &'a str) -> Option<(usize, &'a str)> {
    match pattern.split_once('*') {
        None => (pattern == specifier).then_some((pattern.len(), "")),
        Some((prefix, suffix)) => {
            let wildcard = specifier.strip_prefix(prefix)?.strip_suffix(suffix)?;
            Some((prefix.len(), wildcard))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drift_model::MemoryFileSystem;

    fn check(fixture: &str, specifier: &str) -> Vec<PathBuf> {
        let files = MemoryFileSystem::parse("app/tsconfig.json", fixture);
        let find_package = |name: &str| (name == "@repo/base").then(|| PathBuf::from("base.json"));
        candidates(&files, &find_package, Path::new("app/src/schema.ts"), specifier)
    }

    #[test]
    fn reads_its_own_paths_whatever_it_extends() {
        let fixture = r#"{
            // Not installed.
            "extends": "@acme/typescript-config",
            "references": [{ "path": "../nowhere" }],
            "compilerOptions": { "paths": { "@db/*": ["../db/src/*"], "@db/schema": ["./s.ts"] } },
        }"#;
        assert_eq!(check(fixture, "@db/users"), [Path::new("db/src/users")]);
        assert_eq!(check(fixture, "@db/schema"), [Path::new("app/s.ts")]);
        assert!(check(fixture, "other").is_empty());
    }

    #[test]
    fn follows_what_can_be_followed() {
        let fixture = r#"{ "extends": ["@repo/base", "@acme/missing"] }
//- base.json
{ "extends": "./paths", "compilerOptions": {} }
//- paths.json
{ "compilerOptions": { "baseUrl": "lib", "paths": { "~/*": ["*", "gen/*"] } } }
"#;
        assert_eq!(check(fixture, "~/a"), [Path::new("lib/a"), Path::new("lib/gen/a")]);
    }

    #[test]
    fn ends_where_configs_extend_each_other() {
        assert!(check(r#"{ "extends": "./tsconfig.json" }"#, "~/a").is_empty());
    }
}
