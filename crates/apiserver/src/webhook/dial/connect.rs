//! One connection: TCP, TLS upon it.

use std::io;
use std::net::SocketAddr;
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
fn dial_words(address: SocketAddr, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connect: connection refused".to_owned(),
        io::ErrorKind::HostUnreachable => "connect: no route to host".to_owned(),
        io::ErrorKind::NetworkUnreachable => "connect: network is unreachable".to_owned(),
        io::ErrorKind::TimedOut => "i/o timeout".to_owned(),
        _ => error.to_string(),
    };
    format!("dial tcp {address}: {why}")
}

/// TCP to the first address of the host that answers. Of several failures the
/// first is told, by the address it was at.
async fn dial(host: &str, port: u16) -> Result<TcpStream, String> {
    let unknown = || format!("dial tcp: lookup {host}: no such host");
    let addresses = tokio::net::lookup_host((host, port))
        .await
        .map_err(|_| unknown())?;
    let mut failure = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(tcp) => return Ok(tcp),
            Err(error) => {
                failure.get_or_insert_with(|| dial_words(address, &error));
            }
        }
    }
    Err(failure.unwrap_or_else(unknown))
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
        let tcp = dial(host, port).await?;
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

#[cfg(test)]
mod tests {
    use super::dial;

    #[tokio::test]
    async fn a_refusal_names_the_address_and_not_the_host() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let words = dial("localhost", port).await.expect_err("nobody listens");
        let wanted = [format!("127.0.0.1:{port}"), format!("[::1]:{port}")]
            .map(|address| format!("dial tcp {address}: connect: connection refused"));
        assert!(wanted.contains(&words), "{words}");
    }
}
