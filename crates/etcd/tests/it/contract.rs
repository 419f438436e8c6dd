//! The store's contract over the wire: the client against the embedded store
//! behind etcd's API, and against a real etcd.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use skeg_store::contract::Subject;
use skeg_store::testing::{ManualClock, MemoryDisk};
use skeg_store::{Embedded, Options, Store};
use tokio::sync::Mutex;

use crate::support::{Faced, RealEtcd, connect, tool};

/// The client against our server, both in this process.
struct OverTheWire {
    clock: ManualClock,
    options: Options,
    faced: Mutex<Option<Faced>>,
}

impl OverTheWire {
    fn new() -> OverTheWire {
        let clock = ManualClock::new();
        let options = Options {
            clock: Arc::new(clock.clone()),
            disk: Arc::new(MemoryDisk::new()),
            segment_bytes: 1 << 20,
            ..Options::default()
        };
        OverTheWire {
            clock,
            options,
            faced: Mutex::new(None),
        }
    }

    async fn start(&self) -> Arc<dyn Store> {
        let mut faced = self.faced.lock().await;
        if let Some(before) = faced.take() {
            before.stop().await;
        }
        let store = Embedded::open(PathBuf::from("/store"), self.options.clone()).unwrap();
        let presented = skeg_etcd::Options {
            txn_ops_max: 10_000,
            ..skeg_etcd::Options::default()
        };
        let started = Faced::start(store, presented).await;
        let store = connect(started.port).await;
        *faced = Some(started);
        store
    }
}

impl Subject for OverTheWire {
    fn fresh(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        self.start().boxed()
    }

    fn advance(&self, by: Duration) -> BoxFuture<'_, ()> {
        async move { self.clock.advance(by) }.boxed()
    }

    fn restart(&self, store: Arc<dyn Store>) -> BoxFuture<'_, Option<Arc<dyn Store>>> {
        async move {
            store.close().await.unwrap();
            Some(self.start().await)
        }
        .boxed()
    }
}

mod over_the_wire {
    use super::*;
    skeg_store::contract_tests!(OverTheWire::new());
}

/// The client against upstream's server. Its clock is the machine's, so the
/// checks that let an hour pass are left to the engines that have one of their
/// own; `leases_of_a_real_etcd_end` stands for them.
impl Subject for RealEtcd {
    fn fresh(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async { connect(self.start()).await }.boxed()
    }

    fn advance(&self, _by: Duration) -> BoxFuture<'_, ()> {
        async { panic!("the time of a process cannot be changed") }.boxed()
    }

    fn restart(&self, store: Arc<dyn Store>) -> BoxFuture<'_, Option<Arc<dyn Store>>> {
        async move {
            store.close().await.unwrap();
            Some(connect(self.start()).await)
        }
        .boxed()
    }
}

macro_rules! real_etcd_tests {
    ($($check:ident),+ $(,)?) => {
        $(
            #[test]
            fn $check() {
                let Some(program) = tool("etcd") else {
                    return;
                };
                let subject = RealEtcd::new(program);
                skeg_store::contract::block_on(skeg_store::contract::$check(&subject));
            }
        )+
    };
}

mod real_etcd {
    use super::*;

    real_etcd_tests!(
        revisions_count_up,
        compare_and_swap,
        versions_and_creation,
        transactions_are_atomic,
        ranges_are_deleted,
        reads_at_a_revision,
        ranges_are_ordered,
        pages,
        odd_values,
        watch_from_now,
        watch_from_the_past,
        watch_from_the_future,
        watches_never_split_a_revision,
        watches_see_everything_once,
        progress_notifications,
        compaction,
        quiet_watches_outlive_compaction,
        counting_concurrently,
        writes_are_seen_when_answered,
        everything_survives_a_restart,
        history_survives_a_restart,
        closing,
    );
}
