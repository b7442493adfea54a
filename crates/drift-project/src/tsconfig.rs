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

/// Where `paths` of the nearest tsconfig say that an import may lie, the first choice first.
pub(crate) fn candidates(
    files: &dyn FileSystem,
    find_package: FindPackage<'_>,
    importer: &Path,
    specifier: &str,
) -> Vec<PathBuf> {
    let nearest = importer.ancestors().skip(1).map(|it| it.join("tsconfig.json"));
    let Some(tsconfig) = nearest.into_iter().find(|it| files.is_file(it)) else {
        return Vec::new();
    };
    let Some((base, paths)) = paths_of(files, find_package, &tsconfig, DEPTH_LIMIT) else {
        return Vec::new();
    };
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
    targets.map(|target| normalize(&base.join(target.replacen('*', wildcard, 1)))).collect()
}

/// The `paths` that hold for a tsconfig, and the folder that they start from.
fn paths_of(
    files: &dyn FileSystem,
    find_package: FindPackage<'_>,
    tsconfig: &Path,
    depth: usize,
) -> Option<(PathBuf, serde_json::Map<String, Value>)> {
    let depth = depth.checked_sub(1)?;
    let text = files.read(tsconfig).ok()?;
    let config: Value = jsonc_parser::parse_to_serde_value(&text, &Default::default()).ok()?;
    let folder = tsconfig.parent()?;
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
        let path =
            if is_path { normalize(&folder.join(extended)) } else { find_package(extended)? };
        let with_extension = PathBuf::from(format!("{}.json", path.display()));
        let path = [path, with_extension].into_iter().find(|it| files.is_file(it))?;
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
