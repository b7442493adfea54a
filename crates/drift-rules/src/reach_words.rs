//! What a delete does, in the words that all who tell of it use.

use drift_model::{Dialect, ForeignKey};

use crate::reach::{Effect, Event, Idle, Reach, Refusal, Step};

/// How many foreign keys that block are named in a line.
const NAMED: usize = 3;

/// What is so in SQLite alone: it looks at foreign keys where it is told to.
pub const SQLITE_CAVEAT: &str =
    "all this on connections with PRAGMA foreign_keys = ON; on others nothing else changes";

/// What comes of a foreign key, in a clause whose subject is its columns.
pub fn phrase(foreign_key: &ForeignKey, effect: Effect<'_>, event: Event) -> String {
    let (clause, action) = match event {
        Event::Delete => ("on delete", foreign_key.on_delete),
        Event::Update => ("on update", foreign_key.on_update),
    };
    match effect {
        Effect::Deletes => "rows are deleted".to_owned(),
        Effect::SetsNull => "is set to NULL".to_owned(),
        Effect::SetsDefault => "is set to its default".to_owned(),
        Effect::Blocks(Refusal::Action) => format!("blocks the delete: {clause} {action}"),
        Effect::Blocks(refusal) => {
            format!("blocks the delete: {clause} {action}, and {}", refusal.reason())
        }
        Effect::MayBlock(Refusal::Action) => {
            format!("blocks it for rows that stay: {clause} {action}")
        }
        Effect::MayBlock(refusal) => {
            format!("blocks it for rows that stay: {clause} {action}, and {}", refusal.reason())
        }
        Effect::Nothing(Idle::NotEnforced) => "does nothing: it is not enforced".to_owned(),
        Effect::Nothing(Idle::Forgotten) => {
            "does nothing: MySQL ignores REFERENCES after a column".to_owned()
        }
        Effect::Nothing(Idle::Overtaken(other)) => match &other.name {
            Some(name) => format!("does nothing: `{name}` acts first"),
            None => format!("does nothing: another one, {}, acts first", other.on_delete),
        },
    }
}

impl<'a> Reach<'a> {
    /// What keeps a row from being deleted: the steps that block for sure.
    pub fn blocking(&self) -> impl Iterator<Item = &Step<'a>> {
        self.steps.iter().filter(|it| matches!(it.effect, Effect::Blocks(_)))
    }

    /// The foreign keys that block, a few of them by name.
    pub fn blocked_by(&self) -> String {
        shorten(&self.blocking().map(|it| it.foreign_key.referencing_side()).collect::<Vec<_>>())
    }

    /// The foreign keys that block where their rows do not go along, a few of them by name.
    pub fn blocked_where_rows_stay(&self) -> String {
        let steps = self.steps.iter().filter(|it| matches!(it.effect, Effect::MayBlock(_)));
        shorten(&steps.map(|it| it.foreign_key.referencing_side()).collect::<Vec<_>>())
    }

    /// `3 tables lose rows, 1 is changed`
    pub fn extent(&self, dialect: Dialect) -> String {
        let losing = self.losing_tables(dialect).len();
        let changes = |it| matches!(it, Effect::SetsNull | Effect::SetsDefault);
        let changed = self.tables(dialect, changes).len();
        let lose = if losing == 1 { "loses" } else { "lose" };
        let are = if changed == 1 { "is" } else { "are" };
        match (losing, changed) {
            (0, 0) => "no other table changes".to_owned(),
            (_, 0) => format!("{} {lose} rows", tables(losing)),
            (0, _) => format!("{} {are} changed", tables(changed)),
            _ => format!("{} {lose} rows, {changed} {are} changed", tables(losing)),
        }
    }

    /// What comes of it all, in a line or two.
    pub fn conclusions(&self, dialect: Dialect) -> Vec<String> {
        let (blocked, staying) = (self.blocked_by(), self.blocked_where_rows_stay());
        let extent = self.extent(dialect);
        let mut lines = vec![match (&blocked[..], &staying[..]) {
            _ if self.steps.is_empty() => {
                "nothing references it: the row goes, and nothing else".to_owned()
            }
            ("", "") => format!("nothing blocks the delete; {extent}"),
            ("", _) => format!("blocked by rows of {staying} that do not go along; else {extent}"),
            _ => format!("blocked by rows of {blocked}; where there are none, {extent}"),
        }];
        if !blocked.is_empty() && !staying.is_empty() {
            lines.push(format!("also blocked by rows of {staying} that do not go along"));
        }
        lines
    }
}

fn tables(number: usize) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} table{plural}")
}

/// The first of several names, and how many more there are.
pub fn shorten(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Deferral, Engine, SourceMap, TableName, notation};
    use insta::assert_snapshot;

    use super::*;
    use crate::ReachGraph;

    /// What is said of deleting a row of the table `a`, each foreign key in a line.
    fn told_of(engine: &str, lines: &[&str], change: impl FnOnce(&mut Catalog)) -> String {
        let engine = Engine::parse(engine).unwrap();
        let mut catalog = notation::parse(&SourceMap::default(), "schema", lines).unwrap();
        change(&mut catalog);
        let reach = ReachGraph::new(&catalog, engine).reach(&TableName::new("a")).unwrap();
        let steps = reach.steps.iter();
        let phrases = steps.map(|it| {
            let side = it.foreign_key.referencing_side();
            format!("{side} {}", phrase(it.foreign_key, it.effect, it.event))
        });
        let mut told: Vec<String> = phrases.collect();
        told.extend(reach.conclusions(engine.dialect()));
        told.push(format!("refused: {}", reach.is_refused()));
        told.join("\n")
    }

    fn told(lines: &[&str]) -> String {
        told_of("postgresql", lines, |_| {})
    }

    #[test]
    fn says_what_each_foreign_key_does() {
        let lines = [
            "b(x) -> a(id) on delete cascade",
            "c(x) -> a(id) on delete set null",
            "d(x) -> a(id) on delete set default",
            "e(x) -> c(x)",
            "f(x) -> a(id) on delete restrict",
        ];
        assert_snapshot!(told(&lines), @"
        b.x rows are deleted
        c.x is set to NULL
        d.x is set to its default
        f.x blocks the delete: on delete restrict
        e.x blocks the delete: on update no action
        blocked by rows of f.x, e.x; where there are none, 1 table loses rows, 2 are changed
        refused: true
        ");
    }

    #[test]
    fn says_why_a_delete_is_blocked() {
        let lines = [
            "b(x) -> a(id)",
            "b(y) -> a(id) on delete cascade",
            "c(x) -> a(id)",
            "c(y) -> a(id) on delete cascade",
            "d(x: text!)",
            "d(x) -> a(id) on delete set null",
        ];
        let deferred = |catalog: &mut Catalog| {
            catalog.foreign_keys[2].deferral = Deferral::InitiallyDeferred;
        };
        assert_snapshot!(told_of("postgresql", &lines, deferred), @"
        b.x blocks the delete: on delete no action, and it is checked before its rows go along
        b.y rows are deleted
        c.x blocks it for rows that stay: on delete no action
        c.y rows are deleted
        d.x blocks the delete: on delete set null, and `x` is NOT NULL
        blocked by rows of b.x, d.x; where there are none, 2 tables lose rows
        also blocked by rows of c.x that do not go along
        refused: true
        ");
        let other_rows =
            ["b(x) -> a(id) on delete cascade", "b(y: text!)", "b(y) -> a(id) on delete set null"];
        assert_snapshot!(told(&other_rows), @"
        b.x rows are deleted
        b.y blocks it for rows that stay: on delete set null, and `y` is NOT NULL
        blocked by rows of b.y that do not go along; else 1 table loses rows
        refused: false
        ");
    }

    #[test]
    fn says_why_a_foreign_key_does_nothing() {
        let lines = [
            "b(x) -> a(id) on delete cascade as b_fk",
            "b(x) -> a(id) as other",
            "c(x) -> a(id) on delete cascade",
            "c(x) -> a(id)",
            "d(x) -> a(id)",
            "~e(x) -> a(id)",
        ];
        let not_enforced = |catalog: &mut Catalog| catalog.foreign_keys[4].is_enforced = false;
        assert_snapshot!(told_of("postgresql-18", &lines, not_enforced), @"
        b.x rows are deleted
        b.x does nothing: `b_fk` acts first
        c.x rows are deleted
        c.x does nothing: another one, cascade, acts first
        d.x does nothing: it is not enforced
        e.x does nothing: MySQL ignores REFERENCES after a column
        nothing blocks the delete; 2 tables lose rows
        refused: false
        ");
    }

    #[test]
    fn sums_up_how_far_a_delete_goes() {
        let extent = |lines: &[&str]| told(lines).lines().rev().nth(1).unwrap().to_owned();
        assert_snapshot!(extent(&["a(id)"]), @"nothing references it: the row goes, and nothing else");
        let (lose, change) = ("on delete cascade", "on delete set null");
        let lines = |counts: [usize; 2]| {
            let lose = (0..counts[0]).map(|at| format!("l{at}(x) -> a(id) {lose}"));
            let change = (0..counts[1]).map(|at| format!("c{at}(x) -> a(id) {change}"));
            let lines: Vec<String> = lose.chain(change).collect();
            extent(&lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_snapshot!(lines([1, 0]), @"nothing blocks the delete; 1 table loses rows");
        assert_snapshot!(lines([2, 0]), @"nothing blocks the delete; 2 tables lose rows");
        assert_snapshot!(lines([0, 1]), @"nothing blocks the delete; 1 table is changed");
        assert_snapshot!(lines([0, 2]), @"nothing blocks the delete; 2 tables are changed");
        assert_snapshot!(lines([1, 2]), @"nothing blocks the delete; 1 table loses rows, 2 are changed");
        assert_snapshot!(lines([2, 1]), @"nothing blocks the delete; 2 tables lose rows, 1 is changed");
    }

    #[test]
    fn names_a_few_of_what_blocks() {
        let blocking = |count: usize| {
            let lines: Vec<String> = (0..count).map(|at| format!("t{at}(x) -> a(id)")).collect();
            told(&lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_snapshot!(blocking(3).lines().nth(3).unwrap(), @"blocked by rows of t0.x, t1.x, t2.x; where there are none, no other table changes");
        assert_snapshot!(blocking(5).lines().nth(5).unwrap(), @"blocked by rows of t0.x, t1.x, t2.x and 2 more; where there are none, no other table changes");
    }
}
