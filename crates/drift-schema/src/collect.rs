//! What drizzle-kit finds in the files it is told to load: the tables among their exports.

use std::path::PathBuf;

use drift_model::{Dialect, OpaqueExport, Span, Unresolved, UnresolvedKind};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use swc_atoms::Atom;
use swc_common::Spanned;
use swc_ecma_ast::{Callee, Decl, Expr, ModuleDecl, ModuleItem, Stmt, VarDeclarator};

use crate::drizzle::{Table, unresolved};
use crate::effects;
use crate::evaluate::Evaluator;
use crate::loading::{NOT_FOUND, Target, is_installed, is_package};
use crate::module_graph::{COMMONJS, Declaration, Module, ModuleId};
use crate::namespaces;
use crate::packages::Core;
use crate::patterns;
use crate::value::Value;

/// Tables, each of them once, in the order in which drizzle-kit comes across them.
#[derive(Default)]
pub(crate) struct Collected<'a> {
    pub(crate) tables: Vec<CollectedTable<'a>>,
    pub(crate) unresolved: Vec<Unresolved>,
    /// In the order of the tables, with their places.
    pub(crate) opaque_exports: Vec<((usize, usize), OpaqueExport)>,
    /// The entries, and the modules of which they export everything.
    pub(crate) entered: IndexSet<ModuleId, FxBuildHasher>,
    seen: FxHashSet<*const Table<'a>>,
}

/// A table, and its place among the declarations.
#[derive(Clone, Copy)]
pub(crate) struct CollectedTable<'a> {
    pub(crate) table: &'a Table<'a>,
    /// The positions of the entry and of the export.
    pub(crate) place: (usize, usize),
}

/// Something that an entry exports.
#[derive(Clone, Copy)]
struct Exported<'n> {
    entry: ModuleId,
    name: &'n Atom,
    /// As in [`CollectedTable`].
    place: (usize, usize),
}

/// What is to be done with a module and what it re-exports.
enum Step<'a> {
    Enter(ModuleId),
    /// Enters what a specifier in a module stands for, which is loaded no sooner than it has to be.
    Follow(ModuleId, &'a Atom),
    Run(ModuleId),
}

impl<'a> Evaluator<'a> {
    /// The tables that the entries export.
    pub(crate) fn collect(&mut self, paths: &[PathBuf]) -> Collected<'a> {
        let mut entered = IndexSet::default();
        let mut collected = Collected::default();
        let mut entries = Vec::with_capacity(paths.len());
        for path in paths {
            // Later ones are parsed while this one runs.
            if let Ok(entry) = self.load(path) {
                self.enter(entry, &mut entered, &mut collected);
                entries.push(entry);
            }
        }
        self.load_reexports(&entries);
        // Whatever was asked for first, the files that were named come first.
        let positions: FxHashMap<_, _> = paths.iter().zip(0..).collect();
        self.errors.sort_by_key(|error| positions.get(&error.path).map_or(paths.len(), |it| *it));
        for (position, &entry) in entries.iter().enumerate() {
            let mut names: Vec<_> = self.export_names(entry).into_iter().enumerate().collect();
            // The order of a module's namespace, which decides between tables of one name.
            names.sort_by(|(_, a), (_, b)| a.as_str().cmp(b.as_str()));
            for (order, name) in names {
                if let Some(value) = self.export(entry, &name) {
                    let exported = Exported { entry, name: &name, place: (position, order) };
                    self.collect_value(&value, exported, &mut collected);
                }
            }
            if self.module(entry).is_commonjs {
                self.collect_commonjs(entry, position, &mut collected);
            }
        }
        collected.drop_repetitions();
        for &module in &entered {
            self.report_missing_reexports(module, &mut collected);
        }
        collected.entered = entered;
        if let Some(span) = self.out_of_fuel {
            let reason = "evaluating this takes too many steps; what comes after was not read";
            collected.unresolved.push(Unresolved::open(UnresolvedKind::Expression, reason, span));
        }
        collected
    }

    /// Runs the top level of a module, after that of the modules it re-exports. Shared builders
    /// take their names from the first table that is made with them, so the order matters.
    fn enter(
        &mut self,
        id: ModuleId,
        entered: &mut IndexSet<ModuleId, FxBuildHasher>,
        collected: &mut Collected<'a>,
    ) {
        let mut pending = vec![Step::Enter(id)];
        while let Some(step) = pending.pop() {
            let id = match step {
                Step::Run(id) => {
                    self.run_module(id, Some(collected));
                    continue;
                }
                Step::Follow(id, specifier) => match self.target(id, specifier) {
                    Target::Module(next) => next,
                    _ => continue,
                },
                Step::Enter(id) => id,
            };
            if entered.insert(id) {
                pending.push(Step::Run(id));
                let stars = self.module(id).stars.iter().rev();
                pending.extend(stars.map(|specifier| Step::Follow(id, specifier)));
            }
        }
    }

    /// Runs what a module imports for the sake of its effects.
    pub(crate) fn run_bare_imports(&mut self, importer: &'a Module<'a>) {
        if !importer.has_bare_imports.replace(false) || self.loads_nothing {
            return;
        }
        let doubt = std::mem::take(&mut self.doubt);
        for specifier in &importer.bare_imports {
            let Target::Module(next) = self.target(importer.id, specifier) else { continue };
            let module = self.module(next);
            if is_installed(module.path) || module.is_running.get() {
                continue;
            }
            self.nested(Span::new(module.file, 0, 0), |this| {
                this.run_module(next, None);
                Value::Undefined
            });
        }
        self.doubt = doubt;
    }

    fn run_module(&mut self, id: ModuleId, mut collected: Option<&mut Collected<'a>>) {
        let module = self.module(id);
        self.run_bare_imports(module);
        let is_bare = collected.is_none();
        module.is_running.set(true);
        let mut effects = module.effects.iter().peekable();
        for item in module.body {
            match item {
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => {
                    for name in declared_names(&export.decl) {
                        let value = self.binding(id, &name);
                        let text = self.module(id).text_of(export.span);
                        if let Some(collected) = &mut collected {
                            collected.add_if_it_declares(value.as_ref(), text);
                        }
                    }
                }
                // It may name, or change, a builder that an exported table shares; and what it
                // reads may have changed by the time that it is needed.
                ModuleItem::Stmt(Stmt::Decl(Decl::Var(variables))) => {
                    for declarator in &variables.decls {
                        if makes_a_table(declarator) || module.mentions_changed(declarator.span) {
                            patterns::for_each_name(&declarator.name, &mut |name| {
                                self.binding(id, name);
                            });
                        }
                    }
                }
                ModuleItem::Stmt(statement) => {
                    let effect = effects.next_if(|it| std::ptr::eq(it.statement, statement));
                    let is_due = match effect {
                        Some(effect) if effect.is_foreign.replace(false) => {
                            self.is_for_project(module, statement, is_bare)
                        }
                        Some(effect) => !effect.is_done.replace(true),
                        None => {
                            self.is_for_project(module, statement, is_bare)
                                && self.ran.insert(statement)
                        }
                    };
                    if is_due {
                        self.statement(statement, &module.scope);
                    }
                }
                ModuleItem::ModuleDecl(_) => {}
            }
        }
        module.is_running.set(false);
        if !is_bare {
            self.declare_early(module);
        }
    }

    /// Whether a statement may change what is imported from a file of the project: by assigning to
    /// it, or by calling it; in a module that is there for its effects alone, by calling anything.
    fn is_for_project(
        &mut self,
        module: &'a Module<'a>,
        statement: &'a Stmt,
        is_bare: bool,
    ) -> bool {
        let mut names = Vec::new();
        if is_bare {
            effects::for_each_changed_name(statement, &mut |name| names.push(name.clone()));
        } else {
            effects::for_each_assigned_name(statement, &mut |name| names.push(name.clone()));
        }
        effects::for_each_called_name(statement, &mut |name| names.push(name.clone()));
        names.iter().any(|name| match module.bindings.get(name).map(|it| &it.declaration) {
            Some(Declaration::Import { specifier, .. }) => !is_package(specifier),
            Some(_) => is_bare,
            None => false,
        })
    }

    fn collect_commonjs(
        &mut self,
        entry: ModuleId,
        position: usize,
        collected: &mut Collected<'a>,
    ) {
        let name = Atom::from(COMMONJS);
        if let Some(whole) = self.export(entry, &name) {
            for (order, (name, value)) in self.entries(&whole).into_iter().enumerate() {
                let exported = Exported { entry, name: &name, place: (position, order) };
                self.collect_value(&value, exported, collected);
            }
        }
    }

    fn collect_value(
        &mut self,
        value: &Value<'a>,
        exported: Exported<'_>,
        collected: &mut Collected<'a>,
    ) {
        match value {
            Value::Table(table)
                if self.is_of_dialect(table) && collected.seen.insert(*table as *const _) =>
            {
                collected.tables.push(CollectedTable { table, place: exported.place });
            }
            Value::Either(either) => {
                self.collect_value(&either.first, exported, collected);
                self.collect_value(&either.second, exported, collected);
            }
            Value::Unknown(unknown) => {
                if unknown.may_be_table {
                    collected.unresolved.push(unresolved(unknown));
                }
                let opaque = self.opaque_export(exported.entry, exported.name, unknown);
                collected.opaque_exports.extend(opaque.map(|it| (exported.place, it)));
            }
            _ => {}
        }
    }

    /// Tables of other dialects are passed over, and so are those of a MySQL schema.
    pub(crate) fn is_of_dialect(&self, table: &Table<'a>) -> bool {
        let dialect = self.context.dialect;
        table.core == Core::Dialect(dialect)
            && (dialect != Dialect::MySql || table.namespace.is_none())
    }

    /// A module that is re-exported and cannot be read may hold tables.
    fn report_missing_reexports(&mut self, id: ModuleId, collected: &mut Collected<'a>) {
        let module = self.module(id);
        for item in module.body {
            let (specifier, names) = match item {
                ModuleItem::ModuleDecl(ModuleDecl::ExportAll(export)) if !export.type_only => {
                    (&export.src, None)
                }
                ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) if !export.type_only => {
                    match &export.src {
                        Some(source) => (source, Some(export)),
                        None => continue,
                    }
                }
                _ => continue,
            };
            let is_by_name =
                names.is_some_and(|export| export.specifiers.iter().all(|it| !it.is_named()));
            if is_by_name {
                continue;
            }
            let specifier = specifier.value.to_atom_lossy().into_owned();
            if let Target::Missing(why) = self.target(id, &specifier) {
                let reason = format!("tables may be exported from `{specifier}`, {why}");
                let span = module.span(item.span());
                let missing_module = (why == NOT_FOUND).then(|| specifier.to_string());
                let unresolved = Unresolved::open(UnresolvedKind::Expression, reason, span);
                collected.unresolved.push(Unresolved { missing_module, ..unresolved });
            }
        }
    }
}

impl<'a> Collected<'a> {
    /// Whether drizzle-kit comes across a table.
    pub(crate) fn has(&self, table: &'a Table<'a>) -> bool {
        self.seen.contains(&std::ptr::from_ref(table))
    }

    /// An entry may re-export what another one exports.
    fn drop_repetitions(&mut self) {
        self.opaque_exports.sort_by_key(|it| it.0);
        let mut seen = FxHashSet::default();
        self.opaque_exports.retain(|(_, it)| seen.insert((it.span, it.name.clone())));
    }

    /// Something exported that could not be evaluated, and whose text declares foreign keys.
    fn add_if_it_declares(&mut self, value: Option<&Value<'a>>, text: &str) {
        if let Some(Value::Unknown(unknown)) = value
            && !unknown.may_be_table
            && (text.contains(".references(") || text.contains("foreignKey("))
        {
            self.unresolved.push(unresolved(unknown));
        }
    }
}

/// The names that an exported declaration binds to values.
/// Whether a variable is a table by the looks of it; what it is otherwise is not worth loading.
pub(crate) fn makes_a_table(variable: &VarDeclarator) -> bool {
    let Some(Expr::Call(call)) = variable.init.as_deref().map(patterns::without_types) else {
        return false;
    };
    let Callee::Expr(callee) = &call.callee else { return false };
    match &**callee {
        Expr::Ident(name) => name.sym.ends_with("Table"),
        Expr::Member(member) => member.prop.is_ident_with("table"),
        _ => false,
    }
}

fn declared_names(declaration: &Decl) -> Vec<Atom> {
    let mut names = Vec::new();
    match declaration {
        Decl::Var(variables) => {
            for declarator in &variables.decls {
                patterns::for_each_name(&declarator.name, &mut |name| names.push(name.clone()));
            }
        }
        Decl::TsEnum(declaration) => names.push(declaration.id.sym.clone()),
        Decl::TsModule(block) => names.extend(namespaces::name_of(block).cloned()),
        _ => {}
    }
    names
}
