//! Statements: the bodies of functions, and the top level of the modules that are entered.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, AssignTargetPat, BinaryOp, Decl, Expr, ForHead, ForOfStmt,
    IfStmt, MemberExpr, SimpleAssignTarget, Stmt, SwitchStmt, UpdateExpr, UpdateOp, VarDecl,
    VarDeclOrExpr,
};

use crate::evaluate::Evaluator;
use crate::module_graph::State;
use crate::scope::Scope;
use crate::value::{Code, Property, Value};

/// How a statement ends.
pub(crate) enum Completion<'a> {
    Normal,
    Return(Value<'a>),
    Break,
    Continue,
    Throw,
}

impl<'a> Evaluator<'a> {
    /// Runs statements one after the other, functions first.
    pub(crate) fn statements(
        &mut self,
        statements: &'a [Stmt],
        scope: &Rc<Scope<'a>>,
    ) -> Completion<'a> {
        for statement in statements {
            if let Stmt::Decl(Decl::Fn(function)) = statement {
                let closure = self.closure(Code::Function(&function.function), scope);
                scope.declare(function.ident.sym.clone(), closure);
            }
        }
        for (position, statement) in statements.iter().enumerate() {
            if let Stmt::If(branch) = statement {
                let test = self.evaluate(&branch.test, scope);
                if test.truthiness().is_none() {
                    return self.either_branch(branch, &statements[position + 1..], scope);
                }
                match self.branch(branch, test.truthiness() == Some(true), scope) {
                    Completion::Normal => continue,
                    completion => return completion,
                }
            }
            match self.statement(statement, scope) {
                Completion::Normal => {}
                completion => return completion,
            }
        }
        Completion::Normal
    }

    fn branch(
        &mut self,
        branch: &'a IfStmt,
        is_taken: bool,
        scope: &Rc<Scope<'a>>,
    ) -> Completion<'a> {
        match (is_taken, &branch.alt) {
            (true, _) => self.statement(&branch.cons, scope),
            (false, Some(alternative)) => self.statement(alternative, scope),
            (false, None) => Completion::Normal,
        }
    }

    /// Runs both branches of an `if` whose condition is not known, and what follows it.
    fn either_branch(
        &mut self,
        branch: &'a IfStmt,
        rest: &'a [Stmt],
        scope: &Rc<Scope<'a>>,
    ) -> Completion<'a> {
        let first = self.branch(branch, true, scope);
        let second = self.branch(branch, false, scope);
        match (first, second) {
            (Completion::Return(first), Completion::Return(second)) => {
                Completion::Return(self.arena.either(first, second))
            }
            (Completion::Return(value), _) | (_, Completion::Return(value)) => {
                let other = match self.statements(rest, scope) {
                    Completion::Return(other) => other,
                    Completion::Throw => return Completion::Return(value),
                    _ => Value::Undefined,
                };
                Completion::Return(self.arena.either(value, other))
            }
            _ => self.statements(rest, scope),
        }
    }

    pub(crate) fn statement(
        &mut self,
        statement: &'a Stmt,
        scope: &Rc<Scope<'a>>,
    ) -> Completion<'a> {
        let span = self.span(scope, statement.span());
        if self.spend(1, span).is_err() {
            return Completion::Throw;
        }
        let mut completion = Completion::Normal;
        // Statements nest as expressions do; the value is of no use.
        self.nested(span, |this| {
            completion = this.statement_nested(statement, scope, span);
            Value::Undefined
        });
        completion
    }

    fn statement_nested(
        &mut self,
        statement: &'a Stmt,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Completion<'a> {
        match statement {
            Stmt::Return(it) => Completion::Return(match &it.arg {
                Some(value) => self.evaluate(value, scope),
                None => Value::Undefined,
            }),
            Stmt::Decl(declaration) => {
                self.declare(declaration, scope);
                Completion::Normal
            }
            Stmt::Expr(it) => {
                self.evaluate(&it.expr, scope);
                Completion::Normal
            }
            Stmt::Block(it) => self.statements(&it.stmts, &Scope::within(scope)),
            Stmt::If(_) => self.statements(std::slice::from_ref(statement), scope),
            Stmt::ForOf(it) => self.for_of(it, scope),
            Stmt::For(it) => {
                let scope = Scope::within(scope);
                match &it.init {
                    Some(VarDeclOrExpr::VarDecl(variables)) => self.variables(variables, &scope),
                    Some(VarDeclOrExpr::Expr(expr)) => {
                        self.evaluate(expr, &scope);
                    }
                    None => {}
                }
                self.repeat(it.test.as_deref(), &it.body, it.update.as_deref(), &scope, span)
            }
            Stmt::While(it) => self.repeat(Some(&it.test), &it.body, None, scope, span),
            Stmt::DoWhile(it) => match self.statement(&it.body, scope) {
                Completion::Normal | Completion::Continue => {
                    self.repeat(Some(&it.test), &it.body, None, scope, span)
                }
                Completion::Break => Completion::Normal,
                completion => completion,
            },
            Stmt::Switch(it) => self.switch(it, scope),
            Stmt::Try(it) => match self.statements(&it.block.stmts, &Scope::within(scope)) {
                Completion::Throw => match &it.handler {
                    Some(handler) => self.statements(&handler.body.stmts, &Scope::within(scope)),
                    None => Completion::Throw,
                },
                completion => completion,
            },
            Stmt::Labeled(it) => self.statement(&it.body, scope),
            Stmt::Break(_) => Completion::Break,
            Stmt::Continue(_) => Completion::Continue,
            Stmt::Throw(_) => Completion::Throw,
            Stmt::ForIn(_) | Stmt::With(_) | Stmt::Empty(_) | Stmt::Debugger(_) => {
                Completion::Normal
            }
        }
    }

    fn declare(&mut self, declaration: &'a Decl, scope: &Rc<Scope<'a>>) {
        match declaration {
            Decl::Var(variables) => self.variables(variables, scope),
            Decl::Class(class) => {
                let value = self.closure(Code::Class(&class.class), scope);
                scope.declare(class.ident.sym.clone(), value);
            }
            Decl::TsEnum(declaration) => {
                let value = self.enumeration(declaration, scope);
                scope.declare(declaration.id.sym.clone(), value);
            }
            _ => {}
        }
    }

    fn variables(&mut self, variables: &'a VarDecl, scope: &Rc<Scope<'a>>) {
        for declarator in &variables.decls {
            let value = match &declarator.init {
                Some(init) => self.evaluate(init, scope),
                None => Value::Undefined,
            };
            self.declare_pattern(&declarator.name, value, scope);
        }
    }

    fn for_of(&mut self, statement: &'a ForOfStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let Value::Array(array) = self.evaluate(&statement.right, scope) else {
            return Completion::Normal;
        };
        let items = array.items.borrow().clone();
        for item in items {
            let scope = Scope::within(scope);
            match &statement.left {
                ForHead::VarDecl(variables) => {
                    if let Some(declarator) = variables.decls.first() {
                        self.declare_pattern(&declarator.name, item, &scope);
                    }
                }
                ForHead::Pat(pattern) => self.declare_pattern(pattern, item, &scope),
                ForHead::UsingDecl(_) => {}
            }
            match self.statement(&statement.body, &scope) {
                Completion::Normal | Completion::Continue => {}
                Completion::Break => break,
                completion => return completion,
            }
        }
        Completion::Normal
    }

    /// Repeats a loop while its condition is known to hold.
    fn repeat(
        &mut self,
        test: Option<&'a Expr>,
        body: &'a Stmt,
        update: Option<&'a Expr>,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Completion<'a> {
        loop {
            if self.spend(1, span).is_err() {
                return Completion::Throw;
            }
            let goes_on = match test {
                Some(test) => self.evaluate(test, scope).truthiness(),
                None => Some(true),
            };
            if goes_on != Some(true) {
                return Completion::Normal;
            }
            match self.statement(body, scope) {
                Completion::Normal | Completion::Continue => {}
                Completion::Break => return Completion::Normal,
                completion => return completion,
            }
            if let Some(update) = update {
                self.evaluate(update, scope);
            }
        }
    }

    fn switch(&mut self, statement: &'a SwitchStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let value = self.evaluate(&statement.discriminant, scope);
        let mut start = None;
        for (position, case) in statement.cases.iter().enumerate() {
            let Some(test) = &case.test else { continue };
            let test = self.evaluate(test, scope);
            if value.is_same(&test) {
                start = Some(position);
                break;
            }
        }
        if matches!(value, Value::Unknown(_) | Value::Opaque | Value::Either(_)) {
            return self.any_case(statement, scope);
        }
        let start = start.or_else(|| statement.cases.iter().position(|case| case.test.is_none()));
        let Some(start) = start else { return Completion::Normal };
        let scope = Scope::within(scope);
        for case in &statement.cases[start..] {
            match self.statements(&case.cons, &scope) {
                Completion::Normal => {}
                Completion::Break => return Completion::Normal,
                completion => return completion,
            }
        }
        Completion::Normal
    }

    /// What the cases of a `switch` over something unknown may return.
    fn any_case(&mut self, statement: &'a SwitchStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let mut result: Option<Value<'a>> = None;
        for case in &statement.cases {
            if let Completion::Return(value) = self.statements(&case.cons, &Scope::within(scope)) {
                result = Some(match result {
                    Some(before) => self.arena.either(before, value),
                    None => value,
                });
            }
        }
        result.map_or(Completion::Normal, Completion::Return)
    }

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
        self.assign_to(target, &value, scope, span);
        value
    }

    fn assign_pattern(
        &mut self,
        pattern: &'a AssignTargetPat,
        value: Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        // `[a, b] = ..` needs a `Pat` to walk, which this is not; object patterns alike.
        let (AssignTargetPat::Array(_) | AssignTargetPat::Object(_)) = pattern else { return };
        let _ = (value, scope);
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

    fn assign_to(
        &mut self,
        target: &'a SimpleAssignTarget,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) {
        match target {
            SimpleAssignTarget::Ident(name) => {
                if scope.assign(&name.id.sym, value) {
                    return;
                }
                if let Some(binding) = self.module(scope.module).bindings.get(&name.id.sym) {
                    *binding.state.borrow_mut() = State::Done(value.clone());
                }
            }
            SimpleAssignTarget::Member(member) => {
                let object = self.evaluate(&member.obj, scope);
                let Some(key) = self.key_of(member, scope) else { return };
                self.set_property(&object, key, value.clone(), span);
            }
            _ => {}
        }
    }

    fn set_property(&mut self, object: &Value<'a>, key: Atom, value: Value<'a>, span: Span) {
        match object {
            Value::Object(object) => {
                let property = Property { value, is_getter: false, span };
                object.properties.borrow_mut().insert(key, property);
            }
            Value::Array(array) => {
                let mut items = array.items.borrow_mut();
                if let Ok(index) = key.parse::<usize>() {
                    if index < items.len() {
                        items[index] = value;
                    } else if index == items.len() {
                        items.push(value);
                    }
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
            _ => self.arena.unknown("this is not a number that is known", span),
        };
        match &*update.arg {
            Expr::Ident(name) => {
                if !scope.assign(&name.sym, &after)
                    && let Some(binding) = self.module(scope.module).bindings.get(&name.sym)
                {
                    *binding.state.borrow_mut() = State::Done(after.clone());
                }
            }
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
        AssignOp::AndAssign => BinaryOp::LogicalAnd,
        AssignOp::OrAssign => BinaryOp::LogicalOr,
        AssignOp::NullishAssign => BinaryOp::NullishCoalescing,
        _ => return None,
    })
}
