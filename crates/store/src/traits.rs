//! The store trait and what its operations take and give.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{Key, KeyRange, Reply, Watch, WatchOptions};

/// The store's logical time: every transaction that changes something raises
/// it by one. The first write of an empty store makes revision 2, as etcd's
/// does, so that 0 and 1 never name a write.
pub type Revision = u64;

/// In place of a revision: the newest state.
pub const LATEST: Revision = 0;

/// Names a lease; never 0.
pub type LeaseId = u64;

/// A key with its value at some revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// The key.
    pub key: Key,
    /// The value, shared with whoever wrote it.
    pub value: Bytes,
    /// The revision at which the key was created (last, if it was deleted in
    /// between).
    pub create_revision: Revision,
    /// The revision of the last change.
    pub mod_revision: Revision,
    /// Number of changes since the creation; 1 is the creation.
    pub version: u64,
    /// The lease with whose end the key is deleted.
    pub lease: Option<LeaseId>,
}

/// How to read a range.
#[derive(Debug, Clone, Default)]
pub struct RangeOptions {
    /// At most so many keys; 0 is no limit.
    pub limit: usize,
    /// The state to read; [`LATEST`] is the newest.
    pub revision: Revision,
}

/// The keys of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeResult {
    /// The keys in order.
    pub kvs: Vec<Arc<KeyValue>>,
    /// How many keys there are in the range, those beyond the limit included.
    pub count: usize,
    /// The revision whose state this is: what was asked for, or the newest.
    pub revision: Revision,
}

impl RangeResult {
    /// Whether the limit left keys out.
    pub fn more(&self) -> bool {
        self.count > self.kvs.len()
    }

    /// How many keys the limit left out.
    pub fn remaining(&self) -> usize {
        self.count - self.kvs.len()
    }
}

/// What a transaction expects of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Any,
    /// The key does not exist.
    Absent,
    /// The key exists.
    Present,
    /// The key exists and was last changed at this revision.
    ModRevision(Revision),
}

impl Expect {
    /// etcd's reading of a mod revision: 0 means that the key does not exist.
    pub fn mod_revision(revision: Revision) -> Expect {
        if revision == 0 {
            Expect::Absent
        } else {
            Expect::ModRevision(revision)
        }
    }

    /// Whether a key that holds `current` is as expected.
    pub fn holds(self, current: Option<&KeyValue>) -> bool {
        match self {
            Expect::Any => true,
            Expect::Absent => current.is_none(),
            Expect::Present => current.is_some(),
            Expect::ModRevision(revision) => current.is_some_and(|kv| kv.mod_revision == revision),
        }
    }
}

/// One write of a transaction.
#[derive(Debug, Clone)]
pub enum Op {
    /// Creates or replaces a key.
    Put {
        /// The key.
        key: Key,
        /// Its new value.
        value: Bytes,
        /// The lease with whose end the key is deleted; replaces the one that
        /// it had.
        lease: Option<LeaseId>,
    },
    /// Deletes a key, if it exists.
    Delete {
        /// The key.
        key: Key,
    },
    /// Deletes all keys of a range.
    DeleteRange {
        /// The range.
        range: KeyRange,
    },
}

/// Writes that happen together, at one revision, or not at all.
#[derive(Debug, Clone, Default)]
pub struct Txn {
    /// What must hold; otherwise nothing is written.
    pub expect: Vec<(Key, Expect)>,
    /// The writes. No key may be written twice.
    pub ops: Vec<Op>,
}

/// What a transaction did.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The transaction's revision; if it changed nothing (it deleted what was
    /// not there), the store's.
    pub revision: Revision,
    /// The keys as they were before, in the order of the writes, without those
    /// that did not exist.
    pub previous: Vec<Arc<KeyValue>>,
    /// How many keys were deleted.
    pub deleted: usize,
}

/// A lease: keys that were written with it are deleted when it ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    /// Its name.
    pub id: LeaseId,
    /// The time to live that was granted.
    pub ttl: Duration,
    /// What is left of it.
    pub remaining: Duration,
    /// How many keys are attached.
    pub keys: usize,
}

/// How a store is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Status {
    /// The current revision.
    pub revision: Revision,
    /// The oldest revision that can be read.
    pub compacted: Revision,
    /// Number of keys.
    pub keys: usize,
    /// Keys and values of the newest state, in bytes.
    pub live_bytes: u64,
    /// Older versions that are kept for watches and reads at a revision, in
    /// bytes.
    pub history_bytes: u64,
    /// Files on disk, in bytes, what is preallocated included; 0 without any.
    pub disk_bytes: u64,
    /// Number of watches.
    pub watches: usize,
    /// Number of leases.
    pub leases: usize,
    /// Why the last write or snapshot could not be made durable; `None` when
    /// it could.
    pub failing: Option<String>,
}

/// A revisioned, ordered store of bytes with etcd's guarantees.
///
/// Operations are atomic and appear in one order for everybody: who sees the
/// answer to a write sees it in every read and watch that starts afterwards.
/// A write is acknowledged when it is durable, and seen by nobody before.
/// Replies of an engine that holds its data in memory are there at once for
/// reads ([`Reply::now`]).
///
/// Cancelling (dropping) the reply of a write does not tell whether it happens.
pub trait Store: Send + Sync + 'static {
    /// The current revision.
    fn current_revision(&self) -> Reply<'_, Revision>;

    /// One key as it was at `revision` ([`LATEST`]: as it is).
    ///
    /// # Errors
    /// `Compacted` and `FutureRevision`.
    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>>;

    /// The keys of a range in order. To page, read on at the first page's
    /// revision with [`KeyRange::after`] the last key.
    ///
    /// # Errors
    /// `Compacted` and `FutureRevision`.
    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult>;

    /// How many keys a range has at `revision`.
    ///
    /// # Errors
    /// `Compacted` and `FutureRevision`.
    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize>;

    /// Writes, if all that the transaction expects holds.
    ///
    /// # Errors
    /// `Conflict`, `TooLarge`, `DuplicateKey`, `LeaseNotFound`: nothing was
    /// written. `NoSpace`: nothing was written, now. `Write`: not known.
    fn commit(&self, txn: Txn) -> Reply<'_, Committed>;

    /// Watches a range from a revision on.
    ///
    /// # Errors
    /// `Compacted` if `options.from` is older than the history, here or from
    /// the watch.
    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch>;

    /// Forgets all that was superseded before `revision`; reads at `revision`
    /// itself still work.
    ///
    /// # Errors
    /// `Compacted` if that has happened already, `FutureRevision`.
    fn compact(&self, revision: Revision) -> Reply<'_, ()>;

    /// Makes a lease that ends after `ttl` unless it is kept alive.
    fn grant_lease(&self, ttl: Duration) -> Reply<'_, Lease>;

    /// Starts the lease's time anew.
    ///
    /// # Errors
    /// `LeaseNotFound`.
    fn keep_lease_alive(&self, id: LeaseId) -> Reply<'_, Lease>;

    /// Ends a lease and deletes its keys, at one revision.
    ///
    /// # Errors
    /// `LeaseNotFound`.
    fn revoke_lease(&self, id: LeaseId) -> Reply<'_, Committed>;

    /// A lease as it is.
    ///
    /// # Errors
    /// `LeaseNotFound`.
    fn lease(&self, id: LeaseId) -> Reply<'_, Lease>;

    /// How the store is.
    fn status(&self) -> Reply<'_, Status>;

    /// Ends all watches and refuses what comes after; what was accepted before
    /// is written first. Safe to call twice.
    fn close(&self) -> Reply<'_, ()>;

    /// Whether a key's value is stored in an outdated form, so that writing it
    /// again is worth it although it does not change.
    fn is_stale(&self, key: &[u8]) -> Reply<'_, bool> {
        let _ = key;
        Reply::ready(Ok(false))
    }

    /// Writes one key if it is as expected; the answer is the write's revision.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn put_if(
        &self,
        key: Key,
        value: Bytes,
        expect: Expect,
        lease: Option<LeaseId>,
    ) -> Reply<'_, Revision> {
        let expect = vec![(key.clone(), expect)];
        let commit = self.commit(Txn {
            expect,
            ops: vec![Op::Put { key, value, lease }],
        });
        Reply::pending(async move { Ok(commit.await?.revision) })
    }

    /// Deletes one key if it is as expected. With [`Expect::Any`] a key that
    /// does not exist is not an error: nothing happens.
    ///
    /// # Errors
    /// As [`Store::commit`].
    fn delete_if(&self, key: Key, expect: Expect) -> Reply<'_, Committed> {
        let expect = vec![(key.clone(), expect)];
        self.commit(Txn {
            expect,
            ops: vec![Op::Delete { key }],
        })
    }
}
