//! From what the evaluation leaves of a table to the catalog.
//!
//! A draft is plain data, so that the names and texts of the catalog are made on other threads while
//! the evaluation goes on.

use std::sync::Arc;

use drift_model::{
    Column, Dialect, ForeignKey, Loss, LostDeclaration, ReferentialAction, Span, Table, TableName,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use swc_atoms::Atom;

use crate::naming::{self, Side};
use crate::small_map::SmallMap;
use crate::{Casing, DrizzleLine};

/// What the names depend on.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) dialect: Dialect,
    pub(crate) line: DrizzleLine,
    pub(crate) casing: Option<Casing>,
}

/// A table that is evaluated.
pub(crate) struct TableDraft {
    /// All of it but the columns.
    pub(crate) table: Table,
    pub(crate) columns: Vec<ColumnDraft>,
    pub(crate) foreign_keys: Vec<ForeignKeyDraft>,
    pub(crate) lost: Vec<LostDraft>,
}

/// A foreign key that drizzle forgets.
pub(crate) struct LostDraft {
    /// `None` where it could not be read.
    pub(crate) foreign_key: Option<ForeignKeyDraft>,
    pub(crate) span: Span,
    pub(crate) loss: Loss,
}

/// A column, as in [`Column`].
pub(crate) struct ColumnDraft {
    pub(crate) name: Atom,
    pub(crate) data_type: Option<Atom>,
    pub(crate) default: Option<ColumnDefault>,
    pub(crate) is_array: bool,
    pub(crate) is_not_null: bool,
    pub(crate) is_conditional: bool,
    pub(crate) span: Span,
}

/// A default of a column.
#[derive(Clone)]
pub(crate) enum ColumnDefault {
    /// A string, which SQL quotes.
    Text(Atom),
    /// A number, a boolean or `null`.
    Plain(Atom),
    Function(&'static str),
    /// As TypeScript writes it.
    Written(Arc<str>),
}

/// The actions that a clause may stand for, and the place of it.
pub(crate) type Actions = (SmallVec<[ReferentialAction; 4]>, Option<Span>);

/// A foreign key; several where an action is not known for sure.
#[derive(Debug)]
pub(crate) struct ForeignKeyDraft {
    pub(crate) referencing: SideDraft,
    pub(crate) referenced: SideDraft,
    pub(crate) name: Option<Atom>,
    pub(crate) on_delete: Actions,
    pub(crate) on_update: Actions,
    pub(crate) span: Span,
    pub(crate) is_conditional: bool,
}

/// One end of a foreign key.
#[derive(Debug)]
pub(crate) struct SideDraft {
    pub(crate) table: Atom,
    pub(crate) namespace: Option<Atom>,
    pub(crate) columns: SmallVec<[ColumnName; 1]>,
}

/// The name of a column.
#[derive(Debug)]
pub(crate) struct ColumnName {
    /// As drizzle-orm has it, before the `casing` of drizzle-kit 0.x.
    pub(crate) raw: Atom,
    /// As the database has it.
    pub(crate) name: Atom,
}

/// A table as the catalog has it.
pub(crate) struct Finished {
    pub(crate) table: Table,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// The places of foreign keys that another one of the same name stands for.
    pub(crate) replaced: Vec<Span>,
    /// What drizzle forgets.
    pub(crate) lost: Vec<LostDeclaration>,
}

/// A foreign key under the name that drizzle-kit knows it by, before any cut.
#[derive(Clone)]
struct NamedForeignKey {
    full_name: String,
    /// Whether the engine keeps the name, and all of it is known.
    is_named: bool,
    foreign_key: ForeignKey,
}

impl TableDraft {
    pub(crate) fn finish(self, rules: Rules) -> Finished {
        let mut table = self.table;
        table.columns = columns(self.columns);
        if let Some(key) = &table.primary_key {
            for column in &mut table.columns {
                // SQLite alone lets NULL into a primary key of several columns; drizzle-kit does not.
                column.is_not_null |= key.columns.contains(&column.name);
            }
        }
        let mut named = Vec::with_capacity(self.foreign_keys.len());
        for draft in &self.foreign_keys {
            draft.finish_into(&mut named, rules);
        }
        let (mut replaced, mut lost) = (Vec::new(), Vec::new());
        if named.len() > 1 {
            let (kept, pairs) = settle(named, rules.line, &mut replaced);
            lost.extend(pairs.into_iter().filter_map(|(before, at)| {
                let by = kept[at].clone().finish(rules.dialect);
                lost_by_name(&table.name, before.finish(rules.dialect), by)
            }));
            named = kept;
        }
        lost.extend(self.lost.into_iter().map(|it| it.finish(&table.name, rules)));
        let foreign_keys = named.into_iter().map(|it| it.finish(rules.dialect)).collect();
        Finished { table, foreign_keys, replaced, lost }
    }
}

impl LostDraft {
    pub(crate) fn finish(self, table: &TableName, rules: Rules) -> LostDeclaration {
        let mut named = Vec::new();
        if let Some(draft) = &self.foreign_key {
            draft.finish_into(&mut named, rules);
        }
        let foreign_key = named.into_iter().next().map(|it| Box::new(it.finish(rules.dialect)));
        LostDeclaration { table: table.clone(), foreign_key, span: self.span, loss: self.loss }
    }
}

/// A foreign key that another one of its name replaces, unless both are the same.
fn lost_by_name(table: &TableName, before: ForeignKey, by: ForeignKey) -> Option<LostDeclaration> {
    let place = |it: &ForeignKey| (it.referenced_table.clone(), it.referenced_columns.clone());
    let is_same = (before.on_delete, before.on_update) == (by.on_delete, by.on_update)
        && before.referencing_columns == by.referencing_columns
        && place(&before) == place(&by);
    let span = before.span;
    (!is_same).then(|| LostDeclaration {
        table: table.clone(),
        foreign_key: Some(Box::new(before)),
        span,
        loss: Loss::Replaced(Box::new(by)),
    })
}

/// Of several columns of one name the last one wins, at the place of the first.
fn columns(drafts: Vec<ColumnDraft>) -> Vec<Column> {
    let mut columns = SmallMap::with_capacity(drafts.len());
    for draft in drafts {
        let column = Column {
            name: draft.name.as_str().to_owned(),
            data_type: draft.data_type.as_deref().map(str::to_owned),
            is_array: draft.is_array,
            is_not_null: draft.is_not_null,
            is_conditional: draft.is_conditional,
            default: draft.default.map(|it| it.to_sql()),
            span: draft.span,
        };
        columns.insert(draft.name, column);
    }
    // Collected at once, they would keep the memory of the map's larger entries.
    let mut all = Vec::with_capacity(columns.len());
    all.extend(columns.into_values());
    all
}

impl ColumnDefault {
    fn to_sql(&self) -> String {
        match self {
            ColumnDefault::Text(text) => format!("'{}'", text.replace('\'', "''")),
            ColumnDefault::Plain(value) => value.as_str().to_owned(),
            ColumnDefault::Function(call) => (*call).to_owned(),
            ColumnDefault::Written(text) => str::to_owned(text),
        }
    }
}

impl ForeignKeyDraft {
    fn finish_into(&self, named: &mut Vec<NamedForeignKey>, rules: Rules) {
        let full_name = self.full_name(rules);
        for &on_delete in &self.on_delete.0 {
            for &on_update in &self.on_update.0 {
                let mut foreign_key = ForeignKey::new(
                    self.referencing.table_name(rules.dialect),
                    self.referencing.column_names(),
                    self.referenced.table_name(rules.dialect),
                    self.referenced.column_names(),
                    self.span,
                );
                // A name that is made of what is not known is not known.
                let is_named = rules.dialect.keeps_constraint_names()
                    && (self.name.is_some()
                        || !foreign_key.referencing_table.has_unknown_part()
                            && !foreign_key.referenced_table.has_unknown_part());
                foreign_key.has_explicit_name = self.name.is_some();
                foreign_key.on_delete = on_delete;
                foreign_key.on_update = on_update;
                foreign_key.on_delete_span = self.on_delete.1;
                foreign_key.on_update_span = self.on_update.1;
                foreign_key.is_conditional = self.is_conditional;
                let full_name = full_name.clone();
                named.push(NamedForeignKey { full_name, is_named, foreign_key });
            }
        }
    }

    /// The name that drizzle-kit gives it, before any cut.
    fn full_name(&self, rules: Rules) -> String {
        let name = match &self.name {
            Some(name) => name.as_str().to_owned(),
            None => naming::default_foreign_key_name(
                rules.line,
                rules.dialect,
                &self.referencing.side(&self.referencing.names(rules.line)),
                &self.referenced.side(&self.referenced.names(rules.line)),
            ),
        };
        if rules.line == DrizzleLine::V1 || rules.casing.is_none() {
            return name;
        }
        let columns = self.referencing.columns.iter().chain(&self.referenced.columns);
        naming::rewrite_for_casing(name, columns.map(|it| (&*it.raw, &*it.name)))
    }
}

impl SideDraft {
    fn table_name(&self, dialect: Dialect) -> TableName {
        table_name(&self.table, self.namespace.as_ref(), dialect)
    }

    fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|it| it.name.as_str().to_owned()).collect()
    }

    /// The names of the columns as they go into the default name.
    fn names(&self, line: DrizzleLine) -> SmallVec<[&str; 2]> {
        let names = self.columns.iter().map(|column| match line {
            DrizzleLine::V0 => column.raw.as_str(),
            DrizzleLine::V1 => column.name.as_str(),
        });
        names.collect()
    }

    fn side<'n>(&'n self, columns: &'n [&'n str]) -> Side<'n> {
        Side { table: &self.table, columns }
    }
}

/// The name of a table in the catalog.
pub(crate) fn table_name(name: &Atom, namespace: Option<&Atom>, dialect: Dialect) -> TableName {
    let namespace = namespace.map(Atom::as_str).filter(|namespace| {
        // drizzle-kit writes tables of a MySQL schema without it.
        dialect == Dialect::PostgreSql && Some(*namespace) != dialect.default_namespace()
    });
    TableName { namespace: namespace.map(str::to_owned), name: name.as_str().to_owned() }
}

/// Merges what both sides of a condition agree on, and what shares a name. What is replaced comes
/// with the position of what replaces it.
fn settle(
    named: Vec<NamedForeignKey>,
    line: DrizzleLine,
    replaced: &mut Vec<Span>,
) -> (Vec<NamedForeignKey>, Vec<(NamedForeignKey, usize)>) {
    let mut lost = Vec::new();
    let mut kept: Vec<NamedForeignKey> = Vec::with_capacity(named.len());
    let mut by_name: FxHashMap<String, SmallVec<[usize; 2]>> = FxHashMap::default();
    for next in named {
        let namesakes = by_name.entry(next.full_name.clone()).or_default();
        let twin = namesakes.iter().find(|&&it| kept[it].is_conditional_twin(&next));
        if let Some(&twin) = twin {
            kept[twin].foreign_key.is_conditional = false;
            replaced.push(next.foreign_key.span);
            continue;
        }
        // In 0.x foreign keys are kept by name, so that the last one replaces the others.
        let before = namesakes.iter().find(|&&it| {
            line == DrizzleLine::V0
                && !kept[it].foreign_key.is_conditional
                && !next.foreign_key.is_conditional
        });
        match before {
            Some(&before) => {
                let last = std::mem::replace(&mut kept[before], next);
                replaced.push(last.foreign_key.span);
                lost.push((last, before));
            }
            None => {
                namesakes.push(kept.len());
                kept.push(next);
            }
        }
    }
    (kept, lost)
}

impl NamedForeignKey {
    /// The foreign key under the name that the engine stores.
    fn finish(mut self, dialect: Dialect) -> ForeignKey {
        if self.is_named {
            let kept = dialect.truncate(&self.full_name);
            if kept.len() < self.full_name.len() {
                self.foreign_key.name = Some(kept.to_owned());
                self.foreign_key.written_name = Some(self.full_name);
            } else {
                self.foreign_key.name = Some(self.full_name);
            }
        }
        self.foreign_key
    }

    fn is_conditional_twin(&self, other: &Self) -> bool {
        let (a, b) = (&self.foreign_key, &other.foreign_key);
        a.is_conditional
            && b.is_conditional
            && a.referencing_columns == b.referencing_columns
            && a.referenced_table == b.referenced_table
            && a.referenced_columns == b.referenced_columns
            && (a.on_delete, a.on_update) == (b.on_delete, b.on_update)
    }
}
