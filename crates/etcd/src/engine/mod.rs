//! Any etcd as a store.

mod compactor;
mod errors;
mod watch;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

use bytes::Bytes;
use prost::Message;
use skeg_store::{
    Committed, Error, Expect, Key, KeyRange, KeyValue, LATEST, Lease, LeaseId, Op, RangeOptions,
    RangeResult, Reply, Result, Revision, Store, Txn, Watch, WatchOptions,
};
use tokio_util::sync::CancellationToken;

use crate::proto::{
    CompactionRequest, Compare, CompareResult, CompareTarget, DeleteRangeRequest, EmptyRequest,
    HeaderResponse, LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest,
    LeaseKeepAliveResponse, LeaseLeasesResponse, LeaseRevokeRequest, LeaseTimeToLiveRequest,
    LeaseTimeToLiveResponse, PutRequest, RangeRequest, RangeResponse, Request, RequestOp, Response,
    ResponseHeader, StatusResponse, TargetUnion, TxnRequest, TxnResponse, signed, unsigned,
};
use crate::tls::{ClientFiles, TlsError, client_config};
pub use compactor::compact_history;
use errors::Context;
use skeg_grpc::client::{Channel, Endpoint};
use skeg_grpc::{Code, Status};

const RANGE: &str = "/etcdserverpb.KV/Range";
const TXN: &str = "/etcdserverpb.KV/Txn";
const COMPACT: &str = "/etcdserverpb.KV/Compact";
const LEASE_GRANT: &str = "/etcdserverpb.Lease/LeaseGrant";
const LEASE_KEEP_ALIVE: &str = "/etcdserverpb.Lease/LeaseKeepAlive";
const LEASE_REVOKE: &str = "/etcdserverpb.Lease/LeaseRevoke";
const LEASE_TIME_TO_LIVE: &str = "/etcdserverpb.Lease/LeaseTimeToLive";
const LEASE_LEASES: &str = "/etcdserverpb.Lease/LeaseLeases";
const STATUS: &str = "/etcdserverpb.Maintenance/Status";

/// A read that found no member is tried again after this time, as etcd's own
/// client does it.
const AGAIN_AFTER: Duration = Duration::from_millis(25);

/// Reads are tried again for so long: requests to an API server have as much.
const READ_PATIENCE: Duration = Duration::from_secs(60);

/// The largest transaction that is sent, as etcd's own bound is unless it was
/// told otherwise.
const TXN_BYTES_MAX: usize = 1536 << 10;

/// An etcd to use.
#[derive(Debug, Clone, Default)]
pub struct EtcdOptions {
    /// URLs of its members.
    pub endpoints: Vec<String>,
    /// For https.
    pub tls: Option<ClientFiles>,
    /// How long [`Etcd::connect`] waits for a member that can be reached. Default
    /// zero: it is tried once.
    pub wait: Duration,
}

/// Why an etcd cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// What was given is no URL of a member.
    #[error("{0:?} is not the URL of an etcd: http://HOST:PORT or https://HOST:PORT")]
    Endpoint(String),
    /// A file for TLS does not do.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// It cannot be reached, or does not speak etcd's API.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A store in an etcd.
///
/// The connection is made again when it breaks, and watches go on where they
/// were. A read waits for a member that answers, a minute at most; give it less
/// by dropping it. A write whose answer was lost is an error, and may have
/// happened.
pub struct Etcd {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) channel: Channel,
    pub(crate) closed: CancellationToken,
    pub(crate) watches: AtomicUsize,
}

impl Etcd {
    /// Connects, and sees that the other side is an etcd.
    ///
    /// # Errors
    /// No member can be reached, or a file does not do.
    pub async fn connect(options: &EtcdOptions) -> Result<Etcd, ConnectError> {
        let parse =
            |url: &String| Endpoint::parse(url).ok_or_else(|| ConnectError::Endpoint(url.clone()));
        let endpoints = options
            .endpoints
            .iter()
            .map(parse)
            .collect::<Result<_, _>>()?;
        let tls = options.tls.as_ref().map(client_config).transpose()?;
        let etcd = Etcd {
            shared: Arc::new(Shared {
                channel: Channel::new(endpoints, tls),
                closed: CancellationToken::new(),
                watches: AtomicUsize::new(0),
            }),
        };
        let until = Instant::now() + options.wait;
        let asked = etcd.shared.call_until(until, STATUS, &EmptyRequest {});
        let status: StatusResponse = match asked.await? {
            Ok(status) => status,
            Err(status) => return Err(etcd.shared.error(status, Context::None).await.into()),
        };
        tracing::info!(version = %status.version, "connected to etcd");
        if !tells_progress(&status.version) {
            tracing::warn!(
                version = %status.version,
                "this etcd may report the progress of watches wrongly: use 3.5.13, 3.6 or newer"
            );
        }
        Ok(etcd)
    }

    async fn call<Req: Message, Res: Message + Default>(
        &self,
        path: &'static str,
        request: &Req,
        context: Context<'_>,
    ) -> Result<Res> {
        self.shared.call(path, request, context).await
    }

    async fn read(&self, request: RangeRequest) -> Result<RangeResponse> {
        let requested = unsigned(request.revision);
        self.call(RANGE, &request, Context::Revision(requested))
            .await
    }

    async fn revision_now(&self) -> Result<Revision> {
        self.shared.revision_now().await
    }

    async fn time_to_live(&self, id: LeaseId, keys: bool) -> Result<LeaseTimeToLiveResponse> {
        let request = LeaseTimeToLiveRequest {
            id: id.cast_signed(),
            keys,
        };
        let response: LeaseTimeToLiveResponse = self
            .call(LEASE_TIME_TO_LIVE, &request, Context::Lease(id))
            .await?;
        if response.ttl < 0 || response.granted_ttl == 0 {
            return Err(Error::LeaseNotFound { id });
        }
        Ok(response)
    }

    async fn transact(&self, txn: Txn) -> Result<Committed> {
        let mut written = HashSet::new();
        for op in &txn.ops {
            if let Op::Put { key, .. } | Op::Delete { key } = op
                && !written.insert(key)
            {
                return Err(Error::DuplicateKey { key: key.clone() });
            }
        }
        let request = TxnRequest {
            compare: txn.expect.iter().filter_map(compare).collect(),
            success: txn.ops.iter().map(request_op).collect(),
            failure: txn
                .expect
                .iter()
                .map(|(key, _)| RequestOp {
                    request: Some(Request::Range(RangeRequest {
                        key: Bytes::copy_from_slice(key),
                        ..RangeRequest::default()
                    })),
                })
                .collect(),
        };
        let bytes = request.encoded_len();
        if bytes > TXN_BYTES_MAX {
            let max = TXN_BYTES_MAX;
            return Err(Error::TooLarge { bytes, max });
        }
        let context = Context::Txn { txn: &txn, bytes };
        let response: TxnResponse = self.call(TXN, &request, context).await?;
        let revision = revision_of(&response.header);
        if response.succeeded {
            return Ok(committed(revision, response));
        }
        for ((key, expect), response) in txn.expect.into_iter().zip(response.responses) {
            let current = match response.response {
                Some(Response::Range(range)) => range.kvs.into_iter().next(),
                _ => None,
            };
            let current = current.map(|kv| KeyValue::from(&kv));
            if !expect.holds(current.as_ref()) {
                return Err(Error::Conflict {
                    key,
                    current: current.map(Arc::new),
                    revision,
                });
            }
        }
        Err(self
            .shared
            .unavailable("it refused a transaction whose expectations hold"))
    }

    async fn revoke(&self, id: LeaseId) -> Result<Committed> {
        let keys = self.time_to_live(id, true).await?.keys;
        let request = LeaseRevokeRequest {
            id: id.cast_signed(),
        };
        let response: HeaderResponse = self
            .call(LEASE_REVOKE, &request, Context::Lease(id))
            .await?;
        let revision = revision_of(&response.header);
        // etcd does not say what it deleted.
        let mut previous = Vec::new();
        for key in keys {
            let before = RangeRequest {
                key,
                revision: signed(revision.saturating_sub(1)),
                ..RangeRequest::default()
            };
            let kvs = self.read(before).await?.kvs;
            let of_lease = kvs
                .iter()
                .filter(|kv| kv.lease.cast_unsigned() == id)
                .map(|kv| Arc::new(KeyValue::from(kv)));
            previous.extend(of_lease);
        }
        previous.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Committed {
            revision,
            deleted: previous.len(),
            previous,
        })
    }
}

impl Shared {
    pub(crate) async fn call<Req: Message, Res: Message + Default>(
        &self,
        path: &'static str,
        request: &Req,
        context: Context<'_>,
    ) -> Result<Res> {
        // What only reads may be asked twice.
        let patience = match path {
            RANGE | LEASE_TIME_TO_LIVE => READ_PATIENCE,
            _ => Duration::ZERO,
        };
        let until = Instant::now() + patience;
        match self.call_until(until, path, request).await? {
            Ok(answer) => Ok(answer),
            Err(status) => Err(self.error(status, context).await),
        }
    }

    /// Calls until a member answers, or the time is over. The outer error is
    /// that of a store that was closed.
    async fn call_until<Req: Message, Res: Message + Default>(
        &self,
        until: Instant,
        path: &'static str,
        request: &Req,
    ) -> Result<Result<Res, Status>> {
        loop {
            let number = self.channel.number();
            // A channel that fails at once must not be told of in place of the end.
            let answer = tokio::select! {
                biased;
                () = self.closed.cancelled() => return Err(Error::Closed),
                answer = self.channel.unary(path, request) => answer,
            };
            match answer {
                Err(status) if status.code == Code::Unavailable && Instant::now() < until => {
                    tracing::debug!(reason = %status.message, "a read waits for its etcd");
                    // Perhaps this member has no leader, and another one has.
                    self.channel.leave(number).await;
                }
                answer => return Ok(answer),
            }
            tokio::select! {
                () = self.closed.cancelled() => return Err(Error::Closed),
                () = tokio::time::sleep(AGAIN_AFTER) => {}
            }
        }
    }

    pub(crate) async fn revision_now(&self) -> Result<Revision> {
        let request = RangeRequest {
            key: Bytes::from_static(b"\0"),
            count_only: true,
            ..RangeRequest::default()
        };
        let response: RangeResponse = self.call(RANGE, &request, Context::None).await?;
        Ok(revision_of(&response.header))
    }
}

/// Whether this release reports the progress of watches rightly.
fn tells_progress(version: &str) -> bool {
    let numbers: Vec<u32> = version
        .split(['.', '-'])
        .map_while(|part| part.parse().ok())
        .collect();
    match numbers[..] {
        [3, 4, patch, ..] => patch >= 31,
        [3, 5, patch, ..] => patch >= 13,
        [3, minor, ..] => minor >= 6,
        [major, ..] => major > 3,
        [] => false,
    }
}

pub(crate) fn revision_of(header: &Option<ResponseHeader>) -> Revision {
    header
        .as_ref()
        .map_or(0, |header| unsigned(header.revision))
}

/// A range's bounds as etcd writes them; `None` when nothing is inside.
pub(crate) fn bounds(range: &KeyRange) -> Option<(Bytes, Bytes)> {
    if range.is_empty() {
        return None;
    }
    let start = match range.start.as_bytes() {
        // There is no empty key in etcd; this one is the first.
        [] => Bytes::from_static(b"\0"),
        start => Bytes::copy_from_slice(start),
    };
    let end = match &range.end {
        None => Bytes::from_static(b"\0"),
        Some(end) => Bytes::copy_from_slice(end),
    };
    Some((start, end))
}

fn compare((key, expect): &(Key, Expect)) -> Option<Compare> {
    let (target, result, with) = match expect {
        Expect::Any => return None,
        Expect::Absent => (
            CompareTarget::Create,
            CompareResult::Equal,
            TargetUnion::CreateRevision(0),
        ),
        Expect::Present => (
            CompareTarget::Create,
            CompareResult::Greater,
            TargetUnion::CreateRevision(0),
        ),
        Expect::ModRevision(revision) => (
            CompareTarget::Mod,
            CompareResult::Equal,
            TargetUnion::ModRevision(signed(*revision)),
        ),
    };
    Some(Compare {
        result: result as i32,
        target: target as i32,
        key: Bytes::copy_from_slice(key),
        target_union: Some(with),
        range_end: Bytes::new(),
    })
}

fn request_op(op: &Op) -> RequestOp {
    let delete = |key, range_end| {
        Request::DeleteRange(DeleteRangeRequest {
            key,
            range_end,
            prev_kv: true,
        })
    };
    let request = match op {
        Op::Put { key, value, lease } => Request::Put(PutRequest {
            key: Bytes::copy_from_slice(key),
            value: value.clone(),
            lease: lease.unwrap_or(0).cast_signed(),
            prev_kv: true,
            ..PutRequest::default()
        }),
        Op::Delete { key } => delete(Bytes::copy_from_slice(key), Bytes::new()),
        Op::DeleteRange { range } => match bounds(range) {
            Some((start, end)) => delete(start, end),
            // A range that ends before it begins: nothing, to etcd as well.
            None => delete(Bytes::from_static(b"\x01"), Bytes::from_static(b"\x01")),
        },
    };
    RequestOp {
        request: Some(request),
    }
}

fn committed(revision: Revision, response: TxnResponse) -> Committed {
    let mut previous = Vec::new();
    let mut deleted = 0;
    for op in response.responses {
        match op.response {
            Some(Response::Put(put)) => {
                previous.extend(put.prev_kv.map(|kv| Arc::new(KeyValue::from(&kv))));
            }
            Some(Response::DeleteRange(delete)) => {
                deleted += delete.prev_kvs.len();
                let kvs = delete.prev_kvs.iter();
                previous.extend(kvs.map(|kv| Arc::new(KeyValue::from(kv))));
            }
            _ => {}
        }
    }
    Committed {
        revision,
        previous,
        deleted,
    }
}

fn seconds(number: i64) -> Duration {
    Duration::from_secs(unsigned(number))
}

impl Store for Etcd {
    fn current_revision(&self) -> Reply<'_, Revision> {
        Reply::pending(self.revision_now())
    }

    fn get(&self, key: &[u8], revision: Revision) -> Reply<'_, Option<Arc<KeyValue>>> {
        let request = RangeRequest {
            key: Bytes::copy_from_slice(key),
            revision: signed(revision),
            ..RangeRequest::default()
        };
        Reply::pending(async move {
            let found = self.read(request).await?.kvs;
            Ok(found.first().map(|kv| Arc::new(KeyValue::from(kv))))
        })
    }

    fn range(&self, range: &KeyRange, options: RangeOptions) -> Reply<'_, RangeResult> {
        let bounds = bounds(range);
        Reply::pending(async move {
            let RangeOptions { limit, revision } = options;
            let Some((key, range_end)) = bounds else {
                let now = self.revision_now().await?;
                let revision = if revision == LATEST { now } else { revision };
                return Ok(RangeResult {
                    kvs: Vec::new(),
                    count: 0,
                    revision,
                });
            };
            let found = self
                .read(RangeRequest {
                    key,
                    range_end,
                    limit: i64::try_from(limit).unwrap_or(i64::MAX),
                    revision: signed(revision),
                    ..RangeRequest::default()
                })
                .await?;
            let kvs: Vec<_> = found
                .kvs
                .iter()
                .map(|kv| Arc::new(KeyValue::from(kv)))
                .collect();
            let revision = match revision {
                LATEST => revision_of(&found.header),
                revision => revision,
            };
            let count = usize::try_from(found.count).unwrap_or(0).max(kvs.len());
            Ok(RangeResult {
                kvs,
                count,
                revision,
            })
        })
    }

    fn count(&self, range: &KeyRange, revision: Revision) -> Reply<'_, usize> {
        let bounds = bounds(range);
        Reply::pending(async move {
            let Some((key, range_end)) = bounds else {
                return Ok(0);
            };
            let found = self
                .read(RangeRequest {
                    key,
                    range_end,
                    revision: signed(revision),
                    count_only: true,
                    ..RangeRequest::default()
                })
                .await?;
            Ok(usize::try_from(found.count).unwrap_or(0))
        })
    }

    fn commit(&self, txn: Txn) -> Reply<'_, Committed> {
        Reply::pending(self.transact(txn))
    }

    fn watch(&self, range: KeyRange, options: WatchOptions) -> Reply<'_, Watch> {
        let shared = self.shared.clone();
        Reply::pending(async move {
            let source = watch::Source::open(shared, range, options.from).await?;
            Ok(Watch::new(source))
        })
    }

    fn compact(&self, revision: Revision) -> Reply<'_, ()> {
        Reply::pending(async move {
            let request = CompactionRequest {
                revision: signed(revision),
                physical: false,
            };
            let context = Context::Revision(revision);
            self.call::<_, HeaderResponse>(COMPACT, &request, context)
                .await
                .map(drop)
        })
    }

    fn grant_lease(&self, ttl: Duration) -> Reply<'_, Lease> {
        Reply::pending(async move {
            // Whole seconds, and no less than was asked for.
            let whole = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
            let request = LeaseGrantRequest {
                ttl: signed(whole),
                id: 0,
            };
            let granted: LeaseGrantResponse =
                self.call(LEASE_GRANT, &request, Context::None).await?;
            let ttl = seconds(granted.ttl);
            Ok(Lease {
                id: granted.id.cast_unsigned(),
                ttl,
                remaining: ttl,
                keys: 0,
            })
        })
    }

    fn keep_lease_alive(&self, id: LeaseId) -> Reply<'_, Lease> {
        Reply::pending(async move {
            let request = LeaseKeepAliveRequest {
                id: id.cast_signed(),
            };
            // A stream of one: etcd has no other way.
            let response: LeaseKeepAliveResponse = self
                .call(LEASE_KEEP_ALIVE, &request, Context::Lease(id))
                .await?;
            if response.ttl <= 0 {
                return Err(Error::LeaseNotFound { id });
            }
            let lease = self.time_to_live(id, true).await?;
            Ok(Lease {
                id,
                ttl: seconds(lease.granted_ttl),
                remaining: seconds(response.ttl),
                keys: lease.keys.len(),
            })
        })
    }

    fn revoke_lease(&self, id: LeaseId) -> Reply<'_, Committed> {
        Reply::pending(self.revoke(id))
    }

    fn lease(&self, id: LeaseId) -> Reply<'_, Lease> {
        Reply::pending(async move {
            let lease = self.time_to_live(id, true).await?;
            Ok(Lease {
                id,
                ttl: seconds(lease.granted_ttl),
                remaining: seconds(lease.ttl),
                keys: lease.keys.len(),
            })
        })
    }

    fn status(&self) -> Reply<'_, skeg_store::Status> {
        Reply::pending(async move {
            let status: StatusResponse = self.call(STATUS, &EmptyRequest {}, Context::None).await?;
            let leases: LeaseLeasesResponse = self
                .call(LEASE_LEASES, &EmptyRequest {}, Context::None)
                .await?;
            let keys = self.count(&KeyRange::all(), LATEST).await?;
            let in_use = unsigned(status.db_size_in_use);
            Ok(skeg_store::Status {
                revision: revision_of(&status.header),
                compacted: self.shared.compacted().await?,
                keys,
                live_bytes: in_use,
                history_bytes: 0,
                disk_bytes: unsigned(status.db_size),
                watches: self.shared.watches.load(Ordering::Relaxed),
                leases: leases.leases.len(),
                failing: (!status.errors.is_empty()).then(|| status.errors.join(", ")),
            })
        })
    }

    fn close(&self) -> Reply<'_, ()> {
        self.shared.closed.cancel();
        Reply::ready(Ok(()))
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        self.shared.closed.cancel();
    }
}

impl fmt::Debug for Etcd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Etcd")
            .field("endpoints", &self.shared.channel.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::tells_progress;

    #[test]
    fn releases_that_report_progress_rightly_are_known() {
        for good in ["3.4.31", "3.5.13", "3.6.0", "3.7.3", "4.0.0", "3.6.0-rc.1"] {
            assert!(tells_progress(good), "{good}");
        }
        for bad in ["3.4.30", "3.5.12", "3.3.27", "", "x"] {
            assert!(!tells_progress(bad), "{bad}");
        }
    }
}
