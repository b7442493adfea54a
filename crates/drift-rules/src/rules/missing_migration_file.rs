//! A migration that is listed and is not there.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "missing-migration-file",
    summary: "the journal lists a migration whose file is not there",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The migrator reads all files that `meta/_journal.json` lists before it applies the first: where one is
missing it stops, and nothing is applied at all.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
```

```json
{ "version": "7", "dialect": "postgresql", "entries": [
  { "idx": 0, "version": "7", "when": 1795163504119, "tag": "0000_init", "breakpoints": true },
  { "idx": 1, "version": "7", "when": 1795163504120, "tag": "0001_posts", "breakpoints": true } ] }
```

The rest is compared as if the file were empty, so what it made may be called missing as well.

**How to fix it.** Bring the file back from version control. If it was deleted on purpose, remove its
entry and its snapshot, as `drizzle-kit drop` does.

**When to ignore it.** When the files are applied by something that does not look at the journal: then
say so in the settings, with `"order": "name"`.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for entry in &comparison.sources.journal.missing {
        let name = &entry.name;
        findings.push(
            RULE.finding(format!("`{name}` is listed as a migration, but the file is not there"))
                .label(entry.span, "listed here")
                .detail(name)
                .help("bring the file back from version control, or remove its entry"),
        );
    }
}

#[cfg(test)]
mod tests {
    use drift_model::JournalFaults;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check_sources, listed};

    #[test]
    fn reports_each_entry() {
        let faults = JournalFaults { missing: vec![listed("0001_a.sql")], ..Default::default() };
        let found = check_sources(&RULE, &[], &[], |it| Sources { journal: &faults, ..it });
        assert_snapshot!(found, @"
        error[missing-migration-file]: `0001_a.sql` is listed as a migration, but the file is not there
          schema:1: listed here
          help: bring the file back from version control, or remove its entry
        ");
    }
}
