//! A table that the schema promises and the database will not have.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "missing-table",
    summary: "the schema declares a table that no migration creates",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Every query of the table fails: `relation "posts" does not exist`.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
```

Its columns and foreign keys are not reported one by one.

**How to fix it.** Run `drizzle-kit generate`. If it finds nothing to do, its snapshot already has
the table: then write the `CREATE TABLE` in a custom migration.

**When to ignore it.** When the table is made by something else, such as an extension or another
service.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for table in &comparison.missing_tables {
        let name = &table.name;
        let foreign_keys = comparison.sources.schema.map_or(0, |schema| {
            schema.foreign_keys.iter().filter(|it| it.referencing_table == *name).count()
        });
        let mut finding = RULE
            .finding(format!("`{name}` is declared in the schema, but no migration creates it"))
            .label(table.span, "the schema declares the table")
            .help("run `drizzle-kit generate`; if it finds nothing to do, create it in a custom migration");
        if foreign_keys > 0 {
            finding = finding.note(match foreign_keys {
                1 => "the one foreign key it declares is missing with it".to_owned(),
                count => format!("the {count} foreign keys it declares are missing with it"),
            });
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
    fn reports_a_table_once_with_its_foreign_keys() {
        let schema = ["posts(author_id) -> users(id)", "posts(editor_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &schema, &["users(id)"]), @r"
        error[missing-table]: `posts` is declared in the schema, but no migration creates it
          schema:1: the schema declares the table
          note: the 2 foreign keys it declares are missing with it
          help: run `drizzle-kit generate`; if it finds nothing to do, create it in a custom migration
        ");
    }

    #[test]
    fn accepts_a_table_that_is_there() {
        assert_snapshot!(check(&RULE, &["auth.users(id)"], &["auth.users(id)"]), @"");
    }

    #[test]
    fn says_nothing_while_a_migration_is_unread() {
        let found = check_sources(&RULE, &["posts(id)"], &["users(id)"], |sources| Sources {
            has_all_migrations: false,
            ..sources
        });
        assert_snapshot!(found, @"");
    }
}
