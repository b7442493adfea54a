//! The conversation with a client: what has to be answered, and when.

use std::sync::mpsc::Receiver;

use anyhow::Context;
use gen_lsp_types::{InitializeParams, InitializeResult, ServerCapabilities, ServerInfo};
use lsp_server::{ErrorCode, Message, Notification, Request};

use crate::client::Client;
use crate::transport::{Event, Farewell, Malformed};

/// One end of a conversation.
pub(crate) struct Server {
    client: Client,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    BeforeInitialize,
    Running,
    ShutDown,
}

impl Server {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, phase: Phase::BeforeInitialize }
    }

    /// Takes part until the client leaves.
    ///
    /// # Errors
    /// The client does not speak the protocol.
    pub(crate) fn run(mut self, events: &Receiver<Event>) -> anyhow::Result<Farewell> {
        while let Ok(event) = events.recv() {
            match event {
                Event::Message(Message::Request(request)) => self.on_request(request),
                Event::Message(Message::Notification(it)) if it.method == "exit" => break,
                Event::Message(Message::Notification(it)) => self.on_notification(&it),
                Event::Message(Message::Response(_)) => {}
                Event::Malformed(Malformed { id: Some(id), code, reason }) => {
                    self.client.refuse(id, code, reason);
                }
                Event::Malformed(Malformed { id: None, code, reason }) => {
                    self.client.refuse_unknown(code, &reason);
                }
                Event::Closed => break,
                Event::Broken(error) => {
                    return Err(error).context("cannot read what the client sends");
                }
            }
        }
        let is_orderly = self.phase == Phase::ShutDown;
        Ok(if is_orderly { Farewell::Orderly } else { Farewell::Abrupt })
    }

    fn on_request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        match (self.phase, method.as_str()) {
            (Phase::BeforeInitialize, "initialize") => match serde_json::from_value(params) {
                Ok(params) => {
                    self.phase = Phase::Running;
                    self.client.respond(id, initialize(&params));
                }
                Err(error) => {
                    self.client.refuse(id, ErrorCode::InvalidParams, error.to_string());
                }
            },
            (Phase::BeforeInitialize, _) => {
                let reason = "the first request has to be `initialize`";
                self.client.refuse(id, ErrorCode::ServerNotInitialized, reason);
            }
            (Phase::Running, "initialize") => {
                let reason = "the server is initialized already";
                self.client.refuse(id, ErrorCode::InvalidRequest, reason);
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                self.client.respond(id, ());
            }
            (Phase::Running, _) => {
                let reason = format!("there is no request `{method}`");
                self.client.refuse(id, ErrorCode::MethodNotFound, reason);
            }
            (Phase::ShutDown, _) => {
                let reason = "the server was shut down";
                self.client.refuse(id, ErrorCode::InvalidRequest, reason);
            }
        }
    }

    fn on_notification(&mut self, _notification: &Notification) {}
}

fn initialize(_params: &InitializeParams) -> InitializeResult {
    InitializeResult {
        capabilities: ServerCapabilities::default(),
        server_info: Some(ServerInfo {
            name: "drizzle-drift".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    }
}
