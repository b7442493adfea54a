//! Files that change while they are read.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{FAULT, Run, check, command};
use crate::sandbox::{SCHEMA, project_with_drift, write};

/// How long files change.
const TIME: Duration = Duration::from_secs(2);

/// Checks again and again while somebody else does something to the project; each time there is a report.
fn check_while(disturb: impl Fn(&Path, usize) + Sync) {
    let folder = project_with_drift();
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0.. {
                if is_done.load(Ordering::Relaxed) {
                    break;
                }
                disturb(folder.path(), round);
            }
        });
        let start = Instant::now();
        let mut count = 0;
        while start.elapsed() < TIME || count < 5 {
            let run = Run::of(&mut command(folder.path(), &["--format=concise"]));
            assert!(matches!(run.status, Some(0..=2)), "{run:?}");
            assert!(!run.text.is_empty(), "{run:?}");
            count += 1;
        }
        is_done.store(true, Ordering::Relaxed);
    });
}

/// A change that finds the file gone is none.
fn attempt(_: std::io::Result<()>) {}

#[test]
fn grow_and_shrink() {
    let long = SCHEMA.to_owned() + &"// A comment.\n".repeat(20_000);
    check_while(|folder, round| {
        let text = if round % 2 == 0 { SCHEMA } else { &long };
        attempt(fs::write(folder.join("src/schema.ts"), text));
        let sql = folder.join("drizzle/0000_init.sql");
        attempt(
            fs::OpenOptions::new()
                .write(true)
                .open(&sql)
                .and_then(|it| it.set_len(if round % 2 == 0 { 0 } else { 1 << 20 })),
        );
    });
}

/// Between being listed and being read they go, come again, and become folders.
#[test]
fn come_and_go() {
    check_while(|folder, round| {
        let (sql, away) = (folder.join("drizzle/0001_more.sql"), folder.join("away"));
        match round % 4 {
            0 => attempt(fs::write(&sql, "ALTER TABLE posts ADD COLUMN more integer;")),
            1 => attempt(fs::rename(folder.join("drizzle"), &away)),
            2 => attempt(fs::rename(&away, folder.join("drizzle"))),
            _ => {
                attempt(fs::remove_file(&sql).and_then(|()| fs::create_dir(&sql)));
                attempt(fs::remove_dir(&sql));
            }
        }
    });
}

/// What is gone when its turn comes is told of, and the rest is checked.
#[test]
fn a_folder_that_is_gone_before_the_command_starts() {
    let folder = project_with_drift();
    write(
        &folder.path().join("more/drizzle.config.ts"),
        "export default { dialect: 'postgresql', schema: './gone.ts', out: './gone' };",
    );
    check(folder.path()).says(2, &["more/drizzle.config.ts:1:", "`./gone.ts` is not there", FAULT]);
    // The current directory itself.
    let script = "mkdir here; cd here; rmdir ../here; \"$DRIFT\"; echo status $?";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script]).current_dir(folder.path());
    let run = Run::of(shell.env("DRIFT", crate::sandbox::binary()));
    run.says(0, &["error: ", "status 2\n"]);
}
