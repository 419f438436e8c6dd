//! Opens connections: TCP, perhaps through a proxy, and TLS upon it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::CertificateError;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::proxy::{self, Proxy};
use super::race;
use super::socket::Socket;
use super::wakes::Wakes;
use crate::payload::BoxError;
use crate::tls::unannounced_end;
use crate::upgrade::Upgraded;

/// How long a connection is silent before TCP asks whether the peer lives.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How to reach the one server of a transport.
pub(super) struct Dialer {
    pub(super) host: String,
    pub(super) port: u16,
    /// The name in the server's certificate; none without TLS.
    pub(super) server_name: Option<ServerName<'static>>,
    pub(super) proxy: Option<Proxy>,
    pub(super) timeout: Duration,
}

impl Dialer {
    /// Opens a connection within the time that the configuration sets.
    pub(super) async fn dial(
        &self,
        tls: Option<&Arc<rustls::ClientConfig>>,
    ) -> Result<Stream, BoxError> {
        tokio::time::timeout(self.timeout, self.connect(tls))
            .await
            .unwrap_or_else(|_| {
                let seconds = self.timeout.as_secs_f32();
                Err(format!("no connection within {seconds} s").into())
            })
    }

    async fn connect(&self, tls: Option<&Arc<rustls::ClientConfig>>) -> Result<Stream, BoxError> {
        let stream = match &self.proxy {
            None => Stream::Plain(tcp(&self.host, self.port).await?),
            // A proxy of HTTP takes plain requests as they are.
            Some(proxy) if tls.is_none() && proxy.forwards_plain() => proxy.open().await?,
            Some(proxy) => {
                let mut stream = proxy.open().await?;
                proxy::tunnel(proxy, &mut stream, &self.host, self.port).await?;
                stream
            }
        };
        let (Some(tls), Some(name)) = (tls, &self.server_name) else {
            return Ok(stream);
        };
        stream.encrypt(tls, name.clone()).await
    }
}

/// A connection to an address or a name.
pub(super) async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let addresses = tokio::net::lookup_host((host, port)).await?;
    let tcp = race::first_of(addresses, TcpStream::connect).await?;
    tcp.set_nodelay(true)?;
    let keep_alive = socket2::TcpKeepalive::new()
        .with_time(KEEP_ALIVE)
        .with_interval(KEEP_ALIVE);
    socket2::SockRef::from(&tcp).set_tcp_keepalive(&keep_alive)?;
    Ok(tcp)
}

/// A failed handshake, and what to do about it.
fn advised(error: io::Error) -> BoxError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let advice = match inner {
        Some(rustls::Error::InvalidCertificate(wrong)) => match wrong {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "no trusted authority has signed it; name the right certificate-authority"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "it has to be renewed, or the clock here is wrong"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "perhaps the clock here is wrong"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "use a name that it has, or set tls-server-name"
            }
            _ => "",
        },
        Some(rustls::Error::InvalidMessage(_)) => {
            "perhaps it does not speak TLS; try http:// if that is meant"
        }
        _ => "",
    };
    if advice.is_empty() {
        error.into()
    } else {
        format!("{error} ({advice})").into()
    }
}

/// A connection.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<Socket<TcpStream>>>),
    /// TLS within TLS.
    Nested(Box<TlsStream<Socket<Upgraded>>>),
}

impl Stream {
    pub(super) async fn encrypt(
        self,
        tls: &Arc<rustls::ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, BoxError> {
        let connector = TlsConnector::from(Arc::clone(tls));
        Ok(match self {
            Stream::Plain(tcp) => {
                let socket = Socket::new(tcp);
                let tls = connector.connect(name, socket).await.map_err(advised)?;
                Stream::Tls(Box::new(tls))
            }
            nested => {
                let socket = Socket::new(Upgraded::new(nested));
                let tls = connector.connect(name, socket).await.map_err(advised)?;
                Stream::Nested(Box::new(tls))
            }
        })
    }

    /// Who is woken before the socket below is read.
    pub(super) fn wakes(&self) -> Arc<Wakes> {
        match self {
            Stream::Plain(_) => Arc::default(),
            Stream::Tls(tls) => Arc::clone(tls.get_ref().0.wakes()),
            Stream::Nested(tls) => Arc::clone(tls.get_ref().0.wakes()),
        }
    }

    /// Whether HTTP/2 was agreed on.
    pub(super) fn is_http2(&self) -> bool {
        let protocol = match self {
            Stream::Plain(_) => None,
            Stream::Tls(tls) => tls.get_ref().1.alpn_protocol(),
            Stream::Nested(tls) => tls.get_ref().1.alpn_protocol(),
        };
        protocol == Some(b"h2")
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Stream::Tls(tls) => unannounced_end(Pin::new(tls).poll_read(cx, buffer)),
            Stream::Nested(tls) => unannounced_end(Pin::new(tls).poll_read(cx, buffer)),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Stream::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
            Stream::Nested(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, slices),
            Stream::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, slices),
            Stream::Nested(tls) => Pin::new(tls).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Plain(tcp) => tcp.is_write_vectored(),
            Stream::Tls(tls) => tls.is_write_vectored(),
            Stream::Nested(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
            Stream::Nested(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            Stream::Nested(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
