//! Columns that are named and typed like references and are none.

use foldhash::{HashMap, HashMapExt, HashSet};
use std::borrow::Cow;

use drift_model::{Catalog, Column, Dialect, Finding, ForeignKey, Level, Span, Table, TableName};

use crate::comparison::Comparison;
use crate::known_keys::{KnownKeys, have_same_type};
use crate::likeness::{TableNames, is_foreign, is_text, named_key, noun_of_id, snake_case};
use crate::purpose::{Explanations, keeps_records};
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
    let (mut places, mut kinds) = (Vec::new(), Kinds::default());
    let mut explanations = Explanations::new(comparison);
    for (table, column) in loose_columns(schema, keys) {
        let is_related = || related.contains(&column_key(comparison, &table.name, &column.name));
        let Some(target) = habits.target(comparison, keys, table, column) else { continue };
        if kinds.has(table, column)
            || keeps_records(comparison, &table.name)
            || is_related()
            || explanations.cover(table, column)
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
            && !target.table.is_incomplete;
        (is_plain && have_same_type(comparison, (table, column), (target.table, target.column)))
            .then_some(target)
    }
}

/// Which columns of a table say of others what kind of thing they name: `owner_type` beside `owner_id`.
#[derive(Default)]
struct Kinds<'a> {
    table: Option<&'a Table>,
    /// `owner`
    stems: HashSet<String>,
}

impl<'a> Kinds<'a> {
    /// Whether there is such a column beside one. What is known of a table lasts until the next is asked for.
    fn has(&mut self, table: &'a Table, column: &Column) -> bool {
        const ENDINGS: [&str; 5] = ["_type", "_kind", "_provider", "_source", "_model"];
        if !self.table.is_some_and(|it| std::ptr::eq(it, table)) {
            self.table = Some(table);
            self.stems.clear();
            for column in &table.columns {
                let name = snake_case(&column.name);
                let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
                self.stems.extend(stem.map(ToOwned::to_owned));
            }
        }
        let name = snake_case(&column.name);
        self.stems.contains(name.strip_suffix("_id").unwrap_or(&name))
    }
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

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Key};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::check_adjusted;

    const USERS: &str = "users(id: uuid)";
    const TEAMS: &str = "teams(id: uuid, leader: uuid)";
    /// A project without foreign keys is left alone.
    const LEADER: &str = "teams(leader) -> users(id)";

    /// What is said where each `id` is a primary key.
    fn check_with(lines: &[&str], adjust: impl FnOnce(&mut Catalog)) -> String {
        let migrated: Vec<&str> = lines.iter().filter(|it| it.starts_with('-')).copied().collect();
        let lines: Vec<&str> = lines.iter().filter(|it| !it.starts_with('-')).copied().collect();
        check_adjusted("postgresql", &RULE, &lines, &migrated, |[schema, migrations]| {
            migrations.tables.clear();
            for table in &mut schema.tables {
                let columns = vec!["id".to_owned()];
                if table.columns.iter().any(|it| it.name == "id") {
                    table.primary_key = Some(Key { name: None, columns, span: table.span });
                }
            }
            adjust(schema);
        })
    }

    /// The references that are suspected beside those in `teams`.
    fn suspected(lines: &[&str]) -> Vec<String> {
        suspected_with(lines, |_| {})
    }

    fn suspected_with(lines: &[&str], adjust: impl FnOnce(&mut Catalog)) -> Vec<String> {
        let found = check_with(&[&[USERS, TEAMS, LEADER], lines].concat(), adjust);
        let messages =
            found.lines().filter_map(|it| it.strip_prefix("info[probable-foreign-key]: "));
        messages.map(|it| it.split_once(" looks").unwrap().0.to_owned()).collect()
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn tells_what_it_looks_like_and_why() {
        assert_snapshot!(check_with(&[USERS, TEAMS, LEADER, "posts(team_id: uuid)"], |_| {}), @r#"
        info[probable-foreign-key]: posts.team_id → teams.id looks like a reference, but no foreign key enforces it
          schema:4: named and typed like a reference
          schema:2: to this key
          help: declare it if it is one; a comment that says why there is none keeps this quiet
          declare it on `team_id`, with the table that is `teams` in the database:
            .references(() => ...)
          rows that would keep it from being created:
            SELECT c.* FROM "posts" AS c
            WHERE c."team_id" IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM "teams" AS p WHERE p."id" = c."team_id");
        "#);
        assert_eq!(check_with(&[USERS, TEAMS, "posts(team_id: uuid)"], |_| {}), "");
        let shared = [USERS, TEAMS, LEADER, "a(team_id: uuid)", "b(team_id: uuid)"];
        let found = check_with(&shared, |catalog| {
            catalog.tables[3].columns[0].span = catalog.tables[2].columns[0].span;
        });
        assert_snapshot!(found.lines().take(4).collect::<Vec<_>>().join("\n"), @"
        info[probable-foreign-key]: a.team_id → teams.id looks like a reference, but no foreign key enforces it
          schema:4: named and typed like a reference
          schema:2: to this key
          note: the same column is in `b`
        ");
    }

    #[test]
    fn goes_by_the_name_of_a_table_and_the_type_of_its_key() {
        assert_eq!(suspected(&["posts(team_id: uuid)"]), ["posts.team_id → teams.id"]);
        assert_eq!(suspected(&["posts(teamId: uuid)"]), ["posts.teamId → teams.id"]);
        assert_eq!(suspected(&["posts(team_id: integer)"]), NOTHING);
        assert_eq!(suspected(&["posts(team_id)"]), NOTHING);
        assert_eq!(suspected(&["posts(team: uuid, id: uuid)"]), NOTHING);
        assert_eq!(suspected(&["posts(team_id: uuid[])"]), NOTHING);
        assert_eq!(suspected(&["groups(uid: uuid)", "posts(group_id: uuid)"]), NOTHING);
    }

    #[test]
    fn texts_are_often_ids_of_another_system() {
        let tables = ["clubs(id: text)", "book_clubs(id: text)", "chat_sessions(id: text)"];
        let with = |line| suspected(&[&tables[..], &[line]].concat());
        assert_eq!(with("posts(club_id: text)"), NOTHING);
        assert_eq!(with("posts(book_club_id: text)"), ["posts.book_club_id → book_clubs.id"]);
        assert_eq!(with("posts(chat_session_id: text)"), NOTHING);
        let numbers = ["chat_sessions(id: integer)", "posts(chat_session_id: integer)"];
        assert_eq!(suspected(&numbers), ["posts.chat_session_id → chat_sessions.id"]);
    }

    #[test]
    fn a_unique_column_of_the_same_name_is_meant_rather_than_an_id() {
        let unique = |catalog: &mut Catalog| {
            let table = catalog.tables.iter_mut().find(|it| it.name.name == "clubs").unwrap();
            let key = Key { name: None, columns: vec!["club_id".to_owned()], span: table.span };
            table.uniques.push(key);
        };
        let lines = ["clubs(id: integer, club_id: text)", "posts(club_id: text)"];
        assert_eq!(suspected_with(&lines, unique), ["posts.club_id → clubs.club_id"]);
        assert_eq!(suspected(&lines), NOTHING);
        let both = ["clubs(id: uuid, club_id: uuid)", "posts(club_id: uuid)"];
        assert_eq!(suspected_with(&both, unique), NOTHING);
    }

    #[test]
    fn goes_by_what_columns_of_the_name_reference() {
        let (one, two) = ("a(made_by) -> users(id)", "b(made_by) -> users(id)");
        let typed = |lines: &[&str]| {
            suspected_with(lines, |catalog| {
                for column in catalog.tables.iter_mut().flat_map(|it| &mut it.columns) {
                    column.data_type.get_or_insert_with(|| "uuid".to_owned());
                }
            })
        };
        assert_eq!(typed(&[one, two, "c(made_by)"]), ["c.made_by → users.id"]);
        assert_eq!(typed(&[one, two, "c(made_by)", "d(made_by)"]).len(), 2);
        assert_eq!(typed(&[one, two, "c(made_by)", "d(made_by)", "e(made_by)"]), NOTHING);
        assert_eq!(typed(&[one, "c(made_by)"]), NOTHING);
        assert_eq!(typed(&[one, "b(made_by) -> teams(id)", "c(made_by)"]), NOTHING);
        assert_eq!(typed(&[one, two, "c(made_by: integer)"]), NOTHING);
        assert_eq!(typed(&["a(team_id) -> teams(id)", "c(team_id)"]), ["c.team_id → teams.id"]);
        assert_eq!(typed(&["a(team_id) -> users(id)", "c(team_id)"]), NOTHING);
    }

    #[test]
    fn texts_of_another_system_want_more_columns_of_the_name() {
        let texts = |lines: &[&str]| {
            suspected_with(lines, |catalog| {
                for column in catalog.tables.iter_mut().flat_map(|it| &mut it.columns) {
                    column.data_type = Some("text".to_owned());
                }
            })
        };
        let one = "a(client_id) -> clients(id)";
        let two = "b(client_id) -> clients(id)";
        assert_eq!(texts(&[one, "c(client_id)"]), NOTHING);
        assert_eq!(texts(&[one, two, "c(client_id)"]), ["c.client_id → clients.id"]);
        assert_eq!(texts(&[one, two, "c(clientId)"]), NOTHING);
        let others = ["a(client_id) -> apps(id)", "b(client_id) -> apps(id)", "c(client_id)"];
        assert_eq!(texts(&others), NOTHING);
        assert_eq!(texts(&[&others[..], &["clients(id)"]].concat()), NOTHING);
        let clubs = ["a(club_id) -> clubs(id)", "c(club_id)"];
        assert_eq!(texts(&clubs), ["c.club_id → clubs.id"]);
    }

    #[test]
    fn accepts_what_is_explained() {
        assert_eq!(suspected(&["teams(team_id: uuid)"]), NOTHING);
        assert_eq!(suspected(&["other.posts(team_id: uuid)"]), NOTHING);
        assert_eq!(suspected(&["posts(team_id: uuid, team_type: text)"]), NOTHING);
        assert_eq!(suspected(&["posts(team_id: uuid, team_name: text)"]).len(), 1);
        assert_eq!(suspected(&["audit_log(team_id: uuid)"]), NOTHING);
        let lines = ["posts(team_id: uuid)", "posts(internal_id) -> teams(id)"];
        assert_eq!(suspected(&lines), NOTHING);
        assert_eq!(suspected(&["posts(team_id: uuid)", "-posts(team_id) -> teams(id)"]), NOTHING);
        for at in [1, 2] {
            let incomplete = |catalog: &mut Catalog| catalog.tables[at].is_incomplete = true;
            assert_eq!(suspected_with(&["posts(team_id: uuid)"], incomplete), NOTHING);
        }
    }
}
