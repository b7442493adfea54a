use std::collections::BTreeMap;
use std::path::PathBuf;

use drift_model::Dialect;
use insta::assert_snapshot;

use super::Repository;
use crate::Request;

/// The projects of a fixture.
fn check(fixture: &str) -> String {
    Repository::new(fixture).projects(Request::default())
}

/// The projects of one config beside `src/schema.ts`.
fn check_config(config: &str) -> String {
    check(&format!("//- drizzle.config.ts\n{config}\n{SCHEMA}"))
}

const SCHEMA: &str = "//- src/schema.ts\nexport {};";

#[test]
fn finds_configs_by_name_by_import_and_by_script() {
    assert_snapshot!(check(r#"
//- drizzle.config.ts
export default { dialect: "postgresql", schema: "src/schema.ts" };
//- drizzle-admin.config.ts
export default { dialect: "postgresql", schema: "src/schema.ts", out: "admin" };
//- packages/a/drizzle.config.json
{ "dialect": "sqlite", "schema": "s.ts" }
//- packages/a/s.ts
export {};
//- packages/b/package.json
{ "scripts": { "generate": "drizzle-kit generate --config=./db/kit.ts" } }
//- packages/b/db/kit.ts
export default { dialect: "mysql", schema: "db/s.ts" };
//- packages/b/db/s.ts
export {};
//- packages/c/mysql.config.ts
import { defineConfig } from "drizzle-kit";
export default defineConfig({ dialect: "mysql", schema: "s.ts" });
//- packages/c/s.ts
export {};
//- packages/d/package.json
{ "scripts": { "db": "drizzle-kit generate --dialect sqlite --schema s.ts --casing snake_case" } }
//- packages/d/s.ts
export {};
//- packages/e/vite.config.ts
export default {};
//- node_modules/x/drizzle.config.ts
export default { dialect: "mysql", schema: "s.ts" };
//- .gitignore
ignored
//- ignored/drizzle.config.ts
export default { dialect: "mysql", schema: "s.ts" };
//- src/schema.ts
export {};
"#), @"
    drizzle-admin.config.ts: postgresql [src/schema.ts] -> admin
    drizzle.config.ts: postgresql [src/schema.ts] -> drizzle
    packages/a: sqlite [packages/a/s.ts] -> packages/a/drizzle
    packages/b/db: mysql [packages/b/db/s.ts] -> packages/b/drizzle
    packages/c: mysql [packages/c/s.ts] -> packages/c/drizzle
    packages/d#db: sqlite [packages/d/s.ts] -> packages/d/drizzle SnakeCase
    ");
}

#[test]
fn configs_of_other_tools_are_passed_over() {
    let kit = "
//- drizzle.config.ts
export default { dialect: 'sqlite', schema: 's.ts' };
//- s.ts
export const users = {};
";
    for (name, text) in [
        (
            "drizzle-zero.config.ts",
            "import { drizzleZeroConfig } from \"drizzle-zero\";
             import * as schema from './s';
             export default drizzleZeroConfig(schema, { tables: { users: { id: true, out: true } } });",
        ),
        (
            "drizzle.graphql.config.mts",
            "import { buildSchema } from 'drizzle-graphql'; export default buildSchema({});",
        ),
        (
            "drizzle-zero.config.ts",
            "import { drizzleZeroConfig } from 'drizzle-zero'; import * as tables from './s';
             export const schema = drizzleZeroConfig(tables, {}); export type Schema = typeof schema;",
        ),
        (
            "drizzle-zero.config.ts",
            "import { drizzleZeroConfig } from 'drizzle-zero';
             if (process.env.A) { throw 1; } else { throw 2; }
             export default drizzleZeroConfig({});",
        ),
        ("drizzle_docs.config.cjs", "const d = require('drizzle-docs'); module.exports = { title: 'a' };"),
    ] {
        let found = check(&format!("{kit}//- {name}\n{text}\n"));
        assert_eq!(found, ".: sqlite [s.ts] -> drizzle", "{name}");
    }
    // What is named is meant.
    let script = "//- package.json\n{ \"scripts\": { \"g\": \"drizzle-kit generate --config drizzle-zero.config.ts\" } }\n";
    let tool = "//- drizzle-zero.config.ts\nimport z from 'drizzle-zero'; export default z({});\n";
    let found = check(&format!("{kit}{script}{tool}"));
    assert!(found.contains("drizzle-zero.config.ts:1:"), "{found}");
    let request =
        Request { paths: vec![PathBuf::from("drizzle-zero.config.ts")], ..Request::default() };
    assert!(
        Repository::new(tool).projects(request).contains("cannot tell what the config exports")
    );
}

#[test]
fn a_broken_config_is_no_config_of_another_tool() {
    for (name, text) in [
        ("drizzle.config.ts", "import z from 'drizzle-zero'; export default z({});"),
        ("drizzle-admin.config.ts", "import base from './gone'; export default base;"),
        (
            "drizzle-admin.config.ts",
            "import { make } from '@acme/drizzle-config'; export default make();",
        ),
        (
            "drizzle-admin.config.ts",
            "import z from 'drizzle-zero'; import { defineConfig } from 'drizzle-kit';
             export default z(defineConfig({}));",
        ),
        (
            "drizzle-admin.config.ts",
            "import z from 'drizzle-zero'; export default { schema: z() };",
        ),
        (
            "drizzle-admin.config.ts",
            "import z from 'drizzle-zero'; export default { dialect: 'x' };",
        ),
        (
            "drizzle-admin.config.ts",
            "import z from 'drizzle-x'; export default z({ dialect: 'sqlite' });",
        ),
        ("drizzle-admin.config.ts", "import z from 'drizzle-orm'; export default z;"),
        (
            "drizzle-admin.config.ts",
            "import z from 'drizzle-zero'; export const dialect = z; export const schema = 's.ts';",
        ),
        ("drizzle-admin.config.ts", "import z from 'drizzle-zero'; export default {"),
    ] {
        let found = check(&format!("//- {name}\n{text}\n"));
        assert!(found.starts_with(&format!("{name}:")), "{name} {text}: {found}");
    }
}

#[test]
fn reads_configs_from_before_there_was_a_dialect() {
    for (driver, dialect) in [
        ("pg", "postgresql"),
        ("pglite", "postgresql"),
        ("aws-data-api", "postgresql"),
        ("mysql2", "mysql"),
        ("better-sqlite", "sqlite"),
        ("libsql", "sqlite"),
        ("turso", "sqlite"),
        ("d1", "sqlite"),
        ("d1-http", "sqlite"),
        ("expo", "sqlite"),
        ("durable-sqlite", "sqlite"),
        ("unheard-of", "-"),
    ] {
        let config = format!(
            "import type {{ Config }} from 'drizzle-kit';
             export default {{ schema: './src/schema.ts', driver: '{driver}' }} satisfies Config;"
        );
        assert_eq!(check_config(&config), format!(".: {dialect} [src/schema.ts] -> drizzle"));
    }
}

#[test]
fn reads_configs_in_every_form() {
    let expected = ".: sqlite [src/schema.ts] -> sql SnakeCase";
    let fields =
        r#"dialect: "turso", schema: ["./src/schema.ts"], out: "./sql", casing: "snake_case""#;
    for config in [
        format!("export default {{ {fields} }};"),
        format!("module.exports = {{ {fields} }};"),
        format!("exports.default = {{ {fields} }};"),
        format!("export = {{ {fields} }};"),
        format!("module.exports = {{ default: {{ {fields} }} }};"),
        "export const dialect = 'turso', schema = './src/schema.ts', out = './sql', casing = 'snake_case';".to_owned(),
        format!("const {{ schema, ...rest }} = {{ {fields} }}; export default {{ schema: await Promise.resolve(schema), ...rest }};"),
        format!(
            "const {{ defineConfig }} = require('drizzle-kit'); module.exports = defineConfig({{ {fields} }});"
        ),
        format!(
            "import {{ type Config, defineConfig }} from 'drizzle-kit'; const c: Config = {{ {fields} }}; export default defineConfig(c);"
        ),
        format!(
            "import {{ defineConfig as d }} from 'drizzle-kit'; export {{ c as default }}; const c = d({{ {fields} }});"
        ),
        format!("export default ({{ {fields} }}) as const;"),
        format!(
            "const base = {{ {fields} }}; export default {{ ...base, verbose: true }} satisfies Config;"
        ),
        format!(
            "import base from './base'; export default {{ ...base }};\n//- base.ts\nexport default {{ {fields} }};"
        ),
        format!("export {{ default }} from './base';\n//- base.ts\nexport default {{ {fields} }};"),
        format!("const make = (schema: string) => ({{ {fields} }}); export default make('x');"),
        format!(
            "import 'dotenv/config'; import * as dotenv from 'dotenv'; dotenv.config({{ path: '.env' }}); export default {{ {fields} }};"
        ),
        format!(
            "import {{ config }} from 'dotenv'; config(); if (!process.env.URL) throw new Error('URL'); export default {{ {fields}, dbCredentials: {{ url: process.env.URL! }} }};"
        ),
        format!(
            "export default {{ {fields}, schemaFilter: ['a'], tablesFilter: ['b_*'], extensionsFilters: ['postgis'], migrations: {{ prefix: 'timestamp', table: 't', schema: 's' }} }};"
        ),
        format!(
            "import {{ loadEnv }} from 'vite'; const env = loadEnv('x', process.cwd(), ''); export default {{ {fields}, dbCredentials: {{ url: env.URL }}, strict: env.STRICT }};"
        ),
    ] {
        assert_eq!(check_config(&config), expected, "{config}");
    }
    let json = r#"{ "dialect": "turso", "schema": ["./src/schema.ts"], "out": "./sql", "casing": "snake_case" }"#;
    assert_eq!(check(&format!("//- drizzle.config.json\n{json}\n{SCHEMA}")), expected);
}

#[test]
fn refuses_what_drizzle_kit_refuses() {
    assert_snapshot!(check_config("export default [{ dialect: 'sqlite' }];"), @"drizzle.config.ts: the config exports no object");
    assert_snapshot!(check_config("export default () => ({ dialect: 'sqlite' });"), @"drizzle.config.ts:1:1: cannot tell what the config exports: this is a function; --schema, --migrations and --dialect can stand in for the config");
    assert_snapshot!(check_config("export default { dialect: 'postgres' };"), @"drizzle.config.ts:1:18: unknown dialect `postgres`: drizzle-kit calls it `postgresql`");
    assert_snapshot!(check_config("export default { dialect: 'sqlite', schema: './src/schema' };"), @"
    .: sqlite [] -> drizzle
    drizzle.config.ts:1:37: the schema `./src/schema` is not there
    ");
    assert_snapshot!(check_config("export default { dialect: 'sqlite', casing: 'snake' };"), @"drizzle.config.ts:1:37: unknown casing `snake`: expected `snake_case` or `camelCase`");
}

#[test]
fn expands_schemas() {
    let fixture = |schema: &str| {
        format!(
            r#"
//- drizzle.config.ts
export default {{ dialect: "sqlite", schema: {schema} }};
//- db/users.ts
//- db/README.md
//- db/types.d.ts
//- db/deep/posts.ts
//- db/a.test.ts
export {{}};
//- db/index.tsx
"#
        )
    };
    assert_snapshot!(check(&fixture("'./db'")), @".: sqlite [db/a.test.ts db/index.tsx db/users.ts] -> drizzle");
    assert_snapshot!(check(&fixture("'./db/**/*.ts'")), @".: sqlite [db/a.test.ts db/deep/posts.ts db/users.ts] -> drizzle");
    assert_snapshot!(check(&fixture("'./db/*'")), @".: sqlite [db/a.test.ts db/deep/posts.ts db/index.tsx db/users.ts] -> drizzle");
    assert_snapshot!(check(&fixture("['./db/!(*.test|*.d).ts', './db/users.ts', './none/*.ts']")), @".: sqlite [db/users.ts] -> drizzle");
    assert_snapshot!(check(&fixture("'./db/{users,deep/posts}.ts'")), @".: sqlite [db/deep/posts.ts db/users.ts] -> drizzle");
    assert_snapshot!(check(&fixture("['./db/users.ts', './db/gone.ts']")), @"
    .: sqlite [db/users.ts] -> drizzle
    drizzle.config.ts:1:37: the schema `./db/gone.ts` is not there
    ");
    assert_snapshot!(check(&fixture("'./gone/*.ts'")), @"
    .: sqlite [] -> drizzle
    drizzle.config.ts:1:37: no schema file matches `./gone/*.ts`
    ");
    assert_snapshot!(check(&fixture("[]")), @".: sqlite [] -> drizzle");
}

#[test]
fn alternatives_that_agree_are_one_project() {
    let expected = ".: postgresql [src/schema.ts] -> drizzle";
    for config in [
        r#"const a = { dialect: "postgresql", schema: "src/schema.ts" };
           export default process.env.X ? { ...a, verbose: true } : { ...a, strict: true };"#,
        r#"export default { dialect: process.env.LOCAL ? "postgresql" : "cockroach", schema: "src/schema.ts" };"#,
        r#"export default process.env.X ? { dialect: "postgresql", schema: "./src/schema.ts" }
           : { out: "drizzle", schema: ["src/schema.ts"], dialect: "postgresql" };"#,
        // Compiled output stands for its source.
        r#"export default { dialect: "postgresql",
           schema: process.env.NODE_ENV === "production" ? "./dist/schema.js" : "./src/schema.ts" };"#,
        // What is not there is left to the other one.
        r#"export default { dialect: "postgresql",
           schema: process.env.NODE_ENV === "production" ? "./bundle/schema.js" : "./src/schema.ts" };"#,
        r#"if (process.env.NODE_ENV === "production" && !process.env.URL) throw new Error();
           export default { dialect: "postgresql", schema: "src/schema.ts",
             dbCredentials: process.env.URL ? { url: process.env.URL } : { host: "h" } };"#,
    ] {
        assert_eq!(check_config(config), expected, "{config}");
    }
}

const TWO_DIALECTS: &str = r#"
//- drizzle.config.ts
const isPg = process.env.DB === "pg";
export default {
  dialect: isPg ? "postgresql" : "sqlite",
  schema: isPg ? "pg.ts" : "lite.ts",
  out: `drizzle/${isPg ? "pg" : "lite"}`,
};
//- pg.ts
export {};
//- lite.ts
export {};
"#;

#[test]
fn alternatives_with_migrations_of_their_own_are_projects() {
    assert_snapshot!(check(TWO_DIALECTS), @"
    postgresql: postgresql [pg.ts] -> drizzle/pg
    sqlite: sqlite [lite.ts] -> drizzle/lite
    ");
    let repository = Repository::new(TWO_DIALECTS);
    let request = Request { dialect: Some(Dialect::Sqlite), ..Request::default() };
    assert_snapshot!(repository.projects(request), @".: sqlite [lite.ts] -> drizzle/lite");
    let env = BTreeMap::from([("DB".to_owned(), "pg".to_owned())]);
    assert_snapshot!(repository.projects(Request { env, ..Request::default() }), @".: postgresql [pg.ts] -> drizzle/pg");
    assert_snapshot!(check(r#"
//- packages/db/drizzle.config.ts
export default {
  dialect: "sqlite", schema: "s.ts", out: process.env.TENANT ? "./drizzle/tenant" : "./drizzle/main",
};
//- packages/db/s.ts
"#), @"
    packages/db#drizzle/tenant: sqlite [packages/db/s.ts] -> packages/db/drizzle/tenant
    packages/db#drizzle/main: sqlite [packages/db/s.ts] -> packages/db/drizzle/main
    ");
}

#[test]
fn the_dialect_of_migrations_decides_between_alternatives() {
    let config = "//- drizzle.config.ts
export default process.env.PG ? { dialect: 'postgresql', schema: 'pg.ts', out: 'sql' }
    : { dialect: 'sqlite', schema: 'lite.ts', out: 'sql' };
//- pg.ts
//- lite.ts
";
    for (path, text, expected) in [
        ("sql/meta/_journal.json", r#"{ "dialect": "sqlite" }"#, ".: sqlite [lite.ts] -> sql"),
        ("sql/meta/_journal.json", r#"{ "dialect": "pg" }"#, ".: postgresql [pg.ts] -> sql"),
        ("sql/2_b/snapshot.json", r#"{ "dialect": "postgres" }"#, ".: postgresql [pg.ts] -> sql"),
        ("sql/2_b/snapshot.json", r#"{ "dialect": "turso" }"#, ".: sqlite [lite.ts] -> sql"),
    ] {
        assert_eq!(check(&format!("{config}//- {path}\n{text}\n")), expected, "{path} {text}");
    }
    for text in [r#"{ "dialect": "mysql" }"#, "{}", "["] {
        let found = check(&format!("{config}//- sql/meta/_journal.json\n{text}\n"));
        assert!(found.contains("`schema` depends on a condition"), "{text}: {found}");
    }
    // Only what is in doubt is asked.
    let found = check(
        "//- drizzle.config.ts
export default { dialect: 'sqlite', schema: 's.ts', out: process.env.X ? 'a' : 'b' };
//- s.ts
//- a/meta/_journal.json
{ \"dialect\": \"postgresql\" }
",
    );
    assert_snapshot!(found, @"
    a: sqlite [s.ts] -> a
    b: sqlite [s.ts] -> b
    ");
}

#[test]
fn alternatives_that_contradict_each_other_are_refused() {
    assert_snapshot!(check_config(r#"
export default process.env.X ? {
  dialect: "sqlite", schema: "src/schema.ts"
} : {
  dialect: "sqlite", schema: "drizzle.config.ts"
};"#), @"drizzle.config.ts:3:22: `schema` depends on a condition that is not known: it is `src/schema.ts` or `drizzle.config.ts` at drizzle.config.ts:5:22; `env` of the settings can tell");
    assert_snapshot!(check_config(
        "export default { schema: 'src/schema.ts', dialect: process.env.X ? 'sqlite' : 'mysql' };"
    ), @"drizzle.config.ts:1:43: `dialect` depends on a condition that is not known: it is `sqlite` or `mysql`; `env` of the settings can tell");
    assert_snapshot!(check_config(
        "export default { schema: 'src/schema.ts', dialect: 'sqlite', ...(process.env.X && { casing: 'snake_case' }) };"
    ), @"drizzle.config.ts:1:85: `casing` depends on a condition that is not known: it is `snake_case` or `nothing`; `env` of the settings can tell");
    // What cannot be told in one way is told of the other.
    assert_snapshot!(check_config(
        "export default { schema: 'src/schema.ts', dialect: 'sqlite', out: process.env.X ? process.env.OUT : 'o' };"
    ), @"
    .: sqlite [src/schema.ts] -> o
    drizzle.config.ts:1:83: cannot tell the value of `out`: `process.env.OUT` is not set; `env` of the settings can tell
    ");
}

#[test]
fn a_schema_is_expanded_where_the_paths_of_its_config_start() {
    assert_snapshot!(check(r#"
//- packages/db/drizzle.config.ts
export default { dialect: "sqlite", schema: "./packages/db/src/*.ts", out: "./packages/db/drizzle" };
//- packages/db/src/schema.ts
//- packages/api/config/drizzle.config.ts
export default { dialect: "mysql", schema: "./src/*.ts", out: "./sql" };
//- packages/api/src/schema.ts
//- packages/api/sql/0.sql
"#), @"
    packages/api/config: mysql [packages/api/src/schema.ts] -> packages/api/sql
    packages/db: sqlite [packages/db/src/schema.ts] -> packages/db/drizzle
    ");
}

#[test]
fn one_config_may_be_named() {
    let repository = Repository::new(TWO_DIALECTS);
    let request = Request {
        paths: vec![PathBuf::from("gone.ts"), PathBuf::from("pg.ts")],
        ..Request::default()
    };
    assert_snapshot!(repository.projects(request), @"
    gone.ts: no such file or directory
    pg.ts: there is no default export
    ");
}
