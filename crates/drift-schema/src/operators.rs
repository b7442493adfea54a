//! Operators and templates.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{BinExpr, BinaryOp, Expr, Tpl, UnaryExpr, UnaryOp};

use crate::evaluate::Evaluator;
use crate::numbers::{to_int32, to_number};
use crate::scope::Scope;
use crate::value::{Unknown, Value};

/// The longest string that is built, in bytes.
const STRING_LIMIT: usize = 1 << 20;

/// As [`STRING_LIMIT`], for a text that is known in part, which serves as a name only.
const PARTIAL_TEXT_LIMIT: usize = 1 << 10;

impl<'a> Evaluator<'a> {
    pub(crate) fn template(
        &mut self,
        template: &'a Tpl,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
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

    pub(crate) fn binary_expression(
        &mut self,
        expr: &'a BinExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        if let Expr::PrivateName(name) = &*expr.left {
            let right = self.evaluate(&expr.right, scope);
            let key = self.private_key(&name.name, scope);
            return match (key, &right) {
                (Some(key), Value::Object(object)) => {
                    Value::Bool(self.has_property(object, &key) == Some(true))
                }
                _ => self.arena.unknown("whether it has that property is not known", span),
            };
        }
        let left = self.evaluate(&expr.left, scope);
        match expr.op {
            BinaryOp::LogicalAnd | BinaryOp::LogicalOr | BinaryOp::NullishCoalescing => {
                if expr.op == BinaryOp::LogicalAnd
                    && let Some(holds) = self.decide(&left, self.span(scope, expr.left.span()))
                {
                    let left = if left.truthiness().is_some() { left } else { Value::Bool(holds) };
                    return if holds { self.evaluate(&expr.right, scope) } else { left };
                }
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
                let right = self.in_doubt(|this| this.evaluate(right, scope));
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
                return self.with_unknown(op, left, right, unknown);
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
                    _ => self.loose_equality(left, right, span, is_equal),
                }
            }
            BinaryOp::In => match (left.to_text(), right) {
                (Some(key), Value::Object(object)) => match self.has_property(object, &key) {
                    Some(false) if is_of_every_object(&key) => Value::Bool(true),
                    Some(has_it) => Value::Bool(has_it),
                    None => self.arena.unknown("whether it has that property is not known", span),
                },
                (Some(key), Value::Array(array)) => match key.parse::<usize>() {
                    Ok(index) => Value::Bool(index < array.items.borrow().len()),
                    Err(_) => self.arena.unknown("whether it has that property is not known", span),
                },
                (Some(key), Value::Table(table)) => Value::Bool(table.columns.contains_key(&key)),
                _ => self.arena.unknown("whether it has that property is not known", span),
            },
            BinaryOp::InstanceOf => match self.is_instance(left, right) {
                Some(is_instance) => Value::Bool(is_instance),
                None => self.arena.unknown("whether it is an instance is not known", span),
            },
            BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq
                if let (Value::String(left), Value::String(right)) = (left, right) =>
            {
                let order = left.encode_utf16().cmp(right.encode_utf16());
                Value::Bool(match op {
                    BinaryOp::Lt => order.is_lt(),
                    BinaryOp::LtEq => order.is_le(),
                    BinaryOp::Gt => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            _ => match (to_number(left), to_number(right)) {
                (Some(left), Some(right)) => arithmetic(op, left, right)
                    .unwrap_or_else(|| self.arena.unknown("this operator is not evaluated", span)),
                _ => self.arena.unknown("the result of this operator is not known", span),
            },
        }
    }

    /// An unset variable is no longer one once it is part of something. Of a text that it is part of,
    /// the rest is known.
    fn with_unknown(
        &self,
        op: BinaryOp,
        left: &Value<'a>,
        right: &Value<'a>,
        unknown: &Unknown<'a>,
    ) -> Value<'a> {
        let known = |value: &Value<'a>| match value {
            Value::Unknown(unknown) => unknown.known_text(),
            value => value.to_text(),
        };
        let partial_text = match (op, known(left), known(right)) {
            (BinaryOp::Add, Some(left), Some(right))
                if left.len() + right.len() <= PARTIAL_TEXT_LIMIT =>
            {
                Some(Atom::from(format!("{left}{right}")))
            }
            _ => None,
        };
        let unknown = Unknown::because_of(unknown, unknown.span);
        Value::Unknown(self.arena.unknowns.alloc(Unknown { partial_text, ..unknown }))
    }

    fn concatenate(&mut self, left: &Value<'a>, right: &Value<'a>, span: Span) -> Value<'a> {
        if let (Value::Number(left), Value::Number(right)) = (left, right) {
            return Value::Number(left + right);
        }
        if !is_text(left)
            && !is_text(right)
            && let (Some(left), Some(right)) = (to_number(left), to_number(right))
        {
            return Value::Number(left + right);
        }
        match (self.text_of(left), self.text_of(right)) {
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

    fn loose_equality(
        &mut self,
        left: &Value<'a>,
        right: &Value<'a>,
        span: Span,
        is_equal: bool,
    ) -> Value<'a> {
        let is_mixed = std::mem::discriminant(left) != std::mem::discriminant(right);
        match (to_number(left), to_number(right)) {
            // `null` and `undefined` are equal to each other alone.
            _ if left.is_nullish() == Some(true) || right.is_nullish() == Some(true) => {
                Value::Bool(!is_equal)
            }
            (Some(left), Some(right)) if is_mixed => Value::Bool((left == right) == is_equal),
            _ => self.equality(left, right, span, is_equal),
        }
    }

    pub(crate) fn unary(
        &mut self,
        expr: &'a UnaryExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        if expr.op == UnaryOp::Delete {
            self.delete(&expr.arg, scope);
            return Value::Bool(true);
        }
        let value = self.evaluate(&expr.arg, scope);
        if let (UnaryOp::TypeOf, Expr::Ident(name), Value::Unknown(_)) =
            (expr.op, &*expr.arg, &value)
            && self.is_nowhere(name, scope)
        {
            return Value::string("undefined");
        }
        let known = match (expr.op, &value) {
            (UnaryOp::Void, _) => Some(Value::Undefined),
            (UnaryOp::Bang, _) => value.truthiness().map(|it| Value::Bool(!it)),
            (UnaryOp::TypeOf, _) => value.type_of().map(Value::string),
            (UnaryOp::Minus, value) => to_number(value).map(|it| Value::Number(-it)),
            (UnaryOp::Plus, value) => to_number(value).map(Value::Number),
            (UnaryOp::Tilde, value) => {
                to_number(value).map(|it| Value::Number(f64::from(!to_int32(it))))
            }
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
}

/// What every object inherits, as far as anybody asks.
fn is_of_every_object(key: &str) -> bool {
    matches!(key, "toString" | "valueOf" | "hasOwnProperty" | "constructor" | "isPrototypeOf")
}

fn is_text(value: &Value<'_>) -> bool {
    to_number(value).is_none() || matches!(value, Value::String(_))
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
        BinaryOp::BitAnd => Value::Number(f64::from(to_int32(left) & to_int32(right))),
        BinaryOp::BitOr => Value::Number(f64::from(to_int32(left) | to_int32(right))),
        BinaryOp::BitXor => Value::Number(f64::from(to_int32(left) ^ to_int32(right))),
        BinaryOp::LShift => {
            Value::Number(f64::from(to_int32(left).wrapping_shl(to_int32(right) as u32 & 31)))
        }
        BinaryOp::RShift => Value::Number(f64::from(to_int32(left) >> (to_int32(right) & 31))),
        BinaryOp::ZeroFillRShift => {
            Value::Number(f64::from(to_int32(left).cast_unsigned() >> (to_int32(right) & 31)))
        }
        _ => return None,
    })
}
