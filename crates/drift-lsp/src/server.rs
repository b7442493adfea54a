//! The conversation with a client: what it says, in which order it is dealt with, and what can be answered
//! at once.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use anyhow::Context;
use gen_lsp_types::{
    InitializeResult, LogMessageNotification, LogMessageParams, MessageType, RegistrationParams,
    RegistrationRequest, ServerInfo, TextDocumentIdentifier, Uri, VersionedTextDocumentIdentifier,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::capabilities::{Capabilities, offered};
use crate::client::Client;
use crate::documents::{Document, Typed};
use crate::features::METHODS;
use crate::paths::{Folder, path_of, real};
use crate::position::Encoding;
use crate::transport::{Event, Farewell, Leave, Malformed};
use crate::watchdog;
use crate::worker::{Batch, Change, Worker};

/// Whatever the analysis does recurses no deeper than on the first thread of a process.
const STACK_SIZE: usize = 8 << 20;

/// What may change what is found.
const WATCHED: &str = "**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,sql,json,jsonc}";

/// One end of a conversation.
pub(crate) struct Server {
    client: Client,
    inbox: Sender<Event>,
    leave: Leave,
    phase: Phase,
    capabilities: Option<Capabilities>,
    documents: BTreeMap<String, Document>,
    /// What the worker does next.
    queue: VecDeque<Batch>,
    batches: Option<Sender<Batch>>,
    is_worker_busy: bool,
    /// Whether the client has said anything since it was told what the server can do: nothing is sent to it
    /// before.
    is_listened_to: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    BeforeInitialize,
    Running,
    ShutDown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidOpen {
    text_document: Opened,
}

#[derive(Deserialize)]
struct Opened {
    uri: Uri,
    version: i32,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidChange {
    text_document: VersionedTextDocumentIdentifier,
    content_changes: Vec<Typed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfDocument {
    text_document: TextDocumentIdentifier,
}

#[derive(Deserialize)]
struct DidChangeFolders {
    event: FoldersEvent,
}

#[derive(Deserialize)]
struct FoldersEvent {
    #[serde(default)]
    added: Vec<Named>,
    #[serde(default)]
    removed: Vec<Named>,
}

#[derive(Deserialize)]
struct DidChangeFiles {
    changes: Vec<Named>,
}

/// Something that is said of a file or a folder.
#[derive(Deserialize)]
struct Named {
    uri: Uri,
    /// Of a file that changed: 1 where it is new, 3 where it is gone.
    #[serde(rename = "type")]
    kind: Option<u32>,
}

#[derive(Deserialize)]
struct Cancel {
    id: RequestId,
}

impl Server {
    pub(crate) fn new(client: Client, inbox: Sender<Event>, leave: Leave) -> Self {
        Self {
            client,
            inbox,
            leave,
            phase: Phase::BeforeInitialize,
            capabilities: None,
            documents: BTreeMap::new(),
            queue: VecDeque::new(),
            batches: None,
            is_worker_busy: false,
            is_listened_to: false,
        }
    }

    /// Takes part until the client leaves.
    ///
    /// # Errors
    /// The client does not speak the protocol, or the system gives no thread.
    pub(crate) fn run(mut self, events: &Receiver<Event>) -> anyhow::Result<Farewell> {
        while let Ok(event) = events.recv() {
            match event {
                Event::Message(Message::Request(request)) => self.on_request(request)?,
                Event::Message(Message::Notification(it)) if it.method == "exit" => break,
                Event::Message(Message::Notification(it)) => self.on_notification(it),
                Event::Message(Message::Response(_)) => {}
                Event::Malformed(Malformed { id: Some(id), code, reason }) => {
                    self.client.refuse(id, code, reason);
                }
                Event::Malformed(Malformed { id: None, code, reason }) => {
                    self.client.refuse_unknown(code, &reason);
                }
                Event::Idle => self.is_worker_busy = false,
                Event::Closed => break,
                Event::Broken(error) => {
                    return Err(error).context("cannot read what the client sends");
                }
            }
            self.hand_out();
        }
        let is_orderly = self.phase == Phase::ShutDown;
        Ok(if is_orderly { Farewell::Orderly } else { Farewell::Abrupt })
    }

    fn on_request(&mut self, request: Request) -> anyhow::Result<()> {
        let Request { id, method, .. } = &request;
        let (id, refuse) = (id.clone(), |code, reason: &str| {
            self.client.refuse(request.id.clone(), code, reason);
        });
        self.is_listened_to = self.phase == Phase::Running;
        match (self.phase, method.as_str()) {
            (Phase::BeforeInitialize, "initialize") => self.initialize(id, &request.params)?,
            (Phase::BeforeInitialize, _) => {
                refuse(ErrorCode::ServerNotInitialized, "the first request has to be `initialize`");
            }
            (Phase::Running, "initialize") => {
                refuse(ErrorCode::InvalidRequest, "the server is initialized already");
            }
            (Phase::Running, "shutdown") => {
                for request in self.queue.drain(..).flat_map(|it| it.requests) {
                    let reason = "the server was shut down";
                    self.client.refuse(request.id, ErrorCode::RequestCanceled, reason);
                }
                self.phase = Phase::ShutDown;
                self.client.respond(id, ());
            }
            (Phase::Running, method) if METHODS.contains(&method) => {
                self.last_batch().requests.push(request);
            }
            (Phase::Running, method) => {
                let reason = format!("there is no request `{method}`");
                refuse(ErrorCode::MethodNotFound, &reason);
            }
            (Phase::ShutDown, _) => refuse(ErrorCode::InvalidRequest, "the server was shut down"),
        }
        Ok(())
    }

    fn initialize(&mut self, id: RequestId, params: &Value) -> anyhow::Result<()> {
        let capabilities = Capabilities::read(params);
        self.capabilities = Some(capabilities);
        self.phase = Phase::Running;
        // Before the answer, up to which the client is there for certain.
        if let Some(process) = params["processId"].as_i64().and_then(|it| i32::try_from(it).ok()) {
            watchdog::watch(process, self.leave.clone());
        }
        self.client.respond(
            id,
            InitializeResult {
                capabilities: offered(capabilities.encoding),
                server_info: Some(ServerInfo {
                    name: "drizzle-drift".to_owned(),
                    version: Some(env!("CARGO_PKG_VERSION").to_owned()),
                }),
            },
        );
        let (batches, work) = mpsc::channel();
        let (worker, inbox) = (Worker::new(self.client.clone(), capabilities), self.inbox.clone());
        let builder = thread::Builder::new().name("worker".to_owned()).stack_size(STACK_SIZE);
        builder.spawn(move || worker.run(&work, &inbox)).context("cannot start the worker")?;
        self.batches = Some(batches);
        self.change(Change::Folders { added: folders(params), removed: Vec::new() });
        Ok(())
    }

    fn on_notification(&mut self, notification: Notification) {
        let Some(Capabilities { encoding, watches_files, .. }) = self.capabilities else { return };
        if self.phase != Phase::Running {
            return;
        }
        self.is_listened_to = true;
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" if watches_files => self.watch_files(),
            "textDocument/didOpen" => self.on_open(self.read(&method, params)),
            "textDocument/didChange" => self.on_change(self.read(&method, params), encoding),
            "textDocument/didClose" => self.on_close(self.read(&method, params)),
            "textDocument/didSave" => self.on_save(self.read(&method, params)),
            "workspace/didChangeWatchedFiles" => self.on_files(self.read(&method, params)),
            "workspace/didChangeWorkspaceFolders" => {
                let params = self.read(&method, params);
                let Some(DidChangeFolders { event }) = params else { return };
                let folders =
                    |all: Vec<Named>| all.iter().filter_map(|it| folder(&it.uri)).collect();
                let (added, removed) = (folders(event.added), folders(event.removed));
                self.change(Change::Folders { added, removed });
            }
            "$/cancelRequest" => {
                if let Some(Cancel { id }) = self.read(&method, params) {
                    self.cancel(&id);
                }
            }
            _ => {}
        }
    }

    /// What a notification says. Nobody waits for an answer to one that says something else.
    fn read<T: DeserializeOwned>(&self, method: &str, params: Value) -> Option<T> {
        let read = serde_json::from_value(params);
        read.map_err(|error| {
            let message = format!("{method} cannot be understood: {error}");
            let params = LogMessageParams { kind: MessageType::Error, message };
            self.client.notify::<LogMessageNotification>(params);
        })
        .ok()
    }

    /// Asks to be told which files change.
    fn watch_files(&self) {
        let params = json!({ "registrations": [{
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": [{ "globPattern": WATCHED }] },
        }] });
        if let Ok(params) = serde_json::from_value::<RegistrationParams>(params) {
            self.client.request::<RegistrationRequest>("files", params);
        }
    }

    fn on_open(&mut self, params: Option<DidOpen>) {
        let Some(Opened { uri, version, text }) = params.map(|it| it.text_document) else { return };
        let Some(path) = path_of(&uri) else { return };
        let document = Document { path: real(&path), version, text: text.into(), uri };
        self.documents.insert(document.uri.0.clone(), document.clone());
        self.change(Change::Edited(document));
    }

    fn on_change(&mut self, params: Option<DidChange>, encoding: Encoding) {
        let Some(DidChange { text_document, content_changes }) = params else { return };
        let VersionedTextDocumentIdentifier { version, text_document_identifier } = text_document;
        let Some(document) = self.documents.get_mut(&text_document_identifier.uri.0) else {
            return;
        };
        document.version = version;
        document.apply(content_changes, encoding);
        let document = document.clone();
        self.change(Change::Edited(document));
    }

    fn on_close(&mut self, params: Option<OfDocument>) {
        let closed = params.and_then(|it| self.documents.remove(&it.text_document.uri.0));
        let Some(Document { path, .. }) = closed else { return };
        // Through a link it may be open under another name.
        match self.documents.values().find(|it| it.path == path) {
            Some(other) => self.change(Change::Edited(other.clone())),
            None => self.change(Change::Closed(path)),
        }
    }

    fn on_save(&mut self, params: Option<OfDocument>) {
        let saved = params.and_then(|it| self.documents.get(&it.text_document.uri.0));
        if let Some(document) = saved {
            let changed = vec![document.path.clone()];
            self.change(Change::OnDisk { changed, new_or_gone: Vec::new() });
        }
    }

    fn on_files(&mut self, params: Option<DidChangeFiles>) {
        const CHANGED: u32 = 2;
        let Some(DidChangeFiles { changes }) = params else { return };
        let (changed, others): (Vec<Named>, Vec<Named>) =
            changes.into_iter().partition(|it| it.kind == Some(CHANGED));
        let paths = |all: Vec<Named>| -> Vec<PathBuf> {
            all.iter().filter_map(|it| path_of(&it.uri)).map(|it| real(&it)).collect()
        };
        let (changed, new_or_gone) = (paths(changed), paths(others));
        self.change(Change::OnDisk { changed, new_or_gone });
    }

    /// Takes back a request that nobody has begun to answer.
    fn cancel(&mut self, id: &RequestId) {
        for batch in &mut self.queue {
            let before = batch.requests.len();
            batch.requests.retain(|it| it.id != *id);
            if batch.requests.len() < before {
                let reason = "the client does not want to know any more";
                self.client.refuse(id.clone(), ErrorCode::RequestCanceled, reason);
            }
        }
    }

    /// Lets the worker know of a change. What was asked before is answered before.
    fn change(&mut self, change: Change) {
        if !self.last_batch().requests.is_empty() {
            self.queue.push_back(Batch::default());
        }
        self.last_batch().changes.push(change);
    }

    fn last_batch(&mut self) -> &mut Batch {
        if self.queue.is_empty() {
            self.queue.push_back(Batch::default());
        }
        self.queue.back_mut().expect("one was just put there")
    }

    /// Gives the worker all there is to do up to the next change behind a request, if it has nothing to do:
    /// what is typed while it checks makes one more check.
    fn hand_out(&mut self) {
        let is_free = self.is_listened_to && !self.is_worker_busy;
        let Some(batches) = self.batches.as_ref().filter(|_| is_free) else { return };
        let mut next = Batch::default();
        while let Some(batch) = self.queue.pop_front() {
            next.changes.extend(batch.changes);
            next.requests = batch.requests;
            if !next.requests.is_empty() {
                break;
            }
        }
        if !next.changes.is_empty() || !next.requests.is_empty() {
            self.is_worker_busy = batches.send(next).is_ok();
        }
    }
}

/// The folders that a client has opened.
fn folders(params: &Value) -> Vec<Folder> {
    let listed = params["workspaceFolders"].as_array().filter(|it| !it.is_empty());
    if let Some(listed) = listed {
        let uris = listed.iter().filter_map(|it| it["uri"].as_str());
        return uris.filter_map(|it| folder(&it.into())).collect();
    }
    let root = params["rootUri"].as_str().and_then(|it| folder(&it.into()));
    let path = || params["rootPath"].as_str().map(|it| Folder::new(it.into()));
    root.or_else(path).into_iter().collect()
}

fn folder(uri: &Uri) -> Option<Folder> {
    path_of(uri).map(Folder::new)
}
