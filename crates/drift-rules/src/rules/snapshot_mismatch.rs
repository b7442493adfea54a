//! A snapshot that makes drizzle-kit write a change that nobody wants, or none where one is wanted.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use drift_model::{Dialect, Finding, ForeignKey, Level, TableName};

use crate::clause::are_equal;
use crate::comparison::{Comparison, SnapshotSource};
use crate::rule::Rule;
use crate::snapshot::{NOTHING, Testimony};
use crate::together::named;

pub(crate) static RULE: Rule = Rule {
    name: "snapshot-mismatch",
    summary: "drizzle-kit's snapshot says something else about a foreign key than schema and migrations",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
`drizzle-kit generate` compares the schema with the newest snapshot and never looks into the SQL. Here
schema and migrations agree on a foreign key, and the snapshot does not: the next `generate` will write a
change that the database already has, such as an `ADD CONSTRAINT` that fails because the name is taken, or
the `DROP CONSTRAINT` of one that is gone.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer);
ALTER TABLE posts ADD CONSTRAINT posts_author_id_users_id_fk
  FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE;
```

```json
{ "version": "7", "dialect": "postgresql", "tables": {
  "public.users": { "name": "users", "schema": "", "columns": { "id": { "name": "id", "type": "integer", "primaryKey": true, "notNull": true } } },
  "public.posts": { "name": "posts", "schema": "", "columns": { "author_id": { "name": "author_id", "type": "integer" } },
    "foreignKeys": {} } } }
```

Where schema and migrations disagree as well, other rules report it, and say there which side the snapshot
agrees with. A snapshot that cannot be read, or an entry of it, is reported here.

**How to fix it.** Make an empty migration with `drizzle-kit generate --custom`, which writes a new
snapshot of the schema. Where the file is broken, after a merge for instance, bring it back from version
control.

**When to ignore it.** When nobody runs `drizzle-kit generate` here any more.
"#,
};

/// How many foreign keys are reported one by one of a snapshot that was left behind.
const FEW: usize = 4;

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let Some(source) = comparison.sources.snapshot else { return };
    for error in source.errors {
        let message = format!("{}, so what drizzle-kit believes is not known", error.message);
        let path = error.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let finding = RULE.finding(message).detail(path);
        findings.push(match error.span.or(source.place) {
            Some(span) => finding.label(span, "here"),
            None => finding,
        });
    }
    for unresolved in source.unresolved {
        let finding = RULE.finding(&unresolved.reason).label(unresolved.span, "here");
        findings.push(finding.detail(comparison.identity_of(unresolved)));
    }
    let odd = disagreements(comparison, source);
    if source.is_older && odd.len() > FEW {
        findings.push(together(source, &odd));
    } else {
        findings.extend(odd.into_iter().map(|it| it.finding));
    }
}

/// A foreign key, or all of a table, on which the snapshot is alone.
struct Disagreement {
    named: String,
    finding: Finding,
}

/// One finding about a snapshot that many migrations came after.
fn together(source: SnapshotSource<'_>, odd: &[Disagreement]) -> Finding {
    let finding = RULE.finding(
        "drizzle-kit's newest snapshot is older than the last migrations, so the next `drizzle-kit \
         generate` will write again what they do to foreign keys",
    );
    with_place(finding, source, "the newest snapshot")
    .detail("older")
    .note(format!("it would write again: {}", named(odd.iter().map(|it| &it.named))))
    .help("make a new snapshot with `drizzle-kit generate --custom`, if drizzle-kit is still in use")
}

fn disagreements(comparison: &Comparison<'_>, source: SnapshotSource<'_>) -> Vec<Disagreement> {
    let mut odd = Vec::new();
    let mut unknown_tables: HashMap<TableName, Vec<&ForeignKey>> = HashMap::new();
    let mut order = Vec::new();
    for (schema, migrated) in &comparison.matched {
        if schema.is_conditional {
            continue;
        }
        let table = comparison.names.table(&schema.referencing_table);
        match comparison.snapshot.about(&comparison.names, schema) {
            Testimony::None => {}
            Testimony::Has(found) => {
                let differing = differing(comparison, schema, migrated, found);
                odd.extend(differing.filter(|_| !is_doubtful(comparison, migrated)));
            }
            // Where schema and migrations disagree, their own rule tells of the snapshot.
            Testimony::Lacks if !have_equal_actions(comparison, schema, migrated) => {}
            Testimony::Lacks if is_doubtful(comparison, migrated) => {}
            Testimony::Lacks
                if comparison.snapshot.has_table(&comparison.names, &table) == Some(true) =>
            {
                odd.push(lacking(source, schema, migrated));
            }
            Testimony::Lacks => {
                let keys = unknown_tables.entry(table.clone().into_owned()).or_default();
                if keys.is_empty() {
                    order.push(table);
                }
                keys.push(schema);
            }
        }
    }
    for table in order {
        odd.extend(unknown_tables.remove(&table).map(|it| lacking_table(source, &it)));
    }
    odd.extend(left_over(comparison));
    odd
}

/// Whether the engine treats the actions of both alike.
fn have_equal_actions(
    comparison: &Comparison<'_>,
    schema: &ForeignKey,
    migrated: &ForeignKey,
) -> bool {
    let dialect = comparison.sources.dialect;
    are_equal(dialect, schema.on_delete, migrated.on_delete)
        && are_equal(dialect, schema.on_update, migrated.on_update)
}

/// Whether the migrations may have changed the foreign key in a way that could not be read.
fn is_doubtful(comparison: &Comparison<'_>, foreign_key: &ForeignKey) -> bool {
    let dialect = comparison.sources.dialect;
    let mut unresolved = comparison.sources.unresolved.iter();
    unresolved.any(|it| {
        it.kind == drift_model::UnresolvedKind::DynamicSql && it.scope.touches(dialect, foreign_key)
    })
}

fn lacking(source: SnapshotSource<'_>, schema: &ForeignKey, migrated: &ForeignKey) -> Disagreement {
    let finding = RULE
        .finding_about(
            schema,
            format!(
                "{schema} is in the schema and in the migrations, but not in drizzle-kit's snapshot"
            ),
        )
        .label(schema.span, "the schema declares it")
        .label(migrated.span, "the migrations create it")
        .says("schema", schema.on_delete.as_str())
        .says("migrations", migrated.on_delete.as_str())
        .says("snapshot", NOTHING)
        .note("the next `drizzle-kit generate` will create it once more");
    let finding = with_place(finding, source, "the snapshot does not have it");
    Disagreement { named: schema.to_string(), finding: with_help(finding) }
}

fn lacking_table(source: SnapshotSource<'_>, foreign_keys: &[&ForeignKey]) -> Disagreement {
    let first = foreign_keys[0];
    let table = &first.referencing_table;
    let what = match foreign_keys.len() {
        1 => "its foreign key".to_owned(),
        count => format!("its {count} foreign keys"),
    };
    let message = format!(
        "`{table}` with {what} is in the schema and in the migrations, but not in drizzle-kit's snapshot"
    );
    let finding = RULE
        .finding(message)
        .about_table(table)
        .label(first.span, "the schema declares it")
        .says("schema", "declared")
        .says("migrations", "created")
        .says("snapshot", NOTHING)
        .note("the next `drizzle-kit generate` will create the table once more");
    let finding = with_place(finding, source, "the snapshot does not have the table");
    Disagreement { named: format!("`{table}`"), finding: with_help(finding) }
}

/// The snapshot has other actions, or another target, than both sides.
fn differing(
    comparison: &Comparison<'_>,
    schema: &ForeignKey,
    migrated: &ForeignKey,
    found: &ForeignKey,
) -> Option<Disagreement> {
    let dialect = comparison.sources.dialect;
    let target = |it: &ForeignKey| comparison.in_order_of(it, schema).referenced_side();
    let (what, here, there) = if !comparison.names.have_same_target(schema, found) {
        (format!("{} references", schema.referencing_side()), target(schema), target(found))
    } else {
        let clauses = [
            ("ON DELETE", schema.on_delete, migrated.on_delete, found.on_delete),
            ("ON UPDATE", schema.on_update, migrated.on_update, found.on_update),
        ];
        // Where schema and migrations disagree, their own rule tells of the snapshot.
        let odd = clauses.into_iter().find(|(_, schema, migrated, found)| {
            are_equal(dialect, *schema, *migrated) && !are_equal(dialect, *schema, *found)
        });
        let (what, here, _, there) = odd?;
        (format!("{what} of {schema} is"), here.to_string(), there.to_string())
    };
    let finding = RULE
        .finding_about(
            schema,
            format!(
                "{what} {here} in the schema and in the migrations, but {there} in \
                 drizzle-kit's snapshot"
            ),
        )
        .label(found.span, format!("the snapshot says {there}"))
        .label(schema.span, format!("the schema says {here}"))
        .label(migrated.span, format!("the migrations say {here}"))
        .says("schema", &*here)
        .says("migrations", here)
        .says("snapshot", there)
        .note(
            "the next `drizzle-kit generate` will write a change that the migrations already make",
        );
    Some(Disagreement { named: schema.to_string(), finding: with_help(finding) })
}

/// What neither side has any more.
fn left_over(comparison: &Comparison<'_>) -> Vec<Disagreement> {
    let sources = &comparison.sources;
    let (Some(snapshot), Some(schema), Some(migrations)) =
        (comparison.snapshot.catalog(), sources.schema, sources.migrations)
    else {
        return Vec::new();
    };
    if !comparison.has_whole_schema() || !sources.has_all_migrations {
        return Vec::new();
    }
    let names = &comparison.names;
    let others = sources.other_schemas.iter().flat_map(|it| &it.foreign_keys);
    let known = schema.foreign_keys.iter().chain(&migrations.foreign_keys).chain(others);
    let known: HashSet<_> = known.map(|it| names.place_ref(it)).collect();
    let mut odd = Vec::new();
    let mut gone = HashSet::new();
    for foreign_key in &snapshot.foreign_keys {
        if known.contains(&names.place_ref(foreign_key)) || is_doubtful(comparison, foreign_key) {
            continue;
        }
        let table = &foreign_key.referencing_table;
        let declared = comparison.schema_table(table);
        let migrated = comparison.migrated_table(table);
        match (declared, migrated) {
            (None, None) if gone.insert(names.table(table)) => odd.push(gone_table(foreign_key)),
            // A table that only one side has is reported by its own rule.
            (Some(declared), Some(migrated))
                if !declared.is_incomplete && !migrated.is_incomplete =>
            {
                odd.push(gone_foreign_key(foreign_key));
            }
            _ => {}
        }
    }
    odd
}

fn gone_foreign_key(foreign_key: &ForeignKey) -> Disagreement {
    let finding = RULE
        .finding_about(
            foreign_key,
            format!(
                "{foreign_key} is in drizzle-kit's snapshot, but neither in the schema nor in the \
                 migrations"
            ),
        )
        .label(foreign_key.span, "the snapshot has it")
        .says("schema", NOTHING)
        .says("migrations", NOTHING)
        .says("snapshot", foreign_key.on_delete.as_str())
        .note("the next `drizzle-kit generate` will drop it, although it is not there");
    Disagreement { named: foreign_key.to_string(), finding: with_help(finding) }
}

fn gone_table(foreign_key: &ForeignKey) -> Disagreement {
    let table = &foreign_key.referencing_table;
    let message = format!(
        "`{table}` is in drizzle-kit's snapshot, but neither in the schema nor in the migrations"
    );
    let finding = RULE
        .finding(message)
        .about_table(table)
        .label(foreign_key.span, "a foreign key of the table")
        .says("schema", NOTHING)
        .says("migrations", NOTHING)
        .says("snapshot", "declared")
        .note("the next `drizzle-kit generate` will drop it, although it is not there");
    Disagreement { named: format!("`{table}`"), finding: with_help(finding) }
}

fn with_help(finding: Finding) -> Finding {
    finding.help("make a new snapshot with `drizzle-kit generate --custom`")
}

fn with_place(finding: Finding, source: SnapshotSource<'_>, message: &str) -> Finding {
    match source.place {
        Some(span) => finding.label(span, message),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, SourceError, SourceMap, Unresolved, UnresolvedKind, notation};
    use insta::assert_snapshot;

    use super::*;
    use crate::Sources;
    use crate::testing::sources;

    fn read(lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), "catalog", lines).unwrap()
    }

    /// What is reported, without places.
    fn told(sources: Sources<'_>) -> String {
        let mut findings = Vec::new();
        check(&Comparison::new(sources), &mut findings);
        let lines = findings.iter().map(|it| {
            let notes = it.notes.iter().map(|it| format!("\n  {it}"));
            format!("{}{}", it.message, notes.collect::<String>())
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What is reported of a schema whose migrations make what it declares.
    fn with_snapshot(
        both: &[&str],
        snapshot: &[&str],
        adjust: impl Fn(Sources<'_>) -> String,
    ) -> String {
        let (both, snapshot) = (read(both), read(snapshot));
        adjust(Sources {
            schema: Some(&both),
            migrations: Some(&both),
            snapshot: Some(crate::testing::snapshot(&snapshot)),
            ..sources(Dialect::PostgreSql)
        })
    }

    const FIVE: [&str; 5] = [
        "a(x) -> users(id)",
        "a(y) -> users(id)",
        "b(x) -> users(id)",
        "c(x) -> users(id)",
        "d(x) -> users(id)",
    ];

    #[test]
    fn tells_once_of_a_snapshot_that_was_left_behind() {
        let tables = ["a(x, y)", "b(x)", "c(x)", "d(x)", "users(id)"];
        let older = |it: Sources<'_>| {
            let snapshot = it.snapshot.map(|it| SnapshotSource { is_older: true, ..it });
            told(Sources { snapshot, ..it })
        };
        assert_snapshot!(with_snapshot(&FIVE, &tables, older), @"
        drizzle-kit's newest snapshot is older than the last migrations, so the next `drizzle-kit generate` will write again what they do to foreign keys
          it would write again: a.x → users.id, a.y → users.id, b.x → users.id, c.x → users.id, d.x → users.id
        ");
        // Few are told one by one, and so are those of a snapshot that should know them.
        assert_eq!(
            with_snapshot(&FIVE[..4], &tables, older).matches("is in the schema").count(),
            4
        );
        assert_eq!(with_snapshot(&FIVE, &tables, told).matches("is in the schema").count(), 5);
    }

    #[test]
    fn tells_of_a_table_once() {
        assert_snapshot!(with_snapshot(&FIVE[..3], &["users(id)"], told), @"
        `a` with its 2 foreign keys is in the schema and in the migrations, but not in drizzle-kit's snapshot
          the next `drizzle-kit generate` will create the table once more
        `b` with its foreign key is in the schema and in the migrations, but not in drizzle-kit's snapshot
          the next `drizzle-kit generate` will create the table once more
        ");
        let gone = ["a(z) -> users(id)", "e(x) -> users(id)", "e(y) -> users(id)"];
        assert_snapshot!(with_snapshot(&["users(id)", "a(x)"], &gone, told), @"
        a.z → users.id is in drizzle-kit's snapshot, but neither in the schema nor in the migrations
          the next `drizzle-kit generate` will drop it, although it is not there
        `e` is in drizzle-kit's snapshot, but neither in the schema nor in the migrations
          the next `drizzle-kit generate` will drop it, although it is not there
        ");
    }

    #[test]
    fn tells_what_it_says_otherwise() {
        let both = ["a(x) -> users(id) on delete cascade", "a(y) -> users(id) on update cascade"];
        let found = with_snapshot(&both, &["a(x) -> tags(id)", "a(y) -> users(id)"], told);
        assert_snapshot!(found, @"
        a.x references users.id in the schema and in the migrations, but tags.id in drizzle-kit's snapshot
          the next `drizzle-kit generate` will write a change that the migrations already make
        ON UPDATE of a.y → users.id is cascade in the schema and in the migrations, but no action in drizzle-kit's snapshot
          the next `drizzle-kit generate` will write a change that the migrations already make
        ");
        assert_eq!(with_snapshot(&both, &both, told), "");
    }

    #[test]
    fn draws_no_conclusions_from_what_was_not_read() {
        let (key, snapshot) = (["a(x) -> users(id)"], ["a(x)", "users(id)"]);
        assert!(
            with_snapshot(&key, &snapshot, told).starts_with("a.x → users.id is in the schema")
        );
        let dynamic = [Unresolved {
            scope: drift_model::Scope::Tables(vec![TableName::new("a")]),
            ..crate::testing::unresolved(UnresolvedKind::DynamicSql)
        }];
        let doubtful = |it: Sources<'_>| told(Sources { unresolved: &dynamic, ..it });
        assert_eq!(with_snapshot(&key, &snapshot, doubtful), "");
        assert_eq!(with_snapshot(&key, &["a(x) -> tags(id)"], doubtful), "");
        assert_ne!(with_snapshot(&["b(x) -> users(id)"], &["b(x)"], doubtful), "");
        let conditional = |it: Sources<'_>| {
            let mut schema = it.schema.unwrap().clone();
            schema.foreign_keys[0].is_conditional = true;
            told(Sources { schema: Some(&schema), ..it })
        };
        assert_eq!(with_snapshot(&key, &snapshot, conditional), "");
        // What the snapshot has for itself may be in what was not read.
        let (none, left) = (["a(x)", "users(id)"], ["a(x) -> users(id)"]);
        assert!(with_snapshot(&none, &left, told).contains("neither in the schema"));
        let unread = |it: Sources<'_>| told(Sources { has_all_migrations: false, ..it });
        assert_eq!(with_snapshot(&none, &left, unread), "");
        let unread = |it: Sources<'_>| told(Sources { has_whole_schema: false, ..it });
        assert_eq!(with_snapshot(&none, &left, unread), "");
        let incomplete = |it: Sources<'_>| {
            let mut catalog = it.schema.unwrap().clone();
            catalog.tables[0].is_incomplete = true;
            let of_migrations = told(Sources { migrations: Some(&catalog), ..it });
            of_migrations + &told(Sources { schema: Some(&catalog), ..it })
        };
        assert_eq!(with_snapshot(&none, &left, incomplete), "");
    }

    #[test]
    fn tells_no_more_of_a_snapshot_that_cannot_be_read() {
        let errors = [SourceError {
            path: "0001_snapshot.json".into(),
            span: None,
            message: "it ends early".to_owned(),
        }];
        let broken = |it: Sources<'_>| {
            let snapshot = it.snapshot.map(|it| SnapshotSource { errors: &errors, ..it });
            told(Sources { snapshot, ..it })
        };
        assert_snapshot!(with_snapshot(&FIVE, &["users(id)"], broken), @"it ends early, so what drizzle-kit believes is not known");
        let alone = |it: Sources<'_>| told(Sources { schema: None, ..it });
        assert_eq!(with_snapshot(&["users(id)"], &["a(x) -> users(id)"], alone), "");
    }
}
