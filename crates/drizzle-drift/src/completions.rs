//! Completion scripts, and what clap's lack.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::builder::PossibleValue;
use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};

use crate::args::Args;

const NAME: &str = "drizzle-drift";

/// Prints the script that makes a shell complete the command.
///
/// # Errors
/// `out` cannot be written to.
pub(crate) fn print(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    let script = match shell {
        Shell::Bash => bash(),
        Shell::Fish => fish(),
        Shell::Zsh => zsh(),
        _ => script(shell, Args::command()),
    };
    out.write_all(script.as_bytes())
}

fn script(shell: Shell, mut command: Command) -> String {
    let mut script = Vec::new();
    // It panics where it cannot write.
    generate(shell, &mut command, NAME, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// As clap makes it, nothing is offered behind a subcommand: half of the script takes the hyphen of the
/// name for the beginning of one (clap-rs/clap#6421).
fn bash() -> String {
    script(Shell::Bash, Args::command()).replace("drizzle__subcmd__drift__", "drizzle__drift__")
}

/// As clap makes it, a subcommand is looked for behind the path of a check, and no flag behind a path.
/// Here, what is no subcommand is completed as `check` would be.
fn zsh() -> String {
    let args = Args::command();
    let flags = args.get_arguments().filter(|it| !it.is_positional());
    let command = Command::new(NAME).version(env!("CARGO_PKG_VERSION"));
    let command = command.args(flags.cloned()).subcommands(args.get_subcommands().cloned());
    let subcommands = args.get_subcommands().map(Command::get_name);
    let subcommands = subcommands.collect::<Vec<_>>().join("|");
    let script = script(Shell::Zsh, command).replace("'*::paths ", "'*:paths ");
    let script = script.replacen(
        "\":: :_drizzle-drift_commands\"",
        "\":: :{_alternative 'commands:command:_drizzle-drift_commands' 'paths:path:_files'}\"",
        1,
    );
    let as_check = "words=(check \"${words[@]}\"); (( CURRENT += 1 )); line[1]=check";
    script.replacen(
        "case $line[1] in",
        &format!(
            "[[ $line[1] == ({subcommands}|help) ]] || {{ {as_check} }}\n        case $line[1] in"
        ),
        1,
    )
}

/// As clap makes it, values are offered neither for what is no flag, nor for a flag without a subcommand.
fn fish() -> String {
    let command = Args::command();
    // Where the value of a flag is still to come, no subcommand was given either.
    let script = script(Shell::Fish, command.clone());
    let script = script.replace("2>/dev/null\n    or return\n", "2>/dev/null\n    or return 0\n");
    script + &fish_positionals(&command)
}

/// The values of arguments that are no flags.
fn fish_positionals(command: &Command) -> String {
    let mut lines = String::new();
    for subcommand in command.get_subcommands() {
        for argument in subcommand.get_positionals() {
            let values = argument.get_possible_values();
            if values.is_empty() {
                continue;
            }
            let offered: Vec<String> = values.iter().map(fish_value).collect();
            let condition =
                format!("__fish_drizzle_drift_using_subcommand {}", subcommand.get_name());
            // Writing to a string does not fail.
            let _ = writeln!(
                lines,
                r#"complete -c {NAME} -n "{condition}" -f -a "{}""#,
                offered.join("\n")
            );
        }
    }
    lines
}

/// A value with its description, in single quotes between double ones.
fn fish_value(value: &PossibleValue) -> String {
    let help = value.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.replace('\\', r"\\").replace('\'', r"\'");
    let help = help.replace('"', r#"\""#).replace('$', r"\$");
    format!(r"{}\t'{help}'", value.get_name())
}
