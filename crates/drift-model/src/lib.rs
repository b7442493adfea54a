//! The data every stage shares: catalogs, foreign keys, places, findings.
//!
//! A [`Catalog`] is what one source (a Drizzle schema, a folder of migrations) knows about a
//! database. Readers produce catalogs, rules compare them, renderers print the [`Finding`]s. This
//! crate holds plain data only: it parses nothing but its own [`notation`], and reads no disk.

pub mod notation;

mod catalog;
mod column_type;
mod comment;
mod date;
mod dialect;
mod engine;
mod file_system;
mod finding;
mod foreign_key;
mod lost_declaration;
mod migration_files;
mod policy;
mod rebuild;
mod relation;
mod source;
mod unexported_table;
mod unresolved;

pub use crate::catalog::{
    Catalog, Column, FormerColumn, FormerTable, Index, Key, MissedDrop, SkipReason,
    SkippedForeignKey, Table, TableName,
};
pub use crate::column_type::TypeFit;
pub use crate::comment::Comment;
pub use crate::date::Date;
pub use crate::dialect::Dialect;
pub use crate::engine::{ColumnDefault, Engine, FiringOrder, SetDefault};
pub use crate::file_system::{DirEntry, FileSystem, MemoryFileSystem};
pub use crate::finding::{Edit, Finding, Label, Language, Level, Remedy, Subject};
pub use crate::foreign_key::{Change, ChangeKind, Deferral, ForeignKey, ReferentialAction};
pub use crate::lost_declaration::{Loss, LostDeclaration};
pub use crate::migration_files::{
    JournalFaults, ListedMigration, MigrationOrder, MigrationSelection, PassedOver,
    UnlistedMigration,
};
pub use crate::policy::{Actions, Demand, NamePattern, Policy};
pub use crate::rebuild::Rebuild;
pub use crate::relation::{Relation, RelationKind};
pub use crate::source::{FileId, LineColumn, SourceFile, SourceMap, Span};
pub use crate::unexported_table::UnexportedTable;
pub use crate::unresolved::{OpaqueExport, Scope, SourceError, Unresolved, UnresolvedKind};
