//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use drift_model::Engine;
use drift_model::{Dialect, Level};
use drift_rules::{RULES, Rule, RuleLevels};
use drift_schema::{Casing, DrizzleLine};

/// Finds the foreign keys on which a Drizzle schema and its migrations disagree.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Exit status: 0 nothing found, 1 findings, 2 something could not be read or \
    nothing was compared.\nWithout PATH, every drizzle config below the current directory is a project."
)]
pub struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compare schemas with their migrations (the default)
    Check(CheckArgs),
    /// List the foreign keys that each source has
    List(ListArgs),
    /// Print the documentation of a rule
    Explain {
        /// The name of the rule
        #[arg(value_parser = parse_rule)]
        rule: &'static Rule,
    },
    /// List the rules
    Rules,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ProjectArgs {
    /// Project directories or drizzle configs
    #[arg(value_name = "PATH", conflicts_with_all = ["schema", "migrations"])]
    pub(crate) paths: Vec<PathBuf>,
    /// Schema files, in place of a drizzle config
    #[arg(long, value_name = "GLOB", num_args = 1.., help_heading = "Project")]
    pub(crate) schema: Vec<String>,
    /// The folder of migrations, in place of a drizzle config
    #[arg(long, value_name = "DIR", help_heading = "Project")]
    pub(crate) migrations: Option<PathBuf>,
    /// The SQL dialect, in place of what the config says
    #[arg(long, value_enum, help_heading = "Project")]
    pub(crate) dialect: Option<DialectName>,
    /// How columns without a name are called, in place of what the config says
    #[arg(long, value_enum, help_heading = "Project")]
    pub(crate) casing: Option<CasingName>,
    /// The server that runs the migrations, such as mariadb-10.11, mysql-9.0 or postgresql-15
    #[arg(long, value_name = "NAME", value_parser = parse_engine, help_heading = "Project")]
    pub(crate) engine: Option<Engine>,
    /// The settings, in place of the nearest drizzle-drift.json, drizzle-drift.jsonc or
    /// package.json#drizzleDrift: `projects`, `engine`, `env` (what process.env gives in configs and
    /// schemas) and `rules` (off, info, warn or error by rule)
    #[arg(long, value_name = "FILE", help_heading = "Project")]
    pub(crate) config: Option<PathBuf>,
    /// The line of drizzle, in place of what package.json says
    #[arg(long, value_enum, value_name = "LINE", help_heading = "Project")]
    pub(crate) drizzle: Option<LineName>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// How to print findings
    #[arg(long, value_enum, default_value_t = CheckFormat::Pretty, help_heading = "Output")]
    pub(crate) format: CheckFormat,
    /// When to use colors [NO_COLOR is heeded]
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto, help_heading = "Output")]
    pub(crate) color: ColorChoice,
    /// The least severe findings to show [default: all; pretty sums up the rules at info]
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Output")]
    pub(crate) level: Option<LevelName>,
    /// How many findings `pretty` prints in full; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Output")]
    pub(crate) max_findings: usize,
    /// Print findings only, no summary
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Print how much was read, held against what the text of the schema mentions
    #[arg(long, help_heading = "Output")]
    pub(crate) stats: bool,
    /// The least severe finding that makes the exit status 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error, help_heading = "Rules")]
    pub(crate) fail_on: FailOn,
    /// Switch a rule off
    #[arg(short = 'A', long, value_name = "RULE", value_parser = parse_rule, help_heading = "Rules")]
    pub(crate) allow: Vec<&'static Rule>,
    /// Make a rule's findings warnings
    #[arg(short = 'W', long, value_name = "RULE", value_parser = parse_rule, help_heading = "Rules")]
    pub(crate) warn: Vec<&'static Rule>,
    /// Make a rule's findings errors
    #[arg(short = 'D', long, value_name = "RULE", value_parser = parse_rule, help_heading = "Rules")]
    pub(crate) deny: Vec<&'static Rule>,
}

impl CheckArgs {
    /// Whether findings at info are wanted one by one, where others might drown in them.
    pub(crate) fn shows_infos(&self) -> bool {
        self.level == Some(LevelName::Info) || self.fail_on == FailOn::Info
    }

    /// What `-A`, `-W` and `-D` ask for, else the settings; the strictest flag wins where a rule is
    /// named twice.
    pub(crate) fn rule_levels(&self, settings: RuleLevels) -> RuleLevels {
        let mut levels = settings;
        let wishes = [
            (&self.allow, None),
            (&self.warn, Some(Level::Warn)),
            (&self.deny, Some(Level::Error)),
        ];
        for (rules, level) in wishes {
            for rule in rules {
                levels.set(rule, level);
            }
        }
        levels
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// The source to list; all of them without it
    #[arg(long, value_enum)]
    pub(crate) source: Option<SourceName>,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
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
    /// Whether a finding of this level makes the exit status 1.
    pub(crate) fn is_reached_by(self, level: Level) -> bool {
        match self {
            FailOn::Error => level >= Level::Error,
            FailOn::Warn => level >= Level::Warn,
            FailOn::Info => true,
            FailOn::Never => false,
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

/// The server of that name.
///
/// # Errors
/// There is none: with those that there are.
pub(crate) fn parse_engine(name: &str) -> Result<Engine, String> {
    Engine::parse(name).ok_or_else(|| {
        "expected postgresql, cockroachdb, mysql, mariadb, sqlite, libsql or d1, with a version \
         as in mysql-8.4 where it matters"
            .to_owned()
    })
}

/// The rule of that name.
///
/// # Errors
/// There is none: with the nearest.
pub(crate) fn parse_rule(name: &str) -> Result<&'static Rule, String> {
    if let Some(rule) = RULES.iter().find(|rule| rule.name == name) {
        return Ok(rule);
    }
    let nearest = RULES.iter().max_by(|a, b| {
        strsim::jaro_winkler(a.name, name).total_cmp(&strsim::jaro_winkler(b.name, name))
    });
    let hint = nearest.map(|rule| format!("; did you mean `{}`?", rule.name)).unwrap_or_default();
    Err(format!("there is no such rule{hint}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_misspelt_rule_is_answered_with_the_nearest() {
        let error = parse_rule("on-delete-missmatch").unwrap_err();
        assert!(error.contains("`on-delete-mismatch`"), "{error}");
    }
}
