//! How a path was when it was looked at, to tell whether it still is so.

#![allow(clippy::disallowed_methods, reason = "the disk lives in this crate")]

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A file that changed so shortly before it was looked at may change again without getting a later time,
/// since kernels take the time of their last tick. git calls such files racily clean.
pub(crate) const TIME_RESOLUTION: Duration = Duration::from_millis(20);

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    Missing,
    Folder,
    /// Its length, when it changed, and which file of the disk it is. Without a time where it changed
    /// just before.
    File(u64, Option<SystemTime>, (u64, i64)),
}

impl Stamp {
    pub(crate) fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Err(_) => Stamp::Missing,
            Ok(data) if data.is_dir() => Stamp::Folder,
            Ok(data) => Stamp::File(data.len(), settled_time(&data), identity(&data)),
        }
    }

    /// The same, of a folder by what lies directly in it.
    pub(crate) fn of_content(path: &Path) -> Self {
        match fs::metadata(path) {
            Err(_) => Stamp::Missing,
            Ok(data) => Stamp::File(length(&data), settled_time(&data), identity(&data)),
        }
    }

    pub(crate) fn is_file(self) -> bool {
        matches!(self, Stamp::File(..))
    }

    pub(crate) fn has_changed(self, path: &Path) -> bool {
        match (self, fs::metadata(path)) {
            (Stamp::Missing, now) => now.is_ok(),
            (_, Err(_)) => true,
            (Stamp::Folder, Ok(now)) => !now.is_dir(),
            (Stamp::File(length, time, which), Ok(now)) => {
                time.is_none()
                    || (length, time, which)
                        != (self::length(&now), now.modified().ok(), identity(&now))
            }
        }
    }
}

/// When a file changed, if that is long enough ago that another change would show.
fn settled_time(data: &Metadata) -> Option<SystemTime> {
    let time = data.modified().ok()?;
    let is_settled = SystemTime::now().duration_since(time).is_ok_and(|it| it > TIME_RESOLUTION);
    is_settled.then_some(time)
}

/// That of a folder says nothing on some file systems.
fn length(data: &Metadata) -> u64 {
    if data.is_dir() { 0 } else { data.len() }
}

/// Its number on the disk, and when its number of links, owner or mode changed.
#[cfg(unix)]
fn identity(data: &Metadata) -> (u64, i64) {
    use std::os::unix::fs::MetadataExt;
    (data.ino(), data.ctime().wrapping_mul(1_000_000_000).wrapping_add(data.ctime_nsec()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, i64) {
    (0, 0)
}
