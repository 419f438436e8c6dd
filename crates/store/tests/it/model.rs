//! Random operations, restarts, power cuts and compactions, against a model
//! that is a `BTreeMap` and a list of all its past states.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use skeg_store::testing::{ManualClock, MemoryDisk};
use skeg_store::{
    Committed, Embedded, Error, EventKind, Expect, Key, KeyRange, KeyValue, LeaseId, Op, Options,
    RangeOptions, Revision, Store, Txn, WatchOptions,
};

use crate::{DIR, all, runtime, small};

#[derive(Debug, Clone)]
enum Action {
    Put {
        key: u8,
        len: usize,
        expect: Wanted,
        lease: Option<usize>,
    },
    Delete {
        key: u8,
        expect: Wanted,
    },
    Txn {
        puts: Vec<u8>,
        deletes: Vec<u8>,
    },
    DeleteRange {
        from: u8,
        to: u8,
    },
    Grant {
        seconds: u64,
    },
    KeepAlive {
        lease: usize,
    },
    Revoke {
        lease: usize,
    },
    Advance {
        seconds: u64,
    },
    Compact {
        back: u64,
    },
    Restart,
    PowerCut {
        seed: u64,
    },
}

#[derive(Debug, Clone, Copy)]
enum Wanted {
    Any,
    Absent,
    Right,
    Wrong,
}

fn action() -> impl Strategy<Value = Action> {
    let wanted = || {
        prop_oneof![
            Just(Wanted::Any),
            Just(Wanted::Absent),
            Just(Wanted::Right),
            Just(Wanted::Wrong)
        ]
    };
    let len = prop_oneof![4 => 0..40usize, 1 => 2000..6000usize];
    let keys = || proptest::collection::vec(0..10u8, 0..4);
    prop_oneof![
        12 => (0..10u8, len, wanted(), proptest::option::weighted(0.3, 0..4usize))
            .prop_map(|(key, len, expect, lease)| Action::Put { key, len, expect, lease }),
        4 => (0..10u8, wanted()).prop_map(|(key, expect)| Action::Delete { key, expect }),
        3 => (keys(), keys()).prop_map(|(puts, deletes)| Action::Txn { puts, deletes }),
        1 => (0..10u8, 0..10u8).prop_map(|(from, to)| Action::DeleteRange { from, to }),
        2 => (1..100u64).prop_map(|seconds| Action::Grant { seconds }),
        1 => (0..4usize).prop_map(|lease| Action::KeepAlive { lease }),
        1 => (0..4usize).prop_map(|lease| Action::Revoke { lease }),
        2 => (1..60u64).prop_map(|seconds| Action::Advance { seconds }),
        1 => (0..12u64).prop_map(|back| Action::Compact { back }),
        1 => Just(Action::Restart),
        1 => any::<u64>().prop_map(|seed| Action::PowerCut { seed }),
    ]
}

type State = BTreeMap<Key, KeyValue>;

struct Lease {
    ttl: Duration,
    deadline: Duration,
}

/// What the store should hold.
struct Model {
    /// The state at revision `compacted`, and at every one after it.
    states: Vec<State>,
    compacted: Revision,
    leases: BTreeMap<LeaseId, Lease>,
    now: Duration,
}

impl Model {
    fn revision(&self) -> Revision {
        self.compacted + self.states.len() as u64 - 1
    }

    fn state(&self) -> &State {
        self.states.last().unwrap()
    }

    fn at(&self, revision: Revision) -> &State {
        &self.states[(revision - self.compacted) as usize]
    }

    /// Makes the next revision, if it changes something.
    fn change(&mut self, puts: Vec<(Key, Vec<u8>, Option<LeaseId>)>, deletes: Vec<Key>) -> usize {
        let mut state = self.state().clone();
        let revision = self.revision() + 1;
        let deleted = deletes
            .iter()
            .filter(|key| state.remove(*key).is_some())
            .count();
        if puts.is_empty() && deleted == 0 {
            return 0;
        }
        for (key, value, lease) in puts {
            let old = state.get(&key);
            let kv = KeyValue {
                key: key.clone(),
                value: value.into(),
                create_revision: old.map_or(revision, |old| old.create_revision),
                mod_revision: revision,
                version: old.map_or(1, |old| old.version + 1),
                lease,
            };
            state.insert(key, kv);
        }
        self.states.push(state);
        deleted
    }

    fn end_lease(&mut self, id: LeaseId) {
        self.leases.remove(&id);
        let attached = |kv: &&KeyValue| kv.lease == Some(id);
        let keys = self
            .state()
            .values()
            .filter(attached)
            .map(|kv| kv.key.clone())
            .collect();
        self.change(vec![], keys);
    }

    fn advance(&mut self, by: Duration) {
        self.now += by;
        let mut ended: Vec<_> = self
            .leases
            .iter()
            .filter(|(_, l)| l.deadline <= self.now)
            .map(|(id, l)| (l.deadline, *id))
            .collect();
        ended.sort();
        for (_, id) in ended {
            self.end_lease(id);
        }
    }

    fn lease(&self, index: usize) -> Option<LeaseId> {
        self.leases.keys().nth(index).copied()
    }
}

fn key(index: u8) -> Key {
    format!("/k/{index}").into()
}

struct Run {
    disk: MemoryDisk,
    clock: ManualClock,
    store: Option<Embedded>,
    model: Model,
    writes: u32,
}

impl Run {
    fn new() -> Run {
        let (disk, clock) = (MemoryDisk::new(), ManualClock::new());
        let states = vec![State::new()];
        let model = Model {
            states,
            compacted: 1,
            leases: BTreeMap::new(),
            now: Duration::ZERO,
        };
        let mut run = Run {
            disk,
            clock,
            store: None,
            model,
            writes: 0,
        };
        run.open();
        run
    }

    fn open(&mut self) {
        let options = Options {
            clock: Arc::new(self.clock.clone()),
            history: Duration::from_secs(1 << 40),
            ..small(&self.disk)
        };
        self.store = Some(Embedded::open(DIR, options).unwrap());
    }

    fn store(&self) -> &Embedded {
        self.store.as_ref().unwrap()
    }

    fn value(&mut self, len: usize) -> Vec<u8> {
        self.writes += 1;
        let mut value = self.writes.to_le_bytes().to_vec();
        value.resize(len.max(4), b'.');
        value
    }

    fn expectation(&self, key: &Key, wanted: Wanted) -> Expect {
        let current = self.model.state().get(key).map_or(0, |kv| kv.mod_revision);
        match wanted {
            Wanted::Any => Expect::Any,
            Wanted::Absent => Expect::Absent,
            Wanted::Right => Expect::mod_revision(current),
            Wanted::Wrong => Expect::ModRevision(current + 1),
        }
    }

    /// Commits, and does the same to the model if it should have succeeded.
    async fn commit(&mut self, expect: Vec<(Key, Expect)>, ops: Vec<Op>) {
        let txn = Txn {
            expect: expect.clone(),
            ops: ops.clone(),
        };
        let result = self.store().commit(txn).await;

        let state = self.model.state();
        if let Some((key, _)) = expect.iter().find(|(key, e)| !e.holds(state.get(key))) {
            let Err(Error::Conflict {
                key: at,
                current,
                revision,
            }) = result
            else {
                panic!("expected a conflict over {key}, got {result:?}");
            };
            assert_eq!((&at, current.as_deref()), (key, state.get(key)));
            assert_eq!(revision, self.model.revision());
            return;
        }
        let (mut puts, mut deletes, mut written) = (Vec::new(), Vec::new(), Vec::new());
        for op in ops {
            match op {
                Op::Put { key, value, lease } => {
                    written.push(key.clone());
                    puts.push((key, value.to_vec(), lease));
                }
                Op::Delete { key } => deletes.push(key),
                Op::DeleteRange { range } => {
                    deletes.extend(state.keys().filter(|key| range.contains(key)).cloned());
                }
            }
        }
        written.extend(
            deletes
                .iter()
                .filter(|key| state.contains_key(*key))
                .cloned(),
        );
        written.sort();
        if written.windows(2).any(|pair| pair[0] == pair[1]) {
            assert!(
                matches!(result, Err(Error::DuplicateKey { .. })),
                "{result:?}"
            );
            return;
        }
        let previous: usize = written
            .iter()
            .filter(|key| state.contains_key(*key))
            .count();
        let deleted = self.model.change(puts, deletes);
        let Committed {
            revision,
            previous: got,
            deleted: gone,
        } = result.unwrap();
        assert_eq!(
            (revision, got.len(), gone),
            (self.model.revision(), previous, deleted)
        );
    }

    async fn act(&mut self, action: Action) {
        match action {
            Action::Put {
                key: index,
                len,
                expect,
                lease,
            } => {
                let (key, value) = (key(index), self.value(len).into());
                let expect = vec![(key.clone(), self.expectation(&key, expect))];
                let lease = lease.and_then(|index| self.model.lease(index));
                self.commit(expect, vec![Op::Put { key, value, lease }])
                    .await;
            }
            Action::Delete { key: index, expect } => {
                let key = key(index);
                let expect = vec![(key.clone(), self.expectation(&key, expect))];
                self.commit(expect, vec![Op::Delete { key }]).await;
            }
            Action::Txn { puts, deletes } => {
                let mut ops = Vec::new();
                for index in puts {
                    let value = self.value(8).into();
                    ops.push(Op::Put {
                        key: key(index),
                        value,
                        lease: None,
                    });
                }
                ops.extend(
                    deletes
                        .into_iter()
                        .map(|index| Op::Delete { key: key(index) }),
                );
                self.commit(vec![], ops).await;
            }
            Action::DeleteRange { from, to } => {
                let range = KeyRange::between(key(from), key(to));
                self.commit(vec![], vec![Op::DeleteRange { range }]).await;
            }
            Action::Grant { seconds } => {
                let ttl = Duration::from_secs(seconds);
                let lease = self.store().grant_lease(ttl).await.unwrap();
                let deadline = self.model.now + ttl;
                assert!(
                    self.model
                        .leases
                        .insert(lease.id, Lease { ttl, deadline })
                        .is_none()
                );
            }
            Action::KeepAlive { lease } => {
                let Some(id) = self.model.lease(lease) else {
                    return;
                };
                self.store().keep_lease_alive(id).await.unwrap();
                let now = self.model.now;
                let lease = self.model.leases.get_mut(&id).unwrap();
                lease.deadline = now + lease.ttl;
            }
            Action::Revoke { lease } => {
                let Some(id) = self.model.lease(lease) else {
                    return;
                };
                self.store().revoke_lease(id).await.unwrap();
                self.model.end_lease(id);
            }
            Action::Advance { seconds } => {
                let by = Duration::from_secs(seconds);
                self.clock.advance(by);
                self.model.advance(by);
                // The answer comes after what has expired by now.
                self.store()
                    .delete_if("/none".into(), Expect::Any)
                    .await
                    .unwrap();
            }
            Action::Compact { back } => {
                let revision = self.model.revision().saturating_sub(back);
                let result = self.store().compact(revision).await;
                // Revision 1 is nothing that anybody wrote.
                if revision > self.model.compacted {
                    result.unwrap();
                    let gone = (revision - self.model.compacted) as usize;
                    self.model.states.drain(..gone);
                    self.model.compacted = revision;
                } else if revision != 1 {
                    assert!(result.is_err_and(|error| error.is_compacted()));
                }
            }
            Action::Restart => {
                self.store().close().await.unwrap();
                drop(self.store.take());
                self.open();
            }
            Action::PowerCut { seed } => {
                let mut random = fastrand::Rng::with_seed(seed);
                self.disk = self.disk.after_power_cut(|| random.bool());
                drop(self.store.take());
                self.open();
            }
        }
    }

    /// The store is as the model is, now and at every revision.
    async fn check(&self) {
        let store = self.store();
        let model = &self.model;
        assert_eq!(store.current_revision().await.unwrap(), model.revision());
        for revision in model.compacted..=model.revision() {
            let options = RangeOptions { limit: 0, revision };
            let read = store.range(&KeyRange::all(), options).await.unwrap();
            let expected = model.at(revision).values();
            assert!(
                read.kvs.iter().map(|kv| &**kv).eq(expected),
                "at revision {revision}"
            );
        }
        if model.compacted > 1 {
            let old = store.get(b"/k/0", model.compacted - 1).await;
            assert!(old.is_err_and(|error| error.is_compacted()));
        }
        let status = store.status().await.unwrap();
        assert_eq!(
            (status.keys, status.leases),
            (model.state().len(), model.leases.len())
        );
        let size = |kv: &KeyValue| (kv.key.len() + kv.value.len()) as u64;
        assert_eq!(
            status.live_bytes,
            model.state().values().map(size).sum::<u64>()
        );
        for (id, lease) in &model.leases {
            let keys = model
                .state()
                .values()
                .filter(|kv| kv.lease == Some(*id))
                .count();
            let got = store.lease(*id).await.unwrap();
            assert_eq!(
                (got.ttl, got.remaining, got.keys),
                (lease.ttl, lease.deadline - model.now, keys)
            );
        }
        self.check_watch().await;
    }

    /// The history, played on top of the oldest state, makes all the others.
    async fn check_watch(&self) {
        let model = &self.model;
        let mut seen = model.compacted;
        let mut state = model.at(seen).clone();
        let options = WatchOptions { from: seen + 1 };
        let mut watch = self.store().watch(KeyRange::all(), options).await.unwrap();
        while seen < model.revision() {
            for event in watch.next().await.unwrap().unwrap().events {
                if event.revision() != seen {
                    assert_eq!(&state, model.at(seen), "after the events of {seen}");
                    assert_eq!(event.revision(), seen + 1);
                    seen += 1;
                }
                let key = event.kv.key.clone();
                let prev = match event.kind {
                    EventKind::Put => state.insert(key, (*event.kv).clone()),
                    EventKind::Delete => state.remove(&key),
                };
                assert_eq!(prev.as_ref(), event.prev.as_deref());
            }
        }
        assert_eq!(&state, model.state());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_is_a_map_with_a_memory(actions in proptest::collection::vec(action(), 1..120)) {
        runtime().block_on(async {
            let mut run = Run::new();
            for (i, action) in actions.into_iter().enumerate() {
                let big = matches!(action, Action::Restart | Action::PowerCut { .. } | Action::Compact { .. });
                run.act(action).await;
                if big || i % 16 == 0 {
                    run.check().await;
                }
            }
            run.check().await;
            run.act(Action::Restart).await;
            run.check().await;
            prop_assert_eq!(all(run.store()).len(), run.model.state().len());
            Ok(())
        })?;
    }
}
