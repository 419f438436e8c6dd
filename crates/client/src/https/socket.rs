//! What TLS reads from and writes to.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};

use super::wakes::Wakes;

/// What is read at once, where TLS by itself asks for 4 KiB: records have up to
/// 16 KiB, and several wait when much is sent.
const READ_LEN: usize = 64 << 10;

/// A connection below TLS. Before it reads on, it wakes those for whom there was
/// something in what it read last.
pub(super) struct Socket<S> {
    io: BufReader<S>,
    wakes: Arc<Wakes>,
}

impl<S: AsyncRead> Socket<S> {
    pub(super) fn new(io: S) -> Self {
        Self {
            io: BufReader::with_capacity(READ_LEN, io),
            wakes: Arc::default(),
        }
    }

    pub(super) fn wakes(&self) -> &Arc<Wakes> {
        &self.wakes
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.io.buffer().is_empty() {
            this.wakes.release();
        }
        Pin::new(&mut this.io).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}
