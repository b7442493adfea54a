//! The settings file: `drizzle-drift.json`, or `drizzleDrift` in a `package.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drift_model::{
    Actions, Date, Demand, FileId, FileSystem, Level, NamePattern, Policy, ReferentialAction,
    SourceError, SourceMap, Span,
};
use drift_schema::{Casing, DrizzleLine};
use jsonc_parser::ast::Value;
use jsonc_parser::common::Range;
use jsonc_parser::{CollectOptions, ParseOptions};

use crate::config;
use crate::disk::Disk;
use crate::options::{
    ActionOption, CasingOption, DrizzleOption, IgnoreOptions, Options, OrderOption, PolicyOptions,
    ProjectOptions,
};
use crate::placed::{self, OneOrMany, Placed};
use crate::project_settings::{OrderSetting, ProjectSetting, Written};

const FILES: [&str; 2] = ["drizzle-drift.json", "drizzle-drift.jsonc"];
const MANIFEST: &str = "package.json";
const MANIFEST_KEY: &str = "drizzleDrift";

/// What a run uses of the settings.
#[derive(Debug, Default)]
pub struct Settings {
    /// What `process.env.NAME` gives in configs and schemas.
    pub env: BTreeMap<String, String>,
    /// In the order in which they are written.
    pub rules: Vec<RuleSetting>,
    /// The server that runs the migrations of its dialect, as it is written.
    pub engine: Option<Written>,
    /// In the order in which they are written.
    pub projects: Vec<ProjectSetting>,
    /// In the order in which they are written.
    pub policies: Vec<Policy>,
    /// The tables that keep a record of what happened, where it is said which do.
    pub audit_tables: Option<Vec<NamePattern>>,
    /// In the order in which they are written.
    pub ignore: Vec<IgnoreSetting>,
    /// The file of findings that were accepted; absolute.
    pub baseline: Option<PathBuf>,
    /// The least severe findings that are shown.
    pub level: Option<Level>,
    /// The least severe finding that makes the exit status 1; `Some(None)` for none.
    pub fail_on: Option<Option<Level>>,
    /// The folder of the settings file, where there is one; absolute.
    pub folder: Option<PathBuf>,
}

/// Findings that are accepted for a reason.
#[derive(Debug)]
pub struct IgnoreSetting {
    /// The names of their rules; they may be the names of none.
    pub rules: Vec<Written>,
    /// The table that they are about.
    pub table: Option<NamePattern>,
    /// The columns that they are about, in their order; empty for any.
    pub columns: Vec<NamePattern>,
    /// A file that they point at, as a path from the folder of the settings.
    pub file: Option<NamePattern>,
    /// Why they are accepted.
    pub reason: String,
    /// The last day on which they are.
    pub until: Option<Date>,
    /// The entry.
    pub span: Span,
}

/// What the settings say about one rule.
#[derive(Debug)]
pub struct RuleSetting {
    /// As it is written; it may be the name of no rule.
    pub name: String,
    /// `None` switches it off.
    pub level: Option<Level>,
    /// Where the name is written.
    pub span: Span,
}

/// Reads the settings that hold in `folder`: those of `file`, else the nearest upwards to the root of
/// the repository, else none.
///
/// # Errors
/// The file cannot be read, or says something that is not understood.
pub fn read_settings(
    disk: &Disk,
    sources: &SourceMap,
    folder: &Path,
    file: Option<&Path>,
) -> Result<Settings, SourceError> {
    find_and_read(disk, disk.root(), sources, folder, file)
}

fn find_and_read(
    files: &dyn FileSystem,
    root: &Path,
    sources: &SourceMap,
    folder: &Path,
    file: Option<&Path>,
) -> Result<Settings, SourceError> {
    if let Some(file) = file {
        let path = crate::glob::normalize(&folder.join(file));
        return Ok(read(files, sources, path)?.unwrap_or_default());
    }
    for folder in folder.ancestors().take_while(|it| it.starts_with(root)) {
        let found = FILES.iter().map(|name| folder.join(name)).find(|path| files.is_file(path));
        if let Some(path) = found {
            return Ok(read(files, sources, path)?.unwrap_or_default());
        }
        let manifest = folder.join(MANIFEST);
        let is_meant = files.read(&manifest).is_ok_and(|text| text.contains(MANIFEST_KEY));
        if is_meant && let Some(settings) = read(files, sources, manifest)? {
            return Ok(settings);
        }
    }
    Ok(Settings::default())
}

/// The settings of a file; `None` for a `package.json` that holds none.
fn read(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: PathBuf,
) -> Result<Option<Settings>, SourceError> {
    let failure = |message| SourceError { path: path.clone(), span: None, message };
    let file = sources.load(files, &path).map_err(|cause| failure(cause.to_string()))?;
    let origin = Origin { path: &path, file: file.id };
    let parsed = jsonc_parser::parse_to_ast(&file.text, &CollectOptions::default(), &SYNTAX)
        .map_err(|cause| origin.error(cause.range(), cause.kind().to_string()))?;
    let Some(value) = parsed.value else {
        return Err(failure("the settings are no object".to_owned()));
    };
    if path.file_name().is_none_or(|it| it != MANIFEST) {
        return origin.settings("the settings", &value).map(Some);
    }
    let Value::Object(manifest) = &value else { return Ok(None) };
    let property = manifest.get(MANIFEST_KEY);
    property.map(|it| origin.settings(&format!("`{MANIFEST_KEY}`"), &it.value)).transpose()
}

/// JSON with comments and trailing commas.
const SYNTAX: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The file that settings come from, which turns what is written in it into what a run uses.
#[derive(Clone, Copy)]
struct Origin<'a> {
    path: &'a Path,
    file: FileId,
}

impl Origin<'_> {
    fn span(self, range: Range) -> Span {
        Span::new(self.file, range.start as u32, range.end as u32)
    }

    fn error(self, range: Range, message: impl Into<String>) -> SourceError {
        let span = Some(self.span(range));
        SourceError { path: self.path.to_path_buf(), span, message: message.into() }
    }

    fn written(self, text: Placed<String>) -> Written {
        Written { span: self.span(text.range), text: text.value }
    }

    fn all_written(self, texts: Vec<Placed<String>>) -> Vec<Written> {
        texts.into_iter().map(|it| self.written(it)).collect()
    }

    /// A path from the folder of the file.
    fn path(self, text: &str) -> PathBuf {
        crate::glob::normalize(&self.path.parent().unwrap_or(Path::new("")).join(text))
    }

    fn settings(self, name: &str, value: &Value<'_>) -> Result<Settings, SourceError> {
        let options: Options = placed::read(name, value).map_err(|refusal| SourceError {
            path: self.path.to_path_buf(),
            span: refusal.range.map(|it| self.span(it)),
            message: refusal.message,
        })?;
        let rules = options.rules.0.into_iter().map(|(name, level)| {
            let span = self.span(name.range);
            RuleSetting { name: name.value, level: level.level(), span }
        });
        let projects = options.projects.into_iter().map(|it| self.project(it));
        let policies = options.policies.into_iter().map(|it| self.policy(it));
        let ignore = options.ignore.into_iter().map(|it| self.ignore(it));
        Ok(Settings {
            env: options.env,
            rules: rules.collect(),
            engine: options.engine.map(|it| self.written(it)),
            projects: projects.collect::<Result<_, _>>()?,
            policies: policies.collect::<Result<_, _>>()?,
            audit_tables: options.audit_tables.map(patterns),
            ignore: ignore.collect::<Result<_, _>>()?,
            baseline: options.baseline.map(|it| self.path(&it)),
            level: options.level.map(Into::into),
            fail_on: options.fail_on.map(|it| it.level()),
            folder: self.path.parent().map(Path::to_path_buf),
        })
    }

    fn project(self, options: Placed<ProjectOptions>) -> Result<ProjectSetting, SourceError> {
        let Placed { value: options, range } = options;
        let mut project = ProjectSetting::new(self.path, self.span(range));
        let config = options.config;
        project.config = config.map(|it| (self.path(&it.value), self.span(it.range)));
        project.schema = options.schema.0.into_iter().map(|it| it.value).collect();
        project.migrations = options.migrations.map(|it| self.path(&it));
        let dialect = options
            .dialect
            .map(|it| config::dialect(&it.value).map_err(|message| self.error(it.range, message)));
        project.dialect = dialect.transpose()?;
        project.casing = options.casing.map(|it| match it {
            CasingOption::Snake => Casing::SnakeCase,
            CasingOption::Camel => Casing::CamelCase,
        });
        project.engine = options.engine.map(|it| self.written(it));
        project.line = options.drizzle.map(|it| match it {
            DrizzleOption::V0 => DrizzleLine::V0,
            DrizzleOption::V1 => DrizzleLine::V1,
        });
        project.order = match options.order {
            None => OrderSetting::Found,
            Some(OrderOption::Journal) => OrderSetting::Journal,
            Some(OrderOption::Name) => OrderSetting::Name,
            Some(OrderOption::Listed(files)) => OrderSetting::Listed(self.all_written(files)),
        };
        project.apply = self.all_written(options.apply.0);
        project.skip = self.all_written(options.skip.0);
        if project.names_nothing() {
            let message =
                "it must say which project is meant, by `config`, `migrations` or `schema`";
            return Err(self.error(range, message));
        }
        Ok(project)
    }

    fn policy(self, options: Placed<PolicyOptions>) -> Result<Policy, SourceError> {
        let Placed { value: options, range } = options;
        let PolicyOptions { on_delete, on_update, .. } = options;
        let demands_actions = on_delete.is_some() || on_update.is_some();
        let actions =
            Actions { on_delete: self.actions(on_delete)?, on_update: self.actions(on_update)? };
        let demand = match (options.references, options.table, options.deletable) {
            (Some(referenced), None, None) if demands_actions => {
                let (table, column) = match referenced.rsplit_once('.') {
                    Some((table, column)) => (table, Some(NamePattern::new(column))),
                    None => (&*referenced, None),
                };
                Demand::References { table: NamePattern::new(table), column, actions }
            }
            (None, Some(table), None) if demands_actions => {
                Demand::Table { table: NamePattern::new(table), actions }
            }
            (None, None, Some(table)) if !demands_actions => {
                Demand::Deletable { table: NamePattern::new(table) }
            }
            (None, None, Some(_)) => {
                let message = "`deletable` goes without `onDelete` and `onUpdate`";
                return Err(self.error(range, message));
            }
            (Some(_), None, None) | (None, Some(_), None) => {
                let message = "it must say what is demanded, by `onDelete` or `onUpdate`";
                return Err(self.error(range, message));
            }
            _ => {
                let message = "it must have exactly one of `references`, `table` and `deletable`";
                return Err(self.error(range, message));
            }
        };
        let except = patterns(options.except);
        Ok(Policy { demand, except, reason: options.reason, span: self.span(range) })
    }

    fn ignore(self, options: Placed<IgnoreOptions>) -> Result<IgnoreSetting, SourceError> {
        let Placed { value: options, range } = options;
        if options.rule.0.is_empty() {
            return Err(self.error(range, "`rule` must name a rule"));
        }
        let rules = options.rule.0.into_iter();
        let rules = rules.map(|it| Written { text: it.value.0, span: self.span(it.range) });
        if options.reason.value.trim().is_empty() {
            return Err(self.error(options.reason.range, "`reason` must say something"));
        }
        let until = options.until.map(|it| {
            let message = format!("`{}` is no day, such as 2027-01-31", it.value);
            Date::parse(&it.value).ok_or_else(|| self.error(it.range, message))
        });
        Ok(IgnoreSetting {
            rules: rules.collect(),
            table: options.table.map(NamePattern::new),
            columns: patterns(options.columns),
            file: options.file.map(|it| NamePattern::new(it.strip_prefix("./").unwrap_or(&it))),
            reason: options.reason.value,
            until: until.transpose()?,
            span: self.span(range),
        })
    }

    fn actions(
        self,
        written: Option<Placed<OneOrMany<ActionOption>>>,
    ) -> Result<Vec<ReferentialAction>, SourceError> {
        match written {
            None => Ok(Vec::new()),
            Some(Placed { value: OneOrMany(actions), range }) if actions.is_empty() => {
                Err(self.error(range, "it must accept at least one action"))
            }
            Some(actions) => Ok(actions.value.0.into_iter().map(Into::into).collect()),
        }
    }
}

fn patterns(names: OneOrMany<String>) -> Vec<NamePattern> {
    names.0.into_iter().map(NamePattern::new).collect()
}

#[cfg(test)]
mod tests {
    use drift_model::MemoryFileSystem;
    use insta::assert_snapshot;

    use super::*;

    /// The settings that hold in `repo/packages/db`.
    fn check(fixture: &str, file: Option<&str>) -> String {
        let files = MemoryFileSystem::parse("repo/drizzle-drift.json", fixture);
        let sources = SourceMap::default();
        let folder = Path::new("repo/packages/db");
        match find_and_read(&files, Path::new("repo"), &sources, folder, file.map(Path::new)) {
            Ok(settings) => {
                let rules = settings.rules.iter().map(|it| format!("{} {:?}", it.name, it.level));
                let mut found = format!("{:?} {:?}", settings.env, rules.collect::<Vec<_>>());
                for policy in &settings.policies {
                    let (demand, except) = (&policy.demand, &policy.except);
                    found.push_str(&format!("\n{demand:?} {except:?} {:?}", policy.reason));
                }
                if let Some(tables) = &settings.audit_tables {
                    found.push_str(&format!("\n{tables:?}"));
                }
                // How a pattern is kept is its own affair.
                let pattern = found.split("NamePattern { written: ").map(|it| {
                    match it.split_once(", partial: ") {
                        Some((written, rest)) => {
                            written.to_owned() + rest.split_once(" }").unwrap_or_default().1
                        }
                        None => it.to_owned(),
                    }
                });
                pattern.collect()
            }
            Err(error) => {
                let place = error.span.map(|span| {
                    let at = sources.file(span.file).line_column(span.start);
                    format!(":{}:{}", at.line, at.column)
                });
                let place = place.unwrap_or_default();
                format!("{}{place}: {}", error.path.display(), error.message)
            }
        }
    }

    #[test]
    fn reads_every_key() {
        assert_snapshot!(check(r#"{
            "$schema": "./schema.json", // a comment
            "env": { "TABLE_PREFIX": "app_", "EMPTY": "" },
            "rules": { "a": "off", "b": "info", "c": "warn", "d": "error" },
        }"#, None), @r#"{"EMPTY": "", "TABLE_PREFIX": "app_"} ["a None", "b Some(Info)", "c Some(Warn)", "d Some(Error)"]"#);
    }

    #[test]
    fn reads_policies() {
        assert_snapshot!(check(r#"{
            "policies": [
                { "references": "users.id", "onDelete": "cascade", "except": ["audit_*"], "reason": "delete-my-account" },
                { "references": "auth.users.*", "onUpdate": ["restrict", "no action"] },
                { "table": "audit_*", "onDelete": ["set null", "set default"], "except": "audit_x" },
                { "deletable": "users" },
            ],
            "auditTables": ["*audit*", "*_events"],
        }"#, None), @r#"
        {} []
        References { table: "users", column: Some("id"), actions: Actions { on_delete: [Cascade], on_update: [] } } ["audit_*"] Some("delete-my-account")
        References { table: "auth.users", column: Some("*"), actions: Actions { on_delete: [], on_update: [Restrict, NoAction] } } [] None
        Table { table: "audit_*", actions: Actions { on_delete: [SetNull, SetDefault], on_update: [] } } ["audit_x"] None
        Deletable { table: "users" } [] None
        ["*audit*", "*_events"]
        "#);
    }

    #[test]
    fn refuses_policies_that_demand_nothing_or_too_much() {
        let refuse = |policy: &str| check(&format!("{{ \"policies\": [{policy}] }}"), None);
        assert_snapshot!(refuse(r#"{ "references": "users.id", "onDelete": "casacde" }"#), @"repo/drizzle-drift.json:1:56: unknown action `casacde`; did you mean `cascade`?");
        assert_snapshot!(refuse(r#"{ "references": "users.id", "onDelete": [] }"#), @"repo/drizzle-drift.json:1:56: it must accept at least one action");
        assert_snapshot!(refuse(r#"{ "references": "users.id", "onDelete": ["cascade", 1] }"#), @"repo/drizzle-drift.json:1:68: an entry of `onDelete` must be one of `no action`, `restrict`, `cascade`, `set null`, `set default`, not a number");
        assert_snapshot!(refuse(r#"{ "references": "users.id", "ondelete": "cascade" }"#), @"repo/drizzle-drift.json:1:44: unknown key `ondelete`; did you mean `onDelete`?");
        assert_snapshot!(refuse(r#"{ "references": "users.id" }"#), @"repo/drizzle-drift.json:1:16: it must say what is demanded, by `onDelete` or `onUpdate`");
        assert_snapshot!(refuse(r#"{ "references": "users.id", "table": "posts", "onDelete": "cascade" }"#), @"repo/drizzle-drift.json:1:16: it must have exactly one of `references`, `table` and `deletable`");
        assert_snapshot!(refuse(r#"{ "onDelete": "cascade" }"#), @"repo/drizzle-drift.json:1:16: it must have exactly one of `references`, `table` and `deletable`");
        assert_snapshot!(refuse(r#"{ "deletable": "users", "onDelete": "cascade" }"#), @"repo/drizzle-drift.json:1:16: `deletable` goes without `onDelete` and `onUpdate`");
        assert_snapshot!(refuse(r#"{ "deletable": null }"#), @"repo/drizzle-drift.json:1:31: `deletable` must be a string, not null");
        assert_snapshot!(refuse(r#""users""#), @"repo/drizzle-drift.json:1:16: an entry of `policies` must be an object, not a string");
        assert_snapshot!(refuse(r#"{ "deletable": "users", "deletable": "posts" }"#), @"repo/drizzle-drift.json:1:40: `deletable` is there twice");
    }

    #[test]
    fn the_nearest_file_holds() {
        let of = |key: &str| format!(r#"{{ "env": {{ "{key}": "" }} }}"#);
        let manifest = format!(r#"{{ "name": "db", "drizzleDrift": {} }}"#, of("MANIFEST"));
        let root = of("ROOT");
        assert_snapshot!(check(&root, None), @r#"{"ROOT": ""} []"#);
        assert_snapshot!(check(&format!("{root}\n//- repo/packages/package.json\n{manifest}"), None), @r#"{"MANIFEST": ""} []"#);
        let jsonc = format!("//- repo/packages/drizzle-drift.jsonc\n{}", of("JSONC"));
        assert_snapshot!(check(&format!("{root}\n{jsonc}\n//- repo/packages/package.json\n{manifest}"), None), @r#"{"JSONC": ""} []"#);
        // A `package.json` that says nothing of it is none.
        assert_snapshot!(check(&format!("{root}\n//- repo/packages/db/package.json\n{{ \"drizzleDrifts\": 1 }}"), None), @r#"{"ROOT": ""} []"#);
        // Beyond the root of the repository nothing counts.
        assert_snapshot!(check(&format!("//- drizzle-drift.json\n{root}"), None), @"{} []");
        assert_snapshot!(check(&format!("{root}\n//- repo/ci.json\n{}", of("CI")), Some("../../ci.json")), @r#"{"CI": ""} []"#);
        assert_snapshot!(check(&root, Some("ci.json")), @"repo/packages/db/ci.json: entity not found");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in [
            r#"{ "evn": {} }"#,
            r#"{ "zzz": {} }"#,
            r#"{ "env": {}, "policies": {} }"#,
            "[]",
            "",
            r#"{ "env": [] }"#,
            "{\n  \"env\": { \"A\": 1 }\n}",
            r#"{ "rules": { "a": "warning" } }"#,
            r#"{ "rules": { "a": null } }"#,
            r#"{ "env" }"#,
        ] {
            let found = check(text, None);
            assert!(found.starts_with("repo/drizzle-drift.json"), "{text}: {found}");
        }
        assert_snapshot!(check(r#"{ "evn": {} }"#, None), @"repo/drizzle-drift.json:1:3: unknown key `evn`; did you mean `env`?");
        assert_snapshot!(check(r#"{ "environment": {} }"#, None), @"repo/drizzle-drift.json:1:3: unknown key `environment`; did you mean `env`?");
        assert_snapshot!(check(r#"{ "zzz": {} }"#, None), @"repo/drizzle-drift.json:1:3: unknown key `zzz`: expected `$schema`, `projects`, `engine`, `env`, `rules`, `policies`, `auditTables`, `ignore`, `baseline`, `level`, `failOn`");
        assert_snapshot!(check(r#"{ "env": {}, "policies": {} }"#, None), @"repo/drizzle-drift.json:1:26: `policies` must be a list, not an object");
        assert_snapshot!(check(r#"{ "rules": { "a": true } }"#, None), @"repo/drizzle-drift.json:1:19: `a` must be one of `off`, `info`, `warn`, `error`, not a boolean");
        assert_snapshot!(check(r#"{ "projects": [{ "migrations": "a", "order": "jurnal" }] }"#, None), @"repo/drizzle-drift.json:1:46: unknown order `jurnal`; did you mean `journal`?");
        assert_snapshot!(check(r#"{ "projects": [{ "migrations": "a", "dialect": "postgres" }] }"#, None), @"repo/drizzle-drift.json:1:48: unknown dialect `postgres`: drizzle-kit calls it `postgresql`");
        assert_snapshot!(check(r#"{ "projects": [{ "migrations": "a", "casing": "snake" }] }"#, None), @"repo/drizzle-drift.json:1:47: unknown casing `snake`; did you mean `snake_case`?");
        assert_snapshot!(check(r#"{ "projects": [{ "migrations": "a", "apply": ["a", 1] }] }"#, None), @"repo/drizzle-drift.json:1:52: an entry of `apply` must be a string, not a number");
        assert_snapshot!(check(r#"{ 'env': {} }"#, None), @"repo/drizzle-drift.json:1:3: Single-quoted strings are not allowed");
        assert_snapshot!(check("[]", None), @"repo/drizzle-drift.json:1:1: the settings must be an object, not an array");
        assert_snapshot!(check("{\n  \"env\": { \"A\": 1 }\n}", None), @"repo/drizzle-drift.json:2:17: `A` must be a string, not a number");
        assert_snapshot!(check(r#"{ "rules": { "a": "warning" } }"#, None), @"repo/drizzle-drift.json:1:19: unknown level `warning`; did you mean `warn`?");
        assert_snapshot!(check(r#"{ "env" }"#, None), @"repo/drizzle-drift.json:1:9: Expected colon after the string or word in object property");
        assert_snapshot!(check("//- repo/package.json\n{ \"drizzleDrift\": { \"env\": true } }", None), @"repo/package.json:1:28: `env` must be an object, not a boolean");
    }
}
