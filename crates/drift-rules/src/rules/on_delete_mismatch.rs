//! Deletes that do something else than the schema says.

use drift_model::{Dialect, Finding, Level, ReferentialAction};

use crate::clause::{ON_DELETE, is_blocking};
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "on-delete-mismatch",
    summary: "`ON DELETE` differs between the schema and the migrations",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Deletes behave as the migrations say, whatever the schema promises to its reader: rows vanish that
should have stayed, or a delete fails that should have cascaded.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer REFERENCES users (id));
```

An absent clause counts as `NO ACTION` on both sides. `NO ACTION` against `RESTRICT` is a warning:
both refuse the delete, but only `NO ACTION` can be deferred to the end of the transaction. In
MySQL they are the same and nothing is reported.

**How to fix it.** Decide which side is right. Then either change `onDelete` in the schema, or drop
the constraint and add it again in a custom migration: drizzle-kit will not do it, since its
snapshot agrees with the schema.

**When to ignore it.** Hardly ever.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for (mut finding, declared, actual) in ON_DELETE.mismatches(&RULE, comparison) {
        if is_blocking(declared) && is_blocking(actual) {
            finding.level = Level::Warn;
        }
        findings.push(finding.note(effect(actual)));
    }
}

fn effect(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction | ReferentialAction::Restrict => {
            "in the database, deleting a referenced row fails"
        }
        ReferentialAction::Cascade => {
            "in the database, deleting a referenced row deletes these rows too"
        }
        ReferentialAction::SetNull => {
            "in the database, deleting a referenced row sets the columns to NULL"
        }
        ReferentialAction::SetDefault => {
            "in the database, deleting a referenced row sets the columns to their default"
        }
    }
}

#[cfg(test)]
mod tests {
    use drift_model::Dialect;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check, check_in};

    #[test]
    fn reports_an_action_the_migrations_never_created() {
        let schema = ["posts(author_id) -> users(id) on delete cascade"];
        let migrations = ["posts(author_id) -> users(id) as posts_fk"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @r#"
        error[on-delete-mismatch]: ON DELETE of posts.author_id → users.id is cascade in the schema, but no action in the migrations
          schema:1: the schema says cascade
          migrations:1: the migrations have no ON DELETE, which means no action
          note: in the database, deleting a referenced row fails
          help: decide which side is right, and change the other
          if the migrations are right, change the schema, where it says its actions:
            {}
          if the schema is right, add a migration:
            ALTER TABLE "posts"
              DROP CONSTRAINT "posts_fk",
              ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
            ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
        "#);
    }

    #[test]
    fn warns_where_both_refuse_the_delete() {
        let schema = ["posts(author_id) -> users(id) on delete restrict"];
        let migrations = ["posts(author_id) -> users(id)"];
        assert!(check(&RULE, &schema, &migrations).starts_with("warn["));
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &schema, &migrations), @"");
    }

    #[test]
    fn accepts_an_explicit_no_action() {
        let schema = ["posts(author_id) -> users(id) on delete no action"];
        assert_snapshot!(check(&RULE, &schema, &["posts(author_id) -> users(id)"]), @"");
    }

    #[test]
    fn says_which_side_is_probably_right_and_why() {
        let advice = |line: &str| {
            let cascade = format!("{line} on delete cascade");
            let found = check(&RULE, &[&cascade], &[line]);
            found.lines().filter(|it| it.contains("probably")).collect::<Vec<_>>().join("\n")
        };
        assert_snapshot!(advice("order_items(order_id) -> orders(id)"), @"  help: the schema is probably right, so add a migration: rows of `order_items` mean nothing without their `orders`; no migration is offered, because it has no name that is known");
        assert_snapshot!(advice("user_sessions(user_id) -> users(id)"), @"  help: the schema is probably right, so add a migration: `user_sessions` holds short-lived state; no migration is offered, because it has no name that is known");
        assert_snapshot!(advice("invoices(user_id) -> users(id)"), @"");
        assert_snapshot!(advice("widgets(user_id) -> users(id)"), @"");
    }
}
