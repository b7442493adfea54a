//! The database while migrations run on it.
//!
//! PostgreSQL and MySQL bind a foreign key to the referenced table, whatever it is renamed to;
//! SQLite, and MySQL while the table is not there, bind it to a name. Tables and foreign keys
//! therefore have numbers here, and names only lead to them. Every change is written down so that
//! a failed statement, a rolled back transaction and an exception can be undone. What a statement
//! costs depends on what it changes, not on how much there is.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use drift_model::{Change, Deferral, Dialect, ReferentialAction, Span};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::id_map::IdMap;
use crate::memory::Memory;
use crate::shelf::{Item, Shelf};
use crate::statement::{Generation, KeyOptions, Name, Reference};
use drift_model::Engine;

/// A table, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TableId(pub(crate) usize);

/// A foreign key, whatever its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ForeignKeyId(pub(crate) usize);

/// Namespace and name, in the form in which equal names are equal.
pub(crate) type TableKey<'a> = (Name<'a>, Name<'a>);

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table<'a> {
    pub(crate) namespace: Name<'a>,
    pub(crate) name: Name<'a>,
    /// What it was called before it was renamed, for the history of what replaces it.
    pub(crate) former_name: Option<Name<'a>>,
    columns: Shelf<'a, Column<'a>>,
    pub(crate) primary_key: Option<Key<'a>>,
    uniques: Shelf<'a, Key<'a>>,
    pub(crate) indexes: Shelf<'a, Index<'a>>,
    /// The names of constraints that are neither keys nor foreign keys.
    other_constraints: Shelf<'a, Name<'a>>,
    pub(crate) span: Span,
    pub(crate) is_incomplete: bool,
    pub(crate) is_temporary: bool,
    pub(crate) is_unlogged: bool,
    /// The columns that say to which partition a row belongs; `None` without partitions.
    pub(crate) partition_key: Option<Rc<[Name<'a>]>>,
    pub(crate) has_plain_storage: bool,
    /// The partitioned table that it is a part of.
    pub(crate) partition_of: Option<TableId>,
    partitions: BTreeSet<TableId>,
    /// The tables that it inherits from.
    ancestors: Vec<TableId>,
    is_alive: bool,
}

impl<'a> Table<'a> {
    /// A table without columns.
    pub(crate) fn new(namespace: Name<'a>, name: Name<'a>, span: Span, dialect: Dialect) -> Self {
        let ignores_case = dialect != Dialect::PostgreSql;
        Self {
            namespace,
            name,
            former_name: None,
            columns: Shelf::new(ignores_case),
            primary_key: None,
            uniques: Shelf::new(ignores_case),
            indexes: Shelf::new(ignores_case),
            other_constraints: Shelf::new(ignores_case),
            span,
            is_incomplete: false,
            is_temporary: false,
            is_unlogged: false,
            partition_key: None,
            has_plain_storage: false,
            partition_of: None,
            partitions: BTreeSet::new(),
            ancestors: Vec::new(),
            is_alive: true,
        }
    }

    /// All but what a table may have many of.
    fn head(&self) -> Self {
        Self {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            former_name: self.former_name.clone(),
            columns: Shelf::new(false),
            primary_key: self.primary_key.clone(),
            uniques: Shelf::new(false),
            indexes: Shelf::new(false),
            other_constraints: Shelf::new(false),
            span: self.span,
            is_incomplete: self.is_incomplete,
            is_temporary: self.is_temporary,
            is_unlogged: self.is_unlogged,
            partition_key: self.partition_key.clone(),
            has_plain_storage: self.has_plain_storage,
            partition_of: self.partition_of,
            partitions: BTreeSet::new(),
            ancestors: self.ancestors.clone(),
            is_alive: self.is_alive,
        }
    }

    /// Takes what a table may have many of from another one.
    fn take_body(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.columns, &mut other.columns);
        std::mem::swap(&mut self.uniques, &mut other.uniques);
        std::mem::swap(&mut self.indexes, &mut other.indexes);
        std::mem::swap(&mut self.other_constraints, &mut other.other_constraints);
        std::mem::swap(&mut self.partitions, &mut other.partitions);
    }

    pub(crate) fn columns(&self) -> &Shelf<'a, Column<'a>> {
        &self.columns
    }

    /// Makes room for columns that are about to come.
    pub(crate) fn reserve_columns(&mut self, count: usize) {
        self.columns.reserve(count);
    }

    pub(crate) fn uniques(&self) -> &Shelf<'a, Key<'a>> {
        &self.uniques
    }

    pub(crate) fn indexes(&self) -> &Shelf<'a, Index<'a>> {
        &self.indexes
    }

    pub(crate) fn other_constraints(&self) -> &Shelf<'a, Name<'a>> {
        &self.other_constraints
    }

    pub(crate) fn ancestors(&self) -> &[TableId] {
        &self.ancestors
    }

    pub(crate) fn partitions(&self) -> &BTreeSet<TableId> {
        &self.partitions
    }

    /// The primary key and the unique constraints that are about a column.
    pub(crate) fn keys_about<'t>(&'t self, column: &'t str) -> impl Iterator<Item = &'t Key<'a>> {
        let ignores_case = self.uniques.ignores_case();
        let primary_key = self.primary_key.iter().filter(move |key| {
            key.columns.iter().any(|it| match ignores_case {
                true => it.eq_ignore_ascii_case(column),
                false => it == column,
            })
        });
        primary_key.chain(self.uniques.items_about(column))
    }

    /// Whether a constraint other than a foreign key has a name.
    pub(crate) fn has_constraint(&self, name: &Name<'a>) -> bool {
        self.primary_key.as_ref().is_some_and(|key| {
            key.name.as_ref().is_some_and(|it| match self.uniques.ignores_case() {
                true => it.eq_ignore_ascii_case(name),
                false => it == name,
            })
        }) || self.uniques.position(name).is_some()
            || self.other_constraints.position(name).is_some()
    }
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) data_type: Option<Name<'a>>,
    pub(crate) is_array: bool,
    pub(crate) is_not_null: bool,
    /// The columns that a generated column is computed from.
    pub(crate) generated_from: Option<Vec<Name<'a>>>,
    /// Whether the table itself declares it, rather than a table that it inherits from.
    pub(crate) is_local: bool,
    pub(crate) default: Option<&'a str>,
    pub(crate) generation: Generation,
    /// What is written after it and forgotten.
    pub(crate) ignored_reference: Option<Box<IgnoredReference<'a>>>,
    pub(crate) span: Span,
}

/// `REFERENCES` after a column, where MySQL reads and forgets it.
#[derive(Debug, Clone)]
pub(crate) struct IgnoredReference<'a> {
    pub(crate) namespace: Name<'a>,
    pub(crate) reference: Reference<'a>,
    pub(crate) span: Span,
}

impl<'a> Item<'a> for Column<'a> {
    fn name(&self) -> Option<&Name<'a>> {
        Some(&self.name)
    }
}

/// A primary key or unique constraint.
#[derive(Debug, Clone)]
pub(crate) struct Key<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) options: KeyOptions<'a>,
    /// As of an [`Index`].
    pub(crate) attributes: Option<Attributes<'a>>,
    /// When the key of the partitioned table was made that this is a part of.
    pub(crate) part_of: Option<u32>,
    pub(crate) span: Span,
    /// Counts up with everything that is made.
    pub(crate) made_at: u32,
}

/// What an index of PostgreSQL calls its columns, those of `INCLUDE` behind the others: as they were
/// called when it was made. Copies of it are named for these.
pub(crate) type Attributes<'a> = Box<[Name<'a>]>;

impl<'a> Item<'a> for Key<'a> {
    fn name(&self) -> Option<&Name<'a>> {
        self.name.as_ref()
    }

    fn columns(&self) -> &[Name<'a>] {
        &self.columns
    }

    fn included(&self) -> &[Name<'a>] {
        &self.options.included
    }
}

/// An index.
#[derive(Debug, Clone)]
pub(crate) struct Index<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) columns: Vec<Name<'a>>,
    /// The columns of `INCLUDE`.
    pub(crate) included: Vec<Name<'a>>,
    /// `None` where the columns still have the names that they had when it was made.
    pub(crate) attributes: Option<Attributes<'a>>,
    pub(crate) has_expressions: bool,
    pub(crate) is_unique: bool,
    pub(crate) is_partial: bool,
    /// As in [`drift_model::Index`].
    pub(crate) covers_not_null: bool,
    /// Whether MySQL made it for a foreign key: it goes when another one begins with its columns.
    pub(crate) is_made_for_key: bool,
    /// When the index of the partitioned table was made that this is a part of.
    pub(crate) part_of: Option<u32>,
    pub(crate) span: Span,
    pub(crate) made_at: u32,
}

impl<'a> Item<'a> for Index<'a> {
    fn name(&self) -> Option<&Name<'a>> {
        self.name.as_ref()
    }

    fn columns(&self) -> &[Name<'a>] {
        &self.columns
    }

    fn included(&self) -> &[Name<'a>] {
        &self.included
    }
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
    pub(crate) is_match_full: bool,
    pub(crate) deferral: Deferral,
    pub(crate) is_enforced: bool,
    pub(crate) is_validated: bool,
    /// Whether a column declares it, rather than the table.
    pub(crate) is_inline: bool,
    /// Whether `ALTER TABLE ... ADD COLUMN` made it along with its column.
    pub(crate) comes_with_column: bool,
    /// The foreign key of the partitioned table that it is a copy of.
    pub(crate) inherited_from: Option<ForeignKeyId>,
    pub(crate) span: Span,
    pub(crate) on_delete_span: Option<Span>,
    pub(crate) on_update_span: Option<Span>,
    pub(crate) made_at: u32,
    /// When it came to point at what it points at.
    pub(crate) bound_at: u32,
    pub(crate) life: Life,
}

/// What a foreign key points at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
pub(crate) enum Undo<'a> {
    NewTable(TableId),
    /// The head of a table.
    Table(TableId, Box<Table<'a>>),
    Column(TableId, usize, Option<Box<Column<'a>>>),
    Unique(TableId, usize, Option<Box<Key<'a>>>),
    Index(TableId, usize, Option<Box<Index<'a>>>),
    OtherConstraint(TableId, usize, Option<Name<'a>>),
    /// Whether a table was a partition of another.
    Partition(TableId, TableId, bool),
    NewForeignKey(ForeignKeyId),
    ForeignKey(ForeignKeyId, Box<ForeignKey<'a>>),
    /// The last change in the history of a foreign key, and what it replaced.
    Change(ForeignKeyId, Option<(u32, Change)>),
    /// The last rename of a table.
    Rename(TableId),
    /// The last thing that was written down for reports.
    Memory,
    TableName(TableKey<'a>, Option<TableId>),
    IndexName(TableKey<'a>, Option<TableId>),
    ConstraintName(TableKey<'a>, u32),
    Namespace(Name<'a>, bool),
    SearchPath(Vec<Name<'a>>),
}

/// What a generated name has to differ from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameScope {
    /// The constraints of the namespace.
    Constraint,
    /// Its tables and indexes.
    Index,
    /// Either.
    Key,
}

/// A point that can be gone back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(usize);

/// The database.
#[derive(Debug)]
pub(crate) struct State<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) tables: Vec<Table<'a>>,
    pub(crate) foreign_keys: Vec<ForeignKey<'a>>,
    /// The foreign keys that each table has.
    pub(crate) own: Vec<BTreeSet<ForeignKeyId>>,
    pub(crate) own_by_name: IdMap<(TableId, Name<'a>), ForeignKeyId>,
    pub(crate) own_by_column: IdMap<(TableId, Name<'a>), ForeignKeyId>,
    /// The numbers that MySQL gave to foreign keys of a table, by what stands before `_ibfk_`.
    pub(crate) generated_numbers: HashMap<(TableId, String), BTreeSet<u32>>,
    /// The foreign keys that depend on a key of a table.
    pub(crate) bound_to_key: IdMap<(TableId, Name<'a>), ForeignKeyId>,
    /// The foreign keys that point at a table or a name.
    pub(crate) referencing: HashMap<Target<'a>, BTreeSet<ForeignKeyId>>,
    pub(crate) referencing_by_column: IdMap<(Target<'a>, Name<'a>), ForeignKeyId>,
    /// What happened to each foreign key, and when.
    pub(crate) histories: Vec<Vec<(u32, Change)>>,
    /// The renames of each table, which concern all foreign keys that it has or that point at it.
    pub(crate) renames: Vec<Vec<(u32, Span)>>,
    /// What reports tell and no catalog has.
    pub(crate) memories: Vec<Memory<'a>>,
    pub(crate) by_name: HashMap<TableKey<'a>, TableId>,
    /// The names that views and sequences have, or had once.
    pub(crate) other_relations: HashSet<Name<'a>>,
    /// The tables that foreign keys of MariaDB came to point at while they lacked a column for them.
    pub(crate) unfit_targets: HashSet<TableId>,
    /// The tables that have a name in whatever namespace, and those of each namespace.
    pub(crate) by_bare_name: IdMap<Name<'a>, TableId>,
    pub(crate) by_namespace: IdMap<Name<'a>, TableId>,
    pub(crate) indexes: HashMap<TableKey<'a>, TableId>,
    /// How many constraints of a namespace have a name.
    pub(crate) constraint_names: HashMap<TableKey<'a>, u32>,
    /// For the first name of a numbered row the least number that may be free, and for each name of
    /// such a row where it stands.
    pub(crate) free_numbers: HashMap<TableKey<'a>, u32>,
    pub(crate) numbered: HashMap<TableKey<'a>, (TableKey<'a>, u32)>,
    /// The tables that ever had a constraint of that name, once somebody asked.
    pub(crate) tables_by_constraint: OnceCell<IdMap<Name<'a>, TableId>>,
    /// The columns that ever had a type, once somebody asked.
    pub(crate) columns_by_type: OnceCell<IdMap<Name<'a>, (TableId, usize)>>,
    /// The tables that ever inherited from a table.
    heirs: HashMap<TableId, BTreeSet<TableId>>,
    pub(crate) namespaces: HashSet<Name<'a>>,
    pub(crate) search_path: Vec<Name<'a>>,
    /// The namespace that catalogs do not write.
    pub(crate) home: Name<'a>,
    /// Names that tables had once; what they mean now is known, unlike what was made elsewhere.
    pub(crate) former_names: HashSet<TableKey<'a>>,
    pub(crate) checks_foreign_keys: bool,
    /// What user variables remember of `checks_foreign_keys`.
    pub(crate) saved_checks: HashMap<Name<'a>, bool>,
    /// Whether tables without a storage engine of their own forget foreign keys.
    pub(crate) has_plain_storage: bool,
    pub(crate) enforces_foreign_keys: bool,
    pub(crate) has_legacy_rename: bool,
    pub(crate) undo: Vec<Undo<'a>>,
    /// Counts the marks; what was written down since the last one needn't be again.
    epoch: u32,
    /// When each table was made and when its head was last written down, by that count.
    table_epochs: Vec<(u32, u32)>,
    pub(crate) foreign_key_epochs: Vec<u32>,
    clock: u32,
    /// How many foreign keys were changed or looked at for the sake of others.
    pub(crate) work: usize,
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
            own_by_name: IdMap::new(),
            own_by_column: IdMap::new(),
            generated_numbers: HashMap::new(),
            bound_to_key: IdMap::new(),
            referencing: HashMap::new(),
            referencing_by_column: IdMap::new(),
            histories: Vec::new(),
            renames: Vec::new(),
            memories: Vec::new(),
            by_name: HashMap::new(),
            other_relations: HashSet::new(),
            unfit_targets: HashSet::new(),
            by_bare_name: IdMap::new(),
            by_namespace: IdMap::new(),
            indexes: HashMap::new(),
            constraint_names: HashMap::new(),
            free_numbers: HashMap::new(),
            numbered: HashMap::new(),
            tables_by_constraint: OnceCell::new(),
            columns_by_type: OnceCell::new(),
            heirs: HashMap::new(),
            namespaces: HashSet::from_iter([namespace.clone()]),
            search_path: vec![namespace.clone()],
            home: namespace,
            former_names: HashSet::new(),
            checks_foreign_keys: true,
            saved_checks: HashMap::new(),
            has_plain_storage: false,
            enforces_foreign_keys: false,
            has_legacy_rename: false,
            undo: Vec::new(),
            epoch: 1,
            table_epochs: Vec::new(),
            foreign_key_epochs: Vec::new(),
            clock: 0,
            work: 0,
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

    /// The number of what was made last.
    pub(crate) fn now(&self) -> u32 {
        self.clock
    }

    // Tables.

    pub(crate) fn table(&self, id: TableId) -> &Table<'a> {
        &self.tables[id.0]
    }

    /// The table, to be changed in all but what it may have many of.
    pub(crate) fn table_mut(&mut self, id: TableId) -> &mut Table<'a> {
        let (_, saved) = &mut self.table_epochs[id.0];
        if *saved != self.epoch {
            *saved = self.epoch;
            self.undo.push(Undo::Table(id, Box::new(self.tables[id.0].head())));
        }
        &mut self.tables[id.0]
    }

    /// Writes down how a change of a table is taken back, unless the whole table would go.
    fn push_undo(&mut self, id: TableId, undo: Undo<'a>) {
        if self.table_epochs[id.0].0 != self.epoch {
            self.undo.push(undo);
        }
    }

    /// Puts a column to a place, or takes it away.
    pub(crate) fn put_column(&mut self, id: TableId, at: usize, column: Option<Column<'a>>) {
        if let Some(by_type) = self.columns_by_type.get_mut()
            && let Some(data_type) = column.as_ref().and_then(|it| it.data_type.clone())
        {
            by_type.insert(data_type, (id, at));
        }
        let before = self.tables[id.0].columns.put(at, column);
        self.push_undo(id, Undo::Column(id, at, before.map(Box::new)));
    }

    /// Puts a column behind the others.
    pub(crate) fn push_column(&mut self, id: TableId, column: Column<'a>) {
        self.put_column(id, self.table(id).columns.end(), Some(column));
    }

    /// Changes a column.
    pub(crate) fn change_column(
        &mut self,
        id: TableId,
        at: usize,
        change: impl FnOnce(&mut Column<'a>),
    ) {
        let Some(mut column) = self.table(id).columns.get(at).cloned() else { return };
        change(&mut column);
        self.put_column(id, at, Some(column));
    }

    /// Puts a unique constraint to a place, or takes it away.
    pub(crate) fn put_unique(&mut self, id: TableId, at: usize, key: Option<Key<'a>>) {
        let before = self.tables[id.0].uniques.put(at, key);
        self.push_undo(id, Undo::Unique(id, at, before.map(Box::new)));
    }

    /// Puts an index to a place, or takes it away.
    pub(crate) fn put_index(&mut self, id: TableId, at: usize, index: Option<Index<'a>>) {
        let before = self.tables[id.0].indexes.put(at, index);
        self.push_undo(id, Undo::Index(id, at, before.map(Box::new)));
    }

    /// Puts another constraint to a place, or takes it away.
    pub(crate) fn put_other_constraint(&mut self, id: TableId, at: usize, name: Option<Name<'a>>) {
        let before = self.tables[id.0].other_constraints.put(at, name);
        self.push_undo(id, Undo::OtherConstraint(id, at, before));
    }

    /// Says whether a table is a partition of another.
    pub(crate) fn set_partition(&mut self, of: TableId, id: TableId, is_partition: bool) {
        let partitions = &mut self.tables[of.0].partitions;
        let was_partition =
            if is_partition { !partitions.insert(id) } else { partitions.remove(&id) };
        self.push_undo(of, Undo::Partition(of, id, was_partition));
        self.table_mut(id).partition_of = is_partition.then_some(of);
    }

    /// Says from which tables a table inherits.
    pub(crate) fn set_ancestors(&mut self, id: TableId, ancestors: Vec<TableId>) {
        for ancestor in &ancestors {
            self.heirs.entry(*ancestor).or_default().insert(id);
        }
        self.table_mut(id).ancestors = ancestors;
    }

    /// The tables right below a table: its partitions, and those that inherit from it.
    pub(crate) fn tables_below(&self, id: TableId) -> Vec<TableId> {
        let heirs = self.heirs.get(&id).into_iter().flatten().copied();
        let heirs = heirs.filter(|it| {
            let heir = self.table(*it);
            heir.is_alive && heir.ancestors.contains(&id)
        });
        self.table(id).partitions.iter().copied().chain(heirs).collect()
    }

    /// The tables right above a table.
    pub(crate) fn tables_above(&self, id: TableId) -> impl Iterator<Item = TableId> {
        let table = self.table(id);
        table.partition_of.into_iter().chain(table.ancestors.iter().copied())
    }

    /// All tables that are there, in the order in which they were made.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (TableId, &Table<'a>)> {
        self.tables
            .iter()
            .enumerate()
            .filter(|(_, table)| table.is_alive)
            .map(|(at, table)| (TableId(at), table))
    }

    pub(crate) fn is_alive(&self, id: TableId) -> bool {
        self.table(id).is_alive
    }

    pub(crate) fn has_tables(&self) -> bool {
        !self.by_name.is_empty()
    }

    /// Puts a table there. Foreign keys that wait for the name are left waiting.
    pub(crate) fn add_table(&mut self, table: Table<'a>) -> TableId {
        let id = TableId(self.tables.len());
        let key = self.key(&table.namespace, &table.name);
        self.tables.push(table);
        self.table_epochs.push((self.epoch, self.epoch));
        self.own.push(BTreeSet::new());
        self.renames.push(Vec::new());
        self.list_table(id);
        self.undo.push(Undo::NewTable(id));
        self.point_name(key, Some(id));
        id
    }

    fn list_table(&mut self, id: TableId) {
        let table = self.table(id);
        if table.is_alive {
            let (namespace, name) = (table.namespace.clone(), self.table_key(&table.name));
            self.by_bare_name.insert(name, id);
            self.by_namespace.insert(namespace, id);
        }
    }

    fn unlist_table(&mut self, id: TableId) {
        let (namespace, name) = (self.table(id).namespace.clone(), self.table(id).name.clone());
        self.by_bare_name.remove(&self.table_key(&name), id);
        self.by_namespace.remove(&namespace, id);
    }

    fn point_name(&mut self, key: TableKey<'a>, id: Option<TableId>) {
        let before = match id {
            Some(id) => self.by_name.insert(key.clone(), id),
            None => {
                self.free_number(&key);
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
        self.unlist_table(id);
        self.table_mut(id).is_alive = false;
        self.point_name(key, None);
        if let Some(parent) = parent {
            self.set_partition(parent, id, false);
        }
    }

    /// Gives a table another name or namespace; the names of its constraints and indexes move along.
    pub(crate) fn rename_table(
        &mut self,
        id: TableId,
        namespace: Name<'a>,
        name: Name<'a>,
        span: Span,
    ) {
        self.remember_table(id, span);
        let table = self.table(id);
        let from = self.key(&table.namespace, &table.name);
        let to = self.key(&namespace, &name);
        let old_namespace = table.namespace.clone();
        let former_name = table.name.clone();
        if old_namespace != namespace {
            self.move_names(id, &old_namespace, &namespace);
        }
        self.unlist_table(id);
        let table = self.table_mut(id);
        table.namespace = namespace;
        table.name = name;
        table.former_name = Some(former_name);
        self.list_table(id);
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
        let own = self.own[id.0].iter();
        constraints.extend(own.filter_map(|it| self.foreign_key(*it).name.clone()));
        self.work += (constraints.len() + indexes.len()) / 8;
        for name in constraints {
            self.release_constraint_name(from, &name);
            self.take_constraint_name(id, to, &name);
        }
        for name in indexes {
            self.point_index(from, &name, None);
            self.point_index(to, &name, Some(id));
        }
    }

    // Undoing.

    /// Writes down how a change of a foreign key is taken back.
    pub(crate) fn push_foreign_key_undo(&mut self, undo: Undo<'a>) {
        self.undo.push(undo);
    }

    /// What was written down under this count needn't be again.
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

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
                Undo::NewTable(id) => {
                    self.unlist_table(id);
                    self.tables[id.0].is_alive = false;
                }
                Undo::Table(id, mut table) => {
                    self.unlist_table(id);
                    table.take_body(&mut self.tables[id.0]);
                    self.tables[id.0] = *table;
                    self.list_table(id);
                }
                Undo::Column(id, at, column) => {
                    self.tables[id.0].columns.put(at, column.map(|it| *it));
                }
                Undo::Unique(id, at, key) => {
                    self.tables[id.0].uniques.put(at, key.map(|it| *it));
                }
                Undo::Index(id, at, index) => {
                    self.tables[id.0].indexes.put(at, index.map(|it| *it));
                }
                Undo::OtherConstraint(id, at, name) => {
                    self.tables[id.0].other_constraints.put(at, name);
                }
                Undo::Partition(of, id, true) => _ = self.tables[of.0].partitions.insert(id),
                Undo::Partition(of, id, false) => _ = self.tables[of.0].partitions.remove(&id),
                Undo::NewForeignKey(id) => self.restore_foreign_key(id, None),
                Undo::ForeignKey(id, before) => self.restore_foreign_key(id, Some(*before)),
                Undo::Change(id, before) => {
                    self.histories[id.0].pop();
                    self.histories[id.0].extend(before);
                }
                Undo::Rename(id) => _ = self.renames[id.0].pop(),
                Undo::Memory => _ = self.memories.pop(),
                Undo::TableName(key, before) => restore(&mut self.by_name, key, before),
                Undo::IndexName(key, before) => {
                    self.free_number(&key);
                    restore(&mut self.indexes, key, before);
                }
                Undo::ConstraintName(key, before) => {
                    self.free_number(&key);
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
    let keys = table.primary_key.iter().chain(table.uniques.iter());
    keys.filter_map(|key| key.name.as_ref()).chain(table.other_constraints.iter())
}

/// The names of all indexes of a table, those of its keys among them.
pub(crate) fn index_names<'t, 'a>(table: &'t Table<'a>) -> impl Iterator<Item = &'t Name<'a>> {
    let keys = table.primary_key.iter().chain(table.uniques.iter());
    let keys = keys.filter_map(|key| key.name.as_ref());
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
