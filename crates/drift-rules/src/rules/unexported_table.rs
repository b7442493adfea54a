//! A table that is declared and that drizzle-kit cannot see.

use foldhash::{HashMap, HashMapExt, HashSet};

use drift_model::{Dialect, Finding, ForeignKey, Level, TableName, UnexportedTable};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "unexported-table",
    summary: "no schema file exports a table that has foreign keys, or that others reference",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
drizzle-kit looks at what the files export that the drizzle config lists, and at nothing else: a table that is a plain
`const`, in an object, or in a file that none of them re-exports does not exist for it. It writes no `CREATE TABLE`, none of the
foreign keys of the table, and no change of either. A table that was exported once is dropped.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
const sessions = pgTable("sessions", {
  userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
```

Where an exported table references one that is not, drizzle-kit writes the foreign key all the same, to a table that no
migration creates: on a new database PostgreSQL and MySQL refuse it, and SQLite refuses the first row.

Reported are tables at the top level of the schema files and of what these re-export, and tables of other files
that an exported table references. Tables without foreign keys that nothing references are not, nor are those of tests, of
another dialect, and of another namespace that no migration makes, such as `auth` of Supabase. A table that is
declared a second time, or in the schema of another project, is known there.

**How to fix it.** Export the table, or add its file to `schema` in the drizzle config; then `drizzle-kit generate`.

**When to ignore it.** When something else creates the table, and it is not exported so that drizzle-kit leaves it alone.
"#,
};

/// More foreign keys than this are counted instead of shown.
const SHOWN_AT_MOST: usize = 3;

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let sources = &comparison.sources;
    if sources.unexported.is_empty() || !comparison.has_whole_schema() {
        return;
    }
    let (Some(schema), Some(migrations)) = (sources.schema, sources.migrations) else { return };
    let key = |name: &TableName| sources.dialect.table_key(name).into_owned();
    let elsewhere: HashSet<TableName> =
        sources.other_schemas.iter().flat_map(|it| &it.tables).map(|it| key(&it.name)).collect();
    let namespaces: HashSet<&Option<String>> =
        migrations.tables.iter().map(|it| &it.name.namespace).collect();
    let mut referencing: HashMap<TableName, Vec<&ForeignKey>> = HashMap::new();
    for foreign_key in &schema.foreign_keys {
        referencing.entry(key(&foreign_key.referenced_table)).or_default().push(foreign_key);
    }
    for table in sources.unexported {
        let is_managed_elsewhere = elsewhere.contains(&key(&table.name))
            || table.name.namespace.is_some() && !namespaces.contains(&table.name.namespace);
        if !is_managed_elsewhere {
            let referencing = referencing.get(&key(&table.name)).map_or(&[][..], |it| it);
            findings.push(finding(comparison, table, referencing));
        }
    }
}

fn finding(
    comparison: &Comparison<'_>,
    table: &UnexportedTable,
    referencing: &[&ForeignKey],
) -> Finding {
    let UnexportedTable { name, variable, is_exported_elsewhere, span, foreign_keys } = table;
    let migrated = comparison.migrated_table(name);
    let what = match (migrated, referencing) {
        (Some(_), _) => "so drizzle-kit does not know the table that the migrations create",
        (None, []) => "so drizzle-kit never creates it",
        (None, _) => "so drizzle-kit never creates what others reference",
    };
    let here = match is_exported_elsewhere {
        true => format!("`{variable}` is exported from a file that is no schema file"),
        false => format!("`{variable}` is not exported"),
    };
    let mut finding = RULE
        .finding(format!("no schema file exports `{name}`, {what}"))
        .about_table(name)
        .says("migrations", if migrated.is_some() { "made" } else { "lacking" })
        .label(*span, here);
    for foreign_key in &referencing[..referencing.len().min(SHOWN_AT_MOST)] {
        finding = finding.label(foreign_key.span, format!("{foreign_key} references it"));
    }
    if let Some(migrated) = migrated {
        finding = finding.label(migrated.span, "the migrations create the table");
    }
    let snapshot = comparison.sources.snapshot.filter(|it| !it.is_older);
    let is_in_snapshot = snapshot.is_some_and(|it| {
        let key = comparison.sources.dialect.table_key(name);
        let mut tables = it.catalog.tables.iter();
        tables.any(|it| comparison.sources.dialect.table_key(&it.name) == key)
    });
    if is_in_snapshot {
        finding =
            finding.note("the newest snapshot has it: the next `drizzle-kit generate` drops it");
    }
    if migrated.is_none() && !referencing.is_empty() {
        finding = finding.note(match comparison.sources.dialect {
            Dialect::Sqlite => "drizzle-kit writes `REFERENCES` to a table that is not there: rows cannot be inserted",
            _ => "drizzle-kit writes `REFERENCES` to a table that is not there: a new database refuses it",
        });
    }
    let finding = match foreign_keys.len() {
        0 => finding,
        count if count <= SHOWN_AT_MOST => {
            let shown: Vec<String> = foreign_keys.iter().map(ToString::to_string).collect();
            finding.note(format!("its foreign keys are not seen either: {}", shown.join(", ")))
        }
        count => finding.note(format!("nor does it see the {count} foreign keys of the table")),
    };
    finding.help(if *is_exported_elsewhere {
        "re-export it from a schema file, or add its file to `schema` in the drizzle config"
    } else {
        "write `export` before it, if drizzle-kit is to know it"
    })
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, SourceMap, TableName, UnexportedTable, UnresolvedKind, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::rules::undeclared_table;
    use crate::testing::{check_sources, snapshot, unresolved};
    use crate::{SnapshotSource, Sources};

    fn unexported(name: TableName, foreign_keys: &[&str], elsewhere: bool) -> UnexportedTable {
        let map = SourceMap::default();
        UnexportedTable {
            variable: name.name.clone(),
            name,
            is_exported_elsewhere: elsewhere,
            span: unresolved(UnresolvedKind::Expression).span,
            foreign_keys: notation::parse(&map, "schema", foreign_keys).unwrap().foreign_keys,
        }
    }

    fn check(table: UnexportedTable, schema: &[&str], migrations: &[&str]) -> String {
        let unexported = [table];
        check_sources(&RULE, schema, migrations, |it| Sources { unexported: &unexported, ..it })
    }

    #[test]
    fn reports_a_table_with_foreign_keys() {
        let sessions = || {
            let keys = ["sessions(user_id) -> users(id)"];
            unexported(TableName::new("sessions"), &keys, false)
        };
        assert_snapshot!(check(sessions(), &["users(id)"], &["users(id)"]), @"
        warn[unexported-table]: no schema file exports `sessions`, so drizzle-kit never creates it
          schema:1: `sessions` is not exported
          note: its foreign keys are not seen either: sessions.user_id → users.id
          help: write `export` before it, if drizzle-kit is to know it
        ");
        assert_snapshot!(check(sessions(), &["users(id)"], &["sessions(user_id) -> users(id)"]), @"
        warn[unexported-table]: no schema file exports `sessions`, so drizzle-kit does not know the table that the migrations create
          schema:1: `sessions` is not exported
          migrations:1: the migrations create the table
          note: its foreign keys are not seen either: sessions.user_id → users.id
          help: write `export` before it, if drizzle-kit is to know it
        ");
    }

    #[test]
    fn reports_a_table_that_others_reference() {
        let teams = || unexported(TableName::new("teams"), &[], true);
        let schema = ["users(team_id) -> teams(id)"];
        assert_snapshot!(check(teams(), &schema, &["users(team_id)"]), @"
        warn[unexported-table]: no schema file exports `teams`, so drizzle-kit never creates what others reference
          schema:1: `teams` is exported from a file that is no schema file
          schema:1: users.team_id → teams.id references it
          note: drizzle-kit writes `REFERENCES` to a table that is not there: a new database refuses it
          help: re-export it from a schema file, or add its file to `schema` in the drizzle config
        ");
        let unexported = [teams()];
        let sqlite = check_sources(&RULE, &schema, &["users(team_id)"], |it| Sources {
            unexported: &unexported,
            dialect: Dialect::Sqlite,
            ..it
        });
        assert!(sqlite.contains("rows cannot be inserted"), "{sqlite}");
    }

    #[test]
    fn tells_an_undeclared_table_once() {
        let unexported = [unexported(TableName::new("teams"), &["teams(a) -> users(id)"], false)];
        let migrations = ["users(id)", "teams(a) -> users(id)"];
        let found = check_sources(&undeclared_table::RULE, &["users(id)"], &migrations, |it| {
            Sources { unexported: &unexported, ..it }
        });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn leaves_out_what_is_managed_elsewhere() {
        let auth = unexported(TableName::with_namespace("auth", "users"), &[], false);
        let schema = ["posts(user_id) -> auth.users(id)"];
        assert_snapshot!(check(auth, &schema, &["posts(user_id)"]), @"");
        let others = [notation::parse(&SourceMap::default(), "other", &["teams(id)"]).unwrap()];
        let unexported = [unexported(TableName::new("teams"), &["teams(a) -> users(id)"], false)];
        let found = check_sources(&RULE, &["users(id)"], &["users(id)"], |it| Sources {
            unexported: &unexported,
            other_schemas: &others,
            ..it
        });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn leaves_alone_what_is_managed_elsewhere() {
        let sessions = |name| unexported(name, &["sessions(user_id) -> users(id)"], false);
        let in_auth = || sessions(TableName::with_namespace("auth", "sessions"));
        assert_eq!(check(in_auth(), &["users(id)"], &["users(id)"]), "");
        assert_ne!(check(in_auth(), &["users(id)"], &["auth.keys(id)"]), "");
        let plain = sessions(TableName::new("sessions"));
        assert_ne!(check(plain, &["users(id)"], &["auth.keys(id)"]), "");
    }

    #[test]
    fn counts_many_foreign_keys() {
        let keys = ["s(a) -> u(id)", "s(b) -> u(id)", "s(c) -> u(id)", "s(d) -> u(id)"];
        let note = |count: usize| {
            let table = unexported(TableName::new("s"), &keys[..count], false);
            let found = check(table, &["u(id)"], &["u(id)"]);
            let line = found.lines().find(|it| it.contains("note: "));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_snapshot!(note(3), @"note: its foreign keys are not seen either: s.a → u.id, s.b → u.id, s.c → u.id");
        assert_snapshot!(note(4), @"note: nor does it see the 4 foreign keys of the table");
    }

    #[test]
    fn says_nothing_while_a_part_of_the_schema_is_unread() {
        let tables = [unexported(TableName::new("s"), &["s(a) -> u(id)"], false)];
        let found = check_sources(&RULE, &["u(id)"], &["u(id)"], |it| Sources {
            unexported: &tables,
            has_whole_schema: false,
            ..it
        });
        assert_eq!(found, "");
    }

    #[test]
    fn says_what_the_next_generate_drops() {
        let is_said = |tables: &[&str], is_older| {
            let catalog = notation::parse(&SourceMap::default(), "snapshot", tables).unwrap();
            let unexported = [unexported(TableName::new("teams"), &[], false)];
            let schema = ["users(team_id) -> teams(id)"];
            let found = check_sources(&RULE, &schema, &schema, |it| Sources {
                unexported: &unexported,
                snapshot: Some(SnapshotSource { is_older, ..snapshot(&catalog) }),
                ..it
            });
            found.contains("the next `drizzle-kit generate` drops it")
        };
        assert!(is_said(&["teams(id)"], false));
        assert!(!is_said(&["teams(id)"], true) && !is_said(&["users(id)"], false));
    }
}
