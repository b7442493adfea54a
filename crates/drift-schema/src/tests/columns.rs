use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;
use crate::{Casing, DrizzleLine};

#[test]
fn takes_the_key_where_there_is_no_name() {
    let case = Case::pg(
        r#"
        export const t = pgTable("t", {
          a: integer("col_a"), b: integer(), c: varchar({ length: 3 }), d: text("", { enum: ["x"] }),
          ["e"]: text(), 5: text(),
        });
        "#,
    );
    assert_snapshot!(case.tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    t
      col_a integer
      b integer
      c varchar(3)
      d text
      e text
      5 text
    ");
}

#[test]
fn knows_the_types_of_builders() {
    let case = Case::new(
        r#"
        import * as pg from "drizzle-orm/pg-core";
        const mood = pg.pgEnum("mood", ["sad", "ok"]);
        const citext = pg.customType<{ data: string }>({ dataType() { return "CITEXT"; } });
        const vec = pg.customType({ dataType: (config) => `vector(${config?.dimensions ?? 3})` });
        export const t = pg.pgTable("t", {
          a: pg.serial("a"), b: pg.bigint("b", { mode: "number" }), c: pg.varchar("c", { length: 255 }),
          d: pg.numeric("d", { precision: 10, scale: 2 }), e: pg.timestamp("e", { withTimezone: true, precision: 3 }),
          f: pg.doublePrecision("f"), g: mood("g"), h: citext("h"), i: vec("i", { dimensions: 9 }),
          j: pg.vector("j", { dimensions: 3 }), k: pg.text("k").array(), l: pg.char("l"), m: pg.geometry("m"),
          n: pg.interval("n", { fields: "day", precision: 3 }), o: pg.cube("o"),
        });
        "#,
    );
    assert_snapshot!(case.tables(), @r"
    t
      a serial not null
      b bigint
      c varchar(255)
      d numeric(10,2)
      e timestamp(3) with time zone
      f double precision
      g mood
      h citext
      i vector(9)
      j vector(3)
      k text[]
      l char
      m geometry(point)
      n interval day(3)
      o ?
    ");
    let case = Case::new(
        r#"
        import * as my from "drizzle-orm/mysql-core";
        export const t = my.mysqlTable("t", {
          a: my.serial("a"), b: my.bigint("b", { mode: "number", unsigned: true }), c: my.varchar("c", { length: 64 }),
          d: my.decimal("d", { precision: 10, scale: 2 }), e: my.datetime("e", { fsp: 3 }), f: my.int(),
          g: my.mysqlEnum("g", ["a"]), h: my.boolean("h"),
        });
        "#,
    )
    .dialect(Dialect::MySql);
    assert_snapshot!(case.tables(), @"
    t
      a serial not null
      b bigint unsigned
      c varchar(64)
      d decimal(10,2)
      e datetime(3)
      f int
      g enum('a')
      h boolean
    ");
    let case = Case::new(
        r#"
        import { sqliteTable, integer, text, blob, real, numeric } from "drizzle-orm/sqlite-core";
        export const t = sqliteTable("t", {
          a: integer("a").primaryKey({ autoIncrement: true }), b: integer("b", { mode: "timestamp" }),
          c: text("c", { length: 9 }), d: blob("d"), e: real("e"), f: numeric("f"),
        });
        "#,
    )
    .dialect(Dialect::Sqlite);
    assert_snapshot!(case.tables(), @r"
    t
      a integer not null
      b integer
      c text(9)
      d blob
      e real
      f numeric
      primary key (a)
    ");
}

#[test]
fn a_size_that_is_not_known_leaves_the_type_unknown() {
    let text = r#"
        import { numeric } from "drizzle-orm/pg-core";
        const options = loadOptions();
        const length = loadLength();
        export const t = pgTable("t", {
          a: varchar("a", { length }), b: varchar("b", options), c: text("c"), d: timestamp("d", options),
          e: numeric("e", { precision: 4, scale: length }),
        });
        "#;
    assert_snapshot!(Case::pg(text).tables(), @r#"
    users
      id integer not null
      other integer
      primary key (id)
    t
      a ?
      b ?
      c text
      d ?
      e ?
    "#);
}

#[test]
fn the_first_table_names_a_shared_builder() {
    let text = r#"
        const owner = integer().references(() => users.id);
        export const a = pgTable("a", { firstOwner: owner });
        export const b = pgTable("b", { secondOwner: owner });
        const base = { by: integer("by") };
        export const c = pgTable("c", { ...base, x: base.by.notNull() });
        "#;
    assert_snapshot!(Case::pg(text).tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    a
      firstOwner integer
    b
      firstOwner integer
    c
      by integer not null
    ");
    assert_snapshot!(Case::pg(text).foreign_keys(), @r"
    a(firstOwner) -> users(id) as a_firstOwner_users_id_fk
    b(firstOwner) -> users(id) as b_firstOwner_users_id_fk
    ");
}

#[test]
fn an_array_loses_the_references_before_it_in_0_x() {
    let text = r#"
        export const t = pgTable("t", {
          a: integer("a").references(() => users.id).array(),
          b: integer("b").array().references(() => users.id),
        });
        "#;
    assert_snapshot!(Case::pg(text).keys(), @"t(b) -> users(id)");
    assert_snapshot!(Case::pg(text).v1().keys(), @r"
    t(a) -> users(id)
    t(b) -> users(id)
    ");
}

#[test]
fn a_builder_made_from_a_column_has_no_references() {
    let case = Case::pg(
        r#"
        const t = pgTable("t", { a: integer("a").references(() => users.id) });
        export const u = pgTable("u", { a: t.a.toBuilder() });
        "#,
    );
    assert_snapshot!(case.tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    u
      a integer
    ");
    assert_snapshot!(case.keys(), @"");
}

#[test]
fn inlines_helpers_and_spreads() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer, timestamp } from "drizzle-orm/pg-core";
        import { timestamps, userRef, audit } from "./helpers";
        import * as parts from "./helpers";
        export const users = pgTable("users", { id: integer("id") });
        function local(name = "by_default") { return integer(name).references(() => users.id); }
        const curried = (name: string) => (onDelete: any) => integer(name).references(() => users.id, { onDelete });
        export const t = pgTable("t", {
          ...timestamps, ...audit("editor"), ...parts.owner,
          a: userRef("a"), b: local(), c: curried("c")("cascade").notNull(), d: parts.timestamps.createdAt,
        });
        //- src/helpers.ts
        import { integer, timestamp } from "drizzle-orm/pg-core";
        import { users } from "./schema";
        export const timestamps = { createdAt: timestamp("created_at").notNull() };
        export const userRef = (name: string) => integer(name).references(() => users.id);
        export function audit(prefix: string) { return { [`${prefix}Id`]: userRef(`${prefix}_id`) }; }
        export const owner = { owner: userRef("owner_id").notNull() };
        "#,
    );
    assert_snapshot!(case.tables(), @r"
    users
      id integer
    t
      created_at timestamp not null
      editor_id integer
      owner_id integer not null
      a integer
      by_default integer
      c integer not null
    ");
    assert_snapshot!(case.keys(), @r"
    t(editor_id) -> users(id)
    t(owner_id) -> users(id)
    t(a) -> users(id)
    t(by_default) -> users(id)
    t(c) -> users(id) on delete cascade
    ");
}

#[test]
fn casing_concerns_keys_only() {
    let text = r#"
        export const t = pgTable("tT", {
          orgId: integer().references(() => users.id),
          explicitId: integer("explicitId").references(() => users.id),
          s3Key: integer(), S3Key: integer(),
        });
        "#;
    assert_snapshot!(Case::pg(text).casing(Casing::SnakeCase).tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    tT
      org_id integer
      explicitId integer
      s3_key integer
      s_3_key integer
    ");
    assert_snapshot!(Case::pg(text).casing(Casing::SnakeCase).foreign_keys(), @r"
    tT(org_id) -> users(id) as tT_org_id_users_id_fk
    tT(explicitId) -> users(id) as tT_explicitId_users_id_fk
    ");
}

#[test]
fn a_shared_builder_keeps_the_casing_of_its_first_table() {
    let source = r#"
        import { snakeCase } from "drizzle-orm/pg-core";
        const shared = { ownerId: integer() };
        const other = { ownerId: integer() };
        export const a = snakeCase.table("a", { ...shared });
        export const b = pgTable("b", { ...shared });
        export const c = pgTable("c", { ...other });
        export const d = snakeCase.table("d", { ...other });
    "#;
    let mut case = Case::pg(source);
    case.line = DrizzleLine::V1;
    let tables = case.tables();
    let columns = tables.lines().filter(|line| line.starts_with("  owner"));
    let columns: Vec<&str> = columns.map(str::trim).collect();
    assert_eq!(
        columns,
        ["owner_id integer", "owner_id integer", "ownerId integer", "ownerId integer"]
    );
}
