//! Which line of drizzle a project uses.

use std::path::Path;

use drift_model::FileSystem;
use drift_schema::DrizzleLine;

use crate::lockfile::{self, Asked};

/// What is to be known about the drizzle of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DrizzleVersion {
    pub(crate) line: DrizzleLine,
    /// Whether `casing` of the config still applies: up to 1.0.0-beta.22.
    ///
    /// Source: drizzle-orm `changelogs/drizzle-orm/1.0.0-rc.1.md`.
    pub(crate) has_config_casing: bool,
}

impl DrizzleVersion {
    /// The newest version of a line.
    pub(crate) fn newest_of(line: DrizzleLine) -> Self {
        Self { line, has_config_casing: line == DrizzleLine::V0 }
    }
}

/// The version that a package manager is told to take whatever is asked for; else the one that the
/// nearest `package.json` (or `deno.json`) from `folder` upwards asks for; where it names none (`latest`,
/// `catalog:`), the one that the nearest lockfile holds, else the one that is installed. `None` where
/// several versions are held that differ, or none.
pub(crate) fn detect(files: &dyn FileSystem, folder: &Path) -> Option<DrizzleVersion> {
    folder.ancestors().find_map(|folder| {
        let (package, range) = requirement(files, folder)?;
        let known = overridden(files, folder, package).or_else(|| parse(&range));
        let known = known.or_else(|| locked(files, folder, package, &range));
        Some(known.or_else(|| installed(files, folder, package)))
    })?
}

const PACKAGES: [&str; 2] = ["drizzle-orm", "drizzle-kit"];

/// What the `package.json` or `deno.json` of a directory asks for.
fn requirement(files: &dyn FileSystem, folder: &Path) -> Option<(&'static str, String)> {
    const SECTIONS: [&str; 4] =
        ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let find = |file: &str, sections: &[&str]| {
        let json = read_json(files, &folder.join(file))?;
        PACKAGES.into_iter().find_map(|package| {
            let range = sections.iter().find_map(|section| json[*section][package].as_str())?;
            Some((package, range.to_owned()))
        })
    };
    let of_deno = || ["deno.json", "deno.jsonc"].iter().find_map(|file| find(file, &["imports"]));
    find("package.json", &SECTIONS).or_else(of_deno)
}

/// The version that `overrides` of npm, pnpm and Bun or `resolutions` of Yarn ask for, which the root of
/// a workspace holds.
fn overridden(files: &dyn FileSystem, folder: &Path, package: &str) -> Option<DrizzleVersion> {
    folder.ancestors().find_map(|folder| {
        let of_pnpm = || parse(&lockfile::pnpm_override(files, folder, package)?);
        overridden_in_manifest(files, folder, package).or_else(of_pnpm)
    })
}

fn overridden_in_manifest(
    files: &dyn FileSystem,
    folder: &Path,
    package: &str,
) -> Option<DrizzleVersion> {
    let json = read_json(files, &folder.join("package.json"))?;
    let places = [&json["overrides"], &json["pnpm"]["overrides"], &json["resolutions"]];
    let all = places.into_iter().filter_map(serde_json::Value::as_object).flatten();
    all.into_iter().find_map(|(key, version)| {
        // `**/drizzle-orm` in Yarn, `drizzle-orm@0.30` in npm and pnpm
        let name = key.rsplit('/').next()?;
        let name = name.split('@').next()?;
        if name == package { parse(version.as_str()?) } else { None }
    })
}

/// The version that lies in `node_modules`.
fn installed(files: &dyn FileSystem, folder: &Path, package: &str) -> Option<DrizzleVersion> {
    folder.ancestors().find_map(|folder| {
        let manifest = folder.join("node_modules").join(package).join("package.json");
        parse(read_json(files, &manifest)?["version"].as_str()?)
    })
}

fn read_json(files: &dyn FileSystem, path: &Path) -> Option<serde_json::Value> {
    let text = files.read(path).ok()?;
    jsonc_parser::parse_to_serde_value(&text, &Default::default()).ok()
}

fn locked(
    files: &dyn FileSystem,
    folder: &Path,
    package: &str,
    range: &str,
) -> Option<DrizzleVersion> {
    let versions = folder
        .ancestors()
        .map(|root| {
            let importer = folder.strip_prefix(root).ok().and_then(Path::to_str);
            let importer = importer.unwrap_or_default();
            lockfile::versions(files, root, &Asked { package, range, importer })
        })
        .find(|versions| !versions.is_empty())?;
    let mut versions = versions.iter().map(|it| parse(it));
    let first = versions.next()??;
    versions.all(|it| it == Some(first)).then_some(first)
}

/// The version that a range asks for; `None` where it names none, or versions of both lines.
fn parse(range: &str) -> Option<DrizzleVersion> {
    let mut choices = range.split("||").map(parse_one);
    let first = choices.next()??;
    choices.all(|it| it == Some(first)).then_some(first)
}

fn parse_one(range: &str) -> Option<DrizzleVersion> {
    let range = range.trim();
    let range = range.strip_prefix("workspace:").unwrap_or(range);
    let range = range.strip_prefix("npm:").and_then(|it| it.rsplit('@').next()).unwrap_or(range);
    let version = range.trim_start_matches(['^', '~', '=', '>', '<', ' ', 'v']);
    if version == "beta" || version == "rc" {
        return Some(DrizzleVersion {
            line: DrizzleLine::V1,
            has_config_casing: version == "beta",
        });
    }
    // `1`, `0.x` and `1.0.0-beta.2`, but not `*`.
    let (major, rest) = version.split_once(['.', '-', ' ']).unwrap_or((version, ""));
    match major.parse::<u32>().ok()? {
        // `>0` and `>=0.30` may be anything that is newer.
        0 if range.starts_with('>') && !range.contains('<') => None,
        0 => Some(DrizzleVersion { line: DrizzleLine::V0, has_config_casing: true }),
        _ => Some(DrizzleVersion {
            line: DrizzleLine::V1,
            has_config_casing: rest.contains("-beta."),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drift_model::MemoryFileSystem;

    #[test]
    fn reads_ranges() {
        let line = |range| parse(range).map(|it| (it.line, it.has_config_casing));
        assert_eq!(line("^0.45.2"), Some((DrizzleLine::V0, true)));
        assert_eq!(line("1.0.0-beta.9-e89174b"), Some((DrizzleLine::V1, true)));
        assert_eq!(line("1.0.0-rc.5"), Some((DrizzleLine::V1, false)));
        assert_eq!(line("beta"), Some((DrizzleLine::V1, true)));
        for range in
            ["0.45.x", "0", "~0.30", ">=0.29 <1", "workspace:^0.45.0", "0.44 || ^0.45.0", "v0.1.0"]
        {
            assert_eq!(line(range), Some((DrizzleLine::V0, true)), "{range}");
        }
        assert_eq!(line("npm:drizzle-orm@^0.45.1"), Some((DrizzleLine::V0, true)));
        assert_eq!(line("npm:@acme/drizzle-orm@1.0.0-rc.2"), Some((DrizzleLine::V1, false)));
        assert_eq!(line("1"), Some((DrizzleLine::V1, false)));
        assert_eq!(line("^1.0.0-beta.2 || 1.0.0-beta.9-x"), Some((DrizzleLine::V1, true)));
        for range in [
            "catalog:",
            "latest",
            "*",
            "",
            "x",
            "workspace:*",
            "link:../orm",
            ">=0.29",
            "github:drizzle-team/drizzle-orm",
            "^0.45.0 || ^1.0.0",
            "https://pkg.pr.new/drizzle-orm@1.0.0",
            "file:./drizzle-orm-0.45.tgz",
        ] {
            assert_eq!(line(range), None, "{range}");
        }
    }

    #[test]
    fn asks_the_lockfile_where_no_version_is_named() {
        let line = |fixture: &str| {
            let files = MemoryFileSystem::parse("packages/db/package.json", fixture);
            detect(&files, Path::new("packages/db")).map(|it| it.line)
        };
        let catalog = r#"{ "dependencies": { "drizzle-orm": "catalog:" } }"#;
        let workspace = "//- pnpm-workspace.yaml\ncatalog:\n  drizzle-orm: 1.0.0-rc.5\n";
        assert_eq!(line(&format!("{catalog}\n{workspace}")), Some(DrizzleLine::V1));
        assert_eq!(line(catalog), None);
        let latest = r#"{ "devDependencies": { "drizzle-kit": "latest" } }"#;
        let lock = "//- yarn.lock\ndrizzle-kit@latest:\n  version \"0.31.0\"\n";
        assert_eq!(line(&format!("{latest}\n{lock}")), Some(DrizzleLine::V0));
        let beta = "drizzle-kit@beta:\n  version \"1.0.0-rc.1\"\n";
        assert_eq!(line(&format!("{latest}\n{lock}{beta}")), Some(DrizzleLine::V0));
        let next = lock.replace("latest", "next");
        assert_eq!(line(&format!("{latest}\n{next}{beta}")), None);
    }

    #[test]
    fn an_override_wins_over_what_is_asked_for() {
        let line = |root: &str| {
            let files = MemoryFileSystem::parse(
                "packages/db/package.json",
                &format!(
                    r#"{{ "dependencies": {{ "drizzle-orm": "^0.45.0" }} }}
//- package.json
{root}
"#
                ),
            );
            detect(&files, Path::new("packages/db")).map(|it| it.line)
        };
        for root in [
            r#"{ "overrides": { "drizzle-orm": "1.0.0-rc.5" } }"#,
            r#"{ "overrides": { "drizzle-orm@^0.45.0": "npm:drizzle-orm@1.0.0-rc.5" } }"#,
            r#"{ "pnpm": { "overrides": { "db>drizzle-kit": "0.1.0", "drizzle-orm": "1.0.0-rc.5" } } }"#,
            r#"{ "resolutions": { "**/drizzle-orm": "1.0.0-rc.5" } }"#,
        ] {
            assert_eq!(line(root), Some(DrizzleLine::V1), "{root}");
        }
        for root in
            [r#"{ "overrides": { "drizzle-orm": "$drizzle-orm" } }"#, "{ \"overrides\": 1 }", "["]
        {
            assert_eq!(line(root), Some(DrizzleLine::V0), "{root}");
        }
    }

    #[test]
    fn each_package_of_a_workspace_has_its_own_version() {
        let line = |folder: &str, more: &str| {
            let files = MemoryFileSystem::parse(
                "packages/a/package.json",
                &format!(
                    r#"{{ "dependencies": {{ "drizzle-orm": "*" }} }}
//- packages/b/package.json
{{ "dependencies": {{ "drizzle-orm": "*" }} }}
//- pnpm-lock.yaml
lockfileVersion: '9.0'
importers:
  packages/a:
    dependencies:
      drizzle-orm:
        specifier: '*'
        version: 0.45.1
  packages/b:
    dependencies:
      drizzle-orm:
        specifier: '*'
        version: 1.0.0-rc.5
packages:
  drizzle-orm@0.45.1:
  drizzle-orm@1.0.0-rc.5:
//- pnpm-workspace.yaml
packages:
  - packages/*
{more}
"#
                ),
            );
            detect(&files, Path::new(folder)).map(|it| it.line)
        };
        assert_eq!(line("packages/a", ""), Some(DrizzleLine::V0));
        assert_eq!(line("packages/b/src", ""), Some(DrizzleLine::V1));
        let overrides = "overrides:\n  drizzle-orm: 1.0.0-rc.5";
        assert_eq!(line("packages/a", overrides), Some(DrizzleLine::V1));
    }

    #[test]
    fn knows_what_is_installed_and_what_deno_asks_for() {
        let line = |fixture: &str| {
            let files = MemoryFileSystem::parse("unnamed", fixture);
            detect(&files, Path::new("db")).map(|it| it.line)
        };
        assert_eq!(
            line(
                r#"//- db/package.json
{ "dependencies": { "drizzle-orm": "latest" } }
//- node_modules/drizzle-orm/package.json
{ "version": "1.0.0-rc.5" }
"#
            ),
            Some(DrizzleLine::V1)
        );
        let deno = r#"//- deno.json
{ "imports": { "drizzle-orm": "npm:drizzle-orm@^0.45.0" }, /* comment */ }
"#;
        assert_eq!(line(deno), Some(DrizzleLine::V0));
    }

    #[test]
    fn looks_upwards() {
        let files = MemoryFileSystem::parse(
            "package.json",
            r#"{ "devDependencies": { "drizzle-orm": "~0.30.0" } }
//- packages/db/package.json
{ "name": "db" }
"#,
        );
        let found = detect(&files, Path::new("packages/db/configs"));
        assert_eq!(found.map(|it| it.line), Some(DrizzleLine::V0));
    }
}
