//! What `Object` says about objects and does to their properties one by one.

use swc_atoms::Atom;

use crate::collections::is_same_key;
use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::value::{Global, Object, Properties, Property, Unknown, Value};

impl<'a> Evaluator<'a> {
    /// A function of `Object` about single properties; `None` for the others.
    pub(crate) fn reflect(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        Some(match (function, &first) {
            ("defineProperty", Value::Object(object)) => {
                let descriptor = arguments.get(2).cloned().unwrap_or(Value::Undefined);
                self.define_by(object, second.to_text(), &descriptor, site);
                first
            }
            ("defineProperties", Value::Object(object)) => {
                for (key, descriptor) in self.entries(&second) {
                    self.define_by(object, Some(key), &descriptor, site);
                }
                if !matches!(&second, Value::Object(it) if it.unknown_part.get().is_none()) {
                    self.define_by(object, None, &Value::Undefined, site);
                }
                first
            }
            ("defineProperty" | "defineProperties", _) => first,
            ("is", _) if is_known(&first) && is_known(&second) => {
                Value::Bool(is_same_key(&first, &second))
            }
            ("hasOwn", _) => return self.has_own(&first, &second),
            ("isFrozen" | "isSealed", _) => return None,
            ("create", Value::Object(_) | Value::Null) => {
                let object = self.arena.object(Properties::default());
                if let Value::Object(prototype) = first {
                    object.prototype.set(Some(prototype));
                }
                if arguments.len() > 1 {
                    self.reflect("defineProperties", &[Value::Object(object), second], site);
                }
                Value::Object(object)
            }
            ("setPrototypeOf", Value::Object(object)) => {
                match &second {
                    // A circle of prototypes is an error to JavaScript.
                    Value::Object(prototype) if !inherits(prototype, object) => {
                        object.prototype.set(Some(prototype));
                    }
                    Value::Null => object.prototype.set(None),
                    _ => return None,
                }
                first
            }
            ("getPrototypeOf", Value::Object(object)) => Value::Object(object.prototype.get()?),
            ("getOwnPropertyNames", Value::Object(object))
                if object.unknown_part.get().is_none() =>
            {
                let names = self.entries(&first).into_iter().map(|(key, _)| Value::String(key));
                self.arena.array(names.collect())
            }
            ("getOwnPropertyNames", Value::Module(_)) => {
                let names = self.entries(&first).into_iter().map(|(key, _)| Value::String(key));
                self.arena.array(names.collect())
            }
            ("getOwnPropertyDescriptor", Value::Object(object)) => {
                let property = self.own_property(object, &second.to_text()?)?;
                let is_listed = object.properties.borrow().contains_key(&second.to_text()?);
                let value = self.property_of(&property, &first);
                let parts = [("value", value), ("enumerable", Value::Bool(is_listed))];
                let parts = parts.into_iter().map(|(key, value)| {
                    (Atom::from(key), Property { value, is_getter: false, span: site.span })
                });
                Value::Object(self.arena.object(parts.collect()))
            }
            _ => return None,
        })
    }

    /// Defines a property as a descriptor says.
    fn define_by(
        &mut self,
        object: &'a Object<'a>,
        key: Option<Atom>,
        descriptor: &Value<'a>,
        site: CallSite,
    ) {
        let is_known = matches!(descriptor, Value::Object(it) if it.unknown_part.get().is_none());
        let (Some(key), true, 0) = (key, is_known, self.doubt.anywhere) else {
            let reason = "what `defineProperty` defines is not known".to_owned();
            let unknown = self.arena.unknowns.alloc(Unknown::new(reason, site.span));
            return object.unknown_part.set(Some(unknown));
        };
        let getter = self.option(descriptor, "get", site.span);
        let is_getter = !matches!(getter, Value::Undefined);
        let value = if is_getter { getter } else { self.option(descriptor, "value", site.span) };
        if let setter @ Value::Function(_) = self.option(descriptor, "set", site.span) {
            self.define_setter(object, key.clone(), setter);
        }
        let is_listed = self.option(descriptor, "enumerable", site.span).truthiness();
        let is_there = object.properties.borrow().contains_key(&key);
        let property = Property { value, is_getter, span: site.span };
        // What is there already stays listed.
        if is_listed == Some(false) && !is_there {
            self.define_hidden(object, key, property);
        } else {
            object.properties.borrow_mut().insert(key, property);
        }
    }

    fn has_own(&mut self, value: &Value<'a>, key: &Value<'a>) -> Option<Value<'a>> {
        let key = key.to_text()?;
        Some(Value::Bool(match value {
            Value::Object(object) => match self.own_property(object, &key) {
                Some(_) => true,
                None if object.unknown_part.get().is_some() => return None,
                None => false,
            },
            Value::Array(array) => {
                *key == *"length"
                    || key.parse::<usize>().is_ok_and(|it| it < array.items.borrow().len())
            }
            Value::Module(_) => self.entries(value).iter().any(|(it, _)| *it == key),
            Value::Table(table) => table.columns.contains_key(&key),
            _ => return None,
        }))
    }

    /// A method that every object inherits.
    pub(crate) fn object_method(
        &mut self,
        object: &'a Object<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let this = Value::Object(object);
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let known = match method {
            "hasOwnProperty" | "propertyIsEnumerable" => self.has_own(&this, &first),
            "toString" => Some(Value::string("[object Object]")),
            "valueOf" => Some(this),
            "isPrototypeOf" => match first {
                Value::Object(other) => {
                    let is_own = std::ptr::eq(other, object);
                    Some(Value::Bool(!is_own && inherits(other, object)))
                }
                _ => Some(Value::Bool(false)),
            },
            _ => {
                let reason = format!("there is no `{method}` to call");
                return self.arena.unknown(reason, site.name);
            }
        };
        known.unwrap_or_else(|| self.no_method(method, site))
    }

    /// `Object.groupBy(items, key)` and `Map.groupBy(items, key)`
    pub(crate) fn grouped(
        &mut self,
        class: Global,
        items: &Value<'a>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let (Some(items), Some(function)) = (self.items_of(items), arguments.get(1)) else {
            return self.no_method("groupBy", site);
        };
        let mut groups: Vec<(Value<'a>, Vec<Value<'a>>)> = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            if let Err(unknown) = self.spend(1 + groups.len() as u64 / 8, site.span) {
                return unknown;
            }
            let key = self.call(function, vec![item.clone(), Value::Number(index as f64)], site);
            let key = match (class, key.to_text()) {
                (Global::Object, Some(key)) => Value::String(key),
                (Global::Object, None) => return self.no_method("groupBy", site),
                _ => key,
            };
            match groups.iter_mut().find(|(it, _)| is_same_key(it, &key)) {
                Some((_, group)) => group.push(item),
                None => groups.push((key, vec![item])),
            }
        }
        let pairs = groups.into_iter().map(|(key, group)| {
            let group = self.arena.array(group);
            self.arena.array(vec![key, group])
        });
        let pairs = self.arena.array(pairs.collect());
        match class {
            Global::Map => self.collection(class, &pairs, site),
            _ => self.global_method(Global::Object, "fromEntries", &[pairs], site),
        }
    }
}

/// Whether an object is another one, or inherits from it.
fn inherits<'a>(object: &'a Object<'a>, from: &'a Object<'a>) -> bool {
    let mut next = Some(object);
    while let Some(current) = next {
        if std::ptr::eq(current, from) {
            return true;
        }
        next = current.prototype.get();
    }
    false
}

fn is_known(value: &Value<'_>) -> bool {
    !matches!(value, Value::Unknown(_) | Value::Either(_) | Value::Opaque)
}
