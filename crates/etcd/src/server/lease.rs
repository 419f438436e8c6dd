//! Leases.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use skeg_store::{Error, LeaseId, Store};

use super::{Server, check, status_of};
use crate::proto::{
    EmptyRequest, HeaderResponse, LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest,
    LeaseKeepAliveResponse, LeaseLeasesResponse, LeaseRevokeRequest, LeaseStatus,
    LeaseTimeToLiveRequest, LeaseTimeToLiveResponse,
};
use skeg_grpc::server::{Inbound, Outbound};
use skeg_grpc::{Code, Status};

/// The shortest lease, as in an etcd whose elections take a second.
const TTL_MIN: i64 = 2;

/// The longest.
const TTL_MAX: i64 = 9_000_000_000;

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

impl Server {
    pub(super) async fn lease_grant(
        &self,
        request: LeaseGrantRequest,
    ) -> Result<LeaseGrantResponse, Status> {
        if request.ttl > TTL_MAX {
            return Err(Status::new(Code::OutOfRange, check::LEASE_TTL_TOO_LARGE));
        }
        self.check_quota(0).await?;
        let ttl = Duration::from_secs(request.ttl.max(TTL_MIN).unsigned_abs());
        let lease = loop {
            let id: LeaseId = match request.id {
                0 => fastrand::u64(1 << 62..1 << 63),
                id => id.cast_unsigned(),
            };
            match self.store.grant_lease_named(id, ttl).await {
                Err(Error::LeaseExists { .. }) if request.id == 0 => {}
                granted => break granted.map_err(status_of)?,
            }
        };
        Ok(LeaseGrantResponse {
            header: self.header_now().await?,
            id: lease.id.cast_signed(),
            ttl: seconds(lease.ttl),
            error: String::new(),
        })
    }

    pub(super) async fn lease_revoke(
        &self,
        request: LeaseRevokeRequest,
    ) -> Result<HeaderResponse, Status> {
        let revoked = self.store.revoke_lease(request.id.cast_unsigned()).await;
        Ok(HeaderResponse {
            header: self.header(revoked.map_err(status_of)?.revision),
        })
    }

    pub(super) async fn lease_keep_alive(
        self: Arc<Server>,
        body: Incoming,
        out: Outbound,
    ) -> Result<(), Status> {
        let mut requests =
            Inbound::<LeaseKeepAliveRequest>::new(body, self.options.request_bytes_max);
        while let Some(request) = requests.next().await? {
            // The revision first: what the lease keeps was there at it.
            let header = self.header_now().await?;
            let id = request.id.cast_unsigned();
            let ttl = match self.store.keep_lease_alive(id).await {
                Ok(lease) => seconds(lease.ttl),
                Err(Error::LeaseNotFound { .. }) => 0,
                Err(error) => return Err(status_of(error)),
            };
            let response = LeaseKeepAliveResponse {
                header,
                id: request.id,
                ttl,
            };
            if !out.send(&response).await {
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn lease_time_to_live(
        &self,
        request: LeaseTimeToLiveRequest,
    ) -> Result<LeaseTimeToLiveResponse, Status> {
        let header = self.header_now().await?;
        let id = request.id.cast_unsigned();
        let mut response = LeaseTimeToLiveResponse {
            header,
            id: request.id,
            ttl: -1,
            ..LeaseTimeToLiveResponse::default()
        };
        match self.store.lease(id).await {
            Ok(lease) => {
                response.ttl = seconds(lease.remaining);
                response.granted_ttl = seconds(lease.ttl);
                if request.keys {
                    let keys = self.store.lease_keys(id);
                    response.keys = keys.iter().map(|key| Bytes::copy_from_slice(key)).collect();
                }
            }
            Err(Error::LeaseNotFound { .. }) => {}
            Err(error) => return Err(status_of(error)),
        }
        Ok(response)
    }

    pub(super) async fn lease_leases(
        &self,
        _: EmptyRequest,
    ) -> Result<LeaseLeasesResponse, Status> {
        let leases = self.store.leases().into_iter();
        Ok(LeaseLeasesResponse {
            header: self.header_now().await?,
            leases: leases
                .map(|id| LeaseStatus {
                    id: id.cast_signed(),
                })
                .collect(),
        })
    }
}
