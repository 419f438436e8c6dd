//! Wakes the readers of a connection once for all that came at once.
//!
//! HTTP/2 wakes the reader of a stream with each frame. A reader on another
//! thread then runs at once, finds that one frame and sleeps again, for which
//! both threads call the system. So its waker is held back while the connection
//! is driven, until all that was read of the socket at once has been handed out.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures::task::AtomicWaker;
use hyper::rt::Executor;
use parking_lot::Mutex;

/// The wakers of a connection that are held back.
#[derive(Default)]
pub(super) struct Wakes(Mutex<Held>);

#[derive(Default)]
struct Held {
    /// How many tasks drive the connection at this moment.
    drives: usize,
    wakers: Vec<Waker>,
}

impl Wakes {
    /// Wakes now, or when the connection is done with what it has read.
    fn wake(&self, waker: Waker) {
        let mut held = self.0.lock();
        if held.drives > 0 {
            held.wakers.push(waker);
        } else {
            drop(held);
            waker.wake();
        }
    }

    /// Wakes all that were held back.
    pub(super) fn release(&self) {
        let wakers = std::mem::take(&mut self.0.lock().wakers);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn drive(&self) -> Drive<'_> {
        self.0.lock().drives += 1;
        Drive(self)
    }
}

/// The connection is driven for as long as this lives.
struct Drive<'a>(&'a Wakes);

impl Drop for Drive<'_> {
    fn drop(&mut self) {
        self.0.0.lock().drives -= 1;
        self.0.release();
    }
}

/// Runs what a connection consists of; wakes are held back while it does.
#[derive(Clone)]
pub(super) struct Driver(pub(super) Arc<Wakes>);

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Driver {
    fn execute(&self, driven: F) {
        let wakes = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut driven = pin!(driven);
            std::future::poll_fn(|cx| {
                let _drive = wakes.drive();
                driven.as_mut().poll(cx)
            })
            .await;
        });
    }
}

/// Who reads a stream of a connection.
pub(super) struct Reader {
    sleeper: Arc<Sleeper>,
    /// Its waker for the connection.
    waker: Waker,
}

struct Sleeper {
    wakes: Arc<Wakes>,
    reader: AtomicWaker,
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(waker) = self.reader.take() {
            self.wakes.wake(waker);
        }
    }
}

impl Reader {
    pub(super) fn new(wakes: Arc<Wakes>) -> Self {
        let sleeper = Arc::new(Sleeper {
            wakes,
            reader: AtomicWaker::new(),
        });
        Self {
            waker: Arc::clone(&sleeper).into(),
            sleeper,
        }
    }

    /// Polls what comes over the connection.
    pub(super) fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.sleeper.reader.register(cx.waker());
        poll(&mut Context::from_waker(&self.waker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::https::socket::Socket;
    use futures::FutureExt;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Woken {
        fn times(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    /// Polls and gets the waker that the connection would keep.
    fn sleep(reader: &Reader, woken: &Arc<Woken>) -> Waker {
        let waker = Waker::from(Arc::clone(woken));
        let mut kept = None;
        let polled: Poll<()> = reader.poll(&mut Context::from_waker(&waker), |cx| {
            kept = Some(cx.waker().clone());
            Poll::Pending
        });
        assert!(polled.is_pending());
        kept.expect("a waker")
    }

    #[test]
    fn wakes_wait_for_the_end_of_a_drive() {
        let wakes = Arc::new(Wakes::default());
        let reader = Reader::new(Arc::clone(&wakes));
        let woken = Arc::<Woken>::default();
        let drive = wakes.drive();
        let waker = sleep(&reader, &woken);
        waker.wake_by_ref();
        waker.wake();
        assert_eq!(woken.times(), 0);
        drop(drive);
        assert_eq!(woken.times(), 1);
        sleep(&reader, &woken).wake();
        assert_eq!(woken.times(), 2, "nobody drives");
    }

    #[test]
    fn each_drive_ends_the_wait() {
        let wakes = Arc::new(Wakes::default());
        let reader = Reader::new(Arc::clone(&wakes));
        let woken = Arc::<Woken>::default();
        let (one, _other) = (wakes.drive(), wakes.drive());
        sleep(&reader, &woken).wake();
        drop(one);
        assert_eq!(woken.times(), 1);
        sleep(&reader, &woken).wake();
        assert_eq!(woken.times(), 1);
    }

    #[tokio::test]
    async fn each_read_of_the_socket_ends_the_wait() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut socket = Socket::new(near);
        let wakes = Arc::clone(socket.wakes());
        let reader = Reader::new(Arc::clone(&wakes));
        let woken = Arc::<Woken>::default();
        let _drive = wakes.drive();
        far.write_all(b"two").await.expect("write");
        assert_eq!(socket.read_u8().await.expect("read"), b't');
        sleep(&reader, &woken).wake();
        assert_eq!(socket.read_u8().await.expect("read"), b'w');
        assert_eq!(woken.times(), 0, "there is more of what was read at once");
        assert_eq!(socket.read_u8().await.expect("read"), b'o');
        assert!(socket.read_u8().now_or_never().is_none());
        assert_eq!(woken.times(), 1);
    }

    #[test]
    fn a_drive_that_panics_wakes() {
        let wakes = Arc::new(Wakes::default());
        let reader = Reader::new(Arc::clone(&wakes));
        let woken = Arc::<Woken>::default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let waker = sleep(&reader, &woken);
            Driver(Arc::clone(&wakes)).execute(async move {
                waker.wake();
                std::panic::resume_unwind(Box::new("on purpose"));
            });
            tokio::task::yield_now().await;
        });
        assert_eq!(woken.times(), 1);
    }
}
