//! Cuts SQL into tokens that know their place in bytes.
//!
//! Comments and blanks are passed over. Nothing is ever refused: a quote that does not end reaches
//! to the end of the text, and a byte that begins no token of SQL is a symbol.

use std::borrow::Cow;

use drift_model::Dialect;

use drift_model::Engine;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword or an identifier without quotes.
    Word,
    /// An identifier in quotes.
    Quoted,
    /// A string in any of its forms, with its prefix and quotes.
    String,
    /// A number.
    Number,
    /// Any other character; the byte is its first one.
    Symbol(u8),
}

/// A token; `start` and `end` count bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Token {
    /// The text of the token, quotes included.
    pub(crate) fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start as usize..self.end as usize]
    }

    /// Whether this is the keyword, in any case and without quotes.
    #[inline]
    pub(crate) fn is_word(&self, text: &str, keyword: &str) -> bool {
        // Most are of another length, and this is asked very often.
        (self.end - self.start) as usize == keyword.len()
            && self.kind == TokenKind::Word
            && self.text(text).eq_ignore_ascii_case(keyword)
    }
}

/// Reads tokens from a part of a text.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    engine: &'a Engine,
    /// Whether a backslash in a string says how to read what follows it.
    has_escapes: bool,
    /// How many executable comments of MySQL are open; their ends are blanks.
    executable_comments: u32,
    /// Where the first quote or comment begins that has no end.
    unterminated: Option<u32>,
}

impl<'a> Lexer<'a> {
    /// A lexer for the bytes from `start` up to `end`, which lie between characters.
    pub(crate) fn new(text: &'a str, start: usize, end: usize, engine: &'a Engine) -> Self {
        let has_escapes = engine.dialect() == Dialect::MySql;
        Self {
            text,
            at: start,
            end,
            engine,
            has_escapes,
            executable_comments: 0,
            unterminated: None,
        }
    }

    /// Says whether a backslash in a string says how to read what follows it.
    pub(crate) fn set_escapes(&mut self, has_escapes: bool) {
        self.has_escapes = has_escapes;
    }

    /// The byte after the last one that was read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes on at another place, which lies between characters.
    pub(crate) fn jump(&mut self, at: usize) {
        self.at = at.min(self.end);
    }

    /// Where the first quote or comment begins that has no end.
    pub(crate) fn unterminated(&self) -> Option<u32> {
        self.unterminated
    }

    /// As [`Lexer::unterminated`], once.
    pub(crate) fn take_unterminated(&mut self) -> Option<u32> {
        self.unterminated.take()
    }

    /// The text that is not read yet.
    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..self.end]
    }

    /// The byte that comes next, if any does.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes()[..self.end].get(self.at).copied()
    }

    /// Passes over blanks and comments.
    pub(crate) fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.is_next(b'-') && self.starts_line_comment() => self.skip_line(),
                b'#' if self.is(Dialect::MySql) => self.skip_line(),
                b'/' if self.is_next(b'*') => self.skip_comment(),
                b'*' if self.executable_comments > 0 && self.is_next(b'/') => {
                    self.executable_comments -= 1;
                    self.at += 2;
                }
                // A byte order mark in the middle comes from files that were joined.
                0xEF if self.rest().starts_with('\u{feff}') => self.at += 3,
                _ => return,
            }
        }
    }

    fn is(&self, dialect: Dialect) -> bool {
        self.engine.dialect() == dialect
    }

    /// Whether a byte comes behind the next one.
    fn is_next(&self, byte: u8) -> bool {
        self.byte(self.at + 1) == byte
    }

    fn byte(&self, at: usize) -> u8 {
        if at < self.end { self.text.as_bytes()[at] } else { 0 }
    }

    /// MySQL wants a blank or a control character after `--`.
    fn starts_line_comment(&self) -> bool {
        !self.is(Dialect::MySql) || self.at + 2 >= self.end || self.byte(self.at + 2) <= b' '
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        let length = rest.find('\n').map_or(rest.len(), |length| length + 1);
        // For the others a carriage return alone ends nothing.
        let is_postgresql = self.is(Dialect::PostgreSql);
        let alone = is_postgresql.then(|| rest[..length].find('\r')).flatten();
        self.at += alone.map_or(length, |length| length + 1);
    }

    fn skip_comment(&mut self) {
        if self.is(Dialect::MySql) && self.opens_executable_comment() {
            return;
        }
        let start = self.at;
        let nests = self.is(Dialect::PostgreSql);
        let mut depth = 1usize;
        self.at += 2;
        while depth > 0 && self.at < self.end {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                }
                (b'/', b'*') if nests => {
                    depth += 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.end);
        // SQLite takes the end of the text for the end of a comment.
        if depth > 0 && !self.is(Dialect::Sqlite) {
            self.unterminated.get_or_insert(start as u32);
        }
    }

    /// `/*!50100 ... */` is code for the servers from that version on, `/*M! ... */` for MariaDB.
    ///
    /// Source: <https://dev.mysql.com/doc/refman/8.4/en/comments.html> and
    /// <https://mariadb.com/kb/en/comment-syntax/>
    fn opens_executable_comment(&mut self) -> bool {
        let rest = &self.rest().as_bytes()[2..];
        let (is_mariadb_only, rest) = match rest {
            [b'M', b'!', rest @ ..] => (true, rest),
            [b'!', rest @ ..] => (false, rest),
            _ => return false,
        };
        let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        let digits = if digits >= 5 { digits } else { 0 };
        let number = rest[..digits].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        if !self.engine.runs_comment(is_mariadb_only, number) || self.is_forgotten_foreign_key() {
            return false;
        }
        self.at += 3 + usize::from(is_mariadb_only) + digits;
        self.executable_comments += 1;
        true
    }

    /// MySQL 5.7 runs a comment without the foreign keys in it.
    fn is_forgotten_foreign_key(&self) -> bool {
        if !self.engine.forgets_foreign_keys_in_comments() {
            return false;
        }
        let comment = &self.rest()[..self.rest().find("*/").unwrap_or(self.rest().len())];
        comment.to_ascii_lowercase().contains("foreign key")
    }

    /// The token that begins right here, which is not the end.
    pub(crate) fn token(&mut self) -> Token {
        let start = self.at;
        let byte = self.byte(start);
        let kind = match byte {
            b'\'' => self.string(start, self.has_escapes),
            b'"' if self.is(Dialect::MySql) => {
                self.quoted(b'"', self.has_escapes);
                TokenKind::String
            }
            b'"' => self.identifier(b'"'),
            b'`' if !self.is(Dialect::PostgreSql) => self.identifier(b'`'),
            b'[' if self.is(Dialect::Sqlite) => self.bracketed(),
            b'$' if self.is(Dialect::PostgreSql) => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(start + 1).is_ascii_digit() && !self.follows_name() => self.number(),
            _ if starts_word(byte) => self.word(),
            _ => self.symbol(),
        };
        Token { kind, start: start as u32, end: self.at as u32 }
    }

    /// Whether a dot right here joins two names, as in `t.1st` of MySQL.
    fn follows_name(&self) -> bool {
        let before = self.text.as_bytes()[..self.at].last().copied().unwrap_or(b' ');
        continues_word(before) || matches!(before, b'`' | b'"' | b']')
    }

    fn string(&mut self, quote_at: usize, has_escapes: bool) -> TokenKind {
        self.at = quote_at;
        self.quoted(b'\'', has_escapes);
        TokenKind::String
    }

    /// Reads from an opening quote through the closing one; a doubled quote does not close.
    fn quoted(&mut self, quote: u8, has_escapes: bool) {
        let start = self.at;
        let bytes = &self.text.as_bytes()[..self.end];
        let mut at = start + 1;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte == quote {
                if bytes.get(at + 1) != Some(&quote) {
                    self.at = at + 1;
                    return;
                }
                at += 2;
            } else if byte == b'\\' && has_escapes {
                at += 2;
            } else {
                at += 1;
            }
        }
        self.at = self.end;
        self.unterminated.get_or_insert(start as u32);
    }

    fn identifier(&mut self, quote: u8) -> TokenKind {
        self.quoted(quote, false);
        TokenKind::Quoted
    }

    fn bracketed(&mut self) -> TokenKind {
        match self.rest().find(']') {
            Some(length) => self.at += length + 1,
            None => {
                self.unterminated.get_or_insert(self.at as u32);
                self.at = self.end;
            }
        }
        TokenKind::Quoted
    }

    /// `$tag$ ... $tag$`, or `$1`.
    fn dollar(&mut self) -> TokenKind {
        let start = self.at;
        let Some(tag) = dollar_tag(self.rest()) else {
            self.at += 1;
            while self.byte(self.at).is_ascii_digit() {
                self.at += 1;
            }
            return TokenKind::Symbol(b'$');
        };
        let body = start + tag.len();
        match self.text[body..self.end].find(tag) {
            Some(length) => self.at = body + length + tag.len(),
            None => {
                self.unterminated.get_or_insert(start as u32);
                self.at = self.end;
            }
        }
        TokenKind::String
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        while self.at < self.end {
            let byte = self.byte(self.at);
            // The dots between two numbers belong to neither.
            if byte == b'.' && self.byte(self.at + 1) == b'.' {
                break;
            }
            let is_sign = matches!(byte, b'+' | b'-')
                && matches!(self.byte(self.at - 1), b'e' | b'E')
                && !self.text[start..self.at].starts_with("0x");
            if !(continues_word(byte) || byte == b'.' || (is_sign && self.at > start)) {
                break;
            }
            self.at += 1;
        }
        // MySQL lets identifiers begin with digits: `1st_table`.
        let text = &self.text[start..self.at];
        let is_name = self.is(Dialect::MySql)
            && text.bytes().any(starts_word)
            && !text.starts_with("0x")
            && !text.starts_with("0b")
            && text.parse::<f64>().is_err();
        if is_name { TokenKind::Word } else { TokenKind::Number }
    }

    fn word(&mut self) -> TokenKind {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let letters = bytes[start..self.end].iter().take_while(|it| continues_word(**it));
        self.at += letters.count();
        let next = self.byte(self.at);
        let is_short = self.at - start == 1;
        match bytes[start] | 0x20 {
            // `e'..'` with escapes, `x'..'`, `b'..'`, `n'..'`.
            b'e' if is_short && next == b'\'' && self.is(Dialect::PostgreSql) => {
                self.string(self.at, true)
            }
            b'x' | b'b' | b'n' if is_short && next == b'\'' => {
                self.string(self.at, self.has_escapes)
            }
            b'u' if is_short && next == b'&' && self.is(Dialect::PostgreSql) => {
                match self.byte(self.at + 1) {
                    b'\'' => self.string(self.at + 1, false),
                    b'"' => {
                        self.at += 1;
                        self.identifier(b'"')
                    }
                    _ => TokenKind::Word,
                }
            }
            _ => TokenKind::Word,
        }
    }

    fn symbol(&mut self) -> TokenKind {
        let byte = self.byte(self.at);
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        TokenKind::Symbol(byte)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        (self.at < self.end).then(|| self.token())
    }
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    CONTINUES_WORD[usize::from(byte)]
}

const CONTINUES_WORD: [bool; 256] = {
    let (mut continues, mut at) = ([false; 256], 0);
    while at < 256 {
        let byte = at as u8;
        continues[at] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
        at += 1;
    }
    continues
};

/// The `$tag$` that a text begins with.
fn dollar_tag(text: &str) -> Option<&str> {
    let inner = text[1..].bytes().take_while(|&byte| continues_word(byte) && byte != b'$').count();
    let is_closed = text.as_bytes().get(inner + 1) == Some(&b'$');
    let starts_well = !text[1..].starts_with(|first: char| first.is_ascii_digit());
    (is_closed && starts_well).then(|| &text[..inner + 2])
}

/// What an identifier in quotes means: doubled quotes once, `U&` escapes as characters.
pub(crate) fn unquote(token: &str) -> Cow<'_, str> {
    unquote_with(token, '\\')
}

/// As [`unquote`], with another character before the digits of `U&`.
pub(crate) fn unquote_with(token: &str, escape: char) -> Cow<'_, str> {
    let (is_unicode, token) = match token.strip_prefix(['u', 'U']) {
        Some(rest) => (true, rest.strip_prefix('&').unwrap_or(rest)),
        None => (false, token),
    };
    let Some(quote) = token.chars().next() else { return Cow::Borrowed("") };
    let close = if quote == '[' { ']' } else { quote };
    let inner = &token[quote.len_utf8()..];
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    let name = undouble(inner, close);
    if is_unicode { Cow::Owned(unescape_unicode(&name, escape)) } else { name }
}

/// The body of a string without escapes, which can be read where it stands: `$$ ... $$`, or `'...'`
/// in which nothing is doubled. Counts bytes from the start of the token.
pub(crate) fn plain_body(token: &str) -> Option<std::ops::Range<usize>> {
    if token.starts_with('$') {
        let tag = dollar_tag(token)?.len();
        let end = if token.len() >= 2 * tag { token.len() - tag } else { token.len() };
        return Some(tag..end);
    }
    let inner = token.strip_prefix('\'')?;
    let end = if inner.ends_with('\'') { token.len() - 1 } else { token.len() };
    let body = &token[1..end.max(1)];
    (!body.contains(['\'', '\\'])).then_some(1..end.max(1))
}

/// What a string means.
pub(crate) fn string_value<'a>(token: &'a str, dialect: Dialect) -> Cow<'a, str> {
    if let Some(body) = plain_body(token) {
        return Cow::Borrowed(&token[body]);
    }
    let Some(open) = token.find(['\'', '"']) else { return Cow::Borrowed(token) };
    let quote = token[open..].chars().next().unwrap_or('\'');
    let inner = &token[open + 1..];
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let prefix = &token[..open];
    let value = undouble(inner, quote);
    if dialect == Dialect::MySql || prefix.eq_ignore_ascii_case("e") {
        Cow::Owned(unescape_backslashes(&value))
    } else if prefix.eq_ignore_ascii_case("u&") {
        Cow::Owned(unescape_unicode(&value, '\\'))
    } else {
        value
    }
}

fn undouble(inner: &str, quote: char) -> Cow<'_, str> {
    if inner.contains(quote) {
        let mut doubled = [0; 8];
        let length = quote.encode_utf8(&mut doubled).len();
        doubled.copy_within(..length, length);
        let pair = std::str::from_utf8(&doubled[..2 * length]).unwrap_or("\"\"");
        Cow::Owned(inner.replace(pair, &pair[..length]))
    } else {
        Cow::Borrowed(inner)
    }
}

fn unescape_backslashes(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some(other) => value.push(other),
                None => {}
            },
            other => value.push(other),
        }
    }
    value
}

/// `\0061` and `\+000061`, the backslash being the default escape of `U&`.
fn unescape_unicode(text: &str, escape: char) -> String {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(escape) {
        value.push_str(&rest[..at]);
        rest = &rest[at + escape.len_utf8()..];
        if let Some(after) = rest.strip_prefix(escape) {
            value.push(escape);
            rest = after;
            continue;
        }
        let (skip, digits) = if rest.starts_with('+') { (1, 6) } else { (0, 4) };
        let character = rest
            .get(skip..skip + digits)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        match character {
            Some(character) => {
                value.push(character);
                rest = &rest[skip + digits..];
            }
            None => value.push(escape),
        }
    }
    value.push_str(rest);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(engine: Engine, text: &str) -> String {
        let lexer = Lexer::new(text, 0, text.len(), &engine);
        lexer.map(|token| token.text(text).to_owned()).collect::<Vec<_>>().join(" | ")
    }

    // 2.51, 2.61
    #[test]
    fn reads_the_quotes_and_comments_of_postgresql() {
        let check = |text: &str| tokens(Engine::new(Dialect::PostgreSql), text);
        assert_eq!(check(r"a'it''s'b"), "a | 'it''s' | b");
        assert_eq!(check(r"'back\' x"), r"'back\' | x");
        assert_eq!(check(r"E'a\'b' x"), r"E'a\'b' | x");
        assert_eq!(check("$$a;b$$ $t$ $$ $t$ x"), "$$a;b$$ | $t$ $$ $t$ | x");
        assert_eq!(check("$1 a$b$c"), "$1 | a$b$c");
        assert_eq!(check("a /* b /* c */ d */ e -- f\ng"), "a | e | g");
        assert_eq!(check(r#""a""b" U&"d\0061ta""#), r#""a""b" | U&"d\0061ta""#);
        assert_eq!(unquote(r#"U&"d\0061ta""#), "data");
        assert_eq!(unquote(r#""a""b""#), r#"a"b"#);
        assert_eq!(check("1.5e-3 x.y ::int[]"), "1.5e-3 | x | . | y | : | : | int | [ | ]");
        assert_eq!(check("é 'ü' 日本"), "é | 'ü' | 日本");
    }

    // 3.43, 3.44, 3.45
    #[test]
    fn reads_the_quotes_and_comments_of_mysql() {
        let check = |text: &str| tokens(Engine::new(Dialect::MySql), text);
        assert_eq!(check(r#"`a``b` "x\"y" 'a\'b'"#), r#"`a``b` | "x\"y" | 'a\'b'"#);
        assert_eq!(check("a # b\nc -- d\ne 5--1"), "a | c | e | 5 | - | - | 1");
        assert_eq!(check("a /*! b */ c /*!50000 d */ /*!99999 e */ /*M! f */"), "a | b | c | d");
        assert_eq!(check("/* a /* b */ c"), "c");
        assert_eq!(check("1st_table 0x1F 12"), "1st_table | 0x1F | 12");
    }

    // 4.6, 4.20
    #[test]
    fn reads_the_quotes_and_comments_of_sqlite() {
        let check = |text: &str| tokens(Engine::new(Dialect::Sqlite), text);
        assert_eq!(check("[a b] `c` \"d\" 'e\\'"), "[a b] | `c` | \"d\" | 'e\\'");
        assert_eq!(check("a /* b /* c */ d /* e"), "a | d");
    }

    #[test]
    fn says_where_a_quote_without_end_begins() {
        for text in ["a 'b", "a $$b", "a \"b", "a /* b", "a $x$ $y$"] {
            let engine = Engine::new(Dialect::PostgreSql);
            let mut lexer = Lexer::new(text, 0, text.len(), &engine);
            while lexer.next().is_some() {}
            assert_eq!(lexer.unterminated(), Some(2), "{text}");
        }
    }
}
