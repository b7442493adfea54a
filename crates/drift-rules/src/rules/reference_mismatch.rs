//! The same columns, pointing at something else.

use drift_model::{Dialect, Finding, ForeignKey, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::snapshot::{NOTHING, Testimony};

pub(crate) static RULE: Rule = Rule {
    name: "reference-mismatch",
    summary: "the same columns reference something else in the schema than in the migrations",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The database checks these columns against another table, or other columns, than the schema says.
Inserts that look right fail, and joins along the schema find the wrong rows.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE authors (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer REFERENCES authors (id));
```

This is left behind when a table is replaced by another one under its old name: in PostgreSQL and
MySQL a foreign key follows the table it was made for, not the name.

**How to fix it.** Change the target in the schema, or drop the constraint and add it again in a
custom migration.

**When to ignore it.** Hardly ever.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for (schema, migrated) in &comparison.redirected {
        let declared = schema.referenced_side();
        let actual = comparison.in_order_of(migrated, schema).referenced_side();
        let referencing = schema.referencing_side();
        let message = format!(
            "{referencing} references {declared} in the schema, but {actual} in the migrations"
        );
        let finding = RULE
            .finding_about(schema, message)
            .label(schema.span, format!("the schema says {declared}"))
            .label(migrated.span, format!("the migrations say {actual}"))
            .says("schema", &*declared)
            .says("migrations", &*actual);
        let finding = comparison.with_skipped(finding, schema);
        let finding = comparison.with_history(finding, migrated);
        let finding = with_snapshot(finding, comparison, schema, migrated);
        let finding = comparison.with_target_mended(finding, schema, migrated);
        findings.push(comparison.with_caution(finding, migrated));
    }
}

/// Says which side the snapshot agrees with, and what drizzle-kit will make of it.
fn with_snapshot(
    finding: Finding,
    comparison: &Comparison<'_>,
    schema: &ForeignKey,
    migrated: &ForeignKey,
) -> Finding {
    let names = &comparison.names;
    match comparison.snapshot.about(names, schema) {
        Testimony::None => finding,
        Testimony::Lacks => finding.says("snapshot", NOTHING).note(
            "drizzle-kit's snapshot has no foreign key there: the next `drizzle-kit generate` will add \
             that of the schema to that of the migrations",
        ),
        Testimony::Has(found) => {
            let said = comparison.in_order_of(found, schema).referenced_side();
            let note = if names.have_same_target(found, schema) {
                "drizzle-kit's snapshot agrees with the schema, so `drizzle-kit generate` takes the \
                 change for done and never writes it"
                    .to_owned()
            } else if names.have_same_target(found, migrated) {
                "drizzle-kit's snapshot agrees with the migrations, so the next `drizzle-kit generate` \
                 will write what the schema says"
                    .to_owned()
            } else {
                format!(
                    "drizzle-kit's snapshot says {said}, so the next `drizzle-kit generate` will write \
                     what the schema says"
                )
            };
            finding.says("snapshot", said).note(note)
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check;

    #[test]
    fn reports_another_table_and_other_columns() {
        let schema = ["posts(a) -> users(id)", "posts(b) -> users(id)"];
        let migrations =
            ["users(id, number)", "posts(a) -> authors(id)", "posts(b) -> users(number)"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"
        error[reference-mismatch]: posts.a references users.id in the schema, but authors.id in the migrations
          schema:1: the schema says users.id
          migrations:2: the migrations say authors.id
          help: make `posts.a` reference the same columns on both sides
        error[reference-mismatch]: posts.b references users.id in the schema, but users.number in the migrations
          schema:2: the schema says users.id
          migrations:3: the migrations say users.number
          help: make `posts.b` reference the same columns on both sides
        ");
    }

    #[test]
    fn pairs_the_columns_as_the_schema_does() {
        let found = check(&RULE, &["b(q, p) -> a(y, x)"], &["b(p, q) -> a(y, x)"]);
        assert_snapshot!(found, @"
        error[reference-mismatch]: b.(q, p) references a.(y, x) in the schema, but a.(x, y) in the migrations
          schema:1: the schema says a.(y, x)
          migrations:1: the migrations say a.(x, y)
          help: make `b.(q, p)` reference the same columns on both sides
        ");
    }

    #[test]
    fn accepts_the_same_target() {
        let both = ["posts(a) -> users(id)"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }
}
