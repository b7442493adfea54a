//! What `reach` has to say: what deleting one row of a table does, by each source of each project.

use anyhow::{anyhow, bail};
use drift_model::{Catalog, Dialect, SourceError, TableName, Unresolved};
use drift_rules::{Effect, Reach, ReachDifference, ReachGraph};
use rayon::prelude::*;

use crate::args::SourceName;
use drift_check::Analysis;
use drift_check::Places;

/// Everything that `reach` prints.
pub(crate) struct Told<'a> {
    /// As it was asked for.
    pub(crate) table: Option<String>,
    pub(crate) projects: Vec<ProjectReach<'a>>,
    pub(crate) errors: &'a [SourceError],
    pub(crate) places: Places<'a>,
}

/// What is to be said of one project.
pub(crate) struct ProjectReach<'a> {
    pub(crate) name: &'a str,
    pub(crate) dialect: Dialect,
    pub(crate) sources: Vec<SourceReach<'a>>,
    /// Where the schema, which is the one, and the migrations differ about the table.
    pub(crate) differences: Vec<ReachDifference<'a>>,
    pub(crate) errors: &'a [SourceError],
}

/// What one source says.
pub(crate) struct SourceReach<'a> {
    /// `schema`, `migrations` or `snapshot`.
    pub(crate) name: &'static str,
    /// Of the table that was asked for, or of all of them.
    pub(crate) reaches: Vec<Reach<'a>>,
    /// How many tables there are for which there was no time.
    pub(crate) skipped: usize,
    /// How much could hold a foreign key and was not read.
    pub(crate) unread: usize,
}

/// How many foreign keys are followed for all tables of a source.
const FUEL: usize = 4_000_000;

/// What is to be said of the projects that have the table.
///
/// # Errors
/// No project has it, or one has several of the name.
pub(crate) fn projects<'a>(
    analyses: &'a [Analysis],
    source: Option<SourceName>,
    table: Option<&str>,
) -> anyhow::Result<Vec<ProjectReach<'a>>> {
    let mut projects = Vec::new();
    for analysis in analyses {
        projects.extend(project(analysis, source, table)?);
    }
    let Some(table) = table else { return Ok(projects) };
    let has_it = |it: &ProjectReach<'_>| it.sources.iter().any(|it| !it.reaches.is_empty());
    if projects.iter().any(has_it) {
        projects.retain(has_it);
        return Ok(projects);
    }
    let catalogs = analyses.iter().flat_map(|it| sources(it, source));
    let names = catalogs.flat_map(|(_, catalog, _)| &catalog.tables).map(|it| &it.name);
    let names: Vec<String> =
        names.flat_map(|it| [it.to_string(), it.shown_name().into_owned()]).collect();
    let nearest = names
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a, table).total_cmp(&strsim::jaro_winkler(b, table)));
    match nearest {
        Some(nearest) => bail!("there is no table `{table}`; did you mean `{nearest}`?"),
        None => bail!("there is no table `{table}`: no table was read"),
    }
}

fn project<'a>(
    analysis: &'a Analysis,
    source: Option<SourceName>,
    table: Option<&str>,
) -> anyhow::Result<Option<ProjectReach<'a>>> {
    let (Some(dialect), Some(engine)) = (analysis.dialect, analysis.engine) else {
        return Ok(None);
    };
    // The schema does not say in which order its foreign keys are made.
    let migrated = analysis.migrations.as_ref().map(|it| ReachGraph::new(&it.catalog, engine));
    let mut told = Vec::new();
    for (name, catalog, unresolved) in sources(analysis, source) {
        let graph = match &migrated {
            Some(migrated) if name != SourceName::Migrations => {
                ReachGraph::in_order_of(catalog, engine, migrated)
            }
            _ => ReachGraph::new(catalog, engine),
        };
        let (reaches, skipped) = match table {
            Some(table) => {
                let found = find(catalog, dialect, table)?;
                (found.and_then(|it| graph.reach(it)).into_iter().collect(), 0)
            }
            None => all(&graph),
        };
        told.push(SourceReach { name: name.word(), reaches, skipped, unread: unresolved.len() });
    }
    let reach_of = |name: &str| told.iter().find(|it| it.name == name)?.reaches.first();
    let both = table.and(reach_of("schema").zip(reach_of("migrations")));
    let differences = both.map(|(one, other)| drift_rules::reach_differences(one, other, dialect));
    Ok(Some(ProjectReach {
        name: &analysis.name,
        dialect,
        differences: differences.unwrap_or_default(),
        sources: told,
        errors: &analysis.errors,
    }))
}

/// The sources to look at, with what each has and could not read.
fn sources(
    analysis: &Analysis,
    source: Option<SourceName>,
) -> Vec<(SourceName, &Catalog, &[Unresolved])> {
    let schema = analysis.schema.as_ref();
    let schema = schema.map(|it| (SourceName::Schema, &it.catalog, &it.unresolved[..]));
    let replay = analysis.migrations.as_ref();
    let replay = replay.map(|it| (SourceName::Migrations, &it.catalog, &it.unresolved[..]));
    let snapshot = analysis.snapshot.as_ref();
    let snapshot = snapshot.map(|(_, it)| (SourceName::Snapshot, &it.catalog, &it.unresolved[..]));
    let all = [schema, replay, snapshot].into_iter().flatten();
    all.filter(|(name, ..)| source.is_none_or(|source| source == *name)).collect()
}

/// The reach of every table, and of how many there was no time to find it.
fn all<'a>(graph: &ReachGraph<'a>) -> (Vec<Reach<'a>>, usize) {
    let tables = graph.tables();
    let mut fuel = FUEL;
    let mut reaches = Vec::with_capacity(tables.len());
    for tables in tables.chunks(64) {
        let some: Vec<Reach<'a>> =
            tables.par_iter().filter_map(|table| graph.reach(table)).collect();
        let steps: usize = some.iter().map(|it| it.steps.len()).sum();
        reaches.extend(some);
        fuel = fuel.saturating_sub(steps);
        if fuel == 0 {
            break;
        }
    }
    let skipped = tables.len() - reaches.len();
    (reaches, skipped)
}

/// The table that somebody means by a name: written out, or within the one namespace that has it.
///
/// # Errors
/// Several namespaces have it.
fn find<'a>(
    catalog: &'a Catalog,
    dialect: Dialect,
    name: &str,
) -> anyhow::Result<Option<&'a TableName>> {
    let tables = || catalog.tables.iter().map(|it| &it.name);
    let key = |table: &TableName| dialect.table_key(table).into_owned();
    let whole = key(&TableName::new(name));
    let mut meant = vec![whole.clone()];
    if let Some((namespace, name)) = name.split_once('.') {
        let is_default = dialect.default_namespace() == Some(namespace);
        meant.push(key(&TableName {
            namespace: (!is_default).then(|| namespace.to_owned()),
            name: name.to_owned(),
        }));
    }
    if let Some(found) = tables().find(|it| meant.contains(&key(it))) {
        return Ok(Some(found));
    }
    let within: Vec<&TableName> = tables().filter(|it| key(it).name == whole.name).collect();
    match within[..] {
        [] => Ok(tables().find(|it| it.to_string() == name)),
        [table] => Ok(Some(table)),
        _ => {
            let names: Vec<String> = within.iter().map(ToString::to_string).collect();
            Err(anyhow!("there are several tables `{name}`: {}", names.join(", ")))
        }
    }
}

impl Told<'_> {
    /// Whether there was any table.
    pub(crate) fn has_tables(&self) -> bool {
        let mut sources = self.projects.iter().flat_map(|it| &it.sources);
        sources.any(|it| !it.reaches.is_empty())
    }

    /// The errors of the run and of all projects.
    pub(crate) fn all_errors(&self) -> impl Iterator<Item = &SourceError> {
        self.errors.iter().chain(self.projects.iter().flat_map(|it| it.errors))
    }

    /// What a drawing shows: each project by each of its sources, by one where both say the same.
    ///
    /// # Errors
    /// No table was asked for.
    pub(crate) fn drawn(&self) -> anyhow::Result<Vec<Drawn<'_>>> {
        if self.table.is_none() {
            bail!("a drawing shows one table: say which");
        }
        let mut drawn = Vec::new();
        for project in &self.projects {
            let sources = project.shown_sources();
            let has_one_title = self.projects.len() == 1;
            drawn.extend(sources.into_iter().filter_map(|(title, source)| {
                let project =
                    if has_one_title { String::new() } else { format!("{}: ", project.name) };
                let title = format!("{project}{title}");
                Some(Drawn { title, reach: source.reaches.first()? })
            }));
        }
        Ok(drawn)
    }
}

/// One drawing.
pub(crate) struct Drawn<'a> {
    /// Whose it is: `by the schema`.
    pub(crate) title: String,
    pub(crate) reach: &'a Reach<'a>,
}

impl<'a> ProjectReach<'a> {
    /// The sources with what they are called, the migrations alone where both say the same.
    pub(crate) fn shown_sources(&self) -> Vec<(String, &SourceReach<'a>)> {
        let has =
            |name: &str| self.sources.iter().any(|it| it.name == name && !it.reaches.is_empty());
        let agrees = has("schema") && has("migrations") && self.differences.is_empty();
        let title = |source: &SourceReach<'_>| match agrees {
            true => "by the schema and by the migrations".to_owned(),
            false => format!("by the {}", source.name),
        };
        let sources = self.sources.iter().filter(|it| !(agrees && it.name == "schema"));
        sources.map(|it| (title(it), it)).collect()
    }
}

/// What comes of a foreign key, in a word for programs.
pub(crate) fn effect_word(effect: Effect<'_>) -> &'static str {
    match effect {
        Effect::Deletes => "deletes",
        Effect::SetsNull => "sets null",
        Effect::SetsDefault => "sets default",
        Effect::Blocks(_) => "blocks",
        Effect::MayBlock(_) => "may block",
        Effect::Nothing(_) => "nothing",
    }
}
