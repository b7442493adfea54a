//! Projects to be written otherwise: the fixtures, the examples of the rules, and what is generated.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use drift_check::ProjectOptions;
use drift_model::Engine;
use tempfile::TempDir;

use super::view::View;
use super::{effort, generated};
use crate::{repository, rule_examples};

/// Texts in the place of files, by absolute paths.
pub(super) type Texts = BTreeMap<PathBuf, String>;

/// A folder with a project in it, and what is said of it by flags.
pub(super) struct Project {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) options: ProjectOptions,
}

impl Project {
    /// A project with configs or settings of its own.
    pub(super) fn with_config(folder: &Path) -> Self {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let folder = folder.canonicalize().unwrap();
        Self { name, folder, options: ProjectOptions::default() }
    }

    /// A project in a folder of its own, with its schema below `src/` and its migrations in `drizzle/`.
    pub(super) fn write(
        root: &Path,
        name: String,
        engine: &str,
        files: &[(String, String)],
    ) -> Self {
        let folder = root.join(&name);
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // The root of a repository, above which nothing is looked for.
        fs::create_dir(folder.join(".git")).unwrap();
        let engine = Engine::parse(engine).unwrap_or_else(|| panic!("no engine {engine}"));
        let options = ProjectOptions {
            schema: vec!["src/**/*.ts".to_owned()],
            migrations: Some(PathBuf::from("drizzle")),
            dialect: Some(engine.dialect()),
            engine: Some(engine),
            ..ProjectOptions::default()
        };
        Self { name, folder: folder.canonicalize().unwrap(), options }
    }

    /// Reads and checks the project as it is.
    pub(super) fn view(&self) -> View {
        self.view_with(&Texts::new())
    }

    /// Reads and checks it with texts in the place of files.
    pub(super) fn view_with(&self, texts: &Texts) -> View {
        View::of(self, texts)
    }
}

/// All of them; those without files of their own in this repository lie in a folder that goes with this
/// process's tests.
pub(super) static PROJECTS: LazyLock<(TempDir, Vec<Project>)> = LazyLock::new(|| {
    let root = tempfile::tempdir().unwrap();
    let mut projects = fixtures();
    for rule in drift_rules::RULES {
        for (number, example) in rule_examples::of(rule.name).iter().enumerate() {
            let name = format!("{}-{number}", rule.name);
            projects.push(Project::write(root.path(), name, &example.engine, &example.files));
        }
    }
    for number in 0..effort(60) {
        projects.push(generated::project(root.path(), number));
    }
    (root, projects)
});

/// The projects of `fixtures/`.
pub(super) fn fixtures() -> Vec<Project> {
    let entries = fs::read_dir(repository().join("fixtures")).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|it| it.is_dir());
    folders.sort();
    folders.iter().map(|it| Project::with_config(it)).collect()
}
