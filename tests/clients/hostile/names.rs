//! Names of files that break lines, terminals and limits.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use super::{FAULT, Run, check, command, edit};
use crate::sandbox::{project_with_drift, write};

/// No name begins a line of its own, nor tells a terminal what to do.
#[test]
fn control_characters() {
    let folder = project_with_drift();
    let name = "src/a\nb\r\u{1b}[31m\u{202e}.ts";
    fs::rename(folder.path().join("src/schema.ts"), folder.path().join(name)).unwrap();
    edit(folder.path(), "drizzle.config.ts", |it| {
        String::from_utf8(it).unwrap().replace("./src/schema.ts", "./src").into_bytes()
    });
    let place = r"src/a\u{a}b\u{d}\u{1b}[31m\u{202e}.ts:11:65: error[on-delete-mismatch]";
    check(folder.path()).says(1, &[place]);
    for format in ["pretty", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let run = Run::of(&mut command(folder.path(), &["--format", format]));
        run.says(1, &["a"]);
        let is_harmless = |it: char| it == '\n' || it == '\t' || !it.is_control();
        assert!(run.text.chars().all(is_harmless), "{format}: {:?}", run.text);
        assert!(!run.text.contains("src/a\nb"), "{format}: {}", run.text);
    }
    // Neither in a message about a file that cannot be read.
    edit(folder.path(), name, |_| b"(".to_vec());
    let checked = check(folder.path());
    checked.says(2, &[r"src/a\u{a}b\u{d}\u{1b}[31m\u{202e}.ts:1:"]);
}

/// A name that is not UTF-8 is told of, as node cannot open such a file either.
#[test]
fn other_bytes_than_utf_8() {
    let folder = project_with_drift();
    let name = OsStr::from_bytes(b"0001_\xff.sql");
    if fs::write(folder.path().join("drizzle").join(name), "DROP TABLE posts;").is_err() {
        // Some file systems have no such names.
        return;
    }
    fs::remove_dir_all(folder.path().join("drizzle/meta")).unwrap();
    let checked = check(folder.path());
    checked.says(2, &["drizzle/0001_\u{fffd}.sql: error: the migration cannot be read: "]);
    // A folder of such a name that is not part of the project is nobody's business.
    let folder = project_with_drift();
    fs::create_dir(folder.path().join(OsStr::from_bytes(b"b\xffd"))).unwrap();
    check(folder.path()).says(1, &[FAULT]);
    // The project itself lies in one.
    let below = folder.path().join(OsStr::from_bytes(b"b\xffd"));
    for it in ["drizzle.config.ts", "src", "drizzle"] {
        fs::rename(folder.path().join(it), below.join(it)).unwrap();
    }
    check(&below).says(1, &[FAULT]);
}

/// Paths just as long as the system takes them, and longer ones.
#[test]
fn long_paths() {
    let outer = tempfile::tempdir().unwrap();
    let mut folder = outer.path().to_path_buf();
    let long = "n".repeat(200);
    while folder.as_os_str().len() + long.len() < 3800 {
        folder.push(&long);
    }
    let project = project_with_drift();
    for file in [
        "drizzle.config.ts",
        "src/schema.ts",
        "drizzle/0000_init.sql",
        "drizzle/meta/_journal.json",
    ] {
        write(&folder.join(file), &fs::read_to_string(project.path().join(file)).unwrap());
    }
    check(&folder).says(1, &[FAULT]);
    check(outer.path()).says(1, &[FAULT]);
    for name in ["n".repeat(300), "n/".repeat(3000)] {
        let folder = project_with_drift();
        edit(folder.path(), "drizzle.config.ts", |it| {
            let text = String::from_utf8(it).unwrap();
            text.replace("./src/schema.ts", &format!("./{name}.ts")).into_bytes()
        });
        check(folder.path()).says(2, &["drizzle.config.ts:5:3: error: the schema `./n"]);
        let run = Run::of(&mut command(folder.path(), &[&name]));
        run.says(2, &["error: "]);
    }
}
