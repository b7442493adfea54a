//! Tables that drizzle-kit cannot see.

use crate::{ForeignKey, Span, TableName};

/// A table that is declared at the top level of a schema, or of what a schema imports, and that no
/// schema file exports: for drizzle-kit it does not exist.
#[derive(Debug, Clone)]
pub struct UnexportedTable {
    /// What it would be called in the database.
    pub name: TableName,
    /// What it is called in TypeScript.
    pub variable: String,
    /// Whether its own module exports it, which is no schema file then.
    pub is_exported_elsewhere: bool,
    /// The declaration.
    pub span: Span,
    /// The foreign keys that it declares.
    pub foreign_keys: Vec<ForeignKey>,
}
