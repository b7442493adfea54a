//! Running one rule on catalogs in [`notation`], for the tests of the rules.

use drift_model::{
    Catalog, Dialect, Engine, JournalFaults, ListedMigration, SourceMap, Span, Unresolved,
    UnresolvedKind, notation,
};

use crate::{Comparison, Rule, RuleOptions, SnapshotSource, Sources};

/// A journal that is all right.
pub(crate) static NO_FAULTS: JournalFaults = JournalFaults {
    listed: 0,
    unlisted: Vec::new(),
    unlisted_indexes: Vec::new(),
    missing: Vec::new(),
    out_of_order: Vec::new(),
    unread: Vec::new(),
};

/// What settings say to rules where there are none.
static NO_OPTIONS: RuleOptions = RuleOptions { audit_tables: None, policies: Vec::new() };

/// A project that was read whole and in which there is nothing.
pub(crate) fn sources<'a>(dialect: Dialect) -> Sources<'a> {
    Sources::new(Engine::new(dialect), &NO_FAULTS, &NO_OPTIONS)
}

/// What a rule says about a schema and migrations in PostgreSQL.
pub(crate) fn check(rule: &Rule, schema: &[&str], migrations: &[&str]) -> String {
    check_in(Dialect::PostgreSql, rule, schema, migrations)
}

/// What a rule says about a schema and migrations.
pub(crate) fn check_in(
    dialect: Dialect,
    rule: &Rule,
    schema: &[&str],
    migrations: &[&str],
) -> String {
    let engine = Engine::new(dialect);
    check_sources(rule, schema, migrations, |sources| Sources { dialect, engine, ..sources })
}

/// One thing of a kind that could not be read.
pub(crate) fn unresolved(kind: UnresolvedKind) -> Unresolved {
    let file = SourceMap::default().add("schema".into(), String::new());
    Unresolved::new(kind, "`x` is not known", Span::new(file.id, 0, 0))
}

/// An entry of a journal.
pub(crate) fn listed(name: &str) -> ListedMigration {
    let file = SourceMap::default().add("schema".into(), String::new());
    ListedMigration { name: name.to_owned(), span: Span::new(file.id, 0, 0) }
}

/// A snapshot that was read whole and is not older than the migrations.
pub(crate) fn snapshot(catalog: &Catalog) -> SnapshotSource<'_> {
    SnapshotSource { catalog, unresolved: &[], errors: &[], place: None, is_older: false }
}

/// What a rule says about things that could not be read.
pub(crate) fn check_unresolved(rule: &Rule, unresolved: &[Unresolved]) -> String {
    check_sources(rule, &[], &[], |sources| Sources { unresolved, ..sources })
}

/// What a rule says, with further facts about the project.
pub(crate) fn check_sources<'a>(
    rule: &Rule,
    schema: &[&str],
    migrations: &[&str],
    adjust: impl FnOnce(Sources<'a>) -> Sources<'a>,
) -> String {
    let map = SourceMap::default();
    let schema = notation::parse(&map, "schema", schema).unwrap();
    let migrations = notation::parse(&map, "migrations", migrations).unwrap();
    let adjusted = adjust(sources(Dialect::PostgreSql));
    told(rule, &map, Sources { schema: Some(&schema), migrations: Some(&migrations), ..adjusted })
}

/// What a rule says about a schema and migrations that have what the notation has no words for; `adjust`
/// gets both catalogs, the schema first.
pub(crate) fn check_adjusted(
    engine: &str,
    rule: &Rule,
    schema: &[&str],
    migrations: &[&str],
    adjust: impl FnOnce([&mut Catalog; 2]),
) -> String {
    check_adjusted_sources(engine, rule, schema, migrations, adjust, |it| it)
}

/// As [`check_adjusted`], with further facts about the project.
pub(crate) fn check_adjusted_sources<'a>(
    engine: &str,
    rule: &Rule,
    schema: &[&str],
    migrations: &[&str],
    adjust: impl FnOnce([&mut Catalog; 2]),
    with: impl FnOnce(Sources<'a>) -> Sources<'a>,
) -> String {
    let map = SourceMap::default();
    let mut schema = notation::parse(&map, "schema", schema).unwrap();
    let mut migrations = notation::parse(&map, "migrations", migrations).unwrap();
    adjust([&mut schema, &mut migrations]);
    let sources = with(Sources::new(Engine::parse(engine).unwrap(), &NO_FAULTS, &NO_OPTIONS));
    told(rule, &map, Sources { schema: Some(&schema), migrations: Some(&migrations), ..sources })
}

fn told(rule: &Rule, map: &SourceMap, sources: Sources<'_>) -> String {
    let mut findings = Vec::new();
    (rule.check)(&Comparison::new(sources), &mut findings);
    let mut text = String::new();
    for finding in findings {
        text.push_str(&format!("{}[{}]: {}\n", finding.level, finding.rule, finding.message));
        for label in &finding.labels {
            let file = map.file(label.span.file);
            let line = file.line_column(label.span.start).line;
            text.push_str(&format!("  {}:{line}: {}\n", file.path.display(), label.message));
        }
        for deed in &finding.history {
            let line = map.file(deed.span.file).line_column(deed.span.start).line;
            text.push_str(&format!("  history: {} in line {line}\n", deed.message));
        }
        for note in &finding.notes {
            text.push_str(&format!("  note: {note}\n"));
        }
        if let Some(help) = &finding.help {
            text.push_str(&format!("  help: {}\n", help.replace('\n', "\n    ")));
        }
        for remedy in &finding.remedies {
            let lines = remedy.text.replace('\n', "\n    ");
            text.push_str(&format!("  {}:\n    {lines}\n", remedy.title));
        }
    }
    text
}
