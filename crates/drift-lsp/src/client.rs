//! The way to the client, for all that have something to tell it.

use std::sync::mpsc::Sender;

use gen_lsp_types::{Notification, Request};
use lsp_server::{ErrorCode, Message, RequestId, Response};
use serde::Serialize;
use serde_json::json;

use crate::transport::Outgoing;

/// Sends messages. When nobody reads them any more they go nowhere: whoever writes ends the server then.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    outbox: Sender<Outgoing>,
}

impl Client {
    pub(crate) fn new(outbox: Sender<Outgoing>) -> Self {
        Self { outbox }
    }

    /// Answers a request.
    pub(crate) fn respond(&self, id: RequestId, result: impl Serialize) {
        self.send(Response::new_ok(id, result).into());
    }

    /// Answers a request that cannot be served.
    pub(crate) fn refuse(&self, id: RequestId, code: ErrorCode, message: impl Into<String>) {
        self.send(Response::new_err(id, code as i32, message.into()).into());
    }

    /// Answers something that is no message.
    pub(crate) fn refuse_unknown(&self, code: ErrorCode, message: &str) {
        let error = json!({ "code": code as i32, "message": message });
        let answer = json!({ "jsonrpc": "2.0", "id": null, "error": error });
        let _ = self.outbox.send(Outgoing::Nameless(answer));
    }

    /// Tells something.
    pub(crate) fn notify<N: Notification>(&self, params: N::Params) {
        self.send(lsp_server::Notification::new(N::METHOD.to_string(), params).into());
    }

    /// Asks for something, whose answer makes no difference.
    pub(crate) fn request<R: Request>(&self, id: &str, params: R::Params) {
        let id = RequestId::from(id.to_owned());
        self.send(lsp_server::Request::new(id, R::METHOD.to_string(), params).into());
    }

    fn send(&self, message: Message) {
        let _ = self.outbox.send(Outgoing::Message(message));
    }
}
