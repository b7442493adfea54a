//! The version that a lockfile or a catalog of versions holds a package at.
//!
//! A look at the text, not a parser: all that is asked is which version stands beside a name.

use std::path::Path;

use drift_model::FileSystem;

/// What a `package.json` asks for.
pub(crate) struct Asked<'a> {
    pub(crate) package: &'a str,
    pub(crate) range: &'a str,
    /// The directory of the `package.json`, from that of the lockfile on; empty for the same one.
    pub(crate) importer: &'a str,
}

/// The versions of a package in the text of a lockfile: that of whoever asks, where the file tells it, else
/// all.
type FindVersions = fn(text: &str, asked: &Asked<'_>) -> Vec<String>;

/// The versions in the lockfiles of `folder`, where a `package.json` asks in words that name none: `latest`,
/// `workspace:*`, or `catalog:`, which is looked up first.
pub(crate) fn versions(files: &dyn FileSystem, folder: &Path, asked: &Asked<'_>) -> Vec<String> {
    if let Some(found) = in_catalog(files, folder, asked.package, asked.range) {
        return vec![found];
    }
    const LOCKFILES: [(&str, FindVersions); 5] = [
        ("pnpm-lock.yaml", in_pnpm_lock),
        ("package-lock.json", in_npm_lock),
        ("npm-shrinkwrap.json", in_npm_lock),
        ("yarn.lock", in_yarn_lock),
        ("bun.lock", in_bun_lock),
    ];
    let found = LOCKFILES.iter().map(|(name, versions)| match files.read(&folder.join(name)) {
        Ok(text) => versions(&text, asked),
        Err(_) => Vec::new(),
    });
    found.into_iter().find(|it| !it.is_empty()).unwrap_or_default()
}

/// What the catalogs of `folder` hold for `catalog:` or `catalog:name`.
fn in_catalog(files: &dyn FileSystem, folder: &Path, package: &str, range: &str) -> Option<String> {
    let catalog = range.strip_prefix("catalog:")?;
    let read = |name: &str| files.read(&folder.join(name)).ok();
    let in_workspace = ["pnpm-workspace.yaml", ".yarnrc.yml"]
        .iter()
        .find_map(|name| read(name).and_then(|text| in_yaml_catalog(&text, catalog, package)));
    in_workspace
        .or_else(|| read("package.json").and_then(|it| in_json_catalog(&it, catalog, package)))
}

/// The range that `overrides` in the `pnpm-workspace.yaml` of `folder` put in place of any other.
pub(crate) fn pnpm_override(
    files: &dyn FileSystem,
    folder: &Path,
    package: &str,
) -> Option<String> {
    let text = files.read(&folder.join("pnpm-workspace.yaml")).ok()?;
    let range = yaml_entries(&text, &["overrides"])
        .find(|(key, _)| key.split('@').next() == Some(package))
        .map(|(_, range)| range.to_owned())?;
    in_catalog(files, folder, package, &range).or(Some(range))
}

/// The keys and values of the mapping at a path of keys, as far as they stand on a line of their own.
fn yaml_entries<'t>(text: &'t str, path: &[&str]) -> impl Iterator<Item = (&'t str, &'t str)> {
    // The keys that the line is in, and how far they are indented.
    let mut open: Vec<(usize, &str)> = Vec::new();
    text.lines().filter_map(move |line| {
        let content = line.trim_start();
        let (key, value) = content
            .split_once(": ")
            .or_else(|| Some((content.split(" #").next()?.trim_end().strip_suffix(':')?, "")))?;
        if content.starts_with('#') {
            return None;
        }
        let indent = line.len() - content.len();
        while open.last().is_some_and(|(outer, _)| *outer >= indent) {
            open.pop();
        }
        let value = value.split(" #").next().unwrap_or_default();
        let (key, value) = (unquoted(key), unquoted(value));
        let is_here = open.iter().map(|it| it.1).eq(path.iter().copied());
        open.push((indent, key));
        (is_here && !value.is_empty()).then_some((key, value))
    })
}

fn yaml_value<'t>(text: &'t str, path: &[&str], key: &str) -> Option<&'t str> {
    yaml_entries(text, path).find(|it| it.0 == key).map(|it| it.1)
}

/// `drizzle-orm: ^0.45.0` below `catalog:`, or below the name of a catalog below `catalogs:`.
fn in_yaml_catalog(text: &str, catalog: &str, package: &str) -> Option<String> {
    let catalog = catalog.trim();
    let found = match catalog {
        "" | "default" => yaml_value(text, &["catalog"], package)
            .or_else(|| yaml_value(text, &["catalogs", "default"], package)),
        _ => yaml_value(text, &["catalogs", catalog], package),
    };
    found.map(str::to_owned)
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

/// What the directory of whoever asks has below `importers`; else all, by [`after_name`].
fn in_pnpm_lock(text: &str, asked: &Asked<'_>) -> Vec<String> {
    let importer = if asked.importer.is_empty() { "." } else { asked.importer };
    let sections = ["dependencies", "devDependencies", "optionalDependencies"];
    // The rest of the file is long.
    let importers = text.find("\nimporters:").map_or("", |start| {
        let rest = &text[start + 1..];
        let is_next = |(at, _): &(usize, &str)| !rest[at + 1..].starts_with([' ', '\n', '\r']);
        let end = rest.match_indices('\n').find(is_next);
        &rest[..end.map_or(rest.len(), |it| it.0)]
    });
    let found = sections.iter().find_map(|section| {
        yaml_value(importers, &["importers", importer, section, asked.package], "version")
            .or_else(|| yaml_value(importers, &["importers", importer, section], asked.package))
    });
    match found.map(version_at) {
        Some(version) if version.starts_with(|it: char| it.is_ascii_digit()) => vec![version],
        _ => after_name(text, asked.package),
    }
}

/// `"@acme/db/drizzle-orm": ["drizzle-orm@0.45.1"` for the package that the directory of whoever asks has,
/// else `"drizzle-orm": ["drizzle-orm@0.45.1"`; else all, by [`after_name`].
fn in_bun_lock(text: &str, asked: &Asked<'_>) -> Vec<String> {
    let package = asked.package;
    let behind = |start: &str| text.split_once(start).map(|it| it.1);
    let of_importer = behind(&format!("\"{}\": {{", asked.importer))
        .and_then(|it| it.split_once("\"name\": \"")?.1.split('"').next());
    let Some(name) = of_importer else { return after_name(text, package) };
    [format!("{name}/{package}"), package.to_owned()]
        .iter()
        .find_map(|key| behind(&format!("\"{key}\": [\"{package}@")))
        .map_or_else(|| after_name(text, package), |version| vec![version_at(version)])
}

/// `"node_modules/drizzle-orm": { "version": "0.45.1"`, in the directory of whoever asks if it is there, else
/// at the root, else anywhere.
fn in_npm_lock(text: &str, asked: &Asked<'_>) -> Vec<String> {
    let own = format!("{}/node_modules/", asked.importer);
    let mut found: Vec<(&str, String)> = Vec::new();
    for (at, _) in text.match_indices(asked.package) {
        let Some(rest) = text[at + asked.package.len()..].strip_prefix("\":") else { continue };
        let folder = text[..at].rsplit('"').next().unwrap_or_default();
        let is_whole = folder.is_empty() || folder.ends_with("node_modules/");
        let Some(rest) = rest.trim_start().strip_prefix('{').filter(|_| is_whole) else { continue };
        let body = &rest[..rest.find('}').unwrap_or(rest.len())];
        let Some((_, version)) = body.split_once("\"version\":") else { continue };
        found.push((folder, version_at(version.trim_start_matches([' ', '"']))));
    }
    for folder in [&*own, "node_modules/"] {
        if let Some((_, version)) = found.iter().find(|it| it.0 == folder) {
            return vec![version.clone()];
        }
    }
    found.into_iter().map(|it| it.1).collect()
}

/// `drizzle-orm@^0.45.0:` and, on the next line, `version "0.45.1"` or `version: 0.45.1`; those alone
/// that are held for the range, if there are any.
fn in_yarn_lock(text: &str, asked: &Asked<'_>) -> Vec<String> {
    let mut lines = text.lines();
    let (mut found, mut of_range) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next() {
        let is_meant = |range: &str| range.strip_prefix("npm:").unwrap_or(range) == asked.range;
        let ranges = line.trim_end_matches(':').split(',').filter_map(|it| {
            unquoted(it).strip_prefix(asked.package).and_then(|it| it.strip_prefix('@'))
        });
        let ranges: Vec<&str> = ranges.collect();
        if !ranges.is_empty()
            && let Some(version) = lines.next().and_then(|it| it.trim().strip_prefix("version"))
        {
            let version = version_at(version.trim_start_matches([':', ' ', '"']));
            let is_of_range = ranges.iter().any(|it| is_meant(it));
            if is_of_range { &mut of_range } else { &mut found }.push(version);
        }
    }
    if of_range.is_empty() { found } else { of_range }
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
        let asked = Asked { package: "drizzle-orm", range, importer: "" };
        versions(&files, Path::new(""), &asked).join(" ")
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
    fn reads_overrides_of_pnpm() {
        let fixture = "//- pnpm-workspace.yaml
overrides:
  db>drizzle-orm: 0.1.0
  '@acme/drizzle-orm': 0.2.0
  \"drizzle-orm@^0.45.0\": 'npm:drizzle-orm@1.0.0-rc.5' # for now
catalog:
  drizzle-orm: 0.3.0
";
        let found = |fixture: &str| {
            let files = MemoryFileSystem::parse("unnamed", fixture);
            pnpm_override(&files, Path::new(""), "drizzle-orm")
        };
        assert_eq!(found(fixture).as_deref(), Some("npm:drizzle-orm@1.0.0-rc.5"));
        let fixture = "//- pnpm-workspace.yaml
catalogs:
  next:
    drizzle-orm: 1.0.0-rc.5
overrides:
  drizzle-orm: 'catalog:next'
";
        assert_eq!(found(fixture).as_deref(), Some("1.0.0-rc.5"));
        assert_eq!(
            found("//- pnpm-workspace.yaml\noverrides:\n  x: 1\ncatalog:\n  drizzle-orm: 1\n"),
            None
        );
    }

    #[test]
    fn the_package_that_asks_is_answered() {
        let check = |fixture: &str, importer: &str| {
            let files = MemoryFileSystem::parse("unnamed", fixture);
            let asked = Asked { package: "drizzle-orm", range: "latest", importer };
            versions(&files, Path::new(""), &asked).join(" ")
        };
        let pnpm = "//- pnpm-lock.yaml
lockfileVersion: '9.0'

overrides:
  drizzle-orm: 0.9.0

importers:

  .:
    devDependencies:
      drizzle-orm:
        specifier: ^0.44.0
        version: 0.44.2

  packages/db:
    dependencies:
      '@acme/drizzle-orm':
        specifier: latest
        version: 3.0.0
      drizzle-orm:
        specifier: latest
        version: 1.0.0-rc.5(pg@8.0.0)(drizzle-orm@0.1.0)

  packages/linked:
    dependencies:
      drizzle-orm:
        specifier: workspace:*
        version: link:../orm

packages:

  drizzle-orm@0.44.2:
    resolution: {}

  drizzle-orm@1.0.0-rc.5:
    resolution: {}
";
        assert_eq!(check(pnpm, "packages/db"), "1.0.0-rc.5");
        assert_eq!(check(pnpm, ""), "0.44.2");
        for other in ["packages/linked", "packages/other"] {
            assert_eq!(check(pnpm, other), "0.44.2 1.0.0-rc.5", "{other}");
        }
        let old = "//- pnpm-lock.yaml
lockfileVersion: 5.4
importers:
  apps/web:
    specifiers:
      drizzle-orm: latest
    dependencies:
      drizzle-orm: 0.26.0_pg@8.0.0
packages:
  /drizzle-orm/0.26.0_pg@8.0.0:
  /drizzle-orm/0.20.0:
";
        assert_eq!(check(old, "apps/web"), "0.26.0");
        let npm = r#"//- package-lock.json
{ "packages": { "packages/db": { "dependencies": { "drizzle-orm": "latest" } },
  "node_modules/drizzle-orm": { "version": "0.45.1" },
  "packages/db/node_modules/drizzle-orm": { "version": "1.0.0-beta.2" },
  "apps/x/node_modules/drizzle-orm": { "version": "0.1.0" } } }
"#;
        assert_eq!(check(npm, "packages/db"), "1.0.0-beta.2");
        assert_eq!(check(npm, "packages/other"), "0.45.1");
        let bun = r#"//- bun.lock
  "workspaces": {
    "": { "name": "root", },
    "packages/db": {
      "name": "@acme/db",
      "dependencies": { "drizzle-orm": "latest" },
    },
    "packages/web": { "name": "web", },
  },
  "packages": {
    "drizzle-orm": ["drizzle-orm@0.45.1", "", {}, "sha512"],
    "@acme/db/drizzle-orm": ["drizzle-orm@1.0.0-rc.5", "", {}, "sha512"],
  }
"#;
        assert_eq!(check(bun, "packages/db"), "1.0.0-rc.5");
        assert_eq!(check(bun, "packages/web"), "0.45.1");
        assert_eq!(check(bun, ""), "0.45.1");
        assert_eq!(check(bun, "packages/other"), "0.45.1 1.0.0-rc.5");
        let yarn = "//- yarn.lock
drizzle-orm@^0.44.0, drizzle-orm@^0.44.1:
  version \"0.44.2\"
\"drizzle-orm@npm:^1.0.0, drizzle-orm@npm:latest\":
  version: 1.0.0
\"drizzle-orm@npm:latest-1\":
  version: 0.1.0
";
        assert_eq!(check(yarn, ""), "1.0.0");
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
        assert_eq!(check(yarn, "latest"), "0.45.0");
        assert_eq!(check(yarn, "*"), "0.44.2 0.45.0");
        let bun = r#"//- bun.lock
  "drizzle-orm": ["drizzle-orm@0.45.1", "", { "peerDependencies": { "pg": ">=8" } }],
"#;
        assert_eq!(check(bun, "latest"), "0.45.1");
    }
}
