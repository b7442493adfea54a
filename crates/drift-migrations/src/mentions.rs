//! An independent count: where the text of the migrations says `REFERENCES`, found by a scan that
//! knows comments and quotes alone, and what became of each.

use std::collections::HashMap;
use std::ops::Range;

use drift_model::{Dialect, FileId, Span};

use crate::replay::{ReadFile, Replay, ReplayInput, ReplaySettings, read};
use crate::sections::applied_parts;
use crate::statement::{
    AlterKind, Block, ColumnConstraintKind, ColumnDefinition, Statement, StatementKind, Step,
    StepKind, TableItem,
};

/// A `REFERENCES` in the text of a migration.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    /// The word.
    pub span: Span,
    /// What became of it.
    pub fate: MentionFate,
}

/// What became of a `REFERENCES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentionFate {
    /// It made a foreign key, which may be gone again.
    Made,
    /// The engine reads and forgets it, as MySQL does before 9.0.
    Forgotten,
    /// It lies in something that is reported as not understood.
    Reported,
    /// It was read, and its statement changed nothing: what it makes was there, it was refused, or
    /// its branch was not taken.
    WithoutEffect,
    /// It lies in the body of a function, which is not run.
    NotRun,
    /// Its statement makes no foreign keys: a privilege, say.
    NoConstraint,
    /// Nothing accounts for it.
    Unaccounted,
}

/// Looks for `REFERENCES` in migrations that were replayed. The files are read once more, so this is
/// for statistics alone.
pub fn mentions(
    input: &ReplayInput<'_>,
    settings: &ReplaySettings,
    replay: &Replay,
) -> Vec<Mention> {
    let made = Places::new(made_places(replay));
    let forgotten = replay.catalog.ignored_foreign_keys.iter().map(|it| it.span);
    let forgotten = Places::new(forgotten.collect());
    let reported = Places::new(replay.unresolved.iter().map(|it| it.span).collect());
    let mut mentions = Vec::new();
    for path in input.migrations {
        // What cannot be read is an error of the replay.
        let Ok(file) = input.sources.load(input.files, path) else { continue };
        let ReadFile { statements, .. } = read(&file, &settings.engine, input.layout);
        for part in applied_parts(&file.text, input.layout) {
            for word in words(&file.text, part, input.dialect) {
                let span = Span::new(file.id, word.start as u32, word.end as u32);
                let fate = if made.hold(span) {
                    MentionFate::Made
                } else if forgotten.hold(span) {
                    MentionFate::Forgotten
                } else if reported.hold(span) {
                    MentionFate::Reported
                } else {
                    fate_in_statement(span, &statements, &file.text)
                };
                mentions.push(Mention { span, fate });
            }
        }
    }
    mentions
}

/// The declarations of all foreign keys that there ever were.
fn made_places(replay: &Replay) -> Vec<Span> {
    let catalog = &replay.catalog;
    let all = catalog.foreign_keys.iter().chain(&catalog.dropped_foreign_keys);
    all.flat_map(|it| std::iter::once(it.span).chain(it.history.iter().map(|change| change.span)))
        .collect()
}

/// Places that are asked for often: sorted by file and start, one for those that overlap.
struct Places(HashMap<FileId, Vec<Range<u32>>>);

impl Places {
    fn new(mut all: Vec<Span>) -> Self {
        all.sort_by_key(|it| it.start);
        let mut files: HashMap<FileId, Vec<Range<u32>>> = HashMap::new();
        for span in all {
            let places = files.entry(span.file).or_default();
            match places.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => places.push(span.start..span.end),
            }
        }
        Self(files)
    }

    /// Whether one of them holds the span.
    fn hold(&self, span: Span) -> bool {
        let Some(places) = self.0.get(&span.file) else { return false };
        let at = places.partition_point(|it| it.start <= span.start);
        at > 0 && span.end <= places[at - 1].end
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn fate_in_statement(span: Span, statements: &[Statement<'_>], text: &str) -> MentionFate {
    let at = statements.partition_point(|it| it.span.start <= span.start);
    let statement = at.checked_sub(1).map(|at| &statements[at]);
    let Some(statement) = statement.filter(|it| contains(it.span, span)) else {
        let start = statement.map_or(0, |it| it.span.end as usize);
        return fate_outside(&text[start..span.start as usize]);
    };
    if matches!(statement.kind, StatementKind::CreateRoutine(_)) {
        return MentionFate::NotRun;
    }
    let mut declared = Vec::new();
    declarations(&statement.kind, &mut declared);
    match declared.iter().any(|it| contains(*it, span)) {
        true => MentionFate::WithoutEffect,
        false => MentionFate::Unaccounted,
    }
}

/// What becomes of a mention behind some text in which no statement was read: the statement that it
/// belongs to begins behind the last semicolon of the text, or before.
fn fate_outside(before: &str) -> MentionFate {
    let makes_tables = before.split(';').any(|statement| {
        let mut words = statement.split_whitespace().take(4).map(str::to_ascii_lowercase);
        let first = words.next();
        first.is_some_and(|it| it == "create" || it == "alter") && words.any(|it| it == "table")
    });
    if makes_tables { MentionFate::Unaccounted } else { MentionFate::NoConstraint }
}

/// Where a statement declares foreign keys.
fn declarations(kind: &StatementKind<'_>, places: &mut Vec<Span>) {
    match kind {
        StatementKind::CreateTable(create) => {
            for item in &create.items {
                match item {
                    TableItem::Column(column) => column_declarations(column, places),
                    TableItem::Constraint(constraint) if constraint.is_foreign_key() => {
                        places.push(constraint.span);
                    }
                    TableItem::Constraint(_) | TableItem::Like { .. } => {}
                }
            }
        }
        StatementKind::AlterTable(alter) => {
            for action in &alter.actions {
                match &action.kind {
                    AlterKind::AddColumn { column, .. }
                    | AlterKind::ChangeColumn { column, .. } => column_declarations(column, places),
                    AlterKind::AddConstraint(constraint) if constraint.is_foreign_key() => {
                        places.push(constraint.span);
                    }
                    _ => {}
                }
            }
        }
        StatementKind::CreateNamespace { elements, .. } => {
            for element in elements {
                declarations(&element.kind, places);
            }
        }
        StatementKind::Do(block) => block_declarations(block, places),
        _ => {}
    }
}

fn column_declarations(column: &ColumnDefinition<'_>, places: &mut Vec<Span>) {
    let references = column.constraints.iter();
    let references = references.filter(|it| matches!(it.kind, ColumnConstraintKind::References(_)));
    places.extend(references.map(|it| it.span));
}

fn block_declarations(block: &Block<'_>, places: &mut Vec<Span>) {
    step_declarations(&block.body, places);
    for handler in &block.handlers {
        step_declarations(&handler.body, places);
    }
}

fn step_declarations(steps: &[Step<'_>], places: &mut Vec<Span>) {
    for step in steps {
        match &step.kind {
            StepKind::Statement(statement) => declarations(statement, places),
            StepKind::If { branches, otherwise } => {
                for (_, body) in branches {
                    step_declarations(body, places);
                }
                step_declarations(otherwise, places);
            }
            StepKind::Block(block) => block_declarations(block, places),
            StepKind::Loop(it) => step_declarations(&it.body, places),
            _ => {}
        }
    }
}

/// The words `REFERENCES` of a part of a text that stand in no comment and in no quotes. What stands
/// between dollars is looked at too: it is code.
fn words(text: &str, part: Range<usize>, dialect: Dialect) -> Vec<Range<usize>> {
    const WORD: &[u8] = b"references";
    let bytes = &text.as_bytes()[..part.end];
    let is_mysql = dialect == Dialect::MySql;
    let mut found = Vec::new();
    let mut at = part.start;
    while at < bytes.len() {
        let rest = &bytes[at..];
        at += match rest[0] {
            b'-' if rest.starts_with(b"--") => line_length(rest),
            b'#' if is_mysql => line_length(rest),
            // Code for MySQL.
            b'/' if is_mysql && (rest.starts_with(b"/*!") || rest.starts_with(b"/*M!")) => 3,
            b'/' if rest.starts_with(b"/*") => comment_length(rest, dialect == Dialect::PostgreSql),
            b'\'' => {
                let has_escapes = is_mysql || (at > part.start && is_escape(bytes, at - 1));
                quote_length(rest, b'\'', has_escapes)
            }
            quote @ (b'"' | b'`') => quote_length(rest, quote, is_mysql && quote == b'"'),
            b'[' if dialect == Dialect::Sqlite => quote_length(rest, b']', false),
            byte if is_word(byte) => {
                let length = rest.iter().take_while(|it| is_word(**it)).count();
                if rest[..length].eq_ignore_ascii_case(WORD) {
                    found.push(at..at + length);
                }
                length
            }
            _ => 1,
        };
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Whether the `E` of `E'..'` stands there.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    bytes[at].eq_ignore_ascii_case(&b'e') && !at.checked_sub(1).is_some_and(|it| is_word(bytes[it]))
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len())
}

fn comment_length(rest: &[u8], nests: bool) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else if rest[at..].starts_with(b"/*") && (nests || depth == 0) {
            depth += 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    at
}

/// The length of a quoted text with its quotes; doubled quotes read as two texts.
fn quote_length(rest: &[u8], close: u8, has_escapes: bool) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' if has_escapes => at += 2,
            byte if byte == close => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use drift_model::{MemoryFileSystem, SourceMap};

    use super::*;
    use crate::{Engine, Layout, replay_with};

    /// The fates of all mentions, in order.
    fn check(engine: &str, text: &str) -> String {
        let engine = Engine::parse(engine).expect("a known engine");
        let files = MemoryFileSystem::parse("0000.sql", text);
        let migrations: Vec<PathBuf> = files.paths().map(|path| path.to_path_buf()).collect();
        let input = ReplayInput {
            files: &files,
            sources: &SourceMap::default(),
            migrations: &migrations,
            layout: Layout::Plain,
            dialect: engine.dialect(),
        };
        let settings = ReplaySettings { engine, starts_empty: true };
        let replay = replay_with(&input, &settings);
        let all = mentions(&input, &settings, &replay);
        all.iter().map(|it| format!("{:?}", it.fate)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tells_what_became_of_every_mention() {
        let text = "
            create table a (id int primary key);
            create table b (a int references a, c int, foreign key (c) references a (id));
            alter table b drop constraint b_a_fkey;
            create table if not exists b (a int references a);
            alter table b add foreign key (nope) references a;
            grant select, references on a to public;
            create function f() returns int as $$ alter table b add foreign key (a) references a $$
              language sql;
            do $$ begin
              if false then alter table b add foreign key (a) references a; end if;
            end $$;
            create table d (a int references a on delet cascade);
        ";
        insta::assert_snapshot!(
            check("postgresql", text),
            @"Made Made WithoutEffect Reported NoConstraint NotRun WithoutEffect Reported"
        );
        insta::assert_snapshot!(
            check("mysql", "create table a (id int primary key); create table b (a int references a (id));"),
            @"Forgotten"
        );
    }

    #[test]
    fn counts_words_outside_of_comments_and_quotes() {
        let count = |dialect, text: &str| words(text, 0..text.len(), dialect).len();
        let text = "-- references\n/* references /* */ references */ 'references' \"references\" \
                    REFERENCES x_references $$ references $$ E'\\' references'";
        assert_eq!(count(Dialect::PostgreSql, text), 2);
        assert_eq!(
            count(Dialect::MySql, "# references\n/*!40000 references */ 'it\\'s references'"),
            1
        );
        assert_eq!(count(Dialect::Sqlite, "[references] `references` references"), 1);
    }

    #[test]
    fn stands_what_does_not_end() {
        for text in ["'", "\"", "/*", "/* /*", "e'\\", "--", "[", "`", "*/", "$$", "'\\"] {
            for dialect in [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite] {
                assert!(words(text, 0..text.len(), dialect).is_empty());
            }
        }
    }
}
