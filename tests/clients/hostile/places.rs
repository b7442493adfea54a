//! What lies in the place of a file: nothing, a folder, a pipe that nobody writes into, a device without an end.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{FAULT, Run, check, command, edit};
use crate::sandbox::{project_with_drift, write};

/// What is put in the place of a file, and what is said of it.
const KINDS: [(&str, &str); 4] = [
    ("pipe", "it is a pipe, not a file"),
    ("device", "it is a device, not a file"),
    ("dangling", "it is a link that leads nowhere"),
    ("endless", "it is a link that never leads to a file"),
];

fn put(path: &Path, kind: &str) {
    // It need not have been there.
    let _ = fs::remove_file(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match kind {
        "pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "device" => symlink("/dev/zero", path).unwrap(),
        "dangling" => symlink("nowhere", path).unwrap(),
        "endless" => symlink(path.file_name().unwrap(), path).unwrap(),
        "folder" => fs::create_dir(path).unwrap(),
        _ => unreachable!("{kind}"),
    }
}

fn check_with(file: &str, kind: &str) -> Run {
    let folder = project_with_drift();
    put(&folder.path().join(file), kind);
    check(folder.path())
}

#[test]
fn what_is_no_file_is_named_and_never_waited_for() {
    for (kind, reason) in KINDS {
        for (file, message) in [
            ("drizzle.config.ts", "error: cannot read the file: "),
            ("src/schema.ts", "error: cannot read the file: "),
            ("drizzle/0000_init.sql", "error: the migration cannot be read: "),
            ("drizzle/0001_later.sql", "which the journal does not list, cannot be read: "),
            ("drizzle/meta/_journal.json", "error: the journal cannot be read: "),
        ] {
            let checked = check_with(file, kind);
            checked.says(2, &[message, reason]);
            let line = checked.text.lines().find(|it| it.contains(reason)).unwrap();
            assert!(line.starts_with(file), "{line}");
            let is_beside = file.ends_with("later.sql") || file.ends_with("_journal.json");
            assert_eq!(checked.text.contains(FAULT), is_beside, "{}", checked.text);
        }
        check_with("drizzle-drift.json", kind).says(2, &["error: drizzle-drift.json: ", reason]);
        let snapshot = "the snapshot `0000_snapshot.json` cannot be read: ";
        check_with("drizzle/meta/0000_snapshot.json", kind).says(1, &[snapshot, reason, FAULT]);
        if kind != "dangling" {
            let baseline = "cannot read the baseline drizzle-drift-baseline.json";
            check_with("drizzle-drift-baseline.json", kind).says(2, &[baseline, reason]);
        }
    }
}

#[test]
fn folders_by_the_names_of_files() {
    let message =
        "drizzle.config.ts:5:3: error: the schema `./src/schema.ts` is a folder without a module";
    check_with("src/schema.ts", "folder").says(2, &[message]);
    check_with("drizzle.config.ts", "folder").says(2, &["there is no drizzle config here"]);
    let message = "error[missing-migration-file]: `0000_init.sql` is listed";
    check_with("drizzle/0000_init.sql", "folder").says(2, &[message]);
    let message = "drizzle/meta/_journal.json: error: the journal cannot be read: it is a folder";
    check_with("drizzle/meta/_journal.json", "folder").says(2, &[message, FAULT]);
}

/// None of these is needed, and none is waited for.
#[test]
fn what_is_only_asked_for_advice_may_be_anything() {
    for (kind, _) in KINDS {
        let folder = project_with_drift();
        for file in [
            "package.json",
            "package-lock.json",
            "pnpm-lock.yaml",
            "pnpm-workspace.yaml",
            "tsconfig.json",
            "node_modules/drizzle-orm/package.json",
            "node_modules/there/package.json",
            "src/index.ts",
            "vite.config.ts",
        ] {
            put(&folder.path().join(file), kind);
        }
        let more =
            b"import { a } from '@/a'; import { b } from './index'; import { c } from 'there';
            export { a, b, c };\n";
        edit(folder.path(), "src/schema.ts", |it| [more, &it[..]].concat());
        check(folder.path()).says(1, &[FAULT]);
    }
}

/// Folders that lead back to themselves, through which nobody walks for ever.
#[test]
fn folders_that_contain_themselves() {
    let folder = project_with_drift();
    let at = |name: &str| folder.path().join(name);
    symlink("..", at("src/up")).unwrap();
    symlink(".", at("src/here")).unwrap();
    symlink("..", at("drizzle/up")).unwrap();
    symlink("endless", at("endless")).unwrap();
    check(folder.path()).says(1, &[FAULT]);
    for pattern in ["./src/**/*.ts", "./**/schema.ts", "./src/**"] {
        edit(folder.path(), "drizzle.config.ts", |_| {
            let rest = "dialect: 'postgresql', out: './drizzle'";
            format!("export default {{ schema: '{pattern}', {rest} }}").into_bytes()
        });
        let checked = check(folder.path());
        checked.says(1, &[FAULT]);
        assert_eq!(checked.places().len(), 1, "{pattern}: {}", checked.text);
    }
    // The project is entered through one of them.
    let checked = Run::of(&mut command(&at("src/up/src/up"), &["--format=concise"]));
    checked.says(1, &[FAULT]);
}

/// A link to a config elsewhere is a config here; one to a config that is found anyway is none.
#[test]
fn links_to_configs() {
    let (folder, elsewhere) = (project_with_drift(), tempfile::tempdir().unwrap());
    let config = folder.path().join("drizzle.config.ts");
    fs::rename(&config, elsewhere.path().join("drizzle.config.ts")).unwrap();
    symlink(elsewhere.path().join("drizzle.config.ts"), &config).unwrap();
    check(folder.path()).says(1, &[FAULT]);
    write(&folder.path().join("app/package.json"), "{}");
    symlink("../drizzle/../../drizzle.config.ts", folder.path().join("app/loose.ts")).unwrap();
    fs::remove_file(&config).unwrap();
    fs::rename(elsewhere.path().join("drizzle.config.ts"), &config).unwrap();
    symlink("../drizzle.config.ts", folder.path().join("app/drizzle.config.ts")).unwrap();
    let checked = check(folder.path());
    checked.says(1, &[FAULT]);
    assert_eq!(checked.places().len(), 1, "{}", checked.text);
}
