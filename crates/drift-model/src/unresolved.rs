//! What a reader could not read.

use std::path::PathBuf;

use crate::Span;

/// Something that could hold a foreign key and was not understood.
#[derive(Debug, Clone)]
pub struct Unresolved {
    /// What it is.
    pub kind: UnresolvedKind,
    /// Why it was not understood, as a clause that starts in lower case and has no full stop.
    pub reason: String,
    /// The place.
    pub span: Span,
    /// Whether any foreign key may be in it, so that the absence of one proves nothing.
    pub may_hold_any: bool,
}

impl Unresolved {
    /// Something that concerns what it names and nothing else.
    pub fn new(kind: UnresolvedKind, reason: impl Into<String>, span: Span) -> Self {
        Self { kind, reason: reason.into(), span, may_hold_any: false }
    }

    /// Something that may concern anything.
    pub fn open(kind: UnresolvedKind, reason: impl Into<String>, span: Span) -> Self {
        Self { may_hold_any: true, ..Self::new(kind, reason, span) }
    }
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
}

impl UnresolvedKind {
    /// The rule that reports it.
    pub fn rule_name(self) -> &'static str {
        match self {
            UnresolvedKind::Expression => "unresolved-expression",
            UnresolvedKind::Statement => "unparsed-statement",
            UnresolvedKind::DynamicSql => "dynamic-sql",
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
