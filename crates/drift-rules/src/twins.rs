//! Several foreign keys on the same columns and the same target.

use drift_model::{Dialect, Finding, FiringOrder, ForeignKey, ReferentialAction};

use crate::Comparison;
use crate::clause::is_blocking;

/// Foreign keys on the same columns and the same target, of which one source has several. Each side
/// is in the order in which it was declared or made.
#[derive(Debug, Default)]
pub(crate) struct Twins<'a> {
    pub(crate) declared: Vec<&'a ForeignKey>,
    pub(crate) migrated: Vec<&'a ForeignKey>,
}

impl<'a> Twins<'a> {
    /// Those of the source that is at fault: the migrations, where they have several.
    pub(crate) fn worst(&self) -> &[&'a ForeignKey] {
        if self.migrated.len() > 1 { &self.migrated } else { &self.declared }
    }

    /// Says in terse words what each source has, if it has any.
    pub(crate) fn said(
        &self,
        mut finding: Finding,
        what: impl Fn(&[&ForeignKey]) -> String,
    ) -> Finding {
        for (source, side) in [("schema", &self.declared), ("migrations", &self.migrated)] {
            if !side.is_empty() {
                finding = finding.says(source, what(side));
            }
        }
        finding
    }
}

/// All twins, of either source.
pub(crate) fn twins<'a>(comparison: &Comparison<'a>) -> Vec<Twins<'a>> {
    let mut all = Vec::new();
    for (declared, migrated) in &comparison.crowded {
        let mut clusters: Vec<Twins<'a>> = Vec::new();
        let certain = declared.iter().filter(|it| !it.is_conditional);
        let both = certain.map(|it| (*it, true)).chain(migrated.iter().map(|it| (*it, false)));
        for (foreign_key, is_declared) in both {
            let found = clusters.iter_mut().find(|cluster| {
                let first = cluster.declared.first().or(cluster.migrated.first());
                first.is_some_and(|it| comparison.names.have_same_target(it, foreign_key))
            });
            let cluster = match found {
                Some(cluster) => cluster,
                None => {
                    clusters.push(Twins::default());
                    clusters.last_mut().expect("one was pushed")
                }
            };
            let side = if is_declared { &mut cluster.declared } else { &mut cluster.migrated };
            side.push(foreign_key);
        }
        all.extend(clusters.into_iter().filter(|it| {
            let is_another =
                |it: &&ForeignKey| comparison.is_of_another_schema(&it.referencing_table);
            it.worst().len() > 1 && !it.worst().first().is_some_and(is_another)
        }));
    }
    all
}

/// What happens to the referenced row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Delete,
    Update,
}

impl Event {
    /// The action that a foreign key has for it.
    pub(crate) fn action(self, foreign_key: &ForeignKey) -> ReferentialAction {
        match self {
            Event::Delete => foreign_key.on_delete,
            Event::Update => foreign_key.on_update,
        }
    }

    /// `ON DELETE`.
    pub(crate) fn clause(self) -> &'static str {
        match self {
            Event::Delete => "ON DELETE",
            Event::Update => "ON UPDATE",
        }
    }
}

/// The first event for which the foreign keys do not say the same.
pub(crate) fn disagreement(dialect: Dialect, twins: &[&ForeignKey]) -> Option<Event> {
    // All that blocks is alike here: which of several blocks makes little difference.
    let class = |action| match action {
        action if is_blocking(action) => ReferentialAction::NoAction,
        ReferentialAction::SetDefault if dialect == Dialect::MySql => ReferentialAction::NoAction,
        action => action,
    };
    [Event::Delete, Event::Update].into_iter().find(|event| {
        let mut actions = twins.iter().map(|it| class(event.action(it)));
        let first = actions.next();
        actions.any(|it| Some(it) != first)
    })
}

/// The foreign key that decides what happens; `None` where that is not known.
///
/// In InnoDB a row cannot be updated along while another foreign key blocks, whichever comes first.
pub(crate) fn winner<'t, 'a>(
    order: FiringOrder,
    event: Event,
    twins: &'t [&'a ForeignKey],
) -> Option<&'t &'a ForeignKey> {
    let waits = |it: &ForeignKey| {
        let is_deferred = it.deferral == drift_model::Deferral::InitiallyDeferred;
        event.action(it) == ReferentialAction::NoAction && is_deferred || !it.is_enforced
    };
    match order {
        FiringOrder::Creation => twins.iter().find(|it| !waits(it)),
        FiringOrder::Name if event == Event::Update => {
            let blocking = twins.iter().find(|it| is_blocking(event.action(it)));
            blocking.or_else(|| by_name(twins))
        }
        FiringOrder::Name => by_name(twins),
        FiringOrder::LastDeclared => {
            twins.iter().rfind(|it| event.action(it) != ReferentialAction::NoAction)
        }
    }
}

/// The one whose name comes first.
pub(crate) fn by_name<'t, 'a>(twins: &'t [&'a ForeignKey]) -> Option<&'t &'a ForeignKey> {
    let are_named = twins.iter().all(|it| it.name.is_some());
    twins.iter().filter(|_| are_named).min_by_key(|it| it.name.as_deref())
}

/// `twice`, `3 times`.
pub(crate) fn times(count: usize) -> String {
    if count == 2 { "twice".to_owned() } else { format!("{count} times") }
}

/// The name behind a blank, where there is one: `fk_posts_author`.
pub(crate) fn named(foreign_key: &ForeignKey) -> String {
    foreign_key.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use drift_model::{Deferral, SourceMap, notation};

    use super::*;
    use crate::Sources;
    use crate::testing::sources;

    fn read(lines: &[&str]) -> drift_model::Catalog {
        notation::parse(&SourceMap::default(), "catalog", lines).unwrap()
    }

    #[test]
    fn those_that_are_there_once_have_no_twin() {
        let check = |schema: &[&str], migrations: &[&str], others: &[drift_model::Catalog]| {
            let (schema, migrations) = (read(schema), read(migrations));
            let comparison = Comparison::new(Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                other_schemas: others,
                ..sources(Dialect::PostgreSql)
            });
            let lengths = |it: &Twins<'_>| (it.declared.len(), it.migrated.len(), it.worst().len());
            twins(&comparison).iter().map(lengths).collect::<Vec<_>>()
        };
        let (one, other) = ("a(x) -> b(id)", "a(x) -> c(id)");
        assert_eq!(check(&[one], &[one], &[]), []);
        assert_eq!(check(&[one, other], &[one, other], &[]), []);
        assert_eq!(check(&[one], &[one, one], &[]), [(1, 2, 2)]);
        assert_eq!(check(&[one, one], &[one], &[]), [(2, 1, 2)]);
        assert_eq!(check(&[one, one, one], &[one, other, one], &[]), [(3, 2, 2)]);
        // What another schema of the same migrations declares is for that to tell.
        assert_eq!(check(&["c(id)"], &[one, one], &[]), [(0, 2, 2)]);
        assert_eq!(check(&["c(id)"], &[one, one], &[read(&[one])]), []);
    }

    #[test]
    fn a_source_without_them_says_nothing() {
        let said = |schema: &[&str], migrations: &[&str]| {
            let (schema, migrations) = (read(schema), read(migrations));
            let comparison = Comparison::new(Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                ..sources(Dialect::PostgreSql)
            });
            let finding = crate::rules::RULES[0].finding("twins");
            twins(&comparison)[0].said(finding, |it| it.len().to_string()).subject.says
        };
        let one = "a(x) -> b(id)";
        let says = |source, what: &str| (source, what.to_owned());
        assert_eq!(said(&[one], &[one, one]), [says("schema", "1"), says("migrations", "2")]);
        assert_eq!(said(&["a(x)"], &[one, one]), [says("migrations", "2")]);
        assert_eq!(said(&[one, one], &["a(x)"]), [says("schema", "2")]);
    }

    #[test]
    fn they_disagree_where_they_do_something_else() {
        let check = |dialect, one: &str, other: &str| {
            let lines = [one, other].map(|it| format!("a(x) -> b(id) {it}"));
            let catalog = read(&[&lines[0], &lines[1]]);
            disagreement(dialect, &catalog.foreign_keys.iter().collect::<Vec<_>>())
        };
        let (set_default, cascade) = ("on delete set default", "on delete cascade");
        assert_eq!(check(Dialect::PostgreSql, cascade, ""), Some(Event::Delete));
        assert_eq!(check(Dialect::PostgreSql, "on update cascade", ""), Some(Event::Update));
        assert_eq!(check(Dialect::PostgreSql, "on delete restrict", ""), None);
        assert_eq!(check(Dialect::PostgreSql, set_default, ""), Some(Event::Delete));
        // InnoDB takes the words and blocks.
        assert_eq!(check(Dialect::MySql, set_default, ""), None);
        assert_eq!(check(Dialect::MySql, set_default, cascade), Some(Event::Delete));
    }

    #[test]
    fn the_engine_decides_which_one_wins() {
        let catalog = read(&[
            "a(x) -> b(id) on update cascade as m",
            "a(x) -> b(id) on delete cascade as z",
            "a(x) -> b(id) on delete set null on update cascade as c",
        ]);
        let all = || catalog.foreign_keys.clone();
        let name = |order, event, keys: &[ForeignKey]| {
            let keys: Vec<&ForeignKey> = keys.iter().collect();
            winner(order, event, &keys).and_then(|it| it.name.clone()).unwrap_or_default()
        };
        let (delete, update) = (Event::Delete, Event::Update);
        assert_eq!(name(FiringOrder::Creation, delete, &all()), "m");
        assert_eq!(name(FiringOrder::Name, delete, &all()), "c");
        // An update fails if any of them blocks.
        assert_eq!(name(FiringOrder::Name, update, &all()), "z");
        assert_eq!(name(FiringOrder::Name, update, &[all().remove(0), all().remove(2)]), "c");
        assert_eq!(name(FiringOrder::LastDeclared, delete, &all()), "c");
        assert_eq!(name(FiringOrder::LastDeclared, delete, &all()[..2]), "z");
        assert_eq!(name(FiringOrder::LastDeclared, delete, &all()[..1]), "");
        // What waits for the end of the transaction, or is not enforced, comes too late.
        let first = |adjust: fn(&mut ForeignKey)| {
            let mut keys = all();
            adjust(&mut keys[0]);
            name(FiringOrder::Creation, delete, &keys)
        };
        assert_eq!(first(|it| it.deferral = Deferral::InitiallyDeferred), "z");
        assert_eq!(first(|it| it.deferral = Deferral::InitiallyImmediate), "m");
        assert_eq!(first(|it| it.is_enforced = false), "z");
        let cascading = |it: &mut ForeignKey| {
            it.deferral = Deferral::InitiallyDeferred;
            it.on_delete = ReferentialAction::Cascade;
        };
        assert_eq!(first(cascading), "m", "only checks wait");
        let unnamed = |it: &mut ForeignKey| it.name = None;
        let mut keys = all();
        unnamed(&mut keys[1]);
        assert_eq!(name(FiringOrder::Name, delete, &keys), "", "the engine makes a name");
    }
}
