//! Signals in a plain run; those in `--watch` are tried in `watch.rs`.

use std::fs::File;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Run, edit};
use crate::sandbox::{binary, leave_out, project_with_drift};

/// A run ends by the signal itself, so that a shell sees status 130 or 143 and a loop around it ends, too.
#[test]
fn end_a_plain_run() {
    if cfg!(not(target_os = "linux")) {
        return leave_out("`env` resets no signals here");
    }
    let folder = project_with_drift();
    let more: String = (0..100_000).map(|it| format!("CREATE TABLE t{it} (a int);\n")).collect();
    edit(folder.path(), "drizzle/0000_init.sql", |it| [&it[..], more.as_bytes()].concat());
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let mut command = Command::new("env");
        command.arg("--default-signal").arg(binary()).args(["--output-file", "json=report.json"]);
        command.current_dir(folder.path()).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let id = child.id().to_string();
        // It has begun to read, and will need seconds.
        thread::sleep(Duration::from_millis(150));
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
        let run = Run::to_end(child);
        assert_eq!((run.signal, run.text.as_str()), (Some(number), ""), "{name}");
        assert!(!folder.path().join("report.json").exists());
    }
}

/// A terminal is left as it was: nothing of it is changed, and what has begun in color is ended.
#[test]
fn leave_a_terminal_in_order() {
    // In the background of a shell, SIGINT is ignored.
    if cfg!(not(target_os = "linux")) {
        return leave_out("`env` resets no signals here");
    }
    let folder = project_with_drift();
    let log = folder.path().join("seen");
    let script = format!(
        "stty -a > before; env --default-signal '{}' --watch --format pretty --color always & sleep 3; kill -INT $!; wait $!; echo $? > status; stty -a > after",
        binary().display()
    );
    let ran = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("bash -m -c \"{}\"", script.replace('$', "\\$")),
        ])
        .arg("/dev/null")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(File::create(&log).unwrap())
        .status();
    if !ran.is_ok_and(|it| it.success()) {
        return leave_out("there is no `script` that makes a terminal");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("before"), read("after"));
    assert_eq!(read("status"), "130\n");
    let seen = read("seen");
    assert!(seen.contains("on-delete-mismatch") && seen.contains("\u{1b}["), "{seen}");
    let last = seen.rsplit("\u{1b}[").next().unwrap();
    assert!(last.starts_with("0m") || last.starts_with('m'), "{seen:?}");
    // No other screen, no hidden cursor.
    assert!(!seen.contains("\u{1b}[?"), "{seen:?}");
}
