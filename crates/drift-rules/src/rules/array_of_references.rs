//! Arrays of keys, which no engine can enforce.

use drift_model::{Column, Dialect, Finding, Level, Table};

use crate::comparison::Comparison;
use crate::known_keys::have_same_type;
use crate::likeness::{TableNames, named_key, noun_of_ids};
use crate::purpose::Explanations;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "array-of-references",
    summary: "an array column is named and typed like a list of another table's ids",
    default_level: Level::Info,
    dialects: &[Dialect::PostgreSql],
    check,
    doc: r#"
No engine can enforce what is in an array: it goes on naming rows that were deleted, and nothing keeps
it from naming rows that never were.

```ts
export const tags = pgTable("tags", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  tagIds: integer("tag_ids").array().notNull(),
});
```

```sql
CREATE TABLE tags (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, tag_ids integer[] NOT NULL);
```

The name must be that of a table with `_ids` or `Ids`, and the elements must have the type of its key.
Lists in JSON are left alone, since nothing tells what is in them. So are texts whose name might be that of
ids which another system gave, and columns with a comment that mentions foreign keys, or says that the ids
are foreign or outlive their rows.

**How to fix it.** Move the references to a table of their own, with a row and two foreign keys for each
of them; a column for the position keeps their order.

**When to ignore it.** Where the list is a record of what was once the case, or is cleaned up by the
application.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let Some(schema) = comparison.sources.schema else { return };
    if comparison.sources.dialect != Dialect::PostgreSql {
        return;
    }
    let arrays = schema.tables.iter().flat_map(|table| {
        table.columns.iter().filter(|it| it.is_array).map(move |column| (table, column))
    });
    let mut arrays = arrays.peekable();
    if arrays.peek().is_none() {
        return;
    }
    let keys = comparison.known_keys();
    let names = TableNames::new(schema.tables.iter());
    let mut explanations = Explanations::new(comparison);
    for (table, column) in arrays {
        let Some((target, key)) = target(comparison, &names, table, column) else { continue };
        // An array that says that it references is another fault.
        if keys.is_on(&table.name, &column.name) || explanations.cover(table, column) {
            continue;
        }
        findings.push(finding(table, column, target, key));
    }
}

/// The table whose keys the array seems to hold, and the key.
fn target<'a>(
    comparison: &Comparison<'a>,
    names: &TableNames<'a>,
    table: &Table,
    column: &Column,
) -> Option<(&'a Table, &'a Column)> {
    let noun = noun_of_ids(&column.name)?;
    let target = names.called(&noun)?;
    let singular = &column.name[..column.name.len() - 1];
    let key = named_key(comparison, target, column, singular, &noun)?;
    let is_plain = target.name.namespace == table.name.namespace
        && !target.is_incomplete
        && !key.is_array
        && have_same_type(comparison, (table, column), (target, key));
    is_plain.then_some((target, key))
}

fn finding(table: &Table, column: &Column, target: &Table, key: &Column) -> Finding {
    let columns = [column.name.clone()];
    let array = format!("{}.{}", table.name, column.name);
    let mut finding = RULE
        .finding(format!(
            "{array} looks like an array of keys of {}, which no engine can enforce",
            target.name
        ))
        .about_columns(&table.name, &columns)
        .label(column.span, "an array of keys")
        .label(key.span, "of this column");
    finding.subject.referenced_table = Some(target.name.clone());
    finding
        .note(format!("when a row of `{}` is deleted, its key stays in the arrays", target.name))
        .help(format!(
            "make a table of pairs, which references `{}` and `{}`",
            table.name, target.name
        ))
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Key};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check_adjusted;

    /// What is said where each `id` is a primary key, and each `tag_id` is unique.
    fn check_in(engine: &str, lines: &[&str], adjust: impl FnOnce(&mut Catalog)) -> String {
        check_adjusted(engine, &RULE, lines, &[], |[schema, _]| {
            for table in &mut schema.tables {
                let key = |name: &str| Key {
                    name: None,
                    columns: vec![name.to_owned()],
                    span: table.span,
                };
                let has = |name: &str| table.columns.iter().any(|it| it.name == name);
                table.primary_key = has("id").then(|| key("id"));
                table.uniques = has("tag_id").then(|| key("tag_id")).into_iter().collect();
            }
            adjust(schema);
        })
    }

    fn message(lines: &[&str]) -> String {
        let found = check_in("postgresql", lines, |_| {});
        found.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn reports_an_array_of_keys() {
        let lines = ["tags(id: uuid)", "posts(tag_ids: uuid[])"];
        let told = check_in("postgresql", &lines, |_| {});
        assert_snapshot!(told, @"
        info[array-of-references]: posts.tag_ids looks like an array of keys of tags, which no engine can enforce
          schema:2: an array of keys
          schema:1: of this column
          note: when a row of `tags` is deleted, its key stays in the arrays
          help: make a table of pairs, which references `posts` and `tags`
        ");
        assert_eq!(check_in("mysql", &lines, |_| {}), "");
        let namesake = ["tags(id: integer, tag_id: uuid)", "posts(tag_ids: uuid[])"];
        assert_eq!(check_in("postgresql", &namesake, |_| {}), told);
    }

    #[test]
    fn accepts_other_arrays() {
        for lines in [
            &["tags(id: uuid)", "posts(tag_ids: integer[])"][..],
            &["tags(id: uuid)", "posts(tags: uuid[])"],
            &["tags(id: uuid)", "posts(tag_ids: uuid)"],
            &["tags(id: uuid)", "posts(label_ids: uuid[])"],
            &["tags(id: uuid)", "other.posts(tag_ids: uuid[])"],
            &["tags(id: integer, tag_id: uuid[])", "posts(tag_ids: uuid[])"],
            &["tags(id: uuid)", "posts(tag_ids: uuid[])", "posts(tag_ids) -> tags(id)"],
        ] {
            assert_eq!(message(lines), "", "{lines:?}");
        }
        let lines = ["tags(id: uuid)", "posts(tag_ids: uuid[])"];
        let incomplete = |catalog: &mut Catalog| catalog.tables[0].is_incomplete = true;
        assert_eq!(check_in("postgresql", &lines, incomplete), "");
    }
}
