//! The comments of a schema file.

use std::ops::Range;

use drift_model::Comment;

use crate::mentions::{Last, Scan};

/// The comments in which `needle` occurs, and what each of them stands above.
///
/// Text in strings, templates and patterns is no comment.
pub fn comments(text: &str, needle: &str) -> Vec<Comment> {
    let (mut scan, mut last) = (Scan::new(text, 0), Last::Operator);
    let mut found = Vec::new();
    // Things within things are read again for each comment.
    let mut fuel = 20 * text.len() + 1000;
    while let Some(token) = scan.step(&mut last) {
        if is_comment(&text.as_bytes()[token.clone()])
            && memchr::memmem::find(&text.as_bytes()[token.clone()], needle.as_bytes()).is_some()
        {
            let next = next(text, token.end, &mut fuel);
            found.push(Comment { range: token.start as u32..token.end as u32, next });
        }
    }
    found
}

/// What begins behind a comment: up to a comma, a semicolon or a closing bracket that is not its own, or
/// up to a line break behind which something else begins. Nothing without fuel.
fn next(text: &str, from: usize, fuel: &mut usize) -> Range<u32> {
    let (mut scan, mut last) = (Scan::new(text, from), Last::Operator);
    let (mut start, mut end, mut depth) = (None, from, 0_usize);
    loop {
        let before = last;
        let Some(range) = scan.step(&mut last) else { break };
        let Some(rest) = fuel.checked_sub(1) else { return from as u32..from as u32 };
        *fuel = rest;
        let token = &text.as_bytes()[range.clone()];
        if token.trim_ascii().is_empty() || is_comment(token) {
            continue;
        }
        let begins_another = before == Last::Value
            && begins_value(token[0])
            && text.as_bytes()[end..range.start].contains(&b'\n');
        let is_end = match token[0] {
            b',' | b';' => true,
            b')' | b']' | b'}' => token.len() == 1,
            _ => start.is_some() && begins_another,
        };
        if depth == 0 && is_end {
            break;
        }
        match token {
            b"(" | b"[" | b"{" => depth += 1,
            [b'[', .., last] if *last != b']' => depth += 1,
            b")" | b"]" | b"}" => depth -= 1,
            // A template goes on behind the brace of what stands in it.
            [b'`', .., b'$', b'{'] => depth += 1,
            [b'}', .., last] if !token.ends_with(b"${") && *last == b'`' => depth -= 1,
            _ => {}
        }
        start.get_or_insert(range.start);
        end = range.end;
    }
    start.unwrap_or(from) as u32..end as u32
}

fn is_comment(token: &[u8]) -> bool {
    token.starts_with(b"//") || token.starts_with(b"/*")
}

/// Whether a token that begins so is no operator, nor the arguments of what stands before it.
fn begins_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'$' | b'"' | b'\'' | b'@' | b'#' | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each comment that says `!`, and what it stands above.
    fn check(text: &str) -> Vec<String> {
        let show = |range: &Range<u32>| {
            let text = &text[range.start as usize..range.end as usize];
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let comments = comments(text, "!");
        comments.iter().map(|it| format!("{} -> {}", show(&it.range), show(&it.next))).collect()
    }

    #[test]
    fn a_comment_stands_above_one_thing() {
        let schema = "//! a\nexport const posts = pgTable('posts', {\n  /* !\n b */\n  \
            author: integer('author')\n    .references(() => users.id, { onDelete: 'cascade' }),\n  \
            by: integer(), //! c\n  // no\n  //! d\n}, (t) => [\n  //! e\n  \
            foreignKey({ columns: [t.by] }),\n])\nexport const b = 1;\n//! f\n";
        assert_eq!(
            check(schema),
            [
                "//! a -> export const posts = pgTable('posts', { /* ! b */ author: \
                 integer('author') .references(() => users.id, { onDelete: 'cascade' }), by: \
                 integer(), //! c // no //! d }, (t) => [ //! e foreignKey({ columns: [t.by] }), ])",
                "/* ! b */ -> author: integer('author') .references(() => users.id, { onDelete: \
                 'cascade' })",
                "//! c ->",
                "//! d ->",
                "//! e -> foreignKey({ columns: [t.by] })",
                "//! f ->",
            ]
            .map(|it| if it.ends_with("->") { format!("{it} ") } else { it.to_owned() })
        );
    }

    #[test]
    fn a_line_break_ends_what_nothing_continues() {
        assert_eq!(
            check("//!\nconst a =\n  b\n  .c()\n(d)\nlet e"),
            ["//! -> const a = b .c() (d)"]
        );
        assert_eq!(check("//!\n...columns,\nb"), ["//! -> ...columns"]);
        assert_eq!(
            check("//!\na: `x${ { b: `,` } }, ${c}`, d"),
            ["//! -> a: `x${ { b: `,` } }, ${c}`"]
        );
        assert_eq!(check("//!\na[b]['c'], d"), ["//! -> a[b]['c']"]);
        assert_eq!(check("//!\na?.[\"references\"](b), d"), ["//! -> a?.[\"references\"](b)"]);
    }

    #[test]
    fn text_is_no_comment() {
        assert_eq!(
            check("'//!'; \"/*!*/\"; `//! ${1} /*!*/`; /\\/\\/!/; a / b //! c"),
            ["//! c -> "]
        );
        assert_eq!(check("`${a //! b\n}`"), ["//! b -> "]);
    }

    #[test]
    fn survives_any_text() {
        let text = "//!é`${{'\\\"[\"references\"](/*!/[//!`}\n)]}".repeat(3);
        for end in (0..=text.len()).filter(|it| text.is_char_boundary(*it)) {
            check(&text[..end]);
        }
        check(&"//!\n".repeat(200));
    }
}
