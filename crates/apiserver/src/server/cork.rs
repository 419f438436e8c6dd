//! Answers that are sent together: what a connection writes while its task
//! runs once reaches the kernel with as few calls as can be.
//!
//! HTTP/2 flushes behind every frame of data. Over TLS each flush would be a
//! call of its own; instead, records stay with TLS until the task rests, or
//! until there are enough of them.

use parking_lot::Mutex;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are not held back any more.
const HELD_LEN_MAX: usize = 64 * 1024;
/// Bytes that TLS may have taken and not handed on: what is held, and a frame
/// that is larger than the rest of that.
pub const TLS_BUFFER_LEN: usize = 2 * HELD_LEN_MAX;

/// Reads in a row of what is forgotten.
const READS_MAX: usize = 16;

/// Whether writes below TLS are held back.
type Held = Arc<AtomicBool>;

/// The socket below TLS.
pub struct Gate<S> {
    socket: S,
    held: Held,
}

impl<S> Gate<S> {
    /// One that is open.
    pub fn new(socket: S) -> Self {
        Self {
            socket,
            held: Held::default(),
        }
    }

    /// The socket.
    pub fn into_inner(self) -> S {
        self.socket
    }

    /// What closes it.
    pub fn held(&self) -> Held {
        self.held.clone()
    }

    /// Who writes keeps what it has: it will be asked to flush.
    fn holds(&self, len: usize) -> bool {
        len < HELD_LEN_MAX && self.held.load(Ordering::Relaxed)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.holds(buf.len()) {
            return Poll::Pending;
        }
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.holds(bufs.iter().map(|buf| buf.len()).sum()) {
            return Poll::Pending;
        }
        Pin::new(&mut self.socket).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

struct Inner<S> {
    stream: S,
    /// The gate below, while it is of use.
    gate: Option<Held>,
    /// Something was written and not flushed.
    dirty: bool,
}

impl<S: AsyncWrite + Unpin> Inner<S> {
    fn open<R>(&mut self, work: impl FnOnce(Pin<&mut S>) -> R) -> R {
        if let Some(gate) = &self.gate {
            gate.store(false, Ordering::Relaxed);
        }
        let out = work(Pin::new(&mut self.stream));
        if let Some(gate) = &self.gate {
            gate.store(true, Ordering::Relaxed);
        }
        out
    }

    /// Writes; what TLS keeps may be too much for it to take more, and still of
    /// pieces so small that the gate holds each of them. Nobody would be woken
    /// then: it goes now.
    fn write<T>(
        &mut self,
        mut work: impl FnMut(Pin<&mut S>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.dirty = true;
        match work(Pin::new(&mut self.stream)) {
            Poll::Pending if self.gate.is_some() => self.open(work),
            outcome => outcome,
        }
    }

    fn flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = self.open(|stream| stream.poll_flush(cx));
        self.dirty = outcome.is_pending();
        outcome
    }
}

/// A stream whose flushes wait for its [`Cork`].
pub struct Corked<S>(Arc<Mutex<Inner<S>>>);

/// Flushes a [`Corked`] stream.
pub struct Cork<S>(Arc<Mutex<Inner<S>>>);

/// Corks a stream that has a closed gate below it; without one it stays as it
/// is.
pub fn cork<S>(stream: S, gate: Option<Held>) -> (Corked<S>, Cork<S>) {
    if let Some(gate) = &gate {
        gate.store(true, Ordering::Relaxed);
    }
    let inner = Arc::new(Mutex::new(Inner {
        stream,
        gate,
        dirty: false,
    }));
    (Corked(inner.clone()), Cork(inner))
}

impl<S: AsyncWrite + Unpin> Cork<S> {
    /// Sends what was written since the last time.
    pub fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.0.lock();
        if !inner.dirty {
            return Poll::Ready(Ok(()));
        }
        inner.flush(cx)
    }

    /// From here on whoever has the stream flushes it.
    pub fn remove(&self, cx: &mut Context<'_>) {
        let mut inner = self.0.lock();
        if let Some(gate) = inner.gate.take() {
            gate.store(false, Ordering::Relaxed);
        }
        if inner.dirty {
            // What does not go now goes with what is written next.
            let _ = inner.flush(cx);
        }
    }
}

impl<S: AsyncRead + Unpin> Cork<S> {
    /// Reads what still comes and forgets it, until nothing does.
    pub fn poll_forget(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.0.lock();
        poll_forget(&mut inner.stream, cx)
    }
}

/// Reads until the peer has ended, and forgets what it reads.
pub fn poll_forget<S: AsyncRead + Unpin>(stream: &mut S, cx: &mut Context<'_>) -> Poll<()> {
    let mut piece = [0; 4096];
    // Others get their turn behind each of these.
    for _ in 0..READS_MAX {
        let mut buf = ReadBuf::new(&mut piece);
        match std::task::ready!(Pin::new(&mut *stream).poll_read(cx, &mut buf)) {
            Ok(()) if !buf.filled().is_empty() => {}
            _ => return Poll::Ready(()),
        }
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

impl<S: AsyncRead + Unpin> AsyncRead for Corked<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0.lock().stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Corked<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.lock();
        inner.write(|stream| stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.lock();
        inner.write(|stream| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.0.lock().stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.0.lock();
        if inner.gate.is_some() {
            return Poll::Ready(Ok(()));
        }
        inner.flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.lock().open(|stream| stream.poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Records that TLS hands on at once, at most.
    const RECORDS_MAX: usize = 64;

    /// Keeps what the gate below does not take, up to a limit, as TLS does.
    struct Keeping<S> {
        below: S,
        kept: VecDeque<Vec<u8>>,
    }

    impl<S: AsyncWrite + Unpin> Keeping<S> {
        fn hand_on(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            while !self.kept.is_empty() {
                let records = self.kept.iter().take(RECORDS_MAX);
                let bufs: Vec<IoSlice<'_>> = records.map(|piece| IoSlice::new(piece)).collect();
                let taken = Pin::new(&mut self.below).poll_write_vectored(cx, &bufs);
                let mut taken = std::task::ready!(taken)?;
                while let Some(first) = self.kept.front_mut().filter(|_| taken > 0) {
                    let whole = taken.min(first.len());
                    first.drain(..whole);
                    taken -= whole;
                    if first.is_empty() {
                        self.kept.pop_front();
                    }
                }
            }
            Poll::Ready(Ok(()))
        }
    }

    impl<S: AsyncWrite + Unpin> AsyncWrite for Keeping<S> {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &[u8],
        ) -> Poll<io::Result<usize>> {
            let mut taken = 0;
            while taken < buf.len() {
                let kept: usize = self.kept.iter().map(Vec::len).sum();
                let piece = &buf[taken..];
                let piece = &piece[..piece.len().min(TLS_BUFFER_LEN - kept)];
                if !piece.is_empty() {
                    self.kept.push_back(piece.to_vec());
                    taken += piece.len();
                }
                if self.hand_on(cx)?.is_pending() {
                    break;
                }
            }
            match taken {
                0 => Poll::Pending,
                taken => Poll::Ready(Ok(taken)),
            }
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            std::task::ready!(self.hand_on(cx))?;
            Pin::new(&mut self.below).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            std::task::ready!(self.hand_on(cx))?;
            Pin::new(&mut self.below).poll_shutdown(cx)
        }
    }

    fn corked(
        socket: tokio::io::DuplexStream,
    ) -> (
        Corked<Keeping<Gate<tokio::io::DuplexStream>>>,
        Cork<Keeping<Gate<tokio::io::DuplexStream>>>,
    ) {
        let gate = Gate::new(socket);
        let held = gate.held();
        let stream = Keeping {
            below: gate,
            kept: VecDeque::new(),
        };
        cork(stream, Some(held))
    }

    #[tokio::test]
    async fn flushes_wait_for_the_cork() {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        let (mut stream, cork) = corked(near);
        stream.write_all(b"one").await.expect("taken");
        stream.flush().await.expect("not yet");
        stream.write_all(b"two").await.expect("taken");
        let mut buf = [0; 8];
        let nothing = futures::poll!(Box::pin(far.read(&mut buf)));
        assert!(nothing.is_pending(), "it was sent at once");
        std::future::poll_fn(|cx| cork.poll_flush(cx))
            .await
            .expect("sent");
        let len = far.read(&mut buf).await.expect("there");
        assert_eq!(&buf[..len], b"onetwo");
    }

    #[tokio::test]
    async fn much_does_not_wait() {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        let (mut stream, _cork) = corked(near);
        stream
            .write_all(&vec![b'x'; HELD_LEN_MAX])
            .await
            .expect("taken");
        let mut buf = vec![0; HELD_LEN_MAX];
        far.read_exact(&mut buf).await.expect("there");
    }

    /// Many pieces, each of them small: nobody but who writes them can say that they are to go.
    #[tokio::test]
    async fn many_small_pieces_do_not_wait() {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        let (mut stream, cork) = corked(near);
        let mut writing = Box::pin(tokio::task::unconstrained(async {
            for _ in 0..3 * TLS_BUFFER_LEN / 32 {
                stream.write_all(&[b'x'; 32]).await.expect("taken");
            }
        }));
        assert!(futures::poll!(&mut writing).is_ready(), "it waits");
        std::future::poll_fn(|cx| cork.poll_flush(cx))
            .await
            .expect("sent");
        let mut buf = vec![0; 3 * TLS_BUFFER_LEN];
        far.read_exact(&mut buf).await.expect("all of it");
    }

    #[tokio::test]
    async fn without_a_cork_flushes_are_flushes() {
        let (near, mut far) = tokio::io::duplex(64);
        let (mut stream, cork) = corked(near);
        stream.write_all(b"one").await.expect("taken");
        std::future::poll_fn(|cx| {
            cork.remove(cx);
            Poll::Ready(())
        })
        .await;
        let mut buf = [0; 8];
        let len = far.read(&mut buf).await.expect("there");
        assert_eq!(&buf[..len], b"one");
        stream.write_all(b"two").await.expect("taken");
        let len = far.read(&mut buf).await.expect("there");
        assert_eq!(&buf[..len], b"two");
    }
}
