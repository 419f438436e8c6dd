//! Follows a resource for ever: list, then watch, and again, with no event
//! lost and none twice.

mod single;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use skeg_client::telemetry::Event;
use skeg_client::{Client, Error, ListOptions, SharedEvent, WatchOptions};
use skeg_meta::SharedObject;

use crate::backoff::{Backoff, BackoffPolicy};
use crate::clock::{Clock, SystemClock};
use crate::source::{SharedEvents, Source};

pub use single::watch_object;
pub use stream::{WatcherEvent, watcher};

/// A watch that ended sooner than this was no good.
const SHORT_WATCH: Duration = Duration::from_secs(1);
/// How many objects a page of a list over the wire has.
const PAGE: u32 = 500;
/// The server ends a watch over the wire after this long, or up to twice as
/// long: so that many clients do not come back all at once.
const WATCH_LEN: Duration = Duration::from_secs(300);
/// A watch over the wire that is silent for this long has gone unnoticed.
const IDLE_MAX: Duration = Duration::from_secs(180);
/// A streamed list of which nothing came for this long, or up to twice as long,
/// and whose end did not come, will have none: some proxies take the question
/// for a plain watch.
const STREAM_IDLE_MAX: Duration = Duration::from_secs(10);

/// How a [`Watcher`] behaves.
#[derive(Clone)]
pub struct WatcherOptions {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// How pauses grow after failures.
    pub backoff: BackoffPolicy,
    /// A watch on which neither an event nor a bookmark comes for this long, or
    /// up to twice as long, is renewed. None for never. By default three
    /// minutes over the wire, where servers send a bookmark a minute, and never
    /// in the server's process.
    pub idle: Option<Duration>,
    /// Whether to begin by a watch that starts with the whole list, where the
    /// server can. By default over the wire.
    pub stream_lists: bool,
}

impl WatcherOptions {
    /// The usual options for a source.
    #[must_use]
    pub fn of(source: &dyn Source) -> Self {
        let remote = !source.in_process();
        Self {
            clock: SystemClock::new(),
            backoff: BackoffPolicy::default(),
            idle: remote.then_some(IDLE_MAX),
            // In the process a list is a handful of shared pointers: nothing to stream.
            stream_lists: remote,
        }
    }

    /// With another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// With other pauses after failures.
    #[must_use]
    pub fn backoff(mut self, backoff: BackoffPolicy) -> Self {
        self.backoff = backoff;
        self
    }

    /// Whether to begin by a watch that starts with the whole list.
    #[must_use]
    pub fn stream_lists(mut self, stream_lists: bool) -> Self {
        self.stream_lists = stream_lists;
        self
    }

    /// With another bound on how long a watch may be silent.
    #[must_use]
    pub fn idle(mut self, idle: Option<Duration>) -> Self {
        self.idle = idle;
        self
    }
}

/// What a [`Watcher`] has come across.
pub enum Step {
    /// The list begins, or begins again: what was said of it so far is void.
    Restarted,
    /// An object of the list.
    Initial(SharedObject),
    /// An object of the list that has gone before the list was complete.
    InitialGone(SharedObject),
    /// The list is complete: there is nothing else.
    Ready,
    /// An object was added or changed.
    Applied(SharedObject),
    /// An object is gone.
    Deleted(SharedObject),
    /// Something failed; it is tried again after this long.
    Failed(Error, Duration),
}

enum State {
    /// Nothing is known, or what is known is void.
    Begin,
    /// A list that comes in pages.
    Paging {
        items: std::vec::IntoIter<SharedObject>,
        /// Where the next page begins; none after the last, which has the version.
        next: Result<String, String>,
    },
    /// A watch that begins with the whole list.
    Streaming(SharedEvents),
    /// Everything up to a version is known.
    Watch,
    /// A watch that goes on from there.
    Following {
        events: SharedEvents,
        begun: Duration,
        seen: bool,
    },
}

/// Follows a [`Source`]: lists once (over the wire as the beginning of the
/// watch, where the server can), then watches, and goes on from the last
/// version when a watch ends. Lists again only when the server no longer has
/// that version (410). Failures are followed by pauses that grow, and that
/// differ from client to client.
pub struct Watcher {
    source: Arc<dyn Source>,
    options: WatcherOptions,
    backoff: Backoff,
    /// The version of the last event, bookmark or list; empty before the first.
    version: String,
    /// Whether the server no longer has that version.
    expired: bool,
    /// Whether the last thing that happened was that, too.
    expired_before: bool,
    /// Whether lists come in pages.
    pages: bool,
    /// Whether the next list is a plain one, whatever the server can do.
    plain: bool,
    state: State,
    /// When a pause ends.
    resume: Option<Duration>,
    /// Ends a watch that is silent.
    idle: Option<BoxFuture<'static, ()>>,
    /// Whether something came since the timer was set.
    heard: bool,
}

impl Watcher {
    /// A watcher of a source.
    #[must_use]
    pub fn new(source: Arc<dyn Source>, options: WatcherOptions) -> Self {
        Self {
            source,
            backoff: Backoff::new(options.backoff),
            options,
            version: String::new(),
            expired: false,
            expired_before: false,
            pages: true,
            plain: false,
            state: State::Begin,
            resume: None,
            idle: None,
            heard: false,
        }
    }

    /// What is followed, for messages.
    #[must_use]
    pub fn what(&self) -> &str {
        self.source.what()
    }

    /// The version up to which everything has been given; empty before the first.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The next thing that happens. Dropping the future loses nothing.
    pub async fn step(&mut self) -> Step {
        loop {
            self.wait().await;
            let step = match &mut self.state {
                State::Begin => self.begin().await,
                State::Paging { items, next } => match items.next() {
                    Some(object) => Some(Step::Initial(object)),
                    None => {
                        let next = next.clone();
                        self.turn_page(next).await
                    }
                },
                State::Streaming(_) => self.stream().await,
                State::Watch => self.open().await,
                State::Following { .. } => self.follow().await,
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    async fn wait(&mut self) {
        let clock = &self.options.clock;
        if let Some(at) = self.resume {
            let left = at.saturating_sub(clock.monotonic());
            if !left.is_zero() {
                clock.sleep(left).await;
            }
            self.resume = None;
        }
    }

    fn pause(&mut self, asked: Option<Duration>) -> Duration {
        let clock = &*self.options.clock;
        let pause = self.backoff.pause(clock);
        let pause = asked.map_or(pause, |asked| asked.max(pause));
        self.resume = Some(clock.monotonic() + pause);
        pause
    }

    fn failed(&mut self, error: Error) -> Step {
        let pause = self.pause(error.retry_after());
        Step::Failed(error, pause)
    }

    /// The server no longer has the version: once that is looked after at once,
    /// twice in a row is a failure.
    fn expire(&mut self, error: Error) -> Option<Step> {
        self.restarts("expired");
        self.expired = true;
        self.state = State::Begin;
        let again = std::mem::replace(&mut self.expired_before, true);
        again.then(|| self.failed(error))
    }

    fn following(&mut self, events: SharedEvents) {
        self.idle = None;
        self.heard = false;
        self.state = State::Following {
            events,
            begun: self.options.clock.monotonic(),
            seen: false,
        };
    }

    fn watch_options(&self) -> WatchOptions {
        let remote = !self.source.in_process();
        WatchOptions {
            timeout: remote.then(|| WATCH_LEN.mul_f64(1.0 + fastrand::f64())),
            ..WatchOptions::from_version(self.version.as_str())
        }
    }

    async fn begin(&mut self) -> Option<Step> {
        if self.options.stream_lists && !std::mem::take(&mut self.plain) {
            let mut options = self.watch_options();
            options.send_initial_events = true;
            if self.expired {
                options.resource_version.clear();
            }
            match self.source.watch(options).await {
                Ok(events) => {
                    self.idle = None;
                    self.heard = false;
                    self.state = State::Streaming(events);
                    return Some(Step::Restarted);
                }
                Err(error)
                    if error.is_invalid() || error.is_bad_request() || error.code() == 406 =>
                {
                    tracing::debug!(resource = self.what(), "the server does not stream lists");
                    self.options.stream_lists = false;
                }
                Err(error) => return Some(self.list_failed(error)),
            }
        }
        // At first whatever the server has at hand; later nothing older than
        // what was seen, unless the server no longer knows that.
        let resource_version = match self.version.as_str() {
            _ if self.expired => String::new(),
            "" => "0".to_owned(),
            version => version.to_owned(),
        };
        // With another version than the newest, limits only cost the server its cache.
        let paged = self.pages && !self.source.in_process() && resource_version.is_empty();
        let options = ListOptions {
            resource_version,
            limit: paged.then_some(PAGE),
            ..ListOptions::default()
        };
        match self.list(options).await {
            Ok(()) => Some(Step::Restarted),
            Err(error) => Some(self.list_failed(error)),
        }
    }

    fn list_failed(&mut self, error: Error) -> Step {
        if error.is_expired() || error.is_too_large_resource_version() {
            self.expired = true;
        }
        self.state = State::Begin;
        self.failed(error)
    }

    async fn list(&mut self, options: ListOptions) -> Result<(), Error> {
        let page = self.source.list(options).await?;
        self.state = State::Paging {
            items: page.items.into_iter(),
            next: page.continue_token.ok_or(page.resource_version),
        };
        Ok(())
    }

    async fn turn_page(&mut self, next: Result<String, String>) -> Option<Step> {
        let token = match next {
            Ok(token) => token,
            Err(version) => {
                self.version = version;
                self.expired = false;
                self.state = State::Watch;
                return Some(Step::Ready);
            }
        };
        let options = ListOptions::default().limit(PAGE).continue_from(token);
        match self.list(options).await {
            Ok(()) => None,
            Err(error) => {
                // So long a list that its pages expire is asked for whole.
                self.pages &= !error.is_expired();
                Some(self.list_failed(error))
            }
        }
    }

    async fn stream(&mut self) -> Option<Step> {
        let event = self.next_event().await;
        match event {
            Heard::Event(SharedEvent::Added(object) | SharedEvent::Modified(object)) => {
                Some(Step::Initial(object))
            }
            Heard::Event(SharedEvent::Deleted(object)) => Some(Step::InitialGone(object)),
            Heard::Event(SharedEvent::Bookmark {
                resource_version,
                initial_events_end: true,
            }) => {
                self.version = resource_version;
                self.expired = false;
                if let State::Streaming(events) = std::mem::replace(&mut self.state, State::Watch) {
                    self.following(events);
                }
                Some(Step::Ready)
            }
            // No other bookmark comes before that of the end.
            Heard::Event(SharedEvent::Bookmark { .. }) | Heard::Silence => {
                tracing::debug!(resource = self.what(), "a streamed list has no end");
                self.options.stream_lists = false;
                self.state = State::Begin;
                None
            }
            Heard::Event(SharedEvent::Error(status)) => Some(self.list_failed(Error::Api(status))),
            Heard::Lost(error) => Some(self.list_failed(error)),
            Heard::End => {
                // It ended before it was complete, which any proxy may bring about:
                // a plain list will do this time.
                self.plain = true;
                self.state = State::Begin;
                None
            }
        }
    }

    async fn open(&mut self) -> Option<Step> {
        match self.source.watch(self.watch_options()).await {
            Ok(events) => {
                self.following(events);
                None
            }
            Err(error) if error.is_expired() || error.is_too_large_resource_version() => {
                self.expire(error)
            }
            Err(error) => {
                if error.is_not_found() {
                    // The resource itself has gone; when it is there again it is another.
                    self.expired = true;
                    self.state = State::Begin;
                }
                Some(self.failed(error))
            }
        }
    }

    async fn follow(&mut self) -> Option<Step> {
        let event = self.next_event().await;
        let State::Following { begun, seen, .. } = &mut self.state else {
            return None;
        };
        let (begun, quick) = (*begun, !*seen);
        *seen = true;
        match event {
            Heard::Event(SharedEvent::Added(object) | SharedEvent::Modified(object)) => {
                self.saw(object.resource_version());
                Some(Step::Applied(object))
            }
            Heard::Event(SharedEvent::Deleted(object)) => {
                self.saw(object.resource_version());
                Some(Step::Deleted(object))
            }
            Heard::Event(SharedEvent::Bookmark {
                resource_version, ..
            }) => {
                self.saw(&resource_version);
                None
            }
            Heard::Event(SharedEvent::Error(status)) => {
                let error = Error::Api(status);
                if error.is_expired() {
                    return self.expire(error);
                }
                self.restarts("error");
                self.state = State::Watch;
                Some(self.failed(error))
            }
            // The same would come again. A list leads past it, once the object is another.
            Heard::Lost(error @ Error::Decode { .. }) => {
                self.restarts("undecodable");
                self.state = State::Begin;
                Some(self.failed(error))
            }
            end @ (Heard::Lost(_) | Heard::End) => {
                if let Heard::Lost(error) = end {
                    let error = error.chain();
                    tracing::debug!(resource = self.what(), error, "the watch broke off");
                }
                self.restarts("ended");
                self.state = State::Watch;
                let short = self.options.clock.monotonic().saturating_sub(begun) < SHORT_WATCH;
                if quick && short {
                    self.pause(None);
                }
                None
            }
            Heard::Silence => {
                tracing::debug!(resource = self.what(), "a silent watch is renewed");
                self.restarts("silent");
                self.state = State::Watch;
                None
            }
        }
    }

    /// Tells the client's recorder that a watch is begun again.
    fn restarts(&self, reason: &str) {
        if let Some(recorder) = self.source.client().and_then(Client::recorder) {
            let resource = self.what();
            recorder.record(&Event::WatchRestarted { resource, reason });
        }
    }

    fn saw(&mut self, version: &str) {
        version.clone_into(&mut self.version);
        self.expired_before = false;
    }

    /// The next event of the watch, unless it stays silent for too long.
    async fn next_event(&mut self) -> Heard {
        let (events, idle) = match &mut self.state {
            State::Streaming(events) => (events, Some(STREAM_IDLE_MAX)),
            State::Following { events, .. } => (events, self.options.idle),
            _ => return Heard::End,
        };
        loop {
            let next = match idle {
                None => events.next().await,
                Some(bound) => {
                    // The timer is not set anew for each event: that would cost
                    // more than the event. It is when it goes off.
                    let clock = &self.options.clock;
                    let timer = self.idle.get_or_insert_with(|| clock.sleep(bound));
                    tokio::select! {
                        biased;
                        next = events.next() => next,
                        () = timer => {
                            self.idle = None;
                            if std::mem::take(&mut self.heard) {
                                continue;
                            }
                            return Heard::Silence;
                        }
                    }
                }
            };
            self.heard = true;
            return match next {
                Some(Ok(event)) => Heard::Event(event),
                Some(Err(error)) => Heard::Lost(error),
                None => Heard::End,
            };
        }
    }
}

enum Heard {
    Event(SharedEvent),
    Lost(Error),
    End,
    Silence,
}
