//! Noticing that nobody reads the output any more, although there is nothing to write.

use std::sync::mpsc::Sender;

use super::folders::Message;

/// Tells when the reader of the standard output is gone. Elsewhere than on Unix the next report notices.
#[cfg(unix)]
pub(super) fn tell_of_end(sender: Sender<Message>) {
    use rustix::event::{PollFd, PollFlags, poll};

    std::thread::spawn(move || {
        let out = std::io::stdout();
        loop {
            // Nothing is asked for, so only an error or a hangup is told.
            let mut files = [PollFd::new(&out, PollFlags::empty())];
            match poll(&mut files, None) {
                Ok(_) => break,
                Err(error) if error == rustix::io::Errno::INTR => {}
                Err(_) => return,
            }
        }
        // Where that is not heard any more, the command has ended.
        let _ = sender.send(Message::End);
    });
}

#[cfg(not(unix))]
pub(super) fn tell_of_end(_: Sender<Message>) {}
