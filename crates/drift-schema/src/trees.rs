//! Syntax trees that are kept from one reading to the next.

use std::collections::HashMap;
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drift_model::{SourceError, SourceFile, SourceMap};

use crate::parse::{self, ParsedFile, drop_later};

/// The syntax trees of files that are read more than once.
///
/// A tree follows from the text of its file alone, so it is good as long as that is the same.
#[derive(Default)]
pub struct SyntaxTrees {
    files: Mutex<HashMap<PathBuf, Arc<ParsedFile>>>,
}

impl SyntaxTrees {
    /// Forgets the trees of files that are not among the `sources` as they were parsed.
    pub fn retain(&self, sources: &SourceMap) {
        let is_there = |it: &ParsedFile| {
            sources.get(&it.source.path).is_some_and(|now| Arc::ptr_eq(&now, &it.source))
        };
        let gone: Vec<_> = self.files().extract_if(|_, it| !is_there(it)).collect();
        if !gone.is_empty() {
            drop_later(gone);
        }
    }

    /// The tree of a file.
    pub(crate) fn of(&self, source: Arc<SourceFile>) -> Result<Arc<ParsedFile>, SourceError> {
        let known = self.files().get(&source.path).map(Arc::clone);
        if let Some(known) = known.filter(|it| Arc::ptr_eq(&it.source, &source)) {
            return Ok(known);
        }
        let path = source.path.clone();
        let parsed = Arc::new(parse::parse(source)?);
        let former = self.files().insert(path, Arc::clone(&parsed));
        drop(former);
        Ok(parsed)
    }

    /// How many there are.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.files().len()
    }

    /// Nothing is left half done where a thread panics.
    fn files(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<ParsedFile>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Trees may be so deep that only some threads can drop them.
impl Drop for SyntaxTrees {
    fn drop(&mut self) {
        let files = mem::take(self.files.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !files.is_empty() {
            drop_later(files);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_parsed_again() {
        let (sources, trees) = (SourceMap::default(), SyntaxTrees::default());
        let add = |path: &str, text: &str| sources.add(path.into(), text.to_owned());
        let tree = |source: Arc<SourceFile>| parse::with_large_stack(|| trees.of(source)).unwrap();
        let (a, b) = (tree(add("a.ts", "1")), tree(add("b.ts", "2")));
        sources.renew();
        sources.forget("a.ts".as_ref());
        let other = add("a.ts", "3");
        assert!(!Arc::ptr_eq(&tree(other), &a));
        assert!(Arc::ptr_eq(&tree(Arc::clone(&b.source)), &b));
        assert_eq!(trees.len(), 2);
        // Nobody has asked for the other file since.
        trees.retain(&sources);
        assert_eq!(trees.len(), 1);
        assert!(parse::with_large_stack(|| trees.of(add("c.ts", "("))).is_err());
        assert_eq!(trees.len(), 1);
    }
}
