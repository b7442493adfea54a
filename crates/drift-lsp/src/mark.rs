//! What is shown in a text: findings and errors with their places, before they are put into the words
//! of the protocol.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use drift_check::{Places, ProjectReport, Reported};
use drift_model::{Finding, Language, Level, Remedy, SourceError, SourceFile, SourceMap, Span};

/// Something that is shown at a place.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) place: Place,
    pub(crate) level: Level,
    /// The rule that found it; an error has none.
    pub(crate) rule: Option<&'static str>,
    /// Several lines.
    pub(crate) message: String,
    /// What led to it, for clients that show no further places.
    pub(crate) history: Option<String>,
    /// Further places, and what is to be seen there.
    pub(crate) related: Vec<(Place, String)>,
    /// See [`drift_check::fingerprint`].
    pub(crate) fingerprint: Option<String>,
}

/// A place in a text as it was when it was looked at.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// `None` where the text was not read.
    pub(crate) file: Option<Arc<SourceFile>>,
    /// Bytes.
    pub(crate) range: Range<u32>,
}

impl Place {
    pub(crate) fn new(span: Span, sources: &SourceMap) -> Self {
        let file = sources.file(span.file);
        Self { path: file.path.clone(), file: Some(file), range: span.start..span.end }
    }

    /// The first line of a file.
    fn head(path: &Path, sources: &SourceMap) -> Self {
        let file = sources.get(path);
        let line = file.as_ref().and_then(|it| it.text.lines().next()).unwrap_or_default();
        Self { path: path.to_path_buf(), range: 0..line.len() as u32, file }
    }

    pub(crate) fn is_sql(&self) -> bool {
        self.path.extension().is_some_and(|it| it.eq_ignore_ascii_case("sql"))
    }
}

/// Everything that was found in a project, at `least` so bad.
///
/// A finding whose first place lies in SQL is shown in the schema, too, where it names a place there: the
/// migrations are history as a rule, and what somebody edits is the schema.
pub(crate) fn of_findings(project: &ProjectReport, least: Level, places: Places<'_>) -> Vec<Mark> {
    let shown = project.findings.iter().filter(|it| it.finding.level >= least);
    let mut marks: Vec<Mark> = shown.flat_map(|it| of_finding(it, &project.home, places)).collect();
    marks.extend(of_silence(project, places.sources));
    marks
}

/// A finding at each of the places where it is shown; `home` is the file to name where it has none.
pub(crate) fn of_finding(reported: &Reported, home: &Path, places: Places<'_>) -> Vec<Mark> {
    let labels = reported.finding.labels.iter();
    let labels: Vec<Place> = labels.map(|it| Place::new(it.span, places.sources)).collect();
    match labels.first() {
        Some(first) => {
            let mirror = labels.iter().position(|it| !it.is_sql()).filter(|_| first.is_sql());
            let at = std::iter::once(0).chain(mirror);
            at.map(|at| at_place(reported, &labels, at, places)).collect()
        }
        None if home.is_file() => {
            vec![at_place(reported, &[Place::head(home, places.sources)], 0, places)]
        }
        None => Vec::new(),
    }
}

/// That nothing was compared, lest it be taken for agreement.
fn of_silence(project: &ProjectReport, sources: &SourceMap) -> Option<Mark> {
    let reason = project.not_compared.as_ref().filter(|_| project.home.is_file())?;
    Some(Mark {
        place: Place::head(&project.home, sources),
        level: Level::Warn,
        rule: None,
        message: not_compared(reason),
        history: None,
        related: Vec::new(),
        fingerprint: None,
    })
}

/// In words, that nothing was compared.
pub(crate) fn not_compared(reason: &str) -> String {
    format!("schema and migrations are not compared: {reason}")
}

/// A finding at one of its places.
fn at_place(reported: &Reported, labels: &[Place], at: usize, places: Places<'_>) -> Mark {
    let finding = &reported.finding;
    let told = finding.labels.iter().map(|it| it.message.clone());
    let others = std::iter::zip(labels.iter().cloned(), told).enumerate();
    let others = others.filter(|(position, _)| *position != at).map(|(_, it)| it);
    let deeds = finding.history.iter();
    let deeds = deeds.map(|it| (Place::new(it.span, places.sources), it.message.clone()));
    let history = (!finding.history.is_empty()).then(|| places.notes(finding).swap_remove(0));
    Mark {
        place: labels[at].clone(),
        level: finding.level,
        rule: Some(finding.rule),
        message: message(finding),
        history,
        related: others.chain(deeds).collect(),
        fingerprint: Some(reported.fingerprint.clone()),
    }
}

/// The fault, what is known about it, and what mends it, but for what is a code action.
fn message(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    for note in &finding.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    if let Some(help) = &finding.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let is_action = |it: &Remedy| it.language == Language::TypeScript && it.edit.is_some();
    for remedy in finding.remedies.iter().filter(|it| !is_action(it) && !it.is_query()) {
        text.push_str(&format!("\n\n{}:\n", remedy.title));
        for line in remedy.text.lines() {
            text.push_str(&format!("\n    {line}"));
        }
    }
    text
}

/// A file that could not be read.
pub(crate) fn of_error(error: &SourceError, sources: &SourceMap) -> Mark {
    let place = match error.span {
        Some(span) => Place::new(span, sources),
        None => Place::head(&error.path, sources),
    };
    Mark {
        place,
        level: Level::Error,
        rule: None,
        message: error.message.clone(),
        history: None,
        related: Vec::new(),
        fingerprint: None,
    }
}
