//! Rules for pods and pod templates.

pub mod affinity;
pub mod containers;
pub mod env;
mod projected;
pub mod resources;
pub mod scheduling;
pub mod security;
pub mod status;
pub mod update;
pub mod volumes;

use super::{metadata, names};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, list, s};
use skeg_schema::Value;

/// A pod that is being made.
pub fn create(pod: &Value, errs: &mut Errs) {
    whole(pod, errs);
    let path = Path::root("spec");
    let spec = at(pod, "spec");
    if !list(spec, "ephemeralContainers").is_empty() {
        errs.forbidden(
            &path.child("ephemeralContainers"),
            "cannot be set on create",
        );
    }
    if !s(spec, "nodeName").is_empty() && !list(spec, "schedulingGates").is_empty() {
        errs.forbidden(
            &path.child("nodeName"),
            "cannot be set until all schedulingGates have been cleared",
        );
    }
    security::profile_annotations(at(pod, "metadata"), spec, &path, errs);
}

/// Annotations and spec, with what holds for pods but not for templates.
pub fn whole(pod: &Value, errs: &mut Errs) {
    let meta = at(pod, "metadata");
    let path = Path::root("spec");
    let spec = at(pod, "spec");
    own_annotations(pod, errs);
    self::spec(spec, meta, &path, errs);
    if s(spec, "serviceAccountName").is_empty() {
        let volumes = path.child("volumes");
        for (n, v) in list(spec, "volumes").iter().enumerate() {
            for (m, source) in list(at(v, "projected"), "sources").iter().enumerate() {
                if has(source, "serviceAccountToken") {
                    errs.forbidden(
                        &volumes
                            .index(n)
                            .child("projected")
                            .child("sources")
                            .index(m)
                            .child("serviceAccountToken"),
                        "must not be specified when serviceAccountName is not set",
                    );
                }
            }
        }
    }
    for kind in ["containers", "initContainers"] {
        let path = path.child(kind);
        for (n, c) in list(spec, kind).iter().enumerate() {
            image_spaces(c, &path.index(n), errs);
        }
    }
}

/// The annotations that mean something for a pod.
pub fn own_annotations(pod: &Value, errs: &mut Errs) {
    annotations(
        at(pod, "metadata"),
        at(pod, "spec"),
        &Path::root("metadata").child("annotations"),
        errs,
    );
}

fn image_spaces(c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let image = s(c, "image");
    if image.trim() != image {
        errs.invalid(
            &path.child("image"),
            image,
            "must not have leading or trailing whitespace",
        );
    }
}

const MIRROR: &str = "kubernetes.io/config.mirror";
/// What tolerations were before they had a field: it does nothing, but is checked.
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Whether a text is a whole number of 32 bits without a sign or zeros in front
/// that mean nothing.
fn is_cost(text: &str) -> bool {
    let plain = matches!(text.as_bytes(), [b'0'] | [b'-', ..] | [b'1'..=b'9', ..]);
    plain && text.parse::<i32>().is_ok()
}

fn annotations(meta: &Value, spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    if tree::is_zero(at(meta, "annotations")) {
        return;
    }
    if let Some(v) = tree::path(meta, &["annotations", MIRROR]).as_str()
        && s(spec, "nodeName").is_empty()
    {
        errs.invalid(
            &path.key(MIRROR),
            v,
            "must set spec.nodeName if mirror pod annotation is set",
        );
    }
    if let Some(v) = tree::path(meta, &["annotations", TOLERATIONS]).as_str() {
        match crate::gojson::annotated_list(v, "[]core.Toleration") {
            Ok(all) => scheduling::tolerations(&all, &path.child(TOLERATIONS), errs),
            Err(words) => errs.invalid(path, TOLERATIONS, words),
        }
    }
    if let Some(v) = tree::path(meta, &["annotations", DELETION_COST]).as_str()
        && !is_cost(v)
    {
        errs.invalid(&path.key(DELETION_COST), v, "must be a 32bit integer");
    }
    // Upstream's paths show these keys like fields.
    const SECCOMP: &str = "seccomp.security.alpha.kubernetes.io/pod";
    if let Some(v) = tree::path(meta, &["annotations", SECCOMP]).as_str() {
        security::seccomp_annotation(v, &path.child(SECCOMP), errs);
    }
    for (k, v) in tree::sorted_pairs(at(meta, "annotations")) {
        if k.starts_with("container.seccomp.security.alpha.kubernetes.io/") {
            security::seccomp_annotation(v.as_str().unwrap_or(""), &path.child(k), errs);
        }
    }
    for (k, v) in tree::sorted_pairs(at(meta, "annotations")) {
        let Some(container) = k.strip_prefix(APPARMOR) else {
            continue;
        };
        let known = ["containers", "initContainers", "ephemeralContainers"]
            .iter()
            .flat_map(|kind| list(spec, kind))
            .any(|c| s(c, "name") == container);
        if !known {
            errs.invalid(&path.key(k), container, "container not found");
        }
        let profile = v.as_str().unwrap_or_default();
        let fits = matches!(profile, "" | "runtime/default" | "unconfined")
            || profile.starts_with("localhost/");
        if !fits {
            errs.invalid(
                &path.key(k),
                profile,
                format!("invalid AppArmor profile name: {profile:?}"),
            );
        }
    }
}

/// A template: labels, annotations, finalizers and the spec.
pub fn template(template: &Value, path: &Path<'_>, errs: &mut Errs) {
    let meta = at(template, "metadata");
    // Upstream's paths leave the metadata out here.
    metadata::labels(at(meta, "labels"), &path.child("labels"), errs);
    metadata::annotations(at(meta, "annotations"), &path.child("annotations"), errs);
    let spec_path = path.child("spec");
    let spec = at(template, "spec");
    annotations(meta, spec, &path.child("annotations"), errs);
    // The names of the pods are not known.
    self::spec(spec, &Value::Null, &spec_path, errs);
    security::profile_annotations(meta, spec, &spec_path, errs);
    if !list(spec, "ephemeralContainers").is_empty() {
        errs.forbidden(
            &spec_path.child("ephemeralContainers"),
            "ephemeral containers not allowed in pod template",
        );
    }
}

/// A PodSpec.
pub fn spec(spec: &Value, meta: &Value, path: &Path<'_>, errs: &mut Errs) {
    let vols = volumes::volumes(list(spec, "volumes"), meta, &path.child("volumes"), errs);
    resources::pod_claims(
        list(spec, "resourceClaims"),
        tree::path(meta, &["annotations", MIRROR])
            .as_str()
            .is_some(),
        &path.child("resourceClaims"),
        errs,
    );
    containers::all(spec, &vols, path, errs);
    if has(spec, "resources") {
        resources::pod_level(spec, path, errs);
    }
    host_network_ports(spec, path, errs);
    errs.one_of(
        &path.child("restartPolicy"),
        s(spec, "restartPolicy"),
        &["Always", "OnFailure", "Never"],
    );
    errs.one_of(
        &path.child("dnsPolicy"),
        s(spec, "dnsPolicy"),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    );
    metadata::labels(at(spec, "nodeSelector"), &path.child("nodeSelector"), errs);
    security::pod_context(spec, path, errs);
    affinity::affinity(at(spec, "affinity"), &path.child("affinity"), errs);
    dns_config(spec, path, errs);
    scheduling::readiness_gates(
        list(spec, "readinessGates"),
        &path.child("readinessGates"),
        errs,
    );
    scheduling::gates(
        list(spec, "schedulingGates"),
        &path.child("schedulingGates"),
        errs,
    );
    scheduling::spread(
        list(spec, "topologySpreadConstraints"),
        &path.child("topologySpreadConstraints"),
        errs,
    );
    security::host_process(spec, path, errs);
    security::host_users(spec, path, errs);
    hostname_override(spec, path, errs);
    named(spec, "serviceAccountName", path, errs);
    named(spec, "nodeName", path, errs);
    if let Some(v) = tree::i(spec, "activeDeadlineSeconds")
        && !(1..=i64::from(i32::MAX)).contains(&v)
    {
        errs.invalid(
            &path.child("activeDeadlineSeconds"),
            v,
            "must be between 1 and 2147483647, inclusive",
        );
    }
    for field in ["hostname", "subdomain"] {
        let v = s(spec, field);
        if !v.is_empty() {
            errs.invalid_all(&path.child(field), v, names::dns1123_label(v, false));
        }
    }
    scheduling::tolerations(list(spec, "tolerations"), &path.child("tolerations"), errs);
    host_aliases(list(spec, "hostAliases"), &path.child("hostAliases"), errs);
    named(spec, "priorityClassName", path, errs);
    if let Some(v) = at(spec, "runtimeClassName").as_str() {
        errs.invalid_all(
            &path.child("runtimeClassName"),
            v,
            names::dns1123_subdomain(v, false),
        );
    }
    if let Some(v) = at(spec, "preemptionPolicy").as_str() {
        if v.is_empty() {
            errs.required(&path.child("preemptionPolicy"), "");
        } else {
            errs.one_of(
                &path.child("preemptionPolicy"),
                v,
                &["Never", "PreemptLowerPriority"],
            );
        }
    }
    resources::overhead(at(spec, "overhead"), &path.child("overhead"), errs);
    if has(spec, "os") {
        os(spec, path, errs);
    }
    env::file_volumes(spec, path, errs);
}

fn hostname_override(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    const LENGTH_MAX: usize = 64;
    let Some(v) = at(spec, "hostnameOverride").as_str() else {
        return;
    };
    let at_path = path.child("hostnameOverride");
    for field in ["setHostnameAsFQDN", "hostNetwork"] {
        if b(spec, field) {
            errs.forbidden(
                &at_path,
                format!("may not be specified when {field} is true"),
            );
        }
    }
    if v.len() > LENGTH_MAX {
        errs.too_long(&at_path, LENGTH_MAX);
    }
    errs.invalid_all(&at_path, v, names::dns1123_subdomain(v, false));
}

fn named(spec: &Value, field: &str, path: &Path<'_>, errs: &mut Errs) {
    let v = s(spec, field);
    if !v.is_empty() {
        errs.invalid_all(&path.child(field), v, names::dns1123_subdomain(v, false));
    }
}

fn host_network_ports(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    if !b(spec, "hostNetwork") {
        return;
    }
    let path = path.child("containers");
    for (n, c) in list(spec, "containers").iter().enumerate() {
        let ports = path.index(n);
        let ports = ports.child("ports");
        for (m, p) in list(c, "ports").iter().enumerate() {
            let host = tree::i0(p, "hostPort");
            if host != 0 && host != tree::i0(p, "containerPort") {
                errs.invalid(
                    &ports.index(m).child("hostPort"),
                    host,
                    "must match `containerPort` when `hostNetwork` is true",
                );
            }
        }
    }
}

const NAMESERVERS_MAX: usize = 3;
const SEARCHES_MAX: usize = 32;
const SEARCH_CHARS_MAX: usize = 2048;

fn dns_config(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let path = path.child("dnsConfig");
    let config = at(spec, "dnsConfig");
    let servers = list(config, "nameservers");
    if s(spec, "dnsPolicy") == "None" {
        if config.is_null() {
            errs.required(&path, "must provide `dnsConfig` when `dnsPolicy` is None");
            return;
        }
        if servers.is_empty() {
            errs.required(
                &path.child("nameservers"),
                "must provide at least one DNS nameserver when `dnsPolicy` is None",
            );
            return;
        }
    }
    if config.is_null() {
        return;
    }
    if servers.len() > NAMESERVERS_MAX {
        errs.invalid(
            &path.child("nameservers"),
            Value::Array(servers.to_vec()),
            format!("must not have more than {NAMESERVERS_MAX} nameservers"),
        );
    }
    for (n, v) in servers.iter().filter_map(Value::as_str).enumerate() {
        errs.invalid_all(&path.child("nameservers").index(n), v, names::ip(v));
    }
    let searches: Vec<&str> = list(config, "searches")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if searches.len() > SEARCHES_MAX {
        errs.invalid(
            &path.child("searches"),
            at(config, "searches").clone(),
            format!("must not have more than {SEARCHES_MAX} search paths"),
        );
    }
    if searches.join(" ").len() > SEARCH_CHARS_MAX {
        errs.invalid(
            &path.child("searches"),
            at(config, "searches").clone(),
            format!("must not have more than {SEARCH_CHARS_MAX} characters (including spaces) in the search list"),
        );
    }
    for (n, v) in searches.into_iter().enumerate() {
        let at_path = path.child("searches");
        if v != "." {
            let trimmed = v.strip_suffix('.').unwrap_or(v);
            errs.invalid_all(
                &at_path.index(n),
                trimmed,
                names::dns1123_subdomain_underscore(trimmed),
            );
        }
    }
    for (n, o) in list(config, "options").iter().enumerate() {
        if s(o, "name").is_empty() {
            errs.required(&path.child("options").index(n), "must not be empty");
        }
    }
}

fn host_aliases(aliases: &[Value], path: &Path<'_>, errs: &mut Errs) {
    for (n, a) in aliases.iter().enumerate() {
        let at_path = path.index(n);
        let ip = s(a, "ip");
        errs.invalid_all(&at_path.child("ip"), ip, names::ip(ip));
        for (m, h) in list(a, "hostnames")
            .iter()
            .filter_map(Value::as_str)
            .enumerate()
        {
            errs.invalid_all(
                &at_path.child("hostnames").index(m),
                h,
                names::dns1123_subdomain(h, false),
            );
        }
    }
}

fn os(spec: &Value, path: &Path<'_>, errs: &mut Errs) {
    let name = tree::sp(spec, &["os", "name"]);
    let at_path = path.child("os");
    match name {
        "" => errs.required(&at_path.child("name"), ""),
        "linux" => security::linux_only(spec, path, errs),
        "windows" => security::windows_only(spec, path, errs),
        other => errs.not_supported(&at_path, other, &["linux", "windows"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_plain_numbers() {
        let check = |text: &str, expect: bool| assert_eq!(is_cost(text), expect, "{text:?}");
        for text in ["0", "-5", "10", "2147483647"] {
            check(text, true);
        }
        for text in ["", "+1", "01", "a", "1.5", "2147483648", "-"] {
            check(text, false);
        }
    }
}
