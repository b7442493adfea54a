//! Primary keys, uniques and indexes, and the names they may have.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use drift_model::{Dialect, Span};

use crate::apply::Applier;
use crate::names;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Index, Key, TableId};
use crate::statement::{
    ColumnConstraintKind, CreateTable, Name, TableConstraint, TableConstraintKind, TableItem,
};
/// What PostgreSQL makes of keys with the same columns in one `CREATE TABLE`: one constraint, under
/// the first name that is written, the primary key's before others.
///
/// Source: `transformIndexConstraints` in PostgreSQL, `src/backend/parser/parse_utilcmd.c`.
#[derive(Default)]
pub(crate) struct MergedKeys<'a> {
    /// Where those begin that are left out.
    left_out: HashSet<u32>,
    /// The names of those that take one over, by where they begin.
    names: HashMap<u32, Name<'a>>,
}

impl<'a> MergedKeys<'a> {
    pub(crate) fn of(create: &CreateTable<'a>) -> Self {
        let mut keys: Vec<(bool, Span, Option<&Name<'a>>, &[Name<'a>])> = Vec::new();
        for item in &create.items {
            match item {
                TableItem::Column(column) => {
                    for constraint in &column.constraints {
                        let is_primary = match constraint.kind {
                            ColumnConstraintKind::PrimaryKey => true,
                            ColumnConstraintKind::Unique => false,
                            _ => continue,
                        };
                        let columns = std::slice::from_ref(&column.name);
                        keys.push((is_primary, constraint.span, constraint.name.as_ref(), columns));
                    }
                }
                TableItem::Constraint(constraint) => {
                    let (is_primary, columns) = match &constraint.kind {
                        TableConstraintKind::PrimaryKey { columns } => (true, columns),
                        TableConstraintKind::Unique { columns, has_expressions: false } => {
                            (false, columns)
                        }
                        _ => continue,
                    };
                    keys.push((is_primary, constraint.span, constraint.name.as_ref(), columns));
                }
                TableItem::Like { .. } => {}
            }
        }
        let mut merged = Self::default();
        if keys.len() < 2 {
            return merged;
        }
        keys.sort_by_key(|(is_primary, ..)| !is_primary);
        let mut first: HashMap<&[Name<'a>], (u32, bool)> = HashMap::new();
        for (is_primary, span, name, columns) in keys {
            let (start, is_named) = match first.entry(columns) {
                // Two primary keys are refused.
                Entry::Occupied(entry) if !is_primary => entry.into_mut(),
                entry => {
                    entry.insert_entry((span.start, name.is_some()));
                    continue;
                }
            };
            merged.left_out.insert(span.start);
            if let Some(name) = name.filter(|_| !*is_named) {
                merged.names.insert(*start, name.clone());
                *is_named = true;
            }
        }
        merged
    }

    /// The name that a key is to have; `None` for one that is left out.
    pub(crate) fn name(&self, span: Span, written: &Option<Name<'a>>) -> Option<Option<Name<'a>>> {
        if self.left_out.contains(&span.start) {
            return None;
        }
        Some(self.names.get(&span.start).or(written.as_ref()).cloned())
    }
}

impl<'a> Applier<'a> {
    /// Adds a table constraint unless it is a foreign key.
    pub(crate) fn add_key(
        &mut self,
        id: TableId,
        constraint: &TableConstraint<'a>,
        merged: &MergedKeys<'a>,
    ) -> Outcome {
        if constraint.is_foreign_key() {
            return Ok(());
        }
        let Some(name) = merged.name(constraint.span, &constraint.name) else { return Ok(()) };
        if !matches!(constraint.kind, TableConstraintKind::Index { .. }) {
            self.check_name(id, name.as_ref())?;
        }
        match &constraint.kind {
            TableConstraintKind::ForeignKey { .. } => {}
            TableConstraintKind::PrimaryKey { columns } => {
                self.add_primary_key(id, name, columns.clone(), constraint.span)?;
            }
            TableConstraintKind::Unique { columns, has_expressions: false } => {
                self.add_unique(id, name, columns.clone(), constraint.span)?;
            }
            TableConstraintKind::Unique { columns, .. } => {
                self.add_index(id, name, columns.clone(), true, constraint.span);
            }
            TableConstraintKind::UsingIndex { index, is_primary } => {
                self.promote_index(id, name, index, *is_primary, constraint.span)?;
            }
            TableConstraintKind::Index { columns, has_expressions } => {
                self.check_key_columns(id, columns)?;
                self.add_index(id, name, columns.clone(), *has_expressions, constraint.span);
            }
            TableConstraintKind::Other => {
                self.add_other(id, name, &Name::Borrowed(""));
            }
        }
        Ok(())
    }

    /// A primary key, whose columns are `NOT NULL` from now on but for SQLite.
    pub(crate) fn add_primary_key(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        span: Span,
    ) -> Outcome {
        if self.state.table(id).primary_key.is_some() {
            let reason = format!("`{}` has a primary key already", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        self.check_key_columns(id, &columns)?;
        self.check_relation_name(id, name.as_ref())?;
        let name = self.key_name(id, name, "", "pkey");
        let made_at = self.state.tick();
        let key = Key { name: name.clone(), columns, span, made_at };
        self.state.table_mut(id).primary_key = Some(key);
        if !self.is(Dialect::Sqlite) {
            self.refuse_null_in_primary_key(id);
        }
        self.take_key_name(id, name);
        Ok(())
    }

    pub(crate) fn refuse_null_in_primary_key(&mut self, id: TableId) {
        let Some(key) = &self.state.table(id).primary_key else { return };
        for position in self.positions(id, &key.columns) {
            self.state.change_column(id, position, |column| column.is_not_null = true);
        }
    }

    /// Refuses more columns than the engine takes for a key.
    pub(crate) fn check_column_count(&self, columns: &[Name<'a>]) -> Outcome {
        let limit = self.state.engine.key_column_limit();
        if columns.len() > limit {
            let reason = format!("a key of the engine has {limit} columns at most");
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        Ok(())
    }

    /// Refuses a key on columns that are not there, or twice.
    fn check_key_columns(&self, id: TableId, columns: &[Name<'a>]) -> Outcome {
        self.check_column_count(columns)?;
        if self.state.table(id).is_incomplete {
            return Ok(());
        }
        for (at, column) in columns.iter().enumerate() {
            if self.column(id, column).is_none() {
                let reason = format!("`{}` has no column `{column}` here", self.shown(id));
                return Err(Refusal::new(RefusalKind::UndefinedColumn, reason));
            }
            let is_repeated = !self.is(Dialect::Sqlite)
                && columns[..at].iter().any(|it| self.state.is_same_column(it, column));
            if is_repeated {
                let reason = format!("`{column}` stands twice in a key");
                return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
            }
        }
        Ok(())
    }

    pub(crate) fn add_unique(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        span: Span,
    ) -> Outcome {
        self.check_key_columns(id, &columns)?;
        self.check_relation_name(id, name.as_ref())?;
        let joined = names::name_addition(columns.iter().map(|it| &**it));
        let name = self.key_name(id, name, &joined, "key");
        let made_at = self.state.tick();
        let key = Key { name: name.clone(), columns, span, made_at };
        self.state.put_unique(id, self.state.table(id).uniques().end(), Some(key));
        self.take_key_name(id, name);
        Ok(())
    }

    pub(crate) fn add_index(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        has_expressions: bool,
        span: Span,
    ) {
        let made_at = self.state.tick();
        let name = name.or_else(|| columns.first().cloned());
        let index = Index {
            name,
            columns,
            has_expressions,
            is_unique: false,
            is_partial: false,
            span,
            made_at,
        };
        self.state.put_index(id, self.state.table(id).indexes().end(), Some(index));
    }

    /// `CHECK` and `EXCLUDE`, of which the name matters.
    pub(crate) fn add_other(&mut self, id: TableId, name: Option<Name<'a>>, column: &Name<'a>) {
        let Some(name) = self.key_name(id, name, column, "check") else { return };
        let at = self.state.table(id).other_constraints().end();
        self.state.put_other_constraint(id, at, Some(name.clone()));
        if self.is(Dialect::PostgreSql) {
            let namespace = self.state.table(id).namespace.clone();
            self.state.take_constraint_name(id, &namespace, &name);
        }
    }

    /// A unique index becomes the key, and takes its name.
    fn promote_index(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        index: &Name<'a>,
        is_primary: bool,
        span: Span,
    ) -> Outcome {
        let table = self.state.table(id);
        let Some(at) = table.indexes().position(index) else { return Ok(()) };
        let Some(index) = table.indexes().get(at).cloned() else { return Ok(()) };
        let namespace = table.namespace.clone();
        self.state.put_index(id, at, None);
        let name = name.or(index.name.clone());
        if let Some(old) = &index.name {
            self.state.point_index(&namespace, old, None);
            self.rename_bound_key(id, old, name.as_ref());
        }
        if is_primary {
            self.add_primary_key(id, name, index.columns, span)
        } else {
            self.add_unique(id, name, index.columns, span)
        }
    }

    /// The name of a key that may have none: PostgreSQL makes one up.
    fn key_name(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: &str,
        label: &str,
    ) -> Option<Name<'a>> {
        if name.is_some() || !self.is(Dialect::PostgreSql) {
            return name;
        }
        Some(self.state.free_name(id, columns, label, "", true))
    }

    /// Enters the name of a key as that of a constraint and of an index.
    fn take_key_name(&mut self, id: TableId, name: Option<Name<'a>>) {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return };
        let namespace = self.state.table(id).namespace.clone();
        self.state.take_constraint_name(id, &namespace, &name);
        self.state.point_index(&namespace, &name, Some(id));
    }

    /// Refuses a name that another constraint of the table has.
    pub(crate) fn check_name(&self, id: TableId, name: Option<&Name<'a>>) -> Outcome {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return Ok(()) };
        let is_taken =
            self.state.table(id).has_constraint(name) || self.state.own_by_name(id, name).is_some();
        if is_taken {
            let reason = format!("`{}` has a constraint `{name}` already", self.shown(id));
            return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
        }
        Ok(())
    }

    /// Refuses the name of a key that a table or an index of the namespace has.
    pub(crate) fn check_relation_name(&self, id: TableId, name: Option<&Name<'a>>) -> Outcome {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return Ok(()) };
        let namespace = &self.state.table(id).namespace;
        let is_taken = self.state.index_table(namespace, name).is_some()
            || self.state.lookup_in(namespace, name).is_some();
        if is_taken {
            let reason = format!("there is a table or index `{name}` already");
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        Ok(())
    }
}
