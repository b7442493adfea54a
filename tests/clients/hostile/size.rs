//! Files that are long, or whose lines are.

use std::fs::{self, File};

use super::{FAULT, Run, check, command, edit};
use crate::sandbox::{project_with_drift, write};

const MIB: u64 = 1 << 20;

/// Files that claim lengths that no memory has room for. Nothing of them is on the disk.
#[test]
fn what_is_too_long_is_refused() {
    for (file, length, message) in [
        ("drizzle.config.ts", 65 * MIB, "longer than 64 MiB"),
        ("src/schema.ts", 65 * MIB, "longer than 64 MiB"),
        ("src/schema.ts", 1 << 42, "longer than 64 MiB"),
        ("drizzle/0000_init.sql", 513 * MIB, "longer than 512 MiB"),
        ("drizzle/0001_later.sql", 513 * MIB, "longer than 512 MiB"),
        ("drizzle/meta/_journal.json", 257 * MIB, "longer than 256 MiB"),
        ("drizzle-drift.json", 257 * MIB, "longer than 256 MiB"),
    ] {
        let folder = project_with_drift();
        let path = folder.path().join(file);
        File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .unwrap()
            .set_len(length)
            .unwrap();
        let checked = check(folder.path());
        checked.says(2, &[file, message]);
    }
    let folder = project_with_drift();
    let path = folder.path().join("drizzle/meta/0000_snapshot.json");
    File::create(&path).unwrap().set_len(1 << 42).unwrap();
    check(folder.path()).says(1, &["0000_snapshot.json", "longer than 256 MiB", FAULT]);
}

/// Ten thousand findings in one line: each column is counted without going through the line again.
#[test]
fn one_long_line() {
    let folder = project_with_drift();
    let count = 10_000;
    let tables: String = (0..count)
        .map(|it| format!("CREATE TABLE é{it} (a int REFERENCES users (id)); "))
        .collect();
    edit(folder.path(), "drizzle/0000_init.sql", |it| {
        [it.trim_ascii_end(), b"; ", tables.as_bytes()].concat()
    });
    let checked = Run::of(&mut command(folder.path(), &["--format=concise"]));
    checked.says(1, &[FAULT]);
    let columns: Vec<usize> = checked
        .text
        .lines()
        .filter_map(|it| it.strip_prefix("drizzle/0000_init.sql:12:"))
        .filter_map(|it| it.split(':').next()?.parse().ok())
        .collect();
    assert!(columns.len() >= count, "{} of {count}", columns.len());
    // Characters are counted, and those of the last one are as right as those of the first.
    let line = fs::read_to_string(folder.path().join("drizzle/0000_init.sql")).unwrap();
    let line = line.lines().last().unwrap();
    let last = line.split("CREATE TABLE é9999 ").next().unwrap().chars().count();
    assert!(columns.iter().any(|it| (last..last + 60).contains(it)), "{last}");
}

/// What is long and harmless is passed over, in every place where that can be.
#[test]
fn long_texts() {
    let folder = project_with_drift();
    let long = "x".repeat(4_000_000);
    write(&folder.path().join("drizzle-drift.jsonc"), &format!("// {long}\n{{}}"));
    edit(folder.path(), "drizzle.config.ts", |it| [&it[..], b"// ", long.as_bytes()].concat());
    edit(folder.path(), "drizzle/0000_init.sql", |it| {
        let more = format!("INSERT INTO a VALUES ('{long}');\n-- {long}\n/* {long} */");
        [&it[..], more.as_bytes()].concat()
    });
    edit(folder.path(), "src/schema.ts", |it| {
        let more = format!("export const long = '{long}'; // {long}\n");
        [&it[..], more.as_bytes()].concat()
    });
    check(folder.path()).says(1, &[FAULT]);
}

/// One table with more columns than any engine takes. Nothing looks at all of them for each of them.
#[test]
fn wide_tables() {
    const COUNT: usize = 8_000;
    let folder = project_with_drift();
    let each = |text: fn(usize) -> String| (0..COUNT).map(text).collect::<String>();
    edit(folder.path(), "src/schema.ts", |it| {
        let tables = each(|it| {
            format!(
                "export const p{it} = pgTable('p{it}', {{ id: integer('id').primaryKey() }});\n"
            )
        });
        let columns = each(|it| {
            format!(
                "r{it}: integer('r{it}').references(() => users.id), p{it}Id: integer('p{it}_id'),\n"
            )
        });
        let wide = format!("export const wide = pgTable('wide', {{ {columns} }});\n");
        [&it[..], tables.as_bytes(), wide.as_bytes()].concat()
    });
    edit(folder.path(), "drizzle/0000_init.sql", |it| {
        let tables = each(|it| format!(";\nCREATE TABLE p{it} (id integer PRIMARY KEY)"));
        let columns = each(|it| format!(", r{it} integer REFERENCES users, p{it}_id integer"));
        let indexes = each(|it| format!(";\nCREATE INDEX ON wide (r{it})"));
        let wide = format!(";\nCREATE TABLE wide (id integer{columns})");
        [it.trim_ascii_end(), tables.as_bytes(), wide.as_bytes(), indexes.as_bytes()].concat()
    });
    let checked = Run::of(&mut command(folder.path(), &["--format=concise"]));
    checked.says(1, &[FAULT]);
    let count = |rule: &str| checked.text.lines().filter(|it| it.contains(rule)).count();
    assert_eq!(count("[probable-foreign-key]"), COUNT);
    assert_eq!(count("[implicit-on-delete]"), COUNT);
    assert_eq!(count("[unindexed-foreign-key]"), 0);
}
