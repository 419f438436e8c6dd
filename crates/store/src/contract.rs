//! What every store must do, as code: each check runs against an engine through
//! [`Subject`]. [`contract_tests!`](crate::contract_tests) makes one test of
//! each.
//!
//! The checks panic with what was violated, as tests do.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;

use crate::{
    Error, Event, EventKind, Expect, Key, KeyRange, KeyValue, LATEST, Op, RangeOptions, Revision,
    Store, Txn, Watch, WatchBatch, WatchOptions,
};

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

/// Every change raises the one revision by one; what changes nothing does not.
pub async fn revisions_count_up(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let start = revision(&*store).await;
    assert_eq!(put(&*store, "/a", "1").await, start + 1);
    assert_eq!(put(&*store, "/b", "1").await, start + 2);
    assert_eq!(put(&*store, "/a", "2").await, start + 3);
    let gone = store
        .delete_if("/nothing".into(), Expect::Any)
        .await
        .expect("deletes nothing");
    assert_eq!((gone.revision, gone.deleted), (start + 3, 0));
    assert_eq!(revision(&*store).await, start + 3);
    let gone = store
        .delete_if("/a".into(), Expect::Any)
        .await
        .expect("deletes");
    assert_eq!((gone.revision, gone.deleted), (start + 4, 1));
    assert_eq!(text(&gone.previous), ["/a=2"]);
}

/// A write happens only if its key is as expected; a loser learns what is there.
pub async fn compare_and_swap(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let key = || Key::from("/cas");
    let put_if = |value: &'static str, expect| store.put_if(key(), value.into(), expect, None);

    let first = put_if("1", Expect::Absent).await.expect("creates");
    let Err(Error::Conflict {
        key: at,
        current,
        revision,
    }) = put_if("2", Expect::Absent).await
    else {
        panic!("created twice");
    };
    assert_eq!((at, revision), (key(), first));
    assert_eq!(current.expect("it exists").value, "1");

    let second = put_if("2", Expect::ModRevision(first))
        .await
        .expect("updates");
    assert!(
        put_if("3", Expect::ModRevision(first))
            .await
            .is_err_and(|e| e.is_conflict())
    );
    assert!(
        put_if("3", Expect::mod_revision(0))
            .await
            .is_err_and(|e| e.is_conflict())
    );
    assert!(
        store
            .delete_if(key(), Expect::ModRevision(first))
            .await
            .is_err_and(|e| e.is_conflict())
    );
    let third = put_if("3", Expect::Present).await.expect("updates");
    assert_eq!(third, second + 1, "what was refused made no revision");
    store
        .delete_if(key(), Expect::ModRevision(third))
        .await
        .expect("deletes");
    for expect in [Expect::Present, Expect::ModRevision(third)] {
        let Err(Error::Conflict { current: None, .. }) = put_if("4", expect).await else {
            panic!("{expect:?} held for a key that is gone");
        };
    }
    put_if("4", Expect::mod_revision(0))
        .await
        .expect("creates again");
    put_if("5", Expect::Any).await.expect("overwrites");
}

/// Creation and mod revision and the version are as etcd's.
pub async fn versions_and_creation(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let first = put(&*store, "/k", "1").await;
    put(&*store, "/other", "1").await;
    let second = put(&*store, "/k", "2").await;
    let kv = get(&*store, "/k", LATEST).await.expect("exists");
    assert_eq!(
        (kv.create_revision, kv.mod_revision, kv.version),
        (first, second, 2)
    );
    assert_eq!(kv.lease, None);
    store
        .delete_if("/k".into(), Expect::Present)
        .await
        .expect("deletes");
    assert_eq!(get(&*store, "/k", LATEST).await, None);
    let again = put(&*store, "/k", "3").await;
    let kv = get(&*store, "/k", LATEST).await.expect("exists");
    assert_eq!(
        (kv.create_revision, kv.mod_revision, kv.version),
        (again, again, 1)
    );
}

/// A transaction's writes share a revision, or none happens.
pub async fn transactions_are_atomic(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let seed = put(&*store, "/guard", "1").await;
    let op = |key: &str, value: &'static str| Op::Put {
        key: key.into(),
        value: value.into(),
        lease: None,
    };
    let expect = vec![
        ("/guard".into(), Expect::ModRevision(seed)),
        ("/x".into(), Expect::Absent),
    ];
    let ops = vec![
        op("/x", "1"),
        op("/y", "1"),
        Op::Delete {
            key: "/guard".into(),
        },
    ];
    let txn = Txn { expect, ops };

    let done = store.commit(txn.clone()).await.expect("commits");
    assert_eq!((done.revision, done.deleted), (seed + 1, 1));
    assert_eq!(text(&done.previous), ["/guard=1"]);
    for key in ["/x", "/y"] {
        assert_eq!(
            get(&*store, key, LATEST)
                .await
                .expect("exists")
                .mod_revision,
            seed + 1
        );
    }
    assert!(store.commit(txn).await.is_err_and(|e| e.is_conflict()));

    let expect = vec![
        ("/x".into(), Expect::Present),
        ("/y".into(), Expect::Absent),
    ];
    let half = Txn {
        expect,
        ops: vec![op("/z", "1")],
    };
    assert!(store.commit(half).await.is_err_and(|e| e.is_conflict()));
    let twice = Txn {
        expect: vec![],
        ops: vec![op("/z", "1"), op("/z", "2")],
    };
    assert!(matches!(
        store.commit(twice).await,
        Err(Error::DuplicateKey { .. })
    ));
    assert_eq!(get(&*store, "/z", LATEST).await, None);
    assert_eq!(revision(&*store).await, seed + 1);
    let nothing = store.commit(Txn::default()).await.expect("commits nothing");
    assert_eq!(nothing.revision, seed + 1);
}

/// A range is deleted at one revision, with an event for each key.
pub async fn ranges_are_deleted(subject: &dyn Subject) {
    let store = subject.fresh().await;
    for key in ["/r/a", "/r/b", "/s", "/r/c"] {
        put(&*store, key, "v").await;
    }
    let from = revision(&*store).await + 1;
    let ops = vec![Op::DeleteRange {
        range: KeyRange::prefix("/r/"),
    }];
    let done = store
        .commit(Txn {
            expect: vec![],
            ops,
        })
        .await
        .expect("deletes");
    assert_eq!((done.revision, done.deleted), (from, 3));
    assert_eq!(text(&done.previous), ["/r/a=v", "/r/b=v", "/r/c=v"]);
    assert_eq!(list(&*store, "/", LATEST).await, ["/s=v"]);
    let mut watch = watch(&*store, "/", from).await;
    let batch = next(&mut watch).await;
    assert_eq!(shape(&batch), ["-/r/a", "-/r/b", "-/r/c"]);
}

/// The past can be read, the future cannot.
pub async fn reads_at_a_revision(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let one = put(&*store, "/h/a", "1").await;
    let two = put(&*store, "/h/b", "1").await;
    let three = put(&*store, "/h/a", "2").await;
    let four = store
        .delete_if("/h/b".into(), Expect::Any)
        .await
        .expect("deletes")
        .revision;
    let five = put(&*store, "/h/b", "3").await;
    let states: [(Revision, &[&str]); 5] = [
        (one, &["/h/a=1"]),
        (two, &["/h/a=1", "/h/b=1"]),
        (three, &["/h/a=2", "/h/b=1"]),
        (four, &["/h/a=2"]),
        (five, &["/h/a=2", "/h/b=3"]),
    ];
    for (at, state) in states {
        assert_eq!(list(&*store, "/h/", at).await, state, "at {at}");
        assert_eq!(
            store
                .count(&KeyRange::prefix("/h/"), at)
                .await
                .expect("counts"),
            state.len()
        );
    }
    assert_eq!(get(&*store, "/h/b", one).await, None);
    assert_eq!(get(&*store, "/h/b", two).await.expect("existed").value, "1");
    assert_eq!(get(&*store, "/h/b", four).await, None);
    for result in [
        store.get(b"/h/a", five + 1).await.map(drop),
        store.count(&KeyRange::all(), five + 1).await.map(drop),
    ] {
        let Err(Error::FutureRevision { requested, current }) = result else {
            panic!("read the future");
        };
        assert_eq!((requested, current), (five + 1, five));
    }
}

/// Keys come in the order of their bytes, and a range has what is inside only.
pub async fn ranges_are_ordered(subject: &dyn Subject) {
    let store = subject.fresh().await;
    for key in [
        "/pods/b",
        "/pods/a/2",
        "/podtemplates/x",
        "/pods/a",
        "/pods/a/10",
        "/pod",
        "/q",
    ] {
        put(&*store, key, "").await;
    }
    assert_eq!(
        list(&*store, "/pods/", LATEST).await,
        ["/pods/a=", "/pods/a/10=", "/pods/a/2=", "/pods/b="]
    );
    let read = async |range: KeyRange| {
        let read = store
            .range(&range, RangeOptions::default())
            .await
            .expect("reads");
        assert_eq!(read.count, read.kvs.len());
        text(&read.kvs)
    };
    assert_eq!(
        read(KeyRange::between("/pods/a", "/pods/a/2")).await,
        ["/pods/a=", "/pods/a/10="]
    );
    assert_eq!(read(KeyRange::one("/pods/a")).await, ["/pods/a="]);
    assert_eq!(read(KeyRange::between("/z", "/a")).await, [""; 0]);
    assert_eq!(read(KeyRange::all()).await.len(), 7);
}

/// A list in pages is the list at the first page's revision.
pub async fn pages(subject: &dyn Subject) {
    let store = subject.fresh().await;
    for i in 0..25 {
        put(&*store, &format!("/p/{i:02}"), "old").await;
    }
    put(&*store, "/q", "outside").await;
    let mut range = KeyRange::prefix("/p/");
    let mut options = RangeOptions {
        limit: 10,
        revision: LATEST,
    };
    let mut all = Vec::new();
    for (page, remaining) in [15, 5, 0].into_iter().enumerate() {
        let read = store
            .range(&range, options.clone())
            .await
            .expect("reads a page");
        assert_eq!(read.remaining(), remaining);
        assert_eq!(read.more(), remaining > 0);
        assert!(page == 0 || read.revision == options.revision);
        options.revision = read.revision;
        range = range.after(&read.kvs[read.kvs.len() - 1].key);
        all.extend(read.kvs);
        // Nothing that happens meanwhile shows.
        put(&*store, &format!("/p/{page}5-new"), "new").await;
        put(&*store, "/p/24", "new").await;
        store
            .delete_if("/p/20".into(), Expect::Any)
            .await
            .expect("deletes");
    }
    let expected: Vec<String> = (0..25).map(|i| format!("/p/{i:02}=old")).collect();
    assert_eq!(text(&all), expected);
}

/// Values may be empty, large, and any bytes; so may keys.
pub async fn odd_values(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let large: Bytes = (0..1 << 20).map(|i: u32| (i * 7) as u8).collect();
    let keys: [Key; 3] = [
        Key::from(&b"\xff\xfe"[..]),
        Key::from(&b"/\0"[..]),
        "/large".into(),
    ];
    for (key, value) in keys
        .iter()
        .zip([Bytes::new(), Bytes::from_static(b"\0\xff"), large])
    {
        store
            .put_if(key.clone(), value.clone(), Expect::Absent, None)
            .await
            .expect("writes");
        let kv = store
            .get(key, LATEST)
            .await
            .expect("reads")
            .expect("exists");
        assert!(kv.value == value && kv.key == *key);
    }
    let last = store
        .range(&KeyRange::prefix(b"\xff"), RangeOptions::default())
        .await
        .expect("reads");
    assert_eq!(last.count, 1);
}

/// A watch from now has what happens afterwards, in its range, with what was before.
pub async fn watch_from_now(subject: &dyn Subject) {
    let store = subject.fresh().await;
    put(&*store, "/w/a", "1").await;
    let mut watch = watch(&*store, "/w/", LATEST).await;
    put(&*store, "/x/a", "outside").await;
    let two = put(&*store, "/w/a", "2").await;
    let batch = next(&mut watch).await;
    assert_eq!(shape(&batch), ["/w/a=2"]);
    let event = &batch.events[0];
    assert_eq!((event.revision(), event.is_create()), (two, false));
    assert_eq!(event.prev.as_ref().expect("existed").value, "1");
    assert!(batch.revision >= two);

    let three = put(&*store, "/w/b", "1").await;
    let event = next(&mut watch).await.events.remove(0);
    assert_eq!((event.is_create(), event.prev), (true, None));
    assert_eq!(event.kv.create_revision, three);
    let four = store
        .delete_if("/w/a".into(), Expect::Any)
        .await
        .expect("deletes")
        .revision;
    let event = next(&mut watch).await.events.remove(0);
    assert_eq!((event.kind, event.revision()), (EventKind::Delete, four));
    assert_eq!(event.kv.value, "");
    assert_eq!(event.prev.expect("existed").value, "2");
}

/// A watch from a revision has that revision's events and all later ones.
pub async fn watch_from_the_past(subject: &dyn Subject) {
    let store = subject.fresh().await;
    put(&*store, "/w/a", "1").await;
    let two = put(&*store, "/w/a", "2").await;
    put(&*store, "/other", "1").await;
    put(&*store, "/w/b", "1").await;
    store
        .delete_if("/w/a".into(), Expect::Any)
        .await
        .expect("deletes");
    let mut watch = watch(&*store, "/w/", two).await;
    put(&*store, "/w/c", "1").await;
    let events = collect(&mut watch, 4).await;
    assert_eq!(
        events.iter().map(line).collect::<Vec<_>>(),
        ["/w/a=2", "/w/b=1", "-/w/a", "/w/c=1"]
    );
    assert_eq!(events[0].prev.as_ref().expect("existed").value, "1");
    assert_eq!(events[2].prev.as_ref().expect("existed").value, "2");
}

/// A watch from a revision that is not there yet waits for it.
pub async fn watch_from_the_future(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let now = put(&*store, "/w", "0").await;
    let mut watch = watch(&*store, "/w", now + 3).await;
    for value in ["1", "2", "3", "4"] {
        put(&*store, "/w", value).await;
    }
    let events = collect(&mut watch, 2).await;
    assert_eq!(
        events.iter().map(line).collect::<Vec<_>>(),
        ["/w=3", "/w=4"]
    );
}

/// However many events a revision has, they come together.
pub async fn watches_never_split_a_revision(subject: &dyn Subject) {
    const KEYS: usize = 700;
    let store = subject.fresh().await;
    let from = revision(&*store).await + 1;
    for value in ["1", "2", "3"] {
        let ops = (0..KEYS)
            .map(|i| Op::Put {
                key: format!("/w/{i}").into(),
                value: value.into(),
                lease: None,
            })
            .collect();
        store
            .commit(Txn {
                expect: vec![],
                ops,
            })
            .await
            .expect("commits");
    }
    let mut watch = watch(&*store, "/w/", from).await;
    let mut next_revision = from;
    while next_revision < from + 3 {
        let batch = next(&mut watch).await;
        for events in batch.events.chunk_by(|a, b| a.revision() == b.revision()) {
            assert_eq!((events.len(), events[0].revision()), (KEYS, next_revision));
            next_revision += 1;
        }
        assert!(batch.revision >= next_revision - 1);
    }
}

/// Under concurrent writes, watches that start anywhere see every event from
/// there on, once, in order, and the final state is what the events say.
pub async fn watches_see_everything_once(subject: &dyn Subject) {
    const WRITERS: u64 = 4;
    const WRITES: u64 = 150;
    let store = subject.fresh().await;
    let start = revision(&*store).await;
    let end = start + WRITERS * WRITES;
    let readers: Vec<_> = (0..6)
        .map(|reader| {
            let store = store.clone();
            tokio::spawn(async move {
                // Each begins at another time, from the same revision.
                while revision(&*store).await < start + reader * 50 {
                    tokio::task::yield_now().await;
                }
                let mut watch = watch(&*store, "/w/", start + 1).await;
                let mut seen = start;
                let mut state = std::collections::BTreeMap::new();
                while seen < end {
                    let batch = next(&mut watch).await;
                    for event in batch.events {
                        assert_eq!(
                            event.revision(),
                            seen + 1,
                            "an event is missing or came twice"
                        );
                        seen += 1;
                        let prev = state.insert(event.kv.key.clone(), event.kv.clone());
                        assert_eq!(prev, event.prev);
                    }
                    assert!(batch.revision >= seen);
                }
                state.into_values().collect::<Vec<_>>()
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for i in 0..WRITES {
                    put(
                        &*store,
                        &format!("/w/{}", (writer + i) % 7),
                        &format!("{writer}-{i}"),
                    )
                    .await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("writes");
    }
    let last = store
        .range(&KeyRange::prefix("/w/"), RangeOptions::default())
        .await
        .expect("reads");
    for reader in readers {
        assert_eq!(reader.await.expect("reads"), last.kvs);
    }
}

/// Progress comes when asked for, after all events before it, and says how far
/// the watch is.
pub async fn progress_notifications(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let mut watch = watch(&*store, "/w/", LATEST).await;
    put(&*store, "/w/a", "1").await;
    let now = put(&*store, "/x", "1").await;
    watch.request_progress();
    let mut events = Vec::new();
    loop {
        let batch = next(&mut watch).await;
        if batch.events.is_empty() {
            assert_eq!(events, ["/w/a=1"], "progress came before the events");
            assert!(batch.revision >= now);
            break;
        }
        events.extend(batch.events.iter().map(line));
    }
}

/// Compaction takes the past away and leaves the present.
pub async fn compaction(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let one = put(&*store, "/c/a", "1").await;
    put(&*store, "/c/b", "1").await;
    let three = put(&*store, "/c/a", "2").await;
    store
        .delete_if("/c/b".into(), Expect::Any)
        .await
        .expect("deletes");
    let five = put(&*store, "/c/a", "3").await;
    store.compact(three).await.expect("compacts");

    let Err(Error::Compacted {
        requested,
        compacted,
    }) = store.get(b"/c/a", one).await
    else {
        panic!("read what is compacted");
    };
    assert_eq!((requested, compacted), (one, three));
    assert_eq!(list(&*store, "/c/", three).await, ["/c/a=2", "/c/b=1"]);
    assert_eq!(list(&*store, "/c/", LATEST).await, ["/c/a=3"]);
    let too_old = match store
        .watch(KeyRange::prefix("/c/"), WatchOptions { from: one })
        .await
    {
        Ok(mut watch) => watch.next().await.expect("says why it ends").map(drop),
        Err(error) => Err(error),
    };
    assert!(too_old.is_err_and(|error| error.is_compacted()));
    let mut watch = watch(&*store, "/c/", three + 1).await;
    let events = collect(&mut watch, 2).await;
    assert_eq!(
        events.iter().map(line).collect::<Vec<_>>(),
        ["-/c/b", "/c/a=3"]
    );

    assert!(
        store
            .compact(three)
            .await
            .is_err_and(|error| error.is_compacted())
    );
    assert!(matches!(
        store.compact(five + 1).await,
        Err(Error::FutureRevision { .. })
    ));
    store.compact(five).await.expect("compacts");
    assert_eq!(list(&*store, "/c/", five).await, ["/c/a=3"]);
    assert_eq!(revision(&*store).await, five, "compaction is no revision");
    let kv = get(&*store, "/c/a", LATEST).await.expect("exists");
    assert_eq!((kv.create_revision, kv.version), (one, 3));
    put(&*store, "/c/b", "4").await;
}

/// A watch that nothing happened to is not too old, however much was compacted.
pub async fn quiet_watches_outlive_compaction(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let mut watch = watch(&*store, "/quiet/", LATEST).await;
    for i in 0..20 {
        put(&*store, "/busy", &i.to_string()).await;
    }
    let now = revision(&*store).await;
    watch.request_progress();
    assert!(next(&mut watch).await.revision >= now);
    store.compact(now).await.expect("compacts");
    put(&*store, "/quiet/a", "1").await;
    assert_eq!(shape(&next(&mut watch).await), ["/quiet/a=1"]);
}

/// When a lease's time is over its keys are deleted, at one revision.
pub async fn leases_end(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let lease = store
        .grant_lease(Duration::from_secs(60))
        .await
        .expect("grants");
    let other = store
        .grant_lease(Duration::from_secs(3600))
        .await
        .expect("grants");
    assert!(lease.id != 0 && lease.id != other.id);
    for (key, lease) in [("/e/a", lease.id), ("/e/b", lease.id), ("/e/c", other.id)] {
        store
            .put_if(key.into(), "v".into(), Expect::Absent, Some(lease))
            .await
            .expect("writes");
    }
    put(&*store, "/e/d", "v").await;
    assert_eq!(
        get(&*store, "/e/a", LATEST).await.expect("exists").lease,
        Some(lease.id)
    );
    assert_eq!(store.lease(lease.id).await.expect("exists").keys, 2);

    let mut watch = watch(&*store, "/e/", LATEST).await;
    subject.advance(Duration::from_secs(61)).await;
    let batch = next(&mut watch).await;
    let mut gone = shape(&batch);
    gone.sort();
    assert_eq!(gone, ["-/e/a", "-/e/b"]);
    assert_eq!(batch.events[0].revision(), batch.events[1].revision());
    assert_eq!(list(&*store, "/e/", LATEST).await, ["/e/c=v", "/e/d=v"]);
    let missing = |result: crate::Result<()>| matches!(result, Err(Error::LeaseNotFound { .. }));
    assert!(missing(store.lease(lease.id).await.map(drop)));
    assert!(missing(store.keep_lease_alive(lease.id).await.map(drop)));
    assert!(missing(store.revoke_lease(lease.id).await.map(drop)));
    let late = store
        .put_if("/e/a".into(), "v".into(), Expect::Any, Some(lease.id))
        .await;
    assert!(missing(late.map(drop)));

    let done = store.revoke_lease(other.id).await.expect("revokes");
    assert_eq!(
        (text(&done.previous), done.deleted),
        (vec!["/e/c=v".to_owned()], 1)
    );
    assert_eq!(list(&*store, "/e/", LATEST).await, ["/e/d=v"]);
}

/// A lease that is kept alive goes on for its whole time.
pub async fn leases_are_kept_alive(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let lease = store
        .grant_lease(Duration::from_secs(60))
        .await
        .expect("grants")
        .id;
    store
        .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease))
        .await
        .expect("writes");
    subject.advance(Duration::from_secs(40)).await;
    let alive = store.keep_lease_alive(lease).await.expect("is kept alive");
    assert_eq!(
        (alive.ttl, alive.remaining, alive.keys),
        (Duration::from_secs(60), Duration::from_secs(60), 1)
    );
    subject.advance(Duration::from_secs(40)).await;
    put(&*store, "/tick", "").await;
    assert!(get(&*store, "/e", LATEST).await.is_some());
    let left = store.lease(lease).await.expect("exists").remaining;
    assert!(
        left <= Duration::from_secs(20) && left > Duration::from_secs(10),
        "{left:?}"
    );
    let mut watch = watch(&*store, "/e", LATEST).await;
    subject.advance(Duration::from_secs(21)).await;
    assert_eq!(shape(&next(&mut watch).await), ["-/e"]);
}

/// A key that is written without a lease, or with another one, has left it.
pub async fn leases_are_left(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let lease = store
        .grant_lease(Duration::from_secs(60))
        .await
        .expect("grants")
        .id;
    let other = store
        .grant_lease(Duration::from_secs(600))
        .await
        .expect("grants")
        .id;
    for key in ["/e/stays", "/e/moves", "/e/goes", "/e/again"] {
        store
            .put_if(key.into(), "1".into(), Expect::Absent, Some(lease))
            .await
            .expect("writes");
    }
    put(&*store, "/e/stays", "2").await;
    store
        .put_if("/e/moves".into(), "2".into(), Expect::Any, Some(other))
        .await
        .expect("writes");
    store
        .delete_if("/e/again".into(), Expect::Any)
        .await
        .expect("deletes");
    put(&*store, "/e/again", "2").await;
    let mut watch = watch(&*store, "/e/", LATEST).await;
    subject.advance(Duration::from_secs(61)).await;
    assert_eq!(shape(&next(&mut watch).await), ["-/e/goes"]);
    assert_eq!(
        list(&*store, "/e/", LATEST).await,
        ["/e/again=2", "/e/moves=2", "/e/stays=2"]
    );
}

/// Many who count on one key by compare-and-swap lose no step.
pub async fn counting_concurrently(subject: &dyn Subject) {
    const WRITERS: u64 = 8;
    const STEPS: u64 = 40;
    let store = subject.fresh().await;
    put(&*store, "/count", "0").await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut current = get(&*store, "/count", LATEST).await.expect("exists");
                for _ in 0..STEPS {
                    loop {
                        let value = std::str::from_utf8(&current.value).expect("a number");
                        let next = value.parse::<u64>().expect("a number") + 1;
                        let expect = Expect::ModRevision(current.mod_revision);
                        let value = next.to_string().into();
                        match store.put_if("/count".into(), value, expect, None).await {
                            Ok(_) => break,
                            Err(Error::Conflict {
                                current: Some(kv), ..
                            }) => current = kv,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    current = get(&*store, "/count", LATEST).await.expect("exists");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("counts");
    }
    let kv = get(&*store, "/count", LATEST).await.expect("exists");
    assert_eq!(kv.value, (WRITERS * STEPS).to_string());
    assert_eq!(kv.version, WRITERS * STEPS + 1);
}

/// Who has the answer to a write sees it in every read and watch after.
pub async fn writes_are_seen_when_answered(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let key = format!("/s/{writer}");
                for i in 0..60 {
                    let value = i.to_string();
                    let written = put(&*store, &key, &value).await;
                    assert!(revision(&*store).await >= written);
                    let kv = get(&*store, &key, LATEST).await.expect("exists");
                    assert_eq!((kv.mod_revision, &*kv.value), (written, value.as_bytes()));
                    assert_eq!(get(&*store, &key, written).await, Some(kv));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("writes and reads");
    }
}

/// The state, its revisions and its compaction are the same after a restart.
pub async fn everything_survives_a_restart(subject: &dyn Subject) {
    let store = subject.fresh().await;
    for i in 0..50 {
        put(&*store, &format!("/k/{:02}", i % 20), &i.to_string()).await;
    }
    store
        .delete_if("/k/07".into(), Expect::Any)
        .await
        .expect("deletes");
    let compacted = revision(&*store).await - 10;
    store.compact(compacted).await.expect("compacts");
    let before = store
        .range(&KeyRange::all(), RangeOptions::default())
        .await
        .expect("reads");
    let past = list(&*store, "/", compacted).await;

    let Some(store) = subject.restart(store).await else {
        return;
    };
    let after = store
        .range(&KeyRange::all(), RangeOptions::default())
        .await
        .expect("reads");
    assert_eq!(after, before);
    assert_eq!(list(&*store, "/", compacted).await, past);
    assert!(
        store
            .get(b"/k/00", compacted - 1)
            .await
            .is_err_and(|error| error.is_compacted())
    );
    assert_eq!(put(&*store, "/k/00", "more").await, before.revision + 1);
    let Some(store) = subject.restart(store).await else {
        return;
    };
    assert_eq!(
        get(&*store, "/k/00", LATEST).await.expect("exists").value,
        "more"
    );
    assert_eq!(revision(&*store).await, before.revision + 1);
}

/// A watch resumes over a restart without a gap.
pub async fn history_survives_a_restart(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let first = put(&*store, "/w/a", "1").await;
    put(&*store, "/w/a", "2").await;
    store
        .delete_if("/w/a".into(), Expect::Any)
        .await
        .expect("deletes");
    let Some(store) = subject.restart(store).await else {
        return;
    };
    put(&*store, "/w/a", "3").await;
    let mut watch = watch(&*store, "/w/", first).await;
    let events = collect(&mut watch, 4).await;
    assert_eq!(
        events.iter().map(line).collect::<Vec<_>>(),
        ["/w/a=1", "/w/a=2", "-/w/a", "/w/a=3"]
    );
    let prev: Vec<_> = events
        .iter()
        .map(|e| e.prev.as_ref().map(|kv| kv.value.clone()))
        .collect();
    assert_eq!(prev, [None, Some("1".into()), Some("2".into()), None]);
    assert_eq!(list(&*store, "/w/", first).await, ["/w/a=1"]);
}

/// A lease goes on after a restart with what was left of it, and with its keys.
pub async fn leases_survive_a_restart(subject: &dyn Subject) {
    let store = subject.fresh().await;
    let lease = store
        .grant_lease(Duration::from_secs(600))
        .await
        .expect("grants")
        .id;
    store
        .put_if("/e".into(), "v".into(), Expect::Absent, Some(lease))
        .await
        .expect("writes");
    let ended = store
        .grant_lease(Duration::from_secs(600))
        .await
        .expect("grants")
        .id;
    store.revoke_lease(ended).await.expect("revokes");
    let Some(store) = subject.restart(store).await else {
        return;
    };
    let left = store.lease(lease).await.expect("still exists");
    assert!(left.keys == 1 && left.remaining <= Duration::from_secs(600));
    assert!(store.lease(ended).await.is_err());
    let new = store
        .grant_lease(Duration::from_secs(600))
        .await
        .expect("grants")
        .id;
    assert!(new != lease && new != ended, "a lease's name is used again");
    let mut watch = watch(&*store, "/e", LATEST).await;
    subject.advance(Duration::from_secs(601)).await;
    assert_eq!(shape(&next(&mut watch).await), ["-/e"]);
}

/// After closing, watches end and operations say so.
pub async fn closing(subject: &dyn Subject) {
    let store = subject.fresh().await;
    put(&*store, "/k", "v").await;
    let mut watch = watch(&*store, "/", LATEST).await;
    store.close().await.expect("closes");
    store.close().await.expect("closes twice");
    assert!(within(watch.next()).await.is_none());
    assert!(watch.next().await.is_none());
    assert!(matches!(store.get(b"/k", LATEST).await, Err(Error::Closed)));
    let put = store
        .put_if("/k".into(), "w".into(), Expect::Any, None)
        .await;
    assert!(matches!(put, Err(Error::Closed)));
    assert!(matches!(
        store.grant_lease(PATIENCE).await,
        Err(Error::Closed)
    ));
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it happens in time")
}

async fn revision(store: &dyn Store) -> Revision {
    store.current_revision().await.expect("has a revision")
}

async fn put(store: &dyn Store, key: &str, value: &str) -> Revision {
    let value = Bytes::copy_from_slice(value.as_bytes());
    within(store.put_if(key.into(), value, Expect::Any, None))
        .await
        .expect("writes")
}

async fn get(store: &dyn Store, key: &str, at: Revision) -> Option<Arc<KeyValue>> {
    store.get(key.as_bytes(), at).await.expect("reads")
}

async fn list(store: &dyn Store, prefix: &str, revision: Revision) -> Vec<String> {
    let options = RangeOptions { limit: 0, revision };
    text(
        &store
            .range(&KeyRange::prefix(prefix), options)
            .await
            .expect("reads")
            .kvs,
    )
}

async fn watch(store: &dyn Store, prefix: &str, from: Revision) -> Watch {
    store
        .watch(KeyRange::prefix(prefix), WatchOptions { from })
        .await
        .expect("watches")
}

async fn next(watch: &mut Watch) -> WatchBatch {
    within(watch.next())
        .await
        .expect("the watch goes on")
        .expect("a batch")
}

/// The next `count` events, which must not come with more.
async fn collect(watch: &mut Watch, count: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while events.len() < count {
        events.extend(next(watch).await.events);
    }
    assert_eq!(events.len(), count);
    events
}

fn text(kvs: &[Arc<KeyValue>]) -> Vec<String> {
    kvs.iter()
        .map(|kv| format!("{}={}", kv.key, String::from_utf8_lossy(&kv.value)))
        .collect()
}

fn shape(batch: &WatchBatch) -> Vec<String> {
    batch.events.iter().map(line).collect()
}

fn line(event: &Event) -> String {
    let Event { kind, kv, .. } = event;
    match kind {
        EventKind::Put => format!("{}={}", kv.key, String::from_utf8_lossy(&kv.value)),
        EventKind::Delete => format!("-{}", kv.key),
    }
}
