//! A suppression that accepts nothing.

use drift_model::{Dialect, Level};

use crate::rule::Rule;

/// The rule, of which the findings are made by whoever knows the findings of all others.
pub static RULE: Rule = Rule {
    name: "unused-suppression",
    summary: "a comment or an `ignore` entry of the settings accepts nothing",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check: |_, _| {},
    doc: r#"
What it accepted was mended, or has moved: the next fault of that kind at this place would be accepted
unseen. Comments that do not count are reported as well: without a reason, or with the name of no rule; and
`ignore` entries whose last day (`until`) is over.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  // drizzle-drift-ignore on-delete-mismatch: until the next release
  authorId: integer("author_id").references(() => users.id),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer REFERENCES users (id));
```

Nothing is said of rules that are switched off, nor where a source could not be read. What the settings say
concerns every project, so it is not looked at where only some of them were checked. Entries of the baseline
that match nothing are good news, which the last line of a report tells and `drizzle-drift baseline --prune`
takes out.

**How to fix it.** Remove the comment or the entry, or write what it lacks:
`drizzle-drift-ignore RULE: reason`.

**When to ignore it.** Where one file is checked with different settings, and needs the suppression in some of
them only.
"#,
};
