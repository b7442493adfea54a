//! Tables that a migration of SQLite makes anew.

use crate::{ForeignKey, Span, TableName};

/// A table that a migration drops and puts another one in the place of, while rows of other tables
/// referenced it: those go or change with it, where foreign keys are enforced.
#[derive(Debug, Clone)]
pub struct Rebuild {
    /// The table.
    pub table: TableName,
    /// The statement that drops it.
    pub span: Span,
    /// The foreign keys that delete or change rows then, as they were: those that reference the table,
    /// then those that reference what these delete.
    pub acting: Vec<ForeignKey>,
    /// The foreign keys without an action, which make the migration fail where they have rows.
    pub blocking: Vec<ForeignKey>,
    /// The name of the migration.
    pub migration: String,
    /// Whether no migration comes after it.
    pub is_newest: bool,
}
