//! Whether a column of one type can reference a column of another.

use crate::{Dialect, Engine};

/// What an engine makes of a pair of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeFit {
    /// It takes them, or nothing certain is known of one of them.
    Fits,
    /// It takes them, but the referencing column has no room for every value of the referenced one.
    Narrower,
    /// It takes them, but a value of the one may never equal the same value in the other.
    Unlike,
    /// It refuses the foreign key.
    Refused,
}

impl TypeFit {
    /// What an engine makes of a foreign key from a column of the type `referencing` to one of the
    /// type `referenced`; both in SQL, in lower case, and no arrays.
    pub fn of(engine: &Engine, referencing: &str, referenced: &str) -> Self {
        match engine.dialect() {
            Dialect::PostgreSql => in_postgresql(engine, referencing, referenced),
            Dialect::MySql => in_mysql(referencing, referenced),
            Dialect::Sqlite => in_sqlite(referencing, referenced),
        }
    }
}

/// Types of PostgreSQL between which it compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// With the number of its bytes.
    Integer(u8),
    /// `oid`, which takes integers but is not taken for one.
    Oid,
    Numeric,
    Float,
    Money,
    Boolean,
    Text,
    /// `char(n)`, which is not compared with `name` and `citext`.
    Char,
    Name,
    /// `citext`, which takes nothing else but is taken for `text`.
    CaseInsensitiveText,
    Uuid,
    Bytes,
    Date,
    Time,
    TimeWithZone,
    Interval,
    Address,
    HardwareAddress,
    Bits,
    Json,
}

/// PostgreSQL wants an equality operator for the pair in the index of the second, or an implicit
/// cast from the first.
///
/// Source: `ATAddForeignKeyConstraint` in PostgreSQL, `src/backend/commands/tablecmds.c`; the tests
/// hold what version 15 does with each pair.
fn in_postgresql(engine: &Engine, referencing: &str, referenced: &str) -> TypeFit {
    use Family::{
        CaseInsensitiveText, Char, Float, Integer, Interval, Name, Numeric, Oid, Text, Time,
        TimeWithZone,
    };
    let (Some(from), Some(to)) = (family(referencing), family(referenced)) else {
        return TypeFit::Fits;
    };
    match (from, to) {
        // All integers of CockroachDB have eight bytes unless its settings say otherwise.
        (Integer(from), Integer(to)) if from < to && !engine.is_cockroachdb() => TypeFit::Narrower,
        (Integer(_), Integer(_) | Oid | Numeric | Float)
        | (Numeric, Float)
        | (Text | Char | Name | CaseInsensitiveText, Text)
        | (Text, Char)
        | (Text | Char, Name)
        | (Time, TimeWithZone | Interval) => TypeFit::Fits,
        _ if from == to => TypeFit::Fits,
        _ => TypeFit::Refused,
    }
}

fn family(data_type: &str) -> Option<Family> {
    let name = base_name(data_type);
    Some(match name {
        "smallint" | "int2" | "smallserial" | "serial2" => Family::Integer(2),
        "integer" | "int" | "int4" | "serial" | "serial4" => Family::Integer(4),
        "bigint" | "int8" | "bigserial" | "serial8" => Family::Integer(8),
        "oid" => Family::Oid,
        "numeric" | "decimal" => Family::Numeric,
        "real" | "float4" | "float8" | "float" | "double precision" => Family::Float,
        "money" => Family::Money,
        "text" | "varchar" | "character varying" | "string" => Family::Text,
        "char" | "character" | "bpchar" => Family::Char,
        "name" => Family::Name,
        "citext" => Family::CaseInsensitiveText,
        "uuid" => Family::Uuid,
        "boolean" | "bool" => Family::Boolean,
        "bytea" => Family::Bytes,
        "date" => Family::Date,
        "interval" => Family::Interval,
        "inet" | "cidr" => Family::Address,
        "macaddr" | "macaddr8" => Family::HardwareAddress,
        "bit" | "varbit" | "bit varying" => Family::Bits,
        "json" | "jsonb" => Family::Json,
        "timetz" => Family::TimeWithZone,
        // Dates and timestamps are compared with each other.
        _ if name.starts_with("timestamp") => Family::Date,
        "time" if data_type.ends_with("with time zone") => Family::TimeWithZone,
        "time" | "time without time zone" => Family::Time,
        "time with time zone" => Family::TimeWithZone,
        _ => return None,
    })
}

/// A type without its length.
fn base_name(data_type: &str) -> &str {
    data_type.split('(').next().unwrap_or(data_type).trim_end()
}

/// Types of MySQL that are certain not to be stored alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Storage {
    Integer(&'static str, bool),
    Float,
    Double,
    Text,
    Binary,
    /// No key can be made of these.
    Unindexed,
}

/// InnoDB wants both columns to be stored alike; lengths of strings do not matter.
///
/// Source: <https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>
fn in_mysql(referencing: &str, referenced: &str) -> TypeFit {
    let (from, to) = (storage(referencing), storage(referenced));
    if from == Some(Storage::Unindexed) || to == Some(Storage::Unindexed) {
        return TypeFit::Refused;
    }
    match from.zip(to) {
        Some((from, to)) if from != to => TypeFit::Refused,
        _ => TypeFit::Fits,
    }
}

fn storage(data_type: &str) -> Option<Storage> {
    let is_unsigned = data_type.contains("unsigned") || data_type.contains("zerofill");
    let first = data_type.split([' ', '(']).next().unwrap_or_default();
    let integer = |width| Some(Storage::Integer(width, is_unsigned));
    match first {
        "int" | "integer" | "int4" => integer("int"),
        "bigint" | "int8" => integer("bigint"),
        "serial" => Some(Storage::Integer("bigint", true)),
        "smallint" | "int2" => integer("smallint"),
        "mediumint" | "int3" | "middleint" => integer("mediumint"),
        "tinyint" | "bool" | "boolean" | "int1" => integer("tinyint"),
        "float" if !data_type.contains('(') => Some(Storage::Float),
        "double" => Some(Storage::Double),
        "varchar" | "char" | "character" | "nvarchar" | "nchar" => Some(Storage::Text),
        "binary" | "varbinary" => Some(Storage::Binary),
        "text" | "tinytext" | "mediumtext" | "longtext" | "blob" | "tinyblob" | "mediumblob"
        | "longblob" | "json" => Some(Storage::Unindexed),
        _ => None,
    }
}

/// What SQLite makes of values that are stored in a column.
///
/// Source: <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Number,
    Text,
    Blob,
}

/// SQLite refuses nothing. It looks a value up as the referenced column would store it, so that a
/// text that was made a number does not find the text it was.
fn in_sqlite(referencing: &str, referenced: &str) -> TypeFit {
    match (affinity(referencing), affinity(referenced)) {
        (Affinity::Number, Affinity::Text)
        | (Affinity::Text, Affinity::Number)
        | (Affinity::Number | Affinity::Text, Affinity::Blob) => TypeFit::Unlike,
        _ => TypeFit::Fits,
    }
}

fn affinity(data_type: &str) -> Affinity {
    let has = |part: &str| data_type.contains(part);
    if has("int") {
        Affinity::Number
    } else if has("char") || has("clob") || has("text") {
        Affinity::Text
    } else if has("blob") || data_type.is_empty() {
        Affinity::Blob
    } else {
        Affinity::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which types can reference which in PostgreSQL 15, as it answered for every pair.
    const ACCEPTED: &str = "
smallint <- smallint, integer, bigint
integer <- smallint, integer, bigint
bigint <- smallint, integer, bigint
numeric <- smallint, integer, bigint, numeric, numeric(8,2)
numeric(8,2) <- smallint, integer, bigint, numeric, numeric(8,2)
real <- smallint, integer, bigint, numeric, numeric(8,2), real, double precision
double precision <- smallint, integer, bigint, numeric, numeric(8,2), real, double precision
oid <- smallint, integer, bigint, oid
money <- money
boolean <- boolean
text <- text, varchar, varchar(36), char(36), bpchar, name, citext
varchar <- text, varchar, varchar(36), char(36), bpchar, name, citext
varchar(36) <- text, varchar, varchar(36), char(36), bpchar, name, citext
char(36) <- text, varchar, varchar(36), char(36), bpchar
bpchar <- text, varchar, varchar(36), char(36), bpchar
name <- text, varchar, varchar(36), char(36), bpchar, name
citext <- citext
uuid <- uuid
bytea <- bytea
date <- date, timestamp, timestamp(3), timestamp with time zone
time <- time
time with time zone <- time, time with time zone
timestamp <- date, timestamp, timestamp(3), timestamp with time zone
timestamp(3) <- date, timestamp, timestamp(3), timestamp with time zone
timestamp with time zone <- date, timestamp, timestamp(3), timestamp with time zone
interval <- time, interval
inet <- inet, cidr
cidr <- inet, cidr
macaddr <- macaddr, macaddr8
macaddr8 <- macaddr, macaddr8
bit(8) <- bit(8), varbit(8)
varbit(8) <- bit(8), varbit(8)
jsonb <- jsonb";

    #[test]
    fn agrees_with_postgresql_on_every_pair() {
        let engine = Engine::new(Dialect::PostgreSql);
        let rows: Vec<(&str, Vec<String>)> = ACCEPTED
            .trim()
            .lines()
            .map(|line| {
                let (referenced, accepted) = line.split_once(" <- ").unwrap();
                // The comma in `numeric(8,2)` has no blank behind it.
                (referenced, accepted.split(", ").map(str::to_owned).collect())
            })
            .collect();
        for (referenced, accepted) in &rows {
            for (referencing, _) in &rows {
                let is_accepted = accepted.iter().any(|it| it == referencing);
                let fit = TypeFit::of(&engine, referencing, referenced);
                assert_eq!(
                    fit != TypeFit::Refused,
                    is_accepted,
                    "from {referencing} to {referenced}"
                );
            }
        }
    }

    fn check(engine: &str, from: &str, to: &str) -> TypeFit {
        TypeFit::of(&Engine::parse(engine).unwrap(), from, to)
    }

    #[test]
    fn tells_where_values_do_not_fit_in() {
        assert_eq!(check("postgresql", "integer", "bigserial"), TypeFit::Narrower);
        assert_eq!(check("postgresql", "smallint", "serial"), TypeFit::Narrower);
        assert_eq!(check("postgresql", "integer", "serial"), TypeFit::Fits);
        assert_eq!(check("cockroachdb", "integer", "bigint"), TypeFit::Fits);
    }

    #[test]
    fn passes_over_types_that_nobody_here_knows() {
        for engine in ["postgresql", "mysql"] {
            assert_eq!(check(engine, "mood", "uuid"), TypeFit::Fits);
            assert_eq!(check(engine, "integer", "email_domain"), TypeFit::Fits);
        }
    }

    // MariaDB 10.11 answered so for each of these.
    #[test]
    fn wants_the_same_storage_in_mysql() {
        for (from, to) in [
            ("int", "int(11)"),
            ("boolean", "tinyint(1)"),
            ("bigint unsigned", "serial"),
            ("varchar(36)", "char(36)"),
            ("varchar(255)", "varchar(36)"),
            ("binary(16)", "varbinary(36)"),
        ] {
            assert_eq!(check("mysql", from, to), TypeFit::Fits, "from {from} to {to}");
        }
        for (from, to) in [
            ("int", "bigint"),
            ("int", "int unsigned"),
            ("bigint", "serial"),
            ("int", "serial"),
            ("varchar(36)", "int"),
            ("varchar(36)", "binary(16)"),
            ("float", "double"),
            ("text", "text"),
            ("text", "varchar(36)"),
        ] {
            assert_eq!(check("mysql", from, to), TypeFit::Refused, "from {from} to {to}");
        }
    }

    #[test]
    fn compares_the_affinities_of_sqlite() {
        assert_eq!(check("sqlite", "integer", "text"), TypeFit::Unlike);
        assert_eq!(check("sqlite", "text(36)", "integer"), TypeFit::Unlike);
        assert_eq!(check("sqlite", "varchar(36)", "text"), TypeFit::Fits);
        assert_eq!(check("sqlite", "integer", "bigint"), TypeFit::Fits);
        assert_eq!(check("sqlite", "blob", "text"), TypeFit::Fits);
        assert_eq!(check("sqlite", "text", "blob"), TypeFit::Unlike);
    }
}
