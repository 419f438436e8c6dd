//! Bodies on their way in and out.

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::stream::BoxStream;
use http_body::{Body, Frame, SizeHint};
use skeg_client::Payload;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Awaited;
use super::rest::Unread;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer on the wire.
pub enum ReplyBody {
    /// Nothing (any more).
    Empty,
    /// One piece.
    Full(Bytes),
    /// Piece by piece.
    Stream(BoxStream<'static, Result<Bytes, BoxError>>),
    /// The end, with a reason.
    Failed(BoxError),
}

/// Pieces that are ready at the same time are sent as one up to this length:
/// each is encrypted, framed and handed to the kernel on its own.
const JOINED_LEN: usize = 8 * 1024;

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

impl ReplyBody {
    /// The next piece of a stream, and those behind it that are ready and short.
    fn poll_pieces(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let ReplyBody::Stream(stream) = self else {
            return Poll::Ready(None);
        };
        let first = match std::task::ready!(stream.poll_next_unpin(cx)) {
            Some(Ok(piece)) => piece,
            end => {
                *self = ReplyBody::Empty;
                return Poll::Ready(end);
            }
        };
        let mut joined = BytesMut::new();
        let mut len = first.len();
        while len < JOINED_LEN {
            match stream.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(piece))) => {
                    if joined.is_empty() {
                        joined.reserve(JOINED_LEN.max(len + piece.len()));
                        joined.extend_from_slice(&first);
                    }
                    len += piece.len();
                    joined.extend_from_slice(&piece);
                }
                Poll::Ready(Some(Err(error))) => {
                    *self = ReplyBody::Failed(error);
                    break;
                }
                Poll::Ready(None) => {
                    *self = ReplyBody::Empty;
                    break;
                }
                Poll::Pending => break,
            }
        }
        Poll::Ready(Some(Ok(if joined.is_empty() {
            first
        } else {
            joined.freeze()
        })))
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
            ReplyBody::Stream(_) => this.poll_pieces(cx).map_ok(Frame::data),
            ReplyBody::Failed(_) => match std::mem::replace(this, ReplyBody::Empty) {
                ReplyBody::Failed(error) => Poll::Ready(Some(Err(error))),
                _ => Poll::Ready(None),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, ReplyBody::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ReplyBody::Empty => SizeHint::with_exact(0),
            ReplyBody::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            ReplyBody::Stream(_) | ReplyBody::Failed(_) => SizeHint::default(),
        }
    }
}

/// An answer, and what nobody has read of its request: let go when the answer is out.
pub struct Answer<B: Body<Data = Bytes> + Send + Unpin + 'static> {
    pub(super) body: ReplyBody,
    pub(super) _unread: Option<Unread<B>>,
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Body for Answer<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer that is awaited until it is sent, if it is a stream.
pub(super) fn holding(body: Payload, awaited: Option<Awaited>) -> Payload {
    match (body, awaited) {
        (Payload::Stream(stream), Some(awaited)) => {
            let held = stream.map(move |piece| {
                let _ = &awaited;
                piece
            });
            Payload::Stream(held.boxed())
        }
        (body, _) => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    async fn sent(pieces: Vec<Result<Bytes, BoxError>>) -> Vec<Result<usize, String>> {
        let stream = futures::stream::iter(pieces).boxed();
        let body = ReplyBody::from(Payload::Stream(stream));
        let frames = body.into_data_stream();
        frames
            .map(|frame| frame.map(|f| f.len()).map_err(|e| e.to_string()))
            .collect()
            .await
    }

    #[tokio::test]
    async fn what_is_ready_goes_together() {
        let piece = |len: usize| Ok(Bytes::from(vec![b'x'; len]));
        assert_eq!(sent(vec![piece(1), piece(2), piece(3)]).await, [Ok(6)]);
        let long = sent(vec![
            piece(JOINED_LEN),
            piece(2),
            piece(JOINED_LEN),
            piece(3),
        ])
        .await;
        assert_eq!(long, [Ok(JOINED_LEN), Ok(JOINED_LEN + 2), Ok(3)]);
        let broken = sent(vec![piece(1), Err("gone".into()), piece(2)]).await;
        assert_eq!(broken, [Ok(1), Err("gone".to_owned())]);
        assert!(sent(Vec::new()).await.is_empty());
    }
}
