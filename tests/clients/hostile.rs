//! Surroundings that nobody would wish for: files that are broken, endless or gone, disks that are full, readers and
//! keyboards that end it all. The command says what is wrong with what, checks the rest, and leaves nothing half done.

mod changes;
mod depth;
mod encodings;
mod many;
mod names;
mod output;
mod places;
mod signals;
mod size;
mod unreadable;

use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::binary;

/// How long any run may take. Far more than it needs: only there so that a test fails where it would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// The fault of every project here, as long as its schema and its migration are read.
const FAULT: &str = "error[on-delete-mismatch]: ON DELETE of posts.author_id";

/// How a run ended, and what it printed.
#[derive(Debug)]
struct Run {
    status: Option<i32>,
    signal: Option<i32>,
    text: String,
}

impl Run {
    /// Runs the command to its end.
    fn of(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self::to_end(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    fn to_end(mut child: Child) -> Self {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let err = thread::spawn(move || text(err));
        let out = thread::spawn(move || text(out));
        let limit = Instant::now() + PATIENCE;
        let ended = loop {
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            if Instant::now() > limit {
                child.kill().unwrap();
                panic!("it does not end; so far it says\n{}", out.join().unwrap());
            }
            thread::sleep(Duration::from_millis(2));
        };
        let text = out.join().unwrap() + &err.join().unwrap();
        assert!(!text.contains("panicked"), "{text}");
        Self { status: ended.code(), signal: ended.signal(), text }
    }

    /// A check that ends with a status and says all of this.
    fn says(&self, status: i32, parts: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.text);
        for part in parts {
            assert!(self.text.contains(part), "{part}\nis not in\n{}", self.text);
        }
    }

    /// The lines that tell of a place.
    fn places(&self) -> Vec<&str> {
        self.text.lines().filter(|it| it.contains("error") && it.contains(": ")).collect()
    }
}

/// What was printed; of other bytes than UTF-8 it is known that there are some.
fn text(out: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut out) = out {
        out.read_to_end(&mut bytes).unwrap();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The command in a folder, with nothing to read from a keyboard.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command
}

/// Checks a folder.
fn check(folder: &Path) -> Run {
    Run::of(&mut command(folder, &["--format=concise", "--level=warn"]))
}

/// Changes a file of a project.
fn edit(folder: &Path, file: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let path = folder.join(file);
    fs::write(&path, change(fs::read(&path).unwrap_or_default())).unwrap();
}
