//! Columns by their names, in tables that have very many.

use std::borrow::Cow;

use drift_model::{Catalog, Column, Dialect, Table};
use foldhash::HashMap;

/// From so many columns on it pays not to look through all of them for each name.
const WIDE: usize = 64;

/// The columns of the widest tables of some catalogs. Whoever looks for each column of a table among all of them
/// takes time that grows with the square of their number.
pub(crate) struct WideTables<'a> {
    /// By the address of the table: positions among its columns, of the first where several have a name.
    positions: HashMap<usize, HashMap<Cow<'a, str>, usize>>,
}

impl<'a> WideTables<'a> {
    pub(crate) fn new(dialect: Dialect, catalogs: impl Iterator<Item = &'a Catalog>) -> Self {
        let tables = catalogs.flat_map(|it| &it.tables).filter(|it| it.columns.len() >= WIDE);
        let positions = tables.map(|table| {
            let mut positions = HashMap::default();
            for (position, column) in table.columns.iter().enumerate() {
                positions.entry(dialect.column_key(&column.name)).or_insert(position);
            }
            (address(table), positions)
        });
        Self { positions: positions.collect() }
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
            && let Some(positions) = self.positions.get(&address(table))
        {
            return positions.get(&key).map(|it| &table.columns[*it]);
        }
        table.columns.iter().find(|it| dialect.column_key(&it.name) == key)
    }
}

fn address(table: &Table) -> usize {
    (&raw const *table).addr()
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};

    use super::*;

    #[test]
    fn finds_the_same_in_narrow_and_in_wide_tables() {
        let columns = |count: usize| (0..count).map(|it| format!("c{it}")).collect::<Vec<_>>();
        let lines = [10, WIDE].map(|it| format!("t{it}({}, c3, C7)", columns(it).join(", ")));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let catalog = notation::parse(&SourceMap::default(), "catalog", &lines).unwrap();
        for dialect in [Dialect::PostgreSql, Dialect::MySql, Dialect::Sqlite] {
            let wide = WideTables::new(dialect, [&catalog].into_iter());
            assert_eq!(wide.positions.len(), 1);
            for table in &catalog.tables {
                let position = |name: &str| {
                    let column = wide.column(dialect, table, name)?;
                    table.columns.iter().position(|it| std::ptr::eq(it, column))
                };
                assert_eq!(position("c3"), Some(3), "the first of two");
                let is_folded = dialect != Dialect::PostgreSql;
                assert_eq!(
                    position("C7"),
                    Some(if is_folded { 7 } else { table.columns.len() - 1 })
                );
                assert_eq!(position("missing"), None);
            }
            // A copy has other columns.
            let copy = catalog.tables[1].clone();
            assert!(std::ptr::eq(wide.column(dialect, &copy, "c5").unwrap(), &copy.columns[5]));
        }
    }
}
