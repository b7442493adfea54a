//! SQL that no static reader can know.

use drift_model::{Dialect, Finding, ForeignKey, Level, UnresolvedKind};

use super::unresolved_expression::report;
use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::together::named;

pub(crate) static RULE: Rule = Rule {
    name: "dynamic-sql",
    summary: "a statement is put together when it runs and could concern a foreign key",
    default_level: Level::Info,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The statement is put together when it runs, from values that only the database knows, so no reader
of files can tell what it does. Nothing is guessed: the replay goes on as if it did nothing. Where it
may add foreign keys, those that no other statement creates are listed here, as a warning, rather
than called missing; what other rules find about foreign keys that it could touch is a warning too,
and points here. It could touch the tables that it names, or any table where it names none. All other
tables are checked as if it were not there.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE retired (name text);
DO $$
DECLARE table_name text;
BEGIN
  FOR table_name IN SELECT name FROM retired LOOP
    EXECUTE format('DROP TABLE %I CASCADE', table_name);
  END LOOP;
END $$;
```

**How to fix it.** Write out the statements, if they can be known.

**When to ignore it.** When the statement concerns no foreign key that the schema declares.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let first = findings.len();
    report(&RULE, UnresolvedKind::DynamicSql, comparison, findings);
    for finding in &mut findings[first..] {
        let span = finding.labels.first().map(|label| label.span);
        let uncertain: Vec<&ForeignKey> = comparison
            .uncertain
            .iter()
            .filter(|(_, dynamic)| Some(dynamic.span) == span)
            .map(|(foreign_key, _)| *foreign_key)
            .collect();
        if uncertain.is_empty() {
            continue;
        }
        finding.level = Level::Warn;
        finding.notes.push(format!(
            "declared in the schema, and created here if anywhere: {}",
            named(uncertain.iter())
        ));
        finding.help = Some("compare the schema with the database itself".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Scope, TableName, Unresolved, UnresolvedKind};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check_sources, check_unresolved, unresolved};

    #[test]
    fn reports_what_was_not_read() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::DynamicSql)]);
        assert_snapshot!(found, @"
        info[dynamic-sql]: `x` is not known
          schema:1: here
        ");
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::Statement)]);
        assert_snapshot!(found, @"");
    }

    #[test]
    fn lists_what_it_may_create() {
        let dynamic = unresolved(UnresolvedKind::DynamicSql);
        let unresolved = [Unresolved { scope: Scope::Any, may_add: true, ..dynamic }];
        let schema = ["posts(a) -> users(id)", "posts(b) -> users(id)"];
        let found = check_sources(&RULE, &schema, &["posts(a, b)", "users(id)"], |sources| {
            Sources { unresolved: &unresolved, ..sources }
        });
        assert_snapshot!(found, @"
        warn[dynamic-sql]: `x` is not known
          schema:1: here
          note: declared in the schema, and created here if anywhere: posts.a → users.id, posts.b → users.id
          help: compare the schema with the database itself
        ");
    }

    #[test]
    fn leaves_tables_that_it_cannot_touch_to_other_rules() {
        let dynamic = unresolved(UnresolvedKind::DynamicSql);
        let scope = Scope::Tables(vec![TableName::new("posts")]);
        let unresolved = [Unresolved { scope, may_add: true, ..dynamic }];
        let schema = ["posts(a) -> users(id)", "notes(b) -> users(id)"];
        let found = check_sources(&RULE, &schema, &["posts(a)", "notes(b)", "users(id)"], |it| {
            Sources { unresolved: &unresolved, ..it }
        });
        assert_snapshot!(found, @"
        warn[dynamic-sql]: `x` is not known
          schema:1: here
          note: declared in the schema, and created here if anywhere: posts.a → users.id
          help: compare the schema with the database itself
        ");
    }
}
