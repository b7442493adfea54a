//! Applies statements to the database, one after the other.
//!
//! A refused statement changes nothing. It is reported where it could have changed a foreign key:
//! migrations succeeded once, so this reader lacks something, or the text does.

use std::cell::Cell;

use drift_model::{Dialect, Span, Unresolved, UnresolvedKind};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::apply_keys::joined_columns;
use crate::apply_prepared::Session;
use crate::apply_rebuild::Watch;
use crate::cursor::Source;
use crate::generated::Generated;
use crate::parse::changes_foreign_keys;
use crate::refusal::{Outcome, Refusal, RefusalKind};
use crate::replay::ReadFile;
use crate::scope::{Touched, scope};
use crate::state::{Index, Mark, NameScope, State, TableId};
use crate::statement::{
    CreateIndex, Name, QualifiedName, Statement, StatementKind, Step, StepKind,
};
use drift_model::Engine;

/// How many steps all blocks of a replay may take to evaluate what they ask.
const FUEL: usize = 5_000_000;

/// Applies statements.
pub(crate) struct Applier<'a> {
    pub(crate) state: State<'a>,
    /// Whether a table that no migration makes is not there, rather than made elsewhere.
    pub(crate) starts_empty: bool,
    unresolved: Vec<Unresolved>,
    /// What each of those could touch.
    touched: Vec<Touched<'a>>,
    /// Receives the texts that blocks put together.
    pub(crate) generated: &'a Generated,
    /// The file at hand.
    pub(crate) file: Option<Source<'a>>,
    /// The text that the statement at hand was read from: that of the file, or one put together.
    pub(crate) source: Option<Source<'a>>,
    /// The statement at hand.
    pub(crate) span: Option<Span>,
    /// How many texts that were put together lie in each other.
    pub(crate) depth: usize,
    /// How often loops went round.
    pub(crate) rounds: usize,
    /// Whether the block at hand may have been left before, for all that is known.
    pub(crate) may_have_left: bool,
    /// How many steps may still be made to evaluate what blocks ask.
    pub(crate) fuel: Cell<usize>,
    /// The variables of MySQL's session.
    pub(crate) session: Session<'a>,
    /// The tables that SQLite makes anew.
    pub(crate) watch: Watch<'a>,
    transaction: Option<Transaction<'a>>,
    /// Routines whose bodies change tables, with their texts.
    routines: HashMap<Name<'a>, &'a str>,
    tables_made_elsewhere: HashSet<(Name<'a>, Name<'a>)>,
    /// Whether there was a statement that only runs say what it did.
    has_dynamic_sql: bool,
    /// Whether the rest of the migrations was given up.
    is_exhausted: bool,
}

/// A transaction that is open.
struct Transaction<'a> {
    start: Mark,
    savepoints: Vec<(Name<'a>, Mark)>,
    /// Where the savepoints of each name stand.
    named_savepoints: HashMap<Name<'a>, Vec<usize>>,
    /// Whether a statement was refused, so that PostgreSQL refuses the rest.
    is_aborted: bool,
    /// Whether a savepoint of SQLite began it, whose release ends it.
    is_savepoint: bool,
    /// The search path to go back to after `SET LOCAL`.
    outer_path: Option<Vec<Name<'a>>>,
}

impl<'a> Transaction<'a> {
    fn save(&mut self, name: &Name<'a>, mark: Mark) {
        self.named_savepoints.entry(name.clone()).or_default().push(self.savepoints.len());
        self.savepoints.push((name.clone(), mark));
    }

    /// The place of the last savepoint that has a name.
    fn last_savepoint(&self, name: &Name<'a>) -> Option<usize> {
        self.named_savepoints.get(name)?.last().copied()
    }

    /// Forgets all savepoints from a place on.
    fn forget_savepoints(&mut self, from: usize) {
        for (name, _) in self.savepoints.drain(from..) {
            if let Some(places) = self.named_savepoints.get_mut(&name) {
                places.pop();
            }
        }
    }
}

impl<'a> Applier<'a> {
    /// Starts with an empty database.
    pub(crate) fn new(engine: &'a Engine, starts_empty: bool, generated: &'a Generated) -> Self {
        Self {
            state: State::new(engine),
            starts_empty,
            unresolved: Vec::new(),
            touched: Vec::new(),
            generated,
            file: None,
            source: None,
            span: None,
            depth: 0,
            rounds: 0,
            may_have_left: false,
            fuel: Cell::new(FUEL),
            session: Session::default(),
            watch: Watch::default(),
            transaction: None,
            routines: HashMap::new(),
            tables_made_elsewhere: HashSet::new(),
            has_dynamic_sql: false,
            is_exhausted: false,
        }
    }

    pub(crate) fn is(&self, dialect: Dialect) -> bool {
        self.state.dialect() == dialect
    }

    /// A table as reports call it.
    pub(crate) fn shown(&self, id: TableId) -> String {
        let table = self.state.table(id);
        if table.namespace == self.state.home {
            return table.name.to_string();
        }
        format!("{}.{}", table.namespace, table.name)
    }

    /// Applies a migration.
    pub(crate) fn migration(&mut self, read: ReadFile<'a>) {
        (self.file, self.source) = (Some(read.source), Some(read.source));
        for statement in &read.statements {
            self.statement(statement);
        }
        self.end_of_migration();
    }

    /// Applies a statement of a migration.
    pub(crate) fn statement(&mut self, statement: &Statement<'a>) {
        self.span = Some(statement.span);
        if self.control(&statement.kind) {
            return;
        }
        let is_refused_by_transaction =
            self.starts_empty && self.transaction.as_ref().is_some_and(|it| it.is_aborted);
        if is_refused_by_transaction {
            return;
        }
        let mark = self.state.mark();
        if let Err(refusal) = self.apply(&statement.kind, statement.span) {
            self.state.undo_to(mark);
            if let Some(transaction) = &mut self.transaction {
                transaction.is_aborted = self.state.dialect() == Dialect::PostgreSql;
            }
            // What stands in the way of a drop is a foreign key, whatever else was dropped.
            let matters =
                refusal.kind == RefusalKind::DependentObjects || could_matter(&statement.kind);
            if !refusal.is_harmless {
                self.remember_refused(&statement.kind);
            }
            if matters && !refusal.is_harmless {
                let span = refusal.span.unwrap_or(statement.span);
                self.report_refusal(refusal.reason, span);
            }
        }
        if self.transaction.is_none() {
            self.state.forget_undo();
        }
    }

    /// The end of a migration: a transaction that was left open is lost.
    pub(crate) fn end_of_migration(&mut self) {
        self.note_rebuilds();
        if self.transaction.is_some() {
            self.end_transaction(self.starts_empty);
        }
        // A dump empties the path for itself; what runs after it has another session.
        if self.state.search_path().is_empty() {
            self.state.set_search_path(vec![self.state.home.clone()]);
            self.state.forget_undo();
        }
    }

    /// Reports a statement that has no effect.
    pub(crate) fn report_refusal(&mut self, reason: impl Into<String>, span: Span) {
        let unresolved = Unresolved::new(UnresolvedKind::Statement, reason, span);
        self.report(Unresolved { is_refused: true, ..unresolved }, Touched::nothing());
    }

    /// Reports a statement that was not understood.
    pub(crate) fn report_unread(&mut self, reason: impl Into<String>, span: Span) {
        let touched = self.touched_by_unread(span);
        let may_add = self.text_of(span).is_some_and(|text| has_any(text, &ADDING));
        let unresolved = Unresolved::new(UnresolvedKind::Statement, reason, span);
        self.report(Unresolved { may_add, ..unresolved }, touched);
    }

    /// Reports a step of the statement at hand that is put together when it runs.
    pub(crate) fn report_dynamic(&mut self, reason: impl Into<String>, span: Span) {
        let touched = self.touched_by_dynamic(span);
        let may_add = may_add_foreign_keys(self.text_of(span).unwrap_or_default());
        let unresolved = Unresolved::new(UnresolvedKind::DynamicSql, reason, span);
        self.report(Unresolved { may_add, ..unresolved }, touched);
    }

    /// Reports a statement that is put together when it runs, from texts that stand elsewhere.
    pub(crate) fn report_touching(
        &mut self,
        reason: &str,
        span: Span,
        text: &str,
        touched: Touched<'a>,
    ) {
        let unresolved = Unresolved::new(UnresolvedKind::DynamicSql, reason, span);
        let may_add = may_add_foreign_keys(text);
        self.report(Unresolved { may_add, ..unresolved }, touched);
    }

    fn report(&mut self, unresolved: Unresolved, touched: Touched<'a>) {
        // What goes wrong in each round of a loop is said once.
        let is_repetition = self.unresolved.last().is_some_and(|last| {
            (last.kind, last.span, &last.reason)
                == (unresolved.kind, unresolved.span, &unresolved.reason)
        });
        if !is_repetition {
            self.has_dynamic_sql |= unresolved.kind == UnresolvedKind::DynamicSql;
            self.unresolved.push(unresolved);
            self.touched.push(touched);
        }
    }

    /// What was not understood, after the last migration.
    pub(crate) fn take_unresolved(&mut self) -> Vec<Unresolved> {
        let mut all = std::mem::take(&mut self.unresolved);
        for (unresolved, touched) in all.iter_mut().zip(&self.touched) {
            unresolved.scope = scope(touched, &self.state);
        }
        all
    }

    /// A call of a routine, whose body is not followed.
    fn call(&mut self, name: &Name<'a>, span: Span) {
        let Some(body) = self.routines.get(name).copied() else { return };
        let reason = format!("`{name}` may change foreign keys when it is called");
        let unresolved = Unresolved::new(UnresolvedKind::DynamicSql, reason, span);
        let may_add = may_add_foreign_keys(body);
        self.report(Unresolved { may_add, ..unresolved }, self.touched_by_text(body));
    }

    /// Whether there was a statement that only runs say what it did. Migrations succeeded once, so
    /// that what stands in the way of a later one was done away with there.
    pub(crate) fn lacks_something(&self) -> bool {
        !self.starts_empty && self.has_dynamic_sql
    }

    /// Says once that a referenced table is not made by these migrations.
    pub(crate) fn mention_table_made_elsewhere(&mut self, namespace: &Name<'a>, name: &Name<'a>) {
        let is_new = self.tables_made_elsewhere.insert((namespace.clone(), name.clone()));
        if let Some(span) = self.span.filter(|_| is_new) {
            let reason = format!("`{name}` is referenced here, but nothing before creates it");
            let unresolved = Unresolved::new(UnresolvedKind::Statement, reason, span);
            self.report(unresolved, Touched::nothing());
        }
    }

    /// Statements about the transaction itself. Whether it was one.
    fn control(&mut self, kind: &StatementKind<'a>) -> bool {
        let is_control = matches!(
            kind,
            StatementKind::Begin
                | StatementKind::Commit { .. }
                | StatementKind::Rollback { .. }
                | StatementKind::Savepoint(_)
                | StatementKind::RollbackTo(_)
                | StatementKind::Release(_)
        );
        if !is_control || !self.state.engine.has_transactional_ddl() {
            return is_control;
        }
        if matches!(kind, StatementKind::Commit { .. } | StatementKind::Rollback { .. }) {
            self.note_end_of_transaction();
        }
        match kind {
            StatementKind::Begin if self.transaction.is_none() => self.begin(false),
            StatementKind::Commit { is_chained } => {
                let is_lost =
                    self.starts_empty && self.transaction.as_ref().is_some_and(|it| it.is_aborted);
                self.end_transaction(is_lost);
                if *is_chained {
                    self.begin(false);
                }
            }
            StatementKind::Rollback { is_chained } => {
                self.end_transaction(true);
                if *is_chained {
                    self.begin(false);
                }
            }
            StatementKind::Savepoint(name) => {
                if self.transaction.is_none() && self.is(Dialect::Sqlite) {
                    self.begin(true);
                }
                let mark = self.state.mark();
                if let Some(transaction) = self.transaction.as_mut().filter(|it| !it.is_aborted) {
                    transaction.save(name, mark);
                }
            }
            StatementKind::RollbackTo(name) => self.roll_back_to(name),
            StatementKind::Release(name) => {
                let is_postgresql = self.is(Dialect::PostgreSql);
                if let Some(transaction) = self.transaction.as_mut().filter(|it| !it.is_aborted) {
                    let Some(at) = transaction.last_savepoint(name) else {
                        transaction.is_aborted = is_postgresql;
                        return true;
                    };
                    transaction.forget_savepoints(at);
                    if at == 0 && transaction.is_savepoint {
                        self.end_transaction(false);
                    }
                }
            }
            _ => {}
        }
        true
    }

    fn begin(&mut self, is_savepoint: bool) {
        let start = self.state.mark();
        self.transaction = Some(Transaction {
            start,
            savepoints: Vec::new(),
            named_savepoints: HashMap::new(),
            is_aborted: false,
            is_savepoint,
            outer_path: None,
        });
    }

    fn end_transaction(&mut self, is_lost: bool) {
        let Some(transaction) = self.transaction.take() else { return };
        if is_lost {
            self.state.undo_to(transaction.start);
        }
        if let Some(path) = transaction.outer_path {
            self.state.set_search_path(path);
        }
        self.state.forget_undo();
    }

    fn roll_back_to(&mut self, name: &Name<'a>) {
        let Some(transaction) = &mut self.transaction else { return };
        let Some(at) = transaction.last_savepoint(name) else {
            // PostgreSQL refuses the statement, and with it all that follows.
            transaction.is_aborted = self.state.dialect() == Dialect::PostgreSql;
            return;
        };
        transaction.forget_savepoints(at + 1);
        transaction.is_aborted = false;
        let mark = transaction.savepoints[at].1;
        self.state.undo_to(mark);
    }

    /// Applies a statement that is not about the transaction.
    pub(crate) fn apply(&mut self, kind: &StatementKind<'a>, span: Span) -> Outcome {
        /// No honest migrations change so many foreign keys for the sake of other things.
        const MOST_WORK: usize = 1_000_000;
        if self.state.work > MOST_WORK {
            if !std::mem::replace(&mut self.is_exhausted, true) {
                let reason = "what comes before concerns too many foreign keys to be followed";
                let unresolved = Unresolved::new(UnresolvedKind::DynamicSql, reason, span);
                self.report(Unresolved { may_add: true, ..unresolved }, Touched::Any);
            }
            return Ok(());
        }
        match kind {
            StatementKind::CreateTable(create) => {
                self.create_table(create, span)?;
                if create.is_incomplete {
                    self.note_copied_rows(&create.name);
                }
                Ok(())
            }
            StatementKind::AlterTable(alter) => self.alter_table(alter, span),
            StatementKind::DropTables(drop) => self.drop_tables(drop, span),
            StatementKind::RenameTables { pairs, if_exists } => {
                self.rename_tables(pairs, *if_exists, span)
            }
            StatementKind::CreateIndex(create) => self.create_index(create, span),
            StatementKind::DropIndexes { names, table, is_cascade } => {
                self.drop_indexes(names, table.as_ref(), *is_cascade, span)
            }
            StatementKind::RenameIndex { from, to } => {
                if let Some(table) = self.state.lookup_index(from) {
                    self.check_relation_name(table, Some(to))?;
                    self.rename_index(table, &from.name, to);
                } else if let Some(table) = self.state.lookup(from) {
                    // `ALTER INDEX` renames any relation.
                    let to = QualifiedName { namespace: None, name: to.clone() };
                    self.rename_table(table, &to, span)?;
                }
                Ok(())
            }
            StatementKind::CreateNamespace { name, if_not_exists, elements } => {
                self.create_namespace(name, *if_not_exists, elements)
            }
            StatementKind::RenameNamespace { from, to } => self.rename_namespace(from, to, span),
            StatementKind::DropNamespaces { names, is_cascade } => {
                self.drop_namespaces(names, *is_cascade, span)
            }
            StatementKind::DropTypes(types) => {
                self.drop_types(types, span);
                Ok(())
            }
            StatementKind::RenameType { from, to } => {
                self.rename_type(from, to);
                Ok(())
            }
            StatementKind::SetSearchPath { path, is_local } => {
                self.set_search_path(path.clone(), *is_local);
                Ok(())
            }
            StatementKind::UseDatabase(name) => {
                if self.is(Dialect::MySql) {
                    self.use_database(name.clone());
                }
                Ok(())
            }
            StatementKind::SetForeignKeyChecks(steps) => {
                self.set_checks(steps);
                Ok(())
            }
            StatementKind::SetDefaultStorage { is_plain } => {
                self.state.has_plain_storage = *is_plain;
                Ok(())
            }
            StatementKind::EnforceForeignKeys(is_on) => {
                // Inside a transaction it does nothing.
                if self.transaction.is_none() {
                    self.state.enforces_foreign_keys = *is_on;
                }
                Ok(())
            }
            StatementKind::CopyRows(into) => {
                self.note_copied_rows(into);
                Ok(())
            }
            StatementKind::LegacyAlterTable(is_on) => {
                self.state.has_legacy_rename = *is_on;
                Ok(())
            }
            StatementKind::Do(block) => self.do_block(block),
            StatementKind::DoEscaped(body) => self.do_escaped(body, span),
            StatementKind::SetVariables { assignments, checks } => {
                self.set_checks(checks);
                self.set_variables(assignments, span)
            }
            StatementKind::SelectIntoVariables { query, targets } => {
                self.select_into_variables(query, targets, span)
            }
            StatementKind::Prepare { name, text } => self.prepare(name, text, span),
            StatementKind::ExecutePrepared(name) => self.execute_prepared(name),
            StatementKind::ExecuteImmediate(text) => self.execute_immediate(text, span),
            StatementKind::CreateOther(name) => {
                self.state.other_relations.insert(name.clone());
                Ok(())
            }
            StatementKind::CreateRoutine(name) => {
                let body = self.text_of(span).unwrap_or_default();
                self.routines.insert(name.clone(), body);
                Ok(())
            }
            StatementKind::CallRoutine(name) => {
                self.call(name, span);
                Ok(())
            }
            StatementKind::Unread(reason) => {
                self.report_unread(reason.clone(), span);
                Ok(())
            }
            StatementKind::Dynamic(reason) => {
                self.report_dynamic(reason.clone(), span);
                Ok(())
            }
            StatementKind::Begin
            | StatementKind::Commit { .. }
            | StatementKind::Rollback { .. }
            | StatementKind::Savepoint(_)
            | StatementKind::RollbackTo(_)
            | StatementKind::Release(_) => Ok(()),
        }
    }

    /// The table that a name means; refuses one that is not there.
    pub(crate) fn existing(&self, name: &QualifiedName<'a>) -> Outcome<TableId> {
        self.state.lookup(name).ok_or_else(|| self.no_table(name))
    }

    pub(crate) fn no_table(&self, name: &QualifiedName<'a>) -> Refusal {
        let shown = match &name.namespace {
            Some(namespace) if *namespace != self.state.home => {
                format!("{namespace}.{}", name.name)
            }
            _ => name.name.to_string(),
        };
        let is_lost = name.namespace.as_ref().is_some_and(|it| !self.state.has_namespace(it));
        let kind = if is_lost { RefusalKind::UndefinedSchema } else { RefusalKind::UndefinedTable };
        Refusal::new(kind, format!("`{shown}` does not exist here"))
    }

    fn create_index(&mut self, create: &CreateIndex<'a>, span: Span) -> Outcome {
        let is_strict = self.starts_empty && self.is(Dialect::PostgreSql);
        if create.is_concurrent && self.transaction.is_some() && is_strict {
            let reason = "`CONCURRENTLY` needs to be outside of a transaction";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let Some(id) = self.state.lookup(&create.table) else {
            return if is_strict { Err(self.no_table(&create.table)) } else { Ok(()) };
        };
        let is_refused = !self.is(Dialect::PostgreSql)
            && !create.has_expressions
            && self.check_key_columns(id, &create.columns).is_err();
        if is_refused {
            return Ok(());
        }
        let namespace = self.state.table(id).namespace.clone();
        let is_taken = create.name.as_ref().is_some_and(|name| {
            !self.is(Dialect::MySql)
                && (self.state.index_table(&namespace, name).is_some()
                    || self.state.lookup_in(&namespace, name).is_some())
        });
        if is_taken {
            if create.if_not_exists || !is_strict {
                return Ok(());
            }
            let reason = "there is a table or index of that name already";
            return Err(Refusal::new(RefusalKind::DuplicateTable, reason));
        }
        let index = Index {
            name: create.name.clone(),
            columns: create.columns.clone(),
            included: create.included.clone(),
            attributes: None,
            has_expressions: create.has_expressions,
            is_unique: create.is_unique,
            is_partial: create.is_partial,
            covers_not_null: create.covers_not_null,
            is_made_for_key: false,
            part_of: None,
            span,
            made_at: 0,
        };
        let made_at = self.put_new_index(id, index);
        if !create.is_only {
            // Of an index that a partition cannot have, it makes none.
            let _ = self.pass_on_key(id, made_at);
        }
        Ok(())
    }

    /// Adds an index, for which PostgreSQL makes up a name if it has none. Of expressions it takes
    /// the names of functions, which are left out here: no foreign key depends on such an index.
    pub(crate) fn put_new_index(&mut self, id: TableId, mut index: Index<'a>) -> u32 {
        if self.is(Dialect::PostgreSql) && index.name.is_none() && !index.has_expressions {
            let joined = joined_columns(&index.columns, &index.included, &index.attributes);
            index.name = Some(self.state.free_name(id, &joined, "idx", "", NameScope::Index));
        }
        if !index.has_expressions {
            self.replace_indexes_made_for_keys(id, &index.columns);
        }
        let made_at = self.state.tick();
        index.made_at = made_at;
        let name = index.name.clone().filter(|_| !self.is(Dialect::MySql));
        self.state.put_index(id, self.state.table(id).indexes().end(), Some(index));
        if let Some(name) = name {
            let namespace = self.state.table(id).namespace.clone();
            self.state.point_index(&namespace, &name, Some(id));
        }
        made_at
    }

    fn drop_indexes(
        &mut self,
        names: &[QualifiedName<'a>],
        table: Option<&QualifiedName<'a>>,
        is_cascade: bool,
        span: Span,
    ) -> Outcome {
        for name in names {
            let found = match table {
                Some(table) => self.state.lookup(table),
                None => self.state.lookup_index(name),
            };
            let Some(id) = found else { continue };
            let table = self.state.table(id);
            let is_index = table.indexes().position(&name.name).is_some();
            if self.is(Dialect::PostgreSql) && table.has_constraint(&name.name) {
                let reason = format!("a constraint of `{}` needs its index", self.shown(id));
                let refusal = Refusal::new(RefusalKind::DependentObjects, reason);
                return Err(Refusal { is_harmless: true, ..refusal });
            }
            if is_index || self.is(Dialect::MySql) {
                let columns = self.index_columns(id, &name.name);
                self.drop_key(id, &name.name, is_cascade, span)?;
                if self.is(Dialect::MySql) {
                    self.refuse_lost_indexes(id, &columns.unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }

    fn create_namespace(
        &mut self,
        name: &Name<'a>,
        if_not_exists: bool,
        elements: &[Statement<'a>],
    ) -> Outcome {
        if if_not_exists && !elements.is_empty() {
            let reason = "`CREATE SCHEMA IF NOT EXISTS` takes no elements";
            return Err(Refusal::new(RefusalKind::Syntax, reason));
        }
        let is_strict = self.starts_empty || !elements.is_empty();
        if self.state.has_namespace(name) && is_strict && !if_not_exists {
            let reason = format!("the namespace `{name}` exists already");
            return Err(Refusal::new(RefusalKind::DuplicateSchema, reason));
        }
        self.state.add_namespace(name.clone());
        if elements.is_empty() {
            return Ok(());
        }
        let path = self.state.search_path().to_vec();
        let inner = std::iter::once(name.clone()).chain(path.iter().cloned()).collect();
        self.state.set_search_path(inner);
        let outcome =
            elements.iter().try_for_each(|element| self.apply(&element.kind, element.span));
        self.state.set_search_path(path);
        outcome
    }

    fn rename_namespace(&mut self, from: &Name<'a>, to: &Name<'a>, span: Span) -> Outcome {
        if self.starts_empty && !self.state.has_namespace(from) {
            let reason = format!("the namespace `{from}` does not exist here");
            return Err(Refusal::new(RefusalKind::UndefinedObject, reason));
        }
        if self.state.has_namespace(to) {
            let reason = format!("the namespace `{to}` exists already");
            return Err(Refusal::new(RefusalKind::DuplicateSchema, reason));
        }
        self.state.remove_namespace(from);
        self.state.add_namespace(to.clone());
        for id in self.state.tables_of(from) {
            let name = self.state.table(id).name.clone();
            self.state.rename_table(id, to.clone(), name, span);
            self.state.note_rename(id, span);
            self.bind_waiting(id);
        }
        Ok(())
    }

    fn drop_namespaces(&mut self, names: &[Name<'a>], is_cascade: bool, span: Span) -> Outcome {
        for name in names {
            let tables = self.state.tables_of(name);
            if !is_cascade && !tables.is_empty() {
                let reason = format!("the namespace `{name}` is not empty");
                return Err(Refusal::new(RefusalKind::DependentObjects, reason));
            }
            self.drop_together(&tables, is_cascade, span)?;
            self.state.remove_namespace(name);
        }
        Ok(())
    }

    /// `DROP TYPE ... CASCADE` drops the columns of that type.
    fn drop_types(&mut self, types: &[QualifiedName<'a>], span: Span) {
        for dropped in types {
            for (id, at) in self.columns_of_type(dropped) {
                let column = self.state.table(id).columns().get(at).map(|it| it.name.clone());
                if let Some(column) = column {
                    // With `CASCADE` nothing stands in the way.
                    let _ = self.drop_column(id, &column, true, span);
                }
            }
        }
    }

    /// The columns of a type, with and without its namespace where it needn't be written.
    fn columns_of_type(&self, name: &QualifiedName<'a>) -> Vec<(TableId, usize)> {
        let namespace = name.namespace.as_ref().unwrap_or(&self.state.home);
        let is_on_path =
            *namespace == self.state.home || self.state.search_path().contains(namespace);
        let qualified = format!("{namespace}.{}", name.name);
        let bare = Some(&*name.name).filter(|_| is_on_path);
        let mut found = Vec::new();
        for data_type in std::iter::once(&*qualified).chain(bare) {
            found.extend(self.state.columns_with_type(data_type).into_iter().filter(|(id, at)| {
                let column = self.state.table(*id).columns().get(*at);
                self.state.is_alive(*id)
                    && column.is_some_and(|it| it.data_type.as_deref() == Some(data_type))
            }));
        }
        found
    }

    /// `ALTER TYPE ... RENAME TO`: the columns keep the type.
    fn rename_type(&mut self, from: &QualifiedName<'a>, to: &Name<'a>) {
        for (id, at) in self.columns_of_type(from) {
            self.state.change_column(id, at, |column| {
                let namespace = column.data_type.as_deref().and_then(|it| it.rsplit_once('.'));
                column.data_type = Some(match namespace {
                    Some((namespace, _)) => Name::Owned(format!("{namespace}.{to}")),
                    None => to.clone(),
                });
            });
        }
    }

    fn set_search_path(&mut self, path: Option<Vec<Name<'a>>>, is_local: bool) {
        let before = self.state.search_path().to_vec();
        let path = path.unwrap_or_else(|| vec![self.state.home.clone()]);
        match &mut self.transaction {
            Some(transaction) if is_local => {
                transaction.outer_path.get_or_insert(before);
            }
            Some(transaction) => transaction.outer_path = None,
            // Outside of a transaction `SET LOCAL` does nothing. A migrator opens one, so that the
            // path holds to the end of the migration at the least.
            _ => {}
        }
        self.state.set_search_path(path);
    }

    /// `USE` before there is a table says what the database of the migrations is called.
    fn use_database(&mut self, name: Name<'a>) {
        if !self.state.has_tables() {
            self.state.home = name.clone();
        }
        self.state.add_namespace(name.clone());
        self.state.set_search_path(vec![name]);
    }
}

/// Words of statements that add foreign keys.
const ADDING: [&str; 3] = ["references", "foreign key", "constraint"];

/// Whether a text may add foreign keys: it says so, or what it runs stands elsewhere, in a variable,
/// a routine or a file.
fn may_add_foreign_keys(text: &str) -> bool {
    has_any(text, &ADDING) || !has_any(text, &["alter table", "drop ", "create "])
}

fn has_any(text: &str, words: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// Whether a refused statement could have changed a foreign key.
pub(crate) fn could_matter(kind: &StatementKind<'_>) -> bool {
    match kind {
        StatementKind::CreateTable(create) => create.has_references() || create.fault.is_some(),
        StatementKind::AlterTable(alter) => {
            alter.actions.iter().any(|action| action.kind.concerns_foreign_keys())
        }
        // A table that is not there has no foreign keys, unless others were to be dropped with it.
        StatementKind::DropTables(drop) => drop.names.len() > 1 || drop.is_cascade,
        StatementKind::DropNamespaces { .. }
        | StatementKind::RenameTables { .. }
        | StatementKind::RenameNamespace { .. } => true,
        StatementKind::CreateNamespace { elements, .. } => {
            elements.iter().any(|element| could_matter(&element.kind))
        }
        StatementKind::Do(block) => {
            steps_could_matter(&block.body)
                || block.handlers.iter().any(|it| steps_could_matter(&it.body))
        }
        StatementKind::DoEscaped(body) => changes_foreign_keys(body),
        StatementKind::Unread(_) | StatementKind::Dynamic(_) => true,
        _ => false,
    }
}

/// Whether any of the steps could change a foreign key.
pub(crate) fn steps_could_matter(steps: &[Step<'_>]) -> bool {
    steps.iter().any(|step| match &step.kind {
        StepKind::Statement(statement) => could_matter(statement),
        StepKind::If { branches, otherwise } => {
            branches.iter().any(|(_, body)| steps_could_matter(body))
                || steps_could_matter(otherwise)
        }
        StepKind::Block(block) => {
            steps_could_matter(&block.body)
                || block.handlers.iter().any(|it| steps_could_matter(&it.body))
        }
        StepKind::Loop(it) => steps_could_matter(&it.body),
        StepKind::Execute { text, targets, .. } => {
            targets.is_empty() && crate::apply_block::could_change_foreign_keys(text)
        }
        StepKind::Leave { .. }
        | StepKind::Assign { .. }
        | StepKind::Select { .. }
        | StepKind::Forget(_)
        | StepKind::Return
        | StepKind::Raise(_)
        | StepKind::Assert(_) => false,
    })
}
