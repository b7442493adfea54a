//! The streams: messages in, messages out, and the end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use lsp_server::{ErrorCode, Message, RequestId};
use serde_json::Value;

use crate::client::Client;
use crate::server::Server;

/// A message that is longer is not read: an editor sends no file of this size.
const LONGEST_MESSAGE: u64 = 256 << 20;

/// The same for all header fields of a message together.
const LONGEST_HEADER: u64 = 16 << 10;

/// How long a server that is at work may take to come to an end after its client has left.
const GRACE: Duration = Duration::from_secs(5);

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// The client asked for a shutdown first.
    Orderly,
    /// The client left without a word.
    Abrupt,
}

/// What the thread that writes has to do.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Message(Message),
    /// An answer to something that was no message, and had no name to answer to.
    Nameless(Value),
    /// Nobody will send anything any more.
    Closing,
    End(anyhow::Result<Farewell>),
}

/// What happens to the server.
#[derive(Debug)]
pub(crate) enum Event {
    Message(Message),
    /// Something in a frame that is no message; the next frame may be one.
    Malformed(Malformed),
    /// The worker has done what it was given.
    Idle,
    /// There is no further message.
    Closed,
    /// There is something that is no frame, so that nobody knows where the next begins.
    Broken(io::Error),
}

/// Ends a conversation whose client is gone.
#[derive(Debug, Clone)]
pub(crate) struct Leave {
    inbox: Sender<Event>,
    outbox: Sender<Outgoing>,
}

impl Leave {
    pub(crate) fn now(&self) {
        let _ = self.inbox.send(Event::Closed);
        let _ = self.outbox.send(Outgoing::Closing);
    }
}

/// What cannot be understood.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) id: Option<RequestId>,
    pub(crate) code: ErrorCode,
    pub(crate) reason: String,
}

/// Serves the client at the other end of two streams until it leaves. What still runs then is
/// abandoned: the process should end.
///
/// # Errors
/// What comes in is not framed as the protocol wants it.
pub fn serve(input: impl Read + Send + 'static, out: &mut dyn Write) -> anyhow::Result<Farewell> {
    let (outbox, outgoing) = mpsc::channel();
    let (inbox, events) = mpsc::channel();
    let leave = Leave { inbox: inbox.clone(), outbox: outbox.clone() };
    let reader = leave.clone();
    start("reader", move || {
        read_all(&mut BufReader::new(input), &reader.inbox);
        let _ = reader.outbox.send(Outgoing::Closing);
    })?;
    start("server", move || {
        let server = Server::new(Client::new(outbox.clone()), inbox, leave);
        let end = panic::catch_unwind(AssertUnwindSafe(|| server.run(&events)));
        let end = end.unwrap_or_else(|_| Err(anyhow!("the server stopped, which is a bug")));
        let _ = outbox.send(Outgoing::End(end));
    })?;
    let mut deadline: Option<Instant> = None;
    loop {
        let next = match deadline {
            Some(deadline) => {
                outgoing.recv_timeout(deadline.saturating_duration_since(Instant::now()))
            }
            None => outgoing.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let written = match next {
            Ok(Outgoing::Message(message)) => message.write(&mut &mut *out),
            Ok(Outgoing::Nameless(value)) => write_value(&value, out),
            Ok(Outgoing::Closing) => {
                deadline = Some(Instant::now() + GRACE);
                Ok(())
            }
            Ok(Outgoing::End(end)) => return end,
            Err(_) => return Ok(Farewell::Abrupt),
        };
        if written.is_err() {
            return Ok(Farewell::Abrupt);
        }
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> anyhow::Result<()> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(work).with_context(|| format!("cannot start the {name}"))?;
    Ok(())
}

fn write_value(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = value.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    out.flush()
}

/// Hands on everything that comes in.
fn read_all(input: &mut dyn BufRead, inbox: &Sender<Event>) {
    loop {
        let event = match read_frame(input) {
            Ok(Some(body)) => match parse(&body) {
                Ok(message) => Event::Message(message),
                Err(malformed) => Event::Malformed(malformed),
            },
            Ok(None) => Event::Closed,
            Err(error) => Event::Broken(error),
        };
        let is_last = matches!(event, Event::Closed | Event::Broken(_));
        if inbox.send(event).is_err() || is_last {
            return;
        }
    }
}

/// The body of the next frame; `None` at the end of the input.
///
/// # Errors
/// Those of the input, and where it is not framed as the protocol says or ends within a frame.
fn read_frame(input: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let Some(length) = read_header(input)? else { return Ok(None) };
    // Memory is taken as the bytes come in, not as they are announced.
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(body))
}

/// The length that a header announces; `None` at the end of the input.
fn read_header(input: &mut dyn BufRead) -> io::Result<Option<u64>> {
    let mut header = input.take(LONGEST_HEADER);
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        let is_first = header.limit() == LONGEST_HEADER;
        if header.read_until(b'\n', &mut line)? == 0 && is_first {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let Some(field) = line.strip_suffix('\n') else {
            return Err(invalid(format!("a header ends in {:?}", shortened(&line))));
        };
        let field = field.trim_end_matches('\r');
        if field.is_empty() {
            break;
        }
        let Some((name, value)) = field.split_once(':') else {
            return Err(invalid(format!("{:?} is no field of a header", shortened(field))));
        };
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            length = value.trim().parse::<u64>().ok().filter(|it| *it <= LONGEST_MESSAGE);
            if length.is_none() {
                let value = shortened(value.trim());
                return Err(invalid(format!("{value:?} is no length that a message can have")));
            }
        }
    }
    length.map(Some).ok_or_else(|| invalid("a header has no Content-Length".to_owned()))
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// So much of a text as fits in a line.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

fn parse(body: &[u8]) -> Result<Message, Malformed> {
    let malformed = |id, code, reason: &str| Malformed { id, code, reason: reason.to_owned() };
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| malformed(None, ErrorCode::ParseError, &error.to_string()))?;
    let id = serde_json::from_value(value["id"].clone()).ok();
    serde_json::from_value(value)
        .map_err(|_| malformed(id, ErrorCode::InvalidRequest, "this is no message of JSON-RPC"))
}
