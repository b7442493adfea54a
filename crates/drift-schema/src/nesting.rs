//! Rejects text whose syntax tree would be too deep to walk, before it is parsed.
//!
//! A parser recurses, and so does whatever walks or drops its tree. The scan here goes through the
//! tokens once and adds up what may nest at each place: open brackets, and the operators and
//! keywords since the statement or list item around them began. It errs towards too much.
//!
//! A few constructs are parsed twice, as one thing and then as another: nested in each other they
//! take twice as long with every level. They weigh so much that not many may nest.

use std::mem;

use drift_model::SourceFile;

use crate::parse;

/// The offset at which nesting gets too deep, if it does.
pub(crate) fn too_deep_at(source: &SourceFile) -> Option<u32> {
    if fits_anyhow(&source.text) {
        return None;
    }
    let extension = source.path.extension().and_then(|it| it.to_str());
    let has_tags = matches!(extension, Some("tsx" | "jsx" | "js" | "mjs" | "cjs"));
    let is_page = matches!(extension, Some("tsx" | "jsx"));
    let mut scan = Scan::new(&source.text, has_tags, is_page);
    let offset = scan.run();
    // The text between JSX tags may hold quotes that open nothing.
    let is_ambiguous = scan.is_ambiguous || is_page;
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

/// What a construct weighs that the parser may have to read twice: sixteen of them in each other
/// take some tens of milliseconds, as measured with swc_ecma_parser 47.
const TWICE: u32 = LIMIT / 16;

/// What a bracket weighs behind a `<` that nothing has closed: the parser tries such a `<` both as
/// type arguments and as an operator, so that its work grows with a power of them.
const GUESS: u32 = LIMIT / 9;

/// Openings in a text whose quotes cannot be told from plain text.
const AMBIGUOUS_LIMIT: usize = 20_000;

/// No text of this many bytes can nest deeper than the large stack allows: the most that a byte
/// costs are 3.4 KB, by `(`, in an optimised build.
const SHORT: usize = 32 << 10;

/// Whether a text cannot nest too deeply, whatever is in it. Most schema files are that short.
fn fits_anyhow(text: &str) -> bool {
    text.len() <= SHORT && parse::has_large_stack() && read_again_at_most(text.as_bytes()) <= LIMIT
}

/// No less than what the scan may add up of [`TWICE`] and [`GUESS`].
fn read_again_at_most(text: &[u8]) -> u32 {
    let weight = |at: usize| match text[at] {
        b'?' if matches!(text.get(at + 1), Some(b'.' | b'?')) => 0,
        // `=>`
        b'>' if at > 0 && text[at - 1] == b'=' => 0,
        b'<' if is_plain_type_argument(&text[at + 1..]) => TWICE,
        b'<' => GUESS,
        _ => TWICE,
    };
    memchr::memchr3_iter(b'?', b'>', b'<', text).map(weight).fold(0, u32::saturating_add)
}

/// Whether `>` follows names alone, as in `.$type<Settings | null>()`.
fn is_plain_type_argument(text: &[u8]) -> bool {
    let is_plain = |byte: &&u8| IS_WORD[usize::from(**byte)] || b" .|&,".contains(byte);
    let length = text.iter().take_while(is_plain).count();
    text.get(length) == Some(&b'>')
}

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
    /// What the bracket itself weighs, which nothing in it clears.
    bracket: u32,
    /// Whether this is `${`.
    is_template: bool,
    /// Whether this is the header of `if`, `for`, `while` or `with`.
    is_header: bool,
    /// Whether this comes after `?`: `a ? (b)`.
    is_alternative: bool,
    /// Whether `a ? (b) :` may as well be an arrow function with a return type, up to `=>`.
    may_be_typed_arrow: bool,
    /// Whether a template that is open here comes after type arguments.
    is_generic_template: bool,
}

impl Frame {
    fn sum(&self) -> u32 {
        RIGHT + self.bracket + self.statement + self.expression + self.angles
    }

    /// Nothing before this place nests in what follows.
    fn clear(&mut self) {
        (self.statement, self.expression, self.angles) = (0, 0, 0);
        self.may_be_typed_arrow = false;
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

/// A token of a condition that has just been passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    /// `?`
    Question,
    /// `)` of `a ? (b)`.
    Alternative,
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
    last: Last,
    mark: Mark,
    has_newline: bool,
    is_ambiguous: bool,
    /// Whether tags may stand where an expression begins.
    has_tags: bool,
    /// Whether most of what follows `<` are tags; a bundle of JavaScript compares more often.
    is_page: bool,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, has_tags: bool, is_page: bool) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            frame: Frame::default(),
            frames: Vec::new(),
            outer: 0,
            last: Last::Operator,
            mark: Mark::None,
            has_newline: false,
            is_ambiguous: false,
            has_tags,
            is_page,
        }
    }

    fn run(&mut self) -> Option<usize> {
        if self.text.starts_with(b"#!") {
            self.skip_line();
        }
        while self.at < self.text.len() {
            self.token();
            if self.outer + self.frame.sum() > LIMIT {
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
        let mark = mem::replace(&mut self.mark, Mark::None);
        if IS_WORD[usize::from(byte)] {
            let word = self.word();
            if word == b"async" {
                self.mark = mark;
            }
        } else {
            self.punctuation(byte, mark);
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

    fn word(&mut self) -> &'t [u8] {
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
            return word;
        }
        if !may_be_keyword(word) {
            if self.begins_statement(false) {
                self.frame.clear();
            }
            self.last = Last::Operand;
            return word;
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
        word
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

    fn punctuation(&mut self, byte: u8, mark: Mark) {
        if self.last == Last::Semicolon && byte != b'}' {
            self.frame.clear();
        }
        let is_after_value = matches!(self.last, Last::Operand | Last::Brace | Last::Angle);
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'`' => {
                self.frame.expression += LEFT;
                self.frame.is_generic_template = self.last == Last::Angle;
                self.at += 1;
                self.template();
            }
            b'/' => self.slash(),
            b'(' => {
                // `<T>(a) => b`, or `<T>(a)`.
                let weight = if self.last == Last::Angle { TWICE } else { 0 };
                self.open(Frame {
                    bracket: weight,
                    is_alternative: mark == Mark::Question,
                    is_header: self.last == Last::Header,
                    ..Frame::default()
                });
            }
            b'[' | b'{' => self.open(Frame::default()),
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
                _ => {
                    self.operator(1, RIGHT, Last::Operator);
                    self.mark = Mark::Question;
                }
            },
            b':' => {
                self.frame.may_be_typed_arrow |= mark == Mark::Alternative;
                self.operator(1, RIGHT, Last::Operator);
            }
            b'<' => {
                // `<T>(a) => b`, or `<T>a` with `T` for a type.
                if !self.has_tags && !matches!(self.last, Last::Operand | Last::Brace) {
                    self.frame.expression += TWICE;
                }
                self.frame.angles += RIGHT;
                self.operator(1, 0, Last::Operator);
            }
            b'>' => {
                let frame = &mut self.frame;
                frame.angles = frame.angles.saturating_sub(RIGHT);
                self.operator(1, LEFT, Last::Angle);
            }
            b'=' if self.peek(1) == b'>' => {
                let weight = if self.frame.may_be_typed_arrow { TWICE } else { RIGHT };
                self.frame.may_be_typed_arrow = false;
                self.operator(2, weight, Last::Operator);
            }
            b'=' if self.is_attribute() => self.operator(1, LEFT, Last::Operator),
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

    fn open(&mut self, mut inner: Frame) {
        if self.frame.angles > 0 {
            inner.bracket += GUESS;
        }
        self.frame.expression += LEFT;
        self.outer += self.frame.sum();
        self.frames.push(mem::replace(&mut self.frame, inner));
        self.at += 1;
        self.last = Last::Operator;
    }

    fn close(&mut self, byte: u8) {
        self.at += 1;
        let parent = self.frames.pop().unwrap_or_default();
        self.outer = self.outer.saturating_sub(parent.sum());
        let closed = mem::replace(&mut self.frame, parent);
        if closed.is_template && byte == b'}' {
            self.template();
            return;
        }
        if closed.is_alternative {
            self.mark = Mark::Alternative;
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
                    self.frame.is_generic_template = false;
                    return;
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 1;
                    let weight = if self.frame.is_generic_template { TWICE } else { 0 };
                    self.open(Frame { bracket: weight, is_template: true, ..Frame::default() });
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Whether a slash is that of `</a>` or `<a />`.
    fn is_in_tag(&self) -> bool {
        let closes = self.at > 0 && self.text[self.at - 1] == b'<';
        self.is_page && (closes || self.peek(1) == b'>' && self.frame.angles > 0)
    }

    /// Whether `=` is that of `<a b="c" d={e}>`. A page may hold thousands of them.
    fn is_attribute(&self) -> bool {
        self.is_page && self.frame.angles > 0 && matches!(self.peek(1), b'"' | b'\'' | b'{')
    }

    /// A division, a pattern, or a part of a tag.
    fn slash(&mut self) {
        match self.last {
            Last::Operand => return self.operator(1, LEFT, Last::Operator),
            _ if self.is_in_tag() => return self.operator(1, 0, Last::Operator),
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
        assert!(!check("a.cjs", &"if(a<b)c={d:[{e:(f)}]},g=a<b?c={d:/x/}:e;".repeat(5_000)));
        let page = "{a && <b c={1} d=\"e\">f</b>}\n{g} <h i={2} />\n";
        assert!(!check("a.tsx", &format!("const a = <p>{}</p>;", page.repeat(1_500))));
        assert!(!check(
            "a.tsx",
            &format!("const a = [{}];", "{ a: <b c={1} />, d },\n".repeat(2_000))
        ));
        assert!(!check("a.ts", &"const a = f<A>(b).g<C>(d) ? (e) : (f) => `${g}`\n".repeat(2_000)));
        assert!(!check("a.ts", &format!("x{}", ".a<b>(c => d)".repeat(2_000))));
        assert!(!check("a.ts", &format!("x = {} y", "a ? (b) : ".repeat(400))));
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
            "<T>(",
            "a<b>`${",
            "a ? (b): c => ",
            "a ? < ",
            "<T> ",
            "a<s, (b = ",
            "a ? async (b): c => ",
            "'x' < {",
            "a<{[",
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
