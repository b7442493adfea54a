//! What is offered for a schema in TypeScript and migrations in the notation.

use drift_model::{
    Catalog, Edit, Engine, Finding, ForeignKey, JournalFaults, ReferentialAction, SourceFile,
    SourceMap, Span, Table, notation,
};
use insta::assert_snapshot;

use crate::rules::RULES;
use crate::testing::{NO_FAULTS, snapshot, sources};
use crate::{Comparison, Sources};

/// A schema, as TypeScript and in the notation.
#[derive(Clone, Copy)]
struct Schema<'t> {
    /// Paths and texts. Each column and each `foreignKey` has a line of its own, at the end of which a
    /// foreign key ends.
    files: &'t [(&'t str, &'t str)],
    lines: &'t [&'t str],
}

impl Schema<'_> {
    /// The catalog with its places in the texts.
    fn read(&self, texts: &SourceMap) -> Catalog {
        let mut catalog = notation::parse(texts, "lines", self.lines).unwrap();
        for (path, text) in self.files {
            let file = texts.add(path.into(), (*text).to_owned());
            catalog.tables.iter_mut().for_each(|table| place(&file, table));
        }
        for foreign_key in &mut catalog.foreign_keys {
            let name = &foreign_key.referencing_table;
            let table = catalog.tables.iter().find(|it| it.name == *name).unwrap();
            let first = &foreign_key.referencing_columns[0];
            let column = table.columns.iter().find(|it| it.name == *first).unwrap().span;
            let call = [(column, "references("), (table.span, "foreignKey(")];
            let call = call.into_iter().find_map(|(span, name)| rest_of_line(texts, span, name));
            foreign_key.span = call.unwrap_or(table.span);
        }
        catalog
    }
}

/// Puts a table that a file declares where it is.
fn place(file: &SourceFile, table: &mut Table) {
    let text = &file.text;
    let Some(at) = text.find(&format!("Table(\"{}\"", table.name.name)) else { return };
    let start = text[..at].rfind(' ').unwrap() + 1;
    let end = start + text[start..].find(';').unwrap();
    table.span = Span::new(file.id, start as u32, end as u32);
    for column in &mut table.columns {
        let at = start + text[start..end].find(&format!("(\"{}\")", column.name)).unwrap();
        let begin = text[..at].rfind('\n').unwrap() + 1;
        let line = text[begin..].lines().next().unwrap();
        let indent = line.len() - line.trim_start().len();
        let length = line.trim_end_matches(',').len();
        column.span = Span::new(file.id, (begin + indent) as u32, (begin + length) as u32);
    }
}

/// From a word in a place to the end of its line.
fn rest_of_line(texts: &SourceMap, span: Span, word: &str) -> Option<Span> {
    let text = texts.snippet(span);
    let at = text.find(word)?;
    let length = text[at..].lines().next()?.trim_end_matches(',').len();
    let start = span.start + at as u32;
    Some(Span::new(span.file, start, start + length as u32))
}

/// What a rule offers.
fn offered(rule: &str, schema: Schema<'_>, migrations: &[&str]) -> String {
    offered_in("postgresql", rule, schema, migrations)
}

fn offered_in(engine: &str, rule: &str, schema: Schema<'_>, migrations: &[&str]) -> String {
    let texts = SourceMap::default();
    let migrations = notation::parse(&texts, "migrations", migrations).unwrap();
    offered_with(engine, rule, &texts, [&schema.read(&texts), &migrations], |it| it)
}

/// What a rule offers for a schema and migrations, with further facts about the project.
fn offered_with<'a>(
    engine: &str,
    rule: &str,
    texts: &SourceMap,
    [schema, migrations]: [&Catalog; 2],
    adjust: impl FnOnce(Sources<'a>) -> Sources<'a>,
) -> String {
    let engine = Engine::parse(engine).unwrap();
    let comparison = Comparison::new(Sources {
        engine,
        schema: Some(schema),
        migrations: Some(migrations),
        texts: Some(texts),
        ..adjust(sources(engine.dialect()))
    });
    let mut findings = Vec::new();
    let rule = RULES.iter().find(|it| it.name == rule).unwrap();
    (rule.check)(&comparison, &mut findings);
    findings.iter().map(|it| told(texts, it)).collect()
}

/// The help of a finding, and its remedies, each with the line that its edit leaves.
fn told(texts: &SourceMap, finding: &Finding) -> String {
    let mut told = finding.help.iter().map(|it| format!("help: {it}\n")).collect::<String>();
    for remedy in &finding.remedies {
        told.push_str(&format!("{}:\n{}\n", remedy.title, remedy.text));
        if let Some(edit) = &remedy.edit {
            told.push_str(&format!("=> {}\n", edited_line(texts, edit)));
        }
    }
    told
}

fn edited_line(texts: &SourceMap, edit: &Edit) -> String {
    let text = &texts.file(edit.span.file).text;
    let (before, after) = (&text[..edit.span.start as usize], &text[edit.span.end as usize..]);
    let begin = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let end = after.split('\n').next().unwrap_or_default();
    format!("{begin}{}{end}", edit.text)
}

const CASCADING: Schema<'_> = Schema {
    files: &[(
        "schema.ts",
        "
export const users = pgTable(\"users\", {
  id: integer(\"id\").primaryKey(),
});
export const posts = pgTable(\"posts\", {
  authorId: integer(\"author_id\").references(() => users.id, { onDelete: \"cascade\" }),
});
",
    )],
    lines: &["posts(author_id) -> users(id) on delete cascade as posts_fk"],
};

#[test]
fn takes_the_other_action_on_either_side() {
    assert_snapshot!(offered("on-delete-mismatch", CASCADING, &["posts(author_id) -> users(id) as old_fk"]), @r#"
    help: decide which side is right, and change the other
    if the migrations are right, change the schema:
    .references(() => users.id)
    => authorId: integer("author_id").references(() => users.id),
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "old_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    "#);
}

#[test]
fn puts_in_front_what_is_probably_right() {
    let migrations =
        ["posts(author_id: int!)", "posts(author_id) -> users(id) on delete set null as posts_fk"];
    assert_snapshot!(offered("on-delete-mismatch", CASCADING, &migrations), @r#"
    help: the schema is probably right, so add a migration: `author_id` is NOT NULL, so that SET NULL would fail
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "posts_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    if the migrations are right, change the schema:
    .references(() => users.id, { onDelete: "set null" })
    => authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }),
    "#);
    let not_null = Schema { lines: &["posts(author_id: int!)", CASCADING.lines[0]], ..CASCADING };
    assert_snapshot!(offered("on-delete-mismatch", not_null, &migrations[1..]), @r#"
    help: decide which side is right, and change the other
    if the migrations are right, change the schema, and let `author_id` be NULL:
    .references(() => users.id, { onDelete: "set null" })
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "posts_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    "#);
    let set_null = Schema {
        lines: &["posts(author_id) -> users(id) on delete set null as posts_fk"],
        ..CASCADING
    };
    assert_snapshot!(offered("on-delete-mismatch", set_null, &["posts(author_id: int!)", CASCADING.lines[0]]), @r#"
    help: the migrations are probably right, so change the schema: `author_id` is NOT NULL, so that SET NULL would fail
    if the migrations are right, change the schema:
    .references(() => users.id, { onDelete: "cascade" })
    => authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
    "#);
}

#[test]
fn edits_no_line_that_makes_several_foreign_keys() {
    let schema =
        Schema { lines: &[CASCADING.lines[0], "posts(author_id) -> people(id)"], ..CASCADING };
    let migrations =
        ["posts(author_id) -> users(id) as posts_fk", "posts(author_id) -> people(id)"];
    assert_snapshot!(offered("on-delete-mismatch", schema, &migrations), @r#"
    help: decide which side is right, and change the other
    if the migrations are right, change the schema, where other foreign keys come from the same line:
    .references(() => users.id)
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "posts_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    "#);
}

#[test]
fn leaves_new_actions_to_drizzle_kit_where_its_snapshot_has_the_old_ones() {
    let old = "posts(author_id) -> users(id) as posts_fk";
    let found = |line: &str| {
        let texts = SourceMap::default();
        let read = |path: &str, line: &str| notation::parse(&texts, path, &[line]).unwrap();
        let (migrations, catalog) = (read("migrations", old), read("snapshot", line));
        let sides = [&CASCADING.read(&texts), &migrations];
        offered_with("postgresql", "on-delete-mismatch", &texts, sides, |it| Sources {
            snapshot: Some(snapshot(&catalog)),
            ..it
        })
    };
    assert_snapshot!(found(old), @r#"
    help: run `drizzle-kit generate`, which will write the change, or take it back in the schema
    if the migrations are right, change the schema:
    .references(() => users.id)
    => authorId: integer("author_id").references(() => users.id),
    "#);
    for other in
        ["posts(author_id) -> people(id)", "posts(author_id) -> users(id) on update cascade"]
    {
        assert!(found(other).contains("add a migration"), "{other}");
    }
}

#[test]
fn brings_a_target_to_the_other_side() {
    let schema = Schema {
        files: &[(
            "schema.ts",
            "
export const users = pgTable(\"users\", {
  id: integer(\"id\").primaryKey(),
  \"no-1\": integer(\"number\").unique(),
});
export const posts = pgTable(\"posts\", {
  authorId: integer(\"author_id\").references(() => users.id),
});
",
        )],
        lines: &["users(number)", "posts(author_id) -> users(id)"],
    };
    let migrations =
        ["users(id)", "posts(author_id) -> users(number) on delete cascade as posts_fk"];
    assert_snapshot!(offered("reference-mismatch", schema, &migrations), @r#"
    help: make `posts.author_id` reference the same columns on both sides
    if the migrations are right, change the schema:
    .references(() => users["no-1"], { onDelete: "cascade" })
    => authorId: integer("author_id").references(() => users["no-1"], { onDelete: "cascade" }),
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "posts_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    "#);
    let other_order = Schema { files: &[], lines: &["posts(a, b) -> users(x, y)"] };
    let migrations = ["posts(b, a) -> users(x, y) as posts_fk"];
    assert_snapshot!(offered("reference-mismatch", other_order, &migrations), @r#"
    help: make `posts.(a, b)` reference the same columns on both sides
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "posts_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("a", "b") REFERENCES "users" ("x", "y") NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    "#);
    let other_table = Schema { files: &[], lines: &["people(id)", "posts(a) -> users(id)"] };
    let migrations = ["users(id)", "posts(a) -> people(id) as posts_fk"];
    assert_snapshot!(offered("reference-mismatch", other_table, &migrations), @r#"
    help: make `posts.a` reference the same columns on both sides
    if the schema is right, add a migration:
    ALTER TABLE "posts"
      DROP CONSTRAINT "posts_fk",
      ADD CONSTRAINT "posts_fk" FOREIGN KEY ("a") REFERENCES "users" ("id") NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    "#);
}

const USERS: (&str, &str) = (
    "auth/users.ts",
    "
export const users = pgTable(\"users\", {
  id: integer(\"id\").primaryKey(),
});
",
);
const POSTS: (&str, &str) = (
    "posts.ts",
    "
export const posts = pgTable(\"posts\", {
  id: integer(\"id\").primaryKey(),
  authorId: integer(\"author_id\"),
});
",
);

#[test]
fn declares_what_the_migrations_make() {
    let lines = &["users(id)", "posts(id, author_id)"];
    let migrations = ["posts(author_id) -> users(id) on delete cascade as posts_fk"];
    let schema = Schema { files: &[USERS, POSTS], lines };
    assert_snapshot!(offered("undeclared-foreign-key", schema, &migrations), @r#"
    help: declare it in the schema, or drop it in a migration
    if the migrations are right, declare it on `author_id`, and import `users` from `./auth/users`:
    .references(() => users.id, { onDelete: "cascade" })
    if it is not meant, add a migration:
    ALTER TABLE "posts" DROP CONSTRAINT "posts_fk";
    "#);
    let importing = format!("import {{ users as people }} from \"./auth/users\";\n{}", POSTS.1);
    let schema = Schema { files: &[USERS, ("posts.ts", &importing)], lines };
    assert_snapshot!(offered("undeclared-foreign-key", schema, &migrations), @r#"
    help: declare it in the schema, or drop it in a migration
    if the migrations are right, declare it on `author_id`:
    .references(() => people.id, { onDelete: "cascade" })
    => authorId: integer("author_id").references(() => people.id, { onDelete: "cascade" }),
    if it is not meant, add a migration:
    ALTER TABLE "posts" DROP CONSTRAINT "posts_fk";
    "#);
    let several = ["posts(id, author_id) -> users(x, y) on delete cascade on update restrict"];
    let lines = &["users(x, y)", "posts(id, author_id)"];
    let schema = Schema { files: &[], lines };
    assert_snapshot!(offered("undeclared-foreign-key", schema, &several), @r#"
    help: declare it in the schema, or drop it in a migration
    if the migrations are right, declare it, with the table's own columns and those of the other table:
    foreignKey({ columns: [id, author_id], foreignColumns: [x, y] }).onDelete("cascade").onUpdate("restrict")
    "#);
}

#[test]
fn names_what_another_target_has_to_be_imported_from() {
    let posts = POSTS.1.replace("(\"author_id\")", "(\"author_id\").references(() => posts.id)");
    let lines = &["users(id)", "posts(author_id) -> posts(id)"];
    let schema = Schema { files: &[USERS, ("posts.ts", &posts)], lines };
    let migrations = ["posts(id)", "posts(author_id) -> users(id)"];
    assert_snapshot!(offered("reference-mismatch", schema, &migrations), @"
    help: make `posts.author_id` reference the same columns on both sides
    if the migrations are right, change the schema, and import `users` from `./auth/users`:
    .references(() => users.id)
    ");
}

#[test]
fn annotates_what_references_its_own_table() {
    let found = |engine: &str, import: &str, column: &str| {
        let text = format!("{import}{}", POSTS.1);
        let schema = Schema {
            files: &[("posts.ts", &text), USERS],
            lines: &["users(id)", "posts(id, author_id)"],
        };
        let migrations = [&*format!("posts(author_id) -> {column}")];
        let found = offered_in(engine, "undeclared-foreign-key", schema, &migrations);
        let lines =
            found.lines().filter(|it| it.starts_with(".references") || it.starts_with("=>"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(found("postgresql", "", "posts(id)"), @".references((): AnyPgColumn => posts.id)");
    assert_snapshot!(found("mysql", "import { AnyPgColumn } from \"x\";", "posts(id)"), @".references((): AnyMySqlColumn => posts.id)");
    assert_snapshot!(found("sqlite", "import { type AnySQLiteColumn } from \"x\";", "posts(id)"), @r#"
    .references((): AnySQLiteColumn => posts.id)
    => authorId: integer("author_id").references((): AnySQLiteColumn => posts.id),
    "#);
    assert_snapshot!(found("sqlite", "import { users } from \"./auth/users\";", "users(id)"), @r#"
    .references(() => users.id)
    => authorId: integer("author_id").references(() => users.id),
    "#);
}

#[test]
fn takes_a_promise_back_or_keeps_it() {
    let migrations = ["users(id)", "posts(author_id)"];
    assert_snapshot!(offered("missing-foreign-key", CASCADING, &migrations), @r#"
    help: create it in a migration, or take it out of the schema
    if the schema is right, add a migration:
    ALTER TABLE "posts" ADD CONSTRAINT "posts_fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;
    ALTER TABLE "posts" VALIDATE CONSTRAINT "posts_fk";
    rows that would keep it from being created:
    SELECT c.* FROM "posts" AS c
    WHERE c."author_id" IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM "users" AS p WHERE p."id" = c."author_id");
    if the migrations are right, take this out of the schema:
    .references(() => users.id, { onDelete: "cascade" })
    => authorId: integer("author_id"),
    "#);
}

/// The statements that make a missing foreign key called `fk`, where another one is there.
fn added(engine: &str, there: &str) -> String {
    let schema = Schema { files: &[], lines: &["posts(author_id) -> users(id) as fk"] };
    let migrations = ["users(id)", "posts(author_id)", there];
    let found = offered_in(engine, "missing-foreign-key", schema, &migrations);
    let line = found.lines().find(|it| it.starts_with("ALTER TABLE"));
    line.unwrap_or_default().to_owned()
}

#[test]
fn takes_no_name_that_another_foreign_key_has() {
    let same_table = "posts(editor_id) -> users(id) as FK";
    let other_table = "notes(author_id) -> users(id) as FK";
    assert_snapshot!(added("postgresql", same_table), @r#"ALTER TABLE "posts" ADD FOREIGN KEY ("author_id") REFERENCES "users" ("id");"#);
    assert_snapshot!(added("postgresql", other_table), @r#"ALTER TABLE "posts" ADD CONSTRAINT "fk" FOREIGN KEY ("author_id") REFERENCES "users" ("id") NOT VALID;"#);
    assert_snapshot!(added("mysql", other_table), @"ALTER TABLE `posts` ADD FOREIGN KEY (`author_id`) REFERENCES `users` (`id`);");
    assert_snapshot!(added("mysql", "notes(author_id) -> users(id) as fk2"), @"ALTER TABLE `posts` ADD CONSTRAINT `fk` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`);");
}

/// The line that makes `posts.author_id` anew, so far called `old`, where the schema calls it so.
fn made_anew(engine: &str, name: &str, adjust: fn(&mut ForeignKey, &mut ForeignKey)) -> String {
    let texts = SourceMap::default();
    let line = format!("posts(author_id) -> users(id) on delete cascade as {name}");
    let mut schema = notation::parse(&texts, "schema", &[&line]).unwrap();
    let lines = ["posts(author_id) -> users(id) as old", "notes(a) -> users(id) as taken"];
    let mut migrations = notation::parse(&texts, "migrations", &lines).unwrap();
    adjust(&mut schema.foreign_keys[0], &mut migrations.foreign_keys[0]);
    let sides = [&schema, &migrations];
    let found = ["on-delete-mismatch", "on-update-mismatch"].map(|rule| {
        offered_with(engine, rule, &texts, sides, |it| Sources {
            compares_generated_names: false,
            ..it
        })
    });
    let found = found.concat();
    let line = found.lines().find(|it| it.contains("ADD "));
    line.unwrap_or_default().trim().to_owned()
}

#[test]
fn renames_what_it_makes_anew_where_the_schema_has_a_name_for_it() {
    let same = |_: &mut ForeignKey, _: &mut ForeignKey| {};
    assert_snapshot!(made_anew("mysql", "new", same), @"ADD CONSTRAINT `new` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;");
    assert_snapshot!(made_anew("mysql", "OLD", same), @"ALTER TABLE `posts` ADD CONSTRAINT `OLD` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;");
    assert_snapshot!(made_anew("mysql", "taken", same), @"ALTER TABLE `posts` ADD CONSTRAINT `old` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;");
    assert_snapshot!(made_anew("postgresql", "taken", same), @r#"ADD CONSTRAINT "taken" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE CASCADE NOT VALID;"#);
    assert_snapshot!(made_anew("mysql", &"x".repeat(64), same), @"ADD CONSTRAINT `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;");
    assert_snapshot!(made_anew("mysql", &"x".repeat(65), same), @"ALTER TABLE `posts` ADD CONSTRAINT `old` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;");
    let generated = |schema: &mut ForeignKey, _: &mut ForeignKey| schema.has_explicit_name = false;
    assert_snapshot!(made_anew("mysql", "new", generated), @"ALTER TABLE `posts` ADD CONSTRAINT `old` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`) ON DELETE CASCADE;");
}

#[test]
fn keeps_the_columns_that_a_delete_sets_while_it_sets_them() {
    fn set_null(foreign_key: &mut ForeignKey) {
        foreign_key.set_columns = vec!["author_id".to_owned()];
        foreign_key.on_delete = ReferentialAction::SetNull;
    }
    let other_delete = made_anew("postgresql", "old", |schema, migrated| {
        set_null(migrated);
        schema.on_delete = ReferentialAction::SetDefault;
    });
    assert_snapshot!(other_delete, @r#"ADD CONSTRAINT "old" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET DEFAULT NOT VALID;"#);
    let other_update = made_anew("postgresql", "old", |schema, migrated| {
        set_null(migrated);
        schema.on_delete = ReferentialAction::SetNull;
        schema.on_update = ReferentialAction::Cascade;
    });
    assert_snapshot!(other_update, @r#"ADD CONSTRAINT "old" FOREIGN KEY ("author_id") REFERENCES "users" ("id") ON DELETE SET NULL ("author_id") ON UPDATE CASCADE NOT VALID;"#);
}

#[test]
fn cuts_migrations_as_those_that_are_there() {
    let found = |text: &str, listed: usize| {
        let texts = SourceMap::default();
        let schema = CASCADING.read(&texts);
        let key = "posts(author_id) -> users(id) as posts_fk";
        let mut migrations = notation::parse(&texts, "migrations", &[key]).unwrap();
        let file = texts.add("0000_init.sql".into(), text.to_owned()).id;
        migrations.tables[0].span = Span::new(file, 0, 0);
        let journal = JournalFaults { listed, ..NO_FAULTS.clone() };
        let sides = [&schema, &migrations];
        let found = offered_with("postgresql", "on-delete-mismatch", &texts, sides, |it| Sources {
            journal: &journal,
            ..it
        });
        found.contains("NOT VALID;\n--> statement-breakpoint\nALTER")
    };
    assert!(found("", 1));
    assert!(found("CREATE TABLE posts (author_id integer);\n--> statement-breakpoint\n", 0));
    assert!(!found("CREATE TABLE posts (author_id integer);\n", 0));
}

#[test]
fn offers_an_index_on_the_columns_as_the_schema_calls_them() {
    let both = ["users(id)", "posts(author_id) -> users(id)"];
    assert_snapshot!(offered("unindexed-foreign-key", Schema { lines: &both, ..CASCADING }, &both), @r#"
    help: declare an index; on a large table make it by hand first, with CREATE INDEX CONCURRENTLY, which drizzle's migrator cannot run in its transaction
    declare it in the list that the third argument of the table returns:
    index("posts_author_id_idx").on(table.authorId)
    as a migration has it:
    CREATE INDEX "posts_author_id_idx" ON "posts" ("author_id");
    "#);
}

#[test]
fn empties_what_a_record_references() {
    let text = "
export const logs = pgTable(\"audit_logs\", {
  action: text(\"action\"),
  actorId: integer(\"actor_id\").references(() => users.id, { onDelete: \"cascade\" }),
});
";
    let both =
        ["audit_logs(action)", "audit_logs(actor_id) -> users(id) on delete cascade as logs_fk"];
    let schema = Schema { files: &[("schema.ts", text)], lines: &both };
    assert_snapshot!(offered("audit-table-cascades", schema, &both), @r#"
    help: say `onDelete: "set null"`, so that the record stays
    in the schema, before `drizzle-kit generate` writes the migration:
    .references(() => users.id, { onDelete: "set null" })
    in the database, add a migration:
    ALTER TABLE "audit_logs"
      DROP CONSTRAINT "logs_fk",
      ADD CONSTRAINT "logs_fk" FOREIGN KEY ("actor_id") REFERENCES "users" ("id") ON DELETE SET NULL NOT VALID;
    ALTER TABLE "audit_logs" VALIDATE CONSTRAINT "logs_fk";
    "#);
}

#[test]
fn drops_twins_one_by_one_where_no_table_is_made_anew_for_it() {
    let sql = "CREATE TABLE posts (a integer, CONSTRAINT one FOREIGN KEY (a) REFERENCES users (id), CONSTRAINT two FOREIGN KEY (a) REFERENCES users (id), CONSTRAINT three FOREIGN KEY (a) REFERENCES users (id) ON DELETE CASCADE)";
    let keys = [
        "posts(a) -> users(id) as one",
        "posts(a) -> users(id) as two",
        "posts(a) -> users(id) on delete cascade as three",
    ];
    let found = |engine: &str, keys: &[&str]| {
        let texts = SourceMap::default();
        let schema = notation::parse(&texts, "schema", &keys[keys.len() - 1..]).unwrap();
        let mut migrations = notation::parse(&texts, "keys", keys).unwrap();
        let file = texts.add("0000_init.sql".into(), sql.to_owned()).id;
        migrations.tables[0].span = Span::new(file, 0, sql.len() as u32);
        let at = sql.find("a integer").unwrap() as u32;
        migrations.tables[0].columns[0].span = Span::new(file, at, at + 9);
        let found = offered_with(
            engine,
            "conflicting-foreign-keys",
            &texts,
            [&schema, &migrations],
            |it| it,
        );
        found.matches("add a migration:").count()
    };
    assert_eq!((found("postgresql", &keys[1..]), found("postgresql", &keys)), (1, 2));
    assert_eq!((found("sqlite", &keys[1..]), found("sqlite", &keys)), (1, 0));
}
