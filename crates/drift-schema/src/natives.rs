//! Objects of the language that hold more than properties: maps, patterns, promises, bound functions.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;

use drift_model::Span;
use swc_atoms::Atom;

use crate::collections::Collection;
use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::regex::Pattern;
use crate::validators::Validator;
use crate::value::{Global, Object, Properties, Property, Value};

/// An object of the language that holds more than properties.
pub(crate) enum Native<'a> {
    /// A `Map` or a `WeakMap`.
    Map(Collection<'a>),
    /// A `Set` or a `WeakSet`.
    Set(Collection<'a>),
    /// A regular expression.
    Pattern(PatternObject),
    /// A promise and what it comes to; nothing here happens later.
    Promise(Value<'a>),
    /// A function with some arguments, or without its receiver.
    Bound(Bound<'a>),
    /// What a generator yields.
    Generator(Generator<'a>),
    /// An instance of `Error` or one of its kinds.
    Error(&'a Object<'a>),
    /// A validator that knows a default.
    Validator(Validator<'a>),
}

/// A regular expression, which is compiled when it is first matched.
pub(crate) struct PatternObject {
    pub(crate) source: Atom,
    pub(crate) flags: Atom,
    pub(crate) pattern: OnceCell<Option<Pattern>>,
    pub(crate) last_index: Cell<usize>,
}

/// What `bind` gives.
pub(crate) struct Bound<'a> {
    callee: Value<'a>,
    this: Value<'a>,
    arguments: Vec<Value<'a>>,
}

/// The values that a generator yields, which is run to its end at once, and what it returns.
pub(crate) struct Generator<'a> {
    pub(crate) items: RefCell<VecDeque<Value<'a>>>,
    pub(crate) returned: RefCell<Value<'a>>,
}

impl<'a> Native<'a> {
    pub(crate) fn is_callable(&self) -> bool {
        matches!(self, Native::Bound(_))
    }

    pub(crate) fn is_instance(&self, global: Global) -> bool {
        let class = match self {
            Native::Map(_) => Some(Global::Map),
            Native::Set(_) => Some(Global::Set),
            Native::Pattern(_) => Some(Global::RegExp),
            Native::Promise(_) => Some(Global::Promise),
            Native::Error(_) => Some(Global::Error),
            Native::Bound(_) | Native::Generator(_) | Native::Validator(_) => None,
        };
        global == Global::Object || class == Some(global)
    }
}

impl<'a> Evaluator<'a> {
    pub(crate) fn native(&self, native: Native<'a>) -> Value<'a> {
        Value::Native(self.arena.natives.alloc(native))
    }

    /// A function with its receiver and its first arguments.
    pub(crate) fn bound(
        &self,
        callee: Value<'a>,
        this: Value<'a>,
        arguments: Vec<Value<'a>>,
    ) -> Value<'a> {
        self.native(Native::Bound(Bound { callee, this, arguments }))
    }

    /// A regular expression.
    pub(crate) fn pattern(&self, source: Atom, flags: Atom) -> Value<'a> {
        let (pattern, last_index) = (OnceCell::new(), Cell::new(0));
        self.native(Native::Pattern(PatternObject { source, flags, pattern, last_index }))
    }

    /// A promise that comes to `value`; to what that comes to, where it is a promise itself.
    pub(crate) fn promise(&self, value: Value<'a>) -> Value<'a> {
        match value {
            Value::Native(Native::Promise(_)) => value,
            value => self.native(Native::Promise(value)),
        }
    }

    /// `await value`
    pub(crate) fn awaited(&self, value: Value<'a>) -> Value<'a> {
        match value {
            Value::Native(Native::Promise(value)) => value.clone(),
            value => value,
        }
    }

    /// The items that `...value` and `for (const item of value)` give, where they are known.
    pub(crate) fn items_of(&mut self, value: &Value<'a>) -> Option<Vec<Value<'a>>> {
        match value {
            Value::Array(array) => Some(array.items.borrow().clone()),
            Value::String(text) => {
                self.spend(text.len() as u64, self.nowhere().span).ok()?;
                Some(text.chars().map(|it| Value::string(it.encode_utf8(&mut [0; 4]))).collect())
            }
            Value::Native(Native::Map(map)) => Some(self.listed(map, "entries")),
            Value::Native(Native::Set(set)) => Some(self.listed(set, "values")),
            Value::Native(Native::Generator(generator)) => Some(generator.items.take().into()),
            _ => None,
        }
    }

    /// A call of such an object.
    pub(crate) fn call_native(
        &mut self,
        native: &'a Native<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        if let Native::Validator(_) = native {
            return Value::Opaque;
        }
        let Native::Bound(bound) = native else {
            return self.arena.unknown("what is called here is not a function", site.span);
        };
        let all = bound.arguments.iter().cloned().chain(arguments).collect();
        self.call_with_receiver(&bound.callee, bound.this.clone(), all, site)
    }

    /// `call`, `apply` or `bind` of something that can be called.
    pub(crate) fn call_through(
        &mut self,
        callee: &Value<'a>,
        method: &str,
        mut arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        let this = if arguments.is_empty() { Value::Undefined } else { arguments.remove(0) };
        match (method, arguments.first()) {
            ("bind", _) => self.bound(callee.clone(), this, arguments),
            ("apply", None | Some(Value::Undefined | Value::Null)) => {
                self.call_with_receiver(callee, this, Vec::new(), site)
            }
            ("apply", Some(list)) => match self.items_of(&list.clone()) {
                Some(list) => self.call_with_receiver(callee, this, list, site),
                None => self.arena.unknown("the arguments of this call are not known", site.span),
            },
            _ => self.call_with_receiver(callee, this, arguments, site),
        }
    }

    /// Calls something with `this` as receiver, unless it brings its own.
    pub(crate) fn call_with_receiver(
        &mut self,
        callee: &Value<'a>,
        this: Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        match callee {
            Value::Function(closure) => self.call_closure(closure, arguments, site, Some(this)),
            Value::Method(method) if !is_own_receiver(&method.receiver) => {
                self.call_method(&this, &method.name, arguments, site)
            }
            callee => self.call(callee, arguments, site),
        }
    }

    pub(crate) fn native_method(
        &mut self,
        native: &'a Native<'a>,
        method: &Atom,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        match native {
            Native::Map(map) => self.map_method(native, map, method, &arguments, site),
            Native::Set(set) => self.set_method(native, set, method, &arguments, site),
            Native::Pattern(pattern) => self.pattern_method(pattern, method, &arguments, site),
            Native::Promise(value) => {
                self.promise_method(native, &value.clone(), method, &arguments, site)
            }
            Native::Bound(_) => self.call_through(&Value::Native(native), method, arguments, site),
            Native::Generator(generator) => self.generator_method(generator, method, site),
            Native::Error(object) => match &**method {
                "toString" => {
                    let name = self.option(&Value::Object(object), "name", site.span).to_text();
                    let message = self.option(&Value::Object(object), "message", site.span);
                    match (name, message.to_text()) {
                        (Some(name), Some(text)) if text.is_empty() => Value::String(name),
                        (Some(name), Some(text)) => Value::string(format!("{name}: {text}")),
                        _ => message,
                    }
                }
                _ => self.no_method(method, site),
            },
            Native::Validator(validator) => self
                .validator_method(Some(validator), method, &arguments, site)
                .unwrap_or(Value::Opaque),
        }
    }

    pub(crate) fn no_method(&self, method: &str, site: CallSite) -> Value<'a> {
        self.arena.unknown(format!("the result of `{method}` is not known"), site.span)
    }

    pub(crate) fn native_property(
        &mut self,
        native: &'a Native<'a>,
        key: &Atom,
        span: Span,
    ) -> Value<'a> {
        match (native, &**key) {
            (Native::Map(it) | Native::Set(it), "size") => self.size_of(it),
            (Native::Pattern(it), "source") => Value::String(it.source.clone()),
            (Native::Pattern(it), "flags") => Value::String(it.flags.clone()),
            (Native::Pattern(it), "global") => Value::Bool(it.flags.contains('g')),
            (Native::Pattern(it), "lastIndex") => Value::Number(it.last_index.get() as f64),
            (Native::Validator(_), _) => Value::Opaque,
            (Native::Error(object), _) => self.property(&Value::Object(object), key, span),
            _ => {
                let receiver = Value::Native(native);
                Value::Method(
                    self.arena.methods.alloc(crate::value::Method { receiver, name: key.clone() }),
                )
            }
        }
    }

    fn promise_method(
        &mut self,
        native: &'a Native<'a>,
        value: &Value<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        match (method, arguments.first()) {
            ("then", Some(function)) => {
                let result = self.call(function, vec![value.clone()], site);
                self.promise(result)
            }
            ("finally", Some(function)) => {
                self.call(function, Vec::new(), site);
                Value::Native(native)
            }
            ("catch", _) => Value::Native(native),
            _ => self.no_method(method, site),
        }
    }

    fn generator_method(
        &mut self,
        generator: &'a Generator<'a>,
        method: &str,
        site: CallSite,
    ) -> Value<'a> {
        match method {
            "next" => {
                let item = generator.items.borrow_mut().pop_front();
                let is_done = item.is_none();
                let value = item.unwrap_or_else(|| generator.returned.replace(Value::Undefined));
                let mut properties = Properties::default();
                for (key, value) in [("value", value), ("done", Value::Bool(is_done))] {
                    let property = Property { value, is_getter: false, span: site.span };
                    properties.insert(Atom::from(key), property);
                }
                Value::Object(self.arena.object(properties))
            }
            "return" => {
                generator.items.borrow_mut().clear();
                Value::Undefined
            }
            _ => self.no_method(method, site),
        }
    }

    /// `new Map(..)` and the like.
    pub(crate) fn construct_global(
        &mut self,
        global: Global,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match global {
            Global::Map | Global::Set => self.collection(global, &first, site),
            Global::RegExp => self.pattern_of(&first, arguments.get(1), site),
            Global::Error => self.error(&first, site),
            Global::Array => self.call_global(global, arguments, site),
            Global::Object if arguments.is_empty() => {
                Value::Object(self.arena.object(Properties::default()))
            }
            Global::Promise => {
                self.arena.unknown("what this promise comes to is not known", site.span)
            }
            _ => self.arena.unknown("the instance of a class is not evaluated", site.span),
        }
    }

    /// `new RegExp(source, flags)`
    pub(crate) fn pattern_of(
        &mut self,
        source: &Value<'a>,
        flags: Option<&Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        let (source, own_flags) = match source {
            Value::Native(Native::Pattern(it)) => (Some(it.source.clone()), it.flags.clone()),
            Value::String(source) => (Some(source.clone()), Atom::default()),
            _ => (None, Atom::default()),
        };
        let flags = match flags {
            None | Some(Value::Undefined) => Some(own_flags),
            Some(flags) => flags.as_str().map(Atom::from),
        };
        match (source, flags) {
            (Some(source), Some(flags)) => self.pattern(source, flags),
            _ => self.arena.unknown("this pattern is not known", site.span),
        }
    }

    /// `new Error(message)`
    pub(crate) fn error(&mut self, message: &Value<'a>, site: CallSite) -> Value<'a> {
        let message = match message {
            Value::Undefined => Value::string(""),
            message => message.clone(),
        };
        let mut properties = Properties::default();
        for (key, value) in [("name", Value::string("Error")), ("message", message)] {
            let property = Property { value, is_getter: false, span: site.span };
            properties.insert(Atom::from(key), property);
        }
        self.native(Native::Error(self.arena.object(properties)))
    }

    /// `Promise.resolve(..)` and `Promise.all(..)`
    pub(crate) fn promise_function(
        &mut self,
        function: &str,
        argument: &Value<'a>,
        site: CallSite,
    ) -> Value<'a> {
        match (function, argument) {
            ("resolve", value) => self.promise(value.clone()),
            ("all", Value::Array(array)) => {
                let items = array.items.borrow().clone();
                let items = items.into_iter().map(|it| self.awaited(it)).collect();
                let all = self.arena.array(items);
                self.promise(all)
            }
            _ => self.no_method(function, site),
        }
    }
}

/// Whether the methods of a receiver are functions of their own, as those of `Object` and `Math`.
fn is_own_receiver(receiver: &Value<'_>) -> bool {
    matches!(
        receiver,
        Value::Global(_) | Value::TableFactory(_) | Value::Package(_) | Value::Export(..)
    )
}
