//! `ALTER TABLE`, action by action in the order in which the engine takes them.

use std::collections::HashMap;

use drift_model::{ChangeKind, Dialect, ReferentialAction, Span};

use crate::apply::Applier;
use crate::apply_table::new_column;
use crate::names;
use crate::parse_alter::refused_action;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{ForeignKeyId, Index, Key, TableId, Target, index_names, lower_case};
use crate::statement::{
    AlterAction, AlterKind, AlterTable, ColumnConstraintKind, ColumnDefinition, Name,
    QualifiedName, TableConstraintKind, Timing,
};
use crate::types::cannot_reference;

/// The passes in which PostgreSQL and MySQL take the actions of one statement, whatever their
/// order.
///
/// Source: `AlterTablePass` in PostgreSQL, `src/backend/commands/tablecmds.c`.
const PASSES: usize = 8;

/// The pass in which keys are added, and foreign keys next.
const KEY_PASS: usize = 5;

fn pass(kind: &AlterKind<'_>, dialect: Dialect) -> usize {
    match kind {
        // In MySQL a column can go once its foreign keys are gone, wherever the statement says so.
        AlterKind::DropColumn { .. } if dialect == Dialect::MySql => 1,
        AlterKind::DropColumn { .. }
        | AlterKind::DropConstraint { .. }
        | AlterKind::DropForeignKey { .. }
        | AlterKind::DropPrimaryKey
        | AlterKind::DropIndex { .. }
        | AlterKind::SetNotNull { is_not_null: false, .. } => 0,
        AlterKind::SetType { .. }
        | AlterKind::ChangeColumn { .. }
        | AlterKind::RenameColumn { .. }
        | AlterKind::RenameConstraint { .. }
        | AlterKind::RenameIndex { .. }
        | AlterKind::CopyTable
        | AlterKind::SetStorage { .. } => 2,
        AlterKind::AddColumn { .. } => 3,
        AlterKind::SetNotNull { .. }
        | AlterKind::SetDefault { .. }
        | AlterKind::AlterConstraint { .. } => 4,
        AlterKind::AddConstraint(constraint) if constraint.is_index() => KEY_PASS,
        AlterKind::AddConstraint(_) => KEY_PASS + 1,
        AlterKind::ValidateConstraint { .. }
        | AlterKind::RenameTo(_)
        | AlterKind::SetLogged(_)
        | AlterKind::SetHeir { .. }
        | AlterKind::SetNamespace(_)
        | AlterKind::AttachPartition(_)
        | AlterKind::DetachPartition(_) => 7,
    }
}

impl<'a> Applier<'a> {
    /// `ALTER TABLE`.
    pub(crate) fn alter_table(&mut self, alter: &AlterTable<'a>, span: Span) -> Outcome {
        self.run_alter_table(alter, span).map_err(|mut refusal| {
            refusal.is_harmless |=
                refusal.kind == RefusalKind::DuplicateObject && self.is_repetition(alter);
            refusal
        })
    }

    /// Whether all that the statement adds is one foreign key that is there already, under the
    /// same name and with the same actions.
    fn is_repetition(&self, alter: &AlterTable<'a>) -> bool {
        let [AlterAction { kind: AlterKind::AddConstraint(constraint), .. }] = &*alter.actions
        else {
            return false;
        };
        let TableConstraintKind::ForeignKey { columns, reference, .. } = &constraint.kind else {
            return false;
        };
        let own = self.state.lookup(&alter.name).zip(constraint.name.as_ref());
        let Some(own) = own.and_then(|(id, name)| self.state.own_by_name(id, name)) else {
            return false;
        };
        let own = self.state.foreign_key(own);
        let action = |clause: Option<(ReferentialAction, Span)>| {
            clause.map_or(ReferentialAction::NoAction, |(action, _)| action)
        };
        own.columns == *columns
            && own.target_columns == reference.columns
            && self.state.lookup(&reference.table).map(Target::Table).as_ref() == Some(&own.target)
            && own.on_delete == action(reference.on_delete)
            && own.on_update == action(reference.on_update)
            && own.set_columns == reference.set_columns
            && own.is_match_full == reference.is_match_full
            && own.deferral == reference.timing.deferral().unwrap_or_default()
            && own.is_enforced == (reference.timing.is_enforced != Some(false))
    }

    fn run_alter_table(&mut self, alter: &AlterTable<'a>, span: Span) -> Outcome {
        if let Some(reason) = alter.fault.or(refused_action(alter, self.state.engine)) {
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let Some(id) = self.state.lookup(&alter.name) else {
            if alter.if_exists {
                return Ok(());
            }
            return self.alter_other_relation(alter);
        };
        if self.state.table(id).partition_key.is_some() {
            self.refuse_for_partitioned(id, alter)?;
        }
        let dialect = self.state.dialect();
        let is_mysql = dialect == Dialect::MySql;
        let mut progress = Progress { is_only: alter.is_only, ..Progress::default() };
        if is_mysql {
            progress.number = self.next_number(id);
            self.refuse_reused_names(id, alter)?;
            self.refuse_new_targets(id, alter)?;
            self.refuse_mysql_alter(id, alter)?;
            progress.keeps_constraints = self.forgets_drops(id, alter);
        }
        let mut is_added = vec![false; alter.actions.len()];
        for pass_at in 0..PASSES {
            if is_mysql && pass_at == 2 {
                self.set_names_aside(id, alter, &mut progress);
            }
            if is_mysql && pass_at == KEY_PASS + 1 && self.loses_foreign_keys(alter) {
                self.lose_foreign_keys(id, span);
                progress.number = 1;
            }
            for (at, action) in alter.actions.iter().enumerate() {
                if pass(&action.kind, dialect) == pass_at {
                    is_added[at] = self.action(id, action, &mut progress)?;
                } else if is_mysql && pass_at == KEY_PASS + 1 && is_added[at] {
                    self.new_column_foreign_keys(id, action, &mut progress)?;
                }
            }
            // In PostgreSQL the foreign keys of new columns come before those of the table.
            if pass_at == KEY_PASS && !is_mysql {
                for (action, _) in alter.actions.iter().zip(&is_added).filter(|(_, is)| **is) {
                    self.new_column_foreign_keys(id, action, &mut progress)?;
                }
            }
        }
        let table = self.state.table(id);
        if is_mysql && table.columns().is_empty() && !table.is_incomplete {
            let reason = format!("`{}` would have no columns", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        progress.lost.iter().try_for_each(|columns| self.refuse_lost_indexes(id, columns))
    }

    /// A partitioned table is nothing without its partitions.
    fn refuse_for_partitioned(&self, id: TableId, alter: &AlterTable<'a>) -> Outcome {
        let has_partitions = !self.state.table(id).partitions().is_empty();
        for action in &alter.actions {
            let reason = match &action.kind {
                AlterKind::AddConstraint(constraint) => match &constraint.kind {
                    TableConstraintKind::ForeignKey { .. } if alter.is_only => {
                        "a foreign key of a partitioned table takes no `ONLY`"
                    }
                    TableConstraintKind::ForeignKey { reference, .. }
                        if reference.is_not_valid
                            && !self.state.engine.has_partitioned_not_valid() =>
                    {
                        "a foreign key of a partitioned table takes no `NOT VALID`"
                    }
                    _ => continue,
                },
                AlterKind::AddColumn { .. } if alter.is_only && has_partitions => {
                    "a column of a partitioned table is one of its partitions too"
                }
                _ => continue,
            };
            return Err(Refusal::new(RefusalKind::WrongObject, reason));
        }
        Ok(())
    }

    fn new_column_foreign_keys(
        &mut self,
        id: TableId,
        action: &AlterAction<'a>,
        progress: &mut Progress<'a>,
    ) -> Outcome {
        let AlterKind::AddColumn { column, .. } = &action.kind else { return Ok(()) };
        let mut number = progress.number.saturating_sub(1);
        self.add_column_foreign_keys(id, column, false, &mut number)?;
        progress.number = number + 1;
        Ok(())
    }

    /// `ALTER TABLE` renames views, sequences and indexes as well; of those, none matters here.
    fn alter_other_relation(&self, alter: &AlterTable<'a>) -> Outcome {
        let is_index = self.state.lookup_index(&alter.name).is_some();
        if is_index { Ok(()) } else { Err(self.no_table(&alter.name)) }
    }

    /// MySQL wants a name that is dropped and added in one statement to be another one.
    fn refuse_reused_names(&self, id: TableId, alter: &AlterTable<'a>) -> Outcome {
        for action in &alter.actions {
            let AlterKind::AddConstraint(constraint) = &action.kind else { continue };
            let TableConstraintKind::ForeignKey { if_not_exists, .. } = &constraint.kind else {
                continue;
            };
            let Some(name) = constraint.name.as_ref().filter(|_| !if_not_exists) else { continue };
            if self.state.own_by_name(id, name).is_some() {
                let reason = format!("there is a foreign key `{name}` already");
                return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
            }
        }
        Ok(())
    }

    /// Applies an action. Whether it added a column.
    fn action(
        &mut self,
        id: TableId,
        action: &AlterAction<'a>,
        progress: &mut Progress<'a>,
    ) -> Outcome<bool> {
        match &action.kind {
            AlterKind::AddColumn { if_not_exists, column } => {
                return self.add_new_column(id, column, *if_not_exists, progress.is_only);
            }
            AlterKind::DropColumn { name, if_exists, is_cascade } => {
                if self.column(id, name).is_some() {
                    self.refuse_partition_column(id, name)?;
                    self.refuse_inherited(id, name)?;
                    if progress.is_only {
                        self.keep_below(id, name)?;
                    }
                    self.drop_column(id, name, *is_cascade, action.span)?;
                } else if !if_exists && !self.state.table(id).is_incomplete {
                    return Err(self.no_column(id, name));
                }
            }
            AlterKind::RenameColumn { from, to } => {
                self.refuse_inherited(id, from)?;
                if progress.is_only && !self.state.tables_below(id).is_empty() {
                    let reason = format!("`{from}` is a column of other tables too");
                    return Err(Refusal::new(RefusalKind::InvalidTable, reason));
                }
                self.rename_column(id, progress.current(from), to, action.span)?;
            }
            AlterKind::ChangeColumn { from, column } => {
                self.change_column(id, progress.current(from), column, action.span)?;
            }
            AlterKind::SetType { name, data_type, is_array } => {
                if self.position(id, name)?.is_some() {
                    self.refuse_inherited(id, name)?;
                    self.refuse_computed_from(id, name)?;
                }
                for table in self.tables_with(id, name, progress.is_only) {
                    if let Some(at) = self.position(table, name)? {
                        self.state.change_column(table, at, |column| {
                            column.data_type = data_type.clone();
                            column.is_array = *is_array;
                        });
                        self.recheck_types(table, name)?;
                    }
                }
            }
            AlterKind::SetNotNull { name, is_not_null } => {
                if self.position(id, name)?.is_some() && !is_not_null {
                    self.refuse_nullable(id, name)?;
                }
                for table in self.tables_with(id, name, progress.is_only) {
                    if let Some(at) = self.position(table, name)? {
                        self.state.change_column(table, at, |it| it.is_not_null = *is_not_null);
                    }
                }
            }
            AlterKind::SetDefault { name, default } => {
                if let Some(at) = self.position(id, name)? {
                    self.state.change_column(id, at, |it| it.default = *default);
                }
            }
            AlterKind::AddConstraint(constraint) if constraint.is_foreign_key() => {
                let number = progress.number;
                progress.number += u32::from(self.is_numbered(constraint));
                self.add_table_foreign_key(id, constraint, false, Some(number))?;
            }
            AlterKind::AddConstraint(constraint) if progress.is_only => {
                self.add_own_key(id, constraint)?;
            }
            AlterKind::AddConstraint(constraint) => self.add_key(id, constraint)?,
            AlterKind::DropConstraint { name, .. }
                if progress.keeps_constraints && self.state.own_by_name(id, name).is_some() => {}
            AlterKind::DropConstraint { name, if_exists, is_cascade } => {
                self.drop_constraint(id, name, *if_exists, *is_cascade, action.span)?;
            }
            AlterKind::DropForeignKey { name, if_exists } => match self.state.own_by_name(id, name)
            {
                Some(own) => self.state.drop_foreign_key(own, ChangeKind::Dropped, action.span),
                None if *if_exists => {}
                None => return Err(self.no_constraint(id, name)),
            },
            AlterKind::CopyTable => {}
            AlterKind::SetStorage { is_plain } => self.set_storage(id, *is_plain)?,
            AlterKind::DropPrimaryKey => match self.state.table_mut(id).primary_key.take() {
                Some(key) => progress.lost.push(key.columns),
                None if !self.starts_empty || self.state.table(id).is_incomplete => {}
                None => return Err(self.no_constraint(id, "PRIMARY")),
            },
            AlterKind::DropIndex { name } => {
                progress.lost.extend(self.index_columns(id, name));
                self.remove_index(id, name);
            }
            AlterKind::RenameConstraint { from, to } => {
                self.rename_constraint(id, from, to, action.span)?;
            }
            AlterKind::RenameIndex { from, to } => self.rename_index(id, from, to),
            AlterKind::ValidateConstraint { name } => {
                self.validate_constraint(id, name, action.span)?;
            }
            AlterKind::AlterConstraint { name, timing } => {
                self.alter_constraint(id, name, *timing, action.span)?;
            }
            AlterKind::RenameTo(to) => {
                self.rename_table(id, to, action.span)?;
            }
            AlterKind::SetLogged(is_logged) => self.set_logged(id, *is_logged)?,
            AlterKind::SetHeir { parent, is_heir: true } => {
                let parent = self.existing(parent)?;
                self.inherit_from(id, parent)?;
            }
            AlterKind::SetHeir { parent, is_heir: false } => {
                let parent = self.existing(parent)?;
                self.disinherit(id, parent)?;
            }
            AlterKind::SetNamespace(namespace) => {
                self.set_namespace(id, namespace, action.span)?;
            }
            AlterKind::AttachPartition(partition) => {
                let partition = self.existing(partition)?;
                self.refuse_partition(id, partition)?;
                self.join_keys(id, partition)?;
                self.join_partition(id, partition, action.span)?;
            }
            AlterKind::DetachPartition(partition) => {
                let partition = self.existing(partition)?;
                self.leave_partition(id, partition);
            }
        }
        Ok(false)
    }

    fn add_new_column(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
        if_not_exists: bool,
        is_only: bool,
    ) -> Outcome<bool> {
        if self.state.table(id).partition_of.is_some() {
            let reason =
                format!("`{}` is a partition and has no columns of its own", self.shown(id));
            return Err(Refusal::new(RefusalKind::WrongObject, reason));
        }
        if if_not_exists && self.column(id, &column.name).is_some() {
            return Ok(self.state.engine.adds_foreign_key_of_existing_column());
        }
        let has_key = column.constraints.iter().any(|constraint| {
            matches!(
                constraint.kind,
                ColumnConstraintKind::PrimaryKey | ColumnConstraintKind::Unique
            )
        });
        if has_key && self.is(Dialect::Sqlite) {
            let reason = "SQLite adds no column with a key of its own";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        self.add_column(id, column)?;
        self.add_column_below(id, column, is_only)?;
        self.add_column_checks(id, column)?;
        let before = self.state.now();
        self.add_column_keys(id, column)?;
        for made_at in before + 1..=self.state.now() {
            self.pass_on_key(id, made_at)?;
        }
        Ok(true)
    }

    /// The position of a column to be altered; `None` in a table of which not all is known.
    pub(crate) fn position(&self, id: TableId, name: &Name<'a>) -> Outcome<Option<usize>> {
        match self.positions(id, std::slice::from_ref(name)).first() {
            Some(at) => Ok(Some(*at)),
            None if self.state.table(id).is_incomplete => Ok(None),
            None => Err(self.no_column(id, name)),
        }
    }

    /// Refuses a change of type that foreign keys do not outlive.
    fn recheck_types(&mut self, id: TableId, column: &Name<'a>) -> Outcome {
        let own = self.state.own_by_column(id, column).into_iter();
        for foreign_key in own.chain(self.state.referencing_column(id, column)) {
            self.state.work += 1;
            let foreign_key = self.state.foreign_key(foreign_key);
            let (target, columns) = (&foreign_key.target, &foreign_key.target_columns);
            self.check_types(foreign_key.table, &foreign_key.columns, target, columns)?;
        }
        Ok(())
    }

    /// Refuses to drop a column that decides about partitions.
    fn refuse_partition_column(&self, id: TableId, name: &Name<'a>) -> Outcome {
        let table = self.state.table(id);
        let is_key = table.partition_key.as_ref().is_some_and(|key| key.contains(name));
        if is_key {
            let reason = format!("the partitions of `{}` need `{name}`", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        Ok(())
    }

    fn set_namespace(&mut self, id: TableId, namespace: &Name<'a>, span: Span) -> Outcome {
        self.require_namespace(namespace, false)?;
        let name = self.state.table(id).name.clone();
        let is_moved = self.state.table(id).namespace != *namespace;
        let is_taken = self.state.lookup_in(namespace, &name).is_some()
            || self.state.index_table(namespace, &name).is_some()
            || index_names(self.state.table(id))
                .any(|it| self.state.index_table(namespace, it).is_some());
        if is_moved && is_taken {
            let reason = format!("`{name}` or an index of it exists already in `{namespace}`");
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        self.state.rename_table(id, namespace.clone(), name);
        self.state.note_rename(id, span);
        self.bind_waiting(id);
        Ok(())
    }

    pub(crate) fn no_column(&self, id: TableId, name: &str) -> Refusal {
        let reason = format!("`{}` has no column `{name}` here", self.shown(id));
        Refusal::new(RefusalKind::UndefinedColumn, reason)
    }

    fn no_constraint(&self, id: TableId, name: &str) -> Refusal {
        let reason = format!("`{}` has no constraint `{name}` here", self.shown(id));
        Refusal::new(RefusalKind::UndefinedObject, reason)
    }

    /// Drops a column, the columns of other tables that come from it, and the foreign keys that
    /// cannot exist without them.
    pub(crate) fn drop_column(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        let mut columns = vec![(id, name.clone())];
        while let Some((id, name)) = columns.pop() {
            if !self.state.table(id).is_incomplete && self.column(id, &name).is_none() {
                continue;
            }
            columns.extend(self.computed_from(id, &name, is_cascade)?);
            self.drop_own_column(id, &name, is_cascade, span)?;
            // Some of these may inherit it from other tables too.
            for below in self.state.tables_below(id) {
                let stays = self.column(below, &name).is_none_or(|it| it.is_local);
                if !stays && !self.is_inherited(below, &name) {
                    columns.push((below, name.clone()));
                }
            }
        }
        Ok(())
    }

    fn drop_own_column(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        let table = self.state.table(id);
        let is_needed =
            table.keys_about(name).next().is_some() || table.indexes().about(name).next().is_some();
        if self.is(Dialect::Sqlite) && is_needed {
            let reason = format!("a key or index of `{}` needs `{name}`", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let is_only = table.columns().iter().nth(1).is_none() && !table.is_incomplete;
        if is_only && self.is(Dialect::Sqlite) {
            let reason = format!("`{name}` is the only column of `{}`", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        for own in self.state.own_by_column(id, name) {
            let foreign_key = self.state.foreign_key(own);
            let is_dropped = match self.state.dialect() {
                Dialect::PostgreSql => true,
                Dialect::Sqlite => foreign_key.is_inline,
                Dialect::MySql => false,
            };
            if !is_dropped {
                let reason = format!("a foreign key of `{}` needs `{name}`", self.shown(id));
                return Err(Refusal::new(RefusalKind::DependentObjects, reason));
            }
            self.drop_with_copies(own, ChangeKind::DroppedAlong, span);
        }
        if !self.is(Dialect::Sqlite) {
            for referencing in self.state.referencing_column(id, name) {
                self.release(referencing, is_cascade, span, |from| {
                    format!("`{name}` is still referenced by `{from}`")
                })?;
            }
        }
        self.remove_column(id, name);
        Ok(())
    }

    /// Takes a column away with the keys and indexes that hold it.
    fn remove_column(&mut self, id: TableId, name: &Name<'a>) {
        for at in self.positions(id, std::slice::from_ref(name)) {
            self.state.put_column(id, at, None);
        }
        if self.is(Dialect::MySql) {
            return self.shrink_keys(id, name);
        }
        let holds_it = |columns: &[Name<'a>]| {
            columns.iter().any(|column| self.state.is_same_column(column, name))
        };
        let table = self.state.table(id);
        let namespace = table.namespace.clone();
        let primary_key = table.primary_key.as_ref().filter(|key| holds_it(&key.columns));
        let primary_key = primary_key.map(|key| key.name.clone());
        let uniques: Vec<usize> = table.uniques().about(name).collect();
        let indexes: Vec<usize> = table.indexes().about(name).collect();
        let mut names: Vec<Name<'a>> = primary_key.iter().flatten().cloned().collect();
        names.extend(table.uniques().items_about(name).filter_map(|key| key.name.clone()));
        let index_names: Vec<Name<'a>> =
            table.indexes().items_about(name).filter_map(|index| index.name.clone()).collect();
        if primary_key.is_some() {
            self.state.table_mut(id).primary_key = None;
        }
        for at in uniques {
            self.state.put_unique(id, at, None);
        }
        for at in indexes {
            self.state.put_index(id, at, None);
        }
        if self.is(Dialect::PostgreSql) {
            for name in &names {
                self.state.release_constraint_name(&namespace, name);
            }
        }
        for name in names.iter().chain(&index_names) {
            self.state.point_index(&namespace, name, None);
        }
    }

    /// Takes a column out of the keys and indexes of MySQL, which lose it and stay.
    fn shrink_keys(&mut self, id: TableId, name: &Name<'a>) {
        let is_other = |column: &Name<'a>| !column.eq_ignore_ascii_case(name);
        let table = self.state.table(id);
        if table.primary_key.as_ref().is_some_and(|key| !key.columns.iter().all(is_other)) {
            let primary_key = &mut self.state.table_mut(id).primary_key;
            if let Some(key) = primary_key {
                key.columns.retain(is_other);
            }
            primary_key.take_if(|key| key.columns.is_empty());
        }
        let table = self.state.table(id);
        let (uniques, indexes): (Vec<usize>, Vec<usize>) =
            (table.uniques().about(name).collect(), table.indexes().about(name).collect());
        for at in uniques {
            let mut key = self.state.table(id).uniques().get(at).cloned();
            key = key.map(|mut key| {
                key.columns.retain(is_other);
                key
            });
            self.state.put_unique(id, at, key.filter(|key| !key.columns.is_empty()));
        }
        for at in indexes {
            let mut index = self.state.table(id).indexes().get(at).cloned();
            index = index.map(|mut index| {
                index.columns.retain(is_other);
                index
            });
            let stays = |it: &Index<'a>| !it.columns.is_empty() || it.has_expressions;
            self.state.put_index(id, at, index.filter(stays));
        }
    }

    /// Drops a foreign key and the copies that partitions have of it.
    pub(crate) fn drop_with_copies(&mut self, id: ForeignKeyId, kind: ChangeKind, span: Span) {
        for copy in self.copies(id) {
            self.state.drop_foreign_key(copy, ChangeKind::DroppedAlong, span);
        }
        self.state.drop_foreign_key(id, kind, span);
    }

    fn drop_constraint(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        if_exists: bool,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        if let Some(own) = self.state.own_by_name(id, name) {
            if self.state.foreign_key(own).inherited_from.is_some() {
                let reason = format!("`{name}` belongs to the partitioned table");
                return Err(Refusal::new(RefusalKind::DependentObjects, reason));
            }
            self.drop_with_copies(own, ChangeKind::Dropped, span);
            return Ok(());
        }
        if !self.state.table(id).has_constraint(name) {
            let is_fine = if_exists || self.state.table(id).is_incomplete;
            // MySQL drops keys by this name too, and checks that were not named here.
            return if is_fine { Ok(()) } else { Err(self.no_constraint(id, name)) };
        }
        self.drop_key(id, name, is_cascade, span)
    }

    /// Drops a key or an index, with its parts in partitions.
    pub(crate) fn drop_key(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        let number = self.key_number(id, name);
        if let Some((_, Some(_))) = number {
            let reason = format!("`{name}` belongs to the partitioned table");
            return Err(Refusal::new(RefusalKind::DependentObjects, reason));
        }
        let parts = number.map(|(made_at, _)| self.parts_of_key(id, made_at)).unwrap_or_default();
        for (table, name) in std::iter::once((id, name.clone())).chain(parts) {
            self.release_key(table, &name, is_cascade, span)?;
            if self.state.table(table).has_constraint(&name) {
                self.remove_key(table, &name);
            } else {
                self.remove_index(table, &name);
            }
        }
        Ok(())
    }

    /// Drops the foreign keys that depend on a key, or refuses to.
    pub(crate) fn release_key(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        for referencing in self.state.bound_to_key(id, name) {
            self.release(referencing, is_cascade, span, |from| {
                format!("a foreign key of `{from}` depends on `{name}`")
            })?;
        }
        Ok(())
    }

    /// Drops a foreign key that depends on what goes, or refuses to without `CASCADE`.
    fn release(
        &mut self,
        referencing: ForeignKeyId,
        is_cascade: bool,
        span: Span,
        reason: impl FnOnce(&str) -> String,
    ) -> Outcome {
        if !is_cascade {
            let from = self.shown(self.state.foreign_key(referencing).table);
            return Err(Refusal::new(RefusalKind::DependentObjects, reason(&from)));
        }
        self.drop_with_copies(referencing, ChangeKind::DroppedAlong, span);
        Ok(())
    }

    fn remove_key(&mut self, id: TableId, name: &Name<'a>) {
        let namespace = self.state.table(id).namespace.clone();
        if self.is_primary_key(id, name) {
            self.state.table_mut(id).primary_key = None;
        }
        if let Some(at) = self.state.table(id).uniques().position(name) {
            self.state.put_unique(id, at, None);
        }
        if let Some(at) = self.state.table(id).other_constraints().position(name) {
            self.state.put_other_constraint(id, at, None);
        }
        if let Some(at) = self.state.table(id).indexes().position(name)
            && self.is(Dialect::PostgreSql)
        {
            self.state.put_index(id, at, None);
        }
        if self.is(Dialect::PostgreSql) {
            self.state.release_constraint_name(&namespace, name);
            self.state.point_index(&namespace, name, None);
        }
    }

    fn is_primary_key(&self, id: TableId, name: &Name<'a>) -> bool {
        let key = self.state.table(id).primary_key.as_ref();
        key.and_then(|key| key.name.as_ref())
            .is_some_and(|it| self.state.is_same_constraint(it, name))
    }

    /// The columns of an index or unique constraint of MySQL.
    pub(crate) fn index_columns(&self, id: TableId, name: &Name<'a>) -> Option<Vec<Name<'a>>> {
        let table = self.state.table(id);
        let index = table.indexes().find(name).map(|it| it.columns.clone());
        index.or_else(|| table.uniques().find(name).map(|it| it.columns.clone()))
    }

    /// Takes an index away; in MySQL a unique constraint is one.
    pub(crate) fn remove_index(&mut self, id: TableId, name: &Name<'a>) {
        let namespace = self.state.table(id).namespace.clone();
        if let Some(at) = self.state.table(id).indexes().position(name) {
            self.state.put_index(id, at, None);
        }
        if let Some(at) = self.state.table(id).uniques().position(name)
            && self.is(Dialect::MySql)
        {
            self.state.put_unique(id, at, None);
        }
        self.state.point_index(&namespace, name, None);
    }

    /// Renames an index, and the constraint that it belongs to.
    pub(crate) fn rename_index(&mut self, id: TableId, from: &Name<'a>, to: &Name<'a>) {
        let namespace = self.state.table(id).namespace.clone();
        let is_constraint =
            self.is(Dialect::PostgreSql) && self.state.table(id).has_constraint(from);
        if self.is_primary_key(id, from)
            && let Some(key) = &mut self.state.table_mut(id).primary_key
        {
            key.name = Some(to.clone());
        }
        let (uniques, indexes) = (self.state.table(id).uniques(), self.state.table(id).indexes());
        let unique = uniques.position(from).map(|at| (at, uniques.get(at).cloned()));
        let index = indexes.position(from).map(|at| (at, indexes.get(at).cloned()));
        if let Some((at, Some(key))) = unique {
            self.state.put_unique(id, at, Some(Key { name: Some(to.clone()), ..key }));
        }
        if let Some((at, Some(index))) = index {
            self.state.put_index(id, at, Some(Index { name: Some(to.clone()), ..index }));
        }
        if is_constraint {
            self.state.release_constraint_name(&namespace, from);
            self.state.take_constraint_name(id, &namespace, to);
        }
        self.state.point_index(&namespace, from, None);
        self.state.point_index(&namespace, to, Some(id));
        self.rename_bound_key(id, from, Some(to));
    }

    /// Tells the foreign keys that depend on a key its new name.
    pub(crate) fn rename_bound_key(&mut self, id: TableId, from: &Name<'a>, to: Option<&Name<'a>>) {
        for referencing in self.state.bound_to_key(id, from) {
            self.state.change_foreign_key(referencing, |it| it.key_name = to.cloned());
        }
    }

    fn rename_constraint(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        to: &Name<'a>,
        span: Span,
    ) -> Outcome {
        self.check_name(id, Some(to))?;
        if let Some(own) = self.state.own_by_name(id, from) {
            self.state.rename_foreign_key(own, to.clone(), span);
            return Ok(());
        }
        let table = self.state.table(id);
        let namespace = table.namespace.clone();
        if let Some(at) = table.other_constraints().position(from) {
            self.state.put_other_constraint(id, at, Some(to.clone()));
            self.state.release_constraint_name(&namespace, from);
            self.state.take_constraint_name(id, &namespace, to);
            return Ok(());
        }
        if !table.has_constraint(from) {
            return Err(self.no_constraint(id, from));
        }
        self.check_relation_name(id, Some(to))?;
        self.rename_index(id, from, to);
        Ok(())
    }

    fn validate_constraint(&mut self, id: TableId, name: &Name<'a>, span: Span) -> Outcome {
        let Some(own) = self.state.own_by_name(id, name) else {
            let is_check = self.state.table(id).other_constraints().find(name).is_some();
            return if is_check { Ok(()) } else { Err(self.no_constraint(id, name)) };
        };
        if !self.state.foreign_key(own).is_validated {
            self.state.change_foreign_key(own, |it| it.is_validated = true);
            self.state.note(own, ChangeKind::Altered, span);
        }
        Ok(())
    }

    /// `ALTER CONSTRAINT`: when and whether a foreign key is checked.
    fn alter_constraint(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        timing: Timing,
        span: Span,
    ) -> Outcome {
        let Some(own) = self.state.own_by_name(id, name) else {
            let is_other = self.state.table(id).has_constraint(name);
            return if is_other { Ok(()) } else { Err(self.no_constraint(id, name)) };
        };
        let copies = self.copies(own);
        for altered in std::iter::once(own).chain(copies) {
            self.state.change_foreign_key(altered, |it| {
                it.deferral = timing.deferral().unwrap_or(it.deferral);
                if let Some(is_enforced) = timing.is_enforced.filter(|new| *new != it.is_enforced) {
                    // What is enforced anew is looked through.
                    it.is_enforced = is_enforced;
                    it.is_validated = is_enforced;
                }
            });
            self.state.note(altered, ChangeKind::Altered, span);
        }
        Ok(())
    }

    fn rename_column(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        to: &Name<'a>,
        span: Span,
    ) -> Outcome {
        let is_case_change = self.state.is_same_column(from, to);
        if !is_case_change && self.column(id, to).is_some() {
            let reason = format!("`{}` has a column `{to}` already", self.shown(id));
            return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
        }
        if self.column(id, from).is_none() && !self.state.table(id).is_incomplete {
            return Err(self.no_column(id, from));
        }
        for table in self.tables_with(id, from, false) {
            self.replace_column_name(table, from, to, Some(span));
        }
        Ok(())
    }

    /// Writes the new name of a column wherever the old one stands, and into the histories if there
    /// is a place for it.
    pub(crate) fn replace_column_name(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        to: &Name<'a>,
        span: Option<Span>,
    ) {
        let dialect = self.state.dialect();
        let is_it = |it: &Name<'a>| match dialect {
            Dialect::PostgreSql => it == from,
            _ => it.eq_ignore_ascii_case(from),
        };
        let replace = |names: &mut Vec<Name<'a>>| {
            for name in names.iter_mut().filter(|it| is_it(it)) {
                *name = to.clone();
            }
        };
        let own = self.state.own_by_column(id, from);
        let referencing = self.state.referencing_column(id, from);
        for at in self.positions(id, std::slice::from_ref(from)) {
            self.state.change_column(id, at, |column| column.name = to.clone());
        }
        self.rename_computed_from(id, from, to);
        let table = self.state.table(id);
        let is_in_primary_key =
            table.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(is_it));
        if let Some(key) = table.partition_key.as_ref().filter(|key| key.iter().any(is_it)) {
            let mut key = key.to_vec();
            replace(&mut key);
            self.state.table_mut(id).partition_key = Some(key.into());
        }
        let table = self.state.table(id);
        let uniques: Vec<usize> = table.uniques().about(from).collect();
        let indexes: Vec<usize> = table.indexes().about(from).collect();
        if is_in_primary_key && let Some(key) = &mut self.state.table_mut(id).primary_key {
            replace(&mut key.columns);
        }
        for at in uniques {
            if let Some(mut key) = self.state.table(id).uniques().get(at).cloned() {
                replace(&mut key.columns);
                self.state.put_unique(id, at, Some(key));
            }
        }
        for at in indexes {
            if let Some(mut index) = self.state.table(id).indexes().get(at).cloned() {
                replace(&mut index.columns);
                self.state.put_index(id, at, Some(index));
            }
        }
        for id in own {
            self.state.change_foreign_key(id, |foreign_key| {
                replace(&mut foreign_key.columns);
                replace(&mut foreign_key.set_columns);
            });
            if let Some(span) = span {
                self.state.note(id, ChangeKind::Renamed, span);
            }
        }
        for id in referencing {
            self.state.change_foreign_key(id, |it| replace(&mut it.target_columns));
            if let Some(span) = span {
                self.state.note(id, ChangeKind::Renamed, span);
            }
        }
    }

    /// `MODIFY`, `CHANGE`, and `ALTER COLUMN a TO a ...` of libSQL, which replaces the declaration
    /// of the column with the foreign keys in it.
    fn change_column(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        column: &ColumnDefinition<'a>,
        span: Span,
    ) -> Outcome {
        if self.is(Dialect::MySql) && column.references().next().is_some() {
            let reason = "a column cannot be changed with `REFERENCES`";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        if self.column(id, from).is_none() {
            return Err(self.no_column(id, from));
        }
        if self.column(id, from).is_none_or(|it| it.name != column.name) {
            self.rename_column(id, from, &column.name, span)?;
        }
        if let Some(at) = self.positions(id, std::slice::from_ref(&column.name)).first() {
            let is_key = self.state.table(id).primary_key.as_ref().is_some_and(|key| {
                key.columns.iter().any(|it| it.eq_ignore_ascii_case(&column.name))
            });
            let mut new = new_column(column);
            new.is_not_null |= is_key;
            let old = self.state.table(id).columns().get(*at);
            if new.is_not_null && self.has_set_null(id, &column.name) {
                return Err(self.cannot_be_null(&column.name));
            }
            if let Some(old) = old.filter(|old| cannot_reference(self.state.dialect(), old, &new))
                && (!self.state.own_by_column(id, &column.name).is_empty()
                    || !self.state.referencing_column(id, &column.name).is_empty())
            {
                let reason =
                    format!("`{}` takes part in a foreign key and keeps its type", old.name);
                return Err(Refusal::new(RefusalKind::DatatypeMismatch, reason));
            }
            new.ignored_reference = old.and_then(|it| it.ignored_reference.clone());
            // It looks for the column by its new name, where there is none yet.
            if from.eq_ignore_ascii_case(&column.name) {
                self.refuse_null_cascade(id, &column.name, new.is_not_null)?;
            }
            self.state.put_column(id, *at, Some(new));
        }
        if self.is(Dialect::Sqlite) {
            for own in self.state.own_by_column(id, &column.name) {
                let foreign_key = self.state.foreign_key(own);
                if foreign_key.is_inline && foreign_key.columns == [column.name.clone()] {
                    self.state.drop_foreign_key(own, ChangeKind::Dropped, span);
                }
            }
            return self.add_column_foreign_keys(id, column, false, &mut 0);
        }
        self.add_column_keys(id, column)
    }

    /// Whether a foreign key of MySQL may set a column to NULL.
    pub(crate) fn has_set_null(&self, id: TableId, column: &Name<'a>) -> bool {
        self.is(Dialect::MySql)
            && self.state.own_by_column(id, column).into_iter().any(|own| {
                let own = self.state.foreign_key(own);
                [own.on_delete, own.on_update].contains(&ReferentialAction::SetNull)
            })
    }

    /// Renames a table as the engine does, with what follows from that for foreign keys.
    pub(crate) fn rename_table(
        &mut self,
        id: TableId,
        to: &QualifiedName<'a>,
        span: Span,
    ) -> Outcome {
        let old = self.state.table(id);
        let (old_namespace, old_name) = (old.namespace.clone(), old.name.clone());
        let namespace = match (&to.namespace, self.state.dialect()) {
            _ if old.is_temporary => old_namespace.clone(),
            (Some(namespace), Dialect::MySql) => namespace.clone(),
            (None, Dialect::MySql) => self.state.creation_namespace(to),
            _ => old_namespace.clone(),
        };
        let is_index =
            !self.is(Dialect::MySql) && self.state.index_table(&namespace, &to.name).is_some();
        if is_index || self.state.lookup_in(&namespace, &to.name).is_some() {
            let reason = format!("`{}` exists already", to.name);
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        let old_key = self.state.key(&old_namespace, &old_name);
        if self.is(Dialect::MySql) && !self.state.engine.names_foreign_keys_by_table() {
            self.rename_generated(id, &namespace, &to.name, span)?;
        }
        let is_former_name = self.state.is_former_name(&namespace, &to.name);
        let by_name = if self.is(Dialect::Sqlite) && self.rename_rewrites_references() {
            self.state.waiting_foreign_keys(&old_key)
        } else {
            Vec::new()
        };
        self.state.rename_table(id, namespace.clone(), to.name.clone());
        if self.state.engine.refuses_unfit_target(false, self.state.checks_foreign_keys) {
            self.refuse_unfit_target(id, is_former_name)?;
        }
        for foreign_key in by_name {
            self.state.retarget(foreign_key, Target::Name(namespace.clone(), to.name.clone()));
        }
        self.state.note_rename(id, span);
        self.bind_waiting(id);
        Ok(())
    }

    /// Whether SQLite writes the new name of a table into the foreign keys of others.
    fn rename_rewrites_references(&self) -> bool {
        !self.state.has_legacy_rename || self.state.enforces_foreign_keys
    }

    /// MySQL renames foreign keys along with the table that their names begin with.
    fn rename_generated(
        &mut self,
        id: TableId,
        namespace: &Name<'a>,
        to: &Name<'a>,
        span: Span,
    ) -> Outcome {
        let table = self.state.table(id);
        let (from, is_moved) = (table.name.clone(), table.namespace != *namespace);
        for own in self.state.own_foreign_keys(id) {
            let Some(old) = self.state.foreign_key(own).name.clone() else { continue };
            let name = match names::generated_suffix(&from, &old) {
                Some(suffix) => Name::Owned(format!("{to}_ibfk_{suffix}")),
                None => old.clone(),
            };
            if (is_moved || name != old) && self.state.count_constraints(namespace, &name) > 0 {
                let reason = format!("there is a foreign key `{name}` already");
                return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
            }
            if name != old {
                self.state.rename_foreign_key(own, name, span);
            }
        }
        Ok(())
    }

    fn leave_partition(&mut self, parent: TableId, id: TableId) {
        self.state.set_partition(parent, id, false);
        for own in self.state.own_foreign_keys(id) {
            self.state.change_foreign_key(own, |it| it.inherited_from = None);
        }
        self.leave_keys(id);
        for at in 0..self.state.table(id).columns().end() {
            self.state.change_column(id, at, |it| it.is_local = true);
        }
    }
}

/// What one `ALTER TABLE` remembers from action to action.
#[derive(Debug, Default)]
pub(crate) struct Progress<'a> {
    /// Whether it leaves partitions and heirs alone.
    is_only: bool,
    /// The number of the next foreign key without a name, counted before anything is dropped.
    number: u32,
    /// The columns of indexes that MySQL is to drop.
    lost: Vec<Vec<Name<'a>>>,
    /// Whether `DROP CONSTRAINT` leaves foreign keys.
    keeps_constraints: bool,
    /// What columns are called while others take their names, by their names in lower case.
    pub(crate) aside: HashMap<Name<'a>, Name<'a>>,
}

impl<'a> Progress<'a> {
    /// What a column is called now that had this name when the statement began.
    fn current<'n>(&'n self, name: &'n Name<'a>) -> &'n Name<'a> {
        if self.aside.is_empty() {
            return name;
        }
        self.aside.get(&lower_case(name)).unwrap_or(name)
    }
}
