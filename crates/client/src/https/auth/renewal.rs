//! Fetching credentials, once for all who wait for them.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::Grant;
use crate::payload::BoxError;

type Outcome = Result<Grant, Arc<str>>;

/// Work that gives credentials. It goes on in a task of its own, to its end,
/// even when nobody waits for it any more: a refresh token may be good for one
/// use, and a person may have begun to log in.
#[derive(Default)]
pub(super) struct Renewal {
    running: Mutex<Option<watch::Receiver<Option<Outcome>>>>,
}

impl Renewal {
    /// Waits for the work that goes on, or for this, which begins then. All who
    /// wait get what comes of it, a failure as well. Dropping the future ends
    /// the wait, not the work.
    pub(super) async fn join<F>(
        self: &Arc<Self>,
        work: impl FnOnce() -> F,
    ) -> Result<Grant, BoxError>
    where
        F: Future<Output = Result<Grant, BoxError>> + Send + 'static,
    {
        let mut outcome = self.begun(work);
        let ended = outcome.wait_for(Option::is_some).await;
        match ended.ok().and_then(|ended| ended.clone()) {
            Some(ended) => ended.map_err(|error| BoxError::from(&*error)),
            // It panicked, or its runtime is gone.
            None => Err("fetching them was broken off".into()),
        }
    }

    fn begun<F>(self: &Arc<Self>, work: impl FnOnce() -> F) -> watch::Receiver<Option<Outcome>>
    where
        F: Future<Output = Result<Grant, BoxError>> + Send + 'static,
    {
        let mut running = self.running.lock();
        if let Some(running) = &*running
            && running.has_changed().is_ok()
        {
            return running.clone();
        }
        let (tell, outcome) = watch::channel(None);
        *running = Some(outcome.clone());
        let (this, work) = (Arc::clone(self), work());
        tokio::spawn(async move {
            let ended = work.await.map_err(|error| error.to_string().into());
            // Whoever comes from now on looks at what is held, or begins anew.
            *this.running.lock() = None;
            tell.send_replace(Some(ended));
        });
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn it_ends_though_nobody_waits_and_is_shared_by_all_who_do() {
        let renewal = Arc::new(Renewal::default());
        let (go, gone) = oneshot::channel::<()>();
        let mut first = Box::pin(renewal.join(|| async move {
            gone.await?;
            Err("no".into())
        }));
        assert!(futures::poll!(first.as_mut()).is_pending());
        drop(first);
        let others = || renewal.join(|| async { unreachable!("it goes on already") });
        let (mut one, mut two) = (Box::pin(others()), Box::pin(others()));
        assert!(futures::poll!(one.as_mut()).is_pending());
        assert!(futures::poll!(two.as_mut()).is_pending());
        go.send(()).expect("it goes on");
        for waiting in [one, two] {
            let error = waiting.await.err().expect("a failure");
            assert_eq!(error.to_string(), "no");
        }
        let again = renewal.join(|| async { Ok(Grant::default()) }).await;
        assert!(again.is_ok(), "a failure is not kept");
    }

    #[tokio::test]
    async fn a_panic_harms_those_who_wait_only() {
        let renewal = Arc::new(Renewal::default());
        let panics = renewal.join(|| async { panic!("on purpose") }).await;
        assert!(panics.is_err());
        let again = renewal.join(|| async { Ok(Grant::default()) }).await;
        assert!(again.is_ok());
    }
}
