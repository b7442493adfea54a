//! An independent count: what the text of a schema mentions, found without the parser.

use std::ops::Range;

/// Where `references` in `.references(` and `foreignKey` in `foreignKey(` are, or what that is imported as,
/// outside of comments, strings and patterns, in bytes from 0. `["references"](` begins at the bracket.
///
/// It knows tokens only, so that whatever a parser or an evaluator gets wrong is not wrong here in
/// the same way. Declarations of functions of these names do not count.
pub fn mentions(text: &str) -> Vec<Range<u32>> {
    if !text.contains("references") && !text.contains("foreignKey") {
        return Vec::new();
    }
    Scan::new(text, 0).run()
}

/// The last token, as far as the next ones depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// A value may have ended, so that `/` divides.
    Value,
    /// An operator, or a word that a value follows.
    Operator,
    /// `.` or `?.`
    Dot,
    /// `function`
    Function,
}

/// Both names have ten letters.
const NAME_LENGTH: usize = 10;

/// Longer lists of types are none.
const TYPES_LIMIT: usize = 500;

/// More names than this are not told apart from others.
const ALIASES_LIMIT: usize = 8;

/// Reads a text token by token.
pub(crate) struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    /// For each `${` that is open, the braces that are open in it.
    templates: Vec<u32>,
    /// What `foreignKey` is imported as.
    aliases: Vec<&'t [u8]>,
    found: Vec<Range<u32>>,
}

impl<'t> Scan<'t> {
    /// A scan from a byte on, where code begins.
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        let text = text.as_bytes();
        Self { text, at, templates: Vec::new(), aliases: Vec::new(), found: Vec::new() }
    }

    fn run(mut self) -> Vec<Range<u32>> {
        let mut last = Last::Operator;
        while self.step(&mut last).is_some() {}
        self.found
    }

    /// Reads the next token, blank or comment; `None` at the end. `last` is the token before it, and
    /// becomes this one unless it is none.
    pub(crate) fn step(&mut self, last: &mut Last) -> Option<Range<usize>> {
        let (start, byte) = (self.at, *self.text.get(self.at)?);
        *last = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                self.at += 1;
                *last
            }
            b'/' if self.comment() => *last,
            b'/' if *last != Last::Value => self.pattern(),
            b'[' if *last == Last::Value => self.index(),
            b'"' | b'\'' => self.string(byte),
            b'`' => self.template(),
            b'{' | b'}' if !self.templates.is_empty() => self.brace(byte),
            b'.' => {
                self.at += 1;
                if self.text.get(self.at) == Some(&b'.') { Last::Operator } else { Last::Dot }
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                Last::Value
            }
            _ if is_word(byte) => self.word(*last),
            _ => {
                self.at += 1;
                Last::Operator
            }
        };
        // What is escaped at the very end may be missing.
        self.at = self.at.min(self.text.len());
        Some(start..self.at)
    }

    fn word(&mut self, last: Last) -> Last {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|byte| is_word(*byte)) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        let is_meant = match word {
            b"references" => last == Last::Dot,
            b"foreignKey" => last != Last::Function,
            word => last != Last::Function && last != Last::Dot && self.aliases.contains(&word),
        };
        if is_meant && self.is_called() {
            self.found.push(start as u32..self.at as u32);
        }
        if word == b"foreignKey" {
            let alias = self.alias(start).filter(|it| !self.aliases.contains(it));
            self.aliases.extend(alias.filter(|_| self.aliases.len() < ALIASES_LIMIT));
        }
        match word {
            _ if last == Last::Dot => Last::Value,
            b"function" => Last::Function,
            b"return" | b"typeof" | b"case" | b"in" | b"of" | b"void" | b"delete" | b"await"
            | b"else" | b"do" => Last::Operator,
            _ => Last::Value,
        }
    }

    /// `fk` of `{ foreignKey as fk }`; a name between braces or commas that no type has.
    fn alias(&self, start: usize) -> Option<&'t [u8]> {
        if !self.text[..start].trim_ascii_end().ends_with(b"{")
            && !self.text[..start].trim_ascii_end().ends_with(b",")
        {
            return None;
        }
        let rest = self.text[self.at..].trim_ascii_start().strip_prefix(b"as")?;
        let alias = rest.trim_ascii_start();
        let end = alias.iter().position(|byte| !is_word(*byte)).unwrap_or(alias.len());
        let (alias, behind) = alias.split_at(end);
        let ends = matches!(behind.trim_ascii_start().first(), Some(b',' | b'}'));
        let is_type = matches!(alias, b"any" | b"unknown" | b"never" | b"const" | b"default");
        (ends && !is_type && !alias.is_empty() && rest.len() > behind.len() + alias.len())
            .then_some(alias)
    }

    /// Whether an opening parenthesis follows, behind `!`, `?.` and `<..>` if need be.
    fn is_called(&mut self) -> bool {
        let start = self.at;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'!' => self.at += 1,
                b'?' if self.text.get(self.at + 1) == Some(&b'.') => self.at += 2,
                b'/' if self.comment() => {}
                b'<' if self.type_arguments() => {}
                _ => break,
            }
        }
        let is_called = self.text.get(self.at) == Some(&b'(');
        self.at = start;
        is_called
    }

    /// Skips `<..>`, if it looks like the types of a call and not like a comparison.
    fn type_arguments(&mut self) -> bool {
        let mut open = 0_u32;
        for (position, byte) in self.text[self.at..].iter().enumerate().take(TYPES_LIMIT) {
            match byte {
                b'<' => open += 1,
                b'>' if open == 1 => {
                    self.at += position + 1;
                    return true;
                }
                b'>' => open -= 1,
                b'(' | b')' | b';' | b'`' => break,
                _ => {}
            }
        }
        false
    }

    /// `["references"](..)` behind a value; anything else in brackets is read on as it is.
    fn index(&mut self) -> Last {
        let start = self.at;
        self.at += 1;
        let rest = self.text[self.at..].trim_ascii_start();
        self.at = self.text.len() - rest.len();
        let (quote, name) = match rest {
            [quote @ (b'"' | b'\'' | b'`'), name @ ..] => (*quote, name),
            _ => return Last::Operator,
        };
        let is_meant = name.starts_with(b"references") || name.starts_with(b"foreignKey");
        if is_meant && name.get(NAME_LENGTH) == Some(&quote) {
            let behind = name[NAME_LENGTH + 1..].trim_ascii_start();
            if behind.first() == Some(&b']') {
                self.at = self.text.len() - behind.len() + 1;
                if self.is_called() {
                    self.found.push(start as u32..(start + NAME_LENGTH) as u32);
                }
                return Last::Value;
            }
        }
        Last::Operator
    }

    /// Skips a comment, if one begins here.
    fn comment(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with(b"//") {
            rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))
        } else if rest.starts_with(b"/*") {
            rest[2..].windows(2).position(|it| it == b"*/").map(|end| end + 4)
        } else {
            return false;
        };
        self.at += length.unwrap_or(rest.len());
        true
    }

    /// Skips a regular expression; a line break ends what was none.
    fn pattern(&mut self) -> Last {
        let mut is_in_class = false;
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'[' => is_in_class = true,
                b']' => is_in_class = false,
                b'/' if !is_in_class => break,
                b'\n' => break,
                _ => {}
            }
        }
        Last::Value
    }

    fn string(&mut self, quote: u8) -> Last {
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => break,
                _ if byte == quote => break,
                _ => {}
            }
        }
        Last::Value
    }

    /// Skips the text of a template, up to its end or to `${`, behind which there is code again.
    fn template(&mut self) -> Last {
        self.at += 1;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => return Last::Value,
                b'$' if self.text.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    self.templates.push(0);
                    return Last::Operator;
                }
                _ => {}
            }
        }
        Last::Value
    }

    /// A brace within `${`; the one that closes it leads back into the text of the template.
    fn brace(&mut self, byte: u8) -> Last {
        match (byte, self.templates.last_mut()) {
            (b'}', Some(0)) => {
                self.templates.pop();
                self.template()
            }
            (b'}', Some(open)) => {
                *open -= 1;
                self.at += 1;
                Last::Value
            }
            (_, open) => {
                open.into_iter().for_each(|it| *it += 1);
                self.at += 1;
                Last::Operator
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> usize {
        let found = mentions(text);
        for place in &found {
            let rest = &text[place.start as usize..];
            let name = rest.trim_start_matches(['[', ' ', '"', '\'', '`']);
            let is_name = ["references", "foreignKey", "fk"].iter().any(|it| name.starts_with(it));
            assert!(is_name, "{rest}");
        }
        found.len()
    }

    #[test]
    fn counts_calls() {
        assert_eq!(check("a.references(() => b.id).references (x)"), 2);
        assert_eq!(check("a?.references!(x); a\n  // why\n  .references/* c */(x)"), 2);
        assert_eq!(
            check("a.references<typeof b, c<d>>(x); a.references < b; a.references?.(x)"),
            2
        );
        assert_eq!(check("a[\"references\"](x), b()[ `references` ]?.(x), pg['foreignKey'](x)"), 3);
        assert_eq!(check("[\"references\"](x); a[\"references\"]; a[\"references\" + x](y)"), 0);
        assert_eq!(check("[foreignKey({}), pg.foreignKey({ columns: [] })]"), 2);
        assert_eq!(check("references(a); { references: b.references }; foreignKeys(x)"), 0);
        assert_eq!(check("function foreignKey(x) {}; import { foreignKey } from 'x'"), 0);
    }

    #[test]
    fn counts_calls_by_other_names() {
        let import = "import { pgTable, foreignKey as fk } from 'drizzle-orm/pg-core';";
        assert_eq!(check(&format!("{import} [fk({{}}), fk<a>({{}}), foreignKey({{}})]")), 3);
        assert_eq!(
            check(&format!("{import} a.fk(1); function fk(a) {{}}; fk; 'fk(1)' // fk(1)")),
            0
        );
        assert_eq!(check("import {\n  foreignKey\n  as fk,\n} from 'x'; fk (1)"), 1);
        assert_eq!(check("// { foreignKey as fk }\nfk(1); fk(2)"), 0);
        assert_eq!(check("f(a, foreignKey as any, b); any(1)"), 0);
        assert_eq!(check("f(foreignKey as fk); { foreignKey asfk }; fk(1)"), 0);
        assert_eq!(check("{ foreignKey as"), 0);
    }

    #[test]
    fn leaves_out_comments_strings_and_patterns() {
        assert_eq!(
            check("// a.references(b)\n/* foreignKey( */ 'foreignKey(' \"a.references(\""),
            0
        );
        assert_eq!(check("x = /'/; a.references(b)"), 1);
        assert_eq!(check("x = a / b; a.references(c) / d"), 1);
        assert_eq!(check("`.references( ${a.references(b)} foreignKey(`; foreignKey()"), 2);
        assert_eq!(check("`${{ a: `${1}` }} a.references(`; '\\'foreignKey('"), 0);
    }

    #[test]
    fn survives_any_text() {
        for text in
            ["references", "`${references", "'references", "/references", "/*foreignKey", "\\"]
        {
            check(text);
        }
        let text = "é.references(`${{'\\\"foreignKey(/*/[//`}".repeat(3);
        for end in (0..text.len()).filter(|it| text.is_char_boundary(*it)) {
            check(&text[..end]);
        }
    }
}
