//! `init`: settings that change nothing and are valid to the last key, and files that are never overwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use drizzle_drift::{Args, Environment, run};
use serde_json::Value;
use tempfile::TempDir;

use super::settings_schema::{check, schema};
use super::{drizzle_drift, repository};

/// A hook or task as `--hooks` names it, the file that is written for it, and the template of that file.
const HOOKS: [(&str, &str, &str); 8] = [
    ("pre-commit", ".pre-commit-config.yaml", "pre-commit-config.yaml"),
    ("lefthook", "lefthook.yml", "lefthook.yml"),
    ("husky", ".husky/pre-commit", "husky-pre-commit.sh"),
    ("lint-staged", "lint-staged.config.mjs", "lint-staged.config.mjs"),
    ("github", ".github/workflows/drizzle-drift.yml", "github-workflow.yml"),
    ("gitlab", ".gitlab-ci.yml", "gitlab-ci.yml"),
    ("vscode", ".vscode/tasks.json", "vscode-tasks.json"),
    ("zed", ".zed/tasks.json", "zed-tasks.json"),
];

/// A repository with these files; a name that ends in a slash is a folder.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            write(&path, text);
        }
    }
    folder
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A copy of a fixture, which is a repository of its own.
fn copy_of_fixture(name: &str) -> TempDir {
    let folder = project(&[]);
    copy(&repository().join("fixtures").join(name), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder with its text, and every link with where it leads.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().to_path_buf();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                files.insert(name, fs::read_link(path).unwrap().display().to_string());
            } else {
                files.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

fn written_by(folder: &Path, args: &[&str]) -> BTreeSet<String> {
    let before = tree(folder);
    let (status, output) = init(folder, args);
    assert_eq!(status, 0, "{output}");
    let after = tree(folder);
    for (path, text) in &before {
        assert_eq!(after.get(path), Some(text), "{}", path.display());
    }
    let new = after.into_keys().filter(|it| !before.contains_key(it));
    new.map(|it| it.to_str().unwrap().replace('\\', "/")).collect()
}

fn init(folder: &Path, args: &[&str]) -> (u8, String) {
    drizzle_drift(folder, &[&["init"], args].concat())
}

fn template(name: &str) -> String {
    let folder = repository().join("crates/drizzle-drift/templates");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn its_settings_change_nothing() {
    let mut count = 0;
    for fixture in fs::read_dir(repository().join("fixtures")).unwrap() {
        let name = fixture.unwrap().file_name().into_string().unwrap();
        let folder = repository().join("fixtures").join(&name);
        let has_settings = |it| folder.join(it).exists();
        if !folder.is_dir()
            || ["drizzle-drift.json", "drizzle-drift.jsonc"].iter().any(has_settings)
        {
            continue;
        }
        let folder = copy_of_fixture(&name);
        let before = drizzle_drift(folder.path(), &[]);
        assert_eq!(written_by(folder.path(), &[]), ["drizzle-drift.jsonc".to_owned()].into());
        assert_eq!(drizzle_drift(folder.path(), &[]), before, "{name}");
        count += 1;
    }
    assert!(count > 15, "{count}");
}

/// Blocks of lines that are commented out and hold a key, each from its first to its last line.
fn commented_keys(text: &str) -> Vec<std::ops::Range<usize>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    let mut start = None;
    for (number, line) in lines.iter().enumerate() {
        if line.starts_with("  // \"") {
            start = Some(number);
        }
        let Some(first) = start else { continue };
        assert!(line.starts_with("  // "), "{line}");
        let is_last = !lines[number + 1].starts_with("  // ");
        if is_last {
            blocks.push(first..number + 1);
            start = None;
        }
    }
    blocks
}

fn uncommented(text: &str, blocks: &[std::ops::Range<usize>]) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let is_meant = blocks.iter().any(|it| it.contains(&number));
        let line = if is_meant { line.replacen("// ", "", 1) } else { line.to_owned() };
        line + "\n"
    });
    lines.collect()
}

#[test]
fn every_key_that_its_settings_show_is_valid() {
    let strange =
        "export default { dialect: 'sqlite', schema: './*.ts', out: './\u{2028}*/ // \"' };";
    let strange = [("a\n\u{2028}\"b/drizzle.config.ts", strange)];
    let folders = [
        project(&[]),
        copy_of_fixture("agreeing"),
        copy_of_fixture("several-configs"),
        copy_of_fixture("mysql-relations"),
        copy_of_fixture("sqlite-add-column"),
        project(&strange),
    ];
    for folder in folders {
        written_by(folder.path(), &[]);
        let text = fs::read_to_string(folder.path().join("drizzle-drift.jsonc")).unwrap();
        check(&text, true);
        let blocks = commented_keys(&text);
        assert!(blocks.len() >= 9, "{text}");
        for block in &blocks {
            check(&uncommented(&text, std::slice::from_ref(block)), true);
        }
        let all = uncommented(&text, &blocks);
        check(&all, true);
        let value: Value = jsonc_parser::parse_to_serde_value(&all, &Default::default()).unwrap();
        let shown = value.as_object().unwrap().keys();
        let shown: BTreeSet<&str> = shown.map(String::as_str).collect();
        let schema = schema();
        assert_eq!(shown, keys(&schema["properties"]));
        let definitions = &schema["definitions"];
        let project = value["projects"][0].as_object().unwrap().keys();
        let project: BTreeSet<&str> = project.map(String::as_str).collect();
        assert_eq!(project, keys(&definitions["ProjectOptions"]["properties"]));
        let ignore: BTreeSet<&str> = keys(&value["ignore"][0]);
        assert_eq!(ignore, keys(&definitions["IgnoreOptions"]["properties"]));
        let policies = value["policies"].as_array().unwrap();
        let policies: BTreeSet<&str> = policies.iter().flat_map(keys).collect();
        assert_eq!(policies, keys(&definitions["PolicyOptions"]["properties"]));
    }
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn its_settings_are_about_the_project() {
    let folder = copy_of_fixture("mysql-relations");
    written_by(folder.path(), &[]);
    let text = fs::read_to_string(folder.path().join("drizzle-drift.jsonc")).unwrap();
    assert!(
        text.contains("  // Found: \"drizzle.config.ts\", MySQL, migrations in \"drizzle\"\n"),
        "{text}"
    );
    assert!(text.contains("  // \"engine\": \"mysql-8.4\",\n"), "{text}");
    assert!(text.contains("\"dialect\": \"mysql\","), "{text}");
    assert!(
        text.contains(concat!("drizzle-drift/v", env!("CARGO_PKG_VERSION"), "/schemas/")),
        "{text}"
    );
    let manifest = r#"{ "devDependencies": { "drizzle-drift": "0.1.0" } }"#;
    let folder = project(&[("package.json", manifest)]);
    let (_, output) = init(folder.path(), &[]);
    assert!(output.contains("there is no drizzle config yet"), "{output}");
    assert!(!output.contains("next: "), "{output}");
    let text = fs::read_to_string(folder.path().join("drizzle-drift.jsonc")).unwrap();
    assert!(text.contains("\"$schema\": \"./node_modules/drizzle-drift/schema.json\","), "{text}");
}

#[test]
fn settings_that_hold_already_stay() {
    let manifest = r#"{ "drizzleDrift": { "level": "warn" } }"#;
    for (name, text) in
        [("drizzle-drift.json", "{}"), ("drizzle-drift.jsonc", "{}"), ("package.json", manifest)]
    {
        let folder = project(&[(name, text), ("packages/db/", "")]);
        for at in [folder.path().to_path_buf(), folder.path().join("packages/db")] {
            assert_eq!(written_by(&at, &[]), BTreeSet::new(), "{name}");
            assert_eq!(written_by(&at, &["."]), BTreeSet::new(), "{name}");
        }
        let (_, output) = init(folder.path(), &[]);
        assert!(output.contains(&format!("already there: the settings in {name}\n")), "{output}");
    }
}

#[test]
fn settings_that_are_wrong_are_named() {
    let folder = project(&[("drizzle-drift.json", r#"{ "levl": "warn" }"#)]);
    let error = refused_init(folder.path());
    assert!(error.contains("drizzle-drift.json:1:3"), "{error}");
}

/// Why `init` does not even begin.
fn refused_init(folder: &Path) -> String {
    let args = Args::try_parse_from(["drizzle-drift", "init"]).unwrap();
    let environment = Environment::new(folder.to_path_buf());
    run(&args, &environment, &mut Vec::new()).unwrap_err().to_string()
}

#[test]
fn settings_lie_at_the_root_of_a_monorepo_or_where_they_are_asked_for() {
    let config = "export default { dialect: 'sqlite', schema: './schema.ts', out: './sql' };";
    let files = [("packages/db/drizzle.config.ts", config), ("apps/web/drizzle.config.ts", config)];
    let folder = project(&files);
    let package = folder.path().join("packages/db");
    let (status, output) = init(&package, &[]);
    assert_eq!((status, output.as_str()), (0, "wrote ../../drizzle-drift.jsonc\n"));
    let text = fs::read_to_string(folder.path().join("drizzle-drift.jsonc")).unwrap();
    assert!(text.contains("// Found: \"apps/web/drizzle.config.ts\", SQLite"), "{text}");
    assert!(text.contains("// Found: \"packages/db/drizzle.config.ts\", SQLite"), "{text}");
    let folder =
        project(&[&files[..], &[(".github/workflows/", ""), ("packages/db/.zed/", "")]].concat());
    let (_, output) = init(folder.path(), &["packages/db", "--yes", "--dry-run"]);
    let note = "hooks and workflows check the whole repository, with its own settings: drizzle-drift init .\n";
    assert!(output.ends_with(note), "{output}");
    let written = written_by(folder.path(), &["packages/db", "--yes"]);
    let expected = ["packages/db/.zed/tasks.json", "packages/db/drizzle-drift.jsonc"];
    assert_eq!(written, expected.map(str::to_owned).into());
    let text = fs::read_to_string(folder.path().join("packages/db/drizzle-drift.jsonc")).unwrap();
    assert!(
        text.contains("// Found: \"drizzle.config.ts\", SQLite") && !text.contains("apps/web"),
        "{text}"
    );
}

#[test]
fn files_that_are_there_are_never_changed() {
    for (name, path, _) in HOOKS {
        let folder = project(&[(path, "mine\n"), ("drizzle-drift.json", "{}")]);
        for args in [&["--hooks", name][..], &["--yes"], &[]] {
            assert_eq!(written_by(folder.path(), args), BTreeSet::new(), "{name}");
        }
        let (_, output) = init(folder.path(), &["--hooks", name]);
        assert!(output.contains(&format!("to add to {path}, ")), "{output}");
        assert!(output.contains("drizzle-drift"), "{output}");
        // It belongs to whoever asked for it, and is not asked for twice.
        let folder = project(&[(path, "mine: drizzle-drift\n"), ("drizzle-drift.json", "{}")]);
        assert_eq!(written_by(folder.path(), &["--hooks", name]), BTreeSet::new(), "{name}");
        let (_, output) = init(folder.path(), &["--hooks", name]);
        assert!(output.contains(&format!("already there: drizzle-drift in {path}\n")), "{output}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_project() {
    use std::os::unix::fs::symlink;
    for (name, path, _) in HOOKS {
        let other = tempfile::tempdir().unwrap();
        let args = ["--hooks", name];
        // In place of the file there is a link to one that is not there.
        let folder = project(&[]);
        let link = folder.path().join(path);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(other.path().join("elsewhere"), &link).unwrap();
        let (_, output) = init(folder.path(), &args);
        assert!(output.contains(&format!("already there: {path}\n")), "{output}");
        assert_eq!(tree(other.path()), BTreeMap::new(), "{name}");
        // Its folder is one that lies elsewhere.
        let Some((first, _)) = path.split_once('/') else { continue };
        let folder = project(&[]);
        symlink(other.path(), folder.path().join(first)).unwrap();
        let (status, output) = init(folder.path(), &args);
        assert_eq!(status, 2, "{output}");
        assert!(output.contains("leads out of"), "{output}");
        assert_eq!(tree(other.path()), BTreeMap::new(), "{name}");
    }
    // Settings are read before any are written.
    let (folder, other) = (project(&[]), tempfile::tempdir().unwrap());
    let link = folder.path().join("drizzle-drift.jsonc");
    symlink(other.path().join("elsewhere"), link).unwrap();
    let error = refused_init(folder.path());
    assert_eq!(error, "drizzle-drift.jsonc: it is a link that leads nowhere");
    assert_eq!(tree(other.path()), BTreeMap::new());
}

#[test]
fn each_hook_is_written_as_the_documentation_shows_it() {
    for (name, path, template_name) in HOOKS {
        let folder = project(&[(".husky/", ""), ("drizzle-drift.json", "{}")]);
        let written = written_by(folder.path(), &["--hooks", name]);
        assert_eq!(written, [path.to_owned()].into(), "{name}");
        let text = fs::read_to_string(folder.path().join(path)).unwrap();
        assert_eq!(text, template(template_name), "{name}");
        // Once more is harmless.
        assert_eq!(written_by(folder.path(), &["--hooks", name]), BTreeSet::new(), "{name}");
    }
    let folder = project(&[(".husky/", "")]);
    let names: Vec<&str> = HOOKS.iter().map(|(name, _, _)| *name).collect();
    let written = written_by(folder.path(), &["--hooks", &names.join(",")]);
    assert_eq!(written.len(), HOOKS.len() + 1);
    assert_eq!(written_by(folder.path(), &["--hooks", &names.join(",")]), BTreeSet::new());
}

#[test]
fn hooks_are_offered_where_there_is_a_place_for_them() {
    let depends = |name: &str| format!(r#"{{ "devDependencies": {{ "{name}": "1" }} }}"#);
    let (lefthook, lint_staged) = (depends("lefthook"), depends("lint-staged"));
    for (files, offered) in [
        (&[][..], ""),
        (&[("package.json", "{}")], ""),
        (&[(".pre-commit-config.yaml", "repos: []")], "pre-commit"),
        (&[("lefthook.yaml", "pre-commit: {}")], "lefthook"),
        (&[(".config/lefthook.toml", "")], "lefthook"),
        (&[("package.json", &lefthook)], "lefthook"),
        (&[(".husky/", "")], "husky"),
        (&[(".husky/pre-commit", "npm test")], "husky"),
        (
            &[(".husky/pre-commit", "npx lint-staged"), ("package.json", &lint_staged)],
            "lint-staged",
        ),
        (&[("package.json", r#"{ "lint-staged": {} }"#)], "lint-staged"),
        (&[(".lintstagedrc.json", "{}")], "lint-staged"),
        (&[(".github/workflows/", "")], "github"),
        (&[(".github/workflows/ci.yml", "run: npm test")], "github"),
        (&[(".github/workflows/ci.yml", "run: npx drizzle-drift")], ""),
        (&[(".github/dependabot.yml", "")], ""),
        (&[(".gitlab-ci.yml", "test: {}")], "gitlab"),
        (&[(".vscode/settings.json", "{}")], "vscode"),
        (&[(".zed/", "")], "zed"),
        (&[(".vscode/tasks.json", "{}"), (".husky/", ""), (".zed/", "")], "husky,vscode,zed"),
    ] {
        let folder = project(files);
        // Nobody can be asked here.
        assert_eq!(written_by(folder.path(), &[]), ["drizzle-drift.jsonc".to_owned()].into());
        let (_, output) = init(folder.path(), &[]);
        let found = output.lines().find_map(|it| it.split_once("drizzle-drift init --hooks "));
        assert_eq!(found.map_or("", |(_, names)| names), offered, "{files:?}: {output}");
    }
}

#[test]
fn yes_writes_what_there_is_a_place_for() {
    let folder = project(&[(".husky/", ""), (".github/workflows/", ""), (".vscode/", "")]);
    let dry = init(folder.path(), &["--yes", "--dry-run"]);
    let would = "would write drizzle-drift.jsonc\n  there is no drizzle config yet that they could be about\n\
        would write .husky/pre-commit\nwould write .github/workflows/drizzle-drift.yml\n\
        would write .vscode/tasks.json\n";
    assert_eq!((dry.0, dry.1.as_str()), (0, would));
    assert_eq!(tree(folder.path()), BTreeMap::new());
    let written = written_by(folder.path(), &["--yes"]);
    let expected = [
        ".github/workflows/drizzle-drift.yml",
        ".husky/pre-commit",
        ".vscode/tasks.json",
        "drizzle-drift.jsonc",
    ];
    assert_eq!(written, expected.map(str::to_owned).into());
    assert_eq!(written_by(folder.path(), &["--yes"]), BTreeSet::new());
}

#[test]
fn what_cannot_be_done_is_status_2() {
    let folder = project(&[]);
    let (status, output) = init(folder.path(), &["--hooks", "husky"]);
    assert_eq!(status, 2, "{output}");
    assert!(output.contains("error: husky: husky is not set up here"), "{output}");
    let args = Args::try_parse_from(["drizzle-drift", "init", "nowhere"]).unwrap();
    let environment = Environment::new(folder.path().to_path_buf());
    let error = run(&args, &environment, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("cannot enter "), "{error}");
    for args in [&["--hooks", "svn"][..], &["--yes", "--hooks", "zed"], &["a", "b"]] {
        let args = [&["drizzle-drift", "init"], args].concat();
        assert_eq!(Args::try_parse_from(args).unwrap_err().exit_code(), 2);
    }
}

#[test]
fn the_package_manager_is_told_by_its_lockfile() {
    let workspaces = r#"{ "workspaces": ["packages/*"] }"#;
    for (files, command) in [
        (&[("package.json", "{}")][..], "npm install --save-dev drizzle-drift"),
        (
            &[("package.json", "{}"), ("package-lock.json", "{}")],
            "npm install --save-dev drizzle-drift",
        ),
        (&[("package.json", "{}"), ("pnpm-lock.yaml", "")], "pnpm add --save-dev drizzle-drift"),
        (
            &[("package.json", "{}"), ("pnpm-lock.yaml", ""), ("pnpm-workspace.yaml", "")],
            "pnpm add --save-dev --workspace-root drizzle-drift",
        ),
        (&[("package.json", "{}"), ("yarn.lock", "")], "yarn add --dev drizzle-drift"),
        (
            &[("package.json", workspaces), ("yarn.lock", "")],
            "yarn add --dev --ignore-workspace-root-check drizzle-drift",
        ),
        (
            &[("package.json", workspaces), ("yarn.lock", ""), (".yarnrc.yml", "")],
            "yarn add --dev drizzle-drift",
        ),
        (&[("package.json", "{}"), ("bun.lock", "")], "bun add --dev drizzle-drift"),
    ] {
        let folder = project(files);
        let (_, output) = init(folder.path(), &[]);
        assert!(output.ends_with(&format!("next: {command}\n")), "{files:?}: {output}");
    }
    let (_, output) = init(project(&[]).path(), &[]);
    assert!(!output.contains("next: "), "{output}");
}

/// The arguments of every task that calls the command.
fn calls(tasks: &Value, calls_found: &mut Vec<Vec<String>>) {
    match tasks {
        Value::Array(items) => items.iter().for_each(|it| calls(it, calls_found)),
        Value::Object(object) => {
            let command = object.get("command").and_then(Value::as_str).unwrap_or_default();
            let args = object.get("args").and_then(Value::as_array).into_iter().flatten();
            let args = args.filter_map(Value::as_str);
            let words: Vec<&str> = command.split_whitespace().chain(args).collect();
            if let Some(at) = words.iter().position(|it| it.ends_with("drizzle-drift")) {
                calls_found.push(words[at + 1..].iter().map(|it| (*it).to_owned()).collect());
            }
            object.values().for_each(|it| calls(it, calls_found));
        }
        _ => {}
    }
}

#[test]
fn tasks_call_commands_that_there_are() {
    for name in ["vscode-tasks.json", "zed-tasks.json"] {
        let tasks: Value =
            jsonc_parser::parse_to_serde_value(&template(name), &Default::default()).unwrap();
        let mut found = Vec::new();
        calls(&tasks, &mut found);
        assert!(!found.is_empty(), "{name}");
        for args in found {
            let args = ["drizzle-drift".to_owned()].into_iter().chain(args);
            Args::try_parse_from(args).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}
