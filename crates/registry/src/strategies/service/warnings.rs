//! What is odd about a service.

use crate::tree::{at, list, s};
use crate::validation::{names, service as rules};
use skeg_schema::Value;

/// What is odd about an address that is accepted.
pub fn ip_warning(field: &str, ip: &str) -> Option<String> {
    let parsed = names::parse_ip(ip)?;
    (parsed.is_ipv6() && parsed.to_string() != ip).then(|| {
        format!(
            "{field}: IPv6 address {ip:?} should be in RFC 5952 canonical format ({:?})",
            parsed.to_string()
        )
    })
}

pub(super) fn of_service(svc: &Value, old: Option<&Value>) -> Vec<String> {
    let mut out = Vec::new();
    let spec = at(svc, "spec");
    let kind = s(spec, "type");
    let external = list(spec, "externalIPs");
    let before = old.map(|o| list(at(o, "spec"), "externalIPs"));
    let plain = kind != "ExternalName" && !rules::is_headless(svc);
    if plain && !external.is_empty() && before.is_none_or(|b| b != external) {
        out.push(
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
                .into(),
        );
    }
    if rules::is_headless(svc) {
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
    for (n, ip) in list(spec, "clusterIPs")
        .iter()
        .filter_map(Value::as_str)
        .enumerate()
    {
        out.extend(ip_warning(&format!("spec.clusterIPs[{n}]"), ip));
    }
    for (n, ip) in external.iter().filter_map(Value::as_str).enumerate() {
        out.extend(ip_warning(&format!("spec.externalIPs[{n}]"), ip));
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
