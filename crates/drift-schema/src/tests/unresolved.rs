use insta::assert_snapshot;

use super::Case;

#[test]
fn says_what_a_target_depends_on() {
    let case = Case::pg(
        r#"
        import { accounts } from "@acme/db";
        import * as gone from "./gone";
        export const t = pgTable("t", {
          a: integer("a").references(() => accounts.id),
          b: integer("b").references(() => gone.things.id),
          c: integer("c").references(() => nowhere.id),
          d: integer("d").references(() => users.missing),
          e: integer("e").references(() => undefined as any),
          f: integer("f").references(() => users.id, { onDelete: accounts.action }),
          g: integer("g").references(() => users.id, { onDelete: "explode" as any }),
        }, (t) => [
          foreignKey({ columns: [t.a], foreignColumns: [accounts.id] }),
        ]);
        "#,
    );
    assert_snapshot!(case.keys(), @r#"
    ? `accounts` is imported from `@acme/db`, which was not found: references(() => accounts.id)
    ? this is imported from `./gone`, which was not found: references(() => gone.things.id)
    ? `nowhere` is not declared: references(() => nowhere.id)
    ? `users` has no column `missing`: references(() => users.missing)
    ? the referenced column is undefined: references(() => undefined as any)
    ? `accounts` is imported from `@acme/db`, which was not found: onDelete: accounts.action
    ? `explode` is not a referential action: onDelete: "explode" as any
    ? `accounts` is imported from `@acme/db`, which was not found: foreignKey({ columns: [t.a], foreignColumns: [accounts.id] })
    "#);
    assert!(case.extract().catalog.tables[1].is_incomplete);
}

#[test]
fn a_column_of_an_unknown_type_is_a_column() {
    let case = Case::pg(
        r#"
        import { citext, shared, more } from "@acme/types";
        export const t = pgTable("t", {
          a: citext("email").notNull().references(() => users.id),
          b: citext(),
          c: shared,
          d: shared.references(() => users.id),
          ...more,
        });
        "#,
    );
    assert_snapshot!(case.tables(), @r#"
    users
      id integer not null
      other integer
      primary key (id)
    t (incomplete)
      email ? not null
      b ?
      c ?
      d ?
    ? `citext` is imported from `@acme/types`, which was not found: a: citext("email").notNull().references(() => users.id)
    ? `citext` is imported from `@acme/types`, which was not found: b: citext()
    ? `shared` is imported from `@acme/types`, which was not found: c: shared
    ? `shared` is imported from `@acme/types`, which was not found: d: shared.references(() => users.id)
    ? `more` is imported from `@acme/types`, which was not found: more
    "#);
    assert_snapshot!(case.keys(), @r#"
    t(email) -> users(id)
    t(d) -> users(id)
    ? `citext` is imported from `@acme/types`, which was not found: a: citext("email").notNull().references(() => users.id)
    ? `citext` is imported from `@acme/types`, which was not found: b: citext()
    ? `shared` is imported from `@acme/types`, which was not found: c: shared
    ? `shared` is imported from `@acme/types`, which was not found: d: shared.references(() => users.id)
    ? `more` is imported from `@acme/types`, which was not found: more
    "#);
}

#[test]
fn reports_tables_that_may_have_been_made() {
    let case = Case::pg(
        r#"
        import { makeTable, makeThing, validate } from "@acme/db";
        import { createInsertSchema } from "drizzle-zod";
        export const a = makeTable("a", { id: integer("id").references(() => users.id) });
        export const b = makeTable("b");
        export const c = makeThing("c", (t: any) => ({ a: t.integer("a").references(() => users.id) }));
        export const insert = createInsertSchema(users);
        export const checked = validate(users);
        export const t = pgTable("t", { a: integer("a").references(() => a.id) }, unknownExtras);
        "#,
    );
    assert_snapshot!(case.keys(), @r#"
    ? `makeTable` is imported from `@acme/db`, which was not found: makeTable("a", { id: integer("id").references(() => users.id) })
    ? `makeThing` is imported from `@acme/db`, which was not found: makeThing("c", (t: any) => ({ a: t.integer("a").references(() => users.id) }))
    ? `makeTable` is imported from `@acme/db`, which was not found: references(() => a.id)
    ? `unknownExtras` is not declared: pgTable("t"
    "#);
}

#[test]
fn reports_what_tables_share_once() {
    let case = Case::pg(
        r#"
        import { gone, name } from "@acme/db";
        const owner = { owner: integer("owner").references(() => gone.id), named: integer(name) };
        export const a = pgTable("a", { ...owner });
        export const b = pgTable("b", { ...owner });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    ? the name of this column is not known: `name` is imported from `@acme/db`, which was not found: integer(name)
    ? `gone` is imported from `@acme/db`, which was not found: references(() => gone.id)
    ");
    assert!(case.extract().catalog.tables[1..].iter().all(|it| it.is_incomplete));
}

#[test]
fn reports_extras_that_are_not_known() {
    let case = Case::pg(
        r#"
        import { helper } from "./gone";
        export const t = pgTable("t", { a: integer("a") }, (t) => [helper(t), ...helper(t), index("i").on(t.a)]);
        export const u = pgTable("u", { a: integer("a") }, (t) => helper(t));
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    ? `helper` is imported from `./gone`, which was not found: helper(t)
    ? `helper` is imported from `./gone`, which was not found: ...helper(t)
    ? `helper` is imported from `./gone`, which was not found: helper(t)
    ");
}

#[test]
fn reports_reexports_that_are_missing() {
    let case = Case::pg("export * from \"./gone\";\nexport { a } from \"./gone-too\";");
    assert_snapshot!(case.keys(), @r#"
    ? tables may be exported from `./gone`, which was not found: export * from "./gone";
    ? tables may be exported from `./gone-too`, which was not found: export { a } from "./gone-too";
    "#);
}

#[test]
fn reads_the_rest_beside_a_syntax_error() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export * from "./broken";
        export const users = pgTable("users", { id: integer("id") });
        export const posts = pgTable("posts", { a: integer("a").references(() => users.id) });
        //- src/broken.ts
        export const x = ;
        //- src/gone.ts
        "#,
    )
    .entries(&["src/schema.ts", "src/absent.ts"]);
    assert_snapshot!(case.keys(), @r"
    posts(a) -> users(id)
    ! src/absent.ts: cannot read the file: entity not found
    ! src/broken.ts:1:26: syntax error: Expression expected
    ");
}

#[test]
fn reports_names_that_are_not_known() {
    let case = Case::pg(
        r#"
        import { prefix } from "./gone";
        export const t = pgTable("t", {
          a: integer(`${prefix}_a`).references(() => users.id),
          b: integer("b").references(() => t.a),
          c: integer(process.env.C ?? "c").references(() => users.id),
        }, (t) => [
          foreignKey({ name: prefix, columns: [t.b], foreignColumns: [users.id] }),
          foreignKey({ columns: [t.a], foreignColumns: [users.id] }),
        ]);
        export const u = pgTable(`${prefix}_u`, { a: integer("a").references(() => users.id) });
        export const v = pgTable("v", { a: integer("a").references(() => u.a) });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(c) -> users(id)
    ? the name of this column is not known: `prefix` is imported from `./gone`, which was not found: integer(`${prefix}_a`)
    ? the name of this column is not known: `prefix` is imported from `./gone`, which was not found: references(() => t.a)
    ? `prefix` is imported from `./gone`, which was not found: foreignKey({ name: prefix, columns: [t.b], foreignColumns: [users.id] })
    ? the name of this column is not known: `prefix` is imported from `./gone`, which was not found: foreignKey({ columns: [t.a], foreignColumns: [users.id] })
    ? the name of this table is not known: `prefix` is imported from `./gone`, which was not found: pgTable(`${prefix}_u`
    ? the referenced table's name is not known: `prefix` is imported from `./gone`, which was not found: references(() => u.a)
    ");
}
