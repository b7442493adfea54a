//! A table that the database will have and the schema does not know.

use drift_model::{Dialect, Finding, Level, OpaqueExport};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::snapshot::NOTHING;

pub(crate) static RULE: Rule = Rule {
    name: "undeclared-table",
    summary: "the migrations create a table that the schema does not declare",
    default_level: Level::Info,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The table is outside Drizzle: queries in TypeScript cannot name it, and whatever references or
cascades into it happens unseen.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE sessions (user_id integer REFERENCES users (id) ON DELETE CASCADE);
```

Its columns and foreign keys are not reported one by one. The tables in which migrators note what
they have applied do not count.

**How to fix it.** Declare the table, drop it, or export it from a file that the drizzle config
lists: a table that is not exported does not exist for drizzle-kit.

**When to ignore it.** When plain SQL uses the table on purpose.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let note = note_on_exports(comparison);
    for table in &comparison.undeclared_tables {
        let name = &table.name;
        let mut finding = RULE
            .finding(format!(
                "`{name}` is created by the migrations, but the schema does not declare it"
            ))
            .about_table(name)
            .label(table.span, "the migrations create the table")
            .says("schema", NOTHING)
            .says("migrations", "created");
        let foreign_keys = comparison.migrated_of.get(&comparison.names.table(name));
        for foreign_key in foreign_keys.into_iter().flatten() {
            let action = foreign_key.on_delete;
            finding =
                finding.note(format!("it has the foreign key {foreign_key}, on delete {action}"));
        }
        if let Some(note) = &note {
            finding = finding.note(note);
        }
        if let Some(known) = comparison.snapshot.has_table(&comparison.names, name) {
            finding = finding.says("snapshot", if known { "declared" } else { NOTHING });
            if known {
                finding = finding.note(
                    "drizzle-kit's snapshot has it, so the next `drizzle-kit generate` will drop it \
                     unless the schema declares it",
                );
            }
        }
        findings.push(finding);
    }
}

/// Something that is exported may be the table, though it is not called so.
fn note_on_exports(comparison: &Comparison<'_>) -> Option<String> {
    let is_reported = |export: &OpaqueExport| {
        let mut reported = comparison.sources.unresolved.iter();
        reported.any(|it| it.span == export.span && !it.may_declare.is_empty())
    };
    let exports = comparison.sources.opaque_exports.iter().filter(|it| !is_reported(it));
    let OpaqueExport { name, reason, .. } = exports.clone().next()?;
    let values = match exports.count() {
        1 => "an exported value that could not be evaluated".to_owned(),
        count => format!("one of {count} exported values that could not be evaluated"),
    };
    Some(format!("it may be {values}: `{name}` ({reason}); `--stats` names them all"))
}

#[cfg(test)]
mod tests {
    use drift_model::{
        FileId, OpaqueExport, SourceMap, Span, TableName, Unresolved, UnresolvedKind, notation,
    };
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_sources, unresolved};

    #[test]
    fn reports_a_table_with_its_foreign_keys() {
        let migrations = ["sessions(user_id) -> users(id) on delete cascade"];
        assert_snapshot!(check(&RULE, &["users(id)"], &migrations), @r"
        info[undeclared-table]: `sessions` is created by the migrations, but the schema does not declare it
          migrations:1: the migrations create the table
          note: it has the foreign key sessions.user_id → users.id, on delete cascade
        ");
    }

    #[test]
    fn accepts_declared_tables_and_the_notes_of_a_migrator() {
        let migrations = ["users(id)", "drizzle.__drizzle_migrations(id)"];
        assert_snapshot!(check(&RULE, &["users(id)"], &migrations), @"");
    }

    fn export(file: FileId) -> OpaqueExport {
        OpaqueExport {
            name: "logs".to_owned(),
            other_names: Vec::new(),
            arguments: Vec::new(),
            reason: "`make` is imported from `./gone`, which was not found".to_owned(),
            missing_module: None,
            span: Span::new(file, 0, 0),
        }
    }

    #[test]
    fn says_what_else_it_may_be() {
        let file = SourceMap::default().add("schema.ts".into(), String::new());
        let exports = [export(file.id), export(file.id)];
        let with = |opaque_exports| {
            check_sources(&RULE, &["users(id)"], &["posts(id)"], |sources| Sources {
                opaque_exports,
                ..sources
            })
        };
        assert_snapshot!(with(&exports[..1]), @"
        info[undeclared-table]: `posts` is created by the migrations, but the schema does not declare it
          migrations:1: the migrations create the table
          note: it may be an exported value that could not be evaluated: `logs` (`make` is imported from `./gone`, which was not found); `--stats` names them all
        ");
        assert_snapshot!(with(&exports), @"
        info[undeclared-table]: `posts` is created by the migrations, but the schema does not declare it
          migrations:1: the migrations create the table
          note: it may be one of 2 exported values that could not be evaluated: `logs` (`make` is imported from `./gone`, which was not found); `--stats` names them all
        ");
    }

    #[test]
    fn leaves_out_what_an_unread_expression_seems_to_declare() {
        let may_declare = vec![TableName::new("posts")];
        let unresolved = unresolved(UnresolvedKind::Expression);
        let unresolved = [Unresolved { may_declare, ..unresolved }];
        let found = check_sources(&RULE, &["users(id)"], &["posts(id)"], |sources| Sources {
            unresolved: &unresolved,
            ..sources
        });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn leaves_out_what_another_schema_of_the_same_migrations_declares() {
        let others = [notation::parse(&SourceMap::default(), "other", &["posts(id)"]).unwrap()];
        let found = check_sources(&RULE, &["users(id)"], &["posts(id)"], |sources| Sources {
            other_schemas: &others,
            ..sources
        });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn says_nothing_while_a_schema_file_is_unread() {
        let found = check_sources(&RULE, &["users(id)"], &["posts(id)"], |sources| Sources {
            has_whole_schema: false,
            ..sources
        });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn leaves_out_exports_of_which_it_is_known_what_they_seem_to_declare() {
        let file = SourceMap::default().add("schema.ts".into(), String::new());
        let span = Span::new(file.id, 0, 0);
        let is_named = |span, may_declare: &[&str]| {
            let may_declare = may_declare.iter().map(|it| TableName::new(*it)).collect();
            let unresolved = unresolved(UnresolvedKind::Expression);
            let unresolved = [Unresolved { may_declare, span, ..unresolved }];
            let exports = [export(file.id)];
            let found = check_sources(&RULE, &["users(id)"], &["posts(id)"], |it| Sources {
                opaque_exports: &exports,
                unresolved: &unresolved,
                ..it
            });
            found.contains("it may be an exported value")
        };
        assert!(!is_named(span, &["notes"]));
        assert!(is_named(span, &[]) && is_named(Span { end: 1, ..span }, &["notes"]));
    }
}
