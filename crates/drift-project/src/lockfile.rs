//! The version that a lockfile or a catalog of versions holds a package at.
//!
//! A look at the text, not a parser: all that is asked is which version stands beside a name.

use std::path::Path;

use drift_model::FileSystem;

/// The versions of a package in the text of a lockfile.
type FindVersions = fn(text: &str, package: &str) -> Vec<String>;

/// The versions of `package` in the lockfiles of `folder`, where a `package.json` asks for it in
/// words that name none: `latest`, `workspace:*`, or `catalog:`, which is looked up first.
pub(crate) fn versions(
    files: &dyn FileSystem,
    folder: &Path,
    package: &str,
    range: &str,
) -> Vec<String> {
    let read = |name: &str| files.read(&folder.join(name)).ok();
    if let Some(catalog) = range.strip_prefix("catalog:") {
        let in_workspace = ["pnpm-workspace.yaml", ".yarnrc.yml"]
            .iter()
            .find_map(|name| read(name).and_then(|text| in_yaml_catalog(&text, catalog, package)));
        let found = in_workspace
            .or_else(|| read("package.json").and_then(|it| in_json_catalog(&it, catalog, package)));
        if let Some(found) = found {
            return vec![found];
        }
    }
    const LOCKFILES: [(&str, FindVersions); 5] = [
        ("pnpm-lock.yaml", after_name),
        ("package-lock.json", in_npm_lock),
        ("npm-shrinkwrap.json", in_npm_lock),
        ("yarn.lock", in_yarn_lock),
        ("bun.lock", after_name),
    ];
    let found = LOCKFILES.iter().map(|(name, versions)| match read(name) {
        Some(text) => versions(&text, package),
        None => Vec::new(),
    });
    found.into_iter().find(|it| !it.is_empty()).unwrap_or_default()
}

/// `drizzle-orm: ^0.45.0` below `catalog:`, or below the name of a catalog below `catalogs:`.
fn in_yaml_catalog(text: &str, catalog: &str, package: &str) -> Option<String> {
    let is_default = matches!(catalog.trim(), "" | "default");
    let mut section = "";
    let mut name = "";
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let (key, value) = (unquoted(key), unquoted(value.split(" #").next().unwrap_or_default()));
        if !line.starts_with([' ', '\t']) {
            (section, name) = (key, "");
        } else if value.is_empty() {
            name = key;
        } else if key == package {
            let is_meant = match section {
                "catalog" => is_default,
                "catalogs" => name == catalog.trim() || is_default && name == "default",
                _ => false,
            };
            if is_meant {
                return Some(value.to_owned());
            }
        }
    }
    None
}

/// As [`in_yaml_catalog`], in the `package.json` at the root of a Bun workspace.
fn in_json_catalog(text: &str, catalog: &str, package: &str) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    [&json, &json["workspaces"]].into_iter().find_map(|place| {
        let named = &place["catalogs"][catalog.trim()];
        let catalog = match catalog.trim() {
            "" | "default" if place["catalog"].is_object() => &place["catalog"],
            "" => &place["catalogs"]["default"],
            _ => named,
        };
        Some(catalog[package].as_str()?.to_owned())
    })
}

/// `drizzle-orm@0.45.1`, as pnpm and Bun name what they install; `/drizzle-orm/0.26.0` in old
/// files of pnpm.
fn after_name(text: &str, package: &str) -> Vec<String> {
    let is_start = |before: &str| {
        let before = before.strip_suffix('/').unwrap_or(before);
        before.is_empty() || before.ends_with([' ', '\n', '"', '\''])
    };
    let found = text.match_indices(package).filter_map(|(at, _)| {
        let version = text[at + package.len()..].strip_prefix(['@', '/'])?;
        (is_start(&text[..at]) && version.starts_with(|it: char| it.is_ascii_digit()))
            .then(|| version_at(version))
    });
    found.collect()
}

/// `"node_modules/drizzle-orm": { "version": "0.45.1"`
fn in_npm_lock(text: &str, package: &str) -> Vec<String> {
    let found = text.match_indices(package).filter_map(|(at, _)| {
        let rest = text[at + package.len()..].strip_prefix("\":")?.trim_start();
        let is_whole = text[..at].ends_with('"') || text[..at].ends_with("node_modules/");
        let rest = rest.strip_prefix('{').filter(|_| is_whole)?;
        let body = &rest[..rest.find('}').unwrap_or(rest.len())];
        let (_, version) = body.split_once("\"version\":")?;
        Some(version_at(version.trim_start_matches([' ', '"'])))
    });
    found.collect()
}

/// `drizzle-orm@^0.45.0:` and, on the next line, `version "0.45.1"` or `version: 0.45.1`.
fn in_yarn_lock(text: &str, package: &str) -> Vec<String> {
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let name = line.trim_start_matches('"').strip_prefix(package);
        if name.is_some_and(|it| it.starts_with('@'))
            && let Some(version) = lines.next().and_then(|it| it.trim().strip_prefix("version"))
        {
            found.push(version_at(version.trim_start_matches([':', ' ', '"'])));
        }
    }
    found
}

fn version_at(text: &str) -> String {
    text.chars().take_while(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-')).collect()
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use drift_model::MemoryFileSystem;

    use super::*;

    fn check(fixture: &str, range: &str) -> String {
        let files = MemoryFileSystem::parse("unnamed", fixture);
        versions(&files, Path::new(""), "drizzle-orm", range).join(" ")
    }

    #[test]
    fn reads_catalogs() {
        let workspace = "//- pnpm-workspace.yaml
packages:
  - apps/*
catalog:
  # drizzle-orm: 9.0.0
  'drizzle-orm': ^0.45.1 # the database
catalogs:
  next:
    drizzle-orm: 1.0.0-rc.5
overrides:
  drizzle-orm: 0.1.0
";
        assert_eq!(check(workspace, "catalog:"), "^0.45.1");
        assert_eq!(check(workspace, "catalog:default"), "^0.45.1");
        assert_eq!(check(workspace, "catalog:next"), "1.0.0-rc.5");
        assert_eq!(check(workspace, "catalog:other"), "");
        let bun = r#"//- package.json
{ "workspaces": { "packages": ["apps/*"], "catalog": { "drizzle-orm": "1.0.0-rc.1" } } }
"#;
        assert_eq!(check(bun, "catalog:"), "1.0.0-rc.1");
        assert_eq!(check(bun, "catalog:default"), "1.0.0-rc.1");
        let bun = r#"//- package.json
{ "catalogs": { "default": { "drizzle-orm": "0.45.1" }, "next": { "drizzle-orm": "1.0.0-rc.1" } } }
"#;
        assert_eq!(check(bun, "catalog:"), "0.45.1");
        assert_eq!(check(bun, "catalog:next"), "1.0.0-rc.1");
        let yarn = "//- .yarnrc.yml\nnodeLinker: node-modules\ncatalog:\n  drizzle-orm: ^0.45.1\n";
        assert_eq!(check(yarn, "catalog:"), "^0.45.1");
    }

    #[test]
    fn reads_each_kind_of_lockfile() {
        let pnpm = "//- pnpm-lock.yaml
  '@acme/drizzle-orm@3.0.0':
  drizzle-orm@0.45.1(pg@8.0.0):
  drizzle-orm-extras@2.0.0:
";
        assert_eq!(check(pnpm, "latest"), "0.45.1");
        assert_eq!(check("//- pnpm-lock.yaml\n  /drizzle-orm/0.26.0_pg:\n", "latest"), "0.26.0");
        let npm = r#"//- package-lock.json
{ "packages": { "": { "dependencies": { "drizzle-orm": "latest" } },
  "node_modules/drizzle-orm": { "version": "1.0.0-beta.2", "resolved": "" },
  "node_modules/@acme/drizzle-orm": { "version": "3.0.0" } } }
"#;
        assert_eq!(check(npm, "latest"), "1.0.0-beta.2");
        let yarn = "//- yarn.lock
drizzle-orm@^0.44.0:
  version \"0.44.2\"
\"drizzle-orm@npm:latest\":
  version: 0.45.0
drizzle-kit@latest:
  version \"0.31.0\"
";
        assert_eq!(check(yarn, "latest"), "0.44.2 0.45.0");
        let bun = r#"//- bun.lock
  "drizzle-orm": ["drizzle-orm@0.45.1", "", { "peerDependencies": { "pg": ">=8" } }],
"#;
        assert_eq!(check(bun, "latest"), "0.45.1");
    }
}
