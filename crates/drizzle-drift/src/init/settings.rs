//! The text of a settings file: every key with a line about it, and what the project says itself.

use std::path::Path;

use drift_check::Analysis;
use drift_model::Engine;

use super::place::Place;
use super::templates;

/// What the template names where nothing is known.
const CONFIG: &str = "\"drizzle.config.ts\"";
const ENGINE: &str = "\"postgresql-17\"";
const DIALECT: &str = "\"dialect\": \"postgresql\"";
const PROJECTS: &str = "  // \"projects\": [\n";

/// The most projects that are named.
const MAX_NAMED: usize = 20;

/// Settings that change nothing about what is found.
pub(super) fn text(place: &Place, analyses: &[Analysis]) -> String {
    let mut text = templates::SETTINGS.to_owned();
    if place.has_package() {
        text = text.replace(&quoted(&schema_url()), "\"./node_modules/drizzle-drift/schema.json\"");
    }
    let first = analyses.first();
    if let Some(engine) = first.and_then(|it| it.engine) {
        text = text.replace(ENGINE, &quoted(&name(engine)));
    }
    if let Some(dialect) = first.and_then(|it| it.dialect) {
        let dialect = name(Engine::new(dialect));
        let dialect = dialect.split('-').next().unwrap_or_default();
        text = text.replace(DIALECT, &format!("\"dialect\": \"{dialect}\""));
    }
    if let Some(config) = first.and_then(|it| it.config.as_deref()) {
        text = text.replace(CONFIG, &quoted(&from(&place.folder, config)));
    }
    text.replacen(PROJECTS, &format!("{}{PROJECTS}", found(place, analyses)), 1)
}

/// The JSON Schema of the settings that this version reads.
fn schema_url() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "https://raw.githubusercontent.com/drizzle-drift/drizzle-drift/v{version}/schemas/\
         drizzle-drift.schema.json"
    )
}

/// A line for each project.
fn found(place: &Place, analyses: &[Analysis]) -> String {
    if analyses.is_empty() {
        return "  // None was found.\n".to_owned();
    }
    let mut lines = String::new();
    for analysis in analyses.iter().take(MAX_NAMED) {
        let what = analysis.config.as_deref().map(|it| from(&place.folder, it));
        // A name may hold any character, and must not end the comment.
        let what = quoted(what.as_deref().unwrap_or(&analysis.name));
        let engine = analysis.engine.map(|it| format!(", {}", it.product_name()));
        let folder = analysis.folder.as_deref().map(|it| from(&place.folder, it));
        let folder = folder.map(|it| format!(", migrations in {}", quoted(&it)));
        let (engine, folder) = (engine.unwrap_or_default(), folder.unwrap_or_default());
        lines += &format!("  // Found: {what}{engine}{folder}\n");
    }
    if analyses.len() > MAX_NAMED {
        lines += &format!("  // and {} more\n", analyses.len() - MAX_NAMED);
    }
    lines
}

/// As the settings call it, such as `mysql-8.4`.
fn name(engine: Engine) -> String {
    let (major, minor) = (engine.version() / 10_000, engine.version() / 100 % 100);
    let minor = if minor == 0 { String::new() } else { format!(".{minor}") };
    format!("{}-{major}{minor}", engine.product_name().to_lowercase())
}

/// A path as settings in `folder` write it.
fn from(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use drift_check::parse_engine;
    use drift_model::Dialect;

    use super::*;

    #[test]
    fn the_template_has_what_is_put_in_place_of() {
        for part in [&quoted(&schema_url()), CONFIG, ENGINE, DIALECT, PROJECTS] {
            assert!(templates::SETTINGS.contains(part), "{part}");
        }
    }

    #[test]
    fn servers_are_called_as_settings_call_them() {
        for (dialect, expected) in [
            (Dialect::PostgreSql, "postgresql-17"),
            (Dialect::MySql, "mysql-8.4"),
            (Dialect::Sqlite, "sqlite-3.45"),
        ] {
            assert_eq!(name(Engine::new(dialect)), expected);
        }
        for other in ["cockroachdb", "mariadb-10.11", "libsql", "d1"] {
            let engine = parse_engine(other).unwrap();
            assert!(name(engine).starts_with(other), "{}", name(engine));
            assert!(parse_engine(&name(engine)).is_ok());
        }
    }
}
