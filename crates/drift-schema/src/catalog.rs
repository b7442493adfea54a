//! From drizzle's tables to the catalog: columns, keys and indexes.

use drift_model::{Dialect, Index, Key, Loss, LostDeclaration, Table, TableName, Unresolved};
use rustc_hash::FxHashMap;
use swc_atoms::Atom;

use crate::DrizzleLine;
use crate::collect::CollectedTable;
use crate::draft::{ColumnDraft, LostDraft, Rules, TableDraft};
use crate::drizzle::{self, Constraint, IndexBuilder, KeyBuilder};
use crate::evaluate::{Context, Evaluator};
use crate::finishing::{BATCH, Slot};
use crate::foreign_keys::Declared;
use crate::naming;
use crate::value::Value;

/// What is written down of tables, in their order.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) slots: Vec<Slot>,
    pub(crate) unresolved: Vec<Unresolved>,
    /// The foreign keys of tables that others of their names replace; some of them may be declared
    /// there as well.
    pub(crate) lost: Vec<LostDeclaration>,
}

impl<'a> Evaluator<'a> {
    /// Hands the drafts of tables over, as far as that was not done early.
    pub(crate) fn write(&mut self, tables: &[CollectedTable<'a>]) -> Written {
        let mut written = Written::default();
        for table in self.without_namesakes(tables) {
            if let Some(early) = self.early.remove(&std::ptr::from_ref(table)) {
                debug_assert!(self.gives_the_same(table, &early), "{:?}", table.span);
                written.slots.push(early.slot);
                written.unresolved.extend(early.unresolved);
                continue;
            }
            match &table.name {
                Ok(name) => {
                    let declared = self.declared(table);
                    let (slot, unresolved) = self.hand_over(table, name, declared);
                    written.slots.push(slot);
                    written.unresolved.extend(unresolved);
                }
                Err(unknown) => {
                    let mut unresolved = drizzle::unresolved(unknown);
                    unresolved.reason =
                        format!("the name of this table is not known: {}", unresolved.reason);
                    unresolved.span = table.span;
                    written.unresolved.push(unresolved);
                }
            }
        }
        (self.context.finish)(std::mem::take(&mut self.drafts));
        if self.context.line == DrizzleLine::V0 {
            self.lose_replaced(tables, &mut written);
        }
        written
    }

    /// Notes what is declared in tables that others of their names replace.
    fn lose_replaced(&mut self, tables: &[CollectedTable<'a>], written: &mut Written) {
        if written.slots.len() >= tables.len() {
            return;
        }
        let Context { dialect, line, casing, .. } = self.context;
        let mut last = FxHashMap::default();
        for table in tables.iter().rev() {
            let Ok(name) = &table.table.name else { continue };
            let by = *last.entry((table.table.namespace.as_ref(), name)).or_insert(*table);
            // What one export may be, by a condition, is no other table.
            if std::ptr::eq(by.table, table.table) || by.place == table.place {
                continue;
            }
            let name = self.model_name(table.table, name);
            for draft in self.declared(table.table).foreign_keys {
                if !draft.is_conditional {
                    let (span, loss) = (draft.span, Loss::OtherTable(by.table.span));
                    let lost = LostDraft { foreign_key: Some(draft), span, loss };
                    written.lost.push(lost.finish(&name, Rules { dialect, line, casing }));
                }
            }
        }
    }

    /// Makes the draft of a table, and hands it over when there are some. What could not be read
    /// stays here.
    pub(crate) fn hand_over(
        &mut self,
        table: &'a drizzle::Table<'a>,
        name: &Atom,
        declared: Declared<'a>,
    ) -> (Slot, Vec<Unresolved>) {
        let mut written = Table::new(self.model_name(table, name), table.span);
        written.is_incomplete = !declared.unresolved.is_empty();
        self.write_keys(table, &declared.constraints, &mut written);
        let columns = table.columns.values().map(|column| column_draft(column)).collect();
        let Declared { foreign_keys, lost, .. } = declared;
        let draft = TableDraft { table: written, columns, foreign_keys, lost };
        let slot = self.slots;
        self.slots += 1;
        self.drafts.push((slot, draft));
        if self.drafts.len() == BATCH {
            (self.context.finish)(std::mem::take(&mut self.drafts));
        }
        (slot, declared.unresolved)
    }

    /// Of several tables of one name the last one wins. Those that are left come in the order of
    /// their declarations.
    pub(crate) fn without_namesakes(
        &self,
        tables: &[CollectedTable<'a>],
    ) -> Vec<&'a drizzle::Table<'a>> {
        let mut positions = FxHashMap::default();
        let mut kept: Vec<CollectedTable<'a>> = Vec::with_capacity(tables.len());
        for &table in tables {
            let Ok(name) = &table.table.name else {
                kept.push(table);
                continue;
            };
            let position = *positions
                .entry((table.table.namespace.clone(), name.clone()))
                .or_insert_with(|| kept.len());
            match kept.get_mut(position) {
                Some(namesake) => *namesake = table,
                None => kept.push(table),
            }
        }
        kept.sort_by_key(|it| it.place);
        kept.iter().map(|it| it.table).collect()
    }

    fn write_keys(
        &self,
        table: &drizzle::Table<'a>,
        constraints: &[&'a Constraint<'a>],
        written: &mut Table,
    ) {
        for column in table.columns.values() {
            if column.state.is_primary_key && is_last_of_its_name(column, table) {
                match &mut written.primary_key {
                    Some(key) => key.columns.push(column.name.as_str().to_owned()),
                    None => {
                        let columns = vec![column.name.as_str().to_owned()];
                        written.primary_key = Some(Key { name: None, columns, span: column.span });
                    }
                }
            }
            if let Some(unique) = &column.state.unique {
                let columns = vec![column.name.as_str().to_owned()];
                let is_postgresql = self.context.dialect == Dialect::PostgreSql;
                let suffix = match self.context.line {
                    DrizzleLine::V1 if is_postgresql => "key",
                    _ => "unique",
                };
                let given = unique.name.as_deref();
                let named_after = match (self.context.line, unique.first_table.get()) {
                    (DrizzleLine::V0, Some(first)) => &TableName::new(&**first),
                    _ => &written.name,
                };
                let name = self.unique_name(given, named_after, &column.raw_name, suffix);
                written.uniques.push(Key { name, columns, span: unique.span });
            }
        }
        for constraint in constraints {
            match constraint {
                Constraint::PrimaryKey(builder) => {
                    written.primary_key = Some(self.written_primary_key(builder, &written.name));
                }
                Constraint::Unique(builder) => {
                    let key = self.written_unique(&builder.borrow(), &written.name);
                    written.uniques.push(key);
                }
                Constraint::Index(builder) => {
                    let index = self.index(&builder.borrow(), written);
                    written.indexes.push(index);
                }
                Constraint::ForeignKey(_) => {}
            }
        }
    }

    fn written_primary_key(&self, builder: &KeyBuilder<'a>, table: &TableName) -> Key {
        let (columns, _) = column_names(&builder.columns);
        let given = builder.name.as_deref();
        let is_named = match (self.context.line, self.context.dialect) {
            (_, Dialect::Sqlite) => given.is_some(),
            (DrizzleLine::V0, _) => true,
            // That of one column is written beside the column.
            (DrizzleLine::V1, Dialect::PostgreSql) => given.is_some() || columns.len() > 1,
            (DrizzleLine::V1, Dialect::MySql) => false,
        };
        let name = match self.context.line {
            DrizzleLine::V0 => self
                .key_name(given, table, [&raw_names(&builder.columns), "pk"])
                .map(|name| self.with_cased_columns(name, &builder.columns)),
            DrizzleLine::V1 => self.key_name(given, table, ["", "pkey"]),
        };
        Key { name: name.filter(|_| is_named), columns, span: builder.span }
    }

    /// The casing of drizzle-kit 0.x rewrites the names of primary keys as it does with those of
    /// foreign keys.
    fn with_cased_columns(&self, name: String, columns: &[Value<'a>]) -> String {
        if self.context.casing.is_none() {
            return name;
        }
        let columns = columns.iter().filter_map(|value| match value {
            Value::Column(column) => Some((&*column.raw_name, &*column.name)),
            _ => None,
        });
        naming::rewrite_for_casing(name, columns)
    }

    fn written_unique(&self, builder: &KeyBuilder<'a>, table: &TableName) -> Key {
        let (columns, _) = column_names(&builder.columns);
        let given = builder.name.as_deref();
        let name = self.unique_name(given, table, &raw_names(&builder.columns), "unique");
        Key { name, columns, span: builder.span }
    }

    /// drizzle-kit 1.0 leaves the table out of the names that it gives in MySQL.
    fn unique_name(
        &self,
        given: Option<&str>,
        table: &TableName,
        columns: &str,
        suffix: &str,
    ) -> Option<String> {
        match (self.context.line, self.context.dialect, given) {
            (DrizzleLine::V1, Dialect::MySql, None) => Some(format!("{columns}_{suffix}")),
            _ => self.key_name(given, table, [columns, suffix]),
        }
    }

    fn index(&self, builder: &IndexBuilder<'a>, table: &Table) -> Index {
        let (columns, has_expressions) = column_names(&builder.columns);
        let parts = [&*columns.join("_"), "index"];
        Index {
            name: self.key_name(builder.name.as_deref(), &table.name, parts),
            columns,
            has_expressions,
            is_unique: builder.is_unique,
            is_partial: builder.is_partial,
            covers_not_null: false,
            span: builder.span,
        }
    }

    /// The name that was given, else the one that drizzle makes of the table and further parts,
    /// which is not known where that of the table is not.
    fn key_name(
        &self,
        given: Option<&str>,
        table: &TableName,
        [columns, suffix]: [&str; 2],
    ) -> Option<String> {
        let name = match given {
            Some(name) => name.to_owned(),
            None if table.has_unknown_part() => return None,
            None if columns.is_empty() => format!("{}_{suffix}", table.name),
            None => format!("{}_{columns}_{suffix}", table.name),
        };
        Some(self.context.dialect.truncate(&name).to_owned())
    }
}

fn is_last_of_its_name<'a>(column: &drizzle::Column<'a>, table: &drizzle::Table<'a>) -> bool {
    let last = table.columns.values().filter(|it| it.name == column.name).last();
    last.is_some_and(|it| std::ptr::eq(*it, column))
}

fn column_draft(column: &drizzle::Column<'_>) -> ColumnDraft {
    ColumnDraft {
        name: column.name.clone(),
        data_type: column.state.data_type.clone(),
        default: column.state.default.clone(),
        is_array: column.state.is_array,
        is_not_null: column.state.is_not_null,
        is_conditional: column.is_conditional,
        span: column.span,
    }
}

/// The columns as drizzle-orm names them, before the casing of drizzle-kit 0.x.
fn raw_names(values: &[Value<'_>]) -> String {
    let names = values.iter().map_while(|value| match value {
        Value::Column(column) => Some(&*column.raw_name),
        _ => None,
    });
    names.collect::<Vec<_>>().join("_")
}

/// The columns up to the first expression, and whether there is one.
fn column_names(values: &[Value<'_>]) -> (Vec<String>, bool) {
    let mut names = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::Column(column) => names.push(column.name.as_str().to_owned()),
            _ => return (names, true),
        }
    }
    (names, false)
}
