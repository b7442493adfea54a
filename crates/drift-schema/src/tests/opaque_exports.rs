use insta::assert_snapshot;

use super::Case;

impl Case {
    /// The exports that could not be evaluated, with their places.
    fn opaque_exports(&self) -> String {
        let mut lines = Vec::new();
        for export in self.extract().opaque_exports {
            let arguments = export.arguments.join(", ");
            let names = [vec![export.name], export.other_names].concat().join("/");
            let place = self.snippet(export.span);
            lines.push(format!("{names}({arguments}): {}: {place}", export.reason));
        }
        lines.join("\n")
    }
}

#[test]
fn names_what_may_be_a_table() {
    let case = Case::pg(
        r#"
        import { makeAudit, makeTables, tables, extend, imported } from "@acme/db";
        const NAME = "named";
        function own() { return makeAudit("inner"); }
        export const audit = makeAudit("audit_log", NAME, users, { name: "no" });
        export const { a, b: { c } } = makeTables(db);
        export const [first] = await makeTables();
        export const member = tables.member;
        export const chained = makeAudit("x").with("y")?.z;
        export const extended = extend(pgTable("posts", { id: integer("id") }));
        export const either = process.env.X ? makeAudit("one") : (makeAudit("two") as any);
        export const fallback = tables.x ?? makeAudit("three");
        export const called = own();
        export const method = new Tables().make();
        export const tagged = makeAudit`x`;
        export const [awaited] = await Promise.race([makeTables()]);
        export const reflected = Reflect.apply(makeAudit, null, ["reflected"]);
        export { imported, NAME };
        export { tables as renamed };
        export default makeAudit("default");
        "#,
    );
    assert_snapshot!(case.opaque_exports(), @r#"
    audit(audit_log, named): `makeAudit` is imported from `@acme/db`, which was not found: makeAudit("audit_log", NAME, users, { name: "no" })
    a(): `makeTables` is imported from `@acme/db`, which was not found: makeTables(db)
    c(): `makeTables` is imported from `@acme/db`, which was not found: makeTables(db)
    first(): `makeTables` is imported from `@acme/db`, which was not found: await makeTables()
    member/member(): `tables` is imported from `@acme/db`, which was not found: tables.member
    chained/z(y, x): `makeAudit` is imported from `@acme/db`, which was not found: makeAudit("x").with("y")?.z
    extended(posts): `extend` is imported from `@acme/db`, which was not found: extend(pgTable("posts", { id: integer("id") }))
    either(one, two): `makeAudit` is imported from `@acme/db`, which was not found: process.env.X ? makeAudit("one") : (makeAudit("two") as any)
    fallback(three): `tables` is imported from `@acme/db`, which was not found: tables.x ?? makeAudit("three")
    called(): `makeAudit` is imported from `@acme/db`, which was not found: own()
    method(): `Tables` is not declared: new Tables().make()
    tagged(): `makeAudit` is imported from `@acme/db`, which was not found: makeAudit`x`
    awaited(): the result of `race` is not known: await Promise.race([makeTables()])
    reflected(): `Reflect` is not evaluated: Reflect.apply(makeAudit, null, ["reflected"])
    imported(): `imported` is imported from `@acme/db`, which was not found: import { makeAudit, makeTables, tables, extend, imported } from "@acme/db";
    renamed/tables(): `tables` is imported from `@acme/db`, which was not found: import { makeAudit, makeTables, tables, extend, imported } from "@acme/db";
    default(default): `makeAudit` is imported from `@acme/db`, which was not found: makeAudit("default")
    "#);
}

#[test]
fn leaves_out_what_is_no_table() {
    let case = Case::pg(
        r#"
        import { Client, type Thing, limit } from "@acme/db";
        import { z } from "zod";
        import { createInsertSchema } from "drizzle-zod";
        import { drizzle } from "drizzle-orm/node-postgres";
        import { randomUUID } from "node:crypto";
        import { readFileSync } from "fs";
        export const client = new Client(process.env.URL!);
        export const db = drizzle(client, { schema: {} });
        export const insert = createInsertSchema(users);
        export const schema = z.object({ id: z.string() });
        export const url = process.env.URL;
        export const port = Number(process.env.PORT ?? 5432) + 1;
        export const text = `${limit}px`, many = limit * 2, no = !limit;
        export const now = Date.now(), random = Math.random(), id = randomUUID();
        export const file = readFileSync("x").toString();
        export type { Thing };
        export interface Other {}
        export enum Kind { A }
        export class Model { name = limit; }
        export function make() { return limit; }
        export const lazy = () => limit, list = [limit], object = { limit };
        "#,
    );
    assert_snapshot!(case.opaque_exports(), @"");
}

#[test]
fn follows_exports_to_where_they_are_written() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        export * from "./a";
        export { b as renamed, gone } from "./b";
        import { again } from "./b";
        export { again };
        //- src/a.ts
        import { make } from "@acme/db";
        export const a = make("a");
        //- src/b.ts
        import { make, gone } from "@acme/db";
        export const b = make("b");
        export { gone };
        export { again } from "@acme/again";
        "#,
    )
    .entries(&["src/schema.ts", "src/a.ts"]);
    assert_snapshot!(case.opaque_exports(), @r#"
    renamed/b(b): `make` is imported from `@acme/db`, which was not found: make("b")
    gone(): `gone` is imported from `@acme/db`, which was not found: import { make, gone } from "@acme/db";
    again(): `again` is imported from `@acme/again`, which was not found: export { again } from "@acme/again";
    a(a): `make` is imported from `@acme/db`, which was not found: make("a")
    "#);
}

#[test]
fn names_an_alias_that_is_exported() {
    let case = Case::new(
        r#"
        import { alias, integer, pgTable } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: integer() });
        export const managers = alias(users, "managers");
        const hidden = alias(users, "hidden");
        "#,
    );
    assert_snapshot!(case.opaque_exports(), @r#"managers(managers): an alias is a table to drizzle-kit, if it is exported: alias(users, "managers")"#);
}

#[test]
fn reads_what_commonjs_exports() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        const { make } = require("@acme/db");
        exports.a = make("a");
        module.exports.b = make("b");
        //- src/whole.ts
        const { make } = require("@acme/db");
        module.exports = { c: make("c") };
        "#,
    )
    .entries(&["src/schema.ts", "src/whole.ts"]);
    assert_snapshot!(case.opaque_exports(), @r#"
    a(a): this is imported from `@acme/db`, which was not found: make("a")
    b(b): this is imported from `@acme/db`, which was not found: make("b")
    c(): this is imported from `@acme/db`, which was not found: make("c")
    "#);
}

#[test]
fn reports_an_export_once() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        export * from "./a";
        //- src/a.ts
        import { make } from "@acme/db";
        import { integer } from "drizzle-orm/pg-core";
        export const a = make("a", { id: integer("id") });
        "#,
    )
    .entries(&["src/schema.ts", "src/a.ts"]);
    assert_snapshot!(case.keys(), @r#"? `make` is imported from `@acme/db`, which was not found: make("a", { id: integer("id") })"#);
}
