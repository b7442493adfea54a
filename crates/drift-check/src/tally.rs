//! What the text of a source mentions, counted without its parser, held against what was read.

use drift_migrations::MentionFate as InMigrations;
use drift_model::Span;
use drift_schema::MentionFate as InSchema;

/// The fates that account for a mention in a schema, and what they are called.
const IN_SCHEMA: [(InSchema, &str); 7] = [
    (InSchema::Extracted, "read"),
    (InSchema::Reported, "reported as not read"),
    (InSchema::Lost, "dropped by drizzle"),
    (InSchema::OtherDialect, "in tables of another dialect"),
    (InSchema::NotExported, "not exported"),
    (InSchema::NotRun, "in code that is not run"),
    (InSchema::OwnFunction, "calls of other functions"),
];

/// The same for migrations.
const IN_MIGRATIONS: [(InMigrations, &str); 6] = [
    (InMigrations::Made, "made one"),
    (InMigrations::Forgotten, "forgotten by the engine"),
    (InMigrations::Reported, "reported as not read"),
    (InMigrations::WithoutEffect, "in statements that changed nothing"),
    (InMigrations::NotRun, "in code that is not run"),
    (InMigrations::NoConstraint, "in statements that make none"),
];

/// How many mentions of each kind there are, and those that nothing accounts for.
pub struct Tally {
    /// `schema` or `migrations`.
    pub source: &'static str,
    /// How many there are.
    pub mentions: usize,
    /// Of how many it is known what became of them.
    pub accounted_for: usize,
    /// Without those that there are none of.
    pub by_fate: Vec<(&'static str, usize)>,
    /// The others.
    pub difference: Vec<Span>,
}

impl Tally {
    pub(crate) fn of_schema(mentions: &[drift_schema::Mention]) -> Self {
        let all = mentions.iter().map(|it| (it.span, it.fate));
        Self::new("schema", &IN_SCHEMA, all.collect())
    }

    pub(crate) fn of_migrations(mentions: &[drift_migrations::Mention]) -> Self {
        let all = mentions.iter().map(|it| (it.span, it.fate));
        Self::new("migrations", &IN_MIGRATIONS, all.collect())
    }

    fn new<F: Copy + PartialEq>(
        source: &'static str,
        names: &[(F, &'static str)],
        all: Vec<(Span, F)>,
    ) -> Self {
        let of = |fate| all.iter().filter(|(_, it)| *it == fate).count();
        let by_fate = names.iter().map(|(fate, name)| (*name, of(*fate)));
        let is_open = |fate: &F| names.iter().all(|(it, _)| it != fate);
        let open = all.iter().filter(|(_, fate)| is_open(fate));
        let difference: Vec<Span> = open.map(|(span, _)| *span).collect();
        Self {
            source,
            mentions: all.len(),
            accounted_for: all.len() - difference.len(),
            by_fate: by_fate.filter(|(_, number)| *number > 0).collect(),
            difference,
        }
    }
}
