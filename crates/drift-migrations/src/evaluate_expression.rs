//! Evaluates expressions on the database as it was replayed. What only the data or the server say is
//! [`Value::Unknown`], and so is whatever depends on it.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use drift_model::Dialect;

use crate::constraint_text::{constraint_text, object_name};
use crate::evaluate_query::{Frame, Tables};
use crate::functions;
use crate::patterns;
use crate::query::{Call, Comparison, Expression, PatternKind, Query, Test};
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::state::State;
use crate::statement::Name;
use crate::system_catalog;
use crate::value::{LENGTH_LIMIT, Object, Value, compare, join, not, order};

/// The variables of a block.
pub(crate) type Variables = HashMap<String, Value>;

/// Evaluates expressions and queries.
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'e, 'a> {
    pub(crate) state: &'e State<'a>,
    pub(crate) variables: &'e Variables,
    /// How many steps may still be made; without any, everything is unknown.
    pub(crate) fuel: &'e Cell<usize>,
}

/// Where names are looked up: in the rows at hand, and among the tables of `WITH`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scope<'f> {
    pub(crate) frame: Option<&'f Frame<'f>>,
    pub(crate) tables: Option<&'f Tables<'f>>,
}

impl<'a> Evaluator<'_, 'a> {
    /// Whether there is fuel for another step.
    pub(crate) fn spend(&self) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(1));
        left > 0
    }

    /// What an expression comes to outside of any query.
    pub(crate) fn evaluate(&self, expression: &Expression<'a>) -> Outcome<Value> {
        self.value(expression, Scope::default())
    }

    /// What an expression comes to.
    pub(crate) fn value(&self, expression: &Expression<'a>, scope: Scope<'_>) -> Outcome<Value> {
        if !self.spend() {
            return Ok(Value::Unknown);
        }
        Ok(match expression {
            Expression::Text { value, .. } => Value::text(value),
            Expression::Number(number) => Value::Number(*number),
            Expression::Bool(value) => Value::Bool(*value),
            Expression::Null => Value::Null,
            Expression::Column { qualifier, name } => {
                return self.column(qualifier.as_ref(), name, scope);
            }
            Expression::Not(operand) => not(&self.value(operand, scope)?),
            Expression::And(terms) => return self.joined(terms, false, scope),
            Expression::Or(terms) => return self.joined(terms, true, scope),
            Expression::Concatenation(parts) => self.concatenation(&self.values(parts, scope)?),
            Expression::Arithmetic(left, operator, right) => {
                arithmetic(&self.value(left, scope)?, *operator, &self.value(right, scope)?)
            }
            Expression::Compare(left, comparison, right) => {
                let (left, right) = self.compared(left, right, scope)?;
                compare(&left, *comparison, &right, self.ignores_case())
            }
            Expression::Quantified { left, comparison, is_all, right } => {
                return self.quantified(left, *comparison, *is_all, right, scope);
            }
            Expression::Is { operand, test, is_negated } => {
                is_test(&self.value(operand, scope)?, *test, *is_negated)
            }
            Expression::Same { left, right, is_negated } => {
                let (left, right) = self.compared(left, right, scope)?;
                same(&left, &right, *is_negated)
            }
            Expression::Matches { operand, pattern, kind, ignores_case, is_negated } => {
                let (text, pattern) = (self.value(operand, scope)?, self.value(pattern, scope)?);
                let ignores_case = *ignores_case || self.ignores_case();
                let matched = matches(&text, &pattern, *kind, ignores_case);
                if *is_negated { not(&matched) } else { matched }
            }
            Expression::Between { operand, low, high, is_negated } => {
                let operand = self.value(operand, scope)?;
                let above =
                    compare(&operand, Comparison::GreaterOrEqual, &self.value(low, scope)?, false);
                let below =
                    compare(&operand, Comparison::LessOrEqual, &self.value(high, scope)?, false);
                let between = join([above, below].into_iter(), false);
                if *is_negated { not(&between) } else { between }
            }
            Expression::Exists(query) => {
                let found = self.query(query, scope)?;
                match (found.rows.is_empty(), found.is_open) {
                    (false, _) => Value::Bool(true),
                    (true, false) => Value::Bool(false),
                    (true, true) => Value::Unknown,
                }
            }
            Expression::Scalar(query) => return self.scalar(query, scope),
            Expression::ArrayQuery(query) => {
                let found = self.query(query, scope)?;
                match found.is_open {
                    true => Value::Unknown,
                    false => Value::list(found.first_column()),
                }
            }
            Expression::Array(items) | Expression::Row(items) => {
                Value::list(self.values(items, scope)?)
            }
            Expression::Subscript(list, index) => {
                subscript(&self.value(list, scope)?, &self.value(index, scope)?)
            }
            Expression::Cast { operand, data_type, is_array } => {
                let value = self.value(operand, scope)?;
                return self.cast(value, data_type, *is_array);
            }
            Expression::Call(call) => return self.call(call, scope),
            Expression::Case { operand, branches, otherwise } => {
                return self.case(operand.as_deref(), branches, otherwise.as_deref(), scope);
            }
            Expression::Unknown => Value::Unknown,
        })
    }

    fn values(&self, expressions: &[Expression<'a>], scope: Scope<'_>) -> Outcome<Vec<Value>> {
        expressions.iter().map(|it| self.value(it, scope)).collect()
    }

    /// Whether texts are compared without regard to case, as MySQL's catalogs do.
    pub(crate) fn ignores_case(&self) -> bool {
        self.state.dialect() == Dialect::MySql
    }

    /// `AND`, or `OR` where `decisive` is true.
    fn joined(&self, terms: &[Expression<'a>], decisive: bool, scope: Scope<'_>) -> Outcome<Value> {
        let mut values = Vec::with_capacity(terms.len());
        for term in terms {
            let value = self.value(term, scope)?;
            let is_decided = value != Value::Null && value.truth() == Some(decisive);
            values.push(value);
            if is_decided {
                break;
            }
        }
        Ok(join(values.into_iter(), decisive))
    }

    /// A column of the rows at hand, else a variable.
    fn column(&self, qualifier: Option<&Name<'a>>, name: &str, scope: Scope<'_>) -> Outcome<Value> {
        let found = scope.frame.and_then(|frame| self.find(frame, qualifier, name));
        let variable = match qualifier {
            Some(record) => match self.variables.get(&**record) {
                Some(Value::Record(fields)) => {
                    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
                }
                _ => None,
            },
            None => self.variables.get(name),
        };
        match (found, variable) {
            (Some(_), Some(_)) if qualifier.is_none() => Err(Refusal::new(
                RefusalKind::AmbiguousColumn,
                format!("`{name}` is a column and a variable"),
            )),
            (Some(value), _) => Ok(value),
            // A loop over one column sets a record and a plain variable alike.
            (None, Some(Value::Record(fields))) if qualifier.is_none() && fields.len() == 1 => {
                Ok(fields[0].1.clone())
            }
            (None, Some(value)) => Ok(value.clone()),
            (None, None) => Ok(Value::Unknown),
        }
    }

    /// The sides of a comparison. A literal takes the type of a name that it is compared with, and
    /// is cut as names are; or that of an object, and is looked up.
    fn compared(
        &self,
        left: &Expression<'a>,
        right: &Expression<'a>,
        scope: Scope<'_>,
    ) -> Outcome<(Value, Value)> {
        let left_value = self.value(left, scope)?;
        let right_value = self.value(right, scope)?;
        Ok((
            self.adapted(left, left_value.clone(), right, &right_value)?,
            self.adapted(right, right_value, left, &left_value)?,
        ))
    }

    fn adapted(
        &self,
        expression: &Expression<'a>,
        value: Value,
        other: &Expression<'a>,
        other_value: &Value,
    ) -> Outcome<Value> {
        let Expression::Text { value: text, .. } = expression else { return Ok(value) };
        match other_value {
            Value::Object { has_name: true, object: Object::Namespace(_) } => {
                self.cast(value, "regnamespace", false)
            }
            Value::Object { has_name: true, .. } => self.cast(value, "regclass", false),
            _ if matches!(other, Expression::Column { .. }) => {
                Ok(Value::text(self.state.dialect().truncate(text)))
            }
            _ => Ok(value),
        }
    }

    fn quantified(
        &self,
        left: &Expression<'a>,
        comparison: Comparison,
        is_all: bool,
        right: &Expression<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Value> {
        let (items, is_open) = match right {
            Expression::Array(items) => {
                let mut results = Vec::with_capacity(items.len());
                for item in items {
                    let (left, item) = self.compared(left, item, scope)?;
                    results.push(compare(&left, comparison, &item, self.ignores_case()));
                }
                return Ok(join(results.into_iter(), !is_all));
            }
            Expression::ArrayQuery(query) => {
                let found = self.query(query, scope)?;
                (found.first_column(), found.is_open)
            }
            _ => match self.value(right, scope)? {
                Value::List(items) => (items.to_vec(), false),
                Value::Null => return Ok(Value::Null),
                _ => return Ok(Value::Unknown),
            },
        };
        let left = self.value(left, scope)?;
        let ignores_case = self.ignores_case();
        let known = items.iter().map(|item| compare(&left, comparison, item, ignores_case));
        Ok(join(known.chain(is_open.then_some(Value::Unknown)), !is_all))
    }

    /// A query for one value.
    fn scalar(&self, query: &Query<'a>, scope: Scope<'_>) -> Outcome<Value> {
        let found = self.query(query, scope)?;
        if found.is_open || found.rows.len() > 1 {
            return Ok(Value::Unknown);
        }
        Ok(found.first_column().pop().unwrap_or(Value::Null))
    }

    fn case(
        &self,
        operand: Option<&Expression<'a>>,
        branches: &[(Expression<'a>, Expression<'a>)],
        otherwise: Option<&Expression<'a>>,
        scope: Scope<'_>,
    ) -> Outcome<Value> {
        for (condition, value) in branches {
            let holds = match operand {
                Some(operand) => {
                    let (operand, condition) = self.compared(operand, condition, scope)?;
                    compare(&operand, Comparison::Equal, &condition, self.ignores_case())
                }
                None => self.value(condition, scope)?,
            };
            match holds.truth() {
                Some(true) => return self.value(value, scope),
                Some(false) => {}
                None => return Ok(Value::Unknown),
            }
        }
        otherwise.map_or(Ok(Value::Null), |value| self.value(value, scope))
    }

    /// `a || b`, of texts or lists.
    fn concatenation(&self, parts: &[Value]) -> Value {
        if parts.iter().any(|it| matches!(it, Value::List(_))) {
            return concatenated_lists(parts);
        }
        let mut text = String::new();
        for part in parts {
            match self.text(part) {
                Value::Text(part) => text.push_str(&part),
                other => return if parts.contains(&Value::Null) { Value::Null } else { other },
            }
            if text.len() > LENGTH_LIMIT {
                return Value::Unknown;
            }
        }
        Value::text(text)
    }

    /// A value as a text.
    pub(crate) fn text(&self, value: &Value) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::Text(text) => Value::Text(text.clone()),
            Value::Number(number) => Value::text(number.to_string()),
            Value::Bool(value) => Value::text(value.to_string()),
            Value::Object { object, has_name: true } => {
                object_name(self.state, object).map_or(Value::Unknown, Value::text)
            }
            Value::Object { .. } | Value::List(_) | Value::Record(_) | Value::Unknown => {
                Value::Unknown
            }
        }
    }

    /// `value::type`.
    fn cast(&self, value: Value, data_type: &str, is_array: bool) -> Outcome<Value> {
        if matches!(value, Value::Null | Value::Unknown) {
            return Ok(value);
        }
        if is_array {
            let items = match &value {
                Value::List(items) => items.to_vec(),
                Value::Text(text) => match listed(text) {
                    Some(items) => items,
                    None => return Ok(Value::Unknown),
                },
                _ => return Ok(Value::Unknown),
            };
            let cast = items.into_iter().map(|item| self.cast(item, data_type, false));
            return Ok(Value::list(cast.collect::<Outcome<Vec<Value>>>()?));
        }
        Ok(match data_type {
            "text" | "varchar" | "character varying" | "citext" => self.text(&value),
            "name" => match self.text(&value) {
                Value::Text(text) => Value::text(self.state.dialect().truncate(&text)),
                other => other,
            },
            "bool" | "boolean" => value.truth().map_or(Value::Unknown, Value::Bool),
            "int" | "int2" | "int4" | "int8" | "integer" | "smallint" | "bigint" => match &value {
                Value::Number(_) => value,
                Value::Bool(value) => Value::Number(i64::from(*value)),
                Value::Text(text) => text.trim().parse().map_or(Value::Unknown, Value::Number),
                _ => Value::Unknown,
            },
            "oid" => match value {
                Value::Object { object, .. } => Value::Object { object, has_name: false },
                _ => Value::Unknown,
            },
            "regclass" => match value {
                Value::Object { object, .. } => Value::Object { object, has_name: true },
                Value::Text(text) => return self.relation(&text),
                _ => Value::Unknown,
            },
            "regnamespace" => match value {
                Value::Object { object, .. } => Value::Object { object, has_name: true },
                Value::Text(text) => return self.namespace(&text),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        })
    }

    fn relation(&self, text: &str) -> Outcome<Value> {
        match system_catalog::relation(self.state, text) {
            Some(object) => Ok(Value::Object { object, has_name: true }),
            None if system_catalog::may_be_other_relation(self.state, text) => Ok(Value::Unknown),
            None => {
                let reason = format!("`{text}` does not exist here");
                Err(Refusal::new(RefusalKind::UndefinedTable, reason))
            }
        }
    }

    fn namespace(&self, text: &str) -> Outcome<Value> {
        let name = Name::Owned(text.trim_matches('"').to_owned());
        if self.state.has_namespace(&name) {
            let object = Object::Namespace(Rc::from(&*name));
            return Ok(Value::Object { object, has_name: true });
        }
        let reason = format!("the namespace `{text}` does not exist here");
        Err(Refusal::new(RefusalKind::UndefinedSchema, reason))
    }

    fn call(&self, call: &Call<'a>, scope: Scope<'_>) -> Outcome<Value> {
        if call.is_aggregate() {
            return self.aggregate(call, scope);
        }
        let mut arguments = self.values(&call.arguments, scope)?;
        Ok(match (call.name.as_str(), arguments.as_slice()) {
            ("current_schema", []) => {
                self.state.search_path().first().map_or(Value::Null, |it| Value::text(&**it))
            }
            ("database" | "schema", []) if self.ignores_case() => {
                let home = self.state.search_path().first();
                home.map_or(Value::Unknown, |it| system_catalog::namespace_name(it))
            }
            ("to_regclass", [Value::Text(text)]) => {
                // What is not there is `NULL`, where the cast would be an error.
                self.relation(text).unwrap_or(Value::Null)
            }
            ("to_regnamespace", [Value::Text(text)]) => self.namespace(text).unwrap_or(Value::Null),
            ("pg_get_constraintdef", [Value::Object { object, .. }, ..]) => {
                constraint_text(self.state, object).map_or(Value::Unknown, Value::text)
            }
            ("pg_table_is_visible", [Value::Object { object: Object::Table(id), .. }]) => {
                let name = &self.state.table(*id).name;
                let name = crate::statement::QualifiedName { namespace: None, name: name.clone() };
                Value::Bool(self.state.lookup(&name) == Some(*id))
            }
            ("if", [condition, then, otherwise]) if self.ignores_case() => {
                match condition.truth() {
                    Some(true) => then.clone(),
                    Some(false) => otherwise.clone(),
                    None => Value::Unknown,
                }
            }
            ("concat", parts) if self.ignores_case() && parts.contains(&Value::Null) => Value::Null,
            (name, _) => {
                for argument in &mut arguments {
                    if matches!(argument, Value::Object { has_name: true, .. }) {
                        *argument = self.text(argument);
                    }
                }
                functions::call(name, &arguments)
            }
        })
    }
}

/// `'{a,b}'`, where nothing is quoted.
fn listed(text: &str) -> Option<Vec<Value>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    if inner.contains(['"', '\\', '{', '}']) {
        return None;
    }
    if inner.trim().is_empty() {
        return Some(Vec::new());
    }
    let item = |item: &str| match item.trim() {
        it if it.eq_ignore_ascii_case("null") => Value::Null,
        it => Value::text(it),
    };
    Some(inner.split(',').map(item).collect())
}

fn concatenated_lists(parts: &[Value]) -> Value {
    let mut items = Vec::new();
    for part in parts {
        match part {
            Value::List(list) => items.extend(list.iter().cloned()),
            Value::Null => {}
            Value::Unknown => return Value::Unknown,
            item => items.push(item.clone()),
        }
    }
    Value::list(items)
}

fn arithmetic(left: &Value, operator: u8, right: &Value) -> Value {
    let (left, right) = match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Value::Null,
        (Value::Number(left), Value::Number(right)) => (*left, *right),
        _ => return Value::Unknown,
    };
    let result = match operator {
        b'+' => left.checked_add(right),
        b'-' => left.checked_sub(right),
        b'*' => left.checked_mul(right),
        b'/' => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result.map_or(Value::Unknown, Value::Number)
}

fn is_test(value: &Value, test: Test, is_negated: bool) -> Value {
    let holds = match (test, value) {
        (Test::Null, Value::Record(fields)) => {
            let fields: Vec<Value> =
                fields.iter().map(|(_, it)| is_test(it, Test::Null, is_negated)).collect();
            return join(fields.into_iter(), false);
        }
        (_, Value::Unknown) => return Value::Unknown,
        (Test::Null, value) => *value == Value::Null,
        (_, Value::Null) => false,
        (test, value) => match value.truth() {
            Some(truth) => truth == (test == Test::True),
            None => return Value::Unknown,
        },
    };
    Value::Bool(holds != is_negated)
}

/// `IS NOT DISTINCT FROM`.
fn same(left: &Value, right: &Value, is_negated: bool) -> Value {
    let is_same = match (left, right) {
        (Value::Unknown, _) | (_, Value::Unknown) => return Value::Unknown,
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        _ => match order(left, right, false) {
            Some(order) => order == std::cmp::Ordering::Equal,
            None => return Value::Unknown,
        },
    };
    Value::Bool(is_same != is_negated)
}

fn matches(text: &Value, pattern: &Value, kind: PatternKind, ignores_case: bool) -> Value {
    let (text, pattern) = match (text, pattern) {
        (Value::Null, _) | (_, Value::Null) => return Value::Null,
        (Value::Text(text), Value::Text(pattern)) => (text.clone(), pattern.clone()),
        _ => return Value::Unknown,
    };
    let fold = |text: &str| if ignores_case { text.to_lowercase() } else { text.to_owned() };
    let matched = match kind {
        PatternKind::Like => patterns::is_like(&fold(&text), &fold(&pattern)),
        PatternKind::Regex => patterns::is_match(&fold(&text), &fold(&pattern)),
    };
    matched.map_or(Value::Unknown, Value::Bool)
}

fn subscript(list: &Value, index: &Value) -> Value {
    match (list, index) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::List(items), Value::Number(index)) => {
            let at = usize::try_from(index - 1).ok();
            at.and_then(|at| items.get(at)).cloned().unwrap_or(Value::Null)
        }
        _ => Value::Unknown,
    }
}
