//! Loads modules when they are needed, and follows names from module to module.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use drift_model::{SourceError, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use swc_atoms::Atom;

use crate::Resolution;
use crate::evaluate::Evaluator;
use crate::module_graph::{COMMONJS, DEFAULT, Export, Module, ModuleId};
use crate::packages::Package;
use crate::parse::{self, ParsedFile};
use crate::value::{Global, Unknown, Value};

/// What an import specifier stands for.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Package(Package),
    Module(ModuleId),
    /// Nothing that can be read; says why, as the end of "`x` is imported from `y`, ..".
    Missing(String),
    /// As [`Target::Missing`]: a file for which a [`SourceError`] was reported.
    Broken(String),
}

/// Where the names of `export *` come from.
#[derive(Debug, Default)]
pub(crate) struct StarIndex {
    /// The module that exports a name itself.
    modules: FxHashMap<Atom, ModuleId>,
    /// What does not say which names it exports, by specifier.
    others: Vec<(Atom, Target)>,
}

impl<'a> Evaluator<'a> {
    /// Loads what the given modules re-export, so that files that cannot be read are reported even
    /// where nobody needed them.
    pub(crate) fn load_reexports(&mut self, entries: &[ModuleId]) {
        let mut visited = FxHashSet::from_iter(entries.iter().copied());
        let mut pending = VecDeque::from_iter(entries.iter().copied());
        while let Some(id) = pending.pop_front() {
            let module = self.module(id);
            let from_exports = module.exports.values().filter_map(|export| match export {
                Export::From { specifier, .. } => Some(specifier),
                Export::Local(_) | Export::Namespace { .. } => None,
            });
            for specifier in module.stars.iter().chain(from_exports) {
                if let Target::Module(next) = self.target(id, specifier)
                    && visited.insert(next)
                {
                    pending.push_back(next);
                }
            }
        }
    }

    /// The module at `path`; parsed now if it was not before.
    pub(crate) fn load(&mut self, path: &Path) -> Result<ModuleId, String> {
        if let Some(known) = self.by_path.get(path) {
            return known.clone();
        }
        let parsed = (self.context.parse)(path);
        self.add_module(path.to_path_buf(), parsed)
    }

    fn add_module(
        &mut self,
        path: PathBuf,
        parsed: Result<Arc<ParsedFile>, SourceError>,
    ) -> Result<ModuleId, String> {
        let loaded = match parsed {
            Ok(parsed) => {
                let id = ModuleId(self.modules.len() as u32);
                let parsed: &'a ParsedFile = self.files.alloc(parsed);
                self.fuel += parsed.source.text.len() as u64;
                self.modules.push(self.module_arena.alloc(Module::new(id, parsed)));
                self.targets.push(FxHashMap::default());
                Ok(id)
            }
            Err(error) => {
                let reason = format!("which could not be read: {}", error.message);
                // What is installed is not the project's to correct.
                if !is_installed(&path) {
                    self.errors.push(error);
                }
                Err(reason)
            }
        };
        self.by_path.insert(path, loaded.clone());
        loaded
    }

    /// What `specifier` means in the module `importer`.
    pub(crate) fn target(&mut self, importer: ModuleId, specifier: &Atom) -> Target {
        if let Some(known) = self.targets[importer.0 as usize].get(specifier) {
            return known.clone();
        }
        if self.loads_nothing && is_package(specifier) && Package::find(specifier).is_none() {
            return Target::Missing(NOT_LOADED.to_owned());
        }
        let target = self.find_target(importer, specifier);
        if self.loads_nothing {
            return target;
        }
        self.targets[importer.0 as usize].insert(specifier.clone(), target.clone());
        target
    }

    /// As [`Self::target`], as far as that is known without loading anything.
    pub(crate) fn known_target(&mut self, importer: ModuleId, specifier: &Atom) -> Option<Target> {
        if let Some(known) = self.targets[importer.0 as usize].get(specifier) {
            return Some(known.clone());
        }
        if let Some(package) = Package::find(specifier) {
            return Some(Target::Package(package));
        }
        let importing = self.module(importer).path;
        let Resolution::File(path) = self.context.resolver.resolve(specifier, importing) else {
            return None;
        };
        let target = Target::Module(*self.by_path.get(&path)?.as_ref().ok()?);
        self.targets[importer.0 as usize].insert(specifier.clone(), target.clone());
        Some(target)
    }

    fn find_target(&mut self, importer: ModuleId, specifier: &Atom) -> Target {
        if let Some(package) = Package::find(specifier) {
            return Target::Package(package);
        }
        match self.context.resolver.resolve(specifier, self.module(importer).path) {
            Resolution::File(path) if self.loads_nothing && !self.by_path.contains_key(&path) => {
                Target::Missing(NOT_LOADED.to_owned())
            }
            Resolution::File(path) if parse::is_readable(&path) => match self.load(&path) {
                Ok(id) => Target::Module(id),
                Err(reason) => Target::Broken(reason),
            },
            Resolution::File(_) => Target::Missing("which is not code".to_owned()),
            Resolution::NotFound(_) => Target::Missing(NOT_FOUND.to_owned()),
        }
    }

    /// The value of an import; `name` is `None` for the whole module.
    pub(crate) fn import(
        &mut self,
        importer: ModuleId,
        specifier: &Atom,
        name: Option<&Atom>,
        span: Span,
    ) -> Value<'a> {
        match (self.target(importer, specifier), name) {
            (Target::Package(package), None) => Value::Package(package),
            (Target::Package(package), Some(name)) => self.package_export(package, name, span),
            (Target::Module(id), None) => Value::Module(id),
            (Target::Module(id), Some(name)) => match self.export(id, name) {
                Some(value) => value,
                None => {
                    let reason = format!("`{specifier}` has no export `{name}`");
                    self.arena.unknown(reason, span)
                }
            },
            (Target::Missing(reason) | Target::Broken(reason), name) => {
                let what = match name {
                    Some(name) if *name == *"default" || *name == *COMMONJS => {
                        format!("this is imported from `{specifier}`, {reason}")
                    }
                    Some(name) => format!("`{name}` is imported from `{specifier}`, {reason}"),
                    None => format!("this is imported from `{specifier}`, {reason}"),
                };
                self.not_found(what, specifier, &reason, span)
            }
        }
    }

    /// Something that is unknown because of a module.
    fn not_found(&mut self, what: String, specifier: &Atom, reason: &str, span: Span) -> Value<'a> {
        let missing_module = (reason == NOT_FOUND).then(|| specifier.clone());
        let unknown = Unknown { missing_module, ..Unknown::new(what, span) };
        Value::Unknown(self.arena.unknowns.alloc(unknown))
    }

    pub(crate) fn package_export(
        &mut self,
        package: Package,
        name: &Atom,
        span: Span,
    ) -> Value<'a> {
        match (package, &**name) {
            (Package::Process, "env") => Value::Global(Global::Environment),
            (Package::Process, "default" | COMMONJS) => Value::Global(Global::Process),
            (Package::Path, "sep") => Value::string("/"),
            (Package::Path, "delimiter") => Value::string(":"),
            (_, "default" | COMMONJS) => Value::Package(package),
            (Package::Supabase | Package::Neon, _) => self.ready_made(package, name, span),
            _ => Value::Export(package, name.clone()),
        }
    }

    /// The value that a module exports under a name; `None` where it exports no such name.
    pub(crate) fn export(&mut self, id: ModuleId, name: &Atom) -> Option<Value<'a>> {
        if let Some(Export::Local(local)) = self.module(id).exports.get(name) {
            return self.binding(id, local);
        }
        self.export_through(id, name, &mut FxHashSet::default())
    }

    fn export_through(
        &mut self,
        id: ModuleId,
        name: &Atom,
        visited: &mut FxHashSet<(ModuleId, Atom)>,
    ) -> Option<Value<'a>> {
        if !visited.insert((id, name.clone())) {
            return None;
        }
        let module = self.module(id);
        if let Some(export) = module.exports.get(name) {
            let span = Span::new(module.file, 0, 0);
            return Some(match export {
                Export::Local(local) => self.binding(id, local)?,
                Export::From { specifier, name } => match self.target(id, specifier) {
                    Target::Module(next) => self.export_through(next, name, visited)?,
                    _ => self.import(id, specifier, Some(name), span),
                },
                Export::Namespace { specifier } => self.import(id, specifier, None, span),
            });
        }
        if module.is_commonjs {
            return self.commonjs_export(id, name);
        }
        if module.path.extension().is_some_and(|it| it == "json") {
            return self.json_export(id, name);
        }
        if *name == *COMMONJS {
            return Some(Value::Module(id));
        }
        if *name == *"default" {
            return None;
        }
        self.star_export(id, name, visited)
    }

    /// A name that comes through `export *`.
    fn star_export(
        &mut self,
        id: ModuleId,
        name: &Atom,
        visited: &mut FxHashSet<(ModuleId, Atom)>,
    ) -> Option<Value<'a>> {
        if self.module(id).stars.is_empty() {
            return None;
        }
        let index = self.star_index(id);
        if let Some(&next) = index.modules.get(name) {
            return self.export_through(next, name, visited);
        }
        index.others.iter().find_map(|(specifier, target)| match target {
            Target::Module(next) => self.export_through(*next, name, visited),
            Target::Package(package) => Some(Value::Export(*package, name.clone())),
            Target::Missing(reason) | Target::Broken(reason) => {
                let what = format!("`{name}` may come from `{specifier}`, {reason}");
                let span = Span::new(self.module(id).file, 0, 0);
                Some(self.not_found(what, specifier, reason, span))
            }
        })
    }

    /// Which modules the names come from that a module passes on with `export *`.
    fn star_index(&mut self, id: ModuleId) -> Rc<StarIndex> {
        if let Some(known) = self.star_indexes.get(&id) {
            return Rc::clone(known);
        }
        let mut index = StarIndex::default();
        let mut visited = FxHashSet::from_iter([id]);
        let mut pending = vec![id];
        while let Some(current) = pending.pop() {
            let module = self.module(current);
            if current != id {
                for name in module.exports.keys().filter(|it| **it != *"default") {
                    index.modules.entry(name.clone()).or_insert(current);
                }
            }
            let mut next = Vec::new();
            for specifier in &module.stars {
                match self.target(current, specifier) {
                    Target::Module(star) if !self.module(star).is_commonjs => {
                        if visited.insert(star) {
                            next.push(star);
                        }
                    }
                    other => index.others.push((specifier.clone(), other)),
                }
            }
            pending.extend(next.into_iter().rev());
        }
        // A built-in package exports whatever is asked of it, so it comes after what may not.
        index.others.sort_by_key(|(_, target)| !matches!(target, Target::Module(_)));
        let index = Rc::new(index);
        self.star_indexes.insert(id, Rc::clone(&index));
        index
    }

    /// The module from which a name comes through `export *`.
    pub(crate) fn star_source(&mut self, id: ModuleId, name: &Atom) -> Option<ModuleId> {
        if self.module(id).stars.is_empty() {
            return None;
        }
        self.star_index(id).modules.get(name).copied()
    }

    fn commonjs_export(&mut self, id: ModuleId, name: &Atom) -> Option<Value<'a>> {
        let whole = self.binding(id, &Atom::from(COMMONJS))?;
        if *name == *"default" || *name == *COMMONJS {
            return Some(whole);
        }
        let span = Span::new(self.module(id).file, 0, 0);
        match self.property(&whole, name, span) {
            Value::Undefined => None,
            value => Some(value),
        }
    }

    /// `import { name } from "./data.json"`, which loaders of schemas allow.
    fn json_export(&mut self, id: ModuleId, name: &Atom) -> Option<Value<'a>> {
        let whole = self.binding(id, &Atom::from(DEFAULT))?;
        if *name == *COMMONJS {
            return Some(whole);
        }
        match self.property(&whole, name, Span::new(self.module(id).file, 0, 0)) {
            Value::Undefined => None,
            value => Some(value),
        }
    }

    /// The names that a module exports, its own first, then those of `export *`.
    pub(crate) fn export_names(&mut self, id: ModuleId) -> Vec<Atom> {
        let mut names = indexmap::IndexSet::<Atom, rustc_hash::FxBuildHasher>::default();
        let mut visited = FxHashSet::default();
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if !visited.insert(id) {
                continue;
            }
            let module = self.module(id);
            names.extend(module.exports.keys().filter(|it| **it != *"default").cloned());
            for specifier in module.stars.iter().rev() {
                if let Target::Module(next) = self.target(id, specifier) {
                    pending.push(next);
                }
            }
        }
        let mut names: Vec<Atom> = names.into_iter().collect();
        if self.module(id).exports.contains_key(&Atom::from("default")) {
            names.push(Atom::from("default"));
        }
        names
    }

    pub(crate) fn module(&self, id: ModuleId) -> &'a Module<'a> {
        self.modules[id.0 as usize]
    }
}

/// Why a module is missing that is not there.
pub(crate) const NOT_FOUND: &str = "which was not found";

/// Why a module is missing that nothing but a relation needs.
const NOT_LOADED: &str = "which no table needs";

/// Whether a specifier names a package, rather than a path or an alias such as `@/db` and `#db`.
pub(crate) fn is_package(specifier: &str) -> bool {
    !specifier.starts_with(['.', '/', '~', '#']) && !specifier.starts_with("@/")
}

/// Whether a file belongs to an installed package.
pub(crate) fn is_installed(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "node_modules")
}
