//! Bodies on their way out and in.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use futures::stream::BoxStream;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::gunzip::Gunzip;
use super::pool::Lease;
use super::wakes::Reader;
use crate::codec;
use crate::payload::{BoxError, Payload};

/// The body of a request.
pub(super) enum Outgoing {
    Empty,
    Whole(Option<Bytes>),
    Pieces(BoxStream<'static, Result<Bytes, BoxError>>),
}

impl Outgoing {
    /// The body that a payload is on the wire.
    pub(super) fn new(payload: Payload, headers: &mut HeaderMap) -> Self {
        match payload {
            Payload::Empty
            | Payload::Events(_)
            | Payload::List(_)
            | Payload::Status(_)
            | Payload::Upgraded(_) => Outgoing::Empty,
            Payload::Bytes(bytes) => Outgoing::Whole(Some(bytes)),
            Payload::Stream(stream) => Outgoing::Pieces(stream),
            Payload::Object(object) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(codec::JSON));
                Outgoing::Whole(Some(object.json()))
            }
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Outgoing::Empty => Poll::Ready(None),
            Outgoing::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Outgoing::Pieces(stream) => {
                let piece = ready!(stream.as_mut().poll_next(cx));
                Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Outgoing::Empty => true,
            Outgoing::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Outgoing::Pieces(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Empty => SizeHint::with_exact(0),
            Outgoing::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Outgoing::Pieces(_) => SizeHint::default(),
        }
    }
}

/// Ends a body that has been silent for too long.
struct Silence {
    max: Duration,
    /// When something came last.
    heard: Instant,
    /// Set anew only when it rings: a stream of many pieces would move it for each.
    timer: Pin<Box<Sleep>>,
}

impl Silence {
    fn new(max: Duration) -> Self {
        let heard = Instant::now();
        Self {
            max,
            heard,
            timer: Box::pin(sleep_until(heard + max)),
        }
    }

    /// Ready when nothing has come for so long.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let end = self.heard + self.max;
            if end <= self.timer.deadline() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(end);
        }
    }
}

/// The body of an answer. Keeps its connection leased until it has ended or is
/// dropped.
pub(super) struct Answer {
    body: Incoming,
    /// None of a connection that has no other streams.
    reader: Option<Reader>,
    gunzip: Option<Box<Gunzip>>,
    silence: Option<Silence>,
    lease: Option<Lease>,
    ended: bool,
}

impl Answer {
    pub(super) fn new(
        body: Incoming,
        gzipped: bool,
        silence_max: Option<Duration>,
        lease: Lease,
    ) -> Self {
        Self {
            body,
            reader: lease.reader(),
            gunzip: gzipped.then(|| Box::new(Gunzip::new())),
            silence: silence_max.map(Silence::new),
            lease: Some(lease),
            ended: false,
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.lease = None;
    }
}

impl Stream for Answer {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.ended {
                return Poll::Ready(None);
            }
            let body = Pin::new(&mut this.body);
            let polled = match &this.reader {
                Some(reader) => reader.poll(cx, |cx| body.poll_frame(cx)),
                None => body.poll_frame(cx),
            };
            match polled {
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(silence) = &mut this.silence {
                        silence.heard = Instant::now();
                    }
                    let Ok(bytes) = frame.into_data() else {
                        continue;
                    };
                    let Some(gunzip) = &mut this.gunzip else {
                        return Poll::Ready(Some(Ok(bytes)));
                    };
                    match gunzip.feed(&bytes) {
                        Ok(bytes) if bytes.is_empty() => {}
                        Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                        Err(error) => {
                            this.end();
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    this.end();
                    return Poll::Ready(Some(Err(super::beneath(&error))));
                }
                Poll::Ready(None) => {
                    this.end();
                    return match this.gunzip.take().map(|gunzip| gunzip.finish()) {
                        Some(Ok(bytes)) if !bytes.is_empty() => Poll::Ready(Some(Ok(bytes))),
                        Some(Err(error)) => Poll::Ready(Some(Err(error))),
                        _ => Poll::Ready(None),
                    };
                }
                Poll::Pending => {
                    let Some(silence) = &mut this.silence else {
                        return Poll::Pending;
                    };
                    ready!(silence.poll(cx));
                    let seconds = silence.max.as_secs_f32();
                    this.end();
                    return Poll::Ready(Some(Err(format!(
                        "nothing came for {seconds} s; the connection is taken for dead"
                    )
                    .into())));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::poll;
    use std::future::poll_fn;

    #[tokio::test(start_paused = true)]
    async fn silence_is_counted_from_the_last_word() {
        const MAX: Duration = Duration::from_secs(10);
        let mut silence = Silence::new(MAX);
        let begun = Instant::now();
        for _ in 0..3 {
            tokio::time::advance(Duration::from_secs(7)).await;
            assert!(poll!(poll_fn(|cx| silence.poll(cx))).is_pending());
            silence.heard = Instant::now();
        }
        poll_fn(|cx| silence.poll(cx)).await;
        assert_eq!(begun.elapsed().as_secs(), 31);
    }
}
