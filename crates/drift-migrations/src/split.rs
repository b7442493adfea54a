//! Cuts a migration into statements.
//!
//! First at drizzle-kit's `--> statement-breakpoint`, as its migrator does, then at the delimiter,
//! which is `;` unless a client command of MySQL says otherwise. Every byte lies in one statement
//! or between two of them, and none is read twice.

use std::ops::Range;

use drift_model::Dialect;

use crate::lex::{Lexer, Token, TokenKind};
use drift_model::Engine;

/// The line at which drizzle-kit's migrator cuts a file. Its arrow is rare in SQL, and found fast.
const BREAKPOINT: (&str, char, &str) = ("--", '>', " statement-breakpoint");

/// A statement whose first words say that it moves data is kept up to this many tokens.
const DATA_TOKENS: usize = 64;

/// Where the statements of a text lie, in order: from the first byte of each to the last one before its
/// delimiter.
///
/// Before, between and behind them are blanks, comments, delimiters and breakpoints, and what only
/// clients read: their commands, and data behind `COPY .. FROM stdin`. A quote or a comment that does
/// not end is a statement, or a part of one, up to the next breakpoint.
pub fn statements(text: &str, engine: &Engine) -> Vec<Range<usize>> {
    let (mut statements, mut tokens) = (Vec::new(), Vec::new());
    for piece in pieces(text, 0..text.len()) {
        let end = piece.end;
        let mut splitter = Splitter::new(text, piece, engine);
        while let Some(found) = splitter.next(&mut tokens) {
            let first = tokens.first().map(|it| it.start);
            let (start, end) = match found {
                Found::Statement => (first, splitter.end as usize),
                Found::Unterminated(at) => (Some(first.map_or(at, |first| first.min(at))), end),
                Found::Command(start, end) => (Some(first.unwrap_or(start)), end as usize),
            };
            statements.extend(start.map(|start| start as usize..end));
        }
    }
    statements
}

/// The parts of a text that breakpoints separate.
pub(crate) fn pieces(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = part.start;
    let mut is_done = false;
    std::iter::from_fn(move || {
        if is_done {
            return None;
        }
        let from = start;
        let (before, arrow, behind) = BREAKPOINT;
        let mut arrows = text[from..part.end].match_indices(arrow).map(|(at, _)| from + at);
        let is_breakpoint = |at: &usize| {
            text[from..*at].ends_with(before) && text[at + 1..part.end].starts_with(behind)
        };
        let Some(arrow) = arrows.find(is_breakpoint) else {
            is_done = true;
            return Some(from..part.end);
        };
        start = arrow + 1 + behind.len();
        Some(from..arrow - before.len())
    })
}

/// What the splitter found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A statement; its tokens are in the buffer, without the delimiter.
    Statement,
    /// A statement with a quote or comment that does not end, or such a comment alone; the quote or
    /// comment begins at this byte.
    Unterminated(u32),
    /// A command of `psql` that runs other files or what a query returns.
    Command(u32, u32),
}

/// Reads one statement after another from a piece of a text.
#[derive(Debug)]
pub(crate) struct Splitter<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    dialect: Dialect,
    delimiter: &'a str,
    /// Whether each open `\if` of `psql` is known to have had its branch.
    conditions: Vec<bool>,
    /// The byte after the last token of the statement; not all of them are kept.
    end: u32,
}

impl<'a> Splitter<'a> {
    /// A splitter for a part of a text, which begins and ends between characters.
    pub(crate) fn new(text: &'a str, part: Range<usize>, engine: &'a Engine) -> Self {
        let lexer = Lexer::new(text, part.start, part.end, engine);
        let (dialect, delimiter) = (engine.dialect(), ";");
        Self { text, lexer, dialect, delimiter, conditions: Vec::new(), end: 0 }
    }

    /// Puts the tokens of the next statement into `tokens`. Empty statements are passed over;
    /// `None` at the end.
    pub(crate) fn next(&mut self, tokens: &mut Vec<Token>) -> Option<Found> {
        tokens.clear();
        let mut bodies = Bodies::default();
        let mut moves_data = false;
        loop {
            self.lexer.skip_blanks();
            let Some(byte) = self.lexer.peek() else {
                // A comment that does not end has taken what may have been statements.
                return match self.lexer.take_unterminated() {
                    Some(start) => Some(Found::Unterminated(start)),
                    None => (!tokens.is_empty()).then_some(Found::Statement),
                };
            };
            if tokens.is_empty() && self.skip_client_command() {
                continue;
            }
            if self.ends_statement(byte, &bodies) {
                self.lexer.jump(self.lexer.at() + self.delimiter.len());
                if tokens.is_empty() {
                    continue;
                }
                self.skip_copied_data(tokens);
                self.follow_sql_mode(tokens);
                return Some(self.found());
            }
            let token = self.lexer.token();
            if token.kind == TokenKind::Symbol(b'\\') && self.dialect == Dialect::PostgreSql {
                if let Some(found) = self.psql_command(token, tokens.is_empty()) {
                    return Some(found);
                }
                continue;
            }
            bodies.see(self.text, self.dialect, tokens, token);
            if tokens.is_empty() {
                moves_data = is_data_statement(self.text, token);
            }
            self.end = token.end;
            if tokens.len() < DATA_TOKENS || !moves_data {
                tokens.push(token);
            }
        }
    }

    fn ends_statement(&self, next: u8, bodies: &Bodies) -> bool {
        // Nearly always it is a semicolon, and this is asked at every token.
        match self.delimiter {
            ";" => next == b';' && bodies.is_closed(),
            delimiter => self.lexer.rest().starts_with(delimiter),
        }
    }

    fn found(&self) -> Found {
        self.lexer.unterminated().map_or(Found::Statement, Found::Unterminated)
    }

    /// `SET sql_mode = 'NO_BACKSLASH_ESCAPES'` changes where the strings behind it end.
    fn follow_sql_mode(&mut self, tokens: &[Token]) {
        let is_set = self.dialect == Dialect::MySql && tokens[0].is_word(self.text, "set");
        if !is_set || !tokens.iter().any(|it| it.is_word(self.text, "sql_mode")) {
            return;
        }
        let mode = tokens.iter().find(|it| it.kind == TokenKind::String);
        if let Some(mode) = mode.map(|it| it.text(self.text).to_ascii_lowercase()) {
            self.lexer.set_escapes(!mode.contains("no_backslash_escapes"));
        }
    }

    /// `DELIMITER //` of the MySQL client, which is a line of its own.
    fn skip_client_command(&mut self) -> bool {
        const COMMAND: &str = "delimiter";
        if self.dialect != Dialect::MySql {
            return false;
        }
        let rest = self.lexer.rest();
        let is_command =
            rest.get(..COMMAND.len()).is_some_and(|word| word.eq_ignore_ascii_case(COMMAND))
                && rest[COMMAND.len()..].starts_with([' ', '\t']);
        if !is_command {
            return false;
        }
        let length = rest.find('\n').unwrap_or(rest.len());
        if let Some(delimiter) = rest[COMMAND.len()..length].split_whitespace().next() {
            self.delimiter = delimiter;
        }
        self.lexer.jump(self.lexer.at() + length);
        true
    }

    /// A backslash outside of quotes begins a command of `psql`, which ends with the line. `\g` and
    /// its relatives end the statement before them.
    fn psql_command(&mut self, backslash: Token, is_first: bool) -> Option<Found> {
        let start = backslash.start as usize;
        let line =
            &self.lexer.rest()[..self.lexer.rest().find('\n').unwrap_or(self.lexer.rest().len())];
        if line.starts_with(';') {
            // `\;` ends a statement and sends it with the next one.
            self.lexer.jump(self.lexer.at() + 1);
            return (!is_first).then_some(Found::Statement);
        }
        let name = line.split([' ', '\t', '\r', ';']).next().unwrap_or("");
        let end = self.lexer.at() + line.trim_end().len();
        self.lexer.jump(self.lexer.at() + line.len());
        match (name, condition(line)) {
            ("if", Some(holds)) => {
                self.conditions.push(true);
                if !holds {
                    self.skip_branch(false);
                }
                return None;
            }
            ("if", None) => self.conditions.push(false),
            ("elif" | "else", _) if self.conditions.last() == Some(&true) => {
                self.skip_branch(true);
                return None;
            }
            ("endif", _) => _ = self.conditions.pop(),
            _ => {}
        }
        if matches!(name, "i" | "ir" | "include" | "gexec") || (name == "if" && is_first) {
            return Some(Found::Command(start as u32, end as u32));
        }
        (name.starts_with('g') && !is_first).then_some(Found::Statement)
    }

    /// Passes over the lines of a branch that is not taken, up to the next one that is or to the
    /// end of the condition.
    fn skip_branch(&mut self, was_taken: bool) {
        let mut depth = 0usize;
        loop {
            let rest = self.lexer.rest();
            if rest.is_empty() {
                return;
            }
            let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let line = rest[..length].trim_start();
            self.lexer.jump(self.lexer.at() + length);
            let Some(line) = line.strip_prefix('\\') else { continue };
            match line.split([' ', '\t', '\r', '\n']).next().unwrap_or("") {
                "if" => depth += 1,
                "endif" if depth > 0 => depth -= 1,
                "endif" => {
                    self.conditions.pop();
                    return;
                }
                "else" if depth == 0 && !was_taken => return,
                "elif" if depth == 0 && !was_taken && condition(line) != Some(false) => return,
                _ => {}
            }
        }
    }

    /// The lines after `COPY t FROM stdin;` are data up to a line `\.`.
    fn skip_copied_data(&mut self, tokens: &[Token]) {
        let is_copy = self.dialect == Dialect::PostgreSql
            && tokens[0].is_word(self.text, "copy")
            && tokens.windows(2).any(|pair| {
                pair[0].is_word(self.text, "from") && pair[1].is_word(self.text, "stdin")
            });
        if !is_copy {
            return;
        }
        let rest = self.lexer.rest();
        let mut length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        while length < rest.len() {
            let line = &rest[length..];
            let line_length = line.find('\n').map_or(line.len(), |at| at + 1);
            length += line_length;
            if line[..line_length].trim_end() == "\\." {
                break;
            }
        }
        self.lexer.jump(self.lexer.at() + length);
    }
}

/// What `\if` or `\elif` asks, where it is written out.
fn condition(line: &str) -> Option<bool> {
    let word = line.split_whitespace().nth(1)?.to_ascii_lowercase();
    match word.as_str() {
        "true" | "on" | "yes" | "1" => Some(true),
        "false" | "off" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn is_data_statement(text: &str, first: Token) -> bool {
    const WORDS: [&str; 7] = ["insert", "update", "delete", "select", "values", "with", "replace"];
    WORDS.iter().any(|word| first.is_word(text, word))
}

/// Keeps count of the statement bodies in a `CREATE TRIGGER` or `CREATE PROCEDURE`, in which a
/// semicolon ends nothing.
#[derive(Debug, Default)]
struct Bodies {
    kind: BodyKind,
    depth: usize,
    has_just_ended: bool,
    has_just_begun: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum BodyKind {
    #[default]
    None,
    /// `BEGIN ... END`, with `CASE ... END` in it.
    Block,
    /// `BEGIN ATOMIC ... END` of PostgreSQL.
    Atomic,
    /// `CREATE RULE ... DO (a; b)`.
    Parentheses,
}

impl Bodies {
    fn is_closed(&self) -> bool {
        self.depth == 0
    }

    fn see(&mut self, text: &str, dialect: Dialect, before: &[Token], token: Token) {
        if self.kind == BodyKind::None {
            // `CREATE OR REPLACE DEFINER = a@b SQL SECURITY INVOKER TRIGGER` is the longest way.
            if token.kind == TokenKind::Word
                && before.len() <= 12
                && before.first().is_some_and(|first| first.is_word(text, "create"))
            {
                self.kind = body_kind(text, dialect, token);
            }
            return;
        }
        match token.kind {
            TokenKind::Word => self.see_word(token.text(text)),
            TokenKind::Symbol(b'(') if self.kind == BodyKind::Parentheses => self.depth += 1,
            TokenKind::Symbol(b')') if self.kind == BodyKind::Parentheses => {
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {
                self.has_just_ended = false;
                self.has_just_begun = false;
            }
        }
    }

    fn see_word(&mut self, word: &str) {
        if self.kind == BodyKind::Parentheses {
            return;
        }
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let (ended, begun) = (self.has_just_ended, self.has_just_begun);
        (self.has_just_ended, self.has_just_begun) = (false, false);
        let opens = match self.kind {
            BodyKind::Atomic => is("atomic") && begun,
            _ => is("begin"),
        };
        // `END CASE` opens nothing, and `END IF` closes what was not counted.
        let opens_case = is("case") && !ended && self.depth > 0;
        let takes_back = ended && ["if", "loop", "while", "repeat"].iter().any(|it| is(it));
        self.has_just_begun = is("begin");
        if opens || opens_case || takes_back {
            self.depth += 1;
        } else if is("end") && self.depth > 0 {
            self.depth -= 1;
            self.has_just_ended = true;
        }
    }
}

fn body_kind(text: &str, dialect: Dialect, token: Token) -> BodyKind {
    let is = |keyword| token.is_word(text, keyword);
    let is_routine = is("function") || is("procedure");
    match dialect {
        Dialect::PostgreSql if is_routine => BodyKind::Atomic,
        Dialect::PostgreSql if is("rule") => BodyKind::Parentheses,
        Dialect::MySql if is_routine || is("trigger") || is("event") => BodyKind::Block,
        Dialect::Sqlite if is("trigger") => BodyKind::Block,
        _ => BodyKind::None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(engine: Engine, text: &str) -> Vec<String> {
        let mut statements = Vec::new();
        let mut tokens = Vec::new();
        for piece in pieces(text, 0..text.len()) {
            let mut splitter = Splitter::new(text, piece, &engine);
            while let Some(found) = splitter.next(&mut tokens) {
                statements.push(match (found, tokens.first(), tokens.last()) {
                    (Found::Command(start, end), ..) => text[start as usize..end as usize].into(),
                    (_, Some(first), Some(last)) => {
                        text[first.start as usize..last.end as usize].to_owned()
                    }
                    _ => String::new(),
                });
            }
        }
        statements
    }

    fn check(dialect: Dialect, text: &str, expected: &[&str]) {
        assert_eq!(split(Engine::new(dialect), text), expected, "{text}");
    }

    #[test]
    fn cuts_at_breakpoints_and_at_no_other_arrows() {
        let cut = |text: &'static str| -> Vec<&str> {
            pieces(text, 0..text.len()).map(|it| &text[it]).collect()
        };
        assert_eq!(cut("a > b ->> c --> d"), ["a > b ->> c --> d"]);
        assert_eq!(cut("-> statement-breakpoint"), ["-> statement-breakpoint"]);
        assert_eq!(cut("a;---> statement-breakpoint\nb"), ["a;-", "\nb"]);
        let doubled = "--> statement-breakpoint--> statement-breakpoints";
        assert_eq!(cut(doubled), ["", "", "s"]);
        // What lies outside of the part does not count.
        let text = "--> statement-breakpoint";
        for part in [1..text.len(), 0..text.len() - 1] {
            assert!(pieces(text, part.clone()).eq([part]));
        }
    }

    proptest! {
        /// Statements follow each other and hold whole tokens; what lies between them is blanks,
        /// comments, delimiters and the commands and data of clients.
        #[test]
        fn statements_follow_each_other(text in "[a-c;'\"$`#/*()\\n\\\\ é-]{0,60}") {
            for dialect in Dialect::ALL {
                let engine = Engine::new(dialect);
                let mut end = 0;
                let mut tokens = Vec::new();
                let mut splitter = Splitter::new(&text, 0..text.len(), &engine);
                while let Some(found) = splitter.next(&mut tokens) {
                    for token in &tokens {
                        prop_assert!(token.start as usize >= end);
                        prop_assert!(token.end > token.start);
                        prop_assert!(text.get(token.start as usize..token.end as usize).is_some());
                        end = token.end as usize;
                    }
                    let is_without_tokens = matches!(found, Found::Command(..) | Found::Unterminated(_));
                    prop_assert!(!tokens.is_empty() || is_without_tokens);
                }
            }
        }
    }

    // 2.61, 2.66
    #[test]
    fn splits_postgresql() {
        let check = |text: &str, expected: &[&str]| check(Dialect::PostgreSql, text, expected);
        check("a; b ;; -- c;\n;\r\nd 'e;f'", &["a", "b", "d 'e;f'"]);
        check("\u{feff}a;\u{feff}b", &["a", "b"]);
        check("a\n--> statement-breakpoint\nb", &["a", "b"]);
        check("a;--> statement-breakpoint\nb;--> statement-breakpoint", &["a", "b"]);
        check("do $$ begin a; end $$; b", &["do $$ begin a; end $$", "b"]);
        check("/* a; /* b; */ c; */ d;", &["d"]);
        check("create rule r as on x do (a; b); c", &["create rule r as on x do (a; b)", "c"]);
        check("", &[]);
    }

    // 2.55
    #[test]
    fn keeps_sql_bodies_together() {
        let body = "create function f() returns int begin atomic select case when a then 1 end; \
                    select 2; end";
        check(Dialect::PostgreSql, &format!("{body}; b"), &[body, "b"]);
        let trigger = "create temp trigger t after insert on x begin select case a when 1 then 2 \
                       end; delete from b; end";
        check(
            Dialect::Sqlite,
            &format!("{trigger}; begin; c; commit"),
            &[trigger, "begin", "c", "commit"],
        );
        let routine = "create procedure p() begin if a then b; end if; case c when 1 then d; end \
                       case; end";
        check(Dialect::MySql, &format!("{routine}; e"), &[routine, "e"]);
    }

    // 2.63
    #[test]
    fn passes_over_copied_data() {
        let text = "copy t (a) from stdin;\nx; 'y\n$$\n\\.\nb;";
        check(Dialect::PostgreSql, text, &["copy t (a) from stdin", "b"]);
    }

    // 2.64
    #[test]
    fn passes_over_psql_commands() {
        let text = "\\restrict x'y\n\\set a 'b'\na;\n\\i other.sql\nb \\gexec\nc";
        check(Dialect::PostgreSql, text, &["a", "\\i other.sql", "\\gexec", "c"]);
    }

    // 3.46
    #[test]
    fn follows_the_delimiter_of_the_mysql_client() {
        let text = "a;\nDELIMITER //\ncreate trigger t begin b; c; end//\nDELIMITER ;\nd;";
        check(Dialect::MySql, text, &["a", "create trigger t begin b; c; end", "d"]);
    }
}
