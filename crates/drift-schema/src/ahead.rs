//! Parses files ahead of the evaluation, which goes on on one thread and asks for them one by one.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use drift_model::SourceError;
use rayon::Scope;
use rustc_hash::FxHashMap;
use swc_ecma_ast::{ExportSpecifier, ModuleDecl, ModuleItem};

use crate::packages::Package;
use crate::parse::{self, ParsedFile};
use crate::trees::SyntaxTrees;
use crate::{Resolution, SchemaInput};

type Parsed = Result<Arc<ParsedFile>, SourceError>;

/// The files that will be asked for, as far as that is known.
pub(crate) struct Ahead<'i> {
    input: &'i SchemaInput<'i>,
    /// What was parsed before.
    trees: Option<&'i SyntaxTrees>,
    state: Mutex<State>,
    /// Notified when a file of the queue was parsed.
    is_parsed: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order in which they are likely to be asked for.
    queue: VecDeque<PathBuf>,
    files: FxHashMap<PathBuf, Progress>,
}

/// How far a file is that was expected or asked for.
enum Progress {
    Queued,
    /// Somebody parses it now, or it was handed out.
    Taken,
    Parsed(Parsed),
}

impl<'i> Ahead<'i> {
    pub(crate) fn new(input: &'i SchemaInput<'i>, trees: Option<&'i SyntaxTrees>) -> Self {
        Self { input, trees, state: Mutex::default(), is_parsed: Condvar::new() }
    }

    /// Has files parsed by the threads of `scope`, and then what these re-export.
    pub(crate) fn expect<'s>(
        &'s self,
        paths: impl IntoIterator<Item = PathBuf>,
        scope: &Scope<'s>,
    ) {
        for path in paths {
            let mut state = self.state();
            if !state.files.contains_key(&path) {
                state.files.insert(path.clone(), Progress::Queued);
                state.queue.push_back(path);
                drop(state);
                scope.spawn(|scope| _ = self.parse_next(scope));
            }
        }
    }

    /// The parsed file at `path`, which is handed out once.
    pub(crate) fn take<'s>(&'s self, path: &Path, scope: &Scope<'s>) -> Parsed {
        loop {
            let before = self.state().files.insert(path.to_path_buf(), Progress::Taken);
            match before {
                Some(Progress::Parsed(parsed)) => return parsed,
                Some(Progress::Queued) => return self.parse(path, scope),
                // Imported files may need nothing of what they re-export.
                None => return self.read(path),
                Some(Progress::Taken) => {}
            }
            // Another thread is at it. There is no use in waiting while there is work.
            if !self.parse_next(scope) {
                self.wait_for(path);
            }
        }
    }

    /// Parses the next file of the queue that nobody is at; false where there is none.
    fn parse_next<'s>(&'s self, scope: &Scope<'s>) -> bool {
        let Some(path) = self.state().next() else { return false };
        let parsed = self.parse(&path, scope);
        self.state().files.insert(path, Progress::Parsed(parsed));
        self.is_parsed.notify_all();
        true
    }

    fn parse<'s>(&'s self, path: &Path, scope: &Scope<'s>) -> Parsed {
        let parsed = self.read(path)?;
        self.expect(self.reexported_files(&parsed), scope);
        Ok(parsed)
    }

    fn read(&self, path: &Path) -> Parsed {
        let source = parse::load(self.input.files, self.input.sources, path)?;
        match self.trees {
            Some(trees) => trees.of(source),
            None => parse::parse(source).map(Arc::new),
        }
    }

    fn wait_for(&self, path: &Path) {
        let state = self.state();
        let is_parsed = |state: &mut State| !matches!(state.files.get(path), Some(Progress::Taken));
        drop(self.is_parsed.wait_while(state, |state| !is_parsed(state)));
    }

    /// Nothing is left half done where a thread panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reexported_files(&self, parsed: &ParsedFile) -> Vec<PathBuf> {
        let specifiers = parsed.module.body.iter().filter_map(reexported);
        specifiers
            .filter(|specifier| Package::find(specifier).is_none())
            .filter_map(|specifier| {
                match self.input.resolver.resolve(&specifier, &parsed.source.path) {
                    Resolution::File(path) if parse::is_readable(&path) => Some(path),
                    _ => None,
                }
            })
            .collect()
    }
}

impl State {
    fn next(&mut self) -> Option<PathBuf> {
        loop {
            let path = self.queue.pop_front()?;
            let progress = self.files.get_mut(&path)?;
            if matches!(progress, Progress::Queued) {
                *progress = Progress::Taken;
                return Some(path);
            }
        }
    }
}

/// The specifier of `export .. from`, but for a whole module under a name and for types.
fn reexported(item: &ModuleItem) -> Option<String> {
    let source = match item {
        ModuleItem::ModuleDecl(ModuleDecl::ExportAll(export)) if !export.type_only => &export.src,
        ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) if !export.type_only => {
            let is_named = |it: &ExportSpecifier| match it {
                ExportSpecifier::Named(named) => !named.is_type_only,
                ExportSpecifier::Namespace(_) | ExportSpecifier::Default(_) => false,
            };
            export.src.as_ref().filter(|_| export.specifiers.iter().any(is_named))?
        }
        _ => return None,
    };
    Some(source.value.to_string_lossy().into_owned())
}
