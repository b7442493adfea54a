//! Snapshots in, catalogs out. The forms are those that the versions of drizzle-kit write.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use drift_model::{Key, MemoryFileSystem, Scope, SourceMap, Span, notation};
use insta::assert_snapshot;

use crate::{Snapshot, discover, read_snapshot};

/// The catalog of the file `0000_snapshot.json`, or of the last file of a fixture.
fn check(fixture: &str) -> String {
    let files = MemoryFileSystem::parse("meta/0000_snapshot.json", fixture);
    let sources = SourceMap::default();
    let path = files.paths().last().unwrap();
    let snapshot = read_snapshot(&files, &sources, path);
    let place = |span: Span| {
        let file = sources.file(span.file);
        let at = file.line_column(span.start);
        let name = file.path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let name = if name == "meta" { String::new() } else { format!("{name}:") };
        format!("{name}{}:{}", at.line, at.column)
    };
    let mut out = String::new();
    for table in &snapshot.catalog.tables {
        let incomplete = if table.is_incomplete { " incomplete" } else { "" };
        writeln!(out, "{}{incomplete} {}", table.name, place(table.span)).unwrap();
        for column in &table.columns {
            let array = if column.is_array { "[]" } else { "" };
            let not_null = if column.is_not_null { " not null" } else { "" };
            let default = column.default.as_ref().map(|it| format!(" default {it}"));
            let data_type = column.data_type.as_deref().unwrap_or("?");
            let (name, default) = (&column.name, default.unwrap_or_default());
            writeln!(out, "  {name} {data_type}{array}{not_null}{default}").unwrap();
        }
        let key = |key: &Key| {
            let name = key.name.as_deref().unwrap_or("-");
            format!("({}) as {name} {}", key.columns.join(", "), place(key.span))
        };
        if let Some(it) = &table.primary_key {
            writeln!(out, "  primary key {}", key(it)).unwrap();
        }
        for it in &table.uniques {
            writeln!(out, "  unique {}", key(it)).unwrap();
        }
        for index in &table.indexes {
            let unique = if index.is_unique { "unique " } else { "" };
            let partial = if index.is_partial { " partial" } else { "" };
            let more = if index.has_expressions { ", ..." } else { "" };
            let (name, columns) = (index.name.as_deref().unwrap_or("-"), index.columns.join(", "));
            writeln!(out, "  {unique}index ({columns}{more}) as {name}{partial}").unwrap();
        }
    }
    for foreign_key in &snapshot.catalog.foreign_keys {
        let explicit = if foreign_key.has_explicit_name { " explicitly" } else { "" };
        write!(out, "{}{explicit} {}", notation::format(foreign_key), place(foreign_key.span))
            .unwrap();
        for span in [foreign_key.on_delete_span, foreign_key.on_update_span] {
            let said =
                span.map_or("-".to_owned(), |it| format!("{} {}", sources.snippet(it), place(it)));
            write!(out, ", {said}").unwrap();
        }
        writeln!(out).unwrap();
    }
    for it in &snapshot.unresolved {
        let open = match &it.scope {
            Scope::Any => " (any)".to_owned(),
            Scope::Tables(tables) => {
                tables.iter().map(|it| format!(" ({it})")).collect::<Vec<_>>().concat()
            }
        };
        writeln!(out, "{} {}: {}{open}", it.kind.rule_name(), place(it.span), it.reason).unwrap();
    }
    for error in &snapshot.errors {
        let at = error.span.map(place).unwrap_or_default();
        writeln!(out, "error {at}: {}", error.message).unwrap();
    }
    out
}

#[test]
fn reads_version_7_for_postgresql() {
    assert_snapshot!(check(r#"{
  "id": "b", "prevId": "a", "version": "7", "dialect": "postgresql",
  "tables": {
    "public.posts": {
      "name": "posts", "schema": "",
      "columns": {
        "id": { "name": "id", "type": "serial", "primaryKey": true, "notNull": true },
        "author_id": { "name": "author_id", "type": "integer", "primaryKey": false, "notNull": true },
        "tags": { "name": "tags", "type": "text[]", "primaryKey": false, "notNull": false },
        "price": { "name": "price", "type": "numeric(8, 2)", "primaryKey": false, "notNull": false, "default": 3 },
        "mood": { "name": "mood", "type": "mood", "typeSchema": "public", "primaryKey": false, "notNull": false, "default": "'a'" },
        "at": { "name": "at", "type": "timestamp (3) with time zone", "primaryKey": false, "notNull": true, "default": "now()" },
        "ok": { "name": "ok", "type": "boolean", "primaryKey": false, "notNull": true, "default": true }
      },
      "indexes": {
        "posts_i": { "name": "posts_i", "columns": [
          { "expression": "author_id", "isExpression": false, "asc": true, "nulls": "last" },
          { "expression": "lower(x)", "isExpression": true, "asc": true, "nulls": "last" } ],
          "isUnique": false, "concurrently": false, "method": "btree", "with": {} },
        "posts_u": { "name": "posts_u", "columns": [ { "expression": "price", "isExpression": false } ],
          "isUnique": true, "where": "price > 3" }
      },
      "foreignKeys": {
        "posts_author_id_users_id_fk": {
          "name": "posts_author_id_users_id_fk", "tableFrom": "posts", "tableTo": "users", "schemaTo": "auth",
          "columnsFrom": [ "author_id" ], "columnsTo": [ "id" ],
          "onDelete": "cascade", "onUpdate": "no action"
        }
      },
      "compositePrimaryKeys": {},
      "uniqueConstraints": {
        "posts_price": { "name": "posts_price", "nullsNotDistinct": false, "columns": [ "price", "at" ] }
      },
      "policies": {}, "checkConstraints": {}, "isRLSEnabled": false
    },
    "auth.users": {
      "name": "users", "schema": "auth",
      "columns": {
        "id": { "name": "id", "type": "integer", "primaryKey": false, "notNull": false },
        "org": { "name": "org", "type": "integer", "primaryKey": false, "notNull": false }
      },
      "indexes": {},
      "foreignKeys": {
        "users_org_fk": {
          "name": "users_org_fk", "tableFrom": "users", "tableTo": "orgs", "schemaTo": "public",
          "columnsFrom": [ "org" ], "columnsTo": [ "id" ]
        }
      },
      "compositePrimaryKeys": { "users_id_org_pk": { "name": "users_id_org_pk", "columns": [ "id", "org" ] } },
      "uniqueConstraints": {}
    }
  },
  "enums": {}, "schemas": { "auth": "auth" }, "views": {}, "sequences": {}, "roles": {}, "policies": {},
  "_meta": { "columns": {}, "schemas": {}, "tables": {} }
}"#), @r#"
    posts 4:5
      id serial not null
      author_id integer not null
      tags text[]
      price numeric(8,2) default 3
      mood mood default 'a'
      at timestamp(3) with time zone not null default now()
      ok boolean not null default true
      primary key (id) as - 7:9
      unique (price, at) as posts_price 32:9
      index (author_id, ...) as posts_i
      unique index (price) as posts_u partial
    auth.users 36:5
      id integer not null
      org integer not null
      primary key (id, org) as users_id_org_pk 49:33
    posts(author_id) -> auth.users(id) on delete cascade as posts_author_id_users_id_fk 24:9, "cascade" 27:23, "no action" 27:46
    auth.users(org) -> orgs(id) as users_org_fk explicitly 44:9, -, -
    "#);
}

#[test]
fn reads_version_5_for_postgresql() {
    assert_snapshot!(check(r#"{
  "version": "5", "dialect": "pg", "id": "b", "prevId": "a",
  "tables": { "posts": {
    "name": "posts", "schema": "",
    "columns": {
      "a": { "name": "a", "type": "integer", "primaryKey": false, "notNull": true },
      "b": { "name": "b", "type": "integer", "primaryKey": false, "notNull": true }
    },
    "indexes": { "i": { "name": "i", "columns": ["b", "lower(b)"], "isUnique": true } },
    "foreignKeys": { "posts_a_b_orgs_a_b_fk": { "name": "posts_a_b_orgs_a_b_fk",
      "tableFrom": "posts", "tableTo": "orgs", "columnsFrom": ["a", "b"], "columnsTo": ["a", "b"], "onDelete": "set null" } },
    "compositePrimaryKeys": { "posts_a_b": { "name": "posts_a_b", "columns": ["a", "b"] } }
  } },
  "enums": {}, "schemas": {}, "_meta": { "schemas": {}, "tables": {}, "columns": {} }
}"#), @r#"
    posts 3:15
      a integer not null
      b integer not null
      primary key (a, b) as posts_a_b 12:31
      unique index (b, ...) as i
    posts(a, b) -> orgs(a, b) on delete set null as posts_a_b_orgs_a_b_fk 10:22, "set null" 11:112, -
    "#);
}

#[test]
fn reads_mysql_and_sqlite() {
    assert_snapshot!(check(r#"{
  "version": "5", "dialect": "mysql", "id": "b", "prevId": "a",
  "tables": { "posts": {
    "name": "posts",
    "columns": {
      "id": { "name": "id", "type": "bigint unsigned", "primaryKey": true, "notNull": true, "autoincrement": true },
      "kind": { "name": "kind", "type": "enum('A','b (c, d)')", "primaryKey": false, "notNull": false, "autoincrement": false, "default": "'A'" }
    },
    "indexes": { "posts_kind": { "name": "posts_kind", "columns": ["kind"], "isUnique": false } },
    "foreignKeys": { "fk": { "name": "fk", "tableFrom": "posts", "tableTo": "users", "columnsFrom": ["id"], "columnsTo": ["id"],
      "onDelete": "restrict", "onUpdate": "cascade" } },
    "compositePrimaryKeys": {}
  } },
  "schemas": {}, "_meta": { "schemas": {}, "tables": {}, "columns": {} }, "internal": { "tables": {}, "indexes": {} }
}"#), @r#"
    posts 3:15
      id bigint unsigned not null
      kind enum('A','b (c, d)') default 'A'
      primary key (id) as - 6:7
      index (kind) as posts_kind
    posts(id) -> users(id) on delete restrict on update cascade as fk explicitly 10:22, "restrict" 11:19, "cascade" 11:43
    "#);
    assert_snapshot!(check(r#"{
  "version": "6", "dialect": "sqlite", "id": "b", "prevId": "a",
  "tables": { "posts": {
    "name": "posts",
    "columns": {
      "id": { "name": "id", "type": "integer", "primaryKey": true, "notNull": true, "autoincrement": true },
      "title": { "name": "title", "type": "text(20)", "primaryKey": false, "notNull": false, "autoincrement": false, "default": "CURRENT_TIMESTAMP" }
    },
    "indexes": {
      "posts_title_unique": { "name": "posts_title_unique", "columns": ["title"], "isUnique": true },
      "partial": { "name": "partial", "columns": ["title"], "isUnique": false, "where": "id > 3" }
    },
    "foreignKeys": { "posts_id_users_id_fk": { "name": "posts_id_users_id_fk", "tableFrom": "posts", "tableTo": "users",
      "columnsFrom": ["id"], "columnsTo": ["id"], "onDelete": "set default", "onUpdate": "no action" } },
    "compositePrimaryKeys": {}, "uniqueConstraints": {}, "checkConstraints": {}
  } },
  "views": {}, "enums": {}, "_meta": { "schemas": {}, "tables": {}, "columns": {} }, "internal": { "indexes": {} }
}"#), @r#"
    posts 3:15
      id integer not null
      title text(20) default CURRENT_TIMESTAMP
      primary key (id) as - 6:7
      unique index (title) as posts_title_unique
      index (title) as partial partial
    posts(id) -> users(id) on delete set default 13:22, "set default" 14:63, "no action" 14:90
    "#);
}

#[test]
fn reads_the_entities_of_1_0() {
    assert_snapshot!(check(r#"{
  "version": "8", "dialect": "postgres", "id": "b", "prevIds": ["a"],
  "ddl": [
    { "name": "auth", "entityType": "schemas" },
    { "values": ["a"], "name": "mood", "entityType": "enums", "schema": "public" },
    { "isRlsEnabled": false, "name": "posts", "entityType": "tables", "schema": "public" },
    { "isRlsEnabled": false, "name": "users", "entityType": "tables", "schema": "auth" },
    { "type": "serial", "typeSchema": null, "notNull": true, "dimensions": 0, "default": null, "name": "id", "entityType": "columns", "schema": "auth", "table": "users" },
    { "type": "integer", "notNull": false, "dimensions": 0, "default": { "value": "3", "type": "unknown" }, "name": "author", "entityType": "columns", "schema": "public", "table": "posts" },
    { "type": "text", "notNull": false, "dimensions": 1, "default": "'{}'", "name": "tags", "entityType": "columns", "schema": "public", "table": "posts" },
    { "nameExplicit": true, "columns": [ { "value": "tags", "isExpression": false, "asc": true }, { "value": "lower(x)", "isExpression": true } ], "isUnique": true, "where": "author > 3", "name": "posts_i", "entityType": "indexes", "schema": "public", "table": "posts" },
    { "nameExplicit": false, "columns": ["author"], "schemaTo": "auth", "tableTo": "users", "columnsTo": ["id"], "onUpdate": "NO ACTION", "onDelete": "SET NULL", "name": "posts_author_users_id_fkey", "entityType": "fks", "schema": "public", "table": "posts" },
    { "columns": ["id"], "nameExplicit": false, "name": "users_pkey", "entityType": "pks", "schema": "auth", "table": "users" },
    { "columns": ["author", "tags"], "nameExplicit": false, "name": "posts_pkey", "entityType": "pks", "schema": "public", "table": "posts" },
    { "nameExplicit": false, "columns": ["tags"], "nullsNotDistinct": false, "name": "posts_tags_key", "schema": "public", "table": "posts", "entityType": "uniques" },
    { "as": "PERMISSIVE", "for": "ALL", "roles": [], "using": null, "withCheck": null, "name": "p", "entityType": "policies", "schema": "public", "table": "posts" }
  ],
  "renames": ["public.articles->public.posts"]
}"#), @r#"
    posts 6:5
      author integer not null default 3
      tags text[] not null default '{}'
      primary key (author, tags) as posts_pkey 14:5
      unique (tags) as posts_tags_key 15:5
      unique index (tags, ...) as posts_i partial
    auth.users 7:5
      id serial not null
      primary key (id) as - 13:5
    posts(author) -> auth.users(id) on delete set null as posts_author_users_id_fkey 12:5, "SET NULL" 12:151, "NO ACTION" 12:126
    "#);
    assert_snapshot!(check(r#"{ "version": "7", "dialect": "sqlite", "id": "b", "prevIds": ["a"], "ddl": [
    { "name": "posts", "entityType": "tables" },
    { "table": "posts", "name": "id", "type": "integer", "notNull": false, "autoincrement": false, "default": null, "generated": null, "entityType": "columns" },
    { "table": "posts", "name": "fk_posts", "columns": ["id"], "tableTo": "users", "columnsTo": ["id"], "onUpdate": "NO ACTION", "onDelete": "CASCADE", "nameExplicit": true, "entityType": "fks" },
    { "table": "posts", "name": "posts_pk", "columns": ["id"], "nameExplicit": false, "entityType": "pks" }
  ], "renames": [] }"#), @r#"
    posts 2:5
      id integer not null
      primary key (id) as - 5:5
    posts(id) -> users(id) on delete cascade explicitly 4:5, "CASCADE" 4:142, "NO ACTION" 4:117
    "#);
    assert_snapshot!(check(r#"{ "version": "6", "dialect": "mysql", "id": "b", "prevIds": ["a"], "ddl": [
    { "name": "posts", "entityType": "tables" },
    { "table": "posts", "name": "id", "type": "int", "notNull": true, "onUpdateNow": false, "onUpdate": true, "entityType": "columns" },
    { "table": "posts", "name": "posts_id_users_id_fkey", "columns": ["id"], "tableTo": "users", "columnsTo": ["id"], "onUpdate": "NO ACTION", "onDelete": null, "nameExplicit": false, "entityType": "fks" },
    { "table": "posts", "name": "PRIMARY", "columns": ["id"], "entityType": "pks" }
  ], "renames": [] }"#), @r#"
    posts 2:5
      id int not null
      primary key (id) as - 5:5
    posts(id) -> users(id) as posts_id_users_id_fkey 4:5, -, "NO ACTION" 4:131
    "#);
}

/// What drizzle-kit 1.0.0-rc.5 wrote: a base, an alteration, two renames, and a drop.
const HISTORY: &str = r#"
//- sql/20260101000000_base/snapshot.json
{ "type": "base", "version": "9", "dialect": "postgres", "id": "1", "prevIds": ["00000000-0000-0000-0000-000000000000"], "footprints": [], "ddl": [
  { "name": "auth", "entityType": "schemas" },
  { "schema": "public", "name": "posts", "isRlsEnabled": false, "entityType": "tables" },
  { "schema": "public", "name": "tags", "isRlsEnabled": false, "entityType": "tables" },
  { "schema": "auth", "name": "users", "isRlsEnabled": false, "entityType": "tables" },
  { "schema": "public", "table": "posts", "name": "id", "type": "serial", "notNull": true, "dimensions": 0, "default": null, "entityType": "columns" },
  { "schema": "public", "table": "posts", "name": "uid", "type": "integer", "notNull": false, "dimensions": 0, "default": null, "entityType": "columns" },
  { "schema": "public", "table": "tags", "name": "b", "type": "integer", "notNull": true, "dimensions": 0, "default": null, "entityType": "columns" },
  { "schema": "auth", "table": "users", "name": "id", "type": "serial", "notNull": true, "dimensions": 0, "default": null, "entityType": "columns" },
  { "schema": "public", "table": "posts", "name": "posts_i", "nameExplicit": true, "columns": [{ "value": "id", "isExpression": false }, { "value": "id", "isExpression": true }], "isUnique": false, "where": null, "entityType": "indexes" },
  { "schema": "public", "table": "posts", "name": "posts_uid_users_id_fkey", "nameExplicit": false, "columns": ["uid"], "schemaTo": "auth", "tableTo": "users", "columnsTo": ["id"], "onUpdate": "NO ACTION", "onDelete": "CASCADE", "entityType": "fks" },
  { "schema": "public", "table": "tags", "name": "tags_b_posts_id_fkey", "nameExplicit": false, "columns": ["b"], "schemaTo": "public", "tableTo": "posts", "columnsTo": ["id"], "onUpdate": "NO ACTION", "onDelete": "NO ACTION", "entityType": "fks" },
  { "schema": "public", "table": "posts", "name": "posts_pkey", "columns": ["id"], "nameExplicit": false, "entityType": "pks" }
] }
//- sql/20260102000000_alter/snapshot.json
{ "type": "diff", "version": "9", "dialect": "postgres", "id": "2", "prevIds": ["1"], "footprints": [], "deltas": [
  { "op": "create", "row": { "schema": "auth", "table": "users", "name": "nick", "type": "text", "notNull": false, "dimensions": 0, "default": null, "entityType": "columns" } },
  { "op": "create", "row": { "as": "PERMISSIVE", "name": "p", "schema": "auth", "table": "users", "entityType": "policies" } },
  { "op": "alter", "key": "fks\u0000[\"public\",\"posts\",\"posts_uid_users_id_fkey\"]", "set": { "onDelete": "SET NULL" } }
] }
"#;

const RENAMES: &str = r#"
//- sql/20260103000000_rename/snapshot.json
{ "type": "diff", "version": "9", "dialect": "postgres", "id": "3", "prevIds": ["2"], "footprints": [], "deltas": [
  { "op": "rename", "key": "tables\u0000[\"auth\",\"users\"]", "set": { "name": "people" } },
  { "op": "rename", "key": "columns\u0000[\"public\",\"posts\",\"id\"]", "set": { "name": "key" } },
  { "op": "rename", "key": "schemas\u0000[\"auth\"]", "set": { "name": "iam" } }
] }
"#;

const DROP: &str = r#"
//- sql/20260104000000_drop/snapshot.json
{ "type": "diff", "version": "9", "dialect": "postgres", "id": "4", "prevIds": ["3"], "footprints": [], "deltas": [
  { "op": "drop", "key": "fks\u0000[\"public\",\"tags\",\"tags_b_posts_id_fkey\"]" },
  { "op": "drop", "key": "policies\u0000[\"auth\",\"users\",\"p\"]" }
] }
"#;

#[test]
fn follows_the_deltas_of_version_9() {
    assert_snapshot!(check(HISTORY), @r#"
    posts 20260101000000_base:3:3
      id serial not null
      uid integer
      primary key (id) as - 20260101000000_base:13:3
      index (id, ...) as posts_i
    tags 20260101000000_base:4:3
      b integer not null
    auth.users 20260101000000_base:5:3
      id serial not null
      nick text
    posts(uid) -> auth.users(id) on delete set null as posts_uid_users_id_fkey 20260102000000_alter:4:3, "SET NULL" 20260102000000_alter:4:111, "NO ACTION" 20260101000000_base:11:194
    tags(b) -> posts(id) as tags_b_posts_id_fkey 20260101000000_base:12:3, "NO ACTION" 20260101000000_base:12:215, "NO ACTION" 20260101000000_base:12:190
    "#);
    assert_snapshot!(check(&format!("{HISTORY}{RENAMES}")), @r#"
    posts 20260101000000_base:3:3
      key serial not null
      uid integer
      primary key (key) as - 20260101000000_base:13:3
      index (key, ...) as posts_i
    tags 20260101000000_base:4:3
      b integer not null
    iam.people 20260103000000_rename:2:3
      id serial not null
      nick text
    posts(uid) -> iam.people(id) on delete set null as posts_uid_users_id_fkey 20260102000000_alter:4:3, "SET NULL" 20260102000000_alter:4:111, "NO ACTION" 20260101000000_base:11:194
    tags(b) -> posts(key) as tags_b_posts_id_fkey 20260101000000_base:12:3, "NO ACTION" 20260101000000_base:12:215, "NO ACTION" 20260101000000_base:12:190
    "#);
    assert_snapshot!(check(&format!("{HISTORY}{RENAMES}{DROP}")), @r#"
    posts 20260101000000_base:3:3
      key serial not null
      uid integer
      primary key (key) as - 20260101000000_base:13:3
      index (key, ...) as posts_i
    tags 20260101000000_base:4:3
      b integer not null
    iam.people 20260103000000_rename:2:3
      id serial not null
      nick text
    posts(uid) -> iam.people(id) on delete set null as posts_uid_users_id_fkey 20260102000000_alter:4:3, "SET NULL" 20260102000000_alter:4:111, "NO ACTION" 20260101000000_base:11:194
    "#);
}

#[test]
fn brings_branches_together() {
    let branch = |id: &str, column: &str| {
        format!(
            r#"
//- sql/2026010{id}000000_branch/snapshot.json
{{ "type": "diff", "version": "9", "dialect": "postgres", "id": "{id}", "prevIds": ["2"], "deltas": [
  {{ "op": "create", "row": {{ "schema": "public", "table": "tags", "name": "{column}", "type": "text", "notNull": false, "dimensions": 0, "entityType": "columns" }} }},
  {{ "op": "create", "row": {{ "schema": "public", "table": "tags", "name": "both", "type": "text", "notNull": false, "dimensions": 0, "entityType": "columns" }} }} ] }}
"#
        )
    };
    let merge = r#"
//- sql/20260105000000_merge/snapshot.json
{ "type": "diff", "version": "9", "dialect": "postgres", "id": "5", "prevIds": ["3", "4"], "deltas": [] }
"#;
    let (one, other) = (branch("3", "one"), branch("4", "other"));
    let merged = check(&format!("{HISTORY}{one}{other}{merge}"));
    assert_snapshot!(merged, @r#"
    posts 20260101000000_base:3:3
      id serial not null
      uid integer
      primary key (id) as - 20260101000000_base:13:3
      index (id, ...) as posts_i
    tags 20260101000000_base:4:3
      b integer not null
      one text
      both text
      other text
    auth.users 20260101000000_base:5:3
      id serial not null
      nick text
    posts(uid) -> auth.users(id) on delete set null as posts_uid_users_id_fkey 20260102000000_alter:4:3, "SET NULL" 20260102000000_alter:4:111, "NO ACTION" 20260101000000_base:11:194
    tags(b) -> posts(id) as tags_b_posts_id_fkey 20260101000000_base:12:3, "NO ACTION" 20260101000000_base:12:215, "NO ACTION" 20260101000000_base:12:190
    "#);
    // Before they are merged, the last one is what there is, and the other one is reported.
    let open = check(&format!("{HISTORY}{one}{other}"));
    assert_snapshot!(open.replace(&merged, ""), @r#"
    posts 20260101000000_base:3:3
      id serial not null
      uid integer
      primary key (id) as - 20260101000000_base:13:3
      index (id, ...) as posts_i
    tags 20260101000000_base:4:3
      b integer not null
      other text
      both text
    auth.users 20260101000000_base:5:3
      id serial not null
      nick text
    posts(uid) -> auth.users(id) on delete set null as posts_uid_users_id_fkey 20260102000000_alter:4:3, "SET NULL" 20260102000000_alter:4:111, "NO ACTION" 20260101000000_base:11:194
    tags(b) -> posts(id) as tags_b_posts_id_fkey 20260101000000_base:12:3, "NO ACTION" 20260101000000_base:12:215, "NO ACTION" 20260101000000_base:12:190
    snapshot-mismatch 20260103000000_branch:1:1: this snapshot is left out: the newest one does not build on it (any)
    "#);
}

#[test]
fn says_what_is_missing_in_a_history() {
    let gone = "//- sql/20260103000000_x/snapshot.json\n{ \"type\": \"diff\", \"version\": \"9\", \
        \"dialect\": \"postgres\", \"id\": \"3\", \"prevIds\": [\"gone\"], \"deltas\": [] }";
    assert_snapshot!(check(&format!("{HISTORY}{gone}")), @"error 20260103000000_x:1:1: the snapshot cannot be understood: it builds on the snapshot `gone`, which is not there");
    assert_snapshot!(check(&gone.replace("[\"gone\"]", "[]")), @"error 20260103000000_x:1:1: the snapshot cannot be understood: it builds on no other snapshot");
    assert_snapshot!(check(&gone.replace("gone", "3")), @"error 20260103000000_x:1:1: the snapshot cannot be understood: it builds on the snapshot `3`, which is not there");
    assert_snapshot!(check(&format!("//- sql/20260101000000_a/snapshot.json\n{{ \n{gone}")), @"
    error 20260101000000_a:1:1: the snapshot cannot be understood: unterminated object
    error 20260103000000_x:1:1: the snapshot cannot be understood: it builds on the snapshot `gone`, which is not there
    ");
    let wrong = gone.replace("\"gone\"", "\"2\"").replace(
        "\"deltas\": []",
        r#""deltas": [ 1, {}, { "op": "explode" }, { "op": "drop" }, { "op": "drop", "key": "x" },
        { "op": "drop", "key": "tables\u0000[1]" }, { "op": "drop", "key": "tables\u0000[\"no\", \"such\"]" },
        { "op": "create", "row": { "entityType": "fks", "table": "tags", "schema": "public", "name": "x", "onDelete": "explode" } },
        { "op": "create", "row": { "entityType": "tables", "schema": "public", "name": "tags" } },
        { "op": "create", "row": { "entityType": "columns", "schema": "public", "table": "tags", "name": "b", "type": "text" } },
        { "op": "rename", "key": "tables\u0000[\"public\",\"tags\"]", "set": { "name": "posts" } },
        { "op": "alter", "key": "tables\u0000[\"public\",\"tags\"]", "set": [] } ]"#,
    );
    assert_snapshot!(check(&format!("{HISTORY}{wrong}")), @r#"
    posts 20260101000000_base:3:3
      id serial not null
      uid integer
      primary key (id) as - 20260101000000_base:13:3
      index (id, ...) as posts_i
    tags incomplete 20260101000000_base:4:3
      b integer not null
    auth.users 20260101000000_base:5:3
      id serial not null
      nick text
    posts(uid) -> auth.users(id) on delete set null as posts_uid_users_id_fkey 20260102000000_alter:4:3, "SET NULL" 20260102000000_alter:4:111, "NO ACTION" 20260101000000_base:11:194
    tags(b) -> posts(id) as tags_b_posts_id_fkey 20260101000000_base:12:3, "NO ACTION" 20260101000000_base:12:215, "NO ACTION" 20260101000000_base:12:190
    snapshot-mismatch 20260103000000_x:1:99: change could not be read: `a change` must be an object, not a number (any)
    snapshot-mismatch 20260103000000_x:1:102: change could not be read: `op` is missing (any)
    snapshot-mismatch 20260103000000_x:1:114: change could not be read: `explode` is no change that is known (any)
    snapshot-mismatch 20260103000000_x:1:127: change could not be read: `key` is missing (any)
    snapshot-mismatch 20260103000000_x:1:168: change could not be read: this is the key of no entity (any)
    snapshot-mismatch 20260103000000_x:2:32: change could not be read: this is the key of no entity (any)
    snapshot-mismatch 20260103000000_x:3:119: change could not be read: `explode` is no referential action (tags)
    snapshot-mismatch 20260103000000_x:5:34: change could not be read: another entity has this name already (tags)
    snapshot-mismatch 20260103000000_x:6:9: change could not be read: another entity has this name already (any)
    snapshot-mismatch 20260103000000_x:7:77: change could not be read: `set` must be an object, not a list (any)
    "#);
}

#[test]
fn says_what_is_no_snapshot() {
    for (text, reason) in [
        ("\n", "2:1: the snapshot cannot be understood: the file is empty"),
        (
            "[]",
            "1:1: the snapshot cannot be understood: `the snapshot` must be an object, not a list",
        ),
        ("{", ""),
        ("{ \"version\": \"7\", \"dialect\": \"postgresql\", \"tables\": { \"a", ""),
        ("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> main", ""),
        ("{ \"version\": \"7\" }", "`dialect` is missing"),
        (
            "{ \"dialect\": \"oracle\" }",
            "1:14: the snapshot cannot be understood: the dialect `oracle` is not supported",
        ),
        ("{ \"dialect\": \"mssql\", \"version\": \"2\" }", "the dialect `mssql` is not supported"),
        ("{ \"dialect\": \"pg\" }", "`version` is missing"),
        (
            "{ \"dialect\": \"pg\", \"version\": 5 }",
            "1:31: the snapshot cannot be understood: `version` must be a string, not a number",
        ),
        (
            "{ \"dialect\": \"postgresql\", \"version\": \"8\" }",
            "version `8` for `postgresql` is not known",
        ),
        (
            "{ \"dialect\": \"postgres\", \"version\": \"10\" }",
            "version `10` for `postgres` is not known",
        ),
        ("{ \"dialect\": \"pg\", \"version\": \"5\" }", "`tables` is missing"),
        (
            "{ \"dialect\": \"pg\", \"version\": \"5\", \"tables\": [] }",
            "`tables` must be an object, not a list",
        ),
        (
            "{ \"dialect\": \"postgres\", \"version\": \"8\", \"ddl\": {} }",
            "`ddl` must be a list, not an object",
        ),
    ] {
        let found = check(text);
        assert!(found.starts_with("error ") && found.contains(reason), "{text}: {found}");
    }
    let files = MemoryFileSystem::default();
    let snapshot = read_snapshot(&files, &SourceMap::default(), Path::new("0000_snapshot.json"));
    assert_eq!(
        snapshot.errors[0].message,
        "the snapshot `0000_snapshot.json` cannot be read: entity not found"
    );
}

/// The longest parts are parsed by themselves; places and repeated keys are those of the whole file.
#[test]
fn reads_the_parts_of_a_snapshot_as_one() {
    let user = r#""u": { "name": "u", "columns": { "id": { "name": "id", "type": "int" } } }"#;
    let long = format!(r#""tables": {{ {user} }}, "ddl": [ {{ "b": "]" }} ], "tables" : {{}}"#);
    let text = format!(r#"{{ {long}, "dialect": "pg", "version": 5 }}"#);
    let at = text.find("5 }").unwrap() + 1;
    let reason = "`version` must be a string, not a number";
    let error = format!("1:{at}: the snapshot cannot be understood: {reason}");
    assert!(check(&text).contains(&error), "{}", check(&text));
    // As in JavaScript, the last one of a name counts, in the place of the first.
    let without_entities = text.replace("5 }", "\"5\" }").replace("ddl", "views");
    assert_eq!(check(&without_entities), "");
    let two = user.replace(r#""name": "u""#, r#""name": "v""#);
    let tables = format!(r#"{{ {user}, "w": {{ "name": "w" }}, {two} }}"#);
    let text =
        format!(r#"{{ "dialect": "pg", "tables": {{}}, "version": "5", "tables":{tables} }}"#);
    let column = text.rfind("\"u\": {").unwrap() + 1;
    assert!(check(&text).starts_with(&format!("v 1:{column}\n")), "{}", check(&text));
    assert!(check(&text).contains("\nw 1:"), "{}", check(&text));
    // What lies between the parts is looked at, too.
    let broken = text.replace(r#"}, "w""#, r#"} "w""#);
    let column = broken.find("\"w\"").unwrap();
    assert!(
        check(&broken).contains(&format!("1:{column}: the snapshot cannot")),
        "{}",
        check(&broken)
    );
}

#[test]
fn reports_entries_of_other_shapes() {
    assert_snapshot!(check(r#"{ "version": "7", "dialect": "postgresql", "tables": {
  "public.a": 1,
  "public.b": { "schema": "" },
  "public.c": { "name": "c", "schema": "", "columns": [], "indexes": { "i": { "name": "i", "columns": [1] }, "j": { "name": "j", "columns": "x" } },
    "foreignKeys": {
      "f": { "name": "f", "tableFrom": "c", "tableTo": "d", "columnsFrom": ["x", "y"], "columnsTo": ["z"] },
      "g": { "name": "g", "tableFrom": "c", "tableTo": "d", "columnsFrom": ["x"], "columnsTo": ["z"], "onDelete": "explode" },
      "h": { "name": "h", "tableFrom": "c", "columnsFrom": ["x"], "columnsTo": ["z"] },
      "i": { "name": "i", "tableFrom": "c", "tableTo": "d", "columnsFrom": "x", "columnsTo": ["z"] },
      "j": "j;c;x;d;z;no action;cascade",
      "k": { "name": "k", "tableFrom": "c", "tableTo": "d", "columnsFrom": ["x"], "columnsTo": [], "onDelete": "" }
    } },
  "public.d": { "name": "d", "schema": "", "columns": { "x": { "name": "x", "type": "text", "notNull": "yes" } } },
  "public.e": { "name": "e", "foreignKeys": {
      "k": { "name": "k", "tableFrom": "e", "tableTo": "f", "columnsFrom": ["x"], "columnsTo": [] } } },
  "public.f": { "name": "f", "compositePrimaryKeys": { "k": { "columns": ["z"] } }, "columns": { "x": { "name": "x", "type": "text" }, "x": { "name": "x", "type": "uuid" } } }
} }"#), @"
    c incomplete 4:3
    d incomplete 13:3
    e 14:3
    f 16:3
      x uuid
      primary key (z) as k 16:56
    c(x) -> d() as k explicitly 11:7, -, -
    e(x) -> f(z) as k explicitly 15:7, -, -
    snapshot-mismatch 2:15: table `public.a` could not be read: `a table` must be an object, not a number (any)
    snapshot-mismatch 3:15: table `public.b` could not be read: `name` is missing (any)
    snapshot-mismatch 4:55: part of a table could not be read: `columns` must be an object, not a list (c)
    snapshot-mismatch 4:104: entry `i` could not be read: this is neither a column nor an expression (c)
    snapshot-mismatch 4:141: entry `j` could not be read: `columns` must be a list, not a string (c)
    snapshot-mismatch 6:7: entry `f` could not be read: 2 referencing and 1 referenced columns make no pairs (c)
    snapshot-mismatch 7:115: entry `g` could not be read: `explode` is no referential action (c)
    snapshot-mismatch 8:12: entry `h` could not be read: `tableTo` is missing (c)
    snapshot-mismatch 9:76: entry `i` could not be read: `columnsFrom` must be a list, not a string (c)
    snapshot-mismatch 10:12: entry `j` could not be read: `j` must be an object, not a string (c)
    snapshot-mismatch 13:104: entry `x` could not be read: `notNull` must be a boolean, not a string (d)
    ");
    assert_snapshot!(check(r#"{ "version": "8", "dialect": "postgres", "ddl": [
  1, {}, { "entityType": "tables" }, { "entityType": "fks", "name": "f" },
  { "entityType": "tables", "schema": "public", "name": "c" },
  { "entityType": "fks", "schema": "public", "table": "c", "name": "f" },
  { "entityType": "fks", "schema": "public", "table": "c", "name": "g", "tableTo": "d", "columns": ["x"], "columnsTo": ["y", "z"] },
  { "entityType": "indexes", "schema": "public", "table": "c", "name": "i", "columns": [1] },
  { "entityType": "columns", "schema": "public", "table": "gone", "name": "i", "type": "text" },
  { "entityType": "something new", "name": "x" }
] }"#), @"
    c incomplete 3:3
    snapshot-mismatch 2:3: entity could not be read: `an entity` must be an object, not a number (any)
    snapshot-mismatch 2:6: entity could not be read: `entityType` is missing (any)
    snapshot-mismatch 2:10: entity could not be read: `name` is missing (any)
    snapshot-mismatch 2:38: entity could not be read: `table` is missing (any)
    snapshot-mismatch 4:3: entity could not be read: `tableTo` is missing (c)
    snapshot-mismatch 6:89: entity could not be read: this is neither a column nor an expression (c)
    snapshot-mismatch 5:3: foreign key could not be read: 1 referencing and 2 referenced columns make no pairs (c)
    ");
}

#[test]
fn survives_deep_nesting() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = open.repeat(100_000);
        let closed = format!("{deep}1{}", close.repeat(100_000));
        for text in [&deep, &closed] {
            assert!(check(text).contains("nesting depth"), "{}", check(text));
            let inside =
                format!("{{ \"dialect\": \"pg\", \"version\": \"5\", \"tables\": {text} }}");
            assert!(check(&inside).contains("nesting depth"), "{}", check(&inside));
        }
    }
}

/// As [`check`], without a look at places.
fn read(fixture: &str) -> Snapshot {
    let files = MemoryFileSystem::parse("meta/0000_snapshot.json", fixture);
    read_snapshot(&files, &SourceMap::default(), files.paths().last().unwrap())
}

/// Work grows with the text alone: each of these would take minutes else.
#[test]
fn survives_much_of_everything() {
    let list = |count: usize, item: &dyn Fn(usize) -> String| {
        (0..count).map(item).collect::<Vec<_>>().join(",")
    };
    let foreign_keys = list(20_000, &|at| {
        format!(
            r#""t{at}": {{ "name": "t{at}", "foreignKeys": {{ "f": {{ "name": "f", "tableTo": "t{at}", "columnsFrom": ["a"], "columnsTo": [] }} }} }}"#
        )
    });
    let columns = list(20_000, &|at| format!(r#""c{at}": {{ "name": "c{at}" }}"#));
    let names = list(20_000, &|at| format!(r#""c{at}""#));
    for tables in [
        foreign_keys,
        format!(
            r#""t": {{ "name": "t", "columns": {{ {columns} }}, "compositePrimaryKeys": {{ "p": {{ "columns": [{names}] }} }},
            "indexes": {{ "i": {{ "name": "i", "columns": [{names}] }} }} }}"#
        ),
    ] {
        let text =
            format!(r#"{{ "version": "7", "dialect": "postgresql", "tables": {{ {tables} }} }}"#);
        let snapshot = read(&text);
        assert!(snapshot.unresolved.is_empty() && snapshot.errors.is_empty());
    }
    let tables = list(20_000, &|at| {
        format!(r#"{{ "entityType": "tables", "schema": "public", "name": "t{at}" }}"#)
    });
    let renames = list(20_000, &|at| {
        format!(
            r#"{{ "op": "rename", "key": "tables\u0000[\"public\",\"t{at}\"]", "set": {{ "name": "u{at}" }} }}"#
        )
    });
    let head = r#""version": "9", "dialect": "postgres""#;
    let history = format!(
        "//- sql/1/snapshot.json\n{{ {head}, \"type\": \"base\", \"id\": \"1\", \"prevIds\": [], \"ddl\": [{tables}] }}\n\
         //- sql/2/snapshot.json\n{{ {head}, \"type\": \"diff\", \"id\": \"2\", \"prevIds\": [\"1\"], \"deltas\": [{renames}] }}"
    );
    assert!(read(&history).errors[0].message.contains("too much is renamed from here on"));
}

#[test]
fn survives_every_cut_of_a_snapshot() {
    let whole = HISTORY.replace("\n//- sql/20260101000000_base/snapshot.json\n", "");
    let whole = whole.split("//- ").next().unwrap();
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let found = check(&whole[..end]);
        assert!(found.contains("error ") || end + 2 >= whole.len(), "{end}: {found}");
    }
}

/// The newest snapshot of `sql`, and the migrations after it.
fn newest(paths: &[&str]) -> String {
    let mut files = MemoryFileSystem::default();
    let mut entries = Vec::new();
    for path in paths {
        files.insert(path, "select 1;");
        if let Some(tag) = path.strip_prefix("sql/").and_then(|it| it.strip_suffix(".sql")) {
            entries.push(format!(r#"{{ "tag": "{tag}" }}"#));
        }
    }
    if paths.iter().any(|it| it.contains("/meta/")) {
        let journal = format!(r#"{{ "entries": [{}] }}"#, entries.join(", "));
        files.insert("sql/meta/_journal.json", &journal);
    }
    let folder = discover(&files, &SourceMap::default(), Path::new("sql")).unwrap();
    let Some(newest) = folder.newest_snapshot(&files, Path::new("sql")) else {
        return "none".to_owned();
    };
    let show = |path: &PathBuf| path.strip_prefix("sql").unwrap().display().to_string();
    let later: Vec<String> = newest.later_migrations.iter().map(show).collect();
    format!("{} before [{}]", show(&newest.path), later.join(" "))
}

#[test]
fn the_newest_snapshot_is_the_last_by_name() {
    assert_snapshot!(newest(&[
        "sql/0000_a.sql", "sql/0001_b.sql", "sql/meta/0000_snapshot.json", "sql/meta/0001_snapshot.json",
    ]), @"meta/0001_snapshot.json before []");
    assert_snapshot!(newest(&[
        "sql/0000_a.sql", "sql/0001_b.sql", "sql/0002_c.sql", "sql/meta/0000_snapshot.json", "sql/meta/_snapshot.json",
    ]), @"meta/0000_snapshot.json before [0001_b.sql 0002_c.sql]");
    assert_snapshot!(newest(&[
        "sql/20260101000000_a.sql", "sql/20260102000000_b.sql", "sql/meta/20260101000000_snapshot.json",
    ]), @"meta/20260101000000_snapshot.json before [20260102000000_b.sql]");
    assert_snapshot!(newest(&["sql/0000_a.sql", "sql/meta/notes.json"]), @"none");
    assert_snapshot!(newest(&["sql/0000_a.sql"]), @"none");
    assert_snapshot!(newest(&[
        "sql/20260101000000_a/migration.sql", "sql/20260101000000_a/snapshot.json",
        "sql/20260102000000_b/migration.sql", "sql/20260102000000_b/snapshot.json",
        "sql/20260103000000_c/migration.sql",
    ]), @"20260102000000_b/snapshot.json before [20260103000000_c/migration.sql]");
    // Files of a runner of its own, and one folder of drizzle-kit 1.0.
    assert_snapshot!(newest(&[
        "sql/0000_a.sql", "sql/0001_b.sql", "sql/20260101000000_c/migration.sql",
        "sql/20260101000000_c/snapshot.json", "sql/20260101000000_d.sql",
    ]), @"20260101000000_c/snapshot.json before [20260101000000_d.sql]");
}
