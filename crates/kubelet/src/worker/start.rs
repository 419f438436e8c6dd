//! Starting a pod's sandbox and containers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use skeg_api::core::v1::{Container, Pod, Secret};
use skeg_cri::{
    ContainerId, ContainerState, Namespace, NamespaceOptions, PortMapping, Protocol, SandboxConfig,
    SandboxMetadata, SandboxSecurity, SeccompProfile,
};

use super::{RETRY, Worker};
use crate::container::Setting;
use crate::security::dotted_sysctl;
use crate::{containers, hooks, names, resources};

/// The program cannot be executed.
const RUN_ERROR: &str = "RunContainerError";
/// What is to be done after the start failed.
const HOOK_ERROR: &str = "PostStartHookError";

/// A sandbox as a pod's spec asks for it.
pub(super) fn sandbox_config(
    pod: &Pod,
    attempt: u32,
    hostname: String,
    log_directory: PathBuf,
) -> SandboxConfig {
    let spec = &pod.spec;
    let context = spec.security_context.clone().unwrap_or_default();
    let port_mappings = spec
        .containers
        .iter()
        .chain(
            spec.init_containers
                .iter()
                .filter(|container| crate::plan::is_sidecar(container)),
        )
        .flat_map(|container| &container.ports)
        .filter(|port| port.host_port > 0 && !spec.host_network)
        .filter_map(|port| {
            Some(PortMapping {
                protocol: match port.protocol.as_str() {
                    "UDP" => Protocol::Udp,
                    "SCTP" => Protocol::Sctp,
                    _ => Protocol::Tcp,
                },
                container_port: u16::try_from(port.container_port).ok()?,
                host_port: u16::try_from(port.host_port).ok()?,
                host_ip: port.host_ip.parse().ok(),
            })
        })
        .collect();
    let node_or = |node: bool, otherwise: Namespace| if node { Namespace::Node } else { otherwise };
    let pid = if spec.share_process_namespace == Some(true) {
        Namespace::Pod
    } else {
        Namespace::Container
    };
    SandboxConfig {
        metadata: SandboxMetadata {
            name: pod.metadata.name.clone(),
            namespace: pod.metadata.namespace.clone(),
            uid: pod.metadata.uid.to_string(),
            attempt,
        },
        hostname,
        log_directory,
        port_mappings,
        labels: names::pod_labels(pod),
        annotations: pod.metadata.annotations.clone(),
        cgroup_parent: cgroup_parent(pod),
        resources: resources::pod(pod),
        sysctls: context
            .sysctls
            .iter()
            .map(|sysctl| (dotted_sysctl(&sysctl.name), sysctl.value.clone()))
            .collect(),
        security: SandboxSecurity {
            namespaces: NamespaceOptions {
                network: node_or(spec.host_network, Namespace::Pod),
                pid: node_or(spec.host_pid, pid),
                ipc: node_or(spec.host_ipc, Namespace::Pod),
            },
            seccomp: SeccompProfile::RuntimeDefault,
        },
        shm_bytes: None,
    }
}

/// A pod's control group, below that of its class of service.
fn cgroup_parent(pod: &Pod) -> String {
    let uid = &pod.metadata.uid;
    match pod.status.qos_class.as_str() {
        "BestEffort" => format!("besteffort/pod{uid}"),
        "Burstable" => format!("burstable/pod{uid}"),
        _ => format!("pod{uid}"),
    }
}

impl Worker {
    /// Starts an instance of a container, which `replaces` one that was just ended. What keeps it from starting is told
    /// in the pod's status, and tried again later.
    pub(super) async fn start(
        &mut self,
        pod: &Arc<Pod>,
        container: &Container,
        attempt: u32,
        replaces: bool,
    ) {
        let started = self.try_start(pod, container, attempt, replaces).await;
        let Err((reason, message, again)) = started else {
            self.waiting.remove(&container.name);
            self.not_before.remove(&container.name);
            return;
        };
        // Of these an exited instance is left: its back-off is that of any other that failed.
        let left_exited = reason == RUN_ERROR || reason == HOOK_ERROR;
        if left_exited && !crate::plan::starts_again(pod, container) {
            self.waiting.remove(&container.name);
        } else {
            self.waiting
                .insert(container.name.clone(), (reason, message));
        }
        if left_exited {
            self.not_before.remove(&container.name);
        } else {
            let wait = (again, container.image.clone());
            self.not_before.insert(container.name.clone(), wait);
        }
    }

    /// Before when a container must not be tried.
    pub(super) fn due(&self, pod: &Pod, container: &str) -> Option<SystemTime> {
        let (due, image) = self.not_before.get(container)?;
        let found = containers::find(pod, container);
        found.is_none_or(|now| now.image == *image).then_some(*due)
    }

    async fn try_start(
        &mut self,
        pod: &Arc<Pod>,
        container: &Container,
        attempt: u32,
        replaces: bool,
    ) -> Result<(), (String, String, SystemTime)> {
        let shared = self.shared.clone();
        let name = Some(container.name.as_str());
        if !replaces && self.pulls.needed(shared.images.as_ref(), container).await {
            // A pull may take long; what the pod waits for is told before. A failure is told by the next write.
            // Of a container that was replaced in this round the status from before stands, as upstream has it.
            drop(self.write(pod, false).await);
        }
        let secrets = self.pull_secrets(pod).await;
        let image = self
            .pulls
            .ensure(
                shared.images.as_ref(),
                shared.api.as_ref(),
                pod,
                container,
                &secrets,
                SystemTime::now(),
            )
            .await
            .map_err(|error| (error.reason.to_owned(), error.message, error.again))?;
        let later = || SystemTime::now() + RETRY;
        let services = shared
            .source
            .services(pod)
            .await
            .map_err(|problem| ("CreateContainerConfigError".to_owned(), problem, later()))?;
        let sandbox = self.publish.borrow().sandbox.clone();
        // The sandbox may have been made in this very round.
        let sandbox = match sandbox {
            Some(sandbox) => sandbox,
            None => return Err(("ContainerCreating".into(), String::new(), SystemTime::now())),
        };
        if !self.has_files() {
            self.write_files(pod, &sandbox)
                .map_err(|problem| ("CreateContainerError".to_owned(), problem, later()))?;
        }
        let pid_target = match containers::target(pod, &container.name) {
            None => None,
            Some(target) => Some(self.running(target).ok_or_else(|| {
                let problem = format!(
                    "target container {target:?} of {:?} does not run",
                    container.name
                );
                ("CreateContainerError".to_owned(), problem, later())
            })?),
        };
        let with_ips = with_addresses(pod, &sandbox, &shared.host_ips);
        let setting = Setting {
            pod: &with_ips,
            container,
            attempt,
            image: &image,
            image_name: container.image.clone(),
            places: &self.places,
            volumes: &self.volumes,
            host_ips: &shared.host_ips,
            allocatable: &shared.allocatable,
            memory_capacity: shared.memory_capacity,
            seccomp_profiles: &shared.seccomp_profiles,
            services: &services,
            pid_target,
        };
        let fail = |reason: &str, message: String| {
            shared
                .api
                .event(pod, name, "Warning", "Failed", format!("Error: {message}"));
            (reason.to_owned(), message, later())
        };
        let config = setting
            .config(shared.source.as_ref())
            .await
            .map_err(|error| fail("CreateContainerConfigError", error.to_string()))?;
        let id = shared
            .runtime
            .create_container(&sandbox.id, config)
            .await
            .map_err(|error| fail("CreateContainerError", error.full()))?;
        shared.api.event(
            pod,
            name,
            "Normal",
            "Created",
            "Container created".to_owned(),
        );
        shared
            .runtime
            .start_container(&id)
            .await
            .map_err(|error| fail(RUN_ERROR, error.full()))?;
        shared.api.event(
            pod,
            name,
            "Normal",
            "Started",
            "Container started".to_owned(),
        );
        let hook = container
            .lifecycle
            .as_ref()
            .and_then(|lifecycle| lifecycle.post_start.as_ref());
        if let Some(hook) = hook {
            let ip = self.pod_ip(pod, Some(&sandbox));
            if let Err(problem) =
                hooks::run(hook, container, &id, ip, shared.runtime.as_ref()).await
            {
                shared.api.event(
                    pod,
                    name,
                    "Warning",
                    "FailedPostStartHook",
                    // Events are read by many: what the hook said is not for them.
                    "PostStartHook failed".to_owned(),
                );
                let text = "FailedPostStartHook".to_owned();
                shared.api.event(pod, name, "Normal", "Killing", text);
                let grace = pod.spec.termination_grace_period_seconds.unwrap_or(30);
                let grace = Duration::from_secs(u64::try_from(grace).unwrap_or(0));
                self.stop_container(pod, container, &id, grace).await;
                return Err((HOOK_ERROR.into(), problem, later()));
            }
        }
        Ok(())
    }

    /// The instance of a container that runs.
    fn running(&self, name: &str) -> Option<ContainerId> {
        let observed = self.publish.borrow();
        let status = observed.current(name)?;
        (status.state == ContainerState::Running).then(|| status.id.clone())
    }

    async fn pull_secrets(&self, pod: &Pod) -> Vec<Secret> {
        let (mut secrets, mut missing) = (Vec::new(), Vec::new());
        for reference in &pod.spec.image_pull_secrets {
            if reference.name.is_empty() {
                continue;
            }
            let secret = (self.shared.source)
                .secret(&pod.metadata.namespace, &reference.name)
                .await;
            match secret {
                Ok(Some(secret)) => secrets.push(Secret::clone(&secret)),
                _ => missing.push(reference.name.as_str()),
            }
        }
        // An image that is public needs none of them.
        if !missing.is_empty() {
            let text = format!(
                "Unable to retrieve some image pull secrets ({}); attempting to pull the image may not succeed.",
                missing.join(", ")
            );
            let reason = "FailedToRetrieveImagePullSecret";
            self.shared.api.event(pod, None, "Warning", reason, text);
        }
        secrets
    }
}

/// The pod with the addresses that its sandbox has just been given, for
/// variables that ask for them.
fn with_addresses(pod: &Pod, sandbox: &skeg_cri::SandboxStatus, host_ips: &[String]) -> Pod {
    let mut pod = pod.clone();
    let ips: Vec<String> = if pod.spec.host_network {
        host_ips.to_vec()
    } else {
        sandbox.ips.iter().map(ToString::to_string).collect()
    };
    pod.status.pod_ip = ips.first().cloned().unwrap_or_default();
    pod.status.pod_ips = ips
        .into_iter()
        .map(|ip| skeg_api::core::v1::PodIP { ip })
        .collect();
    pod
}
