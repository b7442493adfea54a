//! A foreign key about which nobody said what a delete does.

use drift_model::{Dialect, Finding, ForeignKey, Level, ReferentialAction};

use crate::audit_tables::blocks_deletes;
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "implicit-on-delete",
    summary: "nobody wrote what deleting a referenced row does",
    default_level: Level::Info,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Without `ON DELETE`, the delete of a referenced row is refused. That may be what is meant; who reads
the schema cannot tell whether somebody thought about it.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (
  author_id integer CONSTRAINT posts_author_id_users_id_fk REFERENCES users (id)
);
```

PostgreSQL and SQLite look when the statement is done, or when the transaction is if the foreign key is
deferred; MySQL looks at once. What counts is the schema; the migrations are looked at where there is none.

**How to fix it.** Say what is meant: `onDelete: "cascade"`, `"set null"` or `"restrict"`, or
`"no action"` to keep things as they are.

**When to ignore it.** When it is understood in the team that nothing means "refuse".
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let sources = &comparison.sources;
    let is_implicit = |it: &ForeignKey| {
        it.on_delete == ReferentialAction::NoAction
            && it.on_delete_span.is_none()
            && !it.is_conditional
            && !blocks_deletes(comparison, it)
    };
    let alone = match (sources.schema, sources.migrations) {
        // About those that are not alike there is more to say.
        (Some(_), Some(_)) => {
            let alike = comparison.matched.iter().filter(|(a, b)| a.on_delete == b.on_delete);
            let implicit = alike.map(|(schema, _)| *schema).filter(|it| is_implicit(it));
            findings.extend(implicit.map(|it| finding(comparison, it)));
            return;
        }
        (Some(catalog), None) | (None, Some(catalog)) => catalog,
        (None, None) => return,
    };
    let implicit = alone.foreign_keys.iter().filter(|it| is_implicit(it));
    findings.extend(implicit.map(|it| finding(comparison, it)));
}

fn finding(comparison: &Comparison<'_>, foreign_key: &ForeignKey) -> Finding {
    let sources = &comparison.sources;
    let referenced = &foreign_key.referenced_table;
    let engine = sources.engine.product_name();
    let message = format!(
        "{foreign_key} says nothing about deletes, so {engine} refuses to delete a row of `{referenced}` that is referenced"
    );
    let moment = match sources.dialect {
        Dialect::MySql => "which looks at once",
        Dialect::PostgreSql | Dialect::Sqlite => "which looks when the statement is done",
    };
    RULE.finding_about(foreign_key, message)
        .label(foreign_key.span, "no ON DELETE here")
        .note(format!("without ON DELETE it is NO ACTION, {moment}"))
        .help("say what is meant: `onDelete: \"cascade\"`, `\"set null\"`, `\"restrict\"` or `\"no action\"`")
}

#[cfg(test)]
mod tests {
    use drift_model::Dialect;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check, check_in};

    #[test]
    fn reports_what_nobody_said() {
        let both = ["posts(author_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &both, &both), @r#"
        info[implicit-on-delete]: posts.author_id → users.id says nothing about deletes, so PostgreSQL refuses to delete a row of `users` that is referenced
          schema:1: no ON DELETE here
          note: without ON DELETE it is NO ACTION, which looks when the statement is done
          help: say what is meant: `onDelete: "cascade"`, `"set null"`, `"restrict"` or `"no action"`
        "#);
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &both, &both), @r#"
        info[implicit-on-delete]: posts.author_id → users.id says nothing about deletes, so MySQL refuses to delete a row of `users` that is referenced
          schema:1: no ON DELETE here
          note: without ON DELETE it is NO ACTION, which looks at once
          help: say what is meant: `onDelete: "cascade"`, `"set null"`, `"restrict"` or `"no action"`
        "#);
    }

    #[test]
    fn leaves_to_others_what_they_report() {
        let schema = ["posts(author_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &schema, &["posts(author_id) -> users(id) on delete cascade"]), @"");
        let audit = ["audit_logs(action)", "audit_logs(actor_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &audit, &audit), @"");
    }

    #[test]
    fn accepts_what_is_said() {
        let both = ["posts(author_id) -> users(id) on delete restrict"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }
}
