//! A table that the database will have and the schema does not know.

use drift_model::{Finding, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "undeclared-table",
    summary: "the migrations create a table that the schema does not declare",
    default_level: Level::Info,
    check,
    doc: r#"
The table is outside Drizzle: queries in TypeScript cannot name it, and whatever references or
cascades into it happens unseen.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE sessions (user_id integer REFERENCES users (id) ON DELETE CASCADE);
```

Its columns and foreign keys are not reported one by one. The tables in which migrators note what
they have applied do not count.

**How to fix it.** Declare the table, drop it, or export it from a file that the drizzle config
lists: a table that is not exported does not exist for drizzle-kit.

**When to ignore it.** When plain SQL uses the table on purpose.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let foreign_keys = comparison.sources.migrations.map_or(&[][..], |it| &it.foreign_keys);
    for table in &comparison.undeclared_tables {
        let name = &table.name;
        let mut finding = RULE
            .finding(format!(
                "`{name}` is created by the migrations, but the schema does not declare it"
            ))
            .label(table.span, "the migrations create the table");
        for foreign_key in foreign_keys.iter().filter(|it| it.referencing_table == *name) {
            let action = foreign_key.on_delete;
            finding =
                finding.note(format!("it has the foreign key {foreign_key}, on delete {action}"));
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_sources};

    #[test]
    fn reports_a_table_with_its_foreign_keys() {
        let migrations = ["sessions(user_id) -> users(id) on delete cascade"];
        assert_snapshot!(check(&RULE, &["users(id)"], &migrations), @r"
        info[undeclared-table]: `sessions` is created by the migrations, but the schema does not declare it
          migrations:1: the migrations create the table
          note: it has the foreign key sessions.user_id → users.id, on delete cascade
        ");
    }

    #[test]
    fn accepts_declared_tables_and_the_notes_of_a_migrator() {
        let migrations = ["users(id)", "drizzle.__drizzle_migrations(id)"];
        assert_snapshot!(check(&RULE, &["users(id)"], &migrations), @"");
    }

    #[test]
    fn says_nothing_while_a_schema_file_is_unread() {
        let found = check_sources(&RULE, &["users(id)"], &["posts(id)"], |sources| Sources {
            has_whole_schema: false,
            ..sources
        });
        assert_snapshot!(found, @"");
    }
}
