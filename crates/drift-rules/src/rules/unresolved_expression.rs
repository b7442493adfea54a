//! TypeScript that could not be read.

use drift_model::{Finding, Level, UnresolvedKind};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "unresolved-expression",
    summary: "an expression that could declare a foreign key could not be read",
    default_level: Level::Warn,
    check,
    doc: r#"
The schema is read without being run. Here an expression could declare a foreign key, and what it
means could not be told: a function of a package that is not installed, a value that only exists at
run time. Nothing is reported about what the expression may declare, so this place is a gap in the
check.

```ts
import { ownedBy } from "@acme/columns";
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { id: integer("id"), ...ownedBy(() => users.id) });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer, owner_id integer);
```

**How to fix it.** Install the dependencies before the check runs, or write the expression in a way
that can be read: calls of local functions, spreads, constants and conditions all can.

**When to ignore it.** When you know that no foreign key hides there.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    report(&RULE, UnresolvedKind::Expression, comparison, findings);
}

/// Reports what a reader could not read, of one kind.
pub(super) fn report(
    rule: &Rule,
    kind: UnresolvedKind,
    comparison: &Comparison<'_>,
    findings: &mut Vec<Finding>,
) {
    for unresolved in comparison.sources.unresolved.iter().filter(|it| it.kind == kind) {
        findings.push(rule.finding(&unresolved.reason).label(unresolved.span, "here"));
    }
}

#[cfg(test)]
mod tests {
    use drift_model::UnresolvedKind;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check_unresolved, unresolved};

    #[test]
    fn reports_what_was_not_read() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::Expression)]);
        assert_snapshot!(found, @"
        warn[unresolved-expression]: `x` is not known
          schema:1: here
        ");
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::Statement)]);
        assert_snapshot!(found, @"");
    }
}
