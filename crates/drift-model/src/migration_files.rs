//! Files of migrations: which of them are applied, and what is wrong with the list of them.

use std::path::PathBuf;

use crate::{ForeignKey, SourceError, Span, TableName};

/// What the owner of a folder of migrations says about its files.
#[derive(Debug, Default, Clone)]
pub struct MigrationSelection {
    /// The order in which they are applied.
    pub order: MigrationOrder,
    /// Files that are applied although nothing lists them, in this order.
    pub apply: Vec<PathBuf>,
    /// Files that are not applied, and folders of which nothing is.
    pub skip: Vec<PathBuf>,
}

/// The order in which migrations are applied.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum MigrationOrder {
    /// As what lies in the folder suggests.
    #[default]
    Found,
    /// That of the journal of drizzle-kit.
    Journal,
    /// That of their names, whatever a journal lists.
    Name,
    /// These files and no other ones.
    Listed(Vec<PathBuf>),
}

/// Where a journal, the files that it lists and those beside it do not go together.
#[derive(Debug, Clone, Default)]
pub struct JournalFaults {
    /// How many migrations the journal lists.
    pub listed: usize,
    /// Files that change tables and that nothing applies.
    pub unlisted: Vec<UnlistedMigration>,
    /// The indexes of all rows that files make which nothing applies, as tables and columns.
    pub unlisted_indexes: Vec<(TableName, Vec<String>)>,
    /// Entries without a file.
    pub missing: Vec<ListedMigration>,
    /// Entries that a database in use passes over.
    pub out_of_order: Vec<PassedOver>,
    /// Files that the journal does not list and that cannot be read, so that nobody knows what they would do.
    pub unread: Vec<SourceError>,
}

/// A file that changes tables and that the journal does not list.
#[derive(Debug, Clone)]
pub struct UnlistedMigration {
    /// Its name.
    pub name: String,
    /// The first statement that changes a table.
    pub span: Span,
    /// The foreign keys that it would make.
    pub foreign_keys: Vec<ForeignKey>,
    /// The tables that it would make, and the columns that it would add, each with its table.
    pub tables: Vec<(TableName, Option<String>)>,
    /// Whether it does nothing but make foreign keys, tables and columns.
    pub only_makes: bool,
}

/// An entry of a journal.
#[derive(Debug, Clone)]
pub struct ListedMigration {
    /// The file that it stands for.
    pub name: String,
    /// Where the journal names it.
    pub span: Span,
}

/// Entries of a journal that stand behind one with a later or the same time.
#[derive(Debug, Clone)]
pub struct PassedOver {
    /// The entries, in the order of the journal; at least one.
    pub entries: Vec<ListedMigration>,
    /// The one with the later time.
    pub behind: ListedMigration,
}
