//! Reads `sqitch.plan`, which says in which order the scripts of `deploy/` are applied.

use std::path::{Path, PathBuf};

use drift_model::{FileSystem, ListedMigration, SourceError, SourceMap, Span};

/// What a plan says.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The scripts that are there, in order.
    pub(crate) files: Vec<PathBuf>,
    /// The changes without a script.
    pub(crate) missing: Vec<ListedMigration>,
    pub(crate) errors: Vec<SourceError>,
}

/// The plan of a project, given its folder or the one of its deploy scripts.
pub(crate) fn plan_path(files: &dyn FileSystem, folder: &Path) -> Option<PathBuf> {
    let is_deploy = folder.file_name().is_some_and(|it| it == "deploy");
    let above = folder.parent().filter(|_| is_deploy).map(Path::to_path_buf);
    let top = top_dir(files, folder).map(|it| folder.join(it));
    let places = top.into_iter().chain([folder.to_path_buf()]).chain(above);
    places.map(|it| it.join("sqitch.plan")).find(|it| files.is_file(it))
}

/// Where `sqitch.conf` says that plan and scripts lie.
fn top_dir(files: &dyn FileSystem, folder: &Path) -> Option<String> {
    let config = files.read(&folder.join("sqitch.conf")).ok()?;
    let value = config.lines().find_map(|line| {
        line.trim_start().strip_prefix("top_dir")?.trim_start().strip_prefix('=')
    })?;
    let value = value.trim().trim_matches('"').trim_start_matches("./");
    (!value.is_empty() && value != ".").then(|| value.to_owned())
}

/// Reads a plan.
pub(crate) fn read(files: &dyn FileSystem, sources: &SourceMap, path: &Path) -> Plan {
    let mut plan = Plan::default();
    let file = match sources.load(files, path) {
        Ok(file) => file,
        Err(error) => {
            let message = format!("the plan cannot be read: {error}");
            plan.errors.push(SourceError { path: path.to_path_buf(), span: None, message });
            return plan;
        }
    };
    let deploy = path.with_file_name("deploy");
    let lines = lines(&file.text);
    for (at, line) in lines.iter().enumerate() {
        let Line::Change { name, start } = *line else { continue };
        let script = script(files, &deploy, name, &lines[at + 1..]);
        if files.is_file(&script) {
            plan.files.push(script);
        } else {
            let span = Span::new(file.id, start, start + name.len() as u32);
            let name = script.strip_prefix(path.parent().unwrap_or(path)).unwrap_or(&script);
            let name = name.to_string_lossy().replace('\\', "/");
            plan.missing.push(ListedMigration { name, span });
        }
    }
    plan
}

/// A line of a plan that counts.
#[derive(Debug, Clone, Copy)]
enum Line<'a> {
    Change { name: &'a str, start: u32 },
    Tag(&'a str),
}

/// Source: `sqitch help plan`, "Plan File".
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let words = line.trim_start();
        let start = at + (line.len() - words.len());
        at += line.len();
        let (words, start) = match words.strip_prefix('+') {
            Some(rest) => {
                let name = rest.trim_start();
                (name, start + (words.len() - name.len()))
            }
            None => (words, start),
        };
        let name = words.split_whitespace().next().unwrap_or_default();
        match name.chars().next() {
            None | Some('%' | '#' | '-') => {}
            Some('@') => lines.push(Line::Tag(name)),
            Some(_) => lines.push(Line::Change { name, start: start as u32 }),
        }
    }
    lines
}

/// The script of a change. Where the change comes again further down, it has been reworked, and its
/// first script is kept under the name of a tag between the two: `users@v1.sql`.
fn script(files: &dyn FileSystem, deploy: &Path, name: &str, behind: &[Line<'_>]) -> PathBuf {
    let is_again = |line: &Line<'_>| matches!(line, Line::Change { name: it, .. } if *it == name);
    let plain = deploy.join(format!("{name}.sql"));
    let Some(again) = behind.iter().position(is_again) else { return plain };
    let tags = behind[..again].iter().filter_map(|line| match line {
        Line::Tag(tag) => Some(deploy.join(format!("{name}{tag}.sql"))),
        Line::Change { .. } => None,
    });
    let tagged: Vec<PathBuf> = tags.collect();
    let found = tagged.iter().find(|it| files.is_file(it)).or(tagged.first());
    found.cloned().unwrap_or(plain)
}
