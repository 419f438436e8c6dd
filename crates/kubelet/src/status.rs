//! A pod's status, made from what runs: a pure function.

use std::collections::HashMap;
use std::time::SystemTime;

use skeg_api::core::v1::{
    Container, ContainerState as ApiState, ContainerStateRunning, ContainerStateTerminated,
    ContainerStateWaiting, ContainerStatus as ApiStatus, ContainerUser, HostIP, LinuxContainerUser,
    Pod, PodCondition, PodIP, PodStatus, VolumeMount, VolumeMountStatus,
};
use skeg_cri::{ContainerState, ContainerStatus};
use skeg_meta::Time;

use crate::allocation::Waits;
use crate::containers;
use crate::plan::{Observed, is_sidecar, restarts_with};

/// What is to be said of a pod beside what the runtime knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extra {
    /// Why a container does not run, by its name: (reason, message).
    pub(crate) waiting: HashMap<String, (String, String)>,
    /// The pod failed as a whole: (reason, message).
    pub(crate) failed: Option<(String, String)>,
    /// It failed because this node did not take it.
    pub(crate) rejected: bool,
    /// The addresses of the node.
    pub(crate) host_ips: Vec<String>,
    /// Messages that containers left behind, by container id.
    pub(crate) termination_messages: HashMap<String, String>,
    /// The pod is being ended; containers that are gone stay so.
    pub(crate) ending: bool,
    /// A resize that waits for room.
    pub(crate) resize_waits: Option<Waits>,
    /// Why what the pod was given is not in force everywhere.
    pub(crate) resize_error: Option<String>,
}

fn time(at: SystemTime) -> Time {
    Time::from(jiff::Timestamp::try_from(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH)).truncated()
}

/// What is told of a mount.
fn mounted(mount: &VolumeMount) -> VolumeMountStatus {
    let below = match containers::is_read_only_below(mount) {
        true => "Enabled",
        false => "Disabled",
    };
    VolumeMountStatus {
        name: mount.name.clone(),
        mount_path: mount.mount_path.clone(),
        read_only: mount.read_only,
        recursive_read_only: mount.read_only.then(|| below.to_owned()),
        ..Default::default()
    }
}

/// A container's identity as the API tells it.
pub(crate) fn container_id(id: &skeg_cri::ContainerId) -> String {
    format!("skeg://{id}")
}

/// Makes the status of a pod. Conditions that are not the kubelet's are kept.
pub(crate) fn status(pod: &Pod, observed: &Observed, extra: &Extra, now: &Time) -> PodStatus {
    if let Some((reason, message)) = extra.failed.as_ref().filter(|_| extra.rejected) {
        return rejected(pod, reason, message, now);
    }
    let old = &pod.status;
    let initialized_before = old
        .conditions
        .iter()
        .any(|c| c.type_ == "Initialized" && c.status == "True");
    let begun = pod
        .spec
        .containers
        .iter()
        .any(|container| observed.last(&container.name).is_some());
    let describe =
        |containers: &[Container], held: &[ApiStatus], waiting: &str| -> Vec<ApiStatus> {
            containers
                .iter()
                .map(|container| {
                    let held = held.iter().find(|status| status.name == container.name);
                    container_status(container, observed, extra, held, waiting)
                })
                .collect()
        };
    let init = describe(
        &pod.spec.init_containers,
        &old.init_container_statuses,
        "PodInitializing",
    );
    let initialized = begun || initialized_before || init_done(pod, &init);
    let reason = if pod.spec.init_containers.is_empty() || initialized {
        "ContainerCreating"
    } else {
        "PodInitializing"
    };
    let mut main = describe(&pod.spec.containers, &old.container_statuses, reason);
    let mut init = init;
    if extra.ending {
        let begun = init.iter().rposition(has_begun).map_or(0, |last| last + 1);
        let ran = initialized.then_some(&mut main);
        let lost = init[..begun].iter_mut().chain(ran.into_iter().flatten());
        lost.for_each(end_unseen);
    }
    let phase = phase(pod, &init, &main, initialized, extra);

    let mut out = old.clone();
    out.observed_generation = pod.metadata.generation;
    out.conditions = conditions(pod, &init, &main, initialized, &phase, observed, extra, now);
    if let Some((reason, message)) = &extra.failed {
        out.reason.clone_from(reason);
        out.message.clone_from(message);
    }
    out.phase = phase;
    out.init_container_statuses = init;
    out.ephemeral_container_statuses = describe(
        &containers::ephemeral(pod),
        &old.ephemeral_container_statuses,
        "ContainerCreating",
    );
    // These by name; those that begin one after the other in the order of the spec.
    let by_name = |statuses: &mut Vec<ApiStatus>| {
        statuses.sort_by(|a, b| a.name.cmp(&b.name));
    };
    by_name(&mut out.ephemeral_container_statuses);
    for status in &mut out.ephemeral_container_statuses {
        // Nobody asks whether they are ready, and nobody waits for their start.
        (status.ready, status.started) = (false, None);
    }
    out.container_statuses = main;
    by_name(&mut out.container_statuses);
    out.host_ip = extra.host_ips.first().cloned().unwrap_or_default();
    out.host_ips = extra
        .host_ips
        .iter()
        .map(|ip| HostIP { ip: ip.clone() })
        .collect();
    if out.start_time.is_none() {
        out.start_time = Some(*now);
    }
    let ips: Vec<String> = if pod.spec.host_network {
        extra.host_ips.clone()
    } else {
        let sandbox = observed.sandbox.iter();
        sandbox
            .flat_map(|sandbox| &sandbox.ips)
            .map(ToString::to_string)
            .collect()
    };
    if !ips.is_empty() {
        out.pod_ip.clone_from(&ips[0]);
        out.pod_ips = ips.into_iter().map(|ip| PodIP { ip }).collect();
    }
    out
}

/// The status of a pod that the node does not take: nothing of it ever ran, and
/// nothing else is told of it.
fn rejected(pod: &Pod, reason: &str, message: &str, now: &Time) -> PodStatus {
    let mut conditions = pod.status.conditions.clone();
    conditions.retain(|held| ours_not(&held.type_));
    PodStatus {
        observed_generation: pod.metadata.generation,
        phase: "Failed".into(),
        reason: reason.to_owned(),
        message: message.to_owned(),
        qos_class: pod.status.qos_class.clone(),
        start_time: pod.status.start_time.or(Some(*now)),
        conditions,
        ..PodStatus::default()
    }
}

fn init_done(pod: &Pod, statuses: &[ApiStatus]) -> bool {
    pod.spec
        .init_containers
        .iter()
        .zip(statuses)
        .all(|(container, status)| {
            if is_sidecar(container) {
                status.started == Some(true)
            } else {
                status
                    .state
                    .terminated
                    .as_ref()
                    .is_some_and(|ended| ended.exit_code == 0)
            }
        })
}

fn has_begun(status: &ApiStatus) -> bool {
    let state = &status.state;
    state.running.is_some() || state.terminated.is_some() || status.last_state.terminated.is_some()
}

/// Ends what has not ended when its pod does: nobody will know how (upstream's
/// `TerminatePod`).
fn end_unseen(status: &mut ApiStatus) {
    if status.state.terminated.is_none() {
        status.state = ApiState {
            terminated: Some(Box::new(ContainerStateTerminated {
                reason: "ContainerStatusUnknown".into(),
                message: "The container could not be located when the pod was terminated".into(),
                exit_code: 137,
                ..Default::default()
            })),
            ..Default::default()
        };
        (status.ready, status.started) = (false, Some(false));
    }
}

fn container_status(
    container: &Container,
    observed: &Observed,
    extra: &Extra,
    held: Option<&ApiStatus>,
    waiting_reason: &str,
) -> ApiStatus {
    let mut out = ApiStatus {
        name: container.name.clone(),
        image: container.image.clone(),
        started: Some(false),
        ..Default::default()
    };
    let instances = observed
        .containers
        .get(&container.name)
        .map_or(&[][..], Vec::as_slice);
    let Some(last) = instances.first() else {
        if let Some(held) = held.filter(|held| held.state.terminated.is_some() || extra.ending) {
            // What the runtime has forgotten is still known from before.
            return held.clone();
        }
        out.state = waiting(container, extra, waiting_reason);
        return out;
    };
    out.restart_count = i32::try_from(last.metadata.attempt).unwrap_or(i32::MAX);
    out.container_id = container_id(&last.id);
    // The digest by which a registry knows it, where it has one.
    out.image_id.clone_from(match last.image_ref.is_empty() {
        true => &last.image_id,
        false => &last.image_ref,
    });
    if !last.image.is_empty() {
        out.image.clone_from(&last.image);
    }
    // Until the new limits are in force, those before are.
    let resizing = observed.resizes.get(&last.id);
    let has = resizing.and_then(|resizing| resizing.has.as_ref());
    out.resources = Some(Box::new(has.unwrap_or(&container.resources).clone()));
    out.allocated_resources = container.resources.requests.clone();
    out.volume_mounts = container.volume_mounts.iter().map(mounted).collect();
    out.user = last.user.as_ref().map(|(uid, gid, groups)| ContainerUser {
        linux: Some(LinuxContainerUser {
            uid: i64::from(*uid),
            gid: i64::from(*gid),
            supplemental_groups: groups.iter().map(|group| i64::from(*group)).collect(),
        }),
    });
    let health = observed.health(&last.id);
    match last.state {
        ContainerState::Running => {
            out.state.running = Some(ContainerStateRunning {
                started_at: last.started_at.map(time),
            });
            out.started = Some(health.started);
            out.ready = health.started && health.ready;
        }
        ContainerState::Exited => {
            let ended = Box::new(terminated(last, extra));
            out.ready = false;
            if let Some((reason, message)) = extra.waiting.get(&container.name) {
                // It is about to be started again.
                out.last_state.terminated = Some(ended);
                out.state.waiting = Some(ContainerStateWaiting {
                    reason: reason.clone(),
                    message: message.clone(),
                });
                return out;
            }
            // A regular init container that succeeded has done all that it is for.
            out.ready = ended.exit_code == 0
                && waiting_reason == "PodInitializing"
                && !is_sidecar(container);
            out.state.terminated = Some(ended);
        }
        ContainerState::Created | ContainerState::Unknown => {
            out.state = waiting(container, extra, "ContainerCreating");
        }
    }
    if let Some(before) = instances.get(1)
        && before.state == ContainerState::Exited
    {
        out.last_state.terminated = Some(Box::new(terminated(before, extra)));
    }
    out
}

fn waiting(container: &Container, extra: &Extra, otherwise: &str) -> ApiState {
    let (reason, message) = extra
        .waiting
        .get(&container.name)
        .cloned()
        .unwrap_or_else(|| (otherwise.to_owned(), String::new()));
    ApiState {
        waiting: Some(ContainerStateWaiting { reason, message }),
        ..Default::default()
    }
}

fn terminated(status: &ContainerStatus, extra: &Extra) -> ContainerStateTerminated {
    let exit_code = status.exit_code.unwrap_or(137);
    let reason = match status.reason.as_str() {
        "" if exit_code == 0 => "Completed",
        "" => "Error",
        reason => reason,
    };
    ContainerStateTerminated {
        exit_code,
        signal: 0,
        reason: reason.to_owned(),
        message: extra
            .termination_messages
            .get(status.id.as_str())
            .cloned()
            .unwrap_or_else(|| status.message.clone()),
        started_at: status.started_at.map(time),
        finished_at: status.finished_at.map(time),
        container_id: container_id(&status.id),
    }
}

/// The phase, as the API documentation of PodStatus defines it.
fn phase(
    pod: &Pod,
    init: &[ApiStatus],
    main: &[ApiStatus],
    initialized: bool,
    extra: &Extra,
) -> String {
    if extra.failed.is_some() {
        return "Failed".into();
    }
    if matches!(pod.status.phase.as_str(), "Succeeded" | "Failed") {
        // What is over stays so.
        return pod.status.phase.clone();
    }
    let failed = |status: &ApiStatus| {
        status
            .state
            .terminated
            .as_ref()
            .is_some_and(|ended| ended.exit_code != 0)
    };
    let again = |container: &Container, status: &ApiStatus| {
        let ended = status.state.terminated.as_ref();
        ended.is_some_and(|ended| restarts_with(pod, container, ended.exit_code))
    };
    let init_failed = pod
        .spec
        .init_containers
        .iter()
        .zip(init)
        .any(|(container, status)| {
            !is_sidecar(container) && failed(status) && !again(container, status)
        });
    if !initialized {
        let over = init_failed || extra.ending;
        return if over { "Failed" } else { "Pending" }.into();
    }
    let over = main.iter().all(|status| status.state.terminated.is_some());
    if over && !main.is_empty() {
        let mut with_spec = pod.spec.containers.iter().zip(main);
        if !extra.ending && with_spec.any(|(container, status)| again(container, status)) {
            // Between two instances.
            return "Running".into();
        }
        let success = !main.iter().any(failed);
        return if success { "Succeeded" } else { "Failed" }.into();
    }
    if extra.ending {
        // Whoever waits for the end of a pod sees one.
        return "Failed".into();
    }
    let never_ran = |status: &ApiStatus| {
        status.state.waiting.is_some() && status.last_state.terminated.is_none()
    };
    if main.iter().any(never_ran) {
        "Pending"
    } else {
        "Running"
    }
    .into()
}

fn conditions(
    pod: &Pod,
    init: &[ApiStatus],
    main: &[ApiStatus],
    initialized: bool,
    phase: &str,
    observed: &Observed,
    extra: &Extra,
    now: &Time,
) -> Vec<PodCondition> {
    let over = phase == "Succeeded" || phase == "Failed";
    let names = |statuses: &[&ApiStatus]| -> String {
        format!(
            "[{}]",
            statuses
                .iter()
                .map(|status| status.name.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        )
    };
    let sidecars = pod
        .spec
        .init_containers
        .iter()
        .zip(init)
        .filter(|(container, _)| is_sidecar(container));
    let unready: Vec<&ApiStatus> = sidecars
        .map(|(_, status)| status)
        .chain(main)
        .filter(|status| !status.ready)
        .collect();
    let containers = if phase == "Succeeded" {
        ("False", "PodCompleted", String::new())
    } else if phase == "Failed" {
        ("False", "PodFailed", String::new())
    } else if unready.is_empty() {
        ("True", "", String::new())
    } else {
        (
            "False",
            "ContainersNotReady",
            format!("containers with unready status: {}", names(&unready)),
        )
    };
    let closed = closed_gates(pod);
    let ready = if containers.0 == "True" && !closed.is_empty() {
        ("False", "ReadinessGatesNotReady", closed.join(", "))
    } else {
        containers.clone()
    };
    let incomplete: Vec<&ApiStatus> = pod
        .spec
        .init_containers
        .iter()
        .zip(init)
        .filter(|(container, status)| {
            let done = status
                .state
                .terminated
                .as_ref()
                .is_some_and(|ended| ended.exit_code == 0);
            if is_sidecar(container) {
                status.started != Some(true)
            } else {
                !done
            }
        })
        .map(|(_, status)| status)
        .collect();
    let init_condition = if initialized && phase == "Succeeded" {
        ("True", "PodCompleted", String::new())
    } else if initialized || incomplete.is_empty() {
        ("True", "", String::new())
    } else {
        (
            "False",
            "ContainersNotInitialized",
            format!("containers with incomplete status: {}", names(&incomplete)),
        )
    };
    let network = match &observed.sandbox {
        None => Some("no pod sandbox exists"),
        Some(sandbox) if over || sandbox.state != skeg_cri::SandboxState::Ready => {
            Some("pod sandbox is not ready")
        }
        Some(sandbox) if !pod.spec.host_network && sandbox.ips.is_empty() => {
            Some("pod sandbox has no IP address")
        }
        Some(_) => None,
    };
    let network = network.map_or(("True", "", String::new()), |why| {
        ("False", "PodSandboxNotReady", why.to_owned())
    });

    let mut out: Vec<PodCondition> = Vec::new();
    let waits = extra.resize_waits.as_ref().map(|waits| {
        (
            "PodResizePending",
            ("True", waits.reason, waits.message.clone()),
        )
    });
    let proceeds = (!observed.resizes.is_empty()).then(|| {
        let error = extra.resize_error.clone();
        let reason = if error.is_some() { "Error" } else { "" };
        (
            "PodResizeInProgress",
            ("True", reason, error.unwrap_or_default()),
        )
    });
    let ours = [
        ("PodReadyToStartContainers", network),
        ("Initialized", init_condition),
        ("Ready", ready),
        ("ContainersReady", containers),
        ("PodScheduled", ("True", "", String::new())),
    ];
    for (type_, (status, reason, message)) in waits.into_iter().chain(proceeds).chain(ours) {
        let held = pod
            .status
            .conditions
            .iter()
            .find(|condition| condition.type_ == type_);
        let since = held
            .filter(|held| held.status == status)
            .and_then(|held| held.last_transition_time)
            .unwrap_or(*now);
        out.push(PodCondition {
            type_: type_.into(),
            status: status.into(),
            reason: reason.into(),
            message,
            last_transition_time: Some(since),
            observed_generation: pod.metadata.generation,
            ..Default::default()
        });
    }
    out.extend(
        pod.status
            .conditions
            .iter()
            .filter(|held| ours_not(&held.type_))
            .cloned(),
    );
    out
}

/// What is to be said of each readiness gate that is not open.
fn closed_gates(pod: &Pod) -> Vec<String> {
    let gates = pod.spec.readiness_gates.iter();
    gates
        .filter_map(|gate| {
            let gate = &gate.condition_type;
            let mut conditions = pod.status.conditions.iter();
            match conditions.find(|condition| condition.type_ == *gate) {
                None => Some(format!(
                    "corresponding condition of pod readiness gate {gate:?} does not exist."
                )),
                Some(held) if held.status != "True" => Some(format!(
                    "the status of pod readiness gate {gate:?} is not \"True\", but {}",
                    held.status
                )),
                Some(_) => None,
            }
        })
        .collect()
}

fn ours_not(type_: &str) -> bool {
    !matches!(
        type_,
        "PodReadyToStartContainers"
            | "Initialized"
            | "Ready"
            | "ContainersReady"
            | "PodScheduled"
            | "PodResizePending"
            | "PodResizeInProgress"
    )
}

/// How an instance was doing when an earlier kubelet last wrote: it must not
/// count as unready only because the kubelet started again.
pub(crate) fn health_before(
    pod: &Pod,
    container: &str,
    id: &skeg_cri::ContainerId,
) -> Option<crate::plan::Health> {
    let statuses = pod
        .status
        .container_statuses
        .iter()
        .chain(&pod.status.init_container_statuses);
    let held = statuses
        .into_iter()
        .find(|status| status.name == container)?;
    (held.container_id == container_id(id) && held.state.running.is_some()).then(|| {
        crate::plan::Health {
            started: held.started == Some(true),
            ready: held.ready,
            failed: None,
        }
    })
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::PodReadinessGate;
    use skeg_cri::{SandboxState, SandboxStatus};

    use super::*;

    /// Status, reason and message of a condition.
    fn said(pod: &Pod, observed: &Observed, type_: &str) -> (String, String, String) {
        let status = status(pod, observed, &Extra::default(), &Time::default());
        let mut conditions = status.conditions.into_iter();
        let held = conditions.find(|held| held.type_ == type_).expect("told");
        (held.status, held.reason, held.message)
    }

    #[test]
    fn mounts_are_told_as_they_are() {
        let mount = |read_only, recursive: Option<&str>| VolumeMount {
            name: "v".into(),
            mount_path: "/v".into(),
            read_only,
            recursive_read_only: recursive.map(Into::into),
            ..Default::default()
        };
        for (mount, expect) in [
            (mount(false, None), None),
            (mount(true, None), Some("Disabled")),
            (mount(true, Some("Disabled")), Some("Disabled")),
            (mount(true, Some("IfPossible")), Some("Enabled")),
        ] {
            let told = mounted(&mount);
            assert_eq!((&*told.name, &*told.mount_path), ("v", "/v"));
            assert_eq!(told.recursive_read_only.as_deref(), expect, "{mount:?}");
        }
    }

    #[test]
    fn why_no_container_can_start_is_told() {
        let mut pod = Pod::default();
        pod.spec.containers.push(Container::default());
        let mut check = |sandbox: Option<SandboxStatus>, host: bool, expect: Option<&str>| {
            pod.spec.host_network = host;
            let observed = Observed {
                sandbox,
                ..Observed::default()
            };
            let expect = match expect {
                None => ("True", "", ""),
                Some(why) => ("False", "PodSandboxNotReady", why),
            };
            let (status, reason, message) = said(&pod, &observed, "PodReadyToStartContainers");
            assert_eq!((&*status, &*reason, &*message), expect);
        };
        let sandbox = |state, ips: &[&str]| {
            Some(SandboxStatus {
                ips: ips
                    .iter()
                    .map(|ip| ip.parse().expect("an address"))
                    .collect(),
                ..crate::plan::tests::sandbox("s", state, 0)
            })
        };
        check(None, false, Some("no pod sandbox exists"));
        let dead = sandbox(SandboxState::NotReady, &["10.0.0.1"]);
        check(dead, false, Some("pod sandbox is not ready"));
        let bare = sandbox(SandboxState::Ready, &[]);
        check(bare.clone(), false, Some("pod sandbox has no IP address"));
        check(bare, true, None);
        check(sandbox(SandboxState::Ready, &["10.0.0.1"]), false, None);
    }

    #[test]
    fn of_a_rejected_pod_nothing_but_the_reason_is_told() {
        let mut pod = Pod::default();
        pod.spec.containers.push(Container::default());
        pod.status.qos_class = "BestEffort".into();
        pod.status.conditions = ["PodScheduled", "Own"]
            .map(|type_| PodCondition {
                type_: type_.into(),
                ..PodCondition::default()
            })
            .to_vec();
        let extra = Extra {
            failed: Some(("SysctlForbidden".into(), "Pod was rejected: no".into())),
            rejected: true,
            host_ips: vec!["10.0.0.1".into()],
            ..Extra::default()
        };
        let expect = PodStatus {
            phase: "Failed".into(),
            reason: "SysctlForbidden".into(),
            message: "Pod was rejected: no".into(),
            qos_class: "BestEffort".into(),
            start_time: Some(Time::default()),
            conditions: pod.status.conditions[1..].to_vec(),
            ..PodStatus::default()
        };
        let seen = status(&pod, &Observed::default(), &extra, &Time::default());
        assert_eq!(seen, expect);
    }

    #[test]
    fn a_pod_that_ends_before_it_ran_has_failed() {
        let mut pod = Pod::default();
        for name in ["b", "a"] {
            let name = name.into();
            pod.spec.containers.push(Container {
                name,
                ..Default::default()
            });
        }
        let seen = |pod: &Pod, ending| {
            let extra = Extra {
                ending,
                ..Extra::default()
            };
            status(pod, &Observed::default(), &extra, &Time::default())
        };
        assert_eq!(seen(&pod, false).phase, "Pending");
        let ended = seen(&pod, true);
        assert_eq!(ended.phase, "Failed");
        let told: Vec<_> = ended
            .container_statuses
            .iter()
            .map(|status| {
                let end = status.state.terminated.as_ref().unwrap();
                (status.name.as_str(), end.reason.as_str(), end.exit_code)
            })
            .collect();
        let unknown = "ContainerStatusUnknown";
        assert_eq!(told, [("a", unknown, 137), ("b", unknown, 137)]);
        // A phase that is the last is never left.
        pod.status.phase = "Succeeded".into();
        assert_eq!(seen(&pod, false).phase, "Succeeded");
        pod.status.phase.clear();
        // What waits for another that never ended says nothing of its own.
        pod.spec.init_containers.push(Container::default());
        let ended = seen(&pod, true);
        assert_eq!(ended.phase, "Failed");
        assert!(ended.container_statuses[0].state.waiting.is_some());
    }

    #[test]
    fn gates_hold_readiness_back() {
        let mut pod = Pod::default();
        pod.spec.readiness_gates = ["a", "b", "c"]
            .map(|gate| PodReadinessGate {
                condition_type: gate.into(),
            })
            .to_vec();
        pod.status.conditions = [("b", "False"), ("c", "True")]
            .map(|(type_, status)| PodCondition {
                type_: type_.into(),
                status: status.into(),
                ..PodCondition::default()
            })
            .to_vec();
        assert_eq!(
            closed_gates(&pod),
            [
                "corresponding condition of pod readiness gate \"a\" does not exist.",
                "the status of pod readiness gate \"b\" is not \"True\", but False",
            ]
        );
    }
}
