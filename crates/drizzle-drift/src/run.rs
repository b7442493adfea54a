//! What each command does.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::{anyhow, bail};
use drift_check::{
    BaselineUpdate, CheckOptions, Places, Prepared, Read, Session, State, Wants, add_missing_files,
    add_snapshot_errors, claim_tables, resolve_names,
};
use drift_lsp::Farewell;
use drift_model::{Date, Level, SourceMap};
use drift_rules::RULES;

use crate::args::{
    Args, BaselineArgs, CheckArgs, CheckFormat, Command, FailOn, ListArgs, ListFormat, ReachArgs,
    ReachFormat, SourceName,
};
use crate::completions;
use crate::init;
use crate::output::{self, Wishes};
use crate::reach;
use crate::render;
use crate::report::Report;
use crate::unknown_word::unknown_word;
use crate::watch;

/// What a run depends on besides its arguments.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The directory that paths start from.
    pub current_directory: PathBuf,
    /// Whether `--color auto` means colors: a terminal, and no `NO_COLOR`.
    pub has_colors: bool,
    /// Whether somebody sits at a terminal who can be asked.
    pub is_interactive: bool,
    /// How many columns the terminal has; `None` where the output goes elsewhere.
    pub width: Option<usize>,
    /// Environment variables, among them those by which CI services make themselves known.
    pub variables: BTreeMap<String, String>,
    /// What tells whether something was accepted for longer than that.
    pub today: Date,
    /// Whether the process ends with the run: then memory is not given back piece by piece, since the
    /// system takes all of it.
    pub ends_process: bool,
}

impl Environment {
    /// That of a run today whose output goes to a file, outside of any service.
    pub fn new(current_directory: PathBuf) -> Self {
        Self {
            current_directory,
            has_colors: false,
            is_interactive: false,
            width: None,
            variables: BTreeMap::new(),
            today: today(),
            ends_process: false,
        }
    }
}

/// The day it is, in UTC.
pub(crate) fn today() -> Date {
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_seconds(elapsed.as_secs())
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
    /// The client of the language server left without a word: status 1.
    Abandoned,
}

impl Outcome {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Outcome::Agreement => 0,
            Outcome::Findings | Outcome::Abandoned => 1,
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
        None => {
            let first = args.check.project.paths.first();
            let unknown =
                first.and_then(|it| unknown_word(it.as_os_str(), &environment.current_directory));
            unknown.map_or(Ok(()), |message| Err(anyhow!(message)))?;
            check_or_watch(&args.check, environment, out)
        }
        Some(Command::Check(args)) => check_or_watch(args, environment, out),
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
        Some(Command::Init(args)) => init::run(args, environment, &mut io::stdin().lock(), out),
        Some(Command::Completions { shell }) => {
            completions::print(*shell, out)?;
            Ok(Outcome::Agreement)
        }
        Some(Command::Lsp(_)) => match drift_lsp::serve(io::stdin(), out)? {
            Farewell::Orderly => Ok(Outcome::Agreement),
            Farewell::Abrupt => Ok(Outcome::Abandoned),
        },
    }
}

fn check_or_watch(
    args: &CheckArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    match args.watch {
        Some(mode) => watch::watch(args, mode, environment, out),
        None => Ok(check(args, environment, out)?.outcome),
    }
}

/// What is to be said of a check besides its report.
pub(crate) struct Checked {
    pub(crate) outcome: Outcome,
    /// How many findings are shown.
    pub(crate) findings: usize,
    /// How many sources could not be read.
    pub(crate) unread: usize,
}

/// Compares schemas with their migrations, and reports.
///
/// # Errors
/// The settings cannot be understood, or the report cannot be written.
pub(crate) fn check(
    args: &CheckArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Checked> {
    let start = Instant::now();
    let sources = SourceMap::default();
    let folder = &environment.current_directory;
    let prepared = Prepared::new(&args.project.options(), folder, &sources)?;
    let options = check_options(args, environment, &prepared);
    let mut read = prepared.read(&sources, Wants { accounts: args.stats, snapshot: true });
    let drift_check::Checked { projects, fixed } =
        drift_check::check(&prepared, &sources, &mut read, &options)?;
    let errors = std::mem::take(&mut read.errors);
    let (places, root) = (places(&prepared, &sources), prepared.root());
    let report = Report { places, root, projects, errors, fixed, elapsed: start.elapsed() };
    let told = tell(args, environment, &prepared, &report, out);
    if environment.ends_process {
        std::mem::forget((report.projects, read, sources));
    }
    told
}

/// As [`check()`], where only what changed since the last time is read.
///
/// # Errors
/// Those of [`check()`].
pub(crate) fn check_again(
    session: &mut Session,
    args: &CheckArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Checked> {
    let start = Instant::now();
    session.check(|prepared| check_options(args, environment, prepared))?;
    let state = session.take_state();
    let (Some(prepared), Some(state)) = (session.prepared(), state) else {
        bail!("nothing was checked");
    };
    let State { projects, errors, fixed, .. } = state;
    let (places, root) = (places(prepared, session.sources()), prepared.root());
    let report = Report { places, root, projects, errors, fixed, elapsed: start.elapsed() };
    tell(args, environment, prepared, &report, out)
}

fn check_options(args: &CheckArgs, environment: &Environment, prepared: &Prepared) -> CheckOptions {
    CheckOptions {
        rules: args.rules.wishes(),
        baseline: args.baseline.path.clone(),
        since: args.since.clone(),
        least: args.level.map(Level::from).or(prepared.level()),
        least_with_remedies: least_with_remedies(args, prepared),
        has_stats: args.stats,
        lists_foreign_keys: output::formats(args).any(|it| it == CheckFormat::Junit),
        today: environment.today,
    }
}

/// People are told only how many findings there are at info, programs everything about them.
fn least_with_remedies(args: &CheckArgs, prepared: &Prepared) -> Level {
    use CheckFormat::{Concise, Github, Gitlab, Json, Junit, Markdown, Pretty, Sarif};
    let is_for_people = |format| match format {
        Pretty | Github | Markdown => true,
        // There are no remedies in these at all.
        Concise | Gitlab => true,
        Json | Sarif | Junit => false,
    };
    let has_infos = has_infos(args, prepared) || !output::formats(args).all(is_for_people);
    if has_infos { Level::Info } else { Level::Warn }
}

/// Whether findings at info are wanted one by one.
fn has_infos(args: &CheckArgs, prepared: &Prepared) -> bool {
    let least = args.level.map(Level::from).or(prepared.level());
    least == Some(Level::Info) || fail_on(args, prepared) == Some(Some(Level::Info))
}

fn fail_on(args: &CheckArgs, prepared: &Prepared) -> Option<Option<Level>> {
    args.fail_on.map(FailOn::level).or(prepared.fail_on())
}

/// Writes a report as it is asked for.
fn tell(
    args: &CheckArgs,
    environment: &Environment,
    prepared: &Prepared,
    report: &Report<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<Checked> {
    let fail_on = fail_on(args, prepared).unwrap_or(Some(Level::Error));
    let wishes = Wishes { has_infos: has_infos(args, prepared), fail_on };
    let outcome = outcome(report, wishes.fail_on);
    output::write(report, args, wishes, environment, out)?;
    let (findings, unread) = (report.findings().count(), report.all_errors().count());
    Ok(Checked { outcome, findings, unread })
}

fn baseline(
    args: &BaselineArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let sources = SourceMap::default();
    let folder = &environment.current_directory;
    let prepared = Prepared::new(&args.project.options(), folder, &sources)?;
    let options = CheckOptions {
        rules: args.rules.wishes(),
        baseline: args.baseline.path.clone(),
        ..CheckOptions::new(environment.today)
    };
    let mut read = prepared.read(&sources, Wants { accounts: false, snapshot: true });
    let update =
        drift_check::update_baseline(&prepared, &sources, &mut read, &options, args.prune)?;
    let outcome = match update {
        BaselineUpdate::Refused { errors } => {
            let places = places(&prepared, &sources);
            for error in &errors {
                writeln!(out, "{}: error: {}", places.place_of_error(error), error.message)?;
            }
            writeln!(out, "the baseline stays as it is: not everything could be compared")?;
            Outcome::Incomplete
        }
        BaselineUpdate::Written { shown, total, added, fixed } => {
            let total = render::count(total, "accepted finding");
            let added = if args.prune { String::new() } else { format!(", {added} new") };
            writeln!(out, "{shown}: {total}{added}, {fixed} fixed and taken out")?;
            Outcome::Agreement
        }
    };
    out.flush()?;
    Ok(outcome)
}

fn places<'a>(prepared: &'a Prepared, sources: &'a SourceMap) -> Places<'a> {
    Places { sources, current_directory: prepared.current_directory() }
}

fn list(
    args: &ListArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let sources = SourceMap::default();
    let folder = &environment.current_directory;
    let prepared = Prepared::new(&args.project.options(), folder, &sources)?;
    let wants_snapshot = args.source.is_none_or(|it| it == SourceName::Snapshot);
    let wants = Wants { accounts: false, snapshot: wants_snapshot };
    let Read { mut analyses, errors, .. } = prepared.read(&sources, wants);
    analyses.iter_mut().for_each(claim_tables);
    analyses.iter_mut().for_each(|it| add_missing_files(it, &sources));
    analyses.iter_mut().for_each(add_snapshot_errors);
    let places = places(&prepared, &sources);
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
    let folder = &environment.current_directory;
    let prepared = Prepared::new(&project.options(), folder, &sources)?;
    let wants_snapshot = args.source == Some(SourceName::Snapshot);
    let wants = Wants { accounts: false, snapshot: wants_snapshot };
    let Read { mut analyses, errors, .. } = prepared.read(&sources, wants);
    analyses.iter_mut().for_each(resolve_names);
    analyses.iter_mut().for_each(claim_tables);
    analyses.iter_mut().for_each(|it| add_missing_files(it, &sources));
    let places = places(&prepared, &sources);
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
