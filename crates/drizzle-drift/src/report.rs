//! What a run has to say, ready for printing.

use std::path::Path;
use std::time::Duration;

use drift_check::{Accepted, Place, Places, ProjectReport};
use drift_model::{Finding, Level, SourceError, Span};

/// Everything that `check` found.
pub(crate) struct Report<'a> {
    pub(crate) places: Places<'a>,
    /// The root of the repository, which services count paths from.
    pub(crate) root: &'a Path,
    pub(crate) projects: Vec<ProjectReport>,
    /// Configs that could not be read, paths that are not there.
    pub(crate) errors: Vec<SourceError>,
    /// How many findings of the baseline are fixed.
    pub(crate) fixed: usize,
    pub(crate) elapsed: Duration,
}

impl Report<'_> {
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.projects.iter().flat_map(|project| &project.findings).map(|it| &it.finding)
    }

    /// The levels of all findings, shown or hidden.
    pub(crate) fn levels(&self) -> impl Iterator<Item = Level> {
        let hidden = self.projects.iter().flat_map(|project| &project.hidden).copied();
        self.findings().map(|finding| finding.level).chain(hidden)
    }

    /// How many findings are too mild to be shown.
    pub(crate) fn hidden(&self) -> usize {
        self.projects.iter().map(|project| project.hidden.len()).sum()
    }

    /// How many findings the policies except.
    pub(crate) fn excepted(&self) -> usize {
        self.projects.iter().map(|project| project.excepted).sum()
    }

    /// How many findings were accepted, in all projects.
    pub(crate) fn accepted(&self) -> Accepted {
        self.projects.iter().map(|it| it.accepted).sum()
    }

    /// A path relative to the root of the repository, with forward slashes; an absolute one outside of it.
    pub(crate) fn path_in_repository(&self, path: &Path) -> String {
        path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    /// As [`Places::place`], with a path relative to the root of the repository.
    pub(crate) fn place_in_repository(&self, span: Span) -> Place {
        let file = self.path_in_repository(&self.places.sources.file(span.file).path);
        Place { file, ..self.places.place(span) }
    }

    /// The errors of the run and of all projects.
    pub(crate) fn all_errors(&self) -> impl Iterator<Item = &SourceError> {
        self.errors.iter().chain(self.projects.iter().flat_map(|project| &project.errors))
    }
}
