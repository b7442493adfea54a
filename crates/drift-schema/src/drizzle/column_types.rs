//! The SQL types of column builders.

use drift_model::Dialect;

use crate::value::{Value, number_text};

/// Reads properties of a builder's configuration object.
pub(super) type Config<'c, 'a> = &'c mut dyn FnMut(&str) -> Value<'a>;

/// The type of the column that the builder function `builder` makes; `None` where it is not known.
///
/// Source: `getSQLType` of the column classes in drizzle-orm, `src/*-core/columns/`.
pub(super) fn data_type(dialect: Dialect, builder: &str, config: Config<'_, '_>) -> Option<String> {
    match dialect {
        Dialect::PostgreSql => postgresql(builder, config),
        Dialect::MySql => mysql(builder, config),
        Dialect::Sqlite => sqlite(builder),
    }
}

/// Whether columns that this builder makes refuse NULL without being told to.
pub(super) fn is_not_null(builder: &str) -> bool {
    matches!(builder, "serial" | "bigserial" | "smallserial")
}

fn postgresql(builder: &str, config: Config<'_, '_>) -> Option<String> {
    Some(match builder {
        "integer" | "smallint" | "bigint" | "serial" | "bigserial" | "smallserial" | "text"
        | "boolean" | "uuid" | "json" | "jsonb" | "date" | "inet" | "cidr" | "macaddr"
        | "macaddr8" | "point" | "line" | "real" | "bytea" => builder.to_owned(),
        "doublePrecision" => "double precision".to_owned(),
        "varchar" | "char" => with_size(builder, config("length")),
        "numeric" | "decimal" => with_precision("numeric", config),
        "timestamp" | "time" => {
            let zone = config("withTimezone").truthiness().unwrap_or(false);
            let name = with_size(builder, config("precision"));
            if zone { format!("{name} with time zone") } else { name }
        }
        "interval" => "interval".to_owned(),
        "bit" | "vector" | "halfvec" | "sparsevec" => with_size(builder, config("dimensions")),
        _ => return None,
    })
}

fn mysql(builder: &str, config: Config<'_, '_>) -> Option<String> {
    Some(match builder {
        "int" | "tinyint" | "smallint" | "mediumint" | "bigint" | "double" | "float" => {
            unsigned(builder.to_owned(), config)
        }
        "decimal" => {
            let name = with_precision("decimal", config);
            unsigned(name, config)
        }
        "serial" | "text" | "tinytext" | "mediumtext" | "longtext" | "boolean" | "json"
        | "date" | "year" | "real" | "blob" | "tinyblob" | "mediumblob" | "longblob" => {
            builder.to_owned()
        }
        "varchar" | "char" | "binary" | "varbinary" => with_size(builder, config("length")),
        "datetime" | "timestamp" | "time" => with_size(builder, config("fsp")),
        _ => return None,
    })
}

fn sqlite(builder: &str) -> Option<String> {
    Some(match builder {
        "integer" | "int" => "integer".to_owned(),
        "text" | "real" | "blob" | "numeric" => builder.to_owned(),
        _ => return None,
    })
}

fn with_size(name: &str, size: Value<'_>) -> String {
    match size {
        Value::Number(size) => format!("{name}({})", number_text(size)),
        _ => name.to_owned(),
    }
}

fn with_precision(name: &str, config: Config<'_, '_>) -> String {
    match (config("precision"), config("scale")) {
        (Value::Number(precision), Value::Number(scale)) => {
            format!("{name}({},{})", number_text(precision), number_text(scale))
        }
        (precision, _) => with_size(name, precision),
    }
}

fn unsigned(name: String, config: Config<'_, '_>) -> String {
    if config("unsigned").truthiness() == Some(true) { format!("{name} unsigned") } else { name }
}
