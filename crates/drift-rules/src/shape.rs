//! Tables and columns of both sides: which are on one of them only, and which seem to be the same
//! under two names.

use foldhash::{HashMap, HashMapExt, HashSet};
use std::borrow::Cow;
use std::cell::LazyCell;

use drift_model::{Catalog, Column, Dialect, Span, Table, TableName};

use crate::comparison::{Sources, is_bookkeeping};
use crate::names::Names;

/// What the sides know of tables and columns.
pub(crate) struct Shape<'a> {
    /// Declared, but not created.
    pub(crate) missing_tables: Vec<&'a Table>,
    /// Created, but not declared.
    pub(crate) undeclared_tables: Vec<&'a Table>,
    /// Declared under one name and created under another.
    pub(crate) renamed_tables: Vec<Renamed<'a, Table>>,
    /// Declared, but not created, with their tables as they are declared.
    pub(crate) missing_columns: Vec<(&'a Table, &'a Column)>,
    /// Created, but not declared, with their tables as they are created.
    pub(crate) undeclared_columns: Vec<(&'a Table, &'a Column)>,
    /// Declared under one name and created under another.
    pub(crate) renamed_columns: Vec<RenamedColumn<'a>>,
    pub(crate) names: Names,
}

/// Something that each side has under a name of its own.
pub struct Renamed<'a, T> {
    /// As the schema declares it.
    pub declared: &'a T,
    /// As the migrations create it.
    pub migrated: &'a T,
    /// What says that it is one thing.
    pub evidence: Evidence,
}

/// A column that each side has under a name of its own.
pub struct RenamedColumn<'a> {
    /// The table as the schema declares it.
    pub table: &'a Table,
    /// The column on both sides.
    pub column: Renamed<'a, Column>,
}

/// What says that two names are those of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The same letters and digits.
    Spelling,
    /// The same name in another namespace.
    Namespace,
    /// A statement that gave it the name that the migrations have.
    Statement(Span),
    /// Nothing but that what it is made of is the same, and nothing else comes into question.
    Likeness,
}

impl<'a> Shape<'a> {
    pub(crate) fn new(sources: &Sources<'a>, has_whole_schema: bool) -> Self {
        let mut shape = Self {
            missing_tables: Vec::new(),
            undeclared_tables: Vec::new(),
            renamed_tables: Vec::new(),
            missing_columns: Vec::new(),
            undeclared_columns: Vec::new(),
            renamed_columns: Vec::new(),
            names: Names::new(sources.dialect),
        };
        if let (Some(schema), Some(migrations)) = (sources.schema, sources.migrations) {
            shape.compare_tables(sources, schema, migrations, has_whole_schema);
            shape.compare_columns(sources, schema, migrations);
        }
        shape
    }

    fn compare_tables(
        &mut self,
        sources: &Sources<'a>,
        schema: &'a Catalog,
        migrations: &'a Catalog,
        has_whole_schema: bool,
    ) {
        let dialect = sources.dialect;
        let (declared, created) = (keys(dialect, schema), keys(dialect, migrations));
        let claimed = seemingly_declared(sources);
        // Most projects have all of their tables.
        let elsewhere = LazyCell::new(|| Elsewhere::new(dialect, migrations));
        let missing = schema.tables.iter().filter(|it| {
            sources.has_all_migrations
                && !created.contains(&dialect.table_key(&it.name))
                && !elsewhere.has(dialect, &it.name)
        });
        let undeclared = migrations.tables.iter().filter(|it| {
            let key = dialect.table_key(&it.name);
            !declared.contains(&key) && !claimed.contains(&key) && !is_bookkeeping(&it.name)
        });
        self.missing_tables = missing.collect();
        self.undeclared_tables = undeclared.collect();
        if !self.missing_tables.is_empty() && !self.undeclared_tables.is_empty() {
            self.pair_tables(dialect, migrations);
        }
        if !has_whole_schema {
            self.undeclared_tables.clear();
        }
    }

    /// Finds missing tables among those that are not declared, the surest evidence first.
    fn pair_tables(&mut self, dialect: Dialect, migrations: &Catalog) {
        let former = migrations.former_tables.iter();
        let former: HashMap<TableName, (TableName, Span)> = former
            .filter_map(|it| Some((dialect.table_key(&it.name), (it.became.as_ref()?, it.span))))
            .map(|(name, (became, span))| {
                (name.into_owned(), (dialect.table_key(became).into_owned(), span))
            })
            .collect();
        if !former.is_empty() {
            let renamed = |it: &Table| Some(former.get(&dialect.table_key(&it.name))?.clone());
            self.pair_tables_by(
                |it| Some(renamed(it)?.0),
                |it| Some(dialect.table_key(&it.name).into_owned()),
                |it| renamed(it).map_or(Evidence::Likeness, |it| Evidence::Statement(it.1)),
            );
        }
        let spelling = |it: &Table| Some((it.name.namespace.clone(), letters(&it.name.name)));
        self.pair_tables_by(spelling, spelling, |_| Evidence::Spelling);
        let bare = |it: &Table| Some(dialect.table_key(&it.name).into_owned().name);
        self.pair_tables_by(bare, bare, |_| Evidence::Namespace);
        let columns = |it: &Table| (!it.is_incomplete).then(|| signature(dialect, it)).flatten();
        self.pair_tables_by(columns, columns, |_| Evidence::Likeness);
    }

    /// Pairs the tables whose keys are equal and nobody else's.
    fn pair_tables_by<K: std::hash::Hash + Eq>(
        &mut self,
        declared_key: impl Fn(&Table) -> Option<K>,
        migrated_key: impl Fn(&Table) -> Option<K>,
        evidence: impl Fn(&Table) -> Evidence,
    ) {
        let named = |it: &&&'a Table| !it.name.has_unknown_part();
        let missing = self.missing_tables.iter().filter(named).copied();
        let pairs = unique_pairs(
            missing.filter_map(|it| Some((declared_key(it)?, it))),
            self.undeclared_tables.iter().filter_map(|it| Some((migrated_key(it)?, *it))),
        );
        if pairs.is_empty() {
            return;
        }
        let paired: HashSet<(&TableName, &TableName)> =
            pairs.iter().map(|(a, b)| (&a.name, &b.name)).collect();
        let (declared, migrated): (HashSet<_>, HashSet<_>) = paired.into_iter().unzip();
        self.missing_tables.retain(|it| !declared.contains(&it.name));
        self.undeclared_tables.retain(|it| !migrated.contains(&it.name));
        for (declared, migrated) in pairs {
            self.names.equate_tables(&migrated.name, &declared.name);
            let evidence = evidence(declared);
            self.renamed_tables.push(Renamed { declared, migrated, evidence });
        }
    }

    fn compare_columns(
        &mut self,
        sources: &Sources<'a>,
        schema: &'a Catalog,
        migrations: &'a Catalog,
    ) {
        let names = &self.names;
        let tables = migrations.tables.iter();
        let migrated: HashMap<Cow<'_, TableName>, &'a Table> =
            tables.map(|it| (names.table(&it.name), it)).collect();
        let others = sources.other_schemas.iter().flat_map(|it| &it.tables);
        let mut elsewhere: HashMap<Cow<'_, TableName>, Vec<&'a Table>> = HashMap::new();
        for table in others {
            elsewhere.entry(names.table(&table.name)).or_default().push(table);
        }
        let former = FormerColumns::new(names, sources.dialect, migrations);
        // Most tables have the same columns on both sides.
        let references =
            LazyCell::new(|| References::new(names, sources.dialect, schema, migrations));
        for declared in &schema.tables {
            let key = names.table(&declared.name);
            let Some(migrated) = migrated.get(&key).filter(|it| !it.is_incomplete) else {
                continue;
            };
            let namesakes = elsewhere.get(&key).map_or(&[][..], |it| it);
            let mut differing = differing_columns(sources, declared, namesakes, migrated);
            if differing.is_empty() {
                continue;
            }
            let pairs = differing.pair(sources.dialect, &key, &former, &references);
            let renamed = pairs.into_iter().map(|it| RenamedColumn { table: declared, column: it });
            self.renamed_columns.extend(renamed);
            self.missing_columns.extend(differing.missing.into_iter().map(|it| (declared, it)));
            self.undeclared_columns
                .extend(differing.undeclared.into_iter().map(|it| (*migrated, it)));
        }
        for RenamedColumn { table, column } in &self.renamed_columns {
            let (migrated, declared) = (&column.migrated.name, &column.declared.name);
            self.names.equate_columns(&table.name, migrated, declared);
        }
    }
}

/// The tables of a catalog, as the engine knows them.
fn keys(dialect: Dialect, catalog: &Catalog) -> HashSet<Cow<'_, TableName>> {
    catalog.tables.iter().map(|it| dialect.table_key(&it.name)).collect()
}

/// What other schemas, or expressions that could not be read, seem to declare.
fn seemingly_declared<'a>(sources: &Sources<'a>) -> HashSet<Cow<'a, TableName>> {
    let others = sources.other_schemas.iter().flat_map(|it| &it.tables);
    let unresolved = sources.unresolved.iter().flat_map(|it| &it.may_declare);
    // A rule of its own tells of what is declared and not exported.
    let unexported = sources.unexported.iter().map(|it| &it.name);
    let names = others.map(|it| &it.name).chain(unresolved).chain(unexported);
    names.map(|it| sources.dialect.table_key(it)).collect()
}

/// The tables that something else makes, and that no migration can be blamed for.
struct Elsewhere<'m> {
    referenced: HashSet<Cow<'m, TableName>>,
    own_namespaces: HashSet<&'m str>,
}

/// Namespaces in which hosts of PostgreSQL have tables of their own.
const HOSTED: [&str; 5] = ["auth", "storage", "realtime", "vault", "neon_auth"];

impl<'m> Elsewhere<'m> {
    fn new(dialect: Dialect, migrations: &'m Catalog) -> Self {
        let former = migrations.former_tables.iter();
        let lost: HashSet<_> = former.map(|it| dialect.table_key(&it.name)).collect();
        // SQLite never asks whether a referenced table is there.
        let foreign_keys = migrations.foreign_keys.iter().filter(|_| dialect != Dialect::Sqlite);
        let referenced = foreign_keys.map(|it| dialect.table_key(&it.referenced_table));
        let namespaces = migrations.tables.iter().filter_map(|it| it.name.namespace.as_deref());
        Self {
            referenced: referenced.filter(|it| !lost.contains(it)).collect(),
            own_namespaces: namespaces.collect(),
        }
    }

    fn has(&self, dialect: Dialect, name: &TableName) -> bool {
        let is_hosted = dialect == Dialect::PostgreSql
            && name
                .namespace
                .as_deref()
                .is_some_and(|it| HOSTED.contains(&it) && !self.own_namespaces.contains(it));
        is_hosted || self.referenced.contains(&dialect.table_key(name))
    }
}

/// The columns that only one side of a table has.
struct Differing<'a> {
    missing: Vec<&'a Column>,
    undeclared: Vec<&'a Column>,
}

fn differing_columns<'a>(
    sources: &Sources<'a>,
    declared: &'a Table,
    namesakes: &[&'a Table],
    migrated: &'a Table,
) -> Differing<'a> {
    let dialect = sources.dialect;
    let keys = |table: &'a Table| -> HashSet<Cow<'a, str>> {
        table.columns.iter().map(|it| dialect.column_key(&it.name)).collect()
    };
    let mut differing = Differing { missing: Vec::new(), undeclared: Vec::new() };
    if !sources.has_all_migrations {
        return differing;
    }
    // Most tables are alike, column by column.
    let are_alike = declared.columns.len() == migrated.columns.len()
        && declared.columns.iter().zip(&migrated.columns).all(|(a, b)| a.name == b.name);
    if are_alike {
        return differing;
    }
    let created = keys(migrated);
    let is_missing =
        |it: &&Column| !it.is_conditional && !created.contains(&*dialect.column_key(&it.name));
    differing.missing = declared.columns.iter().filter(is_missing).collect();
    let is_whole = |it: &Table| !it.is_incomplete && it.columns.iter().all(|it| !it.is_conditional);
    if is_whole(declared) && namesakes.iter().all(|it| is_whole(it)) {
        let all = std::iter::once(declared).chain(namesakes.iter().copied());
        let known: HashSet<Cow<'_, str>> = all.flat_map(keys).collect();
        let is_undeclared = |it: &&Column| !known.contains(&*dialect.column_key(&it.name));
        differing.undeclared = migrated.columns.iter().filter(is_undeclared).collect();
    }
    differing
}

impl<'a> Differing<'a> {
    fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.undeclared.is_empty()
    }

    /// Takes out what seems to be one column under two names.
    fn pair(
        &mut self,
        dialect: Dialect,
        table: &TableName,
        former: &FormerColumns,
        references: &References,
    ) -> Vec<Renamed<'a, Column>> {
        let mut pairs = Vec::new();
        if self.missing.is_empty() || self.undeclared.is_empty() {
            return pairs;
        }
        let became = |it: &Column| former.get(table, &dialect.column_key(&it.name));
        self.take(
            &mut pairs,
            |it| Some(became(it)?.0.clone()),
            |it| Some(dialect.column_key(&it.name).into_owned()),
            |it| became(it).map_or(Evidence::Likeness, |it| Evidence::Statement(it.1)),
        );
        let spelling = |it: &Column| Some(letters(&it.name));
        self.take(&mut pairs, spelling, spelling, |_| Evidence::Spelling);
        if let ([declared], [migrated]) = (&self.missing[..], &self.undeclared[..])
            && are_of_one_type(declared, migrated)
            && references.are_alike(dialect, table, declared, migrated)
        {
            self.take(&mut pairs, |_| Some(()), |_| Some(()), |_| Evidence::Likeness);
        }
        pairs
    }

    fn take<K: std::hash::Hash + Eq>(
        &mut self,
        pairs: &mut Vec<Renamed<'a, Column>>,
        declared_key: impl Fn(&Column) -> Option<K>,
        migrated_key: impl Fn(&Column) -> Option<K>,
        evidence: impl Fn(&Column) -> Evidence,
    ) {
        let found = unique_pairs(
            self.missing.iter().filter_map(|it| Some((declared_key(it)?, *it))),
            self.undeclared.iter().filter_map(|it| Some((migrated_key(it)?, *it))),
        );
        for (declared, migrated) in found {
            pairs.push(Renamed { declared, migrated, evidence: evidence(declared) });
            self.missing.retain(|it| it.name != declared.name);
            self.undeclared.retain(|it| it.name != migrated.name);
        }
    }
}

/// The former names of columns, with what they became.
struct FormerColumns {
    became: HashMap<TableName, HashMap<String, (String, Span)>>,
}

impl FormerColumns {
    fn new(names: &Names, dialect: Dialect, migrations: &Catalog) -> Self {
        let mut became: HashMap<TableName, HashMap<String, (String, Span)>> = HashMap::new();
        for former in &migrations.former_columns {
            let Some(now) = &former.became else { continue };
            let key = |name: &str| dialect.column_key(name).into_owned();
            let table = became.entry(names.table(&former.table).into_owned()).or_default();
            table.insert(key(&former.name), (key(now), former.span));
        }
        Self { became }
    }

    fn get(&self, table: &TableName, column: &str) -> Option<&(String, Span)> {
        self.became.get(table)?.get(column)
    }
}

/// What single columns reference on each side, as evidence.
struct References {
    declared: HashMap<(TableName, String), TableName>,
    migrated: HashMap<(TableName, String), TableName>,
}

impl References {
    fn new(names: &Names, dialect: Dialect, schema: &Catalog, migrations: &Catalog) -> Self {
        let index = |catalog: &Catalog| {
            let single = catalog.foreign_keys.iter().filter_map(|it| {
                let [column] = &it.referencing_columns[..] else { return None };
                let column = dialect.column_key(column).into_owned();
                let key = |table| names.table(table).into_owned();
                Some(((key(&it.referencing_table), column), key(&it.referenced_table)))
            });
            single.collect()
        };
        Self { declared: index(schema), migrated: index(migrations) }
    }

    /// Whether both columns reference the same table, or neither references one.
    fn are_alike(
        &self,
        dialect: Dialect,
        table: &TableName,
        declared: &Column,
        migrated: &Column,
    ) -> bool {
        let at = |column: &Column| (table.clone(), dialect.column_key(&column.name).into_owned());
        self.declared.get(&at(declared)) == self.migrated.get(&at(migrated))
    }
}

/// The items of two lists that have a key in common which nobody else has, in the order of the first.
fn unique_pairs<'a, T, K: std::hash::Hash + Eq>(
    ones: impl Iterator<Item = (K, &'a T)>,
    others: impl Iterator<Item = (K, &'a T)>,
) -> Vec<(&'a T, &'a T)> {
    let mut by_key: HashMap<K, Vec<&'a T>> = HashMap::new();
    for (key, other) in others {
        by_key.entry(key).or_default().push(other);
    }
    let mut wanted: HashMap<K, usize> = HashMap::new();
    let mut found: Vec<Option<(&'a T, &'a T)>> = Vec::new();
    for (key, one) in ones {
        let Some([other]) = by_key.get(&key).map(|it| &it[..]) else { continue };
        match wanted.get(&key) {
            Some(&at) => found[at] = None,
            None => {
                wanted.insert(key, found.len());
                found.push(Some((one, *other)));
            }
        }
    }
    found.into_iter().flatten().collect()
}

/// The letters and digits of a name, without case, as `authorId` and `author_id` have in common.
fn letters(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The columns of a table with enough of them to tell it from others.
fn signature(dialect: Dialect, table: &Table) -> Option<Vec<String>> {
    const TELLING: usize = 4;
    let columns = table.columns.iter().map(|it| dialect.column_key(&it.name).into_owned());
    let mut columns: Vec<String> = columns.collect();
    columns.sort_unstable();
    (columns.len() >= TELLING).then_some(columns)
}

/// Whether two columns are of one type, both of which are known.
fn are_of_one_type(one: &Column, other: &Column) -> bool {
    let known =
        one.data_type.as_deref().map(plain_type).zip(other.data_type.as_deref().map(plain_type));
    known.is_some_and(|(one, other)| one == other) && one.is_array == other.is_array
}

/// A type without its length, under one of its names.
fn plain_type(data_type: &str) -> &str {
    let name = data_type.split('(').next().unwrap_or(data_type).trim();
    match name {
        "int4" | "int" | "serial" | "serial4" => "integer",
        "int8" | "bigserial" | "serial8" => "bigint",
        "int2" | "smallserial" => "smallint",
        "bool" => "boolean",
        "character varying" => "varchar",
        "timestamptz" => "timestamp with time zone",
        "timestamp without time zone" => "timestamp",
        "decimal" => "numeric",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{FormerColumn, FormerTable, SourceMap, notation};
    use insta::assert_snapshot;

    use super::*;

    fn read(name: &str, lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), name, lines).unwrap()
    }

    /// What is on one side only or has two names, in one line; behind a name that a side has for
    /// itself stands what says so.
    fn check(dialect: Dialect, schema: &[&str], migrations: &[&str]) -> String {
        shape_of(dialect, &read("schema", schema), &read("migrations", migrations))
    }

    fn shape_of(dialect: Dialect, schema: &Catalog, migrations: &Catalog) -> String {
        told(&Sources {
            schema: Some(schema),
            migrations: Some(migrations),
            ..crate::testing::sources(dialect)
        })
    }

    fn told(sources: &Sources<'_>) -> String {
        let shape = Shape::new(sources, sources.has_whole_schema);
        let mut told = Vec::new();
        let by = |evidence| match evidence {
            Evidence::Statement(_) => "statement".to_owned(),
            evidence => format!("{evidence:?}").to_lowercase(),
        };
        for it in &shape.renamed_tables {
            told.push(format!("{} = {} ({})", it.declared.name, it.migrated.name, by(it.evidence)));
        }
        for it in &shape.renamed_columns {
            let (table, it) = (&it.table.name, &it.column);
            let by = by(it.evidence);
            told.push(format!("{table}.{} = {} ({by})", it.declared.name, it.migrated.name));
        }
        told.extend(shape.missing_tables.iter().map(|it| format!("-{}", it.name)));
        told.extend(shape.undeclared_tables.iter().map(|it| format!("+{}", it.name)));
        told.extend(shape.missing_columns.iter().map(|it| format!("-{}.{}", it.0.name, it.1.name)));
        let undeclared = shape.undeclared_columns.iter();
        told.extend(undeclared.map(|it| format!("+{}.{}", it.0.name, it.1.name)));
        told.join(", ")
    }

    #[test]
    fn finds_what_is_on_one_side_only() {
        let (schema, migrations) = (["a(x, y)", "b(x)"], ["a(x, z)", "c(x)"]);
        assert_snapshot!(
            check(Dialect::PostgreSql, &schema, &migrations),
            @"-b, +c, -a.y, +a.z"
        );
        assert_snapshot!(check(Dialect::PostgreSql, &schema, &schema), @"");
        // A case of its own matters where the engine keeps it.
        assert_snapshot!(check(Dialect::PostgreSql, &["a(x, y)"], &["A(X, y)"]), @"a = A (spelling), a.x = X (spelling)");
        assert_snapshot!(check(Dialect::Sqlite, &["a(x, y)"], &["A(X, y)"]), @"");
    }

    #[test]
    fn pairs_tables_by_what_their_names_have_in_common() {
        let check =
            |schema: &[&str], migrations: &[&str]| check(Dialect::PostgreSql, schema, migrations);
        assert_snapshot!(check(&["postTags(a)"], &["post_tags(a)"]), @"postTags = post_tags (spelling)");
        assert_snapshot!(check(&["app.posts(a)"], &["posts(a)"]), @"app.posts = posts (namespace)");
        // Which of two it is, nobody knows.
        assert_snapshot!(check(&["postTags(a)"], &["post_tags(a)", "posttags(a)"]), @"-postTags, +post_tags, +posttags");
        assert_snapshot!(check(&["postTags(a)", "post_Tags(a)"], &["post_tags(a)"]), @"-postTags, -post_Tags, +post_tags");
        // What is not known of a name may be anything.
        assert_snapshot!(check(&["*_tags(a)"], &["tags(a)"]), @"-*_tags, +tags");
    }

    #[test]
    fn pairs_tables_of_the_same_columns_where_they_are_enough() {
        let check =
            |schema: &[&str], migrations: &[&str]| check(Dialect::PostgreSql, schema, migrations);
        let (four, others) = ("posts(a, b, c, d)", "posts(a, b, c, e)");
        assert_snapshot!(check(&[four], &["notes(d, c, b, a)"]), @"posts = notes (likeness)");
        assert_snapshot!(check(&[others], &["notes(a, b, c, d)"]), @"-posts, +notes");
        assert_snapshot!(check(&["posts(a, b, c)"], &["notes(a, b, c)"]), @"-posts, +notes");
        // Of a table that was not read whole it can't be said what it has in common with others.
        let mut schema = read("schema", &[four]);
        schema.tables[0].is_incomplete = true;
        let migrations = read("migrations", &["notes(a, b, c, d)"]);
        assert_snapshot!(shape_of(Dialect::PostgreSql, &schema, &migrations), @"-posts, +notes");
    }

    #[test]
    fn follows_statements_that_rename() {
        let schema = read("schema", &["article(writer: uuid, title: text)"]);
        let mut migrations = read("migrations", &["posts(author: uuid, name: text)"]);
        let span = migrations.tables[0].span;
        let (article, posts) = (TableName::new("article"), TableName::new("posts"));
        migrations.former_tables =
            vec![FormerTable { name: article, became: Some(posts.clone()), span }];
        let columns = [("writer", Some("author")), ("title", Some("name")), ("name", None)];
        migrations.former_columns = columns
            .map(|(name, became)| FormerColumn {
                table: posts.clone(),
                name: name.to_owned(),
                became: became.map(str::to_owned),
                span,
            })
            .into();
        assert_snapshot!(
            shape_of(Dialect::PostgreSql, &schema, &migrations),
            @"article = posts (statement), article.writer = author (statement), article.title = name (statement)"
        );
    }

    #[test]
    fn takes_two_single_columns_for_one_only_where_all_speaks_for_it() {
        let (schema, migrations) = (["a(x: text)", "a(y: text)"], ["a(x: text)", "a(z: text)"]);
        assert_snapshot!(check(Dialect::MySql, &schema, &migrations), @"a.y = z (likeness)");
        let longer = ["a(x: text)", "a(z: text, w: text)"];
        assert_snapshot!(check(Dialect::MySql, &schema, &longer), @"-a.y, +a.z, +a.w");
        for other in ["a(x: text, z: int)", "a(x: text, z: text[])", "a(x: text, z)"] {
            assert_eq!(check(Dialect::MySql, &schema, &[other]), "-a.y, +a.z", "{other}");
        }
        assert_snapshot!(check(Dialect::MySql, &["a(x: text, y)"], &["a(x: text, z)"]), @"-a.y, +a.z");
    }

    #[test]
    fn takes_columns_that_reference_something_else_for_two() {
        let schema = |target: &str| format!("a(writerId) -> {target}(id)");
        for (dialect, table) in [(Dialect::Sqlite, "a"), (Dialect::PostgreSql, "A")] {
            let check = |target: &str| {
                let types = [&format!("{table}(ownerId: text)")[..], "a(writerId: text)"];
                let migrated = format!("{table}(ownerId) -> users(id)");
                let keys = [schema(target), migrated];
                let schema = [types[1], &keys[0], "users(id)", "tags(id)"];
                check(dialect, &schema, &[types[0], &keys[1], "tags(id)"])
            };
            assert!(
                check("users").contains("a.writerId = ownerId (likeness)"),
                "{}",
                check("users")
            );
            assert!(check("tags").contains("-a.writerId, +"), "{}", check("tags"));
        }
    }

    #[test]
    fn blames_no_migration_for_what_others_make() {
        let check =
            |schema: &[&str], migrations: &[&str]| check(Dialect::PostgreSql, schema, migrations);
        assert_snapshot!(check(&["auth.users(id)", "app.users(id)"], &["posts(a)"]), @"-app.users, +posts");
        assert_snapshot!(check(&["auth.users(id)"], &["auth.keys(id)"]), @"-auth.users, +auth.keys");
        let auth = ["auth.users(id)"];
        assert_snapshot!(super::tests::check(Dialect::MySql, &auth, &["posts(a)"]), @"-auth.users, +posts");
        // What a foreign key references is there, unless a migration dropped it.
        let schema = read("schema", &["users(id)"]);
        let mut migrations = read("migrations", &["posts(a) -> users(id)"]);
        migrations.tables.retain(|it| it.name.name != "users");
        assert_snapshot!(shape_of(Dialect::PostgreSql, &schema, &migrations), @"+posts");
        assert_snapshot!(shape_of(Dialect::Sqlite, &schema, &migrations), @"-users, +posts");
        let (name, span) = (TableName::new("users"), migrations.tables[0].span);
        migrations.former_tables = vec![FormerTable { name, became: None, span }];
        assert_snapshot!(shape_of(Dialect::PostgreSql, &schema, &migrations), @"-users, +posts");
    }

    #[test]
    fn draws_no_conclusions_from_what_was_not_read() {
        let lines = ["a(x, y)", "b(x)"];
        let migrations = read("migrations", &["a(x, z)", "c(x)", "d1_migrations(id)"]);
        let schema = read("schema", &lines);
        let all = Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            ..crate::testing::sources(Dialect::PostgreSql)
        };
        assert_snapshot!(told(&all), @"-b, +c, -a.y, +a.z");
        assert_snapshot!(told(&Sources { has_whole_schema: false, ..all }), @"-b, -a.y, +a.z");
        assert_snapshot!(told(&Sources { has_all_migrations: false, ..all }), @"+c");
        let incomplete = |lines: &[&str]| {
            let mut catalog = read("incomplete", lines);
            catalog.tables[0].is_incomplete = true;
            catalog
        };
        let schema = incomplete(&lines);
        assert_snapshot!(told(&Sources { schema: Some(&schema), ..all }), @"-b, +c, -a.y");
        let migrations = incomplete(&["a(x, z)", "c(x)"]);
        assert_snapshot!(told(&Sources { migrations: Some(&migrations), ..all }), @"-b, +c");
        let mut conditional = read("schema", &lines);
        conditional.tables[0].columns[1].is_conditional = true;
        assert_snapshot!(told(&Sources { schema: Some(&conditional), ..all }), @"-b, +c");
    }

    #[test]
    fn counts_what_other_schemas_of_the_same_migrations_declare() {
        let schema = read("schema", &["a(x)"]);
        let migrations = read("migrations", &["a(x, y, z)", "b(x)"]);
        let others = [read("other", &["a(x, y)", "b(x)"])];
        let sources = Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            other_schemas: &others,
            ..crate::testing::sources(Dialect::PostgreSql)
        };
        assert_snapshot!(told(&sources), @"+a.z");
        let mut others = others.clone();
        others[0].tables[0].is_incomplete = true;
        assert_snapshot!(told(&Sources { other_schemas: &others, ..sources }), @"");
    }
}
