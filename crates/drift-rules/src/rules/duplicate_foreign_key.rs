//! The same foreign key twice.

use drift_model::{Dialect, Finding, ForeignKey, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::twins::{Twins, disagreement, named, times, twins};

pub(crate) static RULE: Rule = Rule {
    name: "duplicate-foreign-key",
    summary: "the same foreign key twice, under two names",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Both do the same, so nothing is wrong yet. But each row is checked twice, and the day one of them gets another
`ON DELETE`, or is dropped, the other one stays as it was: then the change does nothing, and nothing says so.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer REFERENCES users (id) ON DELETE CASCADE);
ALTER TABLE posts ADD CONSTRAINT posts_author_id_users_id_fk
  FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;
```

A schema does it with `.references()` on the column and `foreignKey({ name })` on the table, if the name is another than
the one drizzle gives. `NO ACTION` and `RESTRICT` count as alike.

**How to fix it.** Drop one of them: the one whose name the schema does not know.

**When to ignore it.** While one of them replaces the other: added `NOT VALID`, validated, and the old one dropped.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for twins in twins(comparison) {
        if disagreement(comparison.sources.dialect, twins.worst()).is_none() {
            findings.push(finding(comparison, &twins));
        }
    }
}

fn finding(comparison: &Comparison<'_>, twins: &Twins<'_>) -> Finding {
    let all = twins.worst();
    let foreign_key = all[0];
    let is_migrated = twins.migrated.len() > 1;
    let message = match (is_migrated, twins.declared.len()) {
        (true, 2..) => format!("{foreign_key} is there {} on both sides", times(all.len())),
        (true, _) => format!("{foreign_key} is there {} in the migrations", times(all.len())),
        (false, _) => format!("{foreign_key} is declared {}", times(all.len())),
    };
    let mut finding = RULE.finding_about(foreign_key, message);
    let mut labels = Vec::new();
    for it in &twins.migrated {
        let text = format!("the migrations make{}, on delete {}", named(it), it.on_delete);
        labels.push((it.span, text));
    }
    let count = labels.len();
    for it in &twins.declared {
        let text = format!("the schema declares{}, on delete {}", named(it), it.on_delete);
        labels.push((it.span, text));
    }
    if !is_migrated {
        labels.rotate_left(count);
    }
    for (span, text) in labels {
        finding = finding.label(span, text);
    }
    finding = comparison.with_missed_drop(finding, &twins.migrated);
    finding = twins.said(finding, |it| it.len().to_string());
    finding = finding.note("a later change of one of them leaves the other as it is");
    if !is_migrated {
        return finding.help("remove one of the declarations");
    }
    let surplus: Vec<&ForeignKey> = surplus(twins).into_iter().collect();
    let finding = comparison.with_twins_dropped(finding, &surplus);
    comparison.with_caution(finding, foreign_key)
}

/// The one of two that the schema does not know by its name.
fn surplus<'t>(twins: &'t Twins<'_>) -> Option<&'t ForeignKey> {
    let ([declared], [one, other]) = (&twins.declared[..], &twins.migrated[..]) else {
        return None;
    };
    if other.name == declared.name { Some(one) } else { Some(other) }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check;

    #[test]
    fn offers_to_drop_the_one_that_the_schema_does_not_know() {
        let schema = ["posts(a) -> users(id) as posts_fk"];
        let migrations = ["posts(a) -> users(id) as old", "posts(a) -> users(id) as posts_fk"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @r#"
        warn[duplicate-foreign-key]: posts.a → users.id is there twice in the migrations
          migrations:1: the migrations make `old`, on delete no action
          migrations:2: the migrations make `posts_fk`, on delete no action
          schema:1: the schema declares `posts_fk`, on delete no action
          note: a later change of one of them leaves the other as it is
          help: drop the one that is not meant
          if the schema is right, add a migration:
            ALTER TABLE "posts" DROP CONSTRAINT "old";
        "#);
    }

    #[test]
    fn reports_both_sides_at_once() {
        let both = ["posts(a) -> users(id) as one", "posts(a) -> users(id) as two"];
        assert_snapshot!(check(&RULE, &both, &both), @"
        warn[duplicate-foreign-key]: posts.a → users.id is there twice on both sides
          migrations:1: the migrations make `one`, on delete no action
          migrations:2: the migrations make `two`, on delete no action
          schema:1: the schema declares `one`, on delete no action
          schema:2: the schema declares `two`, on delete no action
          note: a later change of one of them leaves the other as it is
          help: drop the one that is not meant
        ");
    }

    #[test]
    fn reports_a_schema_that_declares_it_again() {
        let schema = ["posts(a) -> users(id) as one", "posts(a) -> users(id) as two"];
        assert_snapshot!(check(&RULE, &schema, &schema[1..]), @"
        warn[duplicate-foreign-key]: posts.a → users.id is declared twice
          schema:1: the schema declares `one`, on delete no action
          schema:2: the schema declares `two`, on delete no action
          migrations:1: the migrations make `two`, on delete no action
          note: a later change of one of them leaves the other as it is
          help: remove one of the declarations
        ");
    }

    #[test]
    fn leaves_different_actions_to_the_rule_about_them() {
        let both =
            ["posts(a) -> users(id) as one", "posts(a) -> users(id) on delete cascade as two"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }
}
