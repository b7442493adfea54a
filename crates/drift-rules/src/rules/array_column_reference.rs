//! Foreign keys from a list of ids.

use drift_model::{Dialect, Finding, Level};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::Side;

pub(crate) static RULE: Rule = Rule {
    name: "array-column-reference",
    summary: "an array column references a single value, which no engine can enforce",
    default_level: Level::Error,
    dialects: &[Dialect::PostgreSql],
    check,
    doc: r#"
No engine has foreign keys from the elements of an array. PostgreSQL refuses to create one, so the migration
that drizzle-kit writes for it fails.

```ts
export const tags = pgTable("tags", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  tagIds: integer("tag_ids").array().references(() => tags.id),
});
```

```sql
CREATE TABLE tags (id integer PRIMARY KEY);
CREATE TABLE posts (tag_ids integer[]);
```

drizzle-orm 0.x forgets what stands before `.array()`: `.references(...).array()` declares no foreign key at all, and
the rule `lost-declaration` tells it.

**How to fix it.** Make a table of pairs, `posts_tags (post_id, tag_id)`, with a foreign key on each column. Or
remove `.references`, and let a list of ids be just that.

**When to ignore it.** Never.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for sides in comparison.sides() {
        findings.extend(sides.schema.and_then(|side| finding(comparison, &side)));
    }
}

/// Whether the engine refuses to create a foreign key for this.
pub(crate) fn is_refused<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> bool {
    finding(comparison, side).is_some()
}

fn finding<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> Option<Finding> {
    if comparison.sources.dialect != Dialect::PostgreSql {
        return None;
    }
    let is_list = |(from, to): &(&drift_model::Column, Option<&drift_model::Column>)| {
        from.is_array && to.is_some_and(|it| !it.is_array)
    };
    let (column, _) = side.columns(comparison).find(is_list)?;
    let foreign_key = side.foreign_key;
    let product = comparison.sources.engine.product_name();
    let message =
        format!("{foreign_key} references one value from an array, which {product} refuses");
    let finding = RULE
        .finding_about(foreign_key, message)
        .label(foreign_key.span, "the schema declares it")
        .label(column.span, format!("`{}` is an array", column.name))
        .says("schema", "array")
        .note("the migration that creates it fails")
        .help("make a table of pairs with a foreign key on each column, or remove `.references`");
    Some(comparison.with_refused_statement(finding, foreign_key))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::RULE;
    use crate::rules::missing_foreign_key;
    use crate::testing::check;

    #[test]
    fn reports_a_list_of_ids_once() {
        let schema = ["posts(tags: integer[])", "posts(tags) -> tags(id)"];
        let migrations = ["posts(tags: integer[])", "tags(id: integer)"];
        assert_snapshot!(check(&RULE, &schema, &migrations), @"
        error[array-column-reference]: posts.tags → tags.id references one value from an array, which PostgreSQL refuses
          schema:2: the schema declares it
          schema:1: `tags` is an array
          note: the migration that creates it fails
          help: make a table of pairs with a foreign key on each column, or remove `.references`
        ");
        assert_snapshot!(check(&missing_foreign_key::RULE, &schema, &migrations), @"");
    }
}
