//! A place in the tokens of one statement, and what every grammar needs: keywords, names, lists.

use std::borrow::Cow;

use drift_model::{Dialect, FileId, Span};

use crate::lex::{self, Token, TokenKind};
use crate::statement::{Name, QualifiedName};
use drift_model::Engine;

/// What everything that is read from one text has in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) engine: &'a Engine,
    pub(crate) file: FileId,
    /// The place that stands for all others, where the text is not that of the file.
    pub(crate) fixed: Option<Span>,
}

impl Source<'_> {
    /// The place of a range of bytes.
    pub(crate) fn span(&self, start: u32, end: u32) -> Span {
        self.fixed.unwrap_or(Span::new(self.file, start, end))
    }
}

/// Why a statement was not read.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: String,
}

/// What reading yields.
pub(crate) type Parsed<T> = Result<T, Failure>;

/// A cursor over tokens.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'t, 'a> {
    pub(crate) source: Source<'a>,
    tokens: &'t [Token],
    at: usize,
    /// Why the engine refuses the statement, however well it can be read.
    fault: Option<&'static str>,
}

impl<'t, 'a> Cursor<'t, 'a> {
    /// A cursor at the first of the tokens.
    pub(crate) fn new(source: Source<'a>, tokens: &'t [Token]) -> Self {
        Self { source, tokens, at: 0, fault: None }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.source.engine.dialect()
    }

    pub(crate) fn is_dialect(&self, dialect: Dialect) -> bool {
        self.dialect() == dialect
    }

    /// The index of the next token.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes to the token at an index.
    pub(crate) fn go_to(&mut self, at: usize) {
        self.at = at.min(self.tokens.len());
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The tokens from one index up to another; none where the second is not behind the first.
    pub(crate) fn tokens(&self, from: usize, to: usize) -> &'t [Token] {
        let to = to.min(self.tokens.len());
        &self.tokens[from.min(to)..to]
    }

    pub(crate) fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    pub(crate) fn peek_nth(&self, nth: usize) -> Option<Token> {
        self.tokens.get(self.at + nth).copied()
    }

    pub(crate) fn next(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// The next token as it is written; empty at the end.
    pub(crate) fn text(&self) -> &'a str {
        self.peek().map_or("", |token| token.text(self.source.text))
    }

    /// Whether the next tokens are these keywords.
    pub(crate) fn is(&self, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(nth, keyword)| self.is_word_at(self.at + nth, keyword))
    }

    /// Whether the token at an index is this keyword.
    #[inline]
    pub(crate) fn is_word_at(&self, at: usize, keyword: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word(self.source.text, keyword))
    }

    /// Whether the next token is one of these keywords.
    pub(crate) fn is_any(&self, keywords: &[&str]) -> bool {
        let Some(token) = self.tokens.get(self.at) else { return false };
        token.kind == TokenKind::Word
            && keywords.iter().any(|keyword| token.is_word(self.source.text, keyword))
    }

    /// Passes over these keywords if they are next.
    pub(crate) fn take(&mut self, keywords: &[&str]) -> bool {
        let is_next = self.is(keywords);
        if is_next {
            self.at += keywords.len();
        }
        is_next
    }

    /// Passes over one of these keywords if it is next.
    pub(crate) fn take_any(&mut self, keywords: &[&str]) -> bool {
        let is_next = self.is_any(keywords);
        self.at += usize::from(is_next);
        is_next
    }

    pub(crate) fn is_symbol(&self, symbol: u8) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Symbol(symbol))
    }

    pub(crate) fn take_symbol(&mut self, symbol: u8) -> bool {
        let is_next = self.is_symbol(symbol);
        self.at += usize::from(is_next);
        is_next
    }

    /// A failure that says what should be next.
    pub(crate) fn fail<T>(&self, wanted: &str) -> Parsed<T> {
        let found = match self.text() {
            "" => "the end".to_owned(),
            text => format!("`{}`", text.chars().take(40).collect::<String>()),
        };
        Err(Failure { reason: format!("expected {wanted} and found {found}") })
    }

    /// Notes that PostgreSQL takes no such statement, and reads on.
    pub(crate) fn reject(&mut self, reason: &'static str) {
        self.reject_in(Dialect::PostgreSql, reason);
    }

    /// Notes that the engines of a dialect take no such statement, and reads on.
    pub(crate) fn reject_in(&mut self, dialect: Dialect, reason: &'static str) {
        if self.is_dialect(dialect) {
            self.fault.get_or_insert(reason);
        }
    }

    /// Notes that no engine takes such a statement, and reads on.
    pub(crate) fn reject_everywhere(&mut self, reason: &'static str) {
        self.fault.get_or_insert(reason);
    }

    /// Why the engine takes no such statement.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        self.fault
    }

    /// Passes over a symbol.
    pub(crate) fn expect_symbol(&mut self, symbol: u8) -> Parsed<()> {
        if self.take_symbol(symbol) {
            return Ok(());
        }
        self.fail(&format!("`{}`", char::from(symbol)))
    }

    /// An identifier as the engine stores it.
    pub(crate) fn name(&mut self) -> Parsed<Name<'a>> {
        let Some(token) = self.peek() else { return self.fail("a name") };
        let text = token.text(self.source.text);
        let dialect = self.dialect();
        let name = match token.kind {
            TokenKind::Word => dialect.fold(text),
            TokenKind::Quoted => lex::unquote(text),
            // SQLite takes a string for a name where no string can stand, MySQL if told so.
            TokenKind::String if dialect != Dialect::PostgreSql => lex::string_value(text, dialect),
            _ => return self.fail("a name"),
        };
        self.at += 1;
        if token.kind == TokenKind::Quoted && self.is(&["uescape"]) {
            return Ok(truncate(dialect, self.unicode_name(text)));
        }
        Ok(truncate(dialect, name))
    }

    /// `U&"x!0061" UESCAPE '!'`.
    fn unicode_name(&mut self, text: &'a str) -> Name<'a> {
        self.at += 1;
        let escape = self.next().map_or("", |it| it.text(self.source.text));
        let escape = escape.trim_matches('\'').chars().next().unwrap_or('\\');
        lex::unquote_with(text, escape)
    }

    /// A name with its namespace, if it says one. Of `database.namespace.table` the database is
    /// left out.
    pub(crate) fn qualified_name(&mut self) -> Parsed<QualifiedName<'a>> {
        let mut namespace = None;
        let mut name = self.name()?;
        while self.is_symbol(b'.') && !self.is_range() {
            self.at += 1;
            namespace = Some(std::mem::replace(&mut name, self.name()?));
        }
        Ok(QualifiedName { namespace, name })
    }

    /// Whether the dot that is next is the first of the two in `1..3`.
    fn is_range(&self) -> bool {
        self.peek_nth(1).is_some_and(|token| match token.kind {
            TokenKind::Symbol(symbol) => symbol == b'.',
            TokenKind::Number => token.text(self.source.text).starts_with('.'),
            _ => false,
        })
    }

    /// `a, b` without parentheses.
    pub(crate) fn qualified_names(&mut self) -> Parsed<Vec<QualifiedName<'a>>> {
        let mut names = vec![self.qualified_name()?];
        while self.take_symbol(b',') {
            names.push(self.qualified_name()?);
        }
        Ok(names)
    }

    /// `(a, b)`.
    pub(crate) fn column_list(&mut self) -> Parsed<Vec<Name<'a>>> {
        self.expect_symbol(b'(')?;
        let mut names = vec![self.name()?];
        while self.take_symbol(b',') {
            names.push(self.name()?);
        }
        self.expect_symbol(b')')?;
        Ok(names)
    }

    /// `(a, b DESC, c(10))` of a primary key: its columns.
    pub(crate) fn primary_key_list(&mut self) -> Parsed<Vec<Name<'a>>> {
        Ok(self.key_parts(true)?.0)
    }

    /// `(a DESC, lower(b), c(10))`: the columns up to the first expression or the first that counts
    /// with a part of its text alone, and whether there is one.
    pub(crate) fn key_list(&mut self) -> Parsed<(Vec<Name<'a>>, bool)> {
        self.key_parts(false)
    }

    fn key_parts(&mut self, takes_lengths: bool) -> Parsed<(Vec<Name<'a>>, bool)> {
        self.expect_symbol(b'(')?;
        let mut names = Vec::new();
        let mut has_expressions = false;
        loop {
            let start = self.at;
            let is_name = self.peek().is_some_and(|token| {
                matches!(token.kind, TokenKind::Word | TokenKind::Quoted)
                    || (token.kind == TokenKind::String && self.is_dialect(Dialect::Sqlite))
            });
            let name = if is_name { Some(self.name()?) } else { None };
            match name {
                Some(name) if self.ends_key_part(takes_lengths) && !has_expressions => {
                    names.push(name);
                }
                Some(_) if self.ends_key_part(takes_lengths) => {}
                _ => has_expressions = true,
            }
            self.go_to(start);
            self.skip_until(b",)");
            if !self.take_symbol(b',') {
                break;
            }
        }
        self.expect_symbol(b')')?;
        Ok((names, has_expressions))
    }

    /// Whether what follows a name in a list of keys leaves it a plain column: an order, a class of
    /// operators, a collation, or a length of MySQL where it may have one.
    fn ends_key_part(&self, takes_lengths: bool) -> bool {
        match self.peek() {
            None => true,
            Some(token) => match token.kind {
                TokenKind::Symbol(b'(') => {
                    let is_length =
                        self.peek_nth(1).is_some_and(|token| token.kind == TokenKind::Number);
                    takes_lengths && is_length
                }
                TokenKind::Symbol(symbol) => matches!(symbol, b',' | b')'),
                _ => true,
            },
        }
    }

    /// Passes over everything up to one of the symbols outside of parentheses and brackets, or the
    /// end.
    pub(crate) fn skip_until(&mut self, symbols: &[u8]) {
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Symbol(symbol) if symbols.contains(&symbol) => return,
                _ => self.skip_part(),
            }
        }
    }

    /// Passes over a token, or a pair of parentheses or brackets and what is in it.
    pub(crate) fn skip_part(&mut self) {
        match self.peek().map(|it| it.kind) {
            Some(TokenKind::Symbol(b'(')) => self.skip_parentheses(),
            Some(TokenKind::Symbol(b'[')) => self.skip_brackets(),
            _ => self.at += 1,
        }
    }

    /// Passes over a pair of brackets and what is in it. A parenthesis that was opened before them
    /// ends what has no end.
    pub(crate) fn skip_brackets(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Symbol(b'(') => {
                    self.skip_parentheses();
                    continue;
                }
                TokenKind::Symbol(b')') => return,
                TokenKind::Symbol(b'[') => depth += 1,
                TokenKind::Symbol(b']') => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// Passes over a pair of parentheses and what is in it.
    pub(crate) fn skip_parentheses(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.next() {
            match token.kind {
                TokenKind::Symbol(b'(') => depth += 1,
                TokenKind::Symbol(b')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// The place from the token at an index through the one before the next.
    pub(crate) fn span_from(&self, from: usize) -> Span {
        let last = self.at.saturating_sub(1).max(from);
        let last = self.tokens.get(last).or(self.tokens.last());
        let start = self.tokens.get(from).or(self.tokens.last()).map_or(0, |token| token.start);
        self.source.span(start, last.map_or(start, |token| token.end))
    }

    /// The text from the token at an index through the one before the next.
    pub(crate) fn text_from(&self, from: usize) -> &'a str {
        match (self.tokens.get(from), self.tokens.get(self.at.saturating_sub(1))) {
            (Some(first), Some(last)) if first.start <= last.end => {
                &self.source.text[first.start as usize..last.end as usize]
            }
            _ => "",
        }
    }
}

fn truncate(dialect: Dialect, name: Name<'_>) -> Name<'_> {
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(dialect.truncate(name)),
        Cow::Owned(mut name) => {
            let length = dialect.truncate(&name).len();
            name.truncate(length);
            Cow::Owned(name)
        }
    }
}
