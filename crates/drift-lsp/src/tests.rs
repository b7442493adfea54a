//! Projects as text: files after lines `//- path`, and `$0` where the cursor is.

mod actions;
mod definitions;
mod hovers;

use std::fs;
use std::path::{Path, PathBuf};

use drift_check::{Analysis, CheckOptions, Prepared, ProjectOptions, ProjectReport, Wants};
use drift_model::{Date, FileId, SourceMap, Span};

use crate::View;

/// Projects on the disk, read and checked.
pub(crate) struct Fixture {
    _folder: tempfile::TempDir,
    root: PathBuf,
    pub(crate) sources: SourceMap,
    analyses: Vec<Analysis>,
    pub(crate) projects: Vec<ProjectReport>,
    /// The files as they were written.
    files: Vec<(String, String)>,
    /// Each `$0`: the file and the byte.
    cursors: Vec<(String, usize)>,
    options: ProjectOptions,
}

impl Fixture {
    /// Reads projects from a text.
    pub(crate) fn new(text: &str) -> Self {
        let (mut files, mut cursors) = (Vec::new(), Vec::new());
        for (path, content) in cut(text) {
            let mut content = content;
            while let Some(at) = content.find("$0") {
                content.replace_range(at..at + 2, "");
                cursors.push((path.clone(), at));
            }
            files.push((path, content));
        }
        Self::of(files, cursors, ProjectOptions::default())
    }

    /// Reads files as the command does with options.
    pub(crate) fn of(
        files: Vec<(String, String)>,
        cursors: Vec<(String, usize)>,
        options: ProjectOptions,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        for (path, text) in &files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let sources = SourceMap::default();
        let prepared = Prepared::new(&options, &root, &sources).unwrap();
        let mut read = prepared.read(&sources, Wants { accounts: false, snapshot: true });
        let check = CheckOptions::new(Date::parse("2026-11-20").unwrap());
        let checked = drift_check::check(&prepared, &sources, &mut read, &check).unwrap();
        let (analyses, projects) = (read.analyses, checked.projects);
        Self { _folder: folder, root, sources, analyses, projects, files, cursors, options }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            sources: &self.sources,
            analyses: &self.analyses,
            projects: &self.projects,
            current_directory: &self.root,
        }
    }

    /// The cursors, as files and bytes of them. A file that nothing read is read now, as an editor does
    /// that opens it.
    pub(crate) fn cursors(&self) -> Vec<(FileId, u32)> {
        let cursors = self.cursors.iter().map(|(path, at)| (self.file(path), *at as u32));
        cursors.collect()
    }

    pub(crate) fn file(&self, path: &str) -> FileId {
        let text = &self.files.iter().find(|it| it.0 == path).unwrap().1;
        self.sources.add(self.root.join(path), text.clone()).id
    }

    /// The same project after edits.
    pub(crate) fn edited(&self, edits: &[drift_model::Edit]) -> Self {
        let mut files = self.files.clone();
        let mut edits = edits.to_vec();
        edits.sort_by_key(|it| std::cmp::Reverse(it.span.start));
        for edit in edits {
            let path = self.path(edit.span);
            let (_, text) =
                files.iter_mut().find(|it| it.0 == path).expect("a file of the project");
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        Self::of(files, self.cursors.clone(), self.options.clone())
    }

    /// The path of a place from the root.
    pub(crate) fn path(&self, span: Span) -> String {
        let path = self.sources.file(span.file).path.clone();
        let path = path.strip_prefix(&self.root).map(Path::to_path_buf).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        &self.files.iter().find(|it| it.0 == path).unwrap().1
    }

    /// A place as `path:line: text`.
    pub(crate) fn show(&self, span: Span) -> String {
        let line = self.sources.file(span.file).line_column(span.start).line;
        let text = self.sources.snippet(span);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}:{line}: {text}", self.path(span))
    }
}

/// The files of a text.
pub(crate) fn cut(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.trim_start_matches('\n').split_inclusive('\n') {
        match (line.strip_prefix("//- "), files.last_mut()) {
            (Some(path), _) => files.push((path.trim().to_owned(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => panic!("a line before the first file"),
        }
    }
    files
}

/// A project with one config.
pub(crate) fn project(dialect: &str, schema: &str, migrations: &[&str]) -> String {
    let module = match dialect {
        "postgresql" => "pg-core",
        "mysql" => "mysql-core",
        _ => "sqlite-core",
    };
    let mut text = format!(
        "//- drizzle.config.ts\nexport default {{ dialect: \"{dialect}\", schema: \"./schema.ts\", \
         out: \"./sql\" }};\n//- schema.ts\nimport {{ foreignKey, int, integer, mysqlTable, pgTable, primaryKey, sqliteTable, \
         text }} from \"drizzle-orm/{module}\";\n{schema}\n"
    );
    for (number, migration) in migrations.iter().enumerate() {
        text.push_str(&format!("//- sql/{number:04}_x.sql\n{migration}\n"));
    }
    text
}
