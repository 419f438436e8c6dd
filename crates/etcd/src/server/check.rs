//! What is wrong with a request before anything is looked up, in etcd's words
//! and with its codes, by which its clients tell them apart.

use std::collections::BTreeSet;

use bytes::Bytes;
use skeg_store::KeyRange;

use crate::proto::{
    DeleteRangeRequest, PutRequest, RangeRequest, Request, RequestOp, SortOrder, SortTarget,
    TxnRequest,
};
use skeg_grpc::{Code, Status};

pub(super) const COMPACTED: &str = "etcdserver: mvcc: required revision has been compacted";
pub(super) const FUTURE: &str = "etcdserver: mvcc: required revision is a future revision";
pub(super) const NO_SPACE: &str = "etcdserver: mvcc: database space exceeded";
pub(super) const LEASE_NOT_FOUND: &str = "etcdserver: requested lease not found";
pub(super) const LEASE_EXISTS: &str = "etcdserver: lease already exists";
pub(super) const LEASE_TTL_TOO_LARGE: &str = "etcdserver: too large lease TTL";
pub(super) const TOO_LARGE: &str = "etcdserver: request is too large";
pub(super) const DUPLICATE_KEY: &str = "etcdserver: duplicate key given in txn request";
pub(super) const KEY_NOT_FOUND: &str = "etcdserver: key not found";
const EMPTY_KEY: &str = "etcdserver: key is not provided";
const VALUE_PROVIDED: &str = "etcdserver: value is provided";
const LEASE_PROVIDED: &str = "etcdserver: lease is provided";
const TOO_MANY_OPS: &str = "etcdserver: too many operations in txn request";
const SORT_OPTION: &str = "etcdserver: invalid sort option";

/// In place of a range's end: there is none.
const NO_END: &[u8] = &[0];

fn invalid(message: &'static str) -> Status {
    Status::new(Code::InvalidArgument, message)
}

/// A range as etcd writes it: no end is the one key, an end of one zero byte is
/// everything from the key on.
pub(super) fn range_of(key: &Bytes, end: &Bytes) -> KeyRange {
    match &end[..] {
        [] => KeyRange::one(key),
        [0] => KeyRange {
            start: key[..].into(),
            end: None,
        },
        end => KeyRange::between(&key[..], end),
    }
}

pub(super) fn range(request: &RangeRequest) -> Result<(), Status> {
    if request.key.is_empty() {
        return Err(invalid(EMPTY_KEY));
    }
    if SortOrder::try_from(request.sort_order).is_err()
        || SortTarget::try_from(request.sort_target).is_err()
    {
        return Err(invalid(SORT_OPTION));
    }
    Ok(())
}

pub(super) fn put(request: &PutRequest) -> Result<(), Status> {
    if request.key.is_empty() {
        return Err(invalid(EMPTY_KEY));
    }
    if request.ignore_value && !request.value.is_empty() {
        return Err(invalid(VALUE_PROVIDED));
    }
    if request.ignore_lease && request.lease != 0 {
        return Err(invalid(LEASE_PROVIDED));
    }
    Ok(())
}

pub(super) fn delete_range(request: &DeleteRangeRequest) -> Result<(), Status> {
    if request.key.is_empty() {
        return Err(invalid(EMPTY_KEY));
    }
    Ok(())
}

/// A transaction with all that is nested in it.
pub(super) fn txn(request: &TxnRequest, ops_max: usize) -> Result<(), Status> {
    shape(request, ops_max)?;
    // After their number is known to be bounded.
    writes(&request.success)?;
    writes(&request.failure)?;
    Ok(())
}

fn shape(request: &TxnRequest, ops_max: usize) -> Result<(), Status> {
    let ops = request
        .compare
        .len()
        .max(request.success.len())
        .max(request.failure.len());
    if ops > ops_max {
        return Err(invalid(TOO_MANY_OPS));
    }
    if request.compare.iter().any(|compare| compare.key.is_empty()) {
        return Err(invalid(EMPTY_KEY));
    }
    for op in request.success.iter().chain(&request.failure) {
        match &op.request {
            Some(Request::Range(request)) => range(request)?,
            Some(Request::Put(request)) => put(request)?,
            Some(Request::DeleteRange(request)) => delete_range(request)?,
            Some(Request::Txn(request)) => shape(request, ops_max - ops)?,
            None => return Err(invalid(KEY_NOT_FOUND)),
        }
    }
    Ok(())
}

/// What a list of operations may write.
#[derive(Default)]
struct Writes<'a> {
    puts: BTreeSet<&'a Bytes>,
    deletes: Vec<KeyRange>,
}

impl<'a> Writes<'a> {
    fn put(&mut self, key: &'a Bytes, except: &BTreeSet<&Bytes>) -> Result<(), Status> {
        let twice = self.puts.contains(key) && !except.contains(key);
        if twice || self.deletes.iter().any(|range| range.contains(key)) {
            return Err(invalid(DUPLICATE_KEY));
        }
        self.puts.insert(key);
        Ok(())
    }
}

/// Refuses lists that put a key twice, or put one that they delete.
fn writes(ops: &[RequestOp]) -> Result<Writes<'_>, Status> {
    let mut all = Writes::default();
    let none = BTreeSet::new();
    for op in ops {
        if let Some(Request::DeleteRange(request)) = &op.request
            // To etcd's check a range without an end has nothing in it.
            && request.range_end != NO_END
        {
            all.deletes.push(range_of(&request.key, &request.range_end));
        }
    }
    for op in ops {
        if let Some(Request::Txn(request)) = &op.request {
            let then = writes(&request.success)?;
            let otherwise = writes(&request.failure)?;
            for key in &then.puts {
                all.put(key, &none)?;
            }
            // Only one of the two happens.
            for key in &otherwise.puts {
                all.put(key, &then.puts)?;
            }
            all.deletes.extend(then.deletes);
            all.deletes.extend(otherwise.deletes);
        }
    }
    for op in ops {
        if let Some(Request::Put(request)) = &op.request {
            all.put(&request.key, &none)?;
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_op(key: &'static str) -> RequestOp {
        let request = PutRequest {
            key: key.into(),
            ..PutRequest::default()
        };
        RequestOp {
            request: Some(Request::Put(request)),
        }
    }

    fn delete_op(key: &'static str, end: &'static str) -> RequestOp {
        let request = DeleteRangeRequest {
            key: key.into(),
            range_end: end.into(),
            prev_kv: false,
        };
        RequestOp {
            request: Some(Request::DeleteRange(request)),
        }
    }

    fn txn_op(success: Vec<RequestOp>, failure: Vec<RequestOp>) -> RequestOp {
        let request = TxnRequest {
            compare: Vec::new(),
            success,
            failure,
        };
        RequestOp {
            request: Some(Request::Txn(request)),
        }
    }

    #[test]
    fn overlapping_writes_are_refused() {
        let check = |ops: Vec<RequestOp>, expect: Result<(), &str>| {
            let request = TxnRequest {
                success: ops,
                ..TxnRequest::default()
            };
            let got = txn(&request, 128);
            assert_eq!(
                got.as_ref().map_err(|status| &*status.message).copied(),
                expect
            );
        };
        check(vec![put_op("a"), put_op("b")], Ok(()));
        check(vec![put_op("a"), put_op("a")], Err(DUPLICATE_KEY));
        check(vec![put_op("a"), delete_op("a", "")], Err(DUPLICATE_KEY));
        check(vec![delete_op("a", "c"), put_op("b")], Err(DUPLICATE_KEY));
        check(vec![delete_op("a", "c"), put_op("c")], Ok(()));
        check(vec![delete_op("a", "\0"), put_op("b")], Ok(()));
        check(vec![delete_op("a", "c"), delete_op("b", "d")], Ok(()));
        check(vec![txn_op(vec![put_op("a")], vec![put_op("a")])], Ok(()));
        // Of any depth, as only one branch runs.
        let inner = txn_op(vec![put_op("c")], vec![put_op("d")]);
        check(vec![txn_op(vec![inner], vec![put_op("d")])], Ok(()));
        check(
            vec![put_op("a"), txn_op(vec![], vec![put_op("a")])],
            Err(DUPLICATE_KEY),
        );
        check(
            vec![delete_op("a", ""), txn_op(vec![put_op("a")], vec![])],
            Err(DUPLICATE_KEY),
        );
        check(vec![put_op("")], Err(EMPTY_KEY));
        check(vec![RequestOp::default()], Err(KEY_NOT_FOUND));
        check(vec![put_op("a"); 129], Err(TOO_MANY_OPS));
        // Nested ones share the bound.
        let half: Vec<_> = (0..70).map(|_| delete_op("x", "")).collect();
        let mut ops = half.clone();
        ops.push(txn_op(half, vec![]));
        check(ops, Err(TOO_MANY_OPS));
    }

    #[test]
    fn ranges_are_read_as_etcd_reads_them() {
        let range = |key: &'static str, end: &'static str| range_of(&key.into(), &end.into());
        assert_eq!(range("k", ""), KeyRange::one("k"));
        assert_eq!(range("k", "\0").end, None);
        assert_eq!(range("a", "c"), KeyRange::between("a", "c"));
        assert!(range("c", "a").is_empty());
    }
}
