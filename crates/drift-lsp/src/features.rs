//! What the client asks about a place: a hover, definitions, references, code actions.

use std::collections::HashMap;

use drift_model::{FileId, SourceMap};
use gen_lsp_types::{
    CodeAction, CodeActionKind, Contents, DocumentChange, Edit, Hover, Location, LocationLink,
    MarkupContent, MarkupKind, OptionalVersionedTextDocumentIdentifier, Position, Range,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use lsp_server::{ErrorCode, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::capabilities::Capabilities;
use crate::client::Client;
use crate::diagnostics::{Names, Translator, lines, without_mark};
use crate::documents::Document;
use crate::mark::{self, Place};
use crate::paths::path_of;
use crate::plain;
use crate::workspace::{Workspace, caught};
use crate::{Action, ActionKind, Link, View, actions, definitions, hover, references};

/// The requests that are answered by what was checked.
pub(crate) const METHODS: [&str; 4] = [
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/codeAction",
];

/// What answers are made of.
pub(crate) struct Asked<'a> {
    pub(crate) workspaces: &'a [Workspace],
    pub(crate) names: Names<'a>,
    pub(crate) capabilities: Capabilities,
}

// Of what clients send, no more is read than is needed: they differ in the rest.

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AtPosition {
    text_document: TextDocumentIdentifier,
    position: Position,
}

#[derive(Deserialize)]
struct ForReferences {
    #[serde(flatten)]
    at: AtPosition,
    context: ReferenceContext,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReferenceContext {
    include_declaration: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ForActions {
    text_document: TextDocumentIdentifier,
    range: Range,
    #[serde(default)]
    context: ActionContext,
}

#[derive(Default, Deserialize)]
struct ActionContext {
    only: Option<Vec<String>>,
}

/// A file as one workspace has read it.
struct Sight<'a> {
    workspace: &'a Workspace,
    view: View<'a>,
    file: FileId,
}

impl<'a> Asked<'a> {
    /// Answers a request, come what may.
    pub(crate) fn answer(&self, request: Request, client: &Client) {
        let Request { id, method, params } = request;
        match caught(|| self.result(&method, params)) {
            Ok(Ok(result)) => client.respond(id, result),
            Ok(Err(error)) => client.refuse(id, ErrorCode::InvalidParams, error.to_string()),
            Err(panic) => {
                let told = format!("{method} failed, which is a bug: {panic}");
                client.refuse(id, ErrorCode::InternalError, told);
            }
        }
    }

    fn result(&self, method: &str, params: Value) -> serde_json::Result<Value> {
        match method {
            "textDocument/hover" => serde_json::to_value(self.hover(&read(params)?)),
            "textDocument/definition" => {
                let at: AtPosition = read(params)?;
                let links = self.links(&at, definitions);
                self.locations(&links, self.capabilities.links)
            }
            "textDocument/references" => {
                let ForReferences { at, context } = read(params)?;
                let mut links = self.links(&at, references);
                if !context.include_declaration {
                    links.retain(|it| it.target.is_sql());
                }
                self.locations(&links, false)
            }
            _ => serde_json::to_value(self.actions(&read(params)?)),
        }
    }

    fn hover(&self, at: &AtPosition) -> Option<Hover> {
        let (document, sights) = self.look(&at.text_document.uri)?;
        let offset = self.offset(document, at.position);
        let (found, sources) = sights
            .iter()
            .find_map(|it| Some((hover(&it.view, it.file, offset)?, it.view.sources)))?;
        let contents = match self.capabilities.markdown {
            true => MarkupContent { kind: MarkupKind::Markdown, value: found.markdown },
            false => {
                MarkupContent { kind: MarkupKind::PlainText, value: plain::text(&found.markdown) }
            }
        };
        let place = Place::new(found.span, sources);
        let range = Translator::new(self.names, self.capabilities).range(&place);
        Some(Hover { contents: Contents::MarkupContent(contents), range: Some(range) })
    }

    fn links(
        &self,
        at: &AtPosition,
        find: impl Fn(&View<'_>, FileId, u32) -> Vec<Link>,
    ) -> Vec<Jump> {
        let Some((document, sights)) = self.look(&at.text_document.uri) else { return Vec::new() };
        let offset = self.offset(document, at.position);
        let mut jumps: Vec<Jump> = Vec::new();
        for sight in &sights {
            let sources = sight.view.sources;
            for Link { origin, target } in find(&sight.view, sight.file, offset) {
                let (origin, target) = (Place::new(origin, sources), Place::new(target, sources));
                let is_known =
                    |it: &Jump| it.target.path == target.path && it.target.range == target.range;
                if !jumps.iter().any(is_known) {
                    jumps.push(Jump { origin, target });
                }
            }
        }
        jumps
    }

    /// As links, which say what they lead from, or as places.
    fn locations(&self, jumps: &[Jump], as_links: bool) -> serde_json::Result<Value> {
        let mut translator = Translator::new(self.names, self.capabilities);
        let mut links: Vec<LocationLink> = Vec::new();
        for Jump { origin, target } in jumps {
            let Some(target_uri) = self.names.uri(&target.path) else { continue };
            let target_range = translator.range(target);
            links.push(LocationLink {
                origin_selection_range: Some(translator.range(origin)),
                target_uri,
                target_range,
                target_selection_range: target_range,
            });
        }
        if as_links {
            return serde_json::to_value(links);
        }
        let location = |it: LocationLink| Location { uri: it.target_uri, range: it.target_range };
        serde_json::to_value(links.into_iter().map(location).collect::<Vec<_>>())
    }

    fn actions(&self, asked: &ForActions) -> Vec<CodeAction> {
        let only = asked.context.only.as_deref();
        let is_wanted = only.is_none_or(|kinds| kinds.iter().any(|it| is_quick_fix(it)));
        if !is_wanted || !self.capabilities.code_actions {
            return Vec::new();
        }
        let Some((document, sights)) = self.look(&asked.text_document.uri) else {
            return Vec::new();
        };
        let start = self.offset(document, asked.range.start);
        let range = start..self.offset(document, asked.range.end).max(start);
        let mut found: Vec<CodeAction> = Vec::new();
        for sight in &sights {
            let least = sight.workspace.least();
            for action in actions(&sight.view, sight.file, range.clone()) {
                let (project, position) = action.finding;
                let project = &sight.view.projects[project];
                let reported = &project.findings[position];
                if reported.finding.level < least {
                    continue;
                }
                let marks = mark::of_finding(reported, &project.home, sight.view.places());
                let action = self.action(action, &marks, document, sight.view.sources);
                if !found.iter().any(|it| it.title == action.title && it.edit == action.edit) {
                    found.push(action);
                }
            }
        }
        found
    }

    fn action(
        &self,
        action: Action,
        marks: &[mark::Mark],
        document: &Document,
        sources: &SourceMap,
    ) -> CodeAction {
        let mut translator = Translator::new(self.names, self.capabilities);
        let here = marks.iter().filter(|it| it.place.path == document.path);
        let diagnostics: Vec<_> = here.map(|it| translator.diagnostic(it)).collect();
        CodeAction {
            title: action.title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: (!diagnostics.is_empty()).then_some(diagnostics),
            is_preferred: (action.kind == ActionKind::Mend).then_some(action.is_preferred),
            edit: Some(self.edit(&action.edits, sources)),
            ..CodeAction::default()
        }
    }

    fn edit(&self, edits: &[drift_model::Edit], sources: &SourceMap) -> WorkspaceEdit {
        let places: Vec<(Place, &str)> =
            edits.iter().map(|it| (Place::new(it.span, sources), it.text.as_str())).collect();
        let mut translator = Translator::new(self.names, self.capabilities);
        let mut files: Vec<(Uri, Option<i32>, Vec<TextEdit>)> = Vec::new();
        for (place, text) in &places {
            let Some(uri) = self.names.uri(&place.path) else { continue };
            let edit = TextEdit { range: translator.range(place), new_text: (*text).to_owned() };
            let version = self.names.documents.get(&place.path).map(|it| it.version);
            match files.iter_mut().find(|it| it.0 == uri) {
                Some((_, _, edits)) => edits.push(edit),
                None => files.push((uri, version, vec![edit])),
            }
        }
        if !self.capabilities.versioned_edits {
            let changes = files.into_iter().map(|(uri, _, edits)| (uri, edits));
            let changes: HashMap<Uri, Vec<TextEdit>> = changes.collect();
            return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
        }
        let changes = files.into_iter().map(|(uri, version, edits)| {
            let text_document_identifier = TextDocumentIdentifier { uri };
            let text_document =
                OptionalVersionedTextDocumentIdentifier { version, text_document_identifier };
            let edits = edits.into_iter().map(Edit::TextEdit).collect();
            DocumentChange::TextDocumentEdit(TextDocumentEdit { text_document, edits })
        });
        WorkspaceEdit { document_changes: Some(changes.collect()), ..WorkspaceEdit::default() }
    }

    /// A file that is open, and each workspace that has read it as it is.
    fn look(&self, uri: &Uri) -> Option<(&'a Document, Vec<Sight<'a>>)> {
        let path = crate::paths::real(&path_of(uri)?);
        let document = self.names.documents.get(&path)?;
        let sights = self.workspaces.iter().filter_map(|workspace| {
            let (state, sources, current_directory) = workspace.checked()?;
            let file = sources.get(&path)?;
            let view = View {
                sources,
                analyses: &state.analyses,
                projects: &state.projects,
                current_directory,
            };
            let is_same = file.text == without_mark(&document.text);
            is_same.then_some(Sight { workspace, view, file: file.id })
        });
        Some((document, sights.collect()))
    }

    fn offset(&self, document: &Document, position: Position) -> u32 {
        lines(document, self.capabilities.encoding).offset(position) as u32
    }
}

/// A way from one place to another.
struct Jump {
    origin: Place,
    target: Place,
}

fn read<T: DeserializeOwned>(params: Value) -> serde_json::Result<T> {
    serde_json::from_value(params)
}

/// Whether a kind of code actions is that of the server's own, or holds it.
fn is_quick_fix(kind: &str) -> bool {
    kind.is_empty() || kind == "quickfix"
}
