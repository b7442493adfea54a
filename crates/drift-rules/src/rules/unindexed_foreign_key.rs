//! Foreign keys that make every delete of a referenced row read the whole referencing table.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use drift_model::{Dialect, Finding, ForeignKey, Level, Table, TableName};

use crate::comparison::Comparison;
use crate::known_keys::contains;
use crate::rule::Rule;
use crate::wide_tables::KeyOrIndex;

pub(crate) static RULE: Rule = Rule {
    name: "unindexed-foreign-key",
    summary: "no index starts with the columns of a foreign key",
    default_level: Level::Info,
    dialects: &[Dialect::PostgreSql, Dialect::Sqlite],
    check,
    doc: r#"
When a referenced row is deleted, or its key changes, the engine looks for the rows that reference it.
Without an index it reads the whole referencing table, for every row that is deleted: 45 ms each with a
million rows in PostgreSQL, instead of 0.01 ms. Joins along the foreign key are as slow.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, author_id integer REFERENCES users (id));
```

An index, a primary key or a unique constraint will do if it begins with the columns of the foreign key,
in any order. An index on an expression will not, nor one with a `WHERE`, unless that leaves out only rows
in which the column is NULL. What counts is what the migrations make, not what the schema declares.

MySQL and MariaDB make an index for every foreign key that lacks one. PostgreSQL, CockroachDB and SQLite
do not.

**How to fix it.** Declare an `index` in the schema and generate a migration. On a large table that is in
use, make it by hand first, with `CREATE INDEX CONCURRENTLY`, which cannot run in the transaction of
drizzle's migrator, and write `IF NOT EXISTS` in the migration.

**When to ignore it.** For tables that stay small, and where nobody deletes what is referenced.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    // InnoDB makes an index for every foreign key that lacks one.
    let dialect = comparison.sources.dialect;
    let Some(actual) = comparison.sources.migrations.or(comparison.sources.schema) else { return };
    if dialect == Dialect::MySql {
        return;
    }
    let declared: HashMap<*const ForeignKey, &ForeignKey> =
        comparison.matched.iter().map(|(declared, it)| (&raw const **it, *declared)).collect();
    let by_hand = indexes_by_hand(comparison);
    let (mut seen, mut places) = (HashSet::new(), HashSet::new());
    for foreign_key in &actual.foreign_keys {
        let name = dialect.table_key(&foreign_key.referencing_table);
        let migrated = comparison.migrated_table(&name);
        let Some(table) = migrated.or(comparison.schema_table(&name)) else { continue };
        if table.is_incomplete
            || is_indexed(comparison, table, foreign_key)
            || comparison.is_of_another_schema(&foreign_key.referencing_table)
        {
            continue;
        }
        if by_hand
            .get(&name)
            .is_some_and(|it| it.iter().any(|it| begins_with(dialect, it, foreign_key)))
        {
            continue;
        }
        // Two foreign keys on the same columns need one index; partitions share a declaration.
        let columns = foreign_key.referencing_columns.iter();
        let mut columns: Vec<_> = columns.map(|it| dialect.column_key(it)).collect();
        columns.sort_unstable();
        if places.insert(foreign_key.span) && seen.insert((name, columns)) {
            let declared = declared.get(&(&raw const *foreign_key)).copied();
            findings.push(finding(comparison, foreign_key, declared));
        }
    }
}

/// The indexes of files that no journal lists, by table: somebody may have run them, and it is known
/// that they are not where they belong.
fn indexes_by_hand<'a>(comparison: &Comparison<'a>) -> HashMap<TableName, Vec<&'a [String]>> {
    let mut by_table: HashMap<TableName, Vec<&'a [String]>> = HashMap::new();
    for (table, columns) in &comparison.sources.journal.unlisted_indexes {
        by_table
            .entry(comparison.sources.dialect.table_key(table).into_owned())
            .or_default()
            .push(columns);
    }
    by_table
}

/// Whether a primary key, unique constraint or index begins with the columns, in any order.
fn is_indexed(comparison: &Comparison<'_>, table: &Table, foreign_key: &ForeignKey) -> bool {
    let [column, others @ ..] = &foreign_key.referencing_columns[..] else { return true };
    let primary = table.primary_key.iter().map(|it| it.columns.as_slice());
    let keys = comparison.keys_with(table, column);
    let keys = keys.filter_map(|it| indexed(it, others.is_empty()));
    let dialect = comparison.sources.dialect;
    primary.chain(keys).any(|it| begins_with(dialect, it, foreign_key))
}

/// The columns of a key or index. A condition on the first column says nothing about the others, so that it
/// is fine only for who looks for that alone.
fn indexed(key: KeyOrIndex<'_>, is_single: bool) -> Option<&[String]> {
    match key {
        KeyOrIndex::Unique(key) => Some(&key.columns),
        KeyOrIndex::Index(it) => {
            let is_whole = !it.is_partial || it.covers_not_null && is_single;
            is_whole.then_some(&it.columns[..])
        }
    }
}

fn begins_with(dialect: Dialect, indexed: &[String], foreign_key: &ForeignKey) -> bool {
    let columns = &foreign_key.referencing_columns;
    let first = indexed.get(..columns.len());
    first.is_some_and(|first| columns.iter().all(|it| contains(dialect, first, it)))
}

/// The column of a key or index that leads to some of the rows: one of several, or the foreign key would be
/// indexed.
fn narrowing<'a>(comparison: &Comparison<'a>, foreign_key: &ForeignKey) -> Option<&'a String> {
    let columns = &foreign_key.referencing_columns;
    let table = comparison.migrated_table(&foreign_key.referencing_table);
    let table = table.filter(|_| columns.len() > 1)?;
    let uniques = table.uniques.iter().map(KeyOrIndex::Unique);
    let indexes = table.indexes.iter().map(KeyOrIndex::Index);
    let keys = uniques.chain(indexes).filter_map(|it| indexed(it, true));
    let keys = table.primary_key.iter().map(|it| it.columns.as_slice()).chain(keys);
    let dialect = comparison.sources.dialect;
    keys.filter_map(<[String]>::first).find(|it| contains(dialect, columns, it))
}

fn finding(
    comparison: &Comparison<'_>,
    foreign_key: &ForeignKey,
    declared: Option<&ForeignKey>,
) -> Finding {
    let table = &foreign_key.referencing_table;
    let mut finding = RULE.finding_about(
        foreign_key,
        format!("{foreign_key} has no index that begins with its columns"),
    );
    if let Some(declared) = declared {
        finding = finding.label(declared.span, "the schema declares the foreign key");
    }
    if comparison.sources.migrations.is_some() {
        finding = finding.label(foreign_key.span, "the migrations make it, and no index for it");
    } else {
        finding = finding.label(foreign_key.span, "declared here, without an index");
    }
    let dialect = comparison.sources.dialect;
    let in_schema = comparison.schema_table(table).filter(|_| declared.is_some());
    if in_schema.is_some_and(|it| is_indexed(comparison, it, foreign_key)) {
        finding = finding.note("the schema declares an index or key that begins with them");
    }
    let reads = match narrowing(comparison, foreign_key) {
        Some(column) => format!("all rows of `{table}` with the same `{column}`"),
        None => format!("the whole of `{table}`"),
    };
    let referenced = &foreign_key.referenced_table;
    let note =
        format!("every delete from `{referenced}` reads {reads} to find those that reference it");
    let help = if dialect == Dialect::PostgreSql {
        "declare an index; on a large table make it by hand first, with CREATE INDEX CONCURRENTLY, \
         which drizzle's migrator cannot run in its transaction"
    } else {
        "declare an index"
    };
    comparison.with_index_made(finding.note(note).help(help), foreign_key)
}

#[cfg(test)]
mod tests {
    use drift_model::{
        Catalog, Dialect, Index, JournalFaults, Key, Level, SourceMap, TableName, notation,
    };
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{NO_FAULTS, check, check_in, check_sources, sources};
    use crate::{Comparison, RuleLevels, Sources, Tells};

    #[test]
    fn reports_each_foreign_key_with_the_index_it_lacks() {
        let both = ["posts(author_id) -> users(id)"];
        assert_snapshot!(check(&RULE, &both, &both), @r#"
        info[unindexed-foreign-key]: posts.author_id → users.id has no index that begins with its columns
          schema:1: the schema declares the foreign key
          migrations:1: the migrations make it, and no index for it
          note: every delete from `users` reads the whole of `posts` to find those that reference it
          help: declare an index; on a large table make it by hand first, with CREATE INDEX CONCURRENTLY, which drizzle's migrator cannot run in its transaction
          as a migration has it:
            CREATE INDEX "posts_author_id_idx" ON "posts" ("author_id");
        "#);
        assert_snapshot!(check_in(Dialect::Sqlite, &RULE, &[], &both), @"
        info[unindexed-foreign-key]: posts.author_id → users.id has no index that begins with its columns
          migrations:1: the migrations make it, and no index for it
          note: every delete from `users` reads the whole of `posts` to find those that reference it
          help: declare an index
          as a migration has it:
            CREATE INDEX `posts_author_id_idx` ON `posts` (`author_id`);
        ");
    }

    #[test]
    fn offers_an_index_only_where_that_is_seen() {
        let offers = |least, levels: &RuleLevels| {
            let tells = Tells::new(levels, least);
            let both = ["posts(author_id) -> users(id)"];
            let told = check_sources(&RULE, &both, &both, |it| Sources { tells, ..it });
            assert!(told.contains("help: declare an index"), "{told}");
            told.contains("CREATE INDEX \"")
        };
        let mut levels = RuleLevels::default();
        assert!(offers(Level::Info, &levels));
        assert!(!offers(Level::Warn, &levels));
        levels.set(&RULE, Some(Level::Error));
        assert!(offers(Level::Warn, &levels));
    }

    #[test]
    fn innodb_makes_its_own_index() {
        let both = ["posts(author_id) -> users(id)"];
        assert_snapshot!(check_in(Dialect::MySql, &RULE, &both, &both), @"");
    }

    /// Whether a foreign key on `a` and `b` is reported beside an index, which may be changed.
    fn is_reported(indexed: &[&str], change: impl FnOnce(&mut Index)) -> bool {
        reports("t(a, b) -> p(x, y)", indexed, change)
    }

    fn reports(key: &str, indexed: &[&str], change: impl FnOnce(&mut Index)) -> bool {
        let mut catalog = parse(&[key]);
        let span = catalog.tables[0].span;
        let mut index = Index {
            name: None,
            columns: indexed.iter().map(|it| (*it).to_owned()).collect(),
            has_expressions: false,
            is_unique: false,
            is_partial: false,
            covers_not_null: false,
            span,
        };
        change(&mut index);
        catalog.tables[0].indexes.push(index);
        !found(&catalog).is_empty()
    }

    fn parse(lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), "migrations", lines).unwrap()
    }

    fn found(catalog: &Catalog) -> Vec<drift_model::Finding> {
        let sources = sources(Dialect::PostgreSql);
        let mut findings = Vec::new();
        let sources = Sources { migrations: Some(catalog), ..sources };
        (RULE.check)(&Comparison::new(sources), &mut findings);
        findings
    }

    #[test]
    fn takes_what_begins_with_the_columns_in_any_order() {
        assert!(!is_reported(&["b", "a"], |_| {}));
        assert!(!is_reported(&["a", "b", "c"], |_| {}));
        assert!(is_reported(&["a"], |_| {}));
        assert!(is_reported(&["c", "a", "b"], |_| {}));
        assert!(is_reported(&["a", "c", "b"], |_| {}));
    }

    #[test]
    fn takes_a_partial_index_only_for_the_rows_that_are_not_null() {
        let partial = |it: &mut Index| it.is_partial = true;
        let not_null = |it: &mut Index| (it.is_partial, it.covers_not_null) = (true, true);
        assert!(reports("t(a) -> p(x)", &["a"], partial));
        assert!(!reports("t(a) -> p(x)", &["a"], not_null));
        assert!(is_reported(&["a", "b"], not_null));
    }

    #[test]
    fn takes_a_primary_key() {
        let mut catalog = parse(&["t(a) -> p(x)"]);
        let columns = vec!["a".to_owned(), "b".to_owned()];
        let span = catalog.tables[0].span;
        catalog.tables[0].primary_key = Some(Key { name: None, columns, span });
        assert!(found(&catalog).is_empty());
    }

    #[test]
    fn says_what_an_index_on_some_of_the_columns_does() {
        let mut catalog = parse(&["t(a, b) -> p(x, y)"]);
        let span = catalog.tables[0].span;
        catalog.tables[0].uniques.push(Key { name: None, columns: vec!["b".to_owned()], span });
        assert_eq!(
            found(&catalog)[0].notes,
            [
                "every delete from `p` reads all rows of `t` with the same `b` to find those that reference it"
            ]
        );
    }

    #[test]
    fn two_foreign_keys_on_the_same_columns_need_one_index() {
        assert_eq!(found(&parse(&["t(a) -> p(x)", "t(a) -> p(x)", "t(b) -> p(x)"])).len(), 2);
    }

    #[test]
    fn counts_an_index_that_somebody_may_have_made_by_hand() {
        let both = ["posts(author_id) -> users(id)"];
        let is_told = |table: &str, column: &str| {
            let unlisted_indexes = vec![(TableName::new(table), vec![column.to_owned()])];
            let journal = JournalFaults { unlisted_indexes, ..NO_FAULTS.clone() };
            let migrations = parse(&both);
            let comparison = Comparison::new(Sources {
                migrations: Some(&migrations),
                journal: &journal,
                ..sources(Dialect::PostgreSql)
            });
            let mut findings = Vec::new();
            (RULE.check)(&comparison, &mut findings);
            !findings.is_empty()
        };
        assert!(!is_told("posts", "author_id"));
        assert!(is_told("posts", "editor_id") && is_told("notes", "author_id"));
    }
}
