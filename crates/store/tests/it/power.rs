//! The power fails while many write: what was acknowledged is there, whatever
//! of the rest had reached the medium.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use skeg_store::testing::MemoryDisk;
use skeg_store::{Embedded, Error, Expect, LATEST, Options, Revision, Store};

use crate::{DIR, open, small};

const WRITERS: u32 = 6;

#[test]
fn acknowledged_writes_survive_power_cuts() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    for seed in 0..30 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut disk = MemoryDisk::new();
        // What was acknowledged: a counter's value, and the revision.
        let mut acknowledged = BTreeMap::new();
        for _ in 0..4 {
            // Little history, so that snapshots are made all the time.
            let options = Options {
                history_bytes_max: 8 << 10,
                ..small(&disk)
            };
            let store = Arc::new(Embedded::open(DIR, options).unwrap());
            check(&store, &acknowledged, seed);
            let shared = Arc::new(Mutex::new(acknowledged.clone()));
            let writers: Vec<_> = (0..WRITERS)
                .map(|id| runtime.spawn(count(store.clone(), id, shared.clone())))
                .collect();
            let enough = random.u64(20..400);
            let start: u64 = acknowledged.values().map(|(count, _)| count).sum();
            loop {
                let now: u64 = shared
                    .lock()
                    .unwrap()
                    .values()
                    .map(|(count, _)| count)
                    .sum();
                if now >= start + enough {
                    break;
                }
                std::thread::yield_now();
            }
            // Everything in this copy was acknowledged before the power went.
            acknowledged = shared.lock().unwrap().clone();
            disk = disk.after_power_cut(|| random.bool());
            runtime.block_on(store.close()).unwrap();
            for writer in writers {
                runtime.block_on(writer).unwrap();
            }
        }
        check(&open(&disk), &acknowledged, seed);
    }
}

/// A killed process leaves writes in the cache that it had not synced. Who opens
/// the store and shows them to readers must not lose them again.
#[test]
fn what_was_recovered_is_durable() {
    let runtime = crate::runtime();
    let disk = MemoryDisk::new();
    let store = open(&disk);
    runtime.block_on(crate::put(&store, "/k", "1")).unwrap();
    disk.set_failing_syncs(true);
    assert!(runtime.block_on(crate::put(&store, "/k", "2")).is_err());
    assert_eq!(
        crate::value(&store, "/k").unwrap(),
        "1",
        "shown before it was durable"
    );

    let killed = disk.copy();
    let reopened = open(&killed);
    assert_eq!(crate::value(&reopened, "/k").unwrap(), "2");
    let after = open(&killed.after_power_cut(|| false));
    assert_eq!(crate::value(&after, "/k").unwrap(), "2");

    // The one that went on writes in the same place.
    disk.set_failing_syncs(false);
    runtime.block_on(crate::put(&store, "/k", "3")).unwrap();
    let after = open(&disk.after_power_cut(|| false));
    assert_eq!(
        (crate::value(&after, "/k").unwrap(), crate::revision(&after)),
        ("3".into(), 3)
    );
}

/// A frame whose sync failed is not acknowledged, and must not be found before the frame of
/// the same number with which the next segment begins.
#[test]
fn what_was_refused_does_not_break_the_log_off() {
    let runtime = crate::runtime();
    let disk = MemoryDisk::new();
    let store = open(&disk);
    runtime.block_on(crate::put(&store, "/k", "1")).unwrap();
    disk.set_failing_syncs(true);
    let refused = "x".repeat(1000);
    assert!(
        runtime
            .block_on(crate::put(&store, "/k", refused.clone()))
            .is_err()
    );
    disk.set_failing_syncs(false);
    let long = "y".repeat(15_000);
    runtime
        .block_on(crate::put(&store, "/l", long.clone()))
        .unwrap();
    for disk in [
        disk.copy(),
        disk.after_power_cut(|| true),
        disk.after_power_cut(|| false),
    ] {
        let after = open(&disk);
        assert_eq!(crate::value(&after, "/k").unwrap(), "1");
        assert_eq!(crate::value(&after, "/l").unwrap(), long);
    }
}

type Acknowledged = BTreeMap<u32, (u64, Revision)>;

/// Counts on a key of its own, by compare-and-swap, until the store closes.
async fn count(store: Arc<Embedded>, id: u32, acknowledged: Arc<Mutex<Acknowledged>>) {
    let key = format!("/count/{id}");
    // The others may have been enough, and the store closed, before this one's turn.
    let current = match store.get(key.as_bytes(), LATEST).await {
        Err(Error::Closed) => return,
        current => current.unwrap(),
    };
    let mut count = current.as_ref().map_or(0, |kv| decode(&kv.value));
    let mut revision = current.map_or(0, |kv| kv.mod_revision);
    loop {
        count += 1;
        let mut value = count.to_le_bytes().to_vec();
        value.resize(8 + (count as usize * 37) % 900, b'x');
        let expect = Expect::mod_revision(revision);
        match store
            .put_if(key.as_str().into(), value.into(), expect, None)
            .await
        {
            Ok(written) => revision = written,
            Err(Error::Closed) => return,
            Err(error) => panic!("{error}"),
        }
        acknowledged.lock().unwrap().insert(id, (count, revision));
    }
}

fn check(store: &Embedded, acknowledged: &Acknowledged, seed: u64) {
    for (id, (count, revision)) in acknowledged {
        let key = format!("/count/{id}");
        let kv = store.get(key.as_bytes(), LATEST).now().unwrap().unwrap();
        let kv = kv.unwrap_or_else(|| panic!("seed {seed}: {key} is lost"));
        // The writers went on between our look and the power cut.
        let got = decode(&kv.value);
        assert!(got >= *count, "seed {seed}: {key} is {got}, not {count}");
        assert_eq!(
            kv.version, got,
            "seed {seed}: a write of {key} is there twice"
        );
        assert!(kv.mod_revision >= *revision, "seed {seed}");
    }
}

fn decode(value: &[u8]) -> u64 {
    u64::from_le_bytes(value[..8].try_into().unwrap())
}
