//! Updates of a key that do something else than the schema says.

use drift_model::{Dialect, Finding, Level};

use crate::clause::ON_UPDATE;
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "on-update-mismatch",
    summary: "`ON UPDATE` differs between the schema and the migrations",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
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
    let mismatches = ON_UPDATE.mismatches(&RULE, comparison);
    findings.extend(mismatches.into_iter().map(|(finding, ..)| finding));
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
          help: decide which side is right, and change the other; no migration is offered, because it has no name that is known
          if the migrations are right, change the schema, where it says its actions:
            { onUpdate: "set null" }
        "#);
    }

    #[test]
    fn accepts_the_same_action() {
        let both = ["posts(author) -> users(email) on update cascade"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }
}
