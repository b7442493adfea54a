//! The hooks and tasks that a project has a place for.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::place::Place;
use super::templates;

/// Something that can run the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HookName {
    /// .pre-commit-config.yaml
    PreCommit,
    /// lefthook.yml
    Lefthook,
    /// .husky/pre-commit
    Husky,
    /// lint-staged.config.mjs
    LintStaged,
    /// .github/workflows/drizzle-drift.yml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// .vscode/tasks.json
    Vscode,
    /// .zed/tasks.json
    Zed,
}

/// What is to be done for one of them.
#[derive(Debug)]
pub(super) enum Step {
    /// A file that is not there.
    Write { path: PathBuf, text: &'static str },
    /// A file that is there, which whoever wrote it has to add this to.
    Add { path: PathBuf, how: &'static str, text: String },
    /// A file that knows the command already.
    There { path: PathBuf },
    /// Something else has to be there first.
    Cannot { why: &'static str },
}

impl HookName {
    /// As it is written on the command line.
    pub(super) fn word(self) -> String {
        self.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether the repository has it, and not a folder in it.
    pub(super) fn is_of_repository(self) -> bool {
        !matches!(self, Self::Vscode | Self::Zed)
    }

    /// What has to be run once a file was written for it.
    pub(super) fn next(self) -> Option<&'static str> {
        match self {
            Self::PreCommit => Some("pre-commit install"),
            Self::Lefthook => Some("npx lefthook install"),
            _ => None,
        }
    }

    /// What there is to do, if there is a place for it, or it `is_wanted` in any case.
    pub(super) fn step(self, place: &Place, is_wanted: bool) -> Option<Step> {
        match self {
            Self::PreCommit => pre_commit(place, is_wanted),
            Self::Lefthook => lefthook(place, is_wanted),
            Self::Husky => husky(place, is_wanted),
            Self::LintStaged => lint_staged(place, is_wanted),
            Self::Github => github(place, is_wanted),
            Self::Gitlab => gitlab(place, is_wanted),
            Self::Vscode => tasks(place, ".vscode", VSCODE_TASKS, templates::VSCODE, is_wanted),
            Self::Zed => tasks(place, ".zed", ZED_TASKS, templates::ZED, is_wanted),
        }
    }
}

/// What to do about a file that may be there.
fn written_or_added(place: &Place, path: PathBuf, how: &'static str, text: &'static str) -> Step {
    if place.knows_command(&path) {
        Step::There { path }
    } else if place.is_file(&path) {
        Step::Add { path, how, text: without_head(text) }
    } else {
        Step::Write { path, text }
    }
}

/// A template without the comment that says which file it is.
fn without_head(text: &str) -> String {
    let lines = text.lines().skip_while(|it| it.starts_with("# ") || it.starts_with("// "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Asks for a list of repositories, which is no file to begin one with unasked.
fn pre_commit(place: &Place, is_wanted: bool) -> Option<Step> {
    const NAMES: [&str; 2] = [".pre-commit-config.yaml", ".pre-commit-config.yml"];
    match place.first_file(&place.root, &NAMES) {
        Some(path) if place.knows_command(&path) => Some(Step::There { path }),
        Some(path) => {
            let text = without_head(templates::PRE_COMMIT);
            let text = text.trim_start_matches("repos:\n").to_owned();
            Some(Step::Add { path, how: "below `repos:`", text })
        }
        None => is_wanted
            .then(|| Step::Write { path: place.root.join(NAMES[0]), text: templates::PRE_COMMIT }),
    }
}

fn lefthook(place: &Place, is_wanted: bool) -> Option<Step> {
    let names: Vec<String> = ["", ".", ".config/", ".config/."]
        .iter()
        .flat_map(|start| {
            ["yml", "yaml", "json", "jsonc", "toml"].map(|it| format!("{start}lefthook.{it}"))
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = place.first_file(&place.root, &names);
    let has_place = is_wanted || found.is_some() || place.depends_on("lefthook");
    let path = found.unwrap_or_else(|| place.root.join("lefthook.yml"));
    let how = "among the jobs of `pre-commit`";
    has_place.then(|| written_or_added(place, path, how, templates::LEFTHOOK))
}

fn husky(place: &Place, is_wanted: bool) -> Option<Step> {
    let folder = place.root.join(".husky");
    let path = folder.join("pre-commit");
    if !place.is_dir(&folder) {
        let why = "husky is not set up here; `npx husky init` does that";
        return is_wanted.then_some(Step::Cannot { why });
    }
    // Then it is lint-staged that would run the command.
    if !is_wanted && place.mentions(&path, "lint-staged") && !place.knows_command(&path) {
        return None;
    }
    Some(written_or_added(place, path, "as a line of its own", templates::HUSKY))
}

fn lint_staged(place: &Place, is_wanted: bool) -> Option<Step> {
    let data = [".lintstagedrc", ".lintstagedrc.json", ".lintstagedrc.yaml", ".lintstagedrc.yml"];
    let code: Vec<String> = [".lintstagedrc", "lint-staged.config"]
        .iter()
        .flat_map(|start| {
            ["mjs", "js", "cjs", "mts", "ts", "cts"].map(|it| format!("{start}.{it}"))
        })
        .collect();
    let code: Vec<&str> = code.iter().map(String::as_str).collect();
    if let Some(path) = place.first_file(&place.root, &code) {
        let how = "among its patterns";
        return Some(written_or_added(place, path, how, templates::LINT_STAGED));
    }
    let in_manifest = place.has_key("lint-staged").then(|| place.root.join("package.json"));
    if let Some(path) = place.first_file(&place.root, &data).or(in_manifest) {
        let how =
            "after moving its patterns to lint-staged.config.mjs, since this takes a function";
        return Some(Step::Add { path, how, text: without_head(templates::LINT_STAGED) });
    }
    let path = place.root.join("lint-staged.config.mjs");
    let has_place = is_wanted || place.depends_on("lint-staged");
    has_place.then_some(Step::Write { path, text: templates::LINT_STAGED })
}

fn github(place: &Place, is_wanted: bool) -> Option<Step> {
    let folder = place.root.join(".github/workflows");
    let known = place.files(&folder).into_iter().find(|it| place.knows_command(it));
    if let Some(path) = known {
        return Some(Step::There { path });
    }
    let path = folder.join("drizzle-drift.yml");
    let has_place = is_wanted || place.is_dir(&folder);
    has_place.then(|| written_or_added(place, path, "in its place", templates::GITHUB))
}

fn gitlab(place: &Place, is_wanted: bool) -> Option<Step> {
    let path = place.root.join(".gitlab-ci.yml");
    let has_place = is_wanted || place.is_file(&path);
    has_place.then(|| written_or_added(place, path, "as a job of its own", templates::GITLAB))
}

const VSCODE_TASKS: &str = "to the list `tasks`";
const ZED_TASKS: &str = "to its list";

fn tasks(
    place: &Place,
    folder: &str,
    how: &'static str,
    text: &'static str,
    is_wanted: bool,
) -> Option<Step> {
    let folder: &Path = &place.folder.join(folder);
    let has_place = is_wanted || place.is_dir(folder);
    has_place.then(|| written_or_added(place, folder.join("tasks.json"), how, text))
}
