//! Slow start: a few calls first, then twice as many each time.

use std::future::Future;

use futures::future::join_all;

/// How many pods a controller makes or removes in one go.
pub(crate) const BURST: usize = 500;

/// Calls a function `count` times, in batches that double in size, and stops
/// after the first batch in which a call failed: how many calls succeeded, and
/// the first error. So a quota that refuses everything is asked once, not a
/// thousand times.
pub(crate) async fn slow_start<F, R, E>(count: usize, call: F) -> (usize, Result<(), E>)
where
    F: Fn(usize) -> R,
    R: Future<Output = Result<(), E>>,
{
    let (mut done, mut succeeded, mut batch) = (0, 0, 1);
    while done < count {
        let size = batch.min(count - done);
        let outcomes = join_all((done..done + size).map(&call)).await;
        done += size;
        batch = (batch * 2).min(BURST);
        let mut failure = None;
        for outcome in outcomes {
            match outcome {
                Ok(()) => succeeded += 1,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if let Some(error) = failure {
            return (succeeded, Err(error));
        }
    }
    (succeeded, Ok(()))
}

#[cfg(test)]
mod tests {
    use super::slow_start;
    use std::cell::RefCell;

    #[tokio::test]
    async fn stops_after_the_batch_that_failed() {
        let calls = RefCell::new(0);
        let (succeeded, outcome) = slow_start(100, |i| {
            *calls.borrow_mut() += 1;
            async move { if i == 4 { Err("full") } else { Ok(()) } }
        })
        .await;
        // 1, 2, 4: the fifth call stands in the third batch.
        assert_eq!((succeeded, outcome, *calls.borrow()), (6, Err("full"), 7));
        assert_eq!(
            slow_start(9, |_| async { Ok::<(), ()>(()) }).await,
            (9, Ok(()))
        );
    }
}
