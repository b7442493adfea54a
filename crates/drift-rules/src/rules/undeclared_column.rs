//! A column that the database will have and the schema does not know.

use drift_model::{Column, Dialect, Finding, Level, Table};

use super::missing_column::is_on;
use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::snapshot::NOTHING;

pub(crate) static RULE: Rule = Rule {
    name: "undeclared-column",
    summary: "the migrations create a column that the schema does not declare",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
TypeScript neither reads nor writes the column: where it is `NOT NULL` and has no default, every insert
fails, and a foreign key on it acts unseen. If drizzle-kit's snapshot has it, the next `generate` drops it
with all that is in it.

```ts
export const posts = pgTable("posts", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (
  id integer PRIMARY KEY,
  author_id integer REFERENCES users (id) ON DELETE CASCADE
);
```

The foreign keys on the column are told with it. A column that the schema has under another name is
reported by `missing-column`. Nothing is said about tables of which a part could not be read, and about
columns that another schema with the same migrations declares.

**How to fix it.** Declare the column, or drop it in a migration.

**When to ignore it.** When plain SQL uses the column on purpose, as for full-text search.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for (table, column) in &comparison.undeclared_columns {
        let finding = finding(comparison, table, column);
        findings.push(comparison.with_caution_about(finding, &table.name));
    }
}

fn finding(comparison: &Comparison<'_>, table: &Table, column: &Column) -> Finding {
    let place = format!("`{}.{}`", table.name, column.name);
    let mut finding = RULE
        .finding(format!(
            "{place} is created by the migrations, but the schema does not declare it"
        ))
        .about_columns(&table.name, std::slice::from_ref(&column.name))
        .label(column.span, "the migrations create the column")
        .says("schema", NOTHING)
        .says("migrations", "created");
    if let Some(declared) = comparison.schema_table(&table.name) {
        finding = finding.label(declared.span, "the schema declares the table without it");
    }
    let own = comparison.migrated_of.get(&comparison.names.table(&table.name));
    let own = own.into_iter().flatten().filter(|it| is_on(comparison, it, table, column));
    for foreign_key in own {
        let action = foreign_key.on_delete;
        finding = finding.note(format!("it has the foreign key {foreign_key}, on delete {action}"));
    }
    if let Some(known) = comparison.snapshot.column(&comparison.names, &table.name, &column.name) {
        finding = finding.says("snapshot", if known { "declared" } else { NOTHING }).note(if known {
            "drizzle-kit's snapshot has it, so the next `drizzle-kit generate` will drop it unless the \
             schema declares it"
        } else {
            "drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` never drops it"
        });
    }
    finding.help("declare it in the schema, or drop it in a migration")
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_sources};

    #[test]
    fn reports_a_column_with_its_foreign_key() {
        let migrations = ["posts(id)", "posts(author_id) -> users(id) on delete cascade"];
        assert_snapshot!(check(&RULE, &["posts(id)", "users(id)"], &migrations), @"
        warn[undeclared-column]: `posts.author_id` is created by the migrations, but the schema does not declare it
          migrations:2: the migrations create the column
          schema:1: the schema declares the table without it
          note: it has the foreign key posts.author_id → users.id, on delete cascade
          help: declare it in the schema, or drop it in a migration
        ");
    }

    #[test]
    fn accepts_what_is_declared_under_another_name_or_elsewhere() {
        assert_snapshot!(check(&RULE, &["posts(authorId)"], &["posts(author_id)"]), @"");
        let others = [notation::parse(&SourceMap::default(), "other", &["posts(b)"]).unwrap()];
        let found = check_sources(&RULE, &["posts(a)"], &["posts(a, b)"], |sources| Sources {
            other_schemas: &others,
            ..sources
        });
        assert_snapshot!(found, @"");
    }
}
