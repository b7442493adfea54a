//! From drizzle's tables to the catalog: foreign keys with their columns, actions and names.

use drift_model::{Dialect, Loss, ReferentialAction, Span, TableName, Unresolved, UnresolvedKind};
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};
use swc_atoms::Atom;

use crate::DrizzleLine;
use crate::draft::{self, Actions, ColumnName, ForeignKeyDraft, LostDraft, SideDraft};
use crate::drizzle::{
    self, CallSite, Column, Constraint, ForeignKeyBuilder, Reference, ReferenceOptions, Table,
    TableReference,
};
use crate::evaluate::Evaluator;
use crate::value::{Object, Unknown, Value};

/// What the declarations of one table give.
#[derive(Default)]
pub(crate) struct Declared<'a> {
    pub(crate) foreign_keys: Vec<ForeignKeyDraft>,
    pub(crate) lost: Vec<LostDraft>,
    pub(crate) constraints: Vec<&'a Constraint<'a>>,
    pub(crate) unresolved: Vec<Unresolved>,
}

/// The columns of one side.
type ColumnList<'a> = SmallVec<[&'a Column<'a>; 2]>;

/// What a foreign key is made of, before its names are known.
struct Parts<'a> {
    columns: ColumnList<'a>,
    referenced: ColumnList<'a>,
    name: Option<Atom>,
    on_delete: Actions,
    on_update: Actions,
    span: Span,
    is_conditional: bool,
}

/// More alternatives than this are not followed.
const ALTERNATIVES_LIMIT: usize = 8;

impl<'a> Evaluator<'a> {
    /// Reads the foreign keys and constraints of a table.
    pub(crate) fn declared(&mut self, table: &'a Table<'a>) -> Declared<'a> {
        let mut declared =
            Declared { unresolved: table.unresolved.borrow().clone(), ..Declared::default() };
        for reference in &table.references {
            self.inline_foreign_key(table, reference, &mut declared);
        }
        for reference in &table.lost_references {
            self.lose(reference.span, Loss::BeforeArray, &mut declared, |this, declared| {
                this.inline_foreign_key(table, reference, declared);
            });
        }
        self.extras(table, &mut declared);
        declared
    }

    /// Reads the actions of a reference, as a table does when it is made.
    pub(crate) fn table_reference(
        &mut self,
        column: &'a Column<'a>,
        reference: Reference<'a>,
    ) -> TableReference<'a> {
        let Reference { target, config, span, is_conditional } = reference;
        let mut options = SmallVec::new();
        for config in alternatives(&config) {
            let actions = self.config_actions(&config, span);
            options.push(ReferenceOptions { actions, name: self.inline_name(&config, span) });
        }
        let is_conditional = is_conditional || matches!(config, Value::Either(_));
        TableReference { column, target, options, span, is_conditional }
    }

    /// `.references(() => users.id, { onDelete: "cascade" })`
    fn inline_foreign_key(
        &mut self,
        table: &'a Table<'a>,
        reference: &TableReference<'a>,
        declared: &mut Declared<'a>,
    ) {
        let span = reference.span;
        let site = CallSite { span, name: span, first_argument: None };
        let target = self.call(&reference.target, Vec::new(), site);
        let targets = alternatives(&target);
        let is_conditional = reference.is_conditional || targets.len() > 1;
        for target in &targets {
            let Value::Column(referenced) = target else {
                declared.unresolved.push(not_a_column(target, span));
                continue;
            };
            for options in &reference.options {
                match &options.actions {
                    Ok((on_delete, on_update)) => {
                        let parts = Parts {
                            columns: smallvec![reference.column],
                            referenced: smallvec![*referenced],
                            name: options.name.clone(),
                            on_delete: on_delete.clone(),
                            on_update: on_update.clone(),
                            span,
                            is_conditional,
                        };
                        self.add_foreign_key(table, parts, declared);
                    }
                    Err(unresolved) => declared.unresolved.push(unresolved.clone()),
                }
            }
        }
    }

    /// `{ name }` beside the actions counts from 1.0 on, in PostgreSQL.
    fn inline_name(&mut self, config: &Value<'a>, span: Span) -> Option<Atom> {
        if self.context.line == DrizzleLine::V0 || self.context.dialect != Dialect::PostgreSql {
            return None;
        }
        let Value::Object(_) = config else { return None };
        match self.option(config, "name", span) {
            Value::String(name) if !name.is_empty() => Some(name),
            _ => None,
        }
    }

    fn config_actions(
        &mut self,
        config: &Value<'a>,
        span: Span,
    ) -> Result<(Actions, Actions), Unresolved> {
        match config {
            Value::Object(object) => {
                Ok((self.action(object, "onDelete", span)?, self.action(object, "onUpdate", span)?))
            }
            Value::Unknown(unknown) => Err(because(unknown, span)),
            Value::Opaque | Value::Either(_) => {
                Err(unresolved("the actions of this foreign key are not known", span))
            }
            _ => Ok((no_action(), no_action())),
        }
    }

    fn action(
        &mut self,
        config: &'a Object<'a>,
        key: &str,
        span: Span,
    ) -> Result<Actions, Unresolved> {
        let properties = config.properties.borrow();
        let found = properties.iter().find(|(it, _)| ***it == *key).map(|(_, it)| it.clone());
        drop(properties);
        let (place, value) = match found {
            Some(property) => (Some(property.span), self.property_value(&property)),
            None => (None, self.option(&Value::Object(config), key, span)),
        };
        if matches!(value, Value::Undefined) {
            return Ok(no_action());
        }
        match read_action(&value, place.unwrap_or(span))? {
            Some(actions) => Ok((actions, place)),
            None => Ok(no_action()),
        }
    }

    /// The third argument of a table.
    fn extras(&mut self, table: &'a Table<'a>, declared: &mut Declared<'a>) {
        let span = table.span;
        match &table.extras {
            Value::Undefined | Value::Null => {}
            Value::Unknown(unknown) => declared.unresolved.push(because(unknown, span)),
            extras => {
                let site = CallSite { span, name: span, first_argument: None };
                let columns = self.extra_columns(table);
                let items = self.call(&extras.clone(), vec![columns], site);
                self.extra_items(table, &items, false, declared);
            }
        }
    }

    fn extra_items(
        &mut self,
        table: &'a Table<'a>,
        items: &Value<'a>,
        is_conditional: bool,
        declared: &mut Declared<'a>,
    ) {
        match items {
            Value::Array(array) => {
                for item in array.items.borrow().iter() {
                    match item {
                        // One level is flattened, by 0.x on purpose.
                        Value::Array(inner) => {
                            for item in inner.items.borrow().iter() {
                                self.extra(table, item, is_conditional, declared);
                            }
                        }
                        item => self.extra(table, item, is_conditional, declared),
                    }
                }
            }
            Value::Object(object) => {
                for (_, item) in self.entries(items) {
                    self.extra(table, &item, is_conditional, declared);
                }
                if let Some(unknown) = object.unknown_part.get() {
                    declared.unresolved.push(because(unknown, unknown.span));
                }
            }
            Value::Either(either) => {
                self.extra_items(table, &either.first, true, declared);
                self.extra_items(table, &either.second, true, declared);
            }
            Value::Unknown(unknown) => {
                declared.unresolved.push(because(unknown, unknown.span));
            }
            Value::Constraint(_) if !is_conditional => {
                self.lost_extras(table, items, Loss::InNothing, declared);
            }
            _ => {}
        }
    }

    fn extra(
        &mut self,
        table: &'a Table<'a>,
        item: &Value<'a>,
        is_conditional: bool,
        declared: &mut Declared<'a>,
    ) {
        match item {
            Value::Constraint(Constraint::ForeignKey(builder)) => {
                let builder = builder.borrow().clone();
                self.table_foreign_key(table, &builder, is_conditional, declared);
            }
            Value::Constraint(constraint) => declared.constraints.push(constraint),
            Value::Either(either) => {
                for side in [&either.first, &either.second] {
                    match side {
                        // `...(condition ? [foreignKey(..)] : [])`
                        Value::Array(_) => self.extra_items(table, side, true, declared),
                        side => self.extra(table, side, true, declared),
                    }
                }
            }
            Value::Unknown(unknown) => {
                declared.unresolved.push(because(unknown, unknown.span));
            }
            // Whatever is no builder is ignored, an object with builders in it too.
            Value::Object(_) if !is_conditional => {
                self.lost_extras(table, item, Loss::InObject, declared);
            }
            Value::Array(_) if !is_conditional => {
                self.lost_extras(table, item, Loss::InArray, declared);
            }
            _ => {}
        }
    }

    /// Notes the foreign keys in something that drizzle passes over.
    fn lost_extras(
        &mut self,
        table: &'a Table<'a>,
        item: &Value<'a>,
        loss: Loss,
        declared: &mut Declared<'a>,
    ) {
        let mut pending = vec![item.clone()];
        let mut seen = FxHashSet::default();
        while let Some(item) = pending.pop() {
            match &item {
                Value::Constraint(Constraint::ForeignKey(builder)) => {
                    let builder = builder.borrow().clone();
                    self.lose(builder.span, loss.clone(), declared, |this, declared| {
                        this.table_foreign_key(table, &builder, false, declared);
                    });
                }
                // An object may hold itself.
                Value::Object(object) if seen.insert(std::ptr::from_ref(*object).addr()) => {
                    let properties = self.entries(&item);
                    pending.extend(properties.into_iter().rev().map(|(_, value)| value));
                }
                Value::Array(array) if seen.insert(std::ptr::from_ref(*array).addr()) => {
                    pending.extend(array.items.borrow().iter().rev().cloned());
                }
                _ => {}
            }
        }
    }

    /// Notes what reading a declaration gives as lost.
    fn lose(
        &mut self,
        span: Span,
        loss: Loss,
        declared: &mut Declared<'a>,
        read: impl FnOnce(&mut Self, &mut Declared<'a>),
    ) {
        let mut lost = Declared::default();
        read(self, &mut lost);
        // What exists under a condition is meant to be lost at times.
        if !lost.foreign_keys.iter().any(|it| it.is_conditional) {
            let foreign_key = lost.foreign_keys.into_iter().next();
            declared.lost.push(LostDraft { foreign_key, span, loss });
        }
    }

    /// `foreignKey({ columns, foreignColumns, name }).onDelete("cascade")`
    fn table_foreign_key(
        &mut self,
        table: &'a Table<'a>,
        builder: &ForeignKeyBuilder<'a>,
        is_conditional: bool,
        declared: &mut Declared<'a>,
    ) {
        match self.table_parts(builder) {
            Ok(alternatives) => {
                let is_conditional = is_conditional || alternatives.len() > 1;
                for mut parts in alternatives {
                    parts.is_conditional |= is_conditional;
                    self.add_foreign_key(table, parts, declared);
                }
            }
            Err(unresolved) => declared.unresolved.push(unresolved),
        }
    }

    fn table_parts(
        &mut self,
        builder: &ForeignKeyBuilder<'a>,
    ) -> Result<Vec<Parts<'a>>, Unresolved> {
        let span = builder.span;
        let config = match &builder.config {
            function @ Value::Function(_) => {
                let site = CallSite { span, name: span, first_argument: None };
                self.call(function, Vec::new(), site)
            }
            config => config.clone(),
        };
        let chained = |call: &Option<crate::drizzle::ActionCall<'a>>| match call {
            Some(call) => Ok(match read_action(&call.action, call.span)? {
                Some(actions) => (actions, Some(call.span)),
                None => (smallvec![ReferentialAction::NoAction], Some(call.span)),
            }),
            None => Ok(no_action()),
        };
        let (on_delete, on_update) = (chained(&builder.on_delete)?, chained(&builder.on_update)?);
        let mut all = Vec::new();
        for config in alternatives(&config) {
            if let Value::Unknown(unknown) = config {
                return Err(because(unknown, span));
            }
            let columns = self.column_lists(&config, "columns", span)?;
            let referenced = self.column_lists(&config, "foreignColumns", span)?;
            let name = match self.option(&config, "name", span) {
                Value::String(name) if name.is_empty() && self.context.line == DrizzleLine::V1 => {
                    None
                }
                Value::String(name) => Some(name),
                Value::Undefined | Value::Null => None,
                Value::Unknown(unknown) => return Err(because(unknown, span)),
                _ => return Err(unresolved("the name of this foreign key is not known", span)),
            };
            for columns in &columns {
                for referenced in &referenced {
                    all.push(Parts {
                        columns: columns.clone(),
                        referenced: referenced.clone(),
                        name: name.clone(),
                        on_delete: on_delete.clone(),
                        on_update: on_update.clone(),
                        span,
                        is_conditional: false,
                    });
                }
            }
        }
        Ok(all)
    }

    /// The columns under `key`; several lists where a condition is not known.
    fn column_lists(
        &mut self,
        config: &Value<'a>,
        key: &str,
        span: Span,
    ) -> Result<Vec<ColumnList<'a>>, Unresolved> {
        let value = self.option(config, key, span);
        let mut all = Vec::new();
        for list in alternatives(&value) {
            let Value::Array(array) = list else {
                return Err(not_columns(&list, key, span));
            };
            let mut lists = vec![ColumnList::new()];
            for item in array.items.borrow().iter() {
                let mut longer = Vec::new();
                for column in alternatives(item) {
                    let Value::Column(column) = column else {
                        return Err(not_a_column(&column, span));
                    };
                    longer.extend(lists.iter().map(|list| {
                        list.iter().copied().chain([column]).collect::<ColumnList<'a>>()
                    }));
                }
                longer.truncate(ALTERNATIVES_LIMIT);
                lists = longer;
            }
            all.extend(lists);
        }
        Ok(all)
    }

    /// Adds the foreign key that some parts make.
    fn add_foreign_key(
        &mut self,
        table: &'a Table<'a>,
        parts: Parts<'a>,
        declared: &mut Declared<'a>,
    ) {
        let Some(referenced_table) = parts.referenced.first().and_then(|it| it.table.get()) else {
            declared
                .unresolved
                .push(unresolved("this foreign key references no column", parts.span));
            return;
        };
        let (Ok(name), referenced_name) = (&table.name, &referenced_table.name) else { return };
        let referenced_name = match referenced_name {
            Ok(name) => name,
            Err(unknown) => {
                let reason =
                    format!("the referenced table's name is not known: {}", unknown.reason);
                declared.unresolved.push(unresolved(reason, parts.span));
                return;
            }
        };
        let is_conditional =
            parts.is_conditional || parts.on_delete.0.len() > 1 || parts.on_update.0.len() > 1;
        declared.foreign_keys.push(ForeignKeyDraft {
            referencing: side(name, table, &parts.columns),
            referenced: side(referenced_name, referenced_table, &parts.referenced),
            name: parts.name,
            on_delete: parts.on_delete,
            on_update: parts.on_update,
            span: parts.span,
            is_conditional,
        });
    }

    /// The name of a table in the catalog.
    pub(crate) fn model_name(&self, table: &Table<'a>, name: &Atom) -> TableName {
        draft::table_name(name, table.namespace.as_ref(), self.context.dialect)
    }
}

fn side(name: &Atom, table: &Table<'_>, columns: &[&Column<'_>]) -> SideDraft {
    let columns = columns
        .iter()
        .map(|column| ColumnName { raw: column.raw_name.clone(), name: column.name.clone() });
    SideDraft {
        table: name.clone(),
        namespace: table.namespace.clone(),
        columns: columns.collect(),
    }
}

/// The values that a value may be.
fn alternatives<'a>(value: &Value<'a>) -> SmallVec<[Value<'a>; 1]> {
    if !matches!(value, Value::Either(_)) {
        return smallvec![value.clone()];
    }
    let mut found = SmallVec::new();
    let mut pending = vec![value.clone()];
    while let Some(value) = pending.pop() {
        match value {
            Value::Either(either) if found.len() + pending.len() < ALTERNATIVES_LIMIT => {
                pending.push(either.second.clone());
                pending.push(either.first.clone());
            }
            value => {
                if !found.iter().any(|it: &Value<'a>| it.is_same(&value)) {
                    found.push(value);
                }
            }
        }
    }
    found
}

/// The actions that a value may stand for; `None` where none is given.
fn read_action(
    value: &Value<'_>,
    span: Span,
) -> Result<Option<SmallVec<[ReferentialAction; 4]>>, Unresolved> {
    let mut actions = SmallVec::<[_; 4]>::new();
    for value in alternatives(value) {
        let action = match &value {
            Value::String(words) if !words.is_empty() => match ReferentialAction::parse(words) {
                Some(action) => Some(action),
                None => {
                    let reason = format!("`{words}` is not a referential action");
                    return Err(unresolved(reason, span));
                }
            },
            Value::Unknown(unknown) => return Err(because(unknown, span)),
            value => match value.truthiness() {
                Some(false) => None,
                _ => return Err(unresolved("this referential action is not known", span)),
            },
        };
        actions.push(action);
    }
    if actions.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut actions: SmallVec<_> = actions.into_iter().map(Option::unwrap_or_default).collect();
    actions.dedup();
    Ok(Some(actions))
}

fn no_action() -> Actions {
    (smallvec![ReferentialAction::NoAction], None)
}

fn not_a_column(value: &Value<'_>, span: Span) -> Unresolved {
    match value {
        Value::Unknown(unknown) => because(unknown, span),
        Value::Undefined => unresolved("the referenced column is undefined", span),
        _ => unresolved("what is referenced here is not a column that is known", span),
    }
}

fn not_columns(value: &Value<'_>, key: &str, span: Span) -> Unresolved {
    match value {
        Value::Unknown(unknown) => because(unknown, span),
        _ => unresolved(format!("`{key}` of this foreign key is not a list that is known"), span),
    }
}

fn because(unknown: &Unknown<'_>, span: Span) -> Unresolved {
    Unresolved { span, ..drizzle::unresolved(unknown) }
}

fn unresolved(reason: impl Into<String>, span: Span) -> Unresolved {
    Unresolved::new(UnresolvedKind::Expression, reason, span)
}
