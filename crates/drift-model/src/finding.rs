//! What rules report.

use std::fmt;

use crate::{ForeignKey, Span, TableName};

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
    /// What it is about, in terms that stay the same when lines move.
    pub subject: Subject,
    /// The fault in one line, which starts in lower case and has no full stop.
    pub message: String,
    /// The places, the one to look at first in front.
    pub labels: Vec<Label>,
    /// Where it tells of several things of a kind, the place of each, also of those without a label.
    pub parts: Vec<Span>,
    /// What led to it, oldest first: what a statement did, in a verb or two, and where it stands.
    pub history: Vec<Label>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What to do about it, in a line.
    pub help: Option<String>,
    /// Ways to mend it that can be pasted, the one that is probably right in front.
    pub remedies: Vec<Remedy>,
}

/// What a finding is about. Two findings of one rule with equal subjects are the same fault, in
/// whatever line and words they are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The referencing table, or the one table that it concerns.
    pub table: Option<TableName>,
    /// In declaration order.
    pub columns: Vec<String>,
    /// The table that is referenced, or should be.
    pub referenced_table: Option<TableName>,
    /// What each source says, as a source and what it says in terse, stable words: `schema` and
    /// `cascade`.
    pub says: Vec<(&'static str, String)>,
    /// What tells the finding from others of its rule where tables and columns do not: the name of a
    /// file, the text of a statement.
    pub detail: Option<String>,
}

impl Finding {
    /// A finding without places.
    pub fn new(rule: &'static str, level: Level, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            rule,
            level,
            foreign_key: None,
            subject: Subject::default(),
            message,
            labels: Vec::new(),
            parts: Vec::new(),
            history: Vec::new(),
            notes: Vec::new(),
            help: None,
            remedies: Vec::new(),
        }
    }

    /// Says which foreign key it is about.
    #[must_use]
    pub fn about(mut self, foreign_key: &ForeignKey) -> Self {
        self.foreign_key = Some(foreign_key.to_string());
        self.subject.table = Some(foreign_key.referencing_table.clone());
        self.subject.columns.clone_from(&foreign_key.referencing_columns);
        self.subject.referenced_table = Some(foreign_key.referenced_table.clone());
        self
    }

    /// Says which table it is about.
    #[must_use]
    pub fn about_table(mut self, table: &TableName) -> Self {
        self.subject.table = Some(table.clone());
        self
    }

    /// Says which columns of a table it is about.
    #[must_use]
    pub fn about_columns(mut self, table: &TableName, columns: &[String]) -> Self {
        self.subject.columns = columns.to_vec();
        self.about_table(table)
    }

    /// Says what a source says, in terse and stable words.
    #[must_use]
    pub fn says(mut self, source: &'static str, what: impl Into<String>) -> Self {
        self.subject.says.push((source, what.into()));
        self
    }

    /// Tells it from others of its rule.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.subject.detail = Some(detail.into());
        self
    }

    /// Adds a place and what is to be seen there.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Says where the several things are that it tells of.
    #[must_use]
    pub fn parts(mut self, parts: impl IntoIterator<Item = Span>) -> Self {
        self.parts = parts.into_iter().collect();
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

    /// Adds a way to mend it.
    #[must_use]
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedies.push(remedy);
        self
    }
}

impl AsRef<Finding> for Finding {
    fn as_ref(&self) -> &Finding {
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

/// A way to mend a fault, as text that can be pasted.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// When and where to use it, in a clause without a full stop: `if the schema is right, add a
    /// migration`.
    pub title: String,
    /// The language of the text.
    pub language: Language,
    /// What to paste, one or several lines without a line break at the end.
    pub text: String,
    /// What an editor would do with the text, where that is certain.
    pub edit: Option<Edit>,
}

impl Remedy {
    /// Whether the text changes nothing and only finds rows, to be looked at before something else is
    /// done.
    pub fn is_query(&self) -> bool {
        self.language == Language::Sql && self.text.starts_with("SELECT ")
    }
}

/// The language of a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A part of a schema.
    TypeScript,
    /// Statements of a migration.
    Sql,
}

/// A replacement of a part of a file.
#[derive(Debug, Clone)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// By what.
    pub text: String,
}
