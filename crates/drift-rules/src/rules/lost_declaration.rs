//! A foreign key that somebody declared and drizzle forgets.

use foldhash::{HashMap, HashMapExt};

use drift_model::{Dialect, Finding, ForeignKey, Level, Loss, LostDeclaration, TableName};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "lost-declaration",
    summary: "drizzle drops a foreign key that the schema declares before it reaches any migration",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The schema says that there is a foreign key, and neither the compiler nor drizzle-kit says a word, but no
migration will ever create it: rows may name users that do not exist, and nothing cascades.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable(
  "posts",
  { authorId: integer("author_id"), editorId: integer("editor_id") },
  (t) => [
    foreignKey({ name: "posts_user", columns: [t.authorId], foreignColumns: [users.id] }),
    foreignKey({ name: "posts_user", columns: [t.editorId], foreignColumns: [users.id] }),
  ],
);
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer, editor_id integer);
ALTER TABLE posts ADD CONSTRAINT posts_user FOREIGN KEY (editor_id) REFERENCES users (id);
```

drizzle 0.x forgets a foreign key

- where `.array()` follows `.references(...)`: it makes a new column of the one before;
- where a later one of its table has the same name, which replaces it. Those without a name share the
  one that drizzle makes up if they have the same columns on both sides, one of them inline and one of
  them in the extras, say;
- where a later table has the name of its table, and does not have the foreign key;
- in an object inside the array of the extras, `(t) => [{ author: foreignKey(...) }]`; in an array in
  an array in that array; and where the extras are neither an array nor an object.

Early releases of 1.0 forget the last kind as well, where later ones refuse the schema. A declaration that
exists under a condition only is not reported.

**How to fix it.** As the finding says: give it a name of its own, move it into the array, or declare it
once. No engine has foreign keys of the elements of an array; a table of pairs has them.

**When to ignore it.** Never: remove the declaration if the foreign key is not meant to be.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    if comparison.sources.lost.is_empty() {
        return;
    }
    let mut migrated: HashMap<TableName, Vec<&ForeignKey>> = HashMap::new();
    for foreign_key in comparison.sources.migrations.iter().flat_map(|it| &it.foreign_keys) {
        let table = comparison.sources.dialect.table_key(&foreign_key.referencing_table);
        migrated.entry(table.into_owned()).or_default().push(foreign_key);
    }
    for lost in comparison.sources.lost {
        let migrated = migrated.get(&comparison.sources.dialect.table_key(&lost.table));
        let finding = finding(comparison, lost);
        let finding = match migrated.and_then(|it| migrated_twin(comparison, lost, it)) {
            Some(migrated) => with_migrated(comparison, finding, migrated),
            None => finding,
        };
        findings.push(finding.help(help(comparison, lost)));
    }
}

fn finding(comparison: &Comparison<'_>, lost: &LostDeclaration) -> Finding {
    let table = &lost.table;
    let what = match &lost.foreign_key {
        Some(foreign_key) => format!("{foreign_key} is declared, but"),
        None => format!("a foreign key of `{table}` is declared, but"),
    };
    let (why, here, detail) = match &lost.loss {
        Loss::BeforeArray => (
            "`.array()` behind it makes drizzle drop it".to_owned(),
            "`.array()` makes a new column, which does not have this",
            "array",
        ),
        Loss::Replaced(by) if is_same(comparison, lost, by) => (
            format!("drizzle-kit keeps a later declaration of it, {}", instead(by, lost)),
            "this one is dropped",
            "declared twice",
        ),
        Loss::Replaced(by) => {
            let name = by.name.as_ref().map(|it| format!(" `{it}`")).unwrap_or_default();
            let why = format!("drizzle-kit keeps a later one of its name{name} in its place");
            (why, "this one is dropped", "name")
        }
        Loss::InObject => (
            "drizzle drops what is in an object inside the array of the extras".to_owned(),
            "this is in an object, which drizzle passes over",
            "object",
        ),
        Loss::InArray => (
            "drizzle drops what is in an array so deep inside the extras".to_owned(),
            "this is in an array, which drizzle passes over",
            "array in extras",
        ),
        Loss::InNothing => (
            "drizzle drops extras that are not an array".to_owned(),
            "this is not in an array",
            "no array",
        ),
        Loss::OtherTable(_) => {
            let why = format!("drizzle-kit keeps another table named `{table}`, without it");
            (why, "the table that has this is dropped", "table")
        }
    };
    let message = format!("{what} {why}");
    let finding = match &lost.foreign_key {
        Some(foreign_key) => RULE.finding_about(foreign_key, message),
        None => RULE.finding(message).about_table(table),
    };
    let finding = finding.detail(detail).label(lost.span, here);
    match &lost.loss {
        Loss::Replaced(by) => {
            finding.label(by.span, format!("this one is kept, on delete {}", by.on_delete))
        }
        Loss::OtherTable(span) => finding.label(*span, "this one is kept"),
        _ => finding,
    }
}

/// What the migrations have although drizzle drops the declaration.
fn migrated_twin<'a>(
    comparison: &Comparison<'a>,
    lost: &LostDeclaration,
    migrated: &[&'a ForeignKey],
) -> Option<&'a ForeignKey> {
    let foreign_key = lost.foreign_key.as_ref()?;
    match &lost.loss {
        // What replaces it is what the migrations have.
        Loss::Replaced(by) if comparison.is_same(by, foreign_key) => None,
        _ => migrated.iter().find(|it| comparison.is_same(it, foreign_key)).copied(),
    }
}

fn with_migrated(comparison: &Comparison<'_>, finding: Finding, migrated: &ForeignKey) -> Finding {
    let action = migrated.on_delete;
    let finding =
        finding.label(migrated.span, format!("the migrations create it, on delete {action}"));
    match comparison.sources.dialect {
        Dialect::Sqlite => finding.note(
            "drizzle-kit does not know of it, and leaves it out when it makes the table anew",
        ),
        _ => finding,
    }
}

fn help(comparison: &Comparison<'_>, lost: &LostDeclaration) -> &'static str {
    match &lost.loss {
        Loss::BeforeArray => {
            "no engine checks the elements of an array: put the pairs into a table of their own, \
             or remove `.references(...)`"
        }
        Loss::Replaced(by) if is_same(comparison, lost, by) => "keep the one that is meant",
        Loss::Replaced(_) => "give each of them a `name` of its own",
        Loss::InObject => "take it out of the object: `(t) => [foreignKey({ ... })]`",
        Loss::InArray => "put it into the array itself, with `...` before a list",
        Loss::InNothing => "put it into an array: `(t) => [foreignKey({ ... })]`",
        Loss::OtherTable(_) => "declare each table once, and import it where it is needed",
    }
}

/// What a later declaration of the same foreign key says differently.
fn instead(by: &ForeignKey, lost: &LostDeclaration) -> String {
    match &lost.foreign_key {
        Some(it) if it.on_delete != by.on_delete => {
            format!("on delete {} instead of {}", by.on_delete, it.on_delete)
        }
        Some(it) => format!("on update {} instead of {}", by.on_update, it.on_update),
        None => String::new(),
    }
}

/// Whether what replaces a foreign key has its columns and target.
fn is_same(comparison: &Comparison<'_>, lost: &LostDeclaration, by: &ForeignKey) -> bool {
    lost.foreign_key.as_ref().is_some_and(|it| comparison.is_same(it, by))
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, Loss, LostDeclaration, SourceMap, TableName, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::known_keys::KnownKeys;
    use crate::rules::undeclared_foreign_key;
    use crate::testing::{check_sources, sources, unresolved};
    use crate::{Comparison, Sources};

    fn lost(foreign_key: Option<&str>, loss: Loss) -> LostDeclaration {
        let span = unresolved(drift_model::UnresolvedKind::Expression).span;
        let foreign_key = foreign_key.map(|it| Box::new(parsed(it)));
        LostDeclaration { table: TableName::new("posts"), foreign_key, span, loss }
    }

    fn parsed(text: &str) -> drift_model::ForeignKey {
        notation::parse(&SourceMap::default(), "schema", &[text]).unwrap().foreign_keys.remove(0)
    }

    fn check(lost: &LostDeclaration, migrations: &[&str]) -> String {
        let lost = std::slice::from_ref(lost);
        check_sources(&RULE, &["users(id)"], migrations, |it| Sources { lost, ..it })
    }

    #[test]
    fn says_why_it_is_lost_and_how_to_write_it() {
        let key = Some("posts(a) -> users(id)");
        let span = unresolved(drift_model::UnresolvedKind::Expression).span;
        let losses = [
            Loss::BeforeArray,
            Loss::InObject,
            Loss::InArray,
            Loss::InNothing,
            Loss::OtherTable(span),
        ];
        let found: String =
            losses.into_iter().map(|loss| check(&lost(key, loss), &["users(id)"])).collect();
        assert_snapshot!(found, @"
        error[lost-declaration]: posts.a → users.id is declared, but `.array()` behind it makes drizzle drop it
          schema:1: `.array()` makes a new column, which does not have this
          help: no engine checks the elements of an array: put the pairs into a table of their own, or remove `.references(...)`
        error[lost-declaration]: posts.a → users.id is declared, but drizzle drops what is in an object inside the array of the extras
          schema:1: this is in an object, which drizzle passes over
          help: take it out of the object: `(t) => [foreignKey({ ... })]`
        error[lost-declaration]: posts.a → users.id is declared, but drizzle drops what is in an array so deep inside the extras
          schema:1: this is in an array, which drizzle passes over
          help: put it into the array itself, with `...` before a list
        error[lost-declaration]: posts.a → users.id is declared, but drizzle drops extras that are not an array
          schema:1: this is not in an array
          help: put it into an array: `(t) => [foreignKey({ ... })]`
        error[lost-declaration]: posts.a → users.id is declared, but drizzle-kit keeps another table named `posts`, without it
          schema:1: the table that has this is dropped
          schema:1: this one is kept
          help: declare each table once, and import it where it is needed
        ");
    }

    #[test]
    fn tells_a_name_that_is_taken_from_a_second_declaration() {
        let by = |text| Loss::Replaced(Box::new(parsed(text)));
        let other = by("posts(b) -> users(id) on delete cascade as posts_user");
        assert_snapshot!(check(&lost(Some("posts(a) -> users(id)"), other), &["users(id)"]), @"
        error[lost-declaration]: posts.a → users.id is declared, but drizzle-kit keeps a later one of its name `posts_user` in its place
          schema:1: this one is dropped
          schema:1: this one is kept, on delete cascade
          help: give each of them a `name` of its own
        ");
        let same = by("posts(a) -> users(id) on delete cascade");
        let migrations = ["posts(a) -> users(id) on delete cascade"];
        assert_snapshot!(check(&lost(Some("posts(a) -> users(id)"), same), &migrations), @"
        error[lost-declaration]: posts.a → users.id is declared, but drizzle-kit keeps a later declaration of it, on delete cascade instead of no action
          schema:1: this one is dropped
          schema:1: this one is kept, on delete cascade
          help: keep the one that is meant
        ");
    }

    #[test]
    fn is_known_to_the_rules_that_look_for_a_lack_of_foreign_keys() {
        let lost = [lost(Some("posts(a) -> users(id)"), Loss::BeforeArray)];
        let sources = Sources { lost: &lost, ..sources(Dialect::PostgreSql) };
        let keys = KnownKeys::new(&Comparison::new(sources));
        assert!(keys.is_on(&TableName::new("posts"), "a"));
    }

    #[test]
    fn reports_what_could_not_be_read_by_its_table() {
        assert_snapshot!(check(&lost(None, Loss::InObject), &["users(id)"]), @"
        error[lost-declaration]: a foreign key of `posts` is declared, but drizzle drops what is in an object inside the array of the extras
          schema:1: this is in an object, which drizzle passes over
          help: take it out of the object: `(t) => [foreignKey({ ... })]`
        ");
    }

    #[test]
    fn says_that_the_migrations_have_it_in_place_of_the_rule_about_that() {
        let lost = [lost(Some("posts(a) -> users(id)"), Loss::InObject)];
        let migrations = ["posts(a) -> users(id)"];
        assert_snapshot!(check(&lost[0], &migrations), @"
        error[lost-declaration]: posts.a → users.id is declared, but drizzle drops what is in an object inside the array of the extras
          schema:1: this is in an object, which drizzle passes over
          migrations:1: the migrations create it, on delete no action
          help: take it out of the object: `(t) => [foreignKey({ ... })]`
        ");
        let found =
            check_sources(&undeclared_foreign_key::RULE, &["posts(a)"], &migrations, |it| {
                Sources { lost: &lost, ..it }
            });
        assert_snapshot!(found, @"");
    }

    #[test]
    fn tells_what_replaces_it_and_what_the_migrations_have() {
        let replaced = |by: &str| {
            let by = Loss::Replaced(Box::new(parsed(by)));
            let lost = lost(Some("posts(a) -> users(id) on delete cascade"), by);
            check(&lost, &["posts(a) -> users(id)"])
        };
        // The one that is kept is what the migrations have.
        let same = replaced("posts(a) -> users(id)");
        assert!(!same.contains("the migrations create it"), "{same}");
        assert!(same.contains("on delete no action instead of cascade"), "{same}");
        let update = replaced("posts(a) -> users(id) on delete cascade on update cascade");
        assert!(update.contains("on update cascade instead of no action"), "{update}");
        let other = replaced("posts(b) -> users(id)");
        assert!(other.contains("the migrations create it, on delete no action"), "{other}");
    }

    #[test]
    fn sqlite_loses_it_when_the_table_is_made_anew() {
        let key = "posts(a) -> users(id)";
        let lost = [lost(Some(key), Loss::InNothing)];
        let is_told = |dialect| {
            let found = check_sources(&RULE, &["users(id)"], &[key], |it| Sources {
                lost: &lost,
                dialect,
                ..it
            });
            assert!(found.contains("the migrations create it"), "{found}");
            found.contains("leaves it out when it makes the table anew")
        };
        assert!(is_told(Dialect::Sqlite) && !is_told(Dialect::PostgreSql));
    }
}
