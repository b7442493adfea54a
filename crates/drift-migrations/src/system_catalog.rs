//! What `pg_constraint`, `information_schema` and the like hold of the database as it was replayed.

use std::rc::Rc;

use drift_model::{Deferral, Dialect, ReferentialAction};

use crate::lex::{Lexer, TokenKind, unquote};
use crate::shelf::{Item, Shelf};
use crate::state::{self, ForeignKeyId, State, TableId, Target};
use crate::statement::{Name, QualifiedName};
use crate::value::{Object, Value};
use drift_model::Engine;

/// A system catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemTable {
    PgConstraint,
    PgClass,
    PgNamespace,
    PgAttribute,
    PgIndex,
    PgTables,
    PgIndexes,
    Tables,
    Columns,
    Schemata,
    TableConstraints,
    KeyColumnUsage,
    ConstraintColumnUsage,
    ReferentialConstraints,
    /// The indexes in MySQL, with a row for each column.
    Statistics,
}

/// A row of a system catalog. It is good until the database changes.
#[derive(Debug, Clone)]
pub(crate) enum SystemRow {
    Namespace(Rc<str>),
    Table(TableId),
    Column(TableId, usize),
    Constraint(TableId, Constraint),
    /// A constraint and the position of one of its columns.
    ConstraintColumn(TableId, Constraint, usize),
    Index(TableId, Index),
    IndexColumn(TableId, Index, usize),
    /// One that stands for those of the system's own tables.
    Own,
}

/// A constraint of a table, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Constraint {
    PrimaryKey,
    Unique(usize),
    /// A unique index in MySQL.
    UniqueIndex(usize),
    ForeignKey(ForeignKeyId),
    Other(usize),
}

/// An index of a table, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Index {
    PrimaryKey,
    Unique(usize),
    Plain(usize),
}

/// What the rows that are asked for have in some columns, so that not all must be made.
pub(crate) type Hints<'h> = [(&'h str, Vec<Value>)];

const CONSTRAINT_NAMES: [&str; 2] = ["conname", "constraint_name"];
const COLUMN_NAMES: [&str; 2] = ["attname", "column_name"];

/// Namespaces of the system itself.
const OWN_NAMESPACES: [&str; 3] = ["pg_catalog", "information_schema", "pg_toast"];

impl SystemTable {
    /// The system catalog of a name.
    pub(crate) fn find(dialect: Dialect, name: &QualifiedName<'_>) -> Option<Self> {
        let namespace = name.namespace.as_deref().unwrap_or("pg_catalog").to_ascii_lowercase();
        let name = name.name.to_ascii_lowercase();
        let is_postgresql = dialect == Dialect::PostgreSql;
        match namespace.as_str() {
            "information_schema" => Self::find_standard(&name),
            "pg_catalog" if is_postgresql => Self::find_own(&name),
            _ => None,
        }
    }

    fn find_own(name: &str) -> Option<Self> {
        Some(match name {
            "pg_constraint" => Self::PgConstraint,
            "pg_class" => Self::PgClass,
            "pg_namespace" => Self::PgNamespace,
            "pg_attribute" => Self::PgAttribute,
            "pg_index" => Self::PgIndex,
            "pg_tables" => Self::PgTables,
            "pg_indexes" => Self::PgIndexes,
            _ => return None,
        })
    }

    fn find_standard(name: &str) -> Option<Self> {
        Some(match name {
            "tables" => Self::Tables,
            "columns" => Self::Columns,
            "schemata" => Self::Schemata,
            "table_constraints" => Self::TableConstraints,
            "key_column_usage" => Self::KeyColumnUsage,
            "constraint_column_usage" => Self::ConstraintColumnUsage,
            "referential_constraints" => Self::ReferentialConstraints,
            "statistics" => Self::Statistics,
            _ => return None,
        })
    }

    /// Its columns, in lower case.
    pub(crate) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::PgConstraint => &[
                "oid",
                "conname",
                "connamespace",
                "contype",
                "condeferrable",
                "condeferred",
                "convalidated",
                "conrelid",
                "contypid",
                "conindid",
                "conparentid",
                "confrelid",
                "confupdtype",
                "confdeltype",
                "confmatchtype",
                "conislocal",
                "coninhcount",
                "connoinherit",
                "conkey",
                "confkey",
                "confdelsetcols",
                "conbin",
            ],
            Self::PgClass => &[
                "oid",
                "relname",
                "relnamespace",
                "reltype",
                "relowner",
                "reltuples",
                "relhasindex",
                "relpersistence",
                "relkind",
                "relnatts",
                "relrowsecurity",
                "relispartition",
            ],
            Self::PgNamespace => &["oid", "nspname", "nspowner"],
            Self::PgAttribute => &[
                "attrelid",
                "attname",
                "atttypid",
                "attnum",
                "attnotnull",
                "atthasdef",
                "attidentity",
                "attgenerated",
                "attisdropped",
            ],
            Self::PgIndex => {
                &["indexrelid", "indrelid", "indisunique", "indisprimary", "indkey", "indpred"]
            }
            Self::PgTables => &["schemaname", "tablename", "tableowner", "rowsecurity"],
            Self::PgIndexes => &["schemaname", "tablename", "indexname", "indexdef"],
            Self::Tables => &["table_catalog", "table_schema", "table_name", "table_type"],
            Self::Columns => &[
                "table_catalog",
                "table_schema",
                "table_name",
                "column_name",
                "ordinal_position",
                "column_default",
                "is_nullable",
                "data_type",
                "column_type",
                "udt_name",
                "is_identity",
                "is_generated",
                "column_key",
            ],
            Self::Schemata => &["catalog_name", "schema_name"],
            Self::TableConstraints => &[
                "constraint_catalog",
                "constraint_schema",
                "constraint_name",
                "table_catalog",
                "table_schema",
                "table_name",
                "constraint_type",
                "is_deferrable",
                "enforced",
            ],
            Self::KeyColumnUsage => &[
                "constraint_catalog",
                "constraint_schema",
                "constraint_name",
                "table_catalog",
                "table_schema",
                "table_name",
                "column_name",
                "ordinal_position",
                "position_in_unique_constraint",
                "referenced_table_schema",
                "referenced_table_name",
                "referenced_column_name",
            ],
            Self::ConstraintColumnUsage => &[
                "table_catalog",
                "table_schema",
                "table_name",
                "column_name",
                "constraint_catalog",
                "constraint_schema",
                "constraint_name",
            ],
            Self::ReferentialConstraints => &[
                "constraint_catalog",
                "constraint_schema",
                "constraint_name",
                "unique_constraint_schema",
                "unique_constraint_name",
                "match_option",
                "update_rule",
                "delete_rule",
                "table_name",
                "referenced_table_name",
            ],
            Self::Statistics => &[
                "table_schema",
                "table_name",
                "non_unique",
                "index_schema",
                "index_name",
                "seq_in_index",
                "column_name",
            ],
        }
    }

    fn is_of_constraints(self) -> bool {
        matches!(
            self,
            Self::PgConstraint
                | Self::TableConstraints
                | Self::KeyColumnUsage
                | Self::ConstraintColumnUsage
                | Self::ReferentialConstraints
        )
    }

    /// The column that names the table that a row is about.
    fn table_column(self) -> &'static str {
        match self {
            Self::PgConstraint => "conrelid",
            Self::PgAttribute => "attrelid",
            Self::PgIndex => "indrelid",
            Self::PgClass => "relname",
            Self::PgTables | Self::PgIndexes => "tablename",
            // Here it is the referenced table.
            Self::ConstraintColumnUsage => "",
            _ => "table_name",
        }
    }
}

/// The rows of a system catalog, and whether there may be more of them.
pub(crate) fn rows(
    state: &State<'_>,
    table: SystemTable,
    hints: &Hints<'_>,
) -> (Vec<SystemRow>, bool) {
    if matches!(table, SystemTable::PgNamespace | SystemTable::Schemata) {
        let own = OWN_NAMESPACES.iter().map(|it| SystemRow::Namespace(Rc::from(*it)));
        let others = state.namespaces();
        return (own.chain(others.map(|it| SystemRow::Namespace(Rc::from(it)))).collect(), false);
    }
    let mut rows = Vec::new();
    // The system's own tables have no foreign keys.
    if state.dialect() == Dialect::PostgreSql && table != SystemTable::ReferentialConstraints {
        rows.push(SystemRow::Own);
    }
    let mut is_open = asks_for_others(state, table, hints);
    for id in asked_tables(state, table, hints) {
        is_open |= state.table(id).is_incomplete
            && !matches!(table, SystemTable::PgClass | SystemTable::PgTables | SystemTable::Tables);
        add_rows(state, table, id, hints, &mut rows);
    }
    (rows, is_open)
}

/// Whether a relation is asked for by name that may be there and be no table.
fn asks_for_others(state: &State<'_>, table: SystemTable, hints: &Hints<'_>) -> bool {
    use SystemTable as T;
    let has_others = matches!(table, T::PgClass | T::Tables | T::Columns | T::PgAttribute);
    let names = asked_names(hints, &["relname", "table_name"]).filter(|_| has_others);
    names
        .unwrap_or_default()
        .iter()
        .any(|name| state.lookup_in_any_namespace(name).is_empty() && may_be_other(state, name))
}

/// Whether a name may be that of a view or sequence. `serial` makes sequences without a word.
fn may_be_other(state: &State<'_>, name: &str) -> bool {
    state.dialect() == Dialect::PostgreSql
        && (state.other_relations.contains(name) || name.ends_with("_seq"))
}

/// Whether a name in a string may mean a view or sequence.
pub(crate) fn may_be_other_relation(state: &State<'_>, text: &str) -> bool {
    may_be_other(state, &relation_name(text, state.engine).name)
}

/// The tables that the hints leave; all of them only where a constraint of the name is known to be
/// there, so that most questions cost no walk over the database.
fn asked_tables(state: &State<'_>, table: SystemTable, hints: &Hints<'_>) -> Vec<TableId> {
    let column = table.table_column();
    let by_table = hints.iter().find(|(name, _)| *name == column && !name.is_empty());
    if let Some((_, values)) = by_table {
        return named_tables(state, table, values);
    }
    // MySQL calls every primary key the same, and knows unique indexes for constraints.
    let has_names = table.is_of_constraints() && state.dialect() == Dialect::PostgreSql;
    if let Some(names) = asked_names(hints, &CONSTRAINT_NAMES).filter(|_| has_names) {
        let mut tables: Vec<TableId> =
            names.iter().flat_map(|name| state.tables_with_constraint(name)).collect();
        tables.sort_unstable();
        tables.dedup();
        return tables;
    }
    state.tables().map(|(id, _)| id).collect()
}

/// The names that a column must have one of, where all of them are known.
fn asked_names<'a>(hints: &Hints<'_>, columns: &[&str]) -> Option<Vec<Name<'a>>> {
    let (_, values) = hints.iter().find(|(column, _)| columns.contains(column))?;
    let name = |value: &Value| match value {
        Value::Text(name) => Some(owned(name)),
        _ => None,
    };
    values.iter().map(name).collect()
}

fn named_tables(state: &State<'_>, table: SystemTable, values: &[Value]) -> Vec<TableId> {
    let mut found: Vec<TableId> = Vec::new();
    for value in values {
        match value {
            Value::Object { object: Object::Table(id), .. } => found.push(*id),
            Value::Text(name) => {
                found.extend(state.lookup_in_any_namespace(&owned(name)));
                if table == SystemTable::PgClass {
                    found.extend(state.lookup_index_in_any_namespace(&owned(name)));
                }
            }
            Value::Unknown => return state.tables().map(|(id, _)| id).collect(),
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn add_rows(
    state: &State<'_>,
    table: SystemTable,
    id: TableId,
    hints: &Hints<'_>,
    rows: &mut Vec<SystemRow>,
) {
    use SystemTable as T;
    match table {
        T::PgTables | T::Tables => rows.push(SystemRow::Table(id)),
        T::PgClass => {
            rows.push(SystemRow::Table(id));
            rows.extend(indexes(state, id).map(|it| SystemRow::Index(id, it)));
        }
        T::PgAttribute | T::Columns => {
            let columns = columns(state.table(id), hints);
            rows.extend(columns.into_iter().map(|at| SystemRow::Column(id, at)));
        }
        T::PgConstraint | T::TableConstraints | T::ReferentialConstraints => {
            let all = constraints(state, id, hints);
            let is_asked = |it: &Constraint| {
                table != T::ReferentialConstraints || matches!(it, Constraint::ForeignKey(_))
            };
            rows.extend(all.into_iter().filter(is_asked).map(|it| SystemRow::Constraint(id, it)));
        }
        T::KeyColumnUsage | T::ConstraintColumnUsage => {
            for constraint in constraints(state, id, hints) {
                let count = match table {
                    T::ConstraintColumnUsage => used_columns(state, id, constraint).len(),
                    _ => own_columns(state, id, constraint).len(),
                };
                rows.extend((0..count).map(|at| SystemRow::ConstraintColumn(id, constraint, at)));
            }
        }
        T::PgIndex | T::PgIndexes => {
            rows.extend(indexes(state, id).map(|it| SystemRow::Index(id, it)));
        }
        T::Statistics => {
            for index in indexes(state, id) {
                let count = index_columns(state.table(id), index).len();
                rows.extend((0..count).map(|at| SystemRow::IndexColumn(id, index, at)));
            }
        }
        T::PgNamespace | T::Schemata => {}
    }
}

/// The places of the columns of a table, or of those that are asked for.
fn columns(table: &state::Table<'_>, hints: &Hints<'_>) -> Vec<usize> {
    match asked_names(hints, &COLUMN_NAMES) {
        Some(names) => names.iter().filter_map(|it| table.columns().position(it)).collect(),
        None => places(table.columns()).collect(),
    }
}

/// The places of a shelf with something on them.
fn places<'s, 'a, T: Item<'a>>(
    shelf: &'s Shelf<'a, T>,
) -> impl Iterator<Item = usize> + use<'s, 'a, T> {
    (0..shelf.end()).filter(|at| shelf.get(*at).is_some())
}

/// The constraints of a table; only those that are asked for have to be among them.
fn constraints(state: &State<'_>, id: TableId, hints: &Hints<'_>) -> Vec<Constraint> {
    let table = state.table(id);
    let mut found: Vec<Constraint> =
        table.primary_key.iter().map(|_| Constraint::PrimaryKey).collect();
    if state.dialect() == Dialect::MySql {
        let is_unique = |at: &usize| table.indexes().get(*at).is_some_and(|it| it.is_unique);
        let unique_indexes = places(table.indexes()).filter(is_unique);
        found.extend(unique_indexes.map(Constraint::UniqueIndex));
    }
    if let Some(names) = asked_names(hints, &CONSTRAINT_NAMES) {
        for name in &names {
            found.extend(table.uniques().position(name).map(Constraint::Unique));
            found.extend(table.other_constraints().position(name).map(Constraint::Other));
            found.extend(state.own_by_name(id, name).map(Constraint::ForeignKey));
        }
        return found;
    }
    found.extend(places(table.uniques()).map(Constraint::Unique));
    found.extend(places(table.other_constraints()).map(Constraint::Other));
    found.extend(state.own_foreign_keys(id).into_iter().map(Constraint::ForeignKey));
    found
}

fn indexes<'s>(state: &'s State<'_>, id: TableId) -> impl Iterator<Item = Index> + use<'s> {
    let table = state.table(id);
    let primary = table.primary_key.iter().map(|_| Index::PrimaryKey);
    let uniques = places(table.uniques()).map(Index::Unique);
    primary
        .chain(uniques)
        .chain(places(table.indexes()).map(Index::Plain))
        .collect::<Vec<_>>()
        .into_iter()
}

fn own_columns<'s, 'a>(
    state: &'s State<'a>,
    id: TableId,
    constraint: Constraint,
) -> &'s [Name<'a>] {
    let table = state.table(id);
    match constraint {
        Constraint::PrimaryKey => table.primary_key.as_ref().map_or(&[], |it| &it.columns),
        Constraint::Unique(at) => table.uniques().get(at).map_or(&[], |it| &it.columns),
        Constraint::UniqueIndex(at) => table.indexes().get(at).map_or(&[], |it| &it.columns),
        Constraint::ForeignKey(id) => &state.foreign_key(id).columns,
        Constraint::Other(_) => &[],
    }
}

/// The columns that a constraint depends on: those of a key, and those that a foreign key
/// references.
fn used_columns<'s, 'a>(
    state: &'s State<'a>,
    id: TableId,
    constraint: Constraint,
) -> &'s [Name<'a>] {
    match constraint {
        Constraint::ForeignKey(id) => &state.foreign_key(id).target_columns,
        other => own_columns(state, id, other),
    }
}

fn index_columns<'s, 'a>(table: &'s state::Table<'a>, index: Index) -> &'s [Name<'a>] {
    match index {
        Index::PrimaryKey => table.primary_key.as_ref().map_or(&[], |it| &it.columns),
        Index::Unique(at) => table.uniques().get(at).map_or(&[], |it| &it.columns),
        Index::Plain(at) => table.indexes().get(at).map_or(&[], |it| &it.columns),
    }
}

/// What a row holds in a column, which is in lower case.
pub(crate) fn value(state: &State<'_>, table: SystemTable, row: &SystemRow, column: &str) -> Value {
    // The database is the one that migrations run in, whatever it is called.
    if column.ends_with("_catalog") || column == "catalog_name" {
        return Value::Unknown;
    }
    match row {
        SystemRow::Own => own_value(column),
        SystemRow::Namespace(name) => match column {
            "oid" => Value::object(Object::Namespace(name.clone())),
            "nspname" | "schema_name" => Value::Text(name.clone()),
            _ => Value::Unknown,
        },
        SystemRow::Table(id) => match column {
            "oid" => Value::object(Object::Table(*id)),
            "relkind" if state.table(*id).partition_key.is_some() => Value::text("p"),
            "relkind" => Value::text("r"),
            _ => table_value(state, *id, column),
        },
        SystemRow::Column(id, at) => column_value(state, *id, *at, column),
        SystemRow::Constraint(id, constraint) => constraint_value(state, *id, *constraint, column),
        SystemRow::ConstraintColumn(id, constraint, at)
            if table == SystemTable::ConstraintColumnUsage =>
        {
            used_column_value(state, *id, *constraint, *at, column)
        }
        SystemRow::ConstraintColumn(id, constraint, at) => {
            key_column_value(state, *id, *constraint, *at, column)
        }
        SystemRow::Index(id, index) | SystemRow::IndexColumn(id, index, _)
            if column != "column_name" && column != "seq_in_index" =>
        {
            index_value(state, *id, *index, column)
        }
        SystemRow::IndexColumn(id, index, at) => match column {
            "column_name" => Value::text(&index_columns(state.table(*id), *index)[*at]),
            _ => number(*at + 1),
        },
        SystemRow::Index(..) => Value::Unknown,
    }
}

/// The system's own tables are like `pg_catalog.pg_proc`.
fn own_value(column: &str) -> Value {
    match column {
        "relname" | "tablename" | "table_name" => Value::text("pg_proc"),
        "conname" | "constraint_name" | "indexname" => Value::text("pg_proc_oid_index"),
        "attname" | "column_name" => Value::text("proname"),
        "schemaname" | "table_schema" | "constraint_schema" => Value::text("pg_catalog"),
        "relnamespace" | "connamespace" => Value::object(Object::Namespace(Rc::from("pg_catalog"))),
        "contype" => Value::text("p"),
        "constraint_type" => Value::text("PRIMARY KEY"),
        "relkind" => Value::text("r"),
        "table_type" => Value::text("BASE TABLE"),
        "oid" | "conrelid" | "attrelid" | "indrelid" | "indexrelid" => {
            Value::object(Object::System)
        }
        "confrelid" | "conparentid" => Value::object(Object::None),
        "confdeltype" | "confupdtype" | "confmatchtype" => Value::text(" "),
        "conkey" | "indkey" => Value::list(vec![Value::Number(1)]),
        "confkey" => Value::Null,
        "attnum" | "ordinal_position" => Value::Number(1),
        "attisdropped" | "relispartition" | "indisprimary" => Value::Bool(false),
        "convalidated" | "attnotnull" | "indisunique" | "conislocal" => Value::Bool(true),
        "is_nullable" => Value::text("NO"),
        "data_type" => Value::text("name"),
        _ => Value::Unknown,
    }
}

/// MySQL's own database has no name here until the migrations say it.
pub(crate) fn namespace_name(namespace: &str) -> Value {
    if namespace.is_empty() {
        return Value::object(Object::Namespace(Rc::from("")));
    }
    Value::text(namespace)
}

fn table_value(state: &State<'_>, id: TableId, column: &str) -> Value {
    let table = state.table(id);
    match column {
        "relname" | "tablename" | "table_name" => Value::text(&table.name),
        "relnamespace" | "connamespace" => {
            Value::object(Object::Namespace(Rc::from(&*table.namespace)))
        }
        "schemaname" | "table_schema" | "constraint_schema" | "index_schema" => {
            namespace_name(&table.namespace)
        }
        "conrelid" | "attrelid" | "indrelid" => Value::object(Object::Table(id)),
        "table_type" => Value::text("BASE TABLE"),
        "relispartition" => Value::Bool(table.partition_of.is_some()),
        "relpersistence" if table.is_temporary => Value::text("t"),
        _ => Value::Unknown,
    }
}

fn column_value(state: &State<'_>, id: TableId, at: usize, name: &str) -> Value {
    let table = state.table(id);
    let Some(column) = table.columns().get(at) else { return Value::Unknown };
    let is_key = || table.primary_key.as_ref().is_some_and(|it| it.columns.contains(&column.name));
    match name {
        "column_name" | "attname" => Value::text(&column.name),
        "ordinal_position" | "attnum" => number(at + 1),
        "attisdropped" => Value::Bool(false),
        "attnotnull" => Value::Bool(column.is_not_null || is_key()),
        "is_nullable" if column.is_not_null || is_key() => Value::text("NO"),
        "is_nullable" => Value::text("YES"),
        "data_type" if column.is_array => Value::text("ARRAY"),
        "data_type" if state.dialect() == Dialect::PostgreSql => {
            let data_type = column.data_type.as_deref().and_then(standard_type);
            data_type.map_or(Value::Unknown, Value::text)
        }
        _ => table_value(state, id, name),
    }
}

fn constraint_name<'s>(
    state: &'s State<'_>,
    id: TableId,
    constraint: Constraint,
) -> Option<&'s str> {
    let table = state.table(id);
    if constraint == Constraint::PrimaryKey && state.dialect() == Dialect::MySql {
        return Some("PRIMARY");
    }
    match constraint {
        Constraint::PrimaryKey => table.primary_key.as_ref()?.name.as_deref(),
        Constraint::Unique(at) => table.uniques().get(at)?.name.as_deref(),
        Constraint::UniqueIndex(at) => table.indexes().get(at)?.name.as_deref(),
        Constraint::ForeignKey(id) => state.foreign_key(id).name.as_deref(),
        Constraint::Other(at) => table.other_constraints().get(at).map(|it| &**it),
    }
}

fn constraint_value(state: &State<'_>, id: TableId, constraint: Constraint, column: &str) -> Value {
    let foreign_key = match constraint {
        Constraint::ForeignKey(id) => Some(state.foreign_key(id)),
        _ => None,
    };
    let name = constraint_name(state, id, constraint);
    match (column, foreign_key) {
        ("conname" | "constraint_name", _) => name.map_or(Value::Unknown, Value::text),
        ("oid", _) => name
            .map_or(Value::Unknown, |name| Value::object(Object::Constraint(id, Rc::from(name)))),
        // What is neither a key nor a foreign key may be an exclusion as well.
        ("contype", _) => Value::text(constraint_letter(constraint)),
        ("constraint_type", _) => Value::text(constraint_type(constraint)),
        ("conkey", _) if !matches!(constraint, Constraint::Other(_)) => {
            positions(state, id, own_columns(state, id, constraint))
        }
        ("conparentid", Some(it)) => parent(state, it.inherited_from),
        ("conislocal", Some(it)) => Value::Bool(it.inherited_from.is_none()),
        ("condeferrable", Some(it)) => Value::Bool(it.deferral != Deferral::NotDeferrable),
        ("condeferred", Some(it)) => Value::Bool(it.deferral == Deferral::InitiallyDeferred),
        ("confmatchtype", Some(it)) => Value::text(if it.is_match_full { "f" } else { "s" }),
        ("match_option", Some(it)) => Value::text(if it.is_match_full { "FULL" } else { "NONE" }),
        ("convalidated", Some(it)) => Value::Bool(it.is_validated),
        ("convalidated", None) if !matches!(constraint, Constraint::Other(_)) => Value::Bool(true),
        ("confrelid", Some(it)) => match it.target {
            Target::Table(target) => Value::object(Object::Table(target)),
            Target::Name(..) => Value::Unknown,
        },
        ("confkey", Some(it)) => match it.target {
            Target::Table(target) => positions(state, target, &it.target_columns),
            Target::Name(..) => Value::Unknown,
        },
        ("confdeltype", Some(it)) => Value::text(action_letter(it.on_delete)),
        ("confupdtype", Some(it)) => Value::text(action_letter(it.on_update)),
        ("delete_rule", Some(it)) => rule(state, it.on_delete, it.on_delete_span.is_some()),
        ("update_rule", Some(it)) => rule(state, it.on_update, it.on_update_span.is_some()),
        ("unique_constraint_name", Some(it)) => {
            it.key_name.as_ref().map_or(Value::Unknown, Value::text)
        }
        ("referenced_table_name", Some(it)) => match &it.target {
            Target::Table(target) => Value::text(&state.table(*target).name),
            Target::Name(_, name) => Value::text(name),
        },
        ("confrelid", None) => Value::object(Object::None),
        ("confkey", None) => Value::Null,
        ("confdeltype" | "confupdtype" | "confmatchtype", None) => Value::text(" "),
        _ => table_value(state, id, column),
    }
}

/// The constraint of the partitioned table that one of a partition is a copy of.
fn parent(state: &State<'_>, inherited_from: Option<ForeignKeyId>) -> Value {
    let Some(id) = inherited_from else { return Value::object(Object::None) };
    let parent = state.foreign_key(id);
    let name = parent.name.as_deref();
    name.map_or(Value::Unknown, |name| {
        Value::object(Object::Constraint(parent.table, Rc::from(name)))
    })
}

/// A rule as the standard views write it. What MySQL and MariaDB make of an absent one differs.
fn rule(state: &State<'_>, action: ReferentialAction, is_written: bool) -> Value {
    if state.dialect() == Dialect::MySql && !is_written {
        return Value::Unknown;
    }
    Value::text(action.as_str().to_ascii_uppercase())
}

/// A column of a constraint as `key_column_usage` tells of it.
fn key_column_value(
    state: &State<'_>,
    id: TableId,
    constraint: Constraint,
    at: usize,
    column: &str,
) -> Value {
    let own = own_columns(state, id, constraint);
    let foreign_key = match constraint {
        Constraint::ForeignKey(id) => Some(state.foreign_key(id)),
        _ => None,
    };
    match (column, foreign_key) {
        ("column_name", _) => Value::text(&own[at]),
        ("ordinal_position", _) => number(at + 1),
        ("referenced_column_name", Some(it)) => {
            it.target_columns.get(at).map_or(Value::Unknown, Value::text)
        }
        ("referenced_table_schema", Some(it)) => match &it.target {
            Target::Table(target) => namespace_name(&state.table(*target).namespace),
            Target::Name(namespace, _) => namespace_name(namespace),
        },
        (
            "referenced_column_name"
            | "referenced_table_schema"
            | "referenced_table_name"
            | "position_in_unique_constraint",
            None,
        ) => Value::Null,
        _ => constraint_value(state, id, constraint, column),
    }
}

/// A column of a constraint as `constraint_column_usage` tells of it: of the referenced table.
fn used_column_value(
    state: &State<'_>,
    id: TableId,
    constraint: Constraint,
    at: usize,
    column: &str,
) -> Value {
    let target = match constraint {
        Constraint::ForeignKey(own) => match state.foreign_key(own).target {
            Target::Table(target) => target,
            Target::Name(..) => return Value::Unknown,
        },
        _ => id,
    };
    match column {
        "column_name" => Value::text(&used_columns(state, id, constraint)[at]),
        "table_name" | "table_schema" => table_value(state, target, column),
        _ => constraint_value(state, id, constraint, column),
    }
}

fn index_value(state: &State<'_>, id: TableId, index: Index, column: &str) -> Value {
    let table = state.table(id);
    let plain = match index {
        Index::Plain(at) => table.indexes().get(at),
        _ => None,
    };
    let name = match index {
        Index::PrimaryKey if state.dialect() == Dialect::MySql => Some("PRIMARY"),
        Index::PrimaryKey => table.primary_key.as_ref().and_then(|it| it.name.as_deref()),
        Index::Unique(at) => table.uniques().get(at).and_then(|it| it.name.as_deref()),
        Index::Plain(_) => plain.and_then(|it| it.name.as_deref()),
    };
    let is_unique = plain.is_none_or(|it| it.is_unique);
    match (column, name) {
        ("indexname" | "index_name" | "relname", Some(name)) => Value::text(name),
        ("oid" | "indexrelid", Some(name)) => Value::object(Object::Index(id, Rc::from(name))),
        ("indexname" | "index_name" | "relname" | "oid" | "indexrelid", None) => Value::Unknown,
        ("relkind", _) => Value::text("i"),
        ("indisunique", _) => Value::Bool(is_unique),
        ("indisprimary", _) => Value::Bool(index == Index::PrimaryKey),
        ("non_unique", _) => Value::Number(i64::from(!is_unique)),
        ("indkey", _) if plain.is_none_or(|it| !it.has_expressions) => {
            positions(state, id, index_columns(table, index))
        }
        _ => table_value(state, id, column),
    }
}

/// The positions of columns in their table, as `conkey` has them.
fn positions(state: &State<'_>, id: TableId, columns: &[Name<'_>]) -> Value {
    let all = state.table(id).columns();
    let position = |name: &Name<'_>| all.position(name).map_or(Value::Unknown, |at| number(at + 1));
    Value::list(columns.iter().map(position).collect())
}

fn number(number: usize) -> Value {
    i64::try_from(number).map_or(Value::Unknown, Value::Number)
}

fn constraint_letter(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::PrimaryKey => "p",
        Constraint::Unique(_) | Constraint::UniqueIndex(_) => "u",
        Constraint::ForeignKey(_) => "f",
        Constraint::Other(_) => "c",
    }
}

fn constraint_type(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::PrimaryKey => "PRIMARY KEY",
        Constraint::Unique(_) | Constraint::UniqueIndex(_) => "UNIQUE",
        Constraint::ForeignKey(_) => "FOREIGN KEY",
        Constraint::Other(_) => "CHECK",
    }
}

fn action_letter(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "a",
        ReferentialAction::Restrict => "r",
        ReferentialAction::Cascade => "c",
        ReferentialAction::SetNull => "n",
        ReferentialAction::SetDefault => "d",
    }
}

/// The name that `information_schema.columns.data_type` has for a type.
fn standard_type(data_type: &str) -> Option<&'static str> {
    let base = data_type.split('(').next().unwrap_or(data_type).trim_end();
    Some(match base {
        "int" | "int4" | "integer" | "serial" => "integer",
        "bigint" | "int8" | "bigserial" => "bigint",
        "smallint" | "int2" | "smallserial" => "smallint",
        "text" => "text",
        "uuid" => "uuid",
        "varchar" | "character varying" => "character varying",
        "bool" | "boolean" => "boolean",
        "json" => "json",
        "jsonb" => "jsonb",
        "numeric" | "decimal" => "numeric",
        "date" => "date",
        "timestamptz" | "timestamp with time zone" => "timestamp with time zone",
        "timestamp" | "timestamp without time zone" => "timestamp without time zone",
        _ => return None,
    })
}

/// The foreign key that a constraint's number means.
pub(crate) fn foreign_key_of(state: &State<'_>, id: TableId, name: &str) -> Option<ForeignKeyId> {
    state.own_by_name(id, &owned(name))
}

/// What a name in a string means to `regclass`: a table or an index.
pub(crate) fn relation<'a>(state: &State<'a>, text: &str) -> Option<Object> {
    let name = relation_name(text, state.engine);
    let table = state.lookup(&name).map(Object::Table);
    table.or_else(|| {
        let table = state.lookup_index(&name)?;
        Some(Object::Index(table, Rc::from(&*name.name)))
    })
}

fn owned<'a>(text: &str) -> Name<'a> {
    Name::Owned(text.to_owned())
}

/// A name in a string, as `'auth."Users"'::regclass` reads it.
fn relation_name<'a>(text: &str, engine: &Engine) -> QualifiedName<'a> {
    let dialect = Dialect::PostgreSql;
    let mut names: Vec<Name<'a>> = Lexer::new(text, 0, text.len(), engine)
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
        .map(|token| {
            let text = token.text(text);
            let name = match token.kind {
                TokenKind::Quoted => unquote(text),
                _ => dialect.fold(text),
            };
            Name::Owned(dialect.truncate(&name).to_owned())
        })
        .collect();
    let name = names.pop().unwrap_or_default();
    QualifiedName { namespace: names.pop(), name }
}
