//! A migration of SQLite that makes a table anew and deletes rows of others on the way.

use drift_model::{Dialect, Finding, ForeignKey, Level, Rebuild, ReferentialAction};

use crate::comparison::Comparison;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "rebuild-deletes-rows",
    summary: "a migration rebuilds a table, and the rows that reference it are deleted or changed",
    default_level: Level::Error,
    dialects: &[Dialect::Sqlite],
    check,
    doc: r#"
SQLite cannot change a foreign key, a type or `NOT NULL` of a table, so that drizzle-kit makes a new table, copies the
rows, drops the old one and renames the new one. `DROP TABLE` deletes all rows first, and that sets off `ON DELETE
CASCADE`, `SET NULL` and `SET DEFAULT` of the tables that reference it. Nothing fails: the rows are gone.

```ts
export const users = sqliteTable("users", { id: integer("id").primaryKey(), name: text("name").notNull() });
export const posts = sqliteTable("posts", {
  userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
});
```

```sql
-- 0000_init.sql
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE TABLE posts (user_id integer REFERENCES users (id) ON DELETE CASCADE);
-- 0001_names.sql
PRAGMA foreign_keys=OFF;
CREATE TABLE __new_users (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO __new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
PRAGMA foreign_keys=ON;
```

```json
{ "version": "7", "dialect": "sqlite", "entries": [
  { "idx": 0, "version": "6", "when": 1795163504119, "tag": "0000_init", "breakpoints": true },
  { "idx": 1, "version": "6", "when": 1795163504120, "tag": "0001_names", "breakpoints": true } ] }
```

`PRAGMA foreign_keys=OFF` does [nothing inside of a transaction](https://www.sqlite.org/pragma.html#pragma_foreign_keys),
and drizzle's migrator opens one before the first migration. So does D1, where foreign keys cannot be turned off at all;
`PRAGMA defer_foreign_keys` puts off checks, not actions. What happens depends on the connection otherwise:
better-sqlite3, `node:sqlite` and Durable Objects enforce foreign keys unless they are told not to, other drivers once
they are told to. Nothing is reported where a file that speaks of migrations has `foreign_keys = OFF` in it, in the package
of the migrations or one that may run them. The migrator of libSQL (dialect `turso`) turns them off itself, so that nothing is reported there. Nor is
anything reported of migrations that drizzle's migrator does not run, of tables that the same migration made, or where
the migration copies the referencing rows back.

The newest migration is an error: most databases have still to run it. In an older one it is a warning: a database that
ran it has lost the rows or had none, and one that did not, such as that of a user who upgrades late, will lose them.
A new database has no rows to lose.

**How to fix it.** Turn foreign keys off where nothing is open yet, in the code that migrates:
`sqlite.pragma("foreign_keys = OFF"); migrate(db, ...); sqlite.pragma("foreign_keys = ON")`. On D1, copy the referencing
rows into a table without foreign keys at the beginning of the migration, and back at its end.

**When to ignore it.** When foreign keys are off while migrations run, as with a driver that enforces them if told to and
is not told. With libSQL behind the dialect `sqlite`, say `"engine": "libsql"` in the settings.
"#,
};

/// More foreign keys than this are counted instead of shown.
const SHOWN_AT_MOST: usize = 4;

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    findings.extend(comparison.sources.rebuilds.iter().map(|it| finding(comparison, it)));
}

fn finding(comparison: &Comparison<'_>, rebuild: &Rebuild) -> Finding {
    let Rebuild { table, span, acting, blocking, migration, is_newest } = rebuild;
    let losses = losses(acting);
    let mut finding = RULE
        .finding(format!("rebuilding `{table}` {losses}"))
        .about_table(table)
        .detail(migration.clone())
        .label(*span, format!("this deletes the rows of `{table}`, which sets off `ON DELETE`"));
    if !is_newest {
        finding.level = Level::Warn;
    }
    for foreign_key in &acting[..acting.len().min(SHOWN_AT_MOST)] {
        let action = foreign_key.on_delete;
        finding = finding.label(foreign_key.span, format!("{foreign_key}, on delete {action}"));
    }
    if acting.len() > SHOWN_AT_MOST {
        let more = acting.len() - SHOWN_AT_MOST;
        finding = finding.note(format!("{more} more foreign keys act as well"));
    }
    let is_d1 = comparison.sources.engine.is_d1();
    finding = finding.note(if is_d1 {
        "D1 enforces foreign keys always: `PRAGMA foreign_keys=OFF` does nothing there"
    } else {
        "the migrator has opened a transaction, in which `PRAGMA foreign_keys=OFF` does nothing; \
         better-sqlite3 enforces foreign keys unless told otherwise, other drivers if told to"
    });
    if !blocking.is_empty() {
        let tables = tables(blocking.iter());
        finding =
            finding.note(format!("where {tables} has such rows, the migration fails instead"));
    }
    let finding = finding.note(if *is_newest {
        "a new database has no rows to lose"
    } else {
        "a database that ran this migration is past it; one that did not will lose the rows"
    });
    finding.help(if is_d1 {
        "copy the referencing rows into another table before, and back behind the rebuild"
    } else {
        "turn foreign keys off on the connection before `migrate(...)`, and on again behind it"
    })
}

/// What the actions do, in words.
fn losses(acting: &[ForeignKey]) -> String {
    let with = |action| acting.iter().filter(move |it| it.on_delete == action);
    let mut parts = Vec::new();
    if with(ReferentialAction::Cascade).next().is_some() {
        let tables = tables(with(ReferentialAction::Cascade));
        parts.push(format!("deletes rows of {tables}"));
    }
    for (action, does) in
        [(ReferentialAction::SetNull, "empties"), (ReferentialAction::SetDefault, "resets")]
    {
        let columns: Vec<String> = with(action).map(ForeignKey::referencing_side).collect();
        if !columns.is_empty() {
            parts.push(format!("{does} {}", listed(&columns)));
        }
    }
    parts.join(" and ")
}

fn tables<'a>(foreign_keys: impl Iterator<Item = &'a ForeignKey>) -> String {
    let mut names: Vec<String> = Vec::new();
    for foreign_key in foreign_keys {
        let name = format!("`{}`", foreign_key.referencing_table);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    listed(&names)
}

/// The first few of some names, and how many more there are.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if names.len() <= SHOWN_AT_MOST => {
            format!("{} and {last}", first.join(", "))
        }
        names => {
            let (shown, more) = names.split_at(SHOWN_AT_MOST - 1);
            format!("{} and {} more", shown.join(", "), more.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, Engine, Rebuild, SourceMap, Span, TableName, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::check_sources;

    fn check(engine: &str, acting: &[&str], blocking: &[&str], is_newest: bool) -> String {
        let map = SourceMap::default();
        let keys = |keys| notation::parse(&map, "migrations", keys).unwrap().foreign_keys;
        let rebuild = Rebuild {
            table: TableName::new("users"),
            span: Span::new(map.add("migrations".into(), String::new()).id, 0, 0),
            acting: keys(acting),
            blocking: keys(blocking),
            migration: "0001_names.sql".to_owned(),
            is_newest,
        };
        let engine = Engine::parse(engine).unwrap();
        let rebuilds = [rebuild];
        check_sources(&RULE, &["users(id)"], &["users(id)"], |it| Sources {
            dialect: Dialect::Sqlite,
            engine,
            rebuilds: &rebuilds,
            ..it
        })
    }

    #[test]
    fn says_what_is_lost_and_how_to_prevent_it() {
        let posts = "posts(user_id) -> users(id) on delete cascade";
        let likes = "likes(user_id) -> users(id) on delete set null";
        let logs = "logs(user_id) -> users(id)";
        assert_snapshot!(check("sqlite", &[posts], &[], true), @"
        error[rebuild-deletes-rows]: rebuilding `users` deletes rows of `posts`
          schema:1: this deletes the rows of `users`, which sets off `ON DELETE`
          schema:1: posts.user_id → users.id, on delete cascade
          note: the migrator has opened a transaction, in which `PRAGMA foreign_keys=OFF` does nothing; better-sqlite3 enforces foreign keys unless told otherwise, other drivers if told to
          note: a new database has no rows to lose
          help: turn foreign keys off on the connection before `migrate(...)`, and on again behind it
        ");
        assert_snapshot!(check("d1", &[posts, likes], &[logs], false), @"
        warn[rebuild-deletes-rows]: rebuilding `users` deletes rows of `posts` and empties likes.user_id
          schema:1: this deletes the rows of `users`, which sets off `ON DELETE`
          schema:1: posts.user_id → users.id, on delete cascade
          schema:1: likes.user_id → users.id, on delete set null
          note: D1 enforces foreign keys always: `PRAGMA foreign_keys=OFF` does nothing there
          note: where `logs` has such rows, the migration fails instead
          note: a database that ran this migration is past it; one that did not will lose the rows
          help: copy the referencing rows into another table before, and back behind the rebuild
        ");
    }

    #[test]
    fn counts_what_is_too_much_to_show() {
        let keys: Vec<String> =
            (1..=6).map(|it| format!("t{it}(a) -> users(id) on delete cascade")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        assert_snapshot!(check("sqlite", &keys, &[], true), @"
        error[rebuild-deletes-rows]: rebuilding `users` deletes rows of `t1`, `t2`, `t3` and 3 more
          schema:1: this deletes the rows of `users`, which sets off `ON DELETE`
          schema:1: t1.a → users.id, on delete cascade
          schema:1: t2.a → users.id, on delete cascade
          schema:1: t3.a → users.id, on delete cascade
          schema:1: t4.a → users.id, on delete cascade
          note: 2 more foreign keys act as well
          note: the migrator has opened a transaction, in which `PRAGMA foreign_keys=OFF` does nothing; better-sqlite3 enforces foreign keys unless told otherwise, other drivers if told to
          note: a new database has no rows to lose
          help: turn foreign keys off on the connection before `migrate(...)`, and on again behind it
        ");
    }

    #[test]
    fn shows_as_many_as_it_can() {
        let keys = [1, 2, 3, 4].map(|it| format!("t{it}(a) -> users(id) on delete cascade"));
        let found = check("sqlite", &keys.each_ref().map(String::as_str), &[], true);
        assert_snapshot!(found.lines().next().unwrap_or_default(), @"error[rebuild-deletes-rows]: rebuilding `users` deletes rows of `t1`, `t2`, `t3` and `t4`");
        assert!(found.contains("t4.a →") && !found.contains("act as well"), "{found}");
    }
}
