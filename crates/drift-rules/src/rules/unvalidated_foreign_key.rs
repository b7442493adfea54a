//! Foreign keys that were never held against the rows that are there.

use drift_model::{Dialect, Finding, Language, Level, Remedy};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::{Side, Sides};
use crate::sql;

pub(crate) static RULE: Rule = Rule {
    name: "unvalidated-foreign-key",
    summary: "a foreign key was added `NOT VALID` and never validated, or is `NOT ENFORCED`",
    default_level: Level::Warn,
    dialects: &[Dialect::PostgreSql],
    check,
    doc: r#"
`NOT VALID` adds a foreign key without a look at the rows that are there, to spare the table a long lock. It is half
of the work: until `VALIDATE CONSTRAINT`, old rows may reference what is not there. `ON DELETE` works, new rows are
checked, and an update of an old orphan's foreign key fails long after the migration.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer);
ALTER TABLE posts ADD CONSTRAINT posts_author_id_users_id_fk
  FOREIGN KEY (author_id) REFERENCES users (id) NOT VALID;
```

`NOT ENFORCED`, which PostgreSQL has since version 18, is never checked at all and does nothing on delete. In
`CREATE TABLE` PostgreSQL reads `NOT VALID` and forgets it, since the table is empty.

**How to fix it.** Find the rows that break it, mend them, and validate the foreign key in a migration of its own, as
the finding shows. It does not block reads or writes, unless it runs in one transaction with the `ADD`.

**When to ignore it.** When old rows are known to be orphans and shall stay.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for sides in comparison.sides() {
        let Some(side) = sides.migrations else { continue };
        if !side.foreign_key.is_enforced || !side.foreign_key.is_validated {
            findings.push(finding(comparison, sides, &side));
        }
    }
}

fn finding(comparison: &Comparison<'_>, sides: &Sides<'_>, side: &Side<'_>) -> Finding {
    let foreign_key = side.foreign_key;
    let (message, says, note, what) = match foreign_key.is_enforced {
        true => (
            format!("{foreign_key} was added NOT VALID and never validated"),
            "not valid",
            "rows from before may reference rows that do not exist; new rows are checked",
            "validate it in a migration of its own",
        ),
        false => (
            format!("{foreign_key} is NOT ENFORCED, so nothing checks it"),
            "not enforced",
            "rows may reference rows that do not exist, and nothing happens to them on delete",
            "enforce it in a migration",
        ),
    };
    let mut finding = RULE
        .finding_about(foreign_key, message)
        .label(foreign_key.span, format!("the migrations leave it {}", says.to_uppercase()))
        .says("migrations", says)
        .note(note);
    if let Some(schema) = sides.schema {
        finding = finding.label(schema.foreign_key.span, "the schema declares it");
    }
    finding = finding.help(format!("mend the rows that reference nothing, then {what}"));
    let dialect = comparison.sources.dialect;
    if let Some(name) = &foreign_key.name {
        let table = sql::table(dialect, &foreign_key.referencing_table);
        let name = sql::identifier(dialect, name);
        let text = match foreign_key.is_enforced {
            true => format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name};"),
            false => format!("ALTER TABLE {table} ALTER CONSTRAINT {name} ENFORCED;"),
        };
        let title = "add a migration".to_owned();
        finding = finding.remedy(Remedy { title, language: Language::Sql, text, edit: None });
    }
    comparison.with_caution(finding, foreign_key)
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::{Comparison, Sources};

    /// What the rule says about a foreign key that was never held against the rows.
    fn check(is_validated: bool, is_enforced: bool) -> String {
        let map = SourceMap::default();
        let mut migrations = notation::parse(&map, "a", &["posts(a) -> users(id) as fk"]).unwrap();
        migrations.foreign_keys[0].is_validated = is_validated;
        migrations.foreign_keys[0].is_enforced = is_enforced;
        let sources = crate::testing::sources(drift_model::Dialect::PostgreSql);
        let comparison = Comparison::new(Sources { migrations: Some(&migrations), ..sources });
        let mut findings = Vec::new();
        (RULE.check)(&comparison, &mut findings);
        let lines = findings.iter().map(|it| format!("{}\n{}\n", it.message, it.remedies[0].text));
        lines.collect()
    }

    #[test]
    fn offers_the_statement_that_makes_up_for_it() {
        assert_snapshot!(check(false, true), @r#"
        posts.a → users.id was added NOT VALID and never validated
        ALTER TABLE "posts" VALIDATE CONSTRAINT "fk";
        "#);
        assert_snapshot!(check(false, false), @r#"
        posts.a → users.id is NOT ENFORCED, so nothing checks it
        ALTER TABLE "posts" ALTER CONSTRAINT "fk" ENFORCED;
        "#);
        assert_snapshot!(check(true, true), @"");
    }
}
