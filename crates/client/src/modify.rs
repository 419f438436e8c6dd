//! Reading an object, changing it and writing it, though others write it too.

use std::sync::Arc;
use std::time::Duration;

use skeg_meta::{HasStatus, Object, SharedObject};
use skeg_schema::Value;

use crate::api::Api;
use crate::client::Client;
use crate::dynamic::DynamicApi;
use crate::error::Error;
use crate::options::UpdateOptions;

/// How often an object is read and written at most.
const ATTEMPTS_MAX: u32 = 5;
/// The mean pause before the second time; it grows with each.
const PAUSE: Duration = Duration::from_millis(10);

/// What has been tried so far.
struct Attempts(u32);

impl Attempts {
    /// Waits for the next attempt after this outcome; or gives it back where
    /// there is to be none.
    async fn after<T>(
        &mut self,
        client: &Client,
        outcome: Result<T, Error>,
    ) -> Option<Result<T, Error>> {
        let conflict = outcome.as_ref().err().is_some_and(Error::is_conflict);
        if !conflict || self.0 >= ATTEMPTS_MAX {
            return Some(outcome);
        }
        // Two who have met are not to meet again.
        let jitter = 0.5 + fastrand::f64();
        let pause = PAUSE.mul_f64(f64::from(self.0) * jitter);
        client.sleep(pause).await;
        self.0 += 1;
        None
    }
}

impl<K: Object> Api<K> {
    /// Reads an object, changes it and writes it. Where somebody else has
    /// written it meanwhile, the change is made again to what they have left,
    /// five times at most. Nothing is written when nothing differs.
    ///
    /// Dropping the future may leave the change written.
    ///
    /// ```no_run
    /// use skeg_api::apps::v1::Deployment;
    /// use skeg_client::{Api, Error};
    ///
    /// # async fn f(api: Api<Deployment>) -> Result<(), Error> {
    /// let web = api.modify("web", |web| web.spec.paused = true).await?;
    /// assert!(web.spec.paused);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `is_not_found()` when there is none, `is_conflict()` when others were
    /// first every time; else as for every request.
    pub async fn modify(
        &self,
        name: &str,
        mut change: impl FnMut(&mut K) + Send,
    ) -> Result<Arc<K>, Error> {
        self.modify_any(name, None, &mut change).await
    }

    /// The same with the part of an object that a subresource of the same kind covers.
    pub(crate) async fn modify_part(
        &self,
        name: &str,
        subresource: &str,
        mut change: impl FnMut(&mut K) + Send,
    ) -> Result<Arc<K>, Error> {
        self.modify_any(name, Some(subresource), &mut change).await
    }

    async fn modify_any(
        &self,
        name: &str,
        subresource: Option<&str>,
        change: &mut (impl FnMut(&mut K) + Send),
    ) -> Result<Arc<K>, Error> {
        let mut attempts = Attempts(1);
        loop {
            let there = self.get(name).await?;
            let mut wanted = K::clone(&there);
            change(&mut wanted);
            if wanted.to_tree() == there.to_tree() {
                return Ok(there);
            }
            let outcome = match subresource {
                None => self.update(wanted).await,
                Some(subresource) => self.update_part(subresource, wanted).await,
            };
            if let Some(done) = attempts.after(self.client(), outcome).await {
                return done;
            }
        }
    }
}

impl<K: HasStatus> Api<K> {
    /// Reads an object, changes its status and writes that: as [`Api::modify`].
    ///
    /// # Errors
    /// As [`Api::modify`].
    pub async fn modify_status(
        &self,
        name: &str,
        change: impl FnMut(&mut K) + Send,
    ) -> Result<Arc<K>, Error> {
        self.modify_part(name, "status", change).await
    }
}

impl DynamicApi {
    /// Reads an object, changes its tree and writes it: as [`Api::modify`].
    ///
    /// # Errors
    /// As [`Api::modify`].
    pub async fn modify(
        &self,
        name: &str,
        mut change: impl FnMut(&mut Value) + Send,
    ) -> Result<SharedObject, Error> {
        let mut attempts = Attempts(1);
        loop {
            let there = self.get(name).await?;
            let mut wanted = Value::clone(&there.value());
            change(&mut wanted);
            if wanted == *there.value() {
                return Ok(there);
            }
            let outcome = self.update(wanted, &UpdateOptions::default()).await;
            if let Some(done) = attempts.after(self.client(), outcome).await {
                return done;
            }
        }
    }
}
