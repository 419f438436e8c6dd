//! What to do next for a pod: a pure function of its spec and of what runs.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use skeg_api::core::v1::{Container, Pod};
use skeg_cri::{ContainerId, ContainerState, ContainerStatus, SandboxState, SandboxStatus};

use crate::containers;
use crate::names::{CONTAINER_HASH, spec_hash};
use crate::worker::Resizing;

/// The wait before a container's second restart; it doubles with each further one.
pub(crate) const BACKOFF_FIRST: Duration = Duration::from_secs(10);
/// No wait is longer.
pub(crate) const BACKOFF_MAX: Duration = Duration::from_secs(300);
/// A container that ran so long starts with a clean slate.
const BACKOFF_FORGIVEN: Duration = Duration::from_secs(600);

/// The code of a program that could not be executed (upstream's `ContainerCannotRun`).
const START_FAILED: i32 = 128;
/// The code of a program that was killed.
const KILLED: i32 = 137;

/// How a container was doing by its probes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Health {
    /// The startup probe has succeeded, or there is none.
    pub(crate) started: bool,
    /// The readiness probe says so.
    pub(crate) ready: bool,
    /// A liveness or startup probe has given up on the container.
    pub(crate) failed: Option<&'static str>,
}

/// What is known of a pod on this node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observed {
    /// The newest sandbox.
    pub(crate) sandbox: Option<SandboxStatus>,
    /// The instances of each container, newest first.
    pub(crate) containers: HashMap<String, Vec<ContainerStatus>>,
    /// What the probes say, by container id.
    pub(crate) health: HashMap<ContainerId, Health>,
    /// The instance from which a container's back-off counts, where it is not its first.
    pub(crate) forgiven: HashMap<String, u32>,
    /// What of the limits of running containers is not in force yet.
    pub(crate) resizes: HashMap<ContainerId, Resizing>,
}

impl Observed {
    /// The newest instance of a container.
    pub(crate) fn last(&self, name: &str) -> Option<&ContainerStatus> {
        self.containers.get(name)?.first()
    }

    /// The newest instance of a container, if it is of the newest sandbox.
    pub(crate) fn current(&self, name: &str) -> Option<&ContainerStatus> {
        let sandbox = self.sandbox.as_ref()?;
        self.last(name)
            .filter(|status| status.sandbox_id == sandbox.id)
    }

    /// What the probes say of an instance.
    pub(crate) fn health(&self, id: &ContainerId) -> Health {
        self.health.get(id).copied().unwrap_or_default()
    }

    /// Every instance that may still run.
    pub(crate) fn alive(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.containers
            .values()
            .flatten()
            .filter(|status| status.state != ContainerState::Exited)
    }
}

/// A step towards what the spec asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Everything that is left of an earlier sandbox ends.
    StopSandbox,
    /// A sandbox is made; it is the n-th of this pod, counted from 0.
    RunSandbox { attempt: u32 },
    /// A container is started; it is its n-th instance, counted from 0.
    Start { container: String, attempt: u32 },
    /// An instance ends, with its grace period, so that it can be made anew.
    Kill {
        id: ContainerId,
        container: String,
        message: String,
    },
    /// Running containers get other limits.
    Resize { containers: Vec<String> },
}

/// What a plan comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// What to do now, in this order.
    pub(crate) actions: Vec<Action>,
    /// When to look again although nothing has happened.
    pub(crate) look_again: Option<SystemTime>,
    /// Containers that wait out a back-off, with its length.
    pub(crate) backing_off: Vec<(String, Duration)>,
}

/// How long a container waits for its next start, after it failed so often.
pub(crate) fn backoff(instances: u32) -> Duration {
    if instances < 2 {
        return Duration::ZERO;
    }
    BACKOFF_FIRST
        .saturating_mul(1 << (instances - 2).min(8))
        .min(BACKOFF_MAX)
}

/// Whether an instance ran so long that back-off starts anew with it.
pub(crate) fn is_forgiven(status: &ContainerStatus) -> bool {
    let times = status.started_at.zip(status.finished_at);
    times
        .and_then(|(started, finished)| finished.duration_since(started).ok())
        .is_some_and(|ran| ran >= BACKOFF_FORGIVEN)
}

/// Whether a container goes on with the pod's containers although it is listed
/// among those that start before them (KEP-753).
pub(crate) fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

fn restart_policy<'a>(pod: &'a Pod, container: &'a Container) -> &'a str {
    container
        .restart_policy
        .as_deref()
        .unwrap_or(&pod.spec.restart_policy)
}

/// Whether a container is started again after it failed to start.
pub(crate) fn starts_again(pod: &Pod, container: &Container) -> bool {
    restarts_with(pod, container, START_FAILED)
}

/// Whether a container of this pod is started again after it ended with `code`.
pub(crate) fn restarts_with(pod: &Pod, container: &Container, code: i32) -> bool {
    restarts_after(container, restart_policy(pod, container), code)
}

/// Whether a container is started again after an end like this.
fn restarts(container: &Container, policy: &str, status: &ContainerStatus) -> bool {
    restarts_after(container, policy, status.exit_code.unwrap_or(KILLED))
}

/// A container's own rules go before its policy (KEP-5307).
fn restarts_after(container: &Container, policy: &str, code: i32) -> bool {
    let by_rule = container.restart_policy_rules.iter().any(|rule| {
        rule.action == "Restart"
            && rule
                .exit_codes
                .as_ref()
                .is_some_and(|codes| match codes.operator.as_str() {
                    "In" => codes.values.contains(&code),
                    "NotIn" => !codes.values.contains(&code),
                    _ => false,
                })
    });
    if by_rule {
        return true;
    }
    match policy {
        "Never" => false,
        "OnFailure" => code != 0,
        _ => true,
    }
}

struct Planner<'a> {
    pod: &'a Pod,
    observed: &'a Observed,
    now: SystemTime,
    plan: Plan,
    /// Who gets other limits while it runs.
    resized: Vec<String>,
}

/// Plans the next steps of a pod that is meant to run.
pub(crate) fn plan(pod: &Pod, observed: &Observed, now: SystemTime) -> Plan {
    let mut planner = Planner {
        pod,
        observed,
        now,
        plan: Plan::default(),
        resized: Vec::new(),
    };
    planner.sandbox();
    if !planner.resized.is_empty() {
        let containers = planner.resized;
        planner.plan.actions.push(Action::Resize { containers });
    }
    planner.plan
}

impl Planner<'_> {
    fn sandbox(&mut self) {
        let Some(sandbox) = &self.observed.sandbox else {
            self.plan.actions.push(Action::RunSandbox { attempt: 0 });
            return;
        };
        if sandbox.state == SandboxState::Ready {
            self.ephemeral();
            return self.containers();
        }
        // The sandbox died, and with it whatever ran in it.
        let over = self.pod.spec.containers.iter().all(|container| {
            self.observed.last(&container.name).is_some_and(|status| {
                status.state == ContainerState::Exited
                    && !restarts(container, restart_policy(self.pod, container), status)
            })
        });
        if !over {
            self.plan.actions.push(Action::StopSandbox);
            self.plan.actions.push(Action::RunSandbox {
                attempt: sandbox.metadata.attempt + 1,
            });
        }
    }

    fn containers(&mut self) {
        let pod = self.pod;
        let begun = pod
            .spec
            .containers
            .iter()
            .any(|container| self.observed.current(&container.name).is_some());
        if begun {
            // Once containers have begun, init containers are history, and sidecars are kept alive.
            for container in pod
                .spec
                .init_containers
                .iter()
                .filter(|container| is_sidecar(container))
            {
                self.keep(container, "Always");
            }
        } else if !self.initialize() {
            return;
        }
        for container in &pod.spec.containers {
            self.keep(container, restart_policy(pod, container));
        }
    }

    /// Starts those that were added for looking into the pod; each runs once,
    /// also before the pod is initialized.
    fn ephemeral(&mut self) {
        for container in containers::ephemeral(self.pod) {
            if self.observed.last(&container.name).is_none() {
                self.start(&container);
            }
        }
    }

    /// Goes through the init containers. Says whether all is ready for the containers.
    fn initialize(&mut self) -> bool {
        for container in &self.pod.spec.init_containers {
            let Some(status) = self.observed.current(&container.name) else {
                self.start(container);
                return false;
            };
            if is_sidecar(container) {
                self.keep(container, "Always");
                let running = status.state == ContainerState::Running;
                if !running || !self.observed.health(&status.id).started {
                    return false;
                }
                continue;
            }
            match status.state {
                ContainerState::Exited if status.exit_code == Some(0) => {}
                ContainerState::Exited => {
                    if restarts(container, restart_policy(self.pod, container), status) {
                        self.restart(container, status);
                    }
                    return false;
                }
                ContainerState::Created | ContainerState::Unknown => {
                    self.replace(container, status, "it never ran");
                    return false;
                }
                ContainerState::Running => return false,
            }
        }
        true
    }

    /// Sees to it that a container runs as its policy says.
    fn keep(&mut self, container: &Container, policy: &str) {
        let Some(status) = self.observed.current(&container.name) else {
            // It may have ended for good in an earlier sandbox.
            let over = self.observed.last(&container.name).is_some_and(|status| {
                status.state == ContainerState::Exited && !restarts(container, policy, status)
            });
            if !over {
                self.start(container);
            }
            return;
        };
        match status.state {
            ContainerState::Running => {
                if status
                    .annotations
                    .get(CONTAINER_HASH)
                    .is_some_and(|hash| *hash != spec_hash(container))
                {
                    self.replace(container, status, "its definition changed");
                } else if let Some(probe) = self.observed.health(&status.id).failed {
                    let message = format!("failed {probe} probe");
                    if !restarts_after(container, policy, KILLED) {
                        self.kill(container, status, &message);
                    } else if self.backs_off_from_before(&container.name) {
                        // It is seen as ended next, and waits as others that ended do.
                        self.kill(container, status, &message);
                    } else {
                        self.replace(container, status, &message);
                    }
                } else if let Some(changed) = self.observed.resizes.get(&status.id) {
                    self.resize(container, status, changed);
                }
            }
            ContainerState::Exited => {
                if restarts(container, policy, status) {
                    self.restart(container, status);
                }
            }
            ContainerState::Created | ContainerState::Unknown => {
                self.replace(container, status, "it never ran")
            }
        }
    }

    fn start(&mut self, container: &Container) {
        let attempt = self
            .observed
            .last(&container.name)
            .map_or(0, |status| status.metadata.attempt + 1);
        self.plan.actions.push(Action::Start {
            container: container.name.clone(),
            attempt,
        });
    }

    fn kill(&mut self, container: &Container, status: &ContainerStatus, why: &str) {
        self.plan.actions.push(Action::Kill {
            id: status.id.clone(),
            container: container.name.clone(),
            message: format!("Container {} {why}, will be restarted", container.name),
        });
    }

    fn resize(&mut self, container: &Container, status: &ContainerStatus, changed: &Resizing) {
        if !changed.restarts(container) {
            return self.resized.push(container.name.clone());
        }
        self.plan.actions.push(Action::Kill {
            id: status.id.clone(),
            container: container.name.clone(),
            message: format!("Container {} resize requires restart", container.name),
        });
        self.start(container);
    }

    fn replace(&mut self, container: &Container, status: &ContainerStatus, why: &str) {
        self.kill(container, status, why);
        self.start(container);
    }

    /// Starts a container again that has ended, after its back-off.
    fn restart(&mut self, container: &Container, status: &ContainerStatus) {
        let wait = self.wait_after(status);
        let due = status.finished_at.map(|finished| finished + wait);
        match due {
            Some(due) if due > self.now => {
                self.plan.look_again = Some(self.plan.look_again.map_or(due, |at| at.min(due)));
                self.plan.backing_off.push((container.name.clone(), wait));
            }
            _ => self.start(container),
        }
    }

    /// Whether the end of the instance before this one is so fresh that its back-off
    /// goes on. An instance that a probe gave up on has not ended yet: as upstream's
    /// kubelet does, the wait is measured from the last one that has.
    fn backs_off_from_before(&self, name: &str) -> bool {
        let Some(before) = self.observed.containers.get(name).and_then(|of| of.get(1)) else {
            return false;
        };
        let due = before.finished_at.map(|at| at + self.wait_after(before));
        due.is_some_and(|due| due > self.now)
    }

    fn wait_after(&self, status: &ContainerStatus) -> Duration {
        let attempt = status.metadata.attempt;
        let counted = self.observed.forgiven.get(&status.metadata.name);
        let from = match counted {
            _ if is_forgiven(status) => attempt,
            Some(from) => (*from).min(attempt),
            None => 0,
        };
        backoff(attempt - from + 1)
    }
}
