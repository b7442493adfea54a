//! From drizzle's tables to the catalog: foreign keys with their columns, actions and names.

use drift_model::{
    Catalog, Dialect, ForeignKey, ReferentialAction, Span, TableName, Unresolved, UnresolvedKind,
};
use rustc_hash::FxHashMap;
use swc_atoms::Atom;

use crate::DrizzleLine;
use crate::drizzle::{self, CallSite, Column, Constraint, ForeignKeyBuilder, Reference, Table};
use crate::evaluate::Evaluator;
use crate::naming::{self, Side};
use crate::value::{Object, Unknown, Value};

/// What the declarations of one table give.
#[derive(Default)]
pub(crate) struct Declared<'a> {
    pub(crate) foreign_keys: Vec<NamedForeignKey>,
    pub(crate) constraints: Vec<&'a Constraint<'a>>,
    pub(crate) unresolved: Vec<Unresolved>,
    /// The places of those that another one of the same name stands for.
    pub(crate) replaced: Vec<Span>,
}

/// A foreign key under the name that drizzle-kit knows it by, before any cut.
pub(crate) struct NamedForeignKey {
    full_name: String,
    foreign_key: ForeignKey,
}

/// One action as it may be, and the place that says it.
type Actions = (Vec<ReferentialAction>, Option<Span>);

/// What a foreign key is made of, before its names are known.
struct Parts<'a> {
    columns: Vec<&'a Column<'a>>,
    referenced: Vec<&'a Column<'a>>,
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
        for (column, reference) in &table.references {
            self.inline_foreign_key(table, column, reference, &mut declared);
        }
        self.extras(table, &mut declared);
        if declared.foreign_keys.len() > 1 {
            declared.settle(self.context.line);
        }
        declared
    }

    /// `.references(() => users.id, { onDelete: "cascade" })`
    fn inline_foreign_key(
        &mut self,
        table: &'a Table<'a>,
        column: &'a Column<'a>,
        reference: &Reference<'a>,
        declared: &mut Declared<'a>,
    ) {
        let span = reference.span;
        let site = CallSite { span, name: span, first_argument: None };
        let target = self.call(&reference.target, Vec::new(), site);
        let targets = alternatives(&target);
        let is_conditional = reference.is_conditional || targets.len() > 1;
        for target in &targets {
            let referenced = match target {
                Value::Column(referenced) => *referenced,
                other => {
                    declared.unresolved.push(not_a_column(other, span));
                    continue;
                }
            };
            for config in alternatives(&reference.config) {
                let parts =
                    self.config_actions(&config, span).map(|(on_delete, on_update)| Parts {
                        columns: vec![column],
                        referenced: vec![referenced],
                        name: None,
                        on_delete,
                        on_update,
                        span,
                        is_conditional: is_conditional
                            || matches!(reference.config, Value::Either(_)),
                    });
                match parts {
                    Ok(mut parts) => {
                        parts.name = self.inline_name(&config, span);
                        self.add_foreign_key(table, parts, declared);
                    }
                    Err(unresolved) => declared.unresolved.push(unresolved),
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
        let place = properties.iter().find(|(it, _)| ***it == *key).map(|(_, it)| it.span);
        drop(properties);
        let value = self.option(&Value::Object(config), key, span);
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
                let items = self.call(&extras.clone(), vec![Value::Table(table)], site);
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
            _ => {}
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
                None => (vec![ReferentialAction::NoAction], Some(call.span)),
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
    ) -> Result<Vec<Vec<&'a Column<'a>>>, Unresolved> {
        let value = self.option(config, key, span);
        let mut all = Vec::new();
        for list in alternatives(&value) {
            let Value::Array(array) = list else {
                return Err(not_columns(&list, key, span));
            };
            let mut lists = vec![Vec::new()];
            for item in array.items.borrow().iter() {
                let mut longer = Vec::new();
                for column in alternatives(item) {
                    let Value::Column(column) = column else {
                        return Err(not_a_column(&column, span));
                    };
                    longer.extend(lists.iter().map(|list: &Vec<_>| {
                        list.iter().copied().chain([column]).collect::<Vec<_>>()
                    }));
                }
                longer.truncate(ALTERNATIVES_LIMIT);
                lists = longer;
            }
            all.extend(lists);
        }
        Ok(all)
    }

    /// Adds the foreign key that some parts make; several where an action is not known for sure.
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
        let full_name = self.full_name(name, referenced_name, &parts);
        let names =
            |columns: &[&'a Column<'a>]| columns.iter().map(|it| it.name.to_string()).collect();
        let is_conditional =
            parts.is_conditional || parts.on_delete.0.len() > 1 || parts.on_update.0.len() > 1;
        for &on_delete in &parts.on_delete.0 {
            for &on_update in &parts.on_update.0 {
                let mut foreign_key = ForeignKey::new(
                    self.model_name(table, name),
                    names(&parts.columns),
                    self.model_name(referenced_table, referenced_name),
                    names(&parts.referenced),
                    parts.span,
                );
                let dialect = self.context.dialect;
                // A name that is made of what is not known is not known.
                let is_named = parts.name.is_some()
                    || !foreign_key.referencing_table.has_unknown_part()
                        && !foreign_key.referenced_table.has_unknown_part();
                if dialect.keeps_constraint_names() && is_named {
                    foreign_key.name = Some(dialect.truncate(&full_name).to_owned());
                }
                foreign_key.has_explicit_name = parts.name.is_some();
                foreign_key.on_delete = on_delete;
                foreign_key.on_update = on_update;
                foreign_key.on_delete_span = parts.on_delete.1;
                foreign_key.on_update_span = parts.on_update.1;
                foreign_key.is_conditional = is_conditional;
                let full_name = full_name.clone();
                declared.foreign_keys.push(NamedForeignKey { full_name, foreign_key });
            }
        }
    }

    /// The name that drizzle-kit gives it, before any cut.
    fn full_name(&self, table: &str, referenced_table: &str, parts: &Parts<'a>) -> String {
        let line = self.context.line;
        let names = |columns: &[&'a Column<'a>]| -> Vec<String> {
            columns
                .iter()
                .map(|column| match line {
                    DrizzleLine::V0 => column.raw_name.to_string(),
                    DrizzleLine::V1 => column.name.to_string(),
                })
                .collect()
        };
        let name = match &parts.name {
            Some(name) => name.to_string(),
            None => naming::default_foreign_key_name(
                line,
                self.context.dialect,
                &Side { table, columns: &names(&parts.columns) },
                &Side { table: referenced_table, columns: &names(&parts.referenced) },
            ),
        };
        if line == DrizzleLine::V1 || self.context.casing.is_none() {
            return name;
        }
        let columns = parts.columns.iter().chain(&parts.referenced);
        naming::rewrite_for_casing(name, columns.map(|it| (&*it.raw_name, &*it.name)))
    }

    /// The name of a table in the catalog.
    pub(crate) fn model_name(&self, table: &Table<'a>, name: &Atom) -> TableName {
        let dialect = self.context.dialect;
        let namespace = table.namespace.as_deref().filter(|namespace| {
            // drizzle-kit writes tables of a MySQL schema without it.
            dialect == Dialect::PostgreSql && Some(*namespace) != dialect.default_namespace()
        });
        TableName { namespace: namespace.map(str::to_owned), name: name.to_string() }
    }
}

impl Declared<'_> {
    /// Merges what both sides of a condition agree on, and what shares a name.
    fn settle(&mut self, line: DrizzleLine) {
        let mut kept: Vec<NamedForeignKey> = Vec::with_capacity(self.foreign_keys.len());
        let mut by_name: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for next in self.foreign_keys.drain(..) {
            let namesakes = by_name.entry(next.full_name.clone()).or_default();
            let twin = namesakes.iter().find(|&&it| kept[it].is_conditional_twin(&next));
            if let Some(&twin) = twin {
                kept[twin].foreign_key.is_conditional = false;
                self.replaced.push(next.foreign_key.span);
                continue;
            }
            // In 0.x foreign keys are kept by name, so that the last one replaces the others.
            let replaced = namesakes.iter().find(|&&it| {
                line == DrizzleLine::V0
                    && !kept[it].foreign_key.is_conditional
                    && !next.foreign_key.is_conditional
            });
            match replaced {
                Some(&replaced) => {
                    let last = std::mem::replace(&mut kept[replaced], next);
                    self.replaced.push(last.foreign_key.span);
                }
                None => {
                    namesakes.push(kept.len());
                    kept.push(next);
                }
            }
        }
        self.foreign_keys = kept;
    }

    /// Moves the foreign keys into a catalog.
    pub(crate) fn add_to(&mut self, catalog: &mut Catalog) {
        catalog.foreign_keys.extend(self.foreign_keys.drain(..).map(|it| it.foreign_key));
    }
}

impl NamedForeignKey {
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

/// The values that a value may be.
fn alternatives<'a>(value: &Value<'a>) -> Vec<Value<'a>> {
    if !matches!(value, Value::Either(_)) {
        return vec![value.clone()];
    }
    let mut found = Vec::new();
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
) -> Result<Option<Vec<ReferentialAction>>, Unresolved> {
    let mut actions = Vec::new();
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
    let mut actions: Vec<_> = actions.into_iter().map(Option::unwrap_or_default).collect();
    actions.dedup();
    Ok(Some(actions))
}

fn no_action() -> Actions {
    (vec![ReferentialAction::NoAction], None)
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
