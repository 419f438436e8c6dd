//! Sockets.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use parking_lot::RwLock;
use socket2::{Domain, Protocol as SocketProtocol, Socket, Type};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    answer::{Answerer, Step},
    forward::{ForwardOptions, Forwarder, Way},
    metrics::Metrics,
    records::Ttl,
    zone::Zone,
};

/// Queries that wait for others' answers; more are refused.
const FORWARDS_MAX: usize = 1000;
/// TCP connections; more wait to be accepted.
const CONNECTIONS_MAX: usize = 256;
/// How long a TCP connection may be silent.
const IDLE: Duration = Duration::from_secs(10);
const LISTEN_BACKLOG: i32 = 256;
const UDP_BUFFER_BYTES: usize = 1024 * 1024;
const QUERY_MAX: usize = 4096;

/// An error of the name server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address cannot be listened on.
    #[error(
        "cannot listen for DNS queries on {address}; another name server may have it, or the \
         address may not be there yet"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
}

/// Settings of a name server.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Addresses to listen on, each for UDP and TCP. Port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// How long answers may be kept.
    pub ttl_seconds: u32,
    /// How long it may be remembered that a name does not exist.
    pub negative_ttl_seconds: u32,
    /// How names outside the cluster are resolved.
    pub forward: ForwardOptions,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            ttl_seconds: 30,
            negative_ttl_seconds: 5,
            forward: ForwardOptions::default(),
        }
    }
}

/// A name server. Made by [`Server::bind`]; answers while [`Server::run`] runs.
#[derive(Debug)]
pub struct Server {
    sockets: Vec<(SocketAddr, UdpSocket, TcpListener)>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    zone: Arc<RwLock<Zone>>,
    ttl: Ttl,
    metrics: Arc<Metrics>,
    forwarder: Forwarder,
    forwards: Arc<Semaphore>,
    connections: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Shared {
    fn answerer(&self) -> Answerer<'_> {
        Answerer {
            zone: &self.zone,
            ttl: self.ttl,
            metrics: &self.metrics,
            forwarder: &self.forwarder,
        }
    }
}

impl Server {
    /// Opens all sockets, or none. Must be called inside a Tokio runtime.
    pub fn bind(options: ServerOptions, zone: Arc<RwLock<Zone>>) -> Result<Self, Error> {
        let mut sockets = Vec::with_capacity(options.listen.len());
        for address in &options.listen {
            let bound = bind_both(*address).map_err(|source| Error::Listen {
                address: *address,
                source,
            })?;
            sockets.push(bound);
        }
        let own = sockets.iter().map(|(address, ..)| *address).collect();
        Ok(Self {
            sockets,
            shared: Arc::new(Shared {
                zone,
                ttl: Ttl {
                    positive: options.ttl_seconds,
                    negative: options.negative_ttl_seconds,
                },
                metrics: Arc::default(),
                forwarder: Forwarder::new(options.forward, own),
                forwards: Arc::new(Semaphore::new(FORWARDS_MAX)),
                connections: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
                tasks: TaskTracker::new(),
            }),
        })
    }

    /// Where it listens, with the ports that it got.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().map(|(address, ..)| *address).collect()
    }

    /// Its counters.
    pub fn metrics(&self) -> Arc<Metrics> {
        self.shared.metrics.clone()
    }

    /// Answers until cancelled; then ends its tasks and closes its sockets. Queries under way
    /// are given up.
    pub async fn run(self, cancel: CancellationToken) {
        let shared = self.shared;
        for (_, udp, tcp) in self.sockets {
            let work = serve_udp(shared.clone(), Arc::new(udp), cancel.clone());
            shared.tasks.spawn(work);
            shared
                .tasks
                .spawn(serve_tcp(shared.clone(), tcp, cancel.clone()));
        }
        cancel.cancelled().await;
        shared.tasks.close();
        shared.tasks.wait().await;
    }
}

/// UDP and TCP on the same port, also when the port is to be a free one.
fn bind_both(address: SocketAddr) -> io::Result<(SocketAddr, UdpSocket, TcpListener)> {
    const TRIES: usize = 16;
    let mut tries = 0;
    loop {
        tries += 1;
        let udp = bind(address, Type::DGRAM)?;
        let udp = UdpSocket::from_std(udp.into())?;
        let bound = udp.local_addr()?;
        match bind(bound, Type::STREAM) {
            Ok(tcp) => return Ok((bound, udp, TcpListener::from_std(tcp.into())?)),
            Err(error) if address.port() != 0 || tries == TRIES => return Err(error),
            Err(_) => {}
        }
    }
}

fn bind(address: SocketAddr, ty: Type) -> io::Result<Socket> {
    let protocol = if ty == Type::STREAM {
        SocketProtocol::TCP
    } else {
        SocketProtocol::UDP
    };
    let socket = Socket::new(Domain::for_address(address), ty, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if ty == Type::STREAM {
        socket.set_reuse_address(true)?;
    } else {
        // More is better, less still works.
        let _ = socket.set_recv_buffer_size(UDP_BUFFER_BYTES);
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    if ty == Type::STREAM {
        socket.listen(LISTEN_BACKLOG)?;
    }
    Ok(socket)
}

async fn serve_udp(shared: Arc<Shared>, socket: Arc<UdpSocket>, cancel: CancellationToken) {
    let mut buf = vec![0; QUERY_MAX];
    loop {
        let received = tokio::select! {
            () = cancel.cancelled() => return,
            received = socket.recv_from(&mut buf) => received,
        };
        let (bytes, peer) = match received {
            Ok((len, peer)) => (&buf[..len], peer),
            // Errors of earlier packets are told here; none of them ends the socket.
            Err(error) => {
                tracing::debug!(%error, "receiving DNS queries");
                tokio::task::yield_now().await;
                continue;
            }
        };
        shared.metrics.udp.add();
        if shared.forwarder.is_own_query(peer) && is_local(peer, &socket) {
            shared.metrics.loops.add();
            tracing::warn!(
                "a forwarded query came back: the machine's name server asks this one; \
                 check the name servers in resolv.conf"
            );
            continue;
        }
        match shared.answerer().step(bytes, Way::Udp) {
            Step::Ignore => {}
            Step::Reply(reply) => {
                let _ = socket.send_to(&reply, peer).await;
            }
            Step::Forward(forward) => {
                let Ok(permit) = shared.forwards.clone().try_acquire_owned() else {
                    if let Step::Reply(reply) = shared.answerer().overloaded(&forward) {
                        let _ = socket.send_to(&reply, peer).await;
                    }
                    continue;
                };
                let (socket, own, cancel) = (socket.clone(), shared.clone(), cancel.clone());
                shared.tasks.spawn(async move {
                    let answerer = own.answerer();
                    let reply = tokio::select! {
                        () = cancel.cancelled() => return,
                        reply = answerer.forward(forward, Way::Udp) => reply,
                    };
                    if let Some(reply) = reply {
                        let _ = socket.send_to(&reply, peer).await;
                    }
                    drop(permit);
                });
            }
        }
    }
}

/// Whether a packet came from the machine itself, as far as its address tells.
fn is_local(peer: SocketAddr, socket: &UdpSocket) -> bool {
    peer.ip().is_loopback() || socket.local_addr().is_ok_and(|own| own.ip() == peer.ip())
}

async fn serve_tcp(shared: Arc<Shared>, listener: TcpListener, cancel: CancellationToken) {
    loop {
        // The semaphore is never closed.
        let Ok(permit) = shared.connections.clone().acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            () = cancel.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, most likely: let others finish.
                tracing::debug!(%error, "accepting DNS connections");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let (own, cancel) = (shared.clone(), cancel.clone());
        shared.tasks.spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                result = serve_connection(&own, stream) => {
                    if let Err(error) = result {
                        tracing::trace!(%error, "DNS connection ended");
                    }
                }
            }
            drop(permit);
        });
    }
}

async fn serve_connection(shared: &Shared, mut stream: TcpStream) -> io::Result<()> {
    let answerer = shared.answerer();
    loop {
        let read = async {
            let len = usize::from(stream.read_u16().await?);
            let mut query = vec![0; len];
            stream.read_exact(&mut query).await?;
            io::Result::Ok(query)
        };
        let query = timeout(IDLE, read).await??;
        shared.metrics.tcp.add();
        let reply = match answerer.step(&query, Way::Tcp) {
            Step::Ignore => return Ok(()),
            Step::Reply(reply) => Some(reply),
            Step::Forward(forward) => match shared.forwards.try_acquire() {
                Ok(_permit) => answerer.forward(forward, Way::Tcp).await,
                Err(_) => match answerer.overloaded(&forward) {
                    Step::Reply(reply) => Some(reply),
                    _ => None,
                },
            },
        };
        let Some(reply) = reply else { return Ok(()) };
        let len = u16::try_from(reply.len()).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut framed = len.to_be_bytes().to_vec();
        framed.extend_from_slice(&reply);
        timeout(IDLE, stream.write_all(&framed)).await??;
    }
}
