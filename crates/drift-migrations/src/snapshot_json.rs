//! Values of a snapshot with their places.

use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt};
use jsonc_parser::ParseOptions;
use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};

use crate::json_tree;

/// What is wrong in a snapshot, and where.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) reason: String,
    pub(crate) range: Range,
}

/// A value, or what is wrong with it.
pub(crate) type Read<T> = Result<T, Wrong>;

impl Wrong {
    pub(crate) fn new(place: &impl Ranged, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), range: place.range() }
    }
}

/// Reads a text as drizzle-kit does, which takes nothing but JSON.
pub(crate) fn parse(text: &str) -> Read<Value<'_>> {
    json_tree::parse(text).map_or_else(|| parse_strictly(text), Ok)
}

/// The parser goes no deeper than 512 levels.
pub(crate) fn parse_strictly(text: &str) -> Read<Value<'_>> {
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &options);
    let parsed = parsed.map_err(|error| Wrong {
        reason: clause(&error.kind().to_string()),
        range: error.range(),
    })?;
    let end = Range { start: text.len(), end: text.len() };
    parsed.value.ok_or_else(|| Wrong { reason: "the file is empty".to_owned(), range: end })
}

/// A sentence of the parser as the end of a message of ours.
fn clause(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The value of a key, unless it is null. Of several the last one counts, as in JavaScript.
pub(crate) fn value<'v, 't>(object: &'v Object<'t>, key: &str) -> Option<&'v Value<'t>> {
    let property = object.properties.iter().rfind(|it| it.name.as_str() == key)?;
    Some(&property.value).filter(|value| !matches!(value, Value::NullKeyword(_)))
}

/// The value of a key that has to be there.
pub(crate) fn required<'v, 't>(object: &'v Object<'t>, key: &str) -> Read<&'v Value<'t>> {
    value(object, key).ok_or_else(|| Wrong::new(object, format!("`{key}` is missing")))
}

/// The properties of the object at a key, none where there is no such key.
pub(crate) fn entries<'v, 't>(object: &'v Object<'t>, key: &str) -> Read<Vec<&'v ObjectProp<'t>>> {
    let Some(value) = value(object, key) else { return Ok(Vec::new()) };
    Ok(one_of_each(&as_object(value, key)?.properties, |it| it.name.as_str()))
}

/// Of several of one name the last one, in the place of the first.
pub(crate) fn one_of_each<T>(all: &[T], name: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut kept: Vec<&T> = Vec::with_capacity(all.len());
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(all.len());
    for item in all {
        match places.entry(name(item)) {
            Entry::Occupied(place) => kept[*place.get()] = item,
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(item);
            }
        }
    }
    kept
}

pub(crate) fn as_object<'v, 't>(value: &'v Value<'t>, key: &str) -> Read<&'v Object<'t>> {
    value.as_object().ok_or_else(|| not(value, key, "an object"))
}

pub(crate) fn as_list<'v, 't>(value: &'v Value<'t>, key: &str) -> Read<&'v [Value<'t>]> {
    value.as_array().map(|it| &*it.elements).ok_or_else(|| not(value, key, "a list"))
}

pub(crate) fn as_text<'v>(value: &'v Value<'_>, key: &str) -> Read<&'v str> {
    value.as_string_lit().map(|it| &*it.value).ok_or_else(|| not(value, key, "a string"))
}

pub(crate) fn as_flag(value: &Value<'_>, key: &str) -> Read<bool> {
    value.as_boolean_lit().map(|it| it.value).ok_or_else(|| not(value, key, "a boolean"))
}

pub(crate) fn as_texts(value: &Value<'_>, key: &str) -> Read<Vec<String>> {
    as_list(value, key)?.iter().map(|it| as_text(it, key).map(str::to_owned)).collect()
}

/// The text at a key; `None` where there is none.
pub(crate) fn text<'v>(object: &'v Object<'_>, key: &str) -> Read<Option<&'v str>> {
    value(object, key).map(|value| as_text(value, key)).transpose()
}

/// Whether a key says true; it does not where it is absent.
pub(crate) fn flag(object: &Object<'_>, key: &str) -> Read<bool> {
    value(object, key).map_or(Ok(false), |value| as_flag(value, key))
}

/// The default of a column. The first versions of 1.0 have an object for it.
pub(crate) fn default(value: &Value<'_>, text: &str) -> Option<String> {
    match value {
        Value::NullKeyword(_) => None,
        Value::StringLit(default) => Some(default.value.to_string()),
        Value::Object(object) if object.get("type").is_some() => {
            object.get("value").and_then(|it| default(&it.value, text))
        }
        value => {
            let Range { start, end } = value.range();
            text.get(start..end).map(str::to_owned)
        }
    }
}

/// A type in the spelling that the schema has for it, and whether it is an array.
pub(crate) fn data_type(written: &str) -> (String, bool) {
    let is_plain = written.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    // The values of an enumeration are what they are.
    if is_plain || written.starts_with("enum(") {
        return (written.to_owned(), false);
    }
    let (element, is_array) = match written.find('[') {
        Some(bracket) => (&written[..bracket], true),
        None => (written, false),
    };
    (element.replacen(" (", "(", 1).replacen(", ", ",", 1).to_lowercase(), is_array)
}

fn not(value: &Value<'_>, key: &str, expected: &str) -> Wrong {
    let found = match value {
        Value::StringLit(_) => "a string",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "a boolean",
        Value::Object(_) => "an object",
        Value::Array(_) => "a list",
        Value::NullKeyword(_) => "null",
    };
    Wrong::new(value, format!("`{key}` must be {expected}, not {found}"))
}
