//! Tables whose names the schema tells in part only: `*_users` for `${process.env.PREFIX}_users`.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use drift_model::{Catalog, Dialect, Relation, TableName, Unresolved, UnresolvedKind};

/// How often what is left is looked at again after some tables were found.
const ROUNDS_LIMIT: usize = 16;

/// Whether a schema has names for [`resolve_names`] to find.
pub fn has_partial_names(schema: &Catalog) -> bool {
    schema.tables.iter().any(|it| it.name.has_unknown_part())
        || schema.foreign_keys.iter().any(|it| it.referenced_table.has_unknown_part())
}

/// Gives each table of the schema whose name is known in part the name of the one migrated table
/// that it can be. A table that has none, or several, is taken out of the schema with its foreign
/// keys and reported, and so are foreign keys that reference it. Relations are rewritten as well,
/// or left out, since no foreign key depends on them.
///
/// No two tables are one, so that a migrated table which one of them is said to be is out of the
/// question for the others.
pub fn resolve_names(
    dialect: Dialect,
    schema: &mut Catalog,
    relations: &mut Vec<Relation>,
    migrations: &Catalog,
) -> Vec<Unresolved> {
    let is_partial = |name: &TableName| name.has_unknown_part();
    let foreign_keys = schema.foreign_keys.iter();
    let referenced = foreign_keys.map(|it| &it.referenced_table);
    let names = schema.tables.iter().map(|it| &it.name).chain(referenced);
    let mut seen = HashSet::new();
    let partial: Vec<&TableName> =
        names.clone().filter(|it| is_partial(it) && seen.insert(*it)).collect();
    if partial.is_empty() {
        return Vec::new();
    }
    let taken: HashSet<TableName> =
        names.filter(|it| !is_partial(it)).map(|it| dialect.table_key(it).into_owned()).collect();
    let candidates = partial.iter().map(|name| {
        let tables = migrations.tables.iter().map(|it| &it.name);
        let may_be = |it: &&TableName| {
            matches(&dialect.table_key(name), &dialect.table_key(it))
                && !taken.contains(&dialect.table_key(it))
        };
        ((*name).clone(), tables.filter(may_be).cloned().collect())
    });
    let resolved = resolve(candidates.collect());
    relations.retain_mut(|relation| {
        let tables = [&mut relation.referencing_table, &mut relation.referenced_table];
        tables.into_iter().all(|name| match resolved.get(name) {
            None => !is_partial(name),
            Some(Ok(found)) => {
                *name = found.clone();
                true
            }
            Some(Err(_)) => false,
        })
    });
    rewrite(schema, &resolved)
}

/// What the tables are, or which ones they may be.
type Resolved = HashMap<TableName, Result<TableName, Vec<TableName>>>;

fn resolve(mut open: Vec<(TableName, Vec<TableName>)>) -> Resolved {
    let mut resolved = HashMap::new();
    for _ in 0..ROUNDS_LIMIT {
        let mut wanted: HashMap<TableName, usize> = HashMap::new();
        for (_, candidates) in &open {
            if let [only] = candidates.as_slice() {
                *wanted.entry(only.clone()).or_default() += 1;
            }
        }
        let is_found = |candidates: &[TableName]| match candidates {
            [only] => wanted[only] == 1,
            _ => false,
        };
        let (found, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|it| is_found(&it.1));
        open = rest;
        if found.is_empty() {
            break;
        }
        let taken: HashSet<&TableName> =
            found.iter().map(|(_, candidates)| &candidates[0]).collect();
        for (_, candidates) in &mut open {
            candidates.retain(|it| !taken.contains(it));
        }
        resolved.extend(found.into_iter().map(|(name, mut it)| (name, Ok(it.remove(0)))));
    }
    resolved.extend(open.into_iter().map(|(name, candidates)| (name, Err(candidates))));
    resolved
}

fn rewrite(schema: &mut Catalog, resolved: &Resolved) -> Vec<Unresolved> {
    let mut unresolved = Vec::new();
    schema.tables.retain_mut(|table| match resolved.get(&table.name) {
        None => true,
        Some(Ok(name)) => {
            table.name = name.clone();
            true
        }
        Some(Err(candidates)) => {
            let reason = reason(&table.name, candidates.len());
            unresolved.push(Unresolved {
                may_declare: candidates.clone(),
                ..Unresolved::new(UnresolvedKind::Expression, reason, table.span)
            });
            false
        }
    });
    let mut incomplete = HashSet::new();
    schema.foreign_keys.retain_mut(|foreign_key| {
        match resolved.get(&foreign_key.referencing_table) {
            None => {}
            Some(Ok(name)) => foreign_key.referencing_table = name.clone(),
            // Reported with its table.
            Some(Err(_)) => return false,
        }
        match resolved.get(&foreign_key.referenced_table) {
            None => true,
            Some(Ok(name)) => {
                foreign_key.referenced_table = name.clone();
                true
            }
            Some(Err(candidates)) => {
                let reason = reason(&foreign_key.referenced_table, candidates.len());
                let span = foreign_key.span;
                unresolved.push(Unresolved::new(UnresolvedKind::Expression, reason, span));
                incomplete.insert(foreign_key.referencing_table.clone());
                false
            }
        }
    });
    for table in &mut schema.tables {
        table.is_incomplete |= incomplete.contains(&table.name);
    }
    unresolved
}

fn reason(name: &TableName, count: usize) -> String {
    let found = match count {
        0 => "no migrated table with such a name is left".to_owned(),
        1 => "another table of the schema may have the same one".to_owned(),
        count => format!("{count} migrated tables have such names"),
    };
    format!("of the name of this table no more is known than `{name}`, and {found}")
}

/// Whether a name that is known in part may be a name that is known.
fn matches(partial: &TableName, name: &TableName) -> bool {
    partial.namespace == name.namespace && TableName::may_be(&partial.name, &name.name)
}

#[cfg(test)]
mod tests {
    use drift_model::{ForeignKey, RelationKind, SourceMap, notation};
    use insta::assert_snapshot;

    use super::*;

    fn relation(foreign_key: &ForeignKey) -> Relation {
        Relation {
            referencing_table: foreign_key.referencing_table.clone(),
            referencing_columns: foreign_key.referencing_columns.clone(),
            referenced_table: foreign_key.referenced_table.clone(),
            referenced_columns: foreign_key.referenced_columns.clone(),
            kind: RelationKind::One,
            has_condition: false,
            span: foreign_key.span,
        }
    }

    /// What becomes of a schema in which `*` is what is not known.
    fn check(schema: &[&str], migrations: &[&str]) -> String {
        let sources = SourceMap::default();
        let mut schema = notation::parse(&sources, "schema", schema).unwrap();
        let migrations = notation::parse(&sources, "migrations", migrations).unwrap();
        // A relation for each foreign key, which is to end as that does.
        let mut relations = schema.foreign_keys.iter().map(relation).collect();
        let unresolved =
            resolve_names(Dialect::PostgreSql, &mut schema, &mut relations, &migrations);
        let joined: Vec<String> = relations.iter().map(ToString::to_string).collect();
        let declared: Vec<String> = schema.foreign_keys.iter().map(ToString::to_string).collect();
        assert_eq!(joined, declared);
        let mut lines: Vec<String> = schema.foreign_keys.iter().map(notation::format).collect();
        let tables = schema.tables.iter().map(|table| {
            let suffix = if table.is_incomplete { " (incomplete)" } else { "" };
            format!("{}{suffix}", table.name)
        });
        lines.push(tables.collect::<Vec<_>>().join(", "));
        for unresolved in unresolved {
            let may_be: Vec<String> =
                unresolved.may_declare.iter().map(ToString::to_string).collect();
            let place = sources.snippet(unresolved.span);
            let line = format!("? {}: {place} {}", unresolved.reason, may_be.join(", "));
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    #[test]
    fn finds_the_one_table_that_it_can_be() {
        let found = check(
            &["*_posts(author_id) -> *_users(id) on delete cascade", "logs(by) -> *_users(id)"],
            &["app_users(id)", "app_posts(author_id)", "logs(by)"],
        );
        assert_snapshot!(found, @r"
        app_posts(author_id) -> app_users(id) on delete cascade
        logs(by) -> app_users(id)
        app_posts, app_users, logs
        ");
    }

    #[test]
    fn leaves_out_what_others_are() {
        let found = check(
            &["*_users(id)", "*_admin_users(id)", "old_users(id)"],
            &["app_users(id)", "app_admin_users(id)", "old_users(id)"],
        );
        assert_snapshot!(found, @"app_users, app_admin_users, old_users");
    }

    #[test]
    fn reports_a_name_with_no_match_or_several() {
        let found = check(
            &["*_posts(by) -> *_users(id)", "logs(by) -> *_users(id)", "logs(x) -> logs(by)"],
            &["a_users(id)", "b_users(id)", "logs(by)"],
        );
        assert_snapshot!(found, @"
        logs(x) -> logs(by)
        logs (incomplete)
        ? of the name of this table no more is known than `*_posts`, and no migrated table with such a name is left: *_posts(by) -> *_users(id)
        ? of the name of this table no more is known than `*_users`, and 2 migrated tables have such names: *_posts(by) -> *_users(id) a_users, b_users
        ? of the name of this table no more is known than `*_users`, and 2 migrated tables have such names: logs(by) -> *_users(id)
        ");
    }

    #[test]
    fn takes_no_two_tables_for_one() {
        assert_snapshot!(check(&["*users(id)", "app*(id)"], &["app_users(id)"]), @"

        ? of the name of this table no more is known than `*users`, and another table of the schema may have the same one: *users(id) app_users
        ? of the name of this table no more is known than `app*`, and another table of the schema may have the same one: app*(id) app_users
        ");
    }

    #[test]
    fn does_nothing_where_all_names_are_known() {
        assert_snapshot!(check(&["a(x) -> b(id)"], &["c(id)"]), @r"
        a(x) -> b(id)
        a, b
        ");
    }

    /// Whatever is cut out of a name, the rest still matches it; and only where the rest is there.
    #[test]
    fn matches_a_name_with_any_parts_cut_out() {
        let name = "app_é_users_app";
        let places: Vec<usize> = (0..=name.len()).filter(|it| name.is_char_boundary(*it)).collect();
        let partial =
            |parts: &[&str]| TableName::new(parts.join(&TableName::UNKNOWN_PART.to_string()));
        for (position, &a) in places.iter().enumerate() {
            for &b in &places[position..] {
                let cut = partial(&[&name[..a], &name[b..]]);
                assert!(matches(&cut, &TableName::new(name)), "{cut}");
                assert!(!matches(&cut, &TableName::with_namespace("x", name)), "{cut}");
                let twice = partial(&["", &name[a..b], ""]);
                assert!(matches(&twice, &TableName::new(name)), "{twice}");
                let other = partial(&[&name[..a], "-", &name[b..]]);
                assert!(!matches(&other, &TableName::new(name)), "{other}");
            }
        }
        // The known ends may not overlap.
        assert!(!matches(&partial(&["ab", "bc"]), &TableName::new("abc")));
    }

    #[test]
    fn looks_for_names_in_tables_and_in_what_they_reference() {
        let has = |line: &str| {
            has_partial_names(&notation::parse(&SourceMap::default(), "schema", &[line]).unwrap())
        };
        assert!(has("*_users(id)") && has("*_posts(a) -> users(id)"));
        assert!(!has("posts(a) -> users(id)"));
        let mut catalog =
            notation::parse(&SourceMap::default(), "schema", &["posts(a) -> *_users(id)"]).unwrap();
        catalog.tables.retain(|it| !it.name.has_unknown_part());
        assert!(has_partial_names(&catalog));
    }
}
