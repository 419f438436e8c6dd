//! Sandboxes: from a configuration to a shim, and back to nothing.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::{oneshot, watch};

use super::{
    Engine, SHIMS_CGROUP, Sandbox, client, create_folder, internal,
    records::{self, SandboxRecord},
    run_shim, spec,
};
use crate::{
    ContainerId, Error, ErrorKind, EventKind, Namespace, NetworkAttach, Result, SandboxConfig,
    SandboxId,
    shim::{self, ShimConfig, protocol::Request},
};

/// How long killed processes may take to vanish.
const KILL_TIMEOUT: Duration = Duration::from_secs(20);
const DEFAULT_SHM_BYTES: u64 = 64 << 20;

impl Engine {
    pub(super) async fn run_sandbox_now(&self, config: SandboxConfig) -> Result<SandboxId> {
        check_sysctls(&config)?;
        let id = SandboxId::new(records::new_id().map_err(internal("make an identity"))?);
        let folder = self.sandbox_folder(&id);
        create_folder(&folder, 0o700).map_err(internal("create the sandbox's folder"))?;
        fs::create_dir_all(&config.log_directory).map_err(internal("create the log folder"))?;
        let record = SandboxRecord {
            id: id.as_str().to_owned(),
            config,
            created_unix_nanos: records::now_unix_nanos(),
            ips: Vec::new(),
            shim_pid: 0,
            stopped: false,
            finished: false,
        };
        self.save_sandbox(&record)?;
        let making = Arc::new(tokio::sync::Mutex::new(()));
        let made = making.clone().lock_owned().await;
        let sandbox = Sandbox {
            record,
            alive: watch::channel(false).0,
            making,
        };
        self.inner
            .state
            .lock()
            .sandboxes
            .insert(id.clone(), sandbox);
        // A shim that is on its way cannot be called back: this goes on although the
        // caller may give up, and what nobody wants any more is removed at its end.
        let (tell, told) = oneshot::channel();
        let engine = self.clone();
        tokio::spawn(async move {
            let finished = engine.set_up(&id).await;
            drop(made);
            let unwanted = match finished {
                Ok(()) => {
                    engine.emit(EventKind::SandboxStarted, &id, None);
                    tell.send(Ok(id.clone())).is_err()
                }
                Err(error) => {
                    engine.discard(&id).await;
                    // Nobody may be left to hear of it.
                    drop(tell.send(Err(error)));
                    false
                }
            };
            if unwanted {
                engine.discard(&id).await;
            }
        });
        told.await.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Internal,
                "the pod's making broke off",
            ))
        })
    }

    async fn discard(&self, id: &SandboxId) {
        if let Err(error) = self.remove_sandbox_now(id).await {
            let error = error.full();
            tracing::warn!(sandbox = %id, error, "remove an unfinished sandbox");
        }
    }

    async fn set_up(&self, id: &SandboxId) -> Result<()> {
        let mut record = self.sandbox_record(id)?;
        let config = record.config.clone();
        let cgroup_error = |error: skeg_oci::cgroup::CgroupError| {
            Error::new(ErrorKind::Internal, "make the pod's cgroup").with_source(error)
        };
        let limits = spec::limits(&config.resources);
        self.inner
            .cgroups
            .create(&config.cgroup_parent, &limits)
            .map_err(cgroup_error)?;
        let folder = self.sandbox_folder(id);
        let namespaces = config.security.namespaces;
        let shim_config = ShimConfig {
            hostname: config.hostname.clone(),
            own_network: namespaces.network != Namespace::Node,
            own_ipc: namespaces.ipc != Namespace::Node,
            share_pid: namespaces.pid == Namespace::Pod,
            host_pid: namespaces.pid == Namespace::Node,
            sysctls: config.sysctls.clone().into_iter().collect(),
            shm_bytes: config.shm_bytes.unwrap_or(DEFAULT_SHM_BYTES),
            cgroups: self.inner.cgroups.clone(),
            holder_cgroup: SHIMS_CGROUP.to_owned(),
            log_bytes_max: self.inner.config.log_bytes_max,
            log_files_max: self.inner.config.log_files_max,
        };
        records::write(&folder.join(shim::CONFIG_FILE), &shim_config)
            .map_err(internal("write the shim's configuration"))?;
        let (program, shim_folder) = (self.inner.config.program.clone(), folder.clone());
        let said =
            tokio::task::spawn_blocking(move || run_shim(&program, "pod", &shim_folder)).await;
        let failed = |message: String| {
            Error::new(
                ErrorKind::Internal,
                format!("start the pod's shim: {message}"),
            )
        };
        let said = said
            .map_err(|error| failed(error.to_string()))?
            .map_err(failed)?;
        let pid = said.strip_prefix("ready ").and_then(|pid| pid.parse().ok());
        record.shim_pid = pid.ok_or_else(|| failed(format!("it said {said:?}")))?;
        self.update_sandbox(&record)?;
        self.watch(id)
            .await
            .map_err(internal("connect to the pod's shim"))?;
        if namespaces.network != Namespace::Node {
            let attach = NetworkAttach {
                sandbox_id: id.clone(),
                metadata: config.metadata.clone(),
                hostname: config.hostname.clone(),
                netns: netns(record.shim_pid),
                port_mappings: config.port_mappings.clone(),
                annotations: config.annotations.clone(),
            };
            let attached = self.inner.config.network.attach(attach).await;
            record.ips = attached.map_err(|error| {
                let message = format!("connect the pod to the network: {error}");
                Error::new(ErrorKind::Network, message).with_source(error)
            })?;
        }
        record.finished = true;
        self.update_sandbox(&record)
    }

    pub(super) async fn stop_sandbox_now(&self, id: &SandboxId) -> Result<()> {
        let making = {
            let state = self.inner.state.lock();
            let sandbox = state.sandboxes.get(id);
            sandbox.map(|sandbox| sandbox.making.clone())
        };
        let Some(making) = making else {
            return Ok(());
        };
        // What is only half there cannot be stopped.
        drop(making.lock().await);
        let Ok(mut record) = self.sandbox_record(id) else {
            return Ok(());
        };
        let folder = self.sandbox_folder(id);
        for container in self.containers_of(id) {
            self.kill_container(&container).await?;
        }
        let alive = {
            let state = self.inner.state.lock();
            state
                .sandboxes
                .get(id)
                .map(|sandbox| sandbox.alive.subscribe())
        };
        let Some(mut alive) = alive else {
            return Ok(());
        };
        let is_alive = *alive.borrow();
        if record.config.security.namespaces.network != Namespace::Node && !record.stopped {
            let netns = (is_alive && record.shim_pid > 0).then(|| netns(record.shim_pid));
            let detached = self.inner.config.network.detach(id, netns).await;
            detached.map_err(|error| {
                let message = format!("disconnect the pod from the network: {error}");
                Error::new(ErrorKind::Network, message).with_source(error)
            })?;
        }
        record.stopped = true;
        self.update_sandbox(&record)?;
        if is_alive {
            // It may be ending already; its end is waited for either way.
            let _ = client::ask(&folder, &Request::Shutdown).await;
            let ended = tokio::time::timeout(KILL_TIMEOUT, alive.wait_for(|alive| !alive)).await;
            ended
                .map_err(|_| Error::new(ErrorKind::Timeout, "the pod's shim does not end"))?
                .ok();
        }
        Ok(())
    }

    pub(super) async fn remove_sandbox_now(&self, id: &SandboxId) -> Result<()> {
        let Ok(record) = self.sandbox_record(id) else {
            return Ok(());
        };
        self.stop_sandbox_now(id).await?;
        for container in self.containers_of(id) {
            self.remove_container_now(&container).await?;
        }
        let parent = &record.config.cgroup_parent;
        let shared = self
            .inner
            .state
            .lock()
            .sandboxes
            .iter()
            .any(|(other, sandbox)| other != id && sandbox.record.config.cgroup_parent == *parent);
        if !shared {
            self.remove_cgroup(parent).await;
        }
        let folder = self.sandbox_folder(id);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let what = format!("remove {}", folder.display());
                return Err(internal(what)(error));
            }
            _ => {}
        }
        self.emit(EventKind::SandboxDeleted, id, None);
        self.inner.state.lock().sandboxes.remove(id);
        Ok(())
    }

    /// Removes a cgroup; processes that were killed may take a moment to leave it.
    pub(super) async fn remove_cgroup(&self, path: &str) {
        const ATTEMPTS_MAX: u32 = 60;
        for attempt in 0..ATTEMPTS_MAX {
            if self.inner.cgroups.remove(path) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2 + u64::from(attempt))).await;
        }
        tracing::warn!(
            path,
            "a cgroup could not be removed: processes are left in it"
        );
    }

    pub(super) fn containers_of(&self, id: &SandboxId) -> Vec<ContainerId> {
        let state = self.inner.state.lock();
        let containers = state.containers.iter();
        let own = containers.filter(|(_, container)| container.record.sandbox == id.as_str());
        own.map(|(id, _)| id.clone()).collect()
    }

    pub(super) fn sandbox_record(&self, id: &SandboxId) -> Result<SandboxRecord> {
        let state = self.inner.state.lock();
        let sandbox = state
            .sandboxes
            .get(id)
            .ok_or_else(|| Error::not_found("sandbox", id))?;
        Ok(sandbox.record.clone())
    }

    pub(super) fn update_sandbox(&self, record: &SandboxRecord) -> Result<()> {
        if let Some(sandbox) = self
            .inner
            .state
            .lock()
            .sandboxes
            .get_mut(record.id.as_str())
        {
            sandbox.record = record.clone();
        }
        self.save_sandbox(record)
    }

    fn save_sandbox(&self, record: &SandboxRecord) -> Result<()> {
        let folder = self.sandbox_folder(&SandboxId::new(record.id.clone()));
        records::write(&folder.join(records::SANDBOX_FILE), record)
            .map_err(internal("write the sandbox's record"))
    }
}

fn netns(shim_pid: i32) -> PathBuf {
    PathBuf::from(format!("/proc/{shim_pid}/ns/net"))
}

/// A sysctl of a namespace that the pod does not have would be the machine's.
fn check_sysctls(config: &SandboxConfig) -> Result<()> {
    let namespaces = config.security.namespaces;
    for name in config.sysctls.keys() {
        let own = if name.starts_with("net.") {
            namespaces.network != Namespace::Node
        } else {
            let ipc = ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."];
            ipc.iter().any(|prefix| name.starts_with(prefix)) && namespaces.ipc != Namespace::Node
        };
        let clean = name.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-/".contains(&byte))
                && !part.contains("//")
        });
        if !own || !clean {
            let message = format!("sysctl {name:?} is not one of this pod's namespaces");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NamespaceOptions, SandboxSecurity};

    #[test]
    fn only_the_pods_own_sysctls_are_set() {
        let check = |name: &str, network: Namespace| {
            let namespaces = NamespaceOptions {
                network,
                ..NamespaceOptions::default()
            };
            let security = SandboxSecurity {
                namespaces,
                ..SandboxSecurity::default()
            };
            let sysctls = [(name.to_owned(), "1".to_owned())].into();
            let config = SandboxConfig {
                security,
                sysctls,
                ..SandboxConfig::default()
            };
            check_sysctls(&config).is_ok()
        };
        assert!(check("net.ipv4.ip_unprivileged_port_start", Namespace::Pod));
        assert!(!check(
            "net.ipv4.ip_unprivileged_port_start",
            Namespace::Node
        ));
        assert!(check("kernel.shm_rmid_forced", Namespace::Node));
        assert!(!check("vm.swappiness", Namespace::Pod));
        assert!(!check("net...vm.swappiness", Namespace::Pod));
    }
}
