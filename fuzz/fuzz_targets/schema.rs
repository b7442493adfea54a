//! Any text as a schema, in both lines of drizzle.

#![no_main]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drift_model::{Dialect, MemoryFileSystem, SourceMap};
use drift_schema::{DrizzleLine, ModuleResolver, Resolution, SchemaInput, extract};
use libfuzzer_sys::fuzz_target;

const ENTRY: &str = "schema.ts";

fuzz_target!(|text: &str| {
    let mut files = MemoryFileSystem::default();
    files.insert(ENTRY, text);
    for line in [DrizzleLine::V0, DrizzleLine::V1] {
        let sources = SourceMap::default();
        let extraction = extract(&SchemaInput {
            files: &files,
            resolver: &Itself,
            sources: &sources,
            entries: &[PathBuf::from(ENTRY)],
            dialect: Dialect::PostgreSql,
            line,
            casing: None,
            env: &BTreeMap::new(),
        });
        let keys = extraction.catalog.foreign_keys.iter().map(|it| it.span);
        for span in keys.chain(extraction.unresolved.iter().map(|it| it.span)) {
            let range = span.start as usize..span.end as usize;
            assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
        }
    }
});

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
