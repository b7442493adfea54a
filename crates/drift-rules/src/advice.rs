//! Which of two actions is probably right.

use drift_model::{ChangeKind, ForeignKey, ReferentialAction, Span, Table};

use crate::clause::is_blocking;
use crate::comparison::Comparison;
use crate::table_kind::{self, TableKind};

/// Which side is probably right, and why.
#[derive(Debug)]
pub(crate) struct Advice {
    /// `None` where nothing tells.
    pub(crate) right: Option<Side>,
    /// In a clause.
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Schema,
    Migrations,
}

/// Which `ON DELETE` is probably right.
pub(crate) fn on_delete(
    comparison: &Comparison<'_>,
    schema: &ForeignKey,
    migrated: &ForeignKey,
) -> Advice {
    let (declared, actual) = (schema.on_delete, migrated.on_delete);
    let by = |right, reason: String| Advice { right: Some(right), reason };
    let table = comparison.migrated_table(&migrated.referencing_table);
    if let Some(table) = table {
        // What fails with every delete is not what anybody wants.
        if let Some(column) = not_null_column(comparison, table, migrated) {
            let reason = format!("`{column}` is NOT NULL, so that SET NULL would fail");
            match (declared, actual) {
                (ReferentialAction::SetNull, _) => return by(Side::Migrations, reason),
                (_, ReferentialAction::SetNull) => return by(Side::Schema, reason),
                _ => {}
            }
        }
    }
    if let Some(file) = changed_on_purpose(comparison, schema, migrated) {
        let reason =
            format!("`{file}` changed it on purpose and the schema still says what was before");
        return by(Side::Migrations, reason);
    }
    let is_silent = migrated.on_delete_span.is_none() && schema.on_delete_span.is_some();
    if is_silent && comparison.is_in_snapshot(schema) {
        let reason = "drizzle-kit's snapshot agrees with it, and the migrations say nothing";
        return by(Side::Schema, reason.to_owned());
    }
    let options = comparison.sources.options;
    let kind = table.and_then(|it| TableKind::of(it, migrated, options.audit_tables.as_deref()));
    // An action that nobody wrote is no decision against one that somebody did.
    let is_undecided = kind == Some(TableKind::Valued)
        && (schema.on_delete_span.is_none() || migrated.on_delete_span.is_none());
    let kind = kind.filter(|_| !is_undecided);
    let preferred = kind.and_then(|kind| Some((kind, preferred(kind, declared, actual)?)));
    match preferred {
        Some((kind, action)) => {
            let (table, referenced) = (&migrated.referencing_table, &migrated.referenced_table);
            let right = if action == declared { Side::Schema } else { Side::Migrations };
            by(right, table_kind::reason(kind, table, referenced))
        }
        None => Advice { right: None, reason: "nothing tells which side is right".to_owned() },
    }
}

/// Which of two actions suits rows of a kind; `None` where both do, or neither.
fn preferred(
    kind: TableKind,
    one: ReferentialAction,
    other: ReferentialAction,
) -> Option<ReferentialAction> {
    let rank = |action: ReferentialAction| match (kind, action) {
        (TableKind::Part | TableKind::ShortLived, ReferentialAction::Cascade) => Some(2),
        (TableKind::Part | TableKind::ShortLived, _) => Some(1),
        (TableKind::Audit, ReferentialAction::SetNull) => Some(3),
        (TableKind::Audit | TableKind::Valued, ReferentialAction::Cascade) => Some(1),
        (TableKind::Audit | TableKind::Valued, _) => Some(2),
    };
    match rank(one).cmp(&rank(other)) {
        std::cmp::Ordering::Less => Some(other),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(one),
    }
}

/// A referencing column that `SET NULL` empties and that refuses NULL.
pub(crate) fn not_null_column<'t>(
    comparison: &Comparison<'_>,
    table: &'t Table,
    foreign_key: &ForeignKey,
) -> Option<&'t str> {
    let columns = match &foreign_key.set_columns[..] {
        [] => &foreign_key.referencing_columns,
        columns => columns,
    };
    let columns = columns.iter().filter_map(|it| comparison.column(table, it));
    columns.filter(|it| it.is_not_null).map(|it| it.name.as_str()).next()
}

/// The migration that gave the foreign key another action than it was made with, where the schema
/// still has the old one.
fn changed_on_purpose(
    comparison: &Comparison<'_>,
    schema: &ForeignKey,
    migrated: &ForeignKey,
) -> Option<String> {
    let texts = comparison.sources.texts?;
    let makes = |kind| matches!(kind, ChangeKind::Created | ChangeKind::Altered);
    let mut made = migrated.history.iter().filter(|it| makes(it.kind));
    let last = made.next_back()?;
    let before = made.next_back()?;
    if last.span.file == before.span.file {
        return None;
    }
    let said = |span: Span| action_in(&texts.snippet(span));
    let is_same =
        |a: ReferentialAction, b: ReferentialAction| a == b || is_blocking(a) && is_blocking(b);
    if !is_same(said(before.span), schema.on_delete) || said(last.span) != migrated.on_delete {
        return None;
    }
    let path = &texts.file(last.span.file).path;
    let name = path.file_name()?.to_str()?;
    // From 1.0 on each migration has a folder.
    let folder = path.parent().and_then(|it| it.file_name()).and_then(|it| it.to_str());
    Some(if name == "migration.sql" { folder?.to_owned() } else { name.to_owned() })
}

/// What `ON DELETE` says in the text of a foreign key.
fn action_in(text: &str) -> ReferentialAction {
    let text = without_comments(text).to_ascii_lowercase();
    let words: Vec<&str> =
        text.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let at = words.windows(2).rposition(|two| two == ["on", "delete"]);
    let rest = at.map_or(&[][..], |at| &words[at + 2..]);
    let read = |count: usize| ReferentialAction::parse(&rest.get(..count)?.join(" "));
    read(2).or_else(|| read(1)).unwrap_or_default()
}

/// A foreign key in SQL, in which nothing else begins like a comment, without those.
fn without_comments(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(at) = [rest.find("/*"), rest.find("--")].into_iter().flatten().min() {
        let end = if rest[at..].starts_with("--") { "\n" } else { "*/" };
        kept.push_str(&rest[..at]);
        kept.push(' ');
        rest = rest[at + 2..].split_once(end).map_or("", |it| it.1);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Change, SourceMap, notation};

    use super::*;
    use crate::Sources;
    use crate::testing::{snapshot, sources};

    /// The reason for the side that is probably right; `adjust` gets the schema and the migrations.
    fn advice(
        declared: &str,
        actual: &str,
        snapshot_says: &str,
        adjust: impl FnOnce(&mut Catalog, &mut Catalog, &SourceMap),
    ) -> String {
        let map = SourceMap::default();
        let read = |name: &str, action: &str| {
            let key = format!("posts(a) -> users(id) on delete {action}");
            notation::parse(&map, name, &[&key]).unwrap()
        };
        let (mut schema, mut migrations) = (read("schema", declared), read("migrations", actual));
        adjust(&mut schema, &mut migrations, &map);
        let kept = read("snapshot", snapshot_says);
        let comparison = Comparison::new(Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            snapshot: Some(snapshot(&kept)),
            texts: Some(&map),
            ..sources(drift_model::Dialect::PostgreSql)
        });
        let advice = on_delete(&comparison, &schema.foreign_keys[0], &migrations.foreign_keys[0]);
        format!("{:?}: {}", advice.right, advice.reason)
    }

    #[test]
    fn what_would_fail_is_not_right() {
        let advise = |declared, actual| {
            advice(declared, actual, "restrict", |_, migrated, _| {
                migrated.tables[0].columns[0].is_not_null = true;
            })
        };
        let reason = "`a` is NOT NULL, so that SET NULL would fail";
        assert_eq!(advise("set null", "cascade"), format!("Some(Migrations): {reason}"));
        assert_eq!(advise("cascade", "set null"), format!("Some(Schema): {reason}"));
        assert!(advise("cascade", "no action").starts_with("None"));
        assert!(advice("set null", "cascade", "restrict", |_, _, _| {}).starts_with("None"));
    }

    #[test]
    fn what_nobody_wrote_is_no_decision() {
        let advise = |is_written: [bool; 2]| {
            let found = advice("cascade", "restrict", "set null", |schema, migrated, _| {
                for (catalog, is_written) in [schema, migrated].into_iter().zip(is_written) {
                    catalog.tables[0].name = drift_model::TableName::new("invoices");
                    let key = &mut catalog.foreign_keys[0];
                    key.referencing_table = drift_model::TableName::new("invoices");
                    key.on_delete_span = is_written.then_some(key.span);
                }
            });
            found.split(':').next().unwrap_or_default().to_owned()
        };
        assert_eq!(advise([true, true]), "Some(Migrations)");
        for is_written in [[true, false], [false, true], [false, false]] {
            assert_eq!(advise(is_written), "None", "{is_written:?}");
        }
    }

    #[test]
    fn what_somebody_wrote_in_vain_is_right() {
        let advise = |says: &str, is_written: [bool; 2]| {
            advice("cascade", "no action", says, |schema, migrated, _| {
                for (catalog, is_written) in [schema, migrated].into_iter().zip(is_written) {
                    let key = &mut catalog.foreign_keys[0];
                    key.on_delete_span = is_written.then_some(key.span);
                }
            })
        };
        assert_eq!(
            advise("cascade", [true, false]),
            "Some(Schema): drizzle-kit's snapshot agrees with it, and the migrations say nothing"
        );
        for (says, is_written) in
            [("cascade", [true, true]), ("cascade", [false, false]), ("restrict", [true, false])]
        {
            assert!(!advise(says, is_written).contains("snapshot"), "{says} {is_written:?}");
        }
    }

    #[test]
    fn a_later_migration_that_changes_the_action_is_right() {
        let files = [
            ("0000_init.sql", "REFERENCES users (id) ON DELETE CASCADE"),
            ("0001_keep.sql", "REFERENCES users (id) ON DELETE SET NULL"),
            ("0002_plain.sql", "REFERENCES users (id)"),
            ("0003_folder/migration.sql", "REFERENCES users (id) ON DELETE SET NULL"),
        ];
        let advise = |declared, actual, made: [usize; 2]| {
            advice(declared, actual, "set default", |_, migrated, map| {
                let files = files.map(|(path, text)| map.add(path.into(), text.to_owned()));
                let change = |kind, at: usize| {
                    let end = files[at].text.len() as u32;
                    Change { kind, span: Span::new(files[at].id, 0, end) }
                };
                migrated.foreign_keys[0].history = vec![
                    change(ChangeKind::Created, made[0]),
                    change(ChangeKind::Dropped, made[1]),
                    change(ChangeKind::Created, made[1]),
                ];
            })
        };
        let right = "changed it on purpose and the schema still says what was before";
        let named = |name: &str| format!("Some(Migrations): `{name}` {right}");
        assert_eq!(advise("cascade", "set null", [0, 1]), named("0001_keep.sql"));
        assert_eq!(advise("cascade", "set null", [0, 3]), named("0003_folder"));
        assert_eq!(advise("restrict", "set null", [2, 1]), named("0001_keep.sql"));
        for (declared, actual, made) in [
            ("restrict", "set null", [0, 1]),
            ("cascade", "no action", [0, 1]),
            ("set null", "cascade", [1, 1]),
            ("restrict", "set null", [1, 1]),
        ] {
            assert!(advise(declared, actual, made).starts_with("None"), "{declared} {actual}");
        }
    }

    #[test]
    fn reads_the_action_of_a_clause() {
        assert_eq!(
            action_in("REFERENCES a(id) ON\n DELETE  SET NULL ON UPDATE CASCADE"),
            ReferentialAction::SetNull
        );
        assert_eq!(action_in("references a on delete cascade"), ReferentialAction::Cascade);
        assert_eq!(action_in("references a"), ReferentialAction::NoAction);
        assert_eq!(
            action_in(
                "references a on -- it\n-- all\n delete /* rows\n */ set /**/ null -- or cascade"
            ),
            ReferentialAction::SetNull
        );
    }

    #[test]
    fn prefers_what_keeps_records_and_drops_state() {
        use ReferentialAction::{Cascade, NoAction, SetNull};
        assert_eq!(preferred(TableKind::Audit, Cascade, NoAction), Some(NoAction));
        assert_eq!(preferred(TableKind::Audit, SetNull, NoAction), Some(SetNull));
        assert_eq!(preferred(TableKind::ShortLived, NoAction, Cascade), Some(Cascade));
        assert_eq!(preferred(TableKind::Valued, SetNull, Cascade), Some(SetNull));
        assert_eq!(preferred(TableKind::Valued, SetNull, NoAction), None);
    }
}
