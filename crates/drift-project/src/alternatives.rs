//! Configs whose fields depend on a condition that is not known.

use std::collections::HashSet;
use std::path::Path;

use drift_model::{Dialect, SourceMap, Span};
use drift_schema::Casing;

use crate::Project;
use crate::config::{DrizzleConfig, SET_ENV};

/// One way in which the conditions of a config may turn out.
pub(crate) struct Alternative {
    pub(crate) config: DrizzleConfig,
    pub(crate) project: Project,
}

/// The projects that one config makes.
///
/// Ways that lead to the same files are one project. Of ways of several dialects that have one folder of
/// migrations, those count whose dialect the migrations are `written` in. Folders of migrations of their own make projects
/// of their own, as where a config serves two dialects or two databases. For one folder of migrations
/// there is one schema: a way whose schema is not there, such as compiled output, gives way to one
/// whose schema is.
///
/// # Errors
/// For one folder of migrations, ways differ in a field: the message names it and what it may be.
pub(crate) fn settle(
    sources: &SourceMap,
    mut ways: Vec<Alternative>,
    dialect: Option<Dialect>,
    written: &dyn Fn(&Path) -> Option<Dialect>,
) -> Result<Vec<Project>, (String, Option<Span>)> {
    if ways.len() > 1 {
        keep_dialect(&mut ways, dialect);
        keep_written(&mut ways, written);
        drop_missing_schemas(&mut ways);
        let mut seen = HashSet::new();
        ways.retain(|Alternative { project: it, .. }| {
            let casing = it.casing.map(|it| format!("{it:?}"));
            seen.insert((it.dialect, it.schema.clone(), it.migrations.clone(), casing))
        });
        for (at, first) in ways.iter().enumerate() {
            for second in &ways[at + 1..] {
                if first.project.migrations == second.project.migrations {
                    return Err(conflict(sources, first, second));
                }
            }
        }
        name(&mut ways);
    }
    Ok(ways.into_iter().map(|it| it.project).collect())
}

/// Keeps the ways of the dialect that is asked for, if there are any.
fn keep_dialect(ways: &mut Vec<Alternative>, dialect: Option<Dialect>) {
    let is_meant = |way: &Alternative| dialect.is_some() && way.config.dialect == dialect;
    if ways.iter().any(is_meant) {
        ways.retain(is_meant);
    }
}

fn keep_written(ways: &mut Vec<Alternative>, written: &dyn Fn(&Path) -> Option<Dialect>) {
    let place = |it: &Alternative| (it.project.migrations.clone(), it.config.dialect);
    let all: Vec<_> = ways.iter().map(place).collect();
    ways.retain(|way| {
        let (folder, dialect) = place(way);
        let mut others = all.iter().filter(|it| it.0 == folder && it.1 != dialect).peekable();
        if others.peek().is_none() {
            return true;
        }
        match folder.as_deref().and_then(written) {
            Some(found) if Some(found) != dialect => others.all(|it| it.1 != Some(found)),
            _ => true,
        }
    });
}

fn drop_missing_schemas(ways: &mut Vec<Alternative>) {
    let is_there = |way: &Alternative| way.project.errors.is_empty();
    let found: Vec<_> =
        ways.iter().filter(|it| is_there(it)).map(|it| it.project.migrations.clone()).collect();
    ways.retain(|way| is_there(way) || !found.contains(&way.project.migrations));
}

fn conflict(
    sources: &SourceMap,
    first: &Alternative,
    second: &Alternative,
) -> (String, Option<Span>) {
    let (first, second) = (&first.config, &second.config);
    let text = |config: &DrizzleConfig, field: &str| match field {
        "schema" => config.schema.join("`, `"),
        "dialect" => config.dialect.map_or("nothing", Dialect::name).to_owned(),
        "casing" => match config.casing {
            None => "nothing".to_owned(),
            Some(Casing::SnakeCase) => "snake_case".to_owned(),
            Some(Casing::CamelCase) => "camelCase".to_owned(),
        },
        _ => config.out.clone(),
    };
    let is_different = |field: &&'static str| text(first, field) != text(second, field);
    let fields = ["schema", "dialect", "casing", "out"];
    let field = fields.into_iter().find(is_different).unwrap_or("schema");
    let places = (first.places.get(field).copied(), second.places.get(field).copied());
    let elsewhere = match places {
        (Some(place), Some(other)) if place != other => {
            let file = sources.file(other.file);
            let at = file.line_column(other.start);
            let name = file.path.file_name().unwrap_or_default().to_string_lossy();
            format!(" at {name}:{}:{}", at.line, at.column)
        }
        _ => String::new(),
    };
    let message = format!(
        "`{field}` depends on a condition that is not known: it is `{}` or `{}`{elsewhere}; {SET_ENV}",
        text(first, field),
        text(second, field),
    );
    (message, places.0.or(places.1))
}

/// Tells the projects of one config apart by their dialects, else by their folders of migrations.
fn name(ways: &mut [Alternative]) {
    if ways.len() < 2 {
        return;
    }
    let dialects: HashSet<_> = ways.iter().map(|it| it.project.dialect).collect();
    let has_dialects = dialects.len() == ways.len() && !dialects.contains(&None);
    for Alternative { config, project } in ways {
        let suffix = match project.dialect {
            Some(dialect) if has_dialects => dialect.name(),
            _ => config.out.trim_start_matches("./"),
        };
        project.name = match project.name.as_str() {
            "." => suffix.to_owned(),
            name => format!("{name}#{suffix}"),
        };
    }
}
