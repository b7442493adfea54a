//! Which columns foreign keys stand on and which identify a row, whatever source says so.

use std::borrow::Cow;
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt, HashSet};

use drift_model::{Column, Dialect, ForeignKey, Scope, Table, TableName};

use crate::Comparison;

/// The foreign keys of all sources together, for rules that ask whether anything at all enforces a
/// reference.
pub(crate) struct KnownKeys<'a> {
    dialect: Dialect,
    /// By referencing table, also those that are written where the engine or drizzle forgets them, or in
    /// files that no journal lists: other rules tell of these.
    foreign_keys: HashMap<TableName, OfTable<'a>>,
    /// Those that the migrations made and dropped again.
    dropped: HashMap<TableName, OfTable<'a>>,
    /// Tables that something which could not be read may give foreign keys.
    uncertain: HashSet<TableName>,
}

/// The foreign keys of a table.
#[derive(Default)]
struct OfTable<'a> {
    all: Vec<&'a ForeignKey>,
    /// The columns that they stand on, where there are many of them.
    columns: OnceLock<HashSet<Cow<'a, str>>>,
}

/// From so many foreign keys on it pays not to look through all of them for each column.
const MANY: usize = 32;

impl OfTable<'_> {
    fn is_on(&self, dialect: Dialect, column: &str) -> bool {
        let key = dialect.column_key(column);
        let mut columns = self.all.iter().flat_map(|it| &it.referencing_columns);
        if self.all.len() < MANY {
            return columns.any(|it| dialect.column_key(it) == key);
        }
        self.columns
            .get_or_init(|| columns.map(|it| dialect.column_key(it)).collect())
            .contains(&key)
    }
}

impl<'a> KnownKeys<'a> {
    /// Collects the foreign keys of every source.
    pub(crate) fn new(comparison: &Comparison<'a>) -> Self {
        let sources = comparison.sources;
        let dialect = sources.dialect;
        let snapshot = sources.snapshot.map(|it| it.catalog);
        let catalogs = [sources.schema, sources.migrations, snapshot].into_iter().flatten();
        let catalogs: Vec<_> = catalogs.chain(sources.other_schemas).collect();
        let by_table = |all: &mut dyn Iterator<Item = &'a ForeignKey>| {
            let mut found: HashMap<TableName, OfTable<'a>> = HashMap::new();
            for foreign_key in all {
                let table = dialect.table_key(&foreign_key.referencing_table);
                found.entry(table.into_owned()).or_default().all.push(foreign_key);
            }
            found
        };
        let by_hand = sources.journal.unlisted.iter().flat_map(|it| &it.foreign_keys);
        let lost = sources.lost.iter().filter_map(|it| it.foreign_key.as_deref());
        let made = catalogs.iter().flat_map(|it| [&it.foreign_keys, &it.ignored_foreign_keys]);
        let mut made = made.flatten().chain(by_hand).chain(lost);
        let mut dropped = catalogs.iter().flat_map(|it| &it.dropped_foreign_keys);
        let unread = sources.unresolved.iter().filter(|it| it.may_add);
        let uncertain = unread.flat_map(|it| match &it.scope {
            Scope::Tables(tables) => tables.as_slice(),
            Scope::Any => &[],
        });
        Self {
            dialect,
            foreign_keys: by_table(&mut made),
            dropped: by_table(&mut dropped),
            uncertain: uncertain.map(|it| dialect.table_key(it).into_owned()).collect(),
        }
    }

    /// Whether no source has a foreign key.
    pub(crate) fn is_empty(&self) -> bool {
        self.foreign_keys.is_empty()
    }

    /// Whether something that could not be read may give a table foreign keys.
    pub(crate) fn is_uncertain(&self, table: &TableName) -> bool {
        self.uncertain.contains(&self.dialect.table_key(table))
    }

    /// Whether a foreign key stands on a column, alone or with others.
    pub(crate) fn is_on(&self, table: &TableName, column: &str) -> bool {
        let of_table = self.foreign_keys.get(&self.dialect.table_key(table));
        of_table.is_some_and(|it| it.is_on(self.dialect, column))
    }

    /// Whether a column once had a foreign key of its own.
    pub(crate) fn was_on(&self, table: &TableName, column: &str) -> bool {
        let of_table = self.dropped.get(&self.dialect.table_key(table));
        of_table.is_some_and(|it| it.is_on(self.dialect, column))
    }

    /// Whether there is a foreign key between these columns, between some of them, or between these
    /// and others.
    pub(crate) fn has_like(&self, wanted: &ForeignKey) -> bool {
        let mut all = self.of(&self.foreign_keys, &wanted.referencing_table).iter();
        all.any(|it| self.is_like(it, wanted))
    }

    /// Whether a foreign key leads from a table to another.
    pub(crate) fn has_between(&self, from: &TableName, to: &TableName) -> bool {
        let to = self.dialect.table_key(to);
        let mut all = self.of(&self.foreign_keys, from).iter();
        all.any(|it| self.dialect.table_key(&it.referenced_table) == to)
    }

    /// One that was dropped, as for [`KnownKeys::has_like`].
    pub(crate) fn dropped_like(&self, wanted: &ForeignKey) -> Option<&'a ForeignKey> {
        let mut all = self.of(&self.dropped, &wanted.referencing_table).iter();
        all.rfind(|it| self.is_like(it, wanted)).copied()
    }

    fn of<'s>(
        &self,
        foreign_keys: &'s HashMap<TableName, OfTable<'a>>,
        table: &TableName,
    ) -> &'s [&'a ForeignKey] {
        foreign_keys.get(&self.dialect.table_key(table)).map_or(&[], |it| it.all.as_slice())
    }

    fn is_like(&self, foreign_key: &ForeignKey, wanted: &ForeignKey) -> bool {
        let dialect = self.dialect;
        if dialect.table_key(&foreign_key.referenced_table)
            != dialect.table_key(&wanted.referenced_table)
        {
            return false;
        }
        let pairs = |it: &ForeignKey| -> Vec<_> {
            let key = |column: &String| dialect.column_key(column).into_owned();
            let columns = it.referencing_columns.iter().zip(&it.referenced_columns);
            columns.map(|(from, to)| (key(from), key(to))).collect()
        };
        let (has, wants) = (pairs(foreign_key), pairs(wanted));
        has.iter().all(|it| wants.contains(it)) || wants.iter().all(|it| has.contains(it))
    }
}

/// Whether a primary key, unique constraint or unique index of a table has just these columns.
pub(crate) fn is_unique(dialect: Dialect, table: &Table, columns: &[String]) -> bool {
    let indexes = table.indexes.iter().filter(|it| it.is_unique && !it.is_partial);
    let indexes = indexes.filter(|it| !it.has_expressions).map(|it| &it.columns);
    let mut keys = table.uniques.iter().map(|it| &it.columns).chain(indexes);
    is_primary(dialect, table, columns) || keys.any(|it| are_same(dialect, it, columns))
}

/// Whether the primary key of a table has just these columns.
pub(crate) fn is_primary(dialect: Dialect, table: &Table, columns: &[String]) -> bool {
    table.primary_key.as_ref().is_some_and(|it| are_same(dialect, &it.columns, columns))
}

fn are_same(dialect: Dialect, one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && other.iter().all(|it| contains(dialect, one, it))
}

/// Whether a column is among others, as the engine compares names.
pub(crate) fn contains(dialect: Dialect, columns: &[String], column: &str) -> bool {
    let key = dialect.column_key(column);
    columns.iter().any(|it| dialect.column_key(it) == key)
}

/// The type of a column in a form in which types are equal where one can hold keys of the other;
/// `None` where it is not known. Lengths do not count.
pub(crate) fn key_type(dialect: Dialect, column: &Column) -> Option<String> {
    let written = column.data_type.as_deref()?;
    let base = written.split(['(', ' ']).next().unwrap_or_default();
    let is_unsigned =
        dialect == Dialect::MySql && (written.ends_with("unsigned") || base == "serial");
    let name = match base {
        // https://www.sqlite.org/datatype3.html#determination_of_column_affinity
        _ if dialect == Dialect::Sqlite && written.contains("int") => "integer",
        "serial" if dialect == Dialect::MySql => "bigint",
        "bigint" | "int8" | "bigserial" | "serial8" => "bigint",
        "integer" | "int" | "int4" | "serial" | "serial4" => "integer",
        "smallint" | "int2" | "smallserial" | "serial2" => "smallint",
        "varchar" | "character" | "char" | "bpchar" | "text" | "string" => "text",
        _ => base,
    };
    Some(if is_unsigned { format!("{name} unsigned") } else { name.to_owned() })
}

/// Whether the types of two columns are known, and the same in the schema and in the migrations.
pub(crate) fn have_same_type(
    comparison: &Comparison<'_>,
    one: (&Table, &Column),
    other: (&Table, &Column),
) -> bool {
    let dialect = comparison.sources.dialect;
    let types = [one, other].into_iter().flat_map(|(table, column)| {
        let migrated = comparison.migrated_table(&table.name);
        let migrated = migrated.map(|it| comparison.column(it, &column.name));
        let key_type = |it: Option<&Column>| it.and_then(|it| key_type(dialect, it));
        [Some(key_type(Some(column))), migrated.map(key_type)]
    });
    let mut types = types.flatten();
    let first = types.next().flatten();
    first.is_some() && types.all(|it| it == first)
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Index, SourceMap, notation};

    use super::*;
    use crate::Sources;
    use crate::testing::sources;

    fn read(lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), "catalog", lines).unwrap()
    }

    fn type_in(dialect: Dialect, data_type: &str) -> String {
        let catalog = read(&[&format!("a(x: {data_type})")]);
        key_type(dialect, &catalog.tables[0].columns[0]).unwrap()
    }

    #[test]
    fn types_are_one_where_one_can_hold_keys_of_the_other() {
        let alike = [
            (Dialect::PostgreSql, &["bigint", "int8", "bigserial", "serial8"][..]),
            (Dialect::PostgreSql, &["integer", "int", "int4", "serial", "serial4"]),
            (Dialect::PostgreSql, &["smallint", "int2", "smallserial", "serial2"]),
            (Dialect::PostgreSql, &["text", "varchar", "character varying", "char", "bpchar"]),
            (Dialect::PostgreSql, &["uuid"]),
            (Dialect::MySql, &["bigint unsigned", "serial"]),
            (Dialect::MySql, &["bigint"]),
            (Dialect::MySql, &["int"]),
            (Dialect::MySql, &["int unsigned"]),
            (Dialect::Sqlite, &["integer", "int", "bigint", "smallint"]),
            (Dialect::Sqlite, &["text", "varchar"]),
        ];
        for (at, (dialect, types)) in alike.iter().enumerate() {
            let first = type_in(*dialect, types[0]);
            assert!(types.iter().all(|it| type_in(*dialect, it) == first), "{types:?}");
            let others = alike.iter().enumerate().filter(|it| it.0 != at && it.1.0 == *dialect);
            for (_, (_, others)) in others {
                assert_ne!(first, type_in(*dialect, others[0]), "{types:?} and {others:?}");
            }
        }
        assert_eq!(key_type(Dialect::Sqlite, &read(&["a(x)"]).tables[0].columns[0]), None);
    }

    #[test]
    fn types_are_those_of_both_sides() {
        let check = |schema: &[&str], migrations: &[&str]| {
            let (schema, migrations) = (read(schema), read(migrations));
            let comparison = Comparison::new(Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                ..sources(Dialect::PostgreSql)
            });
            let column = |at: usize| (&schema.tables[at], &schema.tables[at].columns[0]);
            have_same_type(&comparison, column(0), column(1))
        };
        let same = ["a(x: uuid)", "b(id: uuid)"];
        assert!(check(&same, &same));
        assert!(check(&same, &["c(x: uuid)"]), "what the migrations lack says nothing");
        assert!(!check(&["a(x: uuid)", "b(id: text)"], &same));
        assert!(!check(&same, &["a(x: uuid)", "b(id: text)"]));
        assert!(!check(&["a(x)", "b(id)"], &same), "what is not known is not the same");
    }

    #[test]
    fn a_key_has_just_these_columns_and_covers_all_rows() {
        let mut catalog = read(&["a(x, y, z)"]);
        let table = &mut catalog.tables[0];
        let span = table.span;
        let columns = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let index = Index {
            name: None,
            columns: columns(&["y", "x"]),
            has_expressions: false,
            is_unique: true,
            is_partial: false,
            covers_not_null: false,
            span,
        };
        let with = |index: Index| {
            let mut table = table.clone();
            table.indexes = vec![index];
            move |names: &[&str]| is_unique(Dialect::PostgreSql, &table, &columns(names))
        };
        let unique = with(index.clone());
        assert!(unique(&["x", "y"]));
        assert!(!unique(&["x"]) && !unique(&["x", "y", "z"]) && !unique(&["x", "z"]));
        assert!(!with(Index { is_unique: false, ..index.clone() })(&["x", "y"]));
        assert!(!with(Index { is_partial: true, ..index.clone() })(&["x", "y"]));
        assert!(!with(Index { has_expressions: true, ..index })(&["x", "y"]));
    }

    #[test]
    fn knows_foreign_keys_of_every_source() {
        let (schema, other) = (read(&["a(x, y) -> b(p, q)"]), [read(&["c(x) -> b(p)"])]);
        let migrations = read(&["~d(x) -> b(p)", "-e(x) -> b(p)"]);
        let unresolved = [drift_model::Unresolved {
            may_add: true,
            scope: Scope::Tables(vec![TableName::new("f")]),
            ..crate::testing::unresolved(drift_model::UnresolvedKind::Statement)
        }];
        let comparison = Comparison::new(Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            other_schemas: &other,
            unresolved: &unresolved,
            ..sources(Dialect::MySql)
        });
        let known = comparison.known_keys();
        let table = |name: &str| TableName::new(name);
        assert!(known.is_on(&table("a"), "Y") && !known.is_on(&table("a"), "z"));
        assert!(["c", "d"].iter().all(|it| known.is_on(&table(it), "x")));
        assert!(known.was_on(&table("e"), "x") && !known.is_on(&table("e"), "x"));
        assert!(!known.was_on(&table("e"), "y") && !known.was_on(&table("a"), "x"));
        assert!(known.has_between(&table("a"), &table("b")));
        assert!(!known.has_between(&table("a"), &table("c")));
        assert!(!known.has_between(&table("e"), &table("b")));
        assert!(known.is_uncertain(&table("f")) && !known.is_uncertain(&table("a")));
        assert!(!known.is_empty());
        let is_known = |line: &str| known.has_like(&read(&[line]).foreign_keys[0]);
        for line in ["a(x, y) -> b(p, q)", "a(y) -> b(q)", "a(x, y, z) -> b(p, q, r)"] {
            assert!(is_known(line), "{line}");
        }
        for line in ["a(x) -> b(q)", "a(x, z) -> b(p, r)", "a(x, y) -> c(p, q)"] {
            assert!(!is_known(line), "{line}");
        }
        let dropped = |line: &str| known.dropped_like(&read(&[line]).foreign_keys[0]).is_some();
        assert!(dropped("e(x) -> b(p)") && !dropped("e(y) -> b(p)"));
    }
}
