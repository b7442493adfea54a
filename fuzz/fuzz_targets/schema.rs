//! Any text as a schema, in both lines of drizzle, and as a config.

#![no_main]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drift_model::{Dialect, MemoryFileSystem, SourceMap};
use drift_schema::{
    DrizzleLine, ModuleResolver, Resolution, SchemaInput, evaluate_default_export,
    extract_and_account,
};
use libfuzzer_sys::fuzz_target;

const ENTRY: &str = "schema.ts";

fuzz_target!(|text: &str| {
    let mut files = MemoryFileSystem::default();
    files.insert(ENTRY, text);
    for line in [DrizzleLine::V0, DrizzleLine::V1] {
        let sources = SourceMap::default();
        let extraction = extract_and_account(&SchemaInput {
            files: &files,
            resolver: &Itself,
            sources: &sources,
            entries: &[PathBuf::from(ENTRY)],
            dialect: dialect_of(text),
            line,
            casing: None,
            env: &BTreeMap::new(),
        });
        let keys = extraction.catalog.foreign_keys.iter().map(|it| it.span);
        let unresolved = extraction.unresolved.iter().map(|it| it.span);
        let mentions = extraction.mentions.iter().map(|it| it.span);
        let relations = extraction.relations.iter().map(|it| it.span);
        for span in keys.chain(unresolved).chain(mentions).chain(relations) {
            let range = span.start as usize..span.end as usize;
            assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
        }
    }
    let sources = SourceMap::default();
    let env = BTreeMap::new();
    let path = Path::new(ENTRY);
    // That it is no config is fine.
    let _ = evaluate_default_export(&files, &Itself, &sources, path, &env, &["dbCredentials"]);
});

/// The dialect whose tables the text makes.
fn dialect_of(text: &str) -> Dialect {
    if text.contains("mysql-core") {
        Dialect::MySql
    } else if text.contains("sqlite-core") {
        Dialect::Sqlite
    } else {
        Dialect::PostgreSql
    }
}

/// Every relative import is the one file there is, which makes cycles easy to find.
struct Itself;

impl ModuleResolver for Itself {
    fn resolve(&self, specifier: &str, _importer: &Path) -> Resolution {
        if specifier.starts_with('.') {
            Resolution::File(PathBuf::from(ENTRY))
        } else {
            Resolution::NotFound("there are no packages".to_owned())
        }
    }
}
