//! Pieces of Markdown in which nothing that was read is markup.

use drift_check::markdown;

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
    markdown::code(&one_line(text))
}

/// A message, in which backticks mark code.
pub(crate) fn prose(message: &str) -> String {
    markdown::prose(&one_line(message), markdown::escape)
}

/// A line of a table, where a bar counts even in code.
pub(crate) fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<String> = cells.iter().map(|it| it.as_ref().replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
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
