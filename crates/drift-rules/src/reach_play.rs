//! Plays a delete through as the engine does it, on two rows in each table.
//!
//! | engine | order | when blocking foreign keys are looked at |
//! |---|---|---|
//! | PostgreSQL | breadth first, in the order in which foreign keys were made | when their turn comes, `RESTRICT` as well; `INITIALLY DEFERRED` last |
//! | CockroachDB | breadth first | last |
//! | MySQL, MariaDB | depth first and row by row, by the names of foreign keys | when their turn comes |
//! | SQLite | depth first and row by row, the last declared first | `NO ACTION` last, `RESTRICT` when its turn comes |
//!
//! PostgreSQL, MariaDB and SQLite were asked: `tests/engines/reach.rs` of `drift-migrations` compares
//! random foreign keys with them. Of MySQL and CockroachDB it is what their sources say.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::collections::VecDeque;

use drift_model::{Dialect, ForeignKey, ReferentialAction};

use crate::reach::{Edge, Effect, Event, Idle, ReachGraph, Refusal};

/// What one foreign key did.
pub(crate) struct Played<'a> {
    pub(crate) edge: usize,
    pub(crate) event: Event,
    pub(crate) effect: Effect<'a>,
    /// Whether it did so to one of the two rows; otherwise there may be others to which it does.
    pub(crate) is_certain: bool,
}

/// At how many foreign keys from the deleted row InnoDB gives up.
///
/// Source: `FK_MAX_CASCADE_DEL` in `storage/innobase/include/dict0mem.h`.
pub(crate) const INNODB_DEPTH: usize = 15;

/// How many foreign keys between the same two tables are held against each other.
const TWINS: usize = 16;

/// What deleting the first row of a table does.
pub(crate) fn play<'a>(graph: &ReachGraph<'a>, root: usize) -> Vec<Played<'a>> {
    let dialect = graph.engine.dialect();
    let mut play = Play {
        graph,
        is_depth_first: matches!(dialect, Dialect::MySql | Dialect::Sqlite),
        rows: HashMap::new(),
        updated: HashSet::new(),
        tasks: VecDeque::new(),
        last: Vec::new(),
        others: VecDeque::new(),
        is_about_others: false,
        played: Vec::new(),
    };
    let rows = play.rows.entry(root).or_default();
    rows.first = if dialect == Dialect::MySql { Row::Going } else { Row::Gone };
    rows.is_followed = true;
    play.push(play.following(root, Event::Delete, 1));
    play.run();
    play.finish();
    play.is_about_others = true;
    while let Some((edge, event, depth)) = play.others.pop_front() {
        play.follow_others(edge, event, depth);
        play.run();
    }
    play.played
}

struct Play<'g, 'a> {
    graph: &'g ReachGraph<'a>,
    is_depth_first: bool,
    /// The rows of tables that something happened to.
    rows: HashMap<usize, Rows>,
    /// The foreign keys that an update has reached.
    updated: HashSet<usize>,
    tasks: VecDeque<Task>,
    /// What was played and is looked at last.
    last: Vec<usize>,
    /// The foreign keys that would act on rows which reference along them alone.
    others: VecDeque<(usize, Event, usize)>,
    is_about_others: bool,
    played: Vec<Played<'a>>,
}

/// The two rows of a table.
#[derive(Default)]
struct Rows {
    first: Row,
    second: Row,
    /// The columns that were emptied or got their default, of the second and mostly of both.
    changed: HashSet<String>,
    /// Those of which the first kept the value, since it was going already.
    kept: HashSet<String>,
    /// Whether it was looked at what references the first.
    is_followed: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Row {
    #[default]
    There,
    /// InnoDB deletes the entries of a row in its indexes after everything that follows from the
    /// delete, and finds it by them until then.
    Going,
    Gone,
}

enum Task {
    Act {
        edge: usize,
        event: Event,
        depth: usize,
    },
    FirstIsGone(usize),
    /// Of the table of a foreign key, along which it is deleted.
    SecondIsGone(usize),
}

impl<'a> Play<'_, 'a> {
    fn run(&mut self) {
        while let Some(task) = self.next() {
            match task {
                Task::Act { edge, event, depth } => self.act(edge, event, depth),
                Task::FirstIsGone(table) => self.rows.entry(table).or_default().first = Row::Gone,
                Task::SecondIsGone(edge) => self.delete_second(edge),
            }
        }
    }

    fn next(&mut self) -> Option<Task> {
        if self.is_depth_first { self.tasks.pop_back() } else { self.tasks.pop_front() }
    }

    /// Adds tasks that are done one after the other: at once where the engine goes into the depth.
    fn push(&mut self, tasks: Vec<Task>) {
        if self.is_depth_first {
            self.tasks.extend(tasks.into_iter().rev());
        } else {
            self.tasks.extend(tasks);
        }
    }

    /// What is done about a referenced row.
    fn following(&self, table: usize, event: Event, depth: usize) -> Vec<Task> {
        let edges = self.graph.referencing[table].iter();
        edges.map(|&edge| Task::Act { edge, event, depth }).collect()
    }

    fn act(&mut self, at: usize, event: Event, depth: usize) {
        let graph = self.graph;
        let edge = &graph.edges[at];
        let effect = self.effect(at, edge, event, depth);
        let is_certain = !self.is_about_others && self.is_used(edge);
        if matches!(effect, Effect::MayBlock(_)) && edge.is_checked_last(&graph.engine, event) {
            self.last.push(self.played.len());
        }
        self.played.push(Played { edge: at, event, effect, is_certain });
        let is_deleting = matches!(effect, Effect::Deletes);
        if !is_deleting && !matches!(effect, Effect::SetsNull | Effect::SetsDefault) {
            return;
        }
        if !is_certain {
            self.others.push_back((at, event, depth));
        } else if is_deleting {
            self.delete(at, edge.from, depth);
        } else {
            let tasks = self.change(edge, event, depth);
            self.push(tasks);
        }
    }

    /// What follows from what a foreign key does to rows that reference along it alone.
    fn follow_others(&mut self, at: usize, event: Event, depth: usize) {
        let edge = &self.graph.edges[at];
        let tasks = if event == Event::Delete && edge.action(event) == ReferentialAction::Cascade {
            let rows = self.rows.entry(edge.from).or_default();
            if std::mem::replace(&mut rows.is_followed, true) {
                return;
            }
            self.following(edge.from, Event::Delete, depth + 1)
        } else {
            self.change(edge, event, depth)
        };
        self.push(tasks);
    }

    fn effect(&self, at: usize, edge: &Edge<'a>, event: Event, depth: usize) -> Effect<'a> {
        use ReferentialAction::{Cascade, NoAction, Restrict, SetDefault, SetNull};
        if edge.is_forgotten {
            return Effect::Nothing(Idle::Forgotten);
        }
        if !edge.foreign_key.is_enforced {
            return Effect::Nothing(Idle::NotEnforced);
        }
        let is_mysql = self.graph.engine.dialect() == Dialect::MySql;
        let action = edge.action(event);
        let refusal = match (action, event) {
            (Cascade | SetNull | SetDefault, _) if is_mysql && depth >= INNODB_DEPTH => {
                Some(Refusal::TooDeep)
            }
            (NoAction | Restrict, _) => Some(Refusal::Action),
            (SetDefault, _) if is_mysql => Some(Refusal::SetDefault),
            (SetDefault, _) => self.missing_default(edge, event),
            (Cascade, Event::Delete) => None,
            // What is emptied here is emptied there.
            (Cascade | SetNull, _) => self.not_null(edge, event),
        };
        let is_used = !self.is_about_others && self.is_used(edge);
        let is_checked_last = edge.is_checked_last(&self.graph.engine, event);
        if !is_used
            && !is_checked_last
            && let Some(twin) = self.overtaken_by(at, event, false)
        {
            return Effect::Nothing(Idle::Overtaken(twin));
        }
        match (refusal, action) {
            // Until then the rows may be gone.
            (Some(Refusal::Action), _) if is_checked_last => Effect::MayBlock(Refusal::Action),
            (Some(refusal), _) if is_used => Effect::Blocks(refusal),
            (Some(refusal), _) => Effect::MayBlock(refusal),
            (None, Cascade) if event == Event::Delete => Effect::Deletes,
            (None, SetDefault) => Effect::SetsDefault,
            (None, _) => Effect::SetsNull,
        }
    }

    /// Whether there is a row that references along a foreign key.
    fn is_used(&self, edge: &Edge<'_>) -> bool {
        let Some(rows) = self.rows.get(&edge.from) else { return true };
        let acting = [ReferentialAction::Cascade, ReferentialAction::SetNull];
        let is_blocking = !acting.contains(&edge.foreign_key.on_delete);
        let is_changed = |it: &String| rows.changed.contains(it);
        let is_first_used = match rows.first {
            Row::There => !edge.columns.iter().any(is_changed),
            Row::Going => {
                is_blocking
                    && !edge.columns.iter().any(|it| is_changed(it) && !rows.kept.contains(it))
            }
            Row::Gone => false,
        };
        let is_second_there = rows.second == Row::There;
        is_first_used || is_second_there && !edge.columns.iter().any(is_changed)
    }

    /// The columns that an action sets, as positions in the foreign key.
    fn set_columns(&self, edge: &Edge<'_>, event: Event) -> Vec<usize> {
        match (event, edge.action(event)) {
            (Event::Delete, _) => edge.set.clone(),
            (Event::Update, ReferentialAction::Cascade) => {
                let changed = self.rows.get(&edge.to).map(|it| &it.changed);
                let is_changed = |at: &usize| {
                    let column = edge.referenced.get(*at);
                    column.is_none_or(|it| changed.is_some_and(|changed| changed.contains(it)))
                };
                (0..edge.columns.len()).filter(is_changed).collect()
            }
            (Event::Update, _) => (0..edge.columns.len()).collect(),
        }
    }

    fn not_null(&self, edge: &Edge<'a>, event: Event) -> Option<Refusal<'a>> {
        let set = self.set_columns(edge, event);
        let mut columns = set.iter().filter_map(|&at| edge.declared[at]);
        columns.find(|it| it.is_not_null).map(|it| Refusal::NotNull(&it.name))
    }

    fn missing_default(&self, edge: &Edge<'a>, event: Event) -> Option<Refusal<'a>> {
        let set = self.set_columns(edge, event);
        let has_default = |default: &Option<String>| {
            default.as_ref().is_some_and(|it| !it.trim().eq_ignore_ascii_case("null"))
        };
        let mut columns = set.iter().filter_map(|&at| edge.declared[at]);
        columns
            .find(|it| it.is_not_null && !has_default(&it.default))
            .map(|it| Refusal::NoDefault(&it.name))
    }

    /// Another foreign key that every row has which has this one, and which has acted on the row.
    fn overtaken_by(&self, at: usize, event: Event, is_last: bool) -> Option<&'a ForeignKey> {
        let edges = &self.graph.edges;
        let edge = &edges[at];
        // They are in the order in which the engine gets to them.
        let twins = self.graph.between.get(&(edge.from, edge.to))?.iter().take(TWINS);
        let mut earlier = twins.take_while(|&&it| is_last || it != at).filter(|&&it| it != at);
        let twin = earlier.find(|&&it| edges[it].acts(event) && is_part_of(&edges[it], edge))?;
        Some(edges[*twin].foreign_key)
    }

    /// Deletes the second row of a table. What followed from the first may have emptied its columns:
    /// InnoDB looks for it only now, SQLite knew it before.
    fn delete_second(&mut self, at: usize) {
        let edge = &self.graph.edges[at];
        let is_mysql = self.graph.engine.dialect() == Dialect::MySql;
        let rows = self.rows.entry(edge.from).or_default();
        if !is_mysql || !edge.columns.iter().any(|it| rows.changed.contains(it)) {
            rows.second = Row::Gone;
        }
    }

    /// Deletes the rows of a table along a foreign key.
    fn delete(&mut self, edge: usize, table: usize, depth: usize) {
        let is_mysql = self.graph.engine.dialect() == Dialect::MySql;
        let rows = self.rows.entry(table).or_default();
        let has_first = rows.first == Row::There;
        if has_first {
            rows.first = if is_mysql { Row::Going } else { Row::Gone };
        }
        let mut tasks = Vec::new();
        if has_first && !std::mem::replace(&mut rows.is_followed, true) {
            tasks = self.following(table, Event::Delete, depth + 1);
        }
        if !self.is_depth_first {
            self.rows.entry(table).or_default().second = Row::Gone;
        } else {
            if has_first {
                tasks.push(Task::FirstIsGone(table));
            }
            tasks.push(Task::SecondIsGone(edge));
        }
        self.push(tasks);
    }

    /// Changes columns of the rows of a table; what follows for those that reference them.
    fn change(&mut self, edge: &Edge<'a>, event: Event, depth: usize) -> Vec<Task> {
        let table = edge.from;
        let set = self.set_columns(edge, event);
        let columns = set.iter().map(|&at| &edge.columns[at]);
        let rows = self.rows.entry(table).or_default();
        let new: HashSet<&String> =
            columns.filter(|it| rows.changed.insert((*it).clone())).collect();
        if rows.first == Row::Going {
            rows.kept.extend(new.iter().map(|it| (*it).clone()));
        }
        let mut tasks = Vec::new();
        if new.is_empty() {
            return tasks;
        }
        for &edge in &self.graph.referencing[table] {
            let mut referenced = self.graph.edges[edge].referenced.iter();
            if referenced.any(|it| new.contains(it)) && self.updated.insert(edge) {
                tasks.push(Task::Act { edge, event: Event::Update, depth: depth + 1 });
            }
        }
        tasks
    }

    /// Looks at what is looked at last, and tells rows that never go from those that go too late.
    fn finish(&mut self) {
        for at in std::mem::take(&mut self.last) {
            let Played { edge, event, .. } = self.played[at];
            if self.is_used(&self.graph.edges[edge]) {
                self.played[at].effect = Effect::Blocks(Refusal::Action);
            } else if let Some(twin) = self.overtaken_by(edge, event, true) {
                self.played[at].effect = Effect::Nothing(Idle::Overtaken(twin));
            }
        }
        for at in 0..self.played.len() {
            let edge = &self.graph.edges[self.played[at].edge];
            let is_refused = matches!(self.played[at].effect, Effect::Blocks(Refusal::Action));
            if is_refused && !self.is_used(edge) {
                self.played[at].effect = Effect::Blocks(Refusal::Early);
            }
        }
    }
}

/// Whether every row that references along `edge` references along `part` as well.
fn is_part_of(part: &Edge<'_>, edge: &Edge<'_>) -> bool {
    let has = |column: &String, referenced: Option<&String>| {
        (0..edge.columns.len())
            .any(|at| edge.columns[at] == *column && edge.referenced.get(at) == referenced)
    };
    (0..part.columns.len()).all(|at| has(&part.columns[at], part.referenced.get(at)))
}
