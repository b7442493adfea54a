//! Comments that accept findings: `// drizzle-drift-ignore RULE: reason`, and `-- ...` in SQL.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use drift_model::{Comment, Dialect, Engine, FileId, Finding, SourceFile, SourceMap, Span};

use crate::rule_name::RuleName;

/// What such a comment begins with. Files without it are not looked at.
pub(crate) const MARK: &str = "drizzle-drift-ignore";

/// What makes it hold for the whole file.
const FILE_MARK: &str = "drizzle-drift-ignore-file";

const SCRIPTS: [&str; 8] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx"];

/// The comments of all files, and which of them were needed.
#[derive(Default)]
pub(crate) struct Suppressions {
    all: Vec<Suppression>,
    /// Comments that accept nothing, and why.
    pub(crate) faults: Vec<Fault>,
}

/// A comment that is wrong.
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: String,
}

struct Suppression {
    /// Each rule, and whether it had something to accept.
    rules: Vec<(RuleName, bool)>,
    /// The comment.
    span: Span,
    reach: Reach,
}

/// Which findings of its rules a comment accepts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// Those that point into the file.
    File,
    /// Those that point at something that begins in this part of the file.
    Code(Span),
    /// Those that point at something in this line.
    Line(Span),
}

/// The files in which there may be such comments, of those that were read.
pub(crate) fn marked_files(sources: &SourceMap) -> Vec<Arc<SourceFile>> {
    let mut files = sources.files();
    files.retain(|it| memchr::memmem::find(it.text.as_bytes(), MARK.as_bytes()).is_some());
    files
}

impl Suppressions {
    /// Reads the comments of files. `engines` gives the engines of migrations.
    pub(crate) fn read(mut files: Vec<Arc<SourceFile>>, engines: &HashMap<&Path, Engine>) -> Self {
        let mut found = Self::default();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        for file in files {
            let engine = engines.get(file.path.as_path()).copied();
            for comment in comments(&file.path, &file.text, engine) {
                found.add(&file, comment);
            }
        }
        found
    }

    /// Whether a comment accepts the finding. Of one that tells of several things, each has to be
    /// accepted, or what they have in common, such as their table.
    pub(crate) fn accept(&mut self, finding: &Finding) -> bool {
        let mut is_accepted = false;
        let mut parts: HashSet<Span> = finding.parts.iter().copied().collect();
        let common = finding.labels.iter().map(|it| it.span).filter(|it| !parts.contains(it));
        let common: Vec<Span> = common.collect();
        for suppression in &mut self.all {
            for (rule, is_needed) in &mut suppression.rules {
                if !rule.is(finding.rule) {
                    continue;
                }
                let holds = |span: &Span| suppression.reach.holds(suppression.span, *span);
                let holds_for_all = common.iter().any(holds);
                *is_needed |= holds_for_all || finding.parts.iter().any(holds);
                is_accepted |= holds_for_all;
                parts.retain(|it| !holds(it));
            }
        }
        is_accepted || parts.is_empty() && !finding.parts.is_empty()
    }

    /// The rules for which a comment had nothing to accept.
    pub(crate) fn unneeded(&self) -> impl Iterator<Item = (RuleName, Span)> {
        self.all.iter().flat_map(|it| {
            let unneeded = it.rules.iter().filter(|(_, is_needed)| !is_needed);
            unneeded.map(|(rule, _)| (*rule, it.span))
        })
    }

    fn add(&mut self, file: &SourceFile, comment: Comment) {
        let span = Span::new(file.id, comment.range.start, comment.range.end);
        let text = &file.text[comment.range.start as usize..comment.range.end as usize];
        let Some(directive) = Directive::read(text) else { return };
        let mut fault = |message: String, help: String| {
            self.faults.push(Fault { span, message, help });
        };
        let example = || format!("write `{MARK} RULE: reason`");
        if directive.mark != MARK && directive.mark != FILE_MARK {
            let message = format!("there is no comment `{}`", directive.mark);
            return fault(message, format!("write `{MARK}` or `{FILE_MARK}`"));
        }
        if directive.rules.is_empty() {
            return fault("a suppression names no rule".to_owned(), example());
        }
        if directive.reason.is_empty() {
            let message = format!("the suppression of {} gives no reason", list(&directive.rules));
            return fault(message, format!("it does not count: {}", example()));
        }
        let mut rules = Vec::new();
        for name in directive.rules {
            match RuleName::parse(name) {
                Ok(rule) => rules.push((rule, false)),
                Err(reason) => fault(
                    format!("a suppression of `{name}`: {reason}"),
                    "`drizzle-drift rules` lists the rules".to_owned(),
                ),
            }
        }
        let reach = match directive.mark {
            FILE_MARK => Reach::File,
            _ => Reach::of(file.id, &file.text, &comment),
        };
        self.all.push(Suppression { rules, span, reach });
    }
}

impl Reach {
    /// A comment behind code holds for its line, any other for what it stands above, and all of the
    /// line in which that begins.
    pub(crate) fn of(file: FileId, text: &str, comment: &Comment) -> Self {
        let line = line_of(text, comment.range.start as usize);
        let before = &text[line.start..comment.range.start as usize];
        if !before.trim().is_empty() {
            return Self::Line(Span::new(file, line.start as u32, line.end as u32));
        }
        let Range { start, end } = comment.next.clone();
        let line = line_of(text, start as usize);
        let end = if start == end { end } else { end.max(line.end as u32) };
        Self::Code(Span::new(file, start, end))
    }

    /// Whether it holds for something at a place, where `comment` is the comment.
    pub(crate) fn holds(self, comment: Span, span: Span) -> bool {
        span.file == comment.file
            && match self {
                Self::File => true,
                Self::Code(code) => (code.start..code.end).contains(&span.start),
                Self::Line(line) => {
                    span.start < line.end && line.start < span.end.max(span.start + 1)
                }
            }
    }
}

/// The line in which an offset lies, without what ends it.
pub(crate) fn line_of(text: &str, offset: usize) -> Range<usize> {
    // Between the two characters of one line break.
    let is_between = text[offset..].starts_with('\n') && text[..offset].ends_with('\r');
    let offset = offset - usize::from(is_between);
    let start = text[..offset].rfind(['\n', '\r']).map_or(0, |it| it + 1);
    let end = text[offset..].find(['\n', '\r']).map_or(text.len(), |it| offset + it);
    start..end
}

/// The comments of a file that may be suppressions; `engine` is the one that runs it.
pub(crate) fn comments(path: &Path, text: &str, engine: Option<Engine>) -> Vec<Comment> {
    match path.extension().and_then(|it| it.to_str()) {
        _ if is_of_a_dependency(path) => Vec::new(),
        Some("sql") => {
            let engine = engine.unwrap_or(Engine::new(Dialect::PostgreSql));
            drift_migrations::comments(text, &engine, MARK)
        }
        Some(extension) if SCRIPTS.contains(&extension) => drift_schema::comments(text, MARK),
        _ => Vec::new(),
    }
}

fn is_of_a_dependency(path: &Path) -> bool {
    path.components().any(|it| it.as_os_str() == "node_modules")
}

/// What a comment says.
struct Directive<'t> {
    mark: &'t str,
    rules: Vec<&'t str>,
    reason: &'t str,
}

impl<'t> Directive<'t> {
    /// `None` for a comment that speaks of suppressions and is none.
    fn read(comment: &'t str) -> Option<Self> {
        let signs = |it: char| it.is_whitespace() || matches!(it, '/' | '*' | '-' | '#' | '!');
        let text = comment.trim_start_matches(signs);
        let text = text.strip_suffix("*/").unwrap_or(text).trim_end();
        let length = text.find(|it: char| !it.is_ascii_alphanumeric() && it != '-' && it != '_');
        let (mark, rest) = text.split_at(length.unwrap_or(text.len()));
        if !mark.starts_with(MARK) {
            return None;
        }
        let (rules, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let rules = rules.split(|it: char| it == ',' || it.is_whitespace());
        let rules = rules.filter(|it| !it.is_empty()).collect();
        let reason = reason.trim_matches(|it: char| it.is_whitespace() || it == '*');
        Some(Self { mark, rules, reason })
    }
}

/// `a`, `b`
fn list(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use drift_model::Level;

    use super::*;

    #[test]
    fn accepts_several_things_only_together() {
        let accepts_beside = |text: &str, unneeded: usize| {
            let sources = SourceMap::default();
            let file = sources.add("a.ts".into(), text.to_owned());
            let span = |name: &str| {
                let at = text.find(name).unwrap() as u32;
                Span::new(file.id, at, at + 2)
            };
            let finding = Finding::new("missing-column", Level::Error, "")
                .label(span("c1"), "")
                .label(span("t1"), "")
                .parts([span("c1"), span("c2")]);
            let mut suppressions = Suppressions::read(marked_files(&sources), &HashMap::new());
            let is_accepted = suppressions.accept(&finding);
            assert_eq!(suppressions.unneeded().count(), unneeded);
            is_accepted
        };
        let accepts = |text: &str| accepts_beside(text, 0);
        let comment = "// drizzle-drift-ignore missing-column: why";
        assert!(!accepts(&format!("t1({{\n{comment}\nc1: x,\nc2: y }})")));
        assert!(accepts(&format!("t1({{\n{comment}\nc1: x,\n{comment}\nc2: y }})")));
        assert!(accepts(&format!("{comment}\nt1({{\nc1: x,\nc2: y }})")));
        // One that stands above something else counts for nothing.
        let beside = format!("t1({{\n{comment}\nc1: x,\nc2: y,\n{comment}\nc3: z }})");
        assert!(!accepts_beside(&beside, 1));
    }

    /// What comments accept of findings of `missing-table` at each `^`, which is taken out of the text,
    /// and what is wrong with them.
    fn check(path: &str, text: &str) -> String {
        let marks: Vec<usize> = text.match_indices('^').map(|(at, _)| at).collect();
        let sources = SourceMap::default();
        let file = sources.add(path.into(), text.replace('^', ""));
        let mut suppressions = Suppressions::read(marked_files(&sources), &HashMap::new());
        let accepted = marks.iter().enumerate().map(|(before, at)| {
            let at = (at - before) as u32;
            let finding = Finding::new("missing-table", Level::Error, "")
                .label(Span::new(file.id, at, at + 1), "");
            if suppressions.accept(&finding) { '+' } else { '-' }
        });
        let accepted: String = accepted.collect();
        let faults = suppressions.faults.iter().map(|it| format!("; {}", it.message));
        let unneeded =
            suppressions.unneeded().map(|(rule, _)| format!("; unused {}", rule.as_str()));
        format!("{accepted}{}{}", faults.collect::<String>(), unneeded.collect::<String>())
    }

    #[test]
    fn a_comment_holds_for_what_it_stands_above() {
        let schema = "a(^x);\n// drizzle-drift-ignore missing-table: why\nb(^x,\n  ^x); ^c\n^d";
        assert_eq!(check("a.ts", schema), "-++--");
        let columns = "t({\n  /* drizzle-drift-ignore missing-table: why */\n  a: ^x\n    .^y(),\n  b: ^z\n})";
        assert_eq!(check("a.ts", columns), "++-");
        let sql =
            "^A;\n-- drizzle-drift-ignore missing-table: why\n--> statement-breakpoint\n^B;\n^C;";
        assert_eq!(check("a.sql", sql), "---; unused missing-table");
        let sql = "^A;\n-- drizzle-drift-ignore missing-table: why\n\nB (\n ^b, ^c);\n^C;";
        assert_eq!(check("a.sql", sql), "-++-");
    }

    #[test]
    fn behind_code_it_holds_for_the_line() {
        let text = "a: ^x,\nb: ^x, // drizzle-drift-ignore missing-table: why\nc: ^x";
        assert_eq!(check("a.ts", text), "-+-");
        assert_eq!(check("a.sql", &text.replace("//", "--")), "-+-");
        // From the first letter of the line to the comment itself, and not beyond.
        let text = "^a,^\n^b, // drizzle-drift-ignore missing-table: why^\n^c";
        assert_eq!(check("a.ts", text), "--+--");
        let file = SourceMap::default().add("a.ts".into(), String::new()).id;
        let line = Span::new(file, 10, 20);
        let holds = |start, end| Reach::Line(line).holds(line, Span::new(file, start, end));
        assert!(holds(10, 10) && holds(5, 11) && holds(19, 30));
        assert!(!holds(5, 10) && !holds(20, 20));
    }

    #[test]
    fn a_whole_file() {
        let text = "^a\n/**\n * drizzle-drift-ignore-file missing-table, on-delete-mismatch:\n * why\n */\n^b";
        assert_eq!(check("a.ts", text), "++; unused on-delete-mismatch");
        assert_eq!(check("a.ts", "// drizzle-drift-ignore-file all: why\n^b"), "+");
    }

    #[test]
    fn a_line_ends_before_its_break() {
        let text = "ab\r\ncd\n\ref";
        let line = |offset| &text[line_of(text, offset)];
        let lines: Vec<&str> = (0..=text.len()).map(line).collect();
        assert_eq!(lines, ["ab", "ab", "ab", "ab", "cd", "cd", "cd", "", "ef", "ef", "ef"]);
    }

    #[test]
    fn what_does_not_count_is_told() {
        let tell = |comment: &str| check("a.ts", &format!("// {comment}\n^x"));
        assert_eq!(
            tell("drizzle-drift-ignore missing-table"),
            "-; the suppression of `missing-table` gives no reason"
        );
        assert_eq!(
            tell("drizzle-drift-ignore missing-table: "),
            "-; the suppression of `missing-table` gives no reason"
        );
        assert_eq!(
            check("a.ts", "/* drizzle-drift-ignore missing-table: **/\n^x"),
            "-; the suppression of `missing-table` gives no reason"
        );
        assert_eq!(tell("drizzle-drift-ignore: why"), "-; a suppression names no rule");
        assert_eq!(
            tell("drizzle-drift-ignore-next-line missing-table: why"),
            "-; there is no comment `drizzle-drift-ignore-next-line`"
        );
        assert_eq!(
            tell("drizzle-drift-ignore missing-tabel, missing-table: why"),
            "+; a suppression of `missing-tabel`: there is no such rule; did you mean `missing-table`?"
        );
        assert_eq!(
            tell("drizzle-drift-ignore on-delete-mismatch: why"),
            "-; unused on-delete-mismatch"
        );
        // These speak of it.
        assert_eq!(tell("see drizzle-drift-ignore missing-table: why"), "-");
        assert_eq!(
            check("a.ts", "const a = '// drizzle-drift-ignore missing-table: why'; ^x"),
            "-"
        );
        assert_eq!(check("a.md", "// drizzle-drift-ignore missing-table: why\n^x"), "-");
        assert_eq!(
            check("node_modules/a/a.ts", "// drizzle-drift-ignore missing-table: why\n^x"),
            "-"
        );
    }
}
