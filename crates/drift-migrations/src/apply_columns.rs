//! What `ALTER TABLE` does to columns, and what depends on them.

use drift_model::{ChangeKind, Dialect, ReferentialAction, SkipReason, Span};

use crate::apply::Applier;
use crate::apply_table::new_column;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Attributes, ForeignKeyId, Index, Key, TableId};
use crate::statement::{ColumnConstraintKind, ColumnDefinition, Name};
use crate::types::cannot_reference;

impl<'a> Applier<'a> {
    pub(crate) fn add_new_column(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
        if_not_exists: bool,
        is_only: bool,
    ) -> Outcome<bool> {
        if self.state.table(id).partition_of.is_some() {
            let reason =
                format!("`{}` is a partition and has no columns of its own", self.shown(id));
            return Err(Refusal::new(RefusalKind::WrongObject, reason));
        }
        if if_not_exists && let Some(existing) = self.column(id, &column.name) {
            let existing = existing.span;
            self.remember_skipped_column(id, column, SkipReason::ColumnExists, Some(existing));
            return Ok(self.state.engine.adds_foreign_key_of_existing_column());
        }
        let has_key = column.constraints.iter().any(|constraint| {
            matches!(
                constraint.kind,
                ColumnConstraintKind::PrimaryKey | ColumnConstraintKind::Unique
            )
        });
        if has_key && self.is(Dialect::Sqlite) {
            let reason = "SQLite adds no column with a key of its own";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        self.add_column(id, column)?;
        self.add_column_below(id, column, is_only)?;
        self.add_column_checks(id, column)?;
        let before = self.state.now();
        self.add_column_keys(id, column)?;
        for made_at in before + 1..=self.state.now() {
            self.pass_on_key(id, made_at)?;
        }
        Ok(true)
    }

    /// The position of a column to be altered; `None` in a table of which not all is known.
    pub(crate) fn position(&self, id: TableId, name: &Name<'a>) -> Outcome<Option<usize>> {
        match self.positions(id, std::slice::from_ref(name)).first() {
            Some(at) => Ok(Some(*at)),
            None if self.state.table(id).is_incomplete => Ok(None),
            None => Err(self.no_column(id, name)),
        }
    }

    /// Refuses a change of type that foreign keys do not outlive; the others are made anew on the oldest
    /// key that serves. Of these, the ones that are copies.
    pub(crate) fn remake_foreign_keys(
        &mut self,
        id: TableId,
        column: &Name<'a>,
    ) -> Outcome<Vec<ForeignKeyId>> {
        let own = self.state.own_by_column(id, column).into_iter();
        let mut copies = Vec::new();
        for about in own.chain(self.state.referencing_column(id, column)) {
            self.state.work += 1;
            let foreign_key = self.state.foreign_key(about);
            let (target, columns) = (&foreign_key.target, &foreign_key.target_columns);
            self.check_types(foreign_key.table, &foreign_key.columns, target, columns)?;
            copies.extend(foreign_key.inherited_from.map(|_| about));
            let key_name = self.check_key(target, columns, false).ok().flatten();
            if key_name.is_some() && key_name != foreign_key.key_name {
                self.state.change_foreign_key(about, |it| it.key_name = key_name);
            }
        }
        Ok(copies)
    }

    /// The indexes about a column are made anew where its type changes, and call all of their columns
    /// as the table does from then on. Those of constraints come first.
    ///
    /// Source: `ATPostAlterTypeCleanup` in PostgreSQL, `src/backend/commands/tablecmds.c`.
    pub(crate) fn remake_indexes(&mut self, id: TableId, column: &Name<'a>, span: Span) -> Outcome {
        for key in self.keys_including(id, column) {
            self.release_key(id, &key, false, span)?;
        }
        let uniques: Vec<usize> = self.state.table(id).uniques().about(column).collect();
        for at in uniques {
            let key = self.state.table(id).uniques().get(at);
            if let Some(key) = key.filter(|it| it.attributes.is_some()).cloned() {
                self.state.put_unique(id, at, Some(Key { attributes: None, ..key }));
            }
        }
        let indexes: Vec<usize> = self.state.table(id).indexes().about(column).collect();
        for at in indexes {
            let table = self.state.table(id);
            let Some(index) = table.indexes().get(at) else { continue };
            // The parts of others are found by when those were made.
            let is_alone = index.part_of.is_none() && table.partitions().is_empty();
            let is_later = index.is_unique && is_alone;
            if index.attributes.is_none() && !is_later {
                continue;
            }
            let mut index = Index { attributes: None, ..index.clone() };
            if is_later {
                index.made_at = self.state.tick();
            }
            self.state.put_index(id, at, Some(index));
        }
        Ok(())
    }

    /// Refuses to drop a column that decides about partitions.
    pub(crate) fn refuse_partition_column(&self, id: TableId, name: &Name<'a>) -> Outcome {
        let table = self.state.table(id);
        let is_key = table.partition_key.as_ref().is_some_and(|key| key.contains(name));
        if is_key {
            let reason = format!("the partitions of `{}` need `{name}`", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        Ok(())
    }

    pub(crate) fn no_column(&self, id: TableId, name: &str) -> Refusal {
        let reason = format!("`{}` has no column `{name}` here", self.shown(id));
        Refusal::new(RefusalKind::UndefinedColumn, reason)
    }

    /// Drops a column, the columns of other tables that come from it, and the foreign keys that
    /// cannot exist without them.
    pub(crate) fn drop_column(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        let mut columns = vec![(id, name.clone())];
        while let Some((id, name)) = columns.pop() {
            if !self.state.table(id).is_incomplete && self.column(id, &name).is_none() {
                continue;
            }
            columns.extend(self.computed_from(id, &name, is_cascade)?);
            self.drop_own_column(id, &name, is_cascade, span)?;
            // Some of these may inherit it from other tables too.
            for below in self.state.tables_below(id) {
                let stays = self.column(below, &name).is_none_or(|it| it.is_local);
                if !stays && !self.is_inherited(below, &name) {
                    columns.push((below, name.clone()));
                }
            }
        }
        Ok(())
    }

    fn drop_own_column(
        &mut self,
        id: TableId,
        name: &Name<'a>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        let table = self.state.table(id);
        let is_needed =
            table.keys_about(name).next().is_some() || table.indexes().about(name).next().is_some();
        if self.is(Dialect::Sqlite) && is_needed {
            let reason = format!("a key or index of `{}` needs `{name}`", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let is_only = table.columns().iter().nth(1).is_none() && !table.is_incomplete;
        if is_only && self.is(Dialect::Sqlite) {
            let reason = format!("`{name}` is the only column of `{}`", self.shown(id));
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        for own in self.state.own_by_column(id, name) {
            let foreign_key = self.state.foreign_key(own);
            let is_dropped = match self.state.dialect() {
                Dialect::PostgreSql => true,
                Dialect::Sqlite => foreign_key.is_inline,
                Dialect::MySql => false,
            };
            if !is_dropped {
                let reason = format!("a foreign key of `{}` needs `{name}`", self.shown(id));
                return Err(Refusal::new(RefusalKind::DependentObjects, reason));
            }
            self.drop_with_copies(own, ChangeKind::DroppedAlong, span);
        }
        if !self.is(Dialect::Sqlite) {
            for referencing in self.state.referencing_column(id, name) {
                self.release(referencing, is_cascade, span, |from| {
                    format!("`{name}` is still referenced by `{from}`")
                })?;
            }
        }
        for key in self.keys_including(id, name) {
            self.release_key(id, &key, is_cascade, span)?;
        }
        self.state.remember_column(id, name, None, span);
        self.remove_column(id, name);
        Ok(())
    }

    /// The keys and indexes that have a column in `INCLUDE`.
    fn keys_including(&self, id: TableId, column: &Name<'a>) -> Vec<Name<'a>> {
        let table = self.state.table(id);
        let keys = table.primary_key.iter().chain(table.uniques().items_about(column));
        let keys = keys.map(|it| (&it.options.included, &it.name));
        let indexes = table.indexes().items_about(column).map(|it| (&it.included, &it.name));
        let including = keys.chain(indexes).filter(|(included, _)| included.contains(column));
        including.filter_map(|(_, name)| name.clone()).collect()
    }

    /// Takes a column away with the keys and indexes that hold it.
    fn remove_column(&mut self, id: TableId, name: &Name<'a>) {
        for at in self.positions(id, std::slice::from_ref(name)) {
            self.state.put_column(id, at, None);
        }
        if self.is(Dialect::MySql) {
            return self.shrink_keys(id, name);
        }
        let holds_it = |columns: &[Name<'a>]| {
            columns.iter().any(|column| self.state.is_same_column(column, name))
        };
        let table = self.state.table(id);
        let namespace = table.namespace.clone();
        let primary_key = table.primary_key.as_ref();
        let primary_key =
            primary_key.filter(|key| holds_it(&key.columns) || holds_it(&key.options.included));
        let primary_key = primary_key.map(|key| key.name.clone());
        let uniques: Vec<usize> = table.uniques().about(name).collect();
        let indexes: Vec<usize> = table.indexes().about(name).collect();
        let mut names: Vec<Name<'a>> = primary_key.iter().flatten().cloned().collect();
        names.extend(table.uniques().items_about(name).filter_map(|key| key.name.clone()));
        let index_names: Vec<Name<'a>> =
            table.indexes().items_about(name).filter_map(|index| index.name.clone()).collect();
        if primary_key.is_some() {
            self.state.table_mut(id).primary_key = None;
        }
        for at in uniques {
            self.state.put_unique(id, at, None);
        }
        for at in indexes {
            self.state.put_index(id, at, None);
        }
        if self.is(Dialect::PostgreSql) {
            for name in &names {
                self.state.release_constraint_name(&namespace, name);
            }
        }
        for name in names.iter().chain(&index_names) {
            self.state.point_index(&namespace, name, None);
        }
    }

    /// Takes a column out of the keys and indexes of MySQL, which lose it and stay.
    fn shrink_keys(&mut self, id: TableId, name: &Name<'a>) {
        let is_other = |column: &Name<'a>| !column.eq_ignore_ascii_case(name);
        let table = self.state.table(id);
        if table.primary_key.as_ref().is_some_and(|key| !key.columns.iter().all(is_other)) {
            let primary_key = &mut self.state.table_mut(id).primary_key;
            if let Some(key) = primary_key {
                key.columns.retain(is_other);
            }
            primary_key.take_if(|key| key.columns.is_empty());
        }
        let table = self.state.table(id);
        let (uniques, indexes): (Vec<usize>, Vec<usize>) =
            (table.uniques().about(name).collect(), table.indexes().about(name).collect());
        for at in uniques {
            let mut key = self.state.table(id).uniques().get(at).cloned();
            key = key.map(|mut key| {
                key.columns.retain(is_other);
                key
            });
            self.state.put_unique(id, at, key.filter(|key| !key.columns.is_empty()));
        }
        for at in indexes {
            let mut index = self.state.table(id).indexes().get(at).cloned();
            index = index.map(|mut index| {
                index.columns.retain(is_other);
                index
            });
            let stays = |it: &Index<'a>| !it.columns.is_empty() || it.has_expressions;
            self.state.put_index(id, at, index.filter(stays));
        }
    }

    pub(crate) fn rename_column(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        to: &Name<'a>,
        span: Span,
    ) -> Outcome {
        let is_case_change = self.state.is_same_column(from, to);
        if !is_case_change && self.column(id, to).is_some() {
            let reason = format!("`{}` has a column `{to}` already", self.shown(id));
            return Err(Refusal::new(RefusalKind::DuplicateColumn, reason));
        }
        if self.column(id, from).is_none() && !self.state.table(id).is_incomplete {
            return Err(self.no_column(id, from));
        }
        for table in self.tables_with(id, from, false) {
            self.state.remember_column(table, from, Some(to), span);
            self.replace_column_name(table, from, to, Some(span));
        }
        Ok(())
    }

    /// Writes the new name of a column wherever the old one stands, and into the histories if there
    /// is a place for it.
    pub(crate) fn replace_column_name(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        to: &Name<'a>,
        span: Option<Span>,
    ) {
        let dialect = self.state.dialect();
        let is_it = |it: &Name<'a>| match dialect {
            Dialect::PostgreSql => it == from,
            _ => it.eq_ignore_ascii_case(from),
        };
        let replace = |names: &mut Vec<Name<'a>>| {
            for name in names.iter_mut().filter(|it| is_it(it)) {
                *name = to.clone();
            }
        };
        let own = self.state.own_by_column(id, from);
        let referencing = self.state.referencing_column(id, from);
        for at in self.positions(id, std::slice::from_ref(from)) {
            self.state.change_column(id, at, |column| column.name = to.clone());
        }
        self.rename_computed_from(id, from, to);
        let table = self.state.table(id);
        let is_in_primary_key = table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.iter().chain(&key.options.included).any(is_it));
        if let Some(key) = table.partition_key.as_ref().filter(|key| key.iter().any(is_it)) {
            let mut key = key.to_vec();
            replace(&mut key);
            self.state.table_mut(id).partition_key = Some(key.into());
        }
        let table = self.state.table(id);
        let uniques: Vec<usize> = table.uniques().about(from).collect();
        let indexes: Vec<usize> = table.indexes().about(from).collect();
        if is_in_primary_key && let Some(key) = &mut self.state.table_mut(id).primary_key {
            replace(&mut key.columns);
            replace(&mut key.options.included);
        }
        let replace_in_index =
            |columns: &mut Vec<Name<'a>>,
             included: &mut Vec<Name<'a>>,
             attributes: &mut Option<Attributes<'a>>| {
                if dialect == Dialect::PostgreSql && attributes.is_none() {
                    *attributes = Some(columns.iter().chain(&*included).cloned().collect());
                }
                replace(columns);
                replace(included);
            };
        for at in uniques {
            if let Some(mut key) = self.state.table(id).uniques().get(at).cloned() {
                let Key { columns, options, attributes, .. } = &mut key;
                replace_in_index(columns, &mut options.included, attributes);
                self.state.put_unique(id, at, Some(key));
            }
        }
        for at in indexes {
            if let Some(mut index) = self.state.table(id).indexes().get(at).cloned() {
                let Index { columns, included, attributes, .. } = &mut index;
                replace_in_index(columns, included, attributes);
                self.state.put_index(id, at, Some(index));
            }
        }
        for id in own {
            self.state.change_foreign_key(id, |foreign_key| {
                replace(&mut foreign_key.columns);
                replace(&mut foreign_key.set_columns);
            });
            if let Some(span) = span {
                self.state.note(id, ChangeKind::Renamed, span);
            }
        }
        for id in referencing {
            self.state.change_foreign_key(id, |it| replace(&mut it.target_columns));
            if let Some(span) = span {
                self.state.note(id, ChangeKind::Renamed, span);
            }
        }
    }

    /// `MODIFY`, `CHANGE`, and `ALTER COLUMN a TO a ...` of libSQL, which replaces the declaration
    /// of the column with the foreign keys in it.
    pub(crate) fn change_column(
        &mut self,
        id: TableId,
        from: &Name<'a>,
        column: &ColumnDefinition<'a>,
        is_copied: bool,
        span: Span,
    ) -> Outcome {
        if self.is(Dialect::MySql) && column.references().next().is_some() {
            let reason = "a column cannot be changed with `REFERENCES`";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        if self.column(id, from).is_none() {
            return Err(self.no_column(id, from));
        }
        if self.column(id, from).is_none_or(|it| it.name != column.name) {
            self.rename_column(id, from, &column.name, span)?;
        }
        if let Some(at) = self.positions(id, std::slice::from_ref(&column.name)).first() {
            let is_key = self.state.table(id).primary_key.as_ref().is_some_and(|key| {
                key.columns.iter().any(|it| it.eq_ignore_ascii_case(&column.name))
            });
            let mut new = new_column(column);
            new.is_not_null |= is_key;
            let old = self.state.table(id).columns().get(*at);
            if new.is_not_null && self.has_set_null(id, &column.name) {
                return Err(self.cannot_be_null(&column.name));
            }
            if let Some(old) = old.filter(|old| cannot_reference(self.state.dialect(), old, &new))
                && (!self.state.own_by_column(id, &column.name).is_empty()
                    || !self.state.referencing_column(id, &column.name).is_empty())
            {
                let reason =
                    format!("`{}` takes part in a foreign key and keeps its type", old.name);
                return Err(Refusal::new(RefusalKind::DatatypeMismatch, reason));
            }
            new.ignored_reference = old.and_then(|it| it.ignored_reference.clone());
            // It looks for the column by its new name, where there is none yet.
            if from.eq_ignore_ascii_case(&column.name) {
                self.refuse_null_cascade(id, &column.name, new.is_not_null, is_copied)?;
            }
            self.state.put_column(id, *at, Some(new));
        }
        if self.is(Dialect::Sqlite) {
            for own in self.state.own_by_column(id, &column.name) {
                let foreign_key = self.state.foreign_key(own);
                if foreign_key.is_inline && foreign_key.columns == [column.name.clone()] {
                    self.state.drop_foreign_key(own, ChangeKind::Dropped, span);
                }
            }
            return self.add_column_foreign_keys(id, column, false, &mut 0);
        }
        self.add_column_keys(id, column)
    }

    /// Whether a foreign key of MySQL may set a column to NULL.
    pub(crate) fn has_set_null(&self, id: TableId, column: &Name<'a>) -> bool {
        self.is(Dialect::MySql)
            && self.state.own_by_column(id, column).into_iter().any(|own| {
                let own = self.state.foreign_key(own);
                [own.on_delete, own.on_update].contains(&ReferentialAction::SetNull)
            })
    }
}
