//! gRPC's own health service (`grpc.health.v1`): what load balancers ask.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use skeg_grpc::server::{Inbound, Outbound};
use skeg_grpc::{Code, Status};

use super::Server;
use crate::proto::{HealthCheckRequest, HealthCheckResponse, ServingStatus};

/// How often those that watch have it looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Server {
    /// Only the server as a whole is known, by no name.
    async fn serving(&self, service: &str) -> ServingStatus {
        if !service.is_empty() {
            return ServingStatus::ServiceUnknown;
        }
        // With too many bytes it still can be read, and made smaller.
        match self.unreadable().await {
            None => ServingStatus::Serving,
            Some(_) => ServingStatus::NotServing,
        }
    }

    pub(super) async fn health_check(
        &self,
        request: HealthCheckRequest,
    ) -> Result<HealthCheckResponse, Status> {
        match self.serving(&request.service).await {
            ServingStatus::ServiceUnknown => Err(Status::new(Code::NotFound, "unknown service")),
            status => Ok(HealthCheckResponse {
                status: status.into(),
            }),
        }
    }

    pub(super) async fn health_watch(
        self: Arc<Server>,
        body: Incoming,
        out: Outbound,
    ) -> Result<(), Status> {
        let max = self.options.request_bytes_max;
        let mut requests = Inbound::<HealthCheckRequest>::new(body, max);
        let request = requests.next().await?.unwrap_or_default();
        let mut told = None;
        loop {
            let status = self.serving(&request.service).await;
            if told != Some(status) {
                let response = HealthCheckResponse {
                    status: status.into(),
                };
                if !out.send(&response).await {
                    return Ok(());
                }
                told = Some(status);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
