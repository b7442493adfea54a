//! Reads `CREATE TABLE` and the parts that `ALTER TABLE` shares with it: columns, constraints,
//! `REFERENCES`.
//!
//! What bears on no foreign key (types beyond their text, expressions, options) is passed over by
//! balanced parentheses up to the next keyword that matters.

use std::borrow::Cow;

use drift_model::{Dialect, ReferentialAction, Span};

use crate::cursor::{Cursor, Failure, Parsed};
use crate::lex::{Token, TokenKind};
use crate::statement::{
    ColumnConstraint, ColumnConstraintKind, ColumnDefinition, CreateTable, Generation, KeyOptions,
    Name, Reference, TableConstraint, TableConstraintKind, TableItem, Timing,
};

/// The keywords that end the type or default of a column.
const COLUMN_KEYWORDS: [&str; 30] = [
    "constraint",
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "references",
    "check",
    "generated",
    "collate",
    "auto_increment",
    "autoincrement",
    "comment",
    "on",
    "as",
    "key",
    "storage",
    "compression",
    "deferrable",
    "initially",
    "first",
    "after",
    "using",
    "visible",
    "invisible",
    "virtual",
    "stored",
    "column_format",
    "charset",
    "foreign",
];

/// Reads from behind `CREATE [TEMPORARY] TABLE`.
pub(crate) fn create_table<'a>(
    cursor: &mut Cursor<'_, 'a>,
    is_replacing: bool,
    is_temporary: bool,
) -> Parsed<CreateTable<'a>> {
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let mut table = CreateTable::new(cursor.qualified_name()?);
    table.if_not_exists = if_not_exists;
    table.is_replacing = is_replacing;
    table.is_temporary = is_temporary;
    if cursor.take(&["partition", "of"]) {
        table.partition_of = Some(cursor.qualified_name()?);
    } else if cursor.take(&["of"]) {
        // The columns are those of a composite type.
        cursor.qualified_name()?;
        table.is_incomplete = true;
    } else if cursor.take(&["like"]) {
        table.items.push(like(cursor)?);
    }
    // The name is known: what follows concerns this table, however much of it can be read.
    if let Err(Failure { reason }) = body(cursor, &mut table) {
        table.is_incomplete = true;
        table.unread = Some(reason);
    }
    if is_replacing {
        cursor.reject("PostgreSQL replaces no tables");
        cursor.reject_in(Dialect::Sqlite, "SQLite replaces no tables");
    }
    table.fault = cursor.fault();
    Ok(table)
}

fn body<'a>(cursor: &mut Cursor<'_, 'a>, table: &mut CreateTable<'a>) -> Parsed<()> {
    if cursor.is_symbol(b'(') && !is_query(cursor) {
        items(cursor, table)?;
    }
    options(cursor, table)
}

/// Whether the parentheses hold a query: `CREATE TABLE t (SELECT ...)`.
fn is_query(cursor: &Cursor<'_, '_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.next();
    ahead.is_any(&["select", "with"]) && !cursor.is_dialect(Dialect::PostgreSql)
}

fn items<'a>(cursor: &mut Cursor<'_, 'a>, table: &mut CreateTable<'a>) -> Parsed<()> {
    cursor.expect_symbol(b'(')?;
    while !cursor.take_symbol(b')') {
        if cursor.is_done() {
            return cursor.fail("`)`");
        }
        if cursor.take_symbol(b',') {
            if cursor.is_symbol(b')') {
                cursor.reject_everywhere("there is nothing behind the last comma");
            }
            continue;
        }
        if cursor.is(&["like"]) && !cursor.is_dialect(Dialect::Sqlite) {
            cursor.next();
            table.items.push(like(cursor)?);
        } else if starts_constraint(cursor) {
            table.items.push(TableItem::Constraint(table_constraint(cursor)?));
        } else {
            if matches!(table.items.last(), Some(TableItem::Constraint(_))) {
                let reason = "SQLite wants all columns in front of the constraints of the table";
                cursor.reject_in(Dialect::Sqlite, reason);
            }
            table.items.push(TableItem::Column(column(cursor)?));
        }
    }
    Ok(())
}

/// `LIKE t [INCLUDING x | EXCLUDING x]...`
fn like<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<TableItem<'a>> {
    let table = cursor.qualified_name()?;
    // MySQL copies the keys without being asked.
    let mut includes_indexes = cursor.is_dialect(Dialect::MySql);
    let mut includes_checks = false;
    loop {
        let includes = cursor.take(&["including"]);
        if !includes && !cursor.take(&["excluding"]) {
            return Ok(TableItem::Like { table, includes_indexes, includes_checks });
        }
        if cursor.take(&["all"]) {
            (includes_indexes, includes_checks) = (includes, includes);
        } else if cursor.take(&["indexes"]) {
            includes_indexes = includes;
        } else if cursor.take(&["constraints"]) {
            includes_checks = includes;
        } else {
            cursor.next();
        }
    }
}

/// Reads what stands behind the columns: inheritance, partitions, the storage engine, a query.
fn options<'a>(cursor: &mut Cursor<'_, 'a>, table: &mut CreateTable<'a>) -> Parsed<()> {
    while let Some(token) = cursor.peek() {
        if cursor.take(&["inherits"]) {
            cursor.reject_in(Dialect::Sqlite, "SQLite knows no heirs");
            cursor.expect_symbol(b'(')?;
            table.inherits = cursor.qualified_names()?;
            cursor.expect_symbol(b')')?;
        } else if cursor.take(&["partition", "by"]) {
            cursor.take_any(&["range", "list", "hash"]);
            table.partition_key = Some(partition_key(cursor));
        } else if cursor.take(&["engine"]) {
            cursor.take_symbol(b'=');
            table.has_plain_storage = Some(has_plain_storage(cursor.text()));
            cursor.next();
        } else if cursor.is_dialect(Dialect::Sqlite)
            && (cursor.take(&["without", "rowid"]) || cursor.take(&["strict"]))
        {
            table.has_strict_primary_key = true;
        } else if cursor.is_any(&["as", "select"]) {
            table.is_incomplete = true;
            while cursor.next().is_some() {}
        } else if token.kind == TokenKind::Symbol(b'(') {
            table.is_incomplete |= is_query(cursor);
            cursor.skip_parentheses();
        } else {
            cursor.next();
        }
    }
    Ok(())
}

/// The columns of a partition key, as far as they are columns.
fn partition_key<'a>(cursor: &mut Cursor<'_, 'a>) -> Vec<Name<'a>> {
    let start = cursor.at();
    match cursor.key_list() {
        Ok((columns, _)) => columns,
        Err(_) => {
            cursor.go_to(start);
            Vec::new()
        }
    }
}

/// Whether a storage engine of MySQL takes foreign keys and forgets them.
pub(crate) fn has_plain_storage(engine: &str) -> bool {
    ["myisam", "memory", "aria", "archive", "csv", "heap", "merge"]
        .iter()
        .any(|it| engine.trim_matches(['\'', '"', '`']).eq_ignore_ascii_case(it))
}

/// Whether a constraint of the table is next, rather than a column.
pub(crate) fn starts_constraint(cursor: &Cursor<'_, '_>) -> bool {
    // Most items are columns whose names are in quotes.
    if cursor.peek().is_none_or(|it| it.kind != TokenKind::Word) {
        return false;
    }
    let is_mysql = cursor.is_dialect(Dialect::MySql);
    cursor.is(&["constraint"])
        || cursor.is(&["foreign", "key"])
        || cursor.is(&["primary", "key"])
        || (cursor.is_any(&["unique", "check", "exclude"]) && is_followed(cursor))
        || (is_mysql && (cursor.is_any(&["key", "index", "fulltext", "spatial"])))
        || cursor.is(&["period", "for"])
}

/// Tells a constraint from a column that is called `unique` or `check`: a type would follow that.
fn is_followed(cursor: &Cursor<'_, '_>) -> bool {
    if cursor.is_dialect(Dialect::MySql) {
        return true;
    }
    cursor.peek_nth(1).is_some_and(|token| {
        token.kind == TokenKind::Symbol(b'(')
            || ["using", "nulls"].iter().any(|word| token.is_word(cursor.source.text, word))
    })
}

/// Reads a constraint of the table, from its name on.
pub(crate) fn table_constraint<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<TableConstraint<'a>> {
    let start = cursor.at();
    let mut name = None;
    let mut is_conditional = false;
    if cursor.take(&["constraint"]) && !starts_constraint_kind(cursor) {
        is_conditional = cursor.take(&["if", "not", "exists"]);
        name = Some(cursor.name()?);
    }
    let mut options = KeyOptions::default();
    let kind = constraint_kind(cursor, &mut name, &mut options)?;
    if is_conditional && matches!(kind, TableConstraintKind::ForeignKey { .. }) {
        let reason = "`IF NOT EXISTS` cannot stand behind `CONSTRAINT`";
        cursor.reject(reason);
        cursor.reject_in(Dialect::MySql, reason);
    }
    let span = cursor.span_from(start);
    if !matches!(kind, TableConstraintKind::ForeignKey { .. }) {
        constraint_attributes(cursor, &mut options)?;
    }
    Ok(TableConstraint { name, span, kind, options })
}

fn starts_constraint_kind(cursor: &Cursor<'_, '_>) -> bool {
    cursor.is(&["foreign", "key"])
        || cursor.is(&["primary", "key"])
        || (cursor.is_any(&["unique", "check", "exclude"]) && is_followed(cursor))
}

fn constraint_kind<'a>(
    cursor: &mut Cursor<'_, 'a>,
    name: &mut Option<Cow<'a, str>>,
    options: &mut KeyOptions<'a>,
) -> Parsed<TableConstraintKind<'a>> {
    if cursor.take(&["foreign", "key"]) {
        return foreign_key(cursor);
    }
    if cursor.take(&["primary", "key"]) {
        return primary_key(cursor);
    }
    if cursor.take(&["unique"]) {
        return unique(cursor, name, options);
    }
    if cursor.take_any(&["key", "index"]) {
        return index(cursor, name);
    }
    if cursor.take_any(&["fulltext", "spatial"]) {
        cursor.take_any(&["key", "index"]);
        cursor.skip_until(b",)");
        return Ok(TableConstraintKind::Other);
    }
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["check"]) {
        return Ok(TableConstraintKind::Check(checked_names(cursor)?));
    }
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["exclude"]) {
        if cursor.take(&["using"]) {
            cursor.next();
        }
        let (columns, has_expressions) = cursor.key_list()?;
        return Ok(TableConstraintKind::Exclude { columns, has_expressions });
    }
    if cursor.take_any(&["check", "exclude", "period"]) || cursor.is_dialect(Dialect::Sqlite) {
        // SQLite takes a name with nothing behind it.
        while !cursor.is_done() && !cursor.is_symbol(b',') && !cursor.is_symbol(b')') {
            if starts_constraint(cursor) {
                break;
            }
            if cursor.is_symbol(b'(') {
                cursor.skip_parentheses();
            } else {
                cursor.next();
            }
        }
        return Ok(TableConstraintKind::Other);
    }
    cursor.skip_until(b",)");
    Ok(TableConstraintKind::Other)
}

fn foreign_key<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<TableConstraintKind<'a>> {
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let index_name = if cursor.is_symbol(b'(') { None } else { Some(cursor.name()?) };
    if if_not_exists || index_name.is_some() {
        cursor.reject("nothing stands between `FOREIGN KEY` and the columns");
    }
    let columns = foreign_key_columns(cursor)?;
    if !cursor.take(&["references"]) {
        return cursor.fail("`REFERENCES`");
    }
    let reference = reference(cursor)?;
    Ok(TableConstraintKind::ForeignKey { columns, index_name, if_not_exists, reference })
}

/// The columns of either side. `PERIOD` of a temporal foreign key is left out.
fn foreign_key_columns<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Vec<Cow<'a, str>>> {
    cursor.expect_symbol(b'(')?;
    let mut columns = Vec::new();
    loop {
        let is_period = cursor.is(&["period"])
            && cursor
                .peek_nth(1)
                .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted));
        if is_period {
            cursor.next();
        }
        columns.push(cursor.name()?);
        // A length of MySQL, an order of SQLite.
        while !cursor.is_done() && !cursor.is_symbol(b',') && !cursor.is_symbol(b')') {
            if cursor.is_symbol(b'(') {
                cursor.skip_parentheses();
            } else if cursor.take_any(&["asc", "desc"]) {
            } else {
                return cursor.fail("`,` or `)`");
            }
        }
        if !cursor.take_symbol(b',') {
            break;
        }
    }
    cursor.expect_symbol(b')')?;
    Ok(columns)
}

fn primary_key<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<TableConstraintKind<'a>> {
    if cursor.take(&["using", "index"]) {
        return Ok(TableConstraintKind::UsingIndex { index: cursor.name()?, is_primary: true });
    }
    index_options(cursor)?;
    Ok(TableConstraintKind::PrimaryKey { columns: cursor.primary_key_list()? })
}

fn unique<'a>(
    cursor: &mut Cursor<'_, 'a>,
    name: &mut Option<Cow<'a, str>>,
    options: &mut KeyOptions<'a>,
) -> Parsed<TableConstraintKind<'a>> {
    if cursor.take(&["using", "index"]) {
        return Ok(TableConstraintKind::UsingIndex { index: cursor.name()?, is_primary: false });
    }
    if cursor.take(&["nulls"]) {
        options.has_equal_nulls = cursor.take(&["not"]);
        cursor.take(&["distinct"]);
    }
    cursor.take_any(&["key", "index"]);
    if let Some(index) = index_options(cursor)? {
        name.get_or_insert(index);
    }
    let (columns, has_expressions) = cursor.key_list()?;
    Ok(TableConstraintKind::Unique { columns, has_expressions })
}

fn index<'a>(
    cursor: &mut Cursor<'_, 'a>,
    name: &mut Option<Cow<'a, str>>,
) -> Parsed<TableConstraintKind<'a>> {
    cursor.take(&["if", "not", "exists"]);
    if let Some(index) = index_options(cursor)? {
        name.get_or_insert(index);
    }
    let (columns, has_expressions) = cursor.key_list()?;
    Ok(TableConstraintKind::Index { columns, has_expressions })
}

/// `[name] [USING BTREE]` of MySQL in front of the columns of a key.
fn index_options<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<Cow<'a, str>>> {
    let mut name = None;
    while !cursor.is_symbol(b'(') && !cursor.is_done() {
        if cursor.take(&["using"]) {
            cursor.next();
        } else {
            name = Some(cursor.name()?);
        }
    }
    Ok(name)
}

/// Reads what may follow any constraint of a table.
fn constraint_attributes<'a>(
    cursor: &mut Cursor<'_, 'a>,
    options: &mut KeyOptions<'a>,
) -> Parsed<()> {
    while !cursor.is_done() && !cursor.is_symbol(b',') && !cursor.is_symbol(b')') {
        if starts_constraint(cursor) {
            return Ok(());
        }
        if key_option(cursor, options)? {
        } else if cursor.is_symbol(b'(') {
            cursor.skip_parentheses();
        } else {
            cursor.next();
        }
    }
    Ok(())
}

/// Reads what a key of PostgreSQL is besides its columns. Whether there was anything.
fn key_option<'a>(cursor: &mut Cursor<'_, 'a>, options: &mut KeyOptions<'a>) -> Parsed<bool> {
    if !cursor.is_dialect(Dialect::PostgreSql) {
        return Ok(false);
    }
    if cursor.take(&["not", "deferrable"]) || cursor.take(&["initially", "immediate"]) {
    } else if cursor.take(&["deferrable"]) || cursor.take(&["initially", "deferred"]) {
        options.is_deferrable = true;
    } else if cursor.take(&["nulls", "not", "distinct"]) {
        options.has_equal_nulls = true;
    } else if cursor.take(&["nulls", "distinct"]) {
    } else if cursor.take(&["include"]) {
        options.included = cursor.column_list()?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The names in the parentheses of a `CHECK`, each once: those that may be columns.
fn checked_names<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Vec<Cow<'a, str>>> {
    let start = cursor.at();
    cursor.skip_parentheses();
    let end = cursor.at();
    let mut names = Vec::new();
    let mut inner = cursor.clone();
    inner.go_to(start);
    let mut follows_colon = false;
    while inner.at() < end {
        let is_name =
            inner.peek().is_some_and(|it| matches!(it.kind, TokenKind::Word | TokenKind::Quoted));
        if !is_name || follows_colon {
            follows_colon = inner.is_symbol(b':');
            inner.next();
            continue;
        }
        let name = inner.name()?;
        let is_column = !inner.is_symbol(b'(') && !inner.is_symbol(b'.');
        if is_column && !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Reads from behind `REFERENCES` through its last attribute.
pub(crate) fn reference<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Reference<'a>> {
    let table = cursor.qualified_name()?;
    if table.namespace.is_some() {
        let reason = "SQLite takes no database in front of a referenced table";
        cursor.reject_in(Dialect::Sqlite, reason);
    }
    let columns = if cursor.is_symbol(b'(') { foreign_key_columns(cursor)? } else { Vec::new() };
    let mut reference = Reference {
        table,
        columns,
        on_delete: None,
        on_update: None,
        set_columns: Vec::new(),
        is_match_full: false,
        has_match: false,
        timing: Timing::default(),
        is_not_valid: false,
    };
    loop {
        let start = cursor.at();
        let is_clause = cursor.is(&["on"]) || cursor.is(&["match"]);
        if is_clause && reference.timing.deferral().is_some() {
            cursor.reject("an attribute stands before `MATCH` or `ON`");
        }
        if cursor.is(&["on", "delete"]) {
            reject_second(cursor, reference.on_delete.is_some());
            reference.on_delete = Some(action(cursor, &mut reference.set_columns)?);
        } else if cursor.is(&["on", "update"]) {
            reject_second(cursor, reference.on_update.is_some());
            let mut set_columns = Vec::new();
            reference.on_update = Some(action(cursor, &mut set_columns)?);
            if !set_columns.is_empty() {
                cursor.reject("`ON UPDATE` takes no columns");
            }
        } else if cursor.is(&["on", "insert"]) {
            // SQLite takes it for noise.
            action(cursor, &mut Vec::new())?;
        } else if cursor.take(&["match"]) {
            let is_late = reference.on_delete.is_some() || reference.on_update.is_some();
            reject_second(cursor, is_late || reference.has_match);
            if cursor.is(&["partial"]) {
                cursor.reject("PostgreSQL has no `MATCH PARTIAL`");
            }
            reference.has_match = true;
            reference.is_match_full = cursor.is(&["full"]);
            cursor.next();
        } else if cursor.take(&["not", "valid"]) {
            reference.is_not_valid = true;
        } else if !timing(cursor, &mut reference.timing) {
            if reference.timing.is_contradictory() {
                cursor.reject("`INITIALLY DEFERRED` needs `DEFERRABLE`");
            }
            if !ends_reference(cursor) {
                cursor.reject_everywhere("what follows a `REFERENCES` is no clause of it");
            }
            break;
        }
        if !["on", "match"].iter().any(|it| cursor.is_word_at(start, it)) {
            let reason = "MySQL checks foreign keys at once, and knows no words about that";
            cursor.reject_in(Dialect::MySql, reason);
        }
    }
    Ok(reference)
}

/// Whether something is next that can follow a `REFERENCES` clause in some version of some engine:
/// another attribute of the column, or the end of the element. A clause with a misspelt word cannot.
fn ends_reference(cursor: &Cursor<'_, '_>) -> bool {
    const ATTRIBUTES: [&str; 46] = [
        "after",
        "always",
        "as",
        "autoincrement",
        "auto_increment",
        "character",
        "charset",
        "check",
        "collate",
        "column_format",
        "comment",
        "compressed",
        "compression",
        "constraint",
        "create",
        "default",
        "deferrable",
        "enforced",
        "engine_attribute",
        "exclude",
        "family",
        "first",
        "foreign",
        "generated",
        "hidden",
        "index",
        "initially",
        "invisible",
        "key",
        "match",
        "no",
        "not",
        "null",
        "persistent",
        "primary",
        "references",
        "secondary_engine_attribute",
        "srid",
        "storage",
        "stored",
        "unique",
        "using",
        "virtual",
        "visible",
        "with",
        "without",
    ];
    match cursor.peek().map(|token| token.kind) {
        Some(TokenKind::Word) => cursor.is_any(&ATTRIBUTES) || cursor.is(&["on", "conflict"]),
        Some(TokenKind::String | TokenKind::Number) => false,
        _ => true,
    }
}

/// PostgreSQL and MySQL take each clause once; for SQLite the last one counts.
fn reject_second(cursor: &mut Cursor<'_, '_>, is_second: bool) {
    if is_second {
        let reason = "a clause of the foreign key stands there twice";
        cursor.reject(reason);
        cursor.reject_in(Dialect::MySql, reason);
    }
}

/// Reads a word or two about when and whether a constraint is checked. Whether they are next.
pub(crate) fn timing(cursor: &mut Cursor<'_, '_>, timing: &mut Timing) -> bool {
    if cursor.is(&["deferrable"]) || cursor.is(&["not", "deferrable"]) {
        let is_deferrable = !cursor.take(&["not"]);
        cursor.next();
        reject_second(cursor, timing.is_deferrable.is_some());
        timing.is_deferrable = Some(is_deferrable);
    } else if cursor.take(&["initially"]) {
        let is_deferred = cursor.is(&["deferred"]);
        reject_second(cursor, timing.is_initially_deferred.is_some());
        timing.is_initially_deferred = Some(is_deferred);
        cursor.next();
    } else if cursor.take(&["not", "enforced"]) {
        timing.is_enforced = Some(false);
    } else if cursor.take(&["enforced"]) {
        timing.is_enforced = Some(true);
    } else {
        return false;
    }
    true
}

/// `ON DELETE action`, and the columns of `SET NULL (columns)`.
fn action<'a>(
    cursor: &mut Cursor<'_, 'a>,
    set_columns: &mut Vec<Cow<'a, str>>,
) -> Parsed<(ReferentialAction, Span)> {
    let start = cursor.at();
    cursor.next();
    cursor.next();
    let action = if cursor.take(&["no", "action"]) {
        ReferentialAction::NoAction
    } else if cursor.take(&["restrict"]) {
        ReferentialAction::Restrict
    } else if cursor.take(&["cascade"]) {
        ReferentialAction::Cascade
    } else if cursor.take(&["set", "null"]) {
        ReferentialAction::SetNull
    } else if cursor.take(&["set", "default"]) {
        ReferentialAction::SetDefault
    } else {
        return cursor.fail("a referential action");
    };
    if cursor.is_symbol(b'(') && cursor.is_dialect(Dialect::PostgreSql) {
        if !matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault) {
            cursor.reject("only `SET NULL` and `SET DEFAULT` take columns");
        }
        *set_columns = cursor.column_list()?;
    }
    Ok((action, cursor.span_from(start)))
}

/// Reads a column: its name, its type, its constraints.
pub(crate) fn column<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<ColumnDefinition<'a>> {
    let start = cursor.at();
    let name = cursor.name()?;
    if cursor.is_dialect(Dialect::PostgreSql) {
        // Of a partition or a typed table.
        cursor.take(&["with", "options"]);
    }
    let (data_type, is_array) = data_type(cursor);
    let is_serial = data_type.as_deref().is_some_and(is_serial);
    let mut column = ColumnDefinition {
        name,
        data_type,
        is_array,
        is_not_null: is_serial,
        generated_from: None,
        default: None,
        generation: Generation::None,
        constraints: Vec::new(),
        span: cursor.span_from(start),
    };
    while !cursor.is_done() && !cursor.is_symbol(b',') && !cursor.is_symbol(b')') {
        attribute(cursor, &mut column)?;
        column.span = cursor.span_from(start);
        if cursor.is_dialect(Dialect::Sqlite) && starts_table_constraint_without_comma(cursor) {
            cursor.reject_in(Dialect::Sqlite, "there is no comma behind a column");
            break;
        }
    }
    Ok(column)
}

/// Whether a type stands for an integer with a sequence, which is `NOT NULL`.
fn is_serial(data_type: &str) -> bool {
    ["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"].contains(&data_type)
}

/// SQLite needs no comma between table constraints, and one between them and the columns.
fn starts_table_constraint_without_comma(cursor: &Cursor<'_, '_>) -> bool {
    let mut ahead = cursor.clone();
    if ahead.take(&["constraint"]) {
        ahead.next();
    }
    ahead.is(&["foreign", "key"])
}

fn attribute<'a>(cursor: &mut Cursor<'_, 'a>, column: &mut ColumnDefinition<'a>) -> Parsed<()> {
    let start = cursor.at();
    let mut name = None;
    if cursor.take(&["constraint"]) {
        // SQLite and MySQL take the keyword without a name.
        if !cursor.is_any(&["primary", "unique", "references", "check", "not", "null"]) {
            name = Some(cursor.name()?);
        }
        // SQLite takes a name with nothing behind it.
        let is_alone = cursor.is_done()
            || cursor.is_symbol(b',')
            || cursor.is_symbol(b')')
            || cursor.is(&["constraint"]);
        if is_alone && cursor.is_dialect(Dialect::Sqlite) {
            return Ok(());
        }
    }
    let kind = if cursor.take(&["references"]) {
        let reference = reference(cursor)?;
        if reference.is_not_valid {
            cursor.reject("a column takes no `NOT VALID`");
        }
        check_inline_reference(cursor);
        ColumnConstraintKind::References(reference)
    } else if cursor.take(&["primary", "key"]) {
        column.is_not_null |= !cursor.is_dialect(Dialect::Sqlite);
        ColumnConstraintKind::PrimaryKey
    } else if cursor.take(&["unique"]) {
        if cursor.is_symbol(b'(') {
            cursor.reject_in(Dialect::Sqlite, "there is no comma behind a column");
        }
        cursor.take(&["key"]);
        ColumnConstraintKind::Unique
    } else if cursor.is_dialect(Dialect::MySql) && cursor.take(&["key"]) {
        column.is_not_null = true;
        ColumnConstraintKind::PrimaryKey
    } else if cursor.take(&["check"]) {
        ColumnConstraintKind::Check(checked_names(cursor)?)
    } else {
        if cursor.is(&["foreign", "key"]) {
            let reason = "a column takes no `FOREIGN KEY`";
            cursor.reject(reason);
            cursor.reject_in(Dialect::Sqlite, reason);
        }
        return plain_attribute(cursor, column);
    };
    let span = cursor.span_from(start);
    let mut options = KeyOptions::default();
    if matches!(kind, ColumnConstraintKind::PrimaryKey | ColumnConstraintKind::Unique) {
        while key_option(cursor, &mut options)? {}
    }
    column.constraints.push(ColumnConstraint { name, span, kind, options });
    Ok(())
}

/// In MySQL `REFERENCES` must be the last that a column says.
fn check_inline_reference(cursor: &mut Cursor<'_, '_>) {
    let is_last = cursor.is_done()
        || cursor.is_symbol(b',')
        || cursor.is_symbol(b')')
        || cursor.is_any(&["first", "after"]);
    if !is_last {
        let reason = "`REFERENCES` must be the last that a column says";
        cursor.reject_in(Dialect::MySql, reason);
    }
}

/// An attribute that is no constraint with a name of its own.
fn plain_attribute<'a>(
    cursor: &mut Cursor<'_, 'a>,
    column: &mut ColumnDefinition<'a>,
) -> Parsed<()> {
    if cursor.take(&["not", "null"]) {
        column.is_not_null = true;
    } else if cursor.take(&["default"]) {
        column.default = Some(expression(cursor));
    } else if cursor.take(&["generated"]) {
        column.is_not_null |= cursor.is(&["always", "as", "identity"])
            || cursor.is(&["by", "default", "as", "identity"]);
        while !cursor.is_done() && !cursor.take(&["as"]) {
            cursor.next();
        }
        if cursor.is_symbol(b'(') {
            column.generation = Generation::Virtual;
            if cursor.is_dialect(Dialect::PostgreSql) {
                column.generated_from = Some(checked_names(cursor)?);
            }
        }
    } else if cursor.take(&["as"]) {
        column.generation = Generation::Virtual;
    } else if column.generation != Generation::None && cursor.take_any(&["stored", "persistent"]) {
        column.generation = Generation::Stored;
    } else if cursor.is_symbol(b'(') {
        cursor.skip_parentheses();
    } else {
        cursor.next();
    }
    Ok(())
}

/// Passes over an expression that ends at a comma, a parenthesis that it did not open, or a keyword
/// of the column, and returns its text.
pub(crate) fn expression<'a>(cursor: &mut Cursor<'_, 'a>) -> &'a str {
    let start = cursor.at();
    // The first token is no keyword of the column, nor is what an operator or a dot leads to.
    let mut needs_operand = true;
    while !cursor.is_done() && !cursor.is_symbol(b',') && !cursor.is_symbol(b')') {
        if !needs_operand && is_column_keyword(cursor) {
            break;
        }
        needs_operand = match cursor.peek().map(|it| it.kind) {
            Some(TokenKind::Symbol(symbol)) => !matches!(symbol, b'(' | b'['),
            _ => cursor.is_any(&["is", "not"]),
        };
        if cursor.is(&["case"]) {
            skip_case(cursor);
        } else {
            cursor.skip_part();
        }
    }
    cursor.text_from(start)
}

/// Passes over `CASE .. END`.
fn skip_case(cursor: &mut Cursor<'_, '_>) {
    let mut depth = 0usize;
    while !cursor.is_done() && !cursor.is_symbol(b',') && !cursor.is_symbol(b')') {
        if cursor.is(&["case"]) {
            depth += 1;
        } else if cursor.is(&["end"]) {
            depth -= 1;
        }
        cursor.skip_part();
        if depth == 0 {
            return;
        }
    }
}

/// Reads a type: its text in lower case without array brackets, and whether it is an array.
pub(crate) fn data_type<'a>(cursor: &mut Cursor<'_, 'a>) -> (Option<Cow<'a, str>>, bool) {
    let start = cursor.at();
    let mut end = None;
    let mut is_array = false;
    while let Some(token) = cursor.peek() {
        let is_first = cursor.at() == start;
        match token.kind {
            TokenKind::Symbol(b',' | b')') => break,
            TokenKind::Symbol(b'(') if is_first => break,
            TokenKind::Symbol(b'(') => cursor.skip_parentheses(),
            TokenKind::Symbol(b'[') => {
                is_array = true;
                end.get_or_insert(cursor.at());
                cursor.skip_brackets();
            }
            TokenKind::Word if ends_type(cursor, is_first) => break,
            TokenKind::Word if !is_first && token.is_word(cursor.source.text, "array") => {
                is_array = true;
                end.get_or_insert(cursor.at());
                cursor.next();
            }
            TokenKind::Word | TokenKind::Quoted | TokenKind::Symbol(b'.') => {
                cursor.next();
            }
            _ => break,
        }
    }
    let end = end.unwrap_or(cursor.at());
    let tokens = cursor.tokens(start, end);
    ((!tokens.is_empty()).then(|| type_text(cursor.source.text, tokens)), is_array)
}

fn ends_type(cursor: &Cursor<'_, '_>, is_first: bool) -> bool {
    if !is_first
        && cursor.is_dialect(Dialect::MySql)
        && (cursor.is(&["character", "set"]) || cursor.is_any(&["binary", "ascii", "unicode"]))
    {
        return true;
    }
    is_column_keyword(cursor)
}

/// Whether the next token is a keyword that may follow the type of a column.
fn is_column_keyword(cursor: &Cursor<'_, '_>) -> bool {
    // Most types begin with another letter.
    const FIRST_LETTERS: u32 = {
        let (mut letters, mut at) = (0, 0);
        while at < COLUMN_KEYWORDS.len() {
            letters |= 1 << (COLUMN_KEYWORDS[at].as_bytes()[0] - b'a');
            at += 1;
        }
        letters
    };
    let first = cursor.text().bytes().next().unwrap_or_default().to_ascii_lowercase();
    first.is_ascii_lowercase()
        && FIRST_LETTERS & (1 << (first - b'a')) != 0
        && cursor.is_any(&COLUMN_KEYWORDS)
}

/// The text of a type in lower case, with one blank between words and none elsewhere. Most types
/// are written like that, and are borrowed.
fn type_text<'a>(text: &'a str, tokens: &[Token]) -> Cow<'a, str> {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Cow::Borrowed("");
    };
    let written = &text[first.start as usize..last.end as usize];
    if tokens.len() == 1 && !written.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'"') {
        return Cow::Borrowed(written);
    }
    let mut normal = String::with_capacity(written.len());
    let mut follows_word = false;
    for token in tokens {
        let is_word = matches!(token.kind, TokenKind::Word | TokenKind::Number);
        if is_word && (follows_word || normal.ends_with(')')) {
            normal.push(' ');
        }
        follows_word = is_word;
        match token.kind {
            // A type keeps the case of its quotes; the quotes themselves say nothing.
            TokenKind::Quoted => normal.push_str(&crate::lex::unquote(token.text(text))),
            TokenKind::String => normal.push_str(token.text(text)),
            _ => {
                let start = normal.len();
                normal.push_str(token.text(text));
                normal[start..].make_ascii_lowercase();
            }
        }
    }
    if normal == written { Cow::Borrowed(written) } else { Cow::Owned(normal) }
}
