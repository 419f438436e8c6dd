//! What is odd about a service.

use crate::tree::{self, at, list, s};
use crate::validation::addresses::{cidr_warnings, ip_warning};
use skeg_schema::Value;

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";

/// What is odd about where a load balancer is reached; the places are upstream's.
pub(super) fn of_status(svc: &Value) -> Vec<String> {
    let ingress = tree::path(svc, &["status", "loadBalancer", "ingress"]);
    let all = ingress.as_array().into_iter().flatten().enumerate();
    all.filter_map(|(n, one)| {
        let place = format!("status.loadBalancer.ingress[{n}]");
        ip_warning(&place, s(one, "ip"))
    })
    .collect()
}

pub(super) fn of_service(svc: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let spec = at(svc, "spec");
    let kind = s(spec, "type");
    let external = list(spec, "externalIPs");
    let headless = kind == "ClusterIP" && s(spec, "clusterIP") == "None";
    if tree::annotation(svc, HINTS).is_some() {
        out.push(format!(
            "annotation {HINTS} is deprecated, please use {MODE} instead"
        ));
    }
    let ips = |field: &str, out: &mut Vec<String>| {
        for (n, ip) in list(spec, field).iter().enumerate() {
            let ip = ip.as_str().unwrap_or("");
            out.extend(ip_warning(&format!("spec.{field}[{n}]"), ip));
        }
    };
    if !headless {
        ips("clusterIPs", &mut out);
    }
    if headless {
        if !s(spec, "loadBalancerIP").is_empty() {
            out.push("spec.loadBalancerIP is ignored for headless services".into());
        }
        if !external.is_empty() {
            out.push("spec.externalIPs is ignored for headless services".into());
        }
        if !matches!(s(spec, "sessionAffinity"), "" | "None") {
            out.push("spec.SessionAffinity is ignored for headless services".into());
        }
    }
    ips("externalIPs", &mut out);
    if !external.is_empty() && !headless && kind != "ExternalName" {
        out.push(
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
                .into(),
        );
    }
    out.extend(ip_warning("spec.loadBalancerIP", s(spec, "loadBalancerIP")));
    for (n, cidr) in list(spec, "loadBalancerSourceRanges").iter().enumerate() {
        out.extend(cidr_warnings(
            &format!("spec.loadBalancerSourceRanges[{n}]"),
            cidr.as_str().unwrap_or(""),
        ));
    }
    if kind == "ExternalName" && !external.is_empty() {
        out.push("spec.externalIPs is ignored when spec.type is \"ExternalName\"".into());
    }
    if kind != "ExternalName" && !s(spec, "externalName").is_empty() {
        out.push("spec.externalName is ignored when spec.type is not \"ExternalName\"".into());
    }
    if s(spec, "trafficDistribution") == "PreferClose" {
        out.push(
            "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\""
                .into(),
        );
    }
    out
}
