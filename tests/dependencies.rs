//! The dependencies, as `deny.toml` wants them: what cargo-deny would say, where it is not installed. Known
//! vulnerabilities are for cargo-deny alone, since nobody has a list of them without a network.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::repository;

/// The texts between quotes in a list of `deny.toml`.
fn list(key: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join("deny.toml")).unwrap();
    let start = format!("\n{key} = [\n");
    let (_, rest) = text.split_once(&start).unwrap_or_else(|| panic!("no {key} in deny.toml"));
    let lines = rest.lines().take_while(|it| *it != "]");
    // The first one of a line; what follows in an entry is its reason.
    lines.map(|it| it.split('"').nth(1).unwrap().to_owned()).collect()
}

/// What cargo says of all packages, tests included.
fn metadata() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version=1"]);
    let output = cargo.current_dir(repository()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The packages that the command is built of and with, on any platform.
fn built(metadata: &Value) -> Vec<&Value> {
    let packages = metadata["packages"].as_array().unwrap();
    let packages: BTreeMap<&str, &Value> = packages.iter().map(|it| (text(it, "id"), it)).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|it| (text(it, "id"), it)).collect();
    let is_command = |it: &&&Value| it["name"] == "drizzle-drift";
    let mut open = vec![text(packages.values().find(is_command).unwrap(), "id")];
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            let dependencies = nodes[id]["deps"].as_array().unwrap().iter();
            let is_built = |it: &&Value| {
                it["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev")
            };
            open.extend(dependencies.filter(is_built).map(|it| text(it, "pkg")));
        }
    }
    found.into_iter().map(|it| packages[it]).collect()
}

/// Whether a license expression allows what is in the list: `OR` leaves a choice, `AND` does not.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    let expression = expression.split_whitespace().collect::<Vec<&str>>().join(" ");
    // `A OR B AND C`, read as `(A OR B) AND C`, demands more than it says.
    expression
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|license| allowed.iter().any(|it| it == license)))
}

#[test]
fn every_license_may_be_passed_on_with_the_command() {
    let (metadata, allowed) = (metadata(), list("allow"));
    let built = built(&metadata);
    assert!(built.len() > 100 && allowed.len() > 5, "{}", built.len());
    for package in &built {
        let license = text(package, "license");
        assert!(is_allowed(license, &allowed), "{} is {license}", text(package, "id"));
    }
}

#[test]
fn a_license_is_read_as_it_is_meant() {
    let allowed = ["MIT", "Apache-2.0", "BSD-3-Clause"].map(str::to_owned);
    for license in ["MIT", "MIT/GPL-3.0", "GPL-3.0 OR MIT", "(MIT OR GPL-3.0) AND BSD-3-Clause"] {
        assert!(is_allowed(license, &allowed), "{license}");
    }
    for license in
        ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND GPL-3.0", "MIT WITH X"]
    {
        assert!(!is_allowed(license, &allowed), "{license}");
    }
}

#[test]
fn every_package_comes_from_the_registry_of_rust() {
    for package in metadata()["packages"].as_array().unwrap() {
        let source = package["source"].as_str();
        let is_ours = source.is_none()
            && text(package, "manifest_path").starts_with(&*repository().to_string_lossy());
        let is_from_registry = source
            .is_some_and(|it| it.starts_with("registry+") && it.ends_with("/crates.io-index"));
        assert!(is_ours || is_from_registry, "{} comes from {source:?}", text(package, "id"));
    }
}

#[test]
fn one_version_of_each_package_but_where_others_disagree() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in built(&metadata) {
        versions.entry(text(package, "name")).or_default().insert(text(package, "version"));
    }
    let skipped = list("skip");
    let several = versions.iter().filter(|(_, versions)| versions.len() > 1);
    for (name, versions) in several {
        let kept = versions.iter().filter(|it| !skipped.contains(&format!("{name}@{it}")));
        assert!(kept.count() <= 1, "{name} is there as {versions:?}");
    }
    for skipped in skipped {
        let (name, version) = skipped.split_once('@').unwrap();
        assert!(
            versions.get(name).is_some_and(|it| it.len() > 1 && it.contains(version)),
            "no {skipped}"
        );
    }
}

#[test]
fn nothing_in_the_command_can_talk_to_a_network() {
    let metadata = metadata();
    let denied = list("deny");
    assert!(denied.len() > 10, "{denied:?}");
    for package in built(&metadata) {
        assert!(!denied.iter().any(|it| it == text(package, "name")), "{}", text(package, "id"));
    }
    // What these could do besides has to be asked for.
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    for (name, feature) in [("rustix@", "net"), ("mio@", "net")] {
        let mut nodes = nodes.iter().filter(|it| text(it, "id").contains(&format!("#{name}")));
        let node = nodes.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(!node["features"].as_array().unwrap().iter().any(|it| it == feature), "{name}");
    }
}

#[test]
fn the_platforms_are_those_of_a_release() {
    let platforms = fs::read_to_string(repository().join("npm/platforms.json")).unwrap();
    let platforms: Value = serde_json::from_str(&platforms).unwrap();
    let mut targets: Vec<&str> =
        platforms.as_array().unwrap().iter().map(|it| text(it, "target")).collect();
    targets.sort_unstable();
    assert_eq!(list("targets"), targets);
}
