//! Whether the node takes a pod that was bound to it, whoever bound it: its
//! kernel settings must be harmless, and there must be room and free ports
//! (upstream's general predicates).

use std::collections::BTreeMap;

use skeg_api::core::v1::{ContainerPort, Pod};
use skeg_meta::Quantity;

/// Why a pod is not taken: the reason, and what is told of it.
pub(crate) type Refusal = (&'static str, String);

/// The resources that are judged, with the reason when there is too little.
const JUDGED: [(&str, &str); 3] = [
    ("cpu", "OutOfcpu"),
    ("memory", "OutOfmemory"),
    ("ephemeral-storage", "OutOfephemeral-storage"),
];

/// Judges a pod beside those that the node has taken, by what it has to give.
pub(crate) fn refusal(
    pod: &Pod,
    others: &[&Pod],
    allocatable: &BTreeMap<String, Quantity>,
) -> Option<Refusal> {
    if pod.is_finished() || pod.status.start_time.is_some() {
        // It was taken before this kubelet began.
        return None;
    }
    crate::security::forbidden_sysctl(pod)
        .map(|why| ("SysctlForbidden", why))
        .or_else(|| no_room(pod, others, allocatable))
        .or_else(|| taken_port(pod, others))
}

/// Thousandths of CPU, and other resources in their own units.
pub(crate) fn amount(name: &str, quantity: Option<&Quantity>) -> i64 {
    let whole = if name == "cpu" {
        Quantity::milli_value
    } else {
        Quantity::value
    };
    quantity.map_or(0, whole)
}

pub(crate) fn no_room(
    pod: &Pod,
    others: &[&Pod],
    allocatable: &BTreeMap<String, Quantity>,
) -> Option<Refusal> {
    let out_of = |name: &str, reason, requested: i64, used: i64| {
        let capacity = amount(name, allocatable.get(name));
        (requested > capacity.saturating_sub(used)).then(|| {
            let message = format!(
                "Node didn't have enough resource: {name}, requested: {requested}, used: {used}, capacity: {capacity}"
            );
            (reason, message)
        })
    };
    let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
    if let Some(refusal) = out_of("pods", "OutOfpods", 1, count) {
        return Some(refusal);
    }
    let wanted = pod.requests();
    let held: Vec<_> = others.iter().map(|other| other.requests()).collect();
    JUDGED.into_iter().find_map(|(name, reason)| {
        let requested = amount(name, wanted.get(name));
        if requested == 0 {
            return None;
        }
        let used = held.iter().fold(0_i64, |sum, list| {
            sum.saturating_add(amount(name, list.get(name)))
        });
        out_of(name, reason, requested, used)
    })
}

/// The ports of the host that a pod takes.
fn host_ports(pod: &Pod) -> impl Iterator<Item = &ContainerPort> {
    let sidecars = pod
        .spec
        .init_containers
        .iter()
        .filter(|one| one.is_sidecar());
    let containers = pod.spec.containers.iter().chain(sidecars);
    containers
        .flat_map(|container| &container.ports)
        .filter(|port| port.host_port > 0)
}

fn taken_port(pod: &Pod, others: &[&Pod]) -> Option<Refusal> {
    let every = |address: &str| address.is_empty() || address == "0.0.0.0";
    let clash = |a: &ContainerPort, b: &ContainerPort| {
        a.host_port == b.host_port
            && a.protocol == b.protocol
            && (a.host_ip == b.host_ip || every(&a.host_ip) || every(&b.host_ip))
    };
    let taken = host_ports(pod).any(|wanted| {
        others
            .iter()
            .any(|other| host_ports(other).any(|held| clash(wanted, held)))
    });
    let message =
        "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
    taken.then(|| ("NodePorts", message.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::Time;

    fn pod(container: &str) -> Pod {
        let text = format!(r#"{{"spec": {{"containers": [{{"name": "c", {container}}}]}}}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn asking(requests: &str) -> Pod {
        pod(&format!(r#""resources": {{"requests": {{{requests}}}}}"#))
    }

    fn at_port(port: &str) -> Pod {
        pod(&format!(
            r#""ports": [{{"containerPort": 1, "protocol": "TCP", {port}}}]"#
        ))
    }

    fn check(pod: &Pod, others: &[&Pod], expect: Option<(&str, &str)>) {
        let allocatable: BTreeMap<String, Quantity> =
            serde_json::from_str(r#"{"cpu": "2", "memory": "1Ki", "pods": "3"}"#).unwrap();
        let found = refusal(pod, others, &allocatable);
        let found = found
            .as_ref()
            .map(|(reason, message)| (*reason, message.as_str()));
        assert_eq!(found, expect);
    }

    #[test]
    fn what_is_too_much_beside_the_others_is_refused() {
        let held = asking(r#""cpu": "1500m""#);
        check(&asking(r#""cpu": "500m", "memory": "1Ki""#), &[&held], None);
        let words =
            "Node didn't have enough resource: cpu, requested: 501, used: 1500, capacity: 2000";
        let much = asking(r#""cpu": "501m", "memory": "2Ki""#);
        check(&much, &[&held], Some(("OutOfcpu", words)));
        let words =
            "Node didn't have enough resource: memory, requested: 2048, used: 0, capacity: 1024";
        check(
            &asking(r#""memory": "2Ki""#),
            &[&held],
            Some(("OutOfmemory", words)),
        );
        // Resources of the cluster are others' to count.
        check(&asking(r#""example.com/none": "9""#), &[&held], None);
        let nothing = asking("");
        check(&nothing, &[&much, &much], None);
        let words = "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3";
        check(&nothing, &[&held; 3], Some(("OutOfpods", words)));
    }

    #[test]
    fn ports_of_the_host_are_for_one_pod() {
        let held = at_port(r#""hostPort": 80, "hostIP": "192.0.2.1""#);
        let words = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
        for port in [
            r#""hostPort": 80"#,
            r#""hostPort": 80, "hostIP": "192.0.2.1""#,
        ] {
            check(&at_port(port), &[&held], Some(("NodePorts", words)));
        }
        check(
            &at_port(r#""hostPort": 80, "hostIP": "192.0.2.2""#),
            &[&held],
            None,
        );
        check(&at_port(r#""hostPort": 81"#), &[&held], None);
    }

    #[test]
    fn what_was_taken_before_stays() {
        let mut much = asking(r#""cpu": "9""#);
        much.status.start_time = Some(Time::now());
        check(&much, &[], None);
    }
}
