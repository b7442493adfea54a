//! SQL that findings offer for pasting: what brings a database from what it has to what it should.

mod mysql;
mod postgresql;
mod sqlite;
mod tokens;

use drift_model::{Deferral, Dialect, Engine, ForeignKey, ReferentialAction, TableName};

use crate::comparison::Comparison;

/// What is to happen to a foreign key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    /// One is missing.
    Add(&'a ForeignKey),
    /// One of the database gets another form, maybe under another name.
    Replace { old: &'a ForeignKey, new: &'a ForeignKey },
    /// One of the database goes.
    Drop(&'a ForeignKey),
}

impl<'a> Step<'a> {
    /// The table whose foreign key it is.
    fn table(&self) -> &'a TableName {
        match self {
            Step::Add(it) | Step::Replace { old: it, .. } | Step::Drop(it) => &it.referencing_table,
        }
    }
}

/// Statements, and what one has to know about running them.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Without semicolons at the end.
    statements: Vec<String>,
    /// Where it cannot be run in a migration, why.
    pub(crate) by_hand: Option<String>,
}

impl Script {
    fn new(statements: impl IntoIterator<Item = String>) -> Self {
        Self { statements: statements.into_iter().collect(), by_hand: None }
    }

    /// As a migration has it. drizzle's migrators cut a file at its breakpoints, and some drivers take
    /// no two statements at once.
    pub(crate) fn text(&self, has_breakpoints: bool) -> String {
        let has_breakpoints = has_breakpoints && self.by_hand.is_none();
        let separator = if has_breakpoints { ";\n--> statement-breakpoint\n" } else { ";\n" };
        self.statements.join(separator) + ";"
    }
}

/// The statements of a step; what keeps them from being written otherwise.
pub(crate) fn script(comparison: &Comparison<'_>, step: Step<'_>) -> Result<Script, String> {
    let engine = &comparison.sources.engine;
    match engine.dialect() {
        Dialect::PostgreSql => {
            let table = comparison.migrated_table(step.table());
            let validates_later =
                table.is_some_and(|it| !it.is_partitioned || engine.has_partitioned_not_valid());
            postgresql::script(engine, step, validates_later)
        }
        Dialect::MySql => mysql::script(engine, step),
        Dialect::Sqlite => sqlite::script(comparison, step),
    }
}

/// A query for the rows that a foreign key would refuse.
pub(crate) fn orphans(dialect: Dialect, foreign_key: &ForeignKey) -> String {
    let pairs = foreign_key.referencing_columns.iter().zip(&foreign_key.referenced_columns);
    let names: Vec<_> =
        pairs.map(|(a, b)| (identifier(dialect, a), identifier(dialect, b))).collect();
    let join = |parts: Vec<String>, with: &str| parts.join(with);
    let given = join(names.iter().map(|(a, _)| format!("c.{a} IS NOT NULL")).collect(), " AND ");
    let equal = join(names.iter().map(|(a, b)| format!("p.{b} = c.{a}")).collect(), " AND ");
    let (referencing, referenced) = (
        table(dialect, &foreign_key.referencing_table),
        table(dialect, &foreign_key.referenced_table),
    );
    format!(
        "SELECT c.* FROM {referencing} AS c\nWHERE {given}\n  AND NOT EXISTS (SELECT 1 FROM {referenced} AS p WHERE {equal});"
    )
}

/// `ALTER TABLE t RENAME CONSTRAINT a TO b`, or what comes nearest to it.
pub(crate) fn rename(engine: &Engine, foreign_key: &ForeignKey, name: &str) -> Option<Script> {
    let new = ForeignKey { name: Some(name.to_owned()), ..foreign_key.clone() };
    match engine.dialect() {
        Dialect::PostgreSql => postgresql::rename(foreign_key, name),
        Dialect::MySql => mysql::script(engine, Step::Replace { old: foreign_key, new: &new }).ok(),
        Dialect::Sqlite => None,
    }
}

/// `CONSTRAINT n FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE`
fn definition(dialect: Dialect, foreign_key: &ForeignKey) -> String {
    let name =
        foreign_key.name.as_ref().map(|it| format!("CONSTRAINT {} ", identifier(dialect, it)));
    format!(
        "{}FOREIGN KEY ({}) {}",
        name.unwrap_or_default(),
        columns(dialect, &foreign_key.referencing_columns),
        references(dialect, foreign_key, &table(dialect, &foreign_key.referenced_table)),
    )
}

/// `REFERENCES p (id) ON DELETE CASCADE`
fn references(dialect: Dialect, foreign_key: &ForeignKey, referenced: &str) -> String {
    let mut sql = format!("REFERENCES {referenced}");
    if !foreign_key.referenced_columns.is_empty() {
        sql.push_str(&format!(" ({})", columns(dialect, &foreign_key.referenced_columns)));
    }
    if foreign_key.is_match_full {
        sql.push_str(" MATCH FULL");
    }
    for (event, action) in [("DELETE", foreign_key.on_delete), ("UPDATE", foreign_key.on_update)] {
        if action != ReferentialAction::NoAction {
            sql.push_str(&format!(" ON {event} {}", action.as_str().to_uppercase()));
        }
        let sets = matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault);
        if event == "DELETE" && sets && !foreign_key.set_columns.is_empty() {
            sql.push_str(&format!(" ({})", columns(dialect, &foreign_key.set_columns)));
        }
    }
    match foreign_key.deferral {
        Deferral::NotDeferrable => {}
        Deferral::InitiallyImmediate => sql.push_str(" DEFERRABLE"),
        Deferral::InitiallyDeferred => sql.push_str(" DEFERRABLE INITIALLY DEFERRED"),
    }
    sql
}

/// `CREATE INDEX "i" ON "t" ("a", "b");`
pub(crate) fn create_index(
    dialect: Dialect,
    name: &str,
    referencing: &TableName,
    indexed: &[String],
) -> String {
    let name = identifier(dialect, name);
    let (table, columns) = (table(dialect, referencing), columns(dialect, indexed));
    format!("CREATE INDEX {name} ON {table} ({columns});")
}

/// A name as this dialect quotes it.
pub(crate) fn identifier(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::MySql | Dialect::Sqlite => format!("`{}`", name.replace('`', "``")),
        Dialect::PostgreSql => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// The name of a table as this dialect quotes it.
pub(crate) fn table(dialect: Dialect, table: &TableName) -> String {
    let namespace = table.namespace.as_deref().map(|it| identifier(dialect, it) + ".");
    namespace.unwrap_or_default() + &identifier(dialect, &table.name)
}

fn columns(dialect: Dialect, columns: &[String]) -> String {
    columns.iter().map(|it| identifier(dialect, it)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, SourceMap, notation};

    use super::*;
    use crate::Sources;

    /// The script of a step from what the migrations have to what the schema has.
    pub(super) fn script_of(engine: &str, migrated: &str, wanted: &str) -> String {
        let map = SourceMap::default();
        let read = |path: &str, line: &str| {
            let lines: Vec<_> = [line].into_iter().filter(|it| !it.is_empty()).collect();
            notation::parse(&map, path, &lines).unwrap()
        };
        let (old, new): (Catalog, Catalog) = (read("old", migrated), read("new", wanted));
        let engine = Engine::parse(engine).unwrap();
        let sources =
            Sources { engine, migrations: Some(&old), ..crate::testing::sources(engine.dialect()) };
        let comparison = Comparison::new(sources);
        let step = match (old.foreign_keys.first(), new.foreign_keys.first()) {
            (Some(old), Some(new)) => Step::Replace { old, new },
            (Some(old), None) => Step::Drop(old),
            (None, Some(new)) => Step::Add(new),
            (None, None) => panic!("no foreign key"),
        };
        match script(&comparison, step) {
            Ok(script) => script.text(false),
            Err(reason) => reason,
        }
    }

    #[test]
    fn quotes_as_the_engine_reads() {
        let key = "auth.po\"sts(a, b) -> users(x, y) on delete set null as fk";
        insta::assert_snapshot!(script_of("postgresql", key, ""),
            @r#"ALTER TABLE "auth"."po""sts" DROP CONSTRAINT "fk";"#);
        insta::assert_snapshot!(script_of("mysql", key, ""),
            @r#"ALTER TABLE `auth`.`po"sts` DROP FOREIGN KEY `fk`;"#);
    }

    #[test]
    fn finds_rows_without_a_row_to_reference() {
        let catalog =
            notation::parse(&SourceMap::default(), "a", &["c(x, y) -> auth.p(a, b)"]).unwrap();
        insta::assert_snapshot!(orphans(Dialect::PostgreSql, &catalog.foreign_keys[0]), @r#"
        SELECT c.* FROM "c" AS c
        WHERE c."x" IS NOT NULL AND c."y" IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM "auth"."p" AS p WHERE p."a" = c."x" AND p."b" = c."y");
        "#);
    }

    #[test]
    fn names_the_columns_that_a_delete_sets() {
        let clauses = |line: &str| {
            let mut catalog = notation::parse(&SourceMap::default(), "a", &[line]).unwrap();
            let foreign_key = &mut catalog.foreign_keys[0];
            foreign_key.set_columns = vec!["x".to_owned()];
            references(Dialect::PostgreSql, foreign_key, "p")
        };
        insta::assert_snapshot!(clauses("c(x, y) -> p(a, b) on delete set null on update set null"), @r#"REFERENCES p ("a", "b") ON DELETE SET NULL ("x") ON UPDATE SET NULL"#);
        insta::assert_snapshot!(clauses("c(x, y) -> p(a, b) on delete cascade on update set default"), @r#"REFERENCES p ("a", "b") ON DELETE CASCADE ON UPDATE SET DEFAULT"#);
        let whole =
            notation::parse(&SourceMap::default(), "a", &["c(x) -> p(a) on delete set null"]);
        let whole = references(Dialect::PostgreSql, &whole.unwrap().foreign_keys[0], "p");
        insta::assert_snapshot!(whole, @r#"REFERENCES p ("a") ON DELETE SET NULL"#);
    }

    #[test]
    fn renames_by_making_anew_where_nothing_renames() {
        let catalog =
            notation::parse(&SourceMap::default(), "a", &["c(x) -> p(a) as old"]).unwrap();
        let script = rename(&Engine::parse("mysql").unwrap(), &catalog.foreign_keys[0], "new");
        insta::assert_snapshot!(script.unwrap().text(false), @"
        ALTER TABLE `c`
          DROP FOREIGN KEY `old`,
          ADD CONSTRAINT `new` FOREIGN KEY (`x`) REFERENCES `p` (`a`);
        ");
    }
}
