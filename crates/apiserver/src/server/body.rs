//! Bodies on their way in and out.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use skeg_client::Payload;
use std::pin::Pin;
use std::task::{Context, Poll};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer on the wire.
pub enum ReplyBody {
    /// Nothing (any more).
    Empty,
    /// One piece.
    Full(Bytes),
    /// Piece by piece.
    Stream(BoxStream<'static, Result<Bytes, BoxError>>),
}

impl From<Payload> for ReplyBody {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Bytes(bytes) if bytes.is_empty() => ReplyBody::Empty,
            Payload::Bytes(bytes) => ReplyBody::Full(bytes),
            Payload::Stream(stream) => ReplyBody::Stream(stream),
            // The other forms are only given to callers inside the process,
            // who say so in their request; requests from a socket never do.
            _ => ReplyBody::Empty,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        match this {
            ReplyBody::Empty => Poll::Ready(None),
            ReplyBody::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *this = ReplyBody::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            ReplyBody::Stream(stream) => stream.poll_next_unpin(cx).map_ok(Frame::data),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, ReplyBody::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ReplyBody::Empty => SizeHint::with_exact(0),
            ReplyBody::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            ReplyBody::Stream(_) => SizeHint::default(),
        }
    }
}

/// A request's body, read when someone asks for it.
pub fn payload(incoming: Incoming) -> Payload {
    if incoming.is_end_stream() {
        return Payload::Empty;
    }
    let stream = incoming
        .into_data_stream()
        .map(|piece| piece.map_err(|e| Box::new(e) as BoxError))
        .boxed();
    Payload::Stream(stream)
}
