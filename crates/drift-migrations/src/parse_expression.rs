//! Reads expressions of SQL. A term that was not understood is [`Expression::Unknown`], and what
//! stands beside it is read all the same.

use std::borrow::Cow;

use drift_model::Dialect;

use crate::cursor::Source;
use crate::lex::{self, Token, TokenKind};
use crate::parse_block::{DEPTH_LIMIT, Reader};
use crate::parse_prepared::variable;
use crate::query::{Call, Comparison, Expression, OrderKey, PatternKind, Query, Test};
use crate::state::lower_case;
use crate::statement::Name;

/// Words that can stand behind an expression and are no name for it.
const NO_ALIAS: [&str; 52] = [
    "and",
    "as",
    "asc",
    "at",
    "between",
    "by",
    "case",
    "collate",
    "cross",
    "desc",
    "else",
    "end",
    "escape",
    "except",
    "fetch",
    "for",
    "from",
    "full",
    "group",
    "having",
    "ilike",
    "in",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "limit",
    "loop",
    "natural",
    "not",
    "notnull",
    "nulls",
    "offset",
    "on",
    "or",
    "order",
    "returning",
    "right",
    "select",
    "similar",
    "then",
    "union",
    "using",
    "when",
    "where",
    "window",
    "with",
    "within",
];

/// How many operators of one kind may follow each other where each nests what is before it.
const CHAIN_LIMIT: usize = 40;

impl<'a> Reader<'_, 'a> {
    /// Reads a condition up to a keyword, which is left.
    pub(crate) fn condition_up_to(&mut self, end: &str, depth: usize) -> Expression<'a> {
        let start = self.cursor.at();
        let condition = self.expression(depth);
        if self.cursor.is(&[end]) {
            return condition;
        }
        self.cursor.go_to(start);
        while !self.cursor.is_done() && !self.cursor.is(&[end]) {
            self.skip_nested();
        }
        Expression::Unknown
    }

    /// Reads an expression. Something else may follow.
    pub(crate) fn expression(&mut self, depth: usize) -> Expression<'a> {
        let mut alternatives = vec![self.conjunction(depth)];
        while self.cursor.take(&["or"]) {
            alternatives.push(self.conjunction(depth));
        }
        single(alternatives, Expression::Or)
    }

    fn conjunction(&mut self, depth: usize) -> Expression<'a> {
        let mut terms = vec![self.term(depth)];
        while self.cursor.take(&["and"]) {
            terms.push(self.term(depth));
        }
        single(terms, Expression::And)
    }

    fn term(&mut self, depth: usize) -> Expression<'a> {
        let start = self.cursor.at();
        if depth <= DEPTH_LIMIT {
            if self.cursor.take(&["not"]) {
                return Expression::Not(Box::new(self.term(depth + 1)));
            }
            let read = self.predicate(depth + 1);
            if let Some(read) = read.filter(|_| self.ends_term()) {
                return read;
            }
        }
        self.cursor.go_to(start);
        self.skip_nested();
        while !self.ends_unknown_term() {
            self.skip_nested();
        }
        Expression::Unknown
    }

    fn ends_term(&self) -> bool {
        match self.cursor.peek().map(|token| token.kind) {
            None | Some(TokenKind::Word | TokenKind::Quoted) => true,
            // Two dots stand between the numbers that a loop goes over.
            Some(TokenKind::Symbol(b'.')) => true,
            Some(TokenKind::Symbol(symbol)) => matches!(symbol, b')' | b',' | b']' | b';'),
            Some(TokenKind::String | TokenKind::Number) => false,
        }
    }

    fn ends_unknown_term(&self) -> bool {
        const ENDS: [&str; 17] = [
            "and", "or", "then", "loop", "when", "else", "end", "from", "where", "group", "order",
            "limit", "union", "as", "join", "having", "into",
        ];
        match self.cursor.peek().map(|token| token.kind) {
            None => true,
            Some(TokenKind::Word) => self.cursor.is_any(&ENDS),
            _ => self.ends_term(),
        }
    }

    /// Passes over a token, or over everything in parentheses or between `CASE` and `END`.
    fn skip_nested(&mut self) {
        if !self.cursor.is(&["case"]) {
            self.cursor.skip_part();
            return;
        }
        let mut depth = 0usize;
        while !self.cursor.is_done() {
            if self.cursor.is(&["case"]) {
                depth += 1;
            } else if self.cursor.is(&["end"]) {
                depth -= 1;
            }
            self.cursor.next();
            if depth == 0 {
                return;
            }
        }
    }

    /// Reads a comparison, or what is compared.
    fn predicate(&mut self, depth: usize) -> Option<Expression<'a>> {
        let mut left = self.operator_chain(depth)?;
        for _ in 0..CHAIN_LIMIT {
            left = if let Some(comparison) = self.comparison() {
                self.compared(left, comparison, depth)?
            } else if self.cursor.take(&["is"]) {
                self.is_test(left, depth)?
            } else if self.cursor.take(&["isnull"]) {
                Expression::Is { operand: Box::new(left), test: Test::Null, is_negated: false }
            } else if self.cursor.take(&["notnull"]) {
                Expression::Is { operand: Box::new(left), test: Test::Null, is_negated: true }
            } else {
                let start = self.cursor.at();
                let is_negated = self.cursor.take(&["not"]);
                if self.cursor.take(&["in"]) {
                    self.membership(left, is_negated, depth)?
                } else if self.cursor.is_any(&["like", "ilike"]) {
                    let ignores_case = self.cursor.is(&["ilike"]);
                    self.cursor.next();
                    let pattern = Box::new(self.operator_chain(depth)?);
                    let (operand, kind) = (Box::new(left), PatternKind::Like);
                    Expression::Matches { operand, pattern, kind, ignores_case, is_negated }
                } else if self.cursor.take(&["between"]) {
                    let low = Box::new(self.operator_chain(depth)?);
                    if !self.cursor.take(&["and"]) {
                        return None;
                    }
                    let high = Box::new(self.operator_chain(depth)?);
                    Expression::Between { operand: Box::new(left), low, high, is_negated }
                } else {
                    self.cursor.go_to(start);
                    return Some(left);
                }
            };
        }
        None
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let start = self.cursor.at();
        let found = if self.cursor.take_symbol(b'=') {
            Comparison::Equal
        } else if self.cursor.take_symbol(b'<') {
            if self.cursor.take_symbol(b'>') {
                Comparison::NotEqual
            } else if self.cursor.take_symbol(b'=') {
                Comparison::LessOrEqual
            } else {
                Comparison::Less
            }
        } else if self.cursor.take_symbol(b'>') {
            if self.cursor.take_symbol(b'=') {
                Comparison::GreaterOrEqual
            } else {
                Comparison::Greater
            }
        } else if self.cursor.take_symbol(b'!') && self.cursor.take_symbol(b'=') {
            Comparison::NotEqual
        } else {
            self.cursor.go_to(start);
            return None;
        };
        Some(found)
    }

    fn compared(
        &mut self,
        left: Expression<'a>,
        comparison: Comparison,
        depth: usize,
    ) -> Option<Expression<'a>> {
        let left = Box::new(left);
        let is_all = self.cursor.is(&["all"]);
        if !self.cursor.take_any(&["any", "some", "all"]) {
            let right = self.operator_chain(depth)?;
            return Some(Expression::Compare(left, comparison, Box::new(right)));
        }
        self.cursor.expect_symbol(b'(').ok()?;
        let right = Box::new(match self.starts_query() {
            true => Expression::ArrayQuery(Box::new(self.query(depth + 1))),
            false => self.expression(depth + 1),
        });
        self.cursor.expect_symbol(b')').ok()?;
        Some(Expression::Quantified { left, comparison, is_all, right })
    }

    fn is_test(&mut self, left: Expression<'a>, depth: usize) -> Option<Expression<'a>> {
        let is_negated = self.cursor.take(&["not"]);
        let operand = Box::new(left);
        if self.cursor.take(&["distinct", "from"]) {
            let right = Box::new(self.operator_chain(depth)?);
            return Some(Expression::Same { left: operand, right, is_negated: !is_negated });
        }
        let test = match () {
            () if self.cursor.take_any(&["null", "unknown"]) => Test::Null,
            () if self.cursor.take(&["true"]) => Test::True,
            () if self.cursor.take(&["false"]) => Test::False,
            () => return None,
        };
        Some(Expression::Is { operand, test, is_negated })
    }

    /// Reads from behind `IN`.
    fn membership(
        &mut self,
        left: Expression<'a>,
        is_negated: bool,
        depth: usize,
    ) -> Option<Expression<'a>> {
        self.cursor.expect_symbol(b'(').ok()?;
        let right = Box::new(match self.starts_query() {
            true => Expression::ArrayQuery(Box::new(self.query(depth + 1))),
            false => Expression::Array(self.expressions(depth)),
        });
        self.cursor.expect_symbol(b')').ok()?;
        let comparison = if is_negated { Comparison::NotEqual } else { Comparison::Equal };
        Some(Expression::Quantified { left: Box::new(left), comparison, is_all: is_negated, right })
    }

    /// Whether a query is next.
    pub(crate) fn starts_query(&self) -> bool {
        let mut ahead = self.cursor.clone();
        while ahead.take_symbol(b'(') {}
        ahead.is_any(&["select", "with", "values"])
    }

    /// `a, b, c`.
    pub(crate) fn expressions(&mut self, depth: usize) -> Vec<Expression<'a>> {
        let mut all = vec![self.expression(depth + 1)];
        while self.cursor.take_symbol(b',') {
            all.push(self.expression(depth + 1));
        }
        all
    }

    /// `a || b ~ c`.
    fn operator_chain(&mut self, depth: usize) -> Option<Expression<'a>> {
        let mut parts = vec![self.sum(depth)?];
        let mut matches = 0;
        while matches < CHAIN_LIMIT {
            if self.is_operator(b"||") {
                self.cursor.go_to(self.cursor.at() + 2);
                parts.push(self.sum(depth)?);
                continue;
            }
            let left = single(std::mem::take(&mut parts), Expression::Concatenation);
            let Some((is_negated, ignores_case)) = self.regex_operator() else { return Some(left) };
            matches += 1;
            let (operand, pattern) = (Box::new(left), Box::new(self.sum(depth)?));
            let kind = PatternKind::Regex;
            parts = vec![Expression::Matches { operand, pattern, kind, ignores_case, is_negated }];
        }
        None
    }

    /// `~`, `!~*` and so on: whether it is negated, and whether it ignores case.
    fn regex_operator(&mut self) -> Option<(bool, bool)> {
        let is_negated = self.is_operator(b"!~");
        if !is_negated && !self.is_operator(b"~") {
            return None;
        }
        self.cursor.go_to(self.cursor.at() + 1 + usize::from(is_negated));
        Some((is_negated, self.cursor.take_symbol(b'*')))
    }

    fn is_operator(&self, operator: &[u8]) -> bool {
        operator.iter().enumerate().all(|(nth, symbol)| {
            self.cursor.peek_nth(nth).is_some_and(|it| it.kind == TokenKind::Symbol(*symbol))
        })
    }

    fn sum(&mut self, depth: usize) -> Option<Expression<'a>> {
        let mut left = self.product(depth)?;
        for _ in 0..CHAIN_LIMIT {
            let Some(operator) = self.takes_one_of(b"+-") else { return Some(left) };
            let right = self.product(depth)?;
            left = Expression::Arithmetic(Box::new(left), operator, Box::new(right));
        }
        None
    }

    fn product(&mut self, depth: usize) -> Option<Expression<'a>> {
        let mut left = self.signed(depth)?;
        for _ in 0..CHAIN_LIMIT {
            let Some(operator) = self.takes_one_of(b"*/%") else { return Some(left) };
            let right = self.signed(depth)?;
            left = Expression::Arithmetic(Box::new(left), operator, Box::new(right));
        }
        None
    }

    /// Takes an operator of one character. `->` and the like are none.
    fn takes_one_of(&mut self, operators: &[u8]) -> Option<u8> {
        let TokenKind::Symbol(symbol) = self.cursor.peek()?.kind else { return None };
        let is_longer = self.is_operator(b"->");
        let is_found = operators.contains(&symbol) && !is_longer;
        is_found.then(|| {
            self.cursor.next();
            symbol
        })
    }

    fn signed(&mut self, depth: usize) -> Option<Expression<'a>> {
        if self.cursor.take_symbol(b'-') {
            let operand = self.postfix(depth)?;
            return Some(Expression::Arithmetic(
                Box::new(Expression::Number(0)),
                b'-',
                Box::new(operand),
            ));
        }
        self.postfix(depth)
    }

    /// `x::text`, `x[1]`, `x COLLATE "C"`.
    fn postfix(&mut self, depth: usize) -> Option<Expression<'a>> {
        let mut operand = self.primary(depth)?;
        for _ in 0..CHAIN_LIMIT {
            operand = if self.is_operator(b"::") {
                self.cursor.go_to(self.cursor.at() + 2);
                self.cast(operand)?
            } else if self.cursor.take_symbol(b'[') {
                let index = Box::new(self.expression(depth + 1));
                self.cursor.expect_symbol(b']').ok()?;
                Expression::Subscript(Box::new(operand), index)
            } else if self.cursor.take(&["collate"]) {
                self.cursor.qualified_name().ok()?;
                operand
            } else {
                return Some(operand);
            };
        }
        None
    }

    /// Reads a type from behind `::`.
    fn cast(&mut self, operand: Expression<'a>) -> Option<Expression<'a>> {
        let mut data_type = self.cursor.qualified_name().ok()?.name.to_ascii_lowercase();
        let rest = match data_type.as_str() {
            "double" => &["precision"][..],
            "character" => &["varying"],
            _ => &[],
        };
        if !rest.is_empty() && self.cursor.take(rest) {
            data_type = format!("{data_type} {}", rest[0]);
        }
        if self.cursor.is_symbol(b'(') {
            self.cursor.skip_parentheses();
        }
        if self.cursor.take_any(&["with", "without"]) {
            self.cursor.take(&["time", "zone"]);
        }
        let mut is_array = false;
        while self.is_operator(b"[]") {
            self.cursor.go_to(self.cursor.at() + 2);
            is_array = true;
        }
        Some(Expression::Cast { operand: Box::new(operand), data_type, is_array })
    }

    fn primary(&mut self, depth: usize) -> Option<Expression<'a>> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        let token = self.cursor.peek()?;
        match token.kind {
            TokenKind::String => {
                self.cursor.next();
                Some(literal(&self.cursor.source, token))
            }
            TokenKind::Number => {
                self.cursor.next();
                let number = token.text(self.cursor.source.text).parse();
                Some(number.map_or(Expression::Unknown, Expression::Number))
            }
            TokenKind::Symbol(b'(') => self.parenthesised(depth),
            TokenKind::Symbol(b'@') => {
                let name = Cow::Owned(variable(&mut self.cursor)?);
                Some(Expression::Column { qualifier: None, name })
            }
            TokenKind::Symbol(b'$') => {
                self.cursor.next();
                let name = Cow::Borrowed(token.text(self.cursor.source.text));
                Some(Expression::Column { qualifier: None, name })
            }
            TokenKind::Symbol(_) => None,
            TokenKind::Word => self.keyword(depth).unwrap_or_else(|| self.name_or_call(depth)),
            TokenKind::Quoted => self.name_or_call(depth),
        }
    }

    fn parenthesised(&mut self, depth: usize) -> Option<Expression<'a>> {
        let is_query = self.starts_query();
        self.cursor.expect_symbol(b'(').ok()?;
        if is_query {
            let query = self.query(depth + 1);
            self.cursor.expect_symbol(b')').ok()?;
            return Some(Expression::Scalar(Box::new(query)));
        }
        let parts = self.expressions(depth);
        self.cursor.expect_symbol(b')').ok()?;
        // A field of a composite value.
        if self.cursor.is_symbol(b'.') {
            return None;
        }
        Some(single(parts, Expression::Row))
    }

    /// What begins with a keyword; `None` where a name or a call is next.
    fn keyword(&mut self, depth: usize) -> Option<Option<Expression<'a>>> {
        if self.cursor.take(&["null"]) {
            return Some(Some(Expression::Null));
        }
        if self.cursor.is_any(&["true", "false"]) {
            let value = self.cursor.is(&["true"]);
            self.cursor.next();
            return Some(Some(Expression::Bool(value)));
        }
        if self.cursor.take(&["case"]) {
            return Some(self.case(depth));
        }
        if self.cursor.take(&["exists"]) {
            let query = self.parenthesised_query(depth);
            return Some(query.map(|query| Expression::Exists(Box::new(query))));
        }
        if self.cursor.is(&["array"]) {
            self.cursor.next();
            if self.cursor.is_symbol(b'(') {
                let query = self.parenthesised_query(depth);
                return Some(query.map(|query| Expression::ArrayQuery(Box::new(query))));
            }
            return Some(self.array(depth));
        }
        if self.cursor.take(&["cast"]) {
            return Some(self.cast_call(depth));
        }
        // Whatever else these begin, it is no name.
        const RESERVED: [&str; 8] =
            ["select", "from", "where", "order", "group", "not", "when", "then"];
        self.cursor.is_any(&RESERVED).then_some(None)
    }

    fn parenthesised_query(&mut self, depth: usize) -> Option<Query<'a>> {
        self.cursor.expect_symbol(b'(').ok()?;
        let query = self.query(depth + 1);
        self.cursor.expect_symbol(b')').ok()?;
        Some(query)
    }

    /// `CAST (x AS type)`.
    fn cast_call(&mut self, depth: usize) -> Option<Expression<'a>> {
        self.cursor.expect_symbol(b'(').ok()?;
        let operand = self.expression(depth + 1);
        if !self.cursor.take(&["as"]) {
            return None;
        }
        let cast = self.cast(operand)?;
        self.cursor.expect_symbol(b')').ok()?;
        Some(cast)
    }

    /// Reads from behind `CASE`.
    fn case(&mut self, depth: usize) -> Option<Expression<'a>> {
        let mut operand = None;
        if !self.cursor.is(&["when"]) {
            operand = Some(Box::new(self.expression(depth + 1)));
        }
        let mut branches = Vec::new();
        while self.cursor.take(&["when"]) {
            let condition = self.expression(depth + 1);
            if !self.cursor.take(&["then"]) {
                return None;
            }
            branches.push((condition, self.expression(depth + 1)));
        }
        let mut otherwise = None;
        if self.cursor.take(&["else"]) {
            otherwise = Some(Box::new(self.expression(depth + 1)));
        }
        self.cursor.take(&["end"]).then_some(Expression::Case { operand, branches, otherwise })
    }

    /// Reads from behind `ARRAY`.
    fn array(&mut self, depth: usize) -> Option<Expression<'a>> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        self.cursor.expect_symbol(b'[').ok()?;
        let mut items = Vec::new();
        while !self.cursor.take_symbol(b']') {
            items.push(match self.cursor.is_symbol(b'[') {
                true => self.array(depth + 1)?,
                false => self.expression(depth + 1),
            });
            if !self.cursor.take_symbol(b',') && !self.cursor.is_symbol(b']') {
                return None;
            }
        }
        Some(Expression::Array(items))
    }

    fn name_or_call(&mut self, depth: usize) -> Option<Expression<'a>> {
        let name = self.cursor.qualified_name().ok()?;
        if self.cursor.is_symbol(b'(') {
            return self.call(name.name.to_ascii_lowercase(), depth);
        }
        // `date '2024-01-01'`.
        if let Some(token) = self.cursor.peek().filter(|it| it.kind == TokenKind::String) {
            self.cursor.next();
            let operand = Box::new(literal(&self.cursor.source, token));
            let data_type = name.name.to_ascii_lowercase();
            return Some(Expression::Cast { operand, data_type, is_array: false });
        }
        let is_function = name.namespace.is_none()
            && ["current_schema", "current_user", "current_catalog", "session_user"]
                .contains(&&*name.name);
        if is_function {
            return Some(call(name.name.into_owned(), Vec::new()));
        }
        let qualifier = name.namespace.map(|it| self.folded(it));
        Some(Expression::Column { qualifier, name: self.folded(name.name) })
    }

    /// A name of a column or alias, in lower case where the engine ignores case.
    pub(crate) fn folded(&self, name: Name<'a>) -> Name<'a> {
        if self.cursor.is_dialect(Dialect::MySql) { lower_case(&name) } else { name }
    }

    /// Reads the arguments of a call.
    fn call(&mut self, name: String, depth: usize) -> Option<Expression<'a>> {
        self.cursor.expect_symbol(b'(').ok()?;
        let mut call = Call {
            name,
            arguments: Vec::new(),
            is_star: self.cursor.take_symbol(b'*'),
            is_distinct: self.cursor.take(&["distinct"]),
            order_by: Vec::new(),
            filter: None,
        };
        if !call.is_star && !self.cursor.is_symbol(b')') {
            self.cursor.take(&["variadic"]);
            call.arguments = self.expressions(depth);
            // `substring (x FROM 2 FOR 3)`, `position (a IN b)` is read as a term.
            while call.name.starts_with("substr") && self.cursor.take_any(&["from", "for"]) {
                call.arguments.push(self.expression(depth + 1));
            }
        }
        if self.cursor.take(&["order", "by"]) {
            call.order_by = self.order_keys(depth);
        }
        self.cursor.expect_symbol(b')').ok()?;
        if self.cursor.take(&["filter"]) {
            self.cursor.expect_symbol(b'(').ok()?;
            if !self.cursor.take(&["where"]) {
                return None;
            }
            call.filter = Some(self.expression(depth + 1));
            self.cursor.expect_symbol(b')').ok()?;
        }
        let is_window = self.cursor.is(&["over"]) || self.cursor.is(&["within", "group"]);
        (!is_window).then(|| Expression::Call(Box::new(call)))
    }

    /// Reads from behind `ORDER BY`.
    pub(crate) fn order_keys(&mut self, depth: usize) -> Vec<OrderKey<'a>> {
        let mut keys = Vec::new();
        loop {
            let value = self.expression(depth + 1);
            let is_descending = self.cursor.is(&["desc"]);
            self.cursor.take_any(&["asc", "desc"]);
            let mut nulls_first = None;
            if self.cursor.take(&["nulls"]) {
                nulls_first = Some(self.cursor.is(&["first"]));
                self.cursor.next();
            }
            keys.push(OrderKey { value, is_descending, nulls_first });
            if !self.cursor.take_symbol(b',') {
                return keys;
            }
        }
    }

    /// Whether a name that is not introduced by `AS` is next.
    pub(crate) fn is_alias(&self) -> bool {
        match self.cursor.peek().map(|it| it.kind) {
            Some(TokenKind::Quoted) => true,
            Some(TokenKind::Word) => !self.cursor.is_any(&NO_ALIAS),
            _ => false,
        }
    }
}

/// A call of a function with plain arguments.
pub(crate) fn call<'a>(name: String, arguments: Vec<Expression<'a>>) -> Expression<'a> {
    Expression::Call(Box::new(Call {
        name,
        arguments,
        is_star: false,
        is_distinct: false,
        order_by: Vec::new(),
        filter: None,
    }))
}

/// The only one, or all of them together.
fn single<'a>(
    mut parts: Vec<Expression<'a>>,
    join: fn(Vec<Expression<'a>>) -> Expression<'a>,
) -> Expression<'a> {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

fn literal<'a>(source: &Source<'a>, token: Token) -> Expression<'a> {
    let text = token.text(source.text);
    let place = lex::plain_body(text)
        .map(|body| (token.start + body.start as u32, token.start + body.end as u32));
    let value = lex::string_value(text, source.engine.dialect());
    Expression::Text { value, place }
}
