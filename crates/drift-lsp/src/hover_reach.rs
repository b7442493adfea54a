//! What a delete does, in a few lines.

use std::cell::OnceCell;
use std::collections::HashSet;

use drift_model::{Dialect, ForeignKey, TableName};
use drift_rules::reach_words::{SQLITE_CAVEAT, phrase, shorten};
use drift_rules::{Comparison, Dossier, Effect, Event, Reach, ReachGraph};

use crate::markdown::{code, prose};

/// How many foreign keys of a table are told of.
const KEYS_AT_MOST: usize = 6;

/// How many twins are told of.
const TWINS_AT_MOST: usize = 3;

/// Answers what deletes do by the schema and by the migrations.
pub(crate) struct Deletes<'c, 's> {
    comparison: &'c Comparison<'s>,
    graphs: OnceCell<Graphs<'s>>,
}

struct Graphs<'c> {
    schema: Option<ReachGraph<'c>>,
    migrations: Option<ReachGraph<'c>>,
}

impl<'c, 's> Deletes<'c, 's> {
    pub(crate) fn new(comparison: &'c Comparison<'s>) -> Self {
        Self { comparison, graphs: OnceCell::new() }
    }

    fn dialect(&self) -> Dialect {
        self.comparison.sources.dialect
    }

    fn graphs(&self) -> &Graphs<'s> {
        self.graphs.get_or_init(|| {
            let sources = &self.comparison.sources;
            let migrations = sources.migrations.map(|it| ReachGraph::new(it, sources.engine));
            // The schema does not say in which order its foreign keys are made.
            let schema = sources.schema.map(|catalog| match &migrations {
                Some(migrated) => ReachGraph::in_order_of(catalog, sources.engine, migrated),
                None => ReachGraph::new(catalog, sources.engine),
            });
            Graphs { schema, migrations }
        })
    }

    /// What deleting a row of a table does by the schema and by the migrations, whichever of them has
    /// the table.
    fn reaches(&self, table: &TableName) -> [Option<Reach<'s>>; 2] {
        let Graphs { schema, migrations } = self.graphs();
        let declared = self.comparison.schema_table(table).map_or(table, |it| &it.name);
        let migrated = self.comparison.migrated_table(table).map_or(table, |it| &it.name);
        [
            schema.as_ref().and_then(|it| it.reach(declared)),
            migrations.as_ref().and_then(|it| it.reach(migrated)),
        ]
    }

    /// What becomes of the rows with a foreign key when the row that they reference is deleted.
    pub(crate) fn of_foreign_key(&self, key: &ForeignKey, dossier: &Dossier<'_>) -> Option<String> {
        if dossier.declared.is_empty() && dossier.migrated.is_empty() {
            return None;
        }
        let live = dossier.migrated.first().or(dossier.declared.first()).copied().unwrap_or(key);
        let [declared, migrated] = self.reaches(&live.referenced_table);
        let sources = [
            ("by the schema", &declared, &dossier.declared),
            ("by the migrations", &migrated, &dossier.migrated),
        ];
        let told: Vec<(&str, Vec<String>)> = sources
            .into_iter()
            .filter_map(|(source, reach, keys)| {
                let reach = reach.as_ref()?;
                let told = keys.iter().filter_map(|it| Some((*it, consequence(reach, it)?)));
                let told: Vec<(&ForeignKey, String)> = told.take(TWINS_AT_MOST).collect();
                let has_twins = told.len() > 1;
                let line = |(key, line): (&ForeignKey, String)| match &key.name {
                    Some(name) if has_twins => format!("{}: {line}", code(name)),
                    _ => line,
                };
                let mut lines: Vec<String> = told.into_iter().map(line).collect();
                if lines.is_empty() {
                    lines.push(match keys.first() {
                        Some(other) => {
                            format!("nothing: it references {}", code(&other.referenced_side()))
                        }
                        None => "nothing: there is no such foreign key".to_owned(),
                    });
                }
                Some((source, lines))
            })
            .collect();
        let title = format!(
            "When a row of {} is deleted, what becomes of rows of {} that reference it:",
            code(&live.referenced_table.to_string()),
            code(&live.referencing_table.to_string())
        );
        let mut lines = by_source(&told)?;
        let reach = migrated.as_ref().or(declared.as_ref());
        lines.extend(reach.and_then(|it| other_blocks(it, live)));
        let caveat = self.caveat().map(|it| format!("\n\n{it}")).unwrap_or_default();
        Some(format!("{title}\n\n{}{caveat}", lines.join("\n")))
    }

    /// What deleting a row of a table does.
    pub(crate) fn of_table(&self, table: &TableName) -> String {
        let title = format!("**Deleting a row of** {}", code(&table.to_string()));
        let [declared, migrated] = self.reaches(table);
        let differences = match (&declared, &migrated) {
            (Some(declared), Some(migrated)) => {
                drift_rules::reach_differences(declared, migrated, self.dialect())
            }
            _ => Vec::new(),
        };
        let source = match (&declared, &migrated) {
            (Some(_), Some(_)) if differences.is_empty() => "by the schema and by the migrations",
            (Some(_), None) => "by the schema",
            _ => "by the migrations",
        };
        let Some(reach) = migrated.as_ref().or(declared.as_ref()) else { return title };
        let mut lines: Vec<String> = Vec::new();
        let room = if differences.is_empty() { KEYS_AT_MOST } else { KEYS_AT_MOST / 2 };
        for &at in reach.first.iter().take(room) {
            let step = &reach.steps[at];
            let told = prose(&phrase(step.foreign_key, step.effect, Event::Delete));
            let side = code(&step.foreign_key.referencing_side());
            lines.push(format!("- {side}: {told}{}", what_follows(reach, at)));
        }
        if let Some(more @ 1..) = reach.first.len().checked_sub(room) {
            lines.push(format!("- and {more} more"));
        }
        let mut paragraphs = vec![format!("{title}, {source}")];
        paragraphs.extend((!lines.is_empty()).then(|| lines.join("\n")));
        let conclusions = reach.conclusions(self.dialect());
        paragraphs.extend(conclusions.iter().map(|it| prose(it)));
        if !differences.is_empty() {
            let mut lines = vec!["The schema promises something else:\n".to_owned()];
            let told = differences.iter().take(room).map(|it| {
                let (key, effect) = it.one.map_or((None, None), |it| (Some(it.0), Some(it.1)));
                let side = key.or(it.other.map(|it| it.0)).map(ForeignKey::referencing_side);
                let says = match key.zip(effect) {
                    Some((key, effect)) => prose(&phrase(key, effect, it.event)),
                    None => "has no such foreign key".to_owned(),
                };
                format!("- {}: {says}", code(&side.unwrap_or_default()))
            });
            lines.extend(told);
            if let Some(more @ 1..) = differences.len().checked_sub(room) {
                lines.push(format!("- and {more} more"));
            }
            paragraphs.push(lines.join("\n"));
        }
        let caveat = self.caveat().filter(|_| !reach.steps.is_empty());
        paragraphs.extend(caveat.map(str::to_owned));
        paragraphs.join("\n\n")
    }

    fn caveat(&self) -> Option<&'static str> {
        (self.dialect() == Dialect::Sqlite).then_some(SQLITE_CAVEAT)
    }
}

/// What all sources say, in one line where they agree.
fn by_source(told: &[(&str, Vec<String>)]) -> Option<Vec<String>> {
    let agree = |told: &[(&str, Vec<String>)]| told.windows(2).all(|it| it[0].1 == it[1].1);
    let (_, lines) = told.first()?;
    let line = |source: &str, line: &String| format!("- {source}: {line}");
    if agree(told) && told.len() > 1 {
        let source = "by the schema and by the migrations";
        return Some(lines.iter().map(|it| line(source, it)).collect());
    }
    let all = told.iter().flat_map(|(source, lines)| lines.iter().map(|it| line(source, it)));
    Some(all.collect())
}

/// What else keeps the row from being deleted.
fn other_blocks(reach: &Reach<'_>, key: &ForeignKey) -> Option<String> {
    let is_other = |at: &&usize| {
        let step = &reach.steps[**at];
        matches!(step.effect, Effect::Blocks(_))
            && step.foreign_key.referencing_side() != key.referencing_side()
    };
    let others = reach.first.iter().filter(is_other);
    let sides: Vec<String> =
        others.map(|it| reach.steps[*it].foreign_key.referencing_side()).collect();
    (!sides.is_empty()).then(|| format!("- rows of {} block the delete", names(&sides)))
}

/// What comes of one foreign key that references the deleted row.
fn consequence(reach: &Reach<'_>, key: &ForeignKey) -> Option<String> {
    let is_its = |it: &&usize| std::ptr::eq(reach.steps[**it].foreign_key, key);
    let at = *reach.first.iter().find(is_its)?;
    let step = &reach.steps[at];
    let told = prose(&phrase(key, step.effect, Event::Delete));
    let told = match step.effect {
        Effect::SetsNull | Effect::SetsDefault => {
            let columns = key.referencing_columns.iter().map(|it| code(it));
            format!("their {} {told}", columns.collect::<Vec<_>>().join(", "))
        }
        _ => told,
    };
    Some(told + &what_follows(reach, at))
}

/// What follows from a step, in clauses.
fn what_follows(reach: &Reach<'_>, at: usize) -> String {
    let Following { steps, begins_again } = following(reach, at);
    let (mut losing, mut changed, mut blocking, mut staying) =
        <(Vec<_>, Vec<_>, Vec<_>, Vec<_>)>::default();
    for step in steps.iter().map(|it| &reach.steps[*it]) {
        let key = step.foreign_key;
        let (list, name) = match step.effect {
            Effect::Deletes => (&mut losing, key.referencing_table.to_string()),
            Effect::SetsNull | Effect::SetsDefault => (&mut changed, key.referencing_side()),
            Effect::Blocks(_) => (&mut blocking, key.referencing_side()),
            Effect::MayBlock(_) => (&mut staying, key.referencing_side()),
            Effect::Nothing(_) => continue,
        };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    let own = reach.steps[at].foreign_key.referencing_table.to_string();
    losing.retain(|it| *it != own);
    let mut text = String::new();
    if begins_again {
        text.push_str(", and what references them in turn");
    } else if !losing.is_empty() {
        text.push_str(&format!(", and with them rows of {}", names(&losing)));
    }
    let mut add = |list: &[String], clause: &dyn Fn(String) -> String| {
        if !list.is_empty() && !begins_again {
            text.push_str(&format!("; {}", clause(names(list))));
        }
    };
    let are = if changed.len() == 1 { "is" } else { "are" };
    add(&changed, &|it| format!("{it} {are} changed"));
    add(&blocking, &|it| format!("blocked by rows of {it}"));
    add(&staying, &|it| format!("blocked by rows of {it} that do not go along"));
    text
}

/// The steps that follow from one.
struct Following {
    steps: Vec<usize>,
    /// Whether all that follows from the delete follows again.
    begins_again: bool,
}

fn following(reach: &Reach<'_>, at: usize) -> Following {
    let mut seen = HashSet::from([at]);
    let mut following = Following { steps: Vec::new(), begins_again: false };
    let mut waiting = vec![at];
    while let Some(at) = waiting.pop() {
        let step = &reach.steps[at];
        let next = match step.listed_at {
            None => &step.next[..],
            Some(Some(home)) => &reach.steps[home].next[..],
            Some(None) => {
                following.begins_again = true;
                &[]
            }
        };
        for &next in next {
            if seen.insert(next) {
                following.steps.push(next);
                waiting.push(next);
            }
        }
    }
    following.steps.sort_unstable();
    following
}

/// The first of several names, and how many more there are.
fn names(all: &[String]) -> String {
    shorten(&all.iter().map(|it| code(it)).collect::<Vec<_>>())
}
