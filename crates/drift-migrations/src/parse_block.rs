//! Reads `DO` blocks: as much of PL/pgSQL as migrations use to ask before they change.

use std::borrow::Cow;

use crate::cursor::{Cursor, Parsed, Source};
use crate::lex::{self, Lexer, Token, TokenKind};
use crate::parse::{changes_foreign_keys, nested_statement};
use crate::statement::{
    Block, Condition, Expression, Filter, Handler, Name, Query, StatementKind, Step, StepKind,
};

/// How deep blocks, conditions and loops may lie in each other before they are not read.
const DEPTH_LIMIT: usize = 40;

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

/// Reads an expression that stands alone.
struct Reader<'t, 'a> {
    cursor: Cursor<'t, 'a>,
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

    /// Reads a condition from the tokens up to a keyword, which is left.
    fn condition_up_to(&mut self, end: &str, depth: usize) -> Condition<'a> {
        let start = self.cursor.at();
        let mut cases = 0usize;
        while !self.cursor.is_done() {
            if self.cursor.is(&["case"]) {
                cases += 1;
            } else if self.cursor.is(&["end"]) {
                cases = cases.saturating_sub(1);
            } else if cases == 0 && self.cursor.is(&[end]) {
                break;
            }
            self.cursor.next();
        }
        let tokens = self.cursor.tokens(start, self.cursor.at());
        let mut reader = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        let condition = reader.condition(depth);
        if reader.cursor.is_done() { condition } else { Condition::Unknown }
    }

    fn condition(&mut self, depth: usize) -> Condition<'a> {
        if depth > DEPTH_LIMIT {
            while self.cursor.next().is_some() {}
            return Condition::Unknown;
        }
        let mut alternatives = vec![self.conjunction(depth)];
        while self.cursor.take(&["or"]) {
            alternatives.push(self.conjunction(depth));
        }
        if alternatives.len() == 1 { alternatives.remove(0) } else { Condition::Or(alternatives) }
    }

    fn conjunction(&mut self, depth: usize) -> Condition<'a> {
        let mut terms = vec![self.term(depth)];
        while self.cursor.take(&["and"]) {
            terms.push(self.term(depth));
        }
        if terms.len() == 1 { terms.remove(0) } else { Condition::And(terms) }
    }

    fn term(&mut self, depth: usize) -> Condition<'a> {
        if self.cursor.take(&["not"]) {
            return if depth > DEPTH_LIMIT {
                Condition::Unknown
            } else {
                Condition::Not(Box::new(self.term(depth + 1)))
            };
        }
        if self.cursor.take_any(&["true"]) {
            return Condition::Constant(true);
        }
        if self.cursor.take_any(&["false"]) {
            return Condition::Constant(false);
        }
        if self.cursor.take(&["exists"]) {
            return Condition::Exists(self.parenthesised_query());
        }
        if self.cursor.is_symbol(b'(') {
            return self.parenthesised(depth);
        }
        self.comparison()
    }

    fn parenthesised_query(&mut self) -> Query<'a> {
        let start = self.cursor.at();
        self.cursor.skip_parentheses();
        let tokens = self.cursor.tokens(start + 1, self.cursor.at().saturating_sub(1));
        let nests = tokens.iter().filter(|it| it.kind == TokenKind::Symbol(b'(')).count();
        if nests > DEPTH_LIMIT {
            return Query {
                relations: Vec::new(),
                columns: Vec::new(),
                filters: Vec::new(),
                is_unknown: true,
            };
        }
        Reader { cursor: Cursor::new(self.cursor.source, tokens) }.query()
    }

    fn parenthesised(&mut self, depth: usize) -> Condition<'a> {
        let start = self.cursor.at();
        self.cursor.skip_parentheses();
        let tokens = self.cursor.tokens(start + 1, self.cursor.at().saturating_sub(1));
        let mut inner = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        if inner.cursor.is(&["select"]) {
            return self.counted(inner.query());
        }
        let condition = inner.condition(depth + 1);
        let is_whole = inner.cursor.is_done() && self.ends_term();
        if !is_whole {
            self.skip_term();
            return Condition::Unknown;
        }
        condition
    }

    /// `(SELECT count(*) FROM ...) = 0` and `> 0`; `(SELECT ...) IS NULL`.
    fn counted(&mut self, query: Query<'a>) -> Condition<'a> {
        let is_count = query.columns == ["count"];
        let exists = Condition::Exists(query);
        let (negates, is_known) = if self.cursor.take(&["is", "null"]) {
            (true, !is_count)
        } else if self.cursor.take(&["is", "not", "null"]) {
            (false, !is_count)
        } else if self.cursor.take_symbol(b'=') {
            (true, is_count && self.cursor.text() == "0")
        } else if self.cursor.take_symbol(b'>') {
            (false, is_count && self.cursor.text() == "0")
        } else {
            (false, false)
        };
        if !self.ends_term() {
            self.cursor.next();
        }
        match (is_known && self.ends_term(), negates) {
            (true, true) => Condition::Not(Box::new(exists)),
            (true, false) => exists,
            _ => {
                self.skip_term();
                Condition::Unknown
            }
        }
    }

    fn ends_term(&self) -> bool {
        self.cursor.is_done() || self.cursor.is_any(&["and", "or"])
    }

    fn skip_term(&mut self) {
        while !self.ends_term() {
            if self.cursor.is_symbol(b'(') {
                self.cursor.skip_parentheses();
            } else {
                self.cursor.next();
            }
        }
    }

    /// `to_regclass('t') IS NULL`, `variable IS NOT NULL`, `NOT FOUND` and the like.
    fn comparison(&mut self) -> Condition<'a> {
        let is_lookup = self.cursor.take(&["to_regclass"])
            || self.cursor.take(&["pg_catalog"])
                && self.cursor.take_symbol(b'.')
                && self.cursor.take(&["to_regclass"]);
        let operand = if is_lookup {
            self.cursor.take_symbol(b'(');
            let operand = self.expression();
            self.cursor.take_symbol(b')');
            Condition::IsMissing(operand)
        } else {
            match self.operand() {
                Some(operand @ Expression::Variable(_)) if self.ends_term() => {
                    return Condition::IsTrue(operand);
                }
                Some(operand @ Expression::Variable(_)) => Condition::IsNull(operand),
                _ => Condition::Unknown,
            }
        };
        let is_null = self.cursor.take(&["is", "null"]);
        let is_not_null = !is_null && self.cursor.take(&["is", "not", "null"]);
        if !self.ends_term() || !(is_null || is_not_null) {
            self.skip_term();
            return Condition::Unknown;
        }
        if is_null { operand } else { Condition::Not(Box::new(operand)) }
    }

    /// Reads a text that is put together by `||`, `format` and `quote_ident`.
    fn expression(&mut self) -> Expression<'a> {
        let Some(first) = self.operand() else { return Expression::Unknown };
        let mut parts = vec![first];
        while self.cursor.is_symbol(b'|') {
            self.cursor.next();
            self.cursor.take_symbol(b'|');
            parts.push(self.operand().unwrap_or(Expression::Unknown));
        }
        if parts.len() == 1 { parts.remove(0) } else { Expression::Concatenation(parts) }
    }

    fn operand(&mut self) -> Option<Expression<'a>> {
        let token = self.cursor.peek()?;
        let text = self.cursor.source.text;
        let operand = match token.kind {
            TokenKind::String => {
                self.cursor.next();
                literal(&self.cursor.source, token)
            }
            TokenKind::Number => {
                self.cursor.next();
                Expression::Text { value: Cow::Borrowed(token.text(text)), place: None }
            }
            TokenKind::Symbol(b'(') => {
                let start = self.cursor.at();
                self.cursor.skip_parentheses();
                let inner = self.cursor.tokens(start + 1, self.cursor.at().saturating_sub(1));
                let nests = inner.iter().filter(|it| it.kind == TokenKind::Symbol(b'(')).count();
                if nests > DEPTH_LIMIT { Expression::Unknown } else { self.inner_expression(inner) }
            }
            TokenKind::Word if self.cursor.take(&["null"]) => Expression::Null,
            TokenKind::Word if self.cursor.is_any(&["true", "false"]) => {
                let value = Cow::Owned(self.cursor.text().to_ascii_lowercase());
                self.cursor.next();
                Expression::Text { value, place: None }
            }
            TokenKind::Word if self.cursor.take(&["array"]) => self.array(),
            TokenKind::Word | TokenKind::Quoted => self.name_or_call()?,
            TokenKind::Symbol(_) => return None,
        };
        self.skip_casts();
        Some(operand)
    }

    fn inner_expression(&self, tokens: &[Token]) -> Expression<'a> {
        let mut inner = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        let expression = inner.expression();
        if inner.cursor.is_done() { expression } else { Expression::Unknown }
    }

    /// `::text`, `::regclass`, `::text[]`.
    fn skip_casts(&mut self) {
        while self.cursor.is_symbol(b':')
            && self.cursor.peek_nth(1).is_some_and(|it| it.kind == TokenKind::Symbol(b':'))
        {
            self.cursor.next();
            self.cursor.next();
            let _ = self.cursor.qualified_name();
            while self.cursor.take_symbol(b'[') {
                self.cursor.take_symbol(b']');
            }
        }
    }

    fn array(&mut self) -> Expression<'a> {
        let mut items = Vec::new();
        if !self.cursor.take_symbol(b'[') {
            return Expression::Unknown;
        }
        while !self.cursor.is_done() && !self.cursor.take_symbol(b']') {
            if !self.cursor.take_symbol(b',') {
                let before = self.cursor.at();
                items.push(match self.cursor.is_symbol(b'[') {
                    true => Expression::Unknown,
                    false => self.expression(),
                });
                if self.cursor.at() == before {
                    self.cursor.next();
                }
            }
        }
        Expression::Array(items)
    }

    fn name_or_call(&mut self) -> Option<Expression<'a>> {
        let name = self.cursor.qualified_name().ok()?;
        if !self.cursor.is_symbol(b'(') {
            let name = match name.namespace {
                Some(record) => format!("{record}.{}", name.name),
                None => name.name.into_owned(),
            };
            return Some(Expression::Variable(name));
        }
        let start = self.cursor.at();
        self.cursor.skip_parentheses();
        let tokens = self.cursor.tokens(start + 1, self.cursor.at().saturating_sub(1));
        let mut arguments = Vec::new();
        let mut inner = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        let nests = tokens.iter().filter(|it| it.kind == TokenKind::Symbol(b'(')).count();
        if nests > DEPTH_LIMIT {
            return Some(Expression::Unknown);
        }
        while !inner.cursor.is_done() {
            arguments.push(inner.expression());
            inner.cursor.skip_until(b",");
            inner.cursor.take_symbol(b',');
        }
        Some(match &*name.name {
            "format" => Expression::Format(arguments),
            "quote_ident" if arguments.len() == 1 => {
                Expression::QuoteIdentifier(Box::new(arguments.remove(0)))
            }
            "concat" => Expression::Concatenation(arguments),
            "current_schema" => Expression::Variable("current_schema".to_owned()),
            _ => Expression::Unknown,
        })
    }

    /// Reads `SELECT columns FROM relations WHERE filters`.
    fn query(&mut self) -> Query<'a> {
        let mut query = Query {
            relations: Vec::new(),
            columns: Vec::new(),
            filters: Vec::new(),
            is_unknown: !self.cursor.take(&["select"]),
        };
        self.cursor.take(&["distinct"]);
        while !self.cursor.is_done() && !self.cursor.is(&["from"]) {
            if let Ok(column) = self.cursor.qualified_name() {
                query.columns.push(column.name.to_ascii_lowercase());
                if self.cursor.take(&["as"]) {
                    self.cursor.next();
                }
            }
            if self.cursor.is_symbol(b'(') {
                self.cursor.skip_parentheses();
            } else if !self.cursor.is(&["from"]) {
                self.cursor.next();
            }
        }
        if !self.cursor.take(&["from"]) {
            query.is_unknown = true;
            return query;
        }
        self.relations(&mut query);
        if self.cursor.take(&["where"]) {
            self.filters(&mut query);
        }
        while self.cursor.take(&["limit"]) || self.cursor.take(&["order", "by"]) {
            while !self.cursor.is_done() && !self.cursor.is(&["limit"]) {
                self.cursor.next();
            }
        }
        query.is_unknown |= !self.cursor.is_done();
        query
    }

    /// `pg_constraint c JOIN pg_class t ON t.oid = c.conrelid, ...`
    fn relations(&mut self, query: &mut Query<'a>) {
        loop {
            let Ok(relation) = self.cursor.qualified_name() else {
                query.is_unknown = true;
                return;
            };
            query.relations.push(relation.name.to_ascii_lowercase());
            self.cursor.take(&["as"]);
            if !self.cursor.is_any(&["where", "join", "inner", "on", "limit", "order", "left"]) {
                let _ = self.cursor.name();
            }
            if self.cursor.take(&["on"]) {
                self.filters(query);
            }
            self.cursor.take(&["inner"]);
            if !self.cursor.take(&["join"]) && !self.cursor.take_symbol(b',') {
                return;
            }
        }
    }

    /// `a = 'x' AND b IN ('y', 'z') AND c.oid = d.oid`
    fn filters(&mut self, query: &mut Query<'a>) {
        loop {
            if self.cursor.is_symbol(b'(') {
                let start = self.cursor.at();
                self.cursor.skip_parentheses();
                let tokens = self.cursor.tokens(start + 1, self.cursor.at().saturating_sub(1));
                let nests = tokens.iter().filter(|it| it.kind == TokenKind::Symbol(b'(')).count();
                let mut inner = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
                if nests <= DEPTH_LIMIT {
                    inner.filters(query);
                }
                query.is_unknown |= !inner.cursor.is_done();
            } else if self.filter(query).is_none() {
                query.is_unknown = true;
                return;
            }
            if !self.cursor.take(&["and"]) {
                return;
            }
        }
    }

    fn filter(&mut self, query: &mut Query<'a>) -> Option<()> {
        let is_negated = self.cursor.take(&["not"]);
        let column = self.cursor.qualified_name().ok()?;
        self.skip_casts();
        let column = column.name.to_ascii_lowercase();
        if is_negated || self.cursor.is_done() || self.cursor.is_any(&["and", "limit"]) {
            // Dropped columns are not there to begin with.
            if column != "attisdropped" {
                let value = Expression::Text { value: Cow::Borrowed("true"), place: None };
                query.filters.push(Filter { column, values: vec![value], is_negated });
            }
            return Some(());
        }
        if column == "attnum" && self.cursor.take_symbol(b'>') {
            self.cursor.next();
            return Some(());
        }
        if self.cursor.take_symbol(b'=') {
            let is_join = self.is_column_of_alias();
            let value = match self.cursor.take_any(&["any"]) {
                true => {
                    self.cursor.take_symbol(b'(');
                    let value = self.expression();
                    self.cursor.take_symbol(b')');
                    value
                }
                false => self.filter_value()?,
            };
            if is_join {
                return Some(());
            }
            let values = match value {
                Expression::Array(values) => values,
                value => vec![value],
            };
            query.filters.push(Filter { column, values, is_negated: false });
            return Some(());
        }
        let is_different = self.cursor.take_symbol(b'<') && self.cursor.take_symbol(b'>')
            || self.cursor.take_symbol(b'!') && self.cursor.take_symbol(b'=');
        if is_different {
            let values = vec![self.filter_value()?];
            query.filters.push(Filter { column, values, is_negated: true });
            return Some(());
        }
        let is_negated = self.cursor.take(&["not"]);
        if !self.cursor.take(&["in"]) || !self.cursor.take_symbol(b'(') {
            return None;
        }
        let mut values = Vec::new();
        while !self.cursor.take_symbol(b')') {
            if self.cursor.is_done() || self.cursor.is(&["select"]) {
                return None;
            }
            if !self.cursor.take_symbol(b',') {
                values.push(self.operand()?);
            }
        }
        query.filters.push(Filter { column, values, is_negated });
        Some(())
    }

    /// Whether `alias.column` is next, which joins two system catalogs and selects nothing.
    fn is_column_of_alias(&self) -> bool {
        let kind = |nth| self.cursor.peek_nth(nth).map(|token| token.kind);
        kind(0) == Some(TokenKind::Word)
            && kind(1) == Some(TokenKind::Symbol(b'.'))
            && kind(2) == Some(TokenKind::Word)
            && kind(3) != Some(TokenKind::Symbol(b'('))
    }

    /// The right side of a filter. `(SELECT oid FROM pg_namespace WHERE nspname = 'x')` is read as
    /// the name that it looks up.
    fn filter_value(&mut self) -> Option<Expression<'a>> {
        if !self.cursor.is_symbol(b'(') {
            return self.operand();
        }
        let mut ahead = self.cursor.clone();
        ahead.next();
        if !ahead.is(&["select"]) {
            return self.operand();
        }
        let query = self.parenthesised_query();
        let mut names = query
            .filters
            .into_iter()
            .filter(|it| matches!(it.column.as_str(), "relname" | "nspname") && !it.is_negated);
        let is_lookup = !query.is_unknown && query.columns == ["oid"];
        match (names.next(), names.next()) {
            (Some(mut filter), None) if is_lookup && filter.values.len() == 1 => {
                Some(filter.values.remove(0))
            }
            _ => Some(Expression::Unknown),
        }
    }
}

fn literal<'a>(source: &Source<'a>, token: Token) -> Expression<'a> {
    let text = token.text(source.text);
    let place = lex::plain_body(text)
        .map(|body| (token.start + body.start as u32, token.start + body.end as u32));
    let value = lex::string_value(text, source.engine.dialect());
    Expression::Text { value, place }
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

/// `PERFORM f(...)` calls a routine.
fn perform<'a>(source: Source<'a>, tokens: &[Token]) -> Option<StepKind<'a>> {
    let mut cursor = Cursor::new(source, tokens);
    let name: Name<'a> = cursor.qualified_name().ok()?.name;
    cursor.is_symbol(b'(').then_some(StepKind::Statement(StatementKind::CallRoutine(name)))
}
