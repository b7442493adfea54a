//! drizzle-kit's newest snapshot as a third witness: which side it agrees with, and what the next
//! `drizzle-kit generate` will make of that.

use std::collections::{HashMap, HashSet};

use drift_model::{Catalog, ForeignKey, Table, TableName};

use crate::comparison::Sources;
use crate::names::{Names, Place};

/// What a snapshot says about foreign keys and tables, ready to be asked.
pub(crate) struct Snapshot<'a> {
    catalog: Option<&'a Catalog>,
    foreign_keys: HashMap<Place, Vec<&'a ForeignKey>>,
    tables: HashMap<TableName, &'a Table>,
    /// Tables of which an entry could not be read.
    unread: HashSet<TableName>,
}

/// What a snapshot says about a foreign key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Testimony<'a> {
    /// There is no snapshot, or its part about this could not be read.
    None,
    /// It does not have it.
    Lacks,
    /// It has it, perhaps with another target or other actions.
    Has(&'a ForeignKey),
}

impl<'a> Testimony<'a> {
    /// The foreign key, if the snapshot has it.
    pub(crate) fn found(self) -> Option<&'a ForeignKey> {
        match self {
            Testimony::Has(foreign_key) => Some(foreign_key),
            Testimony::None | Testimony::Lacks => None,
        }
    }
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(sources: &Sources<'a>, names: &Names) -> Self {
        let mut snapshot = Self {
            catalog: sources.snapshot.filter(|it| it.errors.is_empty()).map(|it| it.catalog),
            foreign_keys: HashMap::new(),
            tables: HashMap::new(),
            unread: HashSet::new(),
        };
        let Some(catalog) = snapshot.catalog else { return snapshot };
        for foreign_key in &catalog.foreign_keys {
            snapshot.foreign_keys.entry(names.place(foreign_key)).or_default().push(foreign_key);
        }
        for table in &catalog.tables {
            let key = names.table(&table.name);
            if table.is_incomplete {
                snapshot.unread.insert(key.clone());
            }
            snapshot.tables.insert(key, table);
        }
        snapshot
    }

    /// The snapshot, unless there is none or it could not be read.
    pub(crate) fn catalog(&self) -> Option<&'a Catalog> {
        self.catalog
    }

    /// Whether it has a column; `None` where nothing follows from it.
    pub(crate) fn column(&self, names: &Names, table: &TableName, column: &str) -> Option<bool> {
        self.catalog?;
        let key = names.table(table);
        let Some(found) = self.tables.get(&key) else { return Some(false) };
        let column = names.column(&key, column);
        let has_it = found.columns.iter().any(|it| names.column(&key, &it.name) == column);
        (has_it || !found.is_incomplete).then_some(has_it)
    }

    /// Whether it has a table; `None` where nothing follows from it.
    pub(crate) fn has_table(&self, names: &Names, table: &TableName) -> Option<bool> {
        self.catalog?;
        Some(self.tables.contains_key(&names.table(table)))
    }

    /// What it says about a foreign key on the same columns: of several the one that is most like it.
    pub(crate) fn about(&self, names: &Names, foreign_key: &ForeignKey) -> Testimony<'a> {
        if self.catalog.is_none() {
            return Testimony::None;
        }
        let found = self.foreign_keys.get(&names.place(foreign_key));
        let likeness = |it: &&&ForeignKey| {
            let has_same_actions =
                (it.on_delete, it.on_update) == (foreign_key.on_delete, foreign_key.on_update);
            (names.have_same_target(it, foreign_key), it.name == foreign_key.name, has_same_actions)
        };
        match found.and_then(|all| all.iter().rev().max_by_key(likeness)) {
            Some(found) => Testimony::Has(found),
            None if self.unread.contains(&names.table(&foreign_key.referencing_table)) => {
                Testimony::None
            }
            None => Testimony::Lacks,
        }
    }
}

/// What a foreign key does, for [`drift_model::Subject::says`].
pub(crate) fn on_delete_of(testimony: Testimony<'_>) -> Option<String> {
    match testimony {
        Testimony::None => None,
        Testimony::Lacks => Some(NOTHING.to_owned()),
        Testimony::Has(foreign_key) => Some(foreign_key.on_delete.to_string()),
    }
}

/// What a source says about something that it does not have.
pub(crate) const NOTHING: &str = "nothing";
