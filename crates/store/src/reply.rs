//! The answer of a store operation: there already, or on its way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::Result;

/// What an operation of a [`Store`](crate::Store) returns.
///
/// It is a future, so `.await` always works. An engine that has the data in
/// memory answers at once: then awaiting neither allocates nor yields, and
/// code that is not async can take the value with [`Reply::now`].
#[must_use = "nothing may have happened yet: await it"]
pub struct Reply<'a, T>(Inner<'a, T>);

enum Inner<'a, T> {
    Ready(Option<Result<T>>),
    Pending(Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>),
}

impl<'a, T> Reply<'a, T> {
    /// An answer that is there.
    pub fn ready(result: Result<T>) -> Reply<'a, T> {
        Reply(Inner::Ready(Some(result)))
    }

    /// An answer that `future` will give.
    pub fn pending(future: impl Future<Output = Result<T>> + Send + 'a) -> Reply<'a, T> {
        Reply(Inner::Pending(Box::pin(future)))
    }

    /// The answer if it is there; otherwise the reply back, to be awaited.
    pub fn now(self) -> Result<Result<T>, Reply<'a, T>> {
        match self.0 {
            Inner::Ready(Some(result)) => Ok(result),
            other => Err(Reply(other)),
        }
    }
}

// The value inside `Ready` is never pinned.
impl<T> Unpin for Reply<'_, T> {}

impl<T> Future for Reply<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        match &mut self.0 {
            Inner::Ready(result) => Poll::Ready(
                result
                    .take()
                    .expect("a reply is not polled after it was ready"),
            ),
            Inner::Pending(future) => future.as_mut().poll(cx),
        }
    }
}

impl<T> fmt::Debug for Reply<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Ready(_) => "Reply(ready)",
            Inner::Pending(_) => "Reply(pending)",
        })
    }
}
