//! Findings and errors in the words of the protocol.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};

use drift_model::{Level, SourceFile};
use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    Uri,
};
use serde_json::json;

use crate::capabilities::Capabilities;
use crate::documents::Document;
use crate::mark::{Mark, Place};
use crate::moved::Moved;
use crate::paths::{Folder, uri_of};
use crate::position::Lines;

/// Where the documentation of rules can be read.
const RULES: &str =
    "https://github.com/drizzle-drift/drizzle-drift/blob/main/crates/drift-rules/RULES.md";

/// What the client knows about files: their names, and the texts that it has of them.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) documents: &'a BTreeMap<PathBuf, Document>,
    pub(crate) folders: &'a [&'a Folder],
}

impl Names<'_> {
    /// What the client calls a file.
    pub(crate) fn uri(&self, path: &Path) -> Option<Uri> {
        if let Some(document) = self.documents.get(path) {
            return Some(document.uri.clone());
        }
        match self.folders.iter().find_map(|it| it.named(path)) {
            Some(named) => uri_of(&named),
            None => uri_of(path),
        }
    }
}

/// Turns marks into diagnostics, and places into those of the client.
pub(crate) struct Translator<'a> {
    names: Names<'a>,
    capabilities: Capabilities,
    /// By the text that they are about.
    lines: HashMap<*const SourceFile, (Lines<'a>, Option<Moved>)>,
}

impl<'a> Translator<'a> {
    pub(crate) fn new(names: Names<'a>, capabilities: Capabilities) -> Self {
        Self { names, capabilities, lines: HashMap::new() }
    }

    pub(crate) fn diagnostic(&mut self, mark: &'a Mark) -> Diagnostic {
        let mut message = mark.message.clone();
        let mut related = Vec::new();
        if self.capabilities.related_information {
            related.extend(mark.related.iter().filter_map(|it| self.related(it)));
        } else {
            message.push_str(&self.related_in_words(mark));
        }
        Diagnostic {
            range: self.range(&mark.place),
            severity: Some(severity(mark.level)),
            code: mark.rule.map(|it| Code::String(it.to_owned())),
            code_description: mark
                .rule
                .map(|it| CodeDescription { href: Uri(format!("{RULES}#{it}")) }),
            source: Some("drizzle-drift".to_owned()),
            message: message.into(),
            tags: None,
            related_information: (!related.is_empty()).then_some(related),
            data: mark.fingerprint.as_ref().map(|it| json!({ "fingerprint": it })),
        }
    }

    fn related(
        &mut self,
        (place, told): &'a (Place, String),
    ) -> Option<DiagnosticRelatedInformation> {
        let uri = self.names.uri(&place.path)?;
        let location = Location { uri, range: self.range(place) };
        Some(DiagnosticRelatedInformation { location, message: told.clone() })
    }

    /// The further places, for a client that does not show them.
    fn related_in_words(&mut self, mark: &'a Mark) -> String {
        let mut text = String::new();
        if let Some(history) = &mark.history {
            text.push_str(&format!("\nnote: {history}"));
        }
        for (place, told) in &mark.related {
            let range = self.range(place);
            let file = self.shown(&place.path);
            text.push_str(&format!("\n{file}:{}: {told}", range.start.line + 1));
        }
        text
    }

    /// A path from the folder that it lies in.
    fn shown(&self, path: &Path) -> String {
        let inside = self.names.folders.iter().find_map(|it| path.strip_prefix(&it.real).ok());
        inside.unwrap_or(path).display().to_string()
    }

    /// Where a place is in the text that the client has.
    pub(crate) fn range(&mut self, place: &'a Place) -> gen_lsp_types::Range {
        let Some(file) = place.file.as_deref() else { return gen_lsp_types::Range::default() };
        let (document, encoding) =
            (self.names.documents.get(&place.path), self.capabilities.encoding);
        let (lines, moved) = self.lines.entry(file).or_insert_with(|| match document {
            Some(document) => {
                let text = without_mark(&document.text);
                let moved = (text != file.text).then(|| Moved::between(&file.text, text));
                (lines(document, encoding), moved)
            }
            None => (Lines::new(&file.text, encoding), None),
        });
        let range: Range<usize> = place.range.start as usize..place.range.end as usize;
        let range = moved.as_ref().map_or(range.clone(), |it| it.range(range));
        lines.range(range)
    }
}

/// The lines of a document, for offsets that do not count a byte order mark.
pub(crate) fn lines(document: &Document, encoding: crate::position::Encoding) -> Lines<'_> {
    let text = without_mark(&document.text);
    let lines = Lines::new(text, encoding);
    if text.len() < document.text.len() { lines.with_mark() } else { lines }
}

pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::Error,
        Level::Warn => DiagnosticSeverity::Warning,
        Level::Info => DiagnosticSeverity::Information,
    }
}
