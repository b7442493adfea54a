//! More files than anybody has.

use std::fs;

use super::{FAULT, check, edit};
use crate::sandbox::{project_with_drift, write};

/// Enough that whatever looks at all of them for each of them would not end.
const MANY: usize = 20_000;

#[test]
fn files_beside_the_project() {
    let folder = project_with_drift();
    for number in 0..MANY {
        let path = folder.path().join(format!("data/{}/{number}.config.txt", number % 100));
        if number < 100 {
            write(&path, "");
        } else {
            fs::write(&path, "").unwrap();
        }
    }
    check(folder.path()).says(1, &[FAULT]);
}

#[test]
fn migrations() {
    let folder = project_with_drift();
    for number in 1..=MANY / 4 {
        let text = format!("ALTER TABLE posts ADD COLUMN c{number} integer;");
        fs::write(folder.path().join(format!("drizzle/{number:05}_more.sql")), text).unwrap();
    }
    // None of these is in the journal.
    check(folder.path()).says(1, &[FAULT, "[unjournaled-migration]", "5000"]);
    // Without one, all of them are applied.
    fs::remove_dir_all(folder.path().join("drizzle/meta")).unwrap();
    check(folder.path()).says(1, &[FAULT]);
}

#[test]
fn schema_files() {
    let folder = project_with_drift();
    for number in 0..MANY / 4 {
        let text = format!("export const n{number} = {number};");
        fs::write(folder.path().join(format!("src/{number}.ts")), text).unwrap();
    }
    edit(folder.path(), "drizzle.config.ts", |it| {
        String::from_utf8(it).unwrap().replace("./src/schema.ts", "./src").into_bytes()
    });
    check(folder.path()).says(1, &[FAULT]);
}
