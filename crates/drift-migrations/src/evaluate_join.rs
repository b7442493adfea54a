//! Evaluates `FROM`: the rows of all relations, joined.

use std::collections::HashMap;
use std::rc::Rc;

use crate::evaluate_expression::{Evaluator, Scope};
use crate::evaluate_query::{Columns, Frame, Item, Part, ROW_LIMIT, Relation, Tables, renamed};
use crate::query::{Call, Comparison, Expression, FromItem, FromSource, Select};
use crate::refusal::Outcome;
use crate::statement::{Name, QualifiedName};
use crate::system_catalog::{self, SystemTable};
use crate::value::{Value, compare};

/// Rows of several relations.
pub(crate) struct Joined {
    pub(crate) items: Vec<Item>,
    pub(crate) rows: Vec<Vec<Part>>,
    /// Whether there may be more rows.
    pub(crate) is_open: bool,
}

/// The rows of one relation.
struct Source {
    item: Item,
    parts: Vec<Part>,
    is_open: bool,
}

/// An equality that says which rows of a relation can belong to the rows before it.
struct JoinKey<'q, 'a> {
    /// The column of the relation.
    column: &'q Name<'a>,
    /// What it must equal.
    other: &'q Expression<'a>,
}

impl<'a> Evaluator<'_, 'a> {
    /// The rows of `FROM`, of which those that cannot pass `WHERE` may be left out.
    pub(crate) fn joined_rows(&self, select: &Select<'a>, scope: Scope<'_>) -> Outcome<Joined> {
        let mut joined = Joined { items: Vec::new(), rows: vec![Vec::new()], is_open: false };
        for item in &select.from {
            if let Some(source) = self.source(item, select, scope)? {
                self.join(&mut joined, item, source, select, scope)?;
            } else {
                self.join_laterally(&mut joined, item, scope)?;
            }
            if joined.rows.len() >= ROW_LIMIT {
                joined.rows.truncate(ROW_LIMIT);
                joined.is_open = true;
            }
        }
        Ok(joined)
    }

    /// The rows of a relation; `None` where they depend on the rows before it.
    fn source(
        &self,
        from: &FromItem<'a>,
        select: &Select<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Option<Source>> {
        Ok(match &from.source {
            FromSource::Named(name) => Some(self.named_source(from, name, select, scope)?),
            FromSource::Query { query, is_lateral: false } => {
                let relation = self.query(query, scope)?;
                Some(listed_source(from, "", &relation))
            }
            FromSource::Query { .. } | FromSource::Call { .. } => None,
        })
    }

    fn named_source(
        &self,
        from: &FromItem<'a>,
        name: &QualifiedName<'a>,
        select: &Select<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Source> {
        let common = Tables::find(scope.tables, &name.name).filter(|_| name.namespace.is_none());
        if let Some(relation) = common {
            return Ok(listed_source(from, &name.name, relation));
        }
        let Some(table) = SystemTable::find(self.state.dialect(), name) else {
            return Ok(listed_source(from, &name.name, &self.stored_relation(name)));
        };
        let alias = from.alias.as_deref().unwrap_or(&name.name).to_owned();
        let hints = self.hints(&alias, table, from, select, scope)?;
        let (rows, is_open) = system_catalog::rows(self.state, table, &hints);
        let parts = rows.into_iter().map(Part::System).collect();
        Ok(Source { item: Item { alias, columns: Columns::System(table) }, parts, is_open })
    }

    /// A table of the database: its columns are known, its rows are not.
    fn stored_relation(&self, name: &QualifiedName<'a>) -> Relation {
        let Some(id) = self.state.lookup(name) else { return Relation::unknown() };
        let columns = self.state.table(id).columns().iter().map(|it| it.name.to_string());
        Relation { columns: columns.collect(), rows: Vec::new(), is_open: true }
    }

    /// What `WHERE` and `ON` say that columns of a system catalog must be.
    fn hints<'q>(
        &self,
        alias: &str,
        table: SystemTable,
        from: &'q FromItem<'a>,
        select: &'q Select<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Vec<(&'q str, Vec<Value>)>> {
        let mut hints = Vec::new();
        for term in terms(&select.filter).chain(terms(&from.condition)) {
            let (column, values): (_, &[Expression<'a>]) = match term {
                Expression::Compare(left, Comparison::Equal, right) => match (&**left, &**right) {
                    (Expression::Column { .. }, value) if self.is_constant(value, select) => {
                        (left, std::slice::from_ref(value))
                    }
                    (value, Expression::Column { .. }) if self.is_constant(value, select) => {
                        (right, std::slice::from_ref(value))
                    }
                    _ => continue,
                },
                Expression::Quantified {
                    left,
                    comparison: Comparison::Equal,
                    is_all: false,
                    right,
                } => match &**right {
                    Expression::Array(items)
                        if items.iter().all(|it| self.is_constant(it, select)) =>
                    {
                        (left, items)
                    }
                    _ => continue,
                },
                _ => continue,
            };
            let Expression::Column { qualifier, name } = &**column else { continue };
            let is_meant = match qualifier {
                Some(qualifier) => &**qualifier == alias,
                None => table.columns().contains(&&**name) && select.from.len() == 1,
            };
            if !is_meant {
                continue;
            }
            let values = values.iter().map(|value| match self.value(value, scope)? {
                Value::Text(text) => Ok(Value::text(self.state.dialect().truncate(&text))),
                other => Ok(other),
            });
            hints.push((&**name, values.collect::<Outcome<Vec<Value>>>()?));
        }
        Ok(hints)
    }

    /// Whether an expression depends on no row of the query itself.
    fn is_constant(&self, expression: &Expression<'a>, select: &Select<'a>) -> bool {
        match expression {
            Expression::Column { qualifier: None, name } => self.variables.contains_key(&**name),
            Expression::Column { qualifier: Some(qualifier), .. } => {
                select.from.iter().all(|it| alias_of(it) != Some(&**qualifier))
            }
            Expression::Exists(_) | Expression::Scalar(_) | Expression::ArrayQuery(_) => false,
            other => {
                let mut is_constant = true;
                other.for_each_part(&mut |part| is_constant &= self.is_constant(part, select));
                is_constant
            }
        }
    }

    fn join(
        &self,
        joined: &mut Joined,
        from: &FromItem<'a>,
        source: Source,
        select: &Select<'a>,
        scope: Scope<'_>,
    ) -> Outcome {
        let key = self.join_key(&joined.items, &source.item, from, select);
        let index = key.as_ref().map(|key| self.index(&source, key.column));
        joined.items.push(source.item);
        let before = std::mem::take(&mut joined.rows);
        joined.is_open &= !source.parts.is_empty() || source.is_open || from.is_left_join;
        joined.is_open |= source.is_open && !before.is_empty();
        let all: Vec<usize> = (0..source.parts.len()).collect();
        for row in before {
            let candidates = match (&key, &index) {
                (Some(key), Some(index)) => {
                    let items = &joined.items[..joined.items.len() - 1];
                    let frame = Frame { items, row: &row, group: None, outer: scope.frame };
                    let scope = Scope { frame: Some(&frame), ..scope };
                    let value = self.value(key.other, scope)?;
                    index.candidates(self.join_value(&value), &all)
                }
                _ => all.clone(),
            };
            let parts = candidates.into_iter().map(|at| &source.parts[at]);
            self.join_row(joined, from, row, parts, source.is_open, scope)?;
            if joined.rows.len() >= ROW_LIMIT {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Joins a row with those of a relation for which the condition holds.
    fn join_row<'p>(
        &self,
        joined: &mut Joined,
        from: &FromItem<'a>,
        row: Vec<Part>,
        parts: impl Iterator<Item = &'p Part>,
        mut may_have_others: bool,
        scope: Scope<'_>,
    ) -> Outcome {
        let mut is_joined = false;
        for part in parts {
            if !self.spend() {
                joined.is_open = true;
                return Ok(());
            }
            let mut longer = row.clone();
            longer.push(part.clone());
            match self.holds(&joined.items, &longer, from, scope)? {
                Some(true) => {
                    is_joined = true;
                    joined.rows.push(longer);
                }
                Some(false) => {}
                None => may_have_others = true,
            }
        }
        joined.is_open |= may_have_others;
        if from.is_left_join && !is_joined && !may_have_others {
            let mut longer = row;
            longer.push(Part::Missing);
            joined.rows.push(longer);
        }
        Ok(())
    }

    /// Whether `ON` and `USING` hold; `None` where that is not known.
    fn holds(
        &self,
        items: &[Item],
        row: &[Part],
        from: &FromItem<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Option<bool>> {
        for column in &from.using {
            let last = items.len() - 1;
            let own = self.item_value(&items[last], &row[last], column);
            let mut before = items[..last].iter().zip(row);
            let other = before.find_map(|(item, part)| self.item_value(item, part, column));
            let (Some(own), Some(other)) = (own, other) else { return Ok(None) };
            match compare(&own, Comparison::Equal, &other, self.ignores_case()).truth() {
                Some(true) => {}
                holds => return Ok(holds),
            }
        }
        let Some(condition) = &from.condition else { return Ok(Some(true)) };
        let frame = Frame { items, row, group: None, outer: scope.frame };
        Ok(self.value(condition, Scope { frame: Some(&frame), ..scope })?.truth())
    }

    /// Joins each row with what a function or query makes of it.
    fn join_laterally(
        &self,
        joined: &mut Joined,
        from: &FromItem<'a>,
        scope: Scope<'_>,
    ) -> Outcome {
        let before = std::mem::take(&mut joined.rows);
        let mut item = None;
        for row in before {
            let frame = Frame { items: &joined.items, row: &row, group: None, outer: scope.frame };
            let inner = Scope { frame: Some(&frame), ..scope };
            let (name, relation) = match &from.source {
                FromSource::Call { call: Expression::Call(call), has_ordinality } => {
                    (call.name.as_str(), self.call_relation(call, *has_ordinality, from, inner)?)
                }
                FromSource::Query { query, .. } => ("", self.query(query, inner)?),
                _ => ("", Relation::unknown()),
            };
            let source = listed_source(from, name, &relation);
            joined.items.push(source.item);
            let parts = source.parts.iter();
            self.join_row(joined, from, row, parts, source.is_open, scope)?;
            item = joined.items.pop();
            if joined.rows.len() >= ROW_LIMIT {
                break;
            }
        }
        let unknown = || listed_source(from, "", &Relation::unknown()).item;
        joined.items.push(item.unwrap_or_else(unknown));
        Ok(())
    }

    /// The rows of a function. A column of values has the name of the relation.
    fn call_relation(
        &self,
        call: &Call<'a>,
        has_ordinality: bool,
        from: &FromItem<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Relation> {
        let Some(items) = self.set(call, scope)? else { return Ok(Relation::unknown()) };
        let name = from.alias.as_deref().unwrap_or(&call.name).to_owned();
        let columns: Rc<[String]> = match has_ordinality {
            true => Rc::from([name, "ordinality".to_owned()]),
            false => Rc::from([name]),
        };
        let rows = (1..).zip(items).map(|(nth, item)| match has_ordinality {
            true => Rc::from([item, Value::Number(nth)]),
            false => Rc::from([item]),
        });
        Ok(Relation { columns, rows: rows.collect(), is_open: false })
    }

    /// The equality by which the rows of a relation are found.
    fn join_key<'q>(
        &self,
        before: &[Item],
        item: &Item,
        from: &'q FromItem<'a>,
        select: &'q Select<'a>,
    ) -> Option<JoinKey<'q, 'a>> {
        let is_own = |expression: &Expression<'a>| match expression {
            Expression::Column { qualifier: Some(qualifier), name } => {
                **qualifier == item.alias && item.has(name)
            }
            Expression::Column { qualifier: None, name } => {
                item.has(name) && !before.iter().any(|it| it.has(name))
            }
            _ => false,
        };
        terms(&from.condition).chain(terms(&select.filter)).find_map(|term| {
            let Expression::Compare(left, Comparison::Equal, right) = term else { return None };
            let (column, other) = match (is_own(left), is_own(right)) {
                (true, false) => (&**left, &**right),
                (false, true) => (&**right, &**left),
                _ => return None,
            };
            let Expression::Column { name, .. } = column else { return None };
            // A literal takes the type of the column, which this does not heed.
            let is_literal = matches!(other, Expression::Text { .. });
            (is_of(other, before) && !is_literal).then_some(JoinKey { column: name, other })
        })
    }

    fn index(&self, source: &Source, column: &str) -> Index {
        let mut index = Index::default();
        for (at, part) in source.parts.iter().enumerate() {
            let value = self.item_value(&source.item, part, column).unwrap_or(Value::Unknown);
            match self.join_value(&value) {
                Some(value) => index.by_value.entry(value).or_default().push(at),
                None => index.others.push(at),
            }
        }
        index
    }

    /// A value in the form in which equal ones are equal; `None` where that is not known.
    fn join_value(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Object { object, .. } => Some(Value::object(object.clone())),
            Value::Text(text) if self.ignores_case() => Some(Value::text(text.to_lowercase())),
            Value::Text(_) | Value::Number(_) => Some(value.clone()),
            _ => None,
        }
    }
}

/// The rows of a relation by what they have in a column.
#[derive(Default)]
struct Index {
    by_value: HashMap<Value, Vec<usize>>,
    /// Those for which that is not known.
    others: Vec<usize>,
}

impl Index {
    fn candidates(&self, value: Option<Value>, all: &[usize]) -> Vec<usize> {
        let is_alike = |value: &Value| {
            let key = self.by_value.keys().next();
            key.is_none_or(|it| std::mem::discriminant(it) == std::mem::discriminant(value))
        };
        let Some(value) = value.filter(is_alike) else { return all.to_vec() };
        let mut found = self.by_value.get(&value).cloned().unwrap_or_default();
        found.extend(&self.others);
        found.sort_unstable();
        found
    }
}

/// What is joined by `AND`.
fn terms<'q, 'a>(
    condition: &'q Option<Expression<'a>>,
) -> impl Iterator<Item = &'q Expression<'a>> + use<'q, 'a> {
    let terms: &[Expression<'a>] = match condition {
        Some(Expression::And(terms)) => terms,
        Some(term) => std::slice::from_ref(term),
        None => &[],
    };
    terms.iter()
}

/// Whether all columns of an expression are of the relations before.
fn is_of(expression: &Expression<'_>, items: &[Item]) -> bool {
    match expression {
        Expression::Column { qualifier, name } => items.iter().any(|item| match qualifier {
            Some(qualifier) => **qualifier == item.alias && item.has(name),
            None => item.has(name),
        }),
        Expression::Exists(_) | Expression::Scalar(_) | Expression::ArrayQuery(_) => false,
        other => {
            let mut is_of_them = true;
            other.for_each_part(&mut |part| is_of_them &= is_of(part, items));
            is_of_them
        }
    }
}

fn alias_of<'q>(from: &'q FromItem<'_>) -> Option<&'q str> {
    match (&from.alias, &from.source) {
        (Some(alias), _) => Some(alias),
        (None, FromSource::Named(name)) => Some(&name.name),
        _ => None,
    }
}

fn listed_source(from: &FromItem<'_>, name: &str, relation: &Relation) -> Source {
    let alias = from.alias.as_deref().unwrap_or(name).to_owned();
    let columns = renamed(&relation.columns, &from.columns);
    Source {
        item: Item { alias, columns: Columns::Listed(columns) },
        parts: relation.rows.iter().cloned().map(Part::Listed).collect(),
        is_open: relation.is_open,
    }
}
