//! MariaDB, driven by its own client.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use drift_model::Engine;

use crate::comparison::{Answer, normalized};
use crate::server::{Server, User, find, finish, say_missing};

const RESET: &str = include_str!("mariadb_reset.sql");
const DESCRIBE: &str = include_str!("mariadb_describe.sql");

pub(crate) struct MariaDb {
    server: Server,
    client: PathBuf,
    version: String,
}

impl MariaDb {
    /// `None`, with a message, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let places = ["/usr/sbin", "/usr/bin"].map(PathBuf::from);
        let programs = ["mariadbd", "mariadb-install-db", "mariadb"].map(|it| find(it, &places));
        let [Some(mariadbd), Some(install), Some(client)] = programs else {
            say_missing("MariaDB", "mariadb-server");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("drift-my").tempdir().unwrap();
        let user = User::instead_of_root("mysql");
        let data = format!("--datadir={}", folder.path().join("data").display());
        // Among temporary files a server takes those of others for what it left itself.
        let temporary = format!("--tmpdir={}", folder.path().display());
        let mut init = Command::new(install);
        init.args(["--no-defaults", &data, &temporary, "--auth-root-authentication-method=normal"]);
        init.args(["--skip-test-db"]).current_dir(folder.path());
        if let Some(user) = &user {
            user.own(folder.path());
            user.run(&mut init);
        }
        finish(&mut init);
        let text = |path: &Path| path.to_str().expect("a path in Unicode").to_owned();
        let mut command = vec![text(&mariadbd), "--no-defaults".to_owned(), data, temporary];
        command.push(format!("--socket={}", text(&folder.path().join("socket"))));
        command.push(format!("--pid-file={}", text(&folder.path().join("pid"))));
        let options = [
            "--skip-networking",
            "--skip-grant-tables",
            "--skip-log-bin",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=8M",
        ];
        command.extend(options.map(str::to_owned));
        let server = Server::start(folder, user.as_ref(), &command, |folder| {
            connect(&client, folder).args(["-e", "select 1"]).output().unwrap().status.success()
        });
        let shown = finish(connect(&client, server.folder()).args(["-e", "select version()"]));
        let version = shown.split(['-', '\n']).next().unwrap_or_default().to_owned();
        Some(Self { server, client, version })
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::parse(&format!("mariadb-{}", self.version)).expect("a version")
    }

    /// Runs a sequence on an empty database `app`, as `mariadb --force app < file` does.
    pub(crate) fn run(&self, text: &str) -> Answer {
        // A migrator cuts at the marker; for the server it is no comment.
        let text = text.replace("--> statement-breakpoint", "");
        // On one line, so that each line of the sequence is one more here.
        let reset = RESET.replace('\n', " ");
        let errors = self.send(&format!("{reset}\n{text}"));
        let described = finish(connect(&self.client, self.server.folder()).args(["-e", DESCRIBE]));
        let catalog = normalized(described.lines().map(str::to_owned).collect());
        // `ERROR 1005 (HY000) at line 4: Can't create table ...`
        let line = |it: &String| it.split_once(" at line ")?.1.split_once(':')?.0.parse().ok();
        let lines = errors.iter().filter_map(line);
        let refused = Some(lines.map(|line: usize| line - 1).collect());
        Answer { catalog, errors, is_beyond_replay: false, refused }
    }

    /// Sends statements and queries, whether or not some of them fail; the rows, a line each.
    pub(crate) fn query(&self, text: &str) -> Vec<String> {
        let output = self.output(text);
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    fn send(&self, text: &str) -> Vec<String> {
        let output = self.output(text);
        let errors = String::from_utf8_lossy(&output.stderr);
        errors.lines().filter(|it| it.starts_with("ERROR")).map(str::to_owned).collect()
    }

    fn output(&self, text: &str) -> Output {
        let mut command = connect(&self.client, self.server.folder());
        command.args(["--force", "--comments"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().expect("a pipe");
        // What it refuses is told by its output.
        let text = text.as_bytes().to_vec();
        // While its output is read: both pipes hold little.
        let writer = std::thread::spawn(move || input.write_all(&text));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join();
        output
    }
}

fn connect(client: &Path, folder: &Path) -> Command {
    let mut command = Command::new(client);
    command.args(["--no-defaults", "--batch", "--skip-column-names", "--raw"]);
    command.arg(format!("--socket={}", folder.join("socket").display()));
    command
}
