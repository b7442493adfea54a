//! Runs the statements that MySQL puts together: what the variables of the session come to is read
//! like any other statement.

use std::collections::HashMap;
use std::rc::Rc;

use drift_model::Span;

use crate::apply::Applier;
use crate::apply_block::DEPTH_LIMIT;
use crate::cursor::Source;
use crate::evaluate_expression::{Evaluator, Scope, Variables};
use crate::parse::{changes_foreign_keys, read_statements};
use crate::query::{Expression, Query};
use crate::refusal::Outcome;
use crate::scope::Touched;
use crate::value::Value;

/// How many statements may have gone into one text.
const ORIGIN_LIMIT: usize = 32;

/// The variables and prepared statements of a session.
#[derive(Debug, Default)]
pub(crate) struct Session<'a> {
    variables: Variables,
    /// The statements that set each variable, and those that set what went into it.
    origins: HashMap<String, Vec<Origin<'a>>>,
    prepared: HashMap<String, (Value, Vec<Origin<'a>>)>,
}

/// A statement from which a text comes.
#[derive(Debug, Clone, Copy)]
struct Origin<'a> {
    text: &'a str,
    span: Span,
}

impl<'a> Applier<'a> {
    /// `SET @a = ..., @b = ...`.
    pub(crate) fn set_variables(
        &mut self,
        assignments: &[(String, Expression<'a>)],
        span: Span,
    ) -> Outcome {
        for (name, value) in assignments {
            let origins = self.origins_of(&[value], span);
            let value = self.session_value(value)?;
            self.set_variable(name, value, origins);
        }
        Ok(())
    }

    /// `SELECT ... INTO @a, @b`. Without a row the variables stay what they are.
    pub(crate) fn select_into_variables(
        &mut self,
        query: &Query<'a>,
        targets: &[String],
        span: Span,
    ) -> Outcome {
        let evaluator = self.evaluator_of_session();
        let found = evaluator.query(query, Scope::default())?;
        let origins = self.origins_of(&[], span);
        let is_known = !found.is_open && found.rows.len() <= 1;
        let row = found.rows.first().filter(|_| is_known).cloned();
        if is_known && row.is_none() {
            return Ok(());
        }
        for (at, target) in targets.iter().enumerate() {
            let value = row.as_ref().and_then(|row| row.get(at)).cloned();
            self.set_variable(target, value.unwrap_or(Value::Unknown), origins.clone());
        }
        Ok(())
    }

    /// `PREPARE`.
    pub(crate) fn prepare(&mut self, name: &str, text: &Expression<'a>, span: Span) -> Outcome {
        let value = self.session_value(text)?;
        let origins = self.origins_of(&[text], span);
        self.check_known(&value, &origins, span);
        self.session.prepared.insert(name.to_owned(), (value, origins));
        Ok(())
    }

    /// `EXECUTE`.
    pub(crate) fn execute_prepared(&mut self, name: &str) -> Outcome {
        match self.session.prepared.get(name) {
            Some((Value::Text(text), origins)) => {
                let (text, span) = (text.clone(), origins.last().map(|it| it.span));
                self.run_text(text, span)
            }
            // What is not known was reported with its `PREPARE`.
            _ => Ok(()),
        }
    }

    /// `EXECUTE IMMEDIATE`.
    pub(crate) fn execute_immediate(&mut self, text: &Expression<'a>, span: Span) -> Outcome {
        let value = self.session_value(text)?;
        let origins = self.origins_of(&[text], span);
        self.check_known(&value, &origins, span);
        match value {
            Value::Text(text) => self.run_text(text, Some(span)),
            _ => Ok(()),
        }
    }

    fn evaluator_of_session(&self) -> Evaluator<'_, 'a> {
        Evaluator { state: &self.state, variables: &self.session.variables, fuel: &self.fuel }
    }

    fn session_value(&self, expression: &Expression<'a>) -> Outcome<Value> {
        let value = self.evaluator_of_session().evaluate(expression)?;
        // Numbers and texts are alike in a session; nothing else is there to be executed.
        Ok(match value {
            Value::Record(_) | Value::List(_) | Value::Object { .. } => Value::Unknown,
            other => other,
        })
    }

    fn set_variable(&mut self, name: &str, value: Value, origins: Vec<Origin<'a>>) {
        self.session.variables.insert(name.to_owned(), value);
        self.session.origins.insert(name.to_owned(), origins);
    }

    /// The statement at a place, and those that set the variables in the expressions.
    fn origins_of(&self, expressions: &[&Expression<'a>], span: Span) -> Vec<Origin<'a>> {
        let mut origins = Vec::new();
        for expression in expressions {
            self.gather_origins(expression, &mut origins);
        }
        origins.extend(self.text_of(span).map(|text| Origin { text, span }));
        origins
    }

    fn gather_origins(&self, expression: &Expression<'a>, origins: &mut Vec<Origin<'a>>) {
        if let Expression::Column { qualifier: None, name } = expression {
            let known = self.session.origins.get(&**name).into_iter().flatten();
            let room = ORIGIN_LIMIT.saturating_sub(origins.len());
            origins.extend(known.take(room));
        }
        expression.for_each_part(&mut |part| self.gather_origins(part, origins));
    }

    /// Reports a text that is not known, if one of the statements that it comes from speaks of
    /// foreign keys.
    fn check_known(&mut self, value: &Value, origins: &[Origin<'a>], span: Span) {
        if *value != Value::Unknown {
            return;
        }
        let is_made_elsewhere = origins.len() <= 1;
        if is_made_elsewhere || origins.iter().any(|it| changes_foreign_keys(it.text)) {
            let texts: Vec<&'a str> = origins.iter().map(|it| it.text).collect();
            let touched = texts.iter().map(|it| self.touched_by_text(it));
            // A statement that names no table says nothing where another one does.
            let named = touched.filter(|it| !matches!(it, Touched::Any)).reduce(Touched::and);
            let reason = "the statement is put together when it runs";
            self.report_touching(reason, span, &texts.join(" "), named.unwrap_or(Touched::Any));
        }
    }

    /// Reads and applies a text. What it makes is said to be made where it was put together.
    fn run_text(&mut self, text: Rc<str>, span: Option<Span>) -> Outcome {
        let (Some(outer), Some(text)) = (self.source, self.generated.keep(text.to_string())) else {
            return Ok(());
        };
        let source = Source { text, fixed: span.or(self.span), ..outer };
        let mut statements = Vec::new();
        read_statements(source, 0..text.len(), &mut Vec::new(), &mut statements);
        if self.depth >= DEPTH_LIMIT {
            self.report_dynamic("statements lie too deep in each other", source.span(0, 0));
            return Ok(());
        }
        self.depth += 1;
        self.source = Some(source);
        statements.iter().for_each(|it| self.statement(it));
        self.source = Some(outer);
        self.depth -= 1;
        Ok(())
    }
}
