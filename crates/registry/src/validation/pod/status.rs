//! What the status of a pod may become.

use super::update;
use crate::dump;
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, i0, list, s};
use crate::validation::{names, numbers};
use skeg_meta::Quantity;
use skeg_schema::Value;
use std::collections::HashSet;

/// Statuses of containers, and where the containers stand.
const KINDS: [(&str, &str); 3] = [
    ("containerStatuses", "containers"),
    ("initContainerStatuses", "initContainers"),
    ("ephemeralContainerStatuses", "ephemeralContainers"),
];

const NOT_NEGATIVE: &str = "must be a non-negative integer";

/// The rules of a status update.
pub fn status(new: &Value, old: &Value, errs: &mut Errs) {
    update::annotations(new, old, errs);
    super::own_annotations(new, errs);
    let (st, before) = (at(new, "status"), at(old, "status"));
    let spec = at(new, "spec");
    let path = Path::root("status");
    conditions(list(st, "conditions"), &path.child("conditions"), errs);
    let node = s(st, "nominatedNodeName");
    if !node.is_empty() && node != s(before, "nominatedNodeName") {
        let n_path = path.child("nominatedNodeName");
        errs.invalid_all(&n_path, node, names::dns1123_subdomain(node, false));
        if !tree::sp(old, &["spec", "nodeName"]).is_empty() {
            errs.forbidden(
                &n_path,
                "may not be set on pods that are already bound to a node",
            );
        }
    }
    let generation = i0(st, "observedGeneration");
    if generation < 0 {
        errs.invalid(&path.child("observedGeneration"), generation, NOT_NEGATIVE);
    }
    if s(st, "qosClass") != s(before, "qosClass") {
        errs.invalid(
            &path.child("qosClass"),
            s(st, "qosClass"),
            crate::errors::IMMUTABLE,
        );
    }
    for (field, kind) in KINDS {
        transitions(new, old, field, kind, &path.child(field), errs);
    }
    claims(
        list(st, "resourceClaimStatuses"),
        spec,
        &path.child("resourceClaimStatuses"),
        errs,
    );
    extended_claim(
        at(st, "extendedResourceClaimStatus"),
        spec,
        &path.child("extendedResourceClaimStatus"),
        errs,
    );
    addresses(st, before, &path, errs);
    for (field, _) in KINDS {
        users(list(st, field), spec, &path.child(field), errs);
    }
    for (field, kind) in KINDS {
        devices(st, field, list(spec, kind), &path.child(field), errs);
    }
}

fn conditions(all: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, c) in all.iter().enumerate() {
        let at_path = path.index(n);
        let generation = i0(c, "observedGeneration");
        if generation < 0 {
            errs.invalid(
                &at_path.child("observedGeneration"),
                generation,
                NOT_NEGATIVE,
            );
        }
        let kind = s(c, "type");
        errs.invalid_all(&at_path.child("Type"), kind, names::qualified_name(kind));
    }
}

/// Whether the kubelet starts a container again that ended with this code.
fn restarts(c: &Value, spec: &Value, code: i64) -> bool {
    for rule in list(c, "restartPolicyRules") {
        let codes = at(rule, "exitCodes");
        let listed = list(codes, "values")
            .iter()
            .any(|v| v.as_i64() == Some(code));
        let holds = match s(codes, "operator") {
            "In" => listed,
            "NotIn" => !listed,
            _ => false,
        };
        if holds {
            return s(rule, "action") == "Restart";
        }
    }
    let own = s(c, "restartPolicy");
    match if own.is_empty() {
        s(spec, "restartPolicy")
    } else {
        own
    } {
        "Always" => true,
        "OnFailure" => code != 0,
        _ => false,
    }
}

/// Whether some container's end may start all of them again.
fn all_could_restart(spec: &Value) -> bool {
    ["containers", "initContainers"]
        .iter()
        .flat_map(|kind| list(spec, kind))
        .flat_map(|c| list(c, "restartPolicyRules"))
        .any(|rule| s(rule, "action") == "RestartAllContainers")
}

// A container that ended for good does not run again.
fn transitions(
    new: &Value,
    old: &Value,
    field: &str,
    kind: &str,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let spec = at(old, "spec");
    let ephemeral = kind == "ephemeralContainers";
    if !ephemeral && all_could_restart(spec) {
        return;
    }
    for (n, o) in list(at(old, "status"), field).iter().enumerate() {
        let ended = tree::path(o, &["state", "terminated"]);
        if ended.is_null() {
            continue;
        }
        let name = s(o, "name");
        let lives = list(at(new, "status"), field)
            .iter()
            .any(|now| s(now, "name") == name && !has(at(now, "state"), "terminated"));
        let may = !ephemeral
            && list(spec, kind)
                .iter()
                .find(|c| s(c, "name") == name)
                .is_some_and(|c| restarts(c, spec, i0(ended, "exitCode")));
        if lives && !may {
            errs.forbidden(
                &path.index(n).child("state"),
                "may not be transitioned to non-terminated state",
            );
        }
    }
}

fn claims(all: &[Value], spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, c) in all.iter().enumerate() {
        let at_path = path.index(n);
        let name = s(c, "name");
        let known = list(spec, "resourceClaims")
            .iter()
            .any(|claim| s(claim, "name") == name);
        if !known {
            errs.invalid(
                &at_path.child("name"),
                name,
                "must match the name of an entry in `spec.resourceClaims`",
            );
        }
        if !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        }
        if let Some(claim) = at(c, "resourceClaimName").as_str() {
            errs.invalid_all(
                &at_path.child("resourceClaimName"),
                claim,
                names::dns1123_subdomain(claim, false),
            );
        }
    }
}

fn extended_claim(status: &Value, spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    if status.is_null() {
        return;
    }
    let mappings = list(status, "requestMappings");
    let m_path = path.child("requestMappings");
    if mappings.is_empty() {
        errs.required(&m_path, "at least one request mapping is required");
    }
    let mut seen = HashSet::new();
    for (n, m) in mappings.iter().enumerate() {
        let at_path = m_path.index(n);
        let (name, resource, request) = (
            s(m, "containerName"),
            s(m, "resourceName"),
            s(m, "requestName"),
        );
        let container = ["containers", "initContainers"]
            .iter()
            .flat_map(|kind| list(spec, kind))
            .find(|c| s(c, "name") == name);
        match container {
            None => errs.invalid(
                &at_path.child("containerName"),
                name,
                "must match the name of an entry in spec.initContainers.name or spec.containers.name",
            ),
            Some(c) => {
                let requests = tree::path(c, &["resources", "requests"]);
                if requests.get(resource).is_none() {
                    errs.invalid(
                        &at_path.child("resourceName"),
                        resource,
                        "must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests",
                    );
                }
            }
        }
        errs.invalid_all(
            &path.child("requestName"),
            request,
            names::dns1123_label(request, false),
        );
        if !seen.insert((name, resource, request)) {
            errs.duplicate(&at_path.child("containerName"), name);
            errs.duplicate(&at_path.child("resourceName"), resource);
            errs.duplicate(&at_path.child("requestName"), request);
        }
    }
    let claim = s(status, "resourceClaimName");
    let c_path = path.child("resourceClaimName");
    if claim.is_empty() {
        errs.required(&c_path, "");
    } else {
        errs.invalid_all(&c_path, claim, names::dns1123_subdomain(claim, false));
    }
}

fn addresses(st: &Value, before: &Value, path: &Path<'_>, errs: &mut Errs) {
    const ONE_EACH: &str = "may specify no more than one IP for each IP family";
    for (field, own, kind) in [
        ("podIPs", "podIP", "core/v1.PodIP"),
        ("hostIPs", "hostIP", "core/v1.HostIP"),
    ] {
        let all = list(st, field);
        let at_path = path.child(field);
        if field == "hostIPs"
            && let Some(first) = all.first()
            && s(first, "ip") != s(st, own)
        {
            errs.invalid(
                &at_path.index(0).child("ip"),
                s(first, "ip"),
                "must be equal to `hostIP`",
            );
        }
        let duplicates = |errs: &mut Errs| {
            let mut seen = HashSet::new();
            for (n, a) in all.iter().enumerate() {
                if !seen.insert(s(a, "ip")) {
                    errs.duplicate(&at_path.index(n), dump::go(a, kind));
                }
            }
        };
        for (n, a) in all.iter().enumerate() {
            let ip = s(a, "ip");
            let kept = list(before, field).iter().any(|b| s(b, "ip") == ip);
            if !kept {
                errs.invalid_all(&at_path.index(n), ip, names::ip(ip));
            }
        }
        if field == "hostIPs" {
            duplicates(errs);
        }
        if all.len() < 2 {
            continue;
        }
        let families: Vec<Option<bool>> = all
            .iter()
            .map(|a| names::parse_ip_sloppy(s(a, "ip")).map(|ip| ip.is_ipv4()))
            .collect();
        let strange = families.iter().position(Option::is_none);
        if let Some(n) = strange {
            errs.internal(
                &at_path,
                format!(
                    "failed to check for dual stack with error:invalid IP[{n}]: {}",
                    s(&all[n], "ip")
                ),
            );
        }
        let mixed = families.contains(&Some(true)) && families.contains(&Some(false));
        if all.len() > 2 || strange.is_some() || !mixed {
            errs.invalid(
                &at_path,
                dump::go_list(&Value::Array(all.to_vec()), kind),
                ONE_EACH,
            );
        }
        if field == "podIPs" {
            duplicates(errs);
        }
    }
}

fn users(all: &[Value], spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let windows = tree::sp(spec, &["os", "name"]) == "windows";
    for (n, c) in all.iter().enumerate() {
        let linux = at(at(c, "user"), "linux");
        if linux.is_null() {
            continue;
        }
        let at_path = path.index(n);
        let at_path = at_path.child("user");
        let at_path = at_path.child("linux");
        if windows {
            errs.forbidden(&at_path, "cannot be set for a windows pod");
            continue;
        }
        let id = |v: i64, max: i64, path: &Path<'_>, errs: &mut Errs| {
            if !(0..=max).contains(&v) {
                errs.invalid(path, v, format!("must be between 0 and {max}, inclusive"));
            }
        };
        let signed = i64::from(i32::MAX);
        id(
            i0(linux, "uid"),
            i64::from(u32::MAX),
            &at_path.child("uid"),
            errs,
        );
        id(i0(linux, "gid"), signed, &at_path.child("gid"), errs);
        for (m, g) in list(linux, "supplementalGroups").iter().enumerate() {
            id(
                g.as_i64().unwrap_or(0),
                signed,
                &at_path.child("supplementalGroups").index(m),
                errs,
            );
        }
    }
}

/// The health of what devices a container has.
fn devices(st: &Value, field: &str, containers: &[Value], path: &Path<'_>, errs: &mut Errs) {
    const MESSAGE_MAX: usize = 1024;
    for (n, c) in list(st, field).iter().enumerate() {
        let at_path = path.index(n);
        let at_path = at_path.child("allocatedResourcesStatus");
        let all = list(c, "allocatedResourcesStatus");
        if field == "ephemeralContainerStatuses" {
            if !all.is_empty() {
                errs.forbidden(&at_path, "must not be specified in container status");
            }
            continue;
        }
        let container = containers.iter().find(|k| s(k, "name") == s(c, "name"));
        for (m, r) in all.iter().enumerate() {
            let r_path = at_path.index(m);
            if let Some(container) = container {
                known_device(s(r, "name"), container, st, &r_path.child("name"), errs);
            }
            let mut seen = HashSet::new();
            for (k, one) in list(r, "resources").iter().enumerate() {
                let one_path = r_path.child("resources");
                let one_path = one_path.index(k);
                errs.one_of(
                    &one_path.child("health"),
                    s(one, "health"),
                    &["Healthy", "Unhealthy", "Unknown"],
                );
                let message = one_path.child("message");
                match at(one, "message").as_str() {
                    Some("") => errs.required(&message, "must be non-empty if specified"),
                    Some(text) if text.len() > MESSAGE_MAX => errs.too_long(&message, MESSAGE_MAX),
                    _ => {}
                }
                let id = s(one, "resourceID");
                if !seen.insert(id) {
                    errs.duplicate(&one_path.child("resourceID"), id);
                }
            }
        }
    }
}

fn known_device(name: &str, container: &Value, st: &Value, path: &Path<'_>, errs: &mut Errs) {
    let resources = at(container, "resources");
    let requests = at(resources, "requests");
    let Some(claim) = name.strip_prefix("claim:") else {
        if requests.get(name).is_none() {
            errs.invalid(
                path,
                name,
                "must match one of the container's resource requests",
            );
        }
        return;
    };
    let by_claim = list(resources, "claims").iter().any(|c| {
        let (of, request) = (s(c, "name"), s(c, "request"));
        match claim.split_once('/') {
            Some((a, b)) => a == of && b == request && !b.is_empty(),
            None => claim == of && request.is_empty(),
        }
    });
    let extended = at(st, "extendedResourceClaimStatus");
    let by_extended = claim.split_once('/').is_some_and(|(of, request)| {
        !of.is_empty()
            && of == s(extended, "resourceClaimName")
            && list(extended, "requestMappings").iter().any(|m| {
                s(m, "containerName") == s(container, "name")
                    && s(m, "requestName") == request
                    && requests
                        .get(s(m, "resourceName"))
                        .is_some_and(|v| numbers::quantity(v) != Quantity::default())
            })
    });
    if !by_claim && !by_extended {
        errs.invalid(
            path,
            name,
            "must match one of the container's resource claims as 'claim:<claimName>/<requestName>' when container.resources.claims[*].request is set or 'claim:<claimName>' when it is empty",
        );
    }
}
