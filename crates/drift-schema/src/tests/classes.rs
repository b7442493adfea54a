//! Classes, namespaces, effects of modules and branches: what is made, and what becomes of the rest.

use insta::assert_snapshot;

use super::Case;

#[test]
fn builds_tables_by_methods() {
    let case = Case::pg(
        r#"
        class Builder {
          #columns: Record<string, any> = {};
          constructor(private readonly name: string) {}
          withOwner() {
            this.#columns.owner = integer("owner").references(() => users.id);
            return this;
          }
          never() {
            return integer("never").references(() => users.id);
          }
          build() {
            return pgTable(this.name, this.#columns);
          }
        }
        class Audited extends Builder {
          static made = 0;
          override build() {
            Audited.made++;
            return super.build();
          }
        }
        export const posts = new Builder("posts").withOwner().build();
        export const pages = new Audited("pages").withOwner().build();
        export const last = pgTable(`t${Audited.made}`, { a: integer("a").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    posts(owner) -> users(id)
    pages(owner) -> users(id)
    t1(a) -> users(id)
    ");
}

#[test]
fn reports_instances_of_classes_that_are_not_known() {
    let case = Case::pg(
        r#"
        import { Base } from "@acme/db";
        class Ref extends Base {
          column() {
            return integer("a").references(() => users.id);
          }
        }
        export const t = pgTable("t", { a: new Ref().column(), b: new Date() as any });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    ? `Base` is imported from `@acme/db`, which was not found: a: new Ref().column()
    ? `Date` is not evaluated: b: new Date() as any
    ");
}

#[test]
fn makes_namespaces_where_they_stand() {
    let case = Case::pg(
        r#"
        export namespace Db {
          export const posts = pgTable("posts", { owner: integer("owner").references(() => users.id) });
          export namespace Inner {
            export const name = "inner";
          }
        }
        namespace Db {
          export const likes = pgTable("likes", { post: integer("post").references(() => posts.owner) });
        }
        namespace Idle {
          export const idle = pgTable("idle", { a: integer("a").references(() => users.id) });
        }
        declare namespace Ambient { const x: string; }
        export import posts = Db.posts;
        export const likes = Db.likes;
        export const t = pgTable(Db.Inner.name, { a: integer("a").references(() => Db.posts.owner) });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    posts(owner) -> users(id)
    likes(post) -> posts(owner)
    inner(a) -> posts(owner)
    ");
}

#[test]
fn runs_modules_that_are_imported_for_their_effects() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { columns } from "./shared";
        import "./more";
        import "server-only";
        export * from "./users";
        delete columns.gone;
        export const t = pgTable("t", columns);
        //- src/shared.ts
        import { integer } from "drizzle-orm/pg-core";
        export const columns: any = { gone: integer("gone") };
        //- src/more.ts
        import { integer } from "drizzle-orm/pg-core";
        import { columns } from "./shared";
        import { users } from "./users";
        import { start } from "unknown-server";
        columns.owner = integer("owner").references(() => users.id);
        start(columns);
        //- src/users.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: integer("id").primaryKey() });
        "#,
    );
    assert_snapshot!(case.keys(), @"t(owner) -> users(id)");
}

#[test]
fn an_assignment_in_both_branches_leaves_nothing_of_what_was() {
    let case = Case::pg(
        r#"
        import { existsSync } from "node:fs";
        const unknown = existsSync("x");
        const gone = pgTable("gone", { id: integer("id") });
        let target = gone.id, other = gone.id, name = gone.id;
        const holder = { target: gone.id };
        function set() { name = users.id; }
        if (unknown) { target = users.id; holder.target = users.id; set(); } else target = users.other;
        if (!unknown) holder.target = users.other;
        switch (existsSync("y") as any) {
          case 1: other = users.id; break;
          default: other = users.other;
        }
        export const t = pgTable("t", {
          a: integer("a").references(() => target),
          b: integer("b").references(() => other),
          c: integer("c").references(() => holder.target),
          d: integer("d").references(() => name),
        });
        "#,
    );
    assert_snapshot!(case.keys(), @"
    t(a) -> users(id) (conditional)
    t(a) -> users(other) (conditional)
    t(b) -> users(id) (conditional)
    t(b) -> users(other) (conditional)
    t(c) -> users(other) (conditional)
    t(c) -> users(id) (conditional)
    t(c) -> gone(id) (conditional)
    t(d) -> users(id) (conditional)
    t(d) -> gone(id) (conditional)
    ");
}

#[test]
fn a_promise_is_no_column() {
    let case = Case::pg(
        r#"
        export const t = pgTable("t", { a: integer("a").references((async () => users.id) as any) });
        "#,
    );
    assert_snapshot!(case.keys(), @"? what is referenced here is not a column that is known: references((async () => users.id) as any)");
}

#[test]
fn reads_what_compilers_export() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        export * from "./barrel.cjs";
        //- src/barrel.cjs
        __exportStar(require("./tables.cjs"), exports);
        var tables = require("./tables.cjs");
        Object.defineProperty(exports, "people", { enumerable: true, get: function () { return tables.users; } });
        //- src/tables.cjs
        const { pgTable, integer } = require("drizzle-orm/pg-core");
        const users = (exports.users = exports.owners = pgTable("users", { id: integer("id").primaryKey() }));
        exports.posts = pgTable("posts", { owner: integer("owner").references(() => users.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"posts(owner) -> users(id)");
}
