//! The GitHub Action: the steps of `action.yml` in bash, with releases on the same machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::git::Repository;
use super::releases::{Releases, VERSION};
use super::runner::{Outcome, Runner, action};
use super::sandbox::{self, has_all, output, project_with_drift, repository, write};

const PROGRAMS: [&str; 4] = ["bash", "curl", "tar", "sha256sum"];

/// The result of the action in a project with drift, from a release as it should be.
fn uses(inputs: &[(&str, &str)]) -> Outcome {
    let releases = Releases::new();
    Runner::new(&releases.address()).uses(project_with_drift().path(), inputs)
}

fn json(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap_or_else(|it| panic!("{path}: {it}")))
        .unwrap()
}

fn results(outcome: &Outcome) -> usize {
    json(&outcome.outputs["sarif-file"])["runs"][0]["results"].as_array().unwrap().len()
}

#[track_caller]
fn is_refused(outcome: &Outcome, words: &str) {
    assert_eq!(outcome.status, 2, "{}", outcome.log);
    let commands = outcome.commands();
    let is_told = commands.iter().any(|it| it.starts_with("::error ") && it.contains(words));
    assert!(is_told, "no annotation with `{words}` in\n{}", outcome.log);
}

/// That nothing was installed.
#[track_caller]
fn is_not_installed(outcome: &Outcome, words: &str, runner: &Runner) {
    is_refused(outcome, words);
    assert_eq!(outcome.outputs["binary"], "", "{}", outcome.log);
    let mut programs = Vec::new();
    collect(&runner.tools(), &mut programs);
    assert!(programs.is_empty(), "{programs:?}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

#[test]
fn reports_drift_and_fails_after_all_is_written() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let runner = Runner::new(&releases.address());
    let project = project_with_drift();
    let outcome = runner.uses(project.path(), &[]);
    assert_eq!(outcome.status, 1, "{}", outcome.log);
    assert!(outcome.log.contains(&format!("installed drizzle-drift {VERSION}")), "{}", outcome.log);
    assert!(outcome.log.contains("--> src/schema.ts:11:65"), "{}", outcome.log);
    let [annotation] = &outcome.commands()[..] else { panic!("{}", outcome.log) };
    assert!(annotation.starts_with("::error file=src/schema.ts,line=11,"), "{annotation}");
    assert!(outcome.summary.contains("`on-delete-mismatch`"), "{}", outcome.summary);
    assert_eq!(results(&outcome), 1);
    let counts = &json(&outcome.outputs["json-file"])["counts"];
    assert_eq!(counts, &serde_json::json!({ "error": 1, "warn": 0, "info": 0 }));
    let expected = [
        ("exit-status", "1"),
        ("findings", "1"),
        ("errors", "1"),
        ("warnings", "0"),
        ("version", VERSION),
    ];
    for (name, value) in expected {
        assert_eq!(outcome.outputs[name], value, "{name}");
    }
    // Later steps can call it.
    let binary = Path::new(&outcome.outputs["binary"]);
    assert_eq!(binary.parent(), Some(Path::new(outcome.path.trim_end())));

    // A second job on the same machine downloads nothing.
    drop(releases);
    sandbox::mend(project.path());
    let outcome = runner.uses(project.path(), &[]);
    assert_eq!(outcome.status, 0, "{}", outcome.log);
    assert!(outcome.log.contains("is there already"), "{}", outcome.log);
    assert_eq!((&outcome.outputs["exit-status"][..], &outcome.outputs["errors"][..]), ("0", "0"));
}

#[test]
fn refuses_an_archive_that_is_not_the_released_one() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let mut bytes = fs::read(releases.archive()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(releases.archive(), bytes).unwrap();
    let runner = Runner::new(&releases.address());
    let outcome = runner.uses(project_with_drift().path(), &[]);
    is_not_installed(&outcome, "but the release says", &runner);

    fs::write(releases.sums(), "0123  drizzle-drift-v0.1.0-other.tar.gz\n").unwrap();
    let outcome = runner.uses(project_with_drift().path(), &[]);
    is_not_installed(&outcome, "does not list drizzle-drift-v", &runner);
}

#[test]
fn tells_what_a_release_lacks() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let runner = Runner::new(&releases.address());
    let project = project_with_drift();
    let outcome = runner.uses(project.path(), &[("version", "0.0.9")]);
    is_not_installed(&outcome, "there is no release v0.0.9 of drizzle-drift", &runner);
    fs::remove_file(releases.archive()).unwrap();
    let outcome = runner.uses(project.path(), &[]);
    is_not_installed(&outcome, "has no drizzle-drift-v", &runner);
}

#[test]
fn tells_where_there_is_no_binary_for_the_runner() {
    if !has_all(&PROGRAMS) {
        return;
    }
    for (system, processor) in [("Linux", "X86"), ("Linux", "ARM"), ("FreeBSD", "X64")] {
        let runner = Runner::new("file:///nowhere");
        let runner = runner.variable("RUNNER_OS", system).variable("RUNNER_ARCH", processor);
        let outcome = runner.uses(project_with_drift().path(), &[]);
        let words = format!("there is no drizzle-drift for {system} on {processor}");
        is_not_installed(&outcome, &words, &runner);
    }
}

#[test]
fn finds_the_latest_release_without_the_api() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let runner = Runner::new(&releases.serve());
    let project = project_with_drift();
    let outcome = runner.uses(project.path(), &[("version", "latest")]);
    assert_eq!((outcome.status, &outcome.outputs["version"][..]), (1, VERSION), "{}", outcome.log);
    // Without any release, GitHub leads to the list of them.
    fs::remove_dir_all(releases.release().parent().unwrap()).unwrap();
    let outcome = runner.uses(project.path(), &[("version", "latest")]);
    is_refused(&outcome, "there is no latest release");
}

#[test]
fn takes_a_version_with_its_letter_and_nothing_but_versions() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let outcome = uses(&[("version", &format!("v{VERSION}"))]);
    assert_eq!((outcome.status, &outcome.outputs["version"][..]), (1, VERSION), "{}", outcome.log);
    let releases = Releases::new();
    let runner = Runner::new(&releases.address());
    let project = project_with_drift();
    let hostile = [
        "../../v0.1.0",
        "$(touch pwned)",
        "0.1.0; touch pwned",
        "`touch pwned`",
        "0.1.0\ntouch pwned",
        "-0.1.0",
        "main",
    ];
    for version in hostile {
        let outcome = runner.uses(project.path(), &[("version", version)]);
        is_not_installed(&outcome, "is a version such as 0.1.0, or latest", &runner);
        assert!(!project.path().join("pwned").exists(), "{version}");
    }
}

/// A program in the place of the binary that writes down its arguments, one per line, with a bell for ends of lines.
fn recorder(folder: &Path) -> PathBuf {
    let file = folder.join("recorder");
    let script = format!(
        "#!/bin/bash\n[ \"$1\" != --version ] || {{ echo drizzle-drift {VERSION}; exit; }}\n\
         printf '%s\\0' \"$@\" | tr '\\n\\0' '\\a\\n' >> \"$RUNNER_TEMP/arguments\"\n\
         printf '\\f\\n' >> \"$RUNNER_TEMP/arguments\"\n"
    );
    write(&file, &script);
    let (status, text) = output(Command::new("chmod").arg("755").arg(&file));
    assert_eq!(status, Some(0), "{text}");
    file
}

/// A runner on which the command is one that writes down its arguments.
struct Recorder {
    runner: Runner,
    folder: TempDir,
    _releases: Releases,
}

impl Recorder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let releases = Releases::of(super::releases::TARGET, &recorder(folder.path()));
        let runner = Runner::new(&releases.address());
        let runner = runner.variable("RUNNER_TEMP", folder.path().to_str().unwrap());
        Self { runner, folder, _releases: releases }
    }

    /// The arguments that the command gets, but for the files of the action itself.
    fn arguments(&self, inputs: &[(&str, &str)]) -> Vec<String> {
        let project = project_with_drift();
        let outcome = self.runner.uses(project.path(), inputs);
        assert_eq!(outcome.status, 0, "{}", outcome.log);
        assert!(!project.path().join("pwned").exists(), "{inputs:?}");
        let text = fs::read_to_string(self.folder.path().join("arguments")).unwrap();
        // The last run is the one that decides.
        let lines = text.trim_end_matches("\u{c}\n").rsplit("\u{c}\n").next().unwrap().lines();
        lines.filter(|it| !it.starts_with("--output-file=")).map(str::to_owned).collect()
    }
}

#[test]
fn inputs_are_data() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let recorder = Recorder::new();
    let hostile = [
        "$(touch pwned)",
        "`touch pwned`",
        "; touch pwned",
        "a\ntouch pwned",
        "-rf",
        "'",
        "\\",
        "*",
        "${HOME}",
    ];
    for value in hostile {
        let told = value.replace('\n', "\u{7}");
        let found = recorder.arguments(&[("since", value), ("fail-on", value)]);
        assert_eq!(
            found,
            ["check".to_owned(), format!("--since={told}"), format!("--fail-on={told}")]
        );
    }
    for value in [
        "$(touch pwned)",
        "; touch pwned",
        "a && touch pwned",
        "* ~ ${HOME} $HOME",
        "-A all\n> pwned",
    ] {
        let words = value.split_whitespace().map(str::to_owned);
        let expected: Vec<String> = ["check".to_owned()].into_iter().chain(words).collect();
        assert_eq!(recorder.arguments(&[("args", value)]), expected);
    }
}

#[test]
fn arguments_are_words_with_quotes() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let recorder = Recorder::new();
    let cases: [(&str, &[&str]); 7] = [
        ("", &[]),
        ("  packages/db \t --level  warn\n", &["packages/db", "--level", "warn"]),
        ("--config\r\nci/drift.json\r\n", &["--config", "ci/drift.json"]),
        (
            "'two words' \"it's one\" --schema='src/*.ts'",
            &["two words", "it's one", "--schema=src/*.ts"],
        ),
        ("'' x", &["", "x"]),
        ("packages\\db a\\ b", &["packages\\db", "a\\", "b"]),
        ("'two\nlines'", &["two\u{7}lines"]),
    ];
    for (args, words) in cases {
        assert_eq!(recorder.arguments(&[("args", args)])[1..], *words, "{args}");
    }
    is_refused(&uses(&[("args", "it's")]), "a quote is not closed in `args`: it's");
}

#[test]
fn passes_arguments_on() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let outcome = uses(&[("args", "--format concise\n-W on-delete-mismatch")]);
    assert_eq!(outcome.status, 0, "{}", outcome.log);
    assert!(
        outcome.log.contains("\nsrc/schema.ts:11:65: warn[on-delete-mismatch]"),
        "{}",
        outcome.log
    );
    assert_eq!((&outcome.outputs["errors"][..], &outcome.outputs["warnings"][..]), ("0", "1"));
    let outcome = uses(&[("args", "--no-such-flag")]);
    is_refused(&outcome, "unexpected argument '--no-such-flag'");
    assert_eq!(
        (&outcome.outputs["exit-status"][..], &outcome.outputs["sarif-file"][..]),
        ("2", "")
    );
}

#[test]
fn fails_on_what_it_is_told_to() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let outcome = uses(&[("fail-on", "never")]);
    assert_eq!((outcome.status, &outcome.outputs["findings"][..]), (0, "1"), "{}", outcome.log);
    let outcome = uses(&[("fail-on", "warn"), ("args", "-W on-delete-mismatch")]);
    assert_eq!(outcome.status, 1, "{}", outcome.log);
    is_refused(&uses(&[("fail-on", "sometimes")]), "invalid value 'sometimes'");
}

#[test]
fn runs_in_the_folder_that_is_named() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let runner = Runner::new(&releases.address());
    let workspace = tempfile::tempdir().unwrap();
    for name in ["packages/db", "-a folder; with $(signs)"] {
        let project = project_with_drift();
        let folder = workspace.path().join(name);
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        fs::rename(project.keep(), &folder).unwrap();
        let inputs = [("working-directory", name), ("sarif-file", "reports/drift.sarif")];
        fs::create_dir(folder.join("reports")).unwrap();
        let outcome = runner.uses(workspace.path(), &inputs);
        assert_eq!(outcome.status, 1, "{}", outcome.log);
        let file = folder.join("reports/drift.sarif");
        assert_eq!(
            (Path::new(&outcome.outputs["sarif-file"]), results(&outcome)),
            (file.as_path(), 1)
        );
    }
    let outcome = runner.uses(workspace.path(), &[("working-directory", "packages/api")]);
    is_refused(&outcome, "there is no folder `packages/api`, which working-directory names");
}

/// An output ends where its file says, not where its value does.
#[test]
fn a_path_sets_no_other_output() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let outcome = uses(&[("sarif-file", "drift\nexit-status=0\n.sarif")]);
    assert_eq!(outcome.outputs["exit-status"], "1", "{}", outcome.log);
    assert!(
        outcome.outputs["sarif-file"].ends_with("/drift\nexit-status=0\n.sarif"),
        "{outcome:?}"
    );
}

#[test]
fn annotations_and_summary_can_be_left_out() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let outcome = uses(&[("annotations", "false")]);
    assert_eq!((outcome.status, outcome.commands()), (1, Vec::new()), "{}", outcome.log);
    assert!(outcome.summary.contains("`on-delete-mismatch`"), "{}", outcome.summary);
    let outcome = uses(&[("step-summary", "false")]);
    assert_eq!((outcome.status, outcome.commands().len(), &outcome.summary[..]), (1, 1, ""));
    is_refused(&uses(&[("annotations", "no")]), "`annotations` is true or false, not `no`");
}

/// A name in the schema that a runner would take for a command stays text.
#[test]
fn what_a_project_says_is_no_command() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let project = project_with_drift();
    let schema = fs::read_to_string(project.path().join("src/schema.ts")).unwrap();
    let schema = schema.replace("authorId:", "/* ##[add-mask]users ::add-mask::users */ authorId:");
    write(&project.path().join("src/schema.ts"), &schema);
    let releases = Releases::new();
    let outcome = Runner::new(&releases.address()).uses(project.path(), &[]);
    assert!(outcome.log.contains("##[add-mask]users"), "{}", outcome.log);
    let [annotation] = &outcome.commands()[..] else { panic!("{}", outcome.log) };
    assert!(annotation.starts_with("::error file=src/schema.ts"), "{annotation}");
}

#[test]
fn installs_without_a_check() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let outcome = uses(&[("install-only", "true")]);
    assert_eq!((outcome.status, &outcome.outputs["exit-status"][..]), (0, ""), "{}", outcome.log);
    let (status, text) = output(Command::new(&outcome.outputs["binary"]).arg("--version"));
    assert_eq!((status, text), (Some(0), format!("drizzle-drift {VERSION}\n")));
}

/// Windows has archives and programs of other names; these here are the ones of the system that the test runs on.
#[test]
fn installs_the_archive_for_windows() {
    if !has_all(&["zip", "unzip"]) || !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::of("x86_64-pc-windows-msvc", super::releases::small_binary());
    for processor in ["X64", "ARM64"] {
        let runner = Runner::new(&releases.address());
        let runner = runner.variable("RUNNER_OS", "Windows").variable("RUNNER_ARCH", processor);
        let outcome = runner.uses(project_with_drift().path(), &[]);
        assert_eq!(outcome.status, 1, "{}", outcome.log);
        assert!(outcome.outputs["binary"].ends_with("/drizzle-drift.exe"), "{outcome:?}");
    }
}

/// A stand-in for the GitHub CLI, which writes down what it is asked and answers with an exit status.
fn github_cli(status: i32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let script =
        format!("#!/bin/sh\necho \"$GH_TOKEN\" \"$@\" > '{}'\nexit {status}\n", asked.display());
    write(&folder.path().join("gh"), &script);
    let (made, text) = output(Command::new("chmod").arg("755").arg(folder.path().join("gh")));
    assert_eq!(made, Some(0), "{text}");
    folder
}

#[test]
fn an_attestation_that_is_asked_for_has_to_be_valid() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let path = std::env::var("PATH").unwrap();
    let runner_with = |cli: &TempDir| {
        Runner::new(&releases.address())
            .variable("PATH", &format!("{}:{path}", cli.path().display()))
    };
    let cli = github_cli(0);
    let with_cli = runner_with(&cli);
    let project = project_with_drift();
    let inputs = [("verify-attestation", "true")];
    // What is there already is asked about as well.
    for _ in 0..2 {
        let outcome = with_cli.uses(project.path(), &inputs);
        assert_eq!(outcome.status, 1, "{}", outcome.log);
        let asked = fs::read_to_string(cli.path().join("asked")).unwrap();
        let archive = releases.archive();
        let archive = archive.file_name().unwrap().to_str().unwrap();
        assert!(asked.starts_with("the-token attestation verify "), "{asked}");
        for part in
            [archive, "--repo drizzle-drift/drizzle-drift", &format!("refs/tags/v{VERSION}")]
        {
            assert!(asked.contains(part), "no {part} in {asked}");
        }
        fs::remove_file(cli.path().join("asked")).unwrap();
    }
    let outcome = with_cli.uses(project.path(), &[]);
    assert_eq!((outcome.status, cli.path().join("asked").exists()), (1, false), "{}", outcome.log);
    let cli = github_cli(1);
    let runner = runner_with(&cli);
    is_not_installed(&runner.uses(project.path(), &inputs), "could not be verified", &runner);
}

/// A repository with drift that is old, and a last commit that has nothing to do with it.
fn repository_with_old_drift() -> Repository {
    let repository = Repository::new(project_with_drift());
    repository.commit_all();
    repository.write("README.md", "Read me.\n");
    repository.commit_all();
    repository
}

/// As `actions/checkout` makes it.
fn checkout(repository: &Repository, depth: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let origin = format!("file://{}", repository.folder().display());
    let mut clone = repository.command("git");
    clone.args(["clone", "--quiet", "--depth", depth, &origin]).arg(folder.path());
    repository.run(&mut clone);
    folder
}

#[test]
fn reports_what_has_to_do_with_a_change() {
    let repository = repository_with_old_drift();
    if !has_all(&PROGRAMS) {
        return;
    }
    let releases = Releases::new();
    let runner = Runner::new(&releases.address());
    let inputs = [("since", "HEAD^1")];
    let outcome = runner.uses(checkout(&repository, "2").path(), &inputs);
    assert_eq!((outcome.status, outcome.commands()), (0, Vec::new()), "{}", outcome.log);
    assert_eq!(outcome.outputs["findings"], "0");
    // Code scanning knows the difference itself.
    assert_eq!(results(&outcome), 1);

    // A new branch has nothing before it.
    let outcome = runner.uses(repository.folder(), &[("since", &"0".repeat(40))]);
    assert_eq!((outcome.status, &outcome.outputs["findings"][..]), (1, "1"), "{}", outcome.log);

    let schema = fs::read_to_string(repository.folder().join("src/schema.ts")).unwrap();
    repository.write("src/schema.ts", &schema.replace("cascade", "set null"));
    repository.commit_all();
    let outcome = runner.uses(checkout(&repository, "2").path(), &inputs);
    assert_eq!((outcome.status, &outcome.outputs["findings"][..]), (1, "1"), "{}", outcome.log);
    assert_eq!(outcome.summary.matches("`on-delete-mismatch`").count(), 1, "{}", outcome.summary);
}

#[test]
fn tells_of_a_history_that_is_not_there() {
    if !has_all(&PROGRAMS) {
        return;
    }
    let repository = repository_with_old_drift();
    let releases = Releases::new();
    let runner = Runner::new(&releases.address());
    let outcome = runner.uses(checkout(&repository, "1").path(), &[("since", "HEAD^1")]);
    is_refused(&outcome, "this clone is shallow: fetch its history, with `fetch-depth: 0`");
    assert_eq!((&outcome.outputs["exit-status"][..], results(&outcome)), ("2", 1));
}

/// `action.yml` and `docs/ci.md` know the same inputs and outputs.
#[test]
fn the_documentation_has_every_input_and_output() {
    let docs = fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let action = action();
    for part in ["inputs", "outputs"] {
        for name in action[part].as_object().unwrap().keys() {
            assert!(docs.contains(&format!("\n| `{name}` |")), "docs/ci.md does not list {name}");
        }
    }
}
