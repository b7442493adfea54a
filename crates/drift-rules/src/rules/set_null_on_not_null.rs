//! Deletes that are to put NULL, or a default that is not there, where neither can be.

use drift_model::{
    Column, Dialect, Finding, ForeignKey, Language, Level, ReferentialAction, Remedy, SetDefault,
    Span,
};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::{Side, Sides, Source};
use crate::sql;

pub(crate) static RULE: Rule = Rule {
    name: "set-null-on-not-null",
    summary: "`SET NULL` on a column that is `NOT NULL`, or `SET DEFAULT` where no default can be set",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The foreign key says that the column is emptied when the referenced row goes, and the column says that
it is never empty. Every delete of a referenced row fails, in production and not before.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").notNull().references(() => users.id, { onDelete: "set null" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer NOT NULL REFERENCES users (id) ON DELETE SET NULL);
```

PostgreSQL and SQLite take it and fail at each delete. MySQL, MariaDB and CockroachDB refuse to create the
foreign key, so the migration fails. A column of a primary key is `NOT NULL` too. Of several referencing
columns one that is `NOT NULL` is enough, unless PostgreSQL is told which to set: `ON DELETE SET NULL (b)`.

`SET DEFAULT` on a column that is `NOT NULL` and has no default fails alike. InnoDB never does it: MySQL 5.7
refuses it, later ones and MariaDB take it for `RESTRICT`.

Where the schema alone is wrong and the migrations let the column be NULL, it is a warning: deletes work,
but rows come back with a NULL that their type denies.

**How to fix it.** Let the column be NULL (remove `.notNull()` and drop `NOT NULL` in a migration), or choose
what is meant instead: `cascade` if the rows go with what they reference, `restrict` if they keep it.

**When to ignore it.** When referenced rows are never deleted. `restrict` says so better.
"#,
};

/// What cannot be done.
struct Fault<'a> {
    /// `ON DELETE SET NULL`.
    clause: String,
    place: Span,
    action: ReferentialAction,
    /// The columns that do not take it; none where the engine knows no such action.
    columns: Vec<&'a Column>,
}

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for sides in comparison.sides() {
        let schema = sides.schema.and_then(|side| fault(comparison, &side));
        let migrated = sides.migrations.and_then(|side| fault(comparison, &side));
        findings.extend(finding(comparison, sides, schema, migrated));
    }
}

/// Whether the engine refuses to create a foreign key for this.
pub(crate) fn is_refused<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> bool {
    let engine = comparison.sources.engine;
    (engine.dialect() == Dialect::MySql || engine.refuses_idle_clauses())
        && fault(comparison, side)
            .is_some_and(|it| !it.columns.is_empty() || engine.set_default() == SetDefault::Refused)
}

fn fault<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> Option<Fault<'a>> {
    let foreign_key = side.foreign_key;
    let clauses = [
        ("ON DELETE", foreign_key.on_delete, foreign_key.on_delete_span),
        ("ON UPDATE", foreign_key.on_update, foreign_key.on_update_span),
    ];
    clauses.into_iter().find_map(|(event, action, span)| {
        let sets = matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault);
        if !sets || side.table.is_none_or(|it| it.is_incomplete) {
            return None;
        }
        let is_idle =
            action == ReferentialAction::SetDefault && comparison.sources.dialect == Dialect::MySql;
        let listed =
            Some(&foreign_key.set_columns).filter(|it| event == "ON DELETE" && !it.is_empty());
        let columns: Vec<&Column> = side
            .columns(comparison)
            .map(|(column, _)| column)
            .filter(|it| listed.is_none_or(|listed| listed.contains(&it.name)))
            .filter(|it| !is_idle && cannot_take(comparison, side, it, action))
            .collect();
        let clause = format!("{event} {}", action.as_str().to_uppercase());
        let place = span.unwrap_or(foreign_key.span);
        (is_idle || !columns.is_empty() && !comparison.is_obscured(side)).then_some(Fault {
            clause,
            place,
            action,
            columns,
        })
    })
}

fn cannot_take(
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    column: &Column,
    action: ReferentialAction,
) -> bool {
    let is_serial = column.data_type.as_deref().is_some_and(|it| it.contains("serial"));
    let has_default = column.default.is_some() || is_serial;
    // SQLite takes NULL in a primary key of several columns unless they say otherwise, and a schema
    // does not tell which of the two makes them `NOT NULL`.
    let key = side.table.and_then(|it| it.primary_key.as_ref()).map(|it| &it.columns);
    let is_in_doubt = comparison.sources.dialect == Dialect::Sqlite
        && side.source == Source::Schema
        && key.is_some_and(|it| it.len() > 1 && it.contains(&column.name));
    column.is_not_null && !is_in_doubt && (action == ReferentialAction::SetNull || !has_default)
}

fn finding(
    comparison: &Comparison<'_>,
    sides: &Sides<'_>,
    schema: Option<Fault<'_>>,
    migrated: Option<Fault<'_>>,
) -> Option<Finding> {
    let worst = migrated.as_ref().or(schema.as_ref())?;
    let foreign_key = sides.each().next()?.foreign_key;
    let works = migrated.is_none()
        && sides.migrations.is_some_and(|side| has_action(side.foreign_key, worst.action));
    let place = sides.place_of_fault(schema.is_some(), migrated.is_some());
    let message = match &worst.columns[..] {
        [column, ..] if works => format!(
            "{} of {foreign_key} empties `{}`, which the schema says is NOT NULL",
            worst.clause, column.name
        ),
        _ => message(comparison, foreign_key, worst) + place,
    };
    let mut finding = RULE.finding_about(foreign_key, message);
    finding = sides.labelled(
        finding,
        [schema.as_ref(), migrated.as_ref()],
        with_labels,
        |finding, side| with_good_side(finding, comparison, side, worst),
    );
    if works {
        finding.level = Level::Warn;
        finding = finding.note("deletes work in the database; rows come back with a NULL that the type of the column denies");
    } else {
        finding = finding.note(consequence(comparison, foreign_key, worst));
    }
    finding = finding.help(help(comparison, foreign_key, worst));
    if let (Some(fault), Some(side)) = (&migrated, sides.migrations) {
        finding.remedies.extend(dropping_not_null(comparison, &side, fault, schema.is_some()));
    }
    Some(comparison.with_doubts(finding, sides, migrated.is_some()))
}

fn help(comparison: &Comparison<'_>, foreign_key: &ForeignKey, fault: &Fault<'_>) -> String {
    let engine = comparison.sources.engine;
    let takes_list = engine.dialect() == Dialect::PostgreSql
        && !engine.is_cockroachdb()
        && engine.version() >= 15_00_00;
    let is_stuck = |name: &&String| fault.columns.iter().any(|it| it.name == **name);
    let free: Vec<&str> = foreign_key
        .referencing_columns
        .iter()
        .filter(|it| !is_stuck(it))
        .map(String::as_str)
        .collect();
    if fault.columns.is_empty() {
        "choose another action: `cascade`, `set null` or `restrict`".to_owned()
    } else if !free.is_empty() && takes_list && fault.clause.starts_with("ON DELETE") {
        let free = free.join(", ");
        format!(
            "empty the other column alone, `{} ({free})`, or choose another action",
            fault.clause
        )
    } else {
        "let the column be NULL, or choose another action: `cascade` or `restrict`".to_owned()
    }
}

fn has_action(foreign_key: &ForeignKey, action: ReferentialAction) -> bool {
    foreign_key.on_delete == action || foreign_key.on_update == action
}

fn message(comparison: &Comparison<'_>, foreign_key: &ForeignKey, fault: &Fault<'_>) -> String {
    let clause = &fault.clause;
    let names: Vec<String> = fault.columns.iter().map(|it| format!("`{}`", it.name)).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let names = names.join(" and ");
    match (fault.action, &fault.columns[..]) {
        (_, []) if comparison.sources.engine.set_default() == SetDefault::Refused => {
            format!("{clause} of {foreign_key} is refused: InnoDB has no SET DEFAULT")
        }
        (_, []) => format!("{clause} of {foreign_key} acts as RESTRICT: InnoDB has no SET DEFAULT"),
        (ReferentialAction::SetNull, _) => {
            format!("{clause} of {foreign_key} cannot work: {names} {verb} NOT NULL")
        }
        _ => format!(
            "{clause} of {foreign_key} cannot work: {names} {verb} NOT NULL without a default"
        ),
    }
}

fn with_labels(mut finding: Finding, side: &Side<'_>, fault: &Fault<'_>) -> Finding {
    let source = side.source.name();
    let says = if side.source == Source::Schema { "says" } else { "say" };
    let action = fault.action;
    finding = finding
        .label(fault.place, format!("the {source} {says} {action}"))
        .says(source, action.as_str());
    for column in &fault.columns {
        finding =
            finding.label(column.span, format!("`{}` is NOT NULL in the {source}", column.name));
    }
    finding
}

/// The side that has no such fault, where it shows the difference.
fn with_good_side(
    mut finding: Finding,
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    fault: &Fault<'_>,
) -> Finding {
    if !has_action(side.foreign_key, fault.action) {
        return finding;
    }
    for bad in &fault.columns {
        let column = side.table.and_then(|table| comparison.column(table, &bad.name));
        if let Some(column) = column.filter(|it| !it.is_not_null) {
            let source = side.source.name();
            let text = format!("`{}` may be NULL in the {source}", column.name);
            finding = finding.label(column.span, text);
        }
    }
    finding
}

/// What happens on this engine.
fn consequence(comparison: &Comparison<'_>, foreign_key: &ForeignKey, fault: &Fault<'_>) -> String {
    let engine = comparison.sources.engine;
    let referenced = foreign_key.referenced_table.shown_name();
    let doing = if fault.clause.starts_with("ON DELETE") { "deleting" } else { "updating" };
    let Some(column) = fault.columns.first() else {
        return match engine.set_default() {
            SetDefault::Refused => "the migration that creates it fails".to_owned(),
            _ => format!("{doing} a row of `{referenced}` that is referenced fails"),
        };
    };
    if engine.dialect() == Dialect::MySql || engine.refuses_idle_clauses() {
        return "the engine refuses such a foreign key, so the migration that creates it fails"
            .to_owned();
    }
    let table = foreign_key.referencing_table.shown_name();
    let error = match engine.dialect() {
        Dialect::Sqlite => format!("NOT NULL constraint failed: {table}.{}", column.name),
        _ => format!(
            "null value in column \"{}\" of relation \"{table}\" violates not-null constraint",
            column.name
        ),
    };
    format!("{doing} a row of `{referenced}` that is referenced fails: {error}")
}

/// The statement that lets the columns be NULL, which those of a primary key cannot be.
fn dropping_not_null(
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    fault: &Fault<'_>,
    is_declared: bool,
) -> Option<Remedy> {
    let dialect = comparison.sources.dialect;
    let table = side.table?;
    let key = table.primary_key.as_ref().map_or(&[][..], |it| &it.columns);
    if dialect != Dialect::PostgreSql
        || fault.columns.is_empty()
        || fault.columns.iter().any(|it| key.contains(&it.name))
    {
        return None;
    }
    let actions: Vec<String> = fault
        .columns
        .iter()
        .map(|it| format!("ALTER COLUMN {} DROP NOT NULL", sql::identifier(dialect, &it.name)))
        .collect();
    Some(Remedy {
        title: match is_declared {
            true => "to let the column be NULL, remove `.notNull()` and add a migration".to_owned(),
            false => "to let the column be NULL, add a migration".to_owned(),
        },
        language: Language::Sql,
        text: format!("ALTER TABLE {} {};", sql::table(dialect, &table.name), actions.join(", ")),
        edit: None,
    })
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Dialect, Engine};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::rules::missing_foreign_key;
    use crate::testing::{check, check_adjusted, check_in, check_sources};

    const SET_NULL: &str = "posts(author_id) -> users(id) on delete set null";

    #[test]
    fn reports_both_sides_at_once() {
        let both = ["posts(author_id: integer!)", SET_NULL];
        assert_snapshot!(check(&RULE, &both, &both), @r#"
        error[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id cannot work: `author_id` is NOT NULL
          schema:2: the schema says set null
          schema:1: `author_id` is NOT NULL in the schema
          migrations:2: the migrations say set null
          migrations:1: `author_id` is NOT NULL in the migrations
          note: deleting a row of `users` that is referenced fails: null value in column "author_id" of relation "posts" violates not-null constraint
          help: let the column be NULL, or choose another action: `cascade` or `restrict`
          to let the column be NULL, remove `.notNull()` and add a migration:
            ALTER TABLE "posts" ALTER COLUMN "author_id" DROP NOT NULL;
        "#);
        assert_snapshot!(check_in(Dialect::Sqlite, &RULE, &both, &both), @"
        error[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id cannot work: `author_id` is NOT NULL
          schema:2: the schema says set null
          schema:1: `author_id` is NOT NULL in the schema
          migrations:2: the migrations say set null
          migrations:1: `author_id` is NOT NULL in the migrations
          note: deleting a row of `users` that is referenced fails: NOT NULL constraint failed: posts.author_id
          help: let the column be NULL, or choose another action: `cascade` or `restrict`
        ");
    }

    #[test]
    fn says_which_side_is_wrong() {
        let wrong = ["posts(author_id: integer!)", SET_NULL];
        assert_snapshot!(check(&RULE, &[SET_NULL], &wrong), @r#"
        error[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id cannot work: `author_id` is NOT NULL in the migrations
          migrations:2: the migrations say set null
          migrations:1: `author_id` is NOT NULL in the migrations
          schema:1: `author_id` may be NULL in the schema
          note: deleting a row of `users` that is referenced fails: null value in column "author_id" of relation "posts" violates not-null constraint
          help: let the column be NULL, or choose another action: `cascade` or `restrict`
          to let the column be NULL, add a migration:
            ALTER TABLE "posts" ALTER COLUMN "author_id" DROP NOT NULL;
        "#);
        assert_snapshot!(check(&RULE, &wrong, &[SET_NULL]), @"
        warn[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id empties `author_id`, which the schema says is NOT NULL
          schema:2: the schema says set null
          schema:1: `author_id` is NOT NULL in the schema
          migrations:1: `author_id` may be NULL in the migrations
          note: deletes work in the database; rows come back with a NULL that the type of the column denies
          help: let the column be NULL, or choose another action: `cascade` or `restrict`
        ");
    }

    #[test]
    fn tells_what_the_engine_refuses_once() {
        let schema = ["posts(author_id: int!)", SET_NULL];
        let migrations = ["posts(author_id: int!)", "users(id)"];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &schema, &migrations), @"
        error[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id cannot work: `author_id` is NOT NULL
          schema:2: the schema says set null
          schema:1: `author_id` is NOT NULL in the schema
          note: the engine refuses such a foreign key, so the migration that creates it fails
          help: let the column be NULL, or choose another action: `cascade` or `restrict`
        ");
        let missing = check_in(Dialect::MySql, &missing_foreign_key::RULE, &schema, &migrations);
        assert_snapshot!(missing, @"");
    }

    #[test]
    fn reports_what_innodb_does_not_do() {
        let both = ["posts(author_id) -> users(id) on delete set default"];
        let found = check_in(Dialect::MySql, &RULE, &both, &both);
        assert!(found.contains("acts as RESTRICT"), "{found}");
        let engine = Engine::parse("mysql-5.7").unwrap();
        let found = check_sources(&RULE, &both, &["posts(author_id)"], |it| Sources {
            engine,
            dialect: Dialect::MySql,
            ..it
        });
        assert!(found.contains("is refused"), "{found}");
    }

    #[test]
    fn accepts_serial_columns_that_are_set_to_their_default() {
        let both =
            ["posts(author_id: serial!)", "posts(author_id) -> users(id) on delete set default"];
        assert_snapshot!(check(&RULE, &both, &both), @"");
    }

    #[test]
    fn empties_a_part_of_the_columns_where_the_engine_can() {
        let key = "posts(a, b) -> users(x, y)";
        let help = |engine: &str, types: &str, action: &str| {
            let key = format!("{key} {action}");
            let both = [types, &key];
            let found = check_adjusted(engine, &RULE, &both, &both, |_| {});
            let line = found.lines().find(|it| it.contains("help: "));
            line.unwrap_or_default().trim().to_owned()
        };
        let (half, set_null) = ("posts(a: int!, b: int)", "on delete set null");
        assert_snapshot!(help("postgresql-15", half, set_null), @"help: empty the other column alone, `ON DELETE SET NULL (b)`, or choose another action");
        let other =
            "help: let the column be NULL, or choose another action: `cascade` or `restrict`";
        assert_eq!(help("postgresql-14", half, set_null), other);
        assert_eq!(help("cockroachdb", half, set_null), other);
        assert_eq!(help("sqlite", half, set_null), other);
        assert_eq!(help("postgresql-15", half, "on update set null"), other);
        assert_eq!(help("postgresql-15", "posts(a: int!, b: int!)", set_null), other);
    }

    #[test]
    fn leaves_it_open_what_a_primary_key_of_sqlite_takes() {
        let key = "posts(a) -> users(id) on delete set null";
        let found = |engine: &str, columns: &[&str]| {
            let both = ["posts(a: int!, b: int!)", key];
            check_adjusted(engine, &RULE, &both, &["users(id)"], |[schema, _]| {
                let columns = columns.iter().map(|it| (*it).to_owned()).collect();
                let span = schema.tables[0].span;
                schema.tables[0].primary_key = Some(drift_model::Key { name: None, columns, span });
            })
        };
        assert_eq!(found("sqlite", &["a", "b"]), "");
        assert_ne!(found("sqlite", &["a"]), "");
        assert_ne!(found("sqlite", &["b", "c"]), "");
        assert_ne!(found("postgresql", &["a", "b"]), "");
    }

    #[test]
    fn goes_by_the_columns_that_a_delete_sets() {
        let is_told = |action: &str| {
            let both = ["posts(a: int!, b: int)", &format!("posts(a, b) -> users(x, y) {action}")];
            let set = |it: &mut Catalog| it.foreign_keys[0].set_columns = vec!["b".to_owned()];
            let found = check_adjusted("postgresql", &RULE, &both, &both, |catalogs| {
                catalogs.into_iter().for_each(set);
            });
            !found.is_empty()
        };
        assert!(!is_told("on delete set null") && is_told("on update set null"));
    }

    #[test]
    fn takes_a_default_for_what_is_set_to_it_alone() {
        let is_told = |column: &str, action: &str| {
            let both = [column, &format!("posts(a) -> users(id) on delete {action}")];
            !check(&RULE, &both, &both).is_empty()
        };
        assert!(is_told("posts(a: serial!)", "set null"));
        assert!(is_told("posts(a: int!)", "set default"));
        assert!(!is_told("posts(a: serial!)", "set default"));
        assert!(!is_told("posts(a: int)", "set default"));
    }

    #[test]
    fn tells_a_schema_alone_where_the_migrations_do_something_else() {
        let schema = ["posts(author_id: int!)", SET_NULL];
        let migrated = |action: &str| {
            let key = format!("posts(author_id) -> users(id) {action}");
            let found = check(&RULE, &schema, &[&key]);
            found.lines().next().unwrap_or_default().to_owned()
        };
        assert_snapshot!(migrated("on delete cascade"), @"error[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id cannot work: `author_id` is NOT NULL in the schema");
        assert_snapshot!(migrated("on update set null"), @"warn[set-null-on-not-null]: ON DELETE SET NULL of posts.author_id → users.id empties `author_id`, which the schema says is NOT NULL");
    }

    #[test]
    fn is_refused_where_the_engine_does_not_know_the_action() {
        let schema = ["posts(author_id) -> users(id) on delete set default"];
        let told = |engine: &str| {
            let rules = [&RULE, &missing_foreign_key::RULE];
            let found = rules.map(|rule| {
                check_adjusted(engine, rule, &schema, &["posts(author_id)", "users(id)"], |_| {})
            });
            let lines = found.iter().flat_map(|it| it.lines());
            let lines =
                lines.filter(|it| it.contains("[missing-foreign-key]") || it.contains("note:"));
            lines.map(|it| it.trim()).collect::<Vec<_>>().join("\n")
        };
        assert_snapshot!(told("mysql-5.7"), @"note: the migration that creates it fails");
        assert_snapshot!(told("mysql-8.4"), @"
        note: deleting a row of `users` that is referenced fails
        error[missing-foreign-key]: posts.author_id → users.id is declared in the schema, but no migration creates it
        ");
    }
}
