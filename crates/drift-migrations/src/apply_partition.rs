//! Partitions, which have copies of the foreign keys of their table.

use drift_model::{Change, ChangeKind, Span};

use crate::apply::Applier;
use crate::names;
use crate::state::{ForeignKeyId, TableId, constraint_names};
use crate::statement::Name;
impl<'a> Applier<'a> {
    /// Makes a table a partition of another, with its foreign keys.
    pub(crate) fn join_partition(&mut self, parent: TableId, id: TableId, span: Span) {
        self.state.table_mut(parent).partitions.push(id);
        self.state.table_mut(id).partition_of = Some(parent);
        for inherited in self.state.own_foreign_keys(parent) {
            let equal = self.state.own_foreign_keys(id).into_iter().find(|own| {
                let (own, inherited) =
                    (self.state.foreign_key(*own), self.state.foreign_key(inherited));
                own.inherited_from.is_none()
                    && own.columns == inherited.columns
                    && own.target == inherited.target
                    && own.target_columns == inherited.target_columns
                    && own.on_delete == inherited.on_delete
                    && own.on_update == inherited.on_update
            });
            match equal {
                Some(own) => {
                    let own = self.state.foreign_key_mut(own);
                    own.inherited_from = Some(inherited);
                    own.history.push(Change { kind: ChangeKind::Altered, span });
                }
                None => self.inherit(id, inherited),
            }
        }
    }

    /// Gives a partition a copy of a foreign key of the whole, and its own partitions too.
    pub(crate) fn inherit(&mut self, partition: TableId, inherited: ForeignKeyId) {
        let mut copy = self.state.foreign_key(inherited).clone();
        copy.table = partition;
        copy.inherited_from = Some(inherited);
        copy.made_at = self.state.tick();
        let has_name = |name: &Name<'a>| {
            constraint_names(self.state.table(partition)).any(|it| it == name)
                || self.own_by_name(partition, name).is_some()
        };
        if copy.name.as_ref().is_some_and(has_name) {
            let table = self.state.table(partition);
            let addition = names::name_addition(copy.columns.iter().map(|it| &**it));
            copy.name =
                Some(Name::Owned(names::free_name(&table.name, &addition, "fkey", "", |name| {
                    let name = Name::Owned(name.to_owned());
                    self.state.count_constraints(&table.namespace, &name) > 0
                })));
        }
        let copied = self.state.add_foreign_key(copy);
        for deeper in self.state.table(partition).partitions.clone() {
            self.inherit(deeper, copied);
        }
    }

    /// The copies of a foreign key that partitions have, copies of copies among them.
    pub(crate) fn copies(&self, id: ForeignKeyId) -> Vec<ForeignKeyId> {
        let mut found = vec![id];
        let mut at = 0;
        while at < found.len() {
            let table = self.state.foreign_key(found[at]).table;
            for &partition in &self.state.table(table).partitions {
                let own = self.state.own_foreign_keys(partition).into_iter();
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
