//! What tests install from npm and PyPI: once, in folders below `target/`, in the versions that files here pin.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::sandbox::{leave_out, output, repository};

/// Where the packages of `tests/clients/NAME/package.json` are; `None`, with a message, where npm cannot
/// install them.
pub(crate) fn npm_packages(name: &str) -> Option<PathBuf> {
    install(name, "package.json", |folder| {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]);
        npm.args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]).current_dir(folder);
        vec![npm]
    })
}

/// Where the packages of `tests/clients/NAME/requirements.txt` are, in a virtual environment; `None`, with a
/// message, where pip cannot install them.
pub(crate) fn python_packages(name: &str) -> Option<PathBuf> {
    install(name, "requirements.txt", |folder| {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "."]).current_dir(folder);
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        pip.args(["--requirement", "requirements.txt"]).current_dir(folder);
        vec![venv, pip]
    })
}

/// Runs `commands` in a folder of its own, unless they have succeeded there with the same list of packages.
fn install(
    name: &str,
    list: &str,
    commands: impl FnOnce(&Path) -> Vec<Command>,
) -> Option<PathBuf> {
    let wanted = repository().join("tests/clients").join(name).join(list);
    let wanted = fs::read_to_string(wanted).unwrap();
    let folder = repository().join("target/clients").join(name);
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|it| it == wanted) {
        return Some(folder);
    }
    fs::write(folder.join(list), &wanted).unwrap();
    for mut command in commands(&folder) {
        let (status, text) = output(&mut command);
        if status != Some(0) {
            leave_out(&format!("{command:?} failed:\n{text}"));
            return None;
        }
    }
    fs::write(installed, wanted).unwrap();
    Some(folder)
}
