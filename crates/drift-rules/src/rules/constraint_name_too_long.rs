//! Names of foreign keys that the engine cuts or refuses.

use foldhash::{HashMap, HashMapExt};

use drift_model::{Dialect, Finding, ForeignKey, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::Sides;

pub(crate) static RULE: Rule = Rule {
    name: "constraint-name-too-long",
    summary: "the name of a foreign key is longer than the engine allows, and is cut or refused",
    default_level: Level::Warn,
    dialects: &[Dialect::PostgreSql, Dialect::MySql],
    check,
    doc: r#"
drizzle-kit 0.x names a foreign key after both tables and their columns, and does not count. MySQL and MariaDB refuse
a name of more than 64 characters, and the migration fails. PostgreSQL cuts it at 63 bytes with no more than a notice:
two names of one table that are alike up to there are one name, and the second foreign key is not made.

```ts
export const assignments = pgTable("organization_member_assignments", {
  id: integer("id").primaryKey(),
});
export const reviews = pgTable("organization_member_assignment_reviews", {
  opened: integer("organization_member_assignment_opened").references(() => assignments.id),
});
```

```sql
CREATE TABLE organization_member_assignments (id integer PRIMARY KEY);
CREATE TABLE organization_member_assignment_reviews (organization_member_assignment_opened integer);
ALTER TABLE organization_member_assignment_reviews
  ADD CONSTRAINT organization_member_assignment_reviews_organization_member_assignment_opened_organization_member_assignments_id_fk
  FOREIGN KEY (organization_member_assignment_opened) REFERENCES organization_member_assignments (id);
```

A refused name and two that become one are errors; a name that MySQL would refuse is a warning where the migrations
have a shorter one, until drizzle-kit writes the next migration about it. A name that is cut and still its table's own does no harm
to migrations, and is told as information: `drizzle-kit push` of the 0.x line finds it changed and makes the foreign key anew,
each time; `pull` writes the cut name down; and a query on `pg_constraint` by the long name finds nothing.

**How to fix it.** Name it: `foreignKey({ name: "reviews_opened_fk", columns: [...], foreignColumns: [...] })`. drizzle-kit 1.0
shortens the names that it makes by itself.

**When to ignore it.** In a project that never runs `drizzle-kit push` or `pull`.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let mut namesakes: HashMap<_, Vec<&ForeignKey>> = HashMap::new();
    let declared = || comparison.sides().iter().filter_map(|it| Some((it, it.schema?.foreign_key)));
    for (_, foreign_key) in declared().filter(|it| it.1.written_name.is_some()) {
        let key = (&foreign_key.referencing_table, &foreign_key.name);
        namesakes.entry(key).or_default().push(foreign_key);
    }
    for (sides, foreign_key) in declared() {
        if is_refused(comparison, foreign_key) {
            findings.push(refused(comparison, sides, foreign_key));
        }
        if foreign_key.written_name.is_none() {
            continue;
        }
        let key = (&foreign_key.referencing_table, &foreign_key.name);
        match namesakes.get(&key).map_or(&[][..], Vec::as_slice) {
            [only] => findings.extend(cut(comparison, only)),
            alike if std::ptr::eq(alike[0], foreign_key) => findings.push(colliding(alike)),
            _ => {}
        }
    }
}

/// Whether the engine refuses to create a foreign key of this name.
pub(crate) fn is_refused(comparison: &Comparison<'_>, foreign_key: &ForeignKey) -> bool {
    let limit = comparison.sources.engine.name_limit();
    let length = foreign_key.name.as_ref().map_or(0, |it| it.chars().count());
    limit.is_some_and(|limit| length > limit)
}

fn refused(comparison: &Comparison<'_>, sides: &Sides<'_>, foreign_key: &ForeignKey) -> Finding {
    let name = foreign_key.name.as_deref().unwrap_or_default();
    let product = comparison.sources.engine.product_name();
    let length = name.chars().count();
    let message = format!(
        "the name of {foreign_key} has {length} characters, and {product} refuses more than 64"
    );
    let finding = finding(foreign_key, message)
        .label(foreign_key.span, format!("its name is `{name}`"))
        .says("schema", "refused");
    match sides.migrations.map(|it| it.foreign_key) {
        Some(made) => {
            let name = made.name.as_deref().unwrap_or_default();
            finding
                .label(made.span, format!("the migrations call it `{name}`"))
                .note("the next migration that drizzle-kit writes about it fails")
        }
        None => {
            let finding = finding.note("the migration that creates it fails");
            let finding = comparison.with_refused_statement(finding, foreign_key);
            Finding { level: Level::Error, ..finding }
        }
    }
}

fn colliding(alike: &[&ForeignKey]) -> Finding {
    let foreign_key = alike[0];
    let name = foreign_key.name.as_deref().unwrap_or_default();
    let message = format!(
        "{} foreign keys of {} have one name once PostgreSQL has cut it to 63 bytes",
        alike.len(),
        foreign_key.referencing_table
    );
    let mut finding = finding(foreign_key, message)
        .says("schema", "colliding")
        .note(format!("only the first one can be made: there is a constraint `{name}` then"));
    for it in alike {
        let written = it.written_name.as_deref().unwrap_or_default();
        finding = finding.label(it.span, format!("`{written}`"));
    }
    Finding { level: Level::Error, ..finding }
}

fn cut(comparison: &Comparison<'_>, foreign_key: &ForeignKey) -> Option<Finding> {
    let written = foreign_key.written_name.as_deref()?;
    let name = foreign_key.name.as_deref()?;
    let product = comparison.sources.engine.product_name();
    let message = format!(
        "the name of {foreign_key} has {} bytes, of which {product} keeps 63",
        written.len()
    );
    let finding = finding(foreign_key, message)
        .label(foreign_key.span, format!("it becomes `{name}`"))
        .says("schema", "cut")
        .note(match comparison.sources.compares_generated_names {
            true => "`drizzle-kit push` drops it and makes it again on each run; migrations work",
            false => "a query on `pg_constraint` by the long name finds nothing; migrations work",
        });
    Some(Finding { level: Level::Info, ..finding })
}

fn finding(foreign_key: &ForeignKey, message: String) -> Finding {
    let columns = foreign_key.referencing_columns.join("_");
    let suggestion = format!("{}_{columns}_fk", foreign_key.referencing_table.shown_name());
    let suggestion = if suggestion.len() < 60 { suggestion } else { "...".to_owned() };
    RULE.finding_about(foreign_key, message)
        .help(format!("name it with `foreignKey({{ name: \"{suggestion}\", ... }})`"))
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Engine, SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::{Comparison, Sources};

    /// What the rule says about foreign keys of these names, each on a column of its own.
    fn check(engine: &str, names: &[&str]) -> String {
        let map = SourceMap::default();
        let lines: Vec<String> =
            (0..names.len()).map(|at| format!("posts(c{at}) -> users(id)")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut schema: Catalog = notation::parse(&map, "schema", &lines).unwrap();
        let engine = Engine::parse(engine).unwrap();
        let dialect = engine.dialect();
        for (foreign_key, name) in schema.foreign_keys.iter_mut().zip(names) {
            let kept = dialect.truncate(name);
            foreign_key.written_name = (kept.len() < name.len()).then(|| (*name).to_owned());
            foreign_key.name = Some(kept.to_owned());
        }
        let sources = Sources { engine, ..crate::testing::sources(dialect) };
        let comparison = Comparison::new(Sources { schema: Some(&schema), ..sources });
        let mut findings = Vec::new();
        (RULE.check)(&comparison, &mut findings);
        findings.iter().map(|it| format!("{}: {}\n", it.level, it.message)).collect()
    }

    #[test]
    fn tells_harm_from_none() {
        let (long, same) = ("x".repeat(65), "x".repeat(63) + "yz");
        assert_snapshot!(check("postgresql", &[&long, "short"]), @"info: the name of posts.c0 → users.id has 65 bytes, of which PostgreSQL keeps 63");
        assert_snapshot!(check("postgresql", &[&long, &same]), @"error: 2 foreign keys of posts have one name once PostgreSQL has cut it to 63 bytes");
        assert_snapshot!(check("mysql", &[&long, &long[1..]]), @"error: the name of posts.c0 → users.id has 65 characters, and MySQL refuses more than 64");
    }

    #[test]
    fn offers_a_name_that_fits() {
        let help = |table: &str| {
            let lines = [format!("{table}(author) -> users(id)")];
            let catalog = notation::parse(&SourceMap::default(), "schema", &[&lines[0]]).unwrap();
            super::finding(&catalog.foreign_keys[0], "it".to_owned()).help.unwrap()
        };
        assert_snapshot!(help("posts"), @r#"name it with `foreignKey({ name: "posts_author_fk", ... })`"#);
        // `_author_fk` has ten letters.
        assert!(help(&"x".repeat(49)).contains("_author_fk"));
        assert_snapshot!(help(&"x".repeat(50)), @r#"name it with `foreignKey({ name: "...", ... })`"#);
    }
}
