//! Deletes that are to put NULL, or a default that is not there, where neither can be.

use drift_model::{
    Column, Dialect, Finding, ForeignKey, Language, Level, ReferentialAction, Remedy, SetDefault,
    Span,
};

use crate::comparison::Comparison;
use crate::rule::Rule;
use crate::sides::{Side, Sides, Source};
use crate::sql;

pub(crate) static RULE: Rule = Rule {
    name: "set-null-on-not-null",
    summary: "`SET NULL` on a column that is `NOT NULL`, or `SET DEFAULT` where no default can be set",
    default_level: Level::Error,
    dialects: &Dialect::ALL,
    check,
    doc: r#"
The foreign key says that the column is emptied when the referenced row goes, and the column says that
it is never empty. Every delete of a referenced row fails, in production and not before.

```ts
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  authorId: integer("author_id").notNull().references(() => users.id, { onDelete: "set null" }),
});
```

```sql
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer NOT NULL REFERENCES users (id) ON DELETE SET NULL);
```

PostgreSQL and SQLite take it and fail at each delete. MySQL, MariaDB and CockroachDB refuse to create the
foreign key, so the migration fails. A column of a primary key is `NOT NULL` too. Of several referencing
columns one that is `NOT NULL` is enough, unless PostgreSQL is told which to set: `ON DELETE SET NULL (b)`.

`SET DEFAULT` on a column that is `NOT NULL` and has no default fails alike. InnoDB never does it: MySQL 5.7
refuses it, later ones and MariaDB take it for `RESTRICT`.

Where the schema alone is wrong and the migrations let the column be NULL, it is a warning: deletes work,
but rows come back with a NULL that their type denies.

**How to fix it.** Let the column be NULL (remove `.notNull()` and drop `NOT NULL` in a migration), or choose
what is meant instead: `cascade` if the rows go with what they reference, `restrict` if they keep it.

**When to ignore it.** When referenced rows are never deleted. `restrict` says so better.
"#,
};

/// What cannot be done.
struct Fault<'a> {
    /// `ON DELETE SET NULL`.
    clause: String,
    place: Span,
    action: ReferentialAction,
    /// The columns that do not take it; none where the engine knows no such action.
    columns: Vec<&'a Column>,
}

fn check(comparison: &Comparison<'_>, findings: &mut Vec<Finding>) {
    for sides in comparison.sides() {
        let schema = sides.schema.and_then(|side| fault(comparison, &side));
        let migrated = sides.migrations.and_then(|side| fault(comparison, &side));
        findings.extend(finding(comparison, sides, schema, migrated));
    }
}

/// Whether the engine refuses to create a foreign key for this.
pub(crate) fn is_refused<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> bool {
    let engine = comparison.sources.engine;
    (engine.dialect() == Dialect::MySql || engine.refuses_idle_clauses())
        && fault(comparison, side)
            .is_some_and(|it| !it.columns.is_empty() || engine.set_default() == SetDefault::Refused)
}

fn fault<'a>(comparison: &Comparison<'a>, side: &Side<'a>) -> Option<Fault<'a>> {
    let foreign_key = side.foreign_key;
    let clauses = [
        ("ON DELETE", foreign_key.on_delete, foreign_key.on_delete_span),
        ("ON UPDATE", foreign_key.on_update, foreign_key.on_update_span),
    ];
    clauses.into_iter().find_map(|(event, action, span)| {
        let sets = matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault);
        if !sets || side.table.is_none_or(|it| it.is_incomplete) {
            return None;
        }
        let is_idle =
            action == ReferentialAction::SetDefault && comparison.sources.dialect == Dialect::MySql;
        let listed =
            Some(&foreign_key.set_columns).filter(|it| event == "ON DELETE" && !it.is_empty());
        let columns: Vec<&Column> = side
            .columns(comparison)
            .map(|(column, _)| column)
            .filter(|it| listed.is_none_or(|listed| listed.contains(&it.name)))
            .filter(|it| !is_idle && cannot_take(comparison, side, it, action))
            .collect();
        let clause = format!("{event} {}", action.as_str().to_uppercase());
        let place = span.unwrap_or(foreign_key.span);
        (is_idle || !columns.is_empty() && !comparison.is_obscured(side)).then_some(Fault {
            clause,
            place,
            action,
            columns,
        })
    })
}

fn cannot_take(
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    column: &Column,
    action: ReferentialAction,
) -> bool {
    let is_serial = column.data_type.as_deref().is_some_and(|it| it.contains("serial"));
    let has_default = column.default.is_some() || is_serial;
    // SQLite takes NULL in a primary key of several columns unless they say otherwise, and a schema
    // does not tell which of the two makes them `NOT NULL`.
    let key = side.table.and_then(|it| it.primary_key.as_ref()).map(|it| &it.columns);
    let is_in_doubt = comparison.sources.dialect == Dialect::Sqlite
        && side.source == Source::Schema
        && key.is_some_and(|it| it.len() > 1 && it.contains(&column.name));
    column.is_not_null && !is_in_doubt && (action == ReferentialAction::SetNull || !has_default)
}

fn finding(
    comparison: &Comparison<'_>,
    sides: &Sides<'_>,
    schema: Option<Fault<'_>>,
    migrated: Option<Fault<'_>>,
) -> Option<Finding> {
    let worst = migrated.as_ref().or(schema.as_ref())?;
    let foreign_key = sides.each().next()?.foreign_key;
    let place = sides.place_of_fault(schema.is_some(), migrated.is_some());
    let message = message(comparison, foreign_key, worst) + place;
    let mut finding = RULE.finding_about(foreign_key, message);
    finding = sides.labelled(
        finding,
        [schema.as_ref(), migrated.as_ref()],
        with_labels,
        |finding, side| with_good_side(finding, comparison, side, worst),
    );
    let works = migrated.is_none()
        && sides.migrations.is_some_and(|side| has_action(side.foreign_key, worst.action));
    if works {
        finding.level = Level::Warn;
        finding = finding.note("deletes work in the database; rows come back with a NULL that the type of the column denies");
    } else {
        finding = finding.note(consequence(comparison, foreign_key, worst));
    }
    finding = finding.help(if worst.columns.is_empty() {
        "choose another action: `cascade`, `set null` or `restrict`"
    } else {
        "let the column be NULL, or choose another action: `cascade` or `restrict`"
    });
    if let (Some(fault), Some(side)) = (&migrated, sides.migrations) {
        finding.remedies.extend(dropping_not_null(comparison, &side, fault));
        finding = comparison.with_caution(finding, side.foreign_key);
    }
    Some(finding)
}

fn has_action(foreign_key: &ForeignKey, action: ReferentialAction) -> bool {
    foreign_key.on_delete == action || foreign_key.on_update == action
}

fn message(comparison: &Comparison<'_>, foreign_key: &ForeignKey, fault: &Fault<'_>) -> String {
    let clause = &fault.clause;
    let names: Vec<String> = fault.columns.iter().map(|it| format!("`{}`", it.name)).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let names = names.join(" and ");
    match (fault.action, &fault.columns[..]) {
        (_, []) if comparison.sources.engine.set_default() == SetDefault::Refused => {
            format!("{clause} of {foreign_key} is refused: InnoDB has no SET DEFAULT")
        }
        (_, []) => format!("{clause} of {foreign_key} acts as RESTRICT: InnoDB has no SET DEFAULT"),
        (ReferentialAction::SetNull, _) => {
            format!("{clause} of {foreign_key} cannot work: {names} {verb} NOT NULL")
        }
        _ => format!(
            "{clause} of {foreign_key} cannot work: {names} {verb} NOT NULL without a default"
        ),
    }
}

fn with_labels(mut finding: Finding, side: &Side<'_>, fault: &Fault<'_>) -> Finding {
    let source = side.source.name();
    let says = if side.source == Source::Schema { "says" } else { "say" };
    let action = fault.action;
    finding = finding
        .label(fault.place, format!("the {source} {says} {action}"))
        .says(source, action.as_str());
    for column in &fault.columns {
        finding =
            finding.label(column.span, format!("`{}` is NOT NULL in the {source}", column.name));
    }
    finding
}

/// The side that has no such fault, where it shows the difference.
fn with_good_side(
    mut finding: Finding,
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    fault: &Fault<'_>,
) -> Finding {
    if !has_action(side.foreign_key, fault.action) {
        return finding;
    }
    for bad in &fault.columns {
        let column = side.table.and_then(|table| comparison.column(table, &bad.name));
        if let Some(column) = column.filter(|it| !it.is_not_null) {
            let source = side.source.name();
            let text = format!("`{}` may be NULL in the {source}", column.name);
            finding = finding.label(column.span, text);
        }
    }
    finding
}

/// What happens on this engine.
fn consequence(comparison: &Comparison<'_>, foreign_key: &ForeignKey, fault: &Fault<'_>) -> String {
    let engine = comparison.sources.engine;
    let referenced = foreign_key.referenced_table.shown_name();
    let doing = if fault.clause.starts_with("ON DELETE") { "deleting" } else { "updating" };
    let Some(column) = fault.columns.first() else {
        return match engine.set_default() {
            SetDefault::Refused => "the migration that creates it fails".to_owned(),
            _ => format!("{doing} a row of `{referenced}` that is referenced fails"),
        };
    };
    if engine.dialect() == Dialect::MySql || engine.refuses_idle_clauses() {
        return "the engine refuses such a foreign key, so the migration that creates it fails"
            .to_owned();
    }
    let table = foreign_key.referencing_table.shown_name();
    let error = match engine.dialect() {
        Dialect::Sqlite => format!("NOT NULL constraint failed: {table}.{}", column.name),
        _ => format!(
            "null value in column \"{}\" of relation \"{table}\" violates not-null constraint",
            column.name
        ),
    };
    format!("{doing} a row of `{referenced}` that is referenced fails: {error}")
}

/// The statement that lets the columns be NULL, which those of a primary key cannot be.
fn dropping_not_null(
    comparison: &Comparison<'_>,
    side: &Side<'_>,
    fault: &Fault<'_>,
) -> Option<Remedy> {
    let dialect = comparison.sources.dialect;
    let table = side.table?;
    let key = table.primary_key.as_ref().map_or(&[][..], |it| &it.columns);
    if dialect != Dialect::PostgreSql
        || fault.columns.is_empty()
        || fault.columns.iter().any(|it| key.contains(&it.name))
    {
        return None;
    }
    let actions: Vec<String> = fault
        .columns
        .iter()
        .map(|it| format!("ALTER COLUMN {} DROP NOT NULL", sql::identifier(dialect, &it.name)))
        .collect();
    Some(Remedy {
        title: "to let the column be NULL, add a migration and remove `.notNull()`".to_owned(),
        language: Language::Sql,
        text: format!("ALTER TABLE {} {};", sql::table(dialect, &table.name), actions.join(", ")),
        edit: None,
    })
}
