//! The texts that an editor has open.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{Range, Uri};
use serde::Deserialize;

use crate::position::{Encoding, Lines};

/// A file as an editor has it.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// As the client calls it.
    pub(crate) uri: Uri,
    /// As the disk knows it, without symbolic links.
    pub(crate) path: PathBuf,
    /// What the client counts it as.
    pub(crate) version: i32,
    /// All of it, with a byte order mark if the client has one.
    pub(crate) text: Arc<str>,
}

/// What was typed: a text in the place of a range, or of everything.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Typed {
    pub(crate) range: Option<Range>,
    pub(crate) text: String,
}

impl Document {
    /// Does what the user has done, one after the other.
    pub(crate) fn apply(&mut self, all_typed: Vec<Typed>, encoding: Encoding) {
        let mut text = self.text.to_string();
        for typed in all_typed {
            let Some(range) = typed.range else {
                text = typed.text;
                continue;
            };
            let lines = Lines::new(&text, encoding);
            let (start, end) = (lines.offset(range.start), lines.offset(range.end));
            text.replace_range(start.min(end)..start.max(end), &typed.text);
        }
        self.text = text.into();
    }
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::Position;
    use proptest::prelude::*;

    use super::*;

    fn document(text: &str) -> Document {
        let uri = Uri("file:///a.ts".to_owned());
        Document { uri, path: "/a.ts".into(), version: 1, text: text.into() }
    }

    fn typed(start: (u32, u32), end: (u32, u32), text: &str) -> Typed {
        let position = |(line, character)| Position { line, character };
        let range = Range { start: position(start), end: position(end) };
        Typed { range: Some(range), text: text.to_owned() }
    }

    #[test]
    fn changes_are_made_in_their_order() {
        let mut it = document("one\ntwo\n");
        it.apply(
            vec![
                typed((0, 0), (0, 3), "1\n1"),
                typed((2, 0), (2, 3), "2"),
                typed((9, 9), (9, 9), "!"),
            ],
            Encoding::Utf16,
        );
        assert_eq!(&*it.text, "1\n1\n2\n!");
        let whole = Typed { range: None, text: "all".to_owned() };
        it.apply(vec![whole, typed((0, 1), (0, 99), "")], Encoding::Utf16);
        assert_eq!(&*it.text, "a");
    }

    #[test]
    fn a_range_that_runs_backwards_is_turned_round() {
        let mut it = document("abc");
        it.apply(vec![typed((0, 2), (0, 1), "-")], Encoding::Utf16);
        assert_eq!(&*it.text, "a-c");
    }

    const TEXT: &str = "([a é𝄞]|\r\n|\n){0,12}";

    proptest! {
        /// However a text is edited, it is the one that the editor has, which edits an array of UTF-16 units.
        #[test]
        fn edits_make_the_text_that_the_editor_has(
            text in TEXT,
            edits in prop::collection::vec((any::<u16>(), any::<u16>(), TEXT), 0..8),
        ) {
            let mut it = document(&text);
            let mut all_typed = Vec::new();
            let mut editor = text;
            for (from, to, new) in edits {
                let bounds: Vec<usize> = editor.char_indices().map(|(at, _)| at).chain([editor.len()]).collect();
                let pick = |it: u16| bounds[it as usize % bounds.len()];
                let (start, end) = (pick(from.min(to)), pick(from.max(to)));
                let (start, end) = (start.min(end), start.max(end));
                // No editor puts its cursor between the two characters of a line break.
                let is_inside = |at: usize| editor[..at].ends_with('\r') && editor[at..].starts_with('\n');
                if is_inside(start) || is_inside(end) {
                    continue;
                }
                let place = |at: usize| {
                    let line = editor[..at].matches('\n').count() as u32;
                    let column = editor[..at].rsplit('\n').next().unwrap().encode_utf16().count();
                    (line, column as u32)
                };
                all_typed.push(typed(place(start), place(end), &new));
                editor.replace_range(start..end, &new);
            }
            it.apply(all_typed, Encoding::Utf16);
            prop_assert_eq!(&*it.text, editor);
        }
    }
}
