//! A foreign key that the schema promises and the database will not have.

use drift_model::{
    ChangeKind, Dialect, Finding, ForeignKey, Level, UnlistedMigration, UnresolvedKind,
};

use crate::comparison::{Comparison, Unpaired};
use crate::rule::Rule;
use crate::rules::is_refused;
use crate::snapshot::{NOTHING, Testimony, on_delete_of};

pub(crate) static RULE: Rule = Rule {
    name: "missing-foreign-key",
    summary: "the schema declares a foreign key that no migration creates",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The schema promises its readers that `posts.author_id` names a user. The database never heard of
it: rows may name users that do not exist, deleting a user leaves orphans, and an `onDelete` in the
schema does nothing.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer);
```

drizzle-kit does not notice, because `generate` compares the schema with its own snapshot and never
reads the SQL. Where a migration dropped the foreign key, the finding says which one.

**How to fix it.** If the promise is right, add the foreign key in a custom migration
(`drizzle-kit generate --custom`). If the migration that dropped it was right, remove `.references`
from the schema.

**When to ignore it.** On an engine that does not enforce foreign keys, such as PlanetScale with
sharding, or where one is left out on purpose for the speed of writes.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    // What is declared twice and what the engine refuses is reported as that.
    for missing in comparison.missing.iter().filter(|it| it.twin.is_none()) {
        if is_refused(comparison, missing.foreign_key) {
            continue;
        }
        findings.push(finding(comparison, missing));
    }
}

fn finding(comparison: &Comparison<'_>, missing: &Unpaired<'_>) -> Finding {
    let foreign_key = missing.foreign_key;
    let dropped = comparison.memories.last_dropped(comparison, foreign_key);
    let change = dropped.and_then(|it| it.history.last());
    let what = match change.map(|it| it.kind) {
        Some(ChangeKind::Dropped) => "but a migration dropped it on purpose",
        Some(_) => "but a migration dropped it",
        None => "but no migration creates it",
    };
    let mut finding = RULE
        .finding_about(foreign_key, format!("{foreign_key} is declared in the schema, {what}"))
        .label(
            foreign_key.span,
            format!("the schema declares it, on delete {}", foreign_key.on_delete),
        )
        .says("schema", foreign_key.on_delete.as_str());
    let snapshot = comparison.snapshot.about(&comparison.names, foreign_key);
    finding = finding.says("migrations", NOTHING);
    if let Some(said) = on_delete_of(snapshot) {
        finding = finding.says("snapshot", said);
    }
    if let (Some(dropped), Some(change)) = (dropped, change) {
        let how = match change.kind {
            ChangeKind::DroppedAlong => "it went with what this drops",
            _ => "it is dropped here",
        };
        finding = comparison.with_history(finding.label(change.span, how), dropped);
    } else if let Some(table) = comparison.migrated_table(&foreign_key.referencing_table) {
        let column = &foreign_key.referencing_columns[0];
        let column = comparison
            .schema_table(&foreign_key.referencing_table)
            .and_then(|it| comparison.migrated_column(it, column));
        finding = match column {
            Some(column) => {
                finding.label(column.span, "the migrations create the column without it")
            }
            None => finding.label(table.span, "the migrations create the table without it"),
        };
    }
    finding = comparison.with_skipped(finding, foreign_key);
    let unread =
        comparison.last_that_touches(foreign_key, UnresolvedKind::Statement, |it| it.may_add);
    if let Some(unread) = unread {
        finding = finding.label(unread.span, "this, which was not understood, may create it");
    }
    let makes = |file: &&UnlistedMigration| {
        file.foreign_keys.iter().any(|it| comparison.is_same(it, foreign_key))
    };
    if let Some(file) = comparison.sources.journal.unlisted.iter().find(makes) {
        finding =
            finding.note(format!("`{}` would create it, but is not in the journal", file.name));
    }
    if let Some(note) = note_on_snapshot(comparison, snapshot, foreign_key) {
        finding = finding.note(note);
    }
    comparison.with_missing_made(finding, foreign_key)
}

/// What drizzle-kit will make of it.
fn note_on_snapshot(
    comparison: &Comparison<'_>,
    snapshot: Testimony<'_>,
    foreign_key: &ForeignKey,
) -> Option<String> {
    match snapshot {
        Testimony::None => None,
        Testimony::Lacks => Some(
            "drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` would create it"
                .to_owned(),
        ),
        Testimony::Has(found) if comparison.names.have_same_target(found, foreign_key) => Some(
            "drizzle-kit's snapshot has it, so `drizzle-kit generate` takes it for done and never \
             creates it"
                .to_owned(),
        ),
        Testimony::Has(found) => Some(format!(
            "drizzle-kit's snapshot has {} there: the next `drizzle-kit generate` will drop that, \
             which the migrations do not have",
            found.referenced_side(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{ChangeKind, Dialect, SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check, check_adjusted, check_in, check_sources, snapshot};
    use crate::{Sources, Tells};

    #[test]
    fn tells_of_what_is_left_to_a_rule_that_is_switched_off() {
        let schema = ["posts(id, author_id) -> users(id, key)", "posts(tag) -> tags(id)"];
        let migrations = ["posts(tag)", "users(id, key)"];
        let check = |missing_tables, missing_columns| {
            check_sources(&RULE, &schema, &migrations, |sources| Sources {
                tells: Tells { missing_tables, missing_columns, ..Tells::ALL },
                ..sources
            })
        };
        assert_eq!(check(true, true), "");
        assert!(check(false, true).starts_with("error[missing-foreign-key]: posts.tag → tags.id"));
        assert!(check(true, false).contains("posts.(id, author_id) → users.(id, key) is declared"));
    }

    #[test]
    fn reports_a_promise_that_no_migration_keeps() {
        let schema = ["posts(author_id) -> users(id) on delete cascade as posts_fk"];
        assert_snapshot!(check(&RULE, &schema, &["posts(author_id)", "users(id)"]), @r#"
        error[missing-foreign-key]: posts.author_id → users.id is declared in the schema, but no migration creates it
          schema:1: the schema declares it, on delete cascade
          migrations:1: the migrations create the column without it
          help: create it in a migration, or take it out of the schema
          if the schema is right, add a migration:
            ALTER TABLE "posts" ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
            ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
          rows that would keep it from being created:
            SELECT c.* FROM "posts" AS c
            WHERE c."author_id" IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM "users" AS p WHERE p."id" = c."author_id");
        "#);
    }

    #[test]
    fn says_which_migration_dropped_it() {
        let migrations = ["posts(author_id)", "-posts(author_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &["posts(author_id) -> users(id)"], &migrations), @r#"
        error[missing-foreign-key]: posts.author_id → users.id is declared in the schema, but a migration dropped it on purpose
          schema:1: the schema declares it, on delete no action
          migrations:2: it is dropped here
          history: dropped in line 2
          help: create it in a migration, or take it out of the schema
          if the schema is right, add a migration:
            ALTER TABLE "posts" ADD FOREIGN KEY ("author_id") REFERENCES "users" ("id");
          rows that would keep it from being created:
            SELECT c.* FROM "posts" AS c
            WHERE c."author_id" IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM "users" AS p WHERE p."id" = c."author_id");
        "#);
    }

    #[test]
    fn leaves_a_missing_column_to_its_own_rule() {
        let found = check_in(Dialect::Sqlite, &RULE, &["posts(a) -> users(id)"], &["posts(b)"]);
        assert_snapshot!(found, @"");
    }

    #[test]
    fn accepts_a_promise_that_is_kept() {
        let both = ["posts(author_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }

    #[test]
    fn leaves_a_missing_table_to_its_own_rule() {
        assert_snapshot!(check(&RULE, &["posts(author_id) -> users(id)"], &["users(id)"]), @"");
    }

    #[test]
    fn says_what_it_went_with() {
        let schema = ["posts(author_id) -> users(id)"];
        let migrations = ["posts(author_id)", "-posts(author_id) -> users(id)"];
        let found = check_adjusted("postgresql", &RULE, &schema, &migrations, |[_, migrated]| {
            let history = &mut migrated.dropped_foreign_keys[0].history;
            history[0].kind = ChangeKind::DroppedAlong;
        });
        assert!(found.contains("in the schema, but a migration dropped it\n"), "{found}");
        assert!(found.contains("migrations:2: it went with what this drops"), "{found}");
    }

    #[test]
    fn says_what_drizzle_kit_will_make_of_it() {
        let note = |line: &str| {
            let catalog = notation::parse(&SourceMap::default(), "snapshot", &[line]).unwrap();
            let schema = ["posts(a) -> users(id)"];
            let found = check_sources(&RULE, &schema, &["posts(a)", "users(id)"], |sources| {
                Sources { snapshot: Some(snapshot(&catalog)), ..sources }
            });
            let line = found.lines().find(|it| it.contains("note: drizzle-kit"));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(note("posts(a) -> users(id)"), @"note: drizzle-kit's snapshot has it, so `drizzle-kit generate` takes it for done and never creates it");
        assert_snapshot!(note("posts(a) -> tags(id)"), @"note: drizzle-kit's snapshot has tags.id there: the next `drizzle-kit generate` will drop that, which the migrations do not have");
        assert_snapshot!(note("posts(a)"), @"note: drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` would create it");
    }

    #[test]
    fn points_at_a_column_that_the_migrations_call_otherwise() {
        let migrations = ["posts(id)", "posts(author_id)", "users(id)"];
        let found = check(&RULE, &["posts(authorId) -> users(id)"], &migrations);
        let lines = found.lines().filter(|it| it.contains("the column without it"));
        assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"  migrations:2: the migrations create the column without it");
    }
}
