//! The requests of a connection run in the connection's own task: an answer
//! that is made needs no other task, and no other thread, to be sent.

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::task::AtomicWaker;
use futures::{FutureExt, Stream, StreamExt};
use parking_lot::Mutex;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Requests of one connection that share its task; others get one of their own,
/// so that a client with many can have more than one core.
const SHARING_MAX: usize = 16;
/// Rounds until others get their turn.
const ROUNDS_MAX: usize = 32;

#[derive(Default)]
struct Begun {
    streams: Mutex<Vec<BoxFuture<'static, ()>>>,
    running: AtomicUsize,
}

/// Where a connection puts the requests that it reads.
#[derive(Clone, Default)]
pub struct Executor(Arc<Begun>);

impl<F> hyper::rt::Executor<F> for Executor
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        if self.0.running.load(Ordering::Relaxed) >= SHARING_MAX {
            tokio::spawn(stream);
            return;
        }
        self.0.running.fetch_add(1, Ordering::Relaxed);
        // One that panics ends alone, as it would in a task of its own.
        let stream = AssertUnwindSafe(stream).catch_unwind().map(drop);
        self.0.streams.lock().push(Box::pin(stream));
    }
}

/// What woke a task that is running is seen before it rests, without asking
/// the runtime to run it once more.
struct Relay {
    state: AtomicU8,
    task: AtomicWaker,
}

const RESTING: u8 = 0;
const RUNNING: u8 = 1;
const AGAIN: u8 = 2;

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let seen = self
            .state
            .compare_exchange(RUNNING, AGAIN, Ordering::AcqRel, Ordering::Acquire);
        if seen == Err(RESTING) {
            self.task.wake();
        }
    }
}

/// Runs a connection and its requests in one task.
pub struct Together {
    begun: Executor,
    streams: FuturesUnordered<BoxFuture<'static, ()>>,
    relay: Arc<Relay>,
    waker: Waker,
}

impl Together {
    /// For the connection that has this executor.
    pub fn new(begun: Executor) -> Self {
        let relay = Arc::new(Relay {
            state: AtomicU8::new(RESTING),
            task: AtomicWaker::new(),
        });
        Self {
            begun,
            streams: FuturesUnordered::new(),
            waker: Waker::from(relay.clone()),
            relay,
        }
    }

    /// Polls the connection and its requests until none of them has anything
    /// more to do.
    pub fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut connection: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.relay.task.register(cx.waker());
        let waker = self.waker.clone();
        let mut inner = Context::from_waker(&waker);
        for _ in 0..ROUNDS_MAX {
            self.relay.state.store(RUNNING, Ordering::Release);
            let outcome = connection(&mut inner);
            if outcome.is_ready() {
                self.relay.state.store(RESTING, Ordering::Release);
                return outcome;
            }
            self.poll_streams(&mut inner);
            let rests = self.relay.state.compare_exchange(
                RUNNING,
                RESTING,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
            if rests.is_ok() {
                return Poll::Pending;
            }
        }
        self.relay.state.store(RESTING, Ordering::Release);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_streams(&mut self, cx: &mut Context<'_>) {
        self.streams.extend(self.begun.0.streams.lock().drain(..));
        while !self.streams.is_empty() {
            match Pin::new(&mut self.streams).poll_next(cx) {
                Poll::Ready(Some(())) => {
                    self.begun.0.running.fetch_sub(1, Ordering::Relaxed);
                }
                _ => return,
            }
        }
    }
}

impl Drop for Together {
    /// Requests end by themselves: they see that the connection is gone.
    fn drop(&mut self) {
        let mut rest = std::mem::take(&mut self.streams);
        rest.extend(self.begun.0.streams.lock().drain(..));
        if !rest.is_empty()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move { while rest.next().await.is_some() {} });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::rt::Executor as _;
    use std::sync::atomic::AtomicBool;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn a_stream_and_its_connection_wake_each_other() {
        let executor = Executor::default();
        let mut together = Together::new(executor.clone());
        let (sender, receiver) = oneshot::channel::<u8>();
        let (back, mut answered) = oneshot::channel::<u8>();
        executor.execute(async move {
            let got = receiver.await.expect("sent");
            back.send(got + 1).expect("wanted");
        });
        let mut sender = Some(sender);
        let answer = std::future::poll_fn(|cx| {
            together.poll(cx, |cx| {
                if let Some(sender) = sender.take() {
                    sender.send(1).expect("wanted");
                }
                Pin::new(&mut answered).poll(cx)
            })
        });
        assert_eq!(answer.await, Ok(2));
    }

    #[tokio::test]
    async fn who_is_woken_from_elsewhere_runs() {
        let executor = Executor::default();
        let mut together = Together::new(executor.clone());
        let (sender, receiver) = oneshot::channel::<()>();
        let done = Arc::new(AtomicBool::new(false));
        let told = done.clone();
        executor.execute(async move {
            receiver.await.expect("sent");
            told.store(true, Ordering::Release);
        });
        let elsewhere = std::thread::spawn(move || sender.send(()));
        std::future::poll_fn(|cx| {
            together.poll(cx, |cx| {
                if done.load(Ordering::Acquire) {
                    return Poll::Ready(());
                }
                // The stream has not woken the connection: it has nothing to
                // say to it. Here it is asked again.
                cx.waker().wake_by_ref();
                Poll::Pending
            })
        })
        .await;
        elsewhere.join().expect("ended").expect("received");
    }

    #[tokio::test]
    async fn one_that_panics_ends_alone() {
        let executor = Executor::default();
        let mut together = Together::new(executor.clone());
        let (sender, mut receiver) = oneshot::channel::<()>();
        executor.execute(async { panic!("on purpose") });
        executor.execute(async move { sender.send(()).expect("wanted") });
        let outcome =
            std::future::poll_fn(|cx| together.poll(cx, |cx| Pin::new(&mut receiver).poll(cx)));
        assert_eq!(outcome.await, Ok(()));
        assert_eq!(executor.0.running.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn more_than_share_the_task_get_their_own() {
        let executor = Executor::default();
        let mut together = Together::new(executor.clone());
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        for _ in 0..SHARING_MAX {
            executor.execute(std::future::pending());
        }
        executor.execute(async move { sender.send(()).await.expect("wanted") });
        // Nothing polls the connection.
        assert_eq!(receiver.recv().await, Some(()));
        let rests = std::future::poll_fn(|cx| {
            Poll::Ready(together.poll(cx, |_| Poll::<()>::Pending).is_pending())
        });
        assert!(rests.await);
        together.streams.clear();
    }
}
