//! Where two sources say different things of a delete.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::borrow::Cow;

use drift_model::{Dialect, ForeignKey, TableName};

use crate::reach::{Effect, Event, Reach, Step};

/// A foreign key that does one thing by one source and another by the other.
#[derive(Debug, Clone, Copy)]
pub struct ReachDifference<'a> {
    /// What happens to the row that is referenced.
    pub event: Event,
    /// What it does by the one; `None` where it has no such foreign key.
    pub one: Option<(&'a ForeignKey, Effect<'a>)>,
    /// What it does by the other.
    pub other: Option<(&'a ForeignKey, Effect<'a>)>,
}

/// The foreign keys on which two sources disagree where both reach the referenced row. What follows
/// from them is not told again.
pub fn reach_differences<'a>(
    one: &Reach<'a>,
    other: &Reach<'a>,
    dialect: Dialect,
) -> Vec<ReachDifference<'a>> {
    let (ours, theirs) = (strongest(one, dialect), strongest(other, dialect));
    let (our_rows, their_rows) = (reached(one, dialect), reached(other, dialect));
    let mut seen = HashSet::new();
    let mut differences = Vec::new();
    for step in one.steps.iter().chain(&other.steps) {
        let place = place(step, dialect);
        let row = (dialect.table_key(&step.foreign_key.referenced_table), step.event);
        let are_reached = our_rows.contains(&row) && their_rows.contains(&row);
        if !are_reached || !seen.insert(place.clone()) {
            continue;
        }
        let (one, other) = (ours.get(&place).copied(), theirs.get(&place).copied());
        let strength = |it: Option<(_, Effect<'_>)>| it.map_or(0, |(_, effect)| strength(effect));
        if strength(one) != strength(other) {
            differences.push(ReachDifference { event: step.event, one, other });
        }
    }
    differences
}

type Place = (TableName, Vec<String>, TableName, Event);

fn place(step: &Step<'_>, dialect: Dialect) -> Place {
    let foreign_key = step.foreign_key;
    let columns = foreign_key.referencing_columns.iter();
    let mut columns: Vec<String> = columns.map(|it| dialect.column_key(it).into_owned()).collect();
    columns.sort_unstable();
    let table = |name| dialect.table_key(name);
    let (from, to) = (&foreign_key.referencing_table, &foreign_key.referenced_table);
    (table(from).into_owned(), columns, table(to).into_owned(), step.event)
}

/// Of several foreign keys at one place the one that counts.
fn strongest<'a>(
    reach: &Reach<'a>,
    dialect: Dialect,
) -> HashMap<Place, (&'a ForeignKey, Effect<'a>)> {
    let mut strongest: HashMap<Place, (&'a ForeignKey, Effect<'a>)> = HashMap::new();
    for step in &reach.steps {
        let found = (step.foreign_key, step.effect);
        let kept = strongest.entry(place(step, dialect)).or_insert(found);
        if strength(found.1) > strength(kept.1) {
            *kept = found;
        }
    }
    strongest
}

fn strength(effect: Effect<'_>) -> u8 {
    match effect {
        Effect::Nothing(_) => 0,
        Effect::SetsNull => 1,
        Effect::SetsDefault => 2,
        Effect::Deletes => 3,
        Effect::MayBlock(_) => 4,
        Effect::Blocks(_) => 5,
    }
}

/// What happens to which tables.
fn reached<'r>(reach: &'r Reach<'_>, dialect: Dialect) -> HashSet<(Cow<'r, TableName>, Event)> {
    let table = |name| dialect.table_key(name);
    let steps = reach.steps.iter();
    let rows = steps.map(|it| (table(&it.foreign_key.referenced_table), it.event));
    let mut rows: HashSet<_> = rows.collect();
    rows.insert((table(&reach.table), Event::Delete));
    for step in &reach.steps {
        let event = match step.effect {
            Effect::Deletes => Event::Delete,
            Effect::SetsNull | Effect::SetsDefault => Event::Update,
            _ => continue,
        };
        rows.insert((table(&step.foreign_key.referencing_table), event));
    }
    rows
}

#[cfg(test)]
mod tests {
    use drift_model::{Engine, SourceMap, notation};

    use super::*;
    use crate::ReachGraph;

    fn check(schema: &[&str], migrations: &[&str]) -> Vec<String> {
        let sources = SourceMap::default();
        let schema = notation::parse(&sources, "schema", schema).unwrap();
        let migrations = notation::parse(&sources, "migrations", migrations).unwrap();
        let engine = Engine::new(Dialect::PostgreSql);
        let theirs = ReachGraph::new(&migrations, engine);
        let ours = ReachGraph::in_order_of(&schema, engine, &theirs);
        let table = TableName::new("a");
        let (one, other) = (ours.reach(&table).unwrap(), theirs.reach(&table).unwrap());
        let effect = |it: Option<(&ForeignKey, Effect<'_>)>| match it {
            None => "nothing".to_owned(),
            Some((foreign_key, effect)) => {
                let name = foreign_key.name.as_ref().map(|it| format!(" as {it}"));
                format!("{foreign_key}{} {effect:?}", name.unwrap_or_default())
            }
        };
        let differences = reach_differences(&one, &other, Dialect::PostgreSql);
        differences.iter().map(|it| format!("{} / {}", effect(it.one), effect(it.other))).collect()
    }

    #[test]
    fn tells_a_difference_once() {
        let schema = ["b(x) -> a(id) on delete cascade", "c(x) -> b(id) on delete cascade"];
        let migrations = ["b(x) -> a(id)", "c(x) -> b(id) on delete set null"];
        let found = check(&schema, &migrations);
        assert_eq!(found, ["b.x → a.id Deletes / b.x → a.id Blocks(Action)"]);
        let missing = check(&schema, &["b(x) -> a(id) on delete cascade", "c(x)"]);
        assert_eq!(missing, ["c.x → b.id Deletes / nothing"]);
    }

    #[test]
    fn the_order_of_a_schema_makes_no_difference() {
        let lines = ["b(x) -> a(id) as one", "b(x) -> a(id) on delete cascade as two"];
        assert_eq!(check(&[lines[1], lines[0]], &lines), [""; 0]);
    }

    #[test]
    fn of_several_at_one_place_the_strongest_counts() {
        let one = ["b(x) -> a(id) on delete cascade as one"];
        let blocked = ["b(x) -> a(id) as two", one[0]];
        let found = check(&one, &blocked);
        assert_eq!(found, ["b.x → a.id as one Deletes / b.x → a.id as two Blocks(Early)"]);
        let alike = [blocked[0], "b(x) -> a(id) on delete restrict as three"];
        let found = check(&one, &alike);
        assert_eq!(found, ["b.x → a.id as one Deletes / b.x → a.id as two Blocks(Action)"]);
        let emptied = ["b(x) -> a(id) on delete set null as one"];
        let found = check(&emptied, &[emptied[0], "b(x) -> a(k) as two"]);
        assert_eq!(found, ["b.x → a.id as one SetsNull / b.x → a.k as two MayBlock(Action)"]);
    }

    #[test]
    fn tells_what_happens_where_columns_are_emptied() {
        let set_null = "b(x) -> a(id) on delete set null";
        let found =
            check(&[set_null, "c(y) -> b(x) on update cascade"], &[set_null, "c(y) -> b(x)"]);
        assert_eq!(found, ["c.y → b.x SetsNull / c.y → b.x Blocks(Action)"]);
        let found = check(&[set_null, "c(y) -> b(x)"], &[set_null, "c(y)"]);
        assert_eq!(found, ["c.y → b.x Blocks(Action) / nothing"]);
    }
}
