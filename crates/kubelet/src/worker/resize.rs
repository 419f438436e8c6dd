//! Gives running containers what their pod was given (KEP-1287).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use skeg_api::core::v1::{Container, Pod, ResourceRequirements};
use skeg_cri::{ContainerId, ContainerState, ContainerStatus, Resources, SandboxId};

use super::{RETRY, Worker};
use crate::allocation::Waits;
use crate::plan::{Observed, is_sidecar};
use crate::{allocation, containers, resources};

/// A running container whose limits are not in force yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Resizing {
    cpu: bool,
    memory: bool,
    /// What it has until then, as far as it is known.
    pub(crate) has: Option<ResourceRequirements>,
}

impl Resizing {
    /// What differs from the limits now in force.
    fn between(wanted: &Resources, now: &Resources) -> Option<Self> {
        // No limit and a negative one are the same.
        let limit = |amount: Option<i64>| amount.filter(|amount| *amount >= 0);
        let changed = Self {
            cpu: wanted.cpu_shares != now.cpu_shares
                || limit(wanted.cpu_quota_us) != limit(now.cpu_quota_us),
            memory: limit(wanted.memory_limit_bytes) != limit(now.memory_limit_bytes),
            has: None,
        };
        (changed.cpu || changed.memory).then_some(changed)
    }

    /// Whether the container wants to be started anew with it.
    pub(crate) fn restarts(&self, container: &Container) -> bool {
        container.resize_policy.iter().any(|policy| {
            let changed = match policy.resource_name.as_str() {
                "cpu" => self.cpu,
                "memory" => self.memory,
                _ => false,
            };
            changed && policy.restart_policy == "RestartContainer"
        })
    }
}

/// What a container had when the API was last told.
fn told(pod: &Pod, id: &ContainerId) -> Option<ResourceRequirements> {
    let status = &pod.status;
    let mut all = (status.container_statuses.iter()).chain(&status.init_container_statuses);
    let held = all.find(|held| held.container_id == crate::status::container_id(id))?;
    held.resources.as_deref().cloned()
}

/// The same, and what has no limit any more loses the one that it had.
fn unlimited(wanted: Resources) -> Resources {
    Resources {
        cpu_quota_us: wanted.cpu_quota_us.or(Some(-1)),
        memory_limit_bytes: wanted.memory_limit_bytes.or(Some(-1)),
        ..wanted
    }
}

/// The part of limits that concerns CPU time, and the rest.
fn apart(all: Resources) -> [Resources; 2] {
    let memory = Resources {
        memory_limit_bytes: all.memory_limit_bytes,
        ..Resources::default()
    };
    let cpu = Resources {
        memory_limit_bytes: None,
        ..all
    };
    [cpu, memory]
}

impl Worker {
    /// The running containers whose limits are not those of the pod.
    pub(super) fn resizes(
        &mut self,
        pod: &Pod,
        instances: &HashMap<String, Vec<ContainerStatus>>,
    ) -> HashMap<ContainerId, Resizing> {
        let mut out = HashMap::new();
        let mut in_force = HashMap::new();
        let sidecars = (pod.spec.init_containers.iter()).filter(|one| is_sidecar(one));
        for container in sidecars.chain(&pod.spec.containers) {
            let newest = instances.get(&container.name).and_then(|all| all.first());
            let running = newest.filter(|status| status.state == ContainerState::Running);
            let Some(status) = running else { continue };
            let wanted = resources::container(pod, container, self.shared.memory_capacity);
            let has = match Resizing::between(&wanted, &status.resources) {
                None => Some(container.resources.clone()),
                Some(mut changed) => {
                    let before = self.in_force.remove(&status.id);
                    changed.has = before.or_else(|| told(pod, &status.id));
                    let has = changed.has.clone();
                    out.insert(status.id.clone(), changed);
                    has
                }
            };
            in_force.extend(has.map(|has| (status.id.clone(), has)));
        }
        self.in_force = in_force;
        out
    }

    /// Tells when a resize begins, and when all of it is in force. Says whether one begins now.
    pub(super) fn note_resize(&mut self, pod: &Pod, observed: &Observed) -> bool {
        let begins = !observed.resizes.is_empty();
        if begins == self.resizing {
            return false;
        }
        self.resizing = begins;
        let (reason, what) = if begins {
            ("ResizeStarted", "started")
        } else {
            self.resize_error = None;
            ("ResizeCompleted", "completed")
        };
        let text = allocation::told(what, pod, "");
        self.shared.api.event(pod, None, "Normal", reason, text);
        begins
    }

    /// Tells that a resize waits, once for each reason.
    pub(super) fn note_waiting(&mut self, pod: &Arc<Pod>, waits: Option<&Waits>) {
        if self.resize_waits.as_ref() == waits {
            return;
        }
        self.resize_waits = waits.cloned();
        if let Some(waits) = waits {
            let reason = match waits.is_deferred() {
                true => "ResizeDeferred",
                false => "ResizeInfeasible",
            };
            let wanted = allocation::with(pod, &waits.wanted);
            let text = allocation::told(waits.reason, &wanted, &waits.message);
            self.shared.api.event(pod, None, "Warning", reason, text);
        }
    }

    /// Changes the limits of running containers, and of the pod around them.
    pub(super) async fn resize(&mut self, pod: &Arc<Pod>, observed: &Observed, names: &[String]) {
        let Some(sandbox) = &observed.sandbox else {
            return;
        };
        let pod_limits = unlimited(resources::pod(pod));
        // The group of the pod grows before those within it and shrinks after them: what the kernel does not
        // take at first, it takes at the end.
        drop(self.resize_pod(&sandbox.id, &pod_limits).await);
        let mut failed = None;
        for name in names {
            let (Some(container), Some(status)) =
                (containers::find(pod, name), observed.current(name))
            else {
                continue;
            };
            if let Err(problem) = self.resize_container(pod, &container, status).await {
                failed = Some(problem);
                let again = (SystemTime::now() + RETRY, container.image.clone());
                self.not_before.insert(name.clone(), again);
            }
        }
        if failed.is_none()
            && let Err(problem) = self.resize_pod(&sandbox.id, &pod_limits).await
        {
            failed = Some(problem);
        }
        if let Some(problem) = &failed
            && self.resize_error.as_ref() != Some(problem)
        {
            let text = allocation::told("error", pod, problem);
            (self.shared.api).event(pod, None, "Warning", "ResizeError", text);
        }
        self.resize_error = failed;
    }

    async fn resize_pod(&self, id: &SandboxId, limits: &Resources) -> Result<(), String> {
        let mut outcome = Ok(());
        for part in apart(limits.clone()) {
            let updated = self.shared.runtime.update_sandbox_resources(id, part).await;
            outcome = outcome.and(updated.map_err(|error| error.full()));
        }
        outcome
    }

    async fn resize_container(
        &self,
        pod: &Pod,
        container: &Container,
        status: &ContainerStatus,
    ) -> Result<(), String> {
        let runtime = &self.shared.runtime;
        let wanted = resources::container(pod, container, self.shared.memory_capacity);
        let now = status.resources.memory_limit_bytes.filter(|now| *now >= 0);
        if let Some(limit) = wanted.memory_limit_bytes
            && now.is_none_or(|now| limit < now)
        {
            let stats = runtime.container_stats(&status.id).await;
            let used = stats.map_err(|error| error.full())?.memory_usage_bytes;
            // Less than what is in use would end the container.
            if used >= u64::try_from(limit).unwrap_or(0) {
                return Err(format!(
                    "attempting to set container {:?} memory limit ({limit}) below current usage ({used})",
                    container.name
                ));
            }
        }
        let wanted = Resources {
            oom_score_adj: None,
            ..unlimited(wanted)
        };
        let updated = runtime.update_container_resources(&status.id, wanted).await;
        updated.map_err(|error| error.full())
    }
}
