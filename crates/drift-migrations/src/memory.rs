//! What a replay remembers for reports and no catalog has: names that tables and columns had once,
//! and statements about foreign keys that found something in their way and did nothing.

use drift_model::{
    Catalog, FormerColumn, FormerTable, MissedDrop, ReferentialAction, SkipReason,
    SkippedForeignKey, Span, TableName,
};
use foldhash::{HashMap, HashMapExt};

use crate::apply::Applier;
use crate::outcome;
use crate::state::{State, TableId, Target, Undo};
use crate::statement::{
    AlterKind, AlterTable, ColumnDefinition, CreateTable, Name, Reference, StatementKind, Step,
    StepKind, TableConstraint, TableConstraintKind, TableItem,
};

/// One thing to remember.
#[derive(Debug)]
pub(crate) enum Memory<'a> {
    /// A table lost its name: it was renamed or dropped.
    Table {
        id: TableId,
        namespace: Name<'a>,
        name: Name<'a>,
        span: Span,
    },
    /// A column lost its name; `None` where it was dropped.
    Column {
        id: TableId,
        name: Name<'a>,
        became: Option<Name<'a>>,
        span: Span,
    },
    MissedDrop {
        id: TableId,
        name: Name<'a>,
        span: Span,
    },
    Skipped(Box<Skipped<'a>>),
}

/// A foreign key that was not made.
#[derive(Debug)]
pub(crate) struct Skipped<'a> {
    table: TableId,
    name: Option<Name<'a>>,
    columns: Vec<Name<'a>>,
    target: Target<'a>,
    reference: Reference<'a>,
    reason: SkipReason,
    span: Span,
    existing: Option<Span>,
}

impl<'a> State<'a> {
    fn remember(&mut self, memory: Memory<'a>) {
        self.memories.push(memory);
        self.undo.push(Undo::Memory);
    }

    /// Remembers the name that a table is about to lose.
    pub(crate) fn remember_table(&mut self, id: TableId, span: Span) {
        let (namespace, name) = (self.table(id).namespace.clone(), self.table(id).name.clone());
        self.remember(Memory::Table { id, namespace, name, span });
    }

    /// Remembers the name that a column is about to lose.
    pub(crate) fn remember_column(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        became: Option<&Name<'a>>,
        span: Span,
    ) {
        let (name, became) = (name.clone(), became.cloned());
        self.remember(Memory::Column { id, name, became, span });
    }

    /// Remembers `DROP CONSTRAINT IF EXISTS` of what is not there.
    pub(crate) fn remember_missed_drop(&mut self, id: TableId, name: &Name<'a>, span: Span) {
        self.remember(Memory::MissedDrop { id, name: name.clone(), span });
    }
}

impl<'a> Applier<'a> {
    /// Remembers a foreign key of a table that is not made.
    pub(crate) fn remember_skipped(
        &mut self,
        table: TableId,
        constraint: &TableConstraint<'a>,
        reason: SkipReason,
        existing: Option<Span>,
    ) {
        if let TableConstraintKind::ForeignKey { columns, reference, .. } = &constraint.kind {
            let target = self.likely_target(reference);
            self.state.remember(Memory::Skipped(Box::new(Skipped {
                table,
                name: constraint.name.clone(),
                columns: columns.clone(),
                target,
                reference: reference.clone(),
                reason,
                span: constraint.span,
                existing,
            })));
        }
    }

    /// Remembers the foreign keys of a column that are not made.
    pub(crate) fn remember_skipped_column(
        &mut self,
        table: TableId,
        column: &ColumnDefinition<'a>,
        reason: SkipReason,
        existing: Option<Span>,
    ) {
        for reference in column.references() {
            let target = self.likely_target(reference);
            self.state.remember(Memory::Skipped(Box::new(Skipped {
                table,
                name: None,
                columns: vec![column.name.clone()],
                target,
                reference: reference.clone(),
                reason,
                span: column.span,
                existing,
            })));
        }
    }

    /// Remembers the foreign keys of a `CREATE TABLE IF NOT EXISTS` whose table is there.
    pub(crate) fn remember_skipped_table(&mut self, existing: TableId, create: &CreateTable<'a>) {
        let (span, reason) = (self.state.table(existing).span, SkipReason::TableExists);
        for item in &create.items {
            match item {
                TableItem::Column(it) => {
                    self.remember_skipped_column(existing, it, reason, Some(span))
                }
                TableItem::Constraint(it) => {
                    self.remember_skipped(existing, it, reason, Some(span));
                }
                TableItem::Like { .. } => {}
            }
        }
    }

    /// Remembers the foreign keys of steps that are not taken because their names are: of the one at
    /// a place, or of all.
    pub(crate) fn remember_skipped_steps(&mut self, steps: &[Step<'a>], only: Option<Span>) {
        for step in steps.iter().filter(|it| only.is_none_or(|only| only == it.span)) {
            if let StepKind::Statement(StatementKind::AlterTable(alter)) = &step.kind {
                self.remember_skipped_alter(alter);
            }
        }
    }

    fn remember_skipped_alter(&mut self, alter: &AlterTable<'a>) {
        let Some(id) = self.state.lookup(&alter.name) else { return };
        for action in &alter.actions {
            let AlterKind::AddConstraint(constraint) = &action.kind else { continue };
            let existing =
                constraint.name.as_ref().and_then(|name| self.foreign_key_named(id, name));
            if existing.is_some() {
                self.remember_skipped(id, constraint, SkipReason::NameTaken, existing);
            }
        }
    }

    /// Remembers the foreign keys of a statement that is refused.
    pub(crate) fn remember_refused(&mut self, kind: &StatementKind<'a>) {
        let StatementKind::AlterTable(alter) = kind else { return };
        let Some(id) = self.state.lookup(&alter.name) else { return };
        for action in &alter.actions {
            match &action.kind {
                AlterKind::AddConstraint(it) => {
                    self.remember_skipped(id, it, SkipReason::Refused, None);
                }
                AlterKind::AddColumn { column, .. } => {
                    self.remember_skipped_column(id, column, SkipReason::Refused, None);
                }
                _ => {}
            }
        }
    }

    /// The foreign key that has a name, of the table itself or of another one.
    fn foreign_key_named(&self, id: TableId, name: &Name<'a>) -> Option<Span> {
        let others = || self.state.tables_with_constraint(name);
        let own = self.state.own_by_name(id, name);
        let found =
            own.or_else(|| others().into_iter().find_map(|it| self.state.own_by_name(it, name)));
        found.map(|it| self.state.foreign_key(it).span)
    }

    /// What the name behind `REFERENCES` seems to mean.
    fn likely_target(&self, reference: &Reference<'a>) -> Target<'a> {
        match self.state.lookup(&reference.table) {
            Some(id) => Target::Table(id),
            None => {
                let namespace = self.state.creation_namespace(&reference.table);
                Target::Name(namespace, reference.table.name.clone())
            }
        }
    }
}

/// Writes what is remembered into the catalog of the end.
pub(crate) fn write_down(state: &State<'_>, catalog: &mut Catalog) {
    let name_of = |id: TableId| state.is_alive(id).then(|| outcome::name_of(state, id));
    for memory in state.memories.iter().filter(|it| !is_temporary(state, it)) {
        match memory {
            Memory::Table { id, namespace, name, span } => {
                let name = outcome::table_name(state, namespace, name);
                let former = FormerTable { name, became: name_of(*id), span: *span };
                catalog.former_tables.push(former);
            }
            Memory::MissedDrop { id, name, span } => {
                let missed = name_of(*id).map(|table| MissedDrop {
                    table,
                    name: name.to_string(),
                    span: *span,
                });
                catalog.missed_drops.extend(missed);
            }
            Memory::Skipped(skipped) => {
                let skipped =
                    name_of(skipped.table).map(|table| output_skipped(state, table, skipped));
                catalog.skipped_foreign_keys.extend(skipped);
            }
            Memory::Column { .. } => {}
        }
    }
    write_down_columns(state, catalog);
}

fn is_temporary(state: &State<'_>, memory: &Memory<'_>) -> bool {
    let id = match memory {
        Memory::Table { id, .. } | Memory::Column { id, .. } | Memory::MissedDrop { id, .. } => *id,
        Memory::Skipped(skipped) => skipped.table,
    };
    state.table(id).is_temporary
}

/// Former names of columns, with what they are called in the end.
fn write_down_columns(state: &State<'_>, catalog: &mut Catalog) {
    let mut present: HashMap<(TableId, Name<'_>), Option<Name<'_>>> = HashMap::new();
    let mut found = Vec::new();
    for memory in state.memories.iter().rev().filter(|it| !is_temporary(state, it)) {
        let Memory::Column { id, name, became, span } = memory else { continue };
        if !state.is_alive(*id) {
            continue;
        }
        let became = became.as_ref().and_then(|became| {
            let later = present.get(&(*id, state.fold(became)));
            later.cloned().unwrap_or_else(|| Some(became.clone()))
        });
        present.insert((*id, state.fold(name)), became.clone());
        found.push(FormerColumn {
            table: outcome::name_of(state, *id),
            name: name.to_string(),
            became: became.map(|it| it.to_string()),
            span: *span,
        });
    }
    found.reverse();
    catalog.former_columns = found;
}

fn output_skipped<'a>(
    state: &State<'a>,
    table: TableName,
    skipped: &Skipped<'a>,
) -> SkippedForeignKey {
    let reference = &skipped.reference;
    let action =
        |clause: Option<(ReferentialAction, Span)>| clause.map(|it| it.0).unwrap_or_default();
    let (referenced_table, referenced_columns) =
        outcome::referenced_side(state, &skipped.target, &reference.columns);
    let foreign_key = drift_model::ForeignKey {
        name: skipped.name.as_ref().map(|it| it.to_string()),
        has_explicit_name: skipped.name.is_some(),
        on_delete: action(reference.on_delete),
        on_update: action(reference.on_update),
        on_delete_span: reference.on_delete.map(|it| it.1),
        on_update_span: reference.on_update.map(|it| it.1),
        ..drift_model::ForeignKey::new(
            table,
            outcome::strings(&skipped.columns),
            referenced_table,
            referenced_columns,
            skipped.span,
        )
    };
    SkippedForeignKey { foreign_key, reason: skipped.reason, existing: skipped.existing }
}
