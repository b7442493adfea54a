//! A place where a release lies, as GitHub shows it: with the built binary, and laid down by the scripts of the
//! release workflow.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;

use tempfile::TempDir;

use super::man_pages;
use super::sandbox::{binary, output, repository};

/// The version that everything of this repository belongs to.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The platform that a runner has to claim, for [`TARGET`].
pub(crate) const PLATFORM: (&str, &str) = ("Linux", "X64");
pub(crate) const TARGET: &str = "x86_64-unknown-linux-musl";

/// The built binary without what only debuggers need, since archives of hundreds of megabytes take long.
pub(crate) fn small_binary() -> &'static Path {
    static SMALL: OnceLock<PathBuf> = OnceLock::new();
    SMALL.get_or_init(|| {
        let folder = repository().join("target/clients/releases");
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let small = folder.join("drizzle-drift");
        let is_made = Command::new("strip").arg("-o").arg(&small).arg(binary()).status();
        if is_made.is_ok_and(|it| it.success()) { small } else { binary() }
    })
}

/// Releases in a folder of their own.
pub(crate) struct Releases {
    folder: TempDir,
}

impl Releases {
    /// One release with an archive of the built binary.
    pub(crate) fn new() -> Self {
        // It is packed once.
        static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
        let archive = ARCHIVE.get_or_init(|| {
            archive(TARGET, small_binary(), &repository().join("target/clients/releases"))
        });
        let releases = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(releases.release()).unwrap();
        fs::copy(archive, releases.release().join(archive.file_name().unwrap())).unwrap();
        releases.sum();
        releases
    }

    /// One release with an archive of a program that only looks like the binary.
    pub(crate) fn of(target: &str, program: &Path) -> Self {
        let releases = Self { folder: tempfile::tempdir().unwrap() };
        archive(target, program, &releases.release());
        releases.sum();
        releases
    }

    /// Where the files of the release are.
    pub(crate) fn release(&self) -> PathBuf {
        self.folder.path().join(format!("download/v{VERSION}"))
    }

    /// The archive for [`TARGET`].
    pub(crate) fn archive(&self) -> PathBuf {
        self.release().join(format!("drizzle-drift-v{VERSION}-{TARGET}.tar.gz"))
    }

    pub(crate) fn sums(&self) -> PathBuf {
        self.release().join("SHA256SUMS")
    }

    /// Writes the checksums, as the release workflow does.
    pub(crate) fn sum(&self) {
        let sum = "sha256sum drizzle-drift-* > SHA256SUMS";
        let (status, text) =
            output(Command::new("sh").args(["-c", sum]).current_dir(self.release()));
        assert_eq!(status, Some(0), "{text}");
    }

    /// The address of the folder.
    pub(crate) fn address(&self) -> String {
        format!("file://{}", self.folder.path().display())
    }

    /// The address of a server with these releases, which lasts as long as the tests.
    pub(crate) fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (folder, host) = (self.folder.path().to_path_buf(), address.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up early has no use for the rest.
                let _ = answer(&stream, &folder, &host);
            }
        });
        format!("{address}/releases")
    }
}

/// Packs a program as the release workflow does; gives the path of the archive.
pub(crate) fn archive(target: &str, program: &Path, folder: &Path) -> PathBuf {
    let mut command = Command::new(repository().join("scripts/release/archive.sh"));
    let pages = man_pages::folder();
    command.arg(target).arg(program).arg(folder).arg(pages.path());
    let (status, text) = output(&mut command);
    assert_eq!(status, Some(0), "{text}");
    text.trim_end().into()
}

/// Answers as GitHub does: `latest` leads to the page of the release.
fn answer(mut stream: &TcpStream, folder: &Path, host: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    while lines.next().transpose()?.is_some_and(|it| !it.is_empty()) {}
    let mut words = request.split(' ');
    let (method, path) = (words.next(), words.next().unwrap_or_default());
    let path = path.strip_prefix("/releases/").unwrap_or_default();
    let (head, body) = match path {
        "latest" if folder.join("download").exists() => {
            (format!("302 Found\r\nLocation: {host}/releases/tag/v{VERSION}"), Vec::new())
        }
        "latest" => (format!("302 Found\r\nLocation: {host}/releases/"), Vec::new()),
        _ if path.is_empty() || path.starts_with("tag/") => ("200 OK".to_owned(), Vec::new()),
        _ => match fs::read(folder.join(path)) {
            Ok(text) => ("200 OK".to_owned(), text),
            Err(_) => ("404 Not Found".to_owned(), Vec::new()),
        },
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
    if method == Some("GET") { stream.write_all(&body) } else { Ok(()) }
}
