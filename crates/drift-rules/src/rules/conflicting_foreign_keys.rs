//! Two foreign keys that want different things of the same rows.

use drift_model::{Dialect, Finding, FiringOrder, ForeignKey, Level, ReferentialAction};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::twins::{Event, Twins, by_name, disagreement, named, times, twins, winner};

pub(crate) static RULE: Rule = Rule {
    name: "conflicting-foreign-keys",
    summary: "two foreign keys on the same columns and table, with different actions",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The database keeps both, and which one decides is not written anywhere. It comes about when
`DROP CONSTRAINT IF EXISTS` misses the old foreign key by its name and says nothing, and the next line adds the new
one: the schema, the migration and the reviewer all say `cascade`, and every delete fails.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer, CONSTRAINT written_by FOREIGN KEY (author_id) REFERENCES users (id));
ALTER TABLE posts DROP CONSTRAINT IF EXISTS posts_author_id_users_id_fk;
ALTER TABLE posts ADD CONSTRAINT posts_author_id_users_id_fk
  FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;
```

| engine | which one decides |
|---|---|
| PostgreSQL, MySQL from 9.6 on | the one made first, unless it is deferred |
| MySQL before, MariaDB | the one whose name comes first; an update fails if either blocks |
| SQLite | the one declared last; `NO ACTION` blocks only what the others leave |

In PostgreSQL the winner can change by a restore: a dump makes foreign keys in the order of their names.

`NO ACTION` and `RESTRICT` count as alike here. Two that differ in `ON UPDATE` alone are a warning.

**How to fix it.** Drop the one that is not meant, by the name that the database has for it.

**When to ignore it.** Never.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for twins in twins(comparison) {
        if let Some(event) = disagreement(comparison.sources.dialect, twins.worst()) {
            findings.push(finding(comparison, &twins, event));
        }
    }
}

fn finding(comparison: &Comparison<'_>, twins: &Twins<'_>, event: Event) -> Finding {
    let all = twins.worst();
    let is_migrated = twins.migrated.len() > 1;
    // The order of a schema is not the order in which an engine gets to know it.
    let order = comparison.sources.engine.firing_order();
    let order = order.filter(|it| is_migrated || *it == FiringOrder::Name);
    let winner = order.and_then(|order| winner(order, event, all));
    let foreign_key = all[0];
    let mut wanted: Vec<String> = Vec::new();
    for action in all.iter().map(|it| event.action(it)) {
        let clause = format!("{} {action}", event.clause());
        if !wanted.contains(&clause) {
            wanted.push(clause);
        }
    }
    let place = if is_migrated { "in the migrations" } else { "in the schema" };
    let mut message = format!(
        "{foreign_key} is there {} {place}, with {}",
        times(all.len()),
        wanted.join(" and with ")
    );
    if let Some(winner) = winner {
        message.push_str(&format!(": {} wins", event.action(winner)));
    }
    let mut finding = RULE.finding_about(foreign_key, message);
    finding = with_labels(finding, twins, event);
    finding = comparison.with_missed_drop(finding, &twins.migrated);
    finding = twins.said(finding, |side| {
        side.iter().map(|it| event.action(it).as_str()).collect::<Vec<_>>().join(", ")
    });
    if event == Event::Update {
        finding.level = Level::Warn;
    }
    if let Some((order, winner)) = order.zip(winner) {
        finding = finding.note(explanation(comparison, order, event, all, winner));
    }
    finding = with_remedies(finding, comparison, twins, event);
    if is_migrated { comparison.with_caution(finding, foreign_key) } else { finding }
}

/// The places, those of the side that has several first.
fn with_labels(mut finding: Finding, twins: &Twins<'_>, event: Event) -> Finding {
    let is_migrated = twins.migrated.len() > 1;
    let mut labels = Vec::new();
    for (at, it) in twins.migrated.iter().enumerate() {
        let position = match (at, is_migrated) {
            (_, false) => "the migrations make",
            (0, _) => "made first:",
            (1, _) => "made second:",
            _ => "made later:",
        };
        labels.push((it, format!("{position}{}", named(it))));
    }
    let count = labels.len();
    for it in &twins.declared {
        labels.push((
            it,
            format!("the schema declares{}", if is_migrated { String::new() } else { named(it) }),
        ));
    }
    if !is_migrated {
        labels.rotate_left(count);
    }
    for (it, text) in labels {
        let clause = event.clause().to_lowercase();
        let text = format!("{text} {clause} {}", event.action(it));
        finding = finding.label(clause_span(it, event), text);
    }
    finding
}

fn clause_span(foreign_key: &ForeignKey, event: Event) -> drift_model::Span {
    let span = match event {
        Event::Delete => foreign_key.on_delete_span,
        Event::Update => foreign_key.on_update_span,
    };
    span.unwrap_or(foreign_key.span)
}

/// Why the winner wins, and what comes of it.
fn explanation(
    comparison: &Comparison<'_>,
    order: FiringOrder,
    event: Event,
    all: &[&ForeignKey],
    winner: &ForeignKey,
) -> String {
    let product = comparison.sources.engine.product_name();
    let name = match &winner.name {
        Some(name) => format!("`{name}`"),
        None => event.action(winner).to_string(),
    };
    let why = match order {
        FiringOrder::Creation => {
            format!("{product} asks them in the order in which they were made, {name} first")
        }
        FiringOrder::Name if event == Event::Update => {
            format!("{product} refuses an update that either of them blocks")
        }
        FiringOrder::Name => {
            format!("{product} asks them in the order of their names, {name} first")
        }
        FiringOrder::LastDeclared => {
            format!("{product} asks the last one first, and NO ACTION when all others are done")
        }
    };
    let table = winner.referenced_table.shown_name();
    let verb = if event == Event::Delete { "deleting" } else { "updating" };
    let effect = match event.action(winner) {
        ReferentialAction::NoAction | ReferentialAction::Restrict => "fails",
        ReferentialAction::Cascade if event == Event::Delete => "deletes these rows too",
        ReferentialAction::Cascade => "updates these rows too",
        ReferentialAction::SetNull => "sets the columns to NULL",
        ReferentialAction::SetDefault => "sets the columns to their default",
    };
    let mut text = format!("{why}: {verb} a row of `{table}` that is referenced {effect}");
    let restored = by_name(all).filter(|it| {
        comparison.sources.dialect == Dialect::PostgreSql
            && event.action(it) != event.action(winner)
    });
    if let Some(name) = restored.and_then(|it| it.name.as_ref()) {
        text.push_str(&format!("; after a restore from a dump `{name}` comes first"));
    }
    text
}

/// How to get rid of what the schema does not want.
fn with_remedies(
    finding: Finding,
    comparison: &Comparison<'_>,
    twins: &Twins<'_>,
    event: Event,
) -> Finding {
    if twins.migrated.len() < 2 {
        return finding.help("remove the declaration that is not meant");
    }
    let is_wrong = |it: &&&ForeignKey| {
        let [declared] = twins.declared[..] else { return false };
        event.action(it) != event.action(declared)
    };
    let wrong: Vec<&ForeignKey> = twins.migrated.iter().filter(is_wrong).copied().collect();
    let drops_all = wrong.len() == twins.migrated.len();
    comparison.with_twins_dropped(finding, if drops_all { &[] } else { &wrong })
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Dialect, Engine, MissedDrop, SourceMap, Span, TableName, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check, check_in, check_sources};
    use crate::{Comparison, Sources};

    const OLD_AND_NEW: [&str; 2] = [
        "posts(author_id) -> users(id) as written_by",
        "posts(author_id) -> users(id) on delete cascade as posts_fk",
    ];
    const SCHEMA: [&str; 1] = ["posts(author_id) -> users(id) on delete cascade"];

    #[test]
    fn says_which_one_wins_and_why() {
        assert_snapshot!(check(&RULE, &SCHEMA, &OLD_AND_NEW), @r#"
        error[conflicting-foreign-keys]: posts.author_id → users.id is there twice in the migrations, with ON DELETE no action and with ON DELETE cascade: no action wins
          migrations:1: made first: `written_by` on delete no action
          migrations:2: made second: `posts_fk` on delete cascade
          schema:1: the schema declares on delete cascade
          note: PostgreSQL asks them in the order in which they were made, `written_by` first: deleting a row of `users` that is referenced fails; after a restore from a dump `posts_fk` comes first
          help: drop the one that is not meant
          if the schema is right, add a migration:
            ALTER TABLE "posts" DROP CONSTRAINT "written_by";
        "#);
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &SCHEMA, &OLD_AND_NEW), @"
        error[conflicting-foreign-keys]: posts.author_id → users.id is there twice in the migrations, with ON DELETE no action and with ON DELETE cascade: cascade wins
          migrations:1: made first: `written_by` on delete no action
          migrations:2: made second: `posts_fk` on delete cascade
          schema:1: the schema declares on delete cascade
          note: MySQL asks them in the order of their names, `posts_fk` first: deleting a row of `users` that is referenced deletes these rows too
          help: drop the one that is not meant
          if the schema is right, add a migration:
            ALTER TABLE `posts` DROP FOREIGN KEY `written_by`;
        ");
        assert_snapshot!(check_in(Dialect::Sqlite, &RULE, &SCHEMA, &OLD_AND_NEW), @"
        error[conflicting-foreign-keys]: posts.author_id → users.id is there twice in the migrations, with ON DELETE no action and with ON DELETE cascade: cascade wins
          migrations:1: made first: `written_by` on delete no action
          migrations:2: made second: `posts_fk` on delete cascade
          schema:1: the schema declares on delete cascade
          note: SQLite asks the last one first, and NO ACTION when all others are done: deleting a row of `users` that is referenced deletes these rows too
          help: drop the one that is not meant
        ");
    }

    #[test]
    fn says_what_a_restore_changes() {
        let migrations = [
            "posts(author_id) -> users(id) on delete cascade as posts_fk",
            "posts(author_id) -> users(id) as again",
        ];
        assert_snapshot!(check(&RULE, &SCHEMA, &migrations), @r#"
        error[conflicting-foreign-keys]: posts.author_id → users.id is there twice in the migrations, with ON DELETE cascade and with ON DELETE no action: cascade wins
          migrations:1: made first: `posts_fk` on delete cascade
          migrations:2: made second: `again` on delete no action
          schema:1: the schema declares on delete cascade
          note: PostgreSQL asks them in the order in which they were made, `posts_fk` first: deleting a row of `users` that is referenced deletes these rows too; after a restore from a dump `again` comes first
          help: drop the one that is not meant
          if the schema is right, add a migration:
            ALTER TABLE "posts" DROP CONSTRAINT "again";
        "#);
    }

    /// Of what migrations with a missed drop behind their line `at` say, whether the drop is named.
    fn names_missed_drop(migrations: &[&str], at: usize, name: &str) -> bool {
        let map = SourceMap::default();
        let mut catalog = notation::parse(&map, "migrations", migrations).unwrap();
        let end = catalog.foreign_keys[at].span.end;
        let span = Span::new(catalog.foreign_keys[at].span.file, end, end);
        let (table, name) = (TableName::new("posts"), name.to_owned());
        catalog.missed_drops.push(MissedDrop { table, name, span });
        let sources = crate::testing::sources(Dialect::PostgreSql);
        let nothing = Catalog::default();
        let schema = Some(&nothing);
        let comparison = Comparison::new(Sources { schema, migrations: Some(&catalog), ..sources });
        let mut findings = Vec::new();
        (RULE.check)(&comparison, &mut findings);
        findings[0].labels.iter().any(|it| it.message.contains("missed"))
    }

    #[test]
    fn names_the_drop_that_missed_the_first_one() {
        assert!(names_missed_drop(&OLD_AND_NEW, 0, "posts_fk"));
        assert!(!names_missed_drop(&OLD_AND_NEW, 0, "posts_editor_fk"));
        assert!(!names_missed_drop(&OLD_AND_NEW, 1, "posts_fk"));
        // What is made behind the drop was not there for it to miss.
        let first = ["comments(a) -> users(id)", OLD_AND_NEW[1], OLD_AND_NEW[0]];
        assert!(!names_missed_drop(&first, 0, "posts_fk"));
    }

    #[test]
    fn names_no_winner_where_nobody_tried() {
        let engine = Engine::parse("cockroachdb").unwrap();
        let found = check_sources(&RULE, &SCHEMA, &OLD_AND_NEW, |it| Sources { engine, ..it });
        assert!(found.starts_with("error[") && !found.contains("wins"), "{found}");
    }

    #[test]
    fn reports_a_schema_that_declares_both() {
        let schema = [OLD_AND_NEW[0], OLD_AND_NEW[1], "posts(editor_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &schema, &["posts(author_id, editor_id)"]), @"
        error[conflicting-foreign-keys]: posts.author_id → users.id is there twice in the schema, with ON DELETE no action and with ON DELETE cascade
          schema:1: the schema declares `written_by` on delete no action
          schema:2: the schema declares `posts_fk` on delete cascade
          help: remove the declaration that is not meant
        ");
        assert_snapshot!(check(&RULE, &OLD_AND_NEW, &OLD_AND_NEW[1..]), @"
        error[conflicting-foreign-keys]: posts.author_id → users.id is there twice in the schema, with ON DELETE no action and with ON DELETE cascade
          schema:1: the schema declares `written_by` on delete no action
          schema:2: the schema declares `posts_fk` on delete cascade
          migrations:1: the migrations make `posts_fk` on delete cascade
          help: remove the declaration that is not meant
        ");
    }

    #[test]
    fn warns_where_updates_alone_differ() {
        let migrations =
            ["posts(a) -> users(id) on update cascade as one", "posts(a) -> users(id) as two"];
        let found = check(&RULE, &["posts(a) -> users(id)"], &migrations);
        assert!(found.starts_with("warn["), "{found}");
    }

    #[test]
    fn says_what_an_update_does() {
        let note = |dialect, migrations: [&str; 2]| {
            let found = check_in(dialect, &RULE, &["posts(a) -> users(id)"], &migrations);
            let line = found.lines().find(|it| it.contains("note: "));
            line.unwrap_or_default().trim().to_owned()
        };
        let cascading_first =
            ["posts(a) -> users(id) on update cascade as a", "posts(a) -> users(id) as b"];
        assert_snapshot!(note(Dialect::PostgreSql, cascading_first), @"note: PostgreSQL asks them in the order in which they were made, `a` first: updating a row of `users` that is referenced updates these rows too");
        assert_snapshot!(note(Dialect::MySql, cascading_first), @"note: MySQL refuses an update that either of them blocks: updating a row of `users` that is referenced fails");
    }

    #[test]
    fn accepts_what_does_the_same_or_has_another_target() {
        let same =
            ["posts(a) -> users(id) as one", "posts(a) -> users(id) on delete restrict as two"];
        assert_snapshot!(check(&RULE, &["posts(a) -> users(id)"], &same), @"");
        let other =
            ["posts(a) -> users(id) as one", "posts(a) -> people(id) on delete cascade as two"];
        assert_snapshot!(check(&RULE, &["posts(a) -> users(id)"], &other), @"");
    }
}
