//! For GitLab: a Code Quality report.
//!
//! Source: "Code Quality report format" in the documentation of GitLab.

use std::io::{self, Write};

use drift_model::Level;
use serde::Serialize;

use super::json;
use super::text::one_line;
use crate::report::Report;
use drift_check::Reported;
use drift_check::fingerprint;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Prints an issue per finding, and one per source that could not be read.
pub(crate) fn render(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut issues: Vec<Issue> = Vec::new();
    for error in report.all_errors() {
        let path = report.path_in_repository(&error.path);
        let place = error.span.map(|it| report.place_in_repository(it));
        issues.push(Issue {
            description: one_line(&error.message),
            check_name: "unreadable-source",
            fingerprint: fingerprint::of_error(&path, &error.message),
            severity: "blocker",
            location: Location {
                path,
                lines: Lines {
                    begin: place.as_ref().map_or(1, |it| it.line),
                    end: place.as_ref().map_or(1, |it| it.end_line),
                },
            },
        });
    }
    for project in &report.projects {
        for Reported { finding, fingerprint, .. } in &project.findings {
            let place = finding.labels.first().map(|it| report.place_in_repository(it.span));
            let location = match place {
                Some(place) => Location {
                    path: place.file,
                    lines: Lines { begin: place.line, end: place.end_line },
                },
                None => Location {
                    path: report.path_in_repository(&project.home),
                    lines: Lines { begin: 1, end: 1 },
                },
            };
            issues.push(Issue {
                description: one_line(&finding.message),
                check_name: finding.rule,
                fingerprint: fingerprint.clone(),
                severity: match finding.level {
                    Level::Error => "major",
                    Level::Warn => "minor",
                    Level::Info => "info",
                },
                location,
            });
        }
    }
    json::write(&issues, out)
}
