//! Evaluates expressions, as far as they can be known without running anything.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use drift_model::{Dialect, SourceError, SourceMap, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    Expr, Function, Ident, Lit, MemberExpr, MemberProp, OptChainBase, Stmt, TaggedTpl,
};
use typed_arena::Arena as TypedArena;

use crate::accounting::Trace;
use crate::branches::Assigned;
use crate::decisions::Decisions;
use crate::draft::TableDraft;
use crate::drizzle::{CallSite, CoreKind, DeclaredRelations, Table};
use crate::early::Early;
use crate::finishing::Slot;
use crate::loading::{StarIndex, Target};
use crate::module_graph::{Declaration, Module, ModuleId, State};
use crate::parse::ParsedFile;
use crate::patterns;
use crate::prototypes::RareProperties;
use crate::scope::Scope;
use crate::value::{Arena, Closure, Code, Global, Property, Unknown, Value};
use crate::{Casing, DrizzleLine, ModuleResolver};

/// What evaluation depends on besides the text.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// Reads and parses a file.
    pub(crate) parse: &'a dyn Fn(&Path) -> Result<Arc<ParsedFile>, SourceError>,
    /// Takes the drafts of tables.
    pub(crate) finish: &'a dyn Fn(Vec<(Slot, TableDraft)>),
    pub(crate) resolver: &'a dyn ModuleResolver,
    pub(crate) sources: &'a SourceMap,
    pub(crate) env: &'a BTreeMap<String, String>,
    pub(crate) dialect: Dialect,
    pub(crate) line: DrizzleLine,
    pub(crate) casing: Option<Casing>,
    /// Keys of object literals whose values nobody wants to know.
    pub(crate) skipped_keys: &'a [&'a str],
}

/// The state of an evaluation.
pub(crate) struct Evaluator<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) arena: &'a Arena<'a>,
    pub(crate) files: &'a TypedArena<Arc<ParsedFile>>,
    pub(crate) module_arena: &'a TypedArena<Module<'a>>,
    pub(crate) modules: Vec<&'a Module<'a>>,
    /// What the specifiers of each module stand for, as far as they were asked for.
    pub(crate) targets: Vec<FxHashMap<Atom, Target>>,
    pub(crate) star_indexes: FxHashMap<ModuleId, Rc<StarIndex>>,
    pub(crate) by_path: FxHashMap<PathBuf, Result<ModuleId, String>>,
    /// What the exports of drizzle's core modules make, as far as they were called.
    pub(crate) core_kinds: FxHashMap<Atom, CoreKind>,
    pub(crate) ready_made_tables: FxHashMap<&'static str, Value<'a>>,
    /// Calls of `relations` and `defineRelations`, whose callbacks are not called before the end.
    pub(crate) declared_relations: Vec<DeclaredRelations<'a>>,
    /// Statements that were run for what they change in other modules.
    pub(crate) ran: FxHashSet<*const Stmt>,
    /// The tables whose drafts were handed over early.
    pub(crate) early: FxHashMap<*const Table<'a>, Early>,
    /// Drafts that are not handed over yet.
    pub(crate) drafts: Vec<(Slot, TableDraft)>,
    /// The next slot.
    pub(crate) slots: Slot,
    /// Whether modules that are not loaded yet count as missing.
    pub(crate) loads_nothing: bool,
    /// What is noted for the sake of mentions, where they are asked for.
    pub(crate) trace: Option<Trace<'a>>,
    pub(crate) errors: Vec<SourceError>,
    /// Steps left; every file that is loaded adds some.
    pub(crate) fuel: u64,
    pub(crate) depth: u32,
    /// Which conditions that are not known hold wherever the evaluation is.
    pub(crate) doubt: Doubt,
    /// Where the steps ran out, if they did.
    pub(crate) out_of_fuel: Option<Span>,
    /// Where conditions that are not known are tried both ways.
    pub(crate) decisions: Option<Decisions>,
    /// Properties of the few objects that have such.
    pub(crate) rare: RareProperties<'a>,
    /// Whether functions have the word `arguments` in them, of those that were called.
    pub(crate) uses_arguments: FxHashMap<*const Function, bool>,
    /// How many private names have been given a key.
    pub(crate) private_names: u32,
    /// How many `try` blocks are around what is evaluated.
    pub(crate) try_depth: u32,
    /// What was thrown within a `try` block, on its way to where it is caught.
    pub(crate) thrown: Option<Value<'a>>,
    /// Whether something may have been thrown in the innermost `try` block.
    pub(crate) has_perhaps_thrown: bool,
    /// The labels of the loop that comes next.
    pub(crate) labels: Vec<Atom>,
    /// What the generator that runs has yielded.
    pub(crate) yielded: Option<Vec<Value<'a>>>,
    /// What was assigned without doubt in the branch of an unknown condition that runs.
    pub(crate) assigned: Option<Vec<Assigned<'a>>>,
}

/// How many conditions that are not known lie around what is evaluated: what is assigned there may
/// as well be as it was.
#[derive(Clone, Copy, Default)]
pub(crate) struct Doubt {
    /// Around the whole of it.
    pub(crate) anywhere: u32,
    /// Around it in the function that runs, whose own variables are beyond earlier doubt.
    pub(crate) in_function: u32,
}

/// Steps that are there from the start, for small files that loop.
const INITIAL_FUEL: u64 = 2_000_000;

/// How deeply expressions and calls may be nested while they are evaluated.
pub(crate) const DEPTH_LIMIT: u32 = 1_000;

impl<'a> Evaluator<'a> {
    pub(crate) fn new(
        context: Context<'a>,
        arena: &'a Arena<'a>,
        files: &'a TypedArena<Arc<ParsedFile>>,
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
            core_kinds: FxHashMap::default(),
            ready_made_tables: FxHashMap::default(),
            declared_relations: Vec::new(),
            ran: FxHashSet::default(),
            early: FxHashMap::default(),
            drafts: Vec::new(),
            slots: 0,
            loads_nothing: false,
            trace: None,
            errors: Vec::new(),
            fuel: INITIAL_FUEL,
            depth: 0,
            doubt: Doubt::default(),
            out_of_fuel: None,
            decisions: None,
            rare: RareProperties::default(),
            uses_arguments: FxHashMap::default(),
            private_names: 0,
            try_depth: 0,
            thrown: None,
            has_perhaps_thrown: false,
            labels: Vec::new(),
            yielded: None,
            assigned: None,
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
            return self.too_deep(span);
        }
        self.depth += 1;
        let value = work(self);
        self.depth -= 1;
        value
    }

    fn too_deep(&self, span: Span) -> Value<'a> {
        let reason = "this is nested too deeply to be evaluated".to_owned();
        // Whatever stands here was not looked at.
        let unknown = Unknown { may_be_table: true, ..Unknown::new(reason, span) };
        Value::Unknown(self.arena.unknowns.alloc(unknown))
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
        if self.fuel == 0 || self.depth >= DEPTH_LIMIT {
            let span = self.span(scope, expr.span());
            return match self.spend(1, span) {
                Ok(()) => self.too_deep(span),
                Err(unknown) => unknown,
            };
        }
        self.fuel -= 1;
        self.depth += 1;
        let value = match expr {
            // The rest of a schema, but for a small part.
            Expr::Call(it) => self.call_expression(it, scope, self.span(scope, it.span)),
            Expr::Member(it) => self.member(it, scope, self.span(scope, it.span)),
            Expr::Object(it) => self.object(it, scope),
            Expr::Arrow(it) => self.closure(Code::Arrow(it), scope),
            _ => self.evaluate_other(expr, scope),
        };
        self.depth -= 1;
        value
    }

    // Apart, so that what is common does not pay for its stack frame.
    #[inline(never)]
    fn evaluate_other(&mut self, expr: &'a Expr, scope: &Rc<Scope<'a>>) -> Value<'a> {
        let span = self.span(scope, expr.span());
        match expr {
            Expr::Paren(it) => self.evaluate(&it.expr, scope),
            Expr::TsAs(it) => self.evaluate(&it.expr, scope),
            Expr::TsSatisfies(it) => self.evaluate(&it.expr, scope),
            Expr::TsNonNull(it) => self.evaluate(&it.expr, scope),
            Expr::TsConstAssertion(it) => self.evaluate(&it.expr, scope),
            Expr::TsTypeAssertion(it) => self.evaluate(&it.expr, scope),
            Expr::TsInstantiation(it) => self.evaluate(&it.expr, scope),
            Expr::Await(it) => {
                let value = self.evaluate(&it.arg, scope);
                self.awaited(value)
            }
            Expr::Yield(it) => self.yield_expression(it, scope, span),
            Expr::Seq(it) => {
                it.exprs.iter().fold(Value::Undefined, |_, expr| self.evaluate(expr, scope))
            }
            Expr::Array(it) => self.array(it, scope),
            Expr::Fn(it) => match &it.ident {
                // It may call itself by its name.
                Some(name) => {
                    let scope = Scope::within(scope);
                    let function = self.closure(Code::Function(&it.function), &scope);
                    scope.declare(name.sym.clone(), function.clone());
                    function
                }
                None => self.closure(Code::Function(&it.function), scope),
            },
            Expr::Class(it) => self.class_expression(&it.class, it.ident.as_ref(), scope),
            Expr::SuperProp(it) => self.super_property(&it.prop, scope, span),
            Expr::Tpl(it) => self.template(it, scope, span),
            Expr::TaggedTpl(it) => self.tagged_template(it, scope, span),
            Expr::OptChain(it) => match &*it.base {
                OptChainBase::Member(member) => self.optional_member(member, scope, span),
                OptChainBase::Call(call) => self.optional_call(call, scope, span),
            },
            Expr::Cond(it) => {
                let test = self.evaluate(&it.test, scope);
                if let Some(default) = self.default_of_condition(it, &test, scope) {
                    return self.evaluate(default, scope);
                }
                match self.decide(&test, self.span(scope, it.test.span())) {
                    Some(holds) => {
                        let (taken, other) =
                            if holds { (&it.cons, &it.alt) } else { (&it.alt, &it.cons) };
                        self.note_passed_over(self.span(scope, other.span()));
                        self.evaluate(taken, scope)
                    }
                    None => {
                        let first = self.in_doubt(|this| this.evaluate(&it.cons, scope));
                        let second = self.in_doubt(|this| this.evaluate(&it.alt, scope));
                        self.either(first, second, span)
                    }
                }
            }
            Expr::Bin(it) => self.binary_expression(it, scope, span),
            Expr::Unary(it) => self.unary(it, scope, span),
            Expr::Assign(it) => self.assign(it, scope, span),
            Expr::Update(it) => self.update(it, scope, span),
            Expr::New(it) => self.new_expression(it, scope, span),
            Expr::This(_) => match scope.find(&Atom::from("this")) {
                Some(value) => value,
                None => self.arena.unknown("`this` is not known here", span),
            },
            Expr::MetaProp(it) => self.meta_property(it, scope, span),
            _ => self.arena.unknown("expressions of this kind are not evaluated", span),
        }
    }

    fn literal(&mut self, literal: &Lit, scope: &Rc<Scope<'a>>) -> Value<'a> {
        match literal {
            Lit::Str(text) => Value::String(text.value.to_atom_lossy().into_owned()),
            Lit::Bool(value) => Value::Bool(value.value),
            Lit::Null(_) => Value::Null,
            Lit::Num(number) => Value::Number(number.value),
            Lit::BigInt(_) => Value::Opaque,
            Lit::Regex(it) => self.pattern(it.exp.clone(), it.flags.clone()),
            Lit::JSXText(text) => {
                self.arena.unknown("JSX is not evaluated", self.span(scope, text.span))
            }
        }
    }

    pub(crate) fn closure(&mut self, code: Code<'a>, scope: &Rc<Scope<'a>>) -> Value<'a> {
        if self.trace.is_some() {
            self.note_function(code, scope, false);
        }
        let (scope, parts) = (Rc::clone(scope), OnceCell::new());
        Value::Function(self.arena.closures.alloc(Closure { code, scope, parts }))
    }

    pub(crate) fn identifier(&mut self, ident: &Ident, scope: &Rc<Scope<'a>>) -> Value<'a> {
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
            "Map" | "WeakMap" => Value::Global(Global::Map),
            "Set" | "WeakSet" => Value::Global(Global::Set),
            "RegExp" => Value::Global(Global::RegExp),
            "Promise" => Value::Global(Global::Promise),
            "Error" | "TypeError" | "RangeError" => Value::Global(Global::Error),
            "Math" => Value::Global(Global::Math),
            "JSON" => Value::Global(Global::Json),
            "parseInt" => Value::Global(Global::ParseInt),
            "parseFloat" => Value::Global(Global::ParseFloat),
            "isNaN" => Value::Global(Global::IsNan),
            "isFinite" => Value::Global(Global::IsFinite),
            // All three have `env` and `cwd`.
            "process" | "Bun" | "Deno" => Value::Global(Global::Process),
            "require" => Value::Global(Global::Require),
            "module" => Value::Global(Global::ModuleObject),
            // What was exported before, read back: compiled files do so.
            "exports" => Value::Module(scope.module),
            name => {
                if let Some(value) = self.file_global(self.module(scope.module).path, name) {
                    return value;
                }
                // Where nothing else declares it, this throws.
                self.has_perhaps_thrown |= !is_known_global(name);
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
        if module.has_bare_imports.get() {
            self.run_bare_imports(module);
            return self.binding(id, name);
        }
        *binding.state.borrow_mut() = State::InProgress;
        let span = Span::new(module.file, 0, 0);
        let doubt = std::mem::take(&mut self.doubt);
        let value =
            self.nested(span, |this| this.declaration(module, name, binding.declaration.clone()));
        let value = match module.namespaces.get(name) {
            Some(blocks) if !matches!(binding.declaration, Declaration::Namespace) => {
                self.namespace(blocks, Some(value), &module.scope)
            }
            _ => value,
        };
        self.doubt = doubt;
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
        let doubt = std::mem::take(&mut self.doubt);
        for &position in module.effects_by_name.get(name).into_iter().flatten() {
            let effect = &module.effects[position];
            if !effect.is_done.replace(true) {
                self.statement(effect.statement, &module.scope);
            }
        }
        self.doubt = doubt;
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
            Declaration::Class(class) => self.class(class, Some(name), &module.scope),
            Declaration::Enum(declaration) => self.enumeration(declaration, &module.scope),
            Declaration::Expression(expr) => self.evaluate(expr, &module.scope),
            Declaration::Namespace => {
                let blocks = module.namespaces.get(name).map(Vec::as_slice).unwrap_or_default();
                self.namespace(blocks, None, &module.scope)
            }
            Declaration::Entity(entity) => self.entity(entity, &module.scope),
            Declaration::Local(other) => {
                self.binding(module.id, &other).unwrap_or(Value::Undefined)
            }
            Declaration::Import { specifier, name, span } => {
                self.import(module.id, &specifier, name.as_ref(), span)
            }
        }
    }

    fn tagged_template(
        &mut self,
        template: &'a TaggedTpl,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let tag = patterns::without_types(&template.tag);
        let (tag, this) = match tag {
            Expr::Member(member) => {
                let object = self.evaluate(&member.obj, scope);
                let span = self.span(scope, member.span);
                (self.member_of(&object, member, scope, span), object)
            }
            tag => (self.evaluate(tag, scope), Value::Undefined),
        };
        match &tag {
            Value::Function(_) | Value::Native(_) => {}
            Value::Method(method) if matches!(method.receiver, Value::Global(Global::String)) => {}
            Value::Opaque | Value::Export(..) | Value::Method(_) => return Value::Opaque,
            Value::Unknown(unknown) => return Value::Unknown(unknown),
            _ => return self.arena.unknown("the tag of this template is not known", span),
        }
        let quasis = &template.tpl.quasis;
        let cooked = quasis.iter().map(|it| match &it.cooked {
            Some(text) => Value::String(text.to_atom_lossy().into_owned()),
            None => Value::Undefined,
        });
        let raw = quasis.iter().map(|it| Value::String(it.raw.clone()));
        let (strings, raw) = (self.arena.array(cooked.collect()), self.arena.array(raw.collect()));
        if let Value::Array(strings) = &strings {
            let property = Property { value: raw, is_getter: false, span };
            let properties =
                self.arena.object([(Atom::from("raw"), property)].into_iter().collect());
            self.rare.of_arrays.insert(std::ptr::from_ref(*strings), properties);
        }
        let mut arguments = vec![strings];
        for expr in &template.tpl.exprs {
            arguments.push(self.evaluate(expr, scope));
        }
        let name = self.span(scope, template.tag.span());
        let site = CallSite { span, name, first_argument: None };
        self.call_with_receiver(&tag, this, arguments, site)
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
        match &object {
            object if object.is_nullish() == Some(true) => Value::Undefined,
            Value::Unknown(unknown) if unknown.is_unset => object,
            object => self.member_of(object, member, scope, span),
        }
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
            MemberProp::PrivateName(name) => self.private_key(&name.name, scope),
        }
    }
}

/// Globals that make no table; other free names are mistakes in the schema.
fn is_known_global(name: &str) -> bool {
    const NAMES: [&str; 29] = [
        "console",
        "crypto",
        "Date",
        "Math",
        "JSON",
        "Map",
        "Set",
        "WeakMap",
        "WeakSet",
        "RegExp",
        "Error",
        "Promise",
        "parseInt",
        "parseFloat",
        "setTimeout",
        "Symbol",
        "Reflect",
        "Proxy",
        "Function",
        "structuredClone",
        "eval",
        "fetch",
        "performance",
        "globalThis",
        "global",
        "Buffer",
        "URL",
        "Intl",
        "BigInt",
    ];
    NAMES.contains(&name)
}
