//! The good requests from which the bad ones are made.

use std::time::Duration;

use anyhow::Result;

use super::mutate::{Random, mutate};
use crate::http::Address;

const METHODS: &[&str] = &[
    "GET", "GET", "GET", "POST", "POST", "POST", "PUT", "PATCH", "PATCH", "DELETE", "OPTIONS",
    "CONNECT", "FOO",
];

const PATHS: &[&str] = &[
    "/api",
    "/apis",
    "/apis/apps/v1",
    "/openapi/v3",
    "/openapi/v3/apis/apps/v1",
    "/version",
    "/healthz",
    "/livez?verbose",
    "/readyz?exclude=etcd",
    "/metrics",
    "/api/v1/namespaces",
    "/api/v1/namespaces/default",
    "/api/v1/namespaces/default/pods",
    "/api/v1/namespaces/default/pods/p",
    "/api/v1/namespaces/default/pods/p/log",
    "/api/v1/namespaces/default/pods/p/exec?command=a&stdin=1",
    "/api/v1/namespaces/default/pods/p/status",
    "/api/v1/namespaces/default/pods/p/eviction",
    "/api/v1/namespaces/default/pods/p/binding",
    "/api/v1/namespaces/default/configmaps",
    "/api/v1/namespaces/default/configmaps/c",
    "/api/v1/configmaps",
    "/api/v1/namespaces/default/services",
    "/api/v1/namespaces/default/services/s",
    "/api/v1/nodes",
    "/api/v1/nodes/n/proxy/x",
    "/api/v1/namespaces/default/secrets",
    "/api/v1/namespaces/default/serviceaccounts/default/token",
    "/apis/apps/v1/namespaces/default/deployments",
    "/apis/apps/v1/namespaces/default/deployments/d",
    "/apis/apps/v1/namespaces/default/deployments/d/scale",
    "/apis/apps/v1/namespaces/default/deployments/d/status",
    "/apis/batch/v1/namespaces/default/jobs",
    "/apis/batch/v1/namespaces/default/cronjobs",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authentication.k8s.io/v1/tokenreviews",
    "/apis/coordination.k8s.io/v1/namespaces/default/leases",
    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
    "/apis/storage.k8s.io/v1/storageclasses",
    "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
    "/apis/events.k8s.io/v1/namespaces/default/events",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
];

const QUERIES: &[&str] = &[
    "",
    "",
    "",
    "watch=1&timeoutSeconds=1",
    "watch=true&resourceVersion=1&timeoutSeconds=1",
    "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1",
    "limit=2",
    "limit=-1",
    "limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6Miwic3RhcnQiOiJ4In0",
    "labelSelector=a%3Db",
    "labelSelector=a+in+(b,c),!d",
    "fieldSelector=metadata.name%3Dx",
    "fieldSelector=spec.nodeName%21%3Da",
    "resourceVersion=0",
    "resourceVersion=3&resourceVersionMatch=Exact",
    "dryRun=All",
    "fieldManager=f&force=true",
    "fieldValidation=Strict",
    "fieldValidation=Warn",
    "propagationPolicy=Foreground",
    "gracePeriodSeconds=0",
    "pretty=true",
    "tailLines=1&sinceSeconds=2",
    "timeout=1s",
];

const ACCEPTS: &[&str] = &[
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "*/*",
    "text/plain",
    "application/json;as=Table;v=v1;g=meta.k8s.io",
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
    "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json",
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    "application/cbor",
    "application/com.github.proto-openapi.spec.v3@v1.0+protobuf",
    "application/json;q=0.1, text/*;q=NaN",
];

const BODY_TYPES: &[&str] = &[
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "text/plain",
    "application/cbor",
    "",
];

const PATCH_TYPES: &[&str] = &[
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];

/// Bodies in JSON, and the collection that each belongs to; none for patches and options.
const JSON: &[(&str, &str)] = &[
    (
        "/api/v1/namespaces/default/pods",
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"a":"b"},"finalizers":["x/y"],"ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"u"}]},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80,"protocol":"TCP"}],"env":[{"name":"E","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],"resources":{"requests":{"cpu":"100m","memory":"1Gi"}},"livenessProbe":{"httpGet":{"port":"http"}},"securityContext":{"runAsUser":1}}],"tolerations":[{"key":"k","operator":"Exists","tolerationSeconds":3}],"volumes":[{"name":"v","projected":{"sources":[{"configMap":{"name":"c"}}]}}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]}]}}}}}"#,
    ),
    (
        "/apis/apps/v1/namespaces/default/deployments",
        r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}"#,
    ),
    (
        "/api/v1/namespaces/default/configmaps",
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"c-","annotations":{"n":"v"}},"data":{"k":"v"},"binaryData":{"b":"AAEC"},"immutable":false}"#,
    ),
    (
        "/api/v1/namespaces/default/services",
        r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"type":"NodePort","selector":{"a":"b"},"ports":[{"name":"http","port":80,"targetPort":"http","nodePort":30080}],"clusterIP":"10.96.0.99","ipFamilyPolicy":"SingleStack","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}}}}"#,
    ),
    (
        "/apis/batch/v1/namespaces/default/cronjobs",
        r#"{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"j"},"spec":{"schedule":"*/5 * * * *","timeZone":"Etc/UTC","jobTemplate":{"spec":{"backoffLimit":3,"podFailurePolicy":{"rules":[{"action":"Ignore","onExitCodes":{"operator":"In","values":[1]}}]},"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}"#,
    ),
    (
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods/*"],"verbs":["*"]}],"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"x":"y"}}]}}"#,
    ),
    (
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        r#"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"get","resource":"pods","labelSelector":{"requirements":[{"key":"a","operator":"In","values":["b"]}]}}}}"#,
    ),
    (
        "",
        r#"{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"d"},"spec":{"replicas":2}}"#,
    ),
    (
        "",
        r#"{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,"preconditions":{"uid":"u","resourceVersion":"1"},"propagationPolicy":"Orphan"}"#,
    ),
    (
        "",
        r#"[{"op":"add","path":"/metadata/labels/x~1y","value":{"a":[1]}},{"op":"move","from":"/spec","path":"/metadata"},{"op":"test","path":"/kind","value":"Pod"},{"op":"remove","path":"/spec/containers/0"},{"op":"copy","from":"/spec/containers/-1","path":"/spec/containers/-"}]"#,
    ),
    (
        "",
        r#"{"metadata":{"labels":{"x":null}},"spec":{"$retainKeys":["containers"],"containers":[{"name":"c","$patch":"delete"},{"$patch":"replace"}],"$setElementOrder/containers":[{"name":"c"}],"tolerations":null}}"#,
    ),
    (
        "/apis/coordination.k8s.io/v1/namespaces/default/leases",
        r#"{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},"spec":{"holderIdentity":"h","leaseDurationSeconds":15,"renewTime":"2026-11-21T10:00:00.000000Z"}}"#,
    ),
];

const YAML: &[&str] = &[
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  labels: {a: b, \"c\": 'd'}\ndata:\n  k: |\n    line\n    line\n  n: \"1\"\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: &m\n  name: d\nspec:\n  replicas: 0x10\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: *m\n    spec:\n      containers:\n      - name: c\n        image: i\n        args: [yes, no, ~, 1e3, .inf, 0b1]\n",
    "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f]\n",
];

const HEADERS: &[&str] = &[
    "Impersonate-User: x",
    "Impersonate-Group: system:masters",
    "Impersonate-Extra-a%2Fb: c",
    "Impersonate-Uid: 1",
    "Accept-Encoding: gzip",
    "Content-Encoding: gzip",
    "Expect: 100-continue",
    "Connection: Upgrade\r\nUpgrade: SPDY/3.1",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "If-None-Match: \"x\"",
    "Range: bytes=0-1",
    "Audit-ID: a b",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: identity",
    "Content-Length: 3",
    "Content-Length: -1",
    "Cookie: a=b",
    "X-Remote-User: admin",
    "Kubectl-Command: x",
    "Warning: x",
    "Authorization: Basic YTpi",
    "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.",
    "Authorization: bearer",
    "TE: trailers",
];

/// Real objects in protobuf, as the server encodes them.
pub fn protobuf_bodies(address: &Address) -> Result<Vec<Vec<u8>>> {
    let mut bodies = Vec::new();
    for path in [
        "/api/v1/namespaces/default",
        "/api/v1/namespaces/default/services/kubernetes",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/view",
        "/api/v1/namespaces",
    ] {
        let mut connection = address.connect(Duration::from_secs(20))?;
        connection.raw(
            format!(
                "GET {path} HTTP/1.1\r\nHost: skeg\r\nAuthorization: Bearer admin-token\r\n\
                 Accept: application/vnd.kubernetes.protobuf\r\n\r\n"
            )
            .as_bytes(),
        )?;
        bodies.push(connection.answer()?.ok()?.body);
    }
    Ok(bodies)
}

/// One request, in most cases wrong somewhere.
pub fn make(random: &mut Random, protobuf: &[Vec<u8>]) -> Vec<u8> {
    let (at_home, json) = JSON[random.below(JSON.len())];
    // Half of the bodies go where they belong, else few would come further than the first check.
    let fits = !at_home.is_empty() && random.one_in(2);
    let method = if fits { "POST" } else { random.pick(METHODS) };
    let path = if fits { at_home } else { random.pick(PATHS) };
    let mut target = path.as_bytes().to_vec();
    let query = random.pick(QUERIES);
    if !query.is_empty() {
        target.push(if target.contains(&b'?') { b'&' } else { b'?' });
        target.extend_from_slice(query.as_bytes());
    }
    if random.one_in(if fits { 20 } else { 3 }) {
        mutate(random, &mut target);
        target.truncate(16 << 10);
        // A line break would end the request's first line, which is tried in the headers.
        target.retain(|byte| *byte > b' ' && *byte != 0x7f);
    }
    let (kind, body) = if fits {
        at_home_body(random, json)
    } else {
        body(random, method, json, protobuf)
    };
    let mut head = format!("Host: skeg\r\nAccept: {}\r\n", random.pick(ACCEPTS));
    if !random.one_in(12) {
        head.push_str("Authorization: Bearer admin-token\r\n");
    }
    if !kind.is_empty() {
        head.push_str(&format!("Content-Type: {kind}\r\n"));
    }
    while random.one_in(5) {
        head.push_str(random.pick(HEADERS));
        head.push_str("\r\n");
    }
    let mut head = head.into_bytes();
    if random.one_in(12) {
        mutate(random, &mut head);
        head.truncate(32 << 10);
        head.extend_from_slice(b"\r\n");
    }
    let mut request = [method.as_bytes(), b" ", &target, b" HTTP/1.1\r\n", &head].concat();
    if !body.is_empty() {
        request.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(&body);
    request
}

/// A body for its own collection: mostly faulty, in JSON or in the YAML that JSON is too.
fn at_home_body<'a>(random: &mut Random, json: &str) -> (&'a str, Vec<u8>) {
    let mut bytes = json.as_bytes().to_vec();
    if !random.one_in(6) {
        mutate(random, &mut bytes);
    }
    let kind = if random.one_in(4) {
        "application/yaml"
    } else {
        "application/json"
    };
    (kind, bytes)
}

fn body<'a>(
    random: &mut Random,
    method: &str,
    json: &str,
    protobuf: &[Vec<u8>],
) -> (&'a str, Vec<u8>) {
    if matches!(method, "GET" | "OPTIONS") && !random.one_in(8) {
        return ("", Vec::new());
    }
    let (kind, mut bytes) = match random.below(6) {
        0 => ("application/yaml", random.pick(YAML).as_bytes().to_vec()),
        1 => (
            "application/vnd.kubernetes.protobuf",
            protobuf[random.below(protobuf.len())].clone(),
        ),
        _ => ("application/json", json.as_bytes().to_vec()),
    };
    let kind = if random.one_in(10) {
        random.pick(BODY_TYPES)
    } else if method == "PATCH" {
        random.pick(PATCH_TYPES)
    } else {
        kind
    };
    if !random.one_in(10) {
        mutate(random, &mut bytes);
    }
    (kind, bytes)
}
