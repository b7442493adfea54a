//! Findings that are accepted: by comments, by the settings, by a baseline, or because nothing changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Parser;
use drift_model::Date;
use drizzle_drift::{Args, Environment, run};
use serde_json::Value;
use tempfile::TempDir;

use super::drizzle_drift;

const SCHEMA: &str = r#"import { integer, pgTable } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
  editorId: integer("editor_id").references(() => users.id, { onDelete: "cascade" }),
});
"#;

const MIGRATION: &str = r#"CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, author_id integer, editor_id integer);
ALTER TABLE posts ADD CONSTRAINT posts_author_id_users_id_fk
  FOREIGN KEY (author_id) REFERENCES users (id);
ALTER TABLE posts ADD CONSTRAINT posts_editor_id_users_id_fk
  FOREIGN KEY (editor_id) REFERENCES users (id);
"#;

/// A project in which two foreign keys differ in their actions.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(project.path().join(".git")).unwrap();
        project.write("src/schema.ts", SCHEMA);
        project.write("drizzle/0000_init.sql", MIGRATION);
        let config = r#"{ "schema": "src/schema.ts", "out": "drizzle", "dialect": "postgresql" }"#;
        project.write("drizzle.config.json", config);
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// The status and the lines of `on-delete-mismatch`, `unused-suppression` and the summary.
    fn check(&self, args: &[&str]) -> (u8, Vec<String>) {
        let rules = ["-A", "all", "-D", "on-delete-mismatch", "-W", "unused-suppression"];
        let all = [&["--format", "concise"], &rules[..], args].concat();
        let (status, output) = drizzle_drift(self.path(), &all);
        (status, output.lines().map(str::to_owned).collect())
    }

    fn git(&self, args: &[&str]) {
        let user = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut command = Command::new("git");
        let output = command.current_dir(self.path()).args(user).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

const AUTHOR: &str = "src/schema.ts:5:63: error[on-delete-mismatch]: ";
const EDITOR: &str = "src/schema.ts:6:63: error[on-delete-mismatch]: ";

fn assert_lines((status, lines): (u8, Vec<String>), expected: (u8, &[&str])) {
    let begins = lines.iter().zip(expected.1).all(|(line, begin)| line.starts_with(begin));
    assert!(
        status == expected.0 && lines.len() == expected.1.len() && begins,
        "{status} {lines:#?}"
    );
}

#[test]
fn comments_accept_on_either_side() {
    let project = Project::new();
    assert_lines(project.check(&[]), (1, &[AUTHOR, EDITOR, "2 errors"]));
    let comment = "drizzle-drift-ignore on-delete-mismatch: the next release mends it";
    let schema = SCHEMA.replace("  authorId", &format!("  // {comment}\n  authorId"));
    project.write("src/schema.ts", &schema);
    let rest = "src/schema.ts:7:63: error[on-delete-mismatch]";
    assert_lines(project.check(&[]), (1, &[rest, "1 error (1 suppressed)"]));
    // Above a statement of several lines, on the other side.
    let place = "ALTER TABLE posts ADD CONSTRAINT posts_editor";
    project.write(
        "drizzle/0000_init.sql",
        &MIGRATION.replace(place, &format!("-- {comment}\n{place}")),
    );
    assert_lines(project.check(&[]), (0, &["no findings (2 suppressed)"]));
    let (_, output) = drizzle_drift(project.path(), &["--format", "json"]);
    let output: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(output["projects"][0]["not_shown"]["suppressed"], 2);
}

#[test]
fn a_comment_that_matches_nothing_is_reported_where_that_is_known() {
    let project = Project::new();
    let comment = "// drizzle-drift-ignore on-update-mismatch, undeclared-table: why\n";
    project.write("src/schema.ts", &format!("{comment}{SCHEMA}"));
    let told = |args: &[&str]| {
        let (_, lines) = project.check(args);
        lines.iter().filter(|it| it.contains("unused-suppression")).count()
    };
    // The rules are off.
    assert_eq!(told(&[]), 0);
    assert_eq!(told(&["-W", "on-update-mismatch"]), 1);
    assert_eq!(told(&["-W", "on-update-mismatch", "-W", "undeclared-table"]), 2);
    // A source cannot be read.
    project.write("src/schema.ts", &format!("{comment}{SCHEMA}}}"));
    assert_eq!(told(&["-W", "on-update-mismatch"]), 0);
}

#[test]
fn settings_accept_until_a_day() {
    let project = Project::new();
    let ignore = |entry: &str| {
        project.write("drizzle-drift.json", &format!("{{ \"ignore\": [{entry}] }}"));
    };
    ignore(
        r#"{ "rule": "on-delete-mismatch", "table": "po*", "columns": "author_id", "reason": "why" }"#,
    );
    assert_lines(project.check(&[]), (1, &[EDITOR, "1 error (1 ignored by the settings)"]));
    ignore(r#"{ "rule": "all", "file": "drizzle/*.sql", "reason": "why" }"#);
    assert_lines(project.check(&[]), (0, &["no findings (2 ignored by the settings)"]));
    ignore(r#"{ "rule": "on-delete-mismatch", "table": "users", "reason": "why" }"#);
    let unused = "drizzle-drift.json:1:14: warn[unused-suppression]: no finding of `on-delete-mismatch` is left";
    assert_lines(project.check(&[]), (1, &[AUTHOR, EDITOR, unused, "2 errors, 1 warning"]));
    // With one project of many, nobody knows.
    assert_lines(project.check(&["drizzle.config.json"]), (1, &[AUTHOR, EDITOR, "2 errors"]));

    ignore(r#"{ "rule": "on-delete-mismatch", "reason": "why", "until": "2027-01-31" }"#);
    let on = |day: &str| {
        let args = [
            "drizzle-drift",
            "--format",
            "concise",
            "-A",
            "all",
            "-D",
            "on-delete-mismatch",
            "-W",
            "unused-suppression",
        ];
        let environment = Environment {
            today: Date::parse(day).unwrap(),
            ..Environment::new(project.path().to_path_buf())
        };
        let mut out = Vec::new();
        run(&Args::try_parse_from(args).unwrap(), &environment, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(on("2027-01-31"), "no findings (2 ignored by the settings)\n");
    let over = on("2027-02-01");
    assert!(
        over.contains("the `ignore` entry of `on-delete-mismatch` held until 2027-01-31"),
        "{over}"
    );
    assert!(over.ends_with("2 errors, 1 warning\n"), "{over}");
}

#[test]
fn levels_of_the_settings_count_unless_flags_say_otherwise() {
    let project = Project::new();
    project.write("drizzle-drift.json", r#"{ "failOn": "never", "level": "error" }"#);
    let rules = ["--format", "concise", "-A", "all", "-W", "on-delete-mismatch"];
    let run = |args: &[&str]| drizzle_drift(project.path(), &[&rules, args].concat());
    assert_eq!(run(&[]), (0, "2 warnings (2 hidden by --level)\n".to_owned()));
    assert_eq!(run(&["--fail-on", "warn"]).0, 1);
    assert!(run(&["--level", "warn"]).1.ends_with("\n2 warnings\n"));
    let rules = r#"{ "rules": { "on-delete-mismatch": "info", "all": "off" } }"#;
    project.write("drizzle-drift.json", rules);
    let (_, output) = drizzle_drift(project.path(), &["--format", "concise"]);
    assert!(output.ends_with("\n2 info\n"), "{output}");
    assert!(run(&["-A", "all"]).1.ends_with("\n2 warnings\n"));
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    let project = Project::new();
    let baseline = |args: &[&str]| {
        let rules = ["-A", "all", "-D", "on-delete-mismatch"];
        drizzle_drift(project.path(), &[&["baseline"], &rules[..], args].concat())
    };
    let file = "drizzle-drift-baseline.json";
    let told = "drizzle-drift-baseline.json: 2 accepted findings, 2 new, 0 fixed and taken out\n";
    assert_eq!(baseline(&[]), (0, told.to_owned()));
    let written = project.read(file);
    assert_eq!(written.lines().filter(|it| it.contains("posts.author_id → users.id")).count(), 1);
    assert_lines(project.check(&[]), (0, &["no findings (2 in the baseline)"]));
    // Lines and levels do not matter, nor where the command is run.
    project.write("src/schema.ts", &format!("\n\n{SCHEMA}"));
    assert_lines(
        project.check(&["-W", "on-delete-mismatch"]),
        (0, &["no findings (2 in the baseline)"]),
    );
    let (status, _) = drizzle_drift(
        &project.path().join("src"),
        &["-A", "all", "-D", "on-delete-mismatch", ".."],
    );
    assert_eq!(status, 0);
    // What changes is another finding.
    project.write("src/schema.ts", &SCHEMA.replacen("cascade", "set null", 1));
    let fixed = "1 finding of the baseline is fixed";
    assert_lines(project.check(&[]), (1, &[AUTHOR, fixed, "1 error (1 in the baseline)"]));
    // A rule that is off says nothing of what is fixed.
    assert_lines(
        project.check(&["-A", "on-delete-mismatch"]),
        (1, &[AUTHOR, fixed, "1 error (1 in the baseline)"]),
    );
    let (_, lines) = project.check(&["-A", "all"]);
    assert!(lines.iter().any(|it| it.contains(fixed)), "flags for one rule win: {lines:?}");

    let (status, output) = baseline(&["--prune"]);
    assert_eq!(
        (status, output.contains("1 accepted finding, 1 fixed and taken out")),
        (0, true),
        "{output}"
    );
    assert_lines(project.check(&[]), (1, &[AUTHOR, "1 error (1 in the baseline)"]));
    assert_eq!(baseline(&[]).0, 0);
    assert_lines(project.check(&[]), (0, &["no findings (2 in the baseline)"]));
    let before = project.read(file);
    project.write("src/schema.ts", "export const users = {");
    assert_eq!(baseline(&[]).0, 2);
    assert_eq!(project.read(file), before);
    let left = fs::read_dir(project.path()).unwrap().count();
    assert_eq!(left, 5, "no temporary file stays");
}

#[test]
fn a_baseline_that_is_named_has_to_be_there() {
    let project = Project::new();
    let failure = |args: &[&str]| {
        let args = [&["drizzle-drift"], args].concat();
        let environment = Environment::new(project.path().to_path_buf());
        let outcome = run(&Args::try_parse_from(args).unwrap(), &environment, &mut Vec::new());
        outcome.err().map(|it| it.to_string()).unwrap_or_default()
    };
    assert!(failure(&["--baseline", "ci/a.json"]).starts_with("there is no baseline ci/a.json"));
    project.write("drizzle-drift.json", r#"{ "baseline": "ci/a.json" }"#);
    assert!(failure(&[]).starts_with("there is no baseline ci/a.json"));
    fs::create_dir(project.path().join("ci")).unwrap();
    assert_eq!(failure(&["baseline"]), "");
    assert_eq!(failure(&[]), "");
    project.write("ci/a.json", "{}");
    assert!(failure(&[]).starts_with("ci/a.json is no baseline"));
}

#[test]
fn since_reports_what_has_to_do_with_what_changed() {
    let project = Project::new();
    fs::remove_dir(project.path().join(".git")).unwrap();
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-q", "-m", "a"]);
    assert_lines(
        project.check(&["--since", "HEAD"]),
        (0, &["no findings (2 outside of what changed)"]),
    );
    // One line that is not committed.
    project.write("src/schema.ts", &SCHEMA.replacen("cascade", "set null", 1));
    assert_lines(
        project.check(&["--since", "HEAD"]),
        (1, &[AUTHOR, "1 error (1 outside of what changed)"]),
    );
    // In a branch, while main goes on.
    project.git(&["checkout", "-q", "-b", "branch"]);
    project.git(&["commit", "-q", "-a", "-m", "b"]);
    project.git(&["checkout", "-q", "main"]);
    project.write("drizzle/0000_init.sql", &format!("{MIGRATION}-- more\n"));
    project.git(&["commit", "-q", "-a", "-m", "c"]);
    project.git(&["checkout", "-q", "branch"]);
    for revision in ["main", "main..."] {
        let found = project.check(&["--since", revision]);
        assert_lines(found, (1, &[AUTHOR, "1 error (1 outside of what changed)"]));
    }
    // A renamed file is the same; one that is not in the repository is new.
    project.git(&["mv", "drizzle/0000_init.sql", "drizzle/0000_first é.sql"]);
    let since = ["--since", "HEAD"];
    assert_lines(project.check(&since), (0, &["no findings (2 outside of what changed)"]));
    project.git(&["rm", "-q", "--cached", "drizzle/0000_first é.sql"]);
    assert_lines(project.check(&since), (1, &[AUTHOR, EDITOR, "2 errors"]));
}

#[test]
fn since_knows_what_was_removed() {
    let project = Project::new();
    fs::remove_dir(project.path().join(".git")).unwrap();
    let sql = MIGRATION.replace("users (id);", "users (id) ON DELETE CASCADE;");
    project.write("drizzle/0000_init.sql", &sql);
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-q", "-m", "a"]);
    let undeclared = |schema: &str, rule: &str| {
        project.write("src/schema.ts", schema);
        let args = ["--format", "concise", "-A", "all", "-D", rule, "--since", "main", "--quiet"];
        drizzle_drift(project.path(), &args).1.lines().count()
    };
    // The reference of one column, of which no line is left.
    let schema = SCHEMA.replacen(".references(() => users.id, { onDelete: \"cascade\" })", "", 1);
    assert_eq!(undeclared(&schema, "undeclared-foreign-key"), 1);
    // A whole table.
    let (schema, _) = SCHEMA.split_once("export const posts").unwrap();
    assert_eq!(undeclared(schema, "undeclared-table"), 1);
}

#[test]
fn since_says_why_it_cannot_tell() {
    let project = Project::new();
    fs::remove_dir(project.path().join(".git")).unwrap();
    let failure = |revision: &str| {
        let argument = format!("--since={revision}");
        let args = Args::try_parse_from(["drizzle-drift", &argument]).unwrap();
        let environment = Environment::new(project.path().to_path_buf());
        run(&args, &environment, &mut Vec::new()).unwrap_err().to_string()
    };
    assert!(failure("main").starts_with("--since needs a git repository: "), "{}", failure("main"));
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-q", "-m", "a"]);
    assert_eq!(failure("nowhere"), "there is no revision `nowhere`");
    assert!(failure("--output=x").contains("not `--output=x`"));
    assert!(failure("a..b").contains("not `a..b`"));
    project.git(&["checkout", "-q", "--orphan", "other"]);
    project.git(&["commit", "-q", "-m", "b"]);
    assert_eq!(failure("main"), "`main` and HEAD have no commit in common");
    // A clone of the last commit only.
    project.git(&["commit", "-q", "--allow-empty", "-m", "c"]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", project.path().display());
    let path = clone.path().to_str().unwrap();
    project.git(&["clone", "-q", "--depth", "1", &url, path]);
    let args = Args::try_parse_from(["drizzle-drift", "--since", "HEAD~1"]).unwrap();
    let environment = Environment::new(clone.path().to_path_buf());
    let error = run(&args, &environment, &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("this clone is shallow: fetch its history"), "{error}");
}
