//! Tables: names, columns, and what makes them.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use drift_model::{Span, TableName, Unresolved, UnresolvedKind};
use swc_atoms::Atom;

use super::columns::set_name;
use super::{CallSite, Column, ColumnBuilder, Reference, Table, TableFactory};
use crate::conditions::covering_text;
use crate::evaluate::Evaluator;
use crate::packages::Package;
use crate::small_map::SmallMap;
use crate::value::{Object, Property, Unknown, Value};
use crate::{Casing, DrizzleLine};

/// The parts of a table that its columns make.
#[derive(Default)]
struct Columns<'a> {
    by_key: SmallMap<&'a Column<'a>>,
    references: Vec<(&'a Column<'a>, Reference<'a>)>,
    lost_references: Vec<(&'a Column<'a>, Reference<'a>)>,
    unresolved: Vec<Unresolved>,
    unknown_part: Option<&'a Unknown<'a>>,
    /// Whether it is not certain that the columns at hand are there, under these names.
    are_conditional: bool,
}

impl<'a> Evaluator<'a> {
    /// `factory(name, columns, extras)`
    pub(crate) fn make_table(
        &mut self,
        factory: &TableFactory<'a>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let argument =
            |position: usize| arguments.get(position).cloned().unwrap_or(Value::Undefined);
        let name = match &factory.name_function {
            Some(function) => self.call(&function.clone(), vec![argument(0)], site),
            None => argument(0),
        };
        let (name, namespace) = self.table_name(name, factory.namespace.as_ref(), site);
        let columns = match argument(1) {
            // The callback gets the builders, under the names of the exports.
            callback @ (Value::Function(_) | Value::Method(_)) => {
                self.call(&callback, vec![Value::Package(Package::Core(factory.core))], site)
            }
            columns => columns,
        };
        let columns = self.build_columns(&columns, factory, site);
        // The actions are read now, though the target is not.
        let mut read = |references: Vec<(&'a Column<'a>, Reference<'a>)>| {
            let references = references.into_iter();
            references.map(|(column, it)| self.table_reference(column, it)).collect()
        };
        let (references, lost_references) =
            (read(columns.references), read(columns.lost_references));
        let span = match site.first_argument {
            Some(first) => Span::new(site.span.file, site.span.start, first.end),
            None => site.span,
        };
        let table: &'a Table<'a> = self.arena.tables.alloc(Table {
            core: factory.core,
            name,
            namespace,
            columns: columns.by_key,
            references,
            lost_references,
            extras: argument(2),
            span,
            unresolved: RefCell::new(columns.unresolved),
            unknown_part: Cell::new(columns.unknown_part),
        });
        for column in table.columns.values() {
            let is_first = column.table.set(table).is_ok();
            debug_assert!(is_first, "a column is built for one table");
            if let (Some(unique), Ok(name)) = (&column.state.unique, &table.name) {
                let _ = unique.first_table.set(name.clone());
            }
        }
        if let Some(trace) = &mut self.trace {
            trace.tables.push(table);
        }
        Value::Table(table)
    }

    fn table_name(
        &mut self,
        name: Value<'a>,
        namespace: Option<&Value<'a>>,
        site: CallSite,
    ) -> (Result<Atom, &'a Unknown<'a>>, Option<Atom>) {
        let mut text = |value: &Value<'a>| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Unknown(unknown) => Err(*unknown),
            _ => {
                let span = site.first_argument.unwrap_or(site.span);
                let reason = "this is not a string that is known".to_owned();
                Err(&*self.arena.unknowns.alloc(Unknown::new(reason, span)))
            }
        };
        let namespace = match namespace.map(&mut text) {
            Some(Err(unknown)) => return (Err(unknown), None),
            Some(Ok(namespace)) => Some(namespace),
            None => None,
        };
        let name = match (text(&name), covering_text(&name)) {
            (Err(_), Some(partial)) if says_something(&partial) => Ok(partial),
            (name, _) => name,
        };
        (name, namespace)
    }

    fn build_columns(
        &mut self,
        value: &Value<'a>,
        factory: &TableFactory<'a>,
        site: CallSite,
    ) -> Columns<'a> {
        let mut columns = Columns::default();
        match value {
            Value::Object(object) => self.build_object(object, factory, &mut columns),
            Value::Either(either) => {
                // A column of one side only is there under a condition.
                columns.are_conditional = true;
                for side in [&either.first, &either.second] {
                    if let Value::Object(object) = side {
                        self.build_object(object, factory, &mut columns);
                    }
                }
                for (_, reference) in
                    columns.references.iter_mut().chain(&mut columns.lost_references)
                {
                    reference.is_conditional = true;
                }
            }
            Value::Unknown(unknown) => columns.add_unknown(unknown),
            _ => {
                let reason = "the columns of this table are not an object".to_owned();
                columns.add_unknown(self.arena.unknowns.alloc(Unknown::new(reason, site.span)));
            }
        }
        columns
    }

    fn build_object(
        &mut self,
        object: &'a Object<'a>,
        factory: &TableFactory<'a>,
        columns: &mut Columns<'a>,
    ) {
        let has_getters = object.properties.borrow().values().any(|it| it.is_getter);
        if has_getters {
            let properties: Vec<(Atom, Property<'a>)> =
                object.properties.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            for (key, property) in properties {
                let value = self.property_value(&property);
                self.build_property(&key, &value, property.span, factory, columns, false);
            }
        } else {
            // No code runs while they are borrowed.
            let properties = object.properties.borrow();
            columns.by_key.reserve(properties.len());
            for (key, property) in properties.iter() {
                let value = &property.value;
                self.build_property(key, value, property.span, factory, columns, false);
            }
        }
        if let Some(unknown) = object.unknown_part.get() {
            columns.add_unknown(unknown);
        }
    }

    fn build_property(
        &mut self,
        key: &Atom,
        value: &Value<'a>,
        span: Span,
        factory: &TableFactory<'a>,
        columns: &mut Columns<'a>,
        is_conditional: bool,
    ) {
        match value {
            Value::ColumnBuilder(builder) => {
                self.build(key, builder, span, factory, columns, is_conditional);
            }
            Value::Unknown(unknown) => {
                columns.unresolved.push(Unresolved { span, ..unresolved(unknown) });
                columns.unknown_part.get_or_insert(unknown);
                let builder = unknown.column.unwrap_or_else(|| {
                    self.arena.column_builders.alloc(ColumnBuilder::new(Default::default()))
                });
                let are_conditional = std::mem::replace(&mut columns.are_conditional, true);
                self.build(key, builder, span, factory, columns, is_conditional);
                columns.are_conditional = are_conditional;
            }
            Value::Either(either) => {
                self.build_property(key, &either.first, span, factory, columns, true);
                self.build_property(key, &either.second, span, factory, columns, true);
            }
            // Anything else would throw when the schema is loaded, or is `undefined`.
            _ => {}
        }
    }

    fn build(
        &mut self,
        key: &Atom,
        builder: &'a ColumnBuilder<'a>,
        span: Span,
        factory: &TableFactory<'a>,
        columns: &mut Columns<'a>,
        is_conditional: bool,
    ) {
        if let Some(unknown) = builder.state.borrow().unknown_name {
            return columns.add_unknown(unknown);
        }
        self.name_column(builder, key, factory.casing);
        let state = Rc::clone(&builder.state.borrow());
        let column: &'a Column<'a> = self.arena.columns.alloc(Column {
            table: OnceCell::new(),
            raw_name: state.name.clone(),
            name: self.cased(&state.name, state.is_key_as_name),
            state,
            is_conditional: is_conditional || columns.are_conditional,
            span,
        });
        columns.by_key.insert(key.clone(), column);
        for reference in &column.state.references {
            let mut reference = reference.clone();
            reference.is_conditional |= is_conditional;
            columns.references.push((column, reference));
        }
        for reference in &column.state.lost_references {
            let mut reference = reference.clone();
            reference.is_conditional |= is_conditional;
            columns.lost_references.push((column, reference));
        }
    }

    /// The first table gives a builder without a name the key as its name; one of 1.0 that has a
    /// casing gives it the name in that casing, which the builder keeps in other tables.
    fn name_column(&self, builder: &ColumnBuilder<'a>, key: &Atom, casing: Option<Casing>) {
        match casing {
            Some(casing) if self.context.line == DrizzleLine::V1 => {
                set_name(&builder.state, &Atom::from(casing.apply(key)), false);
            }
            _ => set_name(&builder.state, key, true),
        }
    }

    /// A column name in the casing of the drizzle config.
    fn cased(&self, name: &Atom, is_key_as_name: bool) -> Atom {
        match self.context.casing {
            Some(casing) if is_key_as_name => Atom::from(casing.apply(name)),
            _ => name.clone(),
        }
    }

    /// `users.owner = users.id`, which changes what the name stands for, and no column.
    pub(crate) fn set_table_property(
        &mut self,
        table: &'a Table<'a>,
        key: Atom,
        value: Value<'a>,
        span: Span,
    ) {
        // Functions that were called may have named what changes.
        self.early.clear();
        let known = self.rare.of_tables.get(&std::ptr::from_ref(table)).copied();
        let object = known.unwrap_or_else(|| {
            let object = self.arena.object(Default::default());
            self.rare.of_tables.insert(table, object);
            object
        });
        if let Some(column) = table.columns.get(&key)
            && !object.properties.borrow().contains_key(&key)
        {
            let property = Property { value: Value::Column(column), is_getter: false, span };
            object.properties.borrow_mut().insert(key.clone(), property);
        }
        self.set_property(&Value::Object(object), key, value, span);
    }

    /// What the function of the extras gets, which nothing put on the table changes.
    pub(crate) fn extra_columns(&mut self, table: &'a Table<'a>) -> Value<'a> {
        if !self.rare.of_tables.contains_key(&std::ptr::from_ref(table)) {
            return Value::Table(table);
        }
        let properties = table.columns.iter().map(|(key, column)| {
            let value = Value::Column(column);
            (key.clone(), Property { value, is_getter: false, span: column.span })
        });
        Value::Object(self.arena.object(properties.collect()))
    }

    /// A property of a table: the column of that key, unless another value was put there.
    pub(crate) fn table_property(
        &mut self,
        table: &'a Table<'a>,
        key: &Atom,
        span: Span,
    ) -> Value<'a> {
        if let Some(object) = self.rare.of_tables.get(&std::ptr::from_ref(table))
            && object.properties.borrow().contains_key(key)
        {
            return self.property(&Value::Object(object), key, span);
        }
        if let Some(column) = table.columns.get(key) {
            return Value::Column(column);
        }
        if key.starts_with('$') || *key == *"_" {
            return Value::Opaque;
        }
        if let Some(unknown) = table.unknown_part.get() {
            return Value::Unknown(unknown);
        }
        let name = match &table.name {
            Ok(name) => format!("`{}`", TableName::new(&**name)),
            Err(_) => "this table".to_owned(),
        };
        self.arena.unknown(format!("{name} has no column `{key}`"), span)
    }
}

impl<'a> Columns<'a> {
    fn add_unknown(&mut self, unknown: &'a Unknown<'a>) {
        self.unresolved.push(unresolved(unknown));
        self.unknown_part.get_or_insert(unknown);
    }
}

/// Whether more is known of a name than that a variable is in it.
fn says_something(partial: &str) -> bool {
    partial.chars().any(|letter| letter != TableName::UNKNOWN_PART)
}

/// What is reported where a foreign key depends on something unknown.
pub(crate) fn unresolved(unknown: &Unknown<'_>) -> Unresolved {
    let missing_module = unknown.missing_module.as_ref().map(ToString::to_string);
    let kind = UnresolvedKind::Expression;
    Unresolved { missing_module, ..Unresolved::new(kind, &unknown.reason, unknown.span) }
}
