//! What installs packages: npm, pnpm and Yarn, from a registry on this machine that has ours and no others.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

use super::packages::{
    Outcome, PACKAGES, below_target, is_testable, npm, npx, own_platform, platforms, run,
};
use super::{direct, message};
use crate::sandbox::{leave_out, project_with_drift, repository, write};

/// The package managers and the Node of `package.json`, installed once; or why they are not.
static TOOLS: LazyLock<Result<PathBuf, String>> = LazyLock::new(install_tools);

fn install_tools() -> Result<PathBuf, String> {
    let folder = below_target("tools");
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let wanted = fs::read_to_string(repository().join("tests/clients/npm/package.json")).unwrap();
    let installed = folder.join("installed.json");
    let modules = folder.join("node_modules");
    if fs::read_to_string(&installed).is_ok_and(|it| it == wanted) {
        return Ok(modules);
    }
    fs::write(folder.join("package.json"), &wanted).unwrap();
    let mut command = npm();
    command.args(["install", "--no-package-lock", "--ignore-scripts", "--fetch-retries=1"]);
    let outcome = run(command.args(["--fetch-retry-mintimeout=1000"]).current_dir(&folder));
    if !outcome.status.success() {
        return Err(format!(
            "npm cannot install what tests/clients/npm/package.json names:\n{}",
            outcome.stderr
        ));
    }
    fs::write(installed, wanted).unwrap();
    Ok(modules)
}

/// A Node that can become another program, where one is made for this platform and can be had.
pub(super) fn newer_node() -> Option<PathBuf> {
    match &*TOOLS {
        Ok(modules) => {
            Some(modules.join(format!("node-{}/bin/node", own_platform()))).filter(|it| it.exists())
        }
        Err(reason) => {
            leave_out(reason);
            None
        }
    }
}

/// One of the tools, as a command of this Node.
fn tool(script: &str) -> Option<Command> {
    match &*TOOLS {
        Ok(modules) => {
            let mut command = Command::new("node");
            command.arg(modules.join(script));
            Some(command)
        }
        Err(reason) => {
            leave_out(reason);
            None
        }
    }
}

/// The registry, for as long as this lives.
struct Registry {
    process: Child,
    url: String,
}

impl Registry {
    fn start() -> Self {
        let mut command = Command::new("node");
        command.arg(repository().join("tests/clients/npm/registry.mjs")).arg(&PACKAGES.folder);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { process, url: format!("http://127.0.0.1:{}/", port.trim()) }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A project with drift and the registry that it is to be installed from. Caches lie beside it, so that nothing is
/// left of an earlier run.
struct Project {
    registry: Registry,
    folder: TempDir,
    cache: TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = project_with_drift();
        let manifest =
            r#"{ "name": "project", "private": true, "scripts": { "lint:db": "drizzle-drift" } }"#;
        write(&folder.path().join("package.json"), manifest);
        Self { registry: Registry::start(), folder, cache: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, command: &mut Command) -> Outcome {
        command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
        run(command.env("npm_config_registry", &self.registry.url).current_dir(self.path()))
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
    install.args(["add", "--dev", "--registry", &project.registry.url, "--cache-folder"]);
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
            project.registry.url,
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
