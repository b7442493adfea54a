//! The foreign keys of the database, and how they are found: by their table, name and columns, and
//! by what they point at.

use drift_model::{Change, ChangeKind, Dialect, Span};

use crate::names;
use crate::state::{
    ForeignKey, ForeignKeyId, Life, State, TableId, TableKey, Target, Undo, lower_case,
};
use crate::statement::Name;

/// How many renames a history tells; the last of them stands for those between.
const RENAMES: usize = 64;

impl<'a> State<'a> {
    pub(crate) fn foreign_key(&self, id: ForeignKeyId) -> &ForeignKey<'a> {
        &self.foreign_keys[id.0]
    }

    /// All foreign keys that were ever made, in that order.
    pub(crate) fn foreign_keys(&self) -> &[ForeignKey<'a>] {
        &self.foreign_keys
    }

    /// The name of a column or constraint in the form in which equal ones are equal.
    pub(crate) fn fold(&self, name: &Name<'a>) -> Name<'a> {
        if self.dialect() == Dialect::PostgreSql { name.clone() } else { lower_case(name) }
    }

    /// A target in the form in which equal ones are equal.
    fn target_key(&self, target: &Target<'a>) -> Target<'a> {
        match target {
            Target::Table(id) => Target::Table(*id),
            Target::Name(namespace, name) => {
                let (namespace, name) = self.key(namespace, name);
                Target::Name(namespace, name)
            }
        }
    }

    /// Makes a foreign key be found, if it is there.
    fn list(&mut self, id: ForeignKeyId) {
        let foreign_key = &self.foreign_keys[id.0];
        if foreign_key.life != Life::Alive {
            return;
        }
        let table = foreign_key.table;
        self.own[table.0].insert(id);
        if let Some(name) = &foreign_key.name {
            self.own_by_name.insert((table, self.fold(name)), id);
        }
        if let (Target::Table(target), Some(key)) = (&foreign_key.target, &foreign_key.key_name) {
            self.bound_to_key.insert((*target, key.clone()), id);
        }
        if let Some((key, number)) = self.generated_number(id) {
            self.generated_numbers.entry(key).or_default().insert(number);
        }
        for at in 0..self.foreign_keys[id.0].columns.len() {
            let column = self.fold(&self.foreign_keys[id.0].columns[at]);
            self.own_by_column.insert((table, column), id);
        }
        let target = self.target_key(&self.foreign_keys[id.0].target);
        for at in 0..self.foreign_keys[id.0].target_columns.len() {
            let column = self.fold(&self.foreign_keys[id.0].target_columns[at]);
            self.referencing_by_column.insert((target.clone(), column), id);
        }
        self.referencing.entry(target).or_default().insert(id);
    }

    /// Lets a foreign key be found no more.
    fn unlist(&mut self, id: ForeignKeyId) {
        let foreign_key = &self.foreign_keys[id.0];
        if foreign_key.life != Life::Alive {
            return;
        }
        let table = foreign_key.table;
        self.own[table.0].remove(&id);
        if let Some(name) = &foreign_key.name {
            self.own_by_name.remove(&(table, self.fold(name)), id);
        }
        if let (Target::Table(target), Some(key)) = (&foreign_key.target, &foreign_key.key_name) {
            self.bound_to_key.remove(&(*target, key.clone()), id);
        }
        if let Some((key, number)) = self.generated_number(id)
            && let Some(numbers) = self.generated_numbers.get_mut(&key)
        {
            numbers.remove(&number);
        }
        for at in 0..self.foreign_keys[id.0].columns.len() {
            let column = self.fold(&self.foreign_keys[id.0].columns[at]);
            self.own_by_column.remove(&(table, column), id);
        }
        let target = self.target_key(&self.foreign_keys[id.0].target);
        for at in 0..self.foreign_keys[id.0].target_columns.len() {
            let column = self.fold(&self.foreign_keys[id.0].target_columns[at]);
            self.referencing_by_column.remove(&(target.clone(), column), id);
        }
        if let Some(ids) = self.referencing.get_mut(&target) {
            ids.remove(&id);
            if ids.is_empty() {
                self.referencing.remove(&target);
            }
        }
    }

    /// The number of a name that MySQL may have made, and what stands before it.
    fn generated_number(&self, id: ForeignKeyId) -> Option<((TableId, String), u32)> {
        let foreign_key = &self.foreign_keys[id.0];
        let name = foreign_key.name.as_deref().filter(|_| self.dialect() == Dialect::MySql)?;
        let (table, _) = name.rsplit_once("_ibfk_")?;
        let number = names::generated_number(table, name)?;
        Some(((foreign_key.table, table.to_owned()), number))
    }

    /// The highest number that MySQL gave to a foreign key of a table.
    pub(crate) fn highest_number(&self, id: TableId) -> u32 {
        let numbers = self.generated_numbers.get(&(id, self.table(id).name.to_string()));
        numbers.and_then(|it| it.last().copied()).unwrap_or(0)
    }

    /// The foreign keys that depend on a key of a table.
    pub(crate) fn bound_to_key(&self, table: TableId, key: &Name<'a>) -> Vec<ForeignKeyId> {
        self.bound_to_key.get(&(table, key.clone())).collect()
    }

    /// Puts a foreign key back to what it was; `None` before it was made.
    pub(crate) fn restore_foreign_key(&mut self, id: ForeignKeyId, before: Option<ForeignKey<'a>>) {
        self.unlist(id);
        match before {
            Some(before) => self.foreign_keys[id.0] = before,
            None => self.foreign_keys[id.0].life = Life::Undone,
        }
        self.list(id);
    }

    /// Changes a foreign key.
    pub(crate) fn change_foreign_key(
        &mut self,
        id: ForeignKeyId,
        change: impl FnOnce(&mut ForeignKey<'a>),
    ) {
        self.work += 1;
        self.unlist(id);
        if self.foreign_key_epochs[id.0] != self.epoch() {
            self.foreign_key_epochs[id.0] = self.epoch();
            let before = Box::new(self.foreign_keys[id.0].clone());
            self.push_foreign_key_undo(Undo::ForeignKey(id, before));
        }
        change(&mut self.foreign_keys[id.0]);
        self.list(id);
    }

    /// The foreign keys that a table has.
    pub(crate) fn own_foreign_keys(&self, table: TableId) -> Vec<ForeignKeyId> {
        self.own[table.0].iter().copied().collect()
    }

    /// The foreign key of a table that has a name, the oldest of several.
    pub(crate) fn own_by_name(&self, table: TableId, name: &Name<'a>) -> Option<ForeignKeyId> {
        self.own_by_name.get(&(table, self.fold(name))).next()
    }

    /// The foreign keys of a table that have a column.
    pub(crate) fn own_by_column(&self, table: TableId, column: &Name<'a>) -> Vec<ForeignKeyId> {
        self.own_by_column.get(&(table, self.fold(column))).collect()
    }

    /// What the foreign keys that reference a table point at: the table itself, or its name.
    fn targets(&self, table: TableId) -> [Target<'a>; 2] {
        let (namespace, name) = self.key(&self.table(table).namespace, &self.table(table).name);
        [Target::Table(table), Target::Name(namespace, name)]
    }

    /// The foreign keys that point at a table, by binding or by name.
    pub(crate) fn referencing_foreign_keys(&self, table: TableId) -> Vec<ForeignKeyId> {
        let targets = self.targets(table);
        let mut found: Vec<ForeignKeyId> =
            targets.iter().filter_map(|it| self.referencing.get(it)).flatten().copied().collect();
        found.sort_unstable();
        found
    }

    /// The foreign keys that point at a column of a table, by binding or by name.
    pub(crate) fn referencing_column(
        &self,
        table: TableId,
        column: &Name<'a>,
    ) -> Vec<ForeignKeyId> {
        let column = self.fold(column);
        let targets = self.targets(table).into_iter();
        let mut found: Vec<ForeignKeyId> = targets
            .flat_map(|it| {
                self.referencing_by_column.get(&(it, column.clone())).collect::<Vec<_>>()
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// The foreign keys that point at a name.
    pub(crate) fn waiting_foreign_keys(&self, key: &TableKey<'a>) -> Vec<ForeignKeyId> {
        let target = Target::Name(key.0.clone(), key.1.clone());
        self.referencing.get(&target).into_iter().flatten().copied().collect()
    }

    /// Adds a foreign key; its name is taken.
    pub(crate) fn add_foreign_key(&mut self, foreign_key: ForeignKey<'a>) -> ForeignKeyId {
        let id = ForeignKeyId(self.foreign_keys.len());
        let namespace = self.table(foreign_key.table).namespace.clone();
        if let Some(name) = foreign_key.name.clone() {
            self.take_constraint_name(foreign_key.table, &namespace, &name);
        }
        let created = Change { kind: ChangeKind::Created, span: foreign_key.span };
        self.histories.push(vec![(foreign_key.made_at, created)]);
        self.foreign_keys.push(foreign_key);
        self.foreign_key_epochs.push(self.epoch());
        self.push_foreign_key_undo(Undo::NewForeignKey(id));
        self.list(id);
        id
    }

    /// Lets a foreign key point at something else.
    pub(crate) fn retarget(&mut self, id: ForeignKeyId, target: Target<'a>) {
        let foreign_key = self.foreign_key(id);
        // From now on the renames of another table concern it.
        if let Target::Table(former) = foreign_key.target
            && former != foreign_key.table
        {
            for (at, span) in self.renames_between(former, foreign_key.bound_at, u32::MAX) {
                self.note_at(id, at, Change { kind: ChangeKind::Renamed, span });
            }
        }
        let bound_at = self.tick();
        self.change_foreign_key(id, |foreign_key| {
            foreign_key.target = target;
            foreign_key.bound_at = bound_at;
        });
    }

    /// Drops a foreign key and frees its name.
    pub(crate) fn drop_foreign_key(&mut self, id: ForeignKeyId, kind: ChangeKind, span: Span) {
        let at = self.tick();
        self.note_at(id, at, Change { kind, span });
        self.change_foreign_key(id, |foreign_key| foreign_key.life = Life::Dropped(at));
        let foreign_key = self.foreign_key(id);
        let (table, name) = (foreign_key.table, foreign_key.name.clone());
        let namespace = self.table(table).namespace.clone();
        if let Some(name) = name {
            self.release_constraint_name(&namespace, &name);
        }
    }

    /// Gives a foreign key another name.
    pub(crate) fn rename_foreign_key(&mut self, id: ForeignKeyId, name: Name<'a>, span: Span) {
        self.name_foreign_key(id, Some(name));
        self.note(id, ChangeKind::Renamed, span);
    }

    /// Gives a foreign key a name or takes it away, without a word in its history.
    pub(crate) fn name_foreign_key(&mut self, id: ForeignKeyId, name: Option<Name<'a>>) {
        let foreign_key = self.foreign_key(id);
        let table = foreign_key.table;
        let namespace = self.table(table).namespace.clone();
        if let Some(old) = foreign_key.name.clone() {
            self.release_constraint_name(&namespace, &old);
        }
        if let Some(name) = &name {
            self.take_constraint_name(table, &namespace, name);
        }
        self.change_foreign_key(id, |foreign_key| foreign_key.name = name);
    }

    // Histories.

    /// Writes into the history of a foreign key what happened to it.
    pub(crate) fn note(&mut self, id: ForeignKeyId, kind: ChangeKind, span: Span) {
        let at = self.tick();
        self.note_at(id, at, Change { kind, span });
    }

    fn note_at(&mut self, id: ForeignKeyId, at: u32, change: Change) {
        let history = &mut self.histories[id.0];
        let is_rename = |change: &Change| change.kind == ChangeKind::Renamed;
        let replaces = history.len() >= RENAMES
            && is_rename(&change)
            && history.last().is_some_and(|(_, last)| is_rename(last));
        let before = if replaces { history.pop() } else { None };
        history.push((at, change));
        self.push_foreign_key_undo(Undo::Change(id, before));
    }

    /// Writes into the history of the foreign keys of a table, and of those that reference it, that
    /// the table has another name.
    pub(crate) fn note_rename(&mut self, table: TableId, span: Span) {
        let at = self.tick();
        self.renames[table.0].push((at, span));
        self.push_foreign_key_undo(Undo::Rename(table));
        let key = self.key(&self.table(table).namespace, &self.table(table).name);
        for waiting in self.waiting_foreign_keys(&key) {
            self.work += 1;
            self.note_at(waiting, at, Change { kind: ChangeKind::Renamed, span });
        }
    }

    /// The renames of a table between two times, not too many of them.
    fn renames_between(&self, table: TableId, from: u32, to: u32) -> Vec<(u32, Span)> {
        let all = &self.renames[table.0];
        let within =
            &all[all.partition_point(|it| it.0 < from)..all.partition_point(|it| it.0 < to)];
        match within {
            [first @ .., last] if first.len() >= RENAMES => {
                first[..RENAMES - 1].iter().chain([last]).copied().collect()
            }
            few => few.to_vec(),
        }
    }

    /// What happened to a foreign key, oldest first.
    pub(crate) fn history(&self, id: ForeignKeyId) -> Vec<Change> {
        let foreign_key = self.foreign_key(id);
        let end = match foreign_key.life {
            Life::Dropped(at) => at,
            Life::Alive | Life::Undone => u32::MAX,
        };
        let mut renames = self.renames_between(foreign_key.table, foreign_key.made_at, end);
        if let Target::Table(target) = foreign_key.target
            && target != foreign_key.table
        {
            renames.extend(self.renames_between(target, foreign_key.bound_at, end));
        }
        let own = &self.histories[id.0];
        if renames.is_empty() {
            return own.iter().map(|(_, change)| change.clone()).collect();
        }
        let renamed = |(at, span)| (at, Change { kind: ChangeKind::Renamed, span });
        let mut all = own.clone();
        all.extend(renames.into_iter().map(renamed));
        all.sort_by_key(|it| it.0);
        all.dedup_by_key(|it| it.0);
        all.into_iter().map(|(_, change)| change).collect()
    }
}
