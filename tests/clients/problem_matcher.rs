//! What editors find in the lines of `concise`: VS Code with the patterns of its template, JetBrains with
//! the filter of the documentation.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::sandbox::{binary, has_all, project_with_drift, repository, write};
use crate::watch::Watcher;

const WATCH: &str = "drizzle-drift: watch";
const CHECK: &str = "drizzle-drift: check";

/// A project whose files have names that are hard to tell from what stands around them.
pub(crate) fn hostile_project() -> TempDir {
    let folder = project_with_drift();
    let root = folder.path();
    let schema = fs::read_to_string(root.join("src/schema.ts")).unwrap();
    let config = fs::read_to_string(root.join("drizzle.config.ts")).unwrap();
    let names = [
        "route (group)/[id]/schema.ts",
        "two  blanks/schema.ts",
        "at 10:20/12:30: schema.ts",
        "error[x]/warn[y]: schema.ts",
        "été/テーブル schema.ts",
        "C:/schema.ts",
    ];
    for (number, name) in names.iter().enumerate() {
        let project = root.join(format!("packages/p{number}"));
        write(&project.join(name), &schema);
        // Brackets and parentheses mean something in the path of a schema.
        let config = config.replace("./src/schema.ts", "./**/*schema.ts");
        write(&project.join("drizzle.config.ts"), &config);
        let migration = fs::read_to_string(root.join("drizzle/0000_init.sql")).unwrap();
        write(&project.join("drizzle/0000_init.sql"), &migration);
    }
    folder
}

/// What the findings of a project are, as `json` has them: file, line, column, severity, code, message.
pub(crate) fn expected(folder: &Path) -> Vec<Value> {
    let mut command = Command::new(binary());
    let output = command.args(["--format", "json"]).current_dir(folder).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let projects = report["projects"].as_array().unwrap();
    let findings = projects.iter().flat_map(|it| it["findings"].as_array().unwrap());
    let findings = findings.map(|it| {
        let place = &it["labels"][0]["location"];
        let message = it["message"].as_str().unwrap();
        let message: Vec<&str> = message.split_whitespace().collect();
        json!({
            "file": place["file"], "line": place["line"], "column": place["column"],
            "severity": it["level"], "code": it["rule"], "message": message.join(" "),
        })
    });
    let findings: Vec<Value> = findings.collect();
    assert!(!findings.is_empty(), "{}", folder.display());
    findings
}

/// What a project prints as `concise`.
pub(crate) fn concise(folder: &Path) -> String {
    let mut command = Command::new(binary());
    let output = command.args(["--format", "concise"]).current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What a script for Node says about lines.
fn node(script: &str, args: &[&str], lines: &str) -> Value {
    let script = repository().join("tests/clients/problem_matcher").join(script);
    let mut command = Command::new("node");
    let command = command.arg(script).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What VS Code would make of each line in a task.
fn vscode(label: &str, lines: &str) -> Vec<Value> {
    let tasks = repository().join("crates/drizzle-drift/templates/vscode-tasks.json");
    let told = node("match.mjs", &[tasks.to_str().unwrap(), label], lines);
    told.as_array().unwrap().clone()
}

fn problems(told: &[Value]) -> Vec<Value> {
    told.iter().map(|it| it["problem"].clone()).filter(|it| !it.is_null()).collect()
}

fn fixture(name: &str) -> std::path::PathBuf {
    repository().join("fixtures").join(name)
}

#[test]
fn vscode_recovers_every_finding() {
    if !has_all(&["node"]) {
        return;
    }
    let hostile = hostile_project();
    let mut folders = vec![hostile.path().to_path_buf()];
    folders.extend(["audit-events"].map(fixture));
    for folder in folders {
        let (expected, lines) = (expected(&folder), concise(&folder));
        for label in [CHECK, WATCH] {
            let told = vscode(label, &lines);
            assert_eq!(problems(&told), expected, "{label}: {lines}");
            // The last line, and none before it, says no more than what was checked.
            let others: Vec<&Value> = told.iter().filter(|it| it["problem"].is_null()).collect();
            assert_eq!(others.len(), 1, "{others:?}");
            assert!(told.iter().all(|it| it["begins"] == false && it["ends"] == false));
        }
    }
}

#[test]
fn vscode_knows_where_a_check_of_the_watcher_begins_and_ends() {
    if !has_all(&["node"]) {
        return;
    }
    let folder = hostile_project();
    let watcher = Watcher::start(folder.path(), &["--format", "concise"]);
    let mut expected = expected(folder.path());
    let report = |findings: usize| {
        // Files that were written just before it started may be looked at twice.
        let (checked, _) = watcher.last_check();
        assert_eq!(checked.end, format!("{findings} findings"));
        let end = format!("[drizzle-drift] check finished: {}", checked.end);
        let start = "[drizzle-drift] check started".to_owned();
        let lines = [vec![start], checked.lines, vec![end]].concat().join("\n");
        let told = vscode(WATCH, &lines);
        let places = |key: &str| {
            let places = told.iter().enumerate().filter(|(_, it)| it[key] == true);
            places.map(|it| it.0).collect::<Vec<_>>()
        };
        assert_eq!(places("begins"), [0]);
        assert_eq!(places("ends"), [told.len() - 1]);
        problems(&told)
    };
    assert_eq!(report(expected.len()), expected);
    // What was mended is gone, and the rest is still there.
    let name = "packages/p0/route (group)/[id]/schema.ts";
    let before = expected.len();
    expected.retain(|it| it["file"] != name || it["code"] != "on-delete-mismatch");
    assert_eq!(expected.len(), before - 1);
    let path = folder.path().join(name);
    let text = fs::read_to_string(&path).unwrap();
    write(&path, &text.replace("\"cascade\"", "\"no action\""));
    assert_eq!(report(expected.len()), expected);
}

#[test]
fn vscode_shows_what_could_not_be_read_at_all() {
    if !has_all(&["node"]) {
        return;
    }
    let folder = project_with_drift();
    fs::remove_file(folder.path().join("src/schema.ts")).unwrap();
    let found = problems(&vscode(WATCH, &concise(folder.path())));
    let place = json!(["drizzle.config.ts", 5, 3, "error", null]);
    let place_of =
        |it: &Value| json!([it["file"], it["line"], it["column"], it["severity"], it["code"]]);
    assert_eq!(found.iter().map(place_of).collect::<Vec<_>>(), [place], "{found:?}");
    // A file without a place, which nobody may read.
    write(&folder.path().join("src/schema.ts"), "export * from './schema';");
    let lines = "src/schema.ts: error: permission denied\nerror: cannot enter a folder\n";
    let found = problems(&vscode(WATCH, lines));
    let whole = json!({ "file": "src/schema.ts", "line": 0, "column": 0, "severity": "error",
        "code": null, "message": "permission denied" });
    assert_eq!(found, [whole]);
    // Settings that are not understood.
    write(&folder.path().join("drizzle-drift.json"), "{\n  \"rulse\": {}\n}");
    let watcher = Watcher::start(folder.path(), &["--format", "concise"]);
    let found = problems(&vscode(WATCH, &watcher.check().lines.join("\n")));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(place_of(&found[0]), json!(["drizzle-drift.json", 2, 3, "error", null]));
}

#[test]
fn vscode_knows_paths_of_windows() {
    if !has_all(&["node"]) {
        return;
    }
    let line = r"C:\app (1)\src\a b.ts:12:58: warn[on-update-mismatch]: a: b[c]: 1:2: error[x]: y";
    let found = problems(&vscode(CHECK, line));
    let expected = json!({ "file": r"C:\app (1)\src\a b.ts", "line": 12, "column": 58,
        "severity": "warn", "code": "on-update-mismatch", "message": "a: b[c]: 1:2: error[x]: y" });
    assert_eq!(found, [expected]);
}

/// The words of levels that VS Code knows.
///
/// Source: `Severity.fromValue` in src/vs/base/common/severity.ts of VS Code.
#[test]
fn vscode_knows_the_levels() {
    if !has_all(&["node"]) {
        return;
    }
    for level in ["error", "warn", "info"] {
        assert!(["error", "warning", "warn", "info"].contains(&level));
        let found = problems(&vscode(CHECK, &format!("a.ts:1:1: {level}[policy]: b")));
        assert_eq!(found[0]["severity"], level);
    }
}

#[test]
fn jetbrains_finds_absolute_paths_with_the_filter_of_the_documentation() {
    if !has_all(&["node", "sh", "sed"]) {
        return;
    }
    let documentation = fs::read_to_string(repository().join("docs/editors.md")).unwrap();
    let part = documentation.split("## JetBrains").nth(1).unwrap();
    let code = |start: &str| {
        let (_, rest) = part.split_once(start).unwrap_or_else(|| panic!("{start}"));
        rest.split('`').next().unwrap().to_owned()
    };
    let filter = format!("$FILE_PATH$:$LINE$:$COLUMN$:{}", code("`$FILE_PATH$:$LINE$:$COLUMN$:"));
    let script = format!("npx --no{}", code("-c 'npx --no").trim_end().trim_end_matches('\''));
    let folder = project_with_drift();
    let program = format!("\"{}\"", binary().display());
    let script = script.replace("npx --no drizzle-drift", &program);
    let mut command = Command::new("sh");
    let output = command.args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let found = node("jetbrains.mjs", &[&filter], &lines);
    let root = folder.path().canonicalize().unwrap();
    let expected: Vec<Value> = expected(folder.path())
        .iter()
        .map(|it| {
            let file = root.join(it["file"].as_str().unwrap());
            json!({ "file": file, "line": it["line"], "column": it["column"] })
        })
        .collect();
    assert_eq!(found, Value::Array(expected), "{lines}");
}
