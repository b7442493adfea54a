//! What MySQL and MariaDB refuse of one `ALTER TABLE` as a whole.

use drift_model::ReferentialAction;

use crate::apply::Applier;
use crate::apply_foreign_key::is_restrict;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Column, ForeignKeyId, TableId, Target};
use crate::statement::{AlterKind, AlterTable, Name};

impl<'a> Applier<'a> {
    /// Refuses what the engine refuses before it looks at any action alone.
    pub(crate) fn refuse_mysql_alter(
        &mut self,
        id: TableId,
        alter: &AlterTable<'a>,
        is_copied: bool,
    ) -> Outcome {
        if alter.actions.len() > 1 {
            self.refuse_repeated_columns(alter)?;
        }
        if self.state.engine.keeps_parts_of_keys() {
            self.refuse_broken_keys(id, alter)?;
        }
        if is_copied {
            self.refuse_renames_of_copy(id, alter)?;
            self.refuse_unfit_copy(id)?;
        }
        Ok(())
    }

    /// One column is dropped, changed or renamed by one action only; the others do not find it.
    fn refuse_repeated_columns(&self, alter: &AlterTable<'a>) -> Outcome {
        let mut seen: Vec<&Name<'a>> = Vec::new();
        for action in &alter.actions {
            let name = match &action.kind {
                AlterKind::DropColumn { name, if_exists: false, .. } => name,
                AlterKind::RenameColumn { from, .. } | AlterKind::ChangeColumn { from, .. } => from,
                _ => continue,
            };
            seen.push(name);
        }
        seen.sort_unstable_by_key(|it| it.to_ascii_lowercase());
        match seen.windows(2).find(|pair| pair[0].eq_ignore_ascii_case(pair[1])) {
            Some(pair) => {
                let reason = format!("two actions concern the column `{}`", pair[0]);
                Err(Refusal::new(RefusalKind::UndefinedColumn, reason))
            }
            None => Ok(()),
        }
    }

    /// MariaDB drops no column of a key that has others too.
    fn refuse_broken_keys(&self, id: TableId, alter: &AlterTable<'a>) -> Outcome {
        let dropped = |column: &Name<'a>| {
            alter.actions.iter().any(|action| {
                matches!(&action.kind, AlterKind::DropColumn { name, .. }
                    if name.eq_ignore_ascii_case(column))
            })
        };
        let table = self.state.table(id);
        for action in &alter.actions {
            let AlterKind::DropColumn { name, .. } = &action.kind else { continue };
            for key in table.keys_about(name) {
                let is_primary =
                    table.primary_key.as_ref().is_some_and(|it| it.made_at == key.made_at);
                let goes_along = alter.actions.iter().any(|it| match &it.kind {
                    AlterKind::DropPrimaryKey => is_primary,
                    AlterKind::DropIndex { name } | AlterKind::DropConstraint { name, .. } => {
                        // What an unnamed key is called is not known here.
                        !is_primary
                            && self.state.own_by_name(id, name).is_none()
                            && key.name.as_ref().is_none_or(|key| key.eq_ignore_ascii_case(name))
                    }
                    _ => false,
                });
                if !goes_along && !key.columns.iter().all(dropped) {
                    let reason = format!("a key of `{}` needs `{name}`", self.shown(id));
                    return Err(Refusal::new(RefusalKind::DependentObjects, reason));
                }
            }
            let indexes = table.indexes().items_about(name).filter(|it| it.is_unique);
            for index in indexes.filter(|it| !it.has_expressions) {
                let goes_along = alter.actions.iter().any(|it| match &it.kind {
                    AlterKind::DropIndex { name } | AlterKind::DropConstraint { name, .. } => {
                        index.name.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(name))
                    }
                    _ => false,
                });
                if !goes_along && !index.columns.iter().all(dropped) {
                    let reason = format!("a key of `{}` needs `{name}`", self.shown(id));
                    return Err(Refusal::new(RefusalKind::DependentObjects, reason));
                }
            }
        }
        Ok(())
    }

    /// A copy cannot rename the columns of foreign keys.
    fn refuse_renames_of_copy(&mut self, id: TableId, alter: &AlterTable<'a>) -> Outcome {
        for action in &alter.actions {
            let (from, to) = match &action.kind {
                AlterKind::RenameColumn { from, to } => (from, to),
                AlterKind::ChangeColumn { from, column } => (from, &column.name),
                _ => continue,
            };
            if from.eq_ignore_ascii_case(to) {
                continue;
            }
            let dropped = |name: &Name<'a>| {
                alter.actions.iter().any(|it| match &it.kind {
                    AlterKind::DropForeignKey { name: own, .. }
                    | AlterKind::DropConstraint { name: own, .. } => own.eq_ignore_ascii_case(name),
                    _ => false,
                })
            };
            for found in self.foreign_keys_with(id, from) {
                let foreign_key = self.state.foreign_key(found);
                let is_dropped =
                    foreign_key.table == id && foreign_key.name.as_ref().is_some_and(dropped);
                if !is_dropped {
                    return Err(self.needed_by_foreign_key(found, from));
                }
            }
        }
        Ok(())
    }

    /// A copy cannot take the place of a table that lacks columns for the foreign keys that point at it,
    /// as one does that was made again while nothing was checked.
    fn refuse_unfit_copy(&mut self, id: TableId) -> Outcome {
        if !self.state.unfit_targets.contains(&id) || !self.starts_empty {
            return Ok(());
        }
        let referencing = self.state.referencing_foreign_keys(id);
        self.state.work += referencing.len();
        match referencing.into_iter().find(|it| self.lacks_target_columns(id, *it)) {
            Some(found) => {
                let columns = &self.state.foreign_key(found).target_columns;
                Err(self.needed_by_foreign_key(found, &Name::Owned(columns.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Whether a foreign key points at columns that a table does not have.
    pub(crate) fn lacks_target_columns(&self, id: TableId, foreign_key: ForeignKeyId) -> bool {
        let columns = &self.state.foreign_key(foreign_key).target_columns;
        !self.state.table(id).is_incomplete
            && columns.iter().any(|it| self.column(id, it).is_none())
    }

    /// Whether a unique constraint could be the primary key.
    pub(crate) fn has_unique_not_null(&self, id: TableId) -> bool {
        let is_not_null = |name: &Name<'a>| self.column(id, name).is_some_and(|it| it.is_not_null);
        self.state.table(id).uniques().iter().any(|key| key.columns.iter().all(is_not_null))
    }

    /// Refuses a column that takes no NULL from now on, or takes it, while `ON UPDATE CASCADE` could
    /// bring one to a column that takes none. The other column is looked at as it was before.
    ///
    /// Source: `check_foreigns` in MariaDB, `storage/innobase/handler/handler0alter.cc`, and for
    /// copies `fk_check_copy_alter_table`, `sql/sql_table.cc`.
    pub(crate) fn refuse_null_cascade(
        &mut self,
        id: TableId,
        column: &Name<'a>,
        is_not_null: bool,
        is_copied: bool,
    ) -> Outcome {
        let changes = |it: &Column<'a>| it.is_not_null != is_not_null;
        if !self.state.engine.refuses_null_cascade()
            || !self.column(id, column).is_some_and(changes)
        {
            return Ok(());
        }
        let is_copied = is_copied || !is_not_null && self.is_needed_as_primary_key(id, column);
        for found in self.foreign_keys_with(id, column) {
            let foreign_key = self.state.foreign_key(found);
            let (Target::Table(target), ReferentialAction::Cascade) =
                (&foreign_key.target, foreign_key.on_update)
            else {
                continue;
            };
            if !is_copied && !is_restrict(foreign_key.on_delete, foreign_key.on_delete_span) {
                continue;
            }
            let is_it =
                |table: TableId, name: &Name<'a>| table == id && name.eq_ignore_ascii_case(column);
            let takes_null = |table: TableId, name: &Name<'a>| {
                self.column(table, name).map(|it| !it.is_not_null)
            };
            for (from, to) in foreign_key.columns.iter().zip(&foreign_key.target_columns) {
                let is_refused = match is_not_null {
                    true => is_it(foreign_key.table, from) && takes_null(*target, to) == Some(true),
                    false => {
                        is_it(*target, to) && takes_null(foreign_key.table, from) == Some(false)
                    }
                };
                if is_refused {
                    return Err(self.needed_by_foreign_key(found, column));
                }
            }
        }
        Ok(())
    }

    /// Whether InnoDB has no other primary key than unique constraints on a column.
    fn is_needed_as_primary_key(&self, id: TableId, column: &Name<'a>) -> bool {
        let table = self.state.table(id);
        let is_not_null = |name: &Name<'a>| self.column(id, name).is_some_and(|it| it.is_not_null);
        let uniques = table.uniques().iter().map(|it| &it.columns);
        let indexes = table.indexes().iter().filter(|it| it.is_unique && !it.has_expressions);
        let mut keys = uniques
            .chain(indexes.map(|it| &it.columns))
            .filter(|columns| columns.iter().all(is_not_null))
            .map(|columns| columns.iter().any(|it| it.eq_ignore_ascii_case(column)))
            .peekable();
        table.primary_key.is_none() && keys.peek().is_some() && keys.all(|it| it)
    }

    /// The foreign keys that hold a column of a table, and those that point at it.
    fn foreign_keys_with(&mut self, id: TableId, column: &Name<'a>) -> Vec<ForeignKeyId> {
        let mut found = self.state.own_by_column(id, column);
        found.extend(self.state.referencing_column(id, column));
        self.state.work += found.len();
        found
    }

    fn needed_by_foreign_key(&self, found: ForeignKeyId, column: &Name<'a>) -> Refusal {
        let from = self.shown(self.state.foreign_key(found).table);
        let reason = format!("a foreign key of `{from}` needs `{column}` as it is");
        Refusal::new(RefusalKind::DependentObjects, reason)
    }

    /// Refuses to leave foreign keys without the index that they need, on either side.
    pub(crate) fn refuse_lost_indexes(&mut self, id: TableId, columns: &[Name<'a>]) -> Outcome {
        let Some(first) = columns.first().filter(|_| self.state.checks_foreign_keys) else {
            return Ok(());
        };
        if self.lacks_something() {
            return Ok(());
        }
        for found in self.foreign_keys_with(id, first) {
            let foreign_key = self.state.foreign_key(found);
            let table = self.state.table(id);
            let points_here = foreign_key.target == Target::Table(id);
            let is_served = (foreign_key.table != id
                || self.has_index_for(table, &foreign_key.columns, |_| true))
                && (!points_here || self.has_mysql_key(table, &foreign_key.target_columns));
            if !is_served {
                return Err(self.needed_by_foreign_key(found, first));
            }
        }
        Ok(())
    }

    /// Refuses a table under a name that foreign keys wait for and cannot point at.
    pub(crate) fn refuse_unfit_target(&self, id: TableId, is_former_name: bool) -> Outcome {
        let table = self.state.table(id);
        // A foreign key waits for what other migrations made as well.
        if !self.starts_empty && !is_former_name {
            return Ok(());
        }
        let key = self.state.key(&table.namespace, &table.name);
        for waiting in self.state.waiting_foreign_keys(&key) {
            let foreign_key = self.state.foreign_key(waiting);
            let columns = &foreign_key.target_columns;
            if self.lacks_target_columns(id, waiting) || !self.has_mysql_key(table, columns) {
                return Err(self.no_key(id, columns));
            }
            let target = Target::Table(id);
            self.check_types(foreign_key.table, &foreign_key.columns, &target, columns)?;
        }
        Ok(())
    }
}
