//! `import.meta`, `new URL(..)` and `fileURLToPath(..)`, by which modules find their own folder.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_ecma_ast::{Expr, MetaPropExpr, MetaPropKind, NewExpr};

use crate::builtins::normalize;
use crate::evaluate::Evaluator;
use crate::scope::Scope;
use crate::value::{Global, Properties, Property, Value};

const SCHEME: &str = "file://";

impl<'a> Evaluator<'a> {
    /// `import.meta` with `url`, `filename`, `dirname` and `env`.
    pub(crate) fn meta_property(
        &mut self,
        meta: &MetaPropExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let path = self.module(scope.module).path;
        let (Some(file), MetaPropKind::ImportMeta) = (path.to_str(), meta.kind) else {
            return self.arena.unknown("`import.meta` is not known", span);
        };
        let folder = path.parent().and_then(|it| it.to_str()).unwrap_or_default();
        let url = format!("{SCHEME}{file}");
        let meta =
            self.object_of_texts(&[("url", &url), ("filename", file), ("dirname", folder)], span);
        if let Value::Object(object) = meta {
            let value = Value::Global(Global::Environment);
            let property = Property { value, is_getter: false, span };
            object.properties.borrow_mut().insert(Atom::from("env"), property);
        }
        meta
    }

    /// `new URL(relative, base)` with `href` and `pathname`; see [`crate::classes`] for other classes.
    pub(crate) fn new_expression(
        &mut self,
        new: &'a NewExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        if !matches!(&*new.callee, Expr::Ident(name) if name.sym == *"URL") {
            return self.new_instance(new, scope, span);
        }
        let arguments: Vec<Value<'a>> = match &new.args {
            Some(arguments) if arguments.iter().all(|it| it.spread.is_none()) => {
                arguments.iter().map(|it| self.evaluate(&it.expr, scope)).collect()
            }
            _ => Vec::new(),
        };
        let path = match &arguments[..] {
            [Value::String(url)] => url.strip_prefix(SCHEME).map(normalize),
            [Value::String(relative), base] => self.file_of_url(base).map(|base| {
                let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
                normalize(&format!("{folder}/{relative}"))
            }),
            _ => None,
        };
        match path {
            Some(path) => {
                let href = format!("{SCHEME}{path}");
                self.object_of_texts(&[("href", &href), ("pathname", &path)], span)
            }
            None => self.arena.unknown("the instance of a class is not evaluated", span),
        }
    }

    /// `fileURLToPath(..)`
    pub(crate) fn call_url(
        &mut self,
        function: &str,
        argument: &Value<'a>,
        span: Span,
    ) -> Value<'a> {
        let path = (function == "fileURLToPath").then(|| self.file_of_url(argument)).flatten();
        match path {
            Some(path) => Value::string(path),
            None => self.arena.unknown(format!("the result of `{function}` is not known"), span),
        }
    }

    /// The file that a URL, as text or as an object, names.
    fn file_of_url(&self, url: &Value<'a>) -> Option<String> {
        let text = match url {
            Value::String(text) => text.to_string(),
            Value::Object(object) => {
                match object.properties.borrow().get(&Atom::from("href"))?.value.clone() {
                    Value::String(text) => text.to_string(),
                    _ => return None,
                }
            }
            _ => return None,
        };
        text.strip_prefix(SCHEME).map(str::to_owned)
    }

    fn object_of_texts(&self, texts: &[(&str, &str)], span: Span) -> Value<'a> {
        let mut properties = Properties::with_capacity(texts.len());
        for (key, text) in texts {
            let value = Value::string(*text);
            properties.insert(Atom::from(*key), Property { value, is_getter: false, span });
        }
        Value::Object(self.arena.object(properties))
    }
}
