//! Updates of a key that do something else than the schema says.

use drift_model::{Finding, Level};

use super::on_delete_mismatch::{are_equal, help};
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "on-update-mismatch",
    summary: "`ON UPDATE` differs between the schema and the migrations",
    default_level: Level::Warn,
    check,
    doc: r#"
A change of the referenced key behaves as the migrations say. Keys seldom change, so this seldom
hurts; where they do change, an update fails or spreads unexpectedly.

```ts
export const users = pgTable("users", { email: text("email").primaryKey() });
export const posts = pgTable("posts", {
  author: text("author").references(() => users.email, { onUpdate: "cascade" }),
});
```

```sql
CREATE TABLE users (email text PRIMARY KEY);
CREATE TABLE posts (author text REFERENCES users (email));
```

An absent clause counts as `NO ACTION` on both sides; `RESTRICT` equals it in MySQL.

**How to fix it.** As for `on-delete-mismatch`, with `onUpdate`.

**When to ignore it.** When the referenced keys are generated and never change.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for (schema, migrated) in &comparison.matched {
        let (declared, actual) = (schema.on_update, migrated.on_update);
        if schema.is_conditional || are_equal(comparison.sources.dialect, declared, actual) {
            continue;
        }
        let message = format!(
            "ON UPDATE of {schema} is {declared} in the schema, but {actual} in the migrations"
        );
        findings.push(
            RULE.finding_about(schema, message)
                .label(
                    schema.on_update_span.unwrap_or(schema.span),
                    format!("the schema says {declared}"),
                )
                .label(
                    migrated.on_update_span.unwrap_or(migrated.span),
                    format!("the migrations say {actual}"),
                )
                .help(format!(
                    "say `onUpdate: \"{actual}\"` in the schema if the migrations are right"
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check;

    #[test]
    fn reports_another_action() {
        let schema = ["posts(author) -> users(email) on update cascade"];
        let migrations = ["posts(author) -> users(email) on update set null"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @r#"
        warn[on-update-mismatch]: ON UPDATE of posts.author → users.email is cascade in the schema, but set null in the migrations
          schema:1: the schema says cascade
          migrations:1: the migrations say set null
          help: say `onUpdate: "set null"` in the schema if the migrations are right
        "#);
    }

    #[test]
    fn accepts_the_same_action() {
        let both = ["posts(author) -> users(email) on update cascade"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }
}
