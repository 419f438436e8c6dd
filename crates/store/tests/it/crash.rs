//! `kill -9`: this test starts itself again as a writer, kills it at random
//! points, and looks for every write that it was told of.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use skeg_store::{Embedded, Expect, KeyRange, LATEST, Options, RangeOptions, Store, WatchOptions};

use crate::revision;

const WRITERS: u64 = 8;
const DIR_VARIABLE: &str = "SKEG_STORE_CRASH_TEST_DIR";

fn options() -> Options {
    // Small enough that segments, compactions and snapshots happen all the time.
    Options {
        segment_bytes: 128 << 10,
        history_bytes_max: 64 << 10,
        snapshot_after_bytes: 256 << 10,
        ..Options::default()
    }
}

/// The child: writes until it is killed, tells of each acknowledged write. A
/// test like any other, which does nothing unless it was started for this.
#[test]
fn child_writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(DIR_VARIABLE) else {
        return;
    };
    let store = Arc::new(Embedded::open(Path::new(&dir), options()).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let writers: Vec<_> = (0..WRITERS)
        .map(|id| runtime.spawn(write(store.clone(), id)))
        .collect();
    for writer in writers {
        runtime.block_on(writer).unwrap();
    }
}

/// Creates one key after the other and counts them on another key, in one
/// transaction.
async fn write(store: Arc<Embedded>, id: u64) {
    let counter = format!("/count/{id}");
    let current = store.get(counter.as_bytes(), LATEST).await.unwrap();
    let mut expected = current.as_ref().map_or(0, |kv| kv.mod_revision);
    let mut n = current.map_or(0, |kv| {
        String::from_utf8_lossy(&kv.value).parse::<u64>().unwrap()
    });
    loop {
        n += 1;
        let put = |key: String, value: Vec<u8>| skeg_store::Op::Put {
            key: key.into(),
            value: value.into(),
            lease: None,
        };
        let key = format!("/key/{id}/{n:08}");
        let expect = vec![
            (counter.as_str().into(), Expect::mod_revision(expected)),
            (key.as_str().into(), Expect::Absent),
        ];
        let ops = vec![
            put(counter.clone(), n.to_string().into_bytes()),
            put(key, vec![b'v'; (n * 97 % 1500) as usize]),
        ];
        let committed = store.commit(skeg_store::Txn { expect, ops }).await.unwrap();
        expected = committed.revision;
        // One write call, so that a kill cannot leave half a line from before.
        let line = format!("ACK {id} {n} {expected}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
}

#[test]
fn acknowledged_writes_survive_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let mut acknowledged: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    let mut revisions = BTreeMap::new();
    for _ in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "crash::child_writes_until_it_is_killed",
                "--exact",
                "--nocapture",
            ])
            .env(DIR_VARIABLE, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut enough = random.u32(1..3000);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut alive = true;
        loop {
            line.clear();
            if lines.read_line(&mut line).unwrap() == 0 {
                break;
            }
            // The test harness has words of its own, also on the same line.
            let Some(at) = line.find("ACK ") else {
                continue;
            };
            let Some(line) = line[at..].strip_suffix('\n') else {
                continue;
            };
            let mut numbers = line.split(' ').skip(1).map(|n| n.parse::<u64>().unwrap());
            let (id, n, revision) = (
                numbers.next().unwrap(),
                numbers.next().unwrap(),
                numbers.next().unwrap(),
            );
            acknowledged.insert(id, (n, revision));
            revisions.insert((id, n), revision);
            enough = enough.saturating_sub(1);
            if enough == 0 && alive {
                child.kill().unwrap();
                alive = false;
                // What it had told before it died still counts: read on.
            }
        }
        assert!(!alive, "the child ended by itself");
        child.wait().unwrap();
        check(dir.path(), &acknowledged, &revisions);
    }
    assert!(revisions.len() > 1000, "only {} writes", revisions.len());
}

fn check(
    dir: &Path,
    acknowledged: &BTreeMap<u64, (u64, u64)>,
    revisions: &BTreeMap<(u64, u64), u64>,
) {
    let store = Embedded::open(dir, options()).unwrap();
    let read = |range: KeyRange| {
        store
            .range(&range, RangeOptions::default())
            .now()
            .unwrap()
            .unwrap()
            .kvs
    };
    let mut made = BTreeSet::new();
    for id in 0..WRITERS {
        let told = acknowledged.get(&id).map_or(0, |(n, _)| *n);
        let keys = read(KeyRange::prefix(format!("/key/{id}/")));
        let count = keys.len() as u64;
        // The last one may have been written and not told of.
        assert!(
            count == told || count == told + 1,
            "writer {id}: {count} keys, {told} told"
        );
        for (kv, n) in keys.iter().zip(1..) {
            assert_eq!(kv.key.as_str().unwrap(), format!("/key/{id}/{n:08}"));
            assert_eq!((kv.version, kv.value.len() as u64), (1, n * 97 % 1500));
            assert_eq!(kv.create_revision, kv.mod_revision);
            assert!(made.insert(kv.mod_revision), "two writes have one revision");
            if let Some(revision) = revisions.get(&(id, n)) {
                assert_eq!(kv.mod_revision, *revision, "writer {id}, write {n}");
            }
        }
        let counter = read(KeyRange::one(format!("/count/{id}")));
        let counted = counter.first().map_or(0, |kv| kv.version);
        assert_eq!(
            counted, count,
            "writer {id}: the counter and the keys differ"
        );
    }
    assert_eq!(
        made.len() as u64,
        revision(&store) - 1,
        "a revision is of nobody"
    );

    // The history that is left is whole, too.
    let status = store.status().now().unwrap().unwrap();
    let mut next = status.compacted + 1;
    let runtime = crate::runtime();
    runtime.block_on(async {
        let options = WatchOptions { from: next };
        let mut watch = store
            .watch(KeyRange::prefix("/key/"), options)
            .await
            .unwrap();
        while next <= status.revision {
            for event in watch.next().await.unwrap().unwrap().events {
                assert_eq!((event.revision(), event.is_create()), (next, true));
                next += 1;
            }
        }
    });
}
