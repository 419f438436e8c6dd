//! Another beginning of all keys than `/registry`, in a store that is shared.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use skeg_store::{
    Committed, Event, Key, KeyRange, KeyValue, Lease, LeaseId, Op, RangeOptions, RangeResult,
    Reply, Result, Revision, Status, Store, Txn, Watch, WatchBatch, WatchOptions, WatchSource,
};

/// What all keys begin with inside.
const OWN: &[u8] = b"/registry";

/// A store whose keys begin otherwise than those that it is asked for.
struct Prefixed {
    store: Arc<dyn Store>,
    names: Names,
}

/// From keys inside to keys of the store, and back.
#[derive(Clone)]
struct Names(Arc<[u8]>);

/// How keys begin by a prefix with or without slashes at its ends.
pub fn of(prefix: &str) -> String {
    format!("/{}", prefix.trim_matches('/'))
}

/// The same store, its keys below `prefix` instead of `/registry`.
pub fn wrap(store: Arc<dyn Store>, prefix: &str) -> Arc<dyn Store> {
    let prefix = of(prefix);
    if prefix.as_bytes() == OWN {
        return store;
    }
    Arc::new(Prefixed {
        store,
        names: Names(prefix.as_bytes().into()),
    })
}

impl Names {
    fn outside(&self, key: &[u8]) -> Key {
        match key.strip_prefix(OWN) {
            Some(rest) => [&*self.0, rest].concat().into(),
            None => key.into(),
        }
    }

    fn inside(&self, key: &Key) -> Key {
        match key.as_bytes().strip_prefix(&*self.0) {
            Some(rest) => [OWN, rest].concat().into(),
            None => key.clone(),
        }
    }

    fn range(&self, range: &KeyRange) -> KeyRange {
        KeyRange {
            start: self.outside(range.start.as_bytes()),
            // An end that is the key after the last of all others begins
            // otherwise, and is the end of the new ones too.
            end: range.end.as_ref().map(|end| self.end(end)),
        }
    }

    fn end(&self, end: &Key) -> Key {
        if end.as_bytes().starts_with(OWN) {
            return self.outside(end.as_bytes());
        }
        // `/registrz`: the end of everything.
        let mut after = self.0.to_vec();
        if let Some(last) = after.last_mut() {
            *last += 1;
        }
        after.into()
    }

    fn kv(&self, kv: &Arc<KeyValue>) -> Arc<KeyValue> {
        let mut own = (**kv).clone();
        own.key = self.inside(&kv.key);
        Arc::new(own)
    }

    fn error(&self, error: skeg_store::Error) -> skeg_store::Error {
        match error {
            skeg_store::Error::Conflict {
                key,
                current,
                revision,
            } => skeg_store::Error::Conflict {
                key: self.inside(&key),
                current: current.map(|kv| self.kv(&kv)),
                revision,
            },
            other => other,
        }
    }

    fn event(&self, event: Event) -> Event {
        Event {
            kind: event.kind,
            kv: self.kv(&event.kv),
            prev: event.prev.as_ref().map(|kv| self.kv(kv)),
        }
    }
}

/// What becomes of an answer on its way in.
fn mapped<'a, T: Send + 'a, U: Send + 'a>(
    reply: Reply<'a, T>,
    map: impl FnOnce(Result<T>) -> Result<U> + Send + 'a,
) -> Reply<'a, U> {
    match reply.now() {
        Ok(result) => Reply::ready(map(result)),
        Err(reply) => Reply::pending(async move { map(reply.await) }),
    }
}

impl Store for Prefixed {
    fn current_revision(&self) -> Reply<'_, Revision> {
        self.store.current_revision()
    }

    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>> {
        let key = self.names.outside(key);
        let answer = self.store.get(key.as_bytes(), revision);
        mapped(answer, |found| Ok(found?.map(|kv| self.names.kv(&kv))))
    }

    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult> {
        let range = self.names.range(range);
        mapped(self.store.range(&range, options), |found| {
            let mut found = found?;
            for kv in &mut found.kvs {
                *kv = self.names.kv(kv);
            }
            Ok(found)
        })
    }

    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize> {
        self.store.count(&self.names.range(range), revision)
    }

    fn commit(&self, mut txn: Txn) -> Reply<'_, Committed> {
        for (key, _) in &mut txn.expect {
            *key = self.names.outside(key.as_bytes());
        }
        for op in &mut txn.ops {
            match op {
                Op::Put { key, .. } | Op::Delete { key } => {
                    *key = self.names.outside(key.as_bytes());
                }
                Op::DeleteRange { range } => *range = self.names.range(range),
            }
        }
        mapped(self.store.commit(txn), |done| {
            done.map_err(|error| self.names.error(error))
        })
    }

    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch> {
        let range = self.names.range(&range);
        let names = self.names.clone();
        mapped(self.store.watch(range, options), |watch| {
            Ok(Watch::new(Renamed {
                watch: watch?,
                names,
            }))
        })
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
        self.store.is_stale(self.names.outside(key).as_bytes())
    }
}

struct Renamed {
    watch: Watch,
    names: Names,
}

impl WatchSource for Renamed {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<WatchBatch>>> {
        self.watch.poll_next_batch(cx).map(|next| {
            next.map(|batch| {
                let mut batch = batch?;
                let events = std::mem::take(&mut batch.events);
                batch.events = events.into_iter().map(|e| self.names.event(e)).collect();
                Ok(batch)
            })
        })
    }

    fn request_progress(&mut self) {
        self.watch.request_progress();
    }

    fn try_next(&mut self) -> Option<WatchBatch> {
        let mut batch = self.watch.try_next()?;
        let events = std::mem::take(&mut batch.events);
        batch.events = events.into_iter().map(|e| self.names.event(e)).collect();
        Some(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_store::{Embedded, Expect};

    #[tokio::test]
    async fn keys_are_below_the_prefix_outside_only() {
        let below: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        let store = wrap(below.clone(), "/other/");
        let all = KeyRange::prefix("/registry/");
        let mut watch = store
            .watch(all.clone(), WatchOptions::default())
            .await
            .unwrap();
        let key = || Key::from("/registry/pods/ns/a");
        let made = store
            .put_if(key(), "v1".into(), Expect::Absent, None)
            .await
            .unwrap();
        assert_eq!(
            below
                .get(b"/other/pods/ns/a", 0)
                .await
                .unwrap()
                .unwrap()
                .value,
            "v1"
        );
        assert_eq!(
            store
                .get(b"/registry/pods/ns/a", 0)
                .await
                .unwrap()
                .unwrap()
                .key,
            key()
        );
        let found = store.range(&all, RangeOptions::default()).await.unwrap();
        assert_eq!(found.kvs[0].key, key());
        let batch = watch.next().await.unwrap().unwrap();
        assert_eq!((&batch.events[0].kv.key, batch.revision), (&key(), made));
        let late = store.put_if(key(), "v2".into(), Expect::Absent, None).await;
        let Err(skeg_store::Error::Conflict { key: told, .. }) = late else {
            panic!("{late:?}")
        };
        assert_eq!(told, key());
        store
            .delete_if(key(), Expect::ModRevision(made))
            .await
            .unwrap();
        assert_eq!(below.get(b"/other/pods/ns/a", 0).await.unwrap(), None);
    }

    #[test]
    fn the_usual_prefix_needs_nothing() {
        let below: Arc<dyn Store> = Arc::new(Embedded::in_memory());
        assert!(Arc::ptr_eq(&wrap(below.clone(), "/registry"), &below));
    }
}
