//! Servers that run for a test: on a socket in a folder of their own, never longer than the test.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server. It ends with this value, and with the process that started it, however that ends.
pub(crate) struct Server {
    /// A shell that ends the server as soon as nobody holds the other end of its input.
    guard: Child,
    folder: TempDir,
}

impl Server {
    /// Runs a command line in the background.
    ///
    /// # Panics
    ///
    /// Where it does not answer in time, with what it wrote.
    pub(crate) fn start(
        folder: TempDir,
        user: Option<&User>,
        command: &[String],
        is_ready: impl Fn(&Path) -> bool,
    ) -> Self {
        const SCRIPT: &str = r#""$@" & server=$!; read -r _; kill -TERM $server; wait $server"#;
        let log = File::create(folder.path().join("log")).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "sh"]).args(command).stdin(Stdio::piped());
        shell.stdout(log.try_clone().unwrap()).stderr(log);
        if let Some(user) = user {
            user.run(&mut shell);
        }
        let server = Self { guard: shell.spawn().unwrap(), folder };
        let start = Instant::now();
        while !is_ready(server.folder()) {
            if start.elapsed() > PATIENCE {
                let log = fs::read_to_string(server.folder().join("log")).unwrap_or_default();
                panic!("{} does not answer:\n{log}", command[0]);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// A user that a server may run as; PostgreSQL refuses to run as root.
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// The user of that name, where we are root.
    pub(crate) fn instead_of_root(name: &str) -> Option<Self> {
        if id("-u", None)? != 0 {
            return None;
        }
        Some(Self { uid: id("-u", Some(name))?, gid: id("-g", Some(name))? })
    }

    pub(crate) fn run(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    pub(crate) fn own(&self, folder: &Path) {
        chown(folder, Some(self.uid), Some(self.gid)).unwrap();
    }
}

fn id(what: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(what).args(user).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The folder that holds a program: one of the usual places, the newest version first, else one on
/// the path.
pub(crate) fn find(program: &str, places: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = places.iter().cloned().chain(env::split_paths(&path));
    all.map(|folder| folder.join(program)).find(|it| it.is_file())
}

/// Says that an engine is missing and what was not compared for that reason.
///
/// # Panics
///
/// Where `CI` is set: there every engine has to be.
pub(crate) fn say_missing(engine: &str, package: &str) {
    let message = format!("{engine} is not installed (Debian's `{package}`)");
    assert!(env::var_os("CI").is_none(), "{message}");
    let _ = writeln!(io::stderr(), "skipped the comparison with {engine}: {message}");
}

/// Runs a command to its end.
///
/// # Panics
///
/// Where it fails, with what it wrote.
pub(crate) fn finish(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}{errors}");
    text
}
