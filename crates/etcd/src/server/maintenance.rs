//! How the store is, its one member, its hash, its quota, its content as a file.

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use skeg_store::dump::Dump;
use skeg_store::{KeyRange, RangeOptions, Revision, Store};

use super::{CLUSTER_VERSION, Server, VERSION, check, status_of};
use crate::proto::{
    AlarmMember, AlarmRequest, AlarmResponse, DowngradeInfo, EmptyRequest, HashKvRequest,
    HashKvResponse, HashResponse, HeaderResponse, Member, MemberListResponse, SnapshotResponse,
    StatusResponse, signed, unsigned,
};
use crate::snapshot;
use skeg_grpc::server::{Inbound, Outbound};
use skeg_grpc::{Code, Status};

/// etcd's numbers of alarms.
const ALARM_NONE: i32 = 0;
const ALARM_NO_SPACE: i32 = 1;
const ALARM_CORRUPT: i32 = 2;

/// What is to be done with them.
const ALARM_GET: i32 = 0;
const ALARM_ACTIVATE: i32 = 1;
const ALARM_DEACTIVATE: i32 = 2;

/// Parts of a snapshot are so large.
const SNAPSHOT_PART_BYTES: usize = 64 << 10;

impl Server {
    /// Refuses what makes the store larger when it is full, or was full and the
    /// alarm of that has not been switched off.
    pub(super) async fn check_quota(&self, bytes: usize) -> Result<(), Status> {
        let status = self.store.status().await.map_err(status_of)?;
        let used = status.live_bytes + status.history_bytes;
        let mut full = self.full.lock();
        if used + bytes as u64 > self.options.quota_bytes && full.insert(self.options.member_id) {
            tracing::warn!(used, quota = self.options.quota_bytes, "the store is full");
        }
        match full.is_empty() {
            true => Ok(()),
            false => Err(Status::new(Code::ResourceExhausted, check::NO_SPACE)),
        }
    }

    /// Whether the alarm of a full store is raised.
    pub(super) fn is_full(&self) -> bool {
        !self.full.lock().is_empty()
    }

    /// Whether history was ever dropped.
    pub(super) async fn is_compacted(&self) -> Result<bool, Status> {
        let status = self.store.status().await.map_err(status_of)?;
        Ok(status.compacted > 0)
    }

    pub(super) async fn member_list(&self, _: EmptyRequest) -> Result<MemberListResponse, Status> {
        Ok(MemberListResponse {
            // Members are none of what revisions count.
            header: self.header(0),
            members: vec![Member {
                id: self.options.member_id,
                name: self.options.name.clone(),
                peer_urls: self.options.peer_urls.clone(),
                client_urls: self.options.client_urls.clone(),
                is_learner: false,
            }],
        })
    }

    /// Lists alarms, raises one, or switches one off; the only one that there is
    /// is that of a full store.
    pub(super) async fn alarm(&self, request: AlarmRequest) -> Result<AlarmResponse, Status> {
        if request.action == ALARM_ACTIVATE && request.alarm == ALARM_CORRUPT {
            let why = "etcdserver: there is no alarm CORRUPT here";
            return Err(Status::new(Code::Unimplemented, why));
        }
        let header = self.header_now().await?;
        let id = request.member_id;
        let is_meant = request.alarm == ALARM_NO_SPACE;
        let members: Vec<u64> = {
            let mut full = self.full.lock();
            match request.action {
                ALARM_GET if is_meant || request.alarm == ALARM_NONE => {
                    full.iter().copied().collect()
                }
                ALARM_ACTIVATE if is_meant => {
                    full.insert(id);
                    vec![id]
                }
                ALARM_DEACTIVATE if is_meant && full.remove(&id) => vec![id],
                _ => Vec::new(),
            }
        };
        let alarm = |member_id| AlarmMember {
            member_id,
            alarm: ALARM_NO_SPACE,
        };
        Ok(AlarmResponse {
            header,
            alarms: members.into_iter().map(alarm).collect(),
        })
    }

    pub(super) async fn status(&self, _: EmptyRequest) -> Result<StatusResponse, Status> {
        let status = self.store.status().await.map_err(status_of)?;
        let in_use = status.live_bytes + status.history_bytes;
        let mut errors: Vec<String> = status.failing.into_iter().collect();
        let full = self.full.lock();
        errors.extend(full.iter().map(|id| format!("memberID:{id} alarm:NOSPACE")));
        drop(full);
        Ok(StatusResponse {
            header: self.header(status.revision),
            version: VERSION.to_owned(),
            db_size: signed(status.disk_bytes.max(in_use)),
            leader: self.options.member_id,
            raft_index: status.revision,
            raft_term: 2,
            raft_applied_index: status.revision,
            errors,
            db_size_in_use: signed(in_use),
            is_learner: false,
            storage_version: CLUSTER_VERSION.to_owned(),
            db_size_quota: signed(self.options.quota_bytes),
            downgrade_info: Some(DowngradeInfo::default()),
        })
    }

    /// The engine gives space back by itself.
    pub(super) async fn defragment(&self, _: EmptyRequest) -> Result<HeaderResponse, Status> {
        Ok(HeaderResponse::default())
    }

    pub(super) async fn hash(&self, _: EmptyRequest) -> Result<HashResponse, Status> {
        let (hash, revision) = self.hash_at(0).await?;
        Ok(HashResponse {
            header: self.header(revision),
            hash,
        })
    }

    pub(super) async fn hash_kv(&self, request: HashKvRequest) -> Result<HashKvResponse, Status> {
        let (hash, revision) = self.hash_at(unsigned(request.revision)).await?;
        let status = self.store.status().await.map_err(status_of)?;
        Ok(HashKvResponse {
            header: self.header(status.revision),
            hash,
            // Before the first compaction, as etcd says it.
            compact_revision: match status.compacted {
                0 => -1,
                compacted => signed(compacted),
            },
            hash_revision: signed(revision),
        })
    }

    /// A checksum of the keys at a revision, the same for the same keys.
    async fn hash_at(&self, revision: Revision) -> Result<(u32, Revision), Status> {
        let options = RangeOptions { limit: 0, revision };
        let found = self.store.range(&KeyRange::all(), options).await;
        let found = found.map_err(status_of)?;
        let mut hash = crc32fast::Hasher::new();
        for kv in &found.kvs {
            for number in [kv.mod_revision, kv.create_revision, kv.version] {
                hash.update(&number.to_le_bytes());
            }
            hash.update(&(kv.key.len() as u64).to_le_bytes());
            hash.update(&kv.key);
            hash.update(&(kv.value.len() as u64).to_le_bytes());
            hash.update(&kv.value);
        }
        Ok((hash.finalize(), found.revision))
    }

    /// The content as the database file of an etcd, with its checksum at the end.
    pub(super) async fn snapshot(
        self: Arc<Server>,
        body: Incoming,
        out: Outbound,
    ) -> Result<(), Status> {
        let mut requests = Inbound::<EmptyRequest>::new(body, self.options.request_bytes_max);
        requests.next().await?;
        let dump = Dump::of_store(&*self.store).await.map_err(status_of)?;
        let made = tokio::task::spawn_blocking(move || snapshot::database(&dump)).await;
        let file: Bytes = made
            .map_err(|error| Status::new(Code::Internal, error.to_string()))?
            .into();
        let mut rest = file.clone();
        loop {
            let part = rest.split_to(rest.len().min(SNAPSHOT_PART_BYTES));
            let response = SnapshotResponse {
                header: self.header_now().await?,
                remaining_bytes: rest.len() as u64,
                blob: part,
                version: CLUSTER_VERSION.to_owned(),
            };
            if !out.send(&response).await {
                return Ok(());
            }
            if rest.is_empty() {
                break;
            }
        }
        let response = SnapshotResponse {
            header: self.header_now().await?,
            remaining_bytes: 0,
            blob: snapshot::checksum(&file),
            version: CLUSTER_VERSION.to_owned(),
        };
        out.send(&response).await;
        Ok(())
    }
}
