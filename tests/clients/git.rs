//! A repository of git with hooks, as a member of a team has it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::sandbox::{output, write};

/// A repository in a folder of its own, which knows nothing of the settings of whoever runs the tests.
pub(crate) struct Repository {
    folder: TempDir,
    path: Vec<PathBuf>,
    variables: Vec<(String, OsString)>,
    /// The settings of git, and what programs keep for later.
    home: TempDir,
}

impl Repository {
    /// Makes a repository of what lies in a folder; nothing is committed.
    pub(crate) fn new(folder: TempDir) -> Self {
        let home = tempfile::tempdir().unwrap();
        write(&home.path().join("gitconfig"), SETTINGS);
        let repository = Self { folder, path: Vec::new(), variables: Vec::new(), home };
        repository.git(&["init", "--quiet"]);
        repository
    }

    /// Has commands look into this folder first.
    pub(crate) fn on_path(mut self, folder: &Path) -> Self {
        self.path.push(folder.to_path_buf());
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where npm keeps what it fetches, so that nothing is left behind where others look.
    pub(crate) fn cache(&self) -> PathBuf {
        self.home.path().join("npm-cache")
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        write(&self.folder().join(file), text);
    }

    /// A command in the folder of the repository, as somebody at a keyboard would start it.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let before = env::var_os("PATH").unwrap_or_default();
        let path = self.path.iter().cloned().chain(env::split_paths(&before));
        command
            .current_dir(self.folder())
            .env("PATH", env::join_paths(path).unwrap())
            .env("GIT_CONFIG_GLOBAL", self.home.path().join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1");
        // The tests may run in a hook or in a workflow themselves.
        for name in env::vars_os().filter_map(|(name, _)| name.into_string().ok()) {
            let is_about_this = ["GIT_", "GITHUB_", "HUSKY", "LEFTHOOK", "PRE_COMMIT"];
            let is_kept = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_SSL_CAINFO"];
            let is_about_this = is_about_this.iter().any(|it| name.starts_with(it));
            if is_about_this && !is_kept.contains(&name.as_str()) || name == "SKIP" {
                command.env_remove(name);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command that has to succeed; gives what it printed.
    ///
    /// # Panics
    ///
    /// Where it does not.
    pub(crate) fn run(&self, command: &mut Command) -> String {
        let (status, text) = output(command);
        assert_eq!(status, Some(0), "{command:?}:\n{text}");
        text
    }

    /// Runs git, which has to succeed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.run(self.command("git").args(args))
    }

    /// Stages everything and commits it; says whether the hooks let it through, and what was printed.
    pub(crate) fn commit_all(&self) -> (bool, String) {
        self.git(&["add", "--all"]);
        self.commit()
    }

    /// Commits what is staged.
    pub(crate) fn commit(&self) -> (bool, String) {
        let before = self.commits();
        let (status, text) = output(self.command("git").args(["commit", "--message", "A change"]));
        let is_made = self.commits() > before;
        assert_eq!(status == Some(0), is_made, "git says one thing and did another:\n{text}");
        (is_made, text)
    }

    fn commits(&self) -> usize {
        self.git(&["rev-list", "--branches"]).lines().count()
    }
}

const SETTINGS: &str = "[user]
	name = Somebody
	email = somebody@example.com
[init]
	defaultBranch = main
[advice]
	detachedHead = false
";
