//! Whether the client is still there, for clients that vanish without closing their end of the streams.

use std::thread;
use std::time::Duration;

use crate::transport::Leave;

/// How often it is looked.
const INTERVAL: Duration = Duration::from_secs(2);

/// Ends the conversation once there is no process of that number any more. One that is not there to begin
/// with lives where this process cannot see it, as in another container.
pub(crate) fn watch(process: i32, leave: Leave) {
    if !is_there(process) {
        return;
    }
    let watch = move || {
        while is_there(process) {
            thread::sleep(INTERVAL);
        }
        leave.now();
    };
    // Without it the end of the input tells, too.
    let _ = thread::Builder::new().name("watchdog".to_owned()).spawn(watch);
}

#[cfg(unix)]
fn is_there(process: i32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    let process = Some(process).filter(|it| *it > 0).and_then(Pid::from_raw);
    let Some(process) = process else { return false };
    test_kill_process(process) != Err(Errno::SRCH)
}

/// Elsewhere the end of the input has to do.
#[cfg(not(unix))]
fn is_there(_process: i32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::{Command, id};

    use super::is_there;

    #[test]
    fn knows_who_lives() {
        assert!(is_there(id() as i32));
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(!is_there(child.id() as i32));
        assert!(!is_there(0));
        assert!(!is_there(-1));
    }
}
