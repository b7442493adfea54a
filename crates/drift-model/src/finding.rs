//! What rules report.

use std::fmt;

use crate::{ForeignKey, Span};

/// How bad a finding is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Probably wrong.
    Warn,
    /// Wrong.
    Error,
}

impl Level {
    /// The word that reports and settings use.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it, by name.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The foreign key it is about, as messages call it; reports group by it.
    pub foreign_key: Option<String>,
    /// The fault in one line, which starts in lower case and has no full stop.
    pub message: String,
    /// The places, the one to look at first in front.
    pub labels: Vec<Label>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Finding {
    /// A finding without places.
    pub fn new(rule: &'static str, level: Level, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            rule,
            level,
            foreign_key: None,
            message,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says which foreign key it is about.
    #[must_use]
    pub fn about(mut self, foreign_key: &ForeignKey) -> Self {
        self.foreign_key = Some(foreign_key.to_string());
        self
    }

    /// Adds a place and what is to be seen there.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A place of a finding.
#[derive(Debug, Clone)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}
