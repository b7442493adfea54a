//! For programs: stable formats, both with `"version": 1`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drift_migrations::LeftOut;
use drift_model::{
    Catalog, Dialect, ForeignKey, Language, Level, OpaqueExport, Remedy, SourceError, Span,
    Subject, TableName, Unresolved,
};
use serde::Serialize;

use crate::args::SourceName;
use crate::report::Report;
use drift_check::Analysis;
use drift_check::Tally;
use drift_check::{Place, Places, ProjectReport, Reported, SourceCounts};

pub(super) const VERSION: u32 = 1;

/// A place. Lines and columns count from 1, columns in characters.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Location {
    /// Relative to the current directory, with forward slashes.
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct List {
    /// Of this format: 1. It changes where something is taken away or means something else, not where
    /// something is added.
    version: u32,
    /// In the order of their configs' paths.
    projects: Vec<ListedProject>,
    /// What could not be read and belongs to no project.
    errors: Vec<Error>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ListedProject {
    name: String,
    dialect: Option<&'static str>,
    sources: BTreeMap<&'static str, ListedSource>,
    errors: Vec<Error>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ListedFiles {
    /// In the order in which they are applied.
    applied: Vec<String>,
    not_applied: Vec<NotApplied>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ListedFile {
    file: String,
    /// The migrations that come after it.
    later_migrations: Vec<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ListedUnresolved {
    kind: &'static str,
    reason: String,
    location: Location,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Check<'a> {
    /// Of this format: 1. It changes where something is taken away or means something else, not where
    /// something is added.
    version: u32,
    /// In the order of their configs' paths.
    projects: Vec<CheckedProject<'a>>,
    /// How many findings of the baseline are fixed.
    fixed_in_baseline: usize,
    /// What could not be read and belongs to no project.
    errors: Vec<Error>,
    counts: Counts,
}

/// How many findings there are of each level, with those that are not listed because of `--level`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Counts {
    error: usize,
    warn: usize,
    info: usize,
}

impl Counts {
    fn new(report: &Report<'_>) -> Self {
        let number = |level| report.levels().filter(|it| *it == level).count();
        let [error, warn, info] = [Level::Error, Level::Warn, Level::Info].map(number);
        Self { error, warn, info }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NotShown {
    /// A comment accepts them.
    suppressed: usize,
    /// The settings do.
    ignored: usize,
    /// They are in the baseline.
    baselined: usize,
    /// The policies except them.
    excepted: usize,
    /// They have nothing to do with what changed, with `--since`.
    unchanged: usize,
    /// They are below `--level`.
    below_level: usize,
}

/// A value that is exported and could not be evaluated.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// One thing that is wrong.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckedFinding<'a> {
    /// What it is called from run to run: made of the project, the rule and the subject, never of lines
    /// and prose. A second finding with the same subject ends in `-2`.
    fingerprint: &'a str,
    rule: &'static str,
    /// `error`, `warn` or `info`.
    level: &'static str,
    /// The foreign key that it is about, as messages call it.
    foreign_key: Option<&'a str>,
    subject: CheckedSubject<'a>,
    /// The fault in one line. Its words may change.
    message: &'a str,
    /// The places, the one to look at first in front.
    labels: Vec<CheckedLabel<'a>>,
    /// What led to it, oldest first.
    history: Vec<CheckedLabel<'a>>,
    /// Further facts.
    notes: &'a [String],
    /// What to do, in a line.
    help: Option<&'a str>,
    /// Ways to mend it that can be pasted, the one that is probably right in front.
    remedies: Vec<CheckedRemedy<'a>>,
}

/// What a finding is about.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckedSubject<'a> {
    /// The referencing table, or the one that it concerns.
    table: Option<ListedTable>,
    /// In the order of their declaration.
    columns: &'a [String],
    referenced_table: Option<ListedTable>,
    /// What each source says.
    says: Vec<CheckedStatement<'a>>,
    /// What tells it from others of its rule where the rest does not.
    detail: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckedStatement<'a> {
    source: &'static str,
    text: &'a str,
}

impl<'a> From<&'a Subject> for CheckedSubject<'a> {
    fn from(subject: &'a Subject) -> Self {
        let Subject { table, columns, referenced_table, says, detail } = subject;
        Self {
            table: table.as_ref().map(Into::into),
            columns,
            referenced_table: referenced_table.as_ref().map(Into::into),
            says: says.iter().map(|(source, text)| CheckedStatement { source, text }).collect(),
            detail: detail.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckedLabel<'a> {
    /// What is to be seen there.
    message: &'a str,
    location: Region,
}

/// A way to mend a fault.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckedRemedy<'a> {
    /// When and where to use it.
    title: &'a str,
    /// `typescript` or `sql`.
    language: &'static str,
    /// What to paste.
    text: &'a str,
    /// What an editor would do, where that is certain.
    edit: Option<CheckedEdit<'a>>,
}

/// A replacement of a part of a file; an insertion where the part is empty.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckedEdit<'a> {
    location: Region,
    text: &'a str,
}

impl<'a> CheckedRemedy<'a> {
    fn new(remedy: &'a Remedy, places: Places<'_>) -> Self {
        let Remedy { title, language, text, edit } = remedy;
        let language = match language {
            Language::TypeScript => "typescript",
            Language::Sql => "sql",
        };
        let edit = edit.as_ref();
        let edit = edit.map(|it| CheckedEdit { location: region(it.span, places), text: &it.text });
        Self { title, language, text, edit }
    }
}

/// A part of a file. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Region {
    /// Relative to the current directory, with forward slashes.
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
    let counts = Counts::new(report);
    write(&Check { version: VERSION, projects, fixed_in_baseline, errors, counts }, out)
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
            excepted: project.excepted,
            unchanged: project.accepted.unchanged,
            below_level: project.hidden.len(),
        },
    }
}

fn check_finding<'a>(reported: &'a Reported, places: Places<'_>) -> CheckedFinding<'a> {
    let Reported { finding, fingerprint, .. } = reported;
    let label = |label: &'a drift_model::Label| CheckedLabel {
        message: &label.message,
        location: region(label.span, places),
    };
    CheckedFinding {
        fingerprint,
        rule: finding.rule,
        level: finding.level.as_str(),
        foreign_key: finding.foreign_key.as_deref(),
        subject: (&finding.subject).into(),
        message: &finding.message,
        labels: finding.labels.iter().map(label).collect(),
        history: finding.history.iter().map(label).collect(),
        notes: &finding.notes,
        help: finding.help.as_deref(),
        remedies: finding.remedies.iter().map(|it| CheckedRemedy::new(it, places)).collect(),
    }
}

fn region(span: Span, places: Places<'_>) -> Region {
    let Place { file, line, column, end_line, end_column } = places.place(span);
    Region { file, line, column, end_line, end_column }
}

/// Prints a value over several lines.
pub(crate) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests look at the files of this repository")]

    use std::path::Path;

    use super::*;

    /// Compares a JSON Schema with the file of the repository that holds it.
    fn assert_is_written(schema: &schemars::Schema, file: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
        let expected = serde_json::to_string_pretty(schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &expected).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == expected, "{file} is out of date: run the tests with UPDATE_SCHEMAS=1");
    }

    #[test]
    fn the_schemas_are_what_the_types_say() {
        assert_is_written(&schemars::schema_for!(Check<'_>), "check.schema.json");
        assert_is_written(&schemars::schema_for!(List), "list.schema.json");
    }
}
