//! For editors and `grep`: one line per finding.

use std::io::{self, Write};

use drift_model::{Finding, SourceError};

use super::text::{name_in_line, one_line};
use super::{Options, checked, conclusion, fixed};
use crate::report::Report;

/// Prints `file:line:column: level[rule]: message` for each finding, then what was checked.
pub(crate) fn render(
    report: &Report<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    report.all_errors().try_for_each(|it| write_error(it, report, out))?;
    report.findings().try_for_each(|it| write_finding(it, report, out))?;
    if options.has_summary {
        for project in report.projects.iter().filter(|it| it.not_compared.is_some()) {
            writeln!(out, "{}", one_line(&checked(project)))?;
        }
        if let Some(fixed) = fixed(report) {
            writeln!(out, "{fixed}")?;
        }
        writeln!(out, "{}", conclusion(report))?;
    }
    Ok(())
}

/// Prints the line of a source that could not be read.
pub(crate) fn write_error(
    error: &SourceError,
    report: &Report<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = report.places.place_of_error(error);
    let place = name_in_line(&place);
    writeln!(out, "{place}: error: {}", one_line(&error.message))
}

/// Prints the line of a finding.
pub(crate) fn write_finding(
    finding: &Finding,
    report: &Report<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", line(finding, report))
}

/// The line of a finding.
pub(crate) fn line(finding: &Finding, report: &Report<'_>) -> String {
    let place = finding.labels.first().map(|label| {
        let place = report.places.place(label.span);
        format!("{}:{}:{}: ", name_in_line(&place.file), place.line, place.column)
    });
    let place = place.unwrap_or_default();
    format!("{place}{}[{}]: {}", finding.level, finding.rule, one_line(&finding.message))
}
