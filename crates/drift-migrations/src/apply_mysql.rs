//! What MySQL and MariaDB do beyond what all engines do: what they refuse of foreign keys, what they
//! forget in `ALTER TABLE`, how they rename, and the switch of their checks.

use std::collections::HashSet;

use drift_model::{ChangeKind, Dialect, ReferentialAction, Span};

use crate::apply::Applier;
use crate::apply_alter::Progress;
use crate::apply_table::new_column;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{TableId, Target, lower_case};
use crate::statement::{
    AlterAction, AlterKind, AlterTable, ChecksStep, Generation, Name, QualifiedName,
    TableConstraintKind,
};
use crate::types::cannot_reference;
use drift_model::SetDefault;

impl<'a> Applier<'a> {
    /// Refuses a foreign key between tables that InnoDB does not keep as a whole.
    pub(crate) fn check_mysql_tables(&self, id: TableId, target: &Target<'a>) -> Outcome {
        let table = self.state.table(id);
        let refuse = |reason: String| Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
        if table.partition_key.is_some() {
            return refuse(format!("`{}` is partitioned", self.shown(id)));
        }
        if table.is_temporary {
            return refuse(format!("`{}` is temporary", table.name));
        }
        let Target::Table(target) = *target else { return Ok(()) };
        let target_table = self.state.table(target);
        if target_table.partition_key.is_some() {
            return refuse(format!("`{}` is partitioned", self.shown(target)));
        }
        if target_table.has_plain_storage {
            return refuse(format!("the engine of `{}` has no foreign keys", self.shown(target)));
        }
        Ok(())
    }

    /// The actions that MySQL keeps of those that are written.
    pub(crate) fn mysql_actions(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        actions: [ReferentialAction; 2],
    ) -> Outcome<[ReferentialAction; 2]> {
        let kept = |action| match (action, self.state.engine.set_default()) {
            (ReferentialAction::SetDefault, SetDefault::Restrict) => {
                Ok(ReferentialAction::Restrict)
            }
            (ReferentialAction::SetDefault, SetDefault::Refused) => {
                let reason = "the engine knows no `SET DEFAULT`";
                Err(Refusal::new(RefusalKind::Syntax, reason))
            }
            (action, _) => Ok(action),
        };
        let [on_delete, on_update] = [kept(actions[0])?, kept(actions[1])?];
        self.check_generated(id, columns, on_delete, on_update)?;
        Ok([on_delete, on_update])
    }

    /// Refuses to let a referential action write into a column that an expression computes.
    fn check_generated(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        on_delete: ReferentialAction,
        on_update: ReferentialAction,
    ) -> Outcome {
        let writes =
            |action| matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault);
        for column in columns.iter().filter_map(|it| self.column(id, it)) {
            let is_refused = match column.generation {
                Generation::None => false,
                Generation::Virtual if !self.state.engine.references_from_virtual_columns() => true,
                Generation::Stored | Generation::Virtual => {
                    writes(on_delete)
                        || writes(on_update)
                        || on_update == ReferentialAction::Cascade
                }
            };
            if is_refused {
                let reason = format!("`{}` is a generated column", column.name);
                return Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
            }
        }
        Ok(())
    }

    /// Refuses a self reference onto what the same statement adds, where the engine looks at the
    /// table as it was.
    pub(crate) fn refuse_new_targets(&self, id: TableId, alter: &AlterTable<'a>) -> Outcome {
        if self.state.engine.references_new_columns() {
            return Ok(());
        }
        for action in &alter.actions {
            let references = match &action.kind {
                AlterKind::AddColumn { column, .. } => column.references().collect(),
                AlterKind::AddConstraint(constraint) => match &constraint.kind {
                    TableConstraintKind::ForeignKey { reference, .. } => vec![reference],
                    _ => continue,
                },
                _ => continue,
            };
            for reference in references {
                if self.state.lookup(&reference.table) == Some(id) {
                    self.check_key(&Target::Table(id), &reference.columns, false)?;
                }
            }
        }
        Ok(())
    }

    /// A table in a foreign key stays with InnoDB.
    pub(crate) fn set_storage(&mut self, id: TableId, is_plain: bool) -> Outcome {
        let mut foreign_keys = self.state.own_foreign_keys(id);
        foreign_keys.extend(self.state.referencing_foreign_keys(id));
        if is_plain && !foreign_keys.is_empty() {
            let reason = format!("`{}` takes part in a foreign key", self.shown(id));
            return Err(Refusal::new(RefusalKind::DependentObjects, reason));
        }
        self.state.table_mut(id).has_plain_storage = is_plain;
        Ok(())
    }

    /// Whether MariaDB surely copies the table.
    pub(crate) fn copies_table(&self, id: TableId, alter: &AlterTable<'a>) -> bool {
        let adds_primary_key = alter.actions.iter().any(|it| {
            matches!(&it.kind, AlterKind::AddConstraint(constraint)
                if matches!(constraint.kind, TableConstraintKind::PrimaryKey { .. }))
        });
        let primary_key = self.state.table(id).primary_key.as_ref();
        let copies = |action: &AlterAction<'a>| match &action.kind {
            AlterKind::CopyTable => true,
            AlterKind::DropPrimaryKey => !adds_primary_key,
            AlterKind::DropColumn { name, .. } => {
                !adds_primary_key
                    && primary_key.is_some_and(|key| {
                        key.columns.iter().any(|it| it.eq_ignore_ascii_case(name))
                    })
            }
            AlterKind::AddColumn { column, .. } => {
                self.state.checks_foreign_keys && column.references().next().is_some()
            }
            AlterKind::AddConstraint(constraint) => {
                self.state.checks_foreign_keys && constraint.is_foreign_key()
            }
            AlterKind::ChangeColumn { from, column } => self
                .column(id, from)
                .is_some_and(|old| cannot_reference(Dialect::MySql, old, &new_column(column))),
            _ => false,
        };
        alter.actions.iter().any(copies)
    }

    /// Whether `ALTER TABLE` loses the foreign keys that the table has: where it adds one and
    /// renames the table in MariaDB and MySQL 5.7.
    pub(crate) fn loses_foreign_keys(&self, alter: &AlterTable<'a>) -> bool {
        let is_rename = |it: &AlterAction<'a>| matches!(it.kind, AlterKind::RenameTo(_));
        let adds = |it: &AlterAction<'a>| match &it.kind {
            AlterKind::AddConstraint(constraint) => constraint.is_foreign_key(),
            AlterKind::AddColumn { column, .. } => {
                self.state.engine.honours_inline_references()
                    && column.references().next().is_some()
            }
            _ => false,
        };
        self.state.engine.loses_foreign_keys_on_add_and_rename()
            && alter.actions.iter().any(is_rename)
            && alter.actions.iter().any(adds)
    }

    pub(crate) fn lose_foreign_keys(&mut self, id: TableId, span: Span) {
        for own in self.state.own_foreign_keys(id) {
            self.state.drop_foreign_key(own, ChangeKind::DroppedAlong, span);
        }
    }

    /// Lets columns swap their names: those that give theirs to another column are called
    /// something else in between.
    pub(crate) fn set_names_aside(
        &mut self,
        id: TableId,
        alter: &AlterTable<'a>,
        progress: &mut Progress<'a>,
    ) {
        let renames = alter.actions.iter().filter_map(|action| match &action.kind {
            AlterKind::RenameColumn { from, to } => Some((from, to)),
            AlterKind::ChangeColumn { from, column } => Some((from, &column.name)),
            _ => None,
        });
        let renames: Vec<(Name<'a>, Name<'a>)> = renames
            .map(|(from, to)| (lower_case(from), lower_case(to)))
            .filter(|(from, to)| from != to)
            .collect();
        let taken: HashSet<&Name<'a>> = renames.iter().map(|(_, to)| to).collect();
        for (from, _) in renames.iter().filter(|(from, _)| taken.contains(from)) {
            if self.column(id, from).is_some() {
                let aside = Name::Owned(format!("\0{from}"));
                self.replace_column_name(id, from, &aside, None);
                progress.aside.insert(from.clone(), aside);
            }
        }
    }

    /// `RENAME TABLE`, from left to right, all or nothing.
    pub(crate) fn rename_tables(
        &mut self,
        pairs: &[(QualifiedName<'a>, QualifiedName<'a>)],
        if_exists: bool,
        span: Span,
    ) -> Outcome {
        if if_exists && !self.state.engine.has_conditional_actions() {
            let reason = "the engine knows no `IF EXISTS` in `RENAME TABLE`";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        for (from, to) in pairs {
            match self.state.lookup(from) {
                Some(table) => self.rename_table(table, to, span)?,
                None if if_exists => {}
                None => return Err(self.no_table(from)),
            }
        }
        Ok(())
    }

    /// `SET foreign_key_checks`, from a user variable perhaps.
    pub(crate) fn set_checks(&mut self, steps: &[ChecksStep<'a>]) {
        for step in steps {
            match step {
                ChecksStep::Save(name) => {
                    let is_on = self.state.checks_foreign_keys;
                    self.state.saved_checks.insert(lower_case(name), is_on);
                }
                ChecksStep::Set(is_on) => self.state.checks_foreign_keys = *is_on,
                // What was not saved here was so where the session began, which is with checks.
                ChecksStep::Restore(name) => {
                    let saved = self.state.saved_checks.get(&lower_case(name));
                    self.state.checks_foreign_keys = saved.copied().unwrap_or(true);
                }
            }
        }
    }
}
