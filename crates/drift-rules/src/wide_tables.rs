//! Columns and keys by the names of columns, in tables that have very many.

use std::borrow::Cow;

use drift_model::{Catalog, Column, Dialect, Index, Key, Table};
use foldhash::HashMap;

/// From so many columns, or keys, on it pays not to look through all of them for each name.
const WIDE: usize = 64;

/// The columns and keys of the widest tables of some catalogs. Whoever looks for each column of a table among all of
/// them takes time that grows with the square of their number.
pub(crate) struct WideTables<'a> {
    /// By the address of the table: positions among its columns, of the first where several have a name.
    columns: HashMap<usize, HashMap<Cow<'a, str>, usize>>,
    /// By the address of the table: which unique constraints and indexes a column is in, counted together.
    keys: HashMap<usize, HashMap<Cow<'a, str>, Vec<usize>>>,
}

/// A unique constraint or an index.
pub(crate) enum KeyOrIndex<'t> {
    Unique(&'t Key),
    Index(&'t Index),
}

impl<'a> WideTables<'a> {
    pub(crate) fn new(dialect: Dialect, catalogs: impl Iterator<Item = &'a Catalog>) -> Self {
        let mut wide = Self { columns: HashMap::default(), keys: HashMap::default() };
        for table in catalogs.flat_map(|it| &it.tables) {
            if table.columns.len() >= WIDE {
                let mut positions = HashMap::default();
                for (position, column) in table.columns.iter().enumerate() {
                    positions.entry(dialect.column_key(&column.name)).or_insert(position);
                }
                wide.columns.insert(address(table), positions);
            }
            if has_many_keys(table) {
                let mut positions: HashMap<_, Vec<usize>> = HashMap::default();
                let keys = table.uniques.iter().map(|it| &it.columns);
                let keys = keys.chain(table.indexes.iter().map(|it| &it.columns));
                for (position, columns) in keys.enumerate() {
                    for column in columns {
                        positions.entry(dialect.column_key(column)).or_default().push(position);
                    }
                }
                wide.keys.insert(address(table), positions);
            }
        }
        wide
    }

    /// The first column of a table that the engine takes `name` for.
    pub(crate) fn column<'t>(
        &self,
        dialect: Dialect,
        table: &'t Table,
        name: &str,
    ) -> Option<&'t Column> {
        let key = dialect.column_key(name);
        if table.columns.len() >= WIDE
            && let Some(positions) = self.columns.get(&address(table))
        {
            return positions.get(&key).map(|it| &table.columns[*it]);
        }
        table.columns.iter().find(|it| dialect.column_key(&it.name) == key)
    }

    /// All unique constraints and indexes of a table that a column is in, and perhaps others.
    pub(crate) fn keys_with<'t>(
        &'t self,
        dialect: Dialect,
        table: &'t Table,
        column: &str,
    ) -> impl Iterator<Item = KeyOrIndex<'t>> {
        let known = if has_many_keys(table) { self.keys.get(&address(table)) } else { None };
        let among =
            known.map(|it| it.get(dialect.column_key(column).as_ref()).map_or(&[][..], |it| it));
        let (uniques, indexes) = (&table.uniques, &table.indexes);
        let count = among.map_or(uniques.len() + indexes.len(), <[usize]>::len);
        (0..count).map(move |at| {
            let position = among.map_or(at, |it| it[at]);
            match uniques.get(position) {
                Some(unique) => KeyOrIndex::Unique(unique),
                None => KeyOrIndex::Index(&indexes[position - uniques.len()]),
            }
        })
    }
}

fn has_many_keys(table: &Table) -> bool {
    table.uniques.len() + table.indexes.len() >= WIDE
}

fn address(table: &Table) -> usize {
    (&raw const *table).addr()
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};

    use super::*;

    const DIALECTS: [Dialect; 3] = [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite];

    fn catalog(lines: &[String]) -> Catalog {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        notation::parse(&SourceMap::default(), "catalog", &lines).unwrap()
    }

    #[test]
    fn finds_the_same_columns_in_narrow_and_in_wide_tables() {
        let columns = |count: usize| (0..count).map(|it| format!("c{it}")).collect::<Vec<_>>();
        let lines = [10, WIDE].map(|it| format!("t{it}({}, c3, C7)", columns(it).join(", ")));
        let catalog = catalog(&lines);
        for dialect in DIALECTS {
            let wide = WideTables::new(dialect, [&catalog].into_iter());
            assert_eq!(wide.columns.len(), 1);
            for table in &catalog.tables {
                let position = |name: &str| {
                    let column = wide.column(dialect, table, name)?;
                    table.columns.iter().position(|it| std::ptr::eq(it, column))
                };
                assert_eq!(position("c3"), Some(3), "the first of two");
                let last = table.columns.len() - 1;
                assert_eq!(
                    position("C7"),
                    Some(if dialect == Dialect::PostgreSql { last } else { 7 })
                );
                assert_eq!(position("missing"), None);
            }
            // Those of one are not those of the other, nor of a copy.
            let mut reversed = catalog.clone();
            reversed.tables[1].columns.reverse();
            let wide = WideTables::new(dialect, [&catalog, &reversed].into_iter());
            for catalog in [&catalog, &reversed] {
                let column = wide.column(dialect, &catalog.tables[1], "c5").unwrap();
                assert_eq!(column.name, "c5");
            }
            let copy = catalog.tables[1].clone();
            assert!(std::ptr::eq(wide.column(dialect, &copy, "c5").unwrap(), &copy.columns[5]));
        }
    }

    #[test]
    fn finds_the_keys_of_a_column_among_many() {
        let mut catalog = catalog(&["t(a, b, c)".to_owned()]);
        let span = catalog.tables[0].span;
        let columns = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let unique = |names: &[&str]| Key { name: None, columns: columns(names), span };
        let index = |names: &[&str]| Index {
            name: None,
            columns: columns(names),
            has_expressions: false,
            is_unique: false,
            is_partial: false,
            covers_not_null: false,
            span,
        };
        let table = &mut catalog.tables[0];
        table.uniques = vec![unique(&["a"]), unique(&["b", "a"]), unique(&["b"])];
        table.indexes = vec![index(&["c"]), index(&["c", "a"])];
        let found = |dialect, catalog: &Catalog, column: &str| -> Vec<String> {
            let wide = WideTables::new(dialect, [catalog].into_iter());
            let keys = wide.keys_with(dialect, &catalog.tables[0], column);
            let keys = keys.map(|it| match it {
                KeyOrIndex::Unique(key) => format!("unique {}", key.columns.join(" ")),
                KeyOrIndex::Index(index) => format!("index {}", index.columns.join(" ")),
            });
            keys.filter(|it| it != "index other").collect()
        };
        // Of few, all are candidates.
        assert_eq!(found(Dialect::PostgreSql, &catalog, "a").len(), 5);
        let others = std::iter::repeat_n(index(&["other"]), WIDE);
        catalog.tables[0].indexes.extend(others);
        for dialect in DIALECTS {
            assert_eq!(found(dialect, &catalog, "a"), ["unique a", "unique b a", "index c a"]);
            assert_eq!(found(dialect, &catalog, "c"), ["index c", "index c a"]);
            let is_folded = dialect != Dialect::PostgreSql;
            assert_eq!(found(dialect, &catalog, "C").len(), if is_folded { 2 } else { 0 });
        }
    }
}
