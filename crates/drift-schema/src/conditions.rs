//! Conditions on environment variables that are not set, and names that depend on conditions.

use std::rc::Rc;

use drift_model::TableName;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{BinaryOp, Callee, CondExpr, Expr, Lit, OptChainBase, UnaryOp};

use crate::evaluate::Evaluator;
use crate::patterns::without_types;
use crate::scope::Scope;
use crate::value::Value;

impl<'a> Evaluator<'a> {
    /// What stands for an environment variable that is not set, where the other branch is a text made
    /// of it: `X ? X : y` is `X || y`.
    pub(crate) fn default_of_condition(
        &mut self,
        condition: &'a CondExpr,
        test: &Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) -> Option<&'a Expr> {
        let (tested, is_set_first) = tested_variable(&condition.test, true)?;
        let (if_set, if_unset) = if is_set_first {
            (&*condition.cons, &*condition.alt)
        } else {
            (&*condition.alt, &*condition.cons)
        };
        let variable = root(tested);
        let module = self.module(scope.module);
        let name = module.text_of(variable.span());
        if !is_text_of(name, if_set, module.text_of(without_types(if_set).span())) {
            return None;
        }
        // Nothing that may have an effect is evaluated once more.
        let value = if std::ptr::eq(variable, without_types(&condition.test)) {
            test.clone()
        } else if is_path(variable) {
            self.evaluate(variable, scope)
        } else {
            return None;
        };
        matches!(value, Value::Unknown(unknown) if unknown.is_unset).then_some(if_unset)
    }
}

/// What a condition asks about, and whether it holds where that is set.
fn tested_variable(test: &Expr, holds: bool) -> Option<(&Expr, bool)> {
    match without_types(test) {
        Expr::Unary(it) if it.op == UnaryOp::Bang => tested_variable(&it.arg, !holds),
        Expr::Call(it) => match (&it.callee, &it.args[..]) {
            (Callee::Expr(callee), [argument]) if matches!(&**callee, Expr::Ident(name) if name.sym == *"Boolean") => {
                tested_variable(&argument.expr, holds)
            }
            _ => Some((without_types(test), holds)),
        },
        Expr::Bin(it) => {
            let holds = match it.op {
                BinaryOp::EqEq | BinaryOp::EqEqEq => !holds,
                BinaryOp::NotEq | BinaryOp::NotEqEq => holds,
                _ => return None,
            };
            let (left, right) = (without_types(&it.left), without_types(&it.right));
            match (left, right) {
                (Expr::Unary(asked), Expr::Lit(Lit::Str(kind))) if asked.op == UnaryOp::TypeOf => {
                    match &**kind.value.to_atom_lossy() {
                        "undefined" => Some((&*asked.arg, holds)),
                        "string" => Some((&*asked.arg, !holds)),
                        _ => None,
                    }
                }
                (tested, nothing) if is_nothing(nothing) => Some((tested, holds)),
                (nothing, tested) if is_nothing(nothing) => Some((tested, holds)),
                _ => None,
            }
        }
        test => Some((test, holds)),
    }
}

/// `undefined`, `null`, `""`
fn is_nothing(expr: &Expr) -> bool {
    match expr {
        Expr::Ident(name) => name.sym == *"undefined",
        Expr::Lit(Lit::Null(_)) => true,
        Expr::Lit(Lit::Str(text)) => text.value.is_empty(),
        _ => false,
    }
}

/// The variable in `X?.length`.
fn root(tested: &Expr) -> &Expr {
    match without_types(tested) {
        Expr::OptChain(chain) => match &*chain.base {
            OptChainBase::Member(member) if chain.optional => &member.obj,
            _ => tested,
        },
        tested => tested,
    }
}

/// Whether an expression is a name, or a property by its name.
fn is_path(expr: &Expr) -> bool {
    match without_types(expr) {
        Expr::Ident(_) => true,
        Expr::Member(member) => !member.prop.is_computed() && is_path(&member.obj),
        _ => false,
    }
}

/// Whether an expression, which is written as `text`, is a text that is made of a variable.
fn is_text_of(variable: &str, expr: &Expr, text: &str) -> bool {
    match without_types(expr) {
        Expr::Ident(_) | Expr::Member(_) | Expr::Tpl(_) => mentions(text, variable),
        Expr::Bin(it) => it.op == BinaryOp::Add && mentions(text, variable),
        // A method of it, or the call that it is.
        Expr::Call(_) => text.starts_with(variable) && mentions(text, variable),
        _ => false,
    }
}

/// Whether a text has a name in it that is no part of another one.
fn mentions(text: &str, name: &str) -> bool {
    let is_letter = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$');
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(|it| is_letter(it) || it == '.')
            && !text[at + name.len()..].starts_with(is_letter)
    })
}

/// The texts that a value may be, where one of them that is known in part covers all others.
pub(crate) fn covering_text(value: &Value<'_>) -> Option<Atom> {
    let mut texts = Vec::new();
    add_texts(value, &mut texts)?;
    let covers = |it: &&Atom| texts.iter().all(|other| TableName::may_be(it, other));
    texts.iter().find(covers).cloned()
}

fn add_texts(value: &Value<'_>, texts: &mut Vec<Atom>) -> Option<()> {
    match value {
        Value::Either(either) => {
            add_texts(&either.first, texts)?;
            add_texts(&either.second, texts)
        }
        Value::String(text) => {
            texts.push(text.clone());
            Some(())
        }
        Value::Unknown(unknown) => {
            texts.push(unknown.known_text()?);
            Some(())
        }
        _ => None,
    }
}
