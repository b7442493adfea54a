//! What a delete does, in the words that all who tell of it use.

use drift_model::{Dialect, ForeignKey};

use crate::reach::{Effect, Event, Idle, Reach, Refusal, Step};

/// How many foreign keys that block are named in a line.
const NAMED: usize = 3;

/// What is so in SQLite alone: it looks at foreign keys where it is told to.
pub const SQLITE_CAVEAT: &str =
    "all this on connections with PRAGMA foreign_keys = ON; on others nothing else changes";

/// What comes of a foreign key, in a clause whose subject is its columns.
pub fn phrase(foreign_key: &ForeignKey, effect: Effect<'_>, event: Event) -> String {
    let (clause, action) = match event {
        Event::Delete => ("on delete", foreign_key.on_delete),
        Event::Update => ("on update", foreign_key.on_update),
    };
    match effect {
        Effect::Deletes => "rows are deleted".to_owned(),
        Effect::SetsNull => "is set to NULL".to_owned(),
        Effect::SetsDefault => "is set to its default".to_owned(),
        Effect::Blocks(Refusal::Action) => format!("blocks the delete: {clause} {action}"),
        Effect::Blocks(refusal) => {
            format!("blocks the delete: {clause} {action}, and {}", refusal.reason())
        }
        Effect::MayBlock(Refusal::Action) => {
            format!("blocks it for rows that stay: {clause} {action}")
        }
        Effect::MayBlock(refusal) => {
            format!("blocks it for rows that stay: {clause} {action}, and {}", refusal.reason())
        }
        Effect::Nothing(Idle::NotEnforced) => "does nothing: it is not enforced".to_owned(),
        Effect::Nothing(Idle::Forgotten) => {
            "does nothing: MySQL ignores REFERENCES after a column".to_owned()
        }
        Effect::Nothing(Idle::Overtaken(other)) => match &other.name {
            Some(name) => format!("does nothing: `{name}` acts first"),
            None => format!("does nothing: another one, {}, acts first", other.on_delete),
        },
    }
}

impl<'a> Reach<'a> {
    /// What keeps a row from being deleted: the steps that block for sure.
    pub fn blocking(&self) -> impl Iterator<Item = &Step<'a>> {
        self.steps.iter().filter(|it| matches!(it.effect, Effect::Blocks(_)))
    }

    /// The foreign keys that block, a few of them by name.
    pub fn blocked_by(&self) -> String {
        shorten(&self.blocking().map(|it| it.foreign_key.referencing_side()).collect::<Vec<_>>())
    }

    /// The foreign keys that block where their rows do not go along, a few of them by name.
    pub fn blocked_where_rows_stay(&self) -> String {
        let steps = self.steps.iter().filter(|it| matches!(it.effect, Effect::MayBlock(_)));
        shorten(&steps.map(|it| it.foreign_key.referencing_side()).collect::<Vec<_>>())
    }

    /// `3 tables lose rows, 1 is changed`
    pub fn extent(&self, dialect: Dialect) -> String {
        let losing = self.losing_tables(dialect).len();
        let changes = |it| matches!(it, Effect::SetsNull | Effect::SetsDefault);
        let changed = self.tables(dialect, changes).len();
        let lose = if losing == 1 { "loses" } else { "lose" };
        let are = if changed == 1 { "is" } else { "are" };
        match (losing, changed) {
            (0, 0) => "no other table changes".to_owned(),
            (_, 0) => format!("{} {lose} rows", tables(losing)),
            (0, _) => format!("{} {are} changed", tables(changed)),
            _ => format!("{} {lose} rows, {changed} {are} changed", tables(losing)),
        }
    }

    /// What comes of it all, in a line or two.
    pub fn conclusions(&self, dialect: Dialect) -> Vec<String> {
        let (blocked, staying) = (self.blocked_by(), self.blocked_where_rows_stay());
        let extent = self.extent(dialect);
        let mut lines = vec![match (&blocked[..], &staying[..]) {
            _ if self.steps.is_empty() => {
                "nothing references it: the row goes, and nothing else".to_owned()
            }
            ("", "") => format!("nothing blocks the delete; {extent}"),
            ("", _) => format!("blocked by rows of {staying} that do not go along; else {extent}"),
            _ => format!("blocked by rows of {blocked}; where there are none, {extent}"),
        }];
        if !blocked.is_empty() && !staying.is_empty() {
            lines.push(format!("also blocked by rows of {staying} that do not go along"));
        }
        lines
    }
}

fn tables(number: usize) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} table{plural}")
}

/// The first of several names, and how many more there are.
pub fn shorten(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
