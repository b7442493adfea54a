//! What `-h` and `--help` say, at 80 columns.

use clap::{CommandFactory, Parser};
use drizzle_drift::Args;

/// The help of the command and of each subcommand, with its name.
fn helps() -> Vec<(String, String, String)> {
    let mut command = Args::command().term_width(80);
    command.build();
    let names = command.get_subcommands().map(|it| it.get_name().to_owned());
    let names: Vec<String> = names.filter(|it| it != "help").collect();
    let mut helps = vec![("drizzle-drift".to_owned(), short(&mut command), long(&mut command))];
    for name in names {
        let subcommand = command.find_subcommand_mut(&name).unwrap();
        helps.push((format!("drizzle-drift-{name}"), short(subcommand), long(subcommand)));
    }
    helps
}

fn short(command: &mut clap::Command) -> String {
    tidy(&command.render_help().to_string())
}

fn long(command: &mut clap::Command) -> String {
    tidy(&command.render_long_help().to_string())
}

/// Without the blanks that clap leaves on empty lines.
fn tidy(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn help_reads_well_at_80_columns() {
    insta::with_settings!({ snapshot_path => "help", prepend_module_to_snapshot => false, omit_expression => true }, {
        for (name, short, long) in helps() {
            insta::assert_snapshot!(format!("{name}-h"), short);
            insta::assert_snapshot!(format!("{name}--help"), long);
        }
    });
}

#[test]
fn no_line_of_the_short_help_is_wrapped() {
    for (name, short, long) in helps() {
        for line in short.lines().chain(long.lines()) {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        // A flag begins two or six columns to the right, the line after a wrapped one much further.
        let is_wrapped = |line: &&str| line.starts_with("         ") && !line.trim().is_empty();
        let wrapped = short.lines().find(is_wrapped);
        assert_eq!(wrapped, None, "{name}");
    }
}

#[test]
fn examples_are_accepted() {
    let mut count = 0;
    for (_, short, _) in helps() {
        let Some((_, examples)) = short.split_once("\nExamples:\n") else { continue };
        for line in examples.lines().take_while(|it| !it.is_empty()) {
            assert!(line.contains("drizzle-drift "), "is wrapped: {line}");
            let line = line.trim().trim_start_matches("source <(").trim_end_matches(')');
            // What stands behind two blanks is what it does.
            let words = line.split("  ").next().unwrap().split(" > ").next().unwrap();
            let words = words.split(' ').map(|it| it.trim_matches('\''));
            Args::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
            count += 1;
        }
    }
    assert!(count > 15, "{count}");
}

#[test]
fn every_value_of_a_flag_is_named() {
    let mut command = Args::command().term_width(80);
    command.build();
    for subcommand in command.get_subcommands_mut().filter(|it| it.get_name() != "help") {
        let long = long(subcommand);
        for arg in subcommand.get_arguments() {
            let values = arg.get_possible_values();
            // Rules have a command that lists them.
            let is_rule = values.iter().any(|it| it.get_name() == "on-delete-mismatch");
            for value in values.iter().filter(|_| !is_rule && arg.get_action().takes_values()) {
                assert!(long.contains(value.get_name()), "{}: {}", arg.get_id(), value.get_name());
            }
        }
    }
}
