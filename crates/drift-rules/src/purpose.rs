//! What names and comments say about why there is no foreign key.

use drift_model::{Column, Span, Table, TableName};
use foldhash::{HashMap, HashMapExt};

use crate::Comparison;
use crate::likeness::snake_case;

/// Whether a table seems to keep a record of what happened, so that its rows may well outlive what they
/// name: a log, an audit trail, a history, a backup.
pub(crate) fn keeps_records(comparison: &Comparison<'_>, table: &TableName) -> bool {
    const WORDS: [&str; 40] = [
        "activities",
        "activity",
        "analytics",
        "archive",
        "archived",
        "archives",
        "audit",
        "audits",
        "backup",
        "backups",
        "cache",
        "deleted",
        "deletion",
        "deletions",
        "event",
        "events",
        "history",
        "import",
        "imports",
        "ledger",
        "log",
        "logs",
        "metric",
        "metrics",
        "outbox",
        "queue",
        "snapshot",
        "snapshots",
        "staging",
        "stat",
        "statistics",
        "stats",
        "sync",
        "telemetry",
        "temp",
        "tmp",
        "tombstones",
        "usage",
        "webhook",
        "webhooks",
    ];
    let patterns = comparison.sources.options.audit_tables.as_deref().unwrap_or_default();
    patterns.iter().any(|it| it.matches_table(table))
        || snake_case(&table.name).split('_').any(|word| WORDS.contains(&word))
}

/// What comments say about why there is no foreign key.
pub(crate) struct Explanations<'c, 'a> {
    comparison: &'c Comparison<'a>,
    /// Whether a comment tells for all columns of a table.
    of_tables: HashMap<*const Table, bool>,
}

impl<'c, 'a> Explanations<'c, 'a> {
    pub(crate) fn new(comparison: &'c Comparison<'a>) -> Self {
        Self { comparison, of_tables: HashMap::new() }
    }

    /// Whether a comment at a column or at its table says it, in either source.
    pub(crate) fn cover(&mut self, table: &Table, column: &Column) -> bool {
        let migrated = self.comparison.migrated_table(&table.name);
        [Some(table), migrated].into_iter().flatten().any(|table| {
            let column = self.comparison.column(table, &column.name);
            column.is_some_and(|it| self.says(it.span, &[&WORDS, &COLUMN_WORDS]))
                || self.cover_table(table)
        })
    }

    fn cover_table(&mut self, table: &Table) -> bool {
        if let Some(known) = self.of_tables.get(&(&raw const *table)) {
            return *known;
        }
        // One column may tell for all of its table.
        let tells = |it: &Column| self.says(it.span, &[&["no fk", "no foreign key"]]);
        let is_covered = self.says(table.span, &[&WORDS]) || table.columns.iter().any(tells);
        self.of_tables.insert(table, is_covered);
        is_covered
    }

    fn says(&self, span: Span, words: &[&[&str]]) -> bool {
        let comment = comment_at(self.comparison, span);
        words.iter().copied().flatten().any(|it| comment.contains(it))
    }
}

/// Of a foreign key that is left out on purpose.
const WORDS: [&str; 14] = [
    "append-only",
    "deliberate",
    "denormal",
    "fk ",
    "fks",
    "foreign key",
    "intentional",
    "legacy",
    "no fk",
    "on purpose",
    "orphan",
    "outlive",
    "snapshot",
    "survive",
];

/// Of a column that is no reference, or not to be one.
const COLUMN_WORDS: [&str; 11] = [
    "actually",
    "constraint",
    "external",
    "logical ref",
    "not a reference",
    "polymorphic",
    "provider",
    "soft ref",
    "soft-ref",
    "third",
    "upstream",
];

/// How many bytes before and behind something are looked at.
const LONGEST: usize = 2_000;

/// How many words and comments before something are looked at.
const MOST_WORDS: usize = 100;

/// The comment above a place, and behind it on its last line, in lower case.
fn comment_at(comparison: &Comparison<'_>, span: Span) -> String {
    let Some(texts) = comparison.sources.texts else { return String::new() };
    let file = texts.file(span.file);
    let (start, end) = (span.start as usize, span.end as usize);
    let (Some(before), Some(after)) = (file.text.get(..start), file.text.get(end..)) else {
        return String::new();
    };
    // Nobody explains a column in more words, and this is asked of many columns of one text.
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST))..];
    let after = &after[..after.floor_char_boundary(LONGEST)];
    (comments_behind(after) + &comments_above(before)).to_lowercase()
}

/// The comments behind something on its last line, and behind the comma that ends it.
fn comments_behind(after: &str) -> String {
    let (mut rest, mut comments) = (after, String::new());
    let mut is_ended = false;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") || rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            // A comma may stand on the next line; behind it there are other things, with their own comments.
            let is_over = match first {
                '\n' => is_ended || !rest.trim_start().starts_with(','),
                _ => is_ended && !matches!(first, ' ' | '\t' | '\r' | ')' | '}' | ';'),
            };
            if is_over {
                break;
            }
            is_ended |= first == ',';
            rest = &rest[first.len_utf8()..];
            continue;
        };
        comments.push_str(&rest[..length]);
        comments.push('\n');
        rest = &rest[length..];
    }
    comments
}

/// The comments between something and what ends before it, in any order.
fn comments_above(before: &str) -> String {
    const FIRST_WORDS: [&str; 6] = ["const", "let", "var", "create", "alter", "export"];
    let (mut rest, mut comments) = (before, String::new());
    let mut is_begun = false;
    for _ in 0..MOST_WORDS {
        let text = rest.trim_end();
        let line = &text[text.rfind('\n').map_or(0, |it| it + 1)..];
        let is_line = ["//", "--"].iter().any(|it| line.trim_start().starts_with(it));
        let block = text.strip_suffix("*/").and_then(|it| it.rfind("/*"));
        let word =
            text.len() - text.trim_end_matches(|it: char| it.is_alphanumeric() || it == '_').len();
        if is_line {
            comments.push_str(line);
            rest = &text[..text.len() - line.len()];
        } else if let Some(at) = block {
            // At the end of a line of code it is about that.
            let has_line = rest[text.len()..].contains('\n') || text[at..].contains('\n');
            let ahead = &text[text[..at].rfind('\n').unwrap_or(0)..at];
            if has_line && !ahead.trim().is_empty() {
                break;
            }
            comments.push_str(&text[at..]);
            rest = &text[..at];
        } else if word > 0 {
            let word = &text[text.len() - word..];
            let is_first = FIRST_WORDS.contains(&&word.to_ascii_lowercase()[..]);
            if is_begun && !is_first {
                break;
            }
            is_begun |= is_first;
            rest = &text[..text.len() - word.len()];
        } else if !is_begun && text.ends_with(['=', ':', '"', '`', '.', '?', '<', '>', '[', ']']) {
            rest = &text[..text.len() - 1];
        } else {
            break;
        }
        comments.push('\n');
    }
    comments
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use drift_model::{Dialect, SourceMap};

    use super::*;
    use crate::Sources;
    use crate::testing::sources;

    /// Whether the comments in a text explain its column `user_id`.
    fn explains(text: &str) -> bool {
        let texts = SourceMap::default();
        let file = texts.add(PathBuf::from("schema.ts"), text.to_owned());
        let span = |part: &str| {
            let start = text.find(part).unwrap() as u32;
            Span::new(file.id, start, start + part.len() as u32)
        };
        let mut table = Table::new(TableName::new("t"), span("t = "));
        table.columns.push(Column::new("id", span("id: x()")));
        table.columns.push(Column::new("user_id", span("userId: x()")));
        let sources = Sources { texts: Some(&texts), ..sources(Dialect::PostgreSql) };
        let comparison = Comparison::new(sources);
        Explanations::new(&comparison).cover(&table, &table.columns[1])
    }

    #[test]
    fn a_comment_at_the_column_explains_it() {
        assert!(!explains("t = {\n  id: x(),\n  // who wrote it\n  userId: x(),\n}"));
        assert!(explains("t = {\n  id: x(),\n  // id of the external system\n  userId: x(),\n}"));
        assert!(explains("t = {\n  id: x(),\n  userId: x(), // no FK: rows outlive the user\n}"));
        assert!(explains("t = {\n  id: x(),\n  /**\n   * Legacy.\n   */\n  userId: x(),\n}"));
        assert!(explains("t = {\n  id: x(),\n  /** legacy */\n\n  userId: x(),\n}"));
        assert!(explains("t = {\n  id: x(),\n  userId: x()\n  , // no FK\n}"));
        assert!(explains("t = {\n  id: x(),\n  /* legacy */ userId: x(),\n}"));
        assert!(explains("t = {\n  id: x(),\n  // legacy\n  /* since 2020 */ userId: x(),\n}"));
        assert!(explains("t = { id: x(), userId: x() /* no FK */ }"));
        assert!(explains("t = { id: x(), userId: x()/* of */ , /* a */ // legacy\n }"));
        assert!(!explains("t = {\n  id: x(), /* legacy */\n  userId: x(),\n}"));
        assert!(!explains("t = {\n  id: x(), // legacy\n  userId: x(),\n}"));
        assert!(!explains("t = {\n  id: x(), userId: x(), legacyId: x(), // legacy\n}"));
        assert!(!explains("t = {\n  id: x(), userId: x(), // mine\n /* foreign key */ a: b\n}"));
        assert!(!explains("t = {\n  userId: x(), /* mine */ a: fk (y), id: x(),\n}"));
        assert!(!explains("t = {\n  // legacy\n  id: x(),\n  userId: x(),\n}"));
    }

    #[test]
    fn a_comment_may_tell_for_all_of_a_table() {
        assert!(explains(
            "// Without foreign keys on purpose.\nt = {\n  id: x(),\n  userId: x(),\n}"
        ));
        assert!(explains(
            "// no FK\nexport const\n/* it */ a: B<C> =\n t = { id: x(),  userId: x() }"
        ));
        assert!(explains("// no FK\n// It is new.\nt = {\n  id: x(),\n  userId: x(),\n}"));
        assert!(!explains("// legacy\nconst a = 1\nconst b = t = { id: x(), userId: x() }"));
        assert!(explains("t = {\n  /** no FK */\n  id: x(),\n  userId: x(),\n}"));
        assert!(!explains("// Everything external.\nt = {\n  id: x(),\n  userId: x(),\n}"));
    }

    #[test]
    fn records_are_told_by_a_word_of_the_name() {
        let comparison = Comparison::new(sources(Dialect::PostgreSql));
        let keeps = |name: &str| keeps_records(&comparison, &TableName::new(name));
        assert!(keeps("audit_log") && keeps("loginEvents") && keeps("backup_users"));
        assert!(!keeps("logins") && !keeps("blogs") && !keeps("eventual_users"));
    }
}
