//! Where a comment has to stand that accepts a finding.

use drift_model::{Edit, Engine, FileId, Finding, SourceFile, SourceMap, Span};

use crate::rule_name::RuleName;
use crate::suppressions::{MARK, Reach, comments, line_of};

/// How many lines above a place are tried.
const LINES_ABOVE: usize = 30;

/// How many things a finding may tell of that need a comment each.
const AT_MOST: usize = 20;

/// What is in comments that other tools take for the line, or the statement, behind them.
const DIRECTIVES: [&str; 6] =
    ["@ts-", "-next-line", "-ignore", " ignore ", "nolint", "noinspection"];

/// The comments, each in a line of its own, that accept a finding: one in `file`, or one for each of the
/// things that the finding tells of. `near` is the place to begin with.
///
/// Whether a comment is taken for one, and for what it holds, is asked of the reader of suppressions.
/// `None` where no comment would do, as within a string or in a file that has no comments.
pub fn suppress(
    sources: &SourceMap,
    near: Span,
    engine: Option<Engine>,
    finding: &Finding,
    reason: &str,
) -> Option<Vec<Edit>> {
    let rule = RuleName::parse(finding.rule).ok().filter(|it| it.is(finding.rule))?;
    if finding.rule == drift_rules::UNUSED_SUPPRESSION.name {
        return None;
    }
    let words = format!("{MARK} {}: {reason}", rule.as_str());
    let above = |span: Span| comment_above(&sources.file(span.file), engine, span, &words);
    let is_common = |it: &Span| it.file == near.file && !finding.parts.contains(it);
    let mut common: Vec<Span> = finding.labels.iter().map(|it| it.span).filter(is_common).collect();
    common.sort_by_key(|it| distance(*it, near));
    if let Some(edit) = common.into_iter().find_map(above) {
        return Some(vec![edit]);
    }
    let parts = &finding.parts;
    if parts.is_empty() || parts.len() > AT_MOST {
        return None;
    }
    let mut edits: Vec<Edit> = Vec::new();
    for part in parts {
        let edit = above(*part)?;
        if !edits.iter().any(|it| it.span == edit.span) {
            edits.push(edit);
        }
    }
    Some(edits)
}

fn distance(span: Span, near: Span) -> u32 {
    if span.start <= near.end && near.start <= span.end {
        0
    } else if span.start > near.end {
        span.start - near.end
    } else {
        near.start - span.end
    }
}

/// The insertion of a comment that holds for a place, above its line or the nearest one above that.
fn comment_above(
    file: &SourceFile,
    engine: Option<Engine>,
    span: Span,
    words: &str,
) -> Option<Edit> {
    let signs = if file.path.extension().is_some_and(|it| it == "sql") { "--" } else { "//" };
    let mut line = line_of(&file.text, span.start as usize);
    for _ in 0..LINES_ABOVE {
        let at = above_directives(&file.text, line.start);
        let edit = insertion(file.id, &file.text, at, line.start, &format!("{signs} {words}"));
        if holds(file, engine, &edit, span) {
            return Some(edit);
        }
        line = line_of(&file.text, line.start.checked_sub(1)?);
    }
    None
}

/// A comment as a line at `at`, indented as the line at `model`.
fn insertion(file: FileId, text: &str, at: usize, model: usize, comment: &str) -> Edit {
    let rest = &text[model..];
    let indent = &rest[..rest.find(|it| it != ' ' && it != '\t').unwrap_or(rest.len())];
    let line = line_of(text, model);
    let ends_in_crlf = text[line.end..].starts_with("\r\n")
        || line.end == text.len() && text[..line.start].ends_with("\r\n");
    let line_break = if ends_in_crlf { "\r\n" } else { "\n" };
    let text = format!("{indent}{comment}{line_break}");
    Edit { span: Span::new(file, at as u32, at as u32), text }
}

/// The start of the first of the comments right above a line that are addressed to other tools and mean
/// the next line, or else of the line.
fn above_directives(text: &str, line_start: usize) -> usize {
    let mut start = line_start;
    while let Some(before) = start.checked_sub(1) {
        let line = line_of(text, before);
        let comment = text[line.clone()].trim();
        let is_comment = ["//", "/*", "--"].iter().any(|it| comment.starts_with(it));
        if !is_comment || !DIRECTIVES.iter().any(|it| comment.contains(it)) {
            break;
        }
        start = line.start;
    }
    start
}

/// Whether the comment that an edit inserts is one, and holds for a place of the text without it.
fn holds(file: &SourceFile, engine: Option<Engine>, edit: &Edit, span: Span) -> bool {
    let at = edit.span.start as usize;
    let text = format!("{}{}{}", &file.text[..at], edit.text, &file.text[at..]);
    let moved = |it: u32| if it as usize >= at { it + edit.text.len() as u32 } else { it };
    let moved = Span::new(span.file, moved(span.start), moved(span.end));
    let inserted = at..at + edit.text.len();
    let found = comments(&file.path, &text, engine);
    let own = found.iter().find(|it| inserted.contains(&(it.range.start as usize)));
    own.is_some_and(|own| {
        let comment = Span::new(file.id, own.range.start, own.range.end);
        Reach::of(file.id, &text, own).holds(comment, moved)
    })
}

#[cfg(test)]
mod tests {
    use drift_model::Level;

    use super::*;

    /// The text with the comments that accept a finding at `^`, or at each of several.
    fn check(path: &str, text: &str) -> Option<String> {
        let marks: Vec<usize> = text.match_indices('^').map(|(at, _)| at).collect();
        let sources = SourceMap::default();
        let file = sources.add(path.into(), text.replace('^', ""));
        let spans: Vec<Span> = (0..)
            .zip(&marks)
            .map(|(before, at)| {
                Span::new(file.id, (*at - before) as u32, (*at - before) as u32 + 1)
            })
            .collect();
        let mut finding = Finding::new("missing-table", Level::Error, "");
        for span in &spans {
            finding = finding.label(*span, "");
        }
        if spans.len() > 1 {
            finding = finding.parts(spans.clone());
        }
        let edits = suppress(&sources, spans[0], None, &finding, "why")?;
        let mut edited = file.text.clone();
        for edit in edits.iter().rev() {
            edited.insert_str(edit.span.start as usize, &edit.text);
        }
        Some(edited)
    }

    #[test]
    fn a_comment_goes_above_the_line() {
        insta::assert_snapshot!(check("a.ts", "const a = t({\n\tb: c()\n\t\t.^d(),\n});").unwrap(), @"
        const a = t({
        	b: c()
        		// drizzle-drift-ignore missing-table: why
        		.d(),
        });
        ");
        insta::assert_snapshot!(check("a.sql", "A;\n  CREATE (a,\n    ^b);").unwrap(), @"
        A;
          CREATE (a,
            -- drizzle-drift-ignore missing-table: why
            b);
        ");
        assert_eq!(
            check("a.ts", "a;\r\n^b;").unwrap(),
            "a;\r\n// drizzle-drift-ignore missing-table: why\r\nb;"
        );
        for text in ["^b;", "a;\n^b;", "a;\r\n^b;\nc"] {
            let commented = text.replace('^', "// drizzle-drift-ignore missing-table: why\n");
            assert_eq!(check("a.ts", text), Some(commented));
        }
    }

    #[test]
    fn what_means_the_next_line_keeps_it() {
        insta::assert_snapshot!(
            check("a.ts", "a;\n// note\n// @ts-expect-error\n// eslint-disable-next-line\n^b;").unwrap(),
            @"
        a;
        // note
        // drizzle-drift-ignore missing-table: why
        // @ts-expect-error
        // eslint-disable-next-line
        b;
        "
        );
        insta::assert_snapshot!(
            check("a.sql", "A;\n--> statement-breakpoint\n-- squawk-ignore x\n-- atlas:nolint\n^B;").unwrap(),
            @"
        A;
        --> statement-breakpoint
        -- drizzle-drift-ignore missing-table: why
        -- squawk-ignore x
        -- atlas:nolint
        B;
        "
        );
    }

    #[test]
    fn within_a_text_it_goes_above_that() {
        insta::assert_snapshot!(check("a.ts", "a;\nb(`\n  ${^c}\n`);").unwrap(), @"
        a;
        // drizzle-drift-ignore missing-table: why
        b(`
          ${c}
        `);
        ");
        insta::assert_snapshot!(check("a.sql", "A;\nDO $$\nBEGIN\n  ^B;\nEND $$;").unwrap(), @"
        A;
        -- drizzle-drift-ignore missing-table: why
        DO $$
        BEGIN
          B;
        END $$;
        ");
    }

    #[test]
    fn several_things_get_a_comment_each() {
        insta::assert_snapshot!(check("a.ts", "t({\n  a: ^x, b: ^y,\n  c: ^z });").unwrap(), @"
        t({
          // drizzle-drift-ignore missing-table: why
          a: x, b: y,
          // drizzle-drift-ignore missing-table: why
          c: z });
        ");
    }

    #[test]
    fn there_is_none_where_nobody_would_read_it() {
        assert_eq!(check("a.json", "^{}"), None);
        assert_eq!(check("node_modules/a/a.ts", "^a"), None);
        assert_eq!(check("a.ts", "^"), None);
    }

    #[test]
    fn of_several_places_it_goes_to_the_nearest() {
        // The line above which the comment goes, where the labels are at some words, and one is meant.
        let goes_above = |text: &str, labels: [&str; 2], near: &str| {
            let sources = SourceMap::default();
            let file = sources.add("a.ts".into(), text.to_owned());
            let span = |word: &str| {
                let start = text.find(word).unwrap() as u32;
                Span::new(file.id, start, start + word.len() as u32)
            };
            let finding = Finding::new("missing-table", Level::Error, "");
            let finding = labels.iter().fold(finding, |it, word| it.label(span(word), ""));
            let edits = suppress(&sources, span(near), None, &finding, "why").unwrap();
            let [edit] = &edits[..] else { panic!("{edits:?}") };
            text[edit.span.start as usize..].lines().next().unwrap_or_default().to_owned()
        };
        let blank = "\n".repeat(40);
        let end_is_near = format!("begin_of_the_text;{blank}middle;\nend;");
        let words = ["begin_of_the_text", "end"];
        assert_eq!(goes_above(&end_is_near, words, "middle"), "end;");
        let begin_is_near = format!("{blank}{blank}begin;\n\nmiddle;{blank}end;");
        assert_eq!(goes_above(&begin_is_near, ["end", "begin"], "middle"), "begin;");
        assert_eq!(goes_above(&begin_is_near, ["begin", "middle"], "middle"), "middle;");
        assert_eq!(goes_above(&begin_is_near, ["begin", "middle"], "dd"), "middle;");
    }

    #[test]
    fn very_many_things_get_none() {
        let comments = |count: usize| {
            let edited = check("a.ts", &"^a;\n".repeat(count))?;
            Some(edited.matches(MARK).count())
        };
        assert_eq!((comments(AT_MOST), comments(AT_MOST + 1)), (Some(AT_MOST), None));
    }
}
