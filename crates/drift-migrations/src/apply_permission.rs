//! What PostgreSQL refuses of a foreign key whose columns and key would fit: the life of its tables,
//! generated columns, and the columns that an action sets.

use drift_model::{Dialect, ReferentialAction};

use crate::apply::Applier;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::{Column, TableId, Target};
use crate::statement::{Name, Reference};

impl<'a> Applier<'a> {
    /// Refuses what PostgreSQL and CockroachDB do.
    pub(crate) fn refuse_foreign_key(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        target: &Target<'a>,
        reference: &Reference<'a>,
    ) -> Outcome {
        if !self.is(Dialect::PostgreSql) {
            return Ok(());
        }
        if let Target::Table(target) = *target {
            self.refuse_other_life(id, target)?;
        }
        if self.state.engine.refuses_idle_clauses() {
            self.refuse_idle_clauses(id, columns, reference)?;
        }
        self.refuse_generated(id, columns, reference)?;
        self.refuse_set_columns(id, columns, reference)
    }

    /// A table references none that may be gone before it.
    fn refuse_other_life(&self, id: TableId, target: TableId) -> Outcome {
        let (own, target) = (self.state.table(id), self.state.table(target));
        let fits = match (own.is_temporary, own.is_unlogged) {
            (true, _) => target.is_temporary,
            (false, true) => !target.is_temporary,
            (false, false) => !target.is_temporary && !target.is_unlogged,
        };
        if fits {
            return Ok(());
        }
        let reason = "a table references none that is temporary or unlogged unless it is as well";
        Err(Refusal::new(RefusalKind::InvalidTable, reason))
    }

    /// CockroachDB refuses what could only fail later, and what it has not got.
    fn refuse_idle_clauses(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        reference: &Reference<'a>,
    ) -> Outcome {
        let actions = [reference.on_delete, reference.on_update].map(|it| it.map(|it| it.0));
        let has = |action| actions.contains(&Some(action));
        for column in columns.iter().filter_map(|it| self.column(id, it)) {
            let is_stuck = column.is_not_null
                && (has(ReferentialAction::SetNull)
                    || has(ReferentialAction::SetDefault) && column.default.is_none());
            if is_stuck {
                let reason = format!("an action would set `{}`, which is `NOT NULL`", column.name);
                return Err(Refusal::new(RefusalKind::InvalidForeignKey, reason));
            }
        }
        let can_be_put_off = reference.timing.is_deferrable == Some(true)
            || reference.timing.is_initially_deferred == Some(true);
        if can_be_put_off {
            let reason = "CockroachDB has no deferrable foreign keys";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        Ok(())
    }

    /// Nobody can write a generated column.
    fn refuse_generated(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        reference: &Reference<'a>,
    ) -> Outcome {
        use ReferentialAction::{Cascade, NoAction, SetDefault, SetNull};
        let is_generated = |it: &Column<'a>| it.generated_from.is_some();
        if !columns.iter().any(|it| self.column(id, it).is_some_and(is_generated)) {
            return Ok(());
        }
        let on_delete = reference.on_delete.map_or(NoAction, |it| it.0);
        let on_update = reference.on_update.map_or(NoAction, |it| it.0);
        let writes = matches!(on_delete, SetNull | SetDefault)
            || matches!(on_update, Cascade | SetNull | SetDefault);
        if !writes {
            return Ok(());
        }
        let reason = "an action of the foreign key would write a generated column";
        Err(Refusal::new(RefusalKind::Syntax, reason))
    }

    /// `SET NULL (columns)` names columns of the foreign key.
    fn refuse_set_columns(
        &self,
        id: TableId,
        columns: &[Name<'a>],
        reference: &Reference<'a>,
    ) -> Outcome {
        for column in &reference.set_columns {
            if columns.contains(column) {
                continue;
            }
            if self.column(id, column).is_none() {
                return Err(self.no_column(id, column));
            }
            let reason = format!("`{column}` is no column of the foreign key");
            return Err(Refusal::new(RefusalKind::InvalidColumn, reason));
        }
        Ok(())
    }

    /// `SET LOGGED` and `SET UNLOGGED`, as far as foreign keys let them.
    pub(crate) fn set_logged(&mut self, id: TableId, is_logged: bool) -> Outcome {
        let others: Vec<TableId> = if is_logged {
            let own = self.state.own_foreign_keys(id).into_iter();
            own.filter_map(|it| match self.state.foreign_key(it).target {
                Target::Table(target) => Some(target),
                Target::Name(..) => None,
            })
            .collect()
        } else {
            let all = self.state.referencing_foreign_keys(id).into_iter();
            all.map(|it| self.state.foreign_key(it).table).collect()
        };
        let stands_in_the_way =
            |it: &TableId| *it != id && self.state.table(*it).is_unlogged == is_logged;
        if others.iter().any(stands_in_the_way) {
            let reason = "a foreign key stands in the way of the change";
            return Err(Refusal::new(RefusalKind::InvalidTable, reason));
        }
        self.state.table_mut(id).is_unlogged = !is_logged;
        Ok(())
    }
}
