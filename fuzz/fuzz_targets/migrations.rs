//! Any text as a migration, in every dialect, on an empty database and on one in use.

#![no_main]

use std::path::PathBuf;

use drift_migrations::{Layout, ReplayInput, ReplaySettings, mentions, replay_with};
use drift_model::{Dialect, MemoryFileSystem, SourceMap};
use libfuzzer_sys::fuzz_target;

const MIGRATION: &str = "0000_init.sql";

fuzz_target!(|text: &str| {
    let mut files = MemoryFileSystem::default();
    files.insert(MIGRATION, text);
    for dialect in Dialect::ALL {
        for starts_empty in [false, true] {
            let sources = SourceMap::default();
            let input = ReplayInput {
                files: &files,
                sources: &sources,
                migrations: &[PathBuf::from(MIGRATION)],
                layout: Layout::Plain,
                dialect,
            };
            let settings = ReplaySettings { starts_empty, ..ReplaySettings::new(dialect) };
            let replay = replay_with(&input, &settings);
            let keys = replay.catalog.foreign_keys.iter().map(|it| it.span);
            let mentioned = mentions(&input, &settings, &replay);
            let others = replay.unresolved.iter().map(|it| it.span);
            for span in keys.chain(others).chain(mentioned.iter().map(|it| it.span)) {
                let range = span.start as usize..span.end as usize;
                assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
            }
        }
    }
});
