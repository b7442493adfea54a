//! Reads `DO` blocks: as much of PL/pgSQL as migrations use to ask before they change.

use std::ops::Range;

use crate::cursor::{Cursor, Parsed, Source};
use crate::lex::{self, Lexer, Token, TokenKind};
use crate::parse::{changes_foreign_keys, nested_statement, select};
use crate::query::{Comparison, Expression};
use crate::refusal::RefusalKind;
use crate::statement::{Block, Handler, Loop, Name, Rounds, StatementKind, Step, StepKind};

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
        return Ok(StatementKind::DoEscaped(lex::string_value(text, source.engine.dialect())));
    };
    let start = token.start as usize;
    Ok(StatementKind::Do(whole_block(source, start + body.start..start + body.end, depth + 1)))
}

/// Reads the body of a `DO`, from `DECLARE` or `BEGIN` on.
pub(crate) fn whole_block(source: Source<'_>, body: Range<usize>, depth: usize) -> Block<'_> {
    let tokens: Vec<Token> = Lexer::new(source.text, body.start, body.end, source.engine).collect();
    let mut reader = Reader { cursor: Cursor::new(source, &tokens) };
    reader.label();
    reader.block(depth)
}

/// Reads PL/pgSQL from tokens.
pub(crate) struct Reader<'t, 'a> {
    pub(crate) cursor: Cursor<'t, 'a>,
}

impl<'t, 'a> Reader<'t, 'a> {
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
            // What a cursor or an alias stands for is not followed.
            let mut value = Expression::Null;
            let mut is_array = false;
            while !self.cursor.is_done() && !self.cursor.is_symbol(b';') {
                is_array |= self.cursor.is_symbol(b'[') || self.cursor.is(&["array"]);
                if self.takes_assignment() || self.cursor.take(&["default"]) {
                    value = self.expression_to_end();
                    break;
                }
                if self.cursor.is_any(&["cursor", "alias"]) {
                    value = Expression::Unknown;
                    break;
                }
                self.cursor.next();
            }
            if is_array && matches!(value, Expression::Text { .. }) {
                let (operand, data_type) = (Box::new(value), "text".to_owned());
                value = Expression::Cast { operand, data_type, is_array };
            }
            block.declarations.push((name.into_owned(), value));
            self.end_of_step();
        }
    }

    /// Reads an expression that ends with the step.
    fn expression_to_end(&mut self) -> Expression<'a> {
        let value = self.expression(0);
        if self.cursor.is_done() || self.cursor.is_symbol(b';') {
            value
        } else {
            Expression::Unknown
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
            let label = self.label();
            if depth > DEPTH_LIMIT {
                self.give_up(&mut steps);
                return steps;
            }
            if let Some(kind) = self.step(label, depth) {
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

    /// `<<label>>`.
    fn label(&mut self) -> Option<Name<'a>> {
        let mut label = None;
        while self.cursor.is_symbol(b'<') {
            while self.cursor.take_symbol(b'<') {}
            label = self.cursor.name().ok();
            while !self.cursor.is_done() && !self.cursor.is_symbol(b'>') {
                self.cursor.next();
            }
            while self.cursor.take_symbol(b'>') {}
        }
        label
    }

    fn end_of_step(&mut self) {
        while !self.cursor.is_done() && !self.cursor.is_symbol(b';') {
            self.cursor.next();
        }
        self.cursor.take_symbol(b';');
    }

    fn step(&mut self, label: Option<Name<'a>>, depth: usize) -> Option<StepKind<'a>> {
        if self.cursor.is_any(&["declare", "begin"]) {
            return Some(StepKind::Block(self.block(depth + 1)));
        }
        if self.cursor.take(&["if"]) {
            return Some(self.if_step(depth));
        }
        if let Some(rounds) = self.rounds() {
            let body = self.loop_body(depth);
            return Some(StepKind::Loop(Loop { label, rounds, body }));
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
            return Some(self.execute());
        }
        if self.cursor.take(&["return"]) {
            return Some(StepKind::Return);
        }
        if self.cursor.take(&["raise"]) {
            let is_notice = self.cursor.is_any(&["notice", "warning", "info", "log", "debug"]);
            return (!is_notice).then_some(StepKind::Raise(RefusalKind::Raised));
        }
        if self.cursor.is_any(&["exit", "continue"]) {
            return Some(self.leave());
        }
        if self.cursor.take(&["assert"]) {
            return Some(StepKind::Assert(self.expression(0)));
        }
        if self.cursor.take(&["null"]) {
            return None;
        }
        if self.cursor.is_any(&["get", "fetch"]) {
            return Some(StepKind::Forget(self.assigned_names()));
        }
        if let Some(assignment) = self.assignment() {
            return Some(assignment);
        }
        if self.cursor.is_any(&["select", "with"])
            && let Some(step) = self.select_into()
        {
            return Some(step);
        }
        let tokens = self.tokens_of_step();
        if self.cursor.take(&["perform"]) {
            return perform(self.cursor.source, &tokens[1..]);
        }
        if let Some(statement) = nested_statement(self.cursor.source, tokens, depth + 1) {
            return Some(StepKind::Statement(statement.kind));
        }
        Some(StepKind::Forget(self.assigned_names()))
    }

    /// The tokens up to the end of the step, which are left.
    fn tokens_of_step(&self) -> &'t [Token] {
        let mut end = self.cursor.clone();
        while !end.is_done() && !end.is_symbol(b';') {
            end.next();
        }
        self.cursor.tokens(self.cursor.at(), end.at())
    }

    /// The variables that a statement about data sets: `INTO a, b`, and `a = ROW_COUNT`.
    fn assigned_names(&mut self) -> Vec<String> {
        let tokens = self.tokens_of_step();
        let mut cursor = Cursor::new(self.cursor.source, tokens);
        let mut names = vec!["found".to_owned()];
        let is_diagnostics = cursor.is(&["get"]);
        while !cursor.is_done() {
            if cursor.take(&["into"]) {
                cursor.take(&["strict"]);
                names.extend(targets(&mut cursor));
                continue;
            }
            match cursor.name() {
                Ok(name)
                    if is_diagnostics && (cursor.is_symbol(b'=') || cursor.is_symbol(b':')) =>
                {
                    names.push(name.into_owned());
                }
                Ok(_) => {}
                Err(_) => {
                    cursor.next();
                }
            }
        }
        names
    }

    /// Reads from behind `EXECUTE`.
    fn execute(&mut self) -> StepKind<'a> {
        let text = self.expression(0);
        let mut into = Vec::new();
        let mut parameters = Vec::new();
        while self.cursor.is_any(&["into", "using"]) {
            if self.cursor.take(&["using"]) {
                parameters = self.expressions(0);
            } else {
                self.cursor.next();
                self.cursor.take(&["strict"]);
                into = targets(&mut self.cursor);
            }
        }
        let is_whole = self.cursor.is_done() || self.cursor.is_symbol(b';');
        let text = if is_whole { text } else { Expression::Unknown };
        StepKind::Execute { text, targets: into, parameters }
    }

    /// `EXIT label WHEN condition`, or `CONTINUE`.
    fn leave(&mut self) -> StepKind<'a> {
        let is_continue = self.cursor.is(&["continue"]);
        self.cursor.next();
        let mut label = None;
        if !self.cursor.is(&["when"]) && !self.cursor.is_symbol(b';') {
            label = self.cursor.name().ok();
        }
        let condition = self.cursor.take(&["when"]).then(|| self.expression_to_end());
        StepKind::Leave { is_continue, label, condition }
    }

    /// `a := 1`, `a.b := 1`.
    fn assignment(&mut self) -> Option<StepKind<'a>> {
        let start = self.cursor.at();
        if let Ok(name) = self.cursor.qualified_name() {
            let is_part = self.cursor.is_symbol(b'[') || name.namespace.is_some();
            while self.cursor.is_symbol(b'[') {
                self.cursor.skip_brackets();
            }
            if self.takes_assignment() {
                let value = self.expression_to_end();
                if is_part {
                    let whole = name.namespace.unwrap_or(name.name).into_owned();
                    return Some(StepKind::Forget(vec![whole]));
                }
                return Some(StepKind::Assign { target: name.name.into_owned(), value });
            }
        }
        self.cursor.go_to(start);
        None
    }

    /// `SELECT ... INTO [STRICT] a, b FROM ...`, wherever the `INTO` stands.
    fn select_into(&mut self) -> Option<StepKind<'a>> {
        let tokens = self.tokens_of_step();
        let text = self.cursor.source.text;
        let mut nested = 0usize;
        let into = tokens.iter().position(|token| {
            match token.kind {
                TokenKind::Symbol(b'(') => nested += 1,
                TokenKind::Symbol(b')') => nested = nested.saturating_sub(1),
                _ => {}
            }
            nested == 0 && token.is_word(text, "into")
        })?;
        let is_insert = into > 0 && tokens[into - 1].is_word(text, "insert");
        if is_insert {
            return None;
        }
        let mut cursor = Cursor::new(self.cursor.source, &tokens[into + 1..]);
        cursor.take(&["strict"]);
        let targets = targets(&mut cursor);
        let rest = into + 1 + cursor.at();
        let query: Vec<Token> = tokens[..into].iter().chain(&tokens[rest..]).copied().collect();
        let query = self.whole_query(&query, 0);
        Some(StepKind::Select { query, targets })
    }

    fn if_step(&mut self, depth: usize) -> StepKind<'a> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            let condition = self.condition_up_to("then", 0);
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

    /// `CASE` as a statement.
    fn case_step(&mut self, depth: usize) -> StepKind<'a> {
        let mut branches = Vec::new();
        let start = self.cursor.at();
        let has_operand = !self.cursor.is(&["when"]);
        if has_operand {
            self.condition_up_to("when", 0);
        }
        let operand = self.cursor.tokens(start, self.cursor.at());
        while self.cursor.take(&["when"]) {
            let condition = match has_operand {
                false => self.condition_up_to("then", 0),
                true => self.case_condition(operand),
            };
            self.cursor.take(&["then"]);
            let body = self.steps(&["when", "else", "end"], depth + 1);
            branches.push((condition, body));
        }
        let otherwise = match self.cursor.take(&["else"]) {
            true => self.steps(&["end"], depth + 1),
            // Without a branch for it, a value is an error.
            false => {
                let kind = StepKind::Raise(RefusalKind::CaseNotFound);
                vec![Step { span: self.step_span(start), kind }]
            }
        };
        self.end_of_step();
        StepKind::If { branches, otherwise }
    }

    /// `a, b` behind `WHEN`, for an operand of these tokens.
    fn case_condition(&mut self, operand: &[Token]) -> Expression<'a> {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0));
            if !self.cursor.take_symbol(b',') {
                break;
            }
        }
        let mut reader = Reader { cursor: Cursor::new(self.cursor.source, operand) };
        let left = Box::new(reader.expression(0));
        let right = Box::new(Expression::Array(items));
        Expression::Quantified { left, comparison: Comparison::Equal, is_all: false, right }
    }

    /// Reads the head of a loop, up to `LOOP`. `None` if none is next.
    fn rounds(&mut self) -> Option<Rounds<'a>> {
        if self.cursor.is(&["loop"]) {
            return Some(Rounds::While(Expression::Bool(true)));
        }
        if self.cursor.take(&["while"]) {
            return Some(Rounds::While(self.condition_up_to("loop", 0)));
        }
        if self.cursor.take(&["foreach"]) {
            return Some(self.items());
        }
        self.cursor.take(&["for"]).then(|| self.for_rounds())
    }

    /// Reads from behind `FOREACH`.
    fn items(&mut self) -> Rounds<'a> {
        let names = targets(&mut self.cursor);
        if let [target] = &names[..]
            && self.cursor.take(&["in", "array"])
        {
            let target = target.clone();
            return Rounds::Items { target, items: self.condition_up_to("loop", 0) };
        }
        self.go_to_loop();
        Rounds::Unknown(names)
    }

    /// Goes to the `LOOP` that begins a body.
    fn go_to_loop(&mut self) {
        while !self.cursor.is_done() && !self.cursor.is(&["loop"]) {
            self.cursor.skip_part();
        }
    }

    /// Reads from behind `FOR`.
    fn for_rounds(&mut self) -> Rounds<'a> {
        let targets = targets(&mut self.cursor);
        let is_read = self.cursor.take(&["in"]);
        let start = self.cursor.at();
        self.go_to_loop();
        let tokens = self.cursor.tokens(start, self.cursor.at());
        if !is_read {
            return Rounds::Unknown(targets);
        }
        let mut reader = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        if reader.cursor.take(&["execute"]) {
            let StepKind::Execute { text, parameters, .. } = reader.execute() else {
                return Rounds::Unknown(targets);
            };
            return Rounds::Execute { targets, text, parameters };
        }
        if reader.starts_query() {
            let query = self.whole_query(tokens, 0);
            return Rounds::Query { targets, query };
        }
        reader.numbers(&targets).unwrap_or(Rounds::Unknown(targets))
    }

    /// `REVERSE 3..1 BY 2`.
    fn numbers(&mut self, targets: &[String]) -> Option<Rounds<'a>> {
        let [target] = targets else { return None };
        let is_reverse = self.cursor.take(&["reverse"]);
        let first = self.expression(0);
        self.cursor.expect_symbol(b'.').ok()?;
        // The lexer takes the second dot of `1..3` for the beginning of a number.
        let last = match self.cursor.text().strip_prefix('.') {
            Some("") => {
                self.cursor.next();
                self.expression(0)
            }
            Some(digits) => {
                self.cursor.next();
                digits.parse().map_or(Expression::Unknown, Expression::Number)
            }
            None => return None,
        };
        let step = self.cursor.take(&["by"]).then(|| self.expression(0));
        let target = target.clone();
        let is_whole = self.cursor.is_done();
        is_whole.then_some(Rounds::Numbers { target, first, last, step, is_reverse })
    }

    fn loop_body(&mut self, depth: usize) -> Vec<Step<'a>> {
        self.cursor.take(&["loop"]);
        let body = self.steps(&["end"], depth + 1);
        self.end_of_step();
        body
    }
}

/// `a, b.c`: the variables that are set.
fn targets(cursor: &mut Cursor<'_, '_>) -> Vec<String> {
    let mut names = Vec::new();
    while let Ok(name) = cursor.qualified_name() {
        // A part of a variable: what is said of the whole is not known any more.
        let is_part = name.namespace.is_some() || cursor.is_symbol(b'[');
        let whole = name.namespace.unwrap_or(name.name);
        names.push(if is_part { format!("{whole}.") } else { whole.into_owned() });
        if cursor.is_symbol(b'[') {
            cursor.skip_brackets();
        }
        if !cursor.take_symbol(b',') {
            break;
        }
    }
    names
}

/// `PERFORM f(...)` calls a routine, or runs a query for nothing but `FOUND`.
fn perform<'a>(source: Source<'a>, tokens: &[Token]) -> Option<StepKind<'a>> {
    let mut cursor = Cursor::new(source, tokens);
    if let Some(kind) = select(&mut cursor) {
        return Some(StepKind::Statement(kind));
    }
    let reader = Reader { cursor: Cursor::new(source, tokens) };
    let query = reader.performed_query(tokens);
    Some(StepKind::Select { query, targets: Vec::new() })
}
