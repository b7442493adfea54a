//! The language server of the command, as an editor starts it through the launcher.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use super::packages::is_testable;
use super::signals::PATIENCE;
use super::{installed, managers};

/// A launcher, and what comes from behind it.
struct Server {
    launcher: Child,
    answers: mpsc::Receiver<Option<String>>,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut launcher =
            command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(launcher.stdout.take().unwrap());
        let (send, answers) = mpsc::channel();
        thread::spawn(move || {
            loop {
                let message = read_message(&mut output);
                let is_end = message.is_none();
                if send.send(message).is_err() || is_end {
                    break;
                }
            }
        });
        Self { launcher, answers }
    }

    fn send(&mut self, message: &str) {
        let input = self.launcher.stdin.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{message}", message.len()).unwrap();
        input.flush().unwrap();
    }

    /// The next message of the server; `None` where nobody is left who could write one.
    fn answer(&self) -> Option<String> {
        self.answers.recv_timeout(PATIENCE).expect("the server answers, or ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
    }
}

fn read_message(output: &mut impl BufRead) -> Option<String> {
    let mut length = 0;
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 2 {
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = number.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut message = vec![0; length];
    output.read_exact(&mut message).unwrap();
    (length > 0).then(|| String::from_utf8(message).unwrap())
}

#[test]
fn the_language_server_runs_behind_the_launcher_and_ends_with_its_input() {
    if !is_testable() {
        return;
    }
    let project = installed();
    let initialize = r#"{ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }"#;
    let nodes = [Some(PathBuf::from("node")), managers::newer_node()];
    for node in nodes.into_iter().flatten() {
        let start = || {
            let mut command = Command::new(&node);
            command.arg("node_modules/.bin/drizzle-drift").current_dir(&project);
            let mut server = Server::start(command);
            server.send(initialize);
            let answer = server.answer().expect("an answer to initialize");
            assert!(answer.contains("capabilities"), "{answer}");
            server
        };
        let mut left = start();
        left.launcher.kill().unwrap();
        left.launcher.wait().unwrap();
        drop(left.launcher.stdin.take());
        while left.answer().is_some() {}

        let mut closed = start();
        closed.send(r#"{ "jsonrpc": "2.0", "method": "initialized", "params": {} }"#);
        closed.send(r#"{ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }"#);
        while !closed.answer().expect("an answer to shutdown").contains(r#""id":2"#) {}
        closed.send(r#"{ "jsonrpc": "2.0", "method": "exit" }"#);
        while closed.answer().is_some() {}
        assert_eq!(closed.launcher.wait().unwrap().code(), Some(0));
    }
}
