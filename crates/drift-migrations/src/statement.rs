//! The statements that can change foreign keys, as plain data.
//!
//! Names are as the engine stores them: folded and cut. They borrow from the text wherever they can.

use std::borrow::Cow;

use drift_model::{Deferral, ReferentialAction, Span};

use crate::query::{Expression, Query};
use crate::refusal::RefusalKind;

/// An identifier as the engine stores it.
pub(crate) type Name<'a> = Cow<'a, str>;

/// A name that may say its namespace.
#[derive(Debug, Clone)]
pub(crate) struct QualifiedName<'a> {
    pub(crate) namespace: Option<Name<'a>>,
    pub(crate) name: Name<'a>,
}

/// A statement and its place.
#[derive(Debug)]
pub(crate) struct Statement<'a> {
    pub(crate) span: Span,
    pub(crate) kind: StatementKind<'a>,
}

/// What a statement says.
#[derive(Debug)]
pub(crate) enum StatementKind<'a> {
    CreateTable(CreateTable<'a>),
    AlterTable(AlterTable<'a>),
    DropTables(DropTables<'a>),
    RenameTables {
        pairs: Vec<(QualifiedName<'a>, QualifiedName<'a>)>,
        if_exists: bool,
    },
    CreateIndex(CreateIndex<'a>),
    DropIndexes {
        names: Vec<QualifiedName<'a>>,
        table: Option<QualifiedName<'a>>,
        is_cascade: bool,
    },
    RenameIndex {
        from: QualifiedName<'a>,
        to: Name<'a>,
    },
    CreateNamespace {
        name: Name<'a>,
        if_not_exists: bool,
        elements: Vec<Statement<'a>>,
    },
    RenameNamespace {
        from: Name<'a>,
        to: Name<'a>,
    },
    DropNamespaces {
        names: Vec<Name<'a>>,
        is_cascade: bool,
    },
    /// `DROP TYPE` or `DROP DOMAIN` with `CASCADE`.
    DropTypes(Vec<QualifiedName<'a>>),
    /// `ALTER TYPE` or `ALTER DOMAIN`.
    RenameType {
        from: QualifiedName<'a>,
        to: Name<'a>,
    },
    /// `None` is the default path; `is_local` ends with the transaction.
    SetSearchPath {
        path: Option<Vec<Name<'a>>>,
        is_local: bool,
    },
    /// `USE`.
    UseDatabase(Name<'a>),
    SetForeignKeyChecks(Vec<ChecksStep<'a>>),
    /// `SET default_storage_engine` of MySQL, to one that forgets foreign keys or to another.
    SetDefaultStorage {
        is_plain: bool,
    },
    /// `PRAGMA foreign_keys`.
    EnforceForeignKeys(bool),
    /// `INSERT INTO t SELECT ...` of SQLite.
    CopyRows(QualifiedName<'a>),
    /// `PRAGMA legacy_alter_table`.
    LegacyAlterTable(bool),
    Begin,
    /// `AND CHAIN` begins the next transaction at once.
    Commit {
        is_chained: bool,
    },
    Rollback {
        is_chained: bool,
    },
    Savepoint(Name<'a>),
    RollbackTo(Name<'a>),
    Release(Name<'a>),
    Do(Block<'a>),
    /// `DO` with a body that has to be unescaped before it is read.
    DoEscaped(Cow<'a, str>),
    /// `CREATE VIEW` and the like: a relation that is no table.
    CreateOther(Name<'a>),
    /// `SET @a = ...` of MySQL, and what it says about `foreign_key_checks`.
    SetVariables {
        assignments: Vec<(String, Expression<'a>)>,
        checks: Vec<ChecksStep<'a>>,
    },
    /// `SELECT ... INTO @a`.
    SelectIntoVariables {
        query: Query<'a>,
        targets: Vec<String>,
    },
    /// `PREPARE name FROM text`.
    Prepare {
        name: String,
        text: Expression<'a>,
    },
    /// `EXECUTE name`.
    ExecutePrepared(String),
    /// `EXECUTE IMMEDIATE text` of MariaDB.
    ExecuteImmediate(Expression<'a>),
    /// `CREATE FUNCTION` or `CREATE PROCEDURE` whose body changes tables.
    CreateRoutine(Name<'a>),
    /// `SELECT f(...)` or `CALL p(...)`.
    CallRoutine(Name<'a>),
    /// Something that could matter and was not understood.
    Unread(String),
    /// SQL that is put together when it runs.
    Dynamic(String),
}

/// A part of `SET @before = @@foreign_key_checks, foreign_key_checks = 0`.
#[derive(Debug)]
pub(crate) enum ChecksStep<'a> {
    /// A user variable takes the value.
    Save(Name<'a>),
    Set(bool),
    /// A user variable gives it back.
    Restore(Name<'a>),
}

/// `CREATE TABLE`.
#[derive(Debug)]
pub(crate) struct CreateTable<'a> {
    pub(crate) name: QualifiedName<'a>,
    pub(crate) if_not_exists: bool,
    /// `CREATE OR REPLACE TABLE` of MariaDB.
    pub(crate) is_replacing: bool,
    pub(crate) is_temporary: bool,
    pub(crate) is_unlogged: bool,
    /// Whether the storage engine of MySQL that is written forgets foreign keys.
    pub(crate) has_plain_storage: Option<bool>,
    /// Whether the columns of the primary key refuse NULL in SQLite as well: `WITHOUT ROWID`,
    /// `STRICT`.
    pub(crate) has_strict_primary_key: bool,
    /// The columns that say to which partition a row belongs; `None` without partitions.
    pub(crate) partition_key: Option<Vec<Name<'a>>>,
    pub(crate) partition_of: Option<QualifiedName<'a>>,
    pub(crate) inherits: Vec<QualifiedName<'a>>,
    /// `CREATE TABLE ... AS` makes columns that are not written.
    pub(crate) is_incomplete: bool,
    /// Why it was read no further than to the last of `items`.
    pub(crate) unread: Option<String>,
    /// Why the engine refuses it, whatever is there.
    pub(crate) fault: Option<&'static str>,
    pub(crate) items: Vec<TableItem<'a>>,
}

impl<'a> CreateTable<'a> {
    /// `CREATE TABLE name ()`.
    pub(crate) fn new(name: QualifiedName<'a>) -> Self {
        Self {
            name,
            if_not_exists: false,
            is_replacing: false,
            is_temporary: false,
            is_unlogged: false,
            has_plain_storage: None,
            has_strict_primary_key: false,
            partition_key: None,
            partition_of: None,
            inherits: Vec::new(),
            is_incomplete: false,
            unread: None,
            fault: None,
            items: Vec::new(),
        }
    }

    /// Whether it makes a foreign key.
    pub(crate) fn has_references(&self) -> bool {
        self.items.iter().any(|item| match item {
            TableItem::Column(column) => column.references().next().is_some(),
            TableItem::Constraint(constraint) => constraint.is_foreign_key(),
            TableItem::Like { .. } => false,
        })
    }
}

/// An element of `CREATE TABLE`, in textual order.
#[derive(Debug)]
pub(crate) enum TableItem<'a> {
    Column(ColumnDefinition<'a>),
    Constraint(TableConstraint<'a>),
    /// `LIKE t`, with its keys if `includes_indexes`.
    Like {
        table: QualifiedName<'a>,
        includes_indexes: bool,
        includes_checks: bool,
    },
}

/// A column with its constraints.
#[derive(Debug, Clone)]
pub(crate) struct ColumnDefinition<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) data_type: Option<Cow<'a, str>>,
    pub(crate) is_array: bool,
    pub(crate) is_not_null: bool,
    /// The names in the expression that a generated column is computed from.
    pub(crate) generated_from: Option<Vec<Name<'a>>>,
    pub(crate) default: Option<&'a str>,
    pub(crate) generation: Generation,
    pub(crate) constraints: Vec<ColumnConstraint<'a>>,
    pub(crate) span: Span,
}

/// Whether an expression computes a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    None,
    Stored,
    Virtual,
}

impl<'a> ColumnDefinition<'a> {
    /// The `REFERENCES` clauses of the column.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference<'a>> {
        self.constraints.iter().filter_map(|constraint| match &constraint.kind {
            ColumnConstraintKind::References(reference) => Some(reference),
            _ => None,
        })
    }
}

/// A constraint of one column.
#[derive(Debug, Clone)]
pub(crate) struct ColumnConstraint<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) span: Span,
    pub(crate) kind: ColumnConstraintKind<'a>,
    pub(crate) options: KeyOptions<'a>,
}

/// What a key is besides its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyOptions<'a> {
    pub(crate) is_deferrable: bool,
    /// `NULLS NOT DISTINCT`.
    pub(crate) has_equal_nulls: bool,
    /// The columns of `INCLUDE`.
    pub(crate) included: Vec<Name<'a>>,
}

/// What a constraint of one column says.
#[derive(Debug, Clone)]
pub(crate) enum ColumnConstraintKind<'a> {
    PrimaryKey,
    Unique,
    /// `CHECK` with the names that stand in it.
    Check(Vec<Name<'a>>),
    References(Reference<'a>),
}

/// `REFERENCES t (columns) ON DELETE ...`.
#[derive(Debug, Clone)]
pub(crate) struct Reference<'a> {
    pub(crate) table: QualifiedName<'a>,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) on_delete: Option<(ReferentialAction, Span)>,
    pub(crate) on_update: Option<(ReferentialAction, Span)>,
    pub(crate) set_columns: Vec<Name<'a>>,
    pub(crate) is_match_full: bool,
    /// Whether a `MATCH` is written, whichever.
    pub(crate) has_match: bool,
    pub(crate) timing: Timing,
    pub(crate) is_not_valid: bool,
}

/// When and whether a constraint is checked, as far as it is written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Timing {
    pub(crate) is_deferrable: Option<bool>,
    pub(crate) is_initially_deferred: Option<bool>,
    pub(crate) is_enforced: Option<bool>,
}

impl Timing {
    /// Until when the check may be put off; `None` if nothing is written about it.
    pub(crate) fn deferral(self) -> Option<Deferral> {
        match (self.is_deferrable, self.is_initially_deferred) {
            (None, None) => None,
            (Some(false), _) | (None, Some(false)) => Some(Deferral::NotDeferrable),
            (_, Some(true)) => Some(Deferral::InitiallyDeferred),
            (Some(true), _) => Some(Deferral::InitiallyImmediate),
        }
    }

    /// Whether the check may not be put off, and is put off.
    pub(crate) fn is_contradictory(self) -> bool {
        self.is_deferrable == Some(false) && self.is_initially_deferred == Some(true)
    }

    /// Whether anything is written.
    pub(crate) fn is_written(self) -> bool {
        self.deferral().is_some() || self.is_enforced.is_some()
    }
}

/// A constraint of a table.
#[derive(Debug, Clone)]
pub(crate) struct TableConstraint<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) span: Span,
    pub(crate) kind: TableConstraintKind<'a>,
    pub(crate) options: KeyOptions<'a>,
}

impl TableConstraint<'_> {
    /// Whether it is neither a key nor a foreign key.
    pub(crate) fn is_other(&self) -> bool {
        matches!(self.kind, TableConstraintKind::Check(_) | TableConstraintKind::Other)
    }

    /// Whether it is a key or an index.
    pub(crate) fn is_index(&self) -> bool {
        !self.is_other() && !self.is_foreign_key()
    }

    /// Whether it is a foreign key.
    pub(crate) fn is_foreign_key(&self) -> bool {
        matches!(self.kind, TableConstraintKind::ForeignKey { .. })
    }
}

/// What a constraint of a table says.
#[derive(Debug, Clone)]
pub(crate) enum TableConstraintKind<'a> {
    ForeignKey {
        columns: Vec<Name<'a>>,
        index_name: Option<Name<'a>>,
        if_not_exists: bool,
        reference: Reference<'a>,
    },
    PrimaryKey {
        columns: Vec<Name<'a>>,
    },
    Unique {
        columns: Vec<Name<'a>>,
        has_expressions: bool,
    },
    /// `UNIQUE USING INDEX i` or `PRIMARY KEY USING INDEX i`.
    UsingIndex {
        index: Name<'a>,
        is_primary: bool,
    },
    /// `INDEX i (a)` of MySQL.
    Index {
        columns: Vec<Name<'a>>,
        has_expressions: bool,
    },
    /// `EXCLUDE`, which has an index.
    Exclude {
        columns: Vec<Name<'a>>,
        has_expressions: bool,
    },
    /// `CHECK` with the names that stand in it.
    Check(Vec<Name<'a>>),
    /// A name is all that matters.
    Other,
}

/// `ALTER TABLE`.
#[derive(Debug)]
pub(crate) struct AlterTable<'a> {
    pub(crate) name: QualifiedName<'a>,
    pub(crate) if_exists: bool,
    /// `ALTER TABLE ONLY`: without the partitions.
    pub(crate) is_only: bool,
    pub(crate) actions: Vec<AlterAction<'a>>,
    /// Why the engine refuses it, whatever is there.
    pub(crate) fault: Option<&'static str>,
}

/// One action of `ALTER TABLE`.
#[derive(Debug)]
pub(crate) struct AlterAction<'a> {
    pub(crate) span: Span,
    pub(crate) kind: AlterKind<'a>,
}

/// What an action of `ALTER TABLE` says.
#[derive(Debug)]
pub(crate) enum AlterKind<'a> {
    AddColumn {
        if_not_exists: bool,
        column: ColumnDefinition<'a>,
    },
    DropColumn {
        name: Name<'a>,
        if_exists: bool,
        is_cascade: bool,
    },
    RenameColumn {
        from: Name<'a>,
        to: Name<'a>,
    },
    /// `MODIFY` and `CHANGE` of MySQL, `ALTER COLUMN a TO a ...` of libSQL.
    ChangeColumn {
        from: Name<'a>,
        column: ColumnDefinition<'a>,
    },
    SetType {
        name: Name<'a>,
        data_type: Option<Cow<'a, str>>,
        is_array: bool,
    },
    SetNotNull {
        name: Name<'a>,
        is_not_null: bool,
    },
    SetDefault {
        name: Name<'a>,
        default: Option<&'a str>,
    },
    AddConstraint(TableConstraint<'a>),
    DropConstraint {
        name: Name<'a>,
        if_exists: bool,
        is_cascade: bool,
    },
    DropForeignKey {
        name: Name<'a>,
        if_exists: bool,
    },
    DropPrimaryKey,
    /// `ALGORITHM = COPY` of MySQL.
    CopyTable,
    /// `ENGINE = x` of MySQL.
    SetStorage {
        is_plain: bool,
    },
    DropIndex {
        name: Name<'a>,
    },
    RenameConstraint {
        from: Name<'a>,
        to: Name<'a>,
    },
    RenameIndex {
        from: Name<'a>,
        to: Name<'a>,
    },
    ValidateConstraint {
        name: Name<'a>,
    },
    /// `ALTER CONSTRAINT` of PostgreSQL.
    AlterConstraint {
        name: Name<'a>,
        timing: Timing,
    },
    RenameTo(QualifiedName<'a>),
    /// `SET LOGGED` or `SET UNLOGGED`.
    SetLogged(bool),
    /// `INHERIT` or `NO INHERIT`.
    SetHeir {
        parent: QualifiedName<'a>,
        is_heir: bool,
    },
    SetNamespace(Name<'a>),
    AttachPartition(QualifiedName<'a>),
    DetachPartition(QualifiedName<'a>),
}

impl AlterKind<'_> {
    /// Whether the action makes, changes or drops a foreign key whatever the table is like.
    pub(crate) fn concerns_foreign_keys(&self) -> bool {
        match self {
            AlterKind::AddColumn { column, .. } | AlterKind::ChangeColumn { column, .. } => {
                column.references().next().is_some()
            }
            AlterKind::AddConstraint(constraint) => constraint.is_foreign_key(),
            AlterKind::DropConstraint { .. }
            | AlterKind::DropForeignKey { .. }
            | AlterKind::RenameConstraint { .. }
            | AlterKind::ValidateConstraint { .. }
            | AlterKind::AlterConstraint { .. }
            | AlterKind::RenameTo(_)
            | AlterKind::SetNamespace(_)
            | AlterKind::AttachPartition(_)
            | AlterKind::DetachPartition(_) => true,
            _ => false,
        }
    }
}

/// `DROP TABLE`.
#[derive(Debug)]
pub(crate) struct DropTables<'a> {
    pub(crate) names: Vec<QualifiedName<'a>>,
    pub(crate) if_exists: bool,
    pub(crate) is_cascade: bool,
}

/// `CREATE INDEX`.
#[derive(Debug)]
pub(crate) struct CreateIndex<'a> {
    pub(crate) name: Option<Name<'a>>,
    pub(crate) table: QualifiedName<'a>,
    pub(crate) if_not_exists: bool,
    /// Whether it cannot be made inside a transaction.
    pub(crate) is_concurrent: bool,
    /// Whether partitions get none.
    pub(crate) is_only: bool,
    pub(crate) columns: Vec<Name<'a>>,
    pub(crate) has_expressions: bool,
    /// The columns of `INCLUDE`.
    pub(crate) included: Vec<Name<'a>>,
    pub(crate) is_unique: bool,
    pub(crate) is_partial: bool,
    /// Whether the rows that it leaves out are those in which its first column is NULL.
    pub(crate) covers_not_null: bool,
}

/// A block of PL/pgSQL.
#[derive(Debug, Default)]
pub(crate) struct Block<'a> {
    /// Variables with their first values.
    pub(crate) declarations: Vec<(String, Expression<'a>)>,
    pub(crate) body: Vec<Step<'a>>,
    pub(crate) handlers: Vec<Handler<'a>>,
}

/// `WHEN condition OR condition THEN ...` of an `EXCEPTION` section.
#[derive(Debug)]
pub(crate) struct Handler<'a> {
    /// Names of conditions in lower case, or SQLSTATEs.
    pub(crate) conditions: Vec<String>,
    pub(crate) body: Vec<Step<'a>>,
}

/// A statement of PL/pgSQL and its place.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) span: Span,
    pub(crate) kind: StepKind<'a>,
}

/// What a statement of PL/pgSQL says.
#[derive(Debug)]
pub(crate) enum StepKind<'a> {
    Statement(StatementKind<'a>),
    If {
        branches: Vec<(Expression<'a>, Vec<Step<'a>>)>,
        otherwise: Vec<Step<'a>>,
    },
    Block(Block<'a>),
    Loop(Loop<'a>),
    /// `EXIT`, or `CONTINUE`.
    Leave {
        is_continue: bool,
        label: Option<Name<'a>>,
        condition: Option<Expression<'a>>,
    },
    Execute {
        text: Expression<'a>,
        /// What `INTO` names.
        targets: Vec<String>,
        /// What `USING` gives.
        parameters: Vec<Expression<'a>>,
    },
    Assign {
        target: String,
        value: Expression<'a>,
    },
    /// `SELECT ... INTO a, b`, or `PERFORM` without targets.
    Select {
        query: Query<'a>,
        targets: Vec<String>,
    },
    /// What sets variables to what only the data say.
    Forget(Vec<String>),
    /// `RETURN`.
    Return,
    /// `RAISE EXCEPTION`, or a `CASE` without a branch for its value.
    Raise(RefusalKind),
    /// `ASSERT`.
    Assert(Expression<'a>),
}

/// A loop of PL/pgSQL.
#[derive(Debug)]
pub(crate) struct Loop<'a> {
    pub(crate) label: Option<Name<'a>>,
    pub(crate) rounds: Rounds<'a>,
    pub(crate) body: Vec<Step<'a>>,
}

/// What a loop goes over.
#[derive(Debug)]
pub(crate) enum Rounds<'a> {
    /// `LOOP` alone, or `WHILE`.
    While(Expression<'a>),
    /// `FOREACH x IN ARRAY ...`.
    Items { target: String, items: Expression<'a> },
    /// `FOR i IN REVERSE 3..1 BY 2`.
    Numbers {
        target: String,
        first: Expression<'a>,
        last: Expression<'a>,
        step: Option<Expression<'a>>,
        is_reverse: bool,
    },
    /// `FOR r IN SELECT ...`.
    Query { targets: Vec<String>, query: Query<'a> },
    /// `FOR r IN EXECUTE '...' USING ...`.
    Execute { targets: Vec<String>, text: Expression<'a>, parameters: Vec<Expression<'a>> },
    /// What was not understood, as a cursor is.
    Unknown(Vec<String>),
}

impl Rounds<'_> {
    /// The variables that hold what it goes over.
    pub(crate) fn targets(&self) -> &[String] {
        match self {
            Rounds::While(_) => &[],
            Rounds::Items { target, .. } | Rounds::Numbers { target, .. } => {
                std::slice::from_ref(target)
            }
            Rounds::Query { targets, .. }
            | Rounds::Execute { targets, .. }
            | Rounds::Unknown(targets) => targets,
        }
    }
}
