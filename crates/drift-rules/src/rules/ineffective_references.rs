//! A foreign key that somebody wrote where the engine does not look.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::{Comparison, Ineffective};
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "ineffective-references",
    summary: "a migration writes `REFERENCES` after a column, where the engine forgets it",
    default_level: Level::Error,
    dialects: &[Dialect::MySql],
    check,
    doc: r#"
MySQL before 9.0 reads `REFERENCES` after a column, says nothing, and makes no foreign key: it does not even
look whether the other table is there. Rows may name users that do not exist, and `ON DELETE CASCADE`
deletes nothing.

```ts
export const users = mysqlTable("users", { id: int("id").primaryKey() });
export const posts = mysqlTable("posts", {
  authorId: int("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE posts (author_id int REFERENCES users (id) ON DELETE CASCADE);
```

drizzle-kit never writes this, so the migration was written or edited by hand. MariaDB since 10.5 and MySQL
since 9.0 make the foreign key; `--engine` says which server runs the migrations. The manual of MySQL has
it among its [differences from the standard](https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html).

**How to fix it.** Add the foreign key to the table in a new migration, as the finding shows. Rows that break
it have to go first.

**When to ignore it.** When the migrations run on a server that makes such foreign keys: then say which one
with `--engine`.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    findings.extend(comparison.ineffective.iter().map(|it| finding(comparison, it)));
}

fn finding(comparison: &Comparison<'_>, ineffective: &Ineffective<'_>) -> Finding {
    let Ineffective { written, declared } = ineffective;
    let wanted = declared.unwrap_or(written);
    let engine = match comparison.sources.engine.is_mariadb() {
        true => "MariaDB before 10.5",
        false => "MySQL before 9.0",
    };
    let message = format!("{wanted} is written after its column, where {engine} forgets it");
    let mut finding = RULE.finding_about(wanted, message);
    if let Some(declared) = declared {
        let promise = format!("the schema declares it, on delete {}", declared.on_delete);
        finding = finding.label(declared.span, promise).says("schema", declared.on_delete.as_str());
    }
    finding = finding
        .label(written.span, "the engine reads this, and makes no foreign key")
        .says("migrations", "ignored");
    comparison.with_missing_made(finding, wanted)
}

#[cfg(test)]
mod tests {
    use drift_model::Dialect;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::rules::missing_foreign_key;
    use crate::testing::check_in;

    #[test]
    fn reports_what_the_engine_forgets_and_the_schema_declares() {
        let schema = ["posts(author_id) -> users(id) on delete cascade as posts_fk"];
        let migrations = ["posts(author_id)", "~posts(author_id) -> users(id)"];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &schema, &migrations), @"
        error[ineffective-references]: posts.author_id → users.id is written after its column, where MySQL before 9.0 forgets it
          schema:1: the schema declares it, on delete cascade
          migrations:2: the engine reads this, and makes no foreign key
          help: create it in a migration, or take it out of the schema
          if the schema is right, add a migration:
            ALTER TABLE `posts` ADD CONSTRAINT `posts_fk` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;
          rows that would keep it from being created:
            SELECT c.* FROM `posts` AS c
            WHERE c.`author_id` IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM `users` AS p WHERE p.`id` = c.`author_id`);
        ");
        let missing = check_in(Dialect::MySql, &missing_foreign_key::RULE, &schema, &migrations);
        assert_snapshot!(missing, @"");
    }

    #[test]
    fn reports_what_nobody_declares() {
        let migrations = ["posts(author_id)", "~posts(author_id) -> users(id) on delete cascade"];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &["posts(author_id)", "users(id)"], &migrations), @"
        error[ineffective-references]: posts.author_id → users.id is written after its column, where MySQL before 9.0 forgets it
          migrations:2: the engine reads this, and makes no foreign key
          help: create it in a migration, or take it out of the schema
          if the schema is right, add a migration:
            ALTER TABLE `posts` ADD FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;
          rows that would keep it from being created:
            SELECT c.* FROM `posts` AS c
            WHERE c.`author_id` IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM `users` AS p WHERE p.`id` = c.`author_id`);
        ");
    }

    #[test]
    fn accepts_what_was_made_in_another_way() {
        let schema = ["posts(author_id) -> users(id)"];
        let migrations = ["~posts(author_id) -> users(id)", "posts(author_id) -> users(id)"];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &schema, &migrations), @"");
    }

    #[test]
    fn leaves_another_target_to_the_rule_about_it() {
        let schema = ["posts(author_id) -> users(id)"];
        let migrations = ["users(id)", "~posts(author_id) -> people(id)"];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &schema, &migrations), @"
        error[ineffective-references]: posts.author_id → people.id is written after its column, where MySQL before 9.0 forgets it
          migrations:2: the engine reads this, and makes no foreign key
          help: create it in a migration, or take it out of the schema
          if the schema is right, add a migration:
            ALTER TABLE `posts` ADD FOREIGN KEY (`author_id`) REFERENCES `people` (`id`);
          rows that would keep it from being created:
            SELECT c.* FROM `posts` AS c
            WHERE c.`author_id` IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM `people` AS p WHERE p.`id` = c.`author_id`);
        ");
        let missing = check_in(Dialect::MySql, &missing_foreign_key::RULE, &schema, &migrations);
        assert_snapshot!(missing, @"
        error[missing-foreign-key]: posts.author_id → users.id is declared in the schema, but no migration creates it
          schema:1: the schema declares it, on delete no action
          migrations:2: the migrations create the column without it
          help: create it in a migration, or take it out of the schema
          if the schema is right, add a migration:
            ALTER TABLE `posts` ADD FOREIGN KEY (`author_id`) REFERENCES `users` (`id`);
          rows that would keep it from being created:
            SELECT c.* FROM `posts` AS c
            WHERE c.`author_id` IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM `users` AS p WHERE p.`id` = c.`author_id`);
        ");
    }
}
