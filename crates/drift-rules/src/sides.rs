//! Each foreign key with what both sources say of it, for rules that look at one side by itself.

use foldhash::{HashMap, HashSet};

use drift_model::{Catalog, Column, Finding, ForeignKey, Table, TableName, UnresolvedKind};

use crate::Comparison;

/// A foreign key: as the schema declares it, as the migrations create it, or both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub(crate) schema: Option<Side<'a>>,
    pub(crate) migrations: Option<Side<'a>>,
}

/// A foreign key of one source, with the tables that this source has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) foreign_key: &'a ForeignKey,
    pub(crate) source: Source,
    /// The referencing table.
    pub(crate) table: Option<&'a Table>,
    pub(crate) referenced_table: Option<&'a Table>,
}

/// Where a side comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Schema,
    Migrations,
}

impl Source {
    /// As findings and fingerprints name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Source::Schema => "schema",
            Source::Migrations => "migrations",
        }
    }
}

impl<'a> Sides<'a> {
    /// Where the fault is, behind a blank, if it is on one of two sides.
    pub(crate) fn place_of_fault(&self, in_schema: bool, in_migrations: bool) -> &'static str {
        match (self.schema.and(self.migrations), in_schema, in_migrations) {
            (Some(_), true, false) => " in the schema",
            (Some(_), false, true) => " in the migrations",
            _ => "",
        }
    }

    /// Adds to a finding what there is to see on each side: where it is at fault first, then where it is
    /// not.
    pub(crate) fn labelled<F>(
        &self,
        mut finding: Finding,
        faults: [Option<&F>; 2],
        bad: impl Fn(Finding, &Side<'a>, &F) -> Finding,
        good: impl Fn(Finding, &Side<'a>) -> Finding,
    ) -> Finding {
        let sides = [self.schema, self.migrations];
        for (side, fault) in sides.iter().zip(faults) {
            if let (Some(side), Some(fault)) = (side, fault) {
                finding = bad(finding, side, fault);
            }
        }
        for (side, fault) in sides.iter().zip(faults) {
            if let (Some(side), None) = (side, fault) {
                finding = good(finding, side);
            }
        }
        finding
    }

    /// The sides that there are, the schema first.
    pub(crate) fn each(&self) -> impl Iterator<Item = Side<'a>> {
        self.schema.into_iter().chain(self.migrations)
    }
}

impl<'a> Side<'a> {
    /// The referencing columns that the source has, with those they reference where it has them.
    pub(crate) fn columns(
        &self,
        comparison: &Comparison<'a>,
    ) -> impl Iterator<Item = (&'a Column, Option<&'a Column>)> {
        let Self { foreign_key, table, referenced_table, .. } = *self;
        let find = |table: Option<&'a Table>, name: Option<&String>| {
            table.zip(name).and_then(|(table, name)| comparison.column(table, name))
        };
        let columns = foreign_key.referencing_columns.iter().enumerate();
        columns.filter_map(move |(at, name)| {
            let referenced = find(referenced_table, foreign_key.referenced_columns.get(at));
            Some((find(table, Some(name))?, referenced))
        })
    }
}

impl<'a> Comparison<'a> {
    /// Every foreign key of both sources: those of the schema first, then what it does not declare.
    /// What the schema declares under a condition is left out.
    pub(crate) fn sides(&self) -> &[Sides<'a>] {
        self.sides.get_or_init(|| {
            let matched: HashMap<_, _> =
                self.matched.iter().map(|(a, b)| (std::ptr::from_ref(*a), *b)).collect();
            let mut sides = Vec::new();
            for foreign_key in foreign_keys(self.sources.schema) {
                let migrated = matched.get(&std::ptr::from_ref(foreign_key));
                let schema = self.side(foreign_key, Source::Schema, Self::schema_table);
                sides.push(Sides {
                    schema: Some(schema).filter(|_| !foreign_key.is_conditional),
                    migrations: migrated
                        .map(|it| self.side(it, Source::Migrations, Self::migrated_table)),
                });
            }
            let paired: HashSet<_> =
                self.matched.iter().map(|(_, it)| std::ptr::from_ref(*it)).collect();
            for foreign_key in foreign_keys(self.sources.migrations) {
                let is_paired = paired.contains(&std::ptr::from_ref(foreign_key));
                if !is_paired && !self.is_of_another_schema(&foreign_key.referencing_table) {
                    let side = self.side(foreign_key, Source::Migrations, Self::migrated_table);
                    sides.push(Sides { schema: None, migrations: Some(side) });
                }
            }
            sides
        })
    }

    /// Whether a table is one of another project with the same migrations, which reports what is
    /// wrong with it.
    pub(crate) fn is_of_another_schema(&self, table: &TableName) -> bool {
        if self.sources.other_schemas.is_empty() || self.schema_table(table).is_some() {
            return false;
        }
        let dialect = self.sources.dialect;
        let others = self.tables_of_others.get_or_init(|| {
            let tables = self.sources.other_schemas.iter().flat_map(|it| &it.tables);
            tables.map(|it| dialect.table_key(&it.name).into_owned()).collect()
        });
        others.contains(dialect.table_key(table).as_ref())
    }

    /// A foreign key with the tables of its source.
    pub(crate) fn side(
        &self,
        foreign_key: &'a ForeignKey,
        source: Source,
        find: fn(&Self, &TableName) -> Option<&'a Table>,
    ) -> Side<'a> {
        let table = find(self, &foreign_key.referencing_table);
        let referenced_table = find(self, &foreign_key.referenced_table);
        Side { foreign_key, source, table, referenced_table }
    }

    /// Whether statements that were not understood may have changed the tables of a foreign key, so
    /// that nothing follows from how they were read.
    pub(crate) fn is_obscured(&self, side: &Side<'_>) -> bool {
        let dialect = self.sources.dialect;
        side.source == Source::Migrations
            && self.sources.unresolved.iter().any(|it| {
                it.kind == UnresolvedKind::Statement && it.scope.touches(dialect, side.foreign_key)
            })
    }

    /// Words a finding with caution where dynamic SQL may have mended what the migrations have, and shows
    /// the statement that the engine refuses where they have nothing.
    pub(crate) fn with_doubts(
        &self,
        finding: Finding,
        sides: &Sides<'_>,
        is_migrated: bool,
    ) -> Finding {
        match (sides.migrations, sides.schema) {
            (Some(side), _) if is_migrated => self.with_caution(finding, side.foreign_key),
            (None, Some(side)) => self.with_refused_statement(finding, side.foreign_key),
            _ => finding,
        }
    }
}

fn foreign_keys(catalog: Option<&Catalog>) -> &[ForeignKey] {
    catalog.map_or(&[], |it| &it.foreign_keys)
}

#[cfg(test)]
mod tests {
    use drift_model::{Scope, SourceMap, Unresolved, notation};

    use super::*;
    use crate::Sources;
    use crate::testing::sources;

    fn read(lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), "catalog", lines).unwrap()
    }

    /// The sides of each foreign key, and whether that of the migrations is obscured.
    fn sides(
        schema: &Catalog,
        migrations: &Catalog,
        adjust: impl Fn(Sources<'_>) -> String,
    ) -> String {
        adjust(Sources {
            schema: Some(schema),
            migrations: Some(migrations),
            ..sources(drift_model::Dialect::MySql)
        })
    }

    fn told(sources: Sources<'_>) -> String {
        let comparison = Comparison::new(sources);
        let lines = comparison.sides().iter().map(|sides| {
            let each = sides.each().map(|it| {
                let obscured = if comparison.is_obscured(&it) { " (obscured)" } else { "" };
                format!("{}{obscured}", it.source.name())
            });
            let foreign_key = sides.each().next().map(|it| it.foreign_key.to_string());
            format!("{}: {}", foreign_key.unwrap_or_default(), each.collect::<Vec<_>>().join(", "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_foreign_key_comes_once() {
        let schema = read(&["a(x) -> b(id)", "a(y) -> b(id)"]);
        let migrations = read(&["a(X) -> b(id)", "a(z) -> b(id)", "c(x) -> b(id)"]);
        insta::assert_snapshot!(sides(&schema, &migrations, told), @"
        a.x → b.id: schema, migrations
        a.y → b.id: schema
        a.z → b.id: migrations
        c.x → b.id: migrations
        ");
        // Another project of the same migrations tells of its own tables, and of them alone.
        let others = [read(&["c(x)", "a(x)"])];
        let with_others = |it: Sources<'_>| told(Sources { other_schemas: &others, ..it });
        insta::assert_snapshot!(sides(&schema, &migrations, with_others), @"
        a.x → b.id: schema, migrations
        a.y → b.id: schema
        a.z → b.id: migrations
        ");
    }

    #[test]
    fn what_was_not_understood_obscures_the_tables_that_it_names() {
        let both = read(&["a(x) -> b(id)", "c(x) -> b(id)"]);
        let unresolved = |kind| {
            let scope = Scope::Tables(vec![TableName::new("a")]);
            [Unresolved { scope, ..crate::testing::unresolved(kind) }]
        };
        let statement = unresolved(UnresolvedKind::Statement);
        let with = |unresolved: &[Unresolved]| {
            sides(&both, &both, |it| told(Sources { unresolved, ..it }))
        };
        insta::assert_snapshot!(with(&statement), @"
        a.x → b.id: schema, migrations (obscured)
        c.x → b.id: schema, migrations
        ");
        assert!(!with(&unresolved(UnresolvedKind::DynamicSql)).contains("obscured"));
    }

    #[test]
    fn dynamic_sql_speaks_against_faults_of_the_migrations_alone() {
        let rule = crate::rules::RULES.iter().find(|it| it.name == "type-mismatch").unwrap();
        let scope = Scope::Any;
        let dynamic =
            Unresolved { scope, ..crate::testing::unresolved(UnresolvedKind::DynamicSql) };
        let is_cautious = |schema: &str, migrations: &str| {
            let sides = [schema, migrations].map(|it| format!("a(x: {it})"));
            let [schema, migrations] =
                sides.each_ref().map(|it| [it, "b(id: uuid)", "a(x) -> b(id)"]);
            let found = crate::testing::check_sources(rule, &schema, &migrations, |it| Sources {
                unresolved: std::slice::from_ref(&dynamic),
                ..it
            });
            assert!(found.contains("type-mismatch"), "{found}");
            found.contains("dynamic SQL here may change it")
        };
        assert!(is_cautious("text", "text") && is_cautious("uuid", "text"));
        assert!(!is_cautious("text", "uuid"));
    }
}
