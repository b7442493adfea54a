//! Reading a file whole: a plain one, of a bounded length, in the encoding that drizzle reads.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// How long a dump may be: its rows are passed over, so that it costs little more than its length.
const SQL_LIMIT: u64 = 512 << 20;

/// How long a snapshot may be, which is the longest of what is written in JSON.
const JSON_LIMIT: u64 = 256 << 20;

/// How long a module may be: its syntax tree is many times as large.
const MODULE_LIMIT: u64 = 64 << 20;

/// The text of a file.
///
/// # Errors
/// Those of [`read_bytes`]; it is in another encoding than UTF-8. A stray byte is none: it stands in a
/// comment or a string as a rule, and drizzle and the engines take such files.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read_bytes(path)?;
    if let Some(reason) = why_no_text(&bytes) {
        return Err(io::Error::new(ErrorKind::InvalidData, reason));
    }
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// What a file holds.
///
/// # Errors
/// It can't be opened, is no plain file, or is longer than anything that is worth being read.
pub(crate) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    read_up_to(path, limit(path))
}

/// Whether something is there that is no folder. A link counts that leads nowhere, and what nobody may look at,
/// since reading it says more of that than passing it over.
pub(crate) fn is_there(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(data) if data.is_symlink() => !path.is_dir(),
        Ok(data) => !data.is_dir(),
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    }
}

fn limit(path: &Path) -> u64 {
    match path.extension().and_then(|it| it.to_str()) {
        Some("sql" | "SQL") => SQL_LIMIT,
        Some("json" | "jsonc") => JSON_LIMIT,
        _ => MODULE_LIMIT,
    }
}

fn read_up_to(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path).map_err(|error| explained(error, path))?;
    let data = file.metadata()?;
    if let Some(reason) = why_no_file(&data) {
        let kind = if data.is_dir() { ErrorKind::IsADirectory } else { ErrorKind::Unsupported };
        return Err(io::Error::new(kind, reason));
    }
    let too_long = || {
        let reason = format!("it is longer than {} MiB, the most that is read", limit >> 20);
        Err(io::Error::new(ErrorKind::FileTooLarge, reason))
    };
    let Some(length) = usize::try_from(data.len()).ok().filter(|_| data.len() <= limit) else {
        return too_long();
    };
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length + 1)?;
    // It may grow meanwhile, and what a system makes up as it is read says that it has no length.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { too_long() } else { Ok(bytes) }
}

/// Opens a file; a pipe at once, although nobody may ever write into it.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;

    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    fs::OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// An error of opening a link, which the system words as if it were about a file.
fn explained(error: io::Error, path: &Path) -> io::Error {
    if !path.is_symlink() {
        return error;
    }
    match error.kind() {
        ErrorKind::NotFound => io::Error::new(error.kind(), "it is a link that leads nowhere"),
        // The kind of an endless link has no stable name.
        _ if fs::canonicalize(path).is_err_and(|it| it.kind() != ErrorKind::PermissionDenied) => {
            io::Error::new(error.kind(), "it is a link that never leads to a file")
        }
        _ => error,
    }
}

fn why_no_file(data: &fs::Metadata) -> Option<&'static str> {
    if data.is_file() {
        return None;
    }
    if data.is_dir() {
        return Some("it is a folder, not a file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if data.file_type().is_fifo() {
            return Some("it is a pipe, not a file");
        }
    }
    Some("it is a device, not a file")
}

/// Why bytes are no text in UTF-8, as their beginning tells.
fn why_no_text(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..]
        | [0xfe, 0xff, ..]
        | [1..=255, 0, 1..=255, 0, ..]
        | [0, 1..=255, 0, 1..=255, ..] => {
            Some("it is in UTF-16, which drizzle-kit does not read; save it as UTF-8")
        }
        [0, ..] => Some("it is no text: it begins with a zero byte"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schema.ts");
        fs::write(&path, bytes).unwrap();
        read_text(&path).unwrap_or_else(|error| format!("error: {error}"))
    }

    #[test]
    fn takes_stray_bytes_and_refuses_other_encodings() {
        assert_eq!(check(b""), "");
        assert_eq!(check(b"a\0b"), "a\0b");
        assert_eq!(check(b"cr\xe9ation"), "cr\u{fffd}ation");
        let utf_16 = "error: it is in UTF-16, which drizzle-kit does not read; save it as UTF-8";
        for bytes in [&b"\xff\xfea\0"[..], b"\xfe\xff\0a", b"a\0b\0", b"\0a\0b"] {
            assert_eq!(check(bytes), utf_16);
        }
        assert_eq!(check(&[0; 4096]), "error: it is no text: it begins with a zero byte");
    }

    #[test]
    fn reads_no_more_than_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0000_init.sql");
        fs::write(&path, [b'x'; 1025]).unwrap();
        assert_eq!(read_up_to(&path, 1025).unwrap().len(), 1025);
        assert_eq!(read_up_to(&path, 1024).unwrap_err().kind(), ErrorKind::FileTooLarge);
        // Nothing of it is on the disk, nor is anything of it read.
        File::create(&path).unwrap().set_len(SQL_LIMIT + 1).unwrap();
        let error = read_text(&path).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than 512 MiB, the most that is read");
    }

    /// Files that the system makes up have no length before they are read.
    #[cfg(target_os = "linux")]
    #[test]
    fn reads_files_that_do_not_tell_their_length() {
        assert!(read_text(Path::new("/proc/self/status")).unwrap().contains("Threads"));
        assert!(read_up_to(Path::new("/proc/self/status"), 8).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn says_what_is_there_in_place_of_a_file() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status();
        assert!(made.unwrap().success());
        symlink("/dev/zero", at("device")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        symlink("endless", at("endless")).unwrap();
        symlink("folder", at("linked")).unwrap();
        for (name, is_file, reason) in [
            ("folder", false, "it is a folder, not a file"),
            ("linked", false, "it is a folder, not a file"),
            ("pipe", true, "it is a pipe, not a file"),
            ("device", true, "it is a device, not a file"),
            ("dangling", true, "it is a link that leads nowhere"),
            ("endless", true, "it is a link that never leads to a file"),
        ] {
            assert_eq!(is_there(&at(name)), is_file, "{name}");
            assert_eq!(read_text(&at(name)).unwrap_err().to_string(), reason, "{name}");
        }
        assert!(!is_there(&at("missing")));
        assert_eq!(read_text(&at("missing")).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
