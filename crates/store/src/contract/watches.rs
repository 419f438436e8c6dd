//! Watches and compaction.

use super::{Subject, collect, get, line, list, next, put, revision, shape, watch};
use crate::{Error, EventKind, Expect, KeyRange, LATEST, Op, RangeOptions, Txn, WatchOptions};

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
