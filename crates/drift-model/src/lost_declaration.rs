//! Foreign keys that drizzle drops before they reach any statement.

use crate::{ForeignKey, Span, TableName};

/// A declaration of a foreign key that drizzle forgets, though somebody wrote it.
#[derive(Debug, Clone)]
pub struct LostDeclaration {
    /// The table that was to have it.
    pub table: TableName,
    /// What was declared, where that is known.
    pub foreign_key: Option<Box<ForeignKey>>,
    /// The declaration.
    pub span: Span,
    /// Why it is lost.
    pub loss: Loss,
}

/// Why drizzle forgets a foreign key.
#[derive(Debug, Clone)]
pub enum Loss {
    /// `.array()` of 0.x makes another column of the one that has the foreign key.
    BeforeArray,
    /// In 0.x foreign keys of a table are kept by name, so that a later one of the same name
    /// replaces it.
    Replaced(Box<ForeignKey>),
    /// It is in an object inside the array that the function of the extras gives.
    InObject,
    /// It is in an array in an array, or in an array in an object.
    InArray,
    /// It is what the function of the extras gives, in no array.
    InNothing,
    /// drizzle-kit 0.x keeps the last of several tables of one name, which is declared here and does not
    /// have it.
    OtherTable(Span),
}
