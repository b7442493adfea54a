//! `rules/RULE.txt` holds projects on which a rule reports and projects on which it does not, through
//! both readers.
//!
//! A file is a list of examples. Each begins with a line `=== reports in ENGINE: what it shows` or
//! `=== accepts in ENGINE: what it shows`, where `ENGINE` is what `--engine` takes, and may go on with
//! settings in `//- drizzle-drift.json`. The other files follow, each after its `//- path`; the schema
//! is what lies below `src/`, the migrations what lies below `drizzle/`. Lines that begin with `> ` are
//! what the rule reports in the format `concise`; `UPDATE_RULES=1` writes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use drift_model::Engine;
use drift_rules::RULES;

use super::{drizzle_drift, repository};

pub(crate) struct Example {
    reports: bool,
    pub(crate) engine: String,
    /// The text from its first line to the files' last.
    text: String,
    pub(crate) files: Vec<(String, String)>,
    expected: String,
}

#[test]
fn every_rule_reports_and_accepts_what_its_examples_say() {
    for rule in RULES {
        let (mut seen, mut updated) = (BTreeMap::new(), String::new());
        for example in of(rule.name) {
            let found = run(&example, rule.name);
            let engine = Engine::parse(&example.engine);
            let engine = engine.unwrap_or_else(|| panic!("no engine {}", example.engine));
            *seen.entry((engine.dialect().name(), example.reports)).or_insert(0) += 1;
            let title = example.text.lines().next().unwrap();
            assert!(example.reports != found.is_empty(), "{}: {title}\n{found}", rule.name);
            updated.push_str(&format!("{}{found}\n", example.text));
            if std::env::var_os("UPDATE_RULES").is_none() {
                assert_eq!(found, example.expected, "{}: {title}", rule.name);
            }
        }
        for dialect in rule.dialects {
            for (reports, what) in [(true, "reported"), (false, "accepted")] {
                let count = seen.get(&(dialect.name(), reports));
                assert!(count.is_some(), "{} has no {what} example in {dialect}", rule.name);
            }
        }
        if std::env::var_os("UPDATE_RULES").is_some() && !updated.is_empty() {
            fs::write(path(rule.name), updated.trim_end().to_owned() + "\n").unwrap();
        }
    }
}

/// The examples of a rule.
pub(crate) fn of(rule: &str) -> Vec<Example> {
    examples(&fs::read_to_string(path(rule)).unwrap_or_default())
}

fn path(rule: &str) -> PathBuf {
    repository().join(format!("tests/rules/{rule}.txt"))
}

#[test]
fn every_file_of_examples_is_of_a_rule() {
    for entry in fs::read_dir(repository().join("tests/rules")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let rule = name.strip_suffix(".txt").expect("a text file");
        assert!(RULES.iter().any(|it| it.name == rule), "there is no rule {rule}");
    }
}

/// What the rule reports on an example, line by line behind `> `.
fn run(example: &Example, rule: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &example.files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let dialect = Engine::parse(&example.engine).unwrap().dialect();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let output = drizzle_drift(
        folder.path(),
        &[
            &["--schema", "src/**/*.ts", "--migrations", "drizzle", "--format", "concise"][..],
            &["--dialect", dialect.name(), "--engine", &example.engine, "--quiet"],
        ]
        .concat(),
    );
    let marked = format!("[{rule}]");
    let lines = output.1.lines().filter(|line| line.contains(&marked) || is_unread(line));
    lines.map(|line| format!("> {line}\n")).collect()
}

/// Whether a line says that a file could not be read, which no example means.
fn is_unread(line: &str) -> bool {
    line.contains(": error: ")
}

fn examples(text: &str) -> Vec<Example> {
    let blocks = text.split("=== ").skip(1);
    blocks.map(|block| example(&format!("=== {block}"))).collect()
}

fn example(block: &str) -> Example {
    let (title, _) = block.split_once('\n').unwrap();
    let (kind, rest) =
        title.trim_start_matches("=== ").split_once(" in ").expect("kind and engine");
    let (engine, _) = rest.split_once(':').expect("what it shows");
    assert!(["reports", "accepts"].contains(&kind), "{title}");
    let (expected, kept): (Vec<_>, Vec<_>) = block.lines().partition(|it| it.starts_with("> "));
    let text = kept.join("\n").trim_end().to_owned() + "\n";
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines().skip(1) {
        match (line.strip_prefix("//- "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, content))) => content.push_str(&format!("{line}\n")),
            (None, None) => panic!("{title}: a line before the first file"),
        }
    }
    let (reports, engine) = (kind == "reports", engine.to_owned());
    let expected = expected.iter().map(|line| format!("{line}\n")).collect();
    Example { reports, engine, text, files, expected }
}

#[test]
fn examples_are_cut_where_they_say() {
    let found =
        examples("=== reports in mysql-8.4: a\n//- src/a.ts\nx\n//- drizzle/0.sql\ny\n> z\n");
    assert_eq!(found[0].files.len(), 2);
    assert_eq!(found[0].expected, "> z\n");
    assert!(found[0].reports && Path::new(&found[0].files[1].0).starts_with("drizzle"));
}
