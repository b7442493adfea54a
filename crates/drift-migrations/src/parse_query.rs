//! Reads queries: `WITH`, `SELECT`, `VALUES`, and what they read from.

use crate::cursor::Cursor;
use crate::lex::Token;
use crate::parse_block::{DEPTH_LIMIT, Reader};
use crate::query::{CommonTable, Expression, FromItem, FromSource, Output, Query, Select};
use crate::statement::{Name, QualifiedName};

impl<'a> Reader<'_, 'a> {
    /// Reads a query of which these are all tokens.
    pub(crate) fn whole_query(&self, tokens: &[Token], depth: usize) -> Query<'a> {
        let mut reader = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        let query = reader.query(depth);
        if reader.cursor.is_done() { query } else { Query::unknown() }
    }

    /// Reads what follows `PERFORM`: a query without its `SELECT`.
    pub(crate) fn performed_query(&self, tokens: &[Token]) -> Query<'a> {
        let mut reader = Reader { cursor: Cursor::new(self.cursor.source, tokens) };
        let mut query = Query::default();
        match reader.selected(0) {
            Some(select) if reader.cursor.is_done() => query.parts.push((select, true)),
            _ => query.is_unknown = true,
        }
        query
    }

    /// Reads a query. One that was not understood ends at the parenthesis behind it.
    pub(crate) fn query(&mut self, depth: usize) -> Query<'a> {
        let start = self.cursor.at();
        let read = if depth > DEPTH_LIMIT { None } else { self.query_or_none(depth) };
        read.filter(|_| self.cursor.is_done() || self.cursor.is_symbol(b')')).unwrap_or_else(|| {
            self.cursor.go_to(start);
            self.cursor.skip_until(b")");
            Query::unknown()
        })
    }

    fn query_or_none(&mut self, depth: usize) -> Option<Query<'a>> {
        if self.cursor.take_symbol(b'(') {
            let query = self.query(depth + 1);
            self.cursor.expect_symbol(b')').ok()?;
            return Some(query);
        }
        let mut query = Query::default();
        if self.cursor.take(&["with"]) {
            query.tables = self.common_tables(depth)?;
        }
        query.parts.push((self.select_part(depth)?, true));
        while self.cursor.take(&["union"]) {
            let keeps_duplicates = self.cursor.take(&["all"]);
            query.parts.push((self.select_part(depth)?, keeps_duplicates));
        }
        if self.cursor.take(&["order", "by"]) {
            query.order_by = self.order_keys(depth);
        }
        loop {
            if self.cursor.take(&["limit"]) {
                let is_all = self.cursor.take(&["all"]);
                query.limit = (!is_all).then(|| self.expression(depth + 1));
            } else if self.cursor.take(&["offset"]) {
                query.offset = Some(self.expression(depth + 1));
                self.cursor.take_any(&["row", "rows"]);
            } else if self.cursor.take(&["fetch"]) {
                query.limit = Some(self.fetched(depth)?);
            } else if self.cursor.take(&["for"]) {
                while !self.cursor.is_done() && !self.cursor.is_symbol(b')') {
                    self.cursor.next();
                }
            } else {
                return Some(query);
            }
        }
    }

    /// `FIRST 3 ROWS ONLY`.
    fn fetched(&mut self, depth: usize) -> Option<Expression<'a>> {
        self.cursor.take_any(&["first", "next"]);
        let count = match self.cursor.is_any(&["row", "rows"]) {
            true => Expression::Number(1),
            false => self.expression(depth + 1),
        };
        self.cursor.take_any(&["row", "rows"]);
        self.cursor.take(&["only"]).then_some(count)
    }

    /// Reads from behind `WITH`. What calls itself is not understood, nor what changes data.
    fn common_tables(&mut self, depth: usize) -> Option<Vec<CommonTable<'a>>> {
        let mut tables = Vec::new();
        if self.cursor.is(&["recursive"]) {
            return None;
        }
        loop {
            let name = self.cursor.name().ok()?;
            let columns = match self.cursor.is_symbol(b'(') {
                true => self.cursor.column_list().ok()?,
                false => Vec::new(),
            };
            if !self.cursor.take(&["as"]) {
                return None;
            }
            self.cursor.take(&["not"]);
            self.cursor.take(&["materialized"]);
            self.cursor.expect_symbol(b'(').ok()?;
            let query = self.query(depth + 1);
            self.cursor.expect_symbol(b')').ok()?;
            tables.push(CommonTable { name, columns, query });
            if !self.cursor.take_symbol(b',') {
                return Some(tables);
            }
            // Each is looked at within those before it.
            if tables.len() > DEPTH_LIMIT {
                return None;
            }
        }
    }

    fn select_part(&mut self, depth: usize) -> Option<Select<'a>> {
        if self.cursor.take(&["values"]) {
            let values = Some(self.rows(depth)?);
            return Some(Select { values, ..Select::default() });
        }
        if !self.cursor.take(&["select"]) {
            return None;
        }
        self.selected(depth)
    }

    /// Reads from behind `SELECT`.
    fn selected(&mut self, depth: usize) -> Option<Select<'a>> {
        let mut select = Select { is_distinct: self.cursor.is(&["distinct"]), ..Select::default() };
        self.cursor.take_any(&["all", "distinct"]);
        if select.is_distinct && self.cursor.is(&["on"]) {
            return None;
        }
        // PostgreSQL lets a query return nothing at all.
        if !self.cursor.is(&["from"]) {
            select.outputs = self.outputs(depth)?;
        }
        if self.cursor.take(&["from"]) {
            select.from = self.relations(depth)?;
        }
        if self.cursor.take(&["where"]) {
            select.filter = Some(self.expression(depth + 1));
        }
        if self.cursor.take(&["group", "by"]) {
            select.group_by = self.expressions(depth);
        }
        if self.cursor.take(&["having"]) {
            select.having = Some(self.expression(depth + 1));
        }
        Some(select)
    }

    /// `(1, 'a'), (2, 'b')`.
    fn rows(&mut self, depth: usize) -> Option<Vec<Vec<Expression<'a>>>> {
        let mut rows = Vec::new();
        loop {
            self.cursor.expect_symbol(b'(').ok()?;
            rows.push(self.expressions(depth));
            self.cursor.expect_symbol(b')').ok()?;
            if !self.cursor.take_symbol(b',') {
                return Some(rows);
            }
        }
    }

    fn outputs(&mut self, depth: usize) -> Option<Vec<Output<'a>>> {
        let mut outputs = Vec::new();
        loop {
            outputs.push(self.output(depth)?);
            if !self.cursor.take_symbol(b',') {
                return Some(outputs);
            }
        }
    }

    fn output(&mut self, depth: usize) -> Option<Output<'a>> {
        if self.cursor.take_symbol(b'*') {
            return Some(Output::All(None));
        }
        let mut ahead = self.cursor.clone();
        if let Ok(name) = ahead.name()
            && ahead.take_symbol(b'.')
            && ahead.take_symbol(b'*')
        {
            self.cursor = ahead;
            return Some(Output::All(Some(name)));
        }
        let value = self.expression(depth + 1);
        let has_alias = self.cursor.take(&["as"]) || self.is_alias();
        let alias = if has_alias { Some(self.alias()?) } else { None };
        Some(Output::Expression { value, alias })
    }

    /// `a JOIN b ON ..., c`.
    fn relations(&mut self, depth: usize) -> Option<Vec<FromItem<'a>>> {
        let mut items = vec![self.relation(depth)?];
        loop {
            let has_condition = self.cursor.is_any(&["join", "inner", "left"]);
            let is_left_join = self.cursor.is(&["left"]);
            if self.cursor.take(&["left"]) {
                self.cursor.take(&["outer"]);
            }
            self.cursor.take_any(&["inner", "cross"]);
            let is_join = self.cursor.take(&["join"]);
            if !is_join && !self.cursor.take_symbol(b',') {
                return Some(items);
            }
            let mut item = FromItem { is_left_join, ..self.relation(depth)? };
            if has_condition && self.cursor.take(&["on"]) {
                item.condition = Some(self.expression(depth + 1));
            } else if has_condition && self.cursor.take(&["using"]) {
                item.using = self.cursor.column_list().ok()?;
            } else if has_condition {
                return None;
            }
            items.push(item);
        }
    }

    fn relation(&mut self, depth: usize) -> Option<FromItem<'a>> {
        self.cursor.take(&["only"]);
        let is_lateral = self.cursor.take(&["lateral"]);
        let source = if self.cursor.take_symbol(b'(') {
            let query = Box::new(self.query(depth + 1));
            self.cursor.expect_symbol(b')').ok()?;
            FromSource::Query { query, is_lateral }
        } else {
            self.named_source(depth)?
        };
        let mut alias = None;
        let mut columns = Vec::new();
        if self.cursor.take(&["as"]) || self.is_alias() {
            alias = Some(self.alias()?);
            if self.cursor.is_symbol(b'(') {
                columns = self.cursor.column_list().ok()?;
            }
        }
        Some(FromItem {
            source,
            alias,
            columns,
            is_left_join: false,
            condition: None,
            using: Vec::new(),
        })
    }

    fn alias(&mut self) -> Option<Name<'a>> {
        let name = self.cursor.name().ok()?;
        Some(self.folded(name))
    }

    /// The name of a relation. Those of the system's own may be written in any case.
    fn system_name(&self, name: &QualifiedName<'a>) -> Name<'a> {
        let is_own = name.namespace.as_ref();
        match is_own.is_some_and(|it| it.eq_ignore_ascii_case("information_schema")) {
            true => self.folded(name.name.clone()),
            false => name.name.clone(),
        }
    }

    fn named_source(&mut self, depth: usize) -> Option<FromSource<'a>> {
        let mut ahead = self.cursor.clone();
        let name = ahead.qualified_name().ok()?;
        if !ahead.is_symbol(b'(') {
            self.cursor = ahead;
            let name = QualifiedName { name: self.system_name(&name), ..name };
            return Some(FromSource::Named(name));
        }
        let call = self.expression(depth + 1);
        let has_ordinality = self.cursor.take(&["with", "ordinality"]);
        matches!(call, Expression::Call(_)).then_some(FromSource::Call { call, has_ordinality })
    }
}
