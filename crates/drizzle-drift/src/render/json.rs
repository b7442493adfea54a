//! For programs: stable formats, both with `"version": 1`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drift_migrations::LeftOut;
use drift_model::{
    Catalog, Dialect, ForeignKey, OpaqueExport, SourceError, Span, TableName, Unresolved,
};
use serde::Serialize;

use crate::analyze::Analysis;
use crate::args::SourceName;
use crate::report::{Places, ProjectReport, Report, Reported, SourceCounts};
use crate::tally::Tally;

pub(super) const VERSION: u32 = 1;

#[derive(Serialize)]
pub(super) struct Location {
    file: String,
    line: u32,
    column: u32,
}

impl Location {
    pub(super) fn new(span: Span, places: Places<'_>) -> Self {
        let place = places.place(span);
        Self { file: place.file, line: place.line, column: place.column }
    }
}

#[derive(Serialize)]
pub(super) struct Error {
    message: String,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

impl Error {
    fn new(error: &SourceError, places: Places<'_>) -> Self {
        Self {
            message: error.message.clone(),
            file: places.display(&error.path),
            location: error.span.map(|span| Location::new(span, places)),
        }
    }

    pub(super) fn all(errors: &[SourceError], places: Places<'_>) -> Vec<Self> {
        errors.iter().map(|error| Self::new(error, places)).collect()
    }
}

#[derive(Serialize)]
struct List {
    version: u32,
    projects: Vec<ListedProject>,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct ListedProject {
    name: String,
    dialect: Option<&'static str>,
    sources: BTreeMap<&'static str, ListedSource>,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct ListedSource {
    tables: usize,
    unresolved: Vec<ListedUnresolved>,
    foreign_keys: Vec<ListedForeignKey>,
    /// Of the migrations alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<ListedFiles>,
    /// Of the snapshot alone.
    #[serde(flatten)]
    file: Option<ListedFile>,
}

/// Which files are migrations.
#[derive(Serialize)]
struct ListedFiles {
    /// In the order in which they are applied.
    applied: Vec<String>,
    not_applied: Vec<NotApplied>,
}

#[derive(Serialize)]
struct NotApplied {
    file: String,
    reason: &'static str,
}

impl NotApplied {
    fn all(left_out: &[LeftOut], places: Places<'_>) -> Vec<Self> {
        let files = left_out.iter();
        files.map(|it| Self { file: places.display(&it.path), reason: it.why.as_str() }).collect()
    }
}

/// Where the newest snapshot is.
#[derive(Serialize)]
struct ListedFile {
    file: String,
    /// The migrations that come after it.
    later_migrations: Vec<String>,
}

#[derive(Serialize)]
struct ListedUnresolved {
    kind: &'static str,
    reason: String,
    location: Location,
}

#[derive(Serialize)]
pub(super) struct ListedTable {
    namespace: Option<String>,
    name: String,
}

impl From<&TableName> for ListedTable {
    fn from(table: &TableName) -> Self {
        Self { namespace: table.namespace.clone(), name: table.shown_name().into_owned() }
    }
}

#[derive(Serialize)]
pub(super) struct ListedForeignKey {
    name: Option<String>,
    referencing_table: ListedTable,
    referencing_columns: Vec<String>,
    referenced_table: ListedTable,
    referenced_columns: Vec<String>,
    on_delete: &'static str,
    on_update: &'static str,
    location: Location,
}

impl ListedForeignKey {
    pub(super) fn new(foreign_key: &ForeignKey, places: Places<'_>) -> Self {
        Self {
            name: foreign_key.name.clone(),
            referencing_table: (&foreign_key.referencing_table).into(),
            referencing_columns: foreign_key.referencing_columns.clone(),
            referenced_table: (&foreign_key.referenced_table).into(),
            referenced_columns: foreign_key.referenced_columns.clone(),
            on_delete: foreign_key.on_delete.as_str(),
            on_update: foreign_key.on_update.as_str(),
            location: Location::new(foreign_key.span, places),
        }
    }
}

/// Prints the result of `list --format json`.
pub(crate) fn render_list(
    analyses: &[Analysis],
    errors: &[SourceError],
    source: Option<SourceName>,
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let listed = |catalog: &Catalog, unresolved: &[Unresolved]| ListedSource {
        tables: catalog.tables.len(),
        unresolved: unresolved.iter().map(|it| list_unresolved(it, places)).collect(),
        foreign_keys: catalog
            .foreign_keys
            .iter()
            .map(|it| ListedForeignKey::new(it, places))
            .collect(),
        files: None,
        file: None,
    };
    let is_listed = |name| source.is_none_or(|source| source == name);
    let project = |analysis: &Analysis| {
        let mut sources = BTreeMap::new();
        if let Some(schema) = analysis.schema.as_ref().filter(|_| is_listed(SourceName::Schema)) {
            sources.insert("schema", listed(&schema.catalog, &schema.unresolved));
        }
        if let Some(replay) =
            analysis.migrations.as_ref().filter(|_| is_listed(SourceName::Migrations))
        {
            let files = ListedFiles {
                applied: analysis.migration_files.iter().map(|it| places.display(it)).collect(),
                not_applied: NotApplied::all(&analysis.left_out, places),
            };
            let listed = listed(&replay.catalog, &replay.unresolved);
            sources.insert("migrations", ListedSource { files: Some(files), ..listed });
        }
        if let Some((newest, snapshot)) = &analysis.snapshot {
            let later_migrations = &newest.later_migrations;
            let file = ListedFile {
                file: places.display(&newest.path),
                later_migrations: later_migrations.iter().map(|it| places.display(it)).collect(),
            };
            let listed = listed(&snapshot.catalog, &snapshot.unresolved);
            sources.insert("snapshot", ListedSource { file: Some(file), ..listed });
        }
        ListedProject {
            name: analysis.name.clone(),
            dialect: analysis.dialect.map(Dialect::name),
            sources,
            errors: Error::all(&analysis.errors, places),
        }
    };
    let projects = analyses.iter().map(project).collect();
    write(&List { version: VERSION, projects, errors: Error::all(errors, places) }, out)
}

fn list_unresolved(unresolved: &Unresolved, places: Places<'_>) -> ListedUnresolved {
    ListedUnresolved {
        kind: unresolved.kind.rule_name(),
        reason: unresolved.reason.clone(),
        location: Location::new(unresolved.span, places),
    }
}

#[derive(Serialize)]
struct Check<'a> {
    version: u32,
    projects: Vec<CheckedProject<'a>>,
    /// How many findings of the baseline are fixed.
    fixed_in_baseline: usize,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct CheckedProject<'a> {
    name: &'a str,
    dialect: Option<&'static str>,
    /// Why schema and migrations were not compared, or null.
    not_compared: Option<&'a str>,
    sources: BTreeMap<&'static str, CheckedSource>,
    /// The `.sql` files among the migrations that are not applied.
    not_applied: Vec<NotApplied>,
    /// With `--stats`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mentions: Option<BTreeMap<&'static str, CheckedMentions>>,
    /// With `--stats`.
    #[serde(skip_serializing_if = "Option::is_none")]
    opaque_exports: Option<Vec<CheckedExport<'a>>>,
    errors: Vec<Error>,
    findings: Vec<CheckedFinding<'a>>,
    not_shown: NotShown,
}

/// How many findings there are besides, by why they are not shown.
#[derive(Serialize)]
struct NotShown {
    /// A comment accepts them.
    suppressed: usize,
    /// The settings do.
    ignored: usize,
    /// They are in the baseline.
    baselined: usize,
    /// They have nothing to do with what changed, with `--since`.
    unchanged: usize,
    /// They are below `--level`.
    below_level: usize,
}

/// A value that is exported and could not be evaluated.
#[derive(Serialize)]
struct CheckedExport<'a> {
    name: &'a str,
    reason: &'a str,
    location: Location,
}

impl<'a> CheckedExport<'a> {
    fn new(export: &'a OpaqueExport, places: Places<'_>) -> Self {
        let OpaqueExport { name, reason, span, .. } = export;
        Self { name, reason, location: Location::new(*span, places) }
    }
}

/// What the text of a source mentions, and what became of it.
#[derive(Serialize)]
struct CheckedMentions {
    count: usize,
    accounted_for: usize,
    by_fate: BTreeMap<&'static str, usize>,
    difference: Vec<Location>,
}

impl CheckedMentions {
    fn new(tally: &Tally, places: Places<'_>) -> Self {
        Self {
            count: tally.mentions,
            accounted_for: tally.accounted_for,
            by_fate: tally.by_fate.iter().copied().collect(),
            difference: tally.difference.iter().map(|it| Location::new(*it, places)).collect(),
        }
    }
}

#[derive(Serialize)]
struct CheckedSource {
    tables: usize,
    foreign_keys: usize,
    unresolved: usize,
}

impl From<SourceCounts> for CheckedSource {
    fn from(counts: SourceCounts) -> Self {
        let SourceCounts { tables, foreign_keys, unresolved } = counts;
        Self { tables, foreign_keys, unresolved }
    }
}

#[derive(Serialize)]
struct CheckedFinding<'a> {
    /// What it is called from run to run.
    fingerprint: &'a str,
    rule: &'static str,
    level: &'static str,
    foreign_key: Option<&'a str>,
    message: &'a str,
    labels: Vec<CheckedLabel<'a>>,
    /// What led to it, oldest first.
    history: Vec<CheckedLabel<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct CheckedLabel<'a> {
    message: &'a str,
    location: Region,
}

#[derive(Serialize)]
struct Region {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// Prints the result of `check --format json`.
pub(crate) fn render_check(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let places = report.places;
    let projects = report.projects.iter().map(|it| check_project(it, places)).collect();
    let errors = Error::all(&report.errors, places);
    let fixed_in_baseline = report.fixed;
    write(&Check { version: VERSION, projects, fixed_in_baseline, errors }, out)
}

fn check_project<'a>(project: &'a ProjectReport, places: Places<'_>) -> CheckedProject<'a> {
    let mut sources = BTreeMap::new();
    sources.extend(project.schema.map(|it| ("schema", it.into())));
    sources.extend(project.migrations.map(|it| ("migrations", it.into())));
    CheckedProject {
        name: &project.name,
        dialect: project.dialect.map(Dialect::name),
        not_compared: project.not_compared.as_deref(),
        sources,
        not_applied: NotApplied::all(&project.left_out, places),
        mentions: project.tallies.as_ref().map(|tallies| {
            tallies.iter().map(|it| (it.source, CheckedMentions::new(it, places))).collect()
        }),
        opaque_exports: project.tallies.is_some().then(|| {
            project.opaque_exports.iter().map(|it| CheckedExport::new(it, places)).collect()
        }),
        errors: Error::all(&project.errors, places),
        findings: project.findings.iter().map(|it| check_finding(it, places)).collect(),
        not_shown: NotShown {
            suppressed: project.accepted.suppressed,
            ignored: project.accepted.ignored,
            baselined: project.accepted.baselined,
            unchanged: project.accepted.unchanged,
            below_level: project.hidden.len(),
        },
    }
}

fn check_finding<'a>(reported: &'a Reported, places: Places<'_>) -> CheckedFinding<'a> {
    let Reported { finding, fingerprint, .. } = reported;
    let label = |label: &'a drift_model::Label| {
        let place = places.place(label.span);
        let (line, column) = (place.line, place.column);
        let (end_line, end_column) = (place.end_line, place.end_column);
        let location = Region { file: place.file, line, column, end_line, end_column };
        CheckedLabel { message: &label.message, location }
    };
    CheckedFinding {
        fingerprint,
        rule: finding.rule,
        level: finding.level.as_str(),
        foreign_key: finding.foreign_key.as_deref(),
        message: &finding.message,
        labels: finding.labels.iter().map(label).collect(),
        history: finding.history.iter().map(label).collect(),
        notes: &finding.notes,
        help: finding.help.as_deref(),
    }
}

pub(super) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
