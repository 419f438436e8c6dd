//! Port-forward: connections into a pod, over one connection to the server.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use skeg_api::core::v1::Pod;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::Sleep;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::api::Api;
use crate::error::Error;

use super::connect::{StreamProtocol, switch};
use super::spdy::{self, Connection, Ending};
use super::websocket::{TUNNEL, Tunnel, over};

/// What SPDY streams of port-forward are called.
const SPDY: &str = "portforward.k8s.io";
/// How many bytes of a refusal are read.
const REFUSAL_BYTES_MAX: u64 = 16 << 10;
/// How long a connection that ends without a byte may take to say why.
const REFUSAL_WAIT: Duration = Duration::from_secs(1);

impl Api<Pod> {
    /// Opens a way to the ports of a pod.
    ///
    /// # Errors
    /// `is_not_found()`, `is_forbidden()`; the pod does not run; the server
    /// speaks neither WebSocket nor SPDY.
    pub async fn port_forward(&self, name: &str) -> Result<PortForward, Error> {
        self.port_forward_by(name, StreamProtocol::Auto).await
    }

    /// The same, by this protocol only.
    ///
    /// # Errors
    /// As [`Api::port_forward`].
    pub async fn port_forward_by(
        &self,
        name: &str,
        protocol: StreamProtocol,
    ) -> Result<PortForward, Error> {
        let path = self.core.path(Some(name), Some("portforward"))?;
        let (switched, spoken) = switch(self.client(), &path, protocol, &[TUNNEL], SPDY).await?;
        let connection = match spoken {
            StreamProtocol::Spdy => spdy::connect(switched.io),
            _ => spdy::connect(Tunnel::new(over(switched.io, Role::Client).await)),
        };
        Ok(PortForward {
            connection: Arc::new(connection),
            next: Arc::new(AtomicU64::new(0)),
            pod: name.to_owned(),
            protocol: switched.protocol,
        })
    }
}

/// A way to the ports of a pod, for any number of connections. Cheap to clone;
/// it ends when all clones and all connections have been dropped.
#[derive(Clone)]
pub struct PortForward {
    connection: Arc<Connection>,
    next: Arc<AtomicU64>,
    pod: String,
    protocol: &'static str,
}

impl fmt::Debug for PortForward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortForward")
            .field("pod", &self.pod)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

impl PortForward {
    /// Connects to a port on which something in the pod listens.
    ///
    /// That nothing listens there shows when the stream is read.
    ///
    /// # Errors
    /// The connection to the server is over.
    pub async fn connect(&self, port: u16) -> io::Result<ForwardedStream> {
        let port = port.to_string();
        let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let headers = |kind| {
            [
                ("streamType", kind),
                ("port", port.as_str()),
                ("requestID", id.as_str()),
            ]
        };
        let error = self.connection.open(&headers("error")).await?;
        let data = self.connection.open(&headers("data")).await?;
        let (tell, refused) = oneshot::channel();
        tokio::spawn(async move {
            let (read, mut write) = tokio::io::split(error.io);
            // Nothing is ever said in this direction.
            drop(write.shutdown().await);
            let mut text = Vec::new();
            // The connection may end before a reason is given.
            drop(read.take(REFUSAL_BYTES_MAX).read_to_end(&mut text).await);
            // Nobody may ask.
            let _ = tell.send(String::from_utf8_lossy(&text).trim().to_owned());
        });
        Ok(ForwardedStream {
            ending: data.ending(),
            data: data.io,
            refused: Some(refused),
            wait: None,
            got_some: false,
            _alive: Arc::clone(&self.connection),
        })
    }

    /// The pod's name.
    #[must_use]
    pub fn pod(&self) -> &str {
        &self.pod
    }

    /// The protocol that is spoken.
    #[must_use]
    pub fn protocol(&self) -> &str {
        self.protocol
    }

    /// Whether the connection to the server is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.connection.is_closed()
    }

    /// Waits until the connection to the server is over.
    pub async fn closed(&self) {
        self.connection.closed().await;
    }
}

/// A connection to a port of a pod. Shutting it down ends our half. Reading it
/// gives an error when the way to the pod broke before the pod's half ended.
pub struct ForwardedStream {
    data: DuplexStream,
    ending: Ending,
    refused: Option<oneshot::Receiver<String>>,
    wait: Option<Pin<Box<Sleep>>>,
    got_some: bool,
    _alive: Arc<Connection>,
}

impl ForwardedStream {
    /// Why something of the pod's half is missing.
    pub(super) fn broken(&self) -> Option<io::Error> {
        self.ending.broken()
    }

    /// At the end of the stream: whether it ended because of trouble.
    fn end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let broken = self.broken();
        let Some(refused) = &mut self.refused else {
            return Poll::Ready(broken.map_or(Ok(()), Err));
        };
        let text = match Pin::new(refused).poll(cx) {
            Poll::Ready(text) => text.unwrap_or_default(),
            // One half may end long before the other; the reason comes at the end of both.
            Poll::Pending if self.got_some && broken.is_none() => return Poll::Ready(Ok(())),
            Poll::Pending => {
                let wait = self
                    .wait
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(REFUSAL_WAIT)));
                ready!(wait.as_mut().poll(cx));
                String::new()
            }
        };
        self.refused = None;
        Poll::Ready(if text.is_empty() {
            broken.map_or(Ok(()), Err)
        } else {
            Err(io::Error::new(io::ErrorKind::ConnectionRefused, text))
        })
    }
}

impl AsyncRead for ForwardedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut self.data).poll_read(cx, buffer))?;
        if buffer.filled().len() == before {
            return self.end(cx);
        }
        self.got_some = true;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ForwardedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.data).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.data).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.data).poll_shutdown(cx)
    }
}
