//! Schemas as real formatters write them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::effort;
use super::projects::{PROJECTS, Texts};
use crate::drizzle_orm::oracle::{has, npm, say};
use crate::repository;

/// Programs, and the ways in which each of them is told to write; the first two are tried in every run.
const FORMATTERS: [(&str, &[&str]); 4] = [
    (
        "prettier",
        &[
            "--no-config",
            "--log-level=silent",
            "--write",
            ".",
            "--print-width=40",
            "--use-tabs",
            "--no-semi",
            "--single-quote",
            "--quote-props=consistent",
            "--trailing-comma=none",
            "--arrow-parens=avoid",
            "--no-bracket-spacing",
            "--end-of-line=crlf",
        ],
    ),
    ("biome", &["format", "--write", "--line-width=60", "--indent-style=space", "."]),
    ("prettier", &["--no-config", "--log-level=silent", "--write", "."]),
    (
        "prettier",
        &[
            "--no-config",
            "--log-level=silent",
            "--write",
            ".",
            "--print-width=300",
            "--object-wrap=collapse",
            "--experimental-ternaries",
        ],
    ),
];

#[test]
fn real_formatters_change_nothing_but_places() {
    let Some(programs) = installed() else { return };
    let views: Vec<_> = PROJECTS.1.iter().map(|it| (it, it.view())).collect();
    let is_schema = |path: &PathBuf| {
        path.extension().is_some_and(|it| ["ts", "mts", "cts", "tsx"].iter().any(|ts| it == *ts))
    };
    let texts = views.iter().map(|(_, view)| view.texts.iter().filter(|it| is_schema(it.0)));
    let texts: Vec<Texts> =
        texts.map(|it| it.map(|(path, text)| (path.clone(), text.clone())).collect()).collect();
    let mut failures = Vec::new();
    for (program, arguments) in FORMATTERS.into_iter().take(effort(2)) {
        let written = format(&programs.join(program), arguments, &texts);
        let is_other = |(one, two): &(&Texts, &Texts)| one != two;
        let changed = texts.iter().zip(&written).filter(is_other).count();
        assert!(changed > texts.len() / 2, "{program} changes only {changed} projects");
        for ((project, view), texts) in views.iter().zip(&written) {
            let differences = view.differences(&project.view_with(texts));
            let name = &project.name;
            failures.extend(differences.iter().map(|it| format!("{name}: {arguments:?}: {it}")));
        }
    }
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

/// The texts as a program writes them; those that it cannot read stay as they are.
fn format(program: &Path, arguments: &[&str], texts: &[Texts]) -> Vec<Texts> {
    let folder = tempfile::tempdir().unwrap();
    let place = |number: usize, position: usize, path: &PathBuf| {
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("ts");
        folder.path().join(format!("{number}-{position}.{extension}"))
    };
    for (number, texts) in texts.iter().enumerate() {
        for (position, (path, text)) in texts.iter().enumerate() {
            fs::write(place(number, position, path), text).unwrap();
        }
    }
    // It fails for the sake of the one text that has a syntax error.
    Command::new(program).args(arguments).current_dir(folder.path()).output().unwrap();
    let written = texts.iter().enumerate().map(|(number, texts)| {
        let read = |(position, path): (usize, &PathBuf)| {
            (path.clone(), fs::read_to_string(place(number, position, path)).unwrap())
        };
        texts.keys().enumerate().map(read).collect()
    });
    written.collect()
}

/// The folder of the programs; `None`, with a message, where npm cannot install them.
fn installed() -> Option<PathBuf> {
    if !has("node") || !has("npm") {
        assert!(std::env::var_os("CI").is_none(), "formatters need node and npm");
        say("skipped the formatters: node or npm is not installed");
        return None;
    }
    let list = fs::read_to_string(repository().join("tests/properties/formatters/package.json"));
    let list = list.unwrap();
    let folder = repository().join("target/formatters");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let installed = folder.join("installed.json");
    if fs::read_to_string(&installed).is_ok_and(|it| it == list) {
        return Some(folder.join("node_modules/.bin"));
    }
    fs::write(folder.join("package.json"), &list).unwrap();
    let output = npm()
        .args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"])
        .args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
        .current_dir(&folder)
        .output()
        .unwrap();
    if !output.status.success() {
        say("skipped the formatters: npm cannot install them");
        say(&String::from_utf8_lossy(&output.stderr));
        return None;
    }
    fs::write(installed, list).unwrap();
    Some(folder.join("node_modules/.bin"))
}
