//! What the rules say about one project.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use drift_migrations::Snapshot;
use drift_model::{Catalog, Dialect, Finding, SourceMap, Unresolved};
use drift_rules::{Comparison, RuleOptions, SnapshotSource, Sources, Tells};
use drift_schema::DrizzleLine;

use crate::accept::Accepted;
use crate::analysis::Analysis;
use crate::changes::Declarations;
use crate::checking::Checking;
use crate::fingerprint::{fingerprints, project_identity};
use crate::report::{self, ProjectReport, Reported, SourceCounts};
use crate::resolve::{claim_tables, resolve_names};
use crate::tally::Tally;

/// What is to be said about a project, before anything is accepted.
pub(crate) fn check_project(analysis: &mut Analysis, checking: &Checking<'_>) -> ProjectReport {
    let (disk, places) = (&checking.prepared.disk, checking.places());
    resolve_names(analysis);
    claim_tables(analysis);
    let analysis = &*analysis;
    let Compared { findings, excepted, concerned_policies } = compare(analysis, checking);
    let findings = report::sort(findings, places);
    let identity = project_identity(disk.root(), places.current_directory, &analysis.name);
    let fingerprints = fingerprints(&identity, &findings);
    let declarations = checking.knows_changes.then(|| Declarations::new(analysis));
    let reported = |(finding, fingerprint): (Finding, String)| {
        let tables = declarations.as_ref().map_or(Vec::new(), |it| it.of(&finding));
        Reported { finding, fingerprint, tables }
    };
    let findings = std::iter::zip(findings, fingerprints).map(reported).collect();
    let opaque_exports = analysis.schema.as_ref().map(|it| it.opaque_exports.clone());
    let tallies = checking.has_stats.then(|| {
        let schema = analysis.schema.iter().map(|it| Tally::of_schema(&it.mentions));
        schema.chain(analysis.mentions.iter().map(|it| Tally::of_migrations(it))).collect()
    });
    let foreign_keys =
        if checking.lists_foreign_keys { foreign_keys(analysis) } else { Vec::new() };
    ProjectReport {
        home: home(analysis, places.current_directory),
        foreign_keys,
        schema: analysis.schema.as_ref().map(|it| counts(&it.catalog, &it.unresolved)),
        migrations: analysis.migrations.as_ref().map(|it| counts(&it.catalog, &it.unresolved)),
        name: analysis.name.clone(),
        dialect: analysis.dialect,
        migration_files: analysis.migration_files.len(),
        left_out: analysis.left_out.clone(),
        relations: analysis.schema.as_ref().map_or(0, |it| it.relations.len()),
        tallies,
        opaque_exports: opaque_exports.unwrap_or_default(),
        errors: analysis.errors.clone(),
        not_compared: analysis.not_compared.clone(),
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

fn compare(analysis: &Analysis, checking: &Checking<'_>) -> Compared {
    let Checking { rule_levels, least_with_remedies, sources: texts, .. } = checking;
    let options = &checking.prepared.settings.rule_options;
    let (unresolved, tells) =
        (analysis.unresolved(), Tells::new(rule_levels, *least_with_remedies));
    let Some(sources) = sources(analysis, &unresolved, options, tells, texts) else {
        return Compared::default();
    };
    let comparison = Comparison::new(match analysis.not_compared {
        None => sources,
        Some(_) => Sources {
            snapshot: sources.snapshot,
            unresolved: sources.unresolved,
            other_schemas: sources.other_schemas,
            has_whole_schema: false,
            has_all_migrations: false,
            compares_generated_names: sources.compares_generated_names,
            tells: sources.tells,
            texts: sources.texts,
            ..Sources::new(sources.engine, sources.journal, options)
        },
    });
    Compared {
        findings: drift_rules::check(&comparison, rule_levels),
        excepted: drift_rules::policy_exceptions(&comparison),
        concerned_policies: drift_rules::concerned_policies(&comparison),
    }
}

/// What the rules look at in a project: everything that was read; `None` where nothing was.
/// `unresolved` is what [`Analysis::unresolved`] gives.
pub fn sources<'a>(
    analysis: &'a Analysis,
    unresolved: &'a [Unresolved],
    options: &'a RuleOptions,
    tells: Tells,
    texts: &'a SourceMap,
) -> Option<Sources<'a>> {
    let (schema, migrations) = (analysis.schema.as_ref(), analysis.migrations.as_ref());
    let dialect = analysis.dialect?;
    let snapshot = analysis.snapshot.as_ref().filter(|it| is_of(dialect, &it.1));
    Some(Sources {
        dialect,
        engine: analysis.engine?,
        schema: schema.map(|it| &it.catalog),
        migrations: migrations.map(|it| &it.catalog),
        snapshot: snapshot.map(|(newest, snapshot)| SnapshotSource {
            catalog: &snapshot.catalog,
            unresolved: &snapshot.unresolved,
            errors: &snapshot.errors,
            place: snapshot.place,
            is_older: !newest.later_migrations.is_empty(),
        }),
        relations: schema.map_or(&[], |it| &it.relations),
        other_schemas: &analysis.other_schemas,
        unresolved,
        lost: schema.map_or(&[], |it| &it.lost),
        opaque_exports: schema.map_or(&[], |it| &it.opaque_exports),
        unexported: schema.map_or(&[], |it| &it.unexported),
        rebuilds: migrations.map_or(&[], |it| &it.rebuilds),
        journal: &analysis.journal,
        has_whole_schema: schema.is_some_and(|it| it.errors.is_empty()),
        has_all_migrations: migrations.is_some_and(|it| it.errors.is_empty()),
        compares_generated_names: analysis.line == DrizzleLine::V0,
        tells,
        options,
        texts: Some(texts),
    })
}

/// Whether a snapshot is of the dialect of its project. One that could not be read may be of any.
fn is_of(dialect: Dialect, snapshot: &Snapshot) -> bool {
    snapshot.dialect.is_none_or(|it| it == dialect)
}

fn counts(catalog: &Catalog, unresolved: &[Unresolved]) -> SourceCounts {
    SourceCounts {
        tables: catalog.tables.len(),
        foreign_keys: catalog.foreign_keys.len(),
        unresolved: unresolved.len(),
    }
}
