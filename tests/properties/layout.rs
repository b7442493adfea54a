//! Tokens and what lies between them, which is all that a formatter changes.

use std::ops::Range;

use fastrand::Rng;

/// A way of writing the same tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Comments, wherever there may be one.
    Comments,
    /// More lines between lines.
    BlankLines,
    /// Comments or lines here and there.
    Sprinkled,
    /// As few lines as there can be.
    OneLine,
    /// As many lines as there can be.
    LinePerToken,
    /// Deep indentation by tabs.
    Tabs,
    /// The ends of lines that Windows has.
    Crlf,
    /// What Windows puts before a text.
    Mark,
    /// Other quotes around strings.
    Quotes,
    /// Commas behind the last of several things, or none where there are some.
    Commas,
}

impl Layout {
    pub(super) const ALL: [Layout; 10] = [
        Layout::Comments,
        Layout::BlankLines,
        Layout::Sprinkled,
        Layout::OneLine,
        Layout::LinePerToken,
        Layout::Tabs,
        Layout::Crlf,
        Layout::Mark,
        Layout::Quotes,
        Layout::Commas,
    ];
}

/// What lies between two tokens, or before the first or behind the last.
pub(super) struct Gap<'a> {
    pub(super) text: &'a str,
    /// The token before it; empty before the first.
    pub(super) before: &'a str,
    /// The token behind it; empty behind the last.
    pub(super) after: &'a str,
    /// Whether something may stand there without changing what the tokens are.
    pub(super) is_open: bool,
}

/// Comments of a language, that say nothing.
#[derive(Clone, Copy)]
pub(super) struct Comments {
    pub(super) line: &'static str,
    pub(super) block: &'static str,
}

impl Gap<'_> {
    /// What lies there in another layout.
    fn in_layout(&self, layout: Layout, comments: Comments, random: &mut Rng) -> String {
        let text = self.text;
        let has_comment = !text.trim_start_matches('\u{feff}').trim().is_empty();
        let has_line = text.contains('\n');
        match layout {
            Layout::Comments if !self.is_open => text.to_owned(),
            Layout::Comments if has_line => {
                let (before, after) = text.rsplit_once('\n').unwrap_or_default();
                format!("{before}\n{}\n{after}{}", comments.line, comments.block)
            }
            Layout::Comments => format!("{text}{} ", comments.block),
            Layout::BlankLines => text.replace('\n', "\n\n \n"),
            Layout::Sprinkled if self.is_open && random.u8(..) < 40 => match random.u8(..3) {
                0 if has_line => format!("{text}{}\n", comments.line),
                1 if has_line => text.replace('\n', "\n\n\n"),
                _ => format!("{text}{} ", comments.block),
            },
            Layout::OneLine if has_line && !has_comment => " ".to_owned(),
            Layout::LinePerToken if self.is_open => format!("{text}\n"),
            Layout::Tabs => text.replace('\n', "\n\t\t\t"),
            Layout::Crlf => text.replace("\r\n", "\n").replace('\n', "\r\n"),
            Layout::Mark if self.before.is_empty() && !text.starts_with('\u{feff}') => {
                format!("\u{feff}{text}")
            }
            _ => text.to_owned(),
        }
    }
}

/// A text in another layout: its tokens, each as `token` writes it, with other gaps.
pub(super) fn written(
    text: &str,
    tokens: &[Range<usize>],
    layout: Layout,
    comments: Comments,
    is_open: &dyn Fn(&Gap<'_>) -> bool,
    token: &dyn Fn(usize, &str) -> String,
    random: &mut Rng,
) -> String {
    let mut written = String::with_capacity(2 * text.len());
    let mut end = 0;
    let end_of_text = std::iter::once(text.len()..text.len());
    for (position, range) in tokens.iter().cloned().chain(end_of_text).enumerate() {
        let before = position.checked_sub(1).map_or("", |it| &text[tokens[it].clone()]);
        let after = &text[range.clone()];
        let mut gap = Gap { text: &text[end..range.start], before, after, is_open: false };
        gap.is_open = is_open(&gap);
        written.push_str(&gap.in_layout(layout, comments, random));
        if !after.is_empty() {
            written.push_str(&token(position, after));
        }
        end = range.end;
    }
    written
}
