//! From drizzle's relations to plain ones.

use drift_model::{Relation, RelationKind};

use crate::drizzle::{CallSite, Column, DeclaredRelations, Join, RelationPart, table_of};
use crate::evaluate::Evaluator;
use crate::value::Value;

/// One side of a join.
#[derive(Default)]
struct Side<'a> {
    columns: Vec<&'a Column<'a>>,
    /// The columns of the junction table, each beside the one that it is joined with.
    junction: Vec<&'a Column<'a>>,
}

impl<'a> Evaluator<'a> {
    /// The relations whose columns are known, of all calls that were evaluated.
    pub(crate) fn relations(&mut self) -> Vec<Relation> {
        self.loads_nothing = true;
        let mut relations = Vec::new();
        for declared in std::mem::take(&mut self.declared_relations) {
            for join in self.joins(declared) {
                self.add_relations(&join, &mut relations);
            }
        }
        relations
    }

    /// What the callback returns: an object of relations, or of such objects by table.
    fn joins(&mut self, declared: DeclaredRelations<'a>) -> Vec<Join<'a>> {
        let DeclaredRelations { schema, callback, span } = declared;
        let is_by_table = schema.is_some();
        let helper = self.relation(RelationPart::Helper(schema));
        let site = CallSite { span, name: span, first_argument: None };
        let returned = self.call(&callback, vec![helper], site);
        let mut values: Vec<_> = self.entries(&returned).into_iter().map(|it| it.1).collect();
        if is_by_table {
            values = values.iter().flat_map(|it| self.entries(it)).map(|it| it.1).collect();
        }
        let joins = values.into_iter().filter_map(|value| match value {
            Value::Relation(RelationPart::Join(join)) => Some(join.clone()),
            _ => None,
        });
        joins.collect()
    }

    fn add_relations(&self, join: &Join<'a>, relations: &mut Vec<Relation>) {
        let (Some(from), Some(to)) = (side(&join.from), side(&join.to)) else { return };
        // With a junction table each side pairs with columns of that.
        let is_direct = from.junction.is_empty() && to.junction.is_empty();
        if is_direct && from.columns.len() != to.columns.len()
            || from.junction.is_empty() != to.junction.is_empty()
        {
            return;
        }
        let pairs = match (join.kind, from.junction.is_empty()) {
            (RelationKind::Many, true) => vec![(&to.columns, &from.columns, join.kind)],
            (_, true) => vec![(&from.columns, &to.columns, join.kind)],
            (_, false) => vec![
                (&from.junction, &from.columns, RelationKind::Through),
                (&to.junction, &to.columns, RelationKind::Through),
            ],
        };
        let made = pairs.into_iter().filter_map(|(referencing, referenced, kind)| {
            self.plain_relation(referencing, referenced, kind, join)
        });
        relations.extend(made);
    }

    fn plain_relation(
        &self,
        referencing: &[&'a Column<'a>],
        referenced: &[&'a Column<'a>],
        kind: RelationKind,
        join: &Join<'a>,
    ) -> Option<Relation> {
        let (referencing_table, referenced_table) = (table_of(referencing)?, table_of(referenced)?);
        let names =
            |columns: &[&'a Column<'a>]| columns.iter().map(|it| it.name.to_string()).collect();
        let is_read = self.is_of_dialect(referencing_table) && self.is_of_dialect(referenced_table);
        is_read.then_some(Relation {
            referencing_table: self
                .model_name(referencing_table, referencing_table.name.as_ref().ok()?),
            referencing_columns: names(referencing),
            referenced_table: self
                .model_name(referenced_table, referenced_table.name.as_ref().ok()?),
            referenced_columns: names(referenced),
            kind,
            has_condition: join.has_condition,
            span: join.span,
        })
    }
}

/// A column, an array of columns, or the same with junctions; `None` where one is something else.
fn side<'a>(value: &Value<'a>) -> Option<Side<'a>> {
    let mut side = Side::default();
    let mut add = |value: &Value<'a>| {
        match value {
            Value::Column(column) => side.columns.push(column),
            Value::Relation(RelationPart::Through(column, junction)) => {
                side.columns.push(column);
                side.junction.push(junction);
            }
            _ => return None,
        }
        Some(())
    };
    match value {
        Value::Array(array) => array.items.borrow().iter().try_for_each(&mut add)?,
        value => add(value)?,
    }
    let is_uniform = side.junction.is_empty() || side.junction.len() == side.columns.len();
    is_uniform.then_some(side)
}
