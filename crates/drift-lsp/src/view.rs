//! What a check knows, as features look at it.

use std::path::Path;

use drift_check::{Analysis, Places, ProjectReport};
use drift_model::{Level, SourceMap, Span};
use drift_rules::{Comparison, RuleLevels, RuleOptions, Tells};

/// Everything that was read and found.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The files that all spans point into.
    pub sources: &'a SourceMap,
    /// What was read, one per project.
    pub analyses: &'a [Analysis],
    /// What was found, one per project, in the same order.
    pub projects: &'a [ProjectReport],
    /// The folder that shown paths start from; absolute.
    pub current_directory: &'a Path,
}

impl<'a> View<'a> {
    pub(crate) fn places(&self) -> Places<'a> {
        Places { sources: self.sources, current_directory: self.current_directory }
    }

    /// `src/schema.ts:6`
    pub(crate) fn place(&self, span: Span) -> String {
        let place = self.places().place(span);
        format!("{}:{}", place.file, place.line)
    }

    /// Looks at the sources of a project side by side; `None` where nothing was read.
    pub(crate) fn compare<R>(
        &self,
        analysis: &Analysis,
        look: impl FnOnce(&Comparison<'_>) -> R,
    ) -> Option<R> {
        let (unresolved, options) = (analysis.unresolved(), RuleOptions::default());
        let tells = Tells::new(&RuleLevels::default(), Level::Info);
        let sources = drift_check::sources(analysis, &unresolved, &options, tells, self.sources)?;
        Some(look(&Comparison::new(sources)))
    }
}
