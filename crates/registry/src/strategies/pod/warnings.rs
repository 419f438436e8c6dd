//! Warnings about pods and templates: fields that do nothing any more, and
//! likely mistakes.

use super::app_armor;
use crate::tree::{self, at, has, list, s};
use crate::validation::addresses::ip_warning;
use crate::validation::names;
use crate::validation::numbers::{is_integer, quantity};
use skeg_schema::Value;
use std::collections::HashSet;
use std::fmt::Arguments;

const LABELS: &[(&str, &str)] = &[
    (
        "beta.kubernetes.io/arch",
        "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
    ),
    (
        "beta.kubernetes.io/os",
        "deprecated since v1.14; use \"kubernetes.io/os\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    ),
    (
        "beta.kubernetes.io/instance-type",
        "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    ),
];

const ANNOTATIONS: &[(&str, &str)] = &[
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];

/// Sources of volumes that do nothing any more: the field, how warnings show it,
/// and what they say.
const VOLUMES: &[(&str, &str, &str)] = &[
    (
        "gitRepo",
        "gitRepo",
        "deprecated in v1.11, and disabled by default in v1.33+",
    ),
    (
        "photonPersistentDisk",
        "photonPersistentDisk",
        "deprecated in v1.11, non-functional in v1.16+",
    ),
    (
        "scaleIO",
        "scaleIO",
        "deprecated in v1.16, non-functional in v1.22+",
    ),
    (
        "flocker",
        "flocker",
        "deprecated in v1.22, non-functional in v1.25+",
    ),
    (
        "storageos",
        "storageOS",
        "deprecated in v1.22, non-functional in v1.25+",
    ),
    (
        "quobyte",
        "quobyte",
        "deprecated in v1.22, non-functional in v1.25+",
    ),
    (
        "glusterfs",
        "glusterfs",
        "deprecated in v1.25, non-functional in v1.26+",
    ),
    (
        "cephfs",
        "cephfs",
        "deprecated in v1.28, non-functional in v1.31+",
    ),
    (
        "rbd",
        "rbd",
        "deprecated in v1.28, non-functional in v1.31+",
    ),
];

/// How warnings show a source of volumes that does nothing any more, and what they
/// say of it.
pub fn deprecated_volume(field: &str) -> Option<(&'static str, &'static str)> {
    let found = VOLUMES.iter().find(|(name, ..)| *name == field);
    found.map(|(_, shown, words)| (*shown, *words))
}

/// Warnings about a node label that is used as a key.
pub fn node_label(key: &str) -> Option<&'static str> {
    LABELS.iter().find(|l| l.0 == key).map(|l| l.1)
}

/// Warnings about a pod.
pub fn pod(obj: &Value, old: Option<&Value>) -> Vec<String> {
    let mut out = Vec::new();
    if old.is_none() {
        let wrong = names::dns1123_label(tree::name_of(obj), false);
        if !wrong.is_empty() {
            out.push(format!(
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{}]",
                wrong.join(" ")
            ));
        }
    }
    out.extend(common(at(obj, "metadata"), at(obj, "spec"), ""));
    out
}

/// Warnings about a template at `path`.
pub fn template(t: &Value, path: &str) -> Vec<String> {
    common(at(t, "metadata"), at(t, "spec"), &format!("{path}."))
}

/// Where containers stand in a spec, in upstream's order.
const KINDS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

fn common(meta: &Value, spec: &Value, prefix: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (k, _) in tree::sorted_pairs(at(spec, "nodeSelector")) {
        if let Some(words) = node_label(k) {
            out.push(format!("{prefix}spec.nodeSelector[{k}]: {words}"));
        }
    }
    node_affinity(spec, prefix, &mut out);
    for (n, c) in list(spec, "topologySpreadConstraints").iter().enumerate() {
        let path = format_args!("{prefix}spec.topologySpreadConstraints[{n}]");
        let key = s(c, "topologyKey");
        if let Some(words) = node_label(key) {
            out.push(format!("{path}.topologyKey: {key} is {words}"));
        }
        if !has(c, "labelSelector") {
            out.push(format!(
                "{path}.labelSelector: a null labelSelector results in matching no pod"
            ));
        }
    }
    for (k, words) in ANNOTATIONS {
        if at(meta, "annotations").get(k).is_some() {
            out.push(format!("{prefix}metadata.annotations[{k}]: {words}"));
        }
    }
    volumes(spec, prefix, &mut out);
    aliases(spec, prefix, &mut out);
    secrets(spec, prefix, &mut out);
    for k in ["memory", "ephemeral-storage"] {
        if let Some(v) = at(spec, "overhead").get(k) {
            fractional(k, v, format_args!("{prefix}spec.overhead"), &mut out);
        }
    }
    profiles(meta, spec, prefix, &mut out);
    ports(spec, prefix, &mut out);
    if tree::i0(spec, "terminationGracePeriodSeconds") < 0 {
        out.push(format!("{prefix}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"));
    }
    pod_affinity(spec, prefix, &mut out);
    let servers = list(at(spec, "dnsConfig"), "nameservers");
    for (n, server) in servers.iter().enumerate() {
        let place = format!("{prefix}spec.dnsConfig.nameservers[{n}]");
        out.extend(ip_warning(&place, server.as_str().unwrap_or_default()));
    }
    for (n, alias) in list(spec, "hostAliases").iter().enumerate() {
        let place = format!("{prefix}spec.hostAliases[{n}].ip");
        out.extend(ip_warning(&place, s(alias, "ip")));
    }
    out
}

/// Warnings about the addresses that a status tells.
pub fn status(pod: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for field in ["podIPs", "hostIPs"] {
        for (n, a) in list(at(pod, "status"), field).iter().enumerate() {
            out.extend(ip_warning(&format!("status.{field}[{n}].ip"), s(a, "ip")));
        }
    }
    out
}

fn volumes(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    for (n, v) in list(spec, "volumes").iter().enumerate() {
        let path = format_args!("{prefix}spec.volumes[{n}]");
        for (field, shown, words) in VOLUMES {
            if has(v, field) {
                out.push(format!("{path}.{shown}: {words}"));
            }
        }
        let template = tree::path(v, &["ephemeral", "volumeClaimTemplate", "spec"]);
        if !template.is_null() {
            claim_spec(
                template,
                format_args!("{path}.ephemeral.volumeClaimTemplate.spec"),
                out,
            );
        }
    }
    super::overlaps::warnings(list(spec, "volumes"), out);
}

/// Annotations of profiles that have become fields, and each container's own.
fn profiles(meta: &Value, spec: &Value, prefix: &str, out: &mut Vec<String>) {
    const POD_SECCOMP: &str = "seccomp.security.alpha.kubernetes.io/pod";
    const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
    let annotated = |key: &str| at(meta, "annotations").get(key).is_some();
    let context = at(spec, "securityContext");
    let seccomp = |key: &str, out: &mut Vec<String>| {
        out.push(format!("{prefix}metadata.annotations[{key}]: non-functional in v1.27+; use the \"seccompProfile\" field instead"));
    };
    if !has(context, "seccompProfile") && annotated(POD_SECCOMP) {
        seccomp(POD_SECCOMP, out);
    }
    for kind in KINDS {
        for (n, c) in list(spec, kind).iter().enumerate() {
            let own = at(c, "securityContext");
            let annotated = |profile: &str| {
                let keys = at(meta, "annotations").as_object()?.keys();
                let mut of_this =
                    keys.filter(|key| key.strip_prefix(profile) == Some(s(c, "name")));
                of_this.next()
            };
            if let Some(key) = annotated(SECCOMP).filter(|_| !has(own, "seccompProfile")) {
                seccomp(key, out);
            }
            // Of those of pods it is told when they become fields.
            let unset = !prefix.is_empty()
                && !has(own, "appArmorProfile")
                && !has(context, "appArmorProfile");
            if let Some(key) = annotated(app_armor::PREFIX).filter(|_| unset) {
                out.push(app_armor::deprecated(prefix, key));
            }
            container(c, format_args!("{prefix}spec.{kind}[{n}]"), out);
        }
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

fn node_affinity(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    let node = at(at(spec, "affinity"), "nodeAffinity");
    let prefix = format_args!("{prefix}spec.affinity.nodeAffinity");
    let terms = list(at(node, REQUIRED), "nodeSelectorTerms");
    for (n, t) in terms.iter().enumerate() {
        node_term(
            t,
            false,
            format_args!("{prefix}.{REQUIRED}.nodeSelectorTerms[{n}]"),
            out,
        );
    }
    for (n, w) in list(node, PREFERRED).iter().enumerate() {
        let path = format_args!("{prefix}.{PREFERRED}[{n}].preference");
        node_term(at(w, "preference"), true, path, out);
    }
}

fn pod_affinity(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    for kind in ["podAffinity", "podAntiAffinity"] {
        let side = at(at(spec, "affinity"), kind);
        let prefix = format_args!("{prefix}spec.affinity.{kind}");
        for (n, t) in list(side, REQUIRED).iter().enumerate() {
            pod_term(t, format_args!("{prefix}.{REQUIRED}[{n}]"), out);
        }
        for (n, w) in list(side, PREFERRED).iter().enumerate() {
            pod_term(
                at(w, "podAffinityTerm"),
                format_args!("{prefix}.{PREFERRED}[{n}].podAffinityTerm"),
                out,
            );
        }
    }
}

/// Warnings about a term of a node selector. What is required has rules for its
/// values; those of what is preferred are looked at here.
pub fn node_term(t: &Value, preferred: bool, path: Arguments<'_>, out: &mut Vec<String>) {
    for (n, e) in list(t, "matchExpressions").iter().enumerate() {
        let path = format_args!("{path}.matchExpressions[{n}]");
        let key = s(e, "key");
        if let Some(words) = node_label(key) {
            out.push(format!("{path}.key: {key} is {words}"));
        }
        for (m, v) in list(e, "values").iter().enumerate().filter(|_| preferred) {
            for words in names::label_value(v.as_str().unwrap_or_default()) {
                out.push(format!("{path}.values[{m}]: {words}"));
            }
        }
    }
}

fn pod_term(t: &Value, path: Arguments<'_>, out: &mut Vec<String>) {
    if !has(t, "labelSelector") {
        out.push(format!(
            "{path}.labelSelector: a null labelSelector results in matching no pod"
        ));
    }
}

fn secrets(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    let all: Vec<&str> = list(spec, "imagePullSecrets")
        .iter()
        .map(|r| s(r, "name"))
        .collect();
    for (n, name) in all.iter().enumerate() {
        if all[..n].contains(name) {
            out.push(format!(
                "{prefix}spec.imagePullSecrets[{n}].name: duplicate name {name:?}"
            ));
        }
    }
    for (n, _) in all.iter().enumerate().filter(|(_, name)| name.is_empty()) {
        out.push(format!(
            "{prefix}spec.imagePullSecrets[{n}].name: invalid empty name \"\""
        ));
    }
}

fn aliases(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for (n, a) in list(spec, "hostAliases").iter().enumerate() {
        let ip = s(a, "ip");
        if !seen.insert(ip) {
            out.push(format!(
                "{prefix}spec.hostAliases[{n}].ip: duplicate ip {ip:?}"
            ));
        }
    }
}

fn container(c: &Value, path: Arguments<'_>, out: &mut Vec<String>) {
    let resources = at(c, "resources");
    for k in ["memory", "ephemeral-storage"] {
        for part in ["limits", "requests"] {
            if let Some(v) = at(resources, part).get(k) {
                fractional(k, v, format_args!("{path}.resources.{part}"), out);
            }
        }
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for (n, e) in list(c, "env").iter().enumerate() {
        let (name, value) = (s(e, "name"), s(e, "value"));
        if seen.insert(name) {
            continue;
        }
        // A value that builds on the earlier one is meant.
        let earlier = format!("$({name})");
        if has(e, "valueFrom") || value == earlier || !value.contains(&earlier) {
            out.push(format!(
                "{path}.env[{n}]: hides previous definition of {name:?}, which may be dropped when using apply"
            ));
        }
    }
}

/// Ports that are defined more than once, in whatever containers.
fn ports(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    let place = |(kind, n, m): (&str, usize, usize)| format!("{prefix}spec.{kind}[{n}].ports[{m}]");
    let mut seen: Vec<(&Value, (&str, usize, usize))> = Vec::new();
    for kind in KINDS {
        for (n, c) in list(spec, kind).iter().enumerate() {
            for (m, p) in list(c, "ports").iter().enumerate() {
                let here = (kind, n, m);
                let (ip, host) = (s(p, "hostIP"), tree::i0(p, "hostPort"));
                if !ip.is_empty() && host == 0 {
                    out.push(format!(
                        "{}: hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{ip}}}",
                        place(here),
                        s(p, "name"),
                        tree::i0(p, "containerPort"),
                        s(p, "protocol"),
                    ));
                }
                for (other, there) in &seen {
                    let same = tree::i0(other, "containerPort") == tree::i0(p, "containerPort")
                        && s(other, "protocol") == s(p, "protocol");
                    if !same {
                        continue;
                    }
                    let (other_ip, other_host) = (s(other, "hostIP"), tree::i0(other, "hostPort"));
                    let how = if ip == other_ip && host == other_host {
                        "duplicate"
                    } else if host == 0 || other_host == 0 {
                        "overlapping"
                    } else if host == other_host && ip.is_empty() != other_ip.is_empty() {
                        "dangerously ambiguous"
                    } else {
                        continue;
                    };
                    let (here, there) = (place(here), place(*there));
                    out.push(format!("{here}: {how} port definition with {there}"));
                }
                seen.push((p, here));
            }
        }
    }
}

fn fractional(name: &str, v: &Value, path: Arguments<'_>, out: &mut Vec<String>) {
    if matches!(name, "memory" | "ephemeral-storage" | "storage") {
        let q = quantity(v);
        if !is_integer(&q) {
            out.push(format!(
                "{path}[{name}]: fractional byte value {:?} is invalid, must be an integer",
                q.to_string()
            ));
        }
    }
}

/// Warnings about a claim's spec.
pub fn claim_spec(spec: &Value, path: Arguments<'_>, out: &mut Vec<String>) {
    let storage = tree::path(spec, &["resources", "requests", "storage"]);
    if !storage.is_null() {
        fractional(
            "storage",
            storage,
            format_args!("{path}.resources.requests"),
            out,
        );
    }
    let storage = tree::path(spec, &["resources", "limits", "storage"]);
    if !storage.is_null() {
        fractional(
            "storage",
            storage,
            format_args!("{path}.resources.limits"),
            out,
        );
    }
}
