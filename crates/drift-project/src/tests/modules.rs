use drift_schema::{ModuleResolver, Resolution};

use super::Repository;

/// What `specifier` means in the file `importer` of a fixture.
fn check(fixture: &str, importer: &str, specifier: &str) -> String {
    let repository = Repository::new(fixture);
    let disk = repository.disk();
    match disk.resolve(specifier, &repository.root.join(importer)) {
        Resolution::File(path) => repository.show(&path),
        Resolution::NotFound(reason) => format!("? {reason}"),
    }
}

/// Checks lines of `specifier -> file` for imports in one file.
fn check_all(fixture: &str, importer: &str, expected: &[(&str, &str)]) {
    for (specifier, file) in expected {
        assert_eq!(check(fixture, importer, specifier), *file, "{specifier}");
    }
}

#[test]
fn finds_relative_modules() {
    let fixture = "
//- src/a.ts
//- src/users.ts
//- src/c.mts
//- src/d.cts
//- src/e.tsx
//- src/f.js
//- src/g.jsx
//- src/both.js
//- src/both.ts
//- src/db/index.ts
//- src/index.ts
//- src/dotted.schema.ts
//- src/data.json
{}
";
    check_all(
        fixture,
        "src/a.ts",
        &[
            ("./users", "src/users.ts"),
            ("./users.js", "src/users.ts"),
            ("./users.ts", "src/users.ts"),
            ("./c.mjs", "src/c.mts"),
            ("./d.cjs", "src/d.cts"),
            ("./e.jsx", "src/e.tsx"),
            ("./e.js", "src/e.tsx"),
            ("./e", "src/e.tsx"),
            ("./f.js", "src/f.js"),
            ("./f", "src/f.js"),
            ("./g.jsx", "src/g.jsx"),
            ("./both", "src/both.ts"),
            ("./db", "src/db/index.ts"),
            ("./db/", "src/db/index.ts"),
            ("./db/index.js", "src/db/index.ts"),
            (".", "src/index.ts"),
            ("./", "src/index.ts"),
            ("./dotted.schema", "src/dotted.schema.ts"),
            ("./dotted.schema.js", "src/dotted.schema.ts"),
            ("./data.json", "src/data.json"),
            ("../src/users", "src/users.ts"),
            ("./gone", "? no file `./gone` is there"),
        ],
    );
}

#[test]
fn finds_modules_by_tsconfig() {
    let fixture = r#"
//- tsconfig.base.json
{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"], "@one": ["src/one.ts", "x.ts"] } } }
//- tsconfig.json
{ /* comment */ "extends": "./tsconfig.base.json", }
//- src/one.ts
//- src/two.ts
//- packages/a/tsconfig.json
{ "extends": ["../../tsconfig.base.json", "./more"], "compilerOptions": {} }
//- packages/a/more.json
{ "compilerOptions": { "paths": { "~/*": ["./lib/*"] } } }
//- packages/a/lib/three.ts
//- packages/a/x.ts
//- packages/b/tsconfig.json
{ "compilerOptions": { "baseUrl": "./lib" } }
//- packages/b/lib/four/index.ts
//- packages/b/x.ts
//- packages/c/tsconfig.json
{ "extends": "@acme/tsconfig/base.json", "compilerOptions": { "paths": { "db/*": ["./*"] } } }
//- packages/c/five.ts
//- packages/d/tsconfig.json
{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./gone.json" }] }
//- packages/d/tsconfig.app.json
{ "include": ["src"], "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
//- packages/d/src/six.ts
//- packages/e/jsconfig.json
{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
//- packages/e/src/seven.js
//- packages/f/tsconfig.json
{ "extends": "@repo/config/app.json" }
//- packages/f/src/eight.ts
//- packages/config/package.json
{ "name": "@repo/config" }
//- packages/config/app.json
{ "compilerOptions": { "paths": { "@/*": ["${configDir}/src/*"] } } }
//- packages/g/tsconfig.json
{ "extends": "@repo/config" }
//- packages/config/tsconfig.json
{ "compilerOptions": { "paths": { "g/*": ["../g/src/*"] } } }
//- packages/g/src/nine.ts
"#;
    check_all(
        fixture,
        "src/x.ts",
        &[("@/two", "src/two.ts"), ("@one", "src/one.ts"), ("src/two", "src/two.ts")],
    );
    check_all(
        fixture,
        "packages/a/x.ts",
        &[("~/three", "packages/a/lib/three.ts"), ("~/three.js", "packages/a/lib/three.ts")],
    );
    check_all(fixture, "packages/b/x.ts", &[("four", "packages/b/lib/four/index.ts")]);
    check_all(fixture, "packages/c/x.ts", &[("db/five", "packages/c/five.ts")]);
    check_all(fixture, "packages/d/src/x.ts", &[("@/six", "packages/d/src/six.ts")]);
    check_all(fixture, "packages/e/src/x.js", &[("@/seven", "packages/e/src/seven.js")]);
    check_all(fixture, "packages/f/src/x.ts", &[("@/eight", "packages/f/src/eight.ts")]);
    check_all(fixture, "packages/g/src/x.ts", &[("g/nine", "packages/g/src/nine.ts")]);
}

#[test]
fn finds_packages_of_a_workspace_that_is_not_installed() {
    let fixture = r##"
//- package.json
{ "workspaces": ["packages/*"] }
//- packages/db/package.json
{ "name": "@acme/db", "exports": {
  ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" },
  "./schema": "./src/schema/index.ts",
  "./tables/*": { "import": "./src/tables/*.ts" },
  "./only-types": { "types": "./src/types.ts" },
  "./internal": null,
  "./built": { "types": "./dist/built.d.ts", "import": "./dist/built.js" }
}, "imports": { "#tables/*": "./src/tables/*.ts", "#one": "./src/index.ts", "#js/*.js": "./src/tables/*.ts" } }
//- packages/db/src/index.ts
//- packages/db/src/built.ts
//- packages/db/src/types.ts
//- packages/db/src/schema/index.ts
//- packages/db/src/tables/users.ts
//- packages/main/package.json
{ "name": "main-only", "main": "./lib/entry.ts", "types": "./lib/types.d.ts" }
//- packages/main/lib/entry.ts
//- packages/main/lib/types.d.ts
//- packages/main/lib/deep.ts
//- packages/types/package.json
{ "name": "types-only", "types": "./src/main.ts" }
//- packages/types/src/main.ts
//- packages/dist/package.json
{ "name": "dist-main", "main": "./dist/index.js" }
//- packages/dist/src/index.ts
//- packages/module/package.json
{ "name": "module-only", "module": "src/m.ts" }
//- packages/module/src/m.ts
//- apps/api/package.json
{ "name": "api", "dependencies": { "@acme/db": "workspace:*" } }
//- apps/api/src/a.ts
"##;
    let imports = [
        ("@acme/db", "packages/db/src/index.ts"),
        ("@acme/db/schema", "packages/db/src/schema/index.ts"),
        ("@acme/db/tables/users", "packages/db/src/tables/users.ts"),
        ("@acme/db/only-types", "packages/db/src/types.ts"),
        ("@acme/db/built", "packages/db/src/built.ts"),
        ("main-only", "packages/main/lib/entry.ts"),
        ("main-only/lib/deep", "packages/main/lib/deep.ts"),
        ("types-only", "packages/types/src/main.ts"),
        ("dist-main", "packages/dist/src/index.ts"),
        ("module-only", "packages/module/src/m.ts"),
        ("nowhere", "? the package of `nowhere` is not installed"),
    ];
    check_all(fixture, "apps/api/src/a.ts", &imports);
    let imports = [
        ("#tables/users", "packages/db/src/tables/users.ts"),
        ("#one", "packages/db/src/index.ts"),
        ("#js/users.js", "packages/db/src/tables/users.ts"),
        ("@acme/db/schema", "packages/db/src/schema/index.ts"),
    ];
    check_all(fixture, "packages/db/src/schema/index.ts", &imports);
}

#[test]
fn of_namesakes_the_one_of_the_workspace_counts() {
    let packages = r#"
//- examples/db/package.json
{ "name": "@acme/db" }
//- examples/db/index.ts
//- packages/db/package.json
{ "name": "@acme/db" }
//- packages/db/index.ts
//- src/a.ts
"#;
    for (workspace, found) in [
        ("", "examples/db/index.ts"),
        ("//- package.json\n{ \"workspaces\": [\"packages/*\"] }\n", "packages/db/index.ts"),
        (
            "//- package.json\n{ \"workspaces\": { \"packages\": [\"packages/**\"] } }\n",
            "packages/db/index.ts",
        ),
        (
            "//- pnpm-workspace.yaml\npackages:\n  # all\n  - 'packages/*'\n  - '!**/test'\ncatalog:\n",
            "packages/db/index.ts",
        ),
    ] {
        let fixture = format!("{packages}{workspace}");
        assert_eq!(check(&fixture, "src/a.ts", "@acme/db"), found, "{workspace}");
    }
}

#[test]
fn an_installed_package_comes_before_one_of_the_workspace() {
    let fixture = r#"
//- node_modules/plain/package.json
{ "name": "plain", "main": "index.js", "types": "index.d.ts" }
//- node_modules/plain/index.js
//- node_modules/plain/index.d.ts
//- node_modules/compiled/package.json
{ "name": "compiled", "exports": { ".": { "types": "./i.d.ts", "import": "./i.mjs", "require": "./i.cjs" } } }
//- node_modules/compiled/i.mjs
//- node_modules/compiled/i.cjs
//- node_modules/compiled/i.d.ts
//- packages/plain/package.json
{ "name": "plain" }
//- packages/plain/index.ts
//- src/a.ts
"#;
    let imports =
        [("plain", "node_modules/plain/index.js"), ("compiled", "node_modules/compiled/i.mjs")];
    check_all(fixture, "src/a.ts", &imports);
}
