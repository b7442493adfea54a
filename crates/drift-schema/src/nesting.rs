//! Rejects text whose syntax tree would be too deep to walk, before it is parsed.
//!
//! A parser recurses, and so does whatever walks or drops its tree. The scan here goes through the
//! tokens once and adds up what may nest at each place: open brackets, and the operators and
//! keywords since the statement or list item around them began. It errs towards too much.

use std::mem;

use drift_model::SourceFile;

/// The offset at which nesting gets too deep, if it does.
pub(crate) fn too_deep_at(source: &SourceFile) -> Option<u32> {
    let mut scan = Scan::new(&source.text);
    let offset = scan.run();
    let extension = source.path.extension().and_then(|it| it.to_str());
    // The text between JSX tags may hold quotes that open nothing.
    let is_ambiguous = scan.is_ambiguous || matches!(extension, Some("tsx" | "jsx"));
    let offset = match offset {
        None if is_ambiguous => openings_over_limit(&source.text),
        offset => offset,
    };
    offset.map(|offset| offset as u32)
}

/// What one level of right recursion counts: it goes through a dozen functions of the parser.
const RIGHT: u32 = 32;

/// What one level of left recursion counts: the parser loops over it, and only drop recurses.
const LEFT: u32 = 1;

/// The sum of [`RIGHT`] and [`LEFT`] that fits into the stack, measured in a debug build.
const LIMIT: u32 = 1_000 * RIGHT;

/// Brackets that open behind a `<` which nothing has closed, one in another. The parser tries each
/// such `<` both as type arguments and as an operator, so that its work grows with a power of them.
const GUESS_LIMIT: usize = 8;

/// Openings in a text whose quotes cannot be told from plain text.
const AMBIGUOUS_LIMIT: usize = 20_000;

/// Brackets and prefix operators may all nest where it is not known which of them are code.
fn openings_over_limit(text: &str) -> Option<usize> {
    let openings = text.bytes().enumerate().filter(|(_, byte)| b"([{<!~?=".contains(byte));
    openings.skip(AMBIGUOUS_LIMIT).map(|(offset, _)| offset).next()
}

/// One bracket that is open, and what nests in it so far.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    /// Since the statement began: `if`, `else`, `for`, labels.
    statement: u32,
    /// Since the list item or statement began: operators, calls, members.
    expression: u32,
    /// Open angle brackets, which no comma closes.
    angles: u32,
    /// Whether this is `${`.
    is_template: bool,
    /// Whether this is the header of `if`, `for`, `while` or `with`.
    is_header: bool,
}

impl Frame {
    fn sum(&self) -> u32 {
        RIGHT + self.statement + self.expression + self.angles
    }

    /// Nothing before this place nests in what follows.
    fn clear(&mut self) {
        (self.statement, self.expression, self.angles) = (0, 0, 0);
    }
}

/// What the last token was, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// An operator, an opening bracket, or nothing.
    Operator,
    /// A value may have ended.
    Operand,
    /// `}`: the end of a value or of a block.
    Brace,
    /// A word that a value follows: `return`, `typeof`.
    Prefix,
    /// `if`, `for`, `while`, `with`.
    Header,
    /// A word that may be a name or such a prefix: `of`, `await`, `yield`.
    Either,
    /// `.`, after which every word is a name.
    Dot,
    /// `>`, a comparison or the end of type arguments.
    Angle,
    /// `;`
    Semicolon,
}

struct Scan<'t> {
    text: &'t [u8],
    at: usize,
    /// The innermost frame.
    frame: Frame,
    /// Those around it.
    frames: Vec<Frame>,
    /// The sum of all frames but the innermost.
    outer: u32,
    /// How many of the frames around the innermost have an open angle bracket.
    guesses: usize,
    last: Last,
    has_newline: bool,
    is_ambiguous: bool,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            frame: Frame::default(),
            frames: Vec::new(),
            outer: 0,
            guesses: 0,
            last: Last::Operator,
            has_newline: false,
            is_ambiguous: false,
        }
    }

    fn run(&mut self) -> Option<usize> {
        if self.text.starts_with(b"#!") {
            self.skip_line();
        }
        while self.at < self.text.len() {
            self.token();
            if self.outer + self.frame.sum() > LIMIT || self.guesses > GUESS_LIMIT {
                return Some(self.at.min(self.text.len()) - 1);
            }
        }
        None
    }

    fn peek(&self, distance: usize) -> u8 {
        self.text.get(self.at + distance).copied().unwrap_or(0)
    }

    fn token(&mut self) {
        let byte = self.text[self.at];
        match byte {
            b'\n' | b'\r' => {
                self.has_newline = true;
                self.at += 1;
                return;
            }
            b' ' | b'\t' => {
                self.at += 1;
                while matches!(self.peek(0), b' ' | b'\t') {
                    self.at += 1;
                }
                return;
            }
            b'/' if self.peek(1) == b'/' => {
                self.skip_line();
                return;
            }
            b'/' if self.peek(1) == b'*' => {
                self.skip_block_comment();
                return;
            }
            _ if self.is_line_separator() => {
                self.has_newline = true;
                self.at += 3;
                return;
            }
            _ => {}
        }
        if IS_WORD[usize::from(byte)] {
            self.word();
        } else {
            self.punctuation(byte);
        }
        self.has_newline = false;
    }

    /// U+2028 and U+2029 end lines as well.
    fn is_line_separator(&self) -> bool {
        self.peek(0) == 0xE2 && self.peek(1) == 0x80 && matches!(self.peek(2), 0xA8 | 0xA9)
    }

    fn skip_line(&mut self) {
        while self.at < self.text.len()
            && !matches!(self.text[self.at], b'\n' | b'\r')
            && !self.is_line_separator()
        {
            self.at += 1;
        }
    }

    fn skip_block_comment(&mut self) {
        self.at += 2;
        while self.at < self.text.len() && !self.text[self.at..].starts_with(b"*/") {
            self.has_newline |= matches!(self.text[self.at], b'\n' | b'\r');
            self.at += 1;
        }
        self.at += 2;
    }

    fn word(&mut self) {
        let start = self.at;
        while let Some(&byte) = self.text.get(self.at)
            && IS_WORD[usize::from(byte)]
            && !(byte == 0xE2 && self.is_line_separator())
        {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        if self.last == Last::Dot {
            self.last = Last::Operand;
            return;
        }
        if !may_be_keyword(word) {
            if self.begins_statement(false) {
                self.frame.clear();
            }
            self.last = Last::Operand;
            return;
        }
        let continues = matches!(
            word,
            b"as"
                | b"satisfies"
                | b"in"
                | b"of"
                | b"instanceof"
                | b"is"
                | b"extends"
                | b"implements"
                | b"else"
                | b"while"
                | b"catch"
                | b"finally"
                | b"from"
        );
        let begins_statement = match self.last {
            Last::Semicolon => !matches!(word, b"else" | b"while"),
            _ => self.begins_statement(continues),
        };
        if begins_statement || matches!(word, b"case" | b"default") {
            self.frame.clear();
        }
        self.last = match word {
            b"if" | b"for" | b"while" | b"with" => {
                self.frame.statement += RIGHT;
                Last::Header
            }
            b"else" | b"do" | b"try" | b"finally" | b"catch" => {
                self.frame.statement += RIGHT;
                Last::Prefix
            }
            b"typeof" | b"void" | b"delete" | b"new" | b"keyof" | b"unique" | b"infer"
            | b"readonly" | b"async" | b"asserts" | b"throw" | b"return" | b"case"
            | b"function" | b"class" | b"abstract" => {
                self.frame.expression += RIGHT;
                Last::Prefix
            }
            b"await" | b"yield" | b"of" => {
                self.frame.expression += RIGHT;
                Last::Either
            }
            b"in" | b"instanceof" | b"as" | b"satisfies" | b"extends" | b"is" => {
                self.frame.expression += LEFT;
                Last::Prefix
            }
            _ => Last::Operand,
        };
    }

    /// Whether a word begins a statement; one that `continues` needs something before it.
    fn begins_statement(&self, continues: bool) -> bool {
        match self.last {
            Last::Semicolon => true,
            Last::Brace => !continues,
            Last::Operand => self.has_newline && !continues,
            _ => false,
        }
    }

    fn punctuation(&mut self, byte: u8) {
        if self.last == Last::Semicolon && byte != b'}' {
            self.frame.clear();
        }
        let is_after_value = matches!(self.last, Last::Operand | Last::Brace | Last::Angle);
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'`' => {
                self.frame.expression += LEFT;
                self.at += 1;
                self.template();
            }
            b'/' => self.slash(),
            b'(' | b'[' | b'{' => self.open(false),
            b')' | b']' | b'}' => self.close(byte),
            b';' => self.operator(1, 0, Last::Semicolon),
            b',' => {
                // Between angle brackets it separates types, and ends nothing around them.
                if self.frame.angles == 0 {
                    self.frame.expression = 0;
                }
                self.operator(1, 0, Last::Operator);
            }
            b'.' if self.peek(1) == b'.' => self.operator(3, LEFT, Last::Operator),
            b'.' => self.operator(1, LEFT, Last::Dot),
            b'?' => match self.peek(1) {
                b'.' => self.operator(2, LEFT, Last::Dot),
                b'?' => self.operator(2, LEFT, Last::Operator),
                _ => self.operator(1, RIGHT, Last::Operator),
            },
            b':' => self.operator(1, RIGHT, Last::Operator),
            b'<' => {
                self.frame.angles += RIGHT;
                self.operator(1, 0, Last::Operator);
            }
            b'>' => {
                let frame = &mut self.frame;
                frame.angles = frame.angles.saturating_sub(RIGHT);
                self.operator(1, LEFT, Last::Angle);
            }
            b'=' if self.peek(1) == b'>' => self.operator(2, RIGHT, Last::Operator),
            b'=' => {
                let length = self.text[self.at..].iter().take_while(|it| **it == b'=').count();
                let weight = if length == 1 { RIGHT } else { LEFT };
                self.operator(length, weight, Last::Operator);
            }
            b'+' | b'-' if self.peek(1) == byte => {
                let last = if is_after_value { Last::Operand } else { Last::Operator };
                self.operator(2, RIGHT, last);
            }
            b'*' if self.peek(1) == b'*' => self.operator(2, RIGHT, Last::Operator),
            b'!' if is_after_value && !self.has_newline && self.peek(1) != b'=' => {
                self.operator(1, LEFT, Last::Operand);
            }
            // `a! / b` divides, `!/x/` is a pattern.
            _ => {
                let weight = if is_after_value { LEFT } else { RIGHT };
                self.operator(1, weight, Last::Operator);
            }
        }
    }

    fn operator(&mut self, length: usize, weight: u32, last: Last) {
        self.frame.expression += weight;
        self.at += length;
        self.last = last;
    }

    fn open(&mut self, is_template: bool) {
        let is_header = self.last == Last::Header;
        self.frame.expression += LEFT;
        self.outer += self.frame.sum();
        self.guesses += usize::from(self.frame.angles > 0);
        let inner = Frame { is_template, is_header, ..Frame::default() };
        self.frames.push(mem::replace(&mut self.frame, inner));
        self.at += 1;
        self.last = Last::Operator;
    }

    fn close(&mut self, byte: u8) {
        self.at += 1;
        let parent = self.frames.pop().unwrap_or_default();
        self.outer = self.outer.saturating_sub(parent.sum());
        self.guesses = self.guesses.saturating_sub(usize::from(parent.angles > 0));
        let closed = mem::replace(&mut self.frame, parent);
        if closed.is_template && byte == b'}' {
            self.template();
            return;
        }
        self.last = match byte {
            b'}' => Last::Brace,
            b')' if closed.is_header => Last::Prefix,
            _ => Last::Operand,
        };
    }

    fn string(&mut self, quote: u8) {
        self.at += 1;
        while self.at < self.text.len() {
            match self.text[self.at] {
                b'\\' if self.peek(1) == b'\r' && self.peek(2) == b'\n' => self.at += 3,
                b'\\' => self.at += 2,
                b'\n' | b'\r' => break,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        self.last = Last::Operand;
    }

    /// The rest of a template, up to its end or the next `${`.
    fn template(&mut self) {
        while self.at < self.text.len() {
            match self.text[self.at] {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    self.last = Last::Operand;
                    return;
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 1;
                    self.open(true);
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// A division or a pattern.
    fn slash(&mut self) {
        match self.last {
            Last::Operand => return self.operator(1, LEFT, Last::Operator),
            Last::Brace | Last::Either | Last::Angle => self.is_ambiguous = true,
            _ => {}
        }
        self.at += 1;
        let mut is_in_class = false;
        while self.at < self.text.len() {
            match self.text[self.at] {
                b'\\' => self.at += 1,
                b'[' => is_in_class = true,
                b']' => is_in_class = false,
                b'\n' | b'\r' => break,
                b'/' if !is_in_class => {
                    self.at += 1;
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.last = Last::Operand;
    }
}

/// Whether a byte is part of a word: letters, digits, escapes and everything beyond ASCII.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'$' | b'#' | b'\\')
            || byte >= 0x80;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// Most words of a schema are too long for a keyword, or begin as none does.
fn may_be_keyword(word: &[u8]) -> bool {
    matches!(word.len(), 2..=10) && word[0].is_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use drift_model::SourceMap;

    use super::*;

    fn check(path: &str, text: &str) -> bool {
        too_deep_at(&SourceMap::default().add(PathBuf::from(path), text.to_owned())).is_some()
    }

    #[test]
    fn lets_long_flat_code_through() {
        let table = "export const t = pgTable('t', { a: text('a').notNull(), b: x ? y : z })\n";
        assert!(!check("a.ts", &table.repeat(5_000)));
        assert!(!check("a.ts", &table.replace('\n', ";").repeat(5_000)));
        assert!(!check("a.ts", &format!("type T = {};", "'x' | ".repeat(20_000))));
        assert!(!check("a.ts", &format!("const t = [{}]", "a ? b : c, ".repeat(20_000))));
        assert!(!check("a.ts", &format!("const t = `{}`", "(((<!?=".repeat(20_000))));
        assert!(!check("a.ts", &"if (a) { b() } else { c() }\n".repeat(20_000)));
        assert!(!check("a.ts", &"x = /[`\"'/({[]/.test(a) && !/(/.test(b)\n".repeat(20_000)));
        assert!(!check("a.ts", &"switch (a) { case 1: case 2: b() }\n".repeat(20_000)));
        assert!(!check("a.ts", &"function f(a: A<B>): C<D> { return a / 2 }\n".repeat(20_000)));
        assert!(!check("a.tsx", &"const a = <p>don't</p>;\n".repeat(2_000)));
    }

    #[test]
    fn rejects_what_nests() {
        for text in [
            "[",
            "(",
            "{",
            "a(",
            "!",
            "- ",
            "typeof ",
            "a ? b : ",
            "x => ",
            "x = ",
            "2 ** ",
            "if (a) ",
            "if (a) b; else ",
            "if (a) { b } else ",
            "if (a) b, c; else ",
            "A<",
            "A<b,",
            "new ",
            "`${",
            "a[",
            "await ",
            "do ",
            "for (;;) ",
            "l: ",
            "if (a)\n",
            "keyof ",
            "x ?\nfunction () {} : ",
            "a ? \",\" : ",
            "<T,>(a: T) => ",
        ] {
            assert!(check("a.ts", &text.repeat(100_000)), "{text}");
        }
        for text in ["1 + ", ".a", "()", "[]", "a.b().c(d)."] {
            assert!(check("a.ts", &format!("x{}", text.repeat(100_000))), "{text}");
        }
        assert!(check("a.tsx", &"<a>".repeat(100_000)));
        assert!(check("a.ts", &format!("// \u{2028}{}", "[".repeat(100_000))));
    }
}
