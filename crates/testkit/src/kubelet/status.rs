//! What a fake kubelet writes into the status of pods and nodes.

use std::collections::BTreeMap;

use skeg_api::core::v1::{
    Container, ContainerState, ContainerStateRunning, ContainerStateTerminated,
    ContainerStateWaiting, ContainerStatus, HostIP, Node, NodeAddress, NodeCondition, Pod,
    PodCondition, PodIP, PodStatus, ResourceRequirements,
};
use skeg_meta::{Quantity, Time};

use super::run::{ContainerRun, Ended, Now, Run, State};

fn terminated(ended: &Ended) -> ContainerStateTerminated {
    ContainerStateTerminated {
        exit_code: ended.end.exit_code,
        reason: ended.end.reason.clone(),
        started_at: Some(Time(ended.started).truncated()),
        finished_at: Some(Time(ended.finished).truncated()),
        container_id: ended.id.clone(),
        ..Default::default()
    }
}

/// Which resources a container that was started has: those that it asks for, at once.
fn give(status: &mut ContainerStatus, container: &Container) {
    if container.resources != ResourceRequirements::default() {
        status.resources = Some(Box::new(container.resources.clone()));
        status.allocated_resources = container.resources.requests.clone();
    }
}

fn container(run: &Run, of: &ContainerRun, image: &str, now: Now) -> ContainerStatus {
    let state = match &of.state {
        State::Waiting {
            reason, message, ..
        } => ContainerState {
            waiting: Some(ContainerStateWaiting {
                reason: (*reason).to_owned(),
                message: message.clone(),
            }),
            ..Default::default()
        },
        State::Running { since, .. } => ContainerState {
            running: Some(ContainerStateRunning {
                started_at: Some(Time(since.day).truncated()),
            }),
            ..Default::default()
        },
        State::Ended(ended) => ContainerState {
            terminated: Some(Box::new(terminated(ended))),
            ..Default::default()
        },
    };
    let last_state = ContainerState {
        terminated: of.last.as_ref().map(terminated).map(Box::new),
        ..Default::default()
    };
    ContainerStatus {
        name: of.name.clone(),
        state,
        last_state,
        ready: of.is_ready(now.since),
        restart_count: of.restarts(),
        image: image.to_owned(),
        image_id: if of.runs > 0 {
            format!("{image}@fake")
        } else {
            String::new()
        },
        container_id: if of.runs > 0 {
            of.id(&run.uid)
        } else {
            String::new()
        },
        started: Some(matches!(of.state, State::Running { .. })),
        ..Default::default()
    }
}

/// Init containers are done at once; those that restart run on beside the others.
fn init_containers(pod: &Pod, run: &Run, now: Now) -> Vec<ContainerStatus> {
    let begun = Some(Time(run.came.day).truncated());
    let over = run.has_ended();
    let status = |container: &Container| {
        let stays = container.restart_policy.as_deref() == Some("Always") && !over;
        let id = format!("fake://{}/{}/1", run.uid, container.name);
        let mut state = ContainerState::default();
        if stays {
            state.running = Some(ContainerStateRunning { started_at: begun });
        } else {
            state.terminated = Some(Box::new(ContainerStateTerminated {
                reason: "Completed".to_owned(),
                started_at: begun,
                finished_at: if over {
                    Some(Time(now.day).truncated())
                } else {
                    begun
                },
                container_id: id.clone(),
                ..Default::default()
            }));
        }
        let mut status = ContainerStatus {
            name: container.name.clone(),
            state,
            ready: true,
            image: container.image.clone(),
            image_id: format!("{}@fake", container.image),
            container_id: id,
            started: Some(stays),
            ..Default::default()
        };
        give(&mut status, container);
        status
    };
    pod.spec.init_containers.iter().map(status).collect()
}

/// The status of a pod: what the script says, and what others have written.
pub(super) fn of_pod(pod: &Pod, run: &Run, host_ip: &str, now: Now) -> PodStatus {
    let mut status = pod.status.clone();
    status.phase = run.phase().to_owned();
    status.observed_generation = pod.metadata.generation;
    status.host_ip = host_ip.to_owned();
    status.host_ips = vec![HostIP {
        ip: host_ip.to_owned(),
    }];
    status.start_time = Some(Time(run.came.day).truncated());
    if run.has_started() {
        let ip = if pod.spec.host_network {
            host_ip
        } else {
            &run.ip
        };
        status.pod_ip = ip.to_owned();
        status.pod_ips = vec![PodIP { ip: ip.to_owned() }];
    }
    if let Some(failed) = &run.failed {
        status.reason = failed.reason.clone();
        status.message = failed.message.clone();
    }
    let specs: BTreeMap<&str, &Container> = pod
        .spec
        .containers
        .iter()
        .map(|container| (container.name.as_str(), container))
        .collect();
    status.container_statuses = run
        .containers
        .iter()
        .map(|of| {
            let spec = specs.get(of.name.as_str());
            let image = spec.map_or("", |spec| spec.image.as_str());
            let mut status = container(run, of, image, now);
            if let Some(spec) = spec.filter(|_| of.runs > 0) {
                give(&mut status, spec);
            }
            status
        })
        .collect();
    if run.has_started() {
        status.init_container_statuses = init_containers(pod, run, now);
    }
    conditions(pod, run, &mut status, now);
    status
}

fn conditions(pod: &Pod, run: &Run, status: &mut PodStatus, now: Now) {
    let over = run.has_ended();
    let unready: Vec<&str> = status
        .container_statuses
        .iter()
        .filter(|container| !container.ready)
        .map(|container| container.name.as_str())
        .collect();
    let told = format!("containers with unready status: [{}]", unready.join(" "));
    let containers_ready = unready.is_empty() && !over;
    let gates_open = pod.spec.readiness_gates.iter().all(|gate| {
        let mut held = status.conditions.iter();
        held.any(|held| held.type_ == gate.condition_type && held.status == "True")
    });
    let why = if over && status.phase == "Succeeded" {
        "PodCompleted"
    } else if over {
        "PodFailed"
    } else if !containers_ready {
        "ContainersNotReady"
    } else {
        "ReadinessGatesNotReady"
    };
    let mut set = |kind: &str, is: bool, reason: &str, message: &str| {
        let wanted = if is { "True" } else { "False" };
        let (reason, message) = if is { ("", "") } else { (reason, message) };
        let held = status.conditions.iter_mut().find(|held| held.type_ == kind);
        let new = PodCondition {
            type_: kind.to_owned(),
            status: wanted.to_owned(),
            reason: reason.to_owned(),
            message: message.to_owned(),
            last_transition_time: Some(Time(now.day).truncated()),
            observed_generation: pod.metadata.generation,
            ..Default::default()
        };
        match held {
            Some(held) if held.status == wanted => {
                let since = held.last_transition_time;
                *held = PodCondition {
                    last_transition_time: since,
                    ..new
                };
            }
            Some(held) => *held = new,
            None => status.conditions.push(new),
        }
    };
    set(
        "PodReadyToStartContainers",
        run.has_started() && !over,
        "",
        "",
    );
    set(
        "Initialized",
        run.has_started(),
        "ContainersNotInitialized",
        "",
    );
    let message = if over { "" } else { told.as_str() };
    set("ContainersReady", containers_ready, why, message);
    set("Ready", containers_ready && gates_open, why, message);
    let has_place = status
        .conditions
        .iter()
        .any(|held| held.type_ == "PodScheduled");
    if !has_place {
        status.conditions.push(PodCondition {
            type_: "PodScheduled".to_owned(),
            status: "True".to_owned(),
            last_transition_time: Some(Time(now.day).truncated()),
            observed_generation: pod.metadata.generation,
            ..Default::default()
        });
    }
    let evicted = run
        .failed
        .as_ref()
        .is_some_and(|why| why.reason == "Evicted");
    if evicted
        && !status
            .conditions
            .iter()
            .any(|held| held.type_ == "DisruptionTarget")
    {
        status.conditions.push(PodCondition {
            type_: "DisruptionTarget".to_owned(),
            status: "True".to_owned(),
            reason: "TerminationByKubelet".to_owned(),
            message: status.message.clone(),
            last_transition_time: Some(Time(now.day).truncated()),
            ..Default::default()
        });
    }
}

/// What a node has, by default.
pub(super) fn capacity() -> BTreeMap<String, Quantity> {
    let all = [
        ("cpu", "32"),
        ("memory", "128Gi"),
        ("ephemeral-storage", "500Gi"),
        ("pods", "110"),
    ];
    all.into_iter()
        .filter_map(|(name, amount)| Some((name.to_owned(), amount.parse().ok()?)))
        .collect()
}

/// A node as its kubelet registers it.
pub(super) fn node(name: &str, ip: &str, now: Now) -> Node {
    let mut node = Node::default();
    name.clone_into(&mut node.metadata.name);
    let labels = [
        ("kubernetes.io/hostname", name),
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/os", "linux"),
        ("beta.kubernetes.io/arch", "amd64"),
    ];
    node.metadata.labels = labels
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let address = |kind: &str, address: &str| NodeAddress {
        type_: kind.to_owned(),
        address: address.to_owned(),
    };
    node.status.addresses = vec![address("InternalIP", ip), address("Hostname", name)];
    node.status.capacity = capacity();
    node.status.allocatable = node.status.capacity.clone();
    node.status.node_info.kubelet_version = "v1.37.1".to_owned();
    node.status.node_info.operating_system = "linux".to_owned();
    node.status.node_info.architecture = "amd64".to_owned();
    node.status.node_info.container_runtime_version = "fake://1".to_owned();
    node.status.daemon_endpoints.kubelet_endpoint.port = 10250;
    node.status.conditions = node_conditions(None, now);
    node
}

/// What a node says of itself; `trouble` is a condition that is bad, with its
/// reason.
pub(super) fn node_conditions(trouble: Option<(&str, &str)>, now: Now) -> Vec<NodeCondition> {
    let all = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID"),
        ("Ready", "True", "KubeletReady"),
    ];
    let time = Some(Time(now.day).truncated());
    all.into_iter()
        .map(|(kind, good, why)| {
            let bad = trouble.filter(|(of, _)| *of == kind).map(|(_, why)| why);
            let opposite = if good == "True" { "False" } else { "True" };
            NodeCondition {
                type_: kind.to_owned(),
                status: if bad.is_some() { opposite } else { good }.to_owned(),
                reason: bad.unwrap_or(why).to_owned(),
                message: String::new(),
                last_heartbeat_time: time,
                last_transition_time: time,
            }
        })
        .collect()
}
