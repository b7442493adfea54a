//! What each command does.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::Context;
use drift_migrations::{Replay, Snapshot};
use drift_model::{Catalog, Date, Dialect, Finding, Level, SourceError, SourceMap, Unresolved};
use drift_project::{Discovery, Disk, Request};
use drift_rules::{Comparison, RULES, RuleLevels, RuleOptions, SnapshotSource, Sources, Tells};
use drift_schema::{DrizzleLine, Extraction};
use rayon::prelude::*;

use crate::accept::{Acceptance, Accepted};
use crate::analyze::{Analysis, Engines, Reading, analyze, share_schemas};
use crate::args::{
    Args, BaselineArgs, CheckArgs, CheckFormat, Command, FailOn, ListArgs, ListFormat, ProjectArgs,
    ReachArgs, ReachFormat, SourceName,
};
use crate::baseline::{self, Entry};
use crate::changes::{Changes, Declarations};
use crate::checking::Checking;
use crate::fingerprint::{fingerprints, project_identity};
use crate::output::{self, Wishes};
use crate::reach;
use crate::render;
use crate::report::{self, Places, ProjectReport, Report, Reported, SourceCounts};
use crate::settings::{self, Settings};
use crate::tally::Tally;

/// What a run depends on besides its arguments.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The directory that paths start from.
    pub current_directory: PathBuf,
    /// Whether `--color auto` means colors: a terminal, and no `NO_COLOR`.
    pub has_colors: bool,
    /// How many columns the terminal has; `None` where the output goes elsewhere.
    pub width: Option<usize>,
    /// Environment variables, among them those by which CI services make themselves known.
    pub variables: BTreeMap<String, String>,
    /// What tells whether something was accepted for longer than that.
    pub today: Date,
}

impl Environment {
    /// That of a run today whose output goes to a file, outside of any service.
    pub fn new(current_directory: PathBuf) -> Self {
        let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            current_directory,
            has_colors: false,
            width: None,
            variables: BTreeMap::new(),
            today: Date::from_unix_seconds(elapsed.as_secs()),
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing at or above `--fail-on`: status 0.
    Agreement,
    /// Findings at or above `--fail-on`: status 1.
    Findings,
    /// A source that could not be read, or nothing was compared: status 2.
    Incomplete,
}

impl Outcome {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Outcome::Agreement => 0,
            Outcome::Findings => 1,
            Outcome::Incomplete => 2,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(outcome.status())
    }
}

/// Does what the arguments ask for and prints the result to `out`.
///
/// # Errors
/// The current directory is not there, or `out` cannot be written to.
pub fn run(args: &Args, environment: &Environment, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match &args.command {
        None => check(&args.check, environment, out),
        Some(Command::Check(args)) => check(args, environment, out),
        Some(Command::List(args)) => list(args, environment, out),
        Some(Command::Baseline(args)) => baseline(args, environment, out),
        Some(Command::Reach(args)) => reach(args, environment, out),
        Some(Command::Explain { rule }) => {
            render::rules::explain(rule, environment.width, out)?;
            Ok(Outcome::Agreement)
        }
        Some(Command::Rules) => {
            render::rules::list(RULES, out)?;
            Ok(Outcome::Agreement)
        }
    }
}

fn check(
    args: &CheckArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let start = Instant::now();
    let sources = SourceMap::default();
    let prepared = prepare(&args.project, environment, &sources)?;
    let least = args.level.map(Level::from).or(prepared.settings.level);
    let fail_on = args.fail_on.map(FailOn::level).or(prepared.settings.fail_on);
    let has_infos = least == Some(Level::Info) || fail_on == Some(Some(Level::Info));
    let folder = &prepared.request.current_directory;
    let changes = args.since.as_deref().map(|it| Changes::since(it, folder)).transpose()?;
    let reading = Reading { accounts: args.stats, snapshot: true, ..prepared.reading() };
    let (analyses, errors) = read_projects(&prepared, &sources, reading);
    let checking = Checking {
        rule_levels: args.rules.rule_levels(&prepared.settings.rule_levels),
        prepared: &prepared,
        has_stats: args.stats,
        lists_foreign_keys: output::formats(args).any(|it| it == CheckFormat::Junit),
        knows_changes: changes.is_some(),
        sources: &sources,
    };
    let baseline = checking.baseline(args.baseline.path.as_deref(), false)?;
    let mut acceptance = Acceptance {
        suppressions: checking.suppressions(&analyses),
        ignore: checking.ignore_list(environment.today),
        baseline,
        changes,
        sources: &sources,
    };
    let mut projects = checking.check(analyses);
    if errors.is_empty() && checking.concerns_everything() {
        let options = &prepared.settings.rule_options;
        add_unmatched_policies(&mut projects, options, &checking.rule_levels);
    }
    projects.iter_mut().for_each(|it| acceptance.apply(it));
    checking.add_unused(&mut projects, &errors, &acceptance);
    let fixed = checking.fixed(&projects, acceptance.baseline.as_ref());
    projects.iter_mut().for_each(|it| it.hide_below(least.unwrap_or(Level::Info)));
    let (places, elapsed) = (checking.places(), start.elapsed());
    let root = prepared.disk.root();
    let report = Report { places, root, projects, errors, fixed, elapsed };
    let wishes = Wishes { has_infos, fail_on: fail_on.unwrap_or(Some(Level::Error)) };
    let outcome = outcome(&report, wishes.fail_on);
    output::write(&report, args, wishes, environment, out)?;
    Ok(outcome)
}

/// Writes the findings there are into the baseline, or takes out of it those that there are no more.
fn baseline(
    args: &BaselineArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let sources = SourceMap::default();
    let prepared = prepare(&args.project, environment, &sources)?;
    let reading = Reading { snapshot: true, ..prepared.reading() };
    let (analyses, errors) = read_projects(&prepared, &sources, reading);
    let checking = Checking {
        rule_levels: args.rules.rule_levels(&prepared.settings.rule_levels),
        prepared: &prepared,
        has_stats: false,
        lists_foreign_keys: false,
        knows_changes: false,
        sources: &sources,
    };
    let mut acceptance = Acceptance {
        suppressions: checking.suppressions(&analyses),
        ignore: checking.ignore_list(environment.today),
        baseline: None,
        changes: None,
        sources: &sources,
    };
    let named = args.baseline.path.as_deref();
    let mut old = checking.baseline(named, !args.prune)?;
    let mut projects = checking.check(analyses);
    projects.iter_mut().for_each(|it| acceptance.apply(it));
    let places = checking.places();
    let failed = errors.iter().chain(projects.iter().flat_map(|it| &it.errors));
    let mut failed = failed.peekable();
    if failed.peek().is_some() || checking.known_projects(&projects).is_empty() {
        for error in failed {
            writeln!(out, "{}: error: {}", places.place_of_error(error), error.message)?;
        }
        writeln!(out, "the baseline stays as it is: not everything could be compared")?;
        return Ok(Outcome::Incomplete);
    }
    let path = checking.baseline_path(named);
    let shown = places.display(&path);
    let found: Vec<Entry> = projects.iter().flat_map(Entry::all).collect();
    if let Some(old) = &mut old {
        old.keep(&found);
    }
    let known = checking.known_projects(&projects);
    let (fixed, mut entries) = match &old {
        Some(old) => old.split(|it| checking.is_known(it, &known)),
        None => (0, Vec::new()),
    };
    let before = entries.len();
    if !args.prune {
        entries.extend(found);
        entries.sort();
        entries.dedup();
    }
    let (total, added) = (entries.len(), entries.len() - before);
    if total > 0 || old.is_some() {
        baseline::write(&prepared.disk, &path, &shown, entries)?;
    }
    let total = render::count(total, "accepted finding");
    let added = if args.prune { String::new() } else { format!(", {added} new") };
    writeln!(out, "{shown}: {total}{added}, {fixed} fixed and taken out")?;
    out.flush()?;
    Ok(Outcome::Agreement)
}

fn list(
    args: &ListArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let sources = SourceMap::default();
    let prepared = prepare(&args.project, environment, &sources)?;
    let wants_snapshot = args.source.is_none_or(|it| it == SourceName::Snapshot);
    let reading = Reading { snapshot: wants_snapshot, ..prepared.reading() };
    let (mut analyses, errors) = read_projects(&prepared, &sources, reading);
    let request = &prepared.request;
    analyses.iter_mut().for_each(claim_tables);
    analyses.iter_mut().for_each(|it| add_missing_files(it, &sources));
    analyses.iter_mut().for_each(add_snapshot_errors);
    let places = Places { sources: &sources, current_directory: &request.current_directory };
    match args.format {
        ListFormat::Table => render::table::render(&analyses, &errors, args.source, places, out),
        ListFormat::Json => render::json::render_list(&analyses, &errors, args.source, places, out),
    }
    .and_then(|()| out.flush())?;
    let is_incomplete = analyses.is_empty() || analyses.iter().any(|it| !it.errors.is_empty());
    let is_complete = errors.is_empty() && !is_incomplete;
    Ok(if is_complete { Outcome::Agreement } else { Outcome::Incomplete })
}

fn reach(
    args: &ReachArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let (table, project) = args.table_and_project(&environment.current_directory);
    let sources = SourceMap::default();
    let prepared = prepare(&project, environment, &sources)?;
    let wants_snapshot = args.source == Some(SourceName::Snapshot);
    let reading = Reading { snapshot: wants_snapshot, ..prepared.reading() };
    let (mut analyses, errors) = read_projects(&prepared, &sources, reading);
    analyses.iter_mut().for_each(resolve_names);
    analyses.iter_mut().for_each(claim_tables);
    analyses.iter_mut().for_each(|it| add_missing_files(it, &sources));
    let current_directory = &prepared.request.current_directory;
    let places = Places { sources: &sources, current_directory };
    let projects = reach::projects(&analyses, args.source, table.as_deref())?;
    let told = reach::Told { table, projects, errors: &errors, places };
    match args.format {
        ReachFormat::Tree => {
            let has_colors = output::has_colors(args.color, environment);
            render::reach_tree::render(&told, has_colors, environment.width, out)?;
        }
        ReachFormat::Json => render::reach_json::render(&told, out)?,
        ReachFormat::Mermaid => render::reach_graph::mermaid(&told.drawn()?, out)?,
        ReachFormat::Dot => render::reach_graph::dot(&told.drawn()?, out)?,
        ReachFormat::Svg => render::reach_svg::render(&told.drawn()?, out)?,
    }
    out.flush()?;
    let is_read = told.has_tables() && told.all_errors().next().is_none();
    Ok(if is_read { Outcome::Agreement } else { Outcome::Incomplete })
}

/// Where no rule reports a migration that is not there, it is something that could not be read.
fn add_missing_files(analysis: &mut Analysis, sources: &SourceMap) {
    let missing = analysis.journal.missing.iter().map(|it| SourceError {
        path: sources.file(it.span.file).path.clone(),
        span: Some(it.span),
        message: format!("`{}` is listed as a migration, but the file is not there", it.name),
    });
    analysis.errors.extend(missing);
}

/// Where no rule reports a snapshot that cannot be read, it is a source like any other.
fn add_snapshot_errors(analysis: &mut Analysis) {
    let errors = analysis.snapshot.iter().flat_map(|(_, it)| &it.errors);
    analysis.errors.extend(errors.cloned());
}

/// What a run has to know before it looks for projects.
pub(crate) struct Prepared {
    pub(crate) request: Request,
    pub(crate) disk: Disk,
    pub(crate) settings: Settings,
    engines: Engines,
}

impl Prepared {
    /// How projects are read, where nothing more is asked for.
    fn reading(&self) -> Reading<'_> {
        Reading { env: &self.request.env, engines: self.engines, accounts: false, snapshot: false }
    }
}

fn prepare(
    args: &ProjectArgs,
    environment: &Environment,
    sources: &SourceMap,
) -> anyhow::Result<Prepared> {
    let folder = &environment.current_directory;
    let current_directory =
        folder.canonicalize().with_context(|| format!("cannot enter {}", folder.display()))?;
    let disk = Disk::new(&current_directory);
    let mut request = Request {
        current_directory,
        paths: args.paths.clone(),
        schema: args.schema.clone(),
        migrations: args.migrations.clone(),
        dialect: args.dialect.map(Into::into),
        casing: args.casing.map(Into::into),
        line: args.drizzle.map(Into::into),
        env: Default::default(),
        projects: Vec::new(),
    };
    let mut settings = settings::read(&disk, sources, args, &request)?;
    request.env = std::mem::take(&mut settings.env);
    request.projects = std::mem::take(&mut settings.projects);
    let engines = Engines { flag: args.engine, settings: settings.engine };
    Ok(Prepared { request, disk, settings, engines })
}

fn read_projects(
    prepared: &Prepared,
    sources: &SourceMap,
    reading: Reading<'_>,
) -> (Vec<Analysis>, Vec<SourceError>) {
    let Prepared { request, disk, .. } = prepared;
    let Discovery { projects, errors } = drift_project::discover(disk, sources, request);
    let projects = projects.into_par_iter();
    let mut analyses: Vec<_> =
        projects.map(|project| analyze(disk, sources, reading, project)).collect();
    share_schemas(&mut analyses);
    (analyses, errors)
}

/// What is to be said about a project, before anything is accepted.
pub(crate) fn check_project(mut analysis: Analysis, checking: &Checking<'_>) -> ProjectReport {
    let Prepared { settings, disk, .. } = checking.prepared;
    let (options, places) = (&settings.rule_options, checking.places());
    resolve_names(&mut analysis);
    claim_tables(&mut analysis);
    let Compared { mut findings, excepted, concerned_policies } =
        compare(&analysis, &checking.rule_levels, options, places.sources);
    report::sort(&mut findings, places);
    let identity = project_identity(disk.root(), places.current_directory, &analysis.name);
    let fingerprints = fingerprints(&identity, &findings);
    let declarations = checking.knows_changes.then(|| Declarations::new(&analysis));
    let reported = |(finding, fingerprint): (Finding, String)| {
        let tables = declarations.as_ref().map_or(Vec::new(), |it| it.of(&finding));
        Reported { finding, fingerprint, tables }
    };
    let findings = std::iter::zip(findings, fingerprints).map(reported).collect();
    let opaque_exports = match &mut analysis.schema {
        Some(schema) => std::mem::take(&mut schema.opaque_exports),
        None => Vec::new(),
    };
    let tallies = checking.has_stats.then(|| {
        let schema = analysis.schema.iter().map(|it| Tally::of_schema(&it.mentions));
        schema.chain(analysis.mentions.iter().map(|it| Tally::of_migrations(it))).collect()
    });
    let foreign_keys =
        if checking.lists_foreign_keys { foreign_keys(&analysis) } else { Vec::new() };
    ProjectReport {
        home: home(&analysis, places.current_directory),
        foreign_keys,
        schema: analysis.schema.as_ref().map(|it| counts(&it.catalog, &it.unresolved)),
        migrations: analysis.migrations.as_ref().map(|it| counts(&it.catalog, &it.unresolved)),
        name: analysis.name,
        dialect: analysis.dialect,
        migration_files: analysis.migration_files.len(),
        left_out: analysis.left_out,
        relations: analysis.schema.as_ref().map_or(0, |it| it.relations.len()),
        tallies,
        opaque_exports,
        errors: analysis.errors,
        not_compared: analysis.not_compared,
        identity,
        findings,
        accepted: Accepted::default(),
        hidden: Vec::new(),
        excepted,
        concerned_policies,
    }
}

/// A file to name where a finding has no place: the config, or where the migrations lie.
fn home(analysis: &Analysis, current_directory: &Path) -> PathBuf {
    let home = analysis.config.as_deref().or(analysis.folder.as_deref());
    home.unwrap_or(current_directory).to_path_buf()
}

/// The foreign keys of both sides as messages call them, each of them once.
fn foreign_keys(analysis: &Analysis) -> Vec<String> {
    let schema = analysis.schema.iter().flat_map(|it| &it.catalog.foreign_keys);
    let migrations = analysis.migrations.iter().flat_map(|it| &it.catalog.foreign_keys);
    let mut seen = HashSet::new();
    let names = schema.chain(migrations).map(ToString::to_string);
    names.filter(|it| seen.insert(it.clone())).collect()
}

/// Reports the policies that concern no table of any project, in the first of them, if all were read.
fn add_unmatched_policies(
    projects: &mut [ProjectReport],
    options: &RuleOptions,
    levels: &RuleLevels,
) {
    let is_read = |it: &ProjectReport| it.not_compared.is_none() && it.errors.is_empty();
    if !projects.iter().all(is_read) {
        return;
    }
    for (position, policy) in options.policies.iter().enumerate() {
        let is_concerned =
            projects.iter().any(|it| it.concerned_policies.get(position) == Some(&true));
        let finding =
            (!is_concerned).then(|| drift_rules::unmatched_policy(policy, levels)).flatten();
        let (Some(finding), Some(first)) = (finding, projects.first_mut()) else { continue };
        let mut fingerprints = fingerprints("", std::slice::from_ref(&finding));
        let fingerprint = fingerprints.pop().unwrap_or_default();
        first.findings.push(Reported { finding, fingerprint, tables: Vec::new() });
    }
}

/// What the rules say about a project.
#[derive(Default)]
struct Compared {
    /// In the order of the rules.
    findings: Vec<Finding>,
    /// How many the policies except.
    excepted: usize,
    /// Of each policy, whether it concerns a table.
    concerned_policies: Vec<bool>,
}

fn compare(
    analysis: &Analysis,
    levels: &RuleLevels,
    options: &RuleOptions,
    texts: &SourceMap,
) -> Compared {
    let Analysis { dialect: Some(dialect), engine: Some(engine), .. } = *analysis else {
        return Compared::default();
    };
    let is_compared = analysis.not_compared.is_none();
    let schema = analysis.schema.as_ref().filter(|_| is_compared);
    let migrations = analysis.migrations.as_ref().filter(|_| is_compared);
    let unresolved = analysis.unresolved();
    let comparison = Comparison::new(Sources {
        dialect,
        engine,
        schema: schema.map(|it| &it.catalog),
        migrations: migrations.map(|it| &it.catalog),
        snapshot: analysis.snapshot.as_ref().filter(|it| is_of(dialect, &it.1)).map(
            |(newest, snapshot)| SnapshotSource {
                catalog: &snapshot.catalog,
                unresolved: &snapshot.unresolved,
                errors: &snapshot.errors,
                place: snapshot.place,
                is_older: !newest.later_migrations.is_empty(),
            },
        ),
        relations: schema.map_or(&[], |it| &it.relations),
        other_schemas: &analysis.other_schemas,
        unresolved: &unresolved,
        lost: schema.map_or(&[], |it| &it.lost),
        opaque_exports: schema.map_or(&[], |it| &it.opaque_exports),
        unexported: schema.map_or(&[], |it| &it.unexported),
        rebuilds: migrations.map_or(&[], |it| &it.rebuilds),
        journal: &analysis.journal,
        has_whole_schema: schema.is_some_and(|it| it.errors.is_empty()),
        has_all_migrations: migrations.is_some_and(|it| it.errors.is_empty()),
        compares_generated_names: analysis.line == DrizzleLine::V0,
        tells: Tells::new(levels),
        options,
        texts: Some(texts),
    });
    Compared {
        findings: drift_rules::check(&comparison, levels),
        excepted: drift_rules::policy_exceptions(&comparison),
        concerned_policies: drift_rules::concerned_policies(&comparison),
    }
}

/// Whether a snapshot is of the dialect of its project. One that could not be read may be of any.
fn is_of(dialect: Dialect, snapshot: &Snapshot) -> bool {
    snapshot.dialect.is_none_or(|it| it == dialect)
}

/// Finds the tables that the schema names in part among those that the migrations make.
fn resolve_names(analysis: &mut Analysis) {
    let Analysis { dialect, schema, migrations, other_schemas, not_compared: None, .. } = analysis
    else {
        return;
    };
    if let (Some(dialect), Some(schema), Some(migrations)) = (dialect, schema, migrations) {
        let schemas: Vec<&Catalog> = other_schemas.iter().chain([&schema.catalog]).collect();
        let Replay { catalog, unresolved, .. } = migrations;
        drift_rules::leave_out_home_database(*dialect, &schemas, catalog, unresolved);
        let Extraction { catalog, relations, .. } = schema;
        let migrated = &migrations.catalog;
        let unresolved = drift_rules::resolve_names(*dialect, catalog, relations, migrated);
        schema.unresolved.extend(unresolved);
    }
}

/// Reports what the schema exports, could not be evaluated, and seems to be a table of the
/// migrations.
fn claim_tables(analysis: &mut Analysis) {
    let Analysis { dialect, schema, migrations, not_compared: None, .. } = analysis else { return };
    if let (Some(dialect), Some(schema), Some(migrations)) = (dialect, schema, migrations) {
        let Extraction { catalog, opaque_exports, unresolved, .. } = schema;
        let migrated = &migrations.catalog;
        drift_rules::claim_tables(*dialect, catalog, migrated, opaque_exports, unresolved);
    }
}

fn counts(catalog: &Catalog, unresolved: &[Unresolved]) -> SourceCounts {
    SourceCounts {
        tables: catalog.tables.len(),
        foreign_keys: catalog.foreign_keys.len(),
        unresolved: unresolved.len(),
    }
}

fn outcome(report: &Report<'_>, fail_on: Option<Level>) -> Outcome {
    let nothing_compared = report.projects.iter().all(|project| project.not_compared.is_some());
    if nothing_compared || report.all_errors().next().is_some() {
        Outcome::Incomplete
    } else if report.levels().any(|level| fail_on.is_some_and(|least| level >= least)) {
        Outcome::Findings
    } else {
        Outcome::Agreement
    }
}

/// Whether an error says that nobody reads the output any more.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
    })
}
