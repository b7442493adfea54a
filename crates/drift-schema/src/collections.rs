//! `Map` and `Set`.

use std::cell::{Cell, RefCell};

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::natives::Native;
use crate::value::{Array, Global, Unknown, Value};

/// Keys and values in the order in which the keys came; a set has its items twice.
#[derive(Default)]
pub(crate) struct Collection<'a> {
    entries: RefCell<Vec<(Value<'a>, Value<'a>)>>,
    /// A part that could not be read: any key may be in it.
    unknown_part: Cell<Option<&'a Unknown<'a>>>,
}

impl<'a> Evaluator<'a> {
    /// `new Map(entries)` or `new Set(items)`
    pub(crate) fn collection(
        &mut self,
        class: Global,
        from: &Value<'a>,
        site: CallSite,
    ) -> Value<'a> {
        let made = Collection::default();
        let items = match from {
            Value::Undefined | Value::Null => Some(Vec::new()),
            from => self.items_of(from),
        };
        match items {
            None => {
                let reason = match from {
                    Value::Unknown(unknown) => unknown.reason.clone(),
                    _ => "what this collection is made from is not known".to_owned(),
                };
                made.unknown_part
                    .set(Some(self.arena.unknowns.alloc(Unknown::new(reason, site.span))));
            }
            Some(items) => {
                for item in items {
                    let (key, value) = match (&item, class) {
                        (Value::Array(pair), Global::Map) => entry_of(pair),
                        _ => (item.clone(), item),
                    };
                    self.put(&made, key, value, site);
                }
            }
        }
        self.native(if class == Global::Map { Native::Map(made) } else { Native::Set(made) })
    }

    /// The keys, values or entries of a collection, and what is not known of it.
    pub(crate) fn listed(&mut self, collection: &Collection<'a>, what: &str) -> Vec<Value<'a>> {
        let entries = collection.entries.borrow();
        if let Err(unknown) = self.spend(entries.len() as u64, self.nowhere().span) {
            return vec![unknown];
        }
        let mut items: Vec<Value<'a>> = entries
            .iter()
            .map(|(key, value)| match what {
                "keys" => key.clone(),
                "values" => value.clone(),
                _ => self.arena.array(vec![key.clone(), value.clone()]),
            })
            .collect();
        items.extend(collection.unknown_part.get().map(Value::Unknown));
        items
    }

    pub(crate) fn size_of(&self, collection: &Collection<'a>) -> Value<'a> {
        match collection.unknown_part.get() {
            Some(unknown) => Value::Unknown(unknown),
            None => Value::Number(collection.entries.borrow().len() as f64),
        }
    }

    pub(crate) fn map_method(
        &mut self,
        native: &'a Native<'a>,
        map: &'a Collection<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let argument =
            |position: usize| arguments.get(position).cloned().unwrap_or(Value::Undefined);
        match method {
            "get" => {
                self.found(map, &argument(0), |(_, value)| value.clone(), Value::Undefined, site)
            }
            "set" => {
                self.put(map, argument(0), argument(1), site);
                Value::Native(native)
            }
            _ => self.collection_method(native, map, method, arguments, site),
        }
    }

    pub(crate) fn set_method(
        &mut self,
        native: &'a Native<'a>,
        set: &'a Collection<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        match (method, arguments.first()) {
            ("add", item) => {
                let item = item.cloned().unwrap_or(Value::Undefined);
                self.put(set, item.clone(), item, site);
                Value::Native(native)
            }
            _ => self.collection_method(native, set, method, arguments, site),
        }
    }

    fn collection_method(
        &mut self,
        native: &'a Native<'a>,
        collection: &'a Collection<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match method {
            "has" => {
                self.found(collection, &first, |_| Value::Bool(true), Value::Bool(false), site)
            }
            "delete" => {
                let is_there =
                    self.found(collection, &first, |_| Value::Bool(true), Value::Bool(false), site);
                if self.doubt.anywhere > 0 || is_unsure(&first) {
                    self.blur_collection(collection, site);
                } else {
                    collection.entries.borrow_mut().retain(|(key, _)| !is_same_key(key, &first));
                }
                is_there
            }
            "clear" if self.doubt.anywhere > 0 => {
                self.blur_collection(collection, site);
                Value::Undefined
            }
            "clear" => {
                collection.entries.borrow_mut().clear();
                collection.unknown_part.set(None);
                Value::Undefined
            }
            "forEach" => {
                let entries = collection.entries.borrow().clone();
                for (key, value) in entries {
                    self.call(&first, vec![value, key, Value::Native(native)], site);
                }
                Value::Undefined
            }
            "keys" | "values" | "entries" => {
                let items = self.listed(collection, method);
                self.arena.array(items)
            }
            _ => self.no_method(method, site),
        }
    }

    /// What is kept under a key, or `absent`.
    fn found(
        &mut self,
        collection: &Collection<'a>,
        key: &Value<'a>,
        take: impl Fn(&(Value<'a>, Value<'a>)) -> Value<'a>,
        absent: Value<'a>,
        site: CallSite,
    ) -> Value<'a> {
        let entries = collection.entries.borrow();
        if let Err(unknown) = self.spend(entries.len() as u64 / 8, site.span) {
            return unknown;
        }
        if is_unsure(key) {
            return self.arena.unknown("the key that is looked for is not known", site.span);
        }
        match (entries.iter().find(|(it, _)| is_same_key(it, key)), collection.unknown_part.get()) {
            (_, Some(unknown)) => Value::Unknown(unknown),
            (Some(entry), None) => take(entry),
            (None, None) => absent,
        }
    }

    fn put(
        &mut self,
        collection: &Collection<'a>,
        key: Value<'a>,
        value: Value<'a>,
        site: CallSite,
    ) {
        let mut entries = collection.entries.borrow_mut();
        if self.spend(1 + entries.len() as u64 / 8, site.span).is_err() {
            return;
        }
        if is_unsure(&key) || self.doubt.anywhere > 0 {
            drop(entries);
            return self.blur_collection(collection, site);
        }
        match entries.iter_mut().find(|(it, _)| is_same_key(it, &key)) {
            Some((_, kept)) => *kept = value,
            None => entries.push((key, value)),
        }
    }

    fn blur_collection(&self, collection: &Collection<'a>, site: CallSite) {
        let reason = "what this collection holds depends on what is not known".to_owned();
        let unknown = self.arena.unknowns.alloc(Unknown::new(reason, site.span));
        collection.unknown_part.set(Some(unknown));
    }
}

/// The key and the value of an entry.
fn entry_of<'a>(pair: &Array<'a>) -> (Value<'a>, Value<'a>) {
    let pair = pair.items.borrow();
    let item = |position: usize| pair.get(position).cloned().unwrap_or(Value::Undefined);
    (item(0), item(1))
}

/// Whether it is not known which key this is.
fn is_unsure(key: &Value<'_>) -> bool {
    matches!(key, Value::Unknown(_) | Value::Either(_) | Value::Opaque)
}

/// As `===`, but that `NaN` is the same as itself.
pub(crate) fn is_same_key<'a>(a: &Value<'a>, b: &Value<'a>) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.is_nan() && b.is_nan(),
        _ => a.is_same(b),
    }
}
