//! A migration that databases in use never get.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::together::named;

pub(crate) static RULE: Rule = Rule {
    name: "out-of-order-migration",
    summary: "the journal dates a migration no later than one before it",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The migrators of drizzle 0.x ask the database for the newest `when` that it has applied, and run the
entries of the journal with a later one. An entry that is dated no later than one in front of it, as after
a merge, is skipped for ever by a database that already has the other one, without any error. A new
database gets both.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { authorId: integer("author_id") });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
-- 0001_posts.sql
CREATE TABLE posts (author_id integer);
```

```json
{ "version": "7", "dialect": "postgresql", "entries": [
  { "idx": 0, "version": "7", "when": 1795163504119, "tag": "0000_init", "breakpoints": true },
  { "idx": 1, "version": "7", "when": 1795163000000, "tag": "0001_posts", "breakpoints": true } ] }
```

The comparison is that of a new database. Entries that stand behind one and the same later one are one
finding.

**How to fix it.** Before it is released, give the entry a `when` behind that of all others, or generate
it again. Afterwards look into the table `__drizzle_migrations` of each database: where the entry was
skipped, run its statements by hand, or again in a new migration.

**When to ignore it.** When every database got both migrations in one run.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for passed_over in &comparison.sources.journal.out_of_order {
        let [first, others @ ..] = &passed_over.entries[..] else { continue };
        let behind = &passed_over.behind;
        let mut finding = RULE
            .finding(format!(
                "`{}` is dated no later than `{}`, so a database that already has that one skips it",
                first.name, behind.name
            ))
            .label(first.span, "skipped")
            .label(behind.span, "dated later, or the same")
            .detail(format!("{} after {}", first.name, behind.name))
            .help("if it is not released yet, give it a later `when`; otherwise, look for databases that skipped it");
        if !others.is_empty() {
            let names = named(others.iter().map(|it| format!("`{}`", it.name)));
            finding = finding.note(format!("skipped as well: {names}"));
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{JournalFaults, PassedOver};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check_sources, listed};

    #[test]
    fn reports_those_behind_one_entry_together() {
        let entries = ["1.sql", "2.sql", "3.sql"].map(listed).to_vec();
        let faults = JournalFaults {
            out_of_order: vec![PassedOver { entries, behind: listed("0.sql") }],
            ..Default::default()
        };
        let found = check_sources(&RULE, &[], &[], |it| Sources { journal: &faults, ..it });
        assert_snapshot!(found, @"
        warn[out-of-order-migration]: `1.sql` is dated no later than `0.sql`, so a database that already has that one skips it
          schema:1: skipped
          schema:1: dated later, or the same
          note: skipped as well: `2.sql`, `3.sql`
          help: if it is not released yet, give it a later `when`; otherwise, look for databases that skipped it
        ");
    }
}
