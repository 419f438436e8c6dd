//! What becomes of objects on their way into the store.

use crate::rules_pods::a_pod;
use crate::tables::merged;
use crate::world::World;
use skeg_auth::UserInfo;
use skeg_auth::authz::Always;
use skeg_meta::Time;
use skeg_registry::context::Ctx;
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::virtuals::{self, Env};
use skeg_registry::{Registry, Resource, generic};
use skeg_schema::resources::RESOURCES;
use skeg_schema::{Value, json};
use std::sync::Arc;

const NOW: &str = "2026-01-01T00:00:00Z";

/// Hands `write` the core resource and a request for it.
fn with<T>(resource: &str, subresource: &str, write: impl FnOnce(&Resource, &Ctx<'_>) -> T) -> T {
    let registry = Registry::new(Default::default());
    let mut core = registry
        .resources
        .iter()
        .filter(|r| r.desc.group.is_empty());
    let found = core.find(|r| r.desc.resource == resource);
    let (user, world) = (UserInfo::new("admin", &[]), World::default());
    let ctx = Ctx {
        user: &user,
        namespace: "n",
        name: "p",
        subresource,
        verb: "update",
        now: NOW.parse().expect("a time"),
        dry_run: false,
        features: skeg_registry::Features::default(),
        objects: &world,
    };
    write(found.expect("a core resource"), &ctx)
}

/// The object or why it is refused, and what is warned of.
fn create(resource: &str, obj: &Value) -> (Result<Value, String>, Vec<String>) {
    with(resource, "", |res, ctx| {
        let (mut obj, mut warnings) = (obj.clone(), Vec::new());
        res.strategy.default(&mut obj);
        let done = generic::before_create(res, ctx, &mut obj, &mut warnings);
        (
            done.map(|()| obj).map_err(|status| status.message),
            warnings,
        )
    })
}

fn update(resource: &str, sub: &str, new: &Value, old: &Value) -> Result<Value, String> {
    with(resource, sub, |res, ctx| {
        let mut new = new.clone();
        res.strategy.default(&mut new);
        let done = generic::before_update(res, ctx, &mut new, old, &mut Vec::new());
        skeg_schema::lean_but_lists(&mut new, res.desc.ty);
        done.map(|()| new).map_err(|status| status.message)
    })
}

fn pod_is_invalid(words: &str) -> Result<Value, String> {
    Err(format!("Pod \"p\" is invalid: {words}"))
}

/// A stored pod: one that was made, with what a store knows of it.
fn stored(change: Value) -> Value {
    let (made, _) = create("pods", &merged(&a_pod(), &change));
    kept("pods", made.expect("it is fine"))
}

/// What a store keeps of an object, and adds.
fn kept(resource: &str, made: Value) -> Value {
    let meta = json!({"metadata": {"uid": "u", "resourceVersion": "1"}});
    let mut kept = merged(&made, &meta);
    with(resource, "", |res, _| {
        skeg_schema::lean_but_lists(&mut kept, res.desc.ty)
    });
    kept
}

fn containers(each: &[Value]) -> Value {
    let base = &a_pod()["spec"]["containers"][0];
    let all: Vec<Value> = each.iter().map(|change| merged(base, change)).collect();
    json!({"spec": {"containers": all}})
}

#[test]
fn the_resources_of_a_whole_pod_are_resized() {
    let resources = json!({"requests": {"cpu": "1"}, "limits": {"cpu": "2"}});
    let old = stored(json!({"spec": {"resources": resources}}));
    let resize = |change: Value| -> Result<Value, String> {
        let new = merged(&old, &json!({"spec": {"resources": change}}));
        update("pods", "resize", &new, &old).map(|new| new["spec"]["resources"].clone())
    };
    assert_eq!(
        resize(json!({"requests": {"cpu": "1500m"}})),
        Ok(json!({"requests": {"cpu": "1500m"}, "limits": {"cpu": "2"}}))
    );
    assert_eq!(
        resize(json!({"requests": {"cpu": "3"}})),
        pod_is_invalid(
            "spec.resources.requests: Invalid value: \"3\": must be less than or equal to cpu limit of 2"
        )
    );
    assert_eq!(
        resize(json!({"limits": null})),
        pod_is_invalid(
            "spec.resources.limits: Forbidden: pod-level resource limits cannot be removed"
        )
    );
}

#[test]
fn containers_stay_in_their_order_when_resized() {
    let old = stored(containers(&[json!({"name": "a"}), json!({"name": "b"})]));
    let resize = |names: &[&str]| {
        let named: Vec<Value> = names.iter().map(|name| json!({"name": *name})).collect();
        update("pods", "resize", &merged(&old, &containers(&named)), &old)
    };
    assert_eq!(resize(&["a", "b"]), Ok(old.clone()));
    let words = "may not be renamed or reordered on resize";
    assert_eq!(
        resize(&["b", "a"]),
        pod_is_invalid(&format!(
            "[spec.containers[0].name: Forbidden: containers {words}, spec.containers[1].name: Forbidden: containers {words}]"
        ))
    );
    assert_eq!(
        resize(&["a", "c"]),
        pod_is_invalid(&format!(
            "spec.containers[1].name: Forbidden: containers {words}"
        ))
    );
}

#[test]
fn annotated_profiles_become_fields() {
    const KEY: &str = "container.apparmor.security.beta.kubernetes.io/c";
    let warning = format!(
        "metadata.annotations[{KEY}]: deprecated since v1.30; use the \"appArmorProfile\" field instead"
    );
    let made = |text: &str, change: Value| {
        let annotated = json!({"metadata": {"annotations": {KEY: text}}});
        let (made, warnings) = create("pods", &merged(&merged(&a_pod(), &annotated), &change));
        let profile = made.map(|pod| {
            let container = &pod["spec"]["containers"][0];
            let context = container.get("securityContext");
            context.map(|context| context["appArmorProfile"].clone())
        });
        (profile, warnings)
    };
    for (text, profile) in [
        ("runtime/default", json!({"type": "RuntimeDefault"})),
        ("unconfined", json!({"type": "Unconfined"})),
        (
            "localhost/foo",
            json!({"type": "Localhost", "localhostProfile": "foo"}),
        ),
    ] {
        let expect = (Ok(Some(profile)), vec![warning.clone()]);
        assert_eq!(made(text, json!({})), expect, "{text}");
    }
    let whole =
        json!({"spec": {"securityContext": {"appArmorProfile": {"type": "RuntimeDefault"}}}});
    assert_eq!(made("runtime/default", whole.clone()), (Ok(None), vec![]));
    let unconfined = json!({"type": "Unconfined"});
    assert_eq!(
        made("unconfined", whole),
        (Ok(Some(unconfined.clone())), vec![warning.clone()])
    );
    let own = containers(&[json!({"securityContext": {"appArmorProfile": unconfined.clone()}})]);
    assert_eq!(made("unconfined", own), (Ok(Some(unconfined)), vec![]));
    assert_eq!(
        made("localhost/", json!({})),
        (Ok(None), vec![warning.clone()])
    );
    let windows = json!({"spec": {"os": {"name": "windows"}}});
    assert_eq!(made("unconfined", windows), (Ok(None), vec![]));
    // It is warned of in refused pods too.
    let (refused, warnings) = made("unconfined", json!({"spec": {"restartPolicy": "x"}}));
    assert!(refused.is_err());
    assert_eq!(warnings, [warning]);
}

#[test]
fn a_whole_pod_gets_what_its_containers_have() {
    let made = |own: Value, each: &[Value]| {
        let each: Vec<Value> = each
            .iter()
            .map(|r| json!({"resources": r.clone()}))
            .collect();
        let all = merged(&containers(&each), &json!({"spec": {"resources": own}}));
        let (made, _) = create("pods", &merged(&a_pod(), &all));
        made.map(|pod| pod["spec"]["resources"].clone())
    };
    let limited = json!({"limits": {"cpu": "2", "memory": "1Gi"}});
    let modest = merged(&limited, &json!({"requests": {"cpu": "1"}}));
    assert_eq!(
        made(
            json!({"requests": {"cpu": "1"}}),
            std::slice::from_ref(&modest)
        ),
        Ok(json!({
            "requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "1Gi"},
        }))
    );
    // A request may be more than the containers are limited to.
    assert_eq!(
        made(
            json!({"requests": {"cpu": "3"}}),
            std::slice::from_ref(&modest)
        ),
        Ok(json!({
            "requests": {"cpu": "3", "memory": "1Gi"}, "limits": {"cpu": "3", "memory": "1Gi"},
        }))
    );
    let huge = json!({"limits": {"hugepages-2Mi": "4Mi"}, "requests": {"cpu": "1"}});
    assert_eq!(
        made(json!({"requests": {"cpu": "1"}}), &[huge]),
        Ok(json!({
            "requests": {"cpu": "1", "hugepages-2Mi": "4Mi"}, "limits": {"hugepages-2Mi": "4Mi"},
        }))
    );
    assert_eq!(made(json!({}), &[modest]), Ok(json!({})));
}

#[test]
fn pods_of_older_releases_keep_what_they_have() {
    let resources = json!({"requests": {"cpu": "1"}});
    let limited = json!({"limits": {"cpu": "2"}, "requests": {"cpu": "1"}});
    let all = containers(&[json!({"resources": limited})]);
    let asked = json!({"spec": {"resources": resources}});
    let today = stored(merged(&all, &asked));
    let label = json!({"metadata": {"labels": {"a": "b"}}});
    let older = merged(&today, &json!({"spec": {"resources": {"limits": null}}}));
    for old in [&today, &older] {
        let new = merged(old, &label);
        assert_eq!(update("pods", "", &new, old), Ok(new));
    }
    // Whoever says again what the pod was made of gets what was filled in.
    let again = merged(
        &merged(&today, &json!({"spec": {"resources": {"limits": null}}})),
        &label,
    );
    assert_eq!(
        update("pods", "", &again, &today),
        Ok(merged(&today, &label))
    );
}

#[test]
fn what_was_observed_is_not_taken_back() {
    let condition = |kind: &str, observed: Option<i64>| {
        let mut it = json!({"type": kind, "status": "True"});
        if let Some(generation) = observed {
            it.set_at(&["observedGeneration"], generation);
        }
        it
    };
    let status = |observed: Option<i64>, conditions: &[Value]| {
        let mut status = json!({"conditions": conditions.to_vec()});
        if let Some(generation) = observed {
            status.set_at(&["observedGeneration"], generation);
        }
        json!({"status": status})
    };
    let pod = stored(json!({}));
    let before = [
        condition("a", Some(1)),
        condition("b", Some(2)),
        condition("a", Some(3)),
    ];
    let old = merged(&pod, &status(Some(4), &before));
    let new = [
        condition("a", None),
        condition("a", None),
        condition("c", None),
        condition("b", Some(7)),
    ];
    let kept = [
        condition("a", Some(1)),
        condition("a", Some(3)),
        condition("c", None),
        condition("b", Some(7)),
    ];
    let made = update("pods", "status", &merged(&pod, &status(None, &new)), &old);
    assert_eq!(made, Ok(merged(&pod, &status(Some(4), &kept))));
}

#[test]
fn names_fit_into_paths() {
    let event = |meta: Value| {
        let about = json!({"namespace": "n"});
        let event = json!({"metadata": {"namespace": "n"}, "involvedObject": about});
        let (made, _) = create("events", &merged(&event, &json!({"metadata": meta})));
        made.map(|_| ())
    };
    let refused = |name: &str, words: &str| Err(format!("Event {name:?} is invalid: {words}"));
    assert_eq!(event(json!({"name": "A:b"})), Ok(()));
    for (name, words) in [
        ("a/b", "may not contain '/'"),
        ("x%y", "may not contain '%'"),
        (".", "may not be '.'"),
        ("..", "may not be '..'"),
    ] {
        let words = format!("metadata.name: Invalid value: {name:?}: {words}");
        assert_eq!(event(json!({"name": name})), refused(name, &words));
    }
    assert_eq!(
        event(json!({"generateName": "a/b-", "name": "a/b-x"})),
        refused(
            "a/b-x",
            "[metadata.generateName: Invalid value: \"a/b-\": may not contain '/', metadata.name: Invalid value: \"a/b-x\": may not contain '/']"
        )
    );
}

#[test]
fn the_end_has_begun_when_it_began() {
    let ending = json!({"metadata": {
        "deletionTimestamp": NOW, "deletionGracePeriodSeconds": 30,
    }});
    let old = merged(&stored(json!({})), &ending);
    let changed = |meta: Value| {
        let new = merged(&old, &json!({"metadata": meta}));
        update("pods", "", &new, &old)
    };
    for when in [json!("2027-01-01T00:00:00Z"), Value::Null] {
        assert_eq!(changed(json!({"deletionTimestamp": when})), Ok(old.clone()));
    }
    assert_eq!(
        changed(json!({"deletionGracePeriodSeconds": 5})),
        pod_is_invalid("metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable")
    );
}

#[test]
fn what_is_off_is_dropped_from_containers_for_debugging() {
    let old = stored(json!({}));
    let container = json!({
        "name": "d", "image": "i", "imagePullPolicy": "Always",
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    });
    let signal = merged(&container, &json!({"lifecycle": {"stopSignal": "SIGTERM"}}));
    let new = merged(&old, &json!({"spec": {"ephemeralContainers": [signal]}}));
    let made = update("pods", "ephemeralcontainers", &new, &old);
    assert_eq!(
        made.map(|pod| pod["spec"]["ephemeralContainers"].clone()),
        Ok(json!([container]))
    );
}

#[test]
fn quantities_are_rounded_up() {
    let small = json!({"a.b/c": "1500u", "storage": "1Gi"});
    let rounded = json!({"a.b/c": "2m", "storage": "1Gi"});
    let check = |resource: &str, path: &[&'static str]| {
        with(resource, "", |res, _| {
            let mut obj = Value::object();
            obj.set_at(path, small.clone());
            res.strategy.default(&mut obj);
            let found = path.iter().fold(&obj, |v, key| &v[*key]);
            assert_eq!(*found, rounded, "{resource} {path:?}");
        });
    };
    check("persistentvolumes", &["spec", "capacity"]);
    check("persistentvolumeclaims", &["status", "capacity"]);
    check("persistentvolumeclaims", &["status", "allocatedResources"]);
    check("resourcequotas", &["spec", "hard"]);
    check("resourcequotas", &["status", "hard"]);
    check("resourcequotas", &["status", "used"]);
    with("limitranges", "", |res, _| {
        let maps = [
            "max",
            "min",
            "default",
            "defaultRequest",
            "maxLimitRequestRatio",
        ];
        let mut item = json!({"type": "Pod"});
        let mut expect = item.clone();
        for map in maps {
            item.set_at(&[map], json!({"memory": "0.0001", "cpu": "1500m"}));
            expect.set_at(&[map], json!({"memory": "1m", "cpu": "1500m"}));
        }
        let mut range = json!({"spec": {"limits": [item]}});
        res.strategy.default(&mut range);
        assert_eq!(range["spec"]["limits"], json!([expect]));
    });
}

#[test]
fn configurations_of_nodes_are_forgotten() {
    let config = json!({"configMap": {"name": "c", "namespace": "n", "kubeletConfigKey": "k"}});
    let told = json!({"metadata": {"name": "p"}, "spec": {"configSource": config.clone()}});
    let (made, warnings) = create("nodes", &merged(&told, &json!({"status": {"config": {}}})));
    let made = made.expect("it is fine");
    assert_eq!((&made["spec"], warnings), (&json!({}), vec![]));
    assert!(made["status"].get("config").is_none());
    let bare = kept("nodes", made);
    let new = merged(&bare, &json!({"spec": {"configSource": config.clone()}}));
    assert_eq!(update("nodes", "", &new, &bare), Ok(bare.clone()));
    // What stands there already stays.
    assert_eq!(update("nodes", "", &new, &new), Ok(new.clone()));
    let status = merged(&bare, &json!({"status": {"config": {"error": "e"}}}));
    assert_eq!(update("nodes", "status", &status, &bare), Ok(bare));
    assert_eq!(
        update("nodes", "status", &status, &status),
        Ok(status.clone())
    );
}

#[test]
fn sources_of_claims_that_disagree() {
    let claim = |source: Value, reference: Value| {
        let spec = json!({
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            "dataSource": source, "dataSourceRef": reference,
        });
        let meta = json!({"name": "p", "namespace": "n"});
        let (made, _) = create(
            "persistentvolumeclaims",
            &json!({"metadata": meta, "spec": spec}),
        );
        made.map(|claim| claim["spec"].get("dataSource").cloned())
    };
    let odd = json!({"apiGroup": "a.b", "kind": "K", "name": "x"});
    let other = merged(&odd, &json!({"name": "y"}));
    assert_eq!(claim(odd.clone(), Value::Null), Ok(None));
    assert_eq!(claim(odd.clone(), odd.clone()), Ok(Some(odd.clone())));
    let refused = claim(odd, other).expect_err("they differ");
    assert!(refused.ends_with("must match dataSourceRef"), "{refused}");
}

#[tokio::test]
async fn bindings_leave_conditions_where_they_are() {
    let world = World::default();
    let condition = |kind: &str, status: &str| json!({"type": kind, "status": status});
    let conditions = json!([condition("PodScheduled", "False"), condition("x", "True")]);
    world.put(
        "",
        "pods",
        "n",
        merged(&a_pod(), &json!({"status": {"conditions": conditions}})),
    );
    let user = UserInfo::new("admin", &["system:masters"]);
    let ctx = Ctx {
        user: &user,
        namespace: "n",
        name: "p",
        subresource: "binding",
        verb: "update",
        now: NOW.parse::<Time>().expect("a time"),
        dry_run: false,
        features: skeg_registry::Features::default(),
        objects: &world,
    };
    let env = Env {
        authorizer: Arc::new(Always(true)),
        rbac: None,
        tokens: None,
        reviewer: None,
        components: None,
    };
    let pods = RESOURCES.iter().find(|desc| desc.resource == "pods");
    let body = json!({"metadata": {"name": "p"}, "target": {"name": "node"}});
    let bound = virtuals::create_subresource(&env, &ctx, pods.expect("pods"), body).await;
    assert_eq!(bound.map(|(code, _)| code), Ok(201));
    let pod = world.cached(Gr::PODS, "n", "p").expect("it is there");
    let scheduled = json!({
        "type": "PodScheduled", "status": "True", "lastProbeTime": null,
        "lastTransitionTime": NOW,
    });
    assert_eq!(
        pod["status"]["conditions"],
        json!([scheduled, condition("x", "True")])
    );
}
