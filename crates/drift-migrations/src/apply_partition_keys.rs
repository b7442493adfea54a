//! The keys and indexes of a partitioned table, of which every partition has a part.

use crate::apply::Applier;
use crate::apply_keys::NewKey;
use crate::refusal::Outcome;
use crate::state::{Index, Key, TableId};
use crate::statement::Name;

impl<'a> Applier<'a> {
    /// Gives a partition its parts of all keys of the whole, and its own partitions too.
    pub(crate) fn join_keys(&mut self, parent: TableId, id: TableId) -> Outcome {
        let table = self.state.table(parent);
        let keys = table.primary_key.iter().chain(table.uniques().iter()).map(|it| it.made_at);
        let indexes = table.indexes().iter().filter(|it| it.is_unique).map(|it| it.made_at);
        let numbers: Vec<u32> = keys.chain(indexes).collect();
        numbers.into_iter().try_for_each(|it| self.join_key(parent, it, id))
    }

    /// Gives all partitions of a table their parts of a key that was just made.
    pub(crate) fn pass_on_key(&mut self, id: TableId, made_at: u32) -> Outcome {
        for partition in self.state.table(id).partitions().clone() {
            self.join_key(id, made_at, partition)?;
        }
        Ok(())
    }

    fn join_key(&mut self, parent: TableId, made_at: u32, id: TableId) -> Outcome {
        let mut parts = vec![(parent, made_at, id)];
        while let Some((parent, made_at, id)) = parts.pop() {
            let Some(made_at) = self.join_one_key(parent, made_at, id)? else { continue };
            let deeper = self.state.table(id).partitions().iter().rev();
            parts.extend(deeper.map(|it| (id, made_at, *it)));
        }
        Ok(())
    }

    /// Makes the part that one partition has of a key. When that was made.
    fn join_one_key(&mut self, parent: TableId, made_at: u32, id: TableId) -> Outcome<Option<u32>> {
        let table = self.state.table(parent);
        let is_primary = table.primary_key.as_ref().is_some_and(|it| it.made_at == made_at);
        let key = table.primary_key.iter().chain(table.uniques().iter());
        let key = key.filter(|it| it.made_at == made_at).last().cloned();
        if let Some(key) = key {
            return self.join_constraint(&key, is_primary, id).map(Some);
        }
        let index = table.indexes().iter().find(|it| it.made_at == made_at && it.is_unique);
        Ok(index.cloned().map(|index| self.join_index(index, id)))
    }

    /// Takes an equal index of the partition for its part, or makes one.
    fn join_index(&mut self, index: Index<'a>, id: TableId) -> u32 {
        let is_equal = |it: &&Index<'a>| {
            it.part_of.is_none()
                && (&it.columns, &it.included) == (&index.columns, &index.included)
                && (it.is_unique, it.is_partial, it.has_expressions)
                    == (index.is_unique, index.is_partial, index.has_expressions)
        };
        let own = self.state.table(id).indexes().iter().find(is_equal).cloned();
        let Some(own) = own else {
            let part_of = Some(index.made_at);
            return self.put_new_index(id, Index { name: None, part_of, ..index });
        };
        let made_at = own.made_at;
        let at = own.name.as_ref().and_then(|it| self.state.table(id).indexes().position(it));
        if let Some(at) = at {
            let own = Index { part_of: Some(index.made_at), ..own };
            self.state.put_index(id, at, Some(own));
        }
        made_at
    }

    /// Takes an equal key of the partition for its part, or makes one.
    fn join_constraint(&mut self, key: &Key<'a>, is_primary: bool, id: TableId) -> Outcome<u32> {
        let is_equal = |it: &Key<'a>| {
            it.part_of.is_none() && it.columns == key.columns && it.options == key.options
        };
        let table = self.state.table(id);
        let own = match is_primary {
            true => table.primary_key.as_ref().filter(|it| is_equal(it)).cloned(),
            false => table.uniques().iter().find(|it| is_equal(it)).cloned(),
        };
        let Some(own) = own else {
            self.add_new_key(
                id,
                NewKey {
                    name: None,
                    columns: key.columns.clone(),
                    options: key.options.clone(),
                    attributes: key.attributes.clone(),
                    part_of: Some(key.made_at),
                    is_primary,
                    span: key.span,
                },
            )?;
            return Ok(self.state.now());
        };
        self.set_part_of(id, &own, Some(key.made_at));
        Ok(own.made_at)
    }

    fn set_part_of(&mut self, id: TableId, key: &Key<'a>, part_of: Option<u32>) {
        let is_primary =
            self.state.table(id).primary_key.as_ref().is_some_and(|it| it.made_at == key.made_at);
        if is_primary {
            if let Some(key) = &mut self.state.table_mut(id).primary_key {
                key.part_of = part_of;
            }
            return;
        }
        let at = key.name.as_ref().and_then(|it| self.state.table(id).uniques().position(it));
        if let Some(at) = at {
            self.state.put_unique(id, at, Some(Key { part_of, ..key.clone() }));
        }
    }

    /// The keys of a table that was a partition are its own.
    pub(crate) fn leave_keys(&mut self, id: TableId) {
        let table = self.state.table(id);
        let keys = table.primary_key.iter().chain(table.uniques().iter());
        let keys: Vec<Key<'a>> = keys.filter(|it| it.part_of.is_some()).cloned().collect();
        for key in keys {
            self.set_part_of(id, &key, None);
        }
        for at in 0..self.state.table(id).indexes().end() {
            let index = self.state.table(id).indexes().get(at).cloned();
            if let Some(index) = index.filter(|it| it.part_of.is_some()) {
                self.state.put_index(id, at, Some(Index { part_of: None, ..index }));
            }
        }
    }

    /// When a key or an index of that name was made, and of what it is a part.
    pub(crate) fn key_number(&self, id: TableId, name: &Name<'a>) -> Option<(u32, Option<u32>)> {
        let table = self.state.table(id);
        let primary_key = table.primary_key.iter().filter(|it| it.name.as_ref() == Some(name));
        let mut keys = primary_key.chain(table.uniques().find(name));
        let index = || table.indexes().find(name).map(|it| (it.made_at, it.part_of));
        keys.next().map(|it| (it.made_at, it.part_of)).or_else(index)
    }

    /// The parts that partitions have of a key, parts of parts among them.
    pub(crate) fn parts_of_key(&self, id: TableId, made_at: u32) -> Vec<(TableId, Name<'a>)> {
        let mut found = Vec::new();
        let mut wholes = vec![(id, made_at)];
        while let Some((id, made_at)) = wholes.pop() {
            for &partition in self.state.table(id).partitions() {
                let table = self.state.table(partition);
                let keys = table.primary_key.iter().chain(table.uniques().iter());
                let keys = keys.map(|it| (it.part_of, it.made_at, &it.name));
                let indexes = table.indexes().iter().map(|it| (it.part_of, it.made_at, &it.name));
                for (_, number, name) in keys.chain(indexes).filter(|it| it.0 == Some(made_at)) {
                    found.extend(name.clone().map(|it| (partition, it)));
                    wholes.push((partition, number));
                }
            }
        }
        found
    }
}
