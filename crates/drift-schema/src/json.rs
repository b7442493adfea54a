//! `JSON.parse` and `JSON.stringify`.

use std::fmt::Write;

use drift_model::Span;
use swc_atoms::Atom;

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::value::{Properties, Property, Value, number_text};

/// Longer texts are not read or written.
const LENGTH_LIMIT: usize = 1 << 16;

/// Values within values.
const DEPTH_LIMIT: usize = 100;

impl<'a> Evaluator<'a> {
    pub(crate) fn call_json(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let known = match (function, arguments.first()) {
            ("parse", Some(Value::String(text)))
                if arguments.len() == 1 && text.len() <= LENGTH_LIMIT =>
            {
                self.parse_json(text, site.span)
            }
            ("stringify", Some(value)) => self.json_of(value, arguments, site),
            _ => None,
        };
        match (known, arguments.first()) {
            (Some(known), _) => known,
            (None, Some(Value::Unknown(unknown))) => Value::Unknown(unknown),
            _ => self.no_method(function, site),
        }
    }

    fn parse_json(&mut self, text: &str, span: Span) -> Option<Value<'a>> {
        self.spend(text.len() as u64 / 8, span).ok()?;
        let mut reader = Reader { text, at: 0, depth: 0 };
        let value = reader.value(self, span)?;
        reader.skip_space();
        (reader.at == text.len()).then_some(value)
    }

    fn json_of(
        &mut self,
        value: &Value<'a>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let has_replacer = !matches!(arguments.get(1), None | Some(Value::Undefined | Value::Null));
        if has_replacer {
            return None;
        }
        let indent = match arguments.get(2) {
            None | Some(Value::Undefined | Value::Null) => String::new(),
            Some(Value::Number(width)) => " ".repeat(width.clamp(0.0, 10.0) as usize),
            Some(Value::String(text)) => text.chars().take(10).collect(),
            Some(_) => return None,
        };
        let mut text = String::new();
        match self.write_json(value, &indent, 0, &mut text, site)? {
            true => Some(Value::string(text)),
            false => Some(Value::Undefined),
        }
    }

    /// Writes a value; false for what JSON leaves out, `None` for what is not known.
    fn write_json(
        &mut self,
        value: &Value<'a>,
        indent: &str,
        depth: usize,
        text: &mut String,
        site: CallSite,
    ) -> Option<bool> {
        self.spend(1, site.span).ok()?;
        if depth > DEPTH_LIMIT || text.len() > LENGTH_LIMIT {
            return None;
        }
        match value {
            Value::Undefined | Value::Function(_) => return Some(false),
            Value::Null => text.push_str("null"),
            Value::Bool(value) => _ = write!(text, "{value}"),
            Value::Number(value) if value.is_finite() => text.push_str(&number_text(*value)),
            Value::Number(_) => text.push_str("null"),
            Value::String(value) => quote(value, text),
            Value::Array(array) => {
                let items = array.items.borrow().clone();
                text.push('[');
                for (position, item) in items.iter().enumerate() {
                    separate(position == 0, indent, depth + 1, text);
                    if !self.write_json(item, indent, depth + 1, text, site)? {
                        text.push_str("null");
                    }
                }
                close(items.is_empty(), indent, depth, text);
                text.push(']');
            }
            Value::Object(object) if object.unknown_part.get().is_none() => {
                let mut is_empty = true;
                text.push('{');
                for (key, value) in self.entries(value) {
                    let before = text.len();
                    separate(is_empty, indent, depth + 1, text);
                    quote(&key, text);
                    text.push_str(if indent.is_empty() { ":" } else { ": " });
                    if self.write_json(&value, indent, depth + 1, text, site)? {
                        is_empty = false;
                    } else {
                        text.truncate(before);
                    }
                }
                close(is_empty, indent, depth, text);
                text.push('}');
            }
            _ => return None,
        }
        Some(true)
    }
}

fn separate(is_first: bool, indent: &str, depth: usize, text: &mut String) {
    if !is_first {
        text.push(',');
    }
    if !indent.is_empty() {
        text.push('\n');
        text.push_str(&indent.repeat(depth));
    }
}

fn close(is_empty: bool, indent: &str, depth: usize, text: &mut String) {
    if !is_empty && !indent.is_empty() {
        text.push('\n');
        text.push_str(&indent.repeat(depth));
    }
}

fn quote(value: &str, text: &mut String) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            letter if letter < ' ' => _ = write!(text, "\\u{:04x}", u32::from(letter)),
            letter => text.push(letter),
        }
    }
    text.push('"');
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn eat(&mut self, expected: &str) -> bool {
        self.skip_space();
        let is_there = self.text[self.at..].starts_with(expected);
        if is_there {
            self.at += expected.len();
        }
        is_there
    }

    fn value<'a>(&mut self, evaluator: &mut Evaluator<'a>, span: Span) -> Option<Value<'a>> {
        if self.depth > DEPTH_LIMIT {
            return None;
        }
        self.depth += 1;
        let value = if self.eat("{") {
            let mut properties = Properties::default();
            let mut is_first = true;
            while !self.eat("}") {
                if !is_first && !self.eat(",") {
                    return None;
                }
                is_first = false;
                self.skip_space();
                let key = Atom::from(self.string()?);
                if !self.eat(":") {
                    return None;
                }
                let value = self.value(evaluator, span)?;
                properties.insert(key, Property { value, is_getter: false, span });
            }
            Value::Object(evaluator.arena.object(properties))
        } else if self.eat("[") {
            let mut items = Vec::new();
            while !self.eat("]") {
                if !items.is_empty() && !self.eat(",") {
                    return None;
                }
                items.push(self.value(evaluator, span)?);
            }
            evaluator.arena.array(items)
        } else if self.eat("null") {
            Value::Null
        } else if self.eat("true") {
            Value::Bool(true)
        } else if self.eat("false") {
            Value::Bool(false)
        } else if self.text[self.at..].starts_with('"') {
            Value::string(self.string()?)
        } else {
            self.number()?
        };
        self.depth -= 1;
        Some(value)
    }

    fn number<'a>(&mut self) -> Option<Value<'a>> {
        let rest = &self.text[self.at..];
        let is_part = |it: char| it.is_ascii_digit() || matches!(it, '-' | '+' | '.' | 'e' | 'E');
        let length = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
        self.at += length;
        rest[..length].parse().ok().map(Value::Number)
    }

    fn string(&mut self) -> Option<String> {
        let mut letters = self.text[self.at..].char_indices();
        let mut text = String::new();
        if letters.next()?.1 != '"' {
            return None;
        }
        loop {
            match letters.next()? {
                (at, '"') => {
                    self.at += at + 1;
                    return Some(text);
                }
                (_, '\\') => text.push(match letters.next()?.1 {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let digits: String = letters.by_ref().take(4).map(|(_, it)| it).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                    }
                    letter @ ('"' | '\\' | '/') => letter,
                    _ => return None,
                }),
                (_, letter) => text.push(letter),
            }
        }
    }
}
