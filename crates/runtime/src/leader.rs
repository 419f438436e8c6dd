//! Leader election over a Lease, as client-go does it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use skeg_api::coordination::v1::{Lease, LeaseSpec};
use skeg_client::{Api, Client, Error, Priority, RetryPolicy};
use skeg_meta::{MicroTime, ObjectMeta};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::metrics::{Gauge, Metrics};

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
    /// Whether to give the Lease up at the end, so that another need not wait
    /// for it to run out. Only right when the work has ended by then, as it has
    /// when [`LeaderElector::run`] returns.
    pub release: bool,
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
            release: true,
        }
    }

    /// For this process, with the usual times and an identity that no other has.
    #[must_use]
    pub fn of_process(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(namespace, name, unique_identity())
    }

    /// With other times: how long a leader that does not renew is believed to
    /// live, how long it tries to, and the pause between tries. In a test whose
    /// time is virtual each renewal is a step of the clock, and a write: hours
    /// instead of seconds let a day pass at once.
    #[must_use]
    pub fn times(mut self, lease: Duration, renew: Duration, retry: Duration) -> Self {
        (self.lease, self.renew, self.retry) = (lease, renew, retry);
        self
    }

    /// Leaves the Lease as it is at the end.
    #[must_use]
    pub fn keep_lease(mut self) -> Self {
        self.release = false;
        self
    }

    /// The times have to leave a leader that cannot renew the time to stop
    /// before another begins.
    fn check(&self) -> Result<(), LeaderError> {
        let problem = if self.identity.is_empty() {
            "the identity is empty"
        } else if self.name.is_empty() {
            "the Lease has no name"
        } else if self.lease < Duration::from_secs(1) {
            "a Lease lasts a second at least"
        } else if self.lease <= self.renew {
            "the lease must be longer than the time to renew it in"
        } else if self.renew <= self.retry.mul_f64(JITTER) {
            "the time to renew in must be longer than the pause between tries"
        } else if self.retry.is_zero() {
            "there must be a pause between tries"
        } else {
            return Ok(());
        };
        Err(LeaderError(problem))
    }
}

/// Pauses are up to this much longer at random.
const JITTER: f64 = 1.2;

/// The options of a leader election make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("leader election: {0}")]
pub struct LeaderError(&'static str);

/// An identity that no other process has: the host's name, or the pod's, and
/// something random.
#[must_use]
pub fn unique_identity() -> String {
    let host = std::env::var("POD_NAME")
        .or_else(|_| std::env::var("HOSTNAME"))
        .ok()
        .filter(|host| !host.is_empty())
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok());
    let host = host.as_deref().map_or("process", str::trim);
    format!("{host}_{:016x}", fastrand::u64(..))
}

/// The shortest time that a request is given.
const REQUEST_MIN: Duration = Duration::from_secs(1);

/// What a try has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// We hold the Lease.
    Leads,
    /// Another holds it.
    Follows,
    /// Nobody can tell.
    Unknown,
}

/// Why a try came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{}", .0.chain())]
    Refused(#[from] Error),
    #[error("no answer within {0:?}")]
    Silence(Duration),
}

type OnLeader = Box<dyn Fn(&str) + Send + Sync>;

/// Seconds, a begun one counted as whole.
fn whole_seconds(time: Duration) -> i32 {
    i32::try_from(time.as_secs() + u64::from(time.subsec_nanos() > 0)).unwrap_or(i32::MAX)
}

/// Leads, when nobody else does.
///
/// The Lease records are those of client-go, so that both can compete for one.
/// A foreign leader is believed to live as long as its record keeps changing
/// by our clock; clocks of machines need not agree.
///
/// No request may take longer than half of the time to renew in, as with
/// client-go. A leader that finds another's record in the Lease has lost it, and
/// ends at once; client-go's would go on to the end of the time to renew in.
pub struct LeaderElector {
    api: Api<Lease>,
    options: LeaderOptions,
    clock: Arc<dyn Clock>,
    /// The record last seen, and when it was first seen so.
    observed: Option<(LeaseSpec, Duration)>,
    /// The Lease as we wrote it last: renewed without another look while it is
    /// ours and has not run out.
    written: Option<Arc<Lease>>,
    on_leader: Option<OnLeader>,
    /// Who was said to lead last.
    said: Option<String>,
    master: Option<Gauge>,
}

impl LeaderElector {
    /// An elector.
    #[must_use]
    pub fn new(client: Client, options: LeaderOptions, clock: Arc<dyn Clock>) -> Self {
        // What keeps the Lease waits for no other request, and has a rhythm of its own.
        let client = client
            .with_priority(Priority::System)
            .with_retry(RetryPolicy::none());
        let api = Api::namespaced(client, options.namespace.as_str());
        Self {
            api,
            options,
            clock,
            observed: None,
            written: None,
            on_leader: None,
            said: None,
            master: None,
        }
    }

    /// Calls a hook whenever another leads than before, be it this process. It
    /// is given the leader's identity and must be quick.
    #[must_use]
    pub fn on_leader(mut self, hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.on_leader = Some(Box::new(hook));
        self
    }

    /// Shows in metrics whether this process leads.
    #[must_use]
    pub fn measured(mut self, metrics: &Metrics) -> Self {
        self.master = Some(metrics.gauge(
            "leader_election_master_status",
            "Whether this process holds the Lease: 1, or 0.",
            &[("name", &self.options.name)],
        ));
        self
    }

    /// Whether the options make sense: the times have to leave a leader that
    /// cannot renew the time to stop before another begins.
    ///
    /// # Errors
    /// They do not.
    pub fn check(&self) -> Result<(), LeaderError> {
        self.options.check()
    }

    /// Waits until this process leads, and runs `lead` as long as it does. The
    /// token given to `lead` is cancelled when leadership is lost, `cancel` is
    /// or this future is dropped; then `lead` has to end. Until it has, the
    /// Lease is renewed; then it is released, so that another need not wait for
    /// it to run out.
    ///
    /// True when `cancel` ended it, false when leadership was lost.
    pub async fn run<F, R>(mut self, cancel: CancellationToken, lead: F) -> bool
    where
        F: FnOnce(CancellationToken) -> R,
        R: Future<Output = ()>,
    {
        loop {
            match cancel.run_until_cancelled(self.try_to_lead()).await {
                Some(Standing::Leads) => break,
                Some(Standing::Follows | Standing::Unknown) => {}
                None => {
                    // The try may have got as far as the server.
                    self.release().await;
                    return true;
                }
            }
            let pause = self.jittered(self.options.retry);
            if cancel
                .run_until_cancelled(self.clock.sleep(pause))
                .await
                .is_none()
            {
                return true;
            }
        }
        if let Some(master) = &self.master {
            master.set(1.0);
        }
        tracing::info!(
            lease = self.options.name,
            identity = self.options.identity,
            "leading"
        );
        let leading = cancel.child_token();
        let _dropped = leading.clone().drop_guard();
        let work = lead(leading.clone());
        // Until all of the work has ended, nobody else is to begin with it.
        let ended = CancellationToken::new();
        let renewals = async {
            let lost = ended
                .run_until_cancelled(self.renew_until_lost())
                .await
                .is_some();
            let asked = cancel.is_cancelled();
            leading.cancel();
            (lost, asked)
        };
        let work = async {
            work.await;
            ended.cancel();
        };
        let ((), (lost, asked)) = futures::join!(work, renewals);
        if let Some(master) = &self.master {
            master.set(0.0);
        }
        if lost {
            tracing::warn!(lease = self.options.name, "leadership lost");
        } else {
            self.release().await;
        }
        asked || !lost
    }

    fn jittered(&self, pause: Duration) -> Duration {
        pause.mul_f64(1.0 + (JITTER - 1.0) * fastrand::f64())
    }

    async fn renew_until_lost(&mut self) {
        let clock = Arc::clone(&self.clock);
        let mut renewed = clock.monotonic();
        loop {
            clock.sleep(self.options.retry).await;
            // An answer that does not come must not keep us in the belief that we lead.
            let left = (renewed + self.options.renew).saturating_sub(clock.monotonic());
            let begun = clock.monotonic();
            let standing = tokio::select! {
                biased;
                standing = self.try_to_lead() => standing,
                () = clock.sleep(left) => Standing::Unknown,
            };
            match standing {
                // The server may have taken it for renewed as early as that.
                Standing::Leads => renewed = begun,
                // Who has taken it works already.
                Standing::Follows => return,
                Standing::Unknown => {
                    if clock.monotonic().saturating_sub(renewed) >= self.options.renew {
                        return;
                    }
                }
            }
        }
    }

    async fn try_to_lead(&mut self) -> Standing {
        let outcome = self.acquire_or_renew().await;
        self.tell();
        match outcome {
            Ok(true) => Standing::Leads,
            Ok(false) => Standing::Follows,
            // Somebody was quicker; the next look shows who.
            Err(Failure::Refused(error)) if error.is_conflict() || error.is_already_exists() => {
                Standing::Unknown
            }
            Err(error) => {
                tracing::warn!(lease = self.options.name, %error, "cannot hold the lease");
                Standing::Unknown
            }
        }
    }

    /// A request, which must not keep us for longer than it may take. What it
    /// did, if it has reached the server, the next one shows.
    async fn bounded<T>(
        &self,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        let bound = (self.options.renew / 2).max(REQUEST_MIN);
        tokio::select! {
            biased;
            answer = request => answer.map_err(Failure::Refused),
            () = self.clock.sleep(bound) => Err(Failure::Silence(bound)),
        }
    }

    /// Says who leads, if that is somebody else than before.
    fn tell(&mut self) {
        let Some((record, _)) = &self.observed else {
            return;
        };
        let holder = record.holder_identity.as_deref().unwrap_or_default();
        if holder.is_empty() || self.said.as_deref() == Some(holder) {
            return;
        }
        tracing::info!(lease = self.options.name, holder, "a leader is known");
        if let Some(on_leader) = &self.on_leader {
            on_leader(holder);
        }
        self.said = Some(holder.to_owned());
    }

    fn record(&self, now: Timestamp) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.options.identity.clone()),
            lease_duration_seconds: Some(whole_seconds(self.options.lease)),
            acquire_time: Some(MicroTime(now)),
            renew_time: Some(MicroTime(now)),
            lease_transitions: Some(0),
            ..LeaseSpec::default()
        }
    }

    /// Takes note of the Lease as we have written it.
    fn wrote(&mut self, lease: Arc<Lease>) {
        self.observed = Some((lease.spec.clone(), self.clock.monotonic()));
        self.written = Some(lease);
    }

    /// Renews the Lease as we wrote it, if nobody has written it since.
    async fn renew_unseen(&mut self, lease: &Lease, now: Timestamp) -> Result<bool, Failure> {
        let mut lease = lease.clone();
        lease.spec.renew_time = Some(MicroTime(now));
        match self.bounded(self.api.update(lease)).await {
            Ok(lease) => {
                self.wrote(lease);
                Ok(true)
            }
            // A look shows what has become of it.
            Err(Failure::Refused(error)) => {
                tracing::debug!(lease = self.options.name, error = %error.chain(), "the lease is looked at");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether we hold the Lease now, rather than another.
    async fn acquire_or_renew(&mut self) -> Result<bool, Failure> {
        let now = self.clock.now();
        if let Some(lease) = self.written.take()
            && let Some((_, since)) = &self.observed
            && self.clock.monotonic().saturating_sub(*since) < self.options.lease
            && self.renew_unseen(&lease, now).await?
        {
            return Ok(true);
        }
        let mut record = self.record(now);
        let seen = self.bounded(self.api.get_opt(&self.options.name)).await?;
        let Some(lease) = seen else {
            let metadata =
                ObjectMeta::named(self.options.namespace.as_str(), self.options.name.as_str());
            let lease = Lease {
                metadata,
                spec: record,
            };
            let lease = self.bounded(self.api.create(lease)).await?;
            self.wrote(lease);
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
            // The holder goes by the time that it wrote.
            let lasts = lease.spec.lease_duration_seconds;
            let lasts = lasts.map_or(self.options.lease, |seconds| {
                Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
            });
            let lives = self.clock.monotonic().saturating_sub(since) < lasts;
            if !holder.is_empty() && lives {
                return Ok(false);
            }
            record.lease_transitions = Some(transitions.saturating_add(1));
        }
        let mut lease = (*lease).clone();
        lease.spec = LeaseSpec {
            // Of a coordinated election; not ours to change.
            preferred_holder: lease.spec.preferred_holder,
            strategy: lease.spec.strategy,
            ..record
        };
        let lease = self.bounded(self.api.update(lease)).await?;
        self.wrote(lease);
        Ok(true)
    }

    /// Gives the lease up, so that another may take it at once.
    async fn release(&mut self) {
        if !self.options.release {
            return;
        }
        // Whoever has been told to end is not kept by a server that is silent.
        let bound = self.clock.sleep(self.options.renew);
        tokio::select! {
            biased;
            () = self.give_up() => {}
            () = bound => tracing::debug!(lease = self.options.name, "the lease was not released in time"),
        }
    }

    async fn give_up(&self) {
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
