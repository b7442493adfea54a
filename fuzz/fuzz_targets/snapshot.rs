//! Any text as a snapshot of drizzle-kit.

#![no_main]

use std::path::Path;

use drift_migrations::read_snapshot;
use drift_model::{MemoryFileSystem, SourceMap};
use libfuzzer_sys::fuzz_target;

const SNAPSHOT: &str = "0000_init/snapshot.json";

fuzz_target!(|text: &str| {
    let mut files = MemoryFileSystem::default();
    files.insert(SNAPSHOT, text);
    let sources = SourceMap::default();
    let snapshot = read_snapshot(&files, &sources, Path::new(SNAPSHOT));
    let keys = snapshot.catalog.foreign_keys.iter().map(|it| it.span);
    let others = snapshot.unresolved.iter().map(|it| it.span);
    for span in keys.chain(others).chain(snapshot.errors.iter().filter_map(|it| it.span)) {
        let range = span.start as usize..span.end as usize;
        assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
    }
});
