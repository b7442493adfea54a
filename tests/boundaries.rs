//! What each crate may know: the table of ARCHITECTURE.md, read from the manifests.

use std::collections::BTreeSet;
use std::fs;

use super::repository;

/// The dependencies that a crate may have besides those that concern no boundary.
const ALLOWED: [(&str, &[&str]); 8] = [
    ("drift-model", &[]),
    (
        "drift-schema",
        &["drift-model", "swc_atoms", "swc_common", "swc_ecma_ast", "swc_ecma_parser"],
    ),
    ("drift-migrations", &["drift-model", "jsonc-parser"]),
    ("drift-rules", &["drift-model"]),
    (
        "drift-project",
        &[
            "drift-model",
            "drift-schema",
            "ignore",
            "jsonc-parser",
            "oxc_resolver",
            "schemars",
            "strsim",
        ],
    ),
    (
        "drift-check",
        &[
            "anyhow",
            "drift-migrations",
            "drift-model",
            "drift-project",
            "drift-rules",
            "drift-schema",
            "strsim",
        ],
    ),
    (
        "drift-lsp",
        &[
            "anyhow",
            "drift-check",
            "drift-migrations",
            "drift-model",
            "drift-project",
            "drift-rules",
            "drift-schema",
            "gen-lsp-types",
            "lsp-server",
            "url",
        ],
    ),
    (
        "drizzle-drift",
        &[
            "annotate-snippets",
            "anyhow",
            "clap",
            "clap_complete",
            "dagre",
            "drift-check",
            "drift-lsp",
            "drift-migrations",
            "drift-model",
            "drift-project",
            "drift-rules",
            "drift-schema",
            "notify",
            "serde-sarif",
            "strsim",
            "terminal_size",
            "unicode-width",
        ],
    ),
];

/// Collections, memory, threads and plain data, which say nothing about what a crate knows.
const NEUTRAL: [&str; 10] = [
    "foldhash",
    "indexmap",
    "memchr",
    "mimalloc",
    "rayon",
    "rustc-hash",
    "serde",
    "serde_json",
    "smallvec",
    "typed-arena",
];

#[test]
fn crates_depend_on_nothing_they_may_not_know() {
    for (name, allowed) in ALLOWED {
        let allowed: BTreeSet<&str> = allowed.iter().chain(&NEUTRAL).copied().collect();
        for dependency in dependencies(name) {
            assert!(allowed.contains(dependency.as_str()), "{name} may not depend on {dependency}");
        }
    }
}

#[test]
fn the_model_and_the_rules_use_next_to_nothing() {
    assert_eq!(dependencies("drift-model"), [] as [&str; 0]);
    assert_eq!(dependencies("drift-rules"), ["drift-model", "foldhash", "rayon"]);
}

#[test]
fn every_crate_is_in_the_table() {
    let crates = fs::read_dir(repository().join("crates")).unwrap();
    let found: BTreeSet<String> =
        crates.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let listed: BTreeSet<String> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed);
}

/// The compiler refuses it in all of a package: the command, its tests, examples and benchmarks.
#[test]
fn no_package_may_have_unsafe_code() {
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let workspace = read("Cargo.toml");
    assert!(workspace.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"));
    assert!(workspace.contains("\n[lints]\nworkspace = true\n"), "the package of the root");
    for (name, _) in ALLOWED {
        let manifest = read(&format!("crates/{name}/Cargo.toml"));
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{name}");
    }
    // A workspace of its own.
    assert!(read("fuzz/Cargo.toml").contains("\n[lints.rust]\nunsafe_code = \"forbid\"\n"));
}

/// The names in the `[dependencies]` of a manifest; not those for tests.
fn dependencies(name: &str) -> Vec<String> {
    let manifest = repository().join("crates").join(name).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let section = lines.take_while(|line| !line.starts_with('['));
    let names = section.filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}
