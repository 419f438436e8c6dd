//! Plain HTTP where TLS is expected: whoever has mistaken the scheme is told so,
//! as Go's server does it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::cork::poll_forget;

/// How long the head of a record of TLS is.
const HEAD_LEN: usize = 5;
/// What requests begin with.
const BEGINNINGS: [&[u8; HEAD_LEN]; 5] = [b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIO"];
/// What is said to them.
const ANSWER: &[u8] =
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// A stream whose peer should begin with TLS: reading fails, before TLS sees
/// and answers it, when HTTP comes instead.
pub struct Opening<S> {
    stream: S,
    head: [u8; HEAD_LEN],
    seen: usize,
    /// What it begins with is known.
    is_told: bool,
}

impl<S> Opening<S> {
    /// A stream of which nothing was read.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            head: [0; HEAD_LEN],
            seen: 0,
            is_told: false,
        }
    }

    fn is_http(&self) -> bool {
        self.seen == HEAD_LEN && BEGINNINGS.contains(&&self.head)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Opening<S> {
    /// Tells a peer that speaks HTTP, and only such a one, what is wrong, and
    /// reads until it has seen it. Takes as long as the peer wants.
    pub async fn explain(mut self) {
        if !self.is_http() {
            return;
        }
        let stream = &mut self.stream;
        if stream.write_all(ANSWER).await.is_ok() && stream.shutdown().await.is_ok() {
            std::future::poll_fn(|cx| poll_forget(stream, cx)).await;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Opening<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while !this.is_told {
            let before = buf.filled().len();
            if buf.remaining() <= HEAD_LEN {
                return Poll::Ready(Err(io::ErrorKind::InvalidInput.into()));
            }
            // What is too short to tell was kept: TLS would judge it.
            buf.put_slice(&this.head[..this.seen]);
            let outcome = Pin::new(&mut this.stream).poll_read(cx, buf);
            if !matches!(outcome, Poll::Ready(Ok(()))) {
                buf.set_filled(before);
                return outcome;
            }
            let read = &buf.filled()[before..];
            let ended = read.len() == this.seen;
            this.seen = read.len().min(HEAD_LEN);
            this.head[..this.seen].copy_from_slice(&read[..this.seen]);
            if this.seen < HEAD_LEN && !ended {
                buf.set_filled(before);
                continue;
            }
            this.is_told = true;
            if this.is_http() {
                let why = "client sent an HTTP request to an HTTPS server";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
            }
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opening<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
