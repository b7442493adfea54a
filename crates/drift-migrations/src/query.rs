//! Queries and expressions of SQL, as plain data.

use std::borrow::Cow;

use crate::statement::{Name, QualifiedName};

/// A query: what `SELECT`, `VALUES` and `WITH` say.
#[derive(Debug, Default)]
pub(crate) struct Query<'a> {
    pub(crate) tables: Vec<CommonTable<'a>>,
    /// What `UNION` joins; with `ALL`, or at the first, duplicates stay.
    pub(crate) parts: Vec<(Select<'a>, bool)>,
    pub(crate) order_by: Vec<OrderKey<'a>>,
    pub(crate) limit: Option<Expression<'a>>,
    pub(crate) offset: Option<Expression<'a>>,
    /// Whether there is a part that was not understood.
    pub(crate) is_unknown: bool,
}

impl Query<'_> {
    /// A query that was not understood.
    pub(crate) fn unknown() -> Self {
        Self { is_unknown: true, ..Self::default() }
    }
}

/// `name (columns) AS (query)` behind `WITH`.
#[derive(Debug)]
pub(crate) struct CommonTable<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) query: Query<'a>,
}

/// `SELECT ... FROM ... WHERE ...`, or `VALUES`.
#[derive(Debug, Default)]
pub(crate) struct Select<'a> {
    pub(crate) is_distinct: bool,
    pub(crate) outputs: Vec<Output<'a>>,
    pub(crate) from: Vec<FromItem<'a>>,
    pub(crate) filter: Option<Expression<'a>>,
    pub(crate) group_by: Vec<Expression<'a>>,
    pub(crate) having: Option<Expression<'a>>,
    /// The rows of `VALUES`, instead of all that.
    pub(crate) values: Option<Vec<Vec<Expression<'a>>>>,
}

/// What a query returns in a column.
#[derive(Debug)]
pub(crate) enum Output<'a> {
    /// `*` or `t.*`.
    All(Option<Name<'a>>),
    Expression {
        value: Expression<'a>,
        alias: Option<Name<'a>>,
    },
}

/// A relation behind `FROM`.
#[derive(Debug)]
pub(crate) struct FromItem<'a> {
    pub(crate) source: FromSource<'a>,
    pub(crate) alias: Option<Name<'a>>,
    pub(crate) columns: Vec<Name<'a>>,
    /// Whether the rows before it stay where it has none.
    pub(crate) is_left_join: bool,
    pub(crate) condition: Option<Expression<'a>>,
    /// The columns of `USING`.
    pub(crate) using: Vec<Name<'a>>,
}

/// Where the rows of a relation come from.
#[derive(Debug)]
pub(crate) enum FromSource<'a> {
    Named(QualifiedName<'a>),
    Query {
        query: Box<Query<'a>>,
        is_lateral: bool,
    },
    /// `unnest(list) WITH ORDINALITY`.
    Call {
        call: Expression<'a>,
        has_ordinality: bool,
    },
}

/// A key of `ORDER BY`.
#[derive(Debug)]
pub(crate) struct OrderKey<'a> {
    pub(crate) value: Expression<'a>,
    pub(crate) is_descending: bool,
    pub(crate) nulls_first: Option<bool>,
}

/// A comparison of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What `LIKE` and its relatives hold a text against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternKind {
    Like,
    Regex,
}

/// What `IS` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Null,
    True,
    False,
}

/// An expression.
#[derive(Debug)]
pub(crate) enum Expression<'a> {
    /// A literal, and where it stands if its bytes can be read in place.
    Text {
        value: Cow<'a, str>,
        place: Option<(u32, u32)>,
    },
    Number(i64),
    Bool(bool),
    Null,
    /// A column, a variable, or a field of a record: `r.conname`.
    Column {
        qualifier: Option<Name<'a>>,
        name: Name<'a>,
    },
    Not(Box<Expression<'a>>),
    And(Vec<Expression<'a>>),
    Or(Vec<Expression<'a>>),
    Concatenation(Vec<Expression<'a>>),
    /// `a + b`, `a - b`, and so on.
    Arithmetic(Box<Expression<'a>>, u8, Box<Expression<'a>>),
    Compare(Box<Expression<'a>>, Comparison, Box<Expression<'a>>),
    /// `a = ANY (list)`, which `IN` is another way to write; `a <> ALL (list)`, as `NOT IN` is.
    Quantified {
        left: Box<Expression<'a>>,
        comparison: Comparison,
        is_all: bool,
        right: Box<Expression<'a>>,
    },
    Is {
        operand: Box<Expression<'a>>,
        test: Test,
        is_negated: bool,
    },
    /// `IS NOT DISTINCT FROM`.
    Same {
        left: Box<Expression<'a>>,
        right: Box<Expression<'a>>,
        is_negated: bool,
    },
    Matches {
        operand: Box<Expression<'a>>,
        pattern: Box<Expression<'a>>,
        kind: PatternKind,
        ignores_case: bool,
        is_negated: bool,
    },
    Between {
        operand: Box<Expression<'a>>,
        low: Box<Expression<'a>>,
        high: Box<Expression<'a>>,
        is_negated: bool,
    },
    Exists(Box<Query<'a>>),
    /// A query for one value.
    Scalar(Box<Query<'a>>),
    /// A query for a list, as in `ARRAY (SELECT ...)`.
    ArrayQuery(Box<Query<'a>>),
    Array(Vec<Expression<'a>>),
    /// `(a, b)`.
    Row(Vec<Expression<'a>>),
    Subscript(Box<Expression<'a>>, Box<Expression<'a>>),
    /// The type is in lower case and without its length.
    Cast {
        operand: Box<Expression<'a>>,
        data_type: String,
        is_array: bool,
    },
    Call(Box<Call<'a>>),
    Case {
        operand: Option<Box<Expression<'a>>>,
        branches: Vec<(Expression<'a>, Expression<'a>)>,
        otherwise: Option<Box<Expression<'a>>>,
    },
    /// What was not understood.
    Unknown,
}

/// A call of a function, in lower case and without its namespace.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Expression<'a>>,
    /// `count(*)`.
    pub(crate) is_star: bool,
    pub(crate) is_distinct: bool,
    pub(crate) order_by: Vec<OrderKey<'a>>,
    pub(crate) filter: Option<Expression<'a>>,
}

impl Call<'_> {
    /// Whether it makes one value of many rows.
    pub(crate) fn is_aggregate(&self) -> bool {
        const AGGREGATES: [&str; 17] = [
            "array_agg",
            "avg",
            "bit_and",
            "bit_or",
            "bool_and",
            "bool_or",
            "count",
            "every",
            "group_concat",
            "json_agg",
            "json_object_agg",
            "jsonb_agg",
            "jsonb_object_agg",
            "max",
            "min",
            "string_agg",
            "sum",
        ];
        AGGREGATES.binary_search(&self.name.as_str()).is_ok()
    }
}

impl<'a> Expression<'a> {
    /// Calls a function with each expression directly inside this one, but not with queries.
    pub(crate) fn for_each_part(&self, visit: &mut impl FnMut(&Expression<'a>)) {
        match self {
            Expression::Text { .. }
            | Expression::Number(_)
            | Expression::Bool(_)
            | Expression::Null
            | Expression::Column { .. }
            | Expression::Exists(_)
            | Expression::Scalar(_)
            | Expression::ArrayQuery(_)
            | Expression::Unknown => {}
            Expression::Not(part)
            | Expression::Is { operand: part, .. }
            | Expression::Cast { operand: part, .. } => visit(part),
            Expression::And(parts)
            | Expression::Or(parts)
            | Expression::Concatenation(parts)
            | Expression::Array(parts)
            | Expression::Row(parts) => parts.iter().for_each(visit),
            Expression::Arithmetic(left, _, right)
            | Expression::Compare(left, _, right)
            | Expression::Quantified { left, right, .. }
            | Expression::Same { left, right, .. }
            | Expression::Matches { operand: left, pattern: right, .. }
            | Expression::Subscript(left, right) => {
                visit(left);
                visit(right);
            }
            Expression::Between { operand, low, high, .. } => {
                [operand, low, high].into_iter().for_each(|it| visit(it));
            }
            Expression::Call(call) => {
                call.arguments.iter().for_each(&mut *visit);
                call.filter.iter().for_each(visit);
            }
            Expression::Case { operand, branches, otherwise } => {
                operand.iter().chain(otherwise).for_each(|it| visit(it));
                for (condition, value) in branches {
                    visit(condition);
                    visit(value);
                }
            }
        }
    }

    /// Whether a part of it makes one value of many rows.
    pub(crate) fn has_aggregate(&self) -> bool {
        if matches!(self, Expression::Call(call) if call.is_aggregate()) {
            return true;
        }
        let mut found = false;
        self.for_each_part(&mut |part| found |= part.has_aggregate());
        found
    }
}
