//! What stands at a place: foreign keys, or a table.

use std::ops::Range;

use drift_check::Analysis;
use drift_model::{Catalog, ChangeKind, FileId, ForeignKey, Span, Table, TableName};

use crate::view::View;

/// Something at a place.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    /// The project, by its position.
    pub(crate) project: usize,
    pub(crate) what: What<'a>,
    /// What of the file it is told by.
    pub(crate) span: Span,
}

#[derive(Clone, Copy)]
pub(crate) enum What<'a> {
    ForeignKey(&'a ForeignKey),
    Table(&'a TableName),
}

/// What the cursor has to be on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// The declaration of a foreign key, or what a statement does to it.
    Declaration,
    /// The declaration of a column that carries one.
    Column,
    /// The beginning of a table.
    Table,
}

/// What each project has at a place: foreign keys by the smallest thing around it that concerns one, or
/// the table that begins there.
pub(crate) fn find<'a>(view: &View<'a>, file: FileId, offset: u32) -> Vec<Found<'a>> {
    let mut found: Vec<(Nearness, Found<'a>)> = Vec::new();
    for (project, analysis) in view.analyses.iter().enumerate() {
        let mut finder = Finder { view: *view, file, offset, project, found: Vec::new() };
        finder.look_at(analysis);
        found.append(&mut finder.found);
    }
    let rank = |it: &(Nearness, Found<'a>)| (it.0, it.1.span.end - it.1.span.start);
    let nearest = found.iter().map(rank).min();
    found.retain(|it| Some(rank(it)) == nearest);
    found.into_iter().map(|it| it.1).collect()
}

struct Finder<'a> {
    view: View<'a>,
    file: FileId,
    offset: u32,
    project: usize,
    found: Vec<(Nearness, Found<'a>)>,
}

impl<'a> Finder<'a> {
    fn look_at(&mut self, analysis: &'a Analysis) {
        let schema = analysis.schema.as_ref();
        let migrations = analysis.migrations.as_ref().map(|it| &it.catalog);
        let snapshot = analysis.snapshot.as_ref().map(|it| &it.1.catalog);
        let catalogs = [schema.map(|it| &it.catalog), migrations, snapshot];
        for catalog in catalogs.into_iter().flatten() {
            self.add_foreign_keys(catalog);
        }
        for lost in schema.iter().flat_map(|it| &it.lost) {
            if let Some(foreign_key) = &lost.foreign_key {
                self.add(Nearness::Declaration, lost.span, What::ForeignKey(foreign_key));
            }
        }
        if !self.found.is_empty() {
            return;
        }
        for catalog in catalogs.into_iter().flatten() {
            self.add_columns(catalog, analysis);
            for table in &catalog.tables {
                let head = self.head(table);
                self.add(Nearness::Table, head, What::Table(&table.name));
            }
        }
    }

    fn add(&mut self, nearness: Nearness, span: Span, what: What<'a>) {
        if span.file == self.file && (span.start..=span.end).contains(&self.offset) {
            self.found.push((nearness, Found { project: self.project, what, span }));
        }
    }

    fn add_foreign_keys(&mut self, catalog: &'a Catalog) {
        let Catalog {
            foreign_keys,
            dropped_foreign_keys,
            ignored_foreign_keys,
            skipped_foreign_keys,
            ..
        } = catalog;
        let skipped = skipped_foreign_keys.iter().map(|it| &it.foreign_key);
        let all = foreign_keys.iter().chain(dropped_foreign_keys).chain(ignored_foreign_keys);
        for foreign_key in all.chain(skipped) {
            let spans = std::iter::once(foreign_key.span);
            // Whoever renames a table wants to hear nothing of its foreign keys.
            let changes = foreign_key.history.iter().filter(|it| it.kind != ChangeKind::Renamed);
            let mut spans = spans.chain(changes.map(|it| it.span));
            let is_here =
                |it: &Span| it.file == self.file && (it.start..=it.end).contains(&self.offset);
            if let Some(span) = spans.find(is_here) {
                self.add(Nearness::Declaration, span, What::ForeignKey(foreign_key));
            }
        }
    }

    fn add_columns(&mut self, catalog: &'a Catalog, analysis: &Analysis) {
        let Some(dialect) = analysis.dialect else { return };
        let (file, offset) = (self.file, self.offset);
        for table in &catalog.tables {
            let is_here = |it: Span| it.file == file && (it.start..=it.end).contains(&offset);
            for column in table.columns.iter().filter(|it| is_here(it.span)) {
                let name = dialect.column_key(&column.name);
                let is_on_it = |it: &&ForeignKey| {
                    dialect.table_key(&it.referencing_table) == dialect.table_key(&table.name)
                        && it.referencing_columns.iter().any(|it| dialect.column_key(it) == name)
                };
                for foreign_key in catalog.foreign_keys.iter().filter(is_on_it) {
                    self.add(Nearness::Column, column.span, What::ForeignKey(foreign_key));
                }
            }
        }
    }

    /// `export const users = pgTable("users"`, or `CREATE TABLE users`.
    fn head(&self, table: &Table) -> Span {
        let span = table.span;
        if span.file != self.file {
            return span;
        }
        let file = self.view.sources.file(span.file);
        let Range { start, end } = span.start as usize..span.end as usize;
        if is_sql(&file.path) {
            let text = file.text.get(start..end).unwrap_or_default();
            let length = text.find('(').map_or(text.len(), |it| text[..it].trim_end().len());
            return Span { end: span.start + length as u32, ..span };
        }
        let before = file.text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        let begins = before[line_start..].trim_start();
        if ["export ", "const ", "let ", "var "].iter().any(|it| begins.starts_with(it)) {
            let start = start - begins.len();
            return Span { start: start as u32, ..span };
        }
        span
    }
}

pub(crate) fn is_sql(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|it| it == "sql")
}
