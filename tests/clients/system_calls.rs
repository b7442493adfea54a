//! What the command asks the system for, as strace sees it: it starts no program, opens no connection, and changes no
//! file but those that it was asked for, whatever the project would do if somebody ran it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::sandbox::{
    binary, has_all, leave_out, mend, output, project_with_drift, repository, write,
};
use crate::watch::Watcher;

/// Calls that name a file, make or end a process or concern a network, and those that change a file that is open.
const TRACED: &str = "%file,%process,%network,?fchmod,?fchown,?ftruncate,?fallocate,?fsetxattr,?fremovexattr,\
    ?io_uring_setup,?ptrace,?process_vm_writev";

/// Calls among them that only look.
const LOOKS: [&str; 22] = [
    "access",
    "chdir",
    "faccessat",
    "faccessat2",
    "fchdir",
    "fstatat64",
    "getcwd",
    "getxattr",
    "inotify_add_watch",
    "lgetxattr",
    "listxattr",
    "lstat",
    "newfstatat",
    "readlink",
    "readlinkat",
    "stat",
    "statfs",
    "statx",
    // Of processes.
    "exit",
    "exit_group",
    "wait4",
    "waitid",
];

/// Calls among them that concern a network.
const NETWORK: [&str; 14] = [
    "accept",
    "accept4",
    "bind",
    "connect",
    "getpeername",
    "getsockname",
    "listen",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "socket",
];

/// What a run asked for beside looking at files.
#[derive(Debug, Default, PartialEq, Eq)]
struct Trace {
    /// The programs that were started beside the command, each once.
    programs: Vec<String>,
    /// Calls that concern a network.
    network: Vec<String>,
    /// Calls that change something on the disk, or are known to nobody here.
    changes: Vec<String>,
}

impl Trace {
    fn read(text: &str) -> Self {
        let mut trace = Self::default();
        let mut is_started = false;
        for line in text.lines() {
            let Some((_, call)) = line.split_once(char::is_whitespace) else { continue };
            let call = call.trim_start();
            // The ends of calls that began on another line, signals, ends of processes, and the threads that an
            // end overtook before strace knew what they asked for.
            let Some((name, arguments)) =
                call.split_once('(').filter(|_| !call.starts_with(['<', '-', '+', '?']))
            else {
                continue;
            };
            let is_reading = arguments.contains("O_RDONLY")
                && !arguments.contains("O_CREAT")
                && !arguments.contains("O_TRUNC");
            match name {
                "execve" if !is_started => is_started = true,
                // A program is looked for in each folder of the path.
                "execve" | "execveat" => {
                    let program = first_path(arguments);
                    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
                    if !trace.programs.contains(&program) {
                        trace.programs.push(program);
                    }
                }
                "open" | "openat" | "openat2"
                    if is_reading || first_path(arguments) == "/dev/null" => {}
                // Threads, and the processes in which programs are started.
                "clone" | "clone3"
                    if arguments.contains("CLONE_THREAD") || arguments.contains("CLONE_VFORK") => {}
                name if LOOKS.contains(&name) => {}
                // It would have made a folder, but there is one.
                "mkdir" if call.contains("EEXIST") => {}
                name if NETWORK.contains(&name) => trace.network.push(call.to_owned()),
                _ => trace.changes.push(call.to_owned()),
            }
        }
        assert!(is_started, "nothing was traced:\n{text}");
        trace
    }

    /// Nothing was started, nothing was sent, nothing was changed.
    fn expect_nothing(&self, run: &str) {
        assert_eq!(*self, Self::default(), "{run}");
    }

    /// Every change is to a path that holds one of the words, or to the file that is about to take its place,
    /// and each word has one.
    fn expect_changes(&self, words: &[&str], run: &str) {
        for change in &self.changes {
            let is_beside = change.contains("/.drizzle-drift-") && change.contains(".tmp\"");
            assert!(is_beside || words.iter().any(|it| change.contains(it)), "{run}: {change}");
        }
        for word in words {
            assert!(self.changes.iter().any(|it| it.contains(word)), "{run}: nothing wrote {word}");
        }
        assert_eq!((&self.programs, &self.network), (&Vec::new(), &Vec::new()), "{run}");
    }
}

/// The first quoted text among arguments.
fn first_path(arguments: &str) -> &str {
    arguments.split('"').nth(1).unwrap_or_default()
}

/// Whether programs can be traced here; where not, says so.
fn can_trace() -> bool {
    if !has_all(&["strace"]) {
        return false;
    }
    let (status, text) = output(Command::new("strace").args(["-f", "-o", "/dev/null", "true"]));
    if status != Some(0) {
        leave_out(&format!("strace may not trace: {text}"));
    }
    status == Some(0)
}

/// A command under strace, and where its trace goes. Nothing of the environment of the tests changes what it writes.
fn traced(program: &Path, folder: &Path) -> (Command, TempDir) {
    let place = tempfile::tempdir().unwrap();
    // Whoever starts the tests in the background of a shell has them ignore SIGINT, and all that they start.
    let mut command = Command::new("env");
    command.args(["--default-signal", "strace", "-f", "-qq", "-s", "200", "-e"]);
    command.arg(format!("trace={TRACED}"));
    command.arg("-o").arg(place.path().join("trace")).arg(program).current_dir(folder);
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(name);
    }
    (command, place)
}

/// Traces a run of the built command to its end; gives its exit status, too.
fn trace(folder: &Path, arguments: &[&str], input: &[u8]) -> (Option<i32>, Trace) {
    let (mut command, place) = traced(&binary(), folder);
    let command =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let status = child.wait_with_output().unwrap().status.code();
    (status, Trace::read(&fs::read_to_string(place.path().join("trace")).unwrap()))
}

/// The tracing sees what it is there for.
#[test]
fn a_shell_that_does_all_of_it_is_seen() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script =
        "exec 3<>/dev/tcp/127.0.0.1/9; echo trace > made; mv made moved; rm moved; mkdir made";
    let (mut command, place) = traced(Path::new("bash"), folder.path());
    output(command.args(["-c", script]));
    let trace = Trace::read(&fs::read_to_string(place.path().join("trace")).unwrap());
    assert_eq!(trace.programs, ["mv", "rm", "mkdir"]);
    assert!(trace.network.iter().any(|it| it.starts_with("connect(")), "{trace:?}");
    for (call, path) in [
        ("open", "\"made\""),
        ("rename", "\"moved\""),
        ("unlink", "\"moved\""),
        ("mkdir", "\"made\""),
    ] {
        assert!(
            trace.changes.iter().any(|it| it.starts_with(call) && it.contains(path)),
            "{call}: {trace:?}"
        );
    }
}

#[test]
fn what_only_looks_changes_nothing_and_calls_nobody() {
    if !can_trace() {
        return;
    }
    let project = project_with_drift();
    let formats = ["pretty", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];
    let mut runs: Vec<Vec<&str>> = formats.map(|it| vec!["check", "--format", it]).to_vec();
    let others = "--version | --help | check --stats | check drizzle.config.ts | check nowhere | check --nonsense | \
        check --schema src/schema.ts --migrations drizzle | list | list --format json | list --source snapshot | \
        reach | reach users | reach users --format svg | explain on-delete-mismatch | rules | rules --format json | \
        init --dry-run --hooks all | completions bash";
    runs.extend(others.split(" | ").map(|it| it.split_whitespace().collect()));
    let before = listing(project.path());
    for run in runs {
        let (status, trace) = trace(project.path(), &run, b"");
        assert!(status.is_some_and(|it| it <= 2), "{run:?}: {status:?}");
        trace.expect_nothing(&format!("{run:?}"));
    }
    assert_eq!(listing(project.path()), before);
}

#[test]
fn no_fixture_makes_a_check_do_anything_else() {
    if !can_trace() {
        return;
    }
    let mut count = 0;
    for entry in fs::read_dir(repository().join("fixtures")).unwrap() {
        let folder = entry.unwrap().path();
        if folder.is_dir() {
            trace(&folder, &["check"], b"").1.expect_nothing(&folder.to_string_lossy());
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
}

#[test]
fn what_it_is_asked_to_write_is_all_that_it_writes() {
    if !can_trace() {
        return;
    }
    let project = project_with_drift();
    let before = listing(project.path());
    for (run, words) in [
        (&["check", "--output-file", "json=report.json"][..], &["report.json"][..]),
        (&["baseline"], &["drizzle-drift-baseline.json"]),
        (&["baseline", "--baseline", "other.json"], &["other.json"]),
        (&["init"], &["drizzle-drift.jsonc"]),
    ] {
        let (status, trace) = trace(project.path(), run, b"");
        assert!(status.is_some_and(|it| it <= 1), "{run:?}: {status:?}");
        trace.expect_changes(words, &format!("{run:?}"));
    }
    let written = listing(project.path()).into_iter().map(|(path, _)| path);
    let written: Vec<String> =
        written.filter(|it| !before.iter().any(|(path, _)| path == it)).collect();
    let asked_for =
        ["drizzle-drift-baseline.json", "drizzle-drift.jsonc", "other.json", "report.json"];
    assert_eq!(written, asked_for);
}

/// The one program that is ever started, and for `--since` alone.
#[test]
fn git_is_asked_what_changed_since_a_commit_and_changes_nothing() {
    if !can_trace() || !has_all(&["git"]) {
        return;
    }
    let project = project_with_drift();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        let (status, text) = output(git.current_dir(project.path()));
        assert_eq!(status, Some(0), "{text}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=a"]);
    mend(project.path());
    let before = listing(project.path());
    let (status, trace) = trace(project.path(), &["check", "--since", "HEAD"], b"");
    assert_eq!(status, Some(0), "{trace:?}");
    assert_eq!(trace, Trace { programs: vec!["git".to_owned()], ..Trace::default() });
    assert_eq!(listing(project.path()), before);
}

#[test]
fn a_watch_changes_nothing_and_calls_nobody() {
    if !can_trace() {
        return;
    }
    let project = project_with_drift();
    let (mut command, place) = traced(&binary(), project.path());
    let mut watcher = Watcher::spawn(command.args(["check", "--watch", "--level=warn"]));
    watcher.check_until("1 findings");
    mend(project.path());
    watcher.check_until("0 findings");
    let so_far = fs::read_to_string(place.path().join("trace")).unwrap();
    let process = so_far.split_whitespace().next().unwrap();
    let (status, text) = output(Command::new("kill").args(["-s", "INT", process]));
    assert_eq!(status, Some(0), "{text}");
    watcher.end();
    Trace::read(&fs::read_to_string(place.path().join("trace")).unwrap()).expect_nothing("--watch");
}

#[test]
fn a_language_server_changes_nothing_and_calls_nobody() {
    if !can_trace() {
        return;
    }
    let project = project_with_drift();
    let folder = project.path().canonicalize().unwrap();
    let root = format!("file://{}", folder.display());
    let messages = [
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"processId":null,"rootUri":"{root}","capabilities":{{}}}}}}"#
        ),
        r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#.to_owned(),
        format!(
            r#"{{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{{"textDocument":{{"uri":"{root}/src/schema.ts"}},"position":{{"line":10,"character":70}}}}}}"#
        ),
        r#"{"jsonrpc":"2.0","id":3,"method":"shutdown"}"#.to_owned(),
        r#"{"jsonrpc":"2.0","method":"exit"}"#.to_owned(),
    ];
    let input: String =
        messages.iter().map(|it| format!("Content-Length: {}\r\n\r\n{it}", it.len())).collect();
    let (status, trace) = trace(&folder, &["lsp"], input.as_bytes());
    assert_eq!(status, Some(0), "{trace:?}");
    trace.expect_nothing("lsp");
}

/// What leaves a trace wherever it is run.
const TRAP: &str = r#"import { execSync } from "node:child_process";
import { writeFileSync } from "node:fs";

writeFileSync("trapped", "by " + process.argv[0]);
execSync("echo trapped >> trapped");
export const name = "members";
"#;

/// A project of which everything that could be run leaves a trace.
fn trap() -> TempDir {
    let project = project_with_drift();
    let folder = project.path();
    for file in ["drizzle.config.ts", "src/schema.ts"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let depth = if file.contains('/') { ".." } else { "." };
        let text =
            text.replace("\"./drizzle\"", "name === \"members\" ? \"./drizzle\" : \"./nowhere\"");
        let text = text.replace("pgTable(\"users\"", "pgTable(name");
        write(&folder.join(file), &format!("import {{ name }} from \"{depth}/trap.mjs\";\n{text}"));
    }
    write(&folder.join("trap.mjs"), TRAP);
    write(&folder.join("node_modules/drizzle-kit/index.mjs"), TRAP);
    write(
        &folder.join("node_modules/drizzle-kit/package.json"),
        r#"{"name": "drizzle-kit", "main": "index.mjs"}"#,
    );
    write(
        &folder.join("package.json"),
        r#"{"scripts": {"preinstall": "touch trapped", "db": "touch trapped; drizzle-kit generate --config drizzle.config.ts"}}"#,
    );
    write(
        &folder.join("drizzle-drift.jsonc"),
        r#"{ "env": { "A": "$(touch trapped)", "B": "`touch trapped`" } }"#,
    );
    let migration = folder.join("drizzle/0000_init.sql");
    let text = fs::read_to_string(&migration).unwrap();
    let traps = "\\! touch trapped\nCOPY (SELECT 1) TO PROGRAM 'touch trapped';\nCOPY (SELECT 1) TO 'trapped';\n\
        SELECT 1 INTO OUTFILE 'trapped';\nATTACH DATABASE 'trapped' AS trapped;\n.shell touch trapped\n\
        SELECT pg_read_file('/etc/passwd'), load_extension('trapped'), dblink_connect('host=127.0.0.1');\n";
    write(&migration, &format!("{text}\n--> statement-breakpoint\n{traps}"));
    project
}

#[test]
fn nothing_of_a_project_is_run() {
    if !can_trace() {
        return;
    }
    let project = trap();
    let before = listing(project.path());
    for run in [
        &["check"][..],
        &["check", "--stats"],
        &["list"],
        &["reach", "users"],
        &["init", "--dry-run"],
    ] {
        let (status, trace) = trace(project.path(), run, b"");
        assert!(status.is_some_and(|it| it <= 2), "{run:?}: {status:?}");
        trace.expect_nothing(&format!("{run:?}"));
    }
    assert_eq!(listing(project.path()), before);
    // It was looked into all the same: the table is called what the trap says.
    let mut list = Command::new(binary());
    let (_, text) = output(list.args(["list", "--source", "schema"]).current_dir(project.path()));
    assert!(text.contains("members"), "{text}");
}

/// The trap is one.
#[test]
fn what_runs_the_trap_is_caught_in_it() {
    if !has_all(&["node"]) {
        return;
    }
    let project = trap();
    let mut node = Command::new("node");
    let (status, text) = output(node.arg("trap.mjs").current_dir(project.path()));
    assert_eq!(status, Some(0), "{text}");
    assert!(project.path().join("trapped").is_file());
}

/// A C library has what makes a connection; the command does not even ask for it.
#[test]
fn the_command_is_linked_with_no_function_that_makes_a_connection() {
    if !has_all(&["nm"]) {
        return;
    }
    let asked_for = |program: &Path| {
        let (status, text) =
            output(Command::new("nm").args(["-D", "--undefined-only"]).arg(program));
        assert_eq!(status, Some(0), "{text}");
        let names = text.lines().filter_map(|it| it.split_whitespace().last());
        names.map(|it| it.split('@').next().unwrap().to_owned()).collect::<Vec<String>>()
    };
    let command = asked_for(&binary());
    assert!(command.iter().any(|it| it == "write"), "{command:?}");
    let connections = [
        "accept",
        "accept4",
        "bind",
        "connect",
        "getaddrinfo",
        "gethostbyname",
        "listen",
        "socket",
    ];
    for name in connections {
        assert!(!command.iter().any(|it| it == name), "{name}");
    }
    // The tests serve files to clients, and so are linked with some of them.
    let tests = asked_for(&std::env::current_exe().unwrap());
    assert!(tests.iter().any(|it| it == "bind"), "{tests:?}");
}

/// All files below a folder with what they hold, by path.
fn listing(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
