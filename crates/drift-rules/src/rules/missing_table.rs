//! A table that the schema promises and the database will not have.

use drift_model::{Dialect, Finding, Level, Table, TableName};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::shape::{Evidence, Renamed};
use crate::snapshot::NOTHING;

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

Its columns and foreign keys, and the foreign keys that reference it, are not reported one by one. A table
that the migrations have under another name, such as `Post`, or in another namespace is one finding as
well: a migration renamed it, or the names differ in spelling alone, or both have the same columns. Its
foreign keys are then compared as if the names agreed. Tables that a host brings along, as Supabase does in
`auth`, and tables that migrations reference and do not make, are taken to be made elsewhere.

**How to fix it.** Run `drizzle-kit generate`. If it finds nothing to do, its snapshot already has
the table: then write the `CREATE TABLE` in a custom migration.

**When to ignore it.** When the table is made by something else, such as an extension or another
service.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    findings.extend(comparison.missing_tables.iter().map(|it| missing(comparison, it)));
    findings.extend(comparison.renamed_tables.iter().map(renamed));
}

fn missing(comparison: &Comparison<'_>, table: &Table) -> Finding {
    let name = &table.name;
    let foreign_keys =
        comparison.declared_of.get(&comparison.names.table(name)).map_or(0, |it| it.len());
    let dropped = comparison.memories.dropped_table(&comparison.names, name);
    let what = match dropped {
        Some(_) => "but a migration drops it",
        None => "but no migration creates it",
    };
    let mut finding = RULE
        .finding(format!("`{name}` is declared in the schema, {what}"))
        .about_table(name)
        .label(table.span, "the schema declares the table")
        .says("schema", "declared")
        .says("migrations", NOTHING);
    if let Some(dropped) = dropped {
        finding = finding.label(dropped, "it is dropped here");
    }
    if foreign_keys > 0 {
        finding = finding.note(match foreign_keys {
            1 => "the one foreign key it declares is missing with it".to_owned(),
            count => format!("the {count} foreign keys it declares are missing with it"),
        });
    }
    let makes = |(made, column): &(TableName, Option<String>)| {
        column.is_none() && comparison.names.table(made) == comparison.names.table(name)
    };
    let mut unlisted = comparison.sources.journal.unlisted.iter();
    if let Some(file) = unlisted.find(|it| it.tables.iter().any(makes)) {
        finding =
            finding.note(format!("`{}` would create it, but is not in the journal", file.name));
    }
    match comparison.snapshot.has_table(&comparison.names, name) {
        None => finding.help(
            "run `drizzle-kit generate`; if it finds nothing to do, create it in a custom migration",
        ),
        Some(true) => finding
            .says("snapshot", "declared")
            .note(
                "drizzle-kit's snapshot has it, so `drizzle-kit generate` takes it for done and never \
                 creates it",
            )
            .help("create it in a custom migration, or take it out of the schema"),
        Some(false) => finding
            .says("snapshot", NOTHING)
            .note(
                "drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` would \
                 create it",
            )
            .help("run `drizzle-kit generate`, or take it out of the schema"),
    }
}

fn renamed(renamed: &Renamed<'_, Table>) -> Finding {
    let (declared, migrated) = (&renamed.declared.name, &renamed.migrated.name);
    let what = match renamed.evidence {
        Evidence::Statement(_) => format!("but a migration renamed it to `{migrated}`"),
        Evidence::Spelling => format!("but the migrations call it `{migrated}`"),
        Evidence::Namespace => format!("but the migrations create it as `{migrated}`"),
        Evidence::Likeness => {
            format!(
                "but no migration creates it; they have `{migrated}` with the same columns instead"
            )
        }
    };
    let mut finding = RULE
        .finding(format!("`{declared}` is declared in the schema, {what}"))
        .about_table(declared)
        .label(renamed.declared.span, format!("`{declared}` in the schema"))
        .label(renamed.migrated.span, format!("`{migrated}` in the migrations"))
        .says("schema", declared.to_string())
        .says("migrations", migrated.to_string());
    if let Evidence::Statement(span) = renamed.evidence {
        finding = finding.label(span, "it is renamed here");
    }
    if renamed.evidence == Evidence::Likeness {
        finding = finding.note("it was probably renamed on one side only");
    }
    finding.help(format!(
        "name it `{migrated}` in the schema, or rename the table in a custom migration"
    ))
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
