//! Partitions, which have copies of the foreign keys of their table.

use drift_model::{ChangeKind, Span};

use crate::apply::Applier;
use crate::names;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{ForeignKeyId, NameScope, TableId};
use crate::statement::Name;

impl<'a> Applier<'a> {
    /// Makes a table a partition of another, with its foreign keys.
    pub(crate) fn join_partition(&mut self, parent: TableId, id: TableId, span: Span) -> Outcome {
        if self.state.table(id).partition_of.is_some() {
            let reason = format!("`{}` is a partition already", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let mut whole = Some(parent);
        let may_be_within = !self.state.table(id).partitions().is_empty() || parent == id;
        while let Some(above) = whole.filter(|_| may_be_within) {
            if above == id {
                let reason = format!("`{}` cannot be a partition of itself", self.shown(id));
                return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
            }
            whole = self.state.table(above).partition_of;
        }
        self.state.set_partition(parent, id, true);
        for at in 0..self.state.table(id).columns().end() {
            self.state.change_column(id, at, |it| it.is_local = false);
        }
        // Where a partitioned table may have it not valid, the check is made up for.
        let needs_no_validation = self.state.engine.has_partitioned_not_valid();
        for inherited in self.state.own_foreign_keys(parent) {
            let columns = &self.state.foreign_key(inherited).columns;
            let Some(first) = columns.first() else { continue };
            let equal = self.state.own_by_column(id, first).into_iter().find(|own| {
                let (own, inherited) =
                    (self.state.foreign_key(*own), self.state.foreign_key(inherited));
                own.inherited_from.is_none()
                    && (own.is_validated || needs_no_validation)
                    && own.columns == inherited.columns
                    && own.target == inherited.target
                    && own.target_columns == inherited.target_columns
                    && own.on_delete == inherited.on_delete
                    && own.on_update == inherited.on_update
                    && own.is_match_full == inherited.is_match_full
                    && own.deferral == inherited.deferral
                    && own.is_enforced == inherited.is_enforced
            });
            match equal {
                Some(own) => {
                    let is_validated = self.state.foreign_key(inherited).is_validated;
                    self.state.change_foreign_key(own, |it| {
                        it.inherited_from = Some(inherited);
                        it.is_validated |= is_validated;
                    });
                    self.state.note(own, ChangeKind::Altered, span);
                }
                None => self.inherit(id, inherited),
            }
        }
        Ok(())
    }

    /// Gives a partition a copy of a foreign key of the whole, and its own partitions too.
    pub(crate) fn inherit(&mut self, partition: TableId, inherited: ForeignKeyId) {
        let mut heirs = vec![(partition, inherited)];
        while let Some((partition, inherited)) = heirs.pop() {
            let copied = self.copy_foreign_key(partition, inherited);
            let deeper = self.state.table(partition).partitions().iter().rev();
            heirs.extend(deeper.map(|it| (*it, copied)));
        }
    }

    fn copy_foreign_key(&mut self, partition: TableId, inherited: ForeignKeyId) -> ForeignKeyId {
        let mut copy = self.state.foreign_key(inherited).clone();
        copy.table = partition;
        copy.inherited_from = Some(inherited);
        copy.made_at = self.state.tick();
        copy.bound_at = copy.made_at;
        copy.name = self.name_of_copy(partition, inherited);
        self.state.add_foreign_key(copy)
    }

    /// What a copy of a foreign key is called: as that, unless the partition has the name already.
    fn name_of_copy(&mut self, partition: TableId, inherited: ForeignKeyId) -> Option<Name<'a>> {
        let foreign_key = self.state.foreign_key(inherited);
        let name = foreign_key.name.clone()?;
        let is_taken = self.state.table(partition).has_constraint(&name)
            || self.state.own_by_name(partition, &name).is_some();
        if !is_taken {
            return Some(name);
        }
        if self.state.engine.numbers_taken_names() {
            return Some(self.numbered_name(partition, &name));
        }
        let addition = names::name_addition(foreign_key.columns.iter().map(|it| &**it));
        Some(self.state.free_name(partition, &addition, "fkey", "", NameScope::Constraint))
    }

    /// Gives copies the names that they would get now, and their copies too: where the type of a
    /// column changes, PostgreSQL makes foreign keys anew, and copies of them along with them.
    ///
    /// Source: `ATPostAlterTypeCleanup` in PostgreSQL, `src/backend/commands/tablecmds.c`.
    pub(crate) fn remake_copies(&mut self, copies: Vec<ForeignKeyId>, span: Span) {
        let mut originals: Vec<ForeignKeyId> =
            copies.into_iter().map(|it| self.original(it)).collect();
        originals.sort_unstable();
        originals.dedup();
        let copies: Vec<ForeignKeyId> =
            originals.into_iter().flat_map(|it| self.copies(it)).collect();
        let former: Vec<Option<Name<'a>>> =
            copies.iter().map(|it| self.state.foreign_key(*it).name.clone()).collect();
        // All of them are gone before the first is made.
        for &copy in &copies {
            self.state.name_foreign_key(copy, None);
        }
        for (&copy, former) in copies.iter().zip(&former) {
            let foreign_key = self.state.foreign_key(copy);
            let Some(inherited) = foreign_key.inherited_from else { continue };
            let name = self.name_of_copy(foreign_key.table, inherited);
            let is_other = name != *former;
            self.state.name_foreign_key(copy, name);
            if is_other {
                self.state.note(copy, ChangeKind::Renamed, span);
            }
        }
    }

    /// The foreign key of the topmost table that one is a copy of.
    fn original(&self, id: ForeignKeyId) -> ForeignKeyId {
        std::iter::successors(Some(id), |it| self.state.foreign_key(*it).inherited_from)
            .last()
            .unwrap_or(id)
    }

    /// `f_1` for a copy of `f` where that is taken.
    fn numbered_name(&self, partition: TableId, name: &Name<'a>) -> Name<'a> {
        let namespace = &self.state.table(partition).namespace;
        let numbered = (1..=u32::MAX).map(|it| names::object_name(name, "", &it.to_string()));
        let mut free = numbered.map(Name::Owned);
        let free = free.find(|it| self.state.count_constraints(namespace, it) == 0);
        free.unwrap_or_else(|| name.clone())
    }

    /// The copies of a foreign key that partitions have, copies of copies among them.
    pub(crate) fn copies(&self, id: ForeignKeyId) -> Vec<ForeignKeyId> {
        let mut found = vec![id];
        let mut at = 0;
        while at < found.len() {
            let table = self.state.foreign_key(found[at]).table;
            for &partition in self.state.table(table).partitions() {
                let Some(first) = self.state.foreign_key(found[at]).columns.first() else {
                    continue;
                };
                let own = self.state.own_by_column(partition, first).into_iter();
                found.extend(
                    own.filter(|it| self.state.foreign_key(*it).inherited_from == Some(found[at]))
                        .collect::<Vec<_>>(),
                );
            }
            at += 1;
        }
        found.remove(0);
        found
    }
}
