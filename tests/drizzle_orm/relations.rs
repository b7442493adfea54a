//! Holds relations against what drizzle-orm reads.

use std::collections::BTreeSet;

use drift_model::{Relation, RelationKind, TableName};
use serde::Deserialize;

use super::comparison::{only_on_one_side, side};

/// What a relation joins.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Join {
    /// Whether it is one half of a join through a junction table, which `from` is.
    is_directed: bool,
    from: Side,
    to: Side,
}

#[derive(Debug, Deserialize)]
struct Side {
    namespace: Option<String>,
    table: String,
    columns: Vec<String>,
}

/// Everything that only one side joins. A relation and its reverse are one join.
pub(super) fn compare(theirs: &[Join], ours: &[Relation]) -> Vec<String> {
    let theirs: BTreeSet<String> = theirs.iter().map(Join::line).collect();
    let is_directed = |relation: &Relation| relation.kind == RelationKind::Through;
    let ours: BTreeSet<String> = ours
        .iter()
        .map(|it| {
            let from = end(&it.referencing_table, &it.referencing_columns);
            let to = end(&it.referenced_table, &it.referenced_columns);
            line(is_directed(it), from, to)
        })
        .collect();
    only_on_one_side(theirs.into_iter().collect(), ours.into_iter().collect())
}

impl Join {
    fn line(&self) -> String {
        line(self.is_directed, self.from.line(), self.to.line())
    }
}

impl Side {
    fn line(&self) -> String {
        let table = TableName { namespace: self.namespace.clone(), name: self.table.clone() };
        end(&table, &self.columns)
    }
}

fn end(table: &TableName, columns: &[String]) -> String {
    format!("{table}.{}", side(columns))
}

fn line(is_directed: bool, from: String, to: String) -> String {
    if is_directed {
        format!("relation {from} → {to}")
    } else {
        format!("relation {} = {}", (&from).min(&to), (&from).max(&to))
    }
}
