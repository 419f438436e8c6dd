//! Bodies of requests and answers: bytes on the wire, whole objects in the process.

use std::fmt;

use bytes::Bytes;
use futures::stream::BoxStream;
use skeg_meta::{SharedObject, Status};

use crate::upgrade::Upgraded;

/// Any error that a body may end with.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or of an answer.
///
/// Over the wire only [`Empty`](Payload::Empty), [`Bytes`](Payload::Bytes) and
/// [`Stream`](Payload::Stream) occur. The other forms are for a caller and a
/// server in one process: nothing is encoded there that somebody would have to
/// decode again.
#[derive(Default)]
pub enum Payload {
    /// No body.
    #[default]
    Empty,
    /// A whole body; `Content-Type` says in which form.
    Bytes(Bytes),
    /// A body that comes in pieces: a log, a watch over the wire.
    Stream(BoxStream<'static, Result<Bytes, BoxError>>),
    /// One object.
    Object(SharedObject),
    /// A page of objects.
    List(SharedList),
    /// A watch.
    Events(BoxStream<'static, SharedEvent>),
    /// The server's word about a request: a refusal, or what became of a deletion.
    Status(Box<Status>),
    /// The connection itself, after an answer `101 Switching Protocols`.
    Upgraded(Upgraded),
}

impl Payload {
    /// A second copy for another attempt, where that is possible without copying bytes.
    #[must_use]
    pub fn try_clone(&self) -> Option<Payload> {
        match self {
            Payload::Empty => Some(Payload::Empty),
            Payload::Bytes(bytes) => Some(Payload::Bytes(bytes.clone())),
            Payload::Object(object) => Some(Payload::Object(object.clone())),
            Payload::List(list) => Some(Payload::List(list.clone())),
            Payload::Status(status) => Some(Payload::Status(status.clone())),
            Payload::Stream(_) | Payload::Events(_) | Payload::Upgraded(_) => None,
        }
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payload::Empty => f.write_str("Empty"),
            Payload::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Payload::Stream(_) => f.write_str("Stream"),
            Payload::Object(object) => {
                write!(f, "Object({}/{})", object.namespace(), object.name())
            }
            Payload::List(list) => {
                write!(f, "List({} at {})", list.items.len(), list.resource_version)
            }
            Payload::Events(_) => f.write_str("Events"),
            Payload::Upgraded(_) => f.write_str("Upgraded"),
            Payload::Status(status) => write!(f, "Status({}: {})", status.code, status.message),
        }
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Payload::Empty
        } else {
            Payload::Bytes(bytes)
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

/// A page of a list.
#[derive(Clone, Default)]
pub struct SharedList {
    /// The version of the whole list: where a watch goes on from.
    pub resource_version: String,
    /// The token for the next page, if there is one.
    pub continue_token: Option<String>,
    /// How many objects follow this page, where the server knows.
    pub remaining: Option<i64>,
    /// The objects.
    pub items: Vec<SharedObject>,
}

/// One event of a watch.
#[derive(Clone)]
pub enum SharedEvent {
    /// The object is there, and was not before.
    Added(SharedObject),
    /// The object has changed.
    Modified(SharedObject),
    /// The object is gone; this was its last state.
    Deleted(SharedObject),
    /// Every event up to this version has been sent.
    Bookmark {
        /// The version.
        resource_version: String,
        /// Whether this ends the initial events that `sendInitialEvents` asked for.
        initial_events_end: bool,
    },
    /// The watch is over.
    Error(Box<Status>),
}

impl SharedEvent {
    /// The object of the event; bookmarks and errors have none.
    #[must_use]
    pub fn object(&self) -> Option<&SharedObject> {
        match self {
            SharedEvent::Added(object)
            | SharedEvent::Modified(object)
            | SharedEvent::Deleted(object) => Some(object),
            SharedEvent::Bookmark { .. } | SharedEvent::Error(_) => None,
        }
    }
}
