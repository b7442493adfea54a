//! Evaluates queries. Of the database itself only the system catalogs are known: a query that reads
//! other tables may return more rows than it does here, and is open.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::evaluate_expression::{Evaluator, Scope};
use crate::evaluate_join::Joined;
use crate::functions::join_texts;
use crate::query::{Call, CommonTable, Expression, OrderKey, Output, Query, Select};
use crate::refusal::Outcome;
use crate::system_catalog::{self, SystemRow, SystemTable};
use crate::value::{Value, join, order};

/// How many rows a query may come to before the rest is not known.
pub(crate) const ROW_LIMIT: usize = 100_000;

/// What a query returns.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) columns: Rc<[String]>,
    pub(crate) rows: Vec<Rc<[Value]>>,
    /// Whether there may be more rows.
    pub(crate) is_open: bool,
}

impl Relation {
    /// Rows of which nothing is known.
    pub(crate) fn unknown() -> Self {
        Self { columns: Rc::from([]), rows: Vec::new(), is_open: true }
    }

    /// What the rows have in the first column.
    pub(crate) fn first_column(&self) -> Vec<Value> {
        self.rows.iter().map(|row| row.first().cloned().unwrap_or(Value::Null)).collect()
    }
}

/// The tables of `WITH`, the innermost first.
pub(crate) struct Tables<'f> {
    name: &'f str,
    relation: &'f Relation,
    outer: Option<&'f Tables<'f>>,
}

impl<'f> Tables<'f> {
    /// The rows of a table of `WITH`.
    pub(crate) fn find(tables: Option<&'f Tables<'f>>, name: &str) -> Option<&'f Relation> {
        let mut next = tables;
        while let Some(table) = next {
            if table.name == name {
                return Some(table.relation);
            }
            next = table.outer;
        }
        None
    }
}

/// A relation behind `FROM`, as names are looked up in it.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) alias: String,
    pub(crate) columns: Columns,
}

/// The columns of a relation.
#[derive(Debug)]
pub(crate) enum Columns {
    System(SystemTable),
    Listed(Rc<[String]>),
}

impl Item {
    /// Whether it has a column.
    pub(crate) fn has(&self, name: &str) -> bool {
        match &self.columns {
            Columns::System(table) => table.columns().contains(&name),
            Columns::Listed(columns) => columns.iter().any(|it| it == name),
        }
    }

    fn names(&self) -> Vec<&str> {
        match &self.columns {
            Columns::System(table) => table.columns().to_vec(),
            Columns::Listed(columns) => columns.iter().map(|it| &**it).collect(),
        }
    }
}

/// What one relation contributes to a row.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    System(SystemRow),
    Listed(Rc<[Value]>),
    /// What a left join puts where there is no row.
    Missing,
}

/// The row at hand, and those around the query.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'f> {
    pub(crate) items: &'f [Item],
    pub(crate) row: &'f [Part],
    /// What aggregates make a value of.
    pub(crate) group: Option<&'f Group>,
    pub(crate) outer: Option<&'f Frame<'f>>,
}

/// Rows that become one.
pub(crate) struct Group {
    rows: Vec<Vec<Part>>,
    is_open: bool,
}

/// Keys to sort by, and a row.
type Sortable = (Vec<Value>, Rc<[Value]>);

impl<'a> Evaluator<'_, 'a> {
    /// The rows that a query returns.
    pub(crate) fn query(&self, query: &Query<'a>, scope: Scope<'_>) -> Outcome<Relation> {
        if query.is_unknown || !self.spend() {
            return Ok(Relation::unknown());
        }
        self.with_tables(&query.tables, query, scope)
    }

    fn with_tables(
        &self,
        tables: &[CommonTable<'a>],
        query: &Query<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Relation> {
        let Some((first, rest)) = tables.split_first() else { return self.body(query, scope) };
        let mut relation = self.query(&first.query, scope)?;
        relation.columns = renamed(&relation.columns, &first.columns);
        let tables = Tables { name: &first.name, relation: &relation, outer: scope.tables };
        self.with_tables(rest, query, Scope { tables: Some(&tables), ..scope })
    }

    fn body(&self, query: &Query<'a>, scope: Scope<'_>) -> Outcome<Relation> {
        let Some(((first, _), others)) = query.parts.split_first() else {
            return Ok(Relation::unknown());
        };
        let keys = if others.is_empty() { &query.order_by[..] } else { &[] };
        let mut relation = self.select(first, keys, scope)?;
        for (part, keeps_duplicates) in others {
            let more = self.select(part, &[], scope)?;
            relation.rows.extend(more.rows);
            relation.is_open |= more.is_open;
            if !keeps_duplicates {
                remove_duplicates(&mut relation);
            }
        }
        if !others.is_empty() && !query.order_by.is_empty() {
            sort_by_outputs(&mut relation, &query.order_by);
        }
        self.limit(&mut relation, query, scope)?;
        Ok(relation)
    }

    fn limit(&self, relation: &mut Relation, query: &Query<'a>, scope: Scope<'_>) -> Outcome {
        let bounds = [(&query.offset, true), (&query.limit, false)];
        for (bound, is_offset) in bounds {
            let Some(bound) = bound else { continue };
            let Value::Number(count) = self.value(bound, scope)? else {
                *relation = Relation { rows: Vec::new(), is_open: true, ..relation.clone() };
                continue;
            };
            let count = usize::try_from(count).unwrap_or(0).min(relation.rows.len());
            if query.order_by.is_empty() && count < relation.rows.len() {
                // How many rows are left is known, but not which.
                let rest = if is_offset { relation.rows.len() - count } else { count };
                let unknown = vec![Value::Unknown; relation.columns.len()];
                relation.rows = vec![Rc::from(unknown); rest];
            } else if is_offset {
                relation.rows.drain(..count);
            } else {
                relation.rows.truncate(count);
            }
        }
        Ok(())
    }

    fn select(
        &self,
        select: &Select<'a>,
        keys: &[OrderKey<'a>],
        scope: Scope<'_>,
    ) -> Outcome<Relation> {
        if let Some(rows) = &select.values {
            return self.listed(rows, keys, scope);
        }
        let mut joined = self.joined_rows(select, scope)?;
        self.filter(&mut joined, select, scope)?;
        let is_grouped = !select.group_by.is_empty()
            || select.having.is_some()
            || select.outputs.iter().any(has_aggregate);
        let groups = match is_grouped {
            true => self.groups(&joined, select, scope)?,
            false => Vec::new(),
        };
        // Without a key there is one group, whatever is in it.
        let mut is_open = joined.is_open && (!is_grouped || !select.group_by.is_empty());
        let columns = output_names(select, &joined.items);
        let mut rows: Vec<Sortable> = Vec::new();
        let empty: Vec<Part> = joined.items.iter().map(|_| Part::Missing).collect();
        let sources: Vec<(&[Part], Option<&Group>)> = match is_grouped {
            true => groups
                .iter()
                .map(|group| (group.rows.first().map_or(&empty[..], |it| it), Some(group)))
                .collect(),
            false => joined.rows.iter().map(|row| (&row[..], None)).collect(),
        };
        for (row, group) in sources {
            let frame = Frame { items: &joined.items, row, group, outer: scope.frame };
            let scope = Scope { frame: Some(&frame), ..scope };
            if let Some(having) = &select.having {
                match self.value(having, scope)?.truth() {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        is_open = true;
                        continue;
                    }
                }
            }
            is_open |= !self.add_outputs(select, keys, scope, &columns, &mut rows)?;
        }
        let mut relation = sorted(columns, rows, keys, is_open);
        if select.is_distinct {
            remove_duplicates(&mut relation);
        }
        Ok(relation)
    }

    /// `VALUES`.
    fn listed(
        &self,
        rows: &[Vec<Expression<'a>>],
        keys: &[OrderKey<'a>],
        scope: Scope<'_>,
    ) -> Outcome<Relation> {
        let count = rows.first().map_or(0, Vec::len);
        let columns: Rc<[String]> = (1..=count).map(|at| format!("column{at}")).collect();
        let mut relation = Relation { columns, rows: Vec::new(), is_open: false };
        for row in rows {
            let values: Outcome<Vec<Value>> = row.iter().map(|it| self.value(it, scope)).collect();
            relation.rows.push(Rc::from(values?));
        }
        sort_by_outputs(&mut relation, keys);
        Ok(relation)
    }

    /// Leaves the rows for which `WHERE` holds.
    fn filter(&self, joined: &mut Joined, select: &Select<'a>, scope: Scope<'_>) -> Outcome {
        let mut kept = Vec::new();
        for row in std::mem::take(&mut joined.rows) {
            let frame = Frame { items: &joined.items, row: &row, group: None, outer: scope.frame };
            let scope = Scope { frame: Some(&frame), ..scope };
            let holds = match &select.filter {
                Some(filter) => self.value(filter, scope)?.truth(),
                None => Some(true),
            };
            let stands_for_others = row.iter().any(|it| matches!(it, Part::System(SystemRow::Own)));
            match holds {
                Some(false) => {}
                Some(true) if !stands_for_others => kept.push(row),
                _ => joined.is_open = true,
            }
        }
        joined.rows = kept;
        if matches!(&select.filter, Some(Expression::Bool(false))) {
            joined.is_open = false;
        }
        Ok(())
    }

    fn groups(
        &self,
        joined: &Joined,
        select: &Select<'a>,
        scope: Scope<'_>,
    ) -> Outcome<Vec<Group>> {
        let is_open = joined.is_open;
        if select.group_by.is_empty() {
            return Ok(vec![Group { rows: joined.rows.clone(), is_open }]);
        }
        let mut groups: Vec<Group> = Vec::new();
        let mut positions: HashMap<Vec<Value>, usize> = HashMap::new();
        for row in &joined.rows {
            let frame = Frame { items: &joined.items, row, group: None, outer: scope.frame };
            let scope = Scope { frame: Some(&frame), ..scope };
            let key = select.group_by.iter().map(|key| match output_of(key, select) {
                Some(output) => self.value(output, scope),
                None => self.value(key, scope),
            });
            let key = key.collect::<Outcome<Vec<Value>>>()?;
            let has_unknown = key.iter().any(Value::is_unknown);
            let next = groups.len();
            let at = *positions.entry(key).or_insert(next);
            if at == next {
                groups.push(Group { rows: Vec::new(), is_open });
            }
            groups[at].rows.push(row.clone());
            groups[at].is_open |= has_unknown;
        }
        Ok(groups)
    }

    /// Adds what a row returns: one row, or one for each item of a list that is unnested. Whether
    /// that is known.
    fn add_outputs(
        &self,
        select: &Select<'a>,
        keys: &[OrderKey<'a>],
        scope: Scope<'_>,
        columns: &[String],
        rows: &mut Vec<Sortable>,
    ) -> Outcome<bool> {
        if rows.len() >= ROW_LIMIT {
            return Ok(false);
        }
        let mut values = Vec::with_capacity(columns.len());
        let mut unnested = None;
        for output in &select.outputs {
            match output {
                Output::All(alias) => self.add_all(alias.as_deref(), scope, &mut values),
                Output::Expression { value: Expression::Call(call), .. }
                    if is_set_returning(call) =>
                {
                    if unnested.is_some() {
                        return Ok(false);
                    }
                    let Some(items) = self.set(call, scope)? else { return Ok(false) };
                    unnested = Some((values.len(), items));
                    values.push(Value::Null);
                }
                Output::Expression { value, .. } => values.push(self.value(value, scope)?),
            }
        }
        let Some((at, items)) = unnested else {
            let keys = self.sort_keys(keys, &values, columns, scope)?;
            rows.push((keys, Rc::from(values)));
            return Ok(true);
        };
        for item in items {
            values[at] = item;
            let keys = self.sort_keys(keys, &values, columns, scope)?;
            rows.push((keys, Rc::from(values.as_slice())));
        }
        Ok(true)
    }

    /// `*` or `t.*`.
    fn add_all(&self, alias: Option<&str>, scope: Scope<'_>, values: &mut Vec<Value>) {
        let Some(frame) = scope.frame else { return };
        for (item, part) in frame.items.iter().zip(frame.row) {
            if alias.is_some_and(|alias| alias != item.alias) {
                continue;
            }
            let names = item.names();
            values.extend(
                names
                    .iter()
                    .map(|name| self.item_value(item, part, name).unwrap_or(Value::Unknown)),
            );
        }
    }

    fn sort_keys(
        &self,
        keys: &[OrderKey<'a>],
        values: &[Value],
        columns: &[String],
        scope: Scope<'_>,
    ) -> Outcome<Vec<Value>> {
        let key = |key: &OrderKey<'a>| match output_position(&key.value, columns) {
            Some(at) => Ok(values.get(at).cloned().unwrap_or(Value::Unknown)),
            None => self.value(&key.value, scope),
        };
        keys.iter().map(key).collect()
    }

    /// What a function returns that returns rows; `None` if that is not known.
    pub(crate) fn set(&self, call: &Call<'a>, scope: Scope<'_>) -> Outcome<Option<Vec<Value>>> {
        let values = call.arguments.iter().map(|it| self.value(it, scope));
        let values = values.collect::<Outcome<Vec<Value>>>()?;
        Ok(match (call.name.as_str(), values.as_slice()) {
            ("unnest", [Value::List(items)]) => Some(items.to_vec()),
            ("unnest", [Value::Null]) => Some(Vec::new()),
            ("generate_series", [Value::Number(first), Value::Number(last)]) => {
                let count = last.saturating_sub(*first).saturating_add(1).max(0);
                let is_short = usize::try_from(count).is_ok_and(|it| it <= ROW_LIMIT);
                is_short.then(|| (*first..=*last).map(Value::Number).collect())
            }
            ("generate_subscripts", [Value::List(items), Value::Number(1)]) => {
                Some((1..).take(items.len()).map(Value::Number).collect())
            }
            _ => None,
        })
    }

    /// The value of a column of the rows at hand, the innermost first.
    pub(crate) fn find(
        &self,
        frame: &Frame<'_>,
        qualifier: Option<&crate::statement::Name<'a>>,
        name: &str,
    ) -> Option<Value> {
        let mut next = Some(frame);
        while let Some(frame) = next {
            let mut items = frame.items.iter().zip(frame.row);
            let found = items.find_map(|(item, part)| {
                let is_meant = qualifier.is_none_or(|it| **it == item.alias);
                is_meant.then(|| self.item_value(item, part, name)).flatten()
            });
            if found.is_some() {
                return found;
            }
            next = frame.outer;
        }
        None
    }

    /// The value of a column of one relation.
    pub(crate) fn item_value(&self, item: &Item, part: &Part, name: &str) -> Option<Value> {
        let folded;
        let name = match self.ignores_case() {
            true => {
                folded = name.to_ascii_lowercase();
                &*folded
            }
            false => name,
        };
        match (&item.columns, part) {
            _ if !item.has(name) => None,
            (_, Part::Missing) => Some(Value::Null),
            (Columns::System(table), Part::System(row)) => {
                Some(system_catalog::value(self.state, *table, row, name))
            }
            (Columns::Listed(columns), Part::Listed(values)) => {
                let at = columns.iter().position(|it| it == name)?;
                Some(values.get(at).cloned().unwrap_or(Value::Null))
            }
            _ => Some(Value::Unknown),
        }
    }

    /// A value made of the rows of a group.
    pub(crate) fn aggregate(&self, call: &Call<'a>, scope: Scope<'_>) -> Outcome<Value> {
        let Some((frame, group)) = scope.frame.and_then(|it| Some((it, it.group?))) else {
            return Ok(Value::Unknown);
        };
        let mut inputs: Vec<Sortable> = Vec::new();
        let mut is_open = group.is_open;
        for row in &group.rows {
            let frame = Frame { row, group: None, ..*frame };
            let scope = Scope { frame: Some(&frame), ..scope };
            if let Some(filter) = &call.filter {
                let holds = self.value(filter, scope)?.truth();
                is_open |= holds.is_none();
                if holds != Some(true) {
                    continue;
                }
            }
            let values = call.arguments.iter().map(|it| self.value(it, scope));
            let values = values.collect::<Outcome<Vec<Value>>>()?;
            inputs.push((self.sort_keys(&call.order_by, &[], &[], scope)?, Rc::from(values)));
        }
        if is_open {
            return Ok(Value::Unknown);
        }
        let mut relation = sorted(Rc::from([]), inputs, &call.order_by, false);
        if call.is_distinct {
            remove_duplicates(&mut relation);
        }
        Ok(if relation.is_open { Value::Unknown } else { self.summary(call, &relation) })
    }

    fn summary(&self, call: &Call<'a>, inputs: &Relation) -> Value {
        let values = inputs.first_column();
        let known = || values.iter().filter(|it| **it != Value::Null);
        if call.is_star {
            return i64::try_from(values.len()).map_or(Value::Unknown, Value::Number);
        }
        if known().any(Value::is_unknown) && call.name != "array_agg" {
            return Value::Unknown;
        }
        match call.name.as_str() {
            "count" => i64::try_from(known().count()).map_or(Value::Unknown, Value::Number),
            _ if values.is_empty() => Value::Null,
            "array_agg" => Value::list(values),
            "string_agg" | "group_concat" => {
                let texts: Vec<Value> = known().map(|it| self.text(it)).collect();
                let separator = inputs.rows.first().and_then(|row| row.get(1).cloned());
                match separator.or((call.name == "group_concat").then(|| Value::text(","))) {
                    Some(Value::Text(_)) if texts.is_empty() => Value::Null,
                    Some(Value::Text(separator)) => join_texts(&separator, texts.iter()),
                    _ => Value::Unknown,
                }
            }
            "bool_and" | "every" => join(known().cloned(), false),
            "bool_or" => join(known().cloned(), true),
            "min" | "max" => extreme(known(), call.name == "max"),
            _ => Value::Unknown,
        }
    }
}

/// The least or greatest value.
fn extreme<'v>(values: impl Iterator<Item = &'v Value>, is_greatest: bool) -> Value {
    let mut found: Option<&Value> = None;
    for value in values {
        let Some(best) = found else {
            found = Some(value);
            continue;
        };
        let Some(order) = order(value, best, false) else { return Value::Unknown };
        if order.is_gt() == is_greatest && order.is_ne() {
            found = Some(value);
        }
    }
    found.cloned().unwrap_or(Value::Null)
}

fn has_aggregate(output: &Output<'_>) -> bool {
    matches!(output, Output::Expression { value, .. } if value.has_aggregate())
}

/// Whether a function returns rows rather than a value.
pub(crate) fn is_set_returning(call: &Call<'_>) -> bool {
    const FUNCTIONS: [&str; 7] = [
        "unnest",
        "generate_series",
        "generate_subscripts",
        "regexp_split_to_table",
        "string_to_table",
        "json_array_elements",
        "jsonb_array_elements",
    ];
    FUNCTIONS.contains(&call.name.as_str())
}

/// Columns with other names for the first of them.
pub(crate) fn renamed(
    columns: &Rc<[String]>,
    names: &[crate::statement::Name<'_>],
) -> Rc<[String]> {
    if names.is_empty() {
        return columns.clone();
    }
    let names = names.iter().map(|it| it.to_string());
    let rest = columns.iter().skip(names.len()).cloned();
    names.chain(rest).collect()
}

/// What `GROUP BY 1` or `GROUP BY name` means, where that is an output.
fn output_of<'s, 'a>(key: &Expression<'a>, select: &'s Select<'a>) -> Option<&'s Expression<'a>> {
    let Expression::Number(nth) = key else { return None };
    match select.outputs.get(usize::try_from(nth - 1).ok()?)? {
        Output::Expression { value, .. } => Some(value),
        Output::All(_) => None,
    }
}

/// The position of the output that a key of `ORDER BY` means.
fn output_position(key: &Expression<'_>, columns: &[String]) -> Option<usize> {
    match key {
        Expression::Number(nth) => usize::try_from(nth - 1).ok(),
        Expression::Column { qualifier: None, name } => {
            columns.iter().position(|column| *column == **name)
        }
        _ => None,
    }
}

fn output_names(select: &Select<'_>, items: &[Item]) -> Rc<[String]> {
    let mut names = Vec::new();
    for output in &select.outputs {
        match output {
            Output::All(alias) => {
                let meant = items
                    .iter()
                    .filter(|it| alias.as_ref().is_none_or(|alias| **alias == it.alias));
                names.extend(meant.flat_map(|it| it.names()).map(str::to_owned));
            }
            Output::Expression { alias: Some(alias), .. } => names.push(alias.to_string()),
            Output::Expression { value, .. } => names.push(output_name(value)),
        }
    }
    Rc::from(names)
}

/// What a column is called that has no name.
///
/// Source: `FigureColname` in PostgreSQL, `src/backend/parser/parse_target.c`.
fn output_name(value: &Expression<'_>) -> String {
    match value {
        Expression::Column { name, .. } => name.to_string(),
        Expression::Call(call) => call.name.clone(),
        Expression::Subscript(list, _) => output_name(list),
        Expression::Cast { operand, data_type, .. } => match &**operand {
            Expression::Column { .. } | Expression::Call(_) | Expression::Cast { .. } => {
                output_name(operand)
            }
            _ => data_type.clone(),
        },
        Expression::Case { .. } => "case".to_owned(),
        Expression::Exists(_) => "exists".to_owned(),
        Expression::Array(_) | Expression::ArrayQuery(_) => "array".to_owned(),
        Expression::Bool(_) => "bool".to_owned(),
        _ => "?column?".to_owned(),
    }
}

fn sort_by_outputs(relation: &mut Relation, keys: &[OrderKey<'_>]) {
    if keys.is_empty() {
        return;
    }
    let positions: Vec<Option<usize>> =
        keys.iter().map(|key| output_position(&key.value, &relation.columns)).collect();
    let rows = std::mem::take(&mut relation.rows).into_iter().map(|row| {
        let key = |at: &Option<usize>| at.and_then(|at| row.get(at).cloned());
        (positions.iter().map(|at| key(at).unwrap_or(Value::Unknown)).collect(), row)
    });
    *relation = sorted(relation.columns.clone(), rows.collect(), keys, relation.is_open);
}

/// Rows in order. Where a key is not known the order is not, and neither is what comes of it.
fn sorted(
    columns: Rc<[String]>,
    mut rows: Vec<Sortable>,
    keys: &[OrderKey<'_>],
    is_open: bool,
) -> Relation {
    let has_unknown = rows.len() > 1 && rows.iter().any(|row| row.0.iter().any(Value::is_unknown));
    if !keys.is_empty() {
        rows.sort_by(|left, right| {
            let pairs = keys.iter().zip(left.0.iter().zip(&right.0));
            let mut orders = pairs.map(|(key, (left, right))| sort_order(key, left, right));
            orders.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
    }
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Relation { columns, rows, is_open: is_open || has_unknown }
}

fn sort_order(key: &OrderKey<'_>, left: &Value, right: &Value) -> std::cmp::Ordering {
    let nulls_first = key.nulls_first.unwrap_or(key.is_descending);
    let is_null = |value: &Value| (*value == Value::Null) != nulls_first;
    if *left == Value::Null || *right == Value::Null {
        return is_null(left).cmp(&is_null(right));
    }
    if key.is_descending { right.cmp(left) } else { left.cmp(right) }
}

fn remove_duplicates(relation: &mut Relation) {
    relation.is_open |= relation.rows.iter().any(|row| row.iter().any(Value::is_unknown));
    let mut seen = HashSet::new();
    relation.rows.retain(|row| seen.insert(row.clone()));
}
