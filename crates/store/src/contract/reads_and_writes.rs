//! Revisions, compare-and-swap, transactions, ranges.

use bytes::Bytes;

use super::{Subject, get, list, next, put, revision, shape, text, watch};
use crate::{Error, Expect, Key, KeyRange, LATEST, Op, RangeOptions, Revision, Txn};

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
