//! A watch of an etcd: a stream of its own, opened again where it broke off.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use skeg_store::{
    Error, Event, EventKind, KeyRange, KeyValue, LATEST, Result, Revision, WatchBatch, WatchSource,
};
use tokio::time::Sleep;

use super::errors::Context;
use super::{Shared, bounds, revision_of};
use crate::proto::{
    self, EmptyRequest, WatchCreateRequest, WatchRequest, WatchResponse, WatchUnion, signed,
    unsigned,
};
use skeg_grpc::client::{Answers, Requests};

const WATCH: &str = "/etcdserverpb.Watch/Watch";

/// A request for progress is repeated: an etcd that is busy drops it.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Between attempts to open a stream that broke, the first and the last.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LAST: Duration = Duration::from_secs(5);

/// A member that is cut off from its leader must end the watch, not keep silent.
const REQUIRE_LEADER: &[(&str, &str)] = &[("hasleader", "true")];

/// An open stream.
struct Stream {
    /// Which connection it is on.
    connection: u64,
    requests: Requests<WatchRequest>,
    answers: Answers<WatchResponse>,
    /// What the first answer said.
    created: WatchResponse,
}

impl Stream {
    async fn open(shared: &Shared, bounds: &(Bytes, Bytes), from: Revision) -> Result<Stream> {
        let (key, range_end) = bounds.clone();
        let create = WatchCreateRequest {
            key,
            range_end,
            start_revision: signed(from),
            progress_notify: true,
            prev_kv: true,
            fragment: true,
            ..WatchCreateRequest::default()
        };
        let request = WatchRequest {
            request_union: Some(WatchUnion::Create(create)),
        };
        let opening = async {
            let opening = shared.channel.stream(WATCH, REQUIRE_LEADER, &request);
            let (requests, mut answers) = opening.await?;
            let created: Option<WatchResponse> = answers.next().await?;
            Ok((requests, answers, created))
        };
        let number = shared.channel.number();
        let opened = tokio::select! {
            biased;
            () = shared.closed.cancelled() => return Err(Error::Closed),
            opened = opening => opened,
        };
        match opened {
            Ok((requests, answers, Some(created))) => Ok(Stream {
                connection: shared.channel.number(),
                requests,
                answers,
                created,
            }),
            Ok((_, _, None)) => Err(shared.unavailable("a watch ended before it began")),
            Err(status) => {
                shared.channel.leave(number).await;
                Err(shared.error(status, Context::None).await)
            }
        }
    }
}

/// The revision to which history was compacted; 0 if it never was.
pub(crate) async fn compacted(shared: &Shared) -> Result<Revision> {
    let bounds = (Bytes::from_static(b"\0skeg"), Bytes::new());
    let mut stream = Stream::open(shared, &bounds, 1).await?;
    let ask = WatchRequest {
        request_union: Some(WatchUnion::Progress(EmptyRequest {})),
    };
    let mut answer = stream.created;
    loop {
        if answer.compact_revision > 0 {
            return Ok(unsigned(answer.compact_revision));
        }
        // A watch that is told of progress has nothing before it compacted.
        if !answer.created && !answer.canceled {
            return Ok(0);
        }
        stream.requests.try_send(&ask);
        let next = tokio::time::timeout(ASK_AGAIN, stream.answers.next()).await;
        match next {
            Err(_) => continue,
            Ok(Ok(Some(next))) => answer = next,
            Ok(Ok(None)) => return Err(shared.unavailable("a watch ended without a reason")),
            Ok(Err(status)) => return Err(shared.error(status, Context::None).await),
        }
    }
}

enum State {
    Open(Box<Stream>),
    Opening(BoxFuture<'static, Result<Stream>>),
    /// There is nothing to watch.
    Empty,
}

/// The reader's end.
pub(crate) struct Source {
    shared: Arc<Shared>,
    closed: BoxFuture<'static, ()>,
    bounds: Option<(Bytes, Bytes)>,
    state: State,
    /// The first revision that has not been delivered.
    next: Revision,
    /// Events of a response that is not whole yet.
    fragment: Vec<proto::Event>,
    /// Progress is wanted; when to ask again.
    asking: Option<Pin<Box<Sleep>>>,
}

impl Source {
    pub(crate) async fn open(
        shared: Arc<Shared>,
        range: KeyRange,
        from: Revision,
    ) -> Result<Source> {
        let bounds = bounds(&range);
        let (state, next) = match &bounds {
            None => (State::Empty, from),
            Some(bounds) => {
                let stream = Stream::open(&shared, bounds, from).await?;
                let next = match from {
                    LATEST => revision_of(&stream.created.header) + 1,
                    from => from,
                };
                (State::Open(Box::new(stream)), next)
            }
        };
        shared.watches.fetch_add(1, Ordering::Relaxed);
        Ok(Source {
            closed: Box::pin(shared.closed.clone().cancelled_owned()),
            shared,
            bounds,
            state,
            next,
            fragment: Vec::new(),
            asking: None,
        })
    }

    /// Opens the stream again, where the last one ended.
    fn reopen(&mut self, first_wait: Duration) {
        self.fragment.clear();
        let left = match &self.state {
            State::Open(stream) => Some(stream.connection),
            _ => None,
        };
        let Some(bounds) = self.bounds.clone() else {
            self.state = State::Empty;
            return;
        };
        let (shared, next) = (self.shared.clone(), self.next);
        self.state = State::Opening(Box::pin(async move {
            if let Some(connection) = left {
                shared.channel.leave(connection).await;
            }
            let mut wait = first_wait;
            loop {
                tokio::time::sleep(wait).await;
                match Stream::open(&shared, &bounds, next).await {
                    Err(Error::Unavailable { reason, .. }) => {
                        tracing::debug!(reason, "a watch waits for its etcd");
                        wait = (wait * 2).min(RETRY_LAST);
                    }
                    opened => return opened,
                }
            }
        }));
    }

    fn ask(&mut self) {
        let ask = WatchRequest {
            request_union: Some(WatchUnion::Progress(EmptyRequest {})),
        };
        if let State::Open(stream) = &self.state {
            // If it does not take it now, the next one does.
            stream.requests.try_send(&ask);
        }
        self.asking = Some(Box::pin(tokio::time::sleep(ASK_AGAIN)));
    }

    /// What a response says; `None` if nothing to the reader.
    fn response(&mut self, response: WatchResponse) -> Option<Result<WatchBatch>> {
        if response.compact_revision > 0 {
            return Some(Err(Error::Compacted {
                requested: self.next,
                compacted: unsigned(response.compact_revision),
            }));
        }
        if response.canceled {
            let reason = match &*response.cancel_reason {
                "" => "it ended a watch",
                reason => reason,
            };
            return Some(Err(self.shared.unavailable(reason)));
        }
        if response.created {
            return None;
        }
        if response.events.is_empty() {
            let revision = revision_of(&response.header);
            // An old one, that crossed with events, says nothing.
            if revision + 1 < self.next {
                return None;
            }
            self.next = revision + 1;
            self.asking = None;
            let events = Vec::new();
            return Some(Ok(WatchBatch { revision, events }));
        }
        self.fragment.extend(response.events);
        if response.fragment {
            return None;
        }
        let events: Vec<Event> = self
            .fragment
            .drain(..)
            .filter_map(event)
            .filter(|event| event.revision() >= self.next)
            .collect();
        let revision = events.last()?.revision();
        self.next = revision + 1;
        Some(Ok(WatchBatch { revision, events }))
    }
}

fn event(event: proto::Event) -> Option<Event> {
    let kind = match event.r#type() {
        proto::EventType::Put => EventKind::Put,
        proto::EventType::Delete => EventKind::Delete,
    };
    Some(Event {
        kind,
        kv: Arc::new(KeyValue::from(&event.kv?)),
        prev: event.prev_kv.map(|kv| Arc::new(KeyValue::from(&kv))),
    })
}

impl WatchSource for Source {
    fn poll_next(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<Result<WatchBatch>>> {
        if self.closed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        loop {
            if let Some(asking) = &mut self.asking
                && asking.as_mut().poll(cx).is_ready()
            {
                self.ask();
                continue;
            }
            let response = match &mut self.state {
                State::Empty => return Poll::Pending,
                State::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                    Ok(stream) => {
                        self.state = State::Open(Box::new(stream));
                        continue;
                    }
                    Err(Error::Closed) => return Poll::Ready(None),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
                State::Open(stream) => ready!(stream.answers.poll_next(cx)),
            };
            match response {
                Ok(Some(response)) => {
                    if let Some(batch) = self.response(response) {
                        return Poll::Ready(Some(batch));
                    }
                }
                Ok(None) | Err(_) => self.reopen(RETRY_FIRST),
            }
        }
    }

    fn request_progress(&mut self) {
        self.ask();
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.shared.watches.fetch_sub(1, Ordering::Relaxed);
    }
}
