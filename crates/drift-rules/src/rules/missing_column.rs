//! A column that the schema promises and the database will not have.

use drift_model::{Column, Dialect, Finding, ForeignKey, Level, Table};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::shape::{Evidence, RenamedColumn};
use crate::snapshot::NOTHING;

pub(crate) static RULE: Rule = Rule {
    name: "missing-column",
    summary: "the schema declares a column that no migration creates",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
Drizzle names every column of a table in every query, so that all of them fail, also those that do not
need this one: `column "author_id" does not exist`.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY);
```

The foreign keys on the column, and those that reference it, are not reported one by one. A column that
the migrations have under another name, such as `authorId`, is one finding as well: a migration renamed
it, or the names differ in spelling alone, or it is the only column on either side that the other one
lacks and both have one type. Its foreign keys are then compared as if the names agreed.

Nothing is said about tables of which a part could not be read, and a statement that was not understood
and could concern the table makes a warning of it.

**How to fix it.** Run `drizzle-kit generate`. If it finds nothing to do, its snapshot already has the
column: then write the `ALTER TABLE ... ADD COLUMN` in a custom migration. Where the names differ, give
the column its name in the database as the first argument, `integer("author_id")`, or set `casing` in the
drizzle config, if the column builders rely on it.

**When to ignore it.** When something else than the migrations makes the column.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for (table, column) in &comparison.missing_columns {
        let finding = missing(comparison, table, column);
        findings.push(comparison.with_caution_about(finding, &table.name));
    }
    for renamed in &comparison.renamed_columns {
        let finding = renamed_column(comparison, renamed);
        findings.push(comparison.with_caution_about(finding, &renamed.table.name));
    }
}

fn missing(comparison: &Comparison<'_>, table: &Table, column: &Column) -> Finding {
    let place = format!("`{}.{}`", table.name, column.name);
    let dropped = comparison.memories.dropped_column(&comparison.names, &table.name, &column.name);
    let what = match dropped {
        Some(_) => "but a migration drops it",
        None => "but no migration creates it",
    };
    let mut finding = RULE
        .finding(format!("{place} is declared in the schema, {what}"))
        .about_columns(&table.name, std::slice::from_ref(&column.name))
        .label(column.span, "the schema declares the column")
        .says("schema", "declared")
        .says("migrations", NOTHING);
    if let Some(dropped) = dropped {
        finding = finding.label(dropped, "it is dropped here");
    } else if let Some(migrated) = comparison.migrated_table(&table.name) {
        finding = finding.label(migrated.span, "the migrations create the table without it");
    }
    let own = comparison.declared_of.get(&comparison.names.table(&table.name));
    for foreign_key in own.into_iter().flatten().filter(|it| is_on(comparison, it, table, column)) {
        finding = finding.note(format!("the foreign key {foreign_key} is missing with it"));
    }
    let makes = |(name, made): &(_, Option<String>)| {
        comparison.names.table(name) == comparison.names.table(&table.name)
            && made.as_deref() == Some(&*column.name)
    };
    let unlisted = comparison.sources.journal.unlisted.iter();
    if let Some(file) = unlisted.clone().find(|it| it.tables.iter().any(makes)) {
        finding =
            finding.note(format!("`{}` would create it, but is not in the journal", file.name));
    }
    let known = comparison.snapshot.column(&comparison.names, &table.name, &column.name);
    if let Some(known) = known {
        finding = finding.says("snapshot", if known { "declared" } else { NOTHING }).note(if known {
            "drizzle-kit's snapshot has it, so `drizzle-kit generate` takes it for done and never \
             creates it"
        } else {
            "drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` would create it"
        });
    }
    finding.help(match known {
        Some(true) => "add it in a custom migration, or take it out of the schema",
        Some(false) => "run `drizzle-kit generate`, or take it out of the schema",
        None => {
            "run `drizzle-kit generate`; if it finds nothing to do, add it in a custom migration"
        }
    })
}

/// Whether a column is one of the referencing columns of a foreign key.
pub(super) fn is_on(
    comparison: &Comparison<'_>,
    foreign_key: &ForeignKey,
    table: &Table,
    column: &Column,
) -> bool {
    let names = &comparison.names;
    let key = names.table(&table.name);
    names.table(&foreign_key.referencing_table) == key && {
        let column = names.column(&key, &column.name);
        foreign_key.referencing_columns.iter().any(|it| names.column(&key, it) == column)
    }
}

fn renamed_column(comparison: &Comparison<'_>, renamed: &RenamedColumn<'_>) -> Finding {
    let (table, column) = (&renamed.table.name, &renamed.column);
    let (declared, migrated) = (&column.declared.name, &column.migrated.name);
    let what = match column.evidence {
        Evidence::Statement(_) => format!("but a migration renamed it to `{migrated}`"),
        Evidence::Spelling | Evidence::Namespace => {
            format!("but the migrations call it `{migrated}`")
        }
        Evidence::Likeness => {
            format!("but no migration creates it; they have `{migrated}` of the same type instead")
        }
    };
    let mut finding = RULE
        .finding(format!("`{table}.{declared}` is declared in the schema, {what}"))
        .about_columns(table, std::slice::from_ref(declared))
        .label(column.declared.span, format!("`{declared}` in the schema"))
        .label(column.migrated.span, format!("`{migrated}` in the migrations"))
        .says("schema", &**declared)
        .says("migrations", &**migrated);
    if let Evidence::Statement(span) = column.evidence {
        finding = finding.label(span, "it is renamed here");
    }
    let is_folded = comparison.sources.dialect == Dialect::PostgreSql
        && declared.to_ascii_lowercase() == *migrated;
    if is_folded {
        finding = finding.note("PostgreSQL takes a name without quotes for one in lower case");
    }
    if column.evidence == Evidence::Likeness {
        finding = finding.note("it was probably renamed on one side only");
    }
    finding.help(format!(
        "name it `{migrated}` in the schema, or rename the column in a custom migration"
    ))
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, Level, SourceMap, Span, Unresolved, UnresolvedKind};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_in, check_sources};

    #[test]
    fn reports_a_column_once_with_its_foreign_key() {
        let schema = ["posts(id, author_id) -> users(id, key)"];
        let migrations = ["posts(id)", "users(id, key)"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"
        error[missing-column]: `posts.author_id` is declared in the schema, but no migration creates it
          schema:1: the schema declares the column
          migrations:1: the migrations create the table without it
          note: the foreign key posts.(id, author_id) → users.(id, key) is missing with it
          help: run `drizzle-kit generate`; if it finds nothing to do, add it in a custom migration
        ");
    }

    #[test]
    fn tells_two_spellings_of_a_column_as_one() {
        let migrations = ["posts(author_id)", "users(id)"];
        assert_snapshot!(check(&RULE, &["posts(authorId) -> users(id)"], &migrations), @"
        error[missing-column]: `posts.authorId` is declared in the schema, but the migrations call it `author_id`
          schema:1: `authorId` in the schema
          migrations:1: `author_id` in the migrations
          help: name it `author_id` in the schema, or rename the column in a custom migration
        ");
        let folded = ["posts(authorid)", "users(id)"];
        assert_snapshot!(check(&RULE, &["posts(authorId) -> users(id)"], &folded), @"
        error[missing-column]: `posts.authorId` is declared in the schema, but the migrations call it `authorid`
          schema:1: `authorId` in the schema
          migrations:1: `authorid` in the migrations
          note: PostgreSQL takes a name without quotes for one in lower case
          help: name it `authorid` in the schema, or rename the column in a custom migration
        ");
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &["posts(authorId)"], &["posts(authorid)"]), @"");
    }

    #[test]
    fn tells_what_was_probably_renamed() {
        let schema = ["posts(id: integer, nickname: text)"];
        assert_snapshot!(check(&RULE, &schema, &["posts(id: integer, handle: text)"]), @"
        error[missing-column]: `posts.nickname` is declared in the schema, but no migration creates it; they have `handle` of the same type instead
          schema:1: `nickname` in the schema
          migrations:1: `handle` in the migrations
          note: it was probably renamed on one side only
          help: name it `handle` in the schema, or rename the column in a custom migration
        ");
        assert_snapshot!(check(&RULE, &schema, &["posts(id: integer, handle: integer)"]), @"
        error[missing-column]: `posts.nickname` is declared in the schema, but no migration creates it
          schema:1: the schema declares the column
          migrations:1: the migrations create the table without it
          help: run `drizzle-kit generate`; if it finds nothing to do, add it in a custom migration
        ");
    }

    #[test]
    fn says_nothing_while_a_migration_is_unread() {
        let found = check_sources(&RULE, &["posts(a)"], &["posts(b)"], |sources| Sources {
            has_all_migrations: false,
            ..sources
        });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn warns_where_a_statement_may_have_made_it() {
        let file = SourceMap::default().add("schema".into(), String::new());
        let span = Span::new(file.id, 0, 0);
        let unresolved = [Unresolved::open(UnresolvedKind::DynamicSql, "`x` is not known", span)];
        let found = check_sources(&RULE, &["posts(a)"], &["posts(b)"], |sources| Sources {
            unresolved: &unresolved,
            ..sources
        });
        assert_snapshot!(found, @"
        warn[missing-column]: `posts.a` is declared in the schema, but no migration creates it
          schema:1: the schema declares the column
          migrations:1: the migrations create the table without it
          schema:1: dynamic SQL here may change it
          help: run `drizzle-kit generate`; if it finds nothing to do, add it in a custom migration
        ");
        assert!(found.starts_with(Level::Warn.as_str()), "{found}");
    }
}
