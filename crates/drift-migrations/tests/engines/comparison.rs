//! What a database ends with, in lines, and how the replay's lines differ from an engine's.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use drift_migrations::{Layout, Replay, ReplayInput, ReplaySettings, replay_with};
use drift_model::{
    Catalog, Dialect, Engine, ForeignKey, MemoryFileSystem, ReferentialAction, SourceMap,
    Unresolved, UnresolvedKind,
};

/// Statements that run one after the other on an empty database.
pub(crate) struct Sequence {
    /// Where it is written and what it is about.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What an engine made of a sequence.
pub(crate) struct Answer {
    /// The lines of [`describe`].
    pub(crate) catalog: Vec<String>,
    /// What it refused, for people.
    pub(crate) errors: Vec<String>,
    /// Whether something was refused that the replay takes to succeed on purpose.
    pub(crate) is_beyond_replay: bool,
    /// The lines in which statements begin that it refused, where it tells them.
    pub(crate) refused: Option<BTreeSet<usize>>,
}

/// Asks the engine about every sequence, replays it, and compares.
///
/// # Panics
///
/// Where they differ, with all differences.
pub(crate) fn compare(
    engine: &Engine,
    sequences: &[Sequence],
    mut ask: impl FnMut(&Sequence) -> Answer,
) {
    assert!(!sequences.is_empty(), "there are no sequences");
    let mut report = Vec::new();
    for sequence in sequences {
        let answer = ask(sequence);
        report.extend(difference(engine, sequence, &answer));
        report.extend(differing_refusals(engine, sequence, &answer));
    }
    let (count, all) = (report.len(), sequences.len());
    assert!(report.is_empty(), "{count} of {all} sequences differ:\n{}", report.join("\n"));
}

/// What the replay and the engine say differently about a sequence.
pub(crate) fn difference(engine: &Engine, sequence: &Sequence, answer: &Answer) -> Option<String> {
    let replay = replay_text(engine, &sequence.text, &SourceMap::default());
    let mut ours = describe(&replay.catalog, engine.dialect());
    let mut theirs = answer.catalog.clone();
    // What a query or a module gives a table is not known, and said to be so.
    for table in replay.catalog.tables.iter().filter(|it| it.is_incomplete) {
        let columns = format!("{}: ", table.name);
        ours.retain(|line| !line.starts_with(&columns));
        theirs.retain(|line| !line.starts_with(&columns));
    }
    let refused = replay.unresolved.iter().filter(|it| it.kind == UnresolvedKind::Statement);
    // What the engine took may not be reported; what it refused need not be.
    let is_taken_for_refused = answer.refused.is_none() && refused.count() > answer.errors.len();
    if ours == theirs && !is_taken_for_refused || answer.is_beyond_replay {
        return None;
    }
    let mut text = format!("{}\n", sequence.name);
    for (mark, lines, others) in [("replay", &ours, &theirs), ("engine", &theirs, &ours)] {
        let mut others = others.clone();
        for line in lines {
            match others.iter().position(|it| it == line) {
                Some(at) => drop(others.swap_remove(at)),
                None => writeln!(text, "  {mark}: {line}").expect("a string takes it"),
            }
        }
    }
    for error in &answer.errors {
        writeln!(text, "  engine refused: {error}").expect("a string takes it");
    }
    for unresolved in &replay.unresolved {
        writeln!(text, "  replay reports: {}", unresolved.reason).expect("a string takes it");
    }
    Some(text)
}

/// The lines of statements that only one of both refuses. The replay says nothing of those that
/// bear on no foreign key.
fn differing_refusals(engine: &Engine, sequence: &Sequence, answer: &Answer) -> Option<String> {
    let theirs = answer.refused.as_ref()?;
    let sources = SourceMap::default();
    let replay = replay_text(engine, &sequence.text, &sources);
    let mut text = String::new();
    let unread = replay.unresolved.iter().filter(|it| it.kind == UnresolvedKind::Statement);
    let line = |it: &Unresolved| sources.file(it.span.file).line_column(it.span.start).line;
    let ours: BTreeSet<usize> = unread.map(|it| line(it) as usize).collect();
    let lines: Vec<&str> = sequence.text.lines().collect();
    for at in ours.difference(theirs) {
        writeln!(text, "  replay alone refuses line {at}: {}", lines[at - 1]).expect("it fits");
    }
    for at in theirs.difference(&ours) {
        let statement = lines[at - 1].to_ascii_lowercase();
        if ["references", "foreign key"].iter().any(|word| statement.contains(word)) {
            writeln!(text, "  engine alone refuses line {at}: {}", lines[at - 1]).expect("it fits");
        }
    }
    (!text.is_empty()).then(|| format!("{}\n{text}", sequence.name))
}

/// Replays one file on an empty database.
pub(crate) fn replay_text(engine: &Engine, text: &str, sources: &SourceMap) -> Replay {
    let mut files = MemoryFileSystem::default();
    let path = PathBuf::from("0000.sql");
    files.insert(&path, text);
    let input = ReplayInput {
        files: &files,
        sources,
        migrations: &[path],
        layout: Layout::Plain,
        dialect: engine.dialect(),
    };
    replay_with(&input, &ReplaySettings { engine: *engine, starts_empty: true })
}

/// A line for each table, key, unique and foreign key, sorted.
///
/// ```text
/// books: id not null, author_id
/// primary key books(id)
/// unique books(title)
/// books_author_id_fkey: books(author_id) -> authors(id) on delete cascade
/// ```
pub(crate) fn describe(catalog: &Catalog, dialect: Dialect) -> Vec<String> {
    let mut lines: Vec<String> =
        catalog.foreign_keys.iter().map(|it| foreign_key_line(it, dialect)).collect();
    for table in &catalog.tables {
        let columns = table.columns.iter().map(|column| {
            format!("{}{}", column.name, if column.is_not_null { " not null" } else { "" })
        });
        let mut columns: Vec<String> = columns.collect();
        // `FIRST` and `AFTER` are not followed.
        if dialect == Dialect::MySql {
            columns.sort_unstable();
        }
        lines.push(format!("{}: {}", table.name, columns.join(", ")));
        if let Some(key) = &table.primary_key {
            lines.push(format!("primary key {}({})", table.name, key.columns.join(", ")));
        }
        let indexes = table.indexes.iter();
        let indexes = indexes.filter(|it| it.is_unique && !it.is_partial && !it.has_expressions);
        let uniques = table.uniques.iter().map(|it| &it.columns);
        let uniques: BTreeSet<&Vec<String>> =
            uniques.chain(indexes.map(|it| &it.columns)).collect();
        let unique = |it: &Vec<String>| format!("unique {}({})", table.name, it.join(", "));
        lines.extend(uniques.into_iter().map(unique));
    }
    normalized(lines)
}

/// The lines in one order. A unique on the columns of the primary key says nothing more, and not
/// every engine keeps it.
pub(crate) fn normalized(mut lines: Vec<String>) -> Vec<String> {
    lines.sort_unstable();
    lines.dedup();
    let all = lines.clone();
    lines.retain(|line| {
        let key = line.strip_prefix("unique ").map(|key| format!("primary key {key}"));
        key.is_none_or(|key| all.binary_search(&key).is_err())
    });
    lines
}

fn foreign_key_line(foreign_key: &ForeignKey, dialect: Dialect) -> String {
    let mut line = String::new();
    if let Some(name) = &foreign_key.name {
        line = format!("{name}: ");
    }
    let side = |table: &dyn std::fmt::Display, columns: &[String]| {
        format!("{table}({})", columns.join(", "))
    };
    line += &side(&foreign_key.referencing_table, &foreign_key.referencing_columns);
    line += " -> ";
    line += &side(&foreign_key.referenced_table, &foreign_key.referenced_columns);
    let actions = [("delete", foreign_key.on_delete), ("update", foreign_key.on_update)];
    for (event, action) in actions {
        // MySQL acts on both alike, and its versions report another one for none.
        let is_default = action == ReferentialAction::NoAction
            || (dialect == Dialect::MySql && action == ReferentialAction::Restrict);
        if !is_default {
            line += &format!(" on {event} {action}");
        }
    }
    if !foreign_key.set_columns.is_empty() {
        line += &format!(" set ({})", foreign_key.set_columns.join(", "));
    }
    if !foreign_key.is_validated {
        line += " not valid";
    }
    line
}
