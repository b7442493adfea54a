//! Any text as a migration, in every dialect.

#![no_main]

use std::path::PathBuf;

use drift_migrations::{Layout, ReplayInput, replay};
use drift_model::{Dialect, MemoryFileSystem, SourceMap};
use libfuzzer_sys::fuzz_target;

const MIGRATION: &str = "0000_init.sql";

fuzz_target!(|text: &str| {
    let mut files = MemoryFileSystem::default();
    files.insert(MIGRATION, text);
    for dialect in Dialect::ALL {
        let sources = SourceMap::default();
        let replay = replay(&ReplayInput {
            files: &files,
            sources: &sources,
            migrations: &[PathBuf::from(MIGRATION)],
            layout: Layout::Plain,
            dialect,
        });
        let keys = replay.catalog.foreign_keys.iter().map(|it| it.span);
        for span in keys.chain(replay.unresolved.iter().map(|it| it.span)) {
            let range = span.start as usize..span.end as usize;
            assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
        }
    }
});
