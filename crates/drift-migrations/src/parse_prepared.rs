//! Reads how MySQL puts statements together: variables of the session, `PREPARE`, `EXECUTE`.

use crate::cursor::Cursor;
use crate::lex::{Token, TokenKind};
use crate::parse_block::Reader;
use crate::query::{Expression, Query};
use crate::statement::{ChecksStep, StatementKind};

/// Reads from behind `SET`. `checks` is what it says about `foreign_key_checks`.
pub(crate) fn assignments<'a>(
    cursor: &Cursor<'_, 'a>,
    checks: Vec<ChecksStep<'a>>,
) -> Option<StatementKind<'a>> {
    let mut reader = Reader { cursor: cursor.clone() };
    let mut assignments = Vec::new();
    while !reader.cursor.is_done() {
        if let Some(name) = variable(&mut reader.cursor) {
            reader.cursor.take_symbol(b':');
            let is_assignment = reader.cursor.take_symbol(b'=');
            let value = if is_assignment { reader.expression(0) } else { Expression::Unknown };
            let is_whole = reader.cursor.is_done() || reader.cursor.is_symbol(b',');
            assignments.push((name, if is_whole { value } else { Expression::Unknown }));
        }
        reader.cursor.skip_until(b",");
        reader.cursor.take_symbol(b',');
    }
    if !assignments.is_empty() {
        return Some(StatementKind::SetVariables { assignments, checks });
    }
    (!checks.is_empty()).then_some(StatementKind::SetForeignKeyChecks(checks))
}

/// `@name`, in lower case.
pub(crate) fn variable(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    let is_of_system = cursor.peek_nth(1).is_none_or(|it| it.kind == TokenKind::Symbol(b'@'));
    if !cursor.is_symbol(b'@') || is_of_system {
        return None;
    }
    cursor.next();
    let name = cursor.name().ok()?;
    Some(format!("@{}", name.to_ascii_lowercase()))
}

/// `SELECT ... INTO @a, @b`, wherever the `INTO` stands, from behind `SELECT`. What a query assigns
/// within expressions is not followed.
pub(crate) fn select_into<'a>(cursor: &Cursor<'_, 'a>) -> Option<StatementKind<'a>> {
    let tokens = cursor.tokens(cursor.at().checked_sub(1)?, usize::MAX);
    let text = cursor.source.text;
    let is_variable =
        |token: Option<&Token>| token.is_some_and(|token| token.kind == TokenKind::Symbol(b'@'));
    if !tokens.iter().any(|token| is_variable(Some(token))) {
        return None;
    }
    let into = (0..tokens.len())
        .find(|at| tokens[*at].is_word(text, "into") && is_variable(tokens.get(at + 1)));
    let Some(into) = into else { return assigned_within(cursor, tokens) };
    let mut targets = Vec::new();
    let mut behind = Cursor::new(cursor.source, &tokens[into + 1..]);
    while let Some(name) = variable(&mut behind) {
        targets.push(name);
        if !behind.take_symbol(b',') {
            break;
        }
    }
    let rest = into + 1 + behind.at();
    let query: Vec<Token> = tokens[..into].iter().chain(&tokens[rest..]).copied().collect();
    let query = Reader { cursor: cursor.clone() }.whole_query(&query, 0);
    Some(StatementKind::SelectIntoVariables { query, targets })
}

/// `SELECT @a := ...`.
fn assigned_within<'a>(cursor: &Cursor<'_, 'a>, tokens: &[Token]) -> Option<StatementKind<'a>> {
    let mut targets = Vec::new();
    let mut behind = Cursor::new(cursor.source, tokens);
    while !behind.is_done() {
        match variable(&mut behind) {
            Some(name) if behind.is_symbol(b':') => targets.push(name),
            Some(_) => {}
            None => {
                behind.next();
            }
        }
    }
    let query = Query::unknown();
    (!targets.is_empty()).then_some(StatementKind::SelectIntoVariables { query, targets })
}

/// Reads from behind `PREPARE`: `name FROM text`.
pub(crate) fn prepare<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<StatementKind<'a>> {
    let name = cursor.name().ok()?.to_ascii_lowercase();
    let mut reader = Reader { cursor: cursor.clone() };
    if !reader.cursor.take(&["from"]) {
        return None;
    }
    let text = reader.expression(0);
    let text = if reader.cursor.is_done() { text } else { Expression::Unknown };
    Some(StatementKind::Prepare { name, text })
}

/// Reads from behind `EXECUTE`: `name`, or `IMMEDIATE text`.
pub(crate) fn execute<'a>(cursor: &mut Cursor<'_, 'a>) -> Option<StatementKind<'a>> {
    if !cursor.take(&["immediate"]) {
        return Some(StatementKind::ExecutePrepared(cursor.name().ok()?.to_ascii_lowercase()));
    }
    let mut reader = Reader { cursor: cursor.clone() };
    let text = reader.expression(0);
    let is_whole = reader.cursor.is_done() || reader.cursor.is(&["using"]);
    let text = if is_whole { text } else { Expression::Unknown };
    Some(StatementKind::ExecuteImmediate(text))
}
