//! SQL that no static reader can know.

use drift_model::{Finding, Level, UnresolvedKind};

use super::unresolved_expression::report;
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "dynamic-sql",
    summary: "a statement is put together when it runs and could concern a foreign key",
    default_level: Level::Info,
    check,
    doc: r#"
The statement is put together when it runs, from values that only the database knows, so no reader
of files can tell what it does. Nothing is guessed: the replay goes on as if it did nothing.

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
    report(&RULE, UnresolvedKind::DynamicSql, comparison, findings);
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, Span, Unresolved, UnresolvedKind};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check_unresolved;

    fn unresolved(kind: UnresolvedKind) -> [Unresolved; 1] {
        let file = SourceMap::default().add("schema".into(), String::new());
        let span = Span::new(file.id, 0, 0);
        [Unresolved { kind, reason: "`x` is not known".to_owned(), span }]
    }

    #[test]
    fn reports_what_was_not_read() {
        let found = check_unresolved(&RULE, &unresolved(UnresolvedKind::DynamicSql));
        assert_snapshot!(found, @r"
        info[dynamic-sql]: `x` is not known
          schema:1: not read
        ");
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let found = check_unresolved(&RULE, &unresolved(UnresolvedKind::Statement));
        assert_snapshot!(found, @"");
    }
}
