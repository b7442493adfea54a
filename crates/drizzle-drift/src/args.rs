//! The command line.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use drift_check::{ProjectOptions, RuleName};
use drift_model::{Dialect, Engine, Level};
use drift_rules::Rule;
use drift_schema::{Casing, DrizzleLine};

use crate::init::InitArgs;
use crate::{help, hints};

/// Finds the foreign keys on which a Drizzle schema and its migrations disagree
///
/// Reads the TypeScript without running it, replays the SQL without a database, and compares what
/// each of them says. Without a command it checks. A folder that is called like a command is
/// checked as ./init.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(after_help = help::CHECK)]
pub struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compare schemas with their migrations (the default)
    #[command(after_help = help::CHECK)]
    Check(CheckArgs),
    /// List the foreign keys that each source has
    #[command(after_help = help::LIST)]
    List(ListArgs),
    /// Accept what is found today, so that only new findings fail
    ///
    /// Writes the findings there are to drizzle-drift-baseline.json, which is to be committed. They
    /// are recognised by rule, table, columns and what each side says, not by line or wording.
    #[command(after_help = help::BASELINE)]
    Baseline(BaselineArgs),
    /// Show what deleting one row of a table does
    ///
    /// Plays the delete through as the server would, by the schema and by the migrations, and says
    /// which rows go along, what is set to NULL, and what blocks it.
    #[command(after_help = help::REACH)]
    Reach(ReachArgs),
    /// Print the documentation of a rule
    #[command(after_help = help::EXPLAIN)]
    Explain {
        /// The name of the rule, as reports and `drizzle-drift rules` have it
        #[arg(value_parser = hints::RULE, hide_possible_values = true)]
        rule: &'static Rule,
    },
    /// List the rules
    Rules,
    /// Write commented settings, and offer hooks and tasks
    ///
    /// The settings have a line about each key, and change nothing about what is found. Hooks of git,
    /// workflows and tasks of editors are offered where there is a place for them. No file that is
    /// there is ever changed: what belongs into it is printed.
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// Print a script that makes a shell complete this command
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// bash, elvish, fish, powershell or zsh
        #[arg(hide_possible_values = true)]
        shell: Shell,
    },
    /// Serve an editor over the language server protocol
    #[command(after_help = help::LSP)]
    Lsp(LspArgs),
}

/// What editors say to every language server.
#[derive(Debug, clap::Args)]
pub(crate) struct LspArgs {
    /// Talk over standard input and output, as is done without it
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
    /// The process that the server must not outlive; `initialize` says it, too
    #[arg(long = "clientProcessId", value_name = "ID", hide = true)]
    pub(crate) client: Option<u32>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ProjectArgs {
    /// Directories or drizzle configs [default: all below this directory]
    #[arg(value_name = "PATH", conflicts_with_all = ["schema", "migrations"])]
    pub(crate) paths: Vec<PathBuf>,
    /// The settings file [default: the nearest one upwards]
    ///
    /// It is called drizzle-drift.json or drizzle-drift.jsonc, or stands in package.json as
    /// drizzleDrift.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Project")]
    pub(crate) config: Option<PathBuf>,
    /// Schema files, in place of a drizzle config
    #[arg(long, value_name = "GLOB", num_args = 1.., help_heading = "Project")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) schema: Vec<String>,
    /// Folder of migrations, in place of a drizzle config
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Project")]
    pub(crate) migrations: Option<PathBuf>,
    /// The SQL dialect: postgresql, mysql or sqlite
    ///
    /// Whatever the drizzle config says.
    #[arg(long, value_enum, hide_possible_values = true, help_heading = "Project")]
    pub(crate) dialect: Option<DialectName>,
    /// Names of columns: snake_case or camelCase
    ///
    /// How columns are called that have no name of their own, whatever the drizzle config says.
    #[arg(long, value_enum, hide_possible_values = true, help_heading = "Project")]
    pub(crate) casing: Option<CasingName>,
    /// The server, such as mariadb-10.11 or postgresql-15
    ///
    /// What runs the migrations: postgresql, cockroachdb, mysql, mariadb, planetscale, sqlite,
    /// libsql, turso or d1, with a version where that changes the answer.
    #[arg(long, value_name = "NAME", help_heading = "Project")]
    #[arg(value_parser = hints::ENGINE, hide_possible_values = true)]
    pub(crate) engine: Option<Engine>,
    /// The line of drizzle: 0.x or 1.0
    ///
    /// Without it, package.json and lockfiles tell.
    #[arg(long, value_enum, value_name = "LINE", hide_possible_values = true)]
    #[arg(help_heading = "Project")]
    pub(crate) drizzle: Option<LineName>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Check again whenever something changes
    ///
    /// Until interrupted. By events, as without a value, the system tells what changes. poll looks every
    /// second, for drives of which the system is told nothing, as shared folders of virtual machines.
    #[arg(long, value_enum, value_name = "HOW", hide_possible_values = true)]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "events")]
    pub(crate) watch: Option<WatchMode>,
    /// pretty, concise, json, ... [default: pretty]
    #[arg(long, value_enum, hide_possible_values = true, help_heading = "Output")]
    #[arg(long_help = help::values::<CheckFormat>("How findings are printed \
        [default: pretty, with github in a workflow of GitHub]"))]
    pub(crate) format: Option<CheckFormat>,
    /// Write a report to a file, too; repeatable
    ///
    /// As in sarif=drift.sarif; it can be given several times.
    #[arg(long, value_name = "FORMAT=PATH", value_parser = parse_output_file, help_heading = "Output")]
    pub(crate) output_file: Vec<OutputFile>,
    /// The least severe to show: error, warn or info
    ///
    /// Without it all are shown, those at info summed up by rule in pretty.
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = true)]
    #[arg(help_heading = "Output")]
    pub(crate) level: Option<LevelName>,
    /// How many pretty shows; 0: all
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Output")]
    pub(crate) max_findings: usize,
    /// Colors: auto, always or never
    ///
    /// By itself there are colors in a terminal, unless NO_COLOR is set.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    #[arg(hide_possible_values = true, help_heading = "Output")]
    pub(crate) color: ColorChoice,
    /// Leave out the summary
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Count what was read, and what is mentioned
    ///
    /// Holds what was read against an independent count of declarations in the text, and names the
    /// place of each that nothing accounts for.
    #[arg(long, help_heading = "Output")]
    pub(crate) stats: bool,
    /// Fail at error, warn, info or never [default: error]
    ///
    /// The least severe finding that makes the exit status 1.
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = true)]
    #[arg(help_heading = "Rules")]
    pub(crate) fail_on: Option<FailOn>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) baseline: BaselineFile,
    /// Report only what has changed since this revision
    ///
    /// That is what has to do with lines and files that changed since the commit at which HEAD and
    /// the revision parted, those that are not committed among them. The analysis is always whole.
    #[arg(long, value_name = "REV", help_heading = "Rules")]
    pub(crate) since: Option<String>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RuleArgs {
    /// Switch a rule off, or all of them by `all`
    #[arg(short = 'A', long, value_name = "RULE", help_heading = "Rules")]
    #[arg(value_parser = hints::RULE_OR_ALL, hide_possible_values = true)]
    pub(crate) allow: Vec<RuleName>,
    /// Make the findings of a rule warnings
    #[arg(short = 'W', long, value_name = "RULE", help_heading = "Rules")]
    #[arg(value_parser = hints::RULE_OR_ALL, hide_possible_values = true)]
    pub(crate) warn: Vec<RuleName>,
    /// Make the findings of a rule errors
    #[arg(short = 'D', long, value_name = "RULE", help_heading = "Rules")]
    #[arg(value_parser = hints::RULE_OR_ALL, hide_possible_values = true)]
    pub(crate) deny: Vec<RuleName>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BaselineFile {
    /// The findings that `drizzle-drift baseline` accepted
    ///
    /// Without it, those of the nearest drizzle-drift-baseline.json.
    #[arg(long = "baseline", value_name = "FILE", help_heading = "Rules")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) path: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BaselineArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) baseline: BaselineFile,
    /// Take out what is fixed, and accept nothing new
    #[arg(long)]
    pub(crate) prune: bool,
}

impl RuleArgs {
    /// What `-A`, `-W` and `-D` ask for; the strictest flag comes last, and wins.
    pub(crate) fn wishes(&self) -> Vec<(RuleName, Option<Level>)> {
        let wishes = [
            (&self.allow, None),
            (&self.warn, Some(Level::Warn)),
            (&self.deny, Some(Level::Error)),
        ];
        let wishes = wishes.into_iter();
        wishes.flat_map(|(rules, level)| rules.iter().map(move |it| (*it, level))).collect()
    }
}

impl ProjectArgs {
    /// As readers of projects want it.
    pub(crate) fn options(&self) -> ProjectOptions {
        ProjectOptions {
            paths: self.paths.clone(),
            schema: self.schema.clone(),
            migrations: self.migrations.clone(),
            dialect: self.dialect.map(Into::into),
            casing: self.casing.map(Into::into),
            engine: self.engine,
            settings: self.config.clone(),
            line: self.drizzle.map(Into::into),
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// schema, migrations or snapshot [default: all of them]
    #[arg(long, value_enum, hide_possible_values = true)]
    #[arg(long_help = help::values::<SourceName>("The source to list [default: all of them]"))]
    pub(crate) source: Option<SourceName>,
    /// table or json
    #[arg(long, value_enum, default_value_t = ListFormat::Table, hide_possible_values = true)]
    #[arg(long_help = help::values::<ListFormat>("How the list is printed"))]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Both places of each finding with the text around them
    Pretty,
    /// One line each: `file:line:column: level[rule]: message`
    Concise,
    /// A stable format for programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a workflow of GitHub
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// A test case per foreign key
    Junit,
    /// A comment on a pull request, or release notes
    Markdown,
}

/// How `--watch` learns of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WatchMode {
    /// The system tells
    Events,
    /// Looks every second
    Poll,
}

/// Where a report goes besides the output.
#[derive(Debug, Clone)]
pub(crate) struct OutputFile {
    pub(crate) format: CheckFormat,
    pub(crate) path: PathBuf,
}

/// Reads `FORMAT=PATH`.
fn parse_output_file(text: &str) -> Result<OutputFile, String> {
    let names = || {
        let formats = CheckFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        formats.map(|it| it.get_name().to_owned()).collect::<Vec<_>>().join(", ")
    };
    let Some((format, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return Err("expected a format and a path, as in sarif=drift.sarif".to_owned());
    };
    let format = CheckFormat::from_str(format, false)
        .map_err(|_| format!("there is no format `{format}`; there are {}", names()))?;
    Ok(OutputFile { format, path: path.into() })
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReachArgs {
    /// The table, such as users or auth.users [default: all in short]
    pub(crate) table: Option<String>,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// schema, migrations or snapshot [default: the first two]
    #[arg(long, value_enum, hide_possible_values = true)]
    #[arg(long_help = help::values::<SourceName>("The source to look at \
        [default: the schema and the migrations]"))]
    pub(crate) source: Option<SourceName>,
    /// tree, json, mermaid, dot or svg
    #[arg(long, value_enum, default_value_t = ReachFormat::Tree, hide_possible_values = true)]
    #[arg(long_help = help::values::<ReachFormat>("How it is printed"))]
    pub(crate) format: ReachFormat,
    /// Colors: auto, always or never
    ///
    /// By itself there are colors in a terminal, unless NO_COLOR is set.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    #[arg(hide_possible_values = true)]
    pub(crate) color: ColorChoice,
}

impl ReachArgs {
    /// What to look at, and where. A path in place of the table is one of a project.
    pub(crate) fn table_and_project(&self, folder: &Path) -> (Option<String>, ProjectArgs) {
        let mut project = self.project.clone();
        let is_path = |it: &String| {
            let looks_like_one = it.contains(['/', '\\'])
                || it.starts_with("drizzle.config")
                || matches!(&it[..], "." | "..");
            looks_like_one && folder.join(it).exists()
        };
        match &self.table {
            Some(path) if is_path(path) => {
                project.paths.insert(0, PathBuf::from(path));
                (None, project)
            }
            table => (table.clone(), project),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReachFormat {
    /// Lines for people
    Tree,
    /// A stable format for programs
    Json,
    /// A flowchart for Markdown
    Mermaid,
    /// A graph for Graphviz
    Dot,
    /// A drawing
    Svg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Lines for people
    Table,
    /// A stable format for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SourceName {
    /// What the TypeScript declares
    Schema,
    /// What the SQL creates
    Migrations,
    /// What drizzle-kit's newest snapshot says
    Snapshot,
}

impl SourceName {
    /// As it is written on the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            SourceName::Schema => "schema",
            SourceName::Migrations => "migrations",
            SourceName::Snapshot => "snapshot",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelName {
    Error,
    Warn,
    Info,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Error => Level::Error,
            LevelName::Warn => Level::Warn,
            LevelName::Info => Level::Info,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warn,
    Info,
    Never,
}

impl FailOn {
    /// The least level that makes the exit status 1; `None` where none does.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            FailOn::Error => Some(Level::Error),
            FailOn::Warn => Some(Level::Warn),
            FailOn::Info => Some(Level::Info),
            FailOn::Never => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectName {
    Postgresql,
    Mysql,
    Sqlite,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Self {
        match name {
            DialectName::Postgresql => Dialect::PostgreSql,
            DialectName::Mysql => Dialect::MySql,
            DialectName::Sqlite => Dialect::Sqlite,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CasingName {
    #[value(name = "snake_case")]
    SnakeCase,
    #[value(name = "camelCase")]
    CamelCase,
}

impl From<CasingName> for Casing {
    fn from(name: CasingName) -> Self {
        match name {
            CasingName::SnakeCase => Casing::SnakeCase,
            CasingName::CamelCase => Casing::CamelCase,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineName {
    #[value(name = "0.x")]
    V0,
    #[value(name = "1.0")]
    V1,
}

impl From<LineName> for DrizzleLine {
    fn from(name: LineName) -> Self {
        match name {
            LineName::V0 => DrizzleLine::V0,
            LineName::V1 => DrizzleLine::V1,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
