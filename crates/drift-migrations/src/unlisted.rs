//! What is wrong with a journal, and what the files would do that it does not list.

use std::path::Path;

use drift_model::{
    FileSystem, ForeignKey, JournalFaults, ReferentialAction, SourceError, SourceMap, Span,
    TableName, UnlistedMigration,
};

use crate::folder::{Layout, MigrationFolder, WhyNot};
use crate::statement::{
    AlterKind, AlterTable, Block, ColumnDefinition, CreateTable, Name, QualifiedName, Reference,
    StatementKind, Step, StepKind, TableConstraint, TableConstraintKind, TableItem,
};
use crate::{dump, journal, replay};
use drift_model::Engine;

/// Where the journal of a folder and its files do not go together. Files that the journal does not
/// list are read; those that change no table are of no interest.
pub fn journal_faults(
    files: &dyn FileSystem,
    sources: &SourceMap,
    folder: &MigrationFolder,
    engine: &Engine,
) -> JournalFaults {
    let mut faults = JournalFaults {
        listed: folder.entries.len(),
        missing: folder.missing.clone(),
        ..JournalFaults::default()
    };
    if folder.layout == Layout::Journal {
        for path in folder.left_out_as(WhyNot::Unlisted) {
            read(files, sources, path, engine, &mut faults);
        }
        faults.out_of_order = journal::out_of_order(&folder.entries);
    }
    faults
}

fn read(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    engine: &Engine,
    faults: &mut JournalFaults,
) {
    let file = match sources.load(files, path) {
        Ok(file) => file,
        Err(error) => {
            let message =
                format!("the migration, which the journal does not list, cannot be read: {error}");
            faults.unread.push(SourceError { path: path.to_path_buf(), span: None, message });
            return;
        }
    };
    if dump::has_dump_head(&file.text) {
        return;
    }
    let replay::ReadFile { statements, .. } = replay::read(&file, engine, Layout::Journal);
    let mut effects = Effects {
        engine,
        first: None,
        foreign_keys: Vec::new(),
        tables: Vec::new(),
        indexes: Vec::new(),
        only_makes: true,
    };
    for statement in &statements {
        effects.statement(&statement.kind, statement.span);
    }
    faults.unlisted_indexes.append(&mut effects.indexes);
    if let (Some(name), Some(span)) = (path.file_name(), effects.first) {
        faults.unlisted.push(UnlistedMigration {
            name: name.to_string_lossy().into_owned(),
            span,
            foreign_keys: effects.foreign_keys,
            tables: effects.tables,
            only_makes: effects.only_makes,
        });
    }
}

/// What statements would do to tables, whatever the tables are like.
struct Effects<'e> {
    engine: &'e Engine,
    /// The first statement that changes a table.
    first: Option<Span>,
    foreign_keys: Vec<ForeignKey>,
    tables: Vec<(TableName, Option<String>)>,
    indexes: Vec<(TableName, Vec<String>)>,
    only_makes: bool,
}

impl Effects<'_> {
    fn statement(&mut self, kind: &StatementKind<'_>, span: Span) {
        match kind {
            StatementKind::CreateTable(create) if !create.is_temporary => {
                self.change(span);
                self.create_table(create);
            }
            StatementKind::AlterTable(alter) => {
                self.change(span);
                self.alter_table(alter);
            }
            StatementKind::DropTables(_)
            | StatementKind::RenameTables { .. }
            | StatementKind::RenameNamespace { .. }
            | StatementKind::DropNamespaces { .. }
            | StatementKind::DoEscaped(_)
            | StatementKind::Unread(_)
            | StatementKind::Dynamic(_) => {
                self.change(span);
                self.only_makes = false;
            }
            StatementKind::CreateNamespace { elements, .. } => {
                elements.iter().for_each(|it| self.statement(&it.kind, it.span));
            }
            StatementKind::Do(block) => self.block(block),
            StatementKind::CreateIndex(index) if !index.is_partial || index.covers_not_null => {
                let table = self.table_name(&index.table);
                self.indexes.push((table, strings(&index.columns)));
            }
            _ => {}
        }
    }

    fn change(&mut self, span: Span) {
        self.first.get_or_insert(span);
    }

    fn block(&mut self, block: &Block<'_>) {
        self.steps(&block.body);
        block.handlers.iter().for_each(|it| self.steps(&it.body));
    }

    fn steps(&mut self, steps: &[Step<'_>]) {
        for step in steps {
            match &step.kind {
                StepKind::Statement(kind) => self.statement(kind, step.span),
                StepKind::If { branches, otherwise } => {
                    branches.iter().for_each(|(_, body)| self.steps(body));
                    self.steps(otherwise);
                }
                StepKind::Block(block) => self.block(block),
                StepKind::Loop(it) => self.steps(&it.body),
                StepKind::Execute { .. } => {
                    self.change(step.span);
                    self.only_makes = false;
                }
                _ => {}
            }
        }
    }

    fn create_table(&mut self, create: &CreateTable<'_>) {
        let table = self.table_name(&create.name);
        self.tables.push((table.clone(), None));
        for item in &create.items {
            match item {
                TableItem::Column(column) => self.references(&table, column),
                TableItem::Constraint(constraint) => self.constraint(&table, constraint),
                TableItem::Like { .. } => {}
            }
        }
    }

    fn alter_table(&mut self, alter: &AlterTable<'_>) {
        let table = self.table_name(&alter.name);
        for action in &alter.actions {
            match &action.kind {
                AlterKind::AddColumn { column, .. } => {
                    self.tables.push((table.clone(), Some(column.name.to_string())));
                    self.references(&table, column);
                }
                AlterKind::AddConstraint(constraint) => {
                    self.only_makes &= constraint.is_foreign_key();
                    self.constraint(&table, constraint);
                }
                AlterKind::ChangeColumn { column, .. } => {
                    self.only_makes = false;
                    self.references(&table, column);
                }
                _ => self.only_makes = false,
            }
        }
    }

    fn references(&mut self, table: &TableName, column: &ColumnDefinition<'_>) {
        if !self.engine.honours_inline_references() {
            return;
        }
        for reference in column.references() {
            let columns = vec![column.name.to_string()];
            self.foreign_key(table, columns, reference, column.span);
        }
    }

    fn constraint(&mut self, table: &TableName, constraint: &TableConstraint<'_>) {
        if let TableConstraintKind::ForeignKey { columns, reference, .. } = &constraint.kind {
            self.foreign_key(table, strings(columns), reference, constraint.span);
        }
    }

    fn foreign_key(
        &mut self,
        table: &TableName,
        columns: Vec<String>,
        reference: &Reference<'_>,
        span: Span,
    ) {
        let action = |written: &Option<(ReferentialAction, Span)>| written.map(|it| it.0);
        let target = self.table_name(&reference.table);
        self.foreign_keys.push(ForeignKey {
            on_delete: action(&reference.on_delete).unwrap_or_default(),
            on_update: action(&reference.on_update).unwrap_or_default(),
            ..ForeignKey::new(table.clone(), columns, target, strings(&reference.columns), span)
        });
    }

    fn table_name(&self, name: &QualifiedName<'_>) -> TableName {
        let home = self.engine.dialect().default_namespace();
        let namespace = name.namespace.as_deref().filter(|it| Some(*it) != home);
        TableName { namespace: namespace.map(str::to_owned), name: name.name.to_string() }
    }
}

fn strings(names: &[Name<'_>]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
