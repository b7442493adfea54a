//! Calls: which code a callee stands for, and what it returns.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    ArrowFunctionBody, Class, ClassMember, MethodKind, Param, Pat, TsEnumDecl, TsEnumMemberId,
};

use crate::drizzle::{CallSite, ColumnBuilder};
use crate::evaluate::Evaluator;
use crate::packages::Package;
use crate::scope::Scope;
use crate::statements::Completion;
use crate::value::{Closure, Code, Object, Properties, Property, Unknown, Value};

impl<'a> Evaluator<'a> {
    /// `callee(..arguments)`
    pub(crate) fn call(
        &mut self,
        callee: &Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        match callee {
            Value::Function(closure) => self.call_closure(closure, arguments, site, None),
            Value::Export(package, name) => self.call_export(*package, name, arguments, site),
            Value::Method(method) => {
                self.call_method(&method.receiver.clone(), &method.name, arguments, site)
            }
            Value::TableFactory(factory) if !factory.is_object => {
                self.make_table(factory, &arguments, site)
            }
            Value::ColumnFactory(factory) => self.build_factory_column(factory, &arguments, site),
            Value::Global(global) => self.call_global(*global, &arguments, site),
            Value::Either(either) => {
                let first = self.call(&either.first, arguments.clone(), site);
                let second = self.call(&either.second, arguments, site);
                self.either(first, second, site.span)
            }
            Value::Unknown(unknown) => self.unknown_call(unknown, &arguments, site),
            Value::Relation(part) => self.join(part, &arguments, site),
            Value::Opaque => Value::Opaque,
            // A default import of a package, called: `postgres()`, `path()`.
            Value::Package(_) => Value::Opaque,
            _ => self.arena.unknown("what is called here is not a function", site.span),
        }
    }

    /// `receiver.method(..arguments)`
    pub(crate) fn call_method(
        &mut self,
        receiver: &Value<'a>,
        method: &Atom,
        arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        match receiver {
            Value::ColumnBuilder(builder) => self.column_method(builder, method, &arguments, site),
            Value::Constraint(constraint) => {
                self.constraint_method(constraint, method, &arguments, site)
            }
            Value::Package(package) => match self.package_export(*package, method, site.name) {
                Value::Export(package, name) => self.call_export(package, &name, arguments, site),
                callee => self.call(&callee, arguments, site),
            },
            Value::Export(Package::Core(core), export) => {
                self.core_export_method(*core, export, method, arguments, site)
            }
            Value::TableFactory(factory) => {
                self.table_factory_method(factory, method, &arguments, site)
            }
            Value::Table(table) => match &**method {
                "enableRLS" => Value::Table(table),
                _ => match table.columns.get(method) {
                    Some(_) => self.arena.unknown("a column is called here", site.span),
                    None => Value::Opaque,
                },
            },
            Value::Column(column) => self.built_column_method(column, method, &arguments),
            Value::Array(array) => self.array_method(array, method, &arguments, site),
            Value::String(text) => self.string_method(text, method, &arguments, site),
            Value::Global(global) => self.global_method(*global, method, &arguments, site),
            Value::Either(either) => {
                let first = self.call_method(&either.first, method, arguments.clone(), site);
                let second = self.call_method(&either.second, method, arguments, site);
                self.either(first, second, site.span)
            }
            Value::Unknown(unknown) => self.unknown_method(unknown, method, &arguments, site),
            Value::Function(closure) if matches!(&**method, "call" | "apply" | "bind") => {
                self.call_with_this(closure, method, arguments, site)
            }
            Value::Object(_) => {
                let callee = self.property(receiver, method, site.name);
                match callee {
                    Value::Function(closure) => {
                        self.call_closure(closure, arguments, site, Some(receiver.clone()))
                    }
                    Value::Undefined => {
                        let reason = format!("there is no `{method}` to call");
                        self.arena.unknown(reason, site.name)
                    }
                    callee => self.call(&callee, arguments, site),
                }
            }
            Value::Opaque => {
                self.parsed_environment(method, &arguments, site).unwrap_or(Value::Opaque)
            }
            _ => {
                let callee = self.property(receiver, method, site.name);
                self.call(&callee, arguments, site)
            }
        }
    }

    /// A method of something unknown. Methods of column builders are remembered, so that the
    /// references of a column with an unknown type count.
    fn unknown_method(
        &mut self,
        unknown: &'a Unknown<'a>,
        method: &Atom,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        if !is_builder_method(method) {
            return self.unknown_call(unknown, arguments, site);
        }
        let (unknown, column): (&'a Unknown<'a>, _) = match unknown.column {
            Some(column) => (unknown, column),
            None => {
                let column: &'a ColumnBuilder<'a> =
                    self.arena.column_builders.alloc(ColumnBuilder::new(Default::default()));
                let unknown = self.arena.unknowns.alloc(Unknown {
                    column: Some(column),
                    ..Unknown::because_of(unknown, unknown.span)
                });
                (unknown, column)
            }
        };
        match self.column_method(column, method, arguments, site) {
            Value::ColumnBuilder(built) if !std::ptr::eq(built, column) => {
                Value::Unknown(self.arena.unknowns.alloc(Unknown {
                    column: Some(built),
                    may_be_table: unknown.may_be_table,
                    ..Unknown::because_of(unknown, unknown.span)
                }))
            }
            _ => Value::Unknown(unknown),
        }
    }

    fn call_with_this(
        &mut self,
        closure: &'a Closure<'a>,
        method: &str,
        mut arguments: Vec<Value<'a>>,
        site: CallSite,
    ) -> Value<'a> {
        let this = if arguments.is_empty() { None } else { Some(arguments.remove(0)) };
        match (method, arguments.first()) {
            ("bind", None) => Value::Function(closure),
            ("bind", Some(_)) => self.arena.unknown("bound arguments are not evaluated", site.span),
            ("apply", Some(Value::Array(list))) => {
                let list = list.items.borrow().clone();
                self.call_closure(closure, list, site, this)
            }
            _ => self.call_closure(closure, arguments, site, this),
        }
    }

    pub(crate) fn call_closure(
        &mut self,
        closure: &'a Closure<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        this: Option<Value<'a>>,
    ) -> Value<'a> {
        if let Err(unknown) = self.spend(1 + arguments.len() as u64, site.span) {
            return unknown;
        }
        self.nested(site.span, |evaluator| evaluator.run(closure, arguments, site, this))
    }

    fn run(
        &mut self,
        closure: &'a Closure<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        this: Option<Value<'a>>,
    ) -> Value<'a> {
        if self.trace.is_some() {
            self.note_function(closure.code, &closure.scope, true);
        }
        let in_function = std::mem::take(&mut self.doubt.in_function);
        let value = self.run_code(closure, arguments, site, this);
        self.doubt.in_function = in_function;
        value
    }

    fn run_code(
        &mut self,
        closure: &'a Closure<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        this: Option<Value<'a>>,
    ) -> Value<'a> {
        let scope = Scope::within(&closure.scope);
        match closure.code {
            Code::Arrow(arrow) => {
                if arrow.is_generator {
                    return self.arena.unknown("generators are not evaluated", site.span);
                }
                self.bind_parameters(&arrow.params, arguments, &scope);
                match &*arrow.body {
                    ArrowFunctionBody::Expr(expr) => self.evaluate(expr, &scope),
                    ArrowFunctionBody::FunctionBody(body) => self.run_body(&body.stmts, &scope),
                }
            }
            Code::Function(function) => {
                let Some(body) = &function.body else {
                    return self.arena.unknown("this function has no body", site.span);
                };
                if function.is_generator {
                    return self.arena.unknown("generators are not evaluated", site.span);
                }
                scope.declare(Atom::from("this"), this.unwrap_or(Value::Undefined));
                self.bind_parameters(function.params.iter().map(param_pattern), arguments, &scope);
                self.run_body(&body.stmts, &scope)
            }
            Code::Class(_) => self.arena.unknown("classes are not evaluated", site.span),
        }
    }

    fn bind_parameters(
        &mut self,
        parameters: impl IntoIterator<Item = &'a Pat>,
        arguments: Vec<Value<'a>>,
        scope: &Rc<Scope<'a>>,
    ) {
        let mut arguments = arguments.into_iter();
        for parameter in parameters {
            let value = match parameter {
                Pat::Rest(_) => self.arena.array(arguments.by_ref().collect()),
                _ => arguments.next().unwrap_or(Value::Undefined),
            };
            self.declare_pattern(parameter, value, scope);
        }
    }

    fn run_body(&mut self, body: &'a [swc_ecma_ast::Stmt], scope: &Rc<Scope<'a>>) -> Value<'a> {
        match self.statements(body, scope) {
            Completion::Return(value) => value,
            Completion::Perhaps(value) => {
                let span =
                    body.first().map_or(Span::new(self.module(scope.module).file, 0, 0), |it| {
                        self.span(scope, it.span())
                    });
                self.either(value, Value::Undefined, span)
            }
            _ => Value::Undefined,
        }
    }

    /// A property of a function: a static member of a class.
    pub(crate) fn function_property(
        &mut self,
        closure: &'a Closure<'a>,
        key: &Atom,
        span: Span,
    ) -> Value<'a> {
        let Code::Class(class) = closure.code else { return Value::Undefined };
        if closure.statics.get().is_none() {
            // Members may name earlier ones through the class, so that it is there from the start.
            let object = closure.statics.get_or_init(|| self.arena.object(Properties::default()));
            self.define_statics(class, closure, object);
        }
        match closure.statics.get() {
            Some(object) => self.property(&Value::Object(object), key, span),
            None => Value::Undefined,
        }
    }

    fn define_statics(
        &mut self,
        class: &'a Class,
        closure: &'a Closure<'a>,
        object: &'a Object<'a>,
    ) {
        for member in &class.body {
            let (key, value, is_getter, span) = match member {
                ClassMember::ClassProp(it) if it.is_static => {
                    let key = self.property_name(&it.key, &closure.scope);
                    let value = match &it.value {
                        Some(value) => self.evaluate(value, &closure.scope),
                        None => Value::Undefined,
                    };
                    (key, value, false, it.span)
                }
                ClassMember::Method(it) if it.is_static => {
                    let key = self.property_name(&it.key, &closure.scope);
                    let value = self.closure(Code::Function(&it.function), &closure.scope);
                    (key, value, it.kind == MethodKind::Getter, it.span)
                }
                _ => continue,
            };
            if let Some(key) = key {
                let span = self.span(&closure.scope, span);
                object.properties.borrow_mut().insert(key, Property { value, is_getter, span });
            }
        }
    }

    /// `enum Name { A = "a", B }`, numbers under their names and names under their numbers.
    pub(crate) fn enumeration(
        &mut self,
        declaration: &'a TsEnumDecl,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        let inner = Scope::within(scope);
        let mut properties = Properties::default();
        let mut next = 0.0;
        for member in &declaration.members {
            let key = match &member.id {
                TsEnumMemberId::Ident(ident) => ident.sym.clone(),
                TsEnumMemberId::Str(text) => text.value.to_atom_lossy().into_owned(),
            };
            let value = match &member.init {
                Some(init) => self.evaluate(init, &inner),
                None => Value::Number(next),
            };
            if let Value::Number(number) = value {
                next = number + 1.0;
            }
            // Later members may name earlier ones.
            inner.declare(key.clone(), value.clone());
            let span = self.span(scope, member.span);
            if let Some(text) = value.to_text().filter(|_| matches!(value, Value::Number(_))) {
                let value = Value::String(key.clone());
                properties.insert(text, Property { value, is_getter: false, span });
            }
            properties.insert(key, Property { value, is_getter: false, span });
        }
        Value::Object(self.arena.object(properties))
    }
}

fn param_pattern(param: &Param) -> &Pat {
    &param.pat
}

/// The methods of column builders.
fn is_builder_method(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "references",
        "notNull",
        "primaryKey",
        "unique",
        "default",
        "defaultNow",
        "defaultRandom",
        "array",
        "autoincrement",
        "onUpdateNow",
        "generatedAlwaysAs",
        "generatedAlwaysAsIdentity",
        "generatedByDefaultAsIdentity",
        "onConflict",
        "with",
    ];
    name.starts_with('$') || NAMES.contains(&name)
}
