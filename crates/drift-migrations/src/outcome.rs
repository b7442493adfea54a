//! Turns the database that the last migration leaves behind into a catalog.

use drift_model::{
    Catalog, Change, ChangeKind, Column, Dialect, ForeignKey, Index, Key, ReferentialAction, Span,
    Table, TableName,
};
use foldhash::{HashMap, HashMapExt};

use crate::memory;
use crate::state::{self, ForeignKeyId, Life, State, TableId, TableKey, Target, lower_case};
use crate::statement::Name;

/// The catalog of a database.
pub(crate) fn catalog(state: &State<'_>) -> Catalog {
    let mut catalog = Catalog::default();
    // Large lists that grow are copied again and again.
    catalog.tables.reserve_exact(state.tables().count());
    let alive = state.foreign_keys().iter().filter(|it| it.life == Life::Alive);
    catalog.foreign_keys.reserve_exact(alive.count());
    for (_, table) in state.tables().filter(|(_, table)| !table.is_temporary) {
        let output = output_table(state, table);
        for column in table.columns().iter() {
            catalog.ignored_foreign_keys.extend(ignored_foreign_key(state, &output.name, column));
        }
        catalog.tables.push(output);
    }
    let mut histories = Histories::new(state);
    for (at, foreign_key) in state.foreign_keys().iter().enumerate() {
        let is_temporary = state.table(foreign_key.table).is_temporary;
        if foreign_key.life == Life::Undone || is_temporary {
            continue;
        }
        let mut output = output_foreign_key(state, foreign_key);
        output.history = histories.take(at);
        match foreign_key.life {
            Life::Alive => catalog.foreign_keys.push(output),
            _ if histories.has_successor(at) => {}
            _ => catalog.dropped_foreign_keys.push(output),
        }
    }
    memory::write_down(state, &mut catalog);
    catalog
}

/// What a table is called.
pub(crate) fn name_of(state: &State<'_>, id: TableId) -> TableName {
    table_name(state, &state.table(id).namespace, &state.table(id).name)
}

pub(crate) fn table_name(state: &State<'_>, namespace: &Name<'_>, name: &Name<'_>) -> TableName {
    let namespace = (*namespace != state.home).then(|| namespace.to_string());
    TableName { namespace, name: name.to_string() }
}

pub(crate) fn strings(names: &[Name<'_>]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

fn output_table(state: &State<'_>, table: &state::Table<'_>) -> Table {
    let key = |key: &state::Key<'_>| Key {
        name: key.name.as_ref().map(|it| it.to_string()),
        columns: strings(&key.columns),
        span: key.span,
    };
    Table {
        name: table_name(state, &table.namespace, &table.name),
        columns: table.columns().map(output_column),
        primary_key: table.primary_key.as_ref().map(key),
        uniques: table.uniques().map(key),
        indexes: table.indexes().map(output_index),
        span: table.span,
        is_incomplete: table.is_incomplete,
        is_partitioned: table.partition_key.is_some(),
    }
}

fn output_column(column: &state::Column<'_>) -> Column {
    Column {
        name: column.name.to_string(),
        data_type: column.data_type.as_ref().map(|it| it.to_string()),
        is_array: column.is_array,
        is_not_null: column.is_not_null,
        default: column.default.map(str::to_owned),
        is_conditional: false,
        span: column.span,
    }
}

fn output_index(index: &state::Index<'_>) -> Index {
    Index {
        name: index.name.as_ref().map(|it| it.to_string()),
        columns: strings(&index.columns),
        has_expressions: index.has_expressions,
        is_unique: index.is_unique,
        is_partial: index.is_partial,
        covers_not_null: index.covers_not_null,
        span: index.span,
    }
}

pub(crate) fn output_foreign_key<'a>(
    state: &State<'a>,
    foreign_key: &state::ForeignKey<'a>,
) -> ForeignKey {
    let (referenced_table, referenced_columns) =
        referenced_side(state, &foreign_key.target, &foreign_key.target_columns);
    let keeps_name = state.dialect().keeps_constraint_names();
    ForeignKey {
        name: foreign_key.name.as_ref().filter(|_| keeps_name).map(|it| it.to_string()),
        has_explicit_name: foreign_key.has_explicit_name,
        on_delete: foreign_key.on_delete,
        on_update: foreign_key.on_update,
        set_columns: strings(&foreign_key.set_columns),
        is_match_full: foreign_key.is_match_full,
        deferral: foreign_key.deferral,
        is_enforced: foreign_key.is_enforced,
        is_validated: foreign_key.is_validated,
        comes_with_column: foreign_key.comes_with_column,
        on_delete_span: foreign_key.on_delete_span,
        on_update_span: foreign_key.on_update_span,
        ..ForeignKey::new(
            name_of(state, foreign_key.table),
            strings(&foreign_key.columns),
            referenced_table,
            referenced_columns,
            foreign_key.span,
        )
    }
}

/// The referenced table and columns; where none are written, those of its primary key.
pub(crate) fn referenced_side<'a>(
    state: &State<'a>,
    target: &Target<'a>,
    columns: &[Name<'a>],
) -> (TableName, Vec<String>) {
    let (table, target) = match target {
        Target::Table(target) => (name_of(state, *target), Some(*target)),
        Target::Name(namespace, name) => {
            (table_name(state, namespace, name), state.lookup_in(namespace, name))
        }
    };
    let primary_key = || target.and_then(|it| state.table(it).primary_key.as_ref());
    let columns = match primary_key().filter(|_| columns.is_empty()) {
        Some(key) => strings(&key.columns),
        None => strings(columns),
    };
    (table, columns)
}

/// The foreign key that is written after a column and forgotten.
fn ignored_foreign_key(
    state: &State<'_>,
    table: &TableName,
    column: &state::Column<'_>,
) -> Option<ForeignKey> {
    let ignored = column.ignored_reference.as_deref()?;
    let reference = &ignored.reference;
    let action =
        |clause: Option<(ReferentialAction, Span)>| clause.map(|it| it.0).unwrap_or_default();
    Some(ForeignKey {
        on_delete: action(reference.on_delete),
        on_update: action(reference.on_update),
        on_delete_span: reference.on_delete.map(|it| it.1),
        on_update_span: reference.on_update.map(|it| it.1),
        ..ForeignKey::new(
            table.clone(),
            vec![column.name.to_string()],
            table_name(state, &ignored.namespace, &reference.table.name),
            strings(&reference.columns),
            ignored.span,
        )
    })
}

/// The histories of all foreign keys: one that was dropped and made again has one history.
struct Histories {
    own: Vec<Vec<Change>>,
    successors: Vec<Option<usize>>,
}

/// Table and columns, in the form in which equal ones are equal.
type Place<'a> = (TableKey<'a>, Vec<Name<'a>>);

impl Histories {
    fn new(state: &State<'_>) -> Self {
        let all = state.foreign_keys();
        let mut places: HashMap<Place<'_>, Vec<usize>> = HashMap::new();
        let has_dropped = all.iter().any(|it| matches!(it.life, Life::Dropped(_)));
        for (at, foreign_key) in all.iter().enumerate() {
            if has_dropped && foreign_key.life != Life::Undone {
                places.entry(place(state, foreign_key, false)).or_default().push(at);
            }
        }
        let mut histories =
            Self { own: vec![Vec::new(); all.len()], successors: vec![None; all.len()] };
        let mut free = Free::new(all, &places);
        for (at, foreign_key) in all.iter().enumerate() {
            let Life::Dropped(dropped_at) = foreign_key.life else { continue };
            let successor = [false, true].into_iter().find_map(|former| {
                let same = places.get(&place(state, foreign_key, former))?;
                let first = *same.get(same.partition_point(|&other| other <= at))?;
                let is_later = |&other: &usize| all[other].made_at <= dropped_at;
                let later = same.get(same.partition_point(is_later)).copied();
                let again = later.and_then(|it| free.next(it));
                let elsewhere = free.next_of_other_table(all, first, foreign_key.table);
                again.into_iter().chain(elsewhere).min()
            });
            if let Some(successor) = successor {
                free.take(successor);
                histories.successors[at] = Some(successor);
            }
        }
        histories.fill(state);
        histories
    }

    /// Hands each history on, from the oldest foreign key to what succeeds it.
    fn fill(&mut self, state: &State<'_>) {
        for (at, foreign_key) in state.foreign_keys().iter().enumerate() {
            let before = std::mem::take(&mut self.own[at]);
            if foreign_key.life != Life::Undone {
                self.own[at] = joined(before, &state.history(ForeignKeyId(at)));
            }
            if let Some(successor) = self.successors[at] {
                self.own[successor] = std::mem::take(&mut self.own[at]);
            }
        }
    }

    fn take(&mut self, at: usize) -> Vec<Change> {
        std::mem::take(&mut self.own[at])
    }

    fn has_successor(&self, at: usize) -> bool {
        self.successors[at].is_some()
    }
}

/// The foreign keys at each place that may still succeed another one.
struct Free {
    is_taken: Vec<bool>,
    /// The next one at the same place, or one behind it where those between are taken.
    next: Vec<Option<usize>>,
    /// The next one at the same place that is of another table.
    next_table: Vec<Option<usize>>,
}

impl Free {
    fn new(all: &[state::ForeignKey<'_>], places: &HashMap<Place<'_>, Vec<usize>>) -> Self {
        let mut free = Self {
            is_taken: vec![false; all.len()],
            next: vec![None; all.len()],
            next_table: vec![None; all.len()],
        };
        #[expect(clippy::iter_over_hash_type, reason = "the places are apart from each other")]
        for place in places.values() {
            for pair in place.windows(2).rev() {
                let (at, next) = (pair[0], pair[1]);
                free.next[at] = Some(next);
                let is_other = all[at].table != all[next].table;
                free.next_table[at] = if is_other { Some(next) } else { free.next_table[next] };
            }
        }
        free
    }

    fn take(&mut self, at: usize) {
        self.is_taken[at] = true;
    }

    /// The first one from `at` on that is not taken.
    fn next(&mut self, at: usize) -> Option<usize> {
        let mut found = Some(at);
        let mut passed = Vec::new();
        while let Some(taken) = found.filter(|it| self.is_taken[*it]) {
            passed.push(taken);
            found = self.next[taken];
        }
        for taken in passed {
            self.next[taken] = found;
        }
        found
    }

    /// The first one from `at` on that is not taken, and of another table.
    fn next_of_other_table(
        &mut self,
        all: &[state::ForeignKey<'_>],
        at: usize,
        table: TableId,
    ) -> Option<usize> {
        let mut found = self.next(at);
        while let Some(own) = found.filter(|it| all[*it].table == table) {
            found = self.next_table[own].and_then(|it| self.next(it));
        }
        found
    }
}

/// A history and what follows it. SQLite changes a foreign key by making the table anew in one
/// migration, which is one change of the foreign key and not its end.
fn joined(mut before: Vec<Change>, after: &[Change]) -> Vec<Change> {
    let is_rebuilt = before.last().is_some_and(|last| {
        last.kind == ChangeKind::DroppedAlong
            && after.first().is_some_and(|first| {
                first.span.file == last.span.file && first.span.start < last.span.start
            })
    });
    if !is_rebuilt {
        before.extend_from_slice(after);
        return before;
    }
    let end = before.pop().map(|last| last.span);
    for change in after {
        match change.kind {
            ChangeKind::Created => {
                before.push(Change { kind: ChangeKind::Altered, span: change.span });
            }
            ChangeKind::Renamed if end.is_some_and(|end| follows(change.span, end)) => {}
            _ => before.push(change.clone()),
        }
    }
    before
}

/// Whether a place lies in the same file, behind another.
fn follows(span: Span, other: Span) -> bool {
    span.file == other.file && span.start > other.start
}

/// Where a foreign key is; with `former`, under the name that its table had before.
fn place<'a>(state: &State<'a>, foreign_key: &state::ForeignKey<'a>, former: bool) -> Place<'a> {
    let table = state.table(foreign_key.table);
    let name = match (&table.former_name, former) {
        (Some(name), true) => name,
        _ => &table.name,
    };
    let columns = match state.dialect() {
        Dialect::PostgreSql => foreign_key.columns.clone(),
        _ => foreign_key.columns.iter().map(lower_case).collect(),
    };
    (state.key(&table.namespace, name), columns)
}
