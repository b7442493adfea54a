//! Schemas in another layout.
//!
//! Whether a text still says the same is for the parser to tell: what it does not take for the same tree is
//! not tried.

use std::collections::BTreeMap;
use std::ops::Range;

use fastrand::Rng;
use swc_common::comments::SingleThreadedComments;
use swc_common::{BytePos, EqIgnoreSpan};
use swc_ecma_parser::{Parser, StringInput, Syntax, TsSyntax};

use super::layout::{Comments, Gap, Layout, written};

const COMMENTS: Comments = Comments { line: "// in passing", block: "/* in passing */" };

/// The text in another layout; `None` where it cannot be had without changing what it says.
pub(super) fn in_layout(
    text: &str,
    layout: Layout,
    is_tsx: bool,
    random: &mut Rng,
) -> Option<String> {
    let tokens = tokens(text);
    let same = |_: usize, token: &str| token.to_owned();
    match layout {
        // Other quotes are another tree for the parser, which keeps how a string is written.
        Layout::Quotes => {
            let quotes = |_: usize, token: &str| other_quotes(token);
            let other = written(text, &tokens, layout, COMMENTS, &|_| false, &quotes, random);
            (!is_tsx && parse(&other, is_tsx).is_some()).then_some(other)
        }
        // Template strings have the same lines, however those end.
        Layout::Crlf => Some(written(text, &tokens, layout, COMMENTS, &|_| false, &same, random)),
        _ => {
            let commas = commas(text, &tokens);
            let token = |position: usize, token: &str| match commas.get(&position) {
                Some(Comma::More) if layout == Layout::Commas => format!("{token},"),
                Some(Comma::Less) if layout == Layout::Commas => String::new(),
                _ => token.to_owned(),
            };
            // Where not every gap can be changed, those with blanks in them perhaps can.
            let everywhere: &dyn Fn(&Gap<'_>) -> bool = &|_| true;
            let at_blanks: &dyn Fn(&Gap<'_>) -> bool = &|gap| !gap.text.is_empty();
            let at_lines: &dyn Fn(&Gap<'_>) -> bool = &|gap| gap.text.contains('\n');
            [everywhere, at_blanks, at_lines].into_iter().find_map(|is_open| {
                let other = written(text, &tokens, layout, COMMENTS, is_open, &token, random);
                says_the_same(text, &other, is_tsx).then_some(other)
            })
        }
    }
}

fn says_the_same(one: &str, two: &str, is_tsx: bool) -> bool {
    let trees = (parse(one, is_tsx), parse(two, is_tsx));
    matches!(trees, (Some(one), Some(two)) if one.eq_ignore_span(&two))
}

fn parse(text: &str, tsx: bool) -> Option<impl EqIgnoreSpan + use<>> {
    let text = text.trim_start_matches('\u{feff}');
    let end = BytePos(text.len() as u32 + 1);
    let comments = SingleThreadedComments::default();
    let syntax = Syntax::Typescript(TsSyntax { tsx, decorators: true, ..TsSyntax::default() });
    let lexer = swc_ecma_parser::Lexer::new(
        syntax,
        Default::default(),
        StringInput::new(text, BytePos(1), end),
        Some(&comments),
    );
    let mut parser = Parser::new_from(lexer);
    let module = parser.parse_module().ok()?;
    parser.take_errors().is_empty().then_some(module)
}

/// A string in the other quotes, where nothing in it would have to be written otherwise.
fn other_quotes(token: &str) -> String {
    let within = |quote: char| token.strip_prefix(quote)?.strip_suffix(quote);
    let is_plain = |it: &&str| !it.contains(['"', '\'', '\\']);
    match (within('"').filter(is_plain), within('\'').filter(is_plain)) {
        (Some(text), _) => format!("'{text}'"),
        (_, Some(text)) => format!("\"{text}\""),
        _ => token.to_owned(),
    }
}

enum Comma {
    /// One goes behind this token.
    More,
    /// This one goes.
    Less,
}

/// The commas before closing brackets, and the places where there could be one.
fn commas(text: &str, tokens: &[Range<usize>]) -> BTreeMap<usize, Comma> {
    let token = |position: usize| &text[tokens[position].clone()];
    let closing = (1..tokens.len()).filter(|it| matches!(token(*it), ")" | "]" | "}"));
    let commas = closing.filter_map(|position| match token(position - 1) {
        "," => Some((position - 1, Comma::Less)),
        // Blocks and calls have none, but objects and lists have; where it is a block, see above.
        "(" | "[" | "{" | ";" | "}" => None,
        _ if token(position) == "]"
            || text[tokens[position - 1].end..tokens[position].start].contains('\n') =>
        {
            Some((position - 1, Comma::More))
        }
        _ => None,
    });
    commas.collect()
}

/// Words, numbers, strings, templates as a whole, regular expressions and signs; the parser has the last
/// word about all of them.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let gap = gap(rest);
        if gap > 0 {
            at += gap;
            continue;
        }
        let before = tokens.last().map_or("", |it| &text[it.clone()]);
        let length = match first {
            '"' | '\'' => quoted(rest),
            '`' => template(rest),
            '/' if is_before_expression(before) => regex(rest),
            _ if is_part_of_word(first) || first == '#' => {
                let end = rest[first.len_utf8()..].find(|it| !is_part_of_word(it));
                end.map_or(rest.len(), |end| end + first.len_utf8())
            }
            _ => SIGNS
                .iter()
                .find(|it| rest.starts_with(**it))
                .map_or(first.len_utf8(), |it| it.len()),
        };
        tokens.push(at..at + length);
        at += length;
    }
    tokens
}

const SIGNS: [&str; 32] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=",
    "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "|=", "<<", ">>",
    "**", "^=",
];

/// How long the blanks or the comment are that a text begins with.
fn gap(text: &str) -> usize {
    if text.starts_with("//") {
        text.find('\n').unwrap_or(text.len())
    } else if let Some(comment) = text.strip_prefix("/*") {
        comment.find("*/").map_or(text.len(), |end| end + 4)
    } else {
        let blank = |it: char| it.is_whitespace() || it == '\u{feff}';
        text.find(|it| !blank(it)).unwrap_or(text.len())
    }
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

fn is_before_expression(token: &str) -> bool {
    matches!(token, "return" | "typeof" | "case" | "in" | "of" | "void")
        || token.is_empty()
        || !token
            .ends_with(|it| is_part_of_word(it) || matches!(it, ')' | ']' | '}' | '"' | '\'' | '`'))
}

fn quoted(text: &str) -> usize {
    let quote = text.as_bytes()[0];
    let mut at = 1;
    while let Some(&byte) = text.as_bytes().get(at) {
        at += if byte == b'\\' { 2 } else { 1 };
        if byte == quote {
            break;
        }
    }
    within(text, at)
}

fn regex(text: &str) -> usize {
    let (mut at, mut is_class) = (1, false);
    while let Some(&byte) = text.as_bytes().get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => is_class = true,
            b']' => is_class = false,
            b'\n' => break,
            b'/' if !is_class => {
                let flags = text[at + 1..].bytes().take_while(u8::is_ascii_alphabetic).count();
                return at + 1 + flags;
            }
            _ => {}
        }
        at += 1;
    }
    within(text, at)
}

/// A template with everything in it.
fn template(text: &str) -> usize {
    let (mut at, mut depth) = (1, 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        match byte {
            b'\\' => at += 1,
            b'$' if text[at..].starts_with("${") => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'`' if depth == 0 => return at + 1,
            b'`' => {
                at += template(&text[at..]);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    within(text, at)
}

/// The end of a character, at or behind a place.
fn within(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

#[test]
fn schemas_are_written_otherwise() {
    let text = "import {\n  a,\n} from './b';\nexport const c = a('d', { e: 1 }) // f\n";
    let check = |layout, expected: Option<&str>| {
        let written = in_layout(text, layout, false, &mut super::random("schemas"));
        assert_eq!(written.as_deref(), expected, "{layout:?}");
    };
    check(
        Layout::Quotes,
        Some("import {\n  a,\n} from \"./b\";\nexport const c = a(\"d\", { e: 1 }) // f\n"),
    );
    check(
        Layout::Commas,
        Some("import {\n  a\n} from './b';\nexport const c = a('d', { e: 1 }) // f\n"),
    );
    check(
        Layout::OneLine,
        Some("import { a, } from './b'; export const c = a('d', { e: 1 }) // f\n"),
    );
    check(
        Layout::LinePerToken,
        Some(
            "\nimport \n{\n  \na\n,\n\n} \nfrom \n'./b'\n;\n\nexport \nconst \nc \n= \na\n(\n'd'\n, \n{ \ne\n: \
             \n1 \n}\n) // f\n\n",
        ),
    );
}

#[test]
fn what_would_say_something_else_is_not_written() {
    // A line behind `return` ends the statement.
    let text = "function a() { return b }";
    let written = in_layout(text, Layout::LinePerToken, false, &mut super::random("return"));
    assert_eq!(written.as_deref(), Some(text));
    assert_eq!(in_layout("const = 1", Layout::Tabs, false, &mut super::random("broken")), None);
}
