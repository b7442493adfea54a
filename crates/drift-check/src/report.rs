//! What was found, and the places that it names as people and editors know them.

use std::path::{Path, PathBuf};

use drift_migrations::LeftOut;
use drift_model::{Dialect, FileId, Finding, Level, OpaqueExport, SourceError, SourceMap, Span};

use crate::accept::Accepted;
use crate::tally::Tally;

/// What was found in one project.
#[derive(Default)]
pub struct ProjectReport {
    /// What it is called from the current directory.
    pub name: String,
    /// What it is called from everywhere in its repository.
    pub identity: String,
    /// A file to name where a finding has no place.
    pub home: PathBuf,
    /// The foreign keys that were compared, as messages call them; empty where nobody asks for them.
    pub foreign_keys: Vec<String>,
    /// `None` where nothing tells.
    pub dialect: Option<Dialect>,
    /// How much the schema holds, where it was read.
    pub schema: Option<SourceCounts>,
    /// How much the migrations make, where they were read.
    pub migrations: Option<SourceCounts>,
    /// How many migrations were replayed.
    pub migration_files: usize,
    /// The `.sql` files among the migrations that are not applied.
    pub left_out: Vec<LeftOut>,
    /// What the texts of the sources mention, where that is asked for.
    pub tallies: Option<Vec<Tally>>,
    /// How many relations the schema declares by columns that are known.
    pub relations: usize,
    /// What the schema exports and could not be evaluated.
    pub opaque_exports: Vec<OpaqueExport>,
    /// Everything that could not be read at all.
    pub errors: Vec<SourceError>,
    /// Why schema and migrations were not compared.
    pub not_compared: Option<String>,
    /// Grouped by foreign key, the worst group first.
    pub findings: Vec<Reported>,
    /// How many others were accepted.
    pub accepted: Accepted,
    /// The levels of the findings that are too mild to be shown.
    pub hidden: Vec<Level>,
    /// How many findings the policies except.
    pub excepted: usize,
    /// Of each policy, whether it concerns a table.
    pub concerned_policies: Vec<bool>,
}

/// A finding, and what it is called from run to run.
pub struct Reported {
    /// What a rule found.
    pub finding: Finding,
    /// See [`crate::fingerprint`].
    pub fingerprint: String,
    /// The declarations of its table, where it matters what changed.
    pub tables: Vec<Span>,
}

impl AsRef<Finding> for Reported {
    fn as_ref(&self) -> &Finding {
        &self.finding
    }
}

impl ProjectReport {
    /// Takes out findings below a level.
    pub fn hide_below(&mut self, least: Level) {
        let hidden = self.findings.extract_if(.., |it| it.finding.level < least);
        self.hidden = hidden.map(|it| it.finding.level).collect();
    }
}

/// How much one source holds.
#[derive(Clone, Copy)]
pub struct SourceCounts {
    /// How many tables it has.
    pub tables: usize,
    /// How many foreign keys it has.
    pub foreign_keys: usize,
    /// How much could hold a foreign key and was not understood.
    pub unresolved: usize,
}

/// Turns spans into places that people and editors know.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    /// The files that spans point into.
    pub sources: &'a SourceMap,
    /// The directory that shown paths start from; absolute.
    pub current_directory: &'a Path,
}

/// A place as reports print it; lines and columns count from 1.
pub struct Place {
    /// As reports show it.
    pub file: String,
    /// The line of its first character.
    pub line: u32,
    /// The column of its first character.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

impl Places<'_> {
    /// Where a span begins and ends.
    pub fn place(&self, span: Span) -> Place {
        let file = self.sources.file(span.file);
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        Place {
            file: self.display(&file.path),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }

    /// The facts of a finding, one line each, with what led to it in front.
    pub fn notes(&self, finding: &Finding) -> Vec<String> {
        let deeds: Vec<String> = finding
            .history
            .iter()
            .map(|it| format!("{} in {}", it.message, self.short_place(it.span)))
            .collect();
        let history = (!deeds.is_empty()).then(|| deeds.join(", "));
        history.into_iter().chain(finding.notes.iter().cloned()).collect()
    }

    /// A place as a list of many names it: the file without its folder, unless all are called alike,
    /// and the line.
    pub fn short_place(&self, span: Span) -> String {
        let file = self.sources.file(span.file);
        let line = file.line_column(span.start).line;
        let name = file.path.file_name().unwrap_or_default();
        let folder = file.path.parent().and_then(Path::file_name);
        let named = match folder {
            Some(folder) if name == "migration.sql" || name == "up.sql" => folder,
            _ => name,
        };
        format!("{}:{line}", named.to_string_lossy())
    }

    /// `file:line:column`, or `file` alone.
    pub fn place_of_error(&self, error: &SourceError) -> String {
        match error.span {
            None => self.display(&error.path),
            Some(span) => {
                let place = self.place(span);
                format!("{}:{}:{}", place.file, place.line, place.column)
            }
        }
    }

    /// A path relative to the current directory, with forward slashes.
    pub fn display(&self, path: &Path) -> String {
        relative(self.current_directory, path).to_string_lossy().replace('\\', "/")
    }
}

fn relative(from: &Path, path: &Path) -> PathBuf {
    if let Ok(below) = path.strip_prefix(from) {
        return below.to_path_buf();
    }
    // A few steps up are easier to read than an absolute path, many are not.
    for (up, ancestor) in from.ancestors().enumerate().skip(1).take(3) {
        if ancestor.parent().is_some()
            && let Ok(below) = path.strip_prefix(ancestor)
        {
            return std::iter::repeat_n("..", up).collect::<PathBuf>().join(below);
        }
    }
    path.to_path_buf()
}

/// Sorts findings so that those of one foreign key stand together, the worst first.
pub fn sort<T: AsRef<Finding>>(findings: Vec<T>, places: Places<'_>) -> Vec<T> {
    let order = order(findings.iter().map(AsRef::as_ref), places);
    let mut findings: Vec<Option<T>> = findings.into_iter().map(Some).collect();
    order.into_iter().filter_map(|position| findings[position].take()).collect()
}

/// The positions of findings in the order in which they are reported.
fn order<'f>(findings: impl Iterator<Item = &'f Finding>, places: Places<'_>) -> Vec<usize> {
    use std::borrow::Cow;
    use std::cmp::Reverse;
    use std::collections::HashMap;

    let mut files: HashMap<FileId, String> = HashMap::new();
    let findings: Vec<&Finding> = findings.collect();
    for span in findings.iter().filter_map(|it| place(it)) {
        files
            .entry(span.file)
            .or_insert_with(|| places.display(&places.sources.file(span.file).path));
    }
    // Lines and columns go up with the offset, and are known only after all of a file was looked at.
    let place = |finding: &Finding| place(finding).map(|it| (files[&it.file].as_str(), it.start));
    let group = |finding: &'f Finding| match &finding.foreign_key {
        Some(foreign_key) => Cow::Borrowed(foreign_key.as_str()),
        None => Cow::Owned(format!("{}: {}", finding.rule, finding.message)),
    };
    let mut leaders: HashMap<Cow<'_, str>, _> = HashMap::new();
    for finding in &findings {
        let rank = (Reverse(finding.level), place(finding));
        let leader = leaders.entry(group(finding)).or_insert(rank);
        *leader = rank.min(*leader);
    }
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_cached_key(|&position| {
        let finding = findings[position];
        let group = group(finding);
        let words = (finding.rule, finding.message.as_str());
        (leaders[&group], group, Reverse(finding.level), place(finding), words)
    });
    order
}

/// Where a finding is to be looked at first.
fn place(finding: &Finding) -> Option<Span> {
    finding.labels.first().map(|it| it.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_paths_from_where_the_user_stands() {
        let show =
            |path: &str| relative(Path::new("/home/me/app"), Path::new(path)).display().to_string();
        assert_eq!(show("/home/me/app/src/a.ts"), "src/a.ts");
        assert_eq!(show("/home/me/other/a.ts"), "../other/a.ts");
        assert_eq!(show("/etc/a.ts"), "/etc/a.ts");
    }
}
