//! The kubelet's HTTPS API: logs, exec, attach and port-forward, mostly for the
//! API server, which passes its own callers' connections on.

mod logs;
mod request;
mod streams;
mod usage;
mod websocket;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use skeg_auth::UserInfo;
use skeg_auth::authn::PeerIdentity;
use skeg_auth::pki::Authority;
use skeg_cri::{AttachRequest, ContainerId, ExecRequest, RuntimeService, SandboxId};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use logs::LogOptions;
use request::{Call, Target};
use skeg_client::streams::spdy;
use skeg_client::streams::websocket as wire;
use streams::{RemoteStreams, Wanted};

/// The version of SPDY that old clients upgrade to.
const SPDY: &str = "SPDY/3.1";
/// The protocols that a client may speak over SPDY streams, the best first.
const SPDY_EXEC: &str = "v4.channel.k8s.io";
const SPDY_FORWARD: &str = "portforward.k8s.io";
/// How many connections are served at once.
const CONNECTIONS_MAX: usize = 512;

/// What the server needs to know of pods.
#[async_trait]
pub trait Pods: Send + Sync {
    /// A container that runs, or has run. `previous` asks for the instance before the last.
    ///
    /// # Errors
    /// What to tell the caller.
    async fn container(
        &self,
        target: &ContainerTarget,
        previous: bool,
    ) -> Result<ContainerPlace, Problem>;

    /// The sandbox of a running pod.
    ///
    /// # Errors
    /// What to tell the caller.
    async fn sandbox(&self, namespace: &str, pod: &str) -> Result<SandboxId, Problem>;

    /// A PodList of the pods on this node, in JSON.
    fn list(&self) -> Bytes;
}

/// Says whether a caller may use a part of this node: `nodes/log`, `nodes/proxy`…
#[async_trait]
pub trait Access: Send + Sync {
    /// The user of a bearer token, when it is valid.
    async fn authenticate(&self, token: &str) -> Option<UserInfo>;

    /// Whether `user` may do `verb` on the subresource of this node.
    async fn allowed(&self, user: &UserInfo, verb: &str, subresource: &str) -> bool;
}

/// A container by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerTarget {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The pod's uid, when the caller insists on it.
    pub uid: Option<String>,
    /// The container's name.
    pub container: String,
}

/// Where a container is found.
#[derive(Clone, Debug)]
pub struct ContainerPlace {
    /// Its id at the runtime.
    pub id: ContainerId,
    /// Its log.
    pub log: PathBuf,
    /// Whether it runs.
    pub running: bool,
}

/// An answer that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status code.
    pub code: StatusCode,
    /// For the caller to read.
    pub message: String,
}

impl Problem {
    /// An answer with a message.
    pub fn new(code: StatusCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl From<skeg_cri::Error> for Problem {
    fn from(error: skeg_cri::Error) -> Self {
        let code = if error.is_not_found() {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        };
        Self::new(code, error.full())
    }
}

type Body = BoxBody<Bytes, std::io::Error>;

/// The server, not listening yet.
pub struct Server {
    /// What pods there are.
    pub pods: Arc<dyn Pods>,
    /// Who may do what.
    pub access: Arc<dyn Access>,
    /// Whose certificates are users.
    pub authority: Arc<Authority>,
    /// Where containers run.
    pub runtime: Arc<dyn RuntimeService>,
}

impl Server {
    /// Serves connections until cancelled. Connections that are open then are
    /// dropped; a client sees its stream end.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        tls: Arc<rustls::ServerConfig>,
        cancel: CancellationToken,
    ) {
        let acceptor = tokio_rustls::TlsAcceptor::from(tls);
        let places = Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
        let connections = TaskTracker::new();
        loop {
            let place = places
                .clone()
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = cancel.cancelled() => break,
            };
            let (socket, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "the kubelet cannot accept a connection");
                    continue;
                }
            };
            let (server, acceptor, cancel) = (self.clone(), acceptor.clone(), cancel.clone());
            connections.spawn(async move {
                tokio::select! {
                    () = server.connection(socket, peer, acceptor) => {}
                    () = cancel.cancelled() => {}
                }
                drop(place);
            });
        }
        connections.close();
        connections.wait().await;
    }

    async fn connection(
        self: Arc<Self>,
        socket: TcpStream,
        peer: SocketAddr,
        acceptor: tokio_rustls::TlsAcceptor,
    ) {
        // Small frames of interactive streams must not wait for each other.
        drop(socket.set_nodelay(true));
        let tls = match acceptor.accept(socket).await {
            Ok(tls) => tls,
            Err(error) => {
                return tracing::debug!(%error, %peer, "a TLS handshake with the kubelet failed");
            }
        };
        let user = tls
            .get_ref()
            .1
            .peer_certificates()
            .and_then(|chain| PeerIdentity::from_chain(chain).ok())
            .filter(|identity| identity.is_client(&self.authority.current()))
            .and_then(|identity| identity.user().cloned());
        let service = hyper::service::service_fn(move |request| {
            let (server, user) = (self.clone(), user.clone());
            async move { Ok::<_, Infallible>(server.answer(request, user).await) }
        });
        let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        if let Err(error) = builder
            .serve_connection_with_upgrades(TokioIo::new(tls), service)
            .await
        {
            tracing::debug!(%error, %peer, "a connection to the kubelet broke");
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        user: Option<Arc<UserInfo>>,
    ) -> Response<Body> {
        match self.try_answer(request, user).await {
            Ok(response) => response,
            Err(problem) => text(problem.code, problem.message),
        }
    }

    async fn try_answer(
        &self,
        request: Request<Incoming>,
        certified: Option<Arc<UserInfo>>,
    ) -> Result<Response<Body>, Problem> {
        let call = Call::parse(request.uri())?;
        if matches!(call, Call::Health) {
            return Ok(text(StatusCode::OK, "ok".into()));
        }
        let user = match certified {
            Some(user) => user,
            None => Arc::new(self.token_user(&request).await?),
        };
        let verb = match *request.method() {
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE => "delete",
            _ => "get",
        };
        let subresource = call.subresource();
        if !self.access.allowed(&user, verb, subresource).await {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!(
                    "Forbidden (user={}, verb={verb}, resource=nodes, subresource(s)=[{subresource}])",
                    user.name
                ),
            ));
        }
        match call {
            Call::Health => Ok(text(StatusCode::OK, "ok".into())),
            Call::Pods => Ok(json(self.pods.list())),
            Call::Resources => {
                let figures = usage::text(self.runtime.as_ref()).await;
                let mut answer = text(StatusCode::OK, figures);
                let prometheus =
                    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                answer
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, prometheus);
                Ok(answer)
            }
            Call::Logs { target, options } => self.logs(&target, options).await,
            Call::Exec {
                target,
                wanted,
                command,
            } => self.exec(request, &target, wanted, command).await,
            Call::Attach { target, wanted } => self.attach(request, &target, wanted).await,
            Call::PortForward { namespace, pod } => {
                self.port_forward(request, &namespace, &pod).await
            }
        }
    }

    async fn token_user(&self, request: &Request<Incoming>) -> Result<UserInfo, Problem> {
        let token = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let user = match token {
            Some(token) => self.access.authenticate(token).await,
            None => None,
        };
        user.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized"))
    }

    async fn logs(&self, target: &Target, options: LogOptions) -> Result<Response<Body>, Problem> {
        let place = self.pods.container(target, options.previous).await?;
        if !place.log.exists() {
            return Err(Problem::new(
                StatusCode::NOT_FOUND,
                format!(
                    "the log of container {:?} is gone: {}",
                    target.container,
                    place.log.display()
                ),
            ));
        }
        let (pieces, receiver) = tokio::sync::mpsc::channel(logs::PIECES_MAX);
        let events = self.runtime.events();
        tokio::spawn(async move {
            if let Err(error) =
                logs::read(place.log, place.id, options, place.running, events, pieces).await
            {
                tracing::warn!(%error, "a container log cannot be read");
            }
        });
        let frames = tokio_stream::wrappers::ReceiverStream::new(receiver)
            .map(|piece| Ok(Frame::data(piece)));
        let mut response = Response::new(BodyExt::boxed(StreamBody::new(frames)));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        Ok(response)
    }

    async fn exec(
        &self,
        request: Request<Incoming>,
        target: &Target,
        wanted: Wanted,
        command: Vec<String>,
    ) -> Result<Response<Body>, Problem> {
        let place = self.running(target).await?;
        let runtime = self.runtime.clone();
        let exec = ExecRequest {
            command,
            stdin: wanted.stdin,
            stdout: wanted.stdout,
            stderr: wanted.stderr && !wanted.tty,
            tty: wanted.tty,
            size: None,
        };
        upgrade(request, wanted, move |remote| async move {
            let session = runtime.exec(&place.id, exec).await;
            streams::join(remote, session).await;
        })
    }

    async fn attach(
        &self,
        request: Request<Incoming>,
        target: &Target,
        wanted: Wanted,
    ) -> Result<Response<Body>, Problem> {
        let place = self.running(target).await?;
        let runtime = self.runtime.clone();
        let attach = AttachRequest {
            stdin: wanted.stdin,
            stdout: wanted.stdout,
            stderr: wanted.stderr && !wanted.tty,
            tty: wanted.tty,
        };
        upgrade(request, wanted, move |remote| async move {
            let session = runtime.attach(&place.id, attach).await;
            streams::join(remote, session).await;
        })
    }

    async fn running(&self, target: &Target) -> Result<ContainerPlace, Problem> {
        let place = self.pods.container(target, false).await?;
        if place.running {
            return Ok(place);
        }
        Err(Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!(
                "container {:?} of pod {:?} is not running",
                target.container, target.pod
            ),
        ))
    }

    async fn port_forward(
        &self,
        mut request: Request<Incoming>,
        namespace: &str,
        pod: &str,
    ) -> Result<Response<Body>, Problem> {
        let sandbox = self.pods.sandbox(namespace, pod).await?;
        let runtime = self.runtime.clone();
        let connect = move |port| {
            let (runtime, sandbox) = (runtime.clone(), sandbox.clone());
            async move { runtime.port_forward(&sandbox, port).await }
        };
        let protocol = request::upgrade(&request, &[wire::TUNNEL], SPDY_FORWARD)?;
        let upgraded = hyper::upgrade::on(&mut request);
        let tunnelled = matches!(protocol, request::Protocol::WebSocket { .. });
        tokio::spawn(async move {
            let io = match upgraded.await {
                Ok(upgraded) => TokioIo::new(upgraded),
                Err(error) => return tracing::debug!(%error, "an upgrade to port-forward failed"),
            };
            let streams = if tunnelled {
                spdy::accept(wire::Tunnel::new(websocket::server(io).await))
            } else {
                spdy::accept(io)
            };
            streams::forward_ports(streams, connect).await;
        });
        Ok(protocol.switching())
    }
}

/// Upgrades a request to the streams of an exec or attach, and runs it.
fn upgrade<F, Fut>(
    mut request: Request<Incoming>,
    wanted: Wanted,
    run: F,
) -> Result<Response<Body>, Problem>
where
    F: FnOnce(RemoteStreams) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let protocol = request::upgrade(&request, &websocket::SPOKEN, SPDY_EXEC)?;
    let upgraded = hyper::upgrade::on(&mut request);
    let form = match &protocol {
        request::Protocol::WebSocket { chosen, .. } => Some(websocket::Form::of(chosen)),
        request::Protocol::Spdy { .. } => None,
    };
    tokio::spawn(async move {
        let io = match upgraded.await {
            Ok(upgraded) => TokioIo::new(upgraded),
            Err(error) => return tracing::debug!(%error, "an upgrade to streams failed"),
        };
        let remote = match form {
            Some(form) => {
                let socket = websocket::server(io).await;
                Some(websocket::channels(socket, &wanted, form))
            }
            None => streams::from_spdy(spdy::accept(io), &wanted).await,
        };
        match remote {
            Some(remote) => run(remote).await,
            None => tracing::debug!("a client went before it had opened its streams"),
        }
    });
    Ok(protocol.switching())
}

fn full(body: impl Into<Bytes>) -> Body {
    Full::new(body.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}

fn text(code: StatusCode, message: String) -> Response<Body> {
    let mut response = Response::new(full(message));
    *response.status_mut() = code;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

fn json(body: Bytes) -> Response<Body> {
    let mut response = Response::new(full(body));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
