//! What `ALTER TABLE` does to constraints and indexes that are there.

use drift_model::{ChangeKind, Dialect, Span};

use crate::apply::Applier;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{ForeignKeyId, Index, Key, TableId};
use crate::statement::{Name, Timing};

impl<'a> Applier<'a> {
    pub(crate) fn no_constraint(&self, id: TableId, name: &str) -> Refusal {
        let reason = format!("`{}` has no constraint `{name}` here", self.shown(id));
        Refusal::new(RefusalKind::UndefinedObject, reason)
    }

    /// Drops a foreign key and the copies that partitions have of it.
    pub(crate) fn drop_with_copies(&mut self, id: ForeignKeyId, kind: ChangeKind, span: Span) {
        for copy in self.copies(id) {
            self.state.drop_foreign_key(copy, ChangeKind::DroppedAlong, span);
        }
        self.state.drop_foreign_key(id, kind, span);
    }

    pub(crate) fn drop_constraint(
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
            if if_exists {
                self.state.remember_missed_drop(id, name, span);
            }
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
    pub(crate) fn release(
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

    pub(crate) fn rename_constraint(
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

    pub(crate) fn validate_constraint(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        span: Span,
    ) -> Outcome {
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
    pub(crate) fn alter_constraint(
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
}
