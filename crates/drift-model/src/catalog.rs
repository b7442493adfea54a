//! What one source knows about a database.

use std::borrow::Cow;
use std::fmt;

use crate::{ForeignKey, Span};

/// The name of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// `None` for the default namespace: `public` in PostgreSQL, the database itself in MySQL,
    /// `main` in SQLite.
    pub namespace: Option<String>,
    /// The name within the namespace; [`TableName::UNKNOWN_PART`] stands for what is not known of it.
    pub name: String,
}

impl TableName {
    /// Stands in a name for a part that only the environment knows, as in
    /// `${process.env.PREFIX}_users`. It is a character for private use, which no name has, and is
    /// shown as `*`.
    pub const UNKNOWN_PART: char = '\u{E000}';

    /// Whether a part of the name is not known.
    pub fn has_unknown_part(&self) -> bool {
        self.name.contains(Self::UNKNOWN_PART)
    }

    /// Whether a name of which a part is not known may be another one.
    pub fn may_be(partial: &str, name: &str) -> bool {
        let mut parts = partial.split(Self::UNKNOWN_PART);
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }

    /// The name within the namespace, as reports show it.
    pub fn shown_name(&self) -> Cow<'_, str> {
        if self.has_unknown_part() {
            Cow::Owned(self.name.replace(Self::UNKNOWN_PART, "*"))
        } else {
            Cow::Borrowed(&self.name)
        }
    }

    /// A table of the default namespace.
    pub fn new(name: impl Into<String>) -> Self {
        Self { namespace: None, name: name.into() }
    }

    /// A table of the given namespace.
    pub fn with_namespace(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: Some(namespace.into()), name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}.")?;
        }
        f.write_str(&self.shown_name())
    }
}

/// The tables and foreign keys of one source, in declaration order.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Every table.
    pub tables: Vec<Table>,
    /// Every foreign key, also one whose table is not in `tables`.
    pub foreign_keys: Vec<ForeignKey>,
    /// Foreign keys that were made and dropped again; the last entry of the history says where.
    pub dropped_foreign_keys: Vec<ForeignKey>,
    /// Foreign keys that are written after a column and that the engine reads and forgets, as MySQL
    /// does before 9.0.
    pub ignored_foreign_keys: Vec<ForeignKey>,
    /// Foreign keys that a statement would have made if nothing had been in its way.
    pub skipped_foreign_keys: Vec<SkippedForeignKey>,
    /// Drops of constraints that were not there.
    pub missed_drops: Vec<MissedDrop>,
    /// Names that tables had once, in the order in which they lost them.
    pub former_tables: Vec<FormerTable>,
    /// Names that columns of these tables had once, in the order in which they lost them.
    pub former_columns: Vec<FormerColumn>,
}

/// A foreign key that a statement was to make and did not, because something was in its way.
#[derive(Debug, Clone)]
pub struct SkippedForeignKey {
    /// As it would have been made.
    pub foreign_key: ForeignKey,
    /// What was in its way.
    pub reason: SkipReason,
    /// The declaration of that, where it has one.
    pub existing: Option<Span>,
}

/// Why a foreign key was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// A constraint of that name was there.
    NameTaken,
    /// `CREATE TABLE IF NOT EXISTS`, and the table was there.
    TableExists,
    /// `ADD COLUMN IF NOT EXISTS`, and the column was there.
    ColumnExists,
    /// The engine refuses the statement.
    Refused,
}

/// `DROP CONSTRAINT IF EXISTS` of a constraint that was not there.
#[derive(Debug, Clone)]
pub struct MissedDrop {
    /// The table, under the name that it has in the end.
    pub table: TableName,
    /// The name that no constraint had.
    pub name: String,
    /// The drop.
    pub span: Span,
}

/// A name that a table had once.
#[derive(Debug, Clone)]
pub struct FormerTable {
    /// The name.
    pub name: TableName,
    /// What the table is called in the end; `None` where it was dropped.
    pub became: Option<TableName>,
    /// The statement that renamed or dropped it.
    pub span: Span,
}

/// A name that a column had once.
#[derive(Debug, Clone)]
pub struct FormerColumn {
    /// The table, under the name that it has in the end.
    pub table: TableName,
    /// The name.
    pub name: String,
    /// What the column is called in the end; `None` where it was dropped.
    pub became: Option<String>,
    /// The statement that renamed or dropped it.
    pub span: Span,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// In declaration order.
    pub columns: Vec<Column>,
    /// The primary key, declared on a column or on the table.
    pub primary_key: Option<Key>,
    /// Unique constraints, declared on a column or on the table.
    pub uniques: Vec<Key>,
    /// Indexes, the unique ones among them.
    pub indexes: Vec<Index>,
    /// The declaration.
    pub span: Span,
    /// Whether a part of the declaration could not be read. What such a table lacks may be in
    /// that part, so nothing follows from its absence.
    pub is_incomplete: bool,
    /// Whether its rows lie in partitions, where that is known.
    pub is_partitioned: bool,
}

impl Table {
    /// A table without columns.
    pub fn new(name: TableName, span: Span) -> Self {
        Self {
            name,
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            span,
            is_incomplete: false,
            is_partitioned: false,
        }
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// The type in SQL, in lower case (`varchar(255)`, `bigint unsigned`), without array
    /// brackets. `None` where it could not be told.
    pub data_type: Option<String>,
    /// Whether it is an array.
    pub is_array: bool,
    /// Whether it refuses NULL, also as part of a primary key.
    pub is_not_null: bool,
    /// The default as SQL or TypeScript writes it.
    pub default: Option<String>,
    /// Whether the column, or its name, depends on something that could not be evaluated; its
    /// absence on the other side is then no fault.
    pub is_conditional: bool,
    /// The declaration.
    pub span: Span,
}

impl Column {
    /// A nullable column of unknown type.
    pub fn new(name: impl Into<String>, span: Span) -> Self {
        Self {
            name: name.into(),
            data_type: None,
            is_array: false,
            is_not_null: false,
            default: None,
            is_conditional: false,
            span,
        }
    }
}

/// A primary key or unique constraint.
#[derive(Debug, Clone)]
pub struct Key {
    /// Constraint name, where it has one.
    pub name: Option<String>,
    /// In declaration order.
    pub columns: Vec<String>,
    /// The declaration.
    pub span: Span,
}

/// An index.
#[derive(Debug, Clone)]
pub struct Index {
    /// Index name, where it has one.
    pub name: Option<String>,
    /// The columns up to the first expression.
    pub columns: Vec<String>,
    /// Whether an expression is among its keys.
    pub has_expressions: bool,
    /// Whether it is unique.
    pub is_unique: bool,
    /// Whether it has a `WHERE`, and so covers some of the rows only.
    pub is_partial: bool,
    /// Whether a partial index is known to leave out only rows in which its first column is NULL. It
    /// serves who looks for a value of the column as well as one of all rows.
    pub covers_not_null: bool,
    /// The declaration.
    pub span: Span,
}
