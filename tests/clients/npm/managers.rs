//! What installs packages: npm, pnpm and Yarn, from a registry on this machine that has ours and no others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::packages::{Outcome, is_testable, npm, npx, own_platform, platforms, run};
use super::registry::registry;
use super::{direct, message};
use crate::installs::npm_packages;
use crate::sandbox::{project_with_drift, write};

/// The folder with the package managers and the Node of `package.json`; `None`, with a message, where npm cannot
/// install them.
fn tools() -> Option<PathBuf> {
    Some(npm_packages("npm")?.join("node_modules"))
}

/// A Node that can become another program, where one is made for this platform and can be had.
pub(super) fn newer_node() -> Option<PathBuf> {
    Some(tools()?.join(format!("node-{}/bin/node", own_platform()))).filter(|it| it.exists())
}

/// One of the tools, as a command of this Node.
fn tool(script: &str) -> Option<Command> {
    let mut command = Command::new("node");
    command.arg(tools()?.join(script));
    Some(command)
}

/// A project with drift. Caches lie beside it, so that nothing is left of an earlier run.
struct Project {
    folder: TempDir,
    cache: TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = project_with_drift();
        let manifest =
            r#"{ "name": "project", "private": true, "scripts": { "lint:db": "drizzle-drift" } }"#;
        write(&folder.path().join("package.json"), manifest);
        Self { folder, cache: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, command: &mut Command) -> Outcome {
        command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        run(command.env("npm_config_registry", registry()).current_dir(self.path()))
    }

    /// Where the package managers have put the packages of platforms.
    fn platforms_in(&self, folder: &str) -> Vec<String> {
        let folder = self.path().join(folder);
        let names: Vec<String> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        let has = |platform: &str| names.iter().any(|it| it.contains(platform));
        platforms().iter().map(|it| it.name()).filter(|it| has(it)).collect()
    }

    /// The command finds the fault of the project, and says so as the binary itself does.
    fn assert_finds_the_fault(&self, command: &mut Command) {
        let expected = direct(self.path(), &["--format=json"]);
        let found = self.run(command.arg("--format=json"));
        assert_eq!(found.status.code(), Some(1), "{}{}", found.stdout, found.stderr);
        assert!(found.stdout.contains("on-delete-mismatch"), "{}", found.stdout);
        assert_eq!(found.stdout, expected.stdout);
    }
}

#[test]
fn npm_installs_the_package_of_the_platform_alone() {
    if !is_testable() {
        return;
    }
    let project = Project::new();
    let npm_of_its_own = || {
        let mut command = npm();
        command.env("npm_config_cache", project.cache.path());
        command
    };
    project.run(npm_of_its_own().args(["install", "--save-dev", "drizzle-drift"])).expect_success();
    assert_eq!(project.platforms_in("node_modules/@drizzle-drift"), [own_platform()]);
    project.assert_finds_the_fault(&mut npx("drizzle-drift"));

    // From the lockfile, as CI does it. It has every platform.
    let lockfile = fs::read_to_string(project.path().join("package-lock.json")).unwrap();
    for platform in platforms() {
        let entry = format!("\"node_modules/@drizzle-drift/{}\"", platform.name());
        assert!(lockfile.contains(&entry), "{lockfile}");
    }
    project.run(npm_of_its_own().arg("ci")).expect_success();
    project.assert_finds_the_fault(&mut npx("drizzle-drift"));
}

/// `node_modules` of another platform, copied to this one.
#[test]
fn packages_of_another_platform_are_named() {
    if !is_testable() {
        return;
    }
    let project = Project::new();
    let mut command = npm();
    command.args(["install", "--os=win32", "--cpu=x64", "drizzle-drift"]);
    project.run(command.env("npm_config_cache", project.cache.path())).expect_success();
    let told = message(project.path(), None);
    assert!(
        told.contains(
            "@drizzle-drift/win32-x64 is: node_modules was installed on another platform"
        ),
        "{told}"
    );
}

/// pnpm lets a package see its own dependencies, and with `hoist=false` nothing else.
#[test]
fn pnpm_runs_the_command() {
    if !is_testable() {
        return;
    }
    let project = Project::new();
    let Some(mut install) = tool("pnpm/bin/pnpm.cjs") else { return };
    let store = format!("--store-dir={}", project.cache.path().display());
    install.args(["add", "--save-dev", "--config.hoist=false", &store, "drizzle-drift"]);
    project.run(&mut install).expect_success();
    assert_eq!(project.platforms_in("node_modules/.pnpm"), [own_platform()]);
    let pnpm = || tool("pnpm/bin/pnpm.cjs").unwrap();
    project.assert_finds_the_fault(pnpm().args(["exec", "drizzle-drift"]));
    project.assert_finds_the_fault(pnpm().args(["--silent", "run", "lint:db"]));
    project.assert_finds_the_fault(&mut Command::new(
        project.path().join("node_modules/.bin/drizzle-drift"),
    ));
}

#[test]
fn yarn_1_runs_the_command() {
    if !is_testable() {
        return;
    }
    let project = Project::new();
    let Some(mut install) = tool("yarn/bin/yarn.js") else { return };
    install.args(["add", "--dev", "--registry", registry(), "--cache-folder"]);
    project.run(install.arg(project.cache.path()).arg("drizzle-drift")).expect_success();
    assert_eq!(project.platforms_in("node_modules/@drizzle-drift"), [own_platform()]);
    let yarn = || tool("yarn/bin/yarn.js").unwrap();
    project.assert_finds_the_fault(yarn().args(["--silent", "drizzle-drift"]));
    project.assert_finds_the_fault(yarn().args(["--silent", "lint:db"]));
}

/// Where packages stay in archives, the one with the binary is unpacked.
#[test]
fn yarn_runs_the_command_with_and_without_node_modules() {
    if !is_testable() {
        return;
    }
    for (linker, place) in
        [("pnp", ".yarn/unplugged"), ("node-modules", "node_modules/@drizzle-drift")]
    {
        let project = Project::new();
        let settings = format!(
            "npmRegistryServer: {}\nunsafeHttpWhitelist: [127.0.0.1]\nenableTelemetry: false\n\
             enableGlobalCache: false\nglobalFolder: {}\nnodeLinker: {linker}\n",
            registry(),
            project.cache.path().display(),
        );
        write(&project.path().join(".yarnrc.yml"), &settings);
        let Some(mut install) = tool("yarn-berry/bin/yarn.js") else { return };
        // In CI it would refuse to write a lockfile.
        install.env("YARN_ENABLE_IMMUTABLE_INSTALLS", "false");
        project.run(install.args(["add", "--dev", "drizzle-drift"])).expect_success();
        assert_eq!(project.platforms_in(place), [own_platform()]);
        let yarn = || tool("yarn-berry/bin/yarn.js").unwrap();
        project.assert_finds_the_fault(yarn().arg("drizzle-drift"));
        project.assert_finds_the_fault(yarn().arg("lint:db"));
    }
}
