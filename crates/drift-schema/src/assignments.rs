//! Assignments: to names, to properties, and to what patterns take apart.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, AssignTargetPat, BinaryOp, Expr, MemberExpr,
    SimpleAssignTarget, UpdateExpr, UpdateOp,
};

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::module_graph::State;
use crate::natives::Native;
use crate::numbers::to_number;
use crate::patterns::{self, Bind};
use crate::scope::Scope;
use crate::value::{Property, Unknown, Value};

/// An array may grow by this many holes at once.
const ARRAY_GAP_LIMIT: usize = 1_000;

impl<'a> Evaluator<'a> {
    pub(crate) fn assign(
        &mut self,
        assign: &'a AssignExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let target = match &assign.left {
            AssignTarget::Simple(target) => target,
            AssignTarget::Pat(pattern) => {
                let value = self.evaluate(&assign.right, scope);
                self.assign_pattern(pattern, value.clone(), scope);
                return value;
            }
        };
        let value = match assign.op {
            AssignOp::Assign => self.evaluate(&assign.right, scope),
            op => {
                let before = self.target_value(target, scope, span);
                match binary_operator(op) {
                    Some(
                        op @ (BinaryOp::LogicalAnd
                        | BinaryOp::LogicalOr
                        | BinaryOp::NullishCoalescing),
                    ) => self.logical(op, before, &assign.right, scope),
                    Some(op) => {
                        let right = self.evaluate(&assign.right, scope);
                        self.binary(op, &before, &right, span)
                    }
                    None => self.arena.unknown("this operator is not evaluated", span),
                }
            }
        };
        match target {
            SimpleAssignTarget::Ident(name)
                if self.assigned.is_some() || self.doubt.in_function > 0 =>
            {
                let before = self.target_value(target, scope, span);
                let new = match self.doubt.in_function {
                    0 => value.clone(),
                    _ => self.either(value.clone(), before.clone(), span),
                };
                self.assign_to(target, &new, scope, span);
                self.note_assigned(&name.id.sym, value.clone(), before, scope);
            }
            _ => self.assign_to(target, &value, scope, span),
        }
        value
    }

    /// `[a, b] = ..` and `({ a } = ..)`
    fn assign_pattern(
        &mut self,
        pattern: &'a AssignTargetPat,
        value: Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let target = Rc::clone(scope);
        let bind: Bind<'_, 'a> = &mut |this, name, value| this.assign_name(name, &value, &target);
        match pattern {
            AssignTargetPat::Array(array) => self.destructure_array(array, &value, scope, bind),
            AssignTargetPat::Object(object) => self.destructure_object(object, &value, scope, bind),
            AssignTargetPat::Invalid(_) => {}
        }
    }

    pub(crate) fn assign_name(&mut self, name: &Atom, value: &Value<'a>, scope: &Rc<Scope<'a>>) {
        if !scope.assign(name, value)
            && let Some(binding) = self.module(scope.module).bindings.get(name)
        {
            *binding.state.borrow_mut() = State::Done(value.clone());
        }
    }

    fn target_value(
        &mut self,
        target: &'a SimpleAssignTarget,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        match target {
            SimpleAssignTarget::Ident(name) => match scope.find(&name.id.sym) {
                Some(value) => value,
                None => self.binding(scope.module, &name.id.sym).unwrap_or(Value::Undefined),
            },
            SimpleAssignTarget::Member(member) => {
                let object = self.evaluate(&member.obj, scope);
                match self.key_of(member, scope) {
                    Some(key) => self.property(&object, &key, span),
                    None => self.arena.unknown("which property this is is not known", span),
                }
            }
            _ => self.arena.unknown("this target is not evaluated", span),
        }
    }

    fn key_of(&mut self, member: &'a MemberExpr, scope: &Rc<Scope<'a>>) -> Option<Atom> {
        self.member_key(&member.prop, scope)
    }

    pub(crate) fn assign_to(
        &mut self,
        target: &'a SimpleAssignTarget,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) {
        match target {
            SimpleAssignTarget::Ident(name) => self.assign_name(&name.id.sym, value, scope),
            SimpleAssignTarget::Member(member) => {
                self.assign_to_member(member, value, scope, span);
            }
            _ => {}
        }
    }

    fn assign_to_member(
        &mut self,
        member: &'a MemberExpr,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) {
        let object = self.evaluate(&member.obj, scope);
        match (self.key_of(member, scope), &object) {
            (Some(key), object) => self.set_property(object, key, value.clone(), span),
            (None, Value::Object(object)) => {
                let reason = "which property this is is not known".to_owned();
                let unknown = self.arena.unknowns.alloc(Unknown::new(reason, span));
                object.unknown_part.set(Some(unknown));
            }
            (None, _) => {}
        }
    }

    /// `[columns.a] = ..`
    pub(crate) fn assign_to_expression(
        &mut self,
        target: &'a Expr,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let span = self.span(scope, target.span());
        match patterns::without_types(target) {
            Expr::Ident(name) => self.assign_name(&name.sym, value, scope),
            Expr::Member(member) => self.assign_to_member(member, value, scope, span),
            _ => {}
        }
    }

    /// `delete columns.note`
    pub(crate) fn delete(&mut self, target: &'a Expr, scope: &Rc<Scope<'a>>) {
        let Expr::Member(member) = target else { return };
        let Value::Object(object) = self.evaluate(&member.obj, scope) else { return };
        if let Some(key) = self.key_of(member, scope) {
            let mut properties = object.properties.borrow_mut();
            match properties.get(&key).cloned() {
                Some(property) if self.doubt.anywhere > 0 => {
                    let value = self.either(property.value, Value::Undefined, property.span);
                    properties.insert(key, Property { value, ..property });
                }
                _ => properties.remove(&key),
            }
        }
    }

    pub(crate) fn set_property(
        &mut self,
        object: &Value<'a>,
        key: Atom,
        value: Value<'a>,
        span: Span,
    ) {
        match object {
            Value::Function(closure) if key == *"prototype" => {
                let prototype = self.parts(closure).prototype;
                if let Err(unknown) = self.spread_into(prototype, &value, span)
                    && let Value::Unknown(unknown) = unknown
                {
                    prototype.unknown_part.set(Some(unknown));
                }
            }
            Value::Function(closure) => {
                let statics = self.parts(closure).statics;
                self.set_property(&Value::Object(statics), key, value, span);
            }
            Value::Native(Native::Pattern(pattern)) if key == *"lastIndex" => {
                if let Value::Number(index) = value {
                    pattern.last_index.set(index.max(0.0) as usize);
                }
            }
            Value::Object(object) => {
                let site = CallSite { span, name: span, first_argument: None };
                if self.call_setter(object, &key, &value, site)
                    || self.set_hidden(object, &key, &value)
                {
                    return;
                }
                self.note_assigned_property(object, &key, &value);
                let value = match self.doubt.anywhere {
                    0 => value,
                    _ => {
                        let before =
                            object.properties.borrow().get(&key).map(|it| it.value.clone());
                        self.either(value, before.unwrap_or(Value::Undefined), span)
                    }
                };
                let property = Property { value, is_getter: false, span };
                object.properties.borrow_mut().insert(key, property);
            }
            Value::Table(table) => self.set_table_property(table, key, value, span),
            Value::Array(array) => {
                let mut items = array.items.borrow_mut();
                if let Ok(index) = key.parse::<usize>() {
                    if index < items.len() {
                        items[index] = value;
                    } else if index < items.len() + ARRAY_GAP_LIMIT
                        && self.spend((index - items.len()) as u64, span).is_ok()
                    {
                        if index > items.len() {
                            array.has_holes.set(true);
                        }
                        items.resize(index, Value::Undefined);
                        items.push(value);
                    }
                } else if let ("length", Value::Number(length)) = (&*key, &value) {
                    items.truncate(length.max(0.0) as usize);
                }
            }
            _ => {}
        }
    }

    pub(crate) fn update(
        &mut self,
        update: &'a UpdateExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let before = self.evaluate(&update.arg, scope);
        let by = if update.op == UpdateOp::PlusPlus { 1.0 } else { -1.0 };
        let after = match before {
            Value::Number(number) => Value::Number(number + by),
            ref before if let Some(number) = to_number(before) => Value::Number(number + by),
            _ => self.arena.unknown("this is not a number that is known", span),
        };
        match &*update.arg {
            Expr::Ident(name) => self.assign_name(&name.sym, &after, scope),
            Expr::Member(member) => {
                let object = self.evaluate(&member.obj, scope);
                if let Some(key) = self.key_of(member, scope) {
                    self.set_property(&object, key, after.clone(), span);
                }
            }
            _ => {}
        }
        if update.prefix { after } else { before }
    }
}

fn binary_operator(op: AssignOp) -> Option<BinaryOp> {
    Some(match op {
        AssignOp::AddAssign => BinaryOp::Add,
        AssignOp::SubAssign => BinaryOp::Sub,
        AssignOp::MulAssign => BinaryOp::Mul,
        AssignOp::DivAssign => BinaryOp::Div,
        AssignOp::ModAssign => BinaryOp::Mod,
        AssignOp::ExpAssign => BinaryOp::Exp,
        AssignOp::LShiftAssign => BinaryOp::LShift,
        AssignOp::RShiftAssign => BinaryOp::RShift,
        AssignOp::ZeroFillRShiftAssign => BinaryOp::ZeroFillRShift,
        AssignOp::BitOrAssign => BinaryOp::BitOr,
        AssignOp::BitXorAssign => BinaryOp::BitXor,
        AssignOp::BitAndAssign => BinaryOp::BitAnd,
        AssignOp::AndAssign => BinaryOp::LogicalAnd,
        AssignOp::OrAssign => BinaryOp::LogicalOr,
        AssignOp::NullishAssign => BinaryOp::NullishCoalescing,
        AssignOp::Assign => return None,
    })
}
