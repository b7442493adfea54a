//! Texts that are nested more deeply than anybody writes: none of them may overflow the stack.

use std::fs;
use std::path::Path;

use super::{FAULT, check, edit};
use crate::sandbox::{project_with_drift, write};

const DEPTH: usize = 100_000;

fn nested(open: &str, close: &str) -> String {
    open.repeat(DEPTH) + "1" + &close.repeat(DEPTH)
}

/// A project of which one file is that.
fn check_with(file: &str, text: &str, status: i32, parts: &[&str]) {
    let folder = project_with_drift();
    write(&folder.path().join(file), text);
    check(folder.path()).says(status, parts);
}

#[test]
fn modules() {
    for text in [
        format!("export default {};", nested("[", "]")),
        format!("export default {};", nested("f(", ")")),
        format!("export default {};", nested("{ a: ", "}")),
        format!("export default {};", nested("`${", "}`")),
        format!("export default {};", nested("!", "")),
        format!("type T = {};", nested("A<", ">")),
        "(".repeat(DEPTH),
        nested("if (a) {", "}"),
    ] {
        check_with(
            "src/schema.ts",
            &text,
            2,
            &["src/schema.ts:1:", "nested too deeply to be read"],
        );
        let parts = ["drizzle.config.ts:1:", "nested too deeply to be read"];
        check_with("drizzle.config.ts", &text, 2, &parts);
    }
}

/// Depth where no foreign key can be is passed over; elsewhere it is reported.
#[test]
fn migrations() {
    for text in [
        format!("SELECT {};", nested("(", ")")),
        format!("SELECT {};", nested("CASE WHEN a THEN ", " END")),
        format!("SELECT {};", "/*".repeat(DEPTH) + " " + &"*/".repeat(DEPTH)),
        format!("CREATE TABLE a (b integer CHECK ({}));", nested("(", ")")),
    ] {
        let folder = project_with_drift();
        let add = |it: Vec<u8>| [&it[..], text.as_bytes()].concat();
        edit(folder.path(), "drizzle/0000_init.sql", add);
        check(folder.path()).says(1, &[FAULT]);
    }
    let block = format!("DO $$ BEGIN {} END $$;", nested("IF a THEN ", " END IF;"))
        .replace('1', "ALTER TABLE posts ADD FOREIGN KEY (id) REFERENCES users (id);");
    let folder = project_with_drift();
    edit(folder.path(), "drizzle/0000_init.sql", |it| [&it[..], block.as_bytes()].concat());
    // What was not read may be what the schema says.
    let parts =
        ["drizzle/0000_init.sql:13:", "warn[unparsed-statement]", "warn[on-delete-mismatch]"];
    check(folder.path()).says(0, &parts);
}

#[test]
fn json() {
    let list = nested("[", "]");
    let object = nested("{\"a\":", "}");
    for inner in [&list, &object] {
        let journal = format!("{{\"entries\":{inner}}}");
        let parts = ["drizzle/meta/_journal.json:1:", FAULT];
        check_with("drizzle/meta/_journal.json", &journal, 2, &parts);
        let snapshot =
            format!("{{\"version\":\"7\",\"dialect\":\"postgresql\",\"tables\":{inner}}}");
        let parts = ["drizzle/meta/0000_snapshot.json:1:", "warn[snapshot-mismatch]", FAULT];
        check_with("drizzle/meta/0000_snapshot.json", &snapshot, 1, &parts);
        for name in ["drizzle-drift.json", "drizzle-drift.jsonc"] {
            check_with(name, &format!("{{\"env\":{inner}}}"), 2, &[&format!("error: {name}:1:")]);
        }
        let manifest = format!("{{\"drizzleDrift\":{inner}}}");
        check_with("package.json", &manifest, 2, &["error: package.json:1:"]);
        let baseline = format!("{{\"version\":1,\"findings\":{inner}}}");
        check_with("drizzle-drift-baseline.json", &baseline, 2, &["is no baseline"]);
    }
    let folder = project_with_drift();
    fs::remove_file(folder.path().join("drizzle.config.ts")).unwrap();
    write(&folder.path().join("drizzle.config.json"), &format!("{{\"schema\":{list}}}"));
    check(folder.path()).says(2, &["drizzle.config.json:1:", "nesting depth"]);
}

/// A schema that imports what only a tsconfig, or a manifest, can tell the place of.
fn imports(folder: &Path) {
    let import = b"import { a } from '@/a';\nexport const more = pgTable('more', { a });\n";
    edit(folder, "src/schema.ts", |it| [&it[..], import].concat());
}

const NOT_FOUND: &str = "src/schema.ts:16:39: warn[unresolved-expression]: `a` is imported";

#[test]
fn what_imports_are_resolved_by() {
    let list = nested("[", "]");
    for (file, text) in [
        ("tsconfig.json", format!("{{\"compilerOptions\":{{\"paths\":{list}}}}}")),
        ("tsconfig.json", list.clone()),
        ("package.json", format!("{{\"imports\":{list}}}")),
        ("node_modules/@/a/package.json", format!("{{\"exports\":{}}}", nested("{\"a\":", "}"))),
        ("tsconfig.json", r#"{"extends":"./tsconfig.json"}"#.to_owned()),
        ("tsconfig.json", r#"{"extends":["./tsconfig.json","./tsconfig.json"]}"#.to_owned()),
        ("tsconfig.json", r#"{"references":[{"path":"."},{"path":"./tsconfig.json"}]}"#.to_owned()),
    ] {
        let folder = project_with_drift();
        imports(folder.path());
        write(&folder.path().join(file), &text);
        check(folder.path()).says(1, &[FAULT, NOT_FOUND]);
    }
}

#[test]
fn tsconfigs_that_extend_one_another() {
    let folder = project_with_drift();
    imports(folder.path());
    let at = |name: &str| folder.path().join(name);
    write(&at("tsconfig.json"), r#"{"extends":["./0.json","./0.json"]}"#);
    for number in 0..500 {
        let next = number + 1;
        let text = format!(r#"{{"extends":["./{next}.json","./{next}.json"]}}"#);
        write(&at(&format!("{number}.json")), &text);
    }
    write(&at("500.json"), r#"{"extends":"./0.json"}"#);
    check(folder.path()).says(1, &[FAULT, NOT_FOUND]);
}
