//! The engine as a runtime service.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use tokio::sync::broadcast;

use super::{Engine, client, containers, internal, records, spec};
use crate::{
    AttachRequest, ContainerConfig, ContainerFilter, ContainerId, ContainerStats, ContainerStatus,
    ContainerSummary, DuplexStream, Error, ErrorKind, Event, ExecRequest, ExecResult, Resources,
    Result, RuntimeService, RuntimeStatus, RuntimeVersion, SandboxConfig, SandboxFilter, SandboxId,
    SandboxState, SandboxStatus, SandboxSummary, Session, shim::protocol::Request,
};

fn has_labels(labels: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
}

fn sandbox_state(sandbox: &super::Sandbox) -> SandboxState {
    if *sandbox.alive.borrow() && !sandbox.record.stopped {
        SandboxState::Ready
    } else {
        SandboxState::NotReady
    }
}

#[async_trait]
impl RuntimeService for Engine {
    fn version(&self) -> RuntimeVersion {
        RuntimeVersion {
            name: "skeg".into(),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }

    async fn status(&self) -> Result<RuntimeStatus> {
        let message = if self.inner.overlay {
            String::new()
        } else {
            "overlay mounts are not possible in the data folder, layers are copied; put it on \
             ext4 or xfs"
                .to_owned()
        };
        Ok(RuntimeStatus {
            runtime_ready: true,
            network_ready: true,
            message,
        })
    }

    async fn run_sandbox(&self, config: SandboxConfig) -> Result<SandboxId> {
        self.run_sandbox_now(config).await
    }

    async fn stop_sandbox(&self, id: &SandboxId) -> Result<()> {
        self.stop_sandbox_now(id).await
    }

    async fn remove_sandbox(&self, id: &SandboxId) -> Result<()> {
        self.remove_sandbox_now(id).await
    }

    async fn sandbox_status(&self, id: &SandboxId) -> Result<SandboxStatus> {
        let state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        let config = &sandbox.record.config;
        Ok(SandboxStatus {
            id: id.clone(),
            metadata: config.metadata.clone(),
            state: sandbox_state(sandbox),
            created_at: records::time_of(sandbox.record.created_unix_nanos),
            ips: sandbox.record.ips.clone(),
            namespaces: config.security.namespaces,
            labels: config.labels.clone(),
            annotations: config.annotations.clone(),
        })
    }

    async fn list_sandboxes(&self, filter: &SandboxFilter) -> Result<Vec<SandboxSummary>> {
        let state = self.inner.state.lock();
        let found = state.sandboxes.iter().filter(|(id, sandbox)| {
            filter.id.as_ref().is_none_or(|wanted| wanted == *id)
                && filter
                    .state
                    .is_none_or(|wanted| wanted == sandbox_state(sandbox))
                && has_labels(&sandbox.record.config.labels, &filter.labels)
        });
        let rows = found.map(|(id, sandbox)| SandboxSummary {
            id: id.clone(),
            metadata: sandbox.record.config.metadata.clone(),
            state: sandbox_state(sandbox),
            created_at: records::time_of(sandbox.record.created_unix_nanos),
            labels: sandbox.record.config.labels.clone(),
            annotations: sandbox.record.config.annotations.clone(),
        });
        Ok(rows.collect())
    }

    async fn create_container(
        &self,
        sandbox: &SandboxId,
        config: ContainerConfig,
    ) -> Result<ContainerId> {
        self.create_container_now(sandbox, config).await
    }

    async fn start_container(&self, id: &ContainerId) -> Result<()> {
        self.start_container_now(id).await
    }

    async fn stop_container(&self, id: &ContainerId, grace: Duration) -> Result<()> {
        self.stop_container_now(id, grace).await
    }

    async fn remove_container(&self, id: &ContainerId) -> Result<()> {
        self.remove_container_now(id).await
    }

    async fn container_status(&self, id: &ContainerId) -> Result<ContainerStatus> {
        let (record, run) = self.container_record(id)?;
        Ok(containers::status_of(&record, run.as_ref()))
    }

    async fn list_containers(&self, filter: &ContainerFilter) -> Result<Vec<ContainerSummary>> {
        let state = self.inner.state.lock();
        let mut rows = Vec::new();
        for (id, container) in &state.containers {
            let record = &container.record;
            let now = containers::state_of(container.run.borrow().as_ref());
            let fits = filter.id.as_ref().is_none_or(|wanted| wanted == id)
                && filter
                    .sandbox_id
                    .as_ref()
                    .is_none_or(|w| w.as_str() == record.sandbox)
                && filter.state.is_none_or(|wanted| wanted == now)
                && has_labels(&record.config.labels, &filter.labels);
            if fits {
                rows.push(ContainerSummary {
                    id: id.clone(),
                    sandbox_id: SandboxId::new(record.sandbox.clone()),
                    metadata: record.config.metadata.clone(),
                    image: record.config.image.clone(),
                    image_id: record.image_id.clone(),
                    state: now,
                    created_at: records::time_of(record.created_unix_nanos),
                    labels: record.config.labels.clone(),
                    annotations: record.config.annotations.clone(),
                });
            }
        }
        Ok(rows)
    }

    async fn update_container_resources(
        &self,
        id: &ContainerId,
        resources: Resources,
    ) -> Result<()> {
        self.update_resources_now(id, resources)
    }

    async fn update_sandbox_resources(&self, id: &SandboxId, resources: Resources) -> Result<()> {
        let mut record = self.sandbox_record(id)?;
        let limits = spec::limits(&resources);
        let updated = self
            .inner
            .cgroups
            .update(&record.config.cgroup_parent, &limits);
        updated.map_err(|error| {
            Error::new(ErrorKind::Internal, "change the pod's limits").with_source(error)
        })?;
        containers::merge(&mut record.config.resources, resources);
        self.update_sandbox(&record)
    }

    async fn reopen_container_log(&self, id: &ContainerId) -> Result<()> {
        let record = self.running_container(id)?;
        let folder = self.sandbox_folder(&SandboxId::new(record.sandbox));
        let request = Request::ReopenLog {
            container: id.as_str().to_owned(),
        };
        let asked = client::ask(&folder, &request).await;
        let answer = asked.map_err(internal("ask the pod's shim"))?;
        answer
            .map(drop)
            .map_err(|message| Error::new(ErrorKind::Internal, message))
    }

    async fn container_stats(&self, id: &ContainerId) -> Result<ContainerStats> {
        self.stats_now(id)
    }

    async fn exec_sync(
        &self,
        id: &ContainerId,
        command: &[String],
        timeout: Option<Duration>,
    ) -> Result<ExecResult> {
        self.exec_sync_now(id, command, timeout).await
    }

    async fn exec(&self, id: &ContainerId, request: ExecRequest) -> Result<Session> {
        self.exec_now(id, request).await
    }

    async fn attach(&self, id: &ContainerId, request: AttachRequest) -> Result<Session> {
        self.attach_now(id, request).await
    }

    async fn port_forward(&self, id: &SandboxId, port: u16) -> Result<DuplexStream> {
        self.port_forward_now(id, port).await
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }
}
