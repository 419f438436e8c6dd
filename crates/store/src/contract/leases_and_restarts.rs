//! Leases, restarts, the end.

use std::time::Duration;

use super::{
    PATIENCE, Subject, collect, get, line, list, next, put, revision, shape, text, watch, within,
};
use crate::{Error, Expect, KeyRange, LATEST, RangeOptions};

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
