//! The tokens of one statement in SQLite, as far as copying parts of it needs them.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, a number or a name without quotation marks.
    Word,
    /// A name in quotation marks.
    Name,
    /// `'text'`
    Text,
    Open,
    Close,
    Comma,
    Dot,
    Other,
}

/// A statement with its tokens, of which every bracket is closed.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    pub(crate) text: &'t str,
    all: Vec<(Kind, Range<usize>)>,
}

/// Longer statements are not copied.
const LENGTH_LIMIT: usize = 200_000;

impl<'t> Tokens<'t> {
    /// The tokens of a statement; `None` where it does not end properly.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (mut all, mut depth, mut at) = (Vec::new(), 0_usize, 0);
        while let Some(&byte) = bytes.get(at).filter(|_| text.len() <= LENGTH_LIMIT) {
            let (start, rest) = (at, &bytes[at..]);
            let until = |mark: &[u8]| {
                let found = rest.windows(mark.len()).position(|it| it == mark);
                found.map_or(rest.len(), |it| it + mark.len())
            };
            let (kind, length) = match byte {
                _ if byte.is_ascii_whitespace() => (None, 1),
                b'-' if rest.starts_with(b"--") => (None, until(b"\n")),
                b'/' if rest.starts_with(b"/*") => (None, until(b"*/")),
                b'\'' => (Some(Kind::Text), quoted(rest, b'\'')?),
                b'"' | b'`' => (Some(Kind::Name), quoted(rest, byte)?),
                b'[' => (Some(Kind::Name), rest.iter().position(|it| *it == b']')? + 1),
                b'(' => {
                    depth += 1;
                    (Some(Kind::Open), 1)
                }
                b')' => {
                    depth = depth.checked_sub(1)?;
                    (Some(Kind::Close), 1)
                }
                b',' => (Some(Kind::Comma), 1),
                b'.' => (Some(Kind::Dot), 1),
                _ if is_word(byte) => {
                    (Some(Kind::Word), rest.iter().take_while(|it| is_word(**it)).count())
                }
                _ => (Some(Kind::Other), 1),
            };
            at += length;
            all.extend(kind.map(|kind| (kind, start..at)));
        }
        (depth == 0 && at == text.len()).then_some(Self { text, all })
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn kind(&self, at: usize) -> Option<Kind> {
        self.all.get(at).map(|it| it.0)
    }

    /// The bytes of a token.
    pub(crate) fn range(&self, at: usize) -> Range<usize> {
        self.all[at].1.clone()
    }

    /// Whether a token is a keyword.
    pub(crate) fn is(&self, at: usize, keyword: &str) -> bool {
        self.kind(at) == Some(Kind::Word) && self.text[self.range(at)].eq_ignore_ascii_case(keyword)
    }

    /// The name that a token is, without quotation marks.
    pub(crate) fn name(&self, at: usize) -> Option<String> {
        let text = &self.text[self.all.get(at)?.1.clone()];
        match self.kind(at)? {
            Kind::Word => Some(text.to_owned()),
            Kind::Name if text.starts_with('[') => Some(text[1..text.len() - 1].to_owned()),
            Kind::Name | Kind::Text => {
                let quote = &text[..1];
                Some(text[1..text.len() - 1].replace(&quote.repeat(2), quote))
            }
            _ => None,
        }
    }

    /// The token that closes the bracket at `open`.
    pub(crate) fn close_of(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open..self.len() {
            match self.all[at].0 {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return (at > open).then_some(at);
            }
        }
        None
    }

    /// The tokens between the commas of some, none of which is empty.
    pub(crate) fn parts(&self, within: Range<usize>) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut at) = (Vec::new(), within.start, within.start);
        while at < within.end {
            match self.all[at].0 {
                Kind::Open => at = self.close_of(at).unwrap_or(within.end),
                Kind::Comma => {
                    parts.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        parts.push(start..within.end);
        parts.retain(|it| !it.is_empty());
        parts
    }

    /// The first of some tokens that is a keyword outside of brackets.
    pub(crate) fn find(&self, within: Range<usize>, keyword: &str) -> Option<usize> {
        let mut at = within.start;
        while at < within.end {
            if self.is(at, keyword) {
                return Some(at);
            }
            if self.all[at].0 == Kind::Open {
                at = self.close_of(at)?;
            }
            at += 1;
        }
        None
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn quoted(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text.get(at..)?.iter().position(|it| *it == quote)? + 1;
        if text.get(at) != Some(&quote) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_commas_outside_of_brackets_strings_and_comments() {
        let tokens = Tokens::read("a (b, 'c, ''d', -- e,\n \"f,\"\"g\"), [h,i]").unwrap();
        let close = tokens.close_of(1).unwrap();
        assert_eq!(tokens.parts(2..close).len(), 3);
        assert_eq!(tokens.parts(0..tokens.len()).len(), 2);
        assert_eq!(tokens.close_of(0), None);
        assert_eq!(tokens.name(6).unwrap(), "f,\"g");
        assert_eq!(tokens.name(tokens.len() - 1).unwrap(), "h,i");
    }

    #[test]
    fn gives_up_on_what_does_not_end() {
        for text in ["(", ")", "'a", "\"a", "`a``", "(]", "[", "a [é"] {
            assert!(Tokens::read(text).is_none(), "{text}");
        }
        assert!(Tokens::read("/* a").is_some() && Tokens::read("").is_some());
    }

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::read(text).unwrap();
        (0..tokens.len()).map(|it| tokens.name(it).unwrap_or_default()).collect()
    }

    #[test]
    fn tells_comments_from_signs() {
        assert_eq!(words("[a[[b]"), ["a[[b"]);
        assert_eq!(words("a - b"), ["a", "", "b"]);
        assert_eq!(words("a / b"), ["a", "", "b"]);
        assert_eq!(words("a /* b, ( */ c"), ["a", "c"]);
        assert_eq!(words("a -- b, (\nc"), ["a", "c"]);
    }

    #[test]
    fn finds_keywords_outside_of_brackets() {
        let tokens = Tokens::read("a (b as (c)) \"as\" As d_1$").unwrap();
        assert_eq!(tokens.find(0..tokens.len(), "as"), Some(9));
        assert_eq!(tokens.find(0..9, "as"), None);
        let last = Tokens::read("(a as) b").unwrap();
        assert_eq!(last.find(0..last.len(), "as"), None);
        assert_eq!(tokens.find(10..tokens.len(), "d_1$"), Some(10));
    }
}
