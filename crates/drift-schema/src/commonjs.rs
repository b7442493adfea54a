//! What modules of CommonJS export: `module.exports`, `exports.name`, and what compilers make of
//! `export`.

use swc_atoms::Atom;
use swc_ecma_ast::{
    ArrowFunctionBody, AssignTarget, CallExpr, Callee, Expr, Lit, MemberExpr, MemberProp, Prop,
    PropName, PropOrSpread, SimpleAssignTarget, Stmt,
};

use crate::module_graph::{COMMONJS, Declaration, Export, Module};
use crate::patterns;

impl<'a> Module<'a> {
    /// `module.exports = ..`, `exports.name = ..` and `module.exports.name = ..`, also within
    /// `exports.a = exports.b = ..` and `const name = (exports.name = ..)`. What is assigned is
    /// what `holder` holds, where there is one.
    pub(crate) fn index_commonjs(&mut self, expr: &'a Expr, holder: Option<&Atom>) {
        let mut exported: Vec<Option<Atom>> = Vec::new();
        let mut value = patterns::without_types(expr);
        while let Expr::Assign(assign) = value {
            let AssignTarget::Simple(target) = &assign.left else { break };
            match target {
                SimpleAssignTarget::Member(target) => match member_name(target) {
                    Some(name) if is_identifier(&target.obj, "module") && name == *"exports" => {
                        exported.push(None);
                    }
                    Some(name) if is_module_exports(&target.obj) => exported.push(Some(name)),
                    _ => break,
                },
                SimpleAssignTarget::Ident(name) if name.id.sym == *"exports" => {}
                _ => break,
            }
            value = patterns::without_types(&assign.right);
        }
        let mut holder = holder.cloned();
        for name in exported.into_iter().rev() {
            let binding = match &name {
                Some(name) => Atom::from(format!("*exports.{name}*")),
                None => Atom::from(COMMONJS),
            };
            let declaration = match &holder {
                Some(holder) => Declaration::Local(holder.clone()),
                None => Declaration::Expression(value),
            };
            self.declare(binding.clone(), declaration);
            holder.get_or_insert_with(|| binding.clone());
            match name {
                Some(name) => drop(self.exports.insert(name, Export::Local(binding))),
                None => self.is_commonjs = true,
            }
        }
    }

    /// What compilers write for `export .. from`: `Object.defineProperty(exports, "name", { get })`
    /// and `__exportStar(require("./users"), exports)`.
    pub(crate) fn index_compiled_export(&mut self, call: &'a CallExpr) {
        let Callee::Expr(callee) = &call.callee else { return };
        let callee = patterns::without_types(callee);
        let name = match callee {
            Expr::Ident(name) => Some(name.sym.clone()),
            Expr::Member(member) => member_name(member),
            _ => None,
        };
        match (name.as_deref(), &call.args[..]) {
            (Some("__exportStar"), [from, exports]) if is_module_exports(&exports.expr) => {
                self.stars.extend(required(&from.expr));
            }
            (Some("defineProperty"), [exports, name, descriptor])
                if is_module_exports(&exports.expr) =>
            {
                let (Expr::Lit(Lit::Str(name)), Some(value)) =
                    (&*name.expr, returned_by_getter(&descriptor.expr))
                else {
                    return;
                };
                let name = name.value.to_atom_lossy().into_owned();
                let binding = Atom::from(format!("*exports.{name}*"));
                self.declare(binding.clone(), Declaration::Expression(value));
                self.exports.insert(name, Export::Local(binding));
            }
            _ => {}
        }
    }
}

fn member_name(member: &MemberExpr) -> Option<Atom> {
    match &member.prop {
        MemberProp::Ident(name) => Some(name.sym.clone()),
        _ => None,
    }
}

fn is_identifier(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Ident(ident) if ident.sym == *name)
}

fn is_module_exports(expr: &Expr) -> bool {
    match expr {
        Expr::Member(member) => {
            is_identifier(&member.obj, "module")
                && member_name(member).is_some_and(|it| it == *"exports")
        }
        _ => is_identifier(expr, "exports"),
    }
}

/// The specifier of `require("./users")`.
fn required(expr: &Expr) -> Option<Atom> {
    let Expr::Call(call) = patterns::without_types(expr) else { return None };
    match (&call.callee, &call.args[..]) {
        (Callee::Expr(callee), [argument]) if is_identifier(callee, "require") => {
            match &*argument.expr {
                Expr::Lit(Lit::Str(text)) => Some(text.value.to_atom_lossy().into_owned()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What the getter of a descriptor returns: `{ get: function () { return value; } }`.
fn returned_by_getter(descriptor: &Expr) -> Option<&Expr> {
    let Expr::Object(descriptor) = descriptor else { return None };
    descriptor.props.iter().find_map(|prop| {
        let PropOrSpread::Prop(prop) = prop else { return None };
        let Prop::KeyValue(pair) = &**prop else { return None };
        let is_getter = matches!(&pair.key, PropName::Ident(name) if name.sym == *"get");
        if !is_getter {
            return None;
        }
        match &*pair.value {
            Expr::Arrow(arrow) => match &*arrow.body {
                ArrowFunctionBody::Expr(value) => Some(&**value),
                ArrowFunctionBody::FunctionBody(body) => returned(&body.stmts),
            },
            Expr::Fn(it) => returned(&it.function.body.as_ref()?.stmts),
            _ => None,
        }
    })
}

fn returned(body: &[Stmt]) -> Option<&Expr> {
    match body {
        [Stmt::Return(statement)] => statement.arg.as_deref(),
        _ => None,
    }
}
