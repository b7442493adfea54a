//! Array and object literals, and the properties of values.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{ArrayLit, ExprOrSpread, ObjectLit, Prop, PropName, PropOrSpread};

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::packages::Package;
use crate::scope::Scope;
use crate::value::{Code, Global, Method, Object, Properties, Property, Unknown, Value};

impl<'a> Evaluator<'a> {
    pub(crate) fn array(&mut self, literal: &'a ArrayLit, scope: &Rc<Scope<'a>>) -> Value<'a> {
        let mut items = Vec::with_capacity(literal.elems.len());
        let mut has_holes = false;
        for element in &literal.elems {
            match element {
                None => {
                    has_holes = true;
                    items.push(Value::Undefined);
                }
                Some(element) => {
                    if let Err(unknown) = self.push_element(element, scope, &mut items) {
                        return unknown;
                    }
                }
            }
        }
        Value::Array(self.arena.new_array(items, has_holes))
    }

    /// Adds an element of an array or an argument; a spread adds what it holds.
    pub(crate) fn push_element(
        &mut self,
        element: &'a ExprOrSpread,
        scope: &Rc<Scope<'a>>,
        items: &mut Vec<Value<'a>>,
    ) -> Result<(), Value<'a>> {
        let value = self.evaluate(&element.expr, scope);
        if element.spread.is_none() {
            items.push(value);
            return Ok(());
        }
        match value {
            Value::Array(array) => {
                let spread = array.items.borrow();
                self.spend(spread.len() as u64, self.span(scope, element.span()))?;
                items.extend(spread.iter().cloned());
            }
            Value::String(_) | Value::Native(_) if let Some(spread) = self.items_of(&value) => {
                self.spend(spread.len() as u64, self.span(scope, element.span()))?;
                items.extend(spread);
            }
            // Stays one element; whoever reads the array looks into it.
            Value::Either(_) => items.push(value),
            Value::Unknown(unknown) => {
                let span = self.span(scope, element.span());
                items.push(self.arena.unknown(unknown.reason.clone(), span));
            }
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Opaque => {}
            _ => {
                let reason = "what is spread here is not an array that is known";
                let span = self.span(scope, element.span());
                items.push(self.arena.unknown(reason, span));
            }
        }
        Ok(())
    }

    pub(crate) fn object(&mut self, literal: &'a ObjectLit, scope: &Rc<Scope<'a>>) -> Value<'a> {
        let object = self.arena.object(Properties::with_capacity(literal.props.len()));
        for prop in &literal.props {
            let result = match prop {
                PropOrSpread::Spread(spread) => {
                    let span = self.span(scope, spread.expr.span());
                    let value = self.evaluate(&spread.expr, scope);
                    self.spread_into(object, &value, span)
                }
                PropOrSpread::Prop(prop) => {
                    self.define(object, prop, scope);
                    Ok(())
                }
            };
            if let Err(unknown) = result {
                return unknown;
            }
        }
        Value::Object(object)
    }

    fn define(&mut self, object: &'a Object<'a>, prop: &'a Prop, scope: &Rc<Scope<'a>>) {
        let span = self.span(scope, prop.span());
        let (key, value, is_getter) = match prop {
            Prop::Shorthand(ident) => {
                (Some(ident.sym.clone()), self.identifier(ident, scope), false)
            }
            Prop::KeyValue(it) => {
                let key = self.property_name(&it.key, scope);
                let skipped = self.context.skipped_keys;
                if key.as_ref().is_some_and(|key| skipped.contains(&key.as_str())) {
                    return;
                }
                if key.as_ref().is_some_and(|key| *key == *"__proto__") {
                    if let Value::Object(prototype) = self.evaluate(&it.value, scope) {
                        object.prototype.set(Some(prototype));
                    }
                    return;
                }
                (key, self.evaluate(&it.value, scope), false)
            }
            Prop::Method(it) => {
                let key = self.property_name(&it.key, scope);
                (key, self.closure(Code::Function(&it.function), scope), false)
            }
            Prop::Getter(it) => {
                let key = self.property_name(&it.key, scope);
                (key, self.closure(Code::Function(&it.function), scope), true)
            }
            Prop::Setter(it) => {
                if let Some(key) = self.property_name(&it.key, scope) {
                    let setter = self.closure(Code::Function(&it.function), scope);
                    self.define_setter(object, key, setter);
                }
                return;
            }
            Prop::Assign(_) => return,
        };
        match key {
            Some(key) => {
                object.properties.borrow_mut().insert(key, Property { value, is_getter, span });
            }
            None => {
                let reason = "the key of this property is not known".to_owned();
                object
                    .unknown_part
                    .set(Some(self.arena.unknowns.alloc(Unknown::new(reason, span))));
            }
        }
    }

    /// Copies the properties of `value` into `object`, as `{ ...value }` does.
    pub(crate) fn spread_into(
        &mut self,
        object: &'a Object<'a>,
        value: &Value<'a>,
        span: Span,
    ) -> Result<(), Value<'a>> {
        match value {
            Value::Object(from) => {
                if std::ptr::eq(*from, object) {
                    return Ok(());
                }
                self.spend(from.properties.borrow().len() as u64, span)?;
                let properties: Vec<_> = from
                    .properties
                    .borrow()
                    .iter()
                    .map(|(key, property)| (key.clone(), property.clone()))
                    .collect();
                for (key, mut property) in properties {
                    property.value = self.property_of(&property, value);
                    property.is_getter = false;
                    object.properties.borrow_mut().insert(key, property);
                }
                if let Some(unknown) = from.unknown_part.get() {
                    object.unknown_part.set(Some(unknown));
                }
            }
            Value::Table(_) | Value::Module(_) | Value::Array(_) | Value::String(_) => {
                let properties = self.entries(value);
                self.spend(properties.len() as u64, span)?;
                for (key, value) in properties {
                    let property = Property { value, is_getter: false, span };
                    object.properties.borrow_mut().insert(key, property);
                }
            }
            Value::Either(either) => {
                self.spread_either(object, either.first.clone(), either.second.clone(), span)?
            }
            Value::Global(Global::Environment) => self.spread_environment(object, span),
            Value::Package(_) => {
                let reason = "which names this package exports is not known".to_owned();
                let unknown = Unknown::new(reason, span);
                object.unknown_part.set(Some(self.arena.unknowns.alloc(unknown)));
            }
            // Reported where it is spread, rather than where it comes from.
            Value::Unknown(unknown) => {
                let unknown = Unknown::because_of(unknown, span);
                object.unknown_part.set(Some(self.arena.unknowns.alloc(unknown)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Spreads one of two objects: what is in one of them only may be absent.
    fn spread_either(
        &mut self,
        object: &'a Object<'a>,
        first: Value<'a>,
        second: Value<'a>,
        span: Span,
    ) -> Result<(), Value<'a>> {
        let first_part = self.arena.object(Properties::default());
        self.spread_into(first_part, &first, span)?;
        let second_part = self.arena.object(Properties::default());
        self.spread_into(second_part, &second, span)?;
        for part in [first_part, second_part] {
            if let Some(unknown) = part.unknown_part.get() {
                object.unknown_part.set(Some(unknown));
            }
        }
        let (first, second) = (first_part.properties.borrow(), second_part.properties.borrow());
        let of_second_only = second.iter().filter(|(key, _)| !first.contains_key(key));
        for (key, property) in first.iter().chain(of_second_only) {
            let before = object.properties.borrow().get(key).map(|it| it.value.clone());
            let before = before.unwrap_or(Value::Undefined);
            let of = |part: &Properties<'a>| {
                part.get(key).map_or_else(|| before.clone(), |it| it.value.clone())
            };
            let value = self.either(of(&first), of(&second), span);
            let property = Property { value, is_getter: false, span: property.span };
            object.properties.borrow_mut().insert(key.clone(), property);
        }
        Ok(())
    }

    /// The value of a property; a getter is called.
    pub(crate) fn property_value(&mut self, property: &Property<'a>) -> Value<'a> {
        if !property.is_getter {
            return property.value.clone();
        }
        let site = CallSite { span: property.span, name: property.span, first_argument: None };
        self.call(&property.value, Vec::new(), site)
    }

    pub(crate) fn property_name(
        &mut self,
        name: &'a PropName,
        scope: &Rc<Scope<'a>>,
    ) -> Option<Atom> {
        match name {
            PropName::Ident(ident) => Some(ident.sym.clone()),
            PropName::Str(text) => Some(text.value.to_atom_lossy().into_owned()),
            PropName::Num(number) => Value::Number(number.value).to_text(),
            PropName::Computed(computed) => self.evaluate(&computed.expr, scope).to_text(),
            PropName::BigInt(_) => None,
        }
    }

    /// The keys and values of an object, a module or a table.
    pub(crate) fn entries(&mut self, value: &Value<'a>) -> Vec<(Atom, Value<'a>)> {
        match value {
            Value::Object(object) => {
                let properties: Vec<_> = object
                    .properties
                    .borrow()
                    .iter()
                    .map(|(key, property)| (key.clone(), property.clone()))
                    .collect();
                let mut entries: Vec<_> = properties
                    .into_iter()
                    .map(|(key, property)| (key, self.property_of(&property, value)))
                    .collect();
                sort_indexes(&mut entries);
                entries
            }
            Value::Function(closure) => match closure.parts.get() {
                Some(parts) => self.entries(&Value::Object(parts.statics)),
                None => Vec::new(),
            },
            Value::String(_) => {
                let letters = self.items_of(value).unwrap_or_default();
                let key = |index: usize| Atom::from(index.to_string());
                letters.into_iter().enumerate().map(|(index, it)| (key(index), it)).collect()
            }
            Value::Array(array) => array
                .items
                .borrow()
                .iter()
                .enumerate()
                .filter(|(_, value)| !array.is_hole(value))
                .map(|(index, value)| (Atom::from(index.to_string()), value.clone()))
                .collect(),
            Value::Table(table) => table
                .columns
                .iter()
                .map(|(key, column)| (key.clone(), Value::Column(column)))
                .collect(),
            Value::Module(id) => {
                let names = self.export_names(*id);
                names
                    .into_iter()
                    .filter_map(|name| {
                        let value = self.export(*id, &name)?;
                        Some((name, value))
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// A property of a small object, such as the options of a call. Unlike [`Self::property`], it
    /// needs no interned key.
    pub(crate) fn option(&mut self, value: &Value<'a>, key: &str, span: Span) -> Value<'a> {
        let Value::Object(object) = value else {
            return self.property(value, &Atom::from(key), span);
        };
        let property = object
            .properties
            .borrow()
            .iter()
            .find(|(it, _)| ***it == *key)
            .map(|(_, property)| property.clone());
        match (property, object.unknown_part.get()) {
            (Some(property), _) => self.property_value(&property),
            (None, Some(unknown)) => Value::Unknown(unknown),
            (None, None) if object.prototype.get().is_some() => {
                self.property(value, &Atom::from(key), span)
            }
            (None, None) => Value::Undefined,
        }
    }

    /// `value.key`
    pub(crate) fn property(&mut self, value: &Value<'a>, key: &Atom, span: Span) -> Value<'a> {
        match value {
            Value::Object(object) => self.rare_or_own(object, key, value),
            Value::Array(array) => match &**key {
                "length" => Value::Number(array.items.borrow().len() as f64),
                _ => match key.parse::<usize>() {
                    Ok(index) => {
                        array.items.borrow().get(index).cloned().unwrap_or(Value::Undefined)
                    }
                    // `items[index - 1]` of the first one
                    Err(_) if key.starts_with('-') => Value::Undefined,
                    Err(_) => match self.rare.of_arrays.get(&std::ptr::from_ref(*array)) {
                        Some(object) if object.properties.borrow().contains_key(key) => {
                            self.property(&Value::Object(object), key, span)
                        }
                        _ => self.method(value, key),
                    },
                },
            },
            Value::String(text) => match &**key {
                "length" => Value::Number(text.encode_utf16().count() as f64),
                _ => match key.parse::<usize>() {
                    Ok(index) => match text.chars().nth(index) {
                        Some(found) => Value::string(found.to_string()),
                        None => Value::Undefined,
                    },
                    Err(_) if key.starts_with('-') => Value::Undefined,
                    Err(_) => self.method(value, key),
                },
            },
            Value::Module(id) => match self.export(*id, key) {
                Some(value) => value,
                None => {
                    let path = self.module(*id).path.display();
                    self.arena.unknown(format!("`{path}` has no export `{key}`"), span)
                }
            },
            Value::Package(package) => self.package_export(*package, key, span),
            Value::Export(Package::Core(core), export) => {
                self.core_export_property(*core, export, key)
            }
            Value::Export(package @ (Package::Path | Package::Url), _) => {
                self.package_export(*package, key, span)
            }
            Value::Export(..) => Value::Opaque,
            Value::Global(global) => self.global_property(*global, key, span),
            Value::Function(closure) => self.function_property(closure, key),
            Value::Native(native) => self.native_property(native, key, span),
            Value::TableFactory(factory) => self.table_factory_property(factory, key),
            Value::Table(table) => self.table_property(table, key, span),
            Value::Column(column) if *key == *"name" => Value::String(column.raw_name.clone()),
            Value::Relation(part) => self.relation_property(part, key, span),
            Value::Column(_) | Value::ColumnBuilder(_) | Value::Constraint(_) => {
                self.method(value, key)
            }
            // `Array.prototype.slice`, to be called with a receiver
            Value::Method(it) if *it.name == *"prototype" => self.method(value, key),
            Value::ColumnFactory(_) | Value::Method(_) | Value::Opaque => Value::Opaque,
            Value::Either(either) => {
                let first = self.property(&either.first, key, span);
                let second = self.property(&either.second, key, span);
                self.either(first, second, span)
            }
            Value::Unknown(unknown) => Value::Unknown(unknown),
            Value::Undefined | Value::Null => {
                let what = if matches!(value, Value::Null) { "null" } else { "undefined" };
                let unknown = self.arena.unknown(format!("`{key}` is taken from {what}"), span);
                if self.try_depth > 0 {
                    self.thrown.get_or_insert(unknown.clone());
                }
                unknown
            }
            Value::Bool(_) | Value::Number(_) => Value::Undefined,
        }
    }

    /// A property of an object, listed or not, as `this` sees it.
    pub(crate) fn rare_or_own(
        &mut self,
        object: &'a Object<'a>,
        key: &Atom,
        this: &Value<'a>,
    ) -> Value<'a> {
        let property = object.properties.borrow().get(key).cloned();
        match property {
            Some(property) => self.property_of(&property, this),
            None => self.rare_property(object, key, this),
        }
    }

    fn method(&mut self, receiver: &Value<'a>, name: &Atom) -> Value<'a> {
        Value::Method(
            self.arena.methods.alloc(Method { receiver: receiver.clone(), name: name.clone() }),
        )
    }
}

/// Keys that are indexes come first, in their order.
fn sort_indexes(entries: &mut [(Atom, Value<'_>)]) {
    let index = |key: &Atom| {
        key.starts_with(|it: char| it.is_ascii_digit()).then(|| key.parse::<u32>().ok()).flatten()
    };
    if entries.iter().any(|(key, _)| index(key).is_some()) {
        entries.sort_by_key(|(key, _)| index(key).map_or(u64::MAX, u64::from));
    }
}
