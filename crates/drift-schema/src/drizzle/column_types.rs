//! The SQL types of column builders.

use drift_model::Dialect;
use swc_atoms::Atom;

use crate::DrizzleLine;
use crate::value::{Value, number_text};

/// Reads properties of a builder's configuration object.
pub(super) type Config<'c, 'a> = &'c mut dyn FnMut(&str) -> Value<'a>;

/// The type of the column that the builder function `builder` makes; `None` where it is not known.
///
/// Where drizzle-kit spells a type in several ways (`timestamp (3)`, `numeric(8, 2)`), it is spelt as
/// 1.0 has it.
///
/// Source: `getSQLType` of the column classes in drizzle-orm, `src/*-core/columns/`.
pub(super) fn data_type(
    dialect: Dialect,
    line: DrizzleLine,
    builder: &Atom,
    config: Config<'_, '_>,
) -> Option<Atom> {
    match dialect {
        Dialect::PostgreSql => postgresql(line, builder, config),
        Dialect::MySql => mysql(builder, config),
        Dialect::Sqlite => sqlite(builder, config),
    }
}

/// Whether columns that this builder makes refuse NULL without being told to.
pub(super) fn is_not_null(builder: &str) -> bool {
    matches!(builder, "serial" | "bigserial" | "smallserial")
}

/// The type that `mysqlEnum` makes of its values, an array or an object.
pub(super) fn mysql_enum<'a>(values: impl Iterator<Item = Value<'a>>) -> Option<Atom> {
    let quote = |value: Value<'_>| Some(format!("'{}'", value.as_str()?.replace('\'', "''")));
    let values: Vec<String> = values.map(quote).collect::<Option<_>>()?;
    Some(Atom::from(format!("enum({})", values.join(","))))
}

fn postgresql(line: DrizzleLine, builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match &**builder {
        "integer" | "smallint" | "bigint" | "serial" | "bigserial" | "smallserial" | "text"
        | "boolean" | "uuid" | "json" | "jsonb" | "date" | "inet" | "cidr" | "macaddr"
        | "macaddr8" | "point" | "line" | "real" | "bytea" => builder.clone(),
        "doublePrecision" => Atom::from("double precision"),
        // The names that CockroachDB has for some of them.
        "int2" | "int4" | "int8" | "bool" | "float" => builder.clone(),
        "varchar" | "char" | "string" | "varbit" => with_size(builder, config("length"))?,
        "numeric" | "decimal" => with_precision(&Atom::from("numeric"), config)?,
        "timestamp" | "time" => {
            let zone = config("withTimezone").truthiness()?;
            let name = with_size(builder, config("precision"))?;
            if zone { Atom::from(format!("{name} with time zone")) } else { name }
        }
        "interval" => {
            let name = match config("fields") {
                Value::String(fields) => Atom::from(format!("interval {fields}")),
                Value::Undefined => builder.clone(),
                _ => return None,
            };
            with_size(&name, some_size(config("precision")))?
        }
        "geometry" => match (line, config("srid")) {
            (DrizzleLine::V1, Value::Number(srid)) => {
                Atom::from(format!("geometry(point,{})", number_text(srid)))
            }
            (DrizzleLine::V0, _) | (_, Value::Undefined) => Atom::from("geometry(point)"),
            _ => return None,
        },
        "bit" | "vector" | "halfvec" | "sparsevec" => {
            let size = match config("dimensions") {
                Value::Undefined => config("length"),
                size => size,
            };
            with_size(builder, size)?
        }
        _ => return None,
    })
}

fn mysql(builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match &**builder {
        "int" | "tinyint" | "smallint" | "mediumint" | "bigint" => {
            unsigned(builder.clone(), config)?
        }
        "decimal" | "double" | "float" => {
            let name = match with_precision(builder, config)? {
                name if matches!(&*name, "decimal(10,0)" | "decimal(10)") => builder.clone(),
                name => name,
            };
            unsigned(name, config)?
        }
        "real" => with_precision(builder, config)?,
        "serial" | "text" | "tinytext" | "mediumtext" | "longtext" | "boolean" | "json"
        | "date" | "year" | "blob" | "tinyblob" | "mediumblob" | "longblob" => builder.clone(),
        "varchar" | "char" | "binary" | "varbinary" => with_size(builder, config("length"))?,
        "datetime" | "timestamp" | "time" => with_size(builder, config("fsp"))?,
        _ => return None,
    })
}

fn sqlite(builder: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match &**builder {
        "integer" | "int" => Atom::from("integer"),
        "text" => match config("mode") {
            Value::String(mode) if *mode == *"json" => builder.clone(),
            Value::String(_) | Value::Undefined => with_size(builder, some_size(config("length")))?,
            _ => return None,
        },
        "real" | "blob" | "numeric" => builder.clone(),
        _ => return None,
    })
}

/// `None` where the size is not known.
fn with_size(name: &Atom, size: Value<'_>) -> Option<Atom> {
    match size {
        Value::Number(size) => Some(sized(name, &[size])),
        Value::Undefined => Some(name.clone()),
        _ => None,
    }
}

fn sized(name: &str, sizes: &[f64]) -> Atom {
    let mut text = String::with_capacity(name.len() + 8);
    text.push_str(name);
    for (position, &size) in sizes.iter().enumerate() {
        text.push(if position == 0 { '(' } else { ',' });
        text.push_str(&number_text(size));
    }
    text.push(')');
    Atom::from(text)
}

/// Zero counts as none.
fn some_size(size: Value<'_>) -> Value<'_> {
    match size.truthiness() {
        Some(false) => Value::Undefined,
        _ => size,
    }
}

fn with_precision(name: &Atom, config: Config<'_, '_>) -> Option<Atom> {
    match (config("precision"), config("scale")) {
        (Value::Number(precision), Value::Number(scale)) => Some(sized(name, &[precision, scale])),
        (Value::Number(_), scale) if !matches!(scale, Value::Undefined) => None,
        (precision, _) => with_size(name, precision),
    }
}

fn unsigned(name: Atom, config: Config<'_, '_>) -> Option<Atom> {
    Some(match config("unsigned").truthiness()? {
        true => Atom::from(format!("{name} unsigned")),
        false => name,
    })
}
