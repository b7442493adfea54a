use insta::assert_snapshot;

use super::Case;

#[test]
fn follows_barrels_renames_and_defaults() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        export * from "./users.js";
        export { inner as posts } from "./posts";
        export * as ignored from "./extra";
        export { default as settings } from "./settings";
        //- src/users.ts
        import { table, id } from "./columns";
        export const users = table("users", { id: id() });
        //- src/columns/index.ts
        export { pgTable as table } from "drizzle-orm/pg-core";
        export { integer as id } from "drizzle-orm/pg-core";
        export * from "drizzle-orm/pg-core";
        //- src/posts.ts
        import { table, integer } from "./columns";
        import { users as people } from "./schema";
        import defaults, { extra } from "./extra";
        export const inner = table("posts", {
          a: integer("a").references(() => people.id, defaults),
          b: integer("b").references(() => extra.id),
        });
        export const unlisted = table("unlisted", { a: integer("a").references(() => people.id) });
        //- src/extra.ts
        import { table, integer } from "./columns";
        export const extra = table("extra", { id: integer("id") });
        export default { onDelete: "cascade" };
        //- src/settings.ts
        import { table, integer } from "./columns";
        import { users } from "./users";
        export default table("settings", { a: integer("a").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    posts(a) -> users(id) on delete cascade
    posts(b) -> extra(id)
    settings(a) -> users(id)
    ");
}

#[test]
fn survives_circles() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        export * from "./a";
        export * from "./b";
        export * from "./schema";
        //- src/a.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { b } from "./b";
        export * from "./b";
        export const a = pgTable("a", { id: integer("id"), b: integer("b").references(() => b.id) });
        //- src/b.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { a } from "./a";
        export * from "./a";
        export { missing } from "./a";
        export const b = pgTable("b", { id: integer("id"), a: integer("a").references(() => a.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    a(b) -> b(id)
    b(a) -> a(id)
    ");
}

#[test]
fn loads_only_what_is_needed() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { startServer } from "./app";
        import type { Thing } from "./types";
        import { type Other, other } from "./broken-too";
        export const users = pgTable("users", { id: integer("id").$defaultFn(() => startServer()) });
        //- src/app.ts
        this is not TypeScript (
        //- src/types.ts
        neither is this (
        //- src/broken-too.ts
        nor this (
        "#,
    );
    assert_snapshot!(case.tables(), @r"
    users
      id integer
    ");
}

#[test]
fn reads_commonjs() {
    let case = Case::new(
        r#"
        //- src/schema.cjs
        const { pgTable, integer } = require("drizzle-orm/pg-core");
        const pg = require("drizzle-orm/pg-core");
        const { users } = require("./users");
        exports.posts = pgTable("posts", { a: pg.integer("a").references(() => users.id) });
        exports.users = users;
        //- src/users.ts
        const { pgTable, integer } = require("drizzle-orm/pg-core");
        const users = pgTable("users", { id: integer("id") });
        module.exports = { users };
        "#,
    )
    .entries(&["src/schema.cjs"]);
    assert_snapshot!(case.keys(), @"posts(a) -> users(id)");
}

#[test]
fn reads_packages_and_data() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { users } from "@acme/db";
        import names from "./names.json";
        export const posts = pgTable(names.posts, { a: integer("a").references(() => users.id) });
        //- src/names.json
        { "posts": "the_posts" }
        //- packages/@acme/db/index.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: integer("id") });
        "#,
    );
    assert_snapshot!(case.keys(), @"the_posts(a) -> users(id)");
}
