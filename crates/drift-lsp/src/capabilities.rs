//! What the client can do, and what the server offers.
//!
//! What the client says is looked up piece by piece: one that says a thing in a way of its own is served
//! all the same.

use gen_lsp_types::{
    ChangeNotifications, CodeActionKind, CodeActionOptions, CodeActionProvider, DefinitionProvider,
    HoverProvider, ReferencesProvider, Save, ServerCapabilities, TextDocumentSync,
    TextDocumentSyncKind, TextDocumentSyncOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceOptions,
};
use serde_json::Value;

use crate::position::Encoding;

/// What the client can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capabilities {
    pub(crate) encoding: Encoding,
    /// It shows further places of a diagnostic.
    pub(crate) related_information: bool,
    /// It shows Markdown in a hover.
    pub(crate) markdown: bool,
    /// It takes links, which say what they lead from.
    pub(crate) links: bool,
    /// It takes edits that are for one version of a text.
    pub(crate) versioned_edits: bool,
    /// It takes code actions, in place of commands alone.
    pub(crate) code_actions: bool,
    /// It tells which files change, if it is asked to.
    pub(crate) watches_files: bool,
}

impl Capabilities {
    /// Those that the parameters of `initialize` tell of.
    pub(crate) fn read(params: &Value) -> Self {
        let client = &params["capabilities"];
        let (text, workspace) = (&client["textDocument"], &client["workspace"]);
        let is_true = |it: &Value| it.as_bool() == Some(true);
        let formats = strings(&text["hover"]["contentFormat"]);
        Self {
            encoding: Encoding::negotiate(&strings(&client["general"]["positionEncodings"])),
            related_information: is_true(&text["publishDiagnostics"]["relatedInformation"]),
            markdown: formats.first().is_some_and(|it| it == "markdown"),
            links: is_true(&text["definition"]["linkSupport"]),
            versioned_edits: is_true(&workspace["workspaceEdit"]["documentChanges"]),
            code_actions: text["codeAction"]["codeActionLiteralSupport"].is_object(),
            watches_files: is_true(&workspace["didChangeWatchedFiles"]["dynamicRegistration"]),
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What the server offers.
pub(crate) fn offered(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProvider::Bool(true)),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
            ..CodeActionOptions::default()
        })),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_client_that_says_nothing_can_do_nothing() {
        for params in [json!({}), json!(null), json!({ "capabilities": [] })] {
            let it = Capabilities::read(&params);
            assert_eq!(it.encoding, Encoding::Utf16);
            assert!(!it.related_information && !it.markdown && !it.links);
            assert!(!it.versioned_edits && !it.code_actions && !it.watches_files);
        }
    }

    #[test]
    fn the_format_that_comes_first_is_taken() {
        let markdown = |formats: Value| {
            let hover = json!({ "textDocument": { "hover": { "contentFormat": formats } } });
            Capabilities::read(&json!({ "capabilities": hover })).markdown
        };
        assert!(markdown(json!(["markdown", "plaintext"])));
        assert!(!markdown(json!(["plaintext", "markdown"])));
    }
}
