//! Foreign keys and what they do when the referenced row goes or changes.

use std::fmt;

use crate::{Span, TableName};

/// What `ON DELETE` or `ON UPDATE` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReferentialAction {
    /// The default of the SQL standard, where no clause is written.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Delete or update the referencing rows too.
    Cascade,
    /// Empty the referencing columns.
    SetNull,
    /// Put the default of the referencing columns.
    SetDefault,
}

impl ReferentialAction {
    /// Reads the words of SQL or Drizzle, in any case.
    pub fn parse(words: &str) -> Option<Self> {
        const ALL: [ReferentialAction; 5] = [
            ReferentialAction::NoAction,
            ReferentialAction::Restrict,
            ReferentialAction::Cascade,
            ReferentialAction::SetNull,
            ReferentialAction::SetDefault,
        ];
        if let Some(action) = ALL.into_iter().find(|action| action.as_str() == words) {
            return Some(action);
        }
        ALL.into_iter().find(|action| {
            let mut given = words.split_ascii_whitespace();
            let same = action
                .as_str()
                .split(' ')
                .all(|word| given.next().is_some_and(|given| given.eq_ignore_ascii_case(word)));
            same && given.next().is_none()
        })
    }

    /// The words in lower case, as Drizzle and the JSON output write them.
    pub fn as_str(self) -> &'static str {
        match self {
            ReferentialAction::NoAction => "no action",
            ReferentialAction::Restrict => "restrict",
            ReferentialAction::Cascade => "cascade",
            ReferentialAction::SetNull => "set null",
            ReferentialAction::SetDefault => "set default",
        }
    }
}

impl fmt::Display for ReferentialAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the check of a foreign key may wait for the end of the transaction.
///
/// SQLite keeps it as well; MySQL does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Deferral {
    /// The default: each statement is checked.
    #[default]
    NotDeferrable,
    /// `DEFERRABLE`: each statement is checked unless the transaction says otherwise.
    InitiallyImmediate,
    /// `DEFERRABLE INITIALLY DEFERRED`: the transaction is checked unless it says otherwise.
    InitiallyDeferred,
}

/// A foreign key as one source declares it.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// Constraint name as the engine stores it, or `None` where the engine keeps none and
    /// where it is made of a table's name that is not known.
    pub name: Option<String>,
    /// The name as it was given, where the engine cuts it.
    pub written_name: Option<String>,
    /// Whether somebody wrote the name; otherwise a tool or the engine made it.
    pub has_explicit_name: bool,
    /// The table that carries the constraint.
    pub referencing_table: TableName,
    /// In declaration order; each pairs with the referenced column at the same position.
    pub referencing_columns: Vec<String>,
    /// The table pointed at.
    pub referenced_table: TableName,
    /// The columns pointed at. Empty where the declaration leaves them to the primary key of a
    /// table that this source does not have.
    pub referenced_columns: Vec<String>,
    /// [`ReferentialAction::NoAction`] where the clause is absent, as in the SQL standard.
    pub on_delete: ReferentialAction,
    /// As `on_delete`.
    pub on_update: ReferentialAction,
    /// The columns of `ON DELETE SET NULL (a, b)`; empty means all of them.
    pub set_columns: Vec<String>,
    /// Whether a key that is NULL in part is refused: `MATCH FULL`. Otherwise such a key is not
    /// looked at, as in every engine but PostgreSQL.
    pub is_match_full: bool,
    /// Until when the check may be put off.
    pub deferral: Deferral,
    /// False for `NOT ENFORCED` of PostgreSQL 18, which is written down and never checked.
    pub is_enforced: bool,
    /// False for `NOT VALID` that was never validated.
    pub is_validated: bool,
    /// Whether the declaration holds only under a condition that could not be evaluated; its
    /// absence on the other side is then no fault.
    pub is_conditional: bool,
    /// Whether `ALTER TABLE ... ADD COLUMN` made it along with its column.
    pub comes_with_column: bool,
    /// The declaration that gave the foreign key its present form; no comparison looks at it.
    pub span: Span,
    /// The part of the declaration that says `ON DELETE`, where it says it.
    pub on_delete_span: Option<Span>,
    /// The part of the declaration that says `ON UPDATE`, where it says it.
    pub on_update_span: Option<Span>,
    /// What happened to it, oldest first. Sources without a history leave it empty.
    pub history: Vec<Change>,
}

impl ForeignKey {
    /// A foreign key without actions or a name.
    pub fn new(
        referencing_table: TableName,
        referencing_columns: Vec<String>,
        referenced_table: TableName,
        referenced_columns: Vec<String>,
        span: Span,
    ) -> Self {
        Self {
            name: None,
            written_name: None,
            has_explicit_name: false,
            referencing_table,
            referencing_columns,
            referenced_table,
            referenced_columns,
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            set_columns: Vec::new(),
            is_match_full: false,
            deferral: Deferral::NotDeferrable,
            is_enforced: true,
            is_validated: true,
            is_conditional: false,
            comes_with_column: false,
            span,
            on_delete_span: None,
            on_update_span: None,
            history: Vec::new(),
        }
    }

    /// The referencing side, as findings call it: `posts.author_id`, `posts.(a, b)`.
    pub fn referencing_side(&self) -> String {
        side(&self.referencing_table, &self.referencing_columns)
    }

    /// The referenced side, as findings call it.
    pub fn referenced_side(&self) -> String {
        side(&self.referenced_table, &self.referenced_columns)
    }
}

pub(crate) fn side(table: &TableName, columns: &[String]) -> String {
    match columns {
        [] => table.to_string(),
        [column] => format!("{table}.{column}"),
        columns => format!("{table}.({})", columns.join(", ")),
    }
}

/// `posts.author_id → users.id`
impl fmt::Display for ForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.referencing_side(), self.referenced_side())
    }
}

/// A statement that concerned a foreign key.
#[derive(Debug, Clone)]
pub struct Change {
    /// What the statement did to it.
    pub kind: ChangeKind,
    /// The clause that did it.
    pub span: Span,
}

/// What a statement did to a foreign key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Made it.
    Created,
    /// Renamed it, its table or one of its columns, or the table or a column that it references.
    Renamed,
    /// Changed something else about it, such as `VALIDATE CONSTRAINT`.
    Altered,
    /// Dropped it by name.
    Dropped,
    /// Dropped something it cannot exist without: its table, a column, a referenced key.
    DroppedAlong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_actions_in_any_case_and_spacing() {
        assert_eq!(ReferentialAction::parse("SET  null"), Some(ReferentialAction::SetNull));
        assert_eq!(ReferentialAction::parse("cascade"), Some(ReferentialAction::Cascade));
        assert_eq!(ReferentialAction::parse("set"), None);
        assert_eq!(ReferentialAction::parse("cascade now"), None);
    }
}
