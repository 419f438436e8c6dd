//! The controller against a server, in virtual time.

use skeg_api::core::v1::{NodeCondition, PodCondition};
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{Clock, ManualClock};
use tokio_util::sync::CancellationToken;

use super::*;

fn node(name: &str, ready: &str) -> Node {
    let mut node = Node::default();
    node.metadata.name = name.into();
    node.status.conditions = vec![NodeCondition {
        type_: "Ready".into(),
        status: ready.into(),
        ..Default::default()
    }];
    node
}

fn taints(api: &FakeApi, name: &str) -> Vec<String> {
    let node = api.get::<Node>("", name).expect("it is there");
    node.spec
        .taints
        .iter()
        .map(|taint| format!("{}:{}", taint.key, taint.effect))
        .collect()
}

async fn with_controller(api: &FakeApi, test: impl AsyncFnOnce(ManualClock)) {
    let (clock, cancel) = (ManualClock::new(), CancellationToken::new());
    let running = tokio::spawn(run(Context::for_client(
        api.client(),
        clock.shared(),
        cancel.clone(),
    )));
    test(clock).await;
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_silent_node_is_unknown_and_so_are_its_pods() {
    let api = FakeApi::new();
    api.put(&node("a", "True"));
    let mut pod = Pod::default();
    pod.metadata.name = "p".into();
    pod.metadata.namespace = "ns".into();
    pod.spec.node_name = "a".into();
    pod.status.conditions = vec![PodCondition {
        type_: "Ready".into(),
        status: "True".into(),
        ..Default::default()
    }];
    api.put(&pod);
    with_controller(&api, async |clock| {
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(health::GRACE);
        let unready = |api: &FakeApi| {
            api.get::<Pod>("ns", "p")
                .is_some_and(|pod| pod.status.conditions[0].status == "False")
        };
        api.until("the pod is not ready", unready).await;
        let tainted =
            |api: &FakeApi| taints(api, "a") == ["node.kubernetes.io/unreachable:NoSchedule"];
        // Where no node is left, nobody is evicted.
        api.until("the node is tainted", tainted).await;
        assert_eq!(
            health::readiness(&api.get::<Node>("", "a").expect("it is there")),
            "Unknown"
        );
    })
    .await;
}

#[tokio::test]
async fn a_node_that_is_not_ready_is_emptied_while_others_are() {
    let api = FakeApi::new();
    api.put(&node("a", "True"));
    api.put(&node("b", "False"));
    with_controller(&api, async |_| {
        let expect = [
            "node.kubernetes.io/not-ready:NoSchedule",
            "node.kubernetes.io/not-ready:NoExecute",
        ];
        api.until("the node is tainted", |api| taints(api, "b") == expect)
            .await;
        let mut back = Node::clone(&api.get("", "b").expect("it is there"));
        back.status.conditions[0].status = "True".into();
        api.put(&back);
        api.until("the taints are taken away", |api| {
            taints(api, "b").is_empty()
        })
        .await;
        assert!(taints(&api, "a").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_node_that_has_said_nothing_yet_is_not_emptied() {
    let api = FakeApi::new();
    api.put(&node("a", "True"));
    let mut new = node("b", "False");
    new.status.conditions.clear();
    new.metadata
        .labels
        .insert("kubernetes.io/os".into(), "linux".into());
    api.put(&new);
    with_controller(&api, async |_| {
        api.until("the controller has looked", |api| {
            let node = api.get::<Node>("", "b").expect("it is there");
            node.metadata.labels.contains_key("beta.kubernetes.io/os")
        })
        .await;
        assert!(taints(&api, "b").is_empty());
        // Nor has it taken the turn of one that fails.
        let mut failed = Node::clone(&api.get("", "b").expect("it is there"));
        failed.status.conditions = node("b", "False").status.conditions;
        api.put(&failed);
        api.until("it is emptied at once", |api| taints(api, "b").len() == 2)
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_jumps_makes_no_node_silent() {
    let api = FakeApi::new();
    api.put(&node("a", "True"));
    with_controller(&api, async |clock| {
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        for hours in [5, -5] {
            clock.set(clock.now() + jiff::SignedDuration::from_hours(hours));
            // What the node writes makes the controller look at it again.
            let mut held = Node::clone(&api.get("", "a").expect("it is there"));
            held.metadata
                .labels
                .insert("kubernetes.io/os".into(), format!("os{hours}"));
            api.put(&held);
            api.until("the controller has looked", |api| {
                let node = api.get::<Node>("", "a").expect("it is there");
                node.metadata.labels.get("beta.kubernetes.io/os") == Some(&format!("os{hours}"))
            })
            .await;
            assert_eq!(
                health::readiness(&api.get::<Node>("", "a").expect("it is there")),
                "True",
                "by {hours} hours"
            );
        }
        // Real silence is still heard.
        clock.advance(health::GRACE);
        api.until("the node is silent", |api| {
            health::readiness(&api.get::<Node>("", "a").expect("it is there")) == "Unknown"
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_was_renewed_unheard_keeps_a_node_alive() {
    let api = FakeApi::new();
    let lease = |second: i64| {
        let mut lease = Lease::default();
        lease.metadata.name = "a".into();
        lease.metadata.namespace = LEASES.into();
        let at = jiff::Timestamp::from_second(second).expect("a time");
        lease.spec.renew_time = Some(skeg_meta::MicroTime(at));
        lease
    };
    api.put(&node("a", "True"));
    api.put(&lease(1));
    with_controller(&api, async |clock| {
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        // From now on nothing is heard of leases.
        let deaf = skeg_meta::Status::internal_error("not now");
        api.refuse("watch", "leases", usize::MAX, deaf.clone());
        api.refuse("list", "leases", usize::MAX, deaf);
        api.break_watches();
        api.put(&lease(2));
        let ready = |api: &FakeApi| {
            health::readiness(&api.get::<Node>("", "a").expect("it is there")) == "True"
        };
        let asked = |api: &FakeApi| {
            let requests = api.requests();
            requests
                .iter()
                .filter(|one| one.starts_with("get leases"))
                .count()
        };
        clock.advance(health::GRACE);
        api.until("the lease is looked at", |api| asked(api) == 1)
            .await;
        // It waits for the next time.
        clock.advance(health::GRACE - std::time::Duration::from_secs(1));
        assert!(ready(&api));
        clock.advance(std::time::Duration::from_secs(1));
        api.until("the node is silent", |api| !ready(api)).await;
        assert_eq!(asked(&api), 2);
    })
    .await;
}
