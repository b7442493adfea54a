//! Reads Drizzle TypeScript into a catalog without running it.
//!
//! [`extract()`] is a partial evaluator: it follows names through modules and scopes, calls
//! functions, and knows what drizzle-orm's exports do, so that helper functions, spreads and
//! factories give what they would give when the schema is loaded. What cannot be known is an
//! unknown with a reason, and is reported where a foreign key could depend on it.
//!
//! The modules along the flow of the data: `parse` (behind `nesting`), which `ahead` starts early, and
//! `trees` spares what was parsed before;
//! `module_graph` (with `commonjs`) and `loading`, which follow `packages` no further; `evaluate`
//! with its parts `objects`, `operators`, `call_expressions`, `calls`, `patterns`, `statements`,
//! `branches`, `assignments`, `effects` and `decisions`, on `value` and `scope`. Of the language,
//! `classes` (on `prototypes`), `namespaces` and `generators` are apart, and so is what it
//! provides: `builtins` with `texts`, `numbers`, `json`, `reflection` and `environment`, and
//! `natives` with `collections` and `replacing`, which matches `regex`. Then `drizzle` for what its
//! exports do; `collect`; and `catalog` and `foreign_keys`, which leave a `draft` of each table,
//! `early` where they can, from which other threads make the catalog (`finishing`) with `naming`;
//! `relations`. `opaque_exports` names what may be a table and is unknown, `unexported` the tables that
//! drizzle-kit cannot see. `mentions` and
//! `accounting` check on all of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drift_model::{
    Catalog, Dialect, FileSystem, LostDeclaration, OpaqueExport, Relation, SourceError, SourceMap,
    Span, UnexportedTable, Unresolved,
};

mod accounting;
mod ahead;
mod assignments;
mod branches;
mod builtins;
mod call_expressions;
mod calls;
mod catalog;
mod classes;
mod collect;
mod collections;
mod comments;
mod commonjs;
mod conditions;
mod config;
mod decisions;
mod draft;
mod drizzle;
mod early;
mod effects;
mod environment;
mod evaluate;
mod extract;
mod finishing;
mod foreign_keys;
mod generators;
mod json;
mod loading;
mod mentions;
mod module_graph;
mod namespaces;
mod naming;
mod natives;
mod nesting;
mod numbers;
mod objects;
mod opaque_exports;
mod operators;
mod packages;
mod parse;
mod paths;
mod patterns;
mod prototypes;
mod reflection;
mod regex;
mod relations;
mod replacing;
mod scope;
mod small_map;
mod statements;
#[cfg(test)]
mod tests;
mod texts;
mod trees;
mod unexported;
mod urls;
mod validators;
mod value;

pub use crate::comments::comments;
pub use crate::config::evaluate_default_export;
pub use crate::extract::{extract, extract_and_account, extract_with_trees};
pub use crate::mentions::mentions;
pub use crate::parse::with_large_stack;
pub use crate::trees::SyntaxTrees;

/// Everything a schema is read with.
pub struct SchemaInput<'a> {
    /// Where files come from.
    pub files: &'a dyn FileSystem,
    /// Answers what an import means.
    pub resolver: &'a dyn ModuleResolver,
    /// Receives every file that is read.
    pub sources: &'a SourceMap,
    /// The files that drizzle-kit is told to load, in its order.
    pub entries: &'a [PathBuf],
    /// Tables of other dialects are passed over, as drizzle-kit does.
    pub dialect: Dialect,
    /// The line of drizzle-orm and drizzle-kit.
    pub line: DrizzleLine,
    /// `casing` of the drizzle config. It counts in 0.x and in the betas of 1.0 up to beta.22; for
    /// later versions, which ignore it, this is `None`.
    pub casing: Option<Casing>,
    /// What `process.env.NAME` gives.
    pub env: &'a BTreeMap<String, String>,
}

/// The two lines of drizzle that differ in names, in casing and in what they drop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrizzleLine {
    /// 0.x
    V0,
    /// 1.0 and its betas from the folder layout on.
    V1,
}

/// How column names are made from keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Casing {
    /// `authorId` to `author_id`.
    SnakeCase,
    /// `author_id` to `authorId`.
    CamelCase,
}

/// Says which file an import means.
pub trait ModuleResolver: Sync {
    /// Resolves `specifier` as written in the file `importer`.
    fn resolve(&self, specifier: &str, importer: &Path) -> Resolution;
}

/// What an import specifier means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// A file that can be read.
    File(PathBuf),
    /// A package or module that is not there, with the reason.
    NotFound(String),
}

/// What a schema yields: the tables that were read, and the expressions that could not be.
#[derive(Debug, Clone, Default)]
pub struct Extraction {
    /// What drizzle-kit would collect, in the order of the declarations.
    pub catalog: Catalog,
    /// What `relations`, `defineRelations` and `defineRelationsPart` join by columns that are known,
    /// in the order in which drizzle-kit comes across them. One that cannot be read is left out: it
    /// declares no foreign key.
    pub relations: Vec<Relation>,
    /// What could hold a foreign key and was not read.
    pub unresolved: Vec<Unresolved>,
    /// Foreign keys that this line of drizzle drops before they reach any statement.
    pub lost: Vec<LostDeclaration>,
    /// Tables with foreign keys, or referenced by those of others, that no entry file exports.
    pub unexported: Vec<UnexportedTable>,
    /// Exported values that could not be evaluated, and may be tables for all that is known.
    pub opaque_exports: Vec<OpaqueExport>,
    /// What the text of the schema files mentions, sorted by path and place; empty unless it was
    /// asked for with [`extract_and_account`].
    pub mentions: Vec<Mention>,
    /// Entry files, and files they re-export from, that could not be read or parsed.
    pub errors: Vec<SourceError>,
}

/// A place whose text looks like the declaration of a foreign key: `mentions`.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    /// `references` or `foreignKey`.
    pub span: Span,
    /// What became of it.
    pub fate: MentionFate,
}

/// What became of a mention. Of several, for a declaration that several tables share, the first in
/// this order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MentionFate {
    /// It is a foreign key of the catalog.
    Extracted,
    /// It is in something that is reported as unresolved.
    Reported,
    /// drizzle drops it, as it drops what stands before `.array()` in 0.x, what is in no table, and
    /// a foreign key that another one of its name replaces.
    Lost,
    /// It is in a table of another dialect.
    OtherDialect,
    /// It is in a table, or in code, that no entry file exports.
    NotExported,
    /// It is in a function that is never called, or under a condition that does not hold.
    NotRun,
    /// It calls a function of the project that has the same name.
    OwnFunction,
    /// Nothing is known of it: it should have been read.
    Unaccounted,
}

/// A value of TypeScript, as far as it can be known without running it.
#[derive(Debug, Clone)]
pub enum PlainValue {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<PlainValue>),
    /// An object; a later key has replaced an earlier one.
    Object(Vec<PlainProperty>),
    /// Anything else, with the reason why it is not known, and the place.
    Unknown(String, Span),
}

/// A property of a plain object.
#[derive(Debug, Clone)]
pub struct PlainProperty {
    /// Its name.
    pub key: String,
    /// What it holds.
    pub value: PlainValue,
    /// Where it is written.
    pub span: Span,
}
