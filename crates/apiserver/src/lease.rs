//! Leases of objects that expire: one lease is shared by the objects written
//! within a short time, as etcd's client side does it upstream.

use skeg_store::{LeaseId, Store};
use std::time::Duration;
use tokio::sync::Mutex;

/// Objects that share one lease.
const SHARED_MAX: usize = 1000;

#[derive(Default)]
struct Current {
    lease: Option<(LeaseId, u64, Duration, usize)>,
}

/// The lease in use.
#[derive(Default)]
pub struct Leases {
    current: Mutex<Current>,
}

impl Leases {
    /// A lease that ends no sooner than in `ttl` seconds, and not much later.
    /// `now` is the time since some fixed point.
    pub async fn get(
        &self,
        store: &dyn Store,
        ttl: u64,
        now: Duration,
    ) -> skeg_store::Result<LeaseId> {
        let mut current = self.current.lock().await;
        // Of a lease's time a twentieth, but at most a minute, is for sharing.
        let window = (ttl / 20).clamp(1, 60);
        if let Some((id, of_ttl, granted, count)) = &mut current.lease
            && *of_ttl == ttl
            && *count < SHARED_MAX
            && now.saturating_sub(*granted) < Duration::from_secs(window)
        {
            *count += 1;
            return Ok(*id);
        }
        let lease = store.grant_lease(Duration::from_secs(ttl + window)).await?;
        current.lease = Some((lease.id, ttl, now, 1));
        Ok(lease.id)
    }
}
