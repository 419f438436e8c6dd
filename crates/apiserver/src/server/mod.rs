//! Listeners: TLS, HTTP/1.1 and HTTP/2, one task a connection, graceful end.

mod body;
mod cork;
mod dress;
mod guard;
mod plain;
mod rest;
mod streams;

use body::Answer;
pub use body::ReplyBody;
pub use dress::Dress;

use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use skeg_auth::authn::PeerIdentity;
use skeg_client::Payload;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::ApiServer;
use crate::seam::{LastOfConnection, Severed};
use cork::{Gate, cork};
use guard::{Guarded, Patience};
use plain::Opening;
use streams::{Executor, Together};

/// TLS must be up within this time.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// HTTP/1 clients must have sent their headers within this time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// What a peer may leave waiting; within this its connection is kept.
const PATIENCE: Patience = Patience {
    opening: HEADER_TIMEOUT,
    stall: Duration::from_secs(60),
};
/// Streams that one HTTP/2 connection may have open.
const STREAMS_MAX: u32 = 1000;
/// Bytes of headers of one request.
const HEADERS_MAX: u32 = 128 * 1024;
/// A silent HTTP/2 peer is asked for a sign of life this often.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// A peer that still writes when its connection has ended is read from for so
/// long: an answer that it has not read yet would be lost to it otherwise.
const LINGER: Duration = Duration::from_secs(2);
/// So long after it was told to go a client may still ask.
const LEAVING_MAX: Duration = Duration::from_secs(1);
/// At the end, once the requests that have an end are answered, connections are
/// given this long: to send what is made, and to end watches and streams.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// What a request holds until it is answered, and its answer until it is sent:
/// the listener waits for both at its end. Requests without end let go of it.
#[derive(Clone)]
pub(crate) struct Awaited {
    _token: TaskTrackerToken,
}

/// What is known about the connection that a request came by.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Who is at the other end, if it showed a certificate: as it says, nobody
    /// has verified that.
    pub peer: Option<Arc<PeerIdentity>>,
    /// Its address.
    pub address: Option<SocketAddr>,
}

/// TLS of a listener. What it is made from may give another one now and then:
/// connections that come after that get it.
#[derive(Clone)]
pub struct ListenerTls(watch::Receiver<Arc<rustls::ServerConfig>>);

impl From<Arc<rustls::ServerConfig>> for ListenerTls {
    fn from(config: Arc<rustls::ServerConfig>) -> Self {
        Self(watch::Sender::new(config).subscribe())
    }
}

impl From<watch::Receiver<Arc<rustls::ServerConfig>>> for ListenerTls {
    fn from(configs: watch::Receiver<Arc<rustls::ServerConfig>>) -> Self {
        Self(configs)
    }
}

impl ListenerTls {
    fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.0.borrow().clone())
    }
}

/// One bound listener, not serving yet.
pub struct Listener {
    tcp: TcpListener,
    tls: Option<ListenerTls>,
}

impl Listener {
    /// Binds `address` for HTTPS.
    ///
    /// # Errors
    /// The address is taken or not this machine's.
    pub async fn bind(address: SocketAddr, tls: impl Into<ListenerTls>) -> io::Result<Self> {
        Ok(Self {
            tcp: TcpListener::bind(address).await?,
            tls: Some(tls.into()),
        })
    }

    /// Binds `address` for plain HTTP: tests, and proxies that end TLS.
    ///
    /// # Errors
    /// As [`Listener::bind`].
    pub async fn bind_plain(address: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            tcp: TcpListener::bind(address).await?,
            tls: None,
        })
    }

    /// Takes a socket that is bound already.
    pub fn from_tcp(tcp: TcpListener, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        Self {
            tcp,
            tls: tls.map(ListenerTls::from),
        }
    }

    /// Where it listens; tells the port when 0 was asked for.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Serves until `shutdown` is cancelled. New connections are refused from
    /// then on; requests in flight are waited for as long as one may take.
    pub async fn serve(self, server: ApiServer, shutdown: CancellationToken) {
        let connections = TaskTracker::new();
        let requests = TaskTracker::new();
        let Self { tcp, tls } = self;
        loop {
            let accepted = tokio::select! {
                () = shutdown.cancelled() => break,
                accepted = tcp.accept() => accepted,
            };
            match accepted {
                Ok((stream, address)) => {
                    let connection = serve_connection(
                        stream,
                        address,
                        tls.as_ref().map(ListenerTls::acceptor),
                        server.clone(),
                        requests.clone(),
                        shutdown.clone(),
                    );
                    connections.spawn(connection);
                }
                Err(error) => {
                    // Out of descriptors: wait until some are given back.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(tcp);
        requests.close();
        connections.close();
        let longest = server.inner.options.request_timeout;
        if tokio::time::timeout(longest, requests.wait())
            .await
            .is_err()
        {
            tracing::info!(
                requests = requests.len(),
                "requests were not answered in time"
            );
        }
        if tokio::time::timeout(DRAIN_TIMEOUT, connections.wait())
            .await
            .is_err()
        {
            tracing::info!("connections were still busy at the end");
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    server: ApiServer,
    requests: TaskTracker,
    shutdown: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = tls else {
        let connection = Connection {
            peer: None,
            address: Some(address),
        };
        return drive(stream, None, connection, server, requests, shutdown).await;
    };
    let stream = Gate::new(Opening::new(stream));
    let gate = stream.held();
    let accepted = acceptor.accept_with(stream, |session| {
        session.set_buffer_limit(Some(cork::TLS_BUFFER_LEN));
    });
    let accepted = accepted.into_fallible();
    let stream = match tokio::time::timeout(HANDSHAKE_TIMEOUT, accepted).await {
        Ok(Ok(stream)) => stream,
        Ok(Err((error, stream))) => {
            tracing::debug!(%error, %address, "TLS handshake failed");
            server.count_tls_error();
            let explaining = stream.into_inner().explain();
            let _ = tokio::time::timeout(LINGER, explaining).await;
            return;
        }
        Err(_) => return server.count_tls_error(),
    };
    let peer = stream.get_ref().1.peer_certificates().and_then(|chain| {
        match PeerIdentity::from_chain(chain) {
            Ok(peer) => Some(Arc::new(peer)),
            Err(error) => {
                tracing::debug!(%error, %address, "client certificate that cannot be read");
                None
            }
        }
    });
    let connection = Connection {
        peer,
        address: Some(address),
    };
    drive(stream, Some(gate), connection, server, requests, shutdown).await;
}

/// The answer in what answers over the network wear.
async fn dressed(server: &ApiServer, request: Request<Payload>) -> Response<Payload> {
    let dress = server.dress();
    if dress.is_plain() {
        return server.call(request).await;
    }
    let (headers, all) = dress.headers(request.method(), request.headers());
    let mut response = if all {
        dress::preflight()
    } else {
        server.call(request).await
    };
    response.headers_mut().extend(headers);
    response
}

impl ApiServer {
    fn dress(&self) -> &Dress {
        &self.inner.options.dress
    }
}

async fn drive<S>(
    stream: S,
    gate: Option<Arc<AtomicBool>>,
    connection: Connection,
    server: ApiServer,
    requests: TaskTracker,
    shutdown: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (stream, cork) = cork(Guarded::new(stream, PATIENCE), gate);
    let io = TokioIo::new(stream);
    let executor = Executor::default();
    let mut together = Together::new(executor.clone());
    let mut builder = auto::Builder::new(executor);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADERS_MAX)
        .keep_alive_interval(PING_INTERVAL)
        .adaptive_window(false)
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024);
    let goaway = Arc::new(Notify::new());
    let closing: Arc<OnceLock<Instant>> = Arc::default();
    let ended = goaway.clone();
    let unread = Arc::new(AtomicBool::new(false));
    let lingers = unread.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let server = server.clone();
        let connection = connection.clone();
        let unread = unread.clone();
        let awaited = Awaited {
            _token: requests.token(),
        };
        let goaway = goaway.clone();
        let closing = closing.clone();
        // Its size is moved about by those who pass it on, unless it lies aside.
        Box::pin(async move {
            if closing.get().is_some_and(|at| at.elapsed() > LEAVING_MAX) {
                // Who was told to go and stays is not heard any more.
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            let version = request.version();
            let (mut request, rest) = rest::lend(request);
            request.extensions_mut().insert(connection);
            request.extensions_mut().insert(awaited);
            let mut response: Response<Payload> = dressed(&server, request).await;
            if response.extensions().get::<Severed>().is_some() {
                return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            }
            if version == Version::HTTP_2
                && (response.extensions().get::<LastOfConnection>().is_some()
                    || server.dress().says_goaway())
            {
                closing.get_or_init(Instant::now);
                goaway.notify_one();
            }
            let left = match (rest, version) {
                (Some(rest), Version::HTTP_2) => rest.unread(),
                (Some(rest), _) => {
                    rest.settle(&mut response, &unread).await;
                    None
                }
                (None, _) => None,
            };
            let awaited = response.extensions_mut().remove::<Awaited>();
            Ok(response.map(|body| Answer {
                body: ReplyBody::from(body::holding(body, awaited)),
                _unread: left,
            }))
        })
    });
    let serving = builder.serve_connection_with_upgrades(io, service);
    let mut serving = std::pin::pin!(serving);
    let mut leaving = std::pin::pin!(async {
        tokio::select! {
            () = ended.notified() => {}
            () = shutdown.cancelled() => {}
        }
    });
    let mut leaves = false;
    let outcome = std::future::poll_fn(|cx| {
        if !leaves && leaving.as_mut().poll(cx).is_ready() {
            leaves = true;
            serving.as_mut().graceful_shutdown();
        }
        let outcome = together.poll(cx, |cx| serving.as_mut().poll(cx));
        if outcome.is_ready() {
            cork.remove(cx);
            return outcome;
        }
        match cork.poll_flush(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
            _ => Poll::Pending,
        }
    })
    .await;
    if let Err(error) = outcome {
        tracing::debug!(error, "connection ended");
    }
    if lingers.load(Ordering::Relaxed) {
        let gone = std::future::poll_fn(|cx| cork.poll_forget(cx));
        let _ = tokio::time::timeout(LINGER, gone).await;
    }
}
