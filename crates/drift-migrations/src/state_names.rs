//! What names lead to: tables by namespace and path, constraints and indexes.

use drift_model::Dialect;

use crate::id_map::IdMap;
use crate::names;
use crate::state::{NameScope, State, TableId, TableKey, Undo, constraint_names, lower_case};
use crate::statement::{Name, QualifiedName};

impl<'a> State<'a> {
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
            (None, Dialect::PostgreSql) => {
                let temporary = Name::Borrowed("pg_temp");
                let is_written = self.search_path.contains(&temporary);
                let first = Some(temporary).filter(|_| !is_written);
                first.into_iter().chain(self.search_path.iter().cloned()).collect()
            }
            (None, Dialect::Sqlite) => vec![Name::Borrowed("temp"), Name::Borrowed("main")],
            (None, Dialect::MySql) => std::iter::once(Name::Borrowed("pg_temp"))
                .chain(self.search_path.iter().cloned())
                .collect(),
        }
    }

    /// The table that a name means.
    pub(crate) fn lookup(&self, name: &QualifiedName<'a>) -> Option<TableId> {
        self.lookup_path(name)
            .iter()
            .find_map(|namespace| self.by_name.get(&self.key(namespace, &name.name)).copied())
            .or_else(|| {
                let namespace = name.namespace.as_ref().unwrap_or(&self.home);
                self.lookup_at_home(namespace, &name.name)
            })
    }

    /// A table of MySQL whose database is written in one place and left out in another: without
    /// `USE`, any database that is named may be the one in which the migrations run.
    pub(crate) fn lookup_at_home(&self, namespace: &Name<'a>, name: &Name<'a>) -> Option<TableId> {
        if self.dialect() != Dialect::MySql || !self.home.is_empty() {
            return None;
        }
        if *namespace != self.home {
            return self.lookup_in(&self.home, name);
        }
        let mut found = self.by_bare_name.get(name);
        found.next().filter(|_| found.next().is_none())
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
        self.by_bare_name.get(&self.table_key(name)).collect()
    }

    /// The tables of a namespace, in the order in which they were made.
    pub(crate) fn tables_of(&self, namespace: &Name<'a>) -> Vec<TableId> {
        self.by_namespace.get(namespace).collect()
    }

    /// The table with an index of that name, in whatever namespace.
    pub(crate) fn lookup_index_in_any_namespace(&self, name: &Name<'a>) -> Option<TableId> {
        self.namespaces.iter().filter_map(|it| self.index_table(it, name)).min()
    }

    pub(crate) fn table_key(&self, name: &Name<'a>) -> Name<'a> {
        if self.dialect() == Dialect::Sqlite { lower_case(name) } else { name.clone() }
    }

    /// The namespaces of the search path that are there.
    pub(crate) fn existing_path(&self) -> impl Iterator<Item = &Name<'a>> {
        let is_there = |it: &&Name<'a>| {
            self.namespaces.contains(*it)
                || **it == "pg_temp" && self.dialect() == Dialect::PostgreSql
        };
        self.search_path.iter().filter(is_there)
    }

    /// The namespace in which a table of that name is created.
    pub(crate) fn creation_namespace(&self, name: &QualifiedName<'a>) -> Name<'a> {
        if let Some(namespace) = &name.namespace {
            return namespace.clone();
        }
        let existing = self.existing_path().next();
        let default = self.dialect().default_namespace().unwrap_or("");
        existing.cloned().unwrap_or(Name::Borrowed(default))
    }

    /// The names of all namespaces, in order.
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.namespaces.iter().map(|it| &**it).collect();
        names.sort_unstable();
        names.into_iter()
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

    fn constraint_key(&self, namespace: &Name<'a>, name: &Name<'a>) -> TableKey<'a> {
        (namespace.clone(), self.fold(name))
    }

    /// How many constraints of a namespace have a name.
    pub(crate) fn count_constraints(&self, namespace: &Name<'a>, name: &Name<'a>) -> u32 {
        self.constraint_names.get(&self.constraint_key(namespace, name)).copied().unwrap_or(0)
    }

    /// The tables that may have a constraint of a name, in whatever namespace.
    pub(crate) fn tables_with_constraint(&self, name: &Name<'a>) -> Vec<TableId> {
        let listed = self.tables_by_constraint.get_or_init(|| {
            let mut all = IdMap::new();
            for (id, table) in self.tables() {
                for name in constraint_names(table) {
                    all.insert(name.clone(), id);
                }
            }
            for foreign_key in &self.foreign_keys {
                if let Some(name) = &foreign_key.name {
                    all.insert(name.clone(), foreign_key.table);
                }
            }
            all
        });
        listed.get(name).filter(|it| self.is_alive(*it)).collect()
    }

    /// The columns that may have a type.
    pub(crate) fn columns_with_type(&self, data_type: &str) -> Vec<(TableId, usize)> {
        let listed = self.columns_by_type.get_or_init(|| {
            let mut all = IdMap::new();
            for (id, table) in self.tables.iter().enumerate() {
                for at in 0..table.columns().end() {
                    let data_type = table.columns().get(at).and_then(|it| it.data_type.clone());
                    if let Some(data_type) = data_type {
                        all.insert(data_type, (TableId(id), at));
                    }
                }
            }
            all
        });
        listed.get(data_type).collect()
    }

    pub(crate) fn take_constraint_name(
        &mut self,
        id: TableId,
        namespace: &Name<'a>,
        name: &Name<'a>,
    ) {
        if let Some(listed) = self.tables_by_constraint.get_mut() {
            listed.insert(name.clone(), id);
        }
        let count = self.count_constraints(namespace, name);
        self.set_constraint_count(namespace, name, count + 1);
    }

    /// The first name `table_columns_label` that is free, with a number behind it if need be.
    pub(crate) fn free_name(
        &mut self,
        id: TableId,
        columns: &str,
        label: &str,
        separator: &str,
        scope: NameScope,
    ) -> Name<'a> {
        let (namespace, table) = (self.table(id).namespace.clone(), self.table(id).name.clone());
        let is_at_length =
            scope == NameScope::Constraint && self.engine.names_foreign_keys_at_length();
        let made = |label: &str| match is_at_length {
            true => Name::Owned(format!("{table}_{columns}_{label}")),
            false => Name::Owned(names::object_name(&table, columns, label)),
        };
        let is_taken = |state: &Self, name: &Name<'a>| {
            if is_at_length {
                return state.table(id).has_constraint(name)
                    || state.own_by_name(id, name).is_some();
            }
            scope != NameScope::Index && state.count_constraints(&namespace, name) > 0
                || scope != NameScope::Constraint
                    && (state.index_table(&namespace, name).is_some()
                        || state.lookup_in(&namespace, name).is_some())
        };
        let first = made(label);
        if !is_taken(self, &first) {
            return first;
        }
        let row = (namespace.clone(), first);
        let mut number = self.free_numbers.get(&row).copied().unwrap_or(1);
        loop {
            let label = format!("{label}{separator}{number}");
            let name = made(&label);
            self.numbered.insert((namespace.clone(), name.clone()), (row.clone(), number));
            if !is_taken(self, &name) {
                self.free_numbers.insert(row, number);
                return name;
            }
            number += 1;
        }
    }

    /// A name of a numbered row may be free again.
    pub(crate) fn free_number(&mut self, key: &TableKey<'a>) {
        if let Some((row, number)) = self.numbered.get(key)
            && let Some(free) = self.free_numbers.get_mut(row)
        {
            *free = (*free).min(*number);
        }
    }

    pub(crate) fn release_constraint_name(&mut self, namespace: &Name<'a>, name: &Name<'a>) {
        let count = self.count_constraints(namespace, name);
        self.set_constraint_count(namespace, name, count.saturating_sub(1));
    }

    fn set_constraint_count(&mut self, namespace: &Name<'a>, name: &Name<'a>, count: u32) {
        let key = self.constraint_key(namespace, name);
        if count == 0 {
            self.free_number(&key);
        }
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
            None => {
                self.free_number(&key);
                self.indexes.remove(&key)
            }
        };
        self.undo.push(Undo::IndexName(key, before));
    }
}
