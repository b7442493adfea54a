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

#[test]
fn reads_json_however_it_is_imported() {
    for (import, name) in [
        ("import names from './names.json';", "names.posts"),
        ("import names from './names.json' with { type: 'json' };", "names.posts"),
        ("import names from './names.json' assert { type: 'json' };", "names.posts"),
        ("import * as names from './names.json';", "names.posts"),
        ("import * as names from './names.json';", "names.default.posts"),
        ("import { posts } from './names.json';", "posts"),
        ("import { posts as p } from './names.json';", "p"),
        ("import { default as names } from './names.json';", "names.posts"),
        ("const names = require('./names.json');", "names.posts"),
        ("const { posts } = require('./names.json');", "posts"),
        ("import names = require('./names.json');", "names.posts"),
    ] {
        let case = Case::new(&format!(
            r#"
            //- src/schema.ts
            import {{ pgTable, integer }} from "drizzle-orm/pg-core";
            {import}
            export const posts_ = pgTable({name}, {{ a: integer("a") }});
            //- src/names.json
            {{ "posts": "the_posts" }}
            "#
        ));
        assert!(case.tables().starts_with("the_posts"), "{import}: {}", case.tables());
    }
}

#[test]
fn follows_namespaces() {
    for (import, users) in [
        ("import * as auth from './auth';", "auth.users"),
        ("import { auth } from './barrel';", "auth.users"),
        ("import * as barrel from './barrel';", "barrel.auth.users"),
        ("import barrel from './default';", "barrel.auth.users"),
        ("import { users } from './default';", "users"),
        ("import { default as d } from './default';", "d.users"),
        ("const { users } = require('./auth');", "users"),
        ("import auth = require('./auth');", "auth.users"),
        ("const auth = await import('./auth');", "auth.users"),
    ] {
        let case = Case::new(&format!(
            r#"
            //- src/schema.ts
            import {{ pgTable, integer }} from "drizzle-orm/pg-core";
            {import}
            export const posts = pgTable("posts", {{ a: integer("a").references(() => {users}.id) }});
            //- src/auth.ts
            import {{ pgTable, integer }} from "drizzle-orm/pg-core";
            export const users = pgTable("users", {{ id: integer("id") }});
            //- src/barrel.ts
            export * as auth from "./auth";
            //- src/default.ts
            import * as auth from "./auth";
            export default {{ auth, ...auth }};
            export * from "./auth";
            "#
        ));
        assert_eq!(case.keys(), "posts(a) -> users(id)", "{import}");
    }
}

#[test]
fn a_name_may_be_used_before_it_is_declared() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { integer as int, pgTable } from "drizzle-orm/pg-core";
        export const posts = pgTable("posts", { a: int("a").references(() => users.id, later), ...stamps() });
        export { tags };
        export const users = pgTable("users", { id: int("id") });
        function stamps() { return { by: int("by").references(() => users.id) }; }
        const tags = pgTable("tags", { id: int("id").references(() => hidden.id) });
        var hidden = users;
        const later = { onDelete: "cascade" } as const;
        "#,
    );
    assert_snapshot!(case.keys(), @"
    posts(a) -> users(id) on delete cascade
    posts(by) -> users(id)
    tags(id) -> users(id)
    ");
}

#[test]
fn a_declaration_file_declares_nothing() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { users } from "./legacy";
        export const posts = pgTable("posts", { a: integer("a").references(() => users.id) });
        //- src/legacy/index.d.ts
        export declare const users: any;
        "#,
    );
    assert_snapshot!(case.keys(), @"? `users` is imported from `./legacy`, which was not found: references(() => users.id)");
}

#[test]
fn reads_packages_of_plain_javascript_that_pass_drizzle_on() {
    for (path, text) in [
        ("index.js", "export * from 'drizzle-orm/pg-core'; export { sql } from 'drizzle-orm';"),
        (
            "index.js",
            "import * as pg from 'drizzle-orm/pg-core'; export const { pgTable, integer } = pg;",
        ),
        ("index.js", "export { pgTable, integer } from 'drizzle-orm/pg-core';"),
        ("index.cjs", "module.exports = require('drizzle-orm/pg-core');"),
        (
            "index.cjs",
            "exports.pgTable = require('drizzle-orm/pg-core').pgTable; exports.integer = require('drizzle-orm/pg-core').integer;",
        ),
        (
            "index.cjs",
            r#""use strict";
            Object.defineProperty(exports, "__esModule", { value: true });
            var pg_core_1 = require("drizzle-orm/pg-core");
            Object.defineProperty(exports, "pgTable", { enumerable: true, get: function () { return pg_core_1.pgTable; } });
            Object.defineProperty(exports, "integer", { enumerable: true, get: function () { return pg_core_1.integer; } });"#,
        ),
        (
            "index.cjs",
            r#""use strict";
            var __exportStar = (this && this.__exportStar) || function(m, exports) {
                for (var p in m) if (p !== "default") __createBinding(exports, m, p);
            };
            Object.defineProperty(exports, "__esModule", { value: true });
            __exportStar(require("drizzle-orm/pg-core"), exports);"#,
        ),
    ] {
        let case = Case::new(&format!(
            r#"
            //- src/schema.ts
            import {{ pgTable, integer }} from "@acme/drizzle";
            export const users = pgTable("users", {{ id: integer("id") }});
            export const posts = pgTable("posts", {{ a: integer("a").references(() => users.id) }});
            //- packages/@acme/drizzle/{path}
            {text}
            "#
        ));
        let keys = case.keys();
        assert_eq!(keys, "posts(a) -> users(id)", "{text}");
    }
}
