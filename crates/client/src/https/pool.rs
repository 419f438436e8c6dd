//! The connections to one server.
//!
//! Over HTTP/2 many requests share a connection; when its streams run out, a
//! further one is opened, up to a bound. Over HTTP/1.1 each request has a
//! connection to itself, and idle ones are kept for a while. When the
//! certificates have changed, new requests get new connections and the old
//! ones end with their last stream.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared as SharedFuture};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use rustls::ClientConfig;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::body::Outgoing;
use super::connect::{Dialer, Stream};
use super::observe::Connections;
use super::wakes::{Driver, Reader, Wakes};
use crate::config::PoolOptions;
use crate::payload::BoxError;

/// How often a connection may turn out to be closed before a request fails.
const ATTEMPTS_MAX: u32 = 4;

/// What a peer may send on a stream that nobody has read yet: enough that long
/// lists never wait for a word of ours.
const STREAM_WINDOW: u32 = 1 << 20;
/// The same for all of a connection, which must not be what holds a stream up:
/// logs that nobody reads at the moment would stop the requests beside them.
const CONNECTION_WINDOW: u32 = 1 << 30;
/// The longest frame: long lists wake their readers less often.
const FRAME_LEN_MAX: u32 = 128 << 10;
/// How many streams a server allows that has not said so yet.
const STREAMS_GUESS: usize = 100;
/// How many connections may be closed as soon as they are open before a request fails.
const OPENINGS_SPARE: usize = 4;

pub(super) struct Pool(Arc<Shared>);

struct Shared {
    dialer: Dialer,
    options: PoolOptions,
    observed: Connections,
    state: Mutex<State>,
    /// A connection was opened, closed or became free.
    changed: Notify,
    next_id: AtomicUsize,
    /// How many streams the server allowed on its last connection: a guess for
    /// the next, until it has said so there.
    streams_allowed: AtomicUsize,
}

struct State {
    tls: Option<Arc<ClientConfig>>,
    /// Counts the changes of certificates.
    generation: u64,
    /// Whether the server speaks HTTP/2, once that is known.
    http2: Option<bool>,
    h2: Vec<Arc<H2>>,
    idle: Vec<H1>,
    /// How many connections of HTTP/1.1 there are, busy or idle.
    h1_open: usize,
    opening: Option<Opening>,
}

/// Somebody opens a connection that others will share.
type Opening = SharedFuture<BoxFuture<'static, Result<(), Failure>>>;

/// Why no connection was opened; for all who waited.
type Failure = Arc<BoxError>;

struct H2 {
    id: usize,
    sender: http2::SendRequest<Outgoing>,
    wakes: Arc<Wakes>,
    streams: AtomicUsize,
    /// How many the server allows.
    streams_max: Arc<AtomicUsize>,
    /// An answer has come, so that the server has said how many.
    answered: Arc<Notify>,
    is_answered: AtomicBool,
    used: Mutex<Instant>,
}

impl H2 {
    fn streams_max(&self, options: &PoolOptions) -> usize {
        let allowed = self.streams_max.load(Ordering::Relaxed);
        allowed.clamp(1, options.streams_max.max(1))
    }
}

struct H1 {
    id: usize,
    generation: u64,
    sender: http1::SendRequest<Outgoing>,
    used: Instant,
    _open: OpenH1,
}

/// Counts a connection of HTTP/1.1 for as long as it lives.
struct OpenH1(Weak<Shared>);

impl Drop for OpenH1 {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            let mut state = shared.state.lock();
            state.h1_open -= 1;
            drop(state);
            shared.changed.notify_one();
        }
    }
}

/// A stream of a connection of HTTP/2 is in use, or nothing of the kind.
pub(super) struct Lease(Option<(Arc<H2>, Weak<Shared>)>);

impl Lease {
    /// Of a connection that nobody else uses.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Who reads the stream.
    pub(super) fn reader(&self) -> Option<Reader> {
        let (connection, _) = self.0.as_ref()?;
        Some(Reader::new(Arc::clone(&connection.wakes)))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((connection, shared)) = self.0.take() {
            connection.streams.fetch_sub(1, Ordering::AcqRel);
            *connection.used.lock() = Instant::now();
            if let Some(shared) = shared.upgrade() {
                shared.changed.notify_one();
            }
        }
    }
}

/// Why a request got no answer.
pub(super) enum Lost {
    /// No connection could be opened.
    Unconnected(BoxError),
    /// The server did certainly not take the request.
    NotTaken(BoxError),
    /// Nobody knows whether it did.
    Midway(BoxError),
}

enum Slot {
    H2(Arc<H2>, Lease),
    H1(H1),
}

enum Step {
    Use(Slot),
    /// Wait for a connection that is shared.
    Await(Opening),
    /// Open a connection for oneself.
    Open(OpenH1),
    /// Wait until a connection is free.
    Wait,
}

impl Pool {
    pub(super) fn new(
        dialer: Dialer,
        tls: Option<Arc<ClientConfig>>,
        options: PoolOptions,
        observed: Connections,
    ) -> Self {
        Self(Arc::new(Shared {
            dialer,
            options,
            observed,
            state: Mutex::new(State {
                // HTTP/2 is agreed on within TLS only.
                http2: tls.is_none().then_some(false),
                tls,
                generation: 0,
                h2: Vec::new(),
                idle: Vec::new(),
                h1_open: 0,
                opening: None,
            }),
            changed: Notify::new(),
            next_id: AtomicUsize::new(0),
            streams_allowed: AtomicUsize::new(STREAMS_GUESS),
        }))
    }

    /// Lets new requests use these certificates. Connections that were opened
    /// with others end when their last stream does.
    pub(super) fn rotate(&self, tls: Arc<ClientConfig>) {
        let mut state = self.0.state.lock();
        state.tls = Some(tls);
        state.generation += 1;
        state.opening = None;
        let (h2, idle) = (
            std::mem::take(&mut state.h2),
            std::mem::take(&mut state.idle),
        );
        drop(state);
        // Idle connections of HTTP/1.1 count themselves out, which takes the lock.
        drop((h2, idle));
        self.0.changed.notify_waiters();
    }

    /// Sends a request. Its URI must be absolute, as HTTP/2 has it; HTTP/1.1
    /// gets the other one, and the host as a header.
    pub(super) async fn send(
        &self,
        mut request: Request<Outgoing>,
        origin_form: http::Uri,
        mut host: Option<http::HeaderValue>,
    ) -> Result<(Response<Incoming>, Lease), Lost> {
        let mut attempt = 1;
        loop {
            let refused = match self.0.slot().await.map_err(Lost::Unconnected)? {
                Slot::H2(connection, lease) => {
                    let mut sender = connection.sender.clone();
                    match sender.try_send_request(request).await {
                        Ok(response) => {
                            if !connection.is_answered.swap(true, Ordering::Relaxed) {
                                connection.answered.notify_one();
                            }
                            return Ok((response, lease));
                        }
                        Err(error) => error,
                    }
                }
                Slot::H1(mut connection) => {
                    *request.uri_mut() = origin_form.clone();
                    if let Some(host) = host.take() {
                        request.headers_mut().insert(http::header::HOST, host);
                    }
                    match connection.sender.try_send_request(request).await {
                        Ok(response) => {
                            self.0.give_back(connection);
                            return Ok((response, Lease::none()));
                        }
                        Err(error) => error,
                    }
                }
            };
            let mut refused = refused;
            match refused.take_message() {
                Some(unsent) if attempt < ATTEMPTS_MAX => {
                    tracing::debug!(attempt, "the connection was closed; taking another");
                    request = unsent;
                    attempt += 1;
                }
                unsent => {
                    let error = refused.into_error();
                    let is_unsent = unsent.is_some() || is_not_taken(&error);
                    let beneath = super::beneath(&error);
                    return Err(if is_unsent {
                        Lost::NotTaken(beneath)
                    } else {
                        Lost::Midway(beneath)
                    });
                }
            }
        }
    }

    /// A connection that is in no pool and speaks HTTP/1.1.
    pub(super) async fn dial_http1(&self) -> Result<Stream, BoxError> {
        let tls = self.0.state.lock().tls.clone();
        let tls = tls.map(|tls| {
            let mut tls = (*tls).clone();
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            Arc::new(tls)
        });
        self.0.dialer.dial(tls.as_ref()).await
    }
}

/// Whether HTTP/2 says that the server did not look at the request: it refused
/// the stream, or said goodbye before it.
fn is_not_taken(error: &hyper::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let reason = error.reason();
            return error.is_remote()
                && (reason == Some(h2::Reason::REFUSED_STREAM)
                    || (error.is_go_away() && reason == Some(h2::Reason::NO_ERROR)));
        }
        cause = error.source();
    }
    false
}

impl Shared {
    async fn slot(self: &Arc<Self>) -> Result<Slot, BoxError> {
        // Each opening that others have used up already brings one more, up to the bound.
        let mut openings = self.options.connections_max.saturating_add(OPENINGS_SPARE);
        loop {
            let free = self.changed.notified();
            tokio::pin!(free);
            // From here on no notice is missed.
            free.as_mut().enable();
            match self.step() {
                Step::Use(slot) => return Ok(slot),
                Step::Await(opening) => {
                    opening
                        .await
                        .map_err(|failure| BoxError::from(failure.to_string()))?;
                    openings = openings
                        .checked_sub(1)
                        .ok_or("connections are closed as soon as they are open")?;
                }
                Step::Open(open) => {
                    let (tls, generation) = {
                        let state = self.state.lock();
                        (state.tls.clone(), state.generation)
                    };
                    let stream = self.dialer.dial(tls.as_ref()).await?;
                    if stream.is_http2() {
                        // The server has learnt HTTP/2.
                        drop(open);
                        self.add_h2(stream, generation).await?;
                    } else {
                        return Ok(Slot::H1(self.start_h1(stream, generation, open).await?));
                    }
                }
                Step::Wait => free.await,
            }
        }
    }

    fn step(self: &Arc<Self>) -> Step {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        state.h2.retain(|connection| !connection.sender.is_closed());
        let least = state
            .h2
            .iter()
            .map(|connection| {
                let streams = connection.streams.load(Ordering::Acquire);
                (
                    streams,
                    streams < connection.streams_max(&self.options),
                    connection,
                )
            })
            .min_by_key(|(streams, ..)| *streams);
        let may_open = state.h2.len() < self.options.connections_max.max(1);
        match least {
            // When the bound is reached, requests queue where the queue is shortest.
            Some((_, has_room, connection)) if has_room || !may_open => {
                connection.streams.fetch_add(1, Ordering::AcqRel);
                let connection = Arc::clone(connection);
                let lease = Lease(Some((Arc::clone(&connection), Arc::downgrade(self))));
                return Step::Use(Slot::H2(connection, lease));
            }
            _ => {}
        }
        if state.http2 != Some(false) {
            let opening = state
                .opening
                .get_or_insert_with(|| self.open_shared(state.tls.clone(), state.generation))
                .clone();
            return Step::Await(opening);
        }
        // Those that have closed count themselves out, which takes the lock.
        let mut closed = Vec::new();
        let mut found = None;
        while let Some(connection) = state.idle.pop() {
            let fresh = connection.used.elapsed() < self.options.idle_timeout;
            if fresh && connection.sender.is_ready() {
                found = Some(connection);
                break;
            }
            closed.push(connection);
        }
        let step = match found {
            Some(connection) => Step::Use(Slot::H1(connection)),
            None if state.h1_open - closed.len() < self.options.http1_connections_max.max(1) => {
                state.h1_open += 1;
                Step::Open(OpenH1(Arc::downgrade(self)))
            }
            None => Step::Wait,
        };
        drop(guard);
        drop(closed);
        step
    }

    /// Opens a connection in a task of its own, so that it comes about even
    /// when the request that wanted it first is given up.
    fn open_shared(self: &Arc<Self>, tls: Option<Arc<ClientConfig>>, generation: u64) -> Opening {
        let shared = Arc::clone(self);
        let opened = tokio::spawn(async move {
            let opened = match shared.dialer.dial(tls.as_ref()).await {
                Ok(stream) if stream.is_http2() => shared.add_h2(stream, generation).await,
                Ok(stream) => shared.learn_http1(stream, generation).await,
                Err(error) => Err(error),
            };
            let mut state = shared.state.lock();
            if state.generation == generation {
                state.opening = None;
            }
            drop(state);
            shared.changed.notify_waiters();
            opened.map_err(Arc::new)
        });
        async move {
            opened
                .await
                .unwrap_or_else(|_| Err(Arc::new("the runtime is shutting down".into())))
        }
        .boxed()
        .shared()
    }

    async fn add_h2(self: &Arc<Self>, stream: Stream, generation: u64) -> Result<(), BoxError> {
        let options = &self.options;
        let wakes = stream.wakes();
        let (sender, connection) = http2::Builder::new(Driver(Arc::clone(&wakes)))
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(FRAME_LEN_MAX)
            .initial_max_send_streams(STREAMS_GUESS)
            .keep_alive_interval(options.ping_interval)
            .keep_alive_timeout(options.ping_timeout)
            .keep_alive_while_idle(true)
            .handshake(TokioIo::new(stream))
            .await?;
        let guess = {
            let state = self.state.lock();
            state.h2.first().map_or_else(
                || self.streams_allowed.load(Ordering::Relaxed),
                |other| other.streams_max.load(Ordering::Relaxed),
            )
        };
        let streams_max = Arc::new(AtomicUsize::new(guess));
        let answered = Arc::new(Notify::new());
        let entry = Arc::new(H2 {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            sender,
            wakes,
            streams: AtomicUsize::new(0),
            streams_max: Arc::clone(&streams_max),
            answered: Arc::clone(&answered),
            is_answered: AtomicBool::new(false),
            used: Mutex::new(Instant::now()),
        });
        let (id, weak) = (entry.id, Arc::downgrade(self));
        let observed = self.observed.opened("h2");
        let idle_timeout = options.idle_timeout;
        tokio::spawn(async move {
            tokio::pin!(connection);
            let mut look = Instant::now() + idle_timeout;
            loop {
                // The server may change at any time how many streams it allows.
                let drive = std::future::poll_fn(|cx| {
                    let polled = connection.as_mut().poll(cx);
                    let allowed = connection.current_max_send_streams();
                    if allowed != STREAMS_GUESS {
                        streams_max.store(allowed, Ordering::Relaxed);
                    }
                    polled
                });
                tokio::select! {
                    ended = drive => {
                        if let Err(error) = ended {
                            tracing::debug!(%error, "a connection ended");
                        }
                        break;
                    }
                    () = answered.notified() => {}
                    () = tokio::time::sleep_until(look) => {
                        look = Instant::now() + idle_timeout;
                        if let Some(shared) = weak.upgrade() {
                            look = shared.look_after(id).unwrap_or(look);
                        }
                    }
                }
            }
            drop(observed);
            if let Some(shared) = weak.upgrade() {
                let allowed = streams_max.load(Ordering::Relaxed);
                shared.streams_allowed.store(allowed, Ordering::Relaxed);
                let mut state = shared.state.lock();
                state.h2.retain(|connection| connection.id != id);
                drop(state);
                shared.changed.notify_waiters();
            }
        });
        let mut state = self.state.lock();
        if state.generation == generation {
            state.http2 = Some(true);
            state.h2.push(entry);
        }
        Ok(())
    }

    /// Lets go of a connection that nobody has used for long; otherwise says
    /// when to look again.
    fn look_after(&self, id: usize) -> Option<Instant> {
        let mut state = self.state.lock();
        let at = state.h2.iter().position(|connection| connection.id == id)?;
        let connection = &state.h2[at];
        let ends = *connection.used.lock() + self.options.idle_timeout;
        if connection.streams.load(Ordering::Acquire) > 0 {
            return None;
        }
        if ends > Instant::now() {
            return Some(ends);
        }
        let connection = state.h2.swap_remove(at);
        drop(state);
        drop(connection);
        None
    }

    async fn learn_http1(
        self: &Arc<Self>,
        stream: Stream,
        generation: u64,
    ) -> Result<(), BoxError> {
        {
            let mut state = self.state.lock();
            state.http2 = Some(false);
            state.h1_open += 1;
        }
        let open = OpenH1(Arc::downgrade(self));
        let connection = self.start_h1(stream, generation, open).await?;
        self.keep(connection);
        Ok(())
    }

    async fn start_h1(
        self: &Arc<Self>,
        stream: Stream,
        generation: u64,
        open: OpenH1,
    ) -> Result<H1, BoxError> {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let observed = self.observed.opened("http/1.1");
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let weak = Arc::downgrade(self);
        let idle_timeout = self.options.idle_timeout;
        tokio::spawn(async move {
            tokio::pin!(connection);
            let mut look = Instant::now() + idle_timeout;
            loop {
                tokio::select! {
                    ended = &mut connection => {
                        if let Err(error) = ended {
                            tracing::debug!(%error, "a connection ended");
                        }
                        break;
                    }
                    () = tokio::time::sleep_until(look) => {
                        look = Instant::now() + idle_timeout;
                        if let Some(shared) = weak.upgrade() {
                            shared.let_go(|idle| idle.id == id && idle.used.elapsed() >= idle_timeout);
                        }
                    }
                }
            }
            drop(observed);
            if let Some(shared) = weak.upgrade() {
                shared.let_go(|idle| idle.id == id);
            }
        });
        Ok(H1 {
            id,
            generation,
            sender,
            used: Instant::now(),
            _open: open,
        })
    }

    /// Lets go of an idle connection of HTTP/1.1.
    fn let_go(&self, which: impl Fn(&H1) -> bool) {
        let mut state = self.state.lock();
        let at = state.idle.iter().position(which);
        let closed = at.map(|at| state.idle.swap_remove(at));
        drop(state);
        // It counts itself out, which takes the lock.
        drop(closed);
    }

    /// Takes a connection back once its answer has been read.
    fn give_back(self: &Arc<Self>, mut connection: H1) {
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            if connection.sender.ready().await.is_ok()
                && let Some(shared) = weak.upgrade()
            {
                connection.used = Instant::now();
                shared.keep(connection);
            }
        });
    }

    fn keep(&self, connection: H1) {
        let mut state = self.state.lock();
        let connection = if state.generation == connection.generation {
            state.idle.push(connection);
            None
        } else {
            Some(connection)
        };
        drop(state);
        drop(connection);
        self.changed.notify_one();
    }
}
