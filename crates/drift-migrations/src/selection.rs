//! What the settings say about the files of a folder.

use std::path::{Path, PathBuf};

use drift_model::{FileSystem, MigrationOrder, MigrationSelection, SourceError};

use crate::folder::{Layout, LeftOut, MigrationFolder, WhyNot};
use crate::order::natural_order;

/// Changes what is applied to what the settings say.
pub(crate) fn apply(
    files: &dyn FileSystem,
    path: &Path,
    selection: &MigrationSelection,
    folder: &mut MigrationFolder,
) {
    if let MigrationOrder::Listed(listed) = &selection.order {
        take_listed(files, listed, folder);
    }
    add(path, &selection.apply, folder);
    skip(path, &selection.skip, folder);
}

fn take_listed(files: &dyn FileSystem, listed: &[PathBuf], folder: &mut MigrationFolder) {
    let (there, missing): (Vec<&PathBuf>, Vec<&PathBuf>) =
        listed.iter().partition(|it| files.is_file(it));
    folder.errors.extend(missing.into_iter().map(|path| SourceError {
        path: path.clone(),
        span: None,
        message: "`order` of the settings names it, and it is not there".to_owned(),
    }));
    let before = std::mem::take(&mut folder.files);
    folder.files = there.into_iter().cloned().collect();
    folder.left_out.retain(|it| !folder.files.contains(&it.path));
    let unlisted = before.into_iter().filter(|it| !folder.files.contains(it));
    folder.left_out.extend(unlisted.map(|path| LeftOut { path, why: WhyNot::Unlisted }));
    folder.layout = Layout::Plain;
    folder.entries.clear();
    folder.missing.clear();
}

/// A numbered file of the folder takes its place among the others, by its name; any other one comes
/// before them all.
fn add(path: &Path, added: &[PathBuf], folder: &mut MigrationFolder) {
    let mut first = 0;
    for file in added {
        if folder.files.contains(file) {
            continue;
        }
        folder.left_out.retain(|it| it.path != *file);
        let name = name(file);
        let is_numbered = name.trim_start_matches('V').starts_with(|it: char| it.is_ascii_digit());
        let at = if is_numbered && file.parent() == Some(path) {
            let is_before = |it: &PathBuf| {
                it.parent() == Some(path) && natural_order(self::name(it), name).is_lt()
            };
            folder.files.iter().rposition(is_before).map_or(first, |at| at + 1)
        } else {
            first += 1;
            first - 1
        };
        folder.files.insert(at, file.clone());
    }
}

fn skip(path: &Path, skipped: &[PathBuf], folder: &mut MigrationFolder) {
    let is_skipped = |file: &Path| skipped.iter().any(|it| file.starts_with(it));
    for left_out in folder.left_out.iter_mut().filter(|it| is_skipped(&it.path)) {
        left_out.why = WhyNot::Skipped;
    }
    let (out, applied) =
        std::mem::take(&mut folder.files).into_iter().partition(|it| is_skipped(it));
    folder.files = applied;
    let out: Vec<PathBuf> = out;
    folder.left_out.extend(out.into_iter().map(|path| LeftOut { path, why: WhyNot::Skipped }));
    folder.missing.retain(|it| !is_skipped(&path.join(&it.name)));
}

fn name(file: &Path) -> &str {
    file.file_name().and_then(|it| it.to_str()).unwrap_or_default()
}
