//! For services that show tests: one case per foreign key that was checked.
//!
//! Source: the XML schema of Jenkins' xUnit plugin, `junit-10.xsd`, and "Unit test reports" in the
//! documentation of GitLab.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use drift_model::{Finding, SourceError};

use super::Options;
use super::concise;
use super::text::{name_in_line, one_line, visible};
use crate::report::Report;
use drift_check::ProjectReport;

/// A case and what became of it.
struct Case {
    name: String,
    /// The first place of the first finding.
    place: Option<(String, u32)>,
    outcome: Outcome,
    /// What was found and is no failure.
    remarks: String,
}

enum Outcome {
    Passed,
    /// With the reason.
    Skipped(String),
    Failed {
        /// `failure`, or `error` where it could not be checked.
        element: &'static str,
        kind: String,
        message: String,
        text: String,
    },
}

/// Prints a suite per project. What reaches `--fail-on` is a failure; milder findings are what the case
/// printed.
pub(crate) fn render(
    report: &Report<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut suites = Vec::new();
    if !report.errors.is_empty() {
        let cases = report.errors.iter().map(|it| unreadable(it, report)).collect();
        suites.push(("drizzle-drift".to_owned(), cases));
    }
    suites.extend(report.projects.iter().map(|it| (it.name.clone(), cases(it, report, options))));
    let all: Vec<&Case> = suites.iter().flat_map(|(_, cases)| cases).collect();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"drizzle-drift\" {}>", Counts::of(&all))?;
    for (name, cases) in &suites {
        let counts = Counts::of(&cases.iter().collect::<Vec<_>>());
        let name = attribute(name);
        writeln!(out, "  <testsuite name=\"{name}\" {counts}>")?;
        for case in cases {
            write_case(case, &name, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn cases(project: &ProjectReport, report: &Report<'_>, options: &Options) -> Vec<Case> {
    let mut cases: Vec<Case> = project.errors.iter().map(|it| unreadable(it, report)).collect();
    let outcome = match &project.not_compared {
        Some(reason) => Outcome::Skipped(format!("not compared: {reason}")),
        None => Outcome::Passed,
    };
    let name = "schema and migrations are compared".to_owned();
    cases.push(Case { name, place: None, outcome, remarks: String::new() });
    // In the order of the sources, then what no foreign key was found for.
    let mut names: Vec<&str> = project.foreign_keys.iter().map(String::as_str).collect();
    let mut by_name: HashMap<&str, Vec<&Finding>> = HashMap::new();
    names.iter().for_each(|it| drop(by_name.insert(it, Vec::new())));
    for reported in &project.findings {
        let finding = &reported.finding;
        let name = finding.foreign_key.as_deref().unwrap_or(&finding.message);
        let findings = by_name.entry(name).or_insert_with(|| {
            names.push(name);
            Vec::new()
        });
        findings.push(finding);
    }
    cases.extend(names.iter().map(|name| case(name, &by_name[name], report, options)));
    cases
}

fn case(name: &str, findings: &[&Finding], report: &Report<'_>, options: &Options) -> Case {
    let (failures, remarks): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .copied()
        .partition(|it| options.fail_on.is_some_and(|least| it.level >= least));
    let text = |findings: &[&Finding]| {
        let texts = findings.iter().map(|it| describe(it, report));
        texts.collect::<Vec<_>>().join("\n")
    };
    let outcome = match failures.split_first() {
        None => Outcome::Passed,
        Some((first, others)) => {
            let message = one_line(&first.message);
            let others = if others.is_empty() {
                String::new()
            } else {
                format!(" (and {} more)", others.len())
            };
            Outcome::Failed {
                element: "failure",
                kind: first.rule.to_owned(),
                message: message + &others,
                text: text(&failures),
            }
        }
    };
    let label = findings.iter().find_map(|it| it.labels.first());
    let place = label.map(|it| report.place_in_repository(it.span)).map(|it| (it.file, it.line));
    Case { name: one_line(name), place, outcome, remarks: text(&remarks) }
}

fn unreadable(error: &SourceError, report: &Report<'_>) -> Case {
    let path = report.path_in_repository(&error.path);
    let outcome = Outcome::Failed {
        element: "error",
        kind: "unreadable-source".to_owned(),
        message: one_line(&error.message),
        text: format!(
            "{}: {}\n",
            name_in_line(&report.places.place_of_error(error)),
            one_line(&error.message)
        ),
    };
    let line = error.span.map_or(1, |it| report.place_in_repository(it).line);
    Case {
        name: format!("{path} is read"),
        place: Some((path, line)),
        outcome,
        remarks: String::new(),
    }
}

/// The finding with its places and everything that is said about it.
fn describe(finding: &Finding, report: &Report<'_>) -> String {
    let mut text = concise::line(finding, report) + "\n";
    for label in &finding.labels {
        let place = report.places.place(label.span);
        let words = one_line(&label.message);
        let file = name_in_line(&place.file);
        let _ = writeln!(text, "  {file}:{}:{}: {words}", place.line, place.column);
    }
    for note in &finding.notes {
        let _ = writeln!(text, "  note: {}", one_line(note));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  help: {}", one_line(help));
    }
    for remedy in &finding.remedies {
        let _ = writeln!(text, "  {}:\n", one_line(&remedy.title));
        for line in visible(&remedy.text).lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// `tests="3" failures="1" errors="0" skipped="0"`.
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(cases: &[&Case]) -> Self {
        let number = |is: fn(&Outcome) -> bool| cases.iter().filter(|it| is(&it.outcome)).count();
        Self {
            tests: cases.len(),
            failures: number(|it| matches!(it, Outcome::Failed { element: "failure", .. })),
            errors: number(|it| matches!(it, Outcome::Failed { element: "error", .. })),
            skipped: number(|it| matches!(it, Outcome::Skipped(_))),
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tests, failures, errors, skipped } = self;
        write!(
            f,
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\""
        )
    }
}

fn write_case(case: &Case, suite: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "    <testcase name=\"{}\" classname=\"{suite}\"", attribute(&case.name))?;
    if let Some((file, line)) = &case.place {
        write!(out, " file=\"{}\" line=\"{line}\"", attribute(file))?;
    }
    if matches!(case.outcome, Outcome::Passed) && case.remarks.is_empty() {
        return writeln!(out, "/>");
    }
    writeln!(out, ">")?;
    match &case.outcome {
        Outcome::Passed => {}
        Outcome::Skipped(reason) => {
            writeln!(out, "      <skipped message=\"{}\"/>", attribute(reason))?;
        }
        Outcome::Failed { element, kind, message, text } => {
            let (message, kind) = (attribute(message), attribute(kind));
            let text = escape(text.trim_end());
            writeln!(
                out,
                "      <{element} message=\"{message}\" type=\"{kind}\">{text}</{element}>"
            )?;
        }
    }
    if !case.remarks.is_empty() {
        writeln!(out, "      <system-out>{}</system-out>", escape(case.remarks.trim_end()))?;
    }
    writeln!(out, "    </testcase>")
}

fn attribute(text: &str) -> String {
    escape(&one_line(text))
}

/// Escapes text for an element or a quoted attribute. What XML 1.0 forbids, even escaped, is written as
/// in Rust.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in visible(text).chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.extend(char.escape_unicode()),
            _ => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_no_element() {
        assert_eq!(escape("a]]></failure>\"&"), "a]]&gt;&lt;/failure&gt;&quot;&amp;");
        assert_eq!(escape("\u{0}\u{b}\u{ffff}\n\t"), "\\u{0}\\u{b}\\u{ffff}\n\t");
        assert_eq!(attribute("a\nb"), "a b");
    }
}
