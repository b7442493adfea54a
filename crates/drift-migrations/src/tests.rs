//! Whole migrations in, foreign keys out. Each test names the fact that it pins, which the engines
//! were asked for; `P`, `M` and `S` are sequences that ran on them.

mod agreement;
mod column_defaults;
mod folders;
mod hostile;
mod memory;
mod mysql;
mod postgresql;
mod rebuilds;
mod snapshot;
mod sqlite;

use std::path::PathBuf;

use drift_model::{Deferral, MemoryFileSystem, Scope, SourceMap, notation};

use crate::{Engine, Layout, Replay, ReplayInput, ReplaySettings, replay_with};

/// Replays a fixture on a database that is empty at first, as the engine would.
fn check(engine: &str, fixture: &str) -> String {
    let (replay, sources) = run(engine, fixture, true);
    report(&replay, &sources)
}

/// Replays a fixture on a database in which other things may have been made before.
fn check_in_use(engine: &str, fixture: &str) -> String {
    let (replay, sources) = run(engine, fixture, false);
    report(&replay, &sources)
}

/// The histories of all foreign keys, each as the kinds and lines of its changes.
fn check_history(engine: &str, fixture: &str) -> String {
    let (replay, sources) = run(engine, fixture, true);
    let catalog = &replay.catalog;
    let mut lines = Vec::new();
    for (mark, foreign_keys) in [("", &catalog.foreign_keys), ("-", &catalog.dropped_foreign_keys)]
    {
        for foreign_key in foreign_keys {
            let changes: Vec<String> = foreign_key
                .history
                .iter()
                .map(|change| {
                    let file = sources.file(change.span.file);
                    let line = file.line_column(change.span.start).line;
                    format!("{:?} {}:{line}", change.kind, file.path.display())
                })
                .collect();
            lines.push(format!("{mark}{}: {}", notation::format(foreign_key), changes.join(", ")));
        }
    }
    lines.join("\n")
}

fn run(engine: &str, fixture: &str, starts_empty: bool) -> (Replay, SourceMap) {
    let engine = Engine::parse(engine).expect("a known engine");
    let files = MemoryFileSystem::parse("0000.sql", fixture);
    let migrations: Vec<PathBuf> = files.paths().map(|path| path.to_path_buf()).collect();
    let sources = SourceMap::default();
    let input = ReplayInput {
        files: &files,
        sources: &sources,
        migrations: &migrations,
        layout: Layout::Plain,
        dialect: engine.dialect(),
    };
    (replay_with(&input, &ReplaySettings { engine, starts_empty }), sources)
}

fn report(replay: &Replay, sources: &SourceMap) -> String {
    let mut lines: Vec<String> = Vec::new();
    for foreign_key in &replay.catalog.foreign_keys {
        let mut line = notation::format(foreign_key);
        let words = [
            (foreign_key.is_match_full, " match full"),
            (foreign_key.deferral == Deferral::InitiallyImmediate, " deferrable"),
            (foreign_key.deferral == Deferral::InitiallyDeferred, " initially deferred"),
            (!foreign_key.is_enforced, " not enforced"),
            (!foreign_key.is_validated, " not valid"),
        ];
        line.extend(words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word));
        if !foreign_key.set_columns.is_empty() {
            line.push_str(&format!(" set ({})", foreign_key.set_columns.join(", ")));
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push("no foreign keys".to_owned());
    }
    for unresolved in &replay.unresolved {
        let place = sources.file(unresolved.span.file).line_column(unresolved.span.start);
        let rule = unresolved.kind.rule_name();
        let scope = match &unresolved.scope {
            Scope::Any => " (any table)".to_owned(),
            Scope::Tables(tables) if tables.is_empty() => String::new(),
            Scope::Tables(tables) => {
                let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
                format!(" ({})", names.join(", "))
            }
        };
        lines.push(format!("{rule} in line {}: {}{scope}", place.line, unresolved.reason));
    }
    for ignored in &replay.catalog.ignored_foreign_keys {
        lines.push(format!("ignored: {}", sources.snippet(ignored.span)));
    }
    lines.join("\n")
}
