//! Text for terminals: nothing that was read may move the cursor, and lines fit the width.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// A text in which control characters, and those that turn the direction of writing, can be seen.
/// Line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if is_invisible(char) {
            shown.extend(char.escape_unicode());
        } else {
            shown.push(char);
        }
    }
    Cow::Owned(shown)
}

/// Source text for the renderer of quotes, which makes the control characters of ASCII visible, but
/// leaves others to the terminal and takes no carriage return for the end of a line. As many characters
/// as before.
pub(crate) fn quotable(text: &str) -> Cow<'_, str> {
    let is_left = |char: char| !char.is_ascii() && is_invisible(char) || char == '\r';
    if !text.contains(is_left) {
        return Cow::Borrowed(text);
    }
    let mut next = text.chars().skip(1);
    let shown = text.chars().map(|char| match (char, next.next()) {
        ('\r', Some('\n')) => char,
        ('\r', _) => '\n',
        _ if is_left(char) => '\u{fffd}',
        _ => char,
    });
    Cow::Owned(shown.collect())
}

fn is_invisible(char: char) -> bool {
    let turns_direction = matches!(char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let separates_lines = matches!(char, '\u{2028}' | '\u{2029}');
    char.is_control() && !matches!(char, '\n' | '\t') || turns_direction || separates_lines
}

/// A text in one line, with one blank for all white space between two words.
pub(crate) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" ")).into_owned()
}

/// A name in one line, as it is but for what would break the line or cannot be seen.
pub(crate) fn name_in_line(name: &str) -> Cow<'_, str> {
    let breaks = |char: char| is_invisible(char) || matches!(char, '\n' | '\t');
    if !name.contains(breaks) {
        return Cow::Borrowed(name);
    }
    let shown = name.chars().map(|it| match breaks(it) {
        true => it.escape_unicode().to_string(),
        false => it.to_string(),
    });
    Cow::Owned(shown.collect())
}

/// Breaks a line between words so that it fits a width of terminal columns. `indent` stands before
/// all lines but the first; `used` columns of the first one are taken already.
pub(crate) fn wrap(text: &str, width: Option<usize>, used: usize, indent: &str) -> String {
    let text = one_line(text);
    let Some(width) = width else { return text };
    let mut wrapped = String::with_capacity(text.len() + 16);
    let mut column = used;
    for (position, word) in text.split(' ').enumerate() {
        let size = word.width();
        if position > 0 && column + 1 + size > width {
            wrapped.push('\n');
            wrapped.push_str(indent);
            column = indent.len();
        } else if position > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += size;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("a\r\u{202e}b\u{9b}\n\tc"), "a\\u{d}\\u{202e}b\\u{9b}\n\tc");
        assert_eq!(one_line(" a\r\n  b\u{7}"), "a b\\u{7}");
        assert_eq!(name_in_line(" a  b\n\u{7}.ts"), " a  b\\u{a}\\u{7}.ts");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", Some(8), 0, "  "), "one two\n  three");
        assert_eq!(wrap("one two three", Some(8), 4, "  "), "one\n  two\n  three");
        assert_eq!(wrap("one averylongword b", Some(6), 0, ""), "one\naverylongword\nb");
        assert_eq!(wrap("日本語 日本語", Some(12), 0, ""), "日本語\n日本語");
        assert_eq!(wrap("one two", None, 0, ""), "one two");
    }
}
