//! What every store must do, as code: each check runs against an engine through
//! [`Subject`]. [`contract_tests!`](crate::contract_tests) makes one test of
//! each.
//!
//! The checks panic with what was violated, as tests do.

mod leases_and_restarts;
mod reads_and_writes;
mod watches;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;

use crate::{
    Event, EventKind, Expect, KeyRange, KeyValue, RangeOptions, Revision, Store, Watch, WatchBatch,
    WatchOptions,
};

pub use leases_and_restarts::*;
pub use reads_and_writes::*;
pub use watches::*;

/// How long a check waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// An engine under test.
pub trait Subject: Send + Sync {
    /// A new, empty store.
    fn fresh(&self) -> BoxFuture<'_, Arc<dyn Store>>;

    /// Lets time pass for the stores of this subject.
    fn advance(&self, by: Duration) -> BoxFuture<'_, ()>;

    /// Closes a store and opens it again; `None` if this engine keeps nothing.
    fn restart(&self, store: Arc<dyn Store>) -> BoxFuture<'_, Option<Arc<dyn Store>>>;
}

/// Makes one test of each check of the contract. The argument is an expression
/// for a [`Subject`](crate::contract::Subject).
#[macro_export]
macro_rules! contract_tests {
    ($subject:expr) => {
        $crate::contract_tests!($subject;
            revisions_count_up, compare_and_swap, versions_and_creation, transactions_are_atomic,
            ranges_are_deleted, reads_at_a_revision, ranges_are_ordered, pages, odd_values,
            watch_from_now, watch_from_the_past, watch_from_the_future, watches_never_split_a_revision,
            watches_see_everything_once, progress_notifications, compaction, quiet_watches_outlive_compaction,
            leases_end, leases_are_kept_alive, leases_are_left, counting_concurrently,
            writes_are_seen_when_answered, everything_survives_a_restart, history_survives_a_restart,
            leases_survive_a_restart, closing);
    };
    ($subject:expr; $($check:ident),+) => {
        $(
            #[test]
            fn $check() {
                $crate::contract::block_on($crate::contract::$check(&$subject));
            }
        )+
    };
}

/// Runs a check on a runtime of its own.
pub fn block_on(check: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the test")
        .block_on(check);
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it happens in time")
}

pub(crate) async fn revision(store: &dyn Store) -> Revision {
    store.current_revision().await.expect("has a revision")
}

pub(crate) async fn put(store: &dyn Store, key: &str, value: &str) -> Revision {
    let value = Bytes::copy_from_slice(value.as_bytes());
    within(store.put_if(key.into(), value, Expect::Any, None))
        .await
        .expect("writes")
}

pub(crate) async fn get(store: &dyn Store, key: &str, at: Revision) -> Option<Arc<KeyValue>> {
    store.get(key.as_bytes(), at).await.expect("reads")
}

pub(crate) async fn list(store: &dyn Store, prefix: &str, revision: Revision) -> Vec<String> {
    let options = RangeOptions { limit: 0, revision };
    text(
        &store
            .range(&KeyRange::prefix(prefix), options)
            .await
            .expect("reads")
            .kvs,
    )
}

pub(crate) async fn watch(store: &dyn Store, prefix: &str, from: Revision) -> Watch {
    store
        .watch(KeyRange::prefix(prefix), WatchOptions { from })
        .await
        .expect("watches")
}

pub(crate) async fn next(watch: &mut Watch) -> WatchBatch {
    within(watch.next())
        .await
        .expect("the watch goes on")
        .expect("a batch")
}

/// The next `count` events, which must not come with more.
pub(crate) async fn collect(watch: &mut Watch, count: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while events.len() < count {
        events.extend(next(watch).await.events);
    }
    assert_eq!(events.len(), count);
    events
}

pub(crate) fn text(kvs: &[Arc<KeyValue>]) -> Vec<String> {
    kvs.iter()
        .map(|kv| format!("{}={}", kv.key, String::from_utf8_lossy(&kv.value)))
        .collect()
}

pub(crate) fn shape(batch: &WatchBatch) -> Vec<String> {
    batch.events.iter().map(line).collect()
}

pub(crate) fn line(event: &Event) -> String {
    let Event { kind, kv, .. } = event;
    match kind {
        EventKind::Put => format!("{}={}", kv.key, String::from_utf8_lossy(&kv.value)),
        EventKind::Delete => format!("-{}", kv.key),
    }
}
