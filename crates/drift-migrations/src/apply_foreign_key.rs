//! How a foreign key comes to exist: its columns, its target, its name, and what the engine refuses.

use drift_model::{Dialect, ReferentialAction, SkipReason, Span};

use crate::apply::Applier;
use crate::names;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Column, ForeignKey, Index, Key, Life, NameScope, Table, TableId, Target};
use crate::statement::{Name, QualifiedName, Reference, TableConstraint, TableConstraintKind};
use crate::types::cannot_reference;
use drift_model::ColumnDefault;
/// A foreign key to be made.
pub(crate) struct NewForeignKey<'s, 'a> {
    pub(crate) name: Option<&'s Name<'a>>,
    pub(crate) index_name: Option<&'s Name<'a>>,
    pub(crate) columns: &'s [Name<'a>],
    pub(crate) reference: &'s Reference<'a>,
    pub(crate) is_inline: bool,
    /// Whether the table is made by the same statement.
    pub(crate) is_new_table: bool,
    /// Whether `NOT VALID` is read and forgotten, as in `CREATE TABLE`.
    pub(crate) is_validated: bool,
    /// The number that MySQL gives it if it has no name.
    pub(crate) number: Option<u32>,
    pub(crate) span: Span,
}

impl<'a> Applier<'a> {
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
        let taken = existing.filter(|_| *if_not_exists);
        if let Some(taken) = taken.and_then(|it| self.state.own_by_name(id, it)) {
            let existing = self.state.foreign_key(taken).span;
            self.remember_skipped(id, constraint, SkipReason::NameTaken, Some(existing));
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
                is_new_table,
                is_validated: is_new_table || !reference.is_not_valid,
                number,
                span: constraint.span,
            },
        )
    }

    /// Whether MySQL makes up the name of a constraint.
    pub(crate) fn is_numbered(&self, constraint: &TableConstraint<'a>) -> bool {
        let TableConstraintKind::ForeignKey { index_name, .. } = &constraint.kind else {
            return false;
        };
        let by_index = index_name.is_some() && self.state.engine.names_foreign_key_by_index();
        constraint.name.is_none() && !by_index
    }

    /// Adds a foreign key as the engine does, or refuses it.
    pub(crate) fn add_foreign_key(&mut self, id: TableId, new: &NewForeignKey<'_, 'a>) -> Outcome {
        // PostgreSQL looks at the name first, so that `EXCEPTION WHEN duplicate_object` catches it
        // whatever else is wrong.
        self.check_name(id, new.name)?;
        self.check_column_count(new.columns)?;
        self.check_column_count(&new.reference.columns)?;
        let columns = self.own_columns(id, new.columns)?;
        if self.state.table(id).has_plain_storage {
            return Ok(());
        }
        let target = self.target(id, &new.reference.table)?;
        if self.is(Dialect::MySql) {
            self.check_mysql_tables(id, &target)?;
        }
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
        if target == Target::Table(id)
            && columns == target_columns
            && !self.state.engine.references_itself()
        {
            let reason = format!("`{}` would reference itself", columns.join(", "));
            return Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
        }
        self.check_types(id, &columns, &target, &target_columns)?;
        self.refuse_foreign_key(id, &columns, &target, new.reference)?;
        let is_by_default = new.reference.columns.is_empty();
        let key_name = self.check_key(&target, &target_columns, is_by_default)?;
        let reference = new.reference;
        let is_enforced = reference.timing.is_enforced != Some(false);
        let forgets_actions = reference.has_match && self.state.engine.forgets_actions_with_match();
        let [on_delete, on_update] =
            [reference.on_delete, reference.on_update].map(|it| it.filter(|_| !forgets_actions));
        let mut actions = [on_delete, on_update].map(|it| it.map(|it| it.0).unwrap_or_default());
        self.check_actions(id, &columns, actions)?;
        if actions[1] == ReferentialAction::Cascade
            && is_restrict(actions[0], on_delete.map(|it| it.1))
            && (new.is_new_table || self.state.checks_foreign_keys)
            && self.state.engine.refuses_null_cascade()
        {
            self.check_null_cascade(id, &columns, &target, &target_columns)?;
        }
        let name = self.foreign_key_name(id, new, &columns)?;
        if self.is(Dialect::MySql) {
            actions = self.mysql_actions(id, &columns, actions)?;
            self.add_own_index(id, new.name.or(new.index_name), &columns, new.span)?;
        }
        let made_at = self.state.tick();
        let added = self.state.add_foreign_key(ForeignKey {
            name,
            has_explicit_name: new.name.is_some(),
            table: id,
            columns,
            target,
            target_columns,
            key_name,
            on_delete: actions[0],
            on_update: actions[1],
            set_columns: deduplicated(&reference.set_columns),
            is_match_full: reference.is_match_full && self.is(Dialect::PostgreSql),
            deferral: reference.timing.deferral().unwrap_or_default(),
            is_enforced,
            is_validated: new.is_validated && is_enforced,
            is_inline: new.is_inline,
            comes_with_column: new.is_inline && !new.is_new_table,
            inherited_from: None,
            span: new.span,
            on_delete_span: on_delete.map(|it| it.1),
            on_update_span: on_update.map(|it| it.1),
            made_at,
            bound_at: made_at,
            life: Life::Alive,
        });
        for partition in self.state.table(id).partitions().clone() {
            self.inherit(partition, added);
        }
        Ok(())
    }

    /// MySQL refuses an action that the columns could not take.
    fn check_actions(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        actions: [ReferentialAction; 2],
    ) -> Outcome {
        if !self.is(Dialect::MySql) || !actions.contains(&ReferentialAction::SetNull) {
            return Ok(());
        }
        let not_null =
            columns.iter().filter_map(|it| self.column(id, it)).find(|it| it.is_not_null);
        match not_null {
            Some(column) => Err(self.cannot_be_null(&column.name)),
            None => Ok(()),
        }
    }

    /// Refuses `ON UPDATE CASCADE` where it could bring NULL to a column that takes none.
    fn check_null_cascade(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        target: &Target<'a>,
        target_columns: &[Name<'a>],
    ) -> Outcome {
        let Target::Table(target) = target else { return Ok(()) };
        for (from, to) in columns.iter().zip(target_columns) {
            let (from, to) = (self.column(id, from), self.column(*target, to));
            if let (Some(from), Some(to)) = (from, to)
                && from.is_not_null
                && !to.is_not_null
            {
                let reason = format!("`{}` takes no NULL, which `{}` may get", from.name, to.name);
                return Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
            }
        }
        Ok(())
    }

    /// `SET NULL` on a column that is `NOT NULL`.
    pub(crate) fn cannot_be_null(&self, column: &Name<'a>) -> Refusal {
        let reason = format!("`SET NULL` needs `{column}`, which is `NOT NULL`, to take NULL");
        Refusal::new(RefusalKind::InvalidForeignKey, reason)
    }

    /// Whether a key or an index of MySQL begins with the columns.
    pub(crate) fn has_index_for(
        &self,
        table: &Table<'a>,
        columns: &[Name<'a>],
        counts: impl Fn(&Index<'a>) -> bool,
    ) -> bool {
        let Some(first) = columns.first() else { return true };
        let keys = table.keys_about(first).map(|key| &key.columns);
        let indexes = table.indexes().items_about(first).filter(|it| counts(it));
        let indexes = indexes.map(|it| &it.columns);
        keys.chain(indexes).any(|key| {
            key.len() >= columns.len()
                && columns.iter().zip(key).all(|(one, other)| one.eq_ignore_ascii_case(other))
        })
    }

    /// MySQL makes an index on the referencing columns where none begins with them, but for one that it
    /// made itself and has no other columns: that one goes.
    ///
    /// Source: `mysql_prepare_create_table` in MariaDB, `sql/sql_table.cc`.
    pub(crate) fn add_own_index(
        &mut self,
        id: TableId,
        name: Option<&Name<'a>>,
        columns: &[Name<'a>],
        span: Span,
    ) -> Outcome {
        let table = self.state.table(id);
        let stays = |it: &Index<'a>| !it.is_made_for_key || it.columns.len() > columns.len();
        if columns.is_empty() || self.has_index_for(table, columns, stays) {
            return Ok(());
        }
        let is_taken = |applier: &Self, name: &Name<'a>| {
            let table = applier.state.table(id);
            table.indexes().position(name).is_some() || table.uniques().position(name).is_some()
        };
        if name.is_some_and(|name| is_taken(self, name)) {
            self.replace_indexes_made_for_keys(id, columns);
        }
        if let Some(name) = name.filter(|name| is_taken(self, name)) {
            let reason = format!("there is an index `{name}` already");
            return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
        }
        self.add_index(id, name.cloned(), columns.to_vec(), false, span);
        let at = self.state.table(id).indexes().end() - 1;
        let index = self.state.table(id).indexes().get(at).cloned();
        let index = index.map(|it| Index { is_made_for_key: true, ..it });
        self.state.put_index(id, at, index);
        Ok(())
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
                let found = self.state.lookup_in(&namespace, &name.name);
                match found.or_else(|| self.state.lookup_at_home(&namespace, &name.name)) {
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
                None if table.is_incomplete || id == target && table.columns().is_empty() => {
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
    pub(crate) fn check_key(
        &self,
        target: &Target<'a>,
        columns: &[Name<'a>],
        is_by_default: bool,
    ) -> Outcome<Option<Name<'a>>> {
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
        let first = columns.first().map_or("", |it| &**it);
        let has_deferrable =
            table.keys_about(first).any(|it| it.options.is_deferrable && fits(&it.columns));
        let key = |key: &Key<'a>| {
            let serves = fits(&key.columns) && !key.options.is_deferrable;
            serves.then(|| (key.made_at, key.name.clone()))
        };
        let deferrable = || {
            let reason = format!("the key of `{}` is deferrable", self.shown(target));
            Err(Refusal::new(RefusalKind::WrongState, reason))
        };
        let primary_key = table.primary_key.as_ref().and_then(key);
        if is_by_default && table.primary_key.is_some() && self.is(Dialect::PostgreSql) {
            return primary_key.map_or_else(deferrable, |(_, name)| Ok(name));
        }
        // Both stand in the order in which they were made.
        let unique = table.uniques().items_about(first).find_map(key);
        let index = table
            .indexes()
            .items_about(first)
            .find(|it| it.is_unique && !it.is_partial && !it.has_expressions && fits(&it.columns))
            .map(|index| (index.made_at, index.name.clone()));
        match [primary_key, unique, index].into_iter().flatten().min_by_key(|it| it.0) {
            Some((_, name)) => Ok(name),
            None if has_deferrable => deferrable(),
            None if table.is_incomplete => Ok(None),
            None => Err(self.no_key(target, columns)),
        }
    }

    pub(crate) fn no_key(&self, target: TableId, columns: &[Name<'a>]) -> Refusal {
        let reason = format!(
            "no primary key or unique constraint of `{}` covers `{}`",
            self.shown(target),
            columns.join(", ")
        );
        Refusal::new(RefusalKind::InvalidForeignKey, reason)
    }

    pub(crate) fn has_mysql_key(&self, table: &Table<'a>, columns: &[Name<'a>]) -> bool {
        let is_exact = self.state.engine.needs_unique_key();
        let fits = |key: &[Name<'a>]| {
            (key.len() == columns.len() || !is_exact && key.len() > columns.len())
                && columns.iter().zip(key).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let first = columns.first().map_or("", |it| &**it);
        table.is_incomplete
            || table.keys_about(first).any(|key| fits(&key.columns))
            || table
                .indexes()
                .items_about(first)
                .any(|it| (!is_exact || it.is_unique && !it.has_expressions) && fits(&it.columns))
    }

    /// The name of a new foreign key, explicit or generated.
    fn foreign_key_name(
        &mut self,
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
                let addition = match self.state.engine.names_foreign_keys_at_length() {
                    true => columns.join("_"),
                    false => names::name_addition(columns.iter().map(|it| &**it)),
                };
                let separator = self.state.engine.name_number_separator();
                Ok(Some(self.state.free_name(
                    id,
                    &addition,
                    "fkey",
                    separator,
                    NameScope::Constraint,
                )))
            }
            Dialect::MySql => self.mysql_name(id, new).map(Some),
        }
    }

    /// MySQL numbers the foreign keys without a name, and wants every name once in a database.
    fn mysql_name(&self, id: TableId, new: &NewForeignKey<'_, 'a>) -> Outcome<Name<'a>> {
        let table = self.state.table(id);
        let is_by_table = self.state.engine.names_foreign_keys_by_table();
        let by_index = new.index_name.filter(|_| self.state.engine.names_foreign_key_by_index());
        let name = match new.name.or(by_index) {
            Some(name) => name.clone(),
            None if is_by_table => Name::Owned(new.number.unwrap_or(1).to_string()),
            None => Name::Owned(names::generated_name(&table.name, new.number.unwrap_or(1))),
        };
        let limit = match new.name.or(by_index) {
            Some(_) => self.state.engine.name_limit(),
            None => self.state.engine.generated_name_limit(new.is_new_table),
        };
        if limit.is_some_and(|limit| name.chars().count() > limit) {
            let reason = format!("the name `{name}` is too long for the engine");
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let is_taken = match is_by_table {
            true => self.state.own_by_name(id, &name).is_some(),
            false => self.state.count_constraints(&table.namespace, &name) > 0,
        };
        if is_taken {
            let reason = format!("there is a foreign key `{name}` already");
            return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
        }
        let is_check = table.other_constraints().position(&name).is_some();
        if is_check && self.state.engine.shares_names_with_checks() {
            let reason = format!("there is a check `{name}` already");
            return Err(Refusal::new(RefusalKind::DuplicateObject, reason));
        }
        Ok(name)
    }

    /// The number that the next foreign key without a name gets in `ALTER TABLE`.
    pub(crate) fn next_number(&self, id: TableId) -> u32 {
        if !self.state.engine.names_foreign_keys_by_table() {
            return self.state.highest_number(id).saturating_add(1);
        }
        let own = self.state.own_foreign_keys(id).into_iter();
        let numbers =
            own.filter_map(|it| self.state.foreign_key(it).name.as_deref()?.parse::<u32>().ok());
        numbers.max().unwrap_or(0).saturating_add(1)
    }
}

/// Whether `ON DELETE` says `RESTRICT` or nothing, which is the same to MariaDB.
pub(crate) fn is_restrict(on_delete: ReferentialAction, written: Option<Span>) -> bool {
    on_delete == ReferentialAction::Restrict || written.is_none()
}

/// Names without repetitions.
fn deduplicated<'a>(names: &[Name<'a>]) -> Vec<Name<'a>> {
    let mut all: Vec<Name<'a>> = Vec::with_capacity(names.len());
    for name in names {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}
