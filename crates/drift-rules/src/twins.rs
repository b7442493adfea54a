//! Several foreign keys on the same columns and the same target.

use drift_model::{Dialect, FiringOrder, ForeignKey, ReferentialAction};

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
