//! Evaluates early what tables declare.
//!
//! drizzle-orm calls the functions of `references` and of the extras when everything is loaded, so
//! that they may name what comes later. Most of them name what is there already and can never
//! change, and calling those at once gives the same: while the syntax is at hand, and while other
//! threads parse what comes next.

use drift_model::Unresolved;
use swc_atoms::Atom;
use swc_ecma_ast::{
    ArrowExpr, ArrowFunctionBody, Callee, Expr, MemberProp, Pat, Prop, PropName, PropOrSpread,
};

use crate::drizzle::{Table, TableReference};
use crate::evaluate::Evaluator;
use crate::finishing::Slot;
use crate::foreign_keys::Declared;
use crate::loading::Target;
use crate::module_graph::{Declaration, Export, Module, ModuleId, State};
use crate::packages::Package;
use crate::patterns;
use crate::value::{Closure, Code, Value};

/// Names are followed through this many modules.
const HOPS: usize = 4;

/// A table whose draft was handed over early.
pub(crate) struct Early {
    pub(crate) slot: Slot,
    pub(crate) unresolved: Vec<Unresolved>,
    /// What it declares, to be compared in debug builds.
    text: String,
}

/// What the expression of a function may name besides what its module declares.
#[derive(Clone, Copy)]
struct Names<'a> {
    module: &'a Module<'a>,
    parameter: Option<&'a Atom>,
}

impl<'a> Evaluator<'a> {
    /// Evaluates what those tables declare that a module exports and that name nothing unsettled.
    pub(crate) fn declare_early(&mut self, module: &'a Module<'a>) {
        // What runs when is a part of the accounts.
        if self.trace.is_some() {
            return;
        }
        for export in module.exports.values() {
            let Export::Local(binding) = export else { continue };
            if let Some(Value::Table(table)) = done(module, binding)
                && let Ok(name) = &table.name
                && self.is_of_dialect(table)
                && !self.early.contains_key(&std::ptr::from_ref(table))
                && self.is_settled_table(table)
            {
                let declared = self.declared(table);
                let text = if cfg!(debug_assertions) { text(&declared) } else { String::new() };
                let (slot, unresolved) = self.hand_over(table, name, declared);
                self.early.insert(table, Early { slot, unresolved, text });
            }
        }
    }

    /// Whether evaluating now gives what was evaluated early.
    pub(crate) fn gives_the_same(&mut self, table: &'a Table<'a>, early: &Early) -> bool {
        let fuel = self.fuel;
        let late = self.declared(table);
        self.fuel = fuel;
        early.text == text(&late)
    }

    fn is_settled_table(&mut self, table: &'a Table<'a>) -> bool {
        table
            .references
            .iter()
            .chain(&table.lost_references)
            .all(|it| self.is_settled_reference(it))
            && match &table.extras {
                Value::Undefined | Value::Null => true,
                Value::Function(closure) => self.is_settled_function(closure),
                _ => false,
            }
    }

    fn is_settled_reference(&mut self, reference: &TableReference<'a>) -> bool {
        let Value::Function(target) = &reference.target else { return false };
        self.is_settled_function(target)
    }

    /// Whether nothing that happens later can change what a function gives, nor what it finds.
    fn is_settled_function(&mut self, closure: &'a Closure<'a>) -> bool {
        let Code::Arrow(arrow) = closure.code else { return false };
        let ArrowFunctionBody::Expr(body) = &*arrow.body else { return false };
        let Some(parameter) = only_parameter(arrow) else { return false };
        let names = Names { module: self.module(closure.scope.module), parameter };
        closure.scope.is_of_module()
            && !arrow.is_async
            && !arrow.is_generator
            && self.is_settled(body, names)
    }

    fn is_settled(&mut self, expr: &'a Expr, names: Names<'a>) -> bool {
        match patterns::without_types(expr) {
            Expr::Lit(_) => true,
            Expr::Ident(ident) => {
                names.parameter == Some(&ident.sym)
                    || self.is_settled_name(names.module, &ident.sym, HOPS)
            }
            Expr::Member(member) => {
                matches!(member.prop, MemberProp::Ident(_)) && self.is_settled(&member.obj, names)
            }
            Expr::Array(array) => {
                array.elems.iter().flatten().all(|element| {
                    element.spread.is_none() && self.is_settled(&element.expr, names)
                })
            }
            Expr::Object(object) => object.props.iter().all(|prop| match prop {
                PropOrSpread::Prop(prop) => match &**prop {
                    Prop::KeyValue(it) => {
                        matches!(it.key, PropName::Ident(_)) && self.is_settled(&it.value, names)
                    }
                    _ => false,
                },
                PropOrSpread::Spread(_) => false,
            }),
            Expr::TaggedTpl(it) => {
                self.is_settled(&it.tag, names)
                    && it.tpl.exprs.iter().all(|expr| self.is_settled(expr, names))
            }
            Expr::Call(call) => {
                let Callee::Expr(callee) = &call.callee else { return false };
                self.is_settled(callee, names)
                    && call.args.iter().all(|argument| {
                        argument.spread.is_none() && self.is_settled(&argument.expr, names)
                    })
            }
            _ => false,
        }
    }

    /// Whether a name of a module has a value that it keeps and that nothing can change.
    fn is_settled_name(&mut self, module: &'a Module<'a>, name: &Atom, hops: usize) -> bool {
        let Some(binding) = module.bindings.get(name) else { return false };
        if module.may_change(name) {
            return false;
        }
        match (&*binding.state.borrow(), &binding.declaration) {
            (State::Done(Value::Table(_)), _) => true,
            (State::Done(Value::Export(package, name)), _) => is_settled_call(*package, name),
            (State::Untouched, Declaration::Import { specifier, name: Some(name), .. }) => {
                match self.known_target(module.id, specifier) {
                    Some(Target::Package(package)) => is_settled_call(package, name),
                    Some(Target::Module(next)) => self.is_settled_export(next, name, hops),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn is_settled_export(&mut self, id: ModuleId, name: &Atom, hops: usize) -> bool {
        let module = self.module(id);
        match module.exports.get(name) {
            Some(Export::Local(local)) if hops > 0 => self.is_settled_name(module, local, hops - 1),
            _ => false,
        }
    }
}

/// Whether a call of an export changes nothing but what it makes. `relations` notes the call.
fn is_settled_call(package: Package, name: &str) -> bool {
    matches!(package, Package::Core(_)) || package == Package::Inert && name == "sql"
}

/// The parameter of a function that has one at most, and no pattern for it.
fn only_parameter(arrow: &ArrowExpr) -> Option<Option<&Atom>> {
    match arrow.params.as_slice() {
        [] => Some(None),
        [Pat::Ident(parameter)] => Some(Some(&parameter.id.sym)),
        _ => None,
    }
}

fn text(declared: &Declared<'_>) -> String {
    let Declared { foreign_keys, constraints, unresolved, .. } = declared;
    format!("{foreign_keys:?} {} {unresolved:?}", constraints.len())
}

/// The value of a binding that was evaluated.
fn done<'a>(module: &'a Module<'a>, name: &Atom) -> Option<Value<'a>> {
    match &*module.bindings.get(name)?.state.borrow() {
        State::Done(value) => Some(value.clone()),
        _ => None,
    }
}
