//! Relations, which make queries and no constraint, where no constraint stands behind them.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use drift_model::{
    Change, ChangeKind, Dialect, Finding, ForeignKey, Level, Relation, RelationKind, Span, Table,
};

use crate::comparison::Comparison;
use crate::known_keys::{KnownKeys, is_primary, is_unique, key_type};
use crate::purpose::keeps_records;
use crate::rule::Rule;

pub(crate) static RULE: Rule = Rule {
    name: "relation-without-foreign-key",
    summary: "a relation joins on columns that no foreign key enforces",
    default_level: Level::Warn,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
`relations()` and `defineRelations()` tell drizzle how to join. They make no constraint: rows may name
rows that are not there, deleting a row leaves others that still name it, and `with: { author: true }`
then gives `null` where the types promise an author.

```ts
import { relations } from "drizzle-orm";

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  id: integer("id").primaryKey(),
  authorId: integer("author_id").notNull(),
  reviewerId: integer("reviewer_id").references(() => users.id),
});
export const postsRelations = relations(posts, ({ one }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
}));
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (
  id integer PRIMARY KEY,
  author_id integer NOT NULL,
  reviewer_id integer REFERENCES users (id)
);
```

A foreign key of the schema, of the migrations or of drizzle-kit's snapshot will do, in either
direction, and also one that has some of the columns. Joins that could not be a foreign key are left
alone: on columns that are not unique, between columns of different types, from a column that several
tables are joined on, with a condition. Where hardly any relation has a foreign key, that is one finding
for the project.

In tables that keep a record of what happened (`*_log`, `audit_*`), and where a migration dropped the
foreign key, it is for information only: that may well be on purpose.

**How to fix it.** Add `.references(() => users.id)` to the column, find the rows that name nothing, and
let drizzle-kit write the migration.

**When to ignore it.** On an engine that does not enforce foreign keys, such as PlanetScale with
sharding, switch it off for the project.
"#,
};

/// Whether a project does without foreign keys, so that one finding says all there is to say.
fn does_without(loose: usize, enforced: usize) -> bool {
    if enforced == 0 { loose > 3 } else { loose > 10 && loose >= 4 * enforced }
}

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    if comparison.sources.relations.is_empty() {
        return;
    }
    let keys = comparison.known_keys();
    let (mut loose, mut enforced) = (Vec::new(), 0);
    for join in joins(comparison) {
        match enforcement(keys, &join.foreign_key) {
            Enforcement::Loose => loose.push((join, None)),
            Enforcement::Dropped(span) => loose.push((join, Some(span))),
            Enforcement::ForeignKey => enforced += 1,
            Enforcement::Otherwise => {}
        }
    }
    if does_without(loose.len(), enforced) {
        findings.push(summary(&loose, enforced));
    } else {
        findings.extend(loose.iter().map(|(join, dropped)| finding(comparison, join, *dropped)));
    }
}

/// A relation as the foreign key that would enforce it.
struct Join<'a> {
    foreign_key: ForeignKey,
    relation: &'a Relation,
}

/// What stands behind a join.
enum Enforcement {
    /// A foreign key of any source.
    ForeignKey,
    /// Nothing.
    Loose,
    /// Nothing any more, since a migration dropped it there.
    Dropped(Span),
    /// Something that makes it no fault.
    Otherwise,
}

/// The relations that could be foreign keys, each pair of columns once.
fn joins<'a>(comparison: &Comparison<'a>) -> Vec<Join<'a>> {
    let dialect = comparison.sources.dialect;
    let mut seen = HashSet::new();
    let mut targets: HashMap<_, usize> = HashMap::new();
    let mut joins = Vec::new();
    for relation in comparison.sources.relations {
        let Some(foreign_key) = as_foreign_key(comparison, relation) else { continue };
        let [from, to] = [
            (&foreign_key.referencing_table, &foreign_key.referencing_columns),
            (&foreign_key.referenced_table, &foreign_key.referenced_columns),
        ]
        .map(|(table, columns)| {
            let columns = columns.iter().map(|it| dialect.column_key(it).into_owned());
            (dialect.table_key(table).into_owned(), columns.collect::<Vec<_>>())
        });
        if seen.insert((from.clone(), to)) {
            *targets.entry(from.clone()).or_default() += 1;
            joins.push((from, Join { foreign_key, relation }));
        }
    }
    // What is joined with several tables has another column that tells the table.
    joins.retain(|(from, join)| targets[from] == 1 && !join.relation.has_condition);
    joins.into_iter().map(|(_, join)| join).collect()
}

/// The foreign key that would enforce a relation; `None` where none could.
fn as_foreign_key(comparison: &Comparison<'_>, relation: &Relation) -> Option<ForeignKey> {
    let foreign_key = ForeignKey::new(
        relation.referencing_table.clone(),
        relation.referencing_columns.clone(),
        relation.referenced_table.clone(),
        relation.referenced_columns.clone(),
        relation.span,
    );
    if !fits(comparison, &foreign_key) {
        return None;
    }
    let turned = turned(&foreign_key);
    let is = |is_key, it| is_key_of(comparison, is_key, it);
    // A join of one row may be written from the table that is referenced.
    let is_turned = relation.kind == RelationKind::One
        && is(is_unique, &turned)
        && (!is(is_unique, &foreign_key)
            || is(is_primary, &turned) && !is(is_primary, &foreign_key));
    if is_turned {
        return Some(turned);
    }
    is(is_unique, &foreign_key).then_some(foreign_key)
}

/// Whether both tables were read whole, and the types agree as far as they are known.
fn fits(comparison: &Comparison<'_>, foreign_key: &ForeignKey) -> bool {
    let tables = [&foreign_key.referencing_table, &foreign_key.referenced_table];
    let [Some(from), Some(to)] = tables.map(|it| comparison.schema_table(it)) else { return false };
    let dialect = comparison.sources.dialect;
    let key_type = |table: &Table, column: &String| {
        comparison.column(table, column).and_then(|it| key_type(dialect, it))
    };
    let mut columns = foreign_key.referencing_columns.iter().zip(&foreign_key.referenced_columns);
    !from.is_incomplete
        && !to.is_incomplete
        && columns.all(|(one, other)| match (key_type(from, one), key_type(to, other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        })
}

/// Whether the referenced columns are a key of their table, on either side.
fn is_key_of(
    comparison: &Comparison<'_>,
    is_key: fn(Dialect, &Table, &[String]) -> bool,
    foreign_key: &ForeignKey,
) -> bool {
    let table = &foreign_key.referenced_table;
    let tables = [comparison.schema_table(table), comparison.migrated_table(table)];
    let columns = &foreign_key.referenced_columns;
    tables.into_iter().flatten().any(|it| is_key(comparison.sources.dialect, it, columns))
}

fn turned(foreign_key: &ForeignKey) -> ForeignKey {
    ForeignKey {
        referencing_table: foreign_key.referenced_table.clone(),
        referencing_columns: foreign_key.referenced_columns.clone(),
        referenced_table: foreign_key.referencing_table.clone(),
        referenced_columns: foreign_key.referencing_columns.clone(),
        ..foreign_key.clone()
    }
}

fn enforcement(keys: &KnownKeys<'_>, wanted: &ForeignKey) -> Enforcement {
    let turned = turned(wanted);
    if keys.has_like(wanted) || keys.has_like(&turned) {
        return Enforcement::ForeignKey;
    }
    if let Some(dropped) = keys.dropped_like(wanted) {
        return match dropped.history.last() {
            Some(Change { kind: ChangeKind::Dropped, span }) => Enforcement::Dropped(*span),
            _ => Enforcement::Loose,
        };
    }
    // Columns that reference a third table are joined by way of that.
    let references_others = |foreign_key: &ForeignKey| {
        let mut columns = foreign_key.referencing_columns.iter();
        columns.all(|it| keys.is_on(&foreign_key.referencing_table, it))
    };
    let may_be_unread = keys.is_uncertain(&wanted.referencing_table);
    if references_others(wanted) || references_others(&turned) || may_be_unread {
        return Enforcement::Otherwise;
    }
    Enforcement::Loose
}

fn finding(comparison: &Comparison<'_>, join: &Join<'_>, dropped: Option<Span>) -> Finding {
    let Join { foreign_key, relation } = join;
    let message = format!("{foreign_key} is a relation, and no foreign key enforces it");
    let mut finding = RULE.finding_about(foreign_key, message).label(relation.span, "joined here");
    finding = label_columns(comparison, finding, foreign_key);
    if let Some(span) = dropped {
        finding = finding.label(span, "a migration dropped the foreign key here");
    }
    if dropped.is_some() || keeps_records(comparison, &foreign_key.referencing_table) {
        finding.level = Level::Info;
    }
    finding = finding.note(
        "relations only help queries: the database accepts values that match no referenced row",
    );
    finding = finding.help("declare the foreign key, and generate a migration");
    comparison.with_wanted_made(finding, foreign_key)
}

/// Points at the columns that would carry the foreign key, which lie in another file often enough.
fn label_columns(
    comparison: &Comparison<'_>,
    finding: Finding,
    foreign_key: &ForeignKey,
) -> Finding {
    let table = comparison.schema_table(&foreign_key.referencing_table);
    let column = table.and_then(|it| comparison.column(it, &foreign_key.referencing_columns[0]));
    match column {
        Some(column) => finding.label(column.span, "the column does not reference anything"),
        None => finding,
    }
}

/// One finding for a project that does without foreign keys.
fn summary(loose: &[(Join<'_>, Option<Span>)], enforced: usize) -> Finding {
    let count = loose.len();
    let few = match enforced {
        0 => String::new(),
        enforced => format!(", and {enforced} have one"),
    };
    let first = &loose[0].0;
    let names: Vec<String> = loose.iter().take(3).map(|it| it.0.foreign_key.to_string()).collect();
    RULE.finding(format!("{count} relations have no foreign key that enforces them{few}"))
        .detail("most relations")
        .label(first.relation.span, "this is the first of them")
        .note(format!("they are {}, and {} more", names.join(", "), count - names.len()))
        .note("relations only help queries: the database accepts values that match no referenced row")
        .help("add `.references(() => ...)` to the columns, or switch the rule off if it is on purpose")
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Key, Relation, RelationKind, SourceMap, notation};
    use insta::assert_snapshot;

    use super::RULE;
    use crate::testing::{NO_FAULTS, sources};
    use crate::{Comparison, Sources};

    /// What the rule says about relations in a schema in which every `id` is a primary key; a kind may
    /// stand in front of a relation.
    fn check(schema: &[&str], migrations: &[&str], relations: &[&str]) -> String {
        check_adjusted(schema, migrations, relations, |_| {})
    }

    /// As [`check`], with a schema that `adjust` changes.
    fn check_adjusted(
        schema: &[&str],
        migrations: &[&str],
        relations: &[&str],
        adjust: impl FnOnce(&mut Catalog),
    ) -> String {
        let map = SourceMap::default();
        let mut schema = notation::parse(&map, "schema", schema).unwrap();
        let migrations = notation::parse(&map, "migrations", migrations).unwrap();
        key_ids(&mut schema);
        adjust(&mut schema);
        let relations: Vec<Relation> = relations.iter().map(|it| relation(&map, it)).collect();
        let sources = Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            relations: &relations,
            journal: &NO_FAULTS,
            ..sources(drift_model::Dialect::PostgreSql)
        };
        let mut findings = Vec::new();
        (RULE.check)(&Comparison::new(sources), &mut findings);
        let lines = findings.iter().map(|it| format!("{}: {}", it.level, it.message));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn key_ids(catalog: &mut Catalog) {
        for table in &mut catalog.tables {
            if let Some(id) = table.columns.iter().find(|it| it.name == "id") {
                let (columns, span) = (vec![id.name.clone()], table.span);
                table.primary_key = Some(Key { name: None, columns, span });
            }
        }
    }

    fn relation(map: &SourceMap, line: &str) -> Relation {
        let (kind, line) = match line.split_once(": ") {
            Some(("through", line)) => (RelationKind::Through, line),
            Some(("many", line)) => (RelationKind::Many, line),
            _ => (RelationKind::One, line),
        };
        let it = notation::parse(map, "relations", &[line]).unwrap().foreign_keys.remove(0);
        Relation {
            referencing_table: it.referencing_table,
            referencing_columns: it.referencing_columns,
            referenced_table: it.referenced_table,
            referenced_columns: it.referenced_columns,
            kind,
            has_condition: false,
            span: it.span,
        }
    }

    const TABLES: [&str; 3] = ["users(id)", "posts(id, author_id)", "tags(id, post_id)"];

    #[test]
    fn reports_a_join_that_nothing_enforces_once() {
        let relation = "posts(author_id) -> users(id)";
        let found = check(&TABLES, &[], &[relation, &format!("many: {relation}")]);
        assert_snapshot!(found, @"warn: posts.author_id → users.id is a relation, and no foreign key enforces it");
    }

    #[test]
    fn takes_a_foreign_key_of_any_source_and_direction() {
        let key = "posts(author_id) -> users(id)";
        assert_snapshot!(check(&TABLES, &[key], &[key]), @"");
        assert_snapshot!(check(&[key, "users(id)"], &[], &["users(id) -> posts(author_id)"]), @"");
        let wide = ["posts(team_id, author_id) -> users(team_id, id)"];
        assert_snapshot!(check(&wide, &[], &[key]), @"");
    }

    #[test]
    fn turns_a_join_that_begins_at_the_key() {
        let found = check(&TABLES, &[], &["users(id) -> posts(author_id)"]);
        assert_snapshot!(found, @"warn: posts.author_id → users.id is a relation, and no foreign key enforces it");
    }

    #[test]
    fn leaves_alone_what_could_not_be_a_foreign_key() {
        assert_snapshot!(check(&TABLES, &[], &["posts(author_id) -> tags(post_id)"]), @"");
        let polymorphic = ["posts(author_id) -> users(id)", "posts(author_id) -> tags(id)"];
        assert_snapshot!(check(&TABLES, &[], &polymorphic), @"");
        assert_snapshot!(check(&TABLES, &[], &["likes(post_id) -> posts(id)"]), @"");
        let by_way_of_users = ["tags(post_id) -> posts(id)", "posts(id) -> users(id)"];
        assert_snapshot!(check(&by_way_of_users, &[], &["tags(post_id) -> users(id)"]), @"");
    }

    #[test]
    fn is_for_information_where_it_may_be_on_purpose() {
        let dropped = ["-posts(author_id) -> users(id)", "posts(author_id)"];
        let found = check(&TABLES, &dropped, &["posts(author_id) -> users(id)"]);
        assert_snapshot!(found, @"info: posts.author_id → users.id is a relation, and no foreign key enforces it");
        let found =
            check(&["users(id)", "login_log(user_id)"], &[], &["login_log(user_id) -> users(id)"]);
        assert_snapshot!(found, @"info: login_log.user_id → users.id is a relation, and no foreign key enforces it");
    }

    #[test]
    fn says_it_once_where_there_are_no_foreign_keys() {
        let tables = ["users(id)", "posts(id, a, b, c, d)"];
        let relations: Vec<String> =
            ["a", "b", "c", "d"].map(|it| format!("posts({it}) -> users(id)")).into();
        let relations: Vec<&str> = relations.iter().map(String::as_str).collect();
        let found = check(&tables, &[], &relations);
        assert_snapshot!(found, @"warn: 4 relations have no foreign key that enforces them");
        let with_one = check(
            &[&tables[..], &["posts(e) -> users(id)"]].concat(),
            &[],
            &[&relations[..], &["posts(e) -> users(id)"]].concat(),
        );
        assert_eq!(with_one.lines().count(), 4);
    }

    #[test]
    fn a_project_does_without_where_hardly_any_is_enforced() {
        assert!(super::does_without(4, 0) && !super::does_without(3, 0));
        assert!(super::does_without(11, 2) && !super::does_without(10, 2));
        assert!(super::does_without(12, 3) && !super::does_without(12, 4));
    }

    #[test]
    fn begins_at_the_side_that_is_no_primary_key() {
        // What others reference is unique.
        let unique = ["others(a) -> users(email)", "others(b) -> profiles(user_id)", "users(id)"];
        let tables = [&unique[..], &["profiles(id)", "posts(author_email)"]].concat();
        let found = |relation: &str| {
            let found = check(&tables, &[], &[relation]);
            let found = found.split(": ").nth(1).unwrap_or_default();
            found.split(" is").next().unwrap_or_default().to_owned()
        };
        assert_eq!(
            found("users(email) -> posts(author_email)"),
            "posts.author_email → users.email"
        );
        assert_eq!(found("users(id) -> profiles(user_id)"), "profiles.user_id → users.id");
        assert_eq!(found("profiles(user_id) -> users(id)"), "profiles.user_id → users.id");
        assert_eq!(found("users(id) -> profiles(id)"), "users.id → profiles.id");
        assert_eq!(found("users(email) -> profiles(user_id)"), "users.email → profiles.user_id");
    }

    #[test]
    fn says_nothing_of_tables_that_were_not_read_whole() {
        let relation = ["posts(author_id) -> users(id)"];
        let is_told = |incomplete: &str| {
            let found = check_adjusted(&TABLES, &[], &relation, |catalog| {
                let tables = catalog.tables.iter_mut();
                tables.for_each(|it| it.is_incomplete = it.name.name == incomplete);
            });
            !found.is_empty()
        };
        assert!(is_told("tags") && !is_told("posts") && !is_told("users"));
    }

    #[test]
    fn wants_types_that_go_together() {
        let found = |from: &str, to: &str| {
            let tables = [&*format!("users(id: {to})"), &format!("posts(id, author_id: {from})")];
            !check(&tables, &[], &["posts(author_id) -> users(id)"]).is_empty()
        };
        assert!(found("integer", "integer") && found("integer", "serial"));
        assert!(!found("text", "integer"));
    }
}
