//! The launcher and the command as processes: signals, exit statuses, and what is left when one of them dies.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::managers;
use super::packages::{is_testable, own_platform, run};
use crate::sandbox::repository;

/// How long anything may take on a machine that does much else.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Says what it was called with, and ends with an exit status of its own.
pub(super) const TELLS_ARGUMENTS: &str = r#"#!/usr/bin/env node
const told = { arguments: process.argv.slice(2), binary: process.env.DRIZZLE_DRIFT_BINARY || null };
console.log(JSON.stringify(told));
process.exitCode = 7;
"#;

/// Says its process id, finishes its work when a signal comes, and ends with an exit status.
const FINISHES: &str = r#"#!/usr/bin/env node
const finish = (signal) => setTimeout(() => { console.log(`finished after ${signal}`); process.exit(5); }, 300);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.once(signal, finish);
setInterval(() => {}, 1000);
console.log(process.pid);
"#;

/// Says its process id, and runs until a signal ends it.
const RUNS: &str = r#"#!/usr/bin/env node
setInterval(() => {}, 1000);
console.log(process.pid);
"#;

/// Ends by the signal that it is called with.
const DIES: &str = "#!/bin/sh\nkill -$1 $$\n";

/// A language server in small: answers lines until its input ends.
const SERVES: &str = r#"#!/usr/bin/env node
console.log(process.pid);
process.stdin.on("data", (data) => process.stdout.write(`read ${data}`));
process.stdin.on("end", () => console.log("end of input"));
"#;

pub(super) fn write_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    run(Command::new("chmod").arg("+x").arg(path)).expect_success();
}

/// The launcher in each way in which it may start a program: one that was chosen, and that of a package; from this
/// Node, and from one that can become another program.
pub(super) fn launchers(folder: &Path, program: &str) -> Vec<Command> {
    let launcher = folder.join("launched/node_modules/drizzle-drift/bin/drizzle-drift.cjs");
    fs::create_dir_all(launcher.parent().unwrap()).unwrap();
    fs::copy(repository().join("npm/drizzle-drift/bin/drizzle-drift.cjs"), &launcher).unwrap();
    let scope = folder.join("launched/node_modules/@drizzle-drift");
    write_program(&scope.join(own_platform()).join("drizzle-drift"), program);
    let chosen = folder.join("launched/chosen");
    write_program(&chosen, program);

    let start = |node: PathBuf| {
        let mut command = Command::new(node);
        command.arg(&launcher).env_remove("DRIZZLE_DRIFT_BINARY");
        command
    };
    let mut by_choice = start("node".into());
    by_choice.env("DRIZZLE_DRIFT_BINARY", &chosen);
    let mut all = vec![by_choice, start("node".into())];
    all.extend(managers::newer_node().map(start));
    all
}

/// A launcher whose program has said its process id.
struct Running {
    launcher: Child,
    lines: mpsc::Receiver<String>,
    program: String,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut launcher =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node is there");
        let output = launcher.stdout.take().unwrap();
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                // The receiver is gone where the test has failed.
                let _ = send.send(line.unwrap());
            }
        });
        let mut running = Self { launcher, lines, program: String::new() };
        running.program = running.line().expect("the program says its process id");
        running
    }

    /// The next line that the program prints; `None` where everybody who could print one is gone.
    fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("no line, and no end, for {PATIENCE:?}"),
        }
    }

    /// To the launcher alone.
    fn signal(&self, signal: &str) {
        let id = self.launcher.id().to_string();
        run(Command::new("kill").args(["-s", signal, &id])).expect_success();
    }

    fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.launcher.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the launcher still runs after {PATIENCE:?}");
    }

    fn has_program(&self) -> bool {
        run(Command::new("kill").args(["-0", &self.program])).status.success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing is left of a test that failed either.
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
        if self.has_program() {
            let _ = Command::new("kill").args(["-9", &self.program]).status();
        }
    }
}

fn ended_by(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[test]
fn a_signal_to_the_launcher_reaches_the_command_which_finishes() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for signal in ["INT", "TERM", "HUP", "QUIT"] {
        for command in launchers(folder.path(), FINISHES) {
            let name = format!("{signal} {command:?}");
            let mut running = Running::start(command);
            running.signal(signal);
            assert_eq!(running.line(), Some(format!("finished after SIG{signal}")), "{name}");
            assert_eq!(running.wait().code(), Some(5), "{name}");
            assert!(!running.has_program(), "{name}");
        }
    }
}

#[test]
fn a_signal_to_the_launcher_ends_both() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        for command in launchers(folder.path(), RUNS) {
            let name = format!("{signal} {command:?}");
            let mut running = Running::start(command);
            running.signal(signal);
            assert_eq!(ended_by(running.wait()), Some(number), "{name}");
            assert_eq!(running.line(), None, "{name}");
            assert!(!running.has_program(), "{name}");
        }
    }
}

#[test]
fn a_command_that_dies_by_a_signal_takes_the_launcher_along() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (signal, number) in [("INT", 2), ("KILL", 9), ("TERM", 15)] {
        for mut command in launchers(folder.path(), DIES) {
            let found = run(command.arg(signal));
            assert_eq!(ended_by(found.status), Some(number), "{signal} {command:?}");
        }
    }
    // Node takes these for something else, and ends with the exit status that a shell would show. What becomes of
    // a launcher does without SIGPIPE, as Node does and Rust.
    for (signal, number) in [("USR1", 10), ("PIPE", 13)] {
        for mut command in launchers(folder.path(), DIES).into_iter().take(2) {
            let found = run(command.arg(signal));
            assert_eq!(found.status.code(), Some(128 + number), "{signal} {command:?}");
            assert_eq!(found.stderr, "", "{signal} {command:?}");
        }
    }
}

#[test]
fn a_server_reads_its_input_and_ends_with_it_when_the_launcher_is_killed() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for command in launchers(folder.path(), SERVES) {
        let name = format!("{command:?}");
        let is_one_process = name.contains("node_modules/node-");
        let mut running = Running::start(command);
        let mut input = running.launcher.stdin.take().unwrap();
        input.write_all(b"something\n").unwrap();
        assert_eq!(running.line(), Some("read something".to_owned()), "{name}");
        assert_eq!(running.program == running.launcher.id().to_string(), is_one_process, "{name}");
        running.signal("KILL");
        running.wait();
        drop(input);
        // The program that became of the launcher was killed with it.
        let expected = if is_one_process { None } else { Some("end of input".to_owned()) };
        assert_eq!(running.line(), expected, "{name}");
        assert_eq!(running.line(), None, "{name}");
    }
}

/// An exit status is passed on when there is much output, too: nothing is cut off.
#[test]
fn nothing_of_a_long_output_is_lost() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program =
        "#!/bin/sh\ni=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; exit 1\n";
    for mut command in launchers(folder.path(), program) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert!(text.lines().count() == 20_000 && text.ends_with("line 19999\n"), "{command:?}");
    }
}
