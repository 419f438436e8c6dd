//! Connections.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) type Request = http::Request<Incoming>;
pub(crate) type Answer = http::Response<Full<Bytes>>;
pub(crate) type Handler = Arc<dyn Fn(Request) -> BoxFuture<'static, Answer> + Send + Sync>;

/// How many connections there may be at once.
const CONNECTIONS_MAX: usize = 128;
/// How long a client may take for the head of a request, or for TLS.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long answers that are under way may take at the end.
const DRAIN: Duration = Duration::from_secs(2);

/// A server that listens.
pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Server {
    pub(crate) async fn bind(
        address: &str,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> io::Result<Self> {
        // ":8080", as Go's programs write it.
        let all = address.strip_prefix(':').map(|port| format!("[::]:{port}"));
        let listener = match all {
            None => TcpListener::bind(address).await?,
            // A machine without IPv6.
            Some(all) => match TcpListener::bind(&all).await {
                Ok(listener) => listener,
                Err(_) => TcpListener::bind(format!("0.0.0.0{address}")).await?,
            },
        };
        Ok(Self {
            listener,
            tls: tls.map(TlsAcceptor::from),
        })
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the token is cancelled and what was under way has been answered.
    pub(crate) async fn run(self, handler: Handler, cancel: CancellationToken) {
        let tasks = TaskTracker::new();
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let next = async {
                let place = Arc::clone(&room).acquire_owned().await;
                (place, self.listener.accept().await)
            };
            let Some((place, accepted)) = cancel.run_until_cancelled(next).await else {
                break;
            };
            let socket = match accepted {
                Ok((socket, _)) => socket,
                Err(error) => {
                    // Out of descriptors, mostly: others have to close theirs first.
                    tracing::debug!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let (tls, handler, cancel) = (self.tls.clone(), Arc::clone(&handler), cancel.clone());
            tasks.spawn(async move {
                let _place = place;
                match tls {
                    None => talk(socket, handler, cancel).await,
                    Some(tls) => match tokio::time::timeout(HEAD_TIMEOUT, tls.accept(socket)).await
                    {
                        Ok(Ok(socket)) => talk(socket, handler, cancel).await,
                        Ok(Err(error)) => tracing::debug!(%error, "TLS failed"),
                        Err(_) => tracing::debug!("TLS took too long"),
                    },
                }
            });
        }
        tasks.close();
        tasks.wait().await;
    }
}

async fn talk<S>(socket: S, handler: Handler, cancel: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request| {
        let answer = handler(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(32);
    let connection = builder.serve_connection(TokioIo::new(socket), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = cancel.cancelled() => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(DRAIN, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection failed");
    }
}

/// An answer of plain text.
pub(crate) fn answer(code: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = http::Response::new(Full::new(text.into()));
    *answer.status_mut() = code;
    let headers = answer.headers_mut();
    let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, plain);
    let nosniff = header::HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    answer
}
