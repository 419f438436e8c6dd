//! Keeps something in step with the server: list, then watch, and again.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use skeg_client::{Error, ListOptions, SharedEvent, WatchOptions};
use skeg_meta::SharedObject;

use crate::backoff::{Backoff, BackoffPolicy};
use crate::clock::Clock;
use crate::source::{SharedEvents, Source};

/// What a reflector feeds.
pub trait Sink: Send + Sync + 'static {
    /// These are all the objects there are.
    fn replace(&self, objects: Vec<SharedObject>);
    /// An object was added or changed.
    fn apply(&self, object: SharedObject);
    /// An object is gone.
    fn remove(&self, object: SharedObject);
}

/// A watch that ended sooner than this was no good.
const SHORT_WATCH: Duration = Duration::from_secs(1);
/// How many objects a page of a list over the wire has.
const PAGE: u32 = 500;

/// Keeps a [`Sink`] in step with a [`Source`].
///
/// Lists once (over the wire as the beginning of the watch, where the server
/// can), then watches, and goes on from the last version when a watch ends.
/// Lists again only when the server no longer has that version (410). Failures
/// are followed by pauses that grow.
pub struct Reflector {
    source: Arc<dyn Source>,
    sink: Arc<dyn Sink>,
    clock: Arc<dyn Clock>,
    backoff: Backoff,
    /// The version of the last event, bookmark or list; empty before the first.
    version: String,
    /// Whether the server no longer has that version.
    expired: bool,
    /// Whether the server can begin a watch with the whole list.
    streams_lists: bool,
}

enum Ended {
    /// Go on from the last version.
    Resume,
    /// List again.
    Relist,
}

impl Reflector {
    /// A reflector from a source to a sink.
    #[must_use]
    pub fn new(
        source: Arc<dyn Source>,
        sink: Arc<dyn Sink>,
        clock: Arc<dyn Clock>,
        backoff: BackoffPolicy,
    ) -> Self {
        // In the process a list is a handful of shared pointers: nothing to stream.
        let streams_lists = !source.in_process();
        let backoff = Backoff::new(backoff);
        Self {
            source,
            sink,
            clock,
            backoff,
            version: String::new(),
            expired: false,
            streams_lists,
        }
    }

    /// Runs until it is dropped.
    pub async fn run(mut self) -> std::convert::Infallible {
        loop {
            let events = match self.begin().await {
                Ok(events) => events,
                Err(error) => {
                    self.failed(&error, "cannot list").await;
                    continue;
                }
            };
            let mut ended = self.follow(events).await;
            while let Ended::Resume = ended {
                let options = WatchOptions::from_version(self.version.as_str());
                ended = match self.source.watch(options).await {
                    Ok(events) => self.follow(events).await,
                    Err(error) if error.is_expired() => self.expire(),
                    Err(error) if error.is_too_large_resource_version() => self.expire(),
                    Err(error) => {
                        self.failed(&error, "cannot watch").await;
                        Ended::Resume
                    }
                };
            }
        }
    }

    async fn failed(&mut self, error: &Error, what: &str) {
        let pause = self.backoff.pause(&*self.clock);
        let pause = error.retry_after().map_or(pause, |asked| asked.max(pause));
        tracing::warn!(
            resource = self.source.what(),
            error = error.chain(),
            ?pause,
            "{what}"
        );
        self.clock.sleep(pause).await;
    }

    fn expire(&mut self) -> Ended {
        self.expired = true;
        Ended::Relist
    }

    /// The whole list, and a watch that goes on from there.
    async fn begin(&mut self) -> Result<SharedEvents, Error> {
        if self.streams_lists {
            match self.begin_streaming().await {
                Ok(events) => return Ok(events),
                Err(error)
                    if error.is_invalid() || error.is_bad_request() || error.code() == 406 =>
                {
                    tracing::debug!(
                        resource = self.source.what(),
                        "the server does not stream lists"
                    );
                    self.streams_lists = false;
                }
                Err(error) => return Err(error),
            }
        }
        self.list().await?;
        self.source
            .watch(WatchOptions::from_version(self.version.as_str()))
            .await
    }

    async fn begin_streaming(&mut self) -> Result<SharedEvents, Error> {
        let options = WatchOptions {
            send_initial_events: true,
            resource_version: if self.expired {
                String::new()
            } else {
                self.version.clone()
            },
            ..WatchOptions::default()
        };
        let mut events = self.source.watch(options).await?;
        let mut objects = Vec::new();
        while let Some(event) = events.next().await {
            match event? {
                SharedEvent::Added(object) | SharedEvent::Modified(object) => objects.push(object),
                SharedEvent::Deleted(gone) => {
                    objects.retain(|object| {
                        object.name() != gone.name() || object.namespace() != gone.namespace()
                    });
                }
                SharedEvent::Bookmark {
                    resource_version,
                    initial_events_end,
                } => {
                    if initial_events_end {
                        self.version = resource_version;
                        self.expired = false;
                        self.sink.replace(objects);
                        return Ok(events);
                    }
                }
                SharedEvent::Error(status) => {
                    let error = Error::Api(status);
                    self.expired |= error.is_expired();
                    return Err(error);
                }
            }
        }
        // The server ended it before it was complete; a plain list will do.
        self.streams_lists = false;
        self.list().await?;
        self.source
            .watch(WatchOptions::from_version(self.version.as_str()))
            .await
    }

    async fn list(&mut self) -> Result<(), Error> {
        // At first whatever the server has at hand; later nothing older than
        // what was seen, unless the server no longer knows that.
        let resource_version = match self.version.as_str() {
            _ if self.expired => String::new(),
            "" => "0".to_owned(),
            version => version.to_owned(),
        };
        let mut options = ListOptions {
            resource_version,
            ..ListOptions::default()
        };
        if !self.source.in_process() && options.resource_version.is_empty() {
            options.limit = Some(PAGE);
        }
        let mut objects = Vec::new();
        loop {
            let page = match self.source.list(options.clone()).await {
                Ok(page) => page,
                Err(error) if error.is_expired() || error.is_too_large_resource_version() => {
                    self.expired = true;
                    return Err(error);
                }
                Err(error) => return Err(error),
            };
            objects.extend(page.items);
            match page.continue_token {
                Some(token) => {
                    options.continue_token = token;
                    options.resource_version.clear();
                }
                None => {
                    self.version = page.resource_version;
                    self.expired = false;
                    self.sink.replace(objects);
                    return Ok(());
                }
            }
        }
    }

    async fn follow(&mut self, mut events: SharedEvents) -> Ended {
        let begun = self.clock.monotonic();
        let mut seen = 0usize;
        while let Some(event) = events.next().await {
            match event {
                Ok(SharedEvent::Added(object) | SharedEvent::Modified(object)) => {
                    self.version = object.resource_version().to_owned();
                    self.sink.apply(object);
                }
                Ok(SharedEvent::Deleted(object)) => {
                    self.version = object.resource_version().to_owned();
                    self.sink.remove(object);
                }
                Ok(SharedEvent::Bookmark {
                    resource_version, ..
                }) => self.version = resource_version,
                Ok(SharedEvent::Error(status)) => {
                    let error = Error::Api(status);
                    if error.is_expired() {
                        return self.expire();
                    }
                    self.failed(&error, "the watch failed").await;
                    return Ended::Resume;
                }
                Err(error) => {
                    tracing::debug!(
                        resource = self.source.what(),
                        error = error.chain(),
                        "the watch broke off"
                    );
                    break;
                }
            }
            seen += 1;
        }
        if seen == 0 && self.clock.monotonic().saturating_sub(begun) < SHORT_WATCH {
            let pause = self.backoff.pause(&*self.clock);
            self.clock.sleep(pause).await;
        }
        Ended::Resume
    }
}
