//! Printing: one module per format, all from the same [`Report`](crate::report::Report).

pub(crate) mod concise;
pub(crate) mod json;
pub(crate) mod pretty;
pub(crate) mod rules;
pub(crate) mod table;

use crate::report::{ProjectReport, Report, SourceCounts};
use drift_model::Level;

/// `1 table`, `2 tables`.
fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// What was checked in a project: `.: 3 tables with 2 foreign keys in the schema, ...`.
fn checked(project: &ProjectReport) -> String {
    let side = |counts: Option<SourceCounts>, side: &str| match counts {
        None => format!("no {side}"),
        Some(counts) => {
            let SourceCounts { tables, foreign_keys, unresolved } = counts;
            let unread =
                if unresolved > 0 { format!(" ({unresolved} not read)") } else { String::new() };
            let (tables, foreign_keys) =
                (count(tables, "table"), count(foreign_keys, "foreign key"));
            format!("{tables} with {foreign_keys} in {side}{unread}")
        }
    };
    let migrations = match project.migration_files {
        0 => "migrations".to_owned(),
        files => count(files, "migration"),
    };
    let compared = project.not_compared.as_ref().map(|it| format!("; not compared: {it}"));
    format!(
        "{}: {}, {}{}",
        project.name,
        side(project.schema, "the schema"),
        side(project.migrations, &migrations),
        compared.unwrap_or_default(),
    )
}

/// `2 errors, 1 warning`, or `no findings`; then how many sources could not be read.
fn tally(report: &Report<'_>) -> String {
    let counted = [(Level::Error, "error"), (Level::Warn, "warning"), (Level::Info, "info")];
    let counted: Vec<String> = counted
        .iter()
        .map(|(level, noun)| (report.count(*level), noun))
        .filter(|(number, _)| *number > 0)
        .map(
            |(number, noun)| {
                if *noun == "info" { format!("{number} info") } else { count(number, noun) }
            },
        )
        .collect();
    let findings = if counted.is_empty() { "no findings".to_owned() } else { counted.join(", ") };
    match report.all_errors().count() {
        0 => findings,
        unread => format!("{findings}; {} could not be read", count(unread, "source")),
    }
}
