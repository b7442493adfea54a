//! Calls: which code a callee stands for, and what it returns.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{ArrowFunctionBody, Param, Pat, TsEnumDecl, TsEnumMemberId};

use crate::drizzle::{CallSite, ColumnBuilder};
use crate::evaluate::Evaluator;
use crate::module_graph::ModuleId;
use crate::packages::Package;
use crate::scope::Scope;
use crate::statements::Completion;
use crate::value::{Closure, Code, Properties, Property, Unknown, Value};

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
            Value::Native(native) => self.call_native(native, arguments, site),
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
            Value::Export(..)
            | Value::Function(_)
            | Value::Method(_)
            | Value::TableFactory(_)
            | Value::ColumnFactory(_)
                if matches!(&**method, "call" | "apply" | "bind") =>
            {
                self.call_through(receiver, method, arguments, site)
            }
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
            Value::Native(native) => self.native_method(native, method, arguments, site),
            Value::Number(number) => self.number_method(*number, method, &arguments, site),
            Value::Function(closure) => match self.function_property(closure, method) {
                Value::Undefined => {
                    let reason = format!("there is no `{method}` to call");
                    self.arena.unknown(reason, site.name)
                }
                callee => self.call_with_receiver(&callee, receiver.clone(), arguments, site),
            },
            Value::Object(object) => {
                let callee = self.property(receiver, method, site.name);
                match callee {
                    Value::Function(closure) => {
                        self.call_closure(closure, arguments, site, Some(receiver.clone()))
                    }
                    Value::Undefined => self.object_method(object, method, &arguments, site),
                    callee => self.call(&callee, arguments, site),
                }
            }
            Value::Opaque => {
                self.validator_method(None, method, &arguments, site).unwrap_or(Value::Opaque)
            }
            Value::Export(Package::Inert, _)
                if let Some(validator) = self.validator_function(method, &arguments) =>
            {
                validator
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
        let value = self.run_function(closure, arguments, site, this);
        self.doubt.in_function = in_function;
        value
    }

    /// A function that is a generator or asynchronous gives what it yields, or a promise.
    fn run_function(
        &mut self,
        closure: &'a Closure<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        this: Option<Value<'a>>,
    ) -> Value<'a> {
        let (is_async, is_generator) = match closure.code {
            Code::Arrow(arrow) => (arrow.is_async, arrow.is_generator),
            Code::Function(function) => (function.is_async, function.is_generator),
            Code::Class(_) => (false, false),
        };
        match (is_async, is_generator) {
            (false, false) => self.run_code(closure, arguments, site, this),
            (true, false) => match self.run_code(closure, arguments, site, this) {
                Value::Unknown(unknown) => Value::Unknown(unknown),
                value => self.promise(value),
            },
            (false, true) => {
                self.generate(|evaluator| evaluator.run_code(closure, arguments, site, this))
            }
            (true, true) => {
                self.arena.unknown("asynchronous generators are not evaluated", site.span)
            }
        }
    }

    /// Whether the text of a function has the word `arguments` in it.
    fn names_arguments(&mut self, function: &'a swc_ecma_ast::Function, module: ModuleId) -> bool {
        if let Some(&known) = self.uses_arguments.get(&std::ptr::from_ref(function)) {
            return known;
        }
        let uses = self.module(module).text_of(function.span).contains("arguments");
        self.uses_arguments.insert(function, uses);
        uses
    }

    fn run_code(
        &mut self,
        closure: &'a Closure<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        this: Option<Value<'a>>,
    ) -> Value<'a> {
        let scope = Scope::within_function(&closure.scope);
        match closure.code {
            Code::Arrow(arrow) => {
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
                scope.declare(Atom::from("this"), this.unwrap_or(Value::Undefined));
                if self.names_arguments(function, closure.scope.module) {
                    let list = self.arena.array(arguments.clone());
                    scope.declare(Atom::from("arguments"), list);
                }
                self.bind_parameters(function.params.iter().map(param_pattern), arguments, &scope);
                self.run_body(&body.stmts, &scope)
            }
            Code::Class(_) => self.arena.unknown("a class is called without `new`", site.span),
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

    pub(crate) fn run_body(
        &mut self,
        body: &'a [swc_ecma_ast::Stmt],
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        match self.statements(body, scope) {
            Completion::Return(value) => value,
            Completion::Perhaps(value) => {
                let span =
                    body.first().map_or(Span::new(self.module(scope.module).file, 0, 0), |it| {
                        self.span(scope, it.span())
                    });
                self.either(value, Value::Undefined, span)
            }
            Completion::Throw => {
                let span =
                    self.span(scope, body.first().map_or_else(Default::default, Spanned::span));
                self.arena.unknown("this throws an error", span)
            }
            _ => Value::Undefined,
        }
    }

    /// A property of a function, such as a static member of a class.
    pub(crate) fn function_property(&mut self, closure: &'a Closure<'a>, key: &Atom) -> Value<'a> {
        if closure.parts.get().is_none()
            && !matches!(closure.code, Code::Class(_))
            && *key != *"prototype"
        {
            return Value::Undefined;
        }
        let parts = self.parts(closure);
        if *key == *"prototype" {
            return Value::Object(parts.prototype);
        }
        self.rare_or_own(parts.statics, key, &Value::Function(closure))
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
