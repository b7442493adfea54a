//! Printing: one module per format, all from the same [`Report`].

mod concise;
mod github;
mod gitlab;
pub(crate) mod json;
mod junit;
pub(crate) mod markdown;
mod pretty;
pub(crate) mod reach_graph;
pub(crate) mod reach_json;
pub(crate) mod reach_svg;
pub(crate) mod reach_tree;
pub(crate) mod rules;
mod sarif;
mod stats;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};

use drift_model::Level;

use crate::args::CheckFormat;
use crate::report::Report;
use drift_check::Accepted;
use drift_check::{ProjectReport, SourceCounts};

/// What depends on where a report goes.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) has_colors: bool,
    /// Columns of the terminal; `None` where it is none.
    pub(crate) width: Option<usize>,
    /// Findings beyond this number are counted, not shown.
    pub(crate) max_findings: usize,
    /// Whether findings at [`Level::Info`] are shown as the others are, in place of a line per rule.
    pub(crate) has_infos: bool,
    /// Whether it is said what was checked.
    pub(crate) has_summary: bool,
    /// Whether `--stats` asks for statistics.
    pub(crate) has_statistics: bool,
    /// The least level that is a failure; `None` where none is.
    pub(crate) fail_on: Option<Level>,
    /// Whether findings that have no place in the output are in the summary of a workflow's step.
    pub(crate) has_step_summary: bool,
}

/// Prints a report in a format.
pub(crate) fn render(
    format: CheckFormat,
    report: &Report<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        CheckFormat::Pretty => pretty::render(report, options, out)?,
        CheckFormat::Concise => concise::render(report, options, out)?,
        CheckFormat::Json => return json::render_check(report, out),
        CheckFormat::Sarif => return sarif::render(report, out),
        CheckFormat::Github => return github::render(report, options, out),
        CheckFormat::Gitlab => return gitlab::render(report, out),
        CheckFormat::Junit => return junit::render(report, options, out),
        CheckFormat::Markdown => {
            return markdown::render(report, options, markdown::COMMENT_LIMIT, out);
        }
    }
    if options.has_statistics { stats::render(report, out) } else { Ok(()) }
}

/// `1 table`, `2 tables`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// What was checked in a project: `.: 3 tables with 2 foreign keys in the schema, ...`.
fn checked(project: &ProjectReport) -> String {
    let migrations = match project.migration_files {
        0 => "the migrations".to_owned(),
        files => count(files, "migration"),
    };
    let sides = [
        project.schema.map(|counts| side(counts, "the schema")),
        project.migrations.map(|counts| side(counts, &migrations)),
    ];
    let read: Vec<String> = sides.into_iter().flatten().collect();
    let read = if read.is_empty() { "nothing was read".to_owned() } else { read.join(", ") };
    let read = match project.left_out.len() {
        0 => read,
        others => format!("{read}; {} not applied", count(others, "`.sql` file")),
    };
    match &project.not_compared {
        None => format!("{}: {read}", project.name),
        Some(reason) => format!("{}: {read}; not compared: {reason}", project.name),
    }
}

/// `3 tables with 2 foreign keys in the schema (1 not read)`.
fn side(counts: SourceCounts, source: &str) -> String {
    let (tables, foreign_keys) =
        (count(counts.tables, "table"), count(counts.foreign_keys, "foreign key"));
    match counts.unresolved {
        0 => format!("{tables} with {foreign_keys} in {source}"),
        unread => format!("{tables} with {foreign_keys} in {source} ({unread} not read)"),
    }
}

/// The last line: what was found, or why nothing was looked for.
fn conclusion(report: &Report<'_>) -> String {
    match (report.projects.len(), report.errors.is_empty()) {
        (0, true) => "no project was checked: there is no drizzle config here".to_owned(),
        (0, false) => "no project was checked".to_owned(),
        _ => tally(report),
    }
}

/// `2 errors, 1 warning`, or `no findings`; then how many sources could not be read.
fn tally(report: &Report<'_>) -> String {
    let mut findings = count_levels(report.levels());
    let not_shown = not_shown(report.accepted(), report.excepted(), report.hidden());
    if !not_shown.is_empty() {
        findings.push_str(&format!(" ({})", not_shown.join(", ")));
    }
    match report.all_errors().count() {
        0 => findings,
        unread => format!("{findings}; {} could not be read", count(unread, "source")),
    }
}

/// How many findings are not shown, by why.
fn not_shown(accepted: Accepted, excepted: usize, hidden: usize) -> Vec<String> {
    let Accepted { suppressed, ignored, baselined, unchanged } = accepted;
    let counted = [
        (suppressed, "suppressed"),
        (ignored, "ignored by the settings"),
        (baselined, "in the baseline"),
        (excepted, "excepted by policies"),
        (unchanged, "outside of what changed"),
        (hidden, "hidden by --level"),
    ];
    let counted = counted.iter().filter(|(number, _)| *number > 0);
    counted.map(|(number, why)| format!("{number} {why}")).collect()
}

/// That findings of the baseline are fixed, where some are.
fn fixed(report: &Report<'_>) -> Option<String> {
    let what = match report.fixed {
        0 => return None,
        1 => "1 finding of the baseline is fixed".to_owned(),
        fixed => format!("{fixed} findings of the baseline are fixed"),
    };
    Some(format!("{what}; `drizzle-drift baseline --prune` cleans up"))
}

/// `2 errors, 1 warning, 3 info`, or `no findings`.
fn count_levels(levels: impl Iterator<Item = Level>) -> String {
    let levels: Vec<Level> = levels.collect();
    let number = |level| levels.iter().filter(|it| **it == level).count();
    let counted = [
        (number(Level::Error), "error"),
        (number(Level::Warn), "warning"),
        (number(Level::Info), "info"),
    ];
    let counted: Vec<String> = counted
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| match noun {
            "info" => format!("{number} info"),
            _ => count(number, noun),
        })
        .collect();
    if counted.is_empty() { "no findings".to_owned() } else { counted.join(", ") }
}
