//! Tables of SQLite that are made anew while rows of other tables reference them.
//!
//! SQLite changes little of a table that exists, so that drizzle-kit makes another one, copies the rows,
//! drops the old one and renames the new one. `DROP TABLE` deletes the rows first, which sets off
//! `ON DELETE`. `PRAGMA foreign_keys=OFF` prevents that, but not inside of a transaction, in which the
//! migrators of drizzle and D1 run it. That of libSQL turns foreign keys off before.
//!
//! Source: `migrate` in drizzle-orm, `src/sqlite-core/dialect.ts`, and in @libsql/client; ran on
//! better-sqlite3, @libsql/client and D1.

use std::collections::{HashSet, VecDeque};

use drift_model::{ForeignKey, ReferentialAction, Span, TableName};

use crate::apply::Applier;
use crate::outcome;
use crate::state::{TableId, TableKey};
use crate::statement::QualifiedName;

/// What is watched while a migration runs.
#[derive(Default)]
pub(crate) struct Watch<'a> {
    /// Whether somebody runs the migrations inside of a transaction, with foreign keys enforced.
    pub(crate) is_on: bool,
    /// Whether the migration itself ended the transaction that it ran in.
    has_left_transaction: bool,
    /// Tables into which rows of others were copied.
    filled: HashSet<TableId>,
    /// Tables that were dropped and referenced.
    dropped: Vec<DroppedTable<'a>>,
    /// The rebuilds of earlier migrations.
    pub(crate) rebuilds: Vec<RebuiltTable>,
}

/// A table that was dropped while it was referenced.
struct DroppedTable<'a> {
    id: TableId,
    /// What it is called, and was called before.
    names: Vec<TableKey<'a>>,
    span: Span,
    acting: Vec<Referencing<'a>>,
    blocking: Vec<ForeignKey>,
}

struct Referencing<'a> {
    table: TableId,
    name: TableKey<'a>,
    foreign_key: ForeignKey,
}

/// A rebuild, of which only the name of the migration is missing.
pub(crate) struct RebuiltTable {
    pub(crate) table: TableName,
    pub(crate) span: Span,
    pub(crate) acting: Vec<ForeignKey>,
    pub(crate) blocking: Vec<ForeignKey>,
}

impl<'a> Applier<'a> {
    /// `INSERT INTO t SELECT ...`
    pub(crate) fn note_copied_rows(&mut self, name: &QualifiedName<'a>) {
        if !self.watch.is_on {
            return;
        }
        let Some(id) = self.state.lookup(name) else { return };
        self.watch.filled.insert(id);
        // Rows that are put back are not lost.
        for dropped in &mut self.watch.dropped {
            dropped.acting.retain(|it| it.table != id);
        }
    }

    /// `COMMIT` or `ROLLBACK`, after which `PRAGMA foreign_keys` does something.
    pub(crate) fn note_end_of_transaction(&mut self) {
        self.watch.has_left_transaction = true;
    }

    /// Notes what `DROP TABLE` is about to set off.
    pub(crate) fn note_drop(&mut self, id: TableId, span: Span) {
        if !self.watch.is_on || !self.may_have_rows(id, span) {
            return;
        }
        let (acting, blocking) = self.set_off_by(id, span);
        if acting.is_empty() {
            return;
        }
        let table = self.state.table(id);
        let names = [Some(&table.name), table.former_name.as_ref()].into_iter().flatten();
        let names = names.map(|name| self.state.key(&table.namespace, name)).collect();
        self.watch.dropped.push(DroppedTable { id, names, span, acting, blocking });
    }

    /// What is deleted and emptied with the rows of a table, and what stands in the way.
    fn set_off_by(&mut self, id: TableId, span: Span) -> (Vec<Referencing<'a>>, Vec<ForeignKey>) {
        let (mut acting, mut blocking) = (Vec::new(), Vec::new());
        let mut seen = HashSet::from([id]);
        let mut deleted = VecDeque::from([id]);
        while let Some(referenced) = deleted.pop_front() {
            for foreign_key in self.state.referencing_foreign_keys(referenced) {
                self.state.work += 1;
                let of_state = self.state.foreign_key(foreign_key);
                let (table, action) = (of_state.table, of_state.on_delete);
                let is_meant = table != id
                    && table != referenced
                    && !self.state.table(table).is_temporary
                    && self.may_have_rows(table, span);
                if !is_meant {
                    continue;
                }
                let foreign_key = outcome::output_foreign_key(&self.state, of_state);
                let (namespace, name) =
                    (&self.state.table(table).namespace, &self.state.table(table).name);
                let name = self.state.key(namespace, name);
                match action {
                    ReferentialAction::NoAction | ReferentialAction::Restrict => {
                        blocking.push(foreign_key);
                        continue;
                    }
                    ReferentialAction::Cascade if seen.insert(table) => deleted.push_back(table),
                    _ => {}
                }
                acting.push(Referencing { table, name, foreign_key });
            }
        }
        (acting, blocking)
    }

    /// A table has no rows where the migration at hand makes it and copies nothing into it.
    fn may_have_rows(&self, id: TableId, at: Span) -> bool {
        self.state.table(id).span.file != at.file || self.watch.filled.contains(&id)
    }

    /// Decides at the end of a migration which of the dropped tables were made anew.
    pub(crate) fn note_rebuilds(&mut self) {
        if !self.watch.is_on {
            return;
        }
        let has_left_transaction = std::mem::take(&mut self.watch.has_left_transaction);
        let filled = std::mem::take(&mut self.watch.filled);
        let dropped = std::mem::take(&mut self.watch.dropped);
        for DroppedTable { id, names, span, acting, blocking } in dropped {
            let lookup = |(namespace, name): &TableKey<'a>| self.state.lookup_in(namespace, name);
            // Whoever copies no rows means to be rid of them.
            let mut replacing = names.iter().filter_map(lookup);
            let Some(new) = replacing.find(|it| *it != id && filled.contains(it)) else { continue };
            if has_left_transaction {
                continue;
            }
            let table = TableName::new(self.state.table(new).name.to_string());
            let is_there =
                |it: &Referencing<'a>| self.state.is_alive(it.table) || lookup(&it.name).is_some();
            let acting = acting.into_iter().filter(is_there).map(|it| {
                let mut foreign_key = it.foreign_key;
                if self.state.is_alive(it.table) {
                    // It may be the new table itself, whose rows reference those of the old one.
                    let name = self.state.table(it.table).name.to_string();
                    foreign_key.referencing_table = TableName::new(name);
                }
                foreign_key
            });
            let acting: Vec<ForeignKey> = acting.collect();
            if !acting.is_empty() {
                let rebuilt = RebuiltTable { table, span, acting, blocking };
                self.watch.rebuilds.push(rebuilt);
            }
        }
    }
}
