//! Whether a column of one type can reference a column of another.

use drift_model::Dialect;

use crate::state::Column;

/// Types between which an engine compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Integer,
    /// `oid`, which takes integers but is not taken for one.
    Oid,
    Numeric,
    Float,
    Text,
    /// `citext`, which takes `text` but is not taken for it.
    CaseInsensitiveText,
    Uuid,
    Boolean,
    Bytes,
    Date,
    Timestamp,
    Json,
}

/// Whether the engine surely refuses the pair. A type that is not known here is never refused.
pub(crate) fn cannot_reference(
    dialect: Dialect,
    referencing: &Column<'_>,
    referenced: &Column<'_>,
) -> bool {
    let (Some(from), Some(to)) = (&referencing.data_type, &referenced.data_type) else {
        return false;
    };
    match dialect {
        // SQLite compares whatever there is.
        Dialect::Sqlite => false,
        Dialect::MySql => differ_in_mysql(from, to),
        Dialect::PostgreSql => {
            if referencing.is_array != referenced.is_array {
                return true;
            }
            match (family(from), family(to)) {
                (Some(from), Some(to)) => !is_comparable(from, to),
                _ => false,
            }
        }
    }
}

/// Whether two types of PostgreSQL are surely not the same.
pub(crate) fn are_different(one: &Column<'_>, other: &Column<'_>) -> bool {
    let types = one.data_type.as_deref().zip(other.data_type.as_deref());
    let families = types.and_then(|(one, other)| family(one).zip(family(other)));
    families.is_some_and(|(one, other)| one != other) || one.is_array != other.is_array
}

/// Whether PostgreSQL has an equality operator for the pair in the index of the second, or an
/// implicit cast from the first.
///
/// Source: `ATAddForeignKeyConstraint` in PostgreSQL, `src/backend/commands/tablecmds.c`.
fn is_comparable(from: Family, to: Family) -> bool {
    use Family::{CaseInsensitiveText, Date, Float, Integer, Numeric, Oid, Text, Timestamp};
    from == to
        || matches!(
            (from, to),
            (Integer, Oid | Numeric | Float)
                | (Numeric, Float)
                | (CaseInsensitiveText, Text)
                | (Date, Timestamp)
                | (Timestamp, Date)
        )
}

fn family(data_type: &str) -> Option<Family> {
    let name = base_name(data_type);
    Some(match name {
        "smallint" | "int2" | "integer" | "int" | "int4" | "bigint" | "int8" | "smallserial"
        | "serial2" | "serial" | "serial4" | "bigserial" | "serial8" => Family::Integer,
        "oid" => Family::Oid,
        "numeric" | "decimal" => Family::Numeric,
        "real" | "float4" | "float8" | "float" | "double precision" => Family::Float,
        "text" | "varchar" | "character varying" | "char" | "character" | "bpchar" | "name" => {
            Family::Text
        }
        "citext" => Family::CaseInsensitiveText,
        "uuid" => Family::Uuid,
        "boolean" | "bool" => Family::Boolean,
        "bytea" => Family::Bytes,
        "date" => Family::Date,
        "json" | "jsonb" => Family::Json,
        _ if name.starts_with("timestamp") => Family::Timestamp,
        _ => return None,
    })
}

/// A type without its length.
fn base_name(data_type: &str) -> &str {
    data_type.split('(').next().unwrap_or(data_type).trim_end()
}

/// MySQL wants the same kind of integer on both sides.
fn differ_in_mysql(from: &str, to: &str) -> bool {
    match (mysql_integer(from), mysql_integer(to)) {
        (Some(from), Some(to)) => from != to,
        (Some(_), None) => is_mysql_text(to),
        (None, Some(_)) => is_mysql_text(from),
        (None, None) => false,
    }
}

fn is_mysql_text(data_type: &str) -> bool {
    matches!(base_name(data_type), "varchar" | "char" | "text" | "binary" | "varbinary")
}

/// The width of an integer type, and whether it is unsigned.
fn mysql_integer(data_type: &str) -> Option<(&'static str, bool)> {
    let is_unsigned = data_type.ends_with("unsigned") || data_type == "serial";
    let first = data_type.split([' ', '(']).next().unwrap_or_default();
    let width = match first {
        "int" | "integer" | "int4" => "int",
        "bigint" | "serial" | "int8" => "bigint",
        "smallint" | "int2" => "smallint",
        "mediumint" => "mediumint",
        "tinyint" | "bool" | "boolean" => "tinyint",
        _ => return None,
    };
    Some((width, is_unsigned))
}
