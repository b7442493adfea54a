//! Foreign keys that drizzle drops. What drizzle-kit makes of each was asked of 0.31.11 and
//! 1.0.0-rc.5.

use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;

#[test]
fn loses_what_stands_before_an_array_in_0x() {
    let text = r#"
        const owner = integer("owner").references(() => users.id);
        export const t = pgTable("t", {
          a: integer("a").references(() => users.id, { onDelete: "cascade" }).array().notNull(),
          b: integer("b").array().references(() => users.id),
          c: integer("c").references(() => later.id).array().array(),
          d: owner.array(),
          e: integer("e").references(() => gone.id).array(),
        });
        export const later = pgTable("later", { id: integer("id") });
        const unused = integer("in_no_table").references(() => users.id).array();
    "#;
    assert_snapshot!(Case::pg(text).lost(), @"
    t(a) -> users(id) on delete cascade as t_a_users_id_fk: BeforeArray
    t(c) -> later(id) as t_c_later_id_fk: BeforeArray
    t(owner) -> users(id) as t_owner_users_id_fk: BeforeArray
    t: references(() => gone.id): BeforeArray
    ");
    assert_snapshot!(Case::pg(text).v1().lost(), @"");
}

#[test]
fn loses_what_another_one_of_its_name_replaces_in_0x() {
    let text = r#"
        const to = (column: any) => ({ columns: [column], foreignColumns: [users.id] });
        export const t = pgTable("t", { a: integer("a"), b: integer("b") }, (t) => [
          foreignKey({ name: "same", ...to(t.a) }),
          foreignKey({ name: "same", ...to(t.b) }),
          foreignKey({ name: "other", ...to(t.b) }),
        ]);
        export const inline = pgTable("inline", {
          a: integer("a").references(() => users.id, { onDelete: "set null" }),
          b: integer("b").references(() => users.id),
        }, (t) => [foreignKey(to(t.a)).onDelete("cascade"), foreignKey(to(t.b))]);
    "#;
    assert_snapshot!(Case::pg(text).lost(), @"
    t(a) -> users(id) as same: replaced by t(b) -> users(id) as same
    inline(a) -> users(id) on delete set null as inline_a_users_id_fk: replaced by inline(a) -> users(id) on delete cascade as inline_a_users_id_fk
    ");
    assert_snapshot!(Case::pg(text).v1().lost(), @"");
}

#[test]
fn loses_what_is_wrapped_in_the_extras() {
    let text = r#"
        const to = (column: any) => ({ columns: [column], foreignColumns: [users.id] });
        const columns = { a: integer("a") };
        export const a = pgTable("a", columns, (t) => [{ fk: foreignKey(to(t.a)), pk: primaryKey({ columns: [t.a] }) }]);
        export const b = pgTable("b", columns, (t) => [[[foreignKey(to(t.a))]], [foreignKey(to(t.a))]]);
        export const c = pgTable("c", columns, (t) => foreignKey(to(t.a)));
        export const d = pgTable("d", columns, (t) => ({ fks: [foreignKey(to(t.a))] }));
        export const e = pgTable("e", columns, (t) => ({ fk: foreignKey(to(t.a)) }));
        export const f = pgTable("f", columns, (t) => [{ fk: foreignKey(to(gone)) }]);
        const loop: any = {};
        loop.self = [loop, loop];
        export const g = pgTable("g", columns, (t) => [loop, { pk: primaryKey({ columns: [t.a] }) }]);
    "#;
    let lost = Case::pg(text).lost();
    assert_snapshot!(lost, @"
    a(a) -> users(id) as a_a_users_id_fk: InObject
    b(a) -> users(id) as b_a_users_id_fk: InArray
    c(a) -> users(id) as c_a_users_id_fk: InNothing
    d(a) -> users(id) as d_a_users_id_fk: InArray
    f: foreignKey(to(gone)): InObject
    ");
    assert_eq!(Case::pg(text).v1().lost().lines().count(), lost.lines().count());
}

#[test]
fn loses_what_another_table_of_the_name_does_not_have() {
    let text = r#"
        export const first = pgTable("t", {
          a: integer("a").references(() => users.id),
          b: integer("b").references(() => users.id),
        });
        export const second = pgTable("t", { b: integer("b").references(() => users.id) });
        const cond = Math.random() > 0.5;
        export const either = cond
          ? pgTable("e", { a: integer("a").references(() => users.id) })
          : pgTable("e", { a: integer("a") });
    "#;
    assert_snapshot!(Case::pg(text).lost(), @r#"
    t(a) -> users(id) as t_a_users_id_fk: other table at src/schema.ts:14: export const second = pgTable("t", { b: integer("b").references(() => users.id) });
    "#);
    assert_snapshot!(Case::pg(text).v1().lost(), @"");
}

#[test]
fn loses_nothing_on_purpose() {
    let case = Case::pg(
        r#"
        const withKeys = process.env.KEYS === "1";
        const helper = () => integer("x").references(() => users.id).array();
        export const t = pgTable("t", { a: integer("a"), b: integer("b").references(() => users.id) }, (t) => [
          withKeys && foreignKey({ columns: [t.a], foreignColumns: [users.id] }),
          ...(withKeys ? [[foreignKey({ columns: [t.a], foreignColumns: [users.id] })]] : []),
          undefined,
        ]);
        const local = pgTable("local", { a: integer("a").references(() => users.id).array() });
        "#,
    );
    assert_snapshot!(case.lost(), @"");
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer as int } from "drizzle-orm/pg-core";
        import { sqliteTable, integer } from "drizzle-orm/sqlite-core";
        export const users = sqliteTable("users", { id: integer("id") });
        export const others = pgTable("t", { a: int("a").references(() => users.id).array() });
        export const t = sqliteTable("t", { a: integer("a").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.dialect(Dialect::Sqlite).lost(), @"");
}
