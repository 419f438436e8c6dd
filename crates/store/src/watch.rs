//! Watches: the changes of a range of keys, from a revision on.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::{KeyValue, Result, Revision};

/// What happened to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// It was created or changed; [`Event::is_create`] tells which.
    Put,
    /// It was deleted, by a caller or because its lease ended.
    Delete,
}

/// One change of one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The key after the change. Of a deletion it has the key, an empty value
    /// and the deletion's revision as `mod_revision`.
    pub kv: Arc<KeyValue>,
    /// The key before the change; `None` if it did not exist.
    pub prev: Option<Arc<KeyValue>>,
}

impl Event {
    /// The revision of the change.
    pub fn revision(&self) -> Revision {
        self.kv.mod_revision
    }

    /// Whether the key came into being by this change.
    pub fn is_create(&self) -> bool {
        self.kind == EventKind::Put && self.kv.create_revision == self.kv.mod_revision
    }
}

/// Some changes, in the order in which they happened. All events of one
/// revision come in one batch.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchBatch {
    /// Every event of the range up to and including this revision has been
    /// delivered, with this batch or before it.
    pub revision: Revision,
    /// The events; none in a progress notification.
    pub events: Vec<Event>,
}

/// How to watch.
#[derive(Debug, Clone, Default)]
pub struct WatchOptions {
    /// Deliver events from this revision on, itself included;
    /// [`LATEST`](crate::LATEST): those that happen after the call. A revision
    /// in the future is waited for.
    pub from: Revision,
}

/// What an engine puts behind a [`Watch`].
pub trait WatchSource: Send {
    /// The next batch; `None` when the store was closed. After an error the
    /// watch has ended.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<WatchBatch>>>;

    /// See [`Watch::request_progress`].
    fn request_progress(&mut self);

    /// See [`Watch::try_next`]. An engine that cannot tell says nothing.
    fn try_next(&mut self) -> Option<WatchBatch> {
        None
    }
}

/// A running watch; dropping it ends it.
///
/// A reader that is slow costs no memory: it reads the store's history at its
/// own pace, and gets [`Error::Compacted`](crate::Error::Compacted) if what it
/// has not read yet is no longer kept.
pub struct Watch {
    source: Box<dyn WatchSource>,
    ended: bool,
}

impl Watch {
    /// A watch that reads from `source`.
    pub fn new(source: impl WatchSource + 'static) -> Watch {
        Watch {
            source: Box::new(source),
            ended: false,
        }
    }

    /// The next batch; `None` once the watch has ended: the store was closed,
    /// or an error was delivered. Cancelling loses nothing.
    pub async fn next(&mut self) -> Option<Result<WatchBatch>> {
        poll_fn(|cx| self.poll_next_batch(cx)).await
    }

    /// Asks for a batch without events as soon as all events so far have been
    /// delivered; its revision is at least the store's at the time of the call.
    pub fn request_progress(&mut self) {
        self.source.request_progress();
    }

    /// The next batch, if it is there already; whoever waits for it goes on
    /// waiting. How a watch ends is only told by [`Watch::next`].
    pub fn try_next(&mut self) -> Option<WatchBatch> {
        if self.ended {
            return None;
        }
        self.source.try_next()
    }

    /// [`Watch::next`] for hand-written futures.
    pub fn poll_next_batch(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<WatchBatch>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let next = self.source.poll_next(cx);
        if let Poll::Ready(None | Some(Err(_))) = next {
            self.ended = true;
        }
        next
    }
}

impl futures::Stream for Watch {
    type Item = Result<WatchBatch>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_next_batch(cx)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
