//! Reads `ALTER TABLE`.

use drift_model::Dialect;

use crate::cursor::{Cursor, Parsed};
use crate::parse_table::timing as parse_timing;
use crate::parse_table::{
    column, data_type, expression, has_plain_storage, starts_constraint, table_constraint,
};
use crate::statement::{AlterAction, AlterKind, AlterTable, TableConstraintKind, Timing};

/// Reads from behind `ALTER TABLE`.
pub(crate) fn alter_table<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<AlterTable<'a>> {
    let if_exists = cursor.take(&["if", "exists"]);
    let is_only = cursor.take(&["only"]);
    let is_enclosed = is_only && cursor.take_symbol(b'(');
    let name = cursor.qualified_name()?;
    if is_enclosed {
        cursor.expect_symbol(b')')?;
    }
    cursor.take_symbol(b'*');
    let mut actions: Vec<AlterAction<'a>> = Vec::new();
    loop {
        let start = cursor.at();
        let first = actions.len();
        action(cursor, &mut actions)?;
        if actions.last().is_some_and(|it| actions.len() > first && ends_here(&it.kind)) {
            cursor.take_any(&["restrict"]);
            if !cursor.is_done() && !cursor.is_symbol(b',') {
                cursor.reject("there is no comma behind an action");
            }
        }
        // Whatever was not read of the action changes nothing that matters.
        cursor.skip_until(b",");
        if actions.len() == first + 1 && !keeps_own_span(&actions[first].kind) {
            actions[first].span = cursor.span_from(start);
        }
        if !cursor.take_symbol(b',') {
            if actions.len() > 1 && actions.iter().any(|it| stands_alone(&it.kind)) {
                cursor.reject("a rename takes no other actions beside it");
            }
            return Ok(AlterTable { name, if_exists, is_only, actions, fault: cursor.fault() });
        }
    }
}

/// Whether nothing that is not read may follow the action.
fn ends_here(kind: &AlterKind<'_>) -> bool {
    match kind {
        AlterKind::AddConstraint(constraint) => constraint.is_foreign_key(),
        AlterKind::AddColumn { .. }
        | AlterKind::DropColumn { .. }
        | AlterKind::DropConstraint { .. }
        | AlterKind::RenameColumn { .. }
        | AlterKind::RenameConstraint { .. }
        | AlterKind::RenameTo(_)
        | AlterKind::ValidateConstraint { .. } => true,
        _ => false,
    }
}

/// Whether PostgreSQL takes the action as a statement of its own only.
fn stands_alone(kind: &AlterKind<'_>) -> bool {
    matches!(
        kind,
        AlterKind::RenameColumn { .. }
            | AlterKind::RenameConstraint { .. }
            | AlterKind::RenameTo(_)
            | AlterKind::SetNamespace(_)
            | AlterKind::AttachPartition(_)
            | AlterKind::DetachPartition(_)
    )
}

/// The place of an added constraint is the constraint, without `ADD`.
fn keeps_own_span(kind: &AlterKind<'_>) -> bool {
    matches!(kind, AlterKind::AddConstraint(_))
}

fn action<'a>(cursor: &mut Cursor<'_, 'a>, actions: &mut Vec<AlterAction<'a>>) -> Parsed<()> {
    let start = cursor.at();
    let kind = if cursor.take(&["add"]) {
        return add(cursor, actions);
    } else if cursor.take(&["drop"]) {
        drop(cursor)?
    } else if cursor.take(&["rename"]) {
        rename(cursor)?
    } else if cursor.take(&["alter"]) {
        alter(cursor)?
    } else if cursor.take(&["validate", "constraint"]) {
        Some(AlterKind::ValidateConstraint { name: cursor.name()? })
    } else if cursor.take(&["set", "schema"]) {
        Some(AlterKind::SetNamespace(cursor.name()?))
    } else if cursor.take(&["set", "logged"]) {
        Some(AlterKind::SetLogged(true))
    } else if cursor.take(&["set", "unlogged"]) {
        Some(AlterKind::SetLogged(false))
    } else if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["inherit"]) {
        Some(AlterKind::SetHeir { parent: cursor.qualified_name()?, is_heir: true })
    } else if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["no", "inherit"]) {
        Some(AlterKind::SetHeir { parent: cursor.qualified_name()?, is_heir: false })
    } else if cursor.take(&["attach", "partition"]) {
        Some(AlterKind::AttachPartition(cursor.qualified_name()?))
    } else if cursor.take(&["detach", "partition"]) {
        Some(AlterKind::DetachPartition(cursor.qualified_name()?))
    } else if cursor.is_dialect(Dialect::MySql) && cursor.is_any(&["modify", "change"]) {
        change(cursor)?
    } else if cursor.is_dialect(Dialect::MySql) && cursor.take(&["algorithm"]) {
        cursor.take_symbol(b'=');
        cursor.is(&["copy"]).then_some(AlterKind::CopyTable)
    } else if cursor.is_dialect(Dialect::MySql) && cursor.take(&["engine"]) {
        cursor.take_symbol(b'=');
        Some(AlterKind::SetStorage { is_plain: has_plain_storage(cursor.text()) })
    } else if mentions_foreign_keys(cursor) {
        return cursor.fail("an action");
    } else {
        None
    };
    if let Some(kind) = kind {
        actions.push(AlterAction { span: cursor.span_from(start), kind });
    }
    Ok(())
}

/// Whether the action, of which nothing was understood, is about foreign keys.
fn mentions_foreign_keys(cursor: &Cursor<'_, '_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.skip_until(b",");
    let text = cursor.source.text;
    cursor
        .tokens(cursor.at(), ahead.at())
        .iter()
        .any(|token| token.is_word(text, "references") || token.is_word(text, "foreign"))
}

fn add<'a>(cursor: &mut Cursor<'_, 'a>, actions: &mut Vec<AlterAction<'a>>) -> Parsed<()> {
    if starts_constraint(cursor) {
        return add_constraint(cursor, actions);
    }
    if cursor.is_dialect(Dialect::MySql) && cursor.is(&["partition"]) {
        return Ok(());
    }
    cursor.take(&["column"]);
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    // `ADD (a int, b int, FOREIGN KEY ...)` of MySQL.
    if !cursor.is_dialect(Dialect::Sqlite) && cursor.take_symbol(b'(') {
        while !cursor.take_symbol(b')') && !cursor.is_done() {
            if cursor.take_symbol(b',') {
            } else if starts_constraint(cursor) {
                add_constraint(cursor, actions)?;
            } else {
                add_column(cursor, actions, if_not_exists)?;
            }
        }
        return Ok(());
    }
    add_column(cursor, actions, if_not_exists)
}

fn add_column<'a>(
    cursor: &mut Cursor<'_, 'a>,
    actions: &mut Vec<AlterAction<'a>>,
    if_not_exists: bool,
) -> Parsed<()> {
    let column = column(cursor)?;
    actions.push(AlterAction {
        span: column.span,
        kind: AlterKind::AddColumn { if_not_exists, column },
    });
    Ok(())
}

fn add_constraint<'a>(
    cursor: &mut Cursor<'_, 'a>,
    actions: &mut Vec<AlterAction<'a>>,
) -> Parsed<()> {
    let constraint = table_constraint(cursor)?;
    actions.push(AlterAction { span: constraint.span, kind: AlterKind::AddConstraint(constraint) });
    Ok(())
}

fn drop<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<AlterKind<'a>>> {
    let is_mysql = cursor.is_dialect(Dialect::MySql);
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.is(&["foreign", "key"]) {
        return cursor.fail("a column or constraint");
    }
    if cursor.take(&["constraint"]) {
        let if_exists = cursor.take(&["if", "exists"]);
        let name = cursor.name()?;
        let is_cascade = cursor.take(&["cascade"]);
        return Ok(Some(AlterKind::DropConstraint { name, if_exists, is_cascade }));
    }
    if !cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["foreign", "key"]) {
        let if_exists = cursor.take(&["if", "exists"]);
        return Ok(Some(AlterKind::DropForeignKey { name: cursor.name()?, if_exists }));
    }
    if is_mysql && cursor.take(&["primary", "key"]) {
        return Ok(Some(AlterKind::DropPrimaryKey));
    }
    if is_mysql && cursor.take_any(&["index", "key"]) {
        cursor.take(&["if", "exists"]);
        return Ok(Some(AlterKind::DropIndex { name: cursor.name()? }));
    }
    if is_mysql && cursor.take(&["check"]) {
        let if_exists = cursor.take(&["if", "exists"]);
        let name = cursor.name()?;
        return Ok(Some(AlterKind::DropConstraint { name, if_exists, is_cascade: false }));
    }
    if is_mysql && cursor.is(&["partition"]) {
        return Ok(None);
    }
    cursor.take(&["column"]);
    let if_exists = cursor.take(&["if", "exists"]);
    let name = cursor.name()?;
    let is_cascade = cursor.take(&["cascade"]);
    Ok(Some(AlterKind::DropColumn { name, if_exists, is_cascade }))
}

fn rename<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<AlterKind<'a>>> {
    let is_mysql = cursor.is_dialect(Dialect::MySql);
    if cursor.take(&["constraint"]) {
        let (from, to) = from_to(cursor)?;
        return Ok(Some(AlterKind::RenameConstraint { from, to }));
    }
    if is_mysql && cursor.take_any(&["index", "key"]) {
        let (from, to) = from_to(cursor)?;
        return Ok(Some(AlterKind::RenameIndex { from, to }));
    }
    let is_column = cursor.take(&["column"]);
    if !is_column && cursor.take_any(&["to", "as"]) {
        return Ok(Some(AlterKind::RenameTo(cursor.qualified_name()?)));
    }
    if is_mysql && !is_column {
        cursor.take_symbol(b'=');
        return Ok(Some(AlterKind::RenameTo(cursor.qualified_name()?)));
    }
    let (from, to) = from_to(cursor)?;
    Ok(Some(AlterKind::RenameColumn { from, to }))
}

/// `a TO b`.
fn from_to<'a>(
    cursor: &mut Cursor<'_, 'a>,
) -> Parsed<(std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)> {
    let from = cursor.name()?;
    if !cursor.take(&["to"]) {
        return cursor.fail("`TO`");
    }
    Ok((from, cursor.name()?))
}

fn alter<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<AlterKind<'a>>> {
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["constraint"]) {
        let name = cursor.name()?;
        let mut timing = Timing::default();
        while parse_timing(cursor, &mut timing) {}
        return Ok(timing.is_written().then_some(AlterKind::AlterConstraint { name, timing }));
    }
    if cursor.is_any(&["constraint", "index", "check"]) && !cursor.is_dialect(Dialect::Sqlite) {
        // Only whether and when it is checked can be altered.
        return Ok(None);
    }
    cursor.take(&["column"]);
    cursor.take(&["if", "exists"]);
    let name = cursor.name()?;
    if cursor.is_dialect(Dialect::Sqlite) && cursor.take(&["to"]) {
        let column = column(cursor)?;
        return Ok(Some(AlterKind::ChangeColumn { from: name, column }));
    }
    Ok(if cursor.take(&["set", "not", "null"]) {
        Some(AlterKind::SetNotNull { name, is_not_null: true })
    } else if cursor.take(&["drop", "not", "null"]) {
        Some(AlterKind::SetNotNull { name, is_not_null: false })
    } else if cursor.take(&["set", "default"]) {
        Some(AlterKind::SetDefault { name, default: Some(expression(cursor)) })
    } else if cursor.take(&["drop", "default"]) {
        Some(AlterKind::SetDefault { name, default: None })
    } else if cursor.take(&["type"]) || cursor.take(&["set", "data", "type"]) {
        let (data_type, is_array) = data_type(cursor);
        Some(AlterKind::SetType { name, data_type, is_array })
    } else {
        None
    })
}

/// The actions that MySQL alone has.
fn change<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<AlterKind<'a>>> {
    if cursor.take(&["modify"]) {
        cursor.take(&["column"]);
        cursor.take(&["if", "exists"]);
        let column = column(cursor)?;
        return Ok(Some(AlterKind::ChangeColumn { from: column.name.clone(), column }));
    }
    if cursor.take(&["change"]) {
        cursor.take(&["column"]);
        cursor.take(&["if", "exists"]);
        let from = cursor.name()?;
        return Ok(Some(AlterKind::ChangeColumn { from, column: column(cursor)? }));
    }
    Ok(None)
}

/// Whether an action was written that the engine does not know, so that it refuses the statement.
pub(crate) fn refused_action(
    table: &AlterTable<'_>,
    engine: &crate::Engine,
) -> Option<&'static str> {
    let has_conditions = engine.has_conditional_actions();
    if table.if_exists && !has_conditions {
        return Some("the engine knows no `IF EXISTS` in `ALTER TABLE`");
    }
    if engine.dialect() == Dialect::Sqlite && table.actions.len() > 1 {
        return Some("SQLite takes one action at a time");
    }
    table.actions.iter().find_map(|action| match &action.kind {
        AlterKind::AddColumn { if_not_exists: true, .. }
        | AlterKind::DropColumn { if_exists: true, .. }
        | AlterKind::DropConstraint { if_exists: true, .. }
        | AlterKind::DropForeignKey { if_exists: true, .. }
            if !has_conditions =>
        {
            Some("the engine knows no `IF EXISTS` in `ALTER TABLE`")
        }
        AlterKind::AddConstraint(constraint) if engine.dialect() == Dialect::Sqlite => {
            match constraint.kind {
                TableConstraintKind::Check(_) | TableConstraintKind::Other => None,
                _ => Some("SQLite cannot add a constraint to a table"),
            }
        }
        AlterKind::DropForeignKey { .. } if engine.dialect() == Dialect::Sqlite => {
            Some("SQLite cannot drop a foreign key by name")
        }
        AlterKind::RenameColumn { .. } if !engine.renames_columns() => {
            Some("the engine knows no `RENAME COLUMN`")
        }
        AlterKind::ChangeColumn { .. } if !engine.alters_columns() => {
            Some("SQLite cannot change a column")
        }
        AlterKind::RenameTo(to)
            if engine.dialect() == Dialect::Sqlite && to.namespace.is_some() =>
        {
            Some("SQLite takes no database in front of the new name")
        }
        AlterKind::DropConstraint { .. } if !engine.drops_constraints() => {
            Some("the engine knows no `DROP CONSTRAINT`")
        }
        AlterKind::RenameConstraint { .. } if engine.dialect() != Dialect::PostgreSql => {
            Some("the engine cannot rename a constraint")
        }
        _ => None,
    })
}
