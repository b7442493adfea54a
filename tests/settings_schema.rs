//! The JSON Schema of the settings: that it is the one in the repository, and that it takes and refuses
//! what the command does.

use std::fs;

use clap::Parser;
use drift_rules::RULES;
use drizzle_drift::{Args, Environment, run};
use serde_json::Value;

use super::repository;

const PATH: &str = "schemas/drizzle-drift.schema.json";

#[test]
fn the_schema_is_what_the_types_say() {
    let path = repository().join(PATH);
    let expected = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == expected, "{PATH} is out of date: run the tests with UPDATE_RULES=1");
}

#[test]
fn takes_what_the_readme_shows_and_what_fixtures_have() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, settings) = readme.split_once("\n## Settings\n").unwrap();
    let (_, example) = settings.split_once("```jsonc\n").unwrap();
    check(example.split_once("```").unwrap().0, true);
    let folders = fs::read_dir(repository().join("fixtures")).unwrap();
    let mut found = 0;
    for folder in folders.map(|it| it.unwrap().path()) {
        for name in ["drizzle-drift.json", "drizzle-drift.jsonc"] {
            if let Ok(settings) = fs::read_to_string(folder.join(name)) {
                check(&settings, true);
                found += 1;
            }
        }
    }
    assert!(found > 0, "some fixture has settings");
}

#[test]
fn takes_and_refuses_what_the_command_does() {
    for settings in [
        r#"{}"#,
        r#"{ "$schema": "../schemas/drizzle-drift.schema.json" }"#,
        r#"{ "projects": [] }"#,
        r#"{ "projects": [{ "schema": "a.ts", "order": ["a.sql"], "apply": "b.sql", "drizzle": "1.0" }] }"#,
        r#"{ "projects": [{ "migrations": "sql", "dialect": "turso", "engine": "mariadb-10.11.2", "casing": "camelCase" }] }"#,
        r#"{ "engine": "cockroachdb" }"#,
        r#"{ "engine": "mysql-8" }"#,
        r#"{ "rules": { "all": "off", "on-delete-mismatch": "error" } }"#,
        r#"{ "policies": [{ "references": "users.id", "onDelete": "cascade", "onUpdate": ["no action"] }] }"#,
        r#"{ "policies": [{ "table": "audit_*", "onUpdate": ["restrict", "set default"], "except": "a" }] }"#,
        r#"{ "policies": [{ "deletable": "users", "except": ["a"], "reason": "why" }] }"#,
        r#"{ "auditTables": "audit_*", "level": "warn", "failOn": "never", "baseline": "a.json" }"#,
        r#"{ "ignore": [{ "rule": ["missing-table", "all"], "columns": "a", "file": "*.sql", "reason": "why", "until": "2028-02-29" }] }"#,
    ] {
        check(settings, true);
    }
    for settings in [
        r#"[]"#,
        r#"{ "projcts": [] }"#,
        r#"{ "projects": {} }"#,
        r#"{ "projects": [{}] }"#,
        r#"{ "projects": [{ "skip": "a" }] }"#,
        r#"{ "projects": [{ "schema": [] }] }"#,
        r#"{ "projects": [{ "schema": "a", "dialect": "postgres" }] }"#,
        r#"{ "projects": [{ "schema": "a", "casing": "kebab" }] }"#,
        r#"{ "projects": [{ "schema": "a", "order": "names" }] }"#,
        r#"{ "projects": [{ "schema": "a", "drizzle": "2.0" }] }"#,
        r#"{ "projects": [{ "schema": "a", "apply": [1] }] }"#,
        r#"{ "projects": [{ "schema": "a", "engine": "oracle" }] }"#,
        r#"{ "engine": "mysql-8.x" }"#,
        r#"{ "engine": "mysql-8.0.0.1" }"#,
        r#"{ "engine": null }"#,
        r#"{ "env": { "A": 1 } }"#,
        r#"{ "rules": { "on-delete-mismatch": "warning" } }"#,
        r#"{ "rules": { "on-delete-missmatch": "warn" } }"#,
        r#"{ "policies": [{ "references": "users.id" }] }"#,
        r#"{ "policies": [{ "references": "users.id", "onDelete": [] }] }"#,
        r#"{ "policies": [{ "references": "users.id", "onDelete": "CASCADE" }] }"#,
        r#"{ "policies": [{ "references": "users.id", "table": "a", "onDelete": "cascade" }] }"#,
        r#"{ "policies": [{ "deletable": "users", "onDelete": "cascade" }] }"#,
        r#"{ "policies": [{ "onDelete": "cascade" }] }"#,
        r#"{ "auditTables": [null] }"#,
        r#"{ "level": "off" }"#,
        r#"{ "failOn": "off" }"#,
        r#"{ "baseline": [] }"#,
        r#"{ "ignore": [{ "rule": "missing-table" }] }"#,
        r#"{ "ignore": [{ "rule": [], "reason": "why" }] }"#,
        r#"{ "ignore": [{ "table": "a", "reason": "why" }] }"#,
        r#"{ "ignore": [{ "rule": "missing-table", "reason": " " }] }"#,
        r#"{ "ignore": [{ "rule": "missing-tabel", "reason": "why" }] }"#,
        r#"{ "ignore": [{ "rule": "missing-table", "reason": "why", "until": "2027-02-29" }] }"#,
        r#"{ "ignore": [{ "rule": "missing-table", "reason": "why", "foreignKey": "a" }] }"#,
    ] {
        check(settings, false);
    }
}

pub(super) fn schema() -> Value {
    let all = ("all", "every rule; what is said of a single one wins");
    let rules = RULES.iter().map(|it| (it.name, it.summary));
    drift_project::settings_schema(rules.chain([all]))
}

/// Whether schema and command both take the settings, or both refuse them.
pub(super) fn check(settings: &str, is_taken: bool) {
    let value: Value = jsonc_parser::parse_to_serde_value(settings, &Default::default()).unwrap();
    let schema = schema();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let problems: Vec<String> = validator.iter_errors(&value).map(|it| it.to_string()).collect();
    assert_eq!(problems.is_empty(), is_taken, "the schema: {settings}\n{problems:?}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("drizzle-drift.jsonc"), settings).unwrap();
    let args = Args::try_parse_from(["drizzle-drift", "list"]).unwrap();
    let environment = Environment::new(folder.path().to_path_buf());
    let outcome = run(&args, &environment, &mut Vec::new());
    let refusal = outcome.err().map(|it| it.to_string());
    assert_eq!(refusal.is_none(), is_taken, "the command: {settings}\n{refusal:?}");
}
