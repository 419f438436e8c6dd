//! A transaction: comparisons, then one of two lists of operations, each of
//! which sees what those before it did.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use skeg_store::{Error, Key, KeyRange, KeyValue, Op, Revision, View};

use super::check::range_of;
use super::kv::assemble;
use crate::proto::{
    self, Compare, CompareResult, CompareTarget, DeleteRangeRequest, DeleteRangeResponse,
    PutRequest, PutResponse, RangeRequest, RangeResponse, Request, RequestOp, Response,
    ResponseHeader, ResponseOp, TargetUnion, TxnRequest, TxnResponse, signed, unsigned,
};

/// Why a transaction does nothing.
pub(super) enum Refused {
    Store(Error),
    /// A put keeps the value or lease of a key that is not there.
    KeyNotFound,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Store(error)
    }
}

/// Whether a transaction may make the store larger.
pub(super) fn grows(request: &TxnRequest) -> bool {
    request
        .success
        .iter()
        .chain(&request.failure)
        .any(|op| match &op.request {
            Some(Request::Put(_)) => true,
            Some(Request::Txn(request)) => grows(request),
            _ => false,
        })
}

/// What a transaction writes and answers, given the state.
pub(super) fn run(
    view: &View<'_>,
    request: &TxnRequest,
) -> Result<(Vec<Op>, TxnResponse), Refused> {
    let mut work = Work {
        view,
        next: view.revision() + 1,
        written: BTreeMap::new(),
        order: Vec::new(),
    };
    let response = work.txn(request)?;
    Ok((work.ops(), response))
}

struct Work<'a> {
    view: &'a View<'a>,
    /// The revision that the writes make.
    next: Revision,
    /// What was written so far; `None` is deleted.
    written: BTreeMap<Key, Option<Arc<KeyValue>>>,
    order: Vec<Key>,
}

impl Work<'_> {
    fn ops(mut self) -> Vec<Op> {
        let mut ops = Vec::with_capacity(self.order.len());
        for key in self.order {
            match self.written.remove(&key) {
                Some(Some(kv)) => ops.push(Op::Put {
                    key,
                    value: kv.value.clone(),
                    lease: kv.lease,
                }),
                Some(None) => ops.push(Op::Delete { key }),
                None => {}
            }
        }
        ops
    }

    fn write(&mut self, key: Key, kv: Option<Arc<KeyValue>>) {
        if self.written.insert(key.clone(), kv).is_none() {
            self.order.push(key);
        }
    }

    fn get(&self, key: &[u8]) -> Option<Arc<KeyValue>> {
        match self.written.get(key) {
            Some(written) => written.clone(),
            None => self.view.get(key),
        }
    }

    fn all(&self, range: &KeyRange) -> Vec<Arc<KeyValue>> {
        let mut kvs = self.view.range(range);
        if !self.written.is_empty() {
            kvs.retain(|kv| !self.written.contains_key(&kv.key));
            let written = self
                .written
                .iter()
                .filter(|(key, _)| range.contains(key))
                .filter_map(|(_, kv)| kv.clone());
            kvs.extend(written);
            kvs.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        }
        kvs
    }

    /// The revision as the transaction sees it.
    fn header(&self) -> Option<ResponseHeader> {
        let revision = if self.order.is_empty() {
            self.next - 1
        } else {
            self.next
        };
        Some(ResponseHeader {
            revision: signed(revision),
            ..ResponseHeader::default()
        })
    }

    fn txn(&mut self, request: &TxnRequest) -> Result<TxnResponse, Refused> {
        let succeeded = request.compare.iter().all(|compare| self.compare(compare));
        let ops = if succeeded {
            &request.success
        } else {
            &request.failure
        };
        let responses = ops.iter().map(|op| self.op(op)).collect::<Result<_, _>>()?;
        Ok(TxnResponse {
            // One that does nothing says nothing of when.
            header: match ops.is_empty() {
                true => Some(ResponseHeader::default()),
                false => self.header(),
            },
            succeeded,
            responses,
        })
    }

    fn op(&mut self, op: &RequestOp) -> Result<ResponseOp, Refused> {
        let response = match &op.request {
            Some(Request::Range(request)) => Response::Range(self.range(request)?),
            Some(Request::Put(request)) => Response::Put(self.put(request)?),
            Some(Request::DeleteRange(request)) => Response::DeleteRange(self.delete(request)),
            Some(Request::Txn(request)) => Response::Txn(self.txn(request)?),
            None => return Err(Refused::KeyNotFound),
        };
        Ok(ResponseOp {
            response: Some(response),
        })
    }

    fn range(&self, request: &RangeRequest) -> Result<RangeResponse, Refused> {
        let range = range_of(&request.key, &request.range_end);
        let kvs = match request.revision {
            0 => self.all(&range),
            // Other than alone, such a read is of what was compacted.
            before if before < 0 => {
                return Err(Refused::Store(Error::Compacted {
                    requested: 0,
                    compacted: 0,
                }));
            }
            revision => self.view.range_at(&range, unsigned(revision))?,
        };
        let count = kvs.len();
        let mut response = assemble(request, kvs, count);
        response.header = self.header();
        Ok(response)
    }

    fn put(&mut self, request: &PutRequest) -> Result<PutResponse, Refused> {
        let prev = self.get(&request.key);
        let named = request.lease.cast_unsigned();
        if named != 0 && !self.view.has_lease(named) {
            return Err(Error::LeaseNotFound { id: named }.into());
        }
        if (request.ignore_value || request.ignore_lease) && prev.is_none() {
            return Err(Refused::KeyNotFound);
        }
        let value = match &prev {
            Some(prev) if request.ignore_value => prev.value.clone(),
            // A key that lives long must not keep the whole request in memory.
            _ => Bytes::copy_from_slice(&request.value),
        };
        let lease = match &prev {
            Some(prev) if request.ignore_lease => prev.lease,
            _ => (request.lease != 0).then_some(request.lease.cast_unsigned()),
        };
        if let Some(id) = lease
            && !self.view.has_lease(id)
        {
            return Err(Error::LeaseNotFound { id }.into());
        }
        let key = Key::from(&request.key[..]);
        let kv = KeyValue {
            key: key.clone(),
            value,
            create_revision: prev.as_ref().map_or(self.next, |prev| prev.create_revision),
            mod_revision: self.next,
            version: prev.as_ref().map_or(1, |prev| prev.version + 1),
            lease,
        };
        self.write(key, Some(Arc::new(kv)));
        Ok(PutResponse {
            header: self.header(),
            prev_kv: prev
                .filter(|_| request.prev_kv)
                .map(|prev| proto::KeyValue::from(&*prev)),
        })
    }

    fn delete(&mut self, request: &DeleteRangeRequest) -> DeleteRangeResponse {
        let kvs = self.all(&range_of(&request.key, &request.range_end));
        for kv in &kvs {
            self.write(kv.key.clone(), None);
        }
        let prev_kvs = kvs.iter().filter(|_| request.prev_kv);
        DeleteRangeResponse {
            header: self.header(),
            deleted: i64::try_from(kvs.len()).unwrap_or(i64::MAX),
            prev_kvs: prev_kvs.map(|kv| proto::KeyValue::from(&**kv)).collect(),
        }
    }

    /// Of nested transactions too it is the state before all of it that is
    /// compared, as etcd does (server/etcdserver/txn/txn.go).
    fn compare(&self, compare: &Compare) -> bool {
        let kvs = if compare.range_end.is_empty() {
            self.view.get(&compare.key).into_iter().collect()
        } else {
            let range = range_of(&compare.key, &compare.range_end);
            self.view.range(&range)
        };
        if kvs.is_empty() {
            // A value that is not there is like no value, not even the empty one.
            return compare.target() != CompareTarget::Value && holds(compare, None);
        }
        kvs.iter().all(|kv| holds(compare, Some(kv)))
    }
}

fn holds(compare: &Compare, kv: Option<&KeyValue>) -> bool {
    let number = |of: fn(&KeyValue) -> u64| kv.map_or(0, |kv| signed(of(kv)));
    let with = &compare.target_union;
    // What etcd does not know is to it as it should be.
    let Ok(target) = CompareTarget::try_from(compare.target) else {
        return result_holds(compare, Ordering::Equal);
    };
    let ordering = match target {
        CompareTarget::Value => {
            let value = match with {
                Some(TargetUnion::Value(value)) => &value[..],
                _ => &[],
            };
            kv.map_or(&[][..], |kv| &kv.value).cmp(value)
        }
        CompareTarget::Create => number(|kv| kv.create_revision).cmp(&match with {
            Some(TargetUnion::CreateRevision(revision)) => *revision,
            _ => 0,
        }),
        CompareTarget::Mod => number(|kv| kv.mod_revision).cmp(&match with {
            Some(TargetUnion::ModRevision(revision)) => *revision,
            _ => 0,
        }),
        CompareTarget::Version => number(|kv| kv.version).cmp(&match with {
            Some(TargetUnion::Version(version)) => *version,
            _ => 0,
        }),
        CompareTarget::Lease => {
            let lease = kv.and_then(|kv| kv.lease).unwrap_or(0).cast_signed();
            lease.cmp(&match with {
                Some(TargetUnion::Lease(lease)) => *lease,
                _ => 0,
            })
        }
    };
    result_holds(compare, ordering)
}

fn result_holds(compare: &Compare, ordering: Ordering) -> bool {
    match CompareResult::try_from(compare.result) {
        Ok(CompareResult::Equal) => ordering == Ordering::Equal,
        Ok(CompareResult::NotEqual) => ordering != Ordering::Equal,
        Ok(CompareResult::Greater) => ordering == Ordering::Greater,
        Ok(CompareResult::Less) => ordering == Ordering::Less,
        Err(_) => true,
    }
}
