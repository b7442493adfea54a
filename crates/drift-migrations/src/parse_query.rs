//! Reads the conditions, expressions and queries of PL/pgSQL, as far as they ask the system catalogs
//! or put texts together.

use std::borrow::Cow;

use crate::cursor::{Cursor, Source};
use crate::lex::{self, Token, TokenKind};
use crate::parse_block::{DEPTH_LIMIT, Reader};
use crate::statement::{Condition, Expression, Filter, Query};

impl<'a> Reader<'_, 'a> {
    /// Reads a condition from the tokens up to a keyword, which is left.
    pub(crate) fn condition_up_to(&mut self, end: &str, depth: usize) -> Condition<'a> {
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

    pub(crate) fn parenthesised_query(&mut self) -> Query<'a> {
        let start = self.cursor.at();
        self.cursor.skip_parentheses();
        let tokens = self.cursor.tokens(start + 1, self.cursor.at().saturating_sub(1));
        let nests = tokens.iter().filter(|it| it.kind == TokenKind::Symbol(b'(')).count();
        if nests > DEPTH_LIMIT {
            return Query { is_unknown: true, ..Query::default() };
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
    pub(crate) fn expression(&mut self) -> Expression<'a> {
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
    pub(crate) fn query(&mut self) -> Query<'a> {
        let mut query = Query { is_unknown: !self.cursor.take(&["select"]), ..Query::default() };
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
            let name = relation.name.to_ascii_lowercase();
            query.aliases.push(name.clone());
            query.relations.push(name);
            self.cursor.take(&["as"]);
            if !self.cursor.is_any(&["where", "join", "inner", "on", "limit", "order", "left"])
                && let Ok(alias) = self.cursor.name()
            {
                query.aliases.push(alias.to_ascii_lowercase());
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
            let is_join = self.is_column_of(&query.aliases);
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
    fn is_column_of(&self, aliases: &[String]) -> bool {
        let mut ahead = self.cursor.clone();
        let Ok(name) = ahead.qualified_name() else { return false };
        let alias = name.namespace.unwrap_or_default();
        aliases.iter().any(|it| alias.eq_ignore_ascii_case(it)) && !ahead.is_symbol(b'(')
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
