use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;

#[test]
fn accepts_every_form_of_target() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import type { AnyPgColumn } from "drizzle-orm/pg-core";
        import * as schema from "./schema";
        export const users = pgTable("users", { id: integer("id") });
        const nothing = undefined;
        export const t = pgTable("t", {
          a: integer("a").references(() => users.id),
          b: integer("b").references(() => { return users.id; }),
          c: integer("c").references(function () { return users.id; }),
          d: integer("d").references((): AnyPgColumn => t.a),
          e: integer("e").references(() => users["id"]),
          f: integer("f").references(() => users!.id),
          g: integer("g").references(() => (users as any).id),
          h: integer("h").references(() => schema.users.id),
          i: integer("i").references(nothing ?? (() => users.id)),
          j: integer("j").references(() => users?.id!),
          k: integer("k").references(() => later.id),
        });
        export const later = pgTable("later", { id: integer("id") });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> users(id)
    t(b) -> users(id)
    t(c) -> users(id)
    t(d) -> t(a)
    t(e) -> users(id)
    t(f) -> users(id)
    t(g) -> users(id)
    t(h) -> users(id)
    t(i) -> users(id)
    t(j) -> users(id)
    t(k) -> later(id)
    ");
}

#[test]
fn accepts_every_form_of_actions() {
    let case = Case::pg(
        r#"
        const base = { onDelete: "cascade" } as const;
        const CASCADE = "cascade";
        enum Act { SetNull = "set null" }
        export const t = pgTable("t", {
          a: integer("a").references(() => users.id, undefined),
          b: integer("b").references(() => users.id, {}),
          c: integer("c").references(() => users.id, base),
          d: integer("d").references(() => users.id, { ...base, onUpdate: "restrict" }),
          e: integer("e").references(() => users.id, { onDelete: CASCADE }),
          f: integer("f").references(() => users.id, { onDelete: Act.SetNull }),
          g: integer("g").references(() => users.id, { onDelete: undefined, onUpdate: null as any }),
          h: integer("h").references(() => users.id, { ondelete: "cascade" } as any),
          i: integer("i").references(() => users.id, { onDelete: "CASCADE" as any }),
          j: integer("j").references(() => users.id, { onDelete: "no action", onUpdate: "set default" }),
          k: integer("k").references(() => users.id, ({ onDelete: "restrict" } satisfies object)),
        });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> users(id)
    t(b) -> users(id)
    t(c) -> users(id) on delete cascade
    t(d) -> users(id) on delete cascade on update restrict
    t(e) -> users(id) on delete cascade
    t(f) -> users(id) on delete set null
    t(g) -> users(id)
    t(h) -> users(id)
    t(i) -> users(id) on delete cascade
    t(j) -> users(id) on update set default
    t(k) -> users(id) on delete restrict
    ");
}

#[test]
fn keeps_several_references_of_a_column() {
    let case = Case::pg(
        r#"
        export const t = pgTable("t", {
          a: integer("a").references(() => users.id).references(() => users.other),
          b: integer("b")
            .references(() => users.id, { onDelete: "cascade" })
            .references(() => users.id, { onDelete: "set null" }),
        });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> users(id)
    t(a) -> users(other)
    t(b) -> users(id) on delete set null
    ");
}

#[test]
fn reads_foreign_keys_of_the_table() {
    let case = Case::pg(
        r#"
        export const orgs = pgTable("orgs", { id: integer("id"), region: text("region") });
        export const t = pgTable("t", { orgId: integer("org_id"), region: text("region"), parent: integer("parent") }, (t) => [
          foreignKey({ name: "named", columns: [t.orgId, t.region], foreignColumns: [orgs.id, orgs.region] })
            .onDelete("cascade").onUpdate("no action"),
          foreignKey({ columns: [t.parent], foreignColumns: [t.orgId] }).onDelete("restrict").onDelete(undefined),
          foreignKey({ columns: [t.orgId], foreignColumns: [users.id], onDelete: "cascade" } as any),
        ]);
        export const u = pgTable("u", { a: integer("a") }, (table) => ({
          fk: foreignKey({ columns: [table.a], foreignColumns: [users.id] }).onUpdate("cascade"),
        }));
        "#,
    );
    assert_snapshot!(case.foreign_keys(), @r"
    t(org_id, region) -> orgs(id, region) on delete cascade as named
    t(parent) -> t(org_id) as t_parent_t_org_id_fk
    t(org_id) -> users(id) as t_org_id_users_id_fk
    u(a) -> users(id) on update cascade as u_a_users_id_fk
    ");
}

#[test]
fn reads_the_callback_form_of_sqlite() {
    let case = Case::new(
        r#"
        import { sqliteTable, integer, foreignKey } from "drizzle-orm/sqlite-core";
        export const a = sqliteTable("a", { id: integer("id") });
        export const b = sqliteTable("b", { a: integer("a") }, (t) => ({
          fk: foreignKey(() => ({ columns: [t.a], foreignColumns: [a.id] })).onDelete("cascade"),
        }));
        "#,
    )
    .dialect(Dialect::Sqlite);
    assert_snapshot!(case.keys(), @"b(a) -> a(id) on delete cascade");
}

#[test]
fn ignores_what_0_x_ignores_in_extras() {
    let case = Case::pg(
        r#"
        const fk = (t: any, to: any) => foreignKey({ columns: [t.a], foreignColumns: [to] });
        export const a = pgTable("a", { a: integer("a") }, (t) => [
          false, null, undefined, { fk: fk(t, users.id) }, [[fk(t, users.other)]],
        ]);
        export const b = pgTable("b", { a: integer("a") }, (t) => [[fk(t, users.id)], ...[fk(t, users.other)]]);
        export const c = pgTable("c", { a: integer("a") }, (t) => { const all = []; all.push(fk(t, users.id)); return all; });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    b(a) -> users(id)
    b(a) -> users(other)
    c(a) -> users(id)
    ");
}

#[test]
fn the_last_of_one_name_wins_at_the_place_of_the_first() {
    let text = r#"
        export const t = pgTable("t", {
          a: integer("a").references(() => users.id),
          b: integer("b").references(() => users.id),
        }, (t) => [
          foreignKey({ columns: [t.a], foreignColumns: [users.id] }).onDelete("cascade"),
          foreignKey({ name: "x", columns: [t.b], foreignColumns: [users.id] }),
        ]);
        "#;
    assert_snapshot!(Case::pg(text).foreign_keys(), @r"
    t(a) -> users(id) on delete cascade as t_a_users_id_fk
    t(b) -> users(id) as t_b_users_id_fk
    t(b) -> users(id) as x
    ");
}

#[test]
fn takes_both_sides_of_an_unknown_condition() {
    let case = Case::pg(
        r#"
        declare const flag: boolean;
        const isProd = process.env.NODE_ENV === "production";
        export const t = pgTable("t", {
          a: integer("a").references(() => (isProd ? users.id : users.other)),
          b: isProd ? integer("b").references(() => users.id) : integer("b").references(() => users.id),
          c: isProd ? integer("c").references(() => users.id) : integer("c"),
          d: integer("d").references(() => users.id, { onDelete: isProd ? "cascade" : "restrict" }),
          ...(isProd ? { e: integer("e").references(() => users.id) } : {}),
          ...(isProd && { f: integer("f").references(() => users.id) }),
        }, (t) => [
          ...(isProd ? [foreignKey({ columns: [t.a], foreignColumns: [users.id], name: "g" })] : []),
          isProd ? foreignKey({ columns: [t.c], foreignColumns: [users.id], name: "h" }) : foreignKey({ columns: [t.c], foreignColumns: [users.id], name: "h" }),
          isProd && foreignKey({ columns: [t.b], foreignColumns: [users.other], name: "i" }),
        ]);
        "#,
    );
    assert_snapshot!(case.foreign_keys(), @r"
    t(a) -> users(id) as t_a_users_id_fk (conditional)
    t(a) -> users(other) as t_a_users_other_fk (conditional)
    t(b) -> users(id) as t_b_users_id_fk
    t(c) -> users(id) as t_c_users_id_fk (conditional)
    t(d) -> users(id) on delete cascade as t_d_users_id_fk (conditional)
    t(d) -> users(id) on delete restrict as t_d_users_id_fk (conditional)
    t(e) -> users(id) as t_e_users_id_fk (conditional)
    t(f) -> users(id) as t_f_users_id_fk (conditional)
    t(a) -> users(id) as g (conditional)
    t(c) -> users(id) as h
    t(b) -> users(other) as i (conditional)
    ");
}
