//! Reads one statement: its first words say whether it can touch tables, constraints, names or the
//! search path, and only then is it read further.
//!
//! Nothing here is fatal. A statement that could matter and cannot be read becomes
//! [`StatementKind::Unread`], any other is passed over.

use std::ops::Range;

use drift_model::Dialect;

use crate::cursor::{Cursor, Failure, Parsed, Source};
use crate::lex::{self, Token, TokenKind};
use crate::parse_alter::alter_table;
use crate::parse_block::do_block;
use crate::parse_prepared;
use crate::parse_table::{create_table, has_plain_storage};
use crate::split::{Found, Splitter};
use crate::statement::{
    ChecksStep, CreateIndex, CreateTable, DropTables, Name, Statement, StatementKind,
};

/// Words with which statements begin that concern no foreign key.
const HARMLESS: [&str; 61] = [
    "insert",
    "update",
    "delete",
    "values",
    "with",
    "truncate",
    "comment",
    "grant",
    "revoke",
    "analyze",
    "analyse",
    "vacuum",
    "explain",
    "reindex",
    "cluster",
    "lock",
    "unlock",
    "listen",
    "unlisten",
    "notify",
    "security",
    "refresh",
    "copy",
    "show",
    "describe",
    "desc",
    "replace",
    "merge",
    "checkpoint",
    "load",
    "fetch",
    "close",
    "move",
    "deallocate",
    "import",
    "reassign",
    "attach",
    "detach",
    "optimize",
    "repair",
    "check",
    "checksum",
    "flush",
    "kill",
    "handler",
    "install",
    "uninstall",
    "help",
    "purge",
    "stop",
    "shutdown",
    "binlog",
    "cache",
    "print",
    "table",
    "backup",
    "restore",
    "xa",
    "exit",
    "quit",
    "declare",
];

/// Reads the statements of a part of a text, and counts those that were passed over among them.
/// The buffer saves an allocation for each part.
pub(crate) fn read_statements<'a>(
    source: Source<'a>,
    part: Range<usize>,
    tokens: &mut Vec<Token>,
    statements: &mut Vec<Statement<'a>>,
) -> usize {
    let mut count = 0;
    let mut splitter = Splitter::new(source.text, part, source.engine);
    while let Some(found) = splitter.next(tokens) {
        count += 1;
        statements.extend(match found {
            Found::Statement => statement(source, tokens),
            Found::Unterminated(start) => Some(unterminated(source, tokens, start)),
            Found::Command(start, end) => Some(Statement {
                span: source.span(start, end),
                kind: StatementKind::Dynamic("a command of psql is not followed".to_owned()),
            }),
        });
    }
    count
}

/// A statement in which a quote or comment does not end, so that nobody knows what it says.
fn unterminated<'a>(source: Source<'a>, tokens: &[Token], start: u32) -> Statement<'a> {
    let end = tokens.last().map_or(start, |last| last.end);
    let reason = "the quote or comment that begins here does not end".to_owned();
    Statement { span: source.span(start, end.max(start)), kind: StatementKind::Unread(reason) }
}

/// Reads a statement from all of its tokens. `None` if it concerns no foreign key.
pub(crate) fn statement<'a>(source: Source<'a>, tokens: &[Token]) -> Option<Statement<'a>> {
    nested_statement(source, tokens, 0)
}

/// As [`statement`], within as many blocks as `depth` says.
pub(crate) fn nested_statement<'a>(
    source: Source<'a>,
    tokens: &[Token],
    depth: usize,
) -> Option<Statement<'a>> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let span = source.span(first.start, last.end);
    let mut cursor = Cursor::new(source, tokens);
    let kind = match read(&mut cursor, depth) {
        Ok(kind) => kind?,
        Err(Failure { reason }) if could_matter(source.text, tokens) => {
            StatementKind::Unread(reason)
        }
        Err(_) => return None,
    };
    Some(Statement { span, kind })
}

/// Whether a statement that was not read is one that can change foreign keys.
fn could_matter(text: &str, tokens: &[Token]) -> bool {
    let is = |at: usize, word| tokens.get(at).is_some_and(|token| token.is_word(text, word));
    let has_table = (0..5).any(|at| is(at, "table"));
    let is_table =
        ["create", "alter", "drop", "rename"].iter().any(|word| is(0, word)) && has_table;
    is_table && (!is(0, "alter") || mentions_foreign_keys(text, tokens))
}

fn mentions_foreign_keys(text: &str, tokens: &[Token]) -> bool {
    const WORDS: [&str; 5] = ["references", "foreign", "constraint", "rename", "drop"];
    tokens.iter().any(|token| WORDS.iter().any(|word| token.is_word(text, word)))
}

fn read<'a>(cursor: &mut Cursor<'_, 'a>, depth: usize) -> Parsed<Option<StatementKind<'a>>> {
    let Some(first) = cursor.peek() else { return Ok(None) };
    if first.kind != TokenKind::Word {
        return if first.kind == TokenKind::Symbol(b'(') {
            Ok(None)
        } else {
            Ok(Some(StatementKind::Unread(format!(
                "a statement cannot begin with `{}`",
                first.text(cursor.source.text).chars().take(40).collect::<String>()
            ))))
        };
    }
    let text = first.text(cursor.source.text);
    if cursor.take(&["create"]) {
        return create(cursor, depth);
    }
    if cursor.is_dialect(Dialect::Sqlite) && text.eq_ignore_ascii_case("insert") {
        return Ok(copy_rows(cursor));
    }
    if HARMLESS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Ok(None);
    }
    cursor.next();
    match text.to_ascii_lowercase().as_str() {
        "alter" => alter(cursor),
        "drop" => drop(cursor),
        "rename" => rename(cursor),
        "set" => set(cursor),
        "reset" => Ok((cursor.take(&["search_path"]) || cursor.take(&["all"]))
            .then_some(StatementKind::SetSearchPath { path: None, is_local: false })),
        "discard" => Ok(cursor
            .take(&["all"])
            .then_some(StatementKind::SetSearchPath { path: None, is_local: false })),
        "use" => Ok(Some(StatementKind::UseDatabase(cursor.name()?))),
        "pragma" => Ok(pragma(cursor)),
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "savepoint" | "release" => {
            Ok(transaction(cursor, &text.to_ascii_lowercase()))
        }
        "do" if cursor.is_dialect(Dialect::PostgreSql) => do_block(cursor, depth).map(Some),
        "do" => Ok(None),
        "select" if cursor.is_dialect(Dialect::MySql) => {
            Ok(parse_prepared::select_into(cursor).or_else(|| select(cursor)))
        }
        "select" => Ok(select(cursor)),
        "call" => Ok(Some(StatementKind::CallRoutine(cursor.qualified_name()?.name))),
        "prepare" | "execute" if !cursor.is_dialect(Dialect::MySql) => Ok(None),
        "prepare" => Ok(parse_prepared::prepare(cursor)),
        "execute" => Ok(parse_prepared::execute(cursor)),
        _ => Ok(Some(StatementKind::Unread(format!(
            "no statement is known that begins with `{}`",
            text.chars().take(40).collect::<String>()
        )))),
    }
}

fn create<'a>(cursor: &mut Cursor<'_, 'a>, depth: usize) -> Parsed<Option<StatementKind<'a>>> {
    let is_replacing = cursor.take(&["or", "replace"]);
    let is_temporary = temporary(cursor);
    let is_unlogged = cursor.take(&["unlogged"]);
    if cursor.take(&["table"]) {
        let mut table = create_table(cursor, is_replacing, is_temporary)?;
        table.is_unlogged = is_unlogged;
        return Ok(Some(StatementKind::CreateTable(table)));
    }
    if cursor.is_dialect(Dialect::Sqlite) && cursor.take(&["virtual", "table"]) {
        return create_virtual_table(cursor).map(Some);
    }
    let is_unique = cursor.take(&["unique"]);
    if cursor.take(&["index"]) {
        return Ok(Some(StatementKind::CreateIndex(create_index(cursor, is_unique)?)));
    }
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["schema"]) {
        return create_namespace(cursor, depth).map(Some);
    }
    if cursor.take_any(&["function", "procedure"]) {
        return create_routine(cursor);
    }
    cursor.take_any(&["materialized", "recursive"]);
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take_any(&["view", "sequence"]) {
        cursor.take(&["if", "not", "exists"]);
        return Ok(Some(StatementKind::CreateOther(cursor.qualified_name()?.name)));
    }
    Ok(None)
}

/// A table whose columns a module decides. It carries no foreign key, and can be referenced.
fn create_virtual_table<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<StatementKind<'a>> {
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let mut table = CreateTable::new(cursor.qualified_name()?);
    table.if_not_exists = if_not_exists;
    table.is_incomplete = true;
    Ok(StatementKind::CreateTable(table))
}

fn temporary(cursor: &mut Cursor<'_, '_>) -> bool {
    cursor.take_any(&["global", "local"]);
    cursor.take_any(&["temporary", "temp"])
}

/// Reads from behind `CREATE [UNIQUE] INDEX`.
fn create_index<'a>(cursor: &mut Cursor<'_, 'a>, is_unique: bool) -> Parsed<CreateIndex<'a>> {
    let is_concurrent = cursor.take(&["concurrently"]);
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let mut name = None;
    if !cursor.is(&["on"]) {
        name = Some(cursor.qualified_name()?.name);
        if cursor.take(&["using"]) {
            cursor.next();
        }
    }
    if !cursor.take(&["on"]) {
        return cursor.fail("`ON`");
    }
    let is_only = cursor.take(&["only"]);
    let table = cursor.qualified_name()?;
    if cursor.take(&["using"]) {
        cursor.next();
    }
    let (columns, has_expressions) = cursor.key_list()?;
    let (mut is_partial, mut covers_not_null) = (false, false);
    let mut included = Vec::new();
    while cursor.peek().is_some() {
        if !is_partial && cursor.is(&["where"]) {
            is_partial = true;
            covers_not_null = columns.first().is_some_and(|it| is_not_null(cursor.clone(), it));
        }
        if cursor.is_dialect(Dialect::PostgreSql) && !is_partial && cursor.take(&["include"]) {
            included = cursor.column_list()?;
        } else if cursor.is_symbol(b'(') {
            cursor.skip_parentheses();
        } else {
            cursor.next();
        }
    }
    Ok(CreateIndex {
        name,
        table,
        if_not_exists,
        is_concurrent,
        is_only,
        columns,
        has_expressions,
        included,
        is_unique,
        is_partial,
        covers_not_null,
    })
}

/// Whether the rest of a statement is `WHERE column IS NOT NULL`.
fn is_not_null(mut cursor: Cursor<'_, '_>, column: &str) -> bool {
    cursor.take(&["where"]);
    let mut depth = 0;
    while cursor.take_symbol(b'(') {
        depth += 1;
    }
    let is_it = cursor.qualified_name().is_ok_and(|it| it.name == column);
    let is_not_null = is_it && cursor.take(&["is", "not", "null"]);
    while depth > 0 && cursor.take_symbol(b')') {
        depth -= 1;
    }
    is_not_null && depth == 0 && cursor.peek().is_none()
}

/// Reads from behind `CREATE SCHEMA`, with the elements that are created in it.
fn create_namespace<'a>(cursor: &mut Cursor<'_, 'a>, depth: usize) -> Parsed<StatementKind<'a>> {
    let if_not_exists = cursor.take(&["if", "not", "exists"]);
    let name = cursor.name()?;
    if name == "authorization" {
        let name = cursor.name()?;
        return Ok(StatementKind::CreateNamespace { name, if_not_exists, elements: Vec::new() });
    }
    let mut elements = Vec::new();
    while !cursor.is_done() && !cursor.is_any(&["create", "grant"]) {
        cursor.next();
    }
    while !cursor.is_done() {
        let start = cursor.at();
        cursor.next();
        while !cursor.is_done() && !cursor.is_any(&["create", "grant"]) {
            if cursor.is_symbol(b'(') {
                cursor.skip_parentheses();
            } else {
                cursor.next();
            }
        }
        if depth == 0 {
            elements.extend(nested_statement(
                cursor.source,
                cursor.tokens(start, cursor.at()),
                depth + 1,
            ));
        }
    }
    Ok(StatementKind::CreateNamespace { name, if_not_exists, elements })
}

/// A routine whose body changes tables, so that calling it cannot be followed.
fn create_routine<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<StatementKind<'a>>> {
    let name = cursor.qualified_name()?.name;
    let start = cursor.at();
    while cursor.next().is_some() {}
    let body = cursor.text_from(start);
    Ok(changes_foreign_keys(body).then_some(StatementKind::CreateRoutine(name)))
}

/// Whether a text in some language holds words that make, change or drop foreign keys, or what
/// they cannot exist without.
pub(crate) fn changes_foreign_keys(text: &str) -> bool {
    let mut before = "";
    text.split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty())
        .any(|word| {
            let is =
                |word: &str, wanted: &[&str]| wanted.iter().any(|it| word.eq_ignore_ascii_case(it));
            let changes = is(word, &["references", "foreign", "constraint"])
                || is(word, &["table", "tables", "schema", "column", "type"])
                    && is(before, &["drop", "rename"])
                || is(word, &["to"]) && is(before, &["rename"])
                || is(word, &["schema"]) && is(before, &["set"])
                || is(word, &["partition"]) && is(before, &["attach", "detach"]);
            before = word;
            changes
        })
}

fn alter<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<StatementKind<'a>>> {
    cursor.take_any(&["online", "ignore"]);
    if cursor.take(&["table"]) {
        if cursor.take(&["all"]) {
            return Ok(None);
        }
        let table = alter_table(cursor)?;
        return Ok((!table.actions.is_empty()).then_some(StatementKind::AlterTable(table)));
    }
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take(&["schema"]) {
        let from = cursor.name()?;
        if !cursor.take(&["rename", "to"]) {
            return Ok(None);
        }
        return Ok(Some(StatementKind::RenameNamespace { from, to: cursor.name()? }));
    }
    if cursor.is_dialect(Dialect::PostgreSql) && cursor.take_any(&["type", "domain"]) {
        let from = cursor.qualified_name()?;
        if !cursor.take(&["rename", "to"]) {
            return Ok(None);
        }
        return Ok(Some(StatementKind::RenameType { from, to: cursor.name()? }));
    }
    if cursor.take(&["index"]) {
        cursor.take(&["if", "exists"]);
        let from = cursor.qualified_name()?;
        if !cursor.take(&["rename", "to"]) {
            return Ok(None);
        }
        return Ok(Some(StatementKind::RenameIndex { from, to: cursor.name()? }));
    }
    Ok(None)
}

fn drop<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<StatementKind<'a>>> {
    temporary(cursor);
    if cursor.take_any(&["table", "tables"]) {
        let if_exists = cursor.take(&["if", "exists"]);
        let names = cursor.qualified_names()?;
        let is_restrict = cursor.is_dialect(Dialect::Sqlite) && cursor.take(&["restrict"]);
        let is_cascade = cursor.take(&["cascade"]) || is_restrict;
        return Ok(Some(StatementKind::DropTables(DropTables { names, if_exists, is_cascade })));
    }
    if cursor.take(&["index"]) {
        cursor.take(&["concurrently"]);
        cursor.take(&["if", "exists"]);
        let names = cursor.qualified_names()?;
        let table = if cursor.take(&["on"]) { Some(cursor.qualified_name()?) } else { None };
        let is_cascade = cursor.take(&["cascade"]);
        return Ok(Some(StatementKind::DropIndexes { names, table, is_cascade }));
    }
    let is_postgresql = cursor.is_dialect(Dialect::PostgreSql);
    if is_postgresql && cursor.take(&["schema"])
        || cursor.is_dialect(Dialect::MySql) && cursor.take_any(&["database", "schema"])
    {
        cursor.take(&["if", "exists"]);
        let names = cursor.qualified_names()?.into_iter().map(|it| it.name).collect();
        let is_cascade = cursor.take(&["cascade"]) || !is_postgresql;
        return Ok(Some(StatementKind::DropNamespaces { names, is_cascade }));
    }
    if is_postgresql && cursor.take_any(&["type", "domain"]) {
        cursor.take(&["if", "exists"]);
        let names = cursor.qualified_names()?;
        return Ok(cursor.take(&["cascade"]).then_some(StatementKind::DropTypes(names)));
    }
    if is_postgresql && cursor.is(&["owned"]) {
        return Ok(Some(StatementKind::Unread(
            "which tables a role owns is not known here".to_owned(),
        )));
    }
    Ok(None)
}

/// `RENAME TABLE a TO b, c TO d` of MySQL.
fn rename<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<StatementKind<'a>>> {
    if !cursor.take_any(&["table", "tables"]) {
        return Ok(None);
    }
    let if_exists = cursor.take(&["if", "exists"]);
    let mut pairs = Vec::new();
    loop {
        let from = cursor.qualified_name()?;
        if !cursor.take(&["to"]) {
            return cursor.fail("`TO`");
        }
        pairs.push((from, cursor.qualified_name()?));
        if !cursor.take_symbol(b',') {
            return Ok(Some(StatementKind::RenameTables { pairs, if_exists }));
        }
    }
}

fn set<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<Option<StatementKind<'a>>> {
    if cursor.is_dialect(Dialect::MySql) {
        let start = cursor.clone();
        let (checks, storage) = foreign_key_checks(cursor);
        let storage = storage.map(|is_plain| StatementKind::SetDefaultStorage { is_plain });
        return Ok(parse_prepared::assignments(&start, checks).or(storage));
    }
    let is_local = cursor.take(&["local"]);
    cursor.take(&["session"]);
    if cursor.take(&["schema"]) {
        let path = path_element(cursor)?;
        return Ok(Some(StatementKind::SetSearchPath { path: Some(vec![path]), is_local }));
    }
    if !cursor.take(&["search_path"]) {
        return Ok(None);
    }
    if !cursor.take_symbol(b'=') && !cursor.take(&["to"]) {
        return cursor.fail("`TO`");
    }
    if cursor.is(&["default"]) {
        return Ok(Some(StatementKind::SetSearchPath { path: None, is_local }));
    }
    let mut path = vec![path_element(cursor)?];
    while cursor.take_symbol(b',') {
        path.push(path_element(cursor)?);
    }
    Ok(Some(StatementKind::SetSearchPath { path: Some(path), is_local }))
}

/// A namespace of the search path; a string is one name, whatever is in it.
fn path_element<'a>(cursor: &mut Cursor<'_, 'a>) -> Parsed<std::borrow::Cow<'a, str>> {
    match cursor.peek() {
        Some(token) if token.kind == TokenKind::String => {
            cursor.next();
            Ok(lex::string_value(token.text(cursor.source.text), cursor.dialect()))
        }
        _ => cursor.name(),
    }
}

/// `SET foreign_key_checks = 0`, among other assignments, and whether the storage engine that they set
/// forgets foreign keys.
fn foreign_key_checks<'a>(cursor: &mut Cursor<'_, 'a>) -> (Vec<ChecksStep<'a>>, Option<bool>) {
    let mut steps = Vec::new();
    let mut storage = None;
    while !cursor.is_done() {
        let user_variable = user_variable(cursor);
        let variable = system_variable(cursor);
        cursor.take_symbol(b':');
        cursor.take_symbol(b'=');
        if let Some(name) = user_variable {
            if system_variable(cursor) == Some("foreign_key_checks") {
                steps.push(ChecksStep::Save(name));
            }
        } else if variable == Some("foreign_key_checks") {
            let is_off = cursor.text() == "0" || cursor.is_any(&["off", "false"]);
            steps.push(match self::user_variable(cursor) {
                Some(name) => ChecksStep::Restore(name),
                None => ChecksStep::Set(!is_off),
            });
        } else if variable == Some("default_storage_engine") {
            storage = Some(has_plain_storage(cursor.text()));
        }
        cursor.skip_until(b",");
        cursor.take_symbol(b',');
    }
    (steps, storage)
}

/// `@name`.
fn user_variable<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<Name<'a>> {
    let is_user_variable = cursor.is_symbol(b'@')
        && cursor.peek_nth(1).is_some_and(|it| it.kind != TokenKind::Symbol(b'@'));
    if !is_user_variable {
        return None;
    }
    cursor.next();
    cursor.name().ok()
}

/// A variable of the session that matters, in any of its spellings.
fn system_variable(cursor: &mut Cursor<'_, '_>) -> Option<&'static str> {
    let mut is_global = cursor.take(&["global"]);
    cursor.take_any(&["session", "local"]);
    if cursor.take_symbol(b'@') {
        cursor.take_symbol(b'@');
        is_global |= cursor.take(&["global"]);
        cursor.take_any(&["session", "local"]);
        cursor.take_symbol(b'.');
    }
    let names = [
        ("foreign_key_checks", "foreign_key_checks"),
        ("default_storage_engine", "default_storage_engine"),
        ("storage_engine", "default_storage_engine"),
    ];
    let found = names.iter().find(|(name, _)| cursor.take(&[name]))?.1;
    (!is_global).then_some(found)
}

/// `PRAGMA name = value` or `PRAGMA name(value)`.
fn pragma<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<StatementKind<'a>> {
    let name = cursor.qualified_name().ok()?.name.to_ascii_lowercase();
    if !cursor.take_symbol(b'=') && !cursor.take_symbol(b'(') {
        return None;
    }
    let value = cursor.text().trim_matches(['\'', '"']).to_ascii_lowercase();
    let is_on = matches!(value.as_str(), "on" | "true" | "yes" | "1");
    match name.as_str() {
        "foreign_keys" => Some(StatementKind::EnforceForeignKeys(is_on)),
        "legacy_alter_table" => Some(StatementKind::LegacyAlterTable(is_on)),
        "writable_schema" if is_on => Some(StatementKind::Dynamic(
            "`writable_schema` lets the next statements change tables without DDL".to_owned(),
        )),
        _ => None,
    }
}

/// `INSERT INTO t (a, b) SELECT ...`
fn copy_rows<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<StatementKind<'a>> {
    cursor.next();
    if cursor.take(&["or"]) {
        cursor.next();
    }
    if !cursor.take(&["into"]) {
        return None;
    }
    let into = cursor.qualified_name().ok()?;
    if cursor.take_symbol(b'(') {
        while !cursor.take_symbol(b')') {
            cursor.next()?;
        }
    }
    cursor.is_any(&["select", "with"]).then_some(StatementKind::CopyRows(into))
}

fn transaction<'a>(cursor: &mut Cursor<'_, 'a>, first: &str) -> Option<StatementKind<'a>> {
    match first {
        "begin" => Some(StatementKind::Begin),
        "start" => cursor.is(&["transaction"]).then_some(StatementKind::Begin),
        "commit" | "end" => (!cursor.is(&["prepared"]))
            .then(|| StatementKind::Commit { is_chained: is_chained(cursor) }),
        "savepoint" => Some(StatementKind::Savepoint(savepoint(cursor)?)),
        "release" => {
            cursor.take(&["savepoint"]);
            Some(StatementKind::Release(savepoint(cursor)?))
        }
        _ => {
            cursor.take_any(&["work", "transaction"]);
            if !cursor.take(&["to"]) {
                return Some(StatementKind::Rollback { is_chained: is_chained(cursor) });
            }
            cursor.take(&["savepoint"]);
            Some(StatementKind::RollbackTo(savepoint(cursor)?))
        }
    }
}

/// The name of a savepoint, which SQLite finds without regard to case.
fn savepoint<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<Name<'a>> {
    let name = cursor.name().ok()?;
    let ignores_case = cursor.is_dialect(Dialect::Sqlite);
    Some(if ignores_case { name.to_ascii_lowercase().into() } else { name })
}

/// `AND CHAIN` behind the end of a transaction.
fn is_chained(cursor: &mut Cursor<'_, '_>) -> bool {
    cursor.take_any(&["work", "transaction"]);
    cursor.take(&["and", "chain"])
}

/// `SELECT set_config('search_path', 'a, b', false)` and calls of routines.
pub(crate) fn select<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<StatementKind<'a>> {
    let name = cursor.qualified_name().ok()?.name;
    if !cursor.take_symbol(b'(') {
        return None;
    }
    if name != "set_config" {
        return Some(StatementKind::CallRoutine(name));
    }
    let setting = string(cursor)?;
    cursor.take_symbol(b',');
    if setting != "search_path" {
        return None;
    }
    let value = string(cursor)?;
    cursor.take_symbol(b',');
    let is_local = cursor.is_any(&["true"]);
    let path = value
        .split(',')
        .map(|name| match name.trim().strip_prefix('"') {
            Some(quoted) => quoted.trim_end_matches('"').to_owned().into(),
            None => name.trim().to_ascii_lowercase().into(),
        })
        .filter(|name: &std::borrow::Cow<'_, str>| !name.is_empty())
        .collect();
    Some(StatementKind::SetSearchPath { path: Some(path), is_local })
}

fn string<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<std::borrow::Cow<'a, str>> {
    let token = cursor.peek().filter(|token| token.kind == TokenKind::String)?;
    cursor.next();
    Some(lex::string_value(token.text(cursor.source.text), cursor.dialect()))
}
