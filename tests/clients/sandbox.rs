//! Where a client runs: the programs it needs, folders of its own, and a project with a fault.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The root of this repository.
pub(crate) fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("crates/drizzle-drift lies two levels deep").to_path_buf()
}

/// The command that was built for this test.
pub(crate) fn binary() -> PathBuf {
    env!("CARGO_BIN_EXE_drizzle-drift").into()
}

/// Whether the programs that a test needs are there. The test passes without them, with a message.
///
/// # Panics
///
/// Where one is missing although `CI` is set.
pub(crate) fn has_all(programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|it| !is_there(it)).collect();
    if missing.is_empty() {
        return true;
    }
    leave_out(&format!("{} is not installed", missing.join(", ")));
    false
}

/// Says that a test is left out, and why.
///
/// # Panics
///
/// Where `CI` is set: there everything is tested.
pub(crate) fn leave_out(reason: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    assert!(env::var_os("CI").is_none(), "{test}: {reason}");
    // The harness keeps what tests print to itself.
    let _ = writeln!(io::stderr(), "left out {test}: {reason}");
}

/// Whether a program is on the path.
pub(crate) fn is_there(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|it| it.join(program).is_file())
}

/// A new folder with a project whose schema promises a cascade that its migration does not make.
pub(crate) fn project_with_drift() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("drizzle.config.ts"), CONFIG);
    write(&folder.path().join("src/schema.ts"), SCHEMA);
    write(&folder.path().join("drizzle/0000_init.sql"), MIGRATION);
    write(&folder.path().join("drizzle/meta/_journal.json"), JOURNAL);
    folder
}

/// Mends what [`project_with_drift`] has wrong: the schema says what the migration does.
pub(crate) fn mend(folder: &Path) {
    write(&folder.join("src/schema.ts"), &SCHEMA.replace(", { onDelete: \"cascade\" }", ""));
}

/// Writes a file, and the folders that it lies in.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Runs a command to its end; gives its exit status and everything that it printed.
///
/// # Panics
///
/// Where it cannot be started.
pub(crate) fn output(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

const CONFIG: &str = r#"import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./src/schema.ts",
  out: "./drizzle",
});
"#;

pub(crate) const SCHEMA: &str = r#"import { index, integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", {
  id: integer("id").primaryKey(),
});

export const posts = pgTable(
  "posts",
  {
    id: integer("id").primaryKey(),
    authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
  },
  (table) => [index("posts_author_id").on(table.authorId)],
);
"#;

const MIGRATION: &str = r#"CREATE TABLE "users" (
	"id" integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" integer PRIMARY KEY NOT NULL,
	"author_id" integer
);
--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_id_users_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "posts_author_id" ON "posts" USING btree ("author_id");
"#;

const JOURNAL: &str = r#"{
  "version": "7",
  "dialect": "postgresql",
  "entries": [{ "idx": 0, "version": "7", "when": 1700000000000, "tag": "0000_init", "breakpoints": true }]
}
"#;

/// The project is what the tests suppose: one fault, which [`mend`] takes away.
#[test]
fn the_project_has_one_fault() {
    let folder = project_with_drift();
    let check = || output(Command::new(binary()).arg("--format=concise").current_dir(&folder));
    let (status, text) = check();
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("error[on-delete-mismatch]"), "{text}");
    mend(folder.path());
    let (status, text) = check();
    assert_eq!(status, Some(0), "{text}");
}
