//! The npm packages as people install and run them.
//!
//! `scripts/build-npm.mjs` makes them of the command that was built for this test; for other platforms it gets files
//! with the right header and nothing behind it. What Windows does cannot be seen here.

pub(crate) mod build;
mod language_server;
mod managers;
pub(crate) mod packages;
pub(crate) mod registry;
mod signals;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use self::packages::{Outcome, PACKAGES, is_testable, npm, npx, own_platform, run};
use crate::sandbox::{binary, mend, project_with_drift, repository, write};

/// A project with drift, and with the packages in it, from their tarballs and without a network.
fn installed() -> TempDir {
    let project = project_with_drift();
    write(&project.path().join("package.json"), r#"{ "scripts": { "lint:db": "drizzle-drift" } }"#);
    let own = format!("drizzle-drift-{}", own_platform());
    install(project.path(), &["drizzle-drift", &own]);
    project
}

fn install(project: &Path, packages: &[&str]) {
    let mut command = npm();
    command.args(["install", "--offline", "--save-dev"]).current_dir(project);
    run(command.args(packages.iter().map(|it| PACKAGES.tarball(it)))).expect_success();
}

/// What the binary itself prints and returns.
fn direct(project: &Path, arguments: &[&str]) -> Outcome {
    run(Command::new(binary()).args(arguments).current_dir(project))
}

/// Calls the command in each way that npm has, and compares with the binary itself.
fn assert_same_everywhere(project: &Path, status: i32, arguments: &[&str]) {
    let expected = direct(project, arguments);
    assert_eq!(expected.status.code(), Some(status), "{}", expected.stderr);
    let by_path = Command::new(project.join("node_modules/.bin/drizzle-drift"));
    let mut by_script = npm();
    by_script.args(["run", "--silent", "lint:db", "--"]);
    for mut command in [npx("drizzle-drift"), by_path, by_script] {
        let found = run(command.args(arguments).current_dir(project));
        assert_eq!(found.status.code(), Some(status), "{command:?}\n{}", found.stderr);
        assert_eq!(found.stdout, expected.stdout, "{command:?}");
        assert!(found.stderr.ends_with(&expected.stderr), "{command:?}\n{}", found.stderr);
    }
}

#[test]
fn npx_scripts_and_paths_run_the_command() {
    if !is_testable() {
        return;
    }
    let project = installed();
    assert_same_everywhere(project.path(), 1, &["--format=json"]);
    mend(project.path());
    assert_same_everywhere(project.path(), 0, &["--format=json"]);
    assert_same_everywhere(project.path(), 2, &["--format=json", "no-such-folder"]);
}

#[test]
fn a_global_installation_runs() {
    if !is_testable() {
        return;
    }
    let (project, prefix) = (project_with_drift(), tempfile::tempdir().unwrap());
    let own = format!("drizzle-drift-{}", own_platform());
    let mut command = npm();
    command.args(["install", "--global", "--offline", "--prefix"]).arg(prefix.path());
    run(command.args(["drizzle-drift", &own].map(|it| PACKAGES.tarball(it)))).expect_success();
    let mut command = Command::new(prefix.path().join("bin/drizzle-drift"));
    let found = run(command.arg("--format=json").current_dir(&project));
    assert_eq!(found, direct(project.path(), &["--format=json"]));
}

#[test]
fn the_json_schema_of_the_settings_is_in_the_package() {
    if !is_testable() {
        return;
    }
    let project = installed();
    let reference = "./node_modules/drizzle-drift/schema.json";
    let schema = fs::read_to_string(project.path().join(reference)).unwrap();
    let expected = repository().join("schemas/drizzle-drift.schema.json");
    assert_eq!(schema, fs::read_to_string(expected).unwrap());

    let settings = format!(r#"{{ "$schema": "{reference}", "rules": {{ "all": "off" }} }}"#);
    write(&project.path().join("drizzle-drift.jsonc"), &settings);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&settings).unwrap()));
    let command = Command::new(project.path().join("node_modules/.bin/drizzle-drift"));
    run({ command }.current_dir(&project)).expect_success();
}

#[test]
fn arguments_reach_the_command_as_they_are() {
    if !is_testable() {
        return;
    }
    let project = installed();
    let odd =
        ["", "two words", "\"quoted\" 'twice'", "$HOME `id` %PATH%", "ä→\u{1f600}", "*", "--", "-"];
    for mut launcher in signals::launchers(project.path(), signals::TELLS_ARGUMENTS) {
        let found = run(launcher.args(odd));
        assert_eq!(found.status.code(), Some(7), "{launcher:?}\n{}", found.stderr);
        let told: Value = serde_json::from_str(&found.stdout).unwrap();
        assert_eq!(told, serde_json::json!({ "arguments": odd, "binary": null }), "{launcher:?}");
    }
}

#[test]
fn a_binary_of_ones_own_takes_the_place_of_the_packages() {
    if !is_testable() {
        return;
    }
    let project = installed();
    let launcher = project.path().join("node_modules/.bin/drizzle-drift");
    let with = |chosen: &str| {
        let mut command = Command::new(&launcher);
        run(command.arg("--version").env("DRIZZLE_DRIFT_BINARY", chosen).current_dir(&project))
    };
    signals::write_program(&project.path().join("own"), "#!/bin/sh\necho own \"$@\"\n");
    assert_eq!(with("./own").expect_success(), "own --version\n");
    // A path it is, and no name to look for.
    assert_eq!(with("own").expect_success(), "own --version\n");
    let absolute = project.path().join("own");
    assert_eq!(with(absolute.to_str().unwrap()).expect_success(), "own --version\n");
    let version = concat!("drizzle-drift ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(with("").expect_success(), version);

    write(&project.path().join("text"), "not a program");
    write(&project.path().join("elsewhere"), "#!/no/such/interpreter");
    for (chosen, message) in [
        ("./missing", "drizzle-drift: cannot run DRIZZLE_DRIFT_BINARY=./missing: "),
        ("./text", "Is it a program, and executable (chmod +x)?"),
        (".", "Is it a program, and executable (chmod +x)?"),
    ] {
        let found = with(chosen);
        assert_eq!(found.status.code(), Some(2), "{chosen}: {}", found.stderr);
        assert!(found.stderr.contains(message), "{chosen}: {}", found.stderr);
    }
    signals::write_program(&project.path().join("elsewhere"), "#!/no/such/interpreter\n");
    let found = with("./elsewhere");
    assert_eq!(found.status.code(), Some(2), "{}", found.stderr);
    assert!(
        found.stderr.contains("It is there, but what it needs to run is not"),
        "{}",
        found.stderr
    );
}

/// A launcher that is told to run itself would start one process after the other.
#[test]
fn a_launcher_as_the_binary_of_ones_own_runs_the_packages() {
    if !is_testable() {
        return;
    }
    let project = installed();
    let limit = project.path().join("limit.cjs");
    write(
        &limit,
        "if ((process.env.DEPTH = Number(process.env.DEPTH || 0) + 1) > 2) process.exit(99);",
    );
    let mut command = Command::new("node_modules/.bin/drizzle-drift");
    command.arg("--version").env("DRIZZLE_DRIFT_BINARY", "node_modules/.bin/drizzle-drift");
    command.env("NODE_OPTIONS", format!("--require={}", limit.display())).current_dir(&project);
    assert_eq!(
        run(&mut command).expect_success(),
        concat!("drizzle-drift ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

/// The message of the launcher, on a platform that is put before Node's own where one is given.
fn message(project: &Path, platform: Option<&str>) -> String {
    let mut command = Command::new("node");
    if let Some((os, cpu)) = platform.and_then(|it| it.split_once('-')) {
        let preload = project.join("preload.cjs");
        let define = |name, value| {
            format!("Object.defineProperty(process, '{name}', {{ value: '{value}' }});\n")
        };
        write(&preload, &(define("platform", os) + &define("arch", cpu)));
        command.arg("--require").arg(preload);
    }
    command.arg("node_modules/drizzle-drift/bin/drizzle-drift.cjs").current_dir(project);
    let found = run(&mut command);
    assert_eq!(found.status.code(), Some(2), "{}", found.stderr);
    assert_eq!(found.stdout, "");
    found.stderr
}

#[test]
fn says_what_to_do_where_the_package_of_the_platform_was_left_out() {
    if !is_testable() {
        return;
    }
    let project = project_with_drift();
    write(&project.path().join("package.json"), "{}");
    let mut command = npm();
    command.args(["install", "--offline", "--omit=optional"]).current_dir(&project);
    run(command.arg(PACKAGES.tarball("drizzle-drift"))).expect_success();
    let wanted = format!("the package @drizzle-drift/{} is not installed", own_platform());
    let told = message(project.path(), None);
    for part in [
        wanted.as_str(),
        "--omit=optional",
        "npm/cli/issues/4828",
        "package-lock.json",
        "DRIZZLE_DRIFT_BINARY",
    ] {
        assert!(told.contains(part), "{told}");
    }

    // What node_modules of a Mac looks like in a container.
    let other = project.path().join("node_modules/@drizzle-drift/darwin-arm64/package.json");
    write(&other, "{}");
    let told = message(project.path(), Some("linux-x64"));
    assert!(
        told.contains(
            "@drizzle-drift/darwin-arm64 is: node_modules was installed on another platform"
        ),
        "{told}"
    );
    let told = message(project.path(), Some("darwin-arm64"));
    assert!(told.contains("is installed, but drizzle-drift is missing in it"), "{told}");
}

#[test]
fn says_which_platforms_there_are_where_this_one_has_no_package() {
    if !is_testable() {
        return;
    }
    let project = installed();
    for platform in packages::platforms() {
        let name = platform.name();
        let of_another = if name == own_platform() { None } else { Some(name.as_str()) };
        if of_another.is_some() {
            let told = message(project.path(), of_another);
            assert!(
                told.contains(&format!("the package @drizzle-drift/{name} is not installed")),
                "{told}"
            );
        }
    }
    let told = message(project.path(), Some("freebsd-x64"));
    let all: Vec<String> = packages::platforms().iter().map(packages::Platform::name).collect();
    let wanted = format!("there is no package for freebsd-x64, only for {}\n", all.join(", "));
    assert!(told.contains(&wanted), "{told}");
    assert!(
        told.contains("cargo install --git https://github.com/drizzle-drift/drizzle-drift"),
        "{told}"
    );
}
