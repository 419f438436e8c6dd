//! The embedded engine behind etcd's v3 gRPC API, so that etcd's clients, and a
//! kube-apiserver, can use it. One member, no Raft, no users.

mod check;
mod health;
mod http1;
mod kv;
mod lease;
mod maintenance;
mod probes;
mod txn;
mod watch;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use skeg_store::{Embedded, Error, Revision, Store};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::proto::{self, ResponseHeader, signed};
use skeg_grpc::server::{Answer, failed, streaming, unary};
use skeg_grpc::{Code, Status};

/// The release of etcd whose API this is.
pub const VERSION: &str = "3.7.3";

/// What clusters of that release say of themselves.
pub const CLUSTER_VERSION: &str = "3.7.0";

/// What a message may have besides the request's own bound.
const OVERHEAD_BYTES: usize = 512 << 10;

/// TLS must be up within this time.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing is accepted after it could not be.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// After a shutdown was asked for, calls have so long to end.
const DRAIN: Duration = Duration::from_secs(5);

/// How a served store presents itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// The member's name.
    pub name: String,
    /// Where clients reach it, as it tells them.
    pub client_urls: Vec<String>,
    /// Where peers would, if there were any.
    pub peer_urls: Vec<String>,
    /// The cluster's id; the same after a restart.
    pub cluster_id: u64,
    /// The member's id; the same after a restart.
    pub member_id: u64,
    /// How many operations a transaction may have. Default 128.
    pub txn_ops_max: usize,
    /// The largest request. Default 1.5 MiB.
    pub request_bytes_max: usize,
    /// Writes are refused when keys, values and their history take more.
    /// Default 2 GiB.
    pub quota_bytes: u64,
    /// How often watches that ask for it are told of their progress. Default 10
    /// minutes.
    pub progress_interval: Duration,
    /// Calls that a connection may have open at once. Default 65536.
    pub streams_max: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            name: "default".to_owned(),
            client_urls: vec!["http://localhost:2379".to_owned()],
            peer_urls: vec!["http://localhost:2380".to_owned()],
            cluster_id: 0xcdf8_181e_3277_8def,
            member_id: 0x8e9e_05c5_2164_694d,
            txn_ops_max: 128,
            request_bytes_max: 1536 << 10,
            quota_bytes: 2 << 30,
            progress_interval: Duration::from_secs(600),
            streams_max: 1 << 16,
        }
    }
}

/// A store with etcd's API.
pub struct Server {
    store: Arc<Embedded>,
    /// Members for which the alarm of a full store is raised: this one when a
    /// write did not fit, others when a client says so. It lasts until it is
    /// switched off.
    full: Mutex<BTreeSet<u64>>,
    options: Options,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Serves `store`. When `stopping` is cancelled, streams end and connections
    /// are closed; the store is left open.
    pub fn new(store: Arc<Embedded>, options: Options, stopping: CancellationToken) -> Arc<Server> {
        Arc::new(Server {
            store,
            full: Mutex::default(),
            options,
            stopping,
            tasks: TaskTracker::new(),
        })
    }

    /// Accepts connections, gRPC and HTTP/1, until the server is stopped.
    pub async fn serve(
        self: Arc<Server>,
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) {
        self.accept(listener, tls, false).await;
    }

    /// As [`Server::serve`], for metrics, health and version only: nobody gets
    /// at the data there.
    pub async fn serve_pages(
        self: Arc<Server>,
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) {
        self.accept(listener, tls, true).await;
    }

    async fn accept(
        self: Arc<Server>,
        listener: TcpListener,
        tls: Option<Arc<rustls::ServerConfig>>,
        only_pages: bool,
    ) {
        let tls = tls.map(TlsAcceptor::from);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.stopping.cancelled() => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    // Files or memory are short: that passes, and those who are connected
                    // are served meanwhile.
                    tracing::warn!(%error, "no connection can be taken at the moment");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            // Small frames go back and forth; a refusal costs speed only.
            drop(stream.set_nodelay(true));
            let server = self.clone();
            match tls.clone() {
                None => drop(self.tasks.spawn(server.connection(stream, only_pages))),
                Some(tls) => drop(self.tasks.spawn(async move {
                    match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
                        Ok(Ok(stream)) => server.connection(stream, only_pages).await,
                        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                        Err(_) => tracing::debug!("a TLS handshake took too long"),
                    }
                })),
            }
        }
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("connections that did not end are dropped");
        }
    }

    async fn connection<S>(self: Arc<Server>, stream: S, only_pages: bool)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let server = self.clone();
        let service = service_fn(move |request: http::Request<Incoming>| {
            let server = server.clone();
            async move {
                Ok::<_, Infallible>(match only_pages {
                    true => server.plain(&request).await,
                    false => server.answer(request).await,
                })
            }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new());
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(self.options.streams_max)
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20)
            .keep_alive_interval(Some(Duration::from_secs(7200)))
            .keep_alive_timeout(Duration::from_secs(20));
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended");
        }
    }

    async fn answer(self: Arc<Server>, request: http::Request<Incoming>) -> http::Response<Answer> {
        if request.version() < http::Version::HTTP_2 {
            return self.plain(&request).await;
        }
        let path = request.uri().path().to_owned();
        let is_grpc = request
            .headers()
            .get(http::header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
        if !is_grpc {
            return self.plain(&request).await;
        }
        let body = request.into_body();
        let max = self.options.request_bytes_max + OVERHEAD_BYTES;
        let s = &*self;
        match path.strip_prefix("/grpc.health.v1.Health/") {
            Some("Check") => return unary(body, max, async |r| s.health_check(r).await).await,
            Some("Watch") => {
                let server = self.clone();
                return streaming(
                    move |out| server.health_watch(body, out),
                    self.stopping.clone().cancelled_owned(),
                );
            }
            _ => {}
        }
        let Some(method) = path.strip_prefix("/etcdserverpb.") else {
            return failed(&unknown(&path));
        };
        match method {
            "KV/Range" => unary(body, max, async |r| s.range(r).await).await,
            "KV/RangeStream" => self.range_stream(body).await,
            "KV/Put" => unary(body, max, async |r| s.put(r).await).await,
            "KV/DeleteRange" => unary(body, max, async |r| s.delete_range(r).await).await,
            "KV/Txn" => unary(body, max, async |r| s.txn(r).await).await,
            "KV/Compact" => unary(body, max, async |r| s.compact(r).await).await,
            "Watch/Watch" => {
                let server = self.clone();
                streaming(
                    move |out| server.watch(body, out),
                    self.stopping.clone().cancelled_owned(),
                )
            }
            "Lease/LeaseGrant" => unary(body, max, async |r| s.lease_grant(r).await).await,
            "Lease/LeaseRevoke" => unary(body, max, async |r| s.lease_revoke(r).await).await,
            "Lease/LeaseKeepAlive" => {
                let server = self.clone();
                streaming(
                    move |out| server.lease_keep_alive(body, out),
                    self.stopping.clone().cancelled_owned(),
                )
            }
            "Lease/LeaseTimeToLive" => {
                unary(body, max, async |r| s.lease_time_to_live(r).await).await
            }
            "Lease/LeaseLeases" => unary(body, max, async |r| s.lease_leases(r).await).await,
            "Cluster/MemberList" => unary(body, max, async |r| s.member_list(r).await).await,
            "Maintenance/Alarm" => unary(body, max, async |r| s.alarm(r).await).await,
            "Maintenance/Status" => unary(body, max, async |r| s.status(r).await).await,
            "Maintenance/Defragment" => unary(body, max, async |r| s.defragment(r).await).await,
            "Maintenance/Hash" => unary(body, max, async |r| s.hash(r).await).await,
            "Maintenance/HashKV" => unary(body, max, async |r| s.hash_kv(r).await).await,
            "Maintenance/Snapshot" => {
                let server = self.clone();
                streaming(
                    move |out| server.snapshot(body, out),
                    self.stopping.clone().cancelled_owned(),
                )
            }
            "Auth/AuthStatus" => unary(body, max, async |r| s.auth_status(r).await).await,
            // Nobody has been added, so there is nobody to list or to take away.
            "Auth/UserList" | "Auth/RoleList" | "Auth/AuthDisable" => {
                unary(body, max, async |r| s.nobody(r).await).await
            }
            called => failed(&refusal(called).unwrap_or_else(|| unknown(&path))),
        }
    }

    fn header(&self, revision: Revision) -> Option<ResponseHeader> {
        Some(ResponseHeader {
            cluster_id: self.options.cluster_id,
            member_id: self.options.member_id,
            revision: signed(revision),
            raft_term: 2,
        })
    }

    async fn current(&self) -> Result<Revision, Status> {
        self.store.current_revision().await.map_err(status_of)
    }

    /// The header of an answer about the newest state.
    async fn header_now(&self) -> Result<Option<ResponseHeader>, Status> {
        Ok(self.header(self.current().await?))
    }

    /// An answer that is a header and nothing else.
    async fn nobody(&self, _: proto::EmptyRequest) -> Result<proto::HeaderResponse, Status> {
        Ok(proto::HeaderResponse {
            header: self.header_now().await?,
        })
    }

    async fn auth_status(
        &self,
        _: proto::EmptyRequest,
    ) -> Result<proto::AuthStatusResponse, Status> {
        Ok(proto::AuthStatusResponse {
            header: self.header_now().await?,
            enabled: false,
            auth_revision: 1,
        })
    }
}

/// What etcd says to who wants another leader, other members or other users
/// than the ones that there are.
fn refusal(called: &str) -> Option<Status> {
    let (code, message) = match called {
        // Another member would never come up.
        "Cluster/MemberAdd" => (
            Code::FailedPrecondition,
            "re-configuration failed due to not enough started members",
        ),
        "Maintenance/MoveLeader" => (Code::FailedPrecondition, "bad leader transferee"),
        "Cluster/MemberRemove" | "Cluster/MemberUpdate" | "Cluster/MemberPromote" => {
            (Code::NotFound, "member not found")
        }
        "Auth/Authenticate" => (Code::FailedPrecondition, "authentication is not enabled"),
        "Auth/AuthEnable" => (Code::FailedPrecondition, "root user does not exist"),
        "Auth/UserGet" | "Auth/UserDelete" | "Auth/UserChangePassword" => {
            (Code::FailedPrecondition, "user name not found")
        }
        "Auth/RoleGet" | "Auth/RoleDelete" => (Code::FailedPrecondition, "role name not found"),
        _ => return None,
    };
    Some(Status::new(code, format!("etcdserver: {message}")))
}

fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

fn unknown(path: &str) -> Status {
    let (service, method) = path
        .trim_start_matches('/')
        .rsplit_once('/')
        .unwrap_or((path, ""));
    Status::new(
        Code::Unimplemented,
        format!("unknown method {method} for service {service}"),
    )
}

/// A store's error as etcd says it.
fn status_of(error: Error) -> Status {
    let (code, message) = match error {
        Error::Compacted { .. } => (Code::OutOfRange, check::COMPACTED),
        Error::FutureRevision { .. } => (Code::OutOfRange, check::FUTURE),
        Error::LeaseNotFound { .. } => (Code::NotFound, check::LEASE_NOT_FOUND),
        Error::LeaseExists { .. } => (Code::FailedPrecondition, check::LEASE_EXISTS),
        Error::TooLarge { .. } => (Code::InvalidArgument, check::TOO_LARGE),
        Error::DuplicateKey { .. } => (Code::InvalidArgument, check::DUPLICATE_KEY),
        Error::NoSpace { .. } => (Code::ResourceExhausted, check::NO_SPACE),
        Error::Closed => (Code::Unavailable, "etcdserver: server stopped"),
        Error::Refused { reason } => return Status::new(Code::InvalidArgument, reason),
        other => {
            let mut text = other.to_string();
            if let Some(source) = std::error::Error::source(&other) {
                text.push_str(&format!(": {source}"));
            }
            return Status::new(Code::Internal, text);
        }
    };
    Status::new(code, message)
}
