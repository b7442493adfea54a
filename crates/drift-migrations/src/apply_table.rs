//! `CREATE TABLE` and `DROP TABLE`, and how columns, keys and foreign keys come to exist.

use drift_model::{Change, ChangeKind, Dialect, ReferentialAction, Span, UnresolvedKind};

use crate::apply::Applier;
use crate::engine::ColumnDefault;
use crate::names;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{
    Column, ForeignKey, ForeignKeyId, Index, Key, Life, Table, TableId, Target, constraint_names,
};
use crate::statement::{
    ColumnConstraintKind, ColumnDefinition, CreateTable, DropTables, Name, QualifiedName,
    Reference, TableConstraint, TableConstraintKind, TableItem,
};
use crate::types::cannot_reference;

/// A foreign key to be made.
pub(crate) struct NewForeignKey<'s, 'a> {
    pub(crate) name: Option<&'s Name<'a>>,
    pub(crate) index_name: Option<&'s Name<'a>>,
    pub(crate) columns: &'s [Name<'a>],
    pub(crate) reference: &'s Reference<'a>,
    pub(crate) is_inline: bool,
    /// Whether `NOT VALID` is read and forgotten, as in `CREATE TABLE`.
    pub(crate) is_validated: bool,
    /// The number that MySQL gives it if it has no name.
    pub(crate) number: Option<u32>,
    pub(crate) span: Span,
}

impl<'a> Applier<'a> {
    /// `CREATE TABLE`.
    pub(crate) fn create_table(&mut self, create: &CreateTable<'a>, span: Span) -> Outcome {
        if let Some(reason) = &create.unread {
            self.report(UnresolvedKind::Statement, reason, span);
        }
        let namespace = if create.is_temporary {
            Name::Borrowed(if self.is(Dialect::Sqlite) { "temp" } else { "pg_temp" })
        } else {
            self.state.creation_namespace(&create.name)
        };
        if let Some(existing) = self.state.lookup_in(&namespace, &create.name.name) {
            if create.if_not_exists {
                return Ok(());
            }
            if !create.is_replacing {
                let reason = format!("`{}` exists already", create.name.name);
                return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
            }
            self.remove_table(existing, span);
        }
        self.require_namespace(&namespace, create.is_temporary)?;
        if self.is(Dialect::PostgreSql)
            && self.state.index_table(&namespace, &create.name.name).is_some()
        {
            if create.if_not_exists {
                return Ok(());
            }
            let reason = format!("there is an index `{}` already", create.name.name);
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        let id = self.state.add_table(Table {
            namespace: namespace.clone(),
            name: create.name.name.clone(),
            former_name: None,
            columns: Vec::new(),
            primary_key: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            other_constraints: Vec::new(),
            span,
            is_incomplete: create.is_incomplete,
            is_temporary: create.is_temporary,
            is_partitioned: create.is_partitioned,
            has_plain_storage: create.has_plain_storage,
            partition_of: None,
            partitions: Vec::new(),
            is_alive: true,
        });
        self.copy_columns(id, create)?;
        let repeats = !create.inherits.is_empty() || create.partition_of.is_some();
        for item in &create.items {
            self.create_columns(id, item, repeats)?;
        }
        // Keys without a name are named when all names that are written are taken.
        for item in &create.items {
            self.create_checks(id, item)?;
        }
        for item in &create.items {
            self.create_keys(id, item)?;
        }
        self.merge_primary_key(id);
        self.bind_waiting(id);
        self.create_foreign_keys(id, create)?;
        if let Some(parent) = &create.partition_of {
            let parent = self.existing(parent)?;
            self.join_partition(parent, id, span);
        }
        Ok(())
    }

    /// A namespace that no migration creates was there before, or is not there.
    pub(crate) fn require_namespace(
        &mut self,
        namespace: &Name<'a>,
        is_temporary: bool,
    ) -> Outcome {
        let is_strict = self.starts_empty && self.is(Dialect::PostgreSql) && !is_temporary;
        if is_strict && !self.state.has_namespace(namespace) {
            let reason = format!("the namespace `{namespace}` does not exist here");
            return Err(Refusal::new(RefusalKind::UndefinedSchema, reason));
        }
        self.state.add_namespace(namespace.clone());
        Ok(())
    }

    /// The columns of inherited tables, and of the table that this is a partition of.
    fn copy_columns(&mut self, id: TableId, create: &CreateTable<'a>) -> Outcome {
        for parent in create.inherits.iter().chain(&create.partition_of) {
            let Some(parent) = self.copied_table(id, parent)? else { continue };
            let columns = self.state.table(parent).columns.clone();
            self.state.table_mut(id).columns.extend(columns);
        }
        if let Some(parent) = create.partition_of.as_ref().and_then(|it| self.state.lookup(it)) {
            self.copy_keys(id, parent)?;
        }
        Ok(())
    }

    /// The table that another one is copied from. What it would give is not known where it was
    /// made elsewhere.
    fn copied_table(&mut self, id: TableId, name: &QualifiedName<'a>) -> Outcome<Option<TableId>> {
        let found = self.state.lookup(name).filter(|found| *found != id);
        if found.is_none() {
            if self.starts_empty {
                return Err(self.no_table(name));
            }
            self.state.table_mut(id).is_incomplete = true;
        }
        Ok(found)
    }

    /// Copies the keys of another table under generated names.
    fn copy_keys(&mut self, id: TableId, from: TableId) -> Outcome {
        let from = self.state.table(from);
        let (primary_key, uniques) = (from.primary_key.clone(), from.uniques.clone());
        if let Some(key) = primary_key {
            self.add_primary_key(id, None, key.columns, key.span)?;
        }
        for key in uniques {
            self.add_unique(id, None, key.columns, key.span)?;
        }
        Ok(())
    }

    /// Adds the columns of an item. A partition or heir `repeats` columns that it was given.
    fn create_columns(&mut self, id: TableId, item: &TableItem<'a>, repeats: bool) -> Outcome {
        match item {
            TableItem::Column(column) => {
                if !repeats || self.column(id, &column.name).is_none() {
                    self.add_column(id, column)?;
                }
            }
            TableItem::Like { table, .. } => {
                if let Some(from) = self.copied_table(id, table)? {
                    let columns = self.state.table(from).columns.clone();
                    self.state.table_mut(id).columns.extend(columns);
                }
            }
            TableItem::Constraint(_) => {}
        }
        Ok(())
    }

    /// Adds the constraints of an item that are neither keys nor foreign keys.
    fn create_checks(&mut self, id: TableId, item: &TableItem<'a>) -> Outcome {
        match item {
            TableItem::Column(column) => self.add_column_checks(id, column),
            TableItem::Constraint(constraint) if constraint.is_other() => {
                self.add_key(id, constraint)
            }
            TableItem::Constraint(_) | TableItem::Like { .. } => Ok(()),
        }
    }

    /// Adds the keys of an item.
    fn create_keys(&mut self, id: TableId, item: &TableItem<'a>) -> Outcome {
        match item {
            TableItem::Column(column) => self.add_column_keys(id, column),
            TableItem::Constraint(constraint) if constraint.is_other() => Ok(()),
            TableItem::Constraint(constraint) => self.add_key(id, constraint),
            TableItem::Like { table, includes_indexes: true } => {
                match self.state.lookup(table).filter(|from| *from != id) {
                    Some(from) => self.copy_keys(id, from),
                    None => Ok(()),
                }
            }
            TableItem::Like { .. } => Ok(()),
        }
    }

    /// PostgreSQL makes one constraint of a primary key and an equal unique constraint, under the
    /// name of the latter.
    fn merge_primary_key(&mut self, id: TableId) {
        let table = self.state.table(id);
        let Some(key) = table.primary_key.clone().filter(|_| self.is(Dialect::PostgreSql)) else {
            return;
        };
        let Some(at) = table.uniques.iter().position(|it| it.columns == key.columns) else {
            return;
        };
        let namespace = table.namespace.clone();
        let table = self.state.table_mut(id);
        let unique = table.uniques.remove(at);
        if let Some(primary_key) = &mut table.primary_key {
            primary_key.name = unique.name;
        }
        if let Some(name) = key.name {
            self.state.release_constraint_name(&namespace, &name);
            self.state.point_index(&namespace, &name, None);
        }
    }

    /// Foreign keys that wait for the name of a table are bound to it.
    pub(crate) fn bind_waiting(&mut self, id: TableId) {
        if self.is(Dialect::Sqlite) {
            return;
        }
        let table = self.state.table(id);
        let key = self.state.key(&table.namespace, &table.name);
        let primary_key = table.primary_key.as_ref().map(|key| key.columns.clone());
        for waiting in self.state.waiting_foreign_keys(&key) {
            self.state.retarget(waiting, Target::Table(id));
            if self.state.foreign_key(waiting).target_columns.is_empty() {
                let columns = primary_key.clone().unwrap_or_default();
                self.state.foreign_key_mut(waiting).target_columns = columns;
            }
        }
    }

    fn create_foreign_keys(&mut self, id: TableId, create: &CreateTable<'a>) -> Outcome {
        if self.is(Dialect::MySql) {
            self.create_own_indexes(id, create);
        }
        let mut number = 0;
        for item in &create.items {
            match item {
                TableItem::Column(column) => {
                    self.add_column_foreign_keys(id, column, &mut number)?;
                }
                TableItem::Constraint(constraint) => {
                    number += u32::from(self.is_numbered(constraint));
                    self.add_table_foreign_key(id, constraint, true, Some(number))?;
                }
                TableItem::Like { .. } => {}
            }
        }
        Ok(())
    }

    /// Whether MySQL makes up the name of a constraint.
    pub(crate) fn is_numbered(&self, constraint: &TableConstraint<'a>) -> bool {
        let TableConstraintKind::ForeignKey { index_name, .. } = &constraint.kind else {
            return false;
        };
        let by_index = index_name.is_some() && self.state.engine.names_foreign_key_by_index();
        constraint.name.is_none() && !by_index
    }

    /// Makes the indexes of all foreign keys of a new table; foreign keys of the table onto itself
    /// may then use them.
    fn create_own_indexes(&mut self, id: TableId, create: &CreateTable<'a>) {
        for item in &create.items {
            match item {
                TableItem::Constraint(constraint) => {
                    if let TableConstraintKind::ForeignKey { columns, index_name, .. } =
                        &constraint.kind
                    {
                        let name = constraint.name.as_ref().or(index_name.as_ref());
                        self.add_own_index(id, name, columns, constraint.span);
                    }
                }
                TableItem::Column(column) if self.state.engine.honours_inline_references() => {
                    for constraint in &column.constraints {
                        if matches!(constraint.kind, ColumnConstraintKind::References(_)) {
                            let columns = std::slice::from_ref(&column.name);
                            let name = constraint.name.as_ref();
                            self.add_own_index(id, name, columns, constraint.span);
                        }
                    }
                }
                TableItem::Column(_) | TableItem::Like { .. } => {}
            }
        }
    }

    /// Adds a column without its constraints.
    pub(crate) fn add_column(&mut self, id: TableId, column: &ColumnDefinition<'a>) -> Outcome {
        if self.column(id, &column.name).is_some() {
            let reason = format!("`{}` has a column `{}` already", self.shown(id), column.name);
            return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
        }
        self.state.table_mut(id).columns.push(new_column(column));
        Ok(())
    }

    /// Adds the keys that a column declares.
    pub(crate) fn add_column_keys(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
    ) -> Outcome {
        for constraint in &column.constraints {
            let columns = vec![column.name.clone()];
            match constraint.kind {
                ColumnConstraintKind::PrimaryKey => {
                    self.check_name(id, constraint.name.as_ref())?;
                    self.add_primary_key(id, constraint.name.clone(), columns, constraint.span)?;
                }
                ColumnConstraintKind::Unique => {
                    self.check_name(id, constraint.name.as_ref())?;
                    self.add_unique(id, constraint.name.clone(), columns, constraint.span)?;
                }
                ColumnConstraintKind::Check | ColumnConstraintKind::References(_) => {}
            }
        }
        Ok(())
    }

    /// Adds the checks that a column declares.
    pub(crate) fn add_column_checks(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
    ) -> Outcome {
        for constraint in &column.constraints {
            if matches!(constraint.kind, ColumnConstraintKind::Check) {
                self.check_name(id, constraint.name.as_ref())?;
                self.add_other(id, constraint.name.clone(), &column.name);
            }
        }
        Ok(())
    }

    /// Adds the foreign keys that a column declares.
    pub(crate) fn add_column_foreign_keys(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
        number: &mut u32,
    ) -> Outcome {
        for constraint in &column.constraints {
            let ColumnConstraintKind::References(reference) = &constraint.kind else { continue };
            if !self.state.engine.honours_inline_references() {
                self.ignored_references.push(constraint.span);
                continue;
            }
            *number += u32::from(constraint.name.is_none());
            self.add_foreign_key(
                id,
                &NewForeignKey {
                    name: constraint.name.as_ref(),
                    index_name: None,
                    columns: std::slice::from_ref(&column.name),
                    reference,
                    is_inline: true,
                    is_validated: true,
                    number: Some(*number),
                    span: constraint.span,
                },
            )?;
        }
        Ok(())
    }

    /// Adds a table constraint if it is a foreign key.
    pub(crate) fn add_table_foreign_key(
        &mut self,
        id: TableId,
        constraint: &TableConstraint<'a>,
        is_new_table: bool,
        number: Option<u32>,
    ) -> Outcome {
        let TableConstraintKind::ForeignKey { columns, index_name, if_not_exists, reference } =
            &constraint.kind
        else {
            return Ok(());
        };
        let existing = index_name.as_ref().or(constraint.name.as_ref());
        if *if_not_exists && existing.is_some_and(|it| self.own_by_name(id, it).is_some()) {
            return Ok(());
        }
        self.add_foreign_key(
            id,
            &NewForeignKey {
                name: constraint.name.as_ref(),
                index_name: index_name.as_ref(),
                columns,
                reference,
                is_inline: false,
                is_validated: is_new_table || !reference.is_not_valid,
                number,
                span: constraint.span,
            },
        )
    }

    /// Adds a table constraint unless it is a foreign key.
    pub(crate) fn add_key(&mut self, id: TableId, constraint: &TableConstraint<'a>) -> Outcome {
        if constraint.is_foreign_key() {
            return Ok(());
        }
        let name = constraint.name.clone();
        if !matches!(constraint.kind, TableConstraintKind::Index { .. }) {
            self.check_name(id, name.as_ref())?;
        }
        match &constraint.kind {
            TableConstraintKind::ForeignKey { .. } => {}
            TableConstraintKind::PrimaryKey { columns } => {
                self.add_primary_key(id, name, columns.clone(), constraint.span)?;
            }
            TableConstraintKind::Unique { columns, has_expressions: false } => {
                self.add_unique(id, name, columns.clone(), constraint.span)?;
            }
            TableConstraintKind::Unique { columns, .. } => {
                self.add_index(id, name, columns.clone(), true, constraint.span);
            }
            TableConstraintKind::UsingIndex { index, is_primary } => {
                self.promote_index(id, name, index, *is_primary, constraint.span)?;
            }
            TableConstraintKind::Index { columns, has_expressions } => {
                self.check_key_columns(id, columns)?;
                self.add_index(id, name, columns.clone(), *has_expressions, constraint.span);
            }
            TableConstraintKind::Other => {
                self.add_other(id, name, &Name::Borrowed(""));
            }
        }
        Ok(())
    }

    /// A primary key, whose columns are `NOT NULL` from now on but for SQLite.
    fn add_primary_key(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        span: Span,
    ) -> Outcome {
        if self.state.table(id).primary_key.is_some() {
            let reason = format!("`{}` has a primary key already", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        self.check_key_columns(id, &columns)?;
        self.check_relation_name(id, name.as_ref())?;
        let name = self.key_name(id, name, "", "pkey");
        let made_at = self.state.tick();
        let refuses_null = !self.is(Dialect::Sqlite);
        let positions = self.positions(id, &columns);
        let table = self.state.table_mut(id);
        for position in positions {
            table.columns[position].is_not_null |= refuses_null;
        }
        table.primary_key = Some(Key { name: name.clone(), columns, span, made_at });
        self.take_key_name(id, name);
        Ok(())
    }

    /// Refuses a key on columns that are not there, or twice.
    fn check_key_columns(&self, id: TableId, columns: &[Name<'a>]) -> Outcome {
        if self.state.table(id).is_incomplete {
            return Ok(());
        }
        for (at, column) in columns.iter().enumerate() {
            if self.column(id, column).is_none() {
                let reason = format!("`{}` has no column `{column}` here", self.shown(id));
                return Err(Refusal::new(RefusalKind::UndefinedColumn, reason));
            }
            let is_repeated = columns[..at].iter().any(|it| self.state.is_same_column(it, column));
            if is_repeated && !self.is(Dialect::Sqlite) {
                let reason = format!("`{column}` stands twice in a key");
                return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
            }
        }
        Ok(())
    }

    fn add_unique(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        span: Span,
    ) -> Outcome {
        self.check_key_columns(id, &columns)?;
        self.check_relation_name(id, name.as_ref())?;
        let joined = names::name_addition(columns.iter().map(|it| &**it));
        let name = self.key_name(id, name, &joined, "key");
        let made_at = self.state.tick();
        let key = Key { name: name.clone(), columns, span, made_at };
        self.state.table_mut(id).uniques.push(key);
        self.take_key_name(id, name);
        Ok(())
    }

    fn add_index(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        has_expressions: bool,
        span: Span,
    ) {
        let made_at = self.state.tick();
        let name = name.or_else(|| columns.first().cloned());
        self.state.table_mut(id).indexes.push(Index {
            name,
            columns,
            has_expressions,
            is_unique: false,
            is_partial: false,
            span,
            made_at,
        });
    }

    /// `CHECK` and `EXCLUDE`, of which the name matters.
    fn add_other(&mut self, id: TableId, name: Option<Name<'a>>, column: &Name<'a>) {
        let Some(name) = self.key_name(id, name, column, "check") else { return };
        self.state.table_mut(id).other_constraints.push(name.clone());
        if self.is(Dialect::PostgreSql) {
            let namespace = self.state.table(id).namespace.clone();
            self.state.take_constraint_name(&namespace, &name);
        }
    }

    /// A unique index becomes the key, and takes its name.
    fn promote_index(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        index: &Name<'a>,
        is_primary: bool,
        span: Span,
    ) -> Outcome {
        let table = self.state.table(id);
        let Some(at) = table.indexes.iter().position(|it| it.name.as_ref() == Some(index)) else {
            return Ok(());
        };
        let namespace = table.namespace.clone();
        let index = self.state.table_mut(id).indexes.remove(at);
        let name = name.or(index.name.clone());
        if let Some(old) = &index.name {
            self.state.point_index(&namespace, old, None);
            self.rename_bound_key(id, old, name.as_ref());
        }
        if is_primary {
            self.add_primary_key(id, name, index.columns, span)
        } else {
            self.add_unique(id, name, index.columns, span)
        }
    }

    /// The name of a key that may have none: PostgreSQL makes one up.
    fn key_name(
        &self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: &str,
        label: &str,
    ) -> Option<Name<'a>> {
        if name.is_some() || !self.is(Dialect::PostgreSql) {
            return name;
        }
        let table = self.state.table(id);
        Some(Name::Owned(names::free_name(&table.name, columns, label, "", |name| {
            let name = Name::Owned(name.to_owned());
            self.state.count_constraints(&table.namespace, &name) > 0
                || self.state.index_table(&table.namespace, &name).is_some()
        })))
    }

    /// Enters the name of a key as that of a constraint and of an index.
    fn take_key_name(&mut self, id: TableId, name: Option<Name<'a>>) {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return };
        let namespace = self.state.table(id).namespace.clone();
        self.state.take_constraint_name(&namespace, &name);
        self.state.point_index(&namespace, &name, Some(id));
    }

    /// Refuses a name that another constraint of the table has.
    pub(crate) fn check_name(&self, id: TableId, name: Option<&Name<'a>>) -> Outcome {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return Ok(()) };
        let is_taken = constraint_names(self.state.table(id)).any(|it| it == name)
            || self.own_by_name(id, name).is_some();
        if is_taken {
            let reason = format!("`{}` has a constraint `{name}` already", self.shown(id));
            return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
        }
        Ok(())
    }

    /// Refuses the name of a key that a table or an index of the namespace has.
    pub(crate) fn check_relation_name(&self, id: TableId, name: Option<&Name<'a>>) -> Outcome {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return Ok(()) };
        let namespace = &self.state.table(id).namespace;
        let is_taken = self.state.index_table(namespace, name).is_some()
            || self.state.lookup_in(namespace, name).is_some();
        if is_taken {
            let reason = format!("there is a table or index `{name}` already");
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        Ok(())
    }

    /// The foreign key of a table that has a name.
    pub(crate) fn own_by_name(&self, id: TableId, name: &str) -> Option<ForeignKeyId> {
        self.state.own_foreign_keys(id).into_iter().find(|it| {
            let own = self.state.foreign_key(*it).name.as_deref();
            own.is_some_and(|own| self.state.is_same_constraint(own, name))
        })
    }

    /// Adds a foreign key as the engine does, or refuses it.
    pub(crate) fn add_foreign_key(&mut self, id: TableId, new: &NewForeignKey<'_, 'a>) -> Outcome {
        let columns = self.own_columns(id, new.columns)?;
        let target = self.target(id, &new.reference.table)?;
        let target_columns = self.target_columns(id, &target, new)?;
        if !target_columns.is_empty() && target_columns.len() != columns.len() {
            let reason = "the numbers of referencing and referenced columns differ";
            return Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
        }
        let has_repeated =
            (1..target_columns.len()).any(|at| target_columns[..at].contains(&target_columns[at]));
        if has_repeated && self.is(Dialect::PostgreSql) {
            let reason = "a referenced column stands twice in the list";
            return Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
        }
        self.check_types(id, &columns, &target, &target_columns)?;
        let key_name = self.check_key(&target, &target_columns)?;
        if self.state.table(id).has_plain_storage {
            return Ok(());
        }
        let name = self.foreign_key_name(id, new, &columns)?;
        if self.is(Dialect::MySql) {
            self.add_own_index(id, new.name.or(new.index_name), &columns, new.span);
        }
        let reference = new.reference;
        let made_at = self.state.tick();
        let added = self.state.add_foreign_key(ForeignKey {
            name,
            has_explicit_name: new.name.is_some(),
            table: id,
            columns,
            target,
            target_columns,
            key_name,
            on_delete: reference.on_delete.map_or(ReferentialAction::NoAction, |it| it.0),
            on_update: reference.on_update.map_or(ReferentialAction::NoAction, |it| it.0),
            set_columns: reference.set_columns.clone(),
            is_validated: new.is_validated,
            is_inline: new.is_inline,
            inherited_from: None,
            span: new.span,
            on_delete_span: reference.on_delete.map(|it| it.1),
            on_update_span: reference.on_update.map(|it| it.1),
            history: vec![Change { kind: ChangeKind::Created, span: new.span }],
            made_at,
            life: Life::Alive,
        });
        for partition in self.state.table(id).partitions.clone() {
            self.inherit(partition, added);
        }
        Ok(())
    }

    /// MySQL makes an index on the referencing columns where none begins with them.
    fn add_own_index(
        &mut self,
        id: TableId,
        name: Option<&Name<'a>>,
        columns: &[Name<'a>],
        span: Span,
    ) {
        let table = self.state.table(id);
        let keys = table.primary_key.iter().chain(&table.uniques).map(|key| &key.columns);
        let indexes = table.indexes.iter().filter(|it| !it.has_expressions).map(|it| &it.columns);
        let serves = |key: &Vec<Name<'a>>| {
            key.len() >= columns.len()
                && columns.iter().zip(key).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        if !keys.chain(indexes).any(serves) {
            self.add_index(id, name.cloned(), columns.to_vec(), false, span);
        }
    }

    /// The referencing columns in the spelling of the table.
    fn own_columns(&self, id: TableId, columns: &[Name<'a>]) -> Outcome<Vec<Name<'a>>> {
        let table = self.state.table(id);
        columns
            .iter()
            .map(|column| match self.column(id, column) {
                Some(found) => Ok(found.name.clone()),
                None if table.is_incomplete => Ok(column.clone()),
                None => {
                    let reason = format!("`{}` has no column `{column}` here", self.shown(id));
                    Err(Refusal::new(RefusalKind::UndefinedColumn, reason))
                }
            })
            .collect()
    }

    /// What the name behind `REFERENCES` means.
    fn target(&mut self, id: TableId, name: &QualifiedName<'a>) -> Outcome<Target<'a>> {
        let own_namespace = self.state.table(id).namespace.clone();
        match self.state.dialect() {
            Dialect::Sqlite => Ok(Target::Name(own_namespace, name.name.clone())),
            Dialect::MySql => {
                let namespace = name.namespace.clone().unwrap_or(own_namespace);
                match self.state.lookup_in(&namespace, &name.name) {
                    Some(table) => Ok(Target::Table(table)),
                    None if !self.state.checks_foreign_keys => {
                        Ok(Target::Name(namespace, name.name.clone()))
                    }
                    None => self.missing_target(namespace, &name.name),
                }
            }
            Dialect::PostgreSql => match self.state.lookup(name) {
                Some(table) => Ok(Target::Table(table)),
                None => self.missing_target(self.state.creation_namespace(name), &name.name),
            },
        }
    }

    /// A referenced table that is not there: refused, unless it may have been made elsewhere.
    fn missing_target(&mut self, namespace: Name<'a>, name: &Name<'a>) -> Outcome<Target<'a>> {
        if self.starts_empty || self.state.is_former_name(&namespace, name) {
            let reason = format!("`{name}` does not exist here");
            return Err(Refusal::new(RefusalKind::UndefinedTable, reason));
        }
        if self.state.has_namespace(&namespace) {
            self.mention_table_made_elsewhere(&namespace, name);
        }
        Ok(Target::Name(namespace, name.clone()))
    }

    /// The referenced columns; where none are written, those that the engine takes.
    fn target_columns(
        &self,
        id: TableId,
        target: &Target<'a>,
        new: &NewForeignKey<'_, 'a>,
    ) -> Outcome<Vec<Name<'a>>> {
        let written = &new.reference.columns;
        let Target::Table(target) = *target else {
            // A table that is not there yet has no primary key to ask for.
            let takes_own = written.is_empty()
                && self.state.engine.column_default() == ColumnDefault::SameNames;
            return Ok(if takes_own { new.columns.to_vec() } else { written.clone() });
        };
        let table = self.state.table(target);
        if written.is_empty() {
            return self.default_columns(target, new);
        }
        written
            .iter()
            .map(|column| match self.column(target, column) {
                Some(found) => Ok(found.name.clone()),
                None if table.is_incomplete || id == target && table.columns.is_empty() => {
                    Ok(column.clone())
                }
                None => {
                    let reason = format!("`{}` has no column `{column}` here", self.shown(target));
                    Err(Refusal::new(RefusalKind::UndefinedColumn, reason))
                }
            })
            .collect()
    }

    fn default_columns(
        &self,
        target: TableId,
        new: &NewForeignKey<'_, 'a>,
    ) -> Outcome<Vec<Name<'a>>> {
        let table = self.state.table(target);
        match self.state.engine.column_default() {
            ColumnDefault::PrimaryKey => match &table.primary_key {
                Some(key) => Ok(key.columns.clone()),
                None if table.is_incomplete => Ok(Vec::new()),
                None => {
                    let reason = format!("`{}` has no primary key", self.shown(target));
                    Err(Refusal::new(RefusalKind::UndefinedObject, reason))
                }
            },
            ColumnDefault::SameNames => Ok(new.columns.to_vec()),
            ColumnDefault::Refused => Err(Refusal::new(
                RefusalKind::Syntax,
                "the engine wants the referenced columns to be written",
            )),
        }
    }

    /// Refuses columns that the engine cannot compare.
    pub(crate) fn check_types(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        target: &Target<'a>,
        target_columns: &[Name<'a>],
    ) -> Outcome {
        let Target::Table(target) = *target else { return Ok(()) };
        for (from, to) in columns.iter().zip(target_columns) {
            let (Some(from), Some(to)) = (self.column(id, from), self.column(target, to)) else {
                continue;
            };
            if cannot_reference(self.state.dialect(), from, to) {
                let shown = |column: &Column<'a>| {
                    let array = if column.is_array { "[]" } else { "" };
                    format!("{}{array}", column.data_type.as_deref().unwrap_or("?"))
                };
                let reason = format!(
                    "`{}` is `{}` and cannot reference `{}`, which is `{}`",
                    from.name,
                    shown(from),
                    to.name,
                    shown(to)
                );
                return Err(Refusal::new(RefusalKind::DatatypeMismatch, reason));
            }
        }
        Ok(())
    }

    /// The name of the oldest key on the referenced columns; refuses columns without one.
    fn check_key(&self, target: &Target<'a>, columns: &[Name<'a>]) -> Outcome<Option<Name<'a>>> {
        let Target::Table(target) = *target else { return Ok(None) };
        let table = self.state.table(target);
        if self.is(Dialect::MySql) {
            return if self.has_mysql_key(table, columns) {
                Ok(None)
            } else {
                Err(self.no_key(target, columns))
            };
        }
        let fits = |key: &[Name<'a>]| {
            key.len() == columns.len() && columns.iter().all(|column| key.contains(column))
        };
        let keys = table.primary_key.iter().chain(&table.uniques);
        let keys = keys.filter(|key| fits(&key.columns)).map(|key| (key.made_at, key.name.clone()));
        let indexes = table
            .indexes
            .iter()
            .filter(|it| it.is_unique && !it.is_partial && !it.has_expressions && fits(&it.columns))
            .map(|index| (index.made_at, index.name.clone()));
        match keys.chain(indexes).min_by_key(|(made_at, _)| *made_at) {
            Some((_, name)) => Ok(name),
            None if table.is_incomplete => Ok(None),
            None => Err(self.no_key(target, columns)),
        }
    }

    fn no_key(&self, target: TableId, columns: &[Name<'a>]) -> Refusal {
        let reason = format!(
            "no primary key or unique constraint of `{}` covers `{}`",
            self.shown(target),
            columns.join(", ")
        );
        Refusal::new(RefusalKind::InvalidForeignKey, reason)
    }

    fn has_mysql_key(&self, table: &Table<'a>, columns: &[Name<'a>]) -> bool {
        let is_exact = self.state.engine.needs_unique_key();
        let fits = |key: &[Name<'a>]| {
            (key.len() == columns.len() || !is_exact && key.len() > columns.len())
                && columns.iter().zip(key).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        table.is_incomplete
            || table.primary_key.iter().chain(&table.uniques).any(|key| fits(&key.columns))
            || table
                .indexes
                .iter()
                .any(|it| (it.is_unique || !is_exact) && !it.has_expressions && fits(&it.columns))
    }

    /// The name of a new foreign key, explicit or generated.
    fn foreign_key_name(
        &self,
        id: TableId,
        new: &NewForeignKey<'_, 'a>,
        columns: &[Name<'a>],
    ) -> Outcome<Option<Name<'a>>> {
        match self.state.dialect() {
            Dialect::Sqlite => Ok(new.name.cloned()),
            Dialect::PostgreSql => {
                self.check_name(id, new.name)?;
                if let Some(name) = new.name {
                    return Ok(Some(name.clone()));
                }
                let table = self.state.table(id);
                let addition = names::name_addition(columns.iter().map(|it| &**it));
                let separator = self.state.engine.name_number_separator();
                let is_taken = |name: &str| {
                    let name = Name::Owned(name.to_owned());
                    self.state.count_constraints(&table.namespace, &name) > 0
                };
                let name = names::free_name(&table.name, &addition, "fkey", separator, is_taken);
                Ok(Some(Name::Owned(name)))
            }
            Dialect::MySql => self.mysql_name(id, new).map(Some),
        }
    }

    /// MySQL numbers the foreign keys without a name, and wants every name once in a database.
    fn mysql_name(&self, id: TableId, new: &NewForeignKey<'_, 'a>) -> Outcome<Name<'a>> {
        let table = self.state.table(id);
        let by_index = new.index_name.filter(|_| self.state.engine.names_foreign_key_by_index());
        let name = match new.name.or(by_index) {
            Some(name) => name.clone(),
            None => Name::Owned(names::generated_name(&table.name, new.number.unwrap_or(1))),
        };
        let is_too_long =
            self.state.engine.name_limit().is_some_and(|limit| name.chars().count() > limit);
        if is_too_long {
            let reason = format!("the name `{name}` is too long for the engine");
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        if self.state.count_constraints(&table.namespace, &name) > 0 {
            let reason = format!("there is a foreign key `{name}` already");
            return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
        }
        Ok(name)
    }

    /// The number that the next foreign key without a name gets in `ALTER TABLE`.
    pub(crate) fn next_number(&self, id: TableId) -> u32 {
        let table = &self.state.table(id).name;
        let own = self.state.own_foreign_keys(id);
        let numbers = own.iter().filter_map(|it| {
            names::generated_number(table, self.state.foreign_key(*it).name.as_deref()?)
        });
        numbers.max().unwrap_or(0).saturating_add(1)
    }

    /// `DROP TABLE`.
    pub(crate) fn drop_tables(&mut self, drop: &DropTables<'a>, span: Span) -> Outcome {
        if self.is(Dialect::Sqlite) && (drop.names.len() > 1 || drop.is_cascade) {
            let reason = "SQLite drops one table at a time";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let mut tables = Vec::new();
        let mut missing = None;
        for name in &drop.names {
            match self.state.lookup(name) {
                Some(table) => tables.push(table),
                None if drop.if_exists => {}
                None if !self.state.engine.drops_tables_together() => {
                    missing = Some(self.no_table(name));
                }
                None => return Err(self.no_table(name)),
            }
        }
        let mut at = 0;
        while at < tables.len() {
            tables.extend(self.state.table(tables[at]).partitions.clone());
            at += 1;
        }
        if self.state.engine.drops_tables_together() {
            return self.drop_together(&tables, drop.is_cascade, span);
        }
        // What can be dropped is dropped, whatever becomes of the others; the statement fails, and
        // is not undone.
        for table in tables {
            if let Err(refusal) = self.drop_together(&[table], drop.is_cascade, span) {
                missing = Some(refusal);
            }
        }
        if let Some(refusal) = missing.filter(|_| drop.names.len() > 1) {
            self.report(UnresolvedKind::Statement, refusal.reason, span);
        }
        Ok(())
    }

    /// Drops tables, and what references them from outside if the engine allows it.
    pub(crate) fn drop_together(
        &mut self,
        tables: &[TableId],
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        for &table in tables {
            for referencing in self.state.referencing_foreign_keys(table) {
                let is_outside = !tables.contains(&self.state.foreign_key(referencing).table);
                match self.state.dialect() {
                    Dialect::PostgreSql if is_cascade => {
                        self.state.drop_foreign_key(referencing, ChangeKind::DroppedAlong, span);
                    }
                    Dialect::PostgreSql | Dialect::MySql
                        if is_outside
                            && (self.is(Dialect::PostgreSql) || self.state.checks_foreign_keys) =>
                    {
                        if !self.lacks_something() {
                            return Err(self.still_referenced(table, referencing));
                        }
                        self.state.drop_foreign_key(referencing, ChangeKind::DroppedAlong, span);
                    }
                    _ => {}
                }
            }
        }
        for &table in tables {
            if self.state.table(table).is_alive {
                self.remove_table(table, span);
            }
        }
        Ok(())
    }

    fn still_referenced(&self, table: TableId, referencing: ForeignKeyId) -> Refusal {
        let from = self.shown(self.state.foreign_key(referencing).table);
        let reason = format!("`{}` is still referenced by `{from}`", self.shown(table));
        Refusal::new(RefusalKind::DependentObjects, reason)
    }

    /// Takes a table away with its foreign keys; in MySQL those of others wait for the name.
    pub(crate) fn remove_table(&mut self, id: TableId, span: Span) {
        for own in self.state.own_foreign_keys(id) {
            self.state.drop_foreign_key(own, ChangeKind::DroppedAlong, span);
        }
        if !self.is(Dialect::Sqlite) {
            let table = self.state.table(id);
            let target = Target::Name(table.namespace.clone(), table.name.clone());
            for referencing in self.state.referencing_foreign_keys(id) {
                self.state.retarget(referencing, target.clone());
            }
        }
        self.state.remove_table(id);
    }

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
    fn inherit(&mut self, partition: TableId, inherited: ForeignKeyId) {
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

    /// The column of a table that has a name.
    pub(crate) fn column(&self, id: TableId, name: &str) -> Option<&Column<'a>> {
        let columns = &self.state.table(id).columns;
        columns.iter().find(|column| self.state.is_same_column(&column.name, name))
    }

    /// The positions of those columns of a table that are there.
    pub(crate) fn positions(&self, id: TableId, columns: &[Name<'a>]) -> Vec<usize> {
        let table = self.state.table(id);
        columns
            .iter()
            .filter_map(|name| {
                let mut all = table.columns.iter();
                all.position(|column| self.state.is_same_column(&column.name, name))
            })
            .collect()
    }
}

/// A column as the database keeps it.
pub(crate) fn new_column<'a>(column: &ColumnDefinition<'a>) -> Column<'a> {
    Column {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        is_array: column.is_array,
        is_not_null: column.is_not_null,
        default: column.default,
        span: column.span,
    }
}
