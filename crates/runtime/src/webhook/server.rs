//! The server itself: TLS, paths, limits, an orderly end.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use skeg_client::Client;
use skeg_meta::Object;
use skeg_schema::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::WebhookError;
use super::admission::{Admission, Change, Subject, Verdict};
use super::certificates::{Certificates, Resolver};
use super::conversion::Conversion;
use super::inject::{self, Place, Target};
use super::metrics::HookMetrics;
use super::review::{PANICKED, Reviewer, Trouble, guarded, mutating, validating};
use crate::metrics::Metrics;

/// The most bytes of a question: two objects of the largest size, and a list
/// of them for a conversion.
const BODY_BYTES_MAX: usize = 32 << 20;
/// The most bytes that are read of a question that nobody answers.
const UNREAD_BYTES_MAX: usize = 256 * 1024;
/// The most connections at once. The API server needs a handful.
const CONNECTIONS_MAX: usize = 512;
/// The most questions at once on one connection.
const STREAMS_MAX: u32 = 250;
/// How long a TLS handshake and the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);
/// How long a question may take in all: the API server waits 30 s at most.
const ANSWER: Duration = Duration::from_secs(30);
/// How long open questions may go on once the server is to end.
const GRACE: Duration = Duration::from_secs(30);

/// A server of hooks, one HTTPS server with a path for each. `/healthz` says
/// that it lives, `/readyz` that it has a certificate and every configuration
/// knows its authority.
#[derive(Default)]
pub struct WebhookServer {
    hooks: Vec<(String, Reviewer)>,
    certificates: Option<Certificates>,
    targets: Vec<Target>,
    metrics: Option<Metrics>,
}

impl std::fmt::Debug for WebhookServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookServer")
            .field(
                "paths",
                &self.hooks.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

impl WebhookServer {
    /// A server without hooks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a validating hook. It is asked about objects of one kind, or, as
    /// `Admission<Tree>`, of any, and answers `Ok(())`, `Err(Denial)` or a [`Verdict`].
    #[must_use]
    pub fn validate<K, F, R>(mut self, path: impl Into<String>, hook: F) -> Self
    where
        K: Subject,
        F: Fn(Admission<K>) -> R + Send + Sync + 'static,
        R: Future + Send + 'static,
        R::Output: Into<Verdict>,
    {
        self.hooks.push((path.into(), validating(hook)));
        self
    }

    /// Adds a mutating hook, which answers with the object as it is to be:
    /// `Ok(object)`, `Ok(None)`, `Err(Denial)` or a [`Change`]. The server makes
    /// the patch; fields that the object's struct does not have stay as they are.
    #[must_use]
    pub fn mutate<K, F, R>(mut self, path: impl Into<String>, hook: F) -> Self
    where
        K: Subject,
        F: Fn(Admission<K>) -> R + Send + Sync + 'static,
        R: Future + Send + 'static,
        R::Output: Into<Change<K>>,
    {
        self.hooks.push((path.into(), mutating(hook)));
        self
    }

    /// Adds a conversion between the versions of a kind.
    #[must_use]
    pub fn convert<H: Object>(
        mut self,
        path: impl Into<String>,
        conversion: Conversion<H>,
    ) -> Self {
        self.hooks.push((path.into(), conversion.reviewer()));
        self
    }

    /// Where the certificates come from; from memory, for `localhost`, unless said.
    #[must_use]
    pub fn certificates(mut self, certificates: Certificates) -> Self {
        self.certificates = Some(certificates);
        self
    }

    /// Counts questions in these metrics, under controller-runtime's names
    /// (`controller_runtime_webhook_…`). A [`Manager`](crate::Manager)'s server
    /// has the manager's.
    #[must_use]
    pub fn measured(mut self, metrics: &Metrics) -> Self {
        self.metrics = Some(metrics.clone());
        self
    }

    pub(crate) fn is_measured(&self) -> bool {
        self.metrics.is_some()
    }

    fn target(mut self, place: Place, client: Client, name: impl Into<String>) -> Self {
        self.targets.push(Target {
            place,
            name: name.into(),
            client,
        });
        self
    }

    /// Keeps the authority in a ValidatingWebhookConfiguration. This needs get,
    /// list, watch and patch on it.
    #[must_use]
    pub fn ca_of_validating(self, client: Client, name: impl Into<String>) -> Self {
        self.target(Place::Validating, client, name)
    }

    /// Keeps the authority in a MutatingWebhookConfiguration.
    #[must_use]
    pub fn ca_of_mutating(self, client: Client, name: impl Into<String>) -> Self {
        self.target(Place::Mutating, client, name)
    }

    /// Keeps the authority in the conversion of a CustomResourceDefinition.
    #[must_use]
    pub fn ca_of_conversion(self, client: Client, crd: impl Into<String>) -> Self {
        self.target(Place::Conversion, client, crd)
    }

    /// Serves until the token is cancelled and what was being answered has been.
    ///
    /// # Errors
    /// The address cannot be listened on, there is no certificate, or two hooks
    /// have one path.
    pub async fn serve(self, address: &str, cancel: CancellationToken) -> Result<(), WebhookError> {
        let running = self.start(address, cancel).await?;
        running.ended().await;
        Ok(())
    }

    /// Begins to serve, and tells the address. Port 0 is any that is free.
    ///
    /// # Errors
    /// As [`WebhookServer::serve`].
    pub async fn start(
        self,
        address: &str,
        cancel: CancellationToken,
    ) -> Result<Running, WebhookError> {
        let listen = |source| WebhookError::Listen {
            address: address.to_owned(),
            source,
        };
        let mut hooks = BTreeMap::new();
        for (path, reviewer) in self.hooks {
            let metrics = self.metrics.as_ref();
            let metrics = metrics.map(|metrics| HookMetrics::new(metrics, &path));
            let hook = Hook { reviewer, metrics };
            if hooks.insert(path.clone(), hook).is_some() {
                return Err(WebhookError::Path(path));
            }
        }
        let certificates = self
            .certificates
            .unwrap_or_else(|| Certificates::in_memory(["localhost", "127.0.0.1"]));
        let (keeper, resolver, bundles) = certificates.start().await?;
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let tasks = TaskTracker::new();
        let stop = cancel.clone();
        tasks.spawn(async move {
            let _ = stop.run_until_cancelled(keeper.run()).await;
        });
        let mut told = Vec::new();
        for target in self.targets {
            let (done, known) = watch::channel(false);
            told.push(known);
            let (stop, bundles) = (cancel.clone(), bundles.clone());
            tasks.spawn(async move {
                let _ = stop
                    .run_until_cancelled(inject::keep(target, bundles, done))
                    .await;
            });
        }
        let shared = Arc::new(Shared {
            hooks,
            told: told.clone(),
            ending: AtomicBool::new(false),
        });
        let acceptor = TlsAcceptor::from(Arc::new(tls(resolver)?));
        tasks.spawn(accept(listener, acceptor, shared, cancel, tasks.clone()));
        tasks.close();
        Ok(Running {
            address,
            bundles,
            told,
            tasks,
        })
    }
}

/// A server that is serving. Dropping it changes nothing: cancel its token.
pub struct Running {
    address: SocketAddr,
    bundles: watch::Receiver<super::certificates::Bundle>,
    told: Vec<watch::Receiver<bool>>,
    tasks: TaskTracker,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authorities that clients are to trust now, in PEM.
    #[must_use]
    pub fn ca_bundle(&self) -> String {
        self.bundles.borrow().to_string()
    }

    /// Tells whether every configuration knows the authority.
    pub(crate) fn readiness(&self) -> Readiness {
        Readiness(self.told.clone())
    }

    /// Waits until every configuration knows the authority.
    pub async fn ready(&self) {
        for known in &self.told {
            // A task that is gone has ended with the server.
            let _ = known.clone().wait_for(|known| *known).await;
        }
    }

    /// Waits until the server has ended, once its token has been cancelled.
    pub async fn ended(&self) {
        self.tasks.wait().await;
    }
}

/// Whether every configuration knows the authority of a server that serves.
pub(crate) struct Readiness(Vec<watch::Receiver<bool>>);

impl Readiness {
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.0.iter().all(|known| *known.borrow()) {
            Ok(())
        } else {
            Err("a configuration does not know the authority yet".to_owned())
        }
    }
}

struct Hook {
    reviewer: Reviewer,
    metrics: Option<HookMetrics>,
}

struct Shared {
    hooks: BTreeMap<String, Hook>,
    told: Vec<watch::Receiver<bool>>,
    ending: AtomicBool,
}

fn tls(resolver: Resolver) -> Result<rustls::ServerConfig, WebhookError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| WebhookError::Certificate(error.into()))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    cancel: CancellationToken,
    tasks: TaskTracker,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Some(Ok(place)) = cancel
            .run_until_cancelled(Arc::clone(&room).acquire_owned())
            .await
        else {
            break;
        };
        let tcp = match cancel.run_until_cancelled(listener.accept()).await {
            None => break,
            Some(Ok((tcp, _))) => tcp,
            Some(Err(error)) => {
                // No file descriptor is free, most likely: others must end first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (acceptor, shared, cancel) = (acceptor.clone(), Arc::clone(&shared), cancel.clone());
        tasks.spawn(async move {
            connection(tcp, acceptor, shared, cancel).await;
            drop(place);
        });
    }
    shared.ending.store(true, Ordering::Relaxed);
}

async fn connection(
    tcp: TcpStream,
    acceptor: TlsAcceptor,
    shared: Arc<Shared>,
    cancel: CancellationToken,
) {
    let _ = tcp.set_nodelay(true);
    let Ok(Ok(stream)) = tokio::time::timeout(HEAD, acceptor.accept(tcp)).await else {
        return;
    };
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(shared.answer(request).await) }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Duration::from_secs(30));
    let connection = server.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = cancel.cancelled() => {}
    }
    // Answers what has been asked, and takes no more.
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(GRACE, connection).await;
}

/// Reads what an answer does not depend on, within bounds: a stream of HTTP/2 whose body
/// is let go before the answer is out is cancelled, and curl takes that for a failure.
async fn drain(body: Incoming) {
    let rest = Limited::new(body, UNREAD_BYTES_MAX).collect();
    // What is longer, or does not come, is let go.
    let _ = tokio::time::timeout(GRACE, rest).await;
}

fn text(code: u16, text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

impl Shared {
    fn ready(&self) -> bool {
        !self.ending.load(Ordering::Relaxed) && self.told.iter().all(|known| *known.borrow())
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        match request.uri().path() {
            "/healthz" | "/livez" => return text(200, "ok"),
            "/readyz" if self.ready() => return text(200, "ok"),
            "/readyz" => return text(503, "not ready"),
            _ => {}
        }
        let Some(hook) = self.hooks.get(request.uri().path()) else {
            drain(request.into_body()).await;
            return text(404, "no hook has this path");
        };
        if request.method() != Method::POST {
            drain(request.into_body()).await;
            return text(405, "a hook is asked by POST");
        }
        let begun = Instant::now();
        let _in_flight = hook.metrics.as_ref().map(HookMetrics::asked);
        let (answer, panicked) = self.reviewed(hook, request).await;
        if let Some(metrics) = &hook.metrics {
            metrics.answered(answer.status().as_u16(), begun.elapsed(), panicked);
        }
        answer
    }

    /// The answer of a hook, and whether it panicked.
    async fn reviewed(
        &self,
        hook: &Hook,
        request: Request<Incoming>,
    ) -> (Response<Full<Bytes>>, bool) {
        let path = request.uri().path().to_owned();
        let answer = tokio::time::timeout(ANSWER, review(&hook.reviewer, request)).await;
        let panicked = matches!(&answer, Ok(Err((_, message))) if message == PANICKED);
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err((code, message))) => {
                tracing::warn!(
                    path,
                    code,
                    message,
                    "a question to a webhook is not answered"
                );
                text(code, message)
            }
            Err(_) => text(504, "the webhook took too long"),
        };
        (answer, panicked)
    }
}

async fn review(
    hook: &Reviewer,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Trouble> {
    let is_json = request
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim().starts_with("application/json"));
    if !is_json {
        drain(request.into_body()).await;
        return Err((415, "a review is application/json".to_owned()));
    }
    let body = Limited::new(request.into_body(), BODY_BYTES_MAX)
        .collect()
        .await
        .map_err(
            |error| match error.downcast_ref::<http_body_util::LengthLimitError>() {
                Some(_) => (413, "the review is too large".to_owned()),
                None => (400, "the review broke off".to_owned()),
            },
        )?
        .to_bytes();
    let body: Value = skeg_schema::decode_json_any(&body)
        .map_err(|error| (400, format!("the review is malformed: {error}")))?;
    let answer = guarded(hook(body)).await??;
    let mut bytes = Vec::with_capacity(1024);
    skeg_schema::encode_json_any(&answer, &mut bytes);
    let mut response = text(200, bytes);
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}
