//! Where reports go, and that they are the same every time.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clap::Parser;
use drizzle_drift::{Args, Environment, run};
use serde_json::Value;

use super::{drizzle_drift, repository};

/// Runs the command in process with environment variables; gives what it prints.
fn with_variables(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> String {
    let args = Args::parse_from(std::iter::once(&"drizzle-drift").chain(args));
    let mut environment = Environment::new(folder.to_path_buf());
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    environment.variables = variables.collect();
    let mut out = Vec::new();
    run(&args, &environment, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Runs the built command with a number of threads.
fn with_threads(folder: &Path, threads: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drizzle-drift"));
    command.current_dir(folder).args(args).env("RAYON_NUM_THREADS", threads);
    command.env_remove("GITHUB_ACTIONS").output().unwrap()
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let folder = repository().join("fixtures");
    for format in ["concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let args = ["--format", format, "--level", "info"];
        let first = with_threads(&folder, "1", &args);
        assert!(first.stdout.len() > 10_000, "{format}");
        for threads in ["8", "8", "1"] {
            let again = with_threads(&folder, threads, &args);
            assert_eq!(again.status, first.status, "{format}");
            assert!(again.stdout == first.stdout, "{format} with {threads} threads");
        }
    }
}

#[test]
fn reports_are_written_to_files_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let sarif = format!("sarif={}", path("a.sarif"));
    let junit = format!("junit={}", path("b=c.xml"));
    let fixture = repository().join("fixtures/audit-events");
    let args = ["--output-file", &sarif, "--output-file", &junit, "--format", "concise"];
    let (status, output) = drizzle_drift(&fixture, &args);
    assert_eq!(status, 1);
    assert!(output.contains("error[on-delete-mismatch]"), "{output}");
    let log: Value = serde_json::from_str(&fs::read_to_string(path("a.sarif")).unwrap()).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let xml = fs::read_to_string(path("b=c.xml")).unwrap();
    assert!(xml.contains("<testcase name=\"agents.owner_id → users.id\""), "{xml}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_file_that_cannot_be_written_is_status_2() {
    let fixture = repository().join("fixtures/agreeing");
    let run = |args: &[&str]| {
        let output = with_threads(&fixture, "1", args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let error = run(&["--output-file", "json=no/such/folder.json"]);
    assert!(error.contains("cannot write no/such/folder.json"), "{error}");
    assert!(error.contains("no/such is not there"), "{error}");
    let error = run(&["--output-file", "xml=a.xml"]);
    assert!(error.contains("there is no format `xml`; there are pretty, concise, json"), "{error}");
    assert!(run(&["--output-file", "a.json"]).contains("as in sarif=drift.sarif"));
    let twice = ["--output-file", "json=no/a", "--output-file", "sarif=no/a"];
    assert!(run(&twice).contains("two reports cannot be written to no/a"));
}

#[test]
fn a_workflow_of_github_gets_annotations_and_a_summary() {
    let folder = repository().join("fixtures/audit-events");
    let summary = tempfile::NamedTempFile::new().unwrap();
    let path = summary.path().display().to_string();
    let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", path.as_str())];
    let output = with_variables(&folder, &[], &variables);
    assert!(output.starts_with("error[on-delete-mismatch]: "), "{output}");
    let annotation = "\n::error file=fixtures/audit-events/src/db/schema/events.ts,line=10,";
    assert!(output.contains(annotation), "{output}");
    let written = || fs::read_to_string(summary.path()).unwrap();
    let once = written();
    assert!(once.starts_with("### drizzle-drift: 1 error"), "{once}");
    // A format that is asked for is the only one.
    let output = with_variables(&folder, &["--format", "concise"], &variables);
    assert!(!output.contains("::error"), "{output}");
    assert_eq!(written(), once);
    // A second command of the step adds to what the first one said.
    with_variables(&folder, &["--format", "github"], &variables);
    assert_eq!(written(), once.repeat(2));
    assert!(!with_variables(&folder, &[], &[]).contains("::error"));
}

#[test]
fn findings_at_info_are_summed_up_unless_they_are_asked_for() {
    let folder = repository().join("fixtures/audit-events");
    let (_, short) = drizzle_drift(&folder, &[]);
    assert!(short.contains("--level info shows each"), "{short}");
    assert!(!short.contains("info[constraint-name-mismatch]"), "{short}");
    for args in [["--level", "info"], ["--fail-on", "info"]] {
        let (_, long) = drizzle_drift(&folder, &args);
        assert!(long.contains("info[constraint-name-mismatch]"), "{long}");
        assert!(!long.contains("shows each"), "{long}");
    }
}

#[test]
fn cases_of_junit_are_the_foreign_keys() {
    let folder = repository().join("fixtures/audit-events");
    let (_, output) = drizzle_drift(&folder, &["--format", "junit"]);
    // 18 of them, and that the sides were compared.
    assert!(output.contains("<testsuite name=\".\" tests=\"19\" failures=\"1\""), "{output}");
    let (_, output) = drizzle_drift(&folder, &["--format", "junit", "--fail-on", "never"]);
    assert!(output.contains("failures=\"0\""), "{output}");
}

#[test]
fn fingerprints_are_the_same_from_everywhere() {
    let fingerprints = |folder: &str, args: &[&str]| {
        let args = [&["--format", "json"], args].concat();
        let (_, output) = drizzle_drift(&repository().join(folder), &args);
        let report: Value = serde_json::from_str(&output).unwrap();
        let findings = report["projects"][0]["findings"].as_array().unwrap().clone();
        findings.iter().map(|it| it["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let from_root = fingerprints(".", &["fixtures/audit-events"]);
    assert_eq!(from_root, fingerprints("fixtures/audit-events", &[]));
    assert_eq!(from_root, fingerprints("fixtures", &["audit-events"]));
    assert!(from_root.len() >= 2);
}
