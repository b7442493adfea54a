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
        Ok(value) => write(&value),
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
