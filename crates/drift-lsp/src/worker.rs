//! The thread that checks: what changed comes in, diagnostics and answers go out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};

use gen_lsp_types::{
    Diagnostic, LogMessageNotification, LogMessageParams, MessageType,
    PublishDiagnosticsNotification, PublishDiagnosticsParams, ShowMessageNotification,
    ShowMessageParams, Uri,
};
use lsp_server::Request;

use crate::capabilities::Capabilities;
use crate::client::Client;
use crate::diagnostics::{Names, Translator};
use crate::documents::Document;
use crate::features;
use crate::paths::Folder;
use crate::transport::Event;
use crate::workspace::{Documents, Workspace};

/// What happened, and what is asked for after that.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) changes: Vec<Change>,
    pub(crate) requests: Vec<Request>,
}

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Change {
    /// A file was opened, or edited.
    Edited(Document),
    /// The file on the disk counts again.
    Closed(PathBuf),
    /// Files are not as they were.
    OnDisk { changed: Vec<PathBuf>, new_or_gone: Vec<PathBuf> },
    /// Folders that projects are looked for in.
    Folders { added: Vec<Folder>, removed: Vec<Folder> },
}

/// What is so after changes.
struct Applied {
    /// The files that the client has another version of.
    touched: BTreeSet<PathBuf>,
    /// Whether something may be found that was not, or the other way round.
    is_news: bool,
}

/// What the thread owns.
pub(crate) struct Worker {
    client: Client,
    capabilities: Capabilities,
    workspaces: Vec<Workspace>,
    documents: Documents,
    /// What the client shows of each file.
    published: BTreeMap<PathBuf, (Uri, Vec<Diagnostic>)>,
}

impl Worker {
    pub(crate) fn new(client: Client, capabilities: Capabilities) -> Self {
        Self {
            client,
            capabilities,
            workspaces: Vec::new(),
            documents: Documents::new(),
            published: BTreeMap::new(),
        }
    }

    /// Works until there is nobody left to work for.
    pub(crate) fn run(mut self, batches: &Receiver<Batch>, inbox: &Sender<Event>) {
        while let Ok(Batch { changes, requests }) = batches.recv() {
            if !changes.is_empty() {
                let Applied { touched, is_news } = self.apply(changes);
                if is_news {
                    self.check();
                    self.publish(&touched);
                }
            }
            for request in requests {
                // What is changed by an edit has to be there as it was read.
                if request.method == "textDocument/codeAction" {
                    self.look_again();
                }
                self.answer(request);
            }
            if inbox.send(Event::Idle).is_err() {
                return;
            }
        }
    }

    /// Checks again if the disk is not as it was, where nobody tells.
    fn look_again(&mut self) {
        let is_told = self.capabilities.watches_files;
        let mut has_changed = false;
        for workspace in self.workspaces.iter_mut().filter(|_| !is_told) {
            has_changed |= workspace.refresh(false);
        }
        if has_changed {
            self.check();
            self.publish(&BTreeSet::new());
        }
    }

    /// Takes note of what happened.
    fn apply(&mut self, changes: Vec<Change>) -> Applied {
        let mut touched = BTreeSet::new();
        let mut has_other_folders = false;
        // Without anybody who tells, every change is an occasion to look.
        let mut is_other_disk = !self.capabilities.watches_files;
        let mut rediscovers = false;
        for change in changes {
            match change {
                Change::Edited(document) => {
                    touched.insert(document.path.clone());
                    self.cover(&document.path);
                    self.workspaces.iter_mut().for_each(|it| it.set(&document));
                    self.documents.insert(document.path.clone(), document);
                }
                Change::Closed(path) => {
                    touched.insert(path.clone());
                    self.documents.remove(&path);
                    self.workspaces.iter_mut().for_each(|it| it.close(&path));
                    self.uncover();
                }
                Change::OnDisk { changed, new_or_gone } => {
                    is_other_disk |=
                        !new_or_gone.is_empty() || changed.iter().any(|it| self.concerns(it));
                    rediscovers |= new_or_gone.iter().any(|it| leads_to_projects(it));
                }
                Change::Folders { added, removed } => {
                    has_other_folders = true;
                    self.workspaces.retain(|it| it.is_implicit || !removed.contains(&it.folder));
                    for folder in added {
                        self.workspaces.retain(|it| it.folder != folder);
                        self.workspaces.push(Workspace::new(folder, false, &self.documents));
                    }
                    self.uncover();
                }
            }
        }
        if is_other_disk {
            for workspace in &mut self.workspaces {
                workspace.refresh(rediscovers);
            }
        }
        let is_news = has_other_folders || is_other_disk || !touched.is_empty();
        Applied { touched, is_news }
    }

    /// Whether a file that changed was looked at, or is one that would be.
    fn concerns(&self, path: &Path) -> bool {
        leads_to_projects(path) || self.workspaces.iter().any(|it| it.has_looked_at(path))
    }

    /// Makes a workspace for a file that lies in none, where the client has opened no folder.
    fn cover(&mut self, path: &Path) {
        let has_folders = self.workspaces.iter().any(|it| !it.is_implicit);
        let is_covered = self.workspaces.iter().any(|it| path.starts_with(&it.folder.real));
        if has_folders || is_covered {
            return;
        }
        if let Some(folder) = Folder::around(path) {
            self.workspaces.push(Workspace::new(folder, true, &self.documents));
        }
    }

    /// Leaves the workspaces that nobody asked for, where no file of theirs is open any more or folders were
    /// opened.
    fn uncover(&mut self) {
        let has_folders = self.workspaces.iter().any(|it| !it.is_implicit);
        let documents = &self.documents;
        self.workspaces.retain(|it| {
            let is_used = || documents.keys().any(|path| path.starts_with(&it.folder.real));
            !it.is_implicit || !has_folders && is_used()
        });
    }

    fn check(&mut self) {
        for workspace in &mut self.workspaces {
            if let Some(message) = workspace.check(&self.documents) {
                let params =
                    ShowMessageParams { kind: MessageType::Error, message: message.clone() };
                self.client.notify::<ShowMessageNotification>(params);
                let params = LogMessageParams { kind: MessageType::Error, message };
                self.client.notify::<LogMessageNotification>(params);
            }
        }
    }

    /// Tells the client what to show, where that is not what it shows; of the files that it has another
    /// version of, in any case.
    fn publish(&mut self, touched: &BTreeSet<PathBuf>) {
        let folders: Vec<&Folder> = self.workspaces.iter().map(|it| &it.folder).collect();
        let names = Names { documents: &self.documents, folders: &folders };
        let mut translator = Translator::new(names, self.capabilities);
        let mut all: BTreeMap<PathBuf, (Uri, Vec<Diagnostic>)> = BTreeMap::new();
        for mark in self.workspaces.iter().flat_map(Workspace::marks) {
            let Some(uri) = names.uri(&mark.place.path) else { continue };
            let diagnostic = translator.diagnostic(mark);
            let (_, shown) =
                all.entry(mark.place.path.clone()).or_insert_with(|| (uri, Vec::new()));
            // Folders may lie in one another, and projects share files.
            if !shown.contains(&diagnostic) {
                shown.push(diagnostic);
            }
        }
        for path in touched {
            if let Some(uri) = names.uri(path) {
                all.entry(path.clone()).or_insert_with(|| (uri, Vec::new()));
            }
        }
        for (path, (uri, before)) in &self.published {
            let is_there = all.get(path).is_some_and(|(now, _)| now == uri);
            if !is_there && !before.is_empty() {
                self.send(uri.clone(), None, Vec::new());
            }
        }
        for (path, (uri, now)) in &all {
            let before = self.published.get(path).filter(|(it, _)| it == uri);
            if touched.contains(path) || before.is_none_or(|(_, before)| before != now) {
                let version = self.documents.get(path).map(|it| it.version);
                self.send(uri.clone(), version, now.clone());
            }
        }
        self.published = all;
    }

    fn send(&self, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        self.client.notify::<PublishDiagnosticsNotification>(params);
    }

    fn answer(&self, request: Request) {
        let folders: Vec<&Folder> = self.workspaces.iter().map(|it| &it.folder).collect();
        let asked = features::Asked {
            workspaces: &self.workspaces,
            names: Names { documents: &self.documents, folders: &folders },
            capabilities: self.capabilities,
        };
        asked.answer(request, &self.client);
    }
}

/// Whether a file that is new, or gone, may mean that there are other projects. Packages that are installed
/// have none.
fn leads_to_projects(path: &Path) -> bool {
    if path.iter().any(|it| it == "node_modules") {
        return false;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.contains("drizzle") || matches!(&*name, "package.json" | "tsconfig.json" | ".gitignore")
}
