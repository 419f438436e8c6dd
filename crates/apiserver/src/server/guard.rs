//! Peers that hold a connection and do nothing with it.
//!
//! HTTP has its own clocks once it speaks: headers must come in time, silent
//! HTTP/2 peers are pinged. What they leave open is a peer that never says a
//! word, and one that asks for much and then reads nothing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Bytes by which either protocol has begun: HTTP/2's preface has 24, HTTP/1's
/// shortest request line with its `Host` is about as long.
const OPENING_LEN: usize = 24;

/// How long a peer may leave a connection waiting.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the connection until it has begun to ask.
    pub opening: Duration,
    /// With an answer before it, of which it takes not one byte.
    pub stall: Duration,
}

/// A stream that fails when its peer is out of patience.
pub struct Guarded<S> {
    stream: S,
    patience: Patience,
    /// Bytes still missing of the opening, and until when they may.
    opening: Option<(usize, Pin<Box<Sleep>>)>,
    /// Until when a write that waits may go on doing so.
    stall: Option<Pin<Box<Sleep>>>,
}

impl<S> Guarded<S> {
    /// Guards a stream that was opened just now.
    pub fn new(stream: S, patience: Patience) -> Self {
        let deadline = Box::pin(tokio::time::sleep(patience.opening));
        Self {
            stream,
            patience,
            opening: Some((OPENING_LEN, deadline)),
            stall: None,
        }
    }

    /// What a write came to, unless it has waited for too long.
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stall = None;
            return outcome;
        }
        let patience = self.patience.stall;
        let deadline = self
            .stall
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the peer takes nothing of what is sent to it",
            ))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let outcome = Pin::new(&mut this.stream).poll_read(cx, buf);
        if let Some((missing, deadline)) = &mut this.opening {
            let read = buf.filled().len() - before;
            if read >= *missing {
                this.opening = None;
            } else {
                *missing -= read;
                if outcome.is_pending() && deadline.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        "the peer has asked for nothing",
                    )));
                }
            }
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.written(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(cx);
        this.written(cx, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.written(cx, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const PATIENCE: Patience = Patience {
        opening: Duration::from_secs(30),
        stall: Duration::from_secs(60),
    };

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_is_left() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut near = Guarded::new(near, PATIENCE);
        far.write_all(b"PRI").await.expect("room");
        let mut buf = [0; 64];
        assert_eq!(near.read(&mut buf).await.expect("what was said"), 3);
        let started = tokio::time::Instant::now();
        let error = near.read(&mut buf).await.expect_err("nothing more comes");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_has_asked_may_be_silent() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut near = Guarded::new(near, PATIENCE);
        far.write_all(&[b' '; OPENING_LEN]).await.expect("room");
        let mut buf = [0; 64];
        assert_eq!(near.read(&mut buf).await.expect("said"), OPENING_LEN);
        let day = Duration::from_secs(24 * 3600);
        let silent = tokio::time::timeout(day, near.read(&mut buf)).await;
        assert!(silent.is_err(), "it is still waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_reads_nothing_is_left_and_a_slow_one_is_not() {
        let (near, mut far) = tokio::io::duplex(16);
        let mut near = Guarded::new(near, PATIENCE);
        near.write_all(&[0; 16]).await.expect("room");
        let slow = async {
            tokio::time::sleep(Duration::from_secs(59)).await;
            let mut buf = [0; 16];
            far.read_exact(&mut buf).await.expect("what was written");
        };
        let (written, ()) = tokio::join!(near.write_all(&[1; 16]), slow);
        written.expect("the slow peer has read");
        let error = near.write_all(&[2; 16]).await.expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
