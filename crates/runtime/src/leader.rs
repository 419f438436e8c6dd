//! Leader election over a Lease, as client-go does it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::coordination::v1::{Lease, LeaseSpec};
use skeg_client::{Api, Client, Error};
use skeg_meta::{MicroTime, ObjectMeta};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// Who wants to lead what.
#[derive(Clone, Debug)]
pub struct LeaderOptions {
    /// The Lease's namespace.
    pub namespace: String,
    /// The Lease's name.
    pub name: String,
    /// Who we are; different for every process.
    pub identity: String,
    /// How long a leader that does not renew is still believed to live.
    pub lease: Duration,
    /// How long a leader tries to renew before it gives up.
    pub renew: Duration,
    /// The pause between tries.
    pub retry: Duration,
}

impl LeaderOptions {
    /// With the usual times: 15 s, 10 s, 2 s.
    #[must_use]
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        identity: impl Into<String>,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
            identity: identity.into(),
            lease: Duration::from_secs(15),
            renew: Duration::from_secs(10),
            retry: Duration::from_secs(2),
        }
    }
}

/// Leads, when nobody else does.
///
/// The Lease records are those of client-go, so that both can compete for one.
/// A foreign leader is believed to live as long as its record keeps changing
/// by our clock; clocks of machines need not agree.
pub struct LeaderElector {
    api: Api<Lease>,
    options: LeaderOptions,
    clock: Arc<dyn Clock>,
    /// The record last seen, and when it was first seen so.
    observed: Option<(LeaseSpec, Duration)>,
}

impl LeaderElector {
    /// An elector.
    #[must_use]
    pub fn new(client: Client, options: LeaderOptions, clock: Arc<dyn Clock>) -> Self {
        let api = Api::namespaced(client, options.namespace.as_str());
        Self {
            api,
            options,
            clock,
            observed: None,
        }
    }

    /// Waits until this process leads, and runs `lead` as long as it does. The
    /// token given to `lead` is cancelled when leadership is lost or `cancel`
    /// is; then `lead` has to end. The Lease is released at the end, so that
    /// another need not wait for it to run out.
    ///
    /// True when `cancel` ended it, false when leadership was lost.
    pub async fn run<F, R>(mut self, cancel: CancellationToken, lead: F) -> bool
    where
        F: FnOnce(CancellationToken) -> R,
        R: Future<Output = ()>,
    {
        loop {
            if self.try_to_lead().await {
                break;
            }
            let pause = self.options.retry.mul_f64(1.0 + 0.2 * fastrand::f64());
            if cancel
                .run_until_cancelled(self.clock.sleep(pause))
                .await
                .is_none()
            {
                return true;
            }
        }
        tracing::info!(
            lease = self.options.name,
            identity = self.options.identity,
            "leading"
        );
        let leading = cancel.child_token();
        let work = lead(leading.clone());
        let renewals = async {
            let lost = leading
                .run_until_cancelled(self.renew_until_lost())
                .await
                .is_some();
            leading.cancel();
            lost
        };
        let work = async {
            work.await;
            leading.cancel();
        };
        let ((), lost) = futures::join!(work, renewals);
        if lost {
            tracing::warn!(lease = self.options.name, "leadership lost");
        } else {
            self.release().await;
        }
        !lost
    }

    async fn renew_until_lost(&mut self) {
        let mut renewed = self.clock.monotonic();
        loop {
            self.clock.sleep(self.options.retry).await;
            if self.try_to_lead().await {
                renewed = self.clock.monotonic();
            } else if self.clock.monotonic().saturating_sub(renewed) >= self.options.renew {
                return;
            }
        }
    }

    async fn try_to_lead(&mut self) -> bool {
        match self.acquire_or_renew().await {
            Ok(led) => led,
            Err(error) => {
                if !error.is_conflict() && !error.is_already_exists() {
                    tracing::warn!(
                        lease = self.options.name,
                        error = error.chain(),
                        "cannot hold the lease"
                    );
                }
                false
            }
        }
    }

    fn record(&self, now: Timestamp) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.options.identity.clone()),
            lease_duration_seconds: Some(
                i32::try_from(self.options.lease.as_secs()).unwrap_or(i32::MAX),
            ),
            acquire_time: Some(MicroTime(now)),
            renew_time: Some(MicroTime(now)),
            lease_transitions: Some(0),
            ..LeaseSpec::default()
        }
    }

    async fn acquire_or_renew(&mut self) -> Result<bool, Error> {
        let now = self.clock.now();
        let mut record = self.record(now);
        let Some(lease) = self.api.get_opt(&self.options.name).await? else {
            let metadata =
                ObjectMeta::named(self.options.namespace.as_str(), self.options.name.as_str());
            let lease = self
                .api
                .create(Lease {
                    metadata,
                    spec: record,
                })
                .await?;
            self.observed = Some((lease.spec.clone(), self.clock.monotonic()));
            return Ok(true);
        };
        if self
            .observed
            .as_ref()
            .is_none_or(|(seen, _)| *seen != lease.spec)
        {
            self.observed = Some((lease.spec.clone(), self.clock.monotonic()));
        }
        let holder = lease.spec.holder_identity.as_deref().unwrap_or_default();
        let ours = holder == self.options.identity;
        let transitions = lease.spec.lease_transitions.unwrap_or(0);
        if ours {
            record.acquire_time = lease.spec.acquire_time;
            record.lease_transitions = Some(transitions);
        } else {
            let since = self
                .observed
                .as_ref()
                .map_or(Duration::ZERO, |(_, since)| *since);
            let lives = self.clock.monotonic().saturating_sub(since) < self.options.lease;
            if !holder.is_empty() && lives {
                return Ok(false);
            }
            record.lease_transitions = Some(transitions.saturating_add(1));
        }
        let mut lease = (*lease).clone();
        lease.spec = record;
        let lease = self.api.update(lease).await?;
        self.observed = Some((lease.spec.clone(), self.clock.monotonic()));
        Ok(true)
    }

    /// Gives the lease up, so that another may take it at once.
    async fn release(&mut self) {
        let Ok(lease) = self.api.get(&self.options.name).await else {
            return;
        };
        if lease.spec.holder_identity.as_deref() != Some(&*self.options.identity) {
            return;
        }
        let mut lease = (*lease).clone();
        let now = MicroTime(self.clock.now());
        lease.spec.holder_identity = Some(String::new());
        lease.spec.lease_duration_seconds = Some(1);
        lease.spec.acquire_time = Some(now);
        lease.spec.renew_time = Some(now);
        if let Err(error) = self.api.update(lease).await {
            tracing::debug!(error = error.chain(), "the lease was not released");
        }
    }
}
