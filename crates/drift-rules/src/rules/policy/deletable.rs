//! What keeps a row from being deleted, of which a policy says that it can be.

use foldhash::{HashMap, HashMapExt, HashSet};

use drift_model::{Finding, ForeignKey, Level, NamePattern, ReferentialAction};

use super::{Broken, Question, RULE, Side, with_policy};
use crate::comparison::Comparison;
use crate::reach::{Effect, Reach, ReachGraph, Refusal, Step};

/// What can be asked about deletes.
pub(super) struct Graphs<'a> {
    migrations: Option<ReachGraph<'a>>,
    schema: Option<ReachGraph<'a>>,
}

/// How many foreign keys are followed for one policy.
const FUEL: usize = 4_000_000;

impl<'a> Graphs<'a> {
    pub(super) fn new(comparison: &Comparison<'a>) -> Self {
        let sources = &comparison.sources;
        let migrations = sources.migrations.map(|it| ReachGraph::new(it, sources.engine));
        let schema = sources.schema.map(|it| match &migrations {
            Some(migrations) => ReachGraph::in_order_of(it, sources.engine, migrations),
            None => ReachGraph::new(it, sources.engine),
        });
        Self { migrations, schema }
    }

    /// The foreign keys that block the delete of a table.
    pub(super) fn blocked(
        &self,
        question: Question<'_, 'a>,
        table: &NamePattern,
        sides: &[Side<'a>],
    ) -> Vec<Broken> {
        let mut found = Vec::new();
        if let Some(graph) = &self.migrations {
            found = blocked_in(graph, question, table, "migrations");
        }
        let Some(graph) = &self.schema else { return found.into_iter().map(|it| it.1).collect() };
        // What both say alike is the migrations' to tell.
        let key = std::ptr::from_ref::<ForeignKey>;
        let alike = sides.iter().filter(|it| {
            it.schema.zip(it.migrated).is_some_and(|(a, b)| a.on_delete == b.on_delete)
        });
        let alike: HashSet<_> = alike.filter_map(|it| it.schema).map(key).collect();
        let told: HashSet<_> = found.iter().map(|(it, _)| key(it)).collect();
        let paired =
            sides.iter().filter(|it| it.migrated.is_some_and(|it| told.contains(&key(it))));
        let paired: HashSet<_> = paired.filter_map(|it| it.schema).map(key).collect();
        let declared = blocked_in(graph, question, table, "schema");
        let declared = declared.into_iter().filter(|(it, _)| {
            !alike.contains(&key(it)) && !paired.contains(&key(it)) && !it.is_conditional
        });
        found.extend(declared);
        found.into_iter().map(|it| it.1).collect()
    }
}

/// How many foreign keys a finding shows on the way to the one that blocks.
const LONGEST_WAY: usize = 16;

/// The foreign keys that block the delete of a table, each once, on its shortest path.
fn blocked_in<'a>(
    graph: &ReachGraph<'a>,
    question: Question<'_, 'a>,
    table: &NamePattern,
    source: &'static str,
) -> Vec<(&'a ForeignKey, Broken)> {
    let mut shortest: HashMap<*const ForeignKey, (usize, usize)> = HashMap::new();
    let mut found: Vec<(&'a ForeignKey, Broken)> = Vec::new();
    let mut fuel = FUEL;
    for &root in graph.tables().iter().filter(|it| table.matches_table(it)) {
        let Some(reach) = graph.reach(root) else { continue };
        fuel = fuel.saturating_sub(reach.steps.len());
        let depths = reach.depths();
        for (at, step) in reach.steps.iter().enumerate() {
            let (refusal, is_sure) = match step.effect {
                Effect::Blocks(refusal) => (refusal, true),
                Effect::MayBlock(refusal) => (refusal, false),
                _ => continue,
            };
            let length = depths[at];
            let known = shortest.get(&std::ptr::from_ref(step.foreign_key)).copied();
            if known.is_some_and(|(_, known)| known <= length) {
                continue;
            }
            let finding = || finding(question, &reach, at, (refusal, is_sure), source);
            let broken = question.broken(step.foreign_key, finding);
            let position = known.map_or(found.len(), |(position, _)| position);
            shortest.insert(std::ptr::from_ref(step.foreign_key), (position, length));
            if position < found.len() {
                found[position] = (step.foreign_key, broken);
            } else {
                found.push((step.foreign_key, broken));
            }
        }
        if fuel == 0 {
            break;
        }
    }
    found
}

fn finding(
    question: Question<'_, '_>,
    reach: &Reach<'_>,
    at: usize,
    (refusal, is_sure): (Refusal<'_>, bool),
    source: &'static str,
) -> Finding {
    let path = reach.path(at);
    let foreign_key = reach.steps[at].foreign_key;
    let table = &reach.table;
    let can = if is_sure { "blocks" } else { "can block" };
    let by = if source == "schema" { " in the schema" } else { "" };
    let message = format!("{foreign_key} {can} the delete of {table}{by}, which a policy forbids");
    let action = foreign_key.on_delete;
    let why = why(refusal, action);
    let mut finding = RULE
        .finding_about(foreign_key, message)
        .says(source, action.as_str())
        .label(foreign_key.on_delete_span.unwrap_or(foreign_key.span), why);
    let way = &path[..path.len() - 1];
    for step in way.iter().take(LONGEST_WAY) {
        finding = finding.label(step.foreign_key.span, passage(step));
    }
    let referencing = &foreign_key.referencing_table;
    if !way.is_empty() {
        let mut tables = vec![table.to_string()];
        let shown = way.iter().take(LONGEST_WAY);
        tables.extend(shown.map(|it| it.foreign_key.referencing_table.to_string()));
        if way.len() > LONGEST_WAY {
            tables.push("...".to_owned());
        }
        let tables = tables.join(" → ");
        finding =
            finding.note(format!("the way of the delete: {tables}, blocked by {referencing}"));
    }
    if !is_sure {
        finding = finding.note(format!(
            "rows of {referencing} that go along on another path do not block it, others do"
        ));
        // What belongs to one row mostly references what belongs to the same one. What references the
        // row itself by two foreign keys does so for two reasons.
        if !way.is_empty() {
            finding.level = Level::Warn;
        }
    }
    let finding = with_policy(finding, question.policy).help(format!(
        "make it cascade or set null, or write `{referencing}` into `except` of the policy"
    ));
    question.comparison.with_caution(finding, foreign_key)
}

/// What is to be seen at a foreign key that blocks.
fn why(refusal: Refusal<'_>, action: ReferentialAction) -> String {
    match refusal {
        Refusal::Action => format!("on delete {action}"),
        _ => format!("on delete {action}, and {}", refusal.reason()),
    }
}

/// What is to be seen at a foreign key on the way.
fn passage(step: &Step<'_>) -> String {
    let table = &step.foreign_key.referencing_table;
    match step.effect {
        Effect::Deletes => format!("rows of {table} go along"),
        _ => format!("columns of {table} are emptied"),
    }
}
