//! What is found in a project, without places.

use std::collections::BTreeMap;
use std::fmt::Debug;

use drift_check::{CheckOptions, Session, State};
use drift_model::{Catalog, Date, Finding, Level, SourceMap, Span, Unresolved};

use super::projects::{Project, Texts};

/// What is found in a project, without places.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    /// One line for each finding, sorted.
    pub(super) findings: Vec<String>,
    /// Everything else that a change of layout leaves alone.
    pub(super) facts: Vec<String>,
    /// How many findings each rule has.
    pub(super) counts: BTreeMap<&'static str, usize>,
    /// The catalogs, an entry for each table and foreign key, sorted.
    pub(super) catalogs: Vec<Vec<String>>,
    /// The names of all tables.
    tables: Vec<String>,
    /// Every text that was read, with the path of its file.
    pub(super) texts: Texts,
}

impl View {
    /// # Panics
    /// If a place lies outside of its file or within a character.
    pub(super) fn of(project: &Project, texts: &Texts) -> Self {
        let options = CheckOptions {
            least: Some(Level::Info),
            has_stats: true,
            ..CheckOptions::new(Date::from_unix_seconds(1_800_000_000))
        };
        let mut session = Session::new(project.options.clone(), &project.folder, &[]);
        for (path, text) in texts {
            session.set_buffer(path, text.clone());
        }
        if let Err(error) = session.check(|_| options) {
            return Self::refused(format!("{error:#}"));
        }
        let state = session.state().expect("a check that did not fail");
        check_places(project, state, session.sources());
        let findings = state.projects.iter().flat_map(|it| &it.findings).map(|it| &it.finding);
        let mut lines: Vec<String> = findings.clone().map(line).collect();
        lines.sort();
        let mut counts = BTreeMap::new();
        findings.for_each(|it| *counts.entry(it.rule).or_insert(0) += 1);
        let files = session.sources().files();
        Self {
            findings: lines,
            facts: facts(state),
            counts,
            catalogs: catalogs(state),
            tables: tables(state),
            texts: files.iter().map(|it| (it.path.clone(), it.text.clone())).collect(),
        }
    }

    fn refused(message: String) -> Self {
        Self {
            findings: vec![message],
            facts: Vec::new(),
            counts: BTreeMap::new(),
            catalogs: Vec::new(),
            tables: Vec::new(),
            texts: Texts::new(),
        }
    }

    /// How another view differs, in a line for each difference; no line where it does not.
    pub(super) fn differences(&self, other: &View) -> Vec<String> {
        let mut lines = differences(&self.findings, &other.findings);
        lines.extend(differences(&self.facts, &other.facts));
        lines.extend(self.catalog_differences(other));
        lines
    }

    /// The names of the tables of all catalogs.
    pub(super) fn tables(&self) -> impl Iterator<Item = String> {
        self.tables.iter().cloned()
    }

    /// How the catalogs of another view differ.
    pub(super) fn catalog_differences(&self, other: &View) -> Vec<String> {
        let pairs = self.catalogs.iter().zip(&other.catalogs);
        let mut lines: Vec<String> = pairs.flat_map(|(one, two)| differences(one, two)).collect();
        if self.catalogs.len() != other.catalogs.len() {
            lines.push("not as many catalogs".to_owned());
        }
        lines
    }
}

/// What is in one of two lists alone. Blanks, quotes, commas and comments that say nothing are no difference: a default, or a
/// statement that cannot be read, is told as it is written.
fn differences(one: &[String], two: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<String, i32> = BTreeMap::new();
    one.iter().for_each(|it| *counts.entry(essence(it)).or_insert(0) -= 1);
    two.iter().for_each(|it| *counts.entry(essence(it)).or_insert(0) += 1);
    counts.retain(|_, count| *count != 0);
    let lines: Vec<&String> = counts.keys().collect();
    let common = |one: &str, two: &str| {
        one.char_indices()
            .zip(two.chars())
            .take_while(|((_, a), b)| a == b)
            .last()
            .map_or(0, |((at, _), _)| at)
    };
    let shown = counts.iter().enumerate().map(|(position, (line, count))| {
        let neighbours = [position.checked_sub(1), Some(position + 1)];
        let neighbours = neighbours.into_iter().filter_map(|it| lines.get(it?));
        let start = neighbours.map(|it| common(line, it)).max().unwrap_or(0);
        let window: String = line[start..].chars().take(200).collect();
        let head: String = line.chars().take(90).collect();
        format!("{count:+} {head} .. {window}")
    });
    shown.collect()
}

/// A text without blanks, quotes and commas, and without the comments that layouts put into it.
fn essence(text: &str) -> String {
    let blank = |it: char| it.is_whitespace() || matches!(it, '\u{feff}' | ',' | '\'' | '"' | '\\');
    let text: String = text.replace("\\n", "").replace("\\r", "").replace("\\t", "");
    let text: String = text.chars().filter(|it| !blank(*it)).collect();
    ["/*inpassing*/", "//inpassing", "--inpassing"]
        .iter()
        .fold(text, |text, it| text.replace(it, ""))
}

/// A finding without its places, and without what could be pasted, which is made of the text as it is.
fn line(finding: &Finding) -> String {
    let labels = finding.labels.iter().chain(&finding.history).map(|it| &it.message[..]);
    let notes = finding.notes.iter().chain(&finding.help).map(String::as_str);
    let words: Vec<&str> = labels.chain(notes).collect();
    let Finding { rule, level, subject, message, .. } = finding;
    format!("{level}[{rule}] {message} | {} | {subject:?}", words.join(" | "))
}

fn facts(state: &State) -> Vec<String> {
    let errors = state.errors.iter().chain(state.projects.iter().flat_map(|it| &it.errors));
    let mut facts: Vec<String> = errors.map(|it| it.message.clone()).collect();
    for project in &state.projects {
        let counts = |it: drift_check::SourceCounts| [it.tables, it.foreign_keys, it.unresolved];
        let tallies = project.tallies.iter().flatten();
        facts.push(format!(
            "{}: {:?} {:?} {:?} {} {} {:?}",
            project.name,
            project.not_compared,
            project.schema.map(counts),
            project.migrations.map(counts),
            project.relations,
            project.opaque_exports.len(),
            tallies.map(|it| (it.mentions, it.accounted_for, &it.by_fate)).collect::<Vec<_>>(),
        ));
    }
    facts
}

fn tables(state: &State) -> Vec<String> {
    let schemas = state.analyses.iter().filter_map(|it| it.schema.as_ref()).map(|it| &it.catalog);
    let migrations = state.analyses.iter().filter_map(|it| it.migrations.as_ref());
    let catalogs = schemas.chain(migrations.map(|it| &it.catalog));
    catalogs.flat_map(|it| &it.tables).map(|it| it.name.name.clone()).collect()
}

fn catalogs(state: &State) -> Vec<Vec<String>> {
    let mut catalogs = Vec::new();
    for analysis in &state.analyses {
        catalogs.extend(analysis.schema.as_ref().map(|it| entries(&it.catalog, &it.unresolved)));
        catalogs
            .extend(analysis.migrations.as_ref().map(|it| entries(&it.catalog, &it.unresolved)));
    }
    catalogs
}

fn entries(catalog: &Catalog, unresolved: &[Unresolved]) -> Vec<String> {
    fn show(it: &dyn Debug) -> String {
        without_places(&format!("{it:?}"))
    }
    let mut entries: Vec<String> = catalog.tables.iter().map(|it| show(it)).collect();
    entries.extend(catalog.foreign_keys.iter().map(|it| show(it)));
    entries.extend(catalog.dropped_foreign_keys.iter().map(|it| show(it)));
    entries.extend(catalog.ignored_foreign_keys.iter().map(|it| show(it)));
    entries.extend(unresolved.iter().map(|it| show(it)));
    entries.sort();
    entries
}

/// What `Debug` prints, without spans.
fn without_places(text: &str) -> String {
    let mut parts = text.split("Span {");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once(" }").map_or("", |it| it.1));
    }
    kept
}

/// Every place lies in its file, between characters.
fn check_places(project: &Project, state: &State, sources: &SourceMap) {
    let check = |span: Span| {
        let file = sources.file(span.file);
        let range = span.start as usize..span.end as usize;
        let (name, path) = (&project.name, file.path.display());
        assert!(file.text.get(range).is_some(), "{name}: {span:?} does not lie in {path}");
    };
    for report in &state.projects {
        report.errors.iter().filter_map(|it| it.span).for_each(check);
        report.opaque_exports.iter().map(|it| it.span).for_each(check);
        for Finding { labels, history, parts, remedies, .. } in
            report.findings.iter().map(|it| &it.finding)
        {
            labels.iter().chain(history).map(|it| it.span).for_each(check);
            parts.iter().copied().for_each(check);
            remedies.iter().filter_map(|it| it.edit.as_ref()).for_each(|it| check(it.span));
        }
    }
    for analysis in &state.analyses {
        let schema = analysis.schema.iter().map(|it| (&it.catalog, &it.unresolved));
        let migrations = analysis.migrations.iter().map(|it| (&it.catalog, &it.unresolved));
        for (catalog, unresolved) in schema.chain(migrations) {
            unresolved.iter().map(|it| it.span).for_each(check);
            for table in &catalog.tables {
                check(table.span);
                table.columns.iter().map(|it| it.span).for_each(check);
            }
            for foreign_key in catalog.foreign_keys.iter().chain(&catalog.dropped_foreign_keys) {
                check(foreign_key.span);
                foreign_key.history.iter().map(|it| it.span).for_each(check);
                foreign_key.on_delete_span.into_iter().for_each(check);
                foreign_key.on_update_span.into_iter().for_each(check);
            }
        }
    }
}
