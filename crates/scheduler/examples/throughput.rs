//! How many pods a second are decided on, by the number of nodes:
//! `cargo run --release -p skeg-scheduler --example throughput -- 1000 5000`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use skeg_api::core::v1::{Container, Node, Pod};
use skeg_meta::{LabelSelector, OwnerReference};
use skeg_scheduler::{Change, Decision, Profile, Queue, Snapshot, Turn, schedule};

fn node(number: usize) -> Node {
    let mut node = Node::default();
    node.metadata.name = format!("node-{number}");
    let labels = &mut node.metadata.labels;
    labels.insert("kubernetes.io/hostname".into(), format!("node-{number}"));
    labels.insert(
        "topology.kubernetes.io/zone".into(),
        format!("zone-{}", number % 3),
    );
    for (resource, amount) in [("cpu", "32"), ("memory", "64Gi"), ("pods", "110")] {
        let amount = amount.parse().expect("a quantity");
        node.status.allocatable.insert(resource.into(), amount);
    }
    node
}

fn pod(number: usize) -> Pod {
    let mut pod = Pod::default();
    pod.metadata.name = format!("web-{number}");
    pod.metadata.namespace = "default".into();
    pod.metadata.uid = format!("uid-{number}");
    pod.metadata.labels.insert("app".into(), "web".into());
    pod.metadata.owner_references.push(OwnerReference {
        api_version: "apps/v1".into(),
        kind: "ReplicaSet".into(),
        name: "web".into(),
        controller: Some(true),
        ..OwnerReference::default()
    });
    let mut container = Container {
        image: "web:1".into(),
        ..Container::default()
    };
    for (resource, amount) in [("cpu", "100m"), ("memory", "64Mi")] {
        let amount = amount.parse().expect("a quantity");
        container.resources.requests.insert(resource.into(), amount);
    }
    pod.spec.containers.push(container);
    pod
}

fn main() {
    let mut given = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok());
    let (nodes, pods) = (given.next().unwrap_or(1000), given.next().unwrap_or(5000));
    let mut snapshot = Snapshot::default();
    for number in 0..nodes {
        snapshot.set_node(Arc::new(node(number)));
    }
    let mut selector = LabelSelector::default();
    selector.match_labels.insert("app".into(), "web".into());
    let workloads = snapshot.workloads_mut();
    workloads.set_controller("ReplicaSet", "default", "web", Some(&selector));
    let (profile, mut queue) = (Profile::default(), Queue::default());
    for number in 0..pods {
        queue.add(Arc::new(pod(number)), Duration::ZERO);
    }
    let (began, mut done, mut from) = (Instant::now(), 0_u32, 0);
    while let Some(pod) = queue.pop(Duration::ZERO) {
        let turn = Turn {
            from: &mut from,
            pick: &mut |_| 0,
        };
        match schedule(&profile, &snapshot, None, &pod, turn) {
            Decision::Place(node) => snapshot.place(pod.clone(), &node),
            Decision::Unschedulable(why) => panic!("{}", why.message()),
        }
        queue.changed(Change::PodCame, Duration::ZERO);
        queue.remove(&pod.metadata.uid);
        done += 1;
        if done.is_multiple_of(1000) {
            let rate = f64::from(done) / began.elapsed().as_secs_f64();
            println!("{done} pods on {nodes} nodes: {rate:.0} a second");
        }
    }
    let rate = f64::from(done) / began.elapsed().as_secs_f64();
    println!("{done} pods on {nodes} nodes: {rate:.0} a second");
}
