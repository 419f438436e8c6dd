//! Rows of core kinds.

use super::text::{self, age, labels, or, or_unset};
use super::{Printer, pods};
use crate::tree::{self, at, i0, list, s};
use skeg_meta::Time;
use skeg_schema::Value;

/// The printer of a core resource.
pub fn printer(group: &str, resource: &str) -> Option<Printer> {
    if group == "events.k8s.io" && resource == "events" {
        return Some(event_new);
    }
    if !group.is_empty() {
        return None;
    }
    Some(match resource {
        "pods" => pods::cells,
        "configmaps" => |o, now| {
            let count =
                tree::pairs(at(o, "data")).count() + tree::pairs(at(o, "binaryData")).count();
            vec![
                tree::name_of(o).into(),
                i64::try_from(count).unwrap_or(0).into(),
                age(o, now).into(),
            ]
        },
        "secrets" => |o, now| {
            vec![
                tree::name_of(o).into(),
                s(o, "type").into(),
                i64::try_from(tree::pairs(at(o, "data")).count())
                    .unwrap_or(0)
                    .into(),
                age(o, now).into(),
            ]
        },
        "serviceaccounts" => |o, now| vec![tree::name_of(o).into(), age(o, now).into()],
        "namespaces" => |o, now| {
            vec![
                tree::name_of(o).into(),
                tree::sp(o, &["status", "phase"]).into(),
                age(o, now).into(),
            ]
        },
        "nodes" => node,
        "services" => service,
        "endpoints" => |o, now| {
            vec![
                tree::name_of(o).into(),
                endpoints(o).into(),
                age(o, now).into(),
            ]
        },
        "events" => event_core,
        "persistentvolumes" => volume,
        "persistentvolumeclaims" => claim,
        "resourcequotas" => quota,
        "componentstatuses" => |o, _| {
            let c = list(o, "conditions")
                .iter()
                .find(|c| s(c, "type") == "Healthy");
            let status = match c.map(|c| s(c, "status")) {
                Some("True") => "Healthy",
                Some("False") => "Unhealthy",
                _ => "Unknown",
            };
            vec![
                tree::name_of(o).into(),
                status.into(),
                c.map_or("", |c| s(c, "message")).into(),
                c.map_or("", |c| s(c, "error")).into(),
            ]
        },
        "podtemplates" => |o, _| {
            let (names, images) = text::containers(tree::path(o, &["template", "spec"]));
            vec![
                tree::name_of(o).into(),
                names.into(),
                images.into(),
                labels(tree::path(o, &["template", "metadata", "labels"])).into(),
            ]
        },
        "replicationcontrollers" => |o, now| {
            let (names, images) = text::containers(tree::path(o, &["spec", "template", "spec"]));
            vec![
                tree::name_of(o).into(),
                i0(at(o, "spec"), "replicas").into(),
                i0(at(o, "status"), "replicas").into(),
                i0(at(o, "status"), "readyReplicas").into(),
                age(o, now).into(),
                names.into(),
                images.into(),
                labels(tree::path(o, &["spec", "selector"])).into(),
            ]
        },
        _ => return None,
    })
}

fn node(o: &Value, now: Time) -> Vec<Value> {
    let (spec, status) = (at(o, "spec"), at(o, "status"));
    let ready = list(status, "conditions")
        .iter()
        .rfind(|c| s(c, "type") == "Ready");
    let mut states: Vec<&str> = match ready.map(|c| s(c, "status")) {
        Some("True") => vec!["Ready"],
        Some(_) => vec!["NotReady"],
        None => vec!["Unknown"],
    };
    if tree::b(spec, "unschedulable") {
        states.push("SchedulingDisabled");
    }
    let mut roles: Vec<&str> = tree::pairs(tree::path(o, &["metadata", "labels"]))
        .filter_map(|(k, v)| {
            k.strip_prefix("node-role.kubernetes.io/")
                .filter(|r| !r.is_empty())
                .or_else(|| (k == "kubernetes.io/role").then(|| v.as_str().unwrap_or("")))
        })
        .filter(|r| !r.is_empty())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    let roles = if roles.is_empty() {
        "<none>".to_owned()
    } else {
        roles.join(",")
    };
    let address = |kind: &str| {
        list(status, "addresses")
            .iter()
            .find(|a| s(a, "type") == kind)
            .map_or("<none>", |a| s(a, "address"))
            .to_owned()
    };
    let info = at(status, "nodeInfo");
    let mut kernel = match s(info, "kernelVersion") {
        "" => "<unknown>".to_owned(),
        version => version.to_owned(),
    };
    if !s(info, "architecture").is_empty() {
        kernel = format!("{kernel} ({})", s(info, "architecture"));
    }
    vec![
        tree::name_of(o).into(),
        states.join(",").into(),
        roles.into(),
        age(o, now).into(),
        s(info, "kubeletVersion").into(),
        address("InternalIP").into(),
        address("ExternalIP").into(),
        or(s(info, "osImage"), "<unknown>"),
        kernel.into(),
        or(s(info, "containerRuntimeVersion"), "<unknown>"),
    ]
}

fn service(o: &Value, now: Time) -> Vec<Value> {
    let spec = at(o, "spec");
    let kind = s(spec, "type");
    let ip = list(spec, "clusterIPs")
        .first()
        .and_then(Value::as_str)
        .unwrap_or("<none>");
    let external: Vec<&str> = list(spec, "externalIPs")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut balanced: Vec<&str> = list(tree::path(o, &["status", "loadBalancer"]), "ingress")
        .iter()
        .map(|i| {
            if s(i, "ip").is_empty() {
                s(i, "hostname")
            } else {
                s(i, "ip")
            }
        })
        .filter(|t| !t.is_empty())
        .collect();
    balanced.sort_unstable();
    balanced.dedup();
    let outside = match kind {
        "ExternalName" => s(spec, "externalName").to_owned(),
        "LoadBalancer" => {
            let mut all = balanced;
            all.extend(&external);
            if all.is_empty() {
                "<pending>".to_owned()
            } else {
                all.join(",")
            }
        }
        _ if external.is_empty() => "<none>".to_owned(),
        _ => external.join(","),
    };
    let ports: Vec<String> = list(spec, "ports")
        .iter()
        .map(|p| {
            let (port, node, protocol) = (i0(p, "port"), i0(p, "nodePort"), s(p, "protocol"));
            if node == 0 {
                format!("{port}/{protocol}")
            } else {
                format!("{port}:{node}/{protocol}")
            }
        })
        .collect();
    let ports = if ports.is_empty() {
        "<none>".to_owned()
    } else {
        ports.join(",")
    };
    vec![
        tree::name_of(o).into(),
        kind.into(),
        ip.into(),
        outside.into(),
        ports.into(),
        age(o, now).into(),
        labels(at(spec, "selector")).into(),
    ]
}

const SHOWN: usize = 3;

fn endpoints(o: &Value) -> String {
    let subsets = list(o, "subsets");
    if subsets.is_empty() {
        return "<none>".into();
    }
    let mut all = Vec::new();
    let mut count = 0;
    for subset in subsets {
        let ports = list(subset, "ports");
        let addresses = list(subset, "addresses");
        if ports.is_empty() {
            for a in addresses {
                count += 1;
                all.push(s(a, "ip").to_owned());
            }
        }
        for p in ports {
            for a in addresses {
                count += 1;
                all.push(join_port(s(a, "ip"), i0(p, "port")));
            }
        }
    }
    all.truncate(SHOWN);
    let text = all.join(",");
    if count > SHOWN {
        format!("{text} + {} more...", count - SHOWN)
    } else {
        text
    }
}

fn join_port(ip: &str, port: i64) -> String {
    if ip.contains(':') {
        format!("[{ip}]:{port}")
    } else {
        format!("{ip}:{port}")
    }
}

fn event_core(o: &Value, now: Time) -> Vec<Value> {
    event(
        o,
        "involvedObject",
        "message",
        "firstTimestamp",
        "lastTimestamp",
        "count",
        "source",
        "reportingComponent",
        now,
    )
}

fn event_new(o: &Value, now: Time) -> Vec<Value> {
    event(
        o,
        "regarding",
        "note",
        "deprecatedFirstTimestamp",
        "deprecatedLastTimestamp",
        "deprecatedCount",
        "deprecatedSource",
        "reportingController",
        now,
    )
}

fn event(
    o: &Value,
    about: &str,
    message: &str,
    first: &str,
    last: &str,
    count: &str,
    source: &str,
    controller: &str,
    now: Time,
) -> Vec<Value> {
    let time = |t: &str| t.to_owned();
    let happened = s(o, "eventTime");
    let first = match s(o, first) {
        "" => time(happened),
        t => time(t),
    };
    let series = at(o, "series");
    let last_seen = if !series.is_null() {
        time(s(series, "lastObservedTime"))
    } else {
        match s(o, last) {
            "" => first.clone(),
            t => time(t),
        }
    };
    let n = if !series.is_null() {
        i0(series, "count")
    } else {
        match i0(o, count) {
            0 => 1,
            n => n,
        }
    };
    let about = at(o, about);
    let target = match s(about, "name") {
        "" => s(about, "kind").to_lowercase(),
        name => format!("{}/{name}", s(about, "kind").to_lowercase()),
    };
    let src = at(o, source);
    let component = match s(src, "component") {
        "" => s(o, controller),
        c => c,
    };
    let host = match s(src, "host") {
        "" => s(o, "reportingInstance"),
        h => h,
    };
    let from = if host.is_empty() {
        component.to_owned()
    } else {
        format!("{component}, {host}")
    };
    vec![
        text::since(&last_seen, now).into(),
        s(o, "type").into(),
        s(o, "reason").into(),
        target.into(),
        s(about, "fieldPath").into(),
        from.into(),
        s(o, message).trim().into(),
        text::since(&first, now).into(),
        n.into(),
        tree::name_of(o).into(),
    ]
}

/// Access modes, short.
pub fn modes(v: &Value) -> String {
    let short = |m: &str| match m {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => "",
    };
    let all: Vec<&str> = [
        "ReadWriteOnce",
        "ReadOnlyMany",
        "ReadWriteMany",
        "ReadWriteOncePod",
    ]
    .into_iter()
    .filter(|m| list(v, "accessModes").iter().any(|o| o.as_str() == Some(m)))
    .map(short)
    .collect();
    all.join(",")
}

fn phase(o: &Value) -> Value {
    if tree::is_deleting(o) {
        "Terminating".into()
    } else {
        tree::sp(o, &["status", "phase"]).into()
    }
}

fn volume(o: &Value, now: Time) -> Vec<Value> {
    let spec = at(o, "spec");
    let claim = at(spec, "claimRef");
    let claim = if claim.is_null() {
        String::new()
    } else {
        format!("{}/{}", s(claim, "namespace"), s(claim, "name"))
    };
    let class = tree::annotation(o, "volume.beta.kubernetes.io/storage-class")
        .unwrap_or_else(|| s(spec, "storageClassName"));
    vec![
        tree::name_of(o).into(),
        tree::sp(spec, &["capacity", "storage"]).into(),
        modes(spec).into(),
        s(spec, "persistentVolumeReclaimPolicy").into(),
        phase(o),
        claim.into(),
        class.into(),
        or_unset(at(spec, "volumeAttributesClassName")),
        tree::sp(o, &["status", "reason"]).into(),
        age(o, now).into(),
        or(s(spec, "volumeMode"), "<unset>"),
    ]
}

fn claim(o: &Value, now: Time) -> Vec<Value> {
    let (spec, status) = (at(o, "spec"), at(o, "status"));
    let bound = !s(spec, "volumeName").is_empty();
    let class = tree::annotation(o, "volume.beta.kubernetes.io/storage-class")
        .unwrap_or_else(|| s(spec, "storageClassName"));
    vec![
        tree::name_of(o).into(),
        phase(o),
        s(spec, "volumeName").into(),
        match (bound, tree::sp(status, &["capacity", "storage"])) {
            (false, _) => "".into(),
            (true, "") => "0".into(),
            (true, size) => size.into(),
        },
        if bound { modes(status) } else { String::new() }.into(),
        class.into(),
        or_unset(at(spec, "volumeAttributesClassName")),
        age(o, now).into(),
        or(s(spec, "volumeMode"), "<unset>"),
    ]
}

fn quota(o: &Value, now: Time) -> Vec<Value> {
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (k, hard) in tree::sorted_pairs(tree::path(o, &["status", "hard"])) {
        let used = tree::path(o, &["status", "used", k])
            .as_str()
            .unwrap_or("0");
        let text = format!("{k}: {used}/{}", hard.as_str().unwrap_or(""));
        if k.starts_with("limits.") {
            limits.push(text);
        } else {
            requests.push(text);
        }
    }
    vec![
        tree::name_of(o).into(),
        requests.join(", ").into(),
        limits.join(", ").into(),
        age(o, now).into(),
    ]
}
