//! What the documentation of the rules says is so.

use std::fs;
use std::path::Path;

use drift_rules::{RULES, Rule};

use super::{drizzle_drift, repository};

#[test]
fn rules_md_is_what_the_rules_say() {
    let path = repository().join("crates/drift-rules/RULES.md");
    let expected = drift_rules::markdown();
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == expected, "RULES.md is out of date: run the tests with UPDATE_RULES=1");
}

#[test]
fn the_readme_lists_every_rule_and_shows_a_real_report() {
    let path = repository().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let row =
        |rule: &&Rule| format!("| `{}` | {} | {} |\n", rule.name, rule.default_level, rule.summary);
    let rows: String = RULES.iter().map(row).collect();
    let rules = format!("| rule | level | fault |\n|---|---|---|\n{rows}");
    let (_, output) = drizzle_drift(&repository(), &["fixtures/audit-events"]);
    let report = format!("```\n{}\n```\n", first_finding(&output));
    let expected = with_block(&with_block(&readme, "rules", &rules), "report", &report);
    let folder = repository().join("fixtures/audit-events");
    let (_, reach) = drizzle_drift(&folder, &["reach", "agents"]);
    let reach = format!("```\n$ drizzle-drift reach agents\n{reach}```\n");
    let expected = with_block(&expected, "reach", &reach);
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::write(&path, &expected).unwrap();
        return;
    }
    assert!(readme == expected, "README.md is out of date: run the tests with UPDATE_RULES=1");
}

/// The report up to the next line that follows an empty one and is not indented.
fn first_finding(output: &str) -> &str {
    let mut ends = output.match_indices("\n\n").map(|(at, _)| at);
    let end = ends.find(|at| !output[at + 2..].starts_with(' '));
    &output[..end.unwrap_or(output.len())]
}

/// The text with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let (opening, closing) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = text.find(&opening).expect("the block is there") + opening.len();
    let end = start + text[start..].find(&closing).expect("the block is closed");
    format!("{}{block}{}", &text[..start], &text[end..])
}

#[test]
fn every_documented_example_is_reported_by_its_rule() {
    for rule in RULES {
        let folder = tempfile::tempdir().unwrap();
        let example = code_block(rule.doc, "ts").expect("there is a ts example");
        let (dialect, imports) = if example.contains("mysqlTable") {
            ("mysql", "import { int, mysqlTable } from \"drizzle-orm/mysql-core\";\n")
        } else if example.contains("sqliteTable") {
            ("sqlite", "import { integer, sqliteTable, text } from \"drizzle-orm/sqlite-core\";\n")
        } else {
            (
                "postgresql",
                "import { foreignKey, integer, pgTable, text } from \"drizzle-orm/pg-core\";\n",
            )
        };
        let schema = imports.to_owned() + &example;
        fs::write(folder.path().join("schema.ts"), schema).unwrap();
        fs::create_dir(folder.path().join("sql")).unwrap();
        write_migrations(&folder.path().join("sql"), rule.doc);
        if let Some(settings) = code_block(rule.doc, "jsonc") {
            fs::write(folder.path().join("drizzle-drift.jsonc"), settings).unwrap();
        }
        let (_, output) = drizzle_drift(
            folder.path(),
            &[
                "--schema",
                "schema.ts",
                "--migrations",
                "sql",
                "--dialect",
                dialect,
                "--format",
                "concise",
            ],
        );
        let reported = format!("[{}]", rule.name);
        assert!(output.contains(&reported), "{} does not report its example:\n{output}", rule.name);
    }
}

#[test]
fn every_rule_says_what_to_do() {
    for rule in RULES {
        for part in ["**How to fix it.**", "**When to ignore it.**"] {
            assert!(rule.doc.contains(part), "{} lacks {part}", rule.name);
        }
    }
}

/// Writes the migrations of an example: `0000_init.sql` up to a line that names another file, and the
/// journal or the snapshot, where the example has one.
fn write_migrations(folder: &Path, doc: &str) {
    let sql = code_block(doc, "sql").expect("there is an sql example");
    let (mut name, mut text) = ("0000_init.sql", String::new());
    for line in sql.lines() {
        match line.strip_prefix("-- ").filter(|it| it.ends_with(".sql")) {
            Some(next) => {
                fs::write(folder.join(name), std::mem::take(&mut text)).unwrap();
                name = next;
            }
            None => text.push_str(&format!("{line}\n")),
        }
    }
    fs::write(folder.join(name), text).unwrap();
    if let Some(json) = code_block(doc, "json") {
        let name = if json.contains("entries") { "_journal.json" } else { "0000_snapshot.json" };
        fs::create_dir(folder.join("meta")).unwrap();
        fs::write(folder.join("meta").join(name), json).unwrap();
    }
}

/// The first block of code in `language`.
fn code_block(doc: &str, language: &str) -> Option<String> {
    let opening = format!("```{language}\n");
    let code = &doc[doc.find(&opening)? + opening.len()..];
    Some(code[..code.find("```").expect("the block is closed")].to_owned())
}
