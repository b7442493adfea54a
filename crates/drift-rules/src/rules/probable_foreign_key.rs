//! Columns that are named and typed like references and are none.

use foldhash::{HashMap, HashMapExt, HashSet};
use std::borrow::Cow;

use drift_model::{Catalog, Column, Dialect, Finding, ForeignKey, Level, Span, Table, TableName};

use crate::comparison::Comparison;
use crate::known_keys::{KnownKeys, have_same_type};
use crate::likeness::{TableNames, is_foreign, is_text, named_key, noun_of_id, snake_case};
use crate::purpose::{is_explained, keeps_records};
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "probable-foreign-key",
    summary: "a column is named and typed like a reference, and no foreign key enforces it",
    default_level: Level::Info,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The column is called like a row of another table and has the type of its key. Perhaps somebody forgot the
foreign key: then the column may name rows that are not there, and deleting a row leaves others that
still name it.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const teams = pgTable("teams", {
  id: integer("id").primaryKey(),
  leaderId: integer("leader_id").references(() => users.id),
});
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  teamId: integer("team_id").notNull(),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE teams (id integer PRIMARY KEY, leader_id integer REFERENCES users (id));
CREATE TABLE posts (id integer PRIMARY KEY, team_id integer NOT NULL);
```

A column is suspected if it is called like a table (`team_id`, `teamId` for `team` or `teams`) and has the
type of that table's `id`, or of a unique column of the same name; or if at least half of the columns of its
name have a foreign key, and all of these have one target (`created_by`).

It is not suspected if a relation says what it is, if a comment at it or at the table mentions foreign
keys or says that the ids are external or outlive their rows, if another column says what kind of thing it
names (`owner_type` beside `owner_id`), if the table already references the other one, or if it keeps a
record of what happened (`*_log`, `audit_*`). Nor where its texts could be ids of another system, as
`session_id` or `customer_id` often are. A project without any foreign key is left alone.

**How to fix it.** Add `.references(() => teams.id)` to the column, and find the rows that name nothing.

**When to ignore it.** Where the ids outlive their rows, or come from another system. A comment that says
so will do.
"#,
};

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    let Some(schema) = comparison.sources.schema else { return };
    let keys = comparison.known_keys();
    // Who has no foreign key at all does without on purpose.
    if keys.is_empty() {
        return;
    }
    let habits = Habits::new(comparison, schema, keys);
    let related = related_columns(comparison);
    // One declaration may be a column of many tables.
    let mut by_place: HashMap<(Span, &TableName), Suspect<'_>> = HashMap::new();
    let mut places = Vec::new();
    for (table, column) in loose_columns(schema, keys) {
        let is_related = || related.contains(&column_key(comparison, &table.name, &column.name));
        let Some(target) = habits.target(comparison, keys, table, column) else { continue };
        if keeps_records(comparison, &table.name)
            || is_related()
            || is_explained(comparison, table, column)
        {
            continue;
        }
        let place = (column.span, &target.table.name);
        let suspect = by_place.entry(place).or_insert_with(|| {
            places.push(place);
            Suspect { table, column, target, others: Vec::new() }
        });
        if !std::ptr::eq(suspect.table, table) {
            suspect.others.push(&table.name);
        }
    }
    findings.extend(places.iter().map(|it| finding(comparison, &by_place[it])));
}

/// A column that seems to be a reference.
struct Suspect<'a> {
    table: &'a Table,
    column: &'a Column,
    target: Target<'a>,
    /// Further tables that take the column from the same declaration.
    others: Vec<&'a TableName>,
}

/// What a column references by all appearance.
struct Target<'a> {
    table: &'a Table,
    column: &'a Column,
    /// A foreign key on a column of the same name.
    twin: Option<&'a ForeignKey>,
}

/// The columns that have no foreign key and never had one.
fn loose_columns<'a>(
    schema: &'a Catalog,
    keys: &KnownKeys<'_>,
) -> impl Iterator<Item = (&'a Table, &'a Column)> {
    let tables =
        schema.tables.iter().filter(|it| !it.is_incomplete && !keys.is_uncertain(&it.name));
    let columns = tables.flat_map(|table| table.columns.iter().map(move |it| (table, it)));
    columns.filter(|(table, column)| {
        !column.is_array
            && !column.name.eq_ignore_ascii_case("id")
            && !keys.was_on(&table.name, &column.name)
    })
}

type ColumnKey<'a> = (TableName, Cow<'a, str>);

fn column_key<'t>(
    comparison: &Comparison<'_>,
    table: &TableName,
    column: &'t str,
) -> ColumnKey<'t> {
    let dialect = comparison.sources.dialect;
    (dialect.table_key(table).into_owned(), dialect.column_key(column))
}

/// The columns on either side of a relation, which says what they reference.
fn related_columns<'a>(comparison: &Comparison<'a>) -> HashSet<ColumnKey<'a>> {
    let sides = comparison.sources.relations.iter().flat_map(|it| {
        let referenced = (&it.referenced_table, &it.referenced_columns);
        [(&it.referencing_table, &it.referencing_columns), referenced]
    });
    let columns = sides.flat_map(|(table, columns)| columns.iter().map(move |it| (table, it)));
    columns.map(|(table, column)| column_key(comparison, table, column)).collect()
}

/// What the names of columns mean in a project.
struct Habits<'a> {
    names: TableNames<'a>,
    /// By the name of the referencing column.
    twins: HashMap<Cow<'a, str>, Twins<'a>>,
}

/// The foreign keys on columns of one name.
struct Twins<'a> {
    first: &'a ForeignKey,
    /// How many there are, less the columns of that name which have none.
    majority: i32,
    count: usize,
    /// Whether all of them have one target.
    agree: bool,
}

impl<'a> Habits<'a> {
    fn new(comparison: &Comparison<'a>, schema: &'a Catalog, keys: &KnownKeys<'_>) -> Self {
        let dialect = comparison.sources.dialect;
        let mut twins: HashMap<Cow<'a, str>, Twins<'a>> = HashMap::new();
        for foreign_key in &schema.foreign_keys {
            let [column] = &foreign_key.referencing_columns[..] else { continue };
            let twins = twins.entry(snake_case(column)).or_insert(Twins {
                first: foreign_key,
                majority: 0,
                count: 0,
                agree: true,
            });
            twins.count += 1;
            twins.majority += 1;
            twins.agree &= dialect.table_key(&twins.first.referenced_table)
                == dialect.table_key(&foreign_key.referenced_table)
                && twins.first.referenced_columns == foreign_key.referenced_columns;
        }
        for (table, column) in loose_columns(schema, keys) {
            if let Some(twins) = twins.get_mut(snake_case(&column.name).as_ref())
                && !keys.is_on(&table.name, &column.name)
            {
                twins.majority -= 1;
            }
        }
        Self { names: TableNames::new(schema.tables.iter()), twins }
    }

    fn target(
        &self,
        comparison: &Comparison<'a>,
        keys: &KnownKeys<'a>,
        table: &Table,
        column: &Column,
    ) -> Option<Target<'a>> {
        let noun = noun_of_id(&column.name);
        let named = noun.as_deref().and_then(|it| self.names.called(it));
        let twins = self.twins.get(snake_case(&column.name).as_ref());
        if twins.is_none() && named.is_none() || keys.is_on(&table.name, &column.name) {
            return None;
        }
        let noun = noun.unwrap_or_default();
        let may_be_foreign = is_text(comparison, column) && is_foreign(&noun);
        let target = match (twins, named) {
            (Some(twins), _) => {
                let target = comparison.schema_table(&twins.first.referenced_table)?;
                let is_certain = match named {
                    Some(named) if may_be_foreign => {
                        let spelling = &twins.first.referencing_columns[0];
                        std::ptr::eq(named, target) && twins.count > 1 && *spelling == column.name
                    }
                    Some(named) => std::ptr::eq(named, target),
                    None => twins.count > 1 && twins.majority >= 0 && !may_be_foreign,
                };
                if !is_certain || !twins.agree {
                    return None;
                }
                let key = comparison.column(target, twins.first.referenced_columns.first()?)?;
                Target { table: target, column: key, twin: Some(twins.first) }
            }
            (None, named) => {
                let target = named.filter(|it| !keys.has_between(&table.name, &it.name))?;
                let key = named_key(comparison, target, column, &column.name, &noun)?;
                Target { table: target, column: key, twin: None }
            }
        };
        let is_plain = target.table.name != table.name
            && target.table.name.namespace == table.name.namespace
            && !target.table.is_incomplete
            && !has_kind(table, column);
        (is_plain && have_same_type(comparison, (table, column), (target.table, target.column)))
            .then_some(target)
    }
}

/// Whether another column says what kind of thing the column names: `owner_type` beside `owner_id`.
fn has_kind(table: &Table, column: &Column) -> bool {
    const ENDINGS: [&str; 5] = ["_type", "_kind", "_provider", "_source", "_model"];
    let name = snake_case(&column.name);
    let stem = name.strip_suffix("_id").unwrap_or(&name);
    table
        .columns
        .iter()
        .any(|it| snake_case(&it.name).strip_prefix(stem).is_some_and(|it| ENDINGS.contains(&it)))
}

fn finding(comparison: &Comparison<'_>, suspect: &Suspect<'_>) -> Finding {
    let Suspect { table, column, target, others } = suspect;
    let foreign_key = ForeignKey::new(
        table.name.clone(),
        vec![column.name.clone()],
        target.table.name.clone(),
        vec![target.column.name.clone()],
        column.span,
    );
    let message = format!("{foreign_key} looks like a reference, but no foreign key enforces it");
    let mut finding = RULE
        .finding_about(&foreign_key, message)
        .label(column.span, "named and typed like a reference")
        .label(target.column.span, "to this key");
    if let Some(twin) = target.twin {
        finding = finding.label(twin.span, "a column of the same name has the foreign key");
    }
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|it| format!("`{it}`")).collect();
        finding = finding.note(format!("the same column is in {}", names.join(", ")));
    }
    let help = "declare it if it is one; a comment that says why there is none keeps this quiet";
    comparison.with_wanted_made(finding.help(help), &foreign_key)
}
