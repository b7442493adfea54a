//! What `cargo binstall` reads: where the archives of a release are, and the command in them.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::sandbox::repository;

const RELEASES: &str = "https://github.com/drizzle-drift/drizzle-drift/releases/download";

/// The manifest of the command, as cargo reads it.
fn package() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let output = cargo.current_dir(repository()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().find(|it| it["name"] == "drizzle-drift").unwrap().clone()
}

/// Fills in a template for a target, as the documentation of cargo-binstall has it.
fn expand(template: &str, package: &Value, target: &str) -> String {
    let is_windows = target.contains("windows");
    let values = [
        ("repo", package["repository"].as_str().unwrap()),
        ("name", package["name"].as_str().unwrap()),
        ("version", package["version"].as_str().unwrap()),
        ("bin", "drizzle-drift"),
        ("target", target),
        ("archive-suffix", if format(package, target) == "zip" { ".zip" } else { ".tar.gz" }),
        ("binary-ext", if is_windows { ".exe" } else { "" }),
    ];
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{ {name} }}"), value);
    }
    assert!(!text.contains(['{', '}']), "{text}");
    text
}

fn format(package: &Value, target: &str) -> String {
    let binstall = &package["metadata"]["binstall"];
    let format = binstall["overrides"][target]["pkg-fmt"].as_str();
    format.or(binstall["pkg-fmt"].as_str()).unwrap().to_owned()
}

#[test]
fn the_archives_are_those_of_the_release() {
    let package = package();
    let binstall = &package["metadata"]["binstall"];
    let version = package["version"].as_str().unwrap();
    let platforms = fs::read_to_string(repository().join("npm/platforms.json")).unwrap();
    let platforms: Value = serde_json::from_str(&platforms).unwrap();
    let targets = platforms.as_array().unwrap().iter().map(|it| it["target"].as_str().unwrap());
    let targets: Vec<&str> = targets.collect();
    assert!(targets.len() >= 5, "{targets:?}");
    for target in targets {
        let (extension, binary) = match target.contains("windows") {
            true => ("zip", "drizzle-drift.exe"),
            false => ("tar.gz", "drizzle-drift"),
        };
        let root = format!("drizzle-drift-v{version}-{target}");
        let url = expand(binstall["pkg-url"].as_str().unwrap(), &package, target);
        assert_eq!(url, format!("{RELEASES}/v{version}/{root}.{extension}"));
        let path = expand(binstall["bin-dir"].as_str().unwrap(), &package, target);
        assert_eq!(path, format!("{root}/{binary}"));
    }
}
