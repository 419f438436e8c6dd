//! One batch: what its commands make of the state, worked out before anything
//! is written. Later commands of a batch see what earlier ones will have done.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::memory::{LEASE_COUNTED_MAX, State};
use crate::queue::Answer;
use crate::record;
use crate::view::{Decide, View};
use crate::{
    Committed, Error, Event, Expect, Key, KeyRange, KeyValue, LATEST, Lease, LeaseId, Op,
    RangeOptions, Result, Revision, Txn,
};

/// A batch takes no more commands once its records are so large.
const BATCH_BYTES: usize = 1 << 20;

/// No transaction's record gets larger, however many keys a range deletes.
const RECORD_BYTES_MAX: usize = 1 << 30;

/// A step from one state to the next.
pub(crate) enum Change {
    Revision(Box<[Event]>),
    Lease {
        id: LeaseId,
        ttl: Duration,
        deadline: Duration,
    },
    LeaseEnd(LeaseId),
    Compact(Revision),
}

/// An answer that is given when the batch is durable.
pub(crate) struct Done {
    answer: Outcome,
    /// It is an error that holds even if the batch cannot be written, because
    /// nothing in it mattered.
    certain: bool,
}

enum Outcome {
    Committed(Answer<Committed>, Result<Committed>),
    Lease(Answer<Lease>, Result<Lease>),
    Compacted(Answer<()>, Result<()>),
}

impl Done {
    pub(crate) fn send(self) {
        match self.answer {
            Outcome::Committed(answer, result) => answer.send(result),
            Outcome::Lease(answer, result) => answer.send(result),
            Outcome::Compacted(answer, result) => answer.send(result),
        }
    }

    /// The batch could not be written.
    pub(crate) fn fail(self, error: &Error) {
        if self.certain {
            return self.send();
        }
        match self.answer {
            Outcome::Committed(answer, _) => answer.send(Err(error.clone())),
            Outcome::Lease(answer, _) => answer.send(Err(error.clone())),
            Outcome::Compacted(answer, _) => answer.send(Err(error.clone())),
        }
    }
}

/// A batch in the making.
pub(crate) struct Stage<'a> {
    state: &'a State,
    now: Duration,
    unix_millis: u64,
    /// The frame: its records so far.
    records: &'a mut Vec<u8>,
    keys: HashMap<Key, Option<Arc<KeyValue>>>,
    leases: HashMap<LeaseId, Option<Duration>>,
    last_lease: LeaseId,
    revision: Revision,
    compacted: Revision,
    changes: Vec<Change>,
    done: Vec<Done>,
}

impl<'a> Stage<'a> {
    /// An empty batch on top of `state`; `records` is a begun frame.
    pub(crate) fn new(
        state: &'a State,
        now: Duration,
        unix_millis: u64,
        records: &'a mut Vec<u8>,
    ) -> Stage<'a> {
        Stage {
            state,
            now,
            unix_millis,
            records,
            keys: HashMap::new(),
            leases: HashMap::new(),
            last_lease: state.last_lease,
            revision: state.revision,
            compacted: state.compacted,
            changes: Vec::new(),
            done: Vec::new(),
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.records.len() >= BATCH_BYTES
    }

    pub(crate) fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// What to apply, and whom to answer, when the records are durable.
    pub(crate) fn finish(self) -> (Vec<Change>, Vec<Done>) {
        (self.changes, self.done)
    }

    fn push(&mut self, answer: Outcome, is_error: bool) {
        let certain = is_error && self.changes.is_empty();
        self.done.push(Done { answer, certain });
    }

    pub(crate) fn commit(&mut self, txn: Txn, answer: Answer<Committed>) {
        let result = self.transact(txn);
        let is_error = result.is_err();
        self.push(Outcome::Committed(answer, result), is_error);
    }

    /// A transaction whose writes depend on what it finds.
    pub(crate) fn transact_by(&mut self, decide: Decide, answer: Answer<Committed>) {
        let result = decide(&View { stage: self }).and_then(|ops| {
            let expect = Vec::new();
            self.transact(Txn { expect, ops })
        });
        let is_error = result.is_err();
        self.push(Outcome::Committed(answer, result), is_error);
    }

    /// Makes a lease, with a name that the caller has for it or the next one.
    pub(crate) fn grant_lease(
        &mut self,
        id: Option<LeaseId>,
        ttl: Duration,
        answer: Answer<Lease>,
    ) {
        let id = id.unwrap_or(self.last_lease + 1);
        let result = if self.lease_ttl(id).is_some() {
            Err(Error::LeaseExists { id })
        } else {
            Ok(self.set_lease(id, ttl))
        };
        let is_error = result.is_err();
        self.push(Outcome::Lease(answer, result), is_error);
    }

    pub(crate) fn keep_lease_alive(&mut self, id: LeaseId, answer: Answer<Lease>) {
        let result = match self.lease_ttl(id) {
            Some(ttl) => Ok(self.set_lease(id, ttl)),
            None => Err(Error::LeaseNotFound { id }),
        };
        let is_error = result.is_err();
        self.push(Outcome::Lease(answer, result), is_error);
    }

    pub(crate) fn revoke_lease(&mut self, id: LeaseId, answer: Answer<Committed>) {
        let result = match self.lease_ttl(id) {
            Some(_) => Ok(self.end_lease(id)),
            None => Err(Error::LeaseNotFound { id }),
        };
        let is_error = result.is_err();
        self.push(Outcome::Committed(answer, result), is_error);
    }

    pub(crate) fn compact(&mut self, revision: Revision, answer: Answer<()>) {
        let result = if revision > self.revision {
            Err(Error::FutureRevision {
                requested: revision,
                current: self.revision,
            })
        } else if revision <= self.compacted {
            Err(Error::Compacted {
                requested: revision,
                compacted: self.compacted,
            })
        } else {
            self.compact_to(revision);
            Ok(())
        };
        let is_error = result.is_err();
        self.push(Outcome::Compacted(answer, result), is_error);
    }

    /// Compacts, if that is not in the past already.
    pub(crate) fn compact_to(&mut self, revision: Revision) {
        if revision > self.compacted {
            self.compacted = revision;
            record::put_compact(self.records, revision);
            self.changes.push(Change::Compact(revision));
        }
    }

    pub(crate) fn current(&self, key: &[u8]) -> Option<&Arc<KeyValue>> {
        match self.keys.get(key) {
            Some(staged) => staged.as_ref(),
            None => self.state.latest(key),
        }
    }

    fn transact(&mut self, txn: Txn) -> Result<Committed> {
        for (key, expect) in &txn.expect {
            let current = self.current(key);
            if !matches!(expect, Expect::Any) && !expect.holds(current.map(|kv| &**kv)) {
                let (key, current) = (key.clone(), current.cloned());
                return Err(Error::Conflict {
                    key,
                    current,
                    revision: self.revision,
                });
            }
        }

        let revision = self.revision + 1;
        let mut events = Vec::with_capacity(txn.ops.len());
        for op in txn.ops {
            match op {
                Op::Put { key, value, lease } => {
                    if let Some(id) = lease
                        && self.lease_ttl(id).is_none()
                    {
                        return Err(Error::LeaseNotFound { id });
                    }
                    let prev = self.current(&key).cloned();
                    events.push(record::put_event(key, value, lease, prev, revision));
                }
                Op::Delete { key } => {
                    if let Some(prev) = self.current(&key).cloned() {
                        events.push(record::delete_event(key, Some(prev), revision));
                    }
                }
                Op::DeleteRange { range } => {
                    for prev in self.live(
                        |key| range.contains(key),
                        self.state.live(&range, self.state.revision),
                    ) {
                        events.push(record::delete_event(prev.key.clone(), Some(prev), revision));
                    }
                }
            }
        }
        if events.len() > 1 {
            let mut seen = HashSet::with_capacity(events.len());
            if let Some(twice) = events.iter().find(|event| !seen.insert(&event.kv.key)) {
                return Err(Error::DuplicateKey {
                    key: twice.kv.key.clone(),
                });
            }
            let bytes = events
                .iter()
                .map(|event| event.kv.key.len() + event.kv.value.len() + 16)
                .sum();
            if bytes > RECORD_BYTES_MAX {
                return Err(Error::TooLarge {
                    bytes,
                    max: RECORD_BYTES_MAX,
                });
            }
        }
        Ok(self.make_revision(events))
    }

    /// The revision of what has been staged.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// The keys of a range at a revision.
    pub(crate) fn range(&self, range: &KeyRange, revision: Revision) -> Result<Vec<Arc<KeyValue>>> {
        if revision == LATEST || revision == self.revision {
            let stored = self.state.live(range, self.state.revision);
            return Ok(self.live(|key| range.contains(key), stored));
        }
        let options = RangeOptions { limit: 0, revision };
        Ok(self.state.range(range, &options)?.kvs)
    }

    /// The keys of `stored` as they are in this batch, and those that the batch
    /// made and `inside` wants; in order.
    fn live<'s>(
        &self,
        inside: impl Fn(&[u8]) -> bool,
        stored: impl Iterator<Item = &'s Arc<KeyValue>>,
    ) -> Vec<Arc<KeyValue>> {
        let mut kvs: Vec<Arc<KeyValue>> = stored
            .filter(|kv| !self.keys.contains_key(&*kv.key))
            .cloned()
            .collect();
        kvs.extend(
            self.keys
                .values()
                .flatten()
                .filter(|kv| inside(&kv.key))
                .cloned(),
        );
        if !self.keys.is_empty() {
            kvs.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        }
        kvs
    }

    fn make_revision(&mut self, events: Vec<Event>) -> Committed {
        let previous: Vec<_> = events
            .iter()
            .filter_map(|event| event.prev.clone())
            .collect();
        if events.is_empty() {
            return Committed {
                revision: self.revision,
                previous,
                deleted: 0,
            };
        }
        self.revision += 1;
        record::put_txn(self.records, &events);
        let mut deleted = 0;
        for event in &events {
            let staged = match event.kind {
                crate::EventKind::Put => Some(event.kv.clone()),
                crate::EventKind::Delete => {
                    deleted += 1;
                    None
                }
            };
            self.keys.insert(event.kv.key.clone(), staged);
        }
        self.changes
            .push(Change::Revision(events.into_boxed_slice()));
        Committed {
            revision: self.revision,
            previous,
            deleted,
        }
    }

    pub(crate) fn lease_ttl(&self, id: LeaseId) -> Option<Duration> {
        match self.leases.get(&id) {
            Some(staged) => *staged,
            None => self.state.lease(id, self.now).map(|lease| lease.ttl),
        }
    }

    fn set_lease(&mut self, id: LeaseId, ttl: Duration) -> Lease {
        if id <= LEASE_COUNTED_MAX {
            self.last_lease = self.last_lease.max(id);
        }
        self.leases.insert(id, Some(ttl));
        let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        record::put_lease(
            self.records,
            id,
            ttl,
            self.unix_millis.saturating_add(millis),
        );
        let deadline = self.now.saturating_add(ttl);
        self.changes.push(Change::Lease { id, ttl, deadline });
        let keys = self.state.lease(id, self.now).map_or(0, |lease| lease.keys);
        Lease {
            id,
            ttl,
            remaining: ttl,
            keys,
        }
    }

    /// Ends a lease and deletes its keys.
    pub(crate) fn end_lease(&mut self, id: LeaseId) -> Committed {
        let stored = self.state.lease_keys(id);
        let stored = stored.iter().filter_map(|key| self.state.latest(key));
        let attached = |key: &[u8]| self.current(key).is_some_and(|kv| kv.lease == Some(id));
        let revision = self.revision + 1;
        let events = self
            .live(attached, stored)
            .into_iter()
            .map(|prev| record::delete_event(prev.key.clone(), Some(prev), revision))
            .collect();
        let committed = self.make_revision(events);
        self.leases.insert(id, None);
        record::put_lease_end(self.records, id);
        self.changes.push(Change::LeaseEnd(id));
        committed
    }

    /// The leases whose time is over.
    pub(crate) fn end_expired_leases(&mut self) {
        for id in self.state.expired(self.now) {
            self.end_lease(id);
        }
    }
}
