//! Migrations in another layout.

use std::ops::Range;

use drift_model::Dialect;
use fastrand::Rng;

use super::layout::{Comments, Gap, Layout, written};

const COMMENTS: Comments = Comments { line: "-- in passing", block: "/* in passing */" };

/// The text in another layout; `None` where a client could read some of its lines, or where the layout is
/// none of SQL.
pub(super) fn in_layout(
    text: &str,
    dialect: Dialect,
    layout: Layout,
    random: &mut Rng,
) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let has_clients = match dialect {
        Dialect::PostgreSql => lower.contains("\n\\") || lower.contains("from stdin"),
        Dialect::MySql => lower.contains("delimiter") || lower.contains("sql_mode"),
        Dialect::Sqlite => false,
    };
    // Quotes tell names from strings.
    if has_clients || matches!(layout, Layout::Quotes | Layout::Commas) {
        return None;
    }
    let tokens = tokens(text, dialect);
    let token = |_: usize, token: &str| token.to_owned();
    Some(written(text, &tokens, layout, COMMENTS, &is_open, &token, random))
}

/// Two strings are one where a line ends between them, and a function of MySQL is none where something
/// stands before its parenthesis.
fn is_open(gap: &Gap<'_>) -> bool {
    let has_sign =
        [gap.before, gap.after].iter().any(|it| matches!(*it, "(" | ")" | "," | ";" | ""));
    if gap.text.is_empty() {
        return has_sign && gap.after != "(";
    }
    // drizzle-kit's comment on top of what it found in a database is one as long as it is the first.
    let is_string = |it: &str| it.ends_with('\'') || it.starts_with('\'');
    !(is_string(gap.before) && is_string(gap.after))
}

/// Words, numbers, strings and names in quotes, and every sign by itself.
pub(super) fn tokens(text: &str, dialect: Dialect) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let gap = gap(rest, dialect);
        if gap > 0 {
            at += gap;
            continue;
        }
        let length = token(rest, dialect);
        tokens.push(at..at + length);
        at += length;
    }
    tokens
}

/// How long the blanks or the comment are that a text begins with.
fn gap(text: &str, dialect: Dialect) -> usize {
    const BREAKPOINT: &str = "--> statement-breakpoint";
    let is_mysql = dialect == Dialect::MySql;
    let line = || text.find('\n').unwrap_or(text.len());
    if text.starts_with(BREAKPOINT) {
        BREAKPOINT.len()
    } else if text.starts_with("--") && (!is_mysql || !text[2..].starts_with(|it| it > ' ')) {
        text[..line()].find(BREAKPOINT).unwrap_or_else(line)
    } else if is_mysql && text.starts_with('#') {
        line()
    } else if text.starts_with("/*") && !(is_mysql && text[2..].starts_with(['!', 'M'])) {
        comment(text, dialect)
    } else {
        let blank = |it: char| it.is_ascii_whitespace() || it == '\u{b}' || it == '\u{feff}';
        text.find(|it| !blank(it)).unwrap_or(text.len())
    }
}

/// How long a comment is; it has others in it in PostgreSQL alone.
fn comment(text: &str, dialect: Dialect) -> usize {
    let (mut depth, mut at) = (1, 2);
    while depth > 0 {
        let Some(found) = text[at..].find(['/', '*']) else { return text.len() };
        at += found;
        if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else if text[at..].starts_with("/*") && dialect == Dialect::PostgreSql {
            (depth, at) = (depth + 1, at + 2);
        } else {
            at += 1;
        }
    }
    at
}

fn token(text: &str, dialect: Dialect) -> usize {
    let first = text.chars().next().expect("it is not empty");
    let has_escapes = dialect == Dialect::MySql && matches!(first, '\'' | '"');
    match first {
        '\'' | '"' | '`' => quoted(text, 0, has_escapes),
        '[' if dialect == Dialect::Sqlite => text.find(']').map_or(text.len(), |end| end + 1),
        '$' if dialect == Dialect::PostgreSql => dollar_quoted(text).unwrap_or(1),
        _ if text.starts_with("/*") => comment(text, dialect),
        _ if is_part_of_word(first) => {
            let end = text.find(|it| !is_part_of_word(it)).unwrap_or(text.len());
            // `E'..'` and its like, in which a backslash means something.
            let is_prefix = end == 1 && text[1..].starts_with('\'');
            if is_prefix { quoted(text, 1, matches!(first, 'e' | 'E')) } else { end }
        }
        _ => first.len_utf8(),
    }
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '@')
}

/// How long a text is up to the end of what begins with a quote at a place.
fn quoted(text: &str, start: usize, has_escapes: bool) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte == b'\\' && has_escapes {
            at += 1;
        } else if byte == quote {
            if bytes.get(at) != Some(&quote) {
                return at;
            }
            at += 1;
        }
    }
    text.len()
}

fn dollar_quoted(text: &str) -> Option<usize> {
    let tag = &text[..text[1..].find('$')? + 2];
    let is_tag = tag[1..tag.len() - 1].chars().all(is_part_of_word);
    let end = text[tag.len()..].find(tag).filter(|_| is_tag)?;
    Some(end + 2 * tag.len())
}

#[test]
fn migrations_are_written_otherwise() {
    let check = |text: &str, dialect, layout, expected: &str| {
        let written = in_layout(text, dialect, layout, &mut super::random("migrations"));
        assert_eq!(written.as_deref(), Some(expected), "{layout:?}");
    };
    let text = "create table a (b int default now(), -- c\n  d text);\n--> statement-breakpoint\ne '--' $$ f $$;";
    check(
        text,
        Dialect::PostgreSql,
        Layout::OneLine,
        "create table a (b int default now(), -- c\n  d text);\n--> statement-breakpoint\ne '--' $$ f $$;",
    );
    check("a\n(b)", Dialect::Sqlite, Layout::OneLine, "a (b)");
    check("a (b)", Dialect::Sqlite, Layout::LinePerToken, "\na \n(\nb\n)\n");
    check("now() 'a'\n'b'", Dialect::MySql, Layout::LinePerToken, "\nnow(\n) \n'a'\n'b'\n");
    let mysql = "# a\n/*! b */ -- c\n-->d";
    check(mysql, Dialect::MySql, Layout::Tabs, "# a\n\t\t\t/*! b */ -- c\n\t\t\t-->d");
}
