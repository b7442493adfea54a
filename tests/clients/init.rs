//! `init` in a terminal, which asks before it writes.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::{binary, has_all, project_with_drift};

/// Types answers into a terminal in which `init` runs; gives what is to be seen there.
fn answered(folder: &Path, answers: &str) -> String {
    let command = format!("'{}' init", binary().display());
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    script.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    text
}

#[test]
fn in_a_terminal_it_asks_for_each_file() {
    if !has_all(&["script"]) {
        return;
    }
    let folder = project_with_drift();
    for name in [".git", ".vscode", ".zed"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let seen = answered(folder.path(), "n\ny\n");
    assert!(seen.contains("write .vscode/tasks.json? [y/N]"), "{seen}");
    assert!(folder.path().join("drizzle-drift.jsonc").is_file(), "{seen}");
    assert!(!folder.path().join(".vscode/tasks.json").exists(), "{seen}");
    assert!(folder.path().join(".zed/tasks.json").is_file(), "{seen}");
}
