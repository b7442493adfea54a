//! Cuts a snapshot into parts that are parsed by themselves, side by side: the syntax tree of all of it takes
//! many times the memory of its text.

use std::borrow::Cow;
use std::ops::Range;

use drift_model::{FileId, SourceFile, Span};
use jsonc_parser::ast::Value;
use jsonc_parser::common;
use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use crate::json_tree::blanks;
use crate::snapshot_json::{self as json, Read, Wrong};

/// A stretch of a file that is parsed by itself. The ranges of its values count from its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fragment<'t> {
    file: FileId,
    pub(crate) text: &'t str,
    start: usize,
}

impl<'t> Fragment<'t> {
    /// All of a file.
    pub(crate) fn whole(file: &'t SourceFile) -> Self {
        Self { file: file.id, text: &file.text, start: 0 }
    }

    fn of(self, range: Range<usize>) -> Self {
        Self { text: &self.text[range.clone()], start: self.start + range.start, ..self }
    }

    /// Reads its text as a value.
    ///
    /// # Errors
    /// It is not JSON.
    pub(crate) fn parse(self) -> Read<Value<'t>> {
        json::parse(self.text)
    }

    /// The place of a range of the part.
    pub(crate) fn span(self, range: common::Range) -> Span {
        let (start, end) = (self.start + range.start, self.start + range.end);
        Span::new(self.file, start as u32, end as u32)
    }
}

/// A property of an object whose value is not parsed yet.
#[derive(Debug)]
pub(crate) struct Member<'t> {
    pub(crate) name: Cow<'t, str>,
    pub(crate) name_span: Span,
    pub(crate) value: Fragment<'t>,
}

/// A snapshot without what its longest values hold.
#[derive(Default)]
pub(crate) struct Outline<'t> {
    /// The text, with nothing between the brackets of those values.
    pub(crate) text: String,
    /// The properties of `tables`. Of several the last one counts, as in JavaScript.
    pub(crate) tables: Option<Vec<Member<'t>>>,
    /// The elements of `ddl`.
    pub(crate) entities: Option<Vec<Fragment<'t>>>,
    cuts: Vec<Cut>,
}

/// What the outline lacks.
struct Cut {
    /// Where it goes on.
    at: usize,
    length: usize,
}

impl<'t> Outline<'t> {
    /// Cuts out the long values; `None` where the text is no object.
    pub(crate) fn new(whole: Fragment<'t>) -> Option<Self> {
        let mut outline = Self::default();
        let mut kept = 0;
        let mut cutter = Cutter { fragment: whole, at: 0 };
        cutter.properties(|cutter, name, _| {
            let start = cutter.after_blanks();
            match (&*name, whole.text.as_bytes().get(start)?) {
                ("tables", b'{') => outline.tables = Some(cutter.members()?),
                ("ddl", b'[') => outline.entities = Some(cutter.elements()?),
                _ => return cutter.value().map(drop),
            }
            outline.text.push_str(&whole.text[kept..=start]);
            kept = cutter.at - 1;
            outline.cuts.push(Cut { at: outline.text.len(), length: kept - start - 1 });
            Some(())
        })?;
        outline.text.push_str(&whole.text[kept..]);
        Some(outline)
    }

    /// What is wrong with a value of the outline, as a range of the file.
    pub(crate) fn in_file(&self, wrong: Wrong) -> Wrong {
        let before = |place: usize| {
            let cuts = self.cuts.iter().take_while(|cut| cut.at <= place);
            place + cuts.map(|cut| cut.length).sum::<usize>()
        };
        let common::Range { start, end } = wrong.range;
        Wrong { range: common::Range { start: before(start), end: before(end) }, ..wrong }
    }
}

/// What is wrong with a whole text that cannot be cut, or of which a part cannot be parsed.
pub(crate) fn fault(whole: Fragment<'_>) -> Wrong {
    match whole.parse() {
        Err(wrong) => wrong,
        Ok(value) => match json::as_object(&value, "the snapshot") {
            Err(wrong) => wrong,
            Ok(object) => Wrong::new(object, "its parts cannot be told from each other"),
        },
    }
}

/// Tells the parts of a text from each other. What is in them is not looked at: parsing them shows whether it
/// is JSON.
struct Cutter<'t> {
    fragment: Fragment<'t>,
    at: usize,
}

impl<'t> Cutter<'t> {
    fn token(&mut self) -> Option<(Token<'t>, common::Range)> {
        let mut scanner = Scanner::new(self.fragment.text.get(self.at..)?, &JSON);
        let token = scanner.scan().ok()??;
        let (start, end) = (self.at + scanner.token_start(), self.at + scanner.token_end());
        self.at = end;
        Some((token, common::Range { start, end }))
    }

    /// Where the next token begins.
    fn after_blanks(&self) -> usize {
        self.at + blanks(&self.fragment.text.as_bytes()[self.at..])
    }

    fn expect(&mut self, expected: &Token<'_>) -> Option<()> {
        (self.token()?.0 == *expected).then_some(())
    }

    /// Whether a bracket comes next, which is then passed.
    fn passes(&mut self, bracket: &Token<'_>) -> bool {
        let start = self.at;
        let is_there = self.expect(bracket).is_some();
        if !is_there {
            self.at = start;
        }
        is_there
    }

    /// Goes through an object; `each` passes the value of a property.
    fn properties(
        &mut self,
        mut each: impl FnMut(&mut Self, Cow<'t, str>, Span) -> Option<()>,
    ) -> Option<()> {
        self.expect(&Token::OpenBrace)?;
        if self.passes(&Token::CloseBrace) {
            return Some(());
        }
        loop {
            let (Token::String(name), range) = self.token()? else { return None };
            self.expect(&Token::Colon)?;
            each(self, name, self.fragment.span(range))?;
            match self.token()?.0 {
                Token::Comma => {}
                Token::CloseBrace => return Some(()),
                _ => return None,
            }
        }
    }

    /// The properties of an object, in their order.
    fn members(&mut self) -> Option<Vec<Member<'t>>> {
        let mut members = Vec::new();
        self.properties(|cutter, name, name_span| {
            members.push(Member { name, name_span, value: cutter.value()? });
            Some(())
        })?;
        Some(members)
    }

    /// The elements of a list.
    fn elements(&mut self) -> Option<Vec<Fragment<'t>>> {
        self.expect(&Token::OpenBracket)?;
        let mut elements = Vec::new();
        if self.passes(&Token::CloseBracket) {
            return Some(elements);
        }
        loop {
            elements.push(self.value()?);
            match self.token()?.0 {
                Token::Comma => {}
                Token::CloseBracket => return Some(elements),
                _ => return None,
            }
        }
    }

    /// Passes a value, up to the bracket that ends it.
    fn value(&mut self) -> Option<Fragment<'t>> {
        let (token, common::Range { start, .. }) = self.token()?;
        match token {
            Token::OpenBrace | Token::OpenBracket => {
                self.at = start + closing(&self.fragment.text.as_bytes()[start..])?;
            }
            Token::String(_) | Token::Number(_) | Token::Boolean(_) | Token::Null => {}
            _ => return None,
        }
        Some(self.fragment.of(start..self.at))
    }
}

/// How many bytes there are up to the bracket that closes the one at the beginning.
fn closing(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match text.get(at)? {
            b'"' => at += string_length(&text[at + 1..])?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            b'\n' => at += blanks(&text[at + 1..]),
            _ => {}
        }
        at += 1;
    }
}

/// How many bytes there are up to the quotation mark that ends a string, and with it.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.iter().position(|it| matches!(it, b'"' | b'\\'))?;
        match text[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// Nothing but JSON.
const JSON: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};
