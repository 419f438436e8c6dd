//! Evictions that are refused, in upstream's words.

use crate::world::World;
use skeg_auth::UserInfo;
use skeg_auth::authz::Always;
use skeg_meta::{Status, Time};
use skeg_registry::context::Ctx;
use skeg_registry::virtuals::{self, Env};
use skeg_schema::resources::RESOURCES;
use skeg_schema::{Value, json};
use std::sync::Arc;

async fn evict(world: &World, options: Value) -> Result<Value, Status> {
    let user = UserInfo::new("admin", &["system:masters"]);
    let ctx = Ctx {
        user: &user,
        namespace: "ns",
        name: "p",
        subresource: "eviction",
        verb: "update",
        now: Time::now(),
        dry_run: false,
        features: skeg_registry::Features::default(),
        objects: world,
    };
    let body = json!({"metadata": {"name": "p", "namespace": "ns"}, "deleteOptions": options});
    let env = Env {
        authorizer: Arc::new(Always(true)),
        rbac: None,
        tokens: None,
        reviewer: None,
        components: None,
    };
    let pods = RESOURCES.iter().find(|desc| desc.resource == "pods");
    let pods = pods.expect("pods");
    let made = virtuals::create_subresource(&env, &ctx, pods, body).await;
    made.map(|(code, answer)| {
        assert_eq!(code, 201);
        answer
    })
}

fn pod() -> Value {
    json!({
        "metadata": {"name": "p", "namespace": "ns", "uid": "u", "resourceVersion": "7",
            "labels": {"a": "b"}},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    })
}

fn world(status: Value) -> World {
    let world = World::default();
    world.put("", "pods", "ns", pod());
    world.put(
        "policy",
        "poddisruptionbudgets",
        "ns",
        json!({
            "metadata": {"name": "pdb", "namespace": "ns", "generation": 1},
            "spec": {"selector": {"matchLabels": {"a": "b"}}},
            "status": status,
        }),
    );
    world
}

#[tokio::test]
async fn a_budget_says_why_it_refuses() {
    let check = async |mut status: Value, code: i32, cause: &str| {
        status.set_at(&["observedGeneration"], 1i64);
        let refused = evict(&world(status), Value::Null).await;
        let refused = refused.expect_err("a refusal");
        assert_eq!(refused.code, code, "{}", refused.message);
        let causes = refused.details.expect("details").causes;
        let told: Vec<_> = causes.iter().map(|c| (&*c.reason, &*c.message)).collect();
        assert_eq!(told, [("DisruptionBudget", cause)]);
    };
    check(
        json!({"disruptionsAllowed": 0, "currentHealthy": 2, "desiredHealthy": 2}),
        429,
        "The disruption budget pdb needs 2 healthy pods and has 2 currently",
    )
    .await;
    let condition = |reason: &str| {
        json!({
            "disruptionsAllowed": 0, "currentHealthy": 3, "desiredHealthy": 2,
            "conditions": [{"type": "DisruptionAllowed", "status": "False", "reason": reason,
                "message": "so it is"}],
        })
    };
    check(
        condition("SyncFailed"),
        429,
        "The disruption budget pdb does not allow evicting pods currently because it failed sync: so it is",
    )
    .await;
    check(
        condition("Other"),
        429,
        "The disruption budget pdb does not allow evicting pods currently (Other): so it is",
    )
    .await;
    check(
        json!({"disruptionsAllowed": 0, "currentHealthy": 3, "desiredHealthy": 2}),
        429,
        "The disruption budget pdb does not allow evicting pods currently",
    )
    .await;
    check(
        json!({"disruptionsAllowed": -1}),
        403,
        "The disruption budget pdb does not allow evicting pods currently: pdb disruptions allowed is negative",
    )
    .await;
}

#[tokio::test]
async fn several_budgets_are_told_of_as_something_made() {
    let world = world(json!({}));
    world.put(
        "policy",
        "poddisruptionbudgets",
        "ns",
        json!({
            "metadata": {"name": "second", "namespace": "ns"},
            "spec": {"selector": {"matchLabels": {"a": "b"}}},
        }),
    );
    let answer = evict(&world, Value::Null).await.expect("an answer");
    assert_eq!(answer["status"].as_str(), Some("Failure"));
    assert_eq!(answer["code"].as_i64(), Some(500));
}

#[tokio::test]
async fn options_of_an_eviction_hold_before_the_pod_is_touched() {
    let world = World::default();
    world.put("", "pods", "ns", pod());
    let check = async |options: Value, code: i32, words: &str| {
        let refused = evict(&world, options).await.expect_err("a refusal");
        assert_eq!((refused.code, &*refused.message), (code, words));
        let found = evicted(&world);
        assert_eq!(found, pod(), "nothing was written");
    };
    check(
        json!({"preconditions": {"uid": "x"}}),
        409,
        "Operation cannot be fulfilled on Pod \"p\": the UID in the precondition (x) does not match the UID in record (u). The object might have been deleted and then recreated",
    )
    .await;
    check(
        json!({"preconditions": {"resourceVersion": "3"}}),
        409,
        "Operation cannot be fulfilled on Pod \"p\": the ResourceVersion in the precondition (3) does not match the ResourceVersion in record (7). The object might have been modified",
    )
    .await;
    check(
        json!({"ignoreStoreReadErrorWithClusterBreakingPotential": true}),
        422,
        "Eviction.policy \"p\" is invalid: deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: can not be set for pod eviction, try after removing the option",
    )
    .await;
}

fn evicted(world: &World) -> Value {
    use skeg_registry::objects::{Gr, Objects as _};
    let found = world.cached(Gr::PODS, "ns", "p").expect("the pod");
    (*found).clone()
}
