//! Which line of drizzle a project uses.

use std::path::Path;

use drift_model::FileSystem;
use drift_schema::DrizzleLine;

use crate::lockfile;

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

/// The version that the nearest `package.json` from `folder` upwards asks for; where it names none
/// (`latest`, `catalog:`), the one that the nearest lockfile holds. `None` where several versions
/// are held that differ, or none.
pub(crate) fn detect(files: &dyn FileSystem, folder: &Path) -> Option<DrizzleVersion> {
    folder.ancestors().find_map(|folder| {
        let (package, range) = requirement(files, folder)?;
        Some(parse(&range).or_else(|| locked(files, folder, package, &range)))
    })?
}

/// What the `package.json` of a directory asks for.
fn requirement(files: &dyn FileSystem, folder: &Path) -> Option<(&'static str, String)> {
    let text = files.read(&folder.join("package.json")).ok()?;
    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
    ["drizzle-orm", "drizzle-kit"].into_iter().find_map(|package| {
        let sections = ["dependencies", "devDependencies", "peerDependencies"];
        let range = sections.into_iter().find_map(|section| json[section][package].as_str())?;
        Some((package, range.to_owned()))
    })
}

fn locked(
    files: &dyn FileSystem,
    folder: &Path,
    package: &str,
    range: &str,
) -> Option<DrizzleVersion> {
    let versions = folder
        .ancestors()
        .map(|folder| lockfile::versions(files, folder, package, range))
        .find(|versions| !versions.is_empty())?;
    let mut versions = versions.iter().map(|it| parse(it));
    let first = versions.next()??;
    versions.all(|it| it == Some(first)).then_some(first)
}

fn parse(range: &str) -> Option<DrizzleVersion> {
    let version = range.trim_start_matches(['^', '~', '=', '>', '<', ' ', 'v']);
    let version =
        version.strip_prefix("npm:").and_then(|it| it.rsplit('@').next()).unwrap_or(version);
    if version == "beta" || version == "rc" {
        return Some(DrizzleVersion {
            line: DrizzleLine::V1,
            has_config_casing: version == "beta",
        });
    }
    let (major, rest) = version.split_once('.')?;
    if major.parse::<u32>().ok()? == 0 {
        return Some(DrizzleVersion { line: DrizzleLine::V0, has_config_casing: true });
    }
    Some(DrizzleVersion { line: DrizzleLine::V1, has_config_casing: rest.contains("-beta.") })
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
        assert_eq!(line("catalog:"), None);
        assert_eq!(line("latest"), None);
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
        let both = "drizzle-kit@beta:\n  version \"1.0.0-rc.1\"\n";
        assert_eq!(line(&format!("{latest}\n{lock}{both}")), None);
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
