//! What a drizzle config says.

use std::collections::BTreeMap;
use std::path::Path;

use drift_model::{Dialect, FileSystem, SourceError, SourceMap, Span};
use drift_schema::{Casing, ModuleResolver, PlainProperty, PlainValue, evaluate_default_export};
use jsonc_parser::CollectOptions;
use jsonc_parser::ast::Value;
use jsonc_parser::common::Range;

/// What to do about a config that cannot be read.
const STAND_IN: &str = "--schema, --migrations and --dialect can stand in for the config";

/// What to do where the environment decides.
pub(crate) const SET_ENV: &str = "`env` of the settings can tell";

/// Connection settings: they come from the environment, often through modules that are large.
const SKIPPED: [&str; 1] = ["dbCredentials"];

/// The fields of a drizzle config that concern foreign keys.
#[derive(Debug, Default, Clone)]
pub(crate) struct DrizzleConfig {
    /// `None` for a legacy config whose command line carried the dialect.
    pub(crate) dialect: Option<Dialect>,
    /// Paths and patterns; empty where the config has none, which is legal for `migrate`.
    pub(crate) schema: Vec<String>,
    /// The folder of migrations.
    pub(crate) out: String,
    pub(crate) casing: Option<Casing>,
    /// The server, where dialect or driver tell of another one than the usual.
    pub(crate) engine: Option<&'static str>,
    /// Where the config says so, by the name of the field.
    pub(crate) places: BTreeMap<&'static str, Span>,
}

impl DrizzleConfig {
    /// Whether it says the same, wherever it does.
    fn is_same(&self, other: &Self) -> bool {
        (self.dialect, &self.schema, &self.out, self.casing)
            == (other.dialect, &other.schema, &other.out, other.casing)
    }
}

/// Reads a drizzle config, evaluating TypeScript or JavaScript without running it: what it says, or
/// why that cannot be told, for each way in which conditions that are not known may turn out. Ways that
/// say the same are one.
///
/// It cannot be told where the file cannot be read, exports no object, or one of the fields cannot be
/// evaluated or has a value that drizzle-kit refuses.
pub(crate) fn read(
    files: &dyn FileSystem,
    resolver: &dyn ModuleResolver,
    sources: &SourceMap,
    path: &Path,
    env: &BTreeMap<String, String>,
) -> (Vec<DrizzleConfig>, Vec<SourceError>) {
    let values = if path.extension().is_some_and(|it| it == "json") {
        read_json(files, sources, path).map(|value| vec![value])
    } else {
        evaluate_default_export(files, resolver, sources, path, env, &SKIPPED)
    };
    let (mut configs, mut errors) = (Vec::<DrizzleConfig>::new(), Vec::<SourceError>::new());
    match values {
        Err(error) => errors.push(error),
        Ok(values) => {
            for value in &values {
                match from_value(value) {
                    Ok(config) if !configs.iter().any(|it| it.is_same(&config)) => {
                        configs.push(config);
                    }
                    Ok(_) => {}
                    Err((message, span)) if !errors.iter().any(|it| it.message == message) => {
                        errors.push(SourceError { path: path.to_path_buf(), span, message });
                    }
                    Err(_) => {}
                }
            }
        }
    }
    (configs, errors)
}

/// Whether the config has no field that drizzle-kit looks for, as far as is known.
pub(crate) fn says_nothing(
    files: &dyn FileSystem,
    resolver: &dyn ModuleResolver,
    sources: &SourceMap,
    path: &Path,
    env: &BTreeMap<String, String>,
) -> bool {
    const FIELDS: [&str; 5] = ["schema", "out", "dialect", "driver", "dbCredentials"];
    match evaluate_default_export(files, resolver, sources, path, env, &[]) {
        // Without a place, it is read and exports nothing; with one, it is broken.
        Err(error) => error.span.is_none(),
        Ok(values) => values.iter().all(|value| match value {
            PlainValue::Object(fields) => !fields.iter().any(|it| FIELDS.contains(&&*it.key)),
            _ => true,
        }),
    }
}

fn from_value(value: &PlainValue) -> Result<DrizzleConfig, (String, Option<Span>)> {
    match value {
        PlainValue::Object(fields) => {
            from_fields(fields).map_err(|(message, span)| (message, Some(span)))
        }
        PlainValue::Unknown(reason, span) => {
            let message =
                format!("cannot tell what the config exports: {reason}; {}", remedy(reason));
            Err((message, Some(*span)))
        }
        _ => Err(("the config exports no object".to_owned(), None)),
    }
}

fn read_json(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
) -> Result<PlainValue, SourceError> {
    let error = |span, message| SourceError { path: path.to_path_buf(), span, message };
    let file = sources.load(files, path).map_err(|cause| error(None, cause.to_string()))?;
    let span = |range: Range| Span::new(file.id, range.start as u32, range.end as u32);
    match jsonc_parser::parse_to_ast(&file.text, &CollectOptions::default(), &Default::default()) {
        Ok(parsed) => Ok(parsed.value.map_or(PlainValue::Undefined, |it| from_json(it, &span))),
        Err(cause) => Err(error(Some(span(cause.range())), cause.kind().to_string())),
    }
}

fn from_json(value: Value<'_>, span: &dyn Fn(Range) -> Span) -> PlainValue {
    match value {
        Value::NullKeyword(_) => PlainValue::Null,
        Value::BooleanLit(it) => PlainValue::Bool(it.value),
        Value::NumberLit(it) => PlainValue::Number(it.value.parse().unwrap_or(f64::NAN)),
        Value::StringLit(it) => PlainValue::String(it.value.into_owned()),
        Value::Array(array) => {
            PlainValue::Array(array.elements.into_iter().map(|it| from_json(it, span)).collect())
        }
        Value::Object(object) => PlainValue::Object(
            object
                .properties
                .into_iter()
                .map(|property| PlainProperty {
                    span: span(property.range),
                    key: property.name.into_string(),
                    value: from_json(property.value, span),
                })
                .collect(),
        ),
    }
}

type FieldError = (String, Span);

fn from_fields(fields: &[PlainProperty]) -> Result<DrizzleConfig, FieldError> {
    let dialect = match get(fields, "dialect") {
        Some(field) => Some(dialect(string(field)?).map_err(|message| (message, field.span))?),
        None => get(fields, "driver").map(string).transpose()?.and_then(dialect_of_driver),
    };
    let engine = ["dialect", "driver"].into_iter().find_map(|key| {
        let field = get(fields, key)?;
        engine(string(field).ok()?)
    });
    let casing = match get(fields, "casing") {
        None => None,
        Some(field) => Some(casing(string(field)?).map_err(|message| (message, field.span))?),
    };
    let out = get(fields, "out").map(string).transpose()?.unwrap_or("./drizzle").to_owned();
    let schema = get(fields, "schema").map(strings).transpose()?.unwrap_or_default();
    let place = |key| get(fields, key).map(|field| (key, field.span));
    let places = ["dialect", "schema", "out", "casing"].into_iter().filter_map(place).collect();
    Ok(DrizzleConfig { dialect, schema, out, casing, engine, places })
}

/// The field of that name, unless it is `undefined` or `null`; what could not be spread in its
/// place where it is not there.
fn get<'a>(fields: &'a [PlainProperty], key: &str) -> Option<&'a PlainProperty> {
    let field = fields.iter().rfind(|it| it.key == key);
    let field = field.or_else(|| fields.iter().find(|it| it.key == "..."))?;
    (!matches!(field.value, PlainValue::Undefined | PlainValue::Null)).then_some(field)
}

fn string(field: &PlainProperty) -> Result<&str, FieldError> {
    string_of(&field.value, field)
}

fn string_of<'a>(value: &'a PlainValue, field: &PlainProperty) -> Result<&'a str, FieldError> {
    let key = &field.key;
    match value {
        PlainValue::String(text) => Ok(text),
        PlainValue::Unknown(reason, span) => {
            let message = format!("cannot tell the value of `{key}`: {reason}; {}", remedy(reason));
            Err((message, *span))
        }
        _ => Err((format!("`{key}` is no string"), field.span)),
    }
}

fn strings(field: &PlainProperty) -> Result<Vec<String>, FieldError> {
    match &field.value {
        PlainValue::Array(items) => {
            items.iter().map(|item| string_of(item, field).map(str::to_owned)).collect()
        }
        value => Ok(vec![string_of(value, field)?.to_owned()]),
    }
}

fn remedy(reason: &str) -> &'static str {
    let is_environment = reason.contains("process.env") || reason.contains("condition");
    if is_environment { SET_ENV } else { STAND_IN }
}

/// The casing that drizzle-kit calls `name`.
///
/// # Errors
/// drizzle-kit does not know it.
pub(crate) fn casing(name: &str) -> Result<Casing, String> {
    match name {
        "snake_case" => Ok(Casing::SnakeCase),
        "camelCase" => Ok(Casing::CamelCase),
        _ => Err(format!("unknown casing `{name}`: expected `snake_case` or `camelCase`")),
    }
}

/// The dialect that drizzle-kit calls `name`.
///
/// # Errors
/// drizzle-kit does not know it, or this tool does not read it.
pub(crate) fn dialect(name: &str) -> Result<Dialect, String> {
    match name {
        "postgresql" | "cockroach" => Ok(Dialect::PostgreSql),
        "mysql" => Ok(Dialect::MySql),
        "sqlite" | "turso" => Ok(Dialect::Sqlite),
        "singlestore" | "gel" | "mssql" | "duckdb" => {
            Err(format!("the dialect `{name}` is not supported: its foreign keys are not read yet"))
        }
        "postgres" | "pg" => {
            Err(format!("unknown dialect `{name}`: drizzle-kit calls it `postgresql`"))
        }
        _ => Err(format!(
            "unknown dialect `{name}`: expected `postgresql`, `mysql`, `sqlite` or `turso`"
        )),
    }
}

/// The server that a dialect or driver of drizzle-kit stands for, where it is not the usual one of its
/// dialect.
///
/// Source: `driver` and `dialect` in drizzle-kit, `src/cli/validations/common.ts`.
fn engine(name: &str) -> Option<&'static str> {
    match name {
        "turso" => Some("libsql"),
        "d1" | "d1-http" => Some("d1"),
        "cockroach" => Some("cockroachdb"),
        _ => None,
    }
}

/// The dialect of a config from before there was a `dialect`.
fn dialect_of_driver(driver: &str) -> Option<Dialect> {
    match driver {
        "pg" | "aws-data-api" | "pglite" => Some(Dialect::PostgreSql),
        "mysql2" | "mysql" => Some(Dialect::MySql),
        "better-sqlite" | "better-sqlite3" | "libsql" | "turso" | "d1" | "d1-http" | "expo"
        | "durable-sqlite" => Some(Dialect::Sqlite),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<DrizzleConfig, String> {
        let mut files = drift_model::MemoryFileSystem::default();
        files.insert("drizzle.config.json", json);
        let path = Path::new("drizzle.config.json");
        let value = read_json(&files, &SourceMap::default(), path).map_err(|it| it.message)?;
        let PlainValue::Object(fields) = value else { return Err("no object".to_owned()) };
        from_fields(&fields).map_err(|(message, _)| message)
    }

    #[test]
    fn reads_the_fields_and_their_defaults() {
        let config = check(r#"{ "dialect": "turso", "schema": "./a.ts", /* comment */ }"#).unwrap();
        assert_eq!(config.dialect, Some(Dialect::Sqlite));
        assert_eq!(
            (config.schema, config.out),
            (vec!["./a.ts".to_owned()], "./drizzle".to_owned())
        );
        assert_eq!(config.engine, Some("libsql"));
        let config = check(r#"{ "dialect": "sqlite", "driver": "d1-http" }"#).unwrap();
        assert_eq!(config.engine, Some("d1"));
        let config = check(r#"{ "dialect": "postgresql", "driver": "aws-data-api" }"#).unwrap();
        assert_eq!(config.engine, None);
        let config = check(r#"{ "dialect": "cockroach" }"#).unwrap();
        assert_eq!(config.dialect, Some(Dialect::PostgreSql));
        let config =
            check(r#"{ "driver": "d1", "schema": ["a", "b"], "casing": "camelCase" }"#).unwrap();
        assert_eq!(
            (config.dialect, config.casing),
            (Some(Dialect::Sqlite), Some(Casing::CamelCase))
        );
        assert_eq!(config.schema.len(), 2);
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(
            check(r#"{ "dialect": "oracle" }"#).unwrap_err().contains("unknown dialect `oracle`")
        );
        assert!(check(r#"{ "dialect": "gel" }"#).unwrap_err().contains("not supported"));
        assert!(check(r#"{ "dialect": 1 }"#).unwrap_err().contains("no string"));
        assert!(check("{").is_err());
    }
}
