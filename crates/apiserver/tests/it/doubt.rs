//! A store that does not say what became of a write, as an etcd that goes away meanwhile.

use serde_json::{Value, json};
use skeg_store::{
    Committed, Embedded, Error, KeyRange, KeyValue, Lease, LeaseId, Op, RangeOptions, RangeResult,
    Reply, Revision, Status, Store, Txn, Watch, WatchOptions,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::support::{PATIENCE, Server, later};

const SERVICES: &str = "/api/v1/namespaces/default/services";
const SAYS: u8 = 0;
const WRITES_SILENTLY: u8 = 1;
const LOSES: u8 = 2;
/// Reads fail too.
const GONE: u8 = 3;
/// Reads are not answered.
const SILENT: u8 = 4;

struct Doubtful {
    inner: Embedded,
    mode: AtomicU8,
}

impl Doubtful {
    fn be(&self, mode: u8) {
        self.mode.store(mode, Ordering::Relaxed);
    }
}

fn gone() -> Error {
    Error::Unavailable {
        endpoint: "there".to_owned(),
        reason: "it has gone away".to_owned(),
    }
}

fn is_of_service(op: &Op) -> bool {
    match op {
        Op::Put { key, .. } | Op::Delete { key } => {
            String::from_utf8_lossy(key).contains("/services/specs/")
        }
        Op::DeleteRange { .. } => false,
    }
}

impl Store for Doubtful {
    fn current_revision(&self) -> Reply<'_, Revision> {
        self.inner.current_revision()
    }

    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>> {
        match self.mode.load(Ordering::Relaxed) {
            GONE => Reply::pending(async { Err(gone()) }),
            SILENT => Reply::pending(std::future::pending()),
            _ => self.inner.get(key, revision),
        }
    }

    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult> {
        self.inner.range(range, options)
    }

    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize> {
        self.inner.count(range, revision)
    }

    fn commit(&self, txn: Txn) -> Reply<'_, Committed> {
        let mode = self.mode.load(Ordering::Relaxed);
        if mode == SAYS || !txn.ops.iter().any(is_of_service) {
            return self.inner.commit(txn);
        }
        let work = (mode == WRITES_SILENTLY).then(|| self.inner.commit(txn));
        Reply::pending(async move {
            if let Some(work) = work {
                work.await.expect("it is written");
            }
            Err(gone())
        })
    }

    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch> {
        self.inner.watch(range, options)
    }

    fn compact(&self, revision: Revision) -> Reply<'_, ()> {
        self.inner.compact(revision)
    }

    fn grant_lease(&self, ttl: Duration) -> Reply<'_, Lease> {
        self.inner.grant_lease(ttl)
    }

    fn keep_lease_alive(&self, id: LeaseId) -> Reply<'_, Lease> {
        self.inner.keep_lease_alive(id)
    }

    fn revoke_lease(&self, id: LeaseId) -> Reply<'_, Committed> {
        self.inner.revoke_lease(id)
    }

    fn lease(&self, id: LeaseId) -> Reply<'_, Lease> {
        self.inner.lease(id)
    }

    fn status(&self) -> Reply<'_, Status> {
        // As an engine has to that is asked over the network.
        Reply::pending(self.inner.status())
    }

    fn close(&self) -> Reply<'_, ()> {
        self.inner.close()
    }
}

async fn server() -> (Server, Arc<Doubtful>) {
    let store = Arc::new(Doubtful {
        inner: Embedded::in_memory(),
        mode: AtomicU8::new(SAYS),
    });
    let options = skeg_apiserver::Options {
        // What does not answer at once does not answer, and is asked each time.
        store_health_timeout: Duration::from_nanos(1),
        store_readiness_timeout: Duration::from_nanos(1),
        ..skeg_apiserver::Options::default()
    };
    (Server::start_over(store.clone(), options).await, store)
}

fn service(name: &str, port: i64) -> Value {
    json!({"metadata": {"name": name}, "spec": {"type": "NodePort",
        "ports": [{"port": 80, "nodePort": port}]}})
}

async fn is_taken(server: &Server, port: i64) -> bool {
    let line = format!("POST {SERVICES}?dryRun=All");
    server.send(&line, service("asks", port)).await.code != 201
}

async fn becomes_free(server: &Server, port: i64) {
    let free = async {
        while is_taken(server, port).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, free)
        .await
        .expect("it is given back");
}

#[tokio::test]
async fn what_may_have_been_written_keeps_its_ports() {
    let (server, store) = server().await;
    let line = format!("POST {SERVICES}");
    store.be(WRITES_SILENTLY);
    assert_eq!(server.send(&line, service("one", 31200)).await.code, 500);
    store.be(LOSES);
    assert_eq!(server.send(&line, service("two", 31201)).await.code, 500);
    store.be(SAYS);
    assert!(is_taken(&server, 31200).await && is_taken(&server, 31201).await);
    later().await;
    becomes_free(&server, 31201).await;
    assert!(is_taken(&server, 31200).await, "it is stored");
    server.get(&format!("{SERVICES}/one")).await.expect(200);
}

#[tokio::test]
async fn what_may_have_been_changed_keeps_its_ports() {
    let (server, store) = server().await;
    let line = format!("POST {SERVICES}");
    for (mode, port, free, kept) in [
        (WRITES_SILENTLY, 31210, 31210, 31211),
        (LOSES, 31220, 31221, 31220),
    ] {
        let name = format!("at-{port}");
        let path = format!("{SERVICES}/{name}");
        server.send(&line, service(&name, port)).await.expect(201);
        store.be(mode);
        let change =
            json!([{"op": "replace", "path": "/spec/ports/0/nodePort", "value": port + 1}]);
        let answer = server.patch(&path, "json-patch+json", change).await;
        assert_eq!(answer.code, 500);
        store.be(SAYS);
        assert!(is_taken(&server, port).await && is_taken(&server, port + 1).await);
        later().await;
        becomes_free(&server, free).await;
        assert!(is_taken(&server, kept).await, "it is stored");
    }
}

#[tokio::test]
async fn what_may_have_been_deleted_gives_its_ports_back_when_it_was() {
    let (server, store) = server().await;
    let line = format!("POST {SERVICES}");
    for (mode, port) in [(WRITES_SILENTLY, 31230), (LOSES, 31231)] {
        let name = format!("at-{port}");
        let path = format!("{SERVICES}/{name}");
        server.send(&line, service(&name, port)).await.expect(201);
        store.be(mode);
        assert_eq!(server.delete(&path, json!({})).await.code, 500);
        store.be(SAYS);
        assert!(is_taken(&server, port).await);
    }
    later().await;
    becomes_free(&server, 31230).await;
    assert!(is_taken(&server, 31231).await, "it is stored");
}

/// Who goes away while the store deletes leaves no port behind.
#[tokio::test]
async fn ports_of_a_deleted_service_are_free_when_nobody_waits_for_the_answer() {
    let (server, _) = server().await;
    let line = format!("POST {SERVICES}");
    let mut deleted = 0;
    for round in 0..20 {
        let (name, port) = (format!("left-{round}"), 31240 + round);
        let path = format!("{SERVICES}/{name}");
        server.send(&line, service(&name, port)).await.expect(201);
        {
            let asked = server.delete(&path, json!({}));
            let mut asked = std::pin::pin!(asked);
            // As far as it gets at once, which is to the store.
            assert!(futures::poll!(&mut asked).is_pending());
        }
        for _ in 0..1000 {
            if server.get(&path).await.code == 404 {
                deleted += 1;
                becomes_free(&server, port).await;
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert!(
        deleted > 0,
        "no deletion was under way when its request ended"
    );
}

#[tokio::test]
async fn checks_tell_of_a_store_that_does_not_answer() {
    let (server, store) = server().await;
    for mode in [GONE, SILENT] {
        store.be(mode);
        for path in ["/livez", "/healthz", "/readyz"] {
            let answer = server.get(path).await;
            assert_eq!(answer.code, 500, "{path}");
            let text = answer.text();
            assert!(text.contains("[-]etcd failed: reason withheld\n"), "{text}");
            let readiness = "[-]etcd-readiness failed: reason withheld\n";
            assert_eq!(text.contains(readiness), path == "/readyz", "{text}");
            assert_eq!(server.get(&format!("{path}/etcd")).await.code, 500);
        }
        assert_eq!(server.get("/livez?exclude=etcd").await.code, 200);
        let slis = server.get("/metrics/slis").await.text();
        let down = "kubernetes_healthcheck{name=\"etcd\",type=\"livez\"} 0\n";
        assert!(slis.contains(down), "{slis}");
        store.be(SAYS);
        for path in ["/livez", "/readyz", "/readyz/etcd-readiness"] {
            assert_eq!(server.get(path).await.code, 200, "{path}");
        }
    }
}

/// As upstream tells of what etcd's client says: without a reason.
#[tokio::test]
async fn a_store_that_is_gone_is_told_of_in_the_words_of_a_call() {
    let (server, store) = server().await;
    store.be(GONE);
    let status = server.get(&format!("{SERVICES}/one")).await.expect(500);
    let message = "rpc error: code = Unavailable desc = it has gone away";
    assert_eq!(
        (&status["message"], &status["reason"], &status["details"]),
        (&json!(message), &Value::Null, &Value::Null)
    );
}
