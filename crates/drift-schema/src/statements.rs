//! Statements: the bodies of functions, and the top level of the modules that are entered.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, AssignTargetPat, BinaryOp, Decl, Expr, ForHead, ForInStmt,
    ForOfStmt, IfStmt, MemberExpr, SimpleAssignTarget, Stmt, SwitchStmt, TryStmt, UpdateExpr,
    UpdateOp, VarDecl, VarDeclOrExpr,
};

use crate::effects;
use crate::evaluate::Evaluator;
use crate::module_graph::State;
use crate::patterns::Bind;
use crate::scope::Scope;
use crate::value::{Code, Property, Unknown, Value};

/// How a statement ends.
pub(crate) enum Completion<'a> {
    Normal,
    Return(Value<'a>),
    /// It may return this, by a condition that is not known, or end normally.
    Perhaps(Value<'a>),
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
        let mut pending = None;
        for statement in statements {
            let completion = match &pending {
                // An earlier statement may have returned.
                Some(_) => self.in_doubt(|this| this.statement(statement, scope)),
                None => self.statement(statement, scope),
            };
            let span = self.span(scope, statement.span());
            if let Some(end) = self.proceed(&mut pending, completion, span) {
                return end;
            }
        }
        pending.map_or(Completion::Normal, Completion::Perhaps)
    }

    /// Adds the completion of one statement to what may have been returned before it; `None` where
    /// the next statement is to be run.
    fn proceed(
        &mut self,
        pending: &mut Option<Value<'a>>,
        completion: Completion<'a>,
        span: Span,
    ) -> Option<Completion<'a>> {
        let or_before = |this: &mut Self, before: Option<Value<'a>>, value| match before {
            Some(before) => this.either(before, value, span),
            None => value,
        };
        match (completion, pending.take()) {
            (Completion::Normal, before) => {
                *pending = before;
                None
            }
            (Completion::Perhaps(value), before) => {
                *pending = Some(or_before(self, before, value));
                None
            }
            (Completion::Return(value), before) => {
                Some(Completion::Return(or_before(self, before, value)))
            }
            (Completion::Throw, Some(before)) => Some(Completion::Return(before)),
            (Completion::Break | Completion::Continue, Some(before)) => {
                Some(Completion::Perhaps(before))
            }
            (completion, None) => Some(completion),
        }
    }

    fn branch(&mut self, branch: &'a IfStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let test = self.evaluate(&branch.test, scope);
        let holds = self.decide(&test, self.span(scope, branch.test.span()));
        match (holds, &branch.alt) {
            (Some(true), alternative) => {
                if let Some(alternative) = alternative {
                    self.note_passed_over(self.span(scope, alternative.span()));
                }
                self.statement(&branch.cons, scope)
            }
            (Some(false), alternative) => {
                self.note_passed_over(self.span(scope, branch.cons.span()));
                match alternative {
                    Some(alternative) => self.statement(alternative, scope),
                    None => Completion::Normal,
                }
            }
            (None, alternative) => {
                let first = self.in_doubt(|this| this.statement(&branch.cons, scope));
                let second = match alternative {
                    Some(alternative) => self.in_doubt(|this| this.statement(alternative, scope)),
                    None => Completion::Normal,
                };
                self.either_completion(first, second, self.span(scope, branch.span))
            }
        }
    }

    /// Runs what happens only under a condition that is not known.
    pub(crate) fn in_doubt<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.doubt;
        self.doubt.anywhere += 1;
        self.doubt.in_function += 1;
        let result = run(self);
        self.doubt = before;
        result
    }

    fn either_completion(
        &self,
        first: Completion<'a>,
        second: Completion<'a>,
        span: Span,
    ) -> Completion<'a> {
        use Completion::{Break, Continue, Normal, Perhaps, Return, Throw};
        match (first, second) {
            (Throw, other) | (other, Throw) => other,
            (Return(first), Return(second)) => Return(self.either(first, second, span)),
            (Return(first) | Perhaps(first), Return(second) | Perhaps(second)) => {
                Perhaps(self.either(first, second, span))
            }
            (Return(value) | Perhaps(value), Normal | Break | Continue)
            | (Normal | Break | Continue, Return(value) | Perhaps(value)) => Perhaps(value),
            (Normal | Break | Continue, Normal | Break | Continue) => Normal,
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
            Stmt::If(it) => self.branch(it, scope),
            Stmt::ForOf(it) => self.for_of(it, scope),
            Stmt::ForIn(it) => self.for_in(it, scope),
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
            Stmt::Try(it) => self.attempt(it, scope),
            Stmt::Labeled(it) => {
                let reason = self.arena.unknown("labelled statements are not evaluated", span);
                self.blur(&it.body, &reason, scope)
            }
            Stmt::Break(_) => Completion::Break,
            Stmt::Continue(_) => Completion::Continue,
            Stmt::Throw(_) => {
                if let Some(decisions) = &mut self.decisions {
                    decisions.has_thrown = true;
                }
                Completion::Throw
            }
            Stmt::With(_) | Stmt::Empty(_) | Stmt::Debugger(_) => Completion::Normal,
        }
    }

    /// `try { .. } catch { .. } finally { .. }`
    fn attempt(&mut self, attempt: &'a TryStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let completion = match self.statements(&attempt.block.stmts, &Scope::within(scope)) {
            Completion::Throw => match &attempt.handler {
                Some(handler) => {
                    if let Some(decisions) = &mut self.decisions {
                        decisions.has_thrown = false;
                    }
                    self.statements(&handler.body.stmts, &Scope::within(scope))
                }
                None => Completion::Throw,
            },
            completion => {
                if let Some(handler) = &attempt.handler {
                    self.note_passed_over(self.span(scope, handler.span));
                }
                completion
            }
        };
        let Some(last) = &attempt.finalizer else { return completion };
        match self.statements(&last.stmts, &Scope::within(scope)) {
            Completion::Normal => completion,
            last => last,
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
        let value = self.evaluate(&statement.right, scope);
        let Value::Array(array) = value else {
            return self.blur(&statement.body, &value, scope);
        };
        let items = array.items.borrow().clone();
        self.for_each(&statement.left, items, &statement.body, scope)
    }

    fn for_in(&mut self, statement: &'a ForInStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let value = self.evaluate(&statement.right, scope);
        let is_known = match &value {
            Value::Object(object) => object.unknown_part.get().is_none(),
            value => matches!(value, Value::Array(_) | Value::Table(_) | Value::Module(_)),
        };
        if !is_known {
            return self.blur(&statement.body, &value, scope);
        }
        let keys = self.entries(&value).into_iter().map(|(key, _)| Value::String(key)).collect();
        self.for_each(&statement.left, keys, &statement.body, scope)
    }

    fn for_each(
        &mut self,
        head: &'a ForHead,
        items: Vec<Value<'a>>,
        body: &'a Stmt,
        scope: &Rc<Scope<'a>>,
    ) -> Completion<'a> {
        let mut pending = None;
        for item in items {
            let scope = Scope::within(scope);
            match head {
                ForHead::VarDecl(variables) => {
                    if let Some(declarator) = variables.decls.first() {
                        self.declare_pattern(&declarator.name, item, &scope);
                    }
                }
                ForHead::Pat(pattern) => self.declare_pattern(pattern, item, &scope),
                ForHead::UsingDecl(_) => {}
            }
            match self.statement(body, &scope) {
                Completion::Continue => {}
                Completion::Break => break,
                completion => {
                    let span = self.span(&scope, body.span());
                    if let Some(end) = self.proceed(&mut pending, completion, span) {
                        return end;
                    }
                }
            }
        }
        pending.map_or(Completion::Normal, Completion::Perhaps)
    }

    /// What a loop changes is no longer known where it is not known how often it runs.
    fn blur(
        &mut self,
        body: &'a Stmt,
        because: &Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) -> Completion<'a> {
        let span = self.span(scope, body.span());
        let reason = match because {
            Value::Unknown(unknown) => unknown.reason.clone(),
            _ => "how often this loop runs is not known".to_owned(),
        };
        let unknown: &'a Unknown<'a> = self.arena.unknowns.alloc(Unknown::new(reason, span));
        let mut names = Vec::new();
        effects::for_each_changed_name(body, &mut |name| names.push(name.clone()));
        for name in names {
            let value = match scope.find(&name) {
                Some(value) => Some(value),
                None => self.binding(scope.module, &name),
            };
            match value {
                Some(Value::Object(object)) => object.unknown_part.set(Some(unknown)),
                Some(Value::Array(array)) => {
                    array.items.borrow_mut().push(Value::Unknown(unknown));
                }
                Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Undefined) => {
                    self.assign_name(&name, &Value::Unknown(unknown), scope);
                }
                _ => {}
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
        let mut pending = None;
        loop {
            if self.spend(1, span).is_err() {
                return Completion::Throw;
            }
            let goes_on = match test {
                Some(test) => self.evaluate(test, scope).truthiness(),
                None => Some(true),
            };
            match goes_on {
                Some(true) => {}
                Some(false) => return pending.map_or(Completion::Normal, Completion::Perhaps),
                None => return self.blur(body, &Value::Undefined, scope),
            }
            match self.statement(body, scope) {
                Completion::Continue => {}
                Completion::Break => {
                    return pending.map_or(Completion::Normal, Completion::Perhaps);
                }
                completion => {
                    if let Some(end) = self.proceed(&mut pending, completion, span) {
                        return end;
                    }
                }
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
        if matches!(value, Value::Unknown(_))
            && let Some(decided) = self.decide_switch(statement, scope)
        {
            start = decided;
        } else if matches!(value, Value::Unknown(_) | Value::Opaque | Value::Either(_)) {
            return self.any_case(statement, scope);
        }
        let span = self.span(scope, statement.span);
        let start = start.or_else(|| statement.cases.iter().position(|case| case.test.is_none()));
        let Some(start) = start else { return Completion::Normal };
        let scope = Scope::within(scope);
        let mut pending = None;
        for case in &statement.cases[start..] {
            match self.statements(&case.cons, &scope) {
                Completion::Break => break,
                completion => {
                    if let Some(end) = self.proceed(&mut pending, completion, span) {
                        return end;
                    }
                }
            }
        }
        pending.map_or(Completion::Normal, Completion::Perhaps)
    }

    /// The case that a `switch` over something unknown is taken to come to, where cases are tried one
    /// after the other.
    fn decide_switch(
        &mut self,
        statement: &SwitchStmt,
        scope: &Rc<Scope<'a>>,
    ) -> Option<Option<usize>> {
        let value = self.span(scope, statement.discriminant.span());
        for (position, case) in statement.cases.iter().enumerate() {
            if let Some(test) = &case.test
                && self.decide_case(value, self.span(scope, test.span()))?
            {
                return Some(Some(position));
            }
        }
        Some(None)
    }

    /// What a `switch` over something unknown may do. A case without an end falls into the next.
    fn any_case(&mut self, statement: &'a SwitchStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let span = self.span(scope, statement.span);
        let has_default = statement.cases.iter().any(|case| case.test.is_none());
        let mut result = if has_default { Completion::Throw } else { Completion::Normal };
        let filled = statement.cases.iter().filter(|case| !case.cons.is_empty());
        for case in filled {
            let inner = Scope::within(scope);
            let completion = self.in_doubt(|this| this.statements(&case.cons, &inner));
            result = self.either_completion(result, completion, span);
        }
        result
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
        match target {
            SimpleAssignTarget::Ident(_) if self.doubt.in_function > 0 => {
                let before = self.target_value(target, scope, span);
                let either = self.either(value.clone(), before, span);
                self.assign_to(target, &either, scope, span);
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

    fn assign_name(&mut self, name: &Atom, value: &Value<'a>, scope: &Rc<Scope<'a>>) {
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

    fn assign_to(
        &mut self,
        target: &'a SimpleAssignTarget,
        value: &Value<'a>,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) {
        match target {
            SimpleAssignTarget::Ident(name) => self.assign_name(&name.id.sym, value, scope),
            SimpleAssignTarget::Member(member) => {
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

    fn set_property(&mut self, object: &Value<'a>, key: Atom, value: Value<'a>, span: Span) {
        match object {
            Value::Object(object) => {
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
            Value::Array(array) => {
                let mut items = array.items.borrow_mut();
                if let Ok(index) = key.parse::<usize>() {
                    if index < items.len() {
                        items[index] = value;
                    } else if index == items.len() {
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
        AssignOp::AndAssign => BinaryOp::LogicalAnd,
        AssignOp::OrAssign => BinaryOp::LogicalOr,
        AssignOp::NullishAssign => BinaryOp::NullishCoalescing,
        _ => return None,
    })
}
