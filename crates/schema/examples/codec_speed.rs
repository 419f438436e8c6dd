//! How long the codec takes for a realistic Pod. Run with
//! `cargo run --release -p skeg-schema --example codec_speed`.

use std::hint::black_box;
use std::time::Instant;

use skeg_schema::{
    DecodeOptions, TypeId, decode_json, decode_json_any, decode_protobuf, encode_json,
    encode_protobuf, json, protobuf_to_json,
};

fn measure(name: &str, mut act: impl FnMut()) {
    for _ in 0..2_000 {
        act();
    }
    let rounds = 20_000u32;
    let start = Instant::now();
    for _ in 0..rounds {
        act();
    }
    println!(
        "{name:32} {:8.2} µs",
        start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
    );
}

/// A pod with three containers as a running cluster has it, about 8 kB of JSON.
fn pod() -> skeg_schema::Value {
    let container = |name: &str| {
        json!({
            "name": name, "image": format!("registry.example.com/team/{name}:v1.2.3"), "imagePullPolicy": "IfNotPresent",
            "args": ["--listen=:8080", "--log-level=info", "--cluster=production"],
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}, {"name": "metrics", "containerPort": 9090, "protocol": "TCP"}],
            "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
                {"name": "MODE", "value": "fast"}, {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "t", "key": "k"}}}],
            "resources": {"limits": {"cpu": "500m", "memory": "512Mi"}, "requests": {"cpu": "250m", "memory": "256Mi"}},
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
            "volumeMounts": [{"name": "config", "mountPath": "/etc/config", "readOnly": true}, {"name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true}],
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "securityContext": {"runAsNonRoot": true, "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
        })
    };
    let status = |name: &str| {
        json!({
            "name": name, "ready": true, "restartCount": 0, "image": format!("registry.example.com/team/{name}:v1.2.3"),
            "imageID": "registry.example.com/team/x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "containerID": "containerd://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "started": true,
            "state": {"running": {"startedAt": "2026-01-02T03:04:05Z"}},
        })
    };
    let fields = json!({"f:metadata": {"f:labels": {".": {}, "f:app": {}, "f:tier": {}}, "f:ownerReferences": {".": {}}},
        "f:spec": {"f:containers": {"k:{\"name\":\"app\"}": {".": {}, "f:image": {}, "f:name": {}, "f:ports": {".": {}}}}, "f:nodeName": {}}});
    json!({
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {"name": "web-5d9c7b8f6d-x2x7k", "generateName": "web-5d9c7b8f6d-", "namespace": "production", "uid": "3b1b6a3e-2f5f-4f0e-9c1d-0a8f3f5b7c11",
            "resourceVersion": "123456", "creationTimestamp": "2026-01-02T03:04:05Z", "labels": {"app": "web", "tier": "front", "pod-template-hash": "5d9c7b8f6d"},
            "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": "9090"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d9c7b8f6d", "uid": "u", "controller": true, "blockOwnerDeletion": true}],
            "managedFields": [{"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": "2026-01-02T03:04:05Z", "fieldsType": "FieldsV1", "fieldsV1": fields}]},
        "spec": {"volumes": [{"name": "config", "configMap": {"name": "web", "defaultMode": 420}},
                {"name": "kube-api-access-x", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                    {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                    {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}], "defaultMode": 420}}],
            "containers": [container("app"), container("proxy"), container("agent")],
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "serviceAccountName": "web", "serviceAccount": "web",
            "nodeName": "node-1", "securityContext": {"fsGroup": 1000}, "schedulerName": "default-scheduler",
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}],
            "priority": 0, "enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority"},
        "status": {"phase": "Running", "conditions": [
                {"type": "Initialized", "status": "True", "lastTransitionTime": "2026-01-02T03:04:05Z"},
                {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T03:04:05Z"},
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-02T03:04:05Z"}],
            "hostIP": "10.0.0.1", "podIP": "10.244.0.7", "podIPs": [{"ip": "10.244.0.7"}], "startTime": "2026-01-02T03:04:05Z", "qosClass": "Burstable",
            "containerStatuses": [status("app"), status("proxy"), status("agent")]},
    })
}

fn main() {
    let ty = TypeId::by_gvk("", "v1", "Pod").expect("pods are known");
    let tree = pod();
    let (mut json, mut proto) = (Vec::new(), Vec::new());
    encode_json(&tree, ty, &mut json);
    encode_protobuf(&tree, ty, &mut proto);
    println!("JSON {} bytes, protobuf {} bytes", json.len(), proto.len());
    let decoded = decode_json(&json, ty, &DecodeOptions::strict()).expect("it is a pod");
    assert!(decoded.complaints.is_empty(), "{:?}", decoded.complaints);
    let mut out = Vec::with_capacity(2 * json.len());
    measure("JSON to tree, strict", || {
        black_box(
            decode_json(black_box(&json), ty, &DecodeOptions::strict()).expect("it is a pod"),
        );
    });
    measure("JSON to tree, any", || {
        black_box(decode_json_any(black_box(&json)).expect("it is JSON"));
    });
    measure("protobuf to tree", || {
        black_box(decode_protobuf(black_box(&proto), ty).expect("it is a pod"));
    });
    measure("tree to JSON", || {
        out.clear();
        encode_json(black_box(&decoded.value), ty, &mut out);
    });
    measure("tree to protobuf", || {
        out.clear();
        encode_protobuf(black_box(&decoded.value), ty, &mut out);
    });
    measure("protobuf to JSON", || {
        out.clear();
        protobuf_to_json(black_box(&proto), ty, Some(("v1", "Pod")), &mut out)
            .expect("it is a pod");
    });
    measure("clone of a tree", || {
        black_box(decoded.value.clone());
    });
    measure("serde_json::Value", || {
        black_box(
            serde_json::from_slice::<serde_json::Value>(black_box(&json)).expect("it is JSON"),
        );
    });
}
