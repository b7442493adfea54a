//! The comments of a migration.

use std::ops::Range;

use drift_model::{Comment, Engine};

use crate::lex::{Lexer, Token, TokenKind};
use crate::split::pieces;

/// The comments in which `needle` occurs, and what each of them stands above: a statement, or one of
/// several things between commas within it.
///
/// Text in strings and names in quotes are no comments.
pub fn comments(text: &str, engine: &Engine, needle: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    for piece in pieces(text, 0..text.len()) {
        let (tokens, gaps) = cut(text, piece, engine);
        let mut fuel = 20 * tokens.len() + 1000;
        for (position, gap) in gaps {
            let comments = comments_between(text, gap);
            let mut comments = comments.filter(|it| text[it.clone()].contains(needle)).peekable();
            if comments.peek().is_some() {
                let next = next(text, &tokens, position, &mut fuel);
                let comment = |range: Range<usize>| Comment {
                    range: range.start as u32..range.end as u32,
                    next: next.clone(),
                };
                found.extend(comments.map(comment));
            }
        }
    }
    found
}

/// The tokens of a part of a text, and what lies before a token where that is more than a few blanks.
fn cut(
    text: &str,
    part: Range<usize>,
    engine: &Engine,
) -> (Vec<Token>, Vec<(usize, Range<usize>)>) {
    let mut lexer = Lexer::new(text, part.start, part.end, engine);
    let (mut tokens, mut gaps) = (Vec::new(), Vec::new());
    loop {
        let start = lexer.at();
        lexer.skip_blanks();
        if lexer.at() > start + 1 {
            gaps.push((tokens.len(), start..lexer.at()));
        }
        match lexer.next() {
            Some(token) => tokens.push(token),
            None => return (tokens, gaps),
        }
    }
}

/// The comments of a text that has blanks and comments only.
fn comments_between(text: &str, gap: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = gap.start;
    std::iter::from_fn(move || {
        loop {
            let rest = &text[at..gap.end];
            let start = at;
            let length = if rest.starts_with("--") || rest.starts_with('#') {
                rest.find(['\n', '\r'])
            } else if rest.starts_with("/*") {
                rest.find("*/").map(|end| end + 2)
            } else {
                at += rest.chars().next()?.len_utf8();
                continue;
            };
            at += length.unwrap_or(rest.len());
            return Some(start..at);
        }
    })
}

/// What begins at a token: up to the end of the statement where it begins one, else up to a comma or a
/// closing parenthesis that is not its own. Nothing without fuel.
fn next(text: &str, tokens: &[Token], position: usize, fuel: &mut usize) -> Range<u32> {
    let before = position.checked_sub(1).map(|it| tokens[it].kind);
    let is_statement = before.is_none_or(|it| it == TokenKind::Symbol(b';'));
    let start = tokens.get(position).map_or(text.len() as u32, |it| it.start);
    let (mut end, mut depth) = (start, 0_usize);
    for token in &tokens[position..] {
        let Some(rest) = fuel.checked_sub(1) else { return start..start };
        *fuel = rest;
        match token.kind {
            TokenKind::Symbol(b';') if depth == 0 || is_statement => break,
            TokenKind::Symbol(b',') if depth == 0 && !is_statement => break,
            TokenKind::Symbol(b')') if depth == 0 => break,
            TokenKind::Symbol(b'(') => depth += 1,
            TokenKind::Symbol(b')') => depth -= 1,
            _ => {}
        }
        end = token.end;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each comment that says `!`, and what it stands above.
    fn check(engine: &str, text: &str) -> Vec<String> {
        let engine = Engine::parse(engine).unwrap();
        let show = |range: &Range<u32>| {
            let text = &text[range.start as usize..range.end as usize];
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let comments = comments(text, &engine, "!");
        comments.iter().map(|it| format!("{} -> {}", show(&it.range), show(&it.next))).collect()
    }

    #[test]
    fn a_comment_stands_above_a_statement_or_a_part_of_it() {
        let text = "--! a\nCREATE TABLE a (\n  b int, --! b\n  /*! c\n */ -- no\n  c int REFERENCES d (e, f),\n  \
            d int\n  --! d\n);\n--! e\nALTER TABLE a ADD b int, ADD c int;\n--> statement-breakpoint\n--! f";
        assert_eq!(
            check("postgresql", text),
            [
                "--! a -> CREATE TABLE a ( b int, --! b /*! c */ -- no c int REFERENCES d (e, f), d int --! d )",
                "--! b -> c int REFERENCES d (e, f)",
                "/*! c */ -> c int REFERENCES d (e, f)",
                "--! d -> ",
                "--! e -> ALTER TABLE a ADD b int, ADD c int",
                "--! f -> ",
            ]
        );
    }

    #[test]
    fn each_dialect_has_its_own_comments() {
        assert_eq!(
            check("postgresql", "SELECT '--!', $$ --! $$, \"--!\" /*!*/; --!"),
            ["/*!*/ -> ", "--! -> "]
        );
        assert_eq!(
            check("mysql", "SELECT '--!', '\\'--! ', \"--! \" # !\n; -- !"),
            ["# ! -> ", "-- ! -> "]
        );
        assert_eq!(check("sqlite", "SELECT [--!], `--!`; --!\nSELECT 1"), ["--! -> SELECT 1"]);
    }

    #[test]
    fn survives_any_text() {
        let text = "--!\n/*!é*/ '(a,\"[`$$ # !\n);\n--> statement-breakpoint\n".repeat(3);
        for engine in ["postgresql", "mysql", "sqlite"] {
            for end in (0..=text.len()).filter(|it| text.is_char_boundary(*it)) {
                check(engine, &text[..end]);
            }
            check(engine, &"(--!\n".repeat(2000));
        }
    }
}
