//! Heirs and partitions, whose columns follow those of the tables above them, and columns that are
//! computed from others.

use drift_model::Dialect;
use foldhash::HashSet;

use crate::apply::Applier;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::TableId;
use crate::statement::{ColumnDefinition, Name};
use crate::types::are_different;

impl<'a> Applier<'a> {
    /// Whether a table above has the column too.
    pub(crate) fn is_inherited(&self, id: TableId, column: &str) -> bool {
        self.state.tables_above(id).any(|above| self.column(above, column).is_some())
    }

    /// Refuses to change a column that comes from a table above.
    pub(crate) fn refuse_inherited(&self, id: TableId, column: &str) -> Outcome {
        if !self.is_inherited(id, column) {
            return Ok(());
        }
        let reason = format!("`{}` inherits `{column}`", self.shown(id));
        Err(Refusal::new(RefusalKind::InvalidTable, reason))
    }

    /// Refuses to let `NULL` into a partition of a table that takes none.
    pub(crate) fn refuse_nullable(&self, id: TableId, column: &str) -> Outcome {
        let table = self.state.table(id);
        let above = table.partition_of.and_then(|above| self.column(above, column));
        let key = table.primary_key.as_ref().filter(|_| self.is(Dialect::PostgreSql));
        if above.is_some_and(|it| it.is_not_null) {
            let reason = format!("`{column}` is `NOT NULL` in the partitioned table");
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        if key.is_some_and(|key| key.columns.iter().any(|it| it == column)) {
            let reason = format!("`{column}` is in the primary key");
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        Ok(())
    }

    /// Refuses a table that cannot have partitions, or heirs.
    pub(crate) fn refuse_parent(&self, parent: TableId, has_partitions: bool) -> Outcome {
        let table = self.state.table(parent);
        let fits = match has_partitions {
            true => table.partition_key.is_some() || table.is_incomplete,
            false => table.partition_key.is_none() && table.partition_of.is_none(),
        };
        if fits {
            return Ok(());
        }
        let reason = match has_partitions {
            true => format!("`{}` is not partitioned", self.shown(parent)),
            false => format!("`{}` has partitions or is one", self.shown(parent)),
        };
        Err(Refusal::new(RefusalKind::WrongObject, reason))
    }

    /// The table and all below it, once each.
    pub(crate) fn tables_with(&self, id: TableId, column: &str, is_only: bool) -> Vec<TableId> {
        if is_only {
            return vec![id];
        }
        let mut all = self.tables_with_heirs(id);
        all.retain(|it| *it == id || self.column(*it, column).is_some());
        all
    }

    /// Adds a new column to the tables below, without its constraints.
    pub(crate) fn add_column_below(
        &mut self,
        id: TableId,
        column: &ColumnDefinition<'a>,
        is_only: bool,
    ) -> Outcome {
        let mut tables = self.state.tables_below(id);
        if is_only && !tables.is_empty() {
            let reason = "the column has to be one of the tables below too";
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        while let Some(below) = tables.pop() {
            if let Some(at) = self.positions(below, std::slice::from_ref(&column.name)).first() {
                if column.is_not_null && self.state.engine.merges_not_null() {
                    self.state.change_column(below, *at, |it| it.is_not_null = true);
                }
                continue;
            }
            self.add_column(below, column)?;
            let last = self.state.table(below).columns().end() - 1;
            self.state.change_column(below, last, |it| it.is_local = false);
            tables.extend(self.state.tables_below(below));
        }
        Ok(())
    }

    /// `ONLY` leaves the column to the tables below.
    pub(crate) fn keep_below(&mut self, id: TableId, column: &Name<'a>) -> Outcome {
        if !self.state.table(id).partitions().is_empty() {
            let reason = format!("`{column}` is a column of the partitions too");
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        for below in self.state.tables_below(id) {
            for at in self.positions(below, std::slice::from_ref(column)) {
                self.state.change_column(below, at, |it| it.is_local = true);
            }
        }
        Ok(())
    }

    /// `INHERIT`.
    pub(crate) fn inherit_from(&mut self, id: TableId, parent: TableId) -> Outcome {
        self.refuse_parent(parent, false)?;
        let (table, above) = (self.state.table(id), self.state.table(parent));
        let missing = above.columns().iter().find(|it| self.column(id, &it.name).is_none());
        if let Some(column) = missing.filter(|_| !table.is_incomplete) {
            return Err(self.no_column(id, &column.name));
        }
        let mut ancestors = table.ancestors().to_vec();
        if ancestors.contains(&parent) || self.tables_with_heirs(id).contains(&parent) {
            let reason = format!("`{}` inherits from `{}`", self.shown(id), self.shown(parent));
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        ancestors.push(parent);
        self.state.set_ancestors(id, ancestors);
        Ok(())
    }

    /// `NO INHERIT`: columns that come from nowhere else are the table's own from now on.
    pub(crate) fn disinherit(&mut self, id: TableId, parent: TableId) -> Outcome {
        let mut ancestors = self.state.table(id).ancestors().to_vec();
        let Some(at) = ancestors.iter().position(|it| *it == parent) else {
            let reason = format!("`{}` does not inherit from it", self.shown(id));
            return Err(Refusal::new(RefusalKind::UndefinedTable, reason));
        };
        ancestors.remove(at);
        self.state.set_ancestors(id, ancestors);
        for at in 0..self.state.table(id).columns().end() {
            let name = self.state.table(id).columns().get(at).map(|it| it.name.clone());
            if name.is_some_and(|it| !self.is_inherited(id, &it)) {
                self.state.change_column(id, at, |it| it.is_local = true);
            }
        }
        Ok(())
    }

    fn tables_with_heirs(&self, id: TableId) -> Vec<TableId> {
        let mut found = vec![id];
        let mut seen = HashSet::from_iter([id]);
        let mut at = 0;
        while at < found.len() {
            let below = self.state.tables_below(found[at]).into_iter();
            found.extend(below.filter(|it| seen.insert(*it)));
            at += 1;
        }
        found
    }

    /// Tables to be dropped with what goes along: partitions always, heirs with `CASCADE`.
    pub(crate) fn with_tables_below(
        &self,
        tables: &[TableId],
        is_cascade: bool,
    ) -> Outcome<Vec<TableId>> {
        let mut all = tables.to_vec();
        let mut seen: HashSet<TableId> = all.iter().copied().collect();
        let mut at = 0;
        while at < all.len() {
            for below in self.state.tables_below(all[at]) {
                if seen.contains(&below) {
                    continue;
                }
                let goes = is_cascade || self.state.table(below).partition_of == Some(all[at]);
                if !goes {
                    let (heir, table) = (self.shown(below), self.shown(all[at]));
                    let reason = format!("`{heir}` inherits from `{table}`");
                    return Err(Refusal::new(RefusalKind::DependentObjects, reason));
                }
                seen.insert(below);
                all.push(below);
            }
            at += 1;
        }
        Ok(all)
    }

    /// Refuses a table as a partition whose columns are others than those of the whole.
    pub(crate) fn refuse_partition(&self, parent: TableId, id: TableId) -> Outcome {
        self.refuse_parent(parent, true)?;
        let (whole, part) = (self.state.table(parent), self.state.table(id));
        if part.partition_of.is_some() {
            let reason = format!("`{}` is a partition already", self.shown(id));
            return Err(Refusal::new(RefusalKind::WrongObject, reason));
        }
        if whole.is_incomplete || part.is_incomplete {
            return Ok(());
        }
        let differs = |refused: String| Err(Refusal::new(RefusalKind::DatatypeMismatch, refused));
        for column in part.columns().iter() {
            if self.column(parent, &column.name).is_none() {
                let whole = self.shown(parent);
                return differs(format!("`{whole}` has no column `{}`", column.name));
            }
        }
        for column in whole.columns().iter() {
            let Some(own) = self.column(id, &column.name) else {
                return Err(self.no_column(id, &column.name));
            };
            if column.is_not_null && !own.is_not_null {
                return differs(format!("`{}` has to be `NOT NULL`", column.name));
            }
            if are_different(own, column) {
                return differs(format!("`{}` has another type in the whole", column.name));
            }
        }
        Ok(())
    }

    fn names_computed_from(&self, id: TableId, column: &str) -> Vec<Name<'a>> {
        let uses = |names: &Vec<Name<'a>>| names.iter().any(|it| it == column);
        let columns = self.state.table(id).columns().iter();
        let found = columns.filter(|it| it.generated_from.as_ref().is_some_and(uses));
        found.map(|it| it.name.clone()).collect()
    }

    /// Refuses another type for a column that others are computed from.
    pub(crate) fn refuse_computed_from(&self, id: TableId, column: &str) -> Outcome {
        let Some(computed) = self.names_computed_from(id, column).into_iter().next() else {
            return Ok(());
        };
        let reason = format!("`{computed}` is computed from `{column}`");
        Err(Refusal::new(RefusalKind::Syntax, reason))
    }

    /// The columns that are computed from one that is dropped, which is refused without `CASCADE`.
    pub(crate) fn computed_from(
        &self,
        id: TableId,
        column: &str,
        is_cascade: bool,
    ) -> Outcome<Vec<(TableId, Name<'a>)>> {
        let computed = self.names_computed_from(id, column);
        if let Some(first) = computed.first().filter(|_| !is_cascade) {
            let reason = format!("`{first}` is computed from `{column}`");
            return Err(Refusal::new(RefusalKind::DependentObjects, reason));
        }
        Ok(computed.into_iter().map(|it| (id, it)).collect())
    }

    /// Writes the new name of a column where others are computed from it.
    pub(crate) fn rename_computed_from(&mut self, id: TableId, from: &Name<'a>, to: &Name<'a>) {
        for computed in self.names_computed_from(id, from) {
            for at in self.positions(id, std::slice::from_ref(&computed)) {
                self.state.change_column(id, at, |column| {
                    for name in column.generated_from.iter_mut().flatten() {
                        if name == from {
                            *name = to.clone();
                        }
                    }
                });
            }
        }
    }
}
