//! Fields of features that are off: what a request says of them is dropped,
//! unless the stored object has them from a time when they were on.

use crate::tree::{self, at, get_mut, has, list, list_mut, remove};
use skeg_schema::Value;

/// Where kinds keep a pod's template.
const TEMPLATES: &[&[&str]] = &[
    &["spec", "template", "spec"],
    &["template", "spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
];

const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Drops them from the templates that an object has.
pub fn templates(obj: &mut Value, old: &Value) {
    for keys in TEMPLATES {
        let mut place = Some(&mut *obj);
        for key in *keys {
            place = place.and_then(|v| get_mut(v, key));
        }
        if let Some(spec) = place {
            pod_spec(spec, tree::path(old, keys));
        }
    }
}

/// Drops them from a PodSpec.
pub fn pod_spec(spec: &mut Value, old: &Value) {
    for field in ["schedulingGroup", "evictionResponders"] {
        if !has(old, field) {
            remove(spec, field);
        }
    }
    let volumes = at(old, "volumes");
    let users = contains(volumes, "user") || contains(volumes, "defaultUser");
    let modes = list(old, "volumes")
        .iter()
        .any(|v| has(at(v, "emptyDir"), "mode"));
    for v in list_mut(spec, "volumes") {
        if !users {
            volume_users(v);
        }
        if !modes && let Some(dir) = get_mut(v, "emptyDir") {
            remove(dir, "mode");
        }
        let claim = get_mut(v, "ephemeral")
            .and_then(|e| get_mut(e, "volumeClaimTemplate"))
            .and_then(|t| get_mut(t, "spec"));
        if let Some(claim) = claim {
            foreign_source(claim, &Value::Null);
        }
    }
    let in_use = |field: &str| CONTAINERS.iter().any(|kind| contains(at(old, kind), field));
    let (mounts, signals) = (in_use("bindMountOptions"), in_use("stopSignal"));
    let (tls, protocols) = (
        handlers_have(old, "grpc", "mode"),
        handlers_have(old, "httpGet", "protocol"),
    );
    for kind in CONTAINERS {
        for c in list_mut(spec, kind) {
            if !mounts {
                for m in list_mut(c, "volumeMounts") {
                    remove(m, "bindMountOptions");
                }
            }
            let emptied = !signals
                && get_mut(c, "lifecycle")
                    .is_some_and(|l| remove(l, "stopSignal").is_some() && tree::is_zero(l));
            if emptied {
                remove(c, "lifecycle");
            }
            for_handlers(c, &mut |h| {
                if !tls && let Some(grpc) = get_mut(h, "grpc") {
                    remove(grpc, "mode");
                }
                if !protocols && let Some(get) = get_mut(h, "httpGet") {
                    remove(get, "protocol");
                }
            });
        }
    }
}

/// A source in another namespace is dropped whole.
pub fn foreign_source(claim: &mut Value, old: &Value) {
    let foreign = |spec: &Value| !tree::s(at(spec, "dataSourceRef"), "namespace").is_empty();
    if foreign(claim) && !foreign(old) {
        remove(claim, "dataSourceRef");
    }
}

fn volume_users(v: &mut Value) {
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        let Some(source) = get_mut(v, source) else {
            continue;
        };
        remove(source, "defaultUser");
        item_users(source);
        for part in list_mut(source, "sources") {
            for kind in ["secret", "configMap", "downwardAPI"] {
                if let Some(part) = get_mut(part, kind) {
                    item_users(part);
                }
            }
            for kind in [
                "serviceAccountToken",
                "clusterTrustBundle",
                "podCertificate",
            ] {
                if let Some(part) = get_mut(part, kind) {
                    remove(part, "user");
                }
            }
        }
    }
}

fn item_users(source: &mut Value) {
    for item in list_mut(source, "items") {
        remove(item, "user");
    }
}

fn for_handlers(c: &mut Value, f: &mut dyn FnMut(&mut Value)) {
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = get_mut(c, probe) {
            f(probe);
        }
    }
    if let Some(lifecycle) = get_mut(c, "lifecycle") {
        for hook in ["postStart", "preStop"] {
            if let Some(hook) = get_mut(lifecycle, hook) {
                f(hook);
            }
        }
    }
}

/// Whether some probe or hook has this field in this action.
fn handlers_have(spec: &Value, action: &str, field: &str) -> bool {
    fn any(v: &Value, action: &str, field: &str) -> bool {
        has(at(v, action), field) || tree::pairs(v).any(|(_, v)| any(v, action, field))
    }
    CONTAINERS
        .iter()
        .flat_map(|kind| list(spec, kind))
        .any(|c| any(c, action, field))
}

/// Whether a tree has this key anywhere.
fn contains(v: &Value, key: &str) -> bool {
    match v {
        Value::Array(items) => items.iter().any(|v| contains(v, key)),
        Value::Object(o) => o.iter().any(|(k, v)| &**k == key || contains(v, key)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_is_off_is_dropped_unless_it_was_there() {
        let full = json!({
            "schedulingGroup": {"podGroupName": "g"},
            "volumes": [
                {"name": "a", "emptyDir": {"mode": 448}},
                {"name": "b", "secret": {"defaultUser": 1, "items": [{"key": "k", "path": "p", "user": 1}]}},
            ],
            "containers": [{
                "name": "c",
                "lifecycle": {"stopSignal": "SIGTERM"},
                "volumeMounts": [{"name": "a", "mountPath": "/a", "bindMountOptions": ["noexec"]}],
                "livenessProbe": {"grpc": {"port": 1, "mode": "TLS"}},
            }],
        });
        let bare = json!({
            "volumes": [
                {"name": "a", "emptyDir": {}},
                {"name": "b", "secret": {"items": [{"key": "k", "path": "p"}]}},
            ],
            "containers": [{
                "name": "c",
                "volumeMounts": [{"name": "a", "mountPath": "/a"}],
                "livenessProbe": {"grpc": {"port": 1}},
            }],
        });
        for (old, expect) in [
            (Value::Null, &bare),
            (bare.clone(), &bare),
            (full.clone(), &full),
        ] {
            let mut spec = full.clone();
            pod_spec(&mut spec, &old);
            assert_eq!(spec, *expect);
        }
        let mut deployment = json!({"spec": {"template": {"spec": full}}});
        templates(&mut deployment, &Value::Null);
        assert_eq!(deployment, json!({"spec": {"template": {"spec": bare}}}));
    }
}
