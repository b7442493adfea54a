//! Pairs what the schema declares with what the migrations create.

use foldhash::{HashMap, HashMapExt, HashSet};
use std::sync::OnceLock;

use crate::remedies::Known;
use drift_model::{
    Catalog, Column, Dialect, Engine, Finding, ForeignKey, JournalFaults, Level, LostDeclaration,
    NamePattern, OpaqueExport, Policy, Rebuild, Relation, SourceError, SourceMap, Span, Table,
    TableName, UnexportedTable, Unresolved, UnresolvedKind,
};

use crate::history::Memories;
use crate::known_keys::KnownKeys;
use crate::names::{Names, Place, PlaceRef};
use crate::rule::{Rule, RuleLevels};
use crate::rules::{missing_column, missing_table, undeclared_column};
use crate::shape::{Renamed, RenamedColumn, Shape};
use crate::sides::Sides;
use crate::snapshot::Snapshot;
use crate::wide_tables::{KeyOrIndex, WideTables};

/// What is compared.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The dialect of both.
    pub dialect: Dialect,
    /// The server that runs the migrations; it speaks the dialect.
    pub engine: Engine,
    /// What the schema declares; `None` without a schema.
    pub schema: Option<&'a Catalog>,
    /// What the migrations create; `None` without migrations.
    pub migrations: Option<&'a Catalog>,
    /// What drizzle-kit's newest snapshot says; `None` without one.
    pub snapshot: Option<SnapshotSource<'a>>,
    /// The joins that the schema declares for queries.
    pub relations: &'a [Relation],
    /// The schemas of other projects with the same migrations: what one of them declares is not
    /// undeclared.
    pub other_schemas: &'a [Catalog],
    /// What could not be read on either side.
    pub unresolved: &'a [Unresolved],
    /// The foreign keys that drizzle drops from the schema.
    pub lost: &'a [LostDeclaration],
    /// The tables that the schema declares and does not export.
    pub unexported: &'a [UnexportedTable],
    /// What the schema exports and could not be evaluated, whether or not it is reported.
    pub opaque_exports: &'a [OpaqueExport],
    /// The tables that migrations of SQLite make anew while others reference them.
    pub rebuilds: &'a [Rebuild],
    /// What is wrong with the journal of the migrations.
    pub journal: &'a JournalFaults,
    /// Whether every schema file was read. Otherwise nothing is said to be undeclared.
    pub has_whole_schema: bool,
    /// Whether every migration was read. Otherwise nothing is said to be missing.
    pub has_all_migrations: bool,
    /// Whether a name that drizzle-kit generates is the name in the database. Not so from 1.0 on,
    /// where an unnamed foreign key keeps the name it was made under.
    pub compares_generated_names: bool,
    /// What is reported of tables and columns that one side lacks, with the foreign keys on them.
    pub tells: Tells,
    /// What the settings say to rules.
    pub options: &'a RuleOptions,
    /// The files that all spans point into, from which edits are made; without them there are none.
    pub texts: Option<&'a SourceMap>,
}

impl<'a> Sources<'a> {
    /// A project that was read whole and in which there is nothing.
    pub fn new(engine: Engine, journal: &'a JournalFaults, options: &'a RuleOptions) -> Self {
        Self {
            dialect: engine.dialect(),
            engine,
            schema: None,
            migrations: None,
            snapshot: None,
            relations: &[],
            other_schemas: &[],
            unresolved: &[],
            lost: &[],
            opaque_exports: &[],
            unexported: &[],
            rebuilds: &[],
            journal,
            has_whole_schema: true,
            has_all_migrations: true,
            compares_generated_names: true,
            tells: Tells::ALL,
            options,
            texts: None,
        }
    }
}

/// What of the findings is told. A foreign key is left to rules about tables and columns only where these run.
#[derive(Debug, Clone, Copy)]
pub struct Tells {
    /// `missing-table`.
    pub missing_tables: bool,
    /// `missing-column`.
    pub missing_columns: bool,
    /// `undeclared-column`.
    pub undeclared_columns: bool,
    /// The least severe findings of which anybody sees the remedies.
    pub least_with_remedies: Level,
}

impl Tells {
    pub(crate) const ALL: Self = Self {
        missing_tables: true,
        missing_columns: true,
        undeclared_columns: true,
        least_with_remedies: Level::Info,
    };

    /// What the user left switched on; remedies are seen of findings that are as bad as `least`.
    pub fn new(levels: &RuleLevels, least: Level) -> Self {
        let is_on = |rule: &Rule| levels.level_of(rule).is_some();
        Self {
            missing_tables: is_on(&missing_table::RULE),
            missing_columns: is_on(&missing_column::RULE),
            undeclared_columns: is_on(&undeclared_column::RULE),
            // A rule gives its findings the level that was set for it only when all of them are made.
            least_with_remedies: if levels.is_empty() { least } else { Level::Info },
        }
    }
}

/// drizzle-kit's newest snapshot.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotSource<'a> {
    /// What it says.
    pub catalog: &'a Catalog,
    /// What could not be read of it.
    pub unresolved: &'a [Unresolved],
    /// Why it, or one that it builds on, could not be read at all; then nothing follows from it.
    pub errors: &'a [SourceError],
    /// The beginning of its file, where there is one that can be read.
    pub place: Option<Span>,
    /// Whether migrations come after it, of which it may know nothing.
    pub is_older: bool,
}

/// What settings say to rules, beyond their levels.
#[derive(Debug, Clone, Default)]
pub struct RuleOptions {
    /// The tables that keep a record of what happened; `None` leaves it to the rules.
    pub audit_tables: Option<Vec<NamePattern>>,
    /// What is demanded of foreign keys.
    pub policies: Vec<Policy>,
}

/// A foreign key that the other side lacks.
pub struct Unpaired<'a> {
    /// The foreign key.
    pub foreign_key: &'a ForeignKey,
    /// One on the same columns and target, of the same source, which the other side does have.
    pub twin: Option<&'a ForeignKey>,
}

/// A foreign key that is written where the engine reads and forgets it.
pub struct Ineffective<'a> {
    /// As the migrations write it.
    pub written: &'a ForeignKey,
    /// As the schema declares it, where it does.
    pub declared: Option<&'a ForeignKey>,
}

/// The schema and the migrations of a project, side by side.
///
/// Each foreign key is in exactly one of `matched`, `redirected`, `missing`, `uncertain`,
/// `ineffective` and `undeclared`, or one of its tables or columns is missing or undeclared, or
/// nothing can be said about it because the part of the schema that might declare it could not be
/// read. What is declared and created under two names is compared under the one that is declared.
pub struct Comparison<'a> {
    /// What is compared.
    pub sources: Sources<'a>,
    /// The same columns and target on both sides: of the schema, of the migrations.
    pub matched: Vec<(&'a ForeignKey, &'a ForeignKey)>,
    /// The same referencing columns, but another target: of the schema, of the migrations.
    pub redirected: Vec<(&'a ForeignKey, &'a ForeignKey)>,
    /// Declared, but not created.
    pub missing: Vec<Unpaired<'a>>,
    /// Declared, and not created by any statement that could be read, with the dynamic SQL that may
    /// create it.
    pub uncertain: Vec<(&'a ForeignKey, &'a Unresolved)>,
    /// Written in the migrations, and made by none of them; what is declared of it is not in
    /// `missing`.
    pub ineffective: Vec<Ineffective<'a>>,
    /// Created, but not declared.
    pub undeclared: Vec<Unpaired<'a>>,
    /// Declared, but not created.
    pub missing_tables: Vec<&'a Table>,
    /// Created, but not declared.
    pub undeclared_tables: Vec<&'a Table>,
    /// The foreign keys at each place where a source has several, of the schema and of the
    /// migrations.
    pub crowded: Vec<(Vec<&'a ForeignKey>, Vec<&'a ForeignKey>)>,
    pub(crate) sides: OnceLock<Vec<Sides<'a>>>,
    known_keys: OnceLock<KnownKeys<'a>>,
    /// What other schemas of the same migrations declare.
    pub(crate) tables_of_others: OnceLock<HashSet<TableName>>,
    /// Declared under one name, and created under another.
    pub renamed_tables: Vec<Renamed<'a, Table>>,
    /// Declared, but not created, in tables that both sides have: the table as it is declared.
    pub missing_columns: Vec<(&'a Table, &'a Column)>,
    /// Created, but not declared, in tables that both sides have: the table as it is created.
    pub undeclared_columns: Vec<(&'a Table, &'a Column)>,
    /// Declared under one name, and created under another.
    pub renamed_columns: Vec<RenamedColumn<'a>>,
    pub(crate) names: Names,
    pub(crate) snapshot: Snapshot<'a>,
    pub(crate) memories: Memories<'a>,
    /// The foreign keys of the schema by their tables.
    pub(crate) declared_of: HashMap<TableName, Vec<&'a ForeignKey>>,
    /// The foreign keys of the migrations by their tables.
    pub(crate) migrated_of: HashMap<TableName, Vec<&'a ForeignKey>>,
    has_whole_schema: bool,
    schema_tables: HashMap<TableName, &'a Table>,
    migrated_tables: HashMap<TableName, &'a Table>,
    wide_tables: WideTables<'a>,
    pub(crate) known: Known,
    /// What the schema declares and drizzle forgets.
    lost: HashMap<Place, Vec<&'a ForeignKey>>,
}

impl<'a> Comparison<'a> {
    /// Pairs the foreign keys and tables of both sides.
    pub fn new(sources: Sources<'a>) -> Self {
        let hides_any = |it: &Unresolved| it.may_add && it.kind == UnresolvedKind::Expression;
        let has_whole_schema =
            sources.has_whole_schema && !sources.unresolved.iter().any(hides_any);
        let shape = Shape::new(&sources, has_whole_schema);
        let names = &shape.names;
        let index = |catalog: Option<&'a Catalog>| -> HashMap<TableName, &'a Table> {
            let tables = catalog.map_or(&[][..], |it| &it.tables).iter();
            tables.map(|table| (names.table(&table.name).into_owned(), table)).collect()
        };
        let has_both = sources.schema.is_some() && sources.migrations.is_some();
        let of_tables = |catalog: Option<&'a Catalog>| {
            by_table(names, catalog.filter(|_| has_both).map_or(&[][..], |it| &it.foreign_keys))
        };
        let side = |catalog: Option<&'a Catalog>| (index(catalog), of_tables(catalog));
        let (sides, (snapshot, memories)) = rayon::join(
            || rayon::join(|| side(sources.schema), || side(sources.migrations)),
            || (Snapshot::new(&sources, names), Memories::new(&sources, names)),
        );
        let catalogs = sources.schema.into_iter().chain(sources.migrations);
        let ((schema_tables, declared_of), (migrated_tables, migrated_of)) = sides;
        let mut comparison = Self {
            sources,
            has_whole_schema,
            matched: Vec::new(),
            redirected: Vec::new(),
            missing: Vec::new(),
            uncertain: Vec::new(),
            ineffective: Vec::new(),
            undeclared: Vec::new(),
            crowded: Vec::new(),
            sides: OnceLock::new(),
            known_keys: OnceLock::new(),
            tables_of_others: OnceLock::new(),
            schema_tables,
            migrated_tables,
            wide_tables: WideTables::new(sources.dialect, catalogs),
            snapshot,
            memories,
            declared_of,
            migrated_of,
            missing_tables: shape.missing_tables,
            undeclared_tables: shape.undeclared_tables,
            renamed_tables: shape.renamed_tables,
            missing_columns: shape.missing_columns,
            undeclared_columns: shape.undeclared_columns,
            renamed_columns: shape.renamed_columns,
            names: shape.names,
            known: Known::default(),
            lost: HashMap::new(),
        };
        for lost in sources.lost.iter().filter_map(|it| it.foreign_key.as_deref()) {
            let place = comparison.names.place(lost);
            comparison.lost.entry(place).or_default().push(lost);
        }
        if let (Some(schema), Some(migrations)) = (sources.schema, sources.migrations) {
            comparison.pair(&schema.foreign_keys, &migrations.foreign_keys);
            comparison.find_ineffective(migrations);
            comparison.leave_to_tables_and_columns();
        }
        comparison
    }

    /// Whether nothing is left of the schema that could not be read and may declare tables.
    pub(crate) fn has_whole_schema(&self) -> bool {
        self.has_whole_schema
    }

    /// The foreign keys of all sources together.
    pub(crate) fn known_keys(&self) -> &KnownKeys<'a> {
        self.known_keys.get_or_init(|| KnownKeys::new(self))
    }

    /// The table as the schema declares it.
    pub fn schema_table(&self, name: &TableName) -> Option<&'a Table> {
        self.schema_tables.get(&self.names.table(name)).copied()
    }

    /// The table as the migrations leave it.
    pub fn migrated_table(&self, name: &TableName) -> Option<&'a Table> {
        self.migrated_tables.get(&self.names.table(name)).copied()
    }

    /// The column of a table that the engine takes `name` for.
    pub fn column<'t>(&self, table: &'t Table, name: &str) -> Option<&'t Column> {
        self.wide_tables.column(self.sources.dialect, table, name)
    }

    /// All unique constraints and indexes of a table that a column is in, and perhaps others.
    pub(crate) fn keys_with<'t>(
        &'t self,
        table: &'t Table,
        column: &str,
    ) -> impl Iterator<Item = KeyOrIndex<'t>> {
        self.wide_tables.keys_with(self.sources.dialect, table, column)
    }

    /// Whether two foreign keys have the same columns and target.
    pub fn is_same(&self, one: &ForeignKey, other: &ForeignKey) -> bool {
        self.names.are_same(one, other)
    }

    /// Whether the migrations make a foreign key of the same columns and target.
    pub fn is_migrated(&self, foreign_key: &ForeignKey) -> bool {
        let table = self.names.table(&foreign_key.referencing_table);
        let of_table = self.migrated_of.get(table.as_ref());
        of_table.is_some_and(|all| all.iter().any(|it| self.is_same(it, foreign_key)))
    }

    /// The foreign key with its columns in the order of those of another one on the same columns.
    pub fn in_order_of(&self, foreign_key: &ForeignKey, other: &ForeignKey) -> ForeignKey {
        let table = self.names.table(&other.referencing_table);
        let key = |column: &String| self.names.column(&table, column).into_owned();
        let position = |column: &String| {
            other.referencing_columns.iter().position(|it| key(it) == key(column))
        };
        let mut ordered = foreign_key.clone();
        if ordered.referenced_columns.len() == ordered.referencing_columns.len() {
            let (from, to) = (&foreign_key.referencing_columns, &foreign_key.referenced_columns);
            let mut pairs: Vec<_> = from.iter().zip(to).collect();
            pairs.sort_by_key(|(column, _)| position(column));
            ordered.referencing_columns = pairs.iter().map(|pair| pair.0.clone()).collect();
            ordered.referenced_columns = pairs.iter().map(|pair| pair.1.clone()).collect();
        }
        ordered
    }

    /// The column of the migrations that a column of the schema is, under whatever name.
    pub(crate) fn migrated_column(&self, declared: &Table, name: &str) -> Option<&'a Column> {
        let migrated = self.migrated_table(&declared.name)?;
        if !self.names.equates_columns() {
            return self.column(migrated, name);
        }
        let table = self.names.table(&declared.name);
        let key = self.names.column(&table, name);
        migrated.columns.iter().find(|it| self.names.column(&table, &it.name) == key)
    }

    /// The column of the schema that a column of the migrations is, under whatever name.
    pub(crate) fn schema_column(&self, migrated: &TableName, name: &str) -> Option<&'a Column> {
        let declared = self.schema_table(migrated)?;
        if !self.names.equates_columns() {
            return self.column(declared, name);
        }
        let table = self.names.table(migrated);
        let key = self.names.column(&table, name);
        declared.columns.iter().find(|it| self.names.column(&table, &it.name) == key)
    }

    /// A missing table or column is not a missing foreign key as well, and one that is not declared
    /// tells of its foreign keys itself.
    fn leave_to_tables_and_columns(&mut self) {
        let tells = self.sources.tells;
        let tables = self.missing_tables.iter().filter(|_| tells.missing_tables);
        let tables: HashSet<TableName> =
            tables.map(|it| self.names.table(&it.name).into_owned()).collect();
        let columns = |columns: &[(&Table, &Column)], are_told: bool| {
            let column = |(table, column): &(&Table, &Column)| {
                let table = self.names.table(&table.name);
                let column = self.names.column(&table, &column.name).into_owned();
                (table.into_owned(), column)
            };
            let columns = columns.iter().filter(|_| are_told);
            columns.map(column).collect::<HashSet<(TableName, String)>>()
        };
        let missing = columns(&self.missing_columns, tells.missing_columns);
        let undeclared = columns(&self.undeclared_columns, tells.undeclared_columns);
        let names = &self.names;
        let has_any = |all: &HashSet<(TableName, String)>, table: &TableName, of: &[String]| {
            let table = names.table(table);
            !all.is_empty()
                && of.iter().any(|it| {
                    all.contains(&(
                        table.clone().into_owned(),
                        names.column(&table, it).into_owned(),
                    ))
                })
        };
        let is_told = |it: &ForeignKey| {
            tables.contains(names.table(&it.referenced_table).as_ref())
                || has_any(&missing, &it.referencing_table, &it.referencing_columns)
                || has_any(&missing, &it.referenced_table, &it.referenced_columns)
        };
        self.missing.retain(|it| !is_told(it.foreign_key));
        self.uncertain.retain(|it| !is_told(it.0));
        self.redirected.retain(|it| !is_told(it.0));
        self.undeclared.retain(|it| {
            let it = it.foreign_key;
            !has_any(&undeclared, &it.referencing_table, &it.referencing_columns)
        });
    }

    /// Whether another schema declares a foreign key.
    fn is_declared_elsewhere(&self, foreign_key: &ForeignKey) -> bool {
        let mut others = self.sources.other_schemas.iter().flat_map(|it| &it.foreign_keys);
        others.any(|it| self.is_same(it, foreign_key))
    }

    /// Whether the schema declares a foreign key where drizzle forgets it, which a rule of its own
    /// reports.
    fn is_lost(&self, foreign_key: &ForeignKey) -> bool {
        let names = &self.names;
        let lost = self.lost.get(&names.place(foreign_key));
        lost.is_some_and(|lost| lost.iter().any(|it| names.have_same_target(it, foreign_key)))
    }

    fn pair(&mut self, schema: &'a [ForeignKey], migrations: &'a [ForeignKey]) {
        let names = &self.names;
        let mut at: HashMap<PlaceRef<'_>, usize> = HashMap::with_capacity(schema.len());
        let mut places: Vec<(Vec<&'a ForeignKey>, Vec<&'a ForeignKey>)> = Vec::new();
        let mut position = |foreign_key: &'a ForeignKey, places: &mut Vec<_>| {
            *at.entry(names.place_ref(foreign_key)).or_insert_with(|| {
                places.push((Vec::new(), Vec::new()));
                places.len() - 1
            })
        };
        for foreign_key in schema {
            let position = position(foreign_key, &mut places);
            places[position].0.push(foreign_key);
        }
        for foreign_key in migrations {
            let position = position(foreign_key, &mut places);
            places[position].1.push(foreign_key);
        }
        for (declared, migrated) in places {
            if declared.len() > 1 || migrated.len() > 1 {
                self.crowded.push((declared.clone(), migrated.clone()));
            }
            self.pair_at_one_place(declared, migrated);
        }
    }

    /// Pairs the foreign keys on one set of referencing columns: those of one target first, the
    /// most alike before the others, then the rest as redirected.
    fn pair_at_one_place(
        &mut self,
        mut declared: Vec<&'a ForeignKey>,
        mut migrated: Vec<&'a ForeignKey>,
    ) {
        let names = &self.names;
        let first = self.matched.len();
        for is_alike in LIKENESSES {
            declared.retain(|declared| {
                let twin = migrated.iter().position(|migrated| {
                    is_alike(declared, migrated) && names.have_same_target(declared, migrated)
                });
                let migrated = twin.map(|position| migrated.remove(position));
                self.matched.extend(migrated.map(|migrated| (*declared, migrated)));
                migrated.is_none()
            });
        }
        // A further one of a target that is paired already is a duplicate, not a redirection.
        let matched = self.matched[first..].to_vec();
        let twin_of =
            |foreign_key: &ForeignKey,
             side: fn(&(&'a ForeignKey, &'a ForeignKey)) -> &'a ForeignKey| {
                matched.iter().map(side).find(|it| names.have_same_target(it, foreign_key))
            };
        let (declared_twins, declared): (Vec<_>, Vec<_>) = declared
            .into_iter()
            .map(|it| (it, twin_of(it, |pair| pair.0)))
            .partition(|it| it.1.is_some());
        let (migrated_twins, migrated): (Vec<_>, Vec<_>) = migrated
            .into_iter()
            .map(|it| (it, twin_of(it, |pair| pair.1)))
            .partition(|it| it.1.is_some());
        let pairs = declared.len().min(migrated.len());
        for (declared, migrated) in declared.iter().zip(&migrated) {
            self.redirected.push((declared.0, migrated.0));
        }
        for (foreign_key, twin) in
            declared_twins.into_iter().chain(declared.into_iter().skip(pairs))
        {
            self.add_missing(foreign_key, twin);
        }
        for (foreign_key, twin) in
            migrated_twins.into_iter().chain(migrated.into_iter().skip(pairs))
        {
            self.add_undeclared(foreign_key, twin);
        }
    }

    /// Tells what was written in vain from what was never written.
    fn find_ineffective(&mut self, migrations: &'a Catalog) {
        if migrations.ignored_foreign_keys.is_empty() {
            return;
        }
        let names = &self.names;
        let made: HashSet<PlaceRef<'_>> =
            migrations.foreign_keys.iter().map(|it| names.place_ref(it)).collect();
        let mut written: HashMap<PlaceRef<'_>, &'a ForeignKey> = HashMap::new();
        for ignored in &migrations.ignored_foreign_keys {
            if !made.contains(&names.place_ref(ignored)) {
                written.insert(names.place_ref(ignored), ignored);
            }
        }
        let mut declared: HashMap<PlaceRef<'_>, &'a ForeignKey> = HashMap::new();
        self.missing.retain(|missing| {
            let place = names.place_ref(missing.foreign_key);
            let is_written = written
                .get(&place)
                .is_some_and(|it| names.have_same_target(it, missing.foreign_key));
            if is_written {
                declared.insert(place, missing.foreign_key);
            }
            !is_written
        });
        for ignored in &migrations.ignored_foreign_keys {
            let place = names.place_ref(ignored);
            if written.contains_key(&place) {
                let declared = declared.get(&place).copied();
                self.ineffective.push(Ineffective { written: ignored, declared });
            }
        }
    }

    fn add_missing(&mut self, foreign_key: &'a ForeignKey, twin: Option<&'a ForeignKey>) {
        let table = self.migrated_table(&foreign_key.referencing_table);
        let is_known = self.sources.has_all_migrations && !foreign_key.is_conditional;
        if !is_known || table.is_none_or(|it| it.is_incomplete) {
            return;
        }
        match self.last_that_touches(foreign_key, UnresolvedKind::DynamicSql, |it| it.may_add) {
            Some(unresolved) => self.uncertain.push((foreign_key, unresolved)),
            None => self.missing.push(Unpaired { foreign_key, twin }),
        }
    }

    /// The last statement of a kind that was not understood and could touch a foreign key.
    pub(crate) fn last_that_touches(
        &self,
        foreign_key: &ForeignKey,
        kind: UnresolvedKind,
        is_meant: fn(&Unresolved) -> bool,
    ) -> Option<&'a Unresolved> {
        let dialect = self.sources.dialect;
        self.sources
            .unresolved
            .iter()
            .rev()
            .find(|it| it.kind == kind && is_meant(it) && it.scope.touches(dialect, foreign_key))
    }

    /// What tells something that was not read from others, wherever it stands: its text.
    pub(crate) fn identity_of(&self, unresolved: &Unresolved) -> String {
        let text = self.sources.texts.map(|it| it.snippet(unresolved.span)).unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        format!("{}: {}", unresolved.reason, words.join(" "))
    }

    /// Words a finding with caution where dynamic SQL could have changed the foreign key that the
    /// migrations create.
    pub(crate) fn with_caution(&self, finding: Finding, foreign_key: &ForeignKey) -> Finding {
        match self.last_that_touches(foreign_key, UnresolvedKind::DynamicSql, |_| true) {
            Some(dynamic) => {
                let level = finding.level.min(Level::Warn);
                Finding { level, ..finding }.label(dynamic.span, "dynamic SQL here may change it")
            }
            None => finding,
        }
    }

    /// As [`Comparison::with_caution`], about a table and what it is made of.
    pub(crate) fn with_caution_about(&self, finding: Finding, table: &TableName) -> Finding {
        let dialect = self.sources.dialect;
        let mut unresolved = self.sources.unresolved.iter().rev();
        let found = unresolved.find(|it| {
            let is_sql = matches!(it.kind, UnresolvedKind::DynamicSql | UnresolvedKind::Statement);
            is_sql && it.scope.touches_table(dialect, table)
        });
        let Some(unresolved) = found else { return finding };
        let level = finding.level.min(Level::Warn);
        let why = match unresolved.kind {
            UnresolvedKind::DynamicSql => "dynamic SQL here may change it",
            _ => "this, which was not understood, may change it",
        };
        Finding { level, ..finding }.label(unresolved.span, why)
    }

    fn add_undeclared(&mut self, foreign_key: &'a ForeignKey, twin: Option<&'a ForeignKey>) {
        let table = self.schema_table(&foreign_key.referencing_table);
        let is_known = self.has_whole_schema && table.is_some_and(|it| !it.is_incomplete);
        let is_lost = twin.is_none() && self.is_lost(foreign_key);
        if is_known && !is_lost && !self.is_declared_elsewhere(foreign_key) {
            self.undeclared.push(Unpaired { foreign_key, twin });
        }
    }
}

/// Where migrators note what they have applied; never part of a schema.
pub(crate) fn is_bookkeeping(table: &TableName) -> bool {
    const TABLES: [&str; 3] = ["__drizzle_migrations", "d1_migrations", "schema_migrations"];
    TABLES.contains(&table.name.as_str())
}

/// Foreign keys by their tables.
fn by_table<'a>(
    names: &Names,
    foreign_keys: &'a [ForeignKey],
) -> HashMap<TableName, Vec<&'a ForeignKey>> {
    let mut found: HashMap<TableName, Vec<&'a ForeignKey>> = HashMap::new();
    for foreign_key in foreign_keys {
        let table = names.table(&foreign_key.referencing_table);
        match found.get_mut(table.as_ref()) {
            Some(of_table) => of_table.push(foreign_key),
            None => {
                found.insert(table.into_owned(), vec![foreign_key]);
            }
        }
    }
    found
}

/// What two foreign keys on the same columns and target may have in common, most first.
const LIKENESSES: [fn(&ForeignKey, &ForeignKey) -> bool; 4] = [
    |a, b| a.name == b.name && have_same_actions(a, b),
    have_same_actions,
    |a, b| a.on_delete == b.on_delete || a.name.is_some() && a.name == b.name,
    |_, _| true,
];

fn have_same_actions(a: &ForeignKey, b: &ForeignKey) -> bool {
    (a.on_delete, a.on_update) == (b.on_delete, b.on_update)
}

#[cfg(test)]
mod tests {
    use drift_model::notation;

    use super::*;

    fn read(name: &str, lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), name, lines).unwrap()
    }

    fn check(dialect: Dialect, schema: &[&str], migrations: &[&str]) -> String {
        check_with(dialect, schema, migrations, |sources| sources)
    }

    fn check_with<'a>(
        dialect: Dialect,
        schema: &[&str],
        migrations: &[&str],
        adjust: impl FnOnce(Sources<'a>) -> Sources<'a>,
    ) -> String {
        let (schema, migrations) = (read("schema", schema), read("migrations", migrations));
        told(Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            ..adjust(crate::testing::sources(dialect))
        })
    }

    fn told(sources: Sources<'_>) -> String {
        let comparison = Comparison::new(sources);
        let mut lines = Vec::new();
        for (a, b) in &comparison.matched {
            lines.push(format!("matched: {} = {}", notation::format(a), notation::format(b)));
        }
        for (a, b) in &comparison.redirected {
            lines.push(format!("redirected: {a} = {b}"));
        }
        for (what, unpaired) in
            [("missing", &comparison.missing), ("undeclared", &comparison.undeclared)]
        {
            for it in unpaired {
                let twin = if it.twin.is_some() { " (twin)" } else { "" };
                lines.push(format!("{what}: {}{twin}", notation::format(it.foreign_key)));
            }
        }
        for (it, _) in &comparison.uncertain {
            lines.push(format!("uncertain: {}", notation::format(it)));
        }
        for it in &comparison.ineffective {
            let declared = if it.declared.is_some() { " (declared)" } else { "" };
            lines.push(format!("ineffective: {}{declared}", notation::format(it.written)));
        }
        lines.join("\n")
    }

    #[test]
    fn pairs_composite_columns_in_any_order() {
        insta::assert_snapshot!(
            check(Dialect::PostgreSql, &["a(x, y) -> b(p, q)"], &["a(y, x) -> b(q, p)"]),
            @"matched: a(x, y) -> b(p, q) = a(y, x) -> b(q, p)"
        );
        insta::assert_snapshot!(
            check(Dialect::PostgreSql, &["a(x, y) -> b(p, q)"], &["a(x, y) -> b(q, p)"]),
            @"redirected: a.(x, y) → b.(p, q) = a.(x, y) → b.(q, p)"
        );
    }

    #[test]
    fn prefers_the_twin_with_the_same_action() {
        insta::assert_snapshot!(
            check(
                Dialect::PostgreSql,
                &["a(x) -> b(id) on delete cascade"],
                &["a(x) -> b(id) as old", "a(x) -> b(id) on delete cascade as new"],
            ),
            @r"
        matched: a(x) -> b(id) on delete cascade = a(x) -> b(id) on delete cascade as new
        undeclared: a(x) -> b(id) as old (twin)
        "
        );
    }

    #[test]
    fn ignores_case_where_the_engine_does() {
        insta::assert_snapshot!(
            check(Dialect::MySql, &["a(ownerId) -> b(ID)"], &["a(ownerid) -> b(id)"]),
            @"matched: a(ownerId) -> b(ID) = a(ownerid) -> b(id)"
        );
        insta::assert_snapshot!(
            check(Dialect::PostgreSql, &["a(ownerId) -> b(id)"], &["a(ownerid) -> b(id)"]),
            @"matched: a(ownerId) -> b(id) = a(ownerid) -> b(id)"
        );
    }

    #[test]
    fn tells_a_missing_table_once() {
        insta::assert_snapshot!(check(Dialect::Sqlite, &["a(x) -> b(id)"], &["b(id)"]), @"");
    }

    #[test]
    fn pairs_those_that_have_most_in_common() {
        let check =
            |schema: &[&str], migrations: &[&str]| check(Dialect::PostgreSql, schema, migrations);
        // The name decides between two that do the same.
        let (one, two) = ("a(x) -> b(id) as one", "a(x) -> b(id) as two");
        insta::assert_snapshot!(check(&[two], &[one, two]), @"
        matched: a(x) -> b(id) as two = a(x) -> b(id) as two
        undeclared: a(x) -> b(id) as one (twin)
        ");
        // What happens on delete counts for more than what happens on update, and as much as a name.
        let update = "a(x) -> b(id) on delete cascade on update cascade as update";
        let set_null = "a(x) -> b(id) on delete set null as set_null";
        insta::assert_snapshot!(check(&["a(x) -> b(id) on delete cascade"], &[set_null, update]), @"
        matched: a(x) -> b(id) on delete cascade = a(x) -> b(id) on delete cascade on update cascade as update
        undeclared: a(x) -> b(id) on delete set null as set_null (twin)
        ");
        insta::assert_snapshot!(check(&["a(x) -> b(id) as update"], &[set_null, update]), @"
        matched: a(x) -> b(id) as update = a(x) -> b(id) on delete cascade on update cascade as update
        undeclared: a(x) -> b(id) on delete set null as set_null (twin)
        ");
        // Two without a name have none in common.
        insta::assert_snapshot!(check(&["a(x) -> b(id)"], &[set_null, "a(x) -> b(id) on delete restrict"]), @"
        matched: a(x) -> b(id) = a(x) -> b(id) on delete set null as set_null
        undeclared: a(x) -> b(id) on delete restrict (twin)
        ");
    }

    #[test]
    fn redirects_one_for_one() {
        let check =
            |schema: &[&str], migrations: &[&str]| check(Dialect::PostgreSql, schema, migrations);
        let tables = ["b(id)", "c(id)", "d(id)"];
        let (b, c, d) = ("a(x) -> b(id)", "a(x) -> c(id)", "a(x) -> d(id)");
        let with = |keys: &[&'static str]| -> Vec<&'static str> {
            tables.into_iter().chain(keys.iter().copied()).collect()
        };
        insta::assert_snapshot!(check(&with(&[b]), &with(&[c, d])), @"
        redirected: a.x → b.id = a.x → c.id
        undeclared: a(x) -> d(id)
        ");
        insta::assert_snapshot!(check(&with(&[b, c]), &with(&[d, b])), @"
        matched: a(x) -> b(id) = a(x) -> b(id)
        redirected: a.x → c.id = a.x → d.id
        ");
        // A second one of a target that is paired is no redirection.
        insta::assert_snapshot!(check(&with(&[b, b]), &with(&[b, c])), @"
        matched: a(x) -> b(id) = a(x) -> b(id)
        missing: a(x) -> b(id) (twin)
        undeclared: a(x) -> c(id)
        ");
    }

    #[test]
    fn leaves_foreign_keys_to_what_tells_of_their_tables_and_columns() {
        let (schema, migrations) = (["a(x) -> b(id)", "c(x) -> b(id)"], ["a(x) -> c(y)"]);
        insta::assert_snapshot!(check(Dialect::Sqlite, &schema, &migrations), @"");
        let tells = |missing_tables, missing_columns, undeclared_columns| {
            check_with(Dialect::Sqlite, &schema, &migrations, |sources| Sources {
                tells: Tells { missing_tables, missing_columns, undeclared_columns, ..Tells::ALL },
                ..sources
            })
        };
        insta::assert_snapshot!(tells(false, true, true), @"redirected: a.x → b.id = a.x → c.y");
        insta::assert_snapshot!(tells(false, false, true), @"
        redirected: a.x → b.id = a.x → c.y
        missing: c(x) -> b(id)
        ");
        let (schema, migrations) = (["a(x)", "b(id)"], ["a(y) -> b(id)", "a(x)"]);
        insta::assert_snapshot!(check(Dialect::Sqlite, &schema, &migrations), @"");
        let found = check_with(Dialect::Sqlite, &schema, &migrations, |sources| Sources {
            tells: Tells { undeclared_columns: false, ..Tells::ALL },
            ..sources
        });
        insta::assert_snapshot!(found, @"undeclared: a(y) -> b(id)");
    }

    #[test]
    fn says_nothing_is_missing_where_it_may_be_there() {
        let (lines, migrations) = (["a(x) -> b(id)"], ["a(x)", "b(id)"]);
        let (schema, created) = (read("schema", &lines), read("migrations", &migrations));
        let all = Sources {
            schema: Some(&schema),
            migrations: Some(&created),
            ..crate::testing::sources(Dialect::PostgreSql)
        };
        insta::assert_snapshot!(told(all), @"missing: a(x) -> b(id)");
        insta::assert_snapshot!(told(Sources { has_all_migrations: false, ..all }), @"");
        let mut conditional = schema.clone();
        conditional.foreign_keys[0].is_conditional = true;
        insta::assert_snapshot!(told(Sources { schema: Some(&conditional), ..all }), @"");
        let mut incomplete = created.clone();
        incomplete.tables[0].is_incomplete = true;
        insta::assert_snapshot!(told(Sources { migrations: Some(&incomplete), ..all }), @"");
        // Dynamic SQL may have made it, if it makes anything at all in the table.
        let unresolved = |kind, table: &str, may_add| {
            let tables = vec![TableName::new(table)];
            let scope = drift_model::Scope::Tables(tables);
            [Unresolved { scope, may_add, ..crate::testing::unresolved(kind) }]
        };
        let told = |unresolved: &[Unresolved]| told(Sources { unresolved, ..all });
        let dynamic = UnresolvedKind::DynamicSql;
        insta::assert_snapshot!(told(&unresolved(dynamic, "a", true)), @"uncertain: a(x) -> b(id)");
        for other in [
            unresolved(dynamic, "a", false),
            unresolved(dynamic, "b", true),
            unresolved(UnresolvedKind::Statement, "a", true),
        ] {
            assert_eq!(told(&other), "missing: a(x) -> b(id)");
        }
    }

    #[test]
    fn says_nothing_is_undeclared_where_it_may_be_declared() {
        let (schema, created) =
            (read("schema", &["a(x)", "b(id)"]), read("migrations", &["a(x) -> b(id)"]));
        let all = Sources {
            schema: Some(&schema),
            migrations: Some(&created),
            ..crate::testing::sources(Dialect::PostgreSql)
        };
        insta::assert_snapshot!(told(all), @"undeclared: a(x) -> b(id)");
        insta::assert_snapshot!(told(Sources { has_whole_schema: false, ..all }), @"");
        let mut incomplete = schema.clone();
        incomplete.tables[0].is_incomplete = true;
        insta::assert_snapshot!(told(Sources { schema: Some(&incomplete), ..all }), @"");
        let open = |kind, may_add| [Unresolved { may_add, ..crate::testing::unresolved(kind) }];
        let told = |unresolved: &[Unresolved]| told(Sources { unresolved, ..all });
        insta::assert_snapshot!(told(&open(UnresolvedKind::Expression, true)), @"");
        insta::assert_snapshot!(told(&open(UnresolvedKind::Expression, false)), @"undeclared: a(x) -> b(id)");
        insta::assert_snapshot!(told(&open(UnresolvedKind::Statement, true)), @"undeclared: a(x) -> b(id)");
    }

    #[test]
    fn leaves_what_drizzle_forgets_to_the_rule_about_it() {
        let lost = |line: &str| {
            let foreign_key = read("schema", &[line]).foreign_keys.remove(0);
            [LostDeclaration {
                table: foreign_key.referencing_table.clone(),
                span: foreign_key.span,
                foreign_key: Some(Box::new(foreign_key)),
                loss: drift_model::Loss::BeforeArray,
            }]
        };
        let check = |lost: &[LostDeclaration]| {
            let (schema, created) =
                (read("schema", &["a(x)", "b(id)"]), read("migrations", &["a(x) -> b(id)"]));
            told(Sources {
                schema: Some(&schema),
                migrations: Some(&created),
                lost,
                ..crate::testing::sources(Dialect::PostgreSql)
            })
        };
        insta::assert_snapshot!(check(&lost("a(x) -> b(id)")), @"");
        insta::assert_snapshot!(check(&lost("a(x) -> c(id)")), @"undeclared: a(x) -> b(id)");
    }

    #[test]
    fn tells_what_is_written_in_vain_from_what_is_not_written() {
        let check =
            |schema: &[&str], migrations: &[&str]| check(Dialect::MySql, schema, migrations);
        let tables = ["b(id)", "c(id)"];
        let both = ["b(id)", "c(id)", "a(x) -> b(id)"];
        insta::assert_snapshot!(check(&both, &[tables[0], tables[1], "~a(x) -> b(id)"]), @"ineffective: a(x) -> b(id) (declared)");
        insta::assert_snapshot!(check(&["a(x)", "b(id)"], &["~a(x) -> b(id)"]), @"ineffective: a(x) -> b(id)");
        insta::assert_snapshot!(check(&both, &[tables[0], tables[1], "~a(x) -> c(id)"]), @"
        missing: a(x) -> b(id)
        ineffective: a(x) -> c(id)
        ");
        // What another statement makes after all was not in vain.
        insta::assert_snapshot!(check(&both, &["~a(x) -> b(id)", "a(x) -> b(id)", "c(id)"]), @"matched: a(x) -> b(id) = a(x) -> b(id)");
    }

    #[test]
    fn words_with_caution_what_a_statement_may_have_changed() {
        let map = SourceMap::default();
        let file = map.add("0.sql".into(), "DO  $$ x $$; EXECUTE y".to_owned());
        let place = |start, end| Span::new(file.id, start, end);
        let unresolved = |kind, table: &str, span| Unresolved {
            scope: drift_model::Scope::Tables(vec![TableName::new(table)]),
            ..Unresolved::new(kind, "`x` is not known", span)
        };
        let all = [
            unresolved(UnresolvedKind::DynamicSql, "a", place(0, 12)),
            unresolved(UnresolvedKind::Statement, "c", place(4, 6)),
            unresolved(UnresolvedKind::Expression, "a", place(4, 6)),
            unresolved(UnresolvedKind::DynamicSql, "d", place(14, 23)),
        ];
        let catalog = read("both", &["a(x) -> b(id)", "c(x) -> b(id)"]);
        let comparison = Comparison::new(Sources {
            schema: Some(&catalog),
            migrations: Some(&catalog),
            unresolved: &all,
            texts: Some(&map),
            ..crate::testing::sources(Dialect::PostgreSql)
        });
        let show = |found: Finding| {
            let labels = found.labels.iter().map(|it| format!("{}: {}", it.span.start, it.message));
            format!("{} {}", found.level, labels.collect::<Vec<_>>().join(", "))
        };
        let finding = || missing_table::RULE.finding("it");
        let key = |at: usize| show(comparison.with_caution(finding(), &catalog.foreign_keys[at]));
        let table =
            |name: &str| show(comparison.with_caution_about(finding(), &TableName::new(name)));
        insta::assert_snapshot!(key(0), @"warn 0: dynamic SQL here may change it");
        insta::assert_snapshot!(key(1), @"error ");
        insta::assert_snapshot!(table("a"), @"warn 0: dynamic SQL here may change it");
        insta::assert_snapshot!(table("c"), @"warn 4: this, which was not understood, may change it");
        insta::assert_snapshot!(table("b"), @"error ");
        let info = Finding { level: Level::Info, ..finding() };
        assert!(show(comparison.with_caution(info, &catalog.foreign_keys[0])).starts_with("info"));
        // What was not read is known by its words, however they are set.
        insta::assert_snapshot!(comparison.identity_of(&all[0]), @"`x` is not known: DO $$ x $$;");
    }
}
