//! Where reports and other files go: full disks, readers that leave, nothing at all.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{FAULT, Run, command};
use crate::sandbox::{binary, leave_out, project_with_drift};

const FULL: &str = "No space left on device";

fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_of() {
    let folder = project_with_drift();
    let formats = ["pretty", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];
    let checks = formats.map(|it| vec!["check", "--format", it]);
    let others = [
        vec!["list"],
        vec!["list", "--format=json"],
        vec!["reach", "users"],
        vec!["reach", "users", "--format=svg"],
        vec!["explain", "policy"],
        vec!["rules"],
        vec!["completions", "bash"],
        vec!["init", "--dry-run"],
        vec!["baseline", "--baseline=elsewhere.json"],
        vec!["--watch"],
    ];
    for args in checks.into_iter().chain(others) {
        let child = command(folder.path(), &args).stdout(full()).stderr(Stdio::piped()).spawn();
        let run = Run::to_end(child.unwrap());
        run.says(2, &["error: ", FULL]);
        assert_eq!(run.text.lines().count(), 1, "{args:?}: {}", run.text);
    }
    // What is no plain file is written to as it is.
    let run = Run::of(&mut command(folder.path(), &["--output-file", "json=/dev/full"]));
    run.says(2, &["error: cannot write /dev/full", FULL]);
    // With nobody to tell, the status tells.
    let child = command(folder.path(), &[]).stdout(full()).stderr(full()).spawn();
    assert_eq!(Run::to_end(child.unwrap()).status, Some(2));
}

/// Runs a script in a namespace in which `full` is a disk of 64 KiB without any room; `None` where the system has
/// no such namespaces.
fn on_full_disk(folder: &Path, script: &str) -> Option<Run> {
    let mount = "set -e; mkdir -p full; mount -t tmpfs -o size=64k,nr_inodes=32 none full";
    let probe = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
        .current_dir(folder)
        .output();
    if !probe.is_ok_and(|it| it.status.success()) {
        leave_out("there are no user namespaces in which a small disk could be mounted");
        return None;
    }
    let fill = "dd if=/dev/zero of=full/filler bs=1k count=100 2> /dev/null || true";
    let script = format!("{mount}; cp -r drizzle* src full/; cd full; set +e; {script}")
        .replace("FILL", &fill.replace("full/", ""));
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    Some(Run::of(unshare.current_dir(folder).env("DRIFT", binary()).stdin(Stdio::null())))
}

/// What is there stays as it is, and nothing else is left.
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = project_with_drift();
    for (what, message) in [
        ("baseline", "cannot write the baseline drizzle-drift-baseline.json"),
        ("--output-file json=report.json", "cannot write report.json"),
        ("init", "drizzle-drift.jsonc: "),
    ] {
        let new = format!("FILL; \"$DRIFT\" {what}; echo status $?; ls -A");
        let Some(run) = on_full_disk(folder.path(), &new) else { return };
        run.says(0, &[message, FULL, "status 2\ndrizzle\ndrizzle.config.ts\nfiller\nsrc\n"]);
    }
    let old = "\"$DRIFT\" baseline; cp drizzle-drift-baseline.json old; \
        echo 'DROP TABLE posts;' >> drizzle/0000_init.sql; FILL; \
        \"$DRIFT\" baseline; echo status $?; cmp old drizzle-drift-baseline.json; ls -A | wc -l";
    let Some(run) = on_full_disk(folder.path(), old) else { return };
    run.says(0, &["1 accepted finding, 1 new", FULL, "status 2\n6\n"]);
    // A file that fills the last of its blocks, so that nothing more fits into it.
    let summary = "head -c 4096 /dev/zero > summary; FILL; \
        GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary \"$DRIFT\"; echo status $?; wc -c < summary";
    let Some(run) = on_full_disk(folder.path(), summary) else { return };
    run.says(0, &["cannot write the summary of the step to summary", FULL, "status 2\n4096\n"]);
}

/// However early a process is killed that writes a baseline, it is the old one or the new one.
#[test]
fn killed_while_writing() {
    let folder = project_with_drift();
    let baseline = folder.path().join("drizzle-drift-baseline.json");
    let update = || command(folder.path(), &["baseline"]);
    Run::of(&mut update()).says(0, &[]);
    let old = fs::read_to_string(&baseline).unwrap();
    let migration = folder.path().join("drizzle/0000_init.sql");
    let text = fs::read_to_string(&migration).unwrap();
    fs::write(&migration, text + "DROP TABLE posts;").unwrap();
    for delay in 0..40 {
        let mut child = update().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = fs::read_to_string(&baseline).unwrap();
        assert!(now == old || now.ends_with("]\n}\n"), "after {delay} ms:\n{now}");
    }
    Run::of(&mut update()).says(0, &[]);
    // What a killed process may leave is told by its name, and in the way of nobody.
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = ["drizzle", "src"].iter().any(|it| name.starts_with(it));
        assert!(is_known || name.starts_with(".drizzle-drift-"), "{name}");
    }
}

/// Whoever has read enough is told nothing.
#[test]
fn a_reader_that_leaves_hears_nothing_of_it() {
    let folder = project_with_drift();
    let findings: String = (0..3000)
        .map(|it| format!("CREATE TABLE t{it} (a int REFERENCES users (id));\n"))
        .collect();
    super::edit(folder.path(), "drizzle/0000_init.sql", |it| {
        [&it[..], findings.as_bytes()].concat()
    });
    for args in [
        "--format=concise",
        "--max-findings=0 --level=info",
        "--format=json",
        "list",
        "list --format=json",
    ] {
        let script = format!("{{ \"$DRIFT\" {args}; echo status $? >&2; }} | head -n 1");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(folder.path()).env("DRIFT", binary());
        let run = Run::of(shell.stdin(Stdio::null()));
        run.says(0, &[]);
        assert_eq!(run.text.lines().count(), 2, "{args}: {}", run.text);
        assert!(run.text.ends_with("status 0\n"), "{args}: {}", run.text);
    }
}

#[test]
fn without_any_stream() {
    let folder = project_with_drift();
    for (streams, status) in [("<&-", 1), (">&-", 1), ("2>&-", 1), ("<&- >&- 2>&-", 1)] {
        let script = format!("\"$DRIFT\" --format=concise {streams}; echo status $?");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(folder.path()).env("DRIFT", binary());
        let run = Run::of(&mut shell);
        run.says(0, &[&format!("status {status}\n")]);
        assert_eq!(run.text.contains(FAULT), !streams.contains(">&- ") && streams != ">&-");
    }
    // Nothing that was opened instead takes what is written.
    let script = "\"$DRIFT\" baseline >&- 2>&-; cat drizzle-drift-baseline.json";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).current_dir(folder.path()).env("DRIFT", binary());
    let run = Run::of(&mut shell);
    run.says(0, &["\"version\": 1"]);
    assert!(!run.text.contains("accepted finding"), "{}", run.text);
}

/// A place that cannot be written to is told of before anything else is done with it.
#[test]
fn places_that_cannot_be_written_to() {
    let folder = project_with_drift();
    fs::create_dir(folder.path().join("taken")).unwrap();
    for (path, reason) in [
        ("nowhere/report.json", "is not there"),
        ("taken", "it is a directory"),
        ("src/schema.ts/report.json", "is not there"),
        (&"n".repeat(300), "name too long"),
    ] {
        let run = Run::of(&mut command(folder.path(), &[&format!("--output-file=json={path}")]));
        assert_eq!(run.status, Some(2), "{}", run.text);
        let text = run.text.to_lowercase();
        assert!(text.contains("cannot write") && text.contains(reason), "{text}");
    }
}
