//! Projects on disk, each from one string.

use std::fs;
use std::path::{Path, PathBuf};

use drift_model::{SourceError, SourceMap};

use crate::{Discovery, Disk, Project, Request, discover};

mod configs;
mod modules;
mod projects;

/// A repository in a folder that goes away with it.
pub(crate) struct Repository {
    _folder: tempfile::TempDir,
    /// Where it is, without symbolic links.
    pub(crate) root: PathBuf,
}

impl Repository {
    /// Puts the files of a fixture on disk.
    pub(crate) fn new(fixture: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let repository = Self { _folder: folder, root };
        fs::create_dir(repository.root.join(".git")).unwrap();
        for file in fixture.split("//- ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            let target = repository.root.join(path.trim());
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, text).unwrap();
        }
        repository
    }

    pub(crate) fn disk(&self) -> Disk {
        Disk::new(&self.root)
    }

    /// A path as fixtures write it.
    pub(crate) fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The projects and errors, one per line.
    pub(crate) fn projects(&self, request: Request) -> String {
        let sources = SourceMap::default();
        let request = Request { current_directory: self.root.clone(), ..request };
        let Discovery { projects, errors } = discover(&self.disk(), &sources, &request);
        let mut lines: Vec<String> = projects.iter().map(|it| self.show_project(it)).collect();
        let of_projects = projects.iter().flat_map(|it| &it.errors);
        lines.extend(errors.iter().chain(of_projects).map(|it| self.show_error(&sources, it)));
        lines.join("\n")
    }

    pub(crate) fn show_project(&self, project: &Project) -> String {
        let schema: Vec<_> = project.schema.iter().map(|it| self.show(it)).collect();
        let casing = project.casing.map(|it| format!(" {it:?}")).unwrap_or_default();
        format!(
            "{}: {} [{}] -> {}{casing}",
            project.name,
            project.dialect.map_or("-", |it| it.name()),
            schema.join(" "),
            project.migrations.as_ref().map_or("-".to_owned(), |it| self.show(it)),
        )
    }

    pub(crate) fn show_error(&self, sources: &SourceMap, error: &SourceError) -> String {
        let place = error.span.map(|span| {
            let at = sources.file(span.file).line_column(span.start);
            format!(":{}:{}", at.line, at.column)
        });
        format!("{}{}: {}", self.show(&error.path), place.unwrap_or_default(), error.message)
    }
}
