//! Containers: made, started, stopped, removed.

use std::{fs, path::Path, time::Duration};

use skeg_oci::{
    cgroup::DevicePolicy,
    image::ImageRecord,
    runtime::{self, Root},
};
use tokio::sync::watch;

use super::{
    Container, Engine,
    client::{self, Conversation},
    create_folder, images, internal,
    records::{self, ContainerRecord},
    spec,
};
use crate::{
    ContainerConfig, ContainerId, ContainerState, ContainerStats, ContainerStatus, Error,
    ErrorKind, EventKind, Namespace, Resources, Result, SandboxId,
    shim::{
        self,
        protocol::{PidMode, Record, Reply, Request, StartOptions},
    },
};

const KILL_TIMEOUT: Duration = Duration::from_secs(20);

/// A process whose program cannot be executed is gone within this time.
const START_FAILURE_TIMEOUT: Duration = Duration::from_secs(5);

/// The exit code of a container whose program was never executed.
const NOT_STARTED_CODE: i32 = 128;
/// The exit code of a container of whose end nothing is known.
const UNKNOWN_CODE: i32 = 137;

impl Engine {
    pub(super) async fn create_container_now(
        &self,
        sandbox_id: &SandboxId,
        config: ContainerConfig,
    ) -> Result<ContainerId> {
        let sandbox = self.ready_sandbox(sandbox_id)?;
        // Until the container's record names its layers.
        let images = self.inner.images.clone();
        let _hold = images.hold();
        let image = self
            .inner
            .images
            .get(&config.image)
            .map_err(images::error_of)?;
        let image = image.ok_or_else(|| Error::not_found("image", &config.image))?;
        self.materialize(&image).await?;
        let id = ContainerId::new(records::new_id().map_err(internal("make an identity"))?);
        let folder = self.container_folder(sandbox_id, &id);
        let cgroup = format!("{}/{id}", sandbox.config.cgroup_parent);
        let record = ContainerRecord {
            id: id.as_str().to_owned(),
            sandbox: sandbox_id.as_str().to_owned(),
            image_id: image.id.clone(),
            image_ref: image
                .digests
                .first()
                .cloned()
                .unwrap_or_else(|| image.id.clone()),
            image_stop_signal: image
                .config
                .config
                .as_ref()
                .and_then(|c| c.stop_signal.clone()),
            layers: image.layers.clone(),
            cgroup,
            log_path: sandbox.config.log_directory.join(&config.log_path),
            created_unix_nanos: records::now_unix_nanos(),
            config,
        };
        let made = self
            .make_container(&sandbox.config, &record, &image, &folder)
            .await;
        if let Err(error) = made {
            self.inner.cgroups.remove(&record.cgroup);
            let _ = fs::remove_dir_all(&folder);
            return Err(error);
        }
        let container = Container {
            record,
            run: watch::channel(None).0,
        };
        self.inner
            .state
            .lock()
            .containers
            .insert(id.clone(), container);
        self.emit(EventKind::ContainerCreated, sandbox_id, Some(&id));
        Ok(id)
    }

    async fn make_container(
        &self,
        sandbox: &crate::SandboxConfig,
        record: &ContainerRecord,
        image: &ImageRecord,
        folder: &Path,
    ) -> Result<()> {
        create_folder(folder, 0o700).map_err(internal("create the container's folder"))?;
        let root = self.make_root(folder, image).await?;
        let mut resources = record.config.resources.clone();
        resources
            .pids_limit
            .get_or_insert(self.inner.config.default_pids_limit);
        let cgroup_error = |error: skeg_oci::cgroup::CgroupError| {
            Error::new(ErrorKind::Internal, "make the container's cgroup").with_source(error)
        };
        let cgroups = &self.inner.cgroups;
        cgroups
            .create(&record.cgroup, &spec::container_limits(&resources))
            .map_err(cgroup_error)?;
        let policy = if record.config.security.privileged {
            DevicePolicy::All
        } else {
            let devices = record.config.devices.iter().map(|(from, _)| from.as_path());
            DevicePolicy::with_devices(devices).map_err(internal("look at the devices"))?
        };
        cgroups
            .restrict_devices(&record.cgroup, &policy)
            .map_err(cgroup_error)?;
        let views = cgroups.views(&record.cgroup);
        let spec = spec::build(sandbox, &record.config, image, root, views)?;
        records::write(&folder.join(shim::SPEC_FILE), &spec)
            .and_then(|()| records::write(&folder.join(records::CONTAINER_FILE), record))
            .map_err(internal("write the container's records"))
    }

    async fn make_root(&self, folder: &Path, image: &ImageRecord) -> Result<Root> {
        let layers = self.inner.images.layers_dir();
        let root = folder.join("root");
        // The merged root shows the attributes of the upper folder.
        create_folder(&root, 0o755).map_err(internal("create the root folder"))?;
        if self.inner.overlay && !image.layers.is_empty() {
            let (upper, work) = (folder.join("upper"), folder.join("work"));
            create_folder(&upper, 0o755).map_err(internal("create the upper folder"))?;
            create_folder(&work, 0o700).map_err(internal("create the work folder"))?;
            let lowers = image.layers.clone();
            return Ok(Root::Overlay {
                layers,
                lowers,
                upper,
                work,
                mountpoint: root,
            });
        }
        let (lowers, target) = (image.layers.clone(), root.clone());
        let copied =
            tokio::task::spawn_blocking(move || runtime::copy_layers(&layers, &lowers, &target));
        let copied = copied
            .await
            .map_err(|error| Error::new(ErrorKind::Internal, format!("copy layers: {error}")))?;
        copied.map_err(internal("copy the image's layers"))?;
        Ok(Root::Folder { path: root })
    }

    pub(super) async fn start_container_now(&self, id: &ContainerId) -> Result<()> {
        let (record, started) = self.container_record(id)?;
        let sandbox_id = SandboxId::new(record.sandbox.clone());
        if started.is_some() {
            let message = format!("container {id} was started before");
            return Err(Error::new(ErrorKind::FailedPrecondition, message));
        }
        let sandbox = self.ready_sandbox(&sandbox_id)?;
        let request = Request::Start(StartOptions {
            container: id.as_str().to_owned(),
            pid: match (
                &record.config.pid_target,
                sandbox.config.security.namespaces.pid,
            ) {
                // Where processes are shared anyway there is nothing to target.
                (Some(target), Namespace::Container) => PidMode::Of(target.as_str().to_owned()),
                (None, Namespace::Container) => PidMode::Own,
                (_, Namespace::Pod) => PidMode::Pod,
                (_, Namespace::Node) => PidMode::Host,
            },
            tty: record.config.tty,
            stdin: record.config.stdin,
            log_path: record.log_path.clone(),
            cgroup: record.cgroup.clone(),
        });
        let folder = self.sandbox_folder(&sandbox_id);
        let answer = async { Conversation::begin(&folder, &request, &[])?.expect().await };
        match answer.await.map_err(internal("ask the pod's shim"))? {
            (Reply::Started(record), _) => {
                self.learn(&sandbox_id, *record);
                Ok(())
            }
            (Reply::Failed(message), _) => {
                // The process that could not become the program ends by itself;
                // whoever is told of the failure finds the container exited.
                self.wait_for_start_failure(id).await;
                Err(start_error(message))
            }
            (other, _) => {
                let message = format!("the shim answered {other:?}");
                Err(Error::new(ErrorKind::Internal, message))
            }
        }
    }

    async fn wait_for_start_failure(&self, id: &ContainerId) {
        let run = {
            let state = self.inner.state.lock();
            state.containers.get(id).map(|c| c.run.subscribe())
        };
        let Some(mut run) = run else { return };
        let ended = run.wait_for(|run| {
            run.as_ref()
                .is_some_and(|run| run.finished_unix_nanos.is_some())
        });
        if tokio::time::timeout(START_FAILURE_TIMEOUT, ended)
            .await
            .is_err()
        {
            tracing::warn!(container = %id, "a container that could not be started has not ended yet");
        }
    }

    pub(super) async fn stop_container_now(&self, id: &ContainerId, grace: Duration) -> Result<()> {
        let Ok((record, run)) = self.container_record(id) else {
            return Ok(());
        };
        if run.is_none_or(|run| run.finished_unix_nanos.is_some()) {
            return Ok(());
        }
        if !grace.is_zero() {
            let signal = record.config.stop_signal.as_deref();
            let signal = signal.or(record.image_stop_signal.as_deref());
            let signal = signal.and_then(signal_number).unwrap_or(15);
            self.signal(id, &record, signal, false).await?;
            if self.wait_for_end(id, grace).await {
                return Ok(());
            }
        }
        self.kill_container(id).await
    }

    /// Kills all processes of a container and waits until it has ended.
    pub(super) async fn kill_container(&self, id: &ContainerId) -> Result<()> {
        let Ok((record, run)) = self.container_record(id) else {
            return Ok(());
        };
        if run.is_none_or(|run| run.finished_unix_nanos.is_some()) {
            return Ok(());
        }
        self.signal(id, &record, 9, true).await?;
        if self.wait_for_end(id, KILL_TIMEOUT).await {
            return Ok(());
        }
        let message = format!("container {id} does not end though it was killed");
        Err(Error::new(ErrorKind::Timeout, message))
    }

    async fn signal(
        &self,
        id: &ContainerId,
        record: &ContainerRecord,
        signal: i32,
        everyone: bool,
    ) -> Result<()> {
        let folder = self.sandbox_folder(&SandboxId::new(record.sandbox.clone()));
        let container = id.as_str().to_owned();
        let asked = client::ask(
            &folder,
            &Request::Signal {
                container,
                signal,
                everyone,
            },
        )
        .await;
        match asked {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(message)) => Err(Error::new(ErrorKind::Internal, message)),
            // A shim that is gone takes its containers along; that news may be on its way.
            Err(_) if !self.is_running(id) => Ok(()),
            Err(_) => {
                self.inner.cgroups.kill(&record.cgroup);
                Ok(())
            }
        }
    }

    fn is_running(&self, id: &ContainerId) -> bool {
        self.inner
            .state
            .lock()
            .containers
            .get(id)
            .is_some_and(Container::is_running)
    }

    /// Whether a container ended within a time.
    async fn wait_for_end(&self, id: &ContainerId, timeout: Duration) -> bool {
        let run = self
            .inner
            .state
            .lock()
            .containers
            .get(id)
            .map(|c| c.run.subscribe());
        let Some(mut run) = run else { return true };
        let ended = run.wait_for(|run| {
            run.as_ref()
                .is_none_or(|run| run.finished_unix_nanos.is_some())
        });
        tokio::time::timeout(timeout, ended).await.is_ok()
    }

    pub(super) async fn remove_container_now(&self, id: &ContainerId) -> Result<()> {
        let Ok((record, _)) = self.container_record(id) else {
            return Ok(());
        };
        self.kill_container(id).await?;
        let sandbox_id = SandboxId::new(record.sandbox.clone());
        let request = Request::Forget {
            container: id.as_str().to_owned(),
        };
        // Without its shim there is nothing to forget.
        let _ = client::ask(&self.sandbox_folder(&sandbox_id), &request).await;
        self.remove_cgroup(&record.cgroup).await;
        let folder = self.container_folder(&sandbox_id, id);
        let removed = tokio::task::spawn_blocking(move || fs::remove_dir_all(&folder)).await;
        match removed {
            Ok(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(internal("remove the container's folder")(error));
            }
            _ => {}
        }
        self.inner.state.lock().containers.remove(id);
        self.emit(EventKind::ContainerDeleted, &sandbox_id, Some(id));
        Ok(())
    }

    pub(super) fn container_record(
        &self,
        id: &ContainerId,
    ) -> Result<(ContainerRecord, Option<Record>)> {
        let state = self.inner.state.lock();
        let container = state.containers.get(id);
        let container = container.ok_or_else(|| Error::not_found("container", id))?;
        let run = container.run.borrow().clone();
        Ok((container.record.clone(), run))
    }

    /// The record of a container that runs.
    pub(super) fn running_container(&self, id: &ContainerId) -> Result<ContainerRecord> {
        let (record, run) = self.container_record(id)?;
        if run.is_some_and(|run| run.finished_unix_nanos.is_none()) {
            return Ok(record);
        }
        let message = format!("container {id} is not running");
        Err(Error::new(ErrorKind::FailedPrecondition, message))
    }

    fn ready_sandbox(&self, id: &SandboxId) -> Result<super::SandboxRecord> {
        let state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        if *sandbox.alive.borrow() && !sandbox.record.stopped {
            return Ok(sandbox.record.clone());
        }
        let message = format!("sandbox {id} is not ready");
        Err(Error::new(ErrorKind::FailedPrecondition, message))
    }

    pub(super) fn update_resources_now(
        &self,
        id: &ContainerId,
        resources: Resources,
    ) -> Result<()> {
        let (mut record, _) = self.container_record(id)?;
        self.inner
            .cgroups
            .update(&record.cgroup, &spec::container_limits(&resources))
            .map_err(|error| {
                Error::new(ErrorKind::Internal, "change the container's limits").with_source(error)
            })?;
        merge(&mut record.config.resources, resources);
        let folder = self.container_folder(&SandboxId::new(record.sandbox.clone()), id);
        records::write(&folder.join(records::CONTAINER_FILE), &record)
            .map_err(internal("write the container's record"))?;
        if let Some(container) = self.inner.state.lock().containers.get_mut(id) {
            container.record = record;
        }
        Ok(())
    }

    pub(super) fn stats_now(&self, id: &ContainerId) -> Result<ContainerStats> {
        let (record, _) = self.container_record(id)?;
        let usage = self.inner.cgroups.usage(&record.cgroup);
        Ok(ContainerStats {
            cpu_usage_nanos: usage.cpu_nanos,
            memory_usage_bytes: usage.memory_bytes,
            memory_working_set_bytes: usage.memory_bytes.saturating_sub(usage.inactive_file_bytes),
            memory_rss_bytes: usage.anonymous_bytes,
            memory_limit_bytes: usage.memory_limit_bytes,
            pids: usage.pids,
            oom_kills: usage.oom_kills,
        })
    }
}

/// What was given replaces what was there.
pub(super) fn merge(old: &mut Resources, new: Resources) {
    let Resources {
        cpu_shares,
        cpu_quota_us,
        cpu_period_us,
        cpuset_cpus,
        memory_limit_bytes,
        pids_limit,
        oom_score_adj,
    } = new;
    old.cpu_shares = cpu_shares.or(old.cpu_shares);
    old.cpu_quota_us = cpu_quota_us.or(old.cpu_quota_us);
    old.cpu_period_us = cpu_period_us.or(old.cpu_period_us);
    old.cpuset_cpus = cpuset_cpus.or(old.cpuset_cpus.take());
    old.memory_limit_bytes = memory_limit_bytes.or(old.memory_limit_bytes);
    old.pids_limit = pids_limit.or(old.pids_limit);
    old.oom_score_adj = oom_score_adj.or(old.oom_score_adj);
}

/// An error of a program that could not be executed, in the words that users search for.
pub(super) fn start_error(message: String) -> Error {
    Error::new(
        ErrorKind::StartFailed,
        format!("unable to start container process: {message}"),
    )
}

fn signal_number(name: &str) -> Option<i32> {
    if let Ok(number) = name.parse::<i32>() {
        return (1..=64).contains(&number).then_some(number);
    }
    let upper = name.to_ascii_uppercase();
    let full = if upper.starts_with("SIG") {
        upper
    } else {
        format!("SIG{upper}")
    };
    if let Some(offset) = full.strip_prefix("SIGRTMIN") {
        let offset = offset.strip_prefix('+').unwrap_or("0");
        return offset
            .parse::<i32>()
            .ok()
            .map(|o| 34 + o)
            .filter(|n| (34..=64).contains(n));
    }
    full.parse::<nix::sys::signal::Signal>()
        .ok()
        .map(|signal| signal as i32)
}

/// How far a container has come.
pub(super) fn state_of(run: Option<&Record>) -> ContainerState {
    match run {
        None => ContainerState::Created,
        Some(run) if run.finished_unix_nanos.is_none() => ContainerState::Running,
        Some(_) => ContainerState::Exited,
    }
}

pub(super) fn status_of(record: &ContainerRecord, run: Option<&Record>) -> ContainerStatus {
    let finished = run.and_then(|run| run.finished_unix_nanos);
    let ended = run.filter(|_| finished.is_some());
    let (mut exit_code, mut reason, mut message) = (None, "", String::new());
    if let Some(run) = ended {
        exit_code = Some(run.exit_code.unwrap_or(UNKNOWN_CODE));
        reason = match (&run.failure, run.exit_code) {
            (Some(failure), _) => {
                exit_code = Some(NOT_STARTED_CODE);
                message = start_error(failure.clone()).to_string();
                "StartError"
            }
            (None, None) => {
                message = "the process that held the container is gone".into();
                "ContainerStatusUnknown"
            }
            (None, Some(0)) => "Completed",
            (None, Some(_)) if run.oom_killed => "OOMKilled",
            (None, Some(_)) => "Error",
        };
    }
    let config = &record.config;
    ContainerStatus {
        id: ContainerId::new(record.id.clone()),
        sandbox_id: SandboxId::new(record.sandbox.clone()),
        metadata: config.metadata.clone(),
        state: state_of(run),
        created_at: records::time_of(record.created_unix_nanos),
        started_at: run.map(|run| records::time_of(run.started_unix_nanos)),
        finished_at: finished.map(records::time_of),
        exit_code,
        signal: ended.and_then(|run| run.signal),
        reason: reason.to_owned(),
        message,
        image: config.image.clone(),
        image_id: record.image_id.clone(),
        image_ref: record.image_ref.clone(),
        labels: config.labels.clone(),
        annotations: config.annotations.clone(),
        mounts: config.mounts.clone(),
        log_path: record.log_path.clone(),
        user: run
            .and_then(|run| run.credentials.clone())
            .map(|credentials| (credentials.uid, credentials.gid, credentials.groups)),
        resources: config.resources.clone(),
        pid: run
            .filter(|_| finished.is_none())
            .and_then(|run| u32::try_from(run.pid).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_names_and_numbers() {
        for (name, expect) in [
            ("SIGTERM", Some(15)),
            ("quit", Some(3)),
            ("9", Some(9)),
            ("SIGRTMIN+3", Some(37)),
            ("SIGNOTHING", None),
            ("99", None),
        ] {
            assert_eq!(signal_number(name), expect, "{name}");
        }
    }
}
