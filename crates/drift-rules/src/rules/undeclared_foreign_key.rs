//! A foreign key that the database will have and the schema does not mention.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::{Comparison, Unpaired};
use crate::rule::Rule;
use crate::snapshot::{NOTHING, Testimony, on_delete_of};

pub(crate) static RULE: Rule = Rule {
    name: "undeclared-foreign-key",
    summary: "the migrations create a foreign key that the schema does not declare",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Whoever reads the schema does not know that the database enforces, or cascades along, this foreign
key. Inserts fail with `violates foreign key constraint`, or rows vanish, for no reason that the
code shows; and whatever drizzle-kit generates next is generated without it.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { authorId: integer("author_id") });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer REFERENCES users (id) ON DELETE CASCADE);
```

A foreign key that the schema declares once and the migrations leave twice is reported by
`conflicting-foreign-keys` or `duplicate-foreign-key`.

**How to fix it.** Declare the foreign key with `.references(...)`, or drop it in a migration.

**When to ignore it.** When the foreign key serves a part of the database that the schema leaves
out on purpose.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    // What is there twice is reported as that.
    for undeclared in comparison.undeclared.iter().filter(|it| it.twin.is_none()) {
        let finding = finding(comparison, undeclared);
        findings.push(comparison.with_caution(finding, undeclared.foreign_key));
    }
}

fn finding(comparison: &Comparison<'_>, undeclared: &Unpaired<'_>) -> Finding {
    let foreign_key = undeclared.foreign_key;
    let named = foreign_key.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    let message =
        format!("{foreign_key} is created by the migrations, but the schema does not declare it");
    let action = foreign_key.on_delete;
    let mut finding = RULE
        .finding_about(foreign_key, message)
        .label(foreign_key.span, format!("the migrations create it{named}, on delete {action}"))
        .says("schema", NOTHING)
        .says("migrations", action.as_str());
    let snapshot = comparison.snapshot.about(&comparison.names, foreign_key);
    if let Some(said) = on_delete_of(snapshot) {
        finding = finding.says("snapshot", said);
    }
    finding = comparison.with_history(finding, foreign_key);
    if let Some(table) = comparison.schema_table(&foreign_key.referencing_table) {
        let column = match &foreign_key.referencing_columns[..] {
            [only] => comparison.schema_column(&foreign_key.referencing_table, only),
            _ => None,
        };
        finding = match column {
            Some(column) => finding.label(column.span, "the schema declares the column without it"),
            None => finding.label(table.span, "the schema declares the table without it"),
        };
    }
    if let Some(note) = note_on_snapshot(snapshot) {
        finding = finding.note(note);
    }
    comparison.with_undeclared_mended(finding, foreign_key)
}

/// What drizzle-kit will make of it.
fn note_on_snapshot(snapshot: Testimony<'_>) -> Option<&'static str> {
    match snapshot {
        Testimony::None => None,
        Testimony::Lacks => Some(
            "drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` never drops it",
        ),
        Testimony::Has(_) => Some(
            "drizzle-kit's snapshot has it, so the next `drizzle-kit generate` will drop it unless the \
             schema declares it",
        ),
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_in, check_sources};

    #[test]
    fn reports_what_the_schema_does_not_mention() {
        let migrations = ["posts(author_id) -> users(id) on delete cascade as posts_fk"];
        assert_snapshot!(check(&RULE, &["posts(author_id)"], &migrations), @r#"
        error[undeclared-foreign-key]: posts.author_id → users.id is created by the migrations, but the schema does not declare it
          migrations:1: the migrations create it `posts_fk`, on delete cascade
          schema:1: the schema declares the column without it
          help: declare it in the schema, or drop it in a migration
          if the migrations are right, declare it on `author_id`, with the table that is `users` in the database:
            .references(() => ..., { onDelete: "cascade" })
          if it is not meant, add a migration:
            ALTER TABLE "posts" DROP CONSTRAINT "posts_fk";
        "#);
    }

    #[test]
    fn leaves_a_second_one_to_the_rules_about_it() {
        let schema = ["posts(author_id) -> users(id) on delete cascade"];
        let migrations = [
            "posts(author_id) -> users(id) as written_by",
            "posts(author_id) -> users(id) on delete cascade as posts_fk",
        ];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"");
    }

    #[test]
    fn leaves_out_what_another_schema_of_the_same_migrations_declares() {
        let keys = ["posts(a) -> users(id) on delete cascade", "posts(b) -> users(id)"];
        let others = [notation::parse(&SourceMap::default(), "other", &keys[..1]).unwrap()];
        let found = check_sources(&RULE, &["posts(a, b)"], &keys, |sources| Sources {
            other_schemas: &others,
            ..sources
        });
        assert!(!found.contains("posts.a →") && found.contains("posts.b →"), "{found}");
    }

    #[test]
    fn accepts_what_is_declared_or_belongs_to_another_table() {
        let both = ["posts(a, b) -> users(x, y)"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
        let found = check_in(Dialect::Sqlite, &RULE, &["users(id)"], &["posts(a) -> users(id)"]);
        assert_snapshot!(found, @"");
    }

    #[test]
    fn points_at_a_column_that_the_schema_calls_otherwise() {
        let schema = ["posts(id)", "posts(authorId)", "users(id)"];
        let found = check(&RULE, &schema, &["posts(id)", "posts(author_id) -> users(id)"]);
        let lines = found.lines().filter(|it| it.contains("the column without it"));
        assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"  schema:2: the schema declares the column without it");
    }
}
