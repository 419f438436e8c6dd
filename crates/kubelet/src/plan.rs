//! What to do next for a pod: a pure function of its spec and of what runs.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use skeg_api::core::v1::{Container, Pod};
use skeg_cri::{ContainerId, ContainerState, ContainerStatus, SandboxState, SandboxStatus};

use crate::containers;
use crate::names::{CONTAINER_HASH, spec_hash};

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
}

/// Plans the next steps of a pod that is meant to run.
pub(crate) fn plan(pod: &Pod, observed: &Observed, now: SystemTime) -> Plan {
    let mut planner = Planner {
        pod,
        observed,
        now,
        plan: Plan::default(),
    };
    planner.sandbox();
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
                    } else {
                        self.replace(container, status, &message);
                    }
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

    fn wait_after(&self, status: &ContainerStatus) -> Duration {
        let ran = status
            .started_at
            .zip(status.finished_at)
            .and_then(|(started, finished)| finished.duration_since(started).ok())
            .unwrap_or_default();
        if ran >= BACKOFF_FORGIVEN {
            Duration::ZERO
        } else {
            backoff(status.metadata.attempt + 1)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use skeg_api::core::v1::{
        ContainerRestartRule, ContainerRestartRuleOnExitCodes, EphemeralContainer, PodSpec,
    };
    use skeg_cri::{ContainerMetadata, SandboxMetadata};

    use super::*;

    const T0: SystemTime = SystemTime::UNIX_EPOCH;

    fn at(seconds: u64) -> SystemTime {
        T0 + Duration::from_secs(seconds)
    }

    fn container(name: &str, policy: Option<&str>) -> Container {
        Container {
            name: name.into(),
            restart_policy: policy.map(Into::into),
            ..Default::default()
        }
    }

    fn pod(policy: &str, init: Vec<Container>, containers: &[&str]) -> Pod {
        let containers = containers
            .iter()
            .map(|name| container(name, None))
            .collect();
        let spec = PodSpec {
            restart_policy: policy.into(),
            init_containers: init,
            containers,
            ..Default::default()
        };
        Pod {
            spec,
            ..Default::default()
        }
    }

    pub(crate) fn sandbox(id: &str, state: SandboxState, attempt: u32) -> SandboxStatus {
        SandboxStatus {
            id: id.into(),
            metadata: SandboxMetadata {
                attempt,
                ..Default::default()
            },
            state,
            created_at: T0,
            ips: vec![],
            namespaces: Default::default(),
            labels: Default::default(),
            annotations: Default::default(),
        }
    }

    fn status(
        sandbox: &str,
        name: &str,
        attempt: u32,
        state: ContainerState,
        code: i32,
    ) -> ContainerStatus {
        let exited = state == ContainerState::Exited;
        ContainerStatus {
            id: ContainerId::new(format!("{name}-{attempt}")),
            sandbox_id: sandbox.into(),
            metadata: ContainerMetadata {
                name: name.into(),
                attempt,
            },
            state,
            created_at: T0,
            started_at: Some(T0),
            finished_at: exited.then_some(at(1)),
            exit_code: exited.then_some(code),
            signal: None,
            reason: String::new(),
            message: String::new(),
            image: String::new(),
            image_id: String::new(),
            image_ref: String::new(),
            labels: Default::default(),
            annotations: Default::default(),
            mounts: vec![],
            log_path: Default::default(),
            user: None,
            resources: Default::default(),
            pid: None,
        }
    }

    fn observed(statuses: Vec<ContainerStatus>) -> Observed {
        let mut observed = Observed {
            sandbox: Some(sandbox("s", SandboxState::Ready, 0)),
            ..Default::default()
        };
        for status in statuses {
            observed
                .containers
                .entry(status.metadata.name.clone())
                .or_default()
                .push(status);
        }
        observed
    }

    fn start(name: &str, attempt: u32) -> Action {
        Action::Start {
            container: name.into(),
            attempt,
        }
    }

    fn check(pod: &Pod, observed: &Observed, now: u64, expect: &[Action]) {
        assert_eq!(plan(pod, observed, at(now)).actions, expect);
    }

    #[test]
    fn a_sandbox_comes_first_and_then_everything() {
        let pod = pod("Always", vec![], &["a", "b"]);
        check(
            &pod,
            &Observed::default(),
            0,
            &[Action::RunSandbox { attempt: 0 }],
        );
        check(&pod, &observed(vec![]), 0, &[start("a", 0), start("b", 0)]);
        let running = observed(vec![
            status("s", "a", 0, ContainerState::Running, 0),
            status("s", "b", 0, ContainerState::Running, 0),
        ]);
        check(&pod, &running, 0, &[]);
    }

    #[test]
    fn a_sandbox_that_died_is_made_anew_unless_all_is_over() {
        let mut dead = observed(vec![status("s", "a", 0, ContainerState::Exited, 1)]);
        dead.sandbox = Some(sandbox("s", SandboxState::NotReady, 2));
        let again = [Action::StopSandbox, Action::RunSandbox { attempt: 3 }];
        check(&pod("Always", vec![], &["a"]), &dead, 0, &again);
        check(&pod("Never", vec![], &["a"]), &dead, 0, &[]);
    }

    #[test]
    fn init_containers_take_turns_and_sidecars_stay() {
        let pod = pod(
            "Always",
            vec![container("one", None), container("side", Some("Always"))],
            &["a"],
        );
        check(&pod, &observed(vec![]), 0, &[start("one", 0)]);
        check(
            &pod,
            &observed(vec![status("s", "one", 0, ContainerState::Running, 0)]),
            0,
            &[],
        );
        let done = status("s", "one", 0, ContainerState::Exited, 0);
        check(&pod, &observed(vec![done.clone()]), 0, &[start("side", 0)]);
        let side = status("s", "side", 0, ContainerState::Running, 0);
        let mut both = observed(vec![done.clone(), side.clone()]);
        check(&pod, &both, 0, &[]);
        both.health.insert(
            side.id.clone(),
            Health {
                started: true,
                ..Default::default()
            },
        );
        check(&pod, &both, 0, &[start("a", 0)]);
        let begun = observed(vec![
            done,
            status("s", "side", 0, ContainerState::Exited, 0),
            status("s", "a", 0, ContainerState::Running, 0),
        ]);
        check(&pod, &begun, 2, &[start("side", 1)]);
    }

    #[test]
    fn a_failed_init_container_is_tried_again_unless_never() {
        let failed = observed(vec![status("s", "one", 0, ContainerState::Exited, 1)]);
        check(
            &pod("Always", vec![container("one", None)], &["a"]),
            &failed,
            2,
            &[start("one", 1)],
        );
        check(
            &pod("Never", vec![container("one", None)], &["a"]),
            &failed,
            2,
            &[],
        );
    }

    #[test]
    fn policies_decide_on_restarts_and_back_off_doubles() {
        for (policy, code, expect) in [
            ("Always", 0, true),
            ("OnFailure", 0, false),
            ("OnFailure", 1, true),
            ("Never", 1, false),
        ] {
            let seen = observed(vec![status("s", "a", 0, ContainerState::Exited, code)]);
            let again = [start("a", 1)];
            check(
                &pod(policy, vec![], &["a"]),
                &seen,
                1,
                if expect { &again } else { &[] },
            );
        }
        assert_eq!(
            [1, 2, 3, 4, 99].map(|n| backoff(n).as_secs()),
            [0, 10, 20, 40, 300]
        );
        let twice = observed(vec![status("s", "a", 1, ContainerState::Exited, 1)]);
        let pod = pod("Always", vec![], &["a"]);
        let waiting = plan(&pod, &twice, at(5));
        assert_eq!(
            (waiting.actions, waiting.look_again),
            (vec![], Some(at(11)))
        );
        check(&pod, &twice, 11, &[start("a", 2)]);
    }

    #[test]
    fn a_container_that_fails_its_probe_is_replaced() {
        let mut seen = observed(vec![status("s", "a", 0, ContainerState::Running, 0)]);
        seen.health.insert(
            "a-0".into(),
            Health {
                failed: Some("liveness"),
                ..Default::default()
            },
        );
        let actions = plan(&pod("Always", vec![], &["a"]), &seen, at(0)).actions;
        assert!(
            matches!(
                &actions[..],
                [Action::Kill { .. }, Action::Start { attempt: 1, .. }]
            ),
            "{actions:?}"
        );
    }

    #[test]
    fn ephemeral_containers_run_once_and_at_once() {
        let mut pod = pod("Always", vec![container("one", None)], &["a"]);
        pod.spec.ephemeral_containers = vec![EphemeralContainer {
            name: "look".into(),
            ..Default::default()
        }];
        let init = status("s", "one", 0, ContainerState::Running, 0);
        check(&pod, &observed(vec![init.clone()]), 0, &[start("look", 0)]);
        let ended = status("s", "look", 0, ContainerState::Exited, 1);
        check(&pod, &observed(vec![init, ended]), 0, &[]);
    }

    #[test]
    fn a_containers_own_rules_go_before_its_policy() {
        let rule = |operator: &str, values: Vec<i32>| ContainerRestartRule {
            action: "Restart".into(),
            exit_codes: Some(ContainerRestartRuleOnExitCodes {
                operator: operator.into(),
                values,
            }),
        };
        let mut pod = pod("Never", vec![container("one", None)], &["a"]);
        let main = |code| observed(vec![status("s", "a", 0, ContainerState::Exited, code)]);
        for (rule, code, again) in [
            (rule("In", vec![42]), 42, true),
            (rule("In", vec![42]), 1, false),
            (rule("NotIn", vec![0]), 1, true),
            (rule("NotIn", vec![0]), 0, false),
        ] {
            pod.spec.containers[0].restart_policy_rules = vec![rule];
            let expect = [start("a", 1)];
            check(&pod, &main(code), 1, if again { &expect } else { &[] });
        }
        // An init container's own policy counts, too.
        let failed = observed(vec![status("s", "one", 0, ContainerState::Exited, 1)]);
        check(&pod, &failed, 2, &[]);
        pod.spec.init_containers[0].restart_policy = Some("OnFailure".into());
        check(&pod, &failed, 2, &[start("one", 1)]);
    }
}
