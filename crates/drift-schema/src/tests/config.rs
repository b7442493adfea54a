use std::collections::BTreeMap;
use std::path::Path;

use drift_model::{MemoryFileSystem, SourceMap};
use insta::assert_snapshot;

use super::RelativeResolver;
use crate::{PlainValue, evaluate_default_export};

fn check(path: &str, fixture: &str) -> String {
    let files = MemoryFileSystem::parse(path, fixture);
    let env = BTreeMap::from([("URL".to_owned(), "postgres://".to_owned())]);
    let resolver = RelativeResolver { files: &files };
    let sources = SourceMap::default();
    let skipped = &["dbCredentials"];
    match evaluate_default_export(&files, &resolver, &sources, Path::new(path), &env, skipped) {
        Ok(values) => values.iter().map(write).collect::<Vec<_>>().join("\n"),
        Err(error) => format!("{}: {}", error.path.display(), error.message),
    }
}

fn write(value: &PlainValue) -> String {
    match value {
        PlainValue::Undefined => "undefined".to_owned(),
        PlainValue::Null => "null".to_owned(),
        PlainValue::Bool(value) => value.to_string(),
        PlainValue::Number(value) => value.to_string(),
        PlainValue::String(text) => format!("{text:?}"),
        PlainValue::Array(items) => {
            format!("[{}]", items.iter().map(write).collect::<Vec<_>>().join(", "))
        }
        PlainValue::Object(properties) => {
            let properties =
                properties.iter().map(|it| format!("{}: {}", it.key, write(&it.value)));
            format!("{{{}}}", properties.collect::<Vec<_>>().join(", "))
        }
        PlainValue::Unknown(reason, _) => format!("<{reason}>"),
    }
}

#[test]
fn reads_configs_in_all_forms() {
    assert_snapshot!(check("drizzle.config.ts", r#"
        import { defineConfig } from "drizzle-kit";
        import path from "node:path";
        import "dotenv/config";
        const common = { dialect: "postgresql", strict: true } as const;
        export default defineConfig({
          ...common,
          schema: ["./src/a.ts", path.join("src", "..", "lib", "*.ts")],
          out: process.env.OUT ?? "./drizzle",
          credentials: { url: process.env.URL!, token: process.env.TOKEN! },
        });
    "#), @r#"{dialect: "postgresql", strict: true, schema: ["./src/a.ts", "lib/*.ts"], out: "./drizzle", credentials: {url: "postgres://", token: <`process.env.TOKEN` is not set>}}"#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        import type { Config } from "drizzle-kit";
        export default { schema: "./a.ts", driver: "pg" } satisfies Config;
    "#), @r#"{schema: "./a.ts", driver: "pg"}"#);
    assert_snapshot!(check("drizzle.config.js", r#"
        const { defineConfig } = require("drizzle-kit");
        /** @type {import("drizzle-kit").Config} */
        module.exports = defineConfig({ schema: require("path").resolve(__dirname, "./a.ts") });
    "#), @r#"{schema: "a.ts"}"#);
    assert_snapshot!(check("a/drizzle.config.ts", r#"
        export = { schema: `${__dirname}/a.ts` };
    "#), @r#"{schema: "a/a.ts"}"#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        import base from "./base";
        if (!process.env.URL) throw new Error("URL is missing");
        const config = { ...base, out: "x" };
        export default config;
        //- base.ts
        export default { dialect: "mysql" };
    "#), @r#"{dialect: "mysql", out: "x"}"#);
}

#[test]
fn says_what_is_wrong_with_a_config() {
    assert_snapshot!(check("drizzle.config.ts", "export default () => ({});"), @"<this is a function>");
    assert_snapshot!(check("drizzle.config.ts", "export const a = 1;"), @"drizzle.config.ts: there is no default export");
    assert_snapshot!(check("drizzle.config.ts", "export default {"), @"drizzle.config.ts: syntax error: Unexpected token `<eof>`. Expected identifier, string literal, numeric literal or [ for the computed key");
    assert_snapshot!(check("drizzle.config.ts", "import a from './gone'; export default a;"), @"<this is imported from `./gone`, which was not found>");
    assert_snapshot!(check("drizzle.config.ts", "const a: any = {}; a.a = a; export default { b: 1 };"), @"{b: 1}");
}

#[test]
fn tries_conditions_both_ways() {
    // Fields that depend on one condition change together.
    assert_snapshot!(check("drizzle.config.ts", r#"
        const isPg = process.env.DB === "pg";
        export default {
            dialect: isPg ? "postgresql" : "sqlite",
            schema: !isPg ? "./sqlite.ts" : "./pg.ts",
            out: "./drizzle",
            dbCredentials: process.env.URL_TWO ? {} : { url: 1 },
        };
        "#), @r#"
    {dialect: "postgresql", schema: "./pg.ts", out: "./drizzle"}
    {dialect: "sqlite", schema: "./sqlite.ts", out: "./drizzle"}
    "#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        import { defineConfig } from "drizzle-kit";
        const local = { out: "a" };
        const remote = { out: "b" };
        export default defineConfig(process.env.NODE_ENV !== "production" ? local : remote);
        "#), @r#"
    {out: "b"}
    {out: "a"}
    "#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        import { defineConfig } from "drizzle-kit";
        export default process.env.D1 ? defineConfig({ out: "a", driver: "d1-http" })
            : defineConfig({ out: "a", ...(process.env.LOCAL && { url: "b" }) });
        "#), @r#"
    {out: "a", driver: "d1-http"}
    {out: "a", url: "b"}
    {out: "a"}
    "#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        function choose() {
            if (!process.env.TURSO) throw new Error("TURSO is missing");
            switch (process.env.DB) {
                case "pg": return { dialect: "postgresql", schema: schemaOf() };
                case "mysql": return { dialect: "mysql", schema: schemaOf() };
                default: return { dialect: "sqlite", schema: schemaOf() };
            }
        }
        // It cannot be two of them at once.
        const schemaOf = () => process.env.DB === "mysql" ? "./m.ts"
            : "pg" == process.env.DB ? "./p.ts" : "./s.ts";
        export default choose();
        "#), @r#"
    {dialect: "postgresql", schema: "./p.ts"}
    {dialect: "mysql", schema: "./m.ts"}
    {dialect: "sqlite", schema: "./s.ts"}
    "#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        let config = { out: "a" };
        if (process.env.CI) { config.out = "b"; }
        try { if (process.env.X) throw 1; } catch { config.out = "c"; }
        export default config;
        "#), @r#"
    {out: "c"}
    {out: "b"}
    {out: "c"}
    {out: "a"}
    "#);
    assert_snapshot!(check("drizzle.config.ts", r#"
        function choose() { if (process.env.A) { throw 1; } else { throw 2; } }
        export default choose();
        "#), @"drizzle.config.ts: the module throws an error, whatever its conditions are");
}

/// What differs in more than the variable is two ways, even where one of them uses it.
#[test]
fn a_condition_on_a_variable_is_a_default_of_texts_only() {
    assert_snapshot!(check("drizzle.config.ts", r#"
        const { OUT, PG } = process.env;
        export default PG
            ? { dialect: "postgresql", out: OUT ? `./sql/${OUT}` : "./sql", url: PG }
            : { dialect: "sqlite", out: "./lite" };
        "#), @r#"
    {dialect: "postgresql", out: "./sql", url: <`process.env.PG` is not set>}
    {dialect: "sqlite", out: "./lite"}
    "#);
}

#[test]
fn many_conditions_are_left_open() {
    let conditions: Vec<_> = (0..8).map(|it| format!("p{it}: process.env.P{it} ? 1 : 2")).collect();
    let fixture = format!("export default {{ {} }};", conditions.join(", "));
    let found = check("drizzle.config.ts", &fixture);
    assert_eq!(found.lines().count(), 32);
    assert!(
        found
            .lines()
            .all(|it| it.ends_with("p7: <this depends on a condition that is not known>}"))
    );
}

#[test]
fn leaves_out_what_is_skipped() {
    // Neither the module nor the function is looked at.
    assert_snapshot!(check("drizzle.config.ts", r#"
        import { env } from "./env";
        export default { dialect: "sqlite", dbCredentials: connect(env.url) };
        "#), @r#"{dialect: "sqlite"}"#);
}

#[test]
fn finds_the_folder_of_a_module_by_its_url() {
    assert_snapshot!(check("/app/drizzle.config.ts", r#"
        import path, { dirname } from "node:path";
        import { fileURLToPath } from "url";
        const here = path.dirname(fileURLToPath(import.meta.url));
        export default {
            schema: [
                path.resolve(here, "src/schema.ts"),
                new URL("./src/other.ts", import.meta.url).pathname,
                fileURLToPath(new URL("../shared.ts", import.meta.url)),
                `${import.meta.dirname}/third.ts`,
            ],
            out: dirname(import.meta.filename),
            broken: new URL(location.href),
        };
        "#), @r#"{schema: ["/app/src/schema.ts", "/app/src/other.ts", "/shared.ts", "/app/third.ts"], out: "/app", broken: <the instance of a class is not evaluated>}"#);
}

#[test]
fn knows_the_functions_of_paths() {
    // As Node gives them; the working directory is `.`, so that a path relative to it is any path that
    // leads to the same file.
    for (expression, expected) in [
        ("path.relative(process.cwd(), '/app/src/a.ts')", "/app/src/a.ts"),
        ("path.relative('.', path.join(__dirname, 'src'))", "/app/src"),
        ("path.relative('', 'src/a.ts')", "src/a.ts"),
        ("path.relative('/app/db', __dirname + '/src')", "../src"),
        ("path.relative('a/b', 'a/c/d')", "../c/d"),
        ("path.relative('a', 'a')", ""),
        ("path.relative('/a', '/a/b/')", "b"),
        ("path.posix.join('a', '..', 'b')", "b"),
        ("posix.join('a', 'b')", "a/b"),
        ("path.join('src', '/')", "src/"),
        ("path.join('', '')", "."),
        ("path.join('a', '../../b')", "../b"),
        ("path.normalize('./a//b/')", "a/b/"),
        ("path.resolve('/a/b/', '../c/')", "/a/c"),
        ("path.resolve()", "."),
        ("path.dirname('/a/b/')", "/a"),
        ("path.dirname('a')", "."),
        ("path.dirname('/a')", "/"),
        ("path.basename('/a/b.ts')", "b.ts"),
        ("path.basename('/a/b.ts/', '.ts')", "b"),
        ("path.basename('.ts', '.ts')", ""),
        ("path.basename('/a/.ts', '.ts')", ".ts"),
        ("path.extname('a/b.c.ts')", ".ts"),
        ("path.extname('a/.b')", ""),
        ("path.extname('a.b/c')", ""),
        ("['a', 'b'].join(path.sep)", "a/b"),
        ("'a/b'.split(sep).join('|')", "a|b"),
        ("path.isAbsolute('/a') ? 'yes' : 'no'", "yes"),
        ("isAbsolute('a') ? 'yes' : 'no'", "no"),
        ("path.parse('/a/b.c.ts').name", "b.c"),
        ("path.parse('/a/b.c.ts').dir", "/a"),
        ("path.parse('b').dir", ""),
        ("path.format({ dir: '/a', base: 'b.ts' })", "/a/b.ts"),
        ("path.format({ dir: 'a', name: 'b', ext: 'ts' })", "a/b.ts"),
        ("pathToFileURL('/app/a/../b.ts').pathname", "/app/b.ts"),
        ("url.pathToFileURL(__filename).href", "file:///app/drizzle.config.ts"),
        ("fileURLToPath(pathToFileURL('/a/b'))", "/a/b"),
        ("new URL('.', import.meta.url).pathname + 'src'", "/app/src"),
        ("fileURLToPath(new URL('./src/', import.meta.url))", "/app/src/"),
        ("new URL('/src/a.ts', import.meta.url).pathname", "/src/a.ts"),
        ("fileURLToPath(new URL('..', import.meta.url)) + 'b'", "/b"),
        ("new url.URL('./a.ts', import.meta.url).pathname", "/app/a.ts"),
        ("fileURLToPath(import.meta.resolve('./a.ts'))", "/app/a.ts"),
        ("new URL('./a.ts', import.meta.url).toString()", "file:///app/a.ts"),
        ("`${import.meta.dirname}/a.ts`", "/app/a.ts"),
        ("import.meta.dir", "/app"),
        ("import.meta.path", "/app/drizzle.config.ts"),
        ("`${__dirname}/a.ts`", "/app/a.ts"),
    ] {
        let config = format!(
            "import path, {{ isAbsolute, posix, sep }} from 'node:path';
             import url, {{ fileURLToPath, pathToFileURL }} from 'node:url';
             export default {{ it: {expression} }};"
        );
        let found = check("/app/drizzle.config.ts", &config);
        assert_eq!(found, format!("{{it: {expected:?}}}"), "{expression}");
    }
    for (expression, reason) in [
        ("path.relative(__dirname, 'src')", "the working directory is not known"),
        ("path.relative('../a', 'b')", "the working directory is not known"),
        ("pathToFileURL('a').href", "the working directory is not known"),
        ("path.matchesGlob('a', 'b')", "the result of `matchesGlob` is not known"),
        ("import.meta.resolve('zod')", "the result of `resolve` is not known"),
    ] {
        let config = format!(
            "import path from 'path'; import {{ pathToFileURL }} from 'url';
             export default {{ it: {expression} }};"
        );
        let found = check("/app/drizzle.config.ts", &config);
        assert_eq!(found, format!("{{it: <{reason}>}}"), "{expression}");
    }
}
