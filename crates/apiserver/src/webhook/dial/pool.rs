//! Kept connections, per server and what it has to prove.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use parking_lot::Mutex;

use super::Peer;
use super::connect::{self, Stream};
use super::resolve::Resolver;
use super::trust::{self, Identity};
use crate::server::ReplyBody;

/// Servers whose connections are kept.
const POOLS_MAX: usize = 256;
/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// How often a connection in use is tested for life.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long the answer to such a test may take.
const PING_TIMEOUT: Duration = Duration::from_secs(15);
/// Idle connections to one server.
const IDLE_MAX: usize = 16;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Opens connections for one peer.
#[derive(Clone)]
struct Connector {
    peer: Arc<Peer>,
    resolver: Resolver,
    tls: Arc<rustls::ClientConfig>,
}

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (host, port) = this.resolver.resolve(&this.peer.place)?;
            let name = this.peer.place.server_name();
            let stream = connect::connect(&host, port, &name, this.tls).await?;
            Ok(TokioIo::new(stream))
        })
    }
}

struct Pool {
    client: Client<Connector, ReplyBody>,
    used: u64,
}

#[derive(Default)]
struct Pools {
    by_peer: HashMap<Arc<Peer>, Pool>,
    clock: u64,
}

/// Calls servers that objects name.
pub struct Dialer {
    resolver: Resolver,
    identity: Option<Identity>,
    pools: Mutex<Pools>,
}

impl Dialer {
    /// With the certificate that is shown to those who are to know us.
    pub fn new(resolver: Resolver, identity: Option<Identity>) -> Self {
        Self {
            resolver,
            identity,
            pools: Mutex::default(),
        }
    }

    /// Where services are found.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    fn client(&self, peer: &Peer) -> Result<Client<Connector, ReplyBody>, String> {
        let mut pools = self.pools.lock();
        pools.clock += 1;
        let now = pools.clock;
        if let Some(pool) = pools.by_peer.get_mut(peer) {
            pool.used = now;
            return Ok(pool.client.clone());
        }
        let peer = Arc::new(peer.clone());
        let tls = trust::client_config(&peer, self.identity.as_ref(), false)?;
        let connector = Connector {
            peer: peer.clone(),
            resolver: self.resolver.clone(),
            tls,
        };
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_MAX)
            .http2_adaptive_window(true)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(false)
            .build(connector);
        if pools.by_peer.len() >= POOLS_MAX {
            let oldest = pools
                .by_peer
                .iter()
                .min_by_key(|(_, pool)| pool.used)
                .map(|(peer, _)| peer.clone());
            if let Some(oldest) = oldest {
                pools.by_peer.remove(&oldest);
            }
        }
        let pool = Pool {
            client: client.clone(),
            used: now,
        };
        pools.by_peer.insert(peer, pool);
        Ok(client)
    }

    /// Sends a request (its URI with scheme and authority) over a kept or new
    /// connection. The text of an error names its innermost cause. Dropping
    /// the future abandons the request.
    pub async fn request(
        &self,
        peer: &Peer,
        request: Request<ReplyBody>,
    ) -> Result<Response<Incoming>, String> {
        let client = self.client(peer)?;
        client.request(request).await.map_err(|error| cause(&error))
    }

    /// A connection of its own on which HTTP/1.1 is spoken next.
    pub async fn dial(&self, peer: &Peer) -> Result<Stream, String> {
        let tls = trust::client_config(peer, self.identity.as_ref(), true)?;
        let (host, port) = self.resolver.resolve(&peer.place)?;
        connect::connect(&host, port, &peer.place.server_name(), tls).await
    }
}

/// The innermost cause.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(next) = innermost.source() {
        innermost = next;
    }
    if let Some(http) = innermost.downcast_ref::<hyper::Error>()
        && (http.is_incomplete_message() || http.is_closed())
    {
        return "EOF".to_owned();
    }
    if let Some(io) = innermost.downcast_ref::<std::io::Error>()
        && io.kind() == std::io::ErrorKind::UnexpectedEof
    {
        return "EOF".to_owned();
    }
    innermost.to_string()
}
