//! Words that are neither a command nor a path.

use std::ffi::OsStr;
use std::path::Path;

use clap::CommandFactory;

use crate::args::Args;

/// What to say about a word that stands where a command or a path does; `None` where it may be either.
///
/// Without this, a command that is misspelt would be a path, and what is wrong with it the last guess.
pub fn unknown_word(word: &OsStr, folder: &Path) -> Option<String> {
    let word = word.to_str()?;
    let is_plain = !word.is_empty() && !word.starts_with('-') && !word.contains(['/', '\\', '.']);
    if !is_plain || folder.join(word).exists() {
        return None;
    }
    let args = Args::command();
    if args.find_subcommand(word).is_some() {
        return None;
    }
    let likeness = |name: &str| match strsim::damerau_levenshtein(name, word) {
        0 | 1 => 1.0,
        _ => strsim::jaro_winkler(name, word),
    };
    let names = args.get_subcommands().map(|it| (it.get_name(), likeness(it.get_name())));
    let nearest = names.max_by(|(_, a), (_, b)| a.total_cmp(b));
    let meant = nearest.filter(|(_, likeness)| *likeness >= 0.85).map(|(name, _)| name);
    Some(match meant {
        Some(name) => format!("there is no command or path `{word}`; did you mean `{name}`?"),
        None => format!(
            "there is no command or path `{word}`; `drizzle-drift --help` lists the commands"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(word: &str) -> Option<String> {
        unknown_word(OsStr::new(word), Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    #[test]
    fn a_misspelt_command_is_answered_with_the_nearest() {
        for (word, meant) in [
            ("chekc", "check"),
            ("lits", "list"),
            ("explian", "explain"),
            ("base-line", "baseline"),
            ("completion", "completions"),
            ("rule", "rules"),
        ] {
            let message = message(word).unwrap();
            assert!(message.contains(&format!("`{word}`; did you mean `{meant}`?")), "{message}");
        }
    }

    #[test]
    fn a_word_of_its_own_is_answered_with_where_commands_are_listed() {
        let message = message("nowhere").unwrap();
        assert!(message.ends_with("`drizzle-drift --help` lists the commands"), "{message}");
    }

    #[test]
    fn paths_commands_and_flags_are_left_alone() {
        for word in
            ["check", "src", "./chekc", "packages/chekc", "drizzle.config.ts", "--chekc", ""]
        {
            assert_eq!(message(word), None, "{word}");
        }
    }
}
