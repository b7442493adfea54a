//! Markdown in which nothing that was read is markup, for reports and editors alike.

/// Text of one line in code, whatever is in it.
pub fn code(line: &str) -> String {
    if line.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(line) + 1);
    let blank = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{line}{blank}{fence}")
}

/// How many backticks stand in a row at the most: a fence has to be longer.
pub fn longest_run(text: &str) -> usize {
    text.split(|it| it != '`').map(str::len).max().unwrap_or(0)
}

/// Text in which nothing is Markdown or HTML. A bar is to be escaped where it stands in a cell.
pub fn escape(text: &str) -> String {
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

/// A message of one line, in which backticks mark code; `escape` is for the rest.
pub fn prose(line: &str, escape: impl Fn(&str) -> String) -> String {
    if !line.matches('`').count().is_multiple_of(2) {
        return escape(line);
    }
    let parts = line.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { escape(part) } else { code(part) }).collect()
}
