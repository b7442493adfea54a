//! As much of the runner of GitHub Actions as `action.yml` asks of it: inputs with their defaults, expressions that name
//! a value, steps in bash, the files for outputs and summaries, and commands in the log.
//!
//! Source: "Workflow syntax", "Metadata syntax" and "Workflow commands" in the documentation of GitHub, and
//! `ActionCommand.cs` and `OutputManager.cs` of `actions/runner`, `src/Runner.Worker`.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

use super::releases::PLATFORM;
use super::sandbox::{output, repository};

/// A machine that runs jobs, with what it keeps between them.
pub(crate) struct Runner {
    folder: Arc<TempDir>,
    variables: BTreeMap<String, String>,
}

/// What a use of the action leaves.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit status of the step that failed, else 0.
    pub(crate) status: i32,
    pub(crate) log: String,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
    /// The folders that later steps find programs in.
    pub(crate) path: String,
    /// Where all of its files are.
    _folder: Arc<TempDir>,
}

impl Runner {
    /// A runner that gets releases from an address.
    pub(crate) fn new(releases: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["temp", "tools", "home"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let runner = Self { folder: Arc::new(folder), variables: BTreeMap::new() };
        let (system, processor) = PLATFORM;
        runner
            .variable("DRIZZLE_DRIFT_RELEASES", releases)
            .variable("RUNNER_OS", system)
            .variable("RUNNER_ARCH", processor)
            .variable("PATH", &env::var("PATH").unwrap())
    }

    /// Sets a variable for all steps.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Where tools are kept.
    pub(crate) fn tools(&self) -> PathBuf {
        self.folder.path().join("tools")
    }

    /// Uses the action of this repository in a workspace, with inputs.
    pub(crate) fn uses(&self, workspace: &Path, inputs: &[(&str, &str)]) -> Outcome {
        let action = action();
        let mut names = BTreeMap::from([("github.token".to_owned(), "the-token".to_owned())]);
        for (name, input) in action["inputs"].as_object().unwrap() {
            let default = interpolate(input["default"].as_str().unwrap(), &names);
            names.insert(format!("inputs.{name}"), default);
        }
        for (name, value) in inputs {
            let before = names.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(before.is_some(), "there is no input {name}");
        }
        let mut outcome = self.run_steps(&action, workspace, &mut names);
        for (name, output) in action["outputs"].as_object().unwrap() {
            let value = interpolate(output["value"].as_str().unwrap(), &names);
            outcome.outputs.insert(name.clone(), value);
        }
        outcome
    }

    fn run_steps(
        &self,
        action: &Value,
        workspace: &Path,
        names: &mut BTreeMap<String, String>,
    ) -> Outcome {
        let files = tempfile::tempdir_in(self.folder.path()).unwrap();
        let mut outcome = Outcome {
            status: 0,
            log: String::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            path: String::new(),
            _folder: Arc::clone(&self.folder),
        };
        for step in action["runs"]["steps"].as_array().unwrap() {
            let condition = step["if"].as_str().unwrap_or("success()");
            if outcome.status != 0 || !holds(condition, names) {
                continue;
            }
            let (status, log) = output(&mut self.step(step, workspace, files.path(), names));
            outcome.log.push_str(&log);
            outcome.status = status.expect("the step was not killed");
            for (name, value) in outputs(&read(&files.path().join("output"))) {
                names.insert(
                    format!("steps.{}.outputs.{name}", step["id"].as_str().unwrap()),
                    value,
                );
            }
            fs::remove_file(files.path().join("output")).ok();
        }
        outcome.summary = read(&files.path().join("summary"));
        outcome.path = read(&files.path().join("path"));
        outcome
    }

    /// What the runner makes of a step: a file with its script, and bash to run it.
    fn step(
        &self,
        step: &Value,
        workspace: &Path,
        files: &Path,
        names: &BTreeMap<String, String>,
    ) -> Command {
        assert_eq!(step["shell"], "bash");
        let script = files.join("step.sh");
        fs::write(&script, interpolate(step["run"].as_str().unwrap(), names)).unwrap();
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(script);
        command.current_dir(workspace).env_clear();
        command
            .env("HOME", self.folder.path().join("home"))
            .env("RUNNER_TEMP", self.folder.path().join("temp"))
            .env("RUNNER_TOOL_CACHE", self.tools())
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", workspace)
            .env("GITHUB_ACTION_PATH", repository())
            .env("GITHUB_OUTPUT", files.join("output"))
            .env("GITHUB_STEP_SUMMARY", files.join("summary"))
            .env("GITHUB_PATH", files.join("path"))
            .envs(&self.variables);
        for (name, value) in step["env"].as_object().unwrap() {
            command.env(name, interpolate(value.as_str().unwrap(), names));
        }
        command
    }
}

/// `action.yml` of this repository.
pub(crate) fn action() -> Value {
    serde_saphyr::from_str(&read(&repository().join("action.yml"))).unwrap()
}

impl Outcome {
    /// The commands that a runner finds in the log: those at the start of a line, and `##[...]` anywhere in it, unless
    /// they are stopped.
    pub(crate) fn commands(&self) -> Vec<&str> {
        let mut commands = Vec::new();
        let mut stopped: Option<&str> = None;
        for line in self.log.lines().map(str::trim) {
            let named = line.strip_prefix("::").and_then(|it| it.split_once("::"));
            match (stopped, named) {
                (Some(token), Some((name, _))) if name == token => stopped = None,
                (Some(_), _) => {}
                (None, Some(("stop-commands", token))) => stopped = Some(token),
                (None, Some(_)) => commands.push(line),
                (None, None) if line.contains("##[") => commands.push(line),
                (None, None) => {}
            }
        }
        assert_eq!(stopped, None, "the commands stay stopped:\n{}", self.log);
        commands
    }
}

/// Puts values in the place of expressions. A value that no step has set is empty.
fn interpolate(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").unwrap();
        let name = expression.trim();
        let is_output = name.starts_with("steps.") && name.contains(".outputs.");
        let value = names.get(name).map(String::as_str).or(is_output.then_some(""));
        whole.push_str(value.unwrap_or_else(|| panic!("the runner knows no {name}")));
        whole.push_str(rest);
    }
    whole
}

/// Evaluates a condition.
fn holds(condition: &str, names: &BTreeMap<String, String>) -> bool {
    if condition == "success()" {
        return true;
    }
    let (name, value) =
        condition.split_once(" != ").unwrap_or_else(|| panic!("the runner knows no {condition}"));
    names[name] != value.trim_matches('\'')
}

/// Reads a file of outputs, in both of its forms.
fn outputs(text: &str) -> Vec<(String, String)> {
    let mut outputs = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some((name, end)) = line.split_once("<<").filter(|(name, _)| !name.contains('=')) {
            let value: Vec<&str> = lines.by_ref().take_while(|it| *it != end).collect();
            outputs.push((name.to_owned(), value.join("\n")));
        } else {
            let (name, value) = line.split_once('=').expect("an output has a value");
            outputs.push((name.to_owned(), value.to_owned()));
        }
    }
    outputs
}

/// A file, or nothing where no step has written it.
fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
