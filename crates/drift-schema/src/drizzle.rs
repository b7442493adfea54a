//! What drizzle-orm's objects are to a reader of foreign keys.

mod calls;
mod column_types;
mod columns;
mod constraints;
mod ready_made;
mod relations;
mod tables;

pub(crate) use self::calls::CoreKind;
pub(crate) use self::relations::{DeclaredRelations, Join, RelationPart, table_of};
pub(crate) use self::tables::unresolved;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use drift_model::{Span, Unresolved};
use smallvec::SmallVec;
use swc_atoms::Atom;

use crate::Casing;
use crate::draft::{Actions, ColumnDefault};
use crate::packages::Core;
use crate::small_map::SmallMap;
use crate::value::{Object, Unknown, Value};

/// Makes tables: what a table creator, a schema or a casing gives.
pub(crate) struct TableFactory<'a> {
    pub(crate) core: Core,
    pub(crate) namespace: Option<Value<'a>>,
    /// Maps the names of tables.
    pub(crate) name_function: Option<Value<'a>>,
    pub(crate) casing: Option<Casing>,
    /// Whether it is an object with the method `table` rather than a function.
    pub(crate) is_object: bool,
}

/// Makes columns of one type: an enum or a custom type.
pub(crate) struct ColumnFactory<'a> {
    pub(crate) data_type: ColumnFactoryType<'a>,
}

/// How a column factory names its type.
pub(crate) enum ColumnFactoryType<'a> {
    Enum(Option<Atom>),
    /// The argument of `customType`, whose `dataType` gives the name.
    Custom(&'a Object<'a>),
    Unknown,
}

/// A column before it belongs to a table. It is mutable, and may end in several tables.
pub(crate) struct ColumnBuilder<'a> {
    /// Shared with the columns that were built with it, until it changes.
    pub(crate) state: RefCell<Rc<BuilderState<'a>>>,
}

/// The state of a [`ColumnBuilder`].
#[derive(Clone, Default)]
pub(crate) struct BuilderState<'a> {
    /// Empty until the first table gives it the key as its name.
    pub(crate) name: Atom,
    /// Why the name is not known, where one is given and is not.
    pub(crate) unknown_name: Option<&'a Unknown<'a>>,
    pub(crate) is_key_as_name: bool,
    pub(crate) data_type: Option<Atom>,
    pub(crate) is_array: bool,
    pub(crate) is_not_null: bool,
    pub(crate) is_primary_key: bool,
    pub(crate) unique: Option<ColumnUnique>,
    pub(crate) default: Option<ColumnDefault>,
    pub(crate) references: Vec<Reference<'a>>,
    /// Those that stood before `.array()` in 0.x.
    pub(crate) lost_references: Vec<Reference<'a>>,
}

/// `.unique(name)` of a column.
#[derive(Clone)]
pub(crate) struct ColumnUnique {
    pub(crate) name: Option<Atom>,
    /// The first table that was made with the builder, which 0.x names the constraint after.
    pub(crate) first_table: Rc<OnceCell<Atom>>,
    pub(crate) span: Span,
}

/// `.references(target, config)` of a column.
#[derive(Clone)]
pub(crate) struct Reference<'a> {
    /// A function that gives the referenced column.
    pub(crate) target: Value<'a>,
    pub(crate) config: Value<'a>,
    pub(crate) span: Span,
    /// Whether the column exists under a condition that is not known.
    pub(crate) is_conditional: bool,
}

/// A [`Reference`] of a column that belongs to a table.
pub(crate) struct TableReference<'a> {
    pub(crate) column: &'a Column<'a>,
    pub(crate) target: Value<'a>,
    /// As they are when the table is made; several where a condition is not known.
    pub(crate) options: SmallVec<[ReferenceOptions; 1]>,
    pub(crate) span: Span,
    pub(crate) is_conditional: bool,
}

/// The second argument of `references`.
pub(crate) struct ReferenceOptions {
    /// On delete, and on update.
    pub(crate) actions: Result<(Actions, Actions), Unresolved>,
    pub(crate) name: Option<Atom>,
}

/// A table.
pub(crate) struct Table<'a> {
    pub(crate) core: Core,
    /// As the database has it, or why it is not known.
    pub(crate) name: Result<Atom, &'a Unknown<'a>>,
    pub(crate) namespace: Option<Atom>,
    /// By key, in order.
    pub(crate) columns: SmallMap<&'a Column<'a>>,
    /// In the order of columns and calls.
    pub(crate) references: Vec<TableReference<'a>>,
    /// Those that drizzle forgets.
    pub(crate) lost_references: Vec<TableReference<'a>>,
    /// The third argument.
    pub(crate) extras: Value<'a>,
    pub(crate) span: Span,
    /// Why a part of its columns could not be read.
    pub(crate) unresolved: RefCell<Vec<Unresolved>>,
    pub(crate) unknown_part: Cell<Option<&'a Unknown<'a>>>,
}

/// A column of a table.
pub(crate) struct Column<'a> {
    pub(crate) table: OnceCell<&'a Table<'a>>,
    /// As drizzle-orm has it, before the `casing` of drizzle-kit 0.x.
    pub(crate) raw_name: Atom,
    /// Whether it is not certain that it is there, under this name.
    pub(crate) is_conditional: bool,
    /// As the database has it.
    pub(crate) name: Atom,
    pub(crate) state: Rc<BuilderState<'a>>,
    pub(crate) span: Span,
}

/// An item of a table's extras.
pub(crate) enum Constraint<'a> {
    ForeignKey(RefCell<ForeignKeyBuilder<'a>>),
    PrimaryKey(KeyBuilder<'a>),
    Unique(RefCell<KeyBuilder<'a>>),
    Index(RefCell<IndexBuilder<'a>>),
}

/// `foreignKey({..})` and the calls chained to it.
#[derive(Clone)]
pub(crate) struct ForeignKeyBuilder<'a> {
    /// The object, or the function that gives it.
    pub(crate) config: Value<'a>,
    pub(crate) on_delete: Option<ActionCall<'a>>,
    pub(crate) on_update: Option<ActionCall<'a>>,
    pub(crate) span: Span,
}

/// `.onDelete(action)` or `.onUpdate(action)`.
#[derive(Clone)]
pub(crate) struct ActionCall<'a> {
    pub(crate) action: Value<'a>,
    pub(crate) span: Span,
}

/// `primaryKey(..)` or `unique(name).on(..)`.
#[derive(Clone)]
pub(crate) struct KeyBuilder<'a> {
    pub(crate) name: Option<Atom>,
    pub(crate) columns: Vec<Value<'a>>,
    pub(crate) span: Span,
}

/// `index(name).on(..)` or `uniqueIndex(name).on(..)`.
#[derive(Clone)]
pub(crate) struct IndexBuilder<'a> {
    pub(crate) name: Option<Atom>,
    pub(crate) columns: Vec<Value<'a>>,
    pub(crate) is_unique: bool,
    pub(crate) is_partial: bool,
    pub(crate) span: Span,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSite {
    /// The whole call, chained calls before it included.
    pub(crate) span: Span,
    /// The name that is called: `references` in `integer().references()`.
    pub(crate) name: Span,
    pub(crate) first_argument: Option<Span>,
}

impl CallSite {
    /// From the name that is called to the closing parenthesis.
    pub(crate) fn named_call(&self) -> Span {
        Span::new(self.span.file, self.name.start, self.span.end)
    }
}

impl<'a> ColumnBuilder<'a> {
    pub(crate) fn new(state: BuilderState<'a>) -> Self {
        Self { state: RefCell::new(Rc::new(state)) }
    }
}
