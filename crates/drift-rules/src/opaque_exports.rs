//! Exported values that could not be read, and the migrated tables that they seem to be.

use drift_model::{Catalog, Dialect, OpaqueExport, Span, TableName, Unresolved, UnresolvedKind};

use crate::comparison::is_bookkeeping;

/// Finds, for each migrated table that the schema lacks, the export that could not be evaluated and
/// by its name or its arguments is that table. What is found is reported as unresolved, and the
/// table counts as declared.
pub fn claim_tables(
    dialect: Dialect,
    schema: &Catalog,
    migrations: &Catalog,
    exports: &[OpaqueExport],
    unresolved: &mut Vec<Unresolved>,
) {
    if exports.is_empty() {
        return;
    }
    let declared: Vec<_> = schema.tables.iter().map(|it| dialect.table_key(&it.name)).collect();
    for table in &migrations.tables {
        if is_bookkeeping(&table.name) || declared.contains(&dialect.table_key(&table.name)) {
            continue;
        }
        let likeness = |it: &&OpaqueExport| likeness(it, &table.name.name);
        let likely = exports.iter().filter(|it| likeness(it).is_some());
        if let Some(export) = likely.min_by_key(likeness) {
            claim(export, &table.name, unresolved);
        }
    }
}

/// What is reported already, for the columns in it, is not reported again.
fn claim(export: &OpaqueExport, table: &TableName, unresolved: &mut Vec<Unresolved>) {
    let known = unresolved.iter_mut().find(|it| {
        it.kind == UnresolvedKind::Expression
            && (contains(export.span, it.span) || contains(it.span, export.span))
    });
    if let Some(known) = known {
        known.may_declare.push(table.clone());
        return;
    }
    unresolved.push(Unresolved {
        missing_module: export.missing_module.clone(),
        may_declare: vec![table.clone()],
        ..Unresolved::new(UnresolvedKind::Expression, &export.reason, export.span)
    });
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// How much speaks for an export being a table of this name, most first; `None` if nothing does.
fn likeness(export: &OpaqueExport, table: &str) -> Option<u8> {
    let is_named = |it: &String| it.eq_ignore_ascii_case(table);
    if export.arguments.iter().any(is_named) {
        return Some(0);
    }
    let table = plain(table);
    let names = || std::iter::once(&export.name).chain(&export.other_names).map(|it| plain(it));
    if names().any(|it| it == table || bare(&it) == table) {
        return Some(1);
    }
    let arguments = export.arguments.iter().map(|it| plain(it));
    if arguments.into_iter().any(|it| it == table || is_plural(&it, &table)) {
        return Some(2);
    }
    names().any(|it| is_plural(bare(&it), &table)).then_some(3)
}

/// A name without the `table` at its end, if that leaves something.
fn bare(name: &str) -> &str {
    name.strip_suffix("table").filter(|it| !it.is_empty()).unwrap_or(name)
}

/// A name without what differs between ways to write it: `user_roles` and `userRoles`.
fn plain(name: &str) -> String {
    name.chars().filter(|it| !matches!(it, '_' | '-')).collect::<String>().to_lowercase()
}

/// Whether one of two names is the plural of the other.
fn is_plural(a: &str, b: &str) -> bool {
    let (singular, plural) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // `a` and `as` say nothing.
    if singular.len() < 2 {
        return false;
    }
    plural.strip_prefix(singular).is_some_and(|it| matches!(it, "s" | "es"))
        || singular.strip_suffix('y').is_some_and(|it| plural.strip_prefix(it) == Some("ies"))
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use super::*;

    /// Which tables the exports are said to be; `users = a, b` is an export and its
    /// arguments, `users = x.members` one that is called otherwise where it comes from.
    fn check(schema: &[&str], migrations: &[&str], exports: &str) -> String {
        let sources = SourceMap::default();
        let schema = notation::parse(&sources, "schema", schema).unwrap();
        let migrations = notation::parse(&sources, "migrations", migrations).unwrap();
        let file = sources.add("schema.ts".into(), exports.to_owned());
        let mut start = 0;
        let exports: Vec<OpaqueExport> = exports
            .lines()
            .map(|line| {
                let (name, rest) = line.split_once(" = ").unwrap();
                let span = Span::new(file.id, start, start + line.len() as u32);
                start = span.end + 1;
                OpaqueExport {
                    name: name.to_owned(),
                    other_names: rest
                        .split_once('.')
                        .map(|it| it.1.to_owned())
                        .into_iter()
                        .collect(),
                    arguments: rest.split(", ").map(str::to_owned).collect(),
                    reason: format!("{name} is not known"),
                    missing_module: Some("@acme/db".to_owned()),
                    span,
                }
            })
            .collect();
        let mut unresolved = Vec::new();
        claim_tables(Dialect::PostgreSql, &schema, &migrations, &exports, &mut unresolved);
        let lines = unresolved.iter().map(|it| {
            let tables: Vec<String> = it.may_declare.iter().map(ToString::to_string).collect();
            format!("{}: {}", it.reason, tables.join(", "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn finds_tables_by_arguments_and_names() {
        let migrations = [
            "audit(id)",
            "user_roles(id)",
            "posts(id)",
            "categories(id)",
            "auth.keys(id)",
            "t(id)",
        ];
        let exports =
            "log = audit\nuserRoles = x\npostTable = x\ncategory = x\nmore = Keys\nit = x.t";
        assert_snapshot!(check(&[], &migrations, exports), @"
        log is not known: audit
        userRoles is not known: user_roles
        postTable is not known: posts
        category is not known: categories
        more is not known: auth.keys
        it is not known: t
        ");
    }

    #[test]
    fn prefers_the_argument_to_the_name() {
        let exports = "audit = other\nlog = audit";
        assert_snapshot!(check(&[], &["audit(id)"], exports), @"log is not known: audit");
    }

    #[test]
    fn leaves_out_what_is_declared_and_what_is_something_else() {
        let migrations = ["audit(id)", "drizzle.__drizzle_migrations(id)", "y(id)"];
        let exports = "audit = audit\nmigrations = __drizzle_migrations\ntable = x\nies = x";
        assert_snapshot!(check(&["audit(id)"], &migrations, exports), @"");
    }
}
