//! pre-commit, from PyPI, with the hooks that this repository offers.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::git::Repository;
use super::hook_runners;
use super::hook_story::{
    passes_over_what_cannot_matter, refuses_a_deletion, refuses_drift_of_a_partially_staged_file,
    refuses_drift_until_it_is_mended, refuses_for_an_unstaged_file, refuses_new_drift_only,
};
use super::installs::python_packages;
use super::npm::registry::registry;
use super::sandbox::{binary, has_all, output, project_with_drift, repository};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const HOOKS: &str = include_str!("../../.pre-commit-hooks.yaml");
const CONFIG: &str = include_str!("../../crates/drizzle-drift/templates/pre-commit-config.yaml");

/// What pre-commit says of a hook that it does not run.
const SKIPPED: &str = "(no files to check)Skipped";

#[test]
fn refuses_drift_with_the_published_package() {
    if !has_all(&["git", "node", "npm", "python3"]) {
        return;
    }
    let Some(pre_commit) = PreCommit::install() else { return };
    let repository = pre_commit.repository(project_with_drift());
    let repository = repository.variable("npm_config_registry", registry());
    pre_commit.add(&repository, CONFIG);
    tells_the_whole_story(&repository);
}

#[test]
fn refuses_drift_with_the_command_on_the_path() {
    if !has_all(&["git", "python3"]) {
        return;
    }
    let Some(pre_commit) = PreCommit::install() else { return };
    let repository = pre_commit.repository(project_with_drift());
    let repository = repository.on_path(binary().parent().unwrap());
    pre_commit.add(&repository, &CONFIG.replace("id: drizzle-drift", "id: drizzle-drift-system"));
    tells_the_whole_story(&repository);
}

/// The other form of `docs/hooks.md`: the command that the project has among its `devDependencies`.
#[test]
fn refuses_drift_with_the_package_of_the_project() {
    let Some(project) = hook_runners::project() else { return };
    let Some(pre_commit) = PreCommit::install().filter(|_| has_all(&["python3"])) else { return };
    let repository = project.on_path(&pre_commit.programs);
    let repository = pre_commit.keep_apart(repository);
    let hook = "id: drizzle-drift-system\n        entry: node_modules/.bin/drizzle-drift";
    pre_commit.add(&repository, &CONFIG.replace("id: drizzle-drift", hook));
    refuses_drift_until_it_is_mended(&repository);
}

#[test]
fn lets_accepted_drift_pass() {
    if !has_all(&["git", "python3"]) {
        return;
    }
    let Some(pre_commit) = PreCommit::install() else { return };
    let hook = "id: drizzle-drift-system";
    for (config, baseline) in [
        (CONFIG.replace("id: drizzle-drift", hook), true),
        (
            CONFIG.replace("id: drizzle-drift", &format!("{hook}\n        args: [--since, HEAD]")),
            false,
        ),
    ] {
        let repository = pre_commit.repository(project_with_drift());
        let repository = repository.on_path(binary().parent().unwrap());
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "--message", "Before there were hooks"]);
        if baseline {
            repository.run(repository.command("drizzle-drift").arg("baseline"));
        }
        pre_commit.add(&repository, &config);
        repository.write("src/other.ts", "export {};\n");
        refuses_new_drift_only(&repository);
    }
}

fn tells_the_whole_story(repository: &Repository) {
    refuses_drift_until_it_is_mended(repository);
    passes_over_what_cannot_matter(repository, SKIPPED);
    assert!(refuses_drift_of_a_partially_staged_file(repository));
    assert!(!refuses_for_an_unstaged_file(repository), "what is not staged is put aside");
    assert!(!refuses_a_deletion(repository), "deleted files are none that it looks for");
}

#[test]
fn tries_the_hooks() {
    if !has_all(&["git", "python3"]) {
        return;
    }
    let Some(pre_commit) = PreCommit::install() else { return };
    let repository = pre_commit.repository(project_with_drift());
    let repository = repository.on_path(binary().parent().unwrap());
    repository.git(&["add", "--all"]);
    let mut validate = repository.command("pre-commit");
    repository.run(validate.arg("validate-manifest").arg(pre_commit.hooks().join(MANIFEST)));
    let mut attempt = repository.command("pre-commit");
    attempt.arg("try-repo").arg(pre_commit.hooks()).args(["drizzle-drift-system", "--all-files"]);
    let (status, text) = output(&mut attempt);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("- hook id: drizzle-drift-system"), "{text}");
    assert!(text.contains("error[on-delete-mismatch]"), "{text}");
}

/// Whatever can change the verdict runs the hooks; pre-commit itself says which files those are.
#[test]
fn runs_for_what_can_change_the_verdict() {
    if !has_all(&["git", "python3"]) {
        return;
    }
    let Some(pre_commit) = PreCommit::install() else { return };
    let repository = pre_commit.repository(project_with_drift());
    let mut python = repository.command(pre_commit.programs.join("python"));
    python.args(["-c", MATCHED]).arg(pre_commit.hooks().join(MANIFEST));
    python.args(MATTERING.iter().chain(&OTHERS));
    let matched = repository.run(&mut python);
    let mut expected = MATTERING.to_vec();
    for hook in ["drizzle-drift", "drizzle-drift-system", "drizzle-drift-src"] {
        let of_hook =
            matched.lines().filter_map(|line| line.strip_prefix(hook)?.strip_prefix(": "));
        let mut of_hook: Vec<&str> = of_hook.collect();
        of_hook.sort_unstable();
        expected.sort_unstable();
        assert_eq!(of_hook, expected, "{hook}");
    }
}

/// Prints, for each hook of a manifest, which of the paths it runs for.
const MATCHED: &str = "
import sys
from pre_commit.clientlib import load_manifest
from pre_commit.commands.run import filter_by_include_exclude
for hook in load_manifest(sys.argv[1]):
    assert not hook['pass_filenames'] and hook['require_serial'] and not hook['always_run']
    for path in filter_by_include_exclude(sys.argv[2:], hook['files'], hook['exclude']):
        print(f\"{hook['id']}: {path}\")
";

const MATTERING: [&str; 37] = [
    "schema.ts",
    "src/db/schema.tsx",
    "src/schema.mts",
    "src/schema.cts",
    "src/schema.js",
    "src/schema.jsx",
    "src/schema.mjs",
    "src/schema.cjs",
    "Src/Schema.TS",
    "drizzle.config.ts",
    "packages/db/drizzle.config.json",
    "drizzle/0000_init.sql",
    "migrations/V1__INIT.SQL",
    "db/migrate/20240101000000_init.up.sql",
    "drizzle/meta/_journal.json",
    "drizzle/meta/0003_snapshot.json",
    "drizzle/20250101000000_init/snapshot.json",
    "drizzle-drift.json",
    "drizzle-drift.jsonc",
    "drizzle-drift-baseline.json",
    "ci/accepted.json",
    "package.json",
    "packages/db/package.json",
    "tsconfig.json",
    "tsconfig.base.json",
    "jsconfig.json",
    "deno.jsonc",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "yarn.lock",
    ".yarnrc.yml",
    "bun.lock",
    "sqitch.plan",
    "migrations/atlas.sum",
    ".gitignore",
];

const OTHERS: [&str; 16] = [
    "README.md",
    "docs/schema.ts.md",
    "src/style.css",
    "src/App.vue",
    "image.png",
    "main.py",
    "Cargo.lock",
    "Cargo.toml",
    "go.sum",
    "poetry.lock",
    "docker-compose.yaml",
    "dump.sql.gz",
    "mysql",
    "ts",
    "notyarn.lock",
    ".env",
];

/// What is written in several places is the same in all of them.
#[test]
fn versions_and_names_agree() {
    let package = format!("additional_dependencies: [\"drizzle-drift@{VERSION}\"]");
    assert!(HOOKS.contains(&package), "the hook installs another version than {VERSION}");
    assert!(CONFIG.contains(&format!("rev: v{VERSION}")), "the template has another version");
    let cargo = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let program = "[[bin]]\nname = \"drizzle-drift-src\"\n";
    assert!(cargo.contains(program), "`cargo install --path .` makes no drizzle-drift-src");
    assert!(HOOKS.contains("entry: drizzle-drift-src check"));
}

const MANIFEST: &str = ".pre-commit-hooks.yaml";

/// pre-commit, and what it would find where this repository is published.
struct PreCommit {
    programs: PathBuf,
    hooks: Repository,
    home: TempDir,
}

impl PreCommit {
    /// `None`, with a message, where it cannot be installed.
    fn install() -> Option<Self> {
        let programs = python_packages("pre_commit")?.join("bin");
        let home = tempfile::tempdir().unwrap();
        Some(Self { programs, hooks: published(), home })
    }

    fn hooks(&self) -> &Path {
        self.hooks.folder()
    }

    fn repository(&self, folder: TempDir) -> Repository {
        self.keep_apart(Repository::new(folder).on_path(&self.programs))
    }

    fn keep_apart(&self, repository: Repository) -> Repository {
        let cache = repository.cache();
        repository.variable("PRE_COMMIT_HOME", self.home.path()).variable("npm_config_cache", cache)
    }

    /// Does what the documentation says, with this repository in place of the published one.
    fn add(&self, repository: &Repository, config: &str) {
        let published = "https://github.com/drizzle-drift/drizzle-drift";
        assert!(config.contains(published), "{config}");
        let here = self.hooks().to_str().expect("a path in UTF-8");
        repository.write(".pre-commit-config.yaml", &config.replace(published, here));
        repository.run(repository.command("pre-commit").arg("install"));
    }
}

/// A repository with the files at the root of this one, and the tag of this version: nothing else counts where
/// pre-commit installs the hooks for Node.
fn published() -> Repository {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(repository()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() && entry.file_name() != ".git" {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    let published = Repository::new(folder);
    published.git(&["add", "--all"]);
    published.git(&["commit", "--quiet", "--message", "A release"]);
    published.git(&["tag", &format!("v{VERSION}")]);
    published
}
