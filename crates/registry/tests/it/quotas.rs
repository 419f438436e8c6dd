//! Quotas of a namespace are charged together or not at all.

use crate::world::World;
use skeg_auth::UserInfo;
use skeg_meta::Time;
use skeg_registry::admission::{Attributes, Operation};
use skeg_registry::context::Ctx;
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::{Registry, tree};
use skeg_schema::{Value, json};

fn quota(name: &str, hard: Value, used: Value) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "n"},
        "spec": {"hard": hard.clone()},
        "status": {"hard": hard, "used": used},
    })
}

async fn told(world: &World, pod: &Value) -> Option<String> {
    let user = UserInfo::new("admin", &["system:masters"]);
    let attrs = Attributes {
        ctx: Ctx {
            user: &user,
            namespace: "n",
            name: "",
            subresource: "",
            verb: "update",
            now: Time::now(),
            dry_run: false,
            features: skeg_registry::Features::default(),
            objects: world,
        },
        desc: skeg_schema::resources::RESOURCES
            .iter()
            .find(|d| d.group.is_empty() && d.resource == "pods")
            .expect("there are pods"),
        operation: Operation::Create,
    };
    let registry = Registry::new(Default::default());
    let outcome = registry.admission.validate_last(&attrs, pod, None).await;
    outcome.err().map(|status| status.message)
}

fn used(world: &World, name: &str) -> String {
    let quota = world.cached(Gr::RESOURCE_QUOTAS, "n", name);
    let quota = quota.expect("the quota is there");
    tree::sp(&quota, &["status", "used", "pods"]).to_owned()
}

#[tokio::test]
async fn a_quota_that_refuses_leaves_the_others_uncharged() {
    let world = World::default();
    world.namespace("n");
    let put = |obj: Value| world.put("", "resourcequotas", "n", obj);
    put(quota("a", json!({"pods": "5"}), json!({"pods": "1"})));
    put(quota("b", json!({"pods": "2"}), json!({"pods": "2"})));
    let pod = json!({
        "metadata": {"name": "p", "namespace": "n"},
        "spec": {"containers": [{"name": "z", "image": "i"}, {"name": "y", "image": "i"}]},
    });
    assert_eq!(
        told(&world, &pod).await.as_deref(),
        Some(
            "pods \"p\" is forbidden: exceeded quota: b, requested: pods=1, used: pods=2, limited: pods=2"
        )
    );
    assert_eq!(used(&world, "a"), "1");
    put(quota("b", json!({"pods": "3"}), json!({"pods": "2"})));
    assert_eq!(told(&world, &pod).await, None);
    assert_eq!(
        (used(&world, "a"), used(&world, "b")),
        ("2".into(), "3".into())
    );
    put(quota("b", json!({"limits.cpu": "3"}), json!({})));
    assert_eq!(
        told(&world, &pod).await.as_deref(),
        Some("pods \"p\" is forbidden: failed quota: b: must specify limits.cpu for: y,z")
    );
}
