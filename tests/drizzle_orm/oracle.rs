//! Installs drizzle-orm and drizzle-kit once, and asks them.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use drift_schema::Casing;
use serde_json::json;

use super::comparison::Answer;
use super::schemas::{self, Line, Schema};
use crate::repository;

/// What is installed in both lines.
const PACKAGES: [&str; 2] = ["drizzle-orm", "drizzle-kit"];

const SCRIPTS: [&str; 3] = ["oracle.mjs", "kit.mjs", "relations.mjs"];

/// A folder with drizzle-orm and drizzle-kit in both lines, the scripts, and a copy of the schemas for each line: a
/// module finds the packages that lie above it.
pub(super) struct Oracle {
    folder: PathBuf,
    /// Keeps other runs of this test out of the folder.
    _lock: File,
}

impl Oracle {
    /// `None`, with a message, where Node is missing or npm cannot install drizzle-orm.
    ///
    /// # Panics
    ///
    /// Where Node is missing although `CI` is set, and where npm's registry answers that it has no
    /// such versions.
    pub(super) fn install() -> Option<Self> {
        if !has("node") || !has("npm") {
            assert!(
                env::var_os("CI").is_none(),
                "the comparison with drizzle-orm needs node and npm"
            );
            say("skipped the comparison with drizzle-orm: node or npm is not installed");
            return None;
        }
        let folder = repository().join("target/drizzle-orm-oracle");
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let oracle = Self { folder, _lock: lock };
        if !oracle.install_packages() {
            return None;
        }
        oracle.copy_schemas();
        Some(oracle)
    }

    /// Whether the packages are there. npm is asked only when their versions have changed.
    fn install_packages(&self) -> bool {
        let wanted = fs::read_to_string(schemas::folder().join("package.json")).unwrap();
        let installed = self.folder.join("installed.json");
        let is_placed = |line| PACKAGES.iter().all(|package| self.place(line, package).exists());
        let is_placed = [Line::V0, Line::V1].into_iter().all(is_placed);
        if is_placed && fs::read_to_string(&installed).is_ok_and(|it| it == wanted) {
            return true;
        }
        fs::write(self.folder.join("package.json"), &wanted).unwrap();
        let output = npm()
            .args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"])
            .args(["--fetch-retries=1", "--fetch-retry-mintimeout=1000"])
            .current_dir(&self.folder)
            .output()
            .unwrap();
        if output.status.success() {
            self.place_packages();
            fs::write(installed, wanted).unwrap();
            return true;
        }
        let message = String::from_utf8_lossy(&output.stderr);
        // Where the registry answers, it is the versions that are wrong.
        let is_answered = ["E404", "ETARGET", "EJSONPARSE"].iter().any(|it| message.contains(it));
        assert!(!is_answered, "npm cannot install drizzle-orm:\n{message}");
        say("skipped the comparison with drizzle-orm: npm cannot install it");
        say(&message);
        false
    }

    /// Moves the packages of each line to where the schemas of that line import them by their own
    /// names.
    fn place_packages(&self) {
        for line in [Line::V0, Line::V1] {
            for package in PACKAGES {
                let place = self.place(line, package);
                if place.exists() {
                    fs::remove_dir_all(&place).unwrap();
                }
                fs::create_dir_all(place.parent().expect("a folder in a folder")).unwrap();
                let installed = self.folder.join(format!("node_modules/{package}-{line}"));
                fs::rename(installed, place).unwrap();
            }
        }
    }

    fn place(&self, line: Line, package: &str) -> PathBuf {
        self.folder.join(line.to_string()).join("node_modules").join(package)
    }

    fn copy_schemas(&self) {
        for script in SCRIPTS {
            fs::copy(schemas::folder().join(script), self.folder.join(script)).unwrap();
        }
        for line in [Line::V0, Line::V1] {
            let to = self.schemas(line);
            if to.exists() {
                fs::remove_dir_all(&to).unwrap();
            }
            copy_folder(&schemas::folder().join("schemas"), &to);
        }
    }

    /// Where the copies of the schemas lie.
    pub(super) fn schemas(&self, line: Line) -> PathBuf {
        self.folder.join(line.to_string()).join("schemas")
    }

    /// What drizzle-orm says, by the name of the schema. One process loads all of them.
    pub(super) fn ask(&self, line: Line, schemas: &[&Schema]) -> BTreeMap<String, Answer> {
        let questions: Vec<_> = schemas.iter().map(|it| self.question(line, it)).collect();
        let file = self.folder.join(format!("questions-{line}.json"));
        fs::write(&file, serde_json::to_vec(&questions).unwrap()).unwrap();
        let Output { status, stdout, stderr } = Command::new("node")
            .arg("oracle.mjs")
            .arg(line.to_string())
            .arg(&file)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        assert!(status.success(), "oracle.mjs fails:\n{}", String::from_utf8_lossy(&stderr));
        let answers: Vec<serde_json::Value> = serde_json::from_slice(&stdout).unwrap();
        // Where names are no strings there is nothing to compare.
        let answers = answers.into_iter().filter_map(|it| serde_json::from_value(it).ok());
        answers.map(|it: Answer| (it.name.clone(), it)).collect()
    }

    fn question(&self, line: Line, schema: &Schema) -> serde_json::Value {
        let casing = schema.casing.map(|it| match it {
            Casing::SnakeCase => "snake_case",
            Casing::CamelCase => "camelCase",
        });
        json!({
            "name": schema.name,
            "path": self.schemas(line).join(&schema.name),
            "dialect": schema.folder,
            "casing": casing,
            "env": schema.env,
        })
    }
}

pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

pub(crate) fn has(program: &str) -> bool {
    let mut command = if program == "npm" { npm() } else { Command::new(program) };
    command.arg("--version").output().is_ok_and(|it| it.status.success())
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Tells whoever runs the tests what was left out, past the capture of the test harness.
pub(crate) fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}
