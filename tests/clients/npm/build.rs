//! What `scripts/build-npm.mjs` makes, and what it refuses.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::packages::{Outcome, PACKAGES, Platform, is_testable, own_platform, platforms, run};
use crate::sandbox::{binary, repository, write};

fn build(out: &Path, arguments: &[&str]) -> Outcome {
    let mut command = Command::new("node");
    command.arg(repository().join("scripts/build-npm.mjs")).arg("--out").arg(out);
    run(command.args(arguments))
}

/// The files of a tarball, each with its permissions.
fn list(tarball: &Path) -> Vec<String> {
    let listing = run(Command::new("tar").arg("-tvzf").arg(tarball)).expect_success();
    let mut files: Vec<String> = listing
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            format!("{} {}", words[0], words.last().unwrap())
        })
        .collect();
    files.sort_by_key(|it| it.split_once(' ').unwrap().1.to_owned());
    files
}

fn manifest(tarball: &Path) -> Value {
    let text = run(Command::new("tar").arg("-xOzf").arg(tarball).arg("package/package.json"));
    serde_json::from_str(&text.expect_success()).unwrap()
}

#[test]
fn the_package_of_the_command_has_what_it_needs_and_no_more() {
    if !is_testable() {
        return;
    }
    let tarball = PACKAGES.tarball("drizzle-drift");
    assert_eq!(
        list(&tarball),
        [
            "-rw-r--r-- package/LICENSE-APACHE",
            "-rw-r--r-- package/LICENSE-MIT",
            "-rw-r--r-- package/README.md",
            "-rwxr-xr-x package/bin/drizzle-drift.cjs",
            "-rw-r--r-- package/package.json",
            "-rw-r--r-- package/schema.json",
        ]
    );
    let version = env!("CARGO_PKG_VERSION");
    let manifest = manifest(&tarball);
    assert_eq!(manifest["version"], version);
    assert_eq!(manifest["bin"], json!({ "drizzle-drift": "bin/drizzle-drift.cjs" }));
    assert_eq!(
        manifest["optionalDependencies"],
        json!({
            "@drizzle-drift/darwin-arm64": version,
            "@drizzle-drift/darwin-x64": version,
            "@drizzle-drift/linux-arm64": version,
            "@drizzle-drift/linux-x64": version,
            "@drizzle-drift/win32-x64": version,
        })
    );
    assert_eq!(
        manifest["repository"]["url"],
        "git+https://github.com/drizzle-drift/drizzle-drift.git"
    );
    for absent in ["dependencies", "scripts", "exports", "main"] {
        assert_eq!(manifest[absent], Value::Null, "{absent}");
    }
}

#[test]
fn the_package_of_a_platform_is_for_it_alone() {
    if !is_testable() {
        return;
    }
    for (platform, program) in
        [("linux-arm64", "drizzle-drift"), ("win32-x64", "drizzle-drift.exe")]
    {
        let tarball = PACKAGES.tarball(&format!("drizzle-drift-{platform}"));
        assert_eq!(
            list(&tarball),
            [
                "-rw-r--r-- package/LICENSE-APACHE".to_owned(),
                "-rw-r--r-- package/LICENSE-MIT".to_owned(),
                "-rw-r--r-- package/README.md".to_owned(),
                "-rw-r--r-- package/THIRD-PARTY-LICENSES".to_owned(),
                format!("-rwxr-xr-x package/{program}"),
                "-rw-r--r-- package/package.json".to_owned(),
            ]
        );
        let manifest = manifest(&tarball);
        let (os, cpu) = platform.split_once('-').unwrap();
        assert_eq!(manifest["name"], format!("@drizzle-drift/{platform}"));
        assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!((&manifest["os"], &manifest["cpu"]), (&json!([os]), &json!([cpu])));
        assert_eq!(manifest["publishConfig"], json!({ "access": "public" }));
        for absent in ["libc", "scripts", "bin", "dependencies"] {
            assert_eq!(manifest[absent], Value::Null, "{absent}");
        }
    }
}

/// A program that says the version of the command, and needs no library of the system.
pub(crate) fn write_static_program(place: &Path, version: &str) {
    let source = place.with_extension("rs");
    write(&source, &format!("fn main() {{ println!(\"drizzle-drift {version}\") }}"));
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(compiler);
    command.args(["--edition=2024", "-Ctarget-feature=+crt-static", "-Cstrip=symbols", "-o"]);
    run(command.arg(place).arg(&source)).expect_success();
    fs::remove_file(source).unwrap();
}

#[test]
fn a_release_has_every_platform_in_the_order_of_publishing() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (binaries, out) = (folder.path().join("binaries"), folder.path().join("out"));
    for platform in platforms() {
        platform.write_hull(&binaries);
        if platform.name() == own_platform() {
            write_static_program(&platform.place(&binaries), env!("CARGO_PKG_VERSION"));
        }
    }
    let tag = concat!("--tag=v", env!("CARGO_PKG_VERSION"));
    let from = format!("--binaries={}", binaries.display());
    let printed = build(&out, &["--require-all", tag, &from]).expect_success();
    let names = ["-darwin-arm64", "-darwin-x64", "-linux-arm64", "-linux-x64", "-win32-x64", ""];
    let expected =
        names.map(|it| out.join(format!("drizzle-drift{it}-{}.tgz", env!("CARGO_PKG_VERSION"))));
    let printed: Vec<&Path> = printed.lines().map(Path::new).collect();
    assert_eq!(printed, expected);
    assert!(expected.iter().all(|it| it.exists()));

    // A program of another version: nothing is packed, and nothing of the last run stays.
    let own = platforms().into_iter().find(|it| it.name() == own_platform()).unwrap();
    write_static_program(&own.place(&binaries), "0.0.9");
    refused(&build(&out, &["--require-all", &from]), "says that it is \"drizzle-drift 0.0.9\"");
    assert!(!expected.iter().any(|it| it.exists()));
}

#[track_caller]
fn refused(outcome: &Outcome, message: &str) {
    assert_eq!(outcome.status.code(), Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains(message), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
}

/// A file that is of another platform than its place says.
fn misplaced(folder: &Path, at: &Platform, of: &Platform) -> String {
    of.write_hull(folder);
    fs::create_dir_all(at.place(folder).parent().unwrap()).unwrap();
    fs::rename(of.place(folder), at.place(folder)).unwrap();
    format!("--binaries={}", folder.display())
}

#[test]
fn refuses_what_is_not_a_program_of_the_platform() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let all = platforms();
    let others: Vec<&Platform> = all.iter().filter(|it| it.name() != own_platform()).collect();
    for (nr, (at, of)) in others.iter().zip(others.iter().cycle().skip(1)).enumerate() {
        let from = misplaced(&folder.path().join(nr.to_string()), at, of);
        let (os, cpu) =
            of.name().split_once('-').map(|it| (it.0.to_owned(), it.1.to_owned())).unwrap();
        refused(&build(&out, &[&from, "--require-all"]), "no binary for ");
        let binary = format!("--binary={}", binary().display());
        let message = format!(", but is a program for {os} on {cpu}");
        refused(&build(&out, &[&from, &binary]), &message);
    }
    for (name, bytes, message) in [
        ("empty", &b""[..], "is no program"),
        ("text", b"#!/bin/sh\n", "is no program"),
        ("cut", b"\x7fELF\x02\x01\x01\0", "is a program that is cut off"),
        ("universal", b"\xca\xfe\xba\xbe\0\0\0\x02", "is a universal binary of macOS"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        refused(&build(&out, &["--binary", path.to_str().unwrap()]), message);
    }
}

#[test]
fn refuses_what_is_missing_or_contradicts_itself() {
    if !is_testable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let command = binary();
    let command = command.to_str().unwrap();
    refused(&build(&out, &["--binary=missing"]), "there is no file missing");
    refused(&build(&out, &["--binaries=missing"]), "there is no folder missing");
    refused(
        &build(&out, &["--tag=v0.0.9", "--binary", command]),
        "the tag is v0.0.9, but Cargo.toml says",
    );
    refused(&build(&out, &["--colour"]), "Unknown option '--colour'");
    let own = platforms().into_iter().find(|it| it.name() == own_platform()).unwrap();
    own.write_hull(folder.path());
    let from = format!("--binaries={}", folder.path().display());
    refused(&build(&out, &[&from, "--binary", command]), "are for ");
    let message = "no binary for aarch64-apple-darwin, ";
    refused(&build(&out, &[&from, "--require-all"]), message);
}

/// A binary for the C library of a system does not run on Alpine.
#[test]
fn a_release_refuses_a_binary_that_needs_a_c_library() {
    if !is_testable() || !own_platform().starts_with("linux") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for platform in platforms() {
        platform.write_hull(folder.path());
        if platform.name() == own_platform() {
            fs::copy(binary(), platform.place(folder.path())).unwrap();
        }
    }
    let from = format!("--binaries={}", folder.path().display());
    let out = folder.path().join("out");
    refused(&build(&out, &["--require-all", &from]), "needs the C library of a system (/lib");
}
