//! The command as its users meet it: arguments, exit statuses, formats.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::{drizzle_drift, repository};

fn fixture(name: &str) -> PathBuf {
    repository().join("fixtures").join(name)
}

/// Runs the built command as a process of its own.
fn process(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drizzle-drift"));
    command.current_dir(folder).args(args).env_remove("GITHUB_ACTIONS");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn statuses_say_how_it_ended() {
    for (name, status) in [
        ("agreeing", 0),
        ("audit-events", 1),
        ("database-audit", 1),
        ("syntax-error", 2),
        ("missing-file", 1),
        ("missing-schema", 2),
        ("unknown-dialect", 2),
        ("unreadable-config", 2),
        ("empty-project", 2),
    ] {
        assert_eq!(process(&fixture(name), &[]).status.code(), Some(status), "{name}");
    }
}

#[test]
fn fail_on_and_rule_levels_decide_the_status() {
    let folder = fixture("audit-events");
    let status = |args: &[&str]| drizzle_drift(&folder, args).0;
    assert_eq!(status(&["--fail-on", "never"]), 0);
    assert_eq!(status(&["-W", "on-delete-mismatch"]), 0);
    assert_eq!(status(&["-W", "on-delete-mismatch", "--fail-on", "warn"]), 1);
    assert_eq!(
        status(&[
            "-A",
            "on-delete-mismatch",
            "-A",
            "constraint-name-mismatch",
            "--fail-on",
            "info"
        ]),
        0
    );
    assert_eq!(status(&["-A", "on-delete-mismatch", "-D", "constraint-name-mismatch"]), 1);
}

#[test]
fn level_hides_what_is_less_severe() {
    let folder = fixture("audit-events");
    let (_, all) = drizzle_drift(&folder, &["--format", "concise"]);
    let (_, errors) = drizzle_drift(&folder, &["--format", "concise", "--level", "error"]);
    assert!(all.contains("info[constraint-name-mismatch]"), "{all}");
    assert!(!errors.contains("constraint-name-mismatch"), "{errors}");
}

#[test]
fn bad_usage_is_status_2_and_says_why() {
    let folder = fixture("agreeing");
    for args in [
        &["--format", "xml"][..],
        &["explain", "on-delete-missmatch"],
        &["-D", "no-such-rule"],
        &["--dialect", "oracle", "--schema", "a.ts"],
        &["--nonsense"],
        &["some-folder", "--schema", "a.ts"],
    ] {
        let output = process(&folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains("error:"), "{args:?}");
    }
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let (status, output) = drizzle_drift(&fixture("agreeing"), &["nowhere/db"]);
    assert_eq!(status, 2);
    assert!(output.contains("error: nowhere/db: no such file or directory"), "{output}");
}

#[test]
fn a_rule_that_is_not_named_is_not_answered_with_all_of_them() {
    let output = process(&fixture("agreeing"), &["-D"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(message.contains("`drizzle-drift rules` lists them"), "{message}");
    assert!(!message.contains("on-delete-mismatch"), "{message}");
    let output = process(&fixture("agreeing"), &["--format", "xml"]);
    assert!(text(&output.stderr).contains("[possible values: pretty, concise,"));
}

#[test]
fn a_word_that_is_no_command_and_no_path_is_named() {
    let folder = fixture("agreeing");
    for args in [&["chekc"][..], &["chekc", "--prune"], &["-q", "chekc"], &["chekc", "src"]] {
        let output = process(&folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let message = "error: there is no command or path `chekc`; did you mean `check`?\n";
        assert_eq!(text(&output.stderr), message, "{args:?}");
    }
    let output = process(&folder, &["drizzle.config.ts", "--prune"]);
    assert!(text(&output.stderr).contains("unexpected argument '--prune'"));
}

#[test]
fn nothing_to_compare_is_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let (status, output) = drizzle_drift(folder.path(), &[]);
    assert_eq!(
        (status, output.as_str()),
        (2, "no project was checked: there is no drizzle config here\n")
    );
}

#[test]
fn flags_take_the_place_of_a_config() {
    let folder = fixture("agreeing");
    let args = ["--schema", "src/schema.ts", "--migrations", "drizzle", "--dialect", "postgresql"];
    let (status, output) = drizzle_drift(&folder, &args);
    assert_eq!(status, 0, "{output}");
    // A journal names the dialect, so that the flag may be left out.
    assert_eq!(drizzle_drift(&folder, &args[..4]).0, 0);
}

#[test]
fn a_script_with_flags_is_a_project() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("packages/db");
    fs::create_dir_all(package.join("sql")).unwrap();
    let script = "drizzle-kit generate --dialect=sqlite --schema=./schema.ts --out=sql";
    let manifest = serde_json::json!({ "scripts": { "db:generate": script } }).to_string();
    fs::write(package.join("package.json"), manifest).unwrap();
    let schema = r#"
        import { sqliteTable, integer } from "drizzle-orm/sqlite-core";
        export const users = sqliteTable("users", { id: integer("id").primaryKey() });
    "#;
    fs::write(package.join("schema.ts"), schema).unwrap();
    let sql = "CREATE TABLE users (id integer PRIMARY KEY NOT NULL);";
    fs::write(package.join("sql/0000_init.sql"), sql).unwrap();
    let (status, output) = drizzle_drift(folder.path(), &[]);
    assert_eq!(status, 0, "{output}");
    assert!(output.starts_with("packages/db#db:generate: 1 table"), "{output}");
}

#[test]
fn imports_tell_a_dialect_that_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    fs::create_dir(folder.path().join("sql")).unwrap();
    write("drizzle.config.ts", "export default { schema: './schema.ts', out: './sql' };");
    write("sql/0.sql", "CREATE TABLE users (id integer PRIMARY KEY NOT NULL);");
    let schema = "import { sqliteTable, integer } from 'drizzle-orm/sqlite-core';
        export const users = sqliteTable('users', { id: integer('id').primaryKey() });";
    write("schema.ts", schema);
    let (status, output) = drizzle_drift(folder.path(), &[]);
    assert_eq!(status, 0, "{output}");
    // Not where the schema serves two.
    write("schema.ts", &format!("import {{ pgTable }} from 'drizzle-orm/pg-core'; {schema}"));
    let (status, output) = drizzle_drift(folder.path(), &[]);
    assert_eq!(status, 2, "{output}");
    assert!(output.contains("its dialect is not known; give it with --dialect"), "{output}");
}

#[test]
fn the_shape_of_the_migrations_tells_which_line_of_drizzle_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let schema = "import { pgTable, integer } from 'drizzle-orm/pg-core';
        export const users = pgTable('users', { id: integer('id').primaryKey(),
            by: integer('by').references(() => users.id) });";
    write("schema.ts", schema);
    let config = "export default { schema: 'schema.ts', dialect: 'postgresql', out: 'sql' };";
    write("drizzle.config.ts", config);
    write("sql/20260101000000_init/migration.sql", "CREATE TABLE users (id integer PRIMARY KEY);");
    let lists = |args: &[&str], name: &str| {
        let args = [&["list", "--source", "schema", "--format", "json"], args].concat();
        let (_, output) = drizzle_drift(folder.path(), &args);
        assert!(output.contains(&format!("\"{name}\"")), "{args:?}: {output}");
    };
    lists(&[], "users_by_users_id_fkey");
    lists(&["--drizzle", "0.x"], "users_by_users_id_fk");
    write("package.json", r#"{ "dependencies": { "drizzle-orm": "^0.45.0" } }"#);
    lists(&[], "users_by_users_id_fk");
    lists(&["--drizzle", "1.0"], "users_by_users_id_fkey");
}

#[test]
fn settings_decide_what_the_environment_is() {
    let folder = fixture("env-settings");
    let (status, output) = drizzle_drift(&folder, &["--format", "concise"]);
    assert_eq!(status, 1);
    assert!(output.contains("acme_notes.author_id → acme_users.id"), "{output}");
    // They hold below their folder as well, but not where other settings are named.
    let (_, below) = drizzle_drift(&folder.join("src"), &["--format", "concise", ".."]);
    assert!(below.contains("acme_notes.author_id → acme_users.id"), "{below}");
    let other = tempfile::tempdir().unwrap();
    let file = other.path().join("ci.json");
    fs::write(&file, r#"{ "env": { "MIGRATIONS_DIR": "drizzle" } }"#).unwrap();
    let (_, named) = drizzle_drift(&folder, &["--config", file.to_str().unwrap()]);
    assert!(named.contains("no more is known than `*_notes`"), "{named}");
}

#[test]
fn flags_win_over_the_rules_of_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let write = |rules: &str| {
        let text = format!("{{ \"rules\": {{ {rules} }} }}");
        fs::write(folder.path().join("settings.jsonc"), text).unwrap();
    };
    let settings = folder.path().join("settings.jsonc");
    let run = |args: &[&str]| {
        let args = [&["--config", settings.to_str().unwrap()], args].concat();
        drizzle_drift(&fixture("audit-events"), &args).0
    };
    write(r#""on-delete-mismatch": "off""#);
    assert_eq!(run(&[]), 0);
    assert_eq!(run(&["-D", "on-delete-mismatch"]), 1);
    write(r#""on-delete-mismatch": "warn", "constraint-name-mismatch": "error""#);
    assert_eq!(run(&[]), 1);
    assert_eq!(run(&["-A", "constraint-name-mismatch"]), 0);
    assert_eq!(run(&["-A", "constraint-name-mismatch", "--fail-on", "warn"]), 1);
    write(r#""on-delete-mismatch": "info""#);
    assert_eq!(run(&["--fail-on", "warn"]), 0);
}

#[test]
fn settings_that_are_not_understood_are_status_2() {
    let folder = tempfile::tempdir().unwrap();
    for (settings, expected) in [
        ("{\n  \"enf\": {}\n}", "drizzle-drift.json:2:3: unknown key `enf`; did you mean `env`?"),
        (
            r#"{ "rules": { "on-delete-missmatch": "off" } }"#,
            "drizzle-drift.json:1:14: `on-delete-missmatch`: there is no such rule; did you mean \
             `on-delete-mismatch`?",
        ),
        (
            r#"{ "policies": [{ "references": "users.id", "onDelete": "casacde" }] }"#,
            "drizzle-drift.json:1:56: unknown action `casacde`; did you mean `cascade`?",
        ),
        (
            r#"{ "projects": [{ "shema": "a.ts" }] }"#,
            "drizzle-drift.json:1:18: unknown key `shema`; did you mean `schema`?",
        ),
        (
            r#"{ "projects": [{ "migrations": "sql", "engine": "oracle" }] }"#,
            "drizzle-drift.json:1:49: unknown engine `oracle`: expected postgresql, cockroachdb, \
             mysql, mariadb, sqlite, libsql or d1, with a version as in mysql-8.4 where it matters",
        ),
    ] {
        fs::write(folder.path().join("drizzle-drift.json"), settings).unwrap();
        for command in ["check", "list"] {
            let output = process(folder.path(), &[command]);
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(text(&output.stderr), format!("error: {expected}\n"));
        }
    }
}

#[test]
fn a_flag_says_which_line_of_drizzle_it_is() {
    let folder = fixture("agreeing");
    let names = |args: &[&str]| {
        let (_, output) = drizzle_drift(&folder, &[&["list", "--format", "json"], args].concat());
        output.matches("_fkey\"").count()
    };
    assert_eq!(names(&["--source", "schema", "--drizzle", "0.x"]), 0);
    assert_ne!(names(&["--source", "schema", "--drizzle", "1.0"]), 0);
}

#[test]
fn statistics_name_what_is_exported_and_could_not_be_evaluated() {
    let folder = fixture("unread-exports");
    let (_, output) = drizzle_drift(&folder, &["--stats", "--format", "concise"]);
    let expected = [
        "  4 exported values could not be evaluated:",
        "    src/schema.ts:5:23: `client`: this is imported from `postgres`, which was not found",
    ];
    assert!(output.contains(&expected.join("\n")), "{output}");
    let (_, output) = drizzle_drift(&folder, &["--stats", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(json["projects"][0]["opaque_exports"][0]["name"], "client");
    assert_eq!(json["projects"][0]["sources"]["schema"]["unresolved"], 2);
    let (_, output) = drizzle_drift(&folder, &["list", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    let unresolved = &json["projects"][0]["sources"]["schema"]["unresolved"];
    assert_eq!(unresolved.as_array().map(Vec::len), Some(2), "{unresolved}");
    assert_eq!(unresolved[0]["location"]["line"], 12);
}

#[test]
fn projects_may_have_their_migrations_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    let import = r#"import { sqliteTable, integer } from "drizzle-orm/sqlite-core";"#;
    for name in ["users", "posts"] {
        let table = format!(r#"export const t = sqliteTable("{name}", {{ id: integer("id") }});"#);
        write(&format!("{name}.ts"), &format!("{import}\n{table}"));
        let config = format!(r#"export default {{ dialect: "sqlite", schema: "./{name}.ts" }};"#);
        write(&format!("drizzle.config.{name}.ts"), &config);
    }
    fs::create_dir(folder.path().join("drizzle")).unwrap();
    let sql =
        "CREATE TABLE users (id integer); CREATE TABLE posts (id integer); CREATE TABLE x (y);";
    write("drizzle/0000_init.sql", sql);
    let (status, output) = drizzle_drift(folder.path(), &["--format", "concise"]);
    assert_eq!(output.matches("undeclared-table").count(), 2, "{output}");
    assert_eq!(output.matches("`x` is created").count(), 2, "{output}");
    assert_eq!(status, 0, "{output}");
}

#[test]
fn long_names_of_postgresql_are_those_that_it_cuts() {
    let folder = tempfile::tempdir().unwrap();
    let (table, column) = ("t".repeat(70), "c".repeat(70));
    let schema = format!(
        r#"import {{ integer, pgTable }} from "drizzle-orm/pg-core";
        export const long = pgTable("{table}", {{
          id: integer("id").primaryKey(),
          parent: integer("{column}").references(() => long.id),
        }});"#
    );
    let sql = format!(
        "CREATE TABLE \"{table}\" (\"id\" integer PRIMARY KEY, \"{column}\" integer);
        ALTER TABLE \"{table}\" ADD CONSTRAINT \"{table}_{column}_{table}_id_fk\"
          FOREIGN KEY (\"{column}\") REFERENCES \"{table}\" (\"id\");
        CREATE INDEX parents ON \"{table}\" (\"{column}\");"
    );
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    fs::write(folder.path().join("0.sql"), sql).unwrap();
    let args = ["--schema", "schema.ts", "--migrations", "0.sql", "--dialect", "postgresql"];
    let (status, output) = drizzle_drift(folder.path(), &args);
    assert!(status == 0 && !output.contains("constraint-name-mismatch"), "{output}");
    assert!(output.contains("2 info"), "{output}");
}

#[test]
fn statistics_account_for_what_the_migrations_mention() {
    let folder = tempfile::tempdir().unwrap();
    let sql = "
        CREATE TABLE users (id integer PRIMARY KEY, team_id integer);
        CREATE TABLE posts (user_id integer REFERENCES users (id));
        CREATE TABLE IF NOT EXISTS posts (user_id integer REFERENCES users (id)); -- REFERENCES
    ";
    fs::create_dir(folder.path().join("sql")).unwrap();
    fs::write(folder.path().join("sql/0.sql"), sql).unwrap();
    let args = ["--migrations", "sql", "--dialect", "postgresql", "--stats", "--quiet"];
    let (_, output) = drizzle_drift(folder.path(), &args);
    let tally = "  2 mentions of foreign keys in the text of the migrations, 2 accounted for: \
                 1 made one, 1 in statements that changed nothing\n";
    assert!(output.contains(tally), "{output}");
}

#[test]
fn statistics_account_for_what_the_schema_mentions() {
    let folder = tempfile::tempdir().unwrap();
    let schema = r#"
        import { sqliteTable, integer } from "drizzle-orm/sqlite-core";
        export const users = sqliteTable("users", { id: integer("id").references(() => users.id) });
        const hidden = sqliteTable("hidden", { id: integer("id").references(() => users.id) });
        register(sqliteTable("lost", { id: integer("id").references(() => users.id) }));
    "#;
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    let args = ["--schema", "schema.ts", "--dialect", "sqlite", "--stats", "--format"];
    let (_, output) = drizzle_drift(folder.path(), &[&args[..], &["concise"]].concat());
    let lines: Vec<&str> = output.lines().rev().take(4).collect();
    assert_eq!(lines[3], ".:");
    assert_eq!(lines[2], "  schema: 1 table, 1 foreign key, 0 not read");
    assert_eq!(
        lines[1],
        "  3 mentions of foreign keys in the text of the schema, 2 accounted for: 1 read, 1 not exported"
    );
    assert_eq!(lines[0], "  not accounted for: schema.ts:5:58");
    let (_, output) = drizzle_drift(folder.path(), &[&args[..], &["json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    let mentions = &json["projects"][0]["mentions"]["schema"];
    assert_eq!((&mentions["count"], &mentions["accounted_for"]), (&3.into(), &2.into()));
    assert_eq!(mentions["difference"][0]["line"], 5);
    let without = drizzle_drift(folder.path(), &["--schema", "schema.ts", "--format", "json"]).1;
    assert!(!without.contains("mentions"), "{without}");
}

#[test]
fn every_mention_of_the_fixtures_is_accounted_for() {
    for folder in fs::read_dir(repository().join("fixtures")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let (_, output) = drizzle_drift(&folder, &["--stats", "--format", "concise"]);
            assert!(!output.contains("not accounted for"), "{}: {output}", folder.display());
        }
    }
}

#[test]
fn one_source_can_be_listed_alone() {
    let folder = fixture("agreeing");
    let (status, output) = drizzle_drift(&folder, &["list", "--migrations", "drizzle"]);
    assert_eq!(status, 0);
    assert!(output.contains(" migrations: ") && !output.contains(" schema: "), "{output}");
    let (_, output) = drizzle_drift(&folder, &["list", "--source", "schema"]);
    assert!(output.contains(" schema: ") && !output.contains(" migrations: "), "{output}");
}

#[test]
fn the_newest_snapshot_is_a_source() {
    let folder = fixture("sqlite-add-column");
    let (status, output) = drizzle_drift(&folder, &["list", "--source", "snapshot"]);
    assert_eq!(status, 0);
    assert!(output.starts_with(". snapshot: 4 tables, 4 foreign keys\n"), "{output}");
    assert!(
        output.contains("on delete set null    drizzle/meta/0002_snapshot.json:100:9"),
        "{output}"
    );
    let (_, output) = drizzle_drift(&folder, &["list"]);
    assert!(output.contains(". migrations: ") && output.contains(". snapshot: "), "{output}");
    // What has changed since the first one lies in the folders after it.
    let arguments = ["list", "--source", "snapshot", "--format", "json"];
    let (_, output) = drizzle_drift(&fixture("folders-1.0"), &arguments);
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    let sources = json["projects"][0]["sources"].as_object().unwrap();
    assert_eq!(sources.keys().collect::<Vec<_>>(), ["snapshot"]);
    let snapshot = &sources["snapshot"];
    assert_eq!(snapshot["foreign_keys"].as_array().unwrap().len(), 4);
    assert_eq!(snapshot["later_migrations"], serde_json::json!([]));
    let file = snapshot["file"].as_str().unwrap();
    assert!(file.ends_with("_keep_loans/snapshot.json"), "{file}");
    let (status, output) = drizzle_drift(&fixture("agreeing"), &["list", "--source", "snapshot"]);
    assert_eq!((status, output.as_str()), (0, ". snapshot: there is none\n"));
}

#[test]
fn a_snapshot_says_what_it_is_older_than() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("sql/meta/_journal.json", r#"{ "entries": [{ "tag": "0000_a" }, { "tag": "0001_b" }] }"#);
    write("sql/0000_a.sql", "create table a (id int primary key);");
    write("sql/0001_b.sql", "create table b (id int primary key);");
    let snapshot = r#"{ "version": "7", "dialect": "postgresql", "tables": {} }"#;
    write("sql/meta/0000_snapshot.json", snapshot);
    let arguments =
        ["list", "--migrations", "sql", "--dialect", "postgresql", "--source", "snapshot"];
    let (status, output) = drizzle_drift(folder.path(), &arguments);
    let expected =
        ". snapshot: 0 tables, 0 foreign keys, older than 1 migration, from 0001_b.sql on\n";
    assert_eq!((status, output.as_str()), (0, expected));
    // A broken one is an error of `list`, and a warning of `check`, which does without.
    write("sql/meta/0001_snapshot.json", "<<<<<<< HEAD\n");
    let (status, output) = drizzle_drift(folder.path(), &arguments);
    assert_eq!(status, 2);
    assert!(output.starts_with("sql/meta/0001_snapshot.json:1:1: error: the snapshot"), "{output}");
    let schema = r#"import { integer, pgTable } from "drizzle-orm/pg-core";
        export const a = pgTable("a", { id: integer("id").primaryKey() });
        export const b = pgTable("b", { id: integer("id").primaryKey() });"#;
    write("schema.ts", schema);
    let arguments = ["--schema", "schema.ts", "--migrations", "sql", "--dialect", "postgresql"];
    let (status, output) =
        drizzle_drift(folder.path(), &[&arguments[..], &["--format", "concise"]].concat());
    assert_eq!(status, 0, "{output}");
    let expected = "sql/meta/0001_snapshot.json:1:1: warn[snapshot-mismatch]: the snapshot";
    assert!(output.starts_with(expected), "{output}");
}

#[test]
fn a_list_says_what_was_not_read() {
    let (_, output) = drizzle_drift(&fixture("agreeing"), &["list"]);
    assert!(!output.contains("not read"), "{output}");
    let (_, output) = drizzle_drift(&fixture("unread-exports"), &["list", "--source", "schema"]);
    assert!(output.contains(" not read\n") && output.contains("  not read: "), "{output}");
}

#[test]
fn a_concise_line_is_place_level_rule_and_message() {
    let (_, output) = drizzle_drift(&fixture("audit-events"), &["--format", "concise"]);
    let first = output.lines().next().unwrap();
    let mut parts = first.splitn(4, ':');
    assert_eq!(parts.next(), Some("src/db/schema/events.ts"));
    assert!(
        parts.next().unwrap().parse::<u32>().is_ok()
            && parts.next().unwrap().parse::<u32>().is_ok()
    );
    assert!(parts.next().unwrap().starts_with(" error[on-delete-mismatch]: "), "{first}");
}

#[test]
fn json_has_both_places_of_a_finding() {
    let (_, output) = drizzle_drift(&fixture("audit-events"), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(json["version"], 1);
    let finding = &json["projects"][0]["findings"][0];
    assert_eq!(finding["rule"], "on-delete-mismatch");
    assert_eq!(finding["foreign_key"], "privacy_events.agent_id → agents.id");
    let files: Vec<&str> = finding["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| label["location"]["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["src/db/schema/events.ts", "drizzle/0004_keep_privacy_events.sql"]);
}

#[test]
fn list_json_is_the_documented_contract() {
    let (status, output) =
        drizzle_drift(&fixture("sqlite-add-column"), &["list", "--format", "json"]);
    assert_eq!(status, 0);
    let json: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(json["version"], 1);
    let project = &json["projects"][0];
    assert_eq!(project["dialect"], "sqlite");
    for source in ["schema", "migrations"] {
        let source = &project["sources"][source];
        assert!(source["tables"].is_u64() && source["unresolved"].is_array());
        let foreign_key = source["foreign_keys"][0].as_object().unwrap();
        let mut keys: Vec<&str> = foreign_key.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "location",
                "name",
                "on_delete",
                "on_update",
                "referenced_columns",
                "referenced_table",
                "referencing_columns",
                "referencing_table",
            ]
        );
        assert!(foreign_key["name"].is_null(), "SQLite keeps no names");
    }
}

#[test]
fn every_rule_is_listed_and_explained() {
    let folder = repository();
    let (_, listed) = drizzle_drift(&folder, &["rules"]);
    assert_eq!(listed.lines().count(), drift_rules::RULES.len());
    for rule in drift_rules::RULES {
        assert!(listed.contains(rule.name));
        assert!(drizzle_drift(&folder, &["explain", rule.name]).1.contains(rule.doc.trim()));
    }
}

#[test]
fn colors_are_for_terminals_unless_asked_for() {
    let folder = fixture("audit-events");
    let has_colors = |args: &[&str]| text(&process(&folder, args).stdout).contains("\u{1b}[");
    assert!(!has_colors(&[]));
    assert!(!has_colors(&["--color", "never"]));
    assert!(has_colors(&["--color", "always"]));
}

#[test]
fn max_findings_counts_the_rest() {
    let (_, output) = drizzle_drift(&fixture("mysql-relations"), &["--max-findings", "2"]);
    assert!(output.contains("more; --max-findings 0 shows all"), "{output}");
    let (_, quiet) =
        drizzle_drift(&fixture("mysql-relations"), &["--max-findings", "2", "--quiet"]);
    assert!(!quiet.contains("more; --max"), "{quiet}");
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = command(&fixture("mysql-relations"), &["--max-findings", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    // The pipe is closed here, long before everything is printed; what was written in time may
    // have been all of it, in which case the findings decide.
    let status = child.wait().unwrap().code();
    assert!(matches!(status, Some(0 | 1)), "{status:?}");
}

#[test]
fn the_rest_is_checked_when_a_file_is_broken() {
    let (_, output) = drizzle_drift(&fixture("syntax-error"), &["--format", "concise"]);
    let error = output.lines().find(|line| line.contains(": error: ")).unwrap();
    assert!(error.starts_with("src/"), "{error}");
    assert!(error.split(':').nth(1).unwrap().parse::<u32>().is_ok(), "{error}");
    let (status, output) = drizzle_drift(&fixture("broken-statement"), &["--format", "concise"]);
    assert!(output.contains("[unparsed-statement]"), "{output}");
    assert_ne!(status, 2, "a statement that was not read is a finding, not a failure");
}

#[test]
fn bytes_of_another_encoding_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let schema = b"// cr\xe9ation\nimport { integer, pgTable } from 'drizzle-orm/pg-core';\n\
        export const a = pgTable('a', { id: integer().primaryKey() });\n";
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    fs::write(folder.path().join("0.sql"), b"-- cr\xe9ation\nCREATE TABLE a (id integer);")
        .unwrap();
    let args = ["--schema", "schema.ts", "--migrations", "0.sql", "--dialect", "postgresql"];
    assert_eq!(drizzle_drift(folder.path(), &args).0, 0);
}

#[test]
fn nothing_is_missing_while_a_migration_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let schema = "import { integer, pgTable } from 'drizzle-orm/pg-core';\n\
        export const a = pgTable('a', { id: integer().primaryKey() });\n";
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    // A folder by the name of a migration: there, but no file.
    fs::create_dir_all(folder.path().join("sql/meta")).unwrap();
    fs::create_dir(folder.path().join("sql/0000_a.sql")).unwrap();
    let journal =
        r#"{ "dialect": "postgresql", "entries": [{ "idx": 0, "when": 1, "tag": "0000_a" }] }"#;
    fs::write(folder.path().join("sql/meta/_journal.json"), journal).unwrap();
    let args = ["--schema", "schema.ts", "--migrations", "sql", "--format", "concise"];
    let (status, output) = drizzle_drift(folder.path(), &args);
    assert_eq!(status, 2, "{output}");
    assert!(output.contains("0000_a"), "{output}");
}

#[test]
fn hidden_findings_are_counted_and_fail_the_run() {
    let folder = fixture("audit-events");
    let args = ["--format", "concise", "--level", "error", "-A", "on-delete-mismatch"];
    let (status, output) = drizzle_drift(&folder, &args);
    assert_eq!((status, output.as_str()), (0, "1 info (1 hidden by --level)\n"));
    let (status, _) = drizzle_drift(&folder, &[&args[..], &["--fail-on", "info"]].concat());
    assert_eq!(status, 1);
}

#[test]
fn the_engine_decides_about_inline_references() {
    let folder = tempfile::tempdir().unwrap();
    let sql = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a (id));";
    fs::write(folder.path().join("0.sql"), sql).unwrap();
    let count = |engine: &str| {
        let args = ["list", "--migrations", "0.sql", "--dialect", "mysql", "--engine", engine];
        drizzle_drift(folder.path(), &args).1.lines().count() - 1
    };
    assert_eq!((count("mysql-8.4"), count("mysql-9.0"), count("mariadb-10.11")), (0, 1, 1));
}

#[test]
fn the_nearest_word_on_the_engine_counts() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let made = |settings: &str, args: &[&str]| {
        write("drizzle-drift.json", settings);
        let args = [&["list", "--source", "migrations"], args].concat();
        let (_, output) = drizzle_drift(folder.path(), &args);
        output
    };
    fs::create_dir(folder.path().join("sql")).unwrap();
    write(
        "sql/0001_a.sql",
        "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (x int REFERENCES a (id));",
    );
    let project = |engine: &str| {
        format!(r#""projects": [{{ "migrations": "sql", "dialect": "mysql"{engine} }}]"#)
    };
    let own = project(r#", "engine": "mariadb""#);
    let has_key = |output: String| output.contains("1 foreign key");
    assert!(!has_key(made(&format!("{{ {} }}", project("")), &[])));
    assert!(has_key(made(&format!(r#"{{ "engine": "mysql-9.0", {} }}"#, project("")), &[])));
    assert!(has_key(made(&format!(r#"{{ "engine": "mysql-8.4", {own} }}"#), &[])));
    assert!(!has_key(made(&format!("{{ {own} }}"), &["--engine", "mysql-8.4"])));
    // Without a dialect, the engine tells it; one of another dialect is a mistake.
    let alone = r#"{ "projects": [{ "migrations": "sql", "engine": "mariadb" }] }"#;
    assert!(has_key(made(alone, &[])));
    let wrong = made(&format!("{{ {} }}", project(r#", "engine": "sqlite""#)), &[]);
    assert!(wrong.contains("json:1:69: error: `sqlite` does not run MySQL"), "{wrong}");
}

#[test]
fn statistics_name_the_files_that_are_not_applied() {
    let args = ["--format", "concise", "--stats"];
    let (_, output) = drizzle_drift(&fixture("unlisted-files"), &args);
    insta::assert_snapshot!(output, @"
    src/schema.ts:11:34: error[missing-foreign-key]: posts.editor_id → users.id is declared in the schema, but no migration creates it
    drizzle/0003_editor_key.sql:2:1: warn[unjournaled-migration]: `0003_editor_key.sql` is not in the journal, so no migrator applies it
    drizzle/meta/_journal.json:23:14: warn[out-of-order-migration]: `0002_editor.sql` is dated no later than `0001_comments.sql`, so a database that already has that one skips it
    drizzle/0001_gloomy_comments.sql:1:1: info[unjournaled-migration]: `0001_gloomy_comments.sql` is not in the journal, and other migrations make what it would make
    src/schema.ts:10:34: info[implicit-on-delete]: posts.author_id → users.id says nothing about deletes, so PostgreSQL refuses to delete a row of `users` that is referenced
    src/schema.ts:10:34: info[unindexed-foreign-key]: posts.author_id → users.id has no index that begins with its columns
    src/schema.ts:16:30: info[unindexed-foreign-key]: comments.post_id → posts.id has no index that begins with its columns
    1 error, 2 warnings, 4 info
    .:
      schema: 3 tables, 3 foreign keys, 0 not read
      migrations: 3 tables, 2 foreign keys, 0 not read
      3 migrations applied, 4 `.sql` files not:
        not listed: drizzle/0001_gloomy_comments.sql, drizzle/0003_editor_key.sql, drizzle/seed.sql
        a way back: drizzle/rollback_0003.sql
      3 mentions of foreign keys in the text of the schema, 3 accounted for: 3 read
      2 mentions of foreign keys in the text of the migrations, 2 accounted for: 2 made one
    ");
    let (status, output) =
        drizzle_drift(&fixture("missing-file"), &["list", "--source", "migrations"]);
    assert_eq!(status, 2);
    let expected = "drizzle/meta/_journal.json:16:14: error: `0001_votes.sql` is listed";
    assert!(output.contains(expected), "{output}");
}

#[test]
fn places_are_right_behind_characters_of_several_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let accents = "é".repeat(200);
    let schema = format!(
        "import {{ integer, pgTable }} from 'drizzle-orm/pg-core';\n// {accents}\n\
         export const a = pgTable('a', {{ id: integer().primaryKey() }});\n\
         export const b = pgTable('b', {{ aId: integer('a_id').references(() => a.id) }});\n"
    );
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    let sql = format!(
        "-- {accents}\nCREATE TABLE a (id integer PRIMARY KEY);\n\
         CREATE TABLE b (a_id integer REFERENCES a (id) ON DELETE CASCADE);\n"
    );
    fs::write(folder.path().join("0000.sql"), sql).unwrap();
    let args = ["--schema", "schema.ts", "--migrations", "0000.sql", "--dialect", "postgresql"];
    let (_, output) = drizzle_drift(folder.path(), &args);
    assert!(output.contains("--> schema.ts:4:54\n"), "{output}");
    assert!(output.contains("::: 0000.sql:3:48\n"), "{output}");
}

/// A thread that takes up another project while it waits for one has no stack left after a few hundred.
#[test]
fn hundreds_of_projects_are_read() {
    const COUNT: usize = 400;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for number in 0..COUNT {
        let project = folder.path().join(number.to_string());
        fs::create_dir_all(project.join("sql")).unwrap();
        let config = "export default { dialect: 'sqlite', schema: './schema.ts', out: './sql' };";
        fs::write(project.join("drizzle.config.ts"), config).unwrap();
        let schema = "import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
            export const a = sqliteTable('a', { b: integer().references(() => a.b) });";
        fs::write(project.join("schema.ts"), schema).unwrap();
        fs::write(project.join("sql/0000_init.sql"), "CREATE TABLE a (b integer);").unwrap();
    }
    let (_, output) = drizzle_drift(folder.path(), &["check", "--format=concise", "--quiet"]);
    assert_eq!(output.matches("[missing-foreign-key]").count(), COUNT);
}
