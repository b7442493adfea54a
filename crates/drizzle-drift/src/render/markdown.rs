//! For a comment on a pull request, the summary of a step, or release notes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use drift_check::markdown;
use drift_model::{Finding, Language, Level, Remedy};

use super::text::{one_line, visible};
use super::{Options, checked, conclusion, count};
use crate::report::Report;

/// How long a comment on GitHub may be; fewer characters than these bytes are always taken.
pub(crate) const COMMENT_LIMIT: usize = 65_536;

/// The part of the limit that the table may take.
const TABLE_SHARE: usize = 3;

/// Room for the lines behind the details.
const RESERVE: usize = 2_000;

/// Prints a table of the findings and the details of each, in no more than `limit` bytes.
pub(crate) fn render(
    report: &Report<'_>,
    options: &Options,
    limit: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (infos, told): (Vec<&Finding>, Vec<&Finding>) =
        report.findings().partition(|it| it.level == Level::Info && !options.has_infos);
    let mut text = format!("### drizzle-drift: {}\n\n", escape(&conclusion(report)));
    for error in report.all_errors() {
        let place = code(&report.places.place_of_error(error));
        push(
            &mut text,
            &format!("- **could not be read:** {place}: {}\n", inline(&error.message)),
            limit / 2,
        );
    }
    if report.all_errors().next().is_some() {
        text.push('\n');
    }
    let mut left_out = write_table(&mut text, &told, report, limit / TABLE_SHARE);
    write_infos(&mut text, &infos);
    for finding in &told {
        let details = details(finding, report);
        if text.len() + details.len() + RESERVE > limit {
            left_out = true;
            continue;
        }
        text.push_str(&details);
    }
    if left_out {
        text.push_str("Some findings have no room here; `drizzle-drift` prints all of them.\n\n");
    }
    if options.has_summary {
        for (position, project) in report.projects.iter().enumerate() {
            let line = format!("- {}\n", escape(&one_line(&checked(project))));
            if text.len() + line.len() + 100 > limit {
                let more = count(report.projects.len() - position, "more project");
                text.push_str(&format!("- {more}\n"));
                break;
            }
            text.push_str(&line);
        }
    }
    out.write_all(text.as_bytes())
}

/// Adds text unless it goes beyond the limit; gives whether it did not.
fn push(text: &mut String, more: &str, limit: usize) -> bool {
    let fits = text.len() + more.len() <= limit;
    if fits {
        text.push_str(more);
    }
    fits
}

/// Adds a row per finding; gives whether some have no room.
fn write_table(
    text: &mut String,
    findings: &[&Finding],
    report: &Report<'_>,
    limit: usize,
) -> bool {
    if findings.is_empty() {
        return false;
    }
    text.push_str("| level | rule | finding | place |\n|---|---|---|---|\n");
    let mut is_cut = false;
    for finding in findings {
        let place = finding.labels.first().map(|it| report.places.place(it.span));
        let place = place.map(|it| code(&format!("{}:{}", it.file, it.line))).unwrap_or_default();
        let message = cell(&inline(&finding.message));
        let (level, rule) = (level(finding.level), finding.rule);
        is_cut |= !push(
            text,
            &format!("| **{level}** | `{rule}` | {message} | {} |\n", cell(&place)),
            limit,
        );
    }
    text.push('\n');
    is_cut
}

/// Adds how many findings at info there are of each rule.
fn write_infos(text: &mut String, infos: &[&Finding]) {
    if infos.is_empty() {
        return;
    }
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in infos {
        *by_rule.entry(finding.rule).or_default() += 1;
    }
    let rules: Vec<String> =
        by_rule.iter().map(|(rule, number)| format!("{number} `{rule}`")).collect();
    let findings = count(infos.len(), "finding");
    let _ = writeln!(text, "{findings} at info: {}\n", rules.join(", "));
}

fn details(finding: &Finding, report: &Report<'_>) -> String {
    let mut text = format!(
        "<details><summary>{}: {}</summary>\n\n",
        level(finding.level),
        html(&finding.message)
    );
    for label in &finding.labels {
        let place = report.places.place(label.span);
        let place = code(&format!("{}:{}:{}", place.file, place.line, place.column));
        let _ = writeln!(text, "- {place}: {}", inline(&label.message));
    }
    text.push('\n');
    for note in &finding.notes {
        let _ = writeln!(text, "**note:** {}\n", inline(note));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "**help:** {}\n", inline(help));
    }
    for remedy in &finding.remedies {
        text.push_str(&block(remedy));
    }
    text.push_str("</details>\n\n");
    text
}

/// The text of a remedy in a fence that it cannot end.
fn block(remedy: &Remedy) -> String {
    let text = visible(&remedy.text);
    let fence = "`".repeat(markdown::longest_run(&text).max(2) + 1);
    let language = match remedy.language {
        Language::TypeScript => "ts",
        Language::Sql => "sql",
    };
    format!("**fix:** {}:\n\n{fence}{language}\n{text}\n{fence}\n\n", inline(&remedy.title))
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "info",
    }
}

/// A message, in which backticks mark code.
fn inline(message: &str) -> String {
    markdown::prose(&one_line(message), escape)
}

/// Text in code, whatever is in it.
fn code(text: &str) -> String {
    markdown::code(&one_line(text))
}

/// Markdown as a cell of a table, where a bar counts even in code.
fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// Text in which nothing is Markdown or HTML, and nobody is told of a name behind an `@`.
fn escape(text: &str) -> String {
    markdown::escape(text).replace('@', "@\u{200b}")
}

/// A message in HTML, where Markdown counts for nothing; backticks mark code.
fn html(message: &str) -> String {
    let text = one_line(message).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = text.replace('@', "@\u{200b}");
    if !text.matches('`').count().is_multiple_of(2) {
        return text;
    }
    let parts = text.split('`').enumerate();
    let marked = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => format!("<code>{part}</code>"),
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(
            escape("a_b _c_ *d* <b> [x](y) @me"),
            "a_b \\_c\\_ \\*d\\* &lt;b&gt; \\[x\\](y) @\u{200b}me"
        );
        assert_eq!(inline("`a|b` is *x*"), "`a|b` is \\*x\\*");
        assert_eq!(inline("one ` alone"), "one \\` alone");
        assert_eq!(cell(&inline("`a|b` | c")), "`a\\|b` \\| c");
        assert_eq!(html("`a` <b> ``"), "<code>a</code> &lt;b&gt; <code></code>");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let text = "-- ````".to_owned();
        let remedy = Remedy { title: "so".to_owned(), language: Language::Sql, text, edit: None };
        assert_eq!(block(&remedy), "**fix:** so:\n\n`````sql\n-- ````\n`````\n\n");
    }
}
