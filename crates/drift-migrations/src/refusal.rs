//! Why an engine refuses a statement.

use drift_model::Span;

/// A class of errors, as exception handlers name them.
///
/// Source: <https://www.postgresql.org/docs/current/errcodes-appendix.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    DuplicateObject,
    DuplicateTable,
    DuplicateColumn,
    DuplicateSchema,
    UndefinedSchema,
    UndefinedTable,
    UndefinedObject,
    UndefinedColumn,
    AmbiguousColumn,
    DependentObjects,
    InvalidForeignKey,
    DatatypeMismatch,
    /// The statement is none for what has the name.
    WrongObject,
    /// A key that is checked too late.
    WrongState,
    /// A table that cannot be as it is defined.
    InvalidTable,
    /// `SET NULL` of a column that is none of the foreign key.
    InvalidColumn,
    Syntax,
    NullValueNotAllowed,
    CaseNotFound,
    /// `RAISE EXCEPTION`.
    Raised,
}

impl RefusalKind {
    /// The name of the condition and its SQLSTATE.
    fn condition(self) -> (&'static str, &'static str) {
        match self {
            RefusalKind::DuplicateObject => ("duplicate_object", "42710"),
            RefusalKind::DuplicateTable => ("duplicate_table", "42p07"),
            RefusalKind::DuplicateColumn => ("duplicate_column", "42701"),
            RefusalKind::DuplicateSchema => ("duplicate_schema", "42p06"),
            RefusalKind::UndefinedSchema => ("invalid_schema_name", "3f000"),
            RefusalKind::UndefinedTable => ("undefined_table", "42p01"),
            RefusalKind::UndefinedObject => ("undefined_object", "42704"),
            RefusalKind::UndefinedColumn => ("undefined_column", "42703"),
            RefusalKind::AmbiguousColumn => ("ambiguous_column", "42702"),
            RefusalKind::DependentObjects => ("dependent_objects_still_exist", "2bp01"),
            RefusalKind::InvalidForeignKey => ("invalid_foreign_key", "42830"),
            RefusalKind::DatatypeMismatch => ("datatype_mismatch", "42804"),
            RefusalKind::WrongObject => ("wrong_object_type", "42809"),
            RefusalKind::WrongState => ("object_not_in_prerequisite_state", "55000"),
            RefusalKind::InvalidTable => ("invalid_table_definition", "42p16"),
            RefusalKind::InvalidColumn => ("invalid_column_reference", "42p10"),
            RefusalKind::Syntax => ("syntax_error", "42601"),
            RefusalKind::NullValueNotAllowed => ("null_value_not_allowed", "22004"),
            RefusalKind::CaseNotFound => ("case_not_found", "20000"),
            RefusalKind::Raised => ("raise_exception", "p0001"),
        }
    }

    /// Whether `WHEN condition` catches it; the condition is in lower case.
    pub(crate) fn is_caught_by(self, condition: &str) -> bool {
        let (name, state) = self.condition();
        condition == "others" || condition == name || condition == state
    }
}

/// A statement that the engine refuses.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    /// As a clause that starts in lower case and has no full stop.
    pub(crate) reason: String,
    /// Whether no foreign key would be another one had it been applied.
    pub(crate) is_harmless: bool,
    /// The statement of a block that was refused, where there is one.
    pub(crate) span: Option<Span>,
}

impl Refusal {
    pub(crate) fn new(kind: RefusalKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), is_harmless: false, span: None }
    }
}

/// What a statement does: its effect, or none at all.
pub(crate) type Outcome<T = ()> = Result<T, Refusal>;
