//! A table that the schema promises and the database will not have.

use drift_model::{Dialect, Finding, Level, Span, Table, UnresolvedKind};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::shape::{Evidence, Renamed};
use crate::snapshot::NOTHING;
use crate::together::{
    FEW, NOT_BY_THE_JOURNAL, NOT_THE_WHOLE, Unlisted, are_told_once, first_few,
    with_some_of_the_rest,
};

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

Dynamic SQL that could make the table makes a warning of it. Where the migrations lack at least half of
the tables, and more than ten, they are not what makes the database, and one finding says so. Where there
are more files outside of the journal than in it, tables that they make are one finding, and a warning.

With this rule switched off, foreign keys that reference a missing table are reported by
`missing-foreign-key`, as something else then makes the table and nothing makes them. Those that a
missing table declares itself are nowhere to be looked for.

**How to fix it.** Run `drizzle-kit generate`. If it finds nothing to do, its snapshot already has
the table: then write the `CREATE TABLE` in a custom migration.

**When to ignore it.** When the table is made by something else, such as an extension or another
service.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let unlisted = Unlisted::new(comparison);
    let is_outside = |it: &&Table| unlisted.outnumber && unlisted.table(&it.name).is_some();
    let (outside, lacking): (Vec<&Table>, Vec<&Table>) =
        comparison.missing_tables.iter().copied().partition(is_outside);
    let each = |it: &&Table| with_caution(comparison, missing(comparison, &unlisted, it), it);
    match outside.len() {
        2.. => findings.push(made_outside(&outside)),
        _ => findings.extend(outside.iter().map(each)),
    }
    let is_dropped = |it: &&Table| dropped(comparison, it).is_some();
    let (dropped, lacking): (Vec<&Table>, Vec<&Table>) = lacking.into_iter().partition(is_dropped);
    findings.extend(dropped.iter().map(each));
    match are_told_once(comparison, lacking.len()) {
        true => findings.push(missing_together(comparison, &lacking)),
        false => findings.extend(lacking.iter().map(each)),
    }
    findings.extend(comparison.renamed_tables.iter().map(renamed));
}

/// Words a finding with caution where dynamic SQL could have made the table.
fn with_caution(comparison: &Comparison<'_>, finding: Finding, table: &Table) -> Finding {
    let dialect = comparison.sources.dialect;
    let mut unresolved = comparison.sources.unresolved.iter().rev();
    let found = unresolved.find(|it| {
        it.kind == UnresolvedKind::DynamicSql
            && it.may_add
            && it.scope.touches_table(dialect, &table.name)
    });
    match found {
        Some(dynamic) => {
            let level = finding.level.min(Level::Warn);
            Finding { level, ..finding }.label(dynamic.span, "dynamic SQL here may create it")
        }
        None => finding,
    }
}

/// The statement that drops a table.
fn dropped(comparison: &Comparison<'_>, table: &Table) -> Option<Span> {
    comparison.memories.dropped_table(&comparison.names, &table.name)
}

/// Says once that the migrations are not what makes the database.
fn missing_together(comparison: &Comparison<'_>, tables: &[&Table]) -> Finding {
    let all = comparison.sources.schema.map_or(0, |it| it.tables.len());
    let what =
        format!("{} of the {all} tables of the schema are created by no migration", tables.len());
    together(tables, &what, "the schema declares the table").detail("most").help(NOT_THE_WHOLE)
}

/// Says once that something else than the journal seems to say what is applied.
fn made_outside(tables: &[&Table]) -> Finding {
    let what = format!(
        "{} tables of the schema are created only by files that are not in the journal",
        tables.len()
    );
    let finding = together(tables, &what, "the schema declares the table");
    Finding { level: Level::Warn, ..finding }.detail("not in the journal").help(NOT_BY_THE_JOURNAL)
}

fn together(tables: &[&Table], what: &str, label: &str) -> Finding {
    let names: Vec<String> = tables.iter().map(|it| it.name.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut finding = RULE
        .finding(format!("{what}: {}", first_few(&names)))
        .parts(tables.iter().map(|it| it.span));
    for table in tables.iter().take(FEW) {
        finding = finding.label(table.span, label);
    }
    with_some_of_the_rest(finding, &names)
}

fn missing(comparison: &Comparison<'_>, unlisted: &Unlisted<'_>, table: &Table) -> Finding {
    let name = &table.name;
    let foreign_keys =
        comparison.declared_of.get(&comparison.names.table(name)).map_or(0, |it| it.len());
    let dropped = dropped(comparison, table);
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
    if let Some(file) = unlisted.table(name) {
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
    use drift_model::{
        FormerTable, JournalFaults, SourceMap, Span, TableName, UnlistedMigration, Unresolved,
        UnresolvedKind,
    };
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_adjusted, check_sources};

    const TWELVE: [&str; 12] = [
        "a(id)", "b(id)", "c(id)", "d(id)", "e(id)", "f(id)", "g(id)", "h(id)", "i(id)", "j(id)",
        "k(id)", "l(id)",
    ];

    #[test]
    fn warns_where_dynamic_sql_may_have_made_it() {
        let file = SourceMap::default().add("schema".into(), String::new());
        let span = Span::new(file.id, 0, 0);
        let check = |kind| {
            let unresolved = [Unresolved::open(kind, "`x` is not known", span)];
            check_sources(&RULE, &TWELVE[..2], &TWELVE[..1], |sources| Sources {
                unresolved: &unresolved,
                ..sources
            })
        };
        let found = check(UnresolvedKind::DynamicSql);
        assert!(found.starts_with("warn[missing-table]: `b` is declared"), "{found}");
        assert!(found.contains("dynamic SQL here may create it"), "{found}");
        assert!(check(UnresolvedKind::Statement).starts_with("error[missing-table]"));
    }

    #[test]
    fn tells_once_of_migrations_that_are_not_the_whole() {
        assert_snapshot!(check(&RULE, &TWELVE, &TWELVE[..1]), @"
        error[missing-table]: 11 of the 12 tables of the schema are created by no migration: `b`, `c`, `d` and 8 more
          schema:2: the schema declares the table
          schema:3: the schema declares the table
          schema:4: the schema declares the table
          note: the others are `e`, `f`, `g`, `h`, `i`, `j`, `k`, `l`
          help: if the migrations are elsewhere, name their folder in the settings under `projects`; if `drizzle-kit push` makes the database, delete these, or generate them anew
        ");
        // Ten are told one by one.
        let ten = check(&RULE, &TWELVE, &TWELVE[..2]);
        assert_eq!(ten.matches("error[missing-table]").count(), 10, "{ten}");
    }

    #[test]
    fn tells_once_of_tables_that_files_outside_of_the_journal_make() {
        let file = SourceMap::default().add("schema".into(), String::new());
        let unlisted = |name: &str, tables: &[&str]| UnlistedMigration {
            name: name.to_owned(),
            span: Span::new(file.id, 0, 0),
            tables: tables.iter().map(|it| (TableName::new(*it), None)).collect(),
            foreign_keys: Vec::new(),
            only_makes: true,
        };
        let unlisted = vec![unlisted("0001_b.sql", &["b"]), unlisted("0002_c.sql", &["c"])];
        let check = |listed| {
            let faults =
                JournalFaults { listed, unlisted: unlisted.clone(), ..JournalFaults::default() };
            check_sources(&RULE, &TWELVE[..4], &TWELVE[..1], |sources| Sources {
                journal: &faults,
                ..sources
            })
        };
        assert_snapshot!(check(1), @r#"
        warn[missing-table]: 2 tables of the schema are created only by files that are not in the journal: `b` and `c`
          schema:2: the schema declares the table
          schema:3: the schema declares the table
          help: if something else applies the files, put `"order": "name"` into the settings, or list them under `apply`
        error[missing-table]: `d` is declared in the schema, but no migration creates it
          schema:4: the schema declares the table
          help: run `drizzle-kit generate`; if it finds nothing to do, create it in a custom migration
        "#);
        assert_eq!(check(2).matches("error[missing-table]").count(), 3, "{}", check(2));
    }

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

    #[test]
    fn says_what_dropped_it() {
        let check = |became: Option<&str>| {
            check_adjusted("postgresql", &RULE, &TWELVE[..2], &TWELVE[..1], |[_, migrated]| {
                migrated.former_tables.push(FormerTable {
                    name: TableName::new("b"),
                    became: became.map(TableName::new),
                    span: migrated.tables[0].span,
                });
            })
        };
        assert_snapshot!(check(None), @"
        error[missing-table]: `b` is declared in the schema, but a migration drops it
          schema:2: the schema declares the table
          migrations:1: it is dropped here
          help: run `drizzle-kit generate`; if it finds nothing to do, create it in a custom migration
        ");
        assert!(!check(Some("gone")).contains("drops it"));
    }

    #[test]
    fn tells_a_table_under_another_name() {
        let columns = "id: uuid, name: text, mail: text, born: date";
        let [schema, migrations] = ["people", "persons"].map(|it| format!("{it}({columns})"));
        assert_snapshot!(check(&RULE, &[&schema], &[&migrations]), @"
        error[missing-table]: `people` is declared in the schema, but no migration creates it; they have `persons` with the same columns instead
          schema:1: `people` in the schema
          migrations:1: `persons` in the migrations
          note: it was probably renamed on one side only
          help: name it `persons` in the schema, or rename the table in a custom migration
        ");
        assert_snapshot!(check(&RULE, &["userRoles(id)"], &["user_roles(id)"]), @"
        error[missing-table]: `userRoles` is declared in the schema, but the migrations call it `user_roles`
          schema:1: `userRoles` in the schema
          migrations:1: `user_roles` in the migrations
          help: name it `user_roles` in the schema, or rename the table in a custom migration
        ");
    }
}
