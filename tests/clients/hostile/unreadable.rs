//! Files and folders that must not be looked at.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{FAULT, Run, command};
use crate::sandbox::{binary, leave_out, project_with_drift, write};

/// The command as somebody for whom permissions count; `None` where there is nobody but an administrator.
fn as_somebody(folder: &Path, args: &[&str]) -> Option<Command> {
    let probe = folder.join("probe");
    fs::write(&probe, "").unwrap();
    allow(&probe, 0o000);
    let is_restricted = fs::read(&probe).is_err();
    fs::remove_file(&probe).unwrap();
    if is_restricted {
        return Some(command(folder, args));
    }
    let somebody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"];
    // The binary may lie where only an administrator may go.
    let copy = folder.join(".command");
    if !copy.exists() {
        fs::hard_link(binary(), &copy).or_else(|_| fs::copy(binary(), &copy).map(drop)).unwrap();
    }
    allow(folder, 0o777);
    let is_there = Command::new("setpriv").args(somebody).arg("true").status();
    if !is_there.is_ok_and(|it| it.success()) {
        leave_out("an administrator may read everything, and there is no setpriv");
        return None;
    }
    let mut command = Command::new("setpriv");
    command.args(somebody).arg(copy).args(args).current_dir(folder);
    Some(command)
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Checks a project of which one place must not be looked at.
fn check_without(place: &str, prepare: impl Fn(&Path)) -> Option<Run> {
    let folder = project_with_drift();
    prepare(folder.path());
    let mut command = as_somebody(folder.path(), &["--format=concise", "--level=warn"])?;
    allow(&folder.path().join(place), 0o000);
    let run = Run::of(&mut command);
    restore(&folder, place);
    Some(run)
}

/// Lets the folder be removed.
fn restore(folder: &TempDir, place: &str) {
    allow(&folder.path().join(place), 0o755);
}

const DENIED: &str = "Permission denied";

#[test]
fn files() {
    for (file, message) in [
        ("drizzle.config.ts", "drizzle.config.ts: error: cannot read the file: "),
        ("src/schema.ts", "src/schema.ts: error: cannot read the file: "),
        ("drizzle/0000_init.sql", "drizzle/0000_init.sql: error: the migration cannot be read: "),
        ("drizzle/meta/_journal.json", "_journal.json: error: the journal cannot be read: "),
        ("drizzle-drift.json", "error: drizzle-drift.json: "),
        ("drizzle-drift-baseline.json", "cannot read the baseline drizzle-drift-baseline.json"),
    ] {
        let prepare = |folder: &Path| {
            if !folder.join(file).exists() {
                write(&folder.join(file), "{}");
            }
        };
        let Some(run) = check_without(file, prepare) else { return };
        run.says(2, &[message, DENIED]);
        assert_eq!(run.text.contains(FAULT), file.ends_with("_journal.json"), "{}", run.text);
    }
}

#[test]
fn folders() {
    let nothing = |_: &Path| {};
    for (folder, message) in [
        ("src", "src/schema.ts: error: cannot read the file: "),
        ("drizzle", "drizzle: error: the folder cannot be listed: "),
        ("drizzle/meta", "drizzle/meta/_journal.json: error: the journal cannot be read: "),
    ] {
        let Some(run) = check_without(folder, nothing) else { return };
        run.says(2, &[message, DENIED]);
    }
}

/// drizzle-kit runs as the same user, and passes over what that user must not list.
#[test]
fn what_a_pattern_cannot_look_into_is_no_match() {
    for pattern in ["./src/**/*.ts", "./**/schema.ts"] {
        let matched = |folder: &Path| {
            let rest = "dialect: 'postgresql', out: './drizzle'";
            let config = format!("export default {{ schema: '{pattern}', {rest} }}");
            write(&folder.join("drizzle.config.ts"), &config);
            write(&folder.join("src/secret/schema.ts"), "(");
        };
        let Some(run) = check_without("src/secret", matched) else { return };
        run.says(1, &[FAULT]);
        assert!(!run.text.contains(DENIED), "{}", run.text);
    }
    // A folder that it would read is another matter.
    let matched = |folder: &Path| {
        let config =
            "export default { dialect: 'postgresql', schema: './src/*', out: './drizzle' }";
        write(&folder.join("drizzle.config.ts"), config);
        write(&folder.join("src/secret/schema.ts"), "(");
    };
    let Some(run) = check_without("src/secret", matched) else { return };
    run.says(2, &["src/secret: error: cannot read the file: ", DENIED, FAULT]);
}

/// A data folder of a server lies in many projects, and has no business to be looked at.
#[test]
fn a_folder_beside_the_project_does_no_harm() {
    let data = |folder: &Path| write(&folder.join("pgdata/PG_VERSION"), "17");
    let Some(run) = check_without("pgdata", data) else { return };
    run.says(1, &[FAULT]);
    assert!(!run.text.contains(DENIED), "{}", run.text);
}

#[test]
fn a_folder_that_must_not_be_written_to() {
    let folder = project_with_drift();
    let path = folder.path();
    let reports = path.join("out");
    fs::create_dir(&reports).unwrap();
    write(&reports.join("old.json"), "old");
    let args = ["--output-file", "json=out/new.json"];
    let Some(mut new) = as_somebody(path, &args) else { return };
    let old = as_somebody(path, &["--output-file", "json=out/old.json"]);
    let baseline = as_somebody(path, &["baseline"]);
    let init = as_somebody(path, &["init", "--yes"]);
    allow(&reports, 0o555);
    Run::of(&mut new).says(2, &["error: cannot write out/new.json", DENIED]);
    Run::of(&mut old.unwrap()).says(2, &["error: cannot write out/old.json", DENIED]);
    assert_eq!(fs::read_to_string(reports.join("old.json")).unwrap(), "old");
    assert_eq!(fs::read_dir(&reports).unwrap().count(), 1);
    allow(path, 0o555);
    let before = fs::read_dir(path).unwrap().count();
    let message = "cannot write the baseline drizzle-drift-baseline.json";
    Run::of(&mut baseline.unwrap()).says(2, &[message, DENIED]);
    Run::of(&mut init.unwrap()).says(2, &[DENIED]);
    assert_eq!(fs::read_dir(path).unwrap().count(), before);
    allow(path, 0o755);
}
