//! What `relations` and `defineRelations` declare.
//!
//! A call is noted down when it is evaluated. Its callback runs once the foreign keys are read, and
//! loads nothing: no table depends on it.

use drift_model::{RelationKind, Span};
use swc_atoms::Atom;

use super::{CallSite, Column, Table};
use crate::evaluate::Evaluator;
use crate::value::Value;

/// A call of `relations`, `defineRelations` or `defineRelationsPart`.
#[derive(Clone)]
pub(crate) struct DeclaredRelations<'a> {
    /// The tables by key; `None` in `relations`, whose callback takes the tables from its scope.
    pub(crate) schema: Option<Value<'a>>,
    pub(crate) callback: Value<'a>,
    pub(crate) span: Span,
}

/// What the callbacks of relations get and make.
pub(crate) enum RelationPart<'a> {
    /// The argument of the callback: `r.one`, `r.many` and, with a schema, `r.posts`.
    Helper(Option<Value<'a>>),
    /// `one` or `many`; with a schema, the table is still to be taken from it: `r.one.users`.
    Builder(RelationKind, Option<Value<'a>>),
    /// `r.users.id.through(r.members.userId)`
    Through(&'a Column<'a>, &'a Column<'a>),
    /// `one(users, { fields, references })` or `r.one.users({ from, to })`
    Join(Join<'a>),
}

/// A relation that was declared.
#[derive(Clone)]
pub(crate) struct Join<'a> {
    pub(crate) kind: RelationKind,
    /// `fields` or `from`: a column, or an array of columns.
    pub(crate) from: Value<'a>,
    /// `references` or `to`.
    pub(crate) to: Value<'a>,
    /// Whether there is a `where`.
    pub(crate) has_condition: bool,
    pub(crate) span: Span,
}

impl<'a> Evaluator<'a> {
    /// `relations(posts, callback)` or `defineRelations(schema, callback)`
    pub(super) fn declare_relations(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let argument = |position: usize| arguments.get(position).cloned();
        if let Some(callback @ Value::Function(_)) = argument(1) {
            let schema = if function == "relations" { None } else { argument(0) };
            let span = site.named_call();
            self.declared_relations.push(DeclaredRelations { schema, callback, span });
        }
        Value::Opaque
    }

    pub(crate) fn relation_property(
        &mut self,
        part: &'a RelationPart<'a>,
        key: &Atom,
        span: Span,
    ) -> Value<'a> {
        match (part, &**key) {
            (RelationPart::Helper(schema), "one") => {
                self.relation(RelationPart::Builder(RelationKind::One, schema.clone()))
            }
            (RelationPart::Helper(schema), "many") => {
                self.relation(RelationPart::Builder(RelationKind::Many, schema.clone()))
            }
            (RelationPart::Helper(Some(schema)), _) => self.property(schema, key, span),
            // Which table is joined is known by the columns.
            (RelationPart::Builder(..), _) => Value::Relation(part),
            _ => Value::Opaque,
        }
    }

    /// A call of `one`, of `many`, or of what `r.one.users` gives.
    pub(crate) fn join(
        &mut self,
        part: &'a RelationPart<'a>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let RelationPart::Builder(kind, schema) = part else { return Value::Opaque };
        let (config, from, to) = match schema {
            Some(_) => (arguments.first(), "from", "to"),
            None => (arguments.get(1), "fields", "references"),
        };
        let Some(config @ Value::Object(_)) = config else { return Value::Opaque };
        let join = Join {
            kind: *kind,
            from: self.option(config, from, site.span),
            to: self.option(config, to, site.span),
            has_condition: !matches!(self.option(config, "where", site.span), Value::Undefined),
            span: site.named_call(),
        };
        self.relation(RelationPart::Join(join))
    }

    /// `r.users.id.through(r.members.userId)`
    pub(super) fn through(&mut self, column: &'a Column<'a>, arguments: &[Value<'a>]) -> Value<'a> {
        match arguments.first() {
            Some(Value::Column(junction)) => self.relation(RelationPart::Through(column, junction)),
            _ => Value::Opaque,
        }
    }

    pub(crate) fn relation(&self, part: RelationPart<'a>) -> Value<'a> {
        Value::Relation(self.arena.relations.alloc(part))
    }
}

/// The table that all of some columns belong to.
pub(crate) fn table_of<'a>(columns: &[&'a Column<'a>]) -> Option<&'a Table<'a>> {
    let table: &'a Table<'a> = columns.first()?.table.get()?;
    let is_shared =
        |column: &&'a Column<'a>| column.table.get().is_some_and(|it| std::ptr::eq(*it, table));
    columns.iter().all(is_shared).then_some(table)
}
