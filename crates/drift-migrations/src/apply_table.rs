//! `CREATE TABLE` and `DROP TABLE`, and how columns come to exist.

use std::rc::Rc;

use drift_model::{ChangeKind, Dialect, Span};
use foldhash::{HashSet, HashSetExt};

use crate::apply::Applier;
use crate::apply_foreign_key::NewForeignKey;
use crate::apply_keys::{NewKey, merged};
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Column, ForeignKeyId, IgnoredReference, Index, Key, Table, TableId, Target};
use crate::statement::{
    ColumnConstraintKind, ColumnDefinition, CreateTable, DropTables, Name, QualifiedName,
    Reference, TableConstraintKind, TableItem,
};
impl<'a> Applier<'a> {
    /// `CREATE TABLE`.
    pub(crate) fn create_table(&mut self, create: &CreateTable<'a>, span: Span) -> Outcome {
        if let Some(reason) = create.fault {
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        if let Some(reason) = &create.unread {
            self.report_unread(reason, span);
        }
        let is_temporary = create.is_temporary
            || self.is(Dialect::PostgreSql) && create.name.namespace.as_deref() == Some("pg_temp")
            || self.is(Dialect::Sqlite)
                && create
                    .name
                    .namespace
                    .as_deref()
                    .is_some_and(|it| it.eq_ignore_ascii_case("temp"));
        let is_elsewhere = create.name.namespace.as_deref().is_some_and(|it| it != "pg_temp");
        if create.is_temporary && is_elsewhere && self.is(Dialect::PostgreSql) {
            let reason = "a temporary table lies in no namespace of the database";
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        let namespace = if is_temporary {
            Name::Borrowed(if self.is(Dialect::Sqlite) { "temp" } else { "pg_temp" })
        } else {
            self.state.creation_namespace(&create.name)
        };
        let is_temporary = is_temporary || self.is(Dialect::PostgreSql) && namespace == "pg_temp";
        let is_nowhere = !is_temporary
            && create.name.namespace.is_none()
            && self.starts_empty
            && self.is(Dialect::PostgreSql)
            && self.state.existing_path().next().is_none();
        if is_nowhere {
            let reason = "no namespace of the search path exists here";
            return Err(Refusal::new(RefusalKind::UndefinedSchema, reason));
        }
        if let Some(existing) = self.state.lookup_in(&namespace, &create.name.name) {
            if create.if_not_exists {
                self.remember_skipped_table(existing, create);
                return Ok(());
            }
            if !create.is_replacing {
                let reason = format!("`{}` exists already", create.name.name);
                return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
            }
            if self.is(Dialect::MySql) {
                self.drop_together(&[existing], false, span)?;
            } else {
                self.remove_table(existing, span);
            }
        }
        let is_former_name = self.state.is_former_name(&namespace, &create.name.name);
        self.require_namespace(&namespace, is_temporary)?;
        if !self.is(Dialect::MySql)
            && self.state.index_table(&namespace, &create.name.name).is_some()
        {
            if create.if_not_exists {
                return Ok(());
            }
            let reason = format!("there is an index `{}` already", create.name.name);
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        let name = create.name.name.clone();
        let mut table = Table::new(namespace, name, span, self.state.dialect());
        table.is_incomplete = create.is_incomplete;
        table.is_temporary = is_temporary;
        table.is_unlogged = create.is_unlogged;
        table.partition_key = create.partition_key.as_deref().map(Rc::from);
        table.has_plain_storage = create.has_plain_storage.unwrap_or(self.state.has_plain_storage);
        table.reserve_columns(create.items.len());
        let id = self.state.add_table(table);
        self.copy_columns(id, create)?;
        let repeats = !create.inherits.is_empty() || create.partition_of.is_some();
        for item in &create.items {
            self.create_columns(id, item, repeats, create.partition_of.is_some())?;
        }
        // Keys without a name are named when all names that are written are taken.
        for item in &create.items {
            self.create_checks(id, item)?;
        }
        for above in self.state.tables_above(id).collect::<Vec<_>>() {
            self.copy_checks(id, above);
        }
        if let Some(above) = create.partition_of.as_ref().and_then(|it| self.state.lookup(it)) {
            self.copy_checks(id, above);
        }
        self.create_keys(id, create)?;
        if create.has_strict_primary_key {
            self.refuse_null_in_primary_key(id);
        }
        if self.state.engine.refuses_unfit_target(true, self.state.checks_foreign_keys) {
            self.refuse_unfit_target(id, is_former_name)?;
        }
        self.bind_waiting(id);
        if let Some(parent) = &create.partition_of {
            let parent = self.existing(parent)?;
            self.join_partition(parent, id, span)?;
        }
        self.create_foreign_keys(id, create)
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
            self.refuse_parent(parent, create.partition_of.is_some())?;
            self.copy_columns_of(id, parent, false);
            if create.partition_of.is_none() {
                let mut ancestors = self.state.table(id).ancestors().to_vec();
                ancestors.push(parent);
                self.state.set_ancestors(id, ancestors);
            }
        }
        if let Some(parent) = create.partition_of.as_ref().and_then(|it| self.state.lookup(it)) {
            self.join_keys(parent, id)?;
        }
        Ok(())
    }

    /// Copies the columns that a table does not have yet.
    fn copy_columns_of(&mut self, id: TableId, from: TableId, is_local: bool) {
        let columns: Vec<Column<'a>> = self.state.table(from).columns().iter().cloned().collect();
        for column in columns {
            match self.positions(id, std::slice::from_ref(&column.name)).first() {
                None => self.state.push_column(id, Column { is_local, ..column }),
                Some(at) => self.state.change_column(id, *at, |it| {
                    it.is_not_null |= column.is_not_null;
                }),
            }
        }
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

    /// Copies the keys and indexes of another table under generated names.
    fn copy_keys(&mut self, id: TableId, from: TableId) -> Outcome {
        let from = self.state.table(from);
        let new = |key: &Key<'a>, is_primary: bool| NewKey {
            name: None,
            columns: key.columns.clone(),
            options: key.options.clone(),
            attributes: key.attributes.clone(),
            part_of: None,
            is_primary,
            span: key.span,
        };
        let primary_key = from.primary_key.iter().map(|key| new(key, true));
        let uniques = from.uniques().iter().map(|key| new(key, false));
        let keys: Vec<NewKey<'a>> = primary_key.chain(uniques).collect();
        let indexes: Vec<Index<'a>> = from.indexes().iter().cloned().collect();
        for key in keys {
            self.add_new_key(id, key)?;
        }
        for index in indexes {
            let name = index.name.clone().filter(|_| !self.is(Dialect::PostgreSql));
            self.put_new_index(id, Index { name, part_of: None, ..index });
        }
        Ok(())
    }

    /// Adds the columns of an item. A partition or heir `repeats` columns that it was given.
    fn create_columns(
        &mut self,
        id: TableId,
        item: &TableItem<'a>,
        repeats: bool,
        is_partition: bool,
    ) -> Outcome {
        match item {
            TableItem::Column(column) => {
                match self.positions(id, std::slice::from_ref(&column.name)).first() {
                    Some(at) if repeats => self.state.change_column(id, *at, |it| {
                        it.is_not_null |= column.is_not_null;
                        it.is_local = !is_partition;
                        it.default = column.default.or(it.default);
                    }),
                    _ if is_partition && !self.state.table(id).is_incomplete => {
                        return Err(self.no_column(id, &column.name));
                    }
                    _ => self.add_column(id, column)?,
                }
            }
            TableItem::Like { table, .. } => {
                if let Some(from) = self.copied_table(id, table)? {
                    self.copy_columns_of(id, from, true);
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
            TableItem::Like { table, includes_checks: true, .. } => {
                if let Some(from) = self.state.lookup(table).filter(|from| *from != id) {
                    self.copy_checks(id, from);
                }
                Ok(())
            }
            TableItem::Constraint(_) | TableItem::Like { .. } => Ok(()),
        }
    }

    /// Copies the checks of another table under their names.
    fn copy_checks(&mut self, id: TableId, from: TableId) {
        let names: Vec<Name<'a>> =
            self.state.table(from).other_constraints().iter().cloned().collect();
        for name in names {
            let has_index = self.state.table(from).indexes().find(&name).is_some();
            if !has_index && !self.state.table(id).has_constraint(&name) {
                self.add_check(id, Some(name), &[]);
            }
        }
    }

    /// Adds the keys of a new table.
    fn create_keys(&mut self, id: TableId, create: &CreateTable<'a>) -> Outcome {
        let merges = self.is(Dialect::PostgreSql);
        for item in &create.items {
            match item {
                TableItem::Like { table, includes_indexes: true, .. } => {
                    if let Some(from) = self.state.lookup(table).filter(|from| *from != id) {
                        self.copy_keys(id, from)?;
                    }
                }
                TableItem::Column(column) if !merges => self.add_column_keys(id, column)?,
                TableItem::Constraint(constraint) if !merges && !constraint.is_other() => {
                    self.add_key(id, constraint)?;
                }
                _ => {}
            }
        }
        if !merges {
            return Ok(());
        }
        for key in NewKey::of_new_table(create) {
            self.add_new_key(id, key)?;
        }
        for item in &create.items {
            if let TableItem::Constraint(constraint) = item
                && matches!(constraint.kind, TableConstraintKind::Exclude { .. })
            {
                self.add_key(id, constraint)?;
            }
        }
        Ok(())
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
                self.state.change_foreign_key(waiting, |it| it.target_columns = columns);
            }
            if self.state.engine.refuses_copies_of_unfit_targets()
                && self.lacks_target_columns(id, waiting)
            {
                self.state.unfit_targets.insert(id);
            }
        }
    }

    fn create_foreign_keys(&mut self, id: TableId, create: &CreateTable<'a>) -> Outcome {
        if self.is(Dialect::MySql) {
            self.create_own_indexes(id, create)?;
        }
        let mut number = 0;
        for item in &create.items {
            match item {
                TableItem::Column(column) => {
                    self.add_column_foreign_keys(id, column, true, &mut number)?;
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

    /// Makes the indexes of all foreign keys of a new table; foreign keys of the table onto itself
    /// may then use them.
    fn create_own_indexes(&mut self, id: TableId, create: &CreateTable<'a>) -> Outcome {
        for item in &create.items {
            match item {
                TableItem::Constraint(constraint) => {
                    if let TableConstraintKind::ForeignKey { columns, index_name, .. } =
                        &constraint.kind
                    {
                        let name = constraint.name.as_ref().or(index_name.as_ref());
                        self.add_own_index(id, name, columns, constraint.span)?;
                    }
                }
                TableItem::Column(column) if self.state.engine.honours_inline_references() => {
                    for constraint in &column.constraints {
                        if matches!(constraint.kind, ColumnConstraintKind::References(_)) {
                            let columns = std::slice::from_ref(&column.name);
                            let name = constraint.name.as_ref();
                            self.add_own_index(id, name, columns, constraint.span)?;
                        }
                    }
                }
                TableItem::Column(_) | TableItem::Like { .. } => {}
            }
        }
        Ok(())
    }

    /// Adds a column without its constraints.
    pub(crate) fn add_column(&mut self, id: TableId, column: &ColumnDefinition<'a>) -> Outcome {
        if self.column(id, &column.name).is_some() {
            let reason = format!("`{}` has a column `{}` already", self.shown(id), column.name);
            return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
        }
        self.state.push_column(id, new_column(column));
        Ok(())
    }

    /// Adds the keys that a column declares.
    pub(crate) fn add_column_keys(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
    ) -> Outcome {
        let keys: Vec<NewKey<'a>> = NewKey::of_column(column).collect();
        let keys = if self.is(Dialect::PostgreSql) { merged(keys) } else { keys };
        keys.into_iter().try_for_each(|key| self.add_new_key(id, key))
    }

    /// Adds the checks that a column declares.
    pub(crate) fn add_column_checks(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
    ) -> Outcome {
        for constraint in &column.constraints {
            if let ColumnConstraintKind::Check(names) = &constraint.kind {
                self.check_name(id, constraint.name.as_ref())?;
                self.add_check(id, constraint.name.clone(), names);
            }
        }
        Ok(())
    }

    /// Adds the foreign keys that a column declares.
    pub(crate) fn add_column_foreign_keys(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
        is_new_table: bool,
        number: &mut u32,
    ) -> Outcome {
        for constraint in &column.constraints {
            let ColumnConstraintKind::References(reference) = &constraint.kind else { continue };
            if constraint.name.is_some() && !self.state.engine.names_inline_references() {
                let reason = "the engine knows no name for `REFERENCES` after a column";
                return Err(Refusal::new(RefusalKind::Syntax, reason));
            }
            if !self.state.engine.honours_inline_references() {
                self.ignore_reference(id, column, constraint.span, reference);
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
                    is_new_table,
                    is_validated: true,
                    number: Some(*number),
                    span: constraint.span,
                },
            )?;
        }
        Ok(())
    }

    /// Writes down that the engine passes over a reference.
    fn ignore_reference(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
        span: Span,
        reference: &Reference<'a>,
    ) {
        let own_namespace = self.state.table(id).namespace.clone();
        let namespace = reference.table.namespace.clone().unwrap_or(own_namespace);
        let ignored = IgnoredReference { namespace, reference: reference.clone(), span };
        for at in self.positions(id, std::slice::from_ref(&column.name)) {
            let ignored = Some(Box::new(ignored.clone()));
            self.state.change_column(id, at, |column| column.ignored_reference = ignored);
        }
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
        let mut seen = HashSet::new();
        if let Some(table) = tables.iter().find(|it| self.is(Dialect::MySql) && !seen.insert(**it))
        {
            let reason = format!("`{}` stands twice in the list", self.shown(*table));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
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
            self.report_refusal(refusal.reason, span);
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
        let tables = &self.with_tables_below(tables, is_cascade)?;
        let together: HashSet<TableId> = tables.iter().copied().collect();
        if !is_cascade {
            self.refuse_parts_of_referenced(tables, &together)?;
        }
        for &table in tables {
            for referencing in self.state.referencing_foreign_keys(table) {
                let is_outside = !together.contains(&self.state.foreign_key(referencing).table);
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
            if self.state.is_alive(table) {
                self.note_drop(table, span);
                self.remove_table(table, span);
            }
        }
        Ok(())
    }

    /// What references a partitioned table needs all of its partitions.
    fn refuse_parts_of_referenced(
        &self,
        tables: &[TableId],
        together: &HashSet<TableId>,
    ) -> Outcome {
        let parts = tables.iter().filter_map(|it| Some((*it, self.state.table(*it).partition_of?)));
        for (part, whole) in parts.filter(|(_, whole)| !together.contains(whole)) {
            let mut referencing = self.state.referencing_foreign_keys(whole).into_iter();
            let outside = referencing.find(|it| {
                let table = self.state.foreign_key(*it).table;
                table != whole
                    && !together.contains(&table)
                    && self.state.table(table).partition_of != Some(whole)
            });
            if let Some(outside) = outside {
                return Err(self.still_referenced(part, outside));
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
        self.state.remember_table(id, span);
        self.state.remove_table(id);
    }

    /// The column of a table that has a name.
    pub(crate) fn column(&self, id: TableId, name: &str) -> Option<&Column<'a>> {
        self.state.table(id).columns().find(name)
    }

    /// The positions of those columns of a table that are there.
    pub(crate) fn positions(&self, id: TableId, columns: &[Name<'a>]) -> Vec<usize> {
        let table = self.state.table(id);
        columns.iter().filter_map(|name| table.columns().position(name)).collect()
    }
}

/// A column as the database keeps it.
pub(crate) fn new_column<'a>(column: &ColumnDefinition<'a>) -> Column<'a> {
    Column {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        is_array: column.is_array,
        is_not_null: column.is_not_null,
        generated_from: column.generated_from.clone(),
        is_local: true,
        default: column.default,
        ignored_reference: None,
        generation: column.generation,
        span: column.span,
    }
}
