//! What expressions come to, and how values compare.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::query::Comparison;
use crate::state::TableId;

/// How long a text or list may grow before it is taken for unknown.
pub(crate) const LENGTH_LIMIT: usize = 1 << 20;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(i64),
    Text(Rc<str>),
    /// The number of an object. As a `regclass` or `regnamespace` it is written as a name.
    Object {
        object: Object,
        has_name: bool,
    },
    List(Rc<[Value]>),
    /// Fields with their names.
    Record(Rc<[(String, Value)]>),
    /// What only the data or the server say.
    Unknown,
}

/// An object of the database that has a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Object {
    Table(TableId),
    Index(TableId, Rc<str>),
    /// A constraint by its name, which no other of the table has.
    Constraint(TableId, Rc<str>),
    Namespace(Rc<str>),
    /// One of the system's own.
    System,
    /// One that is not there: the number 0.
    None,
}

impl Value {
    /// A text.
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.len() > LENGTH_LIMIT { Value::Unknown } else { Value::Text(Rc::from(text)) }
    }

    /// The number of an object.
    pub(crate) fn object(object: Object) -> Self {
        Value::Object { object, has_name: false }
    }

    /// A list.
    pub(crate) fn list(items: Vec<Value>) -> Self {
        if items.len() > LENGTH_LIMIT { Value::Unknown } else { Value::List(Rc::from(items)) }
    }

    /// Whether it is true; `None` where that is not known.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            Value::Null => Some(false),
            Value::Text(text) => Some(text_truth(text)? == Some(true)),
            _ => None,
        }
    }

    /// Whether a part of it is not known.
    pub(crate) fn is_unknown(&self) -> bool {
        match self {
            Value::Unknown => true,
            Value::List(items) => items.iter().any(Value::is_unknown),
            Value::Record(fields) => fields.iter().any(|(_, value)| value.is_unknown()),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

/// How a text reads as a truth value; `None` if it is not one.
fn text_truth(text: &str) -> Option<Option<bool>> {
    match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "yes" | "on" | "1" => Some(Some(true)),
        "f" | "false" | "no" | "off" | "0" => Some(Some(false)),
        _ => None,
    }
}

/// `NOT`.
pub(crate) fn not(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        other => other.truth().map_or(Value::Unknown, |it| Value::Bool(!it)),
    }
}

/// `AND`, or `OR` where `decisive` is true: one decisive value settles it, whatever the others are.
pub(crate) fn join(values: impl Iterator<Item = Value>, decisive: bool) -> Value {
    let mut result = Value::Bool(!decisive);
    for value in values {
        match value {
            Value::Null if result != Value::Unknown => result = Value::Null,
            Value::Null => {}
            other => match other.truth() {
                Some(truth) if truth == decisive => return Value::Bool(decisive),
                Some(_) => {}
                None => result = Value::Unknown,
            },
        }
    }
    result
}

/// `left = right` and the like.
pub(crate) fn compare(
    left: &Value,
    comparison: Comparison,
    right: &Value,
    ignores_case: bool,
) -> Value {
    if matches!(left, Value::Null) || matches!(right, Value::Null) {
        return Value::Null;
    }
    let Some(order) = order(left, right, ignores_case) else { return Value::Unknown };
    let is_ordered = !matches!(left, Value::Object { .. } | Value::Bool(_));
    Value::Bool(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        _ if !is_ordered => return Value::Unknown,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    })
}

/// How two values that are there compare; for objects only whether they are the same.
pub(crate) fn order(left: &Value, right: &Value, ignores_case: bool) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) if ignores_case => {
            Some(left.to_lowercase().cmp(&right.to_lowercase()))
        }
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Object { object: left, .. }, Value::Object { object: right, .. }) => {
            Some(if left == right { Ordering::Equal } else { Ordering::Less })
        }
        (Value::Object { object, .. }, Value::Number(0))
        | (Value::Number(0), Value::Object { object, .. }) => {
            Some(if *object == Object::None { Ordering::Equal } else { Ordering::Less })
        }
        // A literal takes the type of the other side.
        (Value::Bool(left), Value::Text(right)) => Some(left.cmp(&text_truth(right)??)),
        (Value::Text(left), Value::Bool(right)) => Some(text_truth(left)??.cmp(right)),
        (Value::Number(left), Value::Text(right)) => Some(left.cmp(&right.trim().parse().ok()?)),
        (Value::Text(left), Value::Number(right)) => {
            Some(left.trim().parse::<i64>().ok()?.cmp(right))
        }
        (Value::List(left), Value::List(right)) => {
            for (left, right) in left.iter().zip(right.iter()) {
                match order(left, right, ignores_case)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(left.len().cmp(&right.len()))
        }
        _ => None,
    }
}
