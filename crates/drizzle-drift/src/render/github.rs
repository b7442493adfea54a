//! For GitHub Actions: workflow commands, which it shows beside the lines of a pull request.
//!
//! Source: "Workflow commands for GitHub Actions" in the documentation of GitHub, and `toCommandValue`
//! and `escapeProperty` of `@actions/core`, `src/command.ts`.

use std::io::{self, Write};

use drift_model::{Finding, Level, SourceError, Span};

use super::text::{one_line, visible};
use super::{Options, concise, count};
use crate::report::Report;

/// How many annotations of a kind GitHub shows for a step; it drops the others silently.
const LIMIT: usize = 10;

/// Prints an annotation per finding, up to the limit of each kind. The rest is in the summary of the
/// step where there is one, else it is printed as lines of the log.
pub(crate) fn render(
    report: &Report<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let errors: Vec<&SourceError> = report.all_errors().collect();
    for error in errors.iter().take(LIMIT) {
        let properties = properties(report, Some(error), error.span, "could not be read");
        command("error", &properties, &error.message, out)?;
    }
    let mut rest: Vec<&Finding> = Vec::new();
    for (level, kind) in
        [(Level::Error, "error"), (Level::Warn, "warning"), (Level::Info, "notice")]
    {
        // Remarks beside the lines of others' changes are noise, unless they are wanted.
        let is_told = level > Level::Info || options.has_infos;
        let taken = if level == Level::Error { errors.len() } else { 0 };
        let findings = report.findings().filter(|it| is_told && it.level == level);
        for (position, finding) in findings.enumerate() {
            if position + taken >= LIMIT {
                rest.push(finding);
                continue;
            }
            let span = finding.labels.first().map(|it| it.span);
            let properties = properties(report, None, span, finding.rule);
            command(kind, &properties, &message(finding, report), out)?;
        }
    }
    let unread = errors.iter().skip(LIMIT);
    let number = rest.len() + unread.clone().count();
    if number == 0 {
        return Ok(());
    }
    if options.has_step_summary {
        return writeln!(out, "{} in the summary of this step", count(number, "more finding"));
    }
    unread.into_iter().try_for_each(|it| concise::write_error(it, report, out))?;
    rest.into_iter().try_for_each(|it| concise::write_finding(it, report, out))
}

/// The finding with the other places, facts and help, one line each.
fn message(finding: &Finding, report: &Report<'_>) -> String {
    let mut message = one_line(&finding.message);
    for label in finding.labels.iter().skip(1) {
        let place = report.place_in_repository(label.span);
        let words = one_line(&label.message);
        message.push_str(&format!("\n{}:{}: {words}", place.file, place.line));
    }
    for note in &finding.notes {
        message.push_str(&format!("\nnote: {}", one_line(note)));
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {}", one_line(help)));
    }
    message
}

fn properties(
    report: &Report<'_>,
    error: Option<&SourceError>,
    span: Option<Span>,
    title: &str,
) -> String {
    let mut properties = String::new();
    let mut add = |name: &str, value: &str| {
        let comma = if properties.is_empty() { "" } else { "," };
        properties.push_str(&format!("{comma}{name}={}", escape_property(value)));
    };
    if let Some(span) = span {
        let place = report.place_in_repository(span);
        add("file", &place.file);
        add("line", &place.line.to_string());
        add("endLine", &place.end_line.to_string());
        add("col", &place.column.to_string());
        // GitHub takes the end of a column within one line only.
        if place.line == place.end_line {
            add("endColumn", &place.end_column.to_string());
        }
    } else if let Some(error) = error {
        add("file", &report.path_in_repository(&error.path));
    }
    add("title", title);
    properties
}

fn command(kind: &str, properties: &str, message: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::{kind} {properties}::{}", escape_data(message))
}

fn escape_data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    // A log is shown in color, and read in terminals as well.
    visible(&text).into_owned()
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_no_command() {
        assert_eq!(escape_data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
        assert_eq!(escape_data("\u{1b}[31m"), "\\u{1b}[31m");
        assert_eq!(escape_property("a,b:c%3A"), "a%2Cb%3Ac%253A");
    }
}
