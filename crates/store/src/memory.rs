//! The state in memory: every key's versions, the history of changes, leases.
//! Knows neither disk nor threads.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use crate::{
    Error, Event, EventKind, Key, KeyRange, KeyValue, LATEST, Lease, LeaseId, RangeOptions,
    RangeResult, Result, Revision,
};

/// What an event costs besides the bytes of its keys and values; a guess that
/// makes the bound on history hold for small values too.
const EVENT_OVERHEAD_BYTES: u64 = 200;

/// Leases that the store names itself are counted, from 1. Above this are names
/// that callers chose.
pub(crate) const LEASE_COUNTED_MAX: LeaseId = 1 << 48;

/// One version of a key.
#[derive(Debug, Clone)]
enum Version {
    Live(Arc<KeyValue>),
    Dead(Revision),
}

impl Version {
    fn revision(&self) -> Revision {
        match self {
            Version::Live(kv) => kv.mod_revision,
            Version::Dead(revision) => *revision,
        }
    }

    fn live(&self) -> Option<&Arc<KeyValue>> {
        match self {
            Version::Live(kv) => Some(kv),
            Version::Dead(_) => None,
        }
    }
}

/// A key's versions, oldest first; never empty. Nearly all have one.
type Versions = SmallVec<[Version; 1]>;

#[derive(Debug)]
struct LeaseState {
    ttl: Duration,
    deadline: Duration,
    keys: HashSet<Key>,
}

/// All that the store knows, multi-version. `compacted` < a revision that can
/// be watched from; `compacted` <= a revision that can be read.
///
/// Invariant: `history` has one entry for every revision of
/// `compacted+1..=revision`.
#[derive(Debug)]
pub(crate) struct State {
    tree: BTreeMap<Key, Versions>,
    history: VecDeque<Box<[Event]>>,
    leases: HashMap<LeaseId, LeaseState>,
    deadlines: BTreeSet<(Duration, LeaseId)>,
    pub(crate) revision: Revision,
    pub(crate) compacted: Revision,
    pub(crate) last_lease: LeaseId,
    pub(crate) live_keys: usize,
    pub(crate) live_bytes: u64,
    pub(crate) history_bytes: u64,
}

impl State {
    /// An empty store. etcd's first write makes revision 2, and so does ours.
    pub(crate) fn new() -> State {
        State {
            tree: BTreeMap::new(),
            history: VecDeque::new(),
            leases: HashMap::new(),
            deadlines: BTreeSet::new(),
            revision: 1,
            compacted: 0,
            last_lease: 0,
            live_keys: 0,
            live_bytes: 0,
            history_bytes: 0,
        }
        .with_empty_history()
    }

    /// A store whose history begins after `revision`: what a snapshot is
    /// loaded into.
    pub(crate) fn at(revision: Revision) -> State {
        let mut state = State::new();
        state.history.clear();
        state.revision = revision;
        state.compacted = revision;
        state
    }

    // Revision 1 is the empty store: a revision without events.
    fn with_empty_history(mut self) -> State {
        self.history.push_back(Box::new([]));
        self
    }

    /// The revision to read for what a caller asked for.
    fn readable(&self, revision: Revision) -> Result<Revision> {
        if revision == LATEST {
            return Ok(self.revision);
        }
        if revision > self.revision {
            return Err(Error::FutureRevision {
                requested: revision,
                current: self.revision,
            });
        }
        if revision < self.compacted {
            return Err(Error::Compacted {
                requested: revision,
                compacted: self.compacted,
            });
        }
        Ok(revision)
    }

    /// The newest version of a key.
    pub(crate) fn latest(&self, key: &[u8]) -> Option<&Arc<KeyValue>> {
        self.tree
            .get(key)
            .and_then(|versions| versions.last().and_then(Version::live))
    }

    pub(crate) fn get(&self, key: &[u8], revision: Revision) -> Result<Option<Arc<KeyValue>>> {
        let revision = self.readable(revision)?;
        Ok(self
            .tree
            .get(key)
            .and_then(|versions| at(versions, revision))
            .cloned())
    }

    pub(crate) fn range(&self, range: &KeyRange, options: &RangeOptions) -> Result<RangeResult> {
        let revision = self.readable(options.revision)?;
        let mut kvs = Vec::new();
        let mut count = 0;
        for kv in self.live(range, revision) {
            count += 1;
            if options.limit == 0 || count <= options.limit {
                kvs.push(kv.clone());
            }
        }
        Ok(RangeResult {
            kvs,
            count,
            revision,
        })
    }

    pub(crate) fn count(&self, range: &KeyRange, revision: Revision) -> Result<usize> {
        let revision = self.readable(revision)?;
        Ok(self.live(range, revision).count())
    }

    /// The keys of a range that live at a revision.
    pub(crate) fn live<'a>(
        &'a self,
        range: &'a KeyRange,
        revision: Revision,
    ) -> impl Iterator<Item = &'a Arc<KeyValue>> {
        let bounds = (!range.is_empty()).then(|| {
            let end = match &range.end {
                Some(end) => Bound::Excluded(end.as_bytes()),
                None => Bound::Unbounded,
            };
            (Bound::Included(range.start.as_bytes()), end)
        });
        bounds
            .into_iter()
            .flat_map(|bounds| self.tree.range::<[u8], _>(bounds))
            .filter_map(move |(_, versions)| at(versions, revision))
    }

    /// The events of one revision, which must be in the history.
    pub(crate) fn events(&self, revision: Revision) -> &[Event] {
        let index = usize::try_from(revision - self.compacted - 1).expect("history fits memory");
        &self.history[index]
    }

    /// Makes the next revision of `events`.
    pub(crate) fn apply(&mut self, events: Box<[Event]>) {
        self.revision += 1;
        for event in &events {
            assert_eq!(
                event.revision(),
                self.revision,
                "an event belongs to its revision"
            );
            self.apply_event(event);
        }
        self.history.push_back(events);
    }

    fn apply_event(&mut self, event: &Event) {
        self.history_bytes += weight(event);
        let key = &event.kv.key;
        if let Some(prev) = &event.prev {
            self.live_keys -= 1;
            self.live_bytes -= size(prev);
            if let Some(lease) = prev.lease
                && let Some(lease) = self.leases.get_mut(&lease)
            {
                lease.keys.remove(key);
            }
        }
        let version = match event.kind {
            EventKind::Put => {
                self.live_keys += 1;
                self.live_bytes += size(&event.kv);
                self.attach(&event.kv);
                Version::Live(event.kv.clone())
            }
            EventKind::Delete => Version::Dead(event.kv.mod_revision),
        };
        match self.tree.get_mut(&**key) {
            Some(versions) => versions.push(version),
            None => drop(self.tree.insert(key.clone(), SmallVec::from_buf([version]))),
        }
    }

    /// Puts a key in whose history is not known, from a snapshot.
    pub(crate) fn load(&mut self, kv: KeyValue) {
        let kv = Arc::new(kv);
        self.live_keys += 1;
        self.live_bytes += size(&kv);
        self.attach(&kv);
        self.tree
            .insert(kv.key.clone(), SmallVec::from_buf([Version::Live(kv)]));
    }

    fn attach(&mut self, kv: &KeyValue) {
        if let Some(lease) = kv.lease
            && let Some(lease) = self.leases.get_mut(&lease)
        {
            lease.keys.insert(kv.key.clone());
        }
    }

    /// Gives every lease the keys that name it: a key ends with its lease, so that
    /// a lease of a key that lives is the one that the key was written with.
    pub(crate) fn attach_all(&mut self) {
        for versions in self.tree.values() {
            if let Some(kv) = versions.last().and_then(Version::live)
                && let Some(lease) = kv.lease
                && let Some(lease) = self.leases.get_mut(&lease)
            {
                lease.keys.insert(kv.key.clone());
            }
        }
    }

    /// Forgets what was superseded before `revision`. Returns what is no longer
    /// needed, so that it can be freed when nobody waits.
    pub(crate) fn compact(&mut self, revision: Revision) -> Vec<Box<[Event]>> {
        assert!(revision <= self.revision, "only the past is compacted");
        let count = usize::try_from(revision.saturating_sub(self.compacted)).expect("fits memory");
        let forgotten: Vec<_> = self.history.drain(..count).collect();
        self.compacted = self.compacted.max(revision);
        let mut keys = HashSet::new();
        for event in forgotten.iter().flatten() {
            self.history_bytes -= weight(event);
            keys.insert(&event.kv.key);
        }
        for key in keys {
            self.prune(key, revision);
        }
        forgotten
    }

    /// Drops the versions of a key that nobody can see at or after `revision`.
    fn prune(&mut self, key: &Key, revision: Revision) {
        let Some(versions) = self.tree.get_mut(&**key) else {
            return;
        };
        let seen = versions.partition_point(|version| version.revision() <= revision);
        if seen == 0 {
            return;
        }
        let keep_last = matches!(versions[seen - 1], Version::Live(_));
        versions.drain(..if keep_last { seen - 1 } else { seen });
        if versions.is_empty() {
            self.tree.remove(&**key);
        } else if versions.len() == 1 {
            versions.shrink_to_fit();
        }
    }

    /// The revision to compact to when there are more than `max_bytes` of
    /// history; a bit further than needed, since it is cheaper by the many.
    pub(crate) fn compaction_for(&self, max_bytes: u64) -> Revision {
        let mut revision = self.compacted;
        if self.history_bytes <= max_bytes {
            return revision;
        }
        let mut bytes = self.history_bytes;
        let enough = max_bytes - max_bytes / 128;
        for events in &self.history {
            if bytes <= enough || revision + 1 >= self.revision {
                break;
            }
            bytes -= events.iter().map(weight).sum::<u64>();
            revision += 1;
        }
        revision
    }

    /// Grants a lease, or gives one that is there a new deadline.
    pub(crate) fn set_lease(&mut self, id: LeaseId, ttl: Duration, deadline: Duration) {
        if id <= LEASE_COUNTED_MAX {
            self.last_lease = self.last_lease.max(id);
        }
        let lease = self.leases.entry(id).or_insert_with(|| LeaseState {
            ttl,
            deadline,
            keys: HashSet::new(),
        });
        self.deadlines.remove(&(lease.deadline, id));
        lease.ttl = ttl;
        lease.deadline = deadline;
        self.deadlines.insert((deadline, id));
    }

    pub(crate) fn remove_lease(&mut self, id: LeaseId) {
        if let Some(lease) = self.leases.remove(&id) {
            self.deadlines.remove(&(lease.deadline, id));
        }
    }

    pub(crate) fn lease(&self, id: LeaseId, now: Duration) -> Option<Lease> {
        let lease = self.leases.get(&id)?;
        let remaining = lease.deadline.saturating_sub(now);
        Some(Lease {
            id,
            ttl: lease.ttl,
            remaining,
            keys: lease.keys.len(),
        })
    }

    /// The keys that end with a lease, in order.
    pub(crate) fn lease_keys(&self, id: LeaseId) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .leases
            .get(&id)
            .map(|lease| lease.keys.iter().cloned().collect())
            .unwrap_or_default();
        keys.sort_unstable();
        keys
    }

    pub(crate) fn lease_count(&self) -> usize {
        self.leases.len()
    }

    pub(crate) fn leases(&self) -> impl Iterator<Item = (LeaseId, Duration, Duration)> {
        self.leases
            .iter()
            .map(|(id, lease)| (*id, lease.ttl, lease.deadline))
    }

    /// When the next lease ends, and which.
    pub(crate) fn next_deadline(&self) -> Option<(Duration, LeaseId)> {
        self.deadlines.first().copied()
    }

    /// The leases that have ended by `now`.
    pub(crate) fn expired(&self, now: Duration) -> Vec<LeaseId> {
        self.deadlines
            .iter()
            .take_while(|(deadline, _)| *deadline <= now)
            .map(|(_, id)| *id)
            .collect()
    }
}

fn at(versions: &Versions, revision: Revision) -> Option<&Arc<KeyValue>> {
    versions
        .iter()
        .rev()
        .find(|version| version.revision() <= revision)
        .and_then(Version::live)
}

fn size(kv: &KeyValue) -> u64 {
    (kv.key.len() + kv.value.len()) as u64
}

fn weight(event: &Event) -> u64 {
    EVENT_OVERHEAD_BYTES + event.prev.as_deref().map_or(0, size)
}
