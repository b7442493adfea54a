//! What happened to a foreign key, and why it is not what its declaration says, where that can be
//! told for certain.

use foldhash::{HashMap, HashMapExt};

use drift_model::{
    Change, ChangeKind, Dialect, Finding, ForeignKey, Label, MissedDrop, SkipReason,
    SkippedForeignKey, Span, TableName,
};

use crate::comparison::{Comparison, Sources};
use crate::names::{Names, Place};

/// How many changes are told: the first one and the last.
const TOLD_AT_MOST: usize = 6;

/// What the replay remembers, by what it is about.
pub(crate) struct Memories<'a> {
    skipped: HashMap<Place, Vec<&'a SkippedForeignKey>>,
    missed_drops: HashMap<TableName, Vec<&'a MissedDrop>>,
    /// What a statement did to names, by its place.
    renames: HashMap<Span, String>,
    dropped_tables: HashMap<TableName, Span>,
    dropped_columns: HashMap<(TableName, String), Span>,
}

impl<'a> Memories<'a> {
    pub(crate) fn new(sources: &Sources<'a>, names: &Names) -> Self {
        let mut memories = Self {
            skipped: HashMap::new(),
            missed_drops: HashMap::new(),
            renames: HashMap::new(),
            dropped_tables: HashMap::new(),
            dropped_columns: HashMap::new(),
        };
        let Some(migrations) = sources.migrations else { return memories };
        for skipped in &migrations.skipped_foreign_keys {
            let place = names.place(&skipped.foreign_key);
            memories.skipped.entry(place).or_default().push(skipped);
        }
        for missed in &migrations.missed_drops {
            memories
                .missed_drops
                .entry(names.table(&missed.table).into_owned())
                .or_default()
                .push(missed);
        }
        for former in &migrations.former_tables {
            let name = former.name.to_string();
            let now = former.became.as_ref().map(ToString::to_string);
            if now.is_none() {
                memories.dropped_tables.insert(names.table(&former.name).into_owned(), former.span);
            }
            memories.renames.insert(former.span, what_became(&name, now.as_deref()));
        }
        for former in &migrations.former_columns {
            if former.became.is_none() {
                let table = names.table(&former.table);
                let column = names.column(&table, &former.name);
                memories
                    .dropped_columns
                    .insert((table.into_owned(), column.into_owned()), former.span);
            }
            let said = what_became(&former.name, former.became.as_deref());
            memories.renames.insert(former.span, said);
        }
        memories
    }

    /// The statement that dropped a table of that name, the last one.
    pub(crate) fn dropped_table(&self, names: &Names, name: &TableName) -> Option<Span> {
        self.dropped_tables.get(&names.table(name)).copied()
    }

    /// The statement that dropped a column of that name, the last one.
    pub(crate) fn dropped_column(
        &self,
        names: &Names,
        table: &TableName,
        name: &str,
    ) -> Option<Span> {
        let table = names.table(table);
        let column = names.column(&table, name);
        self.dropped_columns.get(&(table.into_owned(), column.into_owned())).copied()
    }
}

/// What became of a name, in a few words.
fn what_became(name: &str, now: Option<&str>) -> String {
    match now {
        Some(now) => format!("`{name}` became `{now}`"),
        None => format!("dropped with `{name}`"),
    }
}

impl<'a> Comparison<'a> {
    /// Tells what happened to a foreign key of the migrations, if that is more than that it was made.
    pub(crate) fn with_history(&self, mut finding: Finding, foreign_key: &ForeignKey) -> Finding {
        let is_told = match &foreign_key.history[..] {
            [] => false,
            [only] => only.kind != ChangeKind::Created,
            _ => true,
        };
        if is_told {
            finding.history = self.deeds(foreign_key);
        }
        finding
    }

    /// What the statements did that made a foreign key of the migrations what it is, oldest first, in
    /// a few words each: of many the first one and the last.
    pub fn deeds(&self, foreign_key: &ForeignKey) -> Vec<Label> {
        let changes = &foreign_key.history;
        let mut told: Vec<Label> = Vec::with_capacity(changes.len());
        let mut was_dropped = false;
        for (at, change) in changes.iter().enumerate() {
            // What one migration drops and makes again, it changes.
            let next = changes.get(at + 1).filter(|it| it.kind == ChangeKind::Created);
            let is_change = change.kind == ChangeKind::Dropped
                && next.is_some_and(|it| it.span.file == change.span.file);
            if is_change {
                continue;
            }
            let before = at.checked_sub(1).map(|at| &changes[at]);
            let message = match before.filter(|it| it.kind == ChangeKind::Dropped) {
                Some(before)
                    if change.kind == ChangeKind::Created
                        && before.span.file == change.span.file =>
                {
                    "dropped and made again".to_owned()
                }
                _ => self.deed(change, was_dropped),
            };
            was_dropped |= is_drop(change);
            told.push(Label { span: change.span, message });
        }
        if told.len() > TOLD_AT_MOST {
            told.drain(1..told.len() - (TOLD_AT_MOST - 1));
        }
        told
    }

    /// What a statement did, in a few words.
    fn deed(&self, change: &Change, was_dropped: bool) -> String {
        let renames = &self.memories.renames;
        match change.kind {
            ChangeKind::Created if was_dropped => "made again".to_owned(),
            ChangeKind::Created => "made".to_owned(),
            ChangeKind::Altered if self.sources.dialect == Dialect::Sqlite => {
                "made anew with its table".to_owned()
            }
            ChangeKind::Altered => "changed".to_owned(),
            ChangeKind::Dropped => "dropped".to_owned(),
            ChangeKind::Renamed => {
                renames.get(&change.span).cloned().unwrap_or_else(|| "renamed".to_owned())
            }
            ChangeKind::DroppedAlong => {
                let said = renames.get(&change.span).cloned();
                said.unwrap_or_else(|| "dropped with what it needs".to_owned())
            }
        }
    }

    /// Names the statement that would have made what the schema declares, and did nothing.
    pub(crate) fn with_skipped(&self, finding: Finding, declared: &ForeignKey) -> Finding {
        let candidates = self.memories.skipped.get(&self.names.place(declared));
        let skipped = candidates.into_iter().flatten().rev().find(|it| {
            let it = &it.foreign_key;
            self.names.have_same_target(it, declared)
                && (it.on_delete, it.on_update) == (declared.on_delete, declared.on_update)
        });
        let Some(skipped) = skipped else { return finding };
        let name = skipped.foreign_key.name.as_deref().unwrap_or_default();
        let (why, existing) = match skipped.reason {
            SkipReason::NameTaken => (
                format!("did nothing: `{name}` was there already"),
                format!("`{name}` was made here"),
            ),
            SkipReason::TableExists => (
                "did nothing: the table was there already".to_owned(),
                "the table was made here".to_owned(),
            ),
            SkipReason::ColumnExists => (
                "did nothing: the column was there already".to_owned(),
                "the column was made here".to_owned(),
            ),
            SkipReason::Refused => {
                (format!("{} refuses it", self.sources.engine.product_name()), String::new())
            }
        };
        let did = format!("this would have made it so, but {why}");
        let is_new = |span: &Span| !finding.labels.iter().any(|it| it.span == *span);
        let existing = skipped.existing.filter(is_new).map(|span| (span, existing));
        let finding = finding.label(skipped.foreign_key.span, did);
        match existing {
            Some((span, message)) => finding.label(span, message),
            None => finding,
        }
    }

    /// Names the drop that was to take one of several foreign keys on the same columns away before
    /// another one was made, and that missed it by its name. They come in the order in which they were
    /// made.
    pub(crate) fn with_missed_drop(&self, finding: Finding, twins: &[&ForeignKey]) -> Finding {
        let Some(first) = twins.first() else { return finding };
        let missed = self.memories.missed_drops.get(&self.names.table(&first.referencing_table));
        let Some(missed) = missed else { return finding };
        for (at, made) in twins.iter().enumerate() {
            let before = |it: &&&MissedDrop| {
                it.span.file == made.span.file
                    && it.span.start < made.span.start
                    && Some(&it.name) == made.name.as_ref()
            };
            let left = twins[..at].iter().find(|it| it.name != made.name && it.name.is_some());
            let name = left.and_then(|it| it.name.as_ref());
            if let (Some(missed), Some(name)) = (missed.iter().rev().find(before), name) {
                let message = format!("this was to drop it, and missed it: it is called `{name}`");
                return finding.label(missed.span, message);
            }
        }
        finding
    }

    /// Says which fault of drizzle-kit wrote other actions than the schema and its snapshot have.
    pub(crate) fn with_known_fault(
        &self,
        finding: Finding,
        declared: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let is_silent = migrated.on_delete_span.is_none() && migrated.on_update_span.is_none();
        let is_generated = self.is_in_snapshot(declared) && is_silent;
        let dialect = self.sources.dialect;
        let is_old = self.sources.compares_generated_names;
        if dialect == Dialect::Sqlite && is_generated && is_old && migrated.comes_with_column {
            return finding.note(
                "drizzle-kit 0.x leaves the actions out where it adds a column in SQLite, \
                 though its snapshot has them",
            );
        }
        let refers_to_itself = migrated.referencing_table == migrated.referenced_table;
        let is_in_create = self
            .migrated_table(&migrated.referencing_table)
            .is_some_and(|it| it.span.file == migrated.span.file && covers(it.span, migrated.span));
        if dialect == Dialect::MySql && is_generated && !is_old && refers_to_itself && is_in_create
        {
            return finding.note(
                "drizzle-kit 1.0.0-rc leaves the actions out where a new MySQL table references \
                 itself, though its snapshot has them",
            );
        }
        match self.changed_sibling(migrated) {
            Some(sibling) if self.is_in_snapshot(declared) => finding
                .label(sibling.span, format!("this changed {sibling}, of the same table"))
                .note(
                    "drizzle-kit 0.18 to 0.21 wrote only the first of several changes of a table",
                ),
            _ => finding,
        }
    }

    /// Whether drizzle-kit's snapshot has a foreign key as the schema declares it.
    pub(crate) fn is_in_snapshot(&self, declared: &ForeignKey) -> bool {
        self.snapshot.about(&self.names, declared).found().is_some_and(|it| {
            self.names.have_same_target(it, declared)
                && (it.on_delete, it.on_update) == (declared.on_delete, declared.on_update)
        })
    }

    /// Another foreign key of the table that a migration after this one dropped and made again.
    fn changed_sibling(&self, migrated: &ForeignKey) -> Option<&'a ForeignKey> {
        if self.sources.dialect == Dialect::Sqlite || !self.sources.compares_generated_names {
            return None;
        }
        let is_changed = |it: &&&ForeignKey| match &it.history[..] {
            [.., dropped, made] => {
                dropped.kind == ChangeKind::Dropped
                    && made.kind == ChangeKind::Created
                    && dropped.span.file == made.span.file
                    && made.span.file != migrated.span.file
            }
            _ => false,
        };
        let siblings = self.migrated_of.get(&self.names.table(&migrated.referencing_table))?;
        siblings.iter().find(is_changed).copied()
    }
}

fn is_drop(change: &Change) -> bool {
    matches!(change.kind, ChangeKind::Dropped | ChangeKind::DroppedAlong)
}

fn covers(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
