//! Properties that are not in the plain map of an object: inherited, hidden, or set by a function.

use rustc_hash::FxHashMap;
use swc_atoms::Atom;

use crate::drizzle::{CallSite, Table};
use crate::evaluate::Evaluator;
use crate::value::{Array, Object, Property, Value};

/// What few objects have, kept apart so that the others need no room for it.
#[derive(Default)]
pub(crate) struct RareProperties<'a> {
    /// Properties that are not listed: private ones, methods of classes, and what
    /// `Object.defineProperty` hides.
    hidden: FxHashMap<(*const Object<'a>, Atom), Property<'a>>,
    /// The functions that assignments call.
    setters: FxHashMap<(*const Object<'a>, Atom), Value<'a>>,
    /// What arrays have besides their items: `index` and `groups` of a match, `raw` of a template.
    pub(crate) of_arrays: FxHashMap<*const Array<'a>, &'a Object<'a>>,
    /// What was put on tables once they were made.
    pub(crate) of_tables: FxHashMap<*const Table<'a>, &'a Object<'a>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn define_hidden(
        &mut self,
        object: &'a Object<'a>,
        key: Atom,
        property: Property<'a>,
    ) {
        self.rare.hidden.insert((object, key), property);
    }

    pub(crate) fn define_setter(&mut self, object: &'a Object<'a>, key: Atom, setter: Value<'a>) {
        self.rare.setters.insert((object, key), setter);
    }

    /// A property that an object has itself, listed or not.
    pub(crate) fn own_property(&self, object: &'a Object<'a>, key: &Atom) -> Option<Property<'a>> {
        if let Some(property) = object.properties.borrow().get(key) {
            return Some(property.clone());
        }
        if self.rare.hidden.is_empty() {
            return None;
        }
        self.rare.hidden.get(&(std::ptr::from_ref(object), key.clone())).cloned()
    }

    /// Whether an object has a property or inherits it; `None` where that is not known.
    pub(crate) fn has_property(&self, object: &'a Object<'a>, key: &Atom) -> Option<bool> {
        let mut next = Some(object);
        while let Some(current) = next {
            if self.own_property(current, key).is_some() {
                return Some(true);
            }
            if current.unknown_part.get().is_some() {
                return None;
            }
            next = current.prototype.get();
        }
        Some(false)
    }

    /// A property that is not in the map of `object`: it may be hidden, or inherited.
    pub(crate) fn rare_property(
        &mut self,
        object: &'a Object<'a>,
        key: &Atom,
        this: &Value<'a>,
    ) -> Value<'a> {
        if !self.rare.hidden.is_empty()
            && let Some(property) = self.rare.hidden.get(&(std::ptr::from_ref(object), key.clone()))
        {
            let property = property.clone();
            return self.property_of(&property, this);
        }
        if let Some(unknown) = object.unknown_part.get() {
            return Value::Unknown(unknown);
        }
        match object.prototype.get() {
            Some(_) => self.inherited(object, key, this),
            None => Value::Undefined,
        }
    }

    /// What `object` inherits under a key, as `this` sees it.
    pub(crate) fn inherited(
        &mut self,
        object: &'a Object<'a>,
        key: &Atom,
        this: &Value<'a>,
    ) -> Value<'a> {
        let mut next = object.prototype.get();
        while let Some(current) = next {
            if let Some(property) = self.own_property(current, key) {
                return self.property_of(&property, this);
            }
            if let Some(unknown) = current.unknown_part.get() {
                return Value::Unknown(unknown);
            }
            next = current.prototype.get();
        }
        Value::Undefined
    }

    /// The value of a property of `this`; a getter is called.
    pub(crate) fn property_of(&mut self, property: &Property<'a>, this: &Value<'a>) -> Value<'a> {
        if !property.is_getter {
            return property.value.clone();
        }
        let site = CallSite { span: property.span, name: property.span, first_argument: None };
        match &property.value {
            Value::Function(getter) => {
                self.call_closure(getter, Vec::new(), site, Some(this.clone()))
            }
            getter => self.call(&getter.clone(), Vec::new(), site),
        }
    }

    /// Calls the setter that an assignment to `object` finds; false where there is none.
    pub(crate) fn call_setter(
        &mut self,
        object: &'a Object<'a>,
        key: &Atom,
        value: &Value<'a>,
        site: CallSite,
    ) -> bool {
        if self.rare.setters.is_empty() {
            return false;
        }
        let mut next = Some(object);
        while let Some(current) = next {
            let setter = self.rare.setters.get(&(std::ptr::from_ref(current), key.clone()));
            if let Some(Value::Function(setter)) = setter {
                let this = Some(Value::Object(object));
                self.call_closure(setter, vec![value.clone()], site, this);
                return true;
            }
            next = current.prototype.get();
        }
        false
    }

    /// Assigns to a hidden property that is there; false where it is not.
    pub(crate) fn set_hidden(
        &mut self,
        object: &'a Object<'a>,
        key: &Atom,
        value: &Value<'a>,
    ) -> bool {
        if self.rare.hidden.is_empty() {
            return false;
        }
        let Some(property) = self.rare.hidden.get(&(std::ptr::from_ref(object), key.clone()))
        else {
            return false;
        };
        let (span, before) = (property.span, property.value.clone());
        let value = match self.doubt.anywhere {
            0 => value.clone(),
            _ => self.either(value.clone(), before, span),
        };
        let property = Property { value, is_getter: false, span };
        self.define_hidden(object, key.clone(), property);
        true
    }
}
