//! Pieces of Markdown in which nothing that was read is markup.

/// A text in one line, in which control characters and those that turn the direction of writing are
/// left out.
pub(crate) fn one_line(text: &str) -> String {
    let is_unwanted = |char: char| {
        let turns_direction = matches!(char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        char.is_control() || turns_direction
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace(is_unwanted, "")
}

/// Text in code, whatever is in it.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A message, in which backticks mark code.
pub(crate) fn prose(message: &str) -> String {
    let message = one_line(message);
    if !message.matches('`').count().is_multiple_of(2) {
        return escape(&message);
    }
    let parts = message.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { escape(part) } else { code(part) }).collect()
}

/// A line of a table, where a bar counts even in code.
pub(crate) fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<String> = cells.iter().map(|it| it.as_ref().replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let is_inside =
            before.is_alphanumeric() && chars.peek().is_some_and(|it| it.is_alphanumeric());
        match char {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '_' if is_inside => escaped.push(char),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '!' => {
                escaped.push('\\');
                escaped.push(char);
            }
            _ => escaped.push(char),
        }
        before = char;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(prose("a_b _c_ *d* <b> `e*`"), "a_b \\_c\\_ \\*d\\* &lt;b&gt; `e*`");
        assert_eq!(prose("one ` alone"), "one \\` alone");
        assert_eq!(row(&[code("a`b|c"), "d".to_owned()]), "| ``a`b\\|c`` | d |");
        assert_eq!(code("a\n\u{202e}b"), "`a b`");
    }
}
