//! Validators of zod, valibot and envalid, as far as they tell what an environment variable is where
//! the settings have no value for it.
//!
//! A validator with a default, and an object of such, is a value of its own; all others are opaque.

use swc_atoms::Atom;

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::natives::Native;
use crate::value::{Global, Object, Properties, Property, Value};

/// A validator that has a default, or parts that have one.
pub(crate) struct Validator<'a> {
    /// What stands for a value that is missing.
    fallback: Option<Value<'a>>,
    /// The validators of the properties of an object.
    pub(crate) shape: Option<&'a Object<'a>>,
}

impl<'a> Evaluator<'a> {
    fn validator(&self, fallback: Option<Value<'a>>, shape: Option<&'a Object<'a>>) -> Value<'a> {
        self.native(Native::Validator(Validator { fallback, shape }))
    }

    /// `z.object({ .. })`, `v.optional(v.string(), "x")`; `None` for what has no defaults.
    pub(crate) fn validator_function(
        &self,
        function: &str,
        arguments: &[Value<'a>],
    ) -> Option<Value<'a>> {
        match (function, arguments) {
            ("object" | "strictObject" | "looseObject", [Value::Object(shape), ..]) => {
                has_validators(shape).then(|| self.validator(None, Some(shape)))
            }
            (
                "optional" | "nullish" | "undefinedable" | "fallback" | "_default" | "prefault"
                | "catch",
                [_, fallback, ..],
            ) => is_plain(fallback).then(|| self.validator(Some(fallback.clone()), None)),
            _ => None,
        }
    }

    /// A method of a validator, or of something opaque that may be one; `None` for what has no
    /// defaults.
    pub(crate) fn validator_method(
        &mut self,
        validator: Option<&'a Validator<'a>>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let shape = validator.and_then(|it| it.shape);
        if let Some(environment) = self.parsed_environment(method, shape, arguments, site) {
            return Some(environment);
        }
        match (method, arguments.first()) {
            ("parse", Some(Value::Unknown(given))) if given.is_unset => {
                validator.and_then(|it| it.fallback.clone())
            }
            ("parse", Some(given)) if is_plain(given) => {
                validator.filter(|it| it.fallback.is_some()).map(|_| given.clone())
            }
            ("default" | "catch" | "prefault", Some(fallback)) => {
                is_plain(fallback).then(|| self.validator(Some(fallback.clone()), shape))
            }
            ("extend" | "safeExtend" | "merge" | "and", Some(other)) => {
                let other = match other {
                    Value::Object(other) if has_validators(other) => Some(*other),
                    other => shape_of(other),
                };
                match (shape, other) {
                    (Some(shape), Some(other)) => {
                        let all = self.arena.object(Properties::default());
                        for part in [shape, other] {
                            self.spread_into(all, &Value::Object(part), site.span).ok()?;
                        }
                        Some(self.validator(None, Some(all)))
                    }
                    (shape, other) => Some(self.validator(None, Some(shape.or(other)?))),
                }
            }
            (
                "refine" | "superRefine" | "check" | "describe" | "meta" | "brand" | "readonly"
                | "nullable" | "register" | "strict" | "strip" | "passthrough" | "loose"
                | "catchall",
                _,
            ) => validator.map(|it| self.validator(it.fallback.clone(), it.shape)),
            _ => None,
        }
    }

    /// `str({ default: "x" })` of envalid.
    pub(crate) fn validator_with_options(
        &mut self,
        options: &Value<'a>,
        site: CallSite,
    ) -> Option<Value<'a>> {
        let Value::Object(_) = options else { return None };
        let fallback = self.option(options, "default", site.span);
        is_plain(&fallback).then(|| self.validator(Some(fallback), None))
    }

    /// An environment, or an object that was made of one, with the defaults for what it lacks.
    pub(crate) fn with_fallbacks(
        &mut self,
        given: Value<'a>,
        shape: Option<&'a Object<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        let Some(shape) = shape.filter(|it| has_validators(it)) else { return given };
        let object = self.arena.object(Properties::default());
        match &given {
            Value::Global(Global::Environment) => self.spread_environment(object, site.span),
            given => {
                if let Err(unknown) = self.spread_into(object, given, site.span) {
                    return unknown;
                }
            }
        }
        let fallbacks: Vec<(Atom, Value<'a>)> = shape
            .properties
            .borrow()
            .iter()
            .filter_map(|(key, property)| match &property.value {
                Value::Native(Native::Validator(it)) => Some((key.clone(), it.fallback.clone()?)),
                _ => None,
            })
            .collect();
        if let Err(unknown) = self.spend(fallbacks.len() as u64, site.span) {
            return unknown;
        }
        for (key, value) in fallbacks {
            let is_missing = match object.properties.borrow().get(&key).map(|it| &it.value) {
                Some(Value::Undefined) => true,
                Some(Value::Unknown(unknown)) => unknown.is_unset,
                Some(_) => false,
                None => object.unknown_part.get().is_none_or(|it| it.is_unset),
            };
            if is_missing {
                let property = Property { value, is_getter: false, span: site.span };
                object.properties.borrow_mut().insert(key, property);
            }
        }
        Value::Object(object)
    }
}

/// The validators of the properties that a validator checks.
pub(crate) fn shape_of<'a>(value: &Value<'a>) -> Option<&'a Object<'a>> {
    match value {
        Value::Native(Native::Validator(validator)) => validator.shape,
        _ => None,
    }
}

fn has_validators(object: &Object<'_>) -> bool {
    let properties = object.properties.borrow();
    properties.iter().any(|(_, it)| matches!(it.value, Value::Native(Native::Validator(_))))
}

/// Whether a value is one that a variable may have.
fn is_plain(value: &Value<'_>) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}
