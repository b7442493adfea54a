//! Modules: what each declares, imports and exports, without evaluating any of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use drift_model::{FileId, Span};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use swc_atoms::Atom;
use swc_ecma_ast::{
    Class, Decl, DefaultDecl, ExportSpecifier, Expr, Function, ImportDecl, ImportSpecifier,
    ModuleDecl, ModuleExportName, ModuleItem, NamedExport, Pat, Stmt, TsEntityName, TsEnumDecl,
    TsModuleDecl, TsModuleRef, VarDeclKind, VarDeclarator,
};

use crate::effects;
use crate::namespaces;
use crate::parse::{ParsedFile, file_span};
use crate::patterns;
use crate::scope::Scope;
use crate::value::Value;

/// A loaded module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ModuleId(pub(crate) u32);

/// What a module declares and exports.
pub(crate) struct Module<'a> {
    pub(crate) id: ModuleId,
    pub(crate) file: FileId,
    pub(crate) text: &'a str,
    pub(crate) path: &'a std::path::Path,
    pub(crate) body: &'a [ModuleItem],
    /// The scope that its top-level code runs in.
    pub(crate) scope: Rc<Scope<'a>>,
    pub(crate) bindings: FxHashMap<Atom, Binding<'a>>,
    /// In the order of the text.
    pub(crate) exports: IndexMap<Atom, Export, FxBuildHasher>,
    /// Specifiers of `export * from`.
    pub(crate) stars: Vec<Atom>,
    /// Whether a binding holds `module.exports = ..` or `export = ..`.
    pub(crate) is_commonjs: bool,
    /// Statements that change what its bindings hold, in order.
    pub(crate) effects: Vec<Effect<'a>>,
    /// The positions in `effects` of those that change a name.
    pub(crate) effects_by_name: FxHashMap<Atom, Vec<usize>>,
    /// The names declared with `let` or `var`, which any code may give another value.
    variables: FxHashSet<Atom>,
    /// The namespaces of TypeScript that it declares, of one name or more than one block.
    pub(crate) namespaces: FxHashMap<Atom, Vec<&'a TsModuleDecl>>,
    /// Specifiers of `import "./more"`, which names nothing.
    pub(crate) bare_imports: Vec<Atom>,
    /// Whether there are such that have not run yet.
    pub(crate) has_bare_imports: Cell<bool>,
    /// Whether its top level is being run, so that effects take place in their order.
    pub(crate) is_running: Cell<bool>,
}

/// A top-level statement that changes what some bindings hold: `columns.a = ..`.
pub(crate) struct Effect<'a> {
    pub(crate) statement: &'a Stmt,
    names: Vec<Atom>,
    pub(crate) is_done: Cell<bool>,
    /// Whether it changes nothing but what is imported.
    pub(crate) is_foreign: Cell<bool>,
}

/// A name that a module declares at its top level.
pub(crate) struct Binding<'a> {
    pub(crate) declaration: Declaration<'a>,
    pub(crate) state: RefCell<State<'a>>,
}

/// How a name is declared.
#[derive(Clone)]
pub(crate) enum Declaration<'a> {
    Variable(&'a VarDeclarator),
    Function(&'a Function),
    Class(&'a Class),
    Enum(&'a TsEnumDecl),
    /// See [`Module::namespaces`].
    Namespace,
    /// `import a = b.c`
    Entity(&'a TsEntityName),
    /// Whatever another binding of this module holds.
    Local(Atom),
    /// An expression without a name of its own, such as a default export.
    Expression(&'a Expr),
    /// `import`; `name` is `None` for the whole module.
    Import {
        specifier: Atom,
        name: Option<Atom>,
        span: Span,
    },
}

/// How far a binding has been evaluated.
#[derive(Clone)]
pub(crate) enum State<'a> {
    Untouched,
    InProgress,
    Done(Value<'a>),
}

/// What an exported name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Export {
    /// A binding of this module.
    Local(Atom),
    /// A name of another module.
    From { specifier: Atom, name: Atom },
    /// Another module as a whole: `export * as ns from`.
    Namespace { specifier: Atom },
}

/// The name under which a default export is kept; no identifier is spelt like this.
pub(crate) const DEFAULT: &str = "*default*";

/// As [`DEFAULT`], for `module.exports = ..` and `export = ..`.
pub(crate) const COMMONJS: &str = "*module.exports*";

impl<'a> Module<'a> {
    pub(crate) fn new(id: ModuleId, parsed: &'a ParsedFile) -> Self {
        let mut module = Self {
            id,
            file: parsed.source.id,
            text: &parsed.source.text,
            path: &parsed.source.path,
            body: &parsed.module.body,
            scope: Scope::of_module(id),
            bindings: FxHashMap::default(),
            exports: IndexMap::default(),
            stars: Vec::new(),
            is_commonjs: false,
            effects: Vec::new(),
            effects_by_name: FxHashMap::default(),
            variables: FxHashSet::default(),
            namespaces: FxHashMap::default(),
            bare_imports: Vec::new(),
            has_bare_imports: Cell::new(false),
            is_running: Cell::new(false),
        };
        for item in &parsed.module.body {
            module.index(item);
        }
        for item in &parsed.module.body {
            module.index_effect(item);
        }
        module.keep_own_effects();
        module.has_bare_imports.set(!module.bare_imports.is_empty());
        module
    }

    pub(crate) fn span(&self, span: swc_common::Span) -> Span {
        file_span(self.file, span)
    }

    pub(crate) fn text_of(&self, span: swc_common::Span) -> &'a str {
        let span = self.span(span);
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Whether a text has the name of something in it that a statement changes.
    pub(crate) fn mentions_changed(&self, span: swc_common::Span) -> bool {
        if self.effects_by_name.is_empty() {
            return false;
        }
        let is_end = |it: char| !it.is_alphanumeric() && !matches!(it, '_' | '$');
        let mut words = self.text_of(span).split(is_end).filter(|word| !word.is_empty());
        words.any(|word| self.effects_by_name.contains_key(&Atom::from(word)))
    }

    fn index(&mut self, item: &'a ModuleItem) {
        match item {
            ModuleItem::ModuleDecl(declaration) => self.index_module_declaration(declaration),
            ModuleItem::Stmt(Stmt::Decl(declaration)) => {
                self.index_declaration(declaration, false);
            }
            ModuleItem::Stmt(Stmt::Expr(statement)) => {
                self.index_commonjs(&statement.expr, None);
                if let Expr::Call(call) = &*statement.expr {
                    self.index_compiled_export(call);
                }
            }
            ModuleItem::Stmt(_) => {}
        }
    }

    /// Statements about imported things are of no use: `server.start()`.
    fn keep_own_effects(&mut self) {
        let is_own = |name: &Atom| {
            let declaration = self.bindings.get(name).map(|it| &it.declaration);
            declaration.is_some_and(|it| !matches!(it, Declaration::Import { .. }))
        };
        for effect in &self.effects {
            let is_foreign = !effect.names.iter().any(is_own);
            effect.is_foreign.set(is_foreign);
            effect.is_done.set(is_foreign);
        }
    }

    /// Adds what a function of this module changes: `add("owner")` may fill `columns`.
    fn add_changed_by(&self, function: &Atom, names: &mut Vec<Atom>) {
        let changed = &mut |name: &Atom| {
            if self.bindings.contains_key(name) {
                names.push(name.clone());
            }
        };
        match self.bindings.get(function).map(|it| &it.declaration) {
            Some(Declaration::Function(function)) => {
                let body = function.body.iter().flat_map(|it| &it.stmts);
                body.for_each(|it| effects::for_each_changed_name(it, changed));
            }
            Some(Declaration::Variable(declarator)) => {
                match declarator.init.as_deref() {
                    Some(Expr::Arrow(arrow)) => {
                        effects::for_each_name_changed_by_arrow(arrow, changed);
                    }
                    // `const references = column.references.bind(column)`
                    Some(init @ Expr::Call(_)) => {
                        effects::for_each_name_changed_by(init, changed);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn index_effect(&mut self, item: &'a ModuleItem) {
        let ModuleItem::Stmt(statement) = item else { return };
        let mut names = Vec::new();
        effects::for_each_changed_name(statement, &mut |name| names.push(name.clone()));
        effects::for_each_called_name(statement, &mut |name| self.add_changed_by(name, &mut names));
        if names.is_empty() {
            return;
        }
        for name in &names {
            self.effects_by_name.entry(name.clone()).or_default().push(self.effects.len());
        }
        let (is_done, is_foreign) = (Cell::new(false), Cell::new(false));
        self.effects.push(Effect { statement, names, is_done, is_foreign });
    }

    fn index_module_declaration(&mut self, declaration: &'a ModuleDecl) {
        match declaration {
            ModuleDecl::Import(import) if !import.type_only => self.index_import(import),
            ModuleDecl::ExportDecl(export) => self.index_declaration(&export.decl, true),
            ModuleDecl::ExportNamed(export) if !export.type_only => {
                self.index_named_export(export);
            }
            ModuleDecl::ExportDefaultDecl(export) => match &export.decl {
                DefaultDecl::Fn(function) => {
                    let name = function.ident.as_ref().map(|it| it.sym.clone());
                    self.declare_default(name, Declaration::Function(&function.function));
                }
                DefaultDecl::Class(class) => {
                    let name = class.ident.as_ref().map(|it| it.sym.clone());
                    self.declare_default(name, Declaration::Class(&class.class));
                }
                DefaultDecl::TsInterfaceDecl(_) => {}
            },
            ModuleDecl::ExportDefaultExpr(export) => {
                self.declare_default(None, Declaration::Expression(&export.expr));
            }
            ModuleDecl::ExportAll(export) if !export.type_only => {
                self.stars.push(export.src.value.to_atom_lossy().into_owned());
            }
            ModuleDecl::TsImportEquals(import) if !import.is_type_only => {
                let declaration = match &import.module_ref {
                    TsModuleRef::TsExternalModuleRef(reference) => Declaration::Import {
                        specifier: reference.expr.value.to_atom_lossy().into_owned(),
                        name: Some(Atom::from(COMMONJS)),
                        span: self.span(import.span),
                    },
                    TsModuleRef::TsEntityName(entity) => Declaration::Entity(entity),
                };
                self.declare(import.id.sym.clone(), declaration);
                if import.is_export {
                    self.export_local(import.id.sym.clone());
                }
            }
            ModuleDecl::TsExportAssignment(export) => {
                self.is_commonjs = true;
                self.declare(Atom::from(COMMONJS), Declaration::Expression(&export.expr));
            }
            _ => {}
        }
    }

    fn index_import(&mut self, import: &'a ImportDecl) {
        let from = import.src.value.to_atom_lossy();
        if import.specifiers.is_empty() {
            self.bare_imports.push(from.into_owned());
            return;
        }
        for specifier in &import.specifiers {
            let name = match specifier {
                ImportSpecifier::Named(named) if named.is_type_only => continue,
                ImportSpecifier::Named(named) => Some(match &named.imported {
                    Some(imported) => imported.atom().into_owned(),
                    None => named.local.sym.clone(),
                }),
                ImportSpecifier::Default(_) => Some(Atom::from("default")),
                ImportSpecifier::Namespace(_) => None,
            };
            let local = specifier.local();
            let span = self.span(import.span);
            let specifier = from.clone().into_owned();
            self.declare(local.sym.clone(), Declaration::Import { specifier, name, span });
        }
    }

    fn index_named_export(&mut self, export: &'a NamedExport) {
        let from = export.src.as_ref().map(|it| it.value.to_atom_lossy().into_owned());
        for specifier in &export.specifiers {
            match specifier {
                ExportSpecifier::Namespace(namespace) => {
                    if let Some(specifier) = from.clone() {
                        self.exports.insert(
                            namespace.name.atom().into_owned(),
                            Export::Namespace { specifier },
                        );
                    }
                }
                ExportSpecifier::Named(named) if named.is_type_only => {}
                ExportSpecifier::Named(named) => {
                    let name = named.orig.atom().into_owned();
                    let exported = match &named.exported {
                        Some(ModuleExportName::Ident(ident)) => ident.sym.clone(),
                        Some(exported) => exported.atom().into_owned(),
                        None => name.clone(),
                    };
                    let export = match from.clone() {
                        Some(specifier) => Export::From { specifier, name },
                        None => Export::Local(name),
                    };
                    self.exports.insert(exported, export);
                }
                // `export v from "mod"`, which no loader of schemas accepts.
                ExportSpecifier::Default(_) => {}
            }
        }
    }

    /// Whether something may give a name another value after its declaration.
    pub(crate) fn may_change(&self, name: &Atom) -> bool {
        self.variables.contains(name)
            || self.effects_by_name.contains_key(name)
            || self.namespaces.contains_key(name)
    }

    fn index_declaration(&mut self, declaration: &'a Decl, is_exported: bool) {
        let mut names = Vec::new();
        match declaration {
            Decl::Var(variables) if !variables.declare => {
                for declarator in &variables.decls {
                    let first = names.len();
                    collect_names(&declarator.name, &mut names);
                    for name in &names[first..] {
                        self.declare(name.clone(), Declaration::Variable(declarator));
                        if variables.kind != VarDeclKind::Const {
                            self.variables.insert(name.clone());
                        }
                    }
                    if let (Some(init), Pat::Ident(name)) = (&declarator.init, &declarator.name) {
                        self.index_commonjs(init, Some(&name.id.sym));
                    }
                }
            }
            Decl::Fn(function) if function.function.body.is_some() => {
                names.push(function.ident.sym.clone());
                self.declare(function.ident.sym.clone(), Declaration::Function(&function.function));
            }
            Decl::Class(class) if !class.declare => {
                names.push(class.ident.sym.clone());
                self.declare(class.ident.sym.clone(), Declaration::Class(&class.class));
            }
            Decl::TsEnum(declaration) => {
                names.push(declaration.id.sym.clone());
                self.declare(declaration.id.sym.clone(), Declaration::Enum(declaration));
            }
            Decl::TsModule(block) => {
                if let Some(name) = namespaces::name_of(block) {
                    names.push(name.clone());
                    self.namespaces.entry(name.clone()).or_default().push(block);
                    if !self.bindings.contains_key(name) {
                        self.declare(name.clone(), Declaration::Namespace);
                    }
                }
            }
            _ => {}
        }
        if is_exported {
            for name in names {
                self.export_local(name);
            }
        }
    }

    fn declare_default(&mut self, name: Option<Atom>, declaration: Declaration<'a>) {
        let name = name.unwrap_or_else(|| Atom::from(DEFAULT));
        self.declare(name.clone(), declaration);
        self.exports.insert(Atom::from("default"), Export::Local(name));
    }

    pub(crate) fn declare(&mut self, name: Atom, declaration: Declaration<'a>) {
        let state = RefCell::new(State::Untouched);
        self.bindings.insert(name, Binding { declaration, state });
    }

    fn export_local(&mut self, name: Atom) {
        self.exports.insert(name.clone(), Export::Local(name));
    }
}

/// The names that a pattern binds.
fn collect_names(pattern: &Pat, names: &mut Vec<Atom>) {
    patterns::for_each_name(pattern, &mut |name| names.push(name.clone()));
}
