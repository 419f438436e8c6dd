//! Reads, and the writes that are not transactions of the caller's.

use std::sync::Arc;

use hyper::body::Incoming;
use prost::Message;
use skeg_store::{Error, KeyValue, RangeOptions, Revision, Store};

use super::{Server, check, status_of, txn};
use crate::proto::{
    self, CompactionRequest, DeleteRangeRequest, DeleteRangeResponse, HeaderResponse, PutRequest,
    PutResponse, RangeRequest, RangeResponse, RangeStreamResponse, Request, RequestOp, Response,
    SortOrder, SortTarget, TxnRequest, TxnResponse, signed, unsigned,
};
use skeg_grpc::server::{Answer, Inbound, failed, streaming};
use skeg_grpc::{Code, Status};

/// A message of a streamed range has about so many bytes.
const CHUNK_BYTES: usize = 1 << 20;

/// Whether keys come in an order other than their own.
fn is_sorted_otherwise(request: &RangeRequest) -> bool {
    let (order, target) = (request.sort_order(), request.sort_target());
    target != SortTarget::Key || order == SortOrder::Descend
}

/// Whether no order is asked for; what to sort by may be named all the same.
fn is_unordered(request: &RangeRequest) -> bool {
    request.sort_order() == SortOrder::None
}

fn has_filters(request: &RangeRequest) -> bool {
    request.min_mod_revision != 0
        || request.max_mod_revision != 0
        || request.min_create_revision != 0
        || request.max_create_revision != 0
}

/// How many keys need be read; 0 is all.
fn limit(request: &RangeRequest) -> usize {
    if is_sorted_otherwise(request) || has_filters(request) {
        return 0;
    }
    usize::try_from(request.limit.max(0)).unwrap_or(0)
}

/// Filters, sorts and cuts what was read. `count` is how many there were.
pub(super) fn assemble(
    request: &RangeRequest,
    mut kvs: Vec<Arc<KeyValue>>,
    count: usize,
) -> RangeResponse {
    let within = |value: Revision, min: i64, max: i64| {
        (min == 0 || signed(value) >= min) && (max == 0 || signed(value) <= max)
    };
    if has_filters(request) {
        kvs.retain(|kv| {
            within(
                kv.mod_revision,
                request.min_mod_revision,
                request.max_mod_revision,
            ) && within(
                kv.create_revision,
                request.min_create_revision,
                request.max_create_revision,
            )
        });
    }
    let limit = usize::try_from(request.limit.max(0)).unwrap_or(0);
    if is_sorted_otherwise(request) {
        // Without an order etcd takes the first keys, and sorts those.
        if is_unordered(request) && !has_filters(request) && limit > 0 {
            kvs.truncate(limit.saturating_add(1));
        }
        let target = request.sort_target();
        let ascending = |a: &KeyValue, b: &KeyValue| match target {
            SortTarget::Key => a.key.cmp(&b.key),
            SortTarget::Version => a.version.cmp(&b.version),
            SortTarget::Create => a.create_revision.cmp(&b.create_revision),
            SortTarget::Mod => a.mod_revision.cmp(&b.mod_revision),
            SortTarget::Value => a.value.cmp(&b.value),
        };
        // Those that are alike stay in the order of their keys, either way.
        match request.sort_order() {
            SortOrder::Descend => kvs.sort_by(|a, b| ascending(b, a)),
            _ => kvs.sort_by(|a, b| ascending(a, b)),
        }
    }
    let mut more = limit > 0 && !has_filters(request) && count > limit;
    if limit > 0 && kvs.len() > limit {
        kvs.truncate(limit);
        more = true;
    }
    if request.count_only {
        kvs.clear();
        more = false;
    }
    let kvs = kvs
        .iter()
        .map(|kv| {
            let mut kv = proto::KeyValue::from(&**kv);
            if request.keys_only {
                kv.value = bytes::Bytes::new();
                // etcd reads such keys from its index, which knows no leases.
                if request.sort_target() != SortTarget::Value {
                    kv.lease = 0;
                }
            }
            kv
        })
        .collect();
    RangeResponse {
        header: None,
        kvs,
        more,
        count: i64::try_from(count).unwrap_or(i64::MAX),
    }
}

impl Server {
    pub(super) async fn range(&self, request: RangeRequest) -> Result<RangeResponse, Status> {
        check::range(&request)?;
        let range = check::range_of(&request.key, &request.range_end);
        let revision = unsigned(request.revision);
        let mut current = self.current().await?;
        let (kvs, count) = if request.count_only && !has_filters(&request) {
            let count = self.store.count(&range, revision).await;
            (Vec::new(), count.map_err(status_of)?)
        } else {
            let options = RangeOptions {
                limit: limit(&request),
                revision,
            };
            let found = self.store.range(&range, options).await;
            let found = found.map_err(status_of)?;
            if revision == 0 {
                current = found.revision;
            }
            (found.kvs, found.count)
        };
        let mut response = assemble(&request, kvs, count);
        response.header = self.header(current);
        Ok(response)
    }

    pub(super) async fn range_stream(self: Arc<Server>, body: Incoming) -> http::Response<Answer> {
        let mut inbound = Inbound::<RangeRequest>::new(body, self.options.request_bytes_max);
        let request = match inbound.next().await {
            Ok(request) => request.unwrap_or_default(),
            Err(status) => return failed(&status),
        };
        let refused = if is_sorted_otherwise(&request) && !is_unordered(&request) {
            Some("RangeStream does not support custom sort orders")
        } else if has_filters(&request) {
            Some("RangeStream does not support revision filters")
        } else {
            None
        };
        if let Some(reason) = refused {
            return failed(&Status::new(Code::Unimplemented, reason));
        }
        let whole = match self.range(request).await {
            Ok(whole) => whole,
            Err(status) => return failed(&status),
        };
        let stopping = self.stopping.clone().cancelled_owned();
        streaming(
            move |out| async move {
                let mut rest = whole;
                let mut kvs = std::mem::take(&mut rest.kvs).into_iter().peekable();
                loop {
                    let mut chunk = RangeResponse::default();
                    let mut bytes = 0;
                    while bytes < CHUNK_BYTES
                        && let Some(kv) = kvs.next()
                    {
                        bytes += kv.encoded_len();
                        chunk.kvs.push(kv);
                    }
                    let is_last = kvs.peek().is_none();
                    if is_last {
                        chunk.header = rest.header.take();
                        (chunk.more, chunk.count) = (rest.more, rest.count);
                    }
                    let message = RangeStreamResponse {
                        range_response: Some(chunk),
                    };
                    if !out.send(&message).await || is_last {
                        return Ok(());
                    }
                }
            },
            stopping,
        )
    }

    /// Runs operations as one transaction.
    async fn run(&self, request: TxnRequest) -> Result<TxnResponse, Status> {
        let bytes = request.encoded_len();
        if bytes > self.options.request_bytes_max {
            return Err(Status::new(Code::InvalidArgument, check::TOO_LARGE));
        }
        if txn::grows(&request) {
            self.check_quota(bytes).await?;
        }
        let (committed, mut response) = self
            .store
            .transact(bytes, move |view| {
                txn::run(view, &request).map_err(|refused| match refused {
                    txn::Refused::Store(error) => error,
                    txn::Refused::KeyNotFound => Error::Refused {
                        reason: check::KEY_NOT_FOUND.to_owned(),
                    },
                })
            })
            .await
            .map_err(status_of)?;
        response.header = self.header(committed.revision);
        Ok(response)
    }

    /// Runs one operation; what it answers.
    async fn run_one(&self, request: Request) -> Result<Response, Status> {
        let op = RequestOp {
            request: Some(request),
        };
        let request = TxnRequest {
            success: vec![op],
            ..TxnRequest::default()
        };
        let mut response = self.run(request).await?;
        let header = response.header.take();
        let one = response.responses.pop().and_then(|op| op.response);
        let mut one =
            one.ok_or_else(|| Status::new(Code::Internal, "an operation had no answer"))?;
        match &mut one {
            Response::Range(one) => one.header = header,
            Response::Put(one) => one.header = header,
            Response::DeleteRange(one) => one.header = header,
            Response::Txn(one) => one.header = header,
        }
        Ok(one)
    }

    pub(super) async fn put(&self, request: PutRequest) -> Result<PutResponse, Status> {
        check::put(&request)?;
        match self.run_one(Request::Put(request)).await? {
            Response::Put(response) => Ok(response),
            _ => Err(Status::new(Code::Internal, "a put was answered otherwise")),
        }
    }

    pub(super) async fn delete_range(
        &self,
        request: DeleteRangeRequest,
    ) -> Result<DeleteRangeResponse, Status> {
        check::delete_range(&request)?;
        match self.run_one(Request::DeleteRange(request)).await? {
            Response::DeleteRange(response) => Ok(response),
            _ => Err(Status::new(
                Code::Internal,
                "a deletion was answered otherwise",
            )),
        }
    }

    pub(super) async fn txn(&self, request: TxnRequest) -> Result<TxnResponse, Status> {
        check::txn(&request, self.options.txn_ops_max)?;
        self.run(request).await
    }

    pub(super) async fn compact(
        &self,
        request: CompactionRequest,
    ) -> Result<HeaderResponse, Status> {
        let revision = unsigned(request.revision);
        match self.store.compact(revision).await {
            // Before the first compaction etcd compacts to nothing, too.
            Err(Error::Compacted { .. })
                if request.revision == 0 && !self.is_compacted().await? => {}
            compacted => compacted.map_err(status_of)?,
        }
        Ok(HeaderResponse {
            header: self.header_now().await?,
        })
    }
}
