//! The job for GitLab, run by gitlab-ci-local: it holds the file against GitLab's schema, evaluates rules and
//! variables, and runs the scripts in bash, with the command from npm.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::git::Repository;
use super::installs::npm_packages;
use super::npm::packages::is_testable;
use super::npm::registry::registry;
use super::sandbox::{SCHEMA, has_all, output, project_with_drift, repository};

/// A repository with the job, and drift that is as old as it.
fn project() -> Repository {
    let project = Repository::new(project_with_drift());
    project.write(".gitlab-ci.yml", &template());
    set_up(&project);
    project
}

/// Commits everything, and says where it came from.
fn set_up(project: &Repository) {
    project.commit_all();
    project.git(&["remote", "add", "origin", "git@gitlab.com:somebody/project.git"]);
    project.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    project.git(&["remote", "set-head", "origin", "main"]);
}

fn template() -> String {
    fs::read_to_string(repository().join("crates/drizzle-drift/templates/gitlab-ci.yml")).unwrap()
}

/// A machine that runs jobs.
struct Machine {
    packages: PathBuf,
    /// What npm installs, and keeps.
    folder: TempDir,
}

impl Machine {
    fn new() -> Option<Self> {
        if !has_all(&["bash", "git"]) || !is_testable() {
            return None;
        }
        let packages = npm_packages("linters")?;
        Some(Self { packages, folder: tempfile::tempdir().unwrap() })
    }

    /// Runs gitlab-ci-local; gives its exit status and what was printed.
    fn run(&self, project: &Repository, args: &[&str]) -> (Option<i32>, String) {
        let path = env::join_paths(
            [self.folder.path().join("bin")]
                .into_iter()
                .chain(env::split_paths(&env::var_os("PATH").unwrap())),
        );
        let mut command = project.command("node");
        command
            .arg(self.packages.join("node_modules/gitlab-ci-local/src/index.js"))
            .args(["--force-shell-executor", "--no-color"])
            .args(args)
            .env("PATH", path.unwrap())
            .env("HOME", self.folder.path())
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .env("npm_config_registry", registry())
            .env("npm_config_prefix", self.folder.path())
            .env("npm_config_cache", self.folder.path().join("cache"));
        output(&mut command)
    }

    /// Runs the pipeline of a merge request that began at a revision.
    fn merge_request(&self, project: &Repository, base: &str) -> (Option<i32>, String) {
        let base = project.git(&["rev-parse", base]);
        let base = format!("CI_MERGE_REQUEST_DIFF_BASE_SHA={}", base.trim());
        let source = "CI_PIPELINE_SOURCE=merge_request_event";
        self.run(project, &["--variable", source, "--variable", &base])
    }
}

/// How many findings the Code Quality report has.
fn findings(project: &Path) -> usize {
    let file = project.join("drizzle-drift-code-quality.json");
    let report = fs::read_to_string(&file).unwrap_or_else(|it| panic!("{}: {it}", file.display()));
    serde_json::from_str::<Value>(&report).unwrap().as_array().unwrap().len()
}

#[test]
fn a_merge_request_answers_for_its_changes_only() {
    let Some(machine) = Machine::new() else { return };
    let project = project();
    project.git(&["checkout", "--quiet", "-b", "change"]);
    project.write("README.md", "Read me.\n");
    project.commit_all();
    let (status, text) = machine.merge_request(&project, "main");
    assert_eq!(status, Some(0), "{text}");
    // GitLab compares it with the one of the target branch.
    assert_eq!(findings(project.folder()), 1, "{text}");

    project.write("src/schema.ts", &SCHEMA.replace("cascade", "set null"));
    project.commit_all();
    let (status, text) = machine.merge_request(&project, "main");
    assert_eq!((status, text.contains("--> src/schema.ts:11:65")), (Some(1), true), "{text}");
    assert_eq!(findings(project.folder()), 1, "{text}");
}

#[test]
fn the_default_branch_answers_for_everything() {
    let Some(machine) = Machine::new() else { return };
    let project = project();
    let (status, text) = machine.run(&project, &[]);
    assert_eq!((status, text.contains("--> src/schema.ts:11:65")), (Some(1), true), "{text}");
    assert_eq!(findings(project.folder()), 1, "{text}");
    let junit = fs::read_to_string(project.folder().join("drizzle-drift-junit.xml")).unwrap();
    assert!(junit.contains("<failure"), "{junit}");
    // Another branch without a merge request has no such job.
    project.git(&["checkout", "--quiet", "-b", "change"]);
    let (_, text) = machine.run(&project, &["--list"]);
    assert!(!text.contains("drizzle-drift  "), "{text}");
}

/// The part of the documentation about a project in a folder, on top of the job as a file that is included.
#[test]
fn a_project_in_a_folder_overrides_the_job() {
    let Some(machine) = Machine::new() else { return };
    let docs = fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let (_, part) = docs.split_once("For a project in a folder:\n\n```yaml\n").unwrap();
    let (job, _) = part.split_once("```").unwrap();
    let whole = tempfile::tempdir().unwrap();
    fs::create_dir(whole.path().join("packages")).unwrap();
    fs::rename(project_with_drift().keep(), whole.path().join("packages/db")).unwrap();
    let project = Repository::new(whole);
    project.write("drizzle-drift.yml", &template());
    project.write(".gitlab-ci.yml", &format!("include:\n  - local: drizzle-drift.yml\n\n{job}"));
    set_up(&project);
    let (status, text) = machine.run(&project, &[]);
    assert_eq!((status, text.contains("--> src/schema.ts:11:65")), (Some(1), true), "{text}");
    assert_eq!(findings(&project.folder().join("packages/db")), 1, "{text}");
}

/// The linter that is trusted here finds what is wrong.
#[test]
fn a_broken_job_is_refused() {
    let Some(machine) = Machine::new() else { return };
    let project = project();
    project.write(".gitlab-ci.yml", &template().replace("when: always", "when: sometimes"));
    let (status, text) = machine.run(&project, &["--list"]);
    assert!(status != Some(0) && text.contains("schema"), "{text}");
}
