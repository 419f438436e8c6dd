//! etcd's v3 messages (`etcdserverpb`, `mvccpb`), as far as they are spoken
//! here. Written by hand from the protocol's field numbers, so that building
//! needs no protobuf compiler.

#![allow(missing_docs, reason = "etcd's API reference describes the fields")]

use bytes::Bytes;
use prost::{Enumeration, Message, Oneof};

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Message)]
            pub struct $name { $($(#[$attr])* pub $field: $ty,)* }
        )*
    };
}

messages! {
    HealthCheckRequest {
        #[prost(string, tag = "1")] service: String,
    }
    HealthCheckResponse {
        #[prost(enumeration = "ServingStatus", tag = "1")] status: i32,
    }
    KeyValue {
        #[prost(bytes = "bytes", tag = "1")] key: Bytes,
        #[prost(int64, tag = "2")] create_revision: i64,
        #[prost(int64, tag = "3")] mod_revision: i64,
        #[prost(int64, tag = "4")] version: i64,
        #[prost(bytes = "bytes", tag = "5")] value: Bytes,
        #[prost(int64, tag = "6")] lease: i64,
    }
    Event {
        #[prost(enumeration = "EventType", tag = "1")] r#type: i32,
        #[prost(message, optional, tag = "2")] kv: Option<KeyValue>,
        #[prost(message, optional, tag = "3")] prev_kv: Option<KeyValue>,
    }
    ResponseHeader {
        #[prost(uint64, tag = "1")] cluster_id: u64,
        #[prost(uint64, tag = "2")] member_id: u64,
        #[prost(int64, tag = "3")] revision: i64,
        #[prost(uint64, tag = "4")] raft_term: u64,
    }
    RangeRequest {
        #[prost(bytes = "bytes", tag = "1")] key: Bytes,
        #[prost(bytes = "bytes", tag = "2")] range_end: Bytes,
        #[prost(int64, tag = "3")] limit: i64,
        #[prost(int64, tag = "4")] revision: i64,
        #[prost(enumeration = "SortOrder", tag = "5")] sort_order: i32,
        #[prost(enumeration = "SortTarget", tag = "6")] sort_target: i32,
        #[prost(bool, tag = "7")] serializable: bool,
        #[prost(bool, tag = "8")] keys_only: bool,
        #[prost(bool, tag = "9")] count_only: bool,
        #[prost(int64, tag = "10")] min_mod_revision: i64,
        #[prost(int64, tag = "11")] max_mod_revision: i64,
        #[prost(int64, tag = "12")] min_create_revision: i64,
        #[prost(int64, tag = "13")] max_create_revision: i64,
    }
    RangeResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(message, repeated, tag = "2")] kvs: Vec<KeyValue>,
        #[prost(bool, tag = "3")] more: bool,
        #[prost(int64, tag = "4")] count: i64,
    }
    RangeStreamResponse {
        #[prost(message, optional, tag = "1")] range_response: Option<RangeResponse>,
    }
    PutRequest {
        #[prost(bytes = "bytes", tag = "1")] key: Bytes,
        #[prost(bytes = "bytes", tag = "2")] value: Bytes,
        #[prost(int64, tag = "3")] lease: i64,
        #[prost(bool, tag = "4")] prev_kv: bool,
        #[prost(bool, tag = "5")] ignore_value: bool,
        #[prost(bool, tag = "6")] ignore_lease: bool,
    }
    PutResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(message, optional, tag = "2")] prev_kv: Option<KeyValue>,
    }
    DeleteRangeRequest {
        #[prost(bytes = "bytes", tag = "1")] key: Bytes,
        #[prost(bytes = "bytes", tag = "2")] range_end: Bytes,
        #[prost(bool, tag = "3")] prev_kv: bool,
    }
    DeleteRangeResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(int64, tag = "2")] deleted: i64,
        #[prost(message, repeated, tag = "3")] prev_kvs: Vec<KeyValue>,
    }
    RequestOp {
        #[prost(oneof = "Request", tags = "1, 2, 3, 4")] request: Option<Request>,
    }
    ResponseOp {
        #[prost(oneof = "Response", tags = "1, 2, 3, 4")] response: Option<Response>,
    }
    Compare {
        #[prost(enumeration = "CompareResult", tag = "1")] result: i32,
        #[prost(enumeration = "CompareTarget", tag = "2")] target: i32,
        #[prost(bytes = "bytes", tag = "3")] key: Bytes,
        #[prost(oneof = "TargetUnion", tags = "4, 5, 6, 7, 8")] target_union: Option<TargetUnion>,
        #[prost(bytes = "bytes", tag = "64")] range_end: Bytes,
    }
    TxnRequest {
        #[prost(message, repeated, tag = "1")] compare: Vec<Compare>,
        #[prost(message, repeated, tag = "2")] success: Vec<RequestOp>,
        #[prost(message, repeated, tag = "3")] failure: Vec<RequestOp>,
    }
    TxnResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(bool, tag = "2")] succeeded: bool,
        #[prost(message, repeated, tag = "3")] responses: Vec<ResponseOp>,
    }
    CompactionRequest {
        #[prost(int64, tag = "1")] revision: i64,
        #[prost(bool, tag = "2")] physical: bool,
    }
    /// A response that has nothing but its header; of several calls.
    HeaderResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
    }
    /// A request without fields; of several calls.
    EmptyRequest {
    }
    HashKvRequest {
        #[prost(int64, tag = "1")] revision: i64,
    }
    HashKvResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(uint32, tag = "2")] hash: u32,
        #[prost(int64, tag = "3")] compact_revision: i64,
        #[prost(int64, tag = "4")] hash_revision: i64,
    }
    HashResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(uint32, tag = "2")] hash: u32,
    }
    SnapshotResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(uint64, tag = "2")] remaining_bytes: u64,
        #[prost(bytes = "bytes", tag = "3")] blob: Bytes,
        #[prost(string, tag = "4")] version: String,
    }
    WatchRequest {
        #[prost(oneof = "WatchUnion", tags = "1, 2, 3")] request_union: Option<WatchUnion>,
    }
    WatchCreateRequest {
        #[prost(bytes = "bytes", tag = "1")] key: Bytes,
        #[prost(bytes = "bytes", tag = "2")] range_end: Bytes,
        #[prost(int64, tag = "3")] start_revision: i64,
        #[prost(bool, tag = "4")] progress_notify: bool,
        #[prost(enumeration = "FilterType", repeated, tag = "5")] filters: Vec<i32>,
        #[prost(bool, tag = "6")] prev_kv: bool,
        #[prost(int64, tag = "7")] watch_id: i64,
        #[prost(bool, tag = "8")] fragment: bool,
    }
    WatchCancelRequest {
        #[prost(int64, tag = "1")] watch_id: i64,
    }
    WatchResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(int64, tag = "2")] watch_id: i64,
        #[prost(bool, tag = "3")] created: bool,
        #[prost(bool, tag = "4")] canceled: bool,
        #[prost(int64, tag = "5")] compact_revision: i64,
        #[prost(string, tag = "6")] cancel_reason: String,
        #[prost(bool, tag = "7")] fragment: bool,
        #[prost(message, repeated, tag = "11")] events: Vec<Event>,
    }
    LeaseGrantRequest {
        #[prost(int64, tag = "1")] ttl: i64,
        #[prost(int64, tag = "2")] id: i64,
    }
    LeaseGrantResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(int64, tag = "2")] id: i64,
        #[prost(int64, tag = "3")] ttl: i64,
        #[prost(string, tag = "4")] error: String,
    }
    LeaseRevokeRequest {
        #[prost(int64, tag = "1")] id: i64,
    }
    LeaseKeepAliveRequest {
        #[prost(int64, tag = "1")] id: i64,
    }
    LeaseKeepAliveResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(int64, tag = "2")] id: i64,
        #[prost(int64, tag = "3")] ttl: i64,
    }
    LeaseTimeToLiveRequest {
        #[prost(int64, tag = "1")] id: i64,
        #[prost(bool, tag = "2")] keys: bool,
    }
    LeaseTimeToLiveResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(int64, tag = "2")] id: i64,
        #[prost(int64, tag = "3")] ttl: i64,
        #[prost(int64, tag = "4")] granted_ttl: i64,
        #[prost(bytes = "bytes", repeated, tag = "5")] keys: Vec<Bytes>,
    }
    LeaseStatus {
        #[prost(int64, tag = "1")] id: i64,
    }
    LeaseLeasesResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(message, repeated, tag = "2")] leases: Vec<LeaseStatus>,
    }
    Member {
        #[prost(uint64, tag = "1")] id: u64,
        #[prost(string, tag = "2")] name: String,
        #[prost(string, repeated, tag = "3")] peer_urls: Vec<String>,
        #[prost(string, repeated, tag = "4")] client_urls: Vec<String>,
        #[prost(bool, tag = "5")] is_learner: bool,
    }
    MemberListResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(message, repeated, tag = "2")] members: Vec<Member>,
    }
    AlarmRequest {
        #[prost(int32, tag = "1")] action: i32,
        #[prost(uint64, tag = "2")] member_id: u64,
        #[prost(int32, tag = "3")] alarm: i32,
    }
    AlarmMember {
        #[prost(uint64, tag = "1")] member_id: u64,
        #[prost(int32, tag = "2")] alarm: i32,
    }
    AlarmResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(message, repeated, tag = "2")] alarms: Vec<AlarmMember>,
    }
    DowngradeInfo {
        #[prost(bool, tag = "1")] enabled: bool,
        #[prost(string, tag = "2")] target_version: String,
    }
    StatusResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(string, tag = "2")] version: String,
        #[prost(int64, tag = "3")] db_size: i64,
        #[prost(uint64, tag = "4")] leader: u64,
        #[prost(uint64, tag = "5")] raft_index: u64,
        #[prost(uint64, tag = "6")] raft_term: u64,
        #[prost(uint64, tag = "7")] raft_applied_index: u64,
        #[prost(string, repeated, tag = "8")] errors: Vec<String>,
        #[prost(int64, tag = "9")] db_size_in_use: i64,
        #[prost(bool, tag = "10")] is_learner: bool,
        #[prost(string, tag = "11")] storage_version: String,
        #[prost(int64, tag = "12")] db_size_quota: i64,
        #[prost(message, optional, tag = "13")] downgrade_info: Option<DowngradeInfo>,
    }
    AuthStatusResponse {
        #[prost(message, optional, tag = "1")] header: Option<ResponseHeader>,
        #[prost(bool, tag = "2")] enabled: bool,
        #[prost(uint64, tag = "3")] auth_revision: u64,
    }
}

/// One operation of a transaction.
#[derive(Clone, PartialEq, Oneof)]
pub enum Request {
    #[prost(message, tag = "1")]
    Range(RangeRequest),
    #[prost(message, tag = "2")]
    Put(PutRequest),
    #[prost(message, tag = "3")]
    DeleteRange(DeleteRangeRequest),
    #[prost(message, tag = "4")]
    Txn(TxnRequest),
}

/// What an operation of a transaction did.
#[derive(Clone, PartialEq, Oneof)]
pub enum Response {
    #[prost(message, tag = "1")]
    Range(RangeResponse),
    #[prost(message, tag = "2")]
    Put(PutResponse),
    #[prost(message, tag = "3")]
    DeleteRange(DeleteRangeResponse),
    #[prost(message, tag = "4")]
    Txn(TxnResponse),
}

/// What a comparison compares with.
#[derive(Clone, PartialEq, Oneof)]
pub enum TargetUnion {
    #[prost(int64, tag = "4")]
    Version(i64),
    #[prost(int64, tag = "5")]
    CreateRevision(i64),
    #[prost(int64, tag = "6")]
    ModRevision(i64),
    #[prost(bytes = "bytes", tag = "7")]
    Value(Bytes),
    #[prost(int64, tag = "8")]
    Lease(i64),
}

/// What is asked of a stream of watches.
#[derive(Clone, PartialEq, Oneof)]
pub enum WatchUnion {
    #[prost(message, tag = "1")]
    Create(WatchCreateRequest),
    #[prost(message, tag = "2")]
    Cancel(WatchCancelRequest),
    #[prost(message, tag = "3")]
    Progress(EmptyRequest),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum ServingStatus {
    Unknown = 0,
    Serving = 1,
    NotServing = 2,
    ServiceUnknown = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum EventType {
    Put = 0,
    Delete = 1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum SortOrder {
    None = 0,
    Ascend = 1,
    Descend = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum SortTarget {
    Key = 0,
    Version = 1,
    Create = 2,
    Mod = 3,
    Value = 4,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum CompareResult {
    Equal = 0,
    Greater = 1,
    Less = 2,
    NotEqual = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum CompareTarget {
    Version = 0,
    Create = 1,
    Mod = 2,
    Value = 3,
    Lease = 4,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum FilterType {
    NoPut = 0,
    NoDelete = 1,
}

impl From<&skeg_store::KeyValue> for KeyValue {
    fn from(kv: &skeg_store::KeyValue) -> KeyValue {
        KeyValue {
            key: Bytes::copy_from_slice(&kv.key),
            create_revision: signed(kv.create_revision),
            mod_revision: signed(kv.mod_revision),
            version: signed(kv.version),
            value: kv.value.clone(),
            lease: kv.lease.unwrap_or(0).cast_signed(),
        }
    }
}

impl From<&KeyValue> for skeg_store::KeyValue {
    fn from(kv: &KeyValue) -> skeg_store::KeyValue {
        skeg_store::KeyValue {
            key: skeg_store::Key::from(&kv.key[..]),
            value: kv.value.clone(),
            create_revision: unsigned(kv.create_revision),
            mod_revision: unsigned(kv.mod_revision),
            version: unsigned(kv.version),
            lease: (kv.lease != 0).then_some(kv.lease.cast_unsigned()),
        }
    }
}

/// A count as etcd writes it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count of etcd's; what is below nothing is nothing.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
