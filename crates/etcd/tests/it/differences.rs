//! Corners of etcd's API that the store's contract does not reach, played on
//! the embedded store and on a real etcd alike.

use std::time::Duration;

use prost::Message;
use skeg_grpc::client::{Channel, Endpoint};
use skeg_grpc::{Code, Status};

use crate::support::{Faced, RealEtcd, tool};

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, PartialEq, Message)]
struct Compare {
    #[prost(int32, tag = "1")]
    result: i32,
    #[prost(int32, tag = "2")]
    target: i32,
    #[prost(bytes = "vec", tag = "3")]
    key: Vec<u8>,
    #[prost(bytes = "vec", optional, tag = "7")]
    value: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct Range {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    range_end: String,
    #[prost(int64, tag = "3")]
    limit: i64,
    #[prost(int64, tag = "4")]
    revision: i64,
    #[prost(int32, tag = "5")]
    sort_order: i32,
    #[prost(int32, tag = "6")]
    sort_target: i32,
    #[prost(bool, tag = "8")]
    keys_only: bool,
}

#[derive(Clone, PartialEq, Message)]
struct Put {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
    #[prost(int64, tag = "3")]
    lease: i64,
    #[prost(bool, tag = "5")]
    ignore_value: bool,
}

#[derive(Clone, PartialEq, Message)]
struct Op {
    #[prost(message, optional, tag = "1")]
    range: Option<Range>,
    #[prost(message, optional, tag = "2")]
    put: Option<Put>,
    #[prost(message, optional, tag = "4")]
    txn: Option<Txn>,
}

#[derive(Clone, PartialEq, Message)]
struct Txn {
    #[prost(message, repeated, tag = "1")]
    compare: Vec<Compare>,
    #[prost(message, repeated, tag = "2")]
    success: Vec<Op>,
    #[prost(message, repeated, tag = "3")]
    failure: Vec<Op>,
}

#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(int64, tag = "6")]
    lease: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Found {
    #[prost(message, repeated, tag = "2")]
    kvs: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct OpDone {
    #[prost(message, optional, tag = "4")]
    txn: Option<TxnDone>,
}

#[derive(Clone, PartialEq, Message)]
struct TxnDone {
    #[prost(bool, tag = "2")]
    succeeded: bool,
    #[prost(message, repeated, tag = "3")]
    responses: Vec<OpDone>,
}

/// A lease to grant, or a revision to compact to.
#[derive(Clone, PartialEq, Message)]
struct Numbers {
    #[prost(int64, tag = "1")]
    first: i64,
    #[prost(int64, tag = "2")]
    second: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Header {}

#[derive(Clone, PartialEq, Message)]
struct Create {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(int64, tag = "3")]
    start_revision: i64,
    #[prost(int64, tag = "7")]
    watch_id: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Watch {
    #[prost(message, optional, tag = "1")]
    create: Option<Create>,
    #[prost(message, optional, tag = "2")]
    cancel: Option<Numbers>,
}

#[derive(Clone, PartialEq, Message)]
struct Watched {
    #[prost(int64, tag = "2")]
    watch_id: i64,
    #[prost(bool, tag = "3")]
    created: bool,
    #[prost(bool, tag = "4")]
    canceled: bool,
    #[prost(int64, tag = "5")]
    compact_revision: i64,
    #[prost(string, tag = "6")]
    cancel_reason: String,
}

fn put(key: &str, value: &str) -> Op {
    let (key, value) = (key.to_owned(), value.to_owned());
    Op {
        put: Some(Put {
            key,
            value,
            ..Put::default()
        }),
        ..Op::default()
    }
}

fn nested(compare: Vec<Compare>, success: Vec<Op>, failure: Vec<Op>) -> Op {
    let txn = Txn {
        compare,
        success,
        failure,
    };
    Op {
        txn: Some(txn),
        ..Op::default()
    }
}

struct Client(Channel);

impl Client {
    fn new(port: u16) -> Client {
        let endpoint = Endpoint::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        Client(Channel::new(vec![endpoint], None))
    }

    async fn txn(&self, compare: Vec<Compare>, success: Vec<Op>) -> Result<TxnDone, Status> {
        let txn = Txn {
            compare,
            success,
            failure: Vec::new(),
        };
        self.0.unary("/etcdserverpb.KV/Txn", &txn).await
    }

    async fn keys(&self, range: Range) -> Vec<String> {
        let found: Found = self
            .0
            .unary("/etcdserverpb.KV/Range", &range)
            .await
            .unwrap();
        found.kvs.into_iter().map(|kv| kv.key).collect()
    }
}

fn all() -> Range {
    Range {
        key: "\0".to_owned(),
        range_end: "\0".to_owned(),
        ..Range::default()
    }
}

async fn transactions(client: &Client) {
    let is = |key: &str, value: &str| Compare {
        target: 3,
        key: key.into(),
        value: Some(value.into()),
        ..Compare::default()
    };
    client.txn(vec![], vec![put("n", "4")]).await.unwrap();
    // What the outer one writes is not compared with.
    let inner = nested(vec![is("n", "3")], vec![put("a", "")], vec![]);
    let done = client
        .txn(vec![], vec![put("n", "3"), inner])
        .await
        .unwrap();
    let inner = done.responses[1].txn.as_ref().unwrap();
    assert!(done.succeeded && !inner.succeeded);
    assert_eq!(client.keys(all()).await, ["n"]);
    // Only one branch runs, however deep they are.
    let inner = nested(vec![], vec![put("c", "")], vec![put("d", "")]);
    let outer = nested(vec![], vec![inner], vec![put("d", "")]);
    client.txn(vec![], vec![outer]).await.unwrap();
    assert_eq!(client.keys(all()).await, ["c", "n"]);
    // A comparison that is not known holds.
    let unknown = Compare {
        result: 9,
        ..is("n", "other")
    };
    assert!(client.txn(vec![unknown], vec![]).await.unwrap().succeeded);
    let before = Range {
        revision: -2,
        ..all()
    };
    let range = Op {
        range: Some(before),
        ..Op::default()
    };
    let refused = client.txn(vec![], vec![range, put("x", "")]).await;
    assert_eq!(refused.unwrap_err().code, Code::OutOfRange);
    let keeps = Put {
        key: "none".to_owned(),
        lease: 77,
        ignore_value: true,
        ..Put::default()
    };
    let refused = client.0.unary::<_, Header>("/etcdserverpb.KV/Put", &keeps);
    let refused = refused.await.unwrap_err();
    assert_eq!(refused.message, "etcdserver: requested lease not found");
}

async fn orders(client: &Client) {
    let (descend, by_version) = (2, 1);
    client
        .txn(vec![], vec![put("d", ""), put("b", "")])
        .await
        .unwrap();
    // n is of version 2; the others are alike, and stay in the order of keys.
    let sorted = Range {
        sort_order: descend,
        sort_target: by_version,
        ..all()
    };
    assert_eq!(client.keys(sorted.clone()).await, ["n", "b", "c", "d"]);
    let two = Range { limit: 2, ..sorted };
    assert_eq!(client.keys(two).await, ["n", "b"]);
    // Without an order those that are sorted are the first ones.
    client.txn(vec![], vec![put("b", "")]).await.unwrap();
    let first = Range {
        limit: 1,
        sort_target: by_version,
        ..all()
    };
    assert_eq!(client.keys(first).await, ["c"]);
    let (id, ttl) = (1003, 600);
    let grant = Numbers {
        first: ttl,
        second: id,
    };
    let granted = client
        .0
        .unary::<_, Header>("/etcdserverpb.Lease/LeaseGrant", &grant);
    granted.await.unwrap();
    let leased = Put {
        key: "l".to_owned(),
        lease: id,
        ..Put::default()
    };
    let written = client.0.unary::<_, Header>("/etcdserverpb.KV/Put", &leased);
    written.await.unwrap();
    for (keys_only, lease) in [(false, id), (true, 0)] {
        let range = Range {
            key: "l".to_owned(),
            keys_only,
            ..Range::default()
        };
        let found = client.0.unary::<_, Found>("/etcdserverpb.KV/Range", &range);
        assert_eq!(found.await.unwrap().kvs[0].lease, lease);
    }
}

async fn watches(client: &Client) {
    let compact = Numbers {
        first: 4,
        second: 0,
    };
    let compacted = client
        .0
        .unary::<_, Header>("/etcdserverpb.KV/Compact", &compact);
    compacted.await.unwrap();
    let create = |watch_id| Watch {
        create: Some(Create {
            key: "n".to_owned(),
            start_revision: 2,
            watch_id,
        }),
        ..Watch::default()
    };
    let first = create(3);
    let opened = client.0.stream("/etcdserverpb.Watch/Watch", &[], &first);
    let (requests, mut answers) = opened.await.unwrap();
    let mut next = async || -> Watched {
        let next = tokio::time::timeout(PATIENCE, answers.next()).await;
        next.unwrap().unwrap().unwrap()
    };
    assert!(next().await.created);
    let ended = next().await;
    assert!(ended.canceled && ended.compact_revision == 4 && ended.watch_id == 3);
    // It has its id until it is cancelled.
    assert!(requests.try_send(&create(3)));
    let refused = next().await;
    assert!(
        refused.cancel_reason.contains("duplicate watch ID"),
        "{refused:?}"
    );
    let cancel = Watch {
        cancel: Some(Numbers {
            first: 3,
            second: 0,
        }),
        ..Watch::default()
    };
    assert!(requests.try_send(&cancel));
    let cancelled = next().await;
    assert!(cancelled.canceled && cancelled.watch_id == 3);
}

async fn play(port: u16) {
    let client = Client::new(port);
    transactions(&client).await;
    orders(&client).await;
    watches(&client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn corners_are_as_in_etcd() {
    let faced = Faced::in_memory().await;
    play(faced.port).await;
    faced.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_has_these_corners() {
    let Some(program) = tool("etcd") else {
        return;
    };
    let etcd = RealEtcd::new(program);
    play(etcd.start()).await;
}
