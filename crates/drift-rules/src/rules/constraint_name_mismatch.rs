//! A name that the next `DROP CONSTRAINT` will miss.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "constraint-name-mismatch",
    summary: "the constraint has another name in the migrations than the schema gives it",
    default_level: Level::Info,
    dialects: &[Dialect::PostgreSql, Dialect::MySql],
    check,
    doc: r#"
The foreign key is the same on both sides, but when it next changes, drizzle-kit writes a
`DROP CONSTRAINT` with the name that the schema gives it, and the database does not know that name.
Written with `IF EXISTS`, the drop does nothing, and the table ends up with two foreign keys.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer REFERENCES users (id));
```

Here drizzle-kit expects `posts_author_id_users_id_fk`; PostgreSQL made `posts_author_id_fkey`.
Names are compared as the engine stores them, so 63 bytes in PostgreSQL. SQLite keeps no names. From
drizzle 1.0 on, a foreign key without a name in the schema keeps the one it was made under, and
nothing is reported.

**How to fix it.** Name the foreign key in the schema with `foreignKey({ name: ... })`, or rename
the constraint in a migration.

**When to ignore it.** When the foreign key will not change.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let sources = &comparison.sources;
    if !sources.dialect.keeps_constraint_names() {
        return;
    }
    for (schema, migrated) in &comparison.matched {
        let (Some(declared), Some(actual)) = (&schema.name, &migrated.name) else { continue };
        let is_comparable = schema.has_explicit_name || sources.compares_generated_names;
        if declared == actual || !is_comparable {
            continue;
        }
        let message = format!(
            "{schema} is called `{declared}` by the schema, but `{actual}` by the migrations"
        );
        let finding = RULE
            .finding_about(schema, message)
            .label(schema.span, format!("`{declared}` in the schema"))
            .label(migrated.span, format!("`{actual}` in the migrations"))
            .says("schema", &**declared)
            .says("migrations", &**actual);
        let finding = comparison.with_name_mended(finding, schema, migrated);
        let snapshot = comparison.snapshot.about(&comparison.names, schema).found();
        let finding = match snapshot.and_then(|it| it.name.as_ref()) {
            Some(said) if said == actual => finding
                .says("snapshot", &**said)
                .note(
                    "drizzle-kit's snapshot agrees with the migrations, so the next `drizzle-kit generate` \
                     will give it the name that the schema has",
                )
                .help("run `drizzle-kit generate`, or give it the name in the schema that the database has"),
            Some(said) => finding.says("snapshot", &**said),
            None => finding,
        };
        let finding = comparison.with_history(finding, migrated);
        findings.push(comparison.with_caution(finding, migrated));
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_in, check_sources, snapshot};

    const SCHEMA: [&str; 1] = ["posts(author_id) -> users(id) as posts_author_id_users_id_fk"];
    const MIGRATIONS: [&str; 1] = ["posts(author_id) -> users(id) as posts_author_id_fkey"];

    #[test]
    fn reports_another_name() {
        assert_snapshot!(check(&RULE, &SCHEMA, &MIGRATIONS), @r#"
        info[constraint-name-mismatch]: posts.author_id → users.id is called `posts_author_id_users_id_fk` by the schema, but `posts_author_id_fkey` by the migrations
          schema:1: `posts_author_id_users_id_fk` in the schema
          migrations:1: `posts_author_id_fkey` in the migrations
          help: drizzle-kit's next change of it will drop `posts_author_id_users_id_fk`, which the database does not have; give both the same name
          to rename it in the database, add a migration:
            ALTER TABLE "posts" RENAME CONSTRAINT "posts_author_id_fkey" TO "posts_author_id_users_id_fk";
        "#);
    }

    #[test]
    fn accepts_the_same_name_and_sqlite() {
        assert_snapshot!(check(&RULE, &SCHEMA, &SCHEMA), @"");
        assert_snapshot!(check_in(Dialect::Sqlite, &RULE, &SCHEMA, &MIGRATIONS), @"");
    }

    #[test]
    fn compares_explicit_names_only_from_drizzle_1_on() {
        let check = |has_explicit_name, compares_generated_names| {
            let map = SourceMap::default();
            let read = |lines: &[&str]| notation::parse(&map, "catalog", lines).unwrap();
            let (mut schema, migrations) = (read(&SCHEMA), read(&MIGRATIONS));
            schema.foreign_keys[0].has_explicit_name = has_explicit_name;
            let mut findings = Vec::new();
            let sources = Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                compares_generated_names,
                ..crate::testing::sources(Dialect::PostgreSql)
            };
            (RULE.check)(&crate::Comparison::new(sources), &mut findings);
            findings.len()
        };
        assert_eq!((check(true, true), check(false, true)), (1, 1));
        assert_eq!((check(true, false), check(false, false)), (1, 0));
    }

    #[test]
    fn leaves_it_to_drizzle_kit_where_its_snapshot_has_the_old_name() {
        let help = |lines: &[&str]| {
            let catalog = notation::parse(&SourceMap::default(), "snapshot", lines).unwrap();
            let found = check_sources(&RULE, &SCHEMA, &MIGRATIONS, |sources| Sources {
                snapshot: Some(snapshot(&catalog)),
                ..sources
            });
            let line = found.lines().find(|it| it.contains("help: "));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(help(&MIGRATIONS), @"help: run `drizzle-kit generate`, or give it the name in the schema that the database has");
        assert_snapshot!(help(&SCHEMA), @"help: drizzle-kit's next change of it will drop `posts_author_id_users_id_fk`, which the database does not have; give both the same name");
    }
}
