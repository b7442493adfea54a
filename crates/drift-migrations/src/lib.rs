//! Replays SQL migrations into a catalog without a database.
//!
//! ```text
//! discover ──> files ──> sections ──> split ──> parse ──> Statement ──> apply ──> State ──> Catalog
//!         └──> newest_snapshot ──> read_snapshot ──> Catalog
//! ```
//!
//! Files are read, cut and parsed side by side, and applied one after the other. The statements that
//! can touch a foreign key are read by a descent of this crate's own, on tokens of its own, because
//! the parser has to be tolerant and exact at once: it passes over what it needn't know, never
//! gives up on a statement for the sake of a clause that bears on no foreign key, and keeps the
//! place of every clause in bytes. `sqlparser` refuses one in seven statements that the engines
//! accept, drizzle-kit's own among them; its tokenizer allocates each token and counts lines and
//! characters, which alone takes ten milliseconds for the 240 tables of a project at hand, and
//! it stops at the data of a dump. It is the cross-check in tests.

mod apply;
mod apply_alter;
mod apply_alter_mysql;
mod apply_block;
mod apply_columns;
mod apply_constraints;
mod apply_foreign_key;
mod apply_inheritance;
mod apply_keys;
mod apply_mysql;
mod apply_partition;
mod apply_partition_keys;
mod apply_permission;
mod apply_prepared;
mod apply_rebuild;
mod apply_table;
mod comments;
mod constraint_text;
mod cursor;
mod dump;
mod evaluate_expression;
mod evaluate_join;
mod evaluate_query;
mod folder;
mod functions;
mod generated;
mod id_map;
mod journal;
mod json_tree;
mod lex;
mod memory;
mod mentions;
mod names;
mod order;
mod outcome;
mod parse;
mod parse_alter;
mod parse_block;
mod parse_expression;
mod parse_prepared;
mod parse_query;
mod parse_table;
mod patterns;
mod plain;
mod query;
mod quoting;
mod refusal;
mod replay;
mod scope;
mod sections;
mod selection;
mod shelf;
mod snapshot;
mod snapshot_deltas;
mod snapshot_entities;
mod snapshot_folder;
mod snapshot_fragments;
mod snapshot_json;
mod snapshot_tables;
mod split;
mod sqitch;
mod state;
mod state_foreign_keys;
mod state_names;
mod statement;
mod system_catalog;
#[cfg(test)]
mod tests;
mod types;
mod unlisted;
mod value;

pub use crate::comments::comments;
pub use crate::folder::{Layout, LeftOut, MigrationFolder, WhyNot, discover, discover_with};
pub use crate::journal::JournalEntry;
pub use crate::mentions::{Mention, MentionFate, mentions};
pub use crate::replay::{Replay, ReplayInput, ReplaySettings, replay, replay_with};
pub use crate::snapshot::{Snapshot, read_snapshot};
pub use crate::snapshot_folder::NewestSnapshot;
pub use crate::split::statements;
pub use crate::unlisted::journal_faults;
pub use drift_model::Engine;
