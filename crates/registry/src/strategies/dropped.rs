//! Fields of features that are off: what a request says of them is dropped,
//! unless the stored object has them from a time when they were on. Some
//! features are always off here, whatever their gate says.

use crate::context::Ctx;
use crate::gates::{Feature, Features};
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
pub fn templates(on: Features, obj: &mut Value, old: &Value) {
    for keys in TEMPLATES {
        let mut place = Some(&mut *obj);
        for key in *keys {
            place = place.and_then(|v| get_mut(v, key));
        }
        if let Some(spec) = place {
            pod_spec(on, spec, tree::path(old, keys));
        }
    }
    match tree::s(obj, "kind") {
        "StatefulSet" => unavailable(on, obj, old),
        "Job" => unless_there(obj, old, &["spec"], "scheduling"),
        "CronJob" => unless_there(obj, old, &["spec", "jobTemplate", "spec"], "scheduling"),
        "Node" => unless_there(obj, old, &["spec"], "podPreemptionPolicy"),
        _ => {}
    }
}

/// Drops a field of a part.
fn unless_there(obj: &mut Value, old: &Value, part: &[&'static str], field: &str) {
    if has(tree::path(old, part), field) {
        return;
    }
    let mut place = Some(obj);
    for key in part {
        place = place.and_then(|v| get_mut(v, key));
    }
    if let Some(part) = place {
        remove(part, field);
    }
}

/// Drops them from a PodSpec.
pub fn pod_spec(on: Features, spec: &mut Value, old: &Value) {
    for field in ["schedulingGroup", "evictionResponders"] {
        if !has(old, field) {
            remove(spec, field);
        }
    }
    let amounts = |kind: &str| !tree::is_zero(tree::path(old, &["resources", kind]));
    if !on.on(Feature::PodLevelResources) && !amounts("requests") && !amounts("limits") {
        remove(spec, "resources");
    }
    let spread = "topologySpreadConstraints";
    if !on.on(Feature::MatchLabelKeysInPodTopologySpread)
        && !contains(at(old, spread), "matchLabelKeys")
    {
        for constraint in list_mut(spec, spread) {
            remove(constraint, "matchLabelKeys");
        }
    }
    volumes(on, spec, old);
    containers(on, spec, old);
}

fn volumes(on: Features, spec: &mut Value, old: &Value) {
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
            foreign_source(on, claim, &Value::Null);
        }
    }
}

fn containers(on: Features, spec: &mut Value, old: &Value) {
    let in_use = |field: &str| CONTAINERS.iter().any(|kind| contains(at(old, kind), field));
    let mounts = in_use("bindMountOptions");
    let signals = on.on(Feature::ContainerStopSignals) || in_use("stopSignal");
    let files = on.on(Feature::EnvFiles) || in_use("fileKeyRef");
    let rules = on.on(Feature::ContainerRestartRules) || restart_rules(old);
    let (tls, protocols) = (
        handlers_have(old, "grpc", "mode"),
        handlers_have(old, "httpGet", "protocol"),
    );
    for kind in CONTAINERS {
        for c in list_mut(spec, kind) {
            if !rules {
                remove(c, "restartPolicyRules");
                if !is_sidecar(kind, c) {
                    remove(c, "restartPolicy");
                }
            }
            if !files {
                for variable in list_mut(c, "env") {
                    if let Some(source) = get_mut(variable, "valueFrom") {
                        remove(source, "fileKeyRef");
                    }
                }
            }
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

/// Whether a container restarts by itself in a way that no sidecar does.
fn restart_rules(spec: &Value) -> bool {
    CONTAINERS.iter().any(|kind| {
        list(spec, kind).iter().any(|c| {
            !list(c, "restartPolicyRules").is_empty()
                || (has(c, "restartPolicy") && !is_sidecar(kind, c))
        })
    })
}

fn is_sidecar(kind: &str, c: &Value) -> bool {
    kind == "initContainers" && tree::s(c, "restartPolicy") == "Always"
}

/// Drops them from a pod's status.
pub fn pod_status(on: Features, status: &mut Value, old: &Value) {
    for field in ["nodeAllocatableResourceClaimStatuses", "volumeHealth"] {
        if !has(old, field) {
            remove(status, field);
        }
    }
    let resources = ["resources", "allocatedResources"];
    if !on.on(Feature::InPlacePodLevelResourcesVerticalScaling)
        && !resources.iter().any(|field| has(old, field))
    {
        for field in resources {
            remove(status, field);
        }
    }
    if !contains(old, "volumeStatus") {
        for kind in CONTAINERS.map(statuses) {
            for c in list_mut(status, kind) {
                for mount in list_mut(c, "volumeMounts") {
                    remove(mount, "volumeStatus");
                }
            }
        }
    }
    // Upstream asks not whether it was there.
    if !on.on(Feature::ResourceHealthStatus) {
        for kind in CONTAINERS.map(statuses) {
            for c in list_mut(status, kind) {
                remove(c, "allocatedResourcesStatus");
            }
        }
    }
}

/// Drops them from a claim's status.
pub fn claim_status(claim: &mut Value, old: &Value) {
    if !has(at(old, "status"), "healthStatus")
        && let Some(status) = get_mut(claim, "status")
    {
        remove(status, "healthStatus");
    }
}

fn statuses(kind: &str) -> &'static str {
    match kind {
        "initContainers" => "initContainerStatuses",
        "containers" => "containerStatuses",
        _ => "ephemeralContainerStatuses",
    }
}

/// Drops what coordinated leader election adds to a Lease.
pub fn coordination(ctx: &Ctx<'_>, lease: &mut Value, old: &Value) {
    const FIELDS: [&str; 2] = ["strategy", "preferredHolder"];
    fields(ctx, Feature::CoordinatedLeaderElection, FIELDS, lease, old);
}

/// Drops fields of a spec, each that the old one does not have.
pub fn fields<const N: usize>(
    ctx: &Ctx<'_>,
    feature: Feature,
    fields: [&str; N],
    obj: &mut Value,
    old: &Value,
) {
    if ctx.features.on(feature) {
        return;
    }
    if let Some(spec) = get_mut(obj, "spec") {
        for field in fields {
            if !has(at(old, "spec"), field) {
                remove(spec, field);
            }
        }
    }
}

/// Drops how many pods of a StatefulSet may be away at a time.
fn unavailable(on: Features, set: &mut Value, old: &Value) {
    const FIELD: &str = "maxUnavailable";
    if !on.on(Feature::MaxUnavailableStatefulSet) {
        let rolling = ["spec", "updateStrategy", "rollingUpdate"];
        unless_there(set, old, &rolling, FIELD);
    }
}

/// A source in another namespace is dropped whole.
pub fn foreign_source(on: Features, claim: &mut Value, old: &Value) {
    let foreign = |spec: &Value| !tree::s(at(spec, "dataSourceRef"), "namespace").is_empty();
    if !on.on(Feature::CrossNamespaceVolumeDataSource) && foreign(claim) && !foreign(old) {
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
            pod_spec(Features::default(), &mut spec, &old);
            assert_eq!(spec, *expect);
        }
        let on = Features::default().with(Feature::ContainerStopSignals, true);
        let mut spec = full.clone();
        pod_spec(on, &mut spec, &Value::Null);
        let lifecycle = tree::path(&list(&spec, "containers")[0], &["lifecycle"]);
        assert_eq!(*lifecycle, json!({"stopSignal": "SIGTERM"}));
        let mut deployment = json!({"spec": {"template": {"spec": full}}});
        templates(Features::default(), &mut deployment, &Value::Null);
        assert_eq!(deployment, json!({"spec": {"template": {"spec": bare}}}));
    }

    #[test]
    fn what_is_switched_off_is_dropped_unless_it_was_there() {
        let full = json!({
            "resources": {"limits": {"cpu": "1"}},
            "topologySpreadConstraints": [{"topologyKey": "k", "matchLabelKeys": ["app"]}],
            "initContainers": [
                {"name": "i", "restartPolicy": "Always"},
                {"name": "j", "restartPolicy": "Never"},
            ],
            "containers": [{
                "name": "c",
                "restartPolicy": "Never",
                "restartPolicyRules": [{"action": "Restart"}],
                "env": [{"name": "e", "valueFrom": {"fileKeyRef": {"key": "k"}}}],
            }],
        });
        let bare = json!({
            "topologySpreadConstraints": [{"topologyKey": "k"}],
            "initContainers": [{"name": "i", "restartPolicy": "Always"}, {"name": "j"}],
            "containers": [{"name": "c", "env": [{"name": "e", "valueFrom": {}}]}],
        });
        let off = [
            Feature::PodLevelResources,
            Feature::MatchLabelKeysInPodTopologySpread,
            Feature::ContainerRestartRules,
            Feature::EnvFiles,
        ]
        .into_iter()
        .fold(Features::default(), |on, feature| on.with(feature, false));
        for (on, old, expect) in [
            (Features::default(), &Value::Null, &full),
            (off, &Value::Null, &bare),
            (off, &bare, &bare),
            (off, &full, &full),
        ] {
            let mut spec = full.clone();
            pod_spec(on, &mut spec, old);
            assert_eq!(spec, *expect, "{on:?}");
        }
    }

    #[test]
    fn a_stateful_set_loses_how_many_may_be_away() {
        let given = |most: Value| {
            json!({
                "kind": "StatefulSet",
                "spec": {"updateStrategy": {"rollingUpdate": most}},
            })
        };
        let full = given(json!({"partition": 0, "maxUnavailable": 1}));
        let bare = given(json!({"partition": 0}));
        let off = Features::default().with(Feature::MaxUnavailableStatefulSet, false);
        for (on, old, expect) in [
            (Features::default(), &Value::Null, &full),
            (off, &Value::Null, &bare),
            (off, &bare, &bare),
            (off, &full, &full),
        ] {
            let mut set = full.clone();
            templates(on, &mut set, old);
            assert_eq!(set, *expect, "{on:?}");
        }
    }

    #[test]
    fn what_is_always_off_is_dropped_unless_it_was_there() {
        for (kind, spec) in [
            ("Job", json!({"scheduling": {}})),
            (
                "CronJob",
                json!({"jobTemplate": {"spec": {"scheduling": {}}}}),
            ),
            ("Node", json!({"podPreemptionPolicy": {}})),
        ] {
            let full = json!({"kind": kind, "spec": spec});
            let mut kept = full.clone();
            templates(Features::default(), &mut kept, &full);
            assert_eq!(kept, full);
            templates(Features::default(), &mut kept, &Value::Null);
            let left = contains(&kept, "scheduling") || contains(&kept, "podPreemptionPolicy");
            assert!(!left, "{kept:?}");
        }
    }

    #[test]
    fn statuses_of_pods() {
        let full = json!({
            "resources": {"limits": {"cpu": "1"}},
            "containerStatuses": [{"name": "c", "allocatedResourcesStatus": [{"name": "r"}]}],
        });
        let bare = json!({"containerStatuses": [{"name": "c"}]});
        let off = Features::default()
            .with(Feature::ResourceHealthStatus, false)
            .with(Feature::InPlacePodLevelResourcesVerticalScaling, false);
        for (on, expect) in [(Features::default(), &full), (off, &bare)] {
            let mut status = full.clone();
            pod_status(on, &mut status, &Value::Null);
            assert_eq!(status, *expect, "{on:?}");
        }
        let mount = json!({"name": "v", "volumeStatus": {"image": {"imageRef": "r"}}});
        let seen = json!({"containerStatuses": [{"name": "c", "volumeMounts": [mount]}]});
        let dropped =
            json!({"containerStatuses": [{"name": "c", "volumeMounts": [{"name": "v"}]}]});
        for (old, expect) in [(&Value::Null, &dropped), (&seen, &seen)] {
            let mut status = seen.clone();
            pod_status(Features::default(), &mut status, old);
            assert_eq!(status, *expect);
        }
        let ill = json!({"status": {"phase": "Bound", "healthStatus": {"healthConditions": []}}});
        let plain = json!({"status": {"phase": "Bound"}});
        for (old, expect) in [(&plain, &plain), (&ill, &ill)] {
            let mut claim = ill.clone();
            claim_status(&mut claim, old);
            assert_eq!(claim, *expect);
        }
    }
}
