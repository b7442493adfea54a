//! PostgreSQL, driven by psql.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use drift_model::Engine;

use crate::comparison::{Answer, normalized};
use crate::server::{Server, User, find, finish, say_missing};

const RESET: &str = include_str!("postgresql_reset.sql");
const DESCRIBE: &str = include_str!("postgresql_describe.sql");
const ROLE: &str = "drift";

pub(crate) struct PostgreSql {
    server: Server,
    psql: PathBuf,
    version: String,
}

impl PostgreSql {
    /// `None`, with a message, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        // Another version than the installed one, for a run by hand.
        let chosen = std::env::var_os("DRIFT_POSTGRESQL").map(PathBuf::from);
        let places: Vec<PathBuf> = chosen.into_iter().chain(debian_folders()).collect();
        let programs = ["postgres", "initdb", "psql"].map(|it| find(it, &places));
        let [Some(postgres), Some(initdb), Some(psql)] = programs else {
            say_missing("PostgreSQL", "postgresql");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("drift-pg").tempdir().unwrap();
        let user = User::instead_of_root("postgres");
        let data = folder.path().join("data");
        let mut init = Command::new(initdb);
        init.args(["--username", ROLE, "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        init.args(["--locale=C", "-D"]).arg(&data).current_dir(folder.path());
        if let Some(user) = &user {
            user.own(folder.path());
            user.run(&mut init);
        }
        finish(&mut init);
        let text = |path: &Path| path.to_str().expect("a path in Unicode").to_owned();
        let mut command = vec![text(&postgres), "-D".to_owned(), text(&data)];
        command.extend(["-k".to_owned(), text(folder.path())]);
        let options = ["listen_addresses=", "fsync=off", "full_page_writes=off", "autovacuum=off"];
        command.extend(options.iter().flat_map(|it| ["-c".to_owned(), (*it).to_owned()]));
        let server = Server::start(folder, user.as_ref(), &command, |folder| {
            client(&psql, folder).args(["-c", "select 1"]).output().unwrap().status.success()
        });
        fs::write(server.folder().join("reset.sql"), RESET).unwrap();
        fs::write(server.folder().join("describe.sql"), DESCRIBE).unwrap();
        let shown = finish(client(&psql, server.folder()).args(["-Atc", "show server_version"]));
        let version = shown.split([' ', '\n']).next().unwrap_or_default().to_owned();
        Some(Self { server, psql, version })
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::parse(&format!("postgresql-{}", self.version)).expect("a version")
    }

    /// Runs a sequence on an empty database, as `psql -f` runs a file.
    pub(crate) fn run(&self, text: &str) -> Answer {
        let folder = self.server.folder();
        fs::write(folder.join("sequence.sql"), text).unwrap();
        let mut psql = client(&self.psql, folder);
        psql.args(["-q", "-A", "-t", "-o", "/dev/null", "-v", "VERBOSITY=sqlstate"]);
        for file in ["reset.sql", "sequence.sql", "describe.sql"] {
            psql.args(["-f", file]);
        }
        let output = psql.env("PGOPTIONS", "-c client_min_messages=error").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        let errors: Vec<String> = errors.lines().map(str::to_owned).collect();
        let described = fs::read_to_string(folder.join("described"));
        let described = described.unwrap_or_else(|_| panic!("nothing described: {errors:?}"));
        fs::remove_file(folder.join("described")).unwrap();
        let catalog = normalized(described.lines().map(str::to_owned).collect());
        Answer { catalog, errors, is_beyond_replay: false, refused: None }
    }

    /// Sends statements and queries, whether or not some of them fail; the rows, a line each.
    pub(crate) fn query(&self, text: &str) -> Vec<String> {
        let folder = self.server.folder();
        fs::write(folder.join("query.sql"), text).unwrap();
        let mut psql = client(&self.psql, folder);
        psql.args(["-q", "-A", "-t", "-f", "query.sql"]);
        let output = psql.env("PGOPTIONS", "-c client_min_messages=error").output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }
}

fn client(psql: &Path, folder: &Path) -> Command {
    let mut command = Command::new(psql);
    command.args(["-X", "-U", ROLE, "-d", "postgres", "-h"]).arg(folder).current_dir(folder);
    command
}

/// Where Debian keeps the programs of each version, the newest first.
fn debian_folders() -> Vec<PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.parse::<u32>().unwrap_or_default()
    };
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort_by_key(|path| std::cmp::Reverse(number(path)));
    folders.into_iter().map(|path| path.join("bin")).collect()
}
