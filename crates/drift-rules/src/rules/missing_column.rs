//! A column that the schema promises and the database will not have.

use foldhash::HashSet;
use std::borrow::Cow;
use std::collections::BTreeMap;

use drift_model::{Column, Dialect, Finding, Level, Span, Table};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::shape::{Evidence, RenamedColumn};
use crate::snapshot::NOTHING;
use crate::together::{
    FEW, NOT_BY_THE_JOURNAL, NOT_THE_WHOLE, Unlisted, are_told_once, by_table, first_few,
    sorted_names, with_some_of_the_rest, with_the_rest,
};

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

Several columns of a table are one finding; the foreign keys on them, and those that reference them, are
told with them. With this rule switched off, `missing-foreign-key` reports those. A column that
the migrations have under another name, such as `authorId`, is one finding as well: a migration renamed
it, or the names differ in spelling alone, or it is the only column on either side that the other one
lacks and both have one type. Its foreign keys are then compared as if the names agreed.

Nothing is said about tables of which a part could not be read, and a statement that was not understood
and could concern the table makes a warning of it. Where the migrations lack at least half of the tables
or of the columns, and more than ten, they are not what makes the database, and one finding says so. Where
there are more files outside of the journal than in it, columns that they make are one finding, and a
warning.

**How to fix it.** Run `drizzle-kit generate`. If it finds nothing to do, its snapshot already has the
column: then write the `ALTER TABLE ... ADD COLUMN` in a custom migration. Where the names differ, give
the column its name in the database as the first argument, `integer("author_id")`, or set `casing` in the
drizzle config, if the column builders rely on it.

**When to ignore it.** When something else than the migrations makes the column.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let unlisted = Unlisted::new(comparison);
    let is_outside = |(table, column): &Of<'_>| {
        unlisted.outnumber && unlisted.column(&table.name, &column.name).is_some()
    };
    let (outside, lacking): (Vec<Of<'_>>, Vec<Of<'_>>) =
        comparison.missing_columns.iter().partition(|it| is_outside(it));
    if by_table(&outside).count() > 1 {
        findings.push(made_outside(&outside));
    } else {
        findings.extend(by_table(&outside).flat_map(|it| of_table(comparison, &unlisted, it)));
    }
    if are_told_once(comparison, lacking.len()) {
        findings.push(missing_everywhere(&lacking));
    } else {
        findings.extend(by_table(&lacking).flat_map(|it| of_table(comparison, &unlisted, it)));
    }
    for renamed in &comparison.renamed_columns {
        let finding = renamed_column(comparison, renamed);
        findings.push(comparison.with_caution_about(finding, &renamed.table.name));
    }
}

/// A column and the table that declares it.
type Of<'a> = (&'a Table, &'a Column);

/// Says once that the migrations are not what makes the database.
fn missing_everywhere(columns: &[Of<'_>]) -> Finding {
    let what = format!("{} columns of the schema are created by no migration", columns.len());
    everywhere(columns, &what).detail("most").help(NOT_THE_WHOLE)
}

/// Says once that something else than the journal seems to say what is applied.
fn made_outside(columns: &[Of<'_>]) -> Finding {
    let what = format!(
        "{} columns of the schema are created only by files that are not in the journal",
        columns.len()
    );
    let finding = everywhere(columns, &what);
    Finding { level: Level::Warn, ..finding }.detail("not in the journal").help(NOT_BY_THE_JOURNAL)
}

fn everywhere(columns: &[Of<'_>], what: &str) -> Finding {
    let names: Vec<String> =
        columns.iter().map(|it| format!("{}.{}", it.0.name, it.1.name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let finding = RULE.finding(format!("{what}: {}", first_few(&names)));
    with_some_of_the_rest(with_columns(finding, columns), &names)
}

/// Points at the first few columns, and remembers the places of all.
fn with_columns(finding: Finding, columns: &[Of<'_>]) -> Finding {
    let mut finding = finding.parts(columns.iter().map(|it| it.1.span));
    for (_, column) in columns.iter().take(FEW) {
        finding = finding.label(column.span, "the schema declares the column");
    }
    finding
}

/// One finding for what a migration drops of a table, and one for what none ever makes.
fn of_table(
    comparison: &Comparison<'_>,
    unlisted: &Unlisted<'_>,
    columns: &[Of<'_>],
) -> Vec<Finding> {
    let is_dropped = |(table, column): &Of<'_>| dropped(comparison, table, column).is_some();
    let (dropped, never): (Vec<Of<'_>>, Vec<Of<'_>>) =
        columns.iter().partition(|it| is_dropped(it));
    let groups = [dropped, never].into_iter().filter(|it| !it.is_empty());
    groups
        .map(|it| {
            let finding = missing(comparison, unlisted, &it);
            comparison.with_caution_about(finding, &it[0].0.name)
        })
        .collect()
}

/// The statement that drops a column.
fn dropped(comparison: &Comparison<'_>, table: &Table, column: &Column) -> Option<Span> {
    comparison.memories.dropped_column(&comparison.names, &table.name, &column.name)
}

fn missing(comparison: &Comparison<'_>, unlisted: &Unlisted<'_>, columns: &[Of<'_>]) -> Finding {
    let (table, first) = columns[0];
    let is_one = columns.len() == 1;
    let names: Vec<&str> = columns.iter().map(|it| it.1.name.as_str()).collect();
    let dropped = dropped(comparison, table, first);
    let message = match (is_one, dropped) {
        (true, Some(_)) => format!(
            "`{}.{}` is declared in the schema, but a migration drops it",
            table.name, first.name
        ),
        (true, None) => format!(
            "`{}.{}` is declared in the schema, but no migration creates it",
            table.name, first.name
        ),
        (false, dropped) => {
            let what = dropped.map_or("no migration creates them", |_| "migrations drop them");
            format!(
                "{} columns of `{}` are declared in the schema, but {what}: {}",
                columns.len(),
                table.name,
                first_few(&names)
            )
        }
    };
    let finding = RULE
        .finding(message)
        .about_columns(&table.name, &sorted_names(columns))
        .says("schema", "declared")
        .says("migrations", NOTHING);
    let mut finding = match is_one {
        true => finding.label(first.span, "the schema declares the column"),
        false => with_the_rest(with_columns(finding, columns), &names),
    };
    if let Some(dropped) = dropped {
        let what = if is_one { "it" } else { &*format!("`{}`", first.name) };
        finding = finding.label(dropped, format!("{what} is dropped here"));
    } else if let Some(migrated) = comparison.migrated_table(&table.name) {
        let what = if is_one { "it" } else { "them" };
        finding =
            finding.label(migrated.span, format!("the migrations create the table without {what}"));
    }
    finding = with_foreign_keys(comparison, finding, columns);
    finding = with_unlisted(unlisted, finding, columns);
    finding = with_snapshot(comparison, finding, columns);
    finding
}

fn with_foreign_keys(
    comparison: &Comparison<'_>,
    mut finding: Finding,
    columns: &[Of<'_>],
) -> Finding {
    let table = columns[0].0;
    let key = comparison.names.table(&table.name);
    let missing: HashSet<Cow<'_, str>> =
        columns.iter().map(|it| comparison.names.column(&key, &it.1.name)).collect();
    let them = if columns.len() == 1 { "it" } else { "them" };
    for foreign_key in comparison.declared_of.get(&key).into_iter().flatten() {
        let mut on = foreign_key.referencing_columns.iter();
        if on.any(|it| missing.contains(&comparison.names.column(&key, it))) {
            finding = finding.note(format!("the foreign key {foreign_key} is missing with {them}"));
        }
    }
    finding
}

fn with_unlisted(unlisted: &Unlisted<'_>, mut finding: Finding, columns: &[Of<'_>]) -> Finding {
    let files = columns.iter().filter_map(|it| unlisted.column(&it.0.name, &it.1.name));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    files.for_each(|it| *counts.entry(&it.name).or_default() += 1);
    for (name, count) in counts {
        let what = match (columns.len(), count) {
            (1, _) => "it".to_owned(),
            (all, count) if all == count => "them".to_owned(),
            (_, count) => format!("{count} of them"),
        };
        finding = finding.note(format!("`{name}` would create {what}, but is not in the journal"));
    }
    finding
}

fn with_snapshot(comparison: &Comparison<'_>, finding: Finding, columns: &[Of<'_>]) -> Finding {
    let known = columns.iter().filter_map(|(table, column)| {
        comparison.snapshot.column(&comparison.names, &table.name, &column.name)
    });
    let (with, without): (Vec<bool>, Vec<bool>) = known.partition(|it| *it);
    let them = if columns.len() == 1 { "it" } else { "them" };
    match (with.len(), without.len()) {
        (0, 0) => finding.help(format!(
            "run `drizzle-kit generate`; if it finds nothing to do, add {them} in a custom migration"
        )),
        (_, 0) => finding
            .says("snapshot", "declared")
            .note(format!(
                "drizzle-kit's snapshot has {them}, so `drizzle-kit generate` takes {them} for done \
                 and never creates {them}"
            ))
            .help(format!("add {them} in a custom migration, or take {them} out of the schema")),
        (0, _) => finding
            .says("snapshot", NOTHING)
            .note(format!(
                "drizzle-kit's snapshot does not have {them} either, so `drizzle-kit generate` would \
                 create {them}"
            ))
            .help(format!("run `drizzle-kit generate`, or take {them} out of the schema")),
        (count, _) => finding
            .says("snapshot", "declared in part")
            .note(format!(
                "drizzle-kit's snapshot has {count} of them, so `drizzle-kit generate` takes those for \
                 done and would create the others alone"
            ))
            .help(format!(
                "run `drizzle-kit generate`, and add the {count} in a custom migration, or take them \
                 out of the schema"
            )),
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
    use drift_model::{
        Dialect, FormerColumn, JournalFaults, Level, SourceMap, Span, TableName, UnlistedMigration,
        Unresolved, UnresolvedKind,
    };
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_adjusted, check_in, check_sources};

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
    fn tells_once_of_a_table() {
        let schema = ["posts(id, a, b, c, d)", "posts(b) -> users(id)", "users(id, name)"];
        assert_snapshot!(check(&RULE, &schema, &["posts(id)", "users(id)"]), @"
        error[missing-column]: 4 columns of `posts` are declared in the schema, but no migration creates them: `a`, `b`, `c` and 1 more
          schema:1: the schema declares the column
          schema:1: the schema declares the column
          schema:1: the schema declares the column
          migrations:1: the migrations create the table without them
          note: the other is `d`
          note: the foreign key posts.b → users.id is missing with them
          help: run `drizzle-kit generate`; if it finds nothing to do, add them in a custom migration
        error[missing-column]: `users.name` is declared in the schema, but no migration creates it
          schema:3: the schema declares the column
          migrations:2: the migrations create the table without it
          help: run `drizzle-kit generate`; if it finds nothing to do, add it in a custom migration
        ");
        // One that is only called otherwise stays apart.
        let found = check(&RULE, &["posts(id, a, b)"], &["posts(id, A)"]);
        assert_eq!(found.matches("error[missing-column]").count(), 2, "{found}");
    }

    #[test]
    fn tells_once_of_migrations_that_are_not_the_whole() {
        let schema = ["posts(a, b, c, d, e, f, g)", "users(a, b, c, d, e, f)"];
        assert_snapshot!(check(&RULE, &schema, &["posts(a)", "users(b)"]), @"
        error[missing-column]: 11 columns of the schema are created by no migration: `posts.b`, `posts.c`, `posts.d` and 8 more
          schema:1: the schema declares the column
          schema:1: the schema declares the column
          schema:1: the schema declares the column
          note: the others are `posts.e`, `posts.f`, `posts.g`, `users.a`, `users.c`, `users.d`, `users.e`, `users.f`
          help: if the migrations are elsewhere, name their folder in the settings under `projects`; if `drizzle-kit push` makes the database, delete these, or generate them anew
        ");
        // Ten are told table by table.
        let ten = check(&RULE, &schema, &["posts(a)", "users(b, c)"]);
        assert_eq!(ten.matches("error[missing-column]").count(), 2, "{ten}");
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

    /// What is said of columns that files outside of the journal make, which lists one.
    fn check_unlisted(files: &[&[(&str, &str)]]) -> String {
        let file = SourceMap::default().add("schema".into(), String::new());
        let unlisted = files.iter().enumerate().map(|(at, columns)| UnlistedMigration {
            name: format!("{at}.sql"),
            span: Span::new(file.id, 0, 0),
            tables: columns
                .iter()
                .map(|(table, column)| (TableName::new(*table), Some((*column).to_owned())))
                .collect(),
            foreign_keys: Vec::new(),
            only_makes: true,
        });
        let journal =
            JournalFaults { listed: 1, unlisted: unlisted.collect(), ..JournalFaults::default() };
        let schema = ["posts(id, a, b)", "users(id, c)"];
        let found = check_sources(&RULE, &schema, &["posts(id)", "users(id)"], |it| Sources {
            journal: &journal,
            ..it
        });
        let lines =
            found.lines().filter(|it| it.contains("[missing-column]") || it.contains("note:"));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn names_the_file_that_would_make_it() {
        assert_snapshot!(check_unlisted(&[&[("posts", "a"), ("users", "c")]]), @"
        error[missing-column]: 2 columns of `posts` are declared in the schema, but no migration creates them: `a` and `b`
          note: `0.sql` would create 1 of them, but is not in the journal
        error[missing-column]: `users.c` is declared in the schema, but no migration creates it
          note: `0.sql` would create it, but is not in the journal
        ");
        assert_snapshot!(check_unlisted(&[&[("posts", "a"), ("posts", "b")]]), @"
        error[missing-column]: 2 columns of `posts` are declared in the schema, but no migration creates them: `a` and `b`
          note: `0.sql` would create them, but is not in the journal
        error[missing-column]: `users.c` is declared in the schema, but no migration creates it
        ");
    }

    #[test]
    fn tells_once_of_columns_that_files_outside_of_the_journal_make() {
        assert_snapshot!(check_unlisted(&[&[("posts", "a")], &[("users", "c")]]), @"
        warn[missing-column]: 2 columns of the schema are created only by files that are not in the journal: `posts.a` and `users.c`
        error[missing-column]: `posts.b` is declared in the schema, but no migration creates it
        ");
        // Those of one table are told there.
        assert_snapshot!(check_unlisted(&[&[("posts", "a")], &[("posts", "b")]]), @"
        error[missing-column]: 2 columns of `posts` are declared in the schema, but no migration creates them: `a` and `b`
          note: `0.sql` would create 1 of them, but is not in the journal
          note: `1.sql` would create 1 of them, but is not in the journal
        error[missing-column]: `users.c` is declared in the schema, but no migration creates it
        ");
    }

    #[test]
    fn says_what_dropped_it() {
        let check = |became: Option<&str>| {
            let schema = ["posts(id, a: text)"];
            check_adjusted(
                "postgresql",
                &RULE,
                &schema,
                &["posts(id)", "users(b)"],
                |[_, migrated]| {
                    migrated.former_columns.push(FormerColumn {
                        table: TableName::new("posts"),
                        name: "a".to_owned(),
                        became: became.map(str::to_owned),
                        span: migrated.tables[1].span,
                    });
                },
            )
        };
        assert_snapshot!(check(None), @"
        error[missing-column]: `posts.a` is declared in the schema, but a migration drops it
          schema:1: the schema declares the column
          migrations:2: it is dropped here
          help: run `drizzle-kit generate`; if it finds nothing to do, add it in a custom migration
        ");
        assert!(!check(Some("gone")).contains("drops it"));
    }
}
