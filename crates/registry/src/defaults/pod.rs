//! Defaults of pods and of everything that holds a pod template.

use super::image::is_latest;
use crate::tree::{self, default_to, default_zero, get_mut, has, list_mut, s, set};
use skeg_meta::Quantity;
use skeg_schema::quantity::rounded_to_millis;
use skeg_schema::{Object, Value, json};

/// Defaults of a PodSpec, in a pod as in a template.
pub fn pod_spec(spec: &mut Value) {
    if !matches!(spec, Value::Object(_)) {
        *spec = Value::Object(Object::new());
    }
    default_zero(spec, "dnsPolicy", "ClusterFirst");
    default_zero(spec, "restartPolicy", "Always");
    default_to(spec, "securityContext", json!({}));
    default_to(spec, "terminationGracePeriodSeconds", 30);
    default_zero(spec, "schedulerName", "default-scheduler");
    service_account(spec);
    for v in list_mut(spec, "volumes") {
        volume(v);
    }
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
        for c in list_mut(spec, kind) {
            container(c);
        }
    }
    if let Some(r) = get_mut(spec, "resources") {
        resources(r);
    }
    if let Some(overhead) = get_mut(spec, "overhead") {
        round_quantities(overhead);
    }
}

/// `serviceAccount` is the old name of `serviceAccountName`; both are served.
pub fn service_account(spec: &mut Value) {
    let name = match (s(spec, "serviceAccountName"), s(spec, "serviceAccount")) {
        ("", "") => return,
        ("", old) => old.to_owned(),
        (new, _) => new.to_owned(),
    };
    set(spec, "serviceAccountName", name.as_str());
    set(spec, "serviceAccount", name.as_str());
}

/// A template's spec; the template is made when absent.
pub fn template(template: &mut Value) {
    drop_old_annotations(template);
    pod_spec(tree::obj_mut(template, "spec"));
}

/// Annotations that were init containers before Kubernetes 1.6 are not kept.
fn drop_old_annotations(pod: &mut Value) {
    const OLD: [&str; 4] = [
        "pod.beta.kubernetes.io/init-containers",
        "pod.alpha.kubernetes.io/init-containers",
        "pod.beta.kubernetes.io/init-container-statuses",
        "pod.alpha.kubernetes.io/init-container-statuses",
    ];
    if let Some(Value::Object(all)) = pod.at_mut(&["metadata", "annotations"]) {
        for name in OLD {
            all.remove(name);
        }
    }
}

/// Defaults of a whole Pod.
pub fn pod(pod: &mut Value) {
    drop_old_annotations(pod);
    let spec = tree::obj_mut(pod, "spec");
    pod_spec(spec);
    default_to(spec, "enableServiceLinks", true);
    let host_network = tree::b(spec, "hostNetwork");
    for kind in ["initContainers", "containers"] {
        for c in list_mut(spec, kind) {
            requests_from_limits(c);
            if host_network {
                host_ports(c);
            }
        }
    }
    if tree::i(spec, "terminationGracePeriodSeconds").is_some_and(|g| g < 0) {
        set(spec, "terminationGracePeriodSeconds", 1);
    }
    if let Some(status) = get_mut(pod, "status") {
        sync_ips(status, "podIP", "podIPs");
        sync_ips(status, "hostIP", "hostIPs");
        round_resources(status);
        for kind in [
            "initContainerStatuses",
            "containerStatuses",
            "ephemeralContainerStatuses",
        ] {
            list_mut(status, kind).iter_mut().for_each(round_resources);
        }
    }
}

// The list's first address and the single one are the same fact.
fn sync_ips(status: &mut Value, one: &'static str, many: &'static str) {
    if many == "hostIPs" {
        return;
    }
    let single = s(status, one).to_owned();
    let first = tree::list(status, many)
        .first()
        .map(|v| s(v, "ip").to_owned());
    match (single.is_empty(), first) {
        (false, None) => set(status, many, Value::Array(vec![json!({ "ip": single })])),
        (true, Some(first)) if !first.is_empty() => set(status, one, first),
        // The single one is what a client that knows only it has changed.
        (false, Some(first)) if first != single => {
            set(status, many, Value::Array(vec![json!({ "ip": single })]));
        }
        _ => {}
    }
}

fn container(c: &mut Value) {
    if s(c, "imagePullPolicy").is_empty() {
        let image = s(c, "image");
        let policy = if is_latest(image) {
            "Always"
        } else {
            "IfNotPresent"
        };
        set(c, "imagePullPolicy", policy);
    }
    default_zero(c, "terminationMessagePath", "/dev/termination-log");
    default_zero(c, "terminationMessagePolicy", "File");
    for p in list_mut(c, "ports") {
        default_zero(p, "protocol", "TCP");
    }
    for e in list_mut(c, "env") {
        if let Some(from) = get_mut(e, "valueFrom") {
            field_ref(from);
            if let Some(key) = get_mut(from, "fileKeyRef") {
                default_to(key, "optional", false);
            }
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(p) = get_mut(c, probe) {
            default_zero(p, "timeoutSeconds", 1);
            default_zero(p, "periodSeconds", 10);
            default_zero(p, "successThreshold", 1);
            default_zero(p, "failureThreshold", 3);
            handler(p);
        }
    }
    if let Some(l) = get_mut(c, "lifecycle") {
        for hook in ["postStart", "preStop"] {
            if let Some(h) = get_mut(l, hook) {
                handler(h);
            }
        }
    }
    default_to(c, "resources", json!({}));
    if let Some(r) = get_mut(c, "resources") {
        resources(r);
    }
}

fn handler(h: &mut Value) {
    if let Some(get) = get_mut(h, "httpGet") {
        default_zero(get, "path", "/");
        default_zero(get, "scheme", "HTTP");
    }
    if let Some(grpc) = get_mut(h, "grpc") {
        default_to(grpc, "service", "");
    }
}

fn field_ref(from: &mut Value) {
    if let Some(r) = get_mut(from, "fieldRef") {
        default_zero(r, "apiVersion", "v1");
    }
    if let Some(r) = get_mut(from, "resourceFieldRef") {
        default_zero(r, "divisor", "0");
    }
}

fn resources(r: &mut Value) {
    for part in ["limits", "requests"] {
        if let Some(list) = get_mut(r, part) {
            round_quantities(list);
        }
    }
}

/// The same of what a status says was given.
fn round_resources(status: &mut Value) {
    if let Some(given) = get_mut(status, "allocatedResources") {
        round_quantities(given);
    }
    if let Some(r) = get_mut(status, "resources") {
        resources(r);
    }
}

/// Quantities finer than a thousandth are rounded up to one.
pub fn round_quantities(list: &mut Value) {
    let Value::Object(o) = list else { return };
    for (_, q) in o.iter_mut() {
        let Some(text) = q.as_str() else { continue };
        if !text.contains(['n', 'u', '.', 'e', 'E']) {
            continue;
        }
        if let Ok(rounded) = rounded_to_millis(text) {
            *q = Value::String(rounded);
        }
    }
}

/// A limit without a request is the request too.
fn requests_from_limits(c: &mut Value) {
    let Some(r) = get_mut(c, "resources") else {
        return;
    };
    let limits: Vec<(String, Value)> = tree::entries(r, "limits")
        .map(|(k, v)| (k.to_owned(), v.clone()))
        .collect();
    if limits.is_empty() {
        return;
    }
    let requests = tree::obj_mut(r, "requests");
    for (k, v) in limits {
        if !has(requests, &k) {
            set(requests, k, v);
        }
    }
}

fn host_ports(c: &mut Value) {
    for p in list_mut(c, "ports") {
        let port = tree::i0(p, "containerPort");
        if port != 0 {
            default_zero(p, "hostPort", port);
        }
    }
}

/// What a pod that asks for resources as a whole leaves out of them (KEP-2837), in this order:
/// limits of huge pages are what containers have together; requests are what containers ask for
/// together, else the limit; limits are what containers have together where each has one, and
/// no less than the request.
pub fn pod_level(spec: &mut Value) {
    let own = tree::at(spec, "resources");
    let is_set = ["requests", "limits"]
        .iter()
        .any(|part| tree::entries(own, part).any(|(name, _)| is_pod_level(name)));
    if !is_set {
        return;
    }
    let asked = totals(spec, "requests");
    let limited = totals(spec, "limits");
    let everywhere: Vec<(String, Value)> = limited
        .iter()
        .filter(|(name, _)| each_limits(spec, name))
        .cloned()
        .collect();
    let Some(own) = get_mut(spec, "resources") else {
        return;
    };
    for (name, v) in limited {
        let requested = has(tree::at(own, "requests"), &name);
        if is_huge(&name) && !requested {
            fill(own, "limits", &name, v);
        }
    }
    for (name, v) in asked {
        if !is_huge(&name) {
            fill(own, "requests", &name, v);
        }
    }
    let limits: Vec<(String, Value)> = tree::entries(own, "limits")
        .filter(|(name, _)| is_pod_level(name))
        .map(|(name, v)| (name.to_owned(), v.clone()))
        .collect();
    for (name, v) in limits {
        fill(own, "requests", &name, v);
    }
    for (name, v) in everywhere {
        let request = tree::at(tree::at(own, "requests"), &name).clone();
        let larger = amount(&request) > amount(&v);
        fill(own, "limits", &name, if larger { request } else { v });
    }
}

fn is_huge(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Whether a pod as a whole may have this resource.
fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || is_huge(name)
}

/// What the containers have together of the resources that a whole pod may have.
fn totals(spec: &Value, part: &str) -> Vec<(String, Value)> {
    let all = crate::validation::pod::resources::aggregate(spec, part);
    all.into_iter()
        .filter(|(name, _)| is_pod_level(name))
        .map(|(name, v)| (name, Value::String(v.to_string())))
        .collect()
}

/// Whether every container limits this resource. Ephemeral ones never do, and they count
/// (kubernetes/kubernetes#142212).
fn each_limits(spec: &Value, name: &str) -> bool {
    ["initContainers", "containers", "ephemeralContainers"]
        .iter()
        .flat_map(|kind| tree::list(spec, kind))
        .all(|c| has(tree::path(c, &["resources", "limits"]), name))
}

fn amount(v: &Value) -> Option<Quantity> {
    v.as_str()?.parse().ok()
}

fn fill(own: &mut Value, part: &'static str, name: &str, v: Value) {
    if !has(tree::at(own, part), name) {
        set(tree::obj_mut(own, part), name.to_owned(), v);
    }
}

const SOURCES: &[&str] = &[
    "hostPath",
    "emptyDir",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "persistentVolumeClaim",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "downwardAPI",
    "fc",
    "azureFile",
    "configMap",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "projected",
    "portworxVolume",
    "scaleIO",
    "storageos",
    "csi",
    "ephemeral",
    "image",
];

fn volume(v: &mut Value) {
    if !SOURCES.iter().any(|src| has(v, src)) {
        set(v, "emptyDir", json!({}));
    }
    if let Some(src) = get_mut(v, "secret") {
        default_to(src, "defaultMode", 0o644);
    }
    if let Some(src) = get_mut(v, "configMap") {
        default_to(src, "defaultMode", 0o644);
    }
    if let Some(src) = get_mut(v, "downwardAPI") {
        default_to(src, "defaultMode", 0o644);
        for item in list_mut(src, "items") {
            field_ref(item);
        }
    }
    if let Some(src) = get_mut(v, "projected") {
        default_to(src, "defaultMode", 0o644);
        for source in list_mut(src, "sources") {
            if let Some(t) = get_mut(source, "serviceAccountToken") {
                default_to(t, "expirationSeconds", 3600);
            }
            if let Some(d) = get_mut(source, "downwardAPI") {
                for item in list_mut(d, "items") {
                    field_ref(item);
                }
            }
        }
    }
    if let Some(src) = get_mut(v, "image")
        && s(src, "pullPolicy").is_empty()
    {
        let policy = if is_latest(s(src, "reference")) {
            "Always"
        } else {
            "IfNotPresent"
        };
        set(src, "pullPolicy", policy);
    }
    if let Some(src) = get_mut(v, "ephemeral")
        && let Some(t) = get_mut(src, "volumeClaimTemplate")
    {
        super::misc::claim_spec(tree::obj_mut(t, "spec"));
    }
    shared_sources(v);
}

/// Sources that persistent volumes have too.
pub fn shared_sources(v: &mut Value) {
    if let Some(src) = get_mut(v, "hostPath") {
        default_to(src, "type", "");
    }
    if let Some(src) = get_mut(v, "iscsi") {
        default_zero(src, "iscsiInterface", "default");
    }
    if let Some(src) = get_mut(v, "rbd") {
        default_zero(src, "pool", "rbd");
        default_zero(src, "user", "admin");
        default_zero(src, "keyring", "/etc/ceph/keyring");
    }
    if let Some(src) = get_mut(v, "azureDisk") {
        default_to(src, "cachingMode", "ReadWrite");
        default_to(src, "kind", "Shared");
        default_to(src, "fsType", "ext4");
        default_to(src, "readOnly", false);
    }
    if let Some(src) = get_mut(v, "scaleIO") {
        default_zero(src, "storageMode", "ThinProvisioned");
        default_zero(src, "fsType", "xfs");
    }
}
