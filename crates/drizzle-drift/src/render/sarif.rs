//! SARIF 2.1.0, for code scanning.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use drift_model::{Edit, Finding, Label, Level, SourceError, Span};
use drift_rules::{RULES, Rule};
use serde_json::json;
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Invocation, Location, Message,
    MultiformatMessageString, Notification, PhysicalLocation, PropertyBag, Region, Replacement,
    ReportingConfiguration, ReportingDescriptor, Result, ResultLevel, Run, Sarif, Tool,
    ToolComponent,
};

use super::json;
use super::text::{one_line, visible};
use crate::report::Report;
use drift_check::{ProjectReport, Reported};

/// What stands for the root of the repository in every path.
const ROOT: &str = "%SRCROOT%";

/// The fingerprint, with the version of how it is made.
const FINGERPRINT: &str = "drizzleDrift/v1";

/// Prints the log of one run.
pub(crate) fn render(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let used = |rule: &&&Rule| report.findings().any(|it| it.rule == rule.name);
    let rules: Vec<&Rule> = RULES.iter().filter(used).copied().collect();
    let positions: BTreeMap<&str, i64> = rules.iter().map(|it| it.name).zip(0..).collect();
    let mut results = Vec::new();
    for project in &report.projects {
        results.extend(project.findings.iter().map(|it| result(it, project, &positions, report)));
    }
    let driver = ToolComponent::builder()
        .name("drizzle-drift")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules.into_iter().map(descriptor).collect::<Vec<_>>())
        .build();
    let root = ArtifactLocation::builder().description(text("The root of the repository")).build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!("unicodeCodePoints"))
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root)]))
        .invocations(vec![invocation(report)])
        .results(results)
        .build();
    let log = Sarif::builder()
        .schema("https://json.schemastore.org/sarif-2.1.0.json")
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build();
    json::write(&log, out)
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    let both = |text: &str| {
        MultiformatMessageString::builder().text(text.to_owned()).markdown(text.to_owned()).build()
    };
    let doc = rule.doc.trim();
    let first = doc.split("\n\n").next().unwrap_or(doc);
    let tags = BTreeMap::from([
        ("tags".to_owned(), json!(["database", "foreign-key"])),
        ("precision".to_owned(), json!("high")),
    ]);
    let level = level(rule.default_level);
    ReportingDescriptor::builder()
        .id(rule.name)
        .short_description(both(rule.summary))
        .full_description(both(first))
        .help(both(doc))
        .default_configuration(ReportingConfiguration::builder().level(json!(level)).build())
        .properties(PropertyBag::builder().additional_properties(tags).build())
        .build()
}

fn result(
    reported: &Reported,
    project: &ProjectReport,
    positions: &BTreeMap<&str, i64>,
    report: &Report<'_>,
) -> Result {
    let Reported { finding, fingerprint, .. } = reported;
    let (first, others) = match finding.labels.split_first() {
        Some((first, others)) => (location(first.span, report), others),
        None => (file(&project.home, report), &[][..]),
    };
    let others = others.iter().zip(1..).map(|(label, id)| related(label, id, report));
    let fixes = finding.remedies.iter().filter_map(|remedy| {
        let change = change(remedy.edit.as_ref()?, report);
        let title = text(&one_line(&remedy.title));
        Some(Fix::builder().description(title).artifact_changes(vec![change]).build())
    });
    let mut result = Result::builder()
        .rule_id(finding.rule)
        .level(level(finding.level))
        .message(message(finding))
        .locations(vec![first])
        .related_locations(others.collect::<Vec<_>>())
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), fingerprint.clone())]))
        .build();
    result.rule_index = positions.get(finding.rule).copied();
    let fixes: Vec<Fix> = fixes.collect();
    result.fixes = (!fixes.is_empty()).then_some(fixes);
    result
}

/// What is wrong, with the other places as links, and what there is to know and to do.
fn message(finding: &Finding) -> Message {
    let mut message = one_line(&finding.message);
    for (label, id) in finding.labels.iter().skip(1).zip(1..) {
        // Brackets make links of text, see section 3.11.6.
        let words = one_line(&label.message).replace('\\', "\\\\");
        let words = words.replace('[', "\\[").replace(']', "\\]");
        message.push_str(&format!("\n[{words}]({id})"));
    }
    for note in &finding.notes {
        message.push_str(&format!("\nnote: {}", one_line(note)));
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {}", one_line(help)));
    }
    for remedy in &finding.remedies {
        message.push_str(&format!("\n{}:\n{}", one_line(&remedy.title), visible(&remedy.text)));
    }
    text(&message)
}

fn text(text: &str) -> Message {
    Message::builder().text(text.to_owned()).build()
}

fn level(level: Level) -> ResultLevel {
    match level {
        Level::Error => ResultLevel::Error,
        Level::Warn => ResultLevel::Warning,
        Level::Info => ResultLevel::Note,
    }
}

fn location(span: Span, report: &Report<'_>) -> Location {
    Location::builder().physical_location(physical(span, report)).build()
}

fn related(label: &Label, id: i64, report: &Report<'_>) -> Location {
    Location::builder()
        .id(id)
        .message(text(&one_line(&label.message)))
        .physical_location(physical(label.span, report))
        .build()
}

fn file(path: &Path, report: &Report<'_>) -> Location {
    let physical = PhysicalLocation::builder().artifact_location(artifact(path, report)).build();
    Location::builder().physical_location(physical).build()
}

fn physical(span: Span, report: &Report<'_>) -> PhysicalLocation {
    let path = report.places.sources.file(span.file).path.clone();
    PhysicalLocation::builder()
        .artifact_location(artifact(&path, report))
        .region(region(span, report))
        .build()
}

fn region(span: Span, report: &Report<'_>) -> Region {
    let place = report.places.place(span);
    Region::builder()
        .start_line(i64::from(place.line))
        .start_column(i64::from(place.column))
        .end_line(i64::from(place.end_line))
        .end_column(i64::from(place.end_column))
        .build()
}

fn artifact(path: &Path, report: &Report<'_>) -> ArtifactLocation {
    let shown = report.path_in_repository(path);
    match path.starts_with(report.root) {
        true => ArtifactLocation::builder().uri(encode(&shown)).uri_base_id(ROOT).build(),
        false => {
            let slash = if shown.starts_with('/') { "" } else { "/" };
            ArtifactLocation::builder().uri(format!("file://{slash}{}", encode(&shown))).build()
        }
    }
}

/// A path as part of a URI.
fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn change(edit: &Edit, report: &Report<'_>) -> ArtifactChange {
    let path = report.places.sources.file(edit.span.file).path.clone();
    let content = ArtifactContent::builder().text(edit.text.clone()).build();
    let replacement = Replacement::builder()
        .deleted_region(region(edit.span, report))
        .inserted_content(content)
        .build();
    ArtifactChange::builder()
        .artifact_location(artifact(&path, report))
        .replacements(vec![replacement])
        .build()
}

fn invocation(report: &Report<'_>) -> Invocation {
    let unread = report.all_errors().map(|it| notification(it, report));
    let skipped = report.projects.iter().filter_map(|project| {
        let reason = project.not_compared.as_deref()?;
        let message = text(&one_line(&format!("{} was not compared: {reason}", project.name)));
        Some(Notification::builder().level(json!("warning")).message(message).build())
    });
    Invocation::builder()
        .execution_successful(report.all_errors().next().is_none())
        .tool_execution_notifications(unread.chain(skipped).collect::<Vec<_>>())
        .build()
}

fn notification(error: &SourceError, report: &Report<'_>) -> Notification {
    let place = match error.span {
        Some(span) => location(span, report),
        None => file(&error.path, report),
    };
    Notification::builder()
        .level(json!("error"))
        .message(text(&one_line(&error.message)))
        .locations(vec![place])
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_for_uris() {
        assert_eq!(encode("src/(app)/[id]/é #1%.ts"), "src/%28app%29/%5Bid%5D/%C3%A9%20%231%25.ts");
    }
}
