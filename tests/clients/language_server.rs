//! `drizzle-drift lsp`, driven by the client that VS Code is built on, and by Neovim.
//!
//! The scenarios are in the folder of this name. What no client does on purpose is done here.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::installs::npm_packages;
use super::sandbox::{binary, has_all, project_with_drift, repository};

/// How long anything may take on a machine that is at work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Node with a scenario, in a project with drift; `None`, with a message, where that cannot be had.
fn node(scenario: &str, project: &Path) -> Option<Command> {
    if !has_all(&["node", "npm"]) {
        return None;
    }
    let packages = npm_packages("language_server")?;
    let scenario = repository().join("tests/clients/language_server").join(scenario);
    let mut node = Command::new("node");
    node.arg(scenario).arg(binary()).arg(project);
    node.env("NODE_PATH", packages.join("node_modules"));
    Some(node)
}

fn plays(scenario: &str) {
    let project = project_with_drift();
    // As the disk knows it: that of macOS lies behind a link.
    let folder = project.path().canonicalize().unwrap();
    let Some(mut node) = node(scenario, &folder) else { return };
    let output = node.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scenario}: {}\n{told}", output.status);
}

#[test]
fn serves_an_editor() {
    plays("editing.cjs");
}

#[test]
fn serves_folders_that_come_and_go() {
    plays("folders.cjs");
}

#[test]
fn refuses_what_it_cannot_serve() {
    plays("rules_of_conduct.cjs");
}

#[test]
fn ends_when_its_client_is_killed() {
    let project = project_with_drift();
    let folder = project.path().canonicalize().unwrap();
    let Some(mut node) = node("left_alone.cjs", &folder).filter(|_| has_all(&["ps"])) else {
        return;
    };
    let mut client = node.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(client.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let server = line.trim().parse::<u32>().unwrap();
    assert!(is_there(server));
    client.kill().unwrap();
    client.wait().unwrap();
    wait_for_the_end_of(server);
}

/// Neovim edits a file, follows a definition, and takes a code action.
#[test]
fn serves_neovim() {
    if !has_all(&["nvim", "ps"]) {
        return;
    }
    let (project, home) = (project_with_drift(), tempfile::tempdir().unwrap());
    let folder = project.path().canonicalize().unwrap();
    let scenario = repository().join("tests/clients/language_server/neovim.lua");
    let mut neovim = Command::new("nvim");
    neovim.args(["--headless", "--clean", "-n", "-S"]).arg(scenario).current_dir(&folder);
    neovim.env("DRIZZLE_DRIFT", binary()).stdin(Stdio::null());
    for folder in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
        neovim.env(folder, home.path());
    }
    let (log, process) = (home.path().join("log"), folder.join("server.pid"));
    neovim.stdout(File::create(&log).unwrap()).stderr(File::create(&log).unwrap());
    let status = wait(&mut neovim.spawn().unwrap(), 3 * PATIENCE);
    let told = fs::read_to_string(&log).unwrap();
    assert!(status.is_some_and(|it| it.success()), "{status:?}\n{told}");
    let server = fs::read_to_string(process).unwrap().trim().parse().unwrap();
    wait_for_the_end_of(server);
    let saved = fs::read_to_string(folder.join("src/schema.ts")).unwrap();
    assert!(!saved.contains("cascade"), "{saved}");
}

/// The server without a client.
struct Server {
    process: Child,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(binary());
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { process: command.spawn().unwrap() }
    }

    fn input(&mut self) -> &mut ChildStdin {
        self.process.stdin.as_mut().unwrap()
    }

    fn send(&mut self, bytes: &[u8]) {
        // A server that has ended already takes nothing.
        let _ = self.input().write_all(bytes).and_then(|()| self.input().flush());
    }

    fn frame(&mut self, body: &str) {
        self.send(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn answer(&mut self) -> Value {
        let out = self.process.stdout.as_mut().unwrap();
        let mut header = Vec::new();
        while !header.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            out.read_exact(&mut byte).unwrap();
            header.push(byte[0]);
        }
        let header = String::from_utf8(header).unwrap();
        let length = header.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        let mut body = vec![0; length];
        out.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// The status, everything that was not read yet, and what was said to people.
    fn end(mut self) -> (Option<i32>, String, String) {
        drop(self.process.stdin.take());
        let status = wait(&mut self.process, PATIENCE).expect("the server ends");
        let (mut out, mut told) = (String::new(), String::new());
        self.process.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (status.code(), out, told)
    }
}

#[test]
fn broken_json_is_answered() {
    let mut server = Server::start();
    let bodies = [
        ("{\"jsonrpc\":", -32700, Value::Null),
        ("\u{0}", -32700, Value::Null),
        ("[]", -32600, Value::Null),
        ("{\"jsonrpc\":\"2.0\",\"id\":7}", -32600, json!(7)),
        (&"[".repeat(100_000), -32700, Value::Null),
    ];
    for (body, code, id) in bodies {
        server.frame(body);
        let answer = server.answer();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{answer}");
    }
    server.send(b"Content-Length: 2\r\n\r\n\xff\xfe");
    assert_eq!(server.answer()["error"]["code"], -32700);
    // It goes on as if nothing had been said.
    server.frame(
        r#"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}"#,
    );
    let answer = server.answer();
    assert_eq!(
        (&answer["id"], &answer["result"]["serverInfo"]["name"]),
        (&json!("a"), &json!("drizzle-drift"))
    );
    server.frame(r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#);
    assert_eq!(server.answer(), json!({ "jsonrpc": "2.0", "id": 2, "result": null }));
    server.frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
    assert_eq!(server.end(), (Some(0), String::new(), String::new()));
}

#[test]
fn what_is_no_frame_ends_the_server_with_a_message() {
    let floods = [vec![b'x'; 1 << 20], b"Content-Length: 1\r\n".repeat(10_000)];
    let inputs: [&[u8]; 9] = [
        b"hello\r\n\r\n",
        b"Content-Length\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: two\r\n\r\n{}",
        b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        b"Content-Length: 9223372036854775807\r\n\r\n{}",
        b"Content-Type: application/json\r\n\r\n{}",
        &floods[0],
        &floods[1],
    ];
    for input in inputs {
        let mut server = Server::start();
        server.send(input);
        let (status, out, told) = server.end();
        let shown = String::from_utf8_lossy(&input[..input.len().min(60)]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{shown}: {told}");
        assert!(told.starts_with("error: cannot read what the client sends\n"), "{shown}: {told}");
    }
    // It ends in the middle of a message: more was announced, and no memory taken for it.
    for input in ["Content-Length: 200000000\r\n\r\n{", "Content-Len"] {
        let mut server = Server::start();
        server.send(input.as_bytes());
        let (status, _, told) = server.end();
        assert_eq!(status, Some(2), "{input}: {told}");
    }
}

#[test]
fn the_end_of_the_input_is_the_end() {
    assert_eq!(Server::start().end(), (Some(1), String::new(), String::new()));
    let mut server = Server::start();
    server.frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
    assert_eq!(server.end(), (Some(1), String::new(), String::new()));
}

/// A client may vanish while something else keeps its end of the streams open.
#[test]
fn ends_with_the_process_that_it_was_started_for() {
    let mut client = Command::new("sleep").arg("600").spawn().unwrap();
    let mut server = Server::start();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "processId": client.id(), "rootUri": null, "capabilities": {},
    }});
    server.frame(&body.to_string());
    server.answer();
    client.kill().unwrap();
    client.wait().unwrap();
    let status = wait(&mut server.process, PATIENCE).expect("the server ends");
    assert_eq!(status.code(), Some(1));
}

/// Waits for a process; `None`, and it is killed, where it does not end.
fn wait(process: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < patience {
        if let Some(status) = process.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(20));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    None
}

fn wait_for_the_end_of(process: u32) {
    let start = Instant::now();
    while is_there(process) {
        assert!(start.elapsed() < PATIENCE, "the server {process} lives on");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a process is there and has not ended.
fn is_there(process: u32) -> bool {
    let state =
        Command::new("ps").args(["-o", "stat=", "-p", &process.to_string()]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}
