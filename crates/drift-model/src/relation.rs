//! Joins that a schema declares for queries, whether or not a foreign key stands behind them.

use std::fmt;

use crate::{Span, TableName};

/// A join that names the columns on both of its sides.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The table that would carry the foreign key.
    pub referencing_table: TableName,
    /// In declaration order; each pairs with the referenced column at the same position.
    pub referencing_columns: Vec<String>,
    /// The table that it would point at.
    pub referenced_table: TableName,
    /// The columns that it would point at.
    pub referenced_columns: Vec<String>,
    /// How the schema says it.
    pub kind: RelationKind,
    /// Whether it joins only rows that fulfil a condition: `where` of `defineRelations`.
    pub has_condition: bool,
    /// The declaration.
    pub span: Span,
}

/// How a schema declares a relation, which says how certain the side of the key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// One row is joined. `defineRelations` takes it from either side, so that the key may lie on
    /// the referenced table instead.
    One,
    /// Many rows are joined; the key lies on their table.
    Many,
    /// One half of a join through a junction table, which carries the key.
    Through,
}

/// `posts.author_id → users.id`
impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let referencing =
            crate::foreign_key::side(&self.referencing_table, &self.referencing_columns);
        let referenced = crate::foreign_key::side(&self.referenced_table, &self.referenced_columns);
        write!(f, "{referencing} → {referenced}")
    }
}
