//! The database while migrations run on it.
//!
//! PostgreSQL and MySQL bind a foreign key to the referenced table, whatever it is renamed to;
//! SQLite, and MySQL while the table is not there, bind it to a name. Tables and foreign keys
//! therefore have numbers here, and names only lead to them. Every change is written down so that
//! a failed statement, a rolled back transaction and an exception can be undone.

use std::collections::{HashMap, HashSet};

use drift_model::{Change, ChangeKind, Dialect, ReferentialAction, Span};

use crate::engine::Engine;
use crate::statement::{Name, QualifiedName};

/// A table, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TableId(usize);

/// A foreign key, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ForeignKeyId(usize);

/// Namespace and name, in the form in which equal names are equal.
pub(crate) type TableKey<'a> = (Name<'a>, Name<'a>);

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table<'a> {
    pub(crate) namespace: Name<'a>,
    pub(crate) name: Name<'a>,
    /// What it was called before it was renamed, for the history of what replaces it.
    pub(crate) former_name: Option<Name<'a>>,
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) primary_key: Option<Key<'a>>,
    pub(crate) uniques: Vec<Key<'a>>,
    pub(crate) indexes: Vec<Index<'a>>,
    /// The names of constraints that are neither keys nor foreign keys.
    pub(crate) other_constraints: Vec<Name<'a>>,
    pub(crate) span: Span,
    pub(crate) is_incomplete: bool,
    pub(crate) is_temporary: bool,
    pub(crate) is_partitioned: bool,
    pub(crate) has_plain_storage: bool,
    /// The partitioned table that it is a part of.
    pub(crate) partition_of: Option<TableId>,
    pub(crate) partitions: Vec<TableId>,
    pub(crate) is_alive: bool,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) data_type: Option<Name<'a>>,
    pub(crate) is_array: bool,
    pub(crate) is_not_null: bool,
    pub(crate) default: Option<&'a str>,
    pub(crate) span: Span,
}

/// A primary key or unique constraint.
#[derive(Debug, Clone)]
pub(crate) struct Key<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) span: Span,
    /// Counts up with everything that is made.
    pub(crate) made_at: u32,
}

/// An index.
#[derive(Debug, Clone)]
pub(crate) struct Index<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) has_expressions: bool,
    pub(crate) is_unique: bool,
    pub(crate) is_partial: bool,
    pub(crate) span: Span,
    pub(crate) made_at: u32,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKey<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) has_explicit_name: bool,
    pub(crate) table: TableId,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) target: Target<'a>,
    /// Empty for the primary key of a table that decides when it is asked.
    pub(crate) target_columns: Vec<Name<'a>>,
    /// The name of the key of the referenced table that it depends on.
    pub(crate) key_name: Option<Name<'a>>,
    pub(crate) on_delete: ReferentialAction,
    pub(crate) on_update: ReferentialAction,
    pub(crate) set_columns: Vec<Name<'a>>,
    pub(crate) is_validated: bool,
    /// Whether a column declares it, rather than the table.
    pub(crate) is_inline: bool,
    /// The foreign key of the partitioned table that it is a copy of.
    pub(crate) inherited_from: Option<ForeignKeyId>,
    pub(crate) span: Span,
    pub(crate) on_delete_span: Option<Span>,
    pub(crate) on_update_span: Option<Span>,
    pub(crate) history: Vec<Change>,
    pub(crate) made_at: u32,
    pub(crate) life: Life,
}

/// What a foreign key points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    Table(TableId),
    /// Whatever table has the name: namespace and name as written.
    Name(Name<'a>, Name<'a>),
}

/// Whether a foreign key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    /// Dropped at that count.
    Dropped(u32),
    /// Made by a statement that was undone.
    Undone,
}

/// What takes a change back.
#[derive(Debug)]
enum Undo<'a> {
    NewTable(TableId),
    Table(TableId, Box<Table<'a>>),
    NewForeignKey(ForeignKeyId),
    ForeignKey(ForeignKeyId, Box<ForeignKey<'a>>),
    TableName(TableKey<'a>, Option<TableId>),
    IndexName(TableKey<'a>, Option<TableId>),
    ConstraintName(TableKey<'a>, u32),
    Namespace(Name<'a>, bool),
    SearchPath(Vec<Name<'a>>),
}

/// A point that can be gone back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(usize);

/// The database.
#[derive(Debug)]
pub(crate) struct State<'a> {
    pub(crate) engine: &'a Engine,
    tables: Vec<Table<'a>>,
    foreign_keys: Vec<ForeignKey<'a>>,
    /// The foreign keys of each table, dropped ones among them.
    own: Vec<Vec<ForeignKeyId>>,
    /// The foreign keys that were once bound to each table.
    referencing: Vec<Vec<ForeignKeyId>>,
    /// The foreign keys that were once bound to a name.
    named: HashMap<TableKey<'a>, Vec<ForeignKeyId>>,
    by_name: HashMap<TableKey<'a>, TableId>,
    indexes: HashMap<TableKey<'a>, TableId>,
    /// How many constraints of a namespace have a name.
    constraint_names: HashMap<TableKey<'a>, u32>,
    namespaces: HashSet<Name<'a>>,
    search_path: Vec<Name<'a>>,
    /// The namespace that catalogs do not write.
    pub(crate) home: Name<'a>,
    /// Names that tables had once; what they mean now is known, unlike what was made elsewhere.
    former_names: HashSet<TableKey<'a>>,
    pub(crate) checks_foreign_keys: bool,
    pub(crate) enforces_foreign_keys: bool,
    pub(crate) has_legacy_rename: bool,
    undo: Vec<Undo<'a>>,
    /// Counts the marks; what was written down since the last one needn't be again.
    epoch: u32,
    table_epochs: Vec<u32>,
    foreign_key_epochs: Vec<u32>,
    clock: u32,
}

impl<'a> State<'a> {
    /// An empty database.
    pub(crate) fn new(engine: &'a Engine) -> Self {
        let namespace = Name::Borrowed(engine.dialect().default_namespace().unwrap_or(""));
        Self {
            engine,
            tables: Vec::new(),
            foreign_keys: Vec::new(),
            own: Vec::new(),
            referencing: Vec::new(),
            named: HashMap::new(),
            by_name: HashMap::new(),
            indexes: HashMap::new(),
            constraint_names: HashMap::new(),
            namespaces: HashSet::from([namespace.clone()]),
            search_path: vec![namespace.clone()],
            home: namespace,
            former_names: HashSet::new(),
            checks_foreign_keys: true,
            enforces_foreign_keys: false,
            has_legacy_rename: false,
            undo: Vec::new(),
            epoch: 1,
            table_epochs: Vec::new(),
            foreign_key_epochs: Vec::new(),
            clock: 0,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    /// The next number of what is made.
    pub(crate) fn tick(&mut self) -> u32 {
        self.clock += 1;
        self.clock
    }

    // Names.

    /// The form of a name in which equal names are equal.
    pub(crate) fn key(&self, namespace: &Name<'a>, name: &Name<'a>) -> TableKey<'a> {
        if self.dialect() == Dialect::Sqlite {
            (lower_case(namespace), lower_case(name))
        } else {
            (namespace.clone(), name.clone())
        }
    }

    /// Whether two names of columns are the same.
    pub(crate) fn is_same_column(&self, one: &str, other: &str) -> bool {
        match self.dialect() {
            Dialect::PostgreSql => one == other,
            Dialect::MySql | Dialect::Sqlite => one.eq_ignore_ascii_case(other),
        }
    }

    /// Whether two names of constraints are the same.
    pub(crate) fn is_same_constraint(&self, one: &str, other: &str) -> bool {
        self.is_same_column(one, other)
    }

    /// The namespaces in which a name is looked for.
    fn lookup_path(&self, name: &QualifiedName<'a>) -> Vec<Name<'a>> {
        match (&name.namespace, self.dialect()) {
            (Some(namespace), _) => vec![namespace.clone()],
            // Temporary tables come first.
            (None, Dialect::PostgreSql) => std::iter::once(Name::Borrowed("pg_temp"))
                .chain(self.search_path.iter().cloned())
                .collect(),
            (None, Dialect::Sqlite) => vec![Name::Borrowed("temp"), Name::Borrowed("main")],
            (None, Dialect::MySql) => self.search_path.clone(),
        }
    }

    /// The table that a name means.
    pub(crate) fn lookup(&self, name: &QualifiedName<'a>) -> Option<TableId> {
        self.lookup_path(name)
            .iter()
            .find_map(|namespace| self.by_name.get(&self.key(namespace, &name.name)).copied())
    }

    /// Whether a table had the name once and has it no more.
    pub(crate) fn is_former_name(&self, namespace: &Name<'a>, name: &Name<'a>) -> bool {
        let key = self.key(namespace, name);
        !self.by_name.contains_key(&key) && self.former_names.contains(&key)
    }

    /// The table of a namespace that has a name.
    pub(crate) fn lookup_in(&self, namespace: &Name<'a>, name: &Name<'a>) -> Option<TableId> {
        self.by_name.get(&self.key(namespace, name)).copied()
    }

    /// The tables of all namespaces that have a name, in the order in which they were made.
    pub(crate) fn lookup_in_any_namespace(&self, name: &Name<'a>) -> Vec<TableId> {
        let mut found: Vec<TableId> =
            self.namespaces.iter().filter_map(|it| self.lookup_in(it, name)).collect();
        found.sort_unstable();
        found
    }

    /// The table with an index of that name, in whatever namespace.
    pub(crate) fn lookup_index_in_any_namespace(&self, name: &Name<'a>) -> Option<TableId> {
        self.namespaces.iter().filter_map(|it| self.index_table(it, name)).min()
    }

    /// The namespace in which a table of that name is created.
    pub(crate) fn creation_namespace(&self, name: &QualifiedName<'a>) -> Name<'a> {
        if let Some(namespace) = &name.namespace {
            return namespace.clone();
        }
        let existing = self.search_path.iter().find(|it| self.namespaces.contains(*it));
        let default = self.dialect().default_namespace().unwrap_or("");
        existing.cloned().unwrap_or(Name::Borrowed(default))
    }

    pub(crate) fn has_namespace(&self, name: &Name<'a>) -> bool {
        self.namespaces.contains(name)
    }

    pub(crate) fn add_namespace(&mut self, name: Name<'a>) {
        if self.namespaces.insert(name.clone()) {
            self.undo.push(Undo::Namespace(name, false));
        }
    }

    pub(crate) fn remove_namespace(&mut self, name: &Name<'a>) {
        if self.namespaces.remove(name) {
            self.undo.push(Undo::Namespace(name.clone(), true));
        }
    }

    pub(crate) fn set_search_path(&mut self, path: Vec<Name<'a>>) {
        let before = std::mem::replace(&mut self.search_path, path);
        self.undo.push(Undo::SearchPath(before));
    }

    pub(crate) fn search_path(&self) -> &[Name<'a>] {
        &self.search_path
    }

    // Tables.

    pub(crate) fn table(&self, id: TableId) -> &Table<'a> {
        &self.tables[id.0]
    }

    /// The table, to be changed.
    pub(crate) fn table_mut(&mut self, id: TableId) -> &mut Table<'a> {
        if self.table_epochs[id.0] != self.epoch {
            self.table_epochs[id.0] = self.epoch;
            self.undo.push(Undo::Table(id, Box::new(self.tables[id.0].clone())));
        }
        &mut self.tables[id.0]
    }

    /// All tables that are there, in the order in which they were made.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (TableId, &Table<'a>)> {
        self.tables
            .iter()
            .enumerate()
            .filter(|(_, table)| table.is_alive)
            .map(|(at, table)| (TableId(at), table))
    }

    /// Puts a table there. Foreign keys that wait for the name are left waiting.
    pub(crate) fn add_table(&mut self, table: Table<'a>) -> TableId {
        let id = TableId(self.tables.len());
        let key = self.key(&table.namespace, &table.name);
        self.tables.push(table);
        self.table_epochs.push(self.epoch);
        self.own.push(Vec::new());
        self.referencing.push(Vec::new());
        self.undo.push(Undo::NewTable(id));
        self.point_name(key, Some(id));
        id
    }

    fn point_name(&mut self, key: TableKey<'a>, id: Option<TableId>) {
        let before = match id {
            Some(id) => self.by_name.insert(key.clone(), id),
            None => {
                self.former_names.insert(key.clone());
                self.by_name.remove(&key)
            }
        };
        self.undo.push(Undo::TableName(key, before));
    }

    /// Takes a table away, with the names of its constraints and indexes. Its foreign keys and
    /// those that reference it are the caller's business.
    pub(crate) fn remove_table(&mut self, id: TableId) {
        let table = self.table(id);
        let key = self.key(&table.namespace, &table.name);
        let namespace = table.namespace.clone();
        let names = self.key_names(table);
        let indexes: Vec<Name<'a>> = index_names(table).cloned().collect();
        let parent = table.partition_of;
        for name in names {
            self.release_constraint_name(&namespace, &name);
        }
        for name in indexes {
            self.point_index(&namespace, &name, None);
        }
        self.table_mut(id).is_alive = false;
        self.point_name(key, None);
        if let Some(parent) = parent {
            self.table_mut(parent).partitions.retain(|it| *it != id);
        }
    }

    /// Gives a table another name or namespace; the names of its constraints and indexes move along.
    pub(crate) fn rename_table(&mut self, id: TableId, namespace: Name<'a>, name: Name<'a>) {
        let table = self.table(id);
        let from = self.key(&table.namespace, &table.name);
        let to = self.key(&namespace, &name);
        let old_namespace = table.namespace.clone();
        let former_name = table.name.clone();
        if old_namespace != namespace {
            self.move_names(id, &old_namespace, &namespace);
        }
        let table = self.table_mut(id);
        table.namespace = namespace;
        table.name = name;
        table.former_name = Some(former_name);
        self.point_name(from, None);
        self.point_name(to, Some(id));
    }

    /// The names that the constraints of a table take from its namespace, without foreign keys.
    /// MySQL and SQLite keep one for foreign keys alone, and none.
    fn key_names(&self, table: &Table<'a>) -> Vec<Name<'a>> {
        if self.dialect() != Dialect::PostgreSql {
            return Vec::new();
        }
        constraint_names(table).cloned().collect()
    }

    fn move_names(&mut self, id: TableId, from: &Name<'a>, to: &Name<'a>) {
        let table = self.table(id);
        let mut constraints = self.key_names(table);
        let indexes: Vec<Name<'a>> = index_names(table).cloned().collect();
        let own = self.own_foreign_keys(id);
        constraints.extend(own.iter().filter_map(|it| self.foreign_key(*it).name.clone()));
        for name in constraints {
            self.release_constraint_name(from, &name);
            self.take_constraint_name(to, &name);
        }
        for name in indexes {
            self.point_index(from, &name, None);
            self.point_index(to, &name, Some(id));
        }
    }

    // Names of constraints and indexes.

    fn constraint_key(&self, namespace: &Name<'a>, name: &Name<'a>) -> TableKey<'a> {
        match self.dialect() {
            Dialect::PostgreSql => (namespace.clone(), name.clone()),
            _ => (namespace.clone(), lower_case(name)),
        }
    }

    /// How many constraints of a namespace have a name.
    pub(crate) fn count_constraints(&self, namespace: &Name<'a>, name: &Name<'a>) -> u32 {
        self.constraint_names.get(&self.constraint_key(namespace, name)).copied().unwrap_or(0)
    }

    /// Whether any constraint has a name, in whatever namespace.
    pub(crate) fn has_constraint_anywhere(&self, name: &Name<'a>) -> bool {
        let mut namespaces = self.namespaces.iter();
        namespaces.any(|namespace| self.count_constraints(namespace, name) > 0)
    }

    pub(crate) fn take_constraint_name(&mut self, namespace: &Name<'a>, name: &Name<'a>) {
        let count = self.count_constraints(namespace, name);
        self.set_constraint_count(namespace, name, count + 1);
    }

    pub(crate) fn release_constraint_name(&mut self, namespace: &Name<'a>, name: &Name<'a>) {
        let count = self.count_constraints(namespace, name);
        self.set_constraint_count(namespace, name, count.saturating_sub(1));
    }

    fn set_constraint_count(&mut self, namespace: &Name<'a>, name: &Name<'a>, count: u32) {
        let key = self.constraint_key(namespace, name);
        let before = self.constraint_names.insert(key.clone(), count).unwrap_or(0);
        self.undo.push(Undo::ConstraintName(key, before));
    }

    /// The table that an index of a namespace belongs to.
    pub(crate) fn index_table(&self, namespace: &Name<'a>, name: &Name<'a>) -> Option<TableId> {
        self.indexes.get(&self.key(namespace, name)).copied()
    }

    /// The table of the first namespace on the path that has an index of that name.
    pub(crate) fn lookup_index(&self, name: &QualifiedName<'a>) -> Option<TableId> {
        self.lookup_path(name).iter().find_map(|namespace| self.index_table(namespace, &name.name))
    }

    /// Says that an index name belongs to a table, or to none.
    pub(crate) fn point_index(
        &mut self,
        namespace: &Name<'a>,
        name: &Name<'a>,
        table: Option<TableId>,
    ) {
        let key = self.key(namespace, name);
        let before = match table {
            Some(table) => self.indexes.insert(key.clone(), table),
            None => self.indexes.remove(&key),
        };
        self.undo.push(Undo::IndexName(key, before));
    }

    // Foreign keys.

    pub(crate) fn foreign_key(&self, id: ForeignKeyId) -> &ForeignKey<'a> {
        &self.foreign_keys[id.0]
    }

    /// The foreign key, to be changed.
    pub(crate) fn foreign_key_mut(&mut self, id: ForeignKeyId) -> &mut ForeignKey<'a> {
        if self.foreign_key_epochs[id.0] != self.epoch {
            self.foreign_key_epochs[id.0] = self.epoch;
            self.undo.push(Undo::ForeignKey(id, Box::new(self.foreign_keys[id.0].clone())));
        }
        &mut self.foreign_keys[id.0]
    }

    /// All foreign keys that were ever made, in that order.
    pub(crate) fn foreign_keys(&self) -> &[ForeignKey<'a>] {
        &self.foreign_keys
    }

    /// The foreign keys that a table carries.
    pub(crate) fn own_foreign_keys(&self, table: TableId) -> Vec<ForeignKeyId> {
        let own = self.own[table.0].iter().copied();
        own.filter(|it| self.foreign_key(*it).life == Life::Alive).collect()
    }

    /// The foreign keys that point at a table, by binding or by name.
    pub(crate) fn referencing_foreign_keys(&self, table: TableId) -> Vec<ForeignKeyId> {
        let bound = self.referencing[table.0].iter().copied().filter(|it| {
            let foreign_key = self.foreign_key(*it);
            foreign_key.life == Life::Alive && foreign_key.target == Target::Table(table)
        });
        let key = self.key(&self.table(table).namespace, &self.table(table).name);
        let mut found: Vec<ForeignKeyId> = bound.chain(self.waiting_foreign_keys(&key)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The foreign keys that point at a name.
    pub(crate) fn waiting_foreign_keys(&self, key: &TableKey<'a>) -> Vec<ForeignKeyId> {
        let Some(named) = self.named.get(key) else { return Vec::new() };
        let mut found: Vec<ForeignKeyId> = named
            .iter()
            .copied()
            .filter(|it| {
                let foreign_key = self.foreign_key(*it);
                let Target::Name(namespace, name) = &foreign_key.target else { return false };
                foreign_key.life == Life::Alive && self.key(namespace, name) == *key
            })
            .collect();
        found.dedup();
        found
    }

    /// Adds a foreign key; its name is taken.
    pub(crate) fn add_foreign_key(&mut self, foreign_key: ForeignKey<'a>) -> ForeignKeyId {
        let id = ForeignKeyId(self.foreign_keys.len());
        let namespace = self.table(foreign_key.table).namespace.clone();
        if let Some(name) = foreign_key.name.clone() {
            self.take_constraint_name(&namespace, &name);
        }
        self.own[foreign_key.table.0].push(id);
        let target = foreign_key.target.clone();
        self.foreign_keys.push(foreign_key);
        self.foreign_key_epochs.push(self.epoch);
        self.undo.push(Undo::NewForeignKey(id));
        self.list_target(id, &target);
        id
    }

    fn list_target(&mut self, id: ForeignKeyId, target: &Target<'a>) {
        match target {
            Target::Table(table) => self.referencing[table.0].push(id),
            Target::Name(namespace, name) => {
                let key = self.key(namespace, name);
                self.named.entry(key).or_default().push(id);
            }
        }
    }

    /// Lets a foreign key point at something else.
    pub(crate) fn retarget(&mut self, id: ForeignKeyId, target: Target<'a>) {
        self.list_target(id, &target);
        self.foreign_key_mut(id).target = target;
    }

    /// Drops a foreign key and frees its name.
    pub(crate) fn drop_foreign_key(&mut self, id: ForeignKeyId, kind: ChangeKind, span: Span) {
        let at = self.tick();
        let foreign_key = self.foreign_key_mut(id);
        foreign_key.life = Life::Dropped(at);
        foreign_key.history.push(Change { kind, span });
        let (table, name) = (foreign_key.table, foreign_key.name.clone());
        let namespace = self.table(table).namespace.clone();
        if let Some(name) = name {
            self.release_constraint_name(&namespace, &name);
        }
    }

    /// Gives a foreign key another name.
    pub(crate) fn rename_foreign_key(&mut self, id: ForeignKeyId, name: Name<'a>, span: Span) {
        let foreign_key = self.foreign_key(id);
        let namespace = self.table(foreign_key.table).namespace.clone();
        if let Some(old) = foreign_key.name.clone() {
            self.release_constraint_name(&namespace, &old);
        }
        self.take_constraint_name(&namespace, &name);
        let foreign_key = self.foreign_key_mut(id);
        foreign_key.name = Some(name);
        foreign_key.history.push(Change { kind: ChangeKind::Renamed, span });
    }

    // Undoing.

    /// Where the database is now.
    pub(crate) fn mark(&mut self) -> Mark {
        self.epoch += 1;
        Mark(self.undo.len())
    }

    /// Forgets how to go back.
    pub(crate) fn forget_undo(&mut self) {
        self.undo.clear();
        self.epoch += 1;
    }

    /// Takes back everything since the mark.
    pub(crate) fn undo_to(&mut self, mark: Mark) {
        self.epoch += 1;
        while self.undo.len() > mark.0 {
            let Some(undo) = self.undo.pop() else { return };
            match undo {
                Undo::NewTable(id) => self.tables[id.0].is_alive = false,
                Undo::Table(id, table) => self.tables[id.0] = *table,
                Undo::NewForeignKey(id) => self.foreign_keys[id.0].life = Life::Undone,
                Undo::ForeignKey(id, foreign_key) => self.foreign_keys[id.0] = *foreign_key,
                Undo::TableName(key, before) => restore(&mut self.by_name, key, before),
                Undo::IndexName(key, before) => restore(&mut self.indexes, key, before),
                Undo::ConstraintName(key, before) => {
                    self.constraint_names.insert(key, before);
                }
                Undo::Namespace(name, true) => {
                    self.namespaces.insert(name);
                }
                Undo::Namespace(name, false) => {
                    self.namespaces.remove(&name);
                }
                Undo::SearchPath(path) => self.search_path = path,
            }
        }
    }
}

fn restore<'a>(
    map: &mut HashMap<TableKey<'a>, TableId>,
    key: TableKey<'a>,
    before: Option<TableId>,
) {
    match before {
        Some(id) => map.insert(key, id),
        None => map.remove(&key),
    };
}

/// The names of all constraints of a table but its foreign keys.
pub(crate) fn constraint_names<'t, 'a>(table: &'t Table<'a>) -> impl Iterator<Item = &'t Name<'a>> {
    let keys = table.primary_key.iter().chain(&table.uniques).filter_map(|key| key.name.as_ref());
    keys.chain(&table.other_constraints)
}

/// The names of all indexes of a table, those of its keys among them.
pub(crate) fn index_names<'t, 'a>(table: &'t Table<'a>) -> impl Iterator<Item = &'t Name<'a>> {
    let keys = table.primary_key.iter().chain(&table.uniques).filter_map(|key| key.name.as_ref());
    keys.chain(table.indexes.iter().filter_map(|index| index.name.as_ref()))
}

/// A name in lower case, borrowed if it is that already.
pub(crate) fn lower_case<'a>(name: &Name<'a>) -> Name<'a> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Name::Owned(name.to_ascii_lowercase())
    } else {
        name.clone()
    }
}
