//! Tables that are declared and that drizzle-kit does not come across.
//!
//! Nothing is loaded for them: they are looked for at the top level of the entries and of what these
//! re-export, and among the tables of other modules that a foreign key references. What a function
//! makes may be one of many, and what a test declares is meant for the test.

use std::path::Path;

use drift_model::{Catalog, TableName, UnexportedTable};
use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::Atom;
use swc_ecma_ast::{Decl, ModuleDecl, ModuleItem, Pat, Stmt, VarDecl, VarDeclarator};

use crate::accounting::contains;
use crate::collect::{Collected, makes_a_table};
use crate::draft::{Rules, TableDraft};
use crate::drizzle::Table;
use crate::evaluate::{Context, Evaluator};
use crate::loading::{Target, is_installed};
use crate::module_graph::{Export, Module, ModuleId, State};
use crate::value::Value;

/// Folders of tests, and of what they need.
const TEST_FOLDERS: [&str; 8] =
    ["test", "tests", "__tests__", "e2e", "fixtures", "__fixtures__", "mocks", "__mocks__"];

/// How well drizzle-kit knows a module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is an entry, or an entry exports all that it exports.
    Entered,
    /// An entry exports some of it.
    Mentioned,
    /// It is imported somewhere.
    Loaded,
}

/// A table and where it is declared.
struct Candidate<'a> {
    table: &'a Table<'a>,
    module: &'a Module<'a>,
    variable: Atom,
    standing: Standing,
}

impl<'a> Evaluator<'a> {
    /// The tables with foreign keys, or referenced by those of the catalog, that no entry exports.
    pub(crate) fn unexported(
        &mut self,
        collected: &Collected<'a>,
        catalog: &Catalog,
    ) -> Vec<UnexportedTable> {
        if self.out_of_fuel.is_some() {
            return Vec::new();
        }
        self.loads_nothing = true;
        let candidates = self.candidates(collected);
        if candidates.is_empty() {
            return Vec::new();
        }
        let declared: FxHashSet<&TableName> = catalog.tables.iter().map(|it| &it.name).collect();
        let referenced: FxHashSet<&TableName> =
            catalog.foreign_keys.iter().map(|it| &it.referenced_table).collect();
        let mut found = Vec::new();
        for Candidate { table, module, variable, standing } in candidates {
            let Ok(name) = &table.name else { continue };
            let name = self.model_name(table, name);
            let is_referenced = referenced.contains(&name);
            // Some declare a table a second time, to reference it without an import.
            let is_meant = !name.has_unknown_part()
                && !declared.contains(&name)
                && (is_referenced || standing != Standing::Loaded);
            if !is_meant {
                continue;
            }
            let foreign_keys = self.finished_foreign_keys(table);
            if is_referenced || !foreign_keys.is_empty() {
                let mut exports = module.exports.values();
                let is_exported =
                    exports.any(|it| matches!(it, Export::Local(name) if *name == variable));
                found.push(UnexportedTable {
                    name,
                    variable: variable.to_string(),
                    is_exported_elsewhere: is_exported,
                    span: table.span,
                    foreign_keys,
                });
            }
        }
        found
    }

    fn finished_foreign_keys(&mut self, table: &'a Table<'a>) -> Vec<drift_model::ForeignKey> {
        let Context { dialect, line, casing, .. } = self.context;
        let Ok(name) = &table.name else { return Vec::new() };
        let declared = self.declared(table);
        let written = drift_model::Table::new(self.model_name(table, name), table.span);
        let foreign_keys = declared.foreign_keys;
        let draft =
            TableDraft { table: written, columns: Vec::new(), foreign_keys, lost: Vec::new() };
        draft.finish(Rules { dialect, line, casing }).foreign_keys
    }

    fn candidates(&mut self, collected: &Collected<'a>) -> Vec<Candidate<'a>> {
        let standings = self.standings(collected);
        let mut candidates = Vec::new();
        for module in self.modules.clone() {
            let standing = standings.get(&module.id).copied().unwrap_or(Standing::Loaded);
            for item in module.body {
                let variables = match item {
                    ModuleItem::Stmt(Stmt::Decl(Decl::Var(variables))) => variables,
                    ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export))
                        if standing != Standing::Entered =>
                    {
                        let Decl::Var(variables) = &export.decl else { continue };
                        variables
                    }
                    _ => continue,
                };
                self.add_candidates(module, variables, standing, collected, &mut candidates);
            }
        }
        if !candidates.is_empty() {
            let shared = self.shared_folder(collected);
            candidates.retain(|it| !is_of_tests(it.module.path, shared));
        }
        candidates.sort_by_key(|it| (it.module.path, it.table.span.start));
        candidates
    }

    /// The folder that all modules are in that drizzle-kit enters.
    fn shared_folder(&self, collected: &Collected<'a>) -> &'a Path {
        let mut paths = collected.entered.iter().map(|id| self.module(*id).path);
        let mut shared = paths.next().and_then(Path::parent).unwrap_or(Path::new(""));
        for path in paths {
            while !path.starts_with(shared) {
                shared = shared.parent().unwrap_or(Path::new(""));
            }
        }
        shared
    }

    fn add_candidates(
        &mut self,
        module: &'a Module<'a>,
        variables: &'a VarDecl,
        standing: Standing,
        collected: &Collected<'a>,
        candidates: &mut Vec<Candidate<'a>>,
    ) {
        for declarator in &variables.decls {
            let Pat::Ident(name) = &declarator.name else { continue };
            let variable = &name.id.sym;
            let Some(value) = self.value_of(module, variable, declarator, standing) else {
                continue;
            };
            if let Value::Table(table) = value
                && self.is_of_dialect(table)
                && !collected.has(table)
                && contains(module.span(declarator.span), table.span)
                && !is_installed(module.path)
            {
                let variable = variable.clone();
                candidates.push(Candidate { table, module, variable, standing });
            }
        }
    }

    /// What a variable holds, as far as somebody asked for it, or should have.
    fn value_of(
        &mut self,
        module: &'a Module<'a>,
        variable: &Atom,
        declarator: &VarDeclarator,
        standing: Standing,
    ) -> Option<Value<'a>> {
        let binding = module.bindings.get(variable)?;
        let is_due = matches!(*binding.state.borrow(), State::Untouched)
            && standing != Standing::Loaded
            && makes_a_table(declarator);
        if is_due {
            return self.binding(module.id, variable);
        }
        match &*binding.state.borrow() {
            State::Done(value) => Some(value.clone()),
            _ => None,
        }
    }

    fn standings(&mut self, collected: &Collected<'a>) -> FxHashMap<ModuleId, Standing> {
        let mut standings = FxHashMap::default();
        for &id in &collected.entered {
            standings.insert(id, Standing::Entered);
        }
        for &id in &collected.entered {
            for export in self.module(id).exports.values() {
                let (Export::From { specifier, .. } | Export::Namespace { specifier }) = export
                else {
                    continue;
                };
                // A package may declare tables of another database.
                if specifier.starts_with('.')
                    && let Some(Target::Module(target)) = self.known_target(id, specifier)
                {
                    standings.entry(target).or_insert(Standing::Mentioned);
                }
            }
        }
        standings
    }
}

/// Whether a file is a test, or in a folder of tests that is none of those above the schema.
fn is_of_tests(path: &Path, shared: &Path) -> bool {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let mut above = shared.components();
    let mut inner = path.components().skip_while(|it| above.next() == Some(*it));
    name.contains(".test.")
        || name.contains(".spec.")
        || inner.any(|it| TEST_FOLDERS.iter().any(|folder| it.as_os_str() == *folder))
}
