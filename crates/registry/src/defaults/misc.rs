//! Defaults of the kinds that hold no pod template.

use crate::strategies::convert;
use crate::tree::{self, default_to, default_zero, get_mut, has, list_mut, s, set};
use skeg_schema::{Value, json};

/// PersistentVolumeClaimSpec, also in templates.
pub fn claim_spec(spec: &mut Value) {
    default_to(spec, "volumeMode", "Filesystem");
    if let Some(r) = get_mut(spec, "resources") {
        round(r, &["limits", "requests"]);
    } else {
        set(spec, "resources", json!({}));
    }
}

/// Rounds the quantities in these maps of an object.
fn round(obj: &mut Value, maps: &[&str]) {
    for map in maps {
        if let Some(map) = get_mut(obj, map) {
            super::pod::round_quantities(map);
        }
    }
}

/// PersistentVolumeClaim.
pub fn claim(obj: &mut Value) {
    claim_spec(tree::obj_mut(obj, "spec"));
    let status = tree::obj_mut(obj, "status");
    default_zero(status, "phase", "Pending");
    round(status, &["capacity", "allocatedResources"]);
}

/// ResourceQuota.
pub fn quota(obj: &mut Value) {
    for part in ["spec", "status"] {
        if let Some(part) = get_mut(obj, part) {
            round(part, &["hard", "used"]);
        }
    }
}

/// PersistentVolume.
pub fn volume(obj: &mut Value) {
    default_zero(tree::obj_mut(obj, "status"), "phase", "Pending");
    let spec = tree::obj_mut(obj, "spec");
    default_zero(spec, "persistentVolumeReclaimPolicy", "Retain");
    default_to(spec, "volumeMode", "Filesystem");
    super::pod::shared_sources(spec);
    round(spec, &["capacity"]);
}

/// Service.
pub fn service(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    default_zero(spec, "sessionAffinity", "None");
    match s(spec, "sessionAffinity") {
        "None" => {
            tree::remove(spec, "sessionAffinityConfig");
        }
        "ClientIP" => {
            let config = tree::obj_mut(spec, "sessionAffinityConfig");
            let client = tree::obj_mut(config, "clientIP");
            default_to(client, "timeoutSeconds", 10_800);
        }
        _ => {}
    }
    default_zero(spec, "type", "ClusterIP");
    for p in list_mut(spec, "ports") {
        default_zero(p, "protocol", "TCP");
        let port = tree::i0(p, "port");
        if is_zero_target(tree::at(p, "targetPort")) {
            set(p, "targetPort", port);
        }
    }
    let kind = s(spec, "type").to_owned();
    let external = kind == "NodePort"
        || kind == "LoadBalancer"
        || (kind == "ClusterIP" && !tree::list(spec, "externalIPs").is_empty());
    if external {
        default_zero(spec, "externalTrafficPolicy", "Cluster");
    }
    if matches!(kind.as_str(), "ClusterIP" | "NodePort" | "LoadBalancer") {
        default_to(spec, "internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        default_to(spec, "allocateLoadBalancerNodePorts", true);
        let modes = get_mut(obj, "status").and_then(|st| get_mut(st, "loadBalancer"));
        if let Some(lb) = modes {
            for ingress in list_mut(lb, "ingress") {
                if !s(ingress, "ip").is_empty() {
                    default_to(ingress, "ipMode", "VIP");
                }
            }
        }
    }
    default_to(tree::obj_mut(obj, "status"), "loadBalancer", json!({}));
}

fn is_zero_target(v: &Value) -> bool {
    match v {
        Value::Null => true,
        Value::Int(0) => true,
        Value::String(s) => s.is_empty(),
        _ => false,
    }
}

/// Endpoints.
pub fn endpoints(obj: &mut Value) {
    for subset in list_mut(obj, "subsets") {
        for p in list_mut(subset, "ports") {
            default_zero(p, "protocol", "TCP");
        }
    }
}

/// EndpointSlice.
pub fn endpoint_slice(obj: &mut Value) {
    for p in list_mut(obj, "ports") {
        default_to(p, "name", "");
        default_to(p, "protocol", "TCP");
    }
}

/// Secret. `stringData` moves into `data`.
pub fn secret(obj: &mut Value) {
    use base64::Engine;
    default_zero(obj, "type", "Opaque");
    if let Some(strings) = tree::remove(obj, "stringData") {
        let pairs: Vec<(String, String)> = tree::pairs(&strings)
            .map(|(k, v)| {
                let bytes = v.as_str().unwrap_or("");
                (
                    k.to_owned(),
                    base64::engine::general_purpose::STANDARD.encode(bytes),
                )
            })
            .collect();
        if !pairs.is_empty() {
            let data = tree::obj_mut(obj, "data");
            for (k, v) in pairs {
                set(data, k, v);
            }
        }
    }
}

/// Namespace: its own label is always right.
pub fn namespace(obj: &mut Value) {
    default_zero(tree::obj_mut(obj, "status"), "phase", "Active");
    let name = tree::name_of(obj).to_owned();
    if !name.is_empty() {
        let labels = tree::obj_mut(tree::obj_mut(obj, "metadata"), "labels");
        set(labels, "kubernetes.io/metadata.name", name);
    }
}

/// Node: allocatable is capacity until someone says otherwise.
pub fn node(obj: &mut Value) {
    let status = tree::obj_mut(obj, "status");
    if !has(status, "allocatable") && has(status, "capacity") {
        let capacity = tree::at(status, "capacity").clone();
        set(status, "allocatable", capacity);
    }
    round(status, &["capacity", "allocatable"]);
    if !has(status, "daemonEndpoints") {
        set(
            status,
            "daemonEndpoints",
            json!({"kubeletEndpoint": {"Port": 0}}),
        );
    }
    let info = json!({
        "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "",
        "containerRuntimeVersion": "", "kubeletVersion": "", "kubeProxyVersion": "",
        "operatingSystem": "", "architecture": "",
    });
    default_to(status, "nodeInfo", info);
    // podCIDR is the first of podCIDRs.
    if let Some(spec) = get_mut(obj, "spec") {
        let one = s(spec, "podCIDR").to_owned();
        let many = tree::list(spec, "podCIDRs")
            .first()
            .and_then(Value::as_str)
            .map(str::to_owned);
        match (one.is_empty(), many) {
            (false, None) => set(spec, "podCIDRs", Value::Array(vec![one.into()])),
            (false, Some(first)) if first != one => {
                set(spec, "podCIDRs", Value::Array(vec![one.into()]));
            }
            (true, Some(first)) => set(spec, "podCIDR", first),
            _ => {}
        }
    }
}

/// LimitRange: max → default → defaultRequest, and min.
pub fn limit_range(obj: &mut Value) {
    let Some(spec) = get_mut(obj, "spec") else {
        return;
    };
    for item in list_mut(spec, "limits") {
        if s(item, "type") == "Container" {
            fill(item, "max", "default");
            fill(item, "default", "defaultRequest");
            fill(item, "min", "defaultRequest");
        }
        let maps = [
            "max",
            "min",
            "default",
            "defaultRequest",
            "maxLimitRequestRatio",
        ];
        round(item, &maps);
    }
}

fn fill(item: &mut Value, from: &str, to: &'static str) {
    let source: Vec<(String, Value)> = tree::entries(item, from)
        .map(|(k, v)| (k.to_owned(), v.clone()))
        .collect();
    let target = tree::obj_mut(item, to);
    for (k, v) in source {
        if !has(target, &k) {
            set(target, k, v);
        }
    }
    if tree::is_zero(tree::at(item, to)) {
        tree::remove(item, to);
    }
}

/// Ingress paths need their type named; nothing is assumed.
pub fn ingress_class(obj: &mut Value) {
    if let Some(spec) = get_mut(obj, "spec")
        && let Some(p) = get_mut(spec, "parameters")
    {
        default_to(p, "scope", "Cluster");
    }
}

/// NetworkPolicy.
pub fn network_policy(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    for (rules, _) in [("ingress", "from"), ("egress", "to")] {
        for rule in list_mut(spec, rules) {
            for p in list_mut(rule, "ports") {
                default_to(p, "protocol", "TCP");
            }
        }
    }
    if tree::list(spec, "policyTypes").is_empty() {
        let mut types = vec![Value::from("Ingress")];
        if !tree::list(spec, "egress").is_empty() {
            types.push("Egress".into());
        }
        set(spec, "policyTypes", Value::Array(types));
    }
}

/// RoleBinding and ClusterRoleBinding.
pub fn role_binding(obj: &mut Value) {
    default_zero(
        tree::obj_mut(obj, "roleRef"),
        "apiGroup",
        "rbac.authorization.k8s.io",
    );
    for subject in list_mut(obj, "subjects") {
        if matches!(s(subject, "kind"), "User" | "Group") {
            default_zero(subject, "apiGroup", "rbac.authorization.k8s.io");
        }
    }
}

/// HorizontalPodAutoscaler of either version.
pub fn autoscaler(obj: &mut Value) {
    let v2 = s(obj, "apiVersion") != "autoscaling/v1";
    let spec = tree::obj_mut(obj, "spec");
    default_to(spec, "minReplicas", 1);
    if !v2 {
        // What version 2 measures when nothing is asked for.
        if !convert::autoscaler_measures_more(obj) {
            default_to(
                tree::obj_mut(obj, "spec"),
                "targetCPUUtilizationPercentage",
                80,
            );
        }
        return;
    }
    convert::drop_hidden_of_autoscaler(obj);
    let spec = tree::obj_mut(obj, "spec");
    if tree::list(spec, "metrics").is_empty() {
        set(
            spec,
            "metrics",
            json!([{
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
            }]),
        );
    }
    let Some(behavior) = get_mut(spec, "behavior") else {
        return;
    };
    let up = tree::obj_mut(behavior, "scaleUp");
    default_to(up, "stabilizationWindowSeconds", 0);
    default_to(up, "selectPolicy", "Max");
    if !has(up, "policies") {
        set(
            up,
            "policies",
            json!([
                {"type": "Pods", "value": 4, "periodSeconds": 15},
                {"type": "Percent", "value": 100, "periodSeconds": 15},
            ]),
        );
    }
    let down = tree::obj_mut(behavior, "scaleDown");
    default_to(down, "selectPolicy", "Max");
    if !has(down, "policies") {
        set(
            down,
            "policies",
            json!([{"type": "Percent", "value": 100, "periodSeconds": 15}]),
        );
    }
}

/// StorageClass.
pub fn storage_class(obj: &mut Value) {
    default_to(obj, "reclaimPolicy", "Delete");
    default_to(obj, "volumeBindingMode", "Immediate");
}

/// CSIDriver.
pub fn csi_driver(obj: &mut Value) {
    let spec = tree::obj_mut(obj, "spec");
    default_to(spec, "attachRequired", true);
    default_to(spec, "podInfoOnMount", false);
    default_to(spec, "storageCapacity", false);
    default_to(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
    if tree::list(spec, "volumeLifecycleModes").is_empty() {
        set(spec, "volumeLifecycleModes", json!(["Persistent"]));
    }
    default_to(spec, "requiresRepublish", false);
    default_to(spec, "seLinuxMount", false);
    default_to(spec, "preventPodSchedulingIfMissing", false);
}

/// Validating and mutating webhook configurations.
pub fn webhooks(obj: &mut Value, mutating: bool) {
    for w in list_mut(obj, "webhooks") {
        default_to(w, "failurePolicy", "Fail");
        default_to(w, "matchPolicy", "Equivalent");
        default_to(w, "namespaceSelector", json!({}));
        default_to(w, "objectSelector", json!({}));
        default_to(w, "timeoutSeconds", 10);
        if mutating {
            default_to(w, "reinvocationPolicy", "Never");
        }
        for rule in list_mut(w, "rules") {
            default_to(rule, "scope", "*");
        }
        if let Some(config) = get_mut(w, "clientConfig") {
            service_port(config);
        }
    }
}

/// The port of a service reference.
pub fn service_port(config: &mut Value) {
    if let Some(service) = get_mut(config, "service") {
        default_to(service, "port", 443);
    }
}

/// Validating and mutating admission policies.
pub fn admission_policy(obj: &mut Value) {
    let Some(spec) = get_mut(obj, "spec") else {
        return;
    };
    default_to(spec, "failurePolicy", "Fail");
    if let Some(m) = get_mut(spec, "matchConstraints") {
        match_resources(m);
    }
}

/// Bindings of admission policies.
pub fn admission_binding(obj: &mut Value) {
    let Some(spec) = get_mut(obj, "spec") else {
        return;
    };
    if let Some(m) = get_mut(spec, "matchResources") {
        match_resources(m);
    }
}

/// The binding of a mutating policy; in its oldest version, what becomes of a parameter that is
/// not found need not be said.
pub fn mutating_binding(obj: &mut Value) {
    let is_alpha = s(obj, "apiVersion").ends_with("/v1alpha1");
    if is_alpha
        && let Some(spec) = get_mut(obj, "spec")
        && let Some(param) = get_mut(spec, "paramRef")
    {
        default_to(param, "parameterNotFoundAction", "Deny");
    }
    admission_binding(obj);
}

fn match_resources(m: &mut Value) {
    default_to(m, "matchPolicy", "Equivalent");
    default_to(m, "namespaceSelector", json!({}));
    default_to(m, "objectSelector", json!({}));
    for part in ["resourceRules", "excludeResourceRules"] {
        for rule in list_mut(m, part) {
            default_to(rule, "scope", "*");
        }
    }
}

/// PodDisruptionBudget: what `policy/v1beta1` put into selectors to say that one matches nothing
/// is taken out, unless it is all that there is.
pub fn budget(obj: &mut Value) {
    const LABEL: &str = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match";
    let Some(selector) = obj.at_mut(&["spec", "selector"]) else {
        return;
    };
    let nothing = json!({"matchExpressions": [{"key": LABEL, "operator": "Exists"}]});
    if tree::same(selector, &nothing) {
        return;
    }
    if let Some(all) = get_mut(selector, "matchExpressions").and_then(Value::as_array_mut) {
        all.retain(|expression| s(expression, "key") != LABEL);
    }
}

/// FlowSchema.
pub fn flow_schema(obj: &mut Value) {
    default_zero(tree::obj_mut(obj, "spec"), "matchingPrecedence", 1000);
}

/// PriorityLevelConfiguration.
pub fn priority_level(obj: &mut Value) {
    let Some(spec) = get_mut(obj, "spec") else {
        return;
    };
    if let Some(exempt) = get_mut(spec, "exempt") {
        default_to(exempt, "nominalConcurrencyShares", 0);
        default_to(exempt, "lendablePercent", 0);
    } else if s(spec, "type") == "Exempt" {
        set(
            spec,
            "exempt",
            json!({"nominalConcurrencyShares": 0, "lendablePercent": 0}),
        );
    }
    let Some(limited) = get_mut(spec, "limited") else {
        return;
    };
    default_to(limited, "nominalConcurrencyShares", 30);
    default_to(limited, "lendablePercent", 0);
    if let Some(response) = get_mut(limited, "limitResponse")
        && let Some(queuing) = get_mut(response, "queuing")
    {
        default_zero(queuing, "handSize", 8);
        default_zero(queuing, "queues", 64);
        default_zero(queuing, "queueLengthLimit", 50);
    }
}

/// PriorityClass.
pub fn priority_class(obj: &mut Value) {
    default_to(obj, "preemptionPolicy", "PreemptLowerPriority");
}

/// ResourceClaimSpec and DeviceClass requests.
pub fn claim_devices(devices: &mut Value) {
    for r in list_mut(devices, "requests") {
        if let Some(exactly) = get_mut(r, "exactly") {
            device_request(exactly);
        }
        for sub in list_mut(r, "firstAvailable") {
            device_request(sub);
        }
    }
}

fn device_request(r: &mut Value) {
    default_zero(r, "allocationMode", "ExactCount");
    if s(r, "allocationMode") == "ExactCount" {
        default_zero(r, "count", 1);
    }
    device_tolerations(r);
}

fn device_tolerations(r: &mut Value) {
    for t in list_mut(r, "tolerations") {
        default_zero(t, "operator", "Equal");
    }
}

/// The devices that a claim got, in its status.
pub fn claim_results(obj: &mut Value) {
    if let Some(devices) = obj.at_mut(&["status", "allocation", "devices"]) {
        list_mut(devices, "results")
            .iter_mut()
            .for_each(device_tolerations);
    }
}
