//! What deleting one row of a table does: which rows go along, which columns are emptied, and what
//! refuses the delete.
//!
//! A foreign key does nothing to rows that are not there. So the answer holds for the fullest data
//! that can be told of without knowing any: *every table has two rows, every foreign key of both
//! references the first row of its table, and the first row of the table in question is deleted*.
//! What happens then is played through as the engine does it (`reach_play`), and is exact:
//!
//! - [`Effect::Blocks`]: with these rows the delete is refused by that foreign key. Each that refuses
//!   is told, not the first alone: the play goes on as if it had let the row pass.
//! - [`Effect::MayBlock`]: these rows have gone along on another path when the foreign key is
//!   looked at, and it lets the delete pass. A row that references along this path alone is refused.
//! - The other effects say what happens to the rows.
//!
//! Without rows that reference it, any row can be deleted. What triggers, permissions or statements
//! of the application do is not looked at, nor what other defaults than NULL reference.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::collections::VecDeque;

use drift_model::{
    Catalog, Column, Deferral, Dialect, Engine, ForeignKey, ReferentialAction, TableName,
};

use crate::clause::is_blocking;
use crate::reach_play::{INNODB_DEPTH, play};

/// What happens to a referenced row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// It is deleted.
    Delete,
    /// The columns that are referenced are emptied.
    Update,
}

/// What a foreign key does when a referenced row goes.
#[derive(Debug, Clone, Copy)]
pub enum Effect<'a> {
    /// The referencing rows go along.
    Deletes,
    /// The referencing columns become NULL.
    SetsNull,
    /// The referencing columns get their default.
    SetsDefault,
    /// The delete is refused while there are referencing rows.
    Blocks(Refusal<'a>),
    /// The delete is refused while there are referencing rows that do not go along on another path.
    MayBlock(Refusal<'a>),
    /// It does nothing.
    Nothing(Idle<'a>),
}

/// Why a delete is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// It is `NO ACTION` or `RESTRICT`.
    Action,
    /// It is `NO ACTION` or `RESTRICT`, and looked at before its rows go along.
    Early,
    /// `SET NULL` on a column that is `NOT NULL`.
    NotNull(&'a str),
    /// `SET DEFAULT` on a column that is `NOT NULL` and has no default.
    NoDefault(&'a str),
    /// `SET DEFAULT`, which InnoDB takes for `RESTRICT`.
    SetDefault,
    /// Its rows lie deeper than the engine follows.
    TooDeep,
}

/// Why a foreign key does nothing.
#[derive(Debug, Clone, Copy)]
pub enum Idle<'a> {
    /// It is `NOT ENFORCED`.
    NotEnforced,
    /// It is written where the engine reads and forgets it.
    Forgotten,
    /// Another one on the same columns acts first.
    Overtaken(&'a ForeignKey),
}

/// What deleting one row of a table does.
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    /// The table.
    pub table: TableName,
    /// What each foreign key does that is reached, in the order in which the engine gets to it.
    pub steps: Vec<Step<'a>>,
    /// The steps that follow from the delete itself.
    pub first: Vec<usize>,
}

/// What one foreign key does.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// The foreign key.
    pub foreign_key: &'a ForeignKey,
    /// What happens to the row that it references.
    pub event: Event,
    /// What it does about it.
    pub effect: Effect<'a>,
    /// Whether it does so to the rows that are played with; otherwise others may be there to which it
    /// does, such as rows that reference along no other foreign key.
    pub is_certain: bool,
    /// The step that this one is listed under; `None` for the delete itself.
    pub parent: Option<usize>,
    /// The steps that follow, each listed once.
    pub next: Vec<usize>,
    /// The step where what follows is listed, if that is another one; `None` within it is the
    /// delete itself.
    pub listed_at: Option<Option<usize>>,
}

impl Refusal<'_> {
    /// What is behind it, in a clause.
    pub fn reason(self) -> String {
        match self {
            Refusal::Action => "its rows stay".to_owned(),
            Refusal::Early => "it is checked before its rows go along".to_owned(),
            Refusal::NotNull(column) => format!("`{column}` is NOT NULL"),
            Refusal::NoDefault(column) => format!("`{column}` is NOT NULL and has no default"),
            Refusal::SetDefault => "InnoDB takes SET DEFAULT for RESTRICT".to_owned(),
            Refusal::TooDeep => format!("InnoDB gives up {INNODB_DEPTH} foreign keys away"),
        }
    }
}

impl<'a> Reach<'a> {
    /// Whether some rows keep the row from being deleted.
    pub fn is_refused(&self) -> bool {
        self.steps.iter().any(|it| matches!(it.effect, Effect::Blocks(_)))
    }

    /// The tables that lose rows besides the one in question, in the order in which they do.
    pub fn losing_tables(&self, dialect: Dialect) -> Vec<&'a TableName> {
        self.tables(dialect, |it| matches!(it, Effect::Deletes))
    }

    /// The tables of which a foreign key does something, in the order in which it does.
    pub fn tables(
        &self,
        dialect: Dialect,
        does: impl Fn(Effect<'a>) -> bool,
    ) -> Vec<&'a TableName> {
        let mut seen = HashSet::new();
        let steps = self.steps.iter().filter(|it| does(it.effect));
        steps
            .map(|it| &it.foreign_key.referencing_table)
            .filter(|it| seen.insert(dialect.table_key(it)))
            .collect()
    }

    /// How many steps away from the delete each is, 1 for what references the deleted row.
    pub fn depths(&self) -> Vec<usize> {
        let mut depths = vec![1; self.steps.len()];
        let mut waiting: VecDeque<usize> = self.first.iter().copied().collect();
        while let Some(at) = waiting.pop_front() {
            for &next in &self.steps[at].next {
                depths[next] = depths[at] + 1;
                waiting.push_back(next);
            }
        }
        depths
    }

    /// The steps from the delete to one of them, that one last.
    pub fn path(&self, step: usize) -> Vec<&Step<'a>> {
        let mut path = Vec::new();
        let mut at = Some(step);
        while let Some(step) = at {
            path.push(&self.steps[step]);
            at = self.steps[step].parent;
        }
        path.reverse();
        path
    }
}

/// The foreign keys of a catalog by what they reference, to ask for the reach of many tables.
pub struct ReachGraph<'a> {
    pub(crate) engine: Engine,
    pub(crate) edges: Vec<Edge<'a>>,
    /// By the number of the referenced table, in the order in which the engine gets to them.
    pub(crate) referencing: Vec<Vec<usize>>,
    /// By the numbers of both tables.
    pub(crate) between: HashMap<(usize, usize), Vec<usize>>,
    numbers: HashMap<TableName, usize>,
    tables: Vec<&'a TableName>,
    /// How many of the tables the catalog has; others are named by foreign keys alone.
    declared: usize,
}

/// A foreign key, ready to be followed.
pub(crate) struct Edge<'a> {
    pub(crate) foreign_key: &'a ForeignKey,
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The referencing columns as the engine compares them.
    pub(crate) columns: Vec<String>,
    /// The referenced columns likewise; those of the primary key where none are written.
    pub(crate) referenced: Vec<String>,
    /// The columns that `SET NULL` and `SET DEFAULT` set on a delete, as positions in `columns`.
    pub(crate) set: Vec<usize>,
    /// By position in `columns`: as the catalog has them, where it does.
    pub(crate) declared: Vec<Option<&'a Column>>,
    pub(crate) is_forgotten: bool,
}

impl Edge<'_> {
    /// What it does, with what the engine makes of it.
    pub(crate) fn action(&self, event: Event) -> ReferentialAction {
        match event {
            Event::Delete => self.foreign_key.on_delete,
            Event::Update => self.foreign_key.on_update,
        }
    }

    /// Whether it deletes rows or changes them.
    pub(crate) fn acts(&self, event: Event) -> bool {
        !self.is_forgotten && self.foreign_key.is_enforced && !is_blocking(self.action(event))
    }

    /// Whether it is looked at when everything else is done.
    pub(crate) fn is_checked_last(&self, engine: &Engine, event: Event) -> bool {
        let action = self.action(event);
        if !is_blocking(action) {
            return false;
        }
        match engine.dialect() {
            Dialect::Sqlite => action == ReferentialAction::NoAction,
            // Its checks come after all cascades, and `RESTRICT` is another word for `NO ACTION`.
            Dialect::PostgreSql if engine.is_cockroachdb() => true,
            Dialect::PostgreSql => {
                action == ReferentialAction::NoAction
                    && self.foreign_key.deferral == Deferral::InitiallyDeferred
            }
            Dialect::MySql => false,
        }
    }
}

impl<'a> ReachGraph<'a> {
    /// Puts the foreign keys of a catalog in the order in which the engine gets to them, which is
    /// taken from their order in the catalog where it is that in which they were made.
    pub fn new(catalog: &'a Catalog, engine: Engine) -> Self {
        Self::build(catalog, engine, None)
    }

    /// The same for a catalog that does not say in which order its foreign keys were made: they come
    /// in the order that those of another one have.
    pub fn in_order_of(catalog: &'a Catalog, engine: Engine, other: &ReachGraph<'_>) -> Self {
        Self::build(catalog, engine, Some(other))
    }

    fn build(catalog: &'a Catalog, engine: Engine, other: Option<&ReachGraph<'_>>) -> Self {
        let mut graph = Self {
            engine,
            edges: Vec::new(),
            referencing: Vec::new(),
            between: HashMap::new(),
            numbers: HashMap::new(),
            tables: Vec::new(),
            declared: 0,
        };
        for table in &catalog.tables {
            graph.number(&table.name);
        }
        graph.declared = graph.tables.len();
        let columns = graph.columns(catalog);
        let keys: HashMap<usize, Vec<String>> = catalog
            .tables
            .iter()
            .filter_map(|table| {
                let key = table.primary_key.as_ref()?;
                Some((graph.find(&table.name)?, graph.column_keys(&key.columns)))
            })
            .collect();
        let forgotten = catalog.ignored_foreign_keys.iter().map(|it| (it, true));
        for (foreign_key, is_forgotten) in
            catalog.foreign_keys.iter().map(|it| (it, false)).chain(forgotten)
        {
            let edge = graph.edge(foreign_key, is_forgotten, &columns, &keys);
            graph.edges.push(edge);
        }
        graph.referencing = vec![Vec::new(); graph.tables.len()];
        for at in graph.firing_order(other) {
            let Edge { from, to, .. } = graph.edges[at];
            graph.referencing[to].push(at);
            graph.between.entry((from, to)).or_default().push(at);
        }
        graph
    }

    /// The columns of the tables that have foreign keys.
    fn columns(&self, catalog: &'a Catalog) -> HashMap<(usize, String), &'a Column> {
        let dialect = self.engine.dialect();
        let keys = catalog.foreign_keys.iter().filter_map(|it| self.find(&it.referencing_table));
        let wanted: HashSet<usize> = keys.collect();
        let mut columns = HashMap::new();
        for table in &catalog.tables {
            let number = self.find(&table.name).filter(|it| wanted.contains(it));
            let Some(number) = number else { continue };
            for column in &table.columns {
                columns.insert((number, dialect.column_key(&column.name).into_owned()), column);
            }
        }
        columns
    }

    fn column_keys(&self, columns: &[String]) -> Vec<String> {
        let dialect = self.engine.dialect();
        columns.iter().map(|it| dialect.column_key(it).into_owned()).collect()
    }

    fn edge(
        &mut self,
        foreign_key: &'a ForeignKey,
        is_forgotten: bool,
        declared: &HashMap<(usize, String), &'a Column>,
        keys: &HashMap<usize, Vec<String>>,
    ) -> Edge<'a> {
        let from = self.number(&foreign_key.referencing_table);
        let to = self.number(&foreign_key.referenced_table);
        let columns = self.column_keys(&foreign_key.referencing_columns);
        let referenced = match &foreign_key.referenced_columns[..] {
            [] => keys.get(&to).cloned().unwrap_or_default(),
            written => self.column_keys(written),
        };
        let set_columns = self.column_keys(&foreign_key.set_columns);
        let is_set = |column: &String| set_columns.is_empty() || set_columns.contains(column);
        let set = (0..columns.len()).filter(|&at| is_set(&columns[at])).collect();
        let declared =
            columns.iter().map(|it| declared.get(&(from, it.clone())).copied()).collect();
        Edge { foreign_key, from, to, columns, referenced, set, declared, is_forgotten }
    }

    /// The order in which the engine gets to foreign keys that reference one row.
    ///
    /// PostgreSQL fires their triggers in the order in which they were made, InnoDB goes by name.
    /// MySQL has them in its SQL layer from 9.6 on, in the order in which they were made. SQLite
    /// begins with the one that was declared last in the table that was made last.
    fn firing_order(&self, other: Option<&ReachGraph<'_>>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.edges.len()).collect();
        match self.engine.dialect() {
            Dialect::PostgreSql => {}
            Dialect::MySql if !self.engine.is_mariadb() && self.engine.version() >= 9_06_00 => {}
            Dialect::MySql => order.sort_by_key(|&at| &self.edges[at].foreign_key.name),
            Dialect::Sqlite => {
                order.sort_by_key(|&at| self.edges[at].from);
                order.reverse();
            }
        }
        if let Some(other) = other {
            let ranks = other.ranks();
            order.sort_by_cached_key(|&at| {
                let action = self.edges[at].foreign_key.on_delete;
                let place = self.place(&self.edges[at]);
                let alike = ranks.get(&(place.clone(), Some(action)));
                alike.or_else(|| ranks.get(&(place, None))).copied().unwrap_or(usize::MAX)
            });
        }
        order
    }

    /// When the engine gets to the foreign keys at a place, those of an action or any.
    fn ranks(&self) -> HashMap<(Place, Option<ReferentialAction>), usize> {
        let mut ranks = HashMap::new();
        for (rank, at) in self.firing_order(None).into_iter().enumerate() {
            let place = self.place(&self.edges[at]);
            ranks.entry((place.clone(), None)).or_insert(rank);
            ranks.entry((place, Some(self.edges[at].foreign_key.on_delete))).or_insert(rank);
        }
        ranks
    }

    /// What tells the places of foreign keys from others, whichever source they are from.
    fn place(&self, edge: &Edge<'_>) -> Place {
        let dialect = self.engine.dialect();
        let table = dialect.table_key(self.tables[edge.from]);
        (
            table.into_owned(),
            edge.columns.clone(),
            dialect.table_key(self.tables[edge.to]).into_owned(),
        )
    }

    fn number(&mut self, table: &'a TableName) -> usize {
        let key = self.engine.dialect().table_key(table);
        *self.numbers.entry(key.into_owned()).or_insert_with(|| {
            self.tables.push(table);
            self.tables.len() - 1
        })
    }

    pub(crate) fn find(&self, table: &TableName) -> Option<usize> {
        self.numbers.get(&self.engine.dialect().table_key(table)).copied()
    }

    /// The tables of the catalog, in declaration order.
    pub fn tables(&self) -> &[&'a TableName] {
        &self.tables[..self.declared]
    }

    /// What deleting one row of a table does; `None` where the catalog has no such table.
    pub fn reach(&self, table: &TableName) -> Option<Reach<'a>> {
        let root = self.find(table)?;
        let mut played = play(self, root);
        let steps = played.iter_mut().map(|it| Step {
            foreign_key: self.edges[it.edge].foreign_key,
            event: it.event,
            effect: it.effect,
            is_certain: it.is_certain,
            parent: None,
            next: Vec::new(),
            listed_at: None,
        });
        let mut reach =
            Reach { table: self.tables[root].clone(), steps: steps.collect(), first: Vec::new() };
        let at: Vec<(usize, usize)> =
            played.iter().map(|it| (self.edges[it.edge].from, self.edges[it.edge].to)).collect();
        list(&mut reach, root, &at);
        Some(reach)
    }
}

type Place = (TableName, Vec<String>, TableName);

/// Lists each step once, on the shortest way from the delete. `at` holds the referencing and the
/// referenced table of each step.
fn list(reach: &mut Reach<'_>, root: usize, at: &[(usize, usize)]) {
    let mut following: HashMap<(usize, Event), Vec<usize>> = HashMap::new();
    for (position, step) in reach.steps.iter().enumerate() {
        following.entry((at[position].1, step.event)).or_default().push(position);
    }
    let mut homes: HashMap<(usize, Event), Option<usize>> = HashMap::new();
    let mut waiting: VecDeque<usize> = VecDeque::new();
    homes.insert((root, Event::Delete), None);
    reach.first = following.get(&(root, Event::Delete)).cloned().unwrap_or_default();
    waiting.extend(&reach.first);
    while let Some(position) = waiting.pop_front() {
        let event = match reach.steps[position].effect {
            Effect::Deletes => Event::Delete,
            Effect::SetsNull | Effect::SetsDefault => Event::Update,
            _ => continue,
        };
        let key = (at[position].0, event);
        let Some(next) = following.get(&key) else { continue };
        if let Some(home) = homes.get(&key) {
            reach.steps[position].listed_at = Some(*home);
            continue;
        }
        homes.insert(key, Some(position));
        for &step in next {
            reach.steps[step].parent = Some(position);
        }
        reach.steps[position].next.clone_from(next);
        waiting.extend(next);
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use super::*;

    fn check_in(engine: &str, lines: &[&str]) -> String {
        check_with(engine, lines, |_| {})
    }

    /// What deleting a row of the table `a` does, by lines.
    fn check_with(engine: &str, lines: &[&str], change: impl FnOnce(&mut Catalog)) -> String {
        let mut catalog = notation::parse(&SourceMap::default(), "migrations", lines).unwrap();
        change(&mut catalog);
        let graph = ReachGraph::new(&catalog, Engine::parse(engine).unwrap());
        let reach = graph.reach(&TableName::new("a")).unwrap();
        let mut text = String::new();
        write(&reach, &reach.first, 0, &mut text);
        text
    }

    fn write(reach: &Reach<'_>, steps: &[usize], depth: usize, text: &mut String) {
        for &at in steps {
            let step = &reach.steps[at];
            let effect = match step.effect {
                Effect::Deletes => "deletes".to_owned(),
                Effect::SetsNull => "sets null".to_owned(),
                Effect::SetsDefault => "sets default".to_owned(),
                Effect::Blocks(refusal) => format!("blocks: {}", refusal.reason()),
                Effect::MayBlock(_) => "may block".to_owned(),
                Effect::Nothing(Idle::Overtaken(other)) => format!("nothing after {other}"),
                Effect::Nothing(idle) => format!("nothing: {idle:?}"),
            };
            let marks =
                [(step.event == Event::Update, " on update"), (!step.is_certain, " (other rows)")];
            let marks: String = marks.iter().filter(|it| it.0).map(|it| it.1).collect();
            let elsewhere = match step.listed_at {
                None => String::new(),
                Some(None) => " = the delete".to_owned(),
                Some(Some(at)) => format!(" = {}", reach.steps[at].foreign_key),
            };
            let indent = "  ".repeat(depth);
            text.push_str(&format!("{indent}{} {effect}{marks}{elsewhere}\n", step.foreign_key));
            write(reach, &step.next, depth + 1, text);
        }
    }

    #[test]
    fn follows_cascades_and_stops_at_what_is_emptied() {
        let lines = [
            "b(x) -> a(id) on delete cascade",
            "c(x) -> b(id) on delete set null",
            "d(x) -> b(id)",
            "e(x) -> c(id)",
        ];
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id deletes
          c.x → b.id sets null
          d.x → b.id blocks: its rows stay
        ");
    }

    #[test]
    fn lists_a_diamond_once_on_its_shortest_way() {
        let lines = [
            "b(x) -> a(id) on delete cascade",
            "c(x) -> b(id) on delete cascade",
            "c(y) -> a(id) on delete cascade",
            "d(x) -> c(id) on delete cascade",
        ];
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id deletes
          c.x → b.id deletes (other rows) = c.y → a.id
        c.y → a.id deletes
          d.x → c.id deletes
        ");
        assert_eq!(check_in("sqlite", &lines).lines().count(), 4);
    }

    // As on PostgreSQL 15, MariaDB 10.11 and SQLite 3.40.
    #[test]
    fn looks_at_a_diamond_when_the_engine_does() {
        let short = [
            "b(x) -> a(id) on delete cascade",
            "c(x) -> a(id) on delete cascade as f1",
            "c(y) -> b(id) as f2",
        ];
        let long = [
            "b(x) -> a(id) on delete cascade as f1",
            "m(x) -> a(id) on delete cascade as f2",
            "n(x) -> m(id) on delete cascade as f3",
            "c(x) -> n(id) on delete cascade as f4",
            "c(y) -> b(id) as f5",
        ];
        let verdict = |engine, lines: &[&str]| {
            let found = check_in(engine, lines);
            let line = found.lines().find(|it| it.contains("c.y")).unwrap();
            line.trim().to_owned()
        };
        assert_snapshot!(verdict("postgresql", &short), @"c.y → b.id may block (other rows)");
        assert_snapshot!(verdict("sqlite", &short), @"c.y → b.id may block (other rows)");
        assert_snapshot!(verdict("mariadb", &short), @"c.y → b.id blocks: it is checked before its rows go along");
        assert_snapshot!(verdict("cockroachdb", &long), @"c.y → b.id may block");
        assert_snapshot!(verdict("postgresql", &long), @"c.y → b.id blocks: it is checked before its rows go along");
        assert_snapshot!(verdict("sqlite", &long), @"c.y → b.id may block (other rows)");
        assert_snapshot!(verdict("mariadb", &long), @"c.y → b.id blocks: it is checked before its rows go along");
    }

    #[test]
    fn lets_the_first_of_two_on_the_same_columns_decide() {
        let lines = ["b(x) -> a(id) as z", "b(x) -> a(id) on delete cascade as y"];
        let back = [lines[1], lines[0]];
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id blocks: it is checked before its rows go along
        b.x → a.id deletes
        ");
        assert_snapshot!(check_in("postgresql", &back), @"
        b.x → a.id deletes
        b.x → a.id nothing after b.x → a.id (other rows)
        ");
        assert_eq!(check_in("mysql-8.4", &lines), check_in("mysql-8.4", &back));
        assert_snapshot!(check_in("mysql-8.4", &lines), @"
        b.x → a.id deletes
        b.x → a.id nothing after b.x → a.id (other rows)
        ");
        assert_eq!(check_in("mysql-9.7", &lines), check_in("postgresql", &lines));
        assert_snapshot!(check_in("sqlite", &lines), @"
        b.x → a.id deletes
        b.x → a.id nothing after b.x → a.id (other rows)
        ");
    }

    #[test]
    fn ends_in_cycles() {
        let lines = [
            "b(x) -> a(id) on delete cascade",
            "a(y) -> b(id) on delete cascade",
            "b(z) -> b(id) on delete cascade",
            "a(z) -> a(id)",
        ];
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id deletes
          a.y → b.id deletes = the delete
          b.z → b.id deletes (other rows) = b.x → a.id
        a.z → a.id blocks: it is checked before its rows go along
        ");
    }

    #[test]
    fn tells_what_cannot_be_emptied() {
        let lines = ["b(x) -> a(id) on delete set null", "c(x) -> a(id) on delete set default"];
        let not_null = |catalog: &mut Catalog| {
            for table in &mut catalog.tables {
                table.columns[0].is_not_null = true;
            }
        };
        assert_snapshot!(check_with("postgresql", &lines, not_null), @"
        b.x → a.id blocks: `x` is NOT NULL
        c.x → a.id blocks: `x` is NOT NULL and has no default
        ");
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id sets null
        c.x → a.id sets default
        ");
        assert_snapshot!(check_in("mariadb", &lines), @"
        b.x → a.id sets null
        c.x → a.id blocks: InnoDB takes SET DEFAULT for RESTRICT
        ");
    }

    #[test]
    fn follows_what_is_emptied_to_what_references_it() {
        let lines = [
            "b(x) -> a(id) on delete set null",
            "c(y) -> b(x) on update cascade",
            "d(y) -> b(x)",
            "e(y) -> b(id)",
        ];
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id sets null
          c.y → b.x sets null on update
          d.y → b.x blocks: its rows stay on update
        ");
    }

    #[test]
    fn tells_what_does_nothing() {
        let lines = ["b(x) -> a(id) on delete cascade", "~c(x) -> a(id) on delete cascade"];
        let found = check_with("postgresql-18", &lines, |catalog| {
            catalog.foreign_keys[0].is_enforced = false;
        });
        assert_snapshot!(found, @"
        b.x → a.id nothing: NotEnforced
        c.x → a.id nothing: Forgotten
        ");
        let not_enforced = |catalog: &mut Catalog| catalog.foreign_keys[0].is_enforced = false;
        assert_snapshot!(check_with("cockroachdb", &["b(x) -> a(id)"], not_enforced), @"b.x → a.id nothing: NotEnforced");
    }

    #[test]
    fn looks_last_at_what_the_engine_looks_at_last() {
        let lines = ["c(x) -> a(id)", "c(y) -> a(id) on delete cascade"];
        assert_snapshot!(check_in("postgresql", &lines), @"
        c.x → a.id blocks: it is checked before its rows go along
        c.y → a.id deletes
        ");
        let deferred = |catalog: &mut Catalog| {
            catalog.foreign_keys[0].deferral = Deferral::InitiallyDeferred;
        };
        assert_snapshot!(check_with("postgresql", &lines, deferred), @"
        c.x → a.id may block
        c.y → a.id deletes
        ");
        let restrict = |catalog: &mut Catalog| {
            deferred(catalog);
            catalog.foreign_keys[0].on_delete = ReferentialAction::Restrict;
        };
        assert_snapshot!(check_with("postgresql", &lines, restrict), @"
        c.x → a.id blocks: it is checked before its rows go along
        c.y → a.id deletes
        ");
        let back = [lines[1], lines[0]];
        assert_snapshot!(check_in("sqlite", &back), @"
        c.x → a.id may block
        c.y → a.id deletes
        ");
        let back = [lines[1], "c(x) -> a(id) on delete restrict"];
        assert_snapshot!(check_in("sqlite", &back), @"
        c.x → a.id blocks: it is checked before its rows go along
        c.y → a.id deletes
        ");
    }

    #[test]
    fn only_what_acts_comes_first() {
        let lines = ["b(x, y) -> a(id, k)", "b(x) -> a(id)", "b(y) -> a(k) on delete cascade"];
        let deferred = |catalog: &mut Catalog| {
            catalog.foreign_keys[0].deferral = Deferral::InitiallyDeferred;
        };
        assert_snapshot!(check_with("postgresql", &lines, deferred), @"
        b.(x, y) → a.(id, k) nothing after b.y → a.k
        b.x → a.id blocks: it is checked before its rows go along
        b.y → a.k deletes
        ");
        let lines = [
            "b(z) -> a(id) on delete cascade",
            "b(x) -> a(id) on delete cascade",
            "b(x, y) -> a(id, k)",
        ];
        let not_enforced = |catalog: &mut Catalog| catalog.foreign_keys[1].is_enforced = false;
        assert_snapshot!(check_with("postgresql-18", &lines, not_enforced), @"
        b.z → a.id deletes
        b.x → a.id nothing: NotEnforced (other rows)
        b.(x, y) → a.(id, k) may block (other rows)
        ");
    }

    #[test]
    fn tells_each_that_refuses() {
        let lines = ["b(x) -> a(id) on delete set null", "b(x) -> a(id)"];
        let not_null = |catalog: &mut Catalog| catalog.tables[0].columns[0].is_not_null = true;
        assert_snapshot!(check_with("postgresql", &lines, not_null), @"
        b.x → a.id blocks: `x` is NOT NULL
        b.x → a.id blocks: its rows stay
        ");
    }

    #[test]
    fn follows_rows_that_reference_along_one_path_alone() {
        let emptied =
            ["b(x) -> a(id) on delete cascade", "b(y) -> a(id) on delete set null", "c(x) -> b(y)"];
        assert_snapshot!(check_in("postgresql", &emptied), @"
        b.x → a.id deletes
          c.x → b.y blocks: its rows stay
        b.y → a.id sets null (other rows)
          c.x → b.y may block on update (other rows)
        ");
        let deleted =
            ["b(x) -> a(id) on delete set null", "b(x) -> a(k) on delete cascade", "c(b) -> b(id)"];
        assert_snapshot!(check_in("postgresql", &deleted), @"
        b.x → a.id sets null
        b.x → a.k deletes (other rows)
          c.b → b.id may block (other rows)
        ");
    }

    #[test]
    fn what_was_emptied_references_nothing() {
        let lines = ["b(x) -> a(id) on delete set null as f1", "b(x) -> a(k) as f2"];
        assert_snapshot!(check_in("postgresql", &lines), @"
        b.x → a.id sets null
        b.x → a.k may block (other rows)
        ");
        let several = ["b(x, y) -> a(id, k) on delete set null", "c(z) -> b(y)", "d(z) -> b(x)"];
        assert_snapshot!(check_in("postgresql", &several), @"
        b.(x, y) → a.(id, k) sets null
          c.z → b.y blocks: its rows stay on update
          d.z → b.x blocks: its rows stay on update
        ");
    }

    #[test]
    fn innodb_finds_a_row_by_its_indexes_while_it_goes() {
        let own = ["a(x) -> a(id) on delete cascade as f1", "a(y) -> a(id) as f2"];
        assert_snapshot!(check_in("mysql", &own), @"
        a.x → a.id deletes = the delete
        a.y → a.id blocks: its rows stay
        ");
        let emptied = ["a(x) -> a(id) on delete set null as f1", "a(x) -> a(k) as f2"];
        assert_snapshot!(check_in("mysql", &emptied), @"
        a.x → a.id sets null
        a.x → a.k blocks: its rows stay
        ");
        let own_column = ["a(x) -> a(x) on delete set null as f1"];
        assert_snapshot!(check_in("mysql", &own_column), @"
        a.x → a.x sets null
          a.x → a.x may block on update (other rows)
        ");
        let back = [
            "c(x) -> a(id) on delete cascade as f1",
            "d(x) -> c(id) on delete set null as f2",
            "c(x) -> d(x) on update cascade as f3",
            "c(z) -> d(x) as f4",
        ];
        assert_snapshot!(check_in("mysql", &back), @"
        c.x → a.id deletes
          d.x → c.id sets null
            c.x → d.x sets null on update
            c.z → d.x blocks: its rows stay on update
        ");
    }

    #[test]
    fn a_default_serves_where_nothing_may_be_null() {
        let lines = ["b(x) -> a(id) on delete set default"];
        let with_default = |default: &str| {
            check_with("postgresql", &lines, |catalog| {
                catalog.tables[0].columns[0].is_not_null = true;
                catalog.tables[0].columns[0].default = Some(default.to_owned());
            })
        };
        assert_snapshot!(with_default("1"), @"b.x → a.id sets default");
        assert_snapshot!(with_default("NULL"), @"b.x → a.id blocks: `x` is NOT NULL and has no default");
    }

    #[test]
    fn gives_up_where_innodb_does() {
        let mut lines = vec!["t1(x) -> a(id) on delete cascade".to_owned()];
        lines.extend((1..15).map(|at| format!("t{}(x) -> t{at}(id) on delete cascade", at + 1)));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert!(!check_in("mariadb", &lines[..14]).contains("blocks"));
        let found = check_in("mariadb", &lines);
        assert_snapshot!(found.lines().last().unwrap().trim(), @"t15.x → t14.id blocks: InnoDB gives up 15 foreign keys away");
    }

    #[test]
    fn innodb_counts_what_is_emptied_and_what_other_rows_do() {
        let too_deep = |beginning: &[&str], column: &str, clause: &str, length: usize| {
            let mut lines: Vec<String> = beginning.iter().map(|it| (*it).to_owned()).collect();
            lines.push(format!("t1(x) -> b({column}) {clause}"));
            lines.extend(
                (1..length).map(|at| format!("t{}(x) -> t{at}({column}) {clause}", at + 1)),
            );
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let found = check_in("mysql", &lines);
            let line = found.lines().find(|it| it.contains("block"));
            line.map(|it| it.trim().to_owned()).unwrap_or_default()
        };
        let emptied = ["b(x) -> a(id) on delete set null"];
        assert_snapshot!(too_deep(&emptied, "x", "on update cascade", 13), @"");
        assert_snapshot!(too_deep(&emptied, "x", "on update cascade", 14), @"t14.x → t13.x blocks: InnoDB gives up 15 foreign keys away on update");
        let others =
            ["b(x) -> a(id) on delete set null as f1", "b(x) -> a(k) on delete cascade as f2"];
        assert_snapshot!(too_deep(&others, "id", "on delete cascade", 13), @"");
        assert_snapshot!(too_deep(&others, "id", "on delete cascade", 14), @"t14.x → t13.id may block (other rows)");
    }

    #[test]
    fn follows_long_chains() {
        let mut lines = vec!["t0(x) -> a(id) on delete cascade".to_owned()];
        lines.extend((0..5000).map(|at| format!("t{}(x) -> t{at}(id) on delete cascade", at + 1)));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let catalog = notation::parse(&SourceMap::default(), "migrations", &lines).unwrap();
        for engine in ["postgresql", "sqlite", "mysql"] {
            let graph = ReachGraph::new(&catalog, Engine::parse(engine).unwrap());
            let reach = graph.reach(&TableName::new("a")).unwrap();
            assert_eq!(
                reach.depths().iter().max(),
                Some(&if engine == "mysql" { 15 } else { 5001 })
            );
        }
    }
}
