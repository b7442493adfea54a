//! The scripts of the release workflow, as far as they go without the servers of others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::man_pages;
use super::npm::build::write_static_program;
use super::npm::packages::{is_testable, own_platform, platforms};
use super::releases::{VERSION, archive, small_binary};
use super::sandbox::{has_all, output, repository, write};

/// A copy of what the scripts read of this repository, so that a test can give it another version.
struct Copy {
    folder: TempDir,
}

impl Copy {
    /// As the repository is when a release is made: the changelog has the version in place of what is to come.
    fn new() -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        let files = [
            "Cargo.toml",
            "README.md",
            "LICENSE-MIT",
            "LICENSE-APACHE",
            "docs",
            "crates/drizzle-drift/templates",
            "npm",
            "schemas",
            "scripts",
            "crates/drizzle-drift/Cargo.toml",
        ];
        let mut command = Command::new("cp");
        command.args(["--recursive", "--parents"]).args(files).arg(copy.folder.path());
        let (status, text) = output(command.current_dir(repository()));
        assert_eq!(status, Some(0), "{text}");
        let changes = fs::read_to_string(repository().join("CHANGELOG.md")).unwrap();
        let changes = changes.replace("## Unreleased", &format!("## {VERSION} (2026-12-01)"));
        copy.write("CHANGELOG.md", &format!("{changes}\n## 0.0.9\n\n- What was before.\n"));
        copy
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        write(&self.path(file), text);
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        self.write(file, &text.replace(from, to));
    }

    fn script(&self, name: &str) -> Command {
        Command::new(self.path("scripts/release").join(name))
    }
}

fn tag() -> String {
    format!("v{VERSION}")
}

#[test]
fn a_tag_is_held_against_all_that_names_the_version() {
    let copy = Copy::new();
    let check = |tag: &str| output(copy.script("check-version.sh").arg(tag));
    assert_eq!(check(&tag()), (Some(0), format!("{VERSION}\n")));
    let (status, text) = check("v0.2.0");
    assert_eq!(status, Some(1), "{text}");
    for fault in [
        format!("the tag is v0.2.0, but Cargo.toml says that this is {VERSION}"),
        "CHANGELOG.md has nothing below a heading `## 0.2.0`".to_owned(),
        "github-workflow.yml:".to_owned(),
        "gitlab-ci.yml:".to_owned(),
        "docs/ci.md:".to_owned(),
    ] {
        assert!(text.contains(&fault), "no `{fault}` in\n{text}");
    }
    for tag in [VERSION, "v1", "v0.1.0; touch pwned", "v0.1.0\nv0.1.0"] {
        assert_eq!(check(tag).0, Some(1), "{tag}");
    }
    copy.write(
        "CHANGELOG.md",
        &format!("# Changelog\n\n## {VERSION}\n\n## 0.0.9\n\n- What was before.\n"),
    );
    assert!(check(&tag()).1.contains("CHANGELOG.md has nothing below"));
    // What users paste stays with the last release while another one is tried.
    copy.replace("Cargo.toml", &format!("version = \"{VERSION}\""), "version = \"0.2.0-rc.1\"");
    copy.write("CHANGELOG.md", "## 0.2.0-rc.1\n\n- To be tried.\n");
    assert_eq!(check("v0.2.0-rc.1"), (Some(0), "0.2.0-rc.1\n".to_owned()));
}

#[test]
fn the_notes_of_a_release_are_its_part_of_the_changelog() {
    let copy = Copy::new();
    let notes = |version: &str| output(copy.script("notes.sh").arg(version));
    assert_eq!(notes("0.0.9"), (Some(0), "- What was before.\n".to_owned()));
    let (_, text) = notes(VERSION);
    assert!(text.starts_with("- ") && !text.contains("What was before"), "{text}");
    assert_eq!(notes("0.0"), (Some(0), String::new()));
}

#[test]
fn a_binary_is_run_before_it_is_released() {
    let smoke = |binary: &Path| {
        output(Command::new(repository().join("scripts/release/smoke.sh")).arg(binary))
    };
    let (status, text) = smoke(small_binary());
    assert_eq!(status, Some(0), "{text}");
    // One that finds nothing, and one of another version.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("drizzle-drift");
    for version in [VERSION, "0.0.9"] {
        write(
            &program,
            &format!("#!/bin/sh\n[ $1 != --version ] || echo drizzle-drift {version}\n"),
        );
        output(Command::new("chmod").arg("755").arg(&program));
        let (status, text) = smoke(&program);
        assert!(status == Some(1) && text.contains("smoke: "), "{text}");
    }
}

/// The archives of all platforms; only the one of this platform holds a program that runs.
fn archives(folder: &Path) {
    let binaries = tempfile::tempdir().unwrap();
    for platform in platforms() {
        platform.write_hull(binaries.path());
        let place = platform.place(binaries.path());
        if platform.name() == own_platform() {
            write_static_program(&place, VERSION);
        }
        archive(&platform.target, &place, folder);
    }
}

#[test]
fn an_archive_has_all_in_a_folder_of_its_name() {
    if !has_all(&["tar", "zip", "unzip"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("built");
    write(&binary, "a program");
    for (target, program) in
        [("x86_64-apple-darwin", "drizzle-drift"), ("x86_64-pc-windows-msvc", "drizzle-drift.exe")]
    {
        let archive = archive(target, &binary, folder.path());
        let name = format!("drizzle-drift-v{VERSION}-{target}");
        let mut list = match archive.extension().unwrap().to_str().unwrap() {
            "zip" => Command::new("unzip"),
            _ => Command::new("tar"),
        };
        let flag = if program.ends_with(".exe") { "-Z1" } else { "-tzf" };
        let (_, list) = output(list.arg(flag).arg(&archive));
        let mut files: Vec<&str> = list.lines().filter(|it| !it.ends_with('/')).collect();
        files.sort_unstable();
        let expected = [
            "CHANGELOG.md",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "THIRD-PARTY-LICENSES",
            program,
            "drizzle-drift.schema.json",
        ];
        let pages = man_pages::pages().into_iter().map(|it| format!("man/{}", it.name));
        let expected = expected.map(str::to_owned).into_iter().chain(pages);
        let mut expected: Vec<String> = expected.map(|it| format!("{name}/{it}")).collect();
        expected.sort_unstable();
        assert_eq!(files, expected);
    }
}

#[test]
fn a_release_is_assembled_of_all_platforms_and_published_in_order() {
    if !is_testable() || !has_all(&["zip", "unzip", "sha256sum"]) {
        return;
    }
    let (copy, dist) = (Copy::new(), tempfile::tempdir().unwrap());
    archives(dist.path());
    let assemble = || output(copy.script("assemble.sh").arg(tag()).arg(dist.path()));
    let (status, text) = assemble();
    assert_eq!(status, Some(0), "{text}");

    let sums = fs::read_to_string(dist.path().join("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), platforms().len(), "{sums}");
    let (status, text) =
        output(Command::new("sha256sum").args(["--check", "SHA256SUMS"]).current_dir(&dist));
    assert_eq!(status, Some(0), "{text}");
    assert!(fs::read_to_string(dist.path().join("notes.md")).unwrap().starts_with("- "));
    let order = fs::read_to_string(dist.path().join("npm/order.txt")).unwrap();
    assert_eq!(order.lines().last(), Some(&format!("drizzle-drift-{VERSION}.tgz")[..]));
    assert_eq!(order.lines().count(), platforms().len() + 1, "{order}");

    publishes_packages_once(&copy, dist.path(), &order);
    drafts_the_release(&copy, dist.path());

    fs::remove_file(
        dist.path().join(format!("drizzle-drift-v{VERSION}-aarch64-apple-darwin.tar.gz")),
    )
    .unwrap();
    let (status, text) = assemble();
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("aarch64-apple-darwin.tar.gz is missing"), "{text}");
}

/// A program that writes down how it is called; `answers` is what it does besides.
fn stand_in(name: &str, answers: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let file = folder.path().join(name);
    write(&file, &format!("#!/bin/sh\necho \"$@\" >> '{}'\n{answers}\n", asked.display()));
    output(Command::new("chmod").arg("755").arg(file));
    folder
}

/// Runs a script with a stand-in in front of the PATH; gives its exit status and how the stand-in was called.
fn with_stand_in(command: &mut Command, stand_in: &TempDir) -> (Option<i32>, String) {
    let path = std::env::var("PATH").unwrap();
    let (status, text) =
        output(command.env("PATH", format!("{}:{path}", stand_in.path().display())));
    let asked =
        fs::read_to_string(stand_in.path().join("asked")).unwrap_or_else(|_| panic!("{text}"));
    (status, asked)
}

fn publishes_packages_once(copy: &Copy, dist: &Path, order: &str) {
    // One of them is there already.
    let npm = stand_in(
        "npm",
        &format!("[ \"$2\" != @drizzle-drift/linux-x64@{VERSION} ] || echo {VERSION}"),
    );
    let (status, asked) = with_stand_in(copy.script("publish-npm.sh").arg(dist.join("npm")), &npm);
    assert_eq!(status, Some(0), "{asked}");
    let published: Vec<&str> = asked.lines().filter(|it| it.starts_with("publish")).collect();
    let missing = order.lines().filter(|it| !it.contains("linux-x64"));
    let expected =
        missing.map(|it| format!("publish ./{it} --access public --provenance --tag latest"));
    assert_eq!(published, expected.collect::<Vec<_>>());
    // What fails ends it.
    let npm = stand_in("npm", "exit 1");
    let (status, asked) = with_stand_in(copy.script("publish-npm.sh").arg(dist.join("npm")), &npm);
    assert_eq!((status, asked.matches("publish").count()), (Some(1), 1), "{asked}");
}

fn drafts_the_release(copy: &Copy, dist: &Path) {
    let gh = stand_in("gh", "[ \"$2\" != view ] || exit 1");
    let (status, asked) = with_stand_in(copy.script("draft.sh").arg(tag()).arg(dist), &gh);
    assert_eq!(status, Some(0), "{asked}");
    let created = asked.lines().last().unwrap();
    assert!(
        created.starts_with(&format!("release create {} --draft --verify-tag", tag())),
        "{created}"
    );
    for platform in platforms() {
        assert!(created.contains(&format!("-{}.", platform.target)), "{created}");
    }
    assert!(created.ends_with(" SHA256SUMS") && !created.contains("--prerelease"), "{created}");
    // A draft that is there gives way, and a release that is there does not.
    for (is_draft, deletions) in [("true", 1), ("false", 0)] {
        let gh = stand_in("gh", &format!("[ \"$2\" != view ] || echo {is_draft}"));
        let (_, asked) = with_stand_in(copy.script("draft.sh").arg(tag()).arg(dist), &gh);
        assert_eq!(asked.matches("release delete").count(), deletions, "{asked}");
    }
}
