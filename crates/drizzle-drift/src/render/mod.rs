//! Printing: one module per format, all from the same [`Report`].

pub(crate) mod concise;
pub(crate) mod json;
pub(crate) mod pretty;
pub(crate) mod reach_graph;
pub(crate) mod reach_json;
pub(crate) mod reach_svg;
pub(crate) mod reach_tree;
pub(crate) mod rules;
pub(crate) mod stats;
pub(crate) mod table;
pub(crate) mod text;

use crate::accept::Accepted;
use crate::report::{ProjectReport, Report, SourceCounts};
use drift_model::Level;

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
    let not_shown = not_shown(report);
    if !not_shown.is_empty() {
        findings.push_str(&format!(" ({})", not_shown.join(", ")));
    }
    match report.all_errors().count() {
        0 => findings,
        unread => format!("{findings}; {} could not be read", count(unread, "source")),
    }
}

/// How many findings are not shown, by why.
fn not_shown(report: &Report<'_>) -> Vec<String> {
    let Accepted { suppressed, ignored, baselined, unchanged } = report.accepted();
    let counted = [
        (suppressed, "suppressed"),
        (ignored, "ignored by the settings"),
        (baselined, "in the baseline"),
        (report.excepted(), "excepted by policies"),
        (unchanged, "outside of what changed"),
        (report.hidden(), "hidden by --level"),
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
