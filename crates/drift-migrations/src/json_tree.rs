//! Reads JSON into the syntax tree of jsonc-parser, in a fraction of its time.
//!
//! What drizzle-kit writes is plain. Everything else, mistakes among it, is left to jsonc-parser, which has a
//! word and a place for each of them.

use std::borrow::Cow;

use jsonc_parser::ast::{
    Array, BooleanLit, NullKeyword, NumberLit, Object, ObjectProp, ObjectPropName, StringLit, Value,
};
use jsonc_parser::common::Range;

/// How deeply values lie in each other that are read here.
const MAX_DEPTH: usize = 64;

/// The value that a text is; `None` where it is not plain JSON.
pub(crate) fn parse(text: &str) -> Option<Value<'_>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = reader.value()?;
    reader.skip_blanks();
    (reader.at == text.len()).then_some(value)
}

/// How many blanks a text begins with. Most of what drizzle-kit writes are blanks that indent a line.
pub(crate) fn blanks(text: &[u8]) -> usize {
    const SPACES: u64 = u64::from_le_bytes(*b"        ");
    let mut at = 0;
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
        while let Some(next) = text[at..].first_chunk() {
            let others = u64::from_le_bytes(*next) ^ SPACES;
            at += others.trailing_zeros() as usize / 8;
            if others != 0 {
                break;
            }
        }
    }
    at
}

/// The bytes that a string without an escape does not hold.
const ENDS_PLAIN: [bool; 256] = {
    let (mut ends, mut at) = ([false; 256], 0);
    while at < 256 {
        ends[at] = matches!(at as u8, b'"' | b'\\' | 0..b' ');
        at += 1;
    }
    ends
};

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        self.at += blanks(&self.text.as_bytes()[self.at..]);
    }

    /// Passes a byte that has to come next.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip_blanks();
        self.passes(byte).then_some(())
    }

    fn passes(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn range(&self, start: usize) -> Range {
        Range { start, end: self.at }
    }

    fn value(&mut self) -> Option<Value<'t>> {
        self.skip_blanks();
        let start = self.at;
        Some(match self.peek()? {
            b'"' => Value::StringLit(self.string()?),
            b'{' => Value::Object(self.nested(Self::object)?),
            b'[' => Value::Array(self.nested(Self::array)?),
            b't' => self.boolean("true", true)?,
            b'f' => self.boolean("false", false)?,
            b'n' => {
                self.word("null")?;
                Value::NullKeyword(NullKeyword { range: self.range(start) })
            }
            _ => self.number()?,
        })
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        let value = if self.depth <= MAX_DEPTH { read(self) } else { None };
        self.depth -= 1;
        value
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn boolean(&mut self, word: &str, value: bool) -> Option<Value<'t>> {
        let start = self.at;
        self.word(word)?;
        Some(Value::BooleanLit(BooleanLit { range: self.range(start), value }))
    }

    /// A string without an escape.
    fn string(&mut self) -> Option<StringLit<'t>> {
        let start = self.at;
        let letters = &self.text.as_bytes()[start + 1..];
        let length = letters.iter().position(|it| ENDS_PLAIN[usize::from(*it)])?;
        if letters[length] != b'"' {
            return None;
        }
        self.at = start + length + 2;
        let value = Cow::Borrowed(&self.text[start + 1..self.at - 1]);
        Some(StringLit { range: self.range(start), value })
    }

    fn digits(&mut self) -> Option<()> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|it| it.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    /// A number without an exponent.
    fn number(&mut self) -> Option<Value<'t>> {
        let start = self.at;
        self.passes(b'-');
        let is_zero = self.peek() == Some(b'0');
        let first = self.at;
        self.digits()?;
        if is_zero && self.at > first + 1 {
            return None;
        }
        if self.passes(b'.') {
            self.digits()?;
        }
        // What cannot follow a number makes it another one, or a mistake.
        if self
            .peek()
            .is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'+' | b'-'))
        {
            return None;
        }
        let value = &self.text[start..self.at];
        Some(Value::NumberLit(NumberLit { range: self.range(start), value }))
    }

    fn object(&mut self) -> Option<Object<'t>> {
        let start = self.at;
        let properties = self.items(b'}', Self::property)?;
        Some(Object { range: self.range(start), properties })
    }

    fn property(&mut self) -> Option<ObjectProp<'t>> {
        self.skip_blanks();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return None;
        }
        let name = ObjectPropName::String(self.string()?);
        self.expect(b':')?;
        let value = self.value()?;
        Some(ObjectProp { range: self.range(start), name, value })
    }

    fn array(&mut self) -> Option<Array<'t>> {
        let start = self.at;
        let elements = self.items(b']', Self::value)?;
        Some(Array { range: self.range(start), elements })
    }

    /// What stands between an opening bracket and the one that closes it.
    fn items<T>(&mut self, close: u8, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_blanks();
        if self.passes(close) {
            return Some(items);
        }
        loop {
            items.push(read(self)?);
            self.skip_blanks();
            if self.passes(close) {
                return Some(items);
            }
            self.expect(b',')?;
        }
    }
}

#[cfg(test)]
mod tests {
    use jsonc_parser::ast::Value;
    use proptest::prelude::*;

    use super::parse;
    use crate::snapshot_json::parse_strictly;

    fn agrees(text: &str) -> bool {
        parse(text).is_none_or(|value| parse_strictly(text).is_ok_and(|it| it == value))
    }

    #[test]
    fn reads_what_drizzle_kit_writes() {
        let text = r#" { "a" : [ ], "b": {}, "c": [1, -2.50, 0], "d": "é", "e": null, "f": [true, false] } "#;
        assert_eq!(parse(text), Some(parse_strictly(text).unwrap()));
        assert!(matches!(parse("[\r\n\t{}\n]"), Some(Value::Array(_))));
    }

    #[test]
    fn passes_over_indents_of_any_width() {
        for width in 0..40 {
            let indent = " ".repeat(width);
            let text =
                format!("{indent}{{\r\n{indent}\"a\" :{indent}[1,\t{indent}\n2{indent}]}}{indent}");
            assert_eq!(parse(&text), Some(parse_strictly(&text).unwrap()), "{width}");
        }
        // A blank of another kind is none.
        assert_eq!(parse("[\u{b}1]"), None);
    }

    #[test]
    fn leaves_everything_else_to_the_parser() {
        let odd = [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a: 1}",
            "[1 2]",
            "01",
            "-",
            "1.",
            "1e3",
            "+1",
            "nul",
            "\"a",
            "\"\\n\"",
            "\"\n\"",
            "'a'",
            "[] []",
            "// a\n1",
            "truey",
            "\u{feff}1",
            "1x",
        ];
        for text in odd {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))), None);
    }

    proptest! {
        #[test]
        fn never_disagrees_with_the_parser(text in r#"([{}\[\],: \n]|"[a"\\é]?"|-?[01.]{1,3}|true|null|[a/]){0,14}"#) {
            prop_assert!(agrees(&text), "{text}");
        }
    }
}
