//! Containers of all three kinds, their ports, probes, hooks and mounts.

use super::volumes::Volumes;
use super::{env, resources, security};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, list, s};
use crate::validation::sources::local_descending;
use crate::validation::{names, numbers};
use skeg_schema::{TypeId, Value};
use std::collections::HashSet;

/// What the rules of one container need to know about its pod.
struct Pod<'a> {
    spec: &'a Value,
    volumes: &'a Volumes<'a>,
    /// None when it is negative: that is told elsewhere, if at all.
    grace_seconds: Option<i64>,
    claims: HashSet<&'a str>,
}

/// All containers of a PodSpec.
pub fn all(spec: &Value, volumes: &Volumes<'_>, path: &Path<'_>, errs: &mut Errs) {
    let pod = Pod {
        spec,
        volumes,
        grace_seconds: tree::i(spec, "terminationGracePeriodSeconds").filter(|g| *g >= 0),
        claims: list(spec, "resourceClaims")
            .iter()
            .map(|c| s(c, "name"))
            .collect(),
    };
    regular(&pod, &path.child("containers"), errs);
    init(&pod, &path.child("initContainers"), errs);
    ephemeral(&pod, &path.child("ephemeralContainers"), errs);
}

fn regular(pod: &Pod<'_>, path: &Path<'_>, errs: &mut Errs) {
    let all = list(pod.spec, "containers");
    if all.is_empty() {
        errs.required(path, "");
        return;
    }
    let mut seen = HashSet::new();
    for (n, c) in all.iter().enumerate() {
        let at_path = path.index(n);
        common(pod, c, &at_path, errs);
        let name = s(c, "name");
        if !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        }
        lifecycle(pod, at(c, "lifecycle"), &at_path.child("lifecycle"), errs);
        probes(pod, c, &at_path, errs);
        restart_policy(c, &at_path, errs);
    }
    host_port_conflicts(all, path, errs);
}

fn init(pod: &Pod<'_>, path: &Path<'_>, errs: &mut Errs) {
    let mut seen: HashSet<&str> = list(pod.spec, "containers")
        .iter()
        .map(|c| s(c, "name"))
        .collect();
    for (n, c) in list(pod.spec, "initContainers").iter().enumerate() {
        let at_path = path.index(n);
        common(pod, c, &at_path, errs);
        let sidecar = s(c, "restartPolicy") == "Always";
        restart_policy(c, &at_path, errs);
        let name = s(c, "name");
        if seen.contains(name) {
            errs.duplicate(&at_path.child("name"), name);
        } else if !name.is_empty() {
            seen.insert(name);
        }
        // Each runs alone, and upstream counts it as the first.
        host_port_conflicts(std::slice::from_ref(c), path, errs);
        if sidecar {
            lifecycle(pod, at(c, "lifecycle"), &at_path.child("lifecycle"), errs);
            probes(pod, c, &at_path, errs);
        } else {
            for field in [
                "lifecycle",
                "livenessProbe",
                "readinessProbe",
                "startupProbe",
            ] {
                if has(c, field) {
                    errs.forbidden(
                        &at_path.child(field),
                        "may not be set for init containers without restartPolicy=Always",
                    );
                }
            }
        }
        if sidecar {
            continue;
        }
        for (m, p) in list(c, "resizePolicy").iter().enumerate() {
            let policy = s(p, "restartPolicy");
            if policy == "RestartContainer" {
                errs.invalid(
                    &at_path
                        .child("resizePolicy")
                        .index(m)
                        .child("restartPolicy"),
                    policy,
                    "must not be set to 'RestartContainer' for non-sidecar initContainers",
                );
            }
        }
    }
}

/// What a container that is added for debugging may not have, and whether an empty
/// one counts.
const NOT_EPHEMERAL: &[(&str, bool)] = &[
    ("ports", false),
    ("resources", false),
    ("resizePolicy", false),
    ("restartPolicy", true),
    ("restartPolicyRules", false),
    ("livenessProbe", true),
    ("readinessProbe", true),
    ("startupProbe", true),
    ("lifecycle", true),
];

const NOT_FOR_EPHEMERAL: &str = "cannot be set for an Ephemeral Container";

fn ephemeral(pod: &Pod<'_>, path: &Path<'_>, errs: &mut Errs) {
    let targets: HashSet<&str> = ["containers", "initContainers"]
        .iter()
        .flat_map(|k| list(pod.spec, k))
        .map(|c| s(c, "name"))
        .collect();
    let mut seen = targets.clone();
    for (n, c) in list(pod.spec, "ephemeralContainers").iter().enumerate() {
        let at_path = path.index(n);
        common(pod, c, &at_path, errs);
        image_spaces(c, &at_path, errs);
        let name = s(c, "name");
        if !seen.insert(name) {
            errs.duplicate(&at_path.child("name"), name);
        }
        let target = s(c, "targetContainerName");
        if !target.is_empty() && !targets.contains(target) {
            errs.not_found(&at_path.child("targetContainerName"), target);
        }
        for (field, even_empty) in NOT_EPHEMERAL {
            if !tree::is_zero(at(c, field)) || (*even_empty && has(c, field)) {
                errs.forbidden(&at_path.child(field), NOT_FOR_EPHEMERAL);
            }
        }
        for (m, mount) in list(c, "volumeMounts").iter().enumerate() {
            for field in ["subPath", "subPathExpr"] {
                if !s(mount, field).is_empty() {
                    errs.forbidden(
                        &at_path.child("volumeMounts").index(m).child(field),
                        NOT_FOR_EPHEMERAL,
                    );
                }
            }
        }
    }
}

fn image_spaces(c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let image = s(c, "image");
    if !image.is_empty() && image.trim() != image {
        errs.invalid(
            &path.child("image"),
            image,
            "must not have leading or trailing whitespace",
        );
    }
}

// What all three kinds share, in upstream's order.
fn common(pod: &Pod<'_>, c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let name = s(c, "name");
    if name.is_empty() {
        errs.required(&path.child("name"), "");
    } else {
        errs.invalid_all(&path.child("name"), name, names::dns1123_label(name, false));
    }
    if s(c, "image").is_empty() {
        errs.required(&path.child("image"), "");
    }
    let policy = s(c, "terminationMessagePolicy");
    match policy {
        "File" | "FallbackToLogsOnError" => {}
        "" => errs.required(&path.child("terminationMessagePolicy"), ""),
        other => errs.not_supported(
            &path.child("terminationMessagePolicy"),
            other,
            &["File", "FallbackToLogsOnError"],
        ),
    }
    ports(list(c, "ports"), &path.child("ports"), errs);
    env::vars(list(c, "env"), &path.child("env"), errs);
    env::from(list(c, "envFrom"), &path.child("envFrom"), errs);
    mounts(pod, c, &path.child("volumeMounts"), errs);
    devices(pod, c, &path.child("volumeDevices"), errs);
    match s(c, "imagePullPolicy") {
        "" => errs.required(&path.child("imagePullPolicy"), ""),
        other => errs.one_of(
            &path.child("imagePullPolicy"),
            other,
            &["Always", "IfNotPresent", "Never"],
        ),
    }
    resources::requirements(
        at(c, "resources"),
        &pod.claims,
        &path.child("resources"),
        errs,
    );
    resources::resize_policy(c, pod.spec, &path.child("resizePolicy"), errs);
    security::container_context(c, pod.spec, &path.child("securityContext"), errs);
}

fn ports(ports: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, p) in ports.iter().enumerate() {
        let at_path = path.index(n);
        let name = s(p, "name");
        if !name.is_empty() {
            let wrong = names::port_name(name);
            if wrong.is_empty() {
                if !seen.insert(name) {
                    errs.duplicate(&at_path.child("name"), name);
                }
            } else {
                errs.invalid_all(&at_path.child("name"), name, wrong);
            }
        }
        match tree::i0(p, "containerPort") {
            0 => errs.required(&at_path.child("containerPort"), ""),
            port => numbers::port(port, &at_path.child("containerPort"), errs),
        }
        let host = tree::i0(p, "hostPort");
        if host != 0 {
            numbers::port(host, &at_path.child("hostPort"), errs);
        }
        match s(p, "protocol") {
            "" => errs.required(&at_path.child("protocol"), ""),
            other => errs.one_of(&at_path.child("protocol"), other, &["SCTP", "TCP", "UDP"]),
        }
    }
}

fn host_port_conflicts(containers: &[Value], path: &Path<'_>, errs: &mut Errs) {
    let mut seen = HashSet::new();
    for (n, c) in containers.iter().enumerate() {
        let ports = path.index(n);
        let ports = ports.child("ports");
        for (m, p) in list(c, "ports").iter().enumerate() {
            let port = tree::i0(p, "hostPort");
            if port == 0 {
                continue;
            }
            let text = format!("{}/{}/{port}", s(p, "protocol"), s(p, "hostIP"));
            if seen.contains(&text) {
                errs.duplicate(&ports.index(m).child("hostPort"), text);
            } else {
                seen.insert(text);
            }
        }
    }
}

fn mounts(pod: &Pod<'_>, c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let mut points = HashSet::new();
    for (n, m) in list(c, "volumeMounts").iter().enumerate() {
        let at_path = path.index(n);
        let name = s(m, "name");
        if name.is_empty() {
            errs.required(&at_path.child("name"), "");
        }
        if !pod.volumes.contains_key(name) {
            errs.not_found(&at_path.child("name"), name);
        }
        let point = s(m, "mountPath");
        if point.is_empty() {
            errs.required(&at_path.child("mountPath"), "");
        }
        if !points.insert(point) {
            errs.invalid(&at_path.child("mountPath"), point, "must be unique");
        }
        let devices = list(c, "volumeDevices");
        if devices.iter().any(|d| s(d, "name") == name) {
            errs.invalid(
                &at_path.child("name"),
                name,
                "must not already exist in volumeDevices",
            );
        }
        if devices.iter().any(|d| s(d, "devicePath") == point) {
            errs.invalid(
                &at_path.child("mountPath"),
                point,
                "must not already exist as a path in volumeDevices",
            );
        }
        let sub = s(m, "subPath");
        if !sub.is_empty() {
            local_descending(sub, &path.child("subPath"), errs);
        }
        let expr = s(m, "subPathExpr");
        if !expr.is_empty() {
            if !sub.is_empty() {
                errs.invalid(
                    &at_path.child("subPathExpr"),
                    expr,
                    "subPathExpr and subPath are mutually exclusive",
                );
            }
            local_descending(expr, &path.child("subPathExpr"), errs);
        }
        if let Some(p) = at(m, "mountPropagation").as_str() {
            let at_path = path.child("mountPropagation");
            errs.one_of(&at_path, p, &["Bidirectional", "HostToContainer", "None"]);
            let privileged = b(at(c, "securityContext"), "privileged");
            if p == "Bidirectional" && !privileged {
                errs.forbidden(
                    &at_path,
                    "Bidirectional mount propagation is available only to privileged containers",
                );
            }
        }
        recursive_read_only(m, path, errs);
    }
}

fn recursive_read_only(m: &Value, path: &Path<'_>, errs: &mut Errs) {
    let Some(mode) = at(m, "recursiveReadOnly").as_str() else {
        return;
    };
    let path = path.child("recursiveReadOnly");
    match mode {
        "Disabled" => {}
        "Enabled" | "IfPossible" => {
            if !b(m, "readOnly") {
                errs.forbidden(&path, "may only be specified when readOnly is true");
            }
            let propagation = at(m, "mountPropagation").as_str();
            if propagation.is_some_and(|p| p != "None") {
                errs.forbidden(
                    &path,
                    "may only be specified when mountPropagation is None or not specified",
                );
            }
        }
        other => errs.not_supported(&path, other, &["Disabled", "Enabled", "IfPossible"]),
    }
}

fn is_block(volume: &Value) -> bool {
    has(volume, "persistentVolumeClaim") || has(volume, "ephemeral")
}

fn devices(pod: &Pod<'_>, c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let mut paths = HashSet::new();
    let mut device_names = HashSet::new();
    for (n, d) in list(c, "volumeDevices").iter().enumerate() {
        let at_path = path.index(n);
        let (name, device) = (s(d, "name"), s(d, "devicePath"));
        if name.is_empty() {
            errs.required(&at_path.child("name"), "");
        }
        if !name.is_empty() && !device_names.insert(name) {
            errs.invalid(&at_path.child("name"), name, "must be unique");
        }
        match pod.volumes.get(name) {
            None => errs.not_found(&at_path.child("name"), name),
            Some(v) if !is_block(v) => errs.invalid(
                &at_path.child("name"),
                name,
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
            ),
            Some(_) => {}
        }
        if device.is_empty() {
            errs.required(&at_path.child("devicePath"), "");
        }
        if paths.contains(device) {
            errs.invalid(&at_path.child("devicePath"), device, "must be unique");
        }
        if device.split('/').any(|seg| seg == "..") {
            errs.invalid(
                &at_path.child("devicePath"),
                device,
                "can not contain backsteps ('..')",
            );
        } else {
            paths.insert(device);
        }
        let mounts = list(c, "volumeMounts");
        if mounts.iter().any(|m| s(m, "name") == name) {
            errs.invalid(
                &at_path.child("name"),
                name,
                "must not already exist in volumeMounts",
            );
        }
        if mounts.iter().any(|m| s(m, "mountPath") == device) {
            errs.invalid(
                &at_path.child("devicePath"),
                device,
                "must not already exist as a path in volumeMounts",
            );
        }
    }
}

fn restart_policy(c: &Value, path: &Path<'_>, errs: &mut Errs) {
    let policy = at(c, "restartPolicy").as_str();
    if let Some(p) = policy {
        errs.one_of(
            &path.child("restartPolicy"),
            p,
            &["Always", "Never", "OnFailure"],
        );
    }
    let rules = list(c, "restartPolicyRules");
    if rules.is_empty() {
        return;
    }
    if policy.is_none() {
        errs.required(
            &path.child("restartPolicy"),
            "must specify restartPolicy when restart rules are used",
        );
    }
    let rules_path = path.child("restartPolicyRules");
    if rules.len() > 20 {
        errs.too_many(&rules_path, rules.len(), 20);
    }
    for (n, r) in rules.iter().enumerate() {
        let at_path = rules_path.index(n);
        errs.one_of(
            &at_path.child("action"),
            s(r, "action"),
            &["Restart", "RestartAllContainers"],
        );
        if !has(r, "exitCodes") {
            errs.required(&at_path.child("exitCodes"), "must be specified");
            continue;
        }
        let codes = at(r, "exitCodes");
        let codes_path = at_path.child("exitCodes");
        errs.one_of(
            &codes_path.child("operator"),
            s(codes, "operator"),
            &["In", "NotIn"],
        );
        let values = list(codes, "values");
        if values.len() > 255 {
            errs.too_many(&codes_path.child("values"), values.len(), 255);
        }
    }
}

fn probes(pod: &Pod<'_>, c: &Value, path: &Path<'_>, errs: &mut Errs) {
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let p = at(c, kind);
        if p.is_null() {
            continue;
        }
        let at_path = path.child(kind);
        probe(pod, p, &at_path, errs);
        if kind == "readinessProbe" {
            if let Some(v) = tree::i(p, "terminationGracePeriodSeconds") {
                errs.invalid(
                    &at_path.child("terminationGracePeriodSeconds"),
                    v,
                    "must not be set for readinessProbes",
                );
            }
        } else if tree::i0(p, "successThreshold") != 1 {
            errs.invalid(
                &at_path.child("successThreshold"),
                tree::i0(p, "successThreshold"),
                "must be 1",
            );
        }
    }
}

fn probe(pod: &Pod<'_>, p: &Value, path: &Path<'_>, errs: &mut Errs) {
    handler(pod, p, path, errs);
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        errs.non_negative(&path.child(field), tree::i0(p, field));
    }
    if let Some(v) = tree::i(p, "terminationGracePeriodSeconds")
        && v <= 0
    {
        errs.invalid(
            &path.child("terminationGracePeriodSeconds"),
            v,
            "must be greater than 0",
        );
    }
}

fn lifecycle(pod: &Pod<'_>, l: &Value, path: &Path<'_>, errs: &mut Errs) {
    if l.is_null() {
        return;
    }
    for hook in ["postStart", "preStop"] {
        if has(l, hook) {
            handler(pod, at(l, hook), &path.child(hook), errs);
        }
    }
    if let Some(signal) = at(l, "stopSignal").as_str() {
        stop_signal(pod, signal, &path.child("stopSignal"), errs);
    }
}

fn stop_signal(pod: &Pod<'_>, signal: &str, path: &Path<'_>, errs: &mut Errs) {
    let linux = || {
        let lifecycle = TypeId::by_name("core/v1.Lifecycle")?.desc();
        let field = lifecycle.fields.iter().find(|f| f.json == "stopSignal")?;
        Some(field.enum_values)
    };
    let os = at(pod.spec, "os");
    match s(os, "name") {
        _ if os.is_null() => errs.forbidden(
            path,
            "may not be set for containers with empty `spec.os.name`",
        ),
        "windows" => errs.one_of(path, signal, &["SIGKILL", "SIGTERM"]),
        "linux" => errs.one_of(path, signal, linux().unwrap_or_default()),
        _ => {}
    }
}

fn handler(pod: &Pod<'_>, h: &Value, path: &Path<'_>, errs: &mut Errs) {
    let mut count = 0;
    let mut one = |field: &'static str, errs: &mut Errs| -> bool {
        if !has(h, field) {
            return false;
        }
        if count > 0 {
            errs.forbidden(
                &path.child(field),
                "may not specify more than 1 handler type",
            );
            return false;
        }
        count += 1;
        true
    };
    if one("exec", errs) && list(at(h, "exec"), "command").is_empty() {
        errs.required(&path.child("exec").child("command"), "");
    }
    if one("httpGet", errs) {
        let get = at(h, "httpGet");
        let at_path = path.child("httpGet");
        if s(get, "path").is_empty() {
            errs.required(&at_path.child("path"), "");
        }
        numbers::port_or_name(at(get, "port"), &at_path.child("port"), errs);
        errs.one_of(
            &at_path.child("scheme"),
            s(get, "scheme"),
            &["HTTP", "HTTPS"],
        );
        for header in list(get, "httpHeaders") {
            let name = s(header, "name");
            errs.invalid_all(
                &at_path.child("httpHeaders"),
                name,
                names::http_header_name(name),
            );
        }
    }
    if one("tcpSocket", errs) {
        numbers::port_or_name(
            at(at(h, "tcpSocket"), "port"),
            &path.child("tcpSocket").child("port"),
            errs,
        );
    }
    if one("grpc", errs) {
        numbers::port(
            tree::i0(at(h, "grpc"), "port"),
            &path.child("grpc").child("port"),
            errs,
        );
    }
    if one("sleep", errs) {
        let seconds = tree::i0(at(h, "sleep"), "seconds");
        if let Some(grace) = pod.grace_seconds
            && (seconds < 0 || seconds > grace)
        {
            errs.invalid(
                &path.child("sleep"),
                seconds,
                format!(
                    "must be non-negative and less than terminationGracePeriodSeconds ({grace})"
                ),
            );
        }
    }
    if count == 0 {
        errs.required(path, "must specify a handler type");
    }
}
