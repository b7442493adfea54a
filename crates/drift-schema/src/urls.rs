//! `import.meta`, `new URL(..)` and `fileURLToPath(..)`, by which modules find their own folder.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_ecma_ast::{Expr, MemberProp, MetaPropExpr, MetaPropKind, NewExpr};

use crate::evaluate::Evaluator;
use crate::packages::Package;
use crate::paths::normalize;
use crate::scope::Scope;
use crate::value::{Global, Method, Object, Properties, Property, Value};

const SCHEME: &str = "file://";

impl<'a> Evaluator<'a> {
    /// `import.meta` with what Node and Bun have in it.
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
        let texts = [
            ("url", &*url),
            ("filename", file),
            ("dirname", folder),
            ("path", file),
            ("dir", folder),
        ];
        let meta = self.object_of_texts(&texts, span);
        let resolve = Value::Export(Package::Url, Atom::from("resolve"));
        let resolve = self.bound(resolve, Value::Undefined, vec![Value::string(&url)]);
        for (key, value) in [("env", Value::Global(Global::Environment)), ("resolve", resolve)] {
            let property = Property { value, is_getter: false, span };
            meta.properties.borrow_mut().insert(Atom::from(key), property);
        }
        Value::Object(meta)
    }

    /// `new URL(relative, base)` with `href` and `pathname`; see [`crate::classes`] for other classes.
    pub(crate) fn new_expression(
        &mut self,
        new: &'a NewExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        if !is_url_class(&new.callee) {
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
            [Value::String(relative), base] => self.resolved(base, relative),
            _ => None,
        };
        match path {
            Some(path) => self.url_object(&path, span),
            None => self.arena.unknown("the instance of a class is not evaluated", span),
        }
    }

    /// The file that a path means beside the file of a URL.
    fn resolved(&self, base: &Value<'a>, relative: &str) -> Option<String> {
        let base = self.file_of_url(base)?;
        if relative.starts_with('/') {
            return Some(normalize(relative));
        }
        let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_folder = relative.ends_with('/') || matches!(relative, "." | "..");
        let is_folder = is_folder || relative.ends_with("/.") || relative.ends_with("/..");
        let slash = if is_folder { "/" } else { "" };
        Some(normalize(&format!("{folder}/{relative}{slash}")))
    }

    /// An instance of `URL`.
    fn url_object(&self, path: &str, span: Span) -> Value<'a> {
        let href = format!("{SCHEME}{path}");
        let object = self.object_of_texts(&[("href", &href), ("pathname", path)], span);
        let receiver = Value::string(&href);
        let name = Atom::from("toString");
        let method =
            Value::Method(self.arena.methods.alloc(Method { receiver, name: name.clone() }));
        let value = self.bound(method, Value::string(&href), Vec::new());
        object.properties.borrow_mut().insert(name, Property { value, is_getter: false, span });
        Value::Object(object)
    }

    /// `fileURLToPath(..)`, `pathToFileURL(..)`, `resolve(base, path)`
    pub(crate) fn call_url(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        span: Span,
    ) -> Value<'a> {
        let known = match (function, arguments) {
            ("fileURLToPath", [url, ..]) => self.file_of_url(url).map(Value::string),
            ("pathToFileURL", [Value::String(path), ..]) => {
                if !path.starts_with('/') {
                    return self.arena.unknown("the working directory is not known", span);
                }
                Some(self.url_object(&normalize(path), span))
            }
            // Anything else may be the name of a package.
            ("resolve", [base, Value::String(path), ..]) if path.starts_with(['.', '/']) => {
                self.resolved(base, path).map(|it| Value::string(format!("{SCHEME}{it}")))
            }
            _ => None,
        };
        known.unwrap_or_else(|| {
            self.arena.unknown(format!("the result of `{function}` is not known"), span)
        })
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

    /// An object of properties that are texts.
    pub(crate) fn object_of_texts(&self, texts: &[(&str, &str)], span: Span) -> &'a Object<'a> {
        let mut properties = Properties::with_capacity(texts.len());
        for (key, text) in texts {
            let value = Value::string(*text);
            properties.insert(Atom::from(*key), Property { value, is_getter: false, span });
        }
        self.arena.object(properties)
    }
}

/// `URL`, `url.URL`
fn is_url_class(callee: &Expr) -> bool {
    match callee {
        Expr::Ident(name) => name.sym == *"URL",
        Expr::Member(member) => {
            matches!(&member.prop, MemberProp::Ident(name) if name.sym == *"URL")
        }
        _ => false,
    }
}
