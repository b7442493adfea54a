//! `ALTER TABLE`, action by action in the order in which the engine takes them.

use drift_model::{ChangeKind, Dialect, ReferentialAction, Span};
use foldhash::HashMap;

use crate::apply::Applier;
use crate::names;
use crate::parse_alter::refused_action;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{TableId, Target, index_names, lower_case};
use crate::statement::{
    AlterAction, AlterKind, AlterTable, Name, QualifiedName, TableConstraintKind,
};

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
            progress.is_copied =
                self.state.engine.refuses_copied_renames() && self.copies_table(id, alter);
            self.refuse_mysql_alter(id, alter, progress.is_copied)?;
            progress.keeps_constraints =
                progress.is_copied && self.state.engine.forgets_drops_when_copying();
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
                let from = progress.current(from);
                self.change_column(id, from, column, progress.is_copied, action.span)?;
            }
            AlterKind::SetType { name, data_type, is_array } => {
                if self.position(id, name)?.is_some() {
                    self.refuse_inherited(id, name)?;
                    self.refuse_partition_column(id, name)?;
                    self.refuse_computed_from(id, name)?;
                }
                let mut copies = Vec::new();
                for table in self.tables_with(id, name, progress.is_only) {
                    if let Some(at) = self.position(table, name)? {
                        self.state.change_column(table, at, |column| {
                            column.data_type = data_type.clone();
                            column.is_array = *is_array;
                        });
                        self.remake_indexes(table, name, action.span)?;
                        copies.extend(self.remake_foreign_keys(table, name)?);
                    }
                }
                if !copies.is_empty() {
                    self.remake_copies(copies, action.span);
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
                None if *if_exists => self.state.remember_missed_drop(id, name, action.span),
                None => return Err(self.no_constraint(id, name)),
            },
            AlterKind::CopyTable => {}
            AlterKind::SetStorage { is_plain } => self.set_storage(id, *is_plain)?,
            AlterKind::DropPrimaryKey => match self.state.table_mut(id).primary_key.take() {
                // InnoDB looks no further where another key takes its place.
                Some(key) if !self.has_unique_not_null(id) => progress.lost.push(key.columns),
                Some(_) => {}
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
        self.state.rename_table(id, namespace.clone(), name, span);
        self.state.note_rename(id, span);
        self.bind_waiting(id);
        Ok(())
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
        self.state.rename_table(id, namespace.clone(), to.name.clone(), span);
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
    /// Whether MariaDB copies the table.
    is_copied: bool,
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
