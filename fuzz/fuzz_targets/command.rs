//! Any few files as a project, and reports of every format about it.
//!
//! A line `//- path` begins a file, as in the examples of the rules. What stands before the first is the
//! engine. Where there is neither a config nor settings, the schema is what lies below `src/`, the
//! migrations what lies below `drizzle/`.

#![no_main]

mod folder;

use std::fs;
use std::sync::LazyLock;

use clap::Parser;
use drift_check::{CheckOptions, Prepared, ProjectOptions, Wants};
use drift_model::{Date, Engine, Finding, Level, SourceMap, Span};
use drizzle_drift::{Args, Environment};
use libfuzzer_sys::{Corpus, fuzz_target};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::folder::Folder;

const MAX_FILES: usize = 64;
const FORMATS: [&str; 8] =
    ["pretty", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];

static ONE_THREAD: LazyLock<ThreadPool> = LazyLock::new(|| pool(1));
static MORE_THREADS: LazyLock<ThreadPool> = LazyLock::new(|| pool(3));

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

fuzz_target!(|text: &str| -> Corpus {
    let folder = Folder::empty();
    let Some(flags) = write_files(text, &folder) else { return Corpus::Reject };
    check_places(&folder, &flags);
    let reports = ONE_THREAD.install(|| reports(&folder, &flags, text.len()));
    let again = MORE_THREADS.install(|| self::reports(&folder, &flags, text.len()));
    assert_eq!(reports, again, "the same input gives the same report");
    Corpus::Keep
});

/// Writes the files of a project, and gives the flags that it is checked with. `None` where one cannot be
/// written, or could lead to files of this machine.
fn write_files(text: &str, folder: &Folder) -> Option<Vec<String>> {
    let mut files: Vec<(&str, String)> = Vec::new();
    let mut engine = "";
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix("//- "), files.last_mut()) {
            (Some(path), _) => files.push((path.trim(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => engine = line.trim(),
        }
    }
    let is_config = |path: &str| path.ends_with(".json") || path.contains("drizzle");
    let leads_out = |(path, text): &(&str, String)| {
        is_config(path)
            && !path.ends_with(".sql")
            && ["..", " /", "\"/", "'/", "`/"].iter().any(|it| text.contains(it))
    };
    if files.len() > MAX_FILES || files.iter().any(leads_out) {
        return None;
    }
    if !files.iter().all(|(path, text)| folder.write(path, text)) {
        return None;
    }
    let has_config = files.iter().any(|(path, text)| {
        path.contains("drizzle.config") || is_config(path) && text.contains("projects")
    });
    if has_config {
        return Some(Vec::new());
    }
    let engine = Engine::parse(engine).map_or("postgresql", |_| engine);
    let dialect = Engine::parse(engine)?.dialect().name();
    let flags = ["--schema", "src/**/*.ts", "--migrations", "drizzle", "--dialect", dialect];
    Some(flags.into_iter().chain(["--engine", engine]).map(str::to_owned).collect())
}

/// What the command prints, in all formats, and one more command, in turns.
fn reports(folder: &Folder, flags: &[String], turn: usize) -> Vec<String> {
    let mut reports = Vec::new();
    let mut args = vec!["check".to_owned(), "--stats".to_owned(), "--max-findings=0".to_owned()];
    let files = FORMATS.map(|format| (format, folder.0.join(".git").join(format)));
    for (format, path) in &files {
        args.push(format!("--output-file={format}={}", path.display()));
    }
    reports.push(run(folder, args.iter().chain(flags)));
    for (format, path) in &files {
        // There are none where the settings are not understood.
        let Ok(report) = fs::read_to_string(path) else { continue };
        check_syntax(format, &report);
        reports.push(without_time(&report));
        fs::remove_file(path).expect("a report");
    }
    let others = [
        ["list", "--format=json"],
        ["list", "--format=table"],
        ["reach", "--format=json"],
        ["reach", "--format=tree"],
        ["reach", "--format=svg"],
        ["reach", "--format=mermaid"],
    ];
    let other = others[turn % others.len()].map(str::to_owned);
    let report = run(folder, other.iter().chain(flags));
    if other[1].ends_with("json") && !report.starts_with("error: ") {
        check_syntax("json", &report);
    }
    reports.push(report);
    reports
}

fn run<'a>(folder: &Folder, args: impl Iterator<Item = &'a String>) -> String {
    let args = std::iter::once("drizzle-drift").chain(args.map(String::as_str));
    let args = Args::try_parse_from(args).expect("they are flags");
    let mut out = Vec::new();
    match drizzle_drift::run(&args, &Environment::new(folder.0.clone()), &mut out) {
        Ok(_) => without_time(&String::from_utf8(out).expect("text")),
        Err(error) => format!("error: {error:#}"),
    }
}

fn check_syntax(format: &str, report: &str) {
    match format {
        "json" | "sarif" | "gitlab" => {
            let value: Result<serde_json::Value, _> = serde_json::from_str(report);
            value.unwrap_or_else(|error| panic!("{format}: {error}\n{report}"));
        }
        "junit" => {
            let document = roxmltree::Document::parse(report);
            document.unwrap_or_else(|error| panic!("{format}: {error}\n{report}"));
        }
        _ => {}
    }
}

fn without_time(report: &str) -> String {
    let lines = report.lines().map(|line| match line.rsplit_once(" in ") {
        Some((before, time)) if time.ends_with(" ms") => before,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every place of a finding lies in its file, between characters.
fn check_places(folder: &Folder, flags: &[String]) {
    let flag = |name: &str| {
        flags.iter().position(|it| it == name).map(|position| flags[position + 1].clone())
    };
    let engine = flag("--engine").and_then(|it| Engine::parse(&it));
    let options = ProjectOptions {
        schema: flag("--schema").into_iter().collect(),
        migrations: flag("--migrations").map(Into::into),
        dialect: engine.as_ref().map(Engine::dialect),
        engine,
        ..ProjectOptions::default()
    };
    let sources = SourceMap::default();
    let Ok(prepared) = Prepared::new(&options, &folder.0, &sources) else { return };
    let mut read = prepared.read(&sources, Wants { accounts: true, snapshot: true });
    let options = CheckOptions {
        least: Some(Level::Info),
        has_stats: true,
        ..CheckOptions::new(Date::from_unix_seconds(0))
    };
    let Ok(checked) = drift_check::check(&prepared, &sources, &mut read, &options) else { return };
    let errors = read.errors.iter().chain(checked.projects.iter().flat_map(|it| &it.errors));
    let errors = errors.filter_map(|it| it.span);
    let findings = checked.projects.iter().flat_map(|it| &it.findings);
    for span in findings.flat_map(|it| places(&it.finding)).chain(errors) {
        let range = span.start as usize..span.end as usize;
        assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = Span> {
    let labels = finding.labels.iter().chain(&finding.history).map(|it| it.span);
    let edits = finding.remedies.iter().filter_map(|it| it.edit.as_ref());
    labels.chain(finding.parts.iter().copied()).chain(edits.map(|it| it.span))
}
