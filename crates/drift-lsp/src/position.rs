//! Places as the protocol counts them: lines from 0, and units of an encoding in a line.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What the characters of a [`Position`] are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client knows.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// The one that a client likes best of those that there are.
    pub(crate) fn negotiate(offered: &[String]) -> Self {
        let known = |name: &String| match name.as_str() {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        };
        offered.iter().find_map(known).unwrap_or(Encoding::Utf16)
    }

    /// As the protocol calls it.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, character: char) -> u32 {
        match self {
            Encoding::Utf8 => character.len_utf8() as u32,
            Encoding::Utf16 => character.len_utf16() as u32,
            Encoding::Utf32 => 1,
        }
    }
}

/// A text and where its lines begin. A line ends with `\n`, `\r\n` or `\r`.
#[derive(Debug)]
pub(crate) struct Lines<'t> {
    text: &'t str,
    encoding: Encoding,
    starts: Vec<usize>,
    /// The units of a byte order mark that the client counts and `text` does not have.
    mark: u32,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let is_end = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        let ends = (0..bytes.len()).filter(is_end);
        let starts = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        Self { text, encoding, starts, mark: 0 }
    }

    /// A text that lacks the byte order mark that the client's begins with.
    pub(crate) fn with_mark(self) -> Self {
        Self { mark: self.encoding.units('\u{feff}'), ..self }
    }

    /// The byte that a position stands in front of. A position behind the end of a line is its end, one
    /// behind the last line the end of the text, and one inside a character the start of that.
    pub(crate) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else { return self.text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text[start..end].trim_end_matches(['\r', '\n']);
        let mark = if line == 0 { self.mark } else { 0 };
        let mut left = position.character.saturating_sub(mark);
        let mut offset = start;
        for character in content.chars() {
            let Some(rest) = left.checked_sub(self.encoding.units(character)) else { break };
            left = rest;
            offset += character.len_utf8();
        }
        offset
    }

    /// Where a byte lies. One behind the end counts as the end, one inside a character as its start.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.starts[line]..offset];
        let mark = if line == 0 { self.mark } else { 0 };
        let character = match self.encoding {
            Encoding::Utf8 => before.len() as u32,
            _ => before.chars().map(|it| self.encoding.units(it)).sum(),
        };
        Position { line: line as u32, character: character + mark }
    }

    /// From one byte up to another.
    pub(crate) fn range(&self, range: std::ops::Range<usize>) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end.max(range.start)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn counts_in_the_units_of_its_encoding() {
        let text = "a\r\né𝄞x\ry";
        let end_of_clef = text.find('x').unwrap();
        let expected = [at(1, 6), at(1, 3), at(1, 2)];
        for (encoding, expected) in std::iter::zip(ENCODINGS, expected) {
            let lines = Lines::new(text, encoding);
            assert_eq!(lines.position(end_of_clef), expected);
            assert_eq!(lines.offset(expected), end_of_clef);
            assert_eq!(lines.position(text.len() - 1), at(2, 0));
        }
    }

    #[test]
    fn positions_that_are_not_there_are_moved_to_where_the_text_is() {
        let lines = Lines::new("ab\r\n𝄞\n", Encoding::Utf16);
        assert_eq!(lines.offset(at(0, 99)), 2);
        assert_eq!(lines.offset(at(1, 1)), 4);
        assert_eq!(lines.offset(at(1, 2)), 8);
        assert_eq!(lines.offset(at(2, 5)), 9);
        assert_eq!(lines.offset(at(7, 0)), 9);
        assert_eq!(lines.offset(at(u32::MAX, u32::MAX)), 9);
        assert_eq!(lines.position(6), at(1, 0));
        assert_eq!(lines.position(1000), at(2, 0));
    }

    #[test]
    fn a_byte_order_mark_counts_for_the_client() {
        let lines = Lines::new("ab\nc", Encoding::Utf16).with_mark();
        assert_eq!(lines.position(1), at(0, 2));
        assert_eq!(lines.offset(at(0, 2)), 1);
        assert_eq!(lines.offset(at(0, 0)), 0);
        assert_eq!(lines.position(3), at(1, 0));
    }

    #[test]
    fn takes_what_the_client_likes_best() {
        let negotiate = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
            Encoding::negotiate(&names)
        };
        assert_eq!(negotiate(&["utf-7", "utf-8", "utf-16"]), Encoding::Utf8);
        assert_eq!(negotiate(&["utf-16", "utf-8"]), Encoding::Utf16);
        assert_eq!(negotiate(&["utf-32"]), Encoding::Utf32);
        assert_eq!(negotiate(&[]), Encoding::Utf16);
    }

    proptest! {
        /// Every character has a position of its own that leads back to it, but for the line feed of `\r\n`.
        #[test]
        fn positions_lead_back(text in "([a-c é𝄞\u{1f600}\u{feff}]|\r\n|\r|\n){0,40}") {
            for encoding in ENCODINGS {
                let lines = Lines::new(&text, encoding);
                for (offset, character) in text.char_indices() {
                    let is_inside = character == '\n' && text[..offset].ends_with('\r');
                    if !is_inside {
                        prop_assert_eq!(lines.offset(lines.position(offset)), offset);
                    }
                }
                prop_assert_eq!(lines.offset(lines.position(text.len())), text.len());
            }
        }

        /// UTF-16 is counted as JavaScript counts it.
        #[test]
        fn utf_16_is_that_of_javascript(text in "[a é𝄞\u{1f600}\n]{0,40}") {
            let lines = Lines::new(&text, Encoding::Utf16);
            for (offset, _) in text.char_indices() {
                let line = text[..offset].rsplit('\n').next().unwrap();
                let expected = line.encode_utf16().count() as u32;
                prop_assert_eq!(lines.position(offset).character, expected);
            }
        }
    }
}
