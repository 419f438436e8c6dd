//! What stands in frames and blocks: records of what happened, or of what is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::{Event, EventKind, Key, KeyValue, LeaseId, Revision};

/// One thing that happened, or, in a snapshot, that is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record {
    /// A transaction: the next revision.
    Txn(SmallVec<[Write; 1]>),
    /// A lease was granted or kept alive.
    Lease {
        id: LeaseId,
        ttl: Duration,
        /// When it ends, by the machine's date.
        ends_unix_millis: u64,
    },
    /// A lease ended. What it took with it is a transaction of its own.
    LeaseEnd { id: LeaseId },
    /// History was compacted.
    Compact { revision: Revision },
    /// A key (snapshots only).
    KeyValue(KeyValue),
    /// The end of a snapshot, with the number of its keys.
    End { keys: u64 },
}

/// A write of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Write {
    Put {
        key: Key,
        value: Bytes,
        lease: Option<LeaseId>,
    },
    Delete {
        key: Key,
    },
}

const TXN: u8 = 1;
const LEASE: u8 = 2;
const LEASE_END: u8 = 3;
const COMPACT: u8 = 4;
const KEY_VALUE: u8 = 5;
const END: u8 = 6;
const PUT: u8 = 1;
const DELETE: u8 = 2;

/// Appends a transaction's record.
pub(crate) fn put_txn(out: &mut Vec<u8>, events: &[Event]) {
    out.push(TXN);
    put_varint(out, events.len() as u64);
    for event in events {
        match event.kind {
            EventKind::Put => {
                out.push(PUT);
                put_bytes(out, &event.kv.key);
                put_varint(out, event.kv.lease.unwrap_or(0));
                put_bytes(out, &event.kv.value);
            }
            EventKind::Delete => {
                out.push(DELETE);
                put_bytes(out, &event.kv.key);
            }
        }
    }
}

pub(crate) fn put_lease(out: &mut Vec<u8>, id: LeaseId, ttl: Duration, ends_unix_millis: u64) {
    out.push(LEASE);
    put_varint(out, id);
    put_varint(out, u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
    put_varint(out, ends_unix_millis);
}

pub(crate) fn put_lease_end(out: &mut Vec<u8>, id: LeaseId) {
    out.push(LEASE_END);
    put_varint(out, id);
}

pub(crate) fn put_compact(out: &mut Vec<u8>, revision: Revision) {
    out.push(COMPACT);
    put_varint(out, revision);
}

pub(crate) fn put_key_value(out: &mut Vec<u8>, kv: &KeyValue) {
    out.push(KEY_VALUE);
    put_bytes(out, &kv.key);
    for number in [
        kv.create_revision,
        kv.mod_revision,
        kv.version,
        kv.lease.unwrap_or(0),
    ] {
        put_varint(out, number);
    }
    put_bytes(out, &kv.value);
}

pub(crate) fn put_end(out: &mut Vec<u8>, keys: u64) {
    out.push(END);
    put_varint(out, keys);
}

/// Reads the records of a payload whose checksum was right.
pub(crate) struct Records<'a> {
    data: &'a [u8],
}

impl<'a> Records<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Records<'a> {
        Records { data }
    }

    fn record(&mut self) -> Option<Record> {
        Some(match self.byte()? {
            TXN => {
                let count = self.varint()?;
                let mut writes = SmallVec::new();
                for _ in 0..count {
                    writes.push(self.write()?);
                }
                Record::Txn(writes)
            }
            LEASE => Record::Lease {
                id: self.varint()?,
                ttl: Duration::from_millis(self.varint()?),
                ends_unix_millis: self.varint()?,
            },
            LEASE_END => Record::LeaseEnd { id: self.varint()? },
            COMPACT => Record::Compact {
                revision: self.varint()?,
            },
            KEY_VALUE => Record::KeyValue(KeyValue {
                key: Key::from(self.bytes()?),
                create_revision: self.varint()?,
                mod_revision: self.varint()?,
                version: self.varint()?,
                lease: lease_id(self.varint()?),
                value: Bytes::copy_from_slice(self.bytes()?),
            }),
            END => Record::End {
                keys: self.varint()?,
            },
            _ => return None,
        })
    }

    fn write(&mut self) -> Option<Write> {
        Some(match self.byte()? {
            PUT => Write::Put {
                key: Key::from(self.bytes()?),
                lease: lease_id(self.varint()?),
                value: Bytes::copy_from_slice(self.bytes()?),
            },
            DELETE => Write::Delete {
                key: Key::from(self.bytes()?),
            },
            _ => return None,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.data.split_first()?;
        self.data = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.data.split_at_checked(len)?;
        self.data = rest;
        Some(bytes)
    }
}

impl Iterator for Records<'_> {
    /// `None` inside: these are no records of this format.
    type Item = Option<Record>;

    fn next(&mut self) -> Option<Option<Record>> {
        if self.data.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_none() {
            self.data = &[];
        }
        Some(record)
    }
}

/// The events that a transaction's record stands for, given what its keys held.
pub(crate) fn replay(
    writes: SmallVec<[Write; 1]>,
    revision: Revision,
    latest: impl Fn(&[u8]) -> Option<Arc<KeyValue>>,
) -> Box<[Event]> {
    writes
        .into_iter()
        .map(|write| match write {
            Write::Put { key, value, lease } => {
                let prev = latest(&key);
                put_event(key, value, lease, prev, revision)
            }
            Write::Delete { key } => {
                let prev = latest(&key);
                delete_event(key, prev, revision)
            }
        })
        .collect()
}

/// The event of writing a key.
pub(crate) fn put_event(
    key: Key,
    value: Bytes,
    lease: Option<LeaseId>,
    prev: Option<Arc<KeyValue>>,
    revision: Revision,
) -> Event {
    let kv = KeyValue {
        key,
        value,
        create_revision: prev.as_ref().map_or(revision, |prev| prev.create_revision),
        mod_revision: revision,
        version: prev.as_ref().map_or(1, |prev| prev.version + 1),
        lease,
    };
    Event {
        kind: EventKind::Put,
        kv: Arc::new(kv),
        prev,
    }
}

/// The event of deleting a key.
pub(crate) fn delete_event(key: Key, prev: Option<Arc<KeyValue>>, revision: Revision) -> Event {
    let kv = KeyValue {
        key,
        value: Bytes::new(),
        create_revision: 0,
        mod_revision: revision,
        version: 0,
        lease: None,
    };
    Event {
        kind: EventKind::Delete,
        kv: Arc::new(kv),
        prev,
    }
}

fn lease_id(number: u64) -> Option<LeaseId> {
    (number != 0).then_some(number)
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_round_trip() {
        let mut out = Vec::new();
        let put = put_event("k".into(), "v".into(), Some(9), None, 5);
        let delete = delete_event("gone".into(), None, 5);
        put_txn(&mut out, &[put.clone(), delete]);
        put_lease(&mut out, 9, Duration::from_secs(3600), 1_800_000_000_000);
        put_lease_end(&mut out, 9);
        put_key_value(&mut out, &put.kv);
        put_end(&mut out, 1);
        let records: Option<Vec<_>> = Records::new(&out).collect();
        let records = records.expect("all readable");
        assert_eq!(records.len(), 5);
        assert_eq!(records[3], Record::KeyValue((*put.kv).clone()));
        // Cut anywhere, it is either fewer records or an error, never a panic.
        for len in 0..out.len() {
            assert!(Records::new(&out[..len]).count() <= 5);
        }
    }
}
