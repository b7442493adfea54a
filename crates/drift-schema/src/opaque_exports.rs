//! Exports that could not be evaluated and may be tables for all that is known.

use std::rc::Rc;

use drift_model::{OpaqueExport, Span};
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{BinaryOp, Callee, Expr, ExprOrSpread, ModuleDecl, ModuleItem, OptChainBase};

use crate::evaluate::Evaluator;
use crate::loading::Target;
use crate::module_graph::{Declaration, Export, Module, ModuleId};
use crate::patterns::without_types;
use crate::scope::Scope;
use crate::value::{Unknown, Value};

/// Through how many modules an export is followed.
const MODULES_LIMIT: usize = 64;

/// How many calls within calls are looked at.
const NESTING_LIMIT: u32 = 4;

/// What the text of an expression says of the value that it gives.
#[derive(Default)]
struct Making<'a> {
    /// The names that it starts from.
    roots: Vec<&'a Atom>,
    /// The expressions among its arguments that may be strings.
    texts: Vec<&'a Expr>,
    /// Whether it can give nothing but numbers, strings, instances and the like.
    is_no_table: bool,
}

/// Where an exported value comes from.
enum Origin<'a> {
    /// An expression, and the module that it is written in.
    Expression(&'a Module<'a>, &'a Expr),
    /// A module that could not be read, imported or re-exported here.
    Import(Span),
    /// Something else, such as a property of `module.exports`.
    Other,
}

impl<'a> Evaluator<'a> {
    /// What is exported under a name and unknown, unless it can be no table.
    pub(crate) fn opaque_export(
        &mut self,
        module: ModuleId,
        name: &Atom,
        unknown: &'a Unknown<'a>,
    ) -> Option<OpaqueExport> {
        if unknown.known_text().is_some() {
            return None;
        }
        let mut other_names = Vec::new();
        let origin = self.origin(module, name, &mut other_names);
        let opaque = |other_names, arguments, span| OpaqueExport {
            name: name.to_string(),
            other_names,
            arguments,
            reason: unknown.reason.clone(),
            missing_module: unknown.missing_module.as_ref().map(ToString::to_string),
            span,
        };
        let (declaring, expr) = match origin {
            Origin::Expression(module, expr) => (module, expr),
            Origin::Import(span) => return Some(opaque(other_names, Vec::new(), span)),
            Origin::Other => return Some(opaque(other_names, Vec::new(), unknown.span)),
        };
        let mut making = Making::default();
        making.look_at(expr, 0);
        if making.is_no_table || making.roots.iter().any(|it| makes_no_table(declaring, it)) {
            return None;
        }
        let texts = making.texts.iter().filter_map(|it| self.literal_text(it, &declaring.scope));
        let arguments = texts.collect();
        other_names.extend(property_name(expr));
        Some(opaque(other_names, arguments, declaring.span(expr.span())))
    }

    /// Where what a module exports under a name comes from; the names that it has on the way there
    /// are added to `names`.
    fn origin(&mut self, module: ModuleId, name: &Atom, names: &mut Vec<String>) -> Origin<'a> {
        let (mut id, mut name) = (module, name.clone());
        for _ in 0..MODULES_LIMIT {
            let module = self.module(id);
            let (specifier, imported, span) = match module.exports.get(&name) {
                Some(Export::Local(local)) => {
                    match module.bindings.get(local).map(|it| &it.declaration) {
                        Some(Declaration::Variable(variable)) => {
                            let init = variable.init.as_deref();
                            return init.map_or(Origin::Other, |it| Origin::Expression(module, it));
                        }
                        Some(Declaration::Expression(expr)) => {
                            return Origin::Expression(module, expr);
                        }
                        Some(Declaration::Import { specifier, name: Some(name), span }) => {
                            (specifier, name, *span)
                        }
                        _ => return Origin::Other,
                    }
                }
                Some(Export::From { specifier, name }) => {
                    (specifier, name, reexport_span(module, specifier))
                }
                Some(Export::Namespace { .. }) => return Origin::Other,
                None => match self.star_source(id, &name) {
                    Some(source) => {
                        id = source;
                        continue;
                    }
                    None => return Origin::Other,
                },
            };
            if *imported != name {
                names.push(imported.to_string());
            }
            match self.target(id, specifier) {
                Target::Module(next) => (id, name) = (next, imported.clone()),
                _ => return Origin::Import(span),
            }
        }
        Origin::Other
    }

    /// A string that is written out, or that a name stands for.
    fn literal_text(&mut self, expr: &'a Expr, scope: &Rc<Scope<'a>>) -> Option<String> {
        match self.evaluate(expr, scope) {
            Value::String(text) => Some(text.to_string()),
            _ => None,
        }
    }
}

impl<'a> Making<'a> {
    fn look_at(&mut self, expr: &'a Expr, depth: u32) {
        if depth > NESTING_LIMIT {
            return;
        }
        let whole = without_types(expr);
        let mut expr = expr;
        loop {
            expr = match without_types(expr) {
                Expr::Await(it) => &it.arg,
                Expr::Member(it) => &it.obj,
                Expr::Call(it) => {
                    self.add_arguments(&it.args, depth);
                    match &it.callee {
                        Callee::Expr(callee) => callee,
                        Callee::Import(_) | Callee::Super(_) => return,
                    }
                }
                Expr::OptChain(it) => match &*it.base {
                    OptChainBase::Member(member) => &member.obj,
                    OptChainBase::Call(call) => {
                        self.add_arguments(&call.args, depth);
                        &call.callee
                    }
                },
                Expr::Bin(it) if is_choice(it.op) => {
                    self.look_at(&it.left, depth + 1);
                    &it.right
                }
                Expr::Cond(it) => {
                    self.look_at(&it.cons, depth + 1);
                    &it.alt
                }
                Expr::Ident(ident) => {
                    self.roots.push(&ident.sym);
                    return;
                }
                // Tables are made by functions, and by methods of instances.
                Expr::New(_) => {
                    self.is_no_table |= std::ptr::eq(expr, whole);
                    return;
                }
                Expr::Bin(_) | Expr::Unary(_) | Expr::Update(_) | Expr::Tpl(_) => {
                    self.is_no_table = true;
                    return;
                }
                Expr::MetaProp(_) => {
                    self.is_no_table = true;
                    return;
                }
                _ => return,
            };
        }
    }

    fn add_arguments(&mut self, arguments: &'a [ExprOrSpread], depth: u32) {
        for argument in arguments.iter().filter(|it| it.spread.is_none()) {
            match without_types(&argument.expr) {
                text @ (Expr::Lit(_) | Expr::Ident(_)) => self.texts.push(text),
                // `extend(pgTable("posts", ..))`: what is passed on says nothing else.
                call @ Expr::Call(_) => {
                    let mut inner = Making::default();
                    inner.look_at(call, depth + 1);
                    self.texts.append(&mut inner.texts);
                }
                _ => {}
            }
        }
    }
}

/// The property that an expression takes last: `users` in `tables.users`.
fn property_name(expr: &Expr) -> Option<String> {
    let member = match without_types(expr) {
        Expr::Member(member) => member,
        Expr::OptChain(chain) => chain.base.as_member()?,
        _ => return None,
    };
    member.prop.as_ident().map(|it| it.sym.to_string())
}

/// The place of `export { .. } from "specifier"`.
fn reexport_span(module: &Module<'_>, specifier: &Atom) -> Span {
    let is_meant = |item: &&ModuleItem| match item {
        ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) => {
            export.src.as_ref().is_some_and(|it| *it.value.to_atom_lossy() == *specifier)
        }
        _ => false,
    };
    let item = module.body.iter().find(is_meant);
    item.map_or(Span::new(module.file, 0, 0), |it| module.span(it.span()))
}

fn is_choice(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::NullishCoalescing | BinaryOp::LogicalOr | BinaryOp::LogicalAnd)
}

/// Whether a name stands for something of the language or of Node, which make no tables.
fn makes_no_table(module: &Module<'_>, name: &Atom) -> bool {
    match module.bindings.get(name).map(|it| &it.declaration) {
        Some(Declaration::Import { specifier, .. }) => is_of_node(specifier),
        Some(_) => false,
        None => NO_TABLE_GLOBALS.contains(&&**name),
    }
}

/// Globals that give texts, numbers and the like. Others, such as `Promise`, pass on what they get.
const NO_TABLE_GLOBALS: [&str; 20] = [
    "console",
    "crypto",
    "Date",
    "Math",
    "JSON",
    "RegExp",
    "Error",
    "parseInt",
    "parseFloat",
    "setTimeout",
    "Symbol",
    "Buffer",
    "URL",
    "Intl",
    "BigInt",
    "performance",
    "fetch",
    "process",
    "Bun",
    "Deno",
];

fn is_of_node(specifier: &str) -> bool {
    const NAMES: [&str; 12] = [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "crypto",
        "events",
        "fs",
        "http",
        "https",
        "os",
        "stream",
        "util",
    ];
    specifier.starts_with("node:")
        || specifier.split('/').next().is_some_and(|name| NAMES.contains(&name))
}
