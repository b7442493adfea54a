//! The migrations of the projects in `fixtures/`, one sequence for each project.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use drift_migrations::discover;
use drift_model::{Dialect, FileSystem, MemoryFileSystem, SourceMap};

use crate::comparison::Sequence;

/// Every folder of migrations whose drizzle config names the dialect.
pub(crate) fn all(dialect: Dialect) -> Vec<Sequence> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut files = MemoryFileSystem::default();
    load(&root, &root, &mut files);
    let paths: Vec<&Path> = files.paths().collect();
    let scripts = paths.iter().filter(|path| path.extension().is_some_and(|it| it == "sql"));
    let folders: BTreeSet<PathBuf> = scripts.filter_map(|path| folder_of(path)).collect();
    let configs: Vec<&Path> = paths.iter().copied().filter(|path| is_config(path)).collect();
    let is_meant = |folder: &&PathBuf| {
        let config = configs.iter().find(|it| {
            let project = it.parent().expect("a config lies in a folder");
            folder.starts_with(project)
        });
        let wanted = format!("dialect: \"{}\"", dialect.name());
        config.is_some_and(|it| files.read(it).is_ok_and(|text| text.contains(&wanted)))
    };
    // What psql takes for the rest of an open parenthesis, a migrator cuts at the next marker.
    let is_whole = |folder: &&PathBuf| !folder.starts_with("broken-statement");
    // It names a database of its own.
    let is_at_home = |folder: &&PathBuf| !folder.starts_with("mysql-database-written-out");
    let meant = folders.iter().filter(is_meant).filter(is_whole).filter(is_at_home);
    meant.map(|folder| sequence(&files, folder)).collect()
}

/// The folder of migrations that a file belongs to.
fn folder_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let is_nested = path.file_name().is_some_and(|it| it == "migration.sql");
    Some(if is_nested { folder.parent()? } else { folder }.to_path_buf())
}

fn is_config(path: &Path) -> bool {
    path.file_name().is_some_and(|it| it == "drizzle.config.ts")
}

fn sequence(files: &MemoryFileSystem, folder: &Path) -> Sequence {
    let found = discover(files, &SourceMap::default(), folder).expect("a folder in memory");
    let texts = found.files.iter().map(|it| files.read(it).expect("a file in memory"));
    let text = texts.collect::<Vec<_>>().join(";\n");
    Sequence { name: format!("fixtures/{}", folder.display()), text }
}

fn load(root: &Path, folder: &Path, files: &mut MemoryFileSystem) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            load(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(path.strip_prefix(root).expect("below the root"), &text);
        }
    }
}
