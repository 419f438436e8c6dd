//! One connection: TCP, TLS upon it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::{Connected, Connection};
use rustls_pki_types::ServerName;
use skeg_client::tls::unannounced_end;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::trust;

/// How long TCP and TLS may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection, TLS done.
pub struct Stream(TlsStream<TcpStream>);

/// Why an address cannot be reached, in Go's words.
fn dial_words(host: &str, port: u16, error: &io::Error) -> String {
    let shown = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("dial tcp {shown}: connect: connection refused")
        }
        io::ErrorKind::HostUnreachable => format!("dial tcp {shown}: connect: no route to host"),
        io::ErrorKind::NetworkUnreachable => {
            format!("dial tcp {shown}: connect: network is unreachable")
        }
        io::ErrorKind::TimedOut => format!("dial tcp {shown}: i/o timeout"),
        _ if !is_address && error.raw_os_error().is_none() => {
            format!("dial tcp: lookup {host}: no such host")
        }
        _ => format!("dial tcp {shown}: {error}"),
    }
}

/// Connects to an address; `server_name` is what the certificate must be for.
pub(super) async fn connect(
    host: &str,
    port: u16,
    server_name: &str,
    tls: Arc<rustls::ClientConfig>,
) -> Result<Stream, String> {
    let name = ServerName::try_from(server_name.to_owned())
        .map_err(|_| format!("{server_name:?} is no name of a server"))?;
    let work = async {
        let tcp = TcpStream::connect((host, port))
            .await
            .map_err(|error| dial_words(host, port, &error))?;
        // Delayed small packets only cost time here; a failure costs nothing.
        let _ = tcp.set_nodelay(true);
        let stream = TlsConnector::from(tls)
            .connect(name, tcp)
            .await
            .map_err(|error| trust::words(&error, server_name))?;
        Ok(Stream(stream))
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, work).await {
        Ok(connected) => connected,
        Err(_) => Err(format!("dial tcp {host}:{port}: i/o timeout")),
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        if self.0.get_ref().1.alpn_protocol() == Some(b"h2") {
            Connected::new().negotiated_h2()
        } else {
            Connected::new()
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        unannounced_end(Pin::new(&mut self.get_mut().0).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(cx)
    }
}
