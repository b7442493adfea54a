//! Runs `DO` blocks: what they ask of the system catalogs is answered from the database as it was
//! replayed, and what they put together is read like any other statement.

use std::rc::Rc;

use drift_model::Span;

use crate::apply::{Applier, could_matter, steps_could_matter};
use crate::cursor::{Cursor, Source};
use crate::evaluate_expression::{Evaluator, Scope, Variables};
use crate::evaluate_query::Relation;
use crate::lex::{Lexer, Token};
use crate::parse::{changes_foreign_keys, read_statements};
use crate::parse_block::{Reader, whole_block};
use crate::query::{Expression, Query};
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::statement::{Block, Loop, Name, Rounds, Step, StepKind};
use crate::value::Value;

/// How deep texts that were put together may lie in each other.
pub(crate) const DEPTH_LIMIT: usize = 16;

/// How often all loops of a replay may go round.
const ROUND_LIMIT: usize = 10_000;

/// How a list of statements ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Flow<'a> {
    Next,
    Return,
    /// `EXIT` and `CONTINUE`, of the loop with the label or the innermost.
    Leave {
        is_continue: bool,
        label: Option<Name<'a>>,
    },
    /// Only the data say whether the loop is left here.
    Unknown,
}

impl<'a> Applier<'a> {
    /// `DO`.
    pub(crate) fn do_block(&mut self, block: &Block<'a>) -> Outcome {
        let before = std::mem::replace(&mut self.may_have_left, false);
        let outcome = self.block(block, &mut Variables::new()).map(|_| ());
        self.may_have_left = before;
        outcome
    }

    /// `DO` with a body that was escaped.
    pub(crate) fn do_escaped(&mut self, body: &str, span: Span) -> Outcome {
        let Some(outer) = self.source else { return Ok(()) };
        let Some(text) = self.generated.keep(body.to_owned()).filter(|_| self.depth < DEPTH_LIMIT)
        else {
            self.report_dynamic("too many statements are put together", span);
            return Ok(());
        };
        let source = Source { text, fixed: Some(span), ..outer };
        let block = whole_block(source, 0..text.len(), 0);
        self.depth += 1;
        self.source = Some(source);
        let outcome = self.do_block(&block);
        self.source = Some(outer);
        self.depth -= 1;
        outcome
    }

    fn evaluator<'e>(&'e self, variables: &'e Variables) -> Evaluator<'e, 'a> {
        Evaluator { state: &self.state, variables, fuel: &self.fuel }
    }

    fn evaluate(&self, expression: &Expression<'a>, variables: &Variables) -> Outcome<Value> {
        self.evaluator(variables).evaluate(expression)
    }

    fn rows(&self, query: &Query<'a>, variables: &Variables) -> Outcome<Relation> {
        self.evaluator(variables).query(query, Scope::default())
    }

    /// Runs a block. What its handlers catch undoes the block, and nothing before it.
    fn block(&mut self, block: &Block<'a>, variables: &mut Variables) -> Outcome<Flow<'a>> {
        for (name, value) in &block.declarations {
            let value = self.evaluate(value, variables)?;
            variables.insert(name.clone(), value);
        }
        let mark = self.state.mark();
        let refusal = match self.steps(&block.body, variables) {
            Ok(flow) => return Ok(flow),
            Err(refusal) => refusal,
        };
        let handler = block.handlers.iter().find(|handler| {
            handler.conditions.iter().any(|condition| refusal.kind.is_caught_by(condition))
        });
        let Some(handler) = handler else { return Err(refusal) };
        self.state.undo_to(mark);
        if refusal.kind == RefusalKind::DuplicateObject {
            self.remember_skipped_steps(&block.body, refusal.span);
        }
        self.steps(&handler.body, variables)
    }

    fn steps(&mut self, steps: &[Step<'a>], variables: &mut Variables) -> Outcome<Flow<'a>> {
        for step in steps {
            let flow = self.step(step, variables).map_err(|mut refusal| {
                refusal.span.get_or_insert(step.span);
                refusal
            })?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn step(&mut self, step: &Step<'a>, variables: &mut Variables) -> Outcome<Flow<'a>> {
        match &step.kind {
            StepKind::Statement(statement) => {
                self.note_uncertainty(could_matter(statement), step.span);
                self.apply(statement, step.span)?;
            }
            StepKind::If { branches, otherwise } => {
                return self.if_step(branches, otherwise, step.span, variables);
            }
            StepKind::Block(block) => return self.block(block, variables),
            StepKind::Loop(it) => return self.loop_step(it, step.span, variables),
            StepKind::Leave { is_continue, label, condition } => {
                return self.leave(*is_continue, label.as_ref(), condition.as_ref(), variables);
            }
            StepKind::Execute { text, targets, parameters } => {
                self.set_parameters(parameters, variables)?;
                match targets.is_empty() {
                    true => self.execute(text, step.span, variables)?,
                    false => self.execute_into(text, targets, variables)?,
                }
            }
            StepKind::Assign { target, value } => {
                let value = self.evaluate(value, variables)?;
                variables.insert(target.clone(), value);
            }
            StepKind::Select { query, targets } => {
                let found = self.rows(query, variables)?;
                select_into(&found, targets, !query.order_by.is_empty(), variables);
            }
            StepKind::Forget(names) => {
                forget(names.iter(), variables);
            }
            StepKind::Return => return Ok(Flow::Return),
            StepKind::Raise(kind) => {
                return Err(Refusal::new(*kind, "the block raises an exception"));
            }
            StepKind::Assert(condition) => {
                if self.evaluate(condition, variables)?.truth() == Some(false) {
                    return Err(Refusal::new(RefusalKind::Raised, "an assertion fails here"));
                }
            }
        }
        Ok(Flow::Next)
    }

    /// Says before a step that it is not known whether the block gets to it.
    fn note_uncertainty(&mut self, matters: bool, span: Span) {
        if matters && std::mem::replace(&mut self.may_have_left, false) {
            self.report_dynamic("only the data say whether the block gets here", span);
        }
    }

    fn if_step(
        &mut self,
        branches: &[(Expression<'a>, Vec<Step<'a>>)],
        otherwise: &[Step<'a>],
        span: Span,
        variables: &mut Variables,
    ) -> Outcome<Flow<'a>> {
        for (at, (condition, body)) in branches.iter().enumerate() {
            match self.evaluate(condition, variables)?.truth() {
                Some(true) => return self.steps(body, variables),
                Some(false) => self.remember_skipped_steps(body, None),
                None => return self.unknown_if(&branches[at..], otherwise, span, variables),
            }
        }
        self.steps(otherwise, variables)
    }

    /// A condition that only the data decide. Migrations ask before they change, so the branch is
    /// taken for what happened, unless it is there to stop.
    fn unknown_if(
        &mut self,
        branches: &[(Expression<'a>, Vec<Step<'a>>)],
        otherwise: &[Step<'a>],
        span: Span,
        variables: &mut Variables,
    ) -> Outcome<Flow<'a>> {
        let bodies = || branches.iter().map(|(_, body)| &body[..]).chain([otherwise]);
        if bodies().any(steps_could_matter) {
            self.report_dynamic("the condition depends on more than the migrations", span);
        }
        self.may_have_left |= bodies().any(|body| {
            body.iter().any(|it| matches!(it.kind, StepKind::Return | StepKind::Leave { .. }))
        });
        let Some((_, body)) = branches.first() else { return Ok(Flow::Next) };
        let mut flow = Flow::Next;
        if !body.iter().any(|step| stops(&step.kind)) {
            let mark = self.state.mark();
            flow = self.steps(body, variables).unwrap_or_else(|_| {
                self.state.undo_to(mark);
                Flow::Next
            });
        }
        bodies().for_each(|body| forget_assigned(body, variables));
        Ok(flow)
    }

    fn leave(
        &self,
        is_continue: bool,
        label: Option<&Name<'a>>,
        condition: Option<&Expression<'a>>,
        variables: &Variables,
    ) -> Outcome<Flow<'a>> {
        let holds = match condition {
            Some(condition) => self.evaluate(condition, variables)?.truth(),
            None => Some(true),
        };
        Ok(match holds {
            Some(true) => Flow::Leave { is_continue, label: label.cloned() },
            Some(false) => Flow::Next,
            None => Flow::Unknown,
        })
    }

    fn loop_step(
        &mut self,
        it: &Loop<'a>,
        span: Span,
        variables: &mut Variables,
    ) -> Outcome<Flow<'a>> {
        let flow = match &it.rounds {
            Rounds::While(condition) => self.while_loop(it, condition, variables)?,
            rounds => match self.round_values(rounds, variables)? {
                Some(values) => self.for_loop(it, values, variables)?,
                None => Flow::Unknown,
            },
        };
        if flow == Flow::Unknown {
            if steps_could_matter(&it.body) {
                self.report_dynamic("what the loop goes over is not known", span);
            }
            forget(it.rounds.targets().iter(), variables);
            forget_assigned(&it.body, variables);
            return Ok(Flow::Next);
        }
        Ok(flow)
    }

    fn while_loop(
        &mut self,
        it: &Loop<'a>,
        condition: &Expression<'a>,
        variables: &mut Variables,
    ) -> Outcome<Flow<'a>> {
        loop {
            match self.evaluate(condition, variables)?.truth() {
                Some(true) => {}
                Some(false) => return Ok(Flow::Next),
                None => return Ok(Flow::Unknown),
            }
            if let Some(flow) = self.round(it, variables)? {
                return Ok(flow);
            }
        }
    }

    /// Runs the body once for each of the values, which the variables hold meanwhile.
    fn for_loop(
        &mut self,
        it: &Loop<'a>,
        rounds: Vec<Vec<Value>>,
        variables: &mut Variables,
    ) -> Outcome<Flow<'a>> {
        let has_rounds = !rounds.is_empty();
        for values in rounds {
            for (name, value) in it.rounds.targets().iter().zip(values) {
                set(name, value, variables);
            }
            if let Some(flow) = self.round(it, variables)? {
                return Ok(flow);
            }
        }
        variables.insert("found".to_owned(), Value::Bool(has_rounds));
        Ok(Flow::Next)
    }

    /// Runs the body of a loop once. How the loop ends, if it does.
    fn round(&mut self, it: &Loop<'a>, variables: &mut Variables) -> Outcome<Option<Flow<'a>>> {
        self.rounds += 1;
        if self.rounds > ROUND_LIMIT {
            return Ok(Some(Flow::Unknown));
        }
        Ok(match self.steps(&it.body, variables)? {
            Flow::Next => None,
            Flow::Leave { is_continue, label } if label.is_none() || label == it.label => {
                (!is_continue).then_some(Flow::Next)
            }
            flow => Some(flow),
        })
    }

    /// What the variables of a loop hold in each round; `None` if that is not known.
    fn round_values(
        &mut self,
        rounds: &Rounds<'a>,
        variables: &mut Variables,
    ) -> Outcome<Option<Vec<Vec<Value>>>> {
        Ok(match rounds {
            Rounds::Items { items, .. } => match self.evaluate(items, variables)? {
                Value::List(items) => Some(items.iter().map(|it| vec![it.clone()]).collect()),
                _ => None,
            },
            Rounds::Numbers { first, last, step, is_reverse, .. } => {
                let first = self.evaluate(first, variables)?;
                let last = self.evaluate(last, variables)?;
                let step = match step {
                    Some(step) => self.evaluate(step, variables)?,
                    None => Value::Number(1),
                };
                numbers(&first, &last, &step, *is_reverse)
            }
            Rounds::Query { targets, query } => {
                let found = self.rows(query, variables)?;
                rows_for(&found, targets)
            }
            Rounds::Execute { targets, text, parameters } => {
                self.set_parameters(parameters, variables)?;
                let found = self.executed_query(text, variables)?;
                rows_for(&found, targets)
            }
            Rounds::While(_) | Rounds::Unknown(_) => None,
        })
    }

    /// `USING`: what `$1` and so on stand for.
    fn set_parameters(&self, parameters: &[Expression<'a>], variables: &mut Variables) -> Outcome {
        for (nth, parameter) in parameters.iter().enumerate() {
            let value = self.evaluate(parameter, variables)?;
            variables.insert(format!("${}", nth + 1), value);
        }
        Ok(())
    }

    /// The text of an `EXECUTE`, to be read; `None` if it is not known.
    fn executed_text(
        &self,
        text: &Expression<'a>,
        variables: &Variables,
    ) -> Outcome<Option<&'a str>> {
        Ok(match self.evaluate(text, variables)? {
            Value::Text(text) => self.generated.keep(text.to_string()),
            Value::Null => {
                let reason = "the statement to be executed is `NULL`";
                return Err(Refusal::new(RefusalKind::NullValueNotAllowed, reason));
            }
            _ => None,
        })
    }

    /// The rows of a query that is put together.
    fn executed_query(&self, text: &Expression<'a>, variables: &Variables) -> Outcome<Relation> {
        let (Some(outer), Some(text)) = (self.source, self.executed_text(text, variables)?) else {
            return Ok(Relation::unknown());
        };
        let source = Source { text, ..outer };
        let tokens: Vec<Token> = Lexer::new(text, 0, text.len(), source.engine).collect();
        let reader = Reader { cursor: Cursor::new(source, &tokens) };
        self.rows(&reader.whole_query(&tokens, 0), variables)
    }

    /// `EXECUTE ... INTO a, b`.
    fn execute_into(
        &mut self,
        text: &Expression<'a>,
        targets: &[String],
        variables: &mut Variables,
    ) -> Outcome {
        let found = self.executed_query(text, variables)?;
        // Whether the query sorts was not kept.
        select_into(&found, targets, false, variables);
        Ok(())
    }

    /// `EXECUTE`: reads and applies the text if all of it is known.
    fn execute(&mut self, text: &Expression<'a>, span: Span, variables: &Variables) -> Outcome {
        let Some(outer) = self.source else { return Ok(()) };
        self.note_uncertainty(could_change_foreign_keys(text), span);
        let (source, part) = match text {
            Expression::Text { place: Some((start, end)), .. } => {
                (outer, *start as usize..*end as usize)
            }
            _ => match self.executed_text(text, variables)? {
                Some(text) => (Source { text, fixed: Some(span), ..outer }, 0..text.len()),
                None => {
                    if could_change_foreign_keys(text) {
                        let reason = "the statement is put together from what is not known";
                        self.report_dynamic(reason, span);
                    }
                    return Ok(());
                }
            },
        };
        if self.depth >= DEPTH_LIMIT {
            self.report_dynamic("statements lie too deep in each other", span);
            return Ok(());
        }
        self.depth += 1;
        self.source = Some(source);
        let mut statements = Vec::new();
        read_statements(source, part, &mut Vec::new(), &mut statements);
        let outcome = statements.iter().try_for_each(|it| self.apply(&it.kind, it.span));
        self.source = Some(outer);
        self.depth -= 1;
        outcome
    }
}

/// Whether a step ends its list, so that a branch with it is not the one that was taken.
fn stops(step: &StepKind<'_>) -> bool {
    matches!(step, StepKind::Raise(_) | StepKind::Return | StepKind::Leave { .. })
}

/// What the variables of a loop hold for the rows of a query: one a record, several a column each.
fn rows_for(found: &Relation, targets: &[String]) -> Option<Vec<Vec<Value>>> {
    let values = |row: &Rc<[Value]>| match targets {
        [_] => vec![record(found, row)],
        _ => row.to_vec(),
    };
    (!found.is_open).then(|| found.rows.iter().map(values).collect())
}

fn record(found: &Relation, row: &[Value]) -> Value {
    let fields = found.columns.iter().cloned().zip(row.iter().cloned());
    Value::Record(fields.collect())
}

/// Sets variables to the first row of a query. Which row that is has to be known.
fn select_into(found: &Relation, targets: &[String], is_sorted: bool, variables: &mut Variables) {
    let is_found = match (found.rows.is_empty(), found.is_open) {
        (false, _) => Value::Bool(true),
        (true, false) => Value::Bool(false),
        (true, true) => Value::Unknown,
    };
    variables.insert("found".to_owned(), is_found);
    let first = found.rows.first();
    let is_only = found.rows.iter().all(|row| Some(row) == first);
    let count = found.columns.len().max(targets.len());
    let row: Vec<Value> = match first {
        _ if found.is_open || !(is_only || is_sorted) => vec![Value::Unknown; count],
        Some(row) => row.to_vec(),
        None => vec![Value::Null; count],
    };
    match targets {
        [target] if found.columns.is_empty() => {
            let value = row.first().cloned().unwrap_or(Value::Null);
            set(target, value, variables);
        }
        [target] => set(target, record(found, &row), variables),
        _ => {
            for (target, value) in targets.iter().zip(row) {
                set(target, value, variables);
            }
        }
    }
}

/// Sets a variable. Of a record a field of which is set, nothing is known.
fn set(target: &str, value: Value, variables: &mut Variables) {
    match target.strip_suffix('.') {
        Some(record) => variables.insert(record.to_owned(), Value::Unknown),
        None => variables.insert(target.to_owned(), value),
    };
}

fn forget<'n>(names: impl Iterator<Item = &'n String>, variables: &mut Variables) {
    for name in names {
        set(name, Value::Unknown, variables);
    }
}

/// Forgets the variables that steps set which may or may not have run.
fn forget_assigned(steps: &[Step<'_>], variables: &mut Variables) {
    for step in steps {
        match &step.kind {
            StepKind::Assign { target, .. } => forget(std::iter::once(target), variables),
            StepKind::Select { targets, .. } | StepKind::Execute { targets, .. } => {
                forget(targets.iter(), variables);
                variables.insert("found".to_owned(), Value::Unknown);
            }
            StepKind::Forget(names) => forget(names.iter(), variables),
            StepKind::If { branches, otherwise } => {
                let bodies = branches.iter().map(|(_, body)| body).chain([otherwise]);
                bodies.for_each(|body| forget_assigned(body, variables));
            }
            StepKind::Block(block) => {
                forget_assigned(&block.body, variables);
                block.handlers.iter().for_each(|it| forget_assigned(&it.body, variables));
            }
            StepKind::Loop(it) => {
                forget(it.rounds.targets().iter(), variables);
                forget_assigned(&it.body, variables);
            }
            StepKind::Statement(_)
            | StepKind::Leave { .. }
            | StepKind::Return
            | StepKind::Raise(_)
            | StepKind::Assert(_) => {}
        }
    }
}

fn numbers(first: &Value, last: &Value, step: &Value, is_reverse: bool) -> Option<Vec<Vec<Value>>> {
    let (Value::Number(first), Value::Number(last), Value::Number(step)) = (first, last, step)
    else {
        return None;
    };
    let mut rounds = Vec::new();
    let mut next = *first;
    while if is_reverse { next >= *last } else { next <= *last } {
        if *step <= 0 || rounds.len() > ROUND_LIMIT {
            return None;
        }
        rounds.push(vec![Value::Number(next)]);
        next = if is_reverse { next.checked_sub(*step)? } else { next.checked_add(*step)? };
    }
    Some(rounds)
}

/// Whether a text that is not wholly known could change tables.
pub(crate) fn could_change_foreign_keys(text: &Expression<'_>) -> bool {
    let mut known = String::new();
    gather(text, &mut known);
    known.trim().is_empty() || changes_foreign_keys(&known)
}

fn gather(expression: &Expression<'_>, known: &mut String) {
    match expression {
        Expression::Text { value, .. } => known.push_str(value),
        Expression::Column { .. } | Expression::Scalar(_) | Expression::Unknown => known.push(' '),
        other => other.for_each_part(&mut |part| gather(part, known)),
    }
}
