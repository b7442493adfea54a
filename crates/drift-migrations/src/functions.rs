//! The functions of SQL that put texts and lists together. Each takes values that are known.

use std::rc::Rc;

use crate::patterns;
use crate::quoting::{quote_identifier, quote_literal};
use crate::value::{LENGTH_LIMIT, Value};

/// Calls a function; what is not known here, or known to be more than this, is unknown.
///
/// Source: <https://www.postgresql.org/docs/current/functions-string.html> and `functions-array`.
pub(crate) fn call(name: &str, arguments: &[Value]) -> Value {
    if let Some(value) = call_with_nulls(name, arguments) {
        return value;
    }
    if arguments.contains(&Value::Null) {
        return Value::Null;
    }
    if arguments.iter().any(Value::is_unknown) {
        return Value::Unknown;
    }
    let value = match arguments {
        [Value::List(items), rest @ ..] => call_on_list(name, items, rest),
        [Value::Text(text)] => call_on_text(name, text),
        [Value::Text(text), rest @ ..] => call_with_text(name, text, rest),
        _ => None,
    };
    value.unwrap_or(Value::Unknown)
}

/// Functions for which `NULL` is a value like any other.
fn call_with_nulls(name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        ("coalesce" | "ifnull", _) => {
            let first = arguments.iter().find(|it| **it != Value::Null);
            Some(first.cloned().unwrap_or(Value::Null))
        }
        ("nullif", [left, right]) => {
            let is_same = crate::value::order(left, right, false);
            Some(match is_same {
                _ if *left == Value::Null || *right == Value::Null => left.clone(),
                Some(std::cmp::Ordering::Equal) => Value::Null,
                Some(_) => left.clone(),
                None => Value::Unknown,
            })
        }
        ("concat", _) => Some(join_texts("", arguments.iter())),
        ("concat_ws", [Value::Text(separator), rest @ ..]) => {
            Some(join_texts(separator, rest.iter()))
        }
        ("format", [Value::Text(pattern), rest @ ..]) => {
            Some(format(pattern, rest).map_or(Value::Unknown, Value::text))
        }
        ("quote_nullable", [Value::Null]) => Some(Value::text("NULL")),
        ("array_append", [Value::List(items), item]) => {
            Some(Value::list(items.iter().chain([item]).cloned().collect()))
        }
        ("array_append", [Value::Null, item]) => Some(Value::list(vec![item.clone()])),
        ("array_to_string" | "array_position", [Value::List(_), ..]) => None,
        _ => None,
    }
}

fn call_on_text(name: &str, text: &str) -> Option<Value> {
    Some(match name {
        "lower" | "lcase" => Value::text(text.to_lowercase()),
        "upper" | "ucase" => Value::text(text.to_uppercase()),
        "quote_ident" => Value::text(quote_identifier(text)),
        "quote_literal" | "quote_nullable" => Value::text(quote_literal(text)),
        "trim" | "btrim" => Value::text(text.trim_matches(' ')),
        "ltrim" => Value::text(text.trim_start_matches(' ')),
        "rtrim" => Value::text(text.trim_end_matches(' ')),
        "length" | "char_length" | "character_length" => count(text.chars().count()),
        _ => return None,
    })
}

fn call_with_text(name: &str, text: &str, rest: &[Value]) -> Option<Value> {
    Some(match (name, rest) {
        ("replace", [Value::Text(from), Value::Text(to)]) => replace(text, from, to),
        ("regexp_replace", [Value::Text(pattern), Value::Text(to), rest @ ..]) => {
            let is_global = match rest {
                [] => false,
                [Value::Text(flags)] if &**flags == "g" => true,
                _ => return None,
            };
            Value::text(patterns::replace_match(text, pattern, to, is_global)?)
        }
        ("split_part", [Value::Text(separator), Value::Number(nth)]) => {
            let nth = usize::try_from(*nth).ok()?.checked_sub(1)?;
            let part = match separator.is_empty() {
                true => (nth == 0).then_some(text),
                false => text.split(&**separator).nth(nth),
            };
            Value::text(part.unwrap_or_default())
        }
        ("starts_with", [Value::Text(start)]) => Value::Bool(text.starts_with(&**start)),
        ("strpos" | "instr", [Value::Text(part)]) => {
            let at = text.find(&**part).map_or(0, |at| text[..at].chars().count() + 1);
            count(at)
        }
        ("left", [Value::Number(length)]) => Value::text(left(text, *length)),
        ("right", [Value::Number(length)]) => {
            let all = i64::try_from(text.chars().count()).ok()?;
            let kept = if *length >= 0 { (*length).min(all) } else { all.saturating_add(*length) };
            Value::text(substring(text, all - kept.max(0) + 1, kept.max(0)))
        }
        ("substring" | "substr" | "mid", [Value::Number(start)]) => {
            Value::text(substring(text, *start, i64::MAX))
        }
        ("substring" | "substr" | "mid", [Value::Number(start), Value::Number(length)]) => {
            Value::text(substring(text, *start, *length))
        }
        ("btrim", [Value::Text(set)]) => Value::text(text.trim_matches(|it| set.contains(it))),
        ("ltrim", [Value::Text(set)]) => {
            Value::text(text.trim_start_matches(|it| set.contains(it)))
        }
        ("rtrim", [Value::Text(set)]) => Value::text(text.trim_end_matches(|it| set.contains(it))),
        ("repeat", [Value::Number(times)]) => {
            let times = usize::try_from((*times).max(0)).ok()?;
            let length = text.len().checked_mul(times)?;
            Value::text((length <= LENGTH_LIMIT).then(|| text.repeat(times))?)
        }
        ("string_to_array", [Value::Text(separator)]) if !separator.is_empty() => {
            let parts =
                if text.is_empty() { Vec::new() } else { text.split(&**separator).collect() };
            Value::list(parts.into_iter().map(Value::text).collect())
        }
        _ => return None,
    })
}

fn call_on_list(name: &str, items: &Rc<[Value]>, rest: &[Value]) -> Option<Value> {
    Some(match (name, rest) {
        ("array_length", [Value::Number(1)]) if items.is_empty() => Value::Null,
        ("array_length", [Value::Number(1)]) | ("cardinality", []) => count(items.len()),
        ("array_upper", [Value::Number(1)]) if !items.is_empty() => count(items.len()),
        ("array_lower", [Value::Number(1)]) if !items.is_empty() => count(1),
        ("array_to_string", [Value::Text(separator)]) => join_texts(separator, items.iter()),
        ("array_position", [item]) => {
            items.iter().position(|it| it == item).map_or(Value::Null, |at| count(at + 1))
        }
        _ => return None,
    })
}

fn count(number: usize) -> Value {
    i64::try_from(number).map_or(Value::Unknown, Value::Number)
}

fn replace(text: &str, from: &str, to: &str) -> Value {
    if from.is_empty() {
        return Value::text(text);
    }
    // What it may come to is known before it is made.
    let grows_by = text.matches(from).count().saturating_mul(to.len());
    match grows_by > LENGTH_LIMIT {
        true => Value::Unknown,
        false => Value::text(text.replace(from, to)),
    }
}

fn left(text: &str, length: i64) -> &str {
    let all = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let kept = if length >= 0 { length } else { all.saturating_add(length).max(0) };
    substring(text, 1, kept)
}

/// The characters from the first on, which has the number 1; numbers before that count all the same.
fn substring(text: &str, start: i64, length: i64) -> &str {
    let end = start.saturating_add(length.max(0)).max(1);
    let start = start.max(1);
    let byte = |nth: i64| {
        let nth = usize::try_from(nth - 1).unwrap_or(usize::MAX);
        text.char_indices().nth(nth).map_or(text.len(), |(at, _)| at)
    };
    let (start, end) = (byte(start), byte(end));
    text.get(start..end).unwrap_or_default()
}

/// Texts with a separator between them; those that are not there are left out.
pub(crate) fn join_texts<'v>(separator: &str, values: impl Iterator<Item = &'v Value>) -> Value {
    let mut text = String::new();
    let mut is_first = true;
    for value in values.filter(|it| **it != Value::Null) {
        let Some(part) = plain_text(value) else { return Value::Unknown };
        if !is_first {
            text.push_str(separator);
        }
        is_first = false;
        text.push_str(&part);
        if text.len() > LENGTH_LIMIT {
            return Value::Unknown;
        }
    }
    Value::text(text)
}

/// A value as a text, where that takes no knowledge of the database.
pub(crate) fn plain_text(value: &Value) -> Option<Rc<str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(Rc::from(number.to_string())),
        // `concat` and `format` write the short form.
        Value::Bool(value) => Some(Rc::from(if *value { "t" } else { "f" })),
        _ => None,
    }
}

/// `format('... %I ... %L ...', a, b)`.
///
/// Source: <https://www.postgresql.org/docs/current/functions-string.html#FUNCTIONS-STRING-FORMAT>
fn format(pattern: &str, values: &[Value]) -> Option<String> {
    let mut text = String::new();
    let mut next = 0;
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let mut index = next;
        if digits > 0 && rest[digits..].starts_with('$') {
            index = rest[..digits].parse::<usize>().ok()?.checked_sub(1)?;
            rest = &rest[digits + 1..];
        }
        let kind = rest.chars().next()?;
        rest = &rest[kind.len_utf8()..];
        if kind == '%' {
            text.push('%');
            continue;
        }
        let value = values.get(index)?;
        match (kind, value) {
            ('s', Value::Null) => {}
            ('L', Value::Null) => text.push_str("NULL"),
            ('s', value) => text.push_str(&plain_text(value)?),
            ('I', value) => text.push_str(&quote_identifier(&plain_text(value)?)),
            ('L', value) => text.push_str(&quote_literal(&plain_text(value)?)),
            _ => return None,
        }
        next = index + 1;
        if text.len() > LENGTH_LIMIT {
            return None;
        }
    }
    text.push_str(rest);
    Some(text)
}
