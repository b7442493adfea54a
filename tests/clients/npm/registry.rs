//! A registry on this machine that has our packages and no others.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use super::packages::PACKAGES;
use crate::sandbox::repository;

/// Its address. It is started once, and ends with the tests.
pub(crate) fn registry() -> &'static str {
    static REGISTRY: LazyLock<(String, Child)> = LazyLock::new(start);
    &REGISTRY.0
}

fn start() -> (String, Child) {
    let mut command = Command::new("node");
    command.arg(repository().join("tests/clients/npm/registry.mjs")).arg(&PACKAGES.folder);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
    assert!(!port.is_empty(), "the registry does not start");
    // It ends when nobody can write to its standard input any more.
    (format!("http://127.0.0.1:{}/", port.trim()), process)
}
