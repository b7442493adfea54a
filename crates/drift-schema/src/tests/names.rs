use drift_model::Dialect;
use insta::assert_snapshot;

use super::Case;
use crate::Casing;

#[test]
fn postgresql_cuts_names_and_sqlite_has_none() {
    let text = r#"
        export const organization_member_permissions = pgTable("organization_member_permissions", {
          organizationMemberId: integer("organization_member_id").references(() => organization_members.id),
        });
        export const organization_members = pgTable("organization_members", { id: integer("id") });
        "#;
    assert_snapshot!(Case::pg(text).foreign_keys(), @"organization_member_permissions(organization_member_id) -> organization_members(id) as organization_member_permissions_organization_member_id_organiza");
    assert_snapshot!(Case::pg(text).v1().foreign_keys(), @"organization_member_permissions(organization_member_id) -> organization_members(id) as organization_member_permissions_Yuhi9rpT43c2_fkey");
    let sqlite = Case::new(
        r#"
        import { sqliteTable, integer, foreignKey } from "drizzle-orm/sqlite-core";
        export const a = sqliteTable("a", { id: integer("id"), b: integer("b") }, (t) => [
          foreignKey({ name: "named", columns: [t.b], foreignColumns: [t.id] }),
        ]);
        "#,
    )
    .dialect(Dialect::Sqlite);
    assert_snapshot!(sqlite.foreign_keys(), @"a(b) -> a(id)");
    assert!(sqlite.extract().catalog.foreign_keys[0].has_explicit_name);
}

#[test]
fn casing_rewrites_names_in_0_x() {
    let case = Case::new(
        r#"
        import { pgTable, integer, foreignKey } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { userID: integer() });
        export const m = pgTable("mapUserIdLog", { UserId: integer().references(() => users.userID), orgId: integer() }, (t) => [
          foreignKey({ name: "fk_orgId_custom", columns: [t.orgId], foreignColumns: [users.userID] }),
        ]);
        "#,
    )
    .casing(Casing::SnakeCase);
    assert_snapshot!(case.foreign_keys(), @r"
    mapUserIdLog(user_id) -> users(user_id) as mapuser_idLog_UserId_users_user_id_fk
    mapUserIdLog(org_id) -> users(user_id) as fk_org_id_custom
    ");
}

#[test]
fn an_inline_name_counts_in_1_0_only() {
    let text = r#"
        export const t = pgTable("t", { a: integer("a").references(() => users.id, { name: "mine" } as any) });
        "#;
    assert_snapshot!(Case::pg(text).foreign_keys(), @"t(a) -> users(id) as t_a_users_id_fk");
    assert_snapshot!(Case::pg(text).v1().foreign_keys(), @"t(a) -> users(id) as mine");
    assert!(Case::pg(text).v1().extract().catalog.foreign_keys[0].has_explicit_name);
}

/// Two tables whose names begin with something that is made of `prefix`.
fn check_prefix(prefix: &str) -> Case {
    Case::pg(&format!(
        r#"
        import {{ getTableName }} from "drizzle-orm";
        const table = pgTableCreator((name) => {prefix});
        export const accounts = table("accounts", {{ id: integer("id").primaryKey().unique() }});
        export const posts = table("posts", {{
          by: integer("by").references(() => accounts.id, {{ onDelete: "cascade" }}),
          named: integer("named"),
        }}, (t) => [
          foreignKey({{ columns: [t.named], foreignColumns: [users.id], name: "named_fk" }}),
          index().on(t.by), unique("by_key").on(t.by),
        ]);
        export const of = pgTable(`${{getTableName(posts)}}_of`, {{ id: integer("id") }});
        "#
    ))
}

#[test]
fn keeps_what_is_known_of_a_name() {
    for prefix in [
        "`${process.env.PREFIX}_${name}`",
        "process.env.PREFIX! + '_' + name",
        "[`${process.env['PREFIX']}_`, name][0] + name",
    ] {
        let case = check_prefix(prefix);
        let keys = case.keys();
        assert!(keys.contains("posts(by) -> "), "{keys}");
    }
    let case = check_prefix("`${process.env.PREFIX}_${name}`");
    assert_snapshot!(case.foreign_keys(), @r"
    *_posts(by) -> *_accounts(id) on delete cascade
    *_posts(named) -> users(id) as named_fk
    ");
    assert_snapshot!(case.tables(), @r"
    users
      id integer not null
      other integer
      primary key (id)
    *_accounts
      id integer not null
      primary key (id)
      unique - (id)
    *_posts
      by integer
      named integer
      unique by_key (by)
      index - (by)
    *_posts_of
      id integer
    ");
    let case = case.env("PREFIX", "app");
    assert_snapshot!(case.foreign_keys(), @r"
    app_posts(by) -> app_accounts(id) on delete cascade as app_posts_by_app_accounts_id_fk
    app_posts(named) -> users(id) as named_fk
    ");
}

#[test]
fn knows_a_name_by_its_default() {
    let case = check_prefix("`${process.env.PREFIX ?? 'x'}_${name}`");
    assert!(case.keys().starts_with("x_posts(by) -> x_accounts(id)"));
}

#[test]
fn the_environment_has_many_doors() {
    for (imports, prefix) in [
        ("", "Bun.env.PREFIX"),
        ("", "import.meta.env.PREFIX"),
        ("", "import.meta.env['PREFIX']!"),
        ("", "Deno.env.get('PREFIX')"),
        ("", "Deno.env.toObject().PREFIX"),
        ("", "process?.env?.PREFIX"),
        ("", "{ ...process.env }.PREFIX"),
        ("const { PREFIX } = process.env;", "PREFIX"),
        ("const { PREFIX: prefix } = process.env;", "prefix"),
        ("const { OTHER, ...rest } = process.env;", "rest.PREFIX"),
        ("import { env } from 'node:process';", "env.PREFIX"),
        ("import process from 'process';", "process.env.PREFIX"),
        ("import * as p from 'node:process';", "p.env.PREFIX"),
        ("const { env } = require('process');", "env.PREFIX"),
        (
            "const read = (name: string) => { const value = process.env[name]; if (!value) throw 1; return value; };",
            "read('PREFIX')",
        ),
        (
            "import { createEnv } from '@t3-oss/env-core'; import { z } from 'zod';
             const env = createEnv({ server: { PREFIX: z.string() }, runtimeEnv: process.env });",
            "env.PREFIX",
        ),
        (
            "import { createEnv } from '@t3-oss/env-nextjs'; import { z } from 'zod';
             const env = createEnv({ runtimeEnv: { PREFIX: process.env.PREFIX, NODE_ENV: 'x' } });",
            "env.PREFIX",
        ),
        (
            "import { createEnv } from '@t3-oss/env-nextjs';
             const env = createEnv({ experimental__runtimeEnv: { NEXT_PUBLIC_A: 'x' } });",
            "env.PREFIX",
        ),
        (
            "import { z } from 'zod'; const schema = z.object({ PREFIX: z.string() });
             const env = schema.parse(process.env);",
            "env.PREFIX",
        ),
        (
            "import { z } from 'zod'; const parsed = z.object({}).safeParse(process.env);
             if (!parsed.success) process.exit(1); const env = parsed.data;",
            "env.PREFIX",
        ),
        (
            "import { z } from 'zod'; const env = z.object({}).parse({ PREFIX: process.env.PREFIX });",
            "env.PREFIX",
        ),
        (
            "import * as v from 'valibot'; const env = v.parse(v.object({}), process.env);",
            "env.PREFIX",
        ),
        (
            "import { cleanEnv } from 'envalid'; const env = cleanEnv(process.env, {});",
            "env.PREFIX",
        ),
    ] {
        let case = Case::pg(&format!(
            "{imports}\nexport const t = pgTable(`${{{prefix}}}_t`, {{ id: integer() }});"
        ));
        let name = |case: &Case| {
            case.extract().catalog.tables.get(1).map(|it| it.name.to_string()).unwrap_or_default()
        };
        assert_eq!(name(&case), "*_t", "{imports} {prefix}");
        assert_eq!(name(&case.env("PREFIX", "app")), "app_t", "{imports} {prefix}");
    }
}

#[test]
fn a_default_counts_where_the_settings_have_no_value() {
    for prefix in [
        "process.env.PREFIX || 'x'",
        "process.env.PREFIX ? process.env.PREFIX : 'x'",
        "env.PREFIX ?? 'x'",
        "{ ...process.env }.PREFIX ?? 'x'",
        "{ PREFIX: 'x', ...process.env }.PREFIX",
        "(({ PREFIX = 'x' }) => PREFIX)(process.env)",
    ] {
        let case = Case::pg(&format!(
            "import {{ env }} from 'node:process';
             export const t = pgTable(`${{{prefix}}}_t`, {{ id: integer() }});"
        ));
        assert_eq!(case.extract().catalog.tables[1].name.to_string(), "x_t", "{prefix}");
        let case = case.env("PREFIX", "app");
        assert_eq!(case.extract().catalog.tables[1].name.to_string(), "app_t", "{prefix}");
    }
}

/// What a variable is used for only where it is set counts as `X || y` does, however that is asked.
#[test]
fn a_condition_on_a_variable_counts_as_a_default() {
    for (name, unset, set) in [
        ("`a_${X || 'y'}`", "a_y", "a_app"),
        ("`a_${X ? X : 'y'}`", "a_y", "a_app"),
        ("`a_${!X ? 'y' : X}`", "a_y", "a_app"),
        ("`a_${!!X ? (X as string) : 'y'}`", "a_y", "a_app"),
        ("`a_${Boolean(X) ? X! : 'y'}`", "a_y", "a_app"),
        ("X ? `${X}_a` : 'a'", "a", "app_a"),
        ("(X ? X + '_' : '') + 'a'", "a", "app_a"),
        ("`a_${X !== undefined ? X : 'y'}`", "a_y", "a_app"),
        ("`a_${undefined === X ? 'y' : X}`", "a_y", "a_app"),
        ("`a_${X != null ? X : 'y'}`", "a_y", "a_app"),
        ("`a_${typeof X === 'string' ? X : 'y'}`", "a_y", "a_app"),
        ("`a_${typeof X == 'undefined' ? 'y' : X}`", "a_y", "a_app"),
        ("`a_${X ? X.toLowerCase() : 'y'}`", "a_y", "a_app"),
        ("`a_${X?.trim() || 'y'}`", "a_y", "a_app"),
        ("`a_${X?.length ? X : 'y'}`", "a_y", "a_app"),
        ("`a_${(X ?? '') || 'y'}`", "a_y", "a_app"),
        // Where the variable is set in one way of several, the name is known in part.
        ("`a_${first()}`", "a_*", "a_app"),
        ("`a_${second}`", "a_*", "a_app"),
        ("`a_${OTHER === 'x' ? X : 'y'}`", "a_*", "-"),
        ("`a_${OTHER ? `b_${X}` : 'b_y'}`", "a_b_*", "-"),
        // Neither covers the other.
        ("`a_${OTHER ? `b_${X}` : 'y'}`", "-", "-"),
        ("`a_${OTHER ? 'x' : 'y'}`", "-", "-"),
        ("`a_${X === 'app' ? 'x' : 'y'}`", "-", "a_x"),
        ("`a_${X ? 'x' : 'y'}`", "-", "a_x"),
        ("`a_${X ? Xs : 'y'}`", "-", "a_s"),
        ("`a_${X ? all.X : 'y'}`", "-", "a_z"),
        ("`a_${X ? all.of(X) : 'y'}`", "-", "a_z"),
    ] {
        let case = Case::pg(&format!(
            "const X = process.env.X; const OTHER = process.env.OTHER;
             const Xs = 's'; const all = {{ X: 'z', of: (X: string) => 'z' }};
             function first() {{ if (X) return X; return 'y'; }}
             let second = 'y'; if (process.env.X) second = process.env.X;
             export const t = pgTable({name}, {{ id: integer() }});"
        ));
        let found = |case: &Case| {
            let tables = case.extract().catalog.tables;
            tables.get(1).map_or_else(|| "-".to_owned(), |it| it.name.to_string())
        };
        assert_eq!(found(&case), unset, "{name}");
        assert_eq!(found(&case.env("X", "app")), set, "{name}");
    }
}

#[test]
fn a_default_of_a_validator_counts_where_the_settings_have_no_value() {
    let zod = "import { z } from 'zod';";
    for (imports, env) in [
        (zod, "z.object({ PREFIX: z.string().default('x') }).parse(process.env)"),
        (zod, "z.object({ PREFIX: z.string().min(1).catch('x').describe('y') }).parse(process.env)"),
        (zod, "z.strictObject({ PREFIX: z.enum(['x', 'y']).default('x') }).parse({ ...process.env })"),
        (zod, "z.object({ PREFIX: z.string().default('x') }).parse({ PREFIX: process.env.PREFIX, OTHER: process.env.OTHER })"),
        (zod, "z.object({ A: z.string() }).extend({ PREFIX: z.string().default('x') }).parse(process.env)"),
        (
            zod,
            "z.object({ PREFIX: z.string().default('x') }).passthrough()
                .merge(z.object({ A: z.coerce.number().default(1) })).parse(process.env)",
        ),
        (zod, "z.object({ PREFIX: z.string().default('x') }).safeParse(process.env).data"),
        (zod, "await z.object({ PREFIX: z.string().default('x') }).parseAsync(process.env)"),
        (
            zod,
            "{ PREFIX: z.string().default('x').parse(process.env.PREFIX),
                OTHER: process.env.OTHER }",
        ),
        (
            "import * as z from 'zod/v4';",
            "z.parse(z.object({ PREFIX: z._default(z.string(), 'x') }), process.env)",
        ),
        (
            "import * as v from 'valibot';",
            "v.parse(v.object({ PREFIX: v.optional(v.string(), 'x') }), process.env)",
        ),
        (
            "import { object, parse, fallback, string } from 'valibot';",
            "parse(object({ PREFIX: fallback(string(), 'x') }), process.env)",
        ),
        (
            "import { createEnv } from '@t3-oss/env-core'; import { z } from 'zod';",
            "createEnv({ server: { PREFIX: z.string().default('x') }, runtimeEnv: process.env })",
        ),
        (
            "import { createEnv } from '@t3-oss/env-nextjs'; import { z } from 'zod';
             const shared = createEnv({ shared: { PREFIX: z.string().default('x') }, runtimeEnv: {} });",
            "createEnv({ extends: [shared], client: {}, experimental__runtimeEnv: {} })",
        ),
        (
            "import { createEnv } from '@t3-oss/env-nextjs'; import { z } from 'zod';",
            "createEnv({ client: { PREFIX: z.string().default('x') },
                runtimeEnv: { PREFIX: process.env.PREFIX } })",
        ),
        (
            "import { cleanEnv, str } from 'envalid';",
            "cleanEnv(process.env, { PREFIX: str({ default: 'x' }) })",
        ),
        (
            "import { parseEnv } from 'znv'; import { z } from 'zod';",
            "parseEnv(process.env, { PREFIX: z.string().default('x') })",
        ),
    ] {
        let case = Case::pg(&format!(
            "{imports} const env = {env};
             export const t = pgTable(`${{env.PREFIX}}_t`, {{ id: integer() }});
             export const other = pgTable(`${{env.OTHER}}_t`, {{ id: integer() }});"
        ));
        let names = |case: &Case| {
            let tables = case.extract().catalog.tables;
            tables.iter().skip(1).map(|it| it.name.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&case), "x_t *_t", "{imports} {env}");
        assert_eq!(names(&case.env("PREFIX", "app")), "app_t *_t", "{imports} {env}");
    }
}

#[test]
fn what_a_validator_makes_of_a_default_is_not_known() {
    for validator in [
        "z.string().default('x').transform((it) => it + 'y')",
        "z.string().default('x').pipe(z.string())",
        // zod 3 gives `undefined`, zod 4 the default.
        "z.string().default('x').optional()",
        "z.string().default(make)",
        "z.string().optional()",
    ] {
        let case = Case::pg(&format!(
            "import {{ z }} from 'zod';
             const env = z.object({{ PREFIX: {validator}, A: z.string().default('a') }}).parse(process.env);
             export const t = pgTable(`${{env.PREFIX}}_t`, {{ id: integer() }});"
        ));
        assert_eq!(case.extract().catalog.tables[1].name.to_string(), "*_t", "{validator}");
    }
}

#[test]
fn a_validator_is_no_table() {
    let case = Case::pg(
        "import { z } from 'zod';
         export const insert = z.object({ name: z.string().default('x') }).extend({ a: z.number() });
         export type Insert = z.infer<typeof insert>;
         export const shape = insert.shape.name;
         export const list = z.array(insert).default([]);
         export const name = z.string().catch('x');",
    );
    assert_snapshot!(case.keys(), @"");
    assert!(case.extract().opaque_exports.is_empty());
}

#[test]
fn knows_nothing_of_a_name_that_is_a_variable() {
    let case = Case::pg(
        r#"
        export const a = pgTable(process.env.A, { x: integer("x").references(() => users.id) });
        export const b = pgSchema(`${process.env.A}_b`).table("b", { x: integer("x") });
        export const c = pgTable(`${process.env.A}${process.env.B}`, { x: integer("x") });
        export const d = pgTable(`d${process.env.A}`.toUpperCase(), { x: integer("x") });
        "#,
    );
    assert_snapshot!(case.keys(), @r#"
    ? the name of this table is not known: `process.env.A` is not set: pgTable(process.env.A
    ? the name of this table is not known: `process.env.A` is not set: pgSchema(`${process.env.A}_b`).table("b"
    ? the name of this table is not known: `process.env.A` is not set: pgTable(`${process.env.A}${process.env.B}`
    ? the name of this table is not known: `process.env.A` is not set: pgTable(`d${process.env.A}`.toUpperCase()
    "#);
}

/// Whatever is cut out of a name and read from the environment instead, the rest is kept.
#[test]
fn keeps_every_part_that_is_written() {
    let name = "app_users_2";
    for start in 0..name.len() {
        for end in start + 1..=name.len() {
            let (before, after) = (&name[..start], &name[end..]);
            let case = Case::pg(&format!(
                "export const t = pgTable(`{before}${{process.env.X}}{after}`, {{ id: integer() }});"
            ));
            let tables: Vec<_> =
                case.extract().catalog.tables.iter().map(|it| it.name.to_string()).collect();
            let expected = format!("{before}*{after}");
            let expected = if expected == "*" { None } else { Some(&expected) };
            assert_eq!(tables.get(1), expected);
            let known = case.env("X", &name[start..end]).extract();
            assert_eq!(known.catalog.tables[1].name.name, name);
        }
    }
}
