//! For editors and `grep`: one line per finding.

use std::io::{self, Write};

use super::text::one_line;
use super::{checked, conclusion, fixed};
use crate::report::Report;

/// Prints `file:line:column: level[rule]: message` for each finding, then what was checked.
pub(crate) fn render(
    report: &Report<'_>,
    has_summary: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    for error in report.all_errors() {
        writeln!(
            out,
            "{}: error: {}",
            report.places.place_of_error(error),
            one_line(&error.message)
        )?;
    }
    for finding in report.findings() {
        if let Some(label) = finding.labels.first() {
            let place = report.places.place(label.span);
            write!(out, "{}:{}:{}: ", place.file, place.line, place.column)?;
        }
        writeln!(out, "{}[{}]: {}", finding.level, finding.rule, one_line(&finding.message))?;
    }
    if has_summary {
        for project in report.projects.iter().filter(|it| it.not_compared.is_some()) {
            writeln!(out, "{}", checked(project))?;
        }
        if let Some(fixed) = fixed(report) {
            writeln!(out, "{fixed}")?;
        }
        writeln!(out, "{}", conclusion(report))?;
    }
    Ok(())
}
