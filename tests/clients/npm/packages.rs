//! The tarballs, made once, and what is needed to install them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::LazyLock;

use serde_json::Value;

use crate::sandbox::{binary, has_all, repository};

/// Packages for all platforms. The one of this platform has the command that was built for this test.
pub(super) static PACKAGES: LazyLock<Packages> = LazyLock::new(Packages::build);

pub(super) struct Packages {
    pub(super) folder: PathBuf,
    /// Keeps other runs of these tests out of the folder.
    _lock: File,
}

impl Packages {
    fn build() -> Self {
        let folder = below_target("packages");
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let binaries = below_target("binaries");
        for platform in platforms().iter().filter(|it| it.name() != own_platform()) {
            platform.write_hull(&binaries);
        }
        let mut build = Command::new("node");
        build.arg(repository().join("scripts/build-npm.mjs"));
        build.arg("--binary").arg(without_symbols(&binaries));
        run(build.arg("--binaries").arg(&binaries).arg("--out").arg(&folder)).expect_success();
        Self { folder, _lock: lock }
    }

    /// The path of a tarball, by the first part of its name.
    pub(super) fn tarball(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}-{}.tgz", env!("CARGO_PKG_VERSION")))
    }
}

/// A copy of the command that packs quickly: most of a debug build is for debuggers.
fn without_symbols(folder: &Path) -> PathBuf {
    let copy = folder.join("drizzle-drift");
    let strip = Command::new("strip").arg("-o").arg(&copy).arg(binary()).status();
    if !strip.is_ok_and(|it| it.success()) {
        fs::copy(binary(), &copy).unwrap();
    }
    copy
}

/// One of `npm/platforms.json`.
pub(crate) struct Platform {
    os: String,
    cpu: String,
    pub(crate) target: String,
}

pub(crate) fn platforms() -> Vec<Platform> {
    let list = fs::read_to_string(repository().join("npm/platforms.json")).unwrap();
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    list.iter()
        .map(|it| Platform { os: text(it, "os"), cpu: text(it, "cpu"), target: text(it, "target") })
        .collect()
}

impl Platform {
    /// As Node and the packages call it.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.os, self.cpu)
    }

    /// Where its binary is looked for in a folder of binaries.
    pub(crate) fn place(&self, folder: &Path) -> PathBuf {
        let file = if self.os == "win32" { "drizzle-drift.exe" } else { "drizzle-drift" };
        folder.join(&self.target).join(file)
    }

    /// Writes a file with the header of a program for this platform. It cannot be run.
    pub(crate) fn write_hull(&self, folder: &Path) {
        let is_arm = self.cpu == "arm64";
        let bytes = match self.os.as_str() {
            "linux" => elf(if is_arm { 0xb7 } else { 0x3e }),
            "darwin" => mach_o(if is_arm { 0x0100_000c } else { 0x0100_0007 }),
            _ => pe(0x8664),
        };
        let place = self.place(folder);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }
}

fn elf(machine: u16) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
    bytes[16] = 2;
    bytes[18..20].copy_from_slice(&machine.to_le_bytes());
    bytes
}

fn mach_o(cpu: u32) -> Vec<u8> {
    let mut bytes = vec![0; 32];
    bytes[..4].copy_from_slice(&0xfeed_facf_u32.to_le_bytes());
    bytes[4..8].copy_from_slice(&cpu.to_le_bytes());
    bytes[12] = 2;
    bytes
}

fn pe(machine: u16) -> Vec<u8> {
    let mut bytes = vec![0; 96];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 64;
    bytes[64..68].copy_from_slice(b"PE\0\0");
    bytes[68..70].copy_from_slice(&machine.to_le_bytes());
    bytes[86] = 2;
    bytes
}

/// Whether what all of these tests need is there, and a package is made for this platform.
pub(crate) fn is_testable() -> bool {
    has_all(&["node", "npm", "npx", "tar"])
}

/// `linux-x64` and the like: what Node says of itself.
pub(crate) fn own_platform() -> &'static str {
    static NAME: LazyLock<String> = LazyLock::new(|| {
        let ask = "process.stdout.write(`${process.platform}-${process.arch}`)";
        run(Command::new("node").args(["-e", ask])).expect_success()
    });
    &NAME
}

/// npm with a cache of its own, that says nothing of what is not asked.
pub(super) fn npm() -> Command {
    let mut command = Command::new("npm");
    set_up_npm(&mut command);
    command
}

/// What is installed already, through npx.
pub(super) fn npx(program: &str) -> Command {
    let mut command = Command::new("npx");
    set_up_npm(&mut command);
    // It would ask whether to install what is not there, and look for it.
    command.env("npm_config_yes", "false").env("npm_config_offline", "true").arg(program);
    command
}

fn set_up_npm(command: &mut Command) {
    command.env("npm_config_cache", below_target("cache")).env_remove("DRIZZLE_DRIFT_BINARY");
    for setting in ["audit", "fund", "update_notifier"] {
        command.env(format!("npm_config_{setting}"), "false");
    }
}

/// A folder for these tests that outlives them.
pub(super) fn below_target(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a command printed and returned.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Outcome {
    /// What it printed on standard output.
    ///
    /// # Panics
    ///
    /// Where it failed.
    #[track_caller]
    pub(super) fn expect_success(self) -> String {
        assert!(self.status.success(), "{}\n{}\n{}", self.status, self.stdout, self.stderr);
        self.stdout
    }
}

/// Runs a command to its end, with nothing on its standard input.
///
/// # Panics
///
/// Where it cannot be started.
pub(super) fn run(command: &mut Command) -> Outcome {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}
