//! The settings file: `drizzle-drift.json`, or `drizzleDrift` in a `package.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drift_model::{FileSystem, Level, SourceError, SourceMap, Span};
use jsonc_parser::CollectOptions;
use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};

use crate::config;
use crate::disk::Disk;
use crate::project_settings::{OrderSetting, ProjectSetting, Written};

const FILES: [&str; 2] = ["drizzle-drift.json", "drizzle-drift.jsonc"];
const MANIFEST: &str = "package.json";
const MANIFEST_KEY: &str = "drizzleDrift";

/// The settings as written; each key may be left out.
#[derive(Debug, Default)]
pub struct Settings {
    /// What `process.env.NAME` gives in configs and schemas.
    pub env: BTreeMap<String, String>,
    /// In the order in which they are written.
    pub rules: Vec<RuleSetting>,
    /// The server that runs the migrations of its dialect, as it is written.
    pub engine: Option<Written>,
    /// In the order in which they are written.
    pub projects: Vec<ProjectSetting>,
}

/// What the settings say about one rule.
#[derive(Debug)]
pub struct RuleSetting {
    /// As it is written; it may be the name of no rule.
    pub name: String,
    /// `None` switches it off.
    pub level: Option<Level>,
    /// Where the name is written.
    pub span: Span,
}

impl Settings {
    /// The keys there are, and those that are planned. Only this function knows them.
    fn read(object: &Object<'_>, reader: &Reader<'_>) -> Result<Self, SourceError> {
        let mut settings = Self::default();
        for property in &object.properties {
            match property.name.as_str() {
                "$schema" => drop(reader.text(property)?),
                "env" => settings.env = reader.env(property)?,
                "rules" => settings.rules = reader.rules(property)?,
                "engine" => settings.engine = Some(reader.written(property)?),
                "projects" => settings.projects = reader.projects(property)?,
                key @ ("policies" | "auditTables" | "ignore") => {
                    return Err(
                        reader.error(&property.name, format!("`{key}` is not supported yet"))
                    );
                }
                key => {
                    let known = ["$schema", "projects", "engine", "env", "rules"];
                    let message = unknown("key", key, &known);
                    return Err(reader.error(&property.name, message));
                }
            }
        }
        Ok(settings)
    }
}

/// Reads the settings that hold in `folder`: those of `file`, else the nearest upwards to the root of
/// the repository, else none.
///
/// # Errors
/// The file cannot be read, or says something that is not understood.
pub fn read_settings(
    disk: &Disk,
    sources: &SourceMap,
    folder: &Path,
    file: Option<&Path>,
) -> Result<Settings, SourceError> {
    find_and_read(disk, disk.root(), sources, folder, file)
}

fn find_and_read(
    files: &dyn FileSystem,
    root: &Path,
    sources: &SourceMap,
    folder: &Path,
    file: Option<&Path>,
) -> Result<Settings, SourceError> {
    if let Some(file) = file {
        let path = crate::glob::normalize(&folder.join(file));
        return Ok(read(files, sources, path)?.unwrap_or_default());
    }
    for folder in folder.ancestors().take_while(|it| it.starts_with(root)) {
        let found = FILES.iter().map(|name| folder.join(name)).find(|path| files.is_file(path));
        if let Some(path) = found {
            return Ok(read(files, sources, path)?.unwrap_or_default());
        }
        let manifest = folder.join(MANIFEST);
        let is_meant = files.read(&manifest).is_ok_and(|text| text.contains(MANIFEST_KEY));
        if is_meant && let Some(settings) = read(files, sources, manifest)? {
            return Ok(settings);
        }
    }
    Ok(Settings::default())
}

/// The settings of a file; `None` for a `package.json` that holds none.
fn read(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: PathBuf,
) -> Result<Option<Settings>, SourceError> {
    let failure = |span, message| SourceError { path: path.clone(), span, message };
    let file = sources.load(files, &path).map_err(|cause| failure(None, cause.to_string()))?;
    let place = |range: Range| Span::new(file.id, range.start as u32, range.end as u32);
    let options = CollectOptions::default();
    let parsed = jsonc_parser::parse_to_ast(&file.text, &options, &Default::default())
        .map_err(|cause| failure(Some(place(cause.range())), cause.kind().to_string()))?;
    let reader = Reader { path: &path, place: &place };
    let Some(value) = parsed.value else {
        return Err(failure(None, "the settings are no object".to_owned()));
    };
    if path.file_name().is_none_or(|it| it != MANIFEST) {
        return Settings::read(reader.object("the settings", &value)?, &reader).map(Some);
    }
    let Value::Object(manifest) = &value else { return Ok(None) };
    match manifest.get(MANIFEST_KEY) {
        Some(property) => {
            let object = reader.object(&format!("`{MANIFEST_KEY}`"), &property.value)?;
            Settings::read(object, &reader).map(Some)
        }
        None => Ok(None),
    }
}

/// Reads values of one file and says where they are wrong.
struct Reader<'a> {
    path: &'a Path,
    place: &'a dyn Fn(Range) -> Span,
}

impl Reader<'_> {
    fn error(&self, place: &impl Ranged, message: String) -> SourceError {
        let span = Some((self.place)(place.range()));
        SourceError { path: self.path.to_path_buf(), span, message }
    }

    fn object<'v, 't>(
        &self,
        name: &str,
        value: &'v Value<'t>,
    ) -> Result<&'v Object<'t>, SourceError> {
        match value {
            Value::Object(object) => Ok(object),
            _ => {
                let message = format!("{name} must be an object, not {}", kind(value));
                Err(self.error(value, message))
            }
        }
    }

    fn text(&self, property: &ObjectProp<'_>) -> Result<String, SourceError> {
        match &property.value {
            Value::StringLit(text) => Ok(text.value.to_string()),
            value => {
                let name = property.name.as_str();
                let message = format!("`{name}` must be a string, not {}", kind(value));
                Err(self.error(value, message))
            }
        }
    }

    fn env(&self, property: &ObjectProp<'_>) -> Result<BTreeMap<String, String>, SourceError> {
        let object = self.object("`env`", &property.value)?;
        let variables = object.properties.iter();
        variables.map(|it| Ok((it.name.as_str().to_owned(), self.text(it)?))).collect()
    }

    fn rules(&self, property: &ObjectProp<'_>) -> Result<Vec<RuleSetting>, SourceError> {
        let object = self.object("`rules`", &property.value)?;
        let rules = object.properties.iter().map(|it| {
            let level = match self.text(it)?.as_str() {
                "off" => None,
                "info" => Some(Level::Info),
                "warn" => Some(Level::Warn),
                "error" => Some(Level::Error),
                other => {
                    let message = unknown("level", other, &["off", "info", "warn", "error"]);
                    return Err(self.error(&it.value, message));
                }
            };
            let span = (self.place)(it.name.range());
            Ok(RuleSetting { name: it.name.as_str().to_owned(), level, span })
        });
        rules.collect()
    }

    fn written(&self, property: &ObjectProp<'_>) -> Result<Written, SourceError> {
        Ok(Written { text: self.text(property)?, span: (self.place)(property.value.range()) })
    }

    /// A string, or a list of strings.
    fn list(&self, property: &ObjectProp<'_>) -> Result<Vec<Written>, SourceError> {
        let Value::Array(items) = &property.value else { return Ok(vec![self.written(property)?]) };
        let name = property.name.as_str();
        let items = items.elements.iter().map(|item| match item {
            Value::StringLit(text) => {
                Ok(Written { text: text.value.to_string(), span: (self.place)(item.range()) })
            }
            _ => {
                let message = format!("`{name}` must be a list of strings, not of {}", kind(item));
                Err(self.error(item, message))
            }
        });
        items.collect()
    }

    fn projects(&self, property: &ObjectProp<'_>) -> Result<Vec<ProjectSetting>, SourceError> {
        match &property.value {
            Value::Array(items) => items.elements.iter().map(|it| self.project(it)).collect(),
            value => {
                let message = format!("`projects` must be a list, not {}", kind(value));
                Err(self.error(value, message))
            }
        }
    }

    fn project(&self, value: &Value<'_>) -> Result<ProjectSetting, SourceError> {
        const KEYS: [&str; 9] = [
            "config",
            "schema",
            "migrations",
            "dialect",
            "casing",
            "engine",
            "order",
            "apply",
            "skip",
        ];
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let path = |text: &str| crate::glob::normalize(&folder.join(text));
        let span = (self.place)(value.range());
        let mut project = ProjectSetting::new(self.path, span);
        for property in &self.object("a project", value)?.properties {
            let wrong = |message| self.error(&property.value, message);
            match property.name.as_str() {
                "config" => {
                    let config = self.written(property)?;
                    project.config = Some((path(&config.text), config.span));
                }
                "schema" => {
                    let schema = self.list(property)?;
                    project.schema = schema.into_iter().map(|it| it.text).collect();
                }
                "migrations" => project.migrations = Some(path(&self.text(property)?)),
                "dialect" => {
                    let dialect = config::dialect(&self.text(property)?);
                    project.dialect = Some(dialect.map_err(wrong)?);
                }
                "casing" => {
                    let casing = config::casing(&self.text(property)?);
                    project.casing = Some(casing.map_err(wrong)?);
                }
                "engine" => project.engine = Some(self.written(property)?),
                "order" => project.order = self.order(property)?,
                "apply" => project.apply = self.list(property)?,
                "skip" => project.skip = self.list(property)?,
                key => return Err(self.error(&property.name, unknown("key", key, &KEYS))),
            }
        }
        if project.names_nothing() {
            let message =
                "it must say which project is meant, by `config`, `migrations` or `schema`";
            return Err(self.error(value, message.to_owned()));
        }
        Ok(project)
    }

    fn order(&self, property: &ObjectProp<'_>) -> Result<OrderSetting, SourceError> {
        if let Value::Array(_) = property.value {
            return self.list(property).map(OrderSetting::Listed);
        }
        match self.text(property)?.as_str() {
            "journal" => Ok(OrderSetting::Journal),
            "name" => Ok(OrderSetting::Name),
            other => {
                let message = unknown("order", other, &["journal", "name"]);
                Err(self.error(&property.value, format!("{message}, or a list of files")))
            }
        }
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    // The first knows beginnings (`environment`), the second letters that changed places (`evn`).
    let likeness = |known: &str| {
        strsim::jaro_winkler(known, name)
            .max(strsim::normalized_damerau_levenshtein(known, name) + 0.15)
    };
    let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|it| likeness(it) > 0.7) {
        Some(nearest) => format!("unknown {what} `{name}`; did you mean `{nearest}`?"),
        None => format!("unknown {what} `{name}`: expected `{}`", known.join("`, `")),
    }
}

fn kind(value: &Value<'_>) -> &'static str {
    match value {
        Value::StringLit(_) => "a string",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "a boolean",
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        Value::NullKeyword(_) => "null",
    }
}

#[cfg(test)]
mod tests {
    use drift_model::MemoryFileSystem;
    use insta::assert_snapshot;

    use super::*;

    /// The settings that hold in `repo/packages/db`.
    fn check(fixture: &str, file: Option<&str>) -> String {
        let files = MemoryFileSystem::parse("repo/drizzle-drift.json", fixture);
        let sources = SourceMap::default();
        let folder = Path::new("repo/packages/db");
        match find_and_read(&files, Path::new("repo"), &sources, folder, file.map(Path::new)) {
            Ok(settings) => {
                let rules = settings.rules.iter().map(|it| format!("{} {:?}", it.name, it.level));
                format!("{:?} {:?}", settings.env, rules.collect::<Vec<_>>())
            }
            Err(error) => {
                let place = error.span.map(|span| {
                    let at = sources.file(span.file).line_column(span.start);
                    format!(":{}:{}", at.line, at.column)
                });
                let place = place.unwrap_or_default();
                format!("{}{place}: {}", error.path.display(), error.message)
            }
        }
    }

    #[test]
    fn reads_every_key() {
        assert_snapshot!(check(r#"{
            "$schema": "./schema.json", // a comment
            "env": { "TABLE_PREFIX": "app_", "EMPTY": "" },
            "rules": { "a": "off", "b": "info", "c": "warn", "d": "error" },
        }"#, None), @r#"{"EMPTY": "", "TABLE_PREFIX": "app_"} ["a None", "b Some(Info)", "c Some(Warn)", "d Some(Error)"]"#);
    }

    #[test]
    fn the_nearest_file_holds() {
        let of = |key: &str| format!(r#"{{ "env": {{ "{key}": "" }} }}"#);
        let manifest = format!(r#"{{ "name": "db", "drizzleDrift": {} }}"#, of("MANIFEST"));
        let root = of("ROOT");
        assert_snapshot!(check(&root, None), @r#"{"ROOT": ""} []"#);
        assert_snapshot!(check(&format!("{root}\n//- repo/packages/package.json\n{manifest}"), None), @r#"{"MANIFEST": ""} []"#);
        let jsonc = format!("//- repo/packages/drizzle-drift.jsonc\n{}", of("JSONC"));
        assert_snapshot!(check(&format!("{root}\n{jsonc}\n//- repo/packages/package.json\n{manifest}"), None), @r#"{"JSONC": ""} []"#);
        // A `package.json` that says nothing of it is none.
        assert_snapshot!(check(&format!("{root}\n//- repo/packages/db/package.json\n{{ \"drizzleDrifts\": 1 }}"), None), @r#"{"ROOT": ""} []"#);
        // Beyond the root of the repository nothing counts.
        assert_snapshot!(check(&format!("//- drizzle-drift.json\n{root}"), None), @"{} []");
        assert_snapshot!(check(&format!("{root}\n//- repo/ci.json\n{}", of("CI")), Some("../../ci.json")), @r#"{"CI": ""} []"#);
        assert_snapshot!(check(&root, Some("ci.json")), @"repo/packages/db/ci.json: entity not found");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in [
            r#"{ "evn": {} }"#,
            r#"{ "zzz": {} }"#,
            r#"{ "env": {}, "policies": [] }"#,
            "[]",
            "",
            r#"{ "env": [] }"#,
            "{\n  \"env\": { \"A\": 1 }\n}",
            r#"{ "rules": { "a": "warning" } }"#,
            r#"{ "rules": { "a": null } }"#,
            r#"{ "env" }"#,
        ] {
            let found = check(text, None);
            assert!(found.starts_with("repo/drizzle-drift.json"), "{text}: {found}");
        }
        assert_snapshot!(check(r#"{ "evn": {} }"#, None), @"repo/drizzle-drift.json:1:3: unknown key `evn`; did you mean `env`?");
        assert_snapshot!(check(r#"{ "environment": {} }"#, None), @"repo/drizzle-drift.json:1:3: unknown key `environment`; did you mean `env`?");
        assert_snapshot!(check(r#"{ "zzz": {} }"#, None), @"repo/drizzle-drift.json:1:3: unknown key `zzz`: expected `$schema`, `projects`, `engine`, `env`, `rules`");
        assert_snapshot!(check(r#"{ "env": {}, "policies": [] }"#, None), @"repo/drizzle-drift.json:1:14: `policies` is not supported yet");
        assert_snapshot!(check("[]", None), @"repo/drizzle-drift.json:1:1: the settings must be an object, not an array");
        assert_snapshot!(check("{\n  \"env\": { \"A\": 1 }\n}", None), @"repo/drizzle-drift.json:2:17: `A` must be a string, not a number");
        assert_snapshot!(check(r#"{ "rules": { "a": "warning" } }"#, None), @"repo/drizzle-drift.json:1:19: unknown level `warning`; did you mean `warn`?");
        assert_snapshot!(check(r#"{ "env" }"#, None), @"repo/drizzle-drift.json:1:9: Expected colon after the string or word in object property");
        assert_snapshot!(check("//- repo/package.json\n{ \"drizzleDrift\": { \"env\": true } }", None), @"repo/package.json:1:28: `env` must be an object, not a boolean");
    }
}
