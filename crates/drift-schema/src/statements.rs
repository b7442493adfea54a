//! Statements: the bodies of functions, and the top level of the modules that are entered.

use std::rc::Rc;

use drift_model::Span;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{
    CatchClause, Decl, Expr, ForHead, ForInStmt, ForOfStmt, IfStmt, LabeledStmt, Stmt, SwitchStmt,
    TryStmt, VarDecl, VarDeclKind, VarDeclOrExpr,
};

use crate::effects;
use crate::evaluate::Evaluator;
use crate::scope::Scope;
use crate::value::{Code, Unknown, Value};

/// How a statement ends.
pub(crate) enum Completion<'a> {
    Normal,
    Return(Value<'a>),
    /// It may return this, by a condition that is not known, or end normally.
    Perhaps(Value<'a>),
    /// With the label that it names.
    Break(Option<&'a Atom>),
    Continue(Option<&'a Atom>),
    Throw,
}

/// A loop with a condition.
struct Loop<'a> {
    test: Option<&'a Expr>,
    body: &'a Stmt,
    update: Option<&'a Expr>,
    /// Whether each turn has its variables for itself, as those of `let` are.
    is_per_turn: bool,
    labels: Vec<Atom>,
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
            (Completion::Break(_) | Completion::Continue(_), Some(before)) => {
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
                let span = self.span(scope, branch.span);
                let first = self.in_branch(|this| this.statement(&branch.cons, scope));
                let second = match alternative {
                    Some(alternative) => self.in_branch(|this| this.statement(alternative, scope)),
                    None => (Completion::Normal, Vec::new()),
                };
                let ends = [ends(&first.0), ends(&second.0)];
                let completion = self.either_completion(first.0, second.0, span);
                let mut runs = Vec::new();
                for (ends, assigned) in ends.into_iter().zip([first.1, second.1]) {
                    if !ends {
                        runs.push(assigned);
                    }
                }
                self.merge_assigned(runs, span);
                completion
            }
        }
    }

    /// Runs what happens only under a condition that is not known.
    pub(crate) fn in_doubt<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let (before, thrown) = (self.doubt, self.thrown.take());
        self.doubt.anywhere += 1;
        self.doubt.in_function += 1;
        let result = run(self);
        self.doubt = before;
        if std::mem::replace(&mut self.thrown, thrown).is_some() {
            self.has_perhaps_thrown = true;
        }
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
            (Return(value) | Perhaps(value), Normal | Break(_) | Continue(_))
            | (Normal | Break(_) | Continue(_), Return(value) | Perhaps(value)) => Perhaps(value),
            (Normal | Break(_) | Continue(_), Normal | Break(_) | Continue(_)) => Normal,
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
        if self.thrown.is_some() { Completion::Throw } else { completion }
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
                let labels = std::mem::take(&mut self.labels);
                let scope = Scope::within(scope);
                let mut is_per_turn = false;
                match &it.init {
                    Some(VarDeclOrExpr::VarDecl(variables)) => {
                        is_per_turn = variables.kind == VarDeclKind::Let;
                        self.variables(variables, &scope);
                    }
                    Some(VarDeclOrExpr::Expr(expr)) => {
                        self.evaluate(expr, &scope);
                    }
                    None => {}
                }
                let parts = Loop {
                    test: it.test.as_deref(),
                    body: &it.body,
                    update: it.update.as_deref(),
                    is_per_turn,
                    labels,
                };
                self.repeat(&parts, scope, span)
            }
            Stmt::While(it) => {
                let parts = self.plain_loop(&it.test, &it.body);
                self.repeat(&parts, Rc::clone(scope), span)
            }
            Stmt::DoWhile(it) => {
                let parts = self.plain_loop(&it.test, &it.body);
                match self.statement(&it.body, scope) {
                    Completion::Normal => self.repeat(&parts, Rc::clone(scope), span),
                    Completion::Continue(label) if is_own(label, &parts.labels) => {
                        self.repeat(&parts, Rc::clone(scope), span)
                    }
                    Completion::Break(None) => Completion::Normal,
                    completion => completion,
                }
            }
            Stmt::Switch(it) => self.switch(it, scope),
            Stmt::Try(it) => self.attempt(it, scope),
            Stmt::Labeled(it) => self.labelled(it, scope),
            Stmt::Break(it) => Completion::Break(it.label.as_ref().map(|it| &it.sym)),
            Stmt::Continue(it) => Completion::Continue(it.label.as_ref().map(|it| &it.sym)),
            Stmt::Throw(it) => {
                let value = self.evaluate(&it.arg, scope);
                if let Some(decisions) = &mut self.decisions {
                    decisions.has_thrown = true;
                }
                if self.try_depth > 0 {
                    self.thrown.get_or_insert(value);
                }
                Completion::Throw
            }
            Stmt::With(_) | Stmt::Empty(_) | Stmt::Debugger(_) => Completion::Normal,
        }
    }

    fn labelled(&mut self, labelled: &'a LabeledStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        self.labels.push(labelled.label.sym.clone());
        let is_loop = matches!(
            &*labelled.body,
            Stmt::For(_) | Stmt::ForOf(_) | Stmt::ForIn(_) | Stmt::While(_) | Stmt::DoWhile(_)
        );
        if !is_loop && !matches!(&*labelled.body, Stmt::Labeled(_)) {
            self.labels.clear();
        }
        match self.statement(&labelled.body, scope) {
            Completion::Break(Some(label)) if *label == labelled.label.sym => Completion::Normal,
            completion => completion,
        }
    }

    fn plain_loop(&mut self, test: &'a Expr, body: &'a Stmt) -> Loop<'a> {
        let labels = std::mem::take(&mut self.labels);
        Loop { test: Some(test), body, update: None, is_per_turn: false, labels }
    }

    /// `try { .. } catch (error) { .. } finally { .. }`
    fn attempt(&mut self, attempt: &'a TryStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let has_thrown_before = std::mem::take(&mut self.has_perhaps_thrown);
        self.try_depth += 1;
        let completion = self.statements(&attempt.block.stmts, &Scope::within(scope));
        self.try_depth -= 1;
        let may_throw = std::mem::replace(&mut self.has_perhaps_thrown, has_thrown_before);
        let completion = match (completion, &attempt.handler) {
            (Completion::Throw, Some(handler)) => self.handle(handler, scope),
            (completion, Some(handler)) if may_throw => {
                let span = self.span(scope, attempt.span);
                let caught = self.in_doubt(|this| this.handle(handler, scope));
                self.either_completion(completion, caught, span)
            }
            (completion, Some(handler)) => {
                self.note_passed_over(self.span(scope, handler.span));
                completion
            }
            (completion, None) => completion,
        };
        let Some(last) = &attempt.finalizer else { return completion };
        let thrown = self.thrown.take();
        match self.statements(&last.stmts, &Scope::within(scope)) {
            Completion::Normal => {
                self.thrown = thrown;
                completion
            }
            last => last,
        }
    }

    fn handle(&mut self, handler: &'a CatchClause, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let scope = Scope::within(scope);
        if let Some(decisions) = &mut self.decisions {
            decisions.has_thrown = false;
        }
        let thrown = self.thrown.take();
        if let Some(pattern) = &handler.param {
            let span = self.span(&scope, pattern.span());
            let thrown =
                thrown.unwrap_or_else(|| self.arena.unknown("what is thrown is not known", span));
            self.declare_pattern(pattern, thrown, &scope);
        }
        self.statements(&handler.body.stmts, &scope)
    }

    pub(crate) fn declare(&mut self, declaration: &'a Decl, scope: &Rc<Scope<'a>>) {
        match declaration {
            Decl::Var(variables) => self.variables(variables, scope),
            Decl::Class(class) => {
                let value = self.class(&class.class, Some(&class.ident.sym), scope);
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
        if variables.kind == VarDeclKind::Var {
            return self.function_variables(variables, scope);
        }
        for declarator in &variables.decls {
            let value = match &declarator.init {
                Some(init) => self.evaluate(init, scope),
                None => Value::Undefined,
            };
            self.declare_pattern(&declarator.name, value, scope);
        }
    }

    /// `var`, which belongs to the function around it.
    fn function_variables(&mut self, variables: &'a VarDecl, scope: &Rc<Scope<'a>>) {
        let target = scope.of_var();
        for declarator in &variables.decls {
            let value = match &declarator.init {
                Some(init) => self.evaluate(init, scope),
                None => Value::Undefined,
            };
            let has_value = declarator.init.is_some();
            self.destructure(&declarator.name, value, scope, &mut |_, name, value| {
                if has_value || target.find_own(name).is_none() {
                    target.declare(name.clone(), value);
                }
            });
        }
    }

    fn for_of(&mut self, statement: &'a ForOfStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let value = self.evaluate(&statement.right, scope);
        let Some(items) = self.items_of(&value) else {
            self.labels.clear();
            return self.blur(&statement.body, &value, scope);
        };
        self.for_each(&statement.left, items, &statement.body, scope)
    }

    fn for_in(&mut self, statement: &'a ForInStmt, scope: &Rc<Scope<'a>>) -> Completion<'a> {
        let value = self.evaluate(&statement.right, scope);
        let is_known = match &value {
            Value::Object(object) => object.unknown_part.get().is_none(),
            value => {
                matches!(
                    value,
                    Value::Array(_) | Value::Table(_) | Value::Module(_) | Value::String(_)
                )
            }
        };
        if !is_known {
            self.labels.clear();
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
        let labels = std::mem::take(&mut self.labels);
        let mut pending = None;
        for item in items {
            let scope = Scope::within(scope);
            match head {
                ForHead::VarDecl(variables) => {
                    if let Some(declarator) = variables.decls.first() {
                        let target = match variables.kind {
                            VarDeclKind::Var => scope.of_var(),
                            _ => Rc::clone(&scope),
                        };
                        self.declare_pattern(&declarator.name, item, &target);
                    }
                }
                ForHead::Pat(pattern) => {
                    let target = Rc::clone(&scope);
                    self.destructure(pattern, item, &scope, &mut |this, name, value| {
                        this.assign_name(name, &value, &target);
                    });
                }
                ForHead::UsingDecl(_) => {}
            }
            match self.statement(body, &scope) {
                Completion::Continue(label) if is_own(label, &labels) => {}
                Completion::Break(None) => break,
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
    fn repeat(&mut self, parts: &Loop<'a>, mut scope: Rc<Scope<'a>>, span: Span) -> Completion<'a> {
        let mut pending = None;
        loop {
            if self.spend(1, span).is_err() {
                return Completion::Throw;
            }
            let goes_on = match parts.test {
                Some(test) => self.evaluate(test, &scope).truthiness(),
                None => Some(true),
            };
            match goes_on {
                Some(true) => {}
                Some(false) => return pending.map_or(Completion::Normal, Completion::Perhaps),
                None => return self.blur(parts.body, &Value::Undefined, &scope),
            }
            match self.statement(parts.body, &scope) {
                Completion::Continue(label) if is_own(label, &parts.labels) => {}
                Completion::Break(None) => {
                    return pending.map_or(Completion::Normal, Completion::Perhaps);
                }
                completion => {
                    if let Some(end) = self.proceed(&mut pending, completion, span) {
                        return end;
                    }
                }
            }
            if parts.is_per_turn {
                if self.spend(scope.len() as u64 / 4, span).is_err() {
                    return Completion::Throw;
                }
                scope = scope.next_turn();
            }
            if let Some(update) = parts.update {
                self.evaluate(update, &scope);
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
                Completion::Break(None) => break,
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
        let mut runs = Vec::new();
        if !has_default {
            runs.push(Vec::new());
        }
        let filled = statement.cases.iter().filter(|case| !case.cons.is_empty());
        for case in filled {
            let inner = Scope::within(scope);
            let (completion, assigned) = self.in_branch(|this| this.statements(&case.cons, &inner));
            if !ends(&completion) {
                runs.push(assigned);
            }
            result = self.either_completion(result, completion, span);
        }
        self.merge_assigned(runs, span);
        result
    }
}

/// Whether a `continue` goes on with the loop that has these labels.
fn is_own(label: Option<&Atom>, labels: &[Atom]) -> bool {
    label.is_none_or(|label| labels.contains(label))
}

/// Whether nothing that follows a statement runs after it.
fn ends(completion: &Completion<'_>) -> bool {
    matches!(completion, Completion::Throw | Completion::Return(_))
}
