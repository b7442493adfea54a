//! Evaluates expressions, as far as they can be known without running anything.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use drift_model::{Dialect, FileSystem, SourceError, SourceMap, Span};
use rustc_hash::FxHashMap;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    ArrayLit, BinExpr, BinaryOp, CallExpr, Callee, Expr, ExprOrSpread, Ident, Lit, MemberExpr,
    MemberProp, ObjectLit, OptCall, OptChainBase, Prop, PropName, PropOrSpread, TaggedTpl, Tpl,
    UnaryExpr, UnaryOp,
};
use typed_arena::Arena as TypedArena;

use crate::drizzle::CallSite;
use crate::loading::{StarIndex, Target};
use crate::module_graph::{Declaration, Module, ModuleId, State};
use crate::packages::Package;
use crate::parse::{self, ParsedFile};
use crate::patterns;
use crate::scope::Scope;
use crate::value::{
    Arena, Closure, Code, Global, Method, Object, Properties, Property, Unknown, Value,
};
use crate::{Casing, DrizzleLine, ModuleResolver};

/// What evaluation depends on besides the text.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) files: &'a dyn FileSystem,
    pub(crate) resolver: &'a dyn ModuleResolver,
    pub(crate) sources: &'a SourceMap,
    pub(crate) env: &'a BTreeMap<String, String>,
    pub(crate) dialect: Dialect,
    pub(crate) line: DrizzleLine,
    pub(crate) casing: Option<Casing>,
    /// Keys of object literals whose values nobody wants to know.
    pub(crate) skipped_keys: &'a [&'a str],
}

impl Context<'_> {
    /// Reads and parses a file.
    pub(crate) fn parse(&self, path: &Path) -> Result<ParsedFile, SourceError> {
        match self.sources.load(self.files, path) {
            Ok(source) => parse::parse(source),
            Err(error) => Err(SourceError {
                path: path.to_path_buf(),
                span: None,
                message: format!("cannot read the file: {error}"),
            }),
        }
    }
}

/// The state of an evaluation.
pub(crate) struct Evaluator<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) arena: &'a Arena<'a>,
    pub(crate) files: &'a TypedArena<ParsedFile>,
    pub(crate) module_arena: &'a TypedArena<Module<'a>>,
    pub(crate) modules: Vec<&'a Module<'a>>,
    /// What the specifiers of each module stand for, as far as they were asked for.
    pub(crate) targets: Vec<FxHashMap<Atom, Target>>,
    pub(crate) star_indexes: FxHashMap<ModuleId, Rc<StarIndex>>,
    pub(crate) by_path: FxHashMap<PathBuf, Result<ModuleId, String>>,
    pub(crate) ready_made_tables: FxHashMap<&'static str, Value<'a>>,
    pub(crate) errors: Vec<SourceError>,
    /// Steps left; every file that is loaded adds some.
    pub(crate) fuel: u64,
    pub(crate) depth: u32,
    /// Where the steps ran out, if they did.
    pub(crate) out_of_fuel: Option<Span>,
}

/// Steps that are there from the start, for small files that loop.
const INITIAL_FUEL: u64 = 2_000_000;

/// How deeply expressions and calls may be nested while they are evaluated.
const DEPTH_LIMIT: u32 = 1_000;

/// The longest string that is built, in bytes.
const STRING_LIMIT: usize = 1 << 20;

impl<'a> Evaluator<'a> {
    pub(crate) fn new(
        context: Context<'a>,
        arena: &'a Arena<'a>,
        files: &'a TypedArena<ParsedFile>,
        module_arena: &'a TypedArena<Module<'a>>,
    ) -> Self {
        Self {
            context,
            arena,
            files,
            module_arena,
            modules: Vec::new(),
            targets: Vec::new(),
            star_indexes: FxHashMap::default(),
            by_path: FxHashMap::default(),
            ready_made_tables: FxHashMap::default(),
            errors: Vec::new(),
            fuel: INITIAL_FUEL,
            depth: 0,
            out_of_fuel: None,
        }
    }

    /// Either value, by a condition at `span` that is not known.
    pub(crate) fn either(&self, first: Value<'a>, second: Value<'a>, span: Span) -> Value<'a> {
        self.arena.either(first, second, span)
    }

    /// Takes `steps` from the budget; an unknown where there are none left.
    pub(crate) fn spend(&mut self, steps: u64, span: Span) -> Result<(), Value<'a>> {
        if self.fuel < steps {
            self.fuel = 0;
            self.out_of_fuel.get_or_insert(span);
            let reason = "evaluating this takes too many steps";
            return Err(self.arena.unknown(reason, span));
        }
        self.fuel -= steps;
        Ok(())
    }

    /// Runs `work` one level deeper, unless that is too deep.
    pub(crate) fn nested(
        &mut self,
        span: Span,
        work: impl FnOnce(&mut Self) -> Value<'a>,
    ) -> Value<'a> {
        if self.depth >= DEPTH_LIMIT {
            let reason = "this is nested too deeply to be evaluated".to_owned();
            // Whatever stands here was not looked at.
            let unknown = Unknown { may_be_table: true, ..Unknown::new(reason, span) };
            return Value::Unknown(self.arena.unknowns.alloc(unknown));
        }
        self.depth += 1;
        let value = work(self);
        self.depth -= 1;
        value
    }

    pub(crate) fn span(&self, scope: &Scope<'a>, span: swc_common::Span) -> Span {
        self.module(scope.module).span(span)
    }

    pub(crate) fn evaluate(&mut self, expr: &'a Expr, scope: &Rc<Scope<'a>>) -> Value<'a> {
        // Literals and names make up most of a schema and cannot recurse.
        match expr {
            Expr::Lit(literal) => return self.literal(literal, scope),
            Expr::Ident(ident) => return self.identifier(ident, scope),
            _ => {}
        }
        let span = self.span(scope, expr.span());
        if let Err(unknown) = self.spend(1, span) {
            return unknown;
        }
        self.nested(span, |this| this.evaluate_nested(expr, scope, span))
    }

    fn evaluate_nested(&mut self, expr: &'a Expr, scope: &Rc<Scope<'a>>, span: Span) -> Value<'a> {
        match expr {
            Expr::Paren(it) => self.evaluate(&it.expr, scope),
            Expr::TsAs(it) => self.evaluate(&it.expr, scope),
            Expr::TsSatisfies(it) => self.evaluate(&it.expr, scope),
            Expr::TsNonNull(it) => self.evaluate(&it.expr, scope),
            Expr::TsConstAssertion(it) => self.evaluate(&it.expr, scope),
            Expr::TsTypeAssertion(it) => self.evaluate(&it.expr, scope),
            Expr::TsInstantiation(it) => self.evaluate(&it.expr, scope),
            Expr::Await(it) => self.evaluate(&it.arg, scope),
            Expr::Seq(it) => {
                it.exprs.iter().fold(Value::Undefined, |_, expr| self.evaluate(expr, scope))
            }
            Expr::Array(it) => self.array(it, scope),
            Expr::Object(it) => self.object(it, scope),
            Expr::Arrow(it) => self.closure(Code::Arrow(it), scope),
            Expr::Fn(it) => self.closure(Code::Function(&it.function), scope),
            Expr::Class(it) => self.closure(Code::Class(&it.class), scope),
            Expr::Tpl(it) => self.template(it, scope, span),
            Expr::TaggedTpl(it) => self.tagged_template(it, scope, span),
            Expr::Member(it) => self.member(it, scope, span),
            Expr::OptChain(it) => match &*it.base {
                OptChainBase::Member(member) => self.optional_member(member, scope, span),
                OptChainBase::Call(call) => self.optional_call(call, scope, span),
            },
            Expr::Call(it) => self.call_expression(it, scope, span),
            Expr::Cond(it) => {
                let test = self.evaluate(&it.test, scope);
                match test.truthiness() {
                    Some(true) => self.evaluate(&it.cons, scope),
                    Some(false) => self.evaluate(&it.alt, scope),
                    None => {
                        let first = self.evaluate(&it.cons, scope);
                        let second = self.evaluate(&it.alt, scope);
                        self.either(first, second, span)
                    }
                }
            }
            Expr::Bin(it) => self.binary_expression(it, scope, span),
            Expr::Unary(it) => self.unary(it, scope, span),
            Expr::Assign(it) => self.assign(it, scope, span),
            Expr::Update(it) => self.update(it, scope, span),
            Expr::New(_) => self.arena.unknown("the instance of a class is not evaluated", span),
            Expr::This(_) => match scope.find(&Atom::from("this")) {
                Some(value) => value,
                None => self.arena.unknown("`this` is not known here", span),
            },
            Expr::MetaProp(_) => self.arena.unknown("`import.meta` is not known", span),
            _ => self.arena.unknown("expressions of this kind are not evaluated", span),
        }
    }

    fn literal(&mut self, literal: &Lit, scope: &Rc<Scope<'a>>) -> Value<'a> {
        match literal {
            Lit::Str(text) => Value::String(text.value.to_atom_lossy().into_owned()),
            Lit::Bool(value) => Value::Bool(value.value),
            Lit::Null(_) => Value::Null,
            Lit::Num(number) => Value::Number(number.value),
            Lit::BigInt(_) | Lit::Regex(_) => Value::Opaque,
            Lit::JSXText(text) => {
                self.arena.unknown("JSX is not evaluated", self.span(scope, text.span))
            }
        }
    }

    pub(crate) fn closure(&mut self, code: Code<'a>, scope: &Rc<Scope<'a>>) -> Value<'a> {
        let (scope, statics) = (Rc::clone(scope), OnceCell::new());
        Value::Function(self.arena.closures.alloc(Closure { code, scope, statics }))
    }

    fn identifier(&mut self, ident: &Ident, scope: &Rc<Scope<'a>>) -> Value<'a> {
        if let Some(value) = scope.find(&ident.sym) {
            return value;
        }
        if let Some(value) = self.binding(scope.module, &ident.sym) {
            return value;
        }
        match &*ident.sym {
            "undefined" => Value::Undefined,
            "NaN" => Value::Number(f64::NAN),
            "Infinity" => Value::Number(f64::INFINITY),
            "Object" => Value::Global(Global::Object),
            "Array" => Value::Global(Global::Array),
            "String" => Value::Global(Global::String),
            "Number" => Value::Global(Global::Number),
            "Boolean" => Value::Global(Global::Boolean),
            "process" => Value::Global(Global::Process),
            "require" => Value::Global(Global::Require),
            "module" => Value::Global(Global::ModuleObject),
            name => {
                if let Some(value) = self.file_global(self.module(scope.module).path, name) {
                    return value;
                }
                let reason = if is_known_global(name) {
                    format!("`{name}` is not evaluated")
                } else {
                    format!("`{name}` is not declared")
                };
                self.arena.unknown(reason, self.span(scope, ident.span))
            }
        }
    }

    /// The value of a name that a module declares; `None` where it declares no such name.
    pub(crate) fn binding(&mut self, id: ModuleId, name: &Atom) -> Option<Value<'a>> {
        let module = self.module(id);
        let binding = module.bindings.get(name)?;
        let state = binding.state.borrow().clone();
        match state {
            State::Done(value) => return Some(value),
            State::InProgress => {
                let reason = format!("`{name}` is used before it has a value");
                return Some(self.arena.unknown(reason, Span::new(module.file, 0, 0)));
            }
            State::Untouched => {}
        }
        *binding.state.borrow_mut() = State::InProgress;
        let span = Span::new(module.file, 0, 0);
        let value =
            self.nested(span, |this| this.declaration(module, name, binding.declaration.clone()));
        *binding.state.borrow_mut() = State::Done(value.clone());
        if module.effects.is_empty() || module.is_running.get() {
            return Some(value);
        }
        self.run_effects(module, name);
        // An effect may have assigned another value.
        let state = binding.state.borrow().clone();
        match state {
            State::Done(value) => Some(value),
            _ => Some(value),
        }
    }

    /// Runs the statements that change what a binding holds.
    fn run_effects(&mut self, module: &'a Module<'a>, name: &Atom) {
        for &position in module.effects_by_name.get(name).into_iter().flatten() {
            let effect = &module.effects[position];
            if !effect.is_done.replace(true) {
                self.statement(effect.statement, &module.scope);
            }
        }
    }

    fn declaration(
        &mut self,
        module: &'a Module<'a>,
        name: &Atom,
        declaration: Declaration<'a>,
    ) -> Value<'a> {
        match declaration {
            Declaration::Variable(declarator) => {
                let value = match &declarator.init {
                    Some(init) => self.evaluate(init, &module.scope),
                    None => Value::Undefined,
                };
                if patterns::is_name(&declarator.name) {
                    return value;
                }
                let mut found = Value::Undefined;
                self.destructure(&declarator.name, value, &module.scope, &mut |this, it, value| {
                    if it == name {
                        found = value;
                    } else if let Some(other) = this.module(module.id).bindings.get(it) {
                        *other.state.borrow_mut() = State::Done(value);
                    }
                });
                found
            }
            Declaration::Function(function) => {
                self.closure(Code::Function(function), &module.scope)
            }
            Declaration::Class(class) => self.closure(Code::Class(class), &module.scope),
            Declaration::Enum(declaration) => self.enumeration(declaration, &module.scope),
            Declaration::Expression(expr) => self.evaluate(expr, &module.scope),
            Declaration::Import { specifier, name, span } => {
                self.import(module.id, &specifier, name.as_ref(), span)
            }
        }
    }

    fn array(&mut self, literal: &'a ArrayLit, scope: &Rc<Scope<'a>>) -> Value<'a> {
        let mut items = Vec::with_capacity(literal.elems.len());
        for element in &literal.elems {
            match element {
                None => items.push(Value::Undefined),
                Some(element) => {
                    if let Err(unknown) = self.push_element(element, scope, &mut items) {
                        return unknown;
                    }
                }
            }
        }
        self.arena.array(items)
    }

    /// Adds an element of an array or an argument; a spread adds what it holds.
    pub(crate) fn push_element(
        &mut self,
        element: &'a ExprOrSpread,
        scope: &Rc<Scope<'a>>,
        items: &mut Vec<Value<'a>>,
    ) -> Result<(), Value<'a>> {
        let value = self.evaluate(&element.expr, scope);
        if element.spread.is_none() {
            items.push(value);
            return Ok(());
        }
        match value {
            Value::Array(array) => {
                let spread = array.items.borrow();
                self.spend(spread.len() as u64, self.span(scope, element.span()))?;
                items.extend(spread.iter().cloned());
            }
            // Stays one element; whoever reads the array looks into it.
            Value::Either(_) => items.push(value),
            Value::Unknown(unknown) => {
                let span = self.span(scope, element.span());
                items.push(self.arena.unknown(unknown.reason.clone(), span));
            }
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Opaque => {}
            _ => {
                let reason = "what is spread here is not an array that is known";
                let span = self.span(scope, element.span());
                items.push(self.arena.unknown(reason, span));
            }
        }
        Ok(())
    }

    fn object(&mut self, literal: &'a ObjectLit, scope: &Rc<Scope<'a>>) -> Value<'a> {
        let object = self.arena.object(Properties::with_capacity(literal.props.len()));
        for prop in &literal.props {
            let result = match prop {
                PropOrSpread::Spread(spread) => {
                    let span = self.span(scope, spread.expr.span());
                    let value = self.evaluate(&spread.expr, scope);
                    self.spread_into(object, &value, span)
                }
                PropOrSpread::Prop(prop) => {
                    self.define(object, prop, scope);
                    Ok(())
                }
            };
            if let Err(unknown) = result {
                return unknown;
            }
        }
        Value::Object(object)
    }

    fn define(&mut self, object: &'a Object<'a>, prop: &'a Prop, scope: &Rc<Scope<'a>>) {
        let span = self.span(scope, prop.span());
        let (key, value, is_getter) = match prop {
            Prop::Shorthand(ident) => {
                (Some(ident.sym.clone()), self.identifier(ident, scope), false)
            }
            Prop::KeyValue(it) => {
                let key = self.property_name(&it.key, scope);
                let skipped = self.context.skipped_keys;
                if key.as_ref().is_some_and(|key| skipped.contains(&key.as_str())) {
                    return;
                }
                (key, self.evaluate(&it.value, scope), false)
            }
            Prop::Method(it) => {
                let key = self.property_name(&it.key, scope);
                (key, self.closure(Code::Function(&it.function), scope), false)
            }
            Prop::Getter(it) => {
                let key = self.property_name(&it.key, scope);
                (key, self.closure(Code::Function(&it.function), scope), true)
            }
            Prop::Setter(_) | Prop::Assign(_) => return,
        };
        match key {
            Some(key) => {
                object.properties.borrow_mut().insert(key, Property { value, is_getter, span });
            }
            None => {
                let reason = "the key of this property is not known".to_owned();
                object
                    .unknown_part
                    .set(Some(self.arena.unknowns.alloc(Unknown::new(reason, span))));
            }
        }
    }

    /// Copies the properties of `value` into `object`, as `{ ...value }` does.
    pub(crate) fn spread_into(
        &mut self,
        object: &'a Object<'a>,
        value: &Value<'a>,
        span: Span,
    ) -> Result<(), Value<'a>> {
        match value {
            Value::Object(from) => {
                if std::ptr::eq(*from, object) {
                    return Ok(());
                }
                self.spend(from.properties.borrow().len() as u64, span)?;
                let properties: Vec<_> = from
                    .properties
                    .borrow()
                    .iter()
                    .map(|(key, property)| (key.clone(), property.clone()))
                    .collect();
                for (key, mut property) in properties {
                    property.value = self.property_value(&property);
                    property.is_getter = false;
                    object.properties.borrow_mut().insert(key, property);
                }
                if let Some(unknown) = from.unknown_part.get() {
                    object.unknown_part.set(Some(unknown));
                }
            }
            Value::Table(_) | Value::Module(_) => {
                let properties = self.entries(value);
                for (key, value) in properties {
                    let property = Property { value, is_getter: false, span };
                    object.properties.borrow_mut().insert(key, property);
                }
            }
            Value::Either(either) => {
                self.spread_either(object, either.first.clone(), either.second.clone(), span)?
            }
            // Reported where it is spread, rather than where it comes from.
            Value::Unknown(unknown) => {
                let unknown = Unknown::new(unknown.reason.clone(), span);
                object.unknown_part.set(Some(self.arena.unknowns.alloc(unknown)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Spreads one of two objects: what is in one of them only may be absent.
    fn spread_either(
        &mut self,
        object: &'a Object<'a>,
        first: Value<'a>,
        second: Value<'a>,
        span: Span,
    ) -> Result<(), Value<'a>> {
        let first_part = self.arena.object(Properties::default());
        self.spread_into(first_part, &first, span)?;
        let second_part = self.arena.object(Properties::default());
        self.spread_into(second_part, &second, span)?;
        for part in [first_part, second_part] {
            if let Some(unknown) = part.unknown_part.get() {
                object.unknown_part.set(Some(unknown));
            }
        }
        let (first, second) = (first_part.properties.borrow(), second_part.properties.borrow());
        let of_second_only = second.iter().filter(|(key, _)| !first.contains_key(key));
        for (key, property) in first.iter().chain(of_second_only) {
            let before = object.properties.borrow().get(key).map(|it| it.value.clone());
            let before = before.unwrap_or(Value::Undefined);
            let of = |part: &Properties<'a>| {
                part.get(key).map_or_else(|| before.clone(), |it| it.value.clone())
            };
            let value = self.either(of(&first), of(&second), span);
            let property = Property { value, is_getter: false, span: property.span };
            object.properties.borrow_mut().insert(key.clone(), property);
        }
        Ok(())
    }

    /// The value of a property; a getter is called.
    pub(crate) fn property_value(&mut self, property: &Property<'a>) -> Value<'a> {
        if !property.is_getter {
            return property.value.clone();
        }
        let site = CallSite { span: property.span, name: property.span, first_argument: None };
        self.call(&property.value, Vec::new(), site)
    }

    pub(crate) fn property_name(
        &mut self,
        name: &'a PropName,
        scope: &Rc<Scope<'a>>,
    ) -> Option<Atom> {
        match name {
            PropName::Ident(ident) => Some(ident.sym.clone()),
            PropName::Str(text) => Some(text.value.to_atom_lossy().into_owned()),
            PropName::Num(number) => Value::Number(number.value).to_text(),
            PropName::Computed(computed) => self.evaluate(&computed.expr, scope).to_text(),
            PropName::BigInt(_) => None,
        }
    }

    fn template(&mut self, template: &'a Tpl, scope: &Rc<Scope<'a>>, span: Span) -> Value<'a> {
        let mut text = Value::string("");
        for (position, quasi) in template.quasis.iter().enumerate() {
            let part = quasi.cooked.as_ref().map(|it| it.to_atom_lossy().into_owned());
            let part = Value::String(part.unwrap_or_else(|| quasi.raw.clone()));
            text = self.binary(BinaryOp::Add, &text, &part, span);
            if let Some(expr) = template.exprs.get(position) {
                let value = self.evaluate(expr, scope);
                text = self.binary(BinaryOp::Add, &text, &value, span);
            }
        }
        text
    }

    fn tagged_template(
        &mut self,
        template: &'a TaggedTpl,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        match self.evaluate(&template.tag, scope) {
            Value::Opaque | Value::Export(..) | Value::Method(_) => Value::Opaque,
            Value::Unknown(unknown) => Value::Unknown(unknown),
            _ => self.arena.unknown("tagged templates are not evaluated", span),
        }
    }

    fn member(&mut self, member: &'a MemberExpr, scope: &Rc<Scope<'a>>, span: Span) -> Value<'a> {
        let object = self.evaluate(&member.obj, scope);
        self.member_of(&object, member, scope, span)
    }

    fn optional_member(
        &mut self,
        member: &'a MemberExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let object = self.evaluate(&member.obj, scope);
        if object.is_nullish() == Some(true) {
            return Value::Undefined;
        }
        self.member_of(&object, member, scope, span)
    }

    fn member_of(
        &mut self,
        object: &Value<'a>,
        member: &'a MemberExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        match self.member_key(&member.prop, scope) {
            Some(key) => self.property(object, &key, span),
            None => match object {
                Value::Unknown(unknown) => Value::Unknown(unknown),
                _ => self.arena.unknown("which property this takes is not known", span),
            },
        }
    }

    pub(crate) fn member_key(
        &mut self,
        prop: &'a MemberProp,
        scope: &Rc<Scope<'a>>,
    ) -> Option<Atom> {
        match prop {
            MemberProp::Ident(name) => Some(name.sym.clone()),
            MemberProp::Computed(computed) => self.evaluate(&computed.expr, scope).to_text(),
            MemberProp::PrivateName(_) => None,
        }
    }

    fn call_expression(
        &mut self,
        call: &'a CallExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let callee = match &call.callee {
            Callee::Expr(callee) => callee,
            Callee::Import(_) => return self.dynamic_import(call, scope, span),
            Callee::Super(_) => return self.arena.unknown("classes are not evaluated", span),
        };
        self.call_with_callee(callee, &call.args, scope, span)
    }

    fn optional_call(&mut self, call: &'a OptCall, scope: &Rc<Scope<'a>>, span: Span) -> Value<'a> {
        self.call_with_callee(&call.callee, &call.args, scope, span)
    }

    fn call_with_callee(
        &mut self,
        callee: &'a Expr,
        arguments: &'a [ExprOrSpread],
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let mut site = CallSite {
            span,
            name: self.span(scope, callee.span()),
            first_argument: arguments.first().map(|it| self.span(scope, it.expr.span())),
        };
        // `(a as any).b()` and `a.b!()` call a method as well.
        let member = match patterns::without_types(callee) {
            Expr::Member(member) => Some((member, false)),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => Some((member, chain.optional)),
                OptChainBase::Call(_) => None,
            },
            _ => None,
        };
        let Some((member, is_optional)) = member else {
            let callee = self.evaluate(callee, scope);
            return match self.arguments(arguments, scope) {
                Ok(arguments) => self.call_in(&callee, arguments, site, scope),
                Err(unknown) => unknown,
            };
        };
        site.name = self.span(scope, member.prop.span());
        let receiver = self.evaluate(&member.obj, scope);
        if is_optional && receiver.is_nullish() == Some(true) {
            return Value::Undefined;
        }
        let Some(method) = self.member_key(&member.prop, scope) else {
            return self.arena.unknown("which method this calls is not known", span);
        };
        match self.arguments(arguments, scope) {
            Ok(arguments) => self.call_method(&receiver, &method, arguments, site),
            Err(unknown) => unknown,
        }
    }

    fn arguments(
        &mut self,
        arguments: &'a [ExprOrSpread],
        scope: &Rc<Scope<'a>>,
    ) -> Result<Vec<Value<'a>>, Value<'a>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            self.push_element(argument, scope, &mut values)?;
        }
        Ok(values)
    }

    /// `require(..)` needs to know where it is called.
    fn call_in(
        &mut self,
        callee: &Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        if !matches!(callee, Value::Global(Global::Require)) {
            return self.call(callee, arguments, site);
        }
        match arguments.first() {
            Some(Value::String(specifier)) => {
                let name = Atom::from(crate::module_graph::COMMONJS);
                self.import(scope.module, specifier, Some(&name), site.span)
            }
            _ => self.arena.unknown("which module this requires is not known", site.span),
        }
    }

    fn dynamic_import(
        &mut self,
        call: &'a CallExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let specifier = call.args.first().map(|it| self.evaluate(&it.expr, scope));
        match specifier {
            Some(Value::String(specifier)) => self.import(scope.module, &specifier, None, span),
            _ => self.arena.unknown("which module this imports is not known", span),
        }
    }

    fn binary_expression(
        &mut self,
        expr: &'a BinExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let left = self.evaluate(&expr.left, scope);
        match expr.op {
            BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => {
                self.logical(expr.op, left, &expr.right, scope)
            }
            op => {
                let right = self.evaluate(&expr.right, scope);
                self.binary(op, &left, &right, span)
            }
        }
    }

    /// `&&`, `||` and `??`, which evaluate the right side when they need it.
    pub(crate) fn logical(
        &mut self,
        op: BinaryOp,
        left: Value<'a>,
        right: &'a Expr,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        if let Value::Unknown(unknown) = &left
            && unknown.is_unset
            && op != BinaryOp::LogicalAnd
        {
            return self.evaluate(right, scope);
        }
        let takes_right = match op {
            BinaryOp::LogicalAnd => left.truthiness(),
            BinaryOp::LogicalOr => left.truthiness().map(|it| !it),
            _ => left.is_nullish(),
        };
        match takes_right {
            Some(true) => self.evaluate(right, scope),
            Some(false) => left,
            None => {
                let span = self.span(scope, right.span());
                let right = self.evaluate(right, scope);
                // A false `left && right` is nothing to whoever spreads or collects it.
                let left = if op == BinaryOp::LogicalAnd { Value::Bool(false) } else { left };
                self.either(left, right, span)
            }
        }
    }

    pub(crate) fn binary(
        &mut self,
        op: BinaryOp,
        left: &Value<'a>,
        right: &Value<'a>,
        span: Span,
    ) -> Value<'a> {
        if let Err(unknown) = self.spend(1, span) {
            return unknown;
        }
        match (left, right) {
            (Value::Either(either), _) => {
                let first = self.binary(op, &either.first, right, span);
                let second = self.binary(op, &either.second, right, span);
                return self.either(first, second, span);
            }
            (_, Value::Either(either)) => {
                let first = self.binary(op, left, &either.first, span);
                let second = self.binary(op, left, &either.second, span);
                return self.either(first, second, span);
            }
            (Value::Unknown(unknown), _) | (_, Value::Unknown(unknown)) => {
                // An unset variable is no longer one once it is part of something.
                return self.arena.unknown(unknown.reason.clone(), unknown.span);
            }
            _ => {}
        }
        match op {
            BinaryOp::Add => self.concatenate(left, right, span),
            BinaryOp::EqEqEq => self.equality(left, right, span, true),
            BinaryOp::NotEqEq => self.equality(left, right, span, false),
            BinaryOp::EqEq | BinaryOp::NotEq => {
                let is_equal = op == BinaryOp::EqEq;
                match (left.is_nullish(), right.is_nullish()) {
                    (Some(true), Some(nullish)) | (Some(nullish), Some(true)) => {
                        Value::Bool(nullish == is_equal)
                    }
                    _ => self.equality(left, right, span, is_equal),
                }
            }
            BinaryOp::In => match (left.to_text(), right) {
                (Some(key), Value::Object(object)) if object.unknown_part.get().is_none() => {
                    Value::Bool(object.properties.borrow().contains_key(&key))
                }
                (Some(key), Value::Table(table)) => Value::Bool(table.columns.contains_key(&key)),
                _ => self.arena.unknown("whether it has that property is not known", span),
            },
            _ => match (left, right) {
                (Value::Number(left), Value::Number(right)) => arithmetic(op, *left, *right)
                    .unwrap_or_else(|| self.arena.unknown("this operator is not evaluated", span)),
                _ => self.arena.unknown("the result of this operator is not known", span),
            },
        }
    }

    fn concatenate(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Value<'a> {
        if let (Value::Number(left), Value::Number(right)) = (left, right) {
            return Value::Number(left + right);
        }
        match (left.to_text(), right.to_text()) {
            (Some(left), Some(right)) if left.is_empty() => Value::String(right),
            (Some(left), Some(right)) if right.is_empty() => Value::String(left),
            (Some(left), Some(right)) => {
                let length = left.len() + right.len();
                if length > STRING_LIMIT {
                    return self.arena.unknown("this string grows too long", span);
                }
                match self.spend(length as u64 / 64, span) {
                    Ok(()) => Value::string(format!("{left}{right}")),
                    Err(unknown) => unknown,
                }
            }
            _ => self.arena.unknown("this is not text that is known", span),
        }
    }

    fn equality(
        &mut self,
        left: &Value<'a>,
        right: &Value<'a>,
        span: Span,
        is_equal: bool,
    ) -> Value<'a> {
        if matches!(left, Value::Opaque) || matches!(right, Value::Opaque) {
            return self.arena.unknown("whether these are equal is not known", span);
        }
        Value::Bool(left.is_same(right) == is_equal)
    }

    fn unary(&mut self, expr: &'a UnaryExpr, scope: &Rc<Scope<'a>>, span: Span) -> Value<'a> {
        let value = self.evaluate(&expr.arg, scope);
        let known = match (expr.op, &value) {
            (UnaryOp::Void, _) => Some(Value::Undefined),
            (UnaryOp::Bang, _) => value.truthiness().map(|it| Value::Bool(!it)),
            (UnaryOp::TypeOf, _) => value.type_of().map(Value::string),
            (UnaryOp::Minus, Value::Number(number)) => Some(Value::Number(-number)),
            (UnaryOp::Plus, Value::Number(number)) => Some(Value::Number(*number)),
            _ => None,
        };
        match (known, value) {
            (Some(known), _) => known,
            (None, Value::Unknown(unknown)) => {
                self.arena.unknown(unknown.reason.clone(), unknown.span)
            }
            (None, _) => self.arena.unknown("the result of this operator is not known", span),
        }
    }

    /// The keys and values of an object, a module or a table.
    pub(crate) fn entries(&mut self, value: &Value<'a>) -> Vec<(Atom, Value<'a>)> {
        match value {
            Value::Object(object) => {
                let properties: Vec<_> = object
                    .properties
                    .borrow()
                    .iter()
                    .map(|(key, property)| (key.clone(), property.clone()))
                    .collect();
                properties
                    .into_iter()
                    .map(|(key, property)| (key, self.property_value(&property)))
                    .collect()
            }
            Value::Array(array) => array
                .items
                .borrow()
                .iter()
                .enumerate()
                .map(|(index, value)| (Atom::from(index.to_string()), value.clone()))
                .collect(),
            Value::Table(table) => table
                .columns
                .iter()
                .map(|(key, column)| (key.clone(), Value::Column(column)))
                .collect(),
            Value::Module(id) => {
                let names = self.export_names(*id);
                names
                    .into_iter()
                    .filter_map(|name| {
                        let value = self.export(*id, &name)?;
                        Some((name, value))
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// A property of a small object, such as the options of a call. Unlike [`Self::property`], it
    /// needs no interned key.
    pub(crate) fn option(&mut self, value: &Value<'a>, key: &str, span: Span) -> Value<'a> {
        let Value::Object(object) = value else {
            return self.property(value, &Atom::from(key), span);
        };
        let property = object
            .properties
            .borrow()
            .iter()
            .find(|(it, _)| ***it == *key)
            .map(|(_, property)| property.clone());
        match (property, object.unknown_part.get()) {
            (Some(property), _) => self.property_value(&property),
            (None, Some(unknown)) => Value::Unknown(unknown),
            (None, None) => Value::Undefined,
        }
    }

    /// `value.key`
    pub(crate) fn property(&mut self, value: &Value<'a>, key: &Atom, span: Span) -> Value<'a> {
        match value {
            Value::Object(object) => {
                let property = object.properties.borrow().get(key).cloned();
                match (property, object.unknown_part.get()) {
                    (Some(property), _) => self.property_value(&property),
                    (None, Some(unknown)) => Value::Unknown(unknown),
                    (None, None) => Value::Undefined,
                }
            }
            Value::Array(array) => match &**key {
                "length" => Value::Number(array.items.borrow().len() as f64),
                _ => match key.parse::<usize>() {
                    Ok(index) => {
                        array.items.borrow().get(index).cloned().unwrap_or(Value::Undefined)
                    }
                    Err(_) => self.method(value, key),
                },
            },
            Value::String(text) => match &**key {
                "length" => Value::Number(text.encode_utf16().count() as f64),
                _ => match key.parse::<usize>() {
                    Ok(index) => match text.chars().nth(index) {
                        Some(found) => Value::string(found.to_string()),
                        None => Value::Undefined,
                    },
                    Err(_) => self.method(value, key),
                },
            },
            Value::Module(id) => match self.export(*id, key) {
                Some(value) => value,
                None => {
                    let path = self.module(*id).path.display();
                    self.arena.unknown(format!("`{path}` has no export `{key}`"), span)
                }
            },
            Value::Package(package) => self.package_export(*package, key, span),
            Value::Export(Package::Core(core), export) => {
                self.core_export_property(*core, export, key)
            }
            Value::Export(Package::Path, _) => Value::Export(Package::Path, key.clone()),
            Value::Export(..) => Value::Opaque,
            Value::Global(global) => self.global_property(*global, key, span),
            Value::Function(closure) => self.function_property(closure, key, span),
            Value::TableFactory(factory) => self.table_factory_property(factory, key),
            Value::Table(table) => self.table_property(table, key, span),
            Value::Column(column) if *key == *"name" => Value::String(column.raw_name.clone()),
            Value::Column(_) | Value::ColumnBuilder(_) | Value::Constraint(_) => {
                self.method(value, key)
            }
            Value::ColumnFactory(_) | Value::Method(_) | Value::Opaque => Value::Opaque,
            Value::Either(either) => {
                let first = self.property(&either.first, key, span);
                let second = self.property(&either.second, key, span);
                self.either(first, second, span)
            }
            Value::Unknown(unknown) => Value::Unknown(unknown),
            Value::Undefined | Value::Null => {
                let what = if matches!(value, Value::Null) { "null" } else { "undefined" };
                self.arena.unknown(format!("`{key}` is taken from {what}"), span)
            }
            Value::Bool(_) | Value::Number(_) => Value::Undefined,
        }
    }

    fn method(&mut self, receiver: &Value<'a>, name: &Atom) -> Value<'a> {
        Value::Method(
            self.arena.methods.alloc(Method { receiver: receiver.clone(), name: name.clone() }),
        )
    }
}

fn arithmetic<'a>(op: BinaryOp, left: f64, right: f64) -> Option<Value<'a>> {
    Some(match op {
        BinaryOp::Sub => Value::Number(left - right),
        BinaryOp::Mul => Value::Number(left * right),
        BinaryOp::Div => Value::Number(left / right),
        BinaryOp::Mod => Value::Number(left % right),
        BinaryOp::Exp => Value::Number(left.powf(right)),
        BinaryOp::Lt => Value::Bool(left < right),
        BinaryOp::LtEq => Value::Bool(left <= right),
        BinaryOp::Gt => Value::Bool(left > right),
        BinaryOp::GtEq => Value::Bool(left >= right),
        _ => return None,
    })
}

/// Globals that exist but are of no use here; other free names are mistakes in the schema.
fn is_known_global(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "console",
        "crypto",
        "Date",
        "Math",
        "JSON",
        "Map",
        "Set",
        "WeakMap",
        "Symbol",
        "RegExp",
        "Error",
        "Promise",
        "globalThis",
        "global",
        "Buffer",
        "URL",
        "Intl",
        "BigInt",
        "Bun",
        "Deno",
    ];
    NAMES.contains(&name)
}
