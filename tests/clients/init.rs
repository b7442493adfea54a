//! `init` in a terminal, which asks before it writes, and the hooks that it leaves behind.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

#[cfg(unix)]
use super::hook_runners::project;
#[cfg(unix)]
use super::hook_story::refuses_drift_until_it_is_mended;
#[cfg(unix)]
use super::sandbox::output;
use super::sandbox::{binary, has_all, project_with_drift};

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

/// Runs `init`; gives what it says.
#[cfg(unix)]
fn init(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new(binary());
    command.arg("init").args(args).current_dir(folder);
    let (status, text) = output(&mut command);
    assert_eq!(status, Some(0), "{text}");
    text
}

#[cfg(unix)]
#[test]
fn the_hook_that_it_writes_for_husky_refuses_drift() {
    let Some(repository) = project() else { return };
    repository.run(&mut repository.command("husky"));
    let said = init(repository.folder(), &["--yes"]);
    assert_eq!(said, "wrote drizzle-drift.jsonc\nwrote .husky/pre-commit\n");
    refuses_drift_until_it_is_mended(&repository);
}

#[cfg(unix)]
#[test]
fn the_hook_that_it_writes_for_lefthook_refuses_drift() {
    let Some(repository) = project() else { return };
    let said = init(repository.folder(), &["--hooks", "lefthook"]);
    let next = "next: npx lefthook install\n";
    assert_eq!(said, format!("wrote drizzle-drift.jsonc\nwrote lefthook.yml\n{next}"));
    repository.run(repository.command("lefthook").arg("install"));
    refuses_drift_until_it_is_mended(&repository);
}
