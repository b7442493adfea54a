//! The demands, and the projects of which they are made.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use drift_migrations::statements;
use drift_model::{Dialect, Engine};
use fastrand::Rng;

use super::layout::Layout;
use super::projects::{PROJECTS, Project, Texts, fixtures};
use super::rename::{is_telling, renamed};
use super::{effort, random, sql, swap, typescript};
use crate::without_time;

#[test]
fn another_layout_changes_nothing_but_places() {
    demand(&PROJECTS.1, &layouts);
}

#[test]
fn another_name_of_a_table_changes_no_count() {
    demand(&PROJECTS.1, &names);
}

#[test]
fn another_order_of_independent_statements_changes_no_catalog() {
    demand(&PROJECTS.1, &orders);
}

#[test]
fn broken_texts_break_nothing() {
    demand(&PROJECTS.1, &broken);
}

#[test]
fn reading_twice_finds_the_same() {
    demand(&PROJECTS.1, &|project, _| project.view().differences(&project.view()));
}

#[test]
fn splitting_loses_no_byte() {
    demand(&PROJECTS.1, &splits);
}

/// All of it, of each project in the folder that `DRIFT_FOLDER` names.
#[test]
#[ignore = "wants a folder of projects, and takes its time"]
fn projects_keep_what_they_are() {
    let folder = std::env::var_os("DRIFT_FOLDER").expect("DRIFT_FOLDER names a folder");
    let entries = fs::read_dir(Path::new(&folder)).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
    folders.retain(|it| it.is_dir());
    folders.sort();
    let projects: Vec<Project> = folders.iter().map(|it| Project::with_config(it)).collect();
    assert!(!projects.is_empty(), "there are projects");
    demand(&projects, &|project, random| {
        let all: [&Demand; 5] = [&layouts, &names, &orders, &broken, &splits];
        all.iter().flat_map(|it| it(project, random)).collect()
    });
}

/// The report is the same to the byte, however many threads there are and whatever keys they hash with.
#[test]
fn another_process_reports_the_same() {
    for project in fixtures() {
        let one = reports(&project.folder, "1");
        let eight = reports(&project.folder, "8");
        assert!(one == eight, "{}", project.name);
        assert!(one.iter().any(|it| !it.is_empty()), "{} has reports", project.name);
    }
}

fn reports(folder: &Path, threads: &str) -> Vec<String> {
    let reports = tempfile::tempdir().unwrap();
    let formats = ["concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];
    let paths = formats.map(|it| (it, reports.path().join(it)));
    let files =
        paths.iter().map(|(format, path)| format!("--output-file={format}={}", path.display()));
    let output = Command::new(env!("CARGO_BIN_EXE_drizzle-drift"))
        .args(["check", "--stats", "--max-findings=0"])
        .args(files)
        .current_dir(folder)
        .env("RAYON_NUM_THREADS", threads)
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    let written = paths.map(|(_, path)| fs::read_to_string(path).unwrap_or_default());
    printed.into_iter().chain(written).map(|it| without_time(&it)).collect()
}

/// What is demanded of a project; what it gives is how it fails.
type Demand = dyn Fn(&Project, &mut Rng) -> Vec<String> + Sync;

fn demand(projects: &[Project], demand: &Demand) {
    let queue = Mutex::new(projects.iter());
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                // Not in the loop's condition, which would hold the lock.
                let next = || queue.lock().unwrap().next();
                while let Some(project) = next() {
                    let found = demand(project, &mut random(&project.name));
                    let found = found.into_iter().map(|it| format!("{}: {it}", project.name));
                    failures.lock().unwrap().extend(found);
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    let shown: Vec<&str> = failures.iter().take(40).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), shown.join("\n"));
}

/// Writes texts that fail below the folder that `DRIFT_KEEP` names, if it does.
fn keep(project: &Project, what: &str, texts: &Texts, failures: &[String]) {
    let Some(folder) = std::env::var_os("DRIFT_KEEP").filter(|_| !failures.is_empty()) else {
        return;
    };
    let folder = Path::new(&folder).join(&project.name).join(what);
    for (path, text) in texts {
        let path = folder.join(path.strip_prefix(&project.folder).unwrap_or(path));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(folder.join("failures.txt"), failures.join("\n")).unwrap();
}

fn layouts(project: &Project, random: &mut Rng) -> Vec<String> {
    let view = project.view();
    let mut failures = Vec::new();
    for _ in 0..effort(2) {
        let layout = *random.choice(&Layout::ALL).expect("there are layouts");
        let texts = in_layout(&view.texts, project, layout, random);
        let differences = view.differences(&project.view_with(&texts));
        keep(project, &format!("{layout:?}"), &texts, &differences);
        failures.extend(differences.into_iter().map(|it| format!("{layout:?}: {it}")));
    }
    failures
}

/// The texts of schemas and migrations in another layout; those that there are in it.
fn in_layout(texts: &Texts, project: &Project, layout: Layout, random: &mut Rng) -> Texts {
    let mut written = Texts::new();
    for (path, text) in texts {
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        let other = match extension {
            "sql" => sql::in_layout(text, dialect(project, text), layout, random),
            "ts" | "mts" | "cts" => typescript::in_layout(text, layout, false, random),
            "tsx" => typescript::in_layout(text, layout, true, random),
            _ => None,
        };
        written.extend(other.map(|it| (path.clone(), it)));
    }
    written
}

/// That of a project, or what the quotes in a migration tell.
fn dialect(project: &Project, text: &str) -> Dialect {
    let told = project.options.dialect;
    told.unwrap_or_else(|| match text {
        _ if !text.contains('`') => Dialect::PostgreSql,
        _ if text.contains("PRAGMA") || text.contains("integer PRIMARY KEY") => Dialect::Sqlite,
        _ => Dialect::MySql,
    })
}

/// Rules that go by what the names of tables mean.
const BY_MEANING: [&str; 4] = [
    "array-of-references",
    "audit-table-blocks-delete",
    "audit-table-cascades",
    "probable-foreign-key",
];

fn names(project: &Project, random: &mut Rng) -> Vec<String> {
    let view = project.view();
    let names: BTreeSet<String> = view.tables().filter(|it| is_telling(it)).collect();
    let mut names: Vec<String> = names.into_iter().collect();
    random.shuffle(&mut names);
    let mut failures = Vec::new();
    for name in names.iter().take(effort(2)) {
        let texts = renamed(&view.texts, name);
        let renamed = project.view_with(&texts);
        let rules: BTreeSet<_> = view.counts.keys().chain(renamed.counts.keys()).collect();
        for rule in rules.into_iter().filter(|it| !BY_MEANING.contains(it)) {
            let (one, two) = (view.counts.get(rule), renamed.counts.get(rule));
            if one != two {
                let failure = format!("without `{name}`: {rule}: {one:?}, {two:?}");
                keep(project, name, &texts, std::slice::from_ref(&failure));
                failures.push(failure);
            }
        }
    }
    failures
}

fn orders(project: &Project, random: &mut Rng) -> Vec<String> {
    let view = project.view();
    let mut failures = Vec::new();
    for _ in 0..effort(1) {
        let texts = view.texts.iter().filter_map(|(path, text)| {
            let swapped = match path.extension()?.to_str()? {
                "sql" => {
                    let engine = project.options.engine;
                    let engine = engine.unwrap_or_else(|| Engine::new(dialect(project, text)));
                    swap::with_swaps(text, &engine, random)
                }
                "ts" => swap::tables(text, random),
                _ => None,
            };
            swapped.map(|it| (path.clone(), it))
        });
        let texts = texts.collect();
        let differences = view.catalog_differences(&project.view_with(&texts));
        keep(project, "swapped", &texts, &differences);
        failures.extend(differences);
    }
    failures
}

/// Nothing is demanded but that there is an answer, with places that are there.
fn broken(project: &Project, random: &mut Rng) -> Vec<String> {
    let view = project.view();
    for _ in 0..effort(2) {
        let texts = view.texts.iter().map(|(path, text)| (path.clone(), with_damage(text, random)));
        project.view_with(&texts.collect());
    }
    Vec::new()
}

/// A text with something cut out, doubled, moved or put in.
fn with_damage(text: &str, random: &mut Rng) -> String {
    const STRANGE: [&str; 12] =
        ["\0", "\u{feff}", "é", "'", "\"", "`", "/*", "*/", "$$", "(", "}", "\u{202e}"];
    let mut text = text.to_owned();
    for _ in 0..random.usize(1..4) {
        let mut place = |text: &str| {
            let mut at = random.usize(0..=text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (one, two, to) = (place(&text), place(&text), place(&text));
        let (start, end) = (one.min(two), one.max(two).min(one.min(two) + 200));
        let end = (end..=text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len());
        let part = text[start..end].to_owned();
        match random.u8(..3) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(to, &part),
            _ => text.insert_str(to, random.choice(&STRANGE).expect("there are some")),
        }
    }
    text
}

fn splits(project: &Project, random: &mut Rng) -> Vec<String> {
    let view = project.view();
    let mut failures = Vec::new();
    for (path, text) in
        view.texts.iter().filter(|(path, _)| path.extension().is_some_and(|it| it == "sql"))
    {
        for text in [text.clone(), with_damage(text, random)] {
            for dialect in Dialect::ALL {
                let (mut joined, mut end) = (String::new(), 0);
                for range in statements(&text, &Engine::new(dialect)) {
                    // Panics where a statement begins before another ends, or within a character.
                    joined.push_str(&text[end..range.start]);
                    joined.push_str(&text[range.clone()]);
                    end = range.end;
                }
                joined.push_str(&text[end..]);
                if joined != text {
                    failures.push(format!("{} in {dialect}", path.display()));
                }
            }
        }
    }
    failures
}

#[test]
fn the_demands_can_fail() {
    let project = fixtures().into_iter().find(|it| it.name == "audit-events").unwrap();
    let view = project.view();
    let mut texts = view.texts.clone();
    texts.values_mut().for_each(|it| *it = it.replace("ON DELETE set null", ""));
    let other = project.view_with(&texts);
    assert!(!view.differences(&other).is_empty());
    assert!(!view.catalog_differences(&other).is_empty());
}
