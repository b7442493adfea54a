//! A column that the database will have and the schema does not know.

use foldhash::HashSet;
use std::borrow::Cow;

use drift_model::{Column, Dialect, Finding, Level, Table};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::snapshot::NOTHING;
use crate::together::{
    FEW, NOT_THE_WHOLE, are_told_once, by_table, first_few, sorted_names, with_some_of_the_rest,
    with_the_rest,
};

pub(crate) static RULE: Rule = Rule {
    name: "undeclared-column",
    summary: "the migrations create a column that the schema does not declare",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
TypeScript neither reads nor writes the column: where it is `NOT NULL` and has no default, every insert
fails, and a foreign key on it acts unseen. If drizzle-kit's snapshot has it, the next `generate` drops it
with all that is in it.

```ts
export const posts = pgTable("posts", { id: integer("id").primaryKey() });
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (
  id integer PRIMARY KEY,
  author_id integer REFERENCES users (id) ON DELETE CASCADE
);
```

Several columns of a table are one finding, and the foreign keys on them are told with them; with this
rule switched off, `undeclared-foreign-key` reports those. Where the migrations are obviously not what
makes the database (see `missing-table`), more than ten columns are one finding. A column that the schema
has under another name is reported by `missing-column`. Nothing is said about tables of which a part could not be read, and about
columns that another schema with the same migrations declares.

**How to fix it.** Declare the column, or drop it in a migration.

**When to ignore it.** When plain SQL uses the column on purpose, as for full-text search.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let columns = &comparison.undeclared_columns;
    if are_told_once(comparison, columns.len()) {
        findings.push(everywhere(columns));
        return;
    }
    for columns in by_table(columns) {
        let finding = finding(comparison, columns);
        findings.push(comparison.with_caution_about(finding, &columns[0].0.name));
    }
}

/// Says once that the migrations are not what makes the database.
fn everywhere(columns: &[(&Table, &Column)]) -> Finding {
    let names: Vec<String> =
        columns.iter().map(|it| format!("{}.{}", it.0.name, it.1.name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let finding = RULE.finding(format!(
        "{} columns are created by the migrations, but the schema does not declare them: {}",
        columns.len(),
        first_few(&names)
    ));
    let finding = with_columns(finding, columns).detail("most").note(
        "the migrations lack at least half of what the schema declares: they seem to be older, or \
         others are in use",
    );
    with_some_of_the_rest(finding, &names).help(NOT_THE_WHOLE)
}

fn with_columns(finding: Finding, columns: &[(&Table, &Column)]) -> Finding {
    let mut finding = finding.parts(columns.iter().map(|it| it.1.span));
    for (_, column) in columns.iter().take(FEW) {
        finding = finding.label(column.span, "the migrations create the column");
    }
    finding
}

fn finding(comparison: &Comparison<'_>, columns: &[(&Table, &Column)]) -> Finding {
    let (table, first) = columns[0];
    let is_one = columns.len() == 1;
    let them = if is_one { "it" } else { "them" };
    let names: Vec<&str> = columns.iter().map(|it| it.1.name.as_str()).collect();
    let what = match is_one {
        true => format!("`{}.{}` is created", table.name, first.name),
        false => format!("{} columns of `{}` are created", columns.len(), table.name),
    };
    let mut message = format!("{what} by the migrations, but the schema does not declare {them}");
    if !is_one {
        message = format!("{message}: {}", first_few(&names));
    }
    let finding = RULE
        .finding(message)
        .about_columns(&table.name, &sorted_names(columns))
        .says("schema", NOTHING)
        .says("migrations", "created");
    let mut finding = match is_one {
        true => finding.label(first.span, "the migrations create the column"),
        false => with_the_rest(with_columns(finding, columns), &names),
    };
    if let Some(declared) = comparison.schema_table(&table.name) {
        finding =
            finding.label(declared.span, format!("the schema declares the table without {them}"));
    }
    let key = comparison.names.table(&table.name);
    let undeclared: HashSet<Cow<'_, str>> =
        columns.iter().map(|it| comparison.names.column(&key, &it.1.name)).collect();
    let is_on = |column: &String| undeclared.contains(&comparison.names.column(&key, column));
    let own = comparison.migrated_of.get(&key).into_iter().flatten();
    for foreign_key in own.filter(|it| it.referencing_columns.iter().any(is_on)) {
        let action = foreign_key.on_delete;
        let has = if is_one { "it has" } else { "they have" };
        finding = finding.note(format!("{has} the foreign key {foreign_key}, on delete {action}"));
    }
    let known = columns.iter().filter_map(|(table, column)| {
        comparison.snapshot.column(&comparison.names, &table.name, &column.name)
    });
    let (with, without): (Vec<bool>, Vec<bool>) = known.partition(|it| *it);
    finding = match (with.len(), without.len()) {
        (0, 0) => finding,
        (_, 0) => finding.says("snapshot", "declared").note(format!(
            "drizzle-kit's snapshot has {them}, so the next `drizzle-kit generate` will drop {them} \
             unless the schema declares {them}"
        )),
        (0, _) => finding.says("snapshot", NOTHING).note(format!(
            "drizzle-kit's snapshot does not have {them} either, so `drizzle-kit generate` never \
             drops {them}"
        )),
        (count, _) => finding.says("snapshot", "declared in part").note(format!(
            "drizzle-kit's snapshot has {count} of them: the next `drizzle-kit generate` will drop \
             those unless the schema declares them, and never the others"
        )),
    };
    finding.help(format!("declare {them} in the schema, or drop {them} in a migration"))
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::Sources;
    use crate::testing::{check, check_sources};

    #[test]
    fn tells_once_of_a_table() {
        let migrations = ["posts(id, a, b, c, d)", "posts(b) -> users(id)"];
        assert_snapshot!(check(&RULE, &["posts(id)", "users(id)"], &migrations), @"
        warn[undeclared-column]: 4 columns of `posts` are created by the migrations, but the schema does not declare them: `a`, `b`, `c` and 1 more
          migrations:1: the migrations create the column
          migrations:1: the migrations create the column
          migrations:1: the migrations create the column
          schema:1: the schema declares the table without them
          note: the other is `d`
          note: they have the foreign key posts.b → users.id, on delete no action
          help: declare them in the schema, or drop them in a migration
        ");
    }

    #[test]
    fn reports_a_column_with_its_foreign_key() {
        let migrations = ["posts(id)", "posts(author_id) -> users(id) on delete cascade"];
        assert_snapshot!(check(&RULE, &["posts(id)", "users(id)"], &migrations), @"
        warn[undeclared-column]: `posts.author_id` is created by the migrations, but the schema does not declare it
          migrations:2: the migrations create the column
          schema:1: the schema declares the table without it
          note: it has the foreign key posts.author_id → users.id, on delete cascade
          help: declare it in the schema, or drop it in a migration
        ");
    }

    #[test]
    fn accepts_what_is_declared_under_another_name_or_elsewhere() {
        assert_snapshot!(check(&RULE, &["posts(authorId)"], &["posts(author_id)"]), @"");
        let others = [notation::parse(&SourceMap::default(), "other", &["posts(b)"]).unwrap()];
        let found = check_sources(&RULE, &["posts(a)"], &["posts(a, b)"], |sources| Sources {
            other_schemas: &others,
            ..sources
        });
        assert_snapshot!(found, @"");
    }
}
