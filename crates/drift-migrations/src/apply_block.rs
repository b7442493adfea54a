//! Runs `DO` blocks: what they ask of the system catalogs is answered from the database as it was
//! replayed, and what they put together is read like any other statement.

use std::collections::HashMap;

use drift_model::Span;

use crate::apply::{Applier, steps_could_matter};
use crate::cursor::Source;
use crate::parse::{changes_foreign_keys, statements};
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::statement::{Block, Condition, Expression, Step, StepKind};
use crate::system_catalog::Row;

/// How deep texts that were put together may lie in each other.
const DEPTH_LIMIT: usize = 16;

/// How often all loops of a replay may go round.
const ROUND_LIMIT: usize = 10_000;

/// What a variable holds.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Null,
    List(Vec<Value>),
    /// What only the data say.
    Unknown,
}

/// The variables of a block, in lower case.
pub(crate) type Variables = HashMap<String, Value>;

/// How a list of statements ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Return,
}

impl<'a> Applier<'a> {
    /// `DO`.
    pub(crate) fn do_block(&mut self, block: &Block<'a>) -> Outcome {
        self.block(block, &mut Variables::new()).map(|_| ())
    }

    /// Runs a block. What its handlers catch undoes the block, and nothing before it.
    fn block(&mut self, block: &Block<'a>, variables: &mut Variables) -> Outcome<Flow> {
        for (name, value) in &block.declarations {
            let value = self.evaluate(value, variables);
            variables.insert(name.to_ascii_lowercase(), value);
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
        self.steps(&handler.body, variables)
    }

    fn steps(&mut self, steps: &[Step<'a>], variables: &mut Variables) -> Outcome<Flow> {
        for step in steps {
            let flow = self.step(step, variables).map_err(|mut refusal| {
                refusal.span.get_or_insert(step.span);
                refusal
            })?;
            if flow == Flow::Return {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn step(&mut self, step: &Step<'a>, variables: &mut Variables) -> Outcome<Flow> {
        match &step.kind {
            StepKind::Statement(statement) => self.apply(statement, step.span)?,
            StepKind::If { branches, otherwise } => {
                return self.if_step(branches, otherwise, step.span, variables);
            }
            StepKind::Block(block) => return self.block(block, variables),
            StepKind::ForEach { variable, items, body } => {
                let rows = match self.evaluate(items, variables) {
                    Value::List(items) => Some(items.into_iter().map(|item| vec![item]).collect()),
                    _ => None,
                };
                return self.for_each(&[variable.to_string()], rows, body, step.span, variables);
            }
            StepKind::ForRows { variables: names, rows, body } => {
                let evaluate = |row: &Vec<Expression<'a>>| {
                    row.iter().map(|value| self.evaluate(value, variables)).collect()
                };
                let rows = Some(rows.iter().map(evaluate).collect());
                return self.for_each(names, rows, body, step.span, variables);
            }
            StepKind::ForQuery { variable, query, body } => {
                let names = match query.columns.as_slice() {
                    [column] => vec![format!("{variable}.{column}"), variable.to_string()],
                    _ => Vec::new(),
                };
                let rows = self.rows(query, variables).filter(|_| !names.is_empty()).map(|rows| {
                    let value = |row: &Row| row.first_value(query);
                    rows.iter().map(|row| vec![value(row), value(row)]).collect()
                });
                return self.for_each(&names, rows, body, step.span, variables);
            }
            StepKind::Loop(body) => {
                if steps_could_matter(body) {
                    self.report_dynamic("how often the loop goes round is not known", step.span);
                }
            }
            StepKind::Execute(text) => self.execute(text, step.span, variables)?,
            StepKind::Assign { variable, value } => {
                let value = self.evaluate(value, variables);
                variables.insert(variable.to_ascii_lowercase(), value);
            }
            StepKind::SelectInto { variable, query } => {
                let value = match self.rows(query, variables) {
                    Some(rows) if query.columns == ["count"] => Value::Text(rows.len().to_string()),
                    Some(rows) => rows.first().map_or(Value::Null, |row| row.first_value(query)),
                    None => Value::Unknown,
                };
                variables.insert(variable.to_ascii_lowercase(), value);
            }
            StepKind::SelectExists { variable, query } => {
                let value = self
                    .rows(query, variables)
                    .map_or(Value::Unknown, |rows| Value::Text((!rows.is_empty()).to_string()));
                variables.insert(variable.to_ascii_lowercase(), value);
            }
            StepKind::Return => return Ok(Flow::Return),
            StepKind::RaiseException => {
                return Err(Refusal::new(RefusalKind::Raised, "the block raises an exception"));
            }
        }
        Ok(Flow::Next)
    }

    fn if_step(
        &mut self,
        branches: &[(Condition<'a>, Vec<Step<'a>>)],
        otherwise: &[Step<'a>],
        span: Span,
        variables: &mut Variables,
    ) -> Outcome<Flow> {
        for (condition, body) in branches {
            match self.holds(condition, variables) {
                Some(true) => return self.steps(body, variables),
                Some(false) => {}
                None => return self.unknown_if(branches, otherwise, span, variables),
            }
        }
        self.steps(otherwise, variables)
    }

    /// A condition that only the data decide. Migrations ask before they change, so the first
    /// branch is taken for what happened, unless it is there to stop.
    fn unknown_if(
        &mut self,
        branches: &[(Condition<'a>, Vec<Step<'a>>)],
        otherwise: &[Step<'a>],
        span: Span,
        variables: &mut Variables,
    ) -> Outcome<Flow> {
        let is_important = branches.iter().any(|(_, body)| steps_could_matter(body))
            || steps_could_matter(otherwise);
        if is_important {
            self.report_dynamic("the condition depends on more than the migrations", span);
        }
        let Some((_, body)) = branches.first() else { return Ok(Flow::Next) };
        let stops = body
            .iter()
            .any(|step| matches!(step.kind, StepKind::RaiseException | StepKind::Return));
        if stops {
            return Ok(Flow::Next);
        }
        let mark = self.state.mark();
        match self.steps(body, variables) {
            Ok(flow) => Ok(flow),
            Err(_) => {
                self.state.undo_to(mark);
                Ok(Flow::Next)
            }
        }
    }

    /// Runs the body once for each row, whose values the variables hold meanwhile.
    fn for_each(
        &mut self,
        names: &[String],
        rows: Option<Vec<Vec<Value>>>,
        body: &[Step<'a>],
        span: Span,
        variables: &mut Variables,
    ) -> Outcome<Flow> {
        let Some(rows) = rows else {
            if steps_could_matter(body) {
                self.report_dynamic("what the loop goes over is not known", span);
            }
            return Ok(Flow::Next);
        };
        for row in rows {
            self.rounds += 1;
            if self.rounds > ROUND_LIMIT {
                self.report_dynamic("the loops go round too often", span);
                return Ok(Flow::Next);
            }
            for (name, value) in names.iter().zip(row) {
                variables.insert(name.to_ascii_lowercase(), value);
            }
            if self.steps(body, variables)? == Flow::Return {
                return Ok(Flow::Return);
            }
        }
        Ok(Flow::Next)
    }

    /// `EXECUTE`: reads and applies the text if all of it is known.
    fn execute(&mut self, text: &Expression<'a>, span: Span, variables: &Variables) -> Outcome {
        let Some(outer) = self.source else { return Ok(()) };
        let (source, part) = match text {
            Expression::Text { place: Some((start, end)), .. } => {
                (outer, *start as usize..*end as usize)
            }
            _ => match self.evaluate(text, variables) {
                Value::Text(text) => match self.generated.keep(text) {
                    Some(text) => (Source { text, fixed: Some(span), ..outer }, 0..text.len()),
                    None => {
                        self.report_dynamic("too many statements are put together", span);
                        return Ok(());
                    }
                },
                _ => {
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
        let (statements, _) = statements(source, part, &mut Vec::new());
        let outcome = statements.iter().try_for_each(|it| self.apply(&it.kind, it.span));
        self.source = Some(outer);
        self.depth -= 1;
        outcome
    }

    /// What an expression comes to.
    pub(crate) fn evaluate(&self, expression: &Expression<'a>, variables: &Variables) -> Value {
        match expression {
            Expression::Text { value, .. } => Value::Text(value.to_string()),
            Expression::Null => Value::Null,
            Expression::Variable(name) if name == "current_schema" => self
                .state
                .search_path()
                .first()
                .map_or(Value::Null, |it| Value::Text(it.to_string())),
            Expression::Variable(name) => {
                variables.get(&name.to_ascii_lowercase()).cloned().unwrap_or(Value::Unknown)
            }
            Expression::Concatenation(parts) => {
                let mut text = String::new();
                for part in parts {
                    match self.evaluate(part, variables) {
                        Value::Text(part) => text.push_str(&part),
                        Value::Null => return Value::Null,
                        _ => return Value::Unknown,
                    }
                }
                Value::Text(text)
            }
            Expression::Format(arguments) => self.format(arguments, variables),
            Expression::QuoteIdentifier(name) => match self.evaluate(name, variables) {
                Value::Text(name) => Value::Text(quote_identifier(&name)),
                other => other,
            },
            Expression::Array(items) => {
                Value::List(items.iter().map(|item| self.evaluate(item, variables)).collect())
            }
            Expression::Unknown => Value::Unknown,
        }
    }

    /// `format('... %I ... %L ...', a, b)`.
    ///
    /// Source: <https://www.postgresql.org/docs/current/functions-string.html#FUNCTIONS-STRING-FORMAT>
    fn format(&self, arguments: &[Expression<'a>], variables: &Variables) -> Value {
        let mut values = arguments.iter().map(|it| self.evaluate(it, variables));
        let Some(Value::Text(pattern)) = values.next() else { return Value::Unknown };
        let values: Vec<Value> = values.collect();
        let mut text = String::new();
        let mut next = 0;
        let mut rest = pattern.as_str();
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let mut index = next;
            if digits > 0 && rest[digits..].starts_with('$') {
                index = rest[..digits].parse::<usize>().unwrap_or(0).wrapping_sub(1);
                rest = &rest[digits + 1..];
            }
            let Some(kind) = rest.chars().next() else { return Value::Unknown };
            rest = &rest[kind.len_utf8()..];
            if kind == '%' {
                text.push('%');
                continue;
            }
            let value = match values.get(index) {
                Some(Value::Text(value)) => value.as_str(),
                Some(Value::Null) if kind == 's' => "",
                Some(Value::Null) if kind == 'L' => {
                    text.push_str("NULL");
                    next = index + 1;
                    continue;
                }
                _ => return Value::Unknown,
            };
            match kind {
                's' => text.push_str(value),
                'I' => text.push_str(&quote_identifier(value)),
                'L' => text.push_str(&format!("'{}'", value.replace('\'', "''"))),
                _ => return Value::Unknown,
            }
            next = index + 1;
        }
        text.push_str(rest);
        Value::Text(text)
    }

    /// Whether a condition holds; `None` if only the data say.
    fn holds(&self, condition: &Condition<'a>, variables: &Variables) -> Option<bool> {
        match condition {
            Condition::And(terms) => {
                let mut is_known = true;
                for term in terms {
                    match self.holds(term, variables) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => is_known = false,
                    }
                }
                is_known.then_some(true)
            }
            Condition::Or(terms) => {
                let mut is_known = true;
                for term in terms {
                    match self.holds(term, variables) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => is_known = false,
                    }
                }
                is_known.then_some(false)
            }
            Condition::Not(term) => self.holds(term, variables).map(|it| !it),
            Condition::Exists(query) => self.rows(query, variables).map(|rows| !rows.is_empty()),
            Condition::IsNull(expression) => match self.evaluate(expression, variables) {
                Value::Null => Some(true),
                Value::Unknown => None,
                Value::Text(_) | Value::List(_) => Some(false),
            },
            Condition::IsTrue(expression) => match self.evaluate(expression, variables) {
                Value::Text(value) => match value.as_str() {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                },
                Value::Null => Some(false),
                _ => None,
            },
            Condition::IsMissing(expression) => match self.evaluate(expression, variables) {
                Value::Text(name) => Some(!self.is_relation(&name)),
                _ => None,
            },
            Condition::Constant(value) => Some(*value),
            Condition::Unknown => None,
        }
    }
}

fn quote_identifier(name: &str) -> String {
    let is_plain = name.starts_with(|it: char| it.is_ascii_lowercase() || it == '_')
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    // Quotes around a keyword that would not need them do no harm here.
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
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
        Expression::Concatenation(parts) | Expression::Format(parts) | Expression::Array(parts) => {
            for part in parts {
                gather(part, known);
            }
        }
        Expression::QuoteIdentifier(inner) => gather(inner, known),
        Expression::Variable(_) | Expression::Null | Expression::Unknown => known.push(' '),
    }
}
