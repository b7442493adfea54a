//! Primary keys, uniques and indexes, and the names they may have.

use drift_model::{Dialect, Span};

use crate::apply::Applier;
use crate::names;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Attributes, Index, Key, NameScope, TableId};
use crate::statement::{
    ColumnConstraintKind, ColumnDefinition, CreateTable, KeyOptions, Name, TableConstraint,
    TableConstraintKind, TableItem,
};

/// A primary key or unique constraint to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewKey<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) options: KeyOptions<'a>,
    pub(crate) attributes: Option<Attributes<'a>>,
    pub(crate) part_of: Option<u32>,
    pub(crate) is_primary: bool,
    pub(crate) span: Span,
}

impl<'a> NewKey<'a> {
    /// The key that a constraint of a table declares.
    fn of_table(constraint: &TableConstraint<'a>) -> Option<Self> {
        let (columns, is_primary) = match &constraint.kind {
            TableConstraintKind::PrimaryKey { columns } => (columns, true),
            TableConstraintKind::Unique { columns, has_expressions: false } => (columns, false),
            _ => return None,
        };
        Some(Self {
            name: constraint.name.clone(),
            columns: columns.clone(),
            options: constraint.options.clone(),
            attributes: None,
            part_of: None,
            is_primary,
            span: constraint.span,
        })
    }

    /// The keys that a column declares.
    pub(crate) fn of_column(column: &ColumnDefinition<'a>) -> impl Iterator<Item = Self> {
        column.constraints.iter().filter_map(|constraint| {
            let is_primary = match constraint.kind {
                ColumnConstraintKind::PrimaryKey => true,
                ColumnConstraintKind::Unique => false,
                ColumnConstraintKind::Check(_) | ColumnConstraintKind::References(_) => {
                    return None;
                }
            };
            Some(Self {
                name: constraint.name.clone(),
                columns: vec![column.name.clone()],
                options: constraint.options.clone(),
                attributes: None,
                part_of: None,
                is_primary,
                span: constraint.span,
            })
        })
    }

    /// The keys that `CREATE TABLE` declares, as they are made: PostgreSQL begins with the primary
    /// key and makes one constraint of equal ones.
    pub(crate) fn of_new_table(create: &CreateTable<'a>) -> Vec<Self> {
        let mut all = Vec::new();
        for item in &create.items {
            match item {
                TableItem::Column(column) => all.extend(Self::of_column(column)),
                TableItem::Constraint(constraint) => all.extend(Self::of_table(constraint)),
                TableItem::Like { .. } => {}
            }
        }
        merged(all)
    }
}

/// The keys without those that equal another one, which gets their name if it has none.
///
/// Source: `transformIndexConstraints` in PostgreSQL, `src/backend/parser/parse_utilcmd.c`.
pub(crate) fn merged(mut keys: Vec<NewKey<'_>>) -> Vec<NewKey<'_>> {
    keys.sort_by_key(|key| !key.is_primary);
    let mut kept: Vec<NewKey<'_>> = Vec::with_capacity(keys.len());
    for key in keys {
        let equal = kept
            .iter_mut()
            .find(|it| !key.is_primary && it.columns == key.columns && it.options == key.options);
        match equal {
            Some(equal) if equal.name.is_none() => equal.name = key.name,
            Some(_) => {}
            None => kept.push(key),
        }
    }
    kept
}

/// The columns of an index as PostgreSQL joins them for its name.
pub(crate) fn joined_columns(
    columns: &[Name<'_>],
    included: &[Name<'_>],
    attributes: &Option<Attributes<'_>>,
) -> String {
    match attributes {
        Some(attributes) => names::name_addition(attributes.iter().map(|it| &**it)),
        None => names::name_addition(columns.iter().chain(included).map(|it| &**it)),
    }
}

impl<'a> Applier<'a> {
    /// Adds a table constraint unless it is a foreign key.
    pub(crate) fn add_key(&mut self, id: TableId, constraint: &TableConstraint<'a>) -> Outcome {
        let before = self.state.now();
        self.add_own_key(id, constraint)?;
        self.pass_on_key(id, before + 1)
    }

    /// Adds a table constraint unless it is a foreign key; partitions are left alone.
    pub(crate) fn add_own_key(&mut self, id: TableId, constraint: &TableConstraint<'a>) -> Outcome {
        if constraint.is_foreign_key() {
            return Ok(());
        }
        let name = constraint.name.clone();
        if !matches!(constraint.kind, TableConstraintKind::Index { .. }) {
            self.check_name(id, name.as_ref())?;
        }
        match &constraint.kind {
            TableConstraintKind::ForeignKey { .. } => {}
            TableConstraintKind::PrimaryKey { .. }
            | TableConstraintKind::Unique { has_expressions: false, .. } => {
                if let Some(key) = NewKey::of_table(constraint) {
                    self.add_new_key(id, key)?;
                }
            }
            TableConstraintKind::Unique { columns, .. } => {
                self.add_index(id, name, columns.clone(), true, constraint.span);
            }
            TableConstraintKind::UsingIndex { index, is_primary } => {
                let new = NewKey {
                    name,
                    columns: Vec::new(),
                    options: constraint.options.clone(),
                    attributes: None,
                    part_of: None,
                    is_primary: *is_primary,
                    span: constraint.span,
                };
                self.promote_index(id, new, index)?;
            }
            TableConstraintKind::Index { columns, has_expressions } => {
                self.check_key_columns(id, columns)?;
                self.add_index(id, name, columns.clone(), *has_expressions, constraint.span);
            }
            TableConstraintKind::Exclude { columns, has_expressions } => {
                self.check_key_columns(id, columns)?;
                self.check_relation_name(id, name.as_ref())?;
                let joined = names::name_addition(columns.iter().map(|it| &**it));
                let name = self.key_name(id, name, &joined, "excl", NameScope::Key);
                self.add_other(id, name.clone(), "");
                self.add_index(
                    id,
                    name.clone(),
                    columns.clone(),
                    *has_expressions,
                    constraint.span,
                );
                if let Some(name) = name {
                    let namespace = self.state.table(id).namespace.clone();
                    self.state.point_index(&namespace, &name, Some(id));
                }
            }
            TableConstraintKind::Check(names) => self.add_check(id, name, names),
            TableConstraintKind::Other => self.add_other(id, name, ""),
        }
        Ok(())
    }

    /// Adds a primary key or unique constraint.
    pub(crate) fn add_new_key(&mut self, id: TableId, new: NewKey<'a>) -> Outcome {
        self.check_name(id, new.name.as_ref())?;
        if new.is_primary { self.add_primary_key(id, new) } else { self.add_unique(id, new) }
    }

    /// `CHECK`, which PostgreSQL names for its column if there is just one in it.
    pub(crate) fn add_check(&mut self, id: TableId, name: Option<Name<'a>>, names: &[Name<'a>]) {
        let mut columns = names.iter().filter(|it| self.column(id, it).is_some());
        let column = match (columns.next(), columns.next()) {
            (Some(column), None) => column.clone(),
            _ => Name::Borrowed(""),
        };
        self.add_other(id, name, &column);
    }

    /// A primary key, whose columns are `NOT NULL` from now on but for SQLite.
    pub(crate) fn add_primary_key(&mut self, id: TableId, new: NewKey<'a>) -> Outcome {
        let NewKey { name, columns, options, attributes, part_of, span, .. } = new;
        if self.state.table(id).primary_key.is_some() {
            let reason = format!("`{}` has a primary key already", self.shown(id));
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        self.check_key_columns(id, &columns)?;
        self.check_relation_name(id, name.as_ref())?;
        let is_nulled = |column: &&Name<'a>| self.has_set_null(id, column);
        if self.is(Dialect::MySql)
            && let Some(column) = columns.iter().find(is_nulled)
        {
            return Err(self.cannot_be_null(column));
        }
        for column in &columns {
            self.refuse_null_cascade(id, column, true, false)?;
        }
        let name = self.key_name(id, name, "", "pkey", NameScope::Key);
        self.replace_indexes_made_for_keys(id, &columns);
        let made_at = self.state.tick();
        let key = Key { name: name.clone(), columns, options, attributes, part_of, span, made_at };
        self.state.table_mut(id).primary_key = Some(key);
        if !self.is(Dialect::Sqlite) {
            self.refuse_null_in_primary_key(id);
        }
        self.take_key_name(id, name);
        Ok(())
    }

    pub(crate) fn refuse_null_in_primary_key(&mut self, id: TableId) {
        let Some(key) = &self.state.table(id).primary_key else { return };
        for position in self.positions(id, &key.columns) {
            self.state.change_column(id, position, |column| column.is_not_null = true);
        }
    }

    /// Refuses more columns than the engine takes for a key.
    pub(crate) fn check_column_count(&self, columns: &[Name<'a>]) -> Outcome {
        let limit = self.state.engine.key_column_limit();
        if columns.len() > limit {
            let reason = format!("a key of the engine has {limit} columns at most");
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        Ok(())
    }

    /// Refuses a key on columns that are not there, or twice.
    pub(crate) fn check_key_columns(&self, id: TableId, columns: &[Name<'a>]) -> Outcome {
        self.check_column_count(columns)?;
        if self.state.table(id).is_incomplete {
            return Ok(());
        }
        for (at, column) in columns.iter().enumerate() {
            if self.column(id, column).is_none() {
                let reason = format!("`{}` has no column `{column}` here", self.shown(id));
                return Err(Refusal::new(RefusalKind::UndefinedColumn, reason));
            }
            let is_repeated = !self.is(Dialect::Sqlite)
                && columns[..at].iter().any(|it| self.state.is_same_column(it, column));
            if is_repeated {
                let reason = format!("`{column}` stands twice in a key");
                return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
            }
        }
        Ok(())
    }

    pub(crate) fn add_unique(&mut self, id: TableId, new: NewKey<'a>) -> Outcome {
        let NewKey { name, columns, options, attributes, part_of, span, .. } = new;
        self.check_key_columns(id, &columns)?;
        self.check_relation_name(id, name.as_ref())?;
        let joined = joined_columns(&columns, &options.included, &attributes);
        let name = self.key_name(id, name, &joined, "key", NameScope::Key);
        let name = name.or_else(|| self.index_name(id, &columns));
        self.replace_indexes_made_for_keys(id, &columns);
        let made_at = self.state.tick();
        let key = Key { name: name.clone(), columns, options, attributes, part_of, span, made_at };
        self.state.put_unique(id, self.state.table(id).uniques().end(), Some(key));
        self.take_key_name(id, name);
        Ok(())
    }

    /// What MySQL calls an index that nobody named: as its first column, with a number behind it
    /// where that is taken.
    fn index_name(&self, id: TableId, columns: &[Name<'a>]) -> Option<Name<'a>> {
        /// More indexes than a table may have.
        const NUMBERS: std::ops::Range<u32> = 2..130;
        let first = columns.first().filter(|_| self.is(Dialect::MySql))?;
        let table = self.state.table(id);
        let is_free = |name: &Name<'a>| {
            table.indexes().position(name).is_none() && table.uniques().position(name).is_none()
        };
        let numbered = NUMBERS.map(|number| Name::Owned(format!("{first}_{number}")));
        std::iter::once(first.clone()).chain(numbered).find(is_free)
    }

    pub(crate) fn add_index(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: Vec<Name<'a>>,
        has_expressions: bool,
        span: Span,
    ) {
        if !has_expressions {
            self.replace_indexes_made_for_keys(id, &columns);
        }
        let made_at = self.state.tick();
        let name = name.or_else(|| self.index_name(id, &columns));
        let index = Index {
            name,
            columns,
            included: Vec::new(),
            attributes: None,
            has_expressions,
            is_unique: false,
            is_partial: false,
            covers_not_null: false,
            is_made_for_key: false,
            part_of: None,
            span,
            made_at,
        };
        self.state.put_index(id, self.state.table(id).indexes().end(), Some(index));
    }

    /// Takes away the indexes that MySQL made for foreign keys, where a key on the columns serves as well.
    ///
    /// Source: `foreign_key_prefix` in MariaDB, `sql/sql_table.cc`.
    pub(crate) fn replace_indexes_made_for_keys(&mut self, id: TableId, columns: &[Name<'a>]) {
        let Some(first) = columns.first().filter(|_| self.is(Dialect::MySql)) else { return };
        let indexes = self.state.table(id).indexes();
        let is_replaced = |index: &Index<'a>| {
            index.is_made_for_key
                && index.columns.len() <= columns.len()
                && index
                    .columns
                    .iter()
                    .zip(columns)
                    .all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let replaced = indexes.about(first).filter(|&at| indexes.get(at).is_some_and(is_replaced));
        for at in replaced.collect::<Vec<usize>>() {
            self.state.put_index(id, at, None);
        }
    }

    /// `CHECK` and `EXCLUDE`, of which the name matters.
    fn add_other(&mut self, id: TableId, name: Option<Name<'a>>, column: &str) {
        let Some(name) = self.key_name(id, name, column, "check", NameScope::Constraint) else {
            return;
        };
        let at = self.state.table(id).other_constraints().end();
        self.state.put_other_constraint(id, at, Some(name.clone()));
        if self.is(Dialect::PostgreSql) {
            let namespace = self.state.table(id).namespace.clone();
            self.state.take_constraint_name(id, &namespace, &name);
        }
    }

    /// A unique index becomes the key, and takes its name.
    fn promote_index(&mut self, id: TableId, new: NewKey<'a>, index: &Name<'a>) -> Outcome {
        let table = self.state.table(id);
        let found = table.indexes().position(index);
        let Some((at, index)) = found.and_then(|at| Some((at, table.indexes().get(at)?.clone())))
        else {
            if self.starts_empty && !table.is_incomplete {
                let reason = format!("`{}` has no index `{index}` here", self.shown(id));
                return Err(Refusal::new(RefusalKind::UndefinedObject, reason));
            }
            return Ok(());
        };
        if !index.is_unique || index.is_partial || index.has_expressions {
            let reason = "only a plain unique index becomes a key";
            return Err(Refusal::new(RefusalKind::WrongObject, reason));
        }
        let namespace = table.namespace.clone();
        self.state.put_index(id, at, None);
        let name = new.name.or(index.name.clone());
        if let Some(old) = &index.name {
            self.state.point_index(&namespace, old, None);
            self.rename_bound_key(id, old, name.as_ref());
        }
        let Index { columns, included, attributes, .. } = index;
        let options = KeyOptions { included, ..new.options };
        self.add_new_key(id, NewKey { name, columns, options, attributes, ..new })
    }

    /// The name of a key that may have none: PostgreSQL makes one up.
    fn key_name(
        &mut self,
        id: TableId,
        name: Option<Name<'a>>,
        columns: &str,
        label: &str,
        scope: NameScope,
    ) -> Option<Name<'a>> {
        if name.is_some() || !self.is(Dialect::PostgreSql) {
            return name;
        }
        Some(self.state.free_name(id, columns, label, "", scope))
    }

    /// Enters the name of a key as that of a constraint and of an index.
    fn take_key_name(&mut self, id: TableId, name: Option<Name<'a>>) {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return };
        let namespace = self.state.table(id).namespace.clone();
        self.state.take_constraint_name(id, &namespace, &name);
        self.state.point_index(&namespace, &name, Some(id));
    }

    /// Refuses a name that another constraint of the table has.
    pub(crate) fn check_name(&self, id: TableId, name: Option<&Name<'a>>) -> Outcome {
        let Some(name) = name.filter(|_| self.is(Dialect::PostgreSql)) else { return Ok(()) };
        let is_taken =
            self.state.table(id).has_constraint(name) || self.state.own_by_name(id, name).is_some();
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
}
