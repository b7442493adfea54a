//! Column builders: making them, and the methods chained to them.

use std::cell::RefCell;
use std::rc::Rc;

use drift_model::Dialect;
use swc_atoms::Atom;

use super::{
    BuilderState, CallSite, Column, ColumnBuilder, ColumnFactory, ColumnFactoryType, ColumnUnique,
    Reference, column_types,
};
use crate::DrizzleLine;
use crate::draft::ColumnDefault;
use crate::evaluate::Evaluator;
use crate::packages::Core;
use crate::value::{Unknown, Value};

impl<'a> Evaluator<'a> {
    /// A call of a builder function such as `integer`.
    pub(super) fn build_column(
        &mut self,
        core: Core,
        builder: &Atom,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let data_type = match core {
            Core::Dialect(Dialect::MySql) if *builder == *"mysqlEnum" => self.mysql_enum(arguments),
            Core::Dialect(dialect) => {
                let line = self.context.line;
                let config = arguments.iter().find(|it| !matches!(it, Value::String(_))).cloned();
                column_types::data_type(dialect, line, builder, &mut |key| match &config {
                    Some(config @ Value::Object(_)) => self.option(config, key, site.span),
                    Some(config @ (Value::Unknown(_) | Value::Either(_))) => config.clone(),
                    _ => Value::Undefined,
                })
            }
            Core::Other => None,
        };
        let unknown_name = self.unknown_name(arguments, site);
        self.column_builder(BuilderState {
            name: explicit_name(arguments),
            unknown_name,
            data_type,
            is_not_null: column_types::is_not_null(builder),
            ..BuilderState::default()
        })
    }

    /// `mysqlEnum("name", ["a", "b"])`, or the same with an object.
    fn mysql_enum(&mut self, arguments: &[Value<'a>]) -> Option<Atom> {
        match arguments.iter().find(|it| !matches!(it, Value::String(_)))? {
            Value::Array(values) => column_types::mysql_enum(values.items.borrow().iter().cloned()),
            values @ Value::Object(_) => {
                let values = self.entries(values).into_iter().map(|(_, value)| value);
                column_types::mysql_enum(values)
            }
            _ => None,
        }
    }

    /// A call of an enum or a custom type.
    pub(crate) fn build_factory_column(
        &mut self,
        factory: &'a ColumnFactory<'a>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let data_type = match &factory.data_type {
            ColumnFactoryType::Enum(name) => name.clone(),
            ColumnFactoryType::Custom(object) => {
                let function = self.option(&Value::Object(object), "dataType", site.span);
                let config = arguments.iter().find(|it| matches!(it, Value::Object(_))).cloned();
                let config = config.unwrap_or(Value::Undefined);
                let named = self.call(&function, vec![config], site);
                named.as_str().map(|it| Atom::from(it.to_lowercase().replace(", ", ",")))
            }
            ColumnFactoryType::Unknown => None,
        };
        let unknown_name = self.unknown_name(arguments, site);
        self.column_builder(BuilderState {
            name: explicit_name(arguments),
            unknown_name,
            data_type,
            ..BuilderState::default()
        })
    }

    /// Why the name that is given is not known, where that is so.
    fn unknown_name(&mut self, arguments: &[Value<'a>], site: CallSite) -> Option<&'a Unknown<'a>> {
        let reason = match arguments.first()? {
            Value::Unknown(unknown) => unknown.reason.as_str(),
            Value::Either(_) => "it depends on a condition that is not known",
            _ => return None,
        };
        let reason = format!("the name of this column is not known: {reason}");
        Some(self.arena.unknowns.alloc(Unknown::new(reason, site.span)))
    }

    /// What a call of something unknown may be: an unknown that serves as a column.
    pub(crate) fn unknown_call(
        &mut self,
        callee: &'a Unknown<'a>,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let state = BuilderState { name: explicit_name(arguments), ..BuilderState::default() };
        let column = self.arena.column_builders.alloc(ColumnBuilder::new(state));
        self.note_handed_over(arguments, site.span);
        let may_be_table = callee.may_be_table || arguments.iter().any(|it| self.holds_columns(it));
        Value::Unknown(self.arena.unknowns.alloc(Unknown {
            column: Some(column),
            may_be_table,
            ..Unknown::because_of(callee, site.span)
        }))
    }

    /// Whether an argument has columns in it, or code that declares foreign keys.
    fn holds_columns(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Object(object) => {
                object.properties.borrow().values().any(|it| match &it.value {
                    Value::ColumnBuilder(_) => true,
                    Value::Unknown(unknown) => unknown.column.is_some(),
                    _ => false,
                })
            }
            Value::Function(closure) => {
                let text = self.module(closure.scope.module).text_of(closure.code.span());
                text.contains(".references(") || text.contains("foreignKey(")
            }
            _ => false,
        }
    }

    pub(crate) fn column_builder(&mut self, state: BuilderState<'a>) -> Value<'a> {
        Value::ColumnBuilder(self.arena.column_builders.alloc(ColumnBuilder::new(state)))
    }

    /// A method of a column builder. All of them return the builder itself but for `array` in 0.x.
    pub(crate) fn column_method(
        &mut self,
        builder: &'a ColumnBuilder<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let mut shared = builder.state.borrow_mut();
        let state = Rc::make_mut(&mut shared);
        match method {
            "references" => {
                let config = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                state.references.push(Reference {
                    target: first,
                    config,
                    span: site.named_call(),
                    is_conditional: self.doubt.anywhere > 0,
                });
            }
            "array" if self.context.line == DrizzleLine::V0 => {
                let lost = state.lost_references.iter().chain(&state.references);
                let array = BuilderState {
                    lost_references: lost.cloned().collect(),
                    name: state.name.clone(),
                    unknown_name: state.unknown_name,
                    data_type: state.data_type.clone(),
                    is_array: true,
                    ..BuilderState::default()
                };
                drop(shared);
                return self.column_builder(array);
            }
            "array" => state.is_array = true,
            "notNull" | "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity" => {
                state.is_not_null = true;
            }
            "primaryKey" => {
                state.is_primary_key = true;
                state.is_not_null = true;
            }
            "unique" => {
                let name = match first {
                    Value::String(name) => Some(name),
                    _ => None,
                };
                let (first_table, span) = (Rc::default(), site.named_call());
                state.unique = Some(ColumnUnique { name, first_table, span });
            }
            "default" => state.default = self.default(&first, site),
            "defaultNow" => state.default = Some(ColumnDefault::Function("now()")),
            "defaultRandom" => state.default = Some(ColumnDefault::Function("gen_random_uuid()")),
            _ => {}
        }
        drop(shared);
        Value::ColumnBuilder(builder)
    }

    fn default(&self, value: &Value<'a>, site: CallSite) -> Option<ColumnDefault> {
        Some(match value {
            Value::Undefined => return None,
            Value::String(text) => ColumnDefault::Text(text.clone()),
            _ => match value.to_text() {
                Some(value) => ColumnDefault::Plain(value),
                None => {
                    let text = self.context.sources.snippet(site.first_argument?);
                    ColumnDefault::Written(sql_of(&text).unwrap_or(&text).into())
                }
            },
        })
    }

    /// A method of a column of a table.
    pub(crate) fn built_column_method(
        &mut self,
        column: &'a Column<'a>,
        method: &str,
        arguments: &[Value<'a>],
    ) -> Value<'a> {
        match method {
            "through" => self.through(column, arguments),
            "toBuilder" => {
                let mut state = BuilderState::clone(&column.state);
                state.references.clear();
                state.lost_references.clear();
                self.column_builder(state)
            }
            // `asc`, `desc`, `nullsFirst`, `op`: still this column to an index.
            _ => Value::Column(column),
        }
    }
}

/// What an expression `sql` with a template says, also where there are blanks, a type or a comment between
/// them.
fn sql_of(text: &str) -> Option<&str> {
    let (between, sql) = text.strip_prefix("sql")?.split_once('`')?;
    let is_tag = between.is_empty() || between.starts_with([' ', '\t', '\r', '\n', '<', '/']);
    sql.strip_suffix('`').filter(|_| is_tag)
}

/// The first argument, if it is a name. An empty string counts as none.
fn explicit_name(arguments: &[Value<'_>]) -> Atom {
    match arguments.first() {
        Some(Value::String(name)) => name.clone(),
        _ => Atom::default(),
    }
}

/// Gives the builder a name, unless it has one. The first table to do so wins.
///
/// Source: `setName` in drizzle-orm, `src/column-builder.ts`.
pub(super) fn set_name(builder: &RefCell<Rc<BuilderState<'_>>>, name: &Atom, is_key: bool) {
    let mut shared = builder.borrow_mut();
    if shared.name.is_empty() {
        let state = Rc::make_mut(&mut shared);
        state.name = name.clone();
        state.is_key_as_name = is_key;
    }
}
