//! Foreign keys onto columns that do not identify a row.

use drift_model::{
    Dialect, Finding, ForeignKey, Index, Level, Span, Table, Unresolved, UnresolvedKind,
};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::{Side, Sides, Source};
use crate::wide_tables::KeyOrIndex;

pub(crate) static RULE: Rule = Rule {
    name: "referenced-columns-not-unique",
    summary: "no primary key or unique constraint covers the referenced columns exactly",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
A foreign key names one row, so the columns that it references have to identify one. drizzle-kit writes it
down without a word where they do not.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey(), email: text("email") });
export const posts = pgTable("posts", {
  authorEmail: text("author_email").references(() => users.email),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY, email text);
CREATE TABLE posts (author_email text);
```

PostgreSQL wants a primary key, a unique constraint or a unique index on exactly these columns, in any order; an
index with a `WHERE` or with expressions does not count, nor does one on more columns or fewer. MySQL since 8.4 wants
the same, in this order. Both refuse the foreign key, so the migration fails. MySQL before 8.4 and
MariaDB take any index that begins with the columns, and then a row may reference several: that is a warning.
SQLite takes the foreign key and refuses every insert into the referencing table, and every delete from the
referenced one, with `foreign key mismatch`.

Where the schema alone lacks the unique constraint and the migrations have it, it is a warning: the next
database made from the schema cannot be made.

**How to fix it.** Add `.unique()` to the referenced column (`unique().on(...)` for several), or reference the
primary key.

**When to ignore it.** Never, but on MariaDB and old MySQL.
"#,
};

/// How badly the referenced columns fail to identify a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The engine refuses the foreign key, or all work with it.
    NoKey,
    /// There is a key on these columns, in an order that the engine does not take.
    OtherOrder,
    /// The engine makes do with an index that is not unique.
    OnlyIndexed,
}

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for sides in comparison.sides() {
        let schema = sides.schema.and_then(|side| fault(comparison, &side));
        let migrated = sides.migrations.and_then(|side| fault(comparison, &side));
        findings.extend(finding(comparison, sides, schema, migrated));
    }
}

/// Whether the engine refuses to create a foreign key for this.
pub(crate) fn is_refused(comparison: &Comparison<'_>, side: &Side<'_>) -> bool {
    comparison.sources.dialect != Dialect::Sqlite
        && fault(comparison, side).is_some_and(|it| it != Fault::OnlyIndexed)
}

fn fault(comparison: &Comparison<'_>, side: &Side<'_>) -> Option<Fault> {
    let table = side.referenced_table.filter(|it| !it.is_incomplete && !it.columns.is_empty())?;
    let foreign_key = side.foreign_key;
    let columns = &foreign_key.referenced_columns;
    // What leaves the columns to the primary key is a mismatch in SQLite where there is none, or one of
    // other columns. The others would have refused it.
    let is_sqlite = comparison.sources.dialect == Dialect::Sqlite;
    if !is_sqlite && columns.is_empty() || has_key(comparison, table, foreign_key) {
        return None;
    }
    let dialect = comparison.sources.dialect;
    let may_make_key = |it: &Unresolved| {
        it.kind != UnresolvedKind::Expression && it.scope.touches_table(dialect, &table.name)
    };
    if side.source == Source::Migrations && comparison.sources.unresolved.iter().any(may_make_key) {
        return None;
    }
    let makes_do = comparison.sources.dialect == Dialect::MySql
        && !comparison.sources.engine.needs_unique_key()
        && has_index(comparison, side, table, columns);
    Some(match makes_do {
        true => Fault::OnlyIndexed,
        false if permuted_key(comparison, table, columns).is_some() => Fault::OtherOrder,
        false => Fault::NoKey,
    })
}

/// The key of just these columns, in any order, and where it is declared.
fn permuted_key<'t>(
    comparison: &Comparison<'_>,
    table: &'t Table,
    columns: &[String],
) -> Option<(&'t [String], Span)> {
    let is_it = |key: &[String]| key.len() == columns.len() && covers(comparison, key, columns);
    keys(table).find(|(key, _)| !key.is_empty() && is_it(key))
}

/// Whether all of these columns are in a key.
fn covers(comparison: &Comparison<'_>, key: &[String], columns: &[String]) -> bool {
    let dialect = comparison.sources.dialect;
    columns
        .iter()
        .all(|wanted| key.iter().any(|it| dialect.column_key(it) == dialect.column_key(wanted)))
}

/// Whether a key covers the columns exactly.
fn has_key(comparison: &Comparison<'_>, table: &Table, foreign_key: &ForeignKey) -> bool {
    let dialect = comparison.sources.dialect;
    let wanted = &foreign_key.referenced_columns;
    let is_one =
        |column: &String, wanted: &String| dialect.column_key(column) == dialect.column_key(wanted);
    let fits = |columns: &[String]| {
        columns.len() == wanted.len()
            && columns.len() == foreign_key.referencing_columns.len()
            && match dialect {
                Dialect::MySql => columns.iter().zip(wanted).all(|(a, b)| is_one(a, b)),
                _ => wanted.iter().all(|it| columns.iter().any(|column| is_one(column, it))),
            }
    };
    let primary = table.primary_key.iter().map(|it| it.columns.as_slice());
    let Some(column) = wanted.first() else { return keys(table).any(|(it, _)| fits(it)) };
    let keys = comparison.keys_with(table, column).filter_map(|it| match it {
        KeyOrIndex::Unique(key) => Some(&key.columns[..]),
        KeyOrIndex::Index(index) => is_key(index).then_some(&index.columns),
    });
    primary.chain(keys).any(fits)
}

/// The columns of each key of a table, and where it is declared.
fn keys(table: &Table) -> impl Iterator<Item = (&[String], Span)> {
    let keys = table.primary_key.iter().chain(&table.uniques);
    let keys = keys.map(|it| (&it.columns[..], it.span));
    let indexes = table.indexes.iter();
    let indexes = indexes.filter(|it| is_key(it));
    keys.chain(indexes.map(|it| (&it.columns[..], it.span)))
}

fn is_key(index: &Index) -> bool {
    index.is_unique && !index.is_partial && !index.has_expressions
}

/// Whether a key or index begins with the columns, or the engine made one for a foreign key that does.
fn has_index(
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    table: &Table,
    wanted: &[String],
) -> bool {
    let dialect = comparison.sources.dialect;
    let begins = |columns: &[String]| {
        columns.len() >= wanted.len()
            && columns
                .iter()
                .zip(wanted)
                .all(|(a, b)| dialect.column_key(a) == dialect.column_key(b))
    };
    let catalog = match side.source {
        Source::Schema => comparison.sources.schema,
        Source::Migrations => comparison.sources.migrations,
    };
    let name = dialect.table_key(&table.name);
    keys(table).any(|(columns, _)| begins(columns))
        || table.indexes.iter().any(|it| begins(&it.columns))
        || catalog.iter().flat_map(|it| &it.foreign_keys).any(|it| {
            begins(&it.referencing_columns) && dialect.table_key(&it.referencing_table) == name
        })
}

fn finding(
    comparison: &Comparison<'_>,
    sides: &Sides<'_>,
    schema: Option<Fault>,
    migrated: Option<Fault>,
) -> Option<Finding> {
    let worst = migrated.or(schema)?;
    let foreign_key = sides.each().next()?.foreign_key;
    let faulty = if migrated.is_some() { sides.migrations } else { sides.schema };
    let faulty = faulty?.foreign_key;
    let not_unique = match faulty.referenced_columns.len() {
        1 => "references a column that is not unique",
        _ => "references columns that are not unique together",
    };
    let place = sides.place_of_fault(schema.is_some(), migrated.is_some());
    let what = match (worst, faulty.referenced_columns.len()) {
        (_, 0) => format!("{foreign_key} references a table without a primary key{place}"),
        (_, count) if count != faulty.referencing_columns.len() => {
            format!("{foreign_key} references a key of another number of columns{place}")
        }
        (Fault::OtherOrder, _) => {
            let product = comparison.sources.engine.product_name();
            format!(
                "{foreign_key} references a key in another order{place}, which {product} refuses"
            )
        }
        (Fault::NoKey, _) => format!("{foreign_key} {not_unique}{place}"),
        (Fault::OnlyIndexed, _) => {
            format!("{foreign_key} {not_unique}{place}, so one row may reference several")
        }
    };
    let mut finding = RULE.finding_about(foreign_key, what);
    finding = sides.labelled(
        finding,
        [schema.as_ref(), migrated.as_ref()],
        |finding, side, fault| with_labels(finding, comparison, side, *fault),
        |finding, side| with_good_side(finding, comparison, side),
    );
    let is_created = migrated.is_none() && sides.migrations.is_some();
    if worst == Fault::OnlyIndexed || is_created {
        finding.level = Level::Warn;
    }
    finding = finding.note(if is_created && worst != Fault::OnlyIndexed {
        "the migrations make the key; a database made from the schema alone lacks it".to_owned()
    } else {
        consequence(comparison, faulty, worst)
    });
    let finding = finding.help(match (worst, &faulty.referenced_columns[..]) {
        (Fault::OtherOrder, _) => "write the pairs of columns in the order of the key",
        (_, [_]) => "add `.unique()` to the referenced column, or reference the primary key",
        _ => "add `unique().on(...)` with just these columns to the referenced table, or reference its primary key",
    });
    Some(comparison.with_doubts(finding, sides, migrated.is_some()))
}

fn with_labels(
    mut finding: Finding,
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    fault: Fault,
) -> Finding {
    let source = side.source.name();
    let verb = if side.source == Source::Schema { "declares" } else { "make" };
    finding = finding.label(side.foreign_key.span, format!("the {source} {verb} the foreign key"));
    let Some(table) = side.referenced_table else { return finding };
    if fault == Fault::OtherOrder {
        let wanted = &side.foreign_key.referenced_columns;
        if let Some((columns, span)) = permuted_key(comparison, table, wanted) {
            finding = finding.label(span, format!("the key is ({})", columns.join(", ")));
        }
        return finding.says(source, "other order");
    }
    let column = match &side.foreign_key.referenced_columns[..] {
        [only] => comparison.column(table, only),
        _ => None,
    };
    finding = match column {
        Some(column) => finding.label(column.span, format!("`{}` is not unique", column.name)),
        None => finding.label(table.span, format!("`{}` has no such key", table.name)),
    };
    // An index that somebody may take for the key.
    let wanted = &side.foreign_key.referenced_columns;
    let near = table.indexes.iter().find(|it| {
        let does_not_count = it.is_partial || it.has_expressions;
        it.is_unique && does_not_count && covers(comparison, &it.columns, wanted)
    });
    if let Some(index) = near.filter(|_| !wanted.is_empty()) {
        let why = if index.is_partial { "covers some rows only" } else { "has expressions" };
        finding = finding.label(index.span, format!("this index {why} and does not count"));
    }
    finding.says(source, "no key")
}

/// The side that has the key.
fn with_good_side(finding: Finding, comparison: &Comparison<'_>, side: &Side<'_>) -> Finding {
    let Some(table) = side.referenced_table else { return finding };
    match permuted_key(comparison, table, &side.foreign_key.referenced_columns) {
        Some((_, span)) => {
            let verb = if side.source == Source::Schema { "declares" } else { "make" };
            finding.label(span, format!("the {} {verb} them unique", side.source.name()))
        }
        None => finding,
    }
}

/// What happens on this engine.
fn consequence(comparison: &Comparison<'_>, foreign_key: &ForeignKey, fault: Fault) -> String {
    let engine = comparison.sources.engine;
    if fault == Fault::OnlyIndexed {
        return format!(
            "{} makes do with an index; a delete of one of several equal rows acts as if it was the only one",
            engine.product_name()
        );
    }
    match engine.dialect() {
        Dialect::Sqlite => format!(
            "inserts into `{}` and deletes from `{}` fail: foreign key mismatch",
            foreign_key.referencing_table, foreign_key.referenced_table
        ),
        _ => "the engine refuses such a foreign key, so the migration that creates it fails"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Index, Key, Scope, TableName, Unresolved, UnresolvedKind};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::rules::missing_foreign_key;
    use crate::testing::{check_adjusted, check_adjusted_sources};

    const KEY: &str = "posts(a) -> users(id)";

    /// What is said where no source has the keys that the notation makes for foreign keys.
    fn check(engine: &str, schema: &[&str], adjust: impl Fn(&mut Catalog)) -> String {
        check_adjusted(engine, &RULE, schema, schema, |catalogs| {
            for catalog in catalogs {
                catalog.tables.iter_mut().for_each(|it| it.uniques.clear());
                adjust(catalog);
            }
        })
    }

    fn message(found: &str) -> &str {
        found.lines().next().unwrap_or_default()
    }

    fn users(catalog: &mut Catalog) -> &mut drift_model::Table {
        catalog.tables.iter_mut().find(|it| it.name.name == "users").unwrap()
    }

    fn unique(catalog: &mut Catalog, columns: &[&str]) {
        let table = users(catalog);
        let columns = columns.iter().map(|it| (*it).to_owned()).collect();
        table.uniques.push(Key { name: None, columns, span: table.span });
    }

    fn index(catalog: &mut Catalog, columns: &[&str], adjust: impl Fn(&mut Index)) {
        let table = users(catalog);
        let mut index = Index {
            name: None,
            columns: columns.iter().map(|it| (*it).to_owned()).collect(),
            has_expressions: false,
            is_unique: true,
            is_partial: false,
            covers_not_null: false,
            span: table.span,
        };
        adjust(&mut index);
        table.indexes.push(index);
    }

    #[test]
    fn reports_a_column_that_is_not_unique() {
        assert_snapshot!(check("postgresql", &[KEY], |_| {}), @"
        error[referenced-columns-not-unique]: posts.a → users.id references a column that is not unique
          schema:1: the schema declares the foreign key
          schema:1: `id` is not unique
          migrations:1: the migrations make the foreign key
          migrations:1: `id` is not unique
          note: the engine refuses such a foreign key, so the migration that creates it fails
          help: add `.unique()` to the referenced column, or reference the primary key
        ");
        assert_eq!(check("postgresql", &[KEY], |it| unique(it, &["id"])), "");
        assert_eq!(check("postgresql", &[KEY], |it| index(it, &["id"], |_| {})), "");
        // Names are compared as the engine compares them.
        assert!(check("sqlite", &[KEY, "users(ID)"], |_| {}).contains("`id` is not unique"));
        assert_eq!(check("sqlite", &[KEY], |it| unique(it, &["ID"])), "");
    }

    #[test]
    fn names_an_index_that_does_not_count() {
        let why = |adjust: fn(&mut Index), columns: &[&str]| {
            let found = check("postgresql", &[KEY, "users(b)"], |it| index(it, columns, adjust));
            assert!(found.starts_with("error"), "{found}");
            let line = found.lines().find(|it| it.contains("this index"));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(why(|it| it.is_partial = true, &["id"]), @"schema:1: this index covers some rows only and does not count");
        assert_snapshot!(why(|it| it.has_expressions = true, &["id"]), @"schema:1: this index has expressions and does not count");
        assert_eq!(why(|it| it.is_unique = false, &["id"]), "");
        let neither = |it: &mut Index| (it.is_unique, it.is_partial) = (false, true);
        assert_eq!(why(neither, &["id"]), "");
        assert_eq!(why(|it| it.is_partial = true, &["b"]), "");
    }

    #[test]
    fn wants_just_these_columns() {
        let two = ["posts(a, b) -> users(x, y)", "users(z)"];
        let with = |engine, columns: &[&str]| check(engine, &two, |it| unique(it, columns));
        assert_eq!(with("postgresql", &["y", "x"]), "");
        assert_snapshot!(message(&with("postgresql", &["x"])), @"error[referenced-columns-not-unique]: posts.(a, b) → users.(x, y) references columns that are not unique together");
        assert!(!with("postgresql", &["x", "y", "z"]).is_empty());
        assert!(!with("postgresql", &["x", "z"]).is_empty());
        let found = check("postgresql", &["posts(a, b) -> users(x)"], |it| unique(it, &["x"]));
        assert_snapshot!(message(&found), @"error[referenced-columns-not-unique]: posts.(a, b) → users.x references a key of another number of columns");
    }

    #[test]
    fn wants_them_in_order_where_the_engine_does() {
        let two = ["posts(a, b) -> users(x, y)", "users(z)"];
        let found = check("mysql-8.4", &two, |it| {
            unique(it, &["y", "z", "x"]);
            unique(it, &["y", "x"]);
        });
        assert_snapshot!(found, @"
        error[referenced-columns-not-unique]: posts.(a, b) → users.(x, y) references a key in another order, which MySQL refuses
          schema:1: the schema declares the foreign key
          schema:1: the key is (y, x)
          migrations:1: the migrations make the foreign key
          migrations:1: the key is (y, x)
          note: the engine refuses such a foreign key, so the migration that creates it fails
          help: write the pairs of columns in the order of the key
        ");
        assert_eq!(check("mysql-8.4", &two, |it| unique(it, &["x", "y"])), "");
    }

    #[test]
    fn warns_where_an_index_is_enough() {
        let index_on = |engine, columns: &[&str]| {
            let schema = ["posts(a) -> users(id)", "users(b)"];
            let found = check(engine, &schema, |it| index(it, columns, |it| it.is_unique = false));
            message(&found).to_owned()
        };
        assert_snapshot!(index_on("mariadb", &["id", "b"]), @"warn[referenced-columns-not-unique]: posts.a → users.id references a column that is not unique, so one row may reference several");
        assert!(index_on("mariadb", &["b", "id"]).starts_with("error"));
        assert!(index_on("mysql-8.4", &["id"]).starts_with("error"));
        assert!(index_on("postgresql", &["id"]).starts_with("error"));
    }

    #[test]
    fn says_which_side_has_the_key() {
        let alone = |at: usize| {
            check_adjusted("postgresql", &RULE, &[KEY], &[KEY], |catalogs| {
                catalogs[at].tables.iter_mut().for_each(|it| it.uniques.clear());
            })
        };
        assert_snapshot!(alone(0), @"
        warn[referenced-columns-not-unique]: posts.a → users.id references a column that is not unique in the schema
          schema:1: the schema declares the foreign key
          schema:1: `id` is not unique
          migrations:1: the migrations make them unique
          note: the migrations make the key; a database made from the schema alone lacks it
          help: add `.unique()` to the referenced column, or reference the primary key
        ");
        assert_snapshot!(alone(1), @"
        error[referenced-columns-not-unique]: posts.a → users.id references a column that is not unique in the migrations
          migrations:1: the migrations make the foreign key
          migrations:1: `id` is not unique
          schema:1: the schema declares them unique
          note: the engine refuses such a foreign key, so the migration that creates it fails
          help: add `.unique()` to the referenced column, or reference the primary key
        ");
    }

    #[test]
    fn says_nothing_of_tables_that_were_not_read() {
        assert_eq!(check("postgresql", &[KEY], |it| users(it).is_incomplete = true), "");
        assert_eq!(check("postgresql", &[KEY], |it| users(it).columns.clear()), "");
    }

    #[test]
    fn leaves_the_columns_to_the_primary_key() {
        let open = ["posts(a) -> users()", "users(id)"];
        let found = check("sqlite", &open, |_| {});
        assert_snapshot!(message(&found), @"error[referenced-columns-not-unique]: posts.a → users references a table without a primary key");
        assert_eq!(check("postgresql", &open, |_| {}), "");
    }

    #[test]
    fn says_what_comes_of_it() {
        let note = |engine: &str| {
            let found = check(engine, &[KEY], |_| {});
            found.lines().filter(|it| it.contains("note:")).collect::<Vec<_>>().join("\n")
        };
        assert_snapshot!(note("sqlite"), @"  note: inserts into `posts` and deletes from `users` fail: foreign key mismatch");
        assert_snapshot!(note("postgresql"), @"  note: the engine refuses such a foreign key, so the migration that creates it fails");
    }

    #[test]
    fn tells_what_the_engine_refuses_once() {
        let missing = |engine: &str, adjust: fn(&mut Catalog)| {
            let rule = &missing_foreign_key::RULE;
            check_adjusted(engine, rule, &[KEY], &["posts(a)", "users(id)"], |[schema, _]| {
                schema.tables.iter_mut().for_each(|it| it.uniques.clear());
                adjust(schema);
            })
        };
        assert_eq!(missing("postgresql", |_| {}), "");
        assert_ne!(missing("sqlite", |_| {}), "");
        assert_ne!(missing("postgresql", |it| unique(it, &["id"])), "");
        assert_ne!(missing("mariadb", |it| index(it, &["id"], |it| it.is_unique = false)), "");
    }

    #[test]
    fn waits_for_what_may_make_the_key() {
        let key = ["posts(a) -> users()", "users(id)"];
        let is_told = |schema: &[&str], migrations: &[&str], kind, scope| {
            let unresolved = [Unresolved { scope, ..crate::testing::unresolved(kind) }];
            let sqlite = |it| Sources { unresolved: &unresolved, ..it };
            !check_adjusted_sources("sqlite", &RULE, schema, migrations, |_| {}, sqlite).is_empty()
        };
        let of = |table: &str| Scope::Tables(vec![TableName::new(table)]);
        let (statement, expression) = (UnresolvedKind::Statement, UnresolvedKind::Expression);
        assert!(!is_told(&[], &key, statement, Scope::Any));
        assert!(!is_told(&[], &key, statement, of("Users")));
        assert!(is_told(&[], &key, statement, of("teams")));
        assert!(is_told(&[], &key, expression, Scope::Any));
        assert!(is_told(&key, &["posts(a)", "users(id)"], statement, Scope::Any));
    }

    #[test]
    fn counts_the_index_that_innodb_makes_for_a_foreign_key() {
        let level = |other: &str| {
            let found = check("mariadb", &["posts(a) -> users(id)", other], |_| {});
            message(&found).split('[').next().unwrap_or_default().to_owned()
        };
        assert_eq!(level("users(id) -> people(id)"), "warn");
        assert_eq!(level("notes(id) -> people(id)"), "error");
        assert_eq!(level("users(other) -> people(id)"), "error");
    }
}
