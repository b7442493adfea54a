//! From the syntax of a call to its callee, receiver and arguments.

use std::rc::Rc;

use drift_model::Span;
use smallvec::SmallVec;
use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{CallExpr, Callee, Expr, ExprOrSpread, MemberProp, OptCall, OptChainBase};

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::module_graph::COMMONJS;
use crate::packages::Package;
use crate::patterns;
use crate::scope::Scope;
use crate::value::{Global, Value};

impl<'a> Evaluator<'a> {
    pub(crate) fn call_expression(
        &mut self,
        call: &'a CallExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let callee = match &call.callee {
            Callee::Expr(callee) => callee,
            Callee::Import(_) => return self.dynamic_import(call, scope, span),
            Callee::Super(_) => return self.super_call(call, scope, span),
        };
        self.call_with_callee(callee, &call.args, scope, span)
    }

    pub(crate) fn optional_call(
        &mut self,
        call: &'a OptCall,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        // `make?.()` calls nothing where there is no `make`; the callee itself has no effect.
        if self.evaluate(&call.callee, scope).is_nullish() == Some(true) {
            return Value::Undefined;
        }
        self.call_with_callee(&call.callee, &call.args, scope, span)
    }

    fn call_with_callee(
        &mut self,
        callee: &'a Expr,
        arguments: &'a [ExprOrSpread],
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let first_argument = arguments.first().map(|it| self.span(scope, it.expr.span()));
        let mut site = CallSite { span, name: span, first_argument };
        // `(a as any).b()` and `a.b!()` call a method as well.
        let member = match patterns::without_types(callee) {
            Expr::Member(member) => Some((member, false)),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => Some((member, chain.optional)),
                OptChainBase::Call(_) => None,
            },
            _ => None,
        };
        let Some((member, is_optional)) = member else {
            site.name = self.span(scope, callee.span());
            if let Expr::SuperProp(it) = callee {
                let callee = self.super_property(&it.prop, scope, span);
                let this = scope.find(&Atom::from("this")).unwrap_or(Value::Undefined);
                return match self.arguments(arguments, scope) {
                    Ok(arguments) => self.call_with_receiver(&callee, this, arguments, site),
                    Err(unknown) => unknown,
                };
            }
            let callee = self.evaluate(callee, scope);
            self.note_call(&callee, site.name);
            if let Value::Export(Package::Core(core), name) = &callee {
                return match self.few_arguments(arguments, scope) {
                    Ok(arguments) => self.call_core(*core, name, &arguments, site),
                    Err(unknown) => unknown,
                };
            }
            return match self.arguments(arguments, scope) {
                Ok(arguments) => self.call_in(&callee, arguments, site, scope),
                Err(unknown) => unknown,
            };
        };
        site.name = self.span(scope, member.prop.span());
        let receiver = self.evaluate(&member.obj, scope);
        self.note_call(&receiver, site.name);
        if is_optional && receiver.is_nullish() == Some(true) {
            return Value::Undefined;
        }
        if let Value::Unknown(unknown) = &receiver
            && is_optional
            && unknown.is_unset
        {
            return receiver;
        }
        let computed;
        let method = match &member.prop {
            MemberProp::Ident(name) => &name.sym,
            prop => match self.member_key(prop, scope) {
                Some(key) => {
                    computed = key;
                    &computed
                }
                None => return self.arena.unknown("which method this calls is not known", span),
            },
        };
        if let Value::ColumnBuilder(builder) = receiver {
            return match self.few_arguments(arguments, scope) {
                Ok(arguments) => self.column_method(builder, method, &arguments, site),
                Err(unknown) => unknown,
            };
        }
        match self.arguments(arguments, scope) {
            Ok(arguments) => self.call_method(&receiver, method, arguments, site),
            Err(unknown) => unknown,
        }
    }

    fn arguments(
        &mut self,
        arguments: &'a [ExprOrSpread],
        scope: &Rc<Scope<'a>>,
    ) -> Result<Vec<Value<'a>>, Value<'a>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            self.push_element(argument, scope, &mut values)?;
        }
        Ok(values)
    }

    /// As [`Evaluator::arguments`], for the calls that make up most of a schema.
    fn few_arguments(
        &mut self,
        arguments: &'a [ExprOrSpread],
        scope: &Rc<Scope<'a>>,
    ) -> Result<SmallVec<[Value<'a>; 3]>, Value<'a>> {
        if arguments.is_empty() {
            return Ok(SmallVec::new());
        }
        if arguments.iter().any(|it| it.spread.is_some()) {
            return self.arguments(arguments, scope).map(SmallVec::from_vec);
        }
        let mut values = SmallVec::new();
        for argument in arguments {
            values.push(self.evaluate(&argument.expr, scope));
        }
        Ok(values)
    }

    /// `require(..)` needs to know where it is called.
    fn call_in(
        &mut self,
        callee: &Value<'a>,
        arguments: Vec<Value<'a>>,
        site: CallSite,
        scope: &Rc<Scope<'a>>,
    ) -> Value<'a> {
        if !matches!(callee, Value::Global(Global::Require)) {
            return self.call(callee, arguments, site);
        }
        match arguments.first() {
            Some(Value::String(specifier)) => {
                let name = Atom::from(COMMONJS);
                self.import(scope.module, specifier, Some(&name), site.span)
            }
            _ => self.arena.unknown("which module this requires is not known", site.span),
        }
    }

    fn dynamic_import(
        &mut self,
        call: &'a CallExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let specifier = call.args.first().map(|it| self.evaluate(&it.expr, scope));
        match specifier {
            Some(Value::String(specifier)) => {
                let module = self.import(scope.module, &specifier, None, span);
                match module {
                    Value::Unknown(_) => module,
                    module => self.promise(module),
                }
            }
            _ => self.arena.unknown("which module this imports is not known", span),
        }
    }
}
