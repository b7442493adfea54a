//! The SQL types of column builders.

use drift_model::Dialect;
use swc_atoms::Atom;

use crate::value::{Value, number_text};

/// Reads properties of a builder's configuration object.
pub(super) type Config<'c, 'a> = &'c mut dyn FnMut(&str) -> Value<'a>;

/// The type of the column that the builder function `builder` makes; `None` where it is not known.
///
/// Source: `getSQLType` of the column classes in drizzle-orm, `src/*-core/columns/`.
pub(super) fn data_type(dialect: Dialect, builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    match dialect {
        Dialect::PostgreSql => postgresql(builder, config),
        Dialect::MySql => mysql(builder, config),
        Dialect::Sqlite => sqlite(builder, config),
    }
}

/// Whether columns that this builder makes refuse NULL without being told to.
pub(super) fn is_not_null(builder: &str) -> bool {
    matches!(builder, "serial" | "bigserial" | "smallserial")
}

fn postgresql(builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match &**builder {
        "integer" | "smallint" | "bigint" | "serial" | "bigserial" | "smallserial" | "text"
        | "boolean" | "uuid" | "json" | "jsonb" | "date" | "inet" | "cidr" | "macaddr"
        | "macaddr8" | "point" | "line" | "real" | "bytea" => builder.clone(),
        "doublePrecision" => Atom::from("double precision"),
        // The names that CockroachDB has for some of them.
        "int2" | "int4" | "int8" | "bool" | "float" => builder.clone(),
        "varchar" | "char" | "string" | "varbit" => with_size(builder, config("length")),
        "numeric" | "decimal" => with_precision(&Atom::from("numeric"), config),
        "timestamp" | "time" => {
            let zone = config("withTimezone").truthiness().unwrap_or(false);
            let name = with_size(builder, config("precision"));
            if zone { Atom::from(format!("{name} with time zone")) } else { name }
        }
        "interval" => {
            let name = match config("fields") {
                Value::String(fields) => Atom::from(format!("interval {fields}")),
                _ => builder.clone(),
            };
            with_size(&name, config("precision"))
        }
        "geometry" => Atom::from("geometry(point)"),
        "bit" | "vector" | "halfvec" | "sparsevec" => with_size(builder, config("dimensions")),
        _ => return None,
    })
}

fn mysql(builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match &**builder {
        "int" | "tinyint" | "smallint" | "mediumint" | "bigint" => {
            unsigned(builder.clone(), config)
        }
        "decimal" | "double" | "float" | "real" => {
            let name = with_precision(builder, config);
            unsigned(name, config)
        }
        "serial" | "text" | "tinytext" | "mediumtext" | "longtext" | "boolean" | "json"
        | "date" | "year" | "blob" | "tinyblob" | "mediumblob" | "longblob" => builder.clone(),
        "varchar" | "char" | "binary" | "varbinary" => with_size(builder, config("length")),
        "datetime" | "timestamp" | "time" => with_size(builder, config("fsp")),
        _ => return None,
    })
}

fn sqlite(builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match &**builder {
        "integer" | "int" => Atom::from("integer"),
        "text" => with_size(builder, config("length")),
        "real" | "blob" | "numeric" => builder.clone(),
        _ => return None,
    })
}

fn with_size(name: &Atom, size: Value<'_>) -> Atom {
    match size {
        Value::Number(size) => Atom::from(format!("{name}({})", number_text(size))),
        _ => name.clone(),
    }
}

fn with_precision(name: &Atom, config: Config<'_, '_>) -> Atom {
    match (config("precision"), config("scale")) {
        (Value::Number(precision), Value::Number(scale)) => {
            Atom::from(format!("{name}({},{})", number_text(precision), number_text(scale)))
        }
        (precision, _) => with_size(name, precision),
    }
}

fn unsigned(name: Atom, config: Config<'_, '_>) -> Atom {
    match config("unsigned").truthiness() {
        Some(true) => Atom::from(format!("{name} unsigned")),
        _ => name,
    }
}
