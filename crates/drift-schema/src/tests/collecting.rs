use insta::assert_snapshot;

use super::Case;

#[test]
fn takes_the_exports_of_the_entries_only() {
    let case = Case::pg(
        r#"
        const make = (name: string) => pgTable(name, { a: integer("a").references(() => users.id) });
        const late = make("late");
        let lateToo = make("late_too");
        const hidden = make("hidden");
        export { late, lateToo as renamed };
        export const made = make("made");
        export const [first, { second }] = [make("first"), { second: make("second") }];
        export default make("default");
        export const all = { t: make("in_object") };
        export class Tables { static t = make("in_class"); }
        export type { late as Late };
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    late(a) -> users(id)
    late_too(a) -> users(id)
    made(a) -> users(id)
    first(a) -> users(id)
    second(a) -> users(id)
    default(a) -> users(id)
    ");
}

#[test]
fn references_to_tables_that_are_not_collected_stay() {
    let case = Case::pg(
        r#"
        const hidden = pgTable("hidden", { id: integer("id") });
        export const t = pgTable("t", { a: integer("a").references(() => hidden.id) });
        "#,
    );
    assert_snapshot!(case.keys(), @"t(a) -> hidden(id)");
    assert_eq!(case.extract().catalog.tables.len(), 2);
}

#[test]
fn takes_a_table_once_and_the_last_of_a_name() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        export * from "./users";
        //- src/users.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: integer("id") });
        export const again = users;
        export const second = pgTable("twice", { b: integer("b").references(() => users.id) });
        export const first = pgTable("twice", { a: integer("a").references(() => users.id) });
        "#,
    )
    .entries(&["src/schema.ts", "src/users.ts"]);
    assert_snapshot!(case.keys(), @"twice(b) -> users(id)");
    assert_eq!(case.extract().catalog.tables.len(), 2);
}

#[test]
fn runs_loops_and_assignments_at_the_top_level() {
    let case = Case::pg(
        r#"
        const columns: any = {};
        columns.a = integer("a").references(() => users.id);
        for (const name of ["b", "c"]) {
          columns[name] = integer(name).references(() => users.id);
        }
        export const t = pgTable("t", columns);
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> users(id)
    t(b) -> users(id)
    t(c) -> users(id)
    ");
}

#[test]
fn runs_what_changes_a_binding_of_another_module() {
    let case = Case::new(
        r#"
        //- src/schema.ts
        import { pgTable, integer } from "drizzle-orm/pg-core";
        import { columns, late } from "./columns";
        export const users = pgTable("users", { id: integer("id") });
        export const t = pgTable("t", columns);
        export const u = pgTable("u", { d: late });
        //- src/columns.ts
        import { integer } from "drizzle-orm/pg-core";
        import { users } from "./schema";
        import { server } from "./broken";
        export const columns: any = {};
        Object.assign(columns, { a: integer("a").references(() => users.id) });
        ["b", "c"].forEach((name) => { columns[name] = integer(name).references(() => users.id); });
        export let late: any;
        late = integer("d").references(() => users.id);
        server.start();
        //- src/broken.ts
        not (needed
        "#,
    );
    assert_snapshot!(case.keys(), @r"
    t(a) -> users(id)
    t(b) -> users(id)
    t(c) -> users(id)
    u(d) -> users(id)
    ");
}
