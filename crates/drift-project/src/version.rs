//! Which line of drizzle a project uses.

use std::path::Path;

use drift_model::FileSystem;
use drift_schema::DrizzleLine;

/// What the nearest `package.json` says about drizzle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DrizzleVersion {
    pub(crate) line: DrizzleLine,
    /// Whether `casing` of the config still applies: up to 1.0.0-beta.22.
    ///
    /// Source: drizzle-orm `changelogs/drizzle-orm/1.0.0-rc.1.md`.
    pub(crate) has_config_casing: bool,
}

/// The version that the nearest `package.json` from `folder` upwards asks for; `None` where none
/// does, or in words (`latest`, `catalog:`) that name no version.
pub(crate) fn detect(files: &dyn FileSystem, folder: &Path) -> Option<DrizzleVersion> {
    for folder in folder.ancestors() {
        let Ok(text) = files.read(&folder.join("package.json")) else { continue };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        for package in ["drizzle-orm", "drizzle-kit"] {
            for section in ["dependencies", "devDependencies", "peerDependencies"] {
                if let Some(range) = json[section][package].as_str() {
                    return parse(range);
                }
            }
        }
    }
    None
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
