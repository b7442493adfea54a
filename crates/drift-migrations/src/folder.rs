//! Finds the migrations of a folder and the order in which they are applied.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use drift_model::{Dialect, FileSystem, SourceError, SourceMap};

use crate::journal::{self, JournalEntry};

/// How a folder of migrations is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `meta/_journal.json` names the files; drizzle-kit 0.x.
    Journal,
    /// `<time>_<name>/migration.sql`; drizzle-kit 1.0, and Prisma.
    Folders,
    /// `.sql` files in natural order of their names.
    Plain,
}

/// A folder of migrations, as it lies on the disk.
#[derive(Debug)]
pub struct MigrationFolder {
    /// How it is laid out.
    pub layout: Layout,
    /// The files in the order in which they are applied.
    pub files: Vec<PathBuf>,
    /// `.sql` files that the journal does not list, sorted; no migrator applies them.
    pub unlisted: Vec<PathBuf>,
    /// `.sql` files that lead back, by their names, sorted; they are not applied.
    pub rollbacks: Vec<PathBuf>,
    /// What the journal lists, in its order; empty without one.
    pub entries: Vec<JournalEntry>,
    /// The dialect that the journal or a snapshot names.
    pub dialect: Option<Dialect>,
    /// A journal that cannot be read, files that it lists and that are not there.
    pub errors: Vec<SourceError>,
}

impl MigrationFolder {
    fn new(layout: Layout) -> Self {
        Self {
            layout,
            files: Vec::new(),
            unlisted: Vec::new(),
            rollbacks: Vec::new(),
            entries: Vec::new(),
            dialect: None,
            errors: Vec::new(),
        }
    }
}

/// Looks at a folder of migrations (or takes a single `.sql` file as the only one).
///
/// # Errors
/// The folder cannot be listed.
pub fn discover(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
) -> Result<MigrationFolder, SourceError> {
    if files.is_file(path) {
        let mut folder = MigrationFolder::new(Layout::Plain);
        folder.files.push(path.to_path_buf());
        return Ok(folder);
    }
    let entries = files.read_dir(path).map_err(|error| SourceError {
        path: path.to_path_buf(),
        span: None,
        message: match error.kind() {
            io::ErrorKind::NotFound => "there is no such folder".to_owned(),
            _ => format!("the folder cannot be listed: {error}"),
        },
    })?;
    let mut scripts: Vec<&str> = Vec::new();
    let mut folders: Vec<&str> = Vec::new();
    for entry in &entries {
        if entry.is_dir {
            folders.push(&entry.name);
        } else if is_script(&entry.name) {
            scripts.push(&entry.name);
        }
    }
    let journal = journal::journal_path(path);
    if files.is_file(&journal) {
        return Ok(by_journal(files, sources, path, &journal, &scripts));
    }
    folders.retain(|name| files.is_file(&path.join(name).join("migration.sql")));
    // drizzle-kit leaves no files beside its folders. Where a project keeps them, a runner of its
    // own applies what there is more of.
    if folders.len() >= scripts.len() && !folders.is_empty() {
        return Ok(by_folders(path, folders, &scripts));
    }
    let mut folder = by_names(path, scripts);
    folder.unlisted = folders.iter().map(|it| path.join(it).join("migration.sql")).collect();
    Ok(folder)
}

fn is_script(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|it| it.eq_ignore_ascii_case("sql"))
}

fn by_journal(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    journal: &Path,
    scripts: &[&str],
) -> MigrationFolder {
    let read = journal::read(files, sources, journal);
    let mut folder = MigrationFolder::new(Layout::Journal);
    folder.dialect = read.dialect;
    folder.errors = read.errors;
    let mut listed = HashSet::new();
    for entry in &read.entries {
        let name = format!("{}.sql", entry.tag);
        let file = path.join(&name);
        if scripts.contains(&name.as_str()) || files.is_file(&file) {
            folder.files.push(file);
        } else {
            folder.errors.push(SourceError {
                path: journal.to_path_buf(),
                span: Some(entry.span),
                message: format!("the journal lists `{name}`, which is not there"),
            });
        }
        listed.insert(name);
    }
    let unlisted = scripts.iter().filter(|name| !listed.contains(**name));
    folder.unlisted = unlisted.map(|name| path.join(name)).collect();
    folder.unlisted.sort_by(|one, other| natural_order(&file_name(one), &file_name(other)));
    folder.entries = read.entries;
    folder
}

fn by_folders(path: &Path, mut folders: Vec<&str>, scripts: &[&str]) -> MigrationFolder {
    folders.sort_by(|one, other| locale_order(one, other));
    let mut folder = MigrationFolder::new(Layout::Folders);
    folder.files = folders.iter().map(|name| path.join(name).join("migration.sql")).collect();
    folder.unlisted = scripts.iter().map(|name| path.join(name)).collect();
    folder
}

fn by_names(path: &Path, mut scripts: Vec<&str>) -> MigrationFolder {
    scripts.sort_by(|one, other| script_order(one, other));
    let (rollbacks, applied): (Vec<&str>, Vec<&str>) =
        scripts.into_iter().partition(|name| is_rollback(name));
    let mut folder = MigrationFolder::new(Layout::Plain);
    folder.files = applied.iter().map(|name| path.join(name)).collect();
    folder.rollbacks = rollbacks.iter().map(|name| path.join(name)).collect();
    folder
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether the name of a file says that it leads back: `0001_x.down.sql`, `rollback_0001.sql`,
/// Flyway's `U1__x.sql`.
fn is_rollback(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_flyway_undo = stem.starts_with('U')
        && stem[1..].starts_with(|it: char| it.is_ascii_digit())
        && stem.contains("__");
    let words: Vec<String> = stem
        .split(|it: char| !it.is_ascii_alphanumeric())
        .map(|word| word.to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let ends_with = |word: &str| words.last().is_some_and(|last| last == word);
    let has = |word: &str| words.iter().any(|it| it == word);
    is_flyway_undo
        || ends_with("down")
        || has("rollback")
        || has("undo")
        || ends_with("revert")
        || words.first().is_some_and(|first| first == "revert" || first == "down")
}

/// The order of plain files: by number where the names have one, Flyway's repeatable ones last.
fn script_order(one: &str, other: &str) -> Ordering {
    let is_repeatable = |name: &str| name.starts_with("R__");
    is_repeatable(one).cmp(&is_repeatable(other)).then_with(|| natural_order(one, other))
}

/// Compares names so that numbers in them count as numbers: `9_x` before `10_x`.
fn natural_order(one: &str, other: &str) -> Ordering {
    let (mut one_rest, mut other_rest) = (one, other);
    loop {
        let (one_text, one_number, one_next) = next_part(one_rest);
        let (other_text, other_number, other_next) = next_part(other_rest);
        let order = one_text.cmp(other_text).then_with(|| number_order(one_number, other_number));
        if order != Ordering::Equal {
            return order;
        }
        if one_next.is_empty() || other_next.is_empty() {
            return one_next.len().cmp(&other_next.len()).then_with(|| one.cmp(other));
        }
        (one_rest, other_rest) = (one_next, other_next);
    }
}

/// The text up to the next number, the number, and what is behind it.
fn next_part(name: &str) -> (&str, &str, &str) {
    let start = name.find(|it: char| it.is_ascii_digit()).unwrap_or(name.len());
    let digits = name[start..].bytes().take_while(u8::is_ascii_digit).count();
    (&name[..start], &name[start..start + digits], &name[start + digits..])
}

fn number_order(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// As `localeCompare` of JavaScript sorts names of folders: punctuation before digits before
/// letters, letters without regard to case first, lower case before upper.
fn locale_order(one: &str, other: &str) -> Ordering {
    fn class(character: char) -> (u8, char) {
        let lower = character.to_ascii_lowercase();
        if character.is_alphabetic() {
            (2, lower)
        } else if character.is_ascii_digit() {
            (1, lower)
        } else {
            (0, lower)
        }
    }
    one.chars().map(class).cmp(other.chars().map(class)).then_with(|| other.cmp(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use drift_model::MemoryFileSystem;

    fn check(fixture: &str, path: &str) -> String {
        // A fixture leaves out files without text.
        let fixture = fixture.replace(".sql\n", ".sql\nselect 1;\n");
        let files = MemoryFileSystem::parse("unused", &fixture);
        let sources = SourceMap::default();
        let folder = match discover(&files, &sources, Path::new(path)) {
            Ok(folder) => folder,
            Err(error) => return error.message,
        };
        let list = |paths: &[PathBuf]| {
            let names: Vec<String> = paths
                .iter()
                .map(|it| it.strip_prefix(path).unwrap_or(it).display().to_string())
                .collect();
            names.join(" ")
        };
        let mut lines = vec![format!("{:?}: {}", folder.layout, list(&folder.files))];
        if let Some(dialect) = folder.dialect {
            lines.push(format!("dialect: {}", dialect.name()));
        }
        for (what, paths) in [("unlisted", &folder.unlisted), ("rollbacks", &folder.rollbacks)] {
            if !paths.is_empty() {
                lines.push(format!("{what}: {}", list(paths)));
            }
        }
        for error in &folder.errors {
            let snippet = error.span.map(|span| sources.snippet(span));
            lines.push(format!("{} {}", error.message, snippet.unwrap_or_default()));
        }
        lines.join("\n")
    }

    // 6.1
    #[test]
    fn follows_the_journal() {
        insta::assert_snapshot!(check(
            r#"
//- sql/0000_a.sql
//- sql/0001_b.sql
//- sql/0002_c.sql
//- sql/meta/_journal.json
{ "version": "7", "dialect": "pg", "entries": [
  { "idx": 0, "when": 1, "tag": "0001_b", "breakpoints": true },
  { "idx": 1, "when": 2, "tag": "0000_a", "breakpoints": true },
  { "idx": 2, "when": 3, "tag": "0009_gone", "breakpoints": true } ] }
"#,
            "sql"
        ), @r#"
        Journal: 0001_b.sql 0000_a.sql
        dialect: postgresql
        unlisted: 0002_c.sql
        the journal lists `0009_gone.sql`, which is not there "0009_gone"
        "#);
    }

    #[test]
    fn says_what_is_wrong_with_a_journal() {
        let broken = check("//- sql/0_a.sql\n//- sql/meta/_journal.json\n{ \"entries\": [", "sql");
        assert!(broken.contains("not what drizzle-kit writes"), "{broken}");
        assert_eq!(check("//- sql/0_a.sql\n", "elsewhere"), "there is no such folder");
    }

    // 6.2
    #[test]
    fn sorts_folders_as_the_migrator_does() {
        insta::assert_snapshot!(check(
            "//- sql/20250101000000_B/migration.sql\n//- sql/20250101000000_a/migration.sql\n\
             //- sql/20240101000000_z/migration.sql\n//- sql/20240101000000_z/snapshot.json\n",
            "sql"
        ), @"Folders: 20240101000000_z/migration.sql 20250101000000_a/migration.sql 20250101000000_B/migration.sql");
    }

    // 6.5, 6.6, 6.12, 6.13, 6.14
    #[test]
    fn sorts_plain_files_by_number_and_leaves_out_the_way_back() {
        insta::assert_snapshot!(check(
            "//- sql/10_c.sql\n//- sql/9_b.up.sql\n//- sql/9_b.down.sql\n//- sql/rollback-9.sql\n\
             //- sql/001_shutdown.sql\n//- sql/notes.md\n//- sql/meta/0000_snapshot.json\n",
            "sql"
        ), @r"
        Plain: 001_shutdown.sql 9_b.up.sql 10_c.sql
        rollbacks: 9_b.down.sql rollback-9.sql
        ");
        insta::assert_snapshot!(check(
            "//- sql/V2__b.sql\n//- sql/V10__c.sql\n//- sql/R__view.sql\n//- sql/V1.1__a.sql\n\
             //- sql/U2__b.sql\n",
            "sql"
        ), @r"
        Plain: V1.1__a.sql V2__b.sql V10__c.sql R__view.sql
        rollbacks: U2__b.sql
        ");
    }

    #[test]
    fn takes_a_single_file() {
        assert_eq!(check("//- sql/dump.sql\n", "sql/dump.sql"), "Plain: ");
    }
}
