//! SQL that could not be read.

use drift_model::{Dialect, Finding, Level, UnresolvedKind};

use super::unresolved_expression::report;
use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "unparsed-statement",
    summary: "a statement that could concern a foreign key could not be read",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The migrations are replayed without a database. This statement could concern tables, constraints or
the names they are found by, and it could not be read. The replay goes on without it, so the tables it
names may really look different. Where it was read and does not fit what the statements before it have
made, the finding says that the engine refuses it: on a new database the migration stops there.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
ALTER TABLE users ADD CONSTRAINT users_team_fk FOREIGN KEY team_id REFERENCES teams (id);
```

**How to fix it.** If the statement is broken, mend it: the engine will refuse it as well. If it
refers to something that another tool makes, it can be passed over.

**When to ignore it.** When the statement has run in production and concerns no foreign key.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let first = findings.len();
    report(&RULE, UnresolvedKind::Statement, comparison, findings);
    // What the engine refuses for the fault of a foreign key is shown with that.
    let told = comparison.refused_statements();
    let mut new = findings.split_off(first);
    new.retain(|it| !it.labels.iter().any(|label| told.contains(&label.span)));
    findings.append(&mut new);
}

#[cfg(test)]
mod tests {
    use drift_model::{Unresolved, UnresolvedKind};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check_unresolved, unresolved};

    #[test]
    fn reports_what_was_not_read() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::Statement)]);
        assert_snapshot!(found, @"
        warn[unparsed-statement]: `x` is not known
          schema:1: here
        ");
    }

    #[test]
    fn tells_what_the_engine_refuses() {
        let refused = Unresolved { is_refused: true, ..unresolved(UnresolvedKind::Statement) };
        assert_snapshot!(check_unresolved(&RULE, &[refused]), @"
        warn[unparsed-statement]: PostgreSQL refuses this statement: `x` is not known
          schema:1: here
          note: nothing that it would do is part of the comparison
        ");
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::Expression)]);
        assert_snapshot!(found, @"");
    }
}
