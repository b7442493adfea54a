//! Names of tables and columns, in the form in which those of both sides are equal.

use foldhash::{HashMap, HashMapExt};
use std::borrow::Cow;

use drift_model::{Dialect, ForeignKey, TableName};

/// A table and its referencing columns in any order.
pub(crate) type Place = (TableName, Vec<String>);

/// A [`Place`] that is not kept.
pub(crate) type PlaceRef<'n> = (Cow<'n, TableName>, Vec<Cow<'n, str>>);

/// Brings names into one form: that of the engine, and for what the migrations call otherwise than
/// the schema, that of the schema.
#[derive(Debug)]
pub(crate) struct Names {
    dialect: Dialect,
    tables: HashMap<TableName, TableName>,
    columns: HashMap<(TableName, String), String>,
}

impl Names {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, tables: HashMap::new(), columns: HashMap::new() }
    }

    /// Makes the name of a table of the migrations mean one of the schema.
    pub(crate) fn equate_tables(&mut self, migrated: &TableName, declared: &TableName) {
        let dialect = self.dialect;
        let (migrated, declared) = (dialect.table_key(migrated), dialect.table_key(declared));
        self.tables.insert(migrated.into_owned(), declared.into_owned());
    }

    /// Makes the name of a column of the migrations mean one of the schema.
    pub(crate) fn equate_columns(&mut self, table: &TableName, migrated: &str, declared: &str) {
        let key = |name: &str| self.dialect.column_key(name).into_owned();
        let (migrated, declared) = (key(migrated), key(declared));
        self.columns.insert((self.table(table).into_owned(), migrated), declared);
    }

    /// A table.
    pub(crate) fn table<'n>(&'n self, name: &'n TableName) -> Cow<'n, TableName> {
        let key = self.dialect.table_key(name);
        match self.tables.get(key.as_ref()) {
            Some(declared) => Cow::Borrowed(declared),
            None => key,
        }
    }

    /// Whether a column of the migrations has another name in the schema.
    pub(crate) fn equates_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// A column of a table that is in this form already.
    pub(crate) fn column<'n>(&'n self, table: &TableName, name: &'n str) -> Cow<'n, str> {
        let key = self.dialect.column_key(name);
        if self.columns.is_empty() {
            return key;
        }
        match self.columns.get(&(table.clone(), key.as_ref().to_owned())) {
            Some(declared) => Cow::Borrowed(declared),
            None => key,
        }
    }

    /// Where a foreign key is.
    pub(crate) fn place(&self, foreign_key: &ForeignKey) -> Place {
        let (table, columns) = self.place_ref(foreign_key);
        (table.into_owned(), columns.into_iter().map(Cow::into_owned).collect())
    }

    /// As [`Names::place`], for a look.
    pub(crate) fn place_ref<'n>(&'n self, foreign_key: &'n ForeignKey) -> PlaceRef<'n> {
        let table = self.table(&foreign_key.referencing_table);
        let columns = foreign_key.referencing_columns.iter();
        let mut columns: Vec<_> = columns.map(|it| self.column(&table, it)).collect();
        columns.sort_unstable();
        (table, columns)
    }

    /// Whether both reference the same columns of the same table, pair by pair. Columns that one
    /// side leaves open agree with any.
    pub(crate) fn have_same_target(&self, a: &ForeignKey, b: &ForeignKey) -> bool {
        if self.table(&a.referenced_table) != self.table(&b.referenced_table) {
            return false;
        }
        if a.referenced_columns.is_empty() || b.referenced_columns.is_empty() {
            return true;
        }
        is_alike(a, b) || self.pairs(a) == self.pairs(b)
    }

    /// Whether both are on the same columns and have the same target.
    pub(crate) fn are_same(&self, a: &ForeignKey, b: &ForeignKey) -> bool {
        let have_same_place = a.referencing_table == b.referencing_table
            && a.referencing_columns == b.referencing_columns
            || self.place_ref(a) == self.place_ref(b);
        have_same_place && self.have_same_target(a, b)
    }

    fn pairs<'n>(&'n self, foreign_key: &'n ForeignKey) -> Vec<(Cow<'n, str>, Cow<'n, str>)> {
        let from = self.table(&foreign_key.referencing_table);
        let to = self.table(&foreign_key.referenced_table);
        let columns = foreign_key.referencing_columns.iter().zip(&foreign_key.referenced_columns);
        let mut pairs: Vec<_> =
            columns.map(|(a, b)| (self.column(&from, a), self.column(&to, b))).collect();
        pairs.sort_unstable();
        pairs
    }
}

/// Whether both write the same names in the same order.
fn is_alike(a: &ForeignKey, b: &ForeignKey) -> bool {
    (&a.referencing_table, &a.referencing_columns, &a.referenced_columns)
        == (&b.referencing_table, &b.referencing_columns, &b.referenced_columns)
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, SourceMap, notation};

    use super::*;

    fn read(line: &str) -> Catalog {
        notation::parse(&SourceMap::default(), "schema", &[line]).unwrap()
    }

    fn are_same(names: &Names, one: &str, other: &str) -> bool {
        let (one, other) = (read(one), read(other));
        names.are_same(&one.foreign_keys[0], &other.foreign_keys[0])
    }

    #[test]
    fn knows_a_foreign_key_by_its_columns_and_target() {
        let names = Names::new(Dialect::PostgreSql);
        let known = "a(x, y) -> b(p, q)";
        for same in [known, "a(y, x) -> b(q, p)", "a(x, y) -> b() on delete cascade as a_fk"] {
            assert!(are_same(&names, known, same), "{same}");
            assert!(are_same(&names, same, known), "{same}");
        }
        for other in [
            "a(x, y) -> b(q, p)",
            "a(x, z) -> b(p, q)",
            "a(x, z) -> b()",
            "a(x) -> b(p)",
            "a(x, y) -> c(p, q)",
            "c(x, y) -> b(p, q)",
            "A(x, y) -> b(p, q)",
        ] {
            assert!(!are_same(&names, known, other), "{other}");
        }
        assert!(!are_same(&names, "a(x) -> b()", "a(y) -> b()"));
        assert!(are_same(&Names::new(Dialect::Sqlite), known, "A(Y, X) -> B(Q, P)"));
    }

    #[test]
    fn takes_names_that_were_equated_for_one() {
        let mut names = Names::new(Dialect::PostgreSql);
        names.equate_tables(&TableName::new("article"), &TableName::new("posts"));
        names.equate_columns(&TableName::new("article"), "writer", "author_id");
        let declared = "posts(author_id) -> users(id)";
        assert!(are_same(&names, declared, "article(writer) -> users(id)"));
        assert!(are_same(&names, declared, "posts(writer) -> users(id)"));
        assert!(!are_same(&names, declared, "notes(writer) -> users(id)"));
        assert!(!are_same(&names, declared, "article(id) -> users(id)"));
    }
}
