//! Neovim with the compiler plugin of this repository: `:make`, and what is in the quickfix list.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::problem_matcher::{concise, expected, hostile_project};
use crate::sandbox::{binary, has_all, output, repository};

/// Neovim in a folder, with the plugin, after commands; what `getqflist()` has then, as far as it is valid.
fn quickfix(folder: &std::path::Path, commands: &[&str]) -> Vec<Value> {
    let list = folder.join("quickfix.json");
    let write = format!(
        "call writefile([json_encode(map(filter(getqflist(), 'v:val.valid'), \
         'extend(v:val, {{\"name\": v:val.bufnr ? bufname(v:val.bufnr) : \"\"}})'))], '{}')",
        list.display()
    );
    let plugin = format!("set runtimepath^={}", repository().join("editors/nvim").display());
    let program = format!("let g:drizzle_drift_program = '{}'", binary().display());
    let mut command = Command::new("nvim");
    command.args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "--cmd", &plugin]);
    command.args(["--cmd", &program, "-c", "compiler drizzle-drift"]);
    for it in commands {
        command.args(["-c", it]);
    }
    command.args(["-c", &write, "-c", "qall!"]).current_dir(folder);
    let (status, text) = output(&mut command);
    assert_eq!(status, Some(0), "{text}");
    let list = fs::read_to_string(list).unwrap_or_else(|error| panic!("{error}: {text}"));
    let entries: Vec<Value> = serde_json::from_str(&list).unwrap();
    let entries = entries.iter().map(|it| {
        let [file, line, column, kind, text] =
            ["name", "lnum", "col", "type", "text"].map(|key| &it[key]);
        json!([file, line, column, kind, text])
    });
    entries.collect()
}

/// The findings of a project, as they should be in the list: the rule is in the text.
fn findings(folder: &std::path::Path) -> Vec<Value> {
    let findings = expected(folder).into_iter().map(|it| {
        let text =
            format!("[{}]: {}", it["code"].as_str().unwrap(), it["message"].as_str().unwrap());
        let kind = it["severity"].as_str().unwrap()[..1].to_owned();
        json!([it["file"], it["line"], it["column"], kind, text])
    });
    findings.collect()
}

#[test]
fn make_fills_the_quickfix_list() {
    if !has_all(&["nvim"]) {
        return;
    }
    let folder = hostile_project();
    assert_eq!(quickfix(folder.path(), &["silent make!"]), findings(folder.path()));
}

#[test]
fn a_report_in_a_file_is_read() {
    if !has_all(&["nvim"]) {
        return;
    }
    let folder = hostile_project();
    fs::write(folder.path().join("report.txt"), concise(folder.path())).unwrap();
    assert_eq!(quickfix(folder.path(), &["cgetfile report.txt"]), findings(folder.path()));
}

/// What the documentation has for those who want no plugin means the same.
#[test]
fn the_settings_of_the_documentation_do_what_the_plugin_does() {
    if !has_all(&["nvim"]) {
        return;
    }
    let documentation = fs::read_to_string(repository().join("docs/editors.md")).unwrap();
    let mut blocks =
        documentation.split("```vim\n").skip(1).map(|it| it.split("```").next().unwrap());
    let settings = blocks.find(|it| it.starts_with("set makeprg")).unwrap();
    let folder = hostile_project();
    fs::write(folder.path().join("settings.vim"), settings).unwrap();
    fs::write(folder.path().join("report.txt"), concise(folder.path())).unwrap();
    let commands = ["set makeprg= errorformat=", "source settings.vim", "cgetfile report.txt"];
    assert_eq!(quickfix(folder.path(), &commands), findings(folder.path()));
}

#[test]
fn what_could_not_be_read_is_in_the_list_as_well() {
    if !has_all(&["nvim"]) {
        return;
    }
    let folder = crate::sandbox::project_with_drift();
    let lines = "src/schema.ts: error: permission denied\nno findings\n";
    fs::write(folder.path().join("report.txt"), lines).unwrap();
    let found = quickfix(folder.path(), &["cgetfile report.txt"]);
    assert_eq!(found, [json!(["src/schema.ts", 0, 0, "e", "permission denied"])]);
}

/// However Neovim replaces a file, it is one more check, and none for its backups and swap files.
#[test]
fn what_it_saves_is_seen_by_the_watcher() {
    if !has_all(&["nvim"]) {
        return;
    }
    for backup in ["auto", "yes", "no"] {
        let folder = crate::sandbox::project_with_drift();
        let watcher = crate::watch::Watcher::start(folder.path(), &["--level=warn"]);
        watcher.last_check();
        let mut command = Command::new("nvim");
        let options = format!("set backup backupcopy={backup} directory=. backupdir=.");
        command.args(["--headless", "-u", "NONE", "-i", "NONE", "--cmd", &options]);
        command.args(["-c", "%s/cascade/no action/", "-c", "wq", "src/schema.ts"]);
        let (status, text) = output(command.current_dir(folder.path()));
        assert_eq!(status, Some(0), "{text}");
        let (last, _) = watcher.last_check();
        assert_eq!(last.end, "0 findings", "{backup}: {last:?}");
    }
}
