//! Reads `DO` blocks: as much of PL/pgSQL as migrations use to ask before they change.

use std::borrow::Cow;

use crate::cursor::{Cursor, Parsed, Source};
use crate::lex::{self, Lexer, Token, TokenKind};
use crate::parse::{changes_foreign_keys, nested_statement};
use crate::statement::{
    Block, Condition, Expression, Handler, Name, StatementKind, Step, StepKind,
};

/// How deep blocks, conditions and loops may lie in each other before they are not read.
pub(crate) const DEPTH_LIMIT: usize = 40;

/// Reads from behind `DO`.
pub(crate) fn do_block<'a>(cursor: &mut Cursor<'_, 'a>, depth: usize) -> Parsed<StatementKind<'a>> {
    if cursor.take(&["language"]) {
        cursor.next();
    }
    let Some(token) = cursor.peek().filter(|token| token.kind == TokenKind::String) else {
        return cursor.fail("the body of the block");
    };
    let source = cursor.source;
    let text = token.text(source.text);
    let Some(body) = lex::plain_body(text) else {
        return Ok(if changes_foreign_keys(text) {
            StatementKind::Dynamic("the body of the block is escaped".to_owned())
        } else {
            StatementKind::Do(Block::default())
        });
    };
    let start = token.start as usize;
    let tokens: Vec<Token> =
        Lexer::new(source.text, start + body.start, start + body.end, source.engine).collect();
    Ok(StatementKind::Do(whole_block(source, &tokens, depth + 1)))
}

/// Reads the body of a `DO`, from `DECLARE` or `BEGIN` on.
fn whole_block<'a>(source: Source<'a>, tokens: &[Token], depth: usize) -> Block<'a> {
    let mut reader = Reader { cursor: Cursor::new(source, tokens) };
    reader.skip_label();
    reader.block(depth)
}

/// Reads PL/pgSQL from tokens.
pub(crate) struct Reader<'t, 'a> {
    pub(crate) cursor: Cursor<'t, 'a>,
}

impl<'a> Reader<'_, 'a> {
    /// Reads from `DECLARE` or `BEGIN` through `END`.
    fn block(&mut self, depth: usize) -> Block<'a> {
        let mut block = Block::default();
        if self.cursor.take(&["declare"]) {
            self.declarations(&mut block);
        }
        self.cursor.take(&["begin"]);
        block.body = self.steps(&["end", "exception"], depth);
        if self.cursor.take(&["exception"]) {
            while self.cursor.take(&["when"]) {
                let conditions = self.conditions();
                let body = self.steps(&["end", "when"], depth);
                block.handlers.push(Handler { conditions, body });
            }
        }
        self.cursor.take(&["end"]);
        self.end_of_step();
        block
    }

    fn declarations(&mut self, block: &mut Block<'a>) {
        while !self.cursor.is_done() && !self.cursor.is(&["begin"]) {
            let Ok(name) = self.cursor.name() else { break };
            while !self.cursor.is_done() && !self.cursor.is_symbol(b';') {
                if self.takes_assignment() || self.cursor.take(&["default"]) {
                    let value = self.expression();
                    block.declarations.push((name.clone(), value));
                    break;
                }
                self.cursor.next();
            }
            self.cursor.skip_until(b";");
            self.cursor.take_symbol(b';');
        }
    }

    fn takes_assignment(&mut self) -> bool {
        let start = self.cursor.at();
        self.cursor.take_symbol(b':');
        let is_assignment = self.cursor.take_symbol(b'=');
        if !is_assignment {
            self.cursor.go_to(start);
        }
        is_assignment
    }

    /// `duplicate_object OR SQLSTATE '42710' THEN`.
    fn conditions(&mut self) -> Vec<String> {
        let mut conditions = Vec::new();
        while !self.cursor.is_done() && !self.cursor.take(&["then"]) {
            let text = self.cursor.text();
            if !self.cursor.is_any(&["or", "sqlstate"]) {
                conditions.push(text.trim_matches('\'').to_ascii_lowercase());
            }
            self.cursor.next();
        }
        conditions
    }

    /// Reads statements up to one of the keywords, which is left.
    fn steps(&mut self, ends: &[&str], depth: usize) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        while !self.cursor.is_done() && !self.cursor.is_any(ends) {
            let before = self.cursor.at();
            self.skip_label();
            if depth > DEPTH_LIMIT {
                self.give_up(&mut steps);
                return steps;
            }
            if let Some(kind) = self.step(depth) {
                steps.push(Step { span: self.step_span(before), kind });
            }
            if self.cursor.at() == before {
                self.cursor.next();
            }
        }
        steps
    }

    fn step_span(&self, from: usize) -> drift_model::Span {
        let mut behind = self.cursor.clone();
        // The semicolon is no part of the statement.
        let last = self.cursor.tokens(from, self.cursor.at()).last();
        if last.is_some_and(|token| token.kind == TokenKind::Symbol(b';')) {
            behind.go_to(self.cursor.at() - 1);
        }
        behind.span_from(from)
    }

    fn give_up(&mut self, steps: &mut Vec<Step<'a>>) {
        let start = self.cursor.at();
        while self.cursor.next().is_some() {}
        if changes_foreign_keys(self.cursor.text_from(start)) {
            let reason = "blocks lie too deep in each other".to_owned();
            let kind = StepKind::Statement(StatementKind::Unread(reason));
            steps.push(Step { span: self.cursor.span_from(start), kind });
        }
    }

    fn skip_label(&mut self) {
        while self.cursor.is_symbol(b'<') {
            while !self.cursor.is_done() && !self.cursor.is_symbol(b'>') {
                self.cursor.next();
            }
            while self.cursor.take_symbol(b'>') {}
        }
    }

    fn end_of_step(&mut self) {
        while !self.cursor.is_done() && !self.cursor.is_symbol(b';') {
            self.cursor.next();
        }
        self.cursor.take_symbol(b';');
    }

    fn step(&mut self, depth: usize) -> Option<StepKind<'a>> {
        if self.cursor.is_any(&["declare", "begin"]) {
            return Some(StepKind::Block(self.block(depth + 1)));
        }
        if self.cursor.take(&["if"]) {
            return Some(self.if_step(depth));
        }
        if self.cursor.take(&["foreach"]) {
            return self.for_each(depth);
        }
        if self.cursor.take(&["for"]) {
            return self.for_loop(depth);
        }
        if self.cursor.take(&["while"]) {
            while !self.cursor.is_done() && !self.cursor.is(&["loop"]) {
                self.cursor.next();
            }
        }
        if self.cursor.is(&["loop"]) {
            return Some(StepKind::Loop(self.loop_body(depth)));
        }
        if self.cursor.take(&["case"]) {
            return Some(self.case_step(depth));
        }
        let kind = self.simple_step(depth);
        self.end_of_step();
        kind
    }

    fn simple_step(&mut self, depth: usize) -> Option<StepKind<'a>> {
        if self.cursor.take(&["execute"]) {
            return Some(StepKind::Execute(self.expression()));
        }
        if self.cursor.take(&["return"]) {
            return Some(StepKind::Return);
        }
        if self.cursor.take(&["raise"]) {
            let is_notice = self.cursor.is_any(&["notice", "warning", "info", "log", "debug"]);
            return (!is_notice).then_some(StepKind::RaiseException);
        }
        if self.cursor.is_any(&["null", "exit", "continue", "assert", "get"]) {
            return None;
        }
        if let Some(assignment) = self.assignment() {
            return Some(assignment);
        }
        if self.cursor.is(&["select"])
            && let Some(step) = self.select_into()
        {
            return Some(step);
        }
        let start = self.cursor.at();
        let is_perform = self.cursor.is(&["perform"]);
        while !self.cursor.is_done() && !self.cursor.is_symbol(b';') {
            self.cursor.next();
        }
        let tokens = self.cursor.tokens(start, self.cursor.at());
        if is_perform {
            return perform(self.cursor.source, &tokens[1..]);
        }
        let statement = nested_statement(self.cursor.source, tokens, depth + 1)?;
        Some(StepKind::Statement(statement.kind))
    }

    fn assignment(&mut self) -> Option<StepKind<'a>> {
        let start = self.cursor.at();
        let variable = self.cursor.name().ok();
        match variable {
            Some(variable) if self.takes_assignment() => {
                Some(StepKind::Assign { variable, value: self.expression() })
            }
            _ => {
                self.cursor.go_to(start);
                None
            }
        }
    }

    /// `SELECT column INTO [STRICT] variable FROM ...`, or with `INTO` in front of the column.
    fn select_into(&mut self) -> Option<StepKind<'a>> {
        let start = self.cursor.at();
        let mut end = self.cursor.clone();
        end.skip_until(b";");
        let tokens = self.cursor.tokens(start, end.at());
        let text = self.cursor.source.text;
        let into = tokens.iter().position(|token| token.is_word(text, "into"))?;
        let mut target = Cursor::new(self.cursor.source, &tokens[into + 1..]);
        target.take(&["strict"]);
        let variable = target.name().ok()?;
        let rest = into + 1 + target.at();
        let query: Vec<Token> = tokens[..into].iter().chain(&tokens[rest..]).copied().collect();
        let mut exists = Reader { cursor: Cursor::new(self.cursor.source, &query) };
        if exists.cursor.take(&["select", "exists"]) && exists.cursor.is_symbol(b'(') {
            let query = exists.parenthesised_query();
            self.cursor.go_to(end.at());
            return Some(StepKind::SelectExists { variable, query });
        }
        let query = Reader { cursor: Cursor::new(self.cursor.source, &query) }.query();
        self.cursor.go_to(end.at());
        Some(StepKind::SelectInto { variable, query })
    }

    fn if_step(&mut self, depth: usize) -> StepKind<'a> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            let condition = self.condition_up_to("then", depth);
            self.cursor.take(&["then"]);
            let body = self.steps(&["elsif", "elseif", "else", "end"], depth + 1);
            branches.push((condition, body));
            if !self.cursor.take_any(&["elsif", "elseif"]) {
                break;
            }
        }
        if self.cursor.take(&["else"]) {
            otherwise = self.steps(&["end"], depth + 1);
        }
        self.end_of_step();
        StepKind::If { branches, otherwise }
    }

    /// `CASE` as a statement; which branch is taken is not evaluated.
    fn case_step(&mut self, depth: usize) -> StepKind<'a> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        while !self.cursor.is_done() && !self.cursor.is_any(&["when", "else", "end"]) {
            self.cursor.next();
        }
        while self.cursor.take(&["when"]) {
            while !self.cursor.is_done() && !self.cursor.take(&["then"]) {
                self.cursor.next();
            }
            let body = self.steps(&["when", "else", "end"], depth + 1);
            branches.push((Condition::Unknown, body));
        }
        if self.cursor.take(&["else"]) {
            otherwise = self.steps(&["end"], depth + 1);
        }
        self.end_of_step();
        StepKind::If { branches, otherwise }
    }

    fn for_each(&mut self, depth: usize) -> Option<StepKind<'a>> {
        let variable = self.cursor.name().ok()?;
        while !self.cursor.is_done() && !self.cursor.take(&["array"]) {
            self.cursor.next();
        }
        let items = self.expression();
        while !self.cursor.is_done() && !self.cursor.is(&["loop"]) {
            self.cursor.next();
        }
        let body = self.loop_body(depth);
        Some(StepKind::ForEach { variable, items, body })
    }

    fn for_loop(&mut self, depth: usize) -> Option<StepKind<'a>> {
        let variable = self.cursor.name().ok()?;
        let mut others = Vec::new();
        while self.cursor.take_symbol(b',') {
            others.push(self.cursor.name().ok()?);
        }
        let start = self.cursor.at();
        while !self.cursor.is_done() && !self.cursor.is(&["loop"]) {
            if self.cursor.is_symbol(b'(') {
                self.cursor.skip_parentheses();
            } else {
                self.cursor.next();
            }
        }
        let tokens = self.cursor.tokens(start, self.cursor.at());
        let mut head = Cursor::new(self.cursor.source, tokens);
        head.take(&["in"]);
        if let Some(items) = unnested_array(&head) {
            let body = self.loop_body(depth);
            return Some(StepKind::ForEach { variable, items, body });
        }
        if let Some((columns, rows)) = listed_rows(&head) {
            // One variable is a record with a field for each column.
            let variables = if others.is_empty() {
                columns.iter().map(|column| format!("{variable}.{column}")).collect()
            } else {
                std::iter::once(variable).chain(others).map(Cow::into_owned).collect()
            };
            let body = self.loop_body(depth);
            return Some(StepKind::ForRows { variables, rows, body });
        }
        let query = Reader { cursor: head }.query();
        let body = self.loop_body(depth);
        Some(StepKind::ForQuery { variable, query, body })
    }

    fn loop_body(&mut self, depth: usize) -> Vec<Step<'a>> {
        self.cursor.take(&["loop"]);
        let body = self.steps(&["end"], depth + 1);
        self.end_of_step();
        body
    }
}

/// `unnest(ARRAY['a', 'b'])` behind `FOR x IN SELECT`.
fn unnested_array<'a>(head: &Cursor<'_, 'a>) -> Option<Expression<'a>> {
    let mut cursor = head.clone();
    cursor.take(&["select"]);
    if cursor.take_symbol(b'*') && !cursor.take(&["from"]) {
        return None;
    }
    if !cursor.take(&["unnest"]) || !cursor.take_symbol(b'(') {
        return None;
    }
    Some(Reader { cursor }.expression())
}

/// The columns and rows of `SELECT * FROM (VALUES (...), (...)) AS t (a, b)`.
fn listed_rows<'a>(head: &Cursor<'_, 'a>) -> Option<(Vec<String>, Vec<Vec<Expression<'a>>>)> {
    let mut cursor = head.clone();
    if !cursor.take(&["select"]) {
        return None;
    }
    while !cursor.is_done() && !cursor.take(&["from"]) {
        cursor.next();
    }
    if !cursor.take_symbol(b'(') || !cursor.take(&["values"]) {
        return None;
    }
    let mut reader = Reader { cursor };
    let mut rows = Vec::new();
    loop {
        reader.cursor.take_symbol(b'(').then_some(())?;
        let mut row = Vec::new();
        while !reader.cursor.take_symbol(b')') {
            row.push(reader.expression());
            if !reader.cursor.take_symbol(b',') && !reader.cursor.is_symbol(b')') {
                return None;
            }
        }
        rows.push(row);
        if !reader.cursor.take_symbol(b',') {
            break;
        }
    }
    reader.cursor.take_symbol(b')').then_some(())?;
    reader.cursor.take(&["as"]);
    reader.cursor.name().ok()?;
    let columns = reader.cursor.column_list().ok()?;
    reader.cursor.is_done().then_some(())?;
    Some((columns.into_iter().map(Cow::into_owned).collect(), rows))
}

/// `PERFORM f(...)` calls a routine.
fn perform<'a>(source: Source<'a>, tokens: &[Token]) -> Option<StepKind<'a>> {
    let mut cursor = Cursor::new(source, tokens);
    let name: Name<'a> = cursor.qualified_name().ok()?.name;
    cursor.is_symbol(b'(').then_some(StepKind::Statement(StatementKind::CallRoutine(name)))
}
