//! TypeScript that could not be read.

use drift_model::{Dialect, Finding, Level, UnresolvedKind};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "unresolved-expression",
    summary: "an expression that could declare a foreign key could not be read",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
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
        let mut finding = rule.finding(&unresolved.reason).label(unresolved.span, "here");
        if unresolved.is_refused {
            let product = comparison.sources.engine.product_name();
            finding.message = format!("{product} refuses this statement: {}", unresolved.reason);
            finding = finding.note("nothing that it would do is part of the comparison");
        } else if kind == UnresolvedKind::Statement && unresolved.reason.starts_with("expected ") {
            finding.message = format!("this statement cannot be read: {}", unresolved.reason);
        }
        finding = finding.detail(comparison.identity_of(unresolved));
        if !unresolved.may_declare.is_empty() {
            let tables: Vec<String> =
                unresolved.may_declare.iter().map(|it| format!("`{it}`")).collect();
            let tables = tables.join(", ");
            finding = finding.note(format!(
                "the migrations create {tables}, which this may declare; nothing of it is compared"
            ));
        }
        if let Some(specifier) = &unresolved.missing_module {
            finding = finding.help(how_to_find(specifier));
        }
        findings.push(finding);
    }
}

/// What makes an import resolvable.
fn how_to_find(specifier: &str) -> String {
    if specifier.starts_with('.') || specifier.starts_with('/') {
        return format!("add the file that `{specifier}` names, or correct the import");
    }
    let is_alias = specifier.starts_with(['#', '~', '$']) || specifier.starts_with("@/");
    if is_alias {
        return format!(
            "say where `{specifier}` lies, in `paths` of the tsconfig.json or `imports` of the \
             package.json next to the schema"
        );
    }
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let package = specifier.split('/').take(parts).collect::<Vec<_>>().join("/");
    format!("install `{package}`, so that it can be read")
}

#[cfg(test)]
mod tests {
    use drift_model::{TableName, Unresolved, UnresolvedKind};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::rules::RULES;
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
    fn says_how_to_find_what_is_missing() {
        let help = |module: &str| {
            let missing_module = Some(module.to_owned());
            let unresolved = unresolved(UnresolvedKind::Expression);
            let found = check_unresolved(&RULE, &[Unresolved { missing_module, ..unresolved }]);
            found.lines().last().unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(help("@acme/db/columns"), @"help: install `@acme/db`, so that it can be read");
        assert_snapshot!(help("drizzle-extras/pg"), @"help: install `drizzle-extras`, so that it can be read");
        assert_snapshot!(help("@/db/columns"), @"help: say where `@/db/columns` lies, in `paths` of the tsconfig.json or `imports` of the package.json next to the schema");
        assert_snapshot!(help("../columns"), @"help: add the file that `../columns` names, or correct the import");
    }

    #[test]
    fn names_the_tables_that_it_seems_to_declare() {
        let may_declare = vec![TableName::new("users"), TableName::with_namespace("auth", "keys")];
        let unresolved = unresolved(UnresolvedKind::Expression);
        let found = check_unresolved(&RULE, &[Unresolved { may_declare, ..unresolved }]);
        assert_snapshot!(found, @"
        warn[unresolved-expression]: `x` is not known
          schema:1: here
          note: the migrations create `users`, `auth.keys`, which this may declare; nothing of it is compared
        ");
    }

    #[test]
    fn leaves_other_kinds_to_their_rules() {
        let found = check_unresolved(&RULE, &[unresolved(UnresolvedKind::Statement)]);
        assert_snapshot!(found, @"");
    }

    #[test]
    fn words_what_is_no_statement() {
        let first = |kind: UnresolvedKind, reason: &str| {
            let rule = RULES.iter().find(|it| it.name == kind.rule_name()).unwrap();
            let unresolved = Unresolved { reason: reason.to_owned(), ..unresolved(kind) };
            let found = check_unresolved(rule, &[unresolved]);
            found.lines().next().unwrap_or_default().to_owned()
        };
        let (statement, expression) = (UnresolvedKind::Statement, UnresolvedKind::Expression);
        assert_snapshot!(first(statement, "expected `(`"), @"warn[unparsed-statement]: this statement cannot be read: expected `(`");
        assert_snapshot!(first(statement, "`x` is not known"), @"warn[unparsed-statement]: `x` is not known");
        assert_snapshot!(first(expression, "expected `(`"), @"warn[unresolved-expression]: expected `(`");
    }
}
