//! What a drizzle config says.

use std::collections::BTreeMap;
use std::path::Path;

use drift_model::{Dialect, FileSystem, SourceError, SourceMap, Span};
use drift_schema::{Casing, ModuleResolver, PlainValue, evaluate_default_export};

/// What to do about a config that cannot be read.
const STAND_IN: &str = "--schema, --migrations and --dialect can stand in for the config";

/// The fields of a drizzle config that concern foreign keys.
#[derive(Debug, Default)]
pub(crate) struct DrizzleConfig {
    /// `None` for a legacy config whose command line carried the dialect.
    pub(crate) dialect: Option<Dialect>,
    /// Paths and patterns; empty where the config has none, which is legal for `migrate`.
    pub(crate) schema: Vec<String>,
    /// The folder of migrations.
    pub(crate) out: String,
    pub(crate) casing: Option<Casing>,
}

/// Reads a drizzle config, evaluating TypeScript or JavaScript without running it.
///
/// # Errors
/// The file cannot be read, exports no object, or one of the fields cannot be evaluated or has a
/// value that drizzle-kit refuses.
pub(crate) fn read(
    files: &dyn FileSystem,
    resolver: &dyn ModuleResolver,
    sources: &SourceMap,
    path: &Path,
    env: &BTreeMap<String, String>,
) -> Result<DrizzleConfig, SourceError> {
    let value = if path.extension().is_some_and(|it| it == "json") {
        read_json(files, sources, path)?
    } else {
        evaluate_default_export(files, resolver, sources, path, env)?
    };
    let error = |span, message| SourceError { path: path.to_path_buf(), span, message };
    let fields = match value {
        PlainValue::Object(fields) => fields,
        PlainValue::Unknown(reason, span) => {
            return Err(error(
                Some(span),
                format!("cannot tell what the config exports: {reason}"),
            ));
        }
        _ => return Err(error(None, "the config exports no object".to_owned())),
    };
    from_fields(&fields).map_err(|(message, span)| error(span, message))
}

fn read_json(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
) -> Result<PlainValue, SourceError> {
    let error = |message| SourceError { path: path.to_path_buf(), span: None, message };
    let file = sources.load(files, path).map_err(|cause| error(cause.to_string()))?;
    let value =
        jsonc_parser::parse_to_serde_value::<serde_json::Value>(&file.text, &Default::default());
    match value {
        Ok(value) => Ok(from_json(value)),
        Err(cause) => {
            let range = cause.range();
            let span = Span::new(file.id, range.start as u32, range.end as u32);
            Err(SourceError { span: Some(span), ..error(cause.kind().to_string()) })
        }
    }
}

fn from_json(value: serde_json::Value) -> PlainValue {
    match value {
        serde_json::Value::Null => PlainValue::Null,
        serde_json::Value::Bool(it) => PlainValue::Bool(it),
        serde_json::Value::Number(it) => PlainValue::Number(it.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(it) => PlainValue::String(it),
        serde_json::Value::Array(items) => {
            PlainValue::Array(items.into_iter().map(from_json).collect())
        }
        serde_json::Value::Object(fields) => PlainValue::Object(
            fields.into_iter().map(|(key, value)| (key, from_json(value))).collect(),
        ),
    }
}

type FieldError = (String, Option<Span>);

fn from_fields(fields: &[(String, PlainValue)]) -> Result<DrizzleConfig, FieldError> {
    let dialect = match text(fields, "dialect")? {
        Some(name) => Some(dialect(name).map_err(|message| (message, None))?),
        None => text(fields, "driver")?.and_then(dialect_of_driver),
    };
    let casing = match text(fields, "casing")? {
        None => None,
        Some("snake_case") => Some(Casing::SnakeCase),
        Some("camelCase") => Some(Casing::CamelCase),
        Some(other) => return Err((format!("unknown casing `{other}`"), None)),
    };
    let out = text(fields, "out")?.unwrap_or("./drizzle").to_owned();
    Ok(DrizzleConfig { dialect, schema: schema(fields)?, out, casing })
}

fn get<'a>(fields: &'a [(String, PlainValue)], key: &str) -> Option<&'a PlainValue> {
    let (_, value) = fields.iter().rev().find(|(name, _)| name == key)?;
    (!matches!(value, PlainValue::Undefined | PlainValue::Null)).then_some(value)
}

fn text<'a>(fields: &'a [(String, PlainValue)], key: &str) -> Result<Option<&'a str>, FieldError> {
    get(fields, key).map(|value| string(value, key)).transpose()
}

fn string<'a>(value: &'a PlainValue, key: &str) -> Result<&'a str, FieldError> {
    match value {
        PlainValue::String(text) => Ok(text),
        PlainValue::Unknown(reason, span) => {
            let message = format!("cannot tell the value of `{key}`: {reason}; {STAND_IN}");
            Err((message, Some(*span)))
        }
        _ => Err((format!("`{key}` is no string"), None)),
    }
}

fn schema(fields: &[(String, PlainValue)]) -> Result<Vec<String>, FieldError> {
    match get(fields, "schema") {
        None => Ok(Vec::new()),
        Some(PlainValue::Array(items)) => {
            items.iter().map(|item| string(item, "schema").map(str::to_owned)).collect()
        }
        Some(value) => Ok(vec![string(value, "schema")?.to_owned()]),
    }
}

/// The dialect that drizzle-kit calls `name`.
///
/// # Errors
/// drizzle-kit does not know it, or this tool does not read it.
fn dialect(name: &str) -> Result<Dialect, String> {
    match name {
        "postgresql" => Ok(Dialect::PostgreSql),
        "mysql" => Ok(Dialect::MySql),
        "sqlite" | "turso" => Ok(Dialect::Sqlite),
        "singlestore" | "gel" | "mssql" | "cockroach" | "duckdb" => {
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

/// The dialect of a config from before there was a `dialect`.
fn dialect_of_driver(driver: &str) -> Option<Dialect> {
    match driver {
        "pg" | "aws-data-api" | "pglite" => Some(Dialect::PostgreSql),
        "mysql2" => Some(Dialect::MySql),
        "better-sqlite" | "libsql" | "turso" | "d1" | "d1-http" | "expo" | "durable-sqlite" => {
            Some(Dialect::Sqlite)
        }
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
