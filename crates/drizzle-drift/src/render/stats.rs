//! What `--stats` prints: how much was read, held against what the text mentions.

use std::io::{self, Write};

use drift_migrations::WhyNot;
use drift_model::OpaqueExport;

use super::{count, not_shown};
use crate::report::Report;
use drift_check::Tally;
use drift_check::{Places, ProjectReport, SourceCounts};

/// Prints the statistics of every project.
pub(crate) fn render(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for project in &report.projects {
        render_project(project, report.places, out)?;
    }
    Ok(())
}

fn render_project(
    project: &ProjectReport,
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}:", project.name)?;
    for (source, counts) in [("schema", project.schema), ("migrations", project.migrations)] {
        if let Some(counts) = counts {
            writeln!(out, "  {source}: {}", describe(counts))?;
        }
        if source == "schema" && project.relations > 0 {
            writeln!(
                out,
                "  {} between columns that are known",
                count(project.relations, "relation")
            )?;
        }
    }
    render_files(project, places, out)?;
    render_exports(&project.opaque_exports, places, out)?;
    for tally in project.tallies.iter().flatten() {
        render_tally(tally, places, out)?;
    }
    match &not_shown(project.accepted, project.excepted, project.hidden.len())[..] {
        [] => Ok(()),
        counted => writeln!(out, "  findings besides: {}", counted.join(", ")),
    }
}

fn render_tally(tally: &Tally, places: Places<'_>, out: &mut dyn Write) -> io::Result<()> {
    let by_fate: Vec<String> =
        tally.by_fate.iter().map(|(name, number)| format!("{number} {name}")).collect();
    let details =
        if by_fate.is_empty() { String::new() } else { format!(": {}", by_fate.join(", ")) };
    writeln!(
        out,
        "  {} of foreign keys in the text of the {}, {} accounted for{details}",
        count(tally.mentions, "mention"),
        tally.source,
        tally.accounted_for,
    )?;
    for span in &tally.difference {
        let place = places.place(*span);
        writeln!(out, "  not accounted for: {}:{}:{}", place.file, place.line, place.column)?;
    }
    Ok(())
}

/// How many files are named for each reason.
const FILES_LIMIT: usize = 20;

fn render_files(
    project: &ProjectReport,
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if project.migrations.is_none() {
        return Ok(());
    }
    let applied = count(project.migration_files, "migration");
    match project.left_out.len() {
        0 => writeln!(out, "  {applied} applied")?,
        others => writeln!(out, "  {applied} applied, {} not:", count(others, "`.sql` file"))?,
    }
    for why in WhyNot::ALL {
        let files: Vec<_> = project.left_out.iter().filter(|it| it.why == why).collect();
        if files.is_empty() {
            continue;
        }
        let named = files.iter().take(FILES_LIMIT).map(|it| places.display(&it.path));
        let mut names: Vec<String> = named.collect();
        if files.len() > FILES_LIMIT {
            names.push(format!("{} more", files.len() - FILES_LIMIT));
        }
        writeln!(out, "    {}: {}", why.as_str(), names.join(", "))?;
    }
    Ok(())
}

/// How many exports are named.
const EXPORTS_LIMIT: usize = 20;

fn render_exports(
    exports: &[OpaqueExport],
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if exports.is_empty() {
        return Ok(());
    }
    let values = count(exports.len(), "exported value");
    writeln!(out, "  {values} could not be evaluated:")?;
    for export in exports.iter().take(EXPORTS_LIMIT) {
        let place = places.place(export.span);
        let OpaqueExport { name, reason, .. } = export;
        writeln!(out, "    {}:{}:{}: `{name}`: {reason}", place.file, place.line, place.column)?;
    }
    let more = exports.len().saturating_sub(EXPORTS_LIMIT);
    if more > 0 { writeln!(out, "    ... and {more} more") } else { Ok(()) }
}

fn describe(counts: SourceCounts) -> String {
    let tables = count(counts.tables, "table");
    let foreign_keys = count(counts.foreign_keys, "foreign key");
    format!("{tables}, {foreign_keys}, {} not read", counts.unresolved)
}
