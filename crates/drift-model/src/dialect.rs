//! The SQL dialects, and what each does to identifiers.

use std::borrow::Cow;
use std::fmt;

use crate::TableName;

/// A family of database engines that read the same SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL, and what speaks its language: CockroachDB, Neon, Supabase.
    PostgreSql,
    /// MySQL, MariaDB, PlanetScale.
    MySql,
    /// SQLite, libSQL, Turso, Cloudflare D1.
    Sqlite,
}

impl Dialect {
    /// All dialects.
    pub const ALL: [Dialect; 3] = [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite];

    /// The name that drizzle-kit, the command line and the settings use.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::PostgreSql => "postgresql",
            Dialect::MySql => "mysql",
            Dialect::Sqlite => "sqlite",
        }
    }

    /// The namespace that an unqualified name means, where the engine has a fixed one. It is
    /// written as `None` in a [`TableName`].
    pub fn default_namespace(self) -> Option<&'static str> {
        match self {
            Dialect::PostgreSql => Some("public"),
            Dialect::MySql => None,
            Dialect::Sqlite => Some("main"),
        }
    }

    /// An unquoted identifier as the engine stores it: PostgreSQL folds ASCII to lower case.
    ///
    /// Source: `downcase_truncate_identifier` in PostgreSQL, `src/backend/parser/scansup.c`.
    pub fn fold(self, identifier: &str) -> Cow<'_, str> {
        if self == Dialect::PostgreSql && identifier.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(identifier.to_ascii_lowercase())
        } else {
            Cow::Borrowed(identifier)
        }
    }

    /// An identifier cut to what the engine stores: PostgreSQL keeps 63 bytes, back to the start of
    /// a character. The others keep or refuse the whole.
    ///
    /// Source: `NAMEDATALEN` in PostgreSQL, `src/include/pg_config_manual.h`.
    pub fn truncate(self, identifier: &str) -> &str {
        match self {
            Dialect::PostgreSql => &identifier[..identifier.floor_char_boundary(POSTGRESQL_LIMIT)],
            Dialect::MySql | Dialect::Sqlite => identifier,
        }
    }

    /// Whether the engine records the name of a foreign key, so that names can be compared.
    pub fn keeps_constraint_names(self) -> bool {
        self != Dialect::Sqlite
    }

    /// A column name in the form in which two spellings of one column are equal: MySQL and SQLite
    /// ignore the case of columns, PostgreSQL what it would cut off.
    pub fn column_key(self, column: &str) -> Cow<'_, str> {
        match self {
            Dialect::PostgreSql => Cow::Borrowed(self.truncate(column)),
            Dialect::MySql | Dialect::Sqlite => lower_case(column),
        }
    }

    /// A table name in the form in which two spellings of one table are equal: SQLite ignores case,
    /// PostgreSQL what it would cut off, MySQL nothing on the file systems of servers.
    pub fn table_key(self, table: &TableName) -> Cow<'_, TableName> {
        let TableName { namespace, name } = table;
        let is_key = |part: &str| match self {
            // The first is nearly always so, and cheap.
            Dialect::PostgreSql => part.len() <= POSTGRESQL_LIMIT || table.has_unknown_part(),
            Dialect::MySql => true,
            Dialect::Sqlite => !part.bytes().any(|byte| byte.is_ascii_uppercase()),
        };
        if is_key(name) && namespace.as_deref().is_none_or(is_key) {
            return Cow::Borrowed(table);
        }
        let key = |part: &str| match self {
            Dialect::PostgreSql => self.truncate(part).to_owned(),
            Dialect::MySql | Dialect::Sqlite => lower_case(part).into_owned(),
        };
        Cow::Owned(TableName { namespace: namespace.as_deref().map(key), name: key(name) })
    }
}

/// How many bytes of a name PostgreSQL keeps.
const POSTGRESQL_LIMIT: usize = 63;

fn lower_case(identifier: &str) -> Cow<'_, str> {
    if identifier.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(identifier.to_ascii_lowercase())
    } else {
        Cow::Borrowed(identifier)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dialect::PostgreSql => "PostgreSQL",
            Dialect::MySql => "MySQL",
            Dialect::Sqlite => "SQLite",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_a_postgresql_name_at_a_character() {
        let name = format!("{}é", "x".repeat(62));
        assert_eq!(Dialect::PostgreSql.truncate(&name), "x".repeat(62));
        assert_eq!(Dialect::MySql.truncate(&name), name);
    }
}
