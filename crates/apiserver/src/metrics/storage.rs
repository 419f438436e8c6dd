//! What the store is asked for, how often and how long it takes: every request
//! to it passes here.

use super::layers::Layer;
use bytes::Bytes;
use foldhash::fast::RandomState;
use parking_lot::RwLock;
use skeg_auth::metrics::{Histogram, Text};
use skeg_store::{
    Committed, Expect, Key, KeyRange, KeyValue, Lease, LeaseId, Op, RangeOptions, RangeResult,
    Reply, Revision, Status, Store, Txn, Watch, WatchOptions,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::DURATIONS;

/// What requests are called.
const OPERATIONS: [&str; 6] = ["create", "update", "delete", "get", "list", "watch"];
const CREATE: usize = 0;
const UPDATE: usize = 1;
const DELETE: usize = 2;
const GET: usize = 3;
const LIST: usize = 4;
const WATCH: usize = 5;
/// Resources that are told apart; custom ones come and go.
const KINDS_LEN_MAX: usize = 4096;

struct Measures {
    times: Histogram,
    errors: AtomicU64,
}

/// The requests of one resource.
struct Kind {
    group: String,
    resource: String,
    by_operation: [OnceLock<Box<Measures>>; OPERATIONS.len()],
}

impl Kind {
    fn new(group: &str, resource: &str) -> Arc<Self> {
        Arc::new(Self {
            group: group.to_owned(),
            resource: resource.to_owned(),
            by_operation: Default::default(),
        })
    }

    fn done(&self, operation: usize, took: Duration, failed: bool) {
        let measures = self.by_operation[operation].get_or_init(|| {
            Box::new(Measures {
                times: Histogram::new(DURATIONS),
                errors: AtomicU64::new(0),
            })
        });
        measures.times.observe(took.as_secs_f64());
        if failed {
            measures.errors.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A store whose requests are counted.
pub(crate) struct Measured {
    store: Arc<dyn Store>,
    /// By the beginning of their keys, without the last slash.
    kinds: RwLock<HashMap<Box<str>, Arc<Kind>, RandomState>>,
    others: Arc<Kind>,
}

/// The first so many parts of a key, which begins with a slash.
fn head(key: &str, parts: usize) -> &str {
    let bytes = key.bytes().enumerate();
    let mut slashes = bytes.filter(|(_, byte)| *byte == b'/');
    match slashes.nth(parts) {
        Some((at, _)) => &key[..at],
        None => key,
    }
}

impl Measured {
    /// Counts what `store` is asked for. `rows` are the resources that are
    /// always there: their keys' beginning, group and plural name.
    pub fn new<'a>(
        store: Arc<dyn Store>,
        rows: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
    ) -> Arc<Self> {
        let kinds = rows
            .into_iter()
            .map(|(prefix, group, resource)| (prefix.into(), Kind::new(group, resource)))
            .collect();
        Arc::new(Self {
            store,
            kinds: RwLock::new(kinds),
            others: Kind::new("", ""),
        })
    }

    fn kind(&self, key: &[u8]) -> Arc<Kind> {
        let Ok(key) = std::str::from_utf8(key) else {
            return self.others.clone();
        };
        let (short, long) = (head(key, 2), head(key, 3));
        {
            let kinds = self.kinds.read();
            if let Some(known) = kinds.get(long).or_else(|| kinds.get(short)) {
                return known.clone();
            }
        }
        // A custom resource: /registry/GROUP/PLURAL/….
        let mut parts = long.split('/').skip(2);
        let (Some(group), Some(resource)) = (parts.next(), parts.next()) else {
            return self.others.clone();
        };
        if !group.contains('.') {
            return self.others.clone();
        }
        let mut kinds = self.kinds.write();
        if kinds.len() >= KINDS_LEN_MAX {
            return self.others.clone();
        }
        kinds
            .entry(long.into())
            .or_insert_with(|| Kind::new(group, resource))
            .clone()
    }

    fn timed<'a, T: Send + 'a>(
        &self,
        key: &[u8],
        operation: usize,
        ask: impl FnOnce() -> Reply<'a, T>,
    ) -> Reply<'a, T> {
        let kind = self.kind(key);
        let since = Instant::now();
        let answered = move |result: &skeg_store::Result<T>| {
            // That a key has changed meanwhile is an answer.
            let failed =
                matches!(result, Err(e) if !matches!(e, skeg_store::Error::Conflict { .. }));
            let took = since.elapsed();
            kind.done(operation, took, failed);
            Layer::Store.took(took);
        };
        match ask().now() {
            Ok(result) => {
                answered(&result);
                Reply::ready(result)
            }
            Err(reply) => Reply::pending(async move {
                let result = reply.await;
                answered(&result);
                result
            }),
        }
    }

    /// Writes the lines.
    pub fn render(&self, out: &mut Text) {
        let mut kinds: Vec<Arc<Kind>> = self.kinds.read().values().cloned().collect();
        kinds.push(self.others.clone());
        kinds.sort_by(|a, b| (&a.group, &a.resource).cmp(&(&b.group, &b.resource)));
        let each = |tell: &mut dyn FnMut(&[(&str, &str)], &Measures)| {
            for kind in &kinds {
                for (operation, measures) in OPERATIONS.iter().zip(&kind.by_operation) {
                    if let Some(measures) = measures.get() {
                        let labels = [
                            ("group", kind.group.as_str()),
                            ("operation", *operation),
                            ("resource", kind.resource.as_str()),
                        ];
                        tell(&labels, measures);
                    }
                }
            }
        };
        let name = "etcd_request_duration_seconds";
        let help = "Time that requests to the store took, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        each(&mut |labels, measures| out.histogram(name, labels, &measures.times));
        let name = "apiserver_storage_list_duration_seconds";
        let help = "Time that lists of the store took, in seconds.";
        out.head(name, "histogram", "ALPHA", help);
        for kind in &kinds {
            if let Some(measures) = kind.by_operation[LIST].get() {
                let labels = [
                    ("group", kind.group.as_str()),
                    ("resource", kind.resource.as_str()),
                    ("streamed", "false"),
                ];
                out.histogram(name, &labels, &measures.times);
            }
        }
        let name = "etcd_requests_total";
        out.head(name, "counter", "ALPHA", "Requests to the store.");
        each(&mut |labels, measures| out.sample(name, labels, measures.times.count() as f64));
        let name = "etcd_request_errors_total";
        let help = "Requests to the store that failed.";
        out.head(name, "counter", "ALPHA", help);
        each(&mut |labels, measures| {
            let errors = measures.errors.load(Ordering::Relaxed);
            if errors > 0 {
                out.sample(name, labels, errors as f64);
            }
        });
    }
}

impl Store for Measured {
    fn current_revision(&self) -> Reply<'_, Revision> {
        self.store.current_revision()
    }

    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>> {
        self.timed(key, GET, || self.store.get(key, revision))
    }

    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult> {
        self.timed(range.start.as_bytes(), LIST, || {
            self.store.range(range, options)
        })
    }

    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize> {
        self.store.count(range, revision)
    }

    fn commit(&self, txn: Txn) -> Reply<'_, Committed> {
        let (key, operation) = match txn.ops.first() {
            Some(Op::Put { key, .. }) => (key.clone(), UPDATE),
            Some(Op::Delete { key }) => (key.clone(), DELETE),
            _ => return self.store.commit(txn),
        };
        self.timed(key.as_bytes(), operation, || self.store.commit(txn))
    }

    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch> {
        let start = range.start.clone();
        self.timed(start.as_bytes(), WATCH, || self.store.watch(range, options))
    }

    fn compact(&self, revision: Revision) -> Reply<'_, ()> {
        self.store.compact(revision)
    }

    fn grant_lease(&self, ttl: Duration) -> Reply<'_, Lease> {
        self.store.grant_lease(ttl)
    }

    fn keep_lease_alive(&self, id: LeaseId) -> Reply<'_, Lease> {
        self.store.keep_lease_alive(id)
    }

    fn revoke_lease(&self, id: LeaseId) -> Reply<'_, Committed> {
        self.store.revoke_lease(id)
    }

    fn lease(&self, id: LeaseId) -> Reply<'_, Lease> {
        self.store.lease(id)
    }

    fn status(&self) -> Reply<'_, Status> {
        self.store.status()
    }

    fn close(&self) -> Reply<'_, ()> {
        self.store.close()
    }

    fn is_stale(&self, key: &[u8]) -> Reply<'_, bool> {
        self.store.is_stale(key)
    }

    fn put_if(
        &self,
        key: Key,
        value: Bytes,
        expect: Expect,
        lease: Option<LeaseId>,
    ) -> Reply<'_, Revision> {
        let operation = match expect {
            Expect::Absent => CREATE,
            _ => UPDATE,
        };
        let of = key.clone();
        self.timed(of.as_bytes(), operation, || {
            self.store.put_if(key, value, expect, lease)
        })
    }

    fn delete_if(&self, key: Key, expect: Expect) -> Reply<'_, Committed> {
        let of = key.clone();
        self.timed(of.as_bytes(), DELETE, || self.store.delete_if(key, expect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_keys() {
        let key = "/registry/services/specs/ns/name";
        assert_eq!(head(key, 2), "/registry/services");
        assert_eq!(head(key, 3), "/registry/services/specs");
        assert_eq!(head("/registry/pods", 3), "/registry/pods");
    }

    #[tokio::test]
    async fn requests_are_counted_by_resource() {
        let store: Arc<dyn Store> = Arc::new(skeg_store::Embedded::in_memory());
        let rows = [("/registry/services/specs", "", "services")];
        let store = Measured::new(store, rows);
        let put = |key: &'static str| {
            store.put_if(key.into(), Bytes::from_static(b"x"), Expect::Absent, None)
        };
        put("/registry/services/specs/ns/a").await.expect("stored");
        put("/registry/example.com/knobs/ns/a")
            .await
            .expect("stored");
        let _ = store.get(b"/registry/services/specs/ns/a", 0).await;
        let mut out = Text::default();
        store.render(&mut out);
        let text = out.finish();
        for line in [
            "etcd_requests_total{group=\"\",operation=\"create\",resource=\"services\"} 1",
            "etcd_requests_total{group=\"\",operation=\"get\",resource=\"services\"} 1",
            "etcd_requests_total{group=\"example.com\",operation=\"create\",resource=\"knobs\"} 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
