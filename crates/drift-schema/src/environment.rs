//! The environment, and what is made of it: values come from the settings alone.
//!
//! A variable that the settings do not have is an unknown that `??`, `||` and defaults pass by, and that
//! leaves the rest of a name known. Packages that check an environment are taken to hand on what they
//! are given.

use drift_model::Span;
use swc_atoms::Atom;

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::validators::shape_of;
use crate::value::{Global, Object, Properties, Property, Unknown, Value};

impl<'a> Evaluator<'a> {
    /// `process.env.NAME`
    pub(crate) fn environment_variable(&self, name: &str, span: Span) -> Value<'a> {
        match self.context.env.get(name) {
            Some(value) => Value::string(value),
            None => Value::Unknown(self.unset(format!("`process.env.{name}` is not set"), span)),
        }
    }

    fn unset(&self, reason: String, span: Span) -> &'a Unknown<'a> {
        self.arena.unknowns.alloc(Unknown { is_unset: true, ..Unknown::new(reason, span) })
    }

    /// `{ ...process.env }`: what the settings have, and any other name.
    pub(crate) fn spread_environment(&self, object: &'a Object<'a>, span: Span) {
        for (name, value) in self.context.env {
            let property = Property { value: Value::string(value), is_getter: false, span };
            object.properties.borrow_mut().insert(Atom::from(name.as_str()), property);
        }
        let reason = "this environment variable is not set".to_owned();
        object.unknown_part.set(Some(self.unset(reason, span)));
    }

    /// `Deno.env.get("NAME")`, `Deno.env.toObject()`
    pub(crate) fn environment_method(
        &self,
        method: &str,
        name: &Value<'a>,
        site: CallSite,
    ) -> Value<'a> {
        match (method, name) {
            ("get", Value::String(name)) => self.environment_variable(name, site.span),
            ("toObject", _) => Value::Global(Global::Environment),
            _ => self.arena.unknown(format!("the result of `{method}` is not known"), site.span),
        }
    }

    /// `createEnv({ runtimeEnv })` of t3-env, `cleanEnv(process.env, ..)` of envalid,
    /// `parseEnv(process.env, ..)` of znv.
    pub(crate) fn call_env(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match function {
            "createEnv" => {
                let object = self.arena.object(Properties::default());
                self.spread_environment(object, site.span);
                let mut given = match self.option(&first, "extends", site.span) {
                    Value::Array(array) => array.items.borrow().clone(),
                    _ => Vec::new(),
                };
                for key in ["runtimeEnv", "runtimeEnvStrict", "experimental__runtimeEnv"] {
                    given.push(self.option(&first, key, site.span));
                }
                for given in given.iter().filter(|it| matches!(it, Value::Object(_))) {
                    if let Err(unknown) = self.spread_into(object, given, site.span) {
                        return unknown;
                    }
                }
                let mut environment = Value::Object(object);
                for key in ["server", "client", "shared"] {
                    if let Value::Object(shape) = self.option(&first, key, site.span) {
                        environment = self.with_fallbacks(environment, Some(shape), site);
                    }
                }
                environment
            }
            "cleanEnv" | "parseEnv" => match arguments.get(1) {
                Some(Value::Object(shape)) => self.with_fallbacks(first, Some(shape), site),
                _ => first,
            },
            _ => self.validator_with_options(&first, site).unwrap_or(Value::Opaque),
        }
    }

    /// `schema.parse(process.env)` of zod and its like, `parse(schema, process.env)` of valibot: what it is
    /// given, which is the environment or was made of it, and the defaults; `None` for anything else.
    pub(crate) fn parsed_environment(
        &mut self,
        method: &str,
        shape: Option<&'a Object<'a>>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let given = arguments.iter().find(|it| self.is_environment(it))?.clone();
        let shape = shape.or_else(|| arguments.iter().find_map(shape_of));
        match method {
            "parse" | "parseAsync" | "assert" | "decode" => {
                Some(self.with_fallbacks(given, shape, site))
            }
            "safeParse" | "safeParseAsync" => {
                let given = self.with_fallbacks(given, shape, site);
                let mut properties = Properties::with_capacity(2);
                for (key, value) in [("success", Value::Bool(true)), ("data", given)] {
                    let property = Property { value, is_getter: false, span: site.span };
                    properties.insert(Atom::from(key), property);
                }
                Some(Value::Object(self.arena.object(properties)))
            }
            _ => None,
        }
    }

    fn is_environment(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Global(Global::Environment) => true,
            Value::Object(object) => {
                let is_unset =
                    |it: &Value<'a>| matches!(it, Value::Unknown(unknown) if unknown.is_unset);
                object.unknown_part.get().is_some_and(|it| it.is_unset)
                    || object.properties.borrow().iter().any(|(name, property)| {
                        is_unset(&property.value) || self.context.env.contains_key(&**name)
                    })
            }
            _ => false,
        }
    }
}
