//! Generators, which are run to their end at once.

use std::cell::RefCell;
use std::rc::Rc;

use drift_model::Span;
use swc_ecma_ast::YieldExpr;

use crate::evaluate::Evaluator;
use crate::natives::{Generator, Native};
use crate::scope::Scope;
use crate::value::Value;

/// A generator that yields more than this is not followed to its end.
const YIELD_LIMIT: usize = 1_000;

impl<'a> Evaluator<'a> {
    /// Runs the body of a generator, and keeps what it yields.
    pub(crate) fn generate(&mut self, run: impl FnOnce(&mut Self) -> Value<'a>) -> Value<'a> {
        let outer = self.yielded.replace(Vec::new());
        // Too many values end the body as something thrown does.
        self.try_depth += 1;
        let thrown = self.thrown.take();
        let returned = run(self);
        self.try_depth -= 1;
        let items = std::mem::replace(&mut self.yielded, outer).unwrap_or_default();
        if items.len() > YIELD_LIMIT || self.try_depth == 0 {
            self.thrown = thrown;
        }
        let (items, returned) = (RefCell::new(items.into()), RefCell::new(returned));
        self.native(Native::Generator(Generator { items, returned }))
    }

    /// `yield value` and `yield* values`; what `next` would give to it is not known.
    pub(crate) fn yield_expression(
        &mut self,
        expr: &'a YieldExpr,
        scope: &Rc<Scope<'a>>,
        span: Span,
    ) -> Value<'a> {
        let value = match &expr.arg {
            Some(value) => self.evaluate(value, scope),
            None => Value::Undefined,
        };
        let mut items = match (expr.delegate, self.items_of(&value)) {
            (false, _) => vec![value],
            (true, Some(items)) => items,
            (true, None) => vec![self.arena.unknown("what is yielded here is not known", span)],
        };
        if self.doubt.anywhere > 0 {
            let doubted = items.into_iter().map(|it| self.either(it, Value::Undefined, span));
            items = doubted.collect();
        }
        let Some(yielded) = &mut self.yielded else { return Value::Undefined };
        yielded.append(&mut items);
        if yielded.len() > YIELD_LIMIT {
            let unknown = self.arena.unknown("this generator yields too many values", span);
            yielded.push(unknown.clone());
            self.thrown = Some(unknown);
        }
        Value::Undefined
    }
}
