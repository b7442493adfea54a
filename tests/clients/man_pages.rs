//! The manual pages, and what a reader of manual pages says about them.

use std::process::Command;

use clap::CommandFactory as _;
use drift_model::Date;
use drizzle_drift::Args;
use tempfile::TempDir;

use crate::sandbox::{has_all, output, write};

#[path = "../../crates/drizzle-drift/examples/man_pages/pages.rs"]
mod pages;

pub(crate) fn pages() -> Vec<pages::Page> {
    pages::pages(Date::from_unix_seconds(1_700_000_000)).unwrap()
}

/// A folder with all of them.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for page in pages() {
        write(&folder.path().join(page.name), &page.text);
    }
    folder
}

#[test]
fn every_command_has_a_page_with_all_its_flags() {
    let mut command = Args::command();
    command.build();
    let commands = command.get_subcommands().filter(|it| it.get_name() != "help");
    let commands: Vec<_> = std::iter::once(&command).chain(commands).collect();
    let pages = pages();
    assert_eq!(pages.len(), commands.len());
    for (command, page) in commands.into_iter().zip(pages) {
        let name = command.get_display_name().unwrap_or("drizzle-drift");
        assert_eq!(page.name, format!("{name}.1"));
        for arg in command.get_arguments().filter(|it| !it.is_hide_set()) {
            let Some(flag) = arg.get_long() else { continue };
            let flag = format!("\\-\\-{}", flag.replace('-', "\\-"));
            assert!(page.text.contains(&flag), "{flag} in {}", page.name);
        }
    }
}

#[test]
fn mandoc_has_nothing_to_say_about_them() {
    if !has_all(&["mandoc"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for page in pages() {
        let path = folder.path().join(&page.name);
        write(&path, &page.text);
        // Lines of any length and a name as it is written are a matter of taste.
        let mut lint = Command::new("mandoc");
        lint.args(["-T", "lint", "-W", "warning"]).arg(&path);
        let (status, said) = output(&mut lint);
        assert_eq!((status, said.as_str()), (Some(0), ""), "{}", page.name);
        let mut read = Command::new("mandoc");
        let (status, text) = output(read.args(["-T", "ascii", "-O", "width=80"]).arg(&path));
        assert_eq!(status, Some(0), "{text}");
        let title = page.name.trim_end_matches(".1").to_uppercase();
        assert!(text.starts_with(&format!("{title}(1)")), "{text}");
        assert!(
            text.contains(concat!("drizzle-drift ", env!("CARGO_PKG_VERSION")))
                && text.contains("2023-11-14"),
            "{text}"
        );
    }
}
