//! drizzle-kit started from a `package.json` script, with flags in place of a config.

use std::collections::BTreeMap;

use drift_model::Dialect;
use drift_schema::Casing;

use crate::config::{self, DrizzleConfig};

/// A script that generates migrations, and what its flags say.
pub(crate) struct Script {
    /// Its name.
    pub(crate) name: String,
    /// The flags, or what is wrong with one.
    pub(crate) config: Result<DrizzleConfig, String>,
}

/// The scripts of a `package.json` that call `drizzle-kit generate` with `--schema`, by name.
///
/// One that names a config is left to the config, and so is one whose flags are variables of the
/// shell.
pub(crate) fn find(manifest: &str) -> Vec<Script> {
    // Cheaper than to read every manifest of a workspace.
    if !manifest.contains("drizzle-kit generate") {
        return Vec::new();
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(manifest) else { return Vec::new() };
    let Some(scripts) = json["scripts"].as_object() else { return Vec::new() };
    let found = scripts.iter().filter_map(|(name, command)| {
        let config = commands(command.as_str()?).iter().find_map(|it| read(it))?;
        Some(Script { name: name.clone(), config })
    });
    found.collect()
}

/// The configs that the scripts of a `package.json` name with `--config`, as they are written there.
pub(crate) fn configs(manifest: &str) -> Vec<String> {
    if !manifest.contains("drizzle-kit") || !manifest.contains("--config") {
        return Vec::new();
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(manifest) else { return Vec::new() };
    let scripts = json["scripts"].as_object().into_iter().flatten();
    let commands = scripts.filter_map(|(_, it)| it.as_str()).flat_map(commands);
    let found = commands.filter_map(|words| {
        let start = words.iter().position(|it| it == "drizzle-kit")?;
        flag(&words[start + 1..], "config").filter(|path| !path.contains('$'))
    });
    found.collect()
}

/// The value of `--name value` or `--name=value`.
fn flag(words: &[String], name: &str) -> Option<String> {
    words.iter().enumerate().find_map(|(at, word)| {
        match word.strip_prefix("--")?.strip_prefix(name)? {
            "" => words.get(at + 1).cloned(),
            value => value.strip_prefix('=').map(str::to_owned),
        }
    })
}

/// The flags of one command; `None` where it does not say what to generate from what.
fn read(words: &[String]) -> Option<Result<DrizzleConfig, String>> {
    let start = words.iter().position(|it| it == "drizzle-kit")?;
    let legacy = words.get(start + 1)?.strip_prefix("generate")?;
    let flags = &words[start + 2..];
    let flag = |name: &str| flag(flags, name);
    let schema = flag("schema")?;
    let is_open = words.iter().any(|it| it.contains('$'));
    if is_open || flag("config").is_some() {
        return None;
    }
    let dialect = match (legacy, flag("dialect")) {
        (":pg", _) => Ok(Dialect::PostgreSql),
        (":mysql", _) => Ok(Dialect::MySql),
        (":sqlite", _) => Ok(Dialect::Sqlite),
        ("", Some(name)) => config::dialect(&name),
        // drizzle-kit refuses to start.
        _ => return None,
    };
    let casing: Result<Option<Casing>, String> =
        flag("casing").map(|it| config::casing(&it)).transpose();
    Some(dialect.and_then(|dialect| {
        Ok(DrizzleConfig {
            dialect: Some(dialect),
            schema: vec![schema],
            out: flag("out").unwrap_or_else(|| "./drizzle".to_owned()),
            casing: casing?,
            engine: None,
            places: BTreeMap::new(),
        })
    }))
}

/// The commands of a line of shell, each as its words without quotes.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word = String::new();
    let mut quote = None;
    for letter in line.chars().chain([' ']) {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, ' ' | '\t' | '\n' | '&' | '|' | ';') => {
                if !word.is_empty() {
                    commands.last_mut().expect("there is one").push(std::mem::take(&mut word));
                }
                if matches!(letter, '&' | '|' | ';') {
                    commands.push(Vec::new());
                }
            }
            _ => word.push(letter),
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &str) -> String {
        let manifest = serde_json::json!({ "scripts": { "db": command } }).to_string();
        let found = find(&manifest).into_iter().map(|script| match script.config {
            Ok(it) => {
                let dialect = it.dialect.map_or("-", Dialect::name);
                format!("{}: {dialect} {} {} {:?}", script.name, it.schema[0], it.out, it.casing)
            }
            Err(message) => format!("{}: {message}", script.name),
        });
        found.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn reads_flags_in_both_forms() {
        assert_eq!(
            check("drizzle-kit generate --dialect=postgresql --schema=./src/*.ts --out=./sql"),
            "db: postgresql ./src/*.ts ./sql None"
        );
        assert_eq!(
            check(
                "tsc && npx drizzle-kit generate --schema 'a b.ts' --dialect turso --casing snake_case"
            ),
            "db: sqlite a b.ts ./drizzle Some(SnakeCase)"
        );
        assert_eq!(
            check("drizzle-kit generate:mysql --schema=s.ts --out=o; echo done"),
            "db: mysql s.ts o None"
        );
    }

    #[test]
    fn leaves_everything_else_alone() {
        for command in [
            "drizzle-kit generate",
            "drizzle-kit generate --config=a.ts --schema=s.ts --dialect=mysql",
            "drizzle-kit generate --schema=s.ts",
            "drizzle-kit generate --schema=$SCHEMA --dialect=mysql",
            "drizzle-kit push --schema=s.ts --dialect=mysql",
            "echo 'drizzle-kit generate --schema=s.ts --dialect=mysql'",
        ] {
            assert_eq!(check(command), "", "{command}");
        }
    }

    #[test]
    fn knows_the_configs_that_are_named() {
        let manifest = r#"{ "scripts": {
            "a": "drizzle-kit push --config=./db/pg.ts && drizzle-kit generate --config db/lite.ts",
            "b": "drizzle-kit generate --config=$CONFIG", "c": "vite --config a.ts", "d": null } }"#;
        assert_eq!(configs(manifest), ["./db/pg.ts", "db/lite.ts"]);
    }

    #[test]
    fn says_which_flag_is_wrong() {
        let found = check("drizzle-kit generate --schema=s.ts --dialect=oracle");
        assert!(found.starts_with("db: unknown dialect `oracle`"), "{found}");
    }
}
