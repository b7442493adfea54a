//! What a reader could not read.

use std::path::PathBuf;

use crate::{Dialect, ForeignKey, Span, TableName};

/// Something that could hold a foreign key and was not understood.
#[derive(Debug, Clone)]
pub struct Unresolved {
    /// What it is.
    pub kind: UnresolvedKind,
    /// Why it was not understood, as a clause that starts in lower case and has no full stop.
    pub reason: String,
    /// The place.
    pub span: Span,
    /// The tables whose foreign keys it could touch.
    pub scope: Scope,
    /// Whether it may add foreign keys to them, so that the absence of one proves nothing.
    pub may_add: bool,
    /// Whether it was understood, and the engine refuses it.
    pub is_refused: bool,
    /// The import that was not found, where that is why: with it, this could be read.
    pub missing_module: Option<String>,
    /// Tables of the migrations that this may declare: they do not count as undeclared.
    pub may_declare: Vec<TableName>,
}

impl Unresolved {
    /// Something that concerns what it names and nothing else.
    pub fn new(kind: UnresolvedKind, reason: impl Into<String>, span: Span) -> Self {
        Self {
            kind,
            reason: reason.into(),
            span,
            scope: Scope::default(),
            may_add: false,
            is_refused: false,
            missing_module: None,
            may_declare: Vec::new(),
        }
    }

    /// Something that may concern anything.
    pub fn open(kind: UnresolvedKind, reason: impl Into<String>, span: Span) -> Self {
        Self { scope: Scope::Any, may_add: true, ..Self::new(kind, reason, span) }
    }
}

/// The tables that something could touch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// These, under the names that they have in the end.
    Tables(Vec<TableName>),
    /// Any table.
    Any,
}

impl Default for Scope {
    /// No table.
    fn default() -> Self {
        Self::Tables(Vec::new())
    }
}

impl Scope {
    /// Whether the referencing table of a foreign key is among them.
    pub fn touches(&self, dialect: Dialect, foreign_key: &ForeignKey) -> bool {
        self.touches_table(dialect, &foreign_key.referencing_table)
    }

    /// Whether a table is among them.
    pub fn touches_table(&self, dialect: Dialect, table: &TableName) -> bool {
        match self {
            Scope::Any => true,
            Scope::Tables(tables) => {
                let key = dialect.table_key(table);
                tables.iter().any(|table| dialect.table_key(table) == key)
            }
        }
    }
}

/// An exported value that could not be evaluated, and may be a table for all that is known.
///
/// Most are harmless, such as a connection. It is reported where something says that it is a table.
#[derive(Debug, Clone)]
pub struct OpaqueExport {
    /// The name under which it is exported.
    pub name: String,
    /// What it is called where it comes from, if that is something else: `users` in `tables.users`.
    pub other_names: Vec<String>,
    /// The strings among the arguments of the calls that make it.
    pub arguments: Vec<String>,
    /// Why it could not be evaluated, as in [`Unresolved::reason`].
    pub reason: String,
    /// As in [`Unresolved::missing_module`].
    pub missing_module: Option<String>,
    /// The expression that gives it.
    pub span: Span,
}

/// What was not understood; each kind is reported by one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnresolvedKind {
    /// A TypeScript expression: `unresolved-expression`.
    Expression,
    /// An SQL statement: `unparsed-statement`.
    Statement,
    /// SQL that is put together when it runs: `dynamic-sql`.
    DynamicSql,
    /// An entry of a snapshot: `snapshot-mismatch`.
    SnapshotEntry,
}

impl UnresolvedKind {
    /// The rule that reports it.
    pub fn rule_name(self) -> &'static str {
        match self {
            UnresolvedKind::Expression => "unresolved-expression",
            UnresolvedKind::Statement => "unparsed-statement",
            UnresolvedKind::DynamicSql => "dynamic-sql",
            UnresolvedKind::SnapshotEntry => "snapshot-mismatch",
        }
    }
}

/// A whole file that could not be read: it is not there, not UTF-8, or not in its language.
///
/// The rest is checked all the same, and the run ends with status 2.
#[derive(Debug, Clone)]
pub struct SourceError {
    /// The file.
    pub path: PathBuf,
    /// The place in it, where there is one.
    pub span: Option<Span>,
    /// What is wrong, as a clause that starts in lower case and has no full stop.
    pub message: String,
}
