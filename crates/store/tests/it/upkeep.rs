//! What the engine does by itself: leases, compaction, snapshots; and that it
//! does nothing when there is nothing to do.

use std::sync::Arc;
use std::time::Duration;

use skeg_store::testing::{ManualClock, MemoryDisk};
use skeg_store::{
    Clock, Embedded, Error, Expect, KeyRange, Options, RangeOptions, Store, WatchOptions,
};

use crate::{DIR, all, files, open, put, revision, runtime, small, value};

fn with_clock(disk: &MemoryDisk, clock: &ManualClock) -> Options {
    Options {
        clock: Arc::new(clock.clone()),
        ..small(disk)
    }
}

#[test]
fn history_is_kept_for_its_time() {
    runtime().block_on(async {
        let (disk, clock) = (MemoryDisk::new(), ManualClock::new());
        let options = Options {
            history: Duration::from_secs(300),
            ..with_clock(&disk, &clock)
        };
        let store = Embedded::open(DIR, options).unwrap();
        let mut written = Vec::new();
        for i in 0..100 {
            written.push(put(&store, "/k", i.to_string()).await.unwrap());
            clock.advance(Duration::from_secs(10));
            let age = |n: usize| (written.len() - n) as u64 * 10;
            let read = |n: usize| store.get(b"/k", written[n]).now().unwrap();
            for n in 0..written.len() {
                if age(n) <= 300 {
                    assert_eq!(
                        read(n).unwrap().unwrap().value,
                        n.to_string(),
                        "{} s old",
                        age(n)
                    );
                } else if age(n) > 360 {
                    assert!(read(n).unwrap_err().is_compacted(), "{} s old", age(n));
                }
            }
        }
        let status = store.status().await.unwrap();
        assert!(status.history_bytes < 40 * 300, "{status:?}");
    });
}

#[test]
fn history_and_disk_are_bounded() {
    runtime().block_on(async {
        let disk = MemoryDisk::new();
        let options = Options {
            history_bytes_max: 20_000,
            ..small(&disk)
        };
        let store = Embedded::open(DIR, options.clone()).unwrap();
        for i in 0..3000u32 {
            put(&store, &format!("/k/{}", i % 10), vec![i as u8; 500])
                .await
                .unwrap();
            let status = store.status().await.unwrap();
            assert!(status.history_bytes < 25_000, "{status:?}");
            // Snapshots are made beside; far less stays than is written.
            let small_again = async {
                while disk.used() > 300 << 10 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), small_again)
                .await
                .unwrap();
        }
        assert!(disk.bytes_written() > 1500 << 10);
        let before = all(&store);
        drop(store);
        let store = Embedded::open(DIR, options).unwrap();
        assert_eq!(all(&store), before);
        assert!(files(&disk, "snapshot-").len() == 1);
        // Reported from the start; the lock's file is not counted.
        while store.status().await.unwrap().disk_bytes != disk.used() {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_reader_that_is_too_slow_is_told() {
    runtime().block_on(async {
        let options = Options {
            history_bytes_max: 20_000,
            ..Options::default()
        };
        let store = Embedded::in_memory_with(options);
        let mut slow = store
            .watch(KeyRange::all(), WatchOptions::default())
            .await
            .unwrap();
        let mut quiet = store
            .watch(KeyRange::one("/q"), WatchOptions::default())
            .await
            .unwrap();
        for i in 0..200u32 {
            put(&store, "/k", vec![i as u8; 500]).await.unwrap();
        }
        let Some(Err(Error::Compacted {
            requested,
            compacted,
        })) = slow.next().await
        else {
            panic!("not too old");
        };
        assert!(requested == 2 && compacted > 100);
        assert!(slow.next().await.is_none());
        put(&store, "/q", "1").await.unwrap();
        assert_eq!(quiet.next().await.unwrap().unwrap().events.len(), 1);
    });
}

#[test]
fn watches_come_and_go() {
    runtime().block_on(async {
        let store = Embedded::in_memory();
        let watch = || {
            store
                .watch(KeyRange::all(), WatchOptions::default())
                .now()
                .unwrap()
                .unwrap()
        };
        let (one, two) = (watch(), watch());
        assert_eq!(store.status().await.unwrap().watches, 2);
        drop(one);
        put(&store, "/k", "v").await.unwrap();
        drop(two);
        assert_eq!(store.status().await.unwrap().watches, 0);
    });
}

#[test]
fn an_idle_store_writes_nothing_and_a_busy_one_little() {
    runtime().block_on(async {
        let (disk, clock) = (MemoryDisk::new(), ManualClock::new());
        let store = Embedded::open(DIR, with_clock(&disk, &clock)).unwrap();
        let lease = store
            .grant_lease(Duration::from_secs(3600))
            .await
            .unwrap()
            .id;
        store
            .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease))
            .await
            .unwrap();
        let (bytes, syncs) = (disk.bytes_written(), disk.syncs());
        for _ in 0..60 {
            clock.advance(Duration::from_secs(50));
        }
        assert_eq!((disk.bytes_written(), disk.syncs()), (bytes, syncs));

        // A write costs its bytes, a header, and one sync.
        put(&store, "/k", vec![0; 100]).await.unwrap();
        assert!(
            disk.bytes_written() - bytes <= 8192,
            "{}",
            disk.bytes_written() - bytes
        );
        assert_eq!(disk.syncs() - syncs, 1);
    });
}

#[test]
fn writes_that_come_together_share_a_sync() {
    let disk = MemoryDisk::new();
    let store = Arc::new(open(&disk));
    let before = disk.syncs();
    runtime().block_on(async {
        let writes: Vec<_> = (0..500)
            .map(|i| store.put_if(format!("/k{i}").into(), "v".into(), Expect::Absent, None))
            .collect();
        for written in futures::future::join_all(writes).await {
            written.unwrap();
        }
    });
    assert!(
        disk.syncs() - before < 250,
        "{} syncs",
        disk.syncs() - before
    );
    assert_eq!(all(&store).len(), 500);
}

#[test]
fn a_change_of_the_date_ends_no_lease() {
    runtime().block_on(async {
        let (disk, clock) = (MemoryDisk::new(), ManualClock::new());
        let store = Embedded::open(DIR, with_clock(&disk, &clock)).unwrap();
        let ttl = Duration::from_secs(3600);
        let lease = store.grant_lease(ttl).await.unwrap().id;
        store
            .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease))
            .await
            .unwrap();

        let start = clock.unix_millis();
        clock.set_date(start + 365 * 86_400_000);
        put(&store, "/tick", "").await.unwrap();
        assert_eq!(store.lease(lease).await.unwrap().remaining, ttl);
        clock.set_date(start - 365 * 86_400_000);
        drop(store);
        // Over a restart only the date tells how long it was; a date that went
        // back gives no more than all.
        let store = Embedded::open(DIR, with_clock(&disk, &clock)).unwrap();
        assert_eq!(store.lease(lease).await.unwrap().remaining, ttl);
        clock.advance(Duration::from_secs(3601));
        let mut watch = store
            .watch(KeyRange::one("/e"), WatchOptions { from: 2 })
            .await
            .unwrap();
        while value(&store, "/e").is_some() {
            watch.next().await.unwrap().unwrap();
        }
    });
}

#[test]
fn leases_end_in_time_while_the_store_was_closed() {
    runtime().block_on(async {
        let (disk, clock) = (MemoryDisk::new(), ManualClock::new());
        let store = Embedded::open(DIR, with_clock(&disk, &clock)).unwrap();
        let lease = store.grant_lease(Duration::from_secs(60)).await.unwrap().id;
        store
            .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease))
            .await
            .unwrap();
        drop(store);
        clock.advance(Duration::from_secs(61));
        let store = Embedded::open(DIR, with_clock(&disk, &clock)).unwrap();
        put(&store, "/tick", "").await.unwrap();
        assert_eq!(value(&store, "/e"), None);
    });
}

#[test]
fn reading_a_long_list_does_not_wait() {
    // The reply is there, without a runtime.
    let store = Embedded::in_memory();
    runtime().block_on(async {
        for i in 0..300 {
            put(&store, &format!("/k/{i:04}"), "v").await.unwrap();
        }
    });
    let options = RangeOptions {
        limit: 100,
        revision: 0,
    };
    let page = store
        .range(&KeyRange::prefix("/k/"), options)
        .now()
        .unwrap()
        .unwrap();
    assert_eq!(
        (page.kvs.len(), page.remaining(), page.revision),
        (100, 200, revision(&store))
    );
}

#[test]
fn a_lease_granted_again_keeps_its_keys_over_a_snapshot() {
    runtime().block_on(async {
        let disk = MemoryDisk::new();
        let store = open(&disk);
        let ttl = Duration::from_secs(3600);
        let lease = 1 << 50;
        store.grant_lease_named(lease, ttl).await.unwrap();
        let (mut i, mut seen) = (0u32, 0);
        while seen < 200 {
            i += 1;
            store.revoke_lease(lease).await.unwrap();
            store.grant_lease_named(lease, ttl).await.unwrap();
            let key = format!("/leased/{i}");
            store
                .put_if(key.clone().into(), "v".into(), Expect::Absent, Some(lease))
                .await
                .unwrap();
            for _ in 0..5 {
                put(&store, "/filler", vec![i as u8; 1000]).await.unwrap();
            }
            // In steps, so that a snapshot is ahead of the log that is kept.
            if i % 8 == 0 {
                store.compact(revision(&store)).await.unwrap();
            }
            // As a crash finds it here.
            let copy = disk.copy();
            if files(&copy, "snapshot-").is_empty() {
                continue;
            }
            seen += 1;
            let again = open(&copy);
            assert_eq!(again.lease(lease).await.unwrap().keys, 1, "round {i}");
            again.revoke_lease(lease).await.unwrap();
            assert_eq!(value(&again, &key), None, "round {i}");
        }
    });
}
