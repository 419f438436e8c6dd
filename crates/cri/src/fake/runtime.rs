//! The fake as a runtime service.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use tokio::{
    io::AsyncWriteExt as _,
    sync::{broadcast, mpsc},
};

use super::{Fake, FakeContainer, FakeSandbox};
use crate::{
    AttachRequest, ContainerConfig, ContainerFilter, ContainerId, ContainerState, ContainerStats,
    ContainerStatus, ContainerSummary, DuplexStream, Error, ErrorKind, Event, EventKind,
    ExecRequest, ExecResult, Resources, Result, RuntimeService, RuntimeStatus, RuntimeVersion,
    SandboxConfig, SandboxFilter, SandboxId, SandboxState, SandboxStatus, SandboxSummary, Session,
};

fn has_labels(labels: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
}

#[async_trait]
impl RuntimeService for Fake {
    fn version(&self) -> RuntimeVersion {
        RuntimeVersion {
            name: "fake".into(),
            version: "0.0.0".into(),
        }
    }

    async fn status(&self) -> Result<RuntimeStatus> {
        self.enter("status", "")?;
        Ok(RuntimeStatus {
            runtime_ready: true,
            network_ready: true,
            message: String::new(),
        })
    }

    async fn run_sandbox(&self, config: SandboxConfig) -> Result<SandboxId> {
        let what = format!("{}/{}", config.metadata.namespace, config.metadata.name);
        self.enter("run_sandbox", &what)?;
        let id = {
            let mut state = self.inner.state.lock();
            state.next_id += 1;
            let number = state.next_id;
            let id = SandboxId::new(format!("sandbox{number:04}"));
            let host_network = config.security.namespaces.network == crate::Namespace::Node;
            let ip = IpAddr::V4(Ipv4Addr::from(0x0af4_0000 + (number as u32 & 0xffff) + 1));
            let status = SandboxStatus {
                id: id.clone(),
                metadata: config.metadata.clone(),
                state: SandboxState::Ready,
                created_at: SystemTime::now(),
                ips: if host_network { Vec::new() } else { vec![ip] },
                namespaces: config.security.namespaces,
                labels: config.labels.clone(),
                annotations: config.annotations.clone(),
            };
            state
                .sandboxes
                .insert(id.clone(), FakeSandbox { config, status });
            id
        };
        self.emit(EventKind::SandboxStarted, &id, None);
        Ok(id)
    }

    async fn stop_sandbox(&self, id: &SandboxId) -> Result<()> {
        self.enter("stop_sandbox", id.as_str())?;
        self.end_sandbox(id);
        Ok(())
    }

    async fn remove_sandbox(&self, id: &SandboxId) -> Result<()> {
        self.enter("remove_sandbox", id.as_str())?;
        self.end_sandbox(id);
        self.emit(EventKind::SandboxDeleted, id, None);
        let mut state = self.inner.state.lock();
        state.sandboxes.remove(id);
        state.containers.retain(|_, c| &c.status.sandbox_id != id);
        drop(state);
        self.inner.changed.notify_waiters();
        Ok(())
    }

    async fn sandbox_status(&self, id: &SandboxId) -> Result<SandboxStatus> {
        let state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        Ok(sandbox.status.clone())
    }

    async fn list_sandboxes(&self, filter: &SandboxFilter) -> Result<Vec<SandboxSummary>> {
        let state = self.inner.state.lock();
        let sandboxes = state.sandboxes.values().map(|s| &s.status);
        let found = sandboxes.filter(|s| {
            filter.id.as_ref().is_none_or(|id| *id == s.id)
                && filter.state.is_none_or(|state| state == s.state)
                && has_labels(&s.labels, &filter.labels)
        });
        Ok(found
            .map(|s| SandboxSummary {
                id: s.id.clone(),
                metadata: s.metadata.clone(),
                state: s.state,
                created_at: s.created_at,
                labels: s.labels.clone(),
                annotations: s.annotations.clone(),
            })
            .collect())
    }

    async fn create_container(
        &self,
        sandbox: &SandboxId,
        config: ContainerConfig,
    ) -> Result<ContainerId> {
        self.enter("create_container", &config.metadata.name)?;
        let id = {
            let mut state = self.inner.state.lock();
            state.next_id += 1;
            let id = ContainerId::new(format!("container{:04}", state.next_id));
            let owner = state
                .sandboxes
                .get(sandbox)
                .ok_or_else(|| Error::not_found("sandbox", sandbox))?;
            if owner.status.state != SandboxState::Ready {
                let message = format!("sandbox {sandbox} is not ready");
                return Err(Error::new(ErrorKind::FailedPrecondition, message));
            }
            let image = state.images.values().find(|i| {
                i.summary.id == config.image || i.summary.repo_tags.contains(&config.image)
            });
            let image = image.ok_or_else(|| Error::not_found("image", &config.image))?;
            let status = ContainerStatus {
                id: id.clone(),
                sandbox_id: sandbox.clone(),
                metadata: config.metadata.clone(),
                state: ContainerState::Created,
                created_at: SystemTime::now(),
                started_at: None,
                finished_at: None,
                exit_code: None,
                signal: None,
                reason: String::new(),
                message: String::new(),
                image: config.image.clone(),
                image_id: image.summary.id.clone(),
                image_ref: image
                    .summary
                    .repo_digests
                    .first()
                    .cloned()
                    .unwrap_or_default(),
                labels: config.labels.clone(),
                annotations: config.annotations.clone(),
                mounts: config.mounts.clone(),
                log_path: owner.config.log_directory.join(&config.log_path),
                user: None,
                resources: config.resources.clone(),
                pid: None,
            };
            let stats = ContainerStats::default();
            state.containers.insert(
                id.clone(),
                FakeContainer {
                    config,
                    status,
                    stats,
                },
            );
            id
        };
        self.emit(EventKind::ContainerCreated, sandbox, Some(&id));
        Ok(id)
    }

    async fn start_container(&self, id: &ContainerId) -> Result<()> {
        let name = self.name_of(id);
        if let Err(error) = self.enter("start_container", &name) {
            if error.kind() == ErrorKind::StartFailed {
                self.fail_start(id, &error);
            }
            return Err(error);
        }
        let (sandbox, exit) = {
            let mut state = self.inner.state.lock();
            let exit = state.exit_at_start.get(&name).copied();
            let container = state
                .containers
                .get_mut(id)
                .ok_or_else(|| Error::not_found("container", id))?;
            if container.status.state != ContainerState::Created {
                let message = format!("container {id} was started before");
                return Err(Error::new(ErrorKind::FailedPrecondition, message));
            }
            let security = &container.config.security;
            let user = security.run_as_user.unwrap_or(0);
            let group = security.run_as_group.unwrap_or(0);
            container.status.user = Some((user, group, security.supplemental_groups.clone()));
            container.status.state = ContainerState::Running;
            container.status.started_at = Some(SystemTime::now());
            (container.status.sandbox_id.clone(), exit)
        };
        self.emit(EventKind::ContainerStarted, &sandbox, Some(id));
        if let Some(code) = exit {
            self.exit(id, code);
        }
        Ok(())
    }

    async fn stop_container(&self, id: &ContainerId, grace: Duration) -> Result<()> {
        let name = self.name_of(id);
        self.enter("stop_container", &name)?;
        if self.running(id).is_err() {
            return Ok(());
        }
        let stubborn = self.inner.state.lock().stubborn.contains(&name);
        if stubborn || grace.is_zero() {
            tokio::time::sleep(grace).await;
            self.finish(id, 137, Some(9), "Error");
        } else {
            self.finish(id, 143, Some(15), "Error");
        }
        Ok(())
    }

    async fn remove_container(&self, id: &ContainerId) -> Result<()> {
        let name = self.name_of(id);
        self.enter("remove_container", &name)?;
        self.finish(id, 137, Some(9), "Error");
        let removed = self.inner.state.lock().containers.remove(id);
        if let Some(container) = removed {
            self.emit(
                EventKind::ContainerDeleted,
                &container.status.sandbox_id,
                Some(id),
            );
        }
        Ok(())
    }

    async fn container_status(&self, id: &ContainerId) -> Result<ContainerStatus> {
        let state = self.inner.state.lock();
        let container = state
            .containers
            .get(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        Ok(container.status.clone())
    }

    async fn list_containers(&self, filter: &ContainerFilter) -> Result<Vec<ContainerSummary>> {
        let state = self.inner.state.lock();
        let containers = state.containers.values().map(|c| &c.status);
        let found = containers.filter(|c| {
            filter.id.as_ref().is_none_or(|id| *id == c.id)
                && filter
                    .sandbox_id
                    .as_ref()
                    .is_none_or(|id| *id == c.sandbox_id)
                && filter.state.is_none_or(|state| state == c.state)
                && has_labels(&c.labels, &filter.labels)
        });
        Ok(found
            .map(|c| ContainerSummary {
                id: c.id.clone(),
                sandbox_id: c.sandbox_id.clone(),
                metadata: c.metadata.clone(),
                image: c.image.clone(),
                image_id: c.image_id.clone(),
                state: c.state,
                created_at: c.created_at,
                labels: c.labels.clone(),
                annotations: c.annotations.clone(),
            })
            .collect())
    }

    async fn update_container_resources(
        &self,
        id: &ContainerId,
        resources: Resources,
    ) -> Result<()> {
        self.enter("update_container_resources", &self.name_of(id))?;
        let mut state = self.inner.state.lock();
        let container = state
            .containers
            .get_mut(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        container.status.resources = resources;
        Ok(())
    }

    async fn update_sandbox_resources(&self, id: &SandboxId, resources: Resources) -> Result<()> {
        self.enter("update_sandbox_resources", id.as_str())?;
        let mut state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get_mut(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        sandbox.config.resources = resources;
        Ok(())
    }

    async fn reopen_container_log(&self, id: &ContainerId) -> Result<()> {
        self.running(id).map(drop)
    }

    async fn container_stats(&self, id: &ContainerId) -> Result<ContainerStats> {
        let state = self.inner.state.lock();
        let container = state
            .containers
            .get(id)
            .ok_or_else(|| Error::not_found("container", id))?;
        Ok(container.stats.clone())
    }

    async fn exec_sync(
        &self,
        id: &ContainerId,
        command: &[String],
        _timeout: Option<Duration>,
    ) -> Result<ExecResult> {
        self.enter("exec_sync", &self.name_of(id))?;
        let status = self.running(id)?;
        let handler = self.inner.state.lock().exec.clone();
        handler.map_or_else(
            || Ok(ExecResult::default()),
            |handler| handler(&status, command),
        )
    }

    async fn exec(&self, id: &ContainerId, request: ExecRequest) -> Result<Session> {
        self.enter("exec", &self.name_of(id))?;
        let status = self.running(id)?;
        let handler = self.inner.state.lock().exec.clone();
        let result = match handler {
            Some(handler) => handler(&status, &request.command)?,
            None => ExecResult::default(),
        };
        // With a standard input the program is `cat`: what goes in comes out, then the answer.
        let (near, far) = tokio::io::duplex(64 << 10);
        let (out_read, mut out_write) = tokio::io::duplex(64 << 10);
        let (err_read, mut err_write) = tokio::io::duplex(64 << 10);
        let echo = request.stdin;
        let code = result.exit_code;
        let exit = tokio::spawn(async move {
            let mut far = far;
            if echo {
                // Who has gone does not read the rest.
                let _ = tokio::io::copy(&mut far, &mut out_write).await;
            }
            let _ = out_write.write_all(&result.stdout).await;
            let _ = err_write.write_all(&result.stderr).await;
            code
        });
        Ok(Session {
            stdin: request.stdin.then(|| Box::pin(near) as _),
            stdout: request.stdout.then(|| Box::pin(out_read) as _),
            stderr: (request.stderr && !request.tty).then(|| Box::pin(err_read) as _),
            resize: request.tty.then(|| mpsc::channel(8).0),
            exit: Box::pin(async move {
                exit.await
                    .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
            }),
        })
    }

    async fn attach(&self, id: &ContainerId, request: AttachRequest) -> Result<Session> {
        self.enter("attach", &self.name_of(id))?;
        self.running(id)?;
        let (near, far) = tokio::io::duplex(64 << 10);
        let (far_read, far_write) = tokio::io::split(far);
        let (this, id) = (self.clone(), id.clone());
        let stdout = request.stdout.then(|| Box::pin(far_read) as _);
        // Without a standard input the near end is held, so that standard output stays open.
        let (stdin, held) = if request.stdin {
            (Some(Box::pin(near) as crate::WriteStream), None)
        } else {
            (None, Some(near))
        };
        Ok(Session {
            stdin,
            stdout,
            stderr: None,
            resize: request.tty.then(|| mpsc::channel(8).0),
            exit: Box::pin(async move {
                let _open = (far_write, held);
                this.wait_for(|fake| {
                    let state = fake.inner.state.lock();
                    match state.containers.get(&id) {
                        Some(c) if c.status.state == ContainerState::Running => None,
                        Some(_) => Some(Ok(0)),
                        None => Some(Err(Error::not_found("container", &id))),
                    }
                })
                .await
            }),
        })
    }

    async fn port_forward(&self, id: &SandboxId, port: u16) -> Result<DuplexStream> {
        self.enter("port_forward", &format!("{id} {port}"))?;
        self.sandbox_status(id).await?;
        // The port echoes.
        let (near, far) = tokio::io::duplex(64 << 10);
        tokio::spawn(async move {
            let (mut read, mut write) = tokio::io::split(far);
            let _ = tokio::io::copy(&mut read, &mut write).await;
            let _ = write.shutdown().await;
        });
        Ok(Box::pin(near))
    }

    fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }
}
