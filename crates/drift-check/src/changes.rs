//! What changed since a revision, through `git`.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, bail};
use drift_model::{Finding, SourceMap, Span, TableName};

use crate::analysis::Analysis;

/// The lines of the work tree that are not as they were.
pub(crate) struct Changes {
    files: HashMap<PathBuf, ChangedFile>,
    /// What removed lines put in quotes, and the words of removed SQL.
    removed_names: HashSet<String>,
    /// All words of removed lines, [folded].
    removed_words: HashSet<String>,
}

#[derive(Default)]
struct ChangedFile {
    /// It is not in the repository yet.
    is_new: bool,
    /// The first and the last line of each part that was added or changed, from 1.
    lines: Vec<(u32, u32)>,
    /// The lines behind which others were removed, without any in their place.
    removals: Vec<u32>,
    /// As `lines`, where there was something else before.
    replaced: Vec<(u32, u32)>,
}

impl Changes {
    /// What changed from where `HEAD` and the revision parted up to the work tree.
    ///
    /// # Errors
    /// There is no `git`, no repository or no such revision.
    pub(crate) fn since(revision: &str, folder: &Path) -> anyhow::Result<Self> {
        let root = git(folder, ["rev-parse", "--show-toplevel"])?;
        let Some(root) = text_of(&root) else {
            let reason = String::from_utf8_lossy(&root.stderr).trim().to_owned();
            bail!("--since needs a git repository: {reason}");
        };
        let root = PathBuf::from(root);
        let base = merge_base(revision, &root)?;
        let difference = git(
            &root,
            [
                "-c",
                "core.quotePath=false",
                "diff",
                "--unified=0",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                "--find-renames",
                "--ignore-submodules",
                "--src-prefix=a/",
                "--dst-prefix=b/",
                "--end-of-options",
                &base,
                "--",
            ],
        )?;
        if !difference.status.success() {
            bail!("`git diff` failed: {}", String::from_utf8_lossy(&difference.stderr).trim());
        }
        let mut changes = Self::read(&root, &String::from_utf8_lossy(&difference.stdout));
        let others = git(&root, ["ls-files", "--others", "--exclude-standard", "-z"])?;
        for path in String::from_utf8_lossy(&others.stdout).split('\0').filter(|it| !it.is_empty())
        {
            changes.files.entry(root.join(path)).or_default().is_new = true;
        }
        Ok(changes)
    }

    /// Reads the output of `git diff --unified=0`.
    pub(crate) fn read(root: &Path, difference: &str) -> Self {
        let (removed_names, removed_words) = (HashSet::new(), HashSet::new());
        let mut changes = Self { files: HashMap::new(), removed_names, removed_words };
        let (mut old, mut new) = (None, None);
        // `\ No newline at end of file` is no line of the file.
        let mut lines = difference.lines().filter(|it| !it.starts_with('\\'));
        while let Some(line) = lines.next() {
            if let Some(path) = line.strip_prefix("--- ") {
                old = path_of(path, "a/");
            } else if let Some(path) = line.strip_prefix("+++ ") {
                new = path_of(path, "b/").map(|it| root.join(it));
            } else if let Some(hunk) = line.strip_prefix("@@ ").and_then(Hunk::read) {
                let is_sql = old.as_ref().is_some_and(|it: &String| it.ends_with(".sql"));
                let removed = lines.by_ref().take(hunk.removed as usize);
                removed.for_each(|it| changes.remember(it, is_sql));
                // Only a count tells what a line that begins with `+++` is.
                lines.by_ref().take(hunk.added as usize).for_each(drop);
                if let Some(path) = &new {
                    changes.files.entry(path.clone()).or_default().add(&hunk);
                }
            }
        }
        changes
    }

    fn remember(&mut self, removed: &str, is_sql: bool) {
        let words = || removed.split(|it: char| !it.is_alphanumeric() && it != '_');
        let words = || words().filter(|it| !it.is_empty());
        self.removed_words.extend(words().map(folded));
        let mut parts = removed.split(['"', '\'', '`']);
        parts.next();
        self.removed_names.extend(parts.step_by(2).map(str::to_owned));
        if is_sql {
            self.removed_names.extend(words().map(str::to_owned));
        }
    }

    /// Whether a finding has to do with what changed. One of its places did; or something that it is about
    /// was removed, and lies in no place any more: a part of a declaration of its table, one of its columns
    /// there, or the table itself. `tables` are the declarations of its table.
    pub(crate) fn concern(&self, finding: &Finding, tables: &[Span], sources: &SourceMap) -> bool {
        let changed = |span: &Span| {
            let file = sources.file(span.file);
            let changed = self.files.get(&file.path)?;
            let end = span.end.max(span.start + 1) - 1;
            Some((changed, (file.git_line(span.start), file.git_line(end))))
        };
        let subject = &finding.subject;
        let lost_column =
            || subject.columns.iter().any(|it| self.removed_words.contains(&folded(it)));
        finding.labels.is_empty()
            || finding
                .labels
                .iter()
                .map(|it| &it.span)
                .chain(&finding.parts)
                .filter_map(changed)
                .any(|(file, lines)| file.has_changes_in(lines))
            || tables.iter().filter_map(changed).any(|(file, lines)| {
                file.has_removals_in(lines) || file.has_replacements_in(lines) && lost_column()
            })
            || subject.table.as_ref().is_some_and(|it| self.removed_names.contains(&it.name))
    }
}

/// Where the tables of a project are declared, in the schema and in the migrations.
pub(crate) struct Declarations<'a> {
    by_name: HashMap<&'a str, Vec<(&'a TableName, Span)>>,
}

impl<'a> Declarations<'a> {
    pub(crate) fn new(analysis: &'a Analysis) -> Self {
        let schema = analysis.schema.iter().flat_map(|it| &it.catalog.tables);
        let migrations = analysis.migrations.iter().flat_map(|it| &it.catalog.tables);
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for table in schema.chain(migrations) {
            by_name.entry(table.name.name.as_str()).or_default().push((&table.name, table.span));
        }
        Self { by_name }
    }

    /// Those of the table that a finding is about.
    pub(crate) fn of(&self, finding: &Finding) -> Vec<Span> {
        let Some(table) = &finding.subject.table else { return Vec::new() };
        let declarations = self.by_name.get(table.name.as_str());
        let declarations = declarations.into_iter().flatten();
        let namesakes = declarations.filter(|(name, _)| name.namespace == table.namespace);
        namesakes.map(|(_, span)| *span).collect()
    }
}

/// A name however it is cased: `authorId` and `author_id` are the same.
fn folded(name: &str) -> String {
    name.chars().filter(|it| *it != '_').flat_map(char::to_lowercase).collect()
}

impl ChangedFile {
    fn add(&mut self, hunk: &Hunk) {
        let lines = (hunk.start, (hunk.start + hunk.added).saturating_sub(1));
        match (hunk.removed, hunk.added) {
            (_, 0) => self.removals.push(hunk.start),
            (0, _) => self.lines.push(lines),
            _ => {
                self.lines.push(lines);
                self.replaced.push(lines);
            }
        }
    }

    fn has_changes_in(&self, lines: (u32, u32)) -> bool {
        self.is_new || overlap(&self.lines, lines) || self.has_removals_in(lines)
    }

    fn has_removals_in(&self, (first, last): (u32, u32)) -> bool {
        self.removals.iter().any(|it| (first..last).contains(it))
    }

    fn has_replacements_in(&self, lines: (u32, u32)) -> bool {
        overlap(&self.replaced, lines)
    }
}

fn overlap(all: &[(u32, u32)], (first, last): (u32, u32)) -> bool {
    all.iter().any(|(start, end)| *start <= last && first <= *end)
}

/// `@@ -12,2 +12 @@`
struct Hunk {
    removed: u32,
    start: u32,
    added: u32,
}

impl Hunk {
    fn read(header: &str) -> Option<Self> {
        let mut parts = header.split(' ');
        let part = |text: &str| -> Option<(u32, u32)> {
            match text.split_once(',') {
                Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
                None => Some((text.parse().ok()?, 1)),
            }
        };
        let (_, removed) = part(parts.next()?.strip_prefix('-')?)?;
        let (start, added) = part(parts.next()?.strip_prefix('+')?)?;
        Some(Self { removed, start, added })
    }
}

/// The path of a `---` or `+++` line; `None` for `/dev/null`.
fn path_of(written: &str, prefix: &str) -> Option<String> {
    // A path with a blank in it is followed by a tab.
    let written = written.strip_suffix('\t').unwrap_or(written);
    let path = match written.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(quoted) => unquote(quoted),
        None => written.to_owned(),
    };
    path.strip_prefix(prefix).map(str::to_owned)
}

/// Reads what git puts in quotes: `\"`, `\\`, `\t`, `\303`.
///
/// Source: `quote_c_style` in git, `quote.c`.
fn unquote(quoted: &str) -> String {
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted.bytes();
    while let Some(byte) = rest.next() {
        let escaped = if byte == b'\\' { rest.next() } else { None };
        bytes.push(match escaped {
            None => byte,
            Some(b'a') => 0x07,
            Some(b'b') => 0x08,
            Some(b't') => b'\t',
            Some(b'n') => b'\n',
            Some(b'v') => 0x0b,
            Some(b'f') => 0x0c,
            Some(b'r') => b'\r',
            Some(digit @ b'0'..=b'3') => {
                let digits = [digit, rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                digits
                    .iter()
                    .fold(0_u8, |sum, it| sum.wrapping_mul(8).wrapping_add(it.wrapping_sub(b'0')))
            }
            Some(other) => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The newest commit that `HEAD` and the revision have in common.
fn merge_base(revision: &str, root: &Path) -> anyhow::Result<String> {
    // `main...` is how git writes it; what it means is what is done anyway.
    let revision = revision.strip_suffix("...").unwrap_or(revision);
    if revision.is_empty() || revision.starts_with('-') || revision.contains("..") {
        bail!("--since takes one revision, such as `main` or `HEAD~1`, not `{revision}`");
    }
    let commit = format!("{revision}^{{commit}}");
    let found = git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
    let Some(commit) = text_of(&found) else {
        bail!("there is no revision `{revision}`{}", shallow_hint(root)?);
    };
    let base = git(root, ["merge-base", "--", &commit, "HEAD"])?;
    match text_of(&base) {
        Some(base) => Ok(base),
        None => bail!("`{revision}` and HEAD have no commit in common{}", shallow_hint(root)?),
    }
}

/// What to do where a clone lacks the history.
fn shallow_hint(root: &Path) -> anyhow::Result<&'static str> {
    let is_shallow = git(root, ["rev-parse", "--is-shallow-repository"])?;
    Ok(match text_of(&is_shallow).as_deref() {
        Some("true") => {
            "; this clone is shallow: fetch its history, with `fetch-depth: 0` of actions/checkout or \
             `git fetch --unshallow`"
        }
        _ => "",
    })
}

/// The files by which git knows what changed since a revision, besides those of the work tree; none where
/// git does not know. They change with every commit, and with the index.
pub fn files_of_git(revision: &str, folder: &Path) -> Vec<PathBuf> {
    let revision = revision.trim_end_matches('.');
    let branches = ["heads", "remotes", "tags"].map(|it| format!("refs/{it}/{revision}"));
    let names = ["HEAD", "index", "packed-refs", "logs/HEAD"].map(str::to_owned);
    let names = names.into_iter().chain(branches).flat_map(|it| ["--git-path".to_owned(), it]);
    let Ok(output) = git(folder, ["rev-parse".to_owned()].into_iter().chain(names)) else {
        return Vec::new();
    };
    let paths = text_of(&output).unwrap_or_default();
    paths.lines().map(|it| folder.join(it)).collect()
}

fn git<S: AsRef<OsStr>>(
    folder: &Path,
    args: impl IntoIterator<Item = S>,
) -> anyhow::Result<Output> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "core.fsmonitor=false"]).args(args);
    // Reading must not take the lock that another command waits for.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.output().context("--since needs git, which cannot be run")
}

/// The one line that a command prints.
fn text_of(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let text = text.trim_end_matches(['\r', '\n']);
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(difference: &str) -> Vec<String> {
        let changes = Changes::read(Path::new("/repo"), difference);
        let mut files: Vec<String> = changes
            .files
            .iter()
            .map(|(path, it)| format!("{} {:?} {:?}", path.display(), it.lines, it.removals))
            .collect();
        files.sort();
        let mut names: Vec<String> = changes.removed_names.into_iter().collect();
        names.sort();
        files.extend(names);
        files
    }

    #[test]
    fn reads_what_changed() {
        let difference = "diff --git a/a b.ts b/a b.ts\nindex 1..2 100644\n--- a/a b.ts\t\n+++ b/a b.ts\t\n\
            @@ -3 +3,2 @@ const x\n-pgTable(\"posts\", 'p'\n+++ b/c.ts\n+@@ -1 +1 @@\n\
            @@ -9,2 +9,0 @@\n-- x\n--- y\n\
            diff --git \"a/\\303\\251\\\".sql\" b/b.sql\n--- \"a/\\303\\251\\\".sql\"\n+++ /dev/null\n@@ -1 +0,0 @@\n-DROP t_1;\n\
            diff --git a/n.sql b/n.sql\n--- /dev/null\n+++ b/n.sql\n@@ -0,0 +1,3 @@\n+a\n+b\n+c\n\\ No newline at end of file\n";
        assert_eq!(
            check(difference),
            ["/repo/a b.ts [(3, 4)] [9]", "/repo/n.sql [(1, 3)] []", "DROP", "p", "posts", "t_1"]
        );
        assert_eq!(unquote("\\303\\251\\\"\\\\\\t"), "é\"\\\t");
    }

    #[test]
    fn survives_any_difference() {
        for text in
            ["@@ ", "@@ -1", "@@ -1,9 +1,9 @@", "--- \"", "+++ \"\\", "@@ -99999999999 +1 @@"]
        {
            check(text);
        }
        assert_eq!(unquote("\\"), "\\");
        assert_eq!(unquote("\\3"), unquote("\\300"));
    }

    #[test]
    fn places_and_removals_count() {
        let mut file = ChangedFile::default();
        file.add(&Hunk { removed: 0, start: 3, added: 2 });
        file.add(&Hunk { removed: 4, start: 9, added: 0 });
        assert!(file.has_changes_in((1, 3)) && file.has_changes_in((4, 4)));
        assert!(!file.has_changes_in((5, 9)) && !file.has_changes_in((10, 12)));
        assert!(file.has_removals_in((9, 10)) && !file.has_replacements_in((1, 12)));
        file.add(&Hunk { removed: 1, start: 12, added: 1 });
        assert!(file.has_replacements_in((12, 12)));
    }
}
