//! The completion scripts, read by the shells that they are for.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use crate::sandbox::{binary, has_all, is_there, output, write};

/// What bash offers for the last of these words.
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = script("bash", folder.path());
    let ask = r#"
        source "$1"; shift
        function=$(complete -p drizzle-drift | sed -E 's/.* -F ([^ ]+) .*/\1/')
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        # bash has `compopt` only where a user completes.
        compopt() { :; }
        "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-c", ask, "bash", &script]).args(words);
    lines(bash.current_dir(&folder))
}

/// What fish offers at the end of the line, without the descriptions.
fn offered_by_fish(line: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = script("fish", folder.path());
    let ask = "source $argv[1]; complete --do-complete $argv[2]";
    let mut fish = Command::new("fish");
    fish.args(["--no-config", "--command", ask, &script, line]).env("HOME", folder.path());
    let lines = lines(fish.current_dir(&folder));
    lines.iter().map(|it| it.split('\t').next().unwrap().to_owned()).collect()
}

/// The arguments that a user of zsh ends up with who types this, then tab and enter.
fn completed_by_zsh(typed: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let script = script("zsh", folder.path());
    write(&folder.path().join("folder-of-a-project/schema.ts"), "");
    let rc = format!(
        "PS1=; autoload -Uz compinit; compinit -D; source {script}; bindkey '^I' complete-word; \
         drizzle-drift() {{ print -r -- \"<$*>\" }}"
    );
    write(&folder.path().join("rc.zsh"), &rc);
    let ask = "
        zmodload zsh/zpty
        zpty shell zsh --no-rcs -i
        zpty -w shell 'source rc.zsh'
        zpty -w shell $1$'\\t'
        zpty -r shell said '*<*>*'
        print -r -- ${${said##*<}%%>*}
    ";
    // What does not end is better killed.
    let mut zsh = Command::new("timeout");
    zsh.args(["60", "zsh", "--no-rcs", "-c", ask, "zsh", typed]).env("HOME", folder.path());
    lines(zsh.current_dir(&folder)).join(" ").trim_end().to_owned()
}

/// Writes the script for a shell; gives its path.
fn script(shell: &str, folder: &Path) -> String {
    let path = folder.join(format!("completions.{shell}"));
    write(&path, &text(shell));
    path.to_str().unwrap().to_owned()
}

fn text(shell: &str) -> String {
    let (status, text) = output(Command::new(binary()).args(["completions", shell]));
    assert_eq!(status, Some(0), "{text}");
    text
}

fn lines(command: &mut Command) -> Vec<String> {
    let (status, text) = output(command);
    assert_eq!(status, Some(0), "{text}");
    text.lines().map(str::to_owned).collect()
}

/// Whether a shell is there that `scripts/test.sh` does not install: bash tells the same about the names.
fn is_optional_shell_there(shell: &str) -> bool {
    let is_there = is_there(shell);
    if !is_there {
        let _ = writeln!(io::stderr(), "{shell} is not installed: its script was not run");
    }
    is_there
}

#[test]
fn bash_offers_commands_flags_and_names() {
    if !has_all(&["bash"]) {
        return;
    }
    let offered = offered_by_bash(&["drizzle-drift", ""]);
    for command in ["check", "list", "baseline", "reach", "explain", "rules", "completions"] {
        assert!(offered.iter().any(|it| it == command), "{command}: {offered:?}");
    }
    assert_eq!(offered_by_bash(&["drizzle-drift", "exp"]), ["explain"]);
    assert_eq!(offered_by_bash(&["drizzle-drift", "check", "--max"]), ["--max-findings"]);
    let mismatches = ["on-delete-mismatch", "on-update-mismatch"];
    for flag in ["explain", "-A", "-W", "-D", "--allow", "--warn", "--deny"] {
        assert_eq!(offered_by_bash(&["drizzle-drift", flag, "on-"]), mismatches, "{flag}");
    }
    assert_eq!(offered_by_bash(&["drizzle-drift", "check", "-D", "al"]), ["all"]);
    assert_eq!(offered_by_bash(&["drizzle-drift", "--format", "g"]), ["github", "gitlab"]);
    assert_eq!(offered_by_bash(&["drizzle-drift", "list", "--format", ""]), ["table", "json"]);
    assert_eq!(offered_by_bash(&["drizzle-drift", "--engine", "maria"]), ["mariadb"]);
    assert_eq!(offered_by_bash(&["drizzle-drift", "completions", "po"]), ["powershell"]);
}

#[test]
fn bash_offers_files_where_there_is_one_to_name() {
    if !has_all(&["bash"]) {
        return;
    }
    for flag in ["--config", "--baseline", "--schema"] {
        let offered = offered_by_bash(&["drizzle-drift", "check", flag, "comp"]);
        assert_eq!(offered, ["completions.bash"], "{flag}");
    }
}

#[test]
fn fish_offers_commands_flags_and_names() {
    if !is_optional_shell_there("fish") {
        return;
    }
    assert_eq!(offered_by_fish("drizzle-drift expl"), ["explain"]);
    let mismatches = ["on-delete-mismatch", "on-update-mismatch"];
    assert_eq!(offered_by_fish("drizzle-drift explain on-"), mismatches);
    assert_eq!(offered_by_fish("drizzle-drift check -D on-"), mismatches);
    assert_eq!(offered_by_fish("drizzle-drift --format g"), ["github", "gitlab"]);
}

#[test]
fn zsh_offers_commands_flags_and_names() {
    if !is_optional_shell_there("zsh") {
        return;
    }
    for (typed, completed) in [
        ("drizzle-drift expl", "explain"),
        ("drizzle-drift explain snap", "explain snapshot-mismatch"),
        ("drizzle-drift check -D snap", "check -D snapshot-mismatch"),
        ("drizzle-drift --format conc", "--format concise"),
        ("drizzle-drift compl", "completions"),
        ("drizzle-drift comple.", "comple."),
        ("drizzle-drift folder-of-a-pro", "folder-of-a-project"),
        ("drizzle-drift folder-of-a-project --dial", "folder-of-a-project --dialect"),
        ("drizzle-drift check folder-of-a-project --dial", "check folder-of-a-project --dialect"),
    ] {
        assert_eq!(completed_by_zsh(typed), completed, "{typed}");
    }
}

#[test]
fn every_script_knows_commands_and_formats() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = text(shell);
        for word in ["explain", "--output-file", "baseline"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(text.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn a_shell_that_is_not_known_is_refused() {
    let (status, text) = output(Command::new(binary()).args(["completions", "tcsh"]));
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("[possible values: bash, elvish, fish, powershell, zsh]"), "{text}");
}
