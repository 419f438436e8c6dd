//! The HTTP API of nodes, as the API server asks it for logs, exec, attach and
//! port-forward: answered by script.

mod command;
mod logs;
mod spdy;
mod streams;

pub use command::{Answer, Commands};
pub(crate) use logs::Line;

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, OnceLock, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use skeg_apiserver::{NodeConnector, NodeStream, NodeTarget};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::kubelet::Inner;

/// What waits between the API server and a node.
const BUFFER_BYTES: usize = 64 << 10;
/// Exec and attach, newest first.
const CHANNELS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/// What a client is told that speaks nothing of all this.
const NOTHING_OFFERED: &str = "no protocol is offered that a fake node speaks";

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Connects the API server to the fake kubelet, once there is one.
#[derive(Clone, Default)]
pub(crate) struct NodeApi {
    kubelet: Arc<OnceLock<Weak<Inner>>>,
}

impl NodeApi {
    /// From now on this one answers.
    pub(crate) fn serve(&self, kubelet: &Arc<Inner>) {
        let _ = self.kubelet.set(Arc::downgrade(kubelet));
    }
}

#[async_trait]
impl NodeConnector for NodeApi {
    async fn connect(&self, target: &NodeTarget) -> io::Result<Box<dyn NodeStream>> {
        let refused = || {
            let what = format!("node {:?} does not answer", target.node);
            io::Error::new(io::ErrorKind::ConnectionRefused, what)
        };
        let kubelet = self.kubelet.get().and_then(Weak::upgrade);
        let kubelet = kubelet.ok_or_else(refused)?;
        if kubelet.host_of(&target.node).is_none() {
            return Err(refused());
        }
        let (ours, theirs) = tokio::io::duplex(BUFFER_BYTES);
        let weak = Arc::downgrade(&kubelet);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let kubelet = weak.upgrade();
                async move {
                    Ok::<_, Infallible>(match kubelet {
                        Some(kubelet) => answer(&kubelet, request).await,
                        None => text(StatusCode::SERVICE_UNAVAILABLE, "the node is gone"),
                    })
                }
            });
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(theirs), service)
                .with_upgrades();
            if let Err(error) = served.await {
                tracing::debug!(%error, "a connection to a fake node broke");
            }
        });
        Ok(Box::new(ours))
    }
}

/// A query's parameters.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(uri: &http::Uri) -> Self {
        let decode = |text: &str| {
            let text = text.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy();
            decoded.into_owned()
        };
        let parts = uri.query().unwrap_or_default().split('&');
        let pairs = parts.filter(|part| !part.is_empty()).map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        });
        Self(pairs.collect())
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.iter().filter(move |(known, _)| known == key);
        pairs.map(|(_, value)| value.as_str())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|value| matches!(value, "1" | "true"))
    }
}

async fn answer(kubelet: &Arc<Inner>, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let query = Query::of(request.uri());
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["healthz"] => text(StatusCode::OK, "ok"),
        ["containerLogs", namespace, pod, container] => {
            logs::answer(kubelet, (namespace, pod, container), &query)
        }
        ["exec", namespace, pod, .., container] => {
            let command: Vec<String> = query.all("command").map(str::to_owned).collect();
            let found = kubelet.commands(namespace, pod, container);
            run(request, &query, found, command)
        }
        ["attach", namespace, pod, .., container] => {
            // What is typed comes back.
            let found = kubelet.commands(namespace, pod, container);
            run(request, &query, found, vec!["cat".to_owned()])
        }
        ["portForward", namespace, pod, ..] => {
            let Some(ports) = kubelet.ports(namespace, pod) else {
                return text(StatusCode::NOT_FOUND, "the pod does not run here");
            };
            let pod = format!("{namespace}/{pod}");
            if spdy::is_wanted(request.headers()) {
                let Some(response) = spdy::switch(request.headers(), spdy::FORWARD) else {
                    return text(StatusCode::FORBIDDEN, NOTHING_OFFERED);
                };
                upgraded(request, move |io| streams::forward(io, pod, ports));
                return response;
            }
            let Some((response, protocol)) = switch(&request, &[streams::TUNNEL]) else {
                return text(StatusCode::BAD_REQUEST, NOTHING_OFFERED);
            };
            tracing::trace!(protocol, "ports are forwarded");
            upgraded(request, move |io| streams::tunnelled(io, pod, ports));
            response
        }
        _ => text(StatusCode::NOT_FOUND, "no such thing on a fake node"),
    }
}

fn run(
    request: Request<Incoming>,
    query: &Query,
    commands: Option<Commands>,
    command: Vec<String>,
) -> Response<Body> {
    let Some(commands) = commands else {
        return text(StatusCode::NOT_FOUND, "the container does not run here");
    };
    if spdy::is_wanted(request.headers()) {
        let Some(response) = spdy::switch(request.headers(), spdy::EXEC) else {
            return text(StatusCode::FORBIDDEN, NOTHING_OFFERED);
        };
        let count = spdy::streams_of(query);
        upgraded(request, move |io| spdy::exec(io, commands, command, count));
        return response;
    }
    let Some((response, _)) = switch(&request, &CHANNELS) else {
        return text(StatusCode::BAD_REQUEST, NOTHING_OFFERED);
    };
    let takes_input = query.flag("input");
    upgraded(request, move |io| {
        streams::exec(io, commands, command, takes_input)
    });
    response
}

/// Goes on with a connection that has switched protocols.
fn upgraded<F, Fut>(mut request: Request<Incoming>, run: F)
where
    F: FnOnce(TokioIo<hyper::upgrade::Upgraded>) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let switching = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match switching.await {
            Ok(io) => run(TokioIo::new(io)).await,
            Err(error) => tracing::debug!(%error, "an upgrade on a fake node failed"),
        }
    });
}

/// The answer that switches to the first of these protocols that is offered.
fn switch(
    request: &Request<Incoming>,
    known: &[&'static str],
) -> Option<(Response<Body>, &'static str)> {
    let header = |name| {
        let value: Option<&http::HeaderValue> = request.headers().get(name);
        value.and_then(|value| value.to_str().ok())
    };
    let key = header(header::SEC_WEBSOCKET_KEY)?;
    let offered = header(header::SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
    let protocol = known
        .iter()
        .find(|known| offered.split(',').any(|offered| offered.trim() == **known))?;
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(
            header::SEC_WEBSOCKET_ACCEPT,
            derive_accept_key(key.as_bytes()),
        )
        .header(header::SEC_WEBSOCKET_PROTOCOL, *protocol)
        .body(full(Bytes::new()))
        .ok()?;
    Some((response, protocol))
}

fn full(body: Bytes) -> Body {
    Full::new(body).boxed_unsync()
}

fn text(code: StatusCode, what: &str) -> Response<Body> {
    let mut response = Response::new(full(Bytes::copy_from_slice(what.as_bytes())));
    *response.status_mut() = code;
    response
}
