//! The tokens of a piece of TypeScript, as far as its commas and brackets need them.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `(`, `[` or `{`
    Open(u8),
    /// `)`, `]` or `}`
    Close,
    Comma,
    Colon,
    Dot,
    Spread,
    /// `=>`
    Arrow,
    /// A name, a keyword or a number.
    Word,
    /// A string or a template.
    Text,
    Other,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
}

/// A text with its tokens, of which every bracket is closed.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    pub(crate) text: &'t str,
    pub(crate) all: Vec<Token>,
}

/// Longer pieces are not worth reading for an edit.
const LENGTH_LIMIT: usize = 50_000;

impl<'t> Tokens<'t> {
    /// The tokens of a piece of code; `None` where it has what only a parser understands, such as a
    /// regular expression or a template with expressions in it, and where its brackets do not match.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        let tokens = Self::read_until(text, false)?;
        (tokens.text.len() == text.len()).then_some(tokens)
    }

    /// As [`Tokens::read`], up to the end of the first bracket.
    pub(crate) fn read_call(text: &'t str) -> Option<Self> {
        Self::read_until(text, true)
    }

    fn read_until(text: &'t str, ends_with_bracket: bool) -> Option<Self> {
        let mut all: Vec<Token> = Vec::new();
        let mut open: Vec<u8> = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            let rest = &bytes[at..];
            let kind = match byte {
                _ if byte.is_ascii_whitespace() => {
                    at += 1;
                    continue;
                }
                b'/' if rest.starts_with(b"//") || rest.starts_with(b"/*") => {
                    at += comment(rest)?;
                    continue;
                }
                // It divides, or begins a pattern.
                b'/' => return None,
                b'"' | b'\'' | b'`' => {
                    at += string(rest)?;
                    Kind::Text
                }
                b'(' | b'[' | b'{' => {
                    open.push(byte);
                    Kind::Open(byte)
                }
                b')' | b']' | b'}' => {
                    let opening = open.pop()?;
                    let is_its =
                        matches!((opening, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
                    if !is_its {
                        return None;
                    }
                    Kind::Close
                }
                b',' => Kind::Comma,
                b':' => Kind::Colon,
                b'.' if rest.starts_with(b"...") => {
                    at += 3;
                    Kind::Spread
                }
                b'.' => Kind::Dot,
                b'=' if rest.starts_with(b"=>") => {
                    at += 2;
                    Kind::Arrow
                }
                _ if is_word(byte) => {
                    at += rest.iter().take_while(|it| is_word(**it)).count();
                    Kind::Word
                }
                _ => Kind::Other,
            };
            at = at.max(start + 1);
            all.push(Token { kind, range: start..at });
            if at > LENGTH_LIMIT || ends_with_bracket && kind == Kind::Close && open.is_empty() {
                break;
            }
        }
        open.is_empty().then_some(Self { text: text.get(..at)?, all })
    }

    /// The text of a token.
    pub(crate) fn word(&self, at: usize) -> &'t str {
        self.all.get(at).map_or("", |it| &self.text[it.range.clone()])
    }

    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.all.get(at).map(|it| it.kind)
    }

    /// The token that closes the bracket at `open`.
    pub(crate) fn close_of(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, token) in self.all.iter().enumerate().skip(open) {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return (at > open).then_some(at);
            }
        }
        None
    }

    /// The parts between the commas of a bracket, as tokens.
    pub(crate) fn parts(&self, open: usize, close: usize) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (open + 1, open + 1);
        while at < close {
            match self.all[at].kind {
                Kind::Open(_) => at = self.close_of(at).unwrap_or(close),
                Kind::Comma => {
                    parts.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        if start < close {
            parts.push(start..close);
        }
        parts
    }

    /// The bytes from the first of some tokens to the end of the last; there must be one.
    pub(crate) fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        self.all[tokens.start].range.start..self.all[tokens.end - 1].range.end
    }

    /// The text of some tokens.
    pub(crate) fn text_of(&self, tokens: &Range<usize>) -> &'t str {
        &self.text[self.bytes(tokens)]
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || byte >= 0x80
}

fn comment(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"//") {
        return Some(text.iter().position(|it| *it == b'\n').unwrap_or(text.len()));
    }
    text.windows(2).skip(2).position(|it| it == b"*/").map(|it| it + 4)
}

fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'$' if text[0] == b'`' && text.get(at + 1) == Some(&b'{') => return None,
            b'\n' if text[0] != b'`' => return None,
            _ if byte == text[0] => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_the_arguments_of_a_call() {
        let tokens = Tokens::read("f(() => [a, b], { x: \"),\" /* , */ },)").unwrap();
        let close = tokens.close_of(1).unwrap();
        let parts = tokens.parts(1, close);
        let texts: Vec<_> = parts.iter().map(|it| tokens.text_of(it)).collect();
        assert_eq!(texts, ["() => [a, b]", "{ x: \"),\" /* , */ }"]);
        assert_eq!(close, tokens.all.len() - 1);
    }

    #[test]
    fn tells_signs_from_words() {
        let tokens = Tokens::read("(a = 1, ...b) => c: d.e + 'f'").unwrap();
        let kinds: Vec<_> = tokens.all.iter().map(|it| it.kind).collect();
        use Kind::{Arrow, Close, Colon, Comma, Dot, Open, Other, Spread, Text, Word};
        let (a, b) = (
            [Open(b'('), Word, Other, Word, Comma, Spread, Word, Close],
            [Arrow, Word, Colon, Word, Dot, Word, Other, Text],
        );
        assert_eq!(kinds, [a, b].concat());
        assert_eq!(tokens.close_of(1), None);
    }

    #[test]
    fn ends_with_the_call() {
        assert_eq!(Tokens::read_call("f(g(a), b) + h(c)").unwrap().text, "f(g(a), b)");
    }

    #[test]
    fn reads_strings_as_their_quotes_say() {
        for text in ["'$1 ${x}'", "`$x`", "`a\nb`"] {
            assert_eq!(Tokens::read(text).unwrap().all.len(), 1, "{text}");
        }
    }

    #[test]
    fn gives_up_where_a_parser_is_needed() {
        let patterns = ["f(/)/)", "f(/,/)", "f(a / b /* c */)"];
        let others = ["f(`${x}`)", "f(]", "f(", "'a", "/* a", "a\\\n\"b\n\""];
        for text in patterns.into_iter().chain(others) {
            assert!(Tokens::read(text).is_none(), "{text}");
        }
        assert!(Tokens::read(&"aaaaa,".repeat(LENGTH_LIMIT / 5)).is_none());
        assert!(Tokens::read("").is_some() && Tokens::read("é(\"\\\"\")").is_some());
    }
}
