//! Any text as a migration that is cut into statements: no byte is lost, none is read twice, and what
//! lies between the statements is nothing that an engine would run.

#![no_main]

use drift_migrations::statements;
use drift_model::{Dialect, Engine};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for dialect in Dialect::ALL {
        let statements = statements(text, &Engine::new(dialect));
        let (mut end, mut joined) = (0, String::new());
        let behind = std::iter::once(text.len()..text.len());
        for range in statements.into_iter().chain(behind) {
            let gap = text.get(end..range.start).expect("statements follow each other");
            assert!(has_clients(text, dialect) || is_blank(gap, dialect), "{dialect}: {gap:?}");
            joined.push_str(gap);
            joined.push_str(text.get(range.clone()).expect("whole characters"));
            end = range.end;
        }
        assert_eq!(joined, text);
    }
});

/// Whether there may be lines that only a client reads, of which no engine hears.
fn has_clients(text: &str, dialect: Dialect) -> bool {
    let lower = text.to_ascii_lowercase();
    match dialect {
        Dialect::PostgreSql => lower.contains('\\') || lower.contains("copy"),
        Dialect::MySql => lower.contains("delimiter"),
        Dialect::Sqlite => false,
    }
}

/// Whether there are but blanks, comments, semicolons and breakpoints.
fn is_blank(gap: &str, dialect: Dialect) -> bool {
    let is_mysql = dialect == Dialect::MySql;
    let mut rest = gap;
    while let Some(first) = rest.chars().next() {
        let line = rest.find('\n').unwrap_or(rest.len());
        let length = if rest.starts_with("--> statement-breakpoint") {
            "--> statement-breakpoint".len()
        } else if rest.starts_with("--") || is_mysql && first == '#' {
            // What stands behind a breakpoint is read, also where one began in a comment.
            rest[..line].find("--> statement-breakpoint").unwrap_or(line)
        } else if is_mysql && (rest.starts_with("*/") || is_executable(rest)) {
            // An executable comment without a statement in it.
            let open = if first == '*' { 2 } else { 3 };
            let digits = rest[open..].bytes().take(6).take_while(u8::is_ascii_digit).count();
            open + if digits < 5 { 0 } else { digits }
        } else if rest.starts_with("/*") {
            comment(rest, dialect)
        } else if matches!(first, ';' | '\u{feff}' | ' ' | '\t'..='\r') {
            first.len_utf8()
        } else {
            return false;
        };
        rest = &rest[length..];
    }
    true
}

/// Whether what begins is code for this version of MySQL, and no comment.
fn is_executable(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("/*!") else { return false };
    // Five digits or six; what follows is code, or part of the comment.
    let digits = rest.bytes().take(6).take_while(u8::is_ascii_digit).count();
    digits < 5 || rest[..digits].parse().unwrap_or(0) <= 80_499
}

/// How long a comment in `/*` and `*/` is; it has others in it in PostgreSQL alone.
fn comment(text: &str, dialect: Dialect) -> usize {
    let (mut depth, mut at) = (1, 2);
    while depth > 0 && at < text.len() {
        let rest = &text.as_bytes()[at..];
        let nests = dialect == Dialect::PostgreSql && rest.starts_with(b"/*");
        let ends = rest.starts_with(b"*/");
        depth = if nests { depth + 1 } else { depth - i32::from(ends) };
        at += if nests || ends { 2 } else { 1 };
    }
    at
}
