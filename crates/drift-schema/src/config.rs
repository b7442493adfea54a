//! Evaluates a module's default export to plain data: drizzle configs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use drift_model::{Dialect, FileSystem, SourceError, SourceMap, Span};
use swc_atoms::Atom;
use typed_arena::Arena as TypedArena;

use crate::decisions::Decisions;
use crate::evaluate::{Context, Evaluator};
use crate::module_graph::COMMONJS;
use crate::parse::{self, with_large_stack};
use crate::value::{Arena, Value};
use crate::{DrizzleLine, ModuleResolver, PlainProperty, PlainValue};

/// How deeply plain values are nested at most; an object may hold itself.
const DEPTH_LIMIT: u32 = 64;

/// Evaluates the default export (or `module.exports`) of a module, such as a `drizzle.config.ts`: once
/// for each way in which conditions that are not known may turn out, without those that throw.
///
/// `defineConfig(x)` is `x`; `process.env.NAME` comes from `env`. Properties whose keys are among
/// `skipped` are left out without a look at their values, and so at the modules these come from.
///
/// # Errors
/// The file cannot be read or parsed, or exports nothing.
pub fn evaluate_default_export(
    files: &dyn FileSystem,
    resolver: &dyn ModuleResolver,
    sources: &SourceMap,
    path: &Path,
    env: &BTreeMap<String, String>,
    skipped: &[&str],
) -> Result<Vec<PlainValue>, SourceError> {
    with_large_stack(|| {
        let mut alternatives = Vec::new();
        let mut decisions = Decisions::default();
        let mut fuel = None;
        loop {
            let arena = Arena::default();
            let parsed = TypedArena::new();
            let modules = TypedArena::new();
            let context = Context {
                parse: &|path| parse::parse(parse::load(files, sources, path)?).map(Arc::new),
                finish: &|_| {},
                resolver,
                sources,
                env,
                // Neither matters to plain data.
                dialect: Dialect::PostgreSql,
                line: DrizzleLine::V0,
                casing: None,
                skipped_keys: skipped,
            };
            let mut evaluator = Evaluator::new(context, &arena, &parsed, &modules);
            // All ways share the steps of one.
            evaluator.fuel = fuel.unwrap_or(evaluator.fuel);
            evaluator.decisions = Some(decisions);
            let value = evaluator.default_export(path)?;
            fuel = Some(evaluator.fuel);
            let Some(made) = evaluator.decisions.take() else { break };
            if made.is_empty() || !made.has_thrown {
                alternatives.push(value);
            }
            match made.next() {
                Some(next) => decisions = next,
                None => break,
            }
        }
        if alternatives.is_empty() {
            return Err(failure(path, "the module throws an error, whatever its conditions are"));
        }
        Ok(alternatives)
    })
}

fn failure(path: &Path, message: &str) -> SourceError {
    SourceError { path: path.to_path_buf(), span: None, message: message.to_owned() }
}

/// What `default` holds, where an object has it, as drizzle-kit takes it.
fn without_interop(fields: Vec<PlainProperty>) -> PlainValue {
    match fields.iter().rposition(|it| it.key == "default") {
        Some(at) if matches!(fields[at].value, PlainValue::Object(_)) => fields[at].value.clone(),
        _ => PlainValue::Object(fields),
    }
}

impl<'a> Evaluator<'a> {
    fn default_export(&mut self, path: &Path) -> Result<PlainValue, SourceError> {
        let Ok(id) = self.load(path) else {
            let error = self.errors.pop();
            return Err(error.unwrap_or_else(|| failure(path, "cannot read the file")));
        };
        let module = self.module(id);
        let name = if module.is_commonjs { COMMONJS } else { "default" };
        let place = Span::new(module.file, 0, module.text.len() as u32);
        if let Some(value) = self.export(id, &Atom::from(name)) {
            return Ok(match self.plain(&value, place, 0) {
                // `module.exports = { default: .. }`
                PlainValue::Object(fields) => without_interop(fields),
                value => value,
            });
        }
        // Its named exports are as good to drizzle-kit.
        if !module.exports.keys().any(|it| matches!(&**it, "dialect" | "driver" | "schema")) {
            return Err(failure(path, "there is no default export"));
        }
        let mut fields = Vec::new();
        for (key, value) in self.entries(&Value::Module(id)) {
            let value = self.plain(&value, place, 1);
            fields.push(PlainProperty { key: key.to_string(), value, span: place });
        }
        Ok(PlainValue::Object(fields))
    }

    fn plain(&mut self, value: &Value<'a>, place: Span, depth: u32) -> PlainValue {
        if depth > DEPTH_LIMIT || self.spend(1, place).is_err() {
            return PlainValue::Unknown("this is nested too deeply".to_owned(), place);
        }
        match value {
            Value::Undefined => PlainValue::Undefined,
            Value::Null => PlainValue::Null,
            Value::Bool(value) => PlainValue::Bool(*value),
            Value::Number(value) => PlainValue::Number(*value),
            Value::String(text) => PlainValue::String(text.to_string()),
            Value::Array(array) => {
                let items = array.items.borrow().clone();
                PlainValue::Array(
                    items.iter().map(|item| self.plain(item, place, depth + 1)).collect(),
                )
            }
            Value::Object(object) => {
                // Copied, because a getter may change the object.
                let properties: Vec<_> = object
                    .properties
                    .borrow()
                    .iter()
                    .map(|(key, property)| (key.to_string(), property.clone()))
                    .collect();
                let mut plain: Vec<_> = properties
                    .into_iter()
                    .map(|(key, property)| {
                        let span = property.span;
                        let value = self.property_value(&property);
                        PlainProperty { key, value: self.plain(&value, span, depth + 1), span }
                    })
                    .collect();
                if let Some(unknown) = object.unknown_part.get() {
                    // Kept under a key that nobody asks for, so that it can be reported.
                    let value = PlainValue::Unknown(unknown.reason.clone(), unknown.span);
                    plain.push(PlainProperty { key: "...".to_owned(), value, span: unknown.span });
                }
                PlainValue::Object(plain)
            }
            Value::Unknown(unknown) => PlainValue::Unknown(unknown.reason.clone(), unknown.span),
            Value::Either(_) => {
                let reason = "this depends on a condition that is not known";
                PlainValue::Unknown(reason.to_owned(), place)
            }
            Value::Function(_) | Value::Method(_) | Value::Export(..) => {
                PlainValue::Unknown("this is a function".to_owned(), place)
            }
            _ => PlainValue::Unknown("this is not plain data".to_owned(), place),
        }
    }
}
