//! Rules of Services.

use super::{metadata, names, numbers};
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, s};
use skeg_schema::Value;
use std::collections::HashSet;

/// A Service without a virtual IP.
pub fn is_headless(svc: &Value) -> bool {
    let ips = list(at(svc, "spec"), "clusterIPs");
    match ips {
        [] => tree::sp(svc, &["spec", "clusterIP"]) == "None",
        [one] => one.as_str() == Some("None"),
        _ => false,
    }
}

const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";

/// A new Service.
pub fn service(svc: &Value, errs: &mut Errs) {
    service_with(svc, &Value::Null, errs);
}

/// A Service; what `old` has (null: nothing) of badly written addresses it may
/// keep.
fn service_with(svc: &Value, old: &Value, errs: &mut Errs) {
    let spec = at(svc, "spec");
    let path = Path::root("spec");
    if let (Some(mode), Some(hints)) = (tree::annotation(svc, MODE), tree::annotation(svc, HINTS))
        && mode != hints
    {
        errs.invalid(
            &Path::root("metadata").child("annotations").key(MODE),
            mode,
            format!("must match annotations[{HINTS}] when both are specified"),
        );
    }
    let kind = s(spec, "type");
    let headless = is_headless(svc);
    let ports = list(spec, "ports");
    if ports.is_empty() && !headless && kind != "ExternalName" {
        errs.required(&path.child("ports"), "");
    }
    match kind {
        "LoadBalancer" | "NodePort" if headless => errs.invalid(
            &path.child("clusterIPs").index(0),
            "None",
            format!("may not be set to 'None' for {kind} services"),
        ),
        "ExternalName" => external_name(spec, &path, errs),
        _ => {}
    }
    let mut port_names = HashSet::new();
    for (n, p) in ports.iter().enumerate() {
        port(
            p,
            ports.len() > 1,
            &mut port_names,
            &path.child("ports").index(n),
            errs,
        );
    }
    if !at(spec, "selector").is_null() {
        metadata::labels(at(spec, "selector"), &path.child("selector"), errs);
    }
    affinity(spec, &path, errs);
    cluster_ips_with(svc, old, errs);
    for (n, ip) in list(spec, "externalIPs")
        .iter()
        .filter_map(Value::as_str)
        .enumerate()
    {
        let at_path = path.child("externalIPs");
        let at_path = at_path.index(n);
        let wrong = if holds(old, "externalIPs", ip) {
            Vec::new()
        } else {
            names::ip(ip)
        };
        if wrong.is_empty() {
            errs.invalid_all(&at_path, ip, endpoint_ip(ip));
        }
        errs.invalid_all(&at_path, ip, wrong);
    }
    match kind {
        "" => errs.required(&path.child("type"), ""),
        other => errs.one_of(
            &path.child("type"),
            other,
            &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
        ),
    }
    if kind == "ClusterIP" {
        for (n, p) in ports.iter().enumerate() {
            if i0(p, "nodePort") != 0 {
                errs.forbidden(
                    &path.child("ports").index(n).child("nodePort"),
                    "may not be used when `type` is 'ClusterIP'",
                );
            }
        }
    }
    duplicates(ports, &path.child("ports"), errs);
    source_ranges(svc, old, kind, &path, errs);
    let balanced = kind == "LoadBalancer";
    const ONLY_BALANCED: &str = "may only be used when `type` is 'LoadBalancer'";
    if has(spec, "allocateLoadBalancerNodePorts") && !balanced {
        errs.forbidden(&path.child("allocateLoadBalancerNodePorts"), ONLY_BALANCED);
    }
    if !has(spec, "allocateLoadBalancerNodePorts") && balanced {
        errs.required(&Path::root("allocateLoadBalancerNodePorts"), "");
    }
    balancer_class(spec, errs);
    traffic(svc, kind, &path, errs);
}

/// Whether the old Service has this in a list of its spec.
fn holds(old: &Value, field: &str, v: &str) -> bool {
    list(at(old, "spec"), field)
        .iter()
        .any(|o| o.as_str().is_some_and(|o| o.trim() == v))
}

/// Why no endpoint can have this address.
pub fn endpoint_ip(ip: &str) -> Vec<String> {
    let Some(parsed) = names::parse_ip_sloppy(ip) else {
        return vec!["must be a valid IP address".to_owned()];
    };
    names::non_special_ip(parsed)
        .map(|words| match parsed.is_unspecified() {
            true => format!("may not be unspecified ({ip})"),
            false => words,
        })
        .into_iter()
        .collect()
}

fn balancer_class(spec: &Value, errs: &mut Errs) {
    let Some(class) = at(spec, "loadBalancerClass").as_str() else {
        return;
    };
    let path = Path::root("spec");
    let path = path.child("loadBalancerClass");
    if s(spec, "type") == "LoadBalancer" {
        errs.invalid_all(&path, class, names::qualified_name(class));
    } else {
        errs.forbidden(&path, "may only be used when `type` is 'LoadBalancer'");
    }
}

fn external_name(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const WORDS: &str = "may not be set for ExternalName services";
    for f in ["clusterIPs", "ipFamilies"] {
        if !list(spec, f).is_empty() {
            errs.forbidden(&path.child(f), WORDS);
        }
    }
    if has(spec, "ipFamilyPolicy") {
        errs.forbidden(&path.child("ipFamilyPolicy"), WORDS);
    }
    let name = s(spec, "externalName");
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() {
        errs.required(&path.child("externalName"), "");
    } else {
        errs.invalid_all(
            &path.child("externalName"),
            name,
            names::dns1123_subdomain(name, false),
        );
    }
}

fn port<'a>(
    p: &'a Value,
    named: bool,
    seen: &mut HashSet<&'a str>,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let name = s(p, "name");
    if name.is_empty() {
        if named {
            errs.required(&path.child("name"), "");
        }
    } else {
        errs.invalid_all(&path.child("name"), name, names::dns1123_label(name, false));
        if !seen.insert(name) {
            errs.duplicate(&path.child("name"), name);
        }
    }
    numbers::port(i0(p, "port"), &path.child("port"), errs);
    match s(p, "protocol") {
        "" => errs.required(&path.child("protocol"), ""),
        other => errs.one_of(&path.child("protocol"), other, &["SCTP", "TCP", "UDP"]),
    }
    numbers::port_or_name(at(p, "targetPort"), &path.child("targetPort"), errs);
    if let Some(app) = at(p, "appProtocol").as_str() {
        errs.invalid_all(&path.child("appProtocol"), app, names::qualified_name(app));
    }
}

fn affinity(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let config = at(spec, "sessionAffinityConfig");
    match s(spec, "sessionAffinity") {
        "" => errs.required(&path.child("sessionAffinity"), ""),
        "ClientIP" => {
            let path = path.child("sessionAffinityConfig");
            if config.is_null() {
                errs.required(&path, "when session affinity type is ClientIP");
                return;
            }
            let path = path.child("clientIP");
            if !has(config, "clientIP") {
                errs.required(&path, "when session affinity type is ClientIP");
                return;
            }
            if !has(at(config, "clientIP"), "timeoutSeconds") {
                errs.required(
                    &path.child("timeoutSeconds"),
                    "when session affinity type is ClientIP",
                );
                return;
            }
            let t = i0(at(config, "clientIP"), "timeoutSeconds");
            if t <= 0 || t > 86_400 {
                errs.invalid(
                    &path.child("timeoutSeconds"),
                    t,
                    "must be greater than 0 and less than 86400",
                );
            }
        }
        "None" => {
            if !config.is_null() {
                errs.forbidden(
                    &path.child("sessionAffinityConfig"),
                    "must not be set when session affinity is None",
                );
            }
        }
        other => errs.not_supported(&path.child("sessionAffinity"), other, &["ClientIP", "None"]),
    }
}

/// How clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy go together.
pub fn cluster_ips(svc: &Value, errs: &mut Errs) {
    cluster_ips_with(svc, &Value::Null, errs);
}

fn cluster_ips_with(svc: &Value, old: &Value, errs: &mut Errs) {
    let spec = at(svc, "spec");
    if s(spec, "type") == "ExternalName" {
        return;
    }
    let path = Path::root("spec");
    let ips_path = path.child("clusterIPs");
    let ips = list(spec, "clusterIPs");
    let whole = || Value::Array(ips.to_vec());
    let one = s(spec, "clusterIP");
    if one.is_empty() {
        if !ips.is_empty() {
            errs.invalid(
                &ips_path,
                whole(),
                "must be empty when `clusterIP` is not specified",
            );
        }
    } else if ips.is_empty() {
        errs.required(&ips_path, "");
    } else if ips[0].as_str() != Some(one) {
        errs.invalid(&ips_path, whole(), "first value must match `clusterIP`");
    }
    let families: Vec<&str> = list(spec, "ipFamilies")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut seen = HashSet::new();
    for (n, f) in families.iter().enumerate() {
        let at_path = path.child("ipFamilies");
        let at_path = at_path.index(n);
        errs.one_of(&at_path, f, &["IPv4", "IPv6"]);
        if !seen.insert(*f) {
            errs.duplicate(&at_path, *f);
        }
    }
    if let Some(policy) = at(spec, "ipFamilyPolicy").as_str() {
        errs.one_of(
            &path.child("ipFamilyPolicy"),
            policy,
            &["PreferDualStack", "RequireDualStack", "SingleStack"],
        );
    }
    let mut malformed = false;
    for (n, ip) in ips.iter().map(|v| v.as_str().unwrap_or("")).enumerate() {
        if n == 0 && ip == "None" {
            if ips.len() > 1 {
                errs.invalid(
                    &ips_path,
                    whole(),
                    "'None' must be the first and only value",
                );
                malformed = true;
            }
            continue;
        }
        let wrong = if holds(old, "clusterIPs", ip) {
            Vec::new()
        } else {
            names::ip(ip)
        };
        malformed |= !wrong.is_empty();
        errs.invalid_all(&ips_path.index(n), ip, wrong);
    }
    if ips.len() > 2 {
        errs.invalid(&ips_path, whole(), "may only hold up to 2 values");
    }
    if malformed {
        return;
    }
    let parsed: Vec<_> = ips
        .iter()
        .filter_map(|v| names::parse_ip_sloppy(v.as_str()?))
        .collect();
    if ips.len() > 1 {
        let dual = parsed.iter().any(|ip| ip.is_ipv4()) && parsed.iter().any(|ip| ip.is_ipv6());
        if !dual {
            errs.invalid(
                &ips_path,
                whole(),
                "may specify no more than one IP for each IP family",
            );
        }
    }
    if is_headless(svc) {
        return;
    }
    for (n, (ip, family)) in ips.iter().zip(&families).enumerate() {
        let six = ip.as_str().is_some_and(|ip| ip.contains(':'));
        if matches!((*family, six), ("IPv4", true) | ("IPv6", false)) {
            errs.invalid(
                &ips_path.index(n),
                ip.clone(),
                format!("expected an {family} value as indicated by `ipFamilies[{n}]`"),
            );
        }
    }
}

fn duplicates(ports: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut nodes: HashSet<(&str, i64)> = HashSet::new();
    for (n, p) in ports.iter().enumerate() {
        let node = i0(p, "nodePort");
        if node != 0 && !nodes.insert((s(p, "protocol"), node)) {
            errs.duplicate(&path.index(n).child("nodePort"), node);
        }
    }
    let mut seen = HashSet::new();
    for (n, p) in ports.iter().enumerate() {
        let key = (s(p, "protocol"), i0(p, "port"));
        if !seen.insert(key) {
            let shown = skeg_schema::json!({"protocol": key.0, "port": key.1});
            errs.duplicate(&path.index(n), dump::go(&shown, "core/v1.ServicePort"));
        }
    }
}

fn source_ranges(svc: &Value, old: &Value, kind: &str, path: &Path<'_>, errs: &mut Errs) {
    const WORDS: &str = "may only be used when `type` is 'LoadBalancer'";
    let ranges = list(at(svc, "spec"), "loadBalancerSourceRanges");
    if !ranges.is_empty() {
        let path = path.child("LoadBalancerSourceRanges");
        if kind != "LoadBalancer" {
            errs.forbidden(&path, WORDS);
        }
        for (n, v) in ranges.iter().filter_map(Value::as_str).enumerate() {
            let v = v.trim();
            if !holds(old, "loadBalancerSourceRanges", v) {
                errs.invalid_all(&path.index(n), v, names::cidr(v, true));
            }
        }
        return;
    }
    let Some(v) = tree::annotation(svc, SOURCE_RANGES) else {
        return;
    };
    let path = Path::root("metadata");
    let path = path.child("annotations");
    let path = path.key(SOURCE_RANGES);
    if kind != "LoadBalancer" {
        errs.forbidden(&path, WORDS);
    }
    if v.trim().is_empty() || tree::annotation(old, SOURCE_RANGES) == Some(v) {
        return;
    }
    for c in v.split(',').map(str::trim) {
        errs.invalid_all(&path, c, names::cidr(c, true));
    }
}

/// Reachable from outside of the cluster?
fn externally_accessible(svc: &Value) -> bool {
    let spec = at(svc, "spec");
    match s(spec, "type") {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" => !list(spec, "externalIPs").is_empty(),
        _ => false,
    }
}

/// Needs a node port for health checks?
pub fn needs_health_check_port(svc: &Value) -> bool {
    let spec = at(svc, "spec");
    s(spec, "type") == "LoadBalancer" && s(spec, "externalTrafficPolicy") == "Local"
}

fn traffic(svc: &Value, kind: &str, path: &Path<'_>, errs: &mut Errs) {
    let spec = at(svc, "spec");
    let external = s(spec, "externalTrafficPolicy");
    let e_path = path.child("externalTrafficPolicy");
    if externally_accessible(svc) {
        match external {
            "" => errs.required(&e_path, ""),
            other => errs.one_of(&e_path, other, &["Cluster", "Local"]),
        }
    } else if !external.is_empty() {
        errs.invalid(
            &e_path,
            external,
            "may only be set for externally-accessible services",
        );
    }
    let check = i0(spec, "healthCheckNodePort");
    let c_path = path.child("healthCheckNodePort");
    if needs_health_check_port(svc) {
        if check == 0 {
            errs.required(&c_path, "");
        } else {
            numbers::port(check, &c_path, errs);
        }
    } else if check != 0 {
        errs.invalid(
            &c_path,
            check,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        );
    }
    let i_path = path.child("internalTrafficPolicy");
    match at(spec, "internalTrafficPolicy").as_str() {
        None => {
            if matches!(kind, "NodePort" | "LoadBalancer" | "ClusterIP") {
                errs.required(&i_path, "");
            }
        }
        Some(v) => errs.one_of(&i_path, v, &["Cluster", "Local"]),
    }
    if let Some(v) = at(spec, "trafficDistribution").as_str() {
        errs.one_of(
            &path.child("trafficDistribution"),
            v,
            &["PreferClose", "PreferSameZone", "PreferSameNode"],
        );
    }
}

const KEPT: &str = "may not change once set";

/// A changed Service.
pub fn service_update(new: &Value, old: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let (n, o) = (at(new, "spec"), at(old, "spec"));
    if s(o, "type") != "ExternalName" && s(n, "type") != "ExternalName" {
        cluster_ips_update(new, old, errs);
        families_update(new, old, errs);
    }
    if s(o, "type") == "LoadBalancer"
        && s(n, "type") == "LoadBalancer"
        && at(n, "loadBalancerClass").as_str() != at(o, "loadBalancerClass").as_str()
    {
        errs.invalid(
            &path.child("loadBalancerClass"),
            at(n, "loadBalancerClass").clone(),
            KEPT,
        );
    }
    balancer_class(n, errs);
    if needs_health_check_port(new)
        && needs_health_check_port(old)
        && i0(n, "healthCheckNodePort") != i0(o, "healthCheckNodePort")
    {
        errs.forbidden(&path.child("healthCheckNodePort"), "field is immutable");
    }
    service_with(new, old, errs);
}

/// The first of the values of a list stays; the second may come, and go when
/// the policy says so.
fn cluster_ips_update(new: &Value, old: &Value, errs: &mut Errs) {
    if is_headless(new) && is_headless(old) {
        return;
    }
    let path = Path::root("spec");
    let ips_path = path.child("clusterIPs");
    let spec = at(new, "spec");
    let (now, before) = (
        list(spec, "clusterIPs"),
        list(at(old, "spec"), "clusterIPs"),
    );
    let whole = || shown(now);
    if now.len() == before.len() {
        for (n, (a, b)) in now.iter().zip(before).enumerate() {
            if a != b {
                errs.invalid(&ips_path.index(n), whole(), KEPT);
            }
        }
        return;
    }
    let lost = before.len() > now.len();
    if lost && now.is_empty() {
        errs.invalid(
            &ips_path.index(0),
            whole(),
            "primary clusterIP can not be unset",
        );
    }
    if let (Some(a), Some(b)) = (now.first(), before.first())
        && a != b
    {
        errs.invalid(&ips_path.index(0), whole(), KEPT);
    }
    if lost && now.len() == 1 {
        single_stack(spec, "clusterIP", &path, errs);
    }
}

fn families_update(new: &Value, old: &Value, errs: &mut Errs) {
    if is_headless(new) || is_headless(old) {
        return;
    }
    let path = Path::root("spec");
    let f_path = path.child("ipFamilies");
    let f_path = f_path.index(0);
    let spec = at(new, "spec");
    let (now, before) = (
        list(spec, "ipFamilies"),
        list(at(old, "spec"), "ipFamilies"),
    );
    if now.len() == before.len() {
        for _ in now.iter().zip(before).filter(|(a, b)| a != b) {
            errs.invalid(&f_path, shown(now), KEPT);
        }
        return;
    }
    let lost = before.len() > now.len();
    let ips = list(spec, "clusterIPs");
    if lost && ips.is_empty() {
        errs.invalid(&f_path, shown(now), "primary ipFamily can not be unset");
    }
    if let (Some(a), Some(b)) = (now.first(), before.first())
        && a != b
    {
        // Upstream shows the addresses.
        errs.invalid(&f_path, shown(ips), KEPT);
    }
    if lost && now.len() == 1 {
        single_stack(spec, "ipFamily", &path, errs);
    }
}

/// A list as Go prints it: an empty one is none.
fn shown(all: &[Value]) -> Value {
    if all.is_empty() {
        Value::Null
    } else {
        Value::Array(all.to_vec())
    }
}

fn single_stack(spec: &Value, what: &str, path: &Path<'_>, errs: &mut Errs) {
    let policy = at(spec, "ipFamilyPolicy");
    if policy.as_str() != Some("SingleStack") {
        errs.invalid(
            &path.child("ipFamilyPolicy"),
            policy.clone(),
            format!("must be set to 'SingleStack' when releasing the secondary {what}"),
        );
    }
}

/// A Service's changed status.
pub fn service_status(new: &Value, old: &Value, errs: &mut Errs) {
    load_balancer(
        tree::path(new, &["status", "loadBalancer"]),
        tree::path(old, &["status", "loadBalancer"]),
        Some(s(at(new, "spec"), "type")),
        errs,
    );
}

/// Where a load balancer (or an ingress) is reached.
pub fn load_balancer(lb: &Value, old: &Value, service_type: Option<&str>, errs: &mut Errs) {
    let path = Path::root("status");
    let path = path.child("loadBalancer");
    let path = path.child("ingress");
    let all = list(lb, "ingress");
    if service_type.is_some_and(|t| t != "LoadBalancer") && !all.is_empty() {
        errs.forbidden(&path, "may only be used when `spec.type` is 'LoadBalancer'");
        return;
    }
    for (n, i) in all.iter().enumerate() {
        let at_path = path.index(n);
        let ip = s(i, "ip");
        let kept = list(old, "ingress").iter().any(|o| s(o, "ip") == ip);
        if !ip.is_empty() && !kept {
            errs.invalid_all(&at_path.child("ip"), ip, names::ip(ip));
        }
        if service_type.is_some() {
            let mode = at(i, "ipMode").as_str();
            if !ip.is_empty() && mode.is_none() {
                errs.required(
                    &at_path.child("ipMode"),
                    "must be specified when `ip` is set",
                );
            }
            if ip.is_empty() && mode.is_some() {
                errs.forbidden(
                    &at_path.child("ipMode"),
                    "may not be specified when `ip` is not set",
                );
            } else if let Some(m) = mode {
                errs.one_of(&at_path.child("ipMode"), m, &["Proxy", "VIP"]);
            }
        }
        let host = s(i, "hostname");
        if !host.is_empty() {
            let h_path = at_path.child("hostname");
            errs.invalid_all(&h_path, host, names::dns1123_subdomain(host, false));
            if names::parse_ip_sloppy(host).is_some() {
                errs.invalid(&h_path, host, "must be a DNS name, not an IP address");
            }
        }
    }
}
