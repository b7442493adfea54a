//! Migrations of MySQL that write out the name of the database that they run in.

use drift_model::{Catalog, Dialect, Scope, TableName, Unresolved};

/// Leaves out the name of the one database that the migrations name, where no schema knows it by
/// name: then it is the database that the schema is about.
///
/// A database that `mysqlSchema` names, and one of several, keeps its name. So does one that has a
/// table which is there without the name as well.
pub fn leave_out_home_database(
    dialect: Dialect,
    schemas: &[&Catalog],
    migrations: &mut Catalog,
    unresolved: &mut [Unresolved],
) {
    let Some(home) = home_database(dialect, schemas, migrations) else { return };
    let leave_out = |name: &mut TableName| {
        if name.namespace.as_ref() == Some(&home) {
            name.namespace = None;
        }
    };
    for table in &mut migrations.tables {
        leave_out(&mut table.name);
    }
    let foreign_keys = migrations.foreign_keys.iter_mut();
    let skipped = migrations.skipped_foreign_keys.iter_mut().map(|it| &mut it.foreign_key);
    for foreign_key in foreign_keys
        .chain(&mut migrations.dropped_foreign_keys)
        .chain(&mut migrations.ignored_foreign_keys)
        .chain(skipped)
    {
        leave_out(&mut foreign_key.referencing_table);
        leave_out(&mut foreign_key.referenced_table);
    }
    for former in &mut migrations.former_tables {
        leave_out(&mut former.name);
        former.became.iter_mut().for_each(leave_out);
    }
    migrations.former_columns.iter_mut().for_each(|it| leave_out(&mut it.table));
    migrations.missed_drops.iter_mut().for_each(|it| leave_out(&mut it.table));
    for unresolved in unresolved {
        if let Scope::Tables(tables) = &mut unresolved.scope {
            tables.iter_mut().for_each(leave_out);
        }
    }
}

/// Whether [`leave_out_home_database`] would change anything.
pub fn has_home_database(dialect: Dialect, schemas: &[&Catalog], migrations: &Catalog) -> bool {
    home_database(dialect, schemas, migrations).is_some()
}

/// The database whose name is left out.
fn home_database(dialect: Dialect, schemas: &[&Catalog], migrations: &Catalog) -> Option<String> {
    if dialect != Dialect::MySql {
        return None;
    }
    let home = only_namespace(migrations)?;
    let is_known = |catalog: &&Catalog| catalog.tables.iter().any(|it| it.name.namespace.is_some());
    let is_namespace = schemas.iter().any(is_known) || has_tables_of_both(migrations);
    (!is_namespace).then_some(home)
}

/// The namespace that all names with one have in common.
fn only_namespace(catalog: &Catalog) -> Option<String> {
    let tables = catalog.tables.iter().map(|it| &it.name);
    let targets = catalog.foreign_keys.iter().map(|it| &it.referenced_table);
    let mut namespaces = tables.chain(targets).filter_map(|it| it.namespace.as_ref());
    let first = namespaces.next()?;
    namespaces.all(|it| it == first).then(|| first.clone())
}

/// Whether a table is there both with a namespace and without.
fn has_tables_of_both(catalog: &Catalog) -> bool {
    let mut names: Vec<&str> = catalog.tables.iter().map(|it| it.name.name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};

    use super::*;

    fn check(schema: &[&str], migrations: &[&str]) -> String {
        let sources = SourceMap::default();
        let schema = notation::parse(&sources, "schema", schema).unwrap();
        let mut migrations = notation::parse(&sources, "migrations", migrations).unwrap();
        let lines = |catalog: &Catalog| -> Vec<_> {
            catalog.foreign_keys.iter().map(notation::format).collect()
        };
        let before = lines(&migrations);
        let would_change = has_home_database(Dialect::MySql, &[&schema], &migrations);
        leave_out_home_database(Dialect::MySql, &[&schema], &mut migrations, &mut []);
        let after = lines(&migrations);
        assert_eq!(would_change, before != after);
        after.join("\n")
    }

    #[test]
    fn leaves_out_what_no_schema_names() {
        let schema = ["posts(a) -> users(id)"];
        assert_eq!(check(&schema, &["app.posts(a) -> app.users(id)"]), "posts(a) -> users(id)");
        assert_eq!(check(&schema, &["posts(a) -> app.users(id)"]), "posts(a) -> users(id)");
    }

    #[test]
    fn keeps_what_is_a_namespace() {
        let both = ["posts(a) -> auth.users(id)"];
        assert_eq!(check(&both, &both), both[0]);
        let several = ["app.posts(a) -> auth.users(id)"];
        assert_eq!(check(&["posts(a) -> users(id)"], &several), several[0]);
        let twice = ["posts(a) -> auth.users(id)", "users(id)"];
        assert_eq!(check(&["posts(a) -> users(id)"], &twice), twice[0]);
    }
}
