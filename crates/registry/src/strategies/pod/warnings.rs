//! Warnings about pods and templates: fields that do nothing any more, and
//! likely mistakes.

use crate::tree::{self, at, has, list, s};
use crate::validation::names;
use crate::validation::numbers::{is_integer, quantity};
use skeg_schema::Value;
use std::collections::HashSet;

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
        "seccomp.security.alpha.kubernetes.io/pod",
        "non-functional in v1.27+; use the \"seccompProfile\" field instead",
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

fn common(meta: &Value, spec: &Value, prefix: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (k, _) in tree::sorted_pairs(at(spec, "nodeSelector")) {
        if let Some(words) = node_label(k) {
            out.push(format!("{prefix}spec.nodeSelector[{k}]: {words}"));
        }
    }
    affinity(spec, prefix, &mut out);
    for (n, c) in list(spec, "topologySpreadConstraints").iter().enumerate() {
        let path = format!("{prefix}spec.topologySpreadConstraints[{n}]");
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
    secrets(spec, prefix, &mut out);
    for (n, v) in list(spec, "volumes").iter().enumerate() {
        for (field, shown, words) in VOLUMES {
            if has(v, field) {
                out.push(format!("{prefix}spec.volumes[{n}].{shown}: {words}"));
            }
        }
        let projected = at(v, "projected");
        if list(projected, "sources").iter().any(tree::is_zero) {
            out.push(format!(
                "volume {:?} (Projected) has no sources provided",
                s(v, "name")
            ));
        }
        let template = tree::path(v, &["ephemeral", "volumeClaimTemplate", "spec"]);
        if !template.is_null() {
            claim_spec(
                template,
                &format!("{prefix}spec.volumes[{n}].ephemeral.volumeClaimTemplate.spec"),
                &mut out,
            );
        }
    }
    aliases(spec, prefix, &mut out);
    for kind in ["initContainers", "containers"] {
        for (n, c) in list(spec, kind).iter().enumerate() {
            container(c, &format!("{prefix}spec.{kind}[{n}]"), &mut out);
        }
    }
    for (k, v) in tree::sorted_pairs(at(spec, "overhead")) {
        fractional(k, v, &format!("{prefix}spec.overhead"), &mut out);
    }
    out
}

fn affinity(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
    let a = at(spec, "affinity");
    if a.is_null() {
        return;
    }
    let node = at(a, "nodeAffinity");
    let terms = list(at(node, REQUIRED), "nodeSelectorTerms");
    for (n, t) in terms.iter().enumerate() {
        node_term(
            t,
            &format!("{prefix}spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[{n}]"),
            out,
        );
    }
    for (n, w) in list(node, PREFERRED).iter().enumerate() {
        node_term(
            at(w, "preference"),
            &format!("{prefix}spec.affinity.nodeAffinity.{PREFERRED}[{n}].preference"),
            out,
        );
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let side = at(a, kind);
        for (n, t) in list(side, REQUIRED).iter().enumerate() {
            pod_term(
                t,
                &format!("{prefix}spec.affinity.{kind}.{REQUIRED}[{n}]"),
                out,
            );
        }
        for (n, w) in list(side, PREFERRED).iter().enumerate() {
            pod_term(
                at(w, "podAffinityTerm"),
                &format!("{prefix}spec.affinity.{kind}.{PREFERRED}[{n}].podAffinityTerm"),
                out,
            );
        }
    }
}

fn node_term(t: &Value, path: &str, out: &mut Vec<String>) {
    for (n, e) in list(t, "matchExpressions").iter().enumerate() {
        let key = s(e, "key");
        if let Some(words) = node_label(key) {
            out.push(format!(
                "{path}.matchExpressions[{n}].key: {key} is {words}"
            ));
        }
    }
}

fn pod_term(t: &Value, path: &str, out: &mut Vec<String>) {
    if !has(t, "labelSelector") {
        out.push(format!(
            "{path}.labelSelector: a null labelSelector results in matching no pod"
        ));
    }
    let key = s(t, "topologyKey");
    if let Some(words) = node_label(key) {
        out.push(format!("{path}.topologyKey: {key} is {words}"));
    }
}

fn secrets(spec: &Value, prefix: &str, out: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for (n, r) in list(spec, "imagePullSecrets").iter().enumerate() {
        let name = s(r, "name");
        let path = format!("{prefix}spec.imagePullSecrets[{n}].name");
        if name.is_empty() {
            out.push(format!("{path}: invalid empty name {name:?}"));
        } else if !seen.insert(name) {
            out.push(format!("{path}: duplicate name {name:?}"));
        }
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

fn container(c: &Value, path: &str, out: &mut Vec<String>) {
    let resources = at(c, "resources");
    for k in ["memory", "ephemeral-storage"] {
        for part in ["limits", "requests"] {
            if let Some(v) = at(resources, part).get(k) {
                fractional(k, v, &format!("{path}.resources.{part}"), out);
            }
        }
    }
    let mut ports: HashSet<(i64, &str)> = HashSet::new();
    for (n, p) in list(c, "ports").iter().enumerate() {
        let key = (tree::i0(p, "containerPort"), s(p, "protocol"));
        if tree::i0(p, "hostPort") == 0 && !ports.insert(key) {
            out.push(format!(
                "{path}.ports[{n}]: duplicate port definition with {path}.ports[{}]",
                list(c, "ports")
                    .iter()
                    .position(|q| (tree::i0(q, "containerPort"), s(q, "protocol")) == key)
                    .unwrap_or(0)
            ));
        }
    }
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (n, e) in list(c, "env").iter().enumerate() {
        let (name, value) = (s(e, "name"), s(e, "value"));
        if seen.iter().any(|(other, _)| *other == name) {
            // A value that builds on the earlier one is meant.
            let builds = !value.is_empty() && value.contains(&format!("$({name})"));
            if !builds {
                out.push(format!(
                    "{path}.env[{n}]: hides previous definition of {name:?}, which may be dropped when using apply"
                ));
            }
        } else {
            seen.push((name, value));
        }
    }
}

fn fractional(name: &str, v: &Value, path: &str, out: &mut Vec<String>) {
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
pub fn claim_spec(spec: &Value, path: &str, out: &mut Vec<String>) {
    let storage = tree::path(spec, &["resources", "requests", "storage"]);
    if !storage.is_null() {
        fractional(
            "storage",
            storage,
            &format!("{path}.resources.requests"),
            out,
        );
    }
    let storage = tree::path(spec, &["resources", "limits", "storage"]);
    if !storage.is_null() {
        fractional("storage", storage, &format!("{path}.resources.limits"), out);
    }
}
