use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;

#[test]
fn reads_the_three_dialects() {
    let fixture = |core: &str, table: &str, int: &str| {
        format!(
            r#"
            import {{ {table}, {int} as int }} from "drizzle-orm/{core}";
            export const users = {table}("users", {{ id: int("id").primaryKey() }});
            export const posts = {table}("posts", {{
              authorId: int("author_id").references(() => users.id, {{ onDelete: "cascade" }}),
            }});
            "#
        )
    };
    let pg = Case::new(&fixture("pg-core", "pgTable", "integer"));
    assert_snapshot!(pg.foreign_keys(), @"posts(author_id) -> users(id) on delete cascade as posts_author_id_users_id_fk");
    let mysql = Case::new(&fixture("mysql-core", "mysqlTable", "int")).dialect(Dialect::MySql);
    assert_snapshot!(mysql.foreign_keys(), @"posts(author_id) -> users(id) on delete cascade as posts_author_id_users_id_fk");
    let sqlite = Case::new(&fixture("sqlite-core", "sqliteTable", "integer"));
    assert_snapshot!(sqlite.foreign_keys(), @"");
    let sqlite = sqlite.dialect(Dialect::Sqlite);
    assert_snapshot!(sqlite.foreign_keys(), @"posts(author_id) -> users(id) on delete cascade");
}

/// Tables made in every way that a core module has, under the names that begin with `prefix`.
fn every_creator(core: &str, prefix: &str) -> String {
    format!(
        r#"
        import {{
          {prefix}Table, {prefix}TableCreator, {prefix}Schema, foreignKey, customType, int4, int, snakeCase,
        }} from "drizzle-orm/{core}";
        import {{ text }} from "drizzle-orm/{core}/columns/text";
        const number = customType({{ dataType: () => "number" }});
        export const users = {prefix}Table("users", {{ id: int4("id").primaryKey(), name: text() }});
        const prefixed = {prefix}TableCreator((name) => `acme_${{name}}`);
        export const posts = prefixed("posts", {{ by: int4("by").references(() => users.id) }});
        const auth = {prefix}Schema("auth");
        export const sessions = auth.table("sessions", (t) => ({{ by: number("by") }}), (t) => [
          foreignKey({{ columns: [t.by], foreignColumns: [users.id] }}).onDelete("cascade"),
        ]);
        export const cased = snakeCase.table("cased", {{ ownedBy: int4().references(() => users.id) }});
        "#
    )
}

#[test]
fn passes_over_tables_of_other_dialects() {
    for (core, prefix) in
        [("singlestore-core", "singlestore"), ("gel-core", "gel"), ("mssql-core", "mssql")]
    {
        let fixture = every_creator(core, prefix);
        for dialect in Dialect::ALL {
            assert_eq!(Case::new(&fixture).dialect(dialect).tables(), "", "{core}");
            assert_eq!(Case::new(&fixture).dialect(dialect).v1().foreign_keys(), "", "{core}");
        }
    }
}

#[test]
fn takes_cockroachdb_for_postgresql() {
    let fixture = every_creator("cockroach-core", "cockroach");
    assert_snapshot!(Case::new(&fixture).v1().foreign_keys(), @r"
    acme_posts(by) -> users(id) as acme_posts_by_users_id_fkey
    auth.sessions(by) -> users(id) on delete cascade as sessions_by_users_id_fkey
    cased(owned_by) -> users(id) as cased_owned_by_users_id_fkey
    ");
    let types = Case::new(
        r#"
        import { cockroachTable, cockroachEnum, int8, string, varbit } from "drizzle-orm/cockroach-core";
        const role = cockroachEnum("role", ["a"]);
        export const t = cockroachTable("t", {
          a: int8(), b: string({ length: 3 }), c: role().notNull(), d: varbit({ length: 2 }),
        });
        "#,
    );
    assert_snapshot!(types.v1().tables(), @r"
    t
      a int8
      b string(3)
      c role not null
      d varbit(2)
    ");
    assert_eq!(Case::new(&fixture).dialect(Dialect::MySql).v1().foreign_keys(), "");
}

#[test]
fn reads_the_dialect_beside_others() {
    let case = Case::pg(
        r#"
        import { gelTable, integer as number } from "drizzle-orm/gel-core";
        export const links = gelTable("links", { by: number("by").references(() => users.id) });
        export const posts = pgTable("posts", { by: integer("by").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"posts(by) -> users(id)");
}

#[test]
fn maps_names_through_creators() {
    let case = Case::pg(
        r#"
        const prefixed = pgTableCreator((name) => `acme_${name}`);
        export const posts = prefixed("posts", {
          authorId: integer("author_id").references(() => users.id),
        });
        export const accounts = pgTableCreator((n) => "x_" + n.toUpperCase())("accounts", {
          postId: integer("post_id").references(() => posts.authorId),
        });
        "#,
    );
    assert_snapshot!(case.foreign_keys(), @r"
    acme_posts(author_id) -> users(id) as acme_posts_author_id_users_id_fk
    x_ACCOUNTS(post_id) -> acme_posts(author_id) as x_ACCOUNTS_post_id_acme_posts_author_id_fk
    ");
}

#[test]
fn resolves_a_creator_that_shadows_the_factory() {
    let case = Case::new(
        r#"
        import { pgTableCreator, integer } from "drizzle-orm/pg-core";
        const pgTable = pgTableCreator((name) => `audit_${name}`);
        export const users = pgTable("users", { id: integer("id") });
        export const posts = pgTable("posts", { by: integer("by").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"audit_posts(by) -> audit_users(id)");
}

#[test]
fn knows_factories_by_what_they_are_not_by_their_spelling() {
    let case = Case::new(
        r#"
        import { pgTable as table, integer as int } from "drizzle-orm/pg-core";
        import * as pg from "drizzle-orm/pg-core";
        function pgTable(name: string) { return { id: name }; }
        export const fake = pgTable("fake");
        export const users = table("users", { id: int("id") });
        export const posts = pg.pgTable("posts", { by: pg.integer("by").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"posts(by) -> users(id)");
}

#[test]
fn puts_tables_of_a_schema_into_its_namespace() {
    let case = Case::pg(
        r#"
        const auth = pgSchema("auth");
        const { table } = pgSchema("billing");
        const open = pgSchema("public");
        export const accounts = auth.table("accounts", {
          id: integer("id").primaryKey(),
          userId: integer("user_id").references(() => users.id),
        });
        export const invoices = table("invoices", { a: integer("a").references(() => accounts.id) });
        export const plain = open.table("plain", { a: integer("a").references(() => accounts.id) });
        "#,
    );
    assert_snapshot!(case.foreign_keys(), @r"
    auth.accounts(user_id) -> users(id) as accounts_user_id_users_id_fk
    billing.invoices(a) -> auth.accounts(id) as invoices_a_accounts_id_fk
    plain(a) -> auth.accounts(id) as plain_a_accounts_id_fk
    ");
}

#[test]
fn drops_mysql_tables_of_a_schema_and_their_namespace() {
    let case = Case::new(
        r#"
        import { mysqlTable, mysqlSchema, int } from "drizzle-orm/mysql-core";
        const other = mysqlSchema("other");
        export const hidden = other.table("hidden", { id: int("id") });
        export const posts = mysqlTable("posts", { a: int("a").references(() => hidden.id) });
        "#,
    )
    .dialect(Dialect::MySql);
    assert_snapshot!(case.keys(), @"posts(a) -> hidden(id)");
    assert_eq!(case.extract().catalog.tables.len(), 1);
}

#[test]
fn keeps_the_identity_of_wrapped_tables() {
    let case = Case::new(
        r#"
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const a = pgTable("a", { id: integer("id") }).enableRLS();
        export const b = pgTable.withRLS("b", { a: integer("a").references(() => a.id) });
        export const c = a;
        "#,
    );
    assert_snapshot!(case.keys(), @"b(a) -> a(id)");
    assert_eq!(case.extract().catalog.tables.len(), 2);
}

#[test]
fn applies_the_casings_of_1_0() {
    let case = Case::new(
        r#"
        import { snakeCase, camelCase, pgTableCreator, integer } from "drizzle-orm/pg-core";
        export const users = snakeCase.table("users", { userId: integer() });
        const acme = pgTableCreator((n) => `acme_${n}`, "snake_case");
        const shop = snakeCase.schema("shop");
        export const a = acme("a", { someKey: integer().references(() => users.userId) });
        export const b = shop.table("b", { someKey: integer().references(() => users.userId) });
        export const c = camelCase.table("c", { some_key: integer().references(() => users.userId) });
        "#,
    )
    .v1();
    assert_snapshot!(case.foreign_keys(), @r"
    acme_a(some_key) -> users(user_id) as acme_a_some_key_users_user_id_fkey
    shop.b(some_key) -> users(user_id) as b_some_key_users_user_id_fkey
    c(someKey) -> users(user_id) as c_someKey_users_user_id_fkey
    ");
}

#[test]
fn knows_the_tables_that_drizzle_brings_along() {
    let case = Case::new(
        r#"
        import { pgTable, uuid, text } from "drizzle-orm/pg-core";
        import { authUsers, authenticatedRole } from "drizzle-orm/supabase";
        import { usersSync } from "drizzle-orm/neon";
        export const a = pgTable("a", {
          u: uuid("u").references(() => authUsers.id, { onDelete: "cascade" }),
          n: text("n").references(() => usersSync.id),
        });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    a(u) -> auth.users(id) on delete cascade
    a(n) -> neon_auth.users_sync(id)
    ");
}

#[test]
fn reads_columns_from_a_callback() {
    let case = Case::new(
        r#"
        import { pgTable } from "drizzle-orm/pg-core";
        export const users = pgTable("users", (t) => ({ id: t.integer().primaryKey() }));
        export const posts = pgTable("posts", ({ integer, uuid }) => {
          return { id: uuid(), by: integer().references(() => users.id) };
        });
        "#,
    );
    assert_snapshot!(case.keys(), @"posts(by) -> users(id)");
}

#[test]
fn reads_keys_and_indexes() {
    let case = Case::pg(
        r#"
        export const t = pgTable("t", {
          a: integer("a").notNull().default(0),
          b: text("b").unique(),
          c: text("c").unique("named"),
          d: timestamp("d").defaultNow(),
          e: text("e").default("it's"),
          f: text("f").default(sql`gen()`),
          g: text("g").default(sql<string>/* made */
            `gen()`),
        }, (t) => [
          primaryKey({ columns: [t.a, t.b] }),
          unique("u").on(t.a, t.c),
          unique().on(t.b).nullsNotDistinct(),
          uniqueIndex("ui").on(t.c).where(sql`a > 0`),
          index("i").on(t.a.desc(), sql`lower(b)`),
          index().using("btree", t.c),
          check("positive", sql`a > 0`),
        ]);
        export const v = pgTable("v", { a: integer("a"), b: integer("b") }, (t) => ({
          pk: primaryKey(t.a, t.b),
        }));
        "#,
    );
    assert_snapshot!(case.tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    t
      a integer not null default 0
      b text not null
      c text
      d timestamp default now()
      e text default 'it''s'
      f text default gen()
      g text default gen()
      primary key (a, b)
      unique t_b_unique (b)
      unique named (c)
      unique u (a, c)
      unique t_b_unique (b)
      unique index ui (c) where
      index i (a ..)
      index t_c_index (c)
    v
      a integer not null
      b integer not null
      primary key (a, b)
    ");
}

#[test]
fn says_where_things_are_declared() {
    let case = Case::pg(
        r#"
        export const posts = pgTable("posts", {
          by: integer("by").references(() => users.id, { onDelete: "cascade" }).notNull(),
        }, (t) => [
          foreignKey({ columns: [t.by], foreignColumns: [users.id], name: "n" })
            .onDelete("set null")
            .onUpdate("cascade"),
        ]);
        "#,
    );
    let extraction = case.extract();
    let table = &extraction.catalog.tables[1];
    assert_snapshot!(case.snippet(table.span), @r#"pgTable("posts""#);
    assert_snapshot!(case.snippet(table.columns[0].span), @r#"by: integer("by").references(() => users.id, { onDelete: "cascade" }).notNull()"#);
    let [inline, table_level] = &extraction.catalog.foreign_keys[..] else { panic!() };
    assert_snapshot!(case.snippet(inline.span), @r#"references(() => users.id, { onDelete: "cascade" })"#);
    assert_snapshot!(case.snippet(inline.on_delete_span.unwrap()), @r#"onDelete: "cascade""#);
    assert!(inline.on_update_span.is_none());
    assert_snapshot!(case.snippet(table_level.span), @r#"foreignKey({ columns: [t.by], foreignColumns: [users.id], name: "n" }) .onDelete("set null") .onUpdate("cascade")"#);
    assert_snapshot!(case.snippet(table_level.on_delete_span.unwrap()), @r#"onDelete("set null")"#);
    assert_snapshot!(case.snippet(table_level.on_update_span.unwrap()), @r#"onUpdate("cascade")"#);
}
