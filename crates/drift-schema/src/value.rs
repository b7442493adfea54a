//! What expressions evaluate to.
//!
//! Values live in an [`Arena`] and point at each other by plain references: they are cheap to copy,
//! have an identity as in JavaScript, and nothing recurses when they are dropped.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use drift_model::{Span, TableName};
use swc_atoms::Atom;
use swc_ecma_ast::{ArrowExpr, Class, Function};
use typed_arena::Arena as TypedArena;

use crate::classes::FunctionParts;
use crate::drizzle::{
    Column, ColumnBuilder, ColumnFactory, Constraint, RelationPart, Table, TableFactory,
};
use crate::module_graph::ModuleId;
use crate::natives::Native;
use crate::packages::Package;
use crate::scope::Scope;
use crate::small_map::SmallMap;

/// A value, as far as it is known.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(Atom),
    Array(&'a Array<'a>),
    Object(&'a Object<'a>),
    Function(&'a Closure<'a>),
    /// A module, as `import * as` gives it.
    Module(ModuleId),
    /// A built-in package, as `import * as` gives it.
    Package(Package),
    /// An export of a built-in package.
    Export(Package, Atom),
    /// An object that the language or Node provides.
    Global(Global),
    /// A method taken off its receiver.
    Method(&'a Method<'a>),
    /// An object of the language that holds more than properties.
    Native(&'a Native<'a>),
    TableFactory(&'a TableFactory<'a>),
    ColumnFactory(&'a ColumnFactory<'a>),
    ColumnBuilder(&'a ColumnBuilder<'a>),
    Table(&'a Table<'a>),
    Column(&'a Column<'a>),
    Constraint(&'a Constraint<'a>),
    /// What the callbacks of relations get and make.
    Relation(&'a RelationPart<'a>),
    /// Something known to have nothing to do with foreign keys, such as `sql` or a view.
    Opaque,
    /// One or the other, by a condition that is not known.
    Either(&'a Either<'a>),
    Unknown(&'a Unknown<'a>),
}

/// An object that the language or Node provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Global {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Map,
    Set,
    RegExp,
    Promise,
    Error,
    Math,
    Json,
    ParseInt,
    ParseFloat,
    IsNan,
    IsFinite,
    Process,
    Environment,
    Require,
    ModuleObject,
}

impl Global {
    fn type_of(self) -> Option<&'static str> {
        match self {
            Global::Environment | Global::Process | Global::ModuleObject => None,
            Global::Math | Global::Json => Some("object"),
            _ => Some("function"),
        }
    }
}

/// An array; holes are `undefined`.
pub(crate) struct Array<'a> {
    pub(crate) items: RefCell<Vec<Value<'a>>>,
    /// Whether its undefined items are holes, as in `[, 1]`.
    pub(crate) has_holes: Cell<bool>,
}

impl<'a> Array<'a> {
    /// Whether an item is a hole, which most methods with a callback pass over.
    pub(crate) fn is_hole(&self, item: &Value<'a>) -> bool {
        self.has_holes.get() && matches!(item, Value::Undefined)
    }
}

/// The properties of an object, in order.
pub(crate) type Properties<'a> = SmallMap<Property<'a>>;

/// An object literal, or what was made from some.
pub(crate) struct Object<'a> {
    pub(crate) properties: RefCell<Properties<'a>>,
    /// A part that could not be read, such as the spread of something unknown: any key may be in it.
    pub(crate) unknown_part: Cell<Option<&'a Unknown<'a>>>,
    /// Where properties are looked for that it has not itself: the methods of a class.
    pub(crate) prototype: Cell<Option<&'a Object<'a>>>,
}

/// A property and the place of its declaration, which stays with it when it is spread.
#[derive(Clone)]
pub(crate) struct Property<'a> {
    pub(crate) value: Value<'a>,
    /// Whether `value` is a function to be called for the value.
    pub(crate) is_getter: bool,
    pub(crate) span: Span,
}

/// A function and the scope it was made in.
pub(crate) struct Closure<'a> {
    pub(crate) code: Code<'a>,
    pub(crate) scope: Rc<Scope<'a>>,
    /// What it has as an object and as a class, once that was asked for.
    pub(crate) parts: OnceCell<&'a FunctionParts<'a>>,
}

/// The syntax of a function.
#[derive(Clone, Copy)]
pub(crate) enum Code<'a> {
    Arrow(&'a ArrowExpr),
    Function(&'a Function),
    /// A class.
    Class(&'a Class),
}

impl Code<'_> {
    pub(crate) fn span(&self) -> swc_common::Span {
        match self {
            Code::Arrow(arrow) => arrow.span,
            Code::Function(function) => function.span,
            Code::Class(class) => class.span,
        }
    }
}

/// A method taken off its receiver: `const { table } = pgSchema("auth")`.
pub(crate) struct Method<'a> {
    pub(crate) receiver: Value<'a>,
    pub(crate) name: Atom,
}

/// Two possible values.
pub(crate) struct Either<'a> {
    pub(crate) first: Value<'a>,
    pub(crate) second: Value<'a>,
    /// How many values there are, in all.
    alternatives: u32,
}

/// More alternatives than this are not followed.
const ALTERNATIVES_LIMIT: u32 = 16;

/// Something that could not be evaluated.
pub(crate) struct Unknown<'a> {
    /// Why, as a clause without a full stop.
    pub(crate) reason: String,
    pub(crate) span: Span,
    /// Whether it is an environment variable that is not set, so that `??` and `||` pass it by.
    pub(crate) is_unset: bool,
    /// What is known of the text that it is, where an environment variable that is not set is a part
    /// of it; [`TableName::UNKNOWN_PART`] stands for that.
    pub(crate) partial_text: Option<Atom>,
    /// The column that it would be, where it is the result of a call.
    pub(crate) column: Option<&'a ColumnBuilder<'a>>,
    /// Whether a table may have been made here: columns were among the arguments.
    pub(crate) may_be_table: bool,
    /// The import that was not found, where that is why.
    pub(crate) missing_module: Option<Atom>,
}

/// Where values live.
#[derive(Default)]
pub(crate) struct Arena<'a> {
    pub(crate) arrays: TypedArena<Array<'a>>,
    pub(crate) objects: TypedArena<Object<'a>>,
    pub(crate) closures: TypedArena<Closure<'a>>,
    pub(crate) methods: TypedArena<Method<'a>>,
    pub(crate) function_parts: TypedArena<FunctionParts<'a>>,
    pub(crate) natives: TypedArena<Native<'a>>,
    pub(crate) eithers: TypedArena<Either<'a>>,
    pub(crate) unknowns: TypedArena<Unknown<'a>>,
    pub(crate) table_factories: TypedArena<TableFactory<'a>>,
    pub(crate) column_factories: TypedArena<ColumnFactory<'a>>,
    pub(crate) column_builders: TypedArena<ColumnBuilder<'a>>,
    pub(crate) tables: TypedArena<Table<'a>>,
    pub(crate) columns: TypedArena<Column<'a>>,
    pub(crate) constraints: TypedArena<Constraint<'a>>,
    pub(crate) relations: TypedArena<RelationPart<'a>>,
}

impl<'a> Arena<'a> {
    pub(crate) fn array(&'a self, items: Vec<Value<'a>>) -> Value<'a> {
        Value::Array(self.new_array(items, false))
    }

    pub(crate) fn new_array(&'a self, items: Vec<Value<'a>>, has_holes: bool) -> &'a Array<'a> {
        let (items, has_holes) = (RefCell::new(items), Cell::new(has_holes));
        self.arrays.alloc(Array { items, has_holes })
    }

    pub(crate) fn object(&'a self, properties: Properties<'a>) -> &'a Object<'a> {
        let (unknown_part, prototype) = (Cell::new(None), Cell::new(None));
        let properties = RefCell::new(properties);
        self.objects.alloc(Object { properties, unknown_part, prototype })
    }

    pub(crate) fn unknown(&'a self, reason: impl Into<String>, span: Span) -> Value<'a> {
        Value::Unknown(self.unknowns.alloc(Unknown::new(reason.into(), span)))
    }

    /// Either value; the value itself where both are the same.
    pub(crate) fn either(&'a self, first: Value<'a>, second: Value<'a>, span: Span) -> Value<'a> {
        if first.may_be(&second) {
            return first;
        }
        let alternatives = first.alternatives() + second.alternatives();
        if alternatives > ALTERNATIVES_LIMIT {
            return self.unknown("this depends on too many conditions", span);
        }
        Value::Either(self.eithers.alloc(Either { first, second, alternatives }))
    }
}

impl<'a> Unknown<'a> {
    pub(crate) fn new(reason: String, span: Span) -> Self {
        Self {
            reason,
            span,
            is_unset: false,
            partial_text: None,
            column: None,
            may_be_table: false,
            missing_module: None,
        }
    }

    /// Something else that is unknown for the same reason.
    pub(crate) fn because_of(unknown: &Unknown<'a>, span: Span) -> Self {
        let missing_module = unknown.missing_module.clone();
        Self { missing_module, ..Self::new(unknown.reason.clone(), span) }
    }

    /// What is known of the text that it is.
    pub(crate) fn known_text(&self) -> Option<Atom> {
        if self.is_unset {
            return Some(Atom::from(TableName::UNKNOWN_PART.to_string()));
        }
        self.partial_text.clone()
    }
}

impl<'a> Value<'a> {
    pub(crate) fn string(text: impl AsRef<str>) -> Self {
        Value::String(Atom::from(text.as_ref()))
    }

    /// `===`, as far as it is known to hold.
    pub(crate) fn is_same(&self, other: &Value<'a>) -> bool {
        match (self, other) {
            (Value::Undefined, Value::Undefined)
            | (Value::Null, Value::Null)
            | (Value::Opaque, Value::Opaque) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => std::ptr::eq(*a, *b),
            (Value::Object(a), Value::Object(b)) => std::ptr::eq(*a, *b),
            (Value::Function(a), Value::Function(b)) => std::ptr::eq(*a, *b),
            (Value::Native(a), Value::Native(b)) => std::ptr::eq(*a, *b),
            (Value::Global(a), Value::Global(b)) => a == b,
            (Value::Module(a), Value::Module(b)) => a == b,
            (Value::Package(a), Value::Package(b)) => a == b,
            (Value::Export(a, name), Value::Export(b, other)) => a == b && name == other,
            (Value::Table(a), Value::Table(b)) => std::ptr::eq(*a, *b),
            (Value::Column(a), Value::Column(b)) => std::ptr::eq(*a, *b),
            (Value::ColumnBuilder(a), Value::ColumnBuilder(b)) => std::ptr::eq(*a, *b),
            (Value::Constraint(a), Value::Constraint(b)) => std::ptr::eq(*a, *b),
            (Value::Either(a), Value::Either(b)) => std::ptr::eq(*a, *b),
            (Value::Unknown(a), Value::Unknown(b)) => std::ptr::eq(*a, *b),
            _ => false,
        }
    }

    fn alternatives(&self) -> u32 {
        match self {
            Value::Either(either) => either.alternatives,
            _ => 1,
        }
    }

    /// Whether `other` is this value, or one of those that this may be.
    fn may_be(&self, other: &Value<'a>) -> bool {
        match self {
            Value::Either(either) => either.first.may_be(other) || either.second.may_be(other),
            _ => self.is_same(other),
        }
    }

    /// Whether it counts as true; `None` where that is not known.
    pub(crate) fn truthiness(&self) -> Option<bool> {
        match self {
            Value::Undefined | Value::Null => Some(false),
            Value::Bool(value) => Some(*value),
            Value::Number(value) => Some(*value != 0.0 && !value.is_nan()),
            Value::String(text) => Some(!text.is_empty()),
            Value::Either(either) => {
                let first = either.first.truthiness()?;
                (either.second.truthiness()? == first).then_some(first)
            }
            Value::Unknown(_) | Value::Opaque => None,
            _ => Some(true),
        }
    }

    /// Whether it is `null` or `undefined`; `None` where that is not known.
    pub(crate) fn is_nullish(&self) -> Option<bool> {
        match self {
            Value::Undefined | Value::Null => Some(true),
            Value::Either(either) => {
                let first = either.first.is_nullish()?;
                (either.second.is_nullish()? == first).then_some(first)
            }
            Value::Unknown(_) | Value::Opaque => None,
            _ => Some(false),
        }
    }

    /// What `typeof` says; `None` where that is not known.
    pub(crate) fn type_of(&self) -> Option<&'static str> {
        Some(match self {
            Value::Undefined => "undefined",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Function(_)
            | Value::Export(..)
            | Value::Method(_)
            | Value::TableFactory(_)
            | Value::ColumnFactory(_) => "function",
            Value::Native(native) if native.is_callable() => "function",
            Value::Global(global) => global.type_of()?,
            Value::Opaque | Value::Either(_) | Value::Unknown(_) => return None,
            _ => "object",
        })
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// As string conversion gives it, where it is known.
    pub(crate) fn to_text(&self) -> Option<Atom> {
        Some(match self {
            Value::Undefined => Atom::from("undefined"),
            Value::Null => Atom::from("null"),
            Value::Bool(value) => Atom::from(value.to_string()),
            Value::Number(value) => Atom::from(number_text(*value)),
            Value::String(text) => text.clone(),
            _ => return None,
        })
    }
}

/// A number as JavaScript prints it, for the numbers that occur in names.
pub(crate) fn number_text(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if value.fract() == 0.0 && value.abs() < 1e15 {
        (value as i64).to_string()
    } else {
        crate::numbers::decimal(value)
    }
}
