//! Columns whose types do not go together.

use drift_model::{Column, Dialect, Finding, ForeignKey, Level, TypeFit};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::{Side, Sides, Source};

pub(crate) static RULE: Rule = Rule {
    name: "type-mismatch",
    summary: "the types of referencing and referenced column do not go together",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
A foreign key compares two columns, and the engine refuses it where it cannot: the migration that creates it
fails.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: text("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id text);
```

PostgreSQL wants an operator that compares the two: `text` with `varchar` is fine, any integer with any other,
`uuid` with `text` is not. MySQL and MariaDB want the same storage: `int` cannot reference `bigint`, nor
`bigint` a `serial`, which is `bigint unsigned`; lengths of strings do not count, and no key can be made of `text` or
`blob`. SQLite refuses nothing. Types that the database itself defines, such as enums and domains, are passed over.

Two pairs are warnings. An `integer` that references a `bigint` has no room for its larger values. In
SQLite a number that references a text finds it only if the text is written as SQLite writes numbers: `'7'` and
never `'007'`.

Where the schema alone is wrong, because the migrations made the columns alike, it is a warning as well.

**How to fix it.** Give the referencing column the type of the referenced one, in the schema and in a migration.

**When to ignore it.** A narrower integer, when the referenced table never gets that large.
"#,
};

/// A pair of columns that do not go together.
struct Fault<'a> {
    fit: TypeFit,
    referencing: &'a Column,
    referenced: &'a Column,
}

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for sides in comparison.sides() {
        let schema = sides.schema.and_then(|side| fault(comparison, &side));
        let migrated = sides.migrations.and_then(|side| fault(comparison, &side));
        findings.extend(finding(comparison, sides, schema.as_ref(), migrated.as_ref()));
    }
}

/// Whether the engine refuses to create a foreign key for this.
pub(crate) fn is_refused<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> bool {
    fault(comparison, side).is_some_and(|it| it.fit == TypeFit::Refused)
}

fn fault<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> Option<Fault<'a>> {
    let engine = &comparison.sources.engine;
    let faults = side.columns(comparison).filter_map(|(referencing, referenced)| {
        let referenced = referenced?;
        let types = referencing.data_type.as_deref().zip(referenced.data_type.as_deref());
        let (from, to) = types.filter(|_| !referencing.is_array && !referenced.is_array)?;
        let fit = if from == to && engine.dialect() != Dialect::MySql {
            TypeFit::Fits
        } else {
            TypeFit::of(engine, from, to)
        };
        (fit != TypeFit::Fits).then_some(Fault { fit, referencing, referenced })
    });
    // What the engine refuses counts for more than what it takes.
    let found = faults.min_by_key(|it| it.fit != TypeFit::Refused)?;
    (!comparison.is_obscured(side)).then_some(found)
}

fn finding(
    comparison: &Comparison<'_>,
    sides: &Sides<'_>,
    schema: Option<&Fault<'_>>,
    migrated: Option<&Fault<'_>>,
) -> Option<Finding> {
    let worst = migrated.or(schema)?;
    let foreign_key = sides.each().next()?.foreign_key;
    let place = sides.place_of_fault(schema.is_some(), migrated.is_some());
    let message = message(comparison, foreign_key, worst, place);
    let mut finding = RULE.finding_about(foreign_key, message);
    finding = sides.labelled(finding, [schema, migrated], with_labels, |finding, side| {
        with_good_side(finding, comparison, side, worst)
    });
    let is_created = migrated.is_none() && sides.migrations.is_some();
    if worst.fit != TypeFit::Refused || is_created {
        finding.level = Level::Warn;
    }
    finding = finding.note(if is_created && worst.fit == TypeFit::Refused {
        "the migrations create it; the schema as it is written could not".to_owned()
    } else {
        consequence(comparison, worst)
    });
    let (from, to) = (&worst.referencing.name, shown_type(worst.referenced));
    finding = finding.help(match worst.fit {
        TypeFit::Refused if is_unindexed(worst) => {
            format!("give both columns a type that a key can be made of, such as `varchar(36)`, rather than {to}")
        }
        _ if to == "`serial`" && comparison.sources.dialect == Dialect::MySql => {
            format!("make `{from}` `bigint unsigned`, which is what `serial` stands for")
        }
        _ => format!("make `{from}` {} like `{}`", integer_behind(&to), worst.referenced.name),
    });
    Some(comparison.with_doubts(finding, sides, migrated.is_some()))
}

fn message(
    comparison: &Comparison<'_>,
    foreign_key: &ForeignKey,
    fault: &Fault<'_>,
    place: &str,
) -> String {
    let (from, to) = (shown_type(fault.referencing), shown_type(fault.referenced));
    let product = comparison.sources.engine.product_name();
    let pair = format!("{foreign_key} goes from {from} to {to}{place}");
    match fault.fit {
        TypeFit::Refused if is_unindexed(fault) => {
            format!("{pair}, and {product} makes no key of either")
        }
        TypeFit::Refused => format!("{pair}, which {product} refuses"),
        TypeFit::Unlike => format!("{pair}, where {product} does not find every value"),
        TypeFit::Narrower | TypeFit::Fits => {
            format!("{pair}, and has no room for its larger values")
        }
    }
}

/// Whether the engine could not make a key of either type, whatever the other one is.
fn is_unindexed(fault: &Fault<'_>) -> bool {
    let is = |column: &Column| {
        let name = column.data_type.as_deref().unwrap_or_default();
        ["text", "blob", "json"].iter().any(|it| name.ends_with(it))
    };
    fault.fit == TypeFit::Refused && is(fault.referencing) && is(fault.referenced)
}

fn shown_type(column: &Column) -> String {
    format!("`{}`", column.data_type.as_deref().unwrap_or("?"))
}

/// `serial` makes a sequence of its own, which a referencing column has no use for.
fn integer_behind(shown: &str) -> &str {
    match shown {
        "`serial`" | "`serial4`" => "`integer`",
        "`bigserial`" | "`serial8`" => "`bigint`",
        "`smallserial`" | "`serial2`" => "`smallint`",
        other => other,
    }
}

fn with_labels(finding: Finding, side: &Side<'_>, fault: &Fault<'_>) -> Finding {
    let source = side.source.name();
    let label =
        |column: &Column| format!("`{}` is {} in the {source}", column.name, shown_type(column));
    let says = format!(
        "{} {}",
        fault.referencing.data_type.as_deref().unwrap_or_default(),
        fault.referenced.data_type.as_deref().unwrap_or_default()
    );
    finding
        .label(fault.referencing.span, label(fault.referencing))
        .label(fault.referenced.span, label(fault.referenced))
        .says(source, says)
}

/// The side on which the types go together.
fn with_good_side(
    finding: Finding,
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    fault: &Fault<'_>,
) -> Finding {
    let find = |table: Option<&drift_model::Table>, name: &str| {
        table.and_then(|table| comparison.column(table, name)).map(|it| (it.span, shown_type(it)))
    };
    let from = find(side.table, &fault.referencing.name);
    let to = find(side.referenced_table, &fault.referenced.name);
    match from.zip(to) {
        Some(((span, from), (_, to))) => {
            let verb = if side.source == Source::Schema { "pairs" } else { "pair" };
            finding.label(span, format!("the {} {verb} {from} with {to}", side.source.name()))
        }
        None => finding,
    }
}

/// What happens on this engine.
fn consequence(comparison: &Comparison<'_>, fault: &Fault<'_>) -> String {
    match (fault.fit, comparison.sources.dialect) {
        (TypeFit::Refused, _) => "the migration that creates it fails".to_owned(),
        (TypeFit::Unlike, _) => {
            "SQLite looks a value up as the referenced column stores it: 7 finds '7' and never '007'"
                .to_owned()
        }
        _ => {
            let name = fault.referencing.data_type.as_deref().unwrap_or_default();
            let limit = if name.starts_with("small") || name.ends_with('2') {
                "32,767"
            } else {
                "2,147,483,647"
            };
            format!("from {limit} on, an insert fails: integer out of range")
        }
    }
}

#[cfg(test)]
mod tests {
    use drift_model::Dialect;
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{check, check_adjusted, check_in};

    const KEY: &str = "posts(author_id) -> users(id)";

    #[test]
    fn reports_what_the_engine_refuses() {
        let schema = ["users(id: serial!)", "posts(author_id: uuid)", KEY];
        let migrations = ["users(id: serial!)", "posts(author_id: uuid)"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"
        error[type-mismatch]: posts.author_id → users.id goes from `uuid` to `serial`, which PostgreSQL refuses
          schema:2: `author_id` is `uuid` in the schema
          schema:1: `id` is `serial` in the schema
          note: the migration that creates it fails
          help: make `author_id` `integer` like `id`
        ");
        let schema = ["users(id: serial!)", "posts(author_id: int)", KEY];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &schema, &migrations), @"
        error[type-mismatch]: posts.author_id → users.id goes from `int` to `serial`, which MySQL refuses
          schema:2: `author_id` is `int` in the schema
          schema:1: `id` is `serial` in the schema
          note: the migration that creates it fails
          help: make `author_id` `bigint unsigned`, which is what `serial` stands for
        ");
    }

    #[test]
    fn warns_of_what_it_accepts() {
        let both = ["users(id: bigserial!)", "posts(author_id: integer)", KEY];
        assert_snapshot!(check(&RULE, &both, &both), @"
        warn[type-mismatch]: posts.author_id → users.id goes from `integer` to `bigserial`, and has no room for its larger values
          schema:2: `author_id` is `integer` in the schema
          schema:1: `id` is `bigserial` in the schema
          migrations:2: `author_id` is `integer` in the migrations
          migrations:1: `id` is `bigserial` in the migrations
          note: from 2,147,483,647 on, an insert fails: integer out of range
          help: make `author_id` `bigint` like `id`
        ");
        let both = ["users(id: text!)", "posts(author_id: integer)", KEY];
        assert_snapshot!(check_in(Dialect::Sqlite, &RULE, &both, &both), @"
        warn[type-mismatch]: posts.author_id → users.id goes from `integer` to `text`, where SQLite does not find every value
          schema:2: `author_id` is `integer` in the schema
          schema:1: `id` is `text` in the schema
          migrations:2: `author_id` is `integer` in the migrations
          migrations:1: `id` is `text` in the migrations
          note: SQLite looks a value up as the referenced column stores it: 7 finds '7' and never '007'
          help: make `author_id` `text` like `id`
        ");
    }

    #[test]
    fn says_that_the_migrations_are_right() {
        let schema = ["users(id: uuid!)", "posts(author_id: text)", KEY];
        let migrations = ["users(id: uuid!)", "posts(author_id: uuid)", KEY];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"
        warn[type-mismatch]: posts.author_id → users.id goes from `text` to `uuid` in the schema, which PostgreSQL refuses
          schema:2: `author_id` is `text` in the schema
          schema:1: `id` is `uuid` in the schema
          migrations:2: the migrations pair `uuid` with `uuid`
          note: the migrations create it; the schema as it is written could not
          help: make `author_id` `uuid` like `id`
        ");
    }

    #[test]
    fn accepts_what_is_not_known_and_leaves_arrays_to_their_rule() {
        for types in ["posts(author_id)", "posts(author_id: mood)", "posts(author_id: text[])"] {
            let both = ["users(id: uuid!)", types, KEY];
            assert_eq!(check(&RULE, &both, &both), "", "{types}");
        }
    }

    #[test]
    fn tells_the_worst_of_several_columns() {
        let key = "posts(a, b) -> users(x, y)";
        let both = ["users(x: bigint, y: uuid)", "posts(a: integer, b: text)", key];
        let found = check(&RULE, &both, &both);
        assert!(
            found.starts_with(
                "error[type-mismatch]: posts.(a, b) → users.(x, y) goes from `text` to `uuid`"
            ),
            "{found}"
        );
    }

    #[test]
    fn says_what_to_do_about_it() {
        let help = |engine, referenced: &str, referencing: &str| {
            let types =
                [format!("users(id: {referenced})"), format!("posts(author_id: {referencing})")];
            let both = [&types[0][..], &types[1], KEY];
            let found = check_adjusted(engine, &RULE, &both, &both, |_| {});
            let line = found.lines().find(|it| it.contains("help: "));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(help("mysql-8.4", "serial", "int"), @"help: make `author_id` `bigint unsigned`, which is what `serial` stands for");
        assert_snapshot!(help("mysql-8.4", "text", "text"), @"help: give both columns a type that a key can be made of, such as `varchar(36)`, rather than `text`");
        assert_snapshot!(help("mysql-8.4", "text", "int"), @"help: make `author_id` `text` like `id`");
        assert_snapshot!(help("mysql-8.4", "int", "text"), @"help: make `author_id` `int` like `id`");
        assert_snapshot!(help("mysql-8.4", "int", "int"), @"");
    }

    #[test]
    fn says_where_the_values_end() {
        for (from, limit) in
            [("smallint", "32,767"), ("int2", "32,767"), ("integer", "2,147,483,647")]
        {
            let types = format!("posts(author_id: {from})");
            let both = ["users(id: bigint)", &types, KEY];
            let found = check(&RULE, &both, &both);
            assert!(found.contains(&format!("from {limit} on, an insert fails")), "{found}");
        }
    }

    #[test]
    fn says_what_no_key_is_made_of() {
        let first = |types: [&str; 2]| {
            let schema = [
                &*format!("users(id: {})", types[0]),
                &format!("posts(author_id: {})", types[1]),
                KEY,
            ];
            let found = check_in(Dialect::MySql, &RULE, &schema, &[]);
            found.lines().next().unwrap_or_default().to_owned()
        };
        assert_snapshot!(first(["text", "text"]), @"error[type-mismatch]: posts.author_id → users.id goes from `text` to `text`, and MySQL makes no key of either");
        assert_snapshot!(first(["bigint", "text"]), @"error[type-mismatch]: posts.author_id → users.id goes from `text` to `bigint`, which MySQL refuses");
    }
}
