//! Items of a table's extras.

use std::cell::RefCell;

use super::{ActionCall, CallSite, Constraint, ForeignKeyBuilder, IndexBuilder, KeyBuilder};
use crate::evaluate::Evaluator;
use crate::value::Value;

impl<'a> Evaluator<'a> {
    /// `foreignKey`, `primaryKey`, `unique`, `index` or `uniqueIndex`; `None` for other names.
    pub(super) fn build_constraint(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let span = site.named_call();
        let name = || match arguments.first() {
            Some(Value::String(name)) if !name.is_empty() => Some(name.clone()),
            _ => None,
        };
        let constraint = match function {
            "foreignKey" => Constraint::ForeignKey(RefCell::new(ForeignKeyBuilder {
                config: arguments.first().cloned().unwrap_or(Value::Undefined),
                on_delete: None,
                on_update: None,
                span,
            })),
            "primaryKey" => Constraint::PrimaryKey(self.primary_key(arguments, site)),
            "unique" => {
                let (name, columns) = (name(), Vec::new());
                Constraint::Unique(RefCell::new(KeyBuilder { name, columns, span }))
            }
            "index" | "uniqueIndex" => Constraint::Index(RefCell::new(IndexBuilder {
                name: name(),
                columns: Vec::new(),
                is_unique: function == "uniqueIndex",
                is_partial: false,
                span,
            })),
            _ => return None,
        };
        Some(Value::Constraint(self.arena.constraints.alloc(constraint)))
    }

    /// `primaryKey({ columns, name })`, or `primaryKey(a, b)` of old.
    fn primary_key(&mut self, arguments: &[Value<'a>], site: CallSite) -> KeyBuilder<'a> {
        let span = site.named_call();
        let Some(config @ Value::Object(_)) = arguments.first() else {
            return KeyBuilder { name: None, columns: arguments.to_vec(), span };
        };
        let name = match self.option(config, "name", span) {
            Value::String(name) => Some(name),
            _ => None,
        };
        let columns = match self.option(config, "columns", span) {
            Value::Array(columns) => columns.items.borrow().clone(),
            other => vec![other],
        };
        KeyBuilder { name, columns, span }
    }

    /// A method of a constraint; all of them return the constraint itself.
    pub(crate) fn constraint_method(
        &mut self,
        constraint: &'a Constraint<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        match constraint {
            Constraint::ForeignKey(builder) => {
                let mut builder = builder.borrow_mut();
                builder.span = builder.span.to(site.named_call());
                let call = ActionCall {
                    action: arguments.first().cloned().unwrap_or(Value::Undefined),
                    span: site.named_call(),
                };
                let place = match method {
                    "onDelete" => &mut builder.on_delete,
                    "onUpdate" => &mut builder.on_update,
                    _ => return Value::Constraint(constraint),
                };
                *place = Some(match place.take() {
                    _ if self.doubt.anywhere == 0 => call,
                    before => {
                        let before = before.map_or(Value::Undefined, |it| it.action);
                        ActionCall { action: self.either(call.action, before, call.span), ..call }
                    }
                });
            }
            Constraint::PrimaryKey(_) => {}
            Constraint::Unique(builder) => {
                let mut builder = builder.borrow_mut();
                builder.span = builder.span.to(site.named_call());
                if method == "on" {
                    builder.columns = arguments.to_vec();
                }
            }
            Constraint::Index(builder) => {
                let mut builder = builder.borrow_mut();
                builder.span = builder.span.to(site.named_call());
                match method {
                    "on" | "onOnly" => builder.columns = arguments.to_vec(),
                    // Early versions took the method after `.on(..)`, without columns.
                    "using" if arguments.len() > 1 => builder.columns = arguments[1..].to_vec(),
                    "where" => builder.is_partial = true,
                    _ => {}
                }
            }
        }
        Value::Constraint(constraint)
    }
}
