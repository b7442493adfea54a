//! Reads the syntax tree of a JSON file through serde, and keeps the places.
//!
//! A type of the settings says `Placed<T>` where its place in the file matters; whatever is refused is
//! refused with the place of the innermost value that is wrong, in words for people.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use jsonc_parser::ast::{Array, Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};
use serde::de::value::{BorrowedStrDeserializer, UsizeDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, Unexpected};
use serde::{Deserialize, forward_to_deserialize_any};

/// A value and where it is written.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) range: Range,
}

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    /// `None` only until the value that was being read is known.
    pub(crate) range: Option<Range>,
    subject: Subject,
}

/// What a message still has to name in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    None,
    /// The key whose value is wrong.
    Key,
    /// The key whose list has a wrong entry.
    Entry,
}

/// Reads a value.
///
/// # Errors
/// It is not of the type; `name` is what messages call the whole.
pub(crate) fn read<'de, T: Deserialize<'de>>(
    name: &str,
    value: &'de Value<'de>,
) -> Result<T, Refusal> {
    T::deserialize(Node(value)).map_err(|it| it.named(name))
}

impl Refusal {
    fn at(mut self, range: Range) -> Self {
        self.range.get_or_insert(range);
        self
    }

    /// Puts what the message is about in front of it, where that is missing.
    fn named(mut self, name: &str) -> Self {
        let message = std::mem::take(&mut self.message);
        self.message = match self.subject {
            Subject::None => message,
            Subject::Key => format!("{name} {message}"),
            Subject::Entry => format!("an entry of {name} {message}"),
        };
        self.subject = Subject::None;
        self
    }

    fn in_list(mut self) -> Self {
        if self.subject == Subject::Key {
            self.subject = Subject::Entry;
        }
        self
    }
}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), range: None, subject: Subject::None }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = match expected.to_string().as_str() {
            "a sequence" => "a list".to_owned(),
            "a map" => "an object".to_owned(),
            other => other.to_owned(),
        };
        let found = match found {
            Unexpected::Str(_) => "a string",
            Unexpected::Bool(_) => "a boolean",
            Unexpected::Map => "an object",
            Unexpected::Seq => "an array",
            Unexpected::Unit => "null",
            _ => "a number",
        };
        let message = format!("must be {expected}, not {found}");
        Self { message, range: None, subject: Subject::Key }
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Self::custom(unknown("key", name, known))
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Self::custom(unknown("value", name, known))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::custom(format!("`{name}` is missing"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

/// Says that a name is not known, and which is meant or which there are.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    // The first knows beginnings (`environment`), the second letters that changed places (`evn`).
    let likeness = |known: &str| {
        strsim::jaro_winkler(known, name)
            .max(strsim::normalized_damerau_levenshtein(known, name) + 0.15)
    };
    let nearest = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|it| likeness(it) > 0.7) {
        Some(nearest) => format!("unknown {what} `{name}`; did you mean `{nearest}`?"),
        None => format!("unknown {what} `{name}`: expected `{}`", known.join("`, `")),
    }
}

/// What [`Placed`] asks a deserializer for; no type of the settings is called so.
const PLACED: &str = "$Placed";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Placed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple_struct(PLACED, 3, PlacedVisitor(PhantomData))
    }
}

struct PlacedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for PlacedVisitor<T> {
    type Value = Placed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let missing = || de::Error::custom("a place is missing");
        let start = parts.next_element()?.ok_or_else(missing)?;
        let end = parts.next_element()?.ok_or_else(missing)?;
        let value = parts.next_element()?.ok_or_else(missing)?;
        Ok(Placed { value, range: Range { start, end } })
    }
}

/// A list, or the one value that it would hold.
#[derive(Debug, Clone)]
pub(crate) struct OneOrMany<T>(pub(crate) Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What [`OneOrMany`] asks a deserializer for; no type of the settings is called so.
const ONE_OR_MANY: &str = "$OneOrMany";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ONE_OR_MANY, OneOrManyVisitor(PhantomData))
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(OneOrMany(all))
    }
}

/// A value where a list may be.
struct One<D>(Option<D>);

impl<'de, D: Deserializer<'de, Error = Refusal>> de::SeqAccess<'de> for One<D> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        self.0.take().map(|value| seed.deserialize(value)).transpose()
    }
}

/// The properties of an object in the order in which they are written.
#[derive(Debug, Clone)]
pub(crate) struct Entries<T>(pub(crate) Vec<(Placed<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for EntriesVisitor<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            all.push(entry);
        }
        Ok(Entries(all))
    }
}

/// Start, end and value, one after the other.
struct PlacedParts<D> {
    numbers: std::array::IntoIter<usize, 2>,
    value: Option<D>,
}

impl<D> PlacedParts<D> {
    fn new(range: Range, value: D) -> Self {
        Self { numbers: [range.start, range.end].into_iter(), value: Some(value) }
    }
}

impl<'de, D: Deserializer<'de, Error = Refusal>> de::SeqAccess<'de> for PlacedParts<D> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        if let Some(number) = self.numbers.next() {
            let number: UsizeDeserializer<Refusal> = number.into_deserializer();
            return seed.deserialize(number).map(Some);
        }
        self.value.take().map(|value| seed.deserialize(value)).transpose()
    }
}

/// A value of the tree.
#[derive(Clone, Copy)]
struct Node<'de>(&'de Value<'de>);

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Refusal;

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let result = match self.0 {
            Value::StringLit(text) => visitor.visit_borrowed_str(&text.value),
            Value::BooleanLit(literal) => visitor.visit_bool(literal.value),
            Value::NullKeyword(_) => visitor.visit_unit(),
            Value::NumberLit(number) => match number.value.parse() {
                Ok(number) => visitor.visit_u64(number),
                Err(_) => visitor.visit_f64(number.value.parse().unwrap_or(f64::NAN)),
            },
            Value::Array(array) => visitor.visit_seq(Elements(array, 0)),
            Value::Object(object) => visitor.visit_map(Properties::new(object)),
        };
        result.map_err(|it| it.at(self.0.range()))
    }

    /// `null` is not the same as nothing here: what is written has to be a value.
    fn deserialize_option<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: de::Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match (name, self.0) {
            (ONE_OR_MANY, Value::Array(_)) => self.deserialize_any(visitor),
            (ONE_OR_MANY, _) => visitor.visit_seq(One(Some(self))),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_tuple_struct<V: de::Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match name {
            PLACED => visitor.visit_seq(PlacedParts::new(self.0.range(), self)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_map<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Object(_) => self.deserialize_any(visitor),
            _ => self.deserialize_any(Wrong("an object")).map(|never| match never {}),
        }
    }

    /// Never a list of its fields, which serde would take for it.
    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_map(visitor)
    }

    /// The name of the type is what messages call its values.
    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let range = self.0.range();
        let Value::StringLit(text) = self.0 else {
            let expected = format!("one of `{}`", known.join("`, `"));
            return self.deserialize_any(Wrong(&expected)).map(|never: Never| match never {});
        };
        if !known.contains(&&*text.value) {
            let message = unknown(name, &text.value, known);
            return Err(<Refusal as de::Error>::custom(message).at(range));
        }
        visitor
            .visit_enum(BorrowedStrDeserializer::<Refusal>::new(&text.value))
            .map_err(|it| it.at(range))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple identifier ignored_any
    }
}

/// Takes no value at all.
struct Wrong<'a>(&'a str);

enum Never {}

impl de::Visitor<'_> for Wrong<'_> {
    type Value = Never;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

struct Elements<'de>(&'de Array<'de>, usize);

impl<'de> de::SeqAccess<'de> for Elements<'de> {
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let Some(element) = self.0.elements.get(self.1) else { return Ok(None) };
        self.1 += 1;
        seed.deserialize(Node(element)).map(Some).map_err(Refusal::in_list)
    }
}

struct Properties<'de> {
    rest: std::slice::Iter<'de, ObjectProp<'de>>,
    current: Option<&'de ObjectProp<'de>>,
    seen: HashSet<&'de str>,
}

impl<'de> Properties<'de> {
    fn new(object: &'de Object<'de>) -> Self {
        Self { rest: object.properties.iter(), current: None, seen: HashSet::new() }
    }
}

impl<'de> de::MapAccess<'de> for Properties<'de> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let Some(property) = self.rest.next() else { return Ok(None) };
        self.current = Some(property);
        let key = Key { text: property.name.as_str(), range: property.name.range() };
        if !self.seen.insert(key.text) {
            let message = format!("`{}` is there twice", key.text);
            return Err(<Refusal as de::Error>::custom(message).at(key.range));
        }
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let property = self.current.take().expect("a key comes before its value");
        let name = format!("`{}`", property.name.as_str());
        seed.deserialize(Node(&property.value)).map_err(|it| it.named(&name))
    }
}

/// The name of a property.
#[derive(Clone, Copy)]
struct Key<'de> {
    text: &'de str,
    range: Range,
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Refusal;

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_borrowed_str(self.text).map_err(|it: Refusal| it.at(self.range))
    }

    fn deserialize_tuple_struct<V: de::Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        match name {
            PLACED => visitor.visit_seq(PlacedParts::new(self.range, self)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple map struct enum identifier ignored_any
    }
}
