//! The sequences of this folder: `ENGINE/*.sql`, several to a file.
//!
//! Each begins with a line `-- # what it is about`, and runs on an empty database.

use std::fs;
use std::path::{Path, PathBuf};

use crate::comparison::Sequence;

const HEADING: &str = "-- # ";

/// The sequences of an engine, in the order of the files.
pub(crate) fn all(engine: &str) -> Vec<Sequence> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines").join(engine);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

fn read(file: &Path) -> Vec<Sequence> {
    let text = fs::read_to_string(file).unwrap();
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut sequences: Vec<Sequence> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix(HEADING) {
            let name = format!("{name}:{}: {title}", number + 1);
            sequences.push(Sequence { name, text: String::new() });
            continue;
        }
        let Some(sequence) = sequences.last_mut() else { continue };
        sequence.text += line;
        sequence.text.push('\n');
    }
    sequences
}
