//! The settings file as it is written. Each key is optional; what is not here is refused.
//!
//! These types are the one declaration of what a settings file may say: serde reads them, and the JSON
//! Schema is written from them, with the comments on the fields as descriptions.

use std::collections::BTreeMap;
use std::fmt;

use drift_model::{Level, ReferentialAction};
use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::placed::{Entries, OneOrMany, Placed, unknown};

/// What `Engine::parse` takes, as a pattern.
#[cfg(feature = "schema")]
const ENGINE: &str = "^(postgresql|postgres|cockroachdb|cockroach|mysql|planetscale|mariadb|sqlite|d1\
    |libsql|turso)(-[0-9]{1,5}(\\.[0-9]{1,9}){0,2})?$";

/// What `config::dialect` takes.
#[cfg(feature = "schema")]
const DIALECTS: [&str; 5] = ["postgresql", "mysql", "sqlite", "turso", "cockroach"];

/// Settings of drizzle-drift.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Options {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema")]
    pub(crate) _schema: Option<String>,
    /// Projects without a drizzle config, and what holds for those that have one.
    pub(crate) projects: Vec<Placed<ProjectOptions>>,
    /// The server that runs the migrations of every project of its dialect, such as `postgresql-15`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = ENGINE)))]
    pub(crate) engine: Option<Placed<String>>,
    /// What `process.env.NAME` gives in drizzle configs and schemas.
    pub(crate) env: BTreeMap<String, String>,
    /// How bad the findings of a rule are.
    pub(crate) rules: Entries<LevelOption>,
    /// What is demanded of foreign keys.
    pub(crate) policies: Vec<Placed<PolicyOptions>>,
    /// The tables that keep a record of what happened, such as `*_events`, in place of those that
    /// are called like one.
    pub(crate) audit_tables: Option<OneOrMany<String>>,
    /// Findings that are accepted for a reason.
    pub(crate) ignore: Vec<Placed<IgnoreOptions>>,
    /// The file of findings that were accepted by `drizzle-drift baseline`, from this file.
    pub(crate) baseline: Option<String>,
    /// The least severe findings that are shown.
    pub(crate) level: Option<ShownOption>,
    /// The least severe finding that makes the exit status 1.
    pub(crate) fail_on: Option<FailOnOption>,
}

/// One project.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::name_a_project))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ProjectOptions {
    /// The drizzle config of the project that this is about, from this file.
    pub(crate) config: Option<Placed<String>>,
    /// Schema files or patterns, from this file, in place of those of the config.
    #[serde(default)]
    pub(crate) schema: OneOrMany<Placed<String>>,
    /// The folder of migrations, from this file, in place of that of the config.
    pub(crate) migrations: Option<String>,
    /// The SQL dialect, in place of that of the config.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = DIALECTS)))]
    pub(crate) dialect: Option<Placed<String>>,
    /// How columns without a name are called, in place of what the config says.
    pub(crate) casing: Option<CasingOption>,
    /// The server that runs the migrations, such as `mariadb-10.11`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = ENGINE)))]
    pub(crate) engine: Option<Placed<String>>,
    /// The line of drizzle, in place of what `package.json` says.
    pub(crate) drizzle: Option<DrizzleOption>,
    /// The order of the migrations: `journal`, `name`, or all of them as paths from their folder.
    pub(crate) order: Option<OrderOption>,
    /// Migrations that are applied although the journal does not list them: paths from their folder,
    /// or patterns.
    #[serde(default)]
    pub(crate) apply: OneOrMany<Placed<String>>,
    /// Files that are not applied: paths from the folder of migrations, or patterns.
    #[serde(default)]
    pub(crate) skip: OneOrMany<Placed<String>>,
}

/// A demand on foreign keys, by exactly one of `references`, `table` and `deletable`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::demand_one_thing))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct PolicyOptions {
    /// Concerns the foreign keys that reference this column, such as `users.id`, or any column of a
    /// table, such as `users`.
    pub(crate) references: Option<String>,
    /// Concerns the foreign keys of this table.
    pub(crate) table: Option<String>,
    /// Demands that rows of this table can always be deleted.
    pub(crate) deletable: Option<String>,
    /// The actions that are accepted for `ON DELETE`.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = 1)))]
    pub(crate) on_delete: Option<Placed<OneOrMany<ActionOption>>>,
    /// The actions that are accepted for `ON UPDATE`.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = 1)))]
    pub(crate) on_update: Option<Placed<OneOrMany<ActionOption>>>,
    /// Tables that the policy does not concern.
    #[serde(default)]
    pub(crate) except: OneOrMany<String>,
    /// Why it is there, for those who break it.
    pub(crate) reason: Option<String>,
}

/// Findings that are accepted for a reason: those for which all of it is so.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct IgnoreOptions {
    /// The rule, or several, or `all`.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = 1)))]
    pub(crate) rule: OneOrMany<Placed<RuleName>>,
    /// The table that they are about, the referencing one of a foreign key.
    pub(crate) table: Option<String>,
    /// The columns that they are about, in their order.
    #[serde(default)]
    pub(crate) columns: OneOrMany<String>,
    /// The file that they point at, from this file.
    pub(crate) file: Option<String>,
    /// Why they are accepted.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "\\S")))]
    pub(crate) reason: Placed<String>,
    /// The last day on which they are, such as `2027-01-31`.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date")))]
    pub(crate) until: Option<Placed<String>>,
}

/// The name of a rule.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct RuleName(pub(crate) String);

/// The least severe findings that are shown.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ShownLevel"))]
#[serde(rename = "level", rename_all = "lowercase")]
pub(crate) enum ShownOption {
    Error,
    Warn,
    Info,
}

impl From<ShownOption> for Level {
    fn from(option: ShownOption) -> Self {
        match option {
            ShownOption::Error => Self::Error,
            ShownOption::Warn => Self::Warn,
            ShownOption::Info => Self::Info,
        }
    }
}

/// The least severe finding that makes the exit status 1.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "FailOn"))]
#[serde(rename = "level", rename_all = "lowercase")]
pub(crate) enum FailOnOption {
    Error,
    Warn,
    Info,
    Never,
}

impl FailOnOption {
    /// `None` for never.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warn => Some(Level::Warn),
            Self::Info => Some(Level::Info),
            Self::Never => None,
        }
    }
}

/// The level of a rule's findings.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Level"))]
#[serde(rename = "level", rename_all = "lowercase")]
pub(crate) enum LevelOption {
    /// The rule does not run.
    Off,
    /// Worth knowing.
    Info,
    /// Probably wrong.
    Warn,
    /// Wrong.
    Error,
}

impl LevelOption {
    /// `None` for a rule that does not run.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Off => None,
            Self::Info => Some(Level::Info),
            Self::Warn => Some(Level::Warn),
            Self::Error => Some(Level::Error),
        }
    }
}

/// What a foreign key does when the referenced row is deleted or its key changes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Action"))]
#[serde(rename = "action", rename_all = "lowercase")]
pub(crate) enum ActionOption {
    /// The default, where no clause is written.
    #[serde(rename = "no action")]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Delete or update the referencing rows too.
    Cascade,
    /// Empty the referencing columns.
    #[serde(rename = "set null")]
    SetNull,
    /// Put the default of the referencing columns.
    #[serde(rename = "set default")]
    SetDefault,
}

impl From<ActionOption> for ReferentialAction {
    fn from(action: ActionOption) -> Self {
        match action {
            ActionOption::NoAction => Self::NoAction,
            ActionOption::Restrict => Self::Restrict,
            ActionOption::Cascade => Self::Cascade,
            ActionOption::SetNull => Self::SetNull,
            ActionOption::SetDefault => Self::SetDefault,
        }
    }
}

/// How columns without a name are called.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Casing"))]
#[serde(rename = "casing")]
pub(crate) enum CasingOption {
    #[serde(rename = "snake_case")]
    Snake,
    #[serde(rename = "camelCase")]
    Camel,
}

/// The line of drizzle.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DrizzleLine"))]
#[serde(rename = "line of drizzle")]
pub(crate) enum DrizzleOption {
    #[serde(rename = "0.x")]
    V0,
    #[serde(rename = "1.0")]
    V1,
}

/// The order of migrations.
#[derive(Debug)]
pub(crate) enum OrderOption {
    /// That of the journal.
    Journal,
    /// By name.
    Name,
    /// These, and no others.
    Listed(Vec<Placed<String>>),
}

impl<'de> Deserialize<'de> for OrderOption {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderVisitor)
    }
}

struct OrderVisitor;

impl<'de> de::Visitor<'de> for OrderVisitor {
    type Value = OrderOption;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`journal`, `name` or a list of files")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<OrderOption, E> {
        match text {
            "journal" => Ok(OrderOption::Journal),
            "name" => Ok(OrderOption::Name),
            other => {
                let message = unknown("order", other, &["journal", "name"]);
                let is_complete = message.ends_with('?');
                let others = if is_complete { "" } else { " or a list of files" };
                Err(E::custom(message + others))
            }
        }
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, items: A) -> Result<OrderOption, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(items)).map(OrderOption::Listed)
    }
}
