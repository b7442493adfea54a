//! What `--help` says in more words, where `-h` has a line.

use clap::ValueEnum;
use clap::builder::StyledStr;

/// What a flag is for, with each of the values that it takes.
pub(crate) fn values<T: ValueEnum>(purpose: &str) -> StyledStr {
    let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let values: Vec<_> = values.collect();
    let width = values.iter().map(|it| it.get_name().len()).max().unwrap_or_default() + 1;
    let lines = values.iter().map(|value| {
        let name = format!("{}:", value.get_name());
        format!("\n- {name:width$} {}", value.get_help().cloned().unwrap_or_default())
    });
    format!("{purpose}\n{}", lines.collect::<String>()).into()
}

// What stands at the end. The manual pages take each paragraph for a section.

/// Of the command itself, and of `check`.
pub(crate) const CHECK: &str = "\
Examples:
  drizzle-drift                           every project below this directory
  drizzle-drift packages/db --since main  what this branch changed there
  drizzle-drift --format concise -D all   a line each, every rule an error
  drizzle-drift --watch                   once more after each change
  drizzle-drift --output-file sarif=drift.sarif
  drizzle-drift --schema 'src/db/*.ts' --migrations sql --dialect mysql

Exit status:
  0  nothing at or above --fail-on
  1  findings
  2  bad usage, something that could not be read, or nothing was compared";

pub(crate) const LIST: &str = "\
Examples:
  drizzle-drift list                       the foreign keys of every source
  drizzle-drift list --source migrations   what the SQL makes, without a schema
  drizzle-drift list packages/db --format json

Exit status:
  0  everything was read
  2  bad usage, or something that could not be read";

pub(crate) const BASELINE: &str = "\
Examples:
  drizzle-drift baseline                   accept what is found today
  drizzle-drift baseline -A probable-foreign-key
  drizzle-drift baseline --prune           take out what was fixed since

Exit status:
  0  the baseline was written
  2  bad usage, or something that could not be read: it stays as it is";

pub(crate) const REACH: &str = "\
Examples:
  drizzle-drift reach                      every table in short
  drizzle-drift reach users                what goes along with a row of users
  drizzle-drift reach auth.users packages/db --source migrations
  drizzle-drift reach users --format svg > users.svg

Exit status:
  0  everything was read
  2  bad usage, no such table, or something that could not be read";

pub(crate) const EXPLAIN: &str = "\
Examples:
  drizzle-drift explain on-delete-mismatch
  drizzle-drift rules                      which rules there are";

pub(crate) const INIT: &str = "\
Examples:
  drizzle-drift init                       settings, and questions
  drizzle-drift init packages/db           settings for one package
  drizzle-drift init --hooks pre-commit,vscode
  drizzle-drift init --yes --dry-run       what it would write

Exit status:
  0  it was written, or was there already
  2  bad usage, or something that could not be written";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  source <(drizzle-drift completions bash)
  drizzle-drift completions zsh > ~/.zfunc/_drizzle-drift
  drizzle-drift completions fish > ~/.config/fish/completions/drizzle-drift.fish";

pub(crate) const LSP: &str = "\
Editors start it as `drizzle-drift lsp`; docs/editors.md says how to set each of them up.

Exit status:
  0  the editor ended the conversation
  1  the editor left without a word
  2  what came in is not the language server protocol";
