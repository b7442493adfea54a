//! `--watch`, driven by edits as editors and git make them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::sandbox::{binary, project_with_drift, write};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than the command waits for more edits, so that another one makes another check.
const PAUSE: Duration = Duration::from_millis(500);

/// A command that watches, and what it prints.
pub(crate) struct Watcher {
    child: Child,
    lines: Receiver<String>,
}

/// What is printed by one check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) lines: Vec<String>,
    /// What is behind `check finished: `.
    pub(crate) end: String,
}

impl Watcher {
    pub(crate) fn start(folder: &Path, args: &[&str]) -> Self {
        let mut command = Command::new(binary());
        let command = command.args(["check", "--watch"]);
        Self::spawn(command.args(args).current_dir(folder))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        // Tasks run without an input.
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the next line of --watch")
    }

    /// The next check, which was not printed yet.
    pub(crate) fn check(&self) -> Checked {
        self.check_after(&self.line())
    }

    /// The check whose first line that is.
    fn check_after(&self, start: &str) -> Checked {
        assert_eq!(start, "[drizzle-drift] check started");
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            match line.strip_prefix("[drizzle-drift] ") {
                None => lines.push(line),
                Some(line) => {
                    let end = line.strip_prefix("check finished: ").expect("a check that finishes");
                    return Checked { lines, end: end.to_owned() };
                }
            }
        }
    }

    /// The last check of those that follow one another, and how many there were.
    pub(crate) fn last_check(&self) -> (Checked, usize) {
        let mut last = self.check();
        for count in 1..100 {
            thread::sleep(PAUSE);
            match self.lines.try_recv() {
                Err(mpsc::TryRecvError::Empty) => return (last, count),
                Err(mpsc::TryRecvError::Disconnected) => panic!("--watch ended after {last:?}"),
                Ok(line) => last = self.check_after(&line),
            }
        }
        panic!("it checks again and again: {last:?}")
    }

    /// Waits for a check that ends like that, and is the last one. Others may come before it: an edit of
    /// several files may be seen as several.
    pub(crate) fn check_until(&self, end: &str) -> usize {
        let limit = Instant::now() + PATIENCE;
        let mut all = 0;
        loop {
            let (last, count) = self.last_check();
            all += count;
            if last.end == end {
                return all;
            }
            assert!(Instant::now() < limit, "{end}: {last:?}");
        }
    }

    /// The one check that there is after an edit that changes nothing, and one that does.
    fn only_check_of(&self, nothing: impl FnOnce(), edit: impl FnOnce()) -> Checked {
        nothing();
        thread::sleep(PAUSE);
        edit();
        let (last, count) = self.last_check();
        assert_eq!(count, 1, "the last one is {last:?}");
        last
    }

    fn signal(&mut self, name: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        let (status, text) = crate::sandbox::output(Command::new("kill").args(["-s", name, &id]));
        assert_eq!(status, Some(0), "{text}");
        self.end()
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let limit = Instant::now() + PATIENCE;
        while Instant::now() < limit {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("--watch goes on");
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that watches, and says nothing of what is at info.
fn started(folder: &Path, args: &[&str]) -> Watcher {
    Watcher::start(folder, &[&["--level=warn"], args].concat())
}

/// A project with a fault that was checked once.
fn watched(args: &[&str]) -> (TempDir, Watcher) {
    let folder = project_with_drift();
    let watcher = started(folder.path(), args);
    watcher.check_until("1 findings");
    (folder, watcher)
}

/// Saves a file as most editors do: whole, so that nobody ever sees a half of it.
fn save(path: &Path, text: &str) {
    let new = path.with_file_name(".saved.tmp");
    write(&new, text);
    fs::rename(new, path).unwrap();
}

/// Makes the schema say what the migration does.
fn mend(folder: &Path) {
    save(&folder.join("src/schema.ts"), &schema(folder).replace(", { onDelete: \"cascade\" }", ""));
}

/// What the schema of the project is before it is mended.
fn schema(folder: &Path) -> String {
    fs::read_to_string(folder.join("src/schema.ts")).unwrap()
}

#[test]
fn mended_and_broken_again() {
    let (folder, watcher) = watched(&[]);
    let broken = schema(folder.path());
    mend(folder.path());
    let checked = watcher.check();
    let lines = vec!["1 info (1 hidden by --level)".to_owned()];
    assert_eq!(checked, Checked { lines, end: "0 findings".to_owned() });
    save(&folder.path().join("src/schema.ts"), &broken);
    let checked = watcher.check();
    let start =
        "src/schema.ts:11:65: error[on-delete-mismatch]: ON DELETE of posts.author_id → users.id";
    assert!(checked.lines[0].starts_with(start), "{checked:?}");
    assert_eq!(checked.lines[1..], ["1 error"]);
    assert_eq!(checked.end, "1 findings");
}

/// Nothing is said by the clock, but a watcher that looks every second must see an edit as well.
#[test]
fn mended_and_broken_again_where_the_system_tells_nothing() {
    let folder = project_with_drift();
    let mut command = Command::new(binary());
    let command = command.args(["--watch=poll", "--level=warn"]);
    let watcher = Watcher::spawn(command.current_dir(folder.path()));
    watcher.check_until("1 findings");
    let broken = schema(folder.path());
    mend(folder.path());
    watcher.check_until("0 findings");
    write(&folder.path().join("src/schema.ts"), &broken);
    watcher.check_until("1 findings");
    let config = fs::read_to_string(folder.path().join("drizzle.config.ts")).unwrap();
    let config = config.replace("./src/schema.ts", "./nowhere.ts");
    write(&folder.path().join("packages/a/drizzle.config.ts"), &config);
    watcher.check_until("1 findings; 1 sources could not be read");
}

#[test]
fn a_half_saved_file_is_reported_and_the_next_check_heals() {
    let (folder, watcher) = watched(&[]);
    let path = folder.path().join("src/schema.ts");
    let text = schema(folder.path());
    for half in ["", &text[..text.len() / 2]] {
        write(&path, half);
        assert_ne!(watcher.check().end, "1 findings", "{half}");
        write(&path, &text);
        watcher.check_until("1 findings");
    }
    fs::remove_file(&path).unwrap();
    let checked = watcher.check();
    assert!(checked.end.ends_with("1 sources could not be read"), "{checked:?}");
    write(&path, &text);
    watcher.check_until("1 findings");
    let journal = folder.path().join("drizzle/meta/_journal.json");
    let entries = fs::read_to_string(&journal).unwrap();
    write(&journal, "{ \"entries\": [");
    assert_ne!(watcher.check().end, "1 findings");
    write(&journal, &entries);
    watcher.check_until("1 findings");
}

#[test]
fn a_file_is_saved_by_renaming_another_one() {
    let (folder, watcher) = watched(&[]);
    let path = folder.path().join("src/schema.ts");
    let broken = schema(folder.path());
    mend(folder.path());
    assert_eq!(watcher.check().end, "0 findings");
    for end in ["1 findings", "0 findings", "1 findings"] {
        let mended = broken.replace(", { onDelete: \"cascade\" }", "");
        // As vim does: the old file becomes a backup, the new one is written, the backup goes.
        let backup = folder.path().join("src/schema.ts~");
        write(&folder.path().join("src/4913"), "");
        fs::remove_file(folder.path().join("src/4913")).unwrap();
        fs::rename(&path, &backup).unwrap();
        write(&path, if end == "1 findings" { &broken } else { &mended });
        fs::remove_file(&backup).unwrap();
        watcher.check_until(end);
        // As most others do: the new file is written beside, and takes the place of the old one.
        let new = folder.path().join("src/.schema.ts.tmp");
        write(&new, if end == "1 findings" { &mended } else { &broken });
        fs::rename(&new, &path).unwrap();
        watcher.check_until(if end == "1 findings" { "0 findings" } else { "1 findings" });
        write(&path, if end == "1 findings" { &broken } else { &mended });
        watcher.check_until(end);
    }
}

#[test]
fn many_files_saved_at_once_make_few_checks() {
    let (folder, watcher) = watched(&[]);
    for number in 0..200 {
        let table = format!("CREATE TABLE \"t{number}\" (\"id\" integer PRIMARY KEY NOT NULL);\n");
        write(&folder.path().join(format!("src/t{number}.ts")), "export {};\n");
        write(&folder.path().join(format!("drizzle/0001_{number}.sql")), &table);
    }
    mend(folder.path());
    let (last, checks) = watcher.last_check();
    assert!(checks <= 20, "{checks} checks");
    let mut command = Command::new(binary());
    let command = command.args(["--level=warn", "--format=concise"]).current_dir(folder.path());
    let (_, text) = crate::sandbox::output(command);
    assert!(text.contains("unjournaled-migration"), "{text}");
    assert_eq!(text.lines().collect::<Vec<_>>(), last.lines);
}

#[test]
fn the_folder_of_migrations_goes_and_comes_again() {
    let (folder, watcher) = watched(&[]);
    let (migrations, elsewhere) = (folder.path().join("drizzle"), folder.path().join("elsewhere"));
    for _ in 0..2 {
        fs::rename(&migrations, &elsewhere).unwrap();
        let checked = watcher.check();
        assert_ne!(checked.end, "1 findings", "{checked:?}");
        fs::rename(&elsewhere, &migrations).unwrap();
        watcher.check_until("1 findings");
    }
    let init = fs::read_to_string(migrations.join("0000_init.sql")).unwrap();
    let journal = fs::read_to_string(migrations.join("meta/_journal.json")).unwrap();
    fs::remove_dir_all(&migrations).unwrap();
    assert_ne!(watcher.check().end, "1 findings");
    write(
        &migrations.join("0000_init.sql"),
        &init.replace("ON DELETE no action", "ON DELETE cascade"),
    );
    write(&migrations.join("meta/_journal.json"), &journal);
    watcher.check_until("0 findings");
    // What was made anew is watched as well.
    write(&migrations.join("0000_init.sql"), &init);
    watcher.check_until("1 findings");
}

#[test]
fn a_new_migration_counts() {
    let (folder, watcher) = watched(&[]);
    let text = "ALTER TABLE \"posts\" DROP CONSTRAINT \"posts_author_id_users_id_fk\";\n\
        --> statement-breakpoint\n\
        ALTER TABLE \"posts\" ADD CONSTRAINT \"posts_author_id_users_id_fk\" FOREIGN KEY (\"author_id\") \
        REFERENCES \"users\"(\"id\") ON DELETE cascade;\n";
    save(&folder.path().join("drizzle/0001_cascade.sql"), text);
    let checked = watcher.check();
    assert!(checked.lines.iter().any(|it| it.contains("unjournaled-migration")), "{checked:?}");
    let journal = folder.path().join("drizzle/meta/_journal.json");
    let entry = "{ \"idx\": 1, \"version\": \"7\", \"when\": 1700000000001, \"tag\": \"0001_cascade\", \"breakpoints\": true }";
    let entries = fs::read_to_string(&journal).unwrap();
    write(&journal, &entries.replace("}]", &format!("}}, {entry}]")));
    watcher.check_until("0 findings");
}

#[test]
fn a_project_of_flags_is_watched() {
    let folder = project_with_drift();
    let root = folder.path();
    let sql = root.join("sql");
    fs::remove_file(root.join("drizzle.config.ts")).unwrap();
    let flags = ["--schema=src/**/*.ts", "--migrations=sql", "--dialect=postgresql"];
    let watcher = started(root, &flags);
    let (first, _) = watcher.last_check();
    assert_ne!(first.end, "1 findings", "{first:?}");
    // Neither the folder of migrations nor that of the other schema file is there yet.
    fs::rename(root.join("drizzle"), &sql).unwrap();
    watcher.check_until("1 findings");
    let text = schema(root).replace("users", "authors").replace("posts", "books");
    write(&root.join("src/more/deep/books.ts"), &text);
    watcher.check_until("3 findings");
    fs::remove_dir_all(root.join("src/more")).unwrap();
    watcher.check_until("1 findings");
}

#[test]
fn a_new_config_is_another_project() {
    let (folder, watcher) = watched(&[]);
    let config = fs::read_to_string(folder.path().join("drizzle.config.ts")).unwrap();
    // In a folder that was not there either, with what it is about.
    for (file, text) in [
        ("src/schema.ts", schema(folder.path())),
        (
            "drizzle/0000_init.sql",
            "CREATE TABLE \"users\" (\"id\" integer PRIMARY KEY NOT NULL);".to_owned(),
        ),
        ("drizzle.config.ts", config),
    ] {
        write(&folder.path().join("packages/db").join(file), &text);
    }
    assert!(watcher.check_until("2 findings") <= 3);
    fs::remove_dir_all(folder.path().join("packages")).unwrap();
    watcher.check_until("1 findings");
}

#[test]
fn what_makes_no_difference_makes_no_check() {
    let folder = project_with_drift();
    let root = folder.path();
    write(&root.join(".gitignore"), "dist\n*.log\nscratch.ts\n");
    write(&root.join("scratch.ts"), "");
    write(&root.join("src/component.tsx"), "");
    write(&root.join("node_modules/left-pad/index.js"), "");
    let watcher = started(root, &[]);
    watcher.check_until("1 findings");
    let broken = schema(root);
    let nothing = || {
        for file in [
            "scratch.ts",
            "src/component.tsx",
            "server.log",
            "src/.schema.ts.swp",
            "README.md",
            "dist/drizzle.config.ts",
            "dist/schema.ts",
            "node_modules/left-pad/index.js",
            "node_modules/right-pad/package.json",
            "docs/deep/er/notes.md",
            "drizzle/README.md",
        ] {
            write(&root.join(file), "export default {};\n");
        }
        for file in ["src/schema.ts", "drizzle/0000_init.sql", "drizzle.config.ts"] {
            fs::read_to_string(root.join(file)).unwrap();
        }
        fs::remove_file(root.join("README.md")).unwrap();
        fs::remove_dir_all(root.join("docs")).unwrap();
    };
    assert_eq!(watcher.only_check_of(nothing, || mend(root)).end, "0 findings");
    let break_again = || save(&root.join("src/schema.ts"), &broken);
    assert_eq!(watcher.only_check_of(nothing, break_again).end, "1 findings");
}

#[test]
fn what_is_imported_and_missing_is_waited_for() {
    let folder = project_with_drift();
    let root = folder.path();
    let whole = schema(root);
    write(&root.join("src/schema.ts"), "export * from \"./generated/tables\";\n");
    write(&root.join(".gitignore"), "generated\n");
    let watcher = started(root, &[]);
    let (first, _) = watcher.last_check();
    assert!(first.lines[0].contains("./generated/tables"), "{first:?}");
    // Files that git does not know count where they are imported.
    write(&root.join("src/generated/tables.ts"), &whole);
    let (last, _) = watcher.last_check();
    assert!(last.lines[0].contains("error[on-delete-mismatch]"), "{last:?}");
    write(&root.join("src/generated/tables.ts"), &whole.replace(", { onDelete: \"cascade\" }", ""));
    watcher.check_until("0 findings");
}

#[test]
fn settings_count_and_broken_ones_are_survived() {
    let (folder, watcher) = watched(&[]);
    let settings = folder.path().join("drizzle-drift.json");
    save(&settings, "{ \"rules\": { \"on-delete-mismatch\": \"off\" } }");
    watcher.check_until("0 findings");
    save(&settings, "{ \"rules\": { \"on-delete-mismatsch\": \"off\" } }");
    let checked = watcher.check();
    assert!(checked.lines[0].contains("drizzle-drift.json:1:14: "), "{checked:?}");
    assert_eq!(checked.end, "0 findings; nothing was checked");
    save(&settings, "{}");
    watcher.check_until("1 findings");
    fs::remove_file(&settings).unwrap();
    assert_eq!(watcher.check().end, "1 findings");
}

#[test]
fn reports_are_written_each_time_and_are_no_edits() {
    let arg = "--output-file=json=drizzle/report.json";
    let (folder, watcher) = watched(&[arg]);
    let findings = || {
        let text = fs::read_to_string(folder.path().join("drizzle/report.json")).unwrap();
        text.matches("\"on-delete-mismatch\"").count()
    };
    assert_eq!(findings(), 1);
    mend(folder.path());
    assert_eq!(watcher.check().end, "0 findings");
    assert_eq!(findings(), 0);
    // Neither the report nor what is written before it takes its place makes another check.
    let nothing = || {};
    let broken =
        schema(folder.path()).replace("users.id)", "users.id, { onDelete: \"set null\" })");
    let edit = || save(&folder.path().join("src/schema.ts"), &broken);
    assert_eq!(watcher.only_check_of(nothing, edit).end, "1 findings");
}

#[test]
fn what_changed_since_a_commit_is_asked_of_git_each_time() {
    if !crate::sandbox::has_all(&["git"]) {
        return;
    }
    let folder = project_with_drift();
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let mut command = Command::new("git");
        let command = command.args(identity).args(args).current_dir(folder.path());
        let (status, text) = crate::sandbox::output(command);
        assert_eq!(status, Some(0), "{text}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "a"]);
    let watcher = started(folder.path(), &["--since=HEAD"]);
    watcher.check_until("0 findings");
    let text = schema(folder.path());
    write(&folder.path().join("src/schema.ts"), &text.replace("\"cascade\"", "\"set null\""));
    watcher.check_until("1 findings");
    git(&["commit", "--quiet", "-a", "-m", "b"]);
    watcher.check_until("0 findings");
}

#[test]
fn a_project_behind_a_symbolic_link_is_watched() {
    let real = project_with_drift();
    let outside = tempfile::tempdir().unwrap();
    // The folder of the project, and the schema in it, are links.
    fs::rename(real.path().join("src"), outside.path().join("src")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("src"), real.path().join("src")).unwrap();
    let link = outside.path().join("project");
    std::os::unix::fs::symlink(real.path(), &link).unwrap();
    let watcher = started(&link, &[]);
    watcher.check_until("1 findings");
    let broken = schema(&link);
    write(&outside.path().join("src/schema.ts"), &broken.replace("cascade", "no action"));
    watcher.check_until("0 findings");
    write(&link.join("src/schema.ts"), &broken);
    watcher.check_until("1 findings");
    // A link may be made to point elsewhere.
    write(&outside.path().join("other/schema.ts"), &broken.replace("cascade", "no action"));
    fs::remove_file(real.path().join("src")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("other"), real.path().join("src")).unwrap();
    watcher.check_until("0 findings");
}

/// In a namespace of its own the command gets as few watches as this test likes.
#[test]
fn files_are_looked_at_where_the_system_has_no_more_watches() {
    if !crate::sandbox::has_all(&["unshare"]) {
        return;
    }
    let (status, text) = crate::sandbox::output(Command::new("unshare").args(["-Ur", "true"]));
    if status != Some(0) {
        return crate::sandbox::leave_out(&format!("namespaces are not allowed: {text}"));
    }
    let folder = project_with_drift();
    let script = "echo 2 > /proc/sys/user/max_inotify_watches && exec \"$0\" --watch --level=warn";
    let mut command = Command::new("unshare");
    let command = command.args(["-Ur", "sh", "-c", script]).arg(binary());
    let watcher = Watcher::spawn(command.current_dir(folder.path()));
    assert_eq!(watcher.check().end, "1 findings");
    let notice = watcher.line();
    assert!(notice.starts_with("[drizzle-drift] the system watches no more folders"), "{notice}");
    mend(folder.path());
    watcher.check_until("0 findings");
}

#[test]
fn signals_end_it() {
    use std::os::unix::process::ExitStatusExt;

    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let folder = project_with_drift();
        // Shells make what they start in the background ignore an interrupt, this test with it.
        let mut command = Command::new("env");
        command.args(cfg!(target_os = "linux").then_some("--default-signal"));
        let command = command.arg(binary()).arg("--watch").current_dir(folder.path());
        let mut watcher = Watcher::spawn(command);
        watcher.last_check();
        assert_eq!(watcher.signal(name).signal(), Some(number));
        assert_eq!(watcher.lines.recv(), Err(mpsc::RecvError));
    }
}

#[test]
fn it_ends_when_nobody_reads_any_more() {
    let folder = project_with_drift();
    let mut command = Command::new(binary());
    command.arg("--watch").current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("[drizzle-drift] check finished: ") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0);
    }
    drop(out);
    let (_sender, lines) = mpsc::channel();
    let mut watcher = Watcher { child, lines };
    // Nothing changes, and nothing is to be written.
    assert_eq!(watcher.end().code(), Some(0));
}

#[test]
fn it_ends_where_the_project_is_gone() {
    let (folder, mut watcher) = watched(&[]);
    folder.close().unwrap();
    assert_eq!(watcher.end().code(), Some(2));
}

#[test]
fn documents_cannot_follow_one_another() {
    let folder = project_with_drift();
    for format in ["json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let mut command = Command::new(binary());
        let command = command.args(["--watch", "--format", format]).current_dir(folder.path());
        let (status, text) = crate::sandbox::output(command);
        assert_eq!(status, Some(2), "{text}");
        assert!(text.contains("--watch") && text.contains("--output-file"), "{text}");
    }
}
