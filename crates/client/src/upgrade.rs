//! Connections that go on as something else than HTTP (`101 Switching Protocols`).

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderMap;
use http::header::CONNECTION;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, duplex};

trait Duplex: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Duplex for T {}

/// A connection that has switched protocols: bytes both ways.
///
/// It is the body of an answer `101 Switching Protocols`
/// ([`Payload::Upgraded`](crate::Payload::Upgraded)). Shutting it down ends our
/// half, dropping it ends both.
pub struct Upgraded(Pin<Box<dyn Duplex>>);

impl Upgraded {
    /// Any stream of bytes as such a connection.
    pub fn new(io: impl AsyncRead + AsyncWrite + Send + 'static) -> Self {
        Self(Box::pin(io))
    }

    /// Both ends of a connection within the process; each holds back a writer
    /// that is `len_max` bytes ahead.
    #[must_use]
    pub fn pair(len_max: usize) -> (Self, Self) {
        let (one, other) = duplex(len_max);
        (Self::new(one), Self::new(other))
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgraded")
    }
}

impl AsyncRead for Upgraded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_read(cx, buffer)
    }
}

impl AsyncWrite for Upgraded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_shutdown(cx)
    }
}

/// Extension of a request that stays in the process: the server's end of the
/// connection, should it switch protocols.
///
/// A transport within the server's process sets it and keeps the other end;
/// over a socket the connection itself is that end.
#[derive(Clone, Debug)]
pub struct UpgradeOffer(Arc<Mutex<Option<Upgraded>>>);

impl UpgradeOffer {
    /// Offers this end.
    #[must_use]
    pub fn new(end: Upgraded) -> Self {
        Self(Arc::new(Mutex::new(Some(end))))
    }

    /// Takes the end; only the first to ask gets it.
    #[must_use]
    pub fn take(&self) -> Option<Upgraded> {
        self.0.lock().take()
    }
}

/// Whether these headers of a request ask for another protocol.
#[must_use]
pub fn is_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case("upgrade"))
}
