//! The licenses that archives and npm packages pass on: those of all that is in the command.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::npm::packages::platforms;
use crate::sandbox::{binary, has_all, output, repository};

/// What the script prints for a target.
fn licenses(target: &str) -> String {
    let mut script = Command::new("node");
    script.arg(repository().join("scripts/third-party-licenses.mjs")).arg(target);
    let (status, text) = output(&mut script);
    assert_eq!(status, Some(0), "{text}");
    text
}

/// The names and versions in the list, which is the second paragraph.
fn listed(text: &str) -> BTreeSet<String> {
    let list = text.split("\n\n").nth(1).unwrap();
    list.lines()
        .map(|it| it.strip_prefix("- ").unwrap().split(": ").next().unwrap().to_owned())
        .collect()
}

/// The packages whose sources are named in a program that was built with what debuggers need.
fn built_in(program: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(program);
    let paths = text.split("/registry/src/").skip(1);
    // Behind the name of the registry: a folder such as `memchr-2.7.4`.
    let folders = paths.filter_map(|it| it.split('/').nth(1));
    let is_version = |it: &str| it.starts_with(|it: char| it.is_ascii_digit()) && it.contains('.');
    let names = folders.filter_map(|folder| {
        let dash =
            folder.match_indices('-').map(|(at, _)| at).find(|at| is_version(&folder[at + 1..]))?;
        // Metadata of a build is in no version that anybody writes.
        let version = folder[dash + 1..].split('+').next()?;
        Some(format!("{} {version}", &folder[..dash]))
    });
    names
        .filter(|it| it.chars().all(|it| it.is_ascii_alphanumeric() || " -_.".contains(it)))
        .collect()
}

#[test]
fn all_that_is_in_the_command_has_a_license() {
    if !has_all(&["node"]) {
        return;
    }
    let text = licenses("x86_64-unknown-linux-gnu");
    let listed = listed(&text);
    let built_in = built_in(&fs::read(binary()).unwrap());
    assert!(built_in.len() > 50, "{built_in:?}");
    // This one was built beside the tests, which ask for more features.
    let tests_alone =
        |it: &&String| ["getrandom ", "schemars "].iter().any(|name| it.starts_with(name));
    let missing = built_in.iter().filter(|it| !listed.contains(*it) && !tests_alone(it));
    let missing: Vec<&String> = missing.collect();
    assert!(missing.is_empty(), "{missing:?}");
    for expected in ["The Rust standard library", "memchr"] {
        assert!(listed.iter().any(|it| it.starts_with(expected)), "{expected}");
    }
    for test_alone in ["insta", "proptest", "tempfile", "rusqlite"] {
        assert!(!listed.iter().any(|it| it.starts_with(&format!("{test_alone} "))), "{test_alone}");
    }
}

#[test]
fn every_platform_has_its_own_list_and_every_name_a_text() {
    if !has_all(&["node"]) {
        return;
    }
    for platform in platforms() {
        let text = licenses(&platform.target);
        let listed = listed(&text);
        let rest = text.split_once("\n\n").unwrap().1.split_once("\n\n").unwrap().1;
        let with_text: BTreeSet<String> = rest.lines().map(str::to_owned).collect();
        let without: Vec<&String> = listed.iter().filter(|it| !with_text.contains(*it)).collect();
        assert!(without.is_empty(), "{}: {without:?}", platform.target);
        let has = |name: &str| listed.iter().any(|it| it.starts_with(name));
        for name in ["musl libc", "The runtime library of zig"] {
            assert_eq!(has(name), platform.target.ends_with("-musl"), "{}", platform.target);
        }
        assert_eq!(has("windows-sys "), platform.target.contains("windows"), "{}", platform.target);
        assert_eq!(has("inotify "), platform.target.contains("linux"), "{}", platform.target);
        assert!(rest.contains("Permission is hereby granted") && rest.contains("Apache License"));
        assert!(!text.contains(&*repository().to_string_lossy()), "{}", platform.target);
    }
}

#[test]
fn a_target_that_there_is_not_has_no_list() {
    if !has_all(&["node"]) {
        return;
    }
    for arguments in [&["nowhere"][..], &[]] {
        let mut script = Command::new("node");
        script.arg(repository().join("scripts/third-party-licenses.mjs")).args(arguments);
        let (status, text) = output(&mut script);
        assert!(status == Some(1) && text.starts_with("third-party-licenses: "), "{text}");
    }
}
