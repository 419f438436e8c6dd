//! What a changed service keeps of what it was given.

use crate::errors::Errs;
use crate::generic::invalid;
use crate::tree::{self, at, i0, list, s, set};
use crate::validation::service as rules;
use skeg_meta::{GroupKind, Status};
use skeg_schema::Value;

pub(super) fn refuse(svc: &Value, errs: Errs) -> Status {
    invalid(&GroupKind::new("", "Service"), tree::name_of(svc), errs)
}

pub(super) fn kind_of(svc: &Value) -> &str {
    tree::sp(svc, &["spec", "type"])
}

pub(super) fn needs_cluster_ip(svc: &Value) -> bool {
    kind_of(svc) != "ExternalName"
}

pub(super) fn needs_node_ports(svc: &Value) -> bool {
    match kind_of(svc) {
        "NodePort" => true,
        "LoadBalancer" => tree::path(svc, &["spec", "allocateLoadBalancerNodePorts"])
            .as_bool()
            .unwrap_or(true),
        _ => false,
    }
}

pub(super) fn may_have_node_ports(svc: &Value) -> bool {
    matches!(kind_of(svc), "NodePort" | "LoadBalancer")
}

pub(super) fn ips(svc: &Value) -> Vec<String> {
    list(at(svc, "spec"), "clusterIPs")
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// clusterIP and clusterIPs are two forms of one thing; who changes one of them
/// means both.
pub(super) fn normalize(new: &mut Value, old: Option<&Value>) {
    let spec = tree::obj_mut(new, "spec");
    let one = s(spec, "clusterIP").to_owned();
    let many = at(spec, "clusterIPs").clone();
    let whole = |ip: &str| Value::Array(vec![Value::from(ip)]);
    let Some(old) = old else {
        if !one.is_empty() && tree::is_zero(&many) {
            set(spec, "clusterIPs", whole(&one));
        }
        return;
    };
    let old_one = tree::sp(old, &["spec", "clusterIP"]);
    let old_many = tree::path(old, &["spec", "clusterIPs"]);
    if !old_one.is_empty() && one.is_empty() {
        // Clearing the one clears the other, unless that was set anew.
        if tree::same(&many, old_many) {
            tree::remove(spec, "clusterIPs");
        }
    } else if one != old_one {
        if tree::same(&many, old_many) || tree::is_zero(&many) {
            set(spec, "clusterIPs", whole(&one));
        }
    } else if tree::is_zero(&many)
        && !one.is_empty()
        && old_many.as_array().is_some_and(|m| m.len() <= 1)
    {
        set(spec, "clusterIPs", whole(&one));
    }
}

/// Takes over what was given before, where the request leaves it open.
pub(super) fn patch_allocated(new: &mut Value, old: &Value) {
    if needs_cluster_ip(old) && needs_cluster_ip(new) {
        let old_spec = at(old, "spec");
        let spec = tree::obj_mut(new, "spec");
        if s(spec, "clusterIP").is_empty() {
            tree::copy(spec, old_spec, "clusterIP");
        }
        if list(spec, "clusterIPs").is_empty() && s(spec, "clusterIP") == s(old_spec, "clusterIP") {
            tree::copy(spec, old_spec, "clusterIPs");
        }
    }
    if needs_node_ports(old) && needs_node_ports(new) {
        // By the names of the ports: all else about them may have changed.
        let ports = list(at(old, "spec"), "ports");
        let given = |port: &Value| i0(port, "nodePort");
        let before: Vec<(&str, i64)> = ports.iter().map(|p| (s(p, "name"), given(p))).collect();
        let asked = list(at(new, "spec"), "ports").iter().map(given);
        let used: Vec<i64> = asked
            .filter(|asked| before.iter().any(|(_, port)| port == asked))
            .collect();
        for port in tree::list_mut(tree::obj_mut(new, "spec"), "ports") {
            let of_name = before.iter().rfind(|(name, _)| *name == s(port, "name"));
            match of_name {
                Some((_, kept)) if *kept != 0 && given(port) == 0 && !used.contains(kept) => {
                    set(port, "nodePort", *kept);
                }
                _ => {}
            }
        }
    }
    if rules::needs_health_check_port(old) && rules::needs_health_check_port(new) {
        let kept = at(at(old, "spec"), "healthCheckNodePort").clone();
        let spec = tree::obj_mut(new, "spec");
        if i0(spec, "healthCheckNodePort") == 0 {
            set(spec, "healthCheckNodePort", kept);
        }
    }
}

/// A change of type takes the fields along that only the old type had, unless
/// the request set them itself.
pub(super) fn drop_type_dependent(new: &mut Value, old: &Value) {
    let unchanged =
        |new: &Value, f: &str| tree::same(at(at(new, "spec"), f), at(at(old, "spec"), f));
    let mut drop: Vec<&str> = Vec::new();
    if needs_cluster_ip(old) && !needs_cluster_ip(new) {
        for f in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            if unchanged(new, f) {
                drop.push(f);
                if f == "clusterIPs" {
                    drop.push("clusterIP");
                }
            }
        }
        if tree::same(
            at(at(new, "spec"), "internalTrafficPolicy"),
            at(at(old, "spec"), "internalTrafficPolicy"),
        ) {
            drop.push("internalTrafficPolicy");
        }
    }
    if rules::needs_health_check_port(old)
        && !rules::needs_health_check_port(new)
        && unchanged(new, "healthCheckNodePort")
    {
        drop.push("healthCheckNodePort");
    }
    let external = |svc: &Value| {
        may_have_node_ports(svc)
            || (kind_of(svc) == "ClusterIP" && !list(at(svc, "spec"), "externalIPs").is_empty())
    };
    if external(old) && !external(new) && unchanged(new, "externalTrafficPolicy") {
        drop.push("externalTrafficPolicy");
    }
    if kind_of(old) == "LoadBalancer" && kind_of(new) != "LoadBalancer" {
        for f in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            if unchanged(new, f) {
                drop.push(f);
            }
        }
    }
    let no_ports = may_have_node_ports(old) && !may_have_node_ports(new) && {
        let of = |v: &Value| -> Vec<i64> {
            list(at(v, "spec"), "ports")
                .iter()
                .map(|p| i0(p, "nodePort"))
                .filter(|p| *p != 0)
                .collect()
        };
        let before = of(old);
        of(new).iter().all(|p| before.contains(p))
    };
    let spec = tree::obj_mut(new, "spec");
    for f in drop {
        tree::remove(spec, f);
    }
    if no_ports {
        for p in tree::list_mut(spec, "ports") {
            tree::remove(p, "nodePort");
        }
    }
}
