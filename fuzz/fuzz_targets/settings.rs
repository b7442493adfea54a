//! Any text as the settings file.

#![no_main]

mod folder;

use drift_check::{Prepared, ProjectOptions};
use drift_model::{SourceMap, Span};
use drift_project::{Disk, read_settings};
use libfuzzer_sys::fuzz_target;

use crate::folder::Folder;

fuzz_target!(|text: &str| {
    let is_manifest = text.contains("drizzleDrift");
    let name = if is_manifest { "package.json" } else { "drizzle-drift.jsonc" };
    let folder = Folder::empty();
    folder.write(name, text);

    let sources = SourceMap::default();
    let check = |span: Span| {
        let range = span.start as usize..span.end as usize;
        assert!(sources.file(span.file).text.get(range).is_some(), "{span:?}");
    };
    match read_settings(&Disk::new(&folder.0), &sources, &folder.0, None) {
        Ok(settings) => {
            settings.rules.iter().for_each(|it| check(it.span));
            settings.ignore.iter().for_each(|it| check(it.span));
            settings.policies.iter().for_each(|it| check(it.span));
            settings.engine.iter().for_each(|it| check(it.span));
        }
        Err(error) => error.span.into_iter().for_each(check),
    }

    // The names of rules and engines, which another crate knows; twice, with the same answer.
    let prepared = || {
        let sources = SourceMap::default();
        let prepared = Prepared::new(&ProjectOptions::default(), &folder.0, &sources);
        prepared.map_or_else(|error| format!("{error:#}"), |_| String::new())
    };
    assert_eq!(prepared(), prepared());
});
