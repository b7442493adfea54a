//! The manual pages, made from what `--help` knows.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use drift_model::Date;
use drizzle_drift::Args;

/// One file of the manual.
pub(crate) struct Page {
    /// That of the file, such as `drizzle-drift-check.1`.
    pub(crate) name: String,
    /// In roff.
    pub(crate) text: String,
}

/// That of the command first, then those of its subcommands.
///
/// # Errors
/// None of its own: pages are written to memory.
pub(crate) fn pages(date: Date) -> io::Result<Vec<Page>> {
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let subcommands = command.get_subcommands().filter(|it| !it.is_hide_set());
    std::iter::once(&command).chain(subcommands).map(|it| page(it, &command, date)).collect()
}

fn page(command: &Command, root: &Command, date: Date) -> io::Result<Page> {
    let title = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let man = Man::new(command.clone());
    let mut roff = Vec::new();
    let source = format!("{} {}", root.get_name(), root.get_version().unwrap_or_default());
    let head = [&title.to_uppercase(), "1", &date.to_string(), &source, "drizzle-drift manual"];
    Roff::new().control("TH", head).to_writer(&mut roff)?;
    man.render_name_section(&mut roff)?;
    synopsis(command).to_writer(&mut roff)?;
    man.render_description_section(&mut roff)?;
    man.render_options_section(&mut roff)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut roff)?;
    }
    sections(command).to_writer(&mut roff)?;
    if command.get_name() != root.get_name() {
        let page = format!("{}(1)", root.get_name());
        Roff::new().control("SH", ["SEE ALSO"]).text([roman(page)]).to_writer(&mut roff)?;
    }
    Ok(Page { name: format!("{title}.1"), text: tidy(&String::from_utf8_lossy(&roff)) })
}

/// The usage of `--help`, which is shorter than all flags between brackets.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:");
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    verbatim(&mut roff, usage.lines().map(str::trim));
    roff
}

/// What stands at the end of `--help`: paragraphs, each below a heading of its own.
fn sections(command: &Command) -> Roff {
    let help = command.get_after_long_help().or(command.get_after_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let mut roff = Roff::new();
    for paragraph in help.split("\n\n").filter(|it| !it.is_empty()) {
        let (heading, text) = paragraph.split_once(":\n").unwrap_or(("Notes", paragraph));
        roff.control("SH", [&heading.to_uppercase()[..]]);
        verbatim(&mut roff, text.lines());
    }
    roff
}

fn verbatim<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("nf", []);
    let shift = "  ";
    for line in lines {
        roff.text([roman(line.strip_prefix(shift).unwrap_or(line).trim_end())]);
    }
    roff.control("fi", []);
}

/// Writes empty lines and ends of lines as readers of roff want them.
fn tidy(roff: &str) -> String {
    let lines = roff.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect::<String>().replace(".br\n\n.br\n", ".sp\n")
}
