//! A file that looks like a migration and is none.

use drift_model::{Dialect, Finding, ForeignKey, Level, UnlistedMigration};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::together::named;

pub(crate) static RULE: Rule = Rule {
    name: "unjournaled-migration",
    summary: "a `.sql` file that changes tables is not listed in the journal",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
`drizzle-kit migrate` and the migrators of drizzle-orm apply what `meta/_journal.json` lists, and
nothing else. A file that somebody put beside the others runs where somebody ran it by hand, and a new
database goes without.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { authorId: integer("author_id").references(() => users.id) });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer);
-- 0001_author.sql
ALTER TABLE posts ADD FOREIGN KEY (author_id) REFERENCES users (id);
```

```json
{ "version": "7", "dialect": "postgresql", "entries": [
  { "idx": 0, "version": "7", "when": 1795163504119, "tag": "0000_init", "breakpoints": true } ] }
```

Where other migrations make everything that the file would make, it is only a remnant, and the finding
an info. Where there are more such files than the journal lists, something else seems to apply them, and
they are one finding. Files that change no table, rollbacks by their names and dumps are passed over;
`--stats` counts them.

**How to fix it.** Make a migration of it with `drizzle-kit generate --custom`, or delete it. Where
another tool applies the files, say so in the settings: `"order": "name"` for all of them,
`"apply": ["0001_author.sql"]` for one.

**When to ignore it.** When the file is meant to be run by hand: list it under `skip` in the settings.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let journal = comparison.sources.journal;
    if let [first, _, ..] = &journal.unlisted[..]
        && journal.unlisted.len() > journal.listed
    {
        findings.push(report_together(first, comparison));
    } else {
        findings.extend(journal.unlisted.iter().map(|it| report(it, comparison)));
    }
}

/// Says once that the journal is not what the files are applied by.
fn report_together(first: &UnlistedMigration, comparison: &Comparison<'_>) -> Finding {
    let journal = comparison.sources.journal;
    let (count, listed) = (journal.unlisted.len(), journal.listed);
    let message =
        format!("{count} files that change tables are not in the journal, which lists {listed}");
    let others = journal.unlisted[1..].iter().map(|it| format!("`{}`", it.name));
    let foreign_keys = journal.unlisted.iter().flat_map(|it| &it.foreign_keys);
    let lacking: Vec<_> = foreign_keys.filter(|it| !comparison.is_migrated(it)).collect();
    let finding = RULE
        .finding(message)
        .label(first.span, "no migrator of drizzle runs this")
        .detail("several")
        .note(format!("nor {}", named(others)));
    let finding = match &lacking[..] {
        [] => finding,
        _ => finding.note(format!("they would make {}", named(lacking.iter()))),
    };
    finding.help(
        "if something else applies them, by their names, put `\"order\": \"name\"` into the settings; \
         if it applies some of them, list those under `apply`, the rest under `skip`",
    )
}

fn report(file: &UnlistedMigration, comparison: &Comparison<'_>) -> Finding {
    let name = &file.name;
    if is_remnant(file, comparison) {
        let message =
            format!("`{name}` is not in the journal, and other migrations make what it would make");
        let mut finding =
            RULE.finding(message).label(file.span, "no migrator runs this").detail(name);
        finding.level = Level::Info;
        return finding.help("delete it, if it is a remnant");
    }
    let finding = RULE
        .finding(format!("`{name}` is not in the journal, so no migrator applies it"))
        .label(file.span, "no migrator runs this")
        .detail(name);
    let lacking: Vec<&ForeignKey> =
        file.foreign_keys.iter().filter(|it| !comparison.is_migrated(it)).collect();
    let finding = match (&lacking[..], &file.foreign_keys[..]) {
        ([], []) => finding,
        ([], _) => finding.note("other migrations make the foreign keys that it would make"),
        _ => finding.note(format!("foreign keys that it would make: {}", named(lacking.iter()))),
    };
    finding.help(
        "make a migration of it with `drizzle-kit generate --custom`, or delete it; in the settings, \
         `apply` lists what something else runs, and `skip` what nobody is to run",
    )
}

/// Whether other migrations make all that the file would make, and it would do nothing else.
fn is_remnant(file: &UnlistedMigration, comparison: &Comparison<'_>) -> bool {
    let is_there = |(table, column): &(_, Option<String>)| {
        let table = comparison.migrated_table(table);
        table.is_some_and(|table| {
            column.as_ref().is_none_or(|it| comparison.column(table, it).is_some())
        })
    };
    file.only_makes
        && file.tables.iter().all(is_there)
        && file.foreign_keys.iter().all(|it| comparison.is_migrated(it))
}

#[cfg(test)]
mod tests {
    use drift_model::{JournalFaults, SourceMap, Span, TableName, UnlistedMigration, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::check_sources;

    fn unlisted(name: &str, foreign_keys: &[&str], column: &str) -> UnlistedMigration {
        let made = notation::parse(&SourceMap::default(), "file", foreign_keys).unwrap();
        let file = SourceMap::default().add("schema".into(), String::new());
        UnlistedMigration {
            name: name.to_owned(),
            span: Span::new(file.id, 0, 0),
            foreign_keys: made.foreign_keys,
            tables: vec![(TableName::new("posts"), Some(column.to_owned()))],
            only_makes: true,
        }
    }

    fn check(migrations: &[&str], unlisted: Vec<UnlistedMigration>) -> String {
        let faults = JournalFaults { listed: 2, unlisted, ..JournalFaults::default() };
        check_sources(&RULE, &[], migrations, |sources| Sources { journal: &faults, ..sources })
    }

    #[test]
    fn names_the_foreign_keys_that_are_lacking() {
        let made = ["posts(author_id) -> users(id)", "posts(editor_id) -> users(id)"];
        let migrations = ["posts(author_id) -> users(id)", "posts(editor_id)"];
        assert_snapshot!(check(&migrations, vec![unlisted("1.sql", &made, "author_id")]), @"
        warn[unjournaled-migration]: `1.sql` is not in the journal, so no migrator applies it
          schema:1: no migrator runs this
          note: foreign keys that it would make: posts.editor_id → users.id
          help: make a migration of it with `drizzle-kit generate --custom`, or delete it; in the settings, `apply` lists what something else runs, and `skip` what nobody is to run
        ");
    }

    #[test]
    fn takes_a_file_for_a_remnant_where_all_is_made() {
        let migrations = ["posts(author_id) -> users(id) on delete cascade"];
        let made = ["posts(author_id) -> users(id)"];
        assert_snapshot!(check(&migrations, vec![unlisted("1.sql", &made, "author_id")]), @"
        info[unjournaled-migration]: `1.sql` is not in the journal, and other migrations make what it would make
          schema:1: no migrator runs this
          help: delete it, if it is a remnant
        ");
        assert_snapshot!(check(&migrations, vec![unlisted("1.sql", &made, "title")]), @"
        warn[unjournaled-migration]: `1.sql` is not in the journal, so no migrator applies it
          schema:1: no migrator runs this
          note: other migrations make the foreign keys that it would make
          help: make a migration of it with `drizzle-kit generate --custom`, or delete it; in the settings, `apply` lists what something else runs, and `skip` what nobody is to run
        ");
    }

    #[test]
    fn reports_files_together_where_the_journal_lists_few() {
        let file = |name| unlisted(name, &["posts(author_id) -> users(id)"], "author_id");
        let files = ["1.sql", "2.sql", "3.sql"].map(file).to_vec();
        assert_snapshot!(check(&["posts(id)"], files), @r#"
        warn[unjournaled-migration]: 3 files that change tables are not in the journal, which lists 2
          schema:1: no migrator of drizzle runs this
          note: nor `2.sql`, `3.sql`
          note: they would make posts.author_id → users.id, posts.author_id → users.id, posts.author_id → users.id
          help: if something else applies them, by their names, put `"order": "name"` into the settings; if it applies some of them, list those under `apply`, the rest under `skip`
        "#);
    }

    #[test]
    fn reports_them_one_by_one_where_the_journal_lists_as_many() {
        let file = |name| unlisted(name, &[], "title");
        let found = check(&["posts(id)"], ["1.sql", "2.sql"].map(file).to_vec());
        assert_eq!(found.matches("warn[unjournaled-migration]").count(), 2, "{found}");
        assert!(!found.contains("note"), "there are no foreign keys to tell of: {found}");
    }

    #[test]
    fn names_no_foreign_keys_where_none_is_lacking() {
        let notes = |migrations: &[&str]| {
            let key = ["posts(author_id) -> users(id)"];
            let files = ["1.sql", "2.sql", "3.sql"].map(|it| unlisted(it, &key, "x"));
            let found = check(migrations, files.into());
            found.lines().filter(|it| it.contains("note:")).collect::<Vec<_>>().join("\n")
        };
        assert_snapshot!(notes(&["posts(author_id)", "users(id)"]), @"
        note: nor `2.sql`, `3.sql`
        note: they would make posts.author_id → users.id, posts.author_id → users.id, posts.author_id → users.id
        ");
        assert_snapshot!(notes(&["posts(author_id) -> users(id)"]), @"  note: nor `2.sql`, `3.sql`");
    }
}
