//! Writing files whole.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes a file hold the bytes, all of them or, where that fails, what it held before.
///
/// # Errors
/// The folder is not there, or cannot be written to.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.file_name().is_none() || path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        let reason = format!("the folder {} is not there", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, reason));
    }
    // What is no plain file, as `/dev/stdout`, can't be replaced; the target of a link should be.
    if path.exists() && !path.is_file() {
        return fs::write(path, bytes);
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    write_beside(&target, bytes, |temporary| {
        if let Ok(data) = fs::metadata(&target) {
            fs::set_permissions(temporary, data.permissions())?;
        }
        fs::rename(temporary, &target)
    })
}

/// Writes bytes into a file beside another one, which then takes its place as `put` does it. Whatever goes
/// wrong, nothing is left of it; where the process is killed meanwhile, the other file is as it was.
fn write_beside(
    target: &Path,
    bytes: &[u8],
    put: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    // The name of the file itself may be as long as names can be.
    let temporary = target.with_file_name(format!(".drizzle-drift-{}.tmp", std::process::id()));
    // A former process of that number was killed; and nobody should write through a link that is there.
    let _ = fs::remove_file(&temporary);
    let written = write_new(&temporary, bytes).and_then(|()| put(&temporary));
    // It may not have been made at all, or have become the other one.
    let _ = fs::remove_file(&temporary);
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a file that is not there, and the folders that it lies in. They must lie below `root`, also where
/// a link leads.
///
/// # Errors
/// Something is there, be it a link that leads nowhere; a folder lies elsewhere, or cannot be written to.
pub fn create_new_file(root: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let nearest = folder.ancestors().find(|it| fs::symlink_metadata(it).is_ok()).unwrap_or(folder);
    if !fs::canonicalize(nearest)?.starts_with(fs::canonicalize(root)?) {
        let reason = format!("{} leads out of {}", nearest.display(), root.display());
        return Err(io::Error::other(reason));
    }
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::create_dir_all(folder)?;
    // Another name for a file takes the place of nothing, as renaming would.
    write_beside(path, bytes, |temporary| match fs::hard_link(temporary, path) {
        Err(error) if cannot_link(&error) && fs::symlink_metadata(path).is_err() => {
            fs::rename(temporary, path)
        }
        linked => linked,
    })
}

/// Whether a file system has no second names for files, as those of many USB sticks and network shares.
fn cannot_link(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

/// Adds bytes to a file, all of them or none. It is made where it is not there.
///
/// # Errors
/// It cannot be written to.
pub fn append_to_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(bytes);
    if written.is_err() {
        // A disk that is full takes as much as there is room for. What is no plain file keeps it.
        let _ = file.set_len(before);
    }
    written
}

/// How many bytes a file has; none where it is not there.
pub fn file_size(path: &Path) -> usize {
    fs::metadata(path).map_or(0, |it| usize::try_from(it.len()).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        replace_file(&path, b"first, and longer").unwrap();
        replace_file(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_new_file_takes_the_place_of_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/tasks.json");
        create_new_file(folder.path(), &path, b"first").unwrap();
        let error = create_new_file(folder.path(), &path, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_permissions_and_may_have_the_longest_name() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n".repeat(255));
        replace_file(&path, b"first").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        replace_file(&path, b"second").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_follows_no_link_out_of_the_root() {
        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let link = root.path().join(".vscode");
        std::os::unix::fs::symlink(other.path(), &link).unwrap();
        for path in ["tasks.json", "deep/tasks.json"] {
            let error = create_new_file(root.path(), &link.join(path), b"").unwrap_err();
            assert!(error.to_string().contains("leads out of"), "{error}");
        }
        // A link in place of the file, be it to nowhere, is something that is there.
        let file = root.path().join("settings.jsonc");
        std::os::unix::fs::symlink(other.path().join("elsewhere"), &file).unwrap();
        let error = create_new_file(root.path(), &file, b"").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace_file(&folder.path().join("out/report.json"), b"").unwrap_err();
        assert!(error.to_string().contains("out is not there"), "{error}");
        assert!(replace_file(folder.path(), b"").is_err());
    }

    #[test]
    fn bytes_are_added_to_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        assert_eq!(file_size(&path), 0);
        append_to_file(&path, b"one\n").unwrap();
        append_to_file(&path, b"two\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\n");
        assert_eq!(file_size(&path), 8);
    }
}
