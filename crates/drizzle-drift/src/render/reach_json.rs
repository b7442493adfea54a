//! `reach` for programs: a stable format with `"version": 1`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use drift_model::{Dialect, ForeignKey};
use drift_rules::reach_words::phrase;
use drift_rules::{Effect, Event, Idle, Reach, ReachDifference, Step};
use serde::Serialize;

use super::json::{Error, ListedForeignKey, ListedTable, VERSION, write};
use crate::reach::{ProjectReach, Told, effect_word};
use drift_check::Places;

#[derive(Serialize)]
struct ReachJson<'a> {
    version: u32,
    /// As it was asked for; null for all tables.
    table: Option<&'a str>,
    projects: Vec<ReachedProject<'a>>,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct ReachedProject<'a> {
    name: &'a str,
    dialect: &'static str,
    sources: BTreeMap<&'static str, ReachedSource>,
    /// Where the schema and the migrations differ about the table.
    differences: Vec<Difference>,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct ReachedSource {
    tables: Vec<ReachedTable>,
    /// Tables that were not looked at, because there are too many.
    skipped: usize,
    /// What could hold a foreign key and was not read.
    unresolved: usize,
}

#[derive(Serialize)]
struct ReachedTable {
    table: ListedTable,
    /// Whether some rows keep a row of the table from being deleted.
    blocked: bool,
    /// The tables that lose rows.
    deletes: Vec<ListedTable>,
    /// The tables of which columns become NULL.
    sets_null: Vec<ListedTable>,
    /// The tables of which columns get their default.
    sets_default: Vec<ListedTable>,
    /// The tables of which rows block the delete.
    blocks: Vec<ListedTable>,
    /// The tables of which rows block the delete where they do not go along.
    may_block: Vec<ListedTable>,
    /// What each foreign key does, in the order in which the engine gets to it; of one table alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<ReachedStep>>,
}

#[derive(Serialize)]
struct ReachedStep {
    foreign_key: ListedForeignKey,
    /// What happens to the row that it references: `delete` or `update`.
    event: &'static str,
    effect: &'static str,
    /// In words.
    says: String,
    /// The name of the foreign key that acts before this one and leaves it nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    overtaken_by: Option<String>,
    /// Whether it does so where every table has rows that reference along all foreign keys; otherwise
    /// it does to rows that reference along this one alone.
    certain: bool,
    /// The position of the step that it follows from; null for the delete itself.
    parent: Option<usize>,
    /// The position of the step that has what follows from this one as well; null where nothing does or
    /// its own do.
    listed_at: Option<usize>,
}

#[derive(Serialize)]
struct Difference {
    event: &'static str,
    schema: Option<DifferingSide>,
    migrations: Option<DifferingSide>,
}

#[derive(Serialize)]
struct DifferingSide {
    foreign_key: ListedForeignKey,
    effect: &'static str,
    says: String,
}

/// Prints the result of `reach --format json`.
pub(crate) fn render(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let has_steps = told.table.is_some();
    let projects =
        told.projects.iter().map(|it| reached_project(it, has_steps, told.places)).collect();
    let errors = Error::all(told.errors, told.places);
    let table = told.table.as_deref();
    write(&ReachJson { version: VERSION, table, projects, errors }, out)
}

fn reached_project<'a>(
    project: &'a ProjectReach<'_>,
    has_steps: bool,
    places: Places<'_>,
) -> ReachedProject<'a> {
    let mut sources = BTreeMap::new();
    for source in &project.sources {
        let reaches = source.reaches.iter();
        let tables = reaches.map(|it| reached_table(it, project.dialect, has_steps, places));
        let tables = tables.collect();
        let (skipped, unresolved) = (source.skipped, source.unread);
        sources.insert(source.name, ReachedSource { tables, skipped, unresolved });
    }
    ReachedProject {
        name: project.name,
        dialect: project.dialect.name(),
        sources,
        differences: project.differences.iter().map(|it| difference(it, places)).collect(),
        errors: Error::all(project.errors, places),
    }
}

fn reached_table(
    reach: &Reach<'_>,
    dialect: Dialect,
    has_steps: bool,
    places: Places<'_>,
) -> ReachedTable {
    let tables = |word: &str| {
        let tables = reach.tables(dialect, |it| effect_word(it) == word);
        tables.into_iter().map(ListedTable::from).collect::<Vec<_>>()
    };
    ReachedTable {
        table: ListedTable::from(&reach.table),
        blocked: reach.is_refused(),
        deletes: tables("deletes"),
        sets_null: tables("sets null"),
        sets_default: tables("sets default"),
        blocks: tables("blocks"),
        may_block: tables("may block"),
        steps: has_steps.then(|| reach.steps.iter().map(|it| reached_step(it, places)).collect()),
    }
}

fn reached_step(step: &Step<'_>, places: Places<'_>) -> ReachedStep {
    ReachedStep {
        foreign_key: ListedForeignKey::new(step.foreign_key, places),
        event: event_word(step.event),
        effect: effect_word(step.effect),
        says: phrase(step.foreign_key, step.effect, step.event),
        overtaken_by: match step.effect {
            Effect::Nothing(Idle::Overtaken(other)) => other.name.clone(),
            _ => None,
        },
        certain: step.is_certain,
        parent: step.parent,
        listed_at: step.listed_at.flatten(),
    }
}

fn event_word(event: Event) -> &'static str {
    match event {
        Event::Delete => "delete",
        Event::Update => "update",
    }
}

fn difference(difference: &ReachDifference<'_>, places: Places<'_>) -> Difference {
    let side = |(foreign_key, effect): (&ForeignKey, Effect<'_>)| DifferingSide {
        foreign_key: ListedForeignKey::new(foreign_key, places),
        effect: effect_word(effect),
        says: phrase(foreign_key, effect, difference.event),
    };
    Difference {
        event: event_word(difference.event),
        schema: difference.one.map(side),
        migrations: difference.other.map(side),
    }
}
